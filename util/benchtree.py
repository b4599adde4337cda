"""Trees for the benchmarks: many small files in directories of everyday sizes, the same ones every time."""

from __future__ import annotations

import os
import random
from pathlib import Path

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
