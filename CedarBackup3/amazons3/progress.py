"""How a run tells how far it has come, and what it finds."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Iterator
from typing import Protocol

_log = logging.getLogger("CedarBackup3.log")

OnProgress = Callable[[str, int, int, float | None], object]
"""Is told now and then: the phase in a word, files and bytes done in it, and which fraction that is, if it is known."""


class Recorder(Protocol):
    """Who keeps what a run finds, by classes of files and objects."""

    def note(self, name: str, path: bytes, size: int | None = None, files: int = 1) -> object:
        """One more of a class: its path or key, its bytes if it has any, and how many files it stands for."""

    def count(self, name: str, files: int = 0, size: int = 0) -> object:
        """So many more of a class, and their bytes; with 0 the class is at least there."""

    def forget(self, *names: str) -> object:
        """What was found of these classes is looked for anew."""


class Watcher(Protocol):
    """Whom a run tells how far it has come: an `OnProgress` that counts the time of the phases."""

    seconds: dict[str, float]
    """How long each phase has taken so far."""

    @property
    def record(self) -> Recorder:
        """Where it is kept what the run finds."""

    @property
    def isShown(self) -> bool:
        """Whether anybody sees it."""

    def __call__(self, phase: str, files: int = 0, size: int = 0, fraction: float | None = None) -> object:
        """As `OnProgress`; the first word of a phase begins it, an empty one ends the last."""

    def charge(self, phase: str, seconds: float) -> object:
        """Count time that was spent on one phase in the midst of another."""


@contextlib.contextmanager
def timesLogged(watcher: Watcher) -> Iterator[None]:
    """At the end, log where the time went."""
    try:
        yield
    finally:
        watcher("")
        if watcher.seconds:
            _log.info("Time spent: %s", ", ".join(f"{phase} {spent:.1f} s" for phase, spent in watcher.seconds.items()))
