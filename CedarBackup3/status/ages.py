"""Times and how long ago they are, as people write them."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

_UNITS = {"d": 86400, "h": 3600, "m": 60, "s": 1}


def parseDuration(text: str) -> timedelta:
    """The converter of a switch whose value is a duration such as `2d` or `36h`."""
    match = re.fullmatch(f"([0-9]{{1,6}})([{''.join(_UNITS)}])", text)
    if not match:
        raise ValueError("must be a number of days, hours, minutes or seconds, as in 2d, 36h, 90m or 30s")
    return timedelta(seconds=int(match[1]) * _UNITS[match[2]])


def ageText(age: timedelta) -> str:
    """A duration in its two largest units, none below a second: `1 d 4 h`."""
    rest = max(int(age.total_seconds()), 0)
    parts: list[tuple[int, str]] = []
    for unit, seconds in _UNITS.items():
        number, rest = divmod(rest, seconds)
        if number or parts:
            parts.append((number, unit))
    return " ".join(f"{number} {unit}" for number, unit in parts[:2] if number) or "0 s"


def timeText(moment: datetime) -> str:
    """A moment in local time, to the minute."""
    return moment.astimezone().strftime("%Y-%m-%d %H:%M")
