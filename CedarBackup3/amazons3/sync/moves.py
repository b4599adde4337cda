"""Moves: a file whose content an object has that is to be deleted need not go up, the server copies that object.

A copy is asked for only on the condition that the object still has the ETag which the file was compared with, and it
counts only if the copy's own ETag is a digest of the file, too. Whatever else happens, the file goes up as any other.
Nothing is deleted here: what was copied is deleted as planned, under the guards of every deletion.
"""

from __future__ import annotations

import contextlib
import heapq
import logging
import os
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import NamedTuple

from CedarBackup3.amazons3.aws.arguments import copyObjectArguments
from CedarBackup3.amazons3.aws.command import answerOf, requireSuccess
from CedarBackup3.amazons3.aws.session.client import Session, sessionOf
from CedarBackup3.amazons3.cappedlines import SHOWN, CappedLines
from CedarBackup3.amazons3.compare import finder
from CedarBackup3.amazons3.content.digests import fileState
from CedarBackup3.amazons3.content.etags import parseEtag, partSizes, usualPartSizes
from CedarBackup3.amazons3.content.hashing import FileDigests, Reader, fileDigests
from CedarBackup3.amazons3.mirror import Mirror
from CedarBackup3.amazons3.model import Claim, Move, ObjectEntry, Step
from CedarBackup3.amazons3.progress import Watcher
from CedarBackup3.amazons3.spool import Spool
from CedarBackup3.amazons3.sync.messages import notMovedLine
from CedarBackup3.amazons3.sync.plan import Plan, replanned
from CedarBackup3.amazons3.sync.uploaddigests import Digested, mayChangeUnseen
from CedarBackup3.amazons3.workers import mapInOrder, processors
from CedarBackup3.errors import CommandFailed
from CedarBackup3.util import displayBytes, displayCount, displayPath

log = logging.getLogger("CedarBackup3.log")

Objects = Callable[[], Iterator[ObjectEntry]]

_LARGEST = 5 << 30  # bytes that one request copies (API reference, "CopyObject")
_MOST = 200_000  # objects whose ETags are kept in memory: some 100 MB
_SIDE_BY_SIDE = 16  # in a session
_COMMANDS = 100  # copies without a session, each of which takes a process
_COMMANDS_AT_ONCE = 8
_PAYS = 3  # copies; an aws that makes many takes as long to start as two that make one
_FAILURES = 20  # in a row: then the next ones would fail as well
# Says nothing of other objects: it was replaced or deleted meanwhile, or is archived.
_OF_THE_OBJECT = {"NoSuchKey", "PreconditionFailed", "InvalidObjectState"}

_Identity = tuple[int, int, bytes]
"""Size, number of parts (0: undivided) and digest."""
_Origin = tuple[bytes, str]
"""Key and ETag."""


