"""What is mirrored where, and how: the one thing that every step of a run needs to know."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from CedarBackup3.amazons3.awslocale import AwsLocale, awsLocale
from CedarBackup3.amazons3.awssettings import AwsSettings
from CedarBackup3.amazons3.model import S3Location
from CedarBackup3.errors import CedarBackupError
from CedarBackup3.util import displayPath

_CLOCK_GRAIN_NS = 20_000_000  # the kernel stamps files by a clock that may be a tick behind

Path = str | bytes | os.PathLike[str] | os.PathLike[bytes]

OnProgress = Callable[[str, int, int, float | None], object]
"""Is told now and then: the phase in a word, files and bytes done in it, and which fraction that is, if it is known."""


class Recorder(Protocol):
    """Who keeps what a run finds, by classes of files and objects."""

    def note(self, name: str, path: bytes, size: int | None = None, files: int = 1) -> object:
        """One more of a class: its path or key, its bytes if it has any, and how many files it stands for."""

    def count(self, name: str, files: int = 0, size: int = 0) -> object:
        """So many more of a class, and their bytes; with 0 the class is at least there."""

    def forget(self, *names: str) -> object:
        """What was found of these classes is looked for anew."""


class Watcher(Protocol):
    """Whom a run tells how far it has come: an `OnProgress` that counts the time of the phases."""

    seconds: dict[str, float]
    """How long each phase has taken so far."""

    @property
    def record(self) -> Recorder:
        """Where it is kept what the run finds."""

    @property
    def isShown(self) -> bool:
        """Whether anybody sees it."""

    def __call__(self, phase: str, files: int = 0, size: int = 0, fraction: float | None = None) -> object:
        """As `OnProgress`; the first word of a phase begins it, an empty one ends the last."""

    def charge(self, phase: str, seconds: float) -> object:
        """Count time that was spent on one phase in the midst of another."""


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
    followLinks: bool = True

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
    followLinks: bool = True,
    aws: AwsSettings | None = None,
) -> Mirror:
    """The mirror of a directory in a bucket, beginning now.

    Without `aws` the aws is run as this process's locale asks, with nothing else set.

    Raises:
        UsageError: the URL is none
        CedarBackupError: the directory is none, or cannot be read
    """
    location, startNs = S3Location.parse(s3BucketUrl), time.time_ns() - _CLOCK_GRAIN_NS
    source, identity = _resolvedSource(os.fsencode(sourceDir))
    return Mirror(
        source=source,
        location=location,
        aws=aws or AwsSettings(awsLocale()),
        startNs=startNs,
        identity=identity,
        mounts=mountPoints(),
        uploadOnly=uploadOnly,
        excludes=excludes,
        followLinks=followLinks,
    )


def mountPoints() -> frozenset[bytes]:
    """The directories on which something is mounted now; none where the system does not tell."""
    try:
        with open("/proc/self/mounts", "rb") as table:  # proc(5); odd characters are written as octal escapes
            points = (re.sub(rb"\\(\d{3})", lambda octal: bytes([int(octal[1], 8)]), line.split()[1]) for line in table)
            return frozenset(points)
    except OSError:
        return frozenset()


def _resolvedSource(path: bytes) -> tuple[bytes, tuple[int, int]]:
    try:
        with os.scandir(path):
            resolved = os.path.realpath(path)
            status = os.stat(resolved)
            return resolved, (status.st_dev, status.st_ino)
    except (OSError, ValueError) as error:
        reason = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else str(error)
        raise CedarBackupError(
            f"The source directory {displayPath(path)} cannot be read: {reason}; nothing was changed"
        ) from None
