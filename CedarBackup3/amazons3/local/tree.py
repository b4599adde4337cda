"""A local tree: a directory, and the locale, filters and rule for links with which it is read."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from CedarBackup3.amazons3.aws.locale import AwsLocale
from CedarBackup3.amazons3.local.filters import NO_FILTERS, Filters
from CedarBackup3.amazons3.local.links import UNRESTRICTED, FollowLinks, Owners, Target, isSafe, linkTarget
from CedarBackup3.errors import CedarBackupError, GuardRefused
from CedarBackup3.util import displayPath, reasonText

Path = str | bytes | os.PathLike[str] | os.PathLike[bytes]


@dataclass(frozen=True, slots=True)
class LocalTree:
    """A directory, and how what is below it is read."""

    root: bytes
    """The directory: an absolute path without links, `..` and, but for `/` itself, trailing slash."""
    locale: AwsLocale
    """The locale in which aws reads the names."""
    identity: tuple[int, int] = (0, 0)
    """The device and inode of the directory; zeros: it need not exist yet."""
    filters: Filters = NO_FILTERS
    """What is left out."""
    followLinks: FollowLinks = "safe"
    owners: Owners = UNRESTRICTED
    """On whose behalf the directory was reached."""

    def pathTo(self, path: bytes) -> bytes:
        """The whole path of what is below the root."""
        return self.root.rstrip(b"/") + b"/" + path

    def pathOf(self, key: bytes) -> bytes | None:
        """The whole path of the file whose key that is; None if no file can have it."""
        if {b"", b".", b".."}.intersection(key.split(b"/")) or b"\0" in key:
            return None
        try:
            return self.pathTo(self.locale.pathOf(key))
        except UnicodeError:
            return None


def localTree(
    path: Path,
    locale: AwsLocale,
    *,
    filters: Filters = NO_FILTERS,
    followLinks: FollowLinks = "safe",
) -> LocalTree:
    """The tree below a directory as it is now; the arguments are the attributes.

    Raises:
        CedarBackupError: the directory is none, or cannot be read
        GuardRefused: it is reached through a link whose owner cannot read it
    """
    found = _resolvedRoot(os.fsencode(path), followLinks)
    return LocalTree(found.path, locale, found.identity, filters, followLinks, found.owners)


@contextlib.contextmanager
def openRoot(tree: LocalTree) -> Iterator[int]:
    """A descriptor of the root, which is the very directory that the run began with.

    Raises:
        CedarBackupError: it cannot be read any more, or another directory is in its place
    """
    shown = displayPath(tree.root)
    try:
        descriptor = os.open(tree.root, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError as error:
        raise CedarBackupError(f"The source directory {shown} can no longer be read: {reasonText(error)}") from None
    try:
        status = os.fstat(descriptor)
        if (status.st_dev, status.st_ino) != tree.identity:
            raise CedarBackupError(
                f"The source directory {shown} is not the directory that was read: it was replaced during the run"
            )
        yield descriptor
    finally:
        os.close(descriptor)


class _Root(NamedTuple):
    path: bytes
    identity: tuple[int, int]
    owners: Owners


def _resolvedRoot(path: bytes, follow: FollowLinks) -> _Root:
    """The directory without links on the way to it."""
    shown = displayPath(path)
    try:
        with _target(path, follow) as target:
            status = os.fstat(target.descriptor)
            os.close(os.open(b".", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=target.descriptor))
            resolved = os.path.realpath(path)
            if not isSafe(target):
                raise GuardRefused(
                    f"Refused: the source directory {shown} leads to {displayPath(resolved)} through a link whose "
                    "owner cannot read it; name that directory itself, or use --followLinks all; nothing was changed"
                )
            if not os.path.samestat(os.stat(resolved), status):
                raise CedarBackupError(f"The source directory {shown} was replaced while it was opened; run again")
            return _Root(resolved, (status.st_dev, status.st_ino), target.owners)
    except (OSError, ValueError) as error:
        raise CedarBackupError(
            f"The source directory {shown} cannot be read: {reasonText(error)}; nothing was changed"
        ) from None


@contextlib.contextmanager
def _target(path: bytes, follow: FollowLinks) -> Iterator[Target]:
    """What a path leads to, whoever has chosen it, so that with `none` only links below it are left out."""
    here = os.open(b".", os.O_PATH | os.O_CLOEXEC)
    try:
        target = linkTarget(here, path, UNRESTRICTED, "all" if follow == "all" else "safe")
    finally:
        os.close(here)
    try:
        yield target
    finally:
        os.close(target.descriptor)
