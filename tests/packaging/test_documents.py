"""What the documents quote is what the program has."""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from CedarBackup3.cli import Tool
from CedarBackup3.cli.commandline import parseCommandLine
from CedarBackup3.errors import ExitStatus
from CedarBackup3.release import VERSION
from CedarBackup3.tools import amazons3restore, amazons3sync
from testcase.exampletool import TOOL as EXAMPLE

_ROOT = Path(__file__).resolve().parent.parent.parent
_README = (_ROOT / "README.md").read_text("utf-8")
_GUIDE = sorted(f"docs/{path.name}" for path in (_ROOT / "docs").glob("*.md"))
_FOR_USERS = ["README.md", *_GUIDE]
_DOCUMENTS = ["README.md", "DESIGN.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "testcase/README.md", *_GUIDE]
_TOOLS = {tool.name: tool for tool in (amazons3sync.TOOL, amazons3restore.TOOL)}


def _text(document: str) -> str:
    return (_ROOT / document).read_text("utf-8")


def _fenced(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


def _switches(tool: Tool) -> set[str]:
    return {f"--{switch.long}" for switch in tool.allSwitches}


def _literal(text: str) -> list[str]:
    """The lines that are shown as they are typed or printed, those that a backslash goes on joined."""
    fenced = re.findall(r"^```\w*\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    indented = re.findall(r"^ {4,}(.*)$", text, re.MULTILINE)
    return re.sub(r"\\\n\s*", " ", "\n".join([*fenced, *indented])).splitlines()


def _commands(text: str) -> Iterator[tuple[Tool, list[str]]]:
    """The command lines of the tools that a document or the examples of a manual page have."""
    for line in _literal(text):
        match = re.match(r"(?:\$ |sudo |[\d* ]+ (?=flock|cback)|flock \S+ \S+ |[A-Z_]+=\S+ )*(cback-\S+) (.*)", line)
        if match and match[1] in _TOOLS:
            yield _TOOLS[match[1]], shlex.split(match[2].replace(r"\%", "%"), comments=True)


def test_the_readme_has_every_exit_status() -> None:
    rows = re.findall(r"^\| (\d+) \|", _README, re.MULTILINE)
    assert rows == [str(status.value) for status in ExitStatus]


@pytest.mark.parametrize("document", _FOR_USERS)
def test_documents_name_only_switches_that_exist(document: str) -> None:
    known = {switch for tool in (*_TOOLS.values(), EXAMPLE) for switch in _switches(tool)}
    of_others = {
        *("--delete", "--bucket", "--versioning-configuration", "--lifecycle-configuration"),  # aws
        *("--now", "--notest", "--no-clobber", "--no-target-directory"),  # systemctl, convmv, mv
        *("--versioning", "--port"),  # testcase.s3
        "--verb",  # what is none
    }
    prose = re.sub(r"\]\([^)]*\)", "", _text(document))  # anchors have dashes
    assert set(re.findall(r"(?<![\w-])--[a-zA-Z][\w-]*", prose)) <= known | of_others


@pytest.mark.parametrize("document", _FOR_USERS)
def test_documents_name_only_exit_statuses_that_exist(document: str) -> None:
    named = re.findall(r"\bstatus(?:es)?(?: of)? (\d+)", _text(document), re.IGNORECASE)
    assert {int(number) for number in named} <= {status.value for status in ExitStatus}


@pytest.mark.parametrize("document", [*_FOR_USERS, *(f"manpages/{name}.1" for name in _TOOLS)])
def test_command_lines_can_be_parsed(document: str) -> None:
    text = _text(document)
    if document.endswith(".1"):
        blocks = re.findall(r"^\.EX\n(.*?)^\.EE", text, re.DOTALL | re.MULTILINE)
        text = "".join(f"```\n{block}```\n" for block in blocks).replace(r"\-", "-").replace(r"\e", "\\")
    commands = list(_commands(text))
    assert commands or document in {"docs/troubleshooting.md", "docs/extensions.md"}
    for tool, words in commands:
        line = parseCommandLine(tool, words)
        if not (line.values["diagnostics"] or line.values["help"]):
            tool.buildOptions(line.values)


@pytest.mark.parametrize("document", ["README.md", "testcase/README.md"])
def test_examples_in_python_can_be_parsed(document: str) -> None:
    examples = _fenced(_text(document), "python")
    assert examples
    for example in examples:
        ast.parse(example)


def test_the_code_for_authors_is_that_of_the_examples() -> None:
    sources = [_text(f"testcase/{name}.py") for name in ("exampleextension", "exampletool")]
    examples = _fenced(_text("docs/extensions.md"), "python")
    assert examples
    for example in examples:
        assert any(f"\n{example}" in source for source in sources), example


@pytest.mark.parametrize("document", _DOCUMENTS)
def test_links_lead_somewhere(document: str) -> None:
    path = _ROOT / document
    for target in re.findall(r"\]\((?!https?:)([^)]+)\)", _text(document)):
        file, _, anchor = target.partition("#")
        linked = path.parent / file if file else path
        assert linked.exists(), target
        assert not anchor or anchor in _anchors(linked.read_text("utf-8")), target


def _anchors(text: str) -> set[str]:
    """As GitHub makes them of headings."""
    prose = re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)
    headings = re.findall(r"^#+ (.+)$", prose, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_the_guide_leads_to_all_of_its_pages() -> None:
    linked = re.findall(r"^\d+\. .*\]\((\S+)\)", _text("docs/guide.md"), re.MULTILINE)
    assert sorted(["docs/guide.md", *(f"docs/{name}" for name in linked)]) == _GUIDE


def test_every_message_that_is_explained_can_be_printed() -> None:
    messages = re.findall(r"\*\*`([^`]+)`\*\*", _text("docs/troubleshooting.md"))
    assert len(messages) > 50
    templates = list(_templates())
    for message in messages:
        parts = [part.strip() for part in " ".join(message.split()).split("…")]
        assert any(map(str.isalpha, message))
        pattern = re.compile(".*".join(map(re.escape, parts)))
        assert any(map(pattern.search, templates)), message


def _templates() -> Iterator[str]:
    """Every text in the program, with an ellipsis for what is filled in."""
    for path in (_ROOT / "CedarBackup3").rglob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        documentation = {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            if node in documentation:
                continue
            if isinstance(node, ast.JoinedStr):
                yield "".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value.replace("%s", "…")


def test_the_changes_begin_with_this_version() -> None:
    versions = re.findall(r"^## (\S+)", _text("CHANGELOG.md"), re.MULTILINE)
    assert versions[0] == VERSION


def test_the_debian_changelog_begins_with_this_version() -> None:
    assert _text("debian/changelog").startswith(f"cedar-backup3-amazons3-sync ({VERSION}) ")
