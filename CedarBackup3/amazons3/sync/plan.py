"""The plan: what `aws s3 sync` would do by its own rule, and what it would miss.

The rule is aws's: a file goes up if it has no object, another size than its object, or a modification time later than
the object's; an object without a file goes. So the same bucket results whichever way the plan is carried out. Where the
time of a file cannot tell whether it has changed, its content decides.
"""

from __future__ import annotations

import contextlib
import heapq
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from operator import attrgetter
from types import MappingProxyType

from CedarBackup3.amazons3.compare import Pair, isNewer, isProvenByTime, knowablePairs
from CedarBackup3.amazons3.content.hashing import claimOf
from CedarBackup3.amazons3.mirror import Mirror
from CedarBackup3.amazons3.model import Action, Claim, ContentFinding, Move, ObjectEntry, SourceEntry, Step
from CedarBackup3.amazons3.spool import Spool

Judge = Callable[[Iterable[Claim], int, int], Iterator[ContentFinding]]
"""Tells of claims, of which there are so many with so many bytes, what the content of the files shows, in order."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done to make the target the same as the source."""

    steps: Spool[Step]
    """All of them, in key order."""
    counts: Mapping[Action, int]
    sizes: Mapping[Action, int]
    """In bytes."""
    upToDateFiles: int
    """How many files need nothing to be done."""
    upToDateSize: int
    objects: int
    """How many objects there are now."""
    ours: int = 0
    """How many of the uploads `aws s3 sync` would leave out."""
    oursSize: int = 0
    matches: Iterable[ContentFinding] = ()
    """Of the files that were read to plan what to do with them, those that need nothing, in key order."""
    moves: Iterable[Move] | None = None
    """The files that need not go up, in key order; None: nobody has looked for them."""

    @property
    def length(self) -> int:
        """How many steps there are."""
        return sum(self.counts.values())

    @property
    def deletions(self) -> int:
        """How many objects go."""
        return self.counts.get("delete", 0)

    @property
    def uploads(self) -> int:
        """How many files go up, or are moved."""
        return self.length - self.deletions

    @property
    def uploadSize(self) -> int:
        """How many bytes these have."""
        return sum(size for action, size in self.sizes.items() if action != "delete")


@contextlib.contextmanager
def buildPlan(
    mirror: Mirror, pairs: Iterable[Pair], judge: Judge = lambda claims, files, size: iter(())
) -> Iterator[Plan]:
    """The plan for all the pairs of the join; its steps can be read while the context lasts.

    Args:
        mirror: what is mirrored
        pairs: the join
        judge: is asked for files of which neither size nor time tell whether they have changed; without it these need
            nothing
    """
    counts: Counter[Action] = Counter()
    sizes: Counter[Action] = Counter()
    ours = oursSize = 0
    with (
        Spool(Step._make) as judged,
        Spool(Claim._make) as doubtful,
        Spool(ContentFinding._make) as matches,
        Spool(Step._make) as steps,
    ):
        tally = _sorted(mirror, pairs, judged, doubtful)
        with matches.appending() as keepMatch, steps.appending() as keep:
            findings = judge(doubtful, tally.doubtfulFiles, tally.doubtfulSize) if tally.doubtfulFiles else ()
            for step in heapq.merge(judged, _changed(findings, keepMatch), key=attrgetter("key")):
                counts[step.action] += 1
                sizes[step.action] += step.size
                ours += step.isOurs
                oursSize += step.size if step.isOurs else 0
                keep(step)
        yield Plan(
            steps,
            MappingProxyType(counts),
            MappingProxyType(sizes),
            tally.upToDateFiles - ours,
            tally.upToDateSize - oursSize,
            tally.objects,
            ours,
            oursSize,
            matches,
        )


@contextlib.contextmanager
def replanned(plan: Plan, steps: Iterable[Step]) -> Iterator[Plan]:
    """The plan with other steps, in key order; they can be read while the context lasts."""
    counts: Counter[Action] = Counter()
    sizes: Counter[Action] = Counter()
    with Spool(Step._make) as kept:
        with kept.appending() as keep:
            for step in steps:
                counts[step.action] += 1
                sizes[step.action] += step.size
                keep(step)
        yield replace(plan, steps=kept, counts=MappingProxyType(counts), sizes=MappingProxyType(sizes))


def _changed(findings: Iterable[ContentFinding], keepMatch: Callable[[ContentFinding], object]) -> Iterator[Step]:
    """The steps for files that times could not judge, but whose content did not match; matches are kept.

    What even the ETag cannot tell goes up as well: then its object is later than the file, and that is settled.
    """
    for found in findings:
        if found.verdict == "matched":
            keepMatch(found)
        else:
            before = (found.etag, found.lastModified)
            yield Step("replace", found.key, found.path, found.size, *before, isOurs=True, mtimeNs=found.mtimeNs)


@dataclass(slots=True)
class _Tally:
    upToDateFiles: int = 0
    upToDateSize: int = 0
    doubtfulFiles: int = 0
    doubtfulSize: int = 0
    objects: int = 0


def _sorted(mirror: Mirror, pairs: Iterable[Pair], judged: Spool[Step], doubtful: Spool[Claim]) -> _Tally:
    """Keep the steps that names, sizes and times tell, and the files of which they tell nothing."""
    tally = _Tally()
    with judged.appending() as keep, doubtful.appending() as keepDoubtful:
        for entry, found in knowablePairs(pairs):
            tally.objects += found is not None
            step = _step(mirror, entry, found)
            if step:
                keep(step)
            elif entry is not None and entry.size is not None:
                if found is not None and not isProvenByTime(entry, found):
                    keepDoubtful(claimOf(entry, found))
                    tally.doubtfulFiles += 1
                    tally.doubtfulSize += entry.size
                tally.upToDateFiles += 1
                tally.upToDateSize += entry.size
    return tally


def _step(mirror: Mirror, entry: SourceEntry | None, found: ObjectEntry | None) -> Step | None:
    if entry is None:
        if found is None or mirror.uploadOnly:
            return None
        return Step("delete", found.key, found.key, found.size, found.etag)
    if entry.size is None:
        return None
    if found is None:
        return Step("upload", entry.key, entry.path, entry.size, mtimeNs=entry.mtimeNs)
    if entry.size != found.size or isNewer(entry, found):
        before = (found.etag, found.lastModified)
        return Step("replace", entry.key, entry.path, entry.size, *before, mtimeNs=entry.mtimeNs)
    return None
