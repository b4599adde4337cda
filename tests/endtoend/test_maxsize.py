"""Files above the size that the user allows: not uploaded, no difference, their objects left alone."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from testcase.s3 import S3Server
from testcase.trees import plantTree

from .harness import Sync, changes, plantObjects, stored

FILES = {
    b"d/large": b"x" * 1025,
    b"d/largest": b"x" * 5000,
    b"exact": b"x" * 1024,
    b"small": b"1",
    b"caf\xe9": b"x" * 2000,  # whose name would not survive
}
OBJECTS = {b"d/large": b"of an earlier night", b"d/largest": b"y" * 5000, b"gone": b"1", b"d/large/x": b"1"}


@pytest.mark.parametrize("method", ["auto", "direct", "sync"])
def test_large_files_are_left_out_and_their_objects_alone(
    syncOnce: Sync, server: S3Server, tmp_path: Path, method: str
) -> None:
    source = plantTree(tmp_path / "source", FILES)
    os.symlink("d/largest", source / "link")
    plantObjects(server, {**OBJECTS, b"link": b"of the link"})
    switches = ("--maxSize", "1K", "--method", method, "--report", "-")
    outcome = syncOnce(source, "s3://bucket", *switches)
    assert outcome.status == 0, outcome.stderr
    kept = {b"d/large": OBJECTS[b"d/large"], b"d/largest": OBJECTS[b"d/largest"], b"link": b"of the link"}
    assert stored(server) == {**kept, b"exact": FILES[b"exact"], b"small": b"1"}
    assert outcome.log.count(" WARNING Too large: ") == 4
    assert f"Too large: {source}/d/large has more than 1,024 bytes, so it is not uploaded" in outcome.log
    assert "; 4 paths above --maxSize" in outcome.log
    classes = json.loads(outcome.stdout)["classes"]
    assert classes["tooLarge"]["count"] == 4
    assert classes["upload"]["count"] == 2
    if method == "auto":  # the others have left the same
        before = changes(server)
        assert syncOnce(source, "s3://bucket", "--maxSize", "1K").status == 0
        assert syncOnce(source, "s3://bucket", "--maxSize", "1024", "--verifyOnly").status == 0
        assert changes(server) == before


def test_what_is_below_the_key_of_a_large_file_has_no_file(syncOnce: Sync, server: S3Server, tmp_path: Path) -> None:
    source = plantTree(tmp_path / "source", [b"a", b"b"])
    (source / "large").write_bytes(b"x" * 2048)
    plantObjects(server, {b"large": b"1", b"large/x": b"1"})
    assert syncOnce(source, "s3://bucket", "--maxSize", "1K", "--verifyOnly").status == 7
    assert syncOnce(source, "s3://bucket", "--maxSize", "1K").status == 0
    assert set(stored(server)) == {b"a", b"b", b"large"}


def test_a_larger_limit_uploads_what_was_left_out(syncOnce: Sync, server: S3Server, tmp_path: Path) -> None:
    source = plantTree(tmp_path / "source", {b"a": b"x" * 2048})
    assert syncOnce(source, "s3://bucket", "--maxSize", "1K").status == 0
    assert stored(server) == {}
    assert syncOnce(source, "s3://bucket", "--maxSize", "2KiB").status == 0
    assert stored(server) == {b"a": b"x" * 2048}


@pytest.mark.parametrize("size", ["", "0", "0K", "-1", "1.5G", "5X", "G", "1 M", "\u0665"])
def test_a_size_that_is_none_is_refused(syncOnce: Sync, tmp_path: Path, size: str) -> None:
    outcome = syncOnce(tmp_path, "s3://bucket", "--maxSize", size)
    assert outcome.status == 2
    assert "--maxSize must be a number of bytes, or one such as 500M or 5G" in outcome.stderr
