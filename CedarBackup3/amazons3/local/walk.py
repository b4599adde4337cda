"""The walk: yields every file of a directory in key order, as `aws s3 sync` sees it where all links are followed.

Each directory is opened from the one above it and never by its path, so that nobody who moves things meanwhile leads
the walk elsewhere. Links are followed as `links` says.
"""

from __future__ import annotations

import errno
import os
import stat
import sys
from collections.abc import Callable, Iterator
from operator import itemgetter
from typing import Any

from CedarBackup3.amazons3.aws.patterns import matcher, treeMatcher
from CedarBackup3.amazons3.local.links import isTrusted, mayRead
from CedarBackup3.amazons3.local.looked import Looked, OnLooked, nobodyLooks
from CedarBackup3.amazons3.local.opentree import Level, NotFollowed, OpenTree, followLink
from CedarBackup3.amazons3.local.tree import LocalTree
from CedarBackup3.amazons3.model import LEADS_NOWHERE, LEFT_ALONE, NOT_FOLLOWED, TOO_LARGE, SourceEntry
from CedarBackup3.errors import CedarBackupError, GuardRefused
from CedarBackup3.util import displayPath, reasonText

OnSkipped = Callable[[bytes, str], object]
"""Called with a path below the source that holds no data, and what it is."""

OnPath = Callable[[bytes], object]
"""Called with something by its path below the source."""

OnDirectory = Callable[[list[SourceEntry]], object]
"""Called with all that is in one directory, sorted; directories have no size, and a slash at the end."""

_SLASH = ord("/")
_TYPE_AND_READ = 0o170000 | stat.S_IRUSR
_READABLE_FILE = stat.S_IFREG | stat.S_IRUSR
_SPECIAL = {stat.S_IFSOCK: "a socket", stat.S_IFIFO: "a named pipe", stat.S_IFCHR: "a device", stat.S_IFBLK: "a device"}
_NO_TARGET = {errno.ENOENT: "a dangling link", errno.ELOOP: "a link that leads to itself"}


def treeEntries(
    root: int,
    local: LocalTree,
    onSkipped: OnSkipped = lambda path, why: None,
    onDirectory: OnDirectory = lambda entries: None,
    onLink: OnPath = lambda path: None,
    onLooked: OnLooked = nobodyLooks,
) -> Iterator[SourceEntry]:
    """The files below an open directory in key order, and what cannot be read, a directory in its place.

    Links that lead nowhere, or to no files, are among the entries as well, since a disk that is not mounted looks like
    that. Memory is bounded by the files of one directory for each level.

    Args:
        root: the descriptor of the directory
        local: how its names are read, what is left out, and which links are followed
        onSkipped: called with dangling links, sockets, pipes and devices
        onDirectory: called with each directory when the walk enters it
        onLink: called with links to directories that have files, when the walk leaves them
        onLooked: called with each directory when the walk enters it; what it returns is called with all that is there

    Raises:
        CedarBackupError: the directory itself cannot be read (any more)
        GuardRefused: a link of root's or this user's own leads back to a directory that it is in
    """
    with OpenTree(root, local.followLinks, local.owners) as tree:
        try:
            entries = _directoryEntries(local, tree, b"", b"", onSkipped, onLooked)
        except OSError as error:
            shown = displayPath(local.root)
            raise CedarBackupError(f"The source directory {shown} can no longer be read: {reasonText(error)}") from None
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
                    entries = _directoryEntries(local, tree, entry.path, entry.key, onSkipped, onLooked)
                except FileNotFoundError:  # gone since its name was read, or what a link leads to is
                    entries = []
                except (NotFollowed, OSError) as error:
                    count += 1
                    yield entry._replace(mtimeNs=NOT_FOLLOWED if isinstance(error, NotFollowed) else 0)
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


def _namesIn(entries: list[SourceEntry]) -> list[SourceEntry]:
    """What of a directory has a name that matters: all but what nothing is stored of."""
    if _NOT_STORED.isdisjoint(map(_byTime, entries)):
        return entries
    return [entry for entry in entries if entry.key[-1] == _SLASH or not (entry.leadsNowhere or entry.leftAlone)]


_NOT_STORED = {LEADS_NOWHERE, *LEFT_ALONE}


