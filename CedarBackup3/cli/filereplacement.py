"""Writing a file as a whole: whoever reads it meanwhile has the old text or the new one, never a part.

All of it is done in the directory as it was opened, which no link of another user's has led to.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import stat
import time
from collections.abc import Iterator

from CedarBackup3.places import Place, openPlace

_PREFIX, _SUFFIX = b".cback-", b".new"
"""Of the name of the new text until it is complete; Prometheus' collector reads only what ends in `.prom`."""
_LOCK_LIMIT, _LOCK_TICK = 10.0, 0.02  # seconds


def requireReplaceable(path: str) -> None:
    """Raise OSError or ValueError unless a file of that path could be written now; nothing is left behind."""
    with _replaceable(path) as (place, _):
        descriptor, temporary = _made(place)
        os.close(descriptor)
        os.unlink(temporary, dir_fd=place.descriptor)


def replaceFile(path: str, text: str, mode: int) -> None:
    """Write a file of that text and mode, in the place of any that is there; on the disk when this returns.

    Raises:
        OSError: it cannot be written; what was there is still there
        ValueError: what is there is no file that may be replaced, or a link of another user's leads there
    """
    with _replaceable(path) as (place, name):
        descriptor, temporary = _made(place)
        try:
            with open(descriptor, "w", encoding="utf-8") as file:
                file.write(text)
                os.fchmod(descriptor, mode)
                file.flush()
                os.fsync(descriptor)
            os.rename(temporary, name, src_dir_fd=place.descriptor, dst_dir_fd=place.descriptor)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(temporary, dir_fd=place.descriptor)
            raise
        _synchronize(place)


def replaceableText(path: str, most: int) -> str:
    """What such a file holds now, of bytes at most so many; empty if there is none, or it cannot be read."""
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY
    with (
        contextlib.suppress(OSError, ValueError),
        _replaceable(path) as (place, name),
        open(os.open(name, flags, dir_fd=place.descriptor), "rb") as file,
    ):
        return file.read(most).decode("utf-8", "replace")
    return ""


@contextlib.contextmanager
def alone(path: str) -> Iterator[None]:
    """Keep others who use this off a file that is read and then replaced, as far as that can be had.

    The lock is that of its directory, which others may hold as well, so it is not waited for longer than ten seconds.
    """
    with contextlib.ExitStack() as stack:
        with contextlib.suppress(OSError, ValueError), openPlace(os.path.dirname(os.fsencode(path))) as place:
            descriptor = os.open(b".", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=place.descriptor)
            stack.callback(os.close, descriptor)
            _tryToLock(descriptor)
        yield


def _tryToLock(descriptor: int) -> None:
    deadline = time.monotonic() + _LOCK_LIMIT
    while time.monotonic() < deadline:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(_LOCK_TICK)
        else:
            return


@contextlib.contextmanager
def _replaceable(path: str) -> Iterator[tuple[Place, bytes]]:
    """The directory of a file, and its name there, of which nothing else has taken possession."""
    directory, name = os.path.split(os.fsencode(path))
    if not name:
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    with openPlace(directory) as place:
        _requireFile(place, name)
        yield place, name


def _made(place: Place) -> tuple[int, bytes]:
    """A new file for its owner only, and its name, which nobody can foresee."""
    name = _PREFIX + os.urandom(8).hex().encode() + _SUFFIX
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    return os.open(name, flags, 0o600, dir_fd=place.descriptor), name


def _requireFile(place: Place, name: bytes) -> None:
    """A device such as /dev/null, or a link that an administrator or a stranger has made, must not become a file."""
    try:
        status = os.stat(name, dir_fd=place.descriptor, follow_symlinks=False)
    except FileNotFoundError:
        return
    if not stat.S_ISREG(status.st_mode):
        raise ValueError("it is a link, a directory or a device, not a file")
    above = os.fstat(place.descriptor)
    if above.st_mode & stat.S_ISVTX and os.geteuid() not in (0, status.st_uid, above.st_uid):  # as in /tmp
        raise ValueError("it belongs to another user, and only that user may replace it")


def _synchronize(place: Place) -> None:
    """Let the new name be on the disk, too, where the file system can do that, and this user may open the directory."""
    with contextlib.suppress(OSError):
        descriptor = os.open(b".", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=place.descriptor)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
