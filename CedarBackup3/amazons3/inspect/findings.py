"""What is found of a bucket: the record that judgements make and pages show."""

from __future__ import annotations

from typing import Literal, NamedTuple

Level = Literal["good", "note", "warning", "unknown"]
"""`unknown`: it could not be asked, so that nobody knows whether it should be a warning."""


class Finding(NamedTuple):
    """One line of the page, with what belongs to it. Names from the bucket are escaped."""

    topic: str
    """What it is about, in camelCase: `versioning`, `mayDelete`."""
    level: Level
    text: str
    """In words, without a full stop."""
    advice: str = ""
    """What to do, in a sentence."""
    command: tuple[str, ...] = ()
    """The words of a command that does it."""
    details: tuple[str, ...] = ()
    """Further lines, such as one for each upload."""
