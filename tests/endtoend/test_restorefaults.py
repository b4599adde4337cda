"""A restore under faults, interruptions and odd circumstances: a true status, and it goes on from where it was."""

from __future__ import annotations

import json
import logging
import os
import re
import threading
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from CedarBackup3.amazons3.aws.locale import awsLocale
from CedarBackup3.amazons3.aws.settings import AwsSettings
from CedarBackup3.amazons3.model import S3Location
from CedarBackup3.amazons3.progress import SILENT
from CedarBackup3.amazons3.restore import apply as restoration
from CedarBackup3.amazons3.restore import history as past
from CedarBackup3.amazons3.restore import plan
from CedarBackup3.amazons3.restore.report import KeyOutcome, Tally
from CedarBackup3.amazons3.restore.selection import Selection
from CedarBackup3.amazons3.restore.staging import finish, openStaging
from CedarBackup3.amazons3.restore.target import openTarget
from CedarBackup3.cli.findings import Findings
from CedarBackup3.errors import GuardRefused
from CedarBackup3.tools.amazons3restore import compareWithBucket, restoreBucket
from testcase.s3 import DENY, BreakXml, CutBody, Fault, Refuse, S3Server, TruncateListing
from testcase.trees import plantTree

from .harness import Restore, at, awsStandIn, filesIn, moment, put

FILES = {b"%d" % number: b"content %d" % number for number in range(3)}


pytestmark = pytest.mark.versioned


LISTING = "ListObjectVersions"
LISTING_FAULTS = {
    "page 2 refused": ("InternalError", Fault(LISTING, Refuse(500, "InternalError", "no"), skip=1)),
    "page 2 broken": ("list-object-versions|ListObjectVersions", Fault(LISTING, BreakXml(), skip=1)),
    "page 1 said to be the last": ("only up to 0", Fault(LISTING, TruncateListing())),
    "denied": ("compare this user's permissions", Fault(LISTING, DENY)),
}


PLAIN = ("--awsSession", "never")


@pytest.mark.parametrize("name", LISTING_FAULTS)
def test_a_listing_that_is_not_whole_is_a_failure_and_nothing_is_done(
    name: str, restoreOnce: Restore, server: S3Server, tmp_path: Path, way: tuple[str, str]
) -> None:
    word, fault = LISTING_FAULTS[name]
    put(server, FILES, 0)
    server.pageSize = 1
    server.addFault(fault)
    outcome = restoreOnce(*way, "s3://bucket/p", tmp_path / "t")
    assert (outcome.status, bool(re.search(word, outcome.stderr)), outcome.stderr.count("\n")) == (6, True, 1), outcome
    assert "Traceback" not in outcome.stderr + outcome.log
    assert not (tmp_path / "t").exists()


def test_what_fails_is_said_file_by_file_and_the_next_run_fetches_just_that(
    restore: Restore, server: S3Server, tmp_path: Path, way: tuple[str, str]
) -> None:
    objects = {key: b"content of " + key for key in (b"denied", b"cut", b"slow", b"fine")}
    put(server, objects, 0)
    for key, effect in ((b"denied", DENY), (b"cut", CutBody()), (b"slow", Refuse(503, "SlowDown", "slow"))):
        server.addFault(Fault("GetObject", effect, key=b"p/" + key))
    outcome = restore(*way, "s3://bucket/p", tmp_path / "t")
    assert outcome.status == 7, outcome
    assert "Traceback" not in outcome.stderr + outcome.log
    failed = sorted(line.split(" was not restored: ")[0] for line in outcome.stderr.splitlines()[:-1])
    assert failed == [f"Failed: {tmp_path}/t/{key}" for key in ("cut", "denied", "slow")]
    assert "1 restored (15 bytes), 3 failed" in outcome.stderr
    server.clearFaults()
    server.clearRequests()
    outcome = restore(*way, "s3://bucket/p", tmp_path / "t")
    assert (outcome.status, outcome.stderr, filesIn(tmp_path / "t")) == (0, "", objects)
    assert [request.operation for request in server.requests].count("GetObject") == 3


WAYS = pytest.mark.parametrize(
    ("way", "files"),
    [("never", 3), ("never", 9), ("always", 9)],
    indirect=["way"],
    ids=["one by one", "in a batch", "by a session"],
)
"""How files are fetched: a session makes no difference between few and many."""


