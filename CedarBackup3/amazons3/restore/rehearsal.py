"""A rehearsed restore: draws files, restores them into a private directory, proves each of them, and removes them."""

from __future__ import annotations

import contextlib
import logging
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

from CedarBackup3.amazons3.attributes.keeping import freeBytes, weightOf
from CedarBackup3.amazons3.attributes.records import AttributeRecord
from CedarBackup3.amazons3.aws.times import secondsOf
from CedarBackup3.amazons3.bucket.versions import Version, listVersions
from CedarBackup3.amazons3.cappedlines import CappedLines
from CedarBackup3.amazons3.local.tree import LocalTree
from CedarBackup3.amazons3.progress import Watcher
from CedarBackup3.amazons3.restore import history, plan
from CedarBackup3.amazons3.restore.against import Directory, compareFile, holdsAny, openDirectory
from CedarBackup3.amazons3.restore.apply import fetchWanted
from CedarBackup3.amazons3.restore.draw import Draw, Share, drawVersions, oldVersions
from CedarBackup3.amazons3.restore.dressing import PLACE, dress
from CedarBackup3.amazons3.restore.fetch import Fetched
from CedarBackup3.amazons3.restore.placing import openFile
from CedarBackup3.amazons3.restore.privatestaging import openPrivateStaging
from CedarBackup3.amazons3.restore.recorded import Recorded, openRecorded, withRecorded
from CedarBackup3.amazons3.restore.report import KeyOutcome, RestoreReport, Tally, archivedLine
from CedarBackup3.amazons3.restore.rules import ALL_BUT_OWNERS, AttributeRules, asked
from CedarBackup3.amazons3.restore.scene import Scene, recordedPairs, reportGaps
from CedarBackup3.amazons3.restore.selection import Selection
from CedarBackup3.amazons3.restore.staging import Staging
from CedarBackup3.amazons3.spool import Spool
from CedarBackup3.errors import CommandFailed
from CedarBackup3.util import displayBytes, displayCount, displayPath, reasonText

_log = logging.getLogger("CedarBackup3.log")

_PORTION = 1 << 30  # bytes that are fetched before those that came before them are removed
_RECORDS = 32 << 20  # bytes; honest ones of all that can be drawn are a tenth, and hostile ones would be gigabytes
_ASKED = 100  # files that could not be restored, of which it is asked whether they are still there


def runRehearsal(
    selection: Selection,
    share: Share,
    watcher: Watcher,
    *,
    day: int,
    against: bytes = b"",
    rules: AttributeRules = ALL_BUT_OWNERS,
) -> bool:
    """Restore a sample of what stood in a bucket, and prove each file; every finding is logged, and nothing is kept.

    What is fetched lies below TMPDIR, at most 1 GiB at a time or a single file.

    Args:
        selection: what is drawn from, as of when
        share: how much is drawn
        watcher: sees the progress
        day: another one draws others
        against: a directory to compare with, absolute; empty: none
        rules: which of the stored attributes are tried

    Returns:
        Whether all that was drawn would have come back, and something was proven.

    Raises:
        GuardRefused: a link on the way to the directory is another user's, or the bucket has no versions to tell what
            stood there
        CommandFailed: aws is missing, or cannot list the bucket, or so many files failed that the others are not tried
        CedarBackupError: nothing stood there, or a directory cannot be used
    """
    tally = Tally(watcher.findings)
    with contextlib.ExitStack() as stack:
        enter = stack.enter_context
        directory = enter(openDirectory(against, selection.aws.locale)) if against else None
        staging = enter(openPrivateStaging())  # removed last, when no aws is left that could write there
        chosen, versions = enter(history.openVersions(selection, watcher, ofMoment=True))
        stood = enter(history.openSnapshot(chosen, versions, tally))
        bucket = LocalTree(chosen.location.url.rstrip("/").encode(), chosen.aws.locale)
        safe = enter(plan.restorableVersions(chosen, replace(bucket, root=b"a directory"), stood, tally))
        watcher("draw")
        seed = f"{day}\n{chosen.location.url}".encode()
        draw = drawVersions(safe, oldVersions(chosen, versions, stood), share, seed)
        _reportDraw(draw, watcher)
        recorded = enter(openRecorded(chosen, versions, tally, rules))
        current = enter(_spooled(draw.current))
        known = enter(withRecorded(chosen, current, recorded, tally))
        scene = Scene(chosen, bucket, -1, recorded, known, rules, tally)
        work = _Work(scene, watcher, staging, versions, directory, _recordsOf(chosen, recorded, known, tally))
        # The directory, and what is recorded, are of other versions than the old ones.
        for each, drawn in ((work, known), (replace(work, directory=None, records={}), draw.old)):
            for portion in _portions(each, drawn):
                _rehearse(each, portion)
        return _sumUp(work, draw, isAgainstSource=_isAgainstSource(work, safe))


