"""Asks S3 about contents on which ETags leave doubts, for a bounded number of objects: each takes a process.

S3 tells the encryption, under some kinds of which the ETag is no digest, the checksum that was stored, and the size of
a part. So a mismatch can be explained, and what is unknown can become known.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import NamedTuple

from CedarBackup3.amazons3.aws.arguments import headBucketArguments
from CedarBackup3.amazons3.aws.command import runAws
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
"""For so many files that seem to differ S3 is asked, and for so many that are unknown."""

_ETAGS_DECIDE = "Cannot read encryption and checksums of the objects in %s; contents are judged by ETag alone: %s"
_NOTHING_DECIDES = (
    "Cannot read encryption and checksums of the objects in %s; the contents of these uploads are unproven: %s"
)
_ENCRYPTED = "encrypted in a way that keeps its ETag from being a digest"
ENCRYPTED = f"it is {_ENCRYPTED}"
"""Why nothing is known of what is encrypted by KMS or with a customer's key."""


class _Answer(NamedTuple):
    findingOf: ContentFinding
    isAsked: bool
    isEncrypted: bool = False
    failure: str = ""


def finalFindings(
    reader: Reader, findings: Iterable[ContentFinding], ask: int = ASKED, *, trustsEtags: bool = True
) -> Iterator[ContentFinding]:
    """The findings of `content.hashed` that are no matches, in their order, decided as far as S3 reports more.

    Args:
        reader: what every thread has to know
        findings: the findings
        ask: for so many mismatches S3 is asked, and for so many that are unknown
        trustsEtags: whether a mismatch is one even if S3 does not answer; else it is unknown then

    A mismatch beyond those that are asked for stays a difference, unless one of those asked for turned out to be
    encrypted: what is asked for first tells what to think of the others, and which part sizes to try on them.
    """
    hasEncrypted = False
    failures: list[str] = []
    asked: Counter[str] = Counter()

    def questions() -> Iterator[tuple[ContentFinding, bool]]:
        for found in findings:
            isAsked = found.verdict in {"differs", "unknown"} and asked[found.verdict] < ask and not failures
            asked[found.verdict] += isAsked
            yield found, isAsked

    threads = processors()
    answer = partial(_answer, reader)
    for found, isAsked, isEncrypted, failure in mapInOrder(
        answer, questions(), threads=threads, ahead=2 * threads, cancel=reader.stopped.set
    ):
        hasEncrypted = hasEncrypted or isEncrypted
        if failure and not failures:
            failures.append(failure)
            log.warning(
                _ETAGS_DECIDE if trustsEtags else _NOTHING_DECIDES,
                displayPath(reader.location.url),
                failure,
            )
        if found.verdict == "differs" and hasEncrypted and not isAsked and not failures:
            yield found._replace(
                verdict="unknown", why=f"it may be {_ENCRYPTED}; S3 was asked about {ask} other objects only"
            )
        elif found.verdict == "differs" and failures and not trustsEtags:
            yield found._replace(verdict="unknown", why="its encryption cannot be read")
        else:
            yield found


def _answer(reader: Reader, question: tuple[ContentFinding, bool]) -> _Answer:
    found, isAsked = question
    each = found.claim
    if not isAsked:
        return _Answer(_retried(reader, found, each), False)
    isEncrypted = False

    def verdict() -> tuple[Verdict, str]:
        nonlocal isEncrypted
        facts = storedFacts(reader.location, reader.aws, each.key, reader.stopped.is_set, **_which(each))
        if facts.size != each.size or (facts.etag and each.etag and not isSameEtag(facts.etag, each.etag)):
            return "changed", ""
        isEncrypted = facts.isEncrypted
        if each.etag or not facts.etag:
            return _verdict(reader, each, facts)
        known = each._replace(etag=facts.etag)  # which a listing without ETags has left out
        return ("matched", "") if _isAsStored(reader, known, facts) else _verdict(reader, known, facts)

    try:
        answer = findingOf(each, verdict)
    except CommandFailed as failure:
        if failure.code == "404":  # deleted meanwhile
            return _Answer(found, True)
        if _hasCustomerKey(reader, each, failure):
            return _Answer(found._replace(verdict="unknown", why=ENCRYPTED), True, True)
        return _Answer(found, True, failure=str(failure))
    return _Answer(answer, True, isEncrypted)


