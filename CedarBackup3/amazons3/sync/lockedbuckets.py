"""Uploads to a bucket that takes none without a checksum, as one with Object Lock and a default retention does.

At an endpoint that is not Amazon's a new aws is kept from adding checksums to uploads, since many servers refuse them.
At the first refusal for want of one, aws begins again with them.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable
from dataclasses import replace

from CedarBackup3.amazons3.aws.advice import CHECKSUM_NEEDED
from CedarBackup3.amazons3.aws.arguments import Arguments
from CedarBackup3.amazons3.aws.command import AwsResult, awsEnvironment, runAws
from CedarBackup3.amazons3.aws.settings import AwsSettings
from CedarBackup3.amazons3.aws.transfers import AS_IT_IS, Pace
from CedarBackup3.amazons3.model import S3Location
from CedarBackup3.util import displayPath

_log = logging.getLogger("CedarBackup3.log")


def runUpload(
    arguments: Arguments,
    location: S3Location,
    settings: AwsSettings,
    *,
    onOutput: Callable[[bytes], object] | None = None,
    onErrorLine: Callable[[str], object] = lambda line: None,
    onAgain: Callable[[], object] = lambda: None,
    shouldStop: Callable[[], bool] = lambda: False,
    pace: Pace = AS_IT_IS,
) -> tuple[AwsResult, AwsSettings]:
    """Run an aws that uploads, once more if the bucket wants checksums.

    Args:
        arguments: of the upload
        location: where it goes
        settings: how to run it
        onOutput, onErrorLine, shouldStop, pace: as for `runAws`
        onAgain: called before it begins again; what came before counts for nothing

    Returns:
        How it ended, and the settings that have turned out to be right for the bucket.

    Raises:
        CommandFailed, CedarBackupError: as `runAws`
    """
    adding = replace(settings, addsChecksums=True)
    mayAdd = awsEnvironment(os.environ, settings) != awsEnvironment(os.environ, adding)
    needs = threading.Event()

    def look(line: str) -> None:
        if mayAdd and CHECKSUM_NEEDED.search(line):
            needs.set()
        onErrorLine(line)

    def mustStop() -> bool:
        return needs.is_set() or shouldStop()

    result = runAws(arguments, settings, onOutput=onOutput, onErrorLine=look, shouldStop=mustStop, pace=pace)
    if not needs.is_set() or shouldStop():
        return result, settings
    _log.info("%s takes no upload without a checksum: the AWS CLI begins again", displayPath(location.url))
    onAgain()
    again = runAws(arguments, adding, onOutput=onOutput, onErrorLine=onErrorLine, shouldStop=shouldStop, pace=pace)
    return again, adding
