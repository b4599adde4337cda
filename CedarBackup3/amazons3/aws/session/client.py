"""A session: one aws process, started when the first question pays, that answers many questions side by side.

    with awsSession(settings) as settings:          # once a run
        session = sessionOf(settings, pays=True)    # None: ask by the plain commands
        for page in session.listObjects("bucket", "prefix/"): ...

The protocol is in the plugin, `plugin/cback_aws_session.py`. Every method may be called by many threads, each of which
waits for its own answer. A question fails with `SessionLost` where the session is the reason, and the plain commands
may do better; with another `CommandFailed` where S3 or aws refuses, so that they would not.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import logging
import math
import os
import queue
import select
import selectors
import shutil
import signal
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple
from urllib.parse import unquote_to_bytes

from CedarBackup3.amazons3.aws.advice import adviceFor, notStartedSentence
from CedarBackup3.amazons3.aws.arguments import Arguments
from CedarBackup3.amazons3.aws.command import (
    AWS_DIRECTORY,
    KEY_REFUSED,
    awsEnvironment,
    modelVariables,
    settingArguments,
)
from CedarBackup3.amazons3.aws.customerkey import keyParameters
from CedarBackup3.amazons3.aws.idle import IdleWatch, idleSentence
from CedarBackup3.amazons3.aws.overlay import NoOverlay
from CedarBackup3.amazons3.aws.session.overlay import COMMAND, overlaid
from CedarBackup3.amazons3.aws.settings import AwsSettings
from CedarBackup3.errors import CedarBackupError, CommandFailed
from CedarBackup3.util import displayText, hasEnded, runningChild, stopChild, withoutSecrets

_log = logging.getLogger("CedarBackup3.log")

_PROTOCOL = 1
_HELLO_LIMIT = 60.0  # seconds; one is usual, and a busy machine takes many
_TICK = 0.2  # seconds; a signal that comes just before a wait without end would not be noticed until its end
_END_GRACE = 2.0  # seconds between the end of the questions and that of aws, which ends at once
_READ = 1 << 20  # bytes; a pipe gives less
_LONGEST_LINE = 1 << 26  # bytes; of what is no answer
_WINDOW = 3  # pages under way of one listing
_ERROR_LINES_KEPT, _ERROR_LENGTH = 5, 500
# What S3 says of credentials that have been replaced since a session began ("Error responses" in the API reference).
_STALE = frozenset({"ExpiredToken", "InvalidAccessKeyId", "InvalidToken", "TokenRefreshRequired"})


class SessionLost(CommandFailed):
    """There is no session, or no more; says why. The plain commands may answer the same question."""


class ObjectPage(NamedTuple):
    """A page of a listing, in columns, as the server has it: nothing is checked but that all are equally long."""

    keys: list[bytes]
    """Whole ones, in UTF-8."""
    sizes: list[int]
    """In bytes."""
    times: list[str]
    """LastModified, as the server writes it."""
    etags: list[str]
    """With their quotes; empty where the server gives none."""
    isTruncated: bool | None
    """Whether more follows, as the server says; None: it does not."""
    token: str | None
    """Where it says to go on."""
    took: float
    """Seconds for the request."""


class VersionPage(NamedTuple):
    """A page of a listing of versions: one question, one page."""

    rows: list[tuple[str, str | None, bool | None, str | None, int | None, str | None, str | None]]
    """Whole key, version id, whether it is the latest, LastModified, size (None: a delete marker), ETag with its
    quotes, storage class; in the order of the document, which is the server's: newest first within a key, versions and
    markers as they followed each other. None: the server does not say."""
    isTruncated: bool | None
    keyMarker: str | None
    """Where the server says to go on, as aws reads it: decoded, though some servers do not encode it. The key of the
    last row is always right."""
    versionIdMarker: str | None


class Received(NamedTuple):
    """What has been fetched into a file."""

    size: int
    """In bytes; all that S3 has announced have come."""
    facts: Mapping[str, Any]
    """As S3 says of it, by its names: ContentLength, ETag, LastModified, ServerSideEncryption, ..."""


class NotDeleted(NamedTuple):
    """An object that S3 has not deleted."""

    key: str
    code: str
    message: str


@contextlib.contextmanager
def awsSession(settings: AwsSettings) -> Iterator[AwsSettings]:
    """The settings with a session, which `sessionOf` starts when somebody asks for it; it ends with the context.

    Settings that have one are given back as they are, and so are those that want none.
    """
    if settings.session is not None or settings.sessionWanted == "never":
        yield settings
        return
    with contextlib.closing(SessionHolder(settings)) as holder:
        yield replace(settings, session=holder)


def sessionOf(settings: AwsSettings, *, pays: bool) -> Session | None:
    """The session of the settings, or None where there is none, and the plain commands have to do.

    Args:
        settings: as `awsSession` gives them
        pays: whether what is to be asked is worth the start of an aws. One that runs already is taken in any case, and
            with `--awsSession always` it is always started.
    """
    holder = settings.session
    return holder.session(pays or settings.sessionWanted == "always") if holder else None


def sessionDiagnosis(settings: AwsSettings) -> str:
    """Whether a session can be had, and why not; one is started and ended for that."""
    if settings.sessionWanted == "never":
        return "none (--awsSession never)"
    with awsSession(settings) as having:
        session = sessionOf(having, pays=True)
        if session is None:
            why = having.session.whyNot if having.session else ""
            return f"none: each question is an AWS CLI process of its own: {why}"
        return f"can be had (protocol {_PROTOCOL}, AWS CLI {session.version})"


class SessionHolder:
    """The place of a session: not yet started, running, or not to be had."""

    def __init__(self, settings: AwsSettings) -> None:
        self.whyNot = ""
        """Why there is no session; empty as long as there is one, or may be."""
        self._settings = settings
        self._session: Session | None = None
        self._lock = threading.Lock()

    def session(self, isToStart: bool) -> Session | None:
        """The session, which is started if need be; None: there is none. Nothing is tried twice."""
        with _locked(self._lock):
            if self._session is not None and (lost := self._session.lostBecause):
                self._give(lost)
            if self._session is None and isToStart and not self.whyNot:
                try:
                    self._session = Session(self._settings)
                except SessionLost as reason:
                    self._give(str(reason))
            return self._session if not self.whyNot else None

    def close(self) -> None:
        """End it."""
        with _locked(self._lock):
            if self._session is not None:
                self._session.close()

    def _give(self, reason: str) -> None:
        if not self.whyNot:
            self.whyNot = reason
            _log.debug("No session: each question is an AWS CLI process of its own: %s", reason)


class _Failure(NamedTuple):
    """What every question ends with, made anew for each thread that raises it."""

    kind: type[CedarBackupError]
    message: str

    def error(self) -> CedarBackupError:
        return self.kind(self.message)


class _Pending:
    """A question that waits for its answer."""

    def __init__(self, number: int, name: str, deadline: float) -> None:
        self.number, self.name, self.deadline = number, name, deadline
        self.arrived: queue.SimpleQueue[tuple[dict[str, Any], list[bytes]] | _Failure] = queue.SimpleQueue()
        self.isAwaited = False


class Session:
    """An aws that answers. It is started by the making of this, and ended by `close`."""

    def __init__(self, settings: AwsSettings) -> None:
        """Start it, and wait for its first line.

        Raises:
            SessionLost: it could not be started, or is no aws that answers
        """
        self.version = ""
        """Of the AWS CLI."""
        self._settings = settings
        self._failure: _Failure | None = None
        self._hasAnswered = False
        self._pending: dict[int, _Pending] = {}
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._hello = threading.Event()
        self._errors: deque[str] = deque(maxlen=_ERROR_LINES_KEPT)
        owner = settings.expectedBucketOwner
        self._common = {"ExpectedBucketOwner": owner} if owner else {}
        self._common |= {"RequestPayer": "requester"} if settings.isRequesterPaying else {}
        self._stack = contextlib.ExitStack()
        try:
            self._reader = threading.Thread(target=self._read, name="session", daemon=True)
            self._child = self._started()
            self._reader.start()
            self._awaitHello()
        except BaseException:
            self.close()
            raise

    @property
    def lostBecause(self) -> str:
        """Why it answers no more; empty as long as it does."""
        return self._failure.message if self._failure else ""

    def listObjects(
        self,
        bucket: str,
        prefix: str,
        startAfter: str = "",
        endKey: str | None = None,
        *,
        shouldStop: Callable[[], bool] = lambda: False,
    ) -> Generator[ObjectPage, None, None]:
        """The pages of objects whose keys begin with a prefix, each asked for with the token of the one before.

        They end behind a page that does not say both that more follows, and where; the caller judges whether it was
        the last (`bucket.pages`). Closing the stream gives it up.

        Args:
            bucket: its name
            prefix: of the whole keys
            startAfter: the whole key behind which it begins
            endKey: no page is asked for behind one that goes as far as this whole key, or beyond
            shouldStop: asked every fifth of a second; the stream ends early once it says yes

        Raises:
            SessionLost: the session is lost; the pages so far are no listing
            CommandFailed: S3 or aws refuses
        """
        start = {"StartAfter": startAfter} if startAfter else {}
        question = {"parameters": {"Bucket": bucket, "Prefix": prefix, **start, **self._common}, "window": _WINDOW}
        for facts, columns in self._asked("listObjects", {**question, "end": endKey}, shouldStop):
            yield _objectPage(facts, columns)

    def listVersions(
        self, bucket: str, prefix: str, keyMarker: str = "", versionIdMarker: str = "", pageSize: int = 0
    ) -> VersionPage:
        """One page of the versions and delete markers of the keys that begin with a prefix.

        Args:
            bucket: its name
            prefix: of the whole keys
            keyMarker: the whole key behind which the page begins; with `versionIdMarker` behind that version of it
            versionIdMarker: perhaps
            pageSize: the most that are asked for; 0: as many as the server gives

        Raises:
            SessionLost: the session is lost
            CommandFailed: S3 or aws refuses
        """
        parameters: dict[str, Any] = {"Bucket": bucket, "Prefix": prefix}
        parameters |= {"KeyMarker": keyMarker} if keyMarker else {}
        parameters |= {"VersionIdMarker": versionIdMarker} if versionIdMarker else {}
        parameters |= {"MaxKeys": pageSize} if pageSize else {}
        end = self._answer("listVersions", {"parameters": {**parameters, **self._common}})
        rows = [tuple(row) for row in end["rows"]]
        return VersionPage(rows, end["isTruncated"], end["keyMarker"], end["versionIdMarker"])

    def getObject(
        self,
        bucket: str,
        key: str,
        versionId: str,
        path: bytes,
        *,
        shouldStop: Callable[[], bool] = lambda: False,
        **more: Any,
    ) -> Received:
        """Fetch a version, or without an id the object as it is now, into a file, which is made by aws.

        Args:
            bucket, key, versionId: its names
            path: an absolute path in a directory of ours, where nothing may be yet, not even a link; only this user can
                read what is made there. Where the fetching fails, nothing is left.
            shouldStop: asked every fifth of a second; the fetching is given up once it says yes
            more: further parameters of GetObject, such as `Range`

        Raises:
            SessionLost: the session is lost; a part of the file may be left
            CommandFailed: S3 or aws refuses, or the file cannot be made or written; or it was given up
        """
        named = {"VersionId": versionId} if versionId else {}
        parameters = {"Bucket": bucket, "Key": key, **named, **self._common, **more}

        def received(encryption: Mapping[str, str]) -> dict[str, Any]:
            question = {"parameters": {**parameters, **encryption}, "path": path.decode("latin-1")}
            return self._answer("getObject", question, shouldStop)

        end = self._withKey(received)
        return Received(end.pop("Received"), end)

    def headBucket(self, bucket: str) -> None:
        """Ask whether this user can see a bucket; raises as the others do if not."""
        self._call("HeadBucket", {"Bucket": bucket})

    def headObject(
        self,
        bucket: str,
        key: str,
        versionId: str = "",
        partNumber: int = 0,
        *,
        checksumMode: bool = False,
        shouldStop: Callable[[], bool] = lambda: False,
    ) -> dict[str, Any]:
        """What S3 says of an object, by its names for it; times as texts.

        Args:
            bucket, key, versionId: its names; without an id the object as it is now
            partNumber: of which part; 0: of the whole
            checksumMode: its stored checksums, too
            shouldStop: asked every fifth of a second; the question is given up once it says yes

        Raises:
            SessionLost: the session is lost
            CommandFailed: S3 or aws refuses
        """
        parameters: dict[str, Any] = {"Bucket": bucket, "Key": key}
        parameters |= {"VersionId": versionId} if versionId else {}
        parameters |= {"PartNumber": partNumber} if partNumber else {}
        parameters |= {"ChecksumMode": "ENABLED"} if checksumMode else {}
        return self._withKey(lambda encryption: self._call("HeadObject", {**parameters, **encryption}, shouldStop))

    def deleteObjects(self, bucket: str, keys: Sequence[str]) -> list[NotDeleted]:
        """Delete at most 1,000 objects in one request; returns those that are not.

        Raises:
            SessionLost: the session is lost; what has been deleted is not known
            CommandFailed: S3 or aws refuses the request as a whole
        """
        deletion = {"Objects": [{"Key": key} for key in keys], "Quiet": True}
        answer = self._call("DeleteObjects", {"Bucket": bucket, "Delete": deletion})
        errors = answer.get("Errors", ())
        return [NotDeleted(*(str(each.get(name, "")) for name in ("Key", "Code", "Message"))) for each in errors]

    def deleteObject(self, bucket: str, key: str, *, shouldStop: Callable[[], bool] = lambda: False) -> None:
        """Delete one object, whichever key it has; raises as the others do."""
        self._call("DeleteObject", {"Bucket": bucket, "Key": key}, shouldStop)

    def copyObject(
        self,
        bucket: str,
        origin: str,
        key: str,
        etag: str,
        *,
        shouldStop: Callable[[], bool] = lambda: False,
        **more: str,
    ) -> str:
        """Copy an object within its bucket, if it still has that ETag; returns the ETag of the copy, or nothing.

        Args:
            bucket, origin: its names
            key: of the copy
            etag: as aws printed it
            shouldStop: asked every fifth of a second; the question is given up once it says yes
            more: further parameters of CopyObject, such as `StorageClass`

        Raises:
            SessionLost: the session is lost; whether there is a copy is not known
            CommandFailed: S3 or aws refuses
        """
        source = {"CopySource": {"Bucket": bucket, "Key": origin}, "CopySourceIfMatch": etag}
        answer = self._call("CopyObject", {"Bucket": bucket, "Key": key, **source, **more}, shouldStop)
        return str(answer.get("CopyObjectResult", {}).get("ETag", ""))

    def restoreObject(
        self,
        bucket: str,
        key: str,
        versionId: str,
        request: Mapping[str, Any],
        *,
        shouldStop: Callable[[], bool] = lambda: False,
    ) -> None:
        """Bring an archived object back, as the request has it (`RestoreRequest`); raises as the others do."""
        named = {"VersionId": versionId} if versionId else {}
        parameters = {"Bucket": bucket, "Key": key, **named, "RestoreRequest": dict(request)}
        self._call("RestoreObject", parameters, shouldStop)

    def ask(
        self, operation: str, parameters: Mapping[str, Any], *, shouldStop: Callable[[], bool] = lambda: False
    ) -> dict[str, Any]:
        """What S3 answers to an operation that the plugin knows, by its own names; raises as the others do.

        Of the settings it gets the owner that the bucket should have, which every operation takes. Who pays is among
        the parameters of those that take it.
        """
        owner = {name: value for name, value in self._common.items() if name == "ExpectedBucketOwner"}
        return self._answer("call", {"operation": operation, "parameters": {**parameters, **owner}}, shouldStop)

    def close(self) -> None:
        """End the questions, and with them aws, which is killed if it does not end. Questions under way fail."""
        self._fail(SessionLost, "the session has been ended")
        if not hasattr(self, "_child"):
            self._stack.close()
            return
        with _locked(self._writing):
            if self._child.stdin:
                self._child.stdin.close()
        deadline = time.monotonic() + _END_GRACE
        while time.monotonic() < deadline and (self._reader.is_alive() or not hasEnded(self._child)):
            time.sleep(_TICK / 20)
        stopChild(self._child)
        while self._reader.is_alive():  # until a child of aws has closed its end of the pipe, or this has noticed
            self._reader.join(_TICK)
        self._stack.close()

    def _started(self) -> subprocess.Popen[bytes]:
        settings = self._settings
        arguments = Arguments("session", (COMMAND,))
        words = [COMMAND, *settingArguments(arguments, settings, os.environ)]
        encoded = [word.encode(settings.locale.encoding, "surrogateescape") for word in words]
        _log.debug("Running aws %s", encoded)
        try:
            environment = awsEnvironment(os.environ, settings) | modelVariables(arguments, settings, os.environ)
            overlay = self._stack.enter_context(overlaid(environment, settings.locale.encoding))
            return self._stack.enter_context(
                runningChild(
                    ["aws", *encoded],
                    stdin=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    environment=overlay.environment,
                    directory=AWS_DIRECTORY,
                    keptOpen=(*settings.keptOpen, overlay.descriptor),
                )
            )
        except NoOverlay as reason:
            raise SessionLost(str(reason)) from None
        except (OSError, ValueError) as error:
            raise SessionLost(notStartedSentence(shutil.which("aws"), error)) from None

    def _awaitHello(self) -> None:
        limit = min(_HELLO_LIMIT, self._settings.timeLimit or math.inf)
        deadline = time.monotonic() + limit
        while not self._hello.wait(_TICK):
            if time.monotonic() > deadline:
                self._kill(SessionLost, f"the AWS CLI did not begin to answer within {limit:g} s")
            if self._failure:
                raise self._failure.error()
        if self._failure:
            raise self._failure.error()

    def _call(
        self, operation: str, parameters: dict[str, Any], shouldStop: Callable[[], bool] = lambda: False
    ) -> dict[str, Any]:
        question = {"operation": operation, "parameters": {**parameters, **self._common}}
        return self._answer("call", question, shouldStop)

    def _withKey(self, ask: Callable[[Mapping[str, str]], dict[str, Any]]) -> dict[str, Any]:
        """The answer to a question about an object, asked with the customer's key; without it if S3 refuses that."""
        key = keyParameters(self._settings.customerKey)
        try:
            return ask(key)
        except CommandFailed as refusal:
            if not key or refusal.code not in KEY_REFUSED:
                raise
            try:
                return ask({})
            except SessionLost:
                raise
            except CommandFailed:
                raise refusal from None

    def _answer(
        self, ask: str, question: dict[str, Any], shouldStop: Callable[[], bool] = lambda: False
    ) -> dict[str, Any]:
        end: dict[str, Any] | None = None
        for line, _ in self._asked(ask, question, shouldStop, isWhole=True):
            end = line
        if end is None:
            raise CommandFailed("A question to S3 was given up")
        return end

    def _asked(
        self, ask: str, question: dict[str, Any], shouldStop: Callable[[], bool], *, isWhole: bool = False
    ) -> Generator[tuple[dict[str, Any], list[bytes]], None, None]:
        """The parts of an answer, or its last line if it is wanted whole; ends early if it is to stop."""
        limit = self._settings.timeLimit
        pending = _Pending(next(self._numbers), ask, time.monotonic() + limit if limit else math.inf)
        with self._lock:
            if self._failure:
                raise self._failure.error()
            self._pending[pending.number] = pending
        hasEnded = False
        try:
            self._send({"id": pending.number, "ask": ask, **question})
            while (arrived := self._awaited(pending, shouldStop)) is not None:
                line, pieces = arrived
                hasEnded = "answer" not in line
                if "error" in line:
                    self._judge(line["error"], question)
                    raise _refusal(line["error"])
                self._hasAnswered = True
                if "end" in line:
                    if isWhole:
                        yield line["end"], []
                    return
                yield line["answer"], pieces
                self._send({"id": pending.number, "more": 1})
        finally:
            with self._lock:
                self._pending.pop(pending.number, None)
            if not hasEnded:
                with contextlib.suppress(CedarBackupError):
                    self._send({"id": pending.number, "cancel": 1})

    def _judge(self, error: Mapping[str, Any], question: Mapping[str, Any]) -> None:
        """End if S3 does not take the credentials any more: another aws reads those that the user has by now."""
        code = str(error.get("code", ""))
        isStale = code in _STALE or (code == "400" and question.get("operation") == "HeadBucket")  # which has no words
        if isStale and self._hasAnswered:
            self._fail(SessionLost, f"S3 no longer takes its credentials ({displayText(code)})")
            if self._failure:
                raise self._failure.error()

    def _awaited(self, pending: _Pending, shouldStop: Callable[[], bool]) -> tuple[dict[str, Any], list[bytes]] | None:
        pending.isAwaited = True
        try:
            while not shouldStop():
                with contextlib.suppress(queue.Empty):
                    arrived = pending.arrived.get(timeout=_TICK)
                    if isinstance(arrived, _Failure):
                        raise arrived.error()
                    return arrived
            return None
        finally:
            pending.isAwaited = False

    def _send(self, line: dict[str, Any]) -> None:
        data = memoryview(json.dumps(line).encode() + b"\n")
        with _locked(self._writing):
            stream = self._child.stdin
            while data:
                if self._failure or stream is None or stream.closed:
                    raise (self._failure or _Failure(SessionLost, "the session has been ended")).error()
                poll = select.poll()
                poll.register(stream, select.POLLOUT)
                if poll.poll(_TICK * 1000):
                    try:
                        data = data[os.write(stream.fileno(), data[: select.PIPE_BUF]) :]
                    except BrokenPipeError:  # why is told where the answers end
                        self._reader.join(_TICK)

    # What follows runs in the thread that reads.

    def _read(self) -> None:
        try:
            with selectors.PollSelector() as selector:
                for stream in filter(None, (self._child.stdout, self._child.stderr)):
                    selector.register(stream, selectors.EVENT_READ)
                self._readAll(selector)
            said = displayText(withoutSecrets(" / ".join(line for line in map(str.strip, self._errors) if line)))
            self._fail(SessionLost, f"the session ended: {said or 'it printed no error'}")
        except _Garbled as problem:
            self._kill(SessionLost, f"the AWS CLI answered with what is no answer: {problem}")
        except BaseException as defect:  # somebody waits for every answer
            self._kill(SessionLost, f"the answers of the AWS CLI cannot be read: {defect!r}")
            raise
        finally:
            self._hello.set()

    def _readAll(self, selector: selectors.BaseSelector) -> None:
        answers, errors = _Answers(), bytearray()
        idle: IdleWatch | None = None
        while selector.get_map():
            arrived = selector.select(_TICK)
            if not arrived and self._isOver():
                return
            for ready, _ in arrived:
                data = os.read(ready.fd, _READ)
                if not data:
                    selector.unregister(ready.fileobj)
                elif ready.fileobj is self._child.stderr:
                    self._keepErrors(errors, data)
                else:
                    for line, pieces in answers.take(data):
                        self._deliver(line, pieces)
            idle = self._watched(idle)
        if errors:
            self._keepErrors(errors, b"\n")

    def _isOver(self) -> bool:
        """Whether aws has ended, though perhaps not what it has started, which holds its pipes; waits for neither."""
        if self._child.returncode is not None:
            return True
        with contextlib.suppress(ChildProcessError):
            return os.waitid(os.P_PID, self._child.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
        return True

    def _keepErrors(self, pending: bytearray, data: bytes) -> None:
        *lines, rest = (bytes(pending) + data).split(b"\n")
        self._errors.extend(line.decode("utf-8", "replace")[:_ERROR_LENGTH] for line in lines)
        pending[:] = rest[:_ERROR_LENGTH]

    def _deliver(self, line: dict[str, Any], pieces: list[bytes]) -> None:
        if not self._hello.is_set():
            if line.get("protocol") != _PROTOCOL:
                raise _Garbled(displayText(json.dumps(line)[:_ERROR_LENGTH]))
            self.version = str(line.get("aws", ""))
            self._hello.set()
            return
        if not any(isinstance(line.get(kind), dict) for kind in ("answer", "end", "error")):
            raise _Garbled(displayText(json.dumps(line)[:_ERROR_LENGTH]))
        with self._lock:
            pending = self._pending.get(line.get("id", 0))
        if pending:
            pending.arrived.put((line, pieces))

    def _watched(self, idle: IdleWatch | None) -> IdleWatch | None:
        """See whether somebody waits for too long."""
        with self._lock:
            awaited = [pending for pending in self._pending.values() if pending.isAwaited]
            late = [pending for pending in awaited if pending.deadline < time.monotonic()]
        if late:
            limit = self._settings.timeLimit
            told = f"'aws {COMMAND}' was stopped: {late[0].name} had not ended after {limit:g} s (--awsTimeout)"
            self._kill(CommandFailed, told)
        if not awaited:
            return None
        if idle is None:
            idle = IdleWatch(self._settings.idleLimit)
            idle.begin(self._child.pid)
        if idle.isOver():
            self._kill(CedarBackupError, idleSentence(COMMAND, self._settings.idleLimit))
        return idle

    def _kill(self, kind: type[CedarBackupError], message: str) -> None:
        self._fail(kind, message)
        if self._child.returncode is None:  # nobody has waited for it, so its number is still its own
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._child.pid, signal.SIGKILL)

    def _fail(self, kind: type[CedarBackupError], message: str) -> None:
        """All questions end with this, now and later; what came first counts."""
        with self._lock:
            self._failure = self._failure or _Failure(kind, message)
            for pending in self._pending.values():
                pending.arrived.put(self._failure)


