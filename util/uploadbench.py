"""Times uploads beside what their users know, in turn, each into a bucket of its own on loopback.

usage: uploadbench.py [--cases small,large,changed] [--latency S,S] [--files N] [--large N] [--rounds N] [--more ...]

    small    so many files of 1 to 20 kB into an empty bucket
    large    so many files of 20 MiB into an empty bucket
    changed  1% of five times as many small files, which are in the bucket, have changed

The server shares the machine's processors with what is measured; its processor time is given, and it is no bottleneck
as long as that is much less than the wall time. `rclone` and `s5cmd` take part if they are on the PATH. What counts is
the ratio of runs that follow each other; where the machine has other work, that of the processor times.
"""

from __future__ import annotations

import argparse
import os
import random
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from util.benchmark import Contender, aws, measured, tool, touch
from util.benchserver import BUCKET

ROOT = Path(__file__).resolve().parent.parent
MIB = 1 << 20


class Cost(NamedTuple):
    """What one run took."""

    wall: float
    cpu: float
    server: float
    """Seconds of a processor that the server used meanwhile."""
    load: float


def makeSmall(root: Path, files: int) -> None:
    """Files of 1 to 20 kB, fifty in a directory."""
    chance = random.Random(1)
    for number in range(files):
        parent = root / f"dir{number // 50:05}"
        parent.mkdir(parents=True, exist_ok=True)
        (parent / f"file-{number % 50:03}.dat").write_bytes(chance.randbytes(chance.randrange(1000, 20_000)))


def makeLarge(root: Path, files: int) -> None:
    """Files of 20 MiB, no two pieces of which are the same."""
    root.mkdir()
    for number in range(files):
        (root / f"large-{number:03}.dat").write_bytes(os.urandom(20 * MIB))


def contenders(tree: Path, environment: dict[str, str], log: Path, more: list[str]) -> list[Contender]:
    """Everybody's command for the same upload; the first one is what the others are held against."""
    url, target = environment["AWS_ENDPOINT_URL"], f"s3://{BUCKET}"
    found = [Contender("aws s3 sync", aws(environment, "s3", "sync", f"{tree}/", target, "--no-progress"))]
    found += [Contender("cback-amazons3-sync", tool(tree, log))]
    found += [Contender(f"  the same, {words}", tool(tree, log, *shlex.split(words))) for words in more]
    remote = f":s3,provider=Other,env_auth=true,endpoint='{url}',force_path_style=true,no_check_bucket=true:{BUCKET}"
    if shutil.which("rclone"):
        found.append(
            Contender("rclone sync --transfers 16", ["rclone", "sync", "--transfers", "16", str(tree), remote])
        )
    if shutil.which("s5cmd"):
        found.append(Contender("s5cmd sync", ["s5cmd", "--endpoint-url", url, "sync", f"{tree}/", f"{target}/"]))
    return found


def run(index: int, tree: Path, held: Path, latency: float, log: Path, more: list[str], change: bool) -> Cost:
    """Let one of the contenders work on a bucket that holds a directory."""
    command = [sys.executable, "-m", "util.benchserver", str(held), str(latency)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, text=True) as server:
        assert server.stdin and server.stdout
        environment = {
            **{name: value for name, value in os.environ.items() if name != "AWS_CA_BUNDLE"},
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "AWS_ENDPOINT_URL": server.stdout.readline().strip(),
            "AWS_ACCESS_KEY_ID": "bench",
            "AWS_SECRET_ACCESS_KEY": "bench",
            "AWS_REGION": "us-east-1",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        }
        if change:
            touch(tree)
        used = _processorTime(server.pid)
        cost = measured(contenders(tree, environment, log, more)[index], environment)
        used = _processorTime(server.pid) - used
        server.stdin.close()
    return Cost(cost.wall, cost.cpu, used, os.getloadavg()[0])


def _processorTime(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def table(title: str, names: list[str], runs: Callable[[int], Cost], rounds: int) -> None:
    """Run all in turn, round after round, and print the medians."""
    costs = [[runs(index) for index in range(len(names))] for _ in range(rounds)]
    print(f"\n{title} (medians of {rounds}; load {min(min(c.load for c in row) for row in costs):.0f} and more)")
    print(f"| {'command':44} | wall s | ratio |  cpu s | ratio | server s |")
    print(f"|{'-' * 46}|-------:|------:|-------:|------:|---------:|")
    for index, name in enumerate(names):
        wall, cpu, server, _ = (
            statistics.median(values) for values in zip(*(row[index] for row in costs), strict=True)
        )
        first = [statistics.median(row[0][column] for row in costs) for column in (0, 1)]
        print(
            f"| {name:44} | {wall:6.1f} | {wall / first[0]:5.2f} "
            f"| {cpu:6.1f} | {cpu / first[1]:5.2f} | {server:8.1f} |",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", default="small,large,changed", help="which (default: %(default)s)")
    parser.add_argument("--latency", default="0,0.03,0.1", help="seconds a response (default: %(default)s)")
    parser.add_argument("--files", type=int, default=20_000, help="small ones (default: %(default)s)")
    parser.add_argument("--large", type=int, default=200, help="files of 20 MiB (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=3, help="runs of each (default: %(default)s)")
    parser.add_argument("--more", action="append", default=[], help="our tool again, with these switches; repeatable")
    parser.add_argument("--directory", help="where the trees are made (default: that for temporary files)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.directory) as scratch:
        place = Path(scratch)
        (place / "empty").mkdir()
        for case in options.cases.split(","):
            tree, isChange = place / case, case == "changed"
            number = options.large if case == "large" else options.files * (5 if isChange else 1)
            (makeLarge if case == "large" else makeSmall)(tree, number)
            time.sleep(1.1)  # no file is as new as its object
            held = tree if isChange else place / "empty"
            names = [each.name for each in contenders(tree, {"AWS_ENDPOINT_URL": ""}, place / "log", options.more)]
            for latency in map(float, options.latency.split(",")):

                def once(index: int, latency: float = latency, tree: Path = tree, held: Path = held) -> Cost:
                    return run(index, tree, held, latency, place / "log", options.more, held == tree)

                table(f"{case}: {number:,} files, {latency * 1000:.0f} ms a response", names, once, options.rounds)
            shutil.rmtree(tree)


if __name__ == "__main__":
    main()
