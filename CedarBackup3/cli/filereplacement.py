"""Writing a file as a whole: whoever reads it meanwhile has the old text or the new one, never a part."""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile

_PREFIX, _SUFFIX = ".cback-", ".new"
"""Of the name of the new text until it is complete; Prometheus' collector reads only what ends in `.prom`."""


def requireReplaceable(path: str) -> None:
    """Raise OSError or ValueError unless a file of that path could be written now; nothing is left behind."""
    _requireFile(path)
    descriptor, name = tempfile.mkstemp(_SUFFIX, _PREFIX, os.path.dirname(path) or ".")
    os.close(descriptor)
    os.unlink(name)


def replaceFile(path: str, text: str, mode: int) -> None:
    """Write a file of that text and mode, in the place of any that is there; on the disk when this returns.

    Raises:
        OSError: it cannot be written; what was there is still there
        ValueError: what is there is no file that may be replaced
    """
    _requireFile(path)
    directory = os.path.dirname(path) or "."
    descriptor, name = tempfile.mkstemp(_SUFFIX, _PREFIX, directory)
    try:
        with open(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            os.fchmod(descriptor, mode)
            file.flush()
            os.fsync(descriptor)
        os.rename(name, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise
    _synchronize(directory)


def _requireFile(path: str) -> None:
    """A device such as /dev/null, or a link that an administrator or a stranger has made, must not become a file."""
    try:
        status = os.lstat(path)
    except FileNotFoundError:
        return
    if not stat.S_ISREG(status.st_mode):
        raise ValueError("it is a link, a directory or a device, not a file")
    above = os.stat(os.path.dirname(path) or ".")
    if above.st_mode & stat.S_ISVTX and os.geteuid() not in (0, status.st_uid, above.st_uid):  # as in /tmp
        raise ValueError("it belongs to another user, and only that one may replace it")


def _synchronize(directory: str) -> None:
    """Let the new name be on the disk, too, where the file system can do that."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        with contextlib.suppress(OSError):
            os.fsync(descriptor)
    finally:
        os.close(descriptor)
