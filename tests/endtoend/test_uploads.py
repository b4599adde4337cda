"""Uploads by several processes of the real AWS CLI: what is said of one of them, and what they share."""

from __future__ import annotations

import os
import time
from collections import Counter
from pathlib import Path

from testcase.s3 import DENY, SLOW_DOWN, Fault, S3Server
from testcase.trees import plantTree

from .harness import Sync, differencesOf, stored

MIB = 1 << 20


def puts(server: S3Server) -> Counter[bytes]:
    """How often each small object was uploaded, or tried to be."""
    return Counter(request.key for request in server.requests if request.operation == "PutObject")


def test_one_huge_file_and_many_directories_of_small_ones_go_up_once_and_are_proven(
    syncOnce: Sync, server: S3Server, tmp_path: Path
) -> None:
    files = {b"d%02d/e/f%d" % (number, number): b"%d" % number for number in range(60)}
    files[b"d30/huge"] = os.urandom(17 * MIB)
    source = plantTree(tmp_path / "source", files)
    outcome = syncOnce(source, "s3://bucket", "--uploads", "4")
    assert outcome.status == 0, outcome.log
    assert stored(server) == files
    assert set(puts(server).values()) == {1}
    assert len([request for request in server.requests if request.operation == "CompleteMultipartUpload"]) == 1
    assert "uploads: 61 matched" in outcome.log, outcome.log


def test_a_busy_server_gets_fewer_processes_and_then_everything(
    syncOnce: Sync, server: S3Server, tmp_path: Path
) -> None:
    files = {b"%02d" % number: b"%d" % number for number in range(30)}
    source = plantTree(tmp_path / "source", files)
    server.addFault(Fault("PutObject", SLOW_DOWN, times=30))
    outcome = syncOnce(source, "s3://bucket/p", "--uploads", "2", environment={"AWS_MAX_ATTEMPTS": "1"})
    assert outcome.status == 0, outcome.log
    assert "Uploading continues with 1 AWS CLI process: the server asks for fewer requests (SlowDown)" in outcome.log
    assert {key.removeprefix(b"p/"): body for key, body in stored(server).items()} == files


def test_each_failed_file_is_named_with_the_reason_and_missing_in_the_end(
    syncOnce: Sync, server: S3Server, tmp_path: Path
) -> None:
    source = plantTree(tmp_path / "source", dict.fromkeys((b"a", b"b to c", b"caf\xc3\xa9/x", b"z"), b"1"))
    for name in (b"b to c", b"caf\xc3\xa9/x"):
        server.addFault(Fault("PutObject", DENY, key=name))
    outcome = syncOnce(source, "s3://bucket", "--uploads", "2")
    assert outcome.status == 7
    for shown in ("b to c", "café/x"):
        assert f"Not uploaded: {source}/{shown}: An error occurred (AccessDenied)" in outcome.log
    assert sorted(differencesOf(outcome, source, "s3://bucket/")) == ["Missing b to c", "Missing café/x"]


def test_no_more_goes_up_in_a_second_than_the_bandwidth_says(sync: Sync, server: S3Server, tmp_path: Path) -> None:
    requireSlow(sync, server, tmp_path, "--uploads", "2")


def test_aws_s3_sync_keeps_to_the_bandwidth_too(syncOnce: Sync, server: S3Server, tmp_path: Path) -> None:
    requireSlow(syncOnce, server, tmp_path, "--method", "sync")


def requireSlow(sync: Sync, server: S3Server, tmp_path: Path, *switches: str) -> None:
    files = {b"%d" % number: os.urandom(256 << 10) for number in range(6)}
    source = plantTree(tmp_path / "source", files)
    began = time.monotonic()
    outcome = sync(source, "s3://bucket", *switches, "--bandwidth", "512K", "--noUploadProof")
    assert outcome.status == 0, outcome.log
    assert time.monotonic() - began >= 2
    assert stored(server) == files


def test_with_few_descriptors_all_goes_up_in_small_pieces(syncOnce: Sync, server: S3Server, tmp_path: Path) -> None:
    files = {b"d%d/%02d" % (number % 3, number): b"%d" % number for number in range(40)}
    source = plantTree(tmp_path / "source", files)
    prefix = ("prlimit", "--nofile=64")
    outcome = syncOnce(source, "s3://bucket", "--uploads", "4", prefix=prefix)
    assert outcome.status == 0, outcome.log
    assert stored(server) == files
