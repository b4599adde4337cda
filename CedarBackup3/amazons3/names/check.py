"""The name check: collects bad and unusual names during the walk, directory by directory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from CedarBackup3.amazons3.mirror import Mirror
from CedarBackup3.amazons3.model import SourceEntry
from CedarBackup3.amazons3.names.problems import NameProblem, Reason, isUtf8, nameProblems, nameReason
from CedarBackup3.amazons3.names.unusual import Oddity, UnusualName, joinPaths, splitPaths, unusualNames
from CedarBackup3.amazons3.spool import Spool

UNUSUAL_TOLD = 10
"""So many unusual names of each kind are reported one by one; the others are counted."""

_SAMPLE = 200  # names that vote on the encoding of the tree


class BadName(NamedTuple):
    """A name of a file, or of a directory above files, that will not survive the trip."""

    directory: bytes
    """Where it is, below the source; empty or with a slash at the end."""
    name: bytes
    """With a slash at the end if it is a directory's."""
    reason: Reason
    files: int
    """How many files it stops: one, or those below."""

    @property
    def path(self) -> bytes:
        """Below the source."""
        return self.directory + self.name


class NameCheck:
    """Is shown every directory of a walk, in the order of the walk, and then `finish` is called.

    Bad names are kept in a temporary file, the directories below before those above; only what is bad in the
    directories that the walk is in is held in memory. A bad directory is kept once, with the count of the files below.
    """

    def __init__(self, mirror: Mirror, onUnusual: Callable[[UnusualName], object]) -> None:
        self.mirror = mirror
        self.files = 0
        """How many files will not survive."""
        self.reasons: Counter[Reason] = Counter()
        """How many bad names there are for each reason."""
        self.unusual: Counter[Oddity] = Counter()
        self.sample: list[bytes] = []
        """Bad names from all over the tree."""
        self.hasUtf8 = False
        """Whether a name beyond ASCII is valid UTF-8."""
        self.hasOther = False
        """Whether a name is not valid UTF-8."""
        self._onUnusual = onUnusual
        self._kept: Spool[BadName] = Spool(BadName._make)
        self._open: dict[bytes, list[BadName]] = {}
        self._seen, self._stride = 0, 1

    def look(self, entries: Sequence[SourceEntry]) -> None:
        """Check the names in one directory."""
        if not entries:
            return
        for problem in nameProblems(self.mirror, entries):
            self._add(problem)
        paths = joinPaths(entries)
        if not paths.isascii():
            self._noteEncoding(paths)
        for found in unusualNames(paths, self.mirror.locale):
            self.unusual[found.oddity] += 1
            if self.unusual[found.oddity] <= UNUSUAL_TOLD:
                self._onUnusual(found)

    def finish(self) -> None:
        """The walk is over."""
        for directory in list(reversed(self._open)):
            self._close(directory)

    def byDirectory(self) -> Iterator[tuple[bytes, list[BadName]]]:
        """The bad names of each directory that has any; deepest directories first."""
        for directory, names in groupby(self._kept, lambda bad: bad.directory):
            yield directory, list(names)

    def __enter__(self) -> NameCheck:
        return self

    def __exit__(self, *_: object) -> None:
        self._kept.close()

    def _noteEncoding(self, paths: bytes) -> None:
        if isUtf8(paths):
            self.hasUtf8 = True
            return
        self.hasOther = True
        names = (path.rpartition(b"/")[2] for path in splitPaths(paths))
        self.hasUtf8 = self.hasUtf8 or any(not name.isascii() and isUtf8(name) for name in names)

    def _add(self, problem: NameProblem) -> None:
        path = problem.path
        self.files += 1
        while self._open and not path.startswith(last := next(reversed(self._open))):
            self._close(last)
        begin = 0
        while begin < len(path):
            end = path.find(b"/", begin) + 1 or len(path)
            name = path[begin:end]
            reason = nameReason(name, self.mirror.locale)
            if problem.reason == "too long" and end == len(path):
                reason = "too long"
            if reason:
                self._count(path[:begin], name, reason)
            begin = end

    def _count(self, directory: bytes, name: bytes, reason: Reason) -> None:
        siblings = self._open.setdefault(directory, [])
        if siblings and siblings[-1].name == name:  # the files below a directory come one after the other
            siblings[-1] = siblings[-1]._replace(files=siblings[-1].files + 1)
        else:
            siblings.append(BadName(directory, name, reason, 1))
            self.reasons[reason] += 1

    def _close(self, directory: bytes) -> None:
        names = self._open.pop(directory)
        self._kept.append(names)
        for bad in names:
            if bad.reason != "too long":
                self._sampled(bad.name)

    def _sampled(self, name: bytes) -> None:
        """Keep every name, then every second, fourth ... so that the sample is even and small."""
        self._seen += 1
        if self._seen % self._stride == 0:
            self.sample.append(name)
        if len(self.sample) > _SAMPLE:
            del self.sample[::2]
            self._stride *= 2
