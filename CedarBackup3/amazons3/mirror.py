"""What is mirrored where, and how: the one thing that every step of a run needs to know."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from CedarBackup3.amazons3.awslocale import AwsLocale, awsLocale
from CedarBackup3.amazons3.model import S3Location
from CedarBackup3.errors import CedarBackupError
from CedarBackup3.util import displayPath

_CLOCK_GRAIN_NS = 20_000_000  # the kernel stamps files by a clock that may be a tick behind

Path = str | bytes | os.PathLike[str] | os.PathLike[bytes]

OnProgress = Callable[[str, int, int, float | None], object]
"""Is told now and then: the phase in a word, files and bytes done in it, and which fraction that is, if it is known."""


class Watcher(Protocol):
    """Whom a run tells how far it has come: an `OnProgress` that counts the time of the phases."""

    seconds: dict[str, float]
    """How long each phase has taken so far."""

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
    locale: AwsLocale
    """The locale in which aws reads the names."""
    startNs: int
    """When the run began, in nanoseconds since the epoch: what changes later is told apart from what is wrong."""
    uploadOnly: bool = False
    """Objects without a file are left alone, and are no difference."""

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


def mirrorOf(sourceDir: Path, s3BucketUrl: str, *, uploadOnly: bool = False) -> Mirror:
    """The mirror of a directory in a bucket, beginning now.

    Raises:
        UsageError: the URL is none
        CedarBackupError: the directory is none, or cannot be read
    """
    location, source = S3Location.parse(s3BucketUrl), _resolvedSource(os.fsencode(sourceDir))
    return Mirror(source, location, awsLocale(), time.time_ns() - _CLOCK_GRAIN_NS, uploadOnly)


def _resolvedSource(path: bytes) -> bytes:
    try:
        with os.scandir(path):
            return os.path.realpath(path)
    except (OSError, ValueError) as error:
        reason = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else str(error)
        raise CedarBackupError(
            f"The source directory {displayPath(path)} cannot be read: {reason}; nothing was changed"
        ) from None
