"""The man pages say what the tools do: each switch, default, argument and exit status, and no other."""

from __future__ import annotations

import importlib
import os
import re
import shlex
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from CedarBackup3.cli import Tool
from CedarBackup3.errors import ExitStatus
from CedarBackup3.release import VERSION
from CedarBackup3.tools import toolModules

_ROOT = Path(__file__).resolve().parent.parent.parent
_MODULES = toolModules()
_SECTIONS = [
    *("NAME", "SYNOPSIS", "DESCRIPTION", "ARGUMENTS", "SWITCHES", "EXIT STATUS"),
    *("FILES", "ENVIRONMENT", "LIMITS", "EXAMPLES", "SEE ALSO"),
]

Item = tuple[str, str]
"""What a paragraph with a tag (.TP) is about, and what it says."""


def _plain(line: str) -> str:
    """A line of man(7) source as it reads, without its fonts."""
    macro = re.fullmatch(r"\.(B|I|BR|RB|IR|RI|BI|IB) (.*)", line)
    if macro:
        words = shlex.split(macro[2].replace("\\", "\\\\").replace("'", "\\'"))
        line = (" " if len(macro[1]) == 1 else "").join(words)
    line = re.sub(r"\\f[BIRP]", "", line)
    return line.replace(r"\:", "").replace(r"\-", "-").replace(r"\e", "\\").replace(r"\(bu", "*")


def _sections(page: str) -> dict[str, list[str]]:
    """The lines of source in each section."""
    found: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in page.splitlines():
        if line.startswith(".SH "):
            lines = found.setdefault(line.removeprefix(".SH ").strip('"'), [])
        else:
            lines.append(line)
    return found


def _items(lines: list[str]) -> Iterator[Item]:
    tag, body = "", list[str]()
    for before, line in zip(["", *lines], lines, strict=False):
        if before == ".TP":
            tag, body = _plain(line), []
        elif line == ".TP" or line.startswith(".SS"):
            if tag:
                yield tag, " ".join(body)
            tag = ""
        else:
            body.append(_plain(line))
    if tag:
        yield tag, " ".join(body)


@pytest.fixture(params=_MODULES)
def tool(request: pytest.FixtureRequest) -> Tool:
    made = importlib.import_module(request.param).TOOL
    assert isinstance(made, Tool)
    return made


@pytest.fixture
def page(tool: Tool) -> dict[str, list[str]]:
    return _sections((_ROOT / "manpages" / f"{tool.name}.1").read_text("utf-8"))


