"""What a tool is, as far as `cli` needs to know it: a record of texts, tables and functions."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from CedarBackup3.cli.switches import COMMON_SWITCHES, Argument, Exclusion, Need, Switch

if TYPE_CHECKING:
    from CedarBackup3.cli.context import RunContext


class Program(NamedTuple):
    """A program that a tool runs, as far as it was found."""

    path: str | None
    version: str | None
    """What it prints as its version, or why it prints none."""


class Tool(NamedTuple):
    """A command-line tool; `runTool` runs it. Nobody subclasses it."""

    name: str
    """The command's name."""
    summary: str
    """One sentence."""
    description: str
    """What the usage listing says of the tool, in lines of at most 78 characters."""
    arguments: tuple[Argument, ...]
    switches: tuple[Switch, ...]
    """Its own switches, beside the common ones."""
    example: str
    """What typical use looks like, for the end of the usage listing."""
    buildOptions: Callable[[Mapping[str, Any]], Any]
    """Makes the tool's options of the values by name; raises `UsageError`, changes nothing.

    `order` names the repeatable switch of each value of one, in the order of the command line.
    """
    run: Callable[[Any, RunContext], int]
    """Does the work with those options, telling the context how far it has come and what it finds, and returns the exit
    status.

    It logs, raises what `errors` has, and prints nothing but what it was asked to list.
    """
    hold: Callable[[Any], contextlib.AbstractContextManager[Any]] = contextlib.nullcontext
    """Held while it runs, and its hooks with it: what keeps other runs off. Gives the options with which to run."""
    answer: Callable[[Any], str] = lambda options: ""
    """What is printed instead of a run, if the options ask for that; empty if they do not."""
    diagnostics: Callable[[Mapping[str, Any]], Iterable[tuple[str, str]]] = lambda values: ()
    """Its own lines for `--diagnostics`, label and value; of the values only those of the switches are there."""
    programs: Callable[[], Mapping[str, Program]] = dict
    """The programs that it runs, by name; asked after a run, when a report of it is made."""
    exclusions: tuple[Exclusion, ...] = ()
    """Its switches that do not go together."""
    needs: tuple[Need, ...] = ()
    """Its switches that go only with another one."""
    isRehearsal: Callable[[Mapping[str, Any]], bool] = lambda texts: False
    """Whether a command line, as it was written, only tries what the tool is for: its metrics are others then."""
    common: tuple[Switch, ...] = COMMON_SWITCHES
    """The common switches, of which it may have replaced some by others of the same names."""

    @property
    def allSwitches(self) -> tuple[Switch, ...]:
        """Its own switches and the common ones, in the order of the usage listing and of the manual page."""
        return self.switches + self.common
