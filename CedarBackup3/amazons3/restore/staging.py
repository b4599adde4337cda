"""The staging directory inside the target: restored files arrive there and are then put in their places.

It is locked while a restore is at work, and says which restore that is: what is left of one that did not come to its
end lets the same one go on in a target that is not empty any more.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import shutil
import stat
from collections.abc import Iterator
from dataclasses import dataclass

from CedarBackup3.amazons3.lockholders import heldBy
from CedarBackup3.amazons3.restore.placing import PRIVATE_FILE
from CedarBackup3.amazons3.restore.safepaths import RESERVED
from CedarBackup3.amazons3.restore.target import NO_LINK, PRIVATE_DIRECTORY, Target, makeDirectory, makeTarget
from CedarBackup3.errors import CedarBackupError, GuardRefused, LockHeld
from CedarBackup3.util import displayPath

_MARKER = b"restore"  # names the restore that is at work
_TREE = b"tree"
_OURS = re.compile(rb"restore|tree|probe|file-\d+")


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


def requireRoom(target: Target, restore: str, *, overwrite: bool) -> None:
    """Raise `GuardRefused` if files are in the target that the restore did not bring, unless they may be overwritten.

    Args:
        target: the directory, which need not exist
        restore: which restore it is
        overwrite: whether whatever is there may be
    """
    if target.missing:
        return
    try:
        names = set(map(os.fsencode, os.listdir(target.descriptor)))
    except OSError as error:
        shown = displayPath(target.path)
        raise CedarBackupError(f"The target directory {shown} cannot be read: {error.strerror}") from None
    isUnused = not names - _unused(target)
    if isUnused or overwrite or (RESERVED in names and _leftIn(target) == restore):
        return
    raise GuardRefused(
        f"Refused: {displayPath(target.path)} is not empty; name another directory, or replace what is in it with "
        "--overwrite; nothing was changed"
    )


def _leftIn(target: Target) -> str | None:
    """Which restore of this user's has left its private directory in a target; None if none has."""
    try:
        descriptor = os.open(RESERVED, NO_LINK, dir_fd=target.descriptor)
    except OSError:
        return None
    try:
        return _restoreOf(descriptor)
    finally:
        os.close(descriptor)


def ignoresCase(target: Target) -> bool:
    """Whether a directory takes names for the same that differ only by case, as far as that can be told by looking.

    Of a directory that is to be made, the next one above it that there is tells. A restore finds out by trying.
    """
    with contextlib.suppress(OSError):
        for name in _namesIn(target.descriptor):
            if name.swapcase() != name:
                return _isTwin(target.descriptor, name)
        directory = target.path
        for _ in target.missing:
            directory = os.path.dirname(directory)
        name = os.path.basename(directory)
        with _above(target.descriptor) as parent:
            isMounted = os.fstat(parent).st_dev != os.fstat(target.descriptor).st_dev
            if name.swapcase() != name and not isMounted:
                return _isTwin(parent, name)
    return fileSystem(target.descriptor) in _CASELESS


