"""Access points in the place of a bucket: each aws asks for the host that stands for it; all else is as ever."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from testcase.s3 import ACCOUNT, S3Server
from testcase.trees import plantTree

from .harness import Restore, Sync, filesIn, stored

HOST = f"point-{ACCOUNT}"
POINT = f"arn:aws:s3:eu-west-1:{ACCOUNT}:accesspoint"


@pytest.fixture
def server() -> Iterator[S3Server]:
    """A server that has the bucket of the access point, and keeps versions."""
    with S3Server(buckets=(HOST,), versioning=True) as running:
        yield running


def _through(server: S3Server) -> Mapping[str, str]:
    """Variables that let aws find every host there."""
    return {"AWS_ENDPOINT_URL": "http://s3.test", "HTTP_PROXY": server.endpointUrl, "NO_PROXY": "", "no_proxy": ""}


def test_a_directory_is_mirrored_to_an_access_point_and_restored_from_it(
    sync: Sync, restore: Restore, server: S3Server, tmp_path: Path
) -> None:
    files = {b"a": b"1", b"d/b+ %": b"2"}
    source = plantTree(tmp_path / "source", files)
    server.putObject(HOST, b"p/gone", b"x")
    there = _through(server)
    words = ("--expectedBucketOwner", ACCOUNT)
    synced = sync(source, f"s3://{POINT}:point/p", *words, "--awsSession", "never", environment=there)
    assert (synced.status, synced.stderr) == (0, ""), synced
    assert stored(server, HOST) == {b"p/" + name: content for name, content in files.items()}
    assert f"s3://{POINT}/point/p/" in synced.log
    restored = restore(f"s3://{POINT}/point/p/", tmp_path / "t", *words, "--awsSession", "always", environment=there)
    assert (restored.status, filesIn(tmp_path / "t")) == (0, files), restored
