"""The one table of switches and arguments, from which the parser, the usage listing and all defaults in it are made.

The records are named tuples: importing `dataclasses` would add to `--help` as much time as Python takes to start.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple


class Argument(NamedTuple):
    """A positional argument; every one is required, unless a switch says otherwise, or it is repeatable."""

    name: str
    help: str
    unless: tuple[str, ...] = ()
    """The long names of the switches with which it may be left out; its value is then empty."""
    isRepeatable: bool = False
    """Whether it may come any number of times, and not at all; its value is then a tuple. Only the last one may be."""

    @property
    def usage(self) -> str:
        """As a usage listing has it: `name`, `[name]` if it may be left out, `[name...]` if it is repeatable."""
        if self.isRepeatable:
            return f"[{self.name}...]"
        return f"[{self.name}]" if self.unless else self.name


class Switch(NamedTuple):
    """A switch, `-l, --logfile`; one with a `valueName` takes a value."""

    short: str
    """The letter, or an empty string for a switch that has only its long form."""
    long: str
    help: str
    """What it does, in a few words."""
    valueName: str = ""
    default: str = ""
    """The value as the user would write it; shown in the usage listing and converted like any other.

    Without a default, the option's value is an empty text, or an empty tuple, until the switch is given.
    """
    convert: Callable[[str], Any] = str
    """Makes the option's value of the text; a `ValueError` says in its message what is wrong with it."""
    isRepeatable: bool = False
    """Whether it may come several times; the option's value is then a tuple."""
    isValueOptional: bool = False
    """Whether it may come without its value, which otherwise stands behind an equals sign: `--versions[=KEY]`.

    The option is then None without the switch, and an empty text without the value.
    """
    choices: tuple[str, ...] = ()
    """The only values that it may have, if they can be listed."""
    noDefaultWith: str = ""
    """The long name of a switch without a value beside which the default does not hold."""
    implies: str = ""
    """The long name of a switch that it turns on, too: one without a value, or that may come without."""
    isSecret: bool = False
    """Whether its value is never to be shown."""
    group: str = "Switches"
    """The heading under which the usage listing has it."""

    @property
    def usage(self) -> str:
        """The long form with its value: `--logfile PATH`."""
        if not self.valueName:
            return f"--{self.long}"
        return f"--{self.long}[={self.valueName}]" if self.isValueOptional else f"--{self.long} {self.valueName}"

    @property
    def spelling(self) -> str:
        """As in the usage listing: `-l, --logfile PATH`."""
        return f"-{self.short}, {self.usage}" if self.short else f"    {self.usage}"

    @property
    def description(self) -> str:
        """The help with its default."""
        return f"{self.help} (default: {self.default})" if self.default else self.help


class Exclusion(NamedTuple):
    """Two switches of which a command line has one at most.

    A condition is the long name of a switch, which is then given, or turned on by another; or `name=value`, and it is
    given with that value.
    """

    one: str
    other: str
    reason: str
    """A clause that says why, and perhaps what to do instead."""


class Need(NamedTuple):
    """A switch that means nothing without another one; the conditions are those of `Exclusion`."""

    switch: str
    anyOf: tuple[str, ...]
    """One of these has to hold."""
    reason: str


def grouped(heading: str, *switches: Switch) -> tuple[Switch, ...]:
    """These switches, which the usage listing has under one heading."""
    return tuple(switch._replace(group=heading) for switch in switches)


def notEmpty(text: str) -> str:
    """The converter of a switch whose value may be any text but none."""
    if not text:
        raise ValueError("must not be empty")
    return text


def seconds(text: str) -> float:
    """The converter of a switch whose value is a time in whole seconds."""
    if not (text.isascii() and text.isdigit()):
        raise ValueError("must be a number of seconds")
    return float(text)


def _owner(text: str) -> tuple[str, str]:
    user, colon, group = text.partition(":")
    if not (user and colon and group) or ":" in group:
        raise ValueError("must be of the form user:group")
    if user.isdigit() or group.isdigit():
        raise ValueError("must be names, not numeric ids")
    return user, group