def _reportDraw(draw: Draw, watcher: Watcher) -> None:
    """Log and count what is to be fetched, and what was left out."""
    findings = watcher.findings
    for name, versions in (("drawn", (*draw.current, *draw.old)), ("oldDrawn", draw.old)):
        findings.count(name)
        for version in versions:
            findings.note(name, version.key, version.size)
    for name, noted in (("archivedLeftOut", draw.archived), ("largeLeftOut", draw.tooLarge)):
        findings.count(name, *noted)
    parts = [(draw.current, draw.files, "file"), (draw.old, draw.versions, "old version")]
    shown = [
        f"{len(drawn):,} of the {displayCount(there.files, kind)} ({displayBytes(there.size)})"
        for drawn, there, kind in parts
        if there.files or kind == "file"
    ]
    _log.info("Drawn: %s", " and ".join(shown))


@contextlib.contextmanager
def _spooled(versions: Iterable[Version]) -> Iterator[Spool[Version]]:
    with Spool(Version._make) as spool:
        spool.extend(versions)
        yield spool


def _recordsOf(
    selection: Selection, recorded: Recorded, known: Iterable[Version], tally: Tally
) -> dict[bytes, AttributeRecord]:
    """What is recorded of the files that were drawn, by their keys; nothing of one whose attributes are unknown."""
    records: dict[bytes, AttributeRecord] = {}
    weight = 0
    for record, version in recordedPairs(selection, recorded, known):
        if record is None or version is None or version.mtimeNs is None:
            continue
        weight += weightOf(record)
        if weight > _RECORDS:
            why = f"those of {selection.urlOf(version.key)} and what lies before it are too large to try all of them"
            tally.unknownAttributes(version, why)
        else:
            records[version.key] = record
    return records


@dataclass(frozen=True, slots=True)
class _Work:
    """What the parts of a rehearsal have in common."""

    scene: Scene
    """Its tree is the bucket, so that what is reported of a file has its URL."""
    watcher: Watcher
    staging: Staging
    versions: Spool[Version]
    directory: Directory | None
    records: Mapping[bytes, AttributeRecord]
    wrong: list[Fetched] = field(default_factory=list)
    """What could not be restored, as long as nobody has asked whether it is still there."""
    archived: list[Fetched] = field(default_factory=list)
    """What turned out to be so when it was fetched."""
    beside: Counter[str] = field(default_factory=Counter)
    """How many files are of the classes that tell more than what came of them."""

    notCompared: CappedLines = field(default_factory=lambda: CappedLines("files (not compared)", logging.INFO))

    def note(self, name: str, version: Version) -> None:
        """One more of such a class."""
        self.beside[name] += 1
        self.watcher.findings.note(name, version.key, version.size)


def _isAgainstSource(work: _Work, snapshot: Iterable[Version]) -> bool:
    """Whether the directory may be the one that was backed up: if nothing was compared, it has a file of that name."""
    if work.directory is None or work.beside["compared"] or not work.beside["notCompared"]:
        return True
    return holdsAny(work.directory, snapshot)


