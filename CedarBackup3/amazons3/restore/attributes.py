"""Restores and compares what S3 cannot store, from its records, when all files are in their places.

Directories that are missing are made, then names of one file joined, then files get their attributes, links are made,
and last come the directories, from the leaves up: so until then nobody else comes to what is in a directory that this
restore has made. Each step finds out what is done already, so that a restore that goes on finishes them all.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from CedarBackup3.amazons3.attributes.records import AttributeRecord
from CedarBackup3.amazons3.bucket.versions import Version
from CedarBackup3.amazons3.local.opentree import OpenTree
from CedarBackup3.amazons3.progress import Watcher
from CedarBackup3.amazons3.restore.dressing import Gap, dress, gaps, isRounded, worn
from CedarBackup3.amazons3.restore.hardlinks import Names, joinNames
from CedarBackup3.amazons3.restore.links import compareLink, hasLink, restoreLink
from CedarBackup3.amazons3.restore.report import KeyOutcome
from CedarBackup3.amazons3.restore.rules import Asked, asked
from CedarBackup3.amazons3.restore.scene import NoWay, Scene, isClosed, isFileOf, opened, openParent, pairs, reportGaps
from CedarBackup3.amazons3.restore.staging import fileSystem
from CedarBackup3.amazons3.restore.target import NO_LINK, makeDirectory
from CedarBackup3.util import reasonText


def restoreAttributes(scene: Scene, watcher: Watcher, *, mayReplace: bool) -> AttributeRecord | None:
    """Restore all of it but the attributes of the target itself, whose record is returned if it is to get them.

    Args:
        scene: the target and the records
        watcher: sees the progress
        mayReplace: whether links that lead elsewhere are replaced
    """
    if not scene.recorded.isThere:
        return None
    watcher("attributes")
    names = Names()
    _makeDirectories(scene)
    joinNames(scene, names, isRestore=True)
    _dressFiles(scene, names)
    with OpenTree(scene.root, "none") as tree:
        for record in _links(scene):
            restoreLink(scene, tree, record, mayReplace=mayReplace)
    root = _dressDirectories(scene)
    os.sync()  # what is reported as restored should outlive a power failure
    return root


def restoreRoot(scene: Scene, record: AttributeRecord | None) -> None:
    """Give the target itself its attributes, when nothing is made or removed in it any more."""
    if record is not None:
        left = dress(scene.root, asked(record, scene.rules), scene.rules, isClosed=False)
        reportGaps(scene, record, left)


def compareAttributes(scene: Scene, watcher: Watcher) -> None:
    """Report what is not as it is recorded of the files that are right, of directories and of links."""
    if not scene.recorded.isThere:
        return
    watcher("attributes")
    joinNames(scene, Names(), isRestore=False)
    holdsModes = fileSystem(scene.root) not in _WITHOUT_MODES
    with OpenTree(scene.root, "none") as tree:
        for record, version in pairs(scene):
            if record is None:
                continue
            if stat.S_ISREG(record.mode) and scene.isTold(version):
                _compare(scene, tree, record, holdsModes=holdsModes)
            elif stat.S_ISDIR(record.mode):
                _compareDirectory(scene, tree, record, holdsModes=holdsModes)
            elif stat.S_ISLNK(record.mode) and version is None:
                compareLink(scene, tree, record)


_WITHOUT_MODES = {b"vfat", b"msdos", b"exfat", b"ntfs", b"ntfs3", b"fuseblk", b"cifs", b"smb3"}


def _links(scene: Scene) -> Iterator[AttributeRecord]:
    """The links without an object: it would hold what they led to."""
    for record, version in pairs(scene):
        if record is not None and stat.S_ISLNK(record.mode) and version is None:
            yield record


# Restoring


def _makeDirectories(scene: Scene) -> None:
    with OpenTree(scene.root, "none") as tree:
        for record, _ in pairs(scene):
            if record is None or not stat.S_ISDIR(record.mode) or not record.key:
                continue
            try:
                directory, name = openParent(tree, scene.pathOf(record))
                with contextlib.suppress(FileExistsError):
                    makeDirectory(name, directory)
                    continue
                reason = _notADirectory(directory, name)
            except NoWay as failure:
                reason = str(failure)
            except OSError as error:
                reason = f"it cannot be created: {reasonText(error)}"
            if reason:
                line = f"Failed: the directory {scene.shown(record)} was not restored: {reason}"
                scene.tally.wrongRecord(KeyOutcome.FAILED, record.orderKey, line, reason)


def _notADirectory(directory: int, name: bytes) -> str:
    mode = os.stat(name, dir_fd=directory, follow_symlinks=False).st_mode
    if stat.S_ISDIR(mode):
        return ""
    return "a link is in its place" if stat.S_ISLNK(mode) else "a file is in its place"


def _dressFiles(scene: Scene, names: Names) -> None:
    with OpenTree(scene.root, "none") as tree:
        for record, version in pairs(scene):
            if record is None or version is None or not (stat.S_ISREG(record.mode) and scene.isTold(version)):
                continue
            try:
                directory, name = openParent(tree, scene.pathOf(record))
                with opened(directory, name) as file:
                    status, ask = os.fstat(file), asked(record, scene.rules)
                    isOurs = isFileOf(version, status, directory, names.of(status))
                    if isOurs or not gaps(worn(file, ask, scene.rules), ask):
                        isAlone = isClosed(directory) and status.st_nlink <= names.of(status)
                        left = dress(file, ask, scene.rules, isClosed=isAlone) if isOurs else ()
                        reportGaps(scene, record, left)
                        continue
                reason = "another file has taken its place"
            except (OSError, NoWay) as failure:
                reason = reasonText(failure) if isinstance(failure, OSError) else str(failure)
            _reportUntouched(scene, record, reason)


def _reportUntouched(scene: Scene, record: AttributeRecord, reason: str) -> None:
    line = f"Attributes: {scene.shown(record)} was not given its attributes: {reason}"
    scene.tally.wrongAttributes(record.key, line)


Witness = Callable[[int], bool]
"""Tells whether an open directory is the one that is meant: who can write above it can put another in its place."""


@dataclass(slots=True)
class _Level:
    """A directory that the pass is in."""

    record: AttributeRecord
    key: bytes
    """With which the keys begin that are in it."""
    witness: Witness | None = None
    """Knows something in it that was restored, or was right already; None: there is nothing."""
    isIncomplete: bool = False
    """Whether something in it was not."""


def _dressDirectories(scene: Scene) -> AttributeRecord | None:
    """Give directories their attributes, from the leaves up, where something in them is the restore's."""
    levels: list[_Level] = []
    root: AttributeRecord | None = None
    with OpenTree(scene.root, "none") as tree:

        def leave() -> None:
            nonlocal root
            level = levels.pop()
            if level.key:
                dressed = _dressDirectory(scene, tree, level)
                if levels and dressed:
                    vouch(level.record, lambda status: os.path.samestat(status, dressed))
            elif level.witness:
                root = _incomplete(level)
            if levels:
                levels[-1].isIncomplete |= level.isIncomplete

        def vouch(of: AttributeRecord | Version, isIt: Callable[[os.stat_result], bool]) -> None:
            level = levels[-1]
            level.witness = level.witness or _witness(scene, level.record, of, isIt)

        for record, version in pairs(scene):
            key = record.orderKey if record is not None else version.key if version is not None else b""
            while levels and not key.startswith(levels[-1].key):
                leave()
            if record is not None and stat.S_ISDIR(record.mode):
                levels.append(_Level(record, key))
            elif levels and version is not None:
                if scene.isRight(version):
                    vouch(version, partial(_isSized, version.size))
                else:
                    levels[-1].isIncomplete = True
            elif levels and record is not None and stat.S_ISLNK(record.mode) and hasLink(scene, tree, record):
                vouch(record, lambda status: stat.S_ISLNK(status.st_mode))
        while levels:
            leave()
    return root


