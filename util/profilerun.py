"""Where the time of a run goes that finds everything up to date: its main thread, without what aws does.

usage: profilerun.py [FILES]    prints the 25 functions that take the most, with all that they call; 20000 files else
"""

from __future__ import annotations

import pstats
import subprocess
import sys
import tempfile
from pathlib import Path

from util.benchmark import ROOT, serving, tool
from util.benchtree import makeTree

_LINES = 25


def main(files: int) -> None:
    """Make the files, run the tool on them under cProfile, and print."""
    with tempfile.TemporaryDirectory() as scratch:
        tree, log, profile = Path(scratch, "tree"), Path(scratch, "log"), f"{scratch}/profile"
        makeTree(tree, files)
        with serving(tree, 0) as environment:
            python, *words = tool(tree, log, "--verifyOnly")
            command = [python, "-m", "cProfile", "-o", profile, *words]
            subprocess.run(command, env=environment, cwd=ROOT, stdin=subprocess.DEVNULL, check=True)
        pstats.Stats(profile).strip_dirs().sort_stats("cumulative").print_stats(_LINES)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
