"""Which symbolic links are followed: those that give their owners nothing that they could not read themselves.

Whoever runs as root reads what others cannot. A link that somebody else has made must not make use of that: what it
leads to counts only if its owner could have read it, too, as with `SymLinksIfOwnerMatch` of the Apache HTTP server.
"""

from __future__ import annotations

import os
import stat
from typing import Literal, NamedTuple

from CedarBackup3.paths import openPath

FollowLinks = Literal["safe", "all", "none"]
"""Which links to follow: those that give nobody what they cannot read, all as the AWS CLI does, or none."""

Owners = frozenset[int]
"""The users on whose behalf something is read: those whose links lead there. None at all: nothing restricts it."""

UNRESTRICTED: Owners = frozenset()


class Target(NamedTuple):
    """What a link leads to."""

    descriptor: int
    """Of what is there, opened with O_PATH; the caller closes it."""
    owners: Owners
    """On whose behalf it was reached."""


def linkTarget(directory: int, path: bytes, owners: Owners, follow: FollowLinks) -> Target:
    """What a path leads to, each link on the way kept in mind.

    Args:
        directory: a descriptor of the directory where a relative path begins
        path: such as the name of a link in it
        owners: on whose behalf the directory was reached
        follow: `safe` keeps in mind whose links were passed, `all` does not

    Raises:
        OSError: it leads nowhere (ENOENT, ENOTDIR), to itself (ELOOP), or where nobody may go
    """
    passed = set(owners)
    descriptor = openPath(directory, path, onLink=lambda status: passed.add(status.st_uid))
    return Target(descriptor, _restricting(passed) if follow == "safe" else UNRESTRICTED)


def _restricting(passed: set[int]) -> Owners:
    """Of the owners of links those who must not be given what they could not read."""
    return frozenset(owner for owner in passed if not isTrusted(owner))


def isTrusted(owner: int) -> bool:
    """Whether a user may read all that this process can: root, and who runs this."""
    return owner in {0, os.geteuid()}


def mayRead(owners: Owners, status: os.stat_result) -> bool:
    """Whether each of the users can read something for itself: it is theirs, or everybody may.

    Groups and access control lists are not asked, so the answer may be no where the system would say yes.
    """
    needed = stat.S_IROTH | stat.S_IXOTH if stat.S_ISDIR(status.st_mode) else stat.S_IROTH
    isForAll = status.st_mode & needed == needed
    return isForAll or all(status.st_uid == owner for owner in owners)


def isSafe(target: Target) -> bool:
    """Whether what a link leads to may be read on behalf of those whose links lead there.

    It belongs to them, or everybody may read it and come there, from the root directory on.
    """
    if not target.owners:
        return True
    status = os.fstat(target.descriptor)
    if all(status.st_uid == owner for owner in target.owners):
        return True
    return mayRead(target.owners, status) and _isReachedByAll(target.descriptor, status)


def _isReachedByAll(descriptor: int, status: os.stat_result) -> bool:
    """Whether everybody may pass each directory on the way to what is open."""
    passed: list[int] = []
    try:
        path = os.readlink(b"/proc/self/fd/%d" % descriptor)
        again = openPath(descriptor, path, onDirectory=lambda above: passed.append(above.st_mode))
    except OSError:  # it lies where nobody can say how it is reached
        return False
    try:
        return os.path.samestat(os.fstat(again), status) and all(mode & stat.S_IXOTH for mode in passed)
    finally:
        os.close(again)
