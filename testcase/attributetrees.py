"""Trees of every type, mode and time, what `find` prints of them, and their records, read as simply as can be."""

from __future__ import annotations

import grp
import hashlib
import io
import os
import pwd
import stat
import subprocess
from collections.abc import Iterable
from pathlib import Path

from CedarBackup3.amazons3.attributes.records import AttributeRecord
from CedarBackup3.amazons3.attributes.storage import Header, writeAttributes
from testcase.trees import plantTree

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


def printed(root: Path, words: str = r"%P %y %m %U %G %T@ %n %l\n") -> list[str]:
    """What `find` says of a tree, without what no restore makes."""
    command = ["find", str(root), "!", "-type", "p", "!", "-type", "s", "-printf", words]
    lines = subprocess.run(command, capture_output=True, check=True).stdout.decode(errors="replace")
    return sorted(lines.splitlines())


def everyKind(source: Path) -> tuple[Path, dict[bytes, bytes]]:
    """A source with every type of path, and modes and times that a restore has to give; with the files in it."""
    files = {b"a": b"1", b"d/e/x": b"22", b"d/run": b"3", b"d/y": b"same", b"late/z": b"same", b"ro/f": b"4"}
    plantTree(source, files)
    (source / "late/z").unlink()
    os.link(source / "d/y", source / "late/z")
    (source / "empty/deeper").mkdir(parents=True)
    for name, leads in (("l", "/etc/passwd"), ("d/up", "../.."), ("dangling", "nowhere"), ("d/\u00e9", "a b")):
        (source / name).symlink_to(leads)
    os.mkfifo(source / "pipe")
    modes = {"a": 0o640, "d/run": 0o755, "ro/f": 0o444, "empty": 0o750, "empty/deeper": 0o711, "ro": 0o555, "": 0o751}
    for name, mode in modes.items():
        (source / name).chmod(mode)
    if os.geteuid() == 0:
        os.chown(source / "d/e/x", 33, 33)
        os.chown(source / "d/e", 33, 33)
        os.chown(source / "l", 33, 33, follow_symlinks=False)
        for name, mode in (("d/run", 0o4755), ("d/e/x", 0o2751), ("empty", 0o1777), ("d/e", 0o2750)):
            (source / name).chmod(mode)
    for number, path in enumerate(sorted(source.rglob("*"), reverse=True)):
        os.utime(path, ns=(1, 1_500_000_000_123_456_789 + number), follow_symlinks=False)
    os.utime(source, ns=(1, 1_400_000_000_000_000_001))
    return source, files
