"""The command line of a tool, read by its table and shown by it."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple, NoReturn

from CedarBackup3.cli.switches import COMMON_NEEDS, Argument, Switch
from CedarBackup3.cli.tool import Tool
from CedarBackup3.errors import ExitStatus, UsageError

ANSWERS = ("help", "version", "diagnostics")
"""The switches that ask for an answer instead of a run: with one of them no argument is required."""


class CommandLine(NamedTuple):
    """What a command line says of each of the tool's switches and arguments, by its name."""

    texts: dict[str, Any]
    """As the user wrote it, or would write the default: a text, a list of texts, or whether the switch is given."""
    values: dict[str, Any]
    """Converted; `order` has the names of the repeatable switches, one for each value, as they stand there."""
    given: frozenset[str]
    """The switches that stand there with a value, if they take one that is not empty, and those that these imply."""


def parseCommandLine(tool: Tool, commandLine: Sequence[str]) -> CommandLine:
    """What a command line says.

    The values of switches are judged before arguments are missed: one of them may have been taken for a value.

    Raises:
        UsageError: with a sentence that names what is wrong
    """
    words = _withEmptyValues(tool, commandLine)
    switched, operands = _parsedSwitches(tool, words)
    implied = {switch.implies for switch in tool.allSwitches if switch.implies and switched[switch.long]}
    switched |= {switch.long: _turnedOn(switch, switched) for switch in tool.allSwitches if switch.long in implied}
    valued = [switch for switch in tool.allSwitches if switch.valueName]
    texts = switched | {switch.long: _text(switch, switched) for switch in valued}
    present = [switch for switch in valued if texts[switch.long] or switched[switch.long] is not None]
    values = texts | {switch.long: _converted(switch, texts[switch.long]) for switch in present}
    given = {switch.long for switch in tool.allSwitches if _isGiven(switch, switched[switch.long])}
    line = CommandLine(texts, values, frozenset(given))
    if any(switched[answer] for answer in ANSWERS):
        return line
    arguments = _parsedArguments(tool, words, line, switched, operands)
    return line._replace(texts=texts | _written(arguments), values=values | arguments)


def _written(arguments: Mapping[str, Any]) -> dict[str, str]:
    """Arguments as a shell would take them, those of a repeatable one in one text."""
    import shlex

    return {name: shlex.join(value) if isinstance(value, tuple) else value for name, value in arguments.items()}


def requireConsistent(tool: Tool, line: CommandLine) -> None:
    """Raise `UsageError` for switches of a command line that do not go together, or that lack another one."""
    for one, other, reason in tool.exclusions:
        if _holds(line, one) and _holds(line, other):
            raise UsageError(
                f"--{_shown(tool, line, one)} and --{_shown(tool, line, other)} do not go together: {reason}"
            )
    _requireNeeded(tool, line)


def _requireNeeded(tool: Tool, line: CommandLine) -> None:
    for switch, anyOf, reason in (*tool.needs, *COMMON_NEEDS):
        if _holds(line, switch) and not any(_holds(line, other) for other in anyOf):
            wanted = " or --".join(_shown(tool, line, other) for other in anyOf)
            raise UsageError(f"--{_shown(tool, line, switch)} needs --{wanted}: {reason}")


def _holds(line: CommandLine, condition: str) -> bool:
    name, _, value = condition.partition("=")
    return name in line.given and value in {"", line.texts[name]}


def _shown(tool: Tool, line: CommandLine, condition: str) -> str:
    """A condition as the user would write it, and which other switches have turned it on."""
    by = [switch.long for switch in tool.allSwitches if switch.implies == condition and switch.long in line.given]
    return condition.replace("=", " ", 1) + (f" (which --{by[0]} turns on)" if by else "")


def _parsedSwitches(tool: Tool, words: Sequence[str]) -> tuple[dict[str, Any], list[str]]:
    """What each switch is given, and the words that belong to none."""
    parser = _parser(tool, ())
    parser.exit_on_error = False  # of which the message alone would be left
    try:
        known, others = parser.parse_known_args(words)
    except argparse.ArgumentError as error:
        names = (error.argument_name or "").split("/")
        lacking = [switch for switch in tool.allSwitches if switch.valueName and f"--{switch.long}" in names]
        raise UsageError(f"--{lacking[0].long} needs a value: {lacking[0].usage}" if lacking else str(error)) from None
    return vars(known), others


