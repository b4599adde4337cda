"""Telling those who watch over the runs: the report, the metrics and the pings, at the start and however a run ends."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any, NamedTuple

from CedarBackup3.cli.context import RunContext
from CedarBackup3.cli.options import CommonOptions
from CedarBackup3.cli.outcome import RunOutcome
from CedarBackup3.cli.tool import Tool
from CedarBackup3.errors import End, ExitStatus, LoggingError, UsageError
from CedarBackup3.util import displayPath, reasonText

_REPORT_MODE = 0o640  # as the log's: it has names of files in it
_METRICS_MODE = 0o644  # the collector of Prometheus runs as a user of its own


class Run(NamedTuple):
    """A run that has begun."""

    tool: Tool
    common: CommonOptions
    texts: Mapping[str, Any]
    """Its command line, as the user wrote it."""
    context: RunContext
    began: datetime
    clock: float
    """When it began, by the clock that nobody sets."""
    reports: str = ""
    """The directory in which the report of each run is kept; empty: there is one file, or no report."""


def beginRun(tool: Tool, common: CommonOptions, texts: Mapping[str, Any], context: RunContext) -> Run:
    """A run that begins now; if reports are kept in a directory, its options name the file that is this run's own."""
    began, reports = datetime.now(UTC), ""
    if common.report not in {"", "-"}:
        from CedarBackup3.cli.keptreports import isDirectory, newName

        if isDirectory(common.report):
            reports = common.report
            common = common._replace(report=os.path.join(reports, newName(began)))
    return Run(tool, common, texts, context, began, time.monotonic(), reports)


def requireDistinct(common: CommonOptions) -> None:
    """Raise `UsageError` if two switches name the same file, of which one would destroy what the other wrote."""
    taken = {os.path.realpath(common.logfile.replace("\0", "")): "logfile"}
    for switch, path in _files(common).items():
        other = taken.setdefault(os.path.realpath(path.replace("\0", "")), switch)
        if other != switch:
            raise UsageError(f"--{other} and --{switch} name the same file, {displayPath(path)}")


def requireFiles(run: Run) -> None:
    """Raise `LoggingError` unless report and metrics file could be written now; makes the directory of reports."""
    from CedarBackup3.cli.filereplacement import requireReplaceable

    if run.common.report == "-" and sys.__stdout__ is None:
        raise LoggingError(_unwritten("report", "-", ValueError("it is closed")))
    if run.reports:
        from CedarBackup3.cli.keptreports import makeDirectory

        try:
            makeDirectory(run.reports)
        except (OSError, ValueError) as error:
            raise LoggingError(_unwritten("report", run.reports, error)) from None
    for switch, path in _files(run.common).items():
        try:
            requireReplaceable(path)
        except (OSError, ValueError) as error:
            raise LoggingError(_unwritten(switch, path, error)) from None


def _files(common: CommonOptions) -> dict[str, str]:
    """The files that are replaced in the end, by the switches that name them."""
    named = {"report": common.report if common.report != "-" else "", "metricsFile": common.metricsFile}
    return {switch: path for switch, path in named.items() if path}


def announceRun(run: Run, log: logging.Logger) -> None:
    """Tell that the run begins, and warn of metrics that nobody will collect."""
    metricsFile = run.common.metricsFile
    if metricsFile and not metricsFile.endswith(".prom"):
        log.warning(
            "The metrics in %s will not be collected: the node exporter reads only files whose names end in .prom; "
            "name one with --metricsFile FILE",
            displayPath(metricsFile),
        )
    if run.common.pingUrl:
        _ping(run, "/start", log)


def concludeRun(run: Run, end: End, log: logging.Logger | None) -> ExitStatus:
    """Tell how the run has ended.

    Args:
        run: the run, its context closed
        end: how it ended
        log: where failures of the reporting are logged; None: there is no log

    Returns:
        The status, but `FAILED` if all was well and the report or the metrics cannot be written: whoever watches by
        them would not know.

    A run that gives way to another one pings no end: the other one has the same check, so a failure would be taken for
    its own, and anything else perhaps for its success; it tells itself how it ends, and if it hangs, that is missed.
    Nor does such a run replace or remove files, which tell of the other one or will. One that is not there yet is
    nobody's.
    """
    if end.status is ExitStatus.LOCKED:
        run = run._replace(common=_leftToOther(run.common))
    outcome = outcomeOf(run, end)
    failedBefore = _failedBefore(run, outcome) if run.common.notifyUrl else False
    # Of the run before, even if these metrics are written twice: of two texts the first may tell of a success.
    writeMetrics = partial(_writeMetrics, _metricsBefore(run.common.metricsFile))
    if run.common.metricsFile:
        outcome = _told(outcome, "metricsFile", run.common.metricsFile, writeMetrics, log)
    if run.common.report:
        reported = _told(outcome, "report", run.common.report, _writeReport, log)
        if run.common.metricsFile and reported.status != outcome.status:
            reported = _told(reported, "metricsFile", run.common.metricsFile, writeMetrics, log)
        outcome = reported
    if run.reports and end.status is not ExitStatus.LOCKED:
        _pruneReports(run, log)
    if run.common.pingUrl:
        _ping(run, "" if outcome.status is ExitStatus.DONE else "/fail", log)
    if run.common.notifyUrl:
        _notify(run, outcome, log, failedBefore=failedBefore)
    return outcome.status


