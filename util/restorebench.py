"""Times the restore tool beside `aws s3 sync` of the same tree, from a server on loopback.

usage: restorebench.py [--files N] [--changed N] [--latency S,S...] [--rounds N]
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from datetime import timedelta
from pathlib import Path

from util.benchmark import Contender, serving, table
from util.benchserver import BUCKET, HISTORY
from util.benchtree import makeTree

TOOL = [sys.executable, "-m", "CedarBackup3.tools.amazons3restore"]


def benchmark(scratch: Path, files: int, changed: int, latency: float, rounds: int) -> None:
    """One table: everything into an empty directory, and again into one that has it all."""
    tree, target = scratch / f"tree-{files}", scratch / "target"
    makeTree(tree, files)
    url = f"s3://{BUCKET}"
    restore = [*TOOL, "--logfile", str(scratch / "cback.log"), "--overwrite", url, str(target)]
    then = ["--atTime", (HISTORY + timedelta(hours=12)).isoformat()]

    def empty() -> None:
        shutil.rmtree(target, ignore_errors=True)

    contenders = [
        Contender("aws s3 sync", ["aws", "s3", "sync", url, str(target)], empty),
        Contender("cback-amazons3-restore", restore, empty),
        Contender("  the same, nothing to do", restore),
        Contender(f"  --atTime, {changed} changed since", [*restore, *then], empty),
        Contender("  the same, --awsSession never", [*restore, *then, "--awsSession", "never"], empty),
        Contender("  the same, nothing to do", [*restore, *then]),
    ]
    with serving(tree, latency, str(changed)) as environment:
        title = f"{files:,} files to restore, {latency * 1000:.0f} ms a response"
        table(title, contenders, environment, rounds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=10_000, help="of the tree (default: %(default)s)")
    parser.add_argument("--changed", type=int, default=20, help="objects replaced since (default: %(default)s)")
    parser.add_argument("--latency", default="0,0.1", help="seconds a response (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=3, help="runs of each command (default: %(default)s)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        for latency in map(float, options.latency.split(",")):
            benchmark(Path(scratch), options.files, options.changed, latency, options.rounds)


if __name__ == "__main__":
    main()
