"""The steps of the sync, called from another program."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from testcase.examplelibrary import saveDirectory
from testcase.s3 import S3Server
from testcase.trees import plantTree


@pytest.fixture
def here(server: S3Server, anyAws: str, monkeypatch: pytest.MonkeyPatch) -> S3Server:
    """The server, with this process set up to reach it."""
    for name, value in server.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PATH", anyAws, prepend=":")
    return server


def test_a_program_saves_a_directory_and_learns_that_it_arrived(
    here: S3Server, tmp_path: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    plantTree(tmp_path / "source", [b"a", b"b/c"])
    assert saveDirectory(str(tmp_path / "source"), "s3://bucket/saved")
    assert list(here.objects("bucket")) == [b"saved/a", b"saved/b/c"]
    assert capfd.readouterr() == ("", "")  # a library prints nothing
    assert "Verified: 2 files (4 bytes)" in caplog.text


def test_a_program_learns_of_a_name_that_did_not_arrive(here: S3Server, tmp_path: Path) -> None:
    plantTree(tmp_path / "source", [b"good", b"bad\xff"])
    assert not saveDirectory(str(tmp_path / "source"), "s3://bucket")
    assert list(here.objects("bucket")) == [b"good"]


def test_a_program_learns_of_a_failure(here: S3Server, tmp_path: Path) -> None:
    plantTree(tmp_path / "source", [b"a"])
    assert not saveDirectory(str(tmp_path / "source"), "s3://no-such-bucket")
