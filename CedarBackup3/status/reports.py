"""What the runs of a backup have left: their reports, of which only this module knows the form.

A report may come from anybody who can write where it lies, so each member is taken only if it is what it should be.
"""

from __future__ import annotations

import json
import math
import platform
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, NamedTuple

from CedarBackup3.cli.keptreports import AHEAD, KeptReport, isDirectory, keptReports, oneReport
from CedarBackup3.cli.report import SCHEMA_VERSION, plainText
from CedarBackup3.errors import ExitStatus
from CedarBackup3.status.settings import Instance
from CedarBackup3.util import displayPath, reasonText

_TOOL = "cback-amazons3-sync"
_REHEARSING = "cback-amazons3-restore"
_REHEARSALS = "/var/lib/cback-amazons3-sync/{}.rehearsals/"  # of the unit cback-amazons3-rehearse@.service
_VAIN = ("dryRun", "checkBucket")  # switches with which a run saves nothing
_CHANGES = ("upload", "replace", "move", "delete")
_FIRST_YEAR = 1970
_LONGEST = 1e9  # seconds
_MOST = 1 << 62  # of a number that is believed


class PastRun(NamedTuple):
    """A run that has ended, as its report has it. What further is to be shown of reports is a field more here."""

    start: datetime
    end: datetime
    seconds: float
    status: int
    message: str
    counts: Mapping[str, tuple[int, int]]
    """Files and bytes of each class."""
    figures: Mapping[str, float] = MappingProxyType({})
    """Its numbers that count no files."""

    @property
    def isSuccess(self) -> bool:
        """Whether it ended with status 0."""
        return self.status == ExitStatus.DONE

    @property
    def statusText(self) -> str:
        """Its status in words, and its number."""
        try:
            return f"{ExitStatus(self.status).name.lower().replace('_', ' ')} ({self.status})"
        except ValueError:
            return f"status {self.status}"

    def files(self, *classes: str) -> int | None:
        """How many files it has found of these classes; None: it looked for none of them."""
        return self._sum(0, classes)

    def size(self, *classes: str) -> int | None:
        """How many bytes these have."""
        return self._sum(1, classes)

    @property
    def changed(self) -> int | None:
        """How many files it had to upload, replace, move or delete; None: it came not so far."""
        return self.files(*_CHANGES)

    def _sum(self, part: int, classes: Iterable[str]) -> int | None:
        known = [self.counts[name][part] for name in classes if name in self.counts]
        return sum(known) if known else None


class History(NamedTuple):
    """What is known of the runs of a backup."""

    runs: tuple[PastRun, ...] = ()
    """The one that ended last first, without those that saved nothing, or gave way to another one."""
    problems: tuple[str, ...] = ()
    """What is not known, and why, in sentences."""
    rehearsal: PastRun | None = None
    """The last rehearsed restore."""


class _Read(NamedTuple):
    """What a report says; the document itself may be large, and there may be hundreds."""

    name: str
    problem: str = ""
    """Why it says nothing; empty: it does."""
    isOfOthers: bool = False
    """Whether it is of another tool, source, target or machine, or of a form that this release does not know."""
    runs: tuple[PastRun, ...] = ()
    """One at most."""


def readHistory(instance: Instance, now: datetime) -> History:
    """The runs of a backup: those of its own source and target on this machine, which are not of a time to come."""
    if instance.problem:
        return History(problems=(instance.problem,))
    where = instance.report
    try:
        found = [_read(report, instance) for report in _reportsIn(where)]
    except FileNotFoundError:
        return History()
    except (OSError, ValueError) as error:
        return History(problems=(f"The reports in {displayPath(where)} cannot be read: {reasonText(error)}",))
    runs = [run for read in found for run in read.runs]
    timely = [run for run in runs if run.end <= now + AHEAD]
    problems = [*_problems(displayPath(where), found)]
    if runs and not timely:
        problems.append(f"The reports in {displayPath(where)} are of a time to come, because a clock was wrong")
    # The end is what counts: by a machine without a battery a run may begin in 1970, before its clock is set.
    newestFirst = sorted(timely, key=lambda run: run.end, reverse=True)
    rehearsal, problem = _lastRehearsal(instance, now)
    return History(tuple(newestFirst), (*problems, *problem), rehearsal)


def _reportsIn(where: str) -> Iterable[KeptReport]:
    return keptReports(where) if isDirectory(where) else oneReport(where)


