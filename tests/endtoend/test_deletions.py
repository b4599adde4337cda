"""Deletions, whatever the server makes of them: those of the plan and no others, and what is left is said."""

from __future__ import annotations

import subprocess
from collections import Counter
from pathlib import Path

import pytest

from testcase.s3 import DENY, Effect, Fault, Refuse, RefuseBatch, Reset, S3Server
from testcase.trees import plantTree

from .harness import Sync, awsStandIn, changes, plantObjects, sideBySide, stored

KEPT = {b"p/disk/%d" % number: b"x" for number in range(6)}
ONCE = {"AWS_MAX_ATTEMPTS": "1"}


def operations(server: S3Server) -> Counter[str]:
    """How many requests of each kind were to change something."""
    return Counter(operation for operation, _ in changes(server))


BATCHES_FAIL: dict[str, Effect] = {
    "an internal error": Refuse(500),
    "slow down": Refuse(503, "SlowDown", "slow"),
    "denied": DENY,
    "no Content-MD5": Refuse(400, "MissingContentMD5", "no"),
    "not implemented": Refuse(501, "NotImplemented", "no"),
    "without a word": Refuse(403, "AccessDenied", ""),
    "no such thing": Refuse(405, "MethodNotAllowed", "no"),
    "hung up": Reset(),
}


@pytest.mark.parametrize(
    ("name", "switches"),
    [*((name, ()) for name in ("denied", "not implemented", "hung up")), ("an internal error", ("--maxDelete", "1"))],
)
def test_a_disk_that_goes_while_the_server_refuses_batches_costs_nothing_that_was_not_planned(
    name: str, switches: tuple[str, ...], syncOnce: Sync, server: S3Server, anyAws: str, tmp_path: Path
) -> None:
    source = plantTree(tmp_path / "source", {b"a": b"1"} | {key[2:]: b"x" for key in KEPT})
    plantObjects(server, KEPT | {b"p/a": b"1", b"p/gone": b""})
    server.addFault(Fault("DeleteObjects", BATCHES_FAIL[name]))
    script = f'[ "$2" = delete-objects ] && [ -e {source}/disk ] && mv "{source}/disk" "{tmp_path}/away"'
    commands = awsStandIn(tmp_path / "commands", Path(anyAws), before=script)
    words = (source, "s3://bucket/p", *switches, "--awsSession", "never")
    outcome = syncOnce(*words, awsDirectory=commands, environment=ONCE, timeout=600)
    assert outcome.status == 7, outcome
    assert stored(server) == KEPT | {b"p/a": b"1"}
    assert "Verified" not in outcome.stdout


def test_where_no_batch_is_taken_each_object_goes_by_itself(syncOnce: Sync, tmp_path: Path) -> None:
    source = plantTree(tmp_path / "source", {b"a": b"1"})

    def mirror(name: str, way: str) -> None:
        with S3Server(buckets=("bucket",)) as server:
            plantObjects(server, {b"p/a": b"1"} | {b"p/gone%d" % number: b"" for number in range(3)})
            server.addFault(Fault("DeleteObjects", BATCHES_FAIL[name]))
            environment = server.environment() | ONCE
            outcome = syncOnce(source, "s3://bucket/p", "--awsSession", way, environment=environment, timeout=600)
            assert outcome.status == 0, (name, way, outcome)
            assert stored(server) == {b"p/a": b"1"}, (name, way)
            assert operations(server)["DeleteObject"] == 3, (name, way)
            assert "deleting objects one by one instead" in outcome.log, (name, way)

    bySession = ("no Content-MD5", "without a word", "hung up")
    sideBySide(mirror, [(name, "never") for name in BATCHES_FAIL] + [(name, "always") for name in bySession])


HARD_KEYS = ["\x01", "a\x1fb", "dir/\x0b", "\ufffe", "x\uffff", "\x08\n"]


def test_keys_that_xml_cannot_hold_go_by_themselves_and_the_rest_in_batches(
    sync: Sync, server: S3Server, tmp_path: Path, way: tuple[str, str]
) -> None:
    source = plantTree(tmp_path / "source", {b"a": b"1"})
    easy = ["\x7f", "\x85", "Icon\r", "\t", "\n", "\u2028", "<&>", *(f"{number:04}" for number in range(1500))]
    for key in (*easy, *HARD_KEYS):
        server.putObject("bucket", b"p/" + key.encode(), b"")
    server.putObject("bucket", b"p/a", b"1")
    server.putObject("bucket", b"p/Icon\n", b"")  # what a careless XML writer makes of Icon\r
    (source / "Icon\n").write_text("")
    server.clearRequests()
    outcome = sync(source, "s3://bucket/p", *way)
    assert outcome.status == 0, outcome
    assert stored(server).keys() == {b"p/a", b"p/Icon\n"}
    done = operations(server)
    assert (done["DeleteObjects"], done["DeleteObject"]) == (2, len(HARD_KEYS))
    assert {key for operation, key in changes(server) if operation == "DeleteObject"} == {
        b"p/" + key.encode() for key in HARD_KEYS
    }
    assert "Traceback" not in outcome.log


