"""A mirror: source, target and the options that every step of a run needs."""

from __future__ import annotations

import time
from dataclasses import dataclass

from CedarBackup3.amazons3.aws.locale import AwsLocale, awsLocale
from CedarBackup3.amazons3.aws.settings import AwsSettings
from CedarBackup3.amazons3.local.filters import NO_FILTERS, Filters
from CedarBackup3.amazons3.local.links import FollowLinks
from CedarBackup3.amazons3.local.mounts import mountPoints
from CedarBackup3.amazons3.local.tree import LocalTree, Path, localTree
from CedarBackup3.amazons3.model import S3Location

_CLOCK_GRAIN_NS = 20_000_000  # the kernel stamps files by a clock that may be a tick behind


@dataclass(frozen=True, slots=True)
class Mirror:
    """A source, a target, and the ways of mirroring the one to the other."""

    tree: LocalTree
    """The source."""
    location: S3Location
    aws: AwsSettings
    """How aws is run."""
    startNs: int
    """When the run began, in nanoseconds since the epoch: what changes later is told apart from what is wrong."""
    mounts: frozenset[bytes] = frozenset()
    """The directories of this machine on which something was mounted when the run began."""
    uploadOnly: bool = False
    """Objects without a file are left alone, and are no difference."""

    @property
    def source(self) -> bytes:
        """The path of the source."""
        return self.tree.root

    @property
    def locale(self) -> AwsLocale:
        """The locale in which aws reads the names."""
        return self.tree.locale

    def pathTo(self, path: bytes) -> bytes:
        """The whole path of what is below the source."""
        return self.tree.pathTo(path)


def mirrorOf(
    sourceDir: Path,
    s3BucketUrl: str,
    *,
    uploadOnly: bool = False,
    filters: Filters = NO_FILTERS,
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
    aws = aws or AwsSettings(awsLocale())
    tree = localTree(sourceDir, aws.locale, filters=filters, followLinks=followLinks)
    return Mirror(tree, location, aws, startNs, mountPoints(), uploadOnly)
