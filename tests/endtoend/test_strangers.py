"""What another user of the machine can do to a run: nothing but what that user's own files are worth."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from testcase.runner import runTool, toolCommand, toolEnvironment
from testcase.s3 import Fault, Hang, S3Server
from testcase.trees import plantTree

from .conftest import PlainUser, awsFor
from .harness import Restore, Sync, filesIn, plantObjects, stored

SYNC = "CedarBackup3.tools.amazons3sync"
RESTORE = "CedarBackup3.tools.amazons3restore"
STRANGER = 65534

rootOnly = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")


def lockName(server: S3Server, url: str, user: int) -> str:
    target = f"{server.endpointUrl}\0{url}"
    return f"cback-amazons3-{user}-{hashlib.sha256(target.encode()).hexdigest()[:16]}.lock"


# Temporary files


def forAll(directory: Path) -> None:
    directory.chmod(0o777)


def ofAStranger(directory: Path) -> None:
    os.chown(directory, STRANGER, STRANGER)


def belowAStrangers(directory: Path) -> None:
    os.chown(directory.parent, STRANGER, STRANGER)


def byAStrangersLink(directory: Path) -> None:
    directory.rename(directory.parent / "real")
    directory.symlink_to("real")
    os.chown(directory, STRANGER, STRANGER, follow_symlinks=False)


@rootOnly
@pytest.mark.parametrize("expose", [forAll, ofAStranger, belowAStrangers, byAStrangersLink])
@pytest.mark.parametrize("module", [SYNC, RESTORE])
def test_no_temporary_file_is_made_where_others_could_replace_it(
    module: str, expose: Callable[[Path], None], server: S3Server, anyAws: str, tmp_path: Path
) -> None:
    source = plantTree(tmp_path / "source", [b"a"])
    plantObjects(server, {b"gone": b"x"})
    place = tmp_path / "up/tmp"
    place.mkdir(parents=True)
    expose(place)
    arguments: list[str | bytes | Path] = [source, "s3://bucket"]
    if module == RESTORE:
        arguments = ["s3://bucket", tmp_path / "target"]
    outcome = runTool(module, arguments, environment=server.environment() | {"TMPDIR": str(place)}, awsDirectory=anyAws)
    assert outcome.status == 6
    assert f"Other users could replace the temporary files in {place}: " in outcome.stderr
    assert "set TMPDIR" in outcome.stderr
    assert stored(server) == {b"gone": b"x"}
    assert os.listdir(place) == []
    assert not (tmp_path / "target").exists()


@rootOnly
def test_a_temporary_directory_for_everybody_does_if_nobody_can_remove_what_is_anothers(
    syncOnce: Sync, server: S3Server, tmp_path: Path
) -> None:
    place = tmp_path / "tmp"
    place.mkdir()
    place.chmod(0o1777)
    source = plantTree(tmp_path / "source", [b"a"])
    assert syncOnce(source, "s3://bucket", environment={"TMPDIR": str(place)}).status == 0


# The digest cache


@rootOnly
def test_a_planted_digest_makes_no_false_match(syncOnce: Sync, server: S3Server, tmp_path: Path) -> None:
    source = plantTree(tmp_path / "source", {b"a": b"good"})
    plantObjects(server, {b"p/a": b"evil"})
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o1777)
    outcome = syncOnce("--verifyOnly", "--digestCache", shared / "digests", source, "s3://bucket/p")
    assert outcome.status == 6
    assert f"others can write to {shared}" in outcome.stderr
    assert not server.requests


# The lock


@contextlib.contextmanager
def planted(path: Path, plant: Callable[[Path], object]) -> Iterator[None]:
    """Something in a directory of the whole machine, which a test must not take away from runs that are under way."""
    if os.path.lexists(path):
        pytest.skip(f"there is {path} already")
    plant(path)
    try:
        yield
    finally:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def plantFile(path: Path) -> None:
    path.touch()
    os.chown(path, STRANGER, STRANGER)


def plantDirectory(path: Path) -> None:
    path.mkdir(0o700)
    os.chown(path, STRANGER, STRANGER)


def plantLink(path: Path) -> None:
    path.symlink_to("/etc/shadow")
    os.chown(path, STRANGER, STRANGER, follow_symlinks=False)


def plantPipe(path: Path) -> None:
    os.mkfifo(path)
    os.chown(path, STRANGER, STRANGER)


OBSTACLES = [plantFile, plantDirectory, plantLink, plantPipe]


@rootOnly
@pytest.mark.parametrize("plant", OBSTACLES)
def test_nobody_keeps_root_from_its_lock(
    plant: Callable[[Path], None], syncOnce: Sync, server: S3Server, tmp_path: Path
) -> None:
    source = plantTree(tmp_path / "source", [b"a"])
    with planted(Path("/run/lock", lockName(server, "s3://bucket/p/", 0)), plant):
        assert syncOnce(source, "s3://bucket/p").status == 0


@rootOnly
def test_roots_lock_lies_where_nobody_else_can_make_one(syncOnce: Sync, server: S3Server, tmp_path: Path) -> None:
    source = plantTree(tmp_path / "source", [b"a"])
    assert syncOnce(source, "s3://bucket/other").status == 0
    place = Path("/run/cback-amazons3-sync")
    assert (place.stat().st_uid, place.stat().st_mode & 0o7777) == (0, 0o700)
    name = lockName(server, "s3://bucket/p/", 0)
    with open(place / name, "w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert syncOnce(source, "s3://bucket/p").status == 10
    assert syncOnce(source, "s3://bucket/p").status == 0
    assert not (place / name).exists()


@rootOnly
def test_a_runtime_directory_of_another_user_is_none_of_roots(syncOnce: Sync, server: S3Server, tmp_path: Path) -> None:
    """As `sudo -E` leaves it: its owner could keep root from working."""
    runtime = tmp_path / "runtime"
    runtime.mkdir(0o700)
    os.chown(runtime, STRANGER, STRANGER)
    name = lockName(server, "s3://bucket/p/", 0)
    source = plantTree(tmp_path / "source", [b"a"])
    with open(runtime / name, "w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert syncOnce(source, "s3://bucket/p", environment={"XDG_RUNTIME_DIR": str(runtime)}).status == 0


@pytest.fixture
def somebody() -> Iterator[tuple[tuple[str, ...], int, Path]]:
    """A user with an entry in the password file and a home, beside 65534: the words before a command, and both."""
    if os.geteuid() != 0 or shutil.which("setpriv") is None:
        pytest.skip("only root can become another user, and with setpriv")
    with open(Path(tempfile.gettempdir(), "cback-test-somebody.lock"), "w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)  # one test at a time, in whatever process
        for user in pwd.getpwall():
            if 0 < user.pw_uid < STRANGER and not os.path.lexists(f"/run/lock/cback-amazons3-{user.pw_uid}"):
                words = ("setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups")
                yield words, user.pw_uid, Path(user.pw_dir)
                shutil.rmtree(f"/run/lock/cback-amazons3-{user.pw_uid}", ignore_errors=True)
                return
    pytest.skip("no other user")


@contextlib.contextmanager
def _hanging(
    server: S3Server, aws: str, words: tuple[str, ...], environment: dict[str, str], log: Path, *arguments: str | Path
) -> Iterator[subprocess.Popen[bytes]]:
    """A sync whose first request hangs."""
    server.addFault(Fault("ListObjectsV2", Hang(None), times=1))
    before = len(server.requests)
    run = subprocess.Popen(
        [*words, *toolCommand(SYNC), "-q", "-l", log, *arguments],
        env=toolEnvironment(server.environment() | environment, aws),
    )
    try:
        while len(server.requests) == before:
            assert run.poll() is None, log.read_text()
            time.sleep(0.05)
        yield run
    finally:
        run.terminate()
        run.wait()


def test_a_cron_job_and_a_login_of_one_user_see_each_other(
    somebody: tuple[tuple[str, ...], int, Path], server: S3Server, anyAws: str, plainUser: PlainUser
) -> None:
    words, user, _ = somebody
    aws = awsFor(words, anyAws)
    plainUser.directory.chmod(0o777)
    runtime = plainUser.directory / "runtime"
    runtime.mkdir(0o700)
    os.chown(runtime, user, -1)
    source = plantTree(plainUser.directory / "source", [b"a"])
    login = {"XDG_RUNTIME_DIR": str(runtime)}
    log = plainUser.directory / "log"
    with _hanging(server, aws, words, login, log, source, "s3://bucket/p") as run:
        environment = {**server.environment(), "XDG_RUNTIME_DIR": ""}
        outcome = runTool(
            SYNC,
            [source, "s3://bucket/p"],
            environment=environment,
            awsDirectory=aws,
            prefix=words,
            logfile=plainUser.directory / "second.log",
        )
    assert outcome.status == 10, outcome
    assert f"(process {run.pid})" in outcome.stderr


@pytest.mark.parametrize("plant", OBSTACLES)
def test_a_user_whose_name_for_locks_is_taken_has_them_at_home(
    plant: Callable[[Path], None],
    somebody: tuple[tuple[str, ...], int, Path],
    server: S3Server,
    anyAws: str,
    plainUser: PlainUser,
) -> None:
    words, user, _ = somebody
    aws = awsFor(words, anyAws)
    home = plainUser.directory / "home"
    home.mkdir(0o755)
    os.chown(plainUser.directory, 0, 0)
    os.chown(home, user, -1)
    source = plantTree(plainUser.directory / "source", [b"a"])
    # The home of the password file, in a directory of the test.
    stand = plainUser.directory / "stand"
    stand.mkdir()
    (stand / "sitecustomize.py").write_text(
        "import pwd\n"
        "asked = pwd.getpwuid\n"
        f"pwd.getpwuid = lambda uid: pwd.struct_passwd((*asked(uid)[:5], {str(home)!r}, '/bin/sh'))\n"
    )
    environment = {**server.environment(), "XDG_RUNTIME_DIR": ""}
    environment["PYTHONPATH"] = f"{stand}:{toolEnvironment()['PYTHONPATH']}"

    def ran(log: str) -> int:
        (plainUser.directory / log).touch()
        os.chown(plainUser.directory / log, user, -1)
        outcome = runTool(
            SYNC,
            [source, "s3://bucket/p"],
            environment=environment,
            awsDirectory=aws,
            prefix=words,
            logfile=plainUser.directory / log,
        )
        assert outcome.status in {0, 10}, outcome
        return outcome.status

    taken = Path(f"/run/lock/cback-amazons3-{user}")
    with planted(taken, plant):
        assert ran("log") == 0
        place = home / ".local/state/cback-amazons3-sync"
        assert place.is_dir()
        with open(place / lockName(server, "s3://bucket/p/", user), "w") as held:
            os.chown(held.fileno(), user, -1)
            fcntl.flock(held, fcntl.LOCK_EX)
            assert ran("log2") == 10
    # The one who took the name gives it back while the run at home is still at work: it is seen all the same.
    taken.mkdir(0o700)
    os.chown(taken, user, -1)
    with open(place / lockName(server, "s3://bucket/p/", user), "w") as held:
        os.chown(held.fileno(), user, -1)
        fcntl.flock(held, fcntl.LOCK_EX)
        assert ran("log3") == 10
    assert ran("log4") == 0


# A run that is killed


def _awsOf(server: S3Server) -> list[int]:
    """The processes of aws that talk to this server."""
    found = []
    for process in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError):
            words = Path("/proc", process, "cmdline").read_bytes().split(b"\0")
            if any(word.endswith(b"/aws") for word in words[:2]) and any(
                server.endpointUrl.encode() in word for word in words
            ):
                found.append(int(process))
    return found


@contextlib.contextmanager
def killed(module: str, server: S3Server, aws: str, log: Path, operation: str, *arguments: str | Path) -> Iterator[int]:
    """A run that was killed when a request of the operation hung; yields the process of its aws, which goes on."""
    server.addFault(Fault(operation, Hang(None), times=1))
    run = subprocess.Popen(
        [*toolCommand(module), "-q", "-l", log, *arguments], env=toolEnvironment(server.environment(), aws)
    )
    deadline = time.monotonic() + 240
    while not any(request.operation == operation for request in server.requests):
        assert run.poll() is None, log.read_text()
        assert time.monotonic() < deadline
        time.sleep(0.05)
    run.send_signal(signal.SIGKILL)
    run.wait()
    while len(found := _awsOf(server)) > 1:  # a session ends when it sees that nobody asks any more
        assert time.monotonic() < deadline
        time.sleep(0.05)
    (orphan,) = found
    try:
        yield orphan
    finally:
        _end(orphan)


def _end(process: int) -> None:
    with contextlib.suppress(ProcessLookupError, FileNotFoundError):  # whoever has adopted it may be quick
        os.kill(process, signal.SIGKILL)
        while Path("/proc", str(process), "cmdline").read_bytes():
            time.sleep(0.05)
    with contextlib.suppress(ChildProcessError):
        os.waitpid(process, os.WNOHANG)


def _listings(server: S3Server) -> int:
    """How often the bucket was listed: with that a run begins, while the aws of another may go on sending files."""
    return sum(asked.operation == "ListObjectsV2" for asked in server.requests)


@pytest.mark.parametrize("method", ["direct", "sync"])
def test_no_run_begins_beside_the_aws_of_one_that_was_killed(
    method: str, syncOnce: Sync, anyAws: str, server: S3Server, tmp_path: Path
) -> None:
    source = plantTree(tmp_path / "source", [b"a", b"b"])
    plantObjects(server, {b"p/gone": b"x"})
    words: list[str | Path] = ["--method", method, source, "s3://bucket/p"]
    with killed(SYNC, server, anyAws, tmp_path / "log", "PutObject", *words) as orphan:
        asked = _listings(server)
        for more in ([], ["--verifyOnly"], ["--lockWait", "1"]):
            outcome = syncOnce(*words, *more)
            assert outcome.status == 10
            assert f"The AWS CLI of a run that was killed is still using s3://bucket/p/ (process {orphan});" in (
                outcome.stderr
            )
        assert _listings(server) == asked
    assert syncOnce(*words, "--lockWait", "240").status == 0
    assert stored(server) == {b"p/a": b"a", b"p/b": b"b"}


def test_a_run_waits_for_the_aws_of_one_that_was_killed(
    syncOnce: Sync, anyAws: str, server: S3Server, tmp_path: Path
) -> None:
    source = plantTree(tmp_path / "source", [b"a"])
    words: list[str | Path] = [source, "s3://bucket/p"]
    with killed(SYNC, server, anyAws, tmp_path / "log", "PutObject", *words) as orphan:
        waiting = subprocess.Popen(
            [*toolCommand(SYNC), "-q", "-l", tmp_path / "log2", "--lockWait", "240", *words],
            env=toolEnvironment(server.environment(), anyAws),
        )
        asked = len(server.requests)
        time.sleep(2)
        assert waiting.poll() is None
        assert len(server.requests) == asked
        _end(orphan)
        assert waiting.wait() == 0
    assert stored(server) == {b"p/a": b"a"}


@pytest.mark.parametrize("operation", ["ListObjectsV2", "DeleteObjects"])
def test_whatever_the_aws_of_a_run_that_was_killed_does_it_holds_the_lock(
    operation: str, syncOnce: Sync, anyAws: str, server: S3Server, tmp_path: Path
) -> None:
    """Listings are started by other threads than the one that holds the lock."""
    source = plantTree(tmp_path / "source", [b"a"])
    plantObjects(server, {b"p/a": b"a", b"p/gone": b"x"})
    words: list[str | Path] = ["--awsSession", "never", source, "s3://bucket/p"]  # a session ends with its run
    with killed(SYNC, server, anyAws, tmp_path / "log", operation, *words):
        assert syncOnce(*words).status == 10
    assert syncOnce(*words, "--lockWait", "240").status == 0


def test_no_restore_begins_beside_the_aws_of_one_that_was_killed(
    restoreOnce: Restore, anyAws: str, server: S3Server, tmp_path: Path
) -> None:
    plantObjects(server, {b"a": b"1"})
    target = tmp_path / "target"
    words: list[str | Path] = ["--awsSession", "never", "s3://bucket", target]  # a session ends with its run
    with killed(RESTORE, server, anyAws, tmp_path / "log", "GetObject", *words) as orphan:
        outcome = restoreOnce("s3://bucket", target)
        assert outcome.status == 10
        assert f"The AWS CLI of a restore that was killed is still using {target} (process {orphan});" in (
            outcome.stderr
        )
    assert restoreOnce("s3://bucket", target).status == 0
    assert filesIn(target) == {b"a": b"1"}


def test_a_run_at_work_is_not_taken_for_one_that_was_killed(
    syncOnce: Sync, anyAws: str, server: S3Server, tmp_path: Path
) -> None:
    source = plantTree(tmp_path / "aws", [b"a"])
    with _hanging(server, anyAws, (), {}, tmp_path / "log", source, "s3://bucket/p", "--verifyOnly") as run:
        outcome = syncOnce(source, "s3://bucket/p")
    assert outcome.status == 10
    assert f"Another run is using s3://bucket/p/ (process {run.pid});" in outcome.stderr


def test_the_status_of_a_lock_is_told_in_the_report(
    syncOnce: Sync, anyAws: str, server: S3Server, tmp_path: Path
) -> None:
    source = plantTree(tmp_path / "source", [b"a"])
    with killed(SYNC, server, anyAws, tmp_path / "log", "PutObject", source, "s3://bucket/p"):
        outcome = syncOnce("--report", tmp_path / "report", source, "s3://bucket/p")
    assert outcome.status == 10
    assert json.loads((tmp_path / "report").read_text())["status"]["number"] == 10
