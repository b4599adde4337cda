"""The content check as a step of a run: compares, asks S3, logs and counts."""

from __future__ import annotations

import contextlib
import heapq
import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from operator import attrgetter
from types import MappingProxyType

from CedarBackup3.amazons3.aws.times import nanosecondsOf
from CedarBackup3.amazons3.cappedlines import CappedLines
from CedarBackup3.amazons3.compare import Pair, finder
from CedarBackup3.amazons3.content.digestcache import DigestCache, openDigestCache
from CedarBackup3.amazons3.content.followup import ENCRYPTED, finalFindings
from CedarBackup3.amazons3.content.hashing import Reader, claimOf, configuredPartSize, contentFindings
from CedarBackup3.amazons3.mirror import Mirror
from CedarBackup3.amazons3.model import (
    Claim,
    ContentFinding,
    ContentReport,
    Coverage,
    Difference,
    Kind,
    ObjectEntry,
    Part,
    SourceEntry,
    Verdict,
    VerifyReport,
)
from CedarBackup3.amazons3.progress import OnProgress, Watcher
from CedarBackup3.amazons3.spool import Spool
from CedarBackup3.amazons3.sync.messages import againLine, clockLine, partText, unknownLine
from CedarBackup3.amazons3.sync.rotation import hasKey
from CedarBackup3.amazons3.sync.runtrace import CLOCK_TOLERANCE, RunTrace
from CedarBackup3.amazons3.sync.verify import KEPT, verifyPairs
from CedarBackup3.util import displayCount, displayPath

log = logging.getLogger("CedarBackup3.log")

_KINDS: dict[Verdict, Kind] = {"differs": Kind.CONTENT, "changed": Kind.CHANGED, "unreadable": Kind.UNREADABLE}
_UPLOADS_ASKED = 5  # what one run has uploaded is stored alike
_byKey = attrgetter("key")
_DECIDED: frozenset[Verdict] = frozenset({"matched", "unknown"})


@dataclass(frozen=True, slots=True)
class ContentCheck:
    """How the content is to be checked, and what the check leaves behind."""

    cache: DigestCache | None
    findings: Spool[ContentFinding]
    """All that was no match by its ETag alone, in key order."""
    proven: Spool[ContentFinding]
    """All that was one by what had been read before, in key order."""
    matches: Spool[ContentFinding]
    """All that was one by being read, in key order."""
    before: Iterable[ContentFinding] = ()
    """What an earlier check has decided, in key order: it holds where file and object still look as they did then."""
    isWhole: bool = True
    """Whether every file is compared, not just what the run has uploaded, and what changed meanwhile."""
    mayRead: bool = True
    """Whether files are read: if not, nothing is reported but what times and sizes show."""
    isLast: bool = True
    """Whether no other check will follow that uploads of the run which differ have gone up once more."""
    part: Part | None = None
    """The part of the files that is compared, if only one is."""
    rest: ContentCheck | None = None
    """How the files of the other parts are compared: as by a run that checks no contents but of its uploads."""
    coverage: Coverage | None = None
    """What is known of the contents of all parts; None: nothing is kept."""

    @property
    def sides(self) -> tuple[ContentCheck, ...]:
        """This check, and that of the rest."""
        return (self, self.rest) if self.rest else (self,)

    @property
    def provesUploads(self) -> bool:
        """Whether all that is uploaded is read."""
        return all(side.mayRead for side in self.sides)

    @property
    def isUnfinished(self) -> bool:
        """Whether something has to be uploaded once more and compared again."""
        return not self.isLast and any(map(self.goesUpAgain, self.found()))

    def sideOf(self, key: bytes) -> int:
        """Which of the sides compares the file with that key."""
        return int(self.rest is not None and self.part is not None and not hasKey(self.part, key))

    def found(self) -> Iterator[ContentFinding]:
        """All that was no match by its ETag alone, of both sides, in key order."""
        return heapq.merge(*(side.findings for side in self.sides), key=_byKey)

    def decided(self) -> Iterator[ContentFinding]:
        """What this check has decided, in key order."""
        later = (found for found in self.found() if found.verdict in _DECIDED)
        return heapq.merge(self.proven, *(side.matches for side in self.sides), later, key=_byKey)

    def goesUpAgain(self, found: ContentFinding) -> bool:
        """Whether a file that the run has uploaded, or that changed meanwhile, has to be uploaded once more.

        If a file has changed and is newer than its object, the next run sees that.
        """
        if found.effect == "changed" or (found.effect == "none" and not found.isChanged):
            return False
        if found.verdict == "changed":
            isSeen = found.mtimeNs > nanosecondsOf(found.lastModified)
            return not isSeen and (self.sides[self.sideOf(found.key)].mayRead or found.effect != "none")
        return found.verdict == "differs"


