"""Log lines of one kind, of which there may be a million: the first 1,000 are logged, the others counted."""

from __future__ import annotations

import logging

_log = logging.getLogger("CedarBackup3.log")

KEPT = 1000
"""Lines of a kind in the log: a log of every night must not fill the disk, whatever names a user thinks of."""

SHOWN = 25
"""Lines of a kind on the screen, where each of them takes several."""


class CappedLines:
    """Lines of one kind, each given to `log`; `finish` logs how many more there were."""

    def __init__(self, kind: str, level: int = logging.ERROR, shown: int = KEPT) -> None:
        """Take what they are, as a plural, their level, and how many have it; the others go to the log file only."""
        self.kind, self.level = kind, level
        self.shown = min(shown, KEPT)
        self.count = 0

    def log(self, line: str) -> None:
        """Log a line while there are few."""
        self.count += 1
        if self.count <= KEPT:
            _log.log(self.level if self.count <= self.shown else logging.INFO, "%s", line)

    def finish(self) -> None:
        """There will be no more."""
        more, logged = self.count - self.shown, min(self.count, KEPT) - self.shown
        if more <= 0:
            return
        where = "which are only counted"
        if logged:
            where = f"{'all' if logged == more else f'the first {logged:,}'} of them in the log file"
        _log.log(self.level, "... and %s more %s, %s", f"{more:,}", self.kind, where)
