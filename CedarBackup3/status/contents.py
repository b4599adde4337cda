"""What the runs of a backup tell of its contents: which part they compared, and since when all of them are proven."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from CedarBackup3.status.ages import ageText
from CedarBackup3.status.reports import PastRun

_SINCE = "contentCoveredTimestampSeconds"
_DAY = timedelta(days=1)


class Contents(NamedTuple):
    """How far the contents of a backup are proven, as a run has it."""

    isKept: bool
    """Whether it is kept when they were proven, without which the run knows only what it has compared itself."""
    since: datetime | None
    """A day on which, or later, each was proven; None: some never was, or that is not kept."""
    part: int
    """The part of the files that the run compared, from 1 on; 0: it compared none, or all."""
    parts: int
    """How many such parts there are."""
    covered: int | None
    """How many of them were ever proven; None: that is not known."""

    @property
    def text(self) -> str:
        """In a few words."""
        part = f"part {self.part} of {self.parts}" if self.part else ""
        if self.since:
            proven = f"since {self.since:%Y-%m-%d}"  # a day in UTC
        elif self.part and self.covered is not None:
            return f"{self.covered} of {self.parts} parts so far, last part {self.part}"
        else:
            proven = "none so far" if self.isKept else ""
        return ", ".join(filter(None, (proven, part)))


def contentsOf(runs: Sequence[PastRun], now: datetime) -> Contents | None:
    """What the last run that knows anything of contents has, of runs in whose order the newest comes first."""
    return next((_contents(run, now) for run in runs if {_SINCE, "contentPart"} & run.figures.keys()), None)


def _contents(run: PastRun, now: datetime) -> Contents:
    number = {name: int(value) for name, value in run.figures.items()}
    return Contents(
        _SINCE in number,
        _since(run, now),
        number.get("contentPart", 0),
        max(number.get("contentParts", 1), 1),
        number.get("contentPartsCovered"),
    )


def _since(run: PastRun, now: datetime) -> datetime | None:
    seconds = run.figures.get(_SINCE, 0)
    return datetime.fromtimestamp(seconds, UTC) if 0 < seconds <= now.timestamp() else None


def unprovenContents(
    runs: Sequence[PastRun], now: datetime, maxAge: timedelta, limit: timedelta | None
) -> Iterator[str]:
    """Why the contents were proven too long ago, as a sentence, if the last success keeps when they were.

    Args:
        runs: the newest first
        now: the time
        maxAge: how much time there may be between two successes
        limit: how long ago all may have been proven; None: two rounds of the parts, of each of which one success is
            wanted, and no two in a day
    """
    success = next((run for run in runs if run.isSuccess), None)
    if success is None or _SINCE not in success.figures:
        return
    found = _contents(success, now)
    begun = found.since or _beginning(runs, now)
    ageSeconds = (now - begun).total_seconds()
    allowed = 2 * found.parts * max(maxAge, _DAY).total_seconds() if limit is None else limit.total_seconds()
    if ageSeconds <= allowed:
        return
    age, most = ageText(now - begun), ageText(timedelta(seconds=allowed))
    if found.since:
        yield f"All contents were last proven {age} ago; at most {most} are allowed (--maxContentAge)"
    else:
        yield (
            f"Not all contents are proven yet, and the first were compared {age} ago; at most {most} are allowed "
            "(--maxContentAge)"
        )


def _beginning(runs: Sequence[PastRun], now: datetime) -> datetime:
    """When the oldest of the last runs ended that knew of no day on which all was proven."""
    begun = now
    for run in runs:
        if _since(run, now):
            break
        begun = run.end if _SINCE in run.figures else begun
    return begun
