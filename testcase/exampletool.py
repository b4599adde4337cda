"""A third tool on the shared command line: what the author of one writes, in full.

python3 -m testcase.exampletool --verbose /srv/photos
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from CedarBackup3.cli import Argument, Switch, Tool, runTool
from CedarBackup3.errors import CedarBackupError, ExitStatus, UsageError
from CedarBackup3.util import displayBytes, displayPath

if TYPE_CHECKING:
    from CedarBackup3.cli.context import RunContext


class CountOptions(NamedTuple):
    """What the command line asks for."""

    directory: str
    smallest: int


def buildOptions(values: Mapping[str, Any]) -> CountOptions:
    """Make options of the values by name; whatever is wrong with them is said here."""
    if not values["directory"]:
        raise UsageError("the directory must not be empty")
    return CountOptions(values["directory"], values["smallest"])


def run(options: CountOptions, context: RunContext) -> int:
    """Do the work; returns the exit status."""
    log = logging.getLogger("CedarBackup3.log")
    context("walk")
    try:
        with os.scandir(os.fsencode(options.directory)) as entries:
            files = [(entry.name, entry.stat().st_size) for entry in entries if entry.is_file()]
    except (OSError, ValueError) as error:
        raise CedarBackupError(f"The directory {displayPath(options.directory)} cannot be read: {error}") from None
    for name, size in files:
        if size >= options.smallest:
            context.findings.note("counted", name, size)
            log.info("%s has %s", displayPath(name), displayBytes(size))
    return ExitStatus.DONE


def _bytes(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise ValueError("must be a number of bytes")
    return int(text)


TOOL = Tool(
    name="cback-example",
    summary="Says which files are large.",
    description="Logs each file in a directory that has at least so many bytes.",
    arguments=(Argument("directory", "The directory"),),
    switches=(Switch("", "smallest", "Leave out what is smaller", "BYTES", "0", _bytes),),
    example="Typical use:\n\n  cback-example --smallest 1000000 /srv/photos",
    buildOptions=buildOptions,
    run=run,
)


def cli() -> int:
    """The console entry point."""
    return runTool(TOOL)


if __name__ == "__main__":
    sys.exit(cli())
