"""The guards: checks that refuse a run before anything is changed."""

from __future__ import annotations

import logging
import os
import stat
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from CedarBackup3.amazons3.aws.questions import isDenied
from CedarBackup3.amazons3.bucket.versioning import ENABLED, turnedOnBy, versioningOf
from CedarBackup3.amazons3.local.mounts import mountPoints
from CedarBackup3.amazons3.local.scan import Scan
from CedarBackup3.amazons3.mirror import Mirror
from CedarBackup3.amazons3.sync.plan import Plan
from CedarBackup3.errors import CedarBackupError, CommandFailed, GuardRefused
from CedarBackup3.util import displayPath, displayText

_log = logging.getLogger("CedarBackup3.log")

_PATIENCE = 120.0  # seconds for a question that may as well stay open
_NAMED = 5  # deletions named in a refusal


@dataclass(frozen=True, slots=True)
class Guards:
    """How careful to be."""

    allowEmptySource: bool = False
    requireFile: str = ""
    """A path below the source that has to exist; empty: none."""
    maxDelete: str = ""
    """The most deletions, a number or a percentage of the objects; empty: any number."""
    requireVersioning: bool = False
    """The bucket has to keep what is replaced or deleted."""


def requireSentinel(mirror: Mirror, guards: Guards) -> None:
    """Raise `GuardRefused` unless the file that has to exist does, and the bucket keeps versions if it has to."""
    refuse([*_sentinelReasons(mirror, guards), *_versioningReasons(mirror, guards)])


def requireHarmless(mirror: Mirror, guards: Guards, plan: Plan, *, recordsAttributes: bool = False) -> None:
    """Raise `GuardRefused`, with every reason, if a plan looks like an accident.

    Args:
        mirror: what is mirrored
        guards: how careful to be
        plan: the plan
        recordsAttributes: whether those of the source take the place of what was recorded before
    """
    refuse(
        [
            *_sentinelReasons(mirror, guards),
            *_emptyReasons(mirror, guards, plan, recordsAttributes=recordsAttributes),
            *_deletionReasons(guards, plan),
            *_versioningReasons(mirror, guards),
        ]
    )


def refuse(reasons: Iterable[str]) -> None:
    """Raise `GuardRefused` if there is a reason to."""
    if reason := "; ".join(filter(None, reasons)):
        raise GuardRefused(f"Refused: {reason}; nothing was changed")


def _sentinelReasons(mirror: Mirror, guards: Guards) -> Iterator[str]:
    if guards.requireFile and not os.path.exists(mirror.pathTo(os.fsencode(guards.requireFile))):
        shown = displayPath(mirror.pathTo(os.fsencode(guards.requireFile)))
        yield f"{shown} does not exist, but --requireFile requires it (is its disk mounted?)"


def _emptyReasons(mirror: Mirror, guards: Guards, plan: Plan, *, recordsAttributes: bool) -> Iterator[str]:
    if plan.uploads or plan.upToDateFiles or guards.allowEmptySource:
        return
    source, url = displayPath(mirror.source), displayPath(mirror.location.url)
    if plan.deletions:
        yield (
            f"{source} has no file that can be read, and all {plan.deletions:,} objects in {url} would be deleted; if "
            "that is intended, use --allowEmptySource"
        )
    elif recordsAttributes and mirror.uploadOnly and plan.objects:
        yield (
            f"{source} has no file that can be read, and the attributes of all {plan.objects:,} objects in {url} would "
            "be lost; if that is intended, use --allowEmptySource"
        )


def _deletionReasons(guards: Guards, plan: Plan) -> Iterator[str]:
    limit = guards.maxDelete
    if not limit:
        return
    isPercentage = limit.endswith("%")
    if plan.deletions * (100 if isPercentage else 1) > int(limit.rstrip("%")) * (plan.objects if isPercentage else 1):
        steps = islice((step for step in plan.steps if step.action == "delete"), _NAMED)
        names = ", ".join(displayPath(step.key) for step in steps)
        yield (
            f"{plan.deletions:,} of {plan.objects:,} objects would be deleted, and --maxDelete allows {limit}; "
            f"the first are {names}"
        )


def _versioningReasons(mirror: Mirror, guards: Guards) -> Iterator[str]:
    if not guards.requireVersioning:
        return
    url = displayPath(f"s3://{mirror.location.bucket}")
    try:
        status = versioningOf(mirror.location, mirror.aws)
    except CommandFailed as failure:
        hint = "; it takes the permission s3:GetBucketVersioning" if isDenied(failure) else ""
        yield (
            f"--requireVersioning requires that {url} keeps versions, and whether it does cannot be asked: "
            f"{displayText(failure.reported) or failure}{hint}"
        )
        return
    if status != ENABLED:
        state = "its versioning is suspended" if status else "it has no versioning"
        yield (
            f"{url} does not keep versions, which --requireVersioning requires: {state}; turn it on with "
            f"'{' '.join(turnedOnBy(mirror.location, mirror.aws))}'"
        )


def warnOfLoss(mirror: Mirror, guards: Guards) -> None:
    """Warn in the log if the bucket keeps nothing of what is about to be deleted, unless a guard has seen to that.

    Nothing depends on the answer, so it may be denied, and is not awaited for long. Through an access point nobody can
    ask ("Access point compatibility" in the S3 User Guide).
    """
    if guards.requireVersioning or mirror.location.bucket.startswith("arn:"):
        return
    deadline = time.monotonic() + _PATIENCE
    url = displayPath(f"s3://{mirror.location.bucket}")
    try:
        status = versioningOf(mirror.location, mirror.aws, lambda: time.monotonic() > deadline)
    except CedarBackupError as failure:
        _log.info("Whether %s keeps versions of what is deleted is not known: %s", url, failure)
        return
    if status != ENABLED:
        _log.warning(
            "%s keeps no versions: what this run deletes is gone for good; turn them on with '%s', and use "
            "--requireVersioning to delete nowhere else",
            url,
            " ".join(turnedOnBy(mirror.location, mirror.aws)),
        )


def sourceChange(mirror: Mirror, scan: Scan, guards: Guards) -> str:
    """What has become of the source since it was read, if it is not the same directory any more; otherwise nothing.

    Args:
        mirror: what is mirrored
        scan: as it was read
        guards: the file that has to exist still has to
    """
    shown = f"the source directory {displayPath(mirror.source)}"
    try:
        status = os.lstat(mirror.source)
        with os.scandir(mirror.source) as entries:
            isEmptied = scan.files and next(entries, None) is None
    except OSError as error:
        return f"{shown} can no longer be read ({error.strerror})"
    if not stat.S_ISDIR(status.st_mode) or (status.st_dev, status.st_ino) != mirror.tree.identity:
        return f"{shown} is not the directory that was read: it was replaced during the run"
    if isEmptied:
        return f"{shown} was emptied after it was read"
    if lost := scan.mounts - mountPoints():
        return f"{shown} has lost what was mounted on {displayPath(min(lost))}"
    return next(_sentinelReasons(mirror, guards), "")
