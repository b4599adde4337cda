"""Runs a tool as its user would, in a process of its own, and returns the whole outcome."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Outcome:
    """All that a run of a tool left behind."""

    status: int
    stdout: str
    stderr: str
    log: str
    """What the log file holds; empty if there is none."""


def toolCommand(module: str) -> list[str]:
    """The words that run a tool's module with this Python."""
    return [sys.executable, "-m", module]


def toolEnvironment(
    environment: Mapping[str, str] | None = None, awsDirectory: str | Path | None = None
) -> dict[str, str]:
    """This process's environment with the package importable, the given variables, and that directory's `aws`."""
    chosen = {**os.environ, "PYTHONPATH": str(_ROOT), **(environment or {})}
    if awsDirectory is not None:
        chosen["PATH"] = f"{awsDirectory}{os.pathsep}{chosen['PATH']}"
    return chosen


def runTool(
    module: str,
    arguments: Sequence[str | bytes | Path],
    *,
    environment: Mapping[str, str] | None = None,
    awsDirectory: str | Path | None = None,
    logfile: Path | None = None,
    prefix: Sequence[str] = (),
    directory: Path | None = None,
    timeout: float = 240,
) -> Outcome:
    """Run a tool to its end.

    Args:
        module: the tool's module, such as `CedarBackup3.tools.amazons3sync`
        arguments: its command line; `--logfile` is added in front
        environment: variables set on top of this process's own
        awsDirectory: where the `aws` that it is to use lies; otherwise the PATH decides
        logfile: the log file; by default a fresh one, removed afterwards
        prefix: a command that runs the command, such as `setpriv ...`
        directory: the working directory
        timeout: seconds after which `subprocess.TimeoutExpired` is raised
    """
    with tempfile.TemporaryDirectory() as scratch:
        log = logfile or Path(scratch, "cback.log")
        done = subprocess.run(
            [*prefix, *toolCommand(module), "--logfile", log, *arguments],
            env=toolEnvironment(environment, awsDirectory),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            cwd=directory,
            timeout=timeout,
            check=False,
        )
        return Outcome(
            done.returncode,
            done.stdout.decode("utf-8", "backslashreplace"),
            done.stderr.decode("utf-8", "backslashreplace"),
            log.read_text("utf-8", "backslashreplace") if log.exists() else "",
        )
