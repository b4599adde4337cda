"""Listings through a session by the tool: the same verdicts as by the plain command, and without a session as well."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

import CedarBackup3
from testcase.runner import toolCommand, toolEnvironment
from testcase.s3 import Fault, Hang, Refuse, S3Server
from testcase.trees import plantTree

from .harness import Sync, awsStandIn, plantObjects

ALWAYS = ("--awsSession", "always")
STARTED, NONE = "Running aws [b'cback-session'", "No session: each question is an AWS CLI process of its own"
FILES = {b"d%02d/%03d \xc3\xa9+%%" % (number // 100, number % 100): b"x" for number in range(6000)}


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return plantTree(tmp_path_factory.mktemp("many") / "source", FILES)


@pytest.mark.parametrize("latency", [0.0, 0.05])
def test_many_objects_are_listed_by_a_session_with_the_same_verdict(
    sync: Sync, server: S3Server, source: Path, latency: float
) -> None:
    names = sorted(FILES)
    objects = dict(FILES) | {names[1234]: b"longer"} | {b"a": b"", names[3000] + b"!": b"", b"z/\x01\n": b""}
    del objects[names[0]], objects[names[4000]], objects[names[-1]]
    plantObjects(server, {b"p/" + key: content for key, content in objects.items()} | {b"p/": b"", b"p/d00/": b""})
    plantObjects(server, {b"o/x": b"", b"p0": b"", b"q": b""})
    server.pageSize, server.latency = 500, latency
    switches = (source, "s3://bucket/p", "--verifyOnly", "--exclude", "d17/*", "--debug")
    plain, session = sync(*switches, "--awsSession", "never"), sync(*switches)
    assert (STARTED in plain.log, STARTED in session.log, NONE in session.log) == (False, True, False)
    assert (plain.status, session.status) == (7, 7)
    assert session.stderr == plain.stderr
    assert plain.stderr.count("\n") == 8  # seven differences and the summary


def test_a_run_of_few_files_starts_an_aws_for_all_questions_and_one_to_upload(
    sync: Sync, server: S3Server, awsDirectory: Path, tmp_path: Path
) -> None:
    source = plantTree(tmp_path / "source", {b"a": b"1", b"b": b"2"})
    plantObjects(server, {b"stale": b""})
    commands = awsStandIn(tmp_path / "commands", awsDirectory, before=f'echo "$1" >> {tmp_path}/started')
    outcome = sync(source, "s3://bucket", awsDirectory=commands)
    assert (outcome.status, outcome.stderr) == (0, "")
    assert (tmp_path / "started").read_text().split() == ["cback-session", "s3"]
    assert set(server.objects("bucket")) == {b"a", b"b"}


WITHOUT = {
    "an aws that does not load plugins": "unset AWS_CONFIG_FILE PYTHONPATH",
    "one that ends at once": '[ "$1" != cback-session ] || exit 3',
    "another program of that name": '[ "$1" != cback-session ] || { echo usage; exit 0; }',
    "an answer that is cut": '[ "$1" != cback-session ] || { real "$@" | cut 300; exit 1; }',
    "a page that is cut": '[ "$1" != cback-session ] || { real "$@" | cut 1500; exit 1; }',
    "garbage": '[ "$1" != cback-session ] || { real "$@" | sed -u s/e/f/g; exit 0; }',
}


@pytest.mark.parametrize("name", WITHOUT)
def test_without_a_session_the_plain_command_lists(
    syncOnce: Sync, server: S3Server, anyAws: str, tmp_path: Path, name: str
) -> None:
    names = {b"%03d" % number: b"" for number in range(60)}
    source = plantTree(tmp_path / "source", names)
    plantObjects(server, dict(names) | {b"extra": b""})
    server.pageSize = 10
    pid = tmp_path / "pid"
    real = f'real() {{ sh -c \'echo $$ > {pid}; exec "$@"\' sh {anyAws}/aws "$@"; }}'
    # dd hands on what has arrived; aws itself would wait for a question, not noticing that nobody reads its answers.
    cut = f'cut() {{ dd bs=1 count="$1" 2>/dev/null; kill $(cat {pid}); }}'
    before = "\n".join((real, cut, WITHOUT[name]))
    commands = awsStandIn(tmp_path / "commands", Path(anyAws), before=before)
    environment = {"AWS_CONFIG_FILE": "/dev/null"}
    outcome = syncOnce(
        source, "s3://bucket", "--verifyOnly", "--debug", *ALWAYS, awsDirectory=commands, environment=environment
    )
    assert (outcome.status, outcome.stderr.count("Extra"), outcome.stderr.count("\n")) == (7, 1, 2), outcome
    lost = outcome.log.count(NONE) + outcome.log.count("The plain commands list s3://bucket/ again")
    assert lost == 1, outcome.log


@pytest.mark.parametrize("code", ["AccessDenied", "NoSuchBucket", "SlowDown"])
def test_what_the_server_refuses_is_a_failure_with_what_to_do(
    sync: Sync, server: S3Server, tmp_path: Path, code: str
) -> None:
    source = plantTree(tmp_path / "source", {b"a": b""})
    server.addFault(Fault("ListObjectsV2", Refuse(503 if code == "SlowDown" else 403, code)))
    environment = {"AWS_MAX_ATTEMPTS": "1"}
    outcomes = [
        sync(source, "s3://bucket", "--awsSession", way, environment=environment) for way in ("never", "always")
    ]
    assert [(each.status, code in each.stderr, each.stderr.count("\n")) for each in outcomes] == [(6, True, 1)] * 2
    advices = [each.stderr.rstrip().rpartition("; ")[2] for each in outcomes]
    assert advices[0] == advices[1]


def test_credentials_that_are_replaced_during_a_long_upload_do_not_fail_the_run(
    syncOnce: Sync, server: S3Server, tmp_path: Path
) -> None:
    source = plantTree(tmp_path / "source", {b"a": b"1"})
    server.addFault(Fault("ListObjectsV2", Refuse(400, "ExpiredToken", "The token has expired."), skip=1, times=1))
    outcome = syncOnce(source, "s3://bucket")
    assert (outcome.status, outcome.stderr) == (0, "")


def test_a_listing_without_end_is_stopped(syncOnce: Sync, server: S3Server, tmp_path: Path) -> None:
    source = plantTree(tmp_path / "source", {b"a": b""})
    server.addFault(Fault("ListObjectsV2", Hang()))
    outcome = syncOnce(source, "s3://bucket", *ALWAYS, "--awsTimeout", "4")
    assert (outcome.status, "(--awsTimeout)" in outcome.stderr, outcome.stderr.count("\n")) == (6, True, 1), outcome


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_whatever_ends_a_run_ends_its_session(server: S3Server, anyAws: str, tmp_path: Path, number: int) -> None:
    source = plantTree(tmp_path / "source", {b"a": b""})
    server.addFault(Fault("ListObjectsV2", Hang()))
    switches = ["--logfile", str(tmp_path / "log"), "--verifyOnly", *ALWAYS]
    with subprocess.Popen(
        [
            "env",
            "--default-signal",
            *toolCommand("CedarBackup3.tools.amazons3sync"),
            *switches,
            str(source),
            "s3://bucket",
        ],
        env=toolEnvironment(server.environment(), anyAws),
        stdin=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as run:
        while not server.requests:
            time.sleep(0.05)
            assert run.poll() is None
        assert sessionsAt(server.endpointUrl)
        run.send_signal(number)
        assert run.wait() == (-number if number == signal.SIGKILL else 5)
    deadline = time.monotonic() + 240
    while sessionsAt(server.endpointUrl):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def sessionsAt(endpoint: str) -> list[str]:
    """The processes that are sessions with a server."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            words = Path("/proc", pid, "cmdline").read_bytes().decode(errors="replace").split("\0")
        except OSError:
            continue
        if "cback-session" in words and f"--endpoint-url={endpoint}" in words:
            found.append(pid)
    return found


