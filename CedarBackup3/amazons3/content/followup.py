"""Asks S3 about contents on which ETags leave doubts.

S3 tells the encryption, under some kinds of which the ETag is no digest, the checksum that was stored, and the size of
a part. So a mismatch can be explained, and what is unknown can become known. Through a session every object is asked
for, many side by side; otherwise each takes a process, so that their number is bounded.
"""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from functools import partial
from itertools import chain, islice
from typing import Any, NamedTuple

from CedarBackup3.amazons3.aws.arguments import headBucketArguments
from CedarBackup3.amazons3.aws.command import runAws
from CedarBackup3.amazons3.aws.session.client import Session, SessionLost, sessionOf
from CedarBackup3.amazons3.content.digests import Hasher, PartedHasher, md5
from CedarBackup3.amazons3.content.etags import Etag, isSameEtag, parseEtag, partSizes
from CedarBackup3.amazons3.content.hashing import Reader, bufferFor, findingOf, hasDigest, hasEtag, unexplained
from CedarBackup3.amazons3.content.storedchecksums import StoredFacts, storedFacts, storedPartSize
from CedarBackup3.amazons3.model import Claim, ContentFinding, Verdict
from CedarBackup3.amazons3.workers import mapInOrder, processors
from CedarBackup3.errors import CommandFailed
from CedarBackup3.util import displayPath

log = logging.getLogger("CedarBackup3.log")

ASKED = 100
"""Without a session S3 is asked for so many files that seem to differ, and for so many that are unknown."""

_PAYS = 3  # questions; an aws that answers many takes as long to start as two that answer one
_SIDE_BY_SIDE = 24  # questions to a session: at 30 ms more gain nothing, as one aws answers some 500 a second
_AHEAD = 32  # times as many are under way or answered, so that the reading of a large file holds up none

_ETAGS_DECIDE = "Cannot read encryption and checksums of the objects in %s; contents are judged by ETag alone: %s"
_NOTHING_DECIDES = (
    "Cannot read encryption and checksums of the objects in %s; the contents of these uploads are unproven: %s"
)
_KEY_DECIDES = (
    "Cannot read encryption and checksums of the objects in %s with the key of --sseCustomerKeyFile; contents that "
    "their ETags do not prove are unproven: %s"
)
_ENCRYPTED = "encrypted in a way that keeps its ETag from being a digest"
ENCRYPTED = f"it is {_ENCRYPTED}"
"""Why nothing is known of what is encrypted by KMS or with a customer's key."""
_NEEDS_KEY = "it is encrypted with a customer's key, which --sseCustomerKeyFile has to name"
_DOUBTFUL: frozenset[Verdict] = frozenset({"differs", "unknown"})


class _Question(NamedTuple):
    finding: ContentFinding
    session: Session | None
    """Answers it."""
    isAllowed: bool
    """Whether a command may be asked."""


class _Answer(NamedTuple):
    finding: ContentFinding
    isAsked: bool
    isEncrypted: bool = False
    failure: str = ""
    """Why S3 did not tell."""
    isLast: bool = False
    """Whether it is asked for no other then."""


class _Asking:
    """Who is asked about what: a session about everything, commands about some."""

    def __init__(self, reader: Reader, limit: int) -> None:
        self.reader = reader
        self.processes = threading.Semaphore(processors())
        """Of the commands that take the place of a session which was lost."""
        self.asked: Counter[Verdict] = Counter()
        """For how many findings anybody was."""
        self.isOver = False
        """Whether nobody is asked any more."""
        self.hasSettled = False
        """Whether an answer has settled anything."""
        self.failure = ""
        """Of the session, if so many questions in a row have failed that it is asked no more."""
        self._limit = limit
        self._commands: Counter[Verdict] = Counter()
        self._failed, self._lastFailure = 0, ""
        self._lock = threading.Lock()

    def question(self, found: ContentFinding) -> _Question:
        """The question about a finding."""
        if found.verdict not in _DOUBTFUL or self.isOver or self.failure:
            return _Question(found, None, False)
        session = sessionOf(self.reader.aws, pays=False)
        isAllowed = session is None and self.takes(found.verdict)
        self.asked[found.verdict] += session is not None or isAllowed
        return _Question(found, session, isAllowed)

    def takes(self, verdict: Verdict) -> bool:
        """Whether one more may be asked for by a command."""
        with self._lock:
            isAllowed = self._commands[verdict] < self._limit
            self._commands[verdict] += isAllowed
        return isAllowed

    def took(self, answer: _Answer) -> _Answer:
        """The answer of a session; one that fails may concern its object alone."""
        with self._lock:
            self._failed = self._failed + 1 if answer.failure else 0
            self._lastFailure = answer.failure or self._lastFailure
            if self._failed >= ASKED:
                self.failure = self.failure or answer.failure
            self.hasSettled = self.hasSettled or not (answer.failure or answer.finding.verdict == "unknown")
            return answer._replace(isAsked=not answer.failure)

    def judgeProbe(self) -> None:
        """Ask nobody else if what was asked so far has settled nothing."""
        if not self.hasSettled:
            self.isOver, self.failure = True, self._lastFailure


