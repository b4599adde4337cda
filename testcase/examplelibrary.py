"""Another program with this package as its library: saves a directory, and learns whether it arrived.

It asks first whether all of its names will survive, and leaves logging to the program that it is part of. Cedar Backup
is no such program, since its package has the same name: `CedarBackup3.extend.amazons3sync` is its extended action.
"""

from __future__ import annotations

import logging

from CedarBackup3.errors import CedarBackupError, NamesRefused
from CedarBackup3.tools.amazons3sync import checkSourceFiles, synchronizeBucket, verifyBucketContents
from CedarBackup3.util import displayBytes, executeCommand

_log = logging.getLogger("CedarBackup3.log.example")


def saveDirectory(directory: str, s3BucketUrl: str) -> bool:
    """Save a directory to a bucket; returns whether it is proven to be there."""
    status, lines = executeCommand(["du", "-s", "--"], [directory], returnOutput=True)
    _log.info("Saving %s (status %d)", (lines or ["?"])[0].split("\t")[0], status)
    try:
        checkSourceFiles(directory, s3BucketUrl)
    except NamesRefused as refusal:
        _log.warning("Going on all the same: %s", refusal)
    try:
        synced = synchronizeBucket(directory, s3BucketUrl)
        report = verifyBucketContents(directory, s3BucketUrl)
    except CedarBackupError as failure:
        _log.error("Nothing is proven: %s", failure)
        return False
    _log.info("%d files (%s) agree", report.matchedFiles, displayBytes(report.matchedBytes))
    return synced.isComplete and report.isClean
