"""What new records keep of those that were stored earlier, and of digests that are known by now.

A run that knows fewer digests than the last one, or cannot read a directory, makes the same records all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Protocol

from CedarBackup3.amazons3.attributes.compare import placed
from CedarBackup3.amazons3.attributes.records import AttributeRecord
from CedarBackup3.amazons3.compare import mergeJoin


class KnownDigest(Protocol):
    """The MD5 of a file, and the state in which the file had it."""

    @property
    def size(self) -> int:
        """In bytes."""

    @property
    def mtimeNs(self) -> int:
        """When it was modified."""

    @property
    def ctimeNs(self) -> int:
        """When it was changed."""

    @property
    def digest(self) -> bytes:
        """Of the whole."""


def wantedEarlier(earlier: Iterable[AttributeRecord], hidden: Sequence[bytes]) -> Iterator[AttributeRecord]:
    """What new records can need of the stored ones: digests, and all of what nobody can see now."""
    prefixes = tuple(hidden)
    for record in earlier:
        if _isHidden(record.orderKey, prefixes):
            yield record
        elif record.md5:
            yield record._replace(xattrs=())


def withEarlier(
    records: Iterable[AttributeRecord],
    earlier: Iterable[AttributeRecord],
    hidden: Sequence[bytes],
    known: Callable[[bytes], KnownDigest | None] = lambda path: None,
) -> Iterator[AttributeRecord]:
    """New records with their digests, and the earlier ones of what is hidden; the order is that of `orderKey`.

    Args:
        records: what is there now, in order
        earlier: what was recorded, in order
        hidden: the keys of directories that cannot be read, with a slash at their ends
        known: finds digests by paths, which come in the order of the records of files
    """
    prefixes = tuple(hidden)
    for now, past in mergeJoin(placed(records), placed(earlier)):
        if now is None:
            if past and _isHidden(past.key, prefixes):
                yield past.record
            continue
        record = now.record
        if record.size is None or record.target:
            yield record
            continue
        found = known(record.path)
        if found and (found.size, found.mtimeNs, found.ctimeNs) == (record.size, record.mtimeNs, record.ctimeNs):
            yield record._replace(md5=found.digest.hex())
        elif past and past.record.md5 and _state(past.record) == _state(record):
            yield record._replace(md5=past.record.md5)
        else:
            yield record


def _isHidden(key: bytes, prefixes: tuple[bytes, ...]) -> bool:
    return key.startswith(prefixes) and key not in prefixes


def _state(record: AttributeRecord) -> tuple[int | None, int, int]:
    return record.size, record.mtimeNs, record.ctimeNs
