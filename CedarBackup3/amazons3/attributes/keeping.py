"""Keeps the records of an object that anybody may have written, within bounds of memory and of temporary space."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable

from CedarBackup3.amazons3.attributes.records import AttributeRecord
from CedarBackup3.amazons3.attributes.storage import AttributesUnreadable
from CedarBackup3.amazons3.spool import Spool
from CedarBackup3.util import displayPath

_MOST = 1000  # records in a batch, and as much as they may come to:
_BATCH = 4 << 20  # bytes of what is of any length: a thousand records of a hostile object would have 500 MiB
_SMALL = 250  # bytes of the rest of a record


def keepWithinBounds(spool: Spool[AttributeRecord], records: Iterable[AttributeRecord]) -> int:
    """Append records to a spool; returns how many there are.

    Raises:
        AttributesUnreadable: they would take more than half of the temporary space that is free
    """
    directory = tempfile.gettempdir()
    room = freeBytes(directory) // 2
    batch: list[AttributeRecord] = []
    weight = whole = count = 0
    for record in records:
        batch.append(record)
        count += 1
        weight += weightOf(record)
        if weight > _BATCH or len(batch) == _MOST:
            whole += weight
            if whole > room:
                raise AttributesUnreadable(
                    f"The attributes are refused: their first {count:,} records take more than half of the free space "
                    f"in {displayPath(directory)}; set TMPDIR to another directory"
                )
            spool.append(batch)
            batch, weight = [], 0
    spool.append(batch)
    return count


def weightOf(record: AttributeRecord) -> int:
    """About how many bytes a record takes."""
    texts = len(record.key) + len(record.path) + len(record.target) + len(record.hardLink or b"")
    return _SMALL + texts + sum(len(name) + len(value) for name, value in record.xattrs)


def freeBytes(directory: str) -> int:
    """How much may still be written in a directory; raises `OSError`."""
    room = os.statvfs(directory)
    return room.f_bavail * room.f_frsize
