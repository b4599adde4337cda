"""What a target needs: of what stood in the bucket, what can be a file there, and what is missing or different."""

from __future__ import annotations

import contextlib
import logging
import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from CedarBackup3.amazons3.awstimes import secondsOf
from CedarBackup3.amazons3.compare import joined
from CedarBackup3.amazons3.content.etagmatch import contentMatches
from CedarBackup3.amazons3.messages import counted
from CedarBackup3.amazons3.mirror import Mirror
from CedarBackup3.amazons3.model import SourceEntry
from CedarBackup3.amazons3.opentree import NotAFile, NotFollowed, OpenTree
from CedarBackup3.amazons3.progress import Watcher
from CedarBackup3.amazons3.restore.doubts import partOf
from CedarBackup3.amazons3.restore.fetch import PartOf
from CedarBackup3.amazons3.restore.placing import setTime
from CedarBackup3.amazons3.restore.report import Outcome, Tally
from CedarBackup3.amazons3.restore.safepaths import RESERVED, CaselessNames, alsoDirectories, unsafeReason
from CedarBackup3.amazons3.restore.selection import Selection
from CedarBackup3.amazons3.restore.versionlisting import Version
from CedarBackup3.amazons3.spool import Spool
from CedarBackup3.amazons3.walk import treeEntries
from CedarBackup3.util import displayBytes, displayPath

_log = logging.getLogger("CedarBackup3.log")


def targetMirror(selection: Selection, target: bytes) -> Mirror:
    """The target directory, which need not exist yet, as the walk and the comparison know a source.

    Links in it are not followed: whoever may write there could make them lead anywhere.
    """
    return Mirror(
        source=target,
        location=selection.location,
        aws=selection.aws,
        startNs=0,
        identity=(0, 0),
        excludes=(*selection.excludes, f"{RESERVED.decode()}/*"),
        followLinks="none",
    )


@contextlib.contextmanager
def restorable(
    selection: Selection, mirror: Mirror, state: Spool[Version], tally: Tally, *, isCaseInsensitive: bool = False
) -> Iterator[Spool[Version]]:
    """Those of a state that can be files in the target; the others are said one by one."""
    safe = (version.key for version in state if not unsafeReason(version.key, mirror.locale))
    directories = alsoDirectories(safe)
    taken = CaselessNames()

    def reason(version: Version) -> str:
        if unsafe := unsafeReason(version.key, mirror.locale):
            return unsafe
        if version.key in directories:
            return "there are other keys below it, for which it has to be a directory"
        return taken.clash(version.key) if isCaseInsensitive else ""

    def allowed() -> Iterator[Version]:
        for version in state:
            if why := reason(version):
                line = (
                    f"Refused: {selection.urlOf(version.key)} cannot be a file in {displayPath(mirror.source)}: {why}"
                )
                tally.wrong(Outcome.REFUSED, version.key, version.size or 0, line, why)
            else:
                yield version

    with Spool(Version._make) as kept:
        kept.extend(allowed())
        yield kept


@dataclass(frozen=True, slots=True)
class Wanted:
    """What has to be fetched."""

    versions: Spool[Version]
    files: int
    size: int
    """In bytes."""
    current: int
    """How many of the files are objects as they are now."""


