"""When the backups run next, as systemd has it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import UTC, datetime

from CedarBackup3.status.settings import isInstanceName
from CedarBackup3.util import executeCommand

_LIMIT = 10.0  # seconds; what systemctl asks may not answer
_PROPERTIES = ("Id", "NextElapseUSecRealtime")


def nextTimes(names: Sequence[str]) -> dict[str, datetime]:
    """When the timer of each of these instances elapses next; nothing of those of which systemd tells nothing."""
    units = {f"cback-amazons3-sync@{name}.timer": name for name in names if isInstanceName(name)}
    if not units:
        return {}
    deadline = time.monotonic() + _LIMIT
    status, lines = executeCommand(
        ["systemctl"],
        ["show", "--timestamp=utc", f"--property={','.join(_PROPERTIES)}", "--", *units],
        returnOutput=True,
        ignoreStderr=True,
        doNotLog=True,
        directory="/",  # where a relative entry of the PATH leads to nothing of anybody's
        shouldStop=lambda: time.monotonic() > deadline,
    )
    found: dict[str, datetime] = {}
    for block in "".join(lines or ()).split("\n\n") if status == 0 else ():
        values = dict(line.split("=", 1) for line in block.splitlines() if "=" in line)
        name, moment = units.get(values.get("Id", "")), _time(values.get("NextElapseUSecRealtime", ""))
        if name and moment:
            found[name] = moment
    return found


def _time(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%a %Y-%m-%d %H:%M:%S UTC").replace(tzinfo=UTC)
    except ValueError:
        return None
