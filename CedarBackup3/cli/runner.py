"""Running a tool from its command line to its exit status: the only place that catches everything."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, TextIO

from CedarBackup3 import release
from CedarBackup3.cli.commandline import CommandLine, parseCommandLine, requireConsistent, usageListing
from CedarBackup3.cli.interruptions import endInterruptions, interruptions
from CedarBackup3.cli.tool import Tool
from CedarBackup3.errors import CedarBackupError, End, ExitStatus, Interrupted, LoggingError, UsageError

if TYPE_CHECKING:
    from CedarBackup3.cli.monitoring import Run

_OLDEST_PYTHON = (3, 11)


def runTool(tool: Tool, commandLine: Sequence[str] | None = None) -> int:
    """Do what a command line asks of a tool.

    Args:
        tool: the tool
        commandLine: the words after the command's name; by default those of this process

    Returns:
        The exit status. Whatever went wrong has been reported, on the screen and in the log, each in its own way.
    """
    with _unbrokenOutput(), interruptions():
        if sys.version_info < _OLDEST_PYTHON:
            needed, found = ".".join(map(str, _OLDEST_PYTHON)), sys.version.split()[0]
            _complain(tool, f"Python {needed} or later is needed, this is {found}")
            return ExitStatus.PYTHON_TOO_OLD
        try:
            return _answeredOrRun(tool, sys.argv[1:] if commandLine is None else commandLine)
        except UsageError as error:
            _complain(tool, f"{error} (see {tool.name} --help)")
            return error.status
        except (LoggingError, Interrupted) as error:  # there is no log to report it in
            _complain(tool, str(error))
            return error.status


def _answeredOrRun(tool: Tool, commandLine: Sequence[str]) -> int:
    line = parseCommandLine(tool, commandLine)
    values = line.values
    if values["help"]:
        return _answered(tool, usageListing(tool))
    if values["version"]:
        return _answered(tool, f"{tool.name} {release.VERSION}\n{release.COPYRIGHT}; licence {release.LICENSE}\n")
    from CedarBackup3.util import awaitableChildren

    with awaitableChildren():  # for all threads, of which only this one can do it
        if not values["diagnostics"]:
            return _run(tool, line)
        from CedarBackup3.cli.diagnostics import diagnosticsListing

        return _answered(tool, diagnosticsListing(tool, line))


def _answered(tool: Tool, text: str) -> ExitStatus:
    """Print what was asked for, for as long as anybody reads it (`| head`)."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        pass
    except OSError as error:  # an empty file must not look like the answer
        _complain(tool, f"The output cannot be written completely to standard output: {error.strerror}")
        return ExitStatus.FAILED
    return ExitStatus.DONE


def _run(tool: Tool, line: CommandLine) -> int:
    """The run itself, with logging and monitoring.

    All that it needs is imported here, so that `--help` need not wait for it.
    """
    import logging

    from CedarBackup3.cli.context import RunContext
    from CedarBackup3.cli.logs import setUpLogging
    from CedarBackup3.cli.monitoring import beginRun, concludeRun, requireDistinct, requireFiles
    from CedarBackup3.cli.options import commonOptions
    from CedarBackup3.cli.progress import ProgressLine

    common = commonOptions(line.values, line.given)
    requireDistinct(common)
    context = RunContext(ProgressLine(sys.stderr, common.quiet))
    run = beginRun(tool, common, line.texts | {"logfile": common.logfile}, context)
    try:
        requireFiles(run)
        requireConsistent(tool, line)
        options = tool.buildOptions(line.values | {"logfile": common.logfile})
        if answer := tool.answer(options):
            return _answered(tool, answer)
        with setUpLogging(common, tool.name, context.line.erase):
            with contextlib.closing(context):
                end = _loggedRun(run, options)
            endInterruptions()
            return concludeRun(run, end, logging.getLogger("CedarBackup3.log"))
    except (UsageError, LoggingError, Interrupted) as error:
        endInterruptions()
        concludeRun(run, End(error.status, str(error)), None)
        if common.quiet:
            return error.status
        raise


def _loggedRun(run: Run, options: Any) -> End:
    """How the run ended, its hooks included."""
    import logging

    from CedarBackup3.cli.hooks import runBetweenHooks
    from CedarBackup3.cli.monitoring import announceRun

    def wholeRun() -> End:
        announceRun(run, logging.getLogger("CedarBackup3.log"))
        with run.tool.hold(options) as held:
            return runBetweenHooks(run, lambda: End(ExitStatus(run.tool.run(held, run.context))), logEnd)

    def logEnd(work: Callable[[], End]) -> End:
        return _loggedEnd(work, withStack=run.common.stack)

    return logEnd(wholeRun)


def _loggedEnd(work: Callable[[], End], *, withStack: bool) -> End:
    """How the work ended; the sentence in which it failed has been logged."""
    import logging

    log = logging.getLogger("CedarBackup3.log")
    try:
        return work()
    except (CedarBackupError, Interrupted) as error:
        failure: BaseException = error
        end = End(error.status, str(error))
    except Exception as error:  # a defect becomes a sentence and a status
        failure = error
        end = End(ExitStatus.FAILED, _unexpected(error))
    log.error("%s", end.message)
    if withStack:
        import traceback

        for line in "".join(traceback.format_exception(failure)).splitlines():
            log.error("%s", line)
    return end


def _unexpected(error: Exception) -> str:
    from CedarBackup3.util import shortageSentence

    if shortage := shortageSentence(error):
        return f"The run failed: {shortage}, then run again ({str(error) or type(error).__name__})"
    return f"Failed unexpectedly; please report this with the output of --stack: {type(error).__name__}: {error}"


def _complain(tool: Tool, sentence: str) -> None:
    """One line on standard error, whatever is quoted in it; where it cannot be written, the status has to do."""
    from CedarBackup3.util import displayText, withoutSecrets

    with contextlib.suppress(OSError):
        sys.stderr.write(f"{tool.name}: {displayText(withoutSecrets(sentence))}\n")


@contextlib.contextmanager
def _unbrokenOutput() -> Iterator[None]:
    """Text that the terminal's encoding lacks is escaped, and what cannot be written changes no exit status.

    At its end Python flushes both streams, and makes the status 120 where that fails (documentation of `sys.exit`).
    """
    _openStandardDescriptors()
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by who started us (`>&-`)
            setattr(sys, name, open(os.devnull, "w"))  # noqa: SIM115 - for as long as the process lives
        stream = getattr(sys, name)
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        yield
    finally:
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except OSError:  # nobody there to read, or no room
                _divert(stream)


def _openStandardDescriptors() -> None:
    """Whatever of the three is closed is opened, so that no file of ours gets its number, and what is meant for it."""
    with contextlib.suppress(OSError):
        while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:
            os.set_inheritable(descriptor, True)
        os.close(descriptor)


def _divert(stream: TextIO) -> None:
    """Let what is held back go nowhere."""
    with contextlib.suppress(OSError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
        stream.flush()
