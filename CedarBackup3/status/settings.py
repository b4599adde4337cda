"""Which backups there are: the settings of the instances of `cback-amazons3-sync@.service`."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from CedarBackup3.errors import CedarBackupError
from CedarBackup3.status.environmentfile import assignments, words
from CedarBackup3.util import displayPath, reasonText

_SUFFIX = ".conf"
_MOST_SETTINGS = 1 << 20  # bytes
_INSTANCE = re.compile(r"[A-Za-z0-9:_.\\@-]+", re.ASCII)  # what systemd.unit(5) allows in the name of a unit


class Instance(NamedTuple):
    """A backup as its settings have it."""

    name: str
    source: str = ""
    target: str = ""
    report: str = ""
    """The directory or the file in which its reports are, an absolute path; empty: it keeps none."""
    rehearsals: str = ""
    """The same of its rehearsed restores; empty: they are where the unit keeps them, if there are any."""
    problem: str = ""
    """Why the settings do not tell, as a sentence; empty: they do."""


def isInstanceName(text: str) -> bool:
    """Whether a unit can have an instance of that name."""
    return bool(_INSTANCE.fullmatch(text))


def readInstances(directory: str, names: Sequence[str]) -> list[Instance]:
    """The backups with these names, or all that have settings in the directory, in the order of names.

    Raises:
        CedarBackupError: none is named, and the directory has none or cannot be read
    """
    if not names:
        names = sorted(_namesIn(directory))
    if not names:
        raise CedarBackupError(
            f"There are no settings of backups (*.conf) in {displayPath(directory)}; name another directory with "
            "--settingsDirectory DIR"
        )
    found = [_instance(name, os.path.join(directory, f"{name}{_SUFFIX}")) for name in dict.fromkeys(names)]
    return [_toldApart(instance, found) for instance in found]


def _toldApart(instance: Instance, among: Sequence[Instance]) -> Instance:
    """The instance, with a problem if the reports of another of these cannot be told from its own."""
    same = [other.name for other in among if other.report and _traces(other) == _traces(instance)]
    others = ", ".join(displayPath(name) for name in same if name != instance.name)
    if not others or instance.problem:
        return instance
    where = displayPath(instance.report)
    return instance._replace(
        problem=f"The reports in {where} are those of {others}, too, with the same source and target; "
        "name another directory with --report DIR/"
    )


def _traces(instance: Instance) -> tuple[str, str, str]:
    return os.path.normpath(instance.report), instance.source, instance.target


def _namesIn(directory: str) -> Iterator[str]:
    try:
        found = os.listdir(directory)
    except (OSError, ValueError) as error:
        raise CedarBackupError(
            f"The settings in {displayPath(directory)} cannot be read: {reasonText(error)}; name another directory "
            "with --settingsDirectory DIR"
        ) from None
    return (name.removesuffix(_SUFFIX) for name in found if name.endswith(_SUFFIX) and not name.startswith("."))


def _instance(name: str, path: str) -> Instance:
    try:
        variables = assignments(_textOf(path))
    except (OSError, ValueError) as error:
        return Instance(name, problem=f"The settings in {displayPath(path)} cannot be read: {reasonText(error)}")
    source, target = variables.get("SOURCE", ""), variables.get("TARGET", "")
    lacking = [variable for variable in ("SOURCE", "TARGET") if not variables.get(variable)]
    if lacking:
        problem = f"The settings in {displayPath(path)} have no {' and no '.join(lacking)}"
        return Instance(name, source, target, problem=problem)
    report = reportIn(words(variables.get("SWITCHES", "")))
    if report in {"", "-"}:
        problem = (
            f"The SWITCHES in {displayPath(path)} keep no report; "
            f"add --report /var/lib/cback-amazons3-sync/{displayPath(name)}/"
        )
        return Instance(name, source, target, problem=problem)
    rehearsals = reportIn(words(variables.get("REHEARSE_SWITCHES", ""))).removeprefix("-")
    # systemd starts both in the root directory.
    return Instance(name, source, target, os.path.join("/", report), rehearsals and os.path.join("/", rehearsals))


def reportIn(switches: Sequence[str]) -> str:
    """The value of the last `--report` among these words; empty: there is none."""
    value = ""
    for word, following in zip(switches, [*switches[1:], ""], strict=False):
        if word == "--":
            break
        if word == "--report":
            value = following
        elif word.startswith("--report="):
            value = word.removeprefix("--report=")
    return value


def _textOf(path: str) -> str:
    with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise ValueError("it is not a file")
        return file.read(_MOST_SETTINGS).decode("utf-8", "surrogateescape")
