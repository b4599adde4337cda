"""What `make run` does in a working copy, wherever that lies."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import venv
from pathlib import Path

import pytest

_ROOT = Path(__file__).resolve().parent.parent.parent
_PLACES = ["plain", "with a blank", "Übungen", 'it\'s $HOME "quoted"', "/".join(["long" * 25] * 4)]


@pytest.mark.parametrize("place", _PLACES, ids=lambda place: place[:20])
def test_aws_starts_wherever_its_virtual_environment_is(place: str, tmp_path: Path) -> None:
    made = tmp_path / place / "venv"
    venv.create(made, symlinks=True)
    aws = made / "bin/aws"
    aws.write_text(f"#!{made}/bin/python\nimport sys\nprint(sys.prefix, sys.argv)\n", "utf-8")
    aws.chmod(0o755)
    for _ in range(2):  # once more does no harm
        subprocess.run([made / "bin/python", _ROOT / "util/startableaws.py"], check=True)
    link = tmp_path / "aws"
    link.symlink_to(aws)
    done = subprocess.run([link, "s3", "a b"], capture_output=True, text=True, encoding="utf-8", check=True)
    assert done.stdout == f"{made} {[str(made / 'libexec/aws'), 's3', 'a b']}\n"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of this tree, in a path of the awkward kind."""
    made = tmp_path / "a ü"
    subprocess.run(["sh", _ROOT / "util/copytree.sh", made], check=True)
    return made


def _demo(copy: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "util/demo.py", *arguments]
    environment = {name: value for name, value in os.environ.items() if name not in {"SOURCE", "BUCKET", "SWITCHES"}}
    return subprocess.run(
        words,
        cwd=copy,
        env=environment | settings,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        check=False,
    )


def test_the_demo_goes_from_a_first_run_to_a_restore_of_what_was(copy: Path) -> None:
    if not Path(sys.executable).with_name("aws").exists():
        pytest.skip("no aws beside this Python")
    done = _demo(copy)
    assert done.returncode == 0, done.stdout
    assert "Unusual" not in done.stdout
    commands = [line.split()[1] for line in done.stdout.splitlines() if line.startswith("$ ")]
    assert commands == [*["cback-amazons3-sync"] * 3, *["cback-amazons3-restore"] * 2, "diff", "cback-amazons3-restore"]
    assert "Only in .demo/home/photos/2026-07 At the lake: IMG_0012.jpg\n" in done.stdout
    assert re.search(r"^deleted +[0-9,]+ .*IMG_0002.jpg$", done.stdout, re.MULTILINE)
    assert "Rehearsed: s3://my-bucket/home/ as of now: 5 files drawn" in done.stdout
    assert "Change something in .demo/home and run it again" in done.stdout
    again = _demo(copy, SWITCHES="--verifyOnly")
    assert again.returncode == 0, again.stdout
    assert "Verified: " in again.stdout


def test_a_tool_that_fails_ends_the_demo_with_its_status(copy: Path) -> None:
    done = _demo(copy, SOURCE="no such/directory")
    assert done.returncode == 6
    assert "no such/directory cannot be read" in done.stdout
    assert "run it again" not in done.stdout


def test_a_bucket_without_a_source_is_wrong_usage(copy: Path) -> None:
    done = _demo(copy, BUCKET="s3://my-bucket")
    assert (done.returncode, done.stdout.count("\n")) == (2, 1)
    assert "BUCKET needs SOURCE" in done.stdout
