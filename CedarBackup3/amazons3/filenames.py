"""The name check: a prediction of which files `aws s3 sync` will not store, or will store under another name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import Enum
from itertools import islice
from typing import NamedTuple

from CedarBackup3.amazons3.awslocale import AwsLocale
from CedarBackup3.amazons3.model import KEY_LIMIT, SourceEntry
from CedarBackup3.util import displayPath

_CHUNK = 1000  # names decoded in one go


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

    def message(self, source: bytes, locale: AwsLocale) -> str:
        """What is wrong with the file, in one line."""
        shown = displayPath(source.rstrip(b"/") + b"/" + self.path)
        if self.reason is Reason.TOO_LONG:
            return f"{shown}: {self.reason.value}"
        return (
            f"{shown}: expected encoding {locale.encoding} ({locale.origin}), "
            f"probably encoded in {probableEncoding(self.path)}; {self.reason.value}"
        )


def nameProblems(entries: Iterable[SourceEntry], locale: AwsLocale, prefix: bytes) -> Iterator[NameProblem]:
    """The files among the entries that aws will fail to store, or will store under another name than theirs.

    A file that cannot be read is none of them: aws does not come to its name.
    """
    remaining = iter(entries)
    while chunk := list(islice(remaining, _CHUNK)):
        if _allSurvive(chunk, locale, KEY_LIMIT - len(prefix)):
            continue
        for entry in chunk:
            reason = _reason(entry, locale, KEY_LIMIT - len(prefix))
            if reason and entry.size is not None:
                yield NameProblem(entry.path, reason)


def _allSurvive(chunk: list[SourceEntry], locale: AwsLocale, limit: int) -> bool:
    """One decoding of all the names costs a hundredth of one for each; it must not err on the side of trust."""
    if max(len(entry.key) for entry in chunk) > limit:
        return False
    joined = b"\0".join(entry.path for entry in chunk)
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
