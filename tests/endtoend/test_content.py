"""The content is compared with what the objects were made of, whoever made them, and is uploaded again on demand."""

from __future__ import annotations

import base64
import hashlib
import os
import sqlite3
import time
import zlib
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from CedarBackup3.amazons3.content.storedchecksums import Checksum
from CedarBackup3.errors import CedarBackupError
from testcase.s3 import DENY, Fault, S3Server
from testcase.s3.uploads import multipartEtag
from testcase.trees import AWKWARD_NAMES, LONG_AGO, plantTree

from .harness import Sync, awsStandIn, changes, differencesOf, plantObjects, stored

MIB = 1 << 20
ODD = 6 * MIB + 1
LARGE = os.urandom(17 * MIB + 3)


def parted(body: bytes, *sizes: int) -> tuple[bytes, ...]:
    """The body in parts of these sizes, the last of them again and again."""
    parts: list[bytes] = []
    rest = body
    while rest:
        size = sizes[min(len(parts), len(sizes) - 1)]
        parts.append(rest[:size])
        rest = rest[size:]
    return tuple(parts)


def flip(path: Path | bytes) -> None:
    """Change one bit of a file and none of its times but the one that cannot be set."""
    before = os.stat(path)
    with open(path, "r+b") as file:
        file.seek(before.st_size // 2)
        byte = file.read(1)
        file.seek(-1, os.SEEK_CUR)
        file.write(bytes([byte[0] ^ 1]))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def awsConfiguration(path: Path, chunkSize: str) -> dict[str, str]:
    path.write_text(f"[default]\ns3 =\n    multipart_chunksize = {chunkSize}\n")
    return {"AWS_CONFIG_FILE": str(path)}


def unknownOf(outcome_stderr: str) -> list[str]:
    """The files of which nothing was proven."""
    lines = [line for line in outcome_stderr.splitlines() if line.startswith("Unproven: ")]
    return [line.partition("the object of ")[2].partition(" (")[0].rpartition("/")[2] for line in lines]


def test_what_aws_stores_with_any_part_size_is_proven_and_a_flipped_bit_is_found(
    sync: Sync, server: S3Server, tmp_path: Path
) -> None:
    files = {name: name for name in AWKWARD_NAMES} | {b"large": LARGE, b"dir/eight": LARGE[: 8 * MIB], b"zero": b""}
    source = plantTree(tmp_path / "source", files)
    odd = awsConfiguration(tmp_path / "config", str(ODD))
    for url, environment in (("s3://bucket/usual", {}), ("s3://bucket/odd", odd)):
        outcome = sync(source, url, "--checkContent", "--verbose", environment=environment)
        assert outcome.status == 0, outcome
        assert f"; content: {len(files)} matched (25.0 MiB)" in outcome.stdout
        assert "content" in outcome.stdout.splitlines()[-1]  # the time that it took
    etags = {key: found.etag for key, found in server.objects("bucket").items()}
    assert etags[b"usual/large"] != etags[b"odd/large"]
    asked = len(server.requests)
    outcome = sync(source, "s3://bucket/odd", "--verifyOnly", "--checkContent", "--verbose")
    assert outcome.status == 0, outcome  # by somebody whose aws would take other parts: S3 is asked for theirs
    assert f"; content: {len(files)} matched (25.0 MiB)" in outcome.stdout
    assert {request.operation for request in server.requests[asked:]} == {"ListObjectsV2", "HeadObject"}
    names = [b"large", b"dir/eight", b"new\nline"]
    for name in names:
        flip(os.path.join(os.fsencode(source), name))
    assert sync(source, "s3://bucket/usual", "--verifyOnly").status == 0  # by names and sizes all is well
    outcome = sync(source, "s3://bucket/usual", "--verifyOnly", "--checkContent")
    assert outcome.status == 7
    assert differencesOf(outcome, source, "s3://bucket/usual/") == [
        *("Content dir/eight", "Content large", "Content new\\nline"),
    ]


def test_other_content_in_the_bucket_is_found_and_repaired_and_proven(
    syncOnce: Sync, server: S3Server, tmp_path: Path
) -> None:
    names = [*AWKWARD_NAMES, b"large"]
    files = dict.fromkeys(names, b"of the file") | {b"large": LARGE, b"good": b"good"}
    source = plantTree(tmp_path / "source", files)
    plantObjects(server, {b"p/" + name: b"of a thief!" for name in AWKWARD_NAMES} | {b"p/good": b"good"})
    other = LARGE[:-1] + b"!"
    server.putObject("bucket", b"p/large", other, etag=multipartEtag([*parted(other, 8 * MIB)]), parts=(8 * MIB,) * 3)
    server.addFault(Fault("HeadObject", DENY))  # this user may not ask
    outcome = syncOnce(source, "s3://bucket/p", "--checkContent", "--verbose")
    assert outcome.status == 7
    assert not changes(server)
    assert "contents are judged by ETag alone" in outcome.stderr
    assert f"; content: 1 matched (4 bytes), {len(names)} differ (" in outcome.stderr
    outcome = syncOnce(source, "s3://bucket/p", "--repairContent", "--verbose")
    assert outcome.status == 0, outcome
    assert stored(server) == {b"p/" + name: body for name, body in files.items()}
    assert outcome.stdout.count("Uploading again: ") == len(names)
    assert "it was skipped, because it has the size of its object" in outcome.stdout
    assert f"Verified: {len(files)} files" in outcome.stdout
    assert f"; content: {len(files)} matched (" in outcome.stdout
    asked = len(server.requests)
    assert syncOnce(source, "s3://bucket/p", "--repairContent").status == 0
    assert {request.operation for request in server.requests[asked:]} == {"ListObjectsV2"}


def test_a_repair_that_does_not_arrive_is_never_called_one(syncOnce: Sync, server: S3Server, tmp_path: Path) -> None:
    source = plantTree(tmp_path / "source", {b"a": b"1", b"b": b"2", b"c": b"3"})
    plantObjects(server, {b"a": b"X", b"b": b"2", b"c": b"X"})
    server.addFault(Fault("PutObject", DENY, key=b"c"))
    outcome = syncOnce(source, "s3://bucket", "--repairContent")
    assert outcome.status == 7
    assert outcome.stderr.splitlines()[-1].startswith("Not verified: 1 difference ")
    assert "; content: 2 matched (2 bytes), 1 differ (1 byte)" in outcome.stderr.splitlines()[-1]
    assert stored(server) == {b"a": b"1", b"b": b"2", b"c": b"X"}


def test_a_file_that_takes_a_place_during_the_repair_is_compared_like_any_other(
    syncOnce: Sync, server: S3Server, tmp_path: Path, anyAws: str
) -> None:
    """It has the size of its object and an old date, as `mv` brings it: names and sizes know of no difference."""
    source = plantTree(tmp_path / "source", {b"a": b"1", b"b": b"2", b"kms": b"5", b"still": b"3"})
    moved = plantTree(tmp_path / "moved", {b"b": b"Z", b"late": b"Z"}, LONG_AGO + 1)
    plantObjects(server, {b"a": b"X", b"b": b"2", b"late": b"4", b"still": b"3"})
    server.putObject("bucket", b"kms", b"5", headers=KMS)
    repairing = awsStandIn(tmp_path / "aws", Path(anyAws), before='case "$2" in cp) mv "$MOVED"/* "$SOURCE";; esac')
    outcome = syncOnce(
        source,
        "s3://bucket",
        *("--uploadOnly", "--repairContent"),
        awsDirectory=repairing,
        environment={"SOURCE": str(source), "MOVED": str(moved)},
    )
    assert outcome.status == 7, outcome
    assert outcome.stderr.splitlines()[-1].startswith("Not verified: 2 differences ")
    assert (
        "; content: 2 matched (2 bytes), 2 changed (2 bytes), 1 file (1 byte) unproven"
        in outcome.stderr.splitlines()[-1]
    )
    asked = [request.key for request in server.requests if request.operation == "HeadObject"]
    assert sorted(asked) == [b"a", b"kms"]  # not for what has changed, nor again for what was settled


def test_a_failure_of_aws_is_forgiven_where_the_contents_prove_that_all_has_arrived(
    syncOnce: Sync, server: S3Server, tmp_path: Path
) -> None:
    source = plantTree(tmp_path / "source", {b"a": b"1"}, mtime=None)
    plantObjects(server, {b"a": b"X"}, timedelta(days=1))
    server.addFault(Fault("PutObject", DENY, times=1))
    outcome = syncOnce(source, "s3://bucket", "--repairContent")
    assert outcome.status == 0, outcome
    assert stored(server) == {b"a": b"1"}


def b64(digest: bytes) -> str:
    return base64.b64encode(digest).decode()


def composite(name: str, body: bytes, part: int) -> dict[str, str]:
    digests = b"".join(hashlib.new(name, piece).digest() for piece in parted(body, part))
    return {name: f"{b64(hashlib.new(name, digests).digest())}-{-(-len(body) // part)}"}


def crc64nvme(body: bytes) -> dict[str, str]:
    hasher = Checksum("CRC64NVME", b"", 0).make()
    hasher.update(body)
    return {"crc64nvme": b64(hasher.digest())}


KMS = {"x-amz-server-side-encryption": "aws:kms"}
CUSTOMER = {"x-amz-server-side-encryption-customer-algorithm": "AES256"}
S3_KEYS = {"x-amz-server-side-encryption": "AES256"}

# name: headers, parts, checksums, and what is to be said of the object as it is and of one with other content
ENCRYPTED: dict[bytes, tuple[Mapping[str, str], int, Callable[[bytes], dict[str, str]], str, str]] = {
    b"s3's own keys": (S3_KEYS, 0, lambda body: {}, "matched", "differs"),
    b"kms": (KMS, 0, lambda body: {}, "unknown", "unknown"),
    b"kms, crc32": (KMS, 0, lambda body: {"crc32": b64(zlib.crc32(body).to_bytes(4, "big"))}, "matched", "differs"),
    b"kms, sha256": (KMS, 0, lambda body: {"sha256": b64(hashlib.sha256(body).digest())}, "matched", "differs"),
    b"kms, crc64nvme": (KMS, 0, crc64nvme, "matched", "differs"),
    b"kms, parts, sha1": (KMS, ODD, lambda body: composite("sha1", body, ODD), "matched", "differs"),
    b"kms, parts, crc64nvme": (KMS, ODD, crc64nvme, "matched", "differs"),
    b"customer's key": (CUSTOMER, 0, lambda body: {}, "unknown", "unknown"),
}


@pytest.mark.parametrize("isDamaged", [False, True], ids=["as it is", "with other content"])
def test_of_encrypted_objects_only_what_is_proven_is_said(
    syncOnce: Sync, server: S3Server, tmp_path: Path, way: tuple[str, str], isDamaged: bool
) -> None:
    expected = {}
    source = plantTree(tmp_path / "source", {})
    for name, (headers, part, checksums, verdict, otherVerdict) in ENCRYPTED.items():
        body = LARGE if part else name * 100
        plantTree(source, {name: body[:-1] + b"!" if isDamaged else body})
        parts = tuple(map(len, parted(body, part))) if part else ()
        etag = multipartEtag([*parted(body, part)]) if part else None
        server.putObject("bucket", name, body, headers=headers, checksums=checksums(body), etag=etag, parts=parts)
        expected[name.decode()] = otherVerdict if isDamaged else verdict
    outcome = syncOnce(source, "s3://bucket", "--verifyOnly", "--checkContent", "--verbose", *way)
    assert outcome.status == (7 if isDamaged else 0), outcome
    assert unknownOf(outcome.stderr) == sorted(name for name, verdict in expected.items() if verdict == "unknown")
    assert outcome.stderr.count("a customer's key, which --sseCustomerKeyFile has to name") == 1
    lines = [line for line in outcome.stderr.splitlines() if line.startswith("Content: ")]
    found = [line.partition(" (")[0].rpartition("/")[2] for line in lines]
    assert found == sorted(name for name, verdict in expected.items() if verdict == "differs")
    matched = sum(verdict == "matched" for verdict in expected.values())
    assert f"; content: {matched} matched (" in outcome.stdout + outcome.stderr
    assert ", 2 files (" in outcome.stdout + outcome.stderr


def test_with_one_aws_that_answers_every_doubtful_object_is_asked_for(
    sync: Sync, server: S3Server, tmp_path: Path
) -> None:
    files = {b"p/%03d" % number: os.urandom(number) for number in range(1, 251)}
    source = plantTree(tmp_path / "source", files)
    for key, body in files.items():
        stored = body[:-1] + b"!" if key == b"p/200" else body
        server.putObject("bucket", key, stored, headers=KMS, checksums={"sha256": b64(hashlib.sha256(stored).digest())})
    server.putObject("bucket", b"p/250", files[b"p/250"], headers=KMS)
    server.putObject("bucket", b"p/249", files[b"p/249"], headers=KMS, checksums=crc64nvme(files[b"p/249"]))
    server.clearRequests()
    outcome = sync(source, "s3://bucket", "--verifyOnly", "--checkContent", "--verbose", timeout=600)
    assert outcome.status == 7, outcome
    assert "; content: 248 matched (" in outcome.stderr
    assert ", 1 differ (200 bytes), 1 file (250 bytes) unproven" in outcome.stderr
    assert [line.partition(" (")[0] for line in outcome.stderr.splitlines() if line.startswith("Content: ")] == [
        f"Content: {source}/p/200"
    ]
    assert unknownOf(outcome.stderr) == ["250"]
    asked = [request.key for request in server.requests if request.operation == "HeadObject"]
    assert sorted(asked) == sorted(files)


def test_a_server_that_refuses_to_be_asked_for_checksums_does_not_pass_for_one_that_wants_a_key(
    syncOnce: Sync, server: S3Server, tmp_path: Path, anyAws: str
) -> None:
    """It answers 400 as well, but not to a question without checksums: nothing excuses the mismatch."""
    source = plantTree(tmp_path / "source", {b"a": b"1"})
    plantObjects(server, {b"a": b"X"})
    said = "An error occurred (400) when calling the HeadObject operation: Bad Request"
    refusing = f'case "$*" in *ChecksumMode*) echo "{said}" >&2; exit 254;; esac'
    aws = awsStandIn(tmp_path / "aws", Path(anyAws), before=refusing)
    words = (source, "s3://bucket", "--verifyOnly", "--checkContent", "--verbose", "--awsSession", "never")
    outcome = syncOnce(*words, awsDirectory=aws)
    assert outcome.status == 7, outcome
    assert "contents are judged by ETag alone" in outcome.stderr
    assert "; content: 0 matched (0 bytes), 1 differ (1 byte)" in outcome.stderr


def test_parts_of_different_sizes_and_etags_that_are_none_are_unknown_and_never_matched(
    syncOnce: Sync, server: S3Server, tmp_path: Path, way: tuple[str, str]
) -> None:
    boto3 = pytest.importorskip("boto3")
    source = plantTree(tmp_path / "source", {b"unequal": LARGE, b"odd": b"1", b"none": b"1"})
    keys = {"aws_access_key_id": "any", "aws_secret_access_key": "any", "region_name": "us-east-1"}
    client = boto3.client("s3", endpoint_url=server.endpointUrl, **keys)
    upload = client.create_multipart_upload(Bucket="bucket", Key="unequal")["UploadId"]
    parts = []
    for number, body in enumerate(parted(LARGE, 6 * MIB, 5 * MIB, 6 * MIB + 3), 1):
        part = client.upload_part(Bucket="bucket", Key="unequal", UploadId=upload, PartNumber=number, Body=body)
        parts.append({"PartNumber": number, "ETag": part["ETag"]})
    client.complete_multipart_upload(Bucket="bucket", Key="unequal", UploadId=upload, MultipartUpload={"Parts": parts})
    server.putObject("bucket", b"odd", b"1", etag="0x8DB1A2B3C4D5E6F")
    server.putObject("bucket", b"none", b"1", etag="-")
    outcome = syncOnce(source, "s3://bucket", "--verifyOnly", "--checkContent", "--verbose", *way)
    assert outcome.status == 0, outcome
    assert unknownOf(outcome.stderr) == ["none", "odd", "unequal"]
    assert "its parts have different sizes" in outcome.stderr
    assert "; content: 0 matched (0 bytes), 3 files (17.0 MiB) unproven" in outcome.stdout


@pytest.mark.parametrize(
    ("operations", "spelling", "status", "verdict"),
    [
        ("head-object", "", 7, "1 differ (1 byte)"),
        ("list-objects-v2|head-object", "null", 0, "1 file (1 byte) unproven"),
    ],
    ids=["without quotation marks in one answer", "not at all"],
)
def test_an_etag_that_a_server_spells_in_two_ways_or_has_not_makes_no_other_object(
    syncOnce: Sync,
    server: S3Server,
    tmp_path: Path,
    anyAws: str,
    operations: str,
    spelling: str,
    status: int,
    verdict: str,
) -> None:
    source = plantTree(tmp_path / "source", {b"a": b"1"})
    plantObjects(server, {b"a": b"X"})
    pattern = r's/"\\"[0-9a-f]*\\""/null/g' if spelling else r's/\\"//g'
    script = f'case "$2" in {operations}) "{anyAws}/aws" "$@" | sed \'{pattern}\'; exit;; esac'
    aws = awsStandIn(tmp_path / "aws", Path(anyAws), before=script)
    words = (source, "s3://bucket", "--verifyOnly", "--checkContent", "--verbose", "--awsSession", "never")
    outcome = syncOnce(*words, awsDirectory=aws)
    assert outcome.status == status, outcome
    assert f"; content: 0 matched (0 bytes), {verdict}" in outcome.stdout + outcome.stderr


def test_of_ten_thousand_files_every_flipped_one_is_found_and_no_other(
    syncOnce: Sync, server: S3Server, tmp_path: Path
) -> None:
    files = {b"d%02d/f%04d" % (number % 83, number): os.urandom(number % 200) for number in range(10_000)}
    source = plantTree(tmp_path / "source", files)
    plantObjects(server, files)
    flipped = [path for number, path in enumerate(sorted(files)) if files[path] and number % 91 == 0]
    for path in flipped:
        flip(os.path.join(os.fsencode(source), path))
    server.addFault(Fault("HeadObject", DENY))
    outcome = syncOnce(source, "s3://bucket", "--verifyOnly", "--checkContent")
    assert outcome.status == 7
    assert differencesOf(outcome, source, "s3://bucket/") == [f"Content {path.decode()}" for path in flipped]


def test_a_file_that_changes_between_the_walk_and_its_reading_is_changed(
    syncOnce: Sync, server: S3Server, tmp_path: Path, anyAws: str
) -> None:
    source = plantTree(tmp_path / "source", {b"busy": b"1", b"large": LARGE, b"still": b"1"})
    assert syncOnce(source, "s3://bucket").status == 0
    # Where the credentials have such settings, aws is asked for the user's part size: when names have been compared,
    # and before anything is read.
    credentials = tmp_path / "credentials"
    credentials.write_text("[default]\ns3 =\n  multipart_chunksize = 8MB\n")
    fickle = awsStandIn(tmp_path / "fickle", Path(anyAws), before='case "$2" in get) printf 2 > "$SOURCE/busy";; esac')
    outcome = syncOnce(
        source,
        "s3://bucket",
        *("--verifyOnly", "--checkContent"),
        awsDirectory=fickle,
        environment={"SOURCE": str(source), "AWS_SHARED_CREDENTIALS_FILE": str(credentials)},
    )
    assert outcome.status == 7
    assert differencesOf(outcome, source, "s3://bucket/") == ["Changed busy"]
    assert "; content: 2 matched (17.0 MiB), 1 changed (1 byte)" in outcome.stderr


def test_a_nightly_run_with_a_cache_keeps_digests_and_a_broken_cache_changes_nothing(
    syncOnce: Sync, server: S3Server, tmp_path: Path
) -> None:
    source = plantTree(tmp_path / "source", {b"a": b"1", b"dir/b": b"22"})
    newest = max((source / path).stat().st_ctime_ns for path in ("a", "dir/b"))
    while time.time_ns() < newest + 2_100_000_000:  # nothing is kept of what changed within two seconds
        time.sleep(0.1)
    cache = tmp_path / "cache"
    assert syncOnce(source, "s3://bucket", "--digestCache", str(cache)).status == 0
    outcome = syncOnce(source, "s3://bucket", "--digestCache", str(cache), "--verbose")
    assert outcome.status == 0
    assert "; content: 2 matched (3 bytes)" in outcome.stdout
    with sqlite3.connect(cache) as database:
        rows = database.execute("SELECT path, digest FROM digest ORDER BY path").fetchall()
    files = {source / "a": b"1", source / "dir/b": b"22"}
    assert rows == [(os.fsencode(path), hashlib.md5(body).digest()) for path, body in files.items()]
    cache.write_bytes(b"not what it was" * 1000)
    (source / "new").write_bytes(b"1")
    before = len(server.requests)
    outcome = syncOnce(source, "s3://bucket", "--digestCache", str(cache))
    assert (outcome.status, len(server.requests)) == (6, before)
    assert "remove it, or name another file with --digestCache; nothing was changed" in outcome.stderr


@pytest.mark.parametrize(
    "switches",
    [("--dryRun", "--checkContent"), ("--verifyOnly", "--repairContent"), ("--dryRun", "--digestCache", "x")],
    ids=" ".join,
)
def test_switches_that_contradict_each_other_are_refused(
    syncOnce: Sync, server: S3Server, tmp_path: Path, switches: tuple[str, ...]
) -> None:
    outcome = syncOnce(tmp_path, "s3://bucket", *switches)
    assert outcome.status == 2
    assert not server.requests


def test_a_library_call_compares_contents_on_demand(
    server: S3Server, tmp_path: Path, anyAws: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from CedarBackup3.amazons3.model import Kind
    from CedarBackup3.tools.amazons3sync import verifyBucketContents

    for name, value in server.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PATH", anyAws, prepend=":")
    source = plantTree(tmp_path / "source", {b"a": b"1", b"b": b"2"})
    plantObjects(server, {b"a": b"1", b"b": b"X"})
    assert verifyBucketContents(source, "s3://bucket").content is None
    report = verifyBucketContents(source, "s3://bucket", checkContent=True, digestCache=str(tmp_path / "cache"))
    assert (report.isClean, report.counts[Kind.CONTENT], report.matchedFiles) == (False, 1, 1)
    assert report.content
    assert report.content.files == {"matched": 1, "differs": 1}
    assert [(found.kind, found.key) for found in report.differences] == [(Kind.CONTENT, b"b")]
    with pytest.raises(CedarBackupError, match="digest cache"):
        verifyBucketContents(source, "s3://bucket", checkContent=True, digestCache=str(tmp_path))
