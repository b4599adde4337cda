"""The table of backups for a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import accumulate

from CedarBackup3.status.columns import tableOf
from CedarBackup3.status.judgement import Backup

_GAP = "  "


def tableText(backups: Sequence[Backup], now: datetime, width: int = 0) -> str:
    """A line for each backup, below one of headings.

    Args:
        backups: what is shown
        now: the time
        width: how many characters a line may take; the last columns are left out if it takes more; 0: any number
    """
    columns, rows = tableOf(backups, now)
    lines = [tuple(column.heading.upper() for column in columns), *(tuple(cell or "-" for cell in row) for row in rows)]
    widths = [max(map(len, cells)) for cells in zip(*lines, strict=True)]
    if width:
        ends = [end + len(_GAP) * number for number, end in enumerate(accumulate(widths))]
        widths = widths[: max(sum(end <= width for end in ends), 1)]
    return "".join(
        _GAP.join(
            cell.rjust(most) if column.isNumber else cell.ljust(most)
            for cell, most, column in zip(line, widths, columns, strict=False)
        ).rstrip()
        + "\n"
        for line in lines
    )
