"""Write constraints.txt anew: the newest versions of all that a working copy installs, on every supported Python.

usage: lock.py    it needs the oldest supported Python, since newer versions may have forsaken that; and a package index
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import tomllib
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
    if f"{sys.version_info.major}.{sys.version_info.minor}" != oldest:
        sys.exit(
            f"constraints.txt needs the oldest supported Python: remove .venv, then 'make lock PYTHON=python{oldest}'."
        )
    versions = _resolved()
    with tempfile.TemporaryDirectory() as scratch:
        lock = Path(scratch, "constraints.txt")
        lock.write_text(
            _HEAD + "".join(f"{name}=={versions[name]}\n" for name in sorted(versions, key=str.lower)), "utf-8"
        )
        for python in later:
            print(f"Asking whether Python {python} can have them")
            _resolved(f"--python-version={python}", "--only-binary=:all:", f"--target={scratch}/none", f"-c{lock}")
        _LOCK.write_bytes(lock.read_bytes())


def _resolved(*options: str) -> dict[str, str]:
    """What pip would install, by the names of the packages; nothing is installed. It ends this process if it cannot."""
    words = [sys.executable, "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--dry-run", "--report=-"]
    done = subprocess.run(
        [*words, "--ignore-installed", *options, *requirements()], stdout=subprocess.PIPE, check=False
    )
    if done.returncode:
        sys.exit("constraints.txt stays as it is: pip cannot find what is asked for.")
    found = (each["metadata"] for each in json.loads(done.stdout)["install"])
    return {each["name"]: each["version"] for each in found}


if __name__ == "__main__":
    main()