def _isAsStored(reader: Reader, each: Claim, facts: StoredFacts) -> bool:
    """Whether a file has the ETag of its object, if that can be seen from the file alone."""
    etag = parseEtag(each.etag)
    if not etag or facts.isEncrypted:
        return False
    sizes = partSizes(each.size, etag.parts, reader.configuredPart) if etag.parts else [0]
    return hasEtag(reader, each, etag, sizes, bufferFor(each.size))


def _retried(reader: Reader, found: ContentFinding, each: Claim) -> ContentFinding:
    """The finding, or a match if the parts are as large as those of others: who stored these stored it, too."""
    etag = parseEtag(each.etag)
    if not etag or not etag.parts or found.verdict not in {"differs", "unknown"}:
        return found
    sizes = [size for size in tuple(reader.toldParts) if -(-each.size // size) == etag.parts]
    if not sizes:
        return found

    def verdict() -> tuple[Verdict, str]:
        isSame = hasEtag(reader, each, etag, sizes, bufferFor(each.size))
        return ("matched", "") if isSame else (found.verdict, found.why)

    return findingOf(each, verdict)


def _hasCustomerKey(reader: Reader, each: Claim, failure: CommandFailed) -> bool:
    """Whether S3 wanted the customer's key: it says no more than 400, as it does of credentials that have expired.

    So do servers that cannot be asked for checksums, but they answer another question of the object.
    """
    if failure.code != "400":
        return False
    try:
        storedPartSize(reader.location, reader.aws, each.key, reader.stopped.is_set, 1, **_which(each))
    except CommandFailed as other:
        return other.code == "400" and runAws(headBucketArguments(reader.location), reader.aws).status == 0
    return False


def _verdict(reader: Reader, each: Claim, facts: StoredFacts) -> tuple[Verdict, str]:
    etag, checksum = parseEtag(each.etag), facts.checksum
    if checksum and not checksum.isCalculable(each.size):
        checksum = None
    if checksum and not checksum.parts:
        isSame = hasDigest(reader, each, [checksum.make()], checksum.digest, bufferFor(each.size))
        return ("matched" if isSame else "differs"), ""
    if etag and not facts.isEncrypted:
        return _byParts(reader, each, md5, etag) if etag.parts > 1 else unexplained(reader, each.size, etag)
    if checksum:
        return _byParts(reader, each, checksum.make, Etag(checksum.digest, checksum.parts))
    why = ENCRYPTED if facts.isEncrypted else "its ETag is not a digest"
    return "unknown", f"{why}, and it has no stored checksum that can be computed"


def _byParts(reader: Reader, each: Claim, make: Callable[[], Hasher], whole: Etag) -> tuple[Verdict, str]:
    """The verdict by a digest of the digests of parts, whose size S3 is asked for."""
    sizes = partSizes(each.size, whole.parts, reader.configuredPart)
    first = _partSize(reader, each, 1)
    if first and -(-each.size // first) == whole.parts:
        sizes = [first]
    elif first:
        return "unknown", "its parts have different sizes"
    hashers = [PartedHasher(make, size) for size in sizes]
    if hasDigest(reader, each, hashers, whole.digest, bufferFor(each.size)):
        reader.toldParts.update(sizes[:1] if first else ())
        return "matched", ""
    if not first:
        return unexplained(reader, each.size, whole)
    if whole.parts > 2 and _partSize(reader, each, whole.parts - 1) != first:
        return "unknown", "its parts have different sizes"
    return "differs", ""


def _which(each: Claim) -> dict[str, str]:
    """Of the versions of an object, the one to ask for."""
    return {"versionId": each.versionId} if each.versionId else {}


def _partSize(reader: Reader, each: Claim, number: int) -> int:
    """As `storedPartSize`; 0 also for a server that does not know the question."""
    try:
        return storedPartSize(reader.location, reader.aws, each.key, reader.stopped.is_set, number, **_which(each))
    except CommandFailed:
        return 0
