"""The walk: every file of the source in key order, with the same idea of what exists as `aws s3 sync` has."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Iterator
from operator import itemgetter

from CedarBackup3.amazons3.awslocale import AwsLocale
from CedarBackup3.amazons3.model import SourceEntry
from CedarBackup3.errors import CedarBackupError, GuardRefused
from CedarBackup3.util import displayPath

_Listed = tuple[bytes, "os.DirEntry[bytes]"]  # the name as it sorts, a directory's with a slash; the entry


def resolvedSource(sourceDir: str | bytes | os.PathLike[str] | os.PathLike[bytes]) -> bytes:
    """The absolute path of a source directory, without links, `..` and trailing slash.

    Raises:
        CedarBackupError: it is no directory, or cannot be read
    """
    path = os.fsencode(sourceDir)
    try:
        with os.scandir(path):
            return os.path.realpath(path)
    except (OSError, ValueError) as error:
        reason = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else str(error)
        raise CedarBackupError(
            f"The source directory {displayPath(path)} cannot be read: {reason}; nothing was changed"
        ) from None


def sourceEntries(
    source: bytes, locale: AwsLocale, onSkipped: Callable[[bytes, str], object] = lambda path, why: None
) -> Iterator[SourceEntry]:
    """The files of the source in key order; also what cannot be read, a directory's entry before all that is below it.

    Links are followed. Memory is bounded by the names of one directory for each level.

    Args:
        source: as `resolvedSource` gives it
        locale: the locale in which aws reads the names
        onSkipped: is told of each path below the source that holds no data, and what it is: a dangling link, a socket

    Raises:
        CedarBackupError: the source itself cannot be read (any more)
        GuardRefused: a link leads back to a directory that it is in
    """
    root = source.rstrip(b"/") + b"/"
    try:
        stack = [(iter(_sortedNames(root, locale)), b"", b"")]
    except OSError as error:
        raise CedarBackupError(f"The source directory {displayPath(source)} cannot be read: {error.strerror}") from None
    while stack:
        names, directoryKey, directoryPath = stack[-1]
        for sortName, entry in names:
            key, path = directoryKey + sortName, directoryPath + entry.name
            if sortName[-1:] != b"/":
                size, mtimeNs = _sizeAndTime(entry, path, onSkipped)
                if size != _SKIPPED:
                    yield SourceEntry(key, size, mtimeNs, path)
                continue
            if entry.is_symlink():
                _refuseLoop(root, path)
            try:
                stack.append((iter(_sortedNames(entry.path, locale)), key, path + b"/"))
            except FileNotFoundError:  # gone since its name was read
                continue
            except OSError:
                yield SourceEntry(key, None, 0, path)
                continue
            break
        else:
            stack.pop()


_SKIPPED = -1


def _sortedNames(directory: bytes, locale: AwsLocale) -> list[_Listed]:
    with os.scandir(directory) as entries:
        if locale.isLegacy:
            listed = [(locale.keyOf(entry.name) + b"/" * _isDirectory(entry), entry) for entry in entries]
        else:
            listed = [(entry.name + b"/" if _isDirectory(entry) else entry.name, entry) for entry in entries]
    listed.sort(key=itemgetter(0))
    return listed


def _isDirectory(entry: os.DirEntry[bytes]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link into what cannot be read, or to itself
        return False


def _sizeAndTime(
    entry: os.DirEntry[bytes], path: bytes, onSkipped: Callable[[bytes, str], object]
) -> tuple[int | None, int]:
    """Size and modification time of a file; None if it cannot be read, `_SKIPPED` if there is nothing to store."""
    try:
        status = entry.stat()
    except FileNotFoundError:
        if entry.is_symlink():  # else it is gone since its name was read
            onSkipped(path, "a dangling link")
        return _SKIPPED, 0
    except OSError as error:
        if error.errno == errno.ELOOP:
            onSkipped(path, "a link that leads to itself")
            return _SKIPPED, 0
        return None, 0
    if not stat.S_ISREG(status.st_mode):
        onSkipped(path, _SPECIAL.get(stat.S_IFMT(status.st_mode), "not a file any more"))
        return _SKIPPED, 0
    if _isReadable(entry, status):
        return status.st_size, status.st_mtime_ns
    return None, 0


_SPECIAL = {stat.S_IFSOCK: "a socket", stat.S_IFIFO: "a named pipe", stat.S_IFCHR: "a device", stat.S_IFBLK: "a device"}


def _isReadable(entry: os.DirEntry[bytes], status: os.stat_result) -> bool:
    """Whether it can be opened; of an owner's own file the mode tells, for all others the kernel has to be asked."""
    if status.st_uid == os.geteuid() and status.st_mode & stat.S_IRUSR:
        return True
    return os.access(entry.path, os.R_OK, effective_ids=True)


def _refuseLoop(root: bytes, path: bytes) -> None:
    """A link to a directory that it is in has no end; aws would store what is there 41 times over."""
    above = path
    while above:
        above = above.rpartition(b"/")[0]
        if os.path.samefile(root + above, root + path):
            raise GuardRefused(
                f"The link {displayPath(root + path)} leads back to {displayPath(root + above)}, which it is in; "
                "remove the link"
            )
