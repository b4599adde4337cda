"""Running a tool from its command line to its exit status: the only place that catches everything."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from CedarBackup3 import release
from CedarBackup3.cli.commandline import CommandLine, parseCommandLine, usageListing
from CedarBackup3.cli.tool import Tool
from CedarBackup3.errors import CedarBackupError, ExitStatus, Interrupted, LoggingError, UsageError

if TYPE_CHECKING:
    from CedarBackup3.cli.monitoring import Run

_OLDEST_PYTHON = (3, 11)
_INTERRUPTS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def runTool(tool: Tool, commandLine: Sequence[str] | None = None) -> int:
    """Do what a command line asks of a tool.

    Args:
        tool: the tool
        commandLine: the words after the command's name; by default those of this process

    Returns:
        The exit status. Whatever went wrong has been said, on the screen and in the log, each in its own way.
    """
    if sys.version_info < _OLDEST_PYTHON:
        _complain(
            tool, f"Python {'.'.join(map(str, _OLDEST_PYTHON))} or later is needed, this is {sys.version.split()[0]}"
        )
        return ExitStatus.PYTHON_TOO_OLD
    with _unbrokenOutput(), _interruptions():
        try:
            return _answeredOrRun(tool, sys.argv[1:] if commandLine is None else commandLine)
        except UsageError as error:
            _complain(tool, f"{error} (see {tool.name} --help)")
            return error.status
        except (LoggingError, Interrupted) as error:  # there is no log to say it in
            _complain(tool, str(error))
            return error.status


def _answeredOrRun(tool: Tool, commandLine: Sequence[str]) -> int:
    line = parseCommandLine(tool, commandLine)
    values = line.values
    if values["help"]:
        sys.stdout.write(usageListing(tool))
    elif values["version"]:
        sys.stdout.write(f"{tool.name} {release.VERSION}\n{release.COPYRIGHT}; licence {release.LICENSE}\n")
    elif values["diagnostics"]:
        from CedarBackup3.cli.diagnostics import diagnosticsListing

        sys.stdout.write(diagnosticsListing(tool, values))
    else:
        return _run(tool, line)
    return ExitStatus.DONE


def _run(tool: Tool, line: CommandLine) -> int:
    """The run itself, with logging and monitoring.

    All that it needs is imported here, so that `--help` need not wait for it.
    """
    import logging

    from CedarBackup3.cli.logs import loggingSetUp
    from CedarBackup3.cli.monitoring import begun, concluded, requireDistinct, requireFiles
    from CedarBackup3.cli.options import commonOptions
    from CedarBackup3.cli.progress import ProgressLine

    common = commonOptions(line.values)
    requireDistinct(common)
    progress = ProgressLine(sys.stderr, common.quiet)
    run = begun(tool, common, line.texts, progress)
    try:
        requireFiles(common)
        options = tool.buildOptions(line.values)
        if answer := tool.answer(options):
            sys.stdout.write(answer)
            return ExitStatus.DONE
        with loggingSetUp(common, tool.name, progress.erase):
            with contextlib.closing(progress):
                status, message = _loggedRun(run, options)
            _endInterruptions()
            return concluded(run, status, message, logging.getLogger("CedarBackup3.log"))
    except (UsageError, LoggingError, Interrupted) as error:
        _endInterruptions()
        concluded(run, error.status, str(error), None)
        if common.quiet:
            return error.status
        raise


def _loggedRun(run: Run, options: Any) -> tuple[ExitStatus, str]:
    """How the run ended, and the sentence in which it failed, which has been logged."""
    import logging

    from CedarBackup3.cli.monitoring import announced

    log = logging.getLogger("CedarBackup3.log")
    try:
        announced(run, log)
        return ExitStatus(run.tool.run(options, run.progress)), ""
    except (CedarBackupError, Interrupted) as error:
        failure: BaseException = error
        status, message = error.status, str(error)
    except Exception as error:  # a defect becomes a sentence and a status
        failure = error
        status, message = (
            ExitStatus.FAILED,
            f"Failed unexpectedly, please report this with what --stack prints: {type(error).__name__}: {error}",
        )
    log.error("%s", message)
    if run.common.stack:
        import traceback

        for line in "".join(traceback.format_exception(failure)).splitlines():
            log.error("%s", line)
    return status, message


def _complain(tool: Tool, sentence: str) -> None:
    """One line on standard error, whatever is quoted in it."""
    from CedarBackup3.util import displayText, withoutSecrets

    sys.stderr.write(f"{tool.name}: {displayText(withoutSecrets(sentence))}\n")


@contextlib.contextmanager
def _interruptions() -> Iterator[None]:
    """SIGINT, SIGTERM and SIGHUP raise `Interrupted`, once; one that was ignored, as under nohup, stays ignored."""

    def interrupt(number: int, _frame: object) -> None:
        for other in handled:  # a second one must not disturb the cleaning up after the first
            signal.signal(other, signal.SIG_IGN)
        raise Interrupted(
            f"Interrupted by {signal.Signals(number).name}; what was under way is incomplete, run it again"
        )

    before = {number: signal.getsignal(number) for number in _INTERRUPTS}
    handled = {number: handler for number, handler in before.items() if handler is not signal.SIG_IGN}
    try:
        for number in handled:
            signal.signal(number, interrupt)
    except ValueError:  # not the main thread, where a caller's own handlers are in charge
        handled = {}
    try:
        yield
    finally:
        for number, handler in handled.items():
            signal.signal(number, handler)


def _endInterruptions() -> None:
    """The run is over: a signal must not change any more how it ended, which is told once."""
    with contextlib.suppress(ValueError):  # not the main thread
        for number in _INTERRUPTS:
            signal.signal(number, signal.SIG_IGN)


@contextlib.contextmanager
def _unbrokenOutput() -> Iterator[None]:
    """Text that the terminal's encoding lacks is escaped; nobody there to read it (`| head`) is no failure of ours."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by who started us (`>&-`)
            setattr(sys, name, open(os.devnull, "w"))  # noqa: SIM115 - for as long as the process lives
        stream = getattr(sys, name)
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    with contextlib.suppress(BrokenPipeError):
        yield
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
