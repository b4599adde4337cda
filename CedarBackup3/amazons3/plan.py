"""The plan: what `aws s3 sync` would do, by its own rule.

The rule is aws's: a file goes up if it has no object, another size than its object, or a modification time later than
the object's; an object without a file goes. So the same bucket results whichever way the plan is carried out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from CedarBackup3.amazons3.compare import Pair, isNewer, knowable
from CedarBackup3.amazons3.mirror import Mirror
from CedarBackup3.amazons3.model import Action, Step

LISTED_STEPS = 10_000
"""A plan with more steps is only counted, so that memory is bounded."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done to make the target the same as the source."""

    counts: Mapping[Action, int]
    sizes: Mapping[Action, int]
    """In bytes."""
    steps: tuple[Step, ...]
    """All of them, or the first `LISTED_STEPS`."""
    unreadable: int
    """How many files and directories cannot be read, so that nothing can be done for them."""
    settledFiles: int
    """How many files need nothing to be done."""
    settledSize: int

    @property
    def length(self) -> int:
        """How many steps there are."""
        return sum(self.counts.values())

    @property
    def uploads(self) -> int:
        """How many files go up."""
        return self.length - self.counts.get(Action.DELETE, 0)

    @property
    def isListed(self) -> bool:
        """Whether `steps` holds all of them."""
        return self.length == len(self.steps)


def planned(mirror: Mirror, pairs: Iterable[Pair]) -> Plan:
    """The plan for all the pairs of the join."""
    counts: Counter[Action] = Counter()
    sizes: Counter[Action] = Counter()
    steps: list[Step] = []
    unreadable = settledFiles = settledSize = 0
    for entry, found in knowable(pairs):
        if entry is None:
            if found is None or mirror.uploadOnly:
                continue
            step = Step(Action.DELETE, found.key, found.key, found.size)
        elif entry.size is None:
            unreadable += 1
            continue
        elif found is None:
            step = Step(Action.UPLOAD, entry.key, entry.path, entry.size)
        elif entry.size != found.size or isNewer(entry, found):
            step = Step(Action.REPLACE, entry.key, entry.path, entry.size)
        else:
            settledFiles += 1
            settledSize += found.size
            continue
        counts[step.action] += 1
        sizes[step.action] += step.size
        if len(steps) < LISTED_STEPS:
            steps.append(step)
    return Plan(MappingProxyType(counts), MappingProxyType(sizes), tuple(steps), unreadable, settledFiles, settledSize)
