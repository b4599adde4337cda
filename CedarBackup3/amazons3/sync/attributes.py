"""The attributes as a step of a run: records them, keeps them in the bucket after the proof, or compares them.

What S3 cannot store of the source is in one object, which is no file's and takes part in no other comparison.
"""

from __future__ import annotations

import contextlib
import heapq
import logging
import os
import platform
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from operator import attrgetter
from types import MappingProxyType
from typing import Literal

from CedarBackup3.amazons3.attributes.compare import attributeDifferences
from CedarBackup3.amazons3.attributes.reading import AttributeReader
from CedarBackup3.amazons3.attributes.records import AttributeRecord
from CedarBackup3.amazons3.attributes.storage import (
    MOST_PACKED,
    AttributesUnreadable,
    Header,
    readAttributes,
    writeAttributes,
)
from CedarBackup3.amazons3.aws.arguments import copyArguments, downloadOneArguments
from CedarBackup3.amazons3.aws.command import runAws
from CedarBackup3.amazons3.aws.times import secondsOf
from CedarBackup3.amazons3.bucket.objects import objectNow
from CedarBackup3.amazons3.cappedlines import CappedLines
from CedarBackup3.amazons3.content.followup import finalFindings
from CedarBackup3.amazons3.content.hashing import Reader, configuredPartSize, contentFindings
from CedarBackup3.amazons3.local.looked import Looked, Take
from CedarBackup3.amazons3.local.tree import localTree
from CedarBackup3.amazons3.mirror import Mirror
from CedarBackup3.amazons3.model import (
    ATTRIBUTES_KEY,
    Claim,
    ContentFinding,
    Difference,
    Kind,
    ObjectEntry,
    SourceEntry,
    VerifyReport,
)
from CedarBackup3.amazons3.progress import Watcher
from CedarBackup3.amazons3.spool import Spool, temporaryRoom
from CedarBackup3.amazons3.sync.messages import differenceLine
from CedarBackup3.amazons3.sync.verify import KEPT
from CedarBackup3.errors import CommandFailed, GuardRefused
from CedarBackup3.release import NAME, VERSION
from CedarBackup3.util import displayBytes, displayCount, displayPath

log = logging.getLogger("CedarBackup3.log")

Purpose = Literal["store", "compare", "none"]
"""What becomes of the attributes: they are kept in the bucket, compared with what it has, or only read."""

_NAME = ATTRIBUTES_KEY.decode()


