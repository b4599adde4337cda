"""The AWS CLIs of this machine that tests are run with."""

from __future__ import annotations

import os
import sys
from pathlib import Path

VARIABLE = "CBACK_TEST_AWS"


def awsCommands() -> dict[str, str]:
    """The path of each AWS CLI to test with, by a name for it.

    They are the one beside this Python (from PyPI), the system's own, and those that the variable `CBACK_TEST_AWS`
    names, with colons between them as on the PATH: `/opt/aws-2.23/bin/aws:/opt/aws-2.36/bin/aws`.

    Raises:
        ValueError: one that is named cannot be run
    """
    named = [os.path.abspath(path) for path in os.environ.get(VARIABLE, "").split(os.pathsep) if path]
    if missing := [path for path in named if not (os.path.isfile(path) and os.access(path, os.X_OK))]:
        raise ValueError(f"{VARIABLE} names what cannot be run: {', '.join(missing)}")
    candidates = {"pypi": str(Path(sys.prefix, "bin/aws")), "system": "/usr/bin/aws"}
    candidates |= {f"named{number}": path for number, path in enumerate(named, 1)}
    return {name: path for name, path in candidates.items() if os.path.exists(path)}
