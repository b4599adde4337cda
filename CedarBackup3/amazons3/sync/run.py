"""A whole run, under the lock of its target: names, guards, plan, transfer and proof."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field, replace

from CedarBackup3.amazons3.aws.session.client import awsSession
from CedarBackup3.amazons3.local.scan import Scan
from CedarBackup3.amazons3.mirror import Mirror
from CedarBackup3.amazons3.model import Coverage, Kind, VerifyReport
from CedarBackup3.amazons3.progress import Watcher, logTimes
from CedarBackup3.amazons3.sync import steps
from CedarBackup3.amazons3.sync.attributes import Attributes, openAttributes
from CedarBackup3.amazons3.sync.contentcheck import ContentCheck, openContentCheck, partialCheck
from CedarBackup3.amazons3.sync.guards import Guards, requireHarmless, requireSentinel
from CedarBackup3.amazons3.sync.incomplete import endIncompleteUploads
from CedarBackup3.amazons3.sync.plan import Plan
from CedarBackup3.amazons3.sync.repair import uploadAgain
from CedarBackup3.amazons3.sync.rotation import Rotation, partOfDay
from CedarBackup3.amazons3.sync.runtrace import RunTrace
from CedarBackup3.amazons3.sync.uploaddigests import uploadDigests


@dataclass(frozen=True, slots=True)
class RunOptions:
    """What a run is to do, and how careful it is."""

    verifyOnly: bool = False
    """Compare only; nothing is changed."""
    dryRun: bool = False
    """Log what would be done; nothing is changed."""
    ignoreNames: bool = False
    """Go on in spite of names that will not survive."""
    guards: Guards = field(default_factory=Guards)
    method: str = "auto"
    """How files go up: auto, direct or sync."""
    listings: int = 0
    """Key ranges to list side by side; 0: as many as pay."""
    checkContent: bool = False
    rotation: Rotation = field(default_factory=Rotation)
    """Into which parts `checkContent` divides the files, to compare one of them."""
    day: int = 0
    """The day of which it compares the part, as `rotation.today` counts."""
    coverage: Coverage | None = None
    """What is known of the contents of all parts; None: nothing is kept."""
    repairContent: bool = False
    """Upload again what differs in content; needs `checkContent`."""
    digestCache: str = ""
    """A file that keeps digests for the next time; empty: none."""
    trackRenames: bool = False
    """Let the server copy the objects of moved files, which then need not go up."""
    proveUploads: bool = True
    """Compare the content of what goes up with the ETags of its objects."""
    endIncompleteUploads: int = 0
    """End uploads that were begun more than so many days ago, after a clean run; 0: none."""
    attributes: bool = False
    """Keep what S3 cannot store of the source in an object of the target."""


def runSync(mirror: Mirror, options: RunOptions, watcher: Watcher) -> VerifyReport | None:
    """Check, synchronize and verify; every finding is logged. The caller holds the `targetLock`.

    Returns:
        What the proof has found; None: a dry run, which proves nothing, has logged what is to be done.

    Raises:
        NamesRefused: some names will not survive; nothing was changed
        GuardRefused: a guard refuses the plan, or the source has changed since it was read; nothing was changed
        CommandFailed: aws is missing, or failed as a whole
        CedarBackupError: the source cannot be read, or has changed meanwhile, so that not all was done; or all was, but
            incomplete uploads could not be ended
    """
    with (
        _contentCheck(options) as whole,
        awsSession(mirror.aws) as aws,
        logTimes(watcher),
        _attributes(mirror, options) as attributes,
        steps.checkedScan(
            mirror := replace(mirror, aws=aws), watcher, ignoreNames=options.ignoreNames, attributes=attributes
        ) as scan,
        _checkOfDay(whole, scan, options) as check,
    ):
        if options.verifyOnly:
            requireSentinel(mirror, options.guards)
            contents = check if check.isWhole else None
            compared = steps.compareScan(mirror, scan, watcher, options.listings, contents, attributes)
            steps.warnOfUnusedRules(mirror, scan)
            return compared
        with steps.preparePlan(
            mirror, scan, watcher, options.listings, check, attributes, trackRenames=options.trackRenames
        ) as (plan, proof):
            steps.warnOfUnusedRules(mirror, scan)
            requireHarmless(mirror, options.guards, plan, recordsAttributes=options.attributes)
            if plan.length and options.dryRun:
                steps.logSteps(mirror, plan)
                report = None
            elif plan.length:
                report = _carriedOut(mirror, scan, plan, options, watcher, check, attributes)
            else:
                report = _repaired(mirror, scan, options, watcher, check, attributes, proof())
        if options.endIncompleteUploads and (report is None or report.isClean):
            endIncompleteUploads(mirror, options.endIncompleteUploads, watcher, dryRun=options.dryRun)
        return report


def _contentCheck(options: RunOptions) -> contextlib.AbstractContextManager[ContentCheck]:
    return openContentCheck(
        options.digestCache,
        isWhole=options.checkContent,
        mayRead=options.checkContent or options.proveUploads,
        isLast=options.verifyOnly or options.dryRun,
    )


def _attributes(mirror: Mirror, options: RunOptions) -> contextlib.AbstractContextManager[Attributes | None]:
    if not options.attributes:
        return contextlib.nullcontext()
    return openAttributes(mirror, "none" if options.dryRun else "compare" if options.verifyOnly else "store")


def _checkOfDay(
    check: ContentCheck, scan: Scan, options: RunOptions
) -> contextlib.AbstractContextManager[ContentCheck]:
    if not options.checkContent:
        return contextlib.nullcontext(check)
    part = partOfDay(options.rotation, scan.size, options.day)
    return partialCheck(check, part, options.coverage, proveUploads=options.proveUploads)


def _carriedOut(
    mirror: Mirror,
    scan: Scan,
    plan: Plan,
    options: RunOptions,
    watcher: Watcher,
    check: ContentCheck,
    attributes: Attributes | None,
) -> VerifyReport:
    """Carry the plan out, and prove that it is done; the digests for that are made meanwhile."""
    with (
        steps.moved(mirror, scan, plan, watcher, options.listings, options.guards) as (rest, known),
        uploadDigests(mirror, rest.steps, check.cache, known) as digests,
    ):
        moved = plan.uploads - rest.uploads
        with digests.making() if rest.uploads and check.provesUploads else contextlib.nullcontext():
            results = steps.carryOut(mirror, scan, rest, watcher, options.method, options.guards, hasBegun=moved > 0)
        trace = steps.traceOf(scan, plan, digests, moved)
        report = steps.compareAfresh(mirror, scan, watcher, options.listings, check, trace, attributes)
        report = _repaired(mirror, scan, options, watcher, check, attributes, report, trace)
    if report.isClean and not all(result.isComplete for result in results):
        steps.logRecovered(mirror)
    return report


def _repaired(
    mirror: Mirror,
    scan: Scan,
    options: RunOptions,
    watcher: Watcher,
    check: ContentCheck,
    attributes: Attributes | None,
    report: VerifyReport,
    trace: RunTrace | None = None,
) -> VerifyReport:
    """The report, or that of another comparison after what differs has been uploaded once more."""
    if not (check.isUnfinished or (options.repairContent and report.counts[Kind.CONTENT])):
        return report
    isWhole = options.repairContent
    return uploadAgain(mirror, scan, watcher, options.listings, check, trace, isWhole=isWhole, attributes=attributes)