def _turnedOn(switch: Switch, switched: dict[str, Any]) -> Any:
    """What a switch is given that another one implies: where it may have a value, its own, or else an empty one."""
    return (switched[switch.long] or "") if switch.isValueOptional else True


def _withEmptyValues(tool: Tool, commandLine: Sequence[str]) -> list[str]:
    """The command line in which a switch whose value was left out has an empty one, so that it takes no other word."""
    bare = {f"--{switch.long}" for switch in tool.allSwitches if switch.isValueOptional}
    end = list(commandLine).index("--") if "--" in commandLine else len(commandLine)
    return [f"{word}=" if word in bare else word for word in commandLine[:end]] + list(commandLine[end:])


def _parsedArguments(
    tool: Tool, words: Sequence[str], line: CommandLine, switched: dict[str, Any], operands: Sequence[str]
) -> dict[str, Any]:
    """The arguments of a command line, all of them, or those only that its switches ask for."""
    needed = [argument for argument in tool.arguments if line.given.isdisjoint(argument.unless)]
    # An argument with `nargs="?"` would not be found behind a switch.
    for arguments in (tool.arguments, needed) if len(needed) < len(tool.arguments) else (needed,):
        try:
            parsed = _parsedWords(_parser(tool, arguments), arguments, words)
        except UsageError as error:
            failure = str(error)
        else:
            return {argument.name: parsed.get(argument.name, "") for argument in tool.arguments}
    count = sum(not word.startswith("-") for word in operands)
    hints = _takenForValues(tool, switched) if count < len(needed) else iter(())
    hint = next(hints if count <= len(needed) else _takenForArguments(tool, words), "")
    if not hint:
        _requireNeeded(tool, line)  # it may be that switch which spares an argument
    raise UsageError(failure + hint)


def _parsedWords(
    parser: argparse.ArgumentParser, arguments: Sequence[Argument], words: Sequence[str]
) -> dict[str, Any]:
    if not any(argument.isRepeatable for argument in arguments):
        return vars(parser.parse_args(words))
    # Otherwise argparse gives a repeatable argument only those words that no switch parts.
    parsed = vars(parser.parse_intermixed_args(words))
    return parsed | {argument.name: tuple(parsed[argument.name]) for argument in arguments if argument.isRepeatable}


def _takenForValues(tool: Tool, switched: dict[str, Any]) -> Iterator[str]:
    """For each value of a switch that may have been meant as an argument a clause that says so."""
    for switch in tool.allSwitches:
        value = switched[switch.long]
        for text in value if isinstance(value, list) else [value]:
            if isinstance(text, str) and _isLikeArgument(text):
                yield f"; {_mistakenFor(switch, text)}"


def _takenForArguments(tool: Tool, words: Sequence[str]) -> Iterator[str]:
    """For each word behind a switch whose value was left out a clause that says where such a value stands."""
    bare = {f"--{switch.long}=": switch for switch in tool.allSwitches if switch.isValueOptional}
    for word, behind in pairwise(words):
        if word in bare and not behind.startswith("-"):
            yield f"; if '{behind}' is meant as a value, it stands behind an equals sign: {bare[word].usage}"


def _isLikeArgument(text: str) -> bool:
    return text.startswith("s3://") or os.path.isdir(text)


def _mistakenFor(switch: Switch, text: str) -> str:
    shown = "it" if switch.isSecret else f"'{text}'"
    return f"if {shown} is meant as an argument, the value of {switch.usage} is missing"


def _isGiven(switch: Switch, value: Any) -> bool:
    """Whether a switch stands on the command line: one with an optional value is then at least an empty text."""
    return value is not None if switch.isValueOptional else bool(value)


