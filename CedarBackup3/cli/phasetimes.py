"""How long each phase of a run takes."""

from __future__ import annotations

import time
from collections.abc import Callable


class PhaseTimes:
    """A stopwatch that always runs for one phase at most."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock` tells the seconds since some moment."""
        self.seconds: dict[str, float] = {}
        """How long each phase has taken so far."""
        self._clock = clock
        self._phase = ""
        self._counted = clock()

    def enter(self, phase: str) -> None:
        """A phase begins or goes on, and the one before ends; with an empty one none begins."""
        now = self._clock()
        if self._phase:
            self.charge(self._phase, now - self._counted)
        self._phase, self._counted = phase, now

    def charge(self, phase: str, seconds: float) -> None:
        """Count time that was spent on one phase in the midst of another."""
        self.seconds[phase] = self.seconds.get(phase, 0.0) + seconds
        self._counted += seconds
