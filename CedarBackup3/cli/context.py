"""What a run has beside its options: where it tells how far it has come, and what it finds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from CedarBackup3.cli.findings import Findings
from CedarBackup3.cli.phasetimes import PhaseTimes
from CedarBackup3.cli.progress import ProgressLine


@dataclass(frozen=True, slots=True)
class RunContext:
    """Call it as `ProgressLine`; the phases are timed, too."""

    line: ProgressLine
    times: PhaseTimes = field(default_factory=PhaseTimes)
    findings: Findings = field(default_factory=Findings)
    """What the run has found so far."""

    @property
    def isShown(self) -> bool:
        """Whether anybody sees how far the run has come."""
        return self.line.isShown

    @property
    def seconds(self) -> Mapping[str, float]:
        """How long each phase has taken so far."""
        return self.times.seconds

    def __call__(self, phase: str, files: int = 0, size: int = 0, fraction: float | None = None) -> None:
        """Tell how far a phase has come; the first word of a phase begins it, an empty one ends the last."""
        self.times.enter(phase)
        self.line(phase, files, size, fraction)

    def charge(self, phase: str, seconds: float) -> None:
        """Count time that was spent on one phase in the midst of another."""
        self.times.charge(phase, seconds)

    def close(self) -> None:
        """The work is done: the last phase ends and the line goes."""
        self("")
        self.line.close()
