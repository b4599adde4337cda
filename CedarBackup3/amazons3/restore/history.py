"""Lists the versions of a selection, and keeps the snapshot at its moment."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import takewhile
from typing import NamedTuple

from CedarBackup3.amazons3.aws.session.client import awsSession
from CedarBackup3.amazons3.bucket.versions import NULL_VERSION, Version, keysBehind, listVersions
from CedarBackup3.amazons3.model import ATTRIBUTES_KEY, S3Location, isFolderMarker
from CedarBackup3.amazons3.progress import SILENT, Watcher
from CedarBackup3.amazons3.restore.report import KeyOutcome, Noted, Tally
from CedarBackup3.amazons3.restore.selection import Selection
from CedarBackup3.amazons3.restore.snapshot import snapshotAt, tracesOf
from CedarBackup3.amazons3.spool import Spool
from CedarBackup3.errors import CedarBackupError, CommandFailed, GuardRefused
from CedarBackup3.util import displayBytes, displayCount, displayPath

_log = logging.getLogger("CedarBackup3.log")


@contextlib.contextmanager
def openVersions(
    selection: Selection, watcher: Watcher = SILENT, *, ofMoment: bool = False
) -> Iterator[tuple[Selection, Spool[Version]]]:
    """Every version and delete marker of a selection, and the selection as it turned out to be: a prefix or one key.

    With the selection comes a session of aws, if there can be one, as long as the context lasts.

    Args:
        selection: of what
        watcher: sees the progress
        ofMoment: whether only what stood at the moment matters, so that a key is meant where nothing stood below it: a
            file that has become a directory since, or the other way round

    Raises:
        CommandFailed: aws failed, or the listing is not whole
        CedarBackupError: there is none
    """
    with awsSession(selection.aws) as aws, Spool(Version._make) as versions, Spool(Version._make) as ofKey:
        selection = replace(selection, aws=aws)
        _log.info("Listing the versions in %s", selection.shown)
        watcher("listing")
        count, single, found = _listInto(versions, selection, watcher), _asKey(selection), versions
        isMeant = count and not (ofMoment and single is not None and not _hasStood(selection, versions))
        if not isMeant and single is not None:
            keyCount = _listInto(ofKey, single, watcher)
            if keyCount and (not count or _hasStood(single, ofKey)):
                count, selection, found = keyCount, single, ofKey
        if not count:
            raise CedarBackupError(
                f"There is nothing below {selection.url}, and there are no versions either; check the URL"
            )
        yield selection, found


def _hasStood(selection: Selection, versions: Iterable[Version]) -> bool:
    """Whether anything stood there at the moment, also if nobody knows what."""
    unknown: list[Version] = []
    moment = selection.moment.timestamp() if selection.moment else None
    found = snapshotAt(versions, moment, inOrder(selection), unknown.append)
    return any(not isFolderMarker(version.key, version.size) for version in found) or bool(unknown)


def _listInto(versions: Spool[Version], selection: Selection, watcher: Watcher) -> int:
    """List them, and see that the listing is whole; returns how many there are.

    What is stored while it is being listed is no fault of the listing, and no clock tells which objects those are: the
    server's is another than ours. So where there are objects behind its end, it is made once more. What was there
    before that and is there after it must be in it.
    """
    count, last, behind = _listedOnce(versions, selection, watcher)
    if not behind:
        return count
    _log.info("Objects follow the last of the versions, so the versions are listed again")
    versions.clear()
    count, last, stillBehind = _listedOnce(versions, selection, watcher)
    if lost := behind & stillBehind:
        raise CommandFailed(
            f"The server listed the versions in {displayPath(selection.location.url)} only up to {displayPath(last)}, "
            f"but objects follow, such as {displayPath(min(lost))}: it does not list all versions; 'aws s3 sync' "
            "fetches what is there now"
        )
    return count


def _listedOnce(
    versions: Spool[Version], selection: Selection, watcher: Watcher
) -> tuple[int, bytes, frozenset[bytes]]:
    """List them; returns how many there are, the last key, and the first of the objects that are behind it."""
    count = 0

    def report(number: int) -> None:
        nonlocal count
        count = number
        watcher("listing", count)

    last = listVersions(selection.location, selection.only, selection.aws, versions, report)
    behind = frozenset[bytes]() if selection.only else keysBehind(selection.location, last, selection.aws)
    return count, last, behind


def _asKey(selection: Selection) -> Selection | None:
    """The selection of the one key that has the name of the prefix; None if that can be no key."""
    parent, _, name = selection.location.prefix.removesuffix("/").rpartition("/")
    if not name or not selection.mayBeKey or selection.only:
        return None
    location = S3Location(selection.location.bucket, parent and parent + "/")
    return replace(selection, location=location, only=name.encode())


@contextlib.contextmanager
def openSnapshot(selection: Selection, versions: Spool[Version], tally: Tally) -> Iterator[Spool[Version]]:
    """What stood there at the moment, without folder markers, the stored attributes and what is excluded.

    Raises:
        GuardRefused: the bucket has no versions that could tell
        CedarBackupError: nothing stood there
    """
    isExcluded = exclusion(selection)

    def reportUnknown(version: Version) -> None:
        if not isExcluded(version):
            tally.wrong(KeyOutcome.UNKNOWN, version.key, 0, unknownLine(selection, version.key))

    moment = selection.moment.timestamp() if selection.moment else None
    isTraced = moment is None or _isTraced(selection, (each for each in versions if not isExcluded(each)), moment)
    with Spool(Version._make) as kept:
        found = snapshotAt(versions, moment, inOrder(selection), reportUnknown)
        if not kept.extend(version for version in found if not isExcluded(version)) and not tally.reported:
            raise CedarBackupError(f"There was nothing in {selection.shown}; check the URL, --atTime and --exclude")
        if not isTraced:
            reportUntraced(selection.shown, _unversioned(kept), tally)
        yield kept


def exclusion(selection: Selection) -> Callable[[Version], bool]:
    """Whether a version is of nothing that is restored: a folder marker, the stored attributes, or what is left out.

    Quickest for versions in key order, and not for several threads.
    """
    leavesOut = selection.leavesOut()
    return lambda version: (
        leavesOut(version.key) or isFolderMarker(version.key, version.size) or _holdsAttributes(selection, version.key)
    )


def unknownLine(selection: Selection, key: bytes) -> str:
    """That nothing tells what stood there for a key."""
    url = selection.urlOf(key)
    return f"Unknown: {url} was stored without versioning after that time, so its earlier content may be lost"


class AttributesObject(NamedTuple):
    """The object that held the attributes of the files at a moment."""

    location: S3Location
    """Below which it lies: of what the backup was given."""
    version: Version
    below: bytes
    """With which the keys begin there that are selected."""


def attributesAt(
    selection: Selection, versions: Iterable[Version], tally: Tally, backup: S3Location | None
) -> AttributesObject | None:
    """The object that held the attributes of the files at the moment; None: there was none, or it is lost.

    Args:
        selection: what is restored
        versions: all of them, from which it is taken if it lies directly below
        tally: counts that it is lost
        backup: what the backup was given, if that is more than is selected; None: just that

    Raises:
        CommandFailed: it lies elsewhere, and aws cannot list it
    """

    def reportUnknown(version: Version) -> None:
        url = selection.urlOf(version.key)
        tally.unknownAttributes(version, f"{url} was stored without versioning after that time, so others may be lost")

    moment = selection.moment.timestamp() if selection.moment else None
    if backup is None or (backup == selection.location and not selection.only):
        upToIt = takewhile(lambda version: version.key <= ATTRIBUTES_KEY, versions)
        listed = (version for version in upToIt if _holdsAttributes(selection, version.key))
        found = next(snapshotAt(listed, moment, inOrder(selection), reportUnknown), None)
        return found and AttributesObject(selection.location, found, b"")
    there = replace(selection, location=backup, only=ATTRIBUTES_KEY)
    with Spool(Version._make) as stored:
        listVersions(backup, ATTRIBUTES_KEY, selection.aws, stored)
        found = next(snapshotAt(stored, moment, inOrder(there), reportUnknown), None)
    return found and AttributesObject(backup, found, selection.location.prefix.removeprefix(backup.prefix).encode())


def _holdsAttributes(selection: Selection, key: bytes) -> bool:
    """Whether the object of a key is no file, but holds the attributes of the files; asked for itself, it is one."""
    return key == ATTRIBUTES_KEY and not selection.only


def inOrder(selection: Selection) -> Callable[[bytes], Iterator[Version]]:
    """Lists the versions of one key again, none of them tied."""

    def listed(key: bytes) -> Iterator[Version]:
        with Spool(Version._make) as again:
            listVersions(selection.location, key, selection.aws, again, pageSize=1)
            yield from again

    return listed


def _isTraced(selection: Selection, versions: Iterable[Version], moment: float) -> bool:
    """Whether the bucket had begun to keep versions by a moment, so that what has gone since has left a trace.

    Raises:
        GuardRefused: it never has, and something was stored after the moment in the place of something else perhaps
    """
    traces = tracesOf(versions)
    if traces.hides(moment):
        raise GuardRefused(
            f"Refused: nothing in {selection.url} was stored with versioning, and some objects were stored after that "
            "time, so the snapshot is unknown; without --atTime the present objects are restored; nothing was changed"
        )
    return traces.reaches(moment) or bool(selection.only)  # what stands there for a single key has stood there since


def _unversioned(snapshot: Iterable[Version]) -> Noted:
    files = size = 0
    for version in snapshot:
        if version.versionId == NULL_VERSION:
            files, size = files + 1, size + (version.size or 0)
    return Noted(files, size)


def reportUntraced(shown: str, found: Noted, tally: Tally) -> None:
    """Log once how many files, if any, were stored without versioning, so that others may have gone without a trace.

    Args:
        shown: from what files may be missing, in words that are safe to print
        found: those files of it
        tally: counts them
    """
    if found.files:
        tally.untraced(*found)
        # Not a warning, which is shown with --verbose only: a status of 0 must not hide it.
        _log.error(
            "Unproven: files may be missing from %s: files that were deleted before versioning began left no trace; "
            "of the known files, %s stored before",
            shown,
            f"{displayCount(found.files, 'file')} ({displayBytes(found.size)}) {'was' if found.files == 1 else 'were'}",
        )
