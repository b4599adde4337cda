"""How a run can end: the exit statuses, and the exceptions that carry one."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple


class ExitStatus(IntEnum):
    """Every exit status of every tool; the man pages list the same ones."""

    meaning: str
    """In a sentence, for the user."""

    def __new__(cls, number: int, meaning: str = "") -> ExitStatus:
        """A status with its meaning."""
        status = int.__new__(cls, number)
        status._value_ = number
        status.meaning = meaning
        return status

    DONE = 0, "Done and verified."
    PYTHON_TOO_OLD = 1, "This version of Python is too old."
    USAGE = 2, "The command line is wrong."
    LOGGING = 3, "The log, report or metrics cannot be written, or patterns not be read."
    CONFIGURATION = 4, "Reserved for other Cedar Backup tools."
    INTERRUPTED = 5, "Interrupted by SIGINT, SIGTERM or SIGHUP."
    FAILED = 6, "The run failed: source unreadable, AWS CLI missing or failing, a defect."
    DIFFERENCES = 7, "The run finished and found differences."
    NAMES_REFUSED = 8, "Refused: file names that will not survive."
    GUARD_REFUSED = 9, "Refused: a guard (a directory loop, ...)."
    LOCKED = 10, "Refused: another run holds the lock."


class End(NamedTuple):
    """How a run ended."""

    status: ExitStatus
    message: str = ""
    """In which sentence it failed; empty: the status says all."""


class CedarBackupError(Exception):
    """A failure with a message for the user: one sentence or more, complete in itself, paths already escaped.

    Raised as it is, it means that the run failed; each subclass carries the status of its own kind of end.
    """

    status = ExitStatus.FAILED


class CommandFailed(CedarBackupError):
    """A command that the work depends on is missing, failed, or printed what it never should.

    Args:
        message: for the user
        code: the error code that the server gave, such as `NoSuchBucket` or `404`; empty: it is not known
        reported: the words of the command alone; empty: it has none
    """

    def __init__(self, message: str, code: str = "", reported: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.reported = reported


class UsageError(CedarBackupError):
    """The command line, or an argument of a library call, is wrong; nothing was done."""

    status = ExitStatus.USAGE


class LoggingError(CedarBackupError):
    """The log, report or metrics file cannot be written; nothing was done."""

    status = ExitStatus.LOGGING


class PatternsError(CedarBackupError):
    """A file of patterns cannot be read; nothing was done."""

    status = ExitStatus.LOGGING


class NamesRefused(CedarBackupError):
    """File names in the source will not survive the trip; nothing was changed."""

    status = ExitStatus.NAMES_REFUSED


class GuardRefused(CedarBackupError):
    """A guard refused the run; nothing was changed."""

    status = ExitStatus.GUARD_REFUSED


class LockHeld(CedarBackupError):
    """Another run holds the lock; nothing was changed."""

    status = ExitStatus.LOCKED


class Interrupted(BaseException):
    """A signal asked the run to end.

    Not an `Exception`, like `KeyboardInterrupt`, so that no handler of ordinary failures swallows it.
    """

    status = ExitStatus.INTERRUPTED