def _leftToOther(common: CommonOptions) -> CommonOptions:
    """The options of a run that gives way to another one, without what is for that one to tell."""
    stands = {switch for switch, path in _files(common).items() if os.path.lexists(path)}
    return common._replace(
        report="" if "report" in stands else common.report,
        metricsFile="" if "metricsFile" in stands else common.metricsFile,
        pingUrl="",
        notifyUrl="",
    )


def outcomeOf(run: Run, end: End) -> RunOutcome:
    """A run that ended so just now."""
    return RunOutcome(
        run.tool,
        run.texts,
        run.context.findings,
        run.context.seconds,
        run.began,
        datetime.now(UTC),
        time.monotonic() - run.clock,
        end.status,
        end.message,
    )


def _told(
    outcome: RunOutcome, switch: str, path: str, write: Callable[[str, RunOutcome], None], log: logging.Logger | None
) -> RunOutcome:
    """The outcome, which is a failure if it cannot be written."""
    try:
        write(path, outcome)
    except Exception as error:  # the work is done, and a defect here must not hide how it ended
        problem = _unwritten(switch, path, error)
    else:
        return outcome
    if outcome.status is ExitStatus.DONE:
        problem += "; the work itself was done and verified"
        outcome = outcome._replace(status=ExitStatus.FAILED, message=problem)
    if log:
        log.error("%s", problem)
    return outcome


def reportOf(outcome: RunOutcome) -> str:
    """The report of a run that has ended."""
    from CedarBackup3.cli.report import reportText

    # After an interruption nobody wants to wait for a program.
    programs = {} if outcome.status is ExitStatus.INTERRUPTED else outcome.tool.programs()
    return reportText(outcome, programs)


def _writeReport(path: str, outcome: RunOutcome) -> None:
    from CedarBackup3.cli.filereplacement import replaceFile

    text = reportOf(outcome)
    if path == "-":
        sys.stdout.write(text)
        sys.stdout.flush()
    else:
        replaceFile(path, text, _REPORT_MODE)


def _writeMetrics(before: str, path: str, outcome: RunOutcome) -> None:
    from CedarBackup3.cli.filereplacement import alone, replaceFile
    from CedarBackup3.cli.metrics import metricsText

    with alone(path):  # a rehearsal may just be writing its own
        replaceFile(path, metricsText(outcome, before, _metricsBefore(path)), _METRICS_MODE)


def _metricsBefore(path: str) -> str:
    """What the run before has written; nothing if there was none."""
    from CedarBackup3.cli.filereplacement import replaceableText

    return replaceableText(path, 1 << 20) if path else ""


def _unwritten(switch: str, path: str, error: Exception) -> str:
    what = {"report": "The report", "metricsFile": "The metrics"}[switch]
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error) or type(error).__name__
    if isinstance(error, FileNotFoundError):  # only what lies above a file or a directory of reports is never made
        reason = f"{displayPath(os.path.dirname(path.rstrip('/')))} does not exist"
    where = "to standard output" if path == "-" else f"to {displayPath(path)}"
    return f"{what} cannot be written {where}: {reason}; name another file with --{switch} FILE"


def _ping(run: Run, end: str, log: logging.Logger | None) -> None:
    from CedarBackup3.cli.web import maskUrl, webProblem

    problem = webProblem(run.common.pingUrl, end)
    if problem and log:
        log.warning("The ping to %s%s failed: %s; the run is not affected", maskUrl(run.common.pingUrl), end, problem)


def _failedBefore(run: Run, outcome: RunOutcome) -> bool:
    """Whether the run before this one failed, as far as its report or its metrics are still there to tell."""
    from CedarBackup3.cli.filereplacement import replaceableText
    from CedarBackup3.cli.keptreports import MOST_REPORT
    from CedarBackup3.cli.metrics import statusIn
    from CedarBackup3.cli.report import statusBefore

    if run.reports:
        return bool(_lastKeptStatus(run.reports, outcome))
    if run.common.report not in {"", "-"}:
        return bool(statusBefore(replaceableText(run.common.report, MOST_REPORT), outcome))
    return bool(statusIn(_metricsBefore(run.common.metricsFile), outcome))


def _lastKeptStatus(directory: str, outcome: RunOutcome) -> int | None:
    """The status of the last run of the same of which a report is kept, but for those that gave way; None: none is."""
    from CedarBackup3.cli.keptreports import keptReports
    from CedarBackup3.cli.report import statusBefore

    with contextlib.suppress(OSError, ValueError), contextlib.closing(keptReports(directory)) as reports:
        statuses = (statusBefore(report.text, outcome) for report in reports)
        return next((status for status in statuses if status not in {None, ExitStatus.LOCKED}), None)
    return None


def _pruneReports(run: Run, log: logging.Logger | None) -> None:
    from CedarBackup3.cli.keptreports import pruneReports

    try:
        pruneReports(run.reports, os.path.basename(run.common.report))
    except Exception as error:  # the run is over, and its report is written
        if log:
            reason = reasonText(error) if isinstance(error, OSError | ValueError) else type(error).__name__
            log.warning(
                "Old reports in %s cannot be removed: %s; the run is not affected", displayPath(run.reports), reason
            )


def _notify(run: Run, outcome: RunOutcome, log: logging.Logger | None, *, failedBefore: bool) -> None:
    from CedarBackup3.cli.notification import maskNotifyUrl, notificationProblem

    if outcome.status is ExitStatus.DONE and not (failedBefore or run.common.notifyAlways):
        return
    problem = notificationProblem(run.common.notifyUrl, outcome, isRecovery=failedBefore)
    if problem and log:
        shown = maskNotifyUrl(run.common.notifyUrl)
        log.warning("The notification to %s failed: %s; the run is not affected", shown, problem)
