"""The steps of a restore, each of which says in the log what it does and finds."""

from __future__ import annotations

import contextlib
import logging
import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import cast

from CedarBackup3.amazons3.compare import joined
from CedarBackup3.amazons3.etags import contentMatches
from CedarBackup3.amazons3.fetch import downloaded, fetchedOneByOne, forget, standIn, takenFromTree
from CedarBackup3.amazons3.history import stateAt
from CedarBackup3.amazons3.messages import counted
from CedarBackup3.amazons3.mirror import Mirror, Watcher
from CedarBackup3.amazons3.model import S3Location, SourceEntry
from CedarBackup3.amazons3.patterns import hasSpecial, matcher
from CedarBackup3.amazons3.placing import NoPlace, place, setTime
from CedarBackup3.amazons3.restorereport import (
    Outcome,
    RestoreReport,
    Selection,
    Tally,
    archivedLine,
    summaryLine,
)
from CedarBackup3.amazons3.safepaths import RESERVED, alsoDirectories, folded, unsafeReason
from CedarBackup3.amazons3.scan import sourceEntries
from CedarBackup3.amazons3.spool import Spool
from CedarBackup3.amazons3.staging import Staging
from CedarBackup3.amazons3.versionlisting import NULL_VERSION, Version, listVersions, requireWhole, secondsOf
from CedarBackup3.errors import CedarBackupError, CommandFailed, GuardRefused
from CedarBackup3.util import displayBytes, displayPath

log = logging.getLogger("CedarBackup3.log")

_BATCH = 1000  # rows that are spooled at a time
_FEW = 4  # files are fetched one by one in the time that a batch takes to start and to list some thousand objects
_OBJECTS_PER_FILE = 10_000


def targetMirror(selection: Selection, target: bytes) -> Mirror:
    """The target directory, which need not exist yet, as the walk and the comparison know a source."""
    return Mirror(
        source=os.path.realpath(target),
        location=selection.location,
        aws=selection.aws,
        startNs=0,
        identity=(0, 0),
        excludes=(*selection.excludes, f"{RESERVED.decode()}/*"),
    )


def requireDirectory(target: bytes) -> None:
    """Raise `CedarBackupError` unless there is a directory to compare with."""
    if not os.path.isdir(target):
        raise CedarBackupError(f"The target directory {displayPath(target)} does not exist; nothing was compared")


@contextlib.contextmanager
def listed(selection: Selection, watcher: Watcher) -> Iterator[tuple[Selection, Spool[Version]]]:
    """Every version and delete marker of a selection, and the selection as it turned out to be: a prefix or one key.

    Raises:
        CommandFailed: aws failed, or the listing is not whole
        CedarBackupError: there is none
    """
    with Spool(Version._make) as versions:
        log.info("Listing the versions in %s", selection.url)
        watcher("listing")
        count = _listInto(versions, selection, watcher)
        if not count and (single := _asKey(selection)) is not None:
            count, selection = _listInto(versions, single, watcher), single
        if not count:
            raise CedarBackupError(
                f"There is nothing below {selection.url}, and never was as far as its versions tell; check the URL"
            )
        yield selection, versions


def _listInto(versions: Spool[Version], selection: Selection, watcher: Watcher) -> int:
    count = 0

    def tell(number: int) -> None:
        nonlocal count
        count += number
        watcher("listing", count)

    last = listVersions(selection.location, selection.only, selection.aws, versions, tell)
    if not selection.only:
        requireWhole(selection.location, last, selection.aws)
    return count


def _asKey(selection: Selection) -> Selection | None:
    """The selection of the one key that has the name of the prefix; None if that can be no key."""
    parent, _, name = selection.location.prefix.removesuffix("/").rpartition("/")
    if not name or not selection.mayBeKey or selection.only:
        return None
    location = S3Location(selection.location.bucket, parent and parent + "/")
    return replace(selection, location=location, only=name.encode())


@contextlib.contextmanager
def standing(selection: Selection, versions: Spool[Version], tally: Tally) -> Iterator[Spool[Version]]:
    """What stood there at the moment, without folder markers and what is excluded.

    Raises:
        GuardRefused: the bucket has no versions that could tell
        CedarBackupError: nothing stood there
    """
    if selection.moment and all(version.versionId == NULL_VERSION for version in versions):
        raise GuardRefused(
            f"Refused: nothing in {selection.url} was stored with versioning, so nobody can tell what stood there at "
            "another time; without --atTime what is there now is restored; nothing was changed"
        )

    def inOrder(key: bytes) -> list[Version]:
        with Spool(Version._make) as again:
            listVersions(selection.location, key, selection.aws, again, pageSize=1)
            return list(again)

    def tellUnknown(version: Version) -> None:
        url = selection.urlOf(version.key)
        line = f"Unknown: {url} was stored without versioning after that time, so what stood there before may be gone"
        if not isExcluded(version):
            tally.wrong(Outcome.UNKNOWN, version.key, 0, line)

    matches = matcher(selection.excludes)

    def isExcluded(version: Version) -> bool:
        isMarker = not version.size and version.key[-1:] in {b"", b"/"}
        return isMarker or (matches is not None and matches(version.key.decode()))

    moment = selection.moment.timestamp() if selection.moment else None
    with Spool(Version._make) as kept:
        found = stateAt(versions, moment, inOrder, tellUnknown)
        if not _keep(kept, (version for version in found if not isExcluded(version))) and not tally.said:
            raise CedarBackupError(f"Nothing stood in {selection.shown}; check the URL, the time and what is excluded")
        yield kept


