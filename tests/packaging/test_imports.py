"""Nothing that lies where a command is started is imported: root may stand in a directory of somebody else's."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from testcase.s3 import S3Server

_ROOT = Path(__file__).resolve().parent.parent.parent
_COMMANDS = list(tomllib.loads((_ROOT / "pyproject.toml").read_text("utf-8"))["project"]["scripts"])
_FOR_USERS = ["README.md", "docs/*.md", "manpages/*.1", "debian/examples/*", "debian/systemd/*", "debian/tests/*"]


@pytest.fixture
def planted(tmp_path: Path) -> Path:
    """A directory with modules that say so when they are imported."""
    for name in ("json.py", "argparse.py", "selectors.py", "sqlite3.py", "CedarBackup3/__init__.py"):
        path = tmp_path / "planted" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("import os\nos.write(2, b'a stranger was imported\\n')\n")
    return tmp_path / "planted"


@pytest.mark.parametrize("command", _COMMANDS)
def test_a_console_script_imports_nothing_from_the_current_directory(
    command: str, planted: Path, server: S3Server, anyAws: str, tmp_path: Path
) -> None:
    script = Path(sys.prefix, "bin", command)
    if not script.exists():
        pytest.skip("the package is not installed beside this Python")
    server.putObject("bucket", b"a", b"1")
    arguments: dict[str, list[str | Path]] = {
        "cback-amazons3-sync": ["--digestCache", tmp_path / "digests", ".", "s3://bucket/p"],
        "cback-amazons3-restore": ["s3://bucket", tmp_path / "restored"],
        "cback-amazons3-status": ["--settingsDirectory", tmp_path / "planted"],
    }
    environment = {**server.environment(), "PATH": f"{anyAws}:/usr/bin:/bin"}
    words = [script, "--logfile", tmp_path / "log", "--report", tmp_path / "report.json", *arguments[command]]
    done = subprocess.run(words, cwd=planted, env=environment, capture_output=True, text=True, check=False)
    if command == "cback-amazons3-status":
        assert (done.returncode, done.stderr.count("\n")) == (6, 1)  # there are no settings
        assert "There are no settings" in done.stderr
    else:
        assert (done.returncode, done.stderr) == (0, "")


def test_nobody_is_told_to_run_a_module_in_a_way_that_imports_from_the_current_directory() -> None:
    lines = [
        line
        for pattern in _FOR_USERS
        for path in _ROOT.glob(pattern)
        for line in path.read_text("utf-8").replace(r"\-", "-").splitlines()
        if re.search(r"\bpython3?\b.* -\w*m CedarBackup3|\bsudo\b.*\bpython3?\b.* -\w*m ", line)
    ]
    assert [line for line in lines if not re.search(r" -\w*[PI]", line)] == []
