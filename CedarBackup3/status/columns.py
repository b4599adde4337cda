"""What the table of backups has, on the screen and on the page.

A column in which no backup has anything is not shown. So what only some reports tell has its place here, too: a field
of `PastRun` and a column.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple

from CedarBackup3.cli.report import plainText
from CedarBackup3.status.ages import ageText, timeText
from CedarBackup3.status.contents import contentsOf
from CedarBackup3.status.judgement import Backup
from CedarBackup3.util import displayBytes, displayPath, displayText


class Column(NamedTuple):
    """One thing that is told of every backup."""

    heading: str
    cell: Callable[[Backup, datetime], str]
    """What there is to tell at that time, safe to print; empty: nothing."""
    isNumber: bool = False


def _last(backup: Backup, now: datetime) -> str:
    return timeText(backup.last.end) if backup.last else ""


def _status(backup: Backup, now: datetime) -> str:
    return backup.last.statusText if backup.last else ""


def _age(backup: Backup, now: datetime) -> str:
    return ageText(now - backup.success.end) if backup.success else ""


def _files(backup: Backup, now: datetime) -> str:
    return _count(backup.success.files("matched") if backup.success else None)


def _size(backup: Backup, now: datetime) -> str:
    size = backup.success.size("matched") if backup.success else None
    return "" if size is None else displayBytes(size)


def _changed(backup: Backup, now: datetime) -> str:
    return _count(backup.last.changed if backup.last else None)


def _rehearsal(backup: Backup, now: datetime) -> str:
    last = backup.rehearsal
    return "" if last is None else ageText(now - last.end) if last.isSuccess else last.statusText


def _contents(backup: Backup, now: datetime) -> str:
    contents = contentsOf(backup.runs, now)
    return contents.text if contents else ""


def _next(backup: Backup, now: datetime) -> str:
    if backup.running:
        return f"running since {timeText(backup.running)}"
    return timeText(backup.next) if backup.next else ""


def _count(number: int | None) -> str:
    return "" if number is None else f"{number:,}"


COLUMNS: tuple[Column, ...] = (
    Column("Backup", lambda backup, now: displayPath(backup.instance.name)),
    Column("State", lambda backup, now: backup.state.value),
    Column("Last run", _last),
    Column("Status", _status),
    Column("Last success", _age, isNumber=True),
    Column("Files", _files, isNumber=True),
    Column("Size", _size, isNumber=True),
    Column("Changed", _changed, isNumber=True),
    Column("Contents proven", _contents),
    Column("Last rehearsal", _rehearsal),
    Column("Next run", _next),
    Column("Source", lambda backup, now: displayText(plainText(backup.instance.source))),
    Column("Target", lambda backup, now: displayText(plainText(backup.instance.target))),
)


class Table(NamedTuple):
    """The columns in which something stands, and their cells by rows."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]


def tableOf(backups: Sequence[Backup], now: datetime) -> Table:
    """What is told of these backups."""
    cells = {column: [column.cell(backup, now) for backup in backups] for column in COLUMNS}
    filled = {column: texts for column, texts in cells.items() if any(texts)}
    return Table(tuple(filled), tuple(zip(*filled.values(), strict=True)))
