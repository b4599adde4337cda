"""How a run ended, with all that is to be reported of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from CedarBackup3.cli.findings import Findings
from CedarBackup3.cli.tool import Tool
from CedarBackup3.errors import ExitStatus


class RunOutcome(NamedTuple):
    """A run that has ended."""

    tool: Tool
    texts: Mapping[str, Any]
    """Its command line, as the user wrote it."""
    findings: Findings
    phases: Mapping[str, float]
    """The seconds that each phase has taken."""
    began: datetime
    ended: datetime
    seconds: float
    """How long it took, by the clock that nobody sets."""
    status: ExitStatus
    message: str
    """In which sentence it failed; empty: the status says all."""
