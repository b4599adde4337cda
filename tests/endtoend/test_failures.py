"""However a run fails, it says so in a sentence and in its status, and gives no verdict that it has not reached."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shlex
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import pytest

from testcase.runner import Outcome, toolCommand, toolEnvironment
from testcase.s3 import DENY, BreakXml, CutBody, Effect, Fault, Hang, Refuse, Reset, S3Server
from testcase.trees import plantTree

from .conftest import PlainUser
from .harness import Sync, awsStandIn, changes, differencesOf, plantObjects, stored

MODULE = "CedarBackup3.tools.amazons3sync"
PLANTED = {b"p/a": b"1", b"p/extra": b"x"}


class Failure(NamedTuple):
    """What is wrong, how the run has to end, and what it has to say."""

    status: int
    words: tuple[str, ...]
    source: str | bytes = "source"
    url: str | bytes = "s3://bucket/p"
    switches: tuple[str, ...] = ()
    aws: str | None = None
    """The text of the only `aws` there is; "" for none at all."""
    awsMode: int = 0o755
    faults: tuple[Fault, ...] = ()


def _noSource(source: str, *words: str) -> Failure:
    return Failure(6, (*words, "nothing was changed"), source=source)


LISTING_DENIED = (Fault("ListObjectsV2", DENY),)

# Failures in which no real aws takes part.
HERE = {
    "source missing": _noSource("nowhere", "nowhere", "No such file"),
    "source missing, verify": _noSource("nowhere", "nowhere")._replace(switches=("--verifyOnly",)),
    "source is a file": _noSource("a file", "a file", "Not a directory"),
    "source is a file, with a slash": _noSource("a file/", "a file/", "Not a directory"),
    "source is a dangling link": _noSource("dangling", "dangling", "No such file"),
    "source is a link to itself": _noSource("itself", "itself"),
    "source is nothing": _noSource(""),
    "loop": Failure(9, ("looping/dir/loop", "leads back"), "looping"),
    "loop, names ignored": Failure(9, ("looping/dir/loop",), "looping", switches=("--ignoreWarnings",)),
    "loop, verify": Failure(9, ("looping/dir/loop",), "looping", switches=("--verifyOnly",)),
    "aws missing": Failure(6, ("aws", "PATH", "apt install awscli"), aws=""),
    "aws missing, verify": Failure(6, ("aws", "PATH", "apt install awscli"), switches=("--verifyOnly",), aws=""),
    "aws not executable": Failure(6, ("aws", "install"), aws="#!/bin/sh\n", awsMode=0o644),
    "aws without its interpreter": Failure(6, ("commands/aws", "cannot be started", "install"), aws="#!/no/such\n"),
    "aws killed": Failure(6, ("'aws s3api list-objects-v2'", "signal 9"), aws="#!/bin/sh\nkill -9 $$\n"),
    "aws fails": Failure(
        6,
        ("'aws s3api list-objects-v2'", "status 255", "no\\x1b luck"),
        aws="#!/bin/sh\nprintf 'no\\033 luck\\n' >&2\nexit 255\n",
    ),
    "aws refuses its arguments": Failure(
        6, ("'aws s3api list-objects-v2'", "status 2"), aws="#!/bin/sh\necho usage: >&2\nexit 2\n"
    ),
    "aws lists nonsense": Failure(6, ("no listing", "nonsense"), aws="#!/bin/sh\necho nonsense\n"),
    "aws lists what was not asked for": Failure(
        6, ("q/x", "not below p/"), aws='#!/bin/sh\necho \'[[1,"2001-01-01T00:00:00Z",null,"q/x"]]\'\n'
    ),
}

# Failures that a real aws meets.
THERE = {
    "no such bucket": Failure(6, ("ListObjectsV2", "NoSuchBucket"), url="s3://no-such-bucket/p"),
    "no such bucket, verify": Failure(6, ("NoSuchBucket",), url="s3://no-such-bucket", switches=("--verifyOnly",)),
    "listing denied": Failure(6, ("ListObjectsV2", "AccessDenied"), faults=LISTING_DENIED),
    "listing denied, verify": Failure(6, ("AccessDenied",), switches=("--verifyOnly",), faults=LISTING_DENIED),
    "denied without a word": Failure(
        *(6, ("bucket", "permissions", "credentials"), "source", "s3://bucket/p", ("--verifyOnly",)),
        faults=(Fault("*", Refuse(403, "AccessDenied", "")),),
    ),
}


def _failed(sync: Sync, server: S3Server, tmp_path: Path, failure: Failure, *switches: str) -> Outcome:
    """Run into the failure, in a temporary directory that has every source of the tables."""
    plantTree(tmp_path / "source", {b"a": b"1", b"dir/b": b"22"})
    plantTree(tmp_path / "looping", {b"dir/b": b"1"})
    (tmp_path / "looping/dir/loop").symlink_to("..")
    plantTree(tmp_path, {b"a file": b"x"})
    (tmp_path / "dangling").symlink_to("nowhere")
    (tmp_path / "itself").symlink_to("itself")
    plantObjects(server, PLANTED)
    for fault in failure.faults:
        server.addFault(fault)
    more: dict[str, object] = {}
    if failure.aws is not None:
        commands = tmp_path / "commands"
        commands.mkdir()
        if failure.aws:
            (commands / "aws").write_text(failure.aws)
            (commands / "aws").chmod(failure.awsMode)
        more = {"awsDirectory": commands, "environment": {"PATH": str(commands)}}
    return sync(*failure.switches, *switches, failure.source, failure.url, directory=tmp_path, **more)


def _assertFailed(server: S3Server, failure: Failure, outcome: Outcome) -> None:
    assert outcome.status == failure.status, outcome
    for word in failure.words:
        assert word in outcome.stderr, outcome.stderr
    assert outcome.stdout == ""
    assert "Verified" not in outcome.log
    assert "Not verified" not in outcome.stderr
    assert "Traceback" not in outcome.stderr + outcome.log
    assert not changes(server)
    assert stored(server) == PLANTED


@pytest.mark.parametrize("name", HERE)
def test_what_is_wrong_here_is_said_in_a_sentence_and_nothing_is_changed(
    syncOnce: Sync, server: S3Server, tmp_path: Path, name: str
) -> None:
    outcome = _failed(syncOnce, server, tmp_path, HERE[name])
    _assertFailed(server, HERE[name], outcome)
    assert len(outcome.stderr.splitlines()) == 1
    assert not server.requests


@pytest.mark.parametrize("name", THERE)
def test_what_is_wrong_there_is_said_in_a_sentence_and_nothing_is_changed(
    sync: Sync, server: S3Server, tmp_path: Path, name: str
) -> None:
    _assertFailed(server, THERE[name], _failed(sync, server, tmp_path, THERE[name]))


STACKED = ["source missing", "loop", "aws missing", "aws fails", "no such bucket, verify", "listing denied, verify"]


@pytest.mark.parametrize("name", STACKED)
def test_the_stack_is_added_on_request_and_quiet_prints_nothing_at_the_same_status(
    syncOnce: Sync, server: S3Server, tmp_path: Path, name: str
) -> None:
    failure = (HERE | THERE)[name]
    outcome = _failed(syncOnce, server, tmp_path / "stack", failure, "--stack")
    assert outcome.status == failure.status
    assert "Traceback (most recent call last)" in outcome.stderr
    assert "Traceback (most recent call last)" in outcome.log
    server.clearFaults()
    outcome = _failed(syncOnce, server, tmp_path / "quiet", failure, "--quiet")
    assert (outcome.status, outcome.stdout, outcome.stderr) == (failure.status, "", "")
    assert all(word in outcome.log for word in failure.words)


BAD_URLS: dict[str | bytes, str] = {
    "": "does not begin with s3://",
    "bucket": "does not begin with s3://",
    "bucket/p": "does not begin with s3://",
    "s3:/bucket": "does not begin with s3://",
    "S3://bucket": "does not begin with s3://",
    " s3://bucket": "does not begin with s3://",
    "https://bucket.s3.amazonaws.com/p": "does not begin with s3://",
    "/tmp": "does not begin with s3://",
    "s3://": "names no bucket",
    "s3:///p": "names no bucket",
    "s3://my bucket/p": "does not accept",
    "s3://bucket\n": "does not accept",
    "s3://bucket?x": "does not accept",
    "s3://bucket#x/p": "does not accept",
    "s3://user@bucket/p": "does not accept",
    "s3://b\u00fccket": "does not accept",
    "s3://" + "a" * 256: "does not accept",
    "s3://../p": "does not accept",
    "s3://mine--use1-az4--x-s3/p": "a directory bucket, which lists its keys in no order",
    "s3://point--use1-az4--xa-s3": "a directory bucket, which lists its keys in no order",
    "s3://arn:aws:s3:us-east-1:12:accesspoint/point": "does not accept",
    "s3://arn:aws:iam::123456789012:user/point": "does not accept",
    "s3://arn:aws:s3-object-lambda:us-east-1:123456789012:accesspoint/point": "an Object Lambda access point",
    "s3://arn:aws:s3:::bucket/p": "use the name alone, as in s3://bucket/prefix",
    b"s3://bucket/caf\xe9": "cannot be decoded",
    b"s3://buck\xff": "does not accept",
}


@pytest.mark.parametrize("url", BAD_URLS, ids=ascii)
def test_a_bad_url_is_wrong_usage_and_nothing_is_done(
    syncOnce: Sync, server: S3Server, tmp_path: Path, url: str | bytes
) -> None:
    failure = Failure(2, (BAD_URLS[url], "--help"), url=url)
    outcome = _failed(syncOnce, server, tmp_path, failure)
    _assertFailed(server, failure, outcome)
    assert len(outcome.stderr.splitlines()) == 1
    assert outcome.log == ""
    assert not server.requests


def test_a_bad_url_is_refused_quietly_when_quiet_is_asked_for(syncOnce: Sync, server: S3Server, tmp_path: Path) -> None:
    outcome = _failed(syncOnce, server, tmp_path, Failure(2, (), url="bucket"), "--quiet")
    assert (outcome.status, outcome.stdout, outcome.stderr) == (2, "", "")


def test_an_unreadable_source_changes_nothing(syncOnce: Sync, server: S3Server, plainUser: PlainUser) -> None:
    plantObjects(server, PLANTED)
    closed = plantTree(plainUser.directory / "closed", {b"a": b"1", b"inner/b": b"1"})
    plainUser.give(closed, closed / "inner")
    closed.chmod(0)
    log = plainUser.directory / "log"
    for source in (closed, closed / "inner"):
        for switches in ((), ("--ignoreWarnings",), ("--verifyOnly",)):
            outcome = syncOnce(*switches, source, "s3://bucket/p", prefix=plainUser.prefix, logfile=log)
            assert outcome.status == 6
            assert f"{source} cannot be read: Permission denied; nothing was changed" in outcome.stderr
    assert not server.requests
    assert stored(server) == PLANTED


EFFECTS: dict[str, Effect] = {
    "denied": DENY,
    "internal error": Refuse(),
    "broken XML": BreakXml(),
    "cut short": CutBody(),
    "reset": Reset(),
}


@pytest.mark.parametrize("effect", EFFECTS)
def test_a_listing_that_fails_on_its_second_page_is_never_a_verdict(
    syncOnce: Sync, server: S3Server, tmp_path: Path, effect: str
) -> None:
    """The first page alone would be proof that all is well."""
    server.pageSize = 1
    server.addFault(Fault("ListObjectsV2", EFFECTS[effect], skip=1))
    source = plantTree(tmp_path / "source", {b"a": b"1"})
    plantObjects(server, PLANTED)
    outcome = syncOnce(source, "s3://bucket/p", "--verifyOnly", "--awsSession", "never")
    assert outcome.status == 6, outcome
    assert "'aws s3api list-objects-v2' ended with status" in outcome.stderr
    assert len(outcome.stderr.splitlines()) == 1
    assert "erified:" not in outcome.log


def test_what_a_sync_whose_own_listing_failed_has_left_out_goes_up_by_itself(
    sync: Sync, server: S3Server, tmp_path: Path
) -> None:
    server.pageSize = 1
    server.addFault(Fault("ListObjectsV2", DENY, skip=2, times=1))
    source = plantTree(tmp_path / "source", {b"a": b"1", b"b": b"1"}, mtime=time.time() - 3600)
    plantObjects(server, {b"a": b"0", b"b": b"0"}, timedelta(hours=2))
    outcome = sync(source, "s3://bucket", "--method", "sync")
    assert outcome.status == 0, outcome
    assert "AccessDenied" in outcome.stderr
    assert stored(server) == {b"a": b"1", b"b": b"1"}


def test_a_denied_upload_of_a_change_that_sizes_cannot_show_is_no_success(
    syncOnce: Sync, server: S3Server, tmp_path: Path
) -> None:
    server.addFault(Fault("PutObject", DENY))
    source = plantTree(tmp_path / "source", {b"same size": b"NEW"}, mtime=time.time() - 3600)
    plantObjects(server, {b"same size": b"old"}, timedelta(hours=2))
    outcome = syncOnce(source, "s3://bucket")
    assert outcome.status == 7, outcome
    assert "AccessDenied" in outcome.stderr
    assert f"Content: {source}/same size " in outcome.stderr
    assert stored(server) == {b"same size": b"old"}


def test_denied_uploads_and_deletions_are_differences(sync: Sync, server: S3Server, tmp_path: Path) -> None:
    for operation in ("PutObject", "DeleteObject", "DeleteObjects"):
        server.addFault(Fault(operation, DENY, key=b"p/a" if operation == "PutObject" else b"p/extra"))
    source = plantTree(tmp_path / "source", {b"a": b"1", b"b": b"1"})
    plantObjects(server, {b"p/extra": b"x", b"p/other": b"x"})
    outcome = sync(source, "s3://bucket/p", "--quiet")
    assert (outcome.status, outcome.stdout, outcome.stderr) == (7, "", "")
    assert "AccessDenied" in outcome.log
    assert f"Missing: {source}/a " in outcome.log
    assert "Extra: s3://bucket/p/extra " in outcome.log
    assert stored(server) == {b"p/b": b"1", b"p/extra": b"x"}
    outcome = sync(source, "s3://bucket/p", "--verifyOnly")
    assert outcome.status == 7
    assert differencesOf(outcome, source, "s3://bucket/p/") == ["Missing a", "Extra extra"]


class Running(NamedTuple):
    """A run of the tool that waits for its aws, which waits for ever."""

    process: subprocess.Popen[bytes]
    awsPid: int
    log: Path

    def ended(self, number: int) -> tuple[int, str, str]:
        """Send the signal; the status and what was printed. The child is gone before the tool is."""
        self.process.send_signal(number)
        stdout, stderr = self.process.communicate(timeout=240)
        assert not _isAlive(self.awsPid)
        return self.process.returncode, stdout.decode(), stderr.decode()


def _isAlive(pid: int) -> bool:
    """Whether there is such a process. Not for long: it is killed."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


