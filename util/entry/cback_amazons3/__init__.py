"""What each command imports first: it runs its tool, if the package `CedarBackup3` is the one that it belongs to.

Cedar Backup 3 has a package of the same name, and pip lets each overwrite and remove files of the other. What finds
that out lies beside `CedarBackup3`, in a package of a name that nobody else has, and imports none of the two.
"""

from __future__ import annotations

import os
import sys

_COMMANDS = {
    "cback-amazons3-sync": "amazons3sync",
    "cback-amazons3-status": "amazons3status",
    "cback-amazons3-restore": "amazons3restore",
}
"""The module of each."""

_OURS = ("__init__.py", "release.py", "util.py", "errors.py", "tools/__init__.py", "cli/__init__.py")
"""Of the files of our package those that Cedar Backup has by the same names, and two that it has not."""
_OTHERS = ("cli.py", "config.py", "xmlutil.py")
"""Files that only Cedar Backup has."""


def sync() -> int:
    """The console entry point of cback-amazons3-sync: returns the exit status."""
    return _checkedRun("cback-amazons3-sync")


def restore() -> int:
    """The console entry point of cback-amazons3-restore: returns the exit status."""
    return _checkedRun("cback-amazons3-restore")


def status() -> int:
    """The console entry point of cback-amazons3-status: returns the exit status."""
    return _checkedRun("cback-amazons3-status")


def main() -> int:
    """The entry point of the archive that holds all commands: runs the one that has the name of a link to it, or that
    the first word names, and returns the exit status.

    There is nothing to check: Python looks into the archive before it looks anywhere else.
    """
    name = os.path.basename(sys.argv[0])
    if name not in _COMMANDS and sys.argv[1:2] and sys.argv[1] in _COMMANDS:
        name = sys.argv.pop(1)
    if name in _COMMANDS:
        return _run(name)
    sys.stderr.write(f"{name}: the first word, or the name of a link to this file, must be {' or '.join(_COMMANDS)}\n")
    return 2  # as of a wrong command line


def _checkedRun(command: str) -> int:
    sentence = _obstacle()
    if sentence:
        sys.stderr.write(f"{command}: {sentence}\n")
        return 6  # as of a run that failed; the table of statuses is in the package that is not there
    return _run(command)


def _run(command: str) -> int:
    from importlib import import_module

    status: int = import_module(f"CedarBackup3.tools.{_COMMANDS[command]}").cli()
    return status


def _obstacle() -> str:
    """Why the package `CedarBackup3` that Python finds cannot be used, and what to do; empty if it can."""
    from importlib.util import find_spec

    spec = find_spec("CedarBackup3")
    places = list(spec.submodule_search_locations or ()) if spec else []
    if len(places) == 1 and _hasEach(places[0], _OURS) and not any(_hasEach(places[0], (name,)) for name in _OTHERS):
        return ""
    where = ", ".join(map(repr, places)) or "not found"
    return (
        f"the package CedarBackup3 ({where}) is not complete, or is mixed with that of Cedar Backup 3, which has the "
        "same name; uninstall both here, and install each with pipx, or into a virtual environment of its own"
    )


def _hasEach(directory: str, names: tuple[str, ...]) -> bool:
    return all(os.path.isfile(os.path.join(directory, name)) for name in names)