@WAYS
def test_content_that_is_not_what_was_stored_is_noticed(
    restore: Restore, server: S3Server, tmp_path: Path, way: tuple[str, str], files: int
) -> None:
    put(server, {b"%d" % number: b"content %d" % number for number in range(files)}, 0)
    server.damageObject("bucket", b"p/1")
    outcome = restore(*way, "s3://bucket/p", tmp_path / "t")
    assert outcome.status == 7
    assert "/1 was not restored: its content does not match its ETag" in outcome.stderr
    assert f"{files - 1} restored" in outcome.stderr
    assert not (tmp_path / "t/1").exists()


KMS = {"x-amz-server-side-encryption": "aws:kms"}


@WAYS
def test_where_etags_are_no_digests_the_content_is_said_to_be_unproven(
    restoreOnce: Restore, server: S3Server, tmp_path: Path, way: tuple[str, str], files: int
) -> None:
    for number in range(files):
        server.putObject("bucket", b"p/%d" % number, b"x", at(0), headers=KMS)
    put(server, {b"plain": b"y"}, 0)
    report = tmp_path / "report.json"
    outcome = restoreOnce(*way, "s3://bucket/p", tmp_path / "t", "--verbose", "--report", report)
    assert outcome.status == 0, outcome
    assert f"1 restored (1 byte), {files} files ({files} bytes) unproven" in outcome.stdout
    assert (outcome.stderr.count("\n"), f"content of {files} files ({files} bytes)" in outcome.stderr) == (1, True)
    assert json.loads(report.read_text())["classes"]["unproven"]["count"] == files
    for number in range(files):
        os.utime(tmp_path / "t" / str(number))
    outcome = restoreOnce(*way, "s3://bucket/p", tmp_path / "t", "--verifyOnly", "--verbose")
    assert outcome.status == 0
    assert f"1 alike by size and time (1 byte), {files} files ({files} bytes) unproven" in outcome.stdout


@pytest.mark.parametrize(
    ("way", "isEncrypted"), [("never", False), ("never", True), ("always", True)], indirect=["way"]
)
def test_an_encrypted_object_excuses_no_other(
    restoreOnce: Restore, server: S3Server, tmp_path: Path, way: tuple[str, str], *, isEncrypted: bool
) -> None:
    for number in range(8):
        server.putObject("bucket", b"p/%d" % number, b"x", at(0), headers=KMS if isEncrypted else {})
    put(server, {b"damaged": b"content"}, 0)
    server.damageObject("bucket", b"p/damaged")
    outcome = restoreOnce(*way, "s3://bucket/p", tmp_path / "t")
    assert outcome.status == 7
    assert "/damaged was not restored: its content does not match its ETag" in outcome.stderr
    assert not (tmp_path / "t/damaged").exists()
    fetched = [request.key for request in server.requests if request.operation == "GetObject"]
    assert Counter(fetched)[b"p/damaged"] == 2
    plantTree(tmp_path / "t", {b"damaged": b"CONTENT"} | {b"%d" % number: b"x" for number in range(8)})
    outcome = restoreOnce(*way, "s3://bucket/p", tmp_path / "t", "--verifyOnly", "--exclude", ".cback-restore/*")
    assert (outcome.status, outcome.stderr.count("Different: ")) == (7, 1)


def test_what_was_damaged_on_its_way_is_fetched_again(
    restoreOnce: Restore, server: S3Server, anyAws: str, tmp_path: Path
) -> None:
    put(server, {b"%d" % number: b"content" for number in range(9)}, 0)
    spoil = f"""
        if [ "$2" = sync ]; then
            file=$(find {tmp_path}/t -name 4)
            touch -r "$file" {tmp_path}/time && printf CONTENT > "$file" && touch -r {tmp_path}/time "$file"
        fi"""
    commands = awsStandIn(tmp_path / "commands", Path(anyAws), after=spoil)
    outcome = restoreOnce(*PLAIN, "s3://bucket/p", tmp_path / "t", awsDirectory=commands)
    assert (outcome.status, outcome.stderr) == (0, "")
    assert (tmp_path / "t/4").read_bytes() == b"content"
    assert [request.key for request in server.requests if request.operation == "GetObject"].count(b"p/4") == 2


