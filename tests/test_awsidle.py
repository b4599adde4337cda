"""Whether a process does anything."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from CedarBackup3.amazons3.aws.idle import IdleWatch

LIMIT = 1.0  # seconds
ENOUGH = 4 * LIMIT
"""So long a process is watched that is never to be stopped."""

OFTEN = "import os, sys, time\nwhile True:\n time.sleep(0.1)\n "
WRITES = OFTEN + "os.write(1, b'x')"
READS = OFTEN + "os.read(0, 1)"
WORKS = OFTEN + "sum(range(500_000))"
HANGS = "import time; time.sleep(600)"
WAITS = "import subprocess, sys; subprocess.run([sys.executable, '-c', {}])"


@contextlib.contextmanager
def running(script: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process, which reads zeros and whose output nobody sees."""
    with (
        open("/dev/zero", "rb") as zeros,
        subprocess.Popen(
            [sys.executable, "-c", script], stdin=zeros, stdout=subprocess.DEVNULL, start_new_session=True
        ) as process,
    ):
        try:
            yield process
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def isOverWithin(seconds: float, *watches: IdleWatch) -> list[bool]:
    """Of each watch, all of which are asked often, whether it says within so many seconds that it is enough."""
    deadline, isOver = time.monotonic() + seconds, [False] * len(watches)
    while time.monotonic() < deadline and not all(isOver):
        isOver = [before or watch.isOver() for before, watch in zip(isOver, watches, strict=True)]
        time.sleep(0.02)
    return isOver


def watching(process: subprocess.Popen[bytes], limit: float = LIMIT) -> IdleWatch:
    watch = IdleWatch(limit)
    watch.begin(process.pid)
    return watch


@pytest.mark.parametrize(
    "script",
    [HANGS, WAITS.format(repr(HANGS)), "import os; os.read(os.pipe()[0], 1)"],
    ids=["it sleeps", "it waits for one that sleeps", "it reads a pipe that nobody writes to"],
)
def test_a_process_that_does_nothing_is_noticed(script: str) -> None:
    with running(script) as process:
        assert isOverWithin(60, watching(process)) == [True]


BUSY = {
    "writes": WRITES,
    "reads": READS,
    "calculates now and then": WORKS,
    "calculates": "while True: pass",
    "waits for a writer": WAITS.format(repr(WRITES)),
    "waits for a calculation": WAITS.format(repr(WORKS)),
}


def test_a_process_that_does_anything_is_left_alone_and_so_is_one_that_may_or_that_nothing_is_known_of() -> None:
    with contextlib.ExitStack() as stack:
        watches = {name: watching(stack.enter_context(running(script))) for name, script in BUSY.items()}
        stopped, ended, unlimited = (stack.enter_context(running(script)) for script in (HANGS, "pass", HANGS))
        stopped.send_signal(signal.SIGSTOP)
        ended.wait()
        watches |= {"was stopped by somebody": watching(stopped), "has ended": watching(ended)}
        watches |= {"has no limit": watching(unlimited, 0), "does not exist": IdleWatch(LIMIT)}
        isOver = dict(zip(watches, isOverWithin(ENOUGH, *watches.values()), strict=True))
    assert [name for name, over in isOver.items() if over] == []


def test_time_in_which_nobody_asked_counts_for_little() -> None:
    """As when the tool was stopped itself, with its aws."""
    limit = 0.2
    with running(HANGS) as process:
        watch = watching(process, limit)
        asked = 0
        while not watch.isOver():
            time.sleep(2 * limit)
            asked += 1
        assert asked >= 5