@contextmanager
def _running(
    server: S3Server, tmp_path: Path, commands: Path, *switches: str, isReady: Callable[[], bool] = lambda: True
) -> Iterator[Running]:
    """The tool with an aws that leaves its process id in `pid`."""
    source = plantTree(tmp_path / "source", {b"a": b"1"})
    log, pid = tmp_path / "log", tmp_path / "pid"
    # A shell's `&` and nohup have their commands ignore signals, and these their children.
    command = [
        "env",
        "--default-signal",
        *toolCommand(MODULE),
        "--logfile",
        str(log),
        *switches,
        str(source),
        "s3://bucket",
    ]
    process = subprocess.Popen(
        command,
        env=toolEnvironment({**server.environment(), "PIDFILE": str(pid)}, commands),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        deadline = time.monotonic() + 240
        while not (pid.exists() and pid.read_text().strip() and isReady()):
            assert process.poll() is None, process.communicate()
            assert time.monotonic() < deadline
            time.sleep(0.01)
        yield Running(process, int(pid.read_text()), log)
    finally:
        process.kill()
        process.communicate()


HANGING = 'echo $$ > "$PIDFILE"; exec sleep 60'
INTERRUPTIONS = {
    "SIGTERM": (signal.SIGTERM, ()),
    "SIGINT": (signal.SIGINT, ()),
    "SIGHUP": (signal.SIGHUP, ()),
    "SIGTERM, in the listing": (signal.SIGTERM, ("--verifyOnly",)),
    "SIGINT, with the stack": (signal.SIGINT, ("--stack",)),
    "SIGHUP, quietly": (signal.SIGHUP, ("--quiet",)),
    "SIGINT, verbosely": (signal.SIGINT, ("--verbose", "--output")),
}


@pytest.mark.parametrize("name", INTERRUPTIONS)
def test_an_interrupted_run_takes_its_aws_with_it_and_names_the_signal(
    server: S3Server, tmp_path: Path, name: str
) -> None:
    number, switches = INTERRUPTIONS[name]
    commands = awsStandIn(tmp_path / "commands", before=HANGING)
    with _running(server, tmp_path, commands, *switches) as running:
        status, stdout, stderr = running.ended(number)
    log = running.log.read_text()
    assert status == 5
    assert ("Traceback" in log) == ("--stack" in switches)
    if "--stack" in switches:
        assert "Traceback" in stderr
        assert number.name in stderr
    else:
        assert number.name in log.splitlines()[-1]
        assert "Traceback" not in stderr
        assert (number.name in stderr) == ("--quiet" not in switches)
    if "--quiet" in switches:
        assert (stdout, stderr) == ("", "")


def test_a_signal_while_aws_is_being_started_leaves_no_aws_behind(server: S3Server, tmp_path: Path) -> None:
    """A long PATH makes that moment long: the new process looks for aws in each of its directories."""
    commands = awsStandIn(tmp_path / "commands", before='[ "$2" = list-objects-v2 ] && exec echo null; exec sleep 60')
    variables = {**server.environment(), "PATH": ":".join([*["/no"] * 25_000, str(commands), os.environ["PATH"]])}
    source = plantTree(tmp_path / "source", {b"a": b"1"})
    switches = ["--logfile", str(tmp_path / "log"), "--awsSession", "never"]
    command = [*toolCommand(MODULE), *switches, str(source), "s3://bucket"]
    with subprocess.Popen(command, env=toolEnvironment(variables), stderr=subprocess.PIPE) as process:
        if not Path(f"/proc/{process.pid}/task/{process.pid}/children").exists():
            process.kill()
            pytest.skip("this kernel does not tell a process's children")
        while not (pids := _childrenOf(process.pid)):
            assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        _, stderr = process.communicate(timeout=240)
    assert not _isAlive(int(pids[0]))
    assert process.returncode == 5
    assert b"SIGTERM" in stderr


def _childrenOf(pid: int) -> list[str]:
    """Those that any of its threads has started."""
    pids: list[str] = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        with contextlib.suppress(OSError):  # the thread has ended
            pids += (task / "children").read_text().split()
    return pids


def test_an_aws_that_will_not_end_is_killed(server: S3Server, tmp_path: Path) -> None:
    stubborn = "trap '' TERM; echo $$ > \"$PIDFILE\"; while :; do sleep 0.2; done"
    with _running(server, tmp_path, awsStandIn(tmp_path / "commands", before=stubborn)) as running:
        status, _, stderr = running.ended(signal.SIGTERM)
    assert status == 5
    assert "SIGTERM" in stderr


def test_a_real_aws_in_the_middle_of_an_upload_ends_with_the_run(
    server: S3Server, tmp_path: Path, awsDirectory: Path
) -> None:
    server.addFault(Fault("PutObject", Hang()))
    real = shlex.quote(str(awsDirectory / "aws"))
    commands = awsStandIn(tmp_path / "commands", before=f'echo $$ > "$PIDFILE"; exec {real} "$@"')

    def uploading() -> bool:
        return any(asked.operation == "PutObject" for asked in server.requests)

    with _running(server, tmp_path, commands, isReady=uploading) as running:
        status, _, stderr = running.ended(signal.SIGTERM)
    assert status == 5
    assert "SIGTERM" in stderr
    assert stored(server) == {}


def test_a_signal_while_s3_is_asked_for_an_object_ends_the_question(
    server: S3Server, tmp_path: Path, anyAws: str
) -> None:
    server.putObject("bucket", b"a", b"X")
    hanging = f'case "$2" in head-object) {HANGING};; esac'
    commands = awsStandIn(tmp_path / "commands", Path(anyAws), before=hanging)
    switches = ("--verifyOnly", "--checkContent", "--awsSession", "never")
    with _running(server, tmp_path, commands, *switches) as running:
        status, _, stderr = running.ended(signal.SIGTERM)
    assert status == 5
    assert "SIGTERM" in stderr


def test_a_signal_while_a_session_is_asked_for_an_object_ends_both(
    server: S3Server, tmp_path: Path, awsDirectory: Path
) -> None:
    server.putObject("bucket", b"a", b"X")
    server.addFault(Fault("HeadObject", Hang()))
    real = shlex.quote(str(awsDirectory / "aws"))
    commands = awsStandIn(tmp_path / "commands", before=f'echo $$ > "$PIDFILE"; exec {real} "$@"')
    switches = ("--verifyOnly", "--checkContent", "--awsSession", "always")

    def asking() -> bool:
        return any(asked.operation == "HeadObject" for asked in server.requests)

    with _running(server, tmp_path, commands, *switches, isReady=asking) as running:
        status, _, stderr = running.ended(signal.SIGTERM)
    assert status == 5
    assert "SIGTERM" in stderr


def test_a_signal_while_a_file_is_read_does_not_wait_for_its_end(server: S3Server, tmp_path: Path) -> None:
    page = json.dumps([[1 << 42, "2030-01-01T00:00:00Z", '"' + "0" * 32 + '"', "huge"]])
    commands = awsStandIn(tmp_path / "commands", before=f'echo $$ > "$PIDFILE"; echo {shlex.quote(page)}')
    with open(plantTree(tmp_path / "source", {}) / "huge", "wb") as file:
        file.truncate(1 << 42)  # nobody waits for 4 TiB of zeros
    log = tmp_path / "log"

    def reading() -> bool:
        return log.exists() and "Comparing the content" in log.read_text()

    with _running(server, tmp_path, commands, "--verifyOnly", "--checkContent", isReady=reading) as running:
        status, _, stderr = running.ended(signal.SIGINT)
    assert status == 5
    assert "SIGINT" in stderr


def test_with_too_few_descriptors_a_run_says_what_to_do_wherever_it_notices(
    server: S3Server, tmp_path: Path, anyAws: str
) -> None:
    source = plantTree(tmp_path / "source", [b"a/b/c/d"])
    environment = toolEnvironment(server.environment(), Path(anyAws))
    wanting, number = set[str](), 4
    status = 6
    while status == 6:
        number += 1
        limited = ["sh", "-c", f'ulimit -n {number}; exec "$@"', "sh", *toolCommand(MODULE)]
        ended = subprocess.run(
            [*limited, "--logfile", tmp_path / "log", "--verifyOnly", source, "s3://bucket"],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        status = ended.returncode
        if status == 6:
            assert re.search(r"raise (its|the) limit.*ulimit -n", ended.stderr), (number, ended.stderr)
            assert len(ended.stderr.splitlines()) == 1
            wanting.add(re.split(r":| /|,", ended.stderr)[0])
    assert status == 7
    assert wanting >= {"The source directory", "Cannot write a temporary file in", "The AWS CLI cannot be started"}