def _keep(spool: Spool[Version], versions: Iterable[Version]) -> int:
    """Spool some versions; returns how many."""
    count, iterator = 0, iter(versions)
    while batch := list(islice(iterator, _BATCH)):
        spool.append(batch)
        count += len(batch)
    return count


@contextlib.contextmanager
def restorable(
    selection: Selection, mirror: Mirror, state: Spool[Version], tally: Tally, *, isCaseInsensitive: bool
) -> Iterator[Spool[Version]]:
    """Those of a state that can be files in the target; the others are said one by one."""
    safe = (version.key for version in state if not unsafeReason(version.key, mirror.locale))
    directories = alsoDirectories(safe)
    seen: set[str] = set()

    def reason(version: Version) -> str:
        if unsafe := unsafeReason(version.key, mirror.locale):
            return unsafe
        if version.key in directories:
            return "there are other keys below it, for which it has to be a directory"
        if isCaseInsensitive and (name := folded(version.key)) in seen:
            return "another key differs from it only by case, which this directory does not tell apart"
        if isCaseInsensitive:
            seen.add(name)
        return ""

    def allowed() -> Iterator[Version]:
        for version in state:
            if why := reason(version):
                line = (
                    f"Refused: {selection.urlOf(version.key)} cannot be a file in {displayPath(mirror.source)}: {why}"
                )
                tally.wrong(Outcome.REFUSED, version.key, version.size or 0, line, why)
            else:
                yield version

    with Spool(Version._make) as kept:
        _keep(kept, allowed())
        yield kept


@dataclass(frozen=True, slots=True)
class Wanted:
    """What has to be fetched."""

    versions: Spool[Version]
    files: int
    size: int
    """In bytes."""
    current: int
    """How many of the files are objects as they are now."""


@contextlib.contextmanager
def wanted(
    selection: Selection, mirror: Mirror, state: Iterable[Version], tally: Tally, watcher: Watcher, *, adjust: int = -1
) -> Iterator[Wanted]:
    """What is missing or different in the target.

    Args:
        selection: what is restored
        mirror: the target
        state: what should be there
        tally: counts what is up to date
        watcher: sees the progress
        adjust: the descriptor of the target, in which files of the right content get their time; negative: they do not
    """
    files = size = current = 0

    def lacking() -> Iterator[Version]:
        nonlocal files, size, current
        for entry, version in joined(_entries(selection, mirror, watcher), state):
            if version is None:
                continue
            if entry is not None and _agrees(mirror, entry, version, isContentKnown=True):
                tally.fine(Outcome.SETTLED, entry.size or 0)
                if adjust >= 0 and entry.mtimeNs != _nanoseconds(version):
                    setTime(adjust, entry.path, secondsOf(version.lastModified))
                continue
            files, size, current = files + 1, size + (version.size or 0), current + version.isLatest
            yield version

    log.info("Reading %s", displayPath(mirror.source))
    with Spool(Version._make) as kept:
        _keep(kept, lacking())
        settled = counted(tally.count(Outcome.SETTLED), "file")
        log.info("To restore: %s (%s); %s up to date", counted(files, "file"), displayBytes(size), settled)
        yield Wanted(kept, files, size, current)


def _entries(selection: Selection, mirror: Mirror, watcher: Watcher) -> Iterator[SourceEntry]:
    """The files in the target."""
    watcher("walk")
    if not os.path.lexists(mirror.source):  # a rehearsal of what will make it
        return
    if not selection.only:
        yield from sourceEntries(mirror)
        return
    with contextlib.suppress(OSError, UnicodeError):
        path = mirror.locale.pathOf(selection.only)
        status = os.stat(mirror.pathTo(path))
        if stat.S_ISREG(status.st_mode):
            yield SourceEntry(selection.only, status.st_size, status.st_mtime_ns, path)


def _nanoseconds(version: Version) -> int:
    return secondsOf(version.lastModified) * 1_000_000_000