def _incomplete(level: _Level) -> AttributeRecord:
    """The record of a directory, which stays open to its owner as long as something in it is missing.

    Nobody but root could go on otherwise.
    """
    return level.record._replace(mode=level.record.mode | stat.S_IRWXU) if level.isIncomplete else level.record


def _witness(
    scene: Scene, above: AttributeRecord, of: AttributeRecord | Version, isIt: Callable[[os.stat_result], bool]
) -> Witness:
    """Knows what is below a directory by its path from there and by its status."""
    pathOf = scene.local.locale.pathOf
    path = pathOf(of.key)[len(pathOf(above.key) + b"/") if above.key else 0 :]

    def knows(directory: int) -> bool:
        try:
            return isIt(os.stat(path, dir_fd=directory, follow_symlinks=False))
        except OSError:
            return False

    return knows


def _isSized(size: int | None, status: os.stat_result) -> bool:
    return stat.S_ISREG(status.st_mode) and status.st_size == size


def _isEmpty(directory: int) -> bool:
    """Whether there is nothing in a directory that is open for its place, so that nobody else uses it."""
    try:
        descriptor = os.open(b".", NO_LINK, dir_fd=directory)
    except OSError:
        return False
    try:
        return not os.listdir(descriptor)
    finally:
        os.close(descriptor)


