"""What is recorded of the files of a snapshot: fetches the attributes object, and tells which record is of which file.

The bucket is not trusted: records that would lead out of the target are passed over, and an object that is no whole
one of attributes is not used at all. The files come back without it.
"""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from CedarBackup3.amazons3.attributes.records import AttributeRecord
from CedarBackup3.amazons3.attributes.storage import MOST_PACKED, AttributesUnreadable, Readable, readAttributes
from CedarBackup3.amazons3.aws.locale import AwsLocale
from CedarBackup3.amazons3.aws.times import secondsOf
from CedarBackup3.amazons3.bucket.versions import Version
from CedarBackup3.amazons3.compare import finder
from CedarBackup3.amazons3.content.etags import parseEtag
from CedarBackup3.amazons3.restore.doubts import partOf
from CedarBackup3.amazons3.restore.fetch import fetchVersions
from CedarBackup3.amazons3.restore.placing import openFile
from CedarBackup3.amazons3.restore.report import Tally
from CedarBackup3.amazons3.restore.rules import AttributeRules
from CedarBackup3.amazons3.restore.safepaths import unsafeReason
from CedarBackup3.amazons3.restore.selection import Selection
from CedarBackup3.amazons3.restore.staging import Staging
from CedarBackup3.amazons3.spool import Spool, temporaryRoom
from CedarBackup3.errors import CedarBackupError
from CedarBackup3.util import displayBytes, displayCount, displayPath

_log = logging.getLogger("CedarBackup3.log")

_LONGEST_PATH = 4095  # bytes: PATH_MAX (limits.h(0p)), which no backup has gone beyond
_MOST = 1000  # records in a batch, and as much as they may come to:
_BATCH = 4 << 20  # bytes of extended attributes: a thousand records of a hostile object would have 500 MiB
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
    selection: Selection, version: Version | None, tally: Tally, rules: AttributeRules
) -> Iterator[Recorded]:
    """The records of an attributes object; none if it cannot be used, which is reported.

    Args:
        selection: what is restored
        version: the object; None: there is none
        tally: counts what is wrong with it
        rules: which attributes are wanted
    """
    with Spool(AttributeRecord._make) as records:
        if not rules.isWanted:
            yield Recorded(records, "")
            return
        if version is None:
            if rules.owners:
                tally.wrongAttributes(b"", f"Attributes: none are stored in {selection.shown}, so --owners gives none")
            yield Recorded(records, "")
            return
        url = selection.urlOf(version.key)

        def passOver(why: str) -> None:
            tally.wrongAttributes(version.key, f"Attributes: {why} ({url})")

        try:
            with _fetched(selection, version) as file, open(file, "rb") as packed:
                count = keepRecords(records, packed, selection.aws.locale, passOver)
        except CedarBackupError as failure:  # the files are what matters
            records.clear()
            tally.wrongAttributes(
                version.key,
                f"Attributes: {url} cannot be used, so files come back without their attributes: {failure}",
            )
            yield Recorded(records, "")
            return
        _log.info("The attributes of %s were stored at %s", displayCount(count, "path"), version.lastModified)
        yield Recorded(records, version.lastModified)


@contextlib.contextmanager
def _fetched(selection: Selection, version: Version) -> Iterator[int]:
    """The object in a temporary file, opened; whether it is whole its own digest tells."""
    with temporaryRoom():
        directory = os.fsencode(tempfile.mkdtemp(prefix="cback-"))
    try:
        room = os.statvfs(directory)
        if (version.size or 0) > MOST_PACKED:
            raise CedarBackupError(f"it has {displayBytes(version.size or 0)}, more than attributes come to")
        if (version.size or 0) > room.f_bavail * room.f_frsize:
            raise CedarBackupError(
                f"it has {displayBytes(version.size or 0)}, for which {displayPath(directory)} has no room; "
                "set TMPDIR to another directory"
            )
        arriving = Staging(directory, -1, isCaseInsensitive=False, lock=-1)
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
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def keepRecords(
    spool: Spool[AttributeRecord], packed: Readable, locale: AwsLocale, onWrong: Callable[[str], object]
) -> int:
    """Keep the records of an attributes object, by batches bounded in number and size; returns how many there are.

    Args:
        spool: receives them, in order; of an object that is not whole it is to be forgotten
        packed: the object
        locale: in which names are read
        onWrong: called with what is wrong with a record that is passed over

    Raises:
        CedarBackupError: it is not whole, or none, or there is no room
    """
    batch: list[AttributeRecord] = []
    weight = count = 0
    for record in _inOrder(_safe(readAttributes(packed, onWrong).records, locale, onWrong)):
        count += 1
        batch.append(record)
        weight += sum(len(name) + len(value) for name, value in record.xattrs) + len(record.path)
        if weight > _BATCH or len(batch) == _MOST:
            spool.append(batch)
            batch, weight = [], 0
    spool.append(batch)
    return count


def _safe(
    records: Iterable[AttributeRecord], locale: AwsLocale, onWrong: Callable[[str], object]
) -> Iterator[AttributeRecord]:
    """The records of paths that can be below the target."""
    for record in records:
        reason = unsafeReason(record.key, locale) if record.key else "" if stat.S_ISDIR(record.mode) else "it is empty"
        if not reason and len(record.key) > _LONGEST_PATH:
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
        return f"{url} was stored at {version.lastModified}, after the attributes ({recorded.lastModified})"
    return f"nothing is recorded of {url} as it was stored at {version.lastModified}"