class _Garbled(Exception):
    """What has come is no answer."""


class _Answers:
    """Takes what arrives, in whatever pieces, and gives the answers in it that are whole."""

    def __init__(self) -> None:
        self._arrived = bytearray()
        self._line: dict[str, Any] | None = None  # of which pieces are still to come
        self._wanted = 0

    def take(self, data: bytes) -> Iterator[tuple[dict[str, Any], list[bytes]]]:
        self._arrived += data
        while (answer := self._next()) is not None:
            yield answer

    def _next(self) -> tuple[dict[str, Any], list[bytes]] | None:
        if self._line is None:
            end = self._arrived.find(b"\n")
            if end < 0:
                if len(self._arrived) > _LONGEST_LINE:
                    raise _Garbled("a line without end")
                return None
            self._line, self._wanted = self._parsed(bytes(self._arrived[:end]))
            del self._arrived[: end + 1]
        if len(self._arrived) < self._wanted:
            return None
        line, pieces, position = self._line, [], 0
        with memoryview(self._arrived) as view:
            for length in line.get("bytes", ()):
                pieces.append(bytes(view[position : position + length]))
                position += length
        del self._arrived[:position]
        self._line = None
        return line, pieces

    @staticmethod
    def _parsed(text: bytes) -> tuple[dict[str, Any], int]:
        try:
            line = json.loads(text)
            lengths = line.get("bytes", ())
            if any(type(each) is not int or not 0 <= each <= _LONGEST_LINE for each in lengths):
                raise ValueError
            return line, sum(lengths)
        except (ValueError, TypeError, AttributeError, RecursionError):
            raise _Garbled(displayText(text[:_ERROR_LENGTH].decode("utf-8", "replace"))) from None