@contextlib.contextmanager
def openContentCheck(
    cacheFile: str = "",
    *,
    before: Iterable[ContentFinding] = (),
    isWhole: bool = True,
    mayRead: bool = True,
    isLast: bool = True,
) -> Iterator[ContentCheck]:
    """A check of content, with digests kept in a file if one is named.

    Args:
        cacheFile: the file
        before: what an earlier check has decided, in key order
        isWhole: compare every file, not just what the run has uploaded, and what changed meanwhile
        mayRead: whether files are read
        isLast: whether no other check follows

    Raises:
        CedarBackupError: the file is no digest cache
    """
    with contextlib.ExitStack() as stack:
        cache = stack.enter_context(openDigestCache(cacheFile)) if cacheFile else None
        findings, proven, matches = (stack.enter_context(Spool(ContentFinding._make)) for _ in range(3))
        yield ContentCheck(cache, findings, proven, matches, before, isWhole, mayRead, isLast)


@contextlib.contextmanager
def partialCheck(
    check: ContentCheck, part: Part, coverage: Coverage | None = None, *, proveUploads: bool = True
) -> Iterator[ContentCheck]:
    """A check that compares the files of a part only, and the others as a run without it.

    Args:
        check: the check of all files
        part: the part; if it is the only one, nothing else changes
        coverage: what is known of the contents of all parts
        proveUploads: whether the uploads of the others are read
    """
    whole = replace(check, part=part, coverage=coverage)
    if part.parts == 1:
        yield whole
        return
    with Spool(ContentFinding._make) as findings, Spool(ContentFinding._make) as matches:
        rest = replace(check, findings=findings, matches=matches, isWhole=False, mayRead=proveUploads)
        yield replace(whole, rest=rest)


def verifyWithContent(
    mirror: Mirror,
    pairs: Iterable[Pair],
    check: ContentCheck,
    watcher: Watcher,
    onDifference: Callable[[Difference], object],
    trace: RunTrace | None = None,
    onHidden: Callable[[bytes], object] = lambda prefix: None,
) -> VerifyReport:
    """The outcome of comparing a source with a target, first by names and sizes, then the content of what agrees.

    Args:
        mirror: what is mirrored
        pairs: their join
        check: how the content is to be checked
        watcher: sees the progress
        onDifference: called with each difference as it is found
        trace: what the run has done; None: nothing
        onHidden: as for `compare.knowablePairs`
    """
    differences: list[Difference] = []
    again = CappedLines("uploads to be repeated", logging.INFO)

    def addFinding(side: _Side, found: ContentFinding) -> None:
        if not check.isLast and check.goesUpAgain(found):
            again.log(againLine(mirror, found))
        elif found.verdict in _KINDS:
            difference = Difference(_KINDS[found.verdict], found.path, found.size, found.size)
            if len(differences) < KEPT:
                differences.append(difference)
            onDifference(difference)
        side.counts.add(found)

    with contextlib.ExitStack() as stack:
        sides = [_Side(each, stack.enter_context(Spool(Claim._make)), _Counts()) for each in check.sides]
        with contextlib.ExitStack() as keeping:
            keep = [keeping.enter_context(side.claims.appending()) for side in sides]
            keepProven = keeping.enter_context(check.proven.appending())
            take = _taking(check, trace, sides, keep, keepProven, watcher)
            report = verifyPairs(mirror, pairs, onDifference, take, isTraced=trace is not None, onHidden=onHidden)
        secondsAhead = max(side.secondsAhead for side in sides)
        if secondsAhead > CLOCK_TOLERANCE:
            log.warning("%s", clockLine(mirror, secondsAhead))
        for side, onProgress in zip(sides, _progress(watcher, sides), strict=True):
            _logContent(mirror, side)
            if side.files or side.check.isWhole:
                watcher("content")
                part = configuredPartSize(mirror.aws) if side.hasParts and side.check.mayRead else 0
                _compare(mirror, part, side, onProgress, partial(addFinding, side))
    again.finish()
    if check.cache and check.isWhole:
        check.cache.forgetGone(mirror.source)
    return _combined(report, sides, differences)