def _portions(work: _Work, versions: Iterable[Version]) -> Iterator[list[Version]]:
    """The versions in lists that fit into the private directory, or of one that is larger than is fetched at once."""
    portion: list[Version] = []
    size, room = 0, 0
    for version in versions:
        if portion and size + (version.size or 0) > room:
            yield portion
            portion = []
        if not portion:
            size, room = 0, min(_PORTION, _room(work) // 2)
        portion.append(version)
        size += version.size or 0
    if portion:
        yield portion


def _room(work: _Work) -> int:
    return freeBytes(os.fsdecode(work.staging.path))


def _rehearse(work: _Work, portion: list[Version]) -> None:
    """Restore some files and prove them; none of them is left."""
    room = _room(work)
    fitting = [version for version in portion if (version.size or 0) <= room]
    for version in portion:
        if (version.size or 0) > room:
            where = displayPath(os.path.dirname(work.staging.path))
            _reportWrong(work, Fetched(version, b"", f"{where} has no room for it; set TMPDIR to another directory"))
    with _spooled(fitting) as wanted, _spooled(()) as untimely:
        size, latest = sum(version.size or 0 for version in fitting), sum(version.isLatest for version in fitting)
        lacking = plan.Wanted(wanted, untimely, len(fitting), size, latest)
        chosen, conclude = work.scene.selection, partial(_conclude, work)
        local, asks = work.scene.local, 0  # after a failure nobody would answer, and after a signal nobody may ask
        try:
            if fitting:
                fetchWanted(
                    *(chosen, local, work.versions, lacking, work.staging, work.watcher, conclude), mayBatch=False
                )
            asks = _ASKED
        finally:
            _reportAllWrong(work, asks)


def _reportAllWrong(work: _Work, asks: int) -> None:
    """Report what could not be restored but, as far as that may be asked, what nobody could restore any more."""
    for number, fetched in enumerate(work.wrong):
        if number < asks and not _isStillThere(work.scene.selection, fetched.version):
            work.note("replaced", fetched.version)
            _log.info("Replaced or deleted since it was listed: %s", _shown(work, fetched.version))
        else:
            _reportWrong(work, fetched)
    work.wrong.clear()


def _conclude(work: _Work, fetched: Fetched) -> None:
    """Judge what was fetched, or keep why it was not; its file is removed."""
    try:
        if fetched.isArchived:
            work.archived.append(fetched)
        elif fetched.reason:
            work.wrong.append(fetched)
        else:
            _prove(work, fetched)
            _tryAttributes(work, fetched)
    finally:
        with contextlib.suppress(OSError):
            os.unlink(fetched.file)


def _prove(work: _Work, fetched: Fetched) -> None:
    version, tally = fetched.version, work.scene.tally
    size, isProven = version.size or 0, fetched.verdict == "matched"
    if work.directory is not None:
        shown = work.directory.shown(version)
        try:
            with open(openFile(fetched.file), "rb") as file:
                found = compareFile(work.directory, version, file)
        except OSError as error:
            work.wrong.append(fetched._replace(reason=f"the fetched file cannot be read: {reasonText(error)}"))
            return
        if found.verdict == "different":
            line = f"Different: {_shown(work, version)} differs from {shown}, which has not changed since it was stored"
            tally.wrong(KeyOutcome.DIFFERENT, version.key, size, line)
            return
        isProven = isProven or found.verdict == "same"
        work.note("compared" if found.verdict == "same" else "notCompared", version)
        if found.why:
            work.notCompared.log(f"Not compared: {shown} {found.why}")
    if isProven:
        tally.fine(KeyOutcome.RESTORED, size)
    else:
        tally.unproven(version, _shown(work, version), fetched.why)


def _tryAttributes(work: _Work, fetched: Fetched) -> None:
    """Give a file the attributes that are recorded of it, and report which it does not take."""
    record, version = work.records.get(fetched.version.key), fetched.version
    if record is None:
        return
    rules = work.scene.rules
    try:
        descriptor = os.open(fetched.file, PLACE)
    except OSError as error:
        line = f"Attributes: those of {_shown(work, version)} cannot be tried: {reasonText(error)}"
        work.scene.tally.wrongAttributes(version.key, line)
        return
    try:
        reportGaps(work.scene, record, dress(descriptor, asked(record, rules), rules, isClosed=True))
    finally:
        os.close(descriptor)


def _isStillThere(selection: Selection, version: Version) -> bool:
    """Whether a version is listed as it was; also if nobody knows."""
    with Spool(Version._make) as again:
        try:
            listVersions(selection.location, version.key, selection.aws, again)
        except CommandFailed:
            return True
        return any(_identity(found) == _identity(version) for found in again)


def _identity(version: Version) -> tuple[str, int, int | None, str]:
    """What is the same of it in each listing; a session and the plain commands write times in other ways."""
    return version.versionId, secondsOf(version.lastModified), version.size, version.etag


def _reportWrong(work: _Work, fetched: Fetched) -> None:
    version = fetched.version
    outcome = KeyOutcome.DIFFERENT if fetched.verdict == "differs" else KeyOutcome.FAILED
    line = f"{outcome.value.capitalize()}: {_shown(work, version)} cannot be restored: {fetched.reason}"
    work.scene.tally.wrong(outcome, version.key, version.size or 0, line, fetched.reason)


def _shown(work: _Work, version: Version) -> str:
    """What was fetched, safe to print."""
    url = work.scene.selection.urlOf(version.key)
    return url if version.isLatest else f"{url} (version {displayPath(version.versionId)})"


def _sumUp(work: _Work, draw: Draw, *, isAgainstSource: bool) -> bool:
    """Log the whole in one line; returns whether all went well."""
    tally = work.scene.tally
    archived = {(version.key, version.versionId) for version, *_ in work.archived}
    # What could be read of old versions tells nothing of a snapshot of which nothing could be.
    isReadable = any((version.key, version.versionId) not in archived for version in draw.current or draw.old)
    for fetched in work.archived:
        version = fetched.version
        if isReadable:
            work.note(KeyOutcome.ARCHIVED.className, version)
            _log.info("Archived, so it cannot be fetched: %s", _shown(work, version))
        else:
            line = archivedLine(work.scene.selection, version, isThawing=fetched.isThawing)
            tally.wrong(KeyOutcome.ARCHIVED, version.key, version.size or 0, line)
    work.notCompared.finish()
    tally.logUnproven()
    tally.logNotHeld()
    isProven = tally.count(KeyOutcome.RESTORED) > 0
    if tally.isClean and not isProven:
        _log.error(
            "Nothing proven: nothing shows whether what can be fetched from %s is right; compare it with the source "
            "with --against DIR",
            work.scene.selection.shown,
        )
    if not isAgainstSource and work.directory is not None:
        _log.error(
            "Nothing compared: none of the files in %s is in %s; name the source with --against DIR, and check that "
            "its disk is mounted",
            work.scene.selection.shown,
            displayPath(work.directory.path),
        )
    report = tally.report()
    isSuccess = report.isClean and isProven and isAgainstSource
    _log.log(logging.INFO if isSuccess else logging.ERROR, "%s", _summary(work, draw, report, isSuccess=isSuccess))
    return isSuccess


def _summary(work: _Work, draw: Draw, report: RestoreReport, *, isSuccess: bool) -> str:
    """As `Rehearsed: s3://bucket/ as of now: 20 files drawn (3.0 MiB), 4 of them old versions; 20 proven`."""
    words = {KeyOutcome.RESTORED: "proven", **{outcome: outcome.value for outcome in _OUTCOMES}}
    parts = [f"{report.counts[outcome]:,} {word}" for outcome, word in words.items() if report.counts.get(outcome)]
    beside = work.beside
    for name, word in (("compared", "the same in"), ("notCompared", "changed or gone in")):
        if work.directory is not None and beside[name]:
            parts.append(f"{beside[name]:,} {word} {displayPath(work.directory.path)}")
    more = (("replaced", "replaced since the listing"), (KeyOutcome.ARCHIVED.className, "archived"))
    parts += [f"{beside[name]:,} {word}" for name, word in more if beside[name]]
    left = (("archived", draw.archived), ("larger than the size to draw", draw.tooLarge))
    kept = [f"{noted.files:,} {word} ({displayBytes(noted.size)})" for word, noted in left if noted.files]
    files, size = draw.drawn
    old = f", {len(draw.old):,} of them old versions" if draw.old else ""
    return (
        f"{'Rehearsed' if isSuccess else 'Rehearsal failed'}: {work.scene.selection.shown}: "
        f"{displayCount(files, 'file')} drawn ({displayBytes(size)}){old}; {', '.join(parts) or 'none tried'}"
        + (f"; left out: {', '.join(kept)}" if kept else "")
    )


_OUTCOMES = (
    *(KeyOutcome.UNPROVEN, KeyOutcome.DIFFERENT, KeyOutcome.FAILED, KeyOutcome.ARCHIVED, KeyOutcome.REFUSED),
    *(KeyOutcome.UNKNOWN, KeyOutcome.ATTRIBUTES_DIFFER, KeyOutcome.ATTRIBUTES_UNKNOWN),
)
