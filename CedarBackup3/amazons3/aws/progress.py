"""The progress of a transfer, as aws says it."""

from __future__ import annotations

import re
from collections.abc import Callable

from CedarBackup3.amazons3.progress import OnProgress

_COMPLETED = re.compile(
    rb"Completed ([\d.]+) (Bytes|[KMGT]iB)/~?([\d.]+) (Bytes|[KMGT]iB) .*?with ~?(\d+) file\(s\) remaining"
)
_UNITS = {b"Bytes": 1, b"KiB": 1 << 10, b"MiB": 1 << 20, b"GiB": 1 << 30, b"TiB": 1 << 40}


def progressReader(onProgress: OnProgress) -> Callable[[bytes], None]:
    """A reader, for `runAws`, of aws's progress; for display only: names that look like it may fool it."""

    def read(output: bytes) -> None:
        # Only the last update counts, and each is searched alone: one that is cut would be sought through all others.
        updates = map(_COMPLETED.search, reversed(re.split(rb"[\r\n]", output)))
        if match := next(filter(None, updates), None):
            done = float(match[1]) * _UNITS[match[2]]
            total = float(match[3]) * _UNITS[match[4]]
            onProgress("sync", 0, int(done), done / total if total else None)

    return read
