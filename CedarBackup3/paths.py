"""Following a path one name at a time, as the kernel does it in one go, so that each step on the way can be judged."""

from __future__ import annotations

import errno
import os
import stat
from collections import deque
from collections.abc import Callable

_PATH = os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC
MOST_LINKS = 40
"""On the way to one file, as the kernel counts them (path_resolution(7))."""


def openPath(
    directory: int,
    path: bytes,
    *,
    onLink: Callable[[os.stat_result], object] = lambda status: None,
    onDirectory: Callable[[os.stat_result], object] = lambda status: None,
    onEntry: Callable[[int], object] = lambda descriptor: None,
) -> int:
    """Open what a path leads to with O_PATH, from an open directory on; the descriptor is the caller's.

    Nobody can change what is judged into something else before it is passed: each name is looked up in the directory
    that is open, and what is open is judged. Links of /proc that lead elsewhere than their text are taken by the text.

    Args:
        directory: where a relative path begins
        path: of bytes
        onLink: called with each link on the way, and at the end of it
        onDirectory: called with each directory in which a name is looked up
        onEntry: called with its descriptor, which is open until the name is found; all of them may raise to stop

    Raises:
        OSError: it leads nowhere (ENOENT, ENOTDIR), to itself (ELOOP), or where this user may not go
    """
    if not path:
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
    links, pending = 0, deque(path.split(b"/"))
    here = os.open(b"/", _PATH) if path.startswith(b"/") else os.dup(directory)
    try:
        while pending:
            name = pending.popleft()
            if name in {b"", b"."}:
                continue
            onDirectory(os.fstat(here))
            onEntry(here)
            there, status, text = _lookedUp(here, name)
            if there is None:
                onLink(status)
                links += 1
                if links > MOST_LINKS:
                    raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
                pending.extendleft(reversed(text.split(b"/")))
                if not text.startswith(b"/"):
                    continue
                there = os.open(b"/", _PATH)
            os.close(here)
            here = there
        return os.dup(here)
    finally:
        os.close(here)


def _lookedUp(directory: int, name: bytes) -> tuple[int | None, os.stat_result, bytes]:
    """What has a name: its descriptor and status, or of a link no descriptor but its text."""
    descriptor = openName(directory, name)
    status = os.fstat(descriptor)
    if not stat.S_ISLNK(status.st_mode):
        return descriptor, status, b""
    try:
        return None, status, os.readlink(b"", dir_fd=descriptor)
    finally:
        os.close(descriptor)


def openName(directory: int, name: bytes) -> int:
    """Open one name with O_PATH, a link itself; a directory is mounted if an automounter has something for it.

    Raises:
        OSError: there is nothing, or this user may not go there
    """
    try:
        # O_DIRECTORY has an automounter do its work, which O_PATH alone does not.
        return os.open(name, _PATH | os.O_DIRECTORY, dir_fd=directory)
    except NotADirectoryError:
        return os.open(name, _PATH, dir_fd=directory)
