"""The steps of a run, each of which says in the log what it does and finds."""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import islice
from typing import get_args

from CedarBackup3.amazons3 import apply, deletion, guards, plan, verify
from CedarBackup3.amazons3.awscli import AwsResult
from CedarBackup3.amazons3.compare import joined, knowable
from CedarBackup3.amazons3.content.check import ContentCheck, verifiedWithContent
from CedarBackup3.amazons3.listing import cutPoints, listing, rangeCount
from CedarBackup3.amazons3.messages import counted, differenceLine, newerLine, planLine, stepLine, summaryLine
from CedarBackup3.amazons3.mirror import Mirror, Watcher
from CedarBackup3.amazons3.model import (
    KEY_LIMIT,
    Action,
    Difference,
    Kind,
    ObjectEntry,
    SourceEntry,
    Step,
    VerifyReport,
)
from CedarBackup3.amazons3.names.check import UNUSUAL_TOLD, NameCheck
from CedarBackup3.amazons3.names.report import reportNames, unusualLine
from CedarBackup3.amazons3.plan import Plan
from CedarBackup3.amazons3.scan import Scan, scanned, walked
from CedarBackup3.errors import CedarBackupError, CommandFailed, NamesRefused
from CedarBackup3.util import displayPath

log = logging.getLogger("CedarBackup3.log")

Objects = Callable[[], Iterator[ObjectEntry]]


@contextlib.contextmanager
def checkedScan(mirror: Mirror, watcher: Watcher, *, ignoreNames: bool = False) -> Iterator[Scan]:
    """Walk the source, with the name check on the way; refuses at the end of the walk, when every name has been said.

    Raises:
        NamesRefused: some names will not survive
    """
    shown, url = displayPath(mirror.source), displayPath(mirror.location.url)

    def look(entries: list[SourceEntry]) -> None:
        began = time.monotonic()
        check.look(entries)
        watcher.charge("check", time.monotonic() - began)

    def skip(path: bytes, why: str) -> None:
        watcher.record.note("skipped", path)
        log.info("Skipped: %s is %s", displayPath(mirror.pathTo(path)), why)

    log.info("Reading %s", shown)
    watcher("walk")
    with (
        NameCheck(mirror, lambda found: log.warning("%s", unusualLine(mirror, found))) as check,
        scanned(mirror, skip, (lambda entries: None) if ignoreNames else look, watcher) as scan,
    ):
        check.finish()
        for oddity, count in check.unusual.items():
            if count > UNUSUAL_TOLD:
                log.warning("Unusual: %s more names in %s that %s", f"{count - UNUSUAL_TOLD:,}", shown, oddity.value)
        if check.files:
            reportNames(mirror, check)
            for _, names in check.byDirectory():
                for bad in names:
                    watcher.record.note("badName", bad.path, files=bad.files)
            raise NamesRefused(
                f"Refused: {check.files:,} of the file names in {shown} will not survive in {url}; rename these files, "
                "correct the locale, or go on without them by --ignoreWarnings; nothing was changed"
            )
        yield scan


def compared(
    mirror: Mirror, scan: Scan, watcher: Watcher, ranges: int = 0, check: ContentCheck | None = None
) -> VerifyReport:
    """Compare the source as it was scanned with the target as it is now; changes nothing."""
    with _listed(mirror, scan, watcher, ranges) as objects:
        return _report(mirror, scan.entries, objects, watcher, check)


def comparedAfresh(
    mirror: Mirror, scan: Scan, watcher: Watcher, ranges: int = 0, check: ContentCheck | None = None
) -> VerifyReport:
    """Compare the source as it is now with the target as it is now; the scan only tells how to cut the listing."""
    with _listed(mirror, scan, watcher, ranges) as objects:
        return _report(mirror, walked(mirror), objects, watcher, check)


@contextlib.contextmanager
def planned(
    mirror: Mirror, scan: Scan, watcher: Watcher, ranges: int = 0, check: ContentCheck | None = None
) -> Iterator[tuple[Plan, Callable[[], VerifyReport]]]:
    """The plan, and the comparison with what was listed for it: where there is nothing to do, that is the proof."""
    with _listed(mirror, scan, watcher, ranges) as objects:
        watcher("compare")
        with plan.planned(mirror, joined(scan.entries, objects())) as made:
            log.info("%s", planLine(mirror, made))
            _recordPlan(made, watcher)
            yield made, lambda: _report(mirror, scan.entries, objects, watcher, check)