@dataclass(slots=True)
class _Side:
    """What one side of a check has to compare, what it has found, and what the times of the objects have shown."""

    check: ContentCheck
    claims: Spool[Claim]
    counts: _Counts
    files: int = 0
    size: int = 0
    hasParts: bool = False
    secondsAhead: float = 0.0


def _taking(
    check: ContentCheck,
    trace: RunTrace | None,
    sides: Sequence[_Side],
    keep: Sequence[Callable[[Claim], object]],
    keepProven: Callable[[ContentFinding], object],
    watcher: Watcher,
) -> Callable[[SourceEntry, ObjectEntry], object]:
    """Takes each pair that agrees in size, and keeps what has to be compared."""
    effects = trace.effects() if trace else None
    decidedBefore = finder(heapq.merge(check.before, trace.matches if trace else (), key=_byKey))

    def take(entry: SourceEntry, found: ObjectEntry) -> None:
        number = check.sideOf(entry.key)
        side = sides[number]
        each = effects.claim(entry, found) if effects else None
        if each is None:
            if not side.check.isWhole:
                return
            each = claimOf(entry, found)
        elif effects:
            ahead = effects.secondsAhead(each)
            if ahead > CLOCK_TOLERANCE:
                watcher.findings.note("clockAhead", each.path, each.size)
                side.secondsAhead = max(side.secondsAhead, ahead)
        before = decidedBefore(each.key)
        if before and before.claim == each:
            side.counts.add(before)
        elif effects and each.effect != "changed" and effects.proves(each):
            matched = ContentFinding("matched", "", *each)
            side.counts.add(matched)
            keepProven(matched)
        else:
            side.files += 1
            side.size += each.size
            side.hasParts = side.hasParts or "-" in each.etag
            keep[number](each)

    return take


def _progress(watcher: Watcher, sides: Sequence[_Side]) -> Iterator[OnProgress]:
    """For each side a listener to which the sides before it have been read already."""
    total = sum(side.size for side in sides)
    files = size = 0

    def follow(filesBefore: int, sizeBefore: int, phase: str, files: int, size: int, _: float | None) -> None:
        done = sizeBefore + size
        watcher(phase, filesBefore + files, done, done / total if total else None)

    for side in sides:
        yield partial(follow, files, size)
        files, size = files + side.files, size + side.size


def _logContent(mirror: Mirror, side: _Side) -> None:
    """Log whose contents are about to be compared."""
    if side.check.isWhole:
        whose = f"{partText(side.check.part)}of {displayPath(mirror.source)} with the ETags of its objects"
    elif side.files and side.check.mayRead:
        whose = f"of {displayCount(side.files, 'upload')} with the ETags of their objects"
    else:
        return
    log.info("Comparing the content %s", whose)


class _Counts:
    """The findings so far, counted."""

    def __init__(self) -> None:
        self._files: Counter[Verdict] = Counter()
        self._sizes: Counter[Verdict] = Counter()
        self._unknown: list[ContentFinding] = []

    def add(self, found: ContentFinding) -> None:
        """One more."""
        self._files[found.verdict] += 1
        self._sizes[found.verdict] += found.size
        if found.verdict == "unknown" and len(self._unknown) < KEPT:
            self._unknown.append(found)

    def has(self, verdict: Verdict) -> bool:
        """Whether there is any such finding."""
        return self._files[verdict] > 0

    def report(self) -> ContentReport:
        """What they come to."""
        return ContentReport(MappingProxyType(self._files), MappingProxyType(self._sizes), tuple(self._unknown))


