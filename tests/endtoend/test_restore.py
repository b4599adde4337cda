"""Restoring: what stood in the bucket at a moment is in the directory, and nothing else is touched."""

from __future__ import annotations

import hashlib
import json
import os
import random
import shlex
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from testcase.runner import toolEnvironment
from testcase.s3 import S3Server, Versioning
from testcase.trees import AWKWARD_NAMES, plantTree

from .harness import START, Restore, at, awsStandIn, filesIn, moment, put

pytestmark = pytest.mark.versioned


@pytest.fixture
def restore(restore: Restore, way: tuple[str, str]) -> Restore:
    """The tool with either way."""
    return lambda *arguments, **more: restore(*way, *arguments, **more)


@pytest.fixture
def restoreOnce(restoreOnce: Restore, way: tuple[str, str]) -> Restore:
    """The same with one AWS CLI only."""
    return lambda *arguments, **more: restoreOnce(*way, *arguments, **more)


def asked(server: S3Server) -> Counter[str]:
    """How often each operation was asked for since the last time."""
    counted = Counter(request.operation for request in server.requests)
    server.clearRequests()
    return counted


# The main line


def test_files_come_back_as_they_are_and_as_they_were(
    restore: Restore, server: S3Server, tmp_path: Path, way: tuple[str, str]
) -> None:
    before = {name: name for name in AWKWARD_NAMES} | {b"dir/deep/file": b"1", b"gone": b"22", b"changed": b"old"}
    put(server, before | {b"folder/": b""}, 0)
    put(server, {b"changed": b"new!", b"later": b"3"}, 10)
    server.deleteObject("bucket", b"p/gone", lastModified=at(10))
    put(server, {b"sibling": b"x"}, 0, b"p")
    after = {key: content for key, content in before.items() if key != b"gone"} | {b"changed": b"new!", b"later": b"3"}

    outcome = restore("s3://bucket/p", tmp_path / "now", "--verbose")
    assert (outcome.status, outcome.stderr) == (0, "")
    assert filesIn(tmp_path / "now") == after
    assert {
        int((tmp_path / "now" / name).stat().st_mtime - START.timestamp())
        for name in ("gone", "changed", "later")
        if (tmp_path / "now" / name).exists()
    } == {10}
    listings = 2 if "never" in way else 1  # a batch lists as well
    assert asked(server) == {"ListObjectVersions": 1, "ListObjectsV2": listings, "GetObject": len(after)}

    outcome = restore("--atTime", moment(9), "s3://bucket/p/", tmp_path / "then", "--verbose")
    assert (outcome.status, outcome.stderr) == (0, "")
    assert filesIn(tmp_path / "then") == before
    assert "as of 2026-01-01 00:00:09 UTC" in outcome.stdout
    assert asked(server)["GetObject"] == len(before)

    outcome = restore("--atTime", moment(9), "--verifyOnly", "s3://bucket/p/", tmp_path / "now")
    assert outcome.status == 7
    assert [line.split(":")[0] for line in outcome.stderr.splitlines()] == [
        *("Different", "Missing", "Extra", "Not verified"),
    ]
    assert restore("--verifyOnly", "s3://bucket/p/", tmp_path / "now").status == 0


def test_a_difference_is_said_in_a_sentence(restoreOnce: Restore, server: S3Server, tmp_path: Path) -> None:
    put(server, {b"content": b"1", b"same": b"2", b"size": b"3"}, 0)
    target = plantTree(tmp_path / "target", {b"content": b"X", b"same": b"2", b"size": b"longer"})
    outcome = restoreOnce("--verifyOnly", "s3://bucket/p", target)
    assert outcome.status == 7
    assert outcome.stderr.splitlines()[:-1] == [
        f"Different: {target}/content differs in content from s3://bucket/p/ as of now",
        f"Different: {target}/size has 6 bytes, but 1 byte in s3://bucket/p/ as of now",
    ]


