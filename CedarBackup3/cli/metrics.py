"""The metrics of a run, for the textfile collector of Prometheus' node exporter.

The format is that of Prometheus' documentation, "Exposition formats", text-based format.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from CedarBackup3.cli.outcome import RunOutcome
from CedarBackup3.errors import ExitStatus
from CedarBackup3.util import withoutSecrets


class _Names(NamedTuple):
    """The metrics that runs of a kind have."""

    lastRun: str
    lastSuccess: str
    status: str
    duration: str
    phase: str
    files: str
    bytes: str
    figures: str
    """What those of figures begin with."""


_RUNS = _Names(
    "cback_last_run_timestamp_seconds",
    "cback_last_success_timestamp_seconds",
    "cback_exit_status",
    "cback_run_duration_seconds",
    "cback_phase_seconds",
    "cback_files",
    "cback_bytes",
    "cback_",
)
_REHEARSALS = _Names(
    "cback_last_rehearsal_timestamp_seconds",
    "cback_last_rehearsal_success_timestamp_seconds",
    "cback_rehearsal_exit_status",
    "cback_rehearsal_duration_seconds",
    "cback_rehearsal_phase_seconds",
    "cback_rehearsal_files",
    "cback_rehearsal_bytes",
    "cback_rehearsal_",
)
_OF_REHEARSALS = ("cback_last_rehearsal_", "cback_rehearsal_")
_NAME = r"(cback_[a-z0-9_]+)"
_HELP = re.compile(rf"# HELP {_NAME} ([^\\]*)", re.ASCII)
_LABEL = r'[a-z_][a-z0-9_]*="(?:[^"\\]|\\[\\"n])*"'
_SAMPLE = re.compile(rf"({_NAME}\{{{_LABEL}(?:,{_LABEL})*\}}) -?[0-9.]+(?:e[+-]?[0-9]+)?", re.ASCII)


def metricsText(outcome: RunOutcome, before: str, beside: str) -> str:
    """The text of the file.

    Args:
        outcome: how the run ended
        before: what the file held before this run, from which the time of the last success is kept
        beside: what it holds now, of which the metrics of the other kind are kept: neither a run nor a rehearsal
            touches those of the other
    """
    names, labels = _namesOf(outcome), _labels(outcome)
    isDone = outcome.status is ExitStatus.DONE
    success = outcome.ended.timestamp() if isDone else _valueIn(before, names.lastSuccess, labels)
    tallies, phases = outcome.findings.tallies, outcome.phases
    return "".join(
        [
            *_metric(names.lastRun, "When the last run ended.", outcome.ended.timestamp(), labels),
            *_metric(names.lastSuccess, "When a run last ended with status 0; 0: never.", success, labels),
            *_metric(names.status, "The exit status of the last run; 0: success.", int(outcome.status), labels),
            *_metric(names.duration, "How long the last run took.", outcome.seconds, labels),
            *_metrics(names.phase, "How long each phase of it took.", "phase", phases, labels),
            *_metrics(
                names.files,
                "How many files and objects of each class it found.",
                "class",
                {name: tally.files for name, tally in tallies.items()},
                labels,
            ),
            *_metrics(
                names.bytes,
                "How many bytes these have.",
                "class",
                {name: tally.size for name, tally in tallies.items()},
                labels,
            ),
            *(
                line
                for name, figure in outcome.findings.figures.items()
                for line in _metric(f"{names.figures}{_snakeCase(name)}", figure.meaning, figure.value, labels)
            ),
            *_ofOtherKind(names, beside),
        ]
    )


def statusIn(before: str, outcome: RunOutcome) -> int:
    """The status of the run before, as the file has it; 0 if it has none."""
    return int(_valueIn(before, _namesOf(outcome).status, _labels(outcome)))


def _namesOf(outcome: RunOutcome) -> _Names:
    return _REHEARSALS if outcome.tool.isRehearsal(outcome.texts) else _RUNS


def _ofOtherKind(names: _Names, beside: str) -> Iterator[str]:
    """The metrics of the file that are of rehearsals, or for a rehearsal those that are of runs.

    Each is written as it has to be, whatever the file looks like: of one that has a single wrong line, or a series
    twice, the node exporter takes nothing at all. What does not end with its line may be cut.
    """
    meanings: dict[str, str] = {}
    samples: dict[str, dict[str, str]] = {}
    for line in beside.split("\n")[:-1]:
        if match := _HELP.fullmatch(line):
            meanings.setdefault(match[1], match[2])
        elif (match := _SAMPLE.fullmatch(line)) and _isNumber(line) and _isOther(names, match[2]):
            samples.setdefault(match[2], {})[match[1]] = line
    for name, lines in samples.items():
        yield from (f"# HELP {name} {meanings.get(name, '')}\n", f"# TYPE {name} gauge\n")
        yield from (f"{line}\n" for line in lines.values())


def _isOther(names: _Names, name: str) -> bool:
    return name.startswith(_OF_REHEARSALS) == (names is _RUNS)


def _isNumber(line: str) -> bool:
    try:
        return math.isfinite(float(line.rpartition(" ")[2]))
    except ValueError:
        return False


def _labels(outcome: RunOutcome) -> dict[str, str]:
    labels = {"tool": outcome.tool.name}
    return labels | {_snakeCase(argument.name): outcome.texts[argument.name] for argument in outcome.tool.arguments}


def _metric(name: str, text: str, value: float, labels: Mapping[str, str]) -> Iterator[str]:
    yield f"# HELP {name} {text}\n# TYPE {name} gauge\n"
    yield f"{_series(name, labels)} {value!r}\n"


def _metrics(
    name: str, text: str, distinction: str, values: Mapping[str, float], labels: Mapping[str, str]
) -> Iterator[str]:
    if values:
        yield f"# HELP {name} {text}\n# TYPE {name} gauge\n"
    for which, value in values.items():
        yield f"{_series(name, {**labels, distinction: which})} {value!r}\n"


def _series(name: str, labels: Mapping[str, str]) -> str:
    pairs = (f'{label}="{_escaped(value)}"' for label, value in labels.items())
    return f"{name}{{{','.join(pairs)}}}"


def _escaped(text: str) -> str:
    r"""The value of a label: backslash, quote and line feed are escaped, anything else is UTF-8."""
    valid = withoutSecrets(text).encode("utf-8", "backslashreplace").decode()
    return valid.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _snakeCase(name: str) -> str:
    """As names of labels are written."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def _valueIn(before: str, name: str, labels: Mapping[str, str]) -> float:
    """What the file says of the same series, if that makes sense; else 0."""
    series = f"{_series(name, labels)} "
    for line in before.split("\n"):
        if line.startswith(series):
            try:
                value = float(line.removeprefix(series))
            except ValueError:
                return 0.0
            return value if math.isfinite(value) and value > 0 else 0.0
    return 0.0
