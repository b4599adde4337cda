"""Prints the answer to a question on standard output, and what belongs beside it on standard error."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterable

from CedarBackup3.errors import CedarBackupError


def printAnswer(parts: Iterable[str], what: str) -> bool:
    """Print the answer, for as long as anybody reads it (`| head`); returns whether that was to its end.

    Args:
        parts: whole lines, one or more each
        what: the answer, as a message names it

    Raises:
        CedarBackupError: it cannot be written, as to a full disk
    """
    try:
        for part in parts:
            sys.stdout.write(part)
        sys.stdout.flush()
    except BrokenPipeError:
        return False
    except OSError as error:
        raise CedarBackupError(f"{what} cannot be written completely to standard output: {error.strerror}") from None
    return True


def printBeside(text: str) -> None:
    """Print a line beside the answer, which a program may read."""
    with contextlib.suppress(OSError):
        sys.stderr.write(f"{text}\n")
