"""The progress of a library call, which nobody sees."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from CedarBackup3.cli.progress import ProgressLine


def unwatched() -> ProgressLine:
    """A progress that prints nothing."""
    from CedarBackup3.cli.progress import ProgressLine

    return ProgressLine(sys.stderr, isQuiet=True)
