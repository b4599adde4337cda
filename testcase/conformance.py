"""What every tool on the shared `cli` promises its user, as checks that the author of a tool can run on it.

    @pytest.mark.parametrize("check", CHECKS)
    def test_conformance(check):
        check("CedarBackup3.tools.example")

Each takes the name of the tool's module and raises `AssertionError`.
"""

from __future__ import annotations

import importlib
import json
import tempfile
from collections.abc import Callable
from itertools import takewhile
from pathlib import Path

from CedarBackup3.cli import Tool
from CedarBackup3.errors import ExitStatus
from CedarBackup3.release import VERSION
from testcase.runner import runTool


def _tool(module: str) -> Tool:
    tool = importlib.import_module(module).TOOL
    assert isinstance(tool, Tool)
    return tool


def helpFitsAndNamesEverything(module: str) -> None:
    """`--help` goes to standard output in 80 columns, with each switch, its value, its default, and each status."""
    tool, outcome = _tool(module), runTool(module, ["--help"])
    lines = outcome.stdout.splitlines()
    assert (outcome.status, outcome.stderr, outcome.log) == (ExitStatus.DONE, "", "")
    assert max(map(len, lines)) <= 80
    for switch in tool.allSwitches:
        assert _described(lines, switch.spelling.strip()) == switch.description
        assert f" {switch.group}:" in lines
    for argument in tool.arguments:
        assert _described(lines, argument.name) == argument.help
    for status in ExitStatus:
        assert _described(lines, str(status.value), 6) == status.meaning
    assert f"man {tool.name}" in lines[-1]


def _described(lines: list[str], name: str, column: int = 31) -> str:
    """What a listing has beside a name, and in the lines below that have none, from a column on."""
    (at,) = [at for at, line in enumerate(lines) if name in {line.strip(), line[:column].strip()}]
    beside = [] if lines[at].strip() == name else [lines[at][column:]]
    below = takewhile(lambda line: len(line) > column and line[:column].isspace(), lines[at + 1 :])
    return " ".join([*beside, *(line[column:] for line in below)])


def helpNeedsNothingElse(module: str) -> None:
    """`--help`, `--version` and `--diagnostics` ask for no argument, and do not mind what else is there."""
    for answer in ("-h", "--help", "-V", "--version"):
        assert runTool(module, [answer, "--verbose"]).status == ExitStatus.DONE


def versionIsSaid(module: str) -> None:
    """`--version` prints the tool's name and version."""
    assert runTool(module, ["--version"]).stdout.startswith(f"{_tool(module).name} {VERSION}\n")


def diagnosticsAreLabelled(module: str) -> None:
    """`--diagnostics` prints labelled lines and touches no log."""
    outcome = runTool(module, ["--diagnostics"])
    assert (outcome.status, outcome.stderr, outcome.log) == (ExitStatus.DONE, "", "")
    for label in ("Version:", "Python:", "Platform:", "Encoding:", "Locale:", "Time:"):
        assert f"   {label} " in outcome.stdout


def wrongUsageIsOneSentence(module: str) -> None:
    """A wrong command line gets one line that names what is wrong and where help is; nothing is logged."""
    tool = _tool(module)
    fine = [argument.name for argument in tool.arguments]
    isRepeatable = any(argument.isRepeatable for argument in tool.arguments)
    for words, named in (
        ([*fine, "--noSuchSwitch"], "--noSuchSwitch"),
        ([*fine, "--verb"], "--verb"),  # no abbreviations
        *([] if isRepeatable else [([*fine, "one-too-many"], "one-too-many"), ([], tool.arguments[0].name)]),
        ([*fine, "--mode"], "--mode"),
        ([*fine, "--mode", "9"], "'9'"),
        ([*fine, "--mode", "0o640"], "0o640"),
        ([*fine, "--owner", "0:0"], "names"),
        ([*fine, "--owner", "root"], "user:group"),
        ([*fine, "--verbose=yes"], "yes"),
        ([*fine, "--pingUrl", "ftp://host/"], "http://"),
        ([*fine, "bad\n\x1b[31m\udcff"], "bad\\n\\x1b[31m\\xff"),
    ):
        outcome = runTool(module, words)
        assert (outcome.status, outcome.stdout, outcome.log) == (ExitStatus.USAGE, "", ""), words
        assert outcome.stderr.count("\n") == 1
        assert named in outcome.stderr
        assert f"{tool.name} --help" in outcome.stderr


def everyRunIsReported(module: str) -> None:
    """Arguments that make no sense end in a status that the report and the metrics have, too."""
    tool = _tool(module)
    names = [argument.name for argument in tool.arguments]
    with tempfile.TemporaryDirectory() as scratch:
        metrics = Path(scratch, "cback.prom")
        words: list[str | Path] = [*names, "--verbose", "--report", "-", "--metricsFile", metrics]
        outcome = runTool(module, words, directory=Path(scratch))
        report = json.loads(outcome.stdout)
        assert outcome.status not in {ExitStatus.DONE, ExitStatus.LOGGING}
        assert report["tool"] == {"name": tool.name, "version": VERSION}
        assert report["status"]["number"] == outcome.status
        assert report["arguments"] == {name: name for name in names}
        assert set(report["options"]) == {switch.long for switch in tool.allSwitches} - {
            "help",
            "version",
            "diagnostics",
        }
        (line,) = [line for line in metrics.read_text().splitlines() if line.startswith("cback_exit_status{")]
        assert line.endswith(f"}} {outcome.status}")
        assert f'tool="{tool.name}"' in line


def whereNothingCanBeToldNothingIsDone(module: str) -> None:
    """A report or metrics that cannot be written end the run before it begins, in one line."""
    names = [argument.name for argument in _tool(module).arguments]
    for switch in ("--report", "--metricsFile"):
        outcome = runTool(module, [*names, switch, "/no/such/directory/file"])
        assert (outcome.status, outcome.stdout, outcome.log) == (ExitStatus.LOGGING, "", "")
        assert outcome.stderr.count("\n") == 1
        assert switch in outcome.stderr


CHECKS: tuple[Callable[[str], None], ...] = (
    helpFitsAndNamesEverything,
    helpNeedsNothingElse,
    versionIsSaid,
    diagnosticsAreLabelled,
    wrongUsageIsOneSentence,
    everyRunIsReported,
    whereNothingCanBeToldNothingIsDone,
)
