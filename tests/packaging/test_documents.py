"""What the documents quote is what the program has."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from CedarBackup3.errors import ExitStatus
from CedarBackup3.release import VERSION
from CedarBackup3.tools import amazons3restore, amazons3sync

_ROOT = Path(__file__).resolve().parent.parent.parent
_README = (_ROOT / "README.md").read_text("utf-8")


def _fenced(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


def test_the_readme_has_every_exit_status() -> None:
    rows = re.findall(r"^\| (\d+) \|", _README, re.MULTILINE)
    assert rows == [str(status.value) for status in ExitStatus]


def test_the_readme_names_only_switches_that_exist() -> None:
    tools = (amazons3sync.TOOL, amazons3restore.TOOL)
    known = {f"--{switch.long}" for tool in tools for switch in tool.allSwitches}
    others = {"--delete", "--bucket", "--versioning-configuration", "--now"}  # of aws and systemctl
    assert set(re.findall(r"(?<![\w-])--[a-zA-Z][\w-]*", _README)) <= known | others


@pytest.mark.parametrize("document", ["README.md", "testcase/README.md"])
def test_examples_in_python_can_be_parsed(document: str) -> None:
    examples = _fenced((_ROOT / document).read_text("utf-8"), "python")
    assert examples
    for example in examples:
        ast.parse(example)


@pytest.mark.parametrize("document", ["README.md", "testcase/README.md"])
def test_links_lead_to_files(document: str) -> None:
    path = _ROOT / document
    for target in re.findall(r"\]\((?!https?:|#)([^)]+)\)", path.read_text("utf-8")):
        assert (path.parent / target).exists(), target


def test_the_changes_begin_with_this_version() -> None:
    versions = re.findall(r"^## (\S+)", (_ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert versions[0] == VERSION


def test_the_debian_changelog_begins_with_this_version() -> None:
    assert (_ROOT / "debian/changelog").read_text("utf-8").startswith(f"cedar-backup3-amazons3-sync ({VERSION}) ")
