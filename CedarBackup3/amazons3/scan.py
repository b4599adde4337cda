"""One walk of the source, kept."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from CedarBackup3.amazons3.mirror import Mirror, OnProgress, openedSource
from CedarBackup3.amazons3.model import SourceEntry
from CedarBackup3.amazons3.spool import Spool
from CedarBackup3.amazons3.walk import OnDirectory, OnSkipped, treeEntries


@dataclass(frozen=True, slots=True)
class Scan:
    """One walk of the source, kept."""

    entries: Spool[SourceEntry]
    files: int
    size: int
    """Of all the files together, in bytes."""
    samples: tuple[bytes, ...]
    """Keys at about even distances, in key order."""
    unreadable: tuple[bytes, ...]
    """The keys of what cannot be read: all of them, or `UNREADABLE_KEPT` and one."""


@contextlib.contextmanager
def scanned(
    mirror: Mirror,
    onSkipped: OnSkipped,
    onDirectory: OnDirectory,
    onProgress: OnProgress,
) -> Iterator[Scan]:
    """Walk the source once and keep what is there for as long as the context lasts.

    Args:
        mirror: the source and how its names are read
        onSkipped: as for `sourceEntries`
        onDirectory: the same
        onProgress: is told of the walk
    """
    entries = sourceEntries(mirror, onSkipped, onDirectory)
    samples: list[bytes] = []
    unreadable: list[bytes] = []
    files = size = 0
    with Spool(SourceEntry._make) as kept:
        while chunk := list(islice(entries, _CHUNK)):
            kept.append(chunk)
            samples.append(chunk[0].key)
            files += len(chunk)
            size += sum(entry.size or 0 for entry in chunk)
            if len(unreadable) <= UNREADABLE_KEPT:
                unreadable += [entry.key for entry in chunk if entry.size is None]
            onProgress("walk", files, size, None)
        yield Scan(kept, files, size, tuple(samples), tuple(unreadable[: UNREADABLE_KEPT + 1]))


_CHUNK = 1000  # entries; also the distance of the samples
UNREADABLE_KEPT = 500
"""As many keys as can be given to aws on a command line."""


def sourceEntries(
    mirror: Mirror,
    onSkipped: OnSkipped = lambda path, why: None,
    onDirectory: OnDirectory = lambda entries: None,
) -> Iterator[SourceEntry]:
    """The files of the source in key order, as `treeEntries` has them.

    Raises:
        CedarBackupError: the source cannot be read (any more), or is another directory by now
        GuardRefused: as `treeEntries`
    """
    with openedSource(mirror) as root:
        yield from treeEntries(root, mirror, onSkipped, onDirectory)
