"""The plan: what `aws s3 sync` would do, by its own rule.

The rule is aws's: a file goes up if it has no object, another size than its object, or a modification time later than
the object's; an object without a file goes. So the same bucket results whichever way the plan is carried out.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from CedarBackup3.amazons3.compare import Pair, isNewer, knowable
from CedarBackup3.amazons3.mirror import Mirror
from CedarBackup3.amazons3.model import Action, ObjectEntry, SourceEntry, Step
from CedarBackup3.amazons3.spool import Spool


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done to make the target the same as the source."""

    steps: Spool[Step]
    """All of them, in key order."""
    counts: Mapping[Action, int]
    sizes: Mapping[Action, int]
    """In bytes."""
    settledFiles: int
    """How many files need nothing to be done."""
    settledSize: int
    objects: int
    """How many objects there are now."""

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
        """How many files go up."""
        return self.length - self.deletions


@contextlib.contextmanager
def planned(mirror: Mirror, pairs: Iterable[Pair]) -> Iterator[Plan]:
    """The plan for all the pairs of the join; its steps can be read while the context lasts."""
    counts: Counter[Action] = Counter()
    sizes: Counter[Action] = Counter()
    settledFiles = settledSize = objects = 0
    with Spool(Step._make) as steps:
        with steps.appending() as keep:
            for entry, found in knowable(pairs):
                objects += found is not None
                step = _step(mirror, entry, found)
                if step:
                    counts[step.action] += 1
                    sizes[step.action] += step.size
                    keep(step)
                elif entry is not None and entry.size is not None:
                    settledFiles += 1
                    settledSize += entry.size
        yield Plan(steps, MappingProxyType(counts), MappingProxyType(sizes), settledFiles, settledSize, objects)


def _step(mirror: Mirror, entry: SourceEntry | None, found: ObjectEntry | None) -> Step | None:
    if entry is None:
        return None if found is None or mirror.uploadOnly else Step("delete", found.key, found.key, found.size)
    if entry.size is None:
        return None
    if found is None:
        return Step("upload", entry.key, entry.path, entry.size)
    if entry.size != found.size or isNewer(entry, found):
        return Step("replace", entry.key, entry.path, entry.size)
    return None