def _recordPlan(made: Plan, watcher: Watcher) -> None:
    for action in get_args(Action):
        watcher.record.count(action)
    for step in made.steps:
        watcher.record.note(step.action, step.path, step.size)
    watcher.record.count("upToDate", made.settledFiles, made.settledSize)


def rehearsed(mirror: Mirror, made: Plan) -> None:
    """Say each step of a plan."""
    for step in made.steps:
        log.info("%s", stepLine(mirror, step))


def carriedOut(
    mirror: Mirror, scan: Scan, made: Plan, watcher: Watcher, method: str, limits: guards.Guards
) -> list[AwsResult]:
    """Carry a plan out: the files first, then, as long as the source is still the same, the deletions.

    Args:
        mirror: what is mirrored
        scan: what was planned from
        made: the plan
        watcher: sees the progress
        method: `direct` copies just the files of the plan, `sync` leaves all to `aws s3 sync`, `auto` does what pays
        limits: asked again before each deletion, as far as they concern the source

    Raises:
        GuardRefused: the source has changed since it was read; nothing was changed
        CedarBackupError: the source has changed meanwhile; nothing more was deleted
        CommandFailed: aws failed as a whole
    """
    sourceChange = partial(guards.sourceChange, mirror, scan, limits)
    guards.refuse([sourceChange()])
    if method == "sync" and made.deletions:
        return [_mirroredByAws(mirror, scan, made, watcher, sourceChange)]
    results: list[AwsResult] = []
    if made.uploads:
        if method == "direct" or (method == "auto" and (scan.isDeep or apply.paysDirectly(made))):
            results += _uploadedSteps(mirror, made, watcher)
        else:
            results.append(_finished(_synchronized(mirror, watcher)))
    if made.deletions:
        log.info("Deleting %s from %s", counted(made.deletions, "object"), displayPath(mirror.location.url))
        watcher("deletion")
        ended = map(_logged, deletion.deleted(mirror, made, sourceChange, watcher))
        results += [result for result in ended if not result.isComplete]
    return results


def synchronized(mirror: Mirror, scan: Scan, watcher: Watcher) -> AwsResult:
    """Plan and carry the plan out, with no guard but that the source stays the same.

    Returns:
        How the first aws ended that did not do everything, or else one that did.

    Raises:
        GuardRefused: the source has changed since it was read; nothing was changed
        CedarBackupError: the source has changed meanwhile; nothing more was deleted
        CommandFailed: aws failed as a whole
    """
    with planned(mirror, scan, watcher) as (made, _):
        results = carriedOut(mirror, scan, made, watcher, "auto", guards.Guards()) if made.length else []
    return next((result for result in results if not result.isComplete), AwsResult("s3 sync", 0, (), False))


def _uploadedSteps(mirror: Mirror, made: Plan, watcher: Watcher) -> Iterator[AwsResult]:
    """Copy just the files of a plan, but those that can have no key."""
    limit = KEY_LIMIT - len(mirror.location.prefix.encode())
    steps = (step for step in made.steps if step.action != "delete")
    tooLong: list[Step] = []
    count = 0
    while batch := list(islice(steps, apply.MOST_LINKS)):
        paths = [step.path for step in batch if len(step.key) <= limit]
        count += len(batch) - len(paths)
        tooLong = tooLong or [step for step in batch if len(step.key) > limit][:1]
        if paths:
            yield uploaded(mirror, paths, len(paths), watcher)
    if tooLong:
        log.warning(
            "Left out: %s whose keys would have more than %s bytes, which S3 refuses; the first is %s",
            counted(count, "file"),
            f"{KEY_LIMIT:,}",
            displayPath(mirror.pathTo(tooLong[0].path)),
        )


def _mirroredByAws(
    mirror: Mirror, scan: Scan, made: Plan, watcher: Watcher, sourceChange: Callable[[], str]
) -> AwsResult:
    """Let `aws s3 sync --delete` do it, and see that it deletes nothing that the plan does not name.

    Raises:
        GuardRefused: the source has changed since it was read; nothing was changed
        CedarBackupError: aws has deleted something else
        CommandFailed: it ended otherwise than by finishing, with failures and warnings perhaps
    """
    with _listed(mirror, scan, watcher, 0) as before:
        pairs = knowable(joined(scan.entries, before()))
        protected = [entry.key for entry, _ in pairs if entry is not None and entry.size is None]
        guards.refuse([sourceChange()])
        result = _synchronized(mirror, watcher, delete=True, protected=protected)
        with _listed(mirror, scan, watcher, 0) as after:
            gone = (found for found, left in joined(before(), after()) if found and left is None)
            planned = (step for step in made.steps if step.action == "delete")
            lost = (found for found, step in joined(gone, planned) if found and step is None)
            _sayLost(mirror, lost, watcher)
    return _finished(result)


