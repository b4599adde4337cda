"""Whatever this process was given by who started it, aws is started right, or the run says why not."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from testcase.runner import Outcome, runTool, toolEnvironment
from testcase.s3 import DENY, Fault, Refuse, S3Server
from testcase.trees import plantTree

from .harness import Sync, awsStandIn, changes, filesIn, plantObjects, stored

SYNC = "CedarBackup3.tools.amazons3sync"
RESTORE = "CedarBackup3.tools.amazons3restore"
MINE = "region = us-east-1\naws_access_key_id = MINE\naws_secret_access_key = x\n"
NOBODY_LISTENS = "http://127.0.0.1:9"
SIGCHLD_IGNORED = ("sh", "-c", "trap '' CHLD; exec \"$@\"", "sh")
IN_A_REMOVED_DIRECTORY = ("sh", "-c", 'mkdir "$0/gone"; cd "$0/gone"; rmdir "$0/gone"; exec "$@"')
Start = Callable[..., Outcome]


# SIGCHLD


@pytest.mark.parametrize("method", ["direct", "sync"])
def test_a_denied_upload_is_a_failure_though_sigchld_is_ignored(
    method: str, syncOnce: Sync, server: S3Server, tmp_path: Path
) -> None:
    source = plantTree(tmp_path / "source", {b"a": b"new"})
    plantObjects(server, {b"p/a": b"old"})
    os.utime(source / "a", (4_000_000_000, 4_000_000_000))  # a replacement of the same size, so that only aws can tell
    server.addFault(Fault("PutObject", DENY))
    outcome = syncOnce(source, "s3://bucket/p", "--method", method, prefix=SIGCHLD_IGNORED)
    assert outcome.status in {6, 7}
    assert "AccessDenied" in outcome.stderr
    assert stored(server) == {b"p/a": b"old"}


def test_a_listing_that_was_cut_is_not_believed_though_sigchld_is_ignored(
    sync: Sync, server: S3Server, tmp_path: Path
) -> None:
    names = [b"%04d" % number for number in range(1500)]
    source = plantTree(tmp_path / "source", names)
    plantObjects(server, {b"p/" + name: name for name in names})
    server.addFault(Fault("ListObjectsV2", Refuse(403, "AccessDenied", "no"), skip=1))
    outcome = sync(source, "s3://bucket/p", "--verifyOnly", "--listings", "1", prefix=SIGCHLD_IGNORED)
    assert (outcome.status, "AccessDenied" in outcome.stderr) == (6, True)


def test_a_run_succeeds_though_sigchld_is_ignored(syncOnce: Sync, server: S3Server, tmp_path: Path) -> None:
    source = plantTree(tmp_path / "source", [b"a"])
    assert syncOnce(source, "s3://bucket/p", prefix=SIGCHLD_IGNORED).status == 0
    assert stored(server) == {b"p/a": b"a"}


def test_aws_can_wait_for_its_own_children_though_sigchld_is_ignored(
    sync: Sync, server: S3Server, tmp_path: Path
) -> None:
    source = plantTree(tmp_path / "source", [b"a"])
    (tmp_path / "config").write_text("[default]\ncredential_process = sh -c 'echo no luck >&2; exit 3'\n")
    unset = ("env", "-u", "AWS_ACCESS_KEY_ID", "-u", "AWS_SECRET_ACCESS_KEY", "-u", "AWS_SESSION_TOKEN")
    files = {"AWS_CONFIG_FILE": str(tmp_path / "config"), "AWS_SHARED_CREDENTIALS_FILE": "/no/such"}
    outcome = sync(source, "s3://bucket/p", environment=files, prefix=(*unset, *SIGCHLD_IGNORED))
    assert outcome.status == 6
    assert "no luck" in outcome.stderr  # which aws prints of one that fails, and of no other


LIBRARY = """
import signal, sys, threading
from CedarBackup3.errors import CedarBackupError
from CedarBackup3.tools.amazons3restore import compareWithBucket, restoreBucket
from CedarBackup3.tools.amazons3sync import synchronizeBucket, verifyBucketContents
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
source, target, where = sys.argv[1:]
calls = [
    lambda: synchronizeBucket(source, "s3://bucket/p").status == 0,
    lambda: verifyBucketContents(source, "s3://bucket/p").isClean,
    lambda: restoreBucket("s3://bucket/p", target).isClean,
    lambda: compareWithBucket("s3://bucket/p", target).isClean,
]
def work():
    for call in calls:
        try:
            print(call())
        except CedarBackupError as error:
            print(error)