def test_an_object_that_changes_during_the_run_comes_as_it_was(
    restoreOnce: Restore, server: S3Server, anyAws: str, tmp_path: Path
) -> None:
    objects = {b"%d" % number: b"old" for number in range(9)}
    put(server, objects, 0)
    signal = tmp_path / "signal"
    script = f'[ "$2" = sync ] && {{ touch {signal}; while [ -e {signal} ]; do sleep 0.1; done; }}'
    commands = awsStandIn(tmp_path / "commands", Path(anyAws), before=script)

    def change() -> None:
        while not signal.exists():
            time.sleep(0.05)
        put(server, {b"4": b"new"}, 100)
        server.deleteObject("bucket", b"p/5")
        put(server, {b"../evil": b"x", b"a//b": b"x", b"extra": b"x"}, 100)
        signal.unlink()

    thread = threading.Thread(target=change, daemon=True)
    thread.start()
    outcome = restoreOnce(*PLAIN, "s3://bucket/p", tmp_path / "t", awsDirectory=commands)
    thread.join()
    assert (outcome.status, outcome.stderr, filesIn(tmp_path / "t")) == (0, "", objects)
    assert not (tmp_path / "evil").exists()


def test_an_interrupted_restore_goes_on_and_no_second_one_gets_in(
    restoreOnce: Restore, server: S3Server, anyAws: str, tmp_path: Path
) -> None:
    put(server, FILES, 0)
    put(server, dict.fromkeys(FILES, b"new"), 10)
    pids = tmp_path / "pids"
    script = (
        f'if [ "$2" = get-object ] && [ "$4" = --key=p/2 ]; then echo $$ >> {pids}; '
        f'(sleep 1; kill -TERM $PPID) & exec sleep 60; fi; exec {anyAws}/aws "$@"'
    )
    commands = awsStandIn(tmp_path / "commands", Path(anyAws), before=script)
    words = ("--atTime", moment(5), "s3://bucket/p", tmp_path / "t")
    outcome = restoreOnce(*PLAIN, *words, awsDirectory=commands, prefix=["env", "--default-signal"])
    assert outcome.status == 5, outcome
    assert [pid for pid in pids.read_text().split() if Path("/proc", pid).exists()] == []
    found = filesIn(tmp_path / "t")
    assert b"2" not in found
    server.clearRequests()
    refused = restoreOnce("--atTime", moment(4), "s3://bucket/p", tmp_path / "t")
    assert (refused.status, len(server.requests)) == (9, 0)
    assert restoreOnce(*words).status == 0
    assert filesIn(tmp_path / "t") == FILES
    fetched = [request.key for request in server.requests if request.operation == "GetObject"]
    assert sorted(fetched) == [b"p/" + key for key in FILES if key not in found]


def test_going_on_leaves_alone_what_somebody_has_changed_meanwhile(
    restoreOnce: Restore, server: S3Server, tmp_path: Path
) -> None:
    put(server, {b"a": b"1", b"b": b"2", b"../refused": b"3"}, 0)
    target = tmp_path / "t"
    assert (
        restoreOnce("s3://bucket/p", target).status == 7
    )  # so that it is not complete, and goes on without --overwrite
    (target / "a").write_bytes(b"edited")
    (target / "b").unlink()
    outcome = restoreOnce("s3://bucket/p", target)
    assert outcome.status == 7
    assert (
        f"Different: {target}/a was there already and differs from s3://bucket/p/a; it is left alone" in outcome.stderr
    )
    assert ((target / "a").read_bytes(), (target / "b").read_bytes()) == (b"edited", b"2")
    assert restoreOnce("--overwrite", "s3://bucket/p", target).status == 7
    assert (target / "a").read_bytes() == b"1"


def test_a_batch_that_was_interrupted_is_not_fetched_again(
    restoreOnce: Restore, server: S3Server, anyAws: str, tmp_path: Path
) -> None:
    objects = {b"d%d/%d" % (number, number): b"x" * number for number in range(9)}
    put(server, objects, 0)
    script = '[ "$2" = sync ] && { kill -TERM $PPID; exec sleep 2; }'
    commands = awsStandIn(tmp_path / "commands", Path(anyAws), after=script)
    interrupted = restoreOnce(
        *PLAIN, "s3://bucket/p", tmp_path / "t", awsDirectory=commands, prefix=["env", "--default-signal"]
    )
    assert interrupted.status == 5, interrupted
    server.clearRequests()
    assert restoreOnce(*PLAIN, "s3://bucket/p", tmp_path / "t").status == 0
    assert filesIn(tmp_path / "t") == objects
    assert [request.key for request in server.requests if request.operation == "GetObject"] == []


def test_a_full_disk_is_said_file_by_file(restoreOnce: Restore, server: S3Server, tinyDisk: Path) -> None:
    put(server, {b"small": b"x", b"large": b"y" * 100_000}, 0)
    outcome = restoreOnce("s3://bucket/p", tinyDisk / "t")
    assert outcome.status == 7
    assert "/large was not restored: " in outcome.stderr
    # They arrive side by side, so the small one may have come while the large one filled the disk.
    small = tinyDisk / "t/small"
    assert small.read_bytes() == b"x" if small.exists() else "/small was not restored: " in outcome.stderr
    put(server, {b"large": b"y"}, 1)
    assert restoreOnce("s3://bucket/p", tinyDisk / "t").status == 0


