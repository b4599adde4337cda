"""Uploading again what differs in content, which `aws s3 sync` never would, and the proof that it has arrived."""

from __future__ import annotations

import logging
from itertools import islice

from CedarBackup3.amazons3 import apply, guards
from CedarBackup3.amazons3.content.check import ContentCheck, contentCheck
from CedarBackup3.amazons3.messages import repairLine
from CedarBackup3.amazons3.mirror import Mirror, Watcher
from CedarBackup3.amazons3.model import VerifyReport
from CedarBackup3.amazons3.scan import Scan
from CedarBackup3.amazons3.steps import comparedAfresh, uploaded
from CedarBackup3.errors import CedarBackupError

log = logging.getLogger("CedarBackup3.log")


def repaired(mirror: Mirror, scan: Scan, watcher: Watcher, ranges: int, check: ContentCheck) -> VerifyReport:
    """Upload what a check found to differ and check again: all names and sizes, and the content that was no match.

    So is the content of what was a match, but is another file or object by now.

    Args:
        mirror: what is mirrored
        scan: tells how to cut the listing
        watcher: sees the progress
        ranges: as for `steps.comparedAfresh`
        check: the check, with its findings and matches

    Raises:
        CedarBackupError: the source has changed since it was read; nothing was uploaded again
    """
    if change := guards.sourceChange(mirror, scan, guards.Guards()):
        raise CedarBackupError(f"Nothing was uploaded again, because {change}; look what happened, then run again")
    differing = (found for found in check.findings if found.verdict == "differs")
    while batch := list(islice(differing, apply.MOST_LINKS)):
        for found in batch:
            log.info("%s", repairLine(mirror, found))
        uploaded(mirror, (found.path for found in batch), len(batch), watcher)
    with contentCheck(before=check.settled()) as second:
        return comparedAfresh(mirror, scan, watcher, ranges, second)