def test_what_is_right_is_left_alone_and_the_rest_is_replaced(
    restoreOnce: Restore, server: S3Server, tmp_path: Path
) -> None:
    objects = {b"%02d" % number: b"%d" % number for number in range(20)}
    put(server, objects, 0)
    target = plantTree(tmp_path / "target", {b"00": b"0", b"01": b"X", b"02": b"longer", b"mine": b"stays"})
    refused = restoreOnce("s3://bucket/p", target)
    assert (refused.status, asked(server)) == (9, {})
    assert "--overwrite" in refused.stderr
    assert "Time spent" not in refused.log  # none was
    outcome = restoreOnce("--overwrite", "s3://bucket/p", target, "--verbose")
    assert outcome.status == 0, outcome
    assert filesIn(target) == objects | {b"mine": b"stays"}
    assert asked(server)["GetObject"] == 19  # the content of one was right
    assert "19 restored" in outcome.stdout
    assert "1 up to date" in outcome.stdout
    outcome = restoreOnce("--overwrite", "s3://bucket/p", target, "--verbose")
    assert (outcome.status, asked(server)["GetObject"]) == (0, 0)
    assert (
        restoreOnce("--overwrite", "--exclude", "1*", "s3://bucket/p", target, "-x", "mine", "--verifyOnly").status == 0
    )


