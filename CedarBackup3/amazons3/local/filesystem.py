"""File systems: which directories are on that of the source.

A file system in user space, or of a server that does not answer, keeps waiting whoever asks it for anything. So what is
mounted somewhere is told by the kernel's table of mounts, and by no question to what is mounted. A directory that is
bound to another place of the same file system is on it, as `find -xdev` and `rsync -x` see it: a service's sandbox
binds directories to themselves.
"""

from __future__ import annotations

import os
import re

_PATH = os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC  # which has no automounter mount anything


class FileSystem:
    """The file system of an open directory."""

    def __init__(self, root: int) -> None:
        """Take a descriptor of the directory."""
        self._device = os.fstat(root).st_dev
        self._mount = _mountOf(root)
        self._devices: dict[bytes, bytes] = {}

    def has(self, directory: int, name: bytes) -> bool:
        """Whether a directory, by its name in an open one, is on it.

        Raises:
            OSError: it is not there (any more), or this user may not go there
        """
        descriptor = os.open(name, _PATH, dir_fd=directory)
        try:
            return self._isSame(_mountOf(descriptor)) and os.fstat(descriptor).st_dev == self._device
        finally:
            os.close(descriptor)

    def isDevice(self, device: int) -> bool:
        """Whether that is its device number."""
        return device == self._device

    def _isSame(self, mount: bytes) -> bool:
        """Whether a mount is of the same device; what the system does not tell is asked of the directory."""
        if mount == self._mount or not mount:
            return True
        if mount not in self._devices:  # also what was mounted after the walk began
            self._devices = _mountedDevices()
        return self._devices.get(mount) == self._devices.get(self._mount)


def _mountOf(descriptor: int) -> bytes:
    """The number of the mount that something open is in; empty: the system does not tell."""
    try:
        with open(f"/proc/self/fdinfo/{descriptor}", "rb") as facts:  # proc(5)
            match = re.search(rb"^mnt_id:\s*(\d+)", facts.read(), re.MULTILINE)
    except OSError:
        return b""
    return match[1] if match else b""


def _mountedDevices() -> dict[bytes, bytes]:
    """The device of each mount, by its number."""
    try:
        with open("/proc/self/mountinfo", "rb") as table:
            rows = [line.split(maxsplit=3) for line in table]
    except OSError:
        return {}
    return {row[0]: row[2] for row in rows if len(row) > 3}
