"""testdebian.py DIRECTORY: `make test` in fresh, minimal Debians, as root and as an ordinary user.

What is tried comes from the environment: SUITES and USERS (both have all by default), and TESTS for pytest. The
directory gets a root for each suite, made anew, and a log for each run; the roots are removed afterwards.

A Debian gets what README.md asks for (make, python3-venv), and its own aws. Its packages come from where this machine
has its own, and PyPI is reached as this machine's pip is told to. Each user has the tree in a path with blanks and
umlauts; the ordinary one also a umask that leaves nothing to others, and an interrupt that is ignored, as behind a
shell's `&`.
"""

from __future__ import annotations

import ast
import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_ROOT = Path(__file__).resolve().parent.parent
_NEEDED = "make,python3-venv,awscli"
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_SUITES = "bookworm trixie"
_USERS = "root user"
_CLOSING_LINES = 30


@dataclass(frozen=True, slots=True)
class User:
    """Who runs the tests in such a Debian."""

    uid: int
    home: str
    before: str
    """What their shell does first."""


_KNOWN = {
    "root": User(0, "/root", "umask 022"),
    "user": User(1000, "/home/user", "umask 077; trap '' INT"),
}


def main(directory: Path) -> int:
    """Run the tests in each suite as each user; the status is 1 if any of them failed."""
    missing = [program for program in ("mmdebstrap", "unshare", "setpriv") if not shutil.which(program)]
    if missing or os.geteuid() != 0:
        lacking = f"{', '.join(missing)} is not installed" if missing else "only root can make a Debian in a directory"
        print(f"The tests cannot be run in fresh Debians here: {lacking}.", file=sys.stderr)
        return 1
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # then what was started ends, too
    directory.mkdir(parents=True, exist_ok=True)
    status = 0
    for suite in os.environ.get("SUITES", "").split() or _SUITES.split():
        root = directory.resolve() / suite
        shutil.rmtree(root, ignore_errors=True)
        try:
            _say(f"{suite}: making a root with {_NEEDED}")
            _make(suite, root, directory / f"{suite}.log")
            for name in os.environ.get("USERS", "").split() or _USERS.split():
                log = directory / f"{suite}-{name}.log"
                _say(f"{suite}, {name}: make test (the log is {log})")
                began = time.monotonic()
                done = _test(root, name, log)
                _say(f"{suite}, {name}: {_verdict(log)}; status {done}, {time.monotonic() - began:.0f} s")
                status |= done != 0
        finally:
            shutil.rmtree(root, ignore_errors=True)
    return status


def _say(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text}", flush=True)


def _make(suite: str, root: Path, log: Path) -> None:
    # What mmdebstrap mounts, and cannot unmount since somebody looks into it, is gone with this namespace:
    # the root will be removed.
    words = ["unshare", "--mount", "sh", str(_ROOT / "util/debianroot.sh"), suite, str(root), f"--include={_NEEDED}"]
    with open(log, "wb") as said:
        made = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=said, stderr=said, check=False).returncode
    if made:
        sys.exit(f"There is no Debian of the name {suite} for this machine:\n{_ending(log)}")
    for name, user in _KNOWN.items():
        if user.uid:
            with open(root / "etc/passwd", "a") as users:
                users.write(f"{name}:x:{user.uid}:{user.uid}::{user.home}:/bin/sh\n")
            with open(root / "etc/group", "a") as groups:
                groups.write(f"{name}:x:{user.uid}:\n")


def _test(root: Path, name: str, log: Path) -> int:
    """The status of `make test` in a copy of this tree, whose owner runs it, in a namespace that ends with it."""
    user = _KNOWN[name]
    tree = f"{user.home}/\u00dcbungen und Bilder/cback"
    home = root / user.home.lstrip("/")
    subprocess.run(["sh", str(_ROOT / "util/copytree.sh"), str(root / tree.lstrip("/"))], check=True)
    for path in (home, *home.rglob("*")):
        os.chown(path, user.uid, user.uid, follow_symlinks=False)
    settings = dict(_pipSettings())
    mounts = [f"mount --bind {shlex.quote(path)} {shlex.quote(str(root) + path)}" for path in _placed(root, settings)]
    mounts += [f"mount --rbind /{name} {shlex.quote(f'{root}/{name}')}" for name in ("dev", "proc", "sys")]
    test = f"{user.before}; cd {shlex.quote(tree)} && exec make test TESTS={shlex.quote(os.environ.get('TESTS', ''))}"
    who = ["setpriv", f"--reuid={user.uid}", f"--regid={user.uid}", "--clear-groups"] if user.uid else []
    inside = ["chroot", str(root), *who, "sh", "-c", test]
    words = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "sh", "-c"]
    environment = {**settings, "PATH": _PATH, "HOME": user.home, "LOGNAME": name}
    # The shell stays, as the first process, with which all others end: --kill-child forgets who becomes another user.
    script = f"set -e; {'; '.join(mounts)}; status=0; {shlex.join(inside)} || status=$?; exit $status"
    with open(log, "wb") as said:
        return subprocess.run(
            [*words, script],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
            check=False,
        ).returncode


def _pipSettings() -> Iterator[tuple[str, str]]:
    """How this machine's pip finds packages, as variables: files that say so are this machine's own."""
    words = [sys.executable, "-m", "pip", "config", "list"]
    for line in subprocess.run(words, capture_output=True, text=True, check=False).stdout.splitlines():
        name, _, value = line.partition("=")
        section, _, option = name.rpartition(".")
        if section in {"global", "install", ":env:"}:
            yield f"PIP_{option.upper().replace('-', '_')}", ast.literal_eval(value)


def _placed(root: Path, settings: dict[str, str]) -> Iterator[str]:
    """The paths of this machine in pip's settings, each of which has a place in the root that it can be mounted on."""
    words = [word for value in settings.values() for word in value.split()]
    # An index by a file: URL has its files beside it.
    named = {os.path.dirname(word.removeprefix("file://").rstrip("/")) for word in words if word.startswith("file:///")}
    named |= {word for word in words if word.startswith("/")} | {"/etc/resolv.conf"}
    for path in sorted(path for path in named - {"/"} if os.path.exists(path)):
        place = root / path.lstrip("/")
        place.parent.mkdir(parents=True, exist_ok=True)
        if os.path.isdir(path):
            place.mkdir(exist_ok=True)
        else:
            place.unlink(missing_ok=True)  # it may be a link, which would lead out of the root
            place.touch()
        yield path


def _verdict(log: Path) -> str:
    """The line in which pytest says how it ended."""
    lines = log.read_text("utf-8", "replace").splitlines()
    return next((line.strip("= ") for line in reversed(lines) if line.startswith("==")), "no test ran")


def _ending(log: Path) -> str:
    return "\n".join(log.read_text("utf-8", "replace").splitlines()[-_CLOSING_LINES:])


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
