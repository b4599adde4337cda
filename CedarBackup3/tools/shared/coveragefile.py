"""The file in a state directory that keeps on which days the contents of which files were proven.

It only ever supports a claim, so whatever is wrong with it costs the claim and a warning, and never the run.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
from collections.abc import Mapping
from typing import Any, NamedTuple

from CedarBackup3.amazons3.aws.command import anyEndpoint
from CedarBackup3.amazons3.mirror import Mirror
from CedarBackup3.amazons3.model import Coverage, VerifyReport
from CedarBackup3.amazons3.sync.coverage import coverageIn, coverageText, isProven, withPart
from CedarBackup3.cli.filereplacement import replaceableText, replaceFile
from CedarBackup3.places import openPlace
from CedarBackup3.util import displayPath

log = logging.getLogger("CedarBackup3.log")

_MODE = 0o600
_MOST = 1 << 20  # bytes; 4,096 parts take a twentieth


class CoverageFile(NamedTuple):
    """Where it is kept what is known of one source in one target."""

    path: str
    pair: Mapping[str, Any]
    """Names both."""
    selection: Mapping[str, Any]
    """Which files of the source are mirrored: what is known of others tells nothing of these."""


def coverageFile(mirror: Mirror, environment: Mapping[str, str]) -> CoverageFile | None:
    """The file of a mirror in the state directory that systemd names; None: there is none, or others can write to it.

    `STATE_DIRECTORY` has several, divided by colons, if the unit does (systemd.exec(5)); the first one counts.
    """
    directory = environment.get("STATE_DIRECTORY", "").partition(":")[0]
    if not directory:
        return None
    if problem := _problemWith(directory):
        log.warning(
            "It is not kept which contents were checked when: STATE_DIRECTORY is %s, and %s; set it to a private "
            "directory, or unset it",
            displayPath(directory),
            problem,
        )
        return None
    pair = {
        "source": os.fsdecode(mirror.source),
        "target": mirror.location.url,
        "endpoint": anyEndpoint(mirror.aws, environment),
    }
    filters = mirror.tree.filters
    selection = {
        "rules": [[rule.switch, rule.pattern] for rule in filters.rules],
        "markers": [os.fsdecode(marker) for marker in filters.markers],
        "hasCaches": filters.hasCaches,
        "isOneFileSystem": filters.isOneFileSystem,
        "maxSize": filters.maxSize,
        "followLinks": mirror.tree.followLinks,
    }
    digest = hashlib.sha256(json.dumps(pair, sort_keys=True).encode()).hexdigest()[:16]
    return CoverageFile(os.path.join(directory, f"coverage-{digest}.json"), pair, selection)


def _problemWith(directory: str) -> str:
    """What keeps a directory from being used, as a clause."""
    if not os.path.isabs(directory):
        return "that is no absolute path"
    try:
        with openPlace(os.fsencode(directory)) as place:
            return place.weakness
    except (OSError, ValueError) as error:
        return f"it cannot be opened: {error.strerror if isinstance(error, OSError) else error}"


def readCoverage(kept: CoverageFile, today: int) -> Coverage:
    """What is known; nothing, with a warning, if the file is damaged or not ours."""
    try:
        return _read(kept, today)
    except ValueError as error:
        log.warning(
            "What was kept in %s is ignored: %s; no part counts as proven until its turn comes again",
            displayPath(kept.path),
            error,
        )
        return Coverage()


def _read(kept: CoverageFile, today: int) -> Coverage:
    if not os.path.lexists(kept.path):
        return Coverage()
    return coverageIn(replaceableText(kept.path, _MOST), kept.pair, kept.selection, today)


def keepCoverage(kept: CoverageFile, report: VerifyReport, today: int) -> None:
    """Keep that the contents of a part are proven, if they are, beside what other runs have kept meanwhile."""
    if not (report.part and isProven(report)):
        return
    try:
        before = _read(kept, today)
    except ValueError:  # which was reported when the run began
        before = Coverage()
    text = coverageText(withPart(before, report.part), kept.pair, kept.selection)
    try:
        replaceFile(kept.path, text, _MODE)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        log.warning(
            "It is not kept that contents were proven: %s cannot be written: %s; the part counts when its turn comes "
            "again",
            displayPath(kept.path),
            reason,
        )
