"""Coverage: on which day each part of the files last had all its contents proven.

It only has what was seen: a part counts from the day of a check that proved every content in it. What is in doubt, such
as a day that is to come, or parts that are divided in another way, counts for nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from CedarBackup3.amazons3.model import Coverage, Part, VerifyReport
from CedarBackup3.amazons3.sync.rotation import MOST_PARTS

_FORMAT = "content coverage 1"


def isProven(report: VerifyReport) -> bool:
    """Whether a check proved every content that it compared, and found no difference of any kind."""
    return report.isClean and report.content is not None and not report.content.files.get("unknown")


def withPart(coverage: Coverage, part: Part) -> Coverage:
    """The coverage after all contents of a part were proven on its day."""
    divided = coverage if coverage.parts % part.parts == 0 else _divided(coverage, part.parts)
    covered = range(part.number, divided.parts, part.parts)
    days = {**divided.days, **{number: max(part.day, divided.days.get(number, 0)) for number in covered}}
    return Coverage(divided.parts, days, coveredSince(coverage))


def _divided(coverage: Coverage, parts: int) -> Coverage:
    """The coverage by another number of parts, as far as each of these lies in one that is known."""
    if parts % coverage.parts:
        return Coverage(parts, {}, coverage.since)
    days = {number: coverage.days.get(number % coverage.parts) for number in range(parts)}
    return Coverage(parts, {number: day for number, day in days.items() if day is not None}, coverage.since)


def coveredSince(coverage: Coverage) -> int | None:
    """The latest day of which it is known that every part was proven then or later; None: some part never was."""
    isWhole = len(coverage.days) == coverage.parts
    known = [day for day in (coverage.since, min(coverage.days.values()) if isWhole else None) if day is not None]
    return max(known, default=None)


def partsCovered(coverage: Coverage, parts: int) -> int:
    """How many of so many parts were ever proven, as far as that is known."""
    known = coverage if coverage.parts % parts == 0 else _divided(coverage, parts)
    missing = {number % parts for number in range(known.parts) if number not in known.days}
    return parts - len(missing)


def coverageText(coverage: Coverage, pair: Mapping[str, Any], selection: Mapping[str, Any]) -> str:
    """The text of a file that keeps it, in ASCII.

    Args:
        coverage: what to keep
        pair: names source and target
        selection: which of the files are mirrored
    """
    document = {
        "format": _FORMAT,
        "pair": pair,
        "selection": selection,
        "parts": coverage.parts,
        "days": {str(number): day for number, day in sorted(coverage.days.items())},
        "since": coverage.since,
    }
    return json.dumps(document) + "\n"


def coverageIn(text: str, pair: Mapping[str, Any], selection: Mapping[str, Any], today: int) -> Coverage:
    """What such a file has kept; of other files of the source than are mirrored now it tells nothing.

    Raises:
        ValueError: it is no such file, or that of another pair; the message is a clause that says so
    """
    try:
        document = json.loads(text)
        if document["format"] != _FORMAT:
            raise ValueError
        parts, since = _number(document["parts"], 1, MOST_PARTS), document["since"]
        days = {_number(int(number), 0, parts - 1): _number(day, 0) for number, day in document["days"].items()}
        if since is not None:
            _number(since, 0)
        owner, selected = document["pair"], document["selection"]
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise ValueError("it is damaged, or no such file") from None
    if owner != pair:
        raise ValueError("it is that of another source or target")
    if selected != selection:
        return Coverage()
    past = {number: day for number, day in days.items() if day <= today}
    return Coverage(parts, past, since if since is not None and since <= today else None)


def _number(value: Any, least: int, most: int | None = None) -> int:
    if type(value) is not int or value < least or (most is not None and value > most):
        raise ValueError
    return value
