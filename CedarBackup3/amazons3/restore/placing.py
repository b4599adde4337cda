"""Moves a file from staging to its place below the target, and never outside of it.

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

from CedarBackup3.amazons3.restore.target import makeDirectory
from CedarBackup3.errors import CedarBackupError
from CedarBackup3.util import displayPath

PRIVATE_FILE = 0o600
"""The mode of a file that a restore makes: nobody knows who was to read what is in the bucket."""

# O_NONBLOCK: nobody waits for the other end of a pipe that has taken a file's place.
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC


def openFile(path: bytes, directory: int | None = None) -> int:
    """Open what may be a file to read, but no link, without waiting for anything.

    Args:
        path: relative perhaps
        directory: the descriptor of where a relative path begins; None: the current directory

    Raises:
        OSError: it cannot be
    """
    return os.open(path, _FILE, dir_fd=directory)


class NoPlace(CedarBackupError):
    """A file cannot be put in its place; the message is the reason, without the path of the file."""


def place(target: int, path: bytes, arrived: bytes, seconds: int) -> None:
    """Rename a file to its path below the target, replacing what is there, for this user alone and with its time.

    Where a link or a file with further names is in its place, what that leads to and those names stay as they are.

    Args:
        target: the descriptor of the target directory
        path: relative, of names that are safe
        arrived: where the file is; in the file system of the target, unless something is mounted below that
        seconds: the modification time, since the epoch

    Raises:
        NoPlace: it cannot be
    """
    *parents, name = path.split(b"/")
    try:
        _dress(arrived, seconds)
    except OSError as error:
        raise NoPlace(_reason(error)) from None
    with _directory(target, parents, make=True) as directory:
        try:
            os.rename(arrived, name, dst_dir_fd=directory)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise NoPlace(_reason(error)) from None
            _copy(arrived, directory, name, seconds)


def _dress(arrived: bytes, seconds: int) -> None:
    """Give a file its mode and its time, as far as the file system keeps them."""
    descriptor = openFile(arrived)
    try:
        with contextlib.suppress(OSError):
            os.fchmod(descriptor, PRIVATE_FILE)
        with contextlib.suppress(OSError, OverflowError):
            os.utime(descriptor, (seconds, seconds))
    finally:
        os.close(descriptor)


def setTime(target: int, path: bytes, seconds: int) -> None:
    """Give a file that is in its place its time, if this user may; not one that has another name, or is a link."""
    *parents, name = path.split(b"/")
    with contextlib.suppress(NoPlace, OSError, OverflowError), _directory(target, parents, make=False) as directory:
        descriptor = openFile(name, directory)
        try:
            status = os.fstat(descriptor)
            if stat.S_ISREG(status.st_mode) and status.st_nlink == 1:
                os.utime(descriptor, (seconds, seconds))
        finally:
            os.close(descriptor)


@contextlib.contextmanager
def _directory(target: int, names: list[bytes], *, make: bool) -> Iterator[int]:
    """The descriptor of a directory below the target, made if need be."""
    descriptor = os.dup(target)
    try:
        for depth, name in enumerate(names, 1):
            try:
                if make:
                    with contextlib.suppress(FileExistsError):
                        makeDirectory(name, descriptor)
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
    return f"the directory {shown} cannot be created or entered: {error.strerror}"


def _copy(arrived: bytes, directory: int, name: bytes, seconds: int) -> None:
    """Copy to another file system, and rename there."""
    temporary = b".cback-%d" % os.getpid()
    try:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        descriptor = os.open(temporary, flags, PRIVATE_FILE, dir_fd=directory)
        try:
            with open(openFile(arrived), "rb") as source, open(descriptor, "wb") as copy:
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
    return f"it cannot be moved to its place: {error.strerror}"
