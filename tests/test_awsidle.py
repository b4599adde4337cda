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


def isOverWithin(seconds: float, watch: IdleWatch) -> bool:
    """Whether a watch, which is asked often, says within so many seconds that it is enough."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if watch.isOver():
            return True
        time.sleep(0.02)
    return False


@pytest.mark.parametrize(
    "script",
    [HANGS, WAITS.format(repr(HANGS)), "import os; os.read(os.pipe()[0], 1)"],
    ids=["it sleeps", "it waits for one that sleeps", "it reads a pipe that nobody writes to"],
)
def test_a_process_that_does_nothing_is_noticed(script: str) -> None:
    with running(script) as process:
        watch = IdleWatch(LIMIT)
        watch.begin(process.pid)
        assert isOverWithin(60, watch)


@pytest.mark.parametrize(
    "script",
    [WRITES, READS, WORKS, "while True: pass", WAITS.format(repr(WRITES)), WAITS.format(repr(WORKS))],
    ids=["writes", "reads", "calculates now and then", "calculates", "waits for a writer", "waits for a calculation"],
)
def test_a_process_that_does_anything_is_left_alone(script: str) -> None:
    with running(script) as process:
        watch = IdleWatch(LIMIT)
        watch.begin(process.pid)
        assert not isOverWithin(ENOUGH, watch)


def test_a_process_that_somebody_has_stopped_is_left_alone() -> None:
    with running(HANGS) as process:
        process.send_signal(signal.SIGSTOP)
        watch = IdleWatch(LIMIT)
        watch.begin(process.pid)
        assert not isOverWithin(ENOUGH, watch)


def test_time_in_which_nobody_asked_counts_for_little() -> None:
    """As when the tool was stopped itself, with its aws."""
    with running(HANGS) as process:
        watch = IdleWatch(LIMIT)
        watch.begin(process.pid)
        asked = 0
        while not watch.isOver():
            time.sleep(2 * LIMIT)
            asked += 1
        assert asked >= 5


def test_of_a_process_that_the_system_tells_nothing_of_nothing_is_concluded() -> None:
    with running("pass") as process:
        process.wait()
        watch = IdleWatch(LIMIT)
        watch.begin(process.pid)
        assert not isOverWithin(2 * LIMIT, watch)
        assert not isOverWithin(2 * LIMIT, IdleWatch(LIMIT))  # of none at all


def test_a_limit_of_0_is_none() -> None:
    with running(HANGS) as process:
        watch = IdleWatch(0)
        watch.begin(process.pid)
        assert not isOverWithin(2 * LIMIT, watch)
