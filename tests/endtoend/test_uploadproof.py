"""Every planned step is shown done: a 0 means that the bucket holds what the files do, whatever aws has said."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from testcase.runner import toolCommand, toolEnvironment
from testcase.s3 import DENY, Fault, Forget, Hang, S3Server
from testcase.s3.uploads import multipartEtag
from testcase.trees import LONG_AGO, plantTree

from .harness import Sync, awsStandIn, changes, differencesOf, plantObjects, stored

SYNC = "CedarBackup3.tools.amazons3sync"
MIB = 1 << 20
LARGE = os.urandom(17 * MIB + 3)
KEYED = 'case "$1 $2" in "s3 sync"|"s3 cp") exec {aws} "$@" --sse aws:kms;; esac; exec {aws} "$@"'
"""What a stand-in does to make KMS look like the default of the bucket."""


def uploads(outcome_text: str) -> str:
    """What the summary says of the uploads."""
    return outcome_text.rpartition("; uploads: ")[2].partition("\n")[0]


def replacement(tmp_path: Path, server: S3Server, size: int = 3) -> Path:
    """A source of which one file is to replace an object of its size, and one is new."""
    source = plantTree(tmp_path / "source", {b"same size": b"N" * size, b"settled": b"1"})
    os.utime(source / "same size")
    plantObjects(server, {b"same size": b"o" * size, b"settled": b"1"}, timedelta(hours=1))
    return source


NOTHING = "[toplevel]\ns3 = !true\n"
DRY = "[command s3]\ncp = cp --dryrun\n"


@pytest.mark.parametrize(
    ("alias", "switches"),
    [
        (NOTHING, ()),
        (NOTHING, ("--method", "sync")),
        (NOTHING, ("--noUploadProof",)),
        (DRY, ("--method", "direct")),
    ],
)
def test_an_aws_that_does_nothing_and_ends_with_0_is_never_a_success(
    syncOnce: Sync, server: S3Server, tmp_path: Path, alias: str, switches: tuple[str, ...]
) -> None:
    source = replacement(tmp_path, server)
    (tmp_path / "home/.aws/cli").mkdir(parents=True)
    (tmp_path / "home/.aws/cli/alias").write_text(alias)
    outcome = syncOnce(source, "s3://bucket", *switches, environment={"HOME": str(tmp_path / "home")})
    if stored(server)[b"same size"] == b"NNN":  # version 1 knows no aliases of subcommands
        assert outcome.status == 0, outcome
    else:
        assert outcome.status == 7, outcome
        assert differencesOf(outcome, source, "s3://bucket/") == ["Content same size"]


@pytest.mark.parametrize("switches", [(), ("--method", "direct"), ("--noUploadProof",)])
def test_a_write_that_is_answered_and_not_done_goes_up_once_more_and_then_is_a_difference(
    syncOnce: Sync, server: S3Server, tmp_path: Path, switches: tuple[str, ...]
) -> None:
    source = replacement(tmp_path, server)
    plantTree(source, {b"done later": b"NNN"}, mtime=None)
    plantObjects(server, {b"done later": b"ooo"}, timedelta(hours=1))
    server.addFault(Fault("PutObject", Forget(), key=b"same size"))
    server.addFault(Fault("PutObject", Forget(), key=b"done later", times=1))
    outcome = syncOnce(source, "s3://bucket", "--verbose", *switches)
    assert outcome.status == 7, outcome
    assert outcome.stdout.count("Uploading again: ") == 2
    assert outcome.stdout.count("its object is still the one from before the run") == 2
    assert differencesOf(outcome, source, "s3://bucket/") == ["Content same size"]
    assert len(changes(server)) == 4
    assert stored(server) == {b"same size": b"ooo", b"done later": b"NNN", b"settled": b"1"}


@pytest.mark.parametrize(("method", "times", "status"), [("direct", 1, 0), ("sync", None, 7)])
def test_other_content_than_was_sent_goes_up_once_more_and_then_is_a_difference(
    syncOnce: Sync, server: S3Server, tmp_path: Path, method: str, times: int | None, status: int
) -> None:
    source = plantTree(tmp_path / "source", {b"a": b"1", b"b": b"22", b"dir/c": b"333"})
    server.addFault(Fault("PutObject", Forget(damaged=True), key=b"b", times=times))
    server.addFault(Fault("PutObject", Forget(damaged=True), key=b"dir/c", times=1))
    outcome = syncOnce(source, "s3://bucket", "--verbose", "--method", method)
    assert outcome.status == status, outcome
    assert outcome.stdout.count("Uploading again: ") == 2
    if status:
        assert differencesOf(outcome, source, "s3://bucket/") == ["Content b"]
        assert uploads(outcome.stderr) == "2 matched (4 bytes), 1 differ (2 bytes)"
    else:
        assert (uploads(outcome.stdout), outcome.stderr) == ("3 matched (6 bytes)", "")
        assert stored(server) == {b"a": b"1", b"b": b"22", b"dir/c": b"333"}


def test_uploads_in_parts_of_any_size_are_proven_without_a_question(
    sync: Sync, server: S3Server, tmp_path: Path
) -> None:
    source = plantTree(tmp_path / "source", {b"large": LARGE, b"eight": LARGE[: 8 * MIB], b"small": b"1", b"zero": b""})
    config = tmp_path / "config"
    for number, settings in enumerate(
        ("", "multipart_chunksize = 6291457", "multipart_threshold = 64MB", "multipart_threshold = 5MB")
    ):
        config.write_text(f"[default]\ns3 =\n    {settings}\n" if settings else "")
        environment = {"AWS_CONFIG_FILE": str(config)}
        outcome = sync(source, f"s3://bucket/{number}", "--verbose", environment=environment)
        assert (outcome.status, outcome.stderr) == (0, ""), outcome
        assert uploads(outcome.stdout) == "4 matched (25.0 MiB)"
    assert "HeadObject" not in {request.operation for request in server.requests}


CHANGE = 'printf X | dd of="$SOURCE/{name}" conv=notrunc status=none; touch -d @{date} "$SOURCE/{name}"'


@pytest.mark.parametrize("switches", [(), ("--method", "sync"), ("--noUploadProof",)])
def test_a_file_that_changes_while_it_goes_up_is_changed_and_is_right_in_the_end(
    syncOnce: Sync, server: S3Server, tmp_path: Path, anyAws: str, switches: tuple[str, ...]
) -> None:
    """Its object is newer than the file, so that no later run would see anything."""
    source = plantTree(tmp_path / "source", {b"new": b"1234", b"old": b"1234", b"still": b"1"})
    dates = {"new": time.time(), "old": LONG_AGO}
    change = "; ".join(CHANGE.format(name=name, date=int(date)) for name, date in dates.items())
    once = f'case "$2" in cp|sync) if ! [ -e "$SOURCE/../done" ]; then {change}; touch "$SOURCE/../done"; fi;; esac'
    fickle = awsStandIn(tmp_path / "fickle", Path(anyAws), after=once)
    environment = {"SOURCE": str(source)}
    outcome = syncOnce(source, "s3://bucket", *switches, awsDirectory=fickle, environment=environment)
    assert outcome.status == 7, outcome
    assert differencesOf(outcome, source, "s3://bucket/") == ["Changed new", "Changed old"]
    outcome = syncOnce(source, "s3://bucket")
    assert (outcome.status, stored(server)) == (0, {b"new": b"X234", b"old": b"X234", b"still": b"1"})


def test_a_large_file_whose_beginning_changes_while_its_end_is_sent_is_found(
    syncOnce: Sync, server: S3Server, tmp_path: Path, anyAws: str
) -> None:
    source = plantTree(tmp_path / "source", {b"busy": bytes(7 * MIB)})
    config = tmp_path / "config"
    config.write_text("[default]\ns3 =\n    max_bandwidth = 3MB/s\n")
    change = CHANGE.format(name="busy", date=int(time.time()))
    later = f'case "$2" in cp|sync) (sleep 2; {change}) >/dev/null 2>&1 & ;; esac'
    fickle = awsStandIn(tmp_path / "fickle", Path(anyAws), before=later)
    environment = {"SOURCE": str(source), "AWS_CONFIG_FILE": str(config)}
    outcome = syncOnce(source, "s3://bucket", awsDirectory=fickle, environment=environment)
    assert outcome.status in {0, 7}, outcome
    if outcome.status == 0:
        assert stored(server)[b"busy"] == (source / "busy").read_bytes()
    assert syncOnce(source, "s3://bucket").status == 0
    assert stored(server)[b"busy"] == (source / "busy").read_bytes()


def test_a_change_that_leaves_the_content_alone_is_none(
    syncOnce: Sync, server: S3Server, tmp_path: Path, anyAws: str
) -> None:
    source = plantTree(tmp_path / "source", {b"settled": b"1", b"new": b"2"})
    plantObjects(server, {b"settled": b"1"})
    fickle = awsStandIn(tmp_path / "fickle", Path(anyAws), before='case "$2" in cp|sync) chmod 600 "$SOURCE"/*;; esac')
    environment = {"SOURCE": str(source)}
    outcome = syncOnce(source, "s3://bucket", "--verbose", awsDirectory=fickle, environment=environment)
    assert (outcome.status, outcome.stderr) == (0, "")
    assert uploads(outcome.stdout) == "2 matched (2 bytes)"


@pytest.mark.parametrize("method", ["direct", "sync"])
def test_a_whole_second_settles_nothing(syncOnce: Sync, server: S3Server, tmp_path: Path, method: str) -> None:
    """Times of whole or, on FAT, of even seconds: the change may have come after the upload."""
    moment = int(time.time()) // 2 * 2 - 600
    etag = multipartEtag([LARGE[: 8 * MIB], LARGE[8 * MIB : 16 * MIB], LARGE[16 * MIB :]])
    for age in (0, 1):
        files = {b"changed%d" % age: b"NEW", b"same%d" % age: b"111", b"large%d" % age: LARGE, b"older%d" % age: b"333"}
        source = plantTree(tmp_path / "source", files, moment)
        os.utime(source / f"older{age}", (moment - 5, moment - 5))
        for key, content in (files | {b"changed%d" % age: b"old"}).items():
            then = datetime.fromtimestamp(moment + age, UTC)
            server.putObject("bucket", key, content, lastModified=then, etag=etag if content is LARGE else None)
    outcome = syncOnce(source, "s3://bucket", "--verbose", "--method", method)
    assert (outcome.status, outcome.stderr) == (0, "")
    assert {stored(server)[key] for key in (b"changed0", b"changed1")} == {b"NEW"}
    assert sorted(key for _, key in changes(server)) == [b"changed0", b"changed1"]
    assert "Reading 6 files (" in outcome.stdout
    asked = len(server.requests)
    assert syncOnce(source, "s3://bucket", "--method", method).status == 0
    assert {request.operation for request in server.requests[asked:]} == {"ListObjectsV2"}


@pytest.fixture
def anyDates(tmp_path: Path) -> Iterator[Path]:
    """A directory on a file system that keeps any date."""
    if not Path("/dev/shm").is_dir():
        pytest.skip("no /dev/shm")
    with tempfile.TemporaryDirectory(dir="/dev/shm") as place:
        yield Path(place)


@pytest.mark.parametrize("method", ["direct", "sync"])
def test_a_date_that_no_calendar_has_is_said_and_costs_nothing(
    syncOnce: Sync, server: S3Server, anyDates: Path, method: str
) -> None:
    source = plantTree(anyDates / "source", {b"late": b"1", b"early": b"22", b"usual": b"333"})
    for name, date in ((b"late", 300_000_000_000), (b"early", -70_000_000_000)):
        os.utime(source / name.decode(), (date, date))
        if os.stat(source / name.decode()).st_mtime_ns != date * 1_000_000_000:
            pytest.skip("the file system does not keep such a date")
    for switches in ((), ("--repairContent",), ("--verifyOnly", "--checkContent")):
        outcome = syncOnce(source, "s3://bucket", "--verbose", "--method", method, *switches)
        assert outcome.status == 0, outcome
        if not switches:
            assert f"Date: {source}/late is dated " in outcome.stderr
            assert f"Date: {source}/early is dated " in outcome.stderr
        assert stored(server) == {b"late": b"1", b"early": b"22", b"usual": b"333"}
    for name in (b"late", b"early"):
        server.damageObject("bucket", name)
        server.putObject("bucket", name, b"X" * len(stored(server)[name]))
    assert syncOnce(source, "s3://bucket", "--repairContent").status == 0
    assert stored(server) == {b"late": b"1", b"early": b"22", b"usual": b"333"}


def test_a_server_whose_clock_is_ahead_is_said_with_what_follows(
    syncOnce: Sync, server: S3Server, tmp_path: Path
) -> None:
    source = plantTree(tmp_path / "source", {b"a": b"1", b"b": b"2"})
    server.clockAhead = timedelta(minutes=14)
    outcome = syncOnce(source, "s3://bucket", "--verbose", "--report", str(tmp_path / "report"))
    assert outcome.status == 0, outcome
    assert "The clock of the server of s3://bucket/ is at least " in outcome.stderr
    seconds = int(outcome.stderr.partition("at least ")[2].partition(" s ahead")[0])
    assert 240 < seconds <= 840
    assert json.loads((tmp_path / "report").read_text())["classes"]["clockAhead"]["count"] == 2
    server.clockAhead = timedelta()
    plantTree(source, {b"c": b"3"})
    assert "clock" not in syncOnce(source, "s3://bucket", "--verbose").stderr


@pytest.mark.parametrize("switches", [("--sse", "aws:kms"), ()], ids=["asked for", "by the bucket"])
def test_what_is_encrypted_by_kms_is_counted_as_unproven(
    syncOnce: Sync, server: S3Server, tmp_path: Path, anyAws: str, switches: tuple[str, ...]
) -> None:
    files = {b"f%02d" % number: b"%02d" % number for number in range(12)}
    source = plantTree(tmp_path / "source", files)
    aws = Path(anyAws)
    if not switches:  # as if it were the default of the bucket
        aws = awsStandIn(
            tmp_path / "aws",
            before=KEYED.format(aws=f"{anyAws}/aws"),
        )
    report = tmp_path / "report"
    outcome = syncOnce(source, "s3://bucket", "--verbose", "--report", str(report), *switches, awsDirectory=aws)
    assert (outcome.status, outcome.stderr) == (0, ""), outcome
    assert uploads(outcome.stdout) == "0 matched (0 bytes), 12 files (24 bytes) unproven"
    unproven = json.loads(report.read_text())["classes"]["unproven"]
    assert (unproven["count"], unproven["bytes"], len(unproven["paths"])) == (12, 24, 12)
    heads = [asked for asked in server.requests if asked.operation == "HeadObject"]
    assert len(heads) == 5
    assert len(changes(server)) == 12


@pytest.mark.parametrize(
    ("way", "verdict", "asked"),
    [("auto", "12 matched (24 bytes)", 12), ("never", "0 matched (0 bytes), 12 files (24 bytes) unproven", 0)],
)
def test_uploads_under_kms_are_proven_by_their_checksums_where_one_aws_answers(
    syncOnce: Sync, server: S3Server, tmp_path: Path, way: str, verdict: str, asked: int
) -> None:
    source = plantTree(tmp_path / "source", {b"f%02d" % number: b"%02d" % number for number in range(12)})
    keeping = {"AWS_REQUEST_CHECKSUM_CALCULATION": "when_supported"}
    switches = ("--verbose", "--sse", "aws:kms", "--awsSession", way)
    outcome = syncOnce(source, "s3://bucket", *switches, environment=keeping)
    assert (outcome.status, outcome.stderr) == (0, ""), outcome
    assert uploads(outcome.stdout) == verdict
    assert len([each for each in server.requests if each.operation == "HeadObject"]) == asked


def test_whoever_stores_under_kms_and_may_not_ask_hears_nothing_of_it(
    syncOnce: Sync, server: S3Server, tmp_path: Path
) -> None:
    server.addFault(Fault("HeadObject", DENY))
    source = plantTree(tmp_path / "source", {b"a": b"1", b"b": b"2", b"c": b"3"})
    outcome = syncOnce(source, "s3://bucket", "--verbose", "--sse", "aws:kms")
    assert (outcome.status, outcome.stderr) == (0, ""), outcome
    assert uploads(outcome.stdout) == "0 matched (0 bytes), 3 files (3 bytes) unproven"
    assert [asked for asked in server.requests if asked.operation == "HeadObject"]


def test_where_s3_may_not_be_asked_a_bucket_without_any_match_is_unproven_and_no_alarm(
    syncOnce: Sync, server: S3Server, tmp_path: Path, anyAws: str
) -> None:
    server.addFault(Fault("HeadObject", DENY))
    source = plantTree(tmp_path / "source", {b"a": b"1", b"b": b"2"})
    aws = awsStandIn(tmp_path / "aws", before=KEYED.format(aws=f"{anyAws}/aws"))
    outcome = syncOnce(source, "s3://bucket", "--verbose", awsDirectory=aws)
    assert outcome.status == 0, outcome
    assert uploads(outcome.stdout) == "0 matched (0 bytes), 2 files (2 bytes) unproven"
    plantTree(source, {b"c": b"3", b"d": b"4"})
    server.addFault(Fault("PutObject", Forget(damaged=True), key=b"d"))
    outcome = syncOnce(source, "s3://bucket")
    assert outcome.status == 7, outcome  # one has matched, so that ETags are digests there
    assert differencesOf(outcome, source, "s3://bucket/") == ["Content d"]


def test_an_interruption_ends_the_reading_at_once(server: S3Server, tmp_path: Path, anyAws: str) -> None:
    source = plantTree(tmp_path / "source", {b"a": b"1"})
    with open(source / "huge", "wb") as file:
        file.truncate(1 << 42)  # nobody waits for 4 TiB of zeros
    server.addFault(Fault("*", Hang(), key=re.compile(b".")))
    command = [*toolCommand(SYNC), "--logfile", str(tmp_path / "log"), str(source), "s3://bucket"]
    environment = toolEnvironment(server.environment(), anyAws)
    with subprocess.Popen(["env", "--default-signal", *command], env=environment) as process:
        while not any(asked.key == b"huge" for asked in server.requests):
            assert process.poll() is None
            time.sleep(0.05)
        while _bytesRead(process.pid) < 100 * MIB:
            time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        assert process.wait(240) == 5


def _bytesRead(pid: int) -> int:
    """How much a process has read so far ("rchar" in proc(5), `/proc/PID/io`)."""
    return int(Path(f"/proc/{pid}/io").read_text().split()[1])


def test_content_that_is_checked_is_read_once(syncOnce: Sync, server: S3Server, tmp_path: Path) -> None:
    moment = int(time.time()) - 600
    source = plantTree(tmp_path / "source", {b"new": b"1"})
    plantTree(source, {b"doubtful": b"22"}, moment)
    server.putObject("bucket", b"doubtful", b"22", lastModified=datetime.fromtimestamp(moment, UTC))
    outcome = syncOnce(source, "s3://bucket", "--checkContent", "--verbose")
    assert (outcome.status, outcome.stderr) == (0, "")
    assert "; content: 2 matched (3 bytes)" in outcome.stdout
