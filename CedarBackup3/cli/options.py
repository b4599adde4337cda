"""The options that every tool has."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from CedarBackup3.cli.userlog import userLogfile

DEFAULT_OWNER = ("root", "adm")


class CommonOptions(NamedTuple):
    """The values of the common switches."""

    verbose: bool = False
    quiet: bool = False
    logfile: str = "/var/log/cback.log"
    """Empty: none."""
    unwritableLogfile: str = ""
    """The default log file, if this user cannot write it and `logfile`, which nobody has named, takes its place."""
    owner: tuple[str, str] = DEFAULT_OWNER
    """User and group by name for a new log file; the default is given only as far as this user may."""
    mode: int = 0o640
    syslog: bool = False
    output: bool = False
    debug: bool = False
    report: str = ""
    """The file for the report, or the directory of those of all runs; `-`: standard output, empty: none."""
    metricsFile: str = ""
    pingUrl: str = ""
    notifyUrl: str = ""
    """Where to post how the run ended, perhaps with the form before it; empty: nowhere."""
    notifyAlways: bool = False
    """Post also what is neither a failure nor the first success after one."""
    before: tuple[str, ...] = ()
    """The words of the command to run first; empty: none, or the tool has no hooks."""
    after: tuple[str, ...] = ()
    """The same of the command to run in the end."""
    hookTimeout: float = 0
    """How many seconds each of these may take; 0: as many as it likes."""
    stack: bool = False

    @property
    def chatsOnStandardError(self) -> bool:
        """Whether standard output has to be kept for something else than what is done."""
        return self.report == "-"


def commonOptions(values: Mapping[str, Any], given: Collection[str]) -> CommonOptions:
    """The common options among all the values of a command line, of which only some switches are given."""
    logfile = values["logfile"]
    instead = userLogfile(logfile, os.environ) if logfile and "logfile" not in given else ""
    return CommonOptions(
        verbose=values["verbose"],
        quiet=values["quiet"],
        logfile=instead or logfile,
        unwritableLogfile=logfile if instead else "",
        owner=values["owner"],
        mode=values["mode"],
        syslog=values["syslog"],
        output=values["output"],
        debug=values["debug"],
        report=values["report"],
        metricsFile=values["metricsFile"],
        pingUrl=values["pingUrl"],
        notifyUrl=values["notifyUrl"],
        notifyAlways=values["notifyAlways"],
        before=values.get("before") or (),
        after=values.get("after") or (),
        hookTimeout=values.get("hookTimeout", 0),
        stack=values["stack"],
    )
