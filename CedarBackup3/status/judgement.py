"""Whether a backup is well. What is not known is never well."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from CedarBackup3.errors import ExitStatus
from CedarBackup3.status.ages import ageText, timeText
from CedarBackup3.status.contents import unprovenContents
from CedarBackup3.status.reports import History, PastRun
from CedarBackup3.status.settings import Instance
from CedarBackup3.status.units import Unit


class State(StrEnum):
    """How a backup is."""

    WELL = "well"
    """Its last run succeeded, and that is not too long ago."""
    FAILED = "failed"
    """Its last run did not succeed, or what was restored for a rehearsal was not right."""
    LATE = "late"
    """Its last success is too long ago, or all its contents were last proven too long ago."""
    UNKNOWN = "unknown"
    """It has no run of which anything is known, or something of it cannot be read."""


class Backup(NamedTuple):
    """A backup, and what is judged of it."""

    instance: Instance
    runs: tuple[PastRun, ...]
    """The newest first."""
    state: State
    reasons: tuple[str, ...]
    """Why it is not well, in sentences."""
    next: datetime | None = None
    """When it runs next; None: that is not known."""
    running: datetime | None = None
    """When the run began that is going on; None: none is, as far as that is known."""
    rehearsals: tuple[PastRun, ...] = ()
    """The rehearsed restores, the newest first."""

    @property
    def last(self) -> PastRun | None:
        """Its last run."""
        return self.runs[0] if self.runs else None

    @property
    def rehearsal(self) -> PastRun | None:
        """The last rehearsed restore."""
        return self.rehearsals[0] if self.rehearsals else None

    @property
    def success(self) -> PastRun | None:
        """Its last run that succeeded."""
        return next((run for run in self.runs if run.isSuccess), None)


_NO_UNIT = Unit()


def judge(
    instance: Instance,
    history: History,
    now: datetime,
    maxAge: timedelta,
    unit: Unit = _NO_UNIT,
    maxContentAge: timedelta | None = None,
) -> Backup:
    """The backup, judged.

    Args:
        instance: its settings
        history: what is known of its runs
        now: the time
        maxAge: how long ago its last success may have ended
        unit: what systemd knows of it
        maxContentAge: how long ago all its contents may have been proven; None: as `unprovenContents` has it
    """
    backup = Backup(instance, history.runs, State.WELL, (), unit.next, unit.running, history.rehearsals)
    found = [*_failures(backup), *_unreported(backup, unit), *_lateness(backup, now, maxAge)]
    found += [(State.LATE, reason) for reason in unprovenContents(backup.runs, now, maxAge, maxContentAge)]
    found += [(State.UNKNOWN, problem) for problem in history.problems]
    if not found and backup.last is None:
        found = [(State.UNKNOWN, "No run is reported yet")]
    if not found:
        return backup
    reasons = [reason for _, reason in found]
    if unit.running:
        reasons.append(f"A run has been in progress since {timeText(unit.running)}")
    return backup._replace(state=found[0][0], reasons=tuple(reasons))


def _failures(backup: Backup) -> Iterator[tuple[State, str]]:
    if backup.last and not backup.last.isSuccess:
        known = [status.meaning for status in ExitStatus if status == backup.last.status]
        because = backup.last.message or next(iter(known), "") or "no reason is reported"
        yield State.FAILED, f"The last run ended with status {backup.last.status}: {because}"
    telling = (run for run in backup.rehearsals if run.isSuccess or run.status == ExitStatus.DIFFERENCES)
    rehearsal = next(telling, None)  # what ended in another way has shown nothing, and refutes nothing
    if rehearsal and not rehearsal.isSuccess:
        ended = timeText(rehearsal.end)
        yield State.FAILED, f"The restore that was rehearsed on {ended} would not have worked; its log has the reasons"


def _unreported(backup: Backup, unit: Unit) -> Iterator[tuple[State, str]]:
    """A run that failed after the last one of which there is a report, so without one."""
    isNews = backup.last is None or (backup.last.isSuccess and unit.failed and unit.failed > backup.last.end)
    if unit.failed and isNews:
        yield (
            State.FAILED,
            f"A run failed on {timeText(unit.failed)} and left no report ({unit.result}); see journalctl -u "
            f"cback-amazons3-sync@{backup.instance.name}.service",
        )


def _lateness(backup: Backup, now: datetime, maxAge: timedelta) -> Iterator[tuple[State, str]]:
    if backup.success and now - backup.success.end > maxAge:
        age = ageText(now - backup.success.end)
        yield State.LATE, f"The last success is {age} ago; at most {ageText(maxAge)} are allowed"
    elif backup.last and not backup.success:
        yield State.LATE, "No run that succeeded is reported"
