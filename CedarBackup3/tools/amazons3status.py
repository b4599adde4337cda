"""cback-amazons3-status: how the backups of this machine are, from their settings and the reports of their runs.

What only a run needs is imported in the functions, so that `--help` need not wait for it.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from CedarBackup3.cli import COMMON_SWITCHES, Argument, Exclusion, Switch, Tool, grouped, notEmpty, runTool
from CedarBackup3.errors import CedarBackupError, ExitStatus, UsageError
from CedarBackup3.util import displayPath, displayText, reasonText

if TYPE_CHECKING:
    from CedarBackup3.cli.context import RunContext

_PAGE_MODE = 0o640  # as reports, of whose sentences it shows some


class StatusOptions(NamedTuple):
    """What the command line asks for; the names are those of the switches, but for what several switches make."""

    names: tuple[str, ...]
    settingsDirectory: str
    maxAge: timedelta
    maxContentAge: timedelta | None = None
    """None: two rounds of the parts that are compared."""
    json: bool = False
    html: str = ""
    """The file for the page; empty: none."""
    isPrinted: bool = True
    """Whether standard output is there for the table."""


def cli() -> int:
    """The console entry point: runs the command line of this process and returns the exit status."""
    return runTool(TOOL)


def run(options: StatusOptions, context: RunContext) -> int:
    """Judge the backups and show how they are; returns the exit status."""
    from CedarBackup3.status.judgement import State, judge
    from CedarBackup3.status.reports import readHistory
    from CedarBackup3.status.settings import readInstances
    from CedarBackup3.status.units import Unit, unitsOf

    log = logging.getLogger("CedarBackup3.log")
    now = datetime.now(UTC)
    instances = readInstances(options.settingsDirectory, options.names)
    units = unitsOf([instance.name for instance in instances])
    backups = [
        judge(
            *(instance, readHistory(instance, now), now, options.maxAge),
            *(units.get(instance.name, Unit()), options.maxContentAge),
        )
        for instance in instances
    ]
    for state in State:
        context.findings.count(state.value)
    for backup in backups:
        context.findings.note(backup.state.value, backup.instance.name.encode("utf-8", "surrogateescape"))
        for reason in backup.reasons:
            log.error("%s: %s", displayPath(backup.instance.name), displayText(reason))
    if options.html:
        from CedarBackup3.status.page import pageText

        _writePage(options.html, pageText(backups, now))
    if options.isPrinted:
        from CedarBackup3.status.listing import listingText
        from CedarBackup3.status.table import tableText
        from CedarBackup3.tools.shared.answers import printAnswer

        text = listingText(backups, now, options.maxAge) if options.json else tableText(backups, now, _terminalWidth())
        printAnswer([text], "The table")
    isWell = all(backup.state is State.WELL for backup in backups)
    return ExitStatus.DONE if isWell else ExitStatus.DIFFERENCES


def _terminalWidth() -> int:
    """How many columns the terminal has that standard output is; 0: it is none."""
    import shutil

    return shutil.get_terminal_size().columns if sys.stdout.isatty() else 0


def _writePage(path: str, text: str) -> None:
    from CedarBackup3.cli.filereplacement import replaceFile

    try:
        replaceFile(path, text, _PAGE_MODE)
    except (OSError, ValueError) as error:
        raise CedarBackupError(
            f"The page cannot be written to {displayPath(path)}: {reasonText(error)}; "
            "name another file with --html FILE"
        ) from None


def _maxAge(text: str) -> timedelta:
    from CedarBackup3.status.ages import parseDuration

    return parseDuration(text)


def _page(text: str) -> str:
    if text in {"", "-"}:
        raise ValueError("must name a file")
    return text


def _buildOptions(values: Mapping[str, Any]) -> StatusOptions:
    from CedarBackup3.status.settings import isInstanceName

    for name in values["name"]:
        if not isInstanceName(name):
            raise UsageError(f"'{name}' is not the name of a backup, which is that of its settings without .conf")
    if values["html"]:
        _requireOwnFile(values["html"], values)
    return StatusOptions(
        names=values["name"],
        settingsDirectory=values["settingsDirectory"],
        maxAge=values["maxAge"],
        maxContentAge=None if values["maxContentAge"] == "" else values["maxContentAge"],
        json=values["json"],
        html=values["html"],
        isPrinted=not values["quiet"] and values["report"] != "-",
    )


def _requireOwnFile(page: str, values: Mapping[str, Any]) -> None:
    """Raise `UsageError` if the page would replace what another switch writes, or be replaced by it."""
    for switch in ("report", "metricsFile", "logfile"):
        if values[switch] and os.path.realpath(values[switch]) == os.path.realpath(page.replace("\0", "")):
            raise UsageError(f"--html and --{switch} name the same file, {displayPath(page)}")


def _withoutLogfile(switch: Switch) -> Switch:
    """A question needs no log, and whoever asks it may have no place for one."""
    return switch._replace(help="The log file (default: none)", default="") if switch.long == "logfile" else switch


TOOL = Tool(
    name="cback-amazons3-status",
    summary="Cedar Backup Amazon S3 status tool.",
    description="""\
Shows how the backups of this machine are, by the settings of the instances of
cback-amazons3-sync@.service and the reports that their runs have kept. Exit
status 0 means that all are well; 7 that the last run or rehearsed restore of
one failed, that its last success or the proof of its contents is too old, or
that something of it cannot be read.""",
    arguments=(Argument("name", "A backup (default: all that have settings)", isRepeatable=True),),
    switches=grouped(
        "What to do",
        Switch("", "maxAge", "How old a last success may be, as in 36h", "DURATION", "2d", _maxAge),
        Switch(
            *(
                "",
                "maxContentAge",
                "How long ago all contents may have been proven; by default two rounds of --checkContent",
            ),
            *("DURATION", "", _maxAge),
        ),
        Switch("", "json", "Print a JSON document instead of the table"),
        Switch("", "html", "Write a page with a year of nights, too", "FILE", "", _page),
        Switch(
            *("", "settingsDirectory", "Where the settings of the backups are"),
            *("DIR", "/etc/cback-amazons3-sync", notEmpty),
        ),
    ),
    example="""\
Typical use:

  cback-amazons3-status --maxAge 36h photos

This prints how the backup with the settings photos.conf is, and ends with 7
if it has not succeeded in the last 36 hours.""",
    buildOptions=_buildOptions,
    run=run,
    exclusions=(
        Exclusion("json", "quiet", "--quiet prints nothing"),
        Exclusion("json", "report=-", "both print; name a file for the report"),
    ),
    common=tuple(map(_withoutLogfile, COMMON_SWITCHES)),
)

if __name__ == "__main__":
    sys.exit(cli())
