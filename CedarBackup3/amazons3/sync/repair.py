"""Uploads files once more whose objects have another content, and compares again."""

from __future__ import annotations

import contextlib
import logging
import time
from dataclasses import replace
from functools import partial

from CedarBackup3.amazons3.cappedlines import CappedLines
from CedarBackup3.amazons3.local.scan import Scan
from CedarBackup3.amazons3.mirror import Mirror
from CedarBackup3.amazons3.model import ContentFinding, VerifyReport
from CedarBackup3.amazons3.progress import Transfer, Watcher
from CedarBackup3.amazons3.spool import Spool
from CedarBackup3.amazons3.sync import guards
from CedarBackup3.amazons3.sync.attributes import Attributes
from CedarBackup3.amazons3.sync.batches import File
from CedarBackup3.amazons3.sync.contentcheck import ContentCheck, openContentCheck, partialCheck
from CedarBackup3.amazons3.sync.messages import repairLine
from CedarBackup3.amazons3.sync.runtrace import RunTrace
from CedarBackup3.amazons3.sync.steps import compareAfresh
from CedarBackup3.amazons3.sync.uploads import uploadFiles
from CedarBackup3.errors import CedarBackupError
from CedarBackup3.util import displayCount

log = logging.getLogger("CedarBackup3.log")


def uploadAgain(
    mirror: Mirror,
    scan: Scan,
    watcher: Watcher,
    ranges: int,
    check: ContentCheck,
    trace: RunTrace | None = None,
    *,
    isWhole: bool = True,
    attributes: Attributes | None = None,
) -> VerifyReport:
    """Upload what a check found to differ and check again: all names and sizes, and the content that was no match.

    So is the content of what was a match, but is another file or object by now.

    Args:
        mirror: what is mirrored
        scan: tells how to cut the listing
        watcher: sees the progress
        ranges: as for `steps.compareAfresh`
        check: the check, with its findings and matches
        trace: what the run had done before; None: nothing
        attributes: are read again, and stored
        isWhole: upload all that differs, not just what this run has uploaded before, and what changed meanwhile

    Raises:
        CedarBackupError: the source has changed since it was read; nothing was uploaded again
    """
    sourceChange = partial(guards.sourceChange, mirror, scan, guards.Guards())
    if change := sourceChange():
        raise CedarBackupError(f"Nothing was uploaded again, because {change}; check what happened, then run again")
    differing = (f for f in check.found() if check.goesUpAgain(f) or (isWhole and f.verdict == "differs"))
    with Spool(ContentFinding._make) as again:
        count = again.extend(differing)
        size = sum(found.size for found in again)
        transfer = Transfer(watcher, "sync", count, size)
        log.info("Uploading %s once more", displayCount(count, "file"))
        lines = CappedLines("repairs", logging.INFO)
        for found in again:
            if not check.goesUpAgain(found):
                lines.log(repairLine(mirror, found))
        lines.finish()
        transfer.begin()
        files = (File(found.path, found.size) for found in again)
        uploadFiles(mirror, files, (count, size), transfer, sourceChange)
        before = trace or RunTrace(scan.entries, (), (), 0)
        after = replace(before, again=again, endedNs=time.time_ns())
        with contextlib.ExitStack() as stack:
            second = stack.enter_context(
                openContentCheck(before=check.decided(), isWhole=check.isWhole, mayRead=check.mayRead)
            )
            if check.part:
                proves = check.provesUploads
                second = stack.enter_context(partialCheck(second, check.part, check.coverage, proveUploads=proves))
            return compareAfresh(mirror, scan, watcher, ranges, second, after, attributes)
