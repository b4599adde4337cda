"""What a target needs: of what stood in the bucket, what can be a file there, and what is missing or different."""

from __future__ import annotations

import contextlib
import logging
import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from CedarBackup3.amazons3.awstimes import secondsOf
from CedarBackup3.amazons3.compare import joined
from CedarBackup3.amazons3.content.etagmatch import contentMatches
from CedarBackup3.amazons3.messages import counted
from CedarBackup3.amazons3.mirror import Mirror, Watcher
from CedarBackup3.amazons3.model import SourceEntry
from CedarBackup3.amazons3.restore.placing import setTime
from CedarBackup3.amazons3.restore.report import Outcome, Tally
from CedarBackup3.amazons3.restore.safepaths import RESERVED, alsoDirectories, folded, unsafeReason
from CedarBackup3.amazons3.restore.selection import Selection
from CedarBackup3.amazons3.restore.versionlisting import Version
from CedarBackup3.amazons3.scan import sourceEntries
from CedarBackup3.amazons3.spool import Spool
from CedarBackup3.util import displayBytes, displayPath

_log = logging.getLogger("CedarBackup3.log")


def targetMirror(selection: Selection, target: bytes) -> Mirror:
    """The target directory, which need not exist yet, as the walk and the comparison know a source."""
    return Mirror(
        source=os.path.realpath(target),
        location=selection.location,
        aws=selection.aws,
        startNs=0,
        identity=(0, 0),
        excludes=(*selection.excludes, f"{RESERVED.decode()}/*"),
    )


@contextlib.contextmanager
def restorable(
    selection: Selection, mirror: Mirror, state: Spool[Version], tally: Tally, *, isCaseInsensitive: bool = False
) -> Iterator[Spool[Version]]:
    """Those of a state that can be files in the target; the others are said one by one."""
    safe = (version.key for version in state if not unsafeReason(version.key, mirror.locale))
    directories = alsoDirectories(safe)
    seen: set[str] = set()

    def reason(version: Version) -> str:
        if unsafe := unsafeReason(version.key, mirror.locale):
            return unsafe
        if version.key in directories:
            return "there are other keys below it, for which it has to be a directory"
        if isCaseInsensitive and (name := folded(version.key)) in seen:
            return "another key differs from it only by case, which this directory does not tell apart"
        if isCaseInsensitive:
            seen.add(name)
        return ""

    def allowed() -> Iterator[Version]:
        for version in state:
            if why := reason(version):
                line = (
                    f"Refused: {selection.urlOf(version.key)} cannot be a file in {displayPath(mirror.source)}: {why}"
                )
                tally.wrong(Outcome.REFUSED, version.key, version.size or 0, line, why)
            else:
                yield version

    with Spool(Version._make) as kept:
        kept.extend(allowed())
        yield kept


@dataclass(frozen=True, slots=True)
class Wanted:
    """What has to be fetched."""

    versions: Spool[Version]
    files: int
    size: int
    """In bytes."""
    current: int
    """How many of the files are objects as they are now."""


@contextlib.contextmanager
def wanted(
    selection: Selection,
    mirror: Mirror,
    state: Iterable[Version],
    tally: Tally,
    watcher: Watcher,
    *,
    mayReplace: bool,
    adjust: int = -1,
) -> Iterator[Wanted]:
    """What is missing or different in the target.

    Args:
        selection: what is restored
        mirror: the target
        state: what should be there
        tally: counts what is up to date
        watcher: sees the progress
        mayReplace: whether files that are different may be replaced. A restore that goes on has put only whole files
            in their places, so what is different there by now is somebody's work
        adjust: the descriptor of the target, in which files of the right content get their time; negative: they do not
    """
    files = size = current = 0

    def lacking() -> Iterator[Version]:
        nonlocal files, size, current
        for entry, version in joined(targetEntries(selection, mirror, watcher), state):
            if version is None:
                continue
            if entry is not None and agrees(mirror, entry, version, isContentKnown=True):
                tally.fine(Outcome.SETTLED, entry.size or 0)
                if adjust >= 0 and entry.mtimeNs != _nanoseconds(version):
                    setTime(adjust, entry.path, secondsOf(version.lastModified))
                continue
            if entry is not None and not mayReplace:
                shown, url = displayPath(mirror.pathTo(entry.path)), selection.urlOf(version.key)
                line = f"Different: {shown} was there already, other than {url}, and stays; --overwrite replaces it"
                tally.wrong(Outcome.DIFFERENT, version.key, version.size or 0, line)
                continue
            files, size, current = files + 1, size + (version.size or 0), current + version.isLatest
            yield version

    _log.info("Reading %s", displayPath(mirror.source))
    with Spool(Version._make) as kept:
        kept.extend(lacking())
        settled = counted(tally.count(Outcome.SETTLED), "file")
        _log.info("To restore: %s (%s); %s up to date", counted(files, "file"), displayBytes(size), settled)
        yield Wanted(kept, files, size, current)


def targetEntries(selection: Selection, mirror: Mirror, watcher: Watcher) -> Iterator[SourceEntry]:
    """The files in the target."""
    watcher("walk")
    if not os.path.lexists(mirror.source):  # a rehearsal of what will make it
        return
    if not selection.only:
        yield from sourceEntries(mirror)
        return
    with contextlib.suppress(OSError, UnicodeError):
        path = mirror.locale.pathOf(selection.only)
        status = os.stat(mirror.pathTo(path))
        if stat.S_ISREG(status.st_mode):
            yield SourceEntry(selection.only, status.st_size, status.st_mtime_ns, path)


def _nanoseconds(version: Version) -> int:
    return secondsOf(version.lastModified) * 1_000_000_000


def agrees(mirror: Mirror, entry: SourceEntry, version: Version, *, isContentKnown: bool) -> bool:
    """Whether a file is a version: it has its size and time, or else its content as far as the ETag tells.

    Args:
        mirror: the target
        entry: the file
        version: what it should be
        isContentKnown: if the ETag does not tell, the answer is no
    """
    if entry.size != version.size:
        return False
    if entry.mtimeNs == _nanoseconds(version):
        return True
    try:
        with open(mirror.pathTo(entry.path), "rb") as file:
            matches = contentMatches(file, entry.size or 0, version.etag)
    except OSError:
        return False
    return bool(matches) if isContentKnown else matches is not False


def rehearsed(selection: Selection, mirror: Mirror, lacking: Wanted) -> None:
    """Say what would be restored."""
    for version in lacking.versions:
        _log.info(
            "Would restore %s (%s) from version %s of %s",
            displayPath(mirror.pathTo(mirror.locale.pathOf(version.key))),
            counted(version.size or 0, "byte"),
            displayPath(version.versionId),
            selection.urlOf(version.key),
        )
