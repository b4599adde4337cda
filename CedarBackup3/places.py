"""Places: directories, and whether other users could put something else in the place of what lies in them.

Whoever can write to a directory on the way to a file, or has made a link on it, decides which file that is. So the way
is judged from the root directory down, each directory when it is open (`paths`).
"""

from __future__ import annotations

import contextlib
import errno
import os
import pwd
import stat
from collections.abc import Iterator
from typing import NamedTuple

from CedarBackup3.paths import MOST_LINKS, openPath
from CedarBackup3.util import displayPath


class StrangersLink(ValueError):
    """A link on the way belongs to another user, who decides where it leads; the message is a clause that says so."""


class Place(NamedTuple):
    """An open directory."""

    descriptor: int
    """Opened with O_PATH, for as long as the context lasts."""
    path: bytes
    """Where it is: absolute and without links."""
    exposure: str
    """Why others could replace what is ours in it, as a clause: `others can write to /srv`; empty: they cannot."""
    isShared: bool
    """Whether others can put their own beside it, as in /tmp."""

    @property
    def isPrivate(self) -> bool:
        """Whether all that lies in it is there by the will of root or of this user."""
        return not self.exposure and not self.isShared

    @property
    def weakness(self) -> str:
        """Why it is not private, as a clause; empty: it is."""
        return self.exposure or (f"others can write to {displayPath(self.path)}" if self.isShared else "")


@contextlib.contextmanager
def openPlace(path: bytes) -> Iterator[Place]:
    """A directory, with each directory on the way to it judged, from the root directory down.

    What is ours is safe where every directory belongs to root or to this user, and no other can write to it, or only
    as in /tmp, where nobody can rename or remove what belongs to another (the sticky bit, inode(7)). A group does not
    count as others where it is root's, or the one that this user logs in with, which some systems make for each user.

    Raises:
        StrangersLink: a link on the way belongs neither to root nor to this user
        OSError: there is no such directory, or this user may not go there
    """
    exposures: list[str] = []
    passed = -1

    def enter(descriptor: int) -> None:
        nonlocal passed
        passed = descriptor
        if found := _exposure(descriptor):
            exposures.append(found)

    whole = path if path.startswith(b"/") else os.path.join(os.getcwdb(), path)
    descriptor = openPath(-1, whole, onLink=lambda link: _refuseStrangers(link, passed), onEntry=enter)
    try:
        if not stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
        enter(descriptor)
        where = _pathOf(descriptor) or os.path.realpath(whole)
        yield Place(descriptor, where, next(iter(exposures), ""), _isWritableByOthers(descriptor))
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def placeOfFile(path: bytes) -> Iterator[tuple[Place, bytes]]:
    """The place of a file that may still have to be made, and its name there.

    A link that has the name is followed where the place is private. Elsewhere anybody can have put it there, and the
    name is that of the link.

    Raises:
        StrangersLink: as `openPlace`
        OSError: as `openPlace`; also EISDIR: the path ends in a slash
        ValueError: no file can have that path
    """
    if b"\0" in path:
        raise ValueError("embedded null byte")
    for _ in range(MOST_LINKS):
        directory, name = os.path.split(path)
        if not name:
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        with openPlace(directory) as place:
            text = _linkText(place, name) if place.isPrivate else None
            if text is None:
                yield place, name
                return
            path = os.path.join(place.path, text)
    raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))


def fileExposure(descriptor: int) -> str:
    """Why others could change what an open file holds, as the clause of a place; empty: they cannot."""
    status = os.fstat(descriptor)
    if not _isTrusted(status.st_uid):
        return f"{displayPath(_pathOf(descriptor))} belongs to {_userName(status.st_uid)}"
    return f"others can write to {displayPath(_pathOf(descriptor))}" if _isWritableByOthers(descriptor) else ""


def isReadableByOthers(descriptor: int) -> bool:
    """Whether others can read an open file, going by its mode.

    A user who is not root may have been let in by a group or an access list, as to the credentials of a systemd unit.
    """
    status = os.fstat(descriptor)
    if status.st_mode & stat.S_IROTH:
        return True
    isOfGroup = bool(status.st_mode & stat.S_IRGRP) and os.geteuid() == 0
    return isOfGroup and (status.st_gid != 0 or _hasAccessList(descriptor))


def _exposure(descriptor: int) -> str:
    status = os.fstat(descriptor)
    isSticky = _isTrusted(status.st_uid) and status.st_mode & stat.S_ISVTX
    return "" if isSticky else fileExposure(descriptor)


def _refuseStrangers(link: os.stat_result, directory: int) -> None:
    if not _isTrusted(link.st_uid):
        where = displayPath(_pathOf(directory))
        raise StrangersLink(f"a link in {where}, on the way there, belongs to {_userName(link.st_uid)}")


def _isTrusted(user: int) -> bool:
    return user in {0, os.geteuid()}


def _isWritableByOthers(descriptor: int) -> bool:
    status = os.fstat(descriptor)
    if status.st_mode & stat.S_IWOTH:
        return True
    if not status.st_mode & stat.S_IWGRP:
        return False
    # With an access control list these bits are those of all that the list names (acl(5)).
    return status.st_gid not in {0, _loginGroup()} or _hasAccessList(descriptor)


def _loginGroup() -> int:
    try:
        return pwd.getpwuid(os.geteuid()).pw_gid
    except KeyError:
        return os.getegid()


def _hasAccessList(descriptor: int) -> bool:
    try:
        return bool(os.getxattr(b"/proc/self/fd/%d" % descriptor, "system.posix_acl_access"))
    except OSError:
        return False


def _linkText(place: Place, name: bytes) -> bytes | None:
    try:
        text = os.readlink(name, dir_fd=place.descriptor)
    except OSError:  # it is no link, or not there
        return None
    _refuseStrangers(os.stat(name, dir_fd=place.descriptor, follow_symlinks=False), place.descriptor)
    return text


def _pathOf(descriptor: int) -> bytes:
    """Where an open directory is; empty where the system does not tell."""
    try:
        return os.readlink(b"/proc/self/fd/%d" % descriptor)
    except OSError:
        return b""


def _userName(user: int) -> str:
    try:
        return f"the user {displayPath(pwd.getpwuid(user).pw_name)}"
    except KeyError:
        return f"the user {user}"
