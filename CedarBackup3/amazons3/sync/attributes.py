"""The attributes as a step of a run: records them, keeps them in the bucket after the proof, or compares them.

What S3 cannot store of the source is in one object, which is no file's and takes part in no other comparison.
"""

from __future__ import annotations

import contextlib
import filecmp
import logging
import os
import platform
import tempfile
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Literal

from CedarBackup3.amazons3.attributes.compare import attributeDifferences, inOrder
from CedarBackup3.amazons3.attributes.earlier import wantedEarlier, withEarlier
from CedarBackup3.amazons3.attributes.keeping import freeBytes, keepWithinBounds
from CedarBackup3.amazons3.attributes.reading import AttributeReader
from CedarBackup3.amazons3.attributes.records import AttributeRecord
from CedarBackup3.amazons3.attributes.storage import (
    MOST_PACKED,
    AttributesUnreadable,
    Header,
    StoredAttributes,
    readAttributes,
    writeAttributes,
)
from CedarBackup3.amazons3.aws.arguments import copyArguments, downloadOneArguments
from CedarBackup3.amazons3.aws.command import runAws
from CedarBackup3.amazons3.aws.times import secondsOf
from CedarBackup3.amazons3.aws.transfers import Pace
from CedarBackup3.amazons3.bucket.objects import objectNow
from CedarBackup3.amazons3.cappedlines import CappedLines
from CedarBackup3.amazons3.compare import finder
from CedarBackup3.amazons3.content.digestcache import DigestCache
from CedarBackup3.amazons3.content.followup import finalFindings
from CedarBackup3.amazons3.content.hashing import Reader, configuredPartSize, contentFindings
from CedarBackup3.amazons3.local.looked import Looked, Take
from CedarBackup3.amazons3.local.tree import localTree
from CedarBackup3.amazons3.mirror import Mirror
from CedarBackup3.amazons3.model import (
    ARCHIVES,
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
from CedarBackup3.amazons3.sync.lockedbuckets import runUpload
from CedarBackup3.amazons3.sync.messages import differenceLine
from CedarBackup3.amazons3.sync.verify import KEPT
from CedarBackup3.errors import CommandFailed, GuardRefused
from CedarBackup3.release import NAME, VERSION
from CedarBackup3.util import displayBytes, displayCount, displayPath

log = logging.getLogger("CedarBackup3.log")

Purpose = Literal["store", "compare", "none"]
"""What becomes of the attributes: they are kept in the bucket, compared with what it has, or only read."""

_NAME = ATTRIBUTES_KEY.decode()
_MOST_HIDDEN = 1000  # directories: each record that was stored is looked for below all of them


@dataclass(slots=True)
class Attributes:
    """The attributes of a source in a run."""

    mirror: Mirror
    purpose: Purpose
    reader: AttributeReader
    omitted: CappedLines
    isFirst: bool = True
    """Whether no walk has begun yet."""
    isOlder: bool = False
    """Whether what is stored is older than the object of a file."""
    sourceChange: Callable[[], str] = lambda: ""
    """What has become of the source since it was read, if it is not the same directory any more; otherwise nothing."""
    hidden: list[bytes] = field(default_factory=list)
    """What the keys begin with of which nobody can see what is there now."""
    count: int = 0
    """How many records were written or read last."""
    isProven: bool = True
    """Whether it is shown that the object holds what was written."""

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
        cache: DigestCache | None = None,
        *,
        isOlder: bool = False,
        staying: Collection[bytes] = (),
    ) -> VerifyReport:
        """Store or compare what the last walk has recorded; returns the report with what differs.

        Args:
            mirror: what is mirrored
            report: of the files
            found: the object, if there is one
            watcher: keeps what is found
            cache: has digests of contents, if there is one
            isOlder: whether the object is older than that of a file
            staying: what the keys of objects begin with that stay although nobody can see what is there now
        """
        if self.purpose == "none":
            return report
        watcher("attributes")
        records, self.isOlder, self.isProven = self.reader.finish(), isOlder, True
        self.hidden = sorted({*self.reader.hidden, *staying})[:_MOST_HIDDEN]
        self.omitted.finish()
        watcher.findings.forget(Kind.ATTRIBUTES.value, "recorded")
        wrong = self._stored if self.purpose == "store" else self._compared
        settled = _withDifferences(mirror, report, wrong(mirror, records, found, watcher, cache), watcher)
        count = 0 if settled.counts[Kind.ATTRIBUTES] else self.count
        return replace(settled, recorded=count, isRecordProven=self.isProven)

    def _stored(
        self,
        mirror: Mirror,
        records: Spool[AttributeRecord],
        found: ObjectEntry | None,
        watcher: Watcher,
        cache: DigestCache | None,
    ) -> Iterator[Difference]:
        """Write the object, unless it is there as it would be written; yields that it is not, where it cannot be."""
        with (
            _privateDirectory() as directory,
            _privateDirectory() as fetched,
            Spool(AttributeRecord._make) as earlier,
        ):
            hidden = self.hidden
            hasDigests = cache is not None

            def isWritten() -> bool:
                known = finder(cache.wholeDigests(mirror.source)) if cache and not mirror.locale.isLegacy else _unknown
                whole = withEarlier(records, earlier, hidden, known) if hasDigests or not earlier.isEmpty else records
                self._write(mirror, directory, whole, watcher, hasDigests=hasDigests)
                return _isSame(directory, fetched) or bool(
                    found and _proof(mirror, directory, found, watcher).verdict == "matched"
                )

            if found and hidden:
                hasDigests |= self._keepEarlier(mirror, found, earlier, fetched)
            isSame = isWritten()
            if found and not isSame and not hidden:
                hasDigests |= self._keepEarlier(mirror, found, earlier, fetched)
                isSame = isWritten() if hasDigests else _isSame(directory, fetched)
            url, paths = displayPath(mirror.location.url) + _NAME, displayCount(self.count, "path")
            if isSame and not self.isOlder:  # of a newer object a restore could not know whether it has changed since
                log.info("The attributes of %s in %s are up to date", paths, url)
            elif change := self.sourceChange():
                detail = f"has no newer attributes in {url}, because {change}; check what happened, then run again"
                yield Difference(Kind.ATTRIBUTES, b"", None, None, detail=detail)
            else:
                size = os.path.getsize(os.path.join(directory, _NAME))
                log.info("Storing the attributes of %s in %s (%s)", paths, url, displayBytes(size))
                yield from self._uploaded(mirror, directory, found, watcher)

    def _uploaded(
        self, mirror: Mirror, directory: str, before: ObjectEntry | None, watcher: Watcher
    ) -> Iterator[Difference]:
        """Upload what is in a directory, and show it done; yields that it is not."""
        arguments, pace = copyArguments(os.fsencode(directory), mirror.location), Pace(bandwidth=mirror.aws.bandwidth)
        # A restore reads it first, and each run that changes it would pay for the early end of an archived one.
        aws = replace(mirror.aws, storageClass="") if mirror.aws.storageClass in ARCHIVES else mirror.aws
        result, _ = runUpload(arguments, mirror.location, aws, pace=pace)
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
            return
        self.isProven = finding.verdict == "matched"
        if not self.isProven:
            watcher.findings.note("unproven", ATTRIBUTES_KEY, finding.size)
            log.info("Nothing proves what %s holds: %s", url, finding.why)

    def _write(
        self,
        mirror: Mirror,
        directory: str,
        records: Iterable[AttributeRecord],
        watcher: Watcher,
        *,
        hasDigests: bool,
    ) -> None:
        """Write the file that is to be the object."""
        source, host = displayPath(mirror.source), displayPath(platform.node())
        header = Header(f"{NAME} {VERSION}", source, host, self.reader.newestNs, hasDigests)
        path = os.path.join(directory, _NAME)
        with temporaryRoom(), open(path, "wb") as file:
            self.count = writeAttributes(file, header, records, self._omit)
        watcher.findings.forget("recorded")
        watcher.findings.count("recorded", self.count, os.path.getsize(path))

    def _omit(self, record: AttributeRecord) -> None:
        log.warning(
            "Attributes of %s are not recorded: they are longer than a line may be",
            displayPath(self.mirror.pathTo(record.path)),
        )

    def _keepEarlier(self, mirror: Mirror, found: ObjectEntry, earlier: Spool[AttributeRecord], directory: str) -> bool:
        """Keep of what is stored the digests, and the records of what cannot be read now: its objects stay as well.

        Returns whether what is stored has digests.
        """
        hidden = self.hidden
        try:
            with _fetched(mirror, found, directory) as stored:
                if stored.header.hasDigests or hidden:
                    keepWithinBounds(earlier, wantedEarlier(inOrder(stored.records), hidden))
                return stored.header.hasDigests
        except AttributesUnreadable as why:
            earlier.clear()
            if hidden:
                log.warning("The attributes of what cannot be read now are lost: %s", why)
        return False

    def _compared(
        self,
        mirror: Mirror,
        records: Spool[AttributeRecord],
        found: ObjectEntry | None,
        watcher: Watcher,
        cache: DigestCache | None,
    ) -> Iterator[Difference]:
        """What differs from the records that are stored."""
        url = displayPath(mirror.location.url) + _NAME
        log.info("Comparing the attributes of %s with %s", displayPath(mirror.source), url)
        if found is None:
            detail = f"has no attributes in {url}; a run with --attributes stores them"
            yield Difference(Kind.ATTRIBUTES, b"", None, None, detail=detail)
            return
        try:
            with _privateDirectory() as directory, _fetched(mirror, found, directory) as stored:
                for path, detail in attributeDifferences(records, self._counted(stored.records), self.hidden):
                    yield Difference(Kind.ATTRIBUTES, path, None, None, detail=f"{detail} in {url}")
        except AttributesUnreadable as why:
            yield Difference(Kind.ATTRIBUTES, ATTRIBUTES_KEY, None, found.size, detail=f"in {url}: {why}")
        watcher.findings.count("recorded", self.count, found.size)

    def _counted(self, records: Iterable[AttributeRecord]) -> Iterator[AttributeRecord]:
        self.count = 0
        for record in records:
            self.count += 1
            yield record


