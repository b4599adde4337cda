"""A directory in which each run keeps a report of its own, and from which old ones are removed.

The name of a report is the time at which its run began, so that names sort as the runs did. No file of another name is
ever read or removed.
"""

from __future__ import annotations

import contextlib
import os
import re
import stat
from collections.abc import Generator, Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from CedarBackup3.places import openPlace
from CedarBackup3.util import reasonText

MOST_REPORT = 16 << 20
"""The most bytes of a report that are read; some are read of every class."""

AHEAD = timedelta(minutes=5)
"""What is later than that from now on was written by a clock that was wrong."""

_MODE = 0o750  # as its files have 640: whoever may read the log may read them
_TIME = "%Y%m%dT%H%M%S.%fZ"
_NAME = re.compile(r"(\d{8}T\d{6}\.\d{6}Z)-[0-9a-f]{8}\.json", re.ASCII)
_MOST_FILES = 400
_MOST_BYTES = 64 << 20
_OLDEST = timedelta(days=400)  # a year of nights, and what a slow month leaves over


class KeptReport(NamedTuple):
    """A report, or a file that has the name of one."""

    name: str
    text: str
    problem: str = ""
    """Why it cannot be read; empty: it was."""


def isDirectory(path: str) -> bool:
    """Whether a path names a directory: it is one, or its last character is a slash."""
    return path.endswith("/") or ("\0" not in path and os.path.isdir(path))


def newName(began: datetime) -> str:
    """The name of the report of a run that began then, in UTC; no other run gets the same."""
    return f"{began.strftime(_TIME)}-{os.urandom(4).hex()}.json"


def makeDirectory(path: str) -> None:
    """Make the directory if only its last name is missing, readable by its group.

    Raises:
        OSError: it cannot be made
        ValueError: a link of another user's is on the way, or no directory can have that path
    """
    above, name = os.path.split(os.fsencode(path).rstrip(b"/"))
    if b"\0" in path.encode("utf-8", "surrogateescape"):
        raise ValueError("embedded null byte")
    if not name or os.path.lexists(path.rstrip("/")):
        return
    with openPlace(above) as place:
        try:
            os.mkdir(name, 0o700, dir_fd=place.descriptor)
        except FileExistsError:  # another run has just made it
            return
        made = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=place.descriptor)
        try:
            os.fchmod(made, _MODE)  # whatever the umask is
        finally:
            os.close(made)


def keptReports(directory: str) -> Generator[KeptReport, None, None]:
    """The reports in a directory, the newest first.

    Raises:
        OSError: the directory cannot be read
        ValueError: a link of another user's is on the way to it, or no directory can have that path
    """
    with _opened(directory) as descriptor:
        for name in _sorted(_regular(descriptor)):
            with contextlib.suppress(FileNotFoundError):  # a run has just removed it
                yield _report(descriptor, name)


def oneReport(path: str) -> Iterator[KeptReport]:
    """The report in a file that every run replaces.

    Raises:
        OSError: there is no such file
        ValueError: a link of another user's is on the way to it, or no file can have that path
    """
    directory, name = os.path.split(path)
    with openPlace(os.fsencode(directory)) as place:
        yield _report(place.descriptor, name)


def pruneReports(directory: str, kept: str) -> None:
    """Remove the oldest reports: 400 stay at most, of 64 MiB in all, none older than 400 days.

    The newest always stays, and so does the one named `kept`, which was just written: a clock that was wrong when its
    run began may make it look old.

    Raises:
        OSError: the directory cannot be read, or a report not removed
        ValueError: a link of another user's is on the way to it
    """
    oldest = datetime.now(UTC) - _OLDEST
    with _opened(directory) as descriptor:
        sizes, total = _regular(descriptor), 0
        for number, name in enumerate(_sorted(sizes)):
            total += sizes[name]
            isTooMuch = number >= _MOST_FILES or total > _MOST_BYTES or _timeOf(name) < oldest
            if number and isTooMuch and name != kept:
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(name, dir_fd=descriptor)


def _timeOf(name: str) -> datetime:
    """When the run of a report began."""
    return datetime.strptime(name.partition("-")[0], _TIME).replace(tzinfo=UTC)


def _sorted(names: dict[str, int]) -> list[str]:
    """The newest first; at the end those of a clock that went ahead, which would hide all others."""
    ahead = datetime.now(UTC) + AHEAD
    return sorted(names, key=lambda name: (_timeOf(name) < ahead, name), reverse=True)


def _regular(descriptor: int) -> dict[str, int]:
    """The sizes of the reports in an open directory, by their names."""
    sizes = {}
    for name in os.listdir(descriptor):
        if not _isName(name):
            continue
        with contextlib.suppress(FileNotFoundError):
            status = os.stat(name, dir_fd=descriptor, follow_symlinks=False)
            if stat.S_ISREG(status.st_mode):
                sizes[name] = status.st_size
    return sizes


def _isName(name: str) -> bool:
    if not _NAME.fullmatch(name):
        return False
    try:
        _timeOf(name)
    except ValueError:  # the 32nd of a month
        return False
    return True


def _report(descriptor: int, name: str) -> KeptReport:
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY
    try:
        with open(os.open(name, flags, dir_fd=descriptor), "rb") as file:
            return KeptReport(name, file.read(MOST_REPORT).decode("utf-8", "replace"))
    except FileNotFoundError:
        raise
    except OSError as error:
        return KeptReport(name, "", reasonText(error))


@contextlib.contextmanager
def _opened(directory: str) -> Iterator[int]:
    """The directory, open to be listed, reached through no link of another user's."""
    with openPlace(os.fsencode(directory)) as place:
        descriptor = os.open(b".", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=place.descriptor)
        try:
            yield descriptor
        finally:
            os.close(descriptor)
