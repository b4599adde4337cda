"""The backups as one page of HTML, which needs nothing else: no other file, no script, no network."""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from html import escape

from CedarBackup3.status.ages import ageText
from CedarBackup3.status.columns import Column, tableOf
from CedarBackup3.status.judgement import Backup, State
from CedarBackup3.status.pagestyle import STYLE
from CedarBackup3.status.plots import Point, calendar, ofYear, plot
from CedarBackup3.status.reports import PastRun
from CedarBackup3.util import displayBytes, displayPath, displayText


def pageText(backups: Sequence[Backup], now: datetime) -> str:
    """The page: the table, and for each backup a year of nights."""
    title = f"Backups of {platform.node()}"
    ill = [backup for backup in backups if backup.state is not State.WELL]
    verdict = f"{len(ill)} of {len(backups)} need attention" if ill else "All is well"
    local = now.astimezone()
    return f"""\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{_text(verdict)} - {_text(title)}</title>
<style>
{STYLE}</style>
</head>
<body>
<header>
<h1>{_text(title)}</h1>
<p><strong>{_text(verdict)}.</strong> <span class="muted">Written on {local:%Y-%m-%d} at {local:%H:%M} ({local:%z}).\
</span></p>
</header>
<main>
{_table(backups, now)}\
<p class="muted">A full square is a night whose last run succeeded, a crossed one a night whose last run failed, an \
empty one a night without a run.</p>
{"".join(_section(number, backup, now) for number, backup in enumerate(backups))}</main>
</body>
</html>
"""


def _text(text: str) -> str:
    """A text from anywhere, as it reads: escaped for the eye and for HTML."""
    return escape(displayText(text))


def _badge(state: State) -> str:
    return f'<span class="badge {state.value}">{state.value}</span>'


def _table(backups: Sequence[Backup], now: datetime) -> str:
    columns, rows = tableOf(backups, now)
    heads = "".join(f'<th scope="col"{_kind(column)}>{_text(column.heading)}</th>' for column in columns)
    lines = []
    for number, (backup, row) in enumerate(zip(backups, rows, strict=True)):
        cells: list[str] = []
        for column, cell in zip(columns, row, strict=True):
            content = escape(cell)
            if column.heading == "State":
                content = _badge(backup.state)
            label = f' data-label="{_text(column.heading)}"'
            if not cells:
                cells.append(f'<th scope="row"><a href="#backup-{number}">{content}</a></th>')
            else:
                cells.append(f"<td{_kind(column)}{label}>{content or '&#8211;'}</td>")
        lines.append(f"<tr>{''.join(cells)}</tr>\n")
    return f"<table>\n<thead><tr>{heads}</tr></thead>\n<tbody>\n{''.join(lines)}</tbody>\n</table>\n"


def _kind(column: Column) -> str:
    return ' class="number"' if column.isNumber else ""


def _section(number: int, backup: Backup, now: datetime) -> str:
    name = escape(displayPath(backup.instance.name))
    reasons = "".join(f"<li>{_text(reason)}</li>\n" for reason in backup.reasons)
    listed = f"<ul>\n{reasons}</ul>\n" if reasons else ""
    runs = ofYear(backup.runs, now)
    plots = "".join(_plots(runs, now))
    return f"""\
<section id="backup-{number}">
<h2>{name} {_badge(backup.state)}</h2>
{listed}<div class="strip" tabindex="0" role="region" aria-label="The nights of {name}">{calendar(runs, now)}</div>
<div class="plots">
{plots}</div>
</section>
"""


def _plots(runs: Sequence[PastRun], now: datetime) -> Iterator[str]:
    for heading, value, shown in _MEASURES:
        points = [Point(run.start, number) for run in reversed(runs) if (number := value(run)) is not None]
        if points:
            values = f"last {shown(points[-1].value)}, at most {shown(max(point.value for point in points))}"
            caption = f'{heading} <span class="muted">{_text(values)}</span>'
            picture = plot(points, now, f"{heading} of {len(points)} runs, {values}")
            yield f"<figure><figcaption>{caption}</figcaption>{picture}</figure>\n"


def _count(number: float) -> str:
    return f"{number:,.0f}"


_MEASURES: tuple[tuple[str, Callable[[PastRun], float | None], Callable[[float], str]], ...] = (
    ("Duration", lambda run: run.seconds, lambda seconds: ageText(timedelta(seconds=seconds))),
    ("Size", lambda run: run.size("matched"), displayBytes),
    ("Files", lambda run: run.files("matched"), _count),
    ("Changed", lambda run: run.changed, _count),
    ("Deleted", lambda run: run.files("delete"), _count),
)
