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
from CedarBackup3.amazons3.model import KEY_LIMIT, LEADS_NOWHERE, PATH_MAX, SourceEntry
from CedarBackup3.amazons3.patterns import matcher, treeMatcher
from CedarBackup3.amazons3.spool import Spool
from CedarBackup3.errors import CedarBackupError, GuardRefused
from CedarBackup3.util import displayPath

OnLink = Callable[[bytes], object]
"""Is told of each followed link to a directory with files, by its path below the source."""

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
    mounts: frozenset[bytes]
    """The directories that it needs to be mounted: those below the source, and those that links lead to."""
    isDeep: bool
    """Whether a path is so long that aws, which calls itself for each level of directories, may not come to its end."""


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
        onSkipped: as for `walked`
        onDirectory: the same
        onProgress: is told of the walk
    """
    samples: list[bytes] = []
    mounts = set(_mountsAround(mirror, mirror.source))
    files = size = 0
    isDeep = False

    def look(found: list[SourceEntry]) -> None:
        nonlocal isDeep
        isDeep = isDeep or (bool(found) and len(found[0].path) > KEY_LIMIT)
        onDirectory(found)

    def follow(path: bytes) -> None:
        mounts.update(_mountsAround(mirror, os.path.realpath(mirror.pathTo(path))))

    entries = walked(mirror, onSkipped, look, follow)
    with Spool(SourceEntry._make) as kept:
        while chunk := list(islice(entries, _CHUNK)):
            kept.append(chunk)
            samples.append(chunk[0].key)
            files += len(chunk)
            size += sum(entry.size or 0 for entry in chunk)
            onProgress("walk", files, size, None)
        yield Scan(kept, files, size, tuple(samples), frozenset(mounts), isDeep)


def _mountsAround(mirror: Mirror, directory: bytes) -> Iterator[bytes]:
    """What was mounted at a directory, above or below it, when the run began."""
    below = directory.rstrip(b"/") + b"/"
    return (point for point in mirror.mounts if point.startswith(below) or below.startswith(point.rstrip(b"/") + b"/"))


_CHUNK = 1000  # entries; also the distance of the samples


def sourceEntries(mirror: Mirror, onSkipped: OnSkipped = lambda path, why: None) -> Iterator[SourceEntry]:
    """What `walked` yields, without the links that lead nowhere."""
    return (entry for entry in walked(mirror, onSkipped) if not entry.leadsNowhere)


def walked(
    mirror: Mirror,
    onSkipped: OnSkipped = lambda path, why: None,
    onDirectory: OnDirectory = lambda entries: None,
    onLink: OnLink = lambda path: None,
) -> Iterator[SourceEntry]:
    """The files of the source in key order, and what cannot be read: a directory where its first file would be.

    Links are followed; those that lead nowhere, or to no files, are among the entries as well, since a disk that is not
    mounted looks like that. Memory is bounded by the files of one directory for each level.

    Args:
        mirror: the source and how its names are read
        onSkipped: is told of dangling links, sockets, pipes and devices
        onDirectory: is told of each directory when the walk enters it
        onLink: is told of links to directories that have files, when the walk leaves them

    Raises:
        CedarBackupError: the source itself cannot be read (any more)
        GuardRefused: a link leads back to a directory that it is in
    """
    try:
        entries = _directoryEntries(mirror, b"", b"", onSkipped)
    except OSError as error:
        shown = displayPath(mirror.source)
        raise CedarBackupError(f"The source directory {shown} cannot be read any more: {error.strerror}") from None
    onDirectory(_namesIn(entries))
    # Each directory that the walk is in: the link that led there, if one did, and how many entries came before it.
    stack: list[tuple[Iterator[SourceEntry], SourceEntry | None, int]] = [(iter(entries), None, 0)]
    count = 0
    while stack:
        below, link, before = stack[-1]
        for entry in below:
            if entry.key[-1] != _SLASH:
                count += 1
                yield entry
                continue
            try:
                entries = _directoryEntries(mirror, entry.path, entry.key, onSkipped)
            except FileNotFoundError:  # gone since its name was read, or what a link leads to is
                entries = []
            except OSError:
                count += 1
                yield entry._replace(mtimeNs=0)
                continue
            onDirectory(_namesIn(entries))
            stack.append((iter(entries), entry if entry.leadsNowhere else None, count))
            break
        else:
            stack.pop()
            if link and count == before:
                yield link._replace(path=link.path.rstrip(b"/"))
            elif link:
                onLink(link.path)


_SLASH = ord("/")
_TYPE_AND_READ = 0o170000 | stat.S_IRUSR
_READABLE_FILE = stat.S_IFREG | stat.S_IRUSR
_SPECIAL = {stat.S_IFSOCK: "a socket", stat.S_IFIFO: "a named pipe", stat.S_IFCHR: "a device", stat.S_IFBLK: "a device"}


def _directoryEntries(mirror: Mirror, path: bytes, key: bytes, onSkipped: OnSkipped) -> list[SourceEntry]:
    """What is in one directory, sorted; a directory in it has a key and a path with a slash at the end, and no size.

    A link to a directory is taken to lead nowhere until a file is found there.

    This is where a walk spends its time, so it reads a directory by its descriptor, which spares the kernel the way to
    each file, and looks at once at all that is in it.
    """
    encoding, owner, new, locale = sys.getfilesystemencoding(), os.geteuid(), tuple.__new__, mirror.locale
    isLegacy = locale.isLegacy
    isExcluded, isExcludedTree = matcher(mirror.excludes), treeMatcher(mirror.excludes)
    isNearLimit = len(mirror.pathTo(path)) + _NAME_MAX >= PATH_MAX
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
                        isLink = entry.is_symlink()
                        if isLink:
                            _refuseLoop(mirror, below)
                        entries.append(SourceEntry(sortKey + b"/", None, LEADS_NOWHERE if isLink else 0, below + b"/"))
                        continue
                    if isExcluded and isExcluded(locale.decoded(below)):
                        continue
                    status = entry.stat()
                except OSError as error:
                    entries += _unreachable(error, entry, sortKey, below, onSkipped)
                    continue
                mode = status.st_mode
                # Of the owner's own file the mode tells whether it can be opened, else the kernel has to be asked.
                if (mode & _TYPE_AND_READ == _READABLE_FILE and status.st_uid == owner and not isNearLimit) or (
                    stat.S_ISREG(mode)
                    and len(mirror.pathTo(below)) < PATH_MAX
                    and os.access(entry.name, os.R_OK, dir_fd=directory, effective_ids=True)
                ):
                    entries.append(new(SourceEntry, (sortKey, status.st_size, status.st_mtime_ns, below)))
                elif stat.S_ISREG(mode):
                    entries.append(SourceEntry(sortKey, None, 0, below))
                else:
                    onSkipped(below, _SPECIAL.get(stat.S_IFMT(mode), "not a file any more"))
    finally:
        os.close(directory)
    entries.sort(key=_byKey)
    return entries


_NAME_MAX = 255  # bytes; limits.h
_byKey, _byTime = itemgetter(0), itemgetter(2)


def _namesIn(entries: list[SourceEntry]) -> list[SourceEntry]:
    """What of a directory has a name that matters: all but dangling links."""
    if LEADS_NOWHERE not in map(_byTime, entries):
        return entries
    return [entry for entry in entries if entry.key[-1] == _SLASH or not entry.leadsNowhere]


def _unreachable(
    error: OSError, entry: os.DirEntry[Any], key: bytes, path: bytes, onSkipped: OnSkipped
) -> list[SourceEntry]:
    """What to make of a name that cannot be looked at: it may hold data, unless it is gone or a link to nothing."""
    if error.errno == errno.ENOENT and not entry.is_symlink():
        return []
    if error.errno not in {errno.ENOENT, errno.ELOOP}:
        return [SourceEntry(key, None, 0, path)]
    onSkipped(path, "a dangling link" if error.errno == errno.ENOENT else "a link that leads to itself")
    return [SourceEntry(key, None, LEADS_NOWHERE, path)]


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
