"""Commands before and after real runs: the source may be there between them only."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from CedarBackup3.amazons3.aws.locale import awsLocale
from CedarBackup3.amazons3.aws.settings import AwsSettings
from CedarBackup3.amazons3.model import S3Location
from CedarBackup3.amazons3.sync.lock import targetLock
from testcase.s3 import S3Server
from testcase.trees import plantTree

from .harness import Sync, stored

_PAGE = Path(__file__).resolve().parent.parent.parent / "docs/snapshots.md"


def shell(script: str) -> str:
    return shlex.join(["sh", "-c", script])


def test_the_source_has_to_be_there_only_between_the_hooks(syncOnce: Sync, server: S3Server, tmp_path: Path) -> None:
    plantTree(tmp_path / "live", {b"a": b"1", b"b": b"22"})
    source = tmp_path / "snapshot"
    hooks = (
        *("--before", shell(f'cp -a {tmp_path}/live "$CBACK_SOURCE" && echo dumped >"$CBACK_SOURCE"/dump')),
        *("--after", shell(f'cat >{tmp_path}/report-of-"$CBACK_STATUS" && rm -r "$CBACK_SOURCE"')),
    )
    for more in ([], ["--dryRun"], ["--verifyOnly", "--exclude", "dump"]):
        outcome = syncOnce(source, "s3://bucket/p", *hooks, *more)
        assert outcome.status == 0, outcome
        assert not source.exists()
        report = json.loads((tmp_path / "report-of-0").read_text())
        assert report["arguments"] == {"sourceDir": str(source), "s3BucketUrl": "s3://bucket/p"}
        assert {"before", "walk"} <= set(report["phaseSeconds"])
    assert stored(server) == {b"p/a": b"1", b"p/b": b"22", b"p/dump": b"dumped\n"}

    missing = syncOnce(source, "s3://bucket/p", "--before", "true", hooks[2], shell(f"cat >{tmp_path}/$CBACK_STATUS"))
    assert missing.status == 6
    assert f"{source} cannot be read" in json.loads((tmp_path / "6").read_text())["message"]


@pytest.mark.parametrize("isShared", [False, True])
def test_no_hook_meets_another_run_on_the_target(
    isShared: bool, syncOnce: Sync, server: S3Server, tmp_path: Path
) -> None:
    aws = AwsSettings(awsLocale(), endpointUrl=server.endpointUrl)
    before, after = (("--before", f"touch {tmp_path}/before"), ("--after", f"touch {tmp_path}/after"))
    with targetLock(S3Location.parse("s3://bucket/p"), aws, shared=isShared):
        for hook in (before, after, before + after):
            assert syncOnce(tmp_path / "none", "s3://bucket/p", "--verifyOnly", *hook).status == 10
    assert list(tmp_path.iterdir()) == []
    assert not server.requests


def test_a_refusal_by_the_first_command_asks_nothing_of_the_bucket(
    syncOnce: Sync, server: S3Server, tmp_path: Path
) -> None:
    source = plantTree(tmp_path / "source", [b"a"])
    outcome = syncOnce(source, "s3://bucket", "--before", shell("echo 'no room' >&2; exit 1"))
    assert (outcome.status, outcome.stderr.count("\n")) == (9, 1)
    assert outcome.stderr == ("Refused: the command of --before ended with status 1: no room; nothing was changed\n")
    assert not server.requests


@pytest.fixture
def btrfs(tmp_path: Path) -> Iterator[Path]:
    """A file system of btrfs with the subvolume `photos`."""
    if os.geteuid() != 0 or not (shutil.which("mkfs.btrfs") and shutil.which("btrfs")):
        pytest.skip("only root can mount a file system, and with the programs of btrfs")
    image, place = tmp_path / "image", tmp_path / "srv"
    place.mkdir()
    with image.open("wb") as file:
        file.truncate(300 << 20)
    subprocess.run(["mkfs.btrfs", "-q", image], check=True, capture_output=True)
    if subprocess.run(["mount", "-o", "loop", image, place], capture_output=True, check=False).returncode:
        pytest.skip("no btrfs can be mounted here")
    try:
        subprocess.run(["btrfs", "subvolume", "create", place / "photos"], check=True, capture_output=True)
        yield place
    finally:
        subprocess.run(["umount", place], check=True)


def test_the_commands_of_the_guide_mirror_a_snapshot_of_btrfs(
    btrfs: Path, syncOnce: Sync, server: S3Server, tmp_path: Path
) -> None:
    (text,) = (text for text in re.findall(r"```sh\n(.*?)```", _PAGE.read_text("utf-8"), re.DOTALL) if "btrfs" in text)
    script, snapshot = tmp_path / "snapshot", btrfs / ".photos-backup"
    script.write_text(text.replace("/srv", str(btrfs)))
    script.chmod(0o755)
    plantTree(btrfs / "photos", {b"a": b"1"})
    subprocess.run([script, "make"], check=True, capture_output=True)  # that of a run that was killed
    plantTree(btrfs / "photos/sub", {b"b": b"22"})
    hooks = ("--before", f"{script} make", "--after", f"{script} remove")
    outcome = syncOnce(snapshot, "s3://bucket", *hooks)
    assert outcome.status == 0, outcome
    assert stored(server) == {b"a": b"1", b"sub/b": b"22"}
    assert not snapshot.exists()
