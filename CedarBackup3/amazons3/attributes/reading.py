"""Records what S3 cannot store of all that a walk looks at: what the walk has read already, and extended attributes.

Nothing is opened for that but what links lead to that the walk has followed, and that by no more than its place.
"""

from __future__ import annotations

import contextlib
import errno
import grp
import os
import pwd
import stat
from bisect import bisect_right
from collections.abc import Callable
from functools import cache
from operator import itemgetter

from CedarBackup3.amazons3.attributes.records import MOST_XATTR_BYTES, AttributeRecord
from CedarBackup3.amazons3.local.links import FollowLinks
from CedarBackup3.amazons3.local.looked import Looked, Take
from CedarBackup3.amazons3.local.opentree import NotFollowed, followLink
from CedarBackup3.amazons3.model import SourceEntry
from CedarBackup3.amazons3.spool import Spool

OnOmitted = Callable[[bytes, str], object]
"""Called with a path below the source, and what of it is not recorded, and why."""

Xattrs = tuple[tuple[bytes, bytes], ...]

_BATCH = 1000  # records
_SLASH = ord("/")
_MOST_HIDDEN = 1000
_PATH, _CTIME, _HARD_LINK = map(AttributeRecord._fields.index, ("path", "ctimeNs", "hardLink"))
_NO_XATTRS = {errno.ENOTSUP, errno.ENOSYS}
_GONE = {errno.ENOENT, errno.ENOTDIR, errno.ENODATA, errno.ELOOP}


class _Level:
    """The records of what is in one directory, of which those go first that the walk has passed."""

    def __init__(self, key: bytes) -> None:
        self.key = key
        self.rows: list[tuple[bytes, AttributeRecord]] = []
        self._records: list[AttributeRecord] = []
        self._keys: list[bytes] | None = None
        self._done = 0

    def until(self, key: bytes | None) -> tuple[list[AttributeRecord], list[bytes]]:
        """The next ones up to that of a key, or all, and the keys of directories that the walk has passed by."""
        if self._keys is None:
            self.rows.sort(key=_byKey)
            self._keys = [each for each, _ in self.rows]
            self._records = [record for _, record in self.rows]
            self.rows.clear()
        start, self._done = self._done, len(self._keys) if key is None else bisect_right(self._keys, key)
        passed = self._keys[start : self._done]
        return self._records[start : self._done], [each for each in passed if each[-1] == _SLASH and each != key]


_byKey = itemgetter(0)


