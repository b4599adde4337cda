"""What each command imports first: whose package `CedarBackup3` is, if Cedar Backup came to the same place, or left."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

_ROOT = Path(__file__).resolve().parent.parent
_ENTRY = _ROOT / "util/entry/cback_amazons3"
_THEIRS = (
    *("__init__.py", "release.py", "util.py", "tools/__init__.py", "actions/__init__.py", "extend/__init__.py"),
    *("cli.py", "config.py", "xmlutil.py", "tools/amazons3.py", "extend/amazons3.py", "writers/__init__.py"),
)
"""Files of Cedar Backup 3.7 to 3.12; the first four have the names of ours."""


def _installOurs(place: Path) -> None:
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(_ROOT / "CedarBackup3", place / "CedarBackup3", ignore=ignored, dirs_exist_ok=True)


def _removeOurs(place: Path) -> None:
    for path in (_ROOT / "CedarBackup3").rglob("*.py"):
        (place / path.relative_to(_ROOT)).unlink(missing_ok=True)


def _installTheirs(place: Path) -> None:
    for name in _THEIRS:
        path = place / "CedarBackup3" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("raise RuntimeError('it was imported')\n")


def _removeTheirs(place: Path) -> None:
    for name in _THEIRS:
        (place / "CedarBackup3" / name).unlink(missing_ok=True)


def _version(command: str, place: Path) -> subprocess.CompletedProcess[str]:
    function = command.rpartition("-")[2]
    code = (
        f"import sys; sys.path.insert(0, sys.argv.pop()); from cback_amazons3 import {function}; sys.exit({function}())"
    )
    words = [sys.executable, "-S", "-I", "-c", code, "--version", str(place)]
    return subprocess.run(words, capture_output=True, text=True, check=False)


_STATES: dict[str, tuple[Callable[[Path], None], ...]] = {
    "ours, then theirs": (_installOurs, _installTheirs),
    "theirs, then ours": (_installTheirs, _installOurs),
    "ours, then theirs, which left": (_installOurs, _installTheirs, _removeTheirs),
    "theirs, then ours, and theirs left": (_installTheirs, _installOurs, _removeTheirs),
    "ours, then theirs, and ours left": (_installOurs, _installTheirs, _removeOurs),
    "theirs": (_installTheirs,),
    "neither": (),
}


@pytest.mark.parametrize("state", _STATES)
@pytest.mark.parametrize("command", ["cback-amazons3-sync", "cback-amazons3-restore"])
def test_a_package_that_is_not_ours_alone_is_refused_in_one_sentence(command: str, state: str, tmp_path: Path) -> None:
    shutil.copytree(_ENTRY, tmp_path / "cback_amazons3", ignore=shutil.ignore_patterns("__pycache__"))
    for step in _STATES[state]:
        step(tmp_path)
    done = _version(command, tmp_path)
    assert (done.returncode, done.stdout) == (6, ""), done
    assert done.stderr.startswith(f"{command}: the package CedarBackup3 ("), done
    assert "install each with pipx" in done.stderr
    assert (done.stderr.count("\n"), "imported" in done.stderr) == (1, False), done


@pytest.mark.parametrize("command", ["cback-amazons3-sync", "cback-amazons3-restore", "cback-amazons3-status"])
def test_ours_alone_runs(command: str, tmp_path: Path) -> None:
    shutil.copytree(_ENTRY, tmp_path / "cback_amazons3", ignore=shutil.ignore_patterns("__pycache__"))
    _installOurs(tmp_path)
    done = _version(command, tmp_path)
    assert (done.returncode, done.stderr, done.stdout.split()[:1]) == (0, "", [command]), done


def test_the_entry_imports_nothing_that_help_would_not_wait_for_anyway(tmp_path: Path) -> None:
    script = (
        "import sys; from {} import {}; sys.argv[1:] = ['--help']; {}(); print(*sorted(sys.modules), file=sys.stderr)"
    )
    loaded = []
    for module, function in (("CedarBackup3.tools.amazons3sync", "cli"), ("cback_amazons3", "sync")):
        code = script.format(module, function, function)
        environment = {**os.environ, "PYTHONPATH": f"{_ROOT}:{_ENTRY.parent}"}
        words = [sys.executable, "-S", "-c", code]
        done = subprocess.run(words, env=environment, cwd=tmp_path, capture_output=True, text=True, check=True)
        loaded.append(set(done.stderr.split()))
    added = loaded[1] - loaded[0]
    assert {name.partition(".")[0] for name in added} <= {"cback_amazons3", "importlib"}


@pytest.mark.parametrize("tool", ["amazons3sync", "amazons3restore"])
def test_help_waits_for_nothing_that_only_a_run_needs(tool: str) -> None:
    code = (
        f"import sys; from CedarBackup3.tools.{tool} import cli; sys.argv[1:] = ['--help']; cli(); "
        "print(*sys.modules, file=sys.stderr)"
    )
    environment = {**os.environ, "PYTHONPATH": str(_ROOT)}
    words = [sys.executable, "-S", "-c", code]
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=True)
    needless = {"dataclasses", "inspect", "json", "logging", "selectors", "subprocess", "threading", "urllib"}
    ours = {"CedarBackup3.amazons3", "CedarBackup3.places", "CedarBackup3.util"}
    assert not (needless | ours) & set(done.stderr.split()), done.stderr