@contextlib.contextmanager
def wanted(
    selection: Selection,
    mirror: Mirror,
    state: Iterable[Version],
    tally: Tally,
    watcher: Watcher,
    *,
    root: int,
    mayReplace: bool,
    adjust: bool = False,
) -> Iterator[Wanted]:
    """What is missing or different in the target.

    Args:
        selection: what is restored
        mirror: the target
        state: what should be there
        tally: counts what is up to date
        watcher: sees the progress
        root: the descriptor of the target; negative: there is none yet
        mayReplace: whether files that are different may be replaced. A restore that goes on has put only whole files
            in their places, so what is different there by now is somebody's work
        adjust: whether files of the right content get their time
    """
    files = size = current = 0
    part = partOf(mirror)

    def isInTheWay(tree: OpenTree, entry: SourceEntry | None, version: Version) -> bool:
        if mayReplace or root < 0:
            return False
        path = mirror.locale.pathOf(version.key)
        what = "" if entry else obstacle(tree, path)
        if what == BEHIND_LINK or not (entry or what):  # placing finds out
            return False
        shown, url = displayPath(mirror.pathTo(path)), selection.urlOf(version.key)
        other = f"is {what}, and not what {url} is" if what else f"was there already, other than {url}"
        line = f"Different: {shown} {other}, and stays; --overwrite replaces it"
        tally.wrong(Outcome.DIFFERENT, version.key, version.size or 0, line)
        return True

    def lacking(tree: OpenTree) -> Iterator[Version]:
        nonlocal files, size, current
        for entry, version in joined(targetEntries(selection, mirror, root, watcher), state):
            if version is None:
                continue
            if entry is not None and isAlike(entry, version):
                tally.fine(Outcome.SETTLED, entry.size or 0)
                continue
            if entry is not None and _hasContent(tree, entry, version, part):
                tally.fine(Outcome.SETTLED, entry.size or 0)
                if adjust:
                    setTime(root, entry.path, secondsOf(version.lastModified))
                continue
            if isInTheWay(tree, entry, version):
                continue
            files, size, current = files + 1, size + (version.size or 0), current + version.isLatest
            yield version

    _log.info("Reading %s", displayPath(mirror.source))
    with Spool(Version._make) as kept, OpenTree(root, mirror.followLinks) as tree:
        kept.extend(lacking(tree))
        settled = counted(tally.count(Outcome.SETTLED), "file")
        _log.info("To restore: %s (%s); %s up to date", counted(files, "file"), displayBytes(size), settled)
        yield Wanted(kept, files, size, current)


def targetEntries(selection: Selection, mirror: Mirror, root: int, watcher: Watcher) -> Iterator[SourceEntry]:
    """The files in the target, of which `root` is the descriptor; negative: a rehearsal of what will make it."""
    watcher("walk")
    if root < 0:
        return
    if not selection.only:
        yield from treeEntries(root, mirror)
        return
    with contextlib.suppress(NotFollowed, OSError, UnicodeError), OpenTree(root, mirror.followLinks) as tree:
        path = mirror.locale.pathOf(selection.only)
        status = tree.status(path)
        if stat.S_ISREG(status.st_mode):
            yield SourceEntry(selection.only, status.st_size, status.st_mtime_ns, path)


BEHIND_LINK = "behind a link"
"""What `obstacle` says of a path that leads through a link."""


def obstacle(tree: OpenTree, path: bytes) -> str:
    """What is in the place of a file, in a few words; empty: nothing or, which placing finds out, a directory."""
    parent, _, name = path.rpartition(b"/")
    try:
        above = tree.directory(parent)
        mode = os.stat(name, dir_fd=above.descriptor, follow_symlinks=False).st_mode
    except NotFollowed:
        return BEHIND_LINK
    except OSError:
        return ""
    return _NO_FILES.get(stat.S_IFMT(mode), "")


_NO_FILES = {
    stat.S_IFLNK: "a link",
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


def isAlike(entry: SourceEntry, version: Version) -> bool:
    """Whether a file has the size and the time of a version."""
    return entry.size == version.size and entry.mtimeNs == secondsOf(version.lastModified) * 1_000_000_000


def _hasContent(tree: OpenTree, entry: SourceEntry, version: Version, part: PartOf) -> bool:
    """Whether the ETag proves that a file has the content of a version."""
    if entry.size != version.size:
        return False
    try:
        with open(tree.file(entry.path), "rb") as file:
            return bool(contentMatches(file, entry.size or 0, version.etag, part(version.etag)))
    except (NotAFile, NotFollowed, OSError):
        return False


def rehearsed(selection: Selection, mirror: Mirror, lacking: Wanted) -> None:
    """Say what would be restored."""
    for version in lacking.versions:
        _log.info(
            "Would restore %s (%s) from version %s of %s",
            displayPath(mirror.pathTo(mirror.locale.pathOf(version.key))),
            counted(version.size or 0, "byte"),
            displayPath(version.versionId),
            selection.urlOf(version.key),
        )
