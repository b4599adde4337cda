"""A moment as the user writes it and as it is said again."""

from __future__ import annotations

from datetime import UTC, datetime


def parsedMoment(text: str) -> datetime:
    """The moment that an ISO 8601 date, or date and time, names; with its zone.

    A date is its midnight. Without a zone it is local time, as TZ or the system has it.

    Raises:
        ValueError: it names none, or one that is yet to come
    """
    try:
        moment = datetime.fromisoformat(text).astimezone()
    except (ValueError, OverflowError):
        raise ValueError("must be a date, or a date and time, as in 2026-11-20 or 2026-11-20T18:30+01:00") from None
    if moment > datetime.now(UTC):
        raise ValueError("lies in the future")
    return moment


def displayMoment(moment: datetime) -> str:
    """`2026-11-20 17:30:00 UTC (2026-11-20 18:30:00 CET)`: in UTC and, where that is another, in local time."""
    utc, local = moment.astimezone(UTC), moment.astimezone()
    return f"{utc:%Y-%m-%d %H:%M:%S} UTC" + (f" ({local:%Y-%m-%d %H:%M:%S %Z})" if local.utcoffset() else "")
