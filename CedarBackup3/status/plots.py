"""Pictures of a year of runs, as SVG that stands in a page: a calendar, and bars over time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from html import escape
from typing import NamedTuple

from CedarBackup3.status.reports import PastRun
from CedarBackup3.util import displayText

_WEEKS = 53
_CELL, _GAP, _TOP = 10, 2, 14  # in units of the picture; the top has the names of months
_WIDTH, _HEIGHT = 320, 48


class Point(NamedTuple):
    """A value at a time."""

    when: datetime
    value: float


def ofYear(runs: Sequence[PastRun], now: datetime) -> list[PastRun]:
    """Those of these runs that the pictures show."""
    return [run for run in runs if run.start <= now and run.start.astimezone().date() >= _firstDay(now)]


def _firstDay(now: datetime) -> date:
    """That of a calendar that ends today: a Monday, in local time."""
    today = now.astimezone().date()
    return today - timedelta(days=today.weekday(), weeks=_WEEKS - 1)


def calendar(runs: Sequence[PastRun], now: datetime) -> str:
    """A square for each day of a year, by the runs that began on it, in local time; a column is a week from Monday on.

    What a day is shows by colour and by shape: full, crossed, or empty where there was no run.
    """
    first, today = _firstDay(now), now.astimezone().date()
    byDay: dict[date, list[PastRun]] = {}
    for run in runs:
        byDay.setdefault(run.start.astimezone().date(), []).append(run)
    days = [first + timedelta(days=number) for number in range((today - first).days + 1)]
    body = "".join(_monthNames(days)) + "".join(_day(day, first, byDay.get(day, [])) for day in days)
    step = _CELL + _GAP
    shown = [day for day in days if day in byDay]
    failed = sum(not byDay[day][0].isSuccess for day in shown)
    label = f"{len(shown)} days with runs since {first}, on {failed} of them the last run failed"
    return _svg("calendar", _WEEKS * step, _TOP + 7 * step, label, body)


def plot(points: Sequence[Point], now: datetime, label: str) -> str:
    """A bar for each of these values, of which there is one at least, from zero to the largest, over the same year."""
    largest = max(point.value for point in points) or 1.0
    span = timedelta(weeks=_WEEKS) / timedelta(seconds=1)
    bars = []
    for point in points:
        x = _WIDTH - 2 - (now - point.when).total_seconds() / span * (_WIDTH - 4)
        height = max(point.value / largest * (_HEIGHT - 4), 0.5)
        bars.append(f"M{x:.1f} {_HEIGHT - 1}v-{height:.1f}")
    base = f'<path class="base" d="M0 {_HEIGHT - 0.5}h{_WIDTH}"/>'
    return _svg("plot", _WIDTH, _HEIGHT, label, f'{base}<path d="{"".join(bars)}"/>')


def _day(day: date, first: date, runs: Sequence[PastRun]) -> str:
    week, weekday = divmod((day - first).days, 7)
    x, y = week * (_CELL + _GAP), _TOP + weekday * (_CELL + _GAP)
    told = ", ".join(run.statusText for run in reversed(runs)) or "no run"
    kind = "none" if not runs else "well" if runs[0].isSuccess else "failed"
    title = f"<title>{escape(displayText(f'{day:%a} {day}: {told}'))}</title>"
    cross = f'<path d="M{x + 2} {y + 2}l6 6m0 -6l-6 6"/>' if kind == "failed" else ""
    return f'<g class="{kind}">{title}<rect x="{x}" y="{y}" width="{_CELL}" height="{_CELL}" rx="2"/>{cross}</g>'


def _monthNames(days: Sequence[date]) -> Iterator[str]:
    for day in days:
        if day.day == 1 and day < days[-1] - timedelta(days=14):  # there has to be room for it
            x = (day - days[0]).days // 7 * (_CELL + _GAP)
            yield f'<text x="{x}" y="9">{_MONTHS[day.month - 1]}</text>'


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _svg(kind: str, width: int, height: int, label: str, body: str) -> str:
    return f'<svg class="{kind}" viewBox="0 0 {width} {height}" role="img" aria-label="{escape(label)}">{body}</svg>'