def finalFindings(
    reader: Reader, findings: Iterable[ContentFinding], ask: int = ASKED, *, probe: int = 0, trustsEtags: bool = True
) -> Iterator[ContentFinding]:
    """The findings of `hashing.contentFindings` that are no matches, in their order, decided as far as S3 reports more.

    A session is asked for all of them; one that does not run yet is started if there are some.

    Args:
        reader: what every thread has to know
        findings: the findings
        ask: without a session S3 is asked for so many mismatches, and for so many that are unknown; 0: what is known
            already would do, so that it is no news if S3 does not tell more
        probe: a session is asked for so many first, and for the others only if one of these was settled; 0: for all
        trustsEtags: whether a mismatch is one even if S3 does not answer; else it is unknown then, as it is where
            objects may be encrypted with a key that is not the customer's key of today

    A mismatch beyond those that are asked for stays a difference, unless one of those asked for turned out to be
    encrypted: what is asked for first tells what to think of the others, and which part sizes to try on them.
    """
    asking = _Asking(reader, ask)
    hasEncrypted, hasWarned, hasFailed = bool(reader.aws.customerKey), False, False
    message = _KEY_DECIDES if reader.aws.customerKey else _ETAGS_DECIDE if trustsEtags else _NOTHING_DECIDES
    trustsEtags = trustsEtags and not reader.aws.customerKey
    for found, isAsked, isEncrypted, failure, isLast in _answers(asking, iter(findings), probe):
        hasEncrypted = hasEncrypted or isEncrypted
        hasFailed = hasFailed or isLast
        asking.isOver = asking.isOver or isLast
        if failure and not hasWarned:
            hasWarned = True
            log.log(logging.WARNING if ask else logging.DEBUG, message, displayPath(reader.location.url), failure)
        if found.verdict == "differs" and (hasFailed or failure) and not trustsEtags:
            yield found._replace(verdict="unknown", why="its encryption cannot be read")
        elif found.verdict == "differs" and hasEncrypted and not isAsked and not hasFailed:
            others = f"S3 was asked about {asking.asked['differs']} other objects only"
            yield found._replace(verdict="unknown", why=f"it may be {_ENCRYPTED}; {others}")
        else:
            yield found


def _answers(asking: _Asking, findings: Iterator[ContentFinding], probe: int) -> Generator[_Answer, None, None]:
    first = list(islice(findings, _PAYS))
    session = sessionOf(asking.reader.aws, pays=len(first) == _PAYS)
    threads = _SIDE_BY_SIDE if session else processors()
    bounds = {"threads": threads, "ahead": (_AHEAD if session else 2) * threads}
    answer, cancel = partial(_answer, asking), asking.reader.stopped.set
    questions = map(asking.question, chain(first, findings))
    if session and probe:
        yield from mapInOrder(answer, islice(questions, probe), **bounds, cancel=cancel)
        asking.judgeProbe()
    yield from mapInOrder(answer, questions, **bounds, cancel=cancel)


def _answer(asking: _Asking, question: _Question) -> _Answer:
    found, session, isAllowed = question
    if session and not asking.failure:
        try:
            return asking.took(_asked(asking.reader, found, session))
        except SessionLost:
            isAllowed = asking.takes(found.verdict)
    if not isAllowed:
        return _Answer(_retried(asking.reader, found), False, failure=asking.failure)
    with asking.processes:
        answer = _asked(asking.reader, found, None)
        mayBeAlone = bool(asking.reader.aws.customerKey)  # under another key
        return answer._replace(isAsked=not answer.failure, isLast=bool(answer.failure) and not mayBeAlone)


def _asked(reader: Reader, found: ContentFinding, session: Session | None) -> _Answer:
    """What S3 and the file tell; a session that is lost raises `SessionLost`."""
    each = found.claim
    isEncrypted = False

    def verdict() -> tuple[Verdict, str]:
        nonlocal isEncrypted
        facts = storedFacts(reader.location, reader.aws, each.key, reader.stopped.is_set, **_which(each, session))
        if facts.size != each.size or (facts.etag and each.etag and not isSameEtag(facts.etag, each.etag)):
            return "changed", ""
        isEncrypted = facts.isEncrypted
        if each.etag or not facts.etag:
            return _verdict(reader, each, facts, session)
        known = each._replace(etag=facts.etag)  # which a listing without ETags has left out
        return ("matched", "") if _isAsStored(reader, known, facts) else _verdict(reader, known, facts, session)

    try:
        answer = findingOf(each, verdict)
    except SessionLost:
        raise
    except CommandFailed as failure:
        if failure.code == "404":  # deleted meanwhile
            return _Answer(found, True)
        if _hasCustomerKey(reader, each, failure, session):
            why = ENCRYPTED if reader.aws.customerKey else _NEEDS_KEY
            return _Answer(found._replace(verdict="unknown", why=why), True, True)
        return _Answer(found, True, failure=str(failure))
    return _Answer(answer, True, isEncrypted)


