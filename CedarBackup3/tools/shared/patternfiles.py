"""Files of patterns, for `--excludeFrom`.

Whoever may write to such a file decides what is left out, and that may be the user whose home is mirrored. But none
but root and the user of this run decides which file it is: messages show what is in it.
"""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from CedarBackup3.errors import PatternsError

if TYPE_CHECKING:
    from CedarBackup3.amazons3.aws.locale import AwsLocale
    from CedarBackup3.amazons3.aws.rules import Rule

LARGEST = 1 << 20
"""Bytes: more is no file of patterns."""

_OPEN = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def patternProblem(pattern: str, directory: str) -> str:
    """What is wrong with a pattern, as the end of a sentence; empty: nothing.

    Args:
        pattern: as the user wrote it
        directory: what patterns are relative to, in words
    """
    return f"must be relative to the {directory} directory" if not pattern or pattern.startswith("/") else ""


def readPatterns(file: str, locale: AwsLocale, directory: str) -> list[Rule]:
    """The rules in a file: a pattern a line; blank lines, and those that begin with `#`, are passed over.

    Args:
        file: its path
        locale: how it is decoded
        directory: what patterns are relative to, in words

    Raises:
        PatternsError: it cannot be read, is no file of patterns, or others decide which file it is
    """
    from CedarBackup3.amazons3.aws.rules import Rule
    from CedarBackup3.util import displayPath

    shown = displayPath(file)
    rules: list[Rule] = []
    lines = _content(file, shown).removeprefix(_BYTE_ORDER_MARK).split(b"\n")
    for number, line in enumerate(lines, 1):
        pattern = locale.decoded(line.removesuffix(b"\r"))
        if not pattern.strip() or pattern.startswith("#"):
            continue
        origin = f"line {number} of {shown}"
        if problem := patternProblem(pattern, directory):
            raise PatternsError(f"The pattern {displayPath(pattern)} in {origin} {problem}; nothing was changed")
        rules.append(Rule(pattern, origin=origin))
    return rules


def _content(file: str, shown: str) -> bytes:
    from CedarBackup3.places import placeOfFile
    from CedarBackup3.util import reasonText

    try:
        with placeOfFile(os.fsencode(file)) as (place, name):
            descriptor = os.open(name, _OPEN, dir_fd=place.descriptor)
        try:
            problem, content = "it is no regular file", b""
            if stat.S_ISREG(os.fstat(descriptor).st_mode):
                content = _bytesOf(descriptor)
                problem = _problem(content)
        finally:
            os.close(descriptor)
    except (OSError, ValueError) as error:
        problem = reasonText(error)
    if problem:
        raise PatternsError(f"The patterns in {shown} cannot be read: {problem}; nothing was changed")
    return content


def _bytesOf(descriptor: int) -> bytes:
    """What is in a file, as far as it is not too large by more than a byte."""
    parts: list[bytes] = []
    wanted = LARGEST + 1
    while wanted and (part := os.read(descriptor, wanted)):
        parts.append(part)
        wanted -= len(part)
    return b"".join(parts)


def _problem(content: bytes) -> str:
    if len(content) > LARGEST:
        return f"it has more than {LARGEST:,} bytes"
    if b"\0" in content:
        return "it holds a null byte, so it is no text in the encoding of this locale"
    return ""
