"""The table of backups for a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from CedarBackup3.status.columns import tableOf
from CedarBackup3.status.judgement import Backup


def tableText(backups: Sequence[Backup], now: datetime) -> str:
    """A line for each backup, below one of headings."""
    columns, rows = tableOf(backups, now)
    lines = [tuple(column.heading.upper() for column in columns), *(tuple(cell or "-" for cell in row) for row in rows)]
    widths = [max(map(len, cells)) for cells in zip(*lines, strict=True)]
    return "".join(
        "  ".join(
            cell.rjust(width) if column.isNumber else cell.ljust(width)
            for cell, width, column in zip(line, widths, columns, strict=True)
        ).rstrip()
        + "\n"
        for line in lines
    )
