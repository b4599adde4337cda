"""Fetching versions into the private directory: the current ones in one batch, any others one by one."""

from __future__ import annotations

import contextlib
import io
import json
import os
import stat
import tempfile
import threading
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from itertools import count
from typing import NamedTuple

from CedarBackup3.amazons3.awscli import AwsResult, downloadArguments, getArguments, isTakenLiterally, runAws
from CedarBackup3.amazons3.awsprogress import progressReader
from CedarBackup3.amazons3.awssettings import AwsSettings
from CedarBackup3.amazons3.etagmatch import contentMatches
from CedarBackup3.amazons3.mirror import OnProgress
from CedarBackup3.amazons3.model import S3Location
from CedarBackup3.amazons3.staging import Staging
from CedarBackup3.amazons3.versionlisting import NULL_VERSION, Version, secondsOf

_TICK = 0.2  # seconds
_MOST_AT_ONCE = 8
_DOUBTS_ASKED = 3
_UNSAFE = ("../*", "*/../*", "*/..", "./*", "*/./*", "*/.", "[/]*", "*//*")
"""Patterns of keys that a batch must not make files of: older versions of aws follow some of them."""


class Fetched(NamedTuple):
    """How fetching one version ended."""

    version: Version
    file: bytes
    """Where it arrived."""
    reason: str = ""
    """Why it did not; empty: it did."""
    isArchived: bool = False
    """Whether that is because it has to be brought back from an archive first."""
    isMissing: bool = False
    """Whether nothing arrived in a batch."""
    isDoubtful: bool = False
    """Whether that is only because the ETag stands for other content, if it is a digest at all."""


def fetchedOneByOne(
    location: S3Location, aws: AwsSettings, staging: Staging, versions: Iterable[Version]
) -> Generator[Fetched, None, None]:
    """Each version in a file of its own, checked, several at once, in the order of their arrival.

    To be closed: whoever closes it early stops what is under way.
    """
    atOnce = min(_MOST_AT_ONCE, 2 * (os.cpu_count() or 1))
    cancelled = threading.Event()
    pending: set[Future[Fetched]] = set()
    numbers = count()
    with ThreadPoolExecutor(atOnce) as executor:
        try:
            for version in versions:
                file = staging.file(next(numbers))
                pending.add(executor.submit(_fetched, location, aws, version, file, cancelled))
                while len(pending) >= 2 * atOnce:
                    # A signal that comes just before a wait without end would not be noticed until its end.
                    done, pending = wait(pending, _TICK, FIRST_COMPLETED)
                    yield from (each.result() for each in done)
            while pending:
                done, pending = wait(pending, _TICK, FIRST_COMPLETED)
                yield from (each.result() for each in done)
        except BaseException:
            cancelled.set()  # what is under way must not outlive an interrupt
            raise


def _fetched(
    location: S3Location, aws: AwsSettings, version: Version, file: bytes, cancelled: threading.Event
) -> Fetched:
    if cancelled.is_set():
        return Fetched(version, file, "the run was interrupted")
    with _request(location, version, file) as arguments:
        result, isDigest = _ran(arguments, aws, cancelled)
    if result.status:
        reason = str(result)
        fetched = Fetched(version, file, reason, isArchived="InvalidObjectState" in reason)
    else:
        fetched = _checked(file, version, isDigest=isDigest)
    if fetched.reason:
        with contextlib.suppress(OSError):
            os.unlink(file)
    return fetched


def _ran(arguments: list[str | bytes], aws: AwsSettings, cancelled: threading.Event) -> tuple[AwsResult, bool]:
    """How aws ended, and whether the ETag of the object it was about is a digest."""
    printed = io.BytesIO()
    result = runAws(arguments, aws, outputFile=printed, shouldStop=cancelled.is_set)
    return result, _hasDigest(printed.getvalue())