def test_every_tool_has_a_console_script_and_a_page_and_there_are_no_others() -> None:
    names = {importlib.import_module(module).TOOL.name for module in _MODULES}
    project = tomllib.loads((_ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["scripts"] == {name: f"cback_amazons3:{name.rpartition('-')[2]}" for name in names}
    entry = (_ROOT / "util/entry/cback_amazons3/__init__.py").read_text("utf-8")
    assert set(re.findall(r'"(cback-[\w-]+)": "(\w+)"', entry)) == {
        (importlib.import_module(module).TOOL.name, module.rpartition(".")[2]) for module in _MODULES
    }
    assert {path.name for path in (_ROOT / "manpages").iterdir()} == {f"{name}.1" for name in names}


def test_the_page_has_its_sections_in_order(page: dict[str, list[str]]) -> None:
    assert list(page) == _SECTIONS


def test_the_page_names_the_command_and_its_release(tool: Tool, page: dict[str, list[str]]) -> None:
    whole = (_ROOT / "manpages" / f"{tool.name}.1").read_text("utf-8")
    assert f'"{tool.name} {VERSION}"' in whole
    assert _plain(page["NAME"][0]).startswith(f"{tool.name} - ")


def test_the_synopsis_and_the_section_have_the_arguments(tool: Tool, page: dict[str, list[str]]) -> None:
    names = [argument.name for argument in tool.arguments]
    shown = [argument.usage for argument in tool.arguments]
    assert [_plain(line) for line in page["SYNOPSIS"]] == [tool.name, "[switches]", *shown]
    assert [tag for tag, _ in _items(page["ARGUMENTS"])] == names


def test_the_page_has_the_switches_of_the_table_in_its_order(tool: Tool, page: dict[str, list[str]]) -> None:
    assert [tag for tag, _ in _items(page["SWITCHES"])] == [switch.spelling.strip() for switch in tool.allSwitches]


def test_the_page_has_the_switches_under_the_headings_of_the_usage_listing(
    tool: Tool, page: dict[str, list[str]]
) -> None:
    shown, heading = [], ""
    for before, line in zip(["", *page["SWITCHES"]], page["SWITCHES"], strict=False):
        heading = line.removeprefix(".SS ").strip('"') if line.startswith(".SS ") else heading
        if before == ".TP":
            shown.append(heading)
    assert shown == [switch.group for switch in tool.allSwitches]
    assert re.findall(r"^\.SS", "\n".join(page["SWITCHES"]), re.MULTILINE) == [".SS"] * len(set(shown))


def test_the_page_has_the_defaults_of_the_table(tool: Tool, page: dict[str, list[str]]) -> None:
    told = [re.findall(r"The default is (\S+)\.(?= |$)", text) for _, text in _items(page["SWITCHES"])]
    assert told == [[switch.default] if switch.default else [] for switch in tool.allSwitches]


def test_the_page_mentions_no_other_switch(tool: Tool, page: dict[str, list[str]]) -> None:
    known = {f"--{switch.long}" for switch in tool.allSwitches} | {"--delete"}  # of aws s3 sync
    text = " ".join(_plain(line) for lines in page.values() for line in lines)
    assert set(re.findall(r"(?<!\S)--[a-zA-Z]+", text)) <= known


def test_the_page_has_every_exit_status(page: dict[str, list[str]]) -> None:
    items = list(_items(page["EXIT STATUS"]))
    assert [tag for tag, _ in items] == [str(status.value) for status in ExitStatus]
    assert all(text for _, text in items)


def test_the_page_has_the_variables_that_the_program_knows(tool: Tool, page: dict[str, list[str]]) -> None:
    if not any(switch.long == "awsTimeout" for switch in tool.allSwitches):
        pytest.skip("it runs no aws")
    sources = [path.read_text("utf-8") for path in (_ROOT / "CedarBackup3").rglob("*.py")]
    known = {name for source in sources for name in re.findall(r'"(AWS_[A-Z0-9_]+|http_proxy|TMPDIR)"', source)}
    known -= {"AWS_SECURITY_TOKEN"}  # an older name of AWS_SESSION_TOKEN, of which aws's manual no longer speaks
    assert "AWS_ENDPOINT_URL_S3" in known
    text = " ".join(map(_plain, page["ENVIRONMENT"]))
    assert {name for name in known if not re.search(rf"\b{name}\b", text)} == set()


@pytest.mark.parametrize("path", sorted((_ROOT / "manpages").iterdir()), ids=lambda path: path.name)
def test_the_page_fits_terminals_of_any_width(path: Path) -> None:
    if not shutil.which("man") or not shutil.which("groff"):
        pytest.skip("no man, or no groff")
    for width in [*range(40, 81, 5), 100, 132, 200]:
        words = ["man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z", str(path)]
        done = subprocess.run(words, env=os.environ | {"MANWIDTH": str(width)}, capture_output=True, check=False)
        assert (done.returncode, done.stderr.decode()) == (0, ""), f"at {width} columns"


def test_the_parser_of_these_tests_reads_man_pages() -> None:
    source = (
        '.TH A 1\n.SH ONE\n.TP\n.BR \\-a ", " \\-\\-all " \\:\\fIX\\fR"\nThe default is\n.BR 5 .\n'
        ".TP\n.I b\nIt's\n.B b c\n"
    )
    parsed = _sections(source)
    assert list(parsed) == ["ONE"]
    assert list(_items(parsed["ONE"])) == [("-a, --all X", "The default is 5."), ("b", "It's b c")]
