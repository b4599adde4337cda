"""Names that S3 stores unharmed but other tools or file systems may not accept: a warning each, no refusal.

A file can be named neither `.` nor `..`, and no decoding makes a slash, so only the target's prefix can have such
segments.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from enum import Enum
from typing import NamedTuple
from unicodedata import normalize

from CedarBackup3.amazons3.aws.locale import AwsLocale
from CedarBackup3.amazons3.model import SourceEntry


class Oddity(Enum):
    """What can be unusual about a name."""

    CONTROL = "contains a control character, which breaks other S3 tools"
    ENDING = "ends with a space or a dot, which other systems refuse or drop"
    CASE = "differ only in case, so a restore to another file system may merge them"
    FORM = "are one text in two Unicode forms, so a restore to another file system may merge them"


class UnusualName(NamedTuple):
    """A path below the source with something unusual about it."""

    oddity: Oddity
    path: bytes
    like: bytes | None = None
    """The path in the same directory that it may be merged with."""


def unusualNames(paths: bytes, locale: AwsLocale) -> Iterator[UnusualName]:
    """What is unusual among the names of one directory, given by `joinPaths`.

    A few searches through all the names at once tell whether there can be anything, and there seldom is.
    """
    text = paths.decode("ascii") if paths.isascii() else locale.decoded(paths)
    if not text.isprintable() or " //" in text or ".//" in text:
        yield from _oddOnes(splitPaths(paths), locale)
    folded = _folded(text)
    if folded != text and len(set(folded.split("//"))) <= paths.count(b"//"):
        yield from _mergingOnes(splitPaths(paths), locale)


def joinPaths(entries: Iterable[SourceEntry]) -> bytes:
    """The paths of some entries, each with two slashes behind it, which no path holds."""
    return (b"//".join([entry.path for entry in entries]) + b"//").replace(b"///", b"//")


def splitPaths(paths: bytes) -> list[bytes]:
    """The paths that `joinPaths` has joined; those of directories without their slash."""
    return paths.split(b"//")[:-1]


# The last two characters before the bracket closes are none that XML can hold.
_CONTROL = re.compile("[\x01-\x1f\x7f-\x9f\ufffe\uffff]")


def _oddOnes(paths: Sequence[bytes], locale: AwsLocale) -> Iterator[UnusualName]:
    for path in paths:
        name = locale.decoded(path.rpartition(b"/")[2])
        if _CONTROL.search(name):
            yield UnusualName(Oddity.CONTROL, path)
        if name.endswith((" ", ".")):
            yield UnusualName(Oddity.ENDING, path)


def _mergingOnes(paths: Sequence[bytes], locale: AwsLocale) -> Iterator[UnusualName]:
    """Each path that a file system blind to case and Unicode form takes for one before it."""
    first: dict[str, bytes] = {}
    for path in paths:
        text = locale.decoded(path)
        like = first.setdefault(_folded(text), path)
        if like != path:
            isForm = normalize("NFC", text) == normalize("NFC", locale.decoded(like))
            yield UnusualName(Oddity.FORM if isForm else Oddity.CASE, path, like)


def _folded(text: str) -> str:
    """The text as file systems compare it that ignore case and Unicode form."""
    return text.lower() if text.isascii() else normalize("NFD", text.casefold())