def _objectPage(facts: Mapping[str, Any], columns: Sequence[bytes]) -> ObjectPage:
    count = facts.get("count")
    try:
        spaced = columns[0].replace(b"+", b" ")
        keys, sizes, times, etags = (column.split(b"\n") if count else [] for column in (spaced, *columns[1:]))
        if not len(keys) == len(sizes) == len(times) == len(etags) == count:
            raise ValueError
        if b"%" in spaced:
            keys = [unquote_to_bytes(key) if b"%" in key else key for key in keys]
        texts = columns[2].decode().split("\n"), columns[3].decode().split("\n")
        numbers = list(map(int, sizes))
        took = float(facts["took"])
    except (ValueError, KeyError, TypeError):
        raise SessionLost("the AWS CLI answered with a page that is no listing") from None
    isTruncated, token = facts.get("isTruncated"), facts.get("token")
    return ObjectPage(keys, numbers, *(texts if count else ([], [])), isTruncated, token, took)


def _refusal(error: Mapping[str, Any]) -> CommandFailed:
    said = displayText(withoutSecrets(str(error.get("message", ""))))
    told, advice = f"The AWS CLI reports: {said}", adviceFor(said)
    message = f"{told.rstrip('.')}; {advice}" if advice else told
    return CommandFailed(message, str(error.get("code", "")), said)


@contextlib.contextmanager
def _locked(lock: threading.Lock) -> Iterator[None]:
    while not lock.acquire(timeout=_TICK):
        pass
    try:
        yield
    finally:
        lock.release()
