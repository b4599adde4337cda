"""Fetching versions into the private directory: the current ones in one batch, any others one by one."""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
import threading
from collections.abc import Generator, Iterable, Iterator
from typing import NamedTuple

from CedarBackup3.amazons3.awsarguments import downloadArguments, getArguments, isTakenLiterally
from CedarBackup3.amazons3.awscli import AwsResult, answerOf, runAws
from CedarBackup3.amazons3.awsprogress import progressReader
from CedarBackup3.amazons3.awssettings import AwsSettings
from CedarBackup3.amazons3.awstimes import secondsOf
from CedarBackup3.amazons3.content.etagmatch import contentMatches
from CedarBackup3.amazons3.content.workers import mapped, processors
from CedarBackup3.amazons3.mirror import OnProgress
from CedarBackup3.amazons3.model import S3Location
from CedarBackup3.amazons3.restore.etagdoubts import isDigest
from CedarBackup3.amazons3.restore.staging import Staging
from CedarBackup3.amazons3.restore.versionlisting import Version
from CedarBackup3.amazons3.spool import temporaryRoom

_MOST_AT_ONCE = 8
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
    """Each version in a file of its own, checked, several at once.

    To be closed: whoever closes it early stops what is under way.
    """
    atOnce = min(_MOST_AT_ONCE, 2 * processors())
    cancelled = threading.Event()

    def fetched(numbered: tuple[int, Version]) -> Fetched:
        number, version = numbered
        return _fetched(location, aws, version, staging.file(number), cancelled)

    # With pages of work ahead, one large file does not keep the others waiting.
    return mapped(fetched, enumerate(versions), threads=atOnce, ahead=8 * atOnce, cancel=cancelled.set)


def _fetched(
    location: S3Location, aws: AwsSettings, version: Version, file: bytes, cancelled: threading.Event
) -> Fetched:
    if cancelled.is_set():
        return Fetched(version, file, "the run was interrupted")
    with _request(location, version, file) as arguments:
        result, printed = answerOf(arguments, aws, cancelled.is_set)
    if result.status:
        reason = str(result)
        fetched = Fetched(version, file, reason, isArchived="InvalidObjectState" in reason)
    else:
        fetched = _checked(file, version, hasDigest=isDigest(printed))
    if fetched.reason:
        with contextlib.suppress(OSError):
            os.unlink(file)
    return fetched


@contextlib.contextmanager
def _request(location: S3Location, version: Version, file: bytes) -> Iterator[list[str | bytes]]:
    """The arguments that fetch a version; a key that aws would take for an address is given by a file that holds it."""
    key = location.prefix + version.key.decode()
    if isTakenLiterally(key):
        yield getArguments(location.bucket, key, version.fetchId, file)
        return
    with contextlib.ExitStack() as stack:
        with temporaryRoom():
            holder = stack.enter_context(
                tempfile.NamedTemporaryFile("w", prefix="cback-", encoding="utf-8", newline="")
            )
            holder.write(key)
            holder.flush()
        yield getArguments(location.bucket, f"file://{holder.name}", version.fetchId, file)


def _checked(file: bytes, version: Version, *, hasDigest: bool) -> Fetched:
    """A file that has arrived, checked."""
    try:
        with open(file, "rb") as opened:
            status = os.fstat(opened.fileno())
            if not stat.S_ISREG(status.st_mode) or status.st_size != version.size:
                return Fetched(version, file, f"{status.st_size:,} bytes arrived instead of {version.size:,}")
            if hasDigest and contentMatches(opened, status.st_size, version.etag) is False:
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
    return _checked(file, version, hasDigest=True)
