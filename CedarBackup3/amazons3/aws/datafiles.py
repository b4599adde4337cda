"""Directories of this package that aws reads by their paths, also where the package lies in an archive (`zipapp`)."""

from __future__ import annotations

import atexit
import functools
import os
import shutil
import tempfile
from typing import TYPE_CHECKING

from CedarBackup3.errors import CedarBackupError
from CedarBackup3.places import openPlace
from CedarBackup3.util import reasonText

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

_HERE = os.path.dirname(os.path.abspath(__file__))


@functools.cache
def dataDirectory(name: str) -> str:
    """The path of a directory beside this module.

    From an archive it is written into a private directory of this process, which is removed when the process ends.

    Args:
        name: relative to the directory of this module

    Raises:
        CedarBackupError: it cannot be written, or others could replace what is in it, which aws would then run
    """
    path = os.path.join(_HERE, name)
    if os.path.isdir(path):
        return path
    from importlib.resources import files  # noqa: PLC0415 - slow, and only an archive needs it

    try:
        directory = tempfile.mkdtemp(prefix="cback-")
        atexit.register(shutil.rmtree, directory, ignore_errors=True)
        with openPlace(os.fsencode(directory)) as place:
            if place.exposure:
                raise ValueError(place.exposure)
        _write(files(__package__).joinpath(name), directory)
    except (OSError, ValueError) as error:
        raise CedarBackupError(
            f"No temporary directory can be used for files of the AWS CLI: {reasonText(error)}; name another one in "
            "the environment variable TMPDIR"
        ) from None
    return directory


def _write(source: Traversable, directory: str) -> None:
    for entry in source.iterdir():
        path = os.path.join(directory, entry.name)
        if entry.is_dir():
            os.mkdir(path, 0o700)
            _write(entry, path)
        else:
            with open(path, "xb") as file:
                file.write(entry.read_bytes())
