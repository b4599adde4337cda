"""The main scenarios against moto, a server written by others, which has its own idea of what S3 does."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from testcase.runner import Outcome, runTool
from testcase.trees import AWKWARD_NAMES, plantTree

from .harness import differencesOf, filesIn

pytest.importorskip("moto.server", reason="no moto")

import boto3
from moto.server import ThreadedMotoServer

MODULE = "CedarBackup3.tools.amazons3sync"
RESTORE = "CedarBackup3.tools.amazons3restore"
MULTIPART = 8 * 1024 * 1024
# moto answers 404 to every key that holds a newline, and takes \r for one.
NAMES = [name for name in AWKWARD_NAMES if not {0x0A, 0x0D} & {*name}]
_numbers = itertools.count()


class Bucket:
    """A bucket of its own on moto."""

    def __init__(self, endpoint: str, awsDirectory: Path) -> None:
        self.name = f"bucket-{next(_numbers)}"
        self._awsDirectory = awsDirectory
        self._environment = {
            "AWS_ENDPOINT_URL": endpoint,
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": "/dev/null",
            "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
            "NO_PROXY": "*",
        }
        self._client = boto3.client(
            "s3",
            endpoint_url=endpoint,
            region_name="us-east-1",
            aws_access_key_id="testing",
            aws_secret_access_key="testing",
        )
        self._client.create_bucket(Bucket=self.name)

    def plant(self, objects: Mapping[bytes, bytes]) -> None:
        for key, body in objects.items():
            self._client.put_object(Bucket=self.name, Key=key.decode(), Body=body)

    def archive(self, key: bytes, body: bytes) -> None:
        """Store an object in an archive."""
        self._client.put_object(Bucket=self.name, Key=key.decode(), Body=body, StorageClass="GLACIER")

    def sync(self, *arguments: str | Path) -> Outcome:
        return runTool(MODULE, arguments, environment=self._environment, awsDirectory=self._awsDirectory)

    def restore(self, *arguments: str | Path) -> Outcome:
        return runTool(RESTORE, arguments, environment=self._environment, awsDirectory=self._awsDirectory)

    def keepVersions(self) -> None:
        configuration = {"Status": "Enabled"}
        self._client.put_bucket_versioning(Bucket=self.name, VersioningConfiguration=configuration)

    def lockVersions(self) -> None:
        """Make it another bucket, which locks each version for a year."""
        self.name += "-locked"
        self._client.create_bucket(Bucket=self.name, ObjectLockEnabledForBucket=True)
        retention = {"DefaultRetention": {"Mode": "COMPLIANCE", "Years": 1}}
        configuration = {"ObjectLockEnabled": "Enabled", "Rule": retention}
        self._client.put_object_lock_configuration(Bucket=self.name, ObjectLockConfiguration=configuration)

    def beginUpload(self, key: str, part: bytes) -> None:
        """An upload that is left with one part, or none; moto dates every upload to 2010, but its parts to now."""
        named = {"Bucket": self.name, "Key": key}
        begun = self._client.create_multipart_upload(**named)["UploadId"]
        if part:
            self._client.upload_part(**named, UploadId=begun, PartNumber=1, Body=part)

    def uploads(self) -> list[str]:
        """The keys of the incomplete uploads."""
        return [each["Key"] for each in self._client.list_multipart_uploads(Bucket=self.name).get("Uploads", ())]

    def versions(self) -> list[tuple[str, bool]]:
        """Key and whether it is a delete marker, of all versions."""
        found = self._client.list_object_versions(Bucket=self.name)
        return sorted(
            (each["Key"], name == "DeleteMarkers")
            for name in ("Versions", "DeleteMarkers")
            for each in found.get(name, ())
        )

    def delete(self, key: bytes) -> None:
        self._client.delete_object(Bucket=self.name, Key=key.decode())

    def facts(self) -> dict[bytes, tuple[int, str, datetime]]:
        """Size, ETag and time of every object, by its key."""
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self.name)
        found = (each for page in pages for each in page.get("Contents", ()))
        return {each["Key"].encode(): (each["Size"], each["ETag"], each["LastModified"]) for each in found}

    def stored(self) -> dict[bytes, bytes]:
        get = self._client.get_object
        return {key: get(Bucket=self.name, Key=key.decode())["Body"].read() for key in self.facts()}


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(endpoint: str, awsDirectory: Path) -> Bucket:
    return Bucket(endpoint, awsDirectory)


@pytest.fixture
def bucketOnce(endpoint: str, anyAws: str) -> Bucket:
    """As `bucket`, with one AWS CLI only."""
    return Bucket(endpoint, Path(anyAws))


def test_a_directory_is_mirrored_below_its_prefix_and_the_rest_stays(bucket: Bucket, tmp_path: Path) -> None:
    files = {b"zero": b"", b"dir/deep/file": b"x", b"my": b"1", b"changed": b"after", b"same": b"same"}
    files |= {name: name for name in NAMES} | {b"big": b"b" * (MULTIPART + 1)}
    source = plantTree(tmp_path / "source", files)
    kept = {b"my": b"own name", b"my.txt": b"1", b"mydata/x": b"2", b"other/my/x": b"3", b"my/folder/": b""}
    bucket.plant(
        kept | {b"my/changed": b"before, and longer", b"my/extra": b"x", b"my/folder/extra": b"x", b"my/same": b"same"}
    )
    url = f"s3://{bucket.name}/my"
    outcome = bucket.sync(source, url)
    assert (outcome.status, outcome.stderr) == (0, "")
    assert bucket.stored() == kept | {b"my/" + path: content for path, content in files.items()}
    before = bucket.facts()
    assert bucket.sync(source, url).status == 0
    assert bucket.facts() == before


def test_every_difference_is_found_and_nothing_changed(bucket: Bucket, tmp_path: Path) -> None:
    source = plantTree(tmp_path / "source", {b"good": b"1", b"missing": b"1", b"size": b"1", b"dir/tab\t": b"1"})
    bucket.plant(
        {b"good": b"1", b"size": b"22", b"extra": b"1", b"plus+%2F": b"1", b"marker/": b"", b"no marker/": b"1"}
    )
    before = bucket.facts()
    outcome = bucket.sync(source, f"s3://{bucket.name}", "--verifyOnly")
    assert outcome.status == 7
    assert differencesOf(outcome, source, f"s3://{bucket.name}/") == [
        *("Missing dir/tab\\t", "Extra extra", "Missing missing", "Extra no marker/", "Extra plus+%2F", "Size size"),
    ]
    assert bucket.facts() == before
    outcome = bucket.sync(source, f"s3://{bucket.name}", "--uploadOnly")
    assert (outcome.status, outcome.stderr) == (0, "")
    assert {*bucket.facts()} == {*before, b"missing", b"dir/tab\t"}


def test_1200_objects_are_uploaded_and_compared(bucketOnce: Bucket, tmp_path: Path) -> None:
    files = {b"%d/%04d" % (number % 3, number): b"x" * (number % 5) for number in range(1200)}
    source = plantTree(tmp_path / "source", files)
    outcome = bucketOnce.sync(source, f"s3://{bucketOnce.name}/p", "--verbose")
    assert (outcome.status, outcome.stderr) == (0, "")
    assert "1,200 files" in outcome.stdout
    found = {key: size for key, (size, _, _) in bucketOnce.facts().items()}
    assert found == {b"p/" + path: len(content) for path, content in files.items()}
    bucketOnce.plant({b"p/2/9999": b"behind all others"})
    outcome = bucketOnce.sync(source, f"s3://{bucketOnce.name}/p", "--verifyOnly")
    assert outcome.status == 7
    assert differencesOf(outcome, source, f"s3://{bucketOnce.name}/p/") == ["Extra 2/9999"]


def test_an_empty_bucket_agrees_with_an_empty_directory_and_a_missing_one_is_a_failure(
    bucket: Bucket, tmp_path: Path
) -> None:
    (tmp_path / "source").mkdir()
    assert bucket.sync(tmp_path / "source", f"s3://{bucket.name}/p", "--verifyOnly").status == 0
    outcome = bucket.sync(tmp_path / "source", f"s3://{bucket.name}-not/p", "--verifyOnly")
    assert outcome.status == 6
    assert "NoSuchBucket" in outcome.stderr


def test_what_stood_there_before_is_restored(bucketOnce: Bucket, tmp_path: Path) -> None:
    # moto writes control characters and markup as they are into a listing of versions, which is no XML then.
    names = [name for name in NAMES if name.decode().isprintable() and b"&" not in name][::3]
    before = {name: name for name in names} | {b"d/changed": b"old", b"gone": b"1", b"again": b"old"}
    bucketOnce.keepVersions()
    bucketOnce.plant({b"p/" + key: content for key, content in before.items()})
    time.sleep(1.1)  # S3 has whole seconds
    then = datetime.now(UTC).isoformat()
    time.sleep(1)
    bucketOnce.delete(b"p/gone")
    bucketOnce.delete(b"p/again")
    bucketOnce.plant({b"p/d/changed": b"new", b"p/again": b"new", b"p/later": b"2"})
    url = f"s3://{bucketOnce.name}/p"
    for switches, target, expected in (
        (("--atTime", then), tmp_path / "then", before),
        ((), tmp_path / "now", {key[2:]: content for key, content in bucketOnce.stored().items()}),
    ):
        outcome = bucketOnce.restore(*switches, url, target)
        assert (outcome.status, outcome.stderr) == (0, "")
        assert filesIn(target) == expected


def test_a_bucket_without_versions_is_restored_as_it_is(bucketOnce: Bucket, tmp_path: Path) -> None:
    bucketOnce.plant({b"p/a": b"1", b"p/b/c": b"2"})
    assert bucketOnce.restore("--atTime", "2026-01-01", f"s3://{bucketOnce.name}/p", tmp_path / "t").status == 9
    outcome = bucketOnce.restore(f"s3://{bucketOnce.name}/p", tmp_path / "t")
    assert (outcome.status, outcome.stderr) == (0, "")
    assert filesIn(tmp_path / "t") == {b"a": b"1", b"b/c": b"2"}


def test_archived_objects_are_asked_for_and_fetched(bucketOnce: Bucket, tmp_path: Path) -> None:
    url = f"s3://{bucketOnce.name}/p"
    bucketOnce.plant({b"p/warm": b"1"})
    bucketOnce.archive(b"p/cold", b"22")
    outcome = bucketOnce.restore(url, tmp_path / "t")
    assert (outcome.status, outcome.stderr.count("Archived: ")) == (7, 1)
    outcome = bucketOnce.restore("--thaw", "2:Bulk", url, tmp_path / "t")  # moto has it back at once
    assert (outcome.status, outcome.stderr) == (0, "")
    assert "1 asked for (2 bytes)" in outcome.stdout
    outcome = bucketOnce.restore(url, tmp_path / "t")
    assert (outcome.status, outcome.stderr) == (0, "")
    assert filesIn(tmp_path / "t") == {b"warm": b"1", b"cold": b"22"}


def test_contents_are_proven_whatever_wrote_the_object(bucketOnce: Bucket, tmp_path: Path) -> None:
    files = {b"small": b"small", b"big": b"b" * (2 * MULTIPART + 1), b"planted": b"planted", b"zero": b""}
    source = plantTree(tmp_path / "source", files)
    bucketOnce.plant({b"planted": b"planted"})
    url = f"s3://{bucketOnce.name}"
    outcome = bucketOnce.sync(source, url, "--checkContent", "--verbose")
    assert (outcome.status, outcome.stderr) == (0, "")
    assert "; content: 4 matched (" in outcome.stdout
    plantTree(source, {b"small": b"Small", b"big": b"b" * MULTIPART + b"B" * (MULTIPART + 1)})
    assert bucketOnce.sync(source, url).status == 0  # sync sees nothing
    outcome = bucketOnce.sync(source, url, "--verifyOnly", "--checkContent")
    assert outcome.status == 7
    assert differencesOf(outcome, source, f"{url}/") == ["Content big", "Content small"]
    assert bucketOnce.sync(source, url, "--repairContent").status == 0
    assert bucketOnce.stored()[b"small"] == b"Small"


def test_a_bucket_that_locks_its_versions_is_mirrored_and_looked_at(bucketOnce: Bucket, tmp_path: Path) -> None:
    bucketOnce.lockVersions()
    source, url = plantTree(tmp_path / "source", {b"a": b"1", b"gone": b"2"}), f"s3://{bucketOnce.name}/p"
    outcome = bucketOnce.sync(source, url, "--requireVersioning")
    assert (outcome.status, outcome.stderr) == (0, "")
    for key, part in (("p/a b+\u00e9", b""), ("p/growing", b"x" * 1000), ("q", b"")):
        bucketOnce.beginUpload(key, part)
    before = bucketOnce.versions()
    page = json.loads(bucketOnce.sync("--checkBucket", "--json", url).stdout)
    levels = {
        each["topic"]: each["level"] for each in page["findings"] if each["topic"] != "mayPut"
    }  # at which moto fails
    assert {topic for topic, level in levels.items() if level == "good"} >= {"versioning", "objectLock", "mayList"}
    assert {topic for topic, level in levels.items() if level == "warning"} >= {
        "incompleteUploads",
        "mayDeleteVersions",
    }
    assert "unknown" not in levels.values()
    assert [(each["key"], each["size"]) for each in page["incompleteUploads"]] == [
        ("p/a b+\u00e9", 0),
        ("p/growing", 1000),
    ]
    assert (bucketOnce.versions(), len(bucketOnce.uploads())) == (before, 3)
    (source / "gone").unlink()
    outcome = bucketOnce.sync(source, url, "--endIncompleteUploads", "3650")
    assert (outcome.status, outcome.stderr, bucketOnce.uploads()) == (0, "", ["p/growing", "q"])
    assert bucketOnce.versions() == [("p/a", False), ("p/gone", False), ("p/gone", True)]
