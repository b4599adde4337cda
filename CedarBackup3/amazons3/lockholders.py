"""Names the process that holds a lock: another run, or an AWS CLI process of a run that was killed.

A lock (flock(2)) belongs to the open file, which every aws of a run shares with it. So it is held until the last of
them has ended, however the run ended.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator


def heldBy(descriptor: int, kind: str, where: str, recorded: int = 0) -> str:
    """The beginning of a sentence that says who holds the lock on a file that is open here, too.

    Args:
        descriptor: of the file
        kind: what runs: `run`
        where: on what it is at work, safe to print
        recorded: the process that has taken the lock, as far as it has said so; 0: it has not
    """
    holders = list(_holders(descriptor))
    others = [process for process in holders if not _isAws(process)]
    if others or (not holders and (not recorded or _isAlive(recorded))):
        process = recorded or next(iter(others), 0)
        return f"Another {kind} is using {where}{f' (process {process})' if process else ''}"
    processes = f" (process {', '.join(map(str, holders))})" if holders else ""
    return f"The AWS CLI of a {kind} that was killed is still using {where}{processes}"


def _holders(descriptor: int) -> Iterator[int]:
    """The processes whose open file holds the lock, as far as this user may see them (proc(5), fd and fdinfo)."""
    with contextlib.suppress(OSError):
        path = os.readlink(f"/proc/self/fd/{descriptor}")
        for process in filter(str.isdigit, os.listdir("/proc")):
            if int(process) != os.getpid() and _holds(process, path):
                yield int(process)


def _holds(process: str, path: str) -> bool:
    with contextlib.suppress(OSError):
        for number in os.listdir(f"/proc/{process}/fd"):
            with contextlib.suppress(OSError):
                if os.readlink(f"/proc/{process}/fd/{number}") != path:
                    continue
                with open(f"/proc/{process}/fdinfo/{number}", "rb") as information:
                    if re.search(rb"^lock:.*\bFLOCK\b", information.read(), re.MULTILINE):
                        return True
    return False


def _isAws(process: int) -> bool:
    """Whether its command is aws, which may stand behind an interpreter."""
    try:
        with open(f"/proc/{process}/cmdline", "rb") as file:
            program, *words = file.read().split(b"\0")
    except OSError:
        return False
    script = next((word for word in words if not word.startswith(b"-")), b"")
    return b"aws" in {os.path.basename(program), os.path.basename(script)}


def _isAlive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True
