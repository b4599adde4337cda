"""The comparison of contents: ten thousand files without one wrong verdict, and what is done about mismatches."""

from __future__ import annotations

import hashlib
import math
import os
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from CedarBackup3.amazons3.aws.session.client import SessionLost
from CedarBackup3.amazons3.content import digests
from CedarBackup3.amazons3.content import followup as questions
from CedarBackup3.amazons3.content import hashing as content
from CedarBackup3.amazons3.content.digestcache import DigestCache, openDigestCache
from CedarBackup3.amazons3.content.followup import ASKED, finalFindings
from CedarBackup3.amazons3.content.hashing import Reader, contentFindings
from CedarBackup3.amazons3.content.storedchecksums import StoredFacts, storedFacts
from CedarBackup3.amazons3.mirror import Mirror, mirrorOf
from CedarBackup3.amazons3.model import Claim, ContentFinding
from CedarBackup3.amazons3.workers import mapInOrder
from CedarBackup3.errors import CommandFailed
from testcase.s3.uploads import multipartEtag
from testcase.trees import plantTree

MIB = 1 << 20


def readerOf(mirror: Mirror, cache: DigestCache | None = None) -> Reader:
    """What reads the files of a mirror."""
    return Reader(mirror.tree, mirror.location, mirror.aws, cache)


def claimOf(mirror: Mirror, path: bytes, etag: str, size: int | None = None) -> Claim:
    """What a listing would claim of a file."""
    status = os.stat(mirror.pathTo(path))
    return Claim(path, path, status.st_size if size is None else size, status.st_mtime_ns, etag, "2026-11-23T06:31:11Z")


def verdicts(reader: Reader, claims: list[Claim]) -> dict[bytes, str]:
    return {found.path: found.verdict for found in contentFindings(reader, claims, 0, lambda *told: None)}


def uploadedEtag(body: bytes, part: int) -> str:
    return multipartEtag([body[start : start + part] for start in range(0, len(body), part)] or [b""])


def test_of_ten_thousand_random_files_none_is_judged_wrongly(tmp_path: Path) -> None:
    """Whoever stored them: one PUT or parts of many sizes; and with one byte flipped in a tenth of them."""
    chance = random.Random(6)
    files = {b"d%02d/f%05d" % (number % 97, number): chance.randbytes(chance.randrange(300)) for number in range(9_990)}
    files |= {b"large%d" % number: chance.randbytes(5 * MIB + chance.randrange(9 * MIB)) for number in range(10)}
    mirror = mirrorOf(plantTree(tmp_path / "source", files), "s3://bucket")
    claims, expected = [], {}
    for path, body in sorted(files.items()):
        isFlipped = bool(body) and chance.random() < 0.1
        stored = bytearray(body)
        if isFlipped:
            stored[chance.randrange(len(body))] ^= 1 << chance.randrange(8)
        parts = chance.choice((5, 8, 10, 16)) * MIB
        isOneWrite = chance.random() < 0.5
        etag = hashlib.md5(stored).hexdigest() if isOneWrite else uploadedEtag(bytes(stored), parts)
        claims.append(claimOf(mirror, path, f'"{etag}"'))
        expected[path] = isFlipped
    found = verdicts(readerOf(mirror), claims)
    assert list(found) == sorted(files)  # in key order
    # A mismatch of a part size that is not aws's own is unknown as long as nobody has been asked.
    assert {path for path, verdict in found.items() if verdict != "matched"} == {
        path for path, isFlipped in expected.items() if isFlipped
    }
    assert Counter(found.values())["differs"] > 900


def test_a_file_that_is_not_what_was_walked_is_changed_and_one_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    mirror = mirrorOf(plantTree(tmp_path / "source", [b"held", b"grown", b"gone", b"pipe", b"dir/x"]), "s3://bucket")
    claims = [claimOf(mirror, path, hashlib.md5(path).hexdigest()) for path in (b"held", b"grown", b"gone", b"pipe")]
    claims.append(claimOf(mirror, b"dir", hashlib.md5(b"").hexdigest()))
    (tmp_path / "source/grown").write_bytes(b"more than before")
    (tmp_path / "source/gone").unlink()
    (tmp_path / "source/pipe").unlink()
    os.mkfifo(tmp_path / "source/pipe")
    found = verdicts(readerOf(mirror), claims)
    assert found == {b"held": "matched", b"grown": "changed", b"gone": "changed", b"pipe": "changed", b"dir": "changed"}


