"""What S3 cannot store of the source: kept in one object after the proof, part of no other comparison, and compared.

What is recorded of which path is a matter of tests/test_attributereading.py.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from CedarBackup3.amazons3.attributes.records import AttributeRecord
from CedarBackup3.amazons3.attributes.storage import readAttributes
from CedarBackup3.amazons3.model import ATTRIBUTES_KEY
from testcase.runner import Outcome, runTool
from testcase.s3 import Fault, Forget, S3Server
from testcase.trees import LONG_AGO, plantTree

from .conftest import PlainUser
from .harness import Sync, awsStandIn, changes, plantObjects, stored

SYNC = "CedarBackup3.tools.amazons3sync"
KEY = ATTRIBUTES_KEY


def recorded(server: S3Server, prefix: bytes = b"") -> dict[bytes, AttributeRecord]:
    """What is recorded, by path."""
    wrong: list[str] = []
    records = list(readAttributes(io.BytesIO(stored(server)[prefix + KEY]), wrong.append).records)
    assert wrong == []
    return {each.path: each for each in records}


def told(outcome: Outcome, url: str) -> list[str]:
    """The lines about attributes, without where they are stored."""
    where = f" in {url}{KEY.decode()}"
    lines = re.findall(r"^Attributes: (.*)$", outcome.stderr, re.MULTILINE)
    assert all(line.endswith(where) for line in lines), lines
    return [line.removesuffix(where) for line in lines]


def test_a_source_whose_disk_is_not_mounted_takes_no_attributes_from_objects_that_stay(
    syncOnce: Sync, server: S3Server, tmp_path: Path
) -> None:
    source = plantTree(tmp_path / "source", {b"d/file": b"1"})
    words = (source, "s3://bucket", "--attributes", "--uploadOnly")
    assert syncOnce(*words).status == 0
    source.rename(tmp_path / "elsewhere")
    source.mkdir()
    refused = syncOnce(*words)
    assert refused.status == 9
    assert "the attributes of all 1 objects in s3://bucket/ would be lost" in refused.stderr
    assert set(recorded(server)) == {b"", b"d", b"d/file"}
    assert syncOnce(*words, "--allowEmptySource").status == 0
    assert set(recorded(server)) == {b""}


def test_where_objects_stay_what_is_recorded_of_them_stays(syncOnce: Sync, server: S3Server, tmp_path: Path) -> None:
    disk = plantTree(tmp_path / "disk", {b"a": b"1", b"d/b": b"2"})
    source = plantTree(tmp_path / "source", {b"cache/a": b"1", b"marked/d/a": b"1", b"x": b"1"})
    (source / "linked").symlink_to(disk)
    assert syncOnce(source, "s3://bucket", "--attributes").status == 0
    before = recorded(server)
    disk.rename(tmp_path / "elsewhere")
    for name in ("new", "marked"):
        (source / name).mkdir(exist_ok=True)
        (source / name / "nobackup").touch()
    (source / "cache/CACHEDIR.TAG").write_bytes(b"Signature: 8a477f597d28d172789f06886806bc55")
    words = (source, "s3://bucket", "--attributes", "--excludeCaches", "--excludeIfPresent", "nobackup")
    assert syncOnce(*words).status == 7
    now = recorded(server)
    stay = (b"linked/a", b"linked/d", b"linked/d/b", b"cache/a", b"marked/d", b"marked/d/a")
    assert {path: now.get(path) for path in stay} == {path: before[path] for path in stay}
    assert told(syncOnce(*words, "--verifyOnly"), "s3://bucket/") == []


def test_the_object_keeps_to_the_bandwidth_too(syncOnce: Sync, server: S3Server, anyAws: str, tmp_path: Path) -> None:
    plantObjects(server, {b"file": b"1"})
    source = plantTree(tmp_path / "source", {b"file": b"1"})
    note = f'[ "$2" != cp ] || grep max_bandwidth "$AWS_CONFIG_FILE" >>{tmp_path}/paces'
    aws = awsStandIn(tmp_path / "bin", Path(anyAws), before=note)
    outcome = syncOnce(source, "s3://bucket", "--attributes", "--bandwidth", "512K", awsDirectory=aws)
    assert (outcome.status, changes(server)) == (0, [("PutObject", KEY)])
    assert (tmp_path / "paces").read_text().split() == ["max_bandwidth", "=", "512KB/s"]


def test_the_object_goes_up_when_attributes_change_and_is_part_of_no_other_comparison(
    syncOnce: Sync, server: S3Server, tmp_path: Path
) -> None:
    source = plantTree(tmp_path / "source", {b"file": b"1", b"d/file": b"22", b"\n": b""})
    (source / "empty").mkdir()
    os.symlink("nowhere", source / "dangling")
    first = syncOnce(source, "s3://bucket/p", "--attributes", "--report", "-")
    assert first.status == 0, first.stderr
    assert set(recorded(server, b"p/")) == {b"", b"\n", b"file", b"d", b"d/file", b"empty", b"dangling"}
    assert json.loads(first.stdout)["classes"]["recorded"]["count"] == 7
    assert "; uploads: 3 matched (3 bytes); attributes of 7 paths\n" in first.log
    assert changes(server)[-1] == ("PutObject", b"p/" + KEY)
    server.clearRequests()

    again = syncOnce(source, "s3://bucket/p", "--attributes")
    assert (again.status, changes(server)) == (0, [])
    assert "The attributes of 7 paths in s3://bucket/p/.cback-attributes.jsonl.gz are up to date" in again.log

    later = datetime.now(UTC) + timedelta(seconds=60)
    server.putObject("bucket", b"p/file", b"1", lastModified=later)  # as after a copy of the bucket
    assert syncOnce(source, "s3://bucket/p", "--attributes").status == 0
    assert changes(server) == [("PutObject", b"p/" + KEY)]
    server.putObject("bucket", b"p/file", b"1")
    server.clearRequests()

    (source / "file").chmod(0o4711)
    os.utime(source / "empty", (LONG_AGO, LONG_AGO))
    (source / "dangling").unlink()
    os.utime(source, (LONG_AGO, LONG_AGO))
    compared = syncOnce(source, "s3://bucket/p", "--verifyOnly", "--attributes", "--report", "-")
    assert compared.status == 7
    lines = told(compared, "s3://bucket/p/")
    assert lines[0].startswith(f"{source}/ has time 2001-09-09T01:46:40.000000000Z (recorded: ")
    assert lines[1] == f"{source}/dangling is not there, but recorded"
    assert lines[2].startswith(f"{source}/empty has time 2001-09-09T01:46:40.000000000Z (recorded: ")
    assert lines[3] == f"{source}/file has mode 4711 (recorded: 0644)"
    classes = json.loads(compared.stdout)["classes"]
    assert classes["attributes"]["count"] == len(lines) == 4
    assert classes["matched"]["count"] == 3
    assert "(4 attributes)" in compared.log
    assert "attributes of" not in compared.log.rpartition("Not verified: ")[2]

    assert syncOnce(source, "s3://bucket/p", "--attributes", "--dryRun").status == 0
    (source / "d/file").unlink()
    assert syncOnce(source, "s3://bucket/p", "--method", "sync", "--maxDelete", "1", "--exclude", "*.gz").status == 0
    assert b"p/d/file" not in stored(server)
    assert b"d/file" in recorded(server, b"p/")
    assert b"p/" + KEY not in {key for _, key in changes(server)}

    server.clearRequests()
    assert syncOnce(source, "s3://bucket/p", "--attributes", "--exclude", "*.gz").status == 0
    assert changes(server) == [("PutObject", b"p/" + KEY)]
    assert recorded(server, b"p/")[b"file"].permissions == 0o4711
    assert syncOnce(source, "s3://bucket/p", "--verifyOnly", "--attributes").status == 0


def test_attributes_that_do_not_arrive_are_a_difference_and_the_files_are_backed_up(
    syncOnce: Sync, server: S3Server, tmp_path: Path
) -> None:
    source = plantTree(tmp_path / "source", [b"a"])
    missing = syncOnce(source, "s3://bucket", "--verifyOnly", "--attributes")
    assert missing.status == 7
    assert f"Attributes: {source}/ has no attributes in s3://bucket/{KEY.decode()}; a run with" in missing.stderr
    server.addFault(Fault("PutObject", Forget(damaged=True), key=KEY))
    outcome = syncOnce(source, "s3://bucket", "--attributes")
    assert outcome.status == 7, outcome.stderr
    assert f"Attributes: {source}/ has attributes that did not arrive" in outcome.stderr
    assert stored(server)[b"a"] == b"a"
    server.clearFaults()
    damaged = syncOnce(source, "s3://bucket", "--verifyOnly", "--attributes")
    assert damaged.status == 7
    assert "The attributes are damaged: the object is not sound gzip" in damaged.stderr
    cache = ("--digestCache", str(tmp_path / "digests"))
    assert syncOnce(source, "s3://bucket", "--attributes", *cache).status == 0
    found = recorded(server)
    assert {path: record.md5 for path, record in found.items()} == {b"": "", b"a": hashlib.md5(b"a").hexdigest()}
    server.clearRequests()
    assert syncOnce(source, "s3://bucket", "--attributes").status == 0  # which knows no digests
    assert changes(server) == []
    assert set(stored(server)) == {KEY, b"a"}


def test_a_file_of_its_name_is_refused_with_the_switch_and_is_a_file_without(
    syncOnce: Sync, server: S3Server, tmp_path: Path
) -> None:
    source = plantTree(tmp_path / "source", {b"a": b"1", KEY: b"mine", b"d/" + KEY: b"mine, too"})
    for switches in ((), ("--verifyOnly",)):
        refused = syncOnce(source, "s3://bucket", "--attributes", *switches)
        assert refused.status == 9
        assert refused.stderr.count(f"{source}/.cback-attributes.jsonl.gz has the name of the object that") == 1
    assert changes(server) == []
    assert syncOnce(source, "s3://bucket", "--method", "sync").status == 0
    assert stored(server) == {b"a": b"1", KEY: b"mine", b"d/" + KEY: b"mine, too"}
    assert syncOnce(source, "s3://bucket", "--attributes", "--exclude", KEY.decode()).status == 0
    assert set(recorded(server)) == {b"", b"a", b"d", b"d/" + KEY}


def test_no_archive_holds_it_since_a_restore_reads_it_first(syncOnce: Sync, server: S3Server, tmp_path: Path) -> None:
    source = plantTree(tmp_path / "source", [b"a"])
    words = (source, "s3://bucket/p", "--attributes", "--sse", "AES256", "--storageClass")
    for number, storageClass in enumerate(["DEEP_ARCHIVE", "GLACIER_IR"]):
        plantTree(source, {b"new%d" % number: b"1"})
        assert syncOnce(*words, storageClass).status == 0
        made = server.objects("bucket")
        assert made[b"p/new%d" % number].storageClass == storageClass
        kept = made[b"p/" + KEY]
        isArchive = storageClass != "GLACIER_IR"
        assert kept.storageClass == ("STANDARD" if isArchive else storageClass)
        assert kept.headers["x-amz-server-side-encryption"] == "AES256"


def test_it_goes_up_as_the_files_do_and_neither_keys_nor_parts_hide_that_it_is_the_same(
    syncOnce: Sync, server: S3Server, tmp_path: Path
) -> None:
    source = plantTree(tmp_path / "source", [b"a"])
    settings = ("--sse", "aws:kms", "--storageClass", "STANDARD_IA")
    first = syncOnce(source, "s3://bucket/p", "--attributes", *settings)
    assert (first.status, first.log.count("; attributes of 2 paths unproven\n")) == (0, 1)
    keyed = server.objects("bucket")[b"p/" + KEY]
    assert (keyed.storageClass, keyed.headers["x-amz-server-side-encryption"]) == ("STANDARD_IA", "aws:kms")
    server.clearRequests()
    again = syncOnce(source, "s3://bucket/p", "--attributes", *settings)
    assert (again.status, again.log.count("; attributes of 2 paths\n"), changes(server)) == (0, 1, [])
    for number in range(3000):
        (source / f"{number}").mkdir()
        try:
            os.setxattr(source / f"{number}", "user.a", os.urandom(3000))
        except OSError:
            pytest.skip("no room for extended attributes here")
    assert syncOnce(source, "s3://bucket/p2", "--attributes").status == 0
    assert len(server.objects("bucket")[b"p2/" + KEY].parts) == 2
    server.clearRequests()
    assert syncOnce(source, "s3://bucket/p2", "--attributes").status == 0
    assert syncOnce(source, "s3://bucket/p2", "--attributes", "--verifyOnly").status == 0
    assert changes(server) == []
    assert set(recorded(server, b"p/")) == {b"", b"a"}


def test_of_an_unreadable_directory_what_was_recorded_earlier_stays(
    server: S3Server, plainUser: PlainUser, anyAws: str
) -> None:
    source = plantTree(plainUser.directory / "source", [b"a", b"closed/b", b"closed/deep/c", b"closed-not", b"secret"])
    for path in (source, *source.rglob("*")):
        plainUser.give(path)

    def run(*switches: str) -> Outcome:
        words = [source, "s3://bucket", "--attributes", *switches]
        where = {"awsDirectory": anyAws, "prefix": plainUser.prefix, "directory": source}
        return runTool(SYNC, words, environment=server.environment(), **where)  # type: ignore[arg-type]

    first = run()
    assert first.status == 0, first.stderr
    before = recorded(server)
    (source / "closed").chmod(0)
    (source / "secret").chmod(0)
    assert run().status == 7
    after = recorded(server)
    assert set(after) == set(before)
    assert (after[b"closed"].permissions, after[b"secret"].permissions) == (0, 0)
    assert after[b"closed/b"] == before[b"closed/b"]
    assert told(run("--verifyOnly"), "s3://bucket/") == []