def _lastRehearsal(instance: Instance, now: datetime) -> tuple[PastRun | None, tuple[str, ...]]:
    """The last rehearsal of the whole target, and why it is not known if it should be."""
    where = instance.rehearsals or _REHEARSALS.format(instance.name)
    try:
        documents = (_document(report.text) for report in _reportsIn(where))
        rehearsals = (run for each in documents if _isRehearsalOf(each, instance) for run in _runs(each))
        return max((run for run in rehearsals if run.end <= now + AHEAD), key=lambda run: run.end, default=None), ()
    except FileNotFoundError:
        pass
    except (OSError, ValueError) as error:
        if instance.rehearsals:
            return None, (f"The reports in {displayPath(where)} cannot be read: {reasonText(error)}",)
    return None, ()


def _isRehearsalOf(document: Any, instance: Instance) -> bool:
    expected = {"s3BucketUrl": plainText(instance.target), "targetDir": ""}
    return _isFrom(document, _REHEARSING, expected) and bool(_member(document, "options", "rehearse"))


def _read(report: KeptReport, instance: Instance) -> _Read:
    if report.problem:
        return _Read(report.name, f"cannot be read: {report.problem}")
    document = _document(report.text)
    if not isinstance(document, dict):
        return _Read(report.name, "are not of the form that a run writes")
    if not _isOf(document, instance):
        return _Read(report.name, isOfOthers=True)
    return _Read(report.name, runs=tuple(_runs(document)))


def _problems(where: str, found: Sequence[_Read]) -> Iterator[str]:
    for problem in dict.fromkeys(read.problem for read in found if read.problem):
        names = [read.name for read in found if read.problem == problem]
        yield f"Reports in {where} {problem} ({len(names)} of {len(found)}, such as {displayPath(names[0])})"
    if found and all(read.isOfOthers for read in found):
        yield f"All reports in {where} are of another source, target or machine, or of another form"


def _document(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _isOf(document: Any, instance: Instance) -> bool:
    expected = {"sourceDir": plainText(instance.source), "s3BucketUrl": plainText(instance.target)}
    return _isFrom(document, _TOOL, expected)


def _isFrom(document: Any, tool: str, arguments: Mapping[str, str]) -> bool:
    """Whether a tool with these arguments has written it on this machine, in the form that is known here."""
    return bool(
        _member(document, "schemaVersion") == SCHEMA_VERSION
        and _member(document, "tool", "name") == tool
        and _member(document, "arguments") == arguments
        and _member(document, "host") == platform.node()
    )


def _runs(document: Any) -> Iterator[PastRun]:
    """The run that a document tells of, unless it saved nothing, or gave way."""
    start, end = _time(_member(document, "start")), _time(_member(document, "end"))
    status, seconds = _number(_member(document, "status", "number")), _member(document, "durationSeconds")
    message, classes = _member(document, "message"), _member(document, "classes")
    figures = _member(document, "figures")
    if start is None or end is None or status is None or status == ExitStatus.LOCKED:
        return
    if _member(document, "options", "dryRun") is None or any(_member(document, "options", name) for name in _VAIN):
        return
    isTime = isinstance(seconds, int | float) and math.isfinite(seconds) and 0 <= seconds < _LONGEST
    yield PastRun(
        start,
        end,
        float(seconds) if isTime else 0.0,
        status,
        message if isinstance(message, str) else "",
        dict(_counts(classes)) if isinstance(classes, dict) else {},
        dict(_figures(figures)) if isinstance(figures, dict) else {},
    )


def _counts(classes: Mapping[str, Any]) -> Iterator[tuple[str, tuple[int, int]]]:
    for name, tally in classes.items():
        files, size = _number(_member(tally, "count")), _number(_member(tally, "bytes"))
        if files is not None and size is not None:
            yield name, (files, size)


def _figures(figures: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    for name, value in figures.items():
        if type(value) in {int, float} and 0 <= value < _MOST:  # which no infinity and no NaN is
            yield name, value


def _member(document: Any, *names: str) -> Any:
    for name in names:
        document = document.get(name) if isinstance(document, dict) else None
    return document


def _number(value: Any) -> int | None:
    return value if type(value) is int and 0 <= value < _MOST else None


def _time(value: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value)
        return moment.astimezone(UTC) if moment.tzinfo and moment.year >= _FIRST_YEAR else None
    except (TypeError, ValueError, OverflowError):
        return None
