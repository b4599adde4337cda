"""Parses the moment that a user gives, and formats it for messages."""

from __future__ import annotations

from datetime import UTC, date, datetime


def parseMoment(text: str) -> datetime:
    """The moment that an ISO 8601 date, or date and time, names; with its zone.

    A date is the beginning of its day. Without a zone it is local time, as TZ or the system has it; where the clocks
    were set back it is the first of the two times that are written so.

    Raises:
        ValueError: it names none, or one that is yet to come
    """
    try:
        given = datetime.fromisoformat(text)
        moment = given.astimezone()
    except (ValueError, OverflowError):
        raise ValueError("must be a date, or a date and time, as in 2026-11-20 or 2026-11-20T18:30+01:00") from None
    if given.tzinfo is None and moment.replace(tzinfo=None) != given:  # what comes back from a gap is another time
        moment = max(_readings(given), key=datetime.timestamp)  # by the clock as it was before it was set
        if not _isDate(text) or moment.date() != given.date():
            raise ValueError(
                "is a time that does not exist, since the clocks were set forward over it; write it with its zone, "
                f"as in {_written(given, moment)}"
            )
    if moment > datetime.now(UTC):
        raise ValueError("lies in the future")
    return moment


def ambiguity(text: str) -> str:
    """A sentence on a moment that could be two, since the clocks were set back over it; empty if it is one."""
    given = datetime.fromisoformat(text)
    first, second = _readings(given)
    isWrittenSo = first.replace(tzinfo=None) == second.replace(tzinfo=None) == given.replace(tzinfo=None)
    if given.tzinfo is not None or not isWrittenSo or first.timestamp() == second.timestamp():
        return ""
    return (
        f"{given.isoformat()} occurred twice, since the clocks were set back over it; the first one, "
        f"{_written(given, first)}, is used; for the second write {_written(given, second)}"
    )


def displayMoment(moment: datetime) -> str:
    """`2026-11-20 17:30:00 UTC (2026-11-20 18:30:00 CET)`: in UTC and, where that is another, in local time."""
    utc, local = moment.astimezone(UTC), moment.astimezone()
    return f"{utc:%Y-%m-%d %H:%M:%S} UTC" + (f" ({local:%Y-%m-%d %H:%M:%S %Z})" if local.utcoffset() else "")


def _readings(given: datetime) -> tuple[datetime, datetime]:
    """A local time by the clocks as they were before they were set and as they were after that; mostly the same."""
    return given.replace(fold=0).astimezone(), given.replace(fold=1).astimezone()


def _written(given: datetime, moment: datetime) -> str:
    """A local time with the zone of a moment."""
    return given.replace(tzinfo=moment.tzinfo if given.tzinfo is None else given.tzinfo).isoformat()


def _isDate(text: str) -> bool:
    try:
        return bool(date.fromisoformat(text))
    except ValueError:
        return False
