"""Lets aws load the plugin: the user's configuration with lines of ours, and the variables.

Both versions of the AWS CLI load what the section `[plugins]` names ("Plugins" in the source of awscli,
`awscli/plugin.py`). Version 1 looks for it on the PYTHONPATH and takes every entry for a module. Version 2 looks in the
directories of the entry `cli_legacy_plugin_path`, and loads nothing without it.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator, Mapping
from configparser import RawConfigParser
from typing import NamedTuple

from CedarBackup3.amazons3.aws.datafiles import dataDirectory
from CedarBackup3.amazons3.aws.overlay import NoOverlay, overlaidFile

MODULE = "cback_aws_session"
"""The plugin."""

COMMAND = "cback-session"
"""The command that it adds to aws."""

DIRECTORY = "session/plugin"
"""Holds the plugin and nothing else, so that it hides no other module; one of `datafiles`."""

_SECTION, _PATH = "plugins", "cli_legacy_plugin_path"
_RESTORED = "CBACK_AWS_SESSION_RESTORED"


class Overlay(NamedTuple):
    """What an aws is to be started with so that it loads the plugin."""

    environment: dict[str, str]
    descriptor: int
    """Has to be kept open in aws."""


@contextlib.contextmanager
def overlaid(environment: Mapping[str, str], encoding: str) -> Iterator[Overlay]:
    """The environment and the configuration with which aws loads the plugin.

    Programs that aws starts get the environment as it was.

    Args:
        environment: the one for aws
        encoding: in which aws reads its configuration

    Raises:
        NoOverlay: the configuration cannot be read, or what is in it leaves no way
        CedarBackupError: as `dataDirectory`
    """
    directory = dataDirectory(DIRECTORY)
    with overlaidFile(environment, encoding, lambda parser: addPlugin(parser, directory)) as descriptor:
        changed = {
            "AWS_CONFIG_FILE": f"/proc/self/fd/{descriptor}",
            "PYTHONPATH": os.pathsep.join(filter(None, (environment.get("PYTHONPATH"), directory))),
            "PYTHONDONTWRITEBYTECODE": "1",  # a package that is removed is to leave nothing behind
        }
        restored = {name: environment.get(name) for name in changed}
        yield Overlay({**environment, **changed, _RESTORED: json.dumps(restored)}, descriptor)


def addPlugin(parser: RawConfigParser, directory: str) -> None:
    """Add to a configuration what makes aws load the plugin from a directory.

    With plugins, but no path for them, it is one for version 1: version 2 does not load them, and is not made to.

    Raises:
        NoOverlay: the directory cannot be named
    """
    own = dict(parser.items(_SECTION)) if parser.has_section(_SECTION) else {}
    if os.pathsep in directory or "\n" in directory:
        raise NoOverlay(f"the directory of the plugin cannot be named in a list: {directory!r}")
    # Version 1 imports in this order, and finds no module of the name of a path but by the plugin's doing.
    added = {MODULE.replace("_", "-"): MODULE}
    if not own or _PATH in own:
        added[_PATH] = os.pathsep.join(filter(None, (own.get(_PATH), directory)))
    parser.remove_section(_SECTION)
    parser.add_section(_SECTION)
    for name, value in {**added, **{name: value for name, value in own.items() if name not in added}}.items():
        parser.set(_SECTION, name, value)
