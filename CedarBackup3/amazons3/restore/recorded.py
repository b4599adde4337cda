"""What is recorded of the files of a snapshot: fetches the attributes object, and tells which record is of which file.

The bucket is not trusted: records that would lead out of the target are passed over, and an object that is no whole
one of attributes is not used at all. The files come back without it.
"""

from __future__ import annotations

import contextlib
import logging
import os
import stat
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from CedarBackup3.amazons3.attributes.keeping import freeBytes, keepWithinBounds
from CedarBackup3.amazons3.attributes.records import AttributeRecord
from CedarBackup3.amazons3.attributes.storage import MOST_PACKED, AttributesUnreadable, Readable, readAttributes
from CedarBackup3.amazons3.aws.locale import AwsLocale
from CedarBackup3.amazons3.aws.times import secondsOf, shownTime
from CedarBackup3.amazons3.bucket.versions import Version, listVersions
from CedarBackup3.amazons3.compare import finder
from CedarBackup3.amazons3.content.etags import parseEtag
from CedarBackup3.amazons3.model import ATTRIBUTES_KEY
from CedarBackup3.amazons3.restore.doubts import partOf
from CedarBackup3.amazons3.restore.fetch import fetchVersions
from CedarBackup3.amazons3.restore.history import AttributesObject, attributesAt
from CedarBackup3.amazons3.restore.placing import openFile
from CedarBackup3.amazons3.restore.privatestaging import openPrivateStaging
from CedarBackup3.amazons3.restore.report import Tally
from CedarBackup3.amazons3.restore.rules import AttributeRules
from CedarBackup3.amazons3.restore.safepaths import unsafeReason
from CedarBackup3.amazons3.restore.selection import Selection
from CedarBackup3.amazons3.spool import Spool
from CedarBackup3.errors import CedarBackupError, CommandFailed
from CedarBackup3.util import displayBytes, displayCount, displayPath, reasonText

_log = logging.getLogger("CedarBackup3.log")

_LONGEST_PATH = 4095  # bytes: PATH_MAX (limits.h(0p)), which no backup has gone beyond
_NANO = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Recorded:
    """The records of a snapshot."""

    records: Spool[AttributeRecord]
    """In byte order of their `orderKey`, each once."""
    lastModified: str
    """When they were stored, as aws printed it; empty: there are none."""

    @property
    def isThere(self) -> bool:
        """Whether attributes were stored, and could be read."""
        return bool(self.lastModified)


@contextlib.contextmanager
def openRecorded(
    selection: Selection, versions: Spool[Version], tally: Tally, rules: AttributeRules
) -> Iterator[Recorded]:
    """The records of the moment; none if none were stored, or if they cannot be used, which is reported.

    Args:
        selection: what is restored
        versions: all of them
        tally: counts what is wrong with the records
        rules: which attributes are wanted
    """
    url = displayPath((rules.backup or selection.location).url) + displayPath(ATTRIBUTES_KEY)
    with Spool(AttributeRecord._make) as records:
        lastModified = ""
        try:
            stored = attributesAt(selection, versions, tally, rules.backup) if rules.isWanted else None
            if stored is not None:
                stored, count = _readNewest(selection, stored, records, tally, rules, url)
                lastModified, paths = stored.version.lastModified, displayCount(count, "path")
                _log.info("The attributes of %s were stored at %s", paths, shownTime(lastModified))
            elif rules.owners or rules.backup:
                line = f"Attributes: no {url} was stored in time, so there are none to restore or to compare"
                tally.wrongAttributes(ATTRIBUTES_KEY, line)
        except (CedarBackupError, OSError) as failure:  # the files are what matters
            records.clear()
            reason = reasonText(failure) if isinstance(failure, OSError) else failure
            line = f"Attributes: {url} cannot be used, so files come back without their attributes: {reason}"
            tally.wrongAttributes(ATTRIBUTES_KEY, line)
        yield Recorded(records, lastModified)


def _passOver(tally: Tally, why: str, url: str) -> None:
    tally.wrongAttributes(ATTRIBUTES_KEY, f"Attributes: {why} ({url})")


def _readNewest(
    selection: Selection,
    stored: AttributesObject,
    records: Spool[AttributeRecord],
    tally: Tally,
    rules: AttributeRules,
    url: str,
) -> tuple[AttributesObject, int]:
    """Keep the records of an object, or of the one that a backup has stored in its place since the listing."""

    def onWrong(why: str) -> None:
        _passOver(tally, why, url)

    try:
        return stored, _read(selection, stored, records, onWrong)
    except CedarBackupError:
        newest = _storedByNow(selection, tally, rules)
        if newest is None or newest == stored:
            raise
    records.clear()
    return newest, _read(selection, newest, records, onWrong)


def _storedByNow(selection: Selection, tally: Tally, rules: AttributeRules) -> AttributesObject | None:
    """The object that holds the attributes by now; None: there is none, nobody tells, or another time is wanted."""
    if selection.moment is not None:
        return None
    with contextlib.suppress(CommandFailed), Spool(Version._make) as again:
        listVersions(selection.location, ATTRIBUTES_KEY, selection.aws, again)
        return attributesAt(selection, again, tally, rules.backup)
    return None


def _read(
    selection: Selection,
    stored: AttributesObject,
    records: Spool[AttributeRecord],
    onWrong: Callable[[str], object],
) -> int:
    there = replace(selection, location=stored.location)
    with _fetched(there, stored.version) as file, open(file, "rb") as packed:
        return keepRecords(records, packed, selection.aws.locale, onWrong, stored.below, selection.only)