class AttributeReader:
    """Takes what a walk looks at, one directory after the other, and keeps the records in the order of the walk.

    Memory is bounded by what is in one directory for each level, and by the files with several names.
    """

    def __init__(self, follow: FollowLinks, spool: Spool[AttributeRecord], onOmitted: OnOmitted) -> None:
        """Records go to a spool; a walk that begins empties it."""
        self.newestNs = 0
        """The newest change that is recorded; 0: none after 1970."""
        self.hidden: list[bytes] = []
        """The keys of directories that the walk could not enter, with a slash at their ends."""
        self._follow: FollowLinks = follow
        self._spool = spool
        self._onOmitted = onOmitted
        self._batch: list[AttributeRecord] = []
        self._levels: list[_Level] = []
        self._names: dict[bytes, bytes] = {}
        self._bare: set[int] = set()

    def look(self, looked: Looked) -> Take:
        """What takes all that is in a directory."""
        if not looked.path:
            self._begin(looked)
        self._goTo(looked.key)
        self._levels.append(_Level(looked.key))
        return self._taker(looked, self._levels[-1].rows.append)

    def finish(self) -> Spool[AttributeRecord]:
        """All records of the last walk, which is over."""
        self._goTo(None)
        self._write()
        return self._spool

    def _begin(self, looked: Looked) -> None:
        """A walk begins: what another has recorded is forgotten."""
        self._spool.clear()
        self._batch.clear()
        self._levels.clear()
        self._names.clear()
        self.hidden.clear()
        self.newestNs = 0
        status = os.fstat(looked.level.descriptor)
        xattrs = self._xattrs(b"/proc/self/fd/%d" % looked.level.descriptor, b"", status.st_dev, follow=True)
        self._batch.append(self._record(b"", b"", status)._replace(xattrs=xattrs))

    def _goTo(self, key: bytes | None) -> None:
        """Pass on what comes before a directory that the walk enters, and that directory's own record; None: all."""
        while self._levels:
            level = self._levels[-1]
            isInside = key is not None and key.startswith(level.key)
            records, hidden = level.until(key if isInside else None)
            self._batch += records
            self.hidden += hidden[: _MOST_HIDDEN - len(self.hidden)]
            if isInside:
                break
            self._levels.pop()
        if len(self._batch) >= _BATCH:
            self._write()

    def _write(self) -> None:
        for start in range(0, len(self._batch), _BATCH):
            columns = list(zip(*self._batch[start : start + _BATCH], strict=True))
            self.newestNs = max(self.newestNs, *columns[_CTIME])
            if any(columns[_HARD_LINK]):
                columns[_HARD_LINK] = tuple(map(self._firstName, columns[_HARD_LINK], columns[_PATH]))
            self._spool.appendColumns(columns)
        self._batch.clear()

    def _taker(self, looked: Looked, keep: Callable[[tuple[bytes, AttributeRecord]], object]) -> Take:
        """Takes what is in a directory, and keeps its records by their keys.

        This is where the time goes, so for a plain file it takes what is known.
        """
        place, start = b"/proc/self/fd/%d/" % looked.level.descriptor, len(looked.path)
        new, bare, readXattrs = tuple.__new__, self._bare, self._xattrs

        def take(entry: SourceEntry, status: os.stat_result | None) -> None:
            key, size, mtimeNs, path, ctimeNs, _ = entry
            if size is not None and status is not None:
                device, owner, group = status.st_dev, status.st_uid, status.st_gid
                hardLink = _inodeOf(status) if status.st_nlink > 1 else None
                xattrs = () if device in bare else readXattrs(place + path[start:], path, device)
                facts = (key, path, status.st_mode, owner, group, *namesOf(owner, group), mtimeNs, ctimeNs, size)
                keep((key, new(AttributeRecord, (*facts, b"", False, hardLink, xattrs, ""))))
            elif record := self._otherRecord(looked, entry, status):
                keep((key, record))

        return take

    def _otherRecord(self, looked: Looked, entry: SourceEntry, status: os.stat_result | None) -> AttributeRecord | None:
        """The record of a directory, a link, something special or something unreadable; None: it is gone by now."""
        path = entry.path.rstrip(b"/")
        key = entry.key.rstrip(b"/")
        name = path[len(looked.path) :]
        place = b"/proc/self/fd/%d/" % looked.level.descriptor + name
        try:
            status = status or os.stat(name, dir_fd=looked.level.descriptor, follow_symlinks=False)
            if stat.S_ISLNK(status.st_mode):
                record = self._linkRecord(looked, entry, name, status)
            else:
                record = self._record(key, path, status)
                if status.st_nlink > 1 and stat.S_ISREG(status.st_mode):
                    record = record._replace(hardLink=_inodeOf(status))
                record = record._replace(xattrs=self._xattrs(place, path, status.st_dev))
        except OSError:
            return None
        return record if record.orderKey == entry.key else None  # else it is of another type by now

    def _linkRecord(self, looked: Looked, entry: SourceEntry, name: bytes, status: os.stat_result) -> AttributeRecord:
        path, key = entry.path.rstrip(b"/"), entry.key.rstrip(b"/")
        text = os.readlink(name, dir_fd=looked.level.descriptor)
        if entry.size is not None or entry.key.endswith(b"/"):
            with contextlib.suppress(OSError, NotFollowed):
                target = followLink(looked.level, name, self._follow)
                try:
                    led = os.fstat(target.descriptor)
                    if stat.S_ISDIR(led.st_mode) or stat.S_ISREG(led.st_mode):
                        xattrs = self._xattrs(b"/proc/self/fd/%d" % target.descriptor, path, led.st_dev, follow=True)
                        return self._record(key, path, led)._replace(target=text, isStored=True, xattrs=xattrs)
                finally:
                    os.close(target.descriptor)
        return self._record(key, path, status)._replace(target=text)

    def _record(self, key: bytes, path: bytes, status: os.stat_result) -> AttributeRecord:
        """What the status tells."""
        owner, group = status.st_uid, status.st_gid
        return AttributeRecord(
            key,
            path,
            status.st_mode,
            owner,
            group,
            *namesOf(owner, group),
            status.st_mtime_ns,
            status.st_ctime_ns,
            status.st_size if stat.S_ISREG(status.st_mode) else None,
        )

    def _firstName(self, inode: bytes | None, path: bytes) -> bytes | None:
        """The path of the first record of the same file, if this is another; records come in their order."""
        first = self._names.setdefault(inode, path) if inode else path
        return None if first is path else first

    def _xattrs(self, place: bytes, path: bytes, device: int, *, follow: bool = False) -> Xattrs:
        """The extended attributes of what is at a place, by name; none where the file system has none."""
        try:
            names = os.listxattr(place, follow_symlinks=follow)
        except OSError as error:
            if error.errno in _NO_XATTRS:
                self._bare.add(device)
            elif error.errno not in _GONE:
                self._onOmitted(path, f"its extended attributes: {error.strerror}")
            return ()
        return self._values(place, path, names, follow=follow) if names else ()

    def _values(self, place: bytes, path: bytes, names: list[str], *, follow: bool) -> Xattrs:
        found: list[tuple[bytes, bytes]] = []
        for name in names:
            try:
                found.append((os.fsencode(name), os.getxattr(place, name, follow_symlinks=follow)))
            except OSError as error:
                if error.errno not in _GONE:
                    self._onOmitted(path, f"its extended attribute {name!a}: {error.strerror}")
        if sum(len(name) + len(value) for name, value in found) > MOST_XATTR_BYTES:
            self._onOmitted(path, f"its extended attributes: they have more than {MOST_XATTR_BYTES:,} bytes")
            return ()
        return tuple(sorted(found))


def _inodeOf(status: os.stat_result) -> bytes:
    """What stands for a file with several names until its record's turn comes, and its first name is known."""
    return b"%d %d" % (status.st_dev, status.st_ino)


@cache
def namesOf(uid: int, gid: int) -> tuple[str, str]:
    """The names of a user and a group; empty: there is none, or one that is no text."""
    user = group = ""
    with contextlib.suppress(KeyError, OverflowError):
        user = _text(pwd.getpwuid(uid).pw_name)
    with contextlib.suppress(KeyError, OverflowError):
        group = _text(grp.getgrgid(gid).gr_name)
    return user, group


def _text(name: str) -> str:
    try:
        name.encode()
    except UnicodeEncodeError:
        return ""
    return name
