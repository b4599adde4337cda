"""Lines that may be many: the first go to the screen, all of them to the log file."""

from __future__ import annotations

import logging

_log = logging.getLogger("CedarBackup3.log")

_SHOWN = 25  # lines on the screen


class CappedLines:
    """Lines of one kind, each given to `say`; `finish` tells how many the screen has not shown."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        """What they are, as a plural."""
        self.count = 0

    def say(self, line: str) -> None:
        """Log a line, as an error while there are few."""
        self.count += 1
        _log.log(logging.ERROR if self.count <= _SHOWN else logging.INFO, "%s", line)

    def finish(self) -> None:
        """There will be no more."""
        if self.count > _SHOWN:
            _log.error("... and %s more %s, all of them in the log file", f"{self.count - _SHOWN:,}", self.kind)
