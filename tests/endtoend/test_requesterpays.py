"""Buckets whose requester pays: every request of every aws agrees to be charged, or is refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from testcase.s3 import S3Server
from testcase.trees import plantTree

from .harness import Restore, Sync, filesIn, moment, put

KMS = {"x-amz-server-side-encryption": "aws:kms"}
SYNC_ASKS = {
    *("ListObjectsV2", "PutObject", "CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload"),
    *("DeleteObjects", "HeadObject"),
}


@pytest.fixture
def server() -> Iterator[S3Server]:
    """A server whose buckets keep versions, and are read and written for money."""
    with S3Server(buckets=("bucket",), versioning=True) as running:
        running.requesterPays = True
        yield running


def _asked(server: S3Server) -> set[str]:
    """What was asked for money: all but whether the bucket keeps versions, for which S3 has no such header."""
    paid = [asked for asked in server.requests if asked.operation != "GetBucketVersioning"]
    assert all(asked.headers.get("x-amz-request-payer") == "requester" for asked in paid), server.requests
    return {asked.operation for asked in paid}


def test_every_request_of_a_sync_is_paid_for_by_plain_commands(sync: Sync, server: S3Server, tmp_path: Path) -> None:
    source = plantTree(tmp_path / "source", {b"small": b"1", b"large": b"b" * (8 << 20), b"keyed": b"same"})
    server.putObject("bucket", b"p/gone", b"x")
    server.putObject("bucket", b"p/keyed", b"same", headers=KMS)
    outcome = sync(source, "s3://bucket/p", "--requestPayer", "--checkContent", "--awsSession", "never")
    assert (outcome.status, outcome.stderr) == (0, ""), outcome
    assert set(server.objects("bucket")) == {b"p/small", b"p/large", b"p/keyed"}
    assert _asked(server) == SYNC_ASKS


@pytest.mark.parametrize("session", ["never", "always"])
def test_incomplete_uploads_are_listed_and_ended_for_money_too(
    session: str, sync: Sync, server: S3Server, tmp_path: Path
) -> None:
    for name in (b"p/a", b"p/b"):
        server.beginUpload("bucket", name, [b"1"], datetime.now(UTC) - timedelta(days=9))
    source = plantTree(tmp_path / "source", {})
    outcome = sync(source, "s3://bucket/p", "--requestPayer", "--endIncompleteUploads", "2", "--awsSession", session)
    assert (outcome.status, outcome.stderr, server.uploads("bucket")) == (0, "", ())
    assert {"ListMultipartUploads", "ListParts", "AbortMultipartUpload"} <= _asked(server)


def test_who_pays_is_not_called_denied_by_a_look_at_the_bucket(syncOnce: Sync, server: S3Server) -> None:
    server.putObject("bucket", b"p/a", b"x")
    asked = syncOnce("s3://bucket/p", "--checkBucket", "--requestPayer", "--json")
    assert asked.status in {0, 7}, asked
    paid = {each.operation for each in server.requests if each.headers.get("x-amz-request-payer")}
    assert {"HeadObject", "CompleteMultipartUpload", "AbortMultipartUpload", "ListMultipartUploads"} <= paid
    found = {each["topic"]: each["text"] for each in json.loads(asked.stdout)["findings"]}
    assert [found[topic] for topic in ("mayGet", "mayPut", "mayEndUploads")] == ["yes"] * 3


def test_every_request_of_a_restore_is_paid_for_in_a_session(
    restore: Restore, server: S3Server, tmp_path: Path
) -> None:
    put(server, {b"a": b"then", b"b": b"same"}, 0)
    put(server, {b"a": b"now"}, 10)
    words = ("--requestPayer", "--awsSession", "always", "--atTime", moment(5), "s3://bucket/p", tmp_path / "t")
    outcome = restore(*words)
    assert (outcome.status, outcome.stderr) == (0, ""), outcome
    assert filesIn(tmp_path / "t") == {b"a": b"then", b"b": b"same"}
    assert {"ListObjectVersions", "GetObject"} <= _asked(server)
