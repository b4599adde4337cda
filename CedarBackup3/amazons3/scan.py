"""The walk: every file of the source in key order, with the same idea of what exists as `aws s3 sync` has."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from operator import itemgetter
from typing import Any

from CedarBackup3.amazons3.mirror import Mirror, OnProgress
from CedarBackup3.amazons3.model import SourceEntry
from CedarBackup3.amazons3.patterns import matcher, treeMatcher
from CedarBackup3.amazons3.spool import Spool
from CedarBackup3.errors import CedarBackupError, GuardRefused
from CedarBackup3.util import displayPath

OnSkipped = Callable[[bytes, str], object]
"""Is told of a path below the source that holds no data, and what it is."""

OnDirectory = Callable[[list[SourceEntry]], object]
"""Is told of all that is in one directory, sorted; directories have no size, and a slash at the end."""


@dataclass(frozen=True, slots=True)
class Scan:
    """One walk of the source, kept."""

    entries: Spool[SourceEntry]
    files: int
    size: int
    """Of all the files together, in bytes."""
    samples: tuple[bytes, ...]
    """Keys at about even distances, in key order."""
    unreadable: tuple[bytes, ...]
    """The keys of what cannot be read: all of them, or `UNREADABLE_KEPT` and one."""


@contextlib.contextmanager
def scanned(
    mirror: Mirror,
    onSkipped: OnSkipped,
    onDirectory: OnDirectory,
    onProgress: OnProgress,
) -> Iterator[Scan]:
    """Walk the source once and keep what is there for as long as the context lasts.

    Args:
        mirror: the source and how its names are read
        onSkipped: as for `sourceEntries`
        onDirectory: the same
        onProgress: is told of the walk
    """
    entries = sourceEntries(mirror, onSkipped, onDirectory)
    samples: list[bytes] = []
    unreadable: list[bytes] = []
    files = size = 0
    with Spool(SourceEntry._make) as kept:
        while chunk := list(islice(entries, _CHUNK)):
            kept.append(chunk)
            samples.append(chunk[0].key)
            files += len(chunk)
            size += sum(entry.size or 0 for entry in chunk)
            if len(unreadable) <= UNREADABLE_KEPT:
                unreadable += [entry.key for entry in chunk if entry.size is None]
            onProgress("walk", files, size, None)
        yield Scan(kept, files, size, tuple(samples), tuple(unreadable[: UNREADABLE_KEPT + 1]))


_CHUNK = 1000  # entries; also the distance of the samples
UNREADABLE_KEPT = 500
"""As many keys as can be given to aws on a command line."""


def sourceEntries(
    mirror: Mirror,
    onSkipped: OnSkipped = lambda path, why: None,
    onDirectory: OnDirectory = lambda entries: None,
) -> Iterator[SourceEntry]:
    """The files of the source in key order, and what cannot be read: a directory where its first file would be.

    Links are followed. Memory is bounded by the files of one directory for each level.

    Args:
        mirror: the source and how its names are read
        onSkipped: is told of dangling links, sockets, pipes and devices
        onDirectory: is told of each directory when the walk enters it

    Raises:
        CedarBackupError: the source itself cannot be read (any more)
        GuardRefused: a link leads back to a directory that it is in
    """
    try:
        entries = _directoryEntries(mirror, b"", b"", onSkipped)
    except OSError as error:
        shown = displayPath(mirror.source)
        raise CedarBackupError(f"The source directory {shown} cannot be read any more: {error.strerror}") from None
    onDirectory(entries)
    stack = [iter(entries)]
    while stack:
        for entry in stack[-1]:
            if entry.key[-1] != _SLASH:
                yield entry
                continue
            try:
                entries = _directoryEntries(mirror, entry.path, entry.key, onSkipped)
            except FileNotFoundError:  # gone since its name was read
                continue
            except OSError:
                yield entry
                continue
            onDirectory(entries)
            stack.append(iter(entries))
            break
        else:
            stack.pop()


_SLASH = ord("/")
_TYPE_AND_READ = 0o170000 | stat.S_IRUSR
_READABLE_FILE = stat.S_IFREG | stat.S_IRUSR
_SPECIAL = {stat.S_IFSOCK: "a socket", stat.S_IFIFO: "a named pipe", stat.S_IFCHR: "a device", stat.S_IFBLK: "a device"}


def _directoryEntries(mirror: Mirror, path: bytes, key: bytes, onSkipped: OnSkipped) -> list[SourceEntry]:
    """What is in one directory, sorted; a directory in it has a key and a path with a slash at the end, and no size.

    This is where a walk spends its time, so it reads a directory by its descriptor, which spares the kernel the way to
    each file, and looks at once at all that is in it.
    """
    encoding, owner, new, locale = sys.getfilesystemencoding(), os.geteuid(), tuple.__new__, mirror.locale
    isLegacy = locale.isLegacy
    isExcluded, isExcludedTree = matcher(mirror.excludes), treeMatcher(mirror.excludes)
    entries: list[SourceEntry] = []
    directory = os.open(mirror.pathTo(path), os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        # Some legacy encodings spell a character in two ways, and a decoded name leads to one of them only: there names
        # are read as bytes, for which the system wants a path.
        names: Any = os.scandir(mirror.pathTo(path) if isLegacy else directory)
        with names:
            for entry in names:
                name = entry.name if isLegacy else entry.name.encode(encoding, "surrogateescape")
                below = path + name
                sortKey = key + locale.keyOf(name) if isLegacy else below
                try:
                    if not mirror.followLinks and entry.is_symlink():
                        onSkipped(below, "a link, and links are not followed")
                        continue
                    if entry.is_dir():
                        if isExcludedTree and isExcludedTree(locale.decoded(below + b"/")):
                            continue
                        if entry.is_symlink():
                            _refuseLoop(mirror, below)
                        entries.append(SourceEntry(sortKey + b"/", None, 0, below + b"/"))
                        continue
                    if isExcluded and isExcluded(locale.decoded(below)):
                        continue
                    status = entry.stat()
                except OSError as error:
                    if _isUnreadable(error, entry, below, onSkipped):
                        entries.append(SourceEntry(sortKey, None, 0, below))
                    continue
                mode = status.st_mode
                # Of the owner's own file the mode tells whether it can be opened, else the kernel has to be asked.
                if (mode & _TYPE_AND_READ == _READABLE_FILE and status.st_uid == owner) or (
                    stat.S_ISREG(mode) and os.access(entry.name, os.R_OK, dir_fd=directory, effective_ids=True)
                ):
                    facts = (sortKey, status.st_size, status.st_mtime_ns, below, status.st_ctime_ns, status.st_ino)
                    entries.append(new(SourceEntry, facts))
                elif stat.S_ISREG(mode):
                    entries.append(SourceEntry(sortKey, None, 0, below))
                else:
                    onSkipped(below, _SPECIAL.get(stat.S_IFMT(mode), "not a file any more"))
    finally:
        os.close(directory)
    entries.sort(key=_byKey)
    return entries


_byKey = itemgetter(0)


def _isUnreadable(error: OSError, entry: os.DirEntry[Any], path: bytes, onSkipped: OnSkipped) -> bool:
    """Whether a file that cannot be looked at may hold data all the same: else it is gone, or a link to nothing."""
    if error.errno == errno.ENOENT:
        if entry.is_symlink():
            onSkipped(path, "a dangling link")
        return False
    if error.errno == errno.ELOOP:
        onSkipped(path, "a link that leads to itself")
        return False
    return True


def _refuseLoop(mirror: Mirror, path: bytes) -> None:
    """A link to a directory that it is in has no end; aws would store what is there 41 times over."""
    link, above = mirror.pathTo(path), path
    while above:
        above = above.rpartition(b"/")[0]
        if os.path.samefile(mirror.pathTo(above), link):
            raise GuardRefused(
                f"The link {displayPath(link)} leads back to {displayPath(mirror.pathTo(above))}, which it is in; "
                "remove the link"
            )
