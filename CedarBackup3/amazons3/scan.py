"""One walk of the source, kept."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

from CedarBackup3.amazons3.mirror import Mirror, openedSource
from CedarBackup3.amazons3.model import SourceEntry
from CedarBackup3.amazons3.progress import OnProgress
from CedarBackup3.amazons3.spool import Spool
from CedarBackup3.amazons3.walk import OnDirectory, OnPath, OnSkipped, treeEntries


@dataclass(frozen=True, slots=True)
class Scan:
    """One walk of the source, kept."""

    entries: Spool[SourceEntry]
    files: int
    size: int
    """Of all the files together, in bytes."""
    samples: tuple[bytes, ...]
    """Keys at about even distances, in key order."""
    mounts: frozenset[bytes]
    """The directories that it needs to be mounted: those below the source, and those that links lead to."""


@contextlib.contextmanager
def scanned(
    mirror: Mirror,
    onSkipped: OnSkipped,
    onDirectory: OnDirectory,
    onProgress: OnProgress,
    onLeftAlone: Callable[[SourceEntry], object] = lambda entry: None,
) -> Iterator[Scan]:
    """Walk the source once and keep what is there for as long as the context lasts.

    Args:
        mirror: the source and how its names are read
        onSkipped: as for `sourceEntries`
        onDirectory: the same
        onProgress: is told of the walk
        onLeftAlone: is told of each entry that is left alone
    """
    samples: list[bytes] = []
    mounts = set(_mountsAround(mirror, mirror.source))
    files = size = 0

    def follow(path: bytes) -> None:
        mounts.update(_mountsAround(mirror, os.path.realpath(mirror.pathTo(path))))

    entries = sourceEntries(mirror, onSkipped, onDirectory, follow)
    with Spool(SourceEntry._make) as kept:
        while chunk := list(islice(entries, _CHUNK)):
            kept.append(chunk)
            samples.append(chunk[0].key)
            files += len(chunk)
            size += sum(entry.size or 0 for entry in chunk)
            for entry in chunk:
                if entry.size is None and entry.leftAlone:
                    onLeftAlone(entry)
            onProgress("walk", files, size, None)
        yield Scan(kept, files, size, tuple(samples), frozenset(mounts))


def _mountsAround(mirror: Mirror, directory: bytes) -> Iterator[bytes]:
    """What was mounted at a directory, above or below it, when the run began."""
    below = directory.rstrip(b"/") + b"/"
    return (point for point in mirror.mounts if point.startswith(below) or below.startswith(point.rstrip(b"/") + b"/"))


_CHUNK = 1000  # entries; also the distance of the samples


def sourceEntries(
    mirror: Mirror,
    onSkipped: OnSkipped = lambda path, why: None,
    onDirectory: OnDirectory = lambda entries: None,
    onLink: OnPath = lambda path: None,
) -> Iterator[SourceEntry]:
    """The files of the source in key order, as `treeEntries` has them.

    Raises:
        CedarBackupError: the source cannot be read (any more), or is another directory by now
        GuardRefused: as `treeEntries`
    """
    with openedSource(mirror) as root:
        yield from treeEntries(root, mirror, onSkipped, onDirectory, onLink)
