"""The proof of a restore: the target as it is beside what stood in the bucket."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable

from CedarBackup3.amazons3.compare import joined
from CedarBackup3.amazons3.messages import counted
from CedarBackup3.amazons3.mirror import Mirror, Watcher
from CedarBackup3.amazons3.model import SourceEntry
from CedarBackup3.amazons3.restore.etagdoubts import EtagDoubts
from CedarBackup3.amazons3.restore.plan import agrees, targetEntries
from CedarBackup3.amazons3.restore.report import Outcome, RestoreReport, Tally, summaryLine
from CedarBackup3.amazons3.restore.selection import Selection
from CedarBackup3.amazons3.restore.versionlisting import Version
from CedarBackup3.errors import CedarBackupError
from CedarBackup3.util import displayPath

_log = logging.getLogger("CedarBackup3.log")


def requireDirectory(target: bytes) -> None:
    """Raise `CedarBackupError` unless there is a directory to compare with."""
    if not os.path.isdir(target):
        raise CedarBackupError(f"The target directory {displayPath(target)} does not exist; nothing was compared")


def compared(
    selection: Selection,
    mirror: Mirror,
    state: Iterable[Version],
    tally: Tally,
    watcher: Watcher,
    *,
    isRestore: bool,
) -> RestoreReport:
    """Compare the target as it is now with what should be there, and sum up.

    Args:
        selection: what was restored
        mirror: the target
        state: what should be there
        tally: has what came of the restore
        watcher: sees the progress
        isRestore: what was said before is not said again, and other files are no concern
    """
    doubts = EtagDoubts(selection.location, selection.aws)
    for entry, version in joined(targetEntries(selection, mirror, watcher), state):
        if version is None:
            if entry is not None and not isRestore:
                line = f"Extra: {displayPath(mirror.pathTo(entry.path))} was not in {selection.shown}"
                tally.wrong(Outcome.EXTRA, entry.path, entry.size or 0, line)
        elif entry is not None and _isThere(mirror, entry, version, doubts):
            if not isRestore:
                tally.fine(Outcome.SETTLED, entry.size or 0)
        elif version.key not in tally.said:
            _tellDifference(selection, mirror, entry, version, tally)
    watcher("compare")
    report = tally.report()
    line = summaryLine(selection, mirror.source, report, isRestore=isRestore)
    _log.log(logging.INFO if report.isClean else logging.ERROR, "%s", line)
    return report


def _isThere(mirror: Mirror, entry: SourceEntry, version: Version, doubts: EtagDoubts) -> bool:
    """Whether a file is a version, as far as size, time and ETag tell."""
    if agrees(mirror, entry, version, isContentKnown=False):
        return True
    return entry.size == version.size and doubts.areRight(version)


def _tellDifference(
    selection: Selection, mirror: Mirror, entry: SourceEntry | None, version: Version, tally: Tally
) -> None:
    path = displayPath(mirror.pathTo(mirror.locale.pathOf(version.key)))
    size = counted(version.size or 0, "byte")
    if entry is None:
        line = f"Missing: {path} ({size}) is not there, but in {selection.shown}"
        tally.wrong(Outcome.MISSING, version.key, version.size or 0, line)
        return
    if entry.size is None:
        line = f"Different: {path} cannot be read by this user, so it is not proven to be that of {selection.shown}"
    elif entry.size == version.size:
        line = f"Different: {path} has another content than in {selection.shown}"
    else:
        line = f"Different: {path} has {counted(entry.size, 'byte')}, but {size} in {selection.shown}"
    tally.wrong(Outcome.DIFFERENT, version.key, version.size or 0, line)
