"""The steps of a run: each logs what it does and counts what it finds."""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import get_args

from CedarBackup3.amazons3.aws.command import AwsResult
from CedarBackup3.amazons3.aws.rules import Rule
from CedarBackup3.amazons3.bucket.objects import openListing
from CedarBackup3.amazons3.cappedlines import CappedLines
from CedarBackup3.amazons3.compare import finder, knowablePairs, mergeJoin
from CedarBackup3.amazons3.content.hashing import Reader, configuredPartSize, contentFindings
from CedarBackup3.amazons3.local.looked import nobodyLooks
from CedarBackup3.amazons3.local.scan import Scan, openScan, rootReason, sourceEntries
from CedarBackup3.amazons3.mirror import Mirror
from CedarBackup3.amazons3.model import (
    ATTRIBUTES_KEY,
    KEY_LIMIT,
    TOO_LARGE,
    Action,
    Claim,
    ContentFinding,
    Coverage,
    Difference,
    Kind,
    LeftAlone,
    ObjectEntry,
    SourceEntry,
    Step,
    VerifyReport,
)
from CedarBackup3.amazons3.names.check import UNUSUAL_TOLD, NameCheck
from CedarBackup3.amazons3.names.report import reportNames, unusualLine
from CedarBackup3.amazons3.progress import SILENT, Transfer, Watcher
from CedarBackup3.amazons3.spool import Spool
from CedarBackup3.amazons3.sync import apply, deletion, guards, moves, plan, verify
from CedarBackup3.amazons3.sync.attributes import Attributes, isOlder
from CedarBackup3.amazons3.sync.batches import File
from CedarBackup3.amazons3.sync.contentcheck import ContentCheck, verifyWithContent
from CedarBackup3.amazons3.sync.coverage import coveredSince, isProven, partsCovered, withPart
from CedarBackup3.amazons3.sync.messages import (
    differenceLine,
    hasOddDate,
    keptLine,
    leftAloneLine,
    leftOutLine,
    newerLine,
    oddDateLine,
    planLine,
    rootLine,
    stepLine,
    summaryLine,
    unusedLine,
)
from CedarBackup3.amazons3.sync.plan import Plan
from CedarBackup3.amazons3.sync.runtrace import RunTrace
from CedarBackup3.amazons3.sync.uploaddigests import Digested, UploadDigests
from CedarBackup3.amazons3.sync.uploads import uploadFiles
from CedarBackup3.errors import CedarBackupError, CommandFailed, NamesRefused
from CedarBackup3.util import displayBytes, displayCount, displayPath

log = logging.getLogger("CedarBackup3.log")

Objects = Callable[[], Iterator[ObjectEntry]]


