"""A staging directory that lies in no target: what arrives there is looked at, and removed whatever comes."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import stat
import tempfile
from collections.abc import Iterator

from CedarBackup3.amazons3.restore.staging import Staging, isReachable
from CedarBackup3.amazons3.restore.target import NO_LINK, PRIVATE_DIRECTORY
from CedarBackup3.amazons3.spool import temporaryRoom
from CedarBackup3.errors import CedarBackupError
from CedarBackup3.util import displayPath


@contextlib.contextmanager
def openPrivateStaging() -> Iterator[Staging]:
    """A directory for this user alone, below that of temporary files.

    To be closed when no aws is left that could write there.

    Raises:
        CedarBackupError: it cannot be made, or others could come in or put something in its place
    """
    with temporaryRoom():
        path = os.path.join(os.fsencode(tempfile.gettempdir()), b"cback-" + secrets.token_hex(8).encode())
    isOurs = True
    try:
        try:
            with temporaryRoom():
                os.mkdir(path, PRIVATE_DIRECTORY)
        except Exception:
            isOurs = False
            raise
        descriptor = os.open(path, NO_LINK)
        try:
            _requirePrivate(path, descriptor)
            yield Staging(path, -1, isCaseInsensitive=False, lock=descriptor)
        finally:
            os.close(descriptor)
    finally:
        if isOurs:
            _remove(path)


def _requirePrivate(path: bytes, descriptor: int) -> None:
    """Raise `CedarBackupError` if others can come in: FAT, NTFS, CIFS and others decide on owners and modes."""
    status, above = os.fstat(descriptor), displayPath(os.path.dirname(path))
    isOpen = bool(stat.S_IMODE(status.st_mode) & 0o077)
    if status.st_uid != os.geteuid() or (isOpen and isReachable(descriptor)):
        raise CedarBackupError(
            f"The file system of {above} keeps no directory private: one that was made for this user alone belongs to "
            f"user {status.st_uid} and has mode {stat.S_IMODE(status.st_mode):o}; set TMPDIR to another directory; "
            "nothing was fetched"
        )


def _remove(path: bytes) -> None:
    try:
        shutil.rmtree(path, ignore_errors=True)
    except BaseException:  # a signal, and there is one at most
        shutil.rmtree(path, ignore_errors=True)
        raise
