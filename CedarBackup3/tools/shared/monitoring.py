"""What must not be reported to those who watch over the runs."""

from __future__ import annotations

from collections.abc import Iterator

from CedarBackup3.cli import Exclusion


def vainMonitoring(mode: str, verb: str) -> Iterator[Exclusion]:
    """The exclusions of a switch with which a run does not do what its success would report.

    Args:
        mode: the switch
        verb: what a run does not do with it: it `saves` nothing
    """
    for switch in ("metricsFile", "pingUrl", "notifyUrl"):
        yield Exclusion(mode, switch, f"--{mode} {verb} nothing, so --{switch} must not report success")
