"""Fetches versions into staging: through a session, or many current objects in one batch and the others one by one."""

from __future__ import annotations

import contextlib
import json
import os
import stat
import threading
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from CedarBackup3.amazons3.aws.arguments import (
    ENCRYPTION,
    Arguments,
    downloadArguments,
    getArguments,
    isTakenLiterally,
)
from CedarBackup3.amazons3.aws.command import AwsResult, answerOf, runAws
from CedarBackup3.amazons3.aws.progress import progressReader
from CedarBackup3.amazons3.aws.rules import Rule
from CedarBackup3.amazons3.aws.session.client import Session, SessionLost, sessionOf
from CedarBackup3.amazons3.aws.settings import AwsSettings
from CedarBackup3.amazons3.aws.times import secondsOf
from CedarBackup3.amazons3.bucket.versions import Version
from CedarBackup3.amazons3.content.etagmatch import contentMatches
from CedarBackup3.amazons3.content.etags import isDigestUnder
from CedarBackup3.amazons3.content.followup import ENCRYPTED
from CedarBackup3.amazons3.model import S3Location, Verdict
from CedarBackup3.amazons3.progress import Transfer
from CedarBackup3.amazons3.restore.archive import archiveFacts
from CedarBackup3.amazons3.restore.placing import openFile
from CedarBackup3.amazons3.restore.recordeddigest import hasDigest
from CedarBackup3.amazons3.restore.staging import Staging
from CedarBackup3.amazons3.spool import temporaryText
from CedarBackup3.amazons3.workers import mapInOrder, processors
from CedarBackup3.errors import CommandFailed
from CedarBackup3.util import displayCount

PartOf = Callable[[str], int]
"""The user's `multipart_chunksize` in bytes for an ETag; 0: none is set, or the object has no parts."""

_IN_SESSION = 16  # at once: at 30 ms a response they keep the one Python of a session busy
_MOST_AT_ONCE = 8
_TICK = 0.2  # seconds
_MANY = 100  # files, fetched one by one in half a minute or so
_SECONDS_EACH = 0.65  # of a processor, measured with AWS CLI 1.46 on loopback; 2.9 takes somewhat more
_UNSAFE = tuple(map(Rule, ("../*", "*/../*", "*/..", "./*", "*/./*", "*/.", "[/]*", "*//*")))
"""Of keys that a batch must not make files of: older versions of aws follow some of them."""


class Fetched(NamedTuple):
    """How fetching one version ended."""

    version: Version
    file: bytes
    """Where it arrived."""
    reason: str = ""
    """Why it did not; empty: it did."""
    isArchived: bool = False
    """Whether that is because it has to be brought back from an archive first."""
    isThawing: bool = False
    """Whether somebody has asked for that already."""
    isMissing: bool = False
    """Whether nothing arrived in a batch."""
    verdict: Verdict = "matched"
    """What its ETag tells of what arrived."""
    why: str = ""
    """What makes that unknown."""
    isFinal: bool = True
    """Whether S3 could not report more."""


def fetchVersions(
    location: S3Location, aws: AwsSettings, staging: Staging, versions: Iterable[Version], partOf: PartOf
) -> Generator[Fetched, None, None]:
    """Each version in a file of its own, checked, several at once: through a session as long as there is one.

    To be closed: whoever closes it early stops what is under way.
    """
    processes = min(_MOST_AT_ONCE, 2 * processors())
    atOnce = _IN_SESSION if sessionOf(aws, pays=True) else processes
    room = threading.Semaphore(processes)  # when a session is lost, not as many processes take its place
    cancelled = threading.Event()

    def fetched(numbered: tuple[int, Version]) -> Fetched:
        number, version = numbered
        if session := sessionOf(aws, pays=False):
            file = staging.file(2 * number)
            with contextlib.suppress(SessionLost):
                found = _fetchedInSession(session, location, aws, version, file, cancelled, partOf)
                return _withState(found, location, aws, session, cancelled)
            with contextlib.suppress(OSError):
                os.unlink(file)
        # A lost session may still write where it did, so this is another file.
        while not room.acquire(timeout=_TICK):
            if cancelled.is_set():
                break
        else:
            try:
                found = _fetched(location, aws, version, staging.file(2 * number + 1), cancelled, partOf)
                return _withState(found, location, aws, None, cancelled)
            finally:
                room.release()
        return Fetched(version, b"", _INTERRUPTED)

    # With pages of work ahead, one large file does not keep the others waiting.
    return mapInOrder(fetched, enumerate(versions), threads=atOnce, ahead=8 * atOnce, cancel=cancelled.set)


_INTERRUPTED = "the run was interrupted"


