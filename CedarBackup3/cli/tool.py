"""What a tool is, as far as `cli` needs to know it: a record of texts, tables and functions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from CedarBackup3.cli.switches import COMMON_SWITCHES, Argument, Switch

if TYPE_CHECKING:
    from CedarBackup3.cli.progress import ProgressLine


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
    """Makes the tool's options of the values by name; raises `UsageError`, changes nothing."""
    run: Callable[[Any, ProgressLine], int]
    """Does the work with those options, telling how far it has come, and returns the exit status.

    It logs, raises what `errors` has, and prints nothing but what it was asked to list.
    """
    diagnostics: Callable[[], Iterable[tuple[str, str]]] = tuple
    """Its own lines for `--diagnostics`: label and value."""

    @property
    def allSwitches(self) -> tuple[Switch, ...]:
        """The common switches and its own."""
        return COMMON_SWITCHES + self.switches
