"""The mount points of this machine."""

from __future__ import annotations

import re


def mountPoints() -> frozenset[bytes]:
    """The directories on which something is mounted now; none where the system does not tell."""
    try:
        with open("/proc/self/mounts", "rb") as table:  # proc(5); odd characters are written as octal escapes
            points = (re.sub(rb"\\(\d{3})", lambda octal: bytes([int(octal[1], 8)]), line.split()[1]) for line in table)
            return frozenset(points)
    except OSError:
        return frozenset()