@dataclass(slots=True)
class Attributes:
    """The attributes of a source in a run."""

    mirror: Mirror
    purpose: Purpose
    reader: AttributeReader
    omitted: CappedLines
    isFirst: bool = True
    """Whether no walk has begun yet."""
    sourceChange: Callable[[], str] = lambda: ""
    """What has become of the source since it was read, if it is not the same directory any more; otherwise nothing."""

    def look(self, looked: Looked) -> Take:
        """What records what a walk looks at in a directory.

        Raises:
            GuardRefused: the first walk finds a file of the object's name
        """
        if looked.path:
            return self.reader.look(looked)
        self.omitted = CappedLines("attributes that are not recorded", logging.WARNING)
        take, isFirst, self.isFirst = self.reader.look(looked), self.isFirst, False

        def takeAtTop(entry: SourceEntry, status: os.stat_result | None) -> None:
            if isFirst and entry.key == ATTRIBUTES_KEY:
                raise GuardRefused(
                    f"Refused: the file {displayPath(self.mirror.pathTo(ATTRIBUTES_KEY))} has the name of the object "
                    "that --attributes makes; rename it, exclude it, or do not use --attributes; nothing was changed"
                )
            take(entry, status)

        return takeAtTop

    def settle(
        self,
        mirror: Mirror,
        report: VerifyReport,
        found: ObjectEntry | None,
        watcher: Watcher,
        objects: Callable[[], Iterable[ObjectEntry]] = list,
    ) -> VerifyReport:
        """Store or compare what the last walk has recorded; returns the report with what differs.

        Args:
            mirror: what is mirrored
            report: of the files
            found: the object, if there is one
            watcher: keeps what is found
            objects: gives those of the files
        """
        if self.purpose == "none":
            return report
        watcher("attributes")
        records = self.reader.finish()
        self.omitted.finish()
        watcher.findings.forget(Kind.ATTRIBUTES.value, "recorded")
        if self.purpose == "store":
            wrong = self._stored(mirror, records, found, watcher, objects)
        else:
            wrong = self._compared(mirror, records, found, watcher)
        return _withDifferences(mirror, report, wrong, watcher)

    def _stored(
        self,
        mirror: Mirror,
        records: Spool[AttributeRecord],
        found: ObjectEntry | None,
        watcher: Watcher,
        objects: Callable[[], Iterable[ObjectEntry]],
    ) -> Iterator[Difference]:
        """Write the object, unless it is there as it would be written; yields that it is not, where it cannot be.

        It is also written where an object is newer, of which a restore could not know whether it has changed since.
        """
        with _privateDirectory() as directory, Spool(AttributeRecord._make) as hidden:
            if found and self.reader.hidden:
                hidden.extend(self._hiddenRecords(mirror, found, directory))
            merged: Iterable[AttributeRecord] = heapq.merge(records, hidden, key=attrgetter("orderKey"))
            header = Header(
                f"{NAME} {VERSION}", displayPath(mirror.source), displayPath(platform.node()), self.reader.newestNs
            )
            path = os.path.join(directory, _NAME)
            with temporaryRoom(), open(path, "wb") as file:
                count = writeAttributes(file, header, merged if hidden else records, self._omit)
            size = os.path.getsize(path)
            watcher.findings.count("recorded", count, size)
            url, paths = displayPath(mirror.location.url) + _NAME, displayCount(count, "path")
            isSame = found is not None and _proof(mirror, directory, found, watcher).verdict == "matched"
            if found is not None and isSame and not _isOlder(found, objects()):
                log.info("The attributes of %s in %s are up to date", paths, url)
                return
            if change := self.sourceChange():
                detail = f"has no newer attributes in {url}, because {change}; check what happened, then run again"
                yield Difference(Kind.ATTRIBUTES, b"", None, None, detail=detail)
                return
            log.info("Storing the attributes of %s in %s (%s)", paths, url, displayBytes(size))
            yield from _uploaded(mirror, directory, found, watcher)

    def _omit(self, record: AttributeRecord) -> None:
        log.warning(
            "Attributes of %s are not recorded: they are longer than a line may be",
            displayPath(self.mirror.pathTo(record.path)),
        )

    def _hiddenRecords(self, mirror: Mirror, found: ObjectEntry, directory: str) -> Iterator[AttributeRecord]:
        """What was recorded earlier of what cannot be read now, since its objects stay as well."""
        prefixes = tuple(self.reader.hidden)
        try:
            for record in _fetched(mirror, found, directory):
                if record.orderKey.startswith(prefixes) and record.orderKey not in prefixes:
                    yield record
        except AttributesUnreadable as why:
            log.warning("The attributes of what cannot be read now are lost: %s", why)

    def _compared(
        self, mirror: Mirror, records: Spool[AttributeRecord], found: ObjectEntry | None, watcher: Watcher
    ) -> Iterator[Difference]:
        """What differs from the records that are stored."""
        url = displayPath(mirror.location.url) + _NAME
        log.info("Comparing the attributes of %s with %s", displayPath(mirror.source), url)
        if found is None:
            detail = f"has no attributes in {url}; a run with --attributes stores them"
            yield Difference(Kind.ATTRIBUTES, b"", None, None, detail=detail)
            return
        count = 0

        def counted() -> Iterator[AttributeRecord]:
            nonlocal count
            for count, record in enumerate(_fetched(mirror, found, directory), 1):  # noqa: B007 - used below
                yield record

        with _privateDirectory() as directory:
            try:
                for path, detail in attributeDifferences(records, counted(), self.reader.hidden):
                    yield Difference(Kind.ATTRIBUTES, path, None, None, detail=f"{detail} in {url}")
            except AttributesUnreadable as why:
                yield Difference(Kind.ATTRIBUTES, ATTRIBUTES_KEY, None, found.size, detail=f"in {url}: {why}")
        watcher.findings.count("recorded", count, found.size)


def _isOlder(found: ObjectEntry, objects: Iterable[ObjectEntry]) -> bool:
    """Whether an object was stored before one of the others, in whole seconds."""
    stored = secondsOf(found.lastModified)
    return any(secondsOf(each.lastModified) > stored for each in objects)


