"""The backups for a program: one JSON document."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from CedarBackup3.cli.report import plainText
from CedarBackup3.status.contents import contentsOf
from CedarBackup3.status.judgement import Backup, State
from CedarBackup3.status.reports import PastRun
from CedarBackup3.util import displayPath, displayText

SCHEMA_VERSION = 1
"""Changes when a reader of the former version might misunderstand the document; further members may come before."""


def listingText(backups: Sequence[Backup], now: datetime, maxAge: timedelta) -> str:
    """The document, in ASCII."""
    document = {
        "schemaVersion": SCHEMA_VERSION,
        "time": _time(now),
        "maxAgeSeconds": int(maxAge.total_seconds()),
        "isWell": all(backup.state is State.WELL for backup in backups),
        "backups": [_backup(backup, now) for backup in backups],
    }
    return json.dumps(document, indent=2) + "\n"


def _backup(backup: Backup, now: datetime) -> dict[str, Any]:
    success = backup.success
    return {
        "name": displayPath(backup.instance.name),
        "source": plainText(backup.instance.source) or None,
        "target": plainText(backup.instance.target) or None,
        "state": backup.state.value,
        "reasons": [displayText(reason) for reason in backup.reasons],
        "lastRun": _run(backup.last),
        "lastSuccess": _run(success),
        "lastSuccessAgeSeconds": int((now - success.end).total_seconds()) if success else None,
        "contents": _contents(backup, now),
        "lastRehearsal": _run(backup.rehearsal),
        "nextRun": _time(backup.next) if backup.next else None,
        "runningSince": _time(backup.running) if backup.running else None,
    }


def _contents(backup: Backup, now: datetime) -> dict[str, Any] | None:
    contents = contentsOf(backup.runs, now)
    if contents is None:
        return None
    return {
        "provenSince": f"{contents.since:%Y-%m-%d}" if contents.since else None,
        "part": contents.part or None,
        "parts": contents.parts,
        "partsProven": contents.covered,
    }


def _run(run: PastRun | None) -> dict[str, Any] | None:
    if run is None:
        return None
    return {
        "start": _time(run.start),
        "end": _time(run.end),
        "durationSeconds": run.seconds,
        "status": run.status,
        "message": displayText(run.message) or None,
        "files": run.files("matched"),
        "bytes": run.size("matched"),
        "changed": run.changed,
    }


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
