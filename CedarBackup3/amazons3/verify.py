"""The proof: source and target compared afresh, and what changed meanwhile told apart from what is wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from types import MappingProxyType

from CedarBackup3.amazons3.awslocale import AwsLocale
from CedarBackup3.amazons3.compare import difference, joined, knowable
from CedarBackup3.amazons3.listing import listedObjects
from CedarBackup3.amazons3.model import Difference, Kind, S3Location, VerifyReport
from CedarBackup3.amazons3.raced import racedDifference
from CedarBackup3.amazons3.scan import sourceEntries

_KEPT = 1000  # differences in a report; further ones are only counted, so that memory is bounded


def verified(
    source: bytes,
    location: S3Location,
    locale: AwsLocale,
    *,
    startNs: int,
    ignoreExtra: bool = False,
    onDifference: Callable[[Difference], object] = lambda found: None,
    onSkipped: Callable[[bytes, str], object] = lambda path, why: None,
) -> VerifyReport:
    """Compare a source with a target, by names and sizes.

    Args:
        source: as `scan.resolvedSource` gives it
        location: the target
        locale: the locale in which aws reads the names
        startNs: when the run began, in nanoseconds since the epoch: what changed later is told apart as raced
        ignoreExtra: an object without a file is no difference
        onDifference: is told of each difference as it is found
        onSkipped: is told of each path that holds no data, and what it is

    Raises:
        CommandFailed: the target cannot be listed
        CedarBackupError: the source cannot be read
    """
    counts: Counter[Kind] = Counter()
    kept: list[Difference] = []
    matchedFiles = matchedBytes = 0
    entries = sourceEntries(source, locale, onSkipped)
    for entry, found in knowable(joined(entries, listedObjects(location, locale))):
        wrong = difference(entry, found)
        if wrong is not None and wrong.kind is Kind.EXTRA and ignoreExtra:
            continue
        wrong = racedDifference(source, locale, entry, found, startNs) or wrong
        if wrong is None:
            matchedFiles += 1
            matchedBytes += found.size if found else 0
        else:
            counts[wrong.kind] += 1
            if len(kept) < _KEPT:
                kept.append(wrong)
            onDifference(wrong)
    return VerifyReport(matchedFiles, matchedBytes, MappingProxyType(counts), tuple(kept))