def test_a_target_that_looks_like_a_switch_is_a_directory_and_a_bucket_is_none(
    restoreOnce: Restore, server: S3Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    objects = {b"%02d" % number: b"%d" % number for number in range(8)}
    put(server, objects, 0)
    stored = set(server.objects("bucket"))
    monkeypatch.chdir(tmp_path)
    outcome = restoreOnce("s3://bucket/p", "s3://bucket/elsewhere")
    assert (outcome.status, set(server.objects("bucket"))) == (2, stored), outcome
    assert not (tmp_path / "s3:").exists()
    for target in ("-x", "./s3://bucket/elsewhere"):
        outcome = restoreOnce("s3://bucket/p", "--", target)
        assert (outcome.status, outcome.stderr, filesIn(tmp_path / target)) == (0, "", objects)
    assert set(server.objects("bucket")) == stored
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    outcome = restoreOnce("s3://bucket/p", "t")
    assert (outcome.status, outcome.stderr.count("\n"), "absolute path" in outcome.stderr) == (2, 1, True), outcome


def test_a_single_key_is_restored_by_its_name(restoreOnce: Restore, server: S3Server, tmp_path: Path) -> None:
    put(server, {b"a/b.txt": b"old", b"a/b.txt2": b"x", b"a/b": b"y"}, 0)
    put(server, {b"a/b.txt": b"new"}, 10)
    assert restoreOnce("s3://bucket/p/a/b.txt", tmp_path / "t", "--atTime", moment(5)).status == 0
    assert filesIn(tmp_path / "t") == {b"b.txt": b"old"}
    nothing = restoreOnce("s3://bucket/p/a/b.txt/", tmp_path / "u")
    assert (nothing.status, (tmp_path / "u").exists()) == (6, False)
    assert "check the URL" in nothing.stderr


def test_a_dry_run_says_what_would_be_restored_and_changes_nothing(
    restoreOnce: Restore, server: S3Server, tmp_path: Path
) -> None:
    put(server, {b"a": b"1", b"b/c": b"22"}, 0)
    outcome = restoreOnce("--dryRun", "s3://bucket/p", tmp_path / "t")
    assert (outcome.status, outcome.stderr, os.listdir(tmp_path)) == (0, "", [])
    assert outcome.stdout.count("Would restore ") == 2
    assert f"Would restore {tmp_path}/t/b/c (2 bytes)" in outcome.stdout
    assert asked(server)["GetObject"] == 0


def test_listings_for_people_and_programs(restoreOnce: Restore, server: S3Server) -> None:
    put(server, {b"a\n\x1b": b"1", b"b": b"22"}, 0)
    put(server, {b"b": b"333"}, 10)
    server.deleteObject("bucket", b"p/b", lastModified=at(20))
    assert restoreOnce("--list", "s3://bucket/p").stdout.split() == [
        *("1", "2026-01-01T00:00:00Z", server.versions("bucket")[b"p/a\n\x1b"][0].versionId, "p/a\\n\\x1b"),
    ]
    lines = restoreOnce("--list", "--json", "--atTime", moment(10), "s3://bucket/p").stdout.splitlines()
    assert [(row["key"], row["size"]) for row in map(json.loads, lines)] == [("p/a\n\x1b", 1), ("p/b", 3)]
    table = [line.split() for line in restoreOnce("--versions=b", "s3://bucket/p").stdout.splitlines()]
    assert [(row[0], row[1][-4:]) for row in table] == [("deleted", ":20Z"), ("3", ":10Z"), ("2", ":00Z")]
    rows = [json.loads(line) for line in restoreOnce("--versions", "--json", "s3://bucket/p").stdout.splitlines()]
    assert [(row["key"], row["isLatest"], row["isDeleteMarker"]) for row in rows] == [
        ("p/a\n\x1b", True, False),
        ("p/b", True, True),
        ("p/b", False, False),
        ("p/b", False, False),
    ]


def test_a_listing_ends_quietly_with_its_reader_and_with_a_sentence_on_a_full_disk(
    server: S3Server, anyAws: str, tmp_path: Path
) -> None:
    put(server, {b"%0250d" % number: b"" for number in range(500)}, 0)
    tool = shlex.join([sys.executable, "-m", "CedarBackup3.tools.amazons3restore", f"--logfile={tmp_path}/log"])
    environment = toolEnvironment(server.environment(), anyAws)

    def ended(script: str) -> tuple[int, str]:
        shell = ["bash", "-c", f"set -o pipefail; {tool} {script}"]
        result = subprocess.run(shell, env=environment, capture_output=True, text=True, check=False)
        return result.returncode, result.stderr

    assert ended("--list s3://bucket/p | head -n 1") == (0, "")
    assert ended("--versions --json s3://bucket/p | head -n 1") == (0, "")
    assert ended("--list --since 2025-12-31 s3://bucket/p | head -n 1") == (0, "")
    for few in ("--list", f"--versions={0:0250}", "--find '*'"):
        status, stderr = ended(f"{few} s3://bucket/p > /dev/full")
        assert (status, stderr.count("\n"), "cannot be written completely" in stderr) == (6, 1, True), stderr


def test_a_restore_costs_one_batch_and_one_aws_for_each_file_that_has_changed_since_or_a_session(
    restoreOnce: Restore, server: S3Server, anyAws: str, tmp_path: Path, way: tuple[str, str]
) -> None:
    objects = {b"d%d/%d" % (number % 3, number): b"%d" % number for number in range(20)}
    put(server, objects, 0)
    put(server, {b"d1/1": b"new", b"d2/2": b"new", b"d9/new": b"new"}, 10)
    commands = awsStandIn(tmp_path / "commands", Path(anyAws), before=f'echo "${{2%%=*}}" >> {tmp_path}/calls')
    outcome = restoreOnce("--atTime", moment(5), "s3://bucket/p", tmp_path / "t", awsDirectory=commands)
    assert (outcome.status, filesIn(tmp_path / "t")) == (0, objects)
    calls = Counter((tmp_path / "calls").read_text().split())
    plain = {"list-object-versions": 1, "list-objects-v2": 1, "sync": 1, "get-object": 2}
    assert calls == (plain if "never" in way else {"--region": 1} if calls["--region"] else {"--endpoint-url": 1})
    assert asked(server)["GetObject"] == len(objects)  # the new ones are not fetched in vain


# What a bucket can hold


def test_a_seeded_history_is_restored_at_every_sampled_moment(
    restoreOnce: Restore, server: S3Server, tmp_path: Path
) -> None:
    chance = random.Random(7)
    keys = [b"k%d" % number for number in range(3)] + [b"d/k%d" % number for number in range(3)] + [b"caf\xc3\xa9"]
    states, now = [], dict[bytes, bytes]()
    for event in range(400):
        second = event // 3  # so that there are several in a second
        key = chance.choice(keys)
        if chance.random() < 0.4:
            server.deleteObject("bucket", b"p/" + key, lastModified=at(second))
            now.pop(key, None)
        else:
            now[key] = b"%d" % event
            put(server, {key: now[key]}, second)
        states.append((second, dict(now)))
    server.pageSize = 7  # in the midst of a key, and pages of markers only
    for second in (3, 60, 131):
        expected = [state for when, state in states if when <= second][-1]
        target = tmp_path / f"at-{second}"
        outcome = restoreOnce("--atTime", moment(second), "s3://bucket/p", target)
        assert (outcome.status, outcome.stderr) == (0, ""), second
        assert filesIn(target) == expected, second


HOSTILE = {
    b"../up": "'..'",
    b"a/../../upper": "'..'",
    b"a/..": "'..'",
    b"./here": "'.'",
    b"/etc/absolute": "absolute",
    b"/../../../out": "absolute",
    b"b//c": "empty name",
    b"nul\0": "NUL",
    b"data/": "ends with a slash",
    b"l" * 256: "255 bytes",
    b"both": "other keys lie below it",
    b".cback-restore/x": "the staging directory",
    b"linked/inside": "is a link",
    b"inplace": "a directory is in its place",
    b"file/below": "is a file",
}
GOOD = {b"good": b"1", b"both/below": b"2", b"z/good": b"3", b"...": b"4", b"-dash": b"5", b"$HOME": b"6"}


def test_hostile_keys_are_said_one_by_one_and_nothing_is_written_outside(
    restore: Restore, server: S3Server, tmp_path: Path, way: tuple[str, str]
) -> None:
    put(server, dict.fromkeys(HOSTILE, b"evil") | GOOD, 0)
    _assertHarmless(restore, tmp_path)
    assert asked(server)["ListObjectsV2"] == (2 if "never" in way else 1)  # they came in a batch, or by a session


def test_hostile_keys_of_older_versions_are_no_better(restoreOnce: Restore, server: S3Server, tmp_path: Path) -> None:
    put(server, dict.fromkeys(HOSTILE, b"evil") | GOOD, 0)
    put(server, dict.fromkeys([*HOSTILE, *GOOD], b"new"), 10)
    _assertHarmless(restoreOnce, tmp_path)


def _assertHarmless(restore: Restore, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    target = plantTree(tmp_path / "target", {b"inplace/x": b"mine", b"file": b"mine"})
    (target / "linked").symlink_to(tmp_path / "outside")
    outcome = restore("--overwrite", "--atTime", moment(5), "s3://bucket/p", target)
    assert outcome.status == 7, outcome
    for key, reason in HOSTILE.items():
        shown = key.decode().replace("\0", "\\x00")
        (line,) = [line for line in outcome.stderr.splitlines() if f"/{shown} " in line]
        assert reason in line
    assert outcome.stderr.count("\n") == len(HOSTILE) + 1
    expected = GOOD | {b"inplace/x": b"mine", b"file": b"mine"}
    assert {key: content for key, content in filesIn(target).items() if b".cback-restore" not in key} == expected
    assert sorted(os.listdir(tmp_path)) == ["outside", "target"]
    assert os.listdir(tmp_path / "outside") == []


def test_keys_that_look_like_addresses_or_switches_are_keys(restore: Restore, server: S3Server, tmp_path: Path) -> None:
    (tmp_path / "name").write_text("other")
    objects = {b"name": b"1", b"-y": b"2", b"--help": b"3", b"file:/x": b"4"}
    put(server, objects, 0, b"file://" + os.fsencode(tmp_path) + b"/")
    put(server, {b"other": b"5"}, 0, b"")
    assert restore(f"s3://bucket/file://{tmp_path}", tmp_path / "t", "--exclude=--help").status == 0
    del objects[b"--help"]
    assert filesIn(tmp_path / "t") == objects


def test_a_bucket_without_versions_is_restored_as_it_is_and_refused_as_it_was(
    restoreOnce: Restore, server: S3Server, tmp_path: Path
) -> None:
    server.setVersioning("bucket", Versioning.NEVER)
    put(server, {b"a": b"1", b"b": b"2"}, 0)
    put(server, {b"c": b"3"}, 8)
    outcome = restoreOnce("--atTime", moment(5), "s3://bucket/p", tmp_path / "t")
    assert (outcome.status, (tmp_path / "t").exists()) == (9, False)
    assert "versioning" in outcome.stderr
    server.deleteObject("bucket", b"p/c")
    assert restoreOnce("s3://bucket/p", tmp_path / "t").status == 0
    assert filesIn(tmp_path / "t") == {b"a": b"1", b"b": b"2"}
    server.setVersioning("bucket", Versioning.ENABLED)
    put(server, {b"a": b"changed"}, 10)
    server.setVersioning("bucket", Versioning.SUSPENDED)
    put(server, {b"b": b"overwritten"}, 20)
    outcome = restoreOnce("--atTime", moment(5), "s3://bucket/p", tmp_path / "u")
    assert outcome.status == 7
    assert "Unknown: s3://bucket/p/b " in outcome.stderr
    assert filesIn(tmp_path / "u")[b"a"] == b"1"
    assert b"b" not in filesIn(tmp_path / "u")


@pytest.mark.parametrize(("way", "isVersionedSince"), [("never", False), ("always", True)], indirect=["way"])
def test_a_moment_from_before_versioning_is_never_restored_in_silence(
    restoreOnce: Restore, server: S3Server, tmp_path: Path, *, isVersionedSince: bool
) -> None:
    server.setVersioning("bucket", Versioning.NEVER)
    put(server, {b"a": b"1", b"b": b"2"}, 0)
    server.deleteObject("bucket", b"p/b")
    if isVersionedSince:
        server.setVersioning("bucket", Versioning.ENABLED)
        put(server, {b"c": b"3"}, 10)
    report = tmp_path / "report.json"
    outcome = restoreOnce("--atTime", moment(5), "s3://bucket/p", tmp_path / "t", "--report", report)
    assert (outcome.status, filesIn(tmp_path / "t")) == (0, {b"a": b"1"})
    assert "files may be missing from s3://bucket/p/ as of 2026-01-01 00:00:05 UTC" in outcome.stderr
    assert outcome.stderr.count("\n") == 1
    assert json.loads(report.read_text())["classes"]["unprovenSnapshot"]["count"] == 1
    for switch in ("--verifyOnly", "--list"):
        target = [] if switch == "--list" else [tmp_path / "t"]
        outcome = restoreOnce("--atTime", moment(5), switch, "s3://bucket/p", *target)
        assert (outcome.status, "files may be missing" in outcome.stderr) == (0, True)
    for more in (["--atTime", moment(10)] * isVersionedSince, []):
        assert restoreOnce(*more, "--list", "s3://bucket/p").stderr.count("missing") == 0
    assert "missing" not in restoreOnce("--atTime", moment(5), "s3://bucket/p/a", tmp_path / "u").stderr


def test_a_listing_as_of_a_time_names_the_time_beside_it(restoreOnce: Restore, server: S3Server) -> None:
    put(server, {b"a": b"1"}, 0)
    outcome = restoreOnce("--list", "--json", "--atTime", moment(5), "s3://bucket/p")
    assert outcome.stderr == "s3://bucket/p/ as of 2026-01-01 00:00:05 UTC\n"
    assert [json.loads(line)["key"] for line in outcome.stdout.splitlines()] == ["p/a"]


def test_a_time_is_refused_that_does_not_exist_and_explained_if_it_came_twice(
    restoreOnce: Restore, server: S3Server, tmp_path: Path
) -> None:
    put(server, {b"a": b"1"}, -10_000_000)
    berlin = ["env", "TZ=CET-1CEST,M3.5.0,M10.5.0/3"]
    outcome = restoreOnce("--atTime", "2026-03-29T02:30", "s3://bucket/p", tmp_path / "t", prefix=berlin)
    assert (outcome.status, outcome.stderr.count("\n"), len(server.requests)) == (2, 1, 0)
    assert "does not exist" in outcome.stderr
    outcome = restoreOnce("--atTime", "2025-10-26T02:30", "s3://bucket/p", tmp_path / "t", prefix=berlin)
    assert (outcome.status, outcome.stderr.count("\n")) == (0, 1)
    assert (
        "the first one, 2025-10-26T02:30:00+02:00, is used; for the second write 2025-10-26T02:30:00+01:00"
        in outcome.stderr
    )


def test_a_file_is_up_to_date_only_if_its_content_is_known(
    restoreOnce: Restore, server: S3Server, tmp_path: Path
) -> None:
    put(server, {b"proven": b"1", b"alike": b"2"}, 0)
    target = plantTree(tmp_path / "target", {b"proven": b"1", b"alike": b"X"})
    os.utime(target / "alike", (START.timestamp(),) * 2)
    outcome = restoreOnce("--verifyOnly", "--verbose", "s3://bucket/p", target)
    assert (outcome.status, outcome.stderr) == (0, "")
    assert ": 1 up to date (1 byte), 1 alike by size and time (1 byte)\n" in outcome.stdout


def inParts(server: S3Server, key: bytes, body: bytes, part: int) -> None:
    """Store an object as an upload in parts does."""
    pieces = [body[start : start + part] for start in range(0, len(body), part)]
    digest = hashlib.md5(b"".join(hashlib.md5(piece).digest() for piece in pieces)).hexdigest()
    etag, sizes = f"{digest}-{len(pieces)}", tuple(map(len, pieces))
    server.putObject("bucket", key, body, at(0), etag=etag, parts=sizes)


MIB = 1 << 20


def test_content_in_parts_is_judged_as_the_sync_tool_judges_it(
    restoreOnce: Restore, server: S3Server, tmp_path: Path
) -> None:
    body = os.urandom(12 * MIB)
    for key, part in ((b"five", 5 * MIB), (b"configured", 7 * MIB), (b"odd", 4_321_000), (b"damaged", 5 * MIB)):
        inParts(server, b"p/" + key, body, part)
    config = tmp_path / "config"
    config.write_text("[default]\ns3 =\n    multipart_chunksize = 7 MB\n")
    environment = {"AWS_CONFIG_FILE": str(config)}
    target = plantTree(tmp_path / "target", dict.fromkeys((b"five", b"configured", b"odd"), body))
    plantTree(target, {b"damaged": body[:-1] + bytes([body[-1] ^ 1])})
    outcome = restoreOnce("--verifyOnly", "s3://bucket/p", target, environment=environment)
    assert outcome.status == 7
    (line,) = outcome.stderr.splitlines()[:-1]
    assert line.startswith(f"Different: {target}/damaged differs ")
    assert "3 up to date (36.0 MiB), 1 different (12.0 MiB)" in outcome.stderr


def test_more_than_a_thousand_versions_with_pages_that_end_inside_a_key(
    restoreOnce: Restore, server: S3Server, tmp_path: Path
) -> None:
    for number in range(1500):
        put(server, {b"a" if number % 3 else b"b": b"%d" % number}, number)
    outcome = restoreOnce("--atTime", moment(700), "s3://bucket/p", tmp_path / "t")
    assert (outcome.status, asked(server)["ListObjectVersions"]) == (0, 2)
    assert filesIn(tmp_path / "t") == {b"a": b"700", b"b": b"699"}


def test_a_version_and_a_marker_of_the_same_second_are_put_in_the_order_of_the_listing(
    restoreOnce: Restore, server: S3Server, tmp_path: Path
) -> None:
    put(server, {b"kept": b"1", b"gone": b"1"}, 0)
    server.deleteObject("bucket", b"p/gone", lastModified=at(0))
    server.deleteObject("bucket", b"p/kept", lastModified=at(0))
    put(server, {b"kept": b"2"}, 0)
    put(server, {b"kept": b"3", b"gone": b"3"}, 10)
    assert restoreOnce("--atTime", moment(5), "s3://bucket/p", tmp_path / "t").status == 0
    assert filesIn(tmp_path / "t") == {b"kept": b"2"}
