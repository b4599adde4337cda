"""What a run finds: how many files there are of each class, their bytes, and the first of their paths; and figures."""

from __future__ import annotations

from typing import NamedTuple

PATHS_KEPT = 100
"""So many paths of each class are kept; further ones are only counted, so that memory is bounded."""


class Noted(NamedTuple):
    """One file or object."""

    path: bytes
    size: int | None
    """In bytes; None: it has none, or nobody knows."""


class Figure(NamedTuple):
    """A number that is none of files."""

    value: float
    meaning: str
    """In a sentence."""


class Tally:
    """How many there are of one class."""

    def __init__(self) -> None:
        self.files = 0
        self.size = 0
        """In bytes, as far as sizes are known."""
        self.first: list[Noted] = []
        """The first of them that were noted one by one."""


class Findings:
    """A tool tells it what it finds, by classes that the tool names in camelCase, such as `matched` or `missing`."""

    def __init__(self) -> None:
        self.tallies: dict[str, Tally] = {}
        self.figures: dict[str, Figure] = {}

    def note(self, name: str, path: bytes, size: int | None = None, files: int = 1) -> None:
        """One more of a class: its path or key, its bytes if it has any, and how many files it stands for."""
        tally = self._tally(name)
        tally.files += files
        tally.size += size or 0
        if len(tally.first) < PATHS_KEPT:
            tally.first.append(Noted(path, size))

    def count(self, name: str, files: int = 0, size: int = 0) -> None:
        """So many more of a class, and their bytes; with 0 the class is at least there."""
        tally = self._tally(name)
        tally.files += files
        tally.size += size

    def measure(self, name: str, value: float, meaning: str) -> None:
        """A figure, by its name in camelCase with its unit at the end if it has one; the last value counts."""
        self.figures[name] = Figure(value, meaning)

    def forget(self, *names: str) -> None:
        """What was found of these classes is looked for anew."""
        for name in names:
            self.tallies.pop(name, None)

    def _tally(self, name: str) -> Tally:
        return self.tallies.get(name) or self.tallies.setdefault(name, Tally())
