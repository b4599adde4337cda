"""Ends the uploads below a target that were begun long ago and never completed, once the mirror is proven."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Literal, NamedTuple

from CedarBackup3.amazons3.aws.rules import RuleSet
from CedarBackup3.amazons3.aws.session.client import sessionOf
from CedarBackup3.amazons3.bucket.uploads import (
    DAY,
    LARGEST_CLOCK_ERROR,
    IncompleteUpload,
    endUpload,
    listUploads,
    partsOf,
)
from CedarBackup3.amazons3.cappedlines import CappedLines
from CedarBackup3.amazons3.mirror import Mirror
from CedarBackup3.amazons3.model import ATTRIBUTES_KEY
from CedarBackup3.amazons3.progress import Watcher
from CedarBackup3.amazons3.workers import mapInOrder, processors
from CedarBackup3.errors import CedarBackupError, CommandFailed
from CedarBackup3.util import displayBytes, displayCount, displayPath

_log = logging.getLogger("CedarBackup3.log")

_AT_ONCE_IN_SESSION = 16
_PAYS = 2  # uploads; for each there are two questions


class _Ended(NamedTuple):
    """What became of an upload."""

    upload: IncompleteUpload
    how: Literal["ended", "over", "under way", "failed"]
    size: int | None = 0
    """The bytes that its end frees; None: nobody knows."""
    why: str = ""


def endIncompleteUploads(mirror: Mirror, days: int, watcher: Watcher, *, dryRun: bool) -> None:
    """End what was begun more than so many days ago, and has got no part since; log each, and the bytes that it frees.

    What rules leave out is not ours to end, as its objects are not ours to delete.

    Both times are the server's, the present is that of this machine: S3 accepts no request of a machine whose clock is
    wrong by more than a quarter of an hour, and that much is added to the days.

    Args:
        mirror: has the target
        days: at least one
        watcher: sees the progress
        dryRun: only log what would be ended

    Raises:
        CedarBackupError: some could not be ended, or they cannot be listed; the mirror is complete all the same
    """
    url = displayPath(mirror.location.url)
    watcher("uploads")
    limit = time.time() - days * DAY - LARGEST_CLOCK_ERROR
    attributes = mirror.location.prefix + ATTRIBUTES_KEY.decode()
    isLeftOut, start = RuleSet(mirror.tree.filters.rules).inOrder(), len(mirror.location.prefix)
    try:
        begun = (each for each in listUploads(mirror.location, mirror.aws) if each.initiated <= limit)
        old = [each for each in begun if each.key == attributes or not isLeftOut(each.key[start:])]
    except CommandFailed as failure:
        raise CedarBackupError(
            f"The mirror in {url} is complete, but its incomplete uploads cannot be listed for "
            f"--endIncompleteUploads: {failure}"
        ) from None
    since = f"more than {displayCount(days, 'day')} ago"
    if not old:
        _log.info("No incomplete upload in %s was begun %s", url, since)
        return
    ended = _dealtWith(mirror, old, limit, watcher, dryRun=dryRun)
    done = [each for each in ended if each.how == "ended"]
    failed = sum(each.how == "failed" for each in ended)
    size = sum(each.size or 0 for each in done)
    what = f"{displayCount(len(done), 'incomplete upload')} in {url} begun {since}"
    if dryRun:
        _log.info("Would end %s; that would free %s", what, displayBytes(size))
    else:
        _log.info("Ended %s; that frees %s", what, displayBytes(size))
    if failed:
        raise CedarBackupError(
            f"The mirror in {url} is complete, but {displayCount(failed, 'incomplete upload')} could not be ended; "
            "compare this user's permissions with what --printPolicy prints with --endIncompleteUploads"
        )


def _dealtWith(
    mirror: Mirror, uploads: Sequence[IncompleteUpload], limit: float, watcher: Watcher, *, dryRun: bool
) -> list[_Ended]:
    """What became of each, logged as it ends."""
    session = sessionOf(mirror.aws, pays=len(uploads) >= _PAYS) if uploads else None
    atOnce = _AT_ONCE_IN_SESSION if session else 2 * processors()
    cancelled = threading.Event()
    lines, failures = CappedLines("incomplete uploads", logging.INFO), CappedLines("uploads that could not be ended")

    def deal(upload: IncompleteUpload) -> _Ended:
        return _ended(mirror, upload, limit, cancelled, dryRun=dryRun)

    results: list[_Ended] = []
    dealt = mapInOrder(deal, uploads, threads=atOnce, ahead=atOnce, cancel=cancelled.set)
    with contextlib.closing(dealt):
        for result in dealt:
            results.append(result)
            watcher("uploads", len(results), 0, len(results) / len(uploads))
            (failures if result.how == "failed" else lines).log(_line(mirror, result, dryRun=dryRun))
    lines.finish()
    failures.finish()
    return results


def _ended(
    mirror: Mirror, upload: IncompleteUpload, limit: float, cancelled: threading.Event, *, dryRun: bool
) -> _Ended:
    bucket = mirror.location.bucket
    try:
        size, newest = partsOf(upload, bucket, mirror.aws, cancelled.is_set)
        if newest > limit:
            return _Ended(upload, "under way")
        if not dryRun:
            endUpload(upload, bucket, mirror.aws, cancelled.is_set)
    except CommandFailed as failure:
        if failure.code == "NoSuchUpload":
            return _Ended(upload, "over")
        return _Ended(upload, "failed", why=str(failure))
    return _Ended(upload, "ended", size)


def _line(mirror: Mirror, result: _Ended, *, dryRun: bool) -> str:
    name = displayPath(f"s3://{mirror.location.bucket}/{result.upload.key}")
    begun = datetime.fromtimestamp(result.upload.initiated, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    size = "of unknown size" if result.size is None else displayCount(result.size, "byte")
    match result.how:
        case "ended":
            return f"{'Would end' if dryRun else 'Ended'} the incomplete upload of {name}, begun {begun} ({size})"
        case "over":
            return f"The incomplete upload of {name}, begun {begun}, is over already"
        case "under way":
            return f"The incomplete upload of {name}, begun {begun}, is left alone: a part of it came later"
        case "failed":
            return f"The incomplete upload of {name}, begun {begun}, could not be ended: {result.why}"
