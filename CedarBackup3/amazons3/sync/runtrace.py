"""The trace of a run: what it has uploaded, from which the proof sees whether each upload is done.

What the run has uploaded has to be shown done: its object is another one than before, and as far as the ETag tells it
is made of what the file holds. A file that is another than when the run began proves nothing by its size.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from CedarBackup3.amazons3.aws.times import nanosecondsOf
from CedarBackup3.amazons3.compare import finder
from CedarBackup3.amazons3.content.hashing import claimOf
from CedarBackup3.amazons3.model import Claim, ContentFinding, ObjectEntry, RunEffect, SourceEntry, Step
from CedarBackup3.amazons3.sync.uploaddigests import Digested, proves

CLOCK_TOLERANCE = 2.0
"""The seconds by which a server's clock may be ahead before it is reported: times have whole seconds."""


@dataclass(frozen=True, slots=True)
class RunTrace:
    """What a run has done so far; everything in key order, and to be read more than once."""

    entries: Iterable[SourceEntry]
    """The files as they were when the run began."""
    steps: Iterable[Step]
    """What was planned."""
    digests: Iterable[Digested]
    """Of files that went up."""
    endedNs: int
    """When the last upload was over at the latest, by the clock of this machine."""
    matches: Iterable[ContentFinding] = ()
    """What was read to make the plan, and needs nothing."""
    again: Iterable[ContentFinding] = ()
    """What has been uploaded once more after a first comparison, as that found it."""
    moved: int = 0
    """How many files were not uploaded, because the server has copied objects with their content."""

    def effects(self) -> RunEffects:
        """For one comparison."""
        return RunEffects(self)


class RunEffects:
    """Tells what the run has done with each pair of a comparison; the pairs come in key order."""

    def __init__(self, trace: RunTrace) -> None:
        self._entry = finder(trace.entries)
        self._step = finder(step for step in trace.steps if step.action != "delete")
        self._digest = finder(trace.digests)
        self._again = finder(trace.again)
        self._endedNs = trace.endedNs

    def claim(self, entry: SourceEntry, found: ObjectEntry) -> Claim | None:
        """The claim of a pair that agrees in size; None if the run has not touched it, and it has not changed."""
        before, step, again = self._entry(entry.key), self._step(entry.key), self._again(entry.key)
        if again:
            hasChanged = again.isChanged or again.verdict == "changed"
            effect: RunEffect = "changed" if hasChanged else _moved(found, again)
            return claimOf(entry, found, effect, isChanged=_state(again) != _state(entry))
        if not step and before == entry:
            return None
        return claimOf(entry, found, _moved(found, step) if step else "none", isChanged=before != entry)

    def proves(self, each: Claim) -> bool:
        """Whether the object is shown to hold what the file held when it went up, and that is what it holds now."""
        return proves(self._digest(each.key), each)

    def secondsAhead(self, each: Claim) -> float:
        """How much later than its upload can have been an object was stored, by the clocks of both machines."""
        if each.effect != "uploaded":
            return 0.0
        return (nanosecondsOf(each.lastModified) - self._endedNs) / 1e9


def _moved(found: ObjectEntry, before: Step | ContentFinding) -> RunEffect:
    isSame = (found.etag, found.lastModified) == (before.etag, before.lastModified)
    return "unmoved" if isSame else "uploaded"


def _state(each: SourceEntry | ContentFinding) -> tuple[int | None, int, int, int]:
    return each.size, each.mtimeNs, each.ctimeNs, each.inode
