"""The command line of a tool, read by its table and shown by it."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any, NoReturn

from CedarBackup3.cli.switches import Switch
from CedarBackup3.cli.tool import Tool
from CedarBackup3.errors import UsageError

ANSWERS = ("help", "version", "diagnostics")
"""The switches that ask for an answer instead of a run: with one of them no argument is required."""


def parseCommandLine(tool: Tool, commandLine: Sequence[str]) -> dict[str, Any]:
    """The value of each of the tool's switches and arguments by its name, converted.

    Raises:
        UsageError: with a sentence that names what is wrong
    """
    parser = _Parser(prog=tool.name, add_help=False, allow_abbrev=False, formatter_class=_formatter)
    for switch in tool.allSwitches:
        names = [f"-{switch.short}"] * bool(switch.short) + [f"--{switch.long}"]
        if switch.isRepeatable:
            parser.add_argument(*names, dest=switch.long, default=[], action="append")
        elif switch.valueName:
            parser.add_argument(*names, dest=switch.long)
        else:
            parser.add_argument(*names, dest=switch.long, action="store_true")
    values = vars(parser.parse_known_args(commandLine)[0])
    if not any(values[answer] for answer in ANSWERS):
        for argument in tool.arguments:
            parser.add_argument(argument.name)
        values = vars(parser.parse_args(commandLine))
    values |= {switch.implies: True for switch in tool.allSwitches if switch.implies and values[switch.long]}
    valued = (switch for switch in tool.allSwitches if switch.valueName)
    return values | {switch.long: _converted(switch, _text(switch, values)) for switch in valued}


def _text(switch: Switch, values: dict[str, Any]) -> str | list[str] | None:
    """What was given, or else the default, as the user would write it; None: neither."""
    given: str | list[str] | None = values[switch.long]
    if given is None and not values.get(switch.noDefaultWith):
        return switch.default or None
    return given


def _converted(switch: Switch, text: str | list[str] | None) -> Any:
    if text is None:
        return ""
    if isinstance(text, list):
        return tuple(_converted(switch, each) for each in text)
    if switch.choices and text not in switch.choices:
        *others, last = switch.choices
        raise UsageError(f"the value '{text}' of --{switch.long} must be {', '.join(others)} or {last}")
    try:
        return switch.convert(text)
    except ValueError as error:
        raise UsageError(f"the value '{text}' of --{switch.long} {error}") from None


def _formatter(prog: str) -> argparse.HelpFormatter:
    """One that need not ask for the terminal's width: importing what it takes costs more than the rest of `--help`."""
    return argparse.HelpFormatter(prog, width=80)


class _Parser(argparse.ArgumentParser):
    """Raises what is wrong, where argparse would print it and leave the process."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(message)


def usageListing(tool: Tool) -> str:
    """The text that `--help` prints: 80 columns, one line a switch."""
    arguments = [(argument.name, argument.help) for argument in tool.arguments]
    switches = [(switch.spelling, switch.description) for switch in tool.allSwitches]
    width = max(len(name) for name, _ in arguments + switches)
    return (
        f" Usage: {tool.name} [switches] {' '.join(name for name, _ in arguments)}\n\n"
        f" {tool.summary}\n\n{_indented(tool.description)}\n\n"
        f" The following arguments are required:\n\n{_rows(arguments, width)}\n"
        f" The following switches are accepted:\n\n{_rows(switches, width)}\n{_indented(tool.example)}\n"
    )


def _rows(rows: Sequence[tuple[str, str]], width: int) -> str:
    return "".join(f"   {name:{width}} {text}\n" for name, text in rows)


def _indented(text: str) -> str:
    return "\n".join(f" {line}".rstrip() for line in text.strip("\n").split("\n"))
