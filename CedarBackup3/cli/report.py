"""The report of a run: one JSON document, which docs/report.schema.json describes."""

from __future__ import annotations

import json
import platform
from base64 import b64encode
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from CedarBackup3.cli.commandline import ANSWERS
from CedarBackup3.cli.findings import PATHS_KEPT, Noted, Tally
from CedarBackup3.cli.outcome import RunOutcome
from CedarBackup3.cli.switches import Switch
from CedarBackup3.cli.tool import Program
from CedarBackup3.release import VERSION
from CedarBackup3.util import displayPath, displayText, withoutSecrets

SCHEMA_VERSION = 2
"""Changes when a reader of the former version might misunderstand the document; further members may come before."""


def reportText(outcome: RunOutcome, programs: Mapping[str, Program]) -> str:
    """The document, in ASCII."""
    tool, texts, status = outcome.tool, outcome.texts, outcome.status
    options = {
        switch.long: "***" if switch.isSecret and texts[switch.long] else _option(switch, texts[switch.long])
        for switch in tool.allSwitches
        if switch.long not in ANSWERS
    }
    document = {
        "schemaVersion": SCHEMA_VERSION,
        "tool": {"name": tool.name, "version": VERSION},
        "programs": {
            name: {"path": plainText(program.path), "version": plainText(program.version)}
            for name, program in programs.items()
        },
        "python": platform.python_version(),
        "host": platform.node(),
        "arguments": _arguments(outcome),
        "options": options,
        "start": _time(outcome.began),
        "end": _time(outcome.ended),
        "durationSeconds": round(outcome.seconds, 3),
        "status": {"number": int(status), "name": status.name, "meaning": status.meaning},
        "message": plainText(outcome.message) or None,
        "classes": {name: _class(tally) for name, tally in outcome.findings.tallies.items()},
        "pathsPerClass": PATHS_KEPT,
        "figures": {name: figure.value for name, figure in outcome.findings.figures.items()},
        "phaseSeconds": {phase: round(seconds, 3) for phase, seconds in outcome.phases.items()},
    }
    return json.dumps(document, indent=2) + "\n"


def statusBefore(report: str, outcome: RunOutcome) -> int | None:
    """The number of the status in a report of a run before: of the same tool and arguments on this machine.

    None: it is none. Several backups may keep theirs in one directory.
    """
    try:
        document = json.loads(report)
        owner = document["tool"]["name"], document["arguments"], document["host"]
        number = document["status"]["number"]
    except (ValueError, LookupError, TypeError, RecursionError):
        return None
    isSame = owner == (outcome.tool.name, _arguments(outcome), platform.node())
    return number if isSame and type(number) is int else None


def _arguments(outcome: RunOutcome) -> dict[str, Any]:
    return {argument.name: plainText(outcome.texts[argument.name]) for argument in outcome.tool.arguments}


def _option(switch: Switch, value: Any) -> Any:
    """The value of a switch; of one whose value may be left out, whether it is given where it has none."""
    return value is not None if switch.isValueOptional and not value else plainText(value)


def plainText(value: Any) -> Any:
    """A value of the command line as a report has it: without secrets, and without surrogate escapes, which are no
    characters.
    """
    if isinstance(value, list):
        return [plainText(each) for each in value]
    if not isinstance(value, str):
        return value
    text = withoutSecrets(value)
    try:
        text.encode()
    except UnicodeEncodeError:
        return displayText(text)
    return text


def _class(tally: Tally) -> dict[str, Any]:
    return {"count": tally.files, "bytes": tally.size, "paths": list(map(_path, tally.first))}


def _path(noted: Noted) -> dict[str, Any]:
    """The name itself if it is text, else an image of it for the eye, and its bytes."""
    try:
        return {"path": noted.path.decode(), "bytes": noted.size}
    except UnicodeDecodeError:
        encoded = b64encode(noted.path).decode()
        return {"path": displayPath(noted.path), "pathBase64": encoded, "bytes": noted.size}


def _time(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