def _compare(
    mirror: Mirror,
    configuredPart: int,
    side: _Side,
    onProgress: OnProgress,
    onFinding: Callable[[ContentFinding], object],
) -> None:
    """Compare all the claims of a side, and report and keep what is found."""
    check = side.check
    reader = Reader(mirror.tree, mirror.location, mirror.aws, check.cache, configuredPart)
    unproven = CappedLines("unproven files", logging.WARNING if check.isWhole else logging.DEBUG)
    read = contentFindings(reader, side.claims, side.size, onProgress) if check.mayRead else _unread(side.claims)
    isKeyed = not check.isWhole and bool(mirror.aws.sse.startswith("aws:kms") or mirror.aws.customerKey)
    with Spool(ContentFinding._make) as open_:
        with open_.appending() as keep, check.matches.appending() as keepMatch:
            for found in read:
                if found.verdict == "matched" and found.effect != "changed":
                    keepMatch(found)
                    onFinding(found)
                elif isKeyed and found.verdict == "differs" and not found.isChanged:
                    keep(found._replace(verdict="unknown", why=ENCRYPTED))
                else:
                    keep(_judged(found))
        with check.findings.appending() as keepFinding:
            for found in map(_judged, _asked(reader, open_, check, side.counts, isKeyed=isKeyed)):
                if found.verdict == "unknown" and not check.mayRead:
                    continue
                keepFinding(found)
                onFinding(found)
                if found.verdict == "unknown":
                    unproven.log(unknownLine(mirror, found))
    unproven.finish()


def _unread(claims: Iterable[Claim]) -> Iterator[ContentFinding]:
    return (ContentFinding("unknown", "it was not read", *each) for each in claims)


def _asked(
    reader: Reader, findings: Iterable[ContentFinding], check: ContentCheck, counts: _Counts, *, isKeyed: bool
) -> Iterable[ContentFinding]:
    """The findings, decided as far as S3 reports more.

    Uploads are all alike: a few are asked for, and the others only if that tells something, and a session answers.
    Without one, nobody is asked for what the run has uploaded under a key that makes its ETags no digests.
    """
    if not check.mayRead:
        return findings
    if check.isWhole:
        return finalFindings(reader, findings)
    commands = 0 if isKeyed else _UPLOADS_ASKED
    return finalFindings(reader, findings, commands, probe=_UPLOADS_ASKED, trustsEtags=counts.has("matched"))


def _judged(found: ContentFinding) -> ContentFinding:
    """A finding in the light of what the run has done: only a match speaks for a file that changed meanwhile.

    And an upload whose object is still the one from before is not done, unless that holds what the file does.
    """
    if found.effect == "changed" or (found.isChanged and found.verdict in {"differs", "unknown"}):
        return found._replace(verdict="changed", why="")
    if found.effect == "unmoved" and found.verdict == "unknown":
        return found._replace(verdict="differs", why="")
    return found


def _combined(report: VerifyReport, sides: Sequence[_Side], differences: Sequence[Difference]) -> VerifyReport:
    """A report by names and sizes with what comparing contents has shown."""
    counts = Counter(report.counts)
    matchedFiles, matchedBytes = report.matchedFiles, report.matchedBytes
    whole = uploads = None
    for side in sides:
        content = side.counts.report()
        for verdict, kind in _KINDS.items():
            counts[kind] += content.files.get(verdict, 0)
            matchedFiles -= content.files.get(verdict, 0)
            matchedBytes -= content.sizes.get(verdict, 0)
        if side.check.isWhole:
            whole = content
        elif content.files:
            uploads = content
    return replace(
        report,
        matchedFiles=matchedFiles,
        matchedBytes=matchedBytes,
        counts=MappingProxyType(counts),
        differences=(*report.differences, *differences)[:KEPT],
        content=whole,
        uploads=uploads,
        part=sides[0].check.part,
    )
