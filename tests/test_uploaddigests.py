"""The digests that are made while files go up count for the very state of the file that they were made of."""

from __future__ import annotations

import hashlib
import os
import threading
import time
from collections.abc import Iterable
from pathlib import Path

import pytest

from CedarBackup3.amazons3.content.hashing import claimOf
from CedarBackup3.amazons3.local.scan import sourceEntries
from CedarBackup3.amazons3.mirror import mirrorOf
from CedarBackup3.amazons3.model import ObjectEntry, Step
from CedarBackup3.amazons3.sync.uploaddigests import Digested, proves, uploadDigests
from testcase.trees import plantTree

BODY = b"content"
ETAG = f'"{hashlib.md5(BODY).hexdigest()}"'


def isRunning() -> bool:
    """Whether the thread is still at work."""
    return any(thread.name == "digests" for thread in threading.enumerate())


def digestsOf(source: Path, names: Iterable[bytes]) -> list[Digested]:
    steps = [Step("upload", name, name, 0) for name in names]
    with uploadDigests(mirrorOf(source, "s3://bucket"), steps, None) as digests:
        with digests.making():
            while isRunning():
                time.sleep(0.01)
        return list(digests)


def standInAws(directory: Path) -> Path:
    """A directory with an aws that knows of parts of 7 MiB, and notes that it was asked."""
    directory.mkdir()
    aws = directory / "aws"
    aws.write_text(f"#!/bin/sh\necho once >> {directory}/asked\necho 7MB\n")
    aws.chmod(0o755)
    return directory


def test_what_has_changed_since_proves_nothing(tmp_path: Path) -> None:
    source = plantTree(tmp_path / "source", {b"a": BODY, b"dir/b": BODY, b"gone": BODY})
    os.mkfifo(source / "pipe")
    time.sleep(0.05)
    known = digestsOf(source, [b"a", b"dir/b", b"missing", b"pipe"])
    assert [each.key for each in known] == [b"a", b"dir/b"]

    def isProven(etag: str = ETAG) -> bool:
        entry = next(sourceEntries(mirrorOf(source, "s3://bucket").tree))
        return proves(known[0], claimOf(entry, ObjectEntry(b"a", len(BODY), "2026-11-23T06:31:11Z", etag)))

    assert isProven()
    assert not isProven('"' + "0" * 32 + '"')
    assert not isProven(ETAG[:-1] + '-1"')
    assert not isProven("")
    (source / "a").chmod(0o600)
    assert not isProven()


@pytest.mark.parametrize(
    ("configuration", "partSize"),
    [
        ("", 8 << 20),
        ("[default]\nregion = x\n", 8 << 20),
        ("[default]\ns3 =\n  multipart_chunksize = 6MB\n", 6 << 20),
        ("[default]\ns3 =\n  multipart_threshold = 16MB\n", 0),
        ("[default]\ns3 =\n  multipart_threshold = 5MB\n  multipart_chunksize = 5MB\n", 5 << 20),
        ("[default]\ns3 =\n  multipart_threshold = 5MB\f\n  multipart_chunksize = 5MB\f  x = 1\n", 5 << 20),
        ("[default]\ns3 =\n  multipart_threshold = plenty\n", 8 << 20),
        ("[profile other]\ns3 =\n  multipart_chunksize = 6MB\n", 8 << 20),
    ],
)
def test_the_parts_are_those_of_the_users_configuration_which_aws_is_not_asked_for(
    configuration: str, partSize: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "config").write_text(configuration)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("PATH", str(standInAws(tmp_path / "bin")))
    source = plantTree(tmp_path / "source", {b"large": bytes(9 << 20)})
    time.sleep(0.05)
    assert [each.partSize for each in digestsOf(source, [b"large"])] == [partSize]
    assert not (tmp_path / "bin" / "asked").exists()


def test_aws_is_asked_for_parts_where_only_it_can_tell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "credentials").write_text("[default]\ns3 =\n  multipart_chunksize = 7MB\n")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("PATH", str(standInAws(tmp_path / "bin")))
    source = plantTree(tmp_path / "source", {b"large": bytes(9 << 20), b"larger": bytes(10 << 20)})
    time.sleep(0.05)
    assert [each.partSize for each in digestsOf(source, [b"large", b"larger"])] == [7 << 20, 7 << 20]
    assert (tmp_path / "bin" / "asked").read_text() == "once\n"


def test_a_file_that_was_changed_a_moment_ago_is_left_for_later(tmp_path: Path) -> None:
    """It may change again without another time."""
    source = plantTree(tmp_path / "source", {b"a": BODY})
    ahead = time.time_ns() + 3_600_000_000_000
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(time, "time_ns", lambda: ahead)
        assert digestsOf(source, [b"a"])
        patch.setattr(time, "time_ns", lambda: (source / "a").stat().st_ctime_ns)
        assert not digestsOf(source, [b"a"])


def test_an_exception_ends_the_thread_in_the_midst_of_a_file(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    with open(source / "huge", "wb") as file:
        file.truncate(1 << 40)
    time.sleep(0.05)
    began = time.monotonic()
    steps = [Step("upload", b"huge", b"huge", 0)]
    with uploadDigests(mirrorOf(source, "s3://bucket"), steps, None) as digests:
        with pytest.raises(KeyError), digests.making():
            time.sleep(0.2)
            raise KeyError
        assert not isRunning()
    assert time.monotonic() - began < 60
