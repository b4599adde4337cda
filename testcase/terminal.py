"""What a terminal shows of what it is sent, also when its window changes: as much of one as a progress line needs."""

from __future__ import annotations

import os
import re

_PIECES = re.compile(r"\x1b\[[\d;?]*[A-Za-z]|.", re.DOTALL)


def readTerminal(leader: int) -> bytes:
    """All that a pseudo-terminal gets, read from its leader until nobody has the other side open."""
    seen = b""
    while True:
        try:
            seen += os.read(leader, 1 << 16)
        except OSError:  # the other side is closed
            return seen


class Screen:
    """Rows of characters and a cursor. It knows line breaks, carriage returns, and erasing to the end."""

    def __init__(self, columns: int, *, wrapsAnew: bool = True) -> None:
        """`wrapsAnew`: a line that was too long for a row is wrapped anew when the window changes; else it is cut."""
        self._columns, self._wrapsAnew = columns, wrapsAnew
        self._rows = [""]
        self._continued = {0: False}  # whether a row goes on with the line of the one above
        self._row = self._column = 0

    @property
    def text(self) -> str:
        """What is to be read: the rows without blanks at their ends."""
        return "\n".join(row.rstrip() for row in self._rows).rstrip("\n")

    def write(self, text: str) -> None:
        """Show what a program has sent.

        Raises:
            ValueError: this is more of a terminal than it knows
        """
        for piece in _PIECES.findall(text):
            if piece in ("\x1b[K", "\x1b[J"):
                self._rows[self._row] = self._rows[self._row][: self._column]
                if piece == "\x1b[J":
                    del self._rows[self._row + 1 :]
            elif piece.startswith("\x1b"):
                raise ValueError(f"not known: {piece!r}")
            elif piece == "\r":
                self._column = 0
            elif piece == "\n":
                self._go(isContinued=False)
                self._column = 0
            else:
                self._put(piece)

    def resize(self, columns: int) -> None:
        """The window has so many columns from now on."""
        self._columns = columns
        if not self._wrapsAnew:
            self._rows = [row[:columns] for row in self._rows]
            self._column = min(self._column, columns - 1)
            return
        lines, offset, at = self._lines()
        self._rows, self._continued = [], {}
        for number, line in enumerate(lines):
            for start in range(0, max(len(line), 1), columns):
                if number == at and start <= offset:
                    self._row, self._column = len(self._rows), offset - start
                self._continued[len(self._rows)] = start > 0
                self._rows.append(line[start : start + columns])

    def _lines(self) -> tuple[list[str], int, int]:
        """The whole lines, and in which of them, how many characters from its beginning, the cursor is."""
        lines: list[str] = []
        offset = at = 0
        for number, row in enumerate(self._rows):
            if self._continued.get(number, False) and lines:
                before = len(lines[-1])
                lines[-1] += row
            else:
                before = 0
                lines.append(row)
            if number == self._row:
                offset, at = before + self._column, len(lines) - 1
        return lines, offset, at

    def _put(self, character: str) -> None:
        if self._column == self._columns:
            self._go(isContinued=True)
            self._column = 0
        row = self._rows[self._row].ljust(self._column)
        self._rows[self._row] = row[: self._column] + character + row[self._column + 1 :]
        self._column += 1

    def _go(self, *, isContinued: bool) -> None:
        """The cursor goes to the next row."""
        self._row += 1
        if self._row == len(self._rows):
            self._rows.append("")
        self._continued[self._row] = isContinued
