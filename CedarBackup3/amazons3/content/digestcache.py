"""The digest cache: digests of files that an earlier run has read, kept in an SQLite database.

What is kept can only confirm: a digest counts for a file in the very state it had when it was read, and where it does
not agree with the object, the file is read again. So nothing that is wrong with the cache makes a file look damaged.
"""

from __future__ import annotations

import contextlib
import logging
import os
import sqlite3
import stat
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from CedarBackup3.amazons3.content.digests import FileState
from CedarBackup3.errors import CedarBackupError
from CedarBackup3.places import Place, placeOfFile
from CedarBackup3.util import displayPath

log = logging.getLogger("CedarBackup3.log")

_APPLICATION = 0x63626473  # PRAGMA application_id, by which a cache is known from other databases
_LAYOUT = 1  # PRAGMA user_version
_BATCH = 2000  # rows written at a time
BUSY_SECONDS = 30.0
"""How long a database in use is waited for: another run writes for a moment only."""
QUIET_NS = 2_000_000_000
"""A file changed less long ago may change again within one tick of its file system's clock."""

_BESIDE = (b"", b"-journal", b"-wal", b"-shm")
"""What names of files SQLite adds to that of a database (sqlite.org/tempfiles.html)."""
_TABLE = """
    CREATE TABLE digest (
        path BLOB, part INTEGER, device INTEGER, inode INTEGER, size INTEGER, mtime INTEGER, ctime INTEGER, digest BLOB,
        PRIMARY KEY (path, part)
    ) WITHOUT ROWID
"""

Result = TypeVar("Result")


class WholeDigest(NamedTuple):
    """The digest of a file in one state of it."""

    key: bytes
    """The path below the directory that was asked for."""
    size: int
    mtimeNs: int
    ctimeNs: int
    digest: bytes


