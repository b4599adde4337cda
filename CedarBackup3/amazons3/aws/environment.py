"""Makes relative paths in environment variables absolute, since the AWS CLI is started in another directory."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping

_FILE = re.compile(
    r"AWS_\w+_(FILE|BUNDLE|DIRECTORY)|BOTO_CONFIG|(REQUESTS|CURL)_CA_BUNDLE|SSL_CERT_(FILE|DIR)|SSLKEYLOGFILE"
    r"|HOME|TMPDIR|TEMP|TMP|PYTHON(HOME|USERBASE|PYCACHEPREFIX)"
)
_LISTS = ("PATH", "PYTHONPATH", "AWS_DATA_PATH", "LD_LIBRARY_PATH", "LOCPATH")
_EXPANDED = ("~", "$")  # aws replaces these itself before it asks whether a path is absolute
_NOWHERE = "/dev/null"  # nothing can be below it


def workingDirectory() -> str:
    """Where relative paths begin; a path below which there is nothing if that directory has been removed."""
    try:
        return os.getcwd()
    except OSError:
        return _NOWHERE


def absolutePaths(environment: Mapping[str, str], directory: str) -> dict[str, str]:
    """Those variables of an environment that name files, with absolute paths in the place of relative ones.

    Args:
        environment: all the variables
        directory: where relative paths begin, an absolute path
    """

    def absolute(path: str) -> str:
        return path if path.startswith(_EXPANDED) else os.path.join(directory, path)

    files = {name: absolute(value) for name, value in environment.items() if value and _FILE.fullmatch(name)}
    lists = {name: value.split(os.pathsep) for name in _LISTS if (value := environment.get(name))}
    return files | {name: os.pathsep.join(map(absolute, paths)) for name, paths in lists.items()}