@contextlib.contextmanager
def checkedScan(
    mirror: Mirror, watcher: Watcher = SILENT, *, ignoreNames: bool = False, attributes: Attributes | None = None
) -> Iterator[Scan]:
    """Walk the source, with the name check on the way; refuses at the end of the walk, when all names are reported.

    Raises:
        NamesRefused: some names will not survive
        GuardRefused: a file has the name of the object that holds the attributes
    """
    shown, url = displayPath(mirror.source), displayPath(mirror.location.url)
    skipped = CappedLines("skipped paths", logging.INFO)
    leftAlone = {
        reason: CappedLines(f"paths left alone ({reason})", logging.INFO if reason in _ASKED_FOR else logging.WARNING)
        for reason in get_args(LeftAlone)
    }

    def look(entries: list[SourceEntry]) -> None:
        began = time.monotonic()
        check.look(entries)
        watcher.charge("check", time.monotonic() - began)

    def skip(path: bytes, why: str) -> None:
        watcher.findings.note("skipped", path)
        skipped.log(f"Skipped: {displayPath(mirror.pathTo(path))} is {why}")

    def leave(entry: SourceEntry) -> None:
        if reason := entry.leftAlone:
            watcher.findings.note(reason, entry.path)
            leftAlone[reason].log(leftAloneLine(mirror, entry.path, reason))

    def leaveOut(name: str, rule: Rule) -> None:
        log.debug("%s", leftOutLine(mirror, name, rule))

    log.info("Reading %s", shown)
    watcher("walk")
    if reason := rootReason(mirror.tree):
        log.warning("%s", rootLine(mirror, reason))
    onLeftOut = leaveOut if log.isEnabledFor(logging.DEBUG) else None
    with (
        NameCheck(mirror, lambda found: log.warning("%s", unusualLine(mirror, found))) as check,
        openScan(
            mirror.tree,
            mirror.mounts,
            skip,
            _noLook if ignoreNames else look,
            watcher,
            leave,
            onLeftOut,
            attributes.look if attributes else nobodyLooks,
        ) as scan,
    ):
        check.finish()
        for lines in (skipped, *leftAlone.values()):
            lines.finish()
        for oddity, count in check.unusual.items():
            if count > UNUSUAL_TOLD:
                log.warning("Unusual: %s more names in %s that %s", f"{count - UNUSUAL_TOLD:,}", shown, oddity.value)
        if check.files:
            reportNames(mirror, check)
            for _, names in check.byDirectory():
                for bad in names:
                    watcher.findings.note("badName", bad.path, files=bad.files)
            raise NamesRefused(
                f"Refused: {check.files:,} of the file names in {shown} will not survive in {url}; rename these "
                "files, correct the locale, or continue without them with --ignoreWarnings; nothing was changed"
            )
        if attributes:
            attributes.sourceChange = partial(guards.sourceChange, mirror, scan, guards.Guards())
        yield scan


_ASKED_FOR: tuple[LeftAlone, ...] = ("marked", "cache", "otherFileSystem")


def _noLook(entries: list[SourceEntry]) -> None:
    pass


def compareScan(
    mirror: Mirror,
    scan: Scan,
    watcher: Watcher = SILENT,
    ranges: int = 0,
    check: ContentCheck | None = None,
    attributes: Attributes | None = None,
) -> VerifyReport:
    """Compare the source as it was scanned with the target as it is now; changes nothing."""
    with _listed(mirror, scan, watcher, ranges) as objects:
        return _report(mirror, scan.entries, objects, watcher, check, attributes=attributes)


def compareAfresh(
    mirror: Mirror,
    scan: Scan,
    watcher: Watcher,
    ranges: int = 0,
    check: ContentCheck | None = None,
    trace: RunTrace | None = None,
    attributes: Attributes | None = None,
) -> VerifyReport:
    """Compare the source as it is now with the target as it is now.

    The scan only tells how to cut the listing; what the run has done, if it is given, is to be shown done.
    """
    with _listed(mirror, scan, watcher, ranges) as objects:
        entries = sourceEntries(mirror.tree, onLooked=attributes.look if attributes else nobodyLooks)
        return _report(mirror, entries, objects, watcher, check, trace, attributes)


@contextlib.contextmanager
def preparePlan(
    mirror: Mirror,
    scan: Scan,
    watcher: Watcher,
    ranges: int = 0,
    check: ContentCheck | None = None,
    attributes: Attributes | None = None,
    *,
    trackRenames: bool = False,
) -> Iterator[tuple[Plan, Callable[[], VerifyReport]]]:
    """The plan, and the comparison with what was listed for it: where there is nothing to do, that is the proof."""
    with _listed(mirror, scan, watcher, ranges) as objects, contextlib.ExitStack() as stack:
        watcher("compare")

        def readerFor(hasParts: bool) -> Reader:
            part = configuredPartSize(mirror.aws) if hasParts else 0
            return Reader(mirror.tree, mirror.location, mirror.aws, check.cache if check else None, part)

        def judge(claims: Iterable[Claim], files: int, size: int) -> Iterator[ContentFinding]:
            log.info(
                "Reading %s (%s) in %s whose time does not prove that they are up to date: it is in the second in "
                "which the object was stored",
                displayCount(files, "file"),
                displayBytes(size),
                displayPath(mirror.source),
            )
            watcher("content")
            reader = readerFor(any("-" in each.etag for each in claims))
            return contentFindings(reader, claims, size, watcher)

        made = stack.enter_context(plan.buildPlan(mirror, mergeJoin(scan.entries, objects()), judge))
        if trackRenames:
            made = stack.enter_context(moves.trackRenames(mirror, made, readerFor, watcher))
        log.info("%s", planLine(mirror, made))
        _recordPlan(mirror, made, watcher)
        untouched = RunTrace(scan.entries, (), (), 0, made.matches)
        whole = check if check and check.isWhole else None
        trace = untouched if whole else None
        yield made, lambda: _report(mirror, scan.entries, objects, watcher, whole, trace, attributes)