def _parser(tool: Tool, arguments: Sequence[Argument]) -> argparse.ArgumentParser:
    parser = _Parser(prog=tool.name, add_help=False, allow_abbrev=False, formatter_class=_formatter)
    for switch in tool.allSwitches:
        names = [f"-{switch.short}"] * bool(switch.short) + [f"--{switch.long}"]
        if switch.isRepeatable:
            parser.add_argument(*names, dest=switch.long, default=[], action=_Append)
        elif switch.valueName:
            parser.add_argument(*names, dest=switch.long)
        else:
            parser.add_argument(*names, dest=switch.long, action="store_true")
    for argument in arguments:
        parser.add_argument(argument.name, nargs="*" if argument.isRepeatable else None)
    parser.set_defaults(order=[])
    return parser


class _Append(argparse.Action):
    """Keeps the values of a repeatable switch, and their order among those of the others."""

    def __call__(
        self, parser: argparse.ArgumentParser, namespace: argparse.Namespace, value: Any, option: str | None = None
    ) -> None:
        """Take one more value."""
        setattr(namespace, self.dest, [*getattr(namespace, self.dest), value])
        namespace.order = [*namespace.order, self.dest]


def _text(switch: Switch, given: dict[str, Any]) -> Any:
    """What was given, or else the default, as the user would write it; empty: neither."""
    if given[switch.long] is not None or switch.isValueOptional:
        return given[switch.long]
    return "" if given.get(switch.noDefaultWith) else switch.default


def _converted(switch: Switch, text: str | list[str]) -> Any:
    if isinstance(text, list):
        return tuple(_converted(switch, each) for each in text)
    try:
        if switch.choices and text not in switch.choices:
            raise ValueError(f"must be {_alternatives(switch.choices)}")
        return switch.convert(text)
    except ValueError as error:
        isMistaken = text.startswith("/") or _isLikeArgument(text)
        shown = "" if switch.isSecret else f" '{text}'"
        hint = f"; {_mistakenFor(switch, text)}" if isMistaken else ""
        raise UsageError(f"the value{shown} of --{switch.long} {error}{hint}") from None


def _alternatives(choices: Sequence[str]) -> str:
    *others, last = choices
    return f"{', '.join(others)} or {last}" if others else last


def _formatter(prog: str) -> argparse.HelpFormatter:
    """One that need not ask for the terminal's width: importing what it takes costs more than the rest of `--help`."""
    return argparse.HelpFormatter(prog, width=_WIDTH)


class _Parser(argparse.ArgumentParser):
    """Raises what is wrong, where argparse would print it and leave the process."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(message)


_WIDTH = 80
_NAMES, _STATUS = 31, 6  # columns for what stands before the descriptions


def usageListing(tool: Tool) -> str:
    """The text that `--help` prints, in 80 columns: arguments, switches by their groups, exit statuses."""
    usage = " ".join(argument.usage for argument in tool.arguments)
    groups: dict[str, list[tuple[str, str]]] = {"Arguments": [(each.name, each.help) for each in tool.arguments]}
    for switch in tool.allSwitches:
        groups.setdefault(switch.group, []).append((switch.spelling, switch.description))
    tables = "".join(f" {heading}:\n{_rows(rows)}\n" for heading, rows in groups.items())
    statuses = _rows([(f"{status:2}", status.meaning) for status in ExitStatus], _STATUS)
    return (
        f" Usage: {tool.name} [switches] {usage}\n\n"
        f" {tool.summary}\n\n{_indented(tool.description)}\n\n{tables}"
        f"{_indented(tool.example)}\n\n Exit statuses:\n{statuses}\n Read on with: man {tool.name}\n"
    )


def _rows(rows: Sequence[tuple[str, str]], column: int = _NAMES) -> str:
    return "".join(f"{line}\n" for name, text in rows for line in _row(f"   {name}", text, column))


def _row(name: str, text: str, column: int) -> Iterator[str]:
    """A name and its description, from a column on; where the name is too long it has a line of its own."""
    from textwrap import wrap

    if len(name) >= column:
        yield name
        name = ""
    for line in wrap(text.replace("(default: ", "(default:\xa0"), _WIDTH - column):
        yield f"{name:{column}}{line}".replace("\xa0", " ")
        name = ""


def _indented(text: str) -> str:
    return "\n".join(f" {line}".rstrip() for line in text.strip("\n").split("\n"))
