"""The check of content as a step of a run, which says in the log what it does and finds."""

from __future__ import annotations

import contextlib
import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from CedarBackup3.amazons3.compare import Pair
from CedarBackup3.amazons3.content.claims import Claim, Reader, claim, configuredPartSize, hashed
from CedarBackup3.amazons3.content.digestcache import DigestCache, digestCache
from CedarBackup3.amazons3.content.questions import settled
from CedarBackup3.amazons3.messages import counted, unknownLine
from CedarBackup3.amazons3.mirror import Mirror, Watcher
from CedarBackup3.amazons3.model import (
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
_SETTLED: tuple[Verdict, ...] = ("matched", "unknown")


@dataclass(frozen=True, slots=True)
class ContentCheck:
    """How the content is to be checked, and what the check leaves behind."""

    cache: DigestCache | None
    findings: Spool[Finding]
    """All that was no match, in key order."""
    isWanted: Callable[[bytes], bool] = lambda key: True
    """Tells of each key, in key order, whether its content is to be checked."""
    before: ContentReport | None = None
    """What an earlier check has shown; its matches and its unknown are not checked again."""


@contextlib.contextmanager
def contentCheck(
    cacheFile: str = "", isWanted: Callable[[bytes], bool] = lambda key: True, before: ContentReport | None = None
) -> Iterator[ContentCheck]:
    """A check of content, with digests kept in a file if one is named; the others are as in `ContentCheck`.

    Raises:
        CedarBackupError: the file is no digest cache
    """
    with contextlib.ExitStack() as stack:
        cache = stack.enter_context(digestCache(cacheFile)) if cacheFile else None
        yield ContentCheck(cache, stack.enter_context(Spool(Finding._make)), isWanted, before)


def verifiedWithContent(
    mirror: Mirror,
    pairs: Iterable[Pair],
    check: ContentCheck,
    watcher: Watcher,
    onDifference: Callable[[Difference], object],
) -> VerifyReport:
    """The outcome of comparing a source with a target, first by names and sizes, then the content of what agrees."""
    hasParts = False
    with Spool(Claim._make) as claims:
        with claims.appending() as keep:

            def take(entry: SourceEntry, found: ObjectEntry) -> None:
                nonlocal hasParts
                if check.isWanted(found.key):
                    hasParts = hasParts or "-" in found.etag
                    keep(claim(entry, found))

            report = verified(mirror, pairs, onDifference, take)
        log.info("Comparing the content of %s with the ETags of its objects", displayPath(mirror.source))
        watcher("content")
        reader = Reader(mirror, check.cache, configuredPartSize(mirror) if hasParts else 0)
        differences: list[Difference] = []
        with check.findings.appending() as keepFinding:

            def tell(found: Finding) -> None:
                keepFinding(found)
                if found.verdict in _KINDS:
                    difference = Difference(_KINDS[found.verdict], found.path, found.size, found.size)
                    if len(differences) < KEPT:
                        differences.append(difference)
                    onDifference(difference)

            content = _compared(reader, claims, report.matchedBytes, watcher, tell)
    if check.cache:
        check.cache.forgetGone(mirror.source)
    return _combined(report, _together(check.before, content), differences)


def _compared(
    reader: Reader, claims: Iterable[Claim], size: int, watcher: Watcher, onFinding: Callable[[Finding], object]
) -> ContentReport:
    """Compare all the claims and tell of what is no match, in their order."""
    files: Counter[Verdict] = Counter()
    sizes: Counter[Verdict] = Counter()
    unknown: list[Finding] = []
    with Spool(Finding._make) as open_:
        with open_.appending() as keep:
            for found in hashed(reader, claims, size, watcher):
                if found.verdict == "matched":
                    files["matched"] += 1
                    sizes["matched"] += found.size
                else:
                    keep(found)
        for found in settled(reader, open_):
            files[found.verdict] += 1
            sizes[found.verdict] += found.size
            if found.verdict == "matched":
                continue
            onFinding(found)
            if found.verdict == "unknown" and files["unknown"] <= KEPT:
                unknown.append(found)
                log.warning("%s", unknownLine(reader.mirror, found))
    if files["unknown"] > KEPT:
        log.warning("Unknown: the content of %s more", counted(files["unknown"] - KEPT, "file"))
    return ContentReport(MappingProxyType(files), MappingProxyType(sizes), tuple(unknown))


def _together(before: ContentReport | None, content: ContentReport) -> ContentReport:
    """What two checks have shown, the second of what the first could not settle."""
    if before is None:
        return content
    files, sizes = Counter(content.files), Counter(content.sizes)
    for verdict in _SETTLED:
        files[verdict] += before.files.get(verdict, 0)
        sizes[verdict] += before.sizes.get(verdict, 0)
    unknown = (*before.unknown, *content.unknown)[:KEPT]
    return ContentReport(MappingProxyType(files), MappingProxyType(sizes), unknown)


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
