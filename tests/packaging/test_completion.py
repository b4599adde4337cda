"""The completions know every switch of every tool; real shells are asked."""

from __future__ import annotations

import importlib
import os
import pty
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from CedarBackup3.cli import Tool
from CedarBackup3.tools import toolModules

_SCRIPT = Path(__file__).resolve().parent.parent.parent / "util" / "completion.py"
_TOOLS = [importlib.import_module(module).TOOL for module in toolModules()]
_TIME_LIMIT = 60  # seconds for a shell to answer

Completer = Callable[..., list[str]]
"""Gives what a shell offers for the last of the words of a command line: `completed(tool, "--verif")`."""


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("completion")
    subprocess.run([sys.executable, str(_SCRIPT), str(made)], check=True)
    (made / "here").mkdir()
    (made / "here" / "some.file").touch()
    (made / "here" / "folder").mkdir()
    return made


def _bashCompleter(directory: Path) -> Completer:
    ask = 'source "$1"; COMP_WORDS=("${@:2}"); COMP_CWORD=$(($# - 2)); $FUNCTION 2>/dev/null; echo "${COMPREPLY[@]}"'

    def completed(tool: Tool, *words: str) -> list[str]:
        function = "_" + tool.name.replace("-", "_")
        done = subprocess.run(
            ["bash", "--norc", "-c", ask, "bash", str(directory / tool.name), tool.name, *words],
            env={"PATH": "/usr/bin:/bin", "FUNCTION": function},
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.split()

    return completed


class _Zsh:
    """An interactive zsh on a terminal of its own, whose completion writes down what it offers.

    What is offered is known to `compadd` alone, so that is wrapped; calls by which completion functions only look
    something up (-O, -A, -D) are left alone.
    """

    _SETTINGS = """
        unsetopt AUTO_LIST BEEP
        autoload -Uz compinit && compinit -u -D
        compadd() {
            if [[ -n ${(M)@[1,(i)(-|--)]:#-[OAD]*} ]]; then builtin compadd "$@"; return; fi
            local -a offered
            builtin compadd -O offered "$@"
            print -rl -- $offered >>$OFFERED
            builtin compadd "$@"
        }
        PS1="<READY>"
    """

    def __init__(self, directory: Path) -> None:
        self._offered = directory / "offered"
        (directory / ".zshrc").write_text(f"fpath=({shlex.quote(str(directory))} $fpath)\n{self._SETTINGS}")
        environment = {"PATH": "/usr/bin:/bin", "TERM": "dumb", "ZDOTDIR": str(directory)}
        pid, self._terminal = pty.fork()
        if not pid:
            os.chdir(directory / "here")
            os.execvpe("zsh", ["zsh", "-d", "-i"], environment | {"OFFERED": str(self._offered)})
        self._pid = pid
        self._await(b"<READY>")

    def completed(self, tool: Tool, *words: str) -> list[str]:
        self._offered.write_text("")
        os.write(self._terminal, " ".join([tool.name, *words]).encode() + b"\t")
        os.write(self._terminal, b"\x15print DO''NE\n")  # the line is killed; zsh answers once it has completed
        self._await(b"DONE\r\n")
        self._await(b"<READY>")
        return list(dict.fromkeys(filter(None, self._offered.read_text().split("\n"))))

    def close(self) -> None:
        os.close(self._terminal)
        os.waitpid(self._pid, 0)

    def _await(self, text: bytes) -> None:
        seen = b""
        while text not in seen:
            seen += os.read(self._terminal, 1)


@pytest.fixture(scope="module", params=["bash", "zsh"])
def completed(request: pytest.FixtureRequest, directory: Path) -> Iterator[Completer]:
    if shutil.which(request.param) is None:
        pytest.skip(f"no {request.param}")
    if request.param == "bash":
        yield _bashCompleter(directory)
        return
    shell = _Zsh(directory)
    yield shell.completed
    shell.close()


pytestmark = [pytest.mark.timeout(_TIME_LIMIT), pytest.mark.parametrize("tool", _TOOLS, ids=lambda tool: tool.name)]


def test_every_long_switch_is_offered(completed: Completer, tool: Tool) -> None:
    assert sorted(completed(tool, "--")) == sorted(f"--{switch.long}" for switch in tool.allSwitches)


def test_a_beginning_is_completed(completed: Completer, tool: Tool) -> None:
    assert completed(tool, "here", "--verbo") == ["--verbose"]
    for number, argument in enumerate(tool.arguments):
        if argument.name.endswith("Url"):
            assert completed(tool, *["x"] * number, "s3") == ["s3://"]


def test_the_choices_of_a_value_are_offered_and_for_others_no_switches(completed: Completer, tool: Tool) -> None:
    for switch in tool.allSwitches:
        if switch.valueName:
            offered = completed(tool, f"--{switch.long}", "")
            assert not any(word.startswith("-") for word in offered), switch
            assert not switch.choices or sorted(offered) == sorted(switch.choices)
    assert completed(tool, "-m", "64") == ["640", "644"]
    assert completed(tool, "-m", "60") == ["600"]


def test_paths_are_left_to_the_shell(completed: Completer, tool: Tool, directory: Path) -> None:
    if not _isZsh(completed):  # bash has paths where nothing is offered
        assert completed(tool, "--logfile", "som") == []
        assert "--logfile) :; return" in (directory / tool.name).read_text()
        return
    assert completed(tool, "--logfile", "som") == ["some.file"]
    for place, argument in enumerate(tool.arguments):
        offered = ["folder"] if argument.name.endswith("Dir") else []
        assert argument.name.endswith("Url") or completed(tool, *["x"] * place, "") == offered


def test_a_value_behind_a_sign_of_equality_is_completed(completed: Completer, tool: Tool) -> None:
    assert completed(tool, *_asWords(completed, "--mode=", "64")) == ["640", "644"]


def _asWords(completed: Completer, switch: str, value: str) -> list[str]:
    """As the shell's completion gets them: bash parts words at a sign of equality."""
    return [switch + value] if _isZsh(completed) else [switch.rstrip("="), "=", value]


def _isZsh(completed: Completer) -> bool:
    return isinstance(getattr(completed, "__self__", None), _Zsh)
