"""What a tool of a test's own may do in its run, and how it ends."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable

from CedarBackup3.cli.context import RunContext

Work = Callable[[RunContext], int]
"""The work of a run, which returns the exit status."""


def nothing(_context: RunContext) -> int:
    """Be done at once."""
    return 0


def returning(status: int) -> Work:
    """A work that ends with a status."""
    return lambda _context: status


def raising(error: BaseException) -> Work:
    """A work that fails so."""

    def work(_context: RunContext) -> int:
        raise error

    return work


def terminated(_context: RunContext) -> int:
    """Be told to terminate, as by an administrator."""
    os.kill(os.getpid(), signal.SIGTERM)
    raise AssertionError("not reached")
