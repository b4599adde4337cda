"""The private directory inside the target in which files arrive, and from which they are put in their places.

It is locked while a restore is at work, and says which restore that is: what is left of one that did not come to its
end lets the same one go on in a target that is not empty any more.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import stat
from collections.abc import Iterator
from dataclasses import dataclass

from CedarBackup3.amazons3.lockholders import heldBy
from CedarBackup3.amazons3.restore.safepaths import RESERVED
from CedarBackup3.errors import CedarBackupError, GuardRefused, LockHeld
from CedarBackup3.util import displayPath

_MARKER = b"restore"  # names the restore that is at work
_TREE = b"tree"


@dataclass(frozen=True, slots=True)
class Staging:
    """Where files arrive."""

    path: bytes
    target: int
    """The descriptor of the target directory."""
    isCaseInsensitive: bool
    """Whether the target takes names for the same that differ only by case."""
    lock: int
    """The descriptor that holds the lock, which every aws that writes here has to keep open."""
    hasSparseFiles: bool = True
    """Whether a file that nothing was written to takes no room, whatever its size."""

    @property
    def tree(self) -> bytes:
        """Where many files arrive at once, each with its path."""
        return os.path.join(self.path, _TREE)

    def file(self, number: int) -> bytes:
        """Where one file arrives."""
        return os.path.join(self.path, b"file-%d" % number)


def requireRoom(target: bytes, restore: str, *, overwrite: bool) -> None:
    """Raise `GuardRefused` if files are in the target that the restore did not bring, unless they may be overwritten.

    Args:
        target: the directory, which need not exist
        restore: which restore it is
        overwrite: whether whatever is there may be
    """
    try:
        names = os.listdir(target)
    except FileNotFoundError:
        return
    except OSError as error:
        raise CedarBackupError(f"The target directory {displayPath(target)} cannot be read: {error.strerror}") from None
    isUnused = not set(names) - _unused(target)
    if isUnused or overwrite or (RESERVED in names and _restoreOf(os.path.join(target, RESERVED)) == restore):
        return
    raise GuardRefused(
        f"Refused: {displayPath(target)} is not empty; name another directory, or let what is in it be replaced by "
        "--overwrite; nothing was changed"
    )


def ignoresCase(target: bytes) -> bool:
    """Whether a directory takes names for the same that differ only by case, as far as that can be told by looking.

    Of a directory that is to be made, the next one above it that there is tells. A restore finds out by trying.
    """
    path = os.path.realpath(target)
    while not os.path.lexists(path):
        path = os.path.dirname(path)
    with contextlib.suppress(OSError):
        for name in os.listdir(path):
            if name.swapcase() != name:
                return os.path.lexists(os.path.join(path, name.swapcase())) and name.swapcase() not in os.listdir(path)
        parent, name = os.path.split(path)
        if name.swapcase() != name and not os.path.ismount(path):
            return os.path.lexists(os.path.join(parent, name.swapcase())) and name.swapcase() not in os.listdir(parent)
    return _fileSystem(path) in _CASELESS


def _fileSystem(path: bytes) -> bytes:
    """The type of the file system that a directory is on; empty if the system does not tell."""
    try:
        device = os.stat(path).st_dev
        number = b"%d:%d" % (os.major(device), os.minor(device))
        with open("/proc/self/mountinfo", "rb") as table:  # proc(5)
            rows = [line.split() for line in table]
        return next((row[row.index(b"-") + 1] for row in reversed(rows) if row[2] == number), b"")
    except (OSError, ValueError, IndexError):
        return b""


_CASELESS = (b"vfat", b"msdos", b"exfat", b"hfs", b"hfsplus", b"cifs", b"smb3")


def _unused(target: bytes) -> set[bytes]:
    """What a fresh file system has at its root: an empty directory for lost files, in which only root can look."""
    try:
        return set() if os.listdir(os.path.join(target, _LOST_AND_FOUND)) else {_LOST_AND_FOUND}
    except PermissionError:
        return {_LOST_AND_FOUND}
    except OSError:
        return set()


_LOST_AND_FOUND = b"lost+found"


@contextlib.contextmanager
def staging(target: bytes, restore: str) -> Iterator[Staging]:
    """The private directory in a target, made if need be, for as long as the context lasts; it stays until `finish`.

    Raises:
        LockHeld: another restore is at work in this target
        CedarBackupError: it cannot be made, or others can write to it
    """
    path = os.path.join(target, RESERVED)
    with contextlib.ExitStack() as stack:
        try:
            os.makedirs(target, exist_ok=True)
            descriptor = _opened(target, os.O_RDONLY)
            stack.callback(os.close, descriptor)
            isNew = _isMade(path)
            own = _opened(path, os.O_RDONLY | os.O_NOFOLLOW)
            stack.callback(os.close, own)
            _requirePrivate(path, own, isNew=isNew)
            _lock(target, own)
            path = _pinned(own) or path
            _clear(path, keepTree=_restoreOf(path) == restore)
            with open(os.path.join(path, _MARKER), "w", encoding="utf-8") as marker:
                marker.write(restore)
            isCaseInsensitive, hasSparseFiles = _triedOut(path)
            made = Staging(path, descriptor, isCaseInsensitive, own, hasSparseFiles)
        except OSError as error:
            raise CedarBackupError(
                f"Cannot restore into {displayPath(target)}: {error.strerror}; nothing was restored"
            ) from None
        yield made


def finish(staging: Staging, *, isComplete: bool) -> None:
    """Remove what arrived but found no place and, if the restore is complete, all that there is."""
    with contextlib.suppress(OSError):
        _clear(staging.path, keepTree=False)
        if isComplete:
            os.unlink(os.path.join(staging.path, _MARKER))
            os.rmdir(RESERVED, dir_fd=staging.target)


def _opened(path: bytes, flags: int) -> int:
    return os.open(path, flags | os.O_DIRECTORY | os.O_CLOEXEC)


def _pinned(descriptor: int) -> bytes:
    """A path to an open directory that stays with it, whoever renames it or puts a link in its place (proc(5), fd).

    It holds for aws as well, which knows no descriptors. Empty where there is no /proc.
    """
    path = b"/proc/%d/fd/%d" % (os.getpid(), descriptor)
    try:
        return path if os.path.samestat(os.stat(path), os.fstat(descriptor)) else b""
    except OSError:
        return b""


def _isMade(path: bytes) -> bool:
    """Make a directory for this user alone; whether there was none."""
    try:
        os.mkdir(path, 0o700)
    except FileExistsError:
        return False
    return True


def _requirePrivate(path: bytes, descriptor: int, *, isNew: bool) -> None:
    """Raise `CedarBackupError` if others can write to a directory, and remove it if it is new."""
    status, user, shown = os.fstat(descriptor), os.geteuid(), displayPath(path)
    isOpen = bool(stat.S_IMODE(status.st_mode) & 0o077)
    if status.st_uid == user and (not isOpen or ((isNew or _isDictated(descriptor)) and not _isReachable(path))):
        return
    if isNew:
        # The file system decides on owner and mode: FAT, NTFS, CIFS, and NFS for root.
        os.rmdir(path)
        if status.st_uid != user:
            reason = f"belongs to the user with the number {status.st_uid}, whoever makes it"
        else:
            reason = f"has the mode {stat.S_IMODE(status.st_mode):o}, which lets others in"
        raise CedarBackupError(
            f"{shown}, in which files are to arrive, {reason}: that is how this file system is mounted; mount it with "
            f"uid={user},umask=077 (CIFS: uid={user},dir_mode=0700,file_mode=0600; NFS: no_root_squash), or restore as "
            "the user to whom it belongs, below a directory that nobody else can enter; nothing was restored"
        )
    if status.st_uid != user:
        raise CedarBackupError(
            f"{shown} belongs to the user with the number {status.st_uid}, whose restore has not come to its end; let "
            "that user run it again, or name another directory; nothing was restored"
        )
    raise CedarBackupError(f"{shown}, in which files arrive, is not private to this user; remove it, then run again")


def _isDictated(descriptor: int) -> bool:
    """Whether the file system lets nobody change the mode of a directory."""
    mode = stat.S_IMODE(os.fstat(descriptor).st_mode)
    with contextlib.suppress(OSError):
        os.fchmod(descriptor, 0o700)
    if stat.S_IMODE(os.fstat(descriptor).st_mode) == mode:
        return True
    os.fchmod(descriptor, mode)
    return False


def _isReachable(path: bytes) -> bool:
    """Whether others can come to a directory: nobody but its user passes one of those above it that is closed."""
    above = os.path.dirname(os.path.realpath(path))
    while True:
        status = os.stat(above)
        if status.st_uid in {0, os.geteuid()} and not stat.S_IMODE(status.st_mode) & 0o011:
            return False
        if above == os.path.dirname(above):
            return True
        above = os.path.dirname(above)


_PROBE = 1 << 20  # bytes


def _triedOut(path: bytes) -> tuple[bool, bool]:
    """Whether case is ignored in a directory that nobody else uses, and whether it has sparse files."""
    probe = os.path.join(path, b"probe")
    try:
        with open(probe, "xb") as file:
            file.truncate(_PROBE)
            isSparse = os.fstat(file.fileno()).st_blocks * 512 < _PROBE  # stat(2)
        return os.path.lexists(os.path.join(path, b"PROBE")), isSparse
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(probe)


def _lock(target: bytes, descriptor: int) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = heldBy(descriptor, "restore", f"in {displayPath(target)}")
        raise LockHeld(f"{holder}; wait for its end; nothing was changed") from None


def _restoreOf(path: bytes) -> str:
    """Which restore was at work in a private directory; empty if none or nobody knows."""
    try:
        descriptor = os.open(os.path.join(path, _MARKER), os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
        with open(descriptor, encoding="utf-8") as marker:
            return marker.read()
    except (OSError, ValueError):
        return ""


def _clear(path: bytes, *, keepTree: bool) -> None:
    for name in os.listdir(path):
        whole = os.path.join(path, name)
        if name == _TREE:
            if not keepTree:
                shutil.rmtree(whole, ignore_errors=True)
        elif name != _MARKER:
            os.unlink(whole)
