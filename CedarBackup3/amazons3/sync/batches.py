"""Deals the files of a plan out to AWS CLI processes that upload side by side. Pure: nothing is read or run here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from CedarBackup3.amazons3.progress import FILE_WORTH

_FILES_EACH, _BYTES_EACH = 400, 4 << 30  # what is worth the start of another process, which costs half a second
_FILES_WAITING = 2500  # what is worth one more than there are processors: it only helps where all wait for the server
_RATE_EACH = 16 << 20  # bytes a second of a bandwidth: one process has that, and a share is lost once the others end
_LEAST_LINKS = 500  # of a process: with fewer, starting it costs more than it does
_USUAL_MOST, MOST_PROCESSES = 8, 32


class File(NamedTuple):
    """A file to upload."""

    path: bytes
    """Below the source."""
    size: int
    """Its planned bytes."""


class Batch(NamedTuple):
    """What one process uploads: files in key order."""

    files: tuple[File, ...]
    setting: int = 0
    """In how often a process number it is begun: how often the server had asked for fewer requests by then."""

    @property
    def size(self) -> int:
        """All their planned bytes."""
        return sum(file.size for file in self.files)


def processesFor(
    files: int, size: int, *, processors: int, links: int, wanted: int = 0, shared: int = 0, bandwidth: int = 0
) -> int:
    """How many processes are to upload side by side.

    Args:
        files, size: what there is to upload, in bytes
        processors: of this machine
        links: so many links there may be at a time
        wanted: the number that the user asks for, taken as far as there are files; 0: as many as pay
        shared: as many can share what the user allows one of them; 0: any number
        bandwidth: bytes a second of all of them together; 0: any number
    """
    working = min(processors, 1 + files // _FILES_EACH + size // _BYTES_EACH)
    waiting = min(2 * processors, files // _FILES_WAITING)
    using = max(1, bandwidth // _RATE_EACH) if bandwidth else _USUAL_MOST
    paying = min(max(working, waiting), using, _USUAL_MOST, max(1, links // _LEAST_LINKS))
    return max(1, min(wanted or paying, files, links, shared or MOST_PROCESSES, MOST_PROCESSES))


def batchesOf(files: Iterable[File], processes: int, mostFiles: int, mostWeight: int) -> Iterator[Batch]:
    """Deal files out, so that as many batches as there are processes go through the plan at the same pace.

    The next file always goes where least has gone so far, so that large ones are spread, and whoever reads the files
    behind the processes finds them in about the order of the plan.

    Args:
        files: in key order
        processes: how many batches are filled at a time
        mostFiles: of a batch
        mostWeight: bytes after which a batch is full, a file counting `FILE_WORTH` more
    """
    hands: list[list[File]] = [[] for _ in range(processes)]
    weights, began = [0] * processes, [0] * processes
    for file in files:
        slot = min(range(processes), key=weights.__getitem__)
        hands[slot].append(file)
        weights[slot] += file.size + FILE_WORTH
        if len(hands[slot]) >= mostFiles or weights[slot] - began[slot] >= mostWeight:
            yield Batch(tuple(hands[slot]))
            hands[slot], began[slot] = [], weights[slot]
    yield from (Batch(tuple(hand)) for hand in hands if hand)