def _mode(text: str) -> int:
    if not re.fullmatch("0?[0-7]{3}", text, re.ASCII):
        raise ValueError("must be an octal mode of three digits, as in 640")
    return int(text, 8)


def _pingUrl(text: str) -> str:
    return _webUrl(_secret(text)) if text else text


def _notifyUrl(text: str) -> str:
    if not text:
        return text
    from CedarBackup3.cli.notification import formOf

    url = _secret(text)
    _webUrl(formOf(url)[1])
    return url


def _secret(text: str) -> str:
    from CedarBackup3.cli.secrets import secretText

    return secretText(text)


def _webUrl(text: str) -> str:
    from urllib.parse import urlsplit

    if not (text.isascii() and text.isprintable()) or " " in text:
        raise ValueError("must be printable ASCII; write other characters as %XX")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise ValueError(f"is not a URL: {error}") from None
    if parts.scheme not in {"http", "https"} or not parts.hostname or port == 0:
        raise ValueError("must begin with http:// or https:// and a host, perhaps with its port")
    if "@" in parts.netloc:
        raise ValueError("must have neither user nor password")
    return text


def _command(text: str) -> tuple[str, ...]:
    """The words of a command, split as the shell would, with no other meaning to any of its characters."""
    import shlex

    try:
        words = shlex.split(text)
    except ValueError as error:
        raise ValueError(f"cannot be split into words: {error}") from None
    if not (words and words[0]):
        raise ValueError("must name a program")
    return tuple(words)


HOOK_SWITCHES = grouped(
    "Hooks",
    Switch("", "before", "Run COMMAND first; refuse the run if it fails", "COMMAND", "", _command),
    Switch("", "after", "Run COMMAND in the end, with the report as its input", "COMMAND", "", _command),
    Switch("", "hookTimeout", "Time limit of each of these; 0: none", "SECONDS", "600", seconds),
)
"""For tools whose runs can have hooks: one that has them need not do anything else."""

HOOK_NEEDS = (Need("hookTimeout", ("before", "after"), "it limits what these run"),)

COMMON_SWITCHES = (
    *grouped(
        "Log and screen",
        Switch("b", "verbose", "Print the log to the screen, too"),
        Switch("q", "quiet", "Print nothing to the screen"),
        Switch(
            *("l", "logfile", "The log file; ~/.local/state/cback/cback.log for users who cannot write the default"),
            *("PATH", "/var/log/cback.log", notEmpty),
            noDefaultWith="syslog",
        ),
        Switch("o", "owner", "Owner of a new log file", "USER:GROUP", "root:adm", _owner),
        Switch("m", "mode", "Octal mode of a new log file", "MODE", "640", _mode),
        Switch("", "syslog", "Log to syslog or journald, not to a default file"),
        Switch("O", "output", "Record the output of the AWS CLI in the log"),
        Switch("d", "debug", "Record debugging information, too (implies -O)", implies="output"),
    ),
    *grouped(
        "Monitoring",
        Switch(
            *("", "report", "Write a report of the run in JSON; DIR/: keep one of each run; -: print it"),
            *("FILE", "", notEmpty),
        ),
        Switch("", "metricsFile", "Write metrics of the run for Prometheus", "FILE", "", notEmpty),
        Switch("", "pingUrl", "Ping URL when the run begins and when it ends", "URL", "", _pingUrl, isSecret=True),
        Switch(
            *("", "notifyUrl", "Post failures and, with --report or --metricsFile, the first success after one"),
            *("URL", "", _notifyUrl),
            isSecret=True,
        ),
        Switch("", "notifyAlways", "Post the end of every run"),
    ),
    *grouped(
        "Help",
        Switch("h", "help", "Display this usage listing and exit"),
        Switch("V", "version", "Display version information and exit"),
        Switch("D", "diagnostics", "Print runtime diagnostics and exit"),
        Switch("s", "stack", "Print the Python stack trace of a failure"),
    ),
)
"""The switches of every tool, though one may describe a few of them differently."""

COMMON_NEEDS = (Need("notifyAlways", ("notifyUrl",), "it changes what that posts"),)
