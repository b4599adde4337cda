"""Restores through a session by the tool: what it fetches, and what becomes of a restore whose session fails."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from testcase.runner import toolCommand, toolEnvironment
from testcase.s3 import DENY, Fault, Hang, S3Server

from .harness import Restore, at, awsStandIn, filesIn, moment, put
from .test_sessionlistings import sessionsAt

TOOL = "CedarBackup3.tools.amazons3restore"
STARTED, NONE = "Running aws [b'cback-session'", "No session: each question is an AWS CLI process of its own"
THEN = ("--atTime", moment(5))
NAMES = [b"d%d/%02d \xc3\xa9+%%[*" % (number // 10, number % 10) for number in range(30)]
OLD = {name: b"then" + name for name in NAMES}


pytestmark = pytest.mark.versioned


def replaced(server: S3Server, prefix: bytes = b"p/") -> None:
    """Thirty objects that have been replaced and deleted since, and one that has not."""
    put(server, OLD, 0, prefix)
    put(server, {b"stays": b"as it is"}, 0, prefix)
    put(server, dict.fromkeys(OLD, b"encrypted"), 10, prefix)
    for name in NAMES[::2]:
        server.deleteObject("bucket", prefix + name, lastModified=at(20))


def asked(server: S3Server) -> Counter[str]:
    return Counter(request.operation for request in server.requests)


@pytest.mark.parametrize("prefix", [b"p/", b"file:/p/", b"p[1]*/"])
def test_whatever_is_to_come_comes_through_one_aws(
    restore: Restore, server: S3Server, tmp_path: Path, prefix: bytes
) -> None:
    replaced(server, prefix)
    put(server, {b"tied": b"first"}, 0, prefix)
    server.deleteObject("bucket", prefix + b"tied", lastModified=at(0))
    put(server, {b"tied": b"second"}, 0, prefix)
    put(server, {b"tied": b"later"}, 10, prefix)
    outcome = restore("--debug", *THEN, f"s3://bucket/{prefix.decode()}", tmp_path / "t")
    expected = OLD | {b"stays": b"as it is", b"tied": b"second"}
    assert (outcome.status, filesIn(tmp_path / "t")) == (0, expected), outcome
    assert (outcome.log.count("Running aws "), outcome.log.count(STARTED)) == (1, 1)
    assert asked(server) == {"ListObjectVersions": 1, "ListObjectsV2": 1, "GetObject": len(expected)}
    assert {os.stat(tmp_path / "t" / os.fsdecode(name)).st_mode & 0o777 for name in expected} == {0o600}


def test_many_ties_need_no_further_requests(restoreOnce: Restore, server: S3Server, tmp_path: Path) -> None:
    for number in range(1200):  # on two pages
        key = b"one" if number % 2 else b"k%d" % number
        put(server, {key: b"%d" % number}, 0)
        server.deleteObject("bucket", b"p/" + key, lastModified=at(0))
        if number % 4 == 0:
            put(server, {key: b"again"}, 0)
    outcome = restoreOnce(*THEN, "s3://bucket/p", tmp_path / "t")
    assert outcome.status == 0, outcome
    assert filesIn(tmp_path / "t") == {b"k%d" % number: b"again" for number in range(0, 1200, 4)}
    assert asked(server)["ListObjectVersions"] == 3


@pytest.mark.parametrize("size", [1, 64 << 20])
def test_large_objects_as_they_are_now_are_left_to_a_batch(
    restoreOnce: Restore, server: S3Server, tmp_path: Path, size: int
) -> None:
    put(server, {b"%d" % number: b"x" for number in range(5)}, 0)
    put(server, {b"large": bytes(size)}, 0)
    outcome = restoreOnce("--debug", "s3://bucket/p", tmp_path / "t")
    assert (outcome.status, len(filesIn(tmp_path / "t"))) == (0, 6), outcome
    assert ("b's3', b'sync'" in outcome.log) == (size > 1)


def killedAt(server: S3Server, operation: str, commands: Path, words: Sequence[Path | str], tmp_path: Path) -> str:
    """Run a restore, kill its session while the server holds an answer, and return what was logged; it must be 0."""
    log = tmp_path / "log"
    with subprocess.Popen(
        [*toolCommand(TOOL), "--debug", "--logfile", log, *words],
        env=toolEnvironment(server.environment(), commands),
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    ) as run:
        while asked(server)[operation] < 3:
            time.sleep(0.05)
            assert run.poll() is None
        (session,) = sessionsAt(server.endpointUrl)
        server.clearFaults()
        os.kill(int(session), signal.SIGKILL)
        assert run.wait() == 0, run.stderr and run.stderr.read()
    return log.read_text()


def test_a_session_that_dies_while_it_fetches_leaves_the_rest_to_the_plain_command(
    server: S3Server, anyAws: str, tmp_path: Path
) -> None:
    old = {b"%d" % number: b"then %d" % number for number in range(8)}
    put(server, old, 0)
    put(server, dict.fromkeys(old, b"now"), 10)
    for number in range(2, 8):
        server.addFault(Fault("GetObject", Hang(), key=b"p/%d" % number))
    words = [*THEN, "s3://bucket/p", str(tmp_path / "t")]
    log = killedAt(server, "GetObject", Path(anyAws), words, tmp_path)
    assert filesIn(tmp_path / "t") == old
    assert log.count(NONE) == 1
    assert 1 <= log.count("b'get-object'") <= 6


def test_a_session_that_dies_while_it_lists_leaves_the_listing_to_the_plain_command(
    server: S3Server, anyAws: str, tmp_path: Path
) -> None:
    put(server, {b"%d" % number: b"now" for number in range(8)}, 0)
    server.pageSize = 3
    server.addFault(Fault("ListObjectVersions", Hang(), skip=2))
    log = killedAt(server, "ListObjectVersions", Path(anyAws), ["s3://bucket/p", tmp_path / "t"], tmp_path)
    assert filesIn(tmp_path / "t") == {b"%d" % number: b"now" for number in range(8)}
    assert "The plain commands list s3://bucket/p/ again" in log


def test_one_that_takes_too_long_is_told_and_the_others_come(
    restoreOnce: Restore, server: S3Server, tmp_path: Path
) -> None:
    replaced(server)
    server.addFault(Fault("GetObject", Hang(), key=b"p/" + NAMES[3]))
    outcome = restoreOnce("--awsTimeout", "8", *THEN, "s3://bucket/p", tmp_path / "t")
    failed = [line for line in outcome.stderr.splitlines() if line.startswith("Failed: ")]
    assert outcome.status == 7, outcome
    assert all("(--awsTimeout)" in line for line in failed), failed
    come = {name for name in (*OLD, b"stays") if (tmp_path / "t" / os.fsdecode(name)).is_file()}
    assert NAMES[3] not in come
    assert len(come) + len(failed) == len(OLD) + 1  # on a busy machine others may take too long as well
    assert come


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_an_interrupted_restore_leaves_no_session_and_goes_on(
    restoreOnce: Restore, server: S3Server, anyAws: str, tmp_path: Path, number: int
) -> None:
    replaced(server)
    server.addFault(Fault("GetObject", Hang(), key=b"p/" + NAMES[20]))
    words = [*THEN, "s3://bucket/p", str(tmp_path / "t")]
    with subprocess.Popen(
        ["env", "--default-signal", *toolCommand(TOOL), "--logfile", tmp_path / "log", *words],
        env=toolEnvironment(server.environment(), anyAws),
        stdin=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as run:
        while NAMES[20] not in (request.key[2:] for request in server.requests):
            time.sleep(0.05)
            assert run.poll() is None
        run.send_signal(number)
        assert run.wait() == (-number if number == signal.SIGKILL else 5)
    deadline = time.monotonic() + 240
    while sessionsAt(server.endpointUrl):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    present = set(filesIn(tmp_path / "t"))
    server.clearFaults()
    server.clearRequests()
    assert restoreOnce(*words).status == 0
    assert filesIn(tmp_path / "t") == OLD | {b"stays": b"as it is"}
    fetched = {request.key[2:] for request in server.requests if request.operation == "GetObject"}
    assert fetched == (set(OLD) | {b"stays"}) - present


def test_each_that_fails_is_told_and_many_in_a_row_end_the_restore(
    restoreOnce: Restore, server: S3Server, tmp_path: Path
) -> None:
    objects = {b"%03d" % number: b"x" for number in range(150)}
    put(server, objects, 0)
    server.addFault(Fault("GetObject", DENY))
    outcome = restoreOnce("s3://bucket/p", tmp_path / "t")
    assert (outcome.status, outcome.stderr.count("Failed: ")) == (6, 100), outcome
    assert "Gave up after 100 files in a row" in outcome.stderr
    assert "Access Denied" in outcome.stderr.splitlines()[0]


def test_without_a_session_the_plain_commands_restore_the_same(
    restoreOnce: Restore, server: S3Server, anyAws: str, tmp_path: Path
) -> None:
    old = {b"%d" % number: b"then" for number in range(3)}
    put(server, old, 0)
    put(server, dict.fromkeys(old, b"now"), 10)
    commands = awsStandIn(tmp_path / "commands", Path(anyAws), before='[ "$1" != cback-session ] || exit 3')
    outcome = restoreOnce("--debug", *THEN, "s3://bucket/p", tmp_path / "t", awsDirectory=commands)
    assert (outcome.status, filesIn(tmp_path / "t")) == (0, old), outcome
    assert (outcome.log.count(NONE), outcome.log.count("b'get-object'")) == (1, 3)


def test_what_is_there_now_needs_no_permission_for_versions(
    restoreOnce: Restore, server: S3Server, tmp_path: Path
) -> None:
    put(server, {b"a": b"1"}, 0)
    server.addFault(Fault("GetObject", DENY, times=1))  # of the request with a version id
    assert restoreOnce("s3://bucket/p", tmp_path / "t").status == 0
    assert filesIn(tmp_path / "t") == {b"a": b"1"}
    fetches = [request for request in server.requests if request.operation == "GetObject"]
    assert ["versionId" in request.query for request in fetches] == [True, False]
    assert "if-match" in fetches[1].headers
