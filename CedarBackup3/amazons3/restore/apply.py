"""Carries a restore out: fetches what the target lacks into staging and puts it in its place."""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from CedarBackup3.amazons3.aws.patterns import escaped, hasSpecial
from CedarBackup3.amazons3.aws.rules import Rule
from CedarBackup3.amazons3.aws.session.client import sessionOf
from CedarBackup3.amazons3.aws.times import secondsOf
from CedarBackup3.amazons3.bucket.versions import Version
from CedarBackup3.amazons3.compare import mergeJoin
from CedarBackup3.amazons3.local.tree import LocalTree
from CedarBackup3.amazons3.model import ARCHIVES
from CedarBackup3.amazons3.progress import Transfer, Watcher
from CedarBackup3.amazons3.restore.doubts import Doubts, partOf
from CedarBackup3.amazons3.restore.fetch import (
    Fetched,
    PartOf,
    discard,
    downloadBatch,
    durationLine,
    fetchVersions,
    placeholder,
    takenFromTree,
)
from CedarBackup3.amazons3.restore.placing import NoPlace, place, setTime
from CedarBackup3.amazons3.restore.plan import Wanted
from CedarBackup3.amazons3.restore.report import KeyOutcome, Tally, archivedLine
from CedarBackup3.amazons3.restore.safepaths import unsafeReason
from CedarBackup3.amazons3.restore.selection import Selection
from CedarBackup3.amazons3.restore.staging import Staging
from CedarBackup3.amazons3.spool import Spool
from CedarBackup3.errors import CommandFailed
from CedarBackup3.util import displayCount, displayPath

_log = logging.getLogger("CedarBackup3.log")

_FEW = 4  # files are fetched one by one in the time that a batch takes to start and to list some thousand objects
_OBJECTS_PER_FILE = 2_000
_LARGE = 64 << 20  # bytes; aws fetches from a quarter of that on in parts (AWS CLI S3 configuration)
_FAILURES_IN_A_ROW = 100
_MOST_PATTERNS = 100  # aws matches each of them with each object
# Archived objects that are tried, so that what they show is believed of the others; each takes an aws without a session
_TRIED = 100


def carryOut(
    selection: Selection,
    local: LocalTree,
    versions: Spool[Version],
    lacking: Wanted,
    staging: Staging,
    tally: Tally,
    watcher: Watcher,
) -> None:
    """Fetch what is lacking and put it in its place; what fails is reported one by one.

    Args:
        selection: what is restored
        local: the target
        versions: all of them
        lacking: what to fetch
        staging: where files arrive
        tally: counts what comes of each
        watcher: sees the progress

    Raises:
        CommandFailed: aws cannot be run, or so many files failed in a row that the others are not tried
    """
    _setTimes(local, staging.target, lacking.untimely)
    if not lacking.files:
        return
    conclude = _settler(selection, local, staging, tally)
    fetchWanted(selection, local, versions, lacking, staging, watcher, conclude, mayBatch=True)
    os.sync()  # what is reported as restored should outlive a power failure


def fetchWanted(
    selection: Selection,
    local: LocalTree,
    versions: Spool[Version],
    lacking: Wanted,
    staging: Staging,
    watcher: Watcher,
    conclude: Callable[[Fetched], None],
    *,
    mayBatch: bool,
) -> None:
    """Fetch what is lacking into staging, each file proven as far as S3 tells.

    Args:
        selection: what is restored
        local: the target
        versions: all of them
        lacking: what to fetch
        staging: where files arrive
        watcher: sees the progress
        conclude: takes what was fetched, or why it was not, each version once; a file is its own from then on
        mayBatch: whether many objects may be fetched by one aws, which takes a placeholder for each of the others

    Raises:
        CommandFailed: as `carryOut`
    """
    _log.info("Fetching %s from %s", displayCount(lacking.files, "file"), selection.url)
    transfer = Transfer(watcher, "fetch", lacking.files, lacking.size)
    transfer.begin()
    work = _Work(
        selection,
        local,
        staging,
        partOf(selection.aws),
        conclude,
        _arrivals(transfer),
    )
    with Spool(Version._make) as others, Spool(Version._make) as again:
        remaining: Iterable[Version] = lacking.versions
        with contextlib.closing(Doubts(work.selection, local, staging, work.partOf)) as doubts:
            archive = _Archive(work.conclude, canTryAll=sessionOf(selection.aws, pays=False) is not None)
            isBatch = mayBatch and _paysAsBatch(selection, versions, lacking)
            kept = _keptOut(work, versions, lacking) if isBatch else None
            if line := durationLine(lacking.files if kept is None else lacking.older, selection.aws):
                _log.info("%s", line)
            if kept is not None:
                _download(work, versions, lacking, kept, transfer)
                others.extend(_leftBehind(work, lacking, doubts, archive))
                remaining = others
            _fetchOneByOne(work, remaining, doubts, archive.see, work.arrive)
            again.extend(_stillWrong(work, doubts))
            again.extend(archive.undecided())
        # What differs is fetched once more: it may have been damaged on the way.
        with contextlib.closing(Doubts(work.selection, local, staging, work.partOf)) as doubts:
            _fetchOneByOne(work, again, doubts, work.conclude)
            for version in _stillWrong(work, doubts):
                work.conclude(Fetched(version, b"", "its content does not match its ETag", verdict="differs"))