def _agrees(mirror: Mirror, entry: SourceEntry, version: Version, *, isContentKnown: bool) -> bool:
    """Whether a file is a version: it has its size and time, or else its content as far as the ETag tells.

    Args:
        mirror: the target
        entry: the file
        version: what it should be
        isContentKnown: if the ETag does not tell, the answer is no
    """
    if entry.size != version.size:
        return False
    if entry.mtimeNs == _nanoseconds(version):
        return True
    try:
        with open(mirror.pathTo(entry.path), "rb") as file:
            matches = contentMatches(file, entry.size or 0, version.etag)
    except OSError:
        return False
    return bool(matches) if isContentKnown else matches is not False


def rehearsed(selection: Selection, mirror: Mirror, lacking: Wanted) -> None:
    """Say what would be restored."""
    for version in lacking.versions:
        log.info(
            "Would restore %s (%s) from version %s of %s",
            displayPath(mirror.pathTo(mirror.locale.pathOf(version.key))),
            counted(version.size or 0, "byte"),
            displayPath(version.versionId),
            selection.urlOf(version.key),
        )


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
    """
    log.info("Fetching %s from %s", counted(lacking.files, "file"), selection.url)
    done = size = 0

    def settle(version: Version, file: bytes) -> None:
        nonlocal done, size
        path = mirror.locale.pathOf(version.key)
        try:
            place(staging.target, path, file, secondsOf(version.lastModified))
        except NoPlace as failure:
            with contextlib.suppress(OSError):
                os.unlink(file)
            _fail(mirror, version, str(failure), tally)
        else:
            tally.fine(Outcome.RESTORED, version.size or 0)
        done, size = done + 1, size + (version.size or 0)
        watcher("fetch", done, size, size / lacking.size if lacking.size else None)

    watcher("fetch")
    with Spool(Version._make) as others:
        if _paysAsBatch(selection, versions, lacking):
            _download(selection, mirror, versions, lacking, staging, watcher)

            def left() -> Iterator[Version]:
                for version in lacking.versions:
                    taken = takenFromTree(staging, mirror.locale.pathOf(version.key), version)
                    if taken.reason:
                        yield version
                    else:
                        settle(version, taken.file)

            _keep(others, left())
            remaining: Iterable[Version] = others
        else:
            remaining = lacking.versions
        with contextlib.closing(fetchedOneByOne(selection.location, selection.aws, staging, remaining)) as arriving:
            for fetched in arriving:
                version = fetched.version
                if fetched.isArchived:
                    line = archivedLine(selection, version)
                    tally.wrong(Outcome.ARCHIVED, version.key, version.size or 0, line, fetched.reason)
                elif fetched.reason:
                    _fail(mirror, version, fetched.reason, tally)
                else:
                    settle(version, fetched.file)
    os.sync()  # what is reported as restored should outlive a power failure


def _fail(mirror: Mirror, version: Version, reason: str, tally: Tally) -> None:
    shown = displayPath(mirror.pathTo(mirror.locale.pathOf(version.key)))
    tally.wrong(Outcome.FAILED, version.key, version.size or 0, f"Failed: {shown} was not restored: {reason}", reason)


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
        log.info("%s", result)


def compared(
    selection: Selection,
    mirror: Mirror,
    state: Iterable[Version],
    tally: Tally,
    watcher: Watcher,
    *,
    isRestore: bool,
) -> RestoreReport:
    """Compare the target as it is now with what should be there, and sum up.

    Args:
        selection: what was restored
        mirror: the target
        state: what should be there
        tally: has what came of the restore
        watcher: sees the progress
        isRestore: what was said before is not said again, and other files are no concern
    """
    for entry, version in joined(_entries(selection, mirror, watcher), state):
        if version is None:
            if entry is not None and not isRestore:
                line = f"Extra: {displayPath(mirror.pathTo(entry.path))} was not in {selection.shown}"
                tally.wrong(Outcome.EXTRA, entry.path, entry.size or 0, line)
        elif entry is not None and _agrees(mirror, entry, version, isContentKnown=False):
            if not isRestore:
                tally.fine(Outcome.SETTLED, entry.size or 0)
        elif version.key not in tally.said:
            _tellDifference(selection, mirror, entry, version, tally)
    watcher("compare")
    report = tally.report()
    line = summaryLine(selection, mirror.source, report, isRestore=isRestore)
    log.log(logging.INFO if report.isClean else logging.ERROR, "%s", line)
    return report


def _tellDifference(
    selection: Selection, mirror: Mirror, entry: SourceEntry | None, version: Version, tally: Tally
) -> None:
    path = displayPath(mirror.pathTo(mirror.locale.pathOf(version.key)))
    size = counted(version.size or 0, "byte")
    if entry is None:
        line = f"Missing: {path} ({size}) is not there, but in {selection.shown}"
        tally.wrong(Outcome.MISSING, version.key, version.size or 0, line)
        return
    what = "another content" if entry.size == version.size else f"{entry.size} bytes instead of {size}"
    if entry.size is None:
        what = "no content that this user can read"
    line = f"Different: {path} has {what} than in {selection.shown}"
    tally.wrong(Outcome.DIFFERENT, version.key, version.size or 0, line)
