"""The lock of a target: who goes together, who is refused, and what is left behind."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from CedarBackup3.amazons3.aws.locale import awsLocale
from CedarBackup3.amazons3.aws.settings import AwsSettings
from CedarBackup3.amazons3.model import S3Location
from CedarBackup3.amazons3.sync.lock import targetLock
from CedarBackup3.errors import CedarBackupError, LockHeld
from testcase.runner import toolEnvironment

PLACE = S3Location("bucket", "p/")


@pytest.fixture
def runtime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """This user's runtime directory, in which locks lie beside those that count for the whole machine."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    return tmp_path


@pytest.fixture
def aws(runtime: Path) -> AwsSettings:
    """At an endpoint that no other test has, whose locks are therefore others."""
    return AwsSettings(awsLocale(), endpointUrl=f"http://{runtime.name}.{os.getpid()}.invalid")


@pytest.mark.parametrize(
    ("held", "asked", "isRefused"),
    [("alone", "alone", True), ("alone", "shared", True), ("shared", "alone", True), ("shared", "shared", False)],
)
def test_only_runs_that_look_go_together(held: str, asked: str, isRefused: bool, aws: AwsSettings) -> None:
    refused = pytest.raises(
        LockHeld, match=r"using s3://bucket/p/ \(process \d+\).*--lockWait SECONDS; nothing was changed"
    )
    with (
        targetLock(PLACE, aws, shared=held == "shared"),
        refused if isRefused else contextlib.nullcontext(),
        targetLock(PLACE, aws, shared=asked == "shared"),
    ):
        assert not isRefused


@pytest.mark.parametrize(
    ("location", "endpoint"),
    [
        (S3Location("other", "p/"), ""),
        (S3Location("bucket", ""), ""),
        (S3Location("bucket", "p/q/"), ""),
        (PLACE, "http://elsewhere.invalid"),
    ],
)
def test_another_bucket_prefix_or_endpoint_is_another_target(
    location: S3Location, endpoint: str, aws: AwsSettings
) -> None:
    other = replace(aws, endpointUrl=f"{aws.endpointUrl}{endpoint}")
    with targetLock(PLACE, aws), targetLock(location, other):
        pass


def test_an_endpoint_is_the_same_wherever_it_is_set(
    aws: AwsSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config, plain = tmp_path / "config", replace(aws, endpointUrl="")
    config.write_text(f"[profile there]\nendpoint_url = {aws.endpointUrl}\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    with targetLock(PLACE, aws):
        with pytest.raises(LockHeld), targetLock(PLACE, replace(plain, profile="there")):
            pass
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", aws.endpointUrl)
        with pytest.raises(LockHeld), targetLock(PLACE, plain):
            pass


@pytest.mark.parametrize("error", [None, KeyError, KeyboardInterrupt])
def test_however_a_run_ends_its_lock_is_free_and_no_file_is_left(
    error: type[BaseException] | None, runtime: Path, aws: AwsSettings
) -> None:
    for _ in range(2):
        with pytest.raises(error) if error else contextlib.nullcontext(), targetLock(PLACE, aws):
            (file,) = runtime.iterdir()
            assert (file.stat().st_mode & 0o777, int(file.read_text())) == (0o600, os.getpid())
            if error:
                raise error
        assert list(runtime.iterdir()) == []


def test_one_of_two_that_look_leaves_the_lock_to_the_other(runtime: Path, aws: AwsSettings) -> None:
    with targetLock(PLACE, aws, shared=True):
        with targetLock(PLACE, aws, shared=True):
            pass
        assert len(list(runtime.iterdir())) == 1
        with pytest.raises(LockHeld), targetLock(PLACE, aws):
            pass


def test_a_run_that_waits_gets_the_lock_when_the_other_ends_though_that_removes_its_file(
    aws: AwsSettings,
) -> None:
    isHeld, mayEnd = threading.Event(), threading.Event()

    def hold() -> None:
        with targetLock(PLACE, aws):
            isHeld.set()
            mayEnd.wait(60)

    other = threading.Thread(target=hold)
    other.start()
    assert isHeld.wait(60)
    threading.Timer(0.5, mayEnd.set).start()
    with targetLock(PLACE, aws, waitSeconds=60) as held:
        assert mayEnd.is_set()
        assert {os.fstat(descriptor).st_nlink for descriptor in held.keptOpen} == {1}  # the next one finds it
    other.join()


def test_what_a_killed_run_has_started_holds_the_lock_on_until_it_ends(runtime: Path, aws: AwsSettings) -> None:
    script = f"""
import os, signal, subprocess
from CedarBackup3.amazons3.aws.locale import awsLocale
from CedarBackup3.amazons3.aws.settings import AwsSettings
from CedarBackup3.amazons3.model import S3Location
from CedarBackup3.amazons3.sync.lock import targetLock
with targetLock(S3Location("bucket", "p/"), AwsSettings(awsLocale(), endpointUrl={aws.endpointUrl!r})) as held:
    print(subprocess.Popen(["sleep", "600"], pass_fds=held.keptOpen, stdout=subprocess.DEVNULL).pid, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""
    done = subprocess.run([sys.executable, "-c", script], env=toolEnvironment(), stdout=subprocess.PIPE, check=False)
    child = int(done.stdout)
    try:
        assert done.returncode == -signal.SIGKILL
        with pytest.raises(LockHeld), targetLock(PLACE, aws):
            pass
    finally:
        os.kill(child, signal.SIGKILL)
    with targetLock(PLACE, aws, waitSeconds=60):  # the system may take a moment
        pass
    assert list(runtime.iterdir()) == []


@pytest.mark.parametrize("oddity", ["a directory", "a link", "a pipe"])
def test_what_is_no_lock_in_its_place_is_named_and_left_as_it_is(oddity: str, runtime: Path, aws: AwsSettings) -> None:
    with targetLock(PLACE, aws):
        (file,) = runtime.iterdir()
    if oddity == "a directory":
        file.mkdir()
    elif oddity == "a link":
        file.symlink_to(runtime / "elsewhere")
    else:
        os.mkfifo(file)
    with (
        pytest.raises(CedarBackupError, match=rf"The lock {re.escape(str(file))} .*; remove it"),
        targetLock(PLACE, aws),
    ):
        pass
    assert list(runtime.iterdir()) == [file]


@pytest.mark.parametrize("name", ["", "relative", "{}/none", "{}/shared"])
def test_a_runtime_directory_that_is_none_or_is_not_this_users_alone_is_not_used(
    name: str, runtime: Path, aws: AwsSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    (runtime / "shared").mkdir()
    (runtime / "shared").chmod(0o777)
    monkeypatch.setenv("XDG_RUNTIME_DIR", name.format(runtime))
    with targetLock(PLACE, aws) as held:
        assert held.keptOpen
        assert [path for path in runtime.rglob("*") if path.is_file()] == []
        with pytest.raises(LockHeld), targetLock(PLACE, aws, shared=True):
            pass
