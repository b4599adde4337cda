"""Compares what was fetched with the files of a directory, as far as these are still those that were stored.

Anybody may own what is in the directory: nothing in it is reached through a link, waited for, or believed to stay.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterable, Iterator
from typing import BinaryIO, Literal, NamedTuple

from CedarBackup3.amazons3.aws.locale import AwsLocale
from CedarBackup3.amazons3.aws.times import secondsOf
from CedarBackup3.amazons3.bucket.versions import Version
from CedarBackup3.amazons3.content.digests import READ
from CedarBackup3.amazons3.local.opentree import NotAFile, NotFollowed, OpenTree
from CedarBackup3.amazons3.restore.target import openTarget
from CedarBackup3.errors import CedarBackupError
from CedarBackup3.util import displayPath, reasonText


class Directory(NamedTuple):
    """A directory that is open."""

    path: bytes
    tree: OpenTree
    locale: AwsLocale

    def shown(self, version: Version) -> str:
        """The path of the file of a version, safe to print."""
        return displayPath(os.path.join(self.path, self.locale.pathOf(version.key)))


class Agreement(NamedTuple):
    """What comparing a file has shown."""

    verdict: Literal["same", "different", "unknown"]
    why: str = ""
    """Why it is unknown, as a clause about the file."""


@contextlib.contextmanager
def openDirectory(path: bytes, locale: AwsLocale) -> Iterator[Directory]:
    """The directory at an absolute path.

    Raises:
        GuardRefused: a link on the way belongs neither to root nor to this user
        CedarBackupError: it does not exist, is no directory, or cannot be read
    """
    with openTarget(path) as target:
        if target.missing:
            raise CedarBackupError(
                f"The directory {displayPath(path)} does not exist; name the source with --against DIR; nothing was "
                "fetched"
            )
        with OpenTree(target.descriptor, "none") as tree:
            yield Directory(target.path, tree, locale)


def compareFile(directory: Directory, version: Version, fetched: BinaryIO) -> Agreement:
    """Whether a file that was fetched has the bytes of the file in the directory from which it was stored.

    Size and time tell whether that is the same as it was: its time has to be the recorded one or, if none is recorded,
    to lie before the second in which it was stored.

    Args:
        directory: where the files are
        version: what was fetched
        fetched: read from its beginning
    """
    if not version.isLatest:
        return Agreement("unknown", "has been stored again or deleted since")
    try:
        descriptor = directory.tree.file(directory.locale.pathOf(version.key))
    except (NotAFile, NotFollowed):
        return Agreement("unknown", "is no file, or lies behind a link")
    except OSError as error:
        return Agreement("unknown", f"cannot be read: {reasonText(error)}")
    with open(descriptor, "rb") as file:
        return _compared(version, file, fetched)


def holdsAny(directory: Directory, versions: Iterable[Version]) -> bool:
    """Whether any of the files is in a directory, whatever has become of it since; asks until one is.

    Args:
        directory: where the files should be
        versions: in key order
    """
    for version in versions:
        with contextlib.suppress(NotFollowed, OSError):
            if stat.S_ISREG(directory.tree.status(directory.locale.pathOf(version.key)).st_mode):
                return True
    return False


def _compared(version: Version, file: BinaryIO, fetched: BinaryIO) -> Agreement:
    changed = Agreement("unknown", "has changed since it was stored")
    before = os.fstat(file.fileno())
    if before.st_size != version.size or not _isOfThatTime(version, before.st_mtime_ns):
        return changed
    try:
        isSame = _isSame(file, fetched)
        after = os.fstat(file.fileno())
    except OSError as error:
        return Agreement("unknown", f"cannot be read: {reasonText(error)}")
    if any(getattr(before, name) != getattr(after, name) for name in ("st_size", "st_mtime_ns", "st_ctime_ns")):
        return changed
    return Agreement("same" if isSame else "different")


def _isOfThatTime(version: Version, mtimeNs: int) -> bool:
    if version.mtimeNs is not None:
        return mtimeNs == version.mtimeNs
    return mtimeNs < secondsOf(version.lastModified) * 1_000_000_000


def _isSame(file: BinaryIO, fetched: BinaryIO) -> bool:
    """Whether two files have the same bytes; of one that grows no more is read than shows that."""
    fetched.seek(0)
    while True:
        piece = fetched.read(READ)
        if file.read(max(len(piece), 1)) != piece:
            return False
        if not piece:
            return True
