"""One run at a time on a target: a lock that dies with the process that holds it."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import os
import time
from collections.abc import Iterator

from CedarBackup3.amazons3.awscli import endpointOf
from CedarBackup3.amazons3.awssettings import AwsSettings
from CedarBackup3.amazons3.model import S3Location
from CedarBackup3.errors import CedarBackupError, LockHeld
from CedarBackup3.util import displayPath

_POLL = 0.2  # seconds between two tries
_SHARED_DIRECTORY = "/run/lock"  # File Hierarchy Standard 3.0, 3.15; there for a cron job as for a person logged in


@contextlib.contextmanager
def targetLock(
    location: S3Location, aws: AwsSettings, *, shared: bool = False, waitSeconds: float = 0
) -> Iterator[None]:
    """Hold the lock of a target, which is this user's on this machine.

    The lock lies in the user's runtime directory, and in the directory for locks as well, since a cron job may have no
    runtime directory while a person has.

    Args:
        location: the target
        aws: how it is reached
        shared: for a run that only looks: several of them go together, but none beside one that changes things
        waitSeconds: how long to wait for another run to end

    Raises:
        LockHeld: another run holds it
        CedarBackupError: it cannot be made
    """
    deadline = time.monotonic() + waitSeconds
    with contextlib.ExitStack() as stack:
        for directory in _directories():
            path = os.path.join(directory, _name(location, aws))
            stack.enter_context(_locked(path, location, fcntl.LOCK_SH if shared else fcntl.LOCK_EX, deadline))
        yield


def _directories() -> list[str]:
    candidates = (os.environ.get("XDG_RUNTIME_DIR", ""), _SHARED_DIRECTORY)
    found = [directory for directory in candidates if os.path.isdir(directory) and os.access(directory, os.W_OK)]
    return found or ["/tmp"]  # noqa: S108 - the files in it are opened as warily as in /run/lock


def _name(location: S3Location, aws: AwsSettings) -> str:
    """A bucket of the same name at another endpoint is another bucket."""
    target = f"{endpointOf(aws, os.environ)}\0{location.url}"
    digest = hashlib.sha256(target.encode("utf-8", "surrogateescape")).hexdigest()
    return f"cback-amazons3-{os.geteuid()}-{digest[:16]}.lock"


@contextlib.contextmanager
def _locked(path: str, location: S3Location, kind: int, deadline: float) -> Iterator[None]:
    while True:
        descriptor = _opened(path)
        try:
            _wait(descriptor, path, location, kind, deadline)
            if not _isStill(path, descriptor):  # its last holder has removed it in the meantime
                continue
            try:
                _sign(path, descriptor)
                yield
            finally:
                _remove(path, descriptor)
            return
        finally:
            os.close(descriptor)


def _sign(path: str, descriptor: int) -> None:
    """Tell others whom to wait for."""
    try:
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, b"%d\n" % os.getpid(), 0)
    except OSError as error:
        raise _unusable(path, error) from None


def _remove(path: str, descriptor: int) -> None:
    """Leave no file behind, unless another holds the lock as well."""
    with contextlib.suppress(OSError):
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.unlink(path)


def _opened(path: str) -> int:
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK, 0o600)
    except OSError as error:
        raise _unusable(path, error) from None
    if os.fstat(descriptor).st_uid != os.geteuid():
        os.close(descriptor)
        raise CedarBackupError(f"The lock {displayPath(path)} belongs to another user; remove it")
    return descriptor


def _unusable(path: str, error: OSError) -> CedarBackupError:
    """The failure, with what to do about it."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        advice = f"make room in {displayPath(os.path.dirname(path))}, inodes included"
    elif error.errno in {errno.EMFILE, errno.ENFILE, errno.ENOMEM}:
        advice = "raise the limit of open files ('ulimit -n'), or run when less is open"
    elif error.errno == errno.EROFS:
        advice = "its file system is mounted read-only"
    elif error.errno in {errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL}:
        advice = "its file system takes no locks; let XDG_RUNTIME_DIR name a directory on one that does"
    else:
        advice = "remove it"
    return CedarBackupError(f"The lock {displayPath(path)} cannot be taken: {error.strerror}; {advice}")


def _isStill(path: str, descriptor: int) -> bool:
    try:
        return os.path.samestat(os.lstat(path), os.fstat(descriptor))
    except FileNotFoundError:
        return False


def _wait(descriptor: int, path: str, location: S3Location, kind: int, deadline: float) -> None:
    while True:
        try:
            return fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                holder = _holder(descriptor)
                raise LockHeld(
                    f"Another run is at work on {displayPath(location.url)}"
                    f"{f' (process {displayPath(holder)})' if holder else ''}; wait for its end, or have this one wait "
                    "by --lockWait; nothing was changed"
                ) from None
        except OSError as error:
            raise _unusable(path, error) from None
        time.sleep(_POLL)


def _holder(descriptor: int) -> str:
    """The number of the process that holds a lock; empty if it does not say."""
    try:
        return os.pread(descriptor, 20, 0).decode("ascii", "replace").strip()
    except OSError:
        return ""
