"""The one-line progress display for terminals.

The cursor rests at the beginning of the line: a terminal that wraps a line anew when its window becomes narrower keeps
the cursor where the line begins, so that the next drawing, or the end, takes away all the rows that it has become.
"""

from __future__ import annotations

import math
import os
import shutil
import time
from collections.abc import Callable, Mapping
from typing import NamedTuple, TextIO

from CedarBackup3.cli.pace import Pace, paceAfter, secondsLeft, speedAt
from CedarBackup3.util import displayBytes

_INTERVAL = 0.1  # seconds between two drawings
_MOST = 0.99  # of a phase that has not ended
_CLEAR = "\x1b[J"  # to the end of the screen
_DROPPED = ("rate", "files", "size", "phase", "left")
"""What a line does without where there is no room, in this order."""
_DROPPED_WITHOUT_SHARE = ("rate", "size", "phase")


class Shown(NamedTuple):
    """What a line can tell of a phase."""

    phase: str
    files: int = 0
    size: int = 0
    """In bytes."""
    fraction: float | None = None
    """How much of the phase has been done; None: nobody knows."""
    filesPace: float = 0
    """Files a second; 0: not known yet."""
    sizePace: float = 0
    """Bytes a second."""
    left: float = 0
    """Seconds until the end of the phase; 0: not known yet."""


def progressText(shown: Shown, width: int) -> str:
    """`sync: 120 files, 3.4 GiB, 2.0 MiB/s, 40%, 0:12 left`: of this what is known and fits into so many columns.

    Where there is no room the percentage stays longest, and before it the time left. The end of the phase is never
    told before it has come.
    """
    parts = _parts(shown)
    for dropped in ("", *(_DROPPED if "share" in parts else _DROPPED_WITHOUT_SHARE)):
        parts.pop(dropped, "")
        text = _joined(parts)
        if len(text) <= width:
            return text
    return text[:width]


def _parts(shown: Shown) -> dict[str, str]:
    parts = {"phase": shown.phase}
    if shown.files:
        parts["files"] = f"{shown.files:,} file{'s' * (shown.files != 1)}"
    if shown.size:
        parts["size"] = displayBytes(shown.size)
    # What goes over a net or is read is known by its bytes beforehand; a walk is a matter of files.
    if shown.sizePace and shown.fraction is not None:
        parts["rate"] = f"{displayBytes(round(shown.sizePace))}/s"
    elif shown.filesPace:
        parts["rate"] = f"{shown.filesPace:,.0f} files/s"
    if shown.fraction is not None:
        parts["share"] = f"{math.floor(100 * min(shown.fraction, _MOST))}%"
        if shown.left:
            parts["left"] = f"{_duration(math.ceil(shown.left))} left"
    return parts


def _joined(parts: Mapping[str, str]) -> str:
    shown = ", ".join(text for name, text in parts.items() if name != "phase")
    if "phase" not in parts:
        return shown
    return f"{parts['phase']}: {shown}" if shown else f"{parts['phase']} ..."


def _duration(seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    return f"{minutes}:{rest:02}" if minutes < 60 else f"{minutes // 60}:{minutes % 60:02}:{rest:02}"


class ProgressLine:
    """Call it with a phase, the files and bytes done in it and which fraction of it that is; an empty phase ends it.

    The line is rewritten in place, at most ten times a second, and only on a terminal; `erase` it before printing
    anything else there. A terminal that says it is dumb, or does not say what it is, gets no escape sequences, but
    blanks over what was there.
    """

    def __init__(self, stream: TextIO, isQuiet: bool = False, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock` tells the seconds since some moment."""
        self.isShown = not isQuiet and stream.isatty()
        """Whether anybody sees it."""
        self._stream, self._clock = stream, clock
        self._isDumb = os.environ.get("TERM", "dumb") in {"", "dumb"}
        self._phase = ""
        self._drawn = 0.0
        self._paces: list[Pace] = []  # of files, bytes and the fraction
        self._length = 0  # of what is on the screen

    def __call__(self, phase: str, files: int = 0, size: int = 0, fraction: float | None = None) -> None:
        """Tell how far a phase has come; the first word of a phase begins it."""
        if not self.isShown:
            return
        now = self._clock()
        if phase != self._phase:
            self._phase, self._drawn = phase, -math.inf
            self._paces = [Pace(now, amount) for amount in (files, size, fraction or 0.0)]
        if phase and now - self._drawn >= _INTERVAL:
            self._drawn = now
            self._draw(progressText(self._shown(now, files, size, fraction), self._width()))

    def close(self) -> None:
        """The work is done: the line goes."""
        self("")
        self.erase()

    def erase(self) -> None:
        """Take the line off the screen; the next call draws it again."""
        if self._length:
            self._write(f"\r{' ' * min(self._length, self._width())}\r" if self._isDumb else f"\r{_CLEAR}")
            self._length = 0

    def _shown(self, now: float, files: int, size: int, fraction: float | None) -> Shown:
        amounts = (files, size, fraction or 0.0)
        self._paces = [paceAfter(pace, now, amount) for pace, amount in zip(self._paces, amounts, strict=True)]
        perFile, perByte, share = self._paces
        left = secondsLeft(share, now, 1.0)
        return Shown(self._phase, files, size, fraction, speedAt(perFile, now), speedAt(perByte, now), left)

    def _width(self) -> int:
        """How many columns a line may take: one stays free, since a full line would make some terminals begin another.

        The terminal is asked, each time anew; `COLUMNS` does not know of a window that has changed.
        """
        try:
            columns = os.get_terminal_size(self._stream.fileno()).columns
        except (OSError, ValueError):
            columns = 0
        return max(1, (columns or shutil.get_terminal_size().columns) - 1)

    def _draw(self, text: str) -> None:
        after = " " * (min(self._length, self._width()) - len(text)) if self._isDumb else _CLEAR
        self._length = len(text)
        self._write(f"\r{text}{after}\r")

    def _write(self, text: str) -> None:
        try:
            self._stream.write(text)
            self._stream.flush()
        except (OSError, ValueError):  # the terminal has gone away
            self.isShown = False
            self._length = 0
