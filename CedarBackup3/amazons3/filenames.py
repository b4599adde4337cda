"""The name check: a prediction of which files `aws s3 sync` will not store, or will store under another name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import Enum
from typing import NamedTuple

from CedarBackup3.amazons3.awslocale import AwsLocale
from CedarBackup3.amazons3.mirror import Mirror
from CedarBackup3.amazons3.model import KEY_LIMIT, SourceEntry
from CedarBackup3.util import displayPath


class Reason(Enum):
    """Why a name will not survive."""

    UNDECODABLE = "aws cannot decode it and fails"
    RENAMED = "it is UTF-8, and aws would store it under another name"
    TOO_LONG = f"its key has more than {KEY_LIMIT} bytes and S3 refuses it"


class NameProblem(NamedTuple):
    """A file whose name will not survive the trip."""

    path: bytes
    """Below the source."""
    reason: Reason

    def message(self, mirror: Mirror) -> str:
        """What is wrong with the file, in one line."""
        shown = displayPath(mirror.pathTo(self.path))
        if self.reason is Reason.TOO_LONG:
            return f"{shown}: {self.reason.value}"
        return (
            f"{shown}: expected encoding {mirror.locale.encoding} ({mirror.locale.origin}), "
            f"probably encoded in {probableEncoding(self.path)}; {self.reason.value}"
        )


def nameProblems(mirror: Mirror, entries: Sequence[SourceEntry]) -> Iterator[NameProblem]:
    """The files among the entries that aws will fail to store, or will store under another name than theirs.

    A file that cannot be read is none of them: aws does not come to its name. To be given many entries at a time, since
    one decoding of all their names costs a hundredth of one for each.
    """
    limit = KEY_LIMIT - len(mirror.location.prefix.encode())
    if _allSurvive(entries, mirror.locale, limit):
        return
    for entry in entries:
        reason = _reason(entry, mirror.locale, limit)
        if reason and entry.size is not None:
            yield NameProblem(entry.path, reason)


def _allSurvive(entries: Sequence[SourceEntry], locale: AwsLocale, limit: int) -> bool:
    """Whether all are fine at a glance; where it is not sure it says no."""
    if max(len(entry.key) for entry in entries) > limit:
        return False
    joined = b"\0".join([entry.path for entry in entries])
    return _isIn("ascii" if locale.isLegacy else "utf-8", joined)


def _reason(entry: SourceEntry, locale: AwsLocale, limit: int) -> Reason | None:
    if not _isIn(locale.encoding, entry.path):
        return Reason.UNDECODABLE
    if locale.isLegacy and any(not part.isascii() and _isIn("utf-8", part) for part in entry.path.split(b"/")):
        return Reason.RENAMED
    return Reason.TOO_LONG if len(entry.key) > limit else None


def _isIn(encoding: str, name: bytes) -> bool:
    try:
        name.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def probableEncoding(name: bytes) -> str:
    """A guess at the encoding of a name that is not in the one expected."""
    return "utf-8" if _isIn("utf-8", name) else "cp1252" if _isIn("cp1252", name) else "iso8859-1"
