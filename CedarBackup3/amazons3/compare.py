"""The merge join of two streams in key order, and the differences between the two sides of a pair."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol, TypeVar

from CedarBackup3.amazons3.aws.times import nanosecondsOf
from CedarBackup3.amazons3.model import ATTRIBUTES_KEY, Difference, Kind, ObjectEntry, SourceEntry

Pair = tuple[SourceEntry | None, ObjectEntry | None]


class Keyed(Protocol):
    """What has a key below the target's prefix: a file, an object, a version of one, a step."""

    @property
    def key(self) -> bytes:
        """In UTF-8."""


Entry = TypeVar("Entry", bound=Keyed)
Found = TypeVar("Found", bound=Keyed)


def mergeJoin(entries: Iterable[Entry], objects: Iterable[Found]) -> Iterator[tuple[Entry | None, Found | None]]:
    """Every key of either stream once, in key order, with what each of them has for it."""
    remaining, listed = iter(entries), iter(objects)
    entry, found = next(remaining, None), next(listed, None)
    while entry is not None and found is not None:
        if entry.key == found.key:
            yield entry, found
            entry, found = next(remaining, None), next(listed, None)
        elif entry.key < found.key:
            yield entry, None
            entry = next(remaining, None)
        else:
            yield None, found
            found = next(listed, None)
    while entry is not None:
        yield entry, None
        entry = next(remaining, None)
    while found is not None:
        yield None, found
        found = next(listed, None)


def finder(rows: Iterable[Found]) -> Callable[[bytes], Found | None]:
    """Finds rows by their key, where both the rows and the keys asked for come in key order."""
    remaining = iter(rows)
    ahead = next(remaining, None)

    def found(key: bytes) -> Found | None:
        nonlocal ahead
        while ahead is not None and ahead.key < key:
            ahead = next(remaining, None)
        return ahead if ahead is not None and ahead.key == key else None

    return found


def knowablePairs(pairs: Iterable[Pair], onHidden: Callable[[bytes], object] = lambda prefix: None) -> Iterator[Pair]:
    """The pairs without the objects below what cannot be read: whether they have files is unknown.

    Nor is the object among them that holds the attributes of the source, unless the source has a file of its name.

    A link that cannot be followed may lead to a directory as well, so objects below it are left out, too. One that
    leads nowhere is only worth a word where there are objects that it can have led to: else it is left out itself.

    Args:
        pairs: the join
        onHidden: called, for each object that is left out so, with what its key and all below the same begin with
    """
    unreadable: tuple[bytes, ...] = ()
    untold: dict[bytes, SourceEntry] = {}  # links that lead nowhere, by what the keys below them begin with
    for entry, found in pairs:
        if entry is not None and entry.size is None and entry.mayHide:
            # Other keys can sort between a name and what is below it: "a", "a!", "a/b".
            below = entry.key.rstrip(b"/") + b"/"
            ahead = (prefix for prefix in unreadable if prefix > entry.key or entry.key.startswith(prefix))
            unreadable = (*ahead, below)
            untold = {prefix: link for prefix, link in untold.items() if prefix in unreadable}
            if entry.leadsNowhere and found is None:
                untold[below] = entry
                continue
        elif entry is None and found is not None and found.key == ATTRIBUTES_KEY:
            continue
        elif entry is None and found is not None and unreadable and found.key.startswith(unreadable):
            onHidden(next(filter(found.key.startswith, unreadable)))
            for prefix in [prefix for prefix in untold if found.key.startswith(prefix)]:
                yield untold.pop(prefix), None
            continue
        yield entry, found


def isNewer(entry: SourceEntry, found: ObjectEntry) -> bool:
    """Whether a file was modified after its object was stored, as aws sees it: to the microsecond, rounded."""
    return entry.mtimeNs > nanosecondsOf(found.lastModified) + 500


def isProvenByTime(entry: SourceEntry, found: ObjectEntry) -> bool:
    """Whether the time of a file proves that it has not changed since its object, which has its size, was stored.

    Where times have whole seconds (ext3, some NFS), or even ones (FAT), a file may have been changed in the very second
    in which it was stored, or later in it.
    """
    if entry.mtimeNs % _SECOND:
        return True
    since = nanosecondsOf(found.lastModified) - entry.mtimeNs
    return not 0 <= since < (_SECOND if entry.mtimeNs % (2 * _SECOND) else 2 * _SECOND)


_SECOND = 1_000_000_000


def difference(entry: SourceEntry | None, found: ObjectEntry | None) -> Difference | None:
    """What is wrong with one pair of the join, going by names and sizes; None if nothing is."""
    if entry is None:
        return Difference(Kind.EXTRA, found.key, None, found.size) if found else None
    remoteSize = found.size if found else None
    if entry.leftAlone:
        return None
    if entry.size is None:
        return Difference(Kind.UNREADABLE, entry.path, None, remoteSize, entry.leadsNowhere)
    if entry.size == remoteSize:
        return None
    return Difference(Kind.MISSING if found is None else Kind.SIZE, entry.path, entry.size, remoteSize)
