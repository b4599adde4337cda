"""Coming from Cedar Backup's own cback3-amazons3-sync: each of its switches is accepted, and means what it meant."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from CedarBackup3.cli import commonOptions
from CedarBackup3.cli.commandline import parseCommandLine, requireConsistent
from CedarBackup3.errors import ExitStatus
from CedarBackup3.tools.amazons3sync import TOOL

_PAGE = (Path(__file__).resolve().parents[2] / "docs/coming-from-cback3-amazons3-sync.md").read_text("utf-8")
_THEIRS: dict[str, tuple[str, dict[str, Any]]] = {
    "-h, --help": ("", {"help": True}),
    "-V, --version": ("", {"version": True}),
    "-b, --verbose": ("", {"verbose": True}),
    "-q, --quiet": ("", {"quiet": True}),
    "-l, --logfile": ("/tmp/own.log", {"logfile": "/tmp/own.log"}),
    "-o, --owner": ("backup:adm", {"owner": ("backup", "adm")}),
    "-m, --mode": ("600", {"mode": 0o600}),
    "-O, --output": ("", {"output": True, "debug": False}),
    "-d, --debug": ("", {"debug": True, "output": True}),
    "-s, --stack": ("", {"stack": True}),
    "-D, --diagnostics": ("", {"diagnostics": True}),
    "-v, --verifyOnly": ("", {"verifyOnly": True}),
    "-u, --uploadOnly": ("", {"uploadOnly": True}),
    "-w, --ignoreWarnings": ("", {"ignoreWarnings": True}),
}
"""Its switches as its usage listing has them, what a value of them may be, and what they mean here."""


@pytest.mark.parametrize("spelling", _THEIRS)
def test_its_switch_is_accepted_with_its_meaning(spelling: str) -> None:
    value, meaning = _THEIRS[spelling]
    letter, long = spelling.split(", ")
    lines = [[letter], [long]] if not value else [[letter, value], [letter + value], [long, value], [f"{long}={value}"]]
    for words in lines:
        line = parseCommandLine(TOOL, [*words, "/srv", "s3://bucket/prefix"])
        requireConsistent(TOOL, line)
        assert {name: line.values[name] for name in meaning} == meaning, words
        common = commonOptions(line.values, line.given)
        wanted = {name: value for name, value in meaning.items() if name in common._fields}
        assert {name: getattr(common, name) for name in wanted} == wanted, words
        if not {"help", "version", "diagnostics"} & set(meaning):
            options = TOOL.buildOptions(line.values)
            assert (options.sourceDir, options.s3BucketUrl) == ("/srv", "s3://bucket/prefix"), words
            wanted = {name: value for name, value in meaning.items() if name in options._fields}
            assert {name: getattr(options, name) for name in wanted} == wanted, words


def test_its_letters_can_stand_together() -> None:
    line = parseCommandLine(TOOL, ["-bOvuw", "-m600", "/srv", "s3://bucket"])
    assert {name for name, value in line.values.items() if value is True} == {
        *("verbose", "output", "verifyOnly", "uploadOnly", "ignoreWarnings")
    }


def test_these_are_all_of_its_switches_and_the_page_has_each() -> None:
    rows = re.findall(r"^\| `(-\w)`, `(--\w+)` \| \S", _PAGE, re.MULTILINE)
    assert [f"{letter}, {long}" for letter, long in rows] == list(_THEIRS)


@pytest.mark.parametrize("release", ["3.7.4", "3.12.0"])
def test_its_own_release_has_these_switches(release: str) -> None:
    packages = Path(sys.prefix, "cedar-backup3", release)
    if not packages.is_dir():
        pytest.skip(f"Cedar Backup {release} is not in {packages}, where 'make test' installs it from PyPI")
    code = "from CedarBackup3.tools.amazons3 import SHORT_SWITCHES as s, LONG_SWITCHES as l; print(s, *l)"
    environment = {**os.environ, "PYTHONPATH": str(packages)}
    words = [sys.executable, "-c", code]
    done = subprocess.run(words, env=environment, cwd="/", capture_output=True, text=True, check=True)
    letters, *longs = done.stdout.split()
    assert longs == [spelling.partition("--")[2] + "=" * bool(value) for spelling, (value, _) in _THEIRS.items()]
    assert sorted(re.findall(r"\w:?", letters)) == sorted(
        spelling[1] + ":" * bool(value) for spelling, (value, _) in _THEIRS.items()
    )


def test_the_page_has_each_status_that_there_is() -> None:
    rows = re.findall(r"^\| (\d+) \|", _PAGE, re.MULTILINE)
    assert [int(row) for row in rows] == [status for status in ExitStatus if status != ExitStatus.CONFIGURATION]
