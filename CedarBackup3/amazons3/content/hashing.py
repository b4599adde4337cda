"""Compares the content of files with the ETags of their objects, with several threads.

A match is never an accident. A mismatch is a difference, unless something explains it that an ETag does not tell:
another part size, or an encryption. `followup` asks for that.
"""

from __future__ import annotations

import contextlib
import errno
import os
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple, TypeVar

from CedarBackup3.amazons3.aws.command import awsEnvironment, configuredText
from CedarBackup3.amazons3.aws.configuration import nestedSettings
from CedarBackup3.amazons3.aws.settings import AwsSettings
from CedarBackup3.amazons3.content.digestcache import DigestCache
from CedarBackup3.amazons3.content.digests import READ, FileState, Hasher, PartedHasher, feedHashers, fileState, md5
from CedarBackup3.amazons3.content.etags import Etag, chunkSize, isConclusive, parseEtag, possibleParts
from CedarBackup3.amazons3.local.opentree import NotAFile, NotFollowed, OpenTree
from CedarBackup3.amazons3.local.tree import LocalTree
from CedarBackup3.amazons3.model import Claim, ContentFinding, ObjectEntry, RunEffect, S3Location, SourceEntry, Verdict
from CedarBackup3.amazons3.progress import OnProgress
from CedarBackup3.amazons3.workers import mapInOrder, processors

Result = TypeVar("Result")

_BATCH_FILES = 64  # handed to a thread at a time: one by one, small files would take longer to hand over than to read
_BATCH_BYTES = 16 << 20
_AHEAD = 256  # batches


def claimOf(entry: SourceEntry, found: ObjectEntry, effect: RunEffect = "none", *, isChanged: bool = False) -> Claim:
    """The claim of a pair that agrees in size, with what the run has done with it."""
    state = (entry.mtimeNs, found.etag, found.lastModified, entry.ctimeNs, entry.inode)
    return Claim(entry.path, found.key, found.size, *state, effect, isChanged)


@dataclass(frozen=True, slots=True)
class Reader:
    """What every thread that reads files has to know."""

    tree: LocalTree
    location: S3Location
    aws: AwsSettings
    cache: DigestCache | None = None
    configuredPart: int = 0
    """The user's `multipart_chunksize` in bytes; 0: none is set."""
    toldParts: set[int] = field(default_factory=set)
    """Part sizes in bytes that S3 has told, and by which files matched."""
    stopped: threading.Event = field(default_factory=threading.Event)
    """Set when the work is given up."""
    turns: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(processors()))
    """Of the threads that ask S3, of which there are many, so many read files at a time."""
    root: int = -1
    """The descriptor of the directory, below which files are opened through no link; negative: by their paths."""


class NotRead(Exception):
    """A file could not be read as it was when it was walked."""

    def __init__(self, verdict: Verdict, why: str) -> None:
        super().__init__(verdict, why)
        self.verdict = verdict
        self.why = why


def configuredPartSize(aws: AwsSettings, shouldStop: Callable[[], bool] = lambda: False) -> int:
    """The `multipart_chunksize` of the user's aws in bytes; 0 if none is set.

    aws itself, which takes half a second to start, is asked only where its configuration alone does not tell.
    """
    own, name = _transferSettings(aws), "multipart_chunksize"
    return chunkSize(configuredText(["get", f"s3.{name}"], aws, shouldStop) if own is None else own.get(name, ""))


def configuredThreshold(aws: AwsSettings) -> int:
    """The bytes from which the user's aws uploads a file in parts; 0 if none are set, or only aws itself could tell."""
    return chunkSize((_transferSettings(aws) or {}).get("multipart_threshold", ""))


def _transferSettings(aws: AwsSettings) -> dict[str, str] | None:
    return nestedSettings(awsEnvironment(os.environ, aws), aws.profile, aws.locale.encoding, "s3")


def contentFindings(
    reader: Reader, claims: Iterable[Claim], totalBytes: int, onProgress: OnProgress
) -> Iterator[ContentFinding]:
    """What the digests of the files show beside the ETags, in the order of the claims."""
    return _read(reader, partial(_findings, reader), claims, totalBytes, onProgress)


class FileDigests(NamedTuple):
    """Digests of a file."""

    claim: Claim
    """Names the file, and has its size."""
    state: FileState
    """In which it was read."""
    digests: Mapping[int, bytes]
    """By the size of the parts; 0: undivided."""


def fileDigests(
    reader: Reader,
    claims: Iterable[Claim],
    sizesFor: Callable[[int], Sequence[int]],
    totalBytes: int,
    onProgress: OnProgress,
) -> Iterator[FileDigests]:
    """The digests of files, in the order of the claims, without those that cannot be read or have changed.

    Args:
        reader: what every thread has to know
        claims: have the paths, sizes and modification times
        sizesFor: the part sizes by which to divide a file of some size; 0: undivided
        totalBytes: of all the files
        onProgress: called now and then
    """

    def read(batch: Sequence[Claim]) -> list[FileDigests]:
        buffer = bufferFor(max((each.size for each in batch), default=0))
        found: list[FileDigests] = []
        for each in batch:
            with contextlib.suppress(NotRead):
                found.append(FileDigests(each, *_digested(reader, each, sizesFor(each.size), buffer)))
        return found

    return _read(reader, read, claims, totalBytes, onProgress)


