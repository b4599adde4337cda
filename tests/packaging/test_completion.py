"""The completion of bash knows every switch."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from CedarBackup3.tools.amazons3sync import TOOL

_SCRIPT = Path(__file__).resolve().parent.parent.parent / "util" / "completion.py"
_ASK = 'source "$1"; COMP_WORDS=("${@:2}"); COMP_CWORD=$(($# - 2)); ${FUNCTION} 2>/dev/null; echo "${COMPREPLY[@]}"'

pytestmark = pytest.mark.skipif(shutil.which("bash") is None, reason="no bash")


@pytest.fixture(scope="module")
def completionFile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("completion")
    subprocess.run([sys.executable, str(_SCRIPT), str(directory)], check=True)
    return directory / TOOL.name


def _completed(completionFile: Path, *words: str) -> list[str]:
    """What bash would offer for the last of the words."""
    done = subprocess.run(
        ["bash", "--norc", "-c", _ASK, "bash", str(completionFile), TOOL.name, *words],
        env={"PATH": "/usr/bin:/bin", "FUNCTION": "_cback_amazons3_sync"},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.split()


def test_every_long_switch_is_offered(completionFile: Path) -> None:
    assert _completed(completionFile, "--") == [f"--{switch.long}" for switch in TOOL.allSwitches]


def test_a_beginning_is_completed(completionFile: Path) -> None:
    assert _completed(completionFile, "source", "--verif") == ["--verifyOnly"]
    assert _completed(completionFile, "source", "s3") == ["s3://"]


def test_values_are_no_switches(completionFile: Path) -> None:
    for switch in TOOL.allSwitches:
        if switch.valueName:
            assert not any(word.startswith("-") for word in _completed(completionFile, f"--{switch.long}", ""))
    assert _completed(completionFile, "-m", "64") == ["640", "644"]
