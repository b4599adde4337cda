"""The three ways to carry a plan out, and listings in key ranges: whichever way, the same bucket."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from testcase.runner import Outcome, runTool
from testcase.s3 import DENY, Fault, Refuse, S3Server
from testcase.trees import AWKWARD_NAMES, plantTree

SYNC = "CedarBackup3.tools.amazons3sync"
WAYS = ("direct", "sync", "auto")


def randomWorld(chance: random.Random) -> tuple[dict[bytes, bytes], dict[bytes, bytes]]:
    """Files, and the objects of a bucket that was in step with them once."""
    names = [*AWKWARD_NAMES, *(b"d%d/f%d" % (n % 5, n) for n in range(40)), *(b"deep/%d/er/f" % n for n in range(5))]
    files = {name: bytes(chance.randrange(4)) for name in names if chance.random() < 0.7}
    objects = {name: files.get(name, b"old") for name in names if chance.random() < 0.7}
    for name in list(objects):
        if chance.random() < 0.3:
            objects[name] = bytes(chance.randrange(4))
    return files, objects


def run(server: S3Server, awsDirectory: Path | str, source: Path, *switches: str) -> Outcome:
    return runTool(
        SYNC,
        ["--verbose", *switches, source, "s3://bucket/p"],
        environment=server.environment(),
        awsDirectory=awsDirectory,
    )


def contents(server: S3Server) -> dict[bytes, bytes]:
    return {key: stored.body for key, stored in server.objects("bucket").items()}


@pytest.mark.parametrize("seed", range(2))
def test_all_ways_end_in_the_same_bucket(seed: int, tmp_path: Path, anyAws: str) -> None:
    files, objects = randomWorld(random.Random(seed))
    source = plantTree(tmp_path / "source", files, mtime=None)
    for name in random.Random(seed).sample(sorted(files), len(files) // 2):  # these are older than their objects
        os.utime(os.path.join(os.fsencode(source), name), (1e9, 1e9))
    seen = []
    for way in WAYS:
        with S3Server(("bucket",)) as server:
            server.putObject("bucket", b"other", b"stays")
            for name, body in objects.items():
                server.putObject("bucket", b"p/" + name, body)
            outcome = run(server, Path(anyAws), source, "--method", way, "--listings", str(1 + seed))
            assert outcome.status == 0, outcome.log
            seen.append(contents(server))
            plain = run(server, Path(anyAws), source, "--verifyOnly")
            assert plain.status == 0, plain.log
    assert seen[0] == seen[1] == seen[2]
    assert {key.removeprefix(b"p/"): len(body) for key, body in seen[0].items() if key != b"other"} == {
        name: len(body) for name, body in files.items()
    }


def test_the_direct_way_asks_for_no_more_than_the_plan(server: S3Server, anyAws: str, tmp_path: Path) -> None:
    source = plantTree(tmp_path / "source", {b"%04d" % number: b"x" for number in range(50)}, mtime=1e9)
    for number in range(1, 52):
        server.putObject("bucket", b"p/%04d" % number, b"x")
    server.clearRequests()
    assert run(server, anyAws, source, "--method", "direct").status == 0
    operations = [request.operation for request in server.requests]
    assert operations == ["ListObjectsV2", "PutObject", "GetBucketVersioning", "DeleteObjects", "ListObjectsV2"]


def test_nothing_to_do_is_one_listing_and_no_sync(server: S3Server, anyAws: str, tmp_path: Path) -> None:
    source = plantTree(tmp_path / "source", [b"a", b"b"], mtime=1e9)
    for way in WAYS[:1] + WAYS[2:]:
        run(server, anyAws, source, "--method", way)
        server.clearRequests()
        outcome = run(server, anyAws, source, "--method", way)
        assert outcome.status == 0
        assert "nothing to do" in outcome.stdout
        assert [request.operation for request in server.requests] == ["ListObjectsV2"]


@pytest.mark.parametrize("ranges", [1, 2, 3, 7])
def test_every_key_is_seen_once_in_ranges_also_outside_of_the_local_ones(
    ranges: int, server: S3Server, anyAws: str, tmp_path: Path
) -> None:
    server.pageSize = 50
    source = plantTree(tmp_path / "source", {b"m%05d" % number: b"" for number in range(3000)})
    for number in range(0, 3000, 2):
        server.putObject("bucket", b"p/m%05d" % number, b"")
    outside = [b"a", b"m", b"m00000x", b"m99999", "z\u65e5".encode(), "\U0010ffff".encode()]
    for name in outside:
        server.putObject("bucket", b"p/" + name, b"")
    outcome = run(server, anyAws, source, "--verifyOnly", "--listings", str(ranges), "--awsSession", "never")
    assert outcome.status == 7
    assert "(1,500 missing, 6 extra); 1,500 files" in outcome.stderr
    starts = [request for request in server.requests if "continuation-token" not in request.query]
    assert len(starts) == min(ranges, 4)  # it can be cut at every thousandth file


def test_an_empty_source_knows_nothing_of_the_bucket_and_sees_all_of_it(
    server: S3Server, anyAws: str, tmp_path: Path
) -> None:
    server.pageSize = 10
    for number in range(35):
        server.putObject("bucket", b"p/%d" % number, b"")
    outcome = run(server, anyAws, plantTree(tmp_path / "source", []), "--verifyOnly", "--listings", "4")
    assert "(35 extra)" in outcome.stderr


def test_a_range_that_fails_spoils_the_whole_listing(server: S3Server, anyAws: str, tmp_path: Path) -> None:
    server.pageSize = 500
    files = {b"%05d" % number: b"" for number in range(4000)}
    source = plantTree(tmp_path / "source", files)
    for name in files:
        server.putObject("bucket", b"p/" + name, b"")
    server.addFault(Fault("ListObjectsV2", Refuse(403, "AccessDenied", "no"), skip=3))
    outcome = run(server, anyAws, source, "--verifyOnly", "--listings", "3")
    assert outcome.status == 6
    assert "AccessDenied" in outcome.stderr
    assert "differences" not in outcome.log


def test_a_key_that_no_batch_can_hold_is_deleted_all_the_same(server: S3Server, anyAws: str, tmp_path: Path) -> None:
    source = plantTree(tmp_path / "source", [b"a"])
    server.putObject("bucket", b"p/control\x01", b"")
    assert run(server, anyAws, source, "--method", "direct").status == 0
    assert list(contents(server)) == [b"p/a"]


def test_an_object_that_may_not_be_deleted_is_reported(server: S3Server, anyAws: str, tmp_path: Path) -> None:
    source = plantTree(tmp_path / "source", [b"a"])
    for name in (b"gone", b"kept"):
        server.putObject("bucket", b"p/" + name, b"")
    server.addFault(Fault("DeleteObjects", DENY, key=b"p/kept"))
    outcome = run(server, anyAws, source, "--method", "direct")
    assert outcome.status == 7
    assert "AccessDenied" in outcome.stderr
    assert "Extra: s3://bucket/p/kept" in outcome.stderr
    assert list(contents(server)) == [b"p/a", b"p/kept"]
