"""Deletes the objects of a plan and no others, however the server answers.

A thousand go at a time. Only where a server refuses them is it found out what it takes: an object that no batch can
hold goes by itself, and where no batch is taken at all, each goes by itself, several side by side. Nothing but the
keys of the plan is ever deleted, and before each request the source is looked at again. A session asks for it where
there is one, or where there are several batches, and otherwise a command each time.
"""

from __future__ import annotations

import contextlib
import errno
import json
import logging
import stat
import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import replace
from itertools import chain, islice

from CedarBackup3.amazons3.aws.advice import LOCKED
from CedarBackup3.amazons3.aws.arguments import Arguments, deleteArguments, deleteOneArguments
from CedarBackup3.amazons3.aws.command import AwsResult, answerOf
from CedarBackup3.amazons3.aws.questions import BUSY_CODES, isBusy
from CedarBackup3.amazons3.aws.session.client import NotDeleted, Session, SessionLost, sessionOf
from CedarBackup3.amazons3.bucket.xmlnames import fitsXml
from CedarBackup3.amazons3.local.opentree import NotFollowed, OpenTree
from CedarBackup3.amazons3.local.tree import openRoot
from CedarBackup3.amazons3.mirror import Mirror
from CedarBackup3.amazons3.model import Step
from CedarBackup3.amazons3.progress import OnProgress
from CedarBackup3.amazons3.spool import temporaryText
from CedarBackup3.amazons3.sync.plan import Plan
from CedarBackup3.amazons3.workers import mapInOrder, processors
from CedarBackup3.errors import CedarBackupError, CommandFailed
from CedarBackup3.util import displayPath, displayText

log = logging.getLogger("CedarBackup3.log")

_BATCH = 1000  # as many as S3 takes in one request (API reference, "DeleteObjects")
_WAITS = (1.0, 4.0)  # seconds before a busy server is asked again; aws itself has waited and asked before
_FAILURES = 3  # in a row: then the next ones would fail as well
_MOST_AT_ONCE = 8  # each takes a process
_AT_ONCE_IN_SESSION = 16
_PAYS = 3  # requests; an aws that makes many takes as long to start as two that make one
_FAILED = 254  # the status of an aws that S3 has refused something


def deleteObjects(
    mirror: Mirror, plan: Plan, sourceChange: Callable[[], str], onProgress: OnProgress
) -> Iterator[AwsResult]:
    """Delete the objects of a plan, but none whose file has come back; yields how each request ended in the end.

    What a busy server refuses is asked for again before it counts as failed. After some failures in a row the rest
    stays.

    Args:
        mirror: what is mirrored
        plan: has the keys
        sourceChange: is asked before each request: what speaks against it, or nothing
        onProgress: called with how many objects have been dealt with

    Raises:
        CedarBackupError: the source has changed; what is not deleted yet stays
    """
    done = failures = 0
    hasBegun = False

    def wanted(*, inXml: bool) -> Iterator[Step]:
        nonlocal done
        for step in plan.steps:
            if step.action == "delete" and _fitsXml(mirror, step) == inXml:
                onProgress("deletion", done, 0, done / plan.deletions)
                done += 1
                yield step

    def look() -> None:
        nonlocal hasBegun
        change = sourceChange()
        if change and hasBegun:
            raise CedarBackupError(f"Nothing more was deleted, because {change}; check what happened, then run again")
        if change:
            raise CedarBackupError(f"Nothing was deleted, because {change}; check what happened, then run again")
        hasBegun = True

    sessionOf(mirror.aws, pays=plan.deletions > _BATCH)
    batches = _inBatches(mirror, wanted(inXml=True), look)
    singles = _oneByOne(mirror, wanted(inXml=False), look)
    with contextlib.closing(batches), contextlib.closing(singles):
        for result in chain(batches, singles):
            failures = 0 if result.status in {0, 1} else failures + 1
            yield result
            if failures == _FAILURES:
                log.error(
                    "Deleting stopped after %s failures in a row; the other objects without a file stay in %s",
                    failures,
                    displayPath(mirror.location.url),
                )
                return


