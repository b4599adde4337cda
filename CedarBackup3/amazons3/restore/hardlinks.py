"""Makes one file of those that were names of one, which the bucket keeps as an object each."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field

from CedarBackup3.amazons3.attributes.records import AttributeRecord
from CedarBackup3.amazons3.aws.rules import RuleSet
from CedarBackup3.amazons3.bucket.versions import Version
from CedarBackup3.amazons3.local.opentree import NotAFile, NotFollowed, OpenTree
from CedarBackup3.amazons3.restore.scene import NoWay, Scene, isFileOf, isOthers, openParent, pairs
from CedarBackup3.util import displayPath, reasonText

_MOST = 1_000_000  # files with several names that are kept in mind; each takes some hundred bytes
_READ = 1 << 20  # bytes
_NOT_HELD = {errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EXDEV}

Identity = tuple[int, int]
"""Device and inode."""


@dataclass(slots=True)
class Names:
    """How many names files have been given; others may have one only."""

    counts: dict[Identity, int] = field(default_factory=dict)

    def of(self, status: os.stat_result) -> int:
        """The most names that a file can rightly have."""
        return self.counts.get((status.st_dev, status.st_ino), 1)


def joinNames(scene: Scene, names: Names, *, isRestore: bool) -> None:
    """Make one file of the names that were one, where all have arrived and hold the same; or see whether they are one.

    Args:
        scene: the target and the records
        names: counts the names of the files
        isRestore: whether to make them; else they are compared
    """
    firsts = _firsts(scene)
    known: dict[
        bytes, Version | None
    ] = {}  # by what `_brief` makes of paths; None: it is recorded, but not there as it was then
    decide = RuleSet(scene.selection.rules).inOrder()
    with OpenTree(scene.root, "none") as tree:
        for record, version in pairs(scene) if firsts else ():
            if record is None or not stat.S_ISREG(record.mode):
                continue
            isTold, first = scene.isTold(version), record.hardLink
            if first is None and (brief := _brief(record.path)) in firsts:
                known[brief] = version if isTold else None
            if first is None or version is None or not isTold:
                continue
            if decide(first.decode(errors="surrogateescape")):
                continue
            reason = "that is no file that was restored"
            if (brief := _brief(first)) in known:
                reason = _joined(scene, tree, record, version, known[brief], names, isRestore=isRestore)
            if reason:
                line = (
                    f"{scene.shown(record)} is a file of its own, and no other name of {displayPath(first)}: {reason}"
                )
                scene.tally.wrongAttributes(record.key, f"Attributes: {line}")


def _firsts(scene: Scene) -> set[bytes]:
    """The paths that other records name as the first ones of their files, as `_brief` makes them."""
    found: set[bytes] = set()
    for record in scene.recorded.records:
        if record.hardLink is not None and len(found) < _MOST:
            found.add(_brief(record.hardLink))
    return found


def _brief(path: bytes) -> bytes:
    """What stands for a path in memory: paths of hostile records are as long as paths can be."""
    return hashlib.sha256(path).digest()


def _joined(
    scene: Scene,
    tree: OpenTree,
    record: AttributeRecord,
    version: Version,
    first: Version | None,
    names: Names,
    *,
    isRestore: bool,
) -> str:
    """Why a path is no other name of a file; empty: it is, or that is not there, or the system has no such names."""
    if first is None:
        return ""
    try:
        with _file(scene, tree, first) as one, _file(scene, tree, version) as other:
            isOne = os.path.samestat(os.fstat(one), os.fstat(other))
            if isOne or not isRestore:
                return "" if isOne else "they are two files"
            if not _isOf(scene, tree, first, one, names) or not _isOf(scene, tree, version, other, names):
                raise NotAFile
            if _isStrangers(scene, tree, first, version, (one, other)):
                raise NotAFile
            if _isSame(one, other):
                _makeOne(scene, tree, record, one, names)
                return ""
            return "their contents differ"
    except (OSError, NoWay) as failure:
        return reasonText(failure) if isinstance(failure, OSError) else str(failure)
    except (NotAFile, NotFollowed):
        return "another file is in its place"


def _makeOne(scene: Scene, tree: OpenTree, record: AttributeRecord, file: int, names: Names) -> None:
    """Give an open file the name of a record, unless the file system gives none, which is counted."""
    directory, name = openParent(tree, scene.pathOf(record))
    try:
        _link(file, directory, name)
    except OSError as error:
        if error.errno not in _NOT_HELD or scene.rules.isStrict:
            raise
        scene.tally.notHeld("hard links", record.key, f"{scene.shown(record)} ({error.strerror})")
        return
    status = os.fstat(file)
    names.counts[status.st_dev, status.st_ino] = names.of(status) + 1


@contextlib.contextmanager
def _file(scene: Scene, tree: OpenTree, version: Version) -> Iterator[int]:
    """What is in the place of a version's file, opened to be read; raises what `OpenTree.file` does."""
    descriptor = tree.file(scene.local.locale.pathOf(version.key))
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _isOf(scene: Scene, tree: OpenTree, version: Version, file: int, names: Names) -> bool:
    """Whether an open file is that of a version, as `isFileOf` judges it."""
    directory, _ = openParent(tree, scene.local.locale.pathOf(version.key))
    status = os.fstat(file)
    return isFileOf(version, status, directory, names.of(status))


def _isStrangers(scene: Scene, tree: OpenTree, first: Version, version: Version, files: tuple[int, int]) -> bool:
    """Whether somebody has perhaps put a file of theirs in its place, to come by it to where its other name lies."""
    owner, otherOwner = (os.fstat(file).st_uid for file in files)
    directory, _ = openParent(tree, scene.local.locale.pathOf(first.key))
    if not isOthers(directory):
        return False
    directory, _ = openParent(tree, scene.local.locale.pathOf(version.key))
    return owner not in {0, os.geteuid(), otherOwner, os.fstat(directory).st_uid}


def _isSame(one: int, other: int) -> bool:
    """Whether two open files hold the same."""
    position = 0
    while piece := os.pread(one, _READ, position):
        if piece != os.pread(other, len(piece), position):
            return False
        position += len(piece)
    return not os.pread(other, 1, position)


def _link(file: int, directory: int, name: bytes) -> None:
    """Give an open file another name, in the place of what has that; never through a link (linkat(2), proc(5))."""
    temporary = b".cback-%d" % os.getpid()
    os.link(b"/proc/self/fd/%d" % file, temporary, dst_dir_fd=directory, follow_symlinks=True)
    try:
        os.rename(temporary, name, src_dir_fd=directory, dst_dir_fd=directory)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary, dir_fd=directory)
        raise