def _isSame(directory: str, other: str) -> bool:
    """Whether the file in a directory is the one that was fetched into another, if one was."""
    path, fetched = os.path.join(directory, _NAME), os.path.join(other, _NAME)
    return os.path.exists(fetched) and filecmp.cmp(path, fetched, shallow=False)


def _unknown(path: bytes) -> None:
    return None


def isOlder(found: ObjectEntry | None, objects: Iterable[ObjectEntry]) -> bool:
    """Whether an object that may be there was stored before one of the others, in whole seconds."""
    stored = secondsOf(found.lastModified) if found else 0
    return found is not None and any(secondsOf(each.lastModified) > stored for each in objects)


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
    counts = Counter({**report.counts, Kind.ATTRIBUTES: lines.count})
    return replace(report, counts=MappingProxyType(counts), differences=tuple(kept))


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


@contextlib.contextmanager
def _fetched(mirror: Mirror, found: ObjectEntry, directory: str) -> Iterator[StoredAttributes]:
    """What is stored, fetched into a directory, to be read while the context lasts.

    Raises:
        AttributesUnreadable: it cannot be fetched, or not read
    """
    if found.size > MOST_PACKED:
        raise AttributesUnreadable(f"The attributes are refused: the object has {displayBytes(found.size)}")
    if found.size > freeBytes(directory) // 2:
        raise AttributesUnreadable(
            f"The attributes cannot be fetched: the object has {displayBytes(found.size)}, more than half of the free "
            f"space in {displayPath(directory)}; set TMPDIR to another directory"
        )
    lines = CappedLines("records that are passed over", logging.WARNING)
    file = os.path.join(directory, _NAME)
    result = runAws(downloadOneArguments(mirror.location, _NAME, os.fsencode(file)), mirror.aws)
    if result.status != 0:
        raise AttributesUnreadable(f"The attributes cannot be fetched: {result}")
    with open(file, "rb") as stream:
        yield readAttributes(stream, lines.log)
    lines.finish()