class DigestCache:
    """Digests by path, state of the file and part size (0: of the whole). For several threads, and several runs."""

    def __init__(self, file: str, connection: sqlite3.Connection, quietNs: int = QUIET_NS) -> None:
        self._file, self._quietNs = file, quietNs
        self._connection: sqlite3.Connection | None = connection
        self._lock = threading.Lock()
        self._unwritten: list[tuple[bytes, int, int, int, int, int, int, bytes]] = []

    def digests(self, path: bytes, state: FileState) -> Mapping[int, bytes]:
        """What is known of a file in that state: digests by part size."""
        query = (
            "SELECT part, digest FROM digest WHERE path = ? AND (device, inode, size, mtime, ctime) = (?, ?, ?, ?, ?)"
        )
        with self._lock:
            return self._tried(lambda known: dict(known.execute(query, (path, *_signed(state))).fetchall()), {})

    def keep(self, path: bytes, state: FileState, digests: Mapping[int, bytes]) -> None:
        """Keep digests of a file that was just read in that state; nothing is kept if it was changed just before."""
        if max(state.ctimeNs, state.mtimeNs) > time.time_ns() - self._quietNs:
            return
        with self._lock:
            self._unwritten += [(path, part, *_signed(state), digest) for part, digest in digests.items()]
            if len(self._unwritten) >= _BATCH:
                self._write()

    def wholeDigests(self, directory: bytes) -> Iterator[WholeDigest]:
        """What is known of whole files below a directory, in the order of their paths, whatever they hold now."""
        start = directory.rstrip(b"/") + b"/"
        last, end = start, directory.rstrip(b"/") + b"0"
        query = (
            "SELECT path, size, mtime, ctime, digest FROM digest "
            "WHERE part = 0 AND path > ? AND path < ? ORDER BY path LIMIT ?"
        )
        with self._lock:
            self._write()
        while found := self._wholeBetween(query, last, end):
            yield from (WholeDigest(each.key[len(start) :], *each[1:]) for each in found)
            last = found[-1].key

    def _wholeBetween(self, query: str, last: bytes, end: bytes) -> list[WholeDigest]:
        nothing: list[WholeDigest] = []
        with self._lock:
            return self._tried(
                lambda known: list(map(WholeDigest._make, known.execute(query, (last, end, _BATCH)))), nothing
            )

    def forgetGone(self, directory: bytes) -> None:
        """Forget the files below a directory that are there no more."""
        last, end = directory.rstrip(b"/") + b"/", directory.rstrip(b"/") + b"0"  # which is what comes behind a slash
        with self._lock:
            while paths := self._pathsBetween(last, end):
                last = paths[-1]
                gone = [(path,) for path in paths if not os.path.lexists(path)]
                self._changed("DELETE FROM digest WHERE path = ?", gone)

    def close(self) -> None:
        """Write what is not written yet."""
        with self._lock:
            self._write()
            if self._connection:
                self._connection.close()
                self._connection = None

    def _pathsBetween(self, last: bytes, end: bytes) -> list[bytes]:
        query = "SELECT DISTINCT path FROM digest WHERE path > ? AND path < ? ORDER BY path LIMIT ?"
        nothing: list[bytes] = []
        return self._tried(lambda known: [path for (path,) in known.execute(query, (last, end, _BATCH))], nothing)

    def _write(self) -> None:
        rows, self._unwritten = self._unwritten, []
        self._changed("INSERT OR REPLACE INTO digest VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)

    def _changed(self, statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
        """Do one thing with many rows, all or none: what a crash interrupts is undone by SQLite."""

        def change(known: sqlite3.Connection) -> None:
            with known:
                known.executemany(statement, rows)

        if rows:
            self._tried(change, None)

    def _tried(self, action: Callable[[sqlite3.Connection], Result], otherwise: Result) -> Result:
        """Do something with the database; the first time that it fails, log it and continue without it."""
        if self._connection is None:
            return otherwise
        try:
            return action(self._connection)
        except sqlite3.Error as error:
            log.warning("%s; continuing without it, so files are read again", _complaint(self._file, error))
            with contextlib.suppress(sqlite3.Error):
                self._connection.close()
            self._connection = None
            return otherwise


def _signed(state: FileState) -> FileState:
    """The same in 64 bits with a sign, as SQLite has them; some file systems number their files beyond that."""
    return FileState(*((value + (1 << 63)) % (1 << 64) - (1 << 63) for value in state))


@contextlib.contextmanager
def openDigestCache(file: str, *, quietNs: int = QUIET_NS, busySeconds: float = BUSY_SECONDS) -> Iterator[DigestCache]:
    """The cache in a file, which is made if it is not there, for its owner only.

    Args:
        file: its path
        quietNs: digests of files that changed less long ago are not kept
        busySeconds: how long to wait for another program that uses the file

    Raises:
        CedarBackupError: the file is no such cache, or cannot be used
    """
    with contextlib.closing(DigestCache(file, _opened(file, busySeconds), quietNs)) as cache:
        yield cache


def _opened(file: str, busySeconds: float) -> sqlite3.Connection:
    shown = displayPath(file)
    try:
        with placeOfFile(os.fsencode(file)) as (place, name):
            _requireOwn(place, name, shown)
            path = os.path.join(place.path, name)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise CedarBackupError(
            f"The digest cache {shown} cannot be opened: {reason}; name another file with --digestCache; nothing "
            "was changed"
        ) from None
    try:
        return _checked(sqlite3.connect(path, timeout=busySeconds, check_same_thread=False), shown)
    except sqlite3.Error as error:
        isInUse = getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY
        advice = "another program is using it: wait for it to finish" if isInUse else "remove it"
        raise CedarBackupError(
            f"{_complaint(file, error)}; {advice}, or name another file with --digestCache; nothing was changed"
        ) from None


def _requireOwn(place: Place, name: bytes, shown: str) -> None:
    """Make the file if need be; it, and what SQLite keeps beside it, must have come from nobody but this user or root.

    SQLite plays back a journal that it finds, whoever has put it there, so the directory counts as much as the file.
    """
    if not place.isPrivate:
        raise CedarBackupError(
            f"The digest cache {shown} must lie in a directory where no other user can put a file, but "
            f"{place.weakness}; name another file with --digestCache; nothing was changed"
        )
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
    os.close(os.open(name, flags, 0o600, dir_fd=place.descriptor))
    for suffix in _BESIDE:
        with contextlib.suppress(FileNotFoundError):
            status = os.stat(name + suffix, dir_fd=place.descriptor, follow_symlinks=False)
            if not _isOwn(status):
                raise CedarBackupError(
                    f"The digest cache {shown}{suffix.decode()} must belong to this user, have one name, and be "
                    "writable by nobody else; correct that, or name another file with --digestCache; nothing was "
                    "changed"
                )


def _isOwn(status: os.stat_result) -> bool:
    isOnlyHere = stat.S_ISREG(status.st_mode) and status.st_nlink == 1
    return isOnlyHere and status.st_uid in {os.geteuid(), 0} and not status.st_mode & 0o022


def _checked(connection: sqlite3.Connection, shown: str) -> sqlite3.Connection:
    """The connection to what is a cache of ours, or has been made one."""
    connection.text_factory = bytes
    connection.execute("BEGIN IMMEDIATE")  # two runs may make it at once
    (application,), (layout,) = (
        connection.execute(f"PRAGMA {name}").fetchone() for name in ("application_id", "user_version")
    )
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if not tables and not application:
        connection.execute(_TABLE)
        connection.execute(f"PRAGMA application_id = {_APPLICATION}")
        connection.execute(f"PRAGMA user_version = {_LAYOUT}")
    elif (application, layout) != (_APPLICATION, _LAYOUT):
        connection.close()
        raise CedarBackupError(
            f"{shown} is a database, but not a digest cache of this version; name another file with --digestCache; "
            "nothing was changed"
        )
    connection.commit()
    connection.execute("SELECT path, part, device, inode, size, mtime, ctime, digest FROM digest LIMIT 1").fetchone()
    return connection


def _complaint(file: str, error: sqlite3.Error) -> str:
    return f"The digest cache {displayPath(file)} cannot be used ({error})"
