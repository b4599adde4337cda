"""Decides which names `aws s3 sync` will not store, or will store under another name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from CedarBackup3.amazons3.aws.locale import AwsLocale
from CedarBackup3.amazons3.mirror import Mirror
from CedarBackup3.amazons3.model import KEY_LIMIT, SourceEntry

Reason = Literal["undecodable", "renamed", "too long"]
"""Why a name will not survive.

undecodable: it is not in the encoding of aws, which then fails to store it; renamed: it is UTF-8 in a legacy locale, so
aws would store it under another name, and say nothing; too long: its whole key has more bytes than S3 takes.
"""


class NameProblem(NamedTuple):
    """A file whose name will not survive the trip."""

    path: bytes
    """Below the source."""
    reason: Reason


def nameProblems(mirror: Mirror, entries: Sequence[SourceEntry]) -> Iterator[NameProblem]:
    """The files among the entries that aws will fail to store, or will store under another name than theirs.

    What cannot be read is none of them: aws does not come to its name. To be given many entries at a time, since one
    decoding of all their names costs a hundredth of one for each.
    """
    limit = KEY_LIMIT - len(mirror.location.prefix.encode())
    if not entries or _allSurvive(entries, mirror.locale, limit):
        return
    for entry in entries:
        if entry.size is not None and (reason := _reason(entry, mirror.locale, limit)):
            yield NameProblem(entry.path, reason)


def nameReason(name: bytes, locale: AwsLocale) -> Reason | None:
    """Why a name of one file or directory, taken alone, will not survive; None if it will."""
    if name.isascii():
        return None
    try:
        text = name.decode(locale.encoding)
    except UnicodeDecodeError:
        return "undecodable"
    if not locale.isLegacy:
        return None
    # A few pairs of bytes share a character; aws finds no file by those that the character does not lead back to.
    if text.encode(locale.encoding, "replace") != name:
        return "undecodable"
    return "renamed" if isUtf8(name) else None


def isUtf8(name: bytes) -> bool:
    """Whether the bytes are valid UTF-8."""
    try:
        name.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _allSurvive(entries: Sequence[SourceEntry], locale: AwsLocale, limit: int) -> bool:
    """Whether all are fine at a glance; where it is not sure it says no."""
    if max([len(entry.key) for entry in entries]) > limit:
        return False
    joined = b"\0".join([entry.path for entry in entries])
    return joined.isascii() or (not locale.isLegacy and isUtf8(joined))


def _reason(entry: SourceEntry, locale: AwsLocale, limit: int) -> Reason | None:
    reasons = {nameReason(name, locale) for name in entry.path.split(b"/")}
    if "undecodable" in reasons:
        return "undecodable"
    if "renamed" in reasons:
        return "renamed"
    return "too long" if len(entry.key) > limit else None