@pytest.mark.parametrize(
    ("unwanted", "size", "isBatch"),
    [(9, 100_000, True), (150, 10, True), (150, 1000, False)],
    ids=["few", "small", "large"],
)
def test_without_sparse_files_nothing_fills_the_disk(
    server: S3Server,
    anyAws: str,
    tinyDisk: Path,
    monkeypatch: pytest.MonkeyPatch,
    unwanted: int,
    size: int,
    *,
    isBatch: bool,
) -> None:
    for name, value in server.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PATH", anyAws, prepend=":")
    wanted = {b"w[%d]" % number: b"x" for number in range(6)}
    put(server, wanted, 0)
    put(server, {b"u[%d]" % number: b"y" * size for number in range(unwanted)}, 10)
    selection = Selection(S3Location("bucket", "p/"), AwsSettings(awsLocale(), sessionWanted="never"), at(5))
    tally, watcher = Tally(Findings()), SILENT
    with (
        openTarget(os.fsencode(tinyDisk / "t")) as target,
        past.openVersions(selection, watcher) as (_, versions),
        past.openSnapshot(selection, versions, tally) as state,
        openStaging(target, "this one") as place,
    ):
        local = plan.targetTree(selection, target.path)
        with plan.planRestore(selection, local, state, tally, watcher, root=place.target, mayReplace=False) as lacking:
            without = replace(place, hasSparseFiles=False)
            restoration.carryOut(selection, local, versions, lacking, without, tally, watcher)
        finish(place, isComplete=True)
    assert filesIn(tinyDisk / "t") == wanted
    asked = Counter(request.operation for request in server.requests)
    assert (asked["GetObject"], asked["ListObjectsV2"]) == (len(wanted), 1 + isBatch)


def test_an_archived_object_that_fails_for_another_reason_is_not_called_archived(
    restoreOnce: Restore, server: S3Server, tmp_path: Path
) -> None:
    put(server, {b"%d" % number: b"x" for number in range(6)}, 0)
    for number in range(3):
        headers = {"x-amz-storage-class": "GLACIER"}
        server.putObject("bucket", b"p/cold%d" % number, b"cold", lastModified=at(0), headers=headers)
    server.addFault(Fault("GetObject", DENY, key=b"p/cold1"))
    outcome = restoreOnce("s3://bucket/p", tmp_path / "t")
    assert (outcome.status, outcome.stderr.count("Archived: ")) == (7, 2)
    assert f"Failed: {tmp_path}/t/cold1 was not restored: " in outcome.stderr


def test_objects_that_were_stored_before_1970_come_back_with_their_time(
    restoreOnce: Restore, server: S3Server, tmp_path: Path
) -> None:
    objects = {b"%d" % number: b"x" for number in range(6)}
    put(server, objects, -2_500_000_000)
    outcome = restoreOnce("s3://bucket/p", tmp_path / "t")
    assert (outcome.status, outcome.stderr, filesIn(tmp_path / "t")) == (0, "", objects)
    assert (tmp_path / "t/0").stat().st_mtime == at(-2_500_000_000).timestamp() < 0


def test_it_gives_up_when_nothing_can_be_fetched(
    restoreOnce: Restore, server: S3Server, anyAws: str, tmp_path: Path
) -> None:
    put(server, {b"%03d" % number: b"x" for number in range(150)}, 0)
    script = (
        '[ "$2" = get-object ] && { echo "An error occurred (AccessDenied)" >&2; exit 254; }; [ "$2" = sync ] && exit 1'
    )
    commands = awsStandIn(tmp_path / "commands", Path(anyAws), before=script)
    outcome = restoreOnce(*PLAIN, "s3://bucket/p", tmp_path / "t", awsDirectory=commands)
    assert (outcome.status, outcome.stderr.count(" was not restored: ")) == (6, 100)
    assert "compare this user's permissions" in outcome.stderr.splitlines()[-1]
    assert restoreOnce("s3://bucket/p", tmp_path / "t").status == 0


