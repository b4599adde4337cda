"""Times the sync tool beside what its users know, on generated trees against a server on loopback.

usage: benchmark.py [--files N,N...] [--latency S,S...] [--rounds N] [--directory DIR]

Every command of a table is run in turn, round after round, so that a change in the machine's speed meets them all;
figures are medians, and what is to be quoted is the ratio to the first command. Peak memory is that of the largest
single process.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from CedarBackup3.amazons3.aws.rules import Rule
from CedarBackup3.amazons3.aws.ruleuse import RuleUse
from CedarBackup3.amazons3.local.filters import Filters
from CedarBackup3.amazons3.local.scan import sourceEntries
from CedarBackup3.amazons3.mirror import mirrorOf
from util.benchserver import BUCKET
from util.benchtree import PATTERNS, makeTree

ROOT = Path(__file__).resolve().parent.parent
TOOL = [sys.executable, "-m", "CedarBackup3.tools.amazons3sync"]


@dataclass(frozen=True, slots=True)
class Run:
    """What one run of a command cost, with all its children."""

    wall: float
    cpu: float
    peak: float
    """MiB of the largest process."""


@dataclass(frozen=True, slots=True)
class Contender:
    """A command of a table."""

    name: str
    command: list[str]
    prepare: Callable[[], object] = lambda: None
    """What has to be done before each run, untimed."""
    statuses: tuple[int, ...] = (0,)


def measured(contender: Contender, environment: Mapping[str, str]) -> Run:
    """Run a command once, in a process that waits for it and so knows the cost of all that it starts."""
    contender.prepare()
    script = (
        "import resource, subprocess, sys, time; t = time.perf_counter();"
        "s = subprocess.run(sys.argv[1:], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL).returncode;"
        "w = time.perf_counter() - t; u = resource.getrusage(resource.RUSAGE_CHILDREN);"
        "print('cost', s, w, u.ru_utime + u.ru_stime, u.ru_maxrss / 1024)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *contender.command],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    match = re.search(r"cost (\S+) (\S+) (\S+) (\S+)", done.stdout)
    assert match, done
    assert int(match[1]) in contender.statuses, (contender.name, done.stderr[-2000:])
    return Run(float(match[2]), float(match[3]), float(match[4]))


def table(title: str, contenders: list[Contender], environment: Mapping[str, str], rounds: int) -> None:
    """Run all the commands in turn and print a table; the first one is what the others are held against."""
    runs: list[list[Run]] = [[] for _ in contenders]
    for _ in range(rounds):
        for kept, contender in zip(runs, contenders, strict=True):
            kept.append(measured(contender, environment))
    print(f"\n{title} (medians of {rounds})")
    print(f"| {'command':44} | wall s | ratio |  cpu s | peak MiB |")
    print(f"|{'-' * 46}|-------:|------:|-------:|---------:|")
    first = statistics.median(run.wall for run in runs[0])
    for kept, contender in zip(runs, contenders, strict=True):
        wall, cpu, peak = (statistics.median(getattr(run, name) for run in kept) for name in ("wall", "cpu", "peak"))
        print(f"| {contender.name:44} | {wall:6.2f} | {wall / first:5.2f} | {cpu:6.2f} | {peak:8.0f} |", flush=True)


@contextmanager
def serving(tree: Path, latency: float, *more: str) -> Iterator[dict[str, str]]:
    """The environment in which a bucket holds the tree; `more` are further arguments of the server."""
    command = [sys.executable, "-m", "util.benchserver", str(tree), str(latency), *more]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, text=True) as server:
        assert server.stdin
        assert server.stdout
        url = server.stdout.readline().strip()
        try:
            unset = "AWS_CA_BUNDLE"  # loopback has no certificate, and rclone stumbles over the variable
            yield {
                **{name: value for name, value in os.environ.items() if name != unset},
                "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
                "AWS_ENDPOINT_URL": url,
                "AWS_ACCESS_KEY_ID": "bench",
                "AWS_SECRET_ACCESS_KEY": "bench",
                "AWS_DEFAULT_REGION": "us-east-1",
                "AWS_EC2_METADATA_DISABLED": "true",
                "AWS_CONFIG_FILE": os.devnull,
                "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            }
        finally:
            server.stdin.close()


def tool(tree: Path, log: Path, *switches: str) -> list[str]:
    """The command line of our tool."""
    return [*TOOL, "--logfile", str(log), *switches, str(tree), f"s3://{BUCKET}"]


def aws(environment: Mapping[str, str], *arguments: str) -> list[str]:
    """An aws command line that any aws understands."""
    return ["aws", *arguments, "--endpoint-url", environment["AWS_ENDPOINT_URL"]]


def benchmark(tree: Path, files: int, latency: float, rounds: int, log: Path) -> None:
    """The tables for one size and latency."""
    where = f"{files:,} files, {latency * 1000:.0f} ms a response"
    with serving(tree, latency) as environment:
        listing = aws(
            environment, "s3api", "list-objects-v2", "--bucket", BUCKET, "--output", "text",
            "--query", "[to_string(Contents[].[Size,LastModified,Key])]",
        )  # fmt: skip
        verification = [Contender("aws s3api list-objects-v2, once", listing)]
        verification += [Contender("cback-amazons3-sync --verifyOnly", tool(tree, log, "--verifyOnly"))]
        plain = tool(tree, log, "--verifyOnly", "--awsSession", "never")
        verification += [Contender("  the same, --awsSession never", plain)]
        verification += others(environment, ("rclone", "check"), ("s5cmd", "ls"), tree)
        table(f"Verification: {where}", verification, environment, rounds)
        sync = aws(environment, "s3", "sync", f"{tree}/", f"s3://{BUCKET}", "--delete")
        nothing = [Contender("aws s3 sync --delete", sync), Contender("cback-amazons3-sync", tool(tree, log))]
        nothing += [Contender("  the same, --awsSession never", tool(tree, log, "--awsSession", "never"))]
        nothing += others(environment, ("rclone", "sync"), ("s5cmd", "sync"), tree)
        table(f"Nothing to do: {where}", nothing, environment, rounds)
        some = [Contender("aws s3 sync --delete", sync, lambda: touch(tree))]
        some += [Contender("cback-amazons3-sync", tool(tree, log), lambda: touch(tree))]
        some += [Contender("  the same, --method sync", tool(tree, log, "--method", "sync"), lambda: touch(tree))]
        table(f"1% of the files changed: {where}", some, environment, rounds)


def walks(tree: Path, rounds: int) -> None:
    """Print the processor time that a walk takes beside one with a hundred patterns, in the same process."""
    exclude = tuple(map(Rule, PATTERNS))
    mixed = tuple(Rule(pattern, isInclude=number % 2 > 0) for number, pattern in enumerate(PATTERNS))
    kinds = {"no pattern": (), f"{len(exclude)} of --exclude": exclude, "every second one of --include": mixed}
    times: dict[str, list[float]] = {name: [] for name in kinds}
    for _ in range(rounds):
        for name, rules in kinds.items():
            local = mirrorOf(tree, f"s3://{BUCKET}", filters=Filters(rules)).tree
            begin = time.process_time()
            files = sum(1 for _ in sourceEntries(local, use=RuleUse(rules)))
            times[name].append((time.process_time() - begin) / files * 1e6)
    first = statistics.median(times["no pattern"])
    print(f"\nWalk of {tree} (medians of {rounds})")
    for name, taken in times.items():
        print(f"| {name:30} | {statistics.median(taken):5.2f} us a file | {statistics.median(taken) / first:5.2f} |")


def touch(tree: Path) -> None:
    """Change every hundredth file; the last change is a moment old, since objects have whole seconds."""
    names = [os.path.join(parent, name) for parent, _, names in os.walk(tree) for name in names]
    for name in sorted(names)[::100]:
        with open(name, "ab") as file:
            file.write(b"+")
    time.sleep(1.1)


def others(
    environment: Mapping[str, str], rclone: tuple[str, str], s5cmd: tuple[str, str], tree: Path
) -> list[Contender]:
    """What else there is for the job, where it is installed."""
    found = []
    url = environment["AWS_ENDPOINT_URL"]
    remote = f":s3,provider=Other,env_auth=true,endpoint='{url}',force_path_style=true:{BUCKET}"
    if shutil.which("rclone"):
        found.append(
            Contender(
                f"rclone {rclone[1]} --fast-list --size-only",
                ["rclone", rclone[1], "--fast-list", "--size-only", str(tree), remote],
            )
        )
    if shutil.which("s5cmd"):
        words = ["ls", f"s3://{BUCKET}/*"] if s5cmd[1] == "ls" else ["sync", "--delete", f"{tree}/", f"s3://{BUCKET}/"]
        found.append(Contender(f"s5cmd {s5cmd[1]}", ["s5cmd", "--endpoint-url", url, *words]))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", default="10000,100000", help="sizes of the trees (default: %(default)s)")
    parser.add_argument("--latency", default="0,0.1", help="seconds a response (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=3, help="runs of each command (default: %(default)s)")
    parser.add_argument("--directory", type=Path, help="where the trees are made and kept (default: temporary)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        for files in map(int, options.files.split(",")):
            tree = (options.directory or Path(scratch)) / f"tree-{files}"
            makeTree(tree, files)
            walks(tree, options.rounds)
            for latency in map(float, options.latency.split(",")):
                benchmark(tree, files, latency, options.rounds, Path(scratch, "cback.log"))


if __name__ == "__main__":
    main()
