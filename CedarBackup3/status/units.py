"""What systemd knows of the backups: when they run next, whether one runs now, and how the last one ended.

That is all there is to know of a run that was killed, or whose command line could not be parsed: it leaves no report.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from CedarBackup3.errors import ExitStatus
from CedarBackup3.status.settings import isInstanceName
from CedarBackup3.util import childEnvironment, executeCommand

_LIMIT = 10.0  # seconds; what systemctl asks may not answer
_PROPERTIES = (
    *("Id", "NextElapseUSecRealtime", "ActiveState", "Result", "ExecMainStatus"),
    *("InactiveExitTimestamp", "InactiveEnterTimestamp"),
)


class Unit(NamedTuple):
    """What systemd knows of a backup."""

    next: datetime | None = None
    """When its timer elapses; None: that is not known, or it does not."""
    running: datetime | None = None
    """When the run began that is going on; None: none is."""
    failed: datetime | None = None
    """When its last run ended, if that failed, and did not just give way to another one."""
    result: str = ""
    """How it failed."""


def unitsOf(names: Sequence[str]) -> dict[str, Unit]:
    """What systemd knows of each of these instances; nothing where it is not there, or does not answer."""
    instances = [name for name in names if isInstanceName(name)]
    if not instances:
        return {}
    found = {values.get("Id", ""): values for values in _shown(instances)}
    return {
        name: _unit(
            found.get(f"cback-amazons3-sync@{name}.timer", {}), found.get(f"cback-amazons3-sync@{name}.service", {})
        )
        for name in instances
    }


def _shown(instances: Sequence[str]) -> Iterator[dict[str, str]]:
    """The properties of their timers and services, as `systemctl show` has them."""
    units = [f"cback-amazons3-sync@{name}.{kind}" for name in instances for kind in ("timer", "service")]
    deadline = time.monotonic() + _LIMIT
    status, lines = executeCommand(
        ["systemctl"],
        ["show", "--timestamp=utc", f"--property={','.join(_PROPERTIES)}", "--", *units],
        returnOutput=True,
        ignoreStderr=True,
        doNotLog=True,
        environment={**childEnvironment(), "TZ": "UTC"},  # for properties of which systemctl heeds no --timestamp
        directory="/",  # where a relative entry of the PATH leads to nothing of anybody's
        shouldStop=lambda: time.monotonic() > deadline,
    )
    for block in "".join(lines or ()).split("\n\n") if status == 0 else ():
        yield dict(line.split("=", 1) for line in block.splitlines() if "=" in line)


def _unit(timer: dict[str, str], service: dict[str, str]) -> Unit:
    following, state = _time(timer.get("NextElapseUSecRealtime", "")), service.get("ActiveState", "")
    if state in {"activating", "active", "deactivating"}:
        return Unit(following, running=_time(service.get("InactiveExitTimestamp", "")))
    status = service.get("ExecMainStatus", "")
    if state != "failed" or status == str(int(ExitStatus.LOCKED)):
        return Unit(following)
    result = f"{service.get('Result', '')}, status {status}"
    return Unit(following, failed=_time(service.get("InactiveEnterTimestamp", "")), result=result)


def _time(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%a %Y-%m-%d %H:%M:%S UTC").replace(tzinfo=UTC)
    except ValueError:
        return None