def test_a_disk_that_fails_is_no_difference_of_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mirror = mirrorOf(plantTree(tmp_path / "source", [b"a"]), "s3://bucket")

    def broken(*ignored: object) -> bool:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(content, "feedHashers", broken)
    (found,) = contentFindings(readerOf(mirror), [claimOf(mirror, b"a", "0" * 32)], 0, lambda *told: None)
    assert (found.verdict, found.why) == ("unreadable", "Input/output error")


def test_with_a_cache_a_second_check_reads_nothing_but_what_does_not_agree(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {b"a": b"1", b"b": b"22", b"big": os.urandom(9 * MIB)}
    mirror = mirrorOf(plantTree(tmp_path / "source", files), "s3://bucket")
    etags = {path: hashlib.md5(body).hexdigest() for path, body in files.items()}
    etags[b"big"] = uploadedEtag(files[b"big"], 8 * MIB)
    read: list[bytes] = []
    fed = digests.feedHashers

    def counted(path: bytes, *more: Any) -> digests.FileState | None:
        read.append(os.path.basename(path))
        return fed(path, *more)

    monkeypatch.setattr(content, "feedHashers", counted)

    def check() -> tuple[dict[bytes, str], list[bytes]]:
        read.clear()
        with openDigestCache(str(tmp_path / "cache"), quietNs=0) as cache:
            claims = [claimOf(mirror, path, etag) for path, etag in etags.items()]
            return verdicts(readerOf(mirror, cache), claims), sorted(set(read))

    matched = dict.fromkeys(files, "matched")
    assert check() == (matched, [b"a", b"b", b"big"])
    assert check() == (matched, [])
    etags[b"a"] = hashlib.md5(b"X").hexdigest()  # a mismatch is never believed from a cache
    assert check() == (matched | {b"a": "differs"}, [b"a"])
    before = (tmp_path / "source/b").stat()
    (tmp_path / "source/b").write_bytes(b"XX")  # a new change time, although the other times are set back
    os.utime(tmp_path / "source/b", ns=(before.st_atime_ns, before.st_mtime_ns))
    assert check() == (matched | {b"a": "differs", b"b": "differs"}, [b"a", b"b"])


def test_a_bit_that_flips_without_any_new_time_is_found_without_the_cache_and_only_so(tmp_path: Path) -> None:
    mirror = mirrorOf(plantTree(tmp_path / "source", {b"a": b"1"}), "s3://bucket")
    claims = [claimOf(mirror, b"a", hashlib.md5(b"1").hexdigest())]
    with openDigestCache(str(tmp_path / "cache"), quietNs=0) as cache:
        assert verdicts(readerOf(mirror, cache), claims) == {b"a": "matched"}
    (tmp_path / "source/a").write_bytes(b"0")
    os.utime(tmp_path / "source/a", ns=(0, claims[0].mtimeNs))
    now = digests.fileState(os.stat(tmp_path / "source/a"))
    with openDigestCache(str(tmp_path / "cache"), quietNs=0) as cache:  # as if the disk had not noticed
        cache.keep(mirror.pathTo(b"a"), now, {0: hashlib.md5(b"1").digest()})
    with openDigestCache(str(tmp_path / "cache"), quietNs=0) as cache:
        assert verdicts(readerOf(mirror, cache), claims) == {b"a": "matched"}
    assert verdicts(readerOf(mirror), claims) == {b"a": "differs"}


def mismatches(count: int, verdict: str = "differs") -> list[ContentFinding]:
    return [
        ContentFinding(verdict, "", b"%05d" % number, b"%05d" % number, 1, 1, '"' + "0" * 32 + '"', "")  # type: ignore[arg-type]
        for number in range(count)
    ]


PLAIN = StoredFacts('"' + "0" * 32 + '"', 1, isEncrypted=False, checksum=None)
ENCRYPTED = replace(PLAIN, isEncrypted=True)


def firstThen(first: StoredFacts, then: StoredFacts) -> Callable[[bytes], StoredFacts]:
    return lambda key: first if key == b"00000" else then


def failing(key: bytes) -> StoredFacts:
    raise CommandFailed("'aws s3api head-object' ended with status 255: (403) Forbidden")


def failingFirst(key: bytes) -> StoredFacts:
    return failing(key) if key == b"00000" else ENCRYPTED


def failingLater(key: bytes) -> StoredFacts:
    return ENCRYPTED if key < b"00020" else failing(key)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (lambda key: PLAIN, {"differs": 3 * ASKED}),
        (lambda key: ENCRYPTED, {"unknown": 3 * ASKED}),
        (firstThen(PLAIN, ENCRYPTED), {"differs": 1, "unknown": 3 * ASKED - 1}),
        (failing, {"differs": 3 * ASKED}),
        (failingLater, {"unknown": 20, "differs": 3 * ASKED - 20}),
        (lambda key: replace(PLAIN, etag="another"), {"changed": ASKED, "differs": 2 * ASKED}),
    ],
    ids=["none encrypted", "all encrypted", "one not encrypted", "denied", "denied later", "replaced meanwhile"],
)
def test_what_s3_says_of_a_hundred_mismatches_decides_on_the_others(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    answer: Callable[[bytes], StoredFacts],
    expected: dict[str, int],
) -> None:
    asked: list[bytes] = []

    def facts(location: object, aws: object, key: bytes, shouldStop: object) -> StoredFacts:
        asked.append(key)
        return answer(key)

    monkeypatch.setattr(questions, "storedFacts", facts)
    found = list(finalFindings(readerOf(mirrorOf(tmp_path, "s3://bucket")), mismatches(3 * ASKED)))
    assert [each.path for each in found] == [each.path for each in mismatches(3 * ASKED)]
    assert Counter(each.verdict for each in found) == expected
    assert len(asked) <= ASKED


