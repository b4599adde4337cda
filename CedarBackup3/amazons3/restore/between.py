"""What was added, changed and deleted between two moments, by one listing of the versions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from enum import Enum
from typing import NamedTuple

from CedarBackup3.amazons3.bucket.versions import NULL_VERSION, Version
from CedarBackup3.amazons3.progress import Recorder
from CedarBackup3.amazons3.restore.history import exclusion, inOrder, reportUntraced, unknownLine
from CedarBackup3.amazons3.restore.moment import displayMoment
from CedarBackup3.amazons3.restore.report import NOTHING, KeyOutcome, Noted, Tally
from CedarBackup3.amazons3.restore.selection import Selection
from CedarBackup3.amazons3.restore.snapshot import Standing, Traces, standingsAt, tracesOf
from CedarBackup3.amazons3.spool import Spool
from CedarBackup3.errors import CedarBackupError, GuardRefused
from CedarBackup3.util import displayBytes


class ChangeKind(Enum):
    """What can have become of a key."""

    ADDED = "added"
    CHANGED = "changed"
    DELETED = "deleted"
    REWRITTEN = "rewritten"
    """Another version stands there, of the same size and ETag: the content was stored again."""
    UNCHANGED = "unchanged"
    UNKNOWN = "unknown"
    """What stood there at the earlier moment, or at both, may be gone."""


LISTED = frozenset({ChangeKind.ADDED, ChangeKind.CHANGED, ChangeKind.DELETED, ChangeKind.UNKNOWN})
"""What a list of changes shows one by one; the rest is only counted."""
_ALWAYS_COUNTED = LISTED - {ChangeKind.UNKNOWN}


class Change(NamedTuple):
    """What became of a key between two moments."""

    kind: ChangeKind
    key: bytes
    """Below the prefix."""
    before: Version | None
    """What stood there at the earlier moment; None: nothing, or it is not known."""
    after: Version | None
    """The same of the later one."""
    lastModified: str
    """When what stood there at the later moment was stored, or the delete marker, as aws printed it."""
    isAfterKnown: bool = True
    """Whether it is known what stood there at the later moment; at the earlier one it is but for what is unknown."""

    @property
    def size(self) -> int:
        """In bytes: of what stands there now, or of what is gone."""
        file = self.after or self.before
        return (file and file.size) or 0


def changesBetween(
    versions: Iterable[Version],
    earlier: float,
    later: float | None,
    inOrder: Callable[[bytes], Iterable[Version]],
    isExcluded: Callable[[Version], bool] = lambda version: False,
) -> Iterator[Change]:
    """What became of each key for which something stood at one of two moments at least, in key order.

    It is the difference of two snapshots: a version that came and went between them leaves nothing to see.

    Args:
        versions: all of them, with the delete markers, keys ascending and newest first within a key; iterated twice
        earlier: in seconds since the epoch, itself included
        later: the same, not before it; None: now, whatever clock the server has
        inOrder: lists the versions of one key again, none of them tied
        isExcluded: whether a version is of no file
    """
    pairs = zip(standingsAt(versions, earlier, inOrder), standingsAt(versions, later, inOrder), strict=True)
    for one, other in pairs:
        before, after = _fileOf(one, isExcluded), _fileOf(other, isExcluded)
        newest = other.entry or other.overwriting or one.overwriting
        if newest is None:  # nothing had been stored
            continue
        if one.overwriting is not None and not isExcluded(one.overwriting):
            yield Change(ChangeKind.UNKNOWN, one.key, None, after, newest.lastModified, other.overwriting is None)
        elif before is not None or after is not None:
            yield Change(_kind(before, after), one.key, before, after, newest.lastModified)


def _fileOf(standing: Standing, isExcluded: Callable[[Version], bool]) -> Version | None:
    entry = standing.entry
    return None if entry is None or entry.size is None or isExcluded(entry) else entry


def _kind(before: Version | None, after: Version | None) -> ChangeKind:
    if before is None:
        return ChangeKind.ADDED
    if after is None:
        return ChangeKind.DELETED
    if before.versionId == after.versionId:
        return ChangeKind.UNCHANGED
    isSame = before.etag and (before.size, before.etag) == (after.size, after.etag)
    return ChangeKind.REWRITTEN if isSame else ChangeKind.CHANGED


class ChangeTally:
    """Counts changes, for a summary and for the findings of the run."""

    def __init__(self, findings: Recorder) -> None:
        self._findings = findings
        self._counts: Counter[ChangeKind] = Counter()
        self._sizes: Counter[ChangeKind] = Counter()

    def count(self, change: Change) -> None:
        """One more."""
        self._counts[change.kind] += 1
        self._sizes[change.kind] += change.size
        if change.kind in _ALWAYS_COUNTED:
            self._findings.note(change.kind.value, change.key, change.size)
        elif change.kind is not ChangeKind.UNKNOWN:  # which is found by who reports it
            self._findings.count(change.kind.value, 1, change.size)

    @property
    def isEmpty(self) -> bool:
        """Whether nothing stood there at either moment."""
        return not self._counts

    @property
    def totals(self) -> str:
        """How many there were of each kind: `1 added (12 bytes), 0 changed (0 bytes), ...`."""
        return ", ".join(
            f"{self._counts[kind]:,} {kind.value}{_BESIDE.get(kind, '')} ({displayBytes(self._sizes[kind])})"
            for kind in ChangeKind
            if self._counts[kind] or kind in _ALWAYS_COUNTED
        )


_BESIDE = {ChangeKind.REWRITTEN: " with the same content"}


def listChanges(
    selection: Selection, since: datetime, versions: Spool[Version], tally: Tally, counted: ChangeTally
) -> Iterator[Change]:
    """The changes in a selection from a moment to its own that are shown one by one, in key order.

    Args:
        selection: with the later moment
        since: the earlier one, with its zone
        versions: all of them
        tally: reports what is not known
        counted: counts every key, also those that are not shown

    Raises:
        GuardRefused: the bucket has no versions that could tell
        CedarBackupError: nothing stood there at either moment
    """
    isExcluded = exclusion(selection)
    earlier, later = since.timestamp(), selection.moment.timestamp() if selection.moment else None
    traces = tracesOf(version for version in versions if not isExcluded(version))
    if traces.hides(earlier):
        raise GuardRefused(
            f"Refused: nothing in {selection.url} was stored with versioning, and some objects were stored after that "
            "time, so what was there before is unknown; without --since the present objects are listed"
        )
    untraced = NOTHING
    for change in changesBetween(versions, earlier, later, inOrder(selection), isExcluded):
        counted.count(change)
        if change.kind is ChangeKind.UNKNOWN:
            line = unknownLine(selection, change.key)
            tally.wrongRecord(KeyOutcome.UNKNOWN, change.key, line, size=change.size)
        if not selection.only and _isUntraced(change, traces, earlier, later):
            untraced = Noted(untraced.files + 1, untraced.size + change.size)
        if change.kind in LISTED:
            yield change
    if counted.isEmpty:
        raise CedarBackupError(
            f"There was nothing in {selection.url} at either time; check the URL, --since, --atTime and --exclude"
        )
    reportUntraced(f"the changes in {shownBetween(selection, since)}", untraced, tally)


def _isUntraced(change: Change, traces: Traces, earlier: float, later: float | None) -> bool:
    """Whether what stood there at a moment is of a time when others may have gone without a trace."""
    sides = ((change.before, earlier), (change.after, later))
    return any(
        version is not None and moment is not None and version.versionId == NULL_VERSION and not traces.reaches(moment)
        for version, moment in sides
    )


def shownBetween(selection: Selection, since: datetime) -> str:
    """Of what and of which times the changes are: `s3://bucket/prefix/ from ... to now`, safe to print."""
    until = displayMoment(selection.moment) if selection.moment else "now"
    return f"{selection.url} from {displayMoment(since)} to {until}"