def warnOfUnusedRules(mirror: Mirror, scan: Scan) -> None:
    """Log which rules have matched nothing in the source, nor in the target once that has been listed.

    A file of patterns is often written for more than one directory, so there only what looks like a mistake counts.
    """
    lines = CappedLines("patterns that match nothing", logging.WARNING)
    for rule, likely in scan.use.unused:
        if likely or not rule.origin:
            lines.log(unusedLine(mirror, rule, likely))
    lines.finish()


def traceOf(scan: Scan, made: Plan, digests: UploadDigests, moved: int = 0) -> RunTrace:
    """What a run has done that has just carried a plan out."""
    return RunTrace(scan.entries, made.steps, digests, time.time_ns(), made.matches, moved=moved)


def logRecovered(mirror: Mirror) -> None:
    """Log that failures that the AWS CLI has reported have cost nothing."""
    log.info(
        "The AWS CLI reported failures, but everything that was planned in %s is done",
        displayPath(mirror.location.url),
    )


def _recordPlan(mirror: Mirror, made: Plan, watcher: Watcher) -> None:
    for action in get_args(Action):
        if action != "move" or made.moves is not None:
            watcher.findings.count(action)
    oddDates = CappedLines("dates that the AWS CLI cannot read", logging.WARNING)
    for step in made.steps:
        watcher.findings.note(step.action, step.path, step.size)
        if hasOddDate(step.mtimeNs):
            oddDates.log(oddDateLine(mirror, step.path))
    oddDates.finish()
    watcher.findings.count("upToDate", made.upToDateFiles, made.upToDateSize)


def logSteps(mirror: Mirror, made: Plan) -> None:
    """Log each step of a plan."""
    for step in made.steps:
        log.info("%s", stepLine(mirror, step))


@contextlib.contextmanager
def moved(
    mirror: Mirror, scan: Scan, made: Plan, watcher: Watcher, ranges: int, limits: guards.Guards
) -> Iterator[tuple[Plan, Spool[Digested]]]:
    """Make the moves of a plan; gives the plan of what is left, and the digests of the files that were moved.

    Raises:
        GuardRefused: the source has changed since it was read; nothing was changed
    """
    guards.refuse([guards.sourceChange(mirror, scan, limits)])
    with moves.carriedOut(mirror, made, lambda: _listed(mirror, scan, watcher, ranges), watcher) as (rest, done):
        yield rest, done


