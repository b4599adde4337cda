"""The target of a restore: a directory that is opened once, before anything else is looked at.

It may lie in the home of another user, who can put something else at its path at any time, or on the way to it. So the
way is judged as it is walked, and whatever is done in the directory afterwards is done by its descriptor.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace

from CedarBackup3.errors import CedarBackupError, GuardRefused
from CedarBackup3.places import Place, StrangersLink, openPlace
from CedarBackup3.util import displayPath

PRIVATE_DIRECTORY = 0o700
"""The mode of a directory that a restore makes: nobody knows who was to read what is in the bucket."""

NO_LINK = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
"""The flags by which a directory is opened, and never through a link."""


@dataclass(frozen=True, slots=True)
class Target:
    """A directory that is open or, as long as there is none, the deepest one above it."""

    given: bytes
    """The path that led there: absolute."""
    path: bytes
    """The path that it had then: absolute and without links."""
    descriptor: int
    """Of the directory, or of the one above; for as long as the context lasts."""
    missing: tuple[bytes, ...] = ()
    """The names that have to be made below that, the directory's own last."""

    @property
    def root(self) -> int:
        """The descriptor of the directory; negative: there is none yet."""
        return -1 if self.missing else self.descriptor


@contextlib.contextmanager
def openTarget(path: bytes) -> Iterator[Target]:
    """The directory at an absolute path, which need not exist.

    Raises:
        GuardRefused: a link on the way belongs neither to root nor to this user
        CedarBackupError: it is no directory, or this user may not read it
    """
    shown = displayPath(path)
    with contextlib.ExitStack() as stack:
        try:
            place, missing = _deepest(path, stack)
            descriptor = place.descriptor
            if not missing:
                descriptor = os.open(b".", NO_LINK, dir_fd=place.descriptor)
                stack.callback(os.close, descriptor)
        except StrangersLink as link:
            raise GuardRefused(
                f"Refused: another user can redirect {shown}: {link}; name the directory itself; nothing was changed"
            ) from None
        except OSError as error:
            raise CedarBackupError(f"The target directory {shown} cannot be read: {error.strerror}") from None
        yield Target(path, os.path.join(place.path, *missing), descriptor, missing)


def _deepest(path: bytes, stack: contextlib.ExitStack) -> tuple[Place, tuple[bytes, ...]]:
    """The deepest directory that there is on a path, and the names behind it."""
    missing: tuple[bytes, ...] = ()
    while True:
        try:
            return stack.enter_context(openPlace(path)), missing
        except FileNotFoundError:
            path, name = os.path.split(path)
            missing = (name, *missing)


def makeDirectory(name: bytes, above: int) -> None:
    """Make a directory for this user and its own group, also where the one above it gives what is in it another group.

    That would get what its mode grants to the recorded group (mkdir(2), set-group-ID). Raises `OSError`.
    """
    os.mkdir(name, PRIVATE_DIRECTORY, dir_fd=above)
    with contextlib.suppress(OSError):  # a file system that keeps no owners, or somebody has removed it already
        descriptor = os.open(name, NO_LINK, dir_fd=above)
        try:
            status = os.fstat(descriptor)
            if status.st_uid == os.geteuid() and status.st_gid != os.getegid():
                os.fchown(descriptor, -1, os.getegid())
                os.fchmod(descriptor, PRIVATE_DIRECTORY)
        finally:
            os.close(descriptor)


@contextlib.contextmanager
def makeTarget(target: Target) -> Iterator[Target]:
    """The same, made for this user alone if there was none.

    Raises:
        OSError: it cannot be, or somebody else has made it since
    """
    descriptor = target.descriptor
    with contextlib.ExitStack() as stack:
        for name in target.missing:
            makeDirectory(name, descriptor)
            descriptor = os.open(name, NO_LINK, dir_fd=descriptor)
            stack.callback(os.close, descriptor)
        yield replace(target, descriptor=descriptor, missing=())


def requireSamePlace(target: Target, descriptor: int, done: str) -> None:
    """Raise `CedarBackupError` unless the path of a target still leads to the directory that is open.

    Args:
        target: the directory as it was opened
        descriptor: of the directory itself
        done: what was done with it: `restored into`
    """
    with contextlib.suppress(OSError, StrangersLink), openPlace(target.given) as place:
        if os.path.samestat(os.fstat(place.descriptor), os.fstat(descriptor)):
            return
    now = os.readlink(b"/proc/self/fd/%d" % descriptor)
    raise CedarBackupError(
        f"{displayPath(target.given)} no longer leads to the directory that was {done}: it was moved or replaced "
        f"during the run; the directory that was {done} is {displayPath(now)}"
    )