def _setTimes(local: LocalTree, root: int, versions: Iterable[Version]) -> None:
    """Give files that are up to date but for their times these as well."""
    for version in versions:
        setTime(root, local.locale.pathOf(version.key), secondsOf(version.lastModified))


@dataclass(frozen=True, slots=True)
class _Work:
    """What the parts of a restore have in common."""

    selection: Selection
    local: LocalTree
    staging: Staging
    partOf: PartOf
    conclude: Callable[[Fetched], None]
    """Puts in its place what was fetched, or says why there is nothing to put."""
    arrive: Callable[[Version], None]
    """Called once with each version, when it has been fetched or will not be."""


class _Archive:
    """Archived objects that a batch has not brought, without a reason: the first are tried one by one."""

    def __init__(self, conclude: Callable[[Fetched], None], *, canTryAll: bool) -> None:
        """Take what concludes a version, and whether each can be tried, since a session makes that cheap."""
        self._conclude, self._canTryAll = conclude, canTryAll
        self._waiting = Spool(Version._make)
        self._tried = 0
        self._areAllArchived = self._areAllThawing = True

    def takes(self, version: Version) -> bool:
        """Whether it is to be tried; if not, it waits for what the others show."""
        self._tried += 1
        if self._canTryAll or self._tried <= _TRIED:
            return True
        self._waiting.append([version])
        return False

    def see(self, fetched: Fetched) -> None:
        """Conclude what was fetched one by one, and learn of those that wait."""
        if fetched.reason and not fetched.isArchived and fetched.version.storageClass in ARCHIVES:
            self._areAllArchived = False
        elif fetched.isArchived:
            self._areAllThawing = self._areAllThawing and fetched.isThawing
        self._conclude(fetched)

    def undecided(self) -> Iterator[Version]:
        """Those of which nobody knows; if all that were tried have to be brought back, so have the others."""
        with self._waiting as waiting:
            for version in waiting:
                if self._areAllArchived:
                    likely = Fetched(version, b"", "it is archived", isArchived=True, isThawing=self._areAllThawing)
                    self._conclude(likely)
                else:
                    yield version


def _stillWrong(work: _Work, doubts: Doubts) -> Iterator[Version]:
    """Conclude what is right or unproven by what S3 reports of it, and give the rest."""
    for fetched in doubts.outcomes():
        if fetched.verdict in {"matched", "unknown"}:
            work.conclude(fetched)
        else:
            with contextlib.suppress(OSError):
                os.unlink(fetched.file)
            yield fetched.version


def _fetchOneByOne(
    work: _Work,
    versions: Iterable[Version],
    doubts: Doubts,
    conclude: Callable[[Fetched], None],
    arrive: Callable[[Version], None] = lambda version: None,
) -> None:
    failures, selection = 0, work.selection
    fetching = fetchVersions(selection.location, selection.aws, work.staging, versions, work.partOf)
    with contextlib.closing(fetching) as arriving:
        for fetched in arriving:
            arrive(fetched.version)
            if fetched.isFinal:
                conclude(fetched)
            else:
                doubts.add(fetched)
            failures = failures + 1 if fetched.reason and not fetched.isArchived else 0
            if failures == _FAILURES_IN_A_ROW:
                raise CommandFailed(
                    f"Gave up after {failures} files in a row could not be fetched from {selection.url}, the last one "
                    f"because {fetched.reason}; correct that, then run again to continue the restore"
                )


def _arrivals(transfer: Transfer) -> Callable[[Version], None]:
    return lambda version: transfer.count(1, version.size or 0)


