"""Putting a file that has arrived in its place below the target, and nowhere else.

Every directory on the way is opened from the one before, never through a link (openat(2), O_NOFOLLOW), so no key and
nobody who plays with links meanwhile leads out of the target.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import stat
from collections.abc import Iterator

from CedarBackup3.errors import CedarBackupError
from CedarBackup3.util import displayPath


class NoPlace(CedarBackupError):
    """A file cannot be put in its place; the message is the reason, without the path of the file."""


def place(target: int, path: bytes, arrived: bytes, seconds: int) -> None:
    """Rename a file to its path below the target, replacing what is there, and give it its time.

    Args:
        target: the descriptor of the target directory
        path: relative, of names that are safe
        arrived: where the file is; in the file system of the target, unless something is mounted below that
        seconds: the modification time, since the epoch

    Raises:
        NoPlace: it cannot be
    """
    *parents, name = path.split(b"/")
    with contextlib.suppress(OSError, OverflowError):  # not every file system keeps every time
        os.utime(arrived, (seconds, seconds), follow_symlinks=False)
    with _directory(target, parents, make=True) as directory:
        try:
            os.rename(arrived, name, dst_dir_fd=directory)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise NoPlace(_reason(error)) from None
            _copy(arrived, directory, name, seconds)


def setTime(target: int, path: bytes, seconds: int) -> None:
    """Give a file that is in its place its time, if this user may; a link is left as it is."""
    *parents, name = path.split(b"/")
    with contextlib.suppress(NoPlace, OSError, OverflowError), _directory(target, parents, make=False) as directory:
        if stat.S_ISREG(os.stat(name, dir_fd=directory, follow_symlinks=False).st_mode):
            os.utime(name, (seconds, seconds), dir_fd=directory, follow_symlinks=False)


@contextlib.contextmanager
def _directory(target: int, names: list[bytes], *, make: bool) -> Iterator[int]:
    """The descriptor of a directory below the target, made if need be."""
    descriptor = os.dup(target)
    try:
        for depth, name in enumerate(names, 1):
            try:
                if make:
                    with contextlib.suppress(FileExistsError):
                        os.mkdir(name, dir_fd=descriptor)
                deeper = os.open(name, _NO_LINK, dir_fd=descriptor)
            except OSError as error:
                raise NoPlace(_parentReason(descriptor, name, b"/".join(names[:depth]), error)) from None
            os.close(descriptor)
            descriptor = deeper
        yield descriptor
    finally:
        os.close(descriptor)


_NO_LINK = os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


def _parentReason(above: int, name: bytes, path: bytes, error: OSError) -> str:
    shown = displayPath(path)
    with contextlib.suppress(OSError):
        mode = os.stat(name, dir_fd=above, follow_symlinks=False).st_mode
        if stat.S_ISLNK(mode):
            return f"{shown} in the target is a link, and nothing is written through links"
        if not stat.S_ISDIR(mode):
            return f"{shown} in the target is a file, and a directory is needed there"
    return f"the directory {shown} cannot be made or entered: {error.strerror}"


def _copy(arrived: bytes, directory: int, name: bytes, seconds: int) -> None:
    """Copy to another file system, and rename there."""
    temporary = b".cback-%d" % os.getpid()
    try:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        descriptor = os.open(temporary, flags, 0o666, dir_fd=directory)
        try:
            with open(arrived, "rb") as source, open(descriptor, "wb") as copy:
                shutil.copyfileobj(source, copy)
                copy.flush()
                with contextlib.suppress(OSError, OverflowError):
                    os.utime(copy.fileno(), (seconds, seconds))
            os.rename(temporary, name, src_dir_fd=directory, dst_dir_fd=directory)
        except BaseException:
            os.unlink(temporary, dir_fd=directory)
            raise
        os.unlink(arrived)
    except OSError as error:
        raise NoPlace(_reason(error)) from None


def _reason(error: OSError) -> str:
    if error.errno in {errno.EISDIR, errno.ENOTEMPTY, errno.EEXIST}:
        return "a directory is in its place"
    return f"it cannot be put in its place: {error.strerror}"
