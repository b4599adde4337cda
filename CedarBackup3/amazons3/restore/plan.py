"""The plan of a restore: which keys can be files in the target, and which of them are missing or different."""

from __future__ import annotations

import contextlib
import logging
import os
import stat
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from CedarBackup3.amazons3.aws.rules import Rule
from CedarBackup3.amazons3.aws.times import secondsOf
from CedarBackup3.amazons3.bucket.versions import Version
from CedarBackup3.amazons3.compare import mergeJoin
from CedarBackup3.amazons3.content.etagmatch import contentMatches
from CedarBackup3.amazons3.local.filters import Filters
from CedarBackup3.amazons3.local.opentree import NotAFile, NotFollowed, OpenTree
from CedarBackup3.amazons3.local.tree import LocalTree
from CedarBackup3.amazons3.local.walk import treeEntries
from CedarBackup3.amazons3.model import ARCHIVES, SourceEntry
from CedarBackup3.amazons3.progress import Watcher
from CedarBackup3.amazons3.restore.doubts import partOf
from CedarBackup3.amazons3.restore.fetch import PartOf, durationLine
from CedarBackup3.amazons3.restore.recordeddigest import hasDigest
from CedarBackup3.amazons3.restore.report import KeyOutcome, Tally
from CedarBackup3.amazons3.restore.safepaths import RESERVED, CaselessNames, alsoDirectories, unsafeReason
from CedarBackup3.amazons3.restore.selection import Selection
from CedarBackup3.amazons3.spool import Spool
from CedarBackup3.util import displayBytes, displayCount, displayPath

_log = logging.getLogger("CedarBackup3.log")


def targetTree(selection: Selection, target: bytes) -> LocalTree:
    """The target directory, which need not exist yet, as it is walked.

    Links in it are not followed: whoever may write there could make them lead anywhere.
    """
    filters = Filters((*selection.rules, Rule(f"{RESERVED.decode()}/*")))
    return LocalTree(target, selection.aws.locale, filters=filters, followLinks="none")


@contextlib.contextmanager
def restorableVersions(
    selection: Selection, local: LocalTree, snapshot: Spool[Version], tally: Tally, *, isCaseInsensitive: bool = False
) -> Iterator[Spool[Version]]:
    """Those of a snapshot that can be files in the target; the others are reported one by one."""
    safe = (version.key for version in snapshot if not unsafeReason(version.key, local.locale))
    directories = alsoDirectories(safe)
    taken = CaselessNames()

    def reason(version: Version) -> str:
        if unsafe := unsafeReason(version.key, local.locale):
            return unsafe
        if version.key in directories:
            return "other keys lie below it, so it must be a directory"
        return taken.clash(version.key) if isCaseInsensitive else ""

    def allowed() -> Iterator[Version]:
        for version in snapshot:
            if why := reason(version):
                line = f"Refused: {selection.urlOf(version.key)} cannot be a file in {displayPath(local.root)}: {why}"
                tally.wrong(KeyOutcome.REFUSED, version.key, version.size or 0, line, why)
            else:
                yield version

    with Spool(Version._make) as kept:
        kept.extend(allowed())
        yield kept


@dataclass(frozen=True, slots=True)
class Wanted:
    """What has to be fetched."""

    versions: Spool[Version]
    untimely: Spool[Version]
    """Those of which the target has the content, but with another time."""
    files: int
    size: int
    """In bytes."""
    current: int
    """How many of the files are objects as they are now."""

    @property
    def older(self) -> int:
        """How many are versions that have been replaced or deleted."""
        return self.files - self.current


