"""What the tests of stored attributes share: the records of a tree, read as simply as can be, and an object of them."""

from __future__ import annotations

import grp
import hashlib
import io
import os
import pwd
import stat
from collections.abc import Iterable
from pathlib import Path

from CedarBackup3.amazons3.attributes.records import AttributeRecord
from CedarBackup3.amazons3.attributes.storage import Header, writeAttributes

HEADER = Header("a test", "/source", "here", 0)


def recordsOf(root: Path) -> list[AttributeRecord]:
    """The records of all that is below a directory, none of whose links is followed."""
    top = os.fsencode(root)
    paths = [b""]
    for parent, directories, files in os.walk(top):
        paths += [os.path.relpath(os.path.join(parent, name), top) for name in [*directories, *files]]
    seen: dict[int, bytes] = {}
    records = [_record(top, path) for path in paths]
    ordered = sorted(records, key=lambda record: record.orderKey)
    return [_linked(top, record, seen) for record in ordered]


def _record(top: bytes, path: bytes) -> AttributeRecord:
    whole = os.path.join(top, path) if path else top
    status = os.lstat(whole)
    isFile, isLink = stat.S_ISREG(status.st_mode), stat.S_ISLNK(status.st_mode)
    names = os.listxattr(whole, follow_symlinks=False)
    return AttributeRecord(
        key=path,
        path=path,
        mode=status.st_mode,
        uid=status.st_uid,
        gid=status.st_gid,
        user=pwd.getpwuid(status.st_uid).pw_name,
        group=grp.getgrgid(status.st_gid).gr_name,
        mtimeNs=status.st_mtime_ns,
        ctimeNs=status.st_ctime_ns,
        size=status.st_size if isFile else None,
        target=os.readlink(whole) if isLink else b"",
        xattrs=tuple(sorted((os.fsencode(name), os.getxattr(whole, name, follow_symlinks=False)) for name in names)),
        md5=hashlib.md5(Path(os.fsdecode(whole)).read_bytes()).hexdigest() if isFile else "",
    )


def _linked(top: bytes, record: AttributeRecord, seen: dict[int, bytes]) -> AttributeRecord:
    status = os.lstat(os.path.join(top, record.path)) if record.path else os.lstat(top)
    if not stat.S_ISREG(status.st_mode) or status.st_nlink == 1:
        return record
    first = seen.setdefault(status.st_ino, record.path)
    return record._replace(hardLink=None if first == record.path else first)


def packed(records: Iterable[AttributeRecord]) -> bytes:
    """An attributes object."""
    file = io.BytesIO()
    writeAttributes(file, HEADER, records)
    return file.getvalue()