def test_a_legacy_locale_lists_the_same_keys(
    sync: Sync, server: S3Server, legacyLocale: dict[str, str], tmp_path: Path
) -> None:
    source = plantTree(tmp_path / "source", {b"caf\xe9": b"1"})
    plantObjects(server, {"pr\u00e4fix/caf\u00e9".encode(): b"1"})
    config = tmp_path / "config"
    config.write_bytes("[profile \u00fc]\nregion = eu-west-3\n".encode("latin-1"))
    environment = {**legacyLocale, "AWS_CONFIG_FILE": str(config)}
    outcome = sync(source, b"s3://bucket/pr\xe4fix", "--verifyOnly", "--debug", *ALWAYS, environment=environment)
    assert (outcome.status, STARTED in outcome.log, NONE in outcome.log) == (0, True, False), outcome


def test_an_installation_may_lie_in_a_directory_with_dots(sync: Sync, server: S3Server, tmp_path: Path) -> None:
    """As `lib/python3.11/site-packages`, where version 1 of aws takes the path of the plugin for a dotted module."""
    place = tmp_path / "python3.11" / "site packages"
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(Path(CedarBackup3.__file__).parent, place / "CedarBackup3", ignore=ignored)
    source = plantTree(tmp_path / "source", {b"a": b""})
    plantObjects(server, {b"a": b""})
    environment = {"PYTHONPATH": str(place)}
    outcome = sync(
        source, "s3://bucket", "--verifyOnly", "--debug", *ALWAYS, environment=environment, directory=tmp_path
    )
    assert (outcome.status, STARTED in outcome.log, NONE in outcome.log) == (0, True, False), outcome
    left = [path.name for path in (place / "CedarBackup3/amazons3/aws/session/plugin").iterdir()]
    assert left == ["cback_aws_session.py"]


def test_diagnostics_tell_whether_a_session_can_be_had(
    sync: Sync, server: S3Server, tmp_path: Path, anyAws: str
) -> None:
    told = sync("--diagnostics").stdout
    assert "can be had (protocol 1, AWS CLI " in told
    commands = awsStandIn(tmp_path / "commands", Path(anyAws), before='[ "$1" != cback-session ] || exit 3')
    assert "none: each question is an AWS CLI process of its own" in sync("--diagnostics", awsDirectory=commands).stdout
    assert "none (--awsSession never)" in sync("--diagnostics", "--awsSession", "never").stdout
