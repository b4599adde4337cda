"""What the walk hands to those who want to know more of a directory than which files it has."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import NamedTuple

from CedarBackup3.amazons3.local.opentree import Level
from CedarBackup3.amazons3.model import SourceEntry


class Looked(NamedTuple):
    """All that was looked at in one directory, in no order: what is left out is not there."""

    key: bytes
    """Of the directory, below the target's prefix, with a slash at the end; empty: it is the source itself."""
    path: bytes
    """The same, below the source."""
    level: Level
    """The directory; open only as long as it is looked at."""
    entries: list[tuple[SourceEntry, os.stat_result | None]]
    """What is there, also what has no entry in the walk, and its status, unless it is a directory or a link. What a
    followed link leads to has a size, or a slash at the end of its key."""


OnLooked = Callable[[Looked], object]
"""Called with each directory when the walk enters it."""
