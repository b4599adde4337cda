"""The log of a user who cannot write the default one and has named none: it lies where such a user's state lies."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping

_BELOW_STATE = "cback/cback.log"
_STATE_IN_HOME = ".local/state"


def userLogfile(default: str, environment: Mapping[str, str]) -> str:
    """The log file of this user, where it takes the place of the default one.

    It is `cback/cback.log` in `XDG_STATE_HOME`, or else in `.local/state` in `HOME` (XDG Base Directory Specification
    0.8, by which a relative path counts as none).

    Args:
        default: the log file of the system
        environment: the variables that say where this user's files are

    Returns:
        Its path; empty if the default one can be written, for root, and where no variable says where to.
    """
    if os.geteuid() == 0 or _isWritable(default):
        return ""
    if os.path.isabs(state := environment.get("XDG_STATE_HOME", "")):
        return os.path.join(state, _BELOW_STATE)
    if os.path.isabs(home := environment.get("HOME", "")):
        return os.path.join(home, _STATE_IN_HOME, _BELOW_STATE)
    return ""


def requirePrivateDirectory(path: bytes) -> None:
    """Make a directory for this user only, with those above it that are missing, and judge the way to it.

    Raises:
        ValueError: others could replace what lies in it, or a link of another user's leads there
        OSError: it cannot be made
    """
    from CedarBackup3.places import openPlace

    _makeDirectory(path)
    with openPlace(path) as place:
        if place.weakness:
            raise ValueError(place.weakness)


def _makeDirectory(path: bytes) -> None:
    """Each directory is made in the one above it when that is open and judged, so none is made for somebody else."""
    from CedarBackup3.places import openPlace

    above, name = os.path.split(path)
    if not name or os.path.isdir(path):
        return
    _makeDirectory(above)
    with openPlace(above) as place:
        if place.exposure:
            raise ValueError(place.exposure)
        with contextlib.suppress(FileExistsError):
            os.mkdir(name, 0o700, dir_fd=place.descriptor)


def _isWritable(path: str) -> bool:
    """Whether this user may add lines to a file, or make it."""
    if os.path.lexists(path):
        return os.access(path, os.W_OK, effective_ids=True)
    return os.access(os.path.dirname(path), os.W_OK | os.X_OK, effective_ids=True)
