"""Tells files that changed during the run from files that are wrong."""

from __future__ import annotations

import contextlib
import os

from CedarBackup3.amazons3.compare import isNewer
from CedarBackup3.amazons3.mirror import Mirror
from CedarBackup3.amazons3.model import Difference, Kind, ObjectEntry, SourceEntry


def changedDifference(mirror: Mirror, entry: SourceEntry | None, found: ObjectEntry | None) -> Difference | None:
    """The difference of a pair whose file changed after the run began; None if it held still.

    The file is looked at again where the pair disagrees, and where it agrees but the file is newer than its object.
    """
    since = mirror.startNs
    if entry is None:
        gone = found is not None and _goneSince(mirror, found.key, since)
        return Difference(Kind.CHANGED, found.key, None, found.size) if found and gone else None
    if entry.size is None:
        return None
    if found and entry.size == found.size and (entry.mtimeNs < since or not isNewer(entry, found)):
        return None
    if not _changedSince(mirror.pathTo(entry.path), entry, since):
        return None
    return Difference(Kind.CHANGED, entry.path, entry.size, found.size if found else None)


def _changedSince(path: bytes, entry: SourceEntry, since: int) -> bool:
    """Whether a file is gone, is another than it was in the walk, or was changed after `since`.

    The change time cannot be set by a program as the modification time can, which may lie in the future.
    """
    try:
        now = os.stat(path)
    except OSError:
        return True
    return now.st_size != entry.size or now.st_mtime_ns != entry.mtimeNs or now.st_ctime_ns >= since


def _goneSince(mirror: Mirror, key: bytes, since: int) -> bool:
    """Whether the file of an object has come or gone after `since`: the directory it would be in has been changed."""
    path = mirror.tree.pathOf(key)
    while path and len(path) > len(mirror.source):
        path = path.rpartition(b"/")[0] or b"/"
        with contextlib.suppress(OSError):
            return os.stat(path).st_mtime_ns >= since
    return False
