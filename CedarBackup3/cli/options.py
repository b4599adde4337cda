"""The options that every tool has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

DEFAULT_OWNER = ("root", "adm")


class CommonOptions(NamedTuple):
    """What the common switches said."""

    verbose: bool = False
    quiet: bool = False
    logfile: str = "/var/log/cback.log"
    """Empty: none."""
    owner: tuple[str, str] = DEFAULT_OWNER
    """User and group by name for a new log file; the default is given only as far as this user may."""
    mode: int = 0o640
    syslog: bool = False
    output: bool = False
    debug: bool = False
    report: str = ""
    """The file for the report; `-`: standard output, empty: none."""
    metricsFile: str = ""
    pingUrl: str = ""
    stack: bool = False

    @property
    def chatsOnStandardError(self) -> bool:
        """Whether standard output has to be kept for something else than what is done."""
        return self.report == "-"


def commonOptions(values: Mapping[str, Any]) -> CommonOptions:
    """The common options among all the values of a command line."""
    return CommonOptions(**{name: values[name] for name in CommonOptions._fields})
