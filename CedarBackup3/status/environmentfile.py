"""The settings of a unit, as systemd reads them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_SPACE, _NEWLINE = " \t\n\r", "\n\r"
_UNESCAPED = '"\\`$'  # what a backslash between double quotes makes literal; before anything else it stays
_NAME = re.compile("[A-Za-z_][A-Za-z0-9_]*", re.ASCII)


def assignments(text: str) -> dict[str, str]:
    """The variables that a file sets, as `EnvironmentFile=` of systemd.exec(5) has it; a later one replaces an earlier.

    Quotes count at the beginning of a value and behind other quotes. A backslash at the end of a line joins the next
    one to it, but not in a comment. Lines that are no assignment are passed over.
    """
    found: dict[str, str] = {}
    letters = iter(text)
    for letter in letters:
        if letter in _SPACE:
            continue
        if letter in "#;":
            _passComment(letters)
            continue
        name = _nameFrom(letter, letters)
        if name is not None:
            value = _valueFrom(letters)
            if _NAME.fullmatch(name):
                found[name] = value
    return found


def words(text: str) -> list[str]:
    """The words of a value that `ExecStart=` has as `$NAME`: systemd.service(5), "Command lines".

    White space parts them, quotes keep them together wherever they stand, and a backslash makes literal what follows.
    """
    found: list[str] = []
    word, quote = _Text(), ""
    letters = iter(text)
    for letter in letters:
        if letter == "\\":
            word.add(next(letters, ""))
        elif quote:
            if letter == quote:
                quote = ""
            else:
                word.add(letter)
        elif letter in "'\"":
            quote = letter
            word.add("")
        elif letter in _SPACE:
            found.extend(word.taken())
        else:
            word.add(letter)
    return [*found, *word.taken()]


@dataclass(slots=True)
class _Text:
    """A text in the making, or none yet: an empty one is a word as well."""

    letters: list[str] = field(default_factory=list)

    def add(self, letter: str) -> None:
        self.letters.append(letter)

    def taken(self) -> list[str]:
        """The text, if it has begun; then there is none."""
        text = ["".join(self.letters)] if self.letters else []
        self.letters.clear()
        return text


def _passComment(letters: Iterator[str]) -> None:
    for letter in letters:
        if letter in _NEWLINE:
            return


def _nameFrom(first: str, letters: Iterator[str]) -> str | None:
    """What stands before the sign of equality; None: the line has none."""
    name = [first]
    for letter in letters:
        if letter in _NEWLINE:
            return None
        if letter == "=":
            return "".join(name).rstrip(_SPACE)
        name.append(letter)
    return None


def _valueFrom(letters: Iterator[str]) -> str:
    """The value, up to the end of its last line."""
    value: list[str] = []
    kept = 0  # so much of it is no white space before the end of the line
    isPlain = False  # whether quotes are letters now
    for letter in letters:
        if letter in _NEWLINE:
            break
        if letter == "\\":
            escaped = next(letters, "")
            value.append("" if escaped in _NEWLINE else escaped)
            isPlain, kept = True, len(value)
        elif not isPlain and letter in "'\"":
            value.extend(_singleQuoted(letters) if letter == "'" else _doubleQuoted(letters))
            kept = len(value)
        elif isPlain or letter not in _SPACE:
            value.append(letter)
            isPlain = True
            kept = kept if letter in _SPACE else len(value)
    return "".join(value[:kept])


def _singleQuoted(letters: Iterator[str]) -> Iterator[str]:
    for letter in letters:
        if letter == "'":
            return
        yield letter


def _doubleQuoted(letters: Iterator[str]) -> Iterator[str]:
    for letter in letters:
        if letter == '"':
            return
        if letter != "\\":
            yield letter
            continue
        escaped = next(letters, "")
        if escaped not in _UNESCAPED:
            yield "" if escaped == "\n" else f"\\{escaped}"
        else:
            yield escaped