def _sayLost(mirror: Mirror, lost: Iterable[ObjectEntry], watcher: Watcher) -> None:
    url, count = displayPath(mirror.location.url), 0
    for found in lost:
        count += 1
        if count <= verify.KEPT:
            log.error("Lost: 'aws s3 sync' has deleted %s%s, which the plan did not name", url, displayPath(found.key))
    if count:
        raise CedarBackupError(
            f"'aws s3 sync' has deleted {counted(count, 'object')} in {url} that the plan did not name, since it found "
            "no file for them when it looked; see what became of these files, and use another --method"
        )


def _synchronized(
    mirror: Mirror, watcher: Watcher, *, delete: bool = False, protected: Sequence[bytes] = ()
) -> AwsResult:
    log.info("Synchronizing %s to %s", displayPath(mirror.source), displayPath(mirror.location.url))
    watcher("sync")
    shown = watcher if watcher.isShown else None
    return apply.synchronized(mirror, delete=delete, protected=protected, onProgress=shown)


def uploaded(mirror: Mirror, paths: Iterable[bytes], count: int, watcher: Watcher) -> AwsResult:
    """Copy just the files with these paths below the source, so many.

    Raises:
        CommandFailed: aws failed as a whole
    """
    log.info("Uploading %s to %s", counted(count, "file"), displayPath(mirror.location.url))
    watcher("sync")
    return _finished(apply.uploaded(mirror, paths, watcher if watcher.isShown else None))


def _finished(result: AwsResult) -> AwsResult:
    if result.status != 1 and not result.isComplete:
        raise CommandFailed(str(result))
    return _logged(result)


@contextlib.contextmanager
def timesLogged(watcher: Watcher) -> Iterator[None]:
    """At the end, say where the time went."""
    try:
        yield
    finally:
        watcher("")
        if watcher.seconds:
            log.info("Time spent: %s", ", ".join(f"{phase} {spent:.1f} s" for phase, spent in watcher.seconds.items()))


def _listed(mirror: Mirror, scan: Scan, watcher: Watcher, ranges: int) -> contextlib.AbstractContextManager[Objects]:
    log.info("Listing %s", displayPath(mirror.location.url))
    watcher("listing")
    return listing(mirror, cutPoints(scan.samples, ranges or rangeCount(scan.files)), watcher, scan.files)


def _report(
    mirror: Mirror, entries: Iterable[SourceEntry], objects: Objects, watcher: Watcher, check: ContentCheck | None
) -> VerifyReport:
    watcher("compare")
    watcher.record.forget("matched", "newer", "contentMatched", "contentUnknown", *(kind.value for kind in Kind))
    pairs = joined(entries, objects())

    def tell(found: Difference) -> None:
        size = found.remoteSize if found.localSize is None else found.localSize
        watcher.record.note(found.kind.value, found.key, size)
        log.error("%s", differenceLine(mirror, found))

    report = verifiedWithContent(mirror, pairs, check, watcher, tell) if check else verify.verified(mirror, pairs, tell)
    _recordReport(report, watcher)
    if report.newerFiles:
        log.info("%s", newerLine(mirror, report))
    log.log(logging.INFO if report.isClean else logging.ERROR, "%s", summaryLine(mirror, report))
    return report


def _logged(result: AwsResult) -> AwsResult:
    if not result.isComplete:
        log.error("%s", result)
    return result


def _recordReport(report: VerifyReport, watcher: Watcher) -> None:
    record, content = watcher.record, report.content
    record.count("matched", report.matchedFiles, report.matchedBytes)
    record.count("newer", report.newerFiles)
    for kind in Kind:
        record.count(kind.value)
    if content:
        record.count("contentMatched", content.files.get("matched", 0), content.sizes.get("matched", 0))
        for found in content.unknown:
            record.note("contentUnknown", found.path, found.size)
        # Of further ones only the numbers are known.
        files, size = content.files.get("unknown", 0), content.sizes.get("unknown", 0)
        told = sum(found.size for found in content.unknown)
        record.count("contentUnknown", files - len(content.unknown), size - told)