class Digests:
    """Whether the ETags of a bucket are digests: a few that seem to be none are asked for, and speak for the others."""

    def __init__(self, location: S3Location, aws: AwsSettings) -> None:
        self._location, self._aws = location, aws
        self._asked = self._encrypted = 0

    def areNone(self, version: Version) -> bool:
        """Whether a version whose ETag does not stand for its content is one of those whose ETag never does."""
        if self._asked < _DOUBTS_ASKED:
            self._asked += 1
            with _request(self._location, version, b"") as arguments:
                result, isDigest = _ran(arguments, self._aws, threading.Event())
            self._encrypted += not (result.status or isDigest)
        return self._encrypted == self._asked


@contextlib.contextmanager
def _request(location: S3Location, version: Version, file: bytes) -> Iterator[list[str | bytes]]:
    """The arguments that fetch a version; a key that aws would take for an address is given by a file that holds it."""
    # Without an id nobody needs the permission for older versions.
    versionId = "" if version.isLatest and version.versionId == NULL_VERSION else version.versionId
    key = location.prefix + version.key.decode()
    if isTakenLiterally(key):
        yield getArguments(location.bucket, key, versionId, file)
        return
    with tempfile.NamedTemporaryFile("w", prefix="cback-", encoding="utf-8", newline="") as holder:
        holder.write(key)
        holder.flush()
        yield getArguments(location.bucket, f"file://{holder.name}", versionId, file)


def _hasDigest(printed: bytes) -> bool:
    """Whether the ETag is a digest, going by what the object is encrypted with."""
    try:
        encryption, customerAlgorithm = json.loads(printed)
    except (ValueError, TypeError):
        return True
    return encryption in {None, "AES256"} and not customerAlgorithm


def _checked(file: bytes, version: Version, *, isDigest: bool) -> Fetched:
    """A file that has arrived, checked."""
    try:
        with open(file, "rb") as opened:
            status = os.fstat(opened.fileno())
            if not stat.S_ISREG(status.st_mode) or status.st_size != version.size:
                return Fetched(version, file, f"{status.st_size:,} bytes arrived instead of {version.size:,}")
            if isDigest and contentMatches(opened, status.st_size, version.etag) is False:
                return Fetched(version, file, "what arrived is not what its ETag stands for", isDoubtful=True)
    except OSError as error:
        return Fetched(version, file, f"what arrived cannot be read: {error.strerror}")
    return Fetched(version, file)


def downloaded(
    location: S3Location,
    aws: AwsSettings,
    staging: Staging,
    excludes: Iterable[str],
    onProgress: OnProgress | None = None,
) -> AwsResult:
    """Fetch what is below a location now into the tree of the private directory, except what that has already.

    The prefix must not have characters that mean something in a pattern.
    """
    os.makedirs(staging.tree, exist_ok=True)
    arguments = downloadArguments(location, staging.tree, (*excludes, *_UNSAFE), progress=onProgress is not None)
    return runAws(arguments, aws, onOutput=progressReader(onProgress) if onProgress else None)


def standIn(staging: Staging, path: bytes, size: int) -> None:
    """Keep the batch from fetching an object, by an empty file of its size and of a time before its own.

    (AWS CLI reference, "sync": what is not larger or smaller nor newer than the local file is left alone.)
    """
    whole = os.path.join(staging.tree, path)
    with contextlib.suppress(OSError):  # without it the object is fetched, and thrown away
        os.makedirs(os.path.dirname(whole), exist_ok=True)
        with open(whole, "xb") as file:
            file.truncate(size)
        os.utime(whole, (0, 0))


def forget(staging: Staging, path: bytes, version: Version) -> None:
    """Remove from the tree what an earlier run left there in the place of a version that is to be fetched."""
    whole = os.path.join(staging.tree, path)
    with contextlib.suppress(OSError):
        if os.lstat(whole).st_mtime != secondsOf(version.lastModified):
            os.unlink(whole)


def takenFromTree(staging: Staging, path: bytes, version: Version) -> Fetched:
    """The version as the batch has brought it, if that is what it has brought."""
    file = os.path.join(staging.tree, path)
    try:
        status = os.lstat(file)
    except OSError:
        return Fetched(version, file, "it did not arrive", isMissing=True)
    if not stat.S_ISREG(status.st_mode) or status.st_mtime != secondsOf(version.lastModified):
        return Fetched(version, file, "another version arrived")
    return _checked(file, version, isDigest=True)