def _settler(selection: Selection, local: LocalTree, staging: Staging, tally: Tally) -> Callable[[Fetched], None]:
    """What puts in its place what was fetched, or says why there is nothing to put."""

    def conclude(fetched: Fetched) -> None:
        version = fetched.version
        if fetched.isArchived:
            line = archivedLine(selection, version, isThawing=fetched.isThawing)
            outcome = KeyOutcome.THAWING if fetched.isThawing else KeyOutcome.ARCHIVED
            tally.wrong(outcome, version.key, version.size or 0, line, fetched.reason)
        elif reason := fetched.reason or _placed(local, staging, fetched):
            shown = displayPath(local.pathTo(local.locale.pathOf(version.key)))
            line = f"Failed: {shown} was not restored: {reason}"
            tally.wrong(KeyOutcome.FAILED, version.key, version.size or 0, line, reason)
        elif fetched.verdict == "unknown":
            tally.unproven(version, displayPath(local.pathTo(local.locale.pathOf(version.key))), fetched.why)
        else:
            tally.fine(KeyOutcome.RESTORED, version.size or 0)

    return conclude


def _placed(local: LocalTree, staging: Staging, fetched: Fetched) -> str:
    """Put a file in its place; returns why that cannot be, or nothing."""
    version = fetched.version
    try:
        place(staging.target, local.locale.pathOf(version.key), fetched.file, secondsOf(version.lastModified))
    except NoPlace as failure:
        with contextlib.suppress(OSError):
            os.unlink(fetched.file)
        return str(failure)
    return ""


def _leftBehind(work: _Work, lacking: Wanted, doubts: Doubts, archive: _Archive) -> Iterator[Version]:
    """Settle what a batch has brought, and give what it has not."""
    for version in lacking.versions:
        taken = takenFromTree(work.staging, work.local.locale.pathOf(version.key), version, work.partOf)
        if not taken.isFinal:
            doubts.add(taken)
        elif not taken.reason:
            work.conclude(taken)
        elif not (taken.isMissing and version.storageClass in ARCHIVES) or archive.takes(version):
            yield version
            continue
        work.arrive(version)


def _paysAsBatch(selection: Selection, versions: Iterable[Version], lacking: Wanted) -> bool:
    """Whether a batch is quicker, which has to list all objects, than fetching one by one.

    A session is quicker than that, but for objects that a batch fetches in parts side by side.
    """
    if lacking.current <= _FEW or selection.only or hasSpecial(selection.location.prefix):
        return False
    if sessionOf(selection.aws, pays=True) and not any(
        version.isLatest and (version.size or 0) >= _LARGE for version in lacking.versions
    ):
        return False
    objects = sum(version.isLatest and version.size is not None for version in versions)
    return lacking.current > _FEW + objects // _OBJECTS_PER_FILE


def _unwanted(work: _Work, versions: Iterable[Version], lacking: Wanted) -> Iterator[tuple[bytes, Version, bool]]:
    """The paths of the current objects, with each whether it is not lacking, so that a batch must not fetch it."""
    locale, selection = work.local.locale, work.selection
    now = (version for version in versions if version.isLatest and version.size is not None)
    leavesOut = selection.leavesOut()
    for entry, version in mergeJoin(lacking.versions, now):
        if version is None or leavesOut(version.key) or unsafeReason(version.key, locale):
            continue
        yield locale.pathOf(version.key), version, entry is None or not entry.isLatest


def _keptOut(work: _Work, versions: Iterable[Version], lacking: Wanted) -> list[str] | None:
    """Patterns that keep a batch from what is not lacking; none where files stand in for it; None: nothing can.

    Such files take no room but on a file system without sparse files. There they have to fit beside what is lacking.
    """
    if work.staging.hasSparseFiles:
        return []
    count = size = 0
    patterns: list[str] = []
    for _, version, isUnwanted in _unwanted(work, versions, lacking):
        if isUnwanted:
            count, size = count + 1, size + (version.size or 0)
            if count <= _MOST_PATTERNS:
                patterns.append(escaped(version.key.decode()))
    if count <= _MOST_PATTERNS:
        return patterns
    room = os.statvfs(work.staging.path)
    if size + lacking.size < room.f_bavail * room.f_frsize // 2:
        return []
    _log.info("Fetching files one by one: this file system has no sparse files, and too little space for placeholders")
    return None


def _download(
    work: _Work, versions: Iterable[Version], lacking: Wanted, patterns: Sequence[str], transfer: Transfer
) -> None:
    """Fetch the current objects among what is lacking, in one batch; without patterns files stand in for the others."""
    selection, staging = work.selection, work.staging
    os.makedirs(staging.tree, exist_ok=True)
    for path, version, isUnwanted in _unwanted(work, versions, lacking):
        if not isUnwanted:
            discard(staging, path, version)
        elif not patterns:
            placeholder(staging, path, version.size or 0)
    result = downloadBatch(
        selection.location, selection.aws, staging, (*selection.rules, *map(Rule, patterns)), transfer
    )
    if result.status not in {0, 1, 2}:
        raise CommandFailed(str(result))
    if not result.isComplete:
        _log.info("%s", result)
