"""What restoring and comparing attributes have in common: the records beside the files that are there and right."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from CedarBackup3.amazons3.attributes.records import AttributeRecord
from CedarBackup3.amazons3.aws.rules import RuleSet
from CedarBackup3.amazons3.aws.times import secondsOf
from CedarBackup3.amazons3.bucket.versions import Version
from CedarBackup3.amazons3.compare import mergeJoin
from CedarBackup3.amazons3.local.opentree import NotFollowed, OpenTree
from CedarBackup3.amazons3.local.tree import LocalTree
from CedarBackup3.amazons3.restore.dressing import PLACE, Gap
from CedarBackup3.amazons3.restore.recorded import Recorded
from CedarBackup3.amazons3.restore.report import Tally
from CedarBackup3.amazons3.restore.rules import AttributeRules
from CedarBackup3.amazons3.restore.selection import Selection
from CedarBackup3.util import displayPath, reasonText


@dataclass(frozen=True, slots=True)
class Scene:
    """A target, and what is recorded of it."""

    selection: Selection
    local: LocalTree
    root: int
    """The descriptor of the target."""
    recorded: Recorded
    snapshot: Iterable[Version]
    """What should be there, with what is recorded of each file."""
    rules: AttributeRules
    tally: Tally

    def shown(self, record: AttributeRecord) -> str:
        """The path of a record, safe to print."""
        return displayPath(self.local.pathTo(self.pathOf(record)) if record.key else self.local.root)

    def pathOf(self, record: AttributeRecord) -> bytes:
        """The path of a record below the target, as this disk has it."""
        return self.local.locale.pathOf(record.key)

    def isRight(self, version: Version | None) -> bool:
        """Whether a file is there as it should be."""
        return version is not None and version.key not in self.tally.reported

    def isTold(self, version: Version | None) -> bool:
        """Whether it is, and its attributes are known."""
        return version is not None and version.mtimeNs is not None and self.isRight(version)


class Told:
    """A record with its place in the order."""

    __slots__ = ("key", "record")

    def __init__(self, record: AttributeRecord) -> None:
        self.key, self.record = record.orderKey, record


def pairs(scene: Scene) -> Iterator[tuple[AttributeRecord | None, Version | None]]:
    """All that is recorded or should be there, in key order; what is excluded is left out."""
    return recordedPairs(scene.selection, scene.recorded, scene.snapshot)


def recordedPairs(
    selection: Selection, recorded: Recorded, snapshot: Iterable[Version]
) -> Iterator[tuple[AttributeRecord | None, Version | None]]:
    """The same of records and versions by themselves."""
    rules = RuleSet(selection.rules)
    decide = rules.inOrder()

    def isLeftOut(record: AttributeRecord) -> bool:
        key = record.orderKey.decode(errors="surrogateescape")
        return rules.prunes(key) if key.endswith("/") else bool(key and decide(key))

    kept = (Told(record) for record in recorded.records if not isLeftOut(record))
    for told, version in mergeJoin(kept, snapshot):
        yield (told.record if told else None), version


def openParent(tree: OpenTree, path: bytes) -> tuple[int, bytes]:
    """The directory that a path is in, open as long as no other one is asked for, and the name in it.

    Raises:
        NoWay: there is none
    """
    parent, _, name = path.rpartition(b"/")
    try:
        return tree.directory(parent).descriptor, name
    except NotFollowed:
        raise NoWay("a link is on the way to it, and nothing is done through links") from None
    except OSError as error:
        raise NoWay(f"the directory {displayPath(parent)} cannot be entered: {reasonText(error)}") from None


class NoWay(Exception):
    """A path cannot be reached without leaving the target; the message is the reason."""


@contextlib.contextmanager
def opened(directory: int, name: bytes) -> Iterator[int]:
    """What is in a directory under a name, open for its place only; raises `OSError`."""
    descriptor = os.open(name, PLACE, dir_fd=directory)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def isClosed(directory: int) -> bool:
    """Whether nobody else can come to what is in an open directory."""
    status = os.fstat(directory)
    return status.st_uid == os.geteuid() and not status.st_mode & 0o077


def isOthers(directory: int) -> bool:
    """Whether others can put something else in the place of what is in an open directory."""
    status = os.fstat(directory)
    return status.st_uid not in {0, os.geteuid()} or bool(status.st_mode & 0o022)


def isFileOf(version: Version, status: os.stat_result, directory: int, names: int = 1) -> bool:
    """Whether what is open is the file that was restored or compared, and no one's who has put theirs in its place.

    Args:
        version: its version
        status: of what is open
        directory: where it was opened
        names: that it may have where others could have given it more
    """
    if not stat.S_ISREG(status.st_mode) or status.st_size != version.size:
        return False
    times = {version.mtimeNs, secondsOf(version.lastModified) * 1_000_000_000}
    return not isOthers(directory) or (status.st_nlink <= names and status.st_mtime_ns in times)


_SHOWN = 20  # attributes of a path in a line: a hostile record has thousands, of which each line would be a megabyte


def reportGaps(scene: Scene, record: AttributeRecord, gaps: Iterable[Gap]) -> None:
    """Report what a path has not as it was recorded: a difference, or a kind of attributes that cannot be held."""
    shown, wrong = scene.shown(record), []
    kinds: dict[str, str] = {}
    for gap in gaps:
        text = f"{gap.text} ({gap.reason})" if gap.reason else gap.text
        if gap.isUnholdable and not scene.rules.isStrict:
            kinds.setdefault(gap.kind, f"{shown}, which has {text}")
        else:
            wrong.append(text)
    for kind, example in kinds.items():
        scene.tally.notHeld(kind, record.key, example)
    if wrong:
        *others, last = wrong if len(wrong) <= _SHOWN else [*wrong[: _SHOWN - 1], f"{len(wrong) - _SHOWN + 1:,} others"]
        listed = f"{', '.join(others)} and {last}" if others else last
        scene.tally.wrongAttributes(record.key, f"Attributes: {shown} has {listed}")
    elif not kinds:
        scene.tally.fineAttributes(1)
