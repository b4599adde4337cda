"""Faults of server, network, aws and disk: each ends with a true status, and a message that says what to do."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest

from testcase.s3 import DENY, BreakXml, CutBody, Fault, Refuse, Reset, S3Server
from testcase.trees import plantTree

from .harness import Sync, awsStandIn, below, plantObjects, stored

FILES = {b"%d" % number: b"x" for number in range(6)}


class Trouble(NamedTuple):
    """A fault, and how the run ends."""

    status: int
    word: str
    faults: tuple[Fault, ...] = ()
    environment: tuple[tuple[str, str], ...] = ()


TROUBLES = {
    "slow down for ever": Trouble(6, "SlowDown", (Fault("*", Refuse(503, "SlowDown", "slow")),)),
    "page 2 refused": Trouble(
        6, "InternalError", (Fault("ListObjectsV2", Refuse(500, "InternalError", "no"), skip=1),)
    ),
    "page 2 reset": Trouble(6, "list-type=2", (Fault("ListObjectsV2", Reset(), skip=1),)),
    "page 2 cut": Trouble(6, "list-type=2", (Fault("ListObjectsV2", CutBody(), skip=1),)),
    "page 2 broken": Trouble(6, "ListObjectsV2", (Fault("ListObjectsV2", BreakXml(), skip=1),)),
    "uploads reset": Trouble(7, "not in s3://bucket/p/", (Fault("PutObject", Reset()),)),
    "deletions fail": Trouble(
        7, "has no file", (Fault("DeleteObjects", Refuse(503, "SlowDown", "")), Fault("DeleteObject", Reset()))
    ),
    "wrong credentials": Trouble(6, "check the credentials", (Fault("*", Refuse(403, "InvalidAccessKeyId", "no")),)),
    "no credentials": Trouble(6, "credentials", environment=(("AWS_ACCESS_KEY_ID", ""), ("AWS_SECRET_ACCESS_KEY", ""))),
    "no such profile": Trouble(6, "AWS_PROFILE", environment=(("AWS_PROFILE", "nobody"),)),
    "nobody listens": Trouble(6, "check the network", environment=(("AWS_ENDPOINT_URL", "http://127.0.0.1:9"),)),
}


@pytest.mark.parametrize("name", TROUBLES)
def test_a_fault_ends_with_a_true_status_and_a_word_to_go_by(
    name: str, syncOnce: Sync, server: S3Server, tmp_path: Path
) -> None:
    trouble = TROUBLES[name]
    server.pageSize = 2
    source = plantTree(tmp_path / "source", FILES)
    before = below(b"p/", dict(list(FILES.items())[:3])) | {b"p/gone": b""}
    plantObjects(server, before)
    for fault in trouble.faults:
        server.addFault(fault)
    outcome = syncOnce(source, "s3://bucket/p", environment=dict(trouble.environment))
    assert outcome.status == trouble.status, outcome
    assert trouble.word in outcome.stderr
    assert "Traceback" not in outcome.stderr + outcome.log
    assert outcome.status != 6 or stored(server) == before
    assert {b"p/0", b"p/1", b"p/2"} <= stored(server).keys()


STAND_INS = {
    "megabytes of errors": (
        "head -c 5000000 /dev/zero | tr '\\0' 'x' >&2; echo >&2; echo last words >&2; exit 255",
        "last words",
    ),
    "garbage on stdout": ("head -c 100000 /dev/urandom; exit 0", "no listing"),
    "a listing cut in a line": ('printf \'[[1,"2001-01-01T00:00:00Z","p/a\'; exit 0', "no listing"),
    "too old for an option": ("echo 'Unknown options: --cli-input-json' >&2; exit 252", "too old"),
}


@pytest.mark.parametrize("name", STAND_INS)
def test_an_aws_that_misbehaves_is_a_failure_in_a_sentence(
    name: str, syncOnce: Sync, server: S3Server, tmp_path: Path
) -> None:
    script, word = STAND_INS[name]
    source = plantTree(tmp_path / "source", [b"a"])
    outcome = syncOnce(source, "s3://bucket/p", awsDirectory=awsStandIn(tmp_path / "commands", before=script))
    assert outcome.status == 6
    assert word in outcome.stderr
    assert len(outcome.stderr) < 3000
    assert outcome.stderr.count("\n") == 1


HOSTILE = (
    b"../up",
    b"a/../../b",
    b"./c",
    b"//d",
    b"/e",
    b"f//g",
    b"-h",
    b"$(touch x)",
    b"%s%n",
    b"n\n2026 INFO fake",
    b"l" * 1020,
)


def test_keys_that_no_file_has_are_deleted_by_name_and_nothing_else_is_touched(
    syncOnce: Sync, server: S3Server, tmp_path: Path
) -> None:
    source = plantTree(tmp_path / "source", {b"a": b"1"})
    (tmp_path / "up").write_text("mine")
    plantObjects(server, {b"up": b"theirs"} | dict.fromkeys((b"p/" + key for key in HOSTILE), b"x"))
    dryRun = syncOnce(source, "s3://bucket/p", "--dryRun")
    assert dryRun.stdout.count("Would delete ") == len(HOSTILE)
    outcome = syncOnce(source, "s3://bucket/p", "--debug")
    assert outcome.status == 0, outcome
    assert stored(server) == {b"up": b"theirs", b"p/a": b"1"}
    assert all(line[:4] == "2026" or line[4] == "-" for line in outcome.log.splitlines())
    assert (tmp_path / "up").read_text() == "mine"
    assert sorted(os.listdir(tmp_path)) == ["source", "up"]


def test_a_full_disk_for_temporary_files_is_a_failure_that_names_it(
    syncOnce: Sync, server: S3Server, tinyDisk: Path, tmp_path: Path
) -> None:
    source = plantTree(tmp_path / "source", dict.fromkeys((b"%0200d" % number for number in range(1500)), b""))
    outcome = syncOnce(source, "s3://bucket/p", environment={"TMPDIR": str(tinyDisk)})
    assert outcome.status == 6, outcome
    assert f"temporary file in {tinyDisk}: No space left on device; free space" in outcome.stderr
    assert not stored(server)


@pytest.mark.parametrize("room", [4, 8, 12, 16, 20])
def test_however_little_room_there_is_for_temporary_files_the_failure_is_the_same(
    syncOnce: Sync, server: S3Server, tinyDisk: Path, tmp_path: Path, room: int
) -> None:
    (tinyDisk / "ballast").write_bytes(bytes((64 - room) * 1024))
    source = plantTree(tmp_path / "source", dict.fromkeys((b"%0200d" % number for number in range(150)), b""))
    outcome = syncOnce(source, "s3://bucket/p", environment={"TMPDIR": str(tinyDisk)})
    assert (outcome.status, outcome.stderr.count("\n"), "unexpectedly" in outcome.stderr) == (6, 1, False), outcome
    assert f"temporary file in {tinyDisk}: No space left on device; free space" in outcome.stderr
    assert os.listdir(tinyDisk) == ["ballast"]


@pytest.mark.parametrize(("lacks", "status"), [("blocks", 0), ("inodes", 6)])
def test_a_lock_is_held_where_there_is_no_room_for_a_word_and_fails_in_words_where_there_is_none_for_a_file(
    syncOnce: Sync, server: S3Server, tinyDisk: Path, tmp_path: Path, lacks: str, status: int
) -> None:
    if lacks == "inodes":
        subprocess.run(["mount", "-o", "remount,nr_inodes=1", str(tinyDisk)], check=True)
    else:
        (tinyDisk / "ballast").write_bytes(bytes(64 * 1024))
    tinyDisk.chmod(0o700)
    before = os.listdir(tinyDisk)
    source = plantTree(tmp_path / "source", {b"a": b""})
    outcome = syncOnce(source, "s3://bucket/p", environment={"XDG_RUNTIME_DIR": str(tinyDisk)})
    assert (outcome.status, "unexpectedly" in outcome.stderr) == (status, False), outcome
    if status:
        assert outcome.stderr.count("\n") == 1
        assert "cannot be taken: No space left on device; free space and inodes in" in outcome.stderr
    assert os.listdir(tinyDisk) == before


def test_no_room_for_the_links_by_which_files_go_up_is_the_same_failure(
    syncOnce: Sync, server: S3Server, tinyDisk: Path, tmp_path: Path
) -> None:
    subprocess.run(["mount", "-o", "remount,nr_inodes=40", str(tinyDisk)], check=True)
    source = plantTree(tmp_path / "source", dict.fromkeys((b"%d" % number for number in range(60)), b"1"))
    plantObjects(server, dict.fromkeys((b"%d" % number for number in range(60)), b"X"))
    server.addFault(Fault("HeadObject", DENY))
    outcome = syncOnce(source, "s3://bucket", "--repairContent", environment={"TMPDIR": str(tinyDisk)})
    assert outcome.status == 6, outcome
    last = outcome.stderr.splitlines()[-1]
    assert last.startswith(f"Cannot write a temporary file in {tinyDisk}: No space left on device; free space")
    assert (set(stored(server).values()), os.listdir(tinyDisk)) == ({b"X"}, [])


@pytest.mark.parametrize("moment", ["list-objects-v2", "cp"])
def test_a_disk_that_is_unmounted_under_the_run_costs_no_object(
    moment: str, syncOnce: Sync, server: S3Server, anyAws: str, tinyDisk: Path, tmp_path: Path
) -> None:
    (tmp_path / "new").write_text("x")
    plantTree(tinyDisk, {b"a": b"1", b"d/b": b"2"})
    kept = {b"p/tiny/a": b"1", b"p/tiny/d/b": b"2", b"p/gone": b""}
    plantObjects(server, kept)
    script = f'[ "$2" = {moment} ] && umount --lazy "{tinyDisk}" 2>/dev/null'
    commands = awsStandIn(tmp_path.parent / f"{tmp_path.name} commands", Path(anyAws), after=script)
    try:
        outcome = syncOnce(tmp_path, "s3://bucket/p", "--awsSession", "never", awsDirectory=commands)
    finally:
        subprocess.run(["mount", "-t", "tmpfs", "tmpfs", str(tinyDisk)], check=True)  # for the fixture to unmount
    assert outcome.status == (9 if moment == "list-objects-v2" else 6), outcome
    assert f"has lost what was mounted on {tinyDisk}" in outcome.stderr
    assert kept.items() <= stored(server).items()


def test_a_log_whose_directory_goes_away_keeps_the_status_true(
    syncOnce: Sync, server: S3Server, anyAws: str, tmp_path: Path
) -> None:
    logs = tmp_path / "logs"
    logs.mkdir()
    source = plantTree(tmp_path / "source", [b"a"])
    commands = awsStandIn(tmp_path / "commands", Path(anyAws), before=f'rm -rf "{logs}"')
    outcome = syncOnce(source, "s3://bucket", logfile=logs / "cback.log", awsDirectory=commands)
    assert (outcome.status, outcome.stdout, outcome.stderr) == (0, "", "")


def test_no_temporary_file_can_be_read_by_others(syncOnce: Sync, server: S3Server, anyAws: str, tmp_path: Path) -> None:
    source = plantTree(tmp_path / "source", [b"a", b"b"])
    plantObjects(server, {b"gone": b""})
    place, seen = tmp_path / "tmp", tmp_path / "seen"
    place.mkdir()
    commands = awsStandIn(
        tmp_path / "commands", Path(anyAws), before=f'find "{place}" -mindepth 1 -perm /077 ! -type l >> "{seen}"'
    )
    environment = {"TMPDIR": str(place)}
    outcome = syncOnce(source, "s3://bucket", "--method", "direct", awsDirectory=commands, environment=environment)
    assert outcome.status == 0
    assert [line for line in seen.read_text().splitlines() if os.path.dirname(line) == str(place)] == []
    assert os.listdir(place) == []


PHASES = {
    "three listings": (("--listings", "3"), "list-objects-v2", 0),
    "sync": (("--method", "sync"), "sync", 0),
    "upload": (("--method", "direct"), "cp", 0),
    "deletion": (("--method", "direct"), "delete-objects", 0),
    "last listing": (("--method", "direct"), "list-objects-v2", 1),
}


@pytest.mark.parametrize(
    ("phase", "number"),
    [*((phase, "TERM") for phase in PHASES), ("upload", "INT"), ("deletion", "HUP"), ("sync", "HUP")],
)
def test_an_interruption_in_any_phase_leaves_neither_child_nor_lock(
    phase: str, number: str, syncOnce: Sync, server: S3Server, anyAws: str, tmp_path: Path
) -> None:
    switches, subcommand, calls = PHASES[phase]
    source = plantTree(tmp_path / "source", dict.fromkeys((b"%04d" % each for each in range(3000)), b""))
    plantObjects(server, {b"p/%04d" % each: b"" for each in range(10, 3000)} | {b"p/gone": b""})
    locks, pids = tmp_path / "locks", tmp_path / "pids"
    locks.mkdir()
    (tmp_path / "calls").write_text("")
    script = f"""if [ "$2" = {subcommand} ]; then
        echo call >> {tmp_path}/calls
        if [ $(wc -l < {tmp_path}/calls) -gt {calls} ]; then
            echo $$ >> {pids}; (sleep 0.3; kill -{number} $PPID) & exec sleep 60
        fi
    fi"""
    outcome = syncOnce(
        *(*switches, "--awsSession", "never"),
        source,
        "s3://bucket/p",
        awsDirectory=awsStandIn(tmp_path / "commands", Path(anyAws), before=script),
        environment={"XDG_RUNTIME_DIR": str(locks)},
        prefix=["env", "--default-signal"],
    )
    assert outcome.status == 5, outcome
    assert f"SIG{number}" in outcome.log.splitlines()[-1]
    assert [pid for pid in pids.read_text().split() if Path("/proc", pid).exists()] == []
    assert os.listdir(locks) == []
    assert {b"p/%04d" % each for each in range(10, 3000)} <= stored(server).keys()
