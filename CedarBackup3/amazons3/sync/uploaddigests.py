"""Digests of uploaded files, made while the AWS CLI reads the files, so that the disk is read once.

A thread follows aws through the plan, which aws goes through in the same order. Each file is read when aws has begun to
read it, so that it is in the page cache, and only a digest of a file that held still since is ever of use.
"""

from __future__ import annotations

import contextlib
import heapq
import logging
import os
import threading
import time
from collections.abc import Iterable, Iterator
from operator import attrgetter
from typing import NamedTuple

from CedarBackup3.amazons3.content.digestcache import DigestCache
from CedarBackup3.amazons3.content.digests import FileState, PartedHasher, feedHashers, fileState, isCached, md5
from CedarBackup3.amazons3.content.etags import ownPartSize, parseEtag
from CedarBackup3.amazons3.content.hashing import bufferFor, configuredPartSize, configuredThreshold
from CedarBackup3.amazons3.mirror import Mirror
from CedarBackup3.amazons3.model import Claim, Step
from CedarBackup3.amazons3.spool import Spool

log = logging.getLogger("CedarBackup3.log")

_THRESHOLD = 8 << 20  # bytes from which aws uploads in parts by itself ("AWS CLI S3 Configuration")
_PATIENCE = 10.0  # seconds to wait for aws to read a piece: it may be done with it, and the cache full
_TICK = 0.05  # seconds between two looks whether it has
_GRAIN_NS = 20_000_000  # within one tick of the clock that stamps files a second change does not show
_COARSE_GRAIN_NS = 2_000_000_000  # where that clock has whole seconds


class Digested(NamedTuple):
    """What a file held in one state of it."""

    key: bytes
    size: int
    mtimeNs: int
    ctimeNs: int
    inode: int
    partSize: int
    """0: the digest is of the whole."""
    digest: bytes


class UploadDigests:
    """What is known of the files of a plan."""

    def __init__(
        self,
        mirror: Mirror,
        steps: Iterable[Step],
        cache: DigestCache | None,
        kept: Spool[Digested],
        known: Iterable[Digested],
    ) -> None:
        self._mirror = mirror
        self._steps = steps
        self._cache = cache
        self._kept = kept
        self._known = known
        self._ended = threading.Event()
        self._stopped = threading.Event()
        self._failure: BaseException | None = None
        self._threshold = configuredThreshold(mirror.aws) or _THRESHOLD
        self._configuredPart: int | None = None

    def __iter__(self) -> Iterator[Digested]:
        """All that is known, in key order; to be asked for when the context has ended."""
        return heapq.merge(self._kept, self._known, key=attrgetter("key"))

    @contextlib.contextmanager
    def making(self) -> Iterator[None]:
        """Make them while the context lasts. When it ends, the file that is being read is read to its end.

        An exception stops the thread at once.
        """
        thread = threading.Thread(target=self._run, name="digests", daemon=True)
        try:
            try:
                thread.start()
            except RuntimeError as error:
                log.debug("Cannot start a thread for the digests (%s): the files are read after the upload", error)
                yield
                return
            yield
            self._ended.set()
            while thread.is_alive():  # a signal that comes just before a wait without end would not be noticed
                thread.join(_TICK)
        finally:
            self._stopped.set()
            self._ended.set()
            if thread.is_alive():
                thread.join()
        if self._failure:
            raise self._failure

    def _run(self) -> None:
        try:
            with self._kept.appending() as keep:
                for step in self._steps:
                    if self._ended.is_set():
                        break
                    if step.action != "delete" and (known := self._digested(step)):
                        keep(known)
        except BaseException as failure:  # which the thread that waits raises
            self._failure = failure

    def _digested(self, step: Step) -> Digested | None:
        path = self._mirror.pathTo(step.path)
        try:
            state = fileState(os.stat(path))
            if mayChangeUnseen(state):
                return None
            partSize = self._partSize(state.size)
            digest = self._cached(path, state, partSize)
            if digest is None:
                hasher = PartedHasher(md5, partSize) if partSize else md5()
                buffer = bufferFor(state.size)
                now = feedHashers(
                    path, state.size, state.mtimeNs, [hasher], buffer, self._stopped.is_set, self._mayRead
                )
                if now != state:
                    return None
                digest = hasher.digest()
                if self._cache:
                    self._cache.keep(path, state, {partSize: digest})
        except OSError:
            return None
        return Digested(step.key, state.size, state.mtimeNs, state.ctimeNs, state.inode, partSize, digest)

    def _cached(self, path: bytes, state: FileState, partSize: int) -> bytes | None:
        return self._cache.digests(path, state).get(partSize) if self._cache else None

    def _mayRead(self, descriptor: int, position: int) -> bool:
        """Wait until aws has read that piece; returns whether there is still a reason to read it here.

        When aws has ended, files of which nothing has been read are left to those who read many at a time.
        """
        deadline = time.monotonic() + _PATIENCE
        while not self._ended.is_set() and time.monotonic() < deadline and not isCached(descriptor, position):
            self._ended.wait(_TICK)
        return not self._stopped.is_set() and (position > 0 or not self._ended.is_set())

    def _partSize(self, size: int) -> int:
        """The part size by which aws uploads a file of that size; 0: it is one PUT."""
        if size < self._threshold:
            return 0
        if self._configuredPart is None:
            self._configuredPart = configuredPartSize(self._mirror.aws, self._stopped.is_set)
        return ownPartSize(size, self._configuredPart)


def mayChangeUnseen(state: FileState) -> bool:
    """Whether a file was changed so shortly ago that a change after its reading might leave its times as they are."""
    grain = _GRAIN_NS if state.ctimeNs % 1_000_000_000 else _COARSE_GRAIN_NS
    return state.ctimeNs > time.time_ns() - grain


def proves(known: Digested | None, each: Claim) -> bool:
    """Whether a digest shows that an object was made of what a file holds; if not, nothing is shown."""
    etag = parseEtag(each.etag)
    if known is None or etag is None:
        return False
    isSame = known[1:5] == (each.size, each.mtimeNs, each.ctimeNs, each.inode)
    parts = max(1, -(-known.size // known.partSize)) if known.partSize else 0
    return isSame and parts == etag.parts and known.digest == etag.digest


@contextlib.contextmanager
def uploadDigests(
    mirror: Mirror, steps: Iterable[Step], cache: DigestCache | None, known: Iterable[Digested] = ()
) -> Iterator[UploadDigests]:
    """The digests of the files of a plan, none as yet; they are kept for as long as the context lasts.

    What is known of other files is among them, in key order.
    """
    with Spool(Digested._make) as kept:
        yield UploadDigests(mirror, steps, cache, kept, known)
