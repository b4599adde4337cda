"""Times a first run with the proof of what it uploads beside one without, in turn.

usage: uploadbench.py [--rounds N] [--trees small,large] [--files N] [--mebibytes N]

Two trees: 20,000 small files, and 2 GiB in eight files. The server, aws and the digests share the machine's
processors, which is the worst case: a network leaves them more. What counts is the ratio of two runs that follow each
other; where the machine has other work, that of the processor times, which are those of the tool and its aws.
"""

from __future__ import annotations

import argparse
import os
import resource
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


def makeLarge(root: Path, mebibytes: int) -> None:
    """Make eight large files, no two pieces of which are the same."""
    root.mkdir()
    for number in range(8):
        with open(root / f"large-{number}", "wb") as file:
            for _ in range(mebibytes // 8):
                file.write(os.urandom(1 << 20))


def firstRun(source: Path, scratch: Path, *switches: str) -> tuple[float, float]:
    """Seconds that a run into an empty bucket takes, by the clock and of the processors."""
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
        began, used = time.perf_counter(), processorTime()
        subprocess.run(words, env=environment, check=True)
        seconds = time.perf_counter() - began, processorTime() - used
        server.stdin.close()
    return seconds


def processorTime() -> float:
    """Seconds that all children have used that have ended, and theirs."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3, help="runs of each (default: %(default)s)")
    parser.add_argument("--trees", default="small,large", help="which trees (default: %(default)s)")
    parser.add_argument("--files", type=int, default=20_000, help="in the small tree (default: %(default)s)")
    parser.add_argument("--mebibytes", type=int, default=2048, help="in the large tree (default: %(default)s)")
    options = parser.parse_args()
    print("| tree  | without s | with s | ratio | without CPU s | with CPU s | ratio |")
    print("|-------|----------:|-------:|------:|--------------:|-----------:|------:|")
    with tempfile.TemporaryDirectory() as scratch:
        for name in options.trees.split(","):
            tree = Path(scratch, name)
            if name == "small":
                makeTree(tree, options.files)
            else:
                makeLarge(tree, options.mebibytes)
            runs = []
            for _ in range(options.rounds):
                without = firstRun(tree, Path(scratch), "--noUploadProof")
                proven = firstRun(tree, Path(scratch))
                runs.append(
                    (without[0], proven[0], proven[0] / without[0], without[1], proven[1], proven[1] / without[1])
                )
            columns = [statistics.median(run[column] for run in runs) for column in range(6)]
            print(
                "| {:5} | {:9.1f} | {:6.1f} | {:5.2f} | {:13.1f} | {:10.1f} | {:5.2f} |".format(name, *columns),
                flush=True,
            )


if __name__ == "__main__":
    main()
