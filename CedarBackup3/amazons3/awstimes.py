"""Times as aws prints them: ISO 8601 in UTC, with Z or +00:00, and on Amazon's servers in whole seconds."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache


@lru_cache(maxsize=1 << 14)
def nanosecondsOf(lastModified: str) -> int:
    """A time in nanoseconds since the epoch, as far as microseconds. Objects that were stored together have the same.

    Raises:
        ValueError: it is none
    """
    return round(datetime.fromisoformat(lastModified).timestamp() * 1_000_000) * 1000


def secondsOf(lastModified: str) -> int:
    """The same in whole seconds."""
    return nanosecondsOf(lastModified) // 1_000_000_000