def carryOut(
    mirror: Mirror,
    scan: Scan,
    made: Plan,
    watcher: Watcher,
    method: str,
    limits: guards.Guards,
    *,
    hasBegun: bool = False,
) -> list[AwsResult]:
    """Carry a plan out: the files first, then, as long as the source is still the same, the deletions.

    Args:
        mirror: what is mirrored
        scan: what was planned from
        made: the plan
        watcher: sees the progress
        method: `sync` leaves all to `aws s3 sync`; otherwise just the files of the plan are copied
        limits: asked again before each deletion, as far as they concern the source
        hasBegun: whether the run has changed something before, by moves

    Raises:
        GuardRefused: the source has changed since it was read; nothing was changed
        CedarBackupError: the source has changed meanwhile; nothing more was uploaded or deleted
        CommandFailed: aws failed as a whole
    """
    sourceChange = partial(guards.sourceChange, mirror, scan, limits)
    if hasBegun and (change := sourceChange()):
        raise CedarBackupError(
            f"Nothing was uploaded or deleted after the moves, because {change}; check what happened, then run again"
        )
    guards.refuse([] if hasBegun else [sourceChange()])
    results: list[AwsResult] = []
    transfer = Transfer(watcher, "sync", made.uploads, made.uploadSize)
    if method == "sync":
        if made.deletions:
            guards.warnOfLoss(mirror, limits)
        if made.deletions or made.uploads > made.ours:
            results.append(_mirroredByAws(mirror, scan, made, watcher, transfer, sourceChange))
        if made.ours:
            ours, planned = (step for step in made.steps if step.isOurs), (made.ours, made.oursSize)
            results += _uploadedSteps(mirror, ours, planned, transfer, sourceChange)
        return results
    if made.uploads:
        log.info("Uploading %s to %s", displayCount(made.uploads, "file"), displayPath(mirror.location.url))
        uploads, planned = (step for step in made.steps if step.action != "delete"), (made.uploads, made.uploadSize)
        results += _uploadedSteps(mirror, uploads, planned, transfer, sourceChange)
    with _deletable(mirror, scan, made, watcher) as left:
        if left.deletions:
            guards.warnOfLoss(mirror, limits)
            log.info("Deleting %s from %s", displayCount(left.deletions, "object"), displayPath(mirror.location.url))
            watcher("deletion")
            ended = map(_logged, deletion.deleteObjects(mirror, left, sourceChange, watcher))
            results += [result for result in ended if not result.isComplete]
    return results


@contextlib.contextmanager
def _deletable(mirror: Mirror, scan: Scan, made: Plan, watcher: Watcher) -> Iterator[Plan]:
    """The plan without the deletion of what was to be moved, could not be, and has not gone up either."""
    if not any(step.origin for step in made.steps):
        yield made
        return
    with _listed(mirror, scan, watcher, 0) as objects:
        kept = moves.stillNeeded(made.steps, objects())
    lines = CappedLines("objects that are kept", logging.WARNING)
    for key in sorted(kept):
        lines.log(keptLine(mirror, key))
    lines.finish()
    steps = (step for step in made.steps if step.action != "delete" or step.key not in kept)
    with plan.replanned(made, steps) as left:
        yield left


def synchronize(mirror: Mirror, scan: Scan, watcher: Watcher = SILENT) -> AwsResult:
    """Plan and carry the plan out, with no guard but that the source stays the same.

    Returns:
        How the first aws ended that did not do everything, or else one that did.

    Raises:
        GuardRefused: the source has changed since it was read; nothing was changed
        CedarBackupError: the source has changed meanwhile; nothing more was uploaded or deleted
        CommandFailed: aws failed as a whole
    """
    with preparePlan(mirror, scan, watcher) as (made, _):
        results = carryOut(mirror, scan, made, watcher, "auto", guards.Guards()) if made.length else []
    return next((result for result in results if not result.isComplete), AwsResult("s3 sync", 0, (), False))


def _uploadedSteps(
    mirror: Mirror,
    steps: Iterable[Step],
    planned: tuple[int, int],
    transfer: Transfer,
    sourceChange: Callable[[], str],
) -> list[AwsResult]:
    """Upload the files of some steps, but those that can have no key."""
    limit = KEY_LIMIT - len(mirror.location.prefix.encode())
    tooLong: list[Step] = []
    count = 0

    def files() -> Iterator[File]:
        nonlocal count
        for step in steps:
            if len(step.key) <= limit:
                yield File(step.path, step.size)
                continue
            count += 1
            transfer.count(1, step.size)
            tooLong[:] = tooLong or [step]

    transfer.begin()
    results = uploadFiles(mirror, files(), planned, transfer, sourceChange)
    if tooLong:
        log.warning(
            "Left out: %s whose keys would have more than %s bytes, which S3 refuses; the first is %s",
            displayCount(count, "file"),
            f"{KEY_LIMIT:,}",
            displayPath(mirror.pathTo(tooLong[0].path)),
        )
    return results


