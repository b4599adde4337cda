"""What is mirrored where, and how: the one thing that every step of a run needs to know."""

from __future__ import annotations

import contextlib
import os
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from CedarBackup3.amazons3.awslocale import AwsLocale, awsLocale
from CedarBackup3.amazons3.awssettings import AwsSettings
from CedarBackup3.amazons3.links import UNRESTRICTED, FollowLinks, Owners, Target, isSafe, linkTarget
from CedarBackup3.amazons3.model import S3Location
from CedarBackup3.errors import CedarBackupError, GuardRefused
from CedarBackup3.util import displayPath, reasonText

_CLOCK_GRAIN_NS = 20_000_000  # the kernel stamps files by a clock that may be a tick behind

Path = str | bytes | os.PathLike[str] | os.PathLike[bytes]


@dataclass(frozen=True, slots=True)
class Mirror:
    """A source, a target, and the ways of mirroring the one to the other."""

    source: bytes
    """The directory: an absolute path without links, `..` and, but for the root, trailing slash."""
    location: S3Location
    aws: AwsSettings
    """How aws is run."""
    startNs: int
    """When the run began, in nanoseconds since the epoch: what changes later is told apart from what is wrong."""
    identity: tuple[int, int]
    """The device and inode of the source."""
    mounts: frozenset[bytes] = frozenset()
    """The directories of this machine on which something was mounted when the run began."""
    uploadOnly: bool = False
    """Objects without a file are left alone, and are no difference."""
    excludes: tuple[str, ...] = ()
    """Patterns of what is neither looked at nor touched, on either side."""
    maxSize: int = 0
    """In bytes: larger files are left out, and their objects left alone; 0: there is no limit."""
    followLinks: FollowLinks = "safe"
    owners: Owners = UNRESTRICTED
    """On whose behalf the source was reached."""

    @property
    def locale(self) -> AwsLocale:
        """The locale in which aws reads the names."""
        return self.aws.locale

    def pathTo(self, path: bytes) -> bytes:
        """The whole path of what is below the source."""
        return self.source.rstrip(b"/") + b"/" + path

    def pathOf(self, key: bytes) -> bytes | None:
        """The whole path of the file whose key that is; None if no file can have it."""
        if {b"", b".", b".."}.intersection(key.split(b"/")) or b"\0" in key:
            return None
        try:
            return self.pathTo(self.locale.pathOf(key))
        except UnicodeError:
            return None


def mirrorOf(
    sourceDir: Path,
    s3BucketUrl: str,
    *,
    uploadOnly: bool = False,
    excludes: tuple[str, ...] = (),
    maxSize: int = 0,
    followLinks: FollowLinks = "safe",
    aws: AwsSettings | None = None,
) -> Mirror:
    """The mirror of a directory in a bucket, beginning now.

    Without `aws` the aws is run as this process's locale asks, with nothing else set.

    Raises:
        UsageError: the URL is none
        CedarBackupError: the directory is none, or cannot be read
        GuardRefused: it is reached through a link whose owner cannot read it
    """
    location, startNs = S3Location.parse(s3BucketUrl), time.time_ns() - _CLOCK_GRAIN_NS
    source = _resolvedSource(os.fsencode(sourceDir), followLinks)
    return Mirror(
        source=source.path,
        location=location,
        aws=aws or AwsSettings(awsLocale()),
        startNs=startNs,
        identity=source.identity,
        mounts=mountPoints(),
        uploadOnly=uploadOnly,
        excludes=excludes,
        maxSize=maxSize,
        followLinks=followLinks,
        owners=source.owners,
    )


def mountPoints() -> frozenset[bytes]:
    """The directories on which something is mounted now; none where the system does not tell."""
    try:
        with open("/proc/self/mounts", "rb") as table:  # proc(5); odd characters are written as octal escapes
            points = (re.sub(rb"\\(\d{3})", lambda octal: bytes([int(octal[1], 8)]), line.split()[1]) for line in table)
            return frozenset(points)
    except OSError:
        return frozenset()


@contextlib.contextmanager
def openedSource(mirror: Mirror) -> Iterator[int]:
    """A descriptor of the source, which is the very directory that the run began with.

    Raises:
        CedarBackupError: it cannot be read any more, or another directory is in its place
    """
    shown = displayPath(mirror.source)
    try:
        descriptor = os.open(mirror.source, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError as error:
        raise CedarBackupError(f"The source directory {shown} cannot be read any more: {reasonText(error)}") from None
    try:
        status = os.fstat(descriptor)
        if (status.st_dev, status.st_ino) != mirror.identity:
            raise CedarBackupError(f"The source directory {shown} is not the one that was read: it was replaced")
        yield descriptor
    finally:
        os.close(descriptor)


class _Source(NamedTuple):
    path: bytes
    identity: tuple[int, int]
    owners: Owners


def _resolvedSource(path: bytes, follow: FollowLinks) -> _Source:
    """The directory without links on the way to it."""
    shown = displayPath(path)
    try:
        with _target(path, follow) as target:
            status = os.fstat(target.descriptor)
            os.close(os.open(b".", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=target.descriptor))
            resolved = os.path.realpath(path)
            if not isSafe(target):
                raise GuardRefused(
                    f"Refused: the source directory {shown} leads to {displayPath(resolved)} through a link whose "
                    "owner cannot read it; name that directory itself, or use --followLinks all; nothing was changed"
                )
            if not os.path.samestat(os.stat(resolved), status):
                raise CedarBackupError(f"The source directory {shown} was replaced while it was opened; run again")
            return _Source(resolved, (status.st_dev, status.st_ino), target.owners)
    except (OSError, ValueError) as error:
        raise CedarBackupError(
            f"The source directory {shown} cannot be read: {reasonText(error)}; nothing was changed"
        ) from None


@contextlib.contextmanager
def _target(path: bytes, follow: FollowLinks) -> Iterator[Target]:
    """What a path leads to, whoever has chosen it, so that with `none` only links below it are left out."""
    here = os.open(b".", os.O_PATH | os.O_CLOEXEC)
    try:
        target = linkTarget(here, path, UNRESTRICTED, "all" if follow == "all" else "safe")
    finally:
        os.close(here)
    try:
        yield target
    finally:
        os.close(target.descriptor)