def _directoryEntries(
    local: LocalTree, tree: OpenTree, path: bytes, key: bytes, onSkipped: OnSkipped, onLooked: OnLooked
) -> list[SourceEntry]:
    """What is in one directory, sorted; a directory in it has a key and a path with a slash at the end, and no size.

    This is where a walk spends its time, so it looks at once at all that is there.
    """
    encoding, owner, new, locale = sys.getfilesystemencoding(), os.geteuid(), tuple.__new__, local.locale
    isLegacy, limit = locale.isLegacy, local.maxSize
    isExcluded, isExcludedTree = matcher(local.excludes), treeMatcher(local.excludes)

    def isLeftOut(linked: SourceEntry) -> bool:
        matches = isExcludedTree if linked.path.endswith(b"/") else isExcluded
        return matches is not None and matches(locale.decoded(linked.path))

    entries: list[SourceEntry] = []
    level = tree.directory(path.rstrip(b"/"))
    directory, owners = level.descriptor, level.owners
    take = onLooked(Looked(key, path, level))
    # Some legacy encodings spell a character in two ways, and a decoded name leads to one of them only: there names are
    # read as bytes, for which the system wants a path.
    names: Any = os.scandir(b"/proc/self/fd/%d" % directory if isLegacy else directory)
    with names:
        for entry in names:
            name = entry.name if isLegacy else entry.name.encode(encoding, "surrogateescape")
            below = path + name
            sortKey = key + locale.keyOf(name) if isLegacy else below
            try:
                if entry.is_symlink():
                    link = SourceEntry(sortKey, None, 0, below)
                    linked = _linkedEntry(local, tree, level, link, onSkipped)
                    if not isLeftOut(linked or link):
                        entries += [linked] if linked else []
                        take(linked or link, None)
                    continue
                if entry.is_dir(follow_symlinks=False):
                    if not (isExcludedTree and isExcludedTree(locale.decoded(below + b"/"))):
                        entries.append(SourceEntry(sortKey + b"/", None, 0, below + b"/"))
                        take(entries[-1], None)
                    continue
                if isExcluded and isExcluded(locale.decoded(below)):
                    continue
                status = entry.stat(follow_symlinks=False)
            except OSError as error:
                if error.errno != errno.ENOENT:
                    entries.append(SourceEntry(sortKey, None, 0, below))
                continue
            mode = status.st_mode
            isLarge = 0 < limit < status.st_size and stat.S_ISREG(mode)
            if isLarge or (owners and not mayRead(owners, status)):
                entries.append(SourceEntry(sortKey, None, TOO_LARGE if isLarge else NOT_FOLLOWED, below))
            # Of the owner's own file the mode tells whether it can be opened, else the kernel has to be asked.
            elif (mode & _TYPE_AND_READ == _READABLE_FILE and status.st_uid == owner) or (
                stat.S_ISREG(mode) and os.access(entry.name, os.R_OK, dir_fd=directory, effective_ids=True)
            ):
                facts = (sortKey, status.st_size, status.st_mtime_ns, below, status.st_ctime_ns, status.st_ino)
                entries.append(new(SourceEntry, facts))
                take(entries[-1], status)
            elif stat.S_ISREG(mode):
                entries.append(SourceEntry(sortKey, None, 0, below))
                take(entries[-1], status)
            else:
                take(SourceEntry(sortKey, None, 0, below), status)
                onSkipped(below, _SPECIAL.get(stat.S_IFMT(mode), "no longer a file"))
    entries.sort(key=_byKey)
    return entries


_byKey, _byTime = itemgetter(0), itemgetter(2)


def _linkedEntry(
    local: LocalTree, tree: OpenTree, level: Level, entry: SourceEntry, onSkipped: OnSkipped
) -> SourceEntry | None:
    """What a link stands for: a file, a directory, something that cannot be read or is not to be, or nothing.

    Args:
        local: how names are read
        tree: the way to the link
        level: the directory that the link is in
        entry: the link as something that cannot be read
        onSkipped: called with what holds no data
    """
    if local.followLinks == "none":
        onSkipped(entry.path, "a link, and links are not followed")
        return None
    try:
        target = followLink(level, entry.path.rpartition(b"/")[2], local.followLinks)
    except NotFollowed:
        return entry._replace(mtimeNs=NOT_FOLLOWED)
    except OSError as error:
        if error.errno not in _NO_TARGET:
            return entry
        onSkipped(entry.path, _NO_TARGET[error.errno])
        return entry._replace(mtimeNs=LEADS_NOWHERE)
    try:
        status = os.fstat(target.descriptor)
        if stat.S_ISDIR(status.st_mode):
            return _linkedDirectory(local, tree, level, entry, status)
        return _linkedFile(local, target.descriptor, entry, status, onSkipped)
    finally:
        os.close(target.descriptor)


def _linkedFile(
    local: LocalTree, descriptor: int, entry: SourceEntry, status: os.stat_result, onSkipped: OnSkipped
) -> SourceEntry | None:
    """A file that a link leads to, or nothing if it is none."""
    if not stat.S_ISREG(status.st_mode):
        onSkipped(entry.path, _SPECIAL.get(stat.S_IFMT(status.st_mode), "a link that leads to no file"))
        return None
    if 0 < local.maxSize < status.st_size:
        return entry._replace(mtimeNs=TOO_LARGE)
    isReadable = os.access(b"/proc/self/fd/%d" % descriptor, os.R_OK, effective_ids=True)
    if not isReadable:
        return entry
    return SourceEntry(entry.key, status.st_size, status.st_mtime_ns, entry.path, status.st_ctime_ns, status.st_ino)


def _linkedDirectory(
    local: LocalTree, tree: OpenTree, level: Level, entry: SourceEntry, status: os.stat_result
) -> SourceEntry:
    """A directory that a link leads to: nowhere until a file is found there, unreadable if the walk would never end."""
    above = tree.pathTo(status)
    if above is None:
        return entry._replace(key=entry.key + b"/", path=entry.path + b"/", mtimeNs=LEADS_NOWHERE)
    name = entry.path.rpartition(b"/")[2]
    if isTrusted(os.stat(name, dir_fd=level.descriptor, follow_symlinks=False).st_uid):
        raise GuardRefused(
            f"The link {displayPath(local.pathTo(entry.path))} leads back to {displayPath(local.pathTo(above))}, "
            "which contains it; remove the link"
        )
    return entry
