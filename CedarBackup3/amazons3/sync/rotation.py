"""Rotation: which part of the files has its contents compared on which day, so that each has its turn.

A key belongs to a part for ever, by a hash of its bytes, and a day to a part by its number. So nothing has to be
remembered, and whoever knows the day knows the part.
"""

from __future__ import annotations

import time
from hashlib import sha256
from typing import NamedTuple

from CedarBackup3.amazons3.model import Part

MOST_PARTS = 4096
"""More days than that nobody waits for a turn."""


class Rotation(NamedTuple):
    """Into how many parts the files are divided."""

    parts: int = 1
    size: int = 0
    """The bytes that a part is to have at most, by which the number of parts is found; 0: it is given."""


def today() -> int:
    """The day by the clock of this machine, in UTC, counted from 1970-01-01."""
    return int(time.time() // 86400)


def partOfDay(rotation: Rotation, totalBytes: int, day: int) -> Part:
    """The part of a day.

    By a size, the number of parts is the least power of two with which a part has no more than that, as far as the hash
    divides the bytes evenly. So when a source grows, each part becomes two, and that of a day lies in the one that it
    would have been: no file waits for its turn longer than the larger number of days.

    Args:
        rotation: how the files are divided
        totalBytes: of all the files
        day: as `today` counts
    """
    parts = rotation.parts
    if rotation.size:
        parts = 1
        while parts * rotation.size < totalBytes and parts < MOST_PARTS:
            parts *= 2
    return Part(day % parts, parts, day)


def hasKey(part: Part, key: bytes) -> bool:
    """Whether a key belongs to a part: the first eight bytes of its SHA-256, as a number, decide."""
    return part.parts == 1 or int.from_bytes(sha256(key).digest()[:8], "big") % part.parts == part.number
