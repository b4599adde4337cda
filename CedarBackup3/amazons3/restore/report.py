"""The report of a restore: the outcome of each key, the totals, and their wording."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import NamedTuple

from CedarBackup3.amazons3.bucket.versions import Version
from CedarBackup3.amazons3.cappedlines import CappedLines
from CedarBackup3.amazons3.progress import Recorder
from CedarBackup3.amazons3.restore.selection import Selection
from CedarBackup3.util import displayBytes, displayCount, displayPath

_log = logging.getLogger("CedarBackup3.log")

_KEPT = 1000  # findings in a report; further ones are only counted, so that memory is bounded


class KeyOutcome(Enum):
    """What can come of a key."""

    RESTORED = "restored"
    UP_TO_DATE = "up to date"
    """It was there already: a restore goes by size and time, or by the content; a comparison by the content."""
    ALIKE = "alike by size and time"
    """What a comparison says of a file whose content it has not looked at."""
    UNPROVEN = "unproven"
    """It is there, but nothing tells whether its content is that of the version."""
    FAILED = "failed"
    ARCHIVED = "archived"
    THAWING = "thawing"
    """It was asked for, and is not back yet from its archive."""
    ASKED = "asked for"
    """This and the next ones are what comes of a key where archived objects are asked for."""
    ASKED_BEFORE = "asked for before"
    READABLE = "readable"
    NOT_ASKED = "not asked for"
    REFUSED = "refused"
    """No file can have this key, or not beside the others."""
    UNKNOWN = "unknown"
    """What stood there at the moment may be gone."""
    MISSING = "missing"
    DIFFERENT = "different"
    EXTRA = "extra"
    """A file without an object; only of interest where nothing is restored."""
    ATTRIBUTES_DIFFER = "attributes differ"
    """Not of a key alone: what is at a path has not the mode, say, that is recorded of it."""
    ATTRIBUTES_UNKNOWN = "attributes unknown"
    """Others are stored, but none of the file as it was then."""
    ATTRIBUTES_ALIKE = "attributes alike"
    """They were given, or compared."""
    ATTRIBUTES_NOT_HELD = "attributes not held"
    """The file system cannot hold them; counted for each kind of them."""

    @property
    def className(self) -> str:
        """What a record calls files that came out like that."""
        first, *others = self.value.split()
        return first + "".join(map(str.capitalize, others))


_FINE = (
    *(KeyOutcome.RESTORED, KeyOutcome.UP_TO_DATE, KeyOutcome.ALIKE, KeyOutcome.UNPROVEN),
    *(KeyOutcome.ASKED, KeyOutcome.ASKED_BEFORE, KeyOutcome.READABLE),
    *(KeyOutcome.ATTRIBUTES_UNKNOWN, KeyOutcome.ATTRIBUTES_ALIKE, KeyOutcome.ATTRIBUTES_NOT_HELD),
)
_OF_PATHS = MappingProxyType(
    {
        KeyOutcome.ATTRIBUTES_ALIKE: "{} with the recorded attributes",
        KeyOutcome.ATTRIBUTES_DIFFER: "{} with others",
        KeyOutcome.ATTRIBUTES_UNKNOWN: "{} with unknown attributes",
        KeyOutcome.ATTRIBUTES_NOT_HELD: "{} with attributes that the file system does not hold",
    }
)


class RestoreFinding(NamedTuple):
    """A key of which something is to be reported."""

    outcome: KeyOutcome
    key: bytes
    """Below the prefix; for what is local, the path as the disk has it."""
    size: int
    """In bytes."""
    reason: str


class Noted(NamedTuple):
    """Some files, counted."""

    files: int
    size: int
    """In bytes."""


NOTHING = Noted(0, 0)


@dataclass(frozen=True, slots=True)
class RestoreReport:
    """What came of a restore."""

    counts: Mapping[KeyOutcome, int]
    sizes: Mapping[KeyOutcome, int]
    """In bytes."""
    findings: tuple[RestoreFinding, ...]
    """The first of those that are not fine; `counts` counts them all."""
    untraced: Noted = NOTHING
    """The files that were stored before there were versions, so that others may have gone without a trace."""

    @property
    def isClean(self) -> bool:
        """Whether all that stood in the bucket is in the directory."""
        return _isClean(self.counts)


def _isClean(counts: Mapping[KeyOutcome, int]) -> bool:
    return not any(count for outcome, count in counts.items() if outcome not in _FINE)


class Tally:
    """Counts what comes of the keys, for a report and for the findings of the run; says in the log what is not fine."""

    def __init__(self, findings: Recorder) -> None:
        self._recorder = findings
        self.reported: set[bytes] = set()
        """The keys of the bucket of which something was reported."""
        self._counts: Counter[KeyOutcome] = Counter()
        self._sizes: Counter[KeyOutcome] = Counter()
        self._findings: list[RestoreFinding] = []
        self._lines = {outcome: CappedLines(f"keys ({outcome.value})") for outcome in KeyOutcome}
        self._unproven = ""
        self._notHeld: dict[str, tuple[int, str]] = {}
        self._untraced = NOTHING

    def fine(self, outcome: KeyOutcome, size: int) -> None:
        """A file is as it should be."""
        self._count(outcome, size)
        self._recorder.count(outcome.className, 1, size)

    def unproven(self, version: Version, shown: str, why: str) -> None:
        """A file is in its place, of which nothing proves that its content is right; why that is so."""
        size = version.size or 0
        self._count(KeyOutcome.UNPROVEN, size)
        self._recorder.note(KeyOutcome.UNPROVEN.className, version.key, size)
        self._unproven = self._unproven or f"of {shown} because {why}"

    def logUnproven(self) -> None:
        """Log once of how many files that is so."""
        if self._unproven:
            files, size = self._counts[KeyOutcome.UNPROVEN], self._sizes[KeyOutcome.UNPROVEN]
            _log.warning(
                "Unproven: nothing proves the content of %s (%s), %s",
                displayCount(files, "file"),
                displayBytes(size),
                self._unproven if files == 1 else f"for example {self._unproven}",
            )

    def untraced(self, files: int, size: int) -> None:
        """So many of the files were stored before there were versions."""
        self._untraced = Noted(files, size)
        self._recorder.count("unprovenSnapshot", files, size)

    def wrong(self, outcome: KeyOutcome, key: bytes, size: int, line: str, reason: str = "") -> None:
        """Something is wrong with a key, and the line says what."""
        self.reported.add(key)
        self.wrongRecord(outcome, key, line, reason, size)

    def wrongRecord(self, outcome: KeyOutcome, key: bytes, line: str, reason: str = "", size: int = 0) -> None:
        """The same of a record of what has no object: a small hostile object has more of them than fit in memory."""
        self._count(outcome, size)
        self._recorder.note(outcome.className, key, size)
        if len(self._findings) < _KEPT:
            self._findings.append(RestoreFinding(outcome, key, size, reason))
        self._lines[outcome].log(line)

    def fineAttributes(self, files: int) -> None:
        """So many more paths have the attributes that are recorded of them."""
        self._counts[KeyOutcome.ATTRIBUTES_ALIKE] += files
        self._recorder.count(KeyOutcome.ATTRIBUTES_ALIKE.className, files)

    def wrongAttributes(self, path: bytes, line: str) -> None:
        """What is at a path has not the attributes that are recorded of it, and the line says which."""
        self._noted(KeyOutcome.ATTRIBUTES_DIFFER, path, line)

    def unknownAttributes(self, version: Version, why: str) -> None:
        """Nothing tells the attributes of a file that was stored when those of others were."""
        self._noted(KeyOutcome.ATTRIBUTES_UNKNOWN, version.key, f"Unknown attributes: {why}")

    def _noted(self, outcome: KeyOutcome, path: bytes, line: str) -> None:
        self._counts[outcome] += 1
        self._recorder.note(outcome.className, path)
        self._lines[outcome].log(line)

    def notHeld(self, kind: str, path: bytes, example: str) -> None:
        """The file system cannot hold a kind of attributes that are recorded of a path."""
        self._counts[KeyOutcome.ATTRIBUTES_NOT_HELD] += 1
        self._recorder.note(KeyOutcome.ATTRIBUTES_NOT_HELD.className, path)
        paths, first = self._notHeld.get(kind, (0, example))
        self._notHeld[kind] = paths + 1, first

    def logNotHeld(self) -> None:
        """Log once of each kind of attributes of how many paths it could not be held."""
        for kind, (paths, example) in self._notHeld.items():
            _log.error(
                "Not held: the file system does not hold the recorded %s of %s, for example of %s",
                *(kind, displayCount(paths, "path"), example),
            )

    @property
    def isClean(self) -> bool:
        """Whether nothing was wrong so far."""
        return _isClean(self._counts)

    def _count(self, outcome: KeyOutcome, size: int) -> None:
        self._counts[outcome] += 1
        self._sizes[outcome] += size

    def count(self, outcome: KeyOutcome) -> int:
        """How many keys came out like that so far."""
        return self._counts[outcome]

    def report(self) -> RestoreReport:
        """All of it, after the log got the number of the lines that it lacks."""
        for lines in self._lines.values():
            lines.finish()
        return RestoreReport(
            MappingProxyType(dict(self._counts)),
            MappingProxyType(dict(self._sizes)),
            tuple(self._findings),
            self._untraced,
        )


def archivedLine(selection: Selection, version: Version, *, isThawing: bool) -> str:
    """What is to be done about an archived object."""
    what = f"{selection.urlOf(version.key)} ({displayCount(version.size or 0, 'byte')}, {version.storageClass})"
    if isThawing:
        hours = 12 if version.storageClass == "GLACIER" else 48  # of Bulk, the slowest (see `thaw`)
        return (
            f"Thawing: {what} was asked for and is not back yet; it usually is within {hours} hours of that; "
            "run this again later"
        )
    return f"Archived: {what} can be read only once it is thawed; ask for that with --thaw DAYS, then run this again"


def summaryLine(selection: Selection, target: bytes, report: RestoreReport, *, isRestore: bool) -> str:
    """The whole in one line."""
    verb = "Restored" if isRestore else "Verified"
    untraced = (
        f"; whether that is all is unproven ({displayCount(report.untraced.files, 'file')} from before versioning)"
    )
    return (
        f"{verb if report.isClean else f'Not {verb.lower()}'}: {selection.shown} in {displayPath(target)}: "
        f"{countsText(report)}{untraced if report.untraced.files else ''}"
    )


def countsText(report: RestoreReport) -> str:
    """What came of the keys, counted, in words."""
    parts = [
        f"{report.counts[outcome]:,} {outcome.value} ({displayBytes(report.sizes[outcome])})"
        for outcome in KeyOutcome
        if report.counts.get(outcome) and outcome not in {KeyOutcome.UNPROVEN, *_OF_PATHS}
    ]
    if files := report.counts.get(KeyOutcome.UNPROVEN):
        parts.append(f"{displayCount(files, 'file')} ({displayBytes(report.sizes[KeyOutcome.UNPROVEN])}) unproven")
    parts += [
        words.format(displayCount(report.counts[outcome], "path"))
        for outcome, words in _OF_PATHS.items()
        if report.counts.get(outcome)
    ]
    return ", ".join(parts) or "nothing"