def _fitsXml(mirror: Mirror, step: Step) -> bool:
    return fitsXml(mirror.location.prefix + step.key.decode())


def _inBatches(mirror: Mirror, steps: Iterator[Step], look: Callable[[], None]) -> Generator[AwsResult, None, None]:
    """Delete objects by requests for many.

    A refused batch is halved, down to the object that no batch can hold. As long as none has been taken, its first
    object is tried alone instead: a server that has refused two such batches takes none.
    """
    pieces: list[Sequence[Step]] = []  # of a batch that was refused, the first one last
    hasWorked = hasRefusedOne = False
    while batch := pieces.pop() if pieces else list(islice(steps, _BATCH)):
        look()
        try:
            result, left = _batchResult(mirror, _stillGone(mirror, batch))
        except SessionLost as lost:
            _logLost(lost)
            pieces.append(batch)
            continue
        if result is None or result.status in {0, 1}:
            hasWorked = hasWorked or result is not None
            yield from filter(None, [result])
        elif len(left) > 1:
            log.warning("%s; trying again with fewer objects at once", result)
            cut = len(left) // 2 if hasWorked else 1
            pieces += [left[cut:], left[:cut]]
        elif hasWorked or not hasRefusedOne:
            hasRefusedOne = True
            yield from _oneByOne(mirror, iter(left), look)
        else:
            log.warning("%s; deleting objects one by one instead", result)
            yield from _oneByOne(mirror, chain(left, *reversed(pieces), steps), look)
            return


def _oneByOne(mirror: Mirror, steps: Iterator[Step], look: Callable[[], None]) -> Generator[AwsResult, None, None]:
    """Delete objects by a request for each, several side by side."""
    first = list(islice(steps, _PAYS))
    session = sessionOf(mirror.aws, pays=len(first) == _PAYS)
    atOnce = _AT_ONCE_IN_SESSION if session else min(_MOST_AT_ONCE, 2 * processors())
    cancelled, wanted = threading.Event(), chain(first, steps)
    again: list[Step] = []  # what the session was asked for when it was lost

    def hasSession() -> bool:
        return sessionOf(mirror.aws, pays=False) is session

    def lookedAt() -> Iterator[Step]:
        while hasSession() and (step := next(wanted, None)):
            look()
            yield from _stillGone(mirror, [step])

    def request(step: Step) -> AwsResult | Step:
        for wait in (*_WAITS, None):
            try:
                result = _requestedAlone(mirror, step, session, cancelled.is_set)
            except SessionLost as lost:
                _logLost(lost)
                return step
            if wait is None or not _isBusy(result) or cancelled.wait(wait):
                break
        return result

    ended = mapInOrder(request, lookedAt(), threads=atOnce, ahead=atOnce, cancel=cancelled.set)
    with contextlib.closing(ended):
        for result in ended:
            if isinstance(result, AwsResult):
                yield result
            else:
                again.append(result)
    if not hasSession():
        yield from _oneByOne(mirror, chain(again, wanted), look)


def _requestedAlone(mirror: Mirror, step: Step, session: Session | None, shouldStop: Callable[[], bool]) -> AwsResult:
    """How a request for one object ended."""
    arguments = deleteOneArguments(mirror.location, step.key.decode())
    if session is None:
        result, _ = answerOf(arguments, mirror.aws, shouldStop)
        return result
    name = mirror.location.prefix + step.key.decode()
    try:
        session.deleteObject(mirror.location.bucket, name, shouldStop=shouldStop)
    except SessionLost:
        raise
    except CommandFailed as failure:
        return _refused(arguments, failure)
    return AwsResult(arguments.subcommand, 0, (), False)


def _logLost(lost: SessionLost) -> None:
    log.debug("Plain commands continue to delete: %s", lost)