def _dressDirectory(scene: Scene, tree: OpenTree, level: _Level) -> os.stat_result | None:
    """Give a directory its attributes, and return its status; None: nothing in it is the restore's, or that failed."""
    record, reason = _incomplete(level), "another directory has taken its place"
    try:
        directory, name = openParent(tree, scene.pathOf(record))
        with opened(directory, name) as descriptor:
            status = os.fstat(descriptor)
            isIt = level.witness(descriptor) if level.witness else _isEmpty(descriptor)
            if isIt:
                left = dress(descriptor, asked(record, scene.rules), scene.rules, isClosed=isClosed(directory))
                reportGaps(scene, record, left)
                return status
    except (OSError, NoWay) as failure:
        reason = reasonText(failure) if isinstance(failure, OSError) else str(failure)
    if level.witness:
        _reportUntouched(scene, record, reason)
    return None


# Comparing


def _compareDirectory(scene: Scene, tree: OpenTree, record: AttributeRecord, *, holdsModes: bool) -> None:
    if record.key:
        try:
            directory, name = openParent(tree, scene.pathOf(record))
            wrong = _notADirectory(directory, name)
        except (OSError, NoWay):
            wrong = None
        if wrong is None:
            line = f"Missing: the directory {scene.shown(record)} does not exist, but is in {scene.selection.shown}"
            scene.tally.wrongRecord(KeyOutcome.MISSING, record.orderKey, line)
            return
        if wrong:
            line = f"Different: {scene.shown(record)} is no directory, but is one in {scene.selection.shown}"
            scene.tally.wrongRecord(KeyOutcome.DIFFERENT, record.orderKey, line)
            return
    _compare(scene, tree, record, holdsModes=holdsModes)


def _compare(scene: Scene, tree: OpenTree, record: AttributeRecord, *, holdsModes: bool) -> None:
    ask = asked(record, scene.rules)
    try:
        if not record.key:
            reportGaps(scene, record, _gapsOf(scene.root, ask, scene, holdsModes=holdsModes))
            return
        directory, name = openParent(tree, scene.pathOf(record))
        with opened(directory, name) as descriptor:
            reportGaps(scene, record, _gapsOf(descriptor, ask, scene, holdsModes=holdsModes))
    except (OSError, NoWay) as failure:
        reason = reasonText(failure) if isinstance(failure, OSError) else str(failure)
        scene.tally.wrongAttributes(
            record.key, f"Attributes: those of {scene.shown(record)} cannot be compared: {reason}"
        )


def _gapsOf(descriptor: int, ask: Asked, scene: Scene, *, holdsModes: bool) -> Iterator[Gap]:
    """What is not as it is recorded, each with whether that is what the file system makes of it."""
    has = worn(descriptor, ask, scene.rules)
    for gap in gaps(has, ask):
        isTaken = not holdsModes and gap.kind in {"permissions", "owners", "ACLs", "extended attributes"}
        if isTaken or isRounded(gap, has.status, ask):
            yield gap._replace(reason="the file system does not keep it", isUnholdable=True)
        else:
            yield gap
