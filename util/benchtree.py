"""Trees for the benchmarks: many small files in directories of everyday sizes, the same ones every time."""

from __future__ import annotations

import os
import random
from pathlib import Path

ENDINGS = [
    "tmp",
    "swp",
    "bak",
    "pyc",
    "pyo",
    "o",
    "obj",
    "class",
    "log",
    "part",
    "crdownload",
    "lock",
    "pid",
    "iso",
    "vmdk",
    "qcow2",
    "cache",
    "old",
    "orig",
    "rej",
    "core",
    "dmp",
]
CACHES = [
    ".cache",
    ".git",
    "tmp",
    "node_modules",
    "build",
    "dist",
    "target",
    "out",
    "vendor",
    ".venv",
    "__pycache__",
    "Trash",
    ".thumbnails",
    ".npm",
    ".m2",
]
ODDITIES = [
    "*~",
    "*.sw[a-p]",
    "*/#*#",
    "*/core.[0-9]*",
    "*/.~lock.*#",
    "*.bak.?",
    "*/.nfs*",
    "*.tmp.*",
    "*.part[0-9]",
    "*.~*",
    "*/Thumbs.db",
]

PATTERNS = [
    *(f"*.{ending}" for ending in ENDINGS),
    *(f"{above}{name}/*" for above in ("", "*/", "user3/", "user4/project 1[0-9]/") for name in CACHES),
    *ODDITIES,
    *(f"user{number}/notes.txt" for number in range(7)),
]
"""A hundred patterns of what few want to keep, and which leave out nothing of the tree."""

_SIZES = (3, 20, 50, 150)  # files in a directory


def makeTree(root: Path, files: int) -> None:
    """Make the tree, unless it is there already."""
    done = root / ".complete"
    if done.exists():
        return
    chance = random.Random(1)
    made = directory = 0
    while made < files:
        parent = root / f"user{directory % 7}" / f"project {directory // 7 % 40}" / f"dir{directory:05}"
        parent.mkdir(parents=True, exist_ok=True)
        directory += 1
        for number in range(min(chance.choice(_SIZES), files - made)):
            ending = chance.choice(("txt", "jpg", "dat"))
            with open(parent / f"file-{number:04}.{ending}", "wb") as file:
                file.write(bytes(number % 7))
            made += 1
    os.utime(root, (0, 0))
    done.touch()
