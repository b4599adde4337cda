"""Compares what is recorded of a directory with what is there."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from CedarBackup3.amazons3.attributes.records import AttributeRecord, timeOfFile
from CedarBackup3.amazons3.attributes.storage import AttributesUnreadable
from CedarBackup3.amazons3.compare import mergeJoin
from CedarBackup3.util import displayPath


class Placed(NamedTuple):
    """A record, and its key in the order of records."""

    key: bytes
    record: AttributeRecord


def attributeDifferences(
    here: Iterable[AttributeRecord], recorded: Iterable[AttributeRecord], hidden: Sequence[bytes] = ()
) -> Iterator[tuple[bytes, str]]:
    """Each path of which something else is recorded than is there, and what that is, in words that continue the path.

    The time of the last change is not compared: it tells that something has changed, not what is there.

    Args:
        here: what is there, in byte order of `orderKey`
        recorded: what is recorded, the same
        hidden: what the keys begin with of which it cannot be known what is there

    Raises:
        AttributesUnreadable: what is recorded is in another order
    """
    unknown = tuple(hidden)
    for there, stored in mergeJoin(placed(here), placed(inOrder(recorded))):
        if there and stored:
            if changed := changedFields(there.record, stored.record):
                yield there.record.path, f"has {', '.join(changed)}"
        elif there:
            yield there.record.path, "is not recorded"
        elif stored and not (unknown and stored.key.startswith(unknown)):
            yield stored.record.path, "is not there, but recorded"


def placed(records: Iterable[AttributeRecord]) -> Iterator[Placed]:
    """The records with their keys in the order, as a merge join takes them."""
    return (Placed(record.orderKey, record) for record in records)


def inOrder(records: Iterable[AttributeRecord]) -> Iterator[AttributeRecord]:
    """The same records; raises `AttributesUnreadable` at one that is not behind the one before."""
    last: bytes | None = None
    for record in records:
        key = record.orderKey
        if last is not None and key <= last:
            raise AttributesUnreadable("The attributes are damaged: their records are not in order")
        last = key
        yield record


def changedFields(here: AttributeRecord, recorded: AttributeRecord) -> list[str]:
    """What differs between two records of a path, each with what is there and what is recorded."""
    shown = [(now, then) for now, then in zip(_shown(here), _shown(recorded), strict=True) if now != then]
    return [f"{name} {_cut(now)} (recorded: {_cut(then)})" for (name, now), (_, then) in shown]


def _cut(text: str) -> str:
    """A text that fits in a line: the records are not ours, and a hostile one is a megabyte long."""
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}... ({len(text):,} characters)"


def _shown(record: AttributeRecord) -> Iterator[tuple[str, str]]:
    yield "type", record.type + (", followed" if record.isStored else "")
    yield "mode", f"{record.permissions:04o}"
    yield "owner", _named(record.uid, record.user)
    yield "group", _named(record.gid, record.group)
    yield "time", timeOfFile(record.mtimeNs)
    yield "size", "none" if record.size is None else f"{record.size:,}"
    yield "target", displayPath(record.target) if record.target else "none"
    yield "first name", "none" if record.hardLink is None else displayPath(record.hardLink)
    yield "extended attributes", _xattrsText(record)


def _named(number: int, name: str) -> str:
    return f"{displayPath(name)} ({number})" if name else str(number)


def _xattrsText(record: AttributeRecord) -> str:
    """Names and values, these shortened where they are long, but never so that other values look alike."""
    return ", ".join(f"{displayPath(name)}={_value(value)}" for name, value in record.xattrs) or "none"


def _value(value: bytes) -> str:
    if len(value) <= _SHOWN:
        return displayPath(value)
    return f"{displayPath(value[:_SHOWN])}... ({len(value):,} bytes, CRC {zlib.crc32(value):08x})"


_SHOWN = 40
_LONGEST = 4096  # characters
