"""How far a run has come: who listens, and what is reported of a transfer, by the plan."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Protocol

_log = logging.getLogger("CedarBackup3.log")

FILE_WORTH = 64 << 10
"""Bytes that a file counts for beside its own: one without content takes its time, too."""

OnProgress = Callable[[str, int, int, float | None], object]
"""Called now and then with the phase in a word, files and bytes done in it, and the fraction that is, if known."""


class Recorder(Protocol):
    """Who keeps what a run finds, by classes of files and objects."""

    def note(self, name: str, path: bytes, size: int | None = None, files: int = 1) -> object:
        """One more of a class: its path or key, its bytes if it has any, and how many files it stands for."""

    def count(self, name: str, files: int = 0, size: int = 0) -> object:
        """So many more of a class, and their bytes; with 0 the class is at least there."""

    def measure(self, name: str, value: float, meaning: str) -> object:
        """A figure that is no number of files, by its name in camelCase, and what it means in a sentence."""

    def forget(self, *names: str) -> object:
        """What was found of these classes is looked for anew."""


class Watcher(Protocol):
    """The listener to how far a run has come: an `OnProgress` that counts the time of the phases."""

    @property
    def seconds(self) -> Mapping[str, float]:
        """How long each phase has taken so far."""

    @property
    def findings(self) -> Recorder:
        """Where it is kept what the run finds."""

    @property
    def isShown(self) -> bool:
        """Whether anybody sees it."""

    def __call__(self, phase: str, files: int = 0, size: int = 0, fraction: float | None = None) -> object:
        """As `OnProgress`; the first word of a phase begins it, an empty one ends the last."""

    def charge(self, phase: str, seconds: float) -> object:
        """Count time that was spent on one phase in the midst of another."""


class Silence:
    """The watcher of who wants to know nothing but the result: it shows, counts and keeps nothing."""

    __slots__ = ()
    isShown = False
    seconds: Mapping[str, float] = MappingProxyType({})

    @property
    def findings(self) -> Silence:
        """Keeps nothing."""
        return self

    def __call__(self, phase: str, files: int = 0, size: int = 0, fraction: float | None = None) -> None:
        """Nobody listens."""

    def charge(self, phase: str, seconds: float) -> None:
        """Nothing is timed."""

    def note(self, name: str, path: bytes, size: int | None = None, files: int = 1) -> None:
        """Nothing is kept."""

    def count(self, name: str, files: int = 0, size: int = 0) -> None:
        """Nothing is counted."""

    def measure(self, name: str, value: float, meaning: str) -> None:
        """Nothing is measured."""

    def forget(self, *names: str) -> None:
        """There is nothing to forget."""


SILENT = Silence()
"""The listener of a run that nobody watches: the default for library callers."""


class Transfer:
    """How much of a plan has been transferred, by several aws, each of which counts from zero.

    What is reported never falls and is never more than the plan, whatever aws rounds, estimates or transfers twice.
    """

    def __init__(self, watcher: Watcher, phase: str, files: int, size: int) -> None:
        """Nothing of the plan, with so many files and bytes, has been transferred yet; nothing is reported yet."""
        self.isShown = watcher.isShown
        """Whether anybody sees it, so that aws had better print how far it has come."""
        self._watcher, self._phase = watcher, phase
        self._plannedFiles, self._plannedSize = files, size
        self._files = self._size = 0
        self._shownFiles = self._shownSize = 0

    def begin(self) -> None:
        """The phase begins, or goes on after another one."""
        self.follow(0, 0)

    def count(self, files: int, size: int) -> None:
        """So many more files with so many bytes are dealt with, whoever has reported them meanwhile."""
        self._files += files
        self._size += size
        self.follow(0, 0)

    def follow(self, files: int, size: int) -> None:
        """All the aws that are under way have come so far, beyond what was counted."""
        self._shownFiles = max(self._shownFiles, min(self._files + files, self._plannedFiles))
        self._shownSize = max(self._shownSize, min(self._size + size, self._plannedSize))
        planned = self._plannedSize + FILE_WORTH * self._plannedFiles
        done = self._shownSize + FILE_WORTH * self._shownFiles
        self._watcher(self._phase, self._shownFiles, self._shownSize, done / planned if planned else None)


@contextlib.contextmanager
def logTimes(watcher: Watcher) -> Iterator[None]:
    """At the end, log where the time went."""
    try:
        yield
    finally:
        watcher("")
        if watcher.seconds:
            _log.info("Time spent: %s", ", ".join(f"{phase} {spent:.1f} s" for phase, spent in watcher.seconds.items()))
