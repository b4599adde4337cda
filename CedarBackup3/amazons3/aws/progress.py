"""The progress of a transfer, as aws prints it."""

from __future__ import annotations

import re
from collections.abc import Callable

_COMPLETED = re.compile(rb"Completed ([\d.]+) (Bytes?|[KMGTP]iB)/")
_UNITS = {unit: 1 << 10 * power for power, unit in enumerate((b"Bytes", b"KiB", b"MiB", b"GiB", b"TiB", b"PiB"))}
_UNITS[b"Byte"] = 1
_TRANSFERRED = (b"upload: ", b"download: ")
_LONGEST = 1 << 14  # bytes of a line that has not ended; two paths and a word are less


def progressReader(follow: Callable[[int, int], object]) -> Callable[[bytes], None]:
    """A reader, for `runAws`, of what a transfer prints; for display only: names that look like it may fool it.

    Args:
        follow: called with the files and bytes that are transferred. aws rounds the bytes, and takes some back when
            it tries again; its own total is an estimate for as long as it looks for files, and is not reported
    """
    unended = b""
    files = size = 0

    def read(output: bytes) -> None:
        nonlocal unended, files, size
        *lines, unended = re.split(rb"[\r\n]", unended + output)
        unended = unended[:_LONGEST]
        arrived = sum(line.startswith(_TRANSFERRED) for line in lines)
        update = next(filter(None, map(_COMPLETED.match, reversed(lines))), None)
        if update:
            size = int(float(update[1]) * _UNITS[update[2]])
        if update or arrived:
            files += arrived
            follow(files, size)

    return read