class AnsweringAws:
    """Stands for a session and the place of it; it is lost after so many questions."""

    def __init__(self, answer: Callable[[bytes], StoredFacts], lasts: float) -> None:
        self._answer, self._lasts = answer, lasts
        self._lock = threading.Lock()
        self.asked: list[bytes] = []
        self.atOnce = self.most = 0

    def session(self, isToStart: bool) -> AnsweringAws | None:
        return self if len(self.asked) < self._lasts else None

    def headObject(self, bucket: str, key: str, *more: object, **others: object) -> dict[str, object]:
        with self._lock:
            if len(self.asked) >= self._lasts:
                raise SessionLost("gone")
            self.asked.append(key.encode())
            self.atOnce += 1
            self.most = max(self.most, self.atOnce)
        try:
            time.sleep(0.001)
            facts = self._answer(key.encode())
        finally:
            with self._lock:
                self.atOnce -= 1
        encryption = "aws:kms" if facts.isEncrypted else None
        return {"ETag": facts.etag, "ContentLength": facts.size, "ServerSideEncryption": encryption}


def answeredBy(path: Path, session: AnsweringAws) -> Reader:
    mirror = mirrorOf(path, "s3://bucket")
    return readerOf(replace(mirror, aws=replace(mirror.aws, session=session)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (lambda key: PLAIN, {"differs": 3 * ASKED}),
        (lambda key: ENCRYPTED, {"unknown": 3 * ASKED}),
        (firstThen(PLAIN, ENCRYPTED), {"differs": 1, "unknown": 3 * ASKED - 1}),
        (failing, {"differs": 3 * ASKED}),
        (failingLater, {"unknown": 3 * ASKED}),
        (failingFirst, {"differs": 1, "unknown": 3 * ASKED - 1}),
        (lambda key: replace(PLAIN, etag="another"), {"changed": 3 * ASKED}),
    ],
    ids=["none encrypted", "all encrypted", "one not encrypted", "denied", "denied later", "one denied", "replaced"],
)
def test_a_session_is_asked_for_all_unless_it_never_tells(
    tmp_path: Path, answer: Callable[[bytes], StoredFacts], expected: dict[str, int]
) -> None:
    session = AnsweringAws(answer, math.inf)
    found = list(finalFindings(answeredBy(tmp_path, session), mismatches(3 * ASKED)))
    assert [each.path for each in found] == [each.path for each in mismatches(3 * ASKED)]
    assert Counter(each.verdict for each in found) == expected
    if answer is failing:
        assert ASKED <= len(session.asked) < 2 * ASKED
    elif answer is not failingLater:
        assert len(session.asked) == 3 * ASKED
    assert session.most <= 32


@pytest.mark.parametrize("ask", [0, 5])
@pytest.mark.parametrize(
    ("answer", "trustsEtags", "verdict", "asked"),
    [
        (lambda key: ENCRYPTED, True, "unknown", 5),
        (lambda key: PLAIN, True, "differs", 2000),
        (failing, True, "differs", 5),
        (failing, False, "unknown", 5),
        (failingFirst, True, "unknown", 5),
        (failingFirst, False, "unknown", 5),
    ],
    ids=["no checksums", "something to tell", "denied", "denied, and no ETag matches", "one denied", "one, no match"],
)
def test_of_what_is_stored_alike_a_few_tell_whether_to_ask_for_the_others(
    tmp_path: Path, ask: int, answer: Callable[[bytes], StoredFacts], trustsEtags: bool, verdict: str, asked: int
) -> None:
    session = AnsweringAws(answer, math.inf)
    reader = answeredBy(tmp_path, session)
    found = list(finalFindings(reader, mismatches(2000), ask, probe=5, trustsEtags=trustsEtags))
    assert len(session.asked) == asked
    assert {each.verdict for each in found[1:]} == {verdict}