def durationLine(files: int, aws: AwsSettings) -> str:
    """How long `fetchVersions` takes for many files, at least, in a sentence; empty if they are few.

    That is what starting an aws for each of them takes. The transfers come on top. Through a session it takes a few
    thousandths of that, and nothing is to be told.
    """
    if files < _MANY or sessionOf(aws, pays=True):
        return ""
    used = min(_MOST_AT_ONCE, processors())
    return (
        f"Each of {displayCount(files, 'file')} is fetched by an AWS CLI process of its own, which takes at least "
        f"{_duration(files * _SECONDS_EACH / used)} on {displayCount(used, 'processor')}"
    )


def _duration(seconds: float) -> str:
    """In the largest unit of which there is a whole one, without what is left over."""
    for unit, length in (("hour", 3600), ("minute", 60)):
        if seconds >= length:
            return displayCount(int(seconds / length), unit)
    return displayCount(int(seconds), "second")


def _fetched(
    location: S3Location,
    aws: AwsSettings,
    version: Version,
    file: bytes,
    cancelled: threading.Event,
    partOf: PartOf,
) -> Fetched:
    if cancelled.is_set():
        return Fetched(version, file, _INTERRUPTED)
    bound = _Bound(version, file, cancelled)
    with _request(location, version, file) as arguments:
        result, printed = answerOf(arguments, aws, bound.shouldStop)
    if result.status or bound.isPassed:
        return _failed(version, file, bound.reason or str(result), result.errorCode)
    return _judged(version, file, partOf, isDigest=_isDigest(printed))


def _fetchedInSession(
    session: Session,
    location: S3Location,
    aws: AwsSettings,
    version: Version,
    file: bytes,
    cancelled: threading.Event,
    partOf: PartOf,
) -> Fetched:
    """A version that a session fetches, which makes the file, and makes none where something is already.

    The aws of the session does not hold the lock, since it has been started before that was taken. It ends with this
    process, and cannot make a file without it: the path to staging goes through the descriptors of this process.

    Raises:
        SessionLost: it is lost, and this version may be fetched by the plain command
    """
    began = time.monotonic()
    bound = _Bound(version, file, cancelled)
    key, versionId = location.prefix + version.key.decode(), version.fetchId

    def received(versionId: str, **more: str) -> Mapping[str, Any]:
        return session.getObject(location.bucket, key, versionId, file, shouldStop=bound.shouldStop, **more).facts

    try:
        try:
            facts = received(versionId)
        except CommandFailed as failure:
            if failure.code != "AccessDenied" or not (versionId and version.isLatest and version.etag):
                raise
            facts = received("", IfMatch=f'"{version.etag}"')  # what is there now needs fewer permissions
    except SessionLost:
        raise
    except CommandFailed as failure:
        isLate = bool(aws.timeLimit) and time.monotonic() - began >= aws.timeLimit
        if session.lostBecause and not isLate and not bound.isPassed:  # since another version was late
            raise SessionLost(session.lostBecause) from None
        return _failed(version, file, bound.reason or str(failure), failure.code)
    isDigest = isDigestUnder(facts.get(ENCRYPTION[0]), facts.get(ENCRYPTION[1]))
    return _judged(version, file, partOf, isDigest=isDigest)


class _Bound:
    """Whether fetching is to be given up: the run is, or more arrives than was listed.

    What has taken the object's place since may be as large as anybody likes, and the room is that of all.
    """

    def __init__(self, version: Version, file: bytes, cancelled: threading.Event) -> None:
        self._size, self._file, self._cancelled = version.size or 0, file, cancelled
        self.isPassed = False
        """Whether more has arrived."""

    @property
    def reason(self) -> str:
        """Why fetching was given up, if that is so."""
        return f"more than {displayCount(self._size, 'byte')} arrived" if self.isPassed else ""

    def shouldStop(self) -> bool:
        """Asked every now and then."""
        with contextlib.suppress(OSError):  # nothing has arrived yet
            self.isPassed = self.isPassed or os.stat(self._file, follow_symlinks=False).st_size > self._size
        return self.isPassed or self._cancelled.is_set()


def _failed(version: Version, file: bytes, reason: str, code: str) -> Fetched:
    with contextlib.suppress(OSError):
        os.unlink(file)
    return Fetched(version, file, reason, isArchived=code == "InvalidObjectState")


def _withState(
    fetched: Fetched, location: S3Location, aws: AwsSettings, session: Session | None, cancelled: threading.Event
) -> Fetched:
    """With what S3 reports of one that is archived: the refusal to read it does not tell whether it was asked for."""
    if not fetched.isArchived:
        return fetched
    try:
        facts = archiveFacts(location, aws, fetched.version, session, cancelled.is_set)
    except SessionLost:
        raise
    except CommandFailed:
        return fetched
    return fetched._replace(isThawing=facts.state == "thawing")


