"""The lock of a target: one run at a time, held until the run and all of its AWS CLI processes have ended."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import os
import stat
import time
from collections.abc import Iterator
from dataclasses import replace

from CedarBackup3.amazons3.aws.command import anyEndpoint
from CedarBackup3.amazons3.aws.settings import AwsSettings
from CedarBackup3.amazons3.lockholders import heldBy
from CedarBackup3.amazons3.model import S3Location
from CedarBackup3.amazons3.sync.lockplaces import lockPlaces
from CedarBackup3.errors import CedarBackupError, LockHeld
from CedarBackup3.places import Place
from CedarBackup3.util import displayPath

_POLL = 0.2  # seconds between two tries


@contextlib.contextmanager
def targetLock(
    location: S3Location, aws: AwsSettings, *, shared: bool = False, waitSeconds: float = 0
) -> Iterator[AwsSettings]:
    """Hold the lock of a target, which is this user's on this machine.

    Yields the settings for every aws of the run, which then holds the lock as well: one that outlives its run, because
    that was killed, goes on under the lock.

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
    kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
    with contextlib.ExitStack() as stack:
        held = [
            stack.enter_context(_locked(place, _name(location, aws), location, kind, deadline))
            for place in stack.enter_context(lockPlaces())
        ]
        yield replace(aws, keptOpen=(*aws.keptOpen, *held))


def _name(location: S3Location, aws: AwsSettings) -> bytes:
    """A bucket of the same name at another endpoint is another bucket."""
    target = f"{anyEndpoint(aws, os.environ)}\0{location.url}"
    digest = hashlib.sha256(target.encode("utf-8", "surrogateescape")).hexdigest()
    return b"cback-amazons3-%d-%s.lock" % (os.geteuid(), digest[:16].encode())


@contextlib.contextmanager
def _locked(place: Place, name: bytes, location: S3Location, kind: int, deadline: float) -> Iterator[int]:
    while True:
        descriptor = _opened(place, name)
        try:
            _wait(descriptor, place, name, location, kind, deadline)
            if not _isStill(place, name, descriptor):  # its last holder has removed it in the meantime
                continue
            _record(descriptor)
            try:
                yield descriptor
            finally:
                _remove(place, name, descriptor)
            return
        finally:
            os.close(descriptor)


def _record(descriptor: int) -> None:
    """Record who holds the lock, in a text that always has one length, since a home directory is mirrored with it."""
    with contextlib.suppress(OSError):
        os.ftruncate(descriptor, os.pwrite(descriptor, b"%10d\n" % os.getpid(), 0))


def _recorded(descriptor: int) -> int:
    text = os.pread(descriptor, 20, 0).strip()
    return int(text) if text.isdigit() else 0


def _remove(place: Place, name: bytes, descriptor: int) -> None:
    """Leave no file behind, unless another holds the lock as well."""
    with contextlib.suppress(OSError):
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.unlink(name, dir_fd=place.descriptor)


def _opened(place: Place, name: bytes) -> int:
    shown = displayPath(os.path.join(place.path, name))
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
    try:
        descriptor = os.open(name, flags, 0o600, dir_fd=place.descriptor)
    except OSError as error:
        raise _unusable(place, name, error) from None
    status = os.fstat(descriptor)
    if status.st_uid != os.geteuid() or not stat.S_ISREG(status.st_mode):
        os.close(descriptor)
        raise CedarBackupError(f"The lock {shown} is not a file of this user; remove it")
    return descriptor


def _unusable(place: Place, name: bytes, error: OSError) -> CedarBackupError:
    """The failure, with what to do about it."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        advice = f"free space and inodes in {displayPath(place.path)}"
    elif error.errno in {errno.EMFILE, errno.ENFILE, errno.ENOMEM}:
        advice = "raise the limit of open files ('ulimit -n')"
    elif error.errno == errno.EROFS:
        advice = "mount its file system read-write"
    elif error.errno in {errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL}:
        advice = "its file system supports no locks; set XDG_RUNTIME_DIR to a directory on one that does"
    else:
        advice = "remove it"
    shown = displayPath(os.path.join(place.path, name))
    return CedarBackupError(f"The lock {shown} cannot be taken: {error.strerror}; {advice}")


def _isStill(place: Place, name: bytes, descriptor: int) -> bool:
    try:
        named = os.stat(name, dir_fd=place.descriptor, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return os.path.samestat(named, os.fstat(descriptor))


def _wait(descriptor: int, place: Place, name: bytes, location: S3Location, kind: int, deadline: float) -> None:
    while True:
        try:
            return fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                holder = heldBy(descriptor, "run", displayPath(location.url), _recorded(descriptor))
                raise LockHeld(
                    f"{holder}; wait for it to finish, or use --lockWait SECONDS; nothing was changed"
                ) from None
        except OSError as error:
            raise _unusable(place, name, error) from None
        time.sleep(_POLL)
