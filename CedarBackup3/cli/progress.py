"""The one-line progress display for terminals, and the time that each phase of the work has taken."""

from __future__ import annotations

import shutil
import time
from typing import TextIO

from CedarBackup3.cli.record import Record
from CedarBackup3.util import displayBytes

_INTERVAL = 0.1  # seconds between two drawings
_ERASE = "\r\x1b[K"


class ProgressLine:
    """Call it with a phase, the files and bytes done in it and which fraction of it that is.

    The line is rewritten in place, at most ten times a second, and only on a terminal; `erase` it before printing
    anything else there.
    """

    def __init__(self, stream: TextIO, isQuiet: bool = False) -> None:
        self.isShown = not isQuiet and stream.isatty()
        self.seconds: dict[str, float] = {}
        """How long each phase has taken so far."""
        self.record = Record()
        """What the run has found so far."""
        self._stream = stream
        self._phase = ""
        self._began = self._counted = time.monotonic()
        self._drawn = 0.0
        self._isOnScreen = False

    def __call__(self, phase: str, files: int = 0, size: int = 0, fraction: float | None = None) -> None:
        """Tell how far a phase has come; the first word of a phase begins it, an empty one ends the last."""
        now = time.monotonic()
        if self._phase:
            self.charge(self._phase, now - self._counted)
        self._counted = now
        if phase != self._phase:
            self._phase, self._began, self._drawn = phase, now, 0.0
        if self.isShown and phase and now - self._drawn >= _INTERVAL:
            self._drawn = now
            self._draw(progressText(phase, files, size, fraction, now - self._began))

    def charge(self, phase: str, seconds: float) -> None:
        """Count time that was spent on one phase in the midst of another."""
        self.seconds[phase] = self.seconds.get(phase, 0.0) + seconds
        self._counted += seconds

    def close(self) -> None:
        """The work is done: the last phase ends and the line goes."""
        self("")
        self.erase()

    def erase(self) -> None:
        """Take the line off the screen; the next call draws it again."""
        if self._isOnScreen:
            self._isOnScreen = False
            self._write(_ERASE)

    def _draw(self, text: str) -> None:
        self._isOnScreen = True
        # One column stays free: a full line would make some terminals begin a new one.
        self._write(_ERASE + text[: shutil.get_terminal_size().columns - 1])

    def _write(self, text: str) -> None:
        try:
            self._stream.write(text)
            self._stream.flush()
        except (OSError, ValueError):  # the terminal has gone away
            self.isShown = self._isOnScreen = False


def progressText(phase: str, files: int, size: int, fraction: float | None, seconds: float) -> str:
    """`walk: 12,000 files, 3.4 GiB, 24,000 files/s, 40%, 0:12 left`: of this what is known."""
    parts = []
    if files:
        parts.append(f"{files:,} files")
    if size:
        parts.append(displayBytes(size))
    if seconds >= 1:
        parts.append(f"{files / seconds:,.0f} files/s" if files else f"{displayBytes(size / seconds)}/s")
    if fraction is not None:
        parts.append(f"{fraction:.0%}")
        if seconds >= 1 and fraction:
            left = round(seconds / fraction - seconds)
            parts.append(f"{left // 60}:{left % 60:02} left")
    return f"{phase}: {', '.join(parts)}" if parts else f"{phase} ..."
