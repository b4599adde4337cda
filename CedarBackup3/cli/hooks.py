"""The user's own commands around a run: one before it, as to make a snapshot of its source, and one after it.

Both run while the tool holds what keeps other runs off, so that no other run's hook meets what this one has made.
"""

from __future__ import annotations

import contextlib
import logging
import math
import os
import shlex
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence

from CedarBackup3.cli.interruptions import endInterruptions
from CedarBackup3.cli.monitoring import Run, outcomeOf, reportOf
from CedarBackup3.errors import End, ExitStatus, GuardRefused
from CedarBackup3.util import STATUS_UNKNOWN, displayPath, displayText, executeCommand, reasonText

_QUIET = 1.0  # seconds in which what a command printed before it ended has surely been read
_MOST_SHOWN = 500  # characters of its last line
_NAMES = ("CBACK_SOURCE", "CBACK_TARGET")  # of the arguments of every tool, of which the first is what it reads
_STATUS = "CBACK_STATUS"

_log = logging.getLogger("CedarBackup3.log")


def runBetweenHooks(run: Run, work: Callable[[], End], endOf: Callable[[Callable[[], End]], End]) -> End:
    """How the work ended that is done between the commands of `--before` and `--after`.

    The second one runs however the first one and the work end, and no signal keeps it from that: once it is its turn,
    signals change nothing any more.

    Args:
        run: the run
        work: does the work of the tool
        endOf: calls what it is given, and makes an end of whatever that raises

    Returns:
        How the work ended, refused with `GUARD_REFUSED` if the first command fails; `FAILED` if all was well but the
        second one fails: whoever relies on what that does would not know.
    """
    before, after = run.common.before, run.common.after

    def workAfterHook() -> End:
        try:
            if before:
                _runBefore(run, before)
            return work()
        finally:
            if after:
                endInterruptions()

    end = endOf(workAfterHook)
    return _runAfter(run, after, end) if after else end


def _runBefore(run: Run, command: Sequence[str]) -> None:
    if problem := _problem(run, "before", command, {}):
        raise GuardRefused(f"Refused: the command of --before {problem}; nothing was changed")


def _runAfter(run: Run, command: Sequence[str], end: End) -> End:
    run.context("")
    with _report(run, end) as report:
        problem = _problem(run, "after", command, {_STATUS: str(int(end.status))}, stdin=report)
    if not problem:
        return end
    problem = f"The command of --after {problem}"
    if end.status is ExitStatus.DONE:
        problem += "; the work itself was done and verified"
        end = End(ExitStatus.FAILED, problem)
    _log.error("%s", problem)
    return end


@contextlib.contextmanager
def _report(run: Run, end: End) -> Iterator[int]:
    """A descriptor from which the report can be read; nothing, if it cannot be made: the command has to run."""
    with contextlib.ExitStack() as stack:
        try:
            file = stack.enter_context(tempfile.TemporaryFile(buffering=0))
            file.write(reportOf(outcomeOf(run, end)).encode())
            file.seek(0)
            descriptor = file.fileno()
        except Exception as error:  # no room, or a defect
            _log.warning("The command of --after gets no report: %s", error)
            descriptor = subprocess.DEVNULL
        yield descriptor


def _problem(
    run: Run, switch: str, command: Sequence[str], more: Mapping[str, str], stdin: int = subprocess.DEVNULL
) -> str:
    """Run a command; returns what it did wrong, in words to follow its name, or an empty text."""
    _log.info("Running the command of --%s: %s", switch, displayText(shlex.join(command)))
    run.context(switch)
    wait, obstacles, lastLine = _Wait(run.common.hookTimeout), list[OSError | ValueError](), [""]

    def keepLast(line: str) -> None:
        lastLine[0] = line.strip() or lastLine[0]

    status, _ = executeCommand(
        command,
        [],
        environment=_environment(run, more),
        onErrorLine=keepLast,
        shouldStop=wait.isOver,
        onNotStarted=obstacles.append,
        onStarted=wait.begin,
        stdin=stdin,
        ownSession=True,
    )
    if obstacles:
        how = f"cannot be started: {displayPath(command[0])}: {reasonText(obstacles[0])}"
    elif wait.isLate:
        stopped = "cannot be stopped" if status == STATUS_UNKNOWN else "was stopped"
        how = f"did not end within {run.common.hookTimeout:.0f} s and {stopped}; --hookTimeout SECONDS allows more"
    elif status:
        how = f"was ended by {_signalName(-status)}" if status < 0 else f"ended with status {status}"
    else:
        return ""
    shown = f": {displayText(lastLine[0][:_MOST_SHOWN])}" if lastLine[0] else ""
    return f"{how}{shown}"


def _signalName(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:  # one without a name
        return f"signal {number}"


class _Wait:
    """Tells when a command is waited for no longer.

    That is at its limit, or when it has ended and leaves behind what holds its output open, as a daemon may.
    """

    def __init__(self, limit: float) -> None:
        """`limit` is in seconds; 0: none."""
        self.isLate = False
        """Whether it had not ended at its limit."""
        self._deadline = time.monotonic() + limit if limit else math.inf
        self._quiet = math.inf
        self._process = 0

    def begin(self, process: int) -> None:
        """It runs as this process."""
        self._process = process

    def isOver(self) -> bool:
        """Whether to wait no longer; asked again and again."""
        now = time.monotonic()
        if self._quiet == math.inf and _hasEnded(self._process):
            self._quiet = now + _QUIET
        self.isLate = self._quiet == math.inf and now >= self._deadline
        return self.isLate or now >= self._quiet


def _hasEnded(process: int) -> bool:
    """Whether a child has ended, whose status is left for who waits for it."""
    try:
        return os.waitid(os.P_PID, process, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
    except ChildProcessError:  # somebody has waited for it
        return True


def _environment(run: Run, more: Mapping[str, str]) -> dict[str, str]:
    """The environment of a command: that of this process without what the URLs of `env:NAME` hold, and what it is for.

    Of the PATH it has what does not depend on the working directory.

    The credentials of aws stay in it: the command may well run aws.
    """
    urls = (run.texts[switch.long] for switch in run.tool.allSwitches if switch.isSecret)
    left = {_STATUS, *(url.removeprefix("env:") for url in urls if url.startswith("env:"))}
    kept = {name: value for name, value in os.environ.items() if name not in left}
    arguments = (run.texts[argument.name] for argument in run.tool.arguments)
    if "PATH" in kept:  # no program of the directory in which root just happens to be
        places = filter(os.path.isabs, kept["PATH"].split(os.pathsep))
        kept["PATH"] = os.pathsep.join(places) or os.defpath
    return {**kept, "CBACK_TOOL": run.tool.name, **dict(zip(_NAMES, arguments, strict=False)), **more}
