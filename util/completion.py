"""Writes the completion of bash for every tool, made from its table of switches.

    python3 util/completion.py DIRECTORY

writes one file a command, named as the command, which is how bash finds it.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from CedarBackup3.cli import Switch, Tool
from CedarBackup3.tools import toolModules

_VALUES = {"PATH": ":", "MODE": 'COMPREPLY=($(compgen -W "600 640 644" -- "$word"))'}
"""What completes a value, by the name that the switch table gives it; `:` leaves it to the shell, which has paths."""
_TYPED = "compopt +o default"
"""For any other value: it is for the user to type."""


def tools() -> Iterator[Tool]:
    """The tools of the package."""
    for module in toolModules():
        yield importlib.import_module(module).TOOL


def completion(tool: Tool) -> str:
    """A completion for bash: switches and their values, directories, and the beginning of a URL."""
    function = "_" + tool.name.replace("-", "_")
    values = "".join(
        f"        {'|'.join(_spellings(switch))}) {_VALUES.get(switch.valueName, _TYPED)}; return ;;\n"
        for switch in tool.allSwitches
        if switch.valueName
    )
    switches = " ".join(f"--{switch.long}" for switch in tool.allSwitches)
    return f"""\
# bash completion for {tool.name}, made from its table of switches

{function}() {{
    local word=${{COMP_WORDS[COMP_CWORD]}}
    COMPREPLY=()
    case ${{COMP_WORDS[COMP_CWORD - 1]}} in
{values}        :) {_TYPED}; return ;; # behind s3:
    esac
    case $word in
        -*) COMPREPLY=($(compgen -W "{switches}" -- "$word")) ;;
        s3) compopt -o nospace; COMPREPLY=("s3://") ;;
        *) compopt -o dirnames ;;
    esac
}}
complete -o default -F {function} {tool.name}
"""


def _spellings(switch: Switch) -> list[str]:
    return [f"-{switch.short}"] * bool(switch.short) + [f"--{switch.long}"]


def main() -> None:
    for tool in tools():
        Path(sys.argv[1], tool.name).write_text(completion(tool), "utf-8")


if __name__ == "__main__":
    main()
