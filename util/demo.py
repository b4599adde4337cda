"""demo.py [names]: what `make run` and `make run-names` run: the real tools, on an S3 endpoint on this machine.

Without anything else a home of photos and documents is mirrored, changed, mirrored again, verified, and restored as it
was. With `names` the files have names that are trouble somewhere. SOURCE, BUCKET and SWITCHES come from the environment
and make it a single run: of your directory, on your bucket, with more switches.

Without BUCKET the endpoint is the server of `testcase`, which keeps its objects in .demo/, so that a second run finds
the first one's. The first command that ends as it should not ends the demo, with its exit status.
"""

from __future__ import annotations

import os
import random
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import FrameType

_ROOT = Path(__file__).resolve().parent.parent
_DEMO = Path(os.path.relpath(_ROOT / ".demo"))
_LOG = _DEMO / "cback.log"
_BUCKET = "my-bucket"
_MODULES = {
    "cback-amazons3-sync": "CedarBackup3.tools.amazons3sync",
    "cback-amazons3-restore": "CedarBackup3.tools.amazons3restore",
}
_LONG_AGO = 1_767_225_600  # what is uploaded in its own second looks newer than its object: S3 has whole seconds

sys.path.insert(0, str(_ROOT))


@dataclass(frozen=True, slots=True)
class Step:
    """A command of a demo."""

    words: list[str]
    why: str = ""
    """What is said before it."""
    status: int = 0
    """How it has to end, or the demo ends with it."""


def main(isOfNames: bool) -> int:
    source, bucket = os.environ.get("SOURCE", ""), os.environ.get("BUCKET", "")
    if bucket and not source:
        print(
            "BUCKET needs SOURCE, the directory that the bucket is to equal: make run SOURCE=dir BUCKET=s3://...",
            file=sys.stderr,
        )
        return 2
    _DEMO.mkdir(exist_ok=True)
    try:
        if bucket:
            return _onOwnBucket(source, bucket)
        if source:
            return _onEndpoint(iter([_sync(source, f"s3://{_BUCKET}/yours")]), source)
        plant, steps, place = (_plantNames, _ofNames, "names") if isOfNames else (_plantHome, _ofHome, "home")
        directory, url = _DEMO / place, f"s3://{_BUCKET}/{place}"
        if not directory.exists():
            plant(directory)
        taken = iter([_sync(directory, url)]) if os.environ.get("SWITCHES") else steps(directory, url)
        return _onEndpoint(taken, directory)
    except KeyboardInterrupt:  # between two commands
        return 128 + signal.SIGINT


def _onOwnBucket(source: str, url: str) -> int:
    """Mirror to the user's bucket with the user's own aws, or with ours if there is none on the PATH."""
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), str(Path(sys.executable).parent)])
    status = _done(iter([_sync(source, url)]), {"PATH": path})
    print(f"\nThe target is your own {url}. The log is {_LOG}.")
    return status


def _onEndpoint(steps: Iterator[Step], source: str | Path) -> int:
    """Take the steps on the server of `testcase`, with the aws beside this Python."""
    from testcase.s3 import S3Server

    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    with S3Server(buckets=(_BUCKET,), directory=_DEMO / "bucket", versioning=True) as server:
        status = _done(steps, {"PATH": path, **server.environment()})
    print(f"\nThe objects are in {_DEMO / 'bucket'}, the log is {_LOG}.")
    if status == 0:
        print(f"Change something in {source} and run it again: only that is sent.")
    return status


def _done(steps: Iterator[Step], environment: Mapping[str, str]) -> int:
    """Take one step after the other; the status is that of the first which ends as it should not, or 0."""
    for number, step in enumerate(steps):
        print("\n" * bool(number) + f"# {step.why}\n" * bool(step.why) + f"$ {shlex.join(step.words)}", flush=True)
        status = _run(step.words, environment)
        if status != step.status:
            return status or 1
    return 0


def _run(words: list[str], environment: Mapping[str, str]) -> int:
    """Run a command as from a shell, and return its status; signals are for it to answer."""
    if words[0] in _MODULES:
        words = [sys.executable, "-m", _MODULES[words[0]], *words[1:]]
    paths = os.pathsep.join(filter(None, [str(_ROOT), os.environ.get("PYTHONPATH")]))
    children: list[subprocess.Popen[bytes]] = []
    waiting: list[int] = []

    def passOn(number: int, _frame: FrameType | None) -> None:
        waiting.append(number)
        while children and waiting:
            children[0].send_signal(waiting.pop())

    # The terminal sends an interrupt to the tool as well.
    answers = {signal.SIGINT: lambda *_: None, signal.SIGTERM: passOn, signal.SIGHUP: passOn}
    answers = {number: answer for number, answer in answers.items() if signal.getsignal(number) != signal.SIG_IGN}
    before = {number: signal.signal(number, answer) for number, answer in answers.items()}
    try:
        children.append(subprocess.Popen(words, env={**os.environ, **environment, "PYTHONPATH": paths}))
        while waiting:
            children[0].send_signal(waiting.pop())
        status = children[0].wait()
    finally:
        for number, answer in before.items():
            signal.signal(number, answer)
    return status if status >= 0 else 128 - status