@pytest.mark.parametrize("lasts", [0, 1, 50, 250])
@pytest.mark.parametrize("verdict", ["differs", "unknown"])
def test_where_a_session_is_lost_the_commands_go_on_up_to_their_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lasts: int, verdict: str
) -> None:
    session, commands = AnsweringAws(lambda key: ENCRYPTED, lasts), list[bytes]()

    def facts(location: Any, aws: Any, key: bytes, shouldStop: Any, session: Any = None) -> StoredFacts:
        if session:
            return storedFacts(location, aws, key, shouldStop, session=session)
        commands.append(key)
        return ENCRYPTED

    monkeypatch.setattr(questions, "storedFacts", facts)
    found = list(finalFindings(answeredBy(tmp_path, session), mismatches(3 * ASKED, verdict)))
    assert Counter(each.verdict for each in found) == {"unknown": 3 * ASKED}
    assert len(session.asked) == lasts
    assert len(commands) == min(ASKED, 3 * ASKED - lasts)
    assert not set(session.asked) & set(commands)


def test_the_questions_end_when_nobody_wants_their_answers(tmp_path: Path) -> None:
    class Waiting(AnsweringAws):
        def headObject(self, bucket: str, key: str, *more: object, **others: Any) -> dict[str, object]:
            while key != "00000" and not others["shouldStop"]():
                time.sleep(0.01)
            return super().headObject(bucket, key, *more, **others)

    session = Waiting(lambda key: PLAIN, math.inf)
    findings = finalFindings(answeredBy(tmp_path, session), mismatches(1000))
    assert isinstance(findings, Generator)
    assert next(findings).path == b"00000"
    findings.close()
    assert len(session.asked) < 1000


def test_what_is_unknown_stays_so_beyond_the_hundred(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(questions, "storedFacts", lambda location, aws, key, shouldStop: replace(PLAIN, etag="x"))
    odd = [found._replace(etag="x") for found in mismatches(ASKED + 5, "unknown")]
    found = list(finalFindings(readerOf(mirrorOf(tmp_path, "s3://bucket")), odd))
    assert Counter(each.verdict for each in found) == {"unknown": ASKED + 5}


def test_a_part_size_that_s3_has_told_is_tried_on_what_it_is_not_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two parts of 12 MiB are as many as aws would have made, so what is not asked for seems to differ."""
    part, body = 12 * MIB, bytes(13 * MIB)
    etag = uploadedEtag(body, part)
    mirror = mirrorOf(plantTree(tmp_path / "source", dict.fromkeys((b"1", b"2", b"3"), body)), "s3://bucket")
    plantTree(tmp_path / "source", {b"4": body[:-1] + b"!"})
    monkeypatch.setattr(questions, "ASKED", 1)
    monkeypatch.setattr(questions, "processors", lambda: 1)  # so that the answer is there before the next file's turn
    facts = StoredFacts(etag, len(body), isEncrypted=False, checksum=None)
    monkeypatch.setattr(questions, "storedFacts", lambda location, aws, key, shouldStop: facts)
    monkeypatch.setattr(questions, "storedPartSize", lambda location, aws, key, shouldStop, number: part)
    reader = readerOf(mirror)
    first = list(
        contentFindings(reader, [claimOf(mirror, path, etag) for path in (b"1", b"2", b"3", b"4")], 0, lambda *told: 0)
    )
    assert [found.verdict for found in first] == ["differs"] * 4
    assert [found.verdict for found in finalFindings(reader, first)] == ["matched", "matched", "matched", "differs"]


def test_work_is_done_ahead_but_never_far_and_ends_when_nobody_wants_it() -> None:
    taken: list[int] = []

    def items() -> Iterator[int]:
        for number in range(1000):
            taken.append(number)
            yield number

    cancelled = threading.Event()
    results = mapInOrder(lambda number: number * 2, items(), threads=3, ahead=10, cancel=cancelled.set)
    assert [next(results) for _ in range(5)] == [0, 2, 4, 6, 8]
    assert len(taken) <= 5 + 10
    results.close()
    assert cancelled.is_set()
