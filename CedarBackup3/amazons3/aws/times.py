"""Times as the AWS CLI prints them: most often ISO 8601 in UTC, on Amazon's servers in whole seconds.

Version 1 of aws prints what the server has written; version 2 reads it first, and fails on what it cannot read. So the
ways of writing a time that other servers have are read here, too.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from CedarBackup3.errors import CommandFailed
from CedarBackup3.util import displayPath, displayText

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_USUAL = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-5][0-9](\.[0-9]+)?(Z|\+00:00)", re.ASCII)
_EPOCH_SECONDS = re.compile(r"-?[0-9]{1,12}(\.[0-9]+)?", re.ASCII)
_LEAP_SECOND = re.compile(r"(:[0-5][0-9]):60(?![0-9])")
_LONGEST_SHOWN = 40  # characters of what is no time


@lru_cache(maxsize=1 << 14)
def nanosecondsOf(lastModified: str) -> int:
    """A time in nanoseconds since the epoch, as far as microseconds. Objects that were stored together have the same.

    It is read as ISO 8601, as the date of a mail or of HTTP (RFC 5322, RFC 9110), or as seconds since the epoch;
    without a zone as UTC; a leap second as the one behind it.

    Raises:
        ValueError: it is none, or lies before the year 1 or after the year 9999
    """
    try:
        if _USUAL.fullmatch(lastModified):
            moment = datetime.fromisoformat(lastModified)
        elif _EPOCH_SECONDS.fullmatch(lastModified):
            moment = _EPOCH + timedelta(seconds=float(lastModified))
        else:
            text, leaps = _LEAP_SECOND.subn(r"\1:59", lastModified.strip())
            moment = _parsed(text).astimezone(UTC) + timedelta(seconds=leaps)
    except (OverflowError, TypeError, IndexError) as error:  # as the parser of mails has it for some texts
        raise ValueError(str(error)) from None
    return (moment - _EPOCH) // _MICROSECOND * 1000


def secondsOf(lastModified: str) -> int:
    """The same in whole seconds."""
    return nanosecondsOf(lastModified) // 1_000_000_000


def shownTime(lastModified: str) -> str:
    """The same as date and time in UTC, for people."""
    return shownSecond(secondsOf(lastModified))


def shownSecond(second: int) -> str:
    """The same of seconds since the epoch."""
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def requireTime(lastModified: str, key: bytes) -> None:
    """Raise `CommandFailed` unless a time that a listing gives for a whole key can be read."""
    try:
        nanosecondsOf(lastModified)
    except ValueError:
        shown = displayText(lastModified[:_LONGEST_SHOWN])
        raise CommandFailed(
            f"Cannot read the time at which {displayPath(key)} was stored: the server reports {shown!r}; store that "
            "object again, or have the server repaired"
        ) from None


def _parsed(text: str) -> datetime:
    """The moment, with its zone."""
    try:
        moment = datetime.fromisoformat(text.upper().removesuffix(" UTC"))
    except ValueError:
        from email.utils import parsedate_to_datetime  # noqa: PLC0415 - takes its time, and is seldom needed

        moment = parsedate_to_datetime(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
