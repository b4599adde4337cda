"""Draws the files of a rehearsal: small and large ones, and old versions, the same ones all day.

A hash of the day's seed and of the version gives each its place in the order, so nothing depends on how many there are,
or on which were drawn before. One pass fills pots of bounded size: in one every file has the same chance, in the other
every byte (P. S. Efraimidis, P. G. Spirakis, "Weighted random sampling with a reservoir", 2006). The pots take turns.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from typing import NamedTuple

from CedarBackup3.amazons3.aws.times import secondsOf
from CedarBackup3.amazons3.bucket.versions import Version
from CedarBackup3.amazons3.compare import finder
from CedarBackup3.amazons3.model import ARCHIVES, ATTRIBUTES_KEY, isFolderMarker
from CedarBackup3.amazons3.restore.report import NOTHING, Noted
from CedarBackup3.amazons3.restore.safepaths import unsafeReason
from CedarBackup3.amazons3.restore.selection import Selection

MOST_DRAWN = 10_000
"""More files are not drawn: they have to be remembered."""


class Share(NamedTuple):
    """How much is drawn: a number of files, or as many as fit into so many bytes; the other one is 0."""

    files: int = 0
    size: int = 0


class Draw(NamedTuple):
    """What was drawn, and of what."""

    current: tuple[Version, ...] = ()
    """Of the snapshot, in key order."""
    old: tuple[Version, ...] = ()
    """Versions that had been replaced or deleted, in key order."""
    files: Noted = NOTHING
    """How many the snapshot has."""
    versions: Noted = NOTHING
    """How many old versions there are."""
    archived: Noted = NOTHING
    """How many of all these are left out, since nothing can be read from their storage class."""
    tooLarge: Noted = NOTHING
    """How many are left out, since one of them alone is more than the share."""

    @property
    def drawn(self) -> Noted:
        """How many were drawn."""
        return _noted((*self.current, *self.old))


def drawVersions(snapshot: Iterable[Version], old: Iterable[Version], share: Share, seed: bytes) -> Draw:
    """Draw some files.

    Archived ones are drawn only if there are no others: those that were brought back look the same in a listing. Where
    none fits the smallest that is known is drawn. Old versions do not stand in for a snapshot of which all is archived
    or too large: they tell nothing of it.

    Args:
        snapshot: the files of the moment
        old: other versions that are to be tried
        share: how much to draw
        seed: what is the same draws the same
    """
    most, key = share.files or MOST_DRAWN, blake2b(seed).digest()
    pots = {name: _Pot(most) for name in ("files", "bytes", "archived", "old files", "old bytes", "old archived")} | {
        name: _Pot(1) for name in ("smallest", "old smallest")
    }
    counts = dict.fromkeys(("files", "versions", "archived", "too large"), NOTHING)

    def count(name: str, version: Version) -> None:
        counts[name] = Noted(counts[name].files + 1, counts[name].size + (version.size or 0))

    def fill(versions: Iterable[Version], name: str, prefix: str) -> None:
        for version in versions:
            size = version.size or 0
            count(name, version)
            byFiles, byBytes = _lots(key, version)
            item = _Item(version, isOld=bool(prefix))
            if left := _leftOut(version, share):
                count(left, version)
                isArchived = left == "archived"
                pots[prefix + ("archived" if isArchived else "smallest")].offer(byFiles if isArchived else size, item)
            else:
                pots[f"{prefix}files"].offer(byFiles, item)
                if size:
                    pots[f"{prefix}bytes"].offer(-math.log(byBytes) / size, item)

    fill(snapshot, "files", "")
    fill(old, "versions", "old ")

    def instead(prefix: str) -> list[_Item]:
        """What is drawn where all is too large or archived."""
        return pots[f"{prefix}smallest"].items() or pots[f"{prefix}archived"].items()

    first = int.from_bytes(key[:8], "big") % len(_TURNS)
    standIns = [] if pots["files"].items() else instead("")
    taken = list(_inTurns([standIns, *(pots[name].items() for name in _TURNS[first:] + _TURNS[:first])], share))
    if all(item.isOld for item in taken):
        standIns = standIns or ([] if taken else instead("old "))
        taken = list(_inTurns([standIns], share)) or standIns[:1] or taken
    for item in taken:
        if name := _leftOut(item.version, share):
            counts[name] = Noted(counts[name].files - 1, counts[name].size - (item.version.size or 0))
    return Draw(
        _inOrder(item.version for item in taken if not item.isOld),
        _inOrder(item.version for item in taken if item.isOld),
        counts["files"],
        counts["versions"],
        counts["archived"],
        counts["too large"],
    )


def _leftOut(version: Version, share: Share) -> str:
    """Why a version is drawn only if there is nothing else; empty: it is drawn like others."""
    if version.storageClass in ARCHIVES:
        return "archived"
    return "too large" if share.size and (version.size or 0) > share.size else ""


_TURNS = ("files", "bytes", "old files", "bytes", "files", "old bytes")
"""Where there are no old versions, what follows them takes their turns: as often by files as by bytes."""


def oldVersions(selection: Selection, versions: Iterable[Version], snapshot: Iterable[Version]) -> Iterator[Version]:
    """The versions that stood at some time before the moment, and could be restored with it."""
    moment = selection.moment.timestamp() if selection.moment else math.inf
    leavesOut, standing = selection.leavesOut(), finder(snapshot)
    for version in versions:
        isFile = version.size is not None and not isFolderMarker(version.key, version.size)
        isAttributes = version.key == ATTRIBUTES_KEY and not selection.only
        now = standing(version.key)
        if not isFile or isAttributes or (now is not None and now.versionId == version.versionId):
            continue
        if secondsOf(version.lastModified) > moment or leavesOut(version.key):
            continue
        if not unsafeReason(version.key, selection.aws.locale):
            yield version


class _Item(NamedTuple):
    version: Version
    isOld: bool


class _Pot:
    """Keeps the items with the smallest numbers, so many at most."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._heap: list[tuple[float, bytes, str, _Item]] = []  # the largest number first: all are negative

    def offer(self, number: float, item: _Item) -> None:
        """Keep an item if it is among the first."""
        entry = (-number, item.version.key, item.version.versionId, item)
        if len(self._heap) < self._most:
            heapq.heappush(self._heap, entry)
        elif entry > self._heap[0]:
            heapq.heapreplace(self._heap, entry)

    def items(self) -> list[_Item]:
        """Those that were kept, the first one first."""
        return [entry[-1] for entry in sorted(self._heap, reverse=True)]