class Origins:
    """The objects that are to be deleted, found by what they hold."""

    def __init__(self, steps: Iterable[Step]) -> None:
        """Keep what can be told by its ETag, and copied by one request."""
        self._first: dict[_Identity, _Origin] = {}
        self._further: dict[tuple[_Identity, bytes], _Origin] = {}
        """Of objects that are equal to another one, by their names."""
        self._parts: dict[int, tuple[int, ...]] = {}
        kept = 0
        for step in steps:
            etag = parseEtag(step.etag) if step.action == "delete" and step.size <= _LARGEST else None
            if etag is None or kept == _MOST:
                continue
            kept += 1
            known = self._parts.get(step.size, ())
            self._parts[step.size] = known if etag.parts in known else (*known, etag.parts)
            identity, origin = (step.size, etag.parts, etag.digest), (step.key, step.etag)
            if self._first.setdefault(identity, origin) is not origin:
                self._further.setdefault((identity, _name(step.key)), origin)

    def mayHave(self, size: int) -> bool:
        """Whether one of them has that size."""
        return size in self._parts

    def partSizes(self, size: int, configured: int) -> Sequence[int]:
        """The part sizes by which to divide a file of that size to compare it; 0: undivided, which is the first."""
        sizes = [0]
        for parts in sorted(self._parts.get(size, ())):
            if parts:
                sizes += usualPartSizes(size, parts, configured) or partSizes(size, parts, configured)
        return list(dict.fromkeys(sizes))

    @property
    def haveParts(self) -> bool:
        """Whether one of them was stored in parts."""
        return any(any(parts) for parts in self._parts.values())

    def moveOf(self, found: FileDigests) -> Move | None:
        """The copy that spares a file its way up, of an object with the same name if there is one; None: none does.

        Args:
            found: has the digests by all of `partSizes`
        """
        each, state = found.claim, found.state
        for partSize, digest in found.digests.items():
            parts = max(1, -(-each.size // partSize)) if partSize else 0
            if origin := self._origin((each.size, parts, digest), _name(each.key)):
                inParts = (partSize, digest) if partSize else (0, b"")
                of = (each.size, state.mtimeNs, state.ctimeNs, state.inode)
                return Move(each.key, each.path, *of, *origin, found.digests[0], *inParts)
        return None

    def _origin(self, identity: _Identity, name: bytes) -> _Origin | None:
        first = self._first.get(identity)
        return first if first is None or _name(first[0]) == name else self._further.get((identity, name), first)


def _name(key: bytes) -> bytes:
    return key.rpartition(b"/")[2]


@contextlib.contextmanager
def trackRenames(mirror: Mirror, plan: Plan, readerFor: Callable[[bool], Reader], watcher: Watcher) -> Iterator[Plan]:
    """The plan, with a move in the place of each upload that a copy on the server can spare.

    Only files that have the size of an object to be deleted are read. All deletions stay in the plan.

    Args:
        mirror: what is mirrored
        plan: the plan
        readerFor: gives the reader of files, for objects in parts or not
        watcher: sees the progress
    """
    with Spool(Move._make) as moves, Spool(Claim._make) as claims:
        if mirror.aws.sse.startswith("aws:kms") or mirror.aws.customerKey:
            log.info("Nothing is moved: under KMS or a customer's key no ETag shows what a copy holds")
        elif plan.deletions and plan.uploads:
            origins = Origins(plan.steps)
            files = claims.extend(_candidates(plan.steps, origins))
            if files:
                moves.extend(_moves(mirror, origins, claims, files, readerFor(origins.haveParts), watcher))
        with replanned(plan, _withMoves(plan.steps, moves)) as tracked:
            yield replace(tracked, moves=moves)


def _candidates(steps: Iterable[Step], origins: Origins) -> Iterator[Claim]:
    for step in steps:
        if step.action != "delete" and not step.isOurs and origins.mayHave(step.size):
            yield Claim(step.path, step.key, step.size, step.mtimeNs, "", "")


def _moves(
    mirror: Mirror, origins: Origins, claims: Iterable[Claim], files: int, reader: Reader, watcher: Watcher
) -> Iterator[Move]:
    size = sum(each.size for each in claims)
    log.info(
        "Reading %s (%s) in %s of the size of objects that are to be deleted, to find out what was moved",
        displayCount(files, "file"),
        displayBytes(size),
        displayPath(mirror.source),
    )
    watcher("content")
    sizesFor = partial(origins.partSizes, configured=reader.configuredPart)
    for found in fileDigests(reader, claims, sizesFor, size, watcher):
        if not mayChangeUnseen(found.state) and (move := origins.moveOf(found)):
            yield move


def _withMoves(steps: Iterable[Step], moves: Iterable[Move]) -> Iterator[Step]:
    moveOf = finder(moves)
    for step in steps:
        move = moveOf(step.key)
        yield step._replace(action="move", origin=move.origin) if move else step


@contextlib.contextmanager
def carriedOut(
    mirror: Mirror, plan: Plan, listed: Callable[[], contextlib.AbstractContextManager[Objects]], watcher: Watcher
) -> Iterator[tuple[Plan, Spool[Digested]]]:
    """Make the copies; gives what is left of the plan, and the digests of the files that need nothing more.

    What the server answers to a request decides nothing: a copy counts if it is listed with an ETag that shows it. An
    upload that takes the place of a move which failed has its `origin`, and ETag and time of what that has left there.
    """
    moves = plan.moves or ()
    with Spool(Digested._make) as done, contextlib.ExitStack() as stack, contextlib.ExitStack() as listing:
        objects: Objects = _nothing
        if planned := plan.counts.get("move", 0):
            log.info("Moving %s in %s", displayCount(planned, "object"), displayPath(mirror.location.url))
            if _copy(mirror, moves, planned, watcher):
                objects = listing.enter_context(listed())
                done.extend(_shown(moves, objects()))
            moved, size = sum(1 for _ in done), sum(each.size for each in done)
            watcher.findings.count("moved", moved, size)
            log.info(
                "Moved %s of %s (%s) in %s",
                f"{moved:,}",
                displayCount(planned, "object"),
                displayBytes(size),
                displayPath(mirror.location.url),
            )
        rest = stack.enter_context(replanned(plan, _left(plan.steps, done, objects())))
        listing.close()
        yield rest, done


def _nothing() -> Iterator[ObjectEntry]:
    return iter(())


def _shown(moves: Iterable[Move], objects: Iterable[ObjectEntry]) -> Iterator[Digested]:
    objectOf = finder(objects)
    for move in moves:
        found = objectOf(move.key)
        if found and found.size == move.size and (known := shownBy(move, found.etag)):
            yield known


def _left(steps: Iterable[Step], done: Iterable[Digested], objects: Iterable[ObjectEntry]) -> Iterator[Step]:
    isDone, objectOf = finder(done), finder(objects)
    for step in steps:
        if step.action != "move":
            yield step
        elif isDone(step.key) is None:
            left = step._replace(action="replace" if step.lastModified else "upload")
            found = objectOf(step.key)  # a copy that is none, perhaps, which must not be taken for the upload
            yield left._replace(etag=found.etag, lastModified=found.lastModified) if found else left


@dataclass(frozen=True, slots=True)
class _Asking:
    """Who is asked for copies."""

    session: Session | None
    chosen: frozenset[bytes] | None
    """The keys of those that are made without a session; None: all."""
    isOver: threading.Event = field(default_factory=threading.Event)
    """Set when no more are asked for; those under way are waited for."""
    cancelled: threading.Event = field(default_factory=threading.Event)
    """Set when the work is given up."""


class _Outcome(NamedTuple):
    move: Move
    isDone: bool
    """Whether there is a copy, as the server says."""
    why: str = ""
    """What went wrong; empty, too, if nobody has tried."""
    isServers: bool = False
    """Whether the server has refused it, or made something else, and may do so with others."""
    isAsked: bool = True
    """Whether there may be something, whatever the server says."""


def _copy(mirror: Mirror, moves: Iterable[Move], planned: int, watcher: Watcher) -> int:
    """Make all the copies, several side by side; returns how many there may be, whatever the server says."""
    watcher("move")
    session = sessionOf(mirror.aws, pays=planned >= _PAYS)
    asking = _Asking(session, None if session else _largest(moves))
    if asking.chosen is not None and planned > _COMMANDS:
        log.info("No session: only the %s largest are moved, each by an AWS CLI process", _COMMANDS)
    atOnce = _SIDE_BY_SIDE if session else min(_COMMANDS_AT_ONCE, 2 * processors())
    asked = failures = 0
    lines = CappedLines("moves that failed", logging.WARNING, SHOWN)
    ended = mapInOrder(
        partial(_outcome, mirror, asking), moves, threads=atOnce, ahead=2 * atOnce, cancel=asking.cancelled.set
    )
    with contextlib.closing(ended):
        for count, outcome in enumerate(ended, 1):
            watcher("move", count, 0, count / planned)
            asked += outcome.isAsked
            if outcome.why:
                lines.log(notMovedLine(mirror, outcome.move, outcome.why))
            failures = 0 if outcome.isDone else failures + outcome.isServers
            if failures == _FAILURES and not asking.isOver.is_set():
                asking.isOver.set()
                log.warning("Moving stopped after %s failures in a row; the other files are uploaded", failures)
    lines.finish()
    return asked


def _largest(moves: Iterable[Move]) -> frozenset[bytes]:
    """The keys of those that are worth a process each."""
    chosen = heapq.nlargest(_COMMANDS, ((move.size, move.key) for move in moves))
    return frozenset(key for _, key in chosen)


def _outcome(mirror: Mirror, asking: _Asking, move: Move) -> _Outcome:
    if asking.isOver.is_set() or (asking.chosen is not None and move.key not in asking.chosen):
        return _Outcome(move, isDone=False, isAsked=False)
    if not _holdsStill(mirror, move):
        return _Outcome(move, isDone=False, why="the file changed after it was read", isAsked=False)
    try:
        etag = _copied(mirror, asking, move)
    except UnicodeDecodeError:  # where bad names are ignored
        return _Outcome(move, isDone=False, why="no key can have the name of the file", isAsked=False)
    except CommandFailed as failure:
        why = failure.reported or str(failure)
        return _Outcome(move, isDone=False, why=why, isServers=failure.code not in _OF_THE_OBJECT)
    if shownBy(move, etag):
        return _Outcome(move, isDone=True)
    return _Outcome(move, isDone=False, why=f"the ETag of the copy ({etag}) is no digest of the file", isServers=True)


def _holdsStill(mirror: Mirror, move: Move) -> bool:
    try:
        state = fileState(os.stat(mirror.pathTo(move.path)))
    except OSError:
        return False
    return state[1:] == (move.inode, move.size, move.mtimeNs, move.ctimeNs)


def _copied(mirror: Mirror, asking: _Asking, move: Move) -> str:
    """Ask for the copy, stored as an upload would be; returns its ETag.

    Raises:
        CommandFailed: S3 or aws refuses, or the session is lost
    """
    location, more = mirror.location, {"StorageClass": mirror.aws.storageClass, "ServerSideEncryption": mirror.aws.sse}
    more = {name: value for name, value in more.items() if value}
    origin, key = (location.prefix + name.decode() for name in (move.origin, move.key))
    shouldStop = asking.cancelled.is_set
    if asking.session:
        return asking.session.copyObject(location.bucket, origin, key, move.etag, shouldStop=shouldStop, **more)
    arguments = copyObjectArguments(location.bucket, origin, key, move.etag, more)
    result, printed = answerOf(arguments, mirror.aws, shouldStop)
    requireSuccess(result)
    return printed.decode("utf-8", "replace").strip()


def shownBy(move: Move, etag: str) -> Digested | None:
    """What shows by its ETag that a copy holds what the file does; None if nothing does."""
    copied = parseEtag(etag)
    if copied is None:
        return None
    state = (move.key, move.size, move.mtimeNs, move.ctimeNs, move.inode)
    if not copied.parts:
        return Digested(*state, 0, move.whole) if copied.digest == move.whole else None
    isSame = move.partSize > 0 and copied == parseEtag(move.etag) and copied.digest == move.parted
    return Digested(*state, move.partSize, move.parted) if isSame else None


def stillNeeded(steps: Iterable[Step], objects: Iterable[ObjectEntry]) -> frozenset[bytes]:
    """The keys of the objects that have not been copied, and whose content has not gone up either.

    Args:
        steps: what was done instead of moves
        objects: what there is by now
    """
    found = finder(objects)
    return frozenset(step.origin for step in steps if step.origin and not _isThere(step, found(step.key)))


def _isThere(step: Step, found: ObjectEntry | None) -> bool:
    before = (step.etag, step.lastModified)
    return found is not None and found.size == step.size and (found.etag, found.lastModified) != before
