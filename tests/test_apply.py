"""What the upload refuses, or finds needless, before any aws is started."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from CedarBackup3.amazons3.aws.rules import Rule
from CedarBackup3.amazons3.local.filters import Filters
from CedarBackup3.amazons3.local.links import FollowLinks
from CedarBackup3.amazons3.mirror import Mirror, mirrorOf
from CedarBackup3.amazons3.model import S3Location, SourceEntry
from CedarBackup3.amazons3.progress import SILENT, Transfer
from CedarBackup3.amazons3.sync.apply import runAwsSync
from CedarBackup3.amazons3.sync.batches import File
from CedarBackup3.amazons3.sync.uploads import uploadFiles
from CedarBackup3.errors import CommandFailed
from testcase.trees import plantTree

NOTHING = Transfer(SILENT, "sync", 0, 0)


@pytest.fixture(autouse=True)
def _noAws(monkeypatch: pytest.MonkeyPatch) -> None:
    """An aws that is started all the same cannot be."""
    monkeypatch.setenv("PATH", "/nowhere")


@pytest.fixture
def mirror(tmp_path: Path) -> Mirror:
    return mirrorOf(plantTree(tmp_path / "source", [b"a"]), "s3://bucket")


def unreadable(number: int) -> list[SourceEntry]:
    return [SourceEntry(b"%04d/" % each, None, 0, b"%04d/" % each) for each in range(number)]


@pytest.mark.parametrize(
    ("number", "prefix", "isRefused"),
    [(0, "", False), (500, "", False), (501, "", True), (0, "what?/", False), (1, "what?/", True), (1, "a[b/", True)],
)
def test_a_sync_that_cannot_protect_what_cannot_be_read_is_not_begun(
    number: int, prefix: str, isRefused: bool, mirror: Mirror
) -> None:
    there = replace(mirror, location=S3Location("bucket", prefix))
    if isRefused:
        with pytest.raises(CommandFailed, match="cannot exclude all paths in "):
            runAwsSync(there, delete=True, leftOut=unreadable(number), transfer=NOTHING)
    else:
        assert (
            runAwsSync(there, delete=True, leftOut=unreadable(number), transfer=NOTHING).status == 256
        )  # it was begun


@pytest.mark.parametrize(
    ("name", "follow", "excludes", "isRefused"),
    [
        ("plain", "none", ("x",), False),
        ("odd[1]", "none", (), False),
        ("odd[1]", "none", ("x",), True),
        ("odd*", "none", ("x",), True),
        ("odd?", "safe", ("x",), False),
    ],
)
def test_a_pattern_below_a_path_that_is_one_itself_needs_links(
    name: str, follow: FollowLinks, excludes: tuple[str, ...], isRefused: bool, tmp_path: Path
) -> None:
    source = plantTree(tmp_path / name, [b"a"])
    mirror = mirrorOf(source, "s3://bucket", followLinks=follow, filters=Filters(tuple(map(Rule, excludes))))
    if isRefused:
        with pytest.raises(CommandFailed, match="The AWS CLI cannot exclude anything"):
            runAwsSync(mirror, delete=False, transfer=NOTHING)
    else:
        assert runAwsSync(mirror, delete=False, transfer=NOTHING).status == 256


@pytest.mark.parametrize("paths", [[], [b"gone"], [b"a/below"]])
def test_where_there_is_no_file_no_aws_is_started(
    paths: list[bytes], mirror: Mirror, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    files = [File(path, 1) for path in paths]
    assert uploadFiles(mirror, files, (len(files), len(files)), NOTHING, str) == []
    assert [f"{path.decode()} changed after it was read" in caplog.text for path in paths] == [True] * len(paths)
