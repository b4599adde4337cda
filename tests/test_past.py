"""What stood in a bucket, listed by an aws that prints what these tests make up."""

from __future__ import annotations

import shlex
import sys
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path

import pytest

from CedarBackup3.amazons3.aws.locale import AwsLocale
from CedarBackup3.amazons3.aws.settings import AwsSettings
from CedarBackup3.amazons3.model import S3Location
from CedarBackup3.amazons3.restore.history import openSnapshot, openVersions
from CedarBackup3.amazons3.restore.report import Tally
from CedarBackup3.amazons3.restore.selection import Selection
from CedarBackup3.cli.findings import Findings

_AWS = """\
# As many versions of one key as are wanted. A delete marker is tied with the uploads in parts on its page, but comes
# behind them all when they are listed one by one.
import json, sys
number, size = {number}, 1 if "--page-size" in sys.argv else 1000
marker = [["a", "marker", False, "2026-01-01T00:00:02Z"]]
for start in range(0, number, size):
    ids = [f"v{{n}}" for n in range(start, min(start + size, number))]
    rows = [["a", each, False, "2026-01-01T00:00:01Z", 1, '"e-2"', "STANDARD"] for each in ids]
    sys.stdout.write(json.dumps([rows, None if start or size == 1 else marker, True, "a", ids[-1]]) + "\\n")
sys.stdout.write(json.dumps([None, marker if size == 1 else None, False, None, None]) + "\\n")
"""


def _peak(tmp_path: Path, number: int) -> int:
    """The most bytes that telling what stood there takes."""
    program, aws = tmp_path / "aws.py", tmp_path / "aws"
    program.write_text(_AWS.format(number=number))
    aws.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} {shlex.quote(str(program))} "$@"\n')
    aws.chmod(0o755)
    settings = AwsSettings(AwsLocale("C.UTF-8", "utf-8", ""))
    selection = Selection(S3Location("bucket", ""), settings, datetime(2027, 1, 1, tzinfo=UTC), only=b"a")
    tracemalloc.start()
    try:
        with (
            openVersions(selection) as (chosen, versions),
            openSnapshot(chosen, versions, Tally(Findings())) as state,
        ):
            assert [version.versionId for version in state] == ["v0"]
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_key_of_very_many_versions_takes_no_more_memory_than_one_of_many(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    few = _peak(tmp_path, 2_000)
    assert _peak(tmp_path, 12_000) < few * 1.5 + 200_000
