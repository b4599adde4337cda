"""The verification: joins source and target, and reports every difference."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from types import MappingProxyType

from CedarBackup3.amazons3.compare import Pair, difference, isNewer, knowablePairs
from CedarBackup3.amazons3.mirror import Mirror
from CedarBackup3.amazons3.model import Difference, Kind, LeftAlone, ObjectEntry, SourceEntry, VerifyReport
from CedarBackup3.amazons3.sync.changed import changedDifference

KEPT = 1000
"""The differences in a report; further ones are only counted, so that memory is bounded."""


def verifyPairs(
    mirror: Mirror,
    pairs: Iterable[Pair],
    onDifference: Callable[[Difference], object] = lambda found: None,
    onMatched: Callable[[SourceEntry, ObjectEntry], object] | None = None,
    *,
    isTraced: bool = False,
    onHidden: Callable[[bytes], object] = lambda prefix: None,
) -> VerifyReport:
    """The outcome of comparing a source with a target, by names and sizes.

    Args:
        mirror: what is mirrored
        pairs: their join
        onDifference: called with each difference as it is found
        onMatched: called with each file that agrees with its object
        isTraced: whether it can tell itself which of them changed during the run
        onHidden: as for `compare.knowablePairs`
    """
    counts: Counter[Kind] = Counter()
    kept: list[Difference] = []
    leftAlone: Counter[LeftAlone] = Counter()
    matchedFiles = matchedBytes = newerFiles = 0
    for entry, found in knowablePairs(pairs, onHidden):
        if entry is not None and (reason := entry.leftAlone):
            leftAlone[reason] += 1
            continue
        if entry is not None and found is not None and entry.size == found.size and not isNewer(entry, found):
            matchedFiles += 1
            matchedBytes += found.size
            if onMatched:
                onMatched(entry, found)
            continue
        wrong = difference(entry, found)
        if wrong is not None and wrong.kind is Kind.EXTRA and mirror.uploadOnly:
            continue
        if wrong is not None or not isTraced:
            wrong = changedDifference(mirror, entry, found) or wrong
        if wrong is not None:
            counts[wrong.kind] += 1
            if len(kept) < KEPT:
                kept.append(wrong)
            onDifference(wrong)
        elif entry is not None and found is not None:  # newer than its object
            newerFiles += 1
            matchedFiles += 1
            matchedBytes += found.size
            if onMatched:
                onMatched(entry, found)
    return VerifyReport(
        matchedFiles,
        matchedBytes,
        MappingProxyType(counts),
        tuple(kept),
        newerFiles,
        leftAlone=MappingProxyType(leftAlone),
    )
