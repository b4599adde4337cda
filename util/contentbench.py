"""Times reading the content of a tree for --checkContent beside md5sum with as many workers.

usage: contentbench.py [--rounds N] [--directory DIR] [--cold]

Three trees: many small files, photographs, and a few large files, each held against `find | xargs -P md5sum`. The two
are run in turn within the same minute, so that a change in the machine's speed meets both; what counts is the ratio.
With --cold, which needs root, the page cache is emptied before each run.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import shlex
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

from CedarBackup3.amazons3.content.digestcache import openDigestCache
from CedarBackup3.amazons3.content.hashing import Reader, claimOf, contentFindings
from CedarBackup3.amazons3.local.scan import sourceEntries
from CedarBackup3.amazons3.mirror import Mirror, mirrorOf
from CedarBackup3.amazons3.model import ObjectEntry
from CedarBackup3.amazons3.workers import processors

TREES = {
    "20,000 files of 0 to 20 KiB": (20_000, 0, 20 << 10),
    "1,000 files of 1 to 4 MiB": (1_000, 1 << 20, 4 << 20),
    "6 files of 256 MiB": (6, 256 << 20, 256 << 20),
}


def makeTree(root: Path, files: int, least: int, most: int) -> None:
    """Make a tree of random files, unless it is there already."""
    if (root / ".complete").exists():
        return
    chance = random.Random(1)
    for number in range(files):
        path = root / f"d{number // 100:03}" / f"f{number:05}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(os.urandom(chance.randint(least, most)))
        os.utime(path, (1_000_000_000, 1_000_000_000))
    (root / ".complete").touch()


def listed(mirror: Mirror, part: int) -> list[ObjectEntry]:
    """What a bucket would list that holds the tree, stored by aws."""
    entries = []
    for entry in sourceEntries(mirror.tree):
        body = Path(os.fsdecode(mirror.pathTo(entry.path))).read_bytes()
        etag = hashlib.md5(body).hexdigest()
        if len(body) >= part:
            digests = [hashlib.md5(body[start : start + part]).digest() for start in range(0, len(body), part)]
            etag = f"{hashlib.md5(b''.join(digests)).hexdigest()}-{len(digests)}"
        entries.append(ObjectEntry(entry.key, len(body), "2026-11-23T06:31:11Z", f'"{etag}"'))
    return entries


def ours(mirror: Mirror, objects: list[ObjectEntry], cacheFile: str = "") -> float:
    """Seconds that the walk and the comparison of contents take."""
    began = time.perf_counter()
    claims = (claimOf(entry, found) for entry, found in zip(sourceEntries(mirror.tree), objects, strict=True))
    shared = (mirror.tree, mirror.location, mirror.aws)
    if cacheFile:
        with openDigestCache(cacheFile) as cache:
            verdicts = [
                found.verdict for found in contentFindings(Reader(*shared, cache), claims, 0, lambda *told: None)
            ]
    else:
        verdicts = [found.verdict for found in contentFindings(Reader(*shared), claims, 0, lambda *told: None)]
    seconds = time.perf_counter() - began
    assert set(verdicts) == {"matched"}
    return seconds


def md5sum(tree: Path, workers: int, files: int) -> float:
    """Seconds that md5sum takes."""
    each = max(1, min(64, files // (4 * workers)))
    words = f"find {shlex.quote(str(tree))} -type f -print0 | xargs -0 -n {each} -P {workers} md5sum > /dev/null"
    began = time.perf_counter()
    subprocess.run(["sh", "-c", words], check=True)
    return time.perf_counter() - began


def pair(
    tree: Path, files: int, mirror: Mirror, objects: list[ObjectEntry], isCold: bool
) -> tuple[float, float, float]:
    """Seconds that both take, one after the other, and their ratio."""
    if isCold:
        emptyCache()
    theirs = md5sum(tree, processors(), files)
    if isCold:
        emptyCache()
    own = ours(mirror, objects)
    return theirs, own, own / theirs


def emptyCache() -> None:
    """Empty the page cache, as far as root may."""
    os.sync()
    Path("/proc/sys/vm/drop_caches").write_text("3")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5, help="runs of each (default: %(default)s)")
    parser.add_argument("--directory", type=Path, help="where the trees are made and kept (default: temporary)")
    parser.add_argument("--cold", action="store_true", help="empty the page cache before each run")
    options = parser.parse_args()
    workers = processors()
    print(f"\nContent, {workers} workers (medians of {options.rounds})")
    print(f"| {'tree':28} | md5sum s | ours s | ratio | with a full cache s |")
    print(f"|{'-' * 30}|---------:|-------:|------:|--------------------:|")
    with tempfile.TemporaryDirectory() as scratch:
        for number, (name, (files, least, most)) in enumerate(TREES.items()):
            tree = (options.directory or Path(scratch)) / f"content-{number}"
            makeTree(tree, files, least, most)
            mirror = mirrorOf(tree, "s3://bucket")
            objects = listed(mirror, 8 << 20)
            cacheFile = str(Path(scratch, f"cache-{number}"))
            time.sleep(2.1)  # a cache keeps nothing of files that are younger
            ours(mirror, objects, cacheFile)
            runs = [pair(tree, files, mirror, objects, options.cold) for _ in range(options.rounds)]
            theirs, own, ratio = (statistics.median(run[column] for run in runs) for column in range(3))
            cached = ours(mirror, objects, cacheFile)
            print(f"| {name:28} | {theirs:8.2f} | {own:6.2f} | {ratio:5.2f} | {cached:19.2f} |", flush=True)


if __name__ == "__main__":
    main()