def _read(
    reader: Reader,
    work: Callable[[Sequence[Claim]], list[Result]],
    claims: Iterable[Claim],
    totalBytes: int,
    onProgress: OnProgress,
) -> Iterator[Result]:
    """What some threads make of the claims, a batch at a time, in order."""
    files = size = 0

    def both(batch: Sequence[Claim]) -> tuple[Sequence[Claim], list[Result]]:
        return batch, work(batch)

    for batch, results in mapInOrder(
        both, _batches(claims), threads=processors(), ahead=_AHEAD, cancel=reader.stopped.set
    ):
        yield from results
        files += len(batch)
        size += sum(each.size for each in batch)
        onProgress("content", files, size, size / totalBytes if totalBytes else None)


def _batches(claims: Iterable[Claim]) -> Iterator[list[Claim]]:
    batch: list[Claim] = []
    size = 0
    for each in claims:
        batch.append(each)
        size += each.size
        if len(batch) == _BATCH_FILES or size >= _BATCH_BYTES:
            yield batch
            batch, size = [], 0
    yield batch


def _findings(reader: Reader, batch: Sequence[Claim]) -> list[ContentFinding]:
    buffer = bufferFor(max((each.size for each in batch), default=0))
    return [findingOf(each, partial(_verdict, reader, each, buffer)) for each in batch]


def bufferFor(size: int) -> bytearray:
    """What a file of that size is read into, a piece at a time."""
    return bytearray(max(1, min(size, READ)))


def findingOf(each: Claim, judge: Callable[[], tuple[Verdict, str]]) -> ContentFinding:
    """What there is to say of a claim: the verdict, or why the file could not be read for it."""
    try:
        verdict, why = judge()
    except NotRead as reason:
        verdict, why = reason.verdict, reason.why
    return ContentFinding(verdict, why, *each)


def _verdict(reader: Reader, each: Claim, buffer: bytearray) -> tuple[Verdict, str]:
    etag = parseEtag(each.etag)
    if etag is None:
        return "unknown", "its ETag is not a digest"
    for tried in possibleParts(each.size, etag, reader.configuredPart):
        if hasEtag(reader, each, etag, tried, buffer):
            return "matched", ""
    return unexplained(reader, each.size, etag)


def unexplained(reader: Reader, size: int, etag: Etag) -> tuple[Verdict, str]:
    """The verdict on a mismatch of which nothing else is known: a difference, if the user's aws makes such parts."""
    if isConclusive(size, etag, reader.configuredPart):
        return "differs", ""
    return "unknown", "the size of its parts is unknown"


def hasEtag(reader: Reader, each: Claim, etag: Etag, sizes: Sequence[int], buffer: bytearray) -> bool:
    """Whether a file, in parts of one of these sizes (0: undivided), has that ETag; what is cached can only say yes.

    Raises:
        NotRead: nothing can be proven
    """
    if reader.cache and _isCached(reader.cache, reader.tree.pathTo(each.path), each, etag, sizes):
        return True
    return etag.digest in _digested(reader, each, sizes, buffer)[1].values()


def _digested(
    reader: Reader, each: Claim, sizes: Sequence[int], buffer: bytearray
) -> tuple[FileState, dict[int, bytes]]:
    """The state of a file, and its digests by the sizes of the parts; they are cached."""
    hashers = [PartedHasher(md5, size) if size else md5() for size in sizes]
    state = _fed(reader, each, hashers, buffer)
    digests = {size: hasher.digest() for size, hasher in zip(sizes, hashers, strict=True)}
    if reader.cache:
        reader.cache.keep(reader.tree.pathTo(each.path), state, digests)
    return state, digests


def hasDigest(reader: Reader, each: Claim, hashers: Sequence[Hasher], digest: bytes, buffer: bytearray) -> bool:
    """Whether one of the hashers makes that digest of a file.

    Raises:
        NotRead: nothing can be proven
    """
    _fed(reader, each, hashers, buffer)
    return any(hasher.digest() == digest for hasher in hashers)


def _isCached(cache: DigestCache, path: bytes, each: Claim, etag: Etag, sizes: Sequence[int]) -> bool:
    try:
        state = fileState(os.stat(path))
    except OSError as error:
        raise _notRead(error) from None
    if (state.size, state.mtimeNs) != (each.size, each.mtimeNs):
        return False
    known = cache.digests(path, state)
    return any(known.get(size) == etag.digest for size in sizes)


def _fed(reader: Reader, each: Claim, hashers: Sequence[Hasher], buffer: bytearray) -> FileState:
    try:
        with _pinned(reader, each.path) as path:
            state = feedHashers(path, each.size, each.mtimeNs, hashers, buffer, reader.stopped.is_set)
    except OSError as error:
        raise _notRead(error) from None
    except (NotAFile, NotFollowed):
        state = None
    if state is None:
        raise NotRead("changed", "")
    return state


@contextlib.contextmanager
def _pinned(reader: Reader, path: bytes) -> Iterator[bytes]:
    """A path that leads to a file.

    Below an open directory it stays with the file, whatever takes its place (proc(5), fd).

    Raises:
        NotAFile: something else is in its place, at the beginning or in the end
        NotFollowed: it is a link, or lies behind one
        OSError: it cannot be opened
    """
    if reader.root < 0:
        yield reader.tree.pathTo(path)
        return
    with OpenTree(reader.root, "none") as tree:
        descriptor = tree.file(path)
        try:
            yield b"/proc/self/fd/%d" % descriptor
            if not os.path.samestat(tree.status(path), os.fstat(descriptor)):
                raise NotAFile
        finally:
            os.close(descriptor)


def _notRead(error: OSError) -> NotRead:
    isGone = error.errno in {errno.ENOENT, errno.ENOTDIR, errno.ELOOP}
    return NotRead("changed" if isGone else "unreadable", error.strerror or str(error))