def _isAsStored(reader: Reader, each: Claim, facts: StoredFacts) -> bool:
    """Whether a file has the ETag of its object, if that can be seen from the file alone."""
    etag = parseEtag(each.etag)
    if not etag or facts.isEncrypted:
        return False
    sizes = partSizes(each.size, etag.parts, reader.configuredPart) if etag.parts else [0]
    return _hasEtag(reader, each, etag, sizes)


def _retried(reader: Reader, found: ContentFinding) -> ContentFinding:
    """The finding, or a match if the parts are as large as those of others: who stored these stored it, too."""
    each, etag = found.claim, parseEtag(found.etag)
    if not etag or not etag.parts or found.verdict not in _DOUBTFUL:
        return found
    sizes = [size for size in tuple(reader.toldParts) if -(-each.size // size) == etag.parts]
    if not sizes:
        return found

    def verdict() -> tuple[Verdict, str]:
        isSame = _hasEtag(reader, each, etag, sizes)
        return ("matched", "") if isSame else (found.verdict, found.why)

    return findingOf(each, verdict)


def _hasCustomerKey(reader: Reader, each: Claim, failure: CommandFailed, session: Session | None) -> bool:
    """Whether S3 wanted the customer's key: it says no more than 400, as it does of credentials that have expired.

    So do servers that cannot be asked for checksums, but they answer another question of the object.
    """
    if failure.code != "400":
        return False
    try:
        storedPartSize(reader.location, reader.aws, each.key, reader.stopped.is_set, 1, **_which(each, session))
    except SessionLost:
        raise
    except CommandFailed as other:
        return other.code == "400" and _seesBucket(reader, session)
    return False


def _seesBucket(reader: Reader, session: Session | None) -> bool:
    if session is None:
        return runAws(headBucketArguments(reader.location), reader.aws).status == 0
    try:
        session.headBucket(reader.location.bucket)
    except SessionLost:
        raise
    except CommandFailed:
        return False
    return True


def _verdict(reader: Reader, each: Claim, facts: StoredFacts, session: Session | None) -> tuple[Verdict, str]:
    etag, checksum = parseEtag(each.etag), facts.checksum
    if checksum and not checksum.isCalculable(each.size):
        checksum = None
    if checksum and not checksum.parts:
        isSame = _hasDigest(reader, each, [checksum.make()], checksum.digest)
        return ("matched" if isSame else "differs"), ""
    if etag and not facts.isEncrypted:
        return _byParts(reader, each, md5, etag, session) if etag.parts > 1 else unexplained(reader, each.size, etag)
    if checksum:
        return _byParts(reader, each, checksum.make, Etag(checksum.digest, checksum.parts), session)
    why = ENCRYPTED if facts.isEncrypted else "its ETag is not a digest"
    return "unknown", f"{why}, and it has no stored checksum that can be computed"


def _byParts(
    reader: Reader, each: Claim, make: Callable[[], Hasher], whole: Etag, session: Session | None
) -> tuple[Verdict, str]:
    """The verdict by a digest of the digests of parts, whose size S3 is asked for."""
    sizes = partSizes(each.size, whole.parts, reader.configuredPart)
    first = _partSize(reader, each, 1, session)
    if first and -(-each.size // first) == whole.parts:
        sizes = [first]
    elif first:
        return "unknown", "its parts have different sizes"
    hashers = [PartedHasher(make, size) for size in sizes]
    if _hasDigest(reader, each, hashers, whole.digest):
        reader.toldParts.update(sizes[:1] if first else ())
        return "matched", ""
    if not first:
        return unexplained(reader, each.size, whole)
    if whole.parts > 2 and _partSize(reader, each, whole.parts - 1, session) != first:
        return "unknown", "its parts have different sizes"
    return "differs", ""


def _hasEtag(reader: Reader, each: Claim, etag: Etag, sizes: Sequence[int]) -> bool:
    """As `hasEtag`, by no more threads at a time than there are processors."""
    with reader.turns:
        return hasEtag(reader, each, etag, sizes, bufferFor(each.size))


def _hasDigest(reader: Reader, each: Claim, hashers: Sequence[Hasher], digest: bytes) -> bool:
    """As `hasDigest`, by no more threads at a time than there are processors."""
    with reader.turns:
        return hasDigest(reader, each, hashers, digest, bufferFor(each.size))


def _which(each: Claim, session: Session | None) -> dict[str, Any]:
    """Of the versions of an object, the one to ask for; and who answers."""
    version = {"versionId": each.versionId} if each.versionId else {}
    return {**version, "session": session} if session else version


def _partSize(reader: Reader, each: Claim, number: int, session: Session | None) -> int:
    """As `storedPartSize`; 0 also for a server that does not know the question."""
    which = _which(each, session)
    try:
        return storedPartSize(reader.location, reader.aws, each.key, reader.stopped.is_set, number, **which)
    except SessionLost:
        raise
    except CommandFailed:
        return 0
