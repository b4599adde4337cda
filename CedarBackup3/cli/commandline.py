"""The command line of a tool, read by its table and shown by it."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any, NamedTuple, NoReturn

from CedarBackup3.cli.switches import Argument, Switch
from CedarBackup3.cli.tool import Tool
from CedarBackup3.errors import UsageError

ANSWERS = ("help", "version", "diagnostics")
"""The switches that ask for an answer instead of a run: with one of them no argument is required."""


class CommandLine(NamedTuple):
    """What a command line says of each of the tool's switches and arguments, by its name."""

    texts: dict[str, Any]
    """As the user wrote it, or would write the default: a text, a list of texts, or whether the switch is given."""
    values: dict[str, Any]
    """Converted."""


def parseCommandLine(tool: Tool, commandLine: Sequence[str]) -> CommandLine:
    """What a command line says.

    Raises:
        UsageError: with a sentence that names what is wrong
    """
    words = _withEmptyValues(tool, commandLine)
    given = vars(_parser(tool, ()).parse_known_args(words)[0])
    if not any(given[answer] for answer in ANSWERS):
        given = _givenWithArguments(tool, words, given)
    given |= {switch.implies: True for switch in tool.allSwitches if switch.implies and given[switch.long]}
    valued = [switch for switch in tool.allSwitches if switch.valueName]
    texts = given | {switch.long: _text(switch, given) for switch in valued}
    told = [switch for switch in valued if texts[switch.long] or given[switch.long] is not None]
    return CommandLine(texts, texts | {switch.long: _converted(switch, texts[switch.long]) for switch in told})


def _withEmptyValues(tool: Tool, commandLine: Sequence[str]) -> list[str]:
    """The command line in which a switch whose value was left out has an empty one, so that it takes no other word."""
    bare = {f"--{switch.long}" for switch in tool.allSwitches if switch.isValueOptional}
    end = list(commandLine).index("--") if "--" in commandLine else len(commandLine)
    return [f"{word}=" if word in bare else word for word in commandLine[:end]] + list(commandLine[end:])


def _givenWithArguments(tool: Tool, words: Sequence[str], switched: dict[str, Any]) -> dict[str, Any]:
    """What a command line gives with all arguments, or with those only that its switches ask for."""
    needed = [argument for argument in tool.arguments if not any(_isGiven(switched[name]) for name in argument.unless)]
    if len(needed) < len(tool.arguments):
        try:
            return vars(_parser(tool, tool.arguments).parse_args(words))
        except UsageError:  # an argument with `nargs="?"` would not be found behind a switch
            return dict.fromkeys((argument.name for argument in tool.arguments), "") | vars(
                _parser(tool, needed).parse_args(words)
            )
    return vars(_parser(tool, needed).parse_args(words))


def _isGiven(value: Any) -> bool:
    """Whether a switch stands on the command line: one with an optional value is then at least an empty text."""
    return value is not None and value is not False


def _parser(tool: Tool, arguments: Sequence[Argument]) -> argparse.ArgumentParser:
    parser = _Parser(prog=tool.name, add_help=False, allow_abbrev=False, formatter_class=_formatter)
    for switch in tool.allSwitches:
        names = [f"-{switch.short}"] * bool(switch.short) + [f"--{switch.long}"]
        if switch.isRepeatable:
            parser.add_argument(*names, dest=switch.long, default=[], action="append")
        elif switch.valueName:
            parser.add_argument(*names, dest=switch.long)
        else:
            parser.add_argument(*names, dest=switch.long, action="store_true")
    for argument in arguments:
        parser.add_argument(argument.name)
    return parser


def _text(switch: Switch, given: dict[str, Any]) -> Any:
    """What was given, or else the default, as the user would write it; empty: neither."""
    if given[switch.long] is not None or switch.isValueOptional:
        return given[switch.long]
    return "" if given.get(switch.noDefaultWith) else switch.default


def _converted(switch: Switch, text: str | list[str]) -> Any:
    if isinstance(text, list):
        return tuple(_converted(switch, each) for each in text)
    if switch.choices and text not in switch.choices:
        *others, last = switch.choices
        raise UsageError(f"the value '{text}' of --{switch.long} must be {', '.join(others)} or {last}")
    try:
        return switch.convert(text)
    except ValueError as error:
        shown = "" if switch.isSecret else f" '{text}'"
        raise UsageError(f"the value{shown} of --{switch.long} {error}") from None


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
    usage = " ".join(f"[{argument.name}]" if argument.unless else argument.name for argument in tool.arguments)
    return (
        f" Usage: {tool.name} [switches] {usage}\n\n"
        f" {tool.summary}\n\n{_indented(tool.description)}\n\n"
        f" The following arguments are required:\n\n{_rows(arguments, width)}\n"
        f" The following switches are accepted:\n\n{_rows(switches, width)}\n{_indented(tool.example)}\n"
    )


def _rows(rows: Sequence[tuple[str, str]], width: int) -> str:
    return "".join(f"   {name:{width}} {text}\n" for name, text in rows)


def _indented(text: str) -> str:
    return "\n".join(f" {line}".rstrip() for line in text.strip("\n").split("\n"))
