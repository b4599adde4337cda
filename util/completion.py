"""Writes the completion of bash and of zsh for every tool, made from its table of switches.

    python3 util/completion.py DIRECTORY

writes two files a command: for bash one named as the command, for zsh one with an underscore before, which is how each
shell finds its own.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from CedarBackup3.cli import Argument, Switch, Tool
from CedarBackup3.tools import toolModules

_CHOICES = {"MODE": ("600", "640", "644")}
"""What is often meant, by the name that the switch table gives a value; where it lists the choices, these count."""
_FILES = ("PATH", "FILE", "DIR")
"""The names of values that are paths."""


def tools() -> Iterator[Tool]:
    """The tools of the package."""
    for module in toolModules():
        yield importlib.import_module(module).TOOL


def bashCompletion(tool: Tool) -> str:
    """A completion for bash: switches and their values, directories, and the beginning of a URL."""
    function = "_" + tool.name.replace("-", "_")
    values = "".join(
        f"        {'|'.join(_spellings(switch))}) {_bashValue(switch)}; return ;;\n"
        for switch in tool.allSwitches
        if switch.valueName and not switch.isValueOptional
    )
    switches = " ".join(f"--{switch.long}" for switch in tool.allSwitches)
    return f"""\
# bash completion for {tool.name}, made from its table of switches

{function}() {{
    local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD - 1]}}
    COMPREPLY=()
    # --switch=value comes as three words
    [[ $before == = ]] && before=${{COMP_WORDS[COMP_CWORD - 2]}}
    [[ $word == = ]] && word=
    case $before in
{values}        :) compopt +o default; return ;; # behind s3:
    esac
    case $word in
        -*) COMPREPLY=($(compgen -W "{switches}" -- "$word")) ;;
        s3) compopt -o nospace; COMPREPLY=("s3://") ;;
        *) compopt -o dirnames ;;
    esac
}}
complete -o default -F {function} {tool.name}
"""


def _bashValue(switch: Switch) -> str:
    choices = _choices(switch)
    if choices:
        return f'COMPREPLY=($(compgen -W "{" ".join(choices)}" -- "$word"))'
    return ":" if switch.valueName in _FILES else "compopt +o default"  # bash has paths, the rest is to be typed


def zshCompletion(tool: Tool) -> str:
    """A completion for zsh: the same, with the help of each switch."""
    specifications = [
        *(specification for switch in tool.allSwitches for specification in _zshSwitch(switch)),
        *(
            f"{'*' if argument.isRepeatable else number}:{argument.name}:{_zshArgument(argument)}"
            for number, argument in enumerate(tool.arguments, 1)
        ),
    ]
    words = " \\\n    ".join(_quoted(specification) for specification in specifications)
    return f"#compdef {tool.name}\n# made from its table of switches\n\n_arguments -s -S \\\n    {words}\n"


def _zshSwitch(switch: Switch) -> Iterator[str]:
    """The specifications of a switch for zsh's _arguments, one for each spelling; any spelling excludes the others."""
    spellings = _spellings(switch)
    others = "*" if switch.isRepeatable else f"({' '.join(spellings)})" if len(spellings) > 1 else ""
    for spelling in spellings:
        colons = "::" if switch.isValueOptional else ":"
        value = f"{colons}{_escaped(switch.valueName)}:{_zshValue(switch)}" if switch.valueName else ""
        sign = "" if not value else ("=-" if switch.isValueOptional else "=") if spelling.startswith("--") else "+"
        yield f"{others}{spelling}{sign}[{_escaped(switch.help)}]{value}"


def _zshValue(switch: Switch) -> str:
    choices = _choices(switch)
    if choices:
        return f"({' '.join(map(_escaped, choices))})"
    return "_files" if switch.valueName in _FILES else " "


def _zshArgument(argument: Argument) -> str:
    if argument.name.endswith("Url"):
        return '{compadd -S "" s3://}'
    return "_files -/" if argument.name.endswith("Dir") else " "


def _choices(switch: Switch) -> tuple[str, ...]:
    return switch.choices or _CHOICES.get(switch.valueName, ())


def _spellings(switch: Switch) -> list[str]:
    return [f"-{switch.short}"] * bool(switch.short) + [f"--{switch.long}"]


def _escaped(text: str) -> str:
    """As a part of a specification for zsh, in which these characters mean something."""
    return "".join(f"\\{character}" if character in "\\:[]" else character for character in text)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


def main() -> None:
    directory = Path(sys.argv[1])
    for tool in tools():
        (directory / tool.name).write_text(bashCompletion(tool), "utf-8")
        (directory / f"_{tool.name}").write_text(zshCompletion(tool), "utf-8")


if __name__ == "__main__":
    main()
