"""What the documents quote is what the program has."""

from __future__ import annotations

import ast
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from CedarBackup3.cli import Tool
from CedarBackup3.cli.commandline import parseCommandLine, requireConsistent
from CedarBackup3.errors import ExitStatus
from CedarBackup3.release import VERSION
from CedarBackup3.tools import amazons3restore, amazons3status, amazons3sync
from testcase.exampletool import TOOL as EXAMPLE
from util.messages import programTexts
from util.usage import PAGE, usagePage

_ROOT = Path(__file__).resolve().parent.parent.parent
_DECISIONS = [path.name for path in (_ROOT / "docs/decisions").glob("*.md")]
_FOR_MAINTAINERS = ["DESIGN.md", "docs/performance.md", *sorted(f"docs/decisions/{name}" for name in _DECISIONS)]
_GUIDE = sorted({f"docs/{path.name}" for path in (_ROOT / "docs").glob("*.md")}.difference(_FOR_MAINTAINERS))
_FOR_USERS = ["README.md", *_GUIDE]
_DOCUMENTS = [
    *("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "testcase/README.md"),
    *_FOR_MAINTAINERS,
    *_GUIDE,
]
_WITHOUT_COMMANDS = {f"docs/{name}.md" for name in ("troubleshooting", "exit-statuses", "limits", "extensions")}
_PACKAGES = [path.parent.name for path in (_ROOT / "CedarBackup3").rglob("*/__init__.py")]
_TOOLS = {tool.name: tool for tool in (amazons3sync.TOOL, amazons3restore.TOOL, amazons3status.TOOL)}


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
            yield _TOOLS[match[1]], _words(match[2].replace(r"\%", "%"))


def _words(text: str) -> list[str]:
    """The words of a command line, without where its output goes."""
    return [word for word in shlex.split(text, comments=True) if not word.startswith(">/")]


def _rowsOfStatuses() -> list[list[str]]:
    lines = re.findall(r"^\| (\d.*) \|$", _text("docs/exit-statuses.md"), re.MULTILINE)
    return [[cell.strip() for cell in line.split(" |")] for line in lines]


def test_the_page_of_exit_statuses_has_every_one() -> None:
    assert [row[0] for row in _rowsOfStatuses()] == [str(status.value) for status in ExitStatus]


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="there is no systemd-analyze")
def test_exit_statuses_have_the_names_that_systemd_gives_them() -> None:
    done = subprocess.run(["systemd-analyze", "exit-status"], capture_output=True, text=True, check=True)
    names = {number: name for name, number, *_ in map(str.split, done.stdout.splitlines())}
    assert {row[0]: row[3] for row in _rowsOfStatuses()} == {row[0]: names.get(row[0], "") for row in _rowsOfStatuses()}


