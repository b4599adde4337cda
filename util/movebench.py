"""Times a run after a directory was moved: with --trackRenames, without, and what users know, in turn.

usage: movebench.py [--files N] [--size BYTES] [--latency S] [--rounds N]

What counts is the ratio to the run that uploads all again. The server is on this machine: what a slow line adds to an
upload is not in it.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from testcase.runner import toolEnvironment
from testcase.s3 import S3Server
from testcase.trees import plantTree
from util.benchmark import Contender, Run, measured, tool
from util.benchserver import BUCKET


def plant(server: S3Server, contents: dict[bytes, bytes]) -> None:
    """The bucket as it was before the directory was moved."""
    server.latency = 0
    for key in list(server.objects(BUCKET)):
        server.deleteObject(BUCKET, key)
    for name, content in contents.items():
        server.putObject(BUCKET, b"old/" + name, content, lastModified=datetime.now(UTC) - timedelta(days=1))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=200, help="in the directory (default: %(default)s)")
    parser.add_argument("--size", type=int, default=20_000, help="bytes of each (default: %(default)s)")
    parser.add_argument("--latency", type=float, default=0.03, help="seconds a response (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=3, help="runs of each (default: %(default)s)")
    options = parser.parse_args()
    contents = {b"%06d" % number: os.urandom(options.size) for number in range(options.files)}
    with tempfile.TemporaryDirectory() as scratch, S3Server((BUCKET,)) as server:
        tree = plantTree(Path(scratch, "tree"), {b"new/" + name: content for name, content in contents.items()})
        environment = toolEnvironment(server.environment())

        def prepare() -> None:
            plant(server, contents)
            server.latency = options.latency

        log, url = Path(scratch, "log"), f"s3://{BUCKET}/"
        endpoint = f"--endpoint-url={server.endpointUrl}"
        contenders = [
            Contender("cback-amazons3-sync", tool(tree, log), prepare),
            Contender("  the same, --trackRenames", tool(tree, log, "--trackRenames"), prepare),
            Contender("aws s3 sync --delete", ["aws", "s3", "sync", "--delete", str(tree), url, endpoint], prepare),
            Contender(
                "aws s3 mv --recursive", ["aws", "s3", "mv", "--recursive", url + "old", url + "new", endpoint], prepare
            ),
        ]
        runs: list[list[Run]] = [[] for _ in contenders]
        for _ in range(options.rounds):
            for kept, contender in zip(runs, contenders, strict=True):
                kept.append(measured(contender, environment))
    print(f"| {'command':28} | wall s | ratio |  cpu s | ratio |")
    print(f"|{'-' * 30}|-------:|------:|-------:|------:|")
    wall, cpu = (statistics.median(getattr(run, name) for run in runs[0]) for name in ("wall", "cpu"))
    for kept, contender in zip(runs, contenders, strict=True):
        its = [statistics.median(getattr(run, name) for run in kept) for name in ("wall", "cpu")]
        print(f"| {contender.name:28} | {its[0]:6.2f} | {its[0] / wall:5.2f} | {its[1]:6.2f} | {its[1] / cpu:5.2f} |")


if __name__ == "__main__":
    main()