def test_what_spoils_a_batch_is_found_and_goes_by_itself(
    syncOnce: Sync, server: S3Server, tmp_path: Path, way: tuple[str, str]
) -> None:
    source = plantTree(tmp_path / "source", {b"a": b"1"})
    plantObjects(server, {b"p/a": b"1"} | {b"p/gone%04d" % number: b"" for number in range(40)})
    for poison in (b"p/gone0000", b"p/gone0025"):
        server.addFault(Fault("DeleteObjects", RefuseBatch(), key=poison))
    outcome = syncOnce(source, "s3://bucket/p", *way, timeout=600)
    assert outcome.status == 0, outcome
    assert stored(server) == {b"p/a": b"1"}
    assert {key for operation, key in changes(server) if operation == "DeleteObject"} == {b"p/gone0000", b"p/gone0025"}
    assert operations(server)["DeleteObjects"] < 30


def test_a_busy_server_is_asked_again(syncOnce: Sync, server: S3Server, tmp_path: Path, way: tuple[str, str]) -> None:
    source = plantTree(tmp_path / "source", {b"a": b"1"})
    plantObjects(server, {b"p/a": b"1"} | {b"p/gone%d" % number: b"" for number in range(5)})
    server.addFault(Fault("DeleteObjects", Refuse(503, "SlowDown", "slow"), times=1))
    server.addFault(Fault("DeleteObjects", Refuse(), key=b"p/gone3", times=1))
    outcome = syncOnce(source, "s3://bucket/p", *way, environment=ONCE, timeout=600)
    assert outcome.status == 0, outcome
    assert stored(server) == {b"p/a": b"1"}
    assert operations(server) == {"DeleteObjects": 3}
    assert "is busy" in outcome.log


@pytest.mark.parametrize(
    ("way", "faults"),
    [
        ("never", [Fault("DeleteObjects", DENY), Fault("DeleteObject", DENY)]),
        ("always", [Fault("DeleteObjects", Refuse()), Fault("DeleteObject", Refuse())]),
        ("always", [Fault("DeleteObjects", Refuse(403, "ExpiredToken", "old"), skip=1), Fault("DeleteObject", DENY)]),
    ],
    ids=["denied", "broken", "denied later"],
)
def test_where_nothing_may_be_deleted_it_is_not_tried_for_ever(
    way: str, faults: list[Fault], syncOnce: Sync, server: S3Server, tmp_path: Path
) -> None:
    source = plantTree(tmp_path / "source", {b"a": b"1"})
    plantObjects(server, {b"p/a": b"1"} | {b"p/gone%04d" % number: b"" for number in range(2000)})
    for fault in faults:
        server.addFault(fault)
    outcome = syncOnce(source, "s3://bucket/p", "--awsSession", way, environment=ONCE, timeout=600)
    assert outcome.status == 7, outcome
    # Four batches and three rounds of 16 objects side by side, each asked for three times where S3 is in trouble.
    assert sum(operations(server).values()) < 3 * (4 + 3 * 16)
    assert len(stored(server)) >= 1001
    assert "Deleting stopped after 3 failures in a row" in outcome.stderr
    assert "AccessDenied" in outcome.stderr or "InternalError" in outcome.stderr


MISHAPS = {
    "emptied": ('rm -rf "$SOURCE"/*', "was emptied"),
    "replaced": (
        'mv "$SOURCE" "$SOURCE.away"; mkdir "$SOURCE"; touch "$SOURCE/a"',
        "is not the directory that was read",
    ),
    "without its file": ('rm -f "$SOURCE/a"; touch "$SOURCE/b"', "does not exist, but --requireFile requires it"),
}


@pytest.mark.parametrize("mishap", MISHAPS)
@pytest.mark.parametrize(("subcommand", "most"), [("delete-objects", 1000), ("delete-object", 16)])
def test_the_source_is_looked_at_before_each_deletion(
    mishap: str, subcommand: str, most: int, syncOnce: Sync, server: S3Server, anyAws: str, tmp_path: Path
) -> None:
    source = plantTree(tmp_path / "source", {b"a": b"1"})
    plantObjects(server, {b"p/a": b"1"} | {b"p/gone%04d" % number: b"" for number in range(1100)})
    if subcommand == "delete-object":
        server.addFault(Fault("DeleteObjects", Refuse(501, "NotImplemented", "no")))
    script, word = MISHAPS[mishap]
    commands = awsStandIn(tmp_path / "commands", Path(anyAws), before=f'[ "$2" = {subcommand} ] && {{ {script}; }}')
    outcome = syncOnce(
        *(source, "s3://bucket/p", "--requireFile", "a", "--awsSession", "never"),  # whose requests no script sees
        awsDirectory=commands,
        environment={"SOURCE": str(source)},
    )
    assert outcome.status == 6, outcome
    assert "Nothing more was deleted, because " in outcome.stderr
    assert word in outcome.stderr
    assert len(stored(server)) >= 1101 - most
    assert b"p/a" in stored(server)


