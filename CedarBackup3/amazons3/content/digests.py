"""Calculates digests of files: one read for all digests of a file, none for a file that changes while it is read."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

READ = 1 << 20
"""The most bytes that are read at a time."""

_WINDOW = 8 << 20  # bytes after which the page cache is given back what it had not held


Data = bytes | memoryview


class Hasher(Protocol):
    """What makes a digest of all that it is fed with."""

    def update(self, data: Data, /) -> object:
        """Take some more."""

    def digest(self) -> bytes:
        """The digest of all that came."""


class FileState(NamedTuple):
    """What changes when a file does; the change time does so whatever a program sets the others to."""

    device: int
    inode: int
    size: int
    mtimeNs: int
    ctimeNs: int


def fileState(status: os.stat_result) -> FileState:
    """The state of a file."""
    return FileState(status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)


def md5() -> Hasher:
    """MD5, which S3 uses for ETags."""
    return hashlib.md5(usedforsecurity=False)


class PartedHasher:
    """The digest of the digests of equal parts, of which the last may be shorter."""

    def __init__(self, make: Callable[[], Hasher], partSize: int) -> None:
        self._make = make
        self._partSize = self._room = partSize
        self._part = make()
        self._digests: list[bytes] = []

    def update(self, data: Data, /) -> None:
        """Take some more."""
        rest = memoryview(data)
        while rest:
            self._part.update(rest[: self._room])
            taken = min(self._room, len(rest))
            rest, self._room = rest[taken:], self._room - taken
            if not self._room:
                self._digests.append(self._part.digest())
                self._part, self._room = self._make(), self._partSize

    def digest(self) -> bytes:
        """The digest of the digests so far; nothing at all is one empty part."""
        isOpen = self._room < self._partSize or not self._digests
        whole = self._make()
        whole.update(b"".join([*self._digests, *[self._part.digest()] * isOpen]))
        return whole.digest()


def feedHashers(
    path: bytes,
    size: int,
    mtimeNs: int,
    hashers: Sequence[Hasher],
    buffer: bytearray,
    shouldStop: Callable[[], bool] = lambda: False,
    mayRead: Callable[[int, int], bool] | None = None,
) -> FileState | None:
    """Feed a whole file to some hashers, and return its state; None if it is not as expected, or did not hold still.

    Pages that the page cache did not hold before are given back, of files larger than what is read at a time.

    Args:
        path: the file
        size: its size, as expected
        mtimeNs: its modification time, as expected
        hashers: what it is fed to
        buffer: what it is read into, a piece at a time
        shouldStop: asked after each piece; nothing more is read once it says yes
        mayRead: asked with descriptor and position before every few pieces; may wait, and says whether to read on; with
            it all pages stay in the page cache

    Raises:
        OSError: it cannot be read
    """
    # Without O_NONBLOCK, opening a pipe that has taken the file's place would never return.
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    try:
        status = os.fstat(descriptor)
        if status.st_size != size or status.st_mtime_ns != mtimeNs or not stat.S_ISREG(status.st_mode):
            return None
        if not _read(descriptor, size, hashers, buffer, shouldStop, mayRead):
            return None
    finally:
        os.close(descriptor)
    state = fileState(status)
    return state if fileState(os.stat(path)) == state else None  # by its path, which may lead to another file by now


def _read(
    descriptor: int,
    size: int,
    hashers: Sequence[Hasher],
    buffer: bytearray,
    shouldStop: Callable[[], bool],
    mayRead: Callable[[int, int], bool] | None,
) -> bool:
    isGivenBack = False
    if size > READ:
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_SEQUENTIAL)
        isGivenBack = not mayRead and not isCached(descriptor)
    view, position, kept, asked = memoryview(buffer), 0, 0, 0
    while position < size:
        if mayRead and position >= asked:
            if not mayRead(descriptor, position):
                return False
            asked = position + _WINDOW
        length = os.readv(descriptor, [view])
        if not length or shouldStop():
            return False
        for hasher in hashers:
            hasher.update(view[:length])
        position += length
        if isGivenBack and (position - kept >= _WINDOW or position >= size):
            os.posix_fadvise(descriptor, kept, position - kept, os.POSIX_FADV_DONTNEED)
            kept = position
    return True


def isCached(descriptor: int, position: int = 0) -> bool:
    """Whether the page cache holds what is at a position of a file: a read that may not wait for the disk tells."""
    try:
        return os.preadv(descriptor, [bytearray(1)], position, os.RWF_NOWAIT) == 1
    except BlockingIOError:
        return False
    except OSError:  # not every file system can tell
        return True