def _mirroredByAws(
    mirror: Mirror,
    scan: Scan,
    made: Plan,
    watcher: Watcher,
    transfer: Transfer,
    sourceChange: Callable[[], str],
) -> AwsResult:
    """Let `aws s3 sync` do it, and see that it deletes nothing that the plan does not name.

    Raises:
        GuardRefused: the source has changed since it was read; nothing was changed
        CedarBackupError: aws has deleted something else
        CommandFailed: it ended otherwise than by finishing, with failures and warnings perhaps
    """
    if not made.deletions:
        known = (entry for entry in scan.entries if entry.size is not None or entry.leftAlone)
        return _finished(_synchronized(mirror, made, transfer, leftOut=_leftOut(known)))
    with _listed(mirror, scan, watcher, 0) as before:
        pairs = knowablePairs(mergeJoin(scan.entries, before()))
        protected = _leftOut(entry for entry, _ in pairs if entry is not None)
        if finder(before())(ATTRIBUTES_KEY) and not finder(scan.entries)(ATTRIBUTES_KEY):
            protected.append(SourceEntry(ATTRIBUTES_KEY, None, TOO_LARGE, ATTRIBUTES_KEY))
        guards.refuse([sourceChange()])
        result = _synchronized(mirror, made, transfer, delete=True, leftOut=protected)
        with _listed(mirror, scan, watcher, 0) as after:
            gone = (found for found, left in mergeJoin(before(), after()) if found and left is None)
            planned = (step for step in made.steps if step.action == "delete")
            lost = (found for found, step in mergeJoin(gone, planned) if found and step is None)
            _logLost(mirror, lost, watcher)
    return _finished(result)


def _leftOut(entries: Iterable[SourceEntry]) -> list[SourceEntry]:
    """What is not to be taken, and behind each directory that is left out what of it is taken all the same."""
    found: list[SourceEntry] = []
    directory = b""
    for entry in entries:
        if entry.size is None:
            directory = entry.key if entry.key.endswith(b"/") else b""
            found.append(entry)
        elif directory and entry.key.startswith(directory):
            found.append(entry)
    return found


def _logLost(mirror: Mirror, lost: Iterable[ObjectEntry], watcher: Watcher) -> None:
    url, lines = displayPath(mirror.location.url), CappedLines("lost objects")
    for found in lost:
        lines.log(f"Lost: 'aws s3 sync' deleted {url}{displayPath(found.key)}, which the plan did not name")
    lines.finish()
    if lines.count:
        raise CedarBackupError(
            f"'aws s3 sync' deleted {displayCount(lines.count, 'object')} in {url} that the plan did not name: it "
            "found no files for them; check what became of these files, and use another --method"
        )


def _synchronized(
    mirror: Mirror, made: Plan, transfer: Transfer, *, delete: bool = False, leftOut: Sequence[SourceEntry] = ()
) -> AwsResult:
    log.info("Synchronizing %s to %s", displayPath(mirror.source), displayPath(mirror.location.url))
    transfer.begin()
    result = apply.runAwsSync(mirror, transfer, delete=delete, leftOut=leftOut)
    transfer.count(made.uploads - made.ours, made.uploadSize - made.oursSize)
    return result


def _finished(result: AwsResult) -> AwsResult:
    if result.status != 1 and not result.isComplete:
        raise CommandFailed(str(result))
    return _logged(result)


def _listed(mirror: Mirror, scan: Scan, watcher: Watcher, ranges: int) -> contextlib.AbstractContextManager[Objects]:
    log.info("Listing %s", displayPath(mirror.location.url))
    watcher("listing")
    return openListing(mirror, scan.samples, ranges, watcher, scan.files, scan.use.look)


