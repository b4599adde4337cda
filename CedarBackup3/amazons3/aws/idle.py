"""Tells whether an AWS CLI process and its children are idle: they move no byte and use no processor time.

What can hold a program up for ever tells no error: a pipe in a file's place, a file system whose server is gone, a
program of the user's that makes credentials. An aws that waits for the network gives up by itself.
"""

from __future__ import annotations

import os
import time
from typing import NamedTuple

_LOOKS = 10  # within the limit
_SELDOM = 30.0  # seconds between two looks at most
_ASLEEP = "SD"  # waiting for something (proc(5), "State"): neither at work nor stopped by somebody
_ENDED = "ZX"


def idleSentence(subcommand: str, limit: float) -> str:
    """What the user is told of an aws that has done nothing for so many seconds."""
    return (
        f"'aws {subcommand}' was stopped: it did nothing for {limit:g} s (--awsIdleTimeout); check for a file system "
        "that does not respond, and for the program that provides its credentials"
    )


class _Activity(NamedTuple):
    """What a process has done so far, in the words of the system."""

    pid: int
    moved: bytes
    """Bytes and calls, of files and pipes; what a socket receives is not among it (proc(5), `/proc/PID/io`)."""
    worked: tuple[bytes, bytes]
    """The time that it has taken of a processor (`/proc/PID/stat`)."""


class IdleWatch:
    """How long a process and those that it has started have done nothing, as far as the system tells."""

    def __init__(self, limit: float) -> None:
        """Take the seconds after which it is enough; with 0 it never is."""
        self._limit = limit
        self._interval = min(limit / _LOOKS, _SELDOM)
        self._pid = 0
        self._seen: list[_Activity] | None = None
        self._idle = 0.0
        self._looked = time.monotonic()

    def begin(self, pid: int) -> None:
        """The process has been started."""
        self._pid = pid

    def isOver(self) -> bool:
        """Whether it has done nothing for as long as the limit says; may be asked often, looks seldom."""
        now = time.monotonic()
        passed = now - self._looked
        if not (self._limit and self._pid) or passed < self._interval:
            return False
        done = _activities(self._pid)
        isIdle = done is not None and done == self._seen
        # Where nobody has asked for longer, this process was stopped itself, and aws with it perhaps.
        self._idle = self._idle + min(passed, 2 * self._interval) if isIdle else 0.0
        self._seen, self._looked = done, now
        return self._idle >= self._limit


def _activities(pid: int) -> list[_Activity] | None:
    """What a process and all below it have done; None: one of them is not asleep, or the system does not tell."""
    found, pids = [], [pid]
    try:
        while pids:
            each = pids.pop()
            status = _read(each, "stat").rpartition(b")")[2].split()  # the name before it may hold anything
            state = status[0].decode()
            if state in _ENDED:
                continue
            if state not in _ASLEEP:
                return None
            found.append(_Activity(each, _read(each, "io"), (status[11], status[12])))
            for thread in os.listdir(f"/proc/{each}/task"):
                pids += map(int, _read(each, f"task/{thread}/children").split())
    except (OSError, IndexError, ValueError):
        return None
    return found


def _read(pid: int, name: str) -> bytes:
    with open(f"/proc/{pid}/{name}", "rb") as file:
        return file.read()
