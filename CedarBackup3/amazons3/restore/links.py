"""Makes and compares links as links. What they lead to is nobody's concern here: nothing goes through one."""

from __future__ import annotations

import errno
import os
import stat

from CedarBackup3.amazons3.attributes.records import AttributeRecord
from CedarBackup3.amazons3.local.opentree import OpenTree
from CedarBackup3.amazons3.restore.dressing import dress, gaps, isRounded, worn
from CedarBackup3.amazons3.restore.report import KeyOutcome
from CedarBackup3.amazons3.restore.rules import asked
from CedarBackup3.amazons3.restore.scene import NoWay, Scene, isClosed, isOthers, opened, openParent, reportGaps
from CedarBackup3.util import displayPath, reasonText

_NOT_HELD = {errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS}


def restoreLink(scene: Scene, tree: OpenTree, record: AttributeRecord, *, mayReplace: bool) -> None:
    """Make a link where nothing is, and give it its owner and its time; what is there else stays, and is reported.

    Args:
        scene: the target and the records
        tree: the way to it
        record: of the link
        mayReplace: whether a link that leads elsewhere is replaced
    """
    try:
        directory, name = openParent(tree, scene.pathOf(record))
        isNew = _made(scene, record, directory, name)
        if isNew is None:
            return
        if not isNew and (what := _other(record, directory, name)):
            if what != _ELSEWHERE or not mayReplace:
                _reportOther(scene, record, what, "; it is left alone")
                return
            _replace(record.target, directory, name)
        with opened(directory, name) as link:
            status = os.fstat(link)
            if not stat.S_ISLNK(status.st_mode) or (isOthers(directory) and status.st_nlink > 1):
                _fail(scene, record, "something else has taken its place")
                return
            left = dress(link, asked(record, scene.rules), scene.rules, isClosed=isClosed(directory))
        reportGaps(scene, record, left)
    except OSError as error:
        _fail(scene, record, reasonText(error))
    except NoWay as failure:
        _fail(scene, record, str(failure))


def _made(scene: Scene, record: AttributeRecord, directory: int, name: bytes) -> bool | None:
    """Whether a link was made; None: this file system has none, which is counted."""
    try:
        os.symlink(record.target, name, dir_fd=directory)
    except FileExistsError:
        return False
    except OSError as error:
        if error.errno not in _NOT_HELD or scene.rules.isStrict:
            raise
        scene.tally.notHeld("links", record.key, f"{scene.shown(record)} ({error.strerror})")
        return None
    return True


def _replace(target: bytes, directory: int, name: bytes) -> None:
    temporary = b".cback-%d" % os.getpid()
    os.symlink(target, temporary, dir_fd=directory)
    try:
        os.rename(temporary, name, src_dir_fd=directory, dst_dir_fd=directory)
    except BaseException:
        os.unlink(temporary, dir_fd=directory)
        raise


def hasLink(scene: Scene, tree: OpenTree, record: AttributeRecord) -> bool:
    """Whether the link of a record is there and leads where it should."""
    try:
        return not _other(record, *openParent(tree, scene.pathOf(record)))
    except (OSError, NoWay):
        return False


def compareLink(scene: Scene, tree: OpenTree, record: AttributeRecord) -> None:
    """Report a link that is missing, leads elsewhere, or has another owner or time than is recorded."""
    try:
        directory, name = openParent(tree, scene.pathOf(record))
        if what := _other(record, directory, name):
            _reportOther(scene, record, what, f" in {scene.selection.shown}")
            return
        ask = asked(record, scene.rules)
        with opened(directory, name) as link:
            has = worn(link, ask, scene.rules)
        found = (gap._replace(isUnholdable=isRounded(gap, has.status, ask)) for gap in gaps(has, ask))
        reportGaps(scene, record, found)
    except (OSError, NoWay):
        leads = displayPath(record.target)
        line = f"Missing: the link {scene.shown(record)} to {leads} does not exist, but is in {scene.selection.shown}"
        scene.tally.wrongRecord(KeyOutcome.MISSING, record.key, line)


_ELSEWHERE = "a link to something else"


def _other(record: AttributeRecord, directory: int, name: bytes) -> str:
    """What is in the place of a link; empty: the link itself."""
    mode = os.stat(name, dir_fd=directory, follow_symlinks=False).st_mode
    if not stat.S_ISLNK(mode):
        return "a directory" if stat.S_ISDIR(mode) else "a file"
    return "" if os.readlink(name, dir_fd=directory) == record.target else _ELSEWHERE


def _reportOther(scene: Scene, record: AttributeRecord, what: str, more: str) -> None:
    leads = displayPath(record.target)
    line = f"Different: {scene.shown(record)} is {what}, and not the link to {leads} that is recorded{more}"
    scene.tally.wrongRecord(KeyOutcome.DIFFERENT, record.key, line)


def _fail(scene: Scene, record: AttributeRecord, reason: str) -> None:
    line = f"Failed: the link {scene.shown(record)} was not restored: {reason}"
    scene.tally.wrongRecord(KeyOutcome.FAILED, record.key, line, reason)