def _isTwin(directory: int, name: bytes) -> bool:
    """Whether a name leads somewhere in the other case, too, although no file is called that."""
    try:
        os.stat(name.swapcase(), dir_fd=directory, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return name.swapcase() not in _namesIn(directory)


def _namesIn(directory: int) -> list[bytes]:
    """What is in a directory that may be open for its place only."""
    descriptor = os.open(b".", NO_LINK, dir_fd=directory)
    try:
        return list(map(os.fsencode, os.listdir(descriptor)))
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def _above(directory: int) -> Iterator[int]:
    """The directory above one that is open, wherever that has been moved to."""
    descriptor = os.open(b"..", os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=directory)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def fileSystem(directory: int) -> bytes:
    """The type of the file system that a directory is on; empty if the system does not tell."""
    try:
        device = os.fstat(directory).st_dev
        number = b"%d:%d" % (os.major(device), os.minor(device))
        with open("/proc/self/mountinfo", "rb") as table:  # proc(5)
            rows = [line.split() for line in table]
        return next((row[row.index(b"-") + 1] for row in reversed(rows) if row[2] == number), b"")
    except (OSError, ValueError, IndexError):
        return b""


_CASELESS = (b"vfat", b"msdos", b"exfat", b"hfs", b"hfsplus", b"cifs", b"smb3")


def _unused(target: Target) -> set[bytes]:
    """What a fresh file system has at its root: an empty directory for lost files, in which only root can look."""
    try:
        descriptor = os.open(_LOST_AND_FOUND, NO_LINK, dir_fd=target.descriptor)
    except PermissionError:
        return {_LOST_AND_FOUND}
    except OSError:
        return set()
    try:
        return set() if os.listdir(descriptor) else {_LOST_AND_FOUND}
    finally:
        os.close(descriptor)


_LOST_AND_FOUND = b"lost+found"


@contextlib.contextmanager
def openStaging(target: Target, restore: str) -> Iterator[Staging]:
    """The private directory in a target, both made if need be, for as long as the context lasts.

    What is in it stays until `finish`.

    Raises:
        LockHeld: another restore is at work in this target
        CedarBackupError: it cannot be made, or others can write to it
    """
    shown = displayPath(target.path)
    with contextlib.ExitStack() as stack:
        try:
            root = stack.enter_context(makeTarget(target)).descriptor
            isNew = _isMade(root)
            own = os.open(RESERVED, NO_LINK, dir_fd=root)
            stack.callback(os.close, own)
            inside = displayPath(os.path.join(target.path, RESERVED))
            _requirePrivate(inside, root, own, isNew=isNew)
            _lock(shown, own)
            _requireOurs(inside, own)
            path = _pinned(own)
            _clear(path, keepTree=_restoreOf(own) == restore)
            _mark(own, restore)
            isCaseInsensitive, hasSparseFiles = _triedOut(path)
            made = Staging(path, root, isCaseInsensitive, own, hasSparseFiles)
        except OSError as error:
            raise CedarBackupError(f"Cannot restore into {shown}: {error.strerror}; nothing was restored") from None
        yield made


def finish(staging: Staging, *, isComplete: bool) -> None:
    """Remove what arrived but found no place and, if the restore is complete, all that there is."""
    with contextlib.suppress(OSError):
        _clear(staging.path, keepTree=False)
        if isComplete:
            os.unlink(os.path.join(staging.path, _MARKER))
            os.rmdir(RESERVED, dir_fd=staging.target)


def _pinned(descriptor: int) -> bytes:
    """A path to an open directory that stays with it, whoever renames it or puts a link in its place (proc(5), fd).

    It holds for aws as well, which knows no descriptors.

    Raises:
        OSError: there is no /proc
    """
    path = b"/proc/%d/fd/%d" % (os.getpid(), descriptor)
    os.stat(path)
    return path


def _isMade(target: int) -> bool:
    """Make the private directory in an open target; whether there was none."""
    try:
        makeDirectory(RESERVED, target)
    except FileExistsError:
        if not stat.S_ISDIR(os.stat(RESERVED, dir_fd=target, follow_symlinks=False).st_mode):
            raise CedarBackupError(
                f"The staging directory {RESERVED.decode()} exists in the target, and is not a directory; remove it, "
                "or name another target; nothing was restored"
            ) from None
        return False
    return True


def _requirePrivate(shown: str, target: int, descriptor: int, *, isNew: bool) -> None:
    """Raise `CedarBackupError` if others can write to the private directory, and remove it if it is new.

    Args:
        shown: its path, safe to print
        target: the descriptor of the directory that it is in
        descriptor: its own
        isNew: whether it was made just now
    """
    status, user = os.fstat(descriptor), os.geteuid()
    isOpen = bool(stat.S_IMODE(status.st_mode) & 0o077)
    if status.st_uid == user and (not isOpen or ((isNew or _isDictated(descriptor)) and not isReachable(descriptor))):
        return
    if isNew:
        # The file system decides on owner and mode: FAT, NTFS, CIFS, and NFS for root.
        os.rmdir(RESERVED, dir_fd=target)
        if status.st_uid != user:
            reason = f"belongs to user {status.st_uid}, whoever creates it"
        else:
            reason = f"has mode {stat.S_IMODE(status.st_mode):o}, which lets other users in"
        raise CedarBackupError(
            f"The staging directory {shown} {reason}: that is how this file system is mounted; mount it with "
            f"uid={user},umask=077 (CIFS: uid={user},dir_mode=0700,file_mode=0600; NFS: no_root_squash), or restore "
            "as the user to whom it belongs, below a directory that nobody else can enter; nothing was restored"
        )
    if status.st_uid != user:
        raise CedarBackupError(
            f"The staging directory {shown} belongs to user {status.st_uid}, whose restore is not complete; let that "
            "user run it again, or name another target; nothing was restored"
        )
    raise CedarBackupError(f"The staging directory {shown} is not private to this user; remove it, then run again")


def _isDictated(descriptor: int) -> bool:
    """Whether the file system lets nobody change the mode of a directory."""
    mode = stat.S_IMODE(os.fstat(descriptor).st_mode)
    with contextlib.suppress(OSError):
        os.fchmod(descriptor, PRIVATE_DIRECTORY)
    if stat.S_IMODE(os.fstat(descriptor).st_mode) == mode:
        return True
    os.fchmod(descriptor, mode)
    return False


def isReachable(descriptor: int) -> bool:
    """Whether others can come to a directory: nobody but its user passes one of those above it that is closed."""
    with contextlib.ExitStack() as stack:
        below = os.fstat(descriptor)
        while True:
            descriptor = stack.enter_context(_above(descriptor))
            status = os.fstat(descriptor)
            if os.path.samestat(status, below):  # the root directory is above itself
                return True
            if status.st_uid in {0, os.geteuid()} and not stat.S_IMODE(status.st_mode) & 0o011:
                return False
            below = status


def _requireOurs(shown: str, descriptor: int) -> None:
    """Raise `CedarBackupError` if something is in the private directory that no restore has put there.

    Whoever owns the target can rename any directory of this user's that lies there, and what is in this one is removed.
    """
    names = _namesIn(descriptor)
    strange = [name for name in sorted(names) if not _OURS.fullmatch(name)]
    if names and not strange and _restoreOf(descriptor) is None:
        strange = names
    if strange:
        raise CedarBackupError(
            f"The staging directory {shown} contains {displayPath(strange[0])}, which no restore has put there; "
            "rename it, or name another target; nothing was restored"
        )


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


def _lock(shown: str, descriptor: int) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = heldBy(descriptor, "restore", shown)
        raise LockHeld(f"{holder}; wait for it to finish; nothing was changed") from None


def _restoreOf(descriptor: int) -> str | None:
    """Which restore was at work in a private directory that is open; None if none of this user's was."""
    try:
        marker = os.open(_MARKER, os.O_RDONLY | _MARKER_FLAGS, dir_fd=descriptor)
    except OSError:
        return None
    with open(marker, "rb") as file:
        found = (os.fstat(descriptor), os.fstat(marker))
        if {status.st_uid for status in found} != {os.geteuid()} or not stat.S_ISREG(found[1].st_mode):
            return None
        try:
            return file.read(_MARKER_SIZE).decode()
        except (OSError, ValueError):
            return ""


def _mark(descriptor: int, restore: str) -> None:
    """Record which restore is at work in a private directory."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | _MARKER_FLAGS
    with open(os.open(_MARKER, flags, PRIVATE_FILE, dir_fd=descriptor), "wb") as marker:
        marker.write(restore.encode())


_MARKER_FLAGS = os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_MARKER_SIZE = 8192  # bytes; the names of a bucket and of a prefix are shorter than 2 KiB together


def _clear(path: bytes, *, keepTree: bool) -> None:
    for name in os.listdir(path):
        whole = os.path.join(path, name)
        if name == _TREE:
            if not keepTree:
                shutil.rmtree(whole, ignore_errors=True)
        elif name != _MARKER:
            os.unlink(whole)