def _batchResult(mirror: Mirror, steps: Sequence[Step]) -> tuple[AwsResult | None, Sequence[Step]]:
    """How deleting some objects by one request ended, asked for again while the server is busy.

    With the objects that nothing is known of if it failed as a whole. Nothing is done about none.
    """
    left, refused = steps, list[str]()
    result = None
    for wait in (*_WAITS, None) if steps else ():
        result, errors = _requested(mirror, left)
        busy = {each.key for each in errors if wait is not None and each.code in BUSY_CODES}
        refused += [_refusalText(each) for each in errors if each.key not in busy]
        if result.status == 0:
            left = [step for step in left if mirror.location.prefix + step.key.decode() in busy]
        if wait is None or not (busy or _isBusy(result)):
            break
        log.warning("The server is busy; asking again to delete %s objects", f"{len(left):,}")
        time.sleep(wait)
    if result and result.status == 0 and refused:  # aws calls it a success when S3 has refused single objects
        return replace(result, status=1, errorLines=(f"{len(refused)} objects were not deleted: ", *refused[:3])), left
    return result, left


def _refusalText(refused: NotDeleted) -> str:
    """An object that S3 has not deleted; its code is the same for a lock and for a permission that is missing."""
    key = displayPath(refused.key)
    if LOCKED.search(refused.message):
        return f"[{refused.code}, locked] {key}: {displayText(refused.message)}"
    return f"[{refused.code}] {key}"


def _requested(mirror: Mirror, steps: Sequence[Step]) -> tuple[AwsResult, list[NotDeleted]]:
    """How one request for some objects ended, with those that S3 has refused, by their whole keys.

    Raises:
        SessionLost: what has been deleted is not known
    """
    bucket, keys = mirror.location.bucket, [mirror.location.prefix + step.key.decode() for step in steps]
    session = sessionOf(mirror.aws, pays=False)
    if session is None:
        return _requestedByCommand(mirror, bucket, keys)
    arguments = deleteArguments("")
    try:
        errors = session.deleteObjects(bucket, keys)
    except SessionLost:
        raise
    except CommandFailed as failure:
        return _refused(arguments, failure), []
    return AwsResult(arguments.subcommand, 0, (), False), errors


def _requestedByCommand(mirror: Mirror, bucket: str, keys: Sequence[str]) -> tuple[AwsResult, list[NotDeleted]]:
    """The same by a command. What to delete is in a file, since it may be longer than a command line can be."""
    request = {"Bucket": bucket, "Delete": {"Objects": [{"Key": key} for key in keys], "Quiet": True}}
    with temporaryText(json.dumps(request)) as file:
        result, printed = answerOf(deleteArguments(file), mirror.aws)
    lines = (line for line in printed.splitlines() if line.startswith(b"["))
    return result, [
        NotDeleted(str(key), str(code), str(message or "")) for code, key, message in map(json.loads, lines)
    ]


def _refused(arguments: Arguments, failure: CommandFailed) -> AwsResult:
    """How the command would have ended that a session has stood for."""
    return AwsResult(arguments.subcommand, _FAILED, (failure.reported or str(failure),), False)


def _isBusy(result: AwsResult) -> bool:
    """Whether a request failed in a way that may pass: by the network, or since the server is in trouble."""
    return result.status > 0 and any(map(isBusy, result.errorLines))


def _stillGone(mirror: Mirror, steps: Sequence[Step]) -> list[Step]:
    """Those of some steps whose files have not come back."""
    with openRoot(mirror.tree) as root, OpenTree(root, mirror.tree.followLinks, mirror.tree.owners) as tree:
        return [step for step in steps if not _hasComeBack(mirror, tree, step)]


def _hasComeBack(mirror: Mirror, tree: OpenTree, step: Step) -> bool:
    """Whether there is a file for an object by now, or something that may hide one, so that the object must stay.

    Where links are not followed at all there is none behind a link, whichever part of the path that is.
    """
    path = mirror.tree.pathOf(step.key)
    if path is None:
        return False
    try:
        status = tree.status(path.removeprefix(mirror.pathTo(b"")))
    except NotFollowed:
        return mirror.tree.followLinks != "none"
    except OSError as error:
        return error.errno not in {errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENAMETOOLONG}
    return stat.S_ISREG(status.st_mode)
