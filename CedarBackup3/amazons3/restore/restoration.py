"""Carrying a restore out: fetching what a target lacks, and putting it in its place."""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Callable, Iterable, Iterator
from typing import cast

from CedarBackup3.amazons3.awstimes import secondsOf
from CedarBackup3.amazons3.compare import joined
from CedarBackup3.amazons3.messages import counted
from CedarBackup3.amazons3.mirror import Mirror, Watcher
from CedarBackup3.amazons3.model import SourceEntry
from CedarBackup3.amazons3.patterns import hasSpecial, matcher
from CedarBackup3.amazons3.restore.etagdoubts import EtagDoubts
from CedarBackup3.amazons3.restore.fetch import Fetched, downloaded, fetchedOneByOne, forget, standIn, takenFromTree
from CedarBackup3.amazons3.restore.placing import NoPlace, place
from CedarBackup3.amazons3.restore.plan import Wanted
from CedarBackup3.amazons3.restore.report import ARCHIVES, Outcome, Tally, archivedLine
from CedarBackup3.amazons3.restore.safepaths import unsafeReason
from CedarBackup3.amazons3.restore.selection import Selection
from CedarBackup3.amazons3.restore.staging import Staging
from CedarBackup3.amazons3.restore.versionlisting import Version
from CedarBackup3.amazons3.spool import Spool
from CedarBackup3.errors import CommandFailed
from CedarBackup3.util import displayPath

_log = logging.getLogger("CedarBackup3.log")

_FEW = 4  # files are fetched one by one in the time that a batch takes to start and to list some thousand objects
_OBJECTS_PER_FILE = 2_000
_FAILURES_IN_A_ROW = 100


def carriedOut(
    selection: Selection,
    mirror: Mirror,
    versions: Spool[Version],
    lacking: Wanted,
    staging: Staging,
    tally: Tally,
    watcher: Watcher,
) -> None:
    """Fetch what is lacking and put it in its place; what fails is said one by one.

    Args:
        selection: what is restored
        mirror: the target
        versions: all of them
        lacking: what to fetch
        staging: where files arrive
        tally: counts what comes of each
        watcher: sees the progress

    Raises:
        CommandFailed: aws cannot be run, or so many files failed in a row that the others are not tried
    """
    if not lacking.files:
        return
    _log.info("Fetching %s from %s", counted(lacking.files, "file"), selection.url)
    settle = _settler(selection, mirror, lacking, staging, tally, watcher)
    with Spool(Version._make) as others:
        remaining: Iterable[Version] = lacking.versions
        if _paysAsBatch(selection, versions, lacking):
            _download(selection, mirror, versions, lacking, staging, watcher)
            others.extend(_leftBehind(selection, mirror, lacking, staging, settle))
            remaining = others
        _fetchOneByOne(selection, staging, remaining, settle)
    os.sync()  # what is reported as restored should outlive a power failure


def _fetchOneByOne(
    selection: Selection, staging: Staging, versions: Iterable[Version], settle: Callable[[Fetched], None]
) -> None:
    failures = 0
    with contextlib.closing(fetchedOneByOne(selection.location, selection.aws, staging, versions)) as arriving:
        for fetched in arriving:
            settle(fetched)
            failures = failures + 1 if fetched.reason and not fetched.isArchived else 0
            if failures == _FAILURES_IN_A_ROW:
                raise CommandFailed(
                    f"Gave up after {failures} files in a row could not be fetched from {selection.url}, the last one "
                    f"because {fetched.reason}; run again when that is mended, and the restore goes on"
                )


def _settler(
    selection: Selection, mirror: Mirror, lacking: Wanted, staging: Staging, tally: Tally, watcher: Watcher
) -> Callable[[Fetched], None]:
    """What puts in its place what was fetched, or says why there is nothing to put."""
    done = size = 0

    def settle(fetched: Fetched) -> None:
        nonlocal done, size
        version = fetched.version
        if fetched.isArchived:
            line = archivedLine(selection, version)
            tally.wrong(Outcome.ARCHIVED, version.key, version.size or 0, line, fetched.reason)
        elif reason := fetched.reason or _placed(mirror, staging, fetched):
            shown = displayPath(mirror.pathTo(mirror.locale.pathOf(version.key)))
            line = f"Failed: {shown} was not restored: {reason}"
            tally.wrong(Outcome.FAILED, version.key, version.size or 0, line, reason)
        else:
            tally.fine(Outcome.RESTORED, version.size or 0)
        done, size = done + 1, size + (version.size or 0)
        watcher("fetch", done, size, size / lacking.size if lacking.size else None)

    watcher("fetch")
    return settle


def _placed(mirror: Mirror, staging: Staging, fetched: Fetched) -> str:
    """Put a file in its place; returns why that cannot be, or nothing."""
    version = fetched.version
    try:
        place(staging.target, mirror.locale.pathOf(version.key), fetched.file, secondsOf(version.lastModified))
    except NoPlace as failure:
        with contextlib.suppress(OSError):
            os.unlink(fetched.file)
        return str(failure)
    return ""


def _leftBehind(
    selection: Selection,
    mirror: Mirror,
    lacking: Wanted,
    staging: Staging,
    settle: Callable[[Fetched], None],
) -> Iterator[Version]:
    """Settle what a batch has brought, and give what it has not."""
    doubts = EtagDoubts(selection.location, selection.aws)
    for version in lacking.versions:
        taken = takenFromTree(staging, mirror.locale.pathOf(version.key), version)
        if taken.isDoubtful and doubts.areRight(version):
            taken = taken._replace(reason="")
        # The batch has tried an archived object, too, but does not say in a way to read why it has not brought one.
        if taken.isMissing and version.storageClass in ARCHIVES:
            taken = taken._replace(isArchived=True)
        if taken.reason and not taken.isArchived:
            yield version
        else:
            settle(taken)


def _paysAsBatch(selection: Selection, versions: Iterable[Version], lacking: Wanted) -> bool:
    """Whether a batch is quicker, which has to list all objects, than fetching one by one."""
    if lacking.current <= _FEW or selection.only or hasSpecial(selection.location.prefix):
        return False
    objects = sum(version.isLatest and version.size is not None for version in versions)
    return lacking.current > _FEW + objects // _OBJECTS_PER_FILE


def _download(
    selection: Selection,
    mirror: Mirror,
    versions: Iterable[Version],
    lacking: Wanted,
    staging: Staging,
    watcher: Watcher,
) -> None:
    """Fetch the current objects among what is lacking, in one batch."""
    os.makedirs(staging.tree, exist_ok=True)
    now = (version for version in versions if version.isLatest and version.size is not None)
    isExcluded = matcher(selection.excludes) or (lambda name: False)
    # Versions have the attribute by which the join orders, which is all that it needs of either side.
    for entry, version in joined(cast("Iterable[SourceEntry]", lacking.versions), now):
        if version is None or isExcluded(version.key.decode()) or unsafeReason(version.key, mirror.locale):
            continue
        path = mirror.locale.pathOf(version.key)
        if entry is not None and cast("Version", entry).isLatest:
            forget(staging, path, version)
        else:
            standIn(staging, path, version.size or 0)
    shown = watcher if watcher.isShown else None
    result = downloaded(selection.location, selection.aws, staging, selection.excludes, shown)
    if result.status not in {0, 1, 2}:
        raise CommandFailed(str(result))
    if not result.isComplete:
        _log.info("%s", result)