def _lots(key: bytes, version: Version) -> tuple[float, float]:
    """Two numbers above 0 and up to 1, each as likely as any other."""
    name = version.key + b"\0" + version.versionId.encode("utf-8", "surrogateescape")
    digest = blake2b(name, key=key, digest_size=16).digest()
    one, other = int.from_bytes(digest[:8], "big"), int.from_bytes(digest[8:], "big")
    return (one + 1) / (1 << 64), (other + 1) / (1 << 64)


def _inTurns(pots: list[list[_Item]], share: Share) -> Iterator[_Item]:
    """Items of one pot after the other, each once, as long as they fit; what does not fit is passed over."""
    waiting = [iter(pot) for pot in pots]
    taken: set[tuple[bytes, str]] = set()
    size, empty, turn = 0, 0, 0
    while empty < len(waiting) and len(taken) < (share.files or MOST_DRAWN):
        for item in waiting[turn]:
            name, needed = (item.version.key, item.version.versionId), item.version.size or 0
            if name not in taken and not (share.size and size + needed > share.size):
                taken.add(name)
                size, empty = size + needed, 0
                yield item
                break
        else:
            empty += 1
        turn = (turn + 1) % len(waiting)


def _inOrder(versions: Iterable[Version]) -> tuple[Version, ...]:
    return tuple(sorted(versions, key=lambda version: (version.key, version.versionId)))


def _noted(versions: Iterable[Version]) -> Noted:
    sizes = [version.size or 0 for version in versions]
    return Noted(len(sizes), sum(sizes))
