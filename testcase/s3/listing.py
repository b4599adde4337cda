"""One page of a bucket's objects, or of their versions, in S3's order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from testcase.s3.bucket import Bucket, StoredObject
from testcase.s3.keys import SortedKeys, afterKey, afterPrefix

Order = Callable[[bytes], Any]


@dataclass(frozen=True, slots=True)
class Page:
    """What a page holds. `isTruncated` says that more follows it.

    `last` is the last entry: an object, or the common prefix that stands for its keys.
    """

    objects: tuple[StoredObject, ...]
    commonPrefixes: tuple[bytes, ...]
    isTruncated: bool
    last: StoredObject | bytes | None

    @property
    def lastKey(self) -> bytes:
        return self.last.key if isinstance(self.last, StoredObject) else self.last or b""

    @property
    def next(self) -> bytes:
        """The least string that is greater than all keys of this page."""
        isObject = isinstance(self.last, StoredObject)
        return afterKey(self.lastKey) if isObject else afterPrefix(self.lastKey)


def currentPage(
    bucket: Bucket, prefix: bytes, delimiter: bytes, start: bytes, limit: int, order: Order | None = None
) -> Page:
    """The current objects with keys from `start` on, at most `limit` of them."""
    entries = _objectEntries(bucket, prefix, delimiter, start, order)
    return _page(entries, limit)


def versionPage(
    bucket: Bucket,
    prefix: bytes,
    delimiter: bytes,
    keyMarker: bytes,
    versionIdMarker: str | None,
    limit: int,
    order: Order | None = None,
) -> Page:
    """Versions and delete markers after the marker, newest first within a key.

    Without a version id the whole key of the marker is past. A version id that the key no longer
    has starts that key again, so that nothing is missed.
    """
    entries = _versionEntries(bucket, prefix, delimiter, keyMarker, versionIdMarker, order)
    return _page(entries, limit)


def afterMarker(marker: bytes, delimiter: bytes) -> bytes:
    """Where to go on after a marker that is a key, or a common prefix that a page ended with."""
    if not marker:
        return b""
    isCommonPrefix = delimiter and marker.endswith(delimiter)
    return afterPrefix(marker) if isCommonPrefix else afterKey(marker)


def _page(entries: Iterator[StoredObject | bytes], limit: int) -> Page:
    objects: list[StoredObject] = []
    prefixes: list[bytes] = []
    last: StoredObject | bytes | None = None
    for entry in entries:
        if len(objects) + len(prefixes) >= limit:
            # S3 says of a page of nothing that it is complete.
            return Page(tuple(objects), tuple(prefixes), limit > 0, last)
        last = entry
        if isinstance(entry, StoredObject):
            objects.append(entry)
        else:
            prefixes.append(entry)
    return Page(tuple(objects), tuple(prefixes), False, last)


def _objectEntries(
    bucket: Bucket, prefix: bytes, delimiter: bytes, start: bytes, order: Order | None
) -> Iterator[StoredObject | bytes]:
    for key, isCommonPrefix in _groups(bucket.currentKeys, prefix, delimiter, start, order):
        yield key if isCommonPrefix else bucket.history[key][-1]


def _versionEntries(
    bucket: Bucket,
    prefix: bytes,
    delimiter: bytes,
    keyMarker: bytes,
    versionIdMarker: str | None,
    order: Order | None,
) -> Iterator[StoredObject | bytes]:
    start = keyMarker if versionIdMarker else afterMarker(keyMarker, delimiter)
    for key, isCommonPrefix in _groups(bucket.allKeys, prefix, delimiter, start, order):
        if isCommonPrefix:
            yield key
            continue
        newestFirst = bucket.history[key][::-1]
        if versionIdMarker and key == keyMarker:
            ids = [version.versionId for version in newestFirst]
            past = ids.index(versionIdMarker) + 1 if versionIdMarker in ids else 0
            newestFirst = newestFirst[past:]
        yield from newestFirst


def _groups(
    index: SortedKeys, prefix: bytes, delimiter: bytes, start: bytes, order: Order | None
) -> Iterator[tuple[bytes, bool]]:
    """The keys with this prefix from `start` on; those with one common prefix are one."""
    if order:
        for key in sorted(index.inOrder(), key=order):
            if key.startswith(prefix) and (not start or order(key) >= order(start)):
                yield key, False
        return
    keys = index.inOrder()
    position = index.positionOf(max(prefix, start))
    while position < len(keys) and keys[position].startswith(prefix):
        key = keys[position]
        cut = key.find(delimiter, len(prefix)) if delimiter else -1
        if cut < 0:
            yield key, False
            position += 1
        else:
            common = key[: cut + len(delimiter)]
            yield common, True
            position = index.positionOf(afterPrefix(common))
