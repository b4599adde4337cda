"""The directories for locks: only this user or root can create or remove a file in them.

So no other user can keep this one's runs from taking theirs, and all runs of one user meet in at least one of them.
"""

from __future__ import annotations

import contextlib
import os
import pwd
from collections.abc import Iterator

from CedarBackup3.errors import CedarBackupError
from CedarBackup3.places import Place, openPlace
from CedarBackup3.util import displayPath, shortageSentence

_OF_ROOT = b"/run/cback-amazons3-sync"
"""Which debian/tmpfiles makes, too."""
_OF_USERS = b"/run/lock/cback-amazons3-%d"
"""In the directory for locks, where everybody can make one (File Hierarchy Standard 3.0, 3.15)."""
_IN_HOME = b".local/state/cback-amazons3-sync"
"""Where a user's state lies, by default (XDG Base Directory Specification 0.8)."""


@contextlib.contextmanager
def lockPlaces() -> Iterator[list[Place]]:
    """The directories in each of which a run of this user's holds its lock, always in the same order.

    A cron job may have no runtime directory while a person has, so one for the whole machine counts as well. The first
    that can be had is made; a second counts beside it if it is there: another user may have taken the name of the first
    while a run had to do with the second, and may have given it back.

    Raises:
        CedarBackupError: there is none, and none can be made
    """
    candidates = _machineWide()
    with contextlib.ExitStack() as stack:
        held = [place for path in candidates if (place := _usable(path, stack))]
        if not held:
            held = [place for place in [_made(candidates, stack)] if place]
        if runtime := _usable(os.fsencode(os.environ.get("XDG_RUNTIME_DIR", "")), stack):
            held.append(runtime)
        if not held:
            shown = " and ".join(map(displayPath, candidates))
            raise CedarBackupError(
                f"No lock can be taken: {shown} cannot be created, or other users can write to them; create one for "
                "this user only; nothing was changed"
            )
        yield held


def _machineWide() -> list[bytes]:
    """Where cron jobs and people meet, the first choice first; it depends on no variable, which may differ for them."""
    user = os.geteuid()
    first = _OF_USERS % user if user else _OF_ROOT
    try:
        return [first, os.path.join(os.fsencode(pwd.getpwuid(user).pw_dir), _IN_HOME)]
    except KeyError:
        return [first]


def _made(candidates: list[bytes], stack: contextlib.ExitStack) -> Place | None:
    """The first of the directories that can be made for this user only."""
    for path in candidates:
        with contextlib.suppress(OSError):
            os.makedirs(os.path.dirname(path), 0o700, exist_ok=True)
            os.mkdir(path, 0o700)
        if place := _usable(path, stack):
            return place
    return None


def _usable(path: bytes, stack: contextlib.ExitStack) -> Place | None:
    """A directory that is there, private, and can be written to."""
    if not path.startswith(b"/"):
        return None
    with contextlib.ExitStack() as own:
        try:
            place = own.enter_context(openPlace(path))
            canWrite = os.access(b".", os.W_OK, dir_fd=place.descriptor, effective_ids=True)
        except (OSError, ValueError) as error:
            if shortage := shortageSentence(error):  # elsewhere a lock would be where no other run looks for it
                raise CedarBackupError(f"No lock can be taken: {shortage}; nothing was changed") from None
            return None
        if not (place.isPrivate and canWrite):
            return None
        stack.push(own.pop_all())
        return place
