"""Times a first run with the proof of what it uploads beside one without, in turn.

usage: uploadbench.py [--rounds N] [--trees small,large]

Two trees: 20,000 small files, and 2 GiB in files of 256 MiB. The server, aws and the digests share the machine's
processors, which is the worst case: a network leaves them more. What counts is the ratio of two runs that follow each
other.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from testcase.runner import toolCommand, toolEnvironment
from util.benchserver import BUCKET
from util.benchtree import makeTree

TOOL = "CedarBackup3.tools.amazons3sync"


def makeLarge(root: Path, files: int = 8, size: int = 256 << 20) -> None:
    """Make large files, no two pieces of which are the same."""
    for number in range(files):
        root.mkdir(parents=True, exist_ok=True)
        with open(root / f"large-{number}", "wb") as file:
            for _ in range(size >> 20):
                file.write(os.urandom(1 << 20))


def firstRun(source: Path, scratch: Path, *switches: str) -> float:
    """Seconds that a run into an empty bucket takes."""
    empty = scratch / "empty"
    empty.mkdir(exist_ok=True)
    command = [sys.executable, "-m", "util.benchserver", str(empty), "0"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdin and server.stdout
        endpoint = server.stdout.readline().strip()
        environment = toolEnvironment(
            {
                "AWS_ENDPOINT_URL": endpoint,
                "AWS_ACCESS_KEY_ID": "any",
                "AWS_SECRET_ACCESS_KEY": "any",
                "AWS_DEFAULT_REGION": "us-east-1",
                "AWS_CONFIG_FILE": "/dev/null",
                "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
            }
        )
        words = [*toolCommand(TOOL), "--logfile", str(scratch / "log"), *switches, str(source), f"s3://{BUCKET}"]
        began = time.perf_counter()
        subprocess.run(words, env=environment, check=True)
        seconds = time.perf_counter() - began
        server.stdin.close()
    return seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3, help="runs of each (default: %(default)s)")
    parser.add_argument("--trees", default="small,large", help="which trees (default: %(default)s)")
    options = parser.parse_args()
    print(f"| {'tree':22} | without s | with s | ratio |\n|{'-' * 24}|----------:|-------:|------:|")
    with tempfile.TemporaryDirectory() as scratch:
        for name in options.trees.split(","):
            tree = Path(scratch, name)
            if name == "small":
                makeTree(tree, 20_000)
            else:
                makeLarge(tree)
            pairs = []
            for _ in range(options.rounds):
                without = firstRun(tree, Path(scratch), "--noUploadProof")
                pairs.append((without, firstRun(tree, Path(scratch))))
                print(f"| {name:22} | {pairs[-1][0]:9.1f} | {pairs[-1][1]:6.1f} |", flush=True)
            without, proven = (statistics.median(pair[column] for pair in pairs) for column in range(2))
            ratio = statistics.median(pair[1] / pair[0] for pair in pairs)
            print(f"| {name + ', median':22} | {without:9.1f} | {proven:6.1f} | {ratio:5.2f} |", flush=True)


if __name__ == "__main__":
    main()
