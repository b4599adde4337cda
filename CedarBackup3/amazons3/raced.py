"""Telling what changed during the run from what is wrong: nothing can be said of a file that did not hold still."""

from __future__ import annotations

import os
from datetime import datetime

from CedarBackup3.amazons3.awslocale import AwsLocale
from CedarBackup3.amazons3.model import Difference, Kind, ObjectEntry, SourceEntry

_CLOCK_GRAIN_NS = 20_000_000  # the kernel stamps files by a clock that may be a tick behind


def racedDifference(
    source: bytes, locale: AwsLocale, entry: SourceEntry | None, found: ObjectEntry | None, startNs: int
) -> Difference | None:
    """The difference of a pair whose file changed after `startNs`; None if it held still.

    The file is looked at again where the pair disagrees, and where it agrees but the file is newer than its object.
    """
    since = startNs - _CLOCK_GRAIN_NS
    if entry is None:
        gone = found is not None and _goneSince(source, locale, found.key, since)
        return Difference(Kind.RACED, found.key, None, found.size) if found and gone else None
    if entry.size is None or (found and entry.size == found.size and not _isNewer(entry, found, since)):
        return None
    if not _changedSince(source + b"/" + entry.path, entry, since):
        return None
    return Difference(Kind.RACED, entry.path, entry.size, found.size if found else None)


def _isNewer(entry: SourceEntry, found: ObjectEntry, since: int) -> bool:
    """Whether a file was modified after `since` and after its object was stored, which has whole seconds."""
    if entry.mtimeNs < since:
        return False
    return entry.mtimeNs / 1e9 > datetime.fromisoformat(found.lastModified).timestamp()


def _changedSince(path: bytes, entry: SourceEntry, since: int) -> bool:
    """Whether a file is gone, is another than it was in the walk, or was changed after `since`.

    The change time cannot be set by a program as the modification time can, which may lie in the future.
    """
    try:
        now = os.stat(path)
    except OSError:
        return True
    return now.st_size != entry.size or now.st_mtime_ns != entry.mtimeNs or now.st_ctime_ns >= since


def _goneSince(source: bytes, locale: AwsLocale, key: bytes, since: int) -> bool:
    """Whether the file of an object has come or gone after `since`: the directory it would be in has been changed."""
    parts = key.split(b"/")
    if {b"", b".", b".."}.intersection(parts) or b"\0" in key:  # no file ever had this key
        return False
    for depth in range(len(parts) - 1, -1, -1):
        try:
            directory = b"/".join([source, *map(locale.pathOf, parts[:depth])])
            return os.stat(directory).st_mtime_ns >= since
        except (OSError, UnicodeError):
            continue
    return False
