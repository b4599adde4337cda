"""Write constraints.txt anew: the newest versions of all that a working copy installs, on every supported Python.

usage: lock.py    it needs the oldest supported Python, since newer versions may have forsaken that; and a package index
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import tomllib
import venv
from pathlib import Path

_ROOT = Path(__file__).resolve().parent.parent
_LOCK = _ROOT / "constraints.txt"
_HEAD = """\
# What `make` installs into .venv: exact versions, good for every Python in pyproject.toml. `make lock` writes it anew.
"""


def requirements() -> list[str]:
    """All that the extras of pyproject.toml ask for, once each, in order."""
    project = tomllib.loads((_ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return sorted({asked for extra in project["optional-dependencies"].values() for asked in extra})


def supportedPythons() -> list[str]:
    """The versions of Python that pyproject.toml names, the oldest first: `3.11`."""
    project = tomllib.loads((_ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    found = (re.fullmatch(r"Programming Language :: Python :: (3\.\d+)", each) for each in project["classifiers"])
    return sorted((match[1] for match in found if match), key=lambda version: int(version.partition(".")[2]))


def main() -> None:
    """Write the file, unless a supported Python could not have these versions."""
    oldest, *later = supportedPythons()
    if "{}.{}".format(*sys.version_info) != oldest:
        sys.exit(f"'make lock' needs Python {oldest}, the oldest supported one; name it with 'make lock PYTHON=...'.")
    with tempfile.TemporaryDirectory() as scratch:
        made, lock = Path(scratch, "venv"), Path(scratch, "constraints.txt")
        venv.create(made, with_pip=True, symlinks=True)
        pip = [str(made / "bin/python"), "-m", "pip", "--disable-pip-version-check"]
        subprocess.run([*pip, "install", "--quiet", *requirements()], check=True)
        words = [*pip, "list", "--format=freeze", "--exclude=pip"]
        versions = subprocess.run(words, check=True, stdout=subprocess.PIPE, text=True).stdout
        lock.write_text(_HEAD + versions, "utf-8")
        for python in later:
            print(f"Asking whether Python {python} can have them")
            where = ["--dry-run", f"--target={scratch}/none", f"--python-version={python}", "--only-binary=:all:"]
            subprocess.run([*pip, "install", "--quiet", *where, f"--constraint={lock}", *requirements()], check=True)
        _LOCK.write_bytes(lock.read_bytes())


if __name__ == "__main__":
    main()
