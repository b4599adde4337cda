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
    if not names or overwrite or (RESERVED in names and _restoreOf(os.path.join(target, RESERVED)) == restore):
        return
    raise GuardRefused(
        f"Refused: {displayPath(target)} is not empty; name another directory, or let what is in it be replaced by "
        "--overwrite; nothing was changed"
    )


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
            with contextlib.suppress(FileExistsError):
                os.mkdir(path, 0o700)
            own = _opened(path, os.O_RDONLY | os.O_NOFOLLOW)
            stack.callback(os.close, own)
            _requirePrivate(path, own)
            _lock(target, own)
            isCaseInsensitive = _isCaseInsensitive(target, path)
            path = _pinned(own) or path
            _clear(path, keepTree=_restoreOf(path) == restore)
            with open(os.path.join(path, _MARKER), "w", encoding="utf-8") as marker:
                marker.write(restore)
            made = Staging(path, descriptor, isCaseInsensitive, own)
        except OSError as error:
            raise CedarBackupError(
                f"Cannot restore into {displayPath(target)}: {error.strerror}; nothing was restored"
            ) from None
        yield made


def finish(staging: Staging, *, isComplete: bool) -> None:
    """Remove what arrived but found no place and, if the restore is complete, all that there is."""
    _clear(staging.path, keepTree=False)
    if isComplete:
        with contextlib.suppress(OSError):
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


def _requirePrivate(path: bytes, descriptor: int) -> None:
    status = os.fstat(descriptor)
    if status.st_uid != os.geteuid() or stat.S_IMODE(status.st_mode) & 0o077:
        raise CedarBackupError(
            f"{displayPath(path)}, in which files arrive, is not private to this user; remove it, then run again"
        )


def _isCaseInsensitive(target: bytes, path: bytes) -> bool:
    try:
        return os.path.samefile(path, os.path.join(target, RESERVED.upper()))
    except OSError:
        return False


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