@contextlib.contextmanager
def openAttributes(mirror: Mirror, purpose: Purpose) -> Iterator[Attributes]:
    """The attributes of a source, none as yet; they are kept for as long as the context lasts."""
    with Spool(AttributeRecord._make) as spool:

        def omit(path: bytes, what: str) -> None:
            made.omitted.log(f"Not recorded: of {displayPath(mirror.pathTo(path))} {what}")

        reader = AttributeReader(mirror.tree.followLinks, spool, omit)
        made = Attributes(mirror, purpose, reader, CappedLines("attributes that are not recorded", logging.WARNING))
        yield made


@contextlib.contextmanager
def _privateDirectory() -> Iterator[str]:
    with contextlib.ExitStack() as stack:
        with temporaryRoom():
            directory = stack.enter_context(tempfile.TemporaryDirectory(prefix="cback-"))
        yield os.path.abspath(directory)


def _withDifferences(
    mirror: Mirror, report: VerifyReport, differences: Iterable[Difference], watcher: Watcher
) -> VerifyReport:
    """The report with some more differences, each of which is logged."""
    lines = CappedLines(f"differences ({Kind.ATTRIBUTES.value})")
    kept = list(report.differences)
    for each in differences:
        watcher.findings.note(each.kind.value, each.key, each.remoteSize)
        lines.log(differenceLine(mirror, each))
        kept += [each] if len(kept) < KEPT else []
    lines.finish()
    counts = {**report.counts, Kind.ATTRIBUTES: lines.count}
    return replace(report, counts=MappingProxyType(counts), differences=tuple(kept))


def _uploaded(mirror: Mirror, directory: str, before: ObjectEntry | None, watcher: Watcher) -> Iterator[Difference]:
    """Upload what is in a directory, and show it done; yields that it is not."""
    result = runAws(copyArguments(os.fsencode(directory), mirror.location), mirror.aws)
    if result.status != 1 and not result.isComplete:
        raise CommandFailed(str(result))
    if not result.isComplete:
        log.error("%s", result)
    now = objectNow(mirror, ATTRIBUTES_KEY)
    url = displayPath(mirror.location.url) + _NAME
    finding = _proof(mirror, directory, now, watcher) if now else None
    isUnmoved = before and now and (now.etag, now.lastModified) == (before.etag, before.lastModified)
    hasArrived = finding and (finding.verdict == "matched" or (finding.verdict == "unknown" and not isUnmoved))
    if finding is None or not hasArrived:
        yield Difference(
            Kind.ATTRIBUTES, b"", None, None, detail=f"has attributes that did not arrive in {url}; run again"
        )
    elif finding.verdict == "unknown":
        watcher.findings.note("unproven", ATTRIBUTES_KEY, finding.size)
        log.info("Nothing proves what %s holds: %s", url, finding.why)


def _proof(mirror: Mirror, directory: str, found: ObjectEntry, watcher: Watcher) -> ContentFinding:
    """Whether an object holds what the file in a directory does, by its ETag or what else S3 tells."""
    tree = localTree(directory, mirror.locale)
    status = os.stat(os.path.join(directory, _NAME))
    facts = (status.st_mtime_ns, found.etag, found.lastModified, status.st_ctime_ns, status.st_ino)
    claim = Claim(ATTRIBUTES_KEY, ATTRIBUTES_KEY, status.st_size, *facts)
    if found.size != status.st_size:
        return ContentFinding("differs", "", *claim)
    part = configuredPartSize(mirror.aws) if "-" in found.etag else 0
    reader = Reader(tree, mirror.location, mirror.aws, None, part)
    findings = contentFindings(reader, [claim], claim.size, lambda *told: None)
    (finding,) = finalFindings(reader, findings, 1, trustsEtags=False)
    return finding


def _fetched(mirror: Mirror, found: ObjectEntry, directory: str) -> Iterator[AttributeRecord]:
    """The records that are stored.

    Raises:
        AttributesUnreadable: they cannot be fetched, or not read
    """
    if found.size > MOST_PACKED:
        raise AttributesUnreadable(f"The attributes are refused: the object has {displayBytes(found.size)}")
    file = os.path.join(directory, "stored")
    with temporaryRoom():
        result = runAws(downloadOneArguments(mirror.location, _NAME, os.fsencode(file)), mirror.aws)
    if result.status != 0:
        raise AttributesUnreadable(f"The attributes cannot be fetched: {result}")
    lines = CappedLines("records that are passed over", logging.WARNING)
    with open(file, "rb") as stream:
        yield from readAttributes(stream, lines.log).records
    lines.finish()
    os.unlink(file)
