"""Opens what is below a directory level by level, so that links exchanged meanwhile cannot lead out of it.

Each name is opened from a directory that is open already, and never through a link (openat(2), O_NOFOLLOW). What is
open is judged, not what a path leads to. A link is followed only knowingly, as `links` says.
"""

from __future__ import annotations

import errno
import os
import stat
from typing import NamedTuple

from CedarBackup3.amazons3.local.links import UNRESTRICTED, FollowLinks, Owners, Target, isSafe, linkTarget, mayRead

DEEPEST = 512
"""Levels of directories: no key of 1,024 bytes has more, and each level takes a descriptor."""

# O_NONBLOCK: nobody waits for the other end of a pipe that has taken a file's place.
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_NOT_THIS_WAY = {errno.ELOOP, errno.ENOTDIR}  # what opening a link answers


class NotFollowed(Exception):
    """A link is not to be followed, or leads to what its owner could not read."""


class NotAFile(Exception):
    """Something else than a file has the name."""


class Level(NamedTuple):
    """An open directory."""

    name: bytes
    """In the directory above."""
    descriptor: int
    owners: Owners
    """On whose behalf it was reached."""


class OpenTree:
    """A directory below which paths are opened; quickest for paths in order, since the way to the last stays open.

    Not for several threads at a time.
    """

    def __init__(self, root: int, follow: FollowLinks, owners: Owners = UNRESTRICTED) -> None:
        """Take a descriptor of the directory, which stays the caller's, and on whose behalf it was reached."""
        self._follow: FollowLinks = follow
        self._root = Level(b"", root, owners)
        self._levels: list[Level] = []

    def directory(self, path: bytes) -> Level:
        """An open directory, for as long as nothing beside it or above it is asked for.

        Args:
            path: below the root, without slash at either end; empty: the root itself

        Raises:
            NotFollowed: a link on the way is not to be followed
            OSError: it cannot be opened
        """
        names = path.split(b"/") if path else []
        if len(names) > DEEPEST:
            raise OSError(errno.ENAMETOOLONG, os.strerror(errno.ENAMETOOLONG))
        common = 0
        for level, name in zip(self._levels, names, strict=False):
            if level.name != name:
                break
            common += 1
        self._leave(common)
        for name in names[common:]:
            self._levels.append(_openedDirectory(self._innermost, name, self._follow))
        return self._innermost

    def file(self, path: bytes) -> int:
        """Open a file for reading; the descriptor is the caller's.

        Raises:
            NotFollowed: it, or what is on the way, is a link that is not to be followed
            NotAFile: it is a directory, a pipe, a socket or a device
            OSError: it cannot be opened
        """
        parent, _, name = path.rpartition(b"/")
        return _openedFile(self.directory(parent), name, self._follow)

    def status(self, path: bytes) -> os.stat_result:
        """What is there, a link being followed if it may be; the errors are those of `directory`."""
        parent, _, name = path.rpartition(b"/")
        above = self.directory(parent)
        status = os.stat(name, dir_fd=above.descriptor, follow_symlinks=False)
        if not stat.S_ISLNK(status.st_mode):
            return status
        target = followLink(above, name, self._follow)
        try:
            return os.fstat(target.descriptor)
        finally:
            os.close(target.descriptor)

    def pathTo(self, status: os.stat_result) -> bytes | None:
        """The path of the directory with this status, if the way that is open leads through it."""
        names: list[bytes] = []
        for level in (self._root, *self._levels):
            names.append(level.name)
            if os.path.samestat(os.fstat(level.descriptor), status):
                return b"/".join(names[1:])
        return None

    def close(self) -> None:
        """Close all that is open, but for the root."""
        self._leave(0)

    @property
    def _innermost(self) -> Level:
        return self._levels[-1] if self._levels else self._root

    def _leave(self, depth: int) -> None:
        while len(self._levels) > depth:
            os.close(self._levels.pop().descriptor)

    def __enter__(self) -> OpenTree:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def followLink(above: Level, name: bytes, follow: FollowLinks) -> Target:
    """What a link leads to, opened with O_PATH; the descriptor is the caller's.

    Raises:
        NotFollowed: it is not to be followed
        OSError: it leads nowhere, or it is no link any more
    """
    if follow == "none":
        raise NotFollowed
    target = linkTarget(above.descriptor, name, above.owners, follow)
    if not isSafe(target):
        os.close(target.descriptor)
        raise NotFollowed
    return target


def _openedDirectory(above: Level, name: bytes, follow: FollowLinks) -> Level:
    try:
        descriptor, owners = os.open(name, _DIRECTORY, dir_fd=above.descriptor), above.owners
    except OSError as error:
        if error.errno not in _NOT_THIS_WAY or not _isLink(above, name):
            raise
        target = followLink(above, name, follow)
        try:
            descriptor, owners = os.open(b".", _DIRECTORY, dir_fd=target.descriptor), target.owners
        finally:
            os.close(target.descriptor)
    if not mayRead(owners, os.fstat(descriptor)):
        os.close(descriptor)
        raise NotFollowed
    return Level(name, descriptor, owners)


def _openedFile(above: Level, name: bytes, follow: FollowLinks) -> int:
    owners = above.owners
    try:
        descriptor = os.open(name, _FILE, dir_fd=above.descriptor)
    except OSError as error:
        if error.errno == errno.ENXIO:  # a socket, or a pipe with nobody at its other end
            raise NotAFile from None
        if error.errno not in _NOT_THIS_WAY or not _isLink(above, name):
            raise
        descriptor, owners = _openedTarget(followLink(above, name, follow))
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        os.close(descriptor)
        raise NotAFile
    if not mayRead(owners, status):
        os.close(descriptor)
        raise NotFollowed
    return descriptor


def _openedTarget(target: Target) -> tuple[int, Owners]:
    """A file opened for reading by the descriptor that has only its place (proc(5), fd), and on whose behalf."""
    try:
        if not stat.S_ISREG(os.fstat(target.descriptor).st_mode):
            raise NotAFile
        return os.open(b"/proc/self/fd/%d" % target.descriptor, _FILE & ~os.O_NOFOLLOW), target.owners
    finally:
        os.close(target.descriptor)


def _isLink(above: Level, name: bytes) -> bool:
    try:
        return stat.S_ISLNK(os.stat(name, dir_fd=above.descriptor, follow_symlinks=False).st_mode)
    except OSError:
        return False