def _judged(version: Version, file: bytes, partOf: PartOf, *, isDigest: bool) -> Fetched:
    """What has arrived, checked; the answer has whether the ETag is a digest, so that S3 need not be asked."""
    fetched = _checked(file, version, partOf)
    if fetched.reason:
        return _failed(version, file, fetched.reason, "")
    if fetched.verdict != "matched" and not isDigest:
        return fetched._replace(verdict="unknown", why=ENCRYPTED, isFinal=True)
    return fetched


@contextlib.contextmanager
def _request(location: S3Location, version: Version, file: bytes) -> Iterator[Arguments]:
    """The arguments that fetch a version; a key that aws would take for an address is given by a file that holds it."""
    key = location.prefix + version.key.decode()
    if isTakenLiterally(key):
        yield getArguments(location.bucket, key, version.fetchId, file)
        return
    with temporaryText(key) as holder:
        yield getArguments(location.bucket, f"file://{holder}", version.fetchId, file)


def _isDigest(printed: bytes) -> bool:
    """Whether the ETag of an object is a digest, going by its `ENCRYPTION` as aws prints it."""
    try:
        encryption, customerAlgorithm = json.loads(printed)
    except (ValueError, TypeError):
        return True
    return isDigestUnder(encryption, customerAlgorithm)


def _checked(file: bytes, version: Version, partOf: PartOf) -> Fetched:
    """A file that has arrived, checked."""
    try:
        with open(openFile(file), "rb") as opened:
            status = os.fstat(opened.fileno())
            if not stat.S_ISREG(status.st_mode) or status.st_size != version.size:
                return Fetched(version, file, f"{status.st_size:,} bytes arrived instead of {version.size:,}")
            isRight = contentMatches(opened, status.st_size, version.etag, partOf(version.etag))
            isRight = isRight or hasDigest(opened, version) or isRight  # an encrypted object's ETag is another digest
    except OSError as error:
        return Fetched(version, file, f"the fetched file cannot be read: {error.strerror}")
    if isRight:
        return Fetched(version, file)
    verdict: Verdict = "unknown" if isRight is None else "differs"
    return Fetched(version, file, verdict=verdict, why="its ETag is inconclusive", isFinal=False)


def downloadBatch(
    location: S3Location,
    aws: AwsSettings,
    staging: Staging,
    rules: Iterable[Rule],
    transfer: Transfer,
) -> AwsResult:
    """Fetch what is below a location now into the tree of the private directory, except what that has already.

    The transfer follows aws, if anybody sees it.

    The prefix must not have characters that mean something in a pattern.
    """
    os.makedirs(staging.tree, exist_ok=True)
    arguments = downloadArguments(location, staging.tree, (*rules, *_UNSAFE), progress=transfer.isShown)
    return runAws(arguments, aws, onOutput=progressReader(transfer.follow) if transfer.isShown else None)


def placeholder(staging: Staging, path: bytes, size: int) -> None:
    """Keep the batch from fetching an object, by an empty file of its size and of a time before its own.

    (AWS CLI reference, "sync": what is not larger or smaller nor newer than the local file is left alone.)
    """
    whole = os.path.join(staging.tree, path)
    with contextlib.suppress(OSError):  # without it the object is fetched, and thrown away
        os.makedirs(os.path.dirname(whole), exist_ok=True)
        with open(whole, "xb") as file:
            file.truncate(size)
        os.utime(whole, (0, 0))


def discard(staging: Staging, path: bytes, version: Version) -> None:
    """Remove from the tree what an earlier run left there in the place of a version that is to be fetched."""
    whole = os.path.join(staging.tree, path)
    with contextlib.suppress(OSError):
        if os.lstat(whole).st_mtime != secondsOf(version.lastModified):
            os.unlink(whole)


def takenFromTree(staging: Staging, path: bytes, version: Version, partOf: PartOf) -> Fetched:
    """The version as the batch has brought it, if that is what it has brought.

    A time other than its own is that of another version, unless the content is right: aws could not set it, or the file
    system does not keep it.
    """
    file = os.path.join(staging.tree, path)
    try:
        status = os.lstat(file)
    except OSError:
        return Fetched(version, file, "it did not arrive", isMissing=True)
    other = Fetched(version, file, "another version arrived")
    if not stat.S_ISREG(status.st_mode):
        return other
    fetched = _checked(file, version, partOf)
    isTimely = status.st_mtime == secondsOf(version.lastModified)
    return fetched if isTimely or fetched.verdict == "matched" else other