@pytest.mark.parametrize("aws", ["missing", "garbage"])
def test_without_a_proper_aws_nothing_is_restored(
    aws: str, restoreOnce: Restore, server: S3Server, tmp_path: Path
) -> None:
    commands = awsStandIn(tmp_path / "commands", before="echo garbage")
    more = {"environment": {"PATH": "/nonexistent"}} if aws == "missing" else {"awsDirectory": commands}
    outcome = restoreOnce("s3://bucket/p", tmp_path / "t", **{"awsDirectory": Path("/nonexistent"), **more})
    assert (outcome.status, outcome.stderr.count("\n"), (tmp_path / "t").exists()) == (6, 1, False)


def test_in_a_latin_1_locale_names_are_written_in_its_encoding(
    restore: Restore, server: S3Server, tmp_path: Path, legacyLocale: dict[str, str]
) -> None:
    objects = {f"d\u00e9j\u00e0/{number}": b"%d" % number for number in range(6)}
    objects |= {"\u65e5\u672c": b"x", "plain": b""}
    put(server, {key.encode(): content for key, content in objects.items()}, 0, "\u00e9t\u00e9/".encode())
    put(server, {"d\u00e9j\u00e0/0".encode(): b"new"}, 10, "\u00e9t\u00e9/".encode())
    words = ("env", "-u", "LC_ALL", *(f"{name}={value}" for name, value in legacyLocale.items()))
    outcome = restore("--atTime", moment(5), b"s3://bucket/\xe9t\xe9", tmp_path / "t", prefix=words)
    assert outcome.status == 7
    assert "cannot be written in the encoding of this locale, iso8859-1" in outcome.stderr
    found = {key: content for key, content in filesIn(tmp_path / "t").items() if not key.startswith(b".")}
    assert found == {key.encode("latin-1"): content for key, content in objects.items() if key != "\u65e5\u672c"}


def test_an_extension_restores_and_compares(
    server: S3Server,
    anyAws: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    for name, value in server.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PATH", anyAws, prepend=":")
    caplog.set_level(logging.INFO)
    put(server, FILES, 0)
    report = restoreBucket("s3://bucket/p", tmp_path / "t", atTime=None)
    assert (report.isClean, report.counts) == (True, {KeyOutcome.RESTORED: 3})
    plantTree(tmp_path / "t", {b"1": b"changed", b"mine": b"x"})
    found = compareWithBucket("s3://bucket/p", tmp_path / "t", exclude=("mine",)).findings
    assert [(each.outcome.value, each.key) for each in found] == [("different", b"1")]
    with pytest.raises(GuardRefused):
        restoreBucket("s3://bucket/p", tmp_path / "t")
    assert capfd.readouterr() == ("", "")  # a library prints nothing
    assert "Restored: s3://bucket/p/ as of now" in caplog.text


LONG = "is fetched by an AWS CLI process of its own, which takes at least "


@pytest.mark.parametrize("older", [99, 100])
def test_a_preview_tells_how_long_many_older_versions_take(
    restoreOnce: Restore, server: S3Server, tmp_path: Path, older: int
) -> None:
    objects = {b"%d" % number: b"then" for number in range(older)}
    put(server, objects, 0)
    put(server, dict.fromkeys(objects, b"now"), 10)
    put(server, {b"stays": b"as it is"}, 0)
    outcome = restoreOnce(*PLAIN, "--dryRun", "--atTime", moment(5), "s3://bucket/p", tmp_path / "t")
    assert (outcome.status, outcome.stderr) == (0, ""), outcome
    assert outcome.log.count(f"Each of 100 files {LONG}") == (older == 100)
    assert outcome.log.count(LONG) == (older == 100)


def test_a_restore_tells_before_it_fetches_how_long_many_older_versions_take(
    restoreOnce: Restore, server: S3Server, tmp_path: Path, anyAws: str
) -> None:
    old = {b"%d" % number: b"then" for number in range(150)}
    current = {b"current %d" % number: b"as it is" for number in range(200)}
    put(server, {**old, **current}, 0)
    put(server, dict.fromkeys(old, b"now"), 10)
    # A real aws would take a minute for what this one refuses at once.
    quick = awsStandIn(tmp_path / "aws", Path(anyAws), before='[ "$2" != get-object ] || exit 1')
    outcome = restoreOnce(*PLAIN, "--atTime", moment(5), "s3://bucket/p", tmp_path / "t", awsDirectory=quick)
    assert outcome.status == 6, outcome
    assert outcome.log.count(f"Each of 150 files {LONG}") == 1
    assert outcome.log.index(LONG) < outcome.log.index("Failed: ")
    assert LONG not in outcome.stdout + outcome.stderr
    assert len(filesIn(tmp_path / "t")) >= len(current)