def _report(
    mirror: Mirror,
    entries: Iterable[SourceEntry],
    objects: Objects,
    watcher: Watcher,
    check: ContentCheck | None,
    trace: RunTrace | None = None,
    attributes: Attributes | None = None,
) -> VerifyReport:
    watcher("compare")
    watcher.findings.forget(*_FOUND, *(kind.value for kind in Kind))
    pairs = mergeJoin(entries, objects())
    lines = {kind: CappedLines(f"differences ({kind.value})") for kind in Kind}

    def logDifference(found: Difference) -> None:
        size = found.remoteSize if found.localSize is None else found.localSize
        watcher.findings.note(found.kind.value, found.key, size)
        lines[found.kind].log(differenceLine(mirror, found))

    staying: set[bytes] = set()
    if check:
        report = verifyWithContent(mirror, pairs, check, watcher, logDifference, trace, staying.add)
    else:
        report = verify.verifyPairs(mirror, pairs, logDifference, onHidden=staying.add)
    for each in lines.values():
        each.finish()
    report = replace(report, moved=trace.moved if trace else 0)
    if attributes and not (check and check.isUnfinished):
        found = finder(objects())(ATTRIBUTES_KEY)
        cache, older = check.cache if check else None, isOlder(found, objects())
        report = attributes.settle(mirror, report, found, watcher, cache, isOlder=older, staying=staying)
    if check and check.part and check.coverage:
        isKnown = isProven(report) and not check.isUnfinished
        report = replace(report, coverage=withPart(check.coverage, check.part) if isKnown else check.coverage)
    _recordReport(report, watcher)
    if check and check.isUnfinished:
        return report
    if report.newerFiles:
        log.info("%s", newerLine(mirror, report))
    log.log(logging.INFO if report.isClean else logging.ERROR, "%s", summaryLine(mirror, report))
    return report


def _logged(result: AwsResult) -> AwsResult:
    if not result.isComplete:
        log.error("%s", result)
    return result


def _recordReport(report: VerifyReport, watcher: Watcher) -> None:
    findings = watcher.findings
    findings.count("matched", report.matchedFiles, report.matchedBytes)
    findings.count("newer", report.newerFiles)
    for kind in Kind:
        findings.count(kind.value)
    for name, content in (("contentMatched", report.content), ("uploadMatched", report.uploads)):
        if not content:
            continue
        findings.count(name, content.files.get("matched", 0), content.sizes.get("matched", 0))
        for found in content.unknown:
            findings.note("unproven", found.path, found.size)
        # Of further ones only the numbers are known.
        files, size = content.files.get("unknown", 0), content.sizes.get("unknown", 0)
        kept = sum(found.size for found in content.unknown)
        findings.count("unproven", files - len(content.unknown), size - kept)
    _measurePart(report, watcher)


def _measurePart(report: VerifyReport, watcher: Watcher) -> None:
    part, measure = report.part, watcher.findings.measure
    if part and part.parts > 1:
        measure("contentPart", part.number + 1, "The part of the files whose contents were compared, from 1 on.")
        measure("contentParts", part.parts, "How many such parts there are.")
        if report.coverage:
            count = partsCovered(report.coverage, part.parts)
            measure("contentPartsCovered", count, "How many of them have had all contents proven at some time.")
    if report.coverage:
        measureCoverage(report.coverage, watcher)


def measureCoverage(coverage: Coverage, watcher: Watcher) -> None:
    """Record since when all contents are proven."""
    since = coveredSince(coverage)
    watcher.findings.measure(
        "contentCoveredTimestampSeconds",
        0 if since is None else since * 86400,
        "When the day began on which, or later, every part had all contents proven; 0: there was none.",
    )


_FOUND = ("matched", "newer", "contentMatched", "uploadMatched", "unproven", "clockAhead")
