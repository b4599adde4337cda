"""The check of content as a step of a run, which says in the log what it does and finds."""

from __future__ import annotations

import contextlib
import heapq
import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from CedarBackup3.amazons3.compare import Pair
from CedarBackup3.amazons3.content.claims import Reader, claim, configuredPartSize, hashed
from CedarBackup3.amazons3.content.digestcache import DigestCache, digestCache
from CedarBackup3.amazons3.content.questions import settled
from CedarBackup3.amazons3.messages import counted, unknownLine
from CedarBackup3.amazons3.mirror import Mirror, Watcher
from CedarBackup3.amazons3.model import (
    Claim,
    ContentReport,
    Difference,
    Finding,
    Kind,
    ObjectEntry,
    SourceEntry,
    Verdict,
    VerifyReport,
)
from CedarBackup3.amazons3.spool import Spool
from CedarBackup3.amazons3.verify import KEPT, verified
from CedarBackup3.util import displayPath

log = logging.getLogger("CedarBackup3.log")

_KINDS: dict[Verdict, Kind] = {"differs": Kind.CONTENT, "raced": Kind.RACED, "unreadable": Kind.UNREADABLE}
_SETTLED: frozenset[Verdict] = frozenset({"matched", "unknown"})


@dataclass(frozen=True, slots=True)
class ContentCheck:
    """How the content is to be checked, and what the check leaves behind."""

    cache: DigestCache | None
    findings: Spool[Finding]
    """All that was no match by its ETag alone, in key order."""
    matches: Spool[Finding] | None = None
    """All that was, in key order; None: nobody will ask."""
    before: Iterable[Finding] = ()
    """What an earlier check has settled, in key order: it holds where file and object still look as they did then."""

    def settled(self) -> Iterator[Finding]:
        """What this check has settled, in key order."""
        later = (found for found in self.findings if found.verdict in _SETTLED)
        return heapq.merge(self.matches or (), later, key=lambda found: found.key)


@contextlib.contextmanager
def contentCheck(
    cacheFile: str = "", *, keepsMatches: bool = False, before: Iterable[Finding] = ()
) -> Iterator[ContentCheck]:
    """A check of content, with digests kept in a file if one is named.

    Args:
        cacheFile: the file
        keepsMatches: whether another check will ask what this one has settled
        before: what an earlier one has, in key order

    Raises:
        CedarBackupError: the file is no digest cache
    """
    with contextlib.ExitStack() as stack:
        cache = stack.enter_context(digestCache(cacheFile)) if cacheFile else None
        findings = stack.enter_context(Spool(Finding._make))
        matches = stack.enter_context(Spool(Finding._make)) if keepsMatches else None
        yield ContentCheck(cache, findings, matches, before)


def verifiedWithContent(
    mirror: Mirror,
    pairs: Iterable[Pair],
    check: ContentCheck,
    watcher: Watcher,
    onDifference: Callable[[Difference], object],
) -> VerifyReport:
    """The outcome of comparing a source with a target, first by names and sizes, then the content of what agrees."""
    hasParts = False
    counts = _Counts()
    settledBefore = _lookup(check.before)
    with Spool(Claim._make) as claims:
        with claims.appending() as keep:

            def take(entry: SourceEntry, found: ObjectEntry) -> None:
                nonlocal hasParts
                claimed = claim(entry, found)
                if before := settledBefore(claimed):
                    counts.add(before)
                else:
                    hasParts = hasParts or "-" in found.etag
                    keep(claimed)

            report = verified(mirror, pairs, onDifference, take)
        log.info("Comparing the content of %s with the ETags of its objects", displayPath(mirror.source))
        watcher("content")
        reader = Reader(mirror, check.cache, configuredPartSize(mirror) if hasParts else 0)
        differences: list[Difference] = []

        def tell(found: Finding) -> None:
            counts.add(found)
            if found.verdict in _KINDS:
                difference = Difference(_KINDS[found.verdict], found.path, found.size, found.size)
                if len(differences) < KEPT:
                    differences.append(difference)
                onDifference(difference)

        _compare(reader, claims, report.matchedBytes, watcher, check, tell)
    if check.cache:
        check.cache.forgetGone(mirror.source)
    return _combined(report, counts.report(), differences)


class _Counts:
    """The findings so far, counted."""

    def __init__(self) -> None:
        self._files: Counter[Verdict] = Counter()
        self._sizes: Counter[Verdict] = Counter()
        self._unknown: list[Finding] = []

    def add(self, found: Finding) -> None:
        """One more."""
        self._files[found.verdict] += 1
        self._sizes[found.verdict] += found.size
        if found.verdict == "unknown" and len(self._unknown) < KEPT:
            self._unknown.append(found)

    def report(self) -> ContentReport:
        """What they come to."""
        return ContentReport(MappingProxyType(self._files), MappingProxyType(self._sizes), tuple(self._unknown))


def _lookup(before: Iterable[Finding]) -> Callable[[Claim], Finding | None]:
    """Tells of claims, in key order, what was found of the very same before, in key order as well."""
    remaining = iter(before)
    ahead = next(remaining, None)

    def found(claimed: Claim) -> Finding | None:
        nonlocal ahead
        while ahead is not None and ahead.key < claimed.key:
            ahead = next(remaining, None)
        return ahead if ahead is not None and ahead.claim == claimed else None

    return found


def _compare(
    reader: Reader,
    claims: Iterable[Claim],
    size: int,
    watcher: Watcher,
    check: ContentCheck,
    onFinding: Callable[[Finding], object],
) -> None:
    """Compare all the claims, and tell and keep what is found."""
    unknown = 0
    with Spool(Finding._make) as open_:
        with open_.appending() as keep, _keeping(check.matches) as keepMatch:
            for found in hashed(reader, claims, size, watcher):
                if found.verdict == "matched":
                    keepMatch(found)
                    onFinding(found)
                else:
                    keep(found)
        with check.findings.appending() as keepFinding:
            for found in settled(reader, open_):
                keepFinding(found)
                onFinding(found)
                unknown += found.verdict == "unknown"
                if found.verdict == "unknown" and unknown <= KEPT:
                    log.warning("%s", unknownLine(reader.mirror, found))
    if unknown > KEPT:
        log.warning("Unknown: the content of %s more", counted(unknown - KEPT, "file"))


def _keeping(spool: Spool[Finding] | None) -> contextlib.AbstractContextManager[Callable[[Finding], object]]:
    return spool.appending() if spool else contextlib.nullcontext(lambda found: None)


def _combined(report: VerifyReport, content: ContentReport, differences: Sequence[Difference]) -> VerifyReport:
    """A report by names and sizes with what comparing contents has shown."""
    counts = Counter(report.counts)
    matchedFiles, matchedBytes = report.matchedFiles, report.matchedBytes
    for verdict, kind in _KINDS.items():
        counts[kind] += content.files.get(verdict, 0)
        matchedFiles -= content.files.get(verdict, 0)
        matchedBytes -= content.sizes.get(verdict, 0)
    return replace(
        report,
        matchedFiles=matchedFiles,
        matchedBytes=matchedBytes,
        counts=MappingProxyType(counts),
        differences=(*report.differences, *differences)[:KEPT],
        content=content,
    )