@contextlib.contextmanager
def _fetched(selection: Selection, version: Version) -> Iterator[int]:
    """The object in a temporary file, opened; whether it is whole its own digest tells."""
    size = version.size or 0
    with openPrivateStaging() as arriving:
        if size > MOST_PACKED:
            raise CedarBackupError(f"it has {displayBytes(size)}, more than attributes come to")
        if size > freeBytes(os.fsdecode(arriving.path)):
            raise CedarBackupError(
                f"it has {displayBytes(size)}, for which {displayPath(os.path.dirname(arriving.path))} has no room; "
                "set TMPDIR to another directory"
            )
        part = partOf(selection.aws)
        with contextlib.closing(fetchVersions(selection.location, selection.aws, arriving, [version], part)) as results:
            (fetched,) = results
        if fetched.reason:
            raise CedarBackupError(fetched.reason)
        try:
            descriptor = openFile(fetched.file)
        except OSError as error:
            raise CedarBackupError(f"the fetched file cannot be read: {error.strerror}") from None
        yield descriptor


def keepRecords(
    spool: Spool[AttributeRecord],
    packed: Readable,
    locale: AwsLocale,
    onWrong: Callable[[str], object],
    below: bytes = b"",
    only: bytes = b"",
) -> int:
    """Keep the records of an attributes object, within bounds; returns how many there are.

    Args:
        spool: receives them, in order; of an object that is not whole it is to be forgotten
        packed: the object
        locale: in which names are read
        onWrong: called with what is wrong with a record that is passed over
        below: with which the keys begin that are wanted, and which they are given without
        only: the one key below that which is wanted; empty: all

    Raises:
        CedarBackupError: it is not whole, or none, or there is no room for it
    """
    whole = readAttributes(packed, onWrong).records
    inside = (record for each in whole if (record := _inside(each, below)) and (not only or record.key == only))
    return keepWithinBounds(spool, _inOrder(_safe(inside, locale, onWrong)))


def _inside(record: AttributeRecord, below: bytes) -> AttributeRecord | None:
    """The record as it is seen from a directory in which it lies, or of which it is; None: it lies elsewhere."""
    if not below:
        return record
    if not record.orderKey.startswith(below):
        return None
    depth, first = below.count(b"/"), record.hardLink
    key, path = record.key[len(below) :], b"".join(record.path.split(b"/", depth)[depth:])
    if bool(key) != bool(path):  # they are not of one place, which no honest record has
        return None
    if first is not None:  # what lies elsewhere is no other name of anything here
        first = first.removeprefix(below) if first.startswith(below) else None
    return record._replace(key=key, path=path, hardLink=first)


def _safe(
    records: Iterable[AttributeRecord], locale: AwsLocale, onWrong: Callable[[str], object]
) -> Iterator[AttributeRecord]:
    """The records of paths that can be below the target."""
    for record in records:
        reason = unsafeReason(record.key, locale) if record.key else "" if stat.S_ISDIR(record.mode) else "it is empty"
        if not reason and max(map(len, (record.key, record.path, record.hardLink or b""))) > _LONGEST_PATH:
            reason = f"it is longer than {_LONGEST_PATH:,} bytes"
        if reason:
            onWrong(f"the record of {displayPath(record.key[:_LONGEST_PATH])} is passed over: {reason}")
        else:
            yield record


def _inOrder(records: Iterable[AttributeRecord]) -> Iterator[AttributeRecord]:
    """The same, after each was seen to lie behind the one before; raises `AttributesUnreadable`."""
    before = None
    for record in records:
        if before is not None and record.orderKey <= before:
            raise AttributesUnreadable(
                f"The attributes are damaged: the record of {displayPath(record.path)} is not in order"
            )
        before = record.orderKey
        yield record


@contextlib.contextmanager
def withRecorded(
    selection: Selection, snapshot: Spool[Version], recorded: Recorded, tally: Tally
) -> Iterator[Spool[Version]]:
    """The versions of a snapshot, each with what is recorded of its file; of how many nothing is known is counted."""
    if not recorded.isThere:
        yield snapshot
        return

    def known() -> Iterator[Version]:
        recordOf = finder(_Ordered(record.orderKey, record) for record in recorded.records)
        for version in snapshot:
            found = recordOf(version.key)
            if found is not None and _isOf(found.record, version, recorded.lastModified):
                yield version._replace(mtimeNs=found.record.mtimeNs, md5=found.record.md5)
            else:
                tally.unknownAttributes(version, _whyUnknown(selection, version, recorded))
                yield version

    with Spool(Version._make) as kept:
        kept.extend(known())
        yield kept


@dataclass(frozen=True, slots=True)
class _Ordered:
    key: bytes
    record: AttributeRecord


def _isOf(record: AttributeRecord, version: Version, recordedAt: str) -> bool:
    """Whether a record is of the file whose content a version has, and not of what that became before or after.

    A file that was stored after the attributes has changed since, or was stored once more. One that was changed between
    its object and the attributes has not been stored since; where its time lies behind both, a clock is wrong.
    """
    if not stat.S_ISREG(record.mode) or record.size != version.size:
        return False
    etag = parseEtag(version.etag)
    if etag and not etag.parts and record.md5 == etag.digest.hex():
        return True
    stored, recordedBy = secondsOf(version.lastModified), secondsOf(recordedAt)
    return stored <= recordedBy and not stored < record.mtimeNs // _NANO <= recordedBy


def _whyUnknown(selection: Selection, version: Version, recorded: Recorded) -> str:
    url = selection.urlOf(version.key)
    if secondsOf(version.lastModified) > secondsOf(recorded.lastModified):
        stored, attributes = shownTime(version.lastModified), shownTime(recorded.lastModified)
        return f"{url} was stored at {stored}, after the attributes ({attributes})"
    return f"nothing is recorded of {url} as it was stored at {version.lastModified}"