def test_only_the_method_sync_lets_aws_delete_and_then_only_if_something_is_to_go(
    syncOnce: Sync, server: S3Server, anyAws: str, tmp_path: Path
) -> None:
    source = plantTree(tmp_path / "source", {b"a": b"1", b"disk/x": b"2"})
    plantObjects(server, {b"p/disk/x": b"2"})
    script = f'[ "$2" = sync ] && mv "{source}/disk" "{tmp_path}/away"'
    commands = awsStandIn(tmp_path / "commands", Path(anyAws), before=script)
    outcome = syncOnce(source, "s3://bucket/p", "--method", "sync", awsDirectory=commands)
    assert stored(server) == {b"p/a": b"1", b"p/disk/x": b"2"}, outcome


def test_what_the_method_sync_deletes_beside_the_plan_is_said_and_never_a_success(
    sync: Sync, server: S3Server, awsDirectory: Path, tmp_path: Path
) -> None:
    source = plantTree(tmp_path / "source", {b"a": b"1"} | {key[2:]: b"x" for key in KEPT})
    plantObjects(server, KEPT | {b"p/a": b"1", b"p/gone": b""})
    script = f'[ "$2" = sync ] && mv "{source}/disk" "{tmp_path}/away"'
    commands = awsStandIn(tmp_path / "commands", awsDirectory, before=script)
    outcome = sync(source, "s3://bucket/p", "--method", "sync", awsDirectory=commands)
    assert outcome.status == 6, outcome
    assert outcome.stderr.count("Lost: 'aws s3 sync' deleted s3://bucket/p/disk/") == len(KEPT)
    assert "deleted 6 objects in s3://bucket/p/ that the plan did not name" in outcome.stderr
    assert "Verified" not in outcome.stdout


@pytest.mark.parametrize("mishap", ["emptied", "without its file"])
def test_the_guards_are_asked_just_before_the_method_sync(
    mishap: str, syncOnce: Sync, server: S3Server, anyAws: str, tmp_path: Path
) -> None:
    source = plantTree(tmp_path / "source", {b"a": b"1", b"c": b"1"})
    before = {b"p/a": b"1", b"p/c": b"1", b"p/gone": b""}
    plantObjects(server, before)
    script, word = MISHAPS[mishap]
    count = tmp_path / "count"
    second = f'[ "$2" = list-objects-v2 ] && echo >> {count} && [ $(wc -l < {count}) = 2 ] && {{ {script}; }}'
    commands = awsStandIn(tmp_path / "commands", Path(anyAws), after=second)
    outcome = syncOnce(
        *(source, "s3://bucket/p", "--method", "sync", "--requireFile", "a", "--awsSession", "never"),
        awsDirectory=commands,
        environment={"SOURCE": str(source)},
    )
    assert outcome.status == 9, outcome
    assert word in outcome.stderr
    assert stored(server) == before


def test_a_lost_mount_stops_the_deletions_that_a_refused_batch_has_left(
    syncOnce: Sync, server: S3Server, anyAws: str, tinyDisk: Path, tmp_path: Path
) -> None:
    plantTree(tinyDisk, {b"%d" % number: b"x" for number in range(6)})
    source = plantTree(tmp_path / "source", {b"a": b"1"})
    (source / "disk").symlink_to(tinyDisk)
    kept = KEPT | {b"p/a": b"1", b"p/gone": b"", b"p/gone2": b""}
    plantObjects(server, kept)
    server.addFault(Fault("DeleteObjects", Refuse()))
    script = f'[ "$2" = delete-objects ] && umount --lazy "{tinyDisk}" 2>/dev/null'
    commands = awsStandIn(tmp_path / "commands", Path(anyAws), before=script)
    try:
        words = (source, "s3://bucket/p", "--awsSession", "never")
        outcome = syncOnce(*words, awsDirectory=commands, environment=ONCE, timeout=600)
    finally:
        subprocess.run(["mount", "-t", "tmpfs", "tmpfs", str(tinyDisk)], check=True)  # for the fixture to unmount
    assert outcome.status == 6, outcome
    assert f"has lost what was mounted on {tinyDisk}" in outcome.stderr
    assert stored(server) == kept