if where == "thread":
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
else:
    work()
"""


@pytest.mark.parametrize("where", ["main thread", "thread"])
def test_a_library_call_is_right_or_fails_though_its_process_ignores_sigchld(
    where: str, server: S3Server, anyAws: str, tmp_path: Path
) -> None:
    source = plantTree(tmp_path / "source", [b"a"])
    environment = toolEnvironment(server.environment(), anyAws)
    command = [sys.executable, "-c", LIBRARY, str(source), str(tmp_path / "target"), where]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=100, check=False)
    said = done.stdout.splitlines()
    if where == "thread":  # which cannot change it
        assert "'aws s3 cp' is unknown: this process ignores SIGCHLD" in said[0], done
        assert said[1:] == ["True"] * 3, done  # a session answers, whatever becomes of exit statuses
    else:
        assert said == ["True"] * 4, done


# The working directory


@pytest.fixture
def startGone(tmp_path: Path) -> tuple[str, ...]:
    """The words before a command that start it in a directory that has been removed."""
    return (*IN_A_REMOVED_DIRECTORY, str(tmp_path))


@pytest.mark.parametrize(("method", "temporary"), [("direct", None), ("sync", ".")])
def test_from_a_directory_that_has_been_removed_all_is_done(
    method: str, temporary: str | None, startGone: tuple[str, ...], sync: Sync, server: S3Server, tmp_path: Path
) -> None:
    source = plantTree(tmp_path / "source", {b"a": b"a", b"dir/b": b"b"})
    plantObjects(server, {b"p/gone": b"x"})
    environment = {} if temporary is None else {"TMPDIR": temporary}
    outcome = sync(source, "s3://bucket/p", "--method", method, prefix=startGone, environment=environment)
    assert (outcome.status, outcome.stderr) == (0, "")
    assert stored(server) == {b"p/a": b"a", b"p/dir/b": b"b"}


def test_a_relative_source_in_a_directory_that_has_been_removed_is_a_failure(
    startGone: tuple[str, ...], syncOnce: Sync, server: S3Server
) -> None:
    outcome = syncOnce(".", "s3://bucket/p", prefix=startGone)
    assert outcome.status == 6
    assert outcome.stderr.count("\n") == 1
    assert not changes(server)


@pytest.mark.parametrize(
    ("method", "source", "temporary"),
    [("direct", "./-x", "."), ("direct", "source", "tmp"), ("sync", "sub/../*", "./-t")],
)
def test_every_relative_path_means_the_same_though_aws_is_started_elsewhere(
    method: str, source: str, temporary: str, sync: Sync, awsDirectory: Path, server: S3Server, tmp_path: Path
) -> None:
    for name in ("tmp", "-t", "sub", "conf"):
        (tmp_path / name).mkdir()
    plantTree(tmp_path / source, {b"a": b"a", b"left out": b"x"})
    (tmp_path / "conf/config").write_text("[profile mine]\nregion = ap-south-1\n")
    (tmp_path / "conf/credentials").write_text(f"[mine]\n{MINE}")
    awsStandIn(tmp_path / "commands", awsDirectory, before=f"pwd >>{shlex.quote(str(tmp_path / 'started'))}")
    plantObjects(server, {b"p/gone": b"x"})
    outcome = sync(
        *(source, "s3://bucket/p", "--method", method, "--profile", "mine", "--exclude", "left*"),
        directory=tmp_path,
        awsDirectory="commands",
        environment={
            "TMPDIR": temporary,
            "AWS_CONFIG_FILE": "conf/config",
            "AWS_SHARED_CREDENTIALS_FILE": "conf/credentials",
        },
    )
    assert (outcome.status, outcome.stderr) == (0, "")
    assert stored(server) == {b"p/a": b"a"}
    assert all("Credential=MINE/" in asked.headers["authorization"] for asked in server.requests)
    assert set((tmp_path / "started").read_text().split()) == {"/"}


def test_a_restore_works_from_a_directory_that_has_been_removed(
    startGone: tuple[str, ...], restore: Start, server: S3Server, tmp_path: Path
) -> None:
    plantObjects(server, {b"p/a": b"a", b"p/file://b": b"b"})
    target = tmp_path / "target"
    outcome = restore("s3://bucket/p", target, prefix=startGone)
    assert filesIn(target)[b"a"] == b"a"
    assert outcome.status in {0, 7}


# The bucket


@pytest.mark.parametrize("bucket", ["My_Bucket", "x" * 200, "-._a"])
def test_a_bucket_of_any_name_that_aws_takes_can_be_mirrored_and_restored(
    bucket: str, anyAws: str, tmp_path: Path
) -> None:
    source = plantTree(tmp_path / "source", [b"a"])
    with S3Server(buckets=(bucket,)) as server:
        more: dict[str, Any] = {"environment": server.environment(), "awsDirectory": Path(anyAws)}
        assert runTool(SYNC, [source, f"s3://{bucket}/p"], **more).status == 0
        assert stored(server, bucket) == {b"p/a": b"a"}
        assert runTool(RESTORE, [f"s3://{bucket}/p", tmp_path / "target"], **more).status == 0
    assert filesIn(tmp_path / "target") == {b"a": b"a"}


# The endpoint


@pytest.mark.parametrize("variable", ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"])
def test_nothing_goes_to_an_endpoint_that_the_profile_forbids(
    variable: str, syncOnce: Sync, server: S3Server, tmp_path: Path
) -> None:
    source = plantTree(tmp_path / "source", [b"a"])
    (tmp_path / "config").write_text(f"[profile mine]\n{MINE}ignore_configured_endpoint_urls = true\n")
    proxies = dict.fromkeys(("HTTPS_PROXY", "https_proxy"), NOBODY_LISTENS) | {"NO_PROXY": "127.0.0.1"}
    environment = {"AWS_CONFIG_FILE": str(tmp_path / "config"), "AWS_MAX_ATTEMPTS": "1", **proxies}
    unset = ("env", "-u", "AWS_ENDPOINT_URL", variable + "=" + server.endpointUrl)
    url = f"s3://{uuid4().hex}/p"  # whose lock no other test holds: it has no endpoint in it
    outcome = syncOnce(source, url, "--profile", "mine", environment=environment, prefix=unset)
    assert outcome.status == 6
    assert "amazonaws.com" in outcome.stderr  # which the proxy keeps from being reached
    assert not server.requests
    told = syncOnce("--diagnostics", "--profile", "mine", environment=environment, prefix=unset)
    assert "Amazon's (others are ignored, as ignore_configured_endpoint_urls demands)" in told.stdout


# Limits


def test_too_few_descriptors_are_said_whatever_they_are_too_few_for(
    syncOnce: Sync, server: S3Server, tmp_path: Path
) -> None:
    source = plantTree(tmp_path / "source", [b"a"])
    seen = set()
    for number in (8, 9, 12, 14, 15, 17, 20):
        outcome = syncOnce(source, "s3://bucket/p", "--verifyOnly", prefix=("prlimit", f"--nofile={number}"))
        assert outcome.status in {3, 6, 7}, (number, outcome)
        for wrong in ("Failed unexpectedly", "Traceback", "install"):
            assert wrong not in outcome.stderr + outcome.log, (number, outcome)
        seen.add("ulimit -n" in outcome.stderr)
    assert True in seen
    assert not changes(server)


def test_too_few_threads_are_said(syncOnce: Sync, server: S3Server, tmp_path: Path) -> None:
    source = plantTree(tmp_path / "source", [b"a"])
    noThread = ("prlimit", f"--stack={1 << 36}", f"--as={1 << 31}")  # each thread wants that much for its stack
    outcome = syncOnce(source, "s3://bucket/p", "--verifyOnly", prefix=noThread)
    assert outcome.status == 6
    assert "no more processes or threads can be started; raise the limit" in outcome.stderr
    assert "unexpectedly" not in outcome.stderr
