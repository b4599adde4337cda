"""Whether a bucket keeps what is replaced or deleted."""

from __future__ import annotations

import os
from collections.abc import Callable

from CedarBackup3.amazons3.aws.command import reachingSwitches
from CedarBackup3.amazons3.aws.questions import askS3
from CedarBackup3.amazons3.aws.settings import AwsSettings
from CedarBackup3.amazons3.model import S3Location

ENABLED = "Enabled"
"""The only state in which it does (API reference, "GetBucketVersioning"). MFA delete is another matter."""


def versioningOf(location: S3Location, aws: AwsSettings, shouldStop: Callable[[], bool] = lambda: False) -> str:
    """`Enabled`, `Suspended`, or nothing for a bucket that never had versions.

    Args:
        location: its prefix does not matter
        aws: how to run it
        shouldStop: asked now and then; the question is given up once it says yes

    Raises:
        CommandFailed: S3 or aws refuses; a server without versions may, too
    """
    return str(askS3("GetBucketVersioning", {"Bucket": location.bucket}, aws, shouldStop=shouldStop).get("Status", ""))


def turnedOnBy(location: S3Location, aws: AwsSettings) -> tuple[str, ...]:
    """The words of the command that lets a bucket keep versions from now on."""
    return (
        *("aws", "s3api", "put-bucket-versioning", "--bucket", location.bucket),
        *("--versioning-configuration", f"Status={ENABLED}", *reachingSwitches(aws, os.environ)),
    )