@contextlib.contextmanager
def planRestore(
    selection: Selection,
    local: LocalTree,
    snapshot: Iterable[Version],
    tally: Tally,
    watcher: Watcher,
    *,
    root: int,
    mayReplace: bool,
) -> Iterator[Wanted]:
    """What is missing or different in the target.

    Args:
        selection: what is restored
        local: the target
        snapshot: what should be there
        tally: counts what is up to date
        watcher: sees the progress
        root: the descriptor of the target; negative: there is none yet
        mayReplace: whether files that are different may be replaced. A restore that goes on has put only whole files
            in their places, so what is different there by now is somebody's work
    """
    files = size = current = 0
    part = partOf(selection.aws)

    def isInTheWay(tree: OpenTree, entry: SourceEntry | None, version: Version) -> bool:
        if mayReplace or root < 0:
            return False
        path = local.locale.pathOf(version.key)
        what = "" if entry else obstacle(tree, path)
        if what == BEHIND_LINK or not (entry or what):  # placing finds out
            return False
        shown, url = displayPath(local.pathTo(path)), selection.urlOf(version.key)
        other = f"is {what}, unlike {url}" if what else f"was there already and differs from {url}"
        line = f"Different: {shown} {other}; it is left alone; --overwrite replaces it"
        tally.wrong(KeyOutcome.DIFFERENT, version.key, version.size or 0, line)
        return True

    def lacking(tree: OpenTree, keepUntimely: Callable[[Version], object]) -> Iterator[Version]:
        nonlocal files, size, current
        for entry, version in mergeJoin(targetEntries(selection, local, root, watcher), snapshot):
            if version is None:
                continue
            if entry is not None and isAlike(entry, version):
                tally.fine(KeyOutcome.UP_TO_DATE, entry.size or 0)
                continue
            if entry is not None and _hasContent(tree, entry, version, part):
                tally.fine(KeyOutcome.UP_TO_DATE, entry.size or 0)
                keepUntimely(version)
                continue
            if isInTheWay(tree, entry, version):
                continue
            files, size, current = files + 1, size + (version.size or 0), current + version.isLatest
            yield version

    _log.info("Reading %s", displayPath(local.root))
    with (
        Spool(Version._make) as kept,
        Spool(Version._make) as untimely,
        OpenTree(root, local.followLinks) as tree,
    ):
        with untimely.appending() as keepUntimely:
            kept.extend(lacking(tree, keepUntimely))
        upToDate = displayCount(tally.count(KeyOutcome.UP_TO_DATE), "file")
        _log.info("To restore: %s (%s); %s up to date", displayCount(files, "file"), displayBytes(size), upToDate)
        yield Wanted(kept, untimely, files, size, current)


def targetEntries(selection: Selection, local: LocalTree, root: int, watcher: Watcher) -> Iterator[SourceEntry]:
    """The files in the target, of which `root` is the descriptor; negative: a preview of what will make it."""
    watcher("walk")
    if root < 0:
        return
    if not selection.only:
        yield from treeEntries(root, local)
        return
    with contextlib.suppress(NotFollowed, OSError, UnicodeError), OpenTree(root, local.followLinks) as tree:
        path = local.locale.pathOf(selection.only)
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
    """Whether a file has the size of a version, and its time or that of the file that was stored."""
    times = (version.mtimeNs, secondsOf(version.lastModified) * 1_000_000_000)
    return entry.size == version.size and entry.mtimeNs in times


def _hasContent(tree: OpenTree, entry: SourceEntry, version: Version, part: PartOf) -> bool:
    """Whether the ETag, or else the recorded digest, proves that a file has the content of a version."""
    if entry.size != version.size:
        return False
    try:
        with open(tree.file(entry.path), "rb") as file:
            isRight = contentMatches(file, entry.size or 0, version.etag, part(version.etag))
            return bool(isRight) or hasDigest(file, version)
    except (NotAFile, NotFollowed, OSError):
        return False


def logPlan(selection: Selection, local: LocalTree, lacking: Wanted) -> None:
    """Log what would be restored, and how much of it may first have to be brought back from archives."""
    archived = 0
    for version in lacking.versions:
        archived += version.storageClass in ARCHIVES
        _log.info(
            "Would restore %s (%s) from version %s of %s",
            displayPath(local.pathTo(local.locale.pathOf(version.key))),
            displayCount(version.size or 0, "byte"),
            displayPath(version.versionId),
            selection.urlOf(version.key),
        )
    if archived:
        _log.info(
            "In archives (%s): %s; --thaw DAYS --dryRun reports which have to be asked for first",
            *(" or ".join(ARCHIVES), displayCount(archived, "file")),
        )
    if line := durationLine(lacking.older, selection.aws):
        _log.info("%s", line)