@pytest.mark.parametrize("document", _FOR_USERS)
def test_documents_name_only_switches_that_exist(document: str) -> None:
    known = {switch for tool in (*_TOOLS.values(), EXAMPLE) for switch in _switches(tool)}
    of_others = {
        *("--delete", "--recursive", "--bucket", "--versioning-configuration", "--lifecycle-configuration"),  # aws
        *("--key", "--version-id"),  # aws s3api get-object
        *("--now", "--notest", "--no-clobber", "--no-target-directory"),  # systemctl, convmv, mv
        *("--versioning", "--port"),  # testcase.s3
        *("--endpoint-url", "--max-delete", "--s3-version-at", "--download"),  # aws, rclone
        *("--markdown", "--openssl-legacy-provider"),  # util/serverscenario.py, node
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
    assert commands or document in _WITHOUT_COMMANDS
    for tool, words in commands:
        line = parseCommandLine(tool, words)
        if not (line.values["diagnostics"] or line.values["help"]):
            requireConsistent(tool, line)
            tool.buildOptions(line.values)


def test_the_usage_listings_are_those_of_the_program() -> None:
    assert PAGE.read_text("utf-8") == usagePage(), "make usage writes them anew; look at the difference"


def test_examples_in_python_can_be_parsed() -> None:
    examples = _fenced(_text("testcase/README.md"), "python")
    assert examples
    for example in examples:
        ast.parse(example)


def test_the_code_for_authors_is_that_of_the_examples() -> None:
    sources = [_text(f"testcase/{name}.py") for name in ("examplelibrary", "exampletool")]
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


def test_the_design_has_each_package_and_no_other() -> None:
    above: list[str] = []
    drawn = set()
    for indent, name in re.findall(r"^( *)(\w+)/  ", _text("DESIGN.md"), re.MULTILINE):
        above[len(indent) // 2 :] = [name]
        drawn.add("/".join(above))
    assert drawn == {
        path.parent.relative_to(_ROOT).as_posix() for path in (_ROOT / "CedarBackup3").rglob("__init__.py")
    } | {"CedarBackup3/extend"}  # a part of Cedar Backup's package, and none by itself


def test_the_design_is_short_enough_to_be_read() -> None:
    assert len(_text("DESIGN.md").splitlines()) <= 150


@pytest.mark.parametrize("document", _FOR_MAINTAINERS)
def test_modules_that_maintainers_read_of_exist(document: str) -> None:
    named = re.findall(rf"`((?:{'|'.join(_PACKAGES)})/\w+)", _text(document))
    tops = [_ROOT / "CedarBackup3", _ROOT / "CedarBackup3/amazons3"]
    paths = {name: [path for top in tops for path in (top / name, top / f"{name}.py")] for name in named}
    assert [name for name in named if not any(path.exists() for path in paths[name])] == []


@pytest.mark.parametrize(
    "package", sorted((_ROOT / "CedarBackup3/amazons3").glob("*/__init__.py")), ids=lambda path: path.parent.name
)
def test_what_a_newcomer_first_reads_of_a_package_names_modules_that_exist(package: Path) -> None:
    text = ast.get_docstring(ast.parse(package.read_text("utf-8")))
    assert text
    named = re.findall(r"`(\w+)`", text)
    assert [
        name
        for name in named
        if not (package.with_name(f"{name}.py").exists() or (package.parent.parent / name).is_dir())
    ] == []


def test_the_index_of_decisions_has_each_of_them_once() -> None:
    linked = re.findall(r"^- \[(\d{3})\]\((\1-[a-z0-9-]+\.md)\) \S", _text("docs/decisions/README.md"), re.MULTILINE)
    assert sorted([*(name for _, name in linked), "README.md"]) == sorted(_DECISIONS)


@pytest.mark.parametrize("name", sorted(set(_DECISIONS) - {"README.md"}))
def test_a_decision_has_its_number_and_its_three_parts(name: str) -> None:
    headings = re.findall(r"^#+ (.+)", _text(f"docs/decisions/{name}"), re.MULTILINE)
    assert headings[0].startswith(f"{name[:3]}. ")
    assert headings[1:] == ["Context", "Choice", "Consequences"]


def test_every_message_that_is_explained_can_be_printed() -> None:
    messages = re.findall(r"\*\*`([^`]+)`\*\*", _text("docs/troubleshooting.md"))
    assert len(messages) > 50
    templates = [text for _, text in programTexts()]
    for message in messages:
        parts = [part.strip() for part in " ".join(message.split()).split("…")]
        assert any(map(str.isalpha, message))
        pattern = re.compile(".*".join(map(re.escape, parts)))
        assert any(map(pattern.search, templates)), message


def test_the_changes_begin_with_this_version() -> None:
    versions = re.findall(r"^## (\S+)", _text("CHANGELOG.md"), re.MULTILINE)
    assert versions[0] == VERSION


def test_the_debian_changelog_begins_with_this_version() -> None:
    assert re.match(rf"cedar-backup3-amazons3-sync \({re.escape(VERSION)}(\+\d+)?\) ", _text("debian/changelog"))
