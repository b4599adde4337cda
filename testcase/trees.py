"""Trees of awkward names, and of many files."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

AWKWARD_NAMES: tuple[bytes, ...] = (
    b"new\nline",
    b"tab\there",
    b"escape\x1b[31mred",
    b"carriage\rreturn",
    b"percent%2Fslash",
    b"plus+and space",
    b"'single' \"double\" `back`",
    b"back\\slash",
    b"star*question?[bracket]",
    b"-leading-dash",
    b" leading and trailing ",
    b"...",
    b"&<>;|$HOME",
    "caf\u00e9 composed".encode(),
    "cafe\u0301 decomposed".encode(),
    "\u65e5\u672c\u8a9e.txt".encode(),
    "\u05e9\u05dc\u05d5\u05dd".encode(),
    "\U0001f984 emoji".encode(),
    "right\u202eto left".encode(),
    b"n" * 255,
)
"""Valid UTF-8, each fit for one file name, and each trouble for somebody."""


LONG_AGO = 1_000_000_000.0
"""A modification time, in 2001: a file that old is never uploaded over an object of its size."""


def plantTree(root: Path, files: Mapping[bytes, bytes] | Iterable[bytes], mtime: float | None = LONG_AGO) -> Path:
    """Make the files below a directory, with their directories; returns the directory.

    Args:
        root: the directory, created if need be
        files: paths below it, with their contents; without contents each file holds its own path
        mtime: when the files were modified, in seconds since the epoch; None: now. S3 drops the fraction of a second
            from the time of an object, so a file made just now may be newer than its own object, or not.
    """
    contents = files if isinstance(files, Mapping) else {path: path for path in files}
    root.mkdir(parents=True, exist_ok=True)
    for path, content in contents.items():
        whole = os.path.join(os.fsencode(root), path)
        os.makedirs(os.path.dirname(whole), exist_ok=True)
        with open(whole, "wb") as file:
            file.write(content)
        if mtime is not None:
            os.utime(whole, (mtime, mtime))
    return root
