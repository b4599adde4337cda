"""The steps of a run, each of which says in the log what it does and finds."""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Callable, Iterable, Iterator

from CedarBackup3.amazons3 import apply, plan, verify
from CedarBackup3.amazons3.awscli import AwsResult
from CedarBackup3.amazons3.compare import joined
from CedarBackup3.amazons3.filenames import nameProblems
from CedarBackup3.amazons3.listing import cutPoints, listing, rangeCount
from CedarBackup3.amazons3.messages import differenceLine, newerLine, planLine, summaryLine
from CedarBackup3.amazons3.mirror import Mirror, Watcher
from CedarBackup3.amazons3.model import ObjectEntry, SourceEntry, VerifyReport
from CedarBackup3.amazons3.scan import Scan, scanned, sourceEntries
from CedarBackup3.errors import CommandFailed, NamesRefused
from CedarBackup3.util import displayPath

log = logging.getLogger("CedarBackup3.log")

Objects = Callable[[], Iterator[ObjectEntry]]


@contextlib.contextmanager
def checkedScan(mirror: Mirror, watcher: Watcher, *, ignoreNames: bool = False) -> Iterator[Scan]:
    """Walk the source, with the name check on the way; refuses at the end of the walk, when every name has been said.

    Raises:
        NamesRefused: some names will not survive
    """
    refused = 0

    def check(entries: list[SourceEntry]) -> None:
        nonlocal refused
        began = time.monotonic()
        for problem in nameProblems(mirror, entries):
            refused += 1
            log.error("Name: %s", problem.message(mirror))
        watcher.charge("check", time.monotonic() - began)

    def skip(path: bytes, why: str) -> None:
        log.info("Skipped: %s is %s", displayPath(mirror.pathTo(path)), why)

    log.info("Reading %s", displayPath(mirror.source))
    watcher("walk")
    with scanned(mirror, skip, (lambda entries: None) if ignoreNames else check, watcher) as scan:
        if refused:
            raise NamesRefused(
                f"Refused: {refused:,} of the file names in {displayPath(mirror.source)} will not survive "
                f"in {displayPath(mirror.location.url)}; rename these files, correct the locale, or go on without them "
                "by --ignoreWarnings; nothing was changed"
            )
        yield scan


def compared(mirror: Mirror, scan: Scan, watcher: Watcher, ranges: int = 0) -> VerifyReport:
    """Compare the source as it was scanned with the target as it is now; changes nothing."""
    with _listed(mirror, scan, watcher, ranges) as objects:
        return _report(mirror, scan.entries, objects, watcher)


def comparedAfresh(mirror: Mirror, scan: Scan, watcher: Watcher, ranges: int = 0) -> VerifyReport:
    """Compare the source as it is now with the target as it is now; the scan only tells how to cut the listing."""
    with _listed(mirror, scan, watcher, ranges) as objects:
        return _report(mirror, sourceEntries(mirror), objects, watcher)


def planned(mirror: Mirror, scan: Scan, watcher: Watcher, ranges: int = 0) -> tuple[plan.Plan, VerifyReport | None]:
    """The plan; if there is nothing to do, also the report, since what was listed for the plan proves it."""
    with _listed(mirror, scan, watcher, ranges) as objects:
        watcher("compare")
        made = plan.planned(mirror, joined(scan.entries, objects()))
        log.info("%s", planLine(mirror, made))
        return made, None if made.length else _report(mirror, scan.entries, objects, watcher)


def carriedOut(mirror: Mirror, made: plan.Plan, watcher: Watcher, *, force: bool = False) -> list[AwsResult]:
    """Carry a plan out directly if that pays, or by force if it is listed; otherwise by `aws s3 sync`."""
    if not (made.isListed and (force or apply.paysDirectly(made))):
        return [synchronized(mirror, watcher)]
    log.info("Applying the plan to %s", displayPath(mirror.location.url))
    watcher("sync")
    results: list[AwsResult] = []
    for result in apply.appliedDirectly(mirror, made, watcher if watcher.isShown else None):
        if result.status not in {0, 1, 2}:
            log.warning("%s; 'aws s3 sync' does the rest", result)
            return [*results, synchronized(mirror, watcher)]
        results.append(_logged(result))
    return results


def synchronized(mirror: Mirror, watcher: Watcher) -> AwsResult:
    """Run `aws s3 sync`.

    Raises:
        CommandFailed: it ended otherwise than by finishing, with failures and warnings perhaps
    """
    log.info("Synchronizing %s to %s", displayPath(mirror.source), displayPath(mirror.location.url))
    watcher("sync")
    result = apply.synchronized(mirror, watcher if watcher.isShown else None)
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
        log.info("Time spent: %s", ", ".join(f"{phase} {spent:.1f} s" for phase, spent in watcher.seconds.items()))


def _listed(mirror: Mirror, scan: Scan, watcher: Watcher, ranges: int) -> contextlib.AbstractContextManager[Objects]:
    log.info("Listing %s", displayPath(mirror.location.url))
    watcher("listing")
    return listing(mirror, cutPoints(scan.samples, ranges or rangeCount(scan.files)), watcher, scan.files)


def _report(mirror: Mirror, entries: Iterable[SourceEntry], objects: Objects, watcher: Watcher) -> VerifyReport:
    watcher("compare")
    pairs = joined(entries, objects())
    report = verify.verified(mirror, pairs, lambda found: log.error("%s", differenceLine(mirror, found)))
    if report.newerFiles:
        log.info("%s", newerLine(mirror, report))
    log.log(logging.INFO if report.isClean else logging.ERROR, "%s", summaryLine(mirror, report))
    return report


def _logged(result: AwsResult) -> AwsResult:
    if not result.isComplete:
        log.error("%s", result)
    return result
