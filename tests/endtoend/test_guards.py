"""What a run refuses, and what it leaves alone: nothing is lost that the user did not delete."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import subprocess
import threading
import time
from pathlib import Path

import pytest

from testcase.runner import toolCommand, toolEnvironment
from testcase.s3 import Fault, Refuse, S3Server
from testcase.trees import plantTree

from .conftest import PlainUser
from .harness import Sync, awsStandIn, below, changes, plantObjects, stored

SYNC = "CedarBackup3.tools.amazons3sync"

GONE = {b"p/%d" % number: b"x" for number in range(10)}


@pytest.mark.parametrize(
    ("files", "switches", "reasons"),
    [
        ([], [], ["has no file that can be read"]),
        ([b"0"], ["--maxDelete", "8"], ["9 of 10 objects", "the first are 1, 2, 3, 4, 5"]),
        ([b"0"], ["--maxDelete", "89%"], ["9 of 10 objects"]),
        ([b"0"], ["--requireFile", ".mounted"], [".mounted does not exist"]),
        ([], ["--requireFile", "m", "--maxDelete", "0"], ["m does not exist", "has no file", "10 of 10 objects"]),
        ([], ["--dryRun"], ["has no file"]),
        ([b"0"], ["--dryRun", "--maxDelete", "1"], ["9 of 10 objects"]),
        ([b"0"], ["--method", "sync", "--maxDelete", "1"], ["9 of 10 objects"]),
        ([b"0"], ["--verifyOnly", "--requireFile", ".mounted"], [".mounted does not exist"]),
    ],
)
def test_a_guard_refuses_with_every_reason_in_one_message_and_nothing_is_changed(
    files: list[bytes], switches: list[str], reasons: list[str], syncOnce: Sync, server: S3Server, tmp_path: Path
) -> None:
    plantObjects(server, GONE)
    source = plantTree(tmp_path / "source", dict.fromkeys(files, b"x"))
    outcome = syncOnce(*switches, source, "s3://bucket/p")
    assert outcome.status == 9, outcome
    assert outcome.stderr.count("\n") == 1
    assert all(reason in outcome.stderr for reason in reasons)
    assert "nothing was changed" in outcome.stderr
    assert not changes(server)


@pytest.mark.parametrize(
    ("files", "switches"),
    [
        ([b"0"], []),
        ([b"0"], ["--maxDelete", "9"]),
        ([b"0"], ["--maxDelete", "90%", "--requireFile", "0"]),
        ([], ["--allowEmptySource"]),
    ],
)
def test_what_the_guards_allow_is_done(
    files: list[bytes], switches: list[str], syncOnce: Sync, server: S3Server, tmp_path: Path
) -> None:
    plantObjects(server, GONE)
    source = plantTree(tmp_path / "source", dict.fromkeys(files, b"x"))
    assert syncOnce(*switches, source, "s3://bucket/p").status == 0
    assert stored(server) == below(b"p/", dict.fromkeys(files, b"x"))


@pytest.mark.parametrize(("method", "folder"), [("auto", b"[odd]*?"), ("direct", b"plain"), ("sync", b"[odd]*?")])
def test_what_cannot_be_read_keeps_its_objects_and_is_a_difference(
    method: str, folder: bytes, server: S3Server, plainUser: PlainUser, syncOnce: Sync
) -> None:
    source = plainUser.directory / os.fsdecode(folder)
    files = {
        folder + b"/secret": b"1",
        folder + b"/under [a] *?/x": b"22",
        folder + b"/locked/deep/y": b"333",
        b"fine": b"4",
    }
    plantTree(source, files)
    plantObjects(server, below(b"p/", files) | {b"p/gone": b"", b"p/" + folder + b"z": b""})
    for path in (source, *source.rglob("*")):
        plainUser.give(path)
    for name in ("secret", "under [a] *?", "locked"):
        (source / os.fsdecode(folder) / name).chmod(0)
    outcome = syncOnce(
        *(source, "s3://bucket/p", "--method", method), prefix=plainUser.prefix, logfile=plainUser.directory / "log"
    )
    assert outcome.status == 7, outcome
    assert "(3 unreadable)" in outcome.stderr
    assert stored(server) == below(b"p/", files)


def test_a_dry_run_says_exactly_what_the_run_then_does(syncOnce: Sync, server: S3Server, tmp_path: Path) -> None:
    source = plantTree(tmp_path / "source", {b"new": b"1", b"grown": b"22", b"same": b"3", b"odd\n": b""})
    plantObjects(server, {b"p/grown": b"2", b"p/same": b"3", b"p/gone": b"4"})
    dryRun = syncOnce("--dryRun", source, "s3://bucket/p")
    assert (dryRun.status, changes(server)) == (0, [])
    told = sorted(re.findall(r"^Would (\w+) s3://bucket/(\S+)", dryRun.stdout, re.MULTILINE))
    server.clearRequests()
    assert syncOnce(source, "s3://bucket/p", "--method", "direct").status == 0
    put = {key for operation, key in changes(server) if operation == "PutObject"}
    assert told == [("delete", "p/gone"), ("replace", "p/grown"), ("upload", "p/new"), ("upload", "p/odd\\n")]
    assert put == {b"p/grown", b"p/new", b"p/odd\n"}
    assert b"p/gone" not in stored(server)


@pytest.mark.parametrize("method", ["direct", "sync"])
def test_what_is_excluded_is_left_alone_on_both_sides(
    method: str, syncOnce: Sync, server: S3Server, tmp_path: Path
) -> None:
    files = {b"keep": b"1", b"skip.tmp": b"2", b"cache/a/b": b"3", b"cache.txt": b"4", b"bad\xff.tmp": b"5"}
    source = plantTree(tmp_path / "so[ur]ce", files)
    theirs = {b"p/cache/other": b"x", b"p/old.tmp": b"y"}
    plantObjects(server, theirs | {b"p/gone": b""})
    outcome = syncOnce(source, "s3://bucket/p", "--method", method, "-x", "*.tmp", "--exclude", "cache/*")
    assert outcome.status == 0, outcome
    assert stored(server) == theirs | {b"p/keep": b"1", b"p/cache.txt": b"4"}


def test_a_pattern_that_no_path_can_match_is_said_with_what_was_meant(
    syncOnce: Sync, server: S3Server, tmp_path: Path
) -> None:
    source = plantTree(tmp_path / "source", {b"a": b"1"})
    plantObjects(server, {b"a": b"1"})
    outcome = syncOnce(source, "s3://bucket", "-x", "cache/", "-x", "./cache/*", "-x", "nothing/*")
    assert outcome.status == 0
    assert outcome.stderr.splitlines() == [
        f"No file's path can match the pattern of --exclude {pattern}; did you mean cache/*?"
        for pattern in ("cache/", "./cache/*")
    ]


@pytest.mark.parametrize("method", ["direct", "sync"])
def test_links_are_left_out_if_asked_for(method: str, syncOnce: Sync, server: S3Server, tmp_path: Path) -> None:
    source = plantTree(tmp_path / "source", {b"file": b"1", b"directory/x": b"2"})
    (source / "link").symlink_to("file")
    (source / "loop").symlink_to(".")
    (tmp_path / "to source").symlink_to(source)
    plantObjects(server, {b"link": b"1"})
    outcome = syncOnce(tmp_path / "to source", "s3://bucket", "--method", method, "--noFollowLinks")
    assert outcome.status == 0, outcome
    assert stored(server) == {b"file": b"1", b"directory/x": b"2"}


@pytest.mark.parametrize("method", ["direct", "sync"])
def test_what_is_behind_a_link_that_is_not_followed_has_no_file(
    method: str, syncOnce: Sync, server: S3Server, tmp_path: Path
) -> None:
    source = plantTree(tmp_path / "source", {b"directory/x": b"1", b"directory/deep/y": b"1"})
    (source / "link").symlink_to("directory")
    (source / "directory/back").symlink_to("deep")
    plantObjects(server, {b"link/x": b"1", b"link/deep/y": b"1", b"directory/back/y": b"1"})
    outcome = syncOnce(source, "s3://bucket", "--method", method, "--noFollowLinks")
    assert outcome.status == 0, outcome
    assert stored(server) == {b"directory/x": b"1", b"directory/deep/y": b"1"}


LOST_LINKS: dict[str, tuple[str, tuple[bytes, ...]]] = {
    "directory": ("/no/such/disk", (b"directory/x", b"directory/deep/y")),
    "file": ("/no/such/disk", (b"file",)),
    "few": ("/no/such/disk", (b"few/x",)),
    "below/link": ("/no/such/disk", (b"below/link/x",)),
    "empty": ("../empty", (b"empty/x",)),
    "hollow": ("../hollow", (b"hollow/a/x",)),
    "itself": ("itself", (b"itself/x",)),
}
"""Links that lead nowhere, to themselves or to no files: where to, and the keys of what they can have led to."""


@pytest.mark.parametrize("method", ["auto", "sync"])
def test_what_a_link_that_leads_nowhere_can_have_led_to_stays_and_is_said(
    method: str, syncOnce: Sync, server: S3Server, tmp_path: Path
) -> None:
    source = plantTree(tmp_path / "source", {b"a": b"1", b"below/b": b"1"})
    (tmp_path / "hollow/a/b").mkdir(parents=True)
    (tmp_path / "empty").mkdir()
    for link, (target, _) in LOST_LINKS.items():
        (source / link).symlink_to(target)
    files = below(b"p/", {b"a": b"1", b"below/b": b"1"})
    kept = below(b"p/", {key: b"1" for _, keys in LOST_LINKS.values() for key in keys})
    between = {b"p/%b!" % link.encode(): b"" for link in LOST_LINKS}  # in key order before what lies below the link
    plantObjects(server, files | kept | between | {b"p/gone": b""})
    outcome = syncOnce(source, "s3://bucket/p", "--method", method)
    assert outcome.status == 7, outcome
    assert stored(server) == files | kept
    assert f"({len(LOST_LINKS)} unreadable)" in outcome.stderr
    for link in LOST_LINKS:
        assert f"Unreadable: the link {source / link} leads nowhere, or to no files" in outcome.stderr
        (source / link).unlink()
    assert syncOnce(source, "s3://bucket/p", "--method", method).status == 0
    assert stored(server) == files


@pytest.mark.parametrize("switches", [[], ["--verifyOnly"], ["--method", "sync"], ["--uploadOnly"]])
def test_a_link_that_leads_nowhere_and_never_had_objects_is_no_difference(
    switches: list[str], syncOnce: Sync, server: S3Server, tmp_path: Path
) -> None:
    source = plantTree(tmp_path / "source", {b"a": b"1"})
    (tmp_path / "empty").mkdir()
    for name, target in (("b\x01", "nowhere"), ("c", "../empty"), ("itself", "itself")):
        (source / name).symlink_to(target)
    plantObjects(server, {b"a": b"1"})
    outcome = syncOnce(source, "s3://bucket", *switches)
    assert (outcome.status, outcome.stderr) == (0, ""), outcome


def _plantDeep(source: Path, name: bytes, levels: int) -> None:
    """A file so many directories below, whose path may be longer than the system takes."""
    directory = os.open(source, os.O_RDONLY)
    for _ in range(levels):
        os.mkdir(name, dir_fd=directory)
        below = os.open(name, os.O_RDONLY, dir_fd=directory)
        os.close(directory)
        directory = below
    os.close(os.open("file", os.O_CREAT | os.O_WRONLY, dir_fd=directory))
    os.close(directory)


@pytest.mark.parametrize("method", ["auto", "direct"])
def test_paths_that_can_have_no_key_stop_nobody_else(
    method: str, syncOnce: Sync, server: S3Server, tmp_path: Path
) -> None:
    source = plantTree(tmp_path / "source", {b"a": b"1", b"z/y": b"2"})
    for name, levels in ((b"d", 1200), (b"e", 2100), (b"x" * 250, 17), (b"y" * 250, 5)):
        _plantDeep(source, name, levels)
    plantObjects(server, {b"p/gone": b"", b"p/d!": b""})
    try:
        outcome = syncOnce(source, "s3://bucket/p", "--ignoreWarnings", "--method", method)
    finally:
        subprocess.run(["rm", "-rf", source], check=True)
    assert outcome.status == 7, outcome.stderr[-3000:]
    assert stored(server) == {b"p/a": b"1", b"p/z/y": b"2"}
    assert "4 differences between" in outcome.stderr
    assert "Traceback" not in outcome.stderr + outcome.log


MISHAPS = {
    "renamed": 'mv "$SOURCE" "$SOURCE.away"',
    "emptied": 'rm -r "$SOURCE"/*',
    "replaced": 'mv "$SOURCE" "$SOURCE.away"; mkdir "$SOURCE"; touch "$SOURCE/a"',
    "a file": 'mv "$SOURCE" "$SOURCE.away"; touch "$SOURCE"',
    "a link": 'mv "$SOURCE" "$SOURCE.away"; ln -s /usr "$SOURCE"',
}


@pytest.mark.parametrize("mishap", MISHAPS)
@pytest.mark.parametrize(("moment", "status"), [("list-objects-v2", 9), ("cp", 6)])
def test_a_source_that_is_lost_under_the_run_costs_no_object(
    mishap: str, moment: str, status: int, syncOnce: Sync, server: S3Server, anyAws: str, tmp_path: Path
) -> None:
    source = plantTree(tmp_path / "source", {b"a": b"1", b"b": b"2", b"new": b"3"})
    kept = {b"p/a": b"1", b"p/b": b"2", b"p/gone": b"4"}
    plantObjects(server, kept)
    script = f'[ "$2" = {moment} ] && [ -e "$SOURCE/b" ] && {{ {MISHAPS[mishap]}; }}'
    commands = awsStandIn(tmp_path / "commands", Path(anyAws), after=script)
    words = (source, "s3://bucket/p", "--awsSession", "never")
    outcome = syncOnce(*words, awsDirectory=commands, environment={"SOURCE": str(source)})
    assert outcome.status == status, outcome
    assert kept.items() <= stored(server).items()
    assert "nothing was changed" in outcome.stderr or "Nothing was deleted" in outcome.stderr


def test_a_file_that_comes_back_before_the_deletions_keeps_its_object(
    syncOnce: Sync, server: S3Server, anyAws: str, tmp_path: Path
) -> None:
    source = plantTree(tmp_path / "source", {b"a": b"1"})
    plantObjects(server, {b"p/a": b"1", b"p/back": b"2", b"p/gone": b"3"})
    commands = awsStandIn(tmp_path / "commands", Path(anyAws), after=f'printf 2 > "{source}/back"')
    outcome = syncOnce(source, "s3://bucket/p", "--awsSession", "never", awsDirectory=commands)
    assert stored(server) == {b"p/a": b"1", b"p/back": b"2"}, outcome


def lockName(server: S3Server, url: str) -> str:
    target = f"{server.endpointUrl}\0{url}"
    return f"cback-amazons3-{os.geteuid()}-{hashlib.sha256(target.encode()).hexdigest()[:16]}.lock"


@pytest.mark.parametrize("switches", [[], ["--verifyOnly"], ["--lockWait", "1"]])
def test_one_run_at_a_time_on_a_target(switches: list[str], syncOnce: Sync, server: S3Server, tmp_path: Path) -> None:
    source = plantTree(tmp_path / "source", [b"a"])
    environment = {"XDG_RUNTIME_DIR": str(tmp_path)}
    path = tmp_path / lockName(server, "s3://bucket/p/")
    with open(path, "w") as holder:
        holder.write("4711\n")
        holder.flush()
        fcntl.flock(holder, fcntl.LOCK_EX)
        outcome = syncOnce(source, "s3://bucket/p", *switches, environment=environment)
        assert outcome.status == 10
        assert "process 4711" in outcome.stderr
        assert not server.requests
        assert syncOnce(source, "s3://bucket/other", environment=environment).status == 0
    assert syncOnce(source, "s3://bucket/p", environment=environment).status == 0
    assert not path.exists()


def test_a_run_that_waits_goes_on_when_the_other_has_ended(
    server: S3Server, anyAws: str, syncOnce: Sync, tmp_path: Path
) -> None:
    source = plantTree(tmp_path / "source", [b"a"])
    going, held = tmp_path / "going", tmp_path / "held"
    held.touch()
    waiting = f"touch {going}; while [ -e {held} ]; do sleep 0.1; done"
    environment = toolEnvironment(server.environment(), awsStandIn(tmp_path / "commands", Path(anyAws), before=waiting))
    first = subprocess.Popen([*toolCommand(SYNC), "-q", "-l", tmp_path / "log", source, "s3://bucket"], env=environment)
    try:
        while not going.exists():
            assert first.poll() is None
            time.sleep(0.05)
        assert syncOnce(source, "s3://bucket").status == 10
    finally:
        release = threading.Timer(2, held.unlink)  # when the next one waits, unless this machine is very busy
        release.start()
    assert syncOnce(source, "s3://bucket", "--lockWait", "240").status == 0
    assert first.wait() == 0


def test_an_aws_that_hangs_is_stopped(syncOnce: Sync, server: S3Server, tmp_path: Path) -> None:
    source = plantTree(tmp_path / "source", [b"a"])
    nap = f"3600.{os.getpid()}"  # tells it from any other sleep
    commands = awsStandIn(tmp_path / "commands", before=f"exec sleep {nap}")
    outcome = syncOnce(source, "s3://bucket", "--awsTimeout", "1", awsDirectory=commands)
    assert outcome.status == 6
    assert "did not end within 1 s" in outcome.stderr
    assert not [process for process in Path("/proc").glob("[0-9]*") if nap in _commandLine(process)]


def _commandLine(process: Path) -> str:
    try:
        return (process / "cmdline").read_text("utf-8", "replace")
    except OSError:  # it has ended, or is another's
        return ""


def test_a_burst_of_server_errors_passes(sync: Sync, server: S3Server, tmp_path: Path) -> None:
    source = plantTree(tmp_path / "source", [b"a"])
    server.addFault(Fault("ListObjectsV2", Refuse(503, "SlowDown", "slow"), times=1))
    server.addFault(Fault("PutObject", Refuse(500, "InternalError", "oops"), times=1))
    assert sync(source, "s3://bucket").status == 0


def test_no_secret_reaches_screen_or_log(syncOnce: Sync, server: S3Server, tmp_path: Path) -> None:
    source = plantTree(tmp_path / "source", [b"a"])
    url = server.endpointUrl.replace("://", "://user:hunter2hunter2@")
    secrets = {"AWS_SECRET_ACCESS_KEY": "verysecretverysecret", "AWS_ENDPOINT_URL": url}
    for words in (
        ["--debug", "--verbose", source, "s3://bucket"],
        ["--diagnostics"],
        [source, "s3://u:hunter2hunter2@b"],
    ):
        outcome = syncOnce(*words, environment=secrets)
        assert "hunter2" not in outcome.stdout + outcome.stderr + outcome.log
        assert "verysecret" not in outcome.stdout + outcome.stderr + outcome.log


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no /dev/full")
def test_a_full_disk_under_the_log_is_said_once_and_the_status_stays_true(syncOnce: Sync, tmp_path: Path) -> None:
    source = plantTree(tmp_path / "source", [b"a"])
    outcome = syncOnce("--logfile", "/dev/full", source, "s3://bucket")
    assert outcome.status == 0
    assert (
        outcome.stderr == "The log file /dev/full cannot be written (No space left on device); continuing without it\n"
    )
