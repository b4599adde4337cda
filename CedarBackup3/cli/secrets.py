"""Values that only the user and another party know: on a command line every user of the machine can read them."""

from __future__ import annotations

import os
import stat

_MOST = 4096  # bytes


def secretText(text: str) -> str:
    """What a value stands for: `env:NAME` for a variable, `file:PATH` for the first line of a file, else itself.

    Raises:
        ValueError: there is no such variable or file, or others can read the file
    """
    kind, colon, name = text.partition(":")
    if colon and kind == "env":
        value = os.environ.get(name, "")
        if not value:
            raise ValueError(f"names the variable {name}, which is empty or not set")
        return value
    return _firstLine(name) if colon and kind == "file" else text


def _firstLine(path: str) -> str:
    from CedarBackup3.places import placeOfFile
    from CedarBackup3.util import reasonText

    flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NOCTTY | os.O_NONBLOCK | os.O_NOFOLLOW
    try:
        with placeOfFile(os.fsencode(path)) as (place, name):
            descriptor = os.open(name, flags, dir_fd=place.descriptor)
    except (OSError, ValueError) as error:
        raise ValueError(f"names the file {path}, which cannot be read: {reasonText(error)}") from None
    try:
        _requirePrivate(os.fstat(descriptor), path)
        text = os.read(descriptor, _MOST).decode("utf-8", "replace").strip()
    finally:
        os.close(descriptor)
    if not text:
        raise ValueError(f"names the file {path}, which is empty")
    return text.splitlines()[0].strip()


def _requirePrivate(status: os.stat_result, path: str) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise ValueError(f"names {path}, which is no file")
    if status.st_uid not in (0, os.geteuid()):
        raise ValueError(f"names the file {path}, which belongs to another user")
    # Root's file can be read by another user only if a group or an access list lets that one in, as systemd lets the
    # user of a unit read its credentials (LoadCredential= of systemd.exec(5)).
    if status.st_mode & (0o077 if status.st_uid == os.geteuid() else 0o027):
        raise ValueError(f"names the file {path}, which others can read; run chmod 600 on it")
