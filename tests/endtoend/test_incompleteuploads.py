"""Uploads that were never completed: which ones end, and what is said of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from testcase.s3 import DENY, Fault, S3Server
from testcase.trees import plantTree

from .harness import Sync, changes

AWKWARD = ("p/plain", "p/a +%25 \u00e9.\U0001f600", "p/ctrl\x01\n\r", "p/file://x", "p/deep//x/", "p/<&>\"'")


def ago(**time: float) -> datetime:
    """So long before now, and not before these tests were read, which may have been an hour ago."""
    return datetime.now(UTC) - timedelta(**time)


def _begin(server: S3Server, keys: tuple[str, ...], started: datetime, part: bytes = b"x" * 1000) -> None:
    for key in keys:
        server.beginUpload("bucket", key.encode(), [part, part], started)


def test_old_uploads_below_the_prefix_end_and_no_others(sync: Sync, server: S3Server, tmp_path: Path) -> None:
    others = ("pp", "q/other", "p", "p.x")
    _begin(server, (*AWKWARD, "p/twice", "p/twice", *others), ago(days=3))
    _begin(server, ("p/plain", "p/new"), ago(days=2, minutes=5))  # within what a clock may be wrong
    server.pageSize = 2
    source = plantTree(tmp_path / "source", {})
    outcome = sync(source, "s3://bucket/p", "--endIncompleteUploads", "2", "--verbose")
    assert (outcome.status, outcome.stderr) == (0, "")
    assert sorted(server.uploads("bucket")) == sorted(name.encode() for name in ("p/plain", "p/new", *others))
    assert "Ended 8 incomplete uploads in s3://bucket/p/ begun more than 2 days ago; that frees 13.7 KiB" in outcome.log
    assert "Ended the incomplete upload of s3://bucket/p/ctrl\\x01\\n\\r, begun " in outcome.log


def test_an_upload_that_still_gets_parts_is_left_alone(syncOnce: Sync, server: S3Server, tmp_path: Path) -> None:
    server.beginUpload("bucket", b"slow", [b"1"], ago(days=3), lastPart=ago())
    outcome = syncOnce(plantTree(tmp_path / "source", {}), "s3://bucket", "--endIncompleteUploads", "1")
    assert (outcome.status, outcome.stderr, server.uploads("bucket")) == (0, "", (b"slow",))
    assert "is left alone: a part of it came later" in outcome.log


def test_what_rules_leave_out_is_left_alone(syncOnce: Sync, server: S3Server, tmp_path: Path) -> None:
    _begin(server, ("p/a.iso", "p/d/taken.iso", "p/other/b", "p/plain", "p/.cback-attributes.jsonl.gz"), ago(days=3))
    rules = ("--exclude", "*.iso", "--exclude", "other/*", "--exclude", ".cback*", "--include", "d/*")
    outcome = syncOnce(plantTree(tmp_path / "source", {}), "s3://bucket/p", "--endIncompleteUploads", "1", *rules)
    assert (outcome.status, server.uploads("bucket")) == (0, (b"p/a.iso", b"p/other/b"))


def test_a_dry_run_says_what_it_would_end(syncOnce: Sync, server: S3Server, tmp_path: Path) -> None:
    _begin(server, ("a", "b"), ago(days=3))
    source = plantTree(tmp_path / "source", {b"a": b"1"})
    outcome = syncOnce(source, "s3://bucket", "--endIncompleteUploads", "1", "--dryRun")
    assert outcome.status == 0
    assert outcome.stdout.count("Would end the incomplete upload of s3://bucket/") == 2
    assert "Would end 2 incomplete uploads in s3://bucket/ begun more than 1 day ago" in outcome.stdout
    assert (changes(server), server.uploads("bucket")) == ([], (b"a", b"b"))
    outcome = syncOnce(source, "s3://bucket", "--endIncompleteUploads", "3650", "--dryRun")
    assert "No incomplete upload in s3://bucket/ was begun more than 3,650 days ago" in outcome.stdout


def test_nothing_ends_after_a_run_that_found_differences(syncOnce: Sync, server: S3Server, tmp_path: Path) -> None:
    _begin(server, ("a",), ago(days=3))
    server.addFault(Fault("PutObject", DENY))
    source = plantTree(tmp_path / "source", {b"a": b"1"})
    assert syncOnce(source, "s3://bucket", "--endIncompleteUploads", "1").status == 7
    assert server.uploads("bucket") == (b"a",)


@pytest.mark.parametrize(
    ("operation", "sentence"),
    [
        ("ListMultipartUploads", "its incomplete uploads cannot be listed for --endIncompleteUploads: "),
        ("AbortMultipartUpload", "1 incomplete upload could not be ended"),
    ],
)
def test_what_cannot_be_ended_is_a_failure_and_the_others_end(
    operation: str, sentence: str, syncOnce: Sync, server: S3Server, tmp_path: Path
) -> None:
    _begin(server, ("a", "b", "c"), ago(days=3))
    server.addFault(Fault(operation, DENY, key=None if operation == "ListMultipartUploads" else b"b"))
    outcome = syncOnce(plantTree(tmp_path / "source", {}), "s3://bucket", "--endIncompleteUploads", "1")
    assert outcome.status == 6
    assert f"The mirror in s3://bucket/ is complete, but {sentence}" in outcome.stderr
    left = (b"a", b"b", b"c") if operation == "ListMultipartUploads" else (b"b",)
    assert server.uploads("bucket") == left


@pytest.mark.parametrize("words", [["0"], ["-1"], ["1.5"], ["x"], ["3651"], ["1", "--verifyOnly"]])
def test_what_is_no_age_is_no_command_line(words: list[str], syncOnce: Sync, tmp_path: Path) -> None:
    outcome = syncOnce(tmp_path, "s3://bucket", "--endIncompleteUploads", *words)
    assert (outcome.status, outcome.stderr.count("\n")) == (2, 1)
