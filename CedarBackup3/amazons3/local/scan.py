"""A scan: one walk of the source, kept to be read again."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

from CedarBackup3.amazons3.local.looked import OnLooked, nobodyLooks
from CedarBackup3.amazons3.local.tree import LocalTree, openRoot
from CedarBackup3.amazons3.local.walk import OnDirectory, OnPath, OnSkipped, treeEntries
from CedarBackup3.amazons3.model import SourceEntry
from CedarBackup3.amazons3.progress import OnProgress
from CedarBackup3.amazons3.spool import Spool


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
def openScan(
    tree: LocalTree,
    mounted: frozenset[bytes],
    onSkipped: OnSkipped,
    onDirectory: OnDirectory,
    onProgress: OnProgress,
    onLeftAlone: Callable[[SourceEntry], object] = lambda entry: None,
    onLooked: OnLooked = nobodyLooks,
) -> Iterator[Scan]:
    """Walk the source once and keep what is there for as long as the context lasts.

    Args:
        tree: what to walk
        mounted: where something was mounted when the run began
        onSkipped: as for `sourceEntries`
        onDirectory: the same
        onProgress: called with the walk
        onLeftAlone: called with each entry that is left alone
        onLooked: as for `sourceEntries`
    """
    samples: list[bytes] = []
    mounts = set(_mountsAround(mounted, tree.root))
    files = size = 0

    def follow(path: bytes) -> None:
        mounts.update(_mountsAround(mounted, os.path.realpath(tree.pathTo(path))))

    entries = sourceEntries(tree, onSkipped, onDirectory, follow, onLooked)
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


def _mountsAround(mounted: frozenset[bytes], directory: bytes) -> Iterator[bytes]:
    """What was mounted at a directory, above or below it, when the run began."""
    below = directory.rstrip(b"/") + b"/"
    return (point for point in mounted if point.startswith(below) or below.startswith(point.rstrip(b"/") + b"/"))


_CHUNK = 1000  # entries; also the distance of the samples


def sourceEntries(
    tree: LocalTree,
    onSkipped: OnSkipped = lambda path, why: None,
    onDirectory: OnDirectory = lambda entries: None,
    onLink: OnPath = lambda path: None,
    onLooked: OnLooked = nobodyLooks,
) -> Iterator[SourceEntry]:
    """The files of the source in key order, as `treeEntries` has them.

    Raises:
        CedarBackupError: the source cannot be read (any more), or is another directory by now
        GuardRefused: as `treeEntries`
    """
    with openRoot(tree) as root:
        yield from treeEntries(root, tree, onSkipped, onDirectory, onLink, onLooked)