def _sync(source: str | Path, url: str, *switches: str, why: str = "", status: int = 0) -> Step:
    wanted = [*switches, *shlex.split(os.environ.get("SWITCHES", ""))]
    words = ["cback-amazons3-sync", "--verbose", "--logfile", str(_LOG), *wanted, str(source), url]
    return Step(words, why, status)


def _ofHome(home: Path, url: str) -> Iterator[Step]:
    """A home is mirrored, changed, mirrored again, verified, restored as it was before the change, and rehearsed."""
    yield _sync(home, url, why="Whatever is not in the bucket yet is sent, and the bucket is compared with the home.")
    then = datetime.now().astimezone().replace(microsecond=0)
    time.sleep(1.1)  # S3 has whole seconds
    yield _sync(home, url, why=f"{_changed(home)} Only that is sent.")
    yield _sync(home, url, "--verifyOnly", why="Is the bucket up to date? This changes nothing.")
    restored = _DEMO / "restored"
    shutil.rmtree(restored, ignore_errors=True)
    restore = ["cback-amazons3-restore", "--logfile", str(_LOG)]
    yield Step([*restore, "--list", "--since", then.isoformat(), url], "What has changed since the first run?")
    yield Step(
        [*restore, "--verbose", "--atTime", then.isoformat(), url, str(restored)],
        "Everything as it was before the change; a date such as yesterday's does as well.",
    )
    yield Step(["diff", "-r", str(restored), str(home)], "What differs between then and now is the change.", status=1)
    rehearsal = [*restore, "--verbose", "--rehearse", "5", "--against", str(home), url]
    yield Step(rehearsal, "Would a restore work? A few files are fetched and proven, and nothing is kept.")


def _plantHome(home: Path) -> None:
    """Photos and documents; the photos are noise of their size."""
    from testcase.trees import plantTree

    chance = random.Random(1)
    files = {
        b"documents/diary.txt": b"Monday: rain.\nTuesday: more rain.\n",
        b"documents/letters/2026-03-02 insurance.txt": b"Dear Sir or Madam,\n\nit was not me.\n",
        "documents/letters/2026-05-17 Grüße an Zoë.txt".encode(): b"Dear Zo\xc3\xab,\n\ncome and see the lake.\n",
        b"documents/taxes/2025.csv": b"month,income\n" + b"".join(b"%d,%d\n" % (n, 900 + n) for n in range(1, 13)),
        b"photos/2026-07 At the lake/MVI_0001.mp4": chance.randbytes(9 << 20),
    }
    for number in range(2, 12):
        name = b"photos/2026-07 At the lake/IMG_%04d.jpg" % number
        files[name] = chance.randbytes(chance.randrange(100 << 10, 900 << 10))
    plantTree(home, files, mtime=_LONG_AGO)
    (home / "photos/favourite.jpg").symlink_to("2026-07 At the lake/IMG_0007.jpg")


def _changed(home: Path) -> str:
    """Change a file, add one, and remove one; what was done in a sentence."""
    diary = home / "documents/diary.txt"
    album = home / "photos/2026-07 At the lake"
    for directory in (diary.parent, album):
        directory.mkdir(parents=True, exist_ok=True)
    with open(diary, "a") as file:
        file.write(f"{datetime.now():%A %H:%M:%S}: sunshine.\n")
    photos = sorted(album.glob("IMG_*.jpg"))
    new = next(path for number in range(2, 10_000) if not (path := album / f"IMG_{number:04}.jpg").exists())
    new.write_bytes(random.randbytes(300 << 10))
    gone = next((path for path in photos if path.name != "IMG_0007.jpg"), None)
    if gone is None:
        return f"{diary.name} has a line more, and {new.name} is new."
    gone.unlink()
    return f"{diary.name} has a line more, {new.name} is new, and {gone.name} is gone."


def _ofNames(source: Path, url: str) -> Iterator[Step]:
    """A name that cannot be stored is refused and mended; others go up as they are."""
    bad, good = (os.path.join(os.fsencode(source), "caf\u00e9.txt".encode(coding)) for coding in ("latin-1", "utf-8"))
    if os.path.lexists(bad):
        why = "A name in Latin-1, among others that are only unusual: it is refused (status 8) with its remedies."
        yield _sync(source, url, why=why, status=8)
        os.rename(bad, good)
    yield _sync(source, url, why="That file has been renamed. The other names go up as they are.")


def _plantNames(source: Path) -> None:
    """Names that are trouble somewhere: one that cannot be stored, and others that can."""
    from testcase.trees import AWKWARD_NAMES, plantTree

    plantTree(source, [*AWKWARD_NAMES, "caf\u00e9.txt".encode("latin-1")], mtime=_LONG_AGO)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] == ["names"]))
