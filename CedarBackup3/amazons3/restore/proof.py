"""The proof of a restore: compares the target with the snapshot."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from CedarBackup3.amazons3.bucket.versions import Version
from CedarBackup3.amazons3.compare import mergeJoin
from CedarBackup3.amazons3.content.followup import finalFindings
from CedarBackup3.amazons3.content.hashing import Reader, contentFindings
from CedarBackup3.amazons3.local.opentree import NotAFile, NotFollowed, OpenTree
from CedarBackup3.amazons3.local.tree import LocalTree
from CedarBackup3.amazons3.model import Claim, ContentFinding, SourceEntry
from CedarBackup3.amazons3.progress import Watcher
from CedarBackup3.amazons3.restore.doubts import claimOf, partOf
from CedarBackup3.amazons3.restore.plan import isAlike, obstacle, targetEntries
from CedarBackup3.amazons3.restore.recordeddigest import hasDigest
from CedarBackup3.amazons3.restore.report import KeyOutcome, RestoreReport, Tally, summaryLine
from CedarBackup3.amazons3.restore.selection import Selection
from CedarBackup3.amazons3.restore.target import Target
from CedarBackup3.amazons3.spool import Spool
from CedarBackup3.errors import CedarBackupError
from CedarBackup3.util import displayCount, displayPath

_log = logging.getLogger("CedarBackup3.log")


def requireDirectory(target: Target) -> None:
    """Raise `CedarBackupError` unless there is a directory to compare with."""
    if target.missing:
        raise CedarBackupError(f"The target directory {displayPath(target.given)} does not exist; nothing was compared")


def proveTarget(
    selection: Selection,
    local: LocalTree,
    snapshot: Iterable[Version],
    tally: Tally,
    watcher: Watcher,
    *,
    root: int,
    isRestore: bool,
) -> None:
    """Compare the target as it is now with what should be there.

    Names, sizes and times are compared; content where only the times differ.

    Args:
        selection: what was restored
        local: the target
        snapshot: what should be there
        tally: has what came of the restore
        watcher: sees the progress
        root: the descriptor of the target
        isRestore: what was reported before is not reported again, and other files are no concern
    """
    tree = OpenTree(root, local.followLinks)
    with Spool(_Odd._make) as odds, Spool(ContentFinding._make) as doubtful, tree:
        with odds.appending() as keep:
            for entry, version in mergeJoin(targetEntries(selection, local, root, watcher), snapshot):
                if entry is None or version is None or not isAlike(entry, version):
                    keep(_Odd(entry and tuple(entry), version and tuple(version)))
                elif not isRestore:
                    tally.fine(KeyOutcome.ALIKE, entry.size or 0)
        findings = _findings(selection, local, root, odds, doubtful, watcher)
        watcher("compare")
        doubt = next(findings, None)
        for odd in odds:
            if doubt is not None and odd.isComparable and odd.claim == doubt.claim:
                _reportKey(selection, local, tree, odd, doubt, tally, isRestore=isRestore)
                doubt = next(findings, None)
            else:
                _reportKey(selection, local, tree, odd, None, tally, isRestore=isRestore)


def sumUp(selection: Selection, local: LocalTree, tally: Tally, *, isRestore: bool, isPrivate: bool) -> RestoreReport:
    """Log the whole in one line, after what was counted only.

    Args:
        selection: what was restored or compared
        local: the target
        tally: has what came of it
        isRestore: whether it was restored
        isPrivate: whether nobody else can read what was
    """
    tally.logUnproven()
    tally.logNotHeld()
    report = tally.report()
    line = summaryLine(selection, local.root, report, isRestore=isRestore)
    _log.log(logging.INFO if report.isClean else logging.ERROR, "%s", line)
    if isPrivate and (report.counts.get(KeyOutcome.RESTORED) or report.counts.get(KeyOutcome.UNPROVEN)):
        _log.info(
            "Only this user can read what was restored (modes 600 and 700); "
            "'chmod -R u=rwX,go=rX' of the directory lets everybody read it"
        )
    return report


class _Odd(NamedTuple):
    """A file and a version that are not of the same size and time, or only one of the two."""

    file: tuple[Any, ...] | None
    """The fields of its entry."""
    stored: tuple[Any, ...] | None
    """The fields of the version."""

    @property
    def entry(self) -> SourceEntry | None:
        return None if self.file is None else SourceEntry._make(self.file)

    @property
    def version(self) -> Version | None:
        return None if self.stored is None else Version._make(self.stored)

    @property
    def isComparable(self) -> bool:
        """Whether the content decides."""
        entry, version = self.entry, self.version
        return entry is not None and version is not None and entry.size == version.size

    @property
    def claim(self) -> Claim:
        """What the version claims of the content of the file, if they are comparable."""
        entry, version = self.entry, self.version
        assert entry and version  # noqa: S101 - for the type checker
        return claimOf(entry.path, entry.mtimeNs, version)


def _findings(
    selection: Selection,
    local: LocalTree,
    root: int,
    odds: Spool[_Odd],
    doubtful: Spool[ContentFinding],
    watcher: Watcher,
) -> Iterator[ContentFinding]:
    """What is comparable but not proven by its ETag, after asking S3 for a bounded number of them, in key order.

    Args:
        local: the target
        root: its descriptor
        odds: all that is not alike
        doubtful: receives what the ETags do not prove
        watcher: sees the progress
    """
    size, withParts = -1, ""
    for odd in odds:
        if odd.isComparable:
            size = max(size, 0) + odd.claim.size
            withParts = withParts or odd.claim.etag * ("-" in odd.claim.etag)
    if size < 0:
        return iter(())
    part = partOf(selection.aws)(withParts)
    reader = Reader(local, selection.location, selection.aws, root=root, configuredPart=part)
    claims = (odd.claim for odd in odds if odd.isComparable)
    watcher("content")
    doubtful.extend(found for found in contentFindings(reader, claims, size, watcher) if found.verdict != "matched")
    return finalFindings(reader, doubtful)


def _reportKey(
    selection: Selection,
    local: LocalTree,
    tree: OpenTree,
    odd: _Odd,
    doubt: ContentFinding | None,
    tally: Tally,
    *,
    isRestore: bool,
) -> None:
    """Count what has shown of one pair, and report what is wrong; comparable content without a doubt is right."""
    entry, version = odd.entry, odd.version
    if version is None:
        if entry is not None and not isRestore and not _isLostAndFound(entry):
            line = f"Extra: {displayPath(local.pathTo(entry.path))} was not in {selection.shown}"
            tally.wrong(KeyOutcome.EXTRA, entry.path, entry.size or 0, line)
        return
    if doubt is not None and doubt.verdict == "unknown" and _isRecorded(tree, doubt.path, version):
        doubt = None
    isRight = odd.isComparable and (doubt is None or doubt.verdict in {"matched", "unknown"})
    if not isRight and version.key not in tally.reported:
        _reportDifference(selection, local, tree, entry, version, doubt, tally)
    elif isRight and not isRestore:
        if doubt is not None and doubt.verdict == "unknown":
            tally.unproven(version, displayPath(local.pathTo(doubt.path)), doubt.why)
        else:
            tally.fine(KeyOutcome.UP_TO_DATE, version.size or 0)


def _isRecorded(tree: OpenTree, path: bytes, version: Version) -> bool:
    """Whether a file has the content whose digest is recorded."""
    try:
        with open(tree.file(path), "rb") as file:
            return hasDigest(file, version)
    except (NotAFile, NotFollowed, OSError):
        return False


def _isLostAndFound(entry: SourceEntry) -> bool:
    """Whether it is what every ext file system has at its root, for root alone to read."""
    return entry.size is None and entry.key == b"lost+found/"


def _reportDifference(
    selection: Selection,
    local: LocalTree,
    tree: OpenTree,
    entry: SourceEntry | None,
    version: Version,
    doubt: ContentFinding | None,
    tally: Tally,
) -> None:
    file = local.locale.pathOf(version.key)
    path, size = displayPath(local.pathTo(file)), displayCount(version.size or 0, "byte")
    if entry is None and (what := obstacle(tree, file)):
        line = f"Different: {path} is {what}, and not the file ({size}) that is in {selection.shown}"
        tally.wrong(KeyOutcome.DIFFERENT, version.key, version.size or 0, line)
        return
    if entry is None:
        line = f"Missing: {path} ({size}) does not exist, but is in {selection.shown}"
        tally.wrong(KeyOutcome.MISSING, version.key, version.size or 0, line)
        return
    if entry.size is None or (doubt is not None and doubt.verdict == "unreadable"):
        line = f"Different: {path} cannot be read by this user, so it cannot be compared with {selection.shown}"
    elif doubt is not None and doubt.verdict == "changed":
        line = f"Different: {path} changed while it was compared with {selection.shown}; run again"
    elif entry.size == version.size:
        line = f"Different: {path} differs in content from {selection.shown}"
    else:
        line = f"Different: {path} has {displayCount(entry.size, 'byte')}, but {size} in {selection.shown}"
    tally.wrong(KeyOutcome.DIFFERENT, version.key, version.size or 0, line)
