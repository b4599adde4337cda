"""What the walk hands to those who want to know more of a directory than which files it has."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import NamedTuple

from CedarBackup3.amazons3.local.opentree import Level
from CedarBackup3.amazons3.model import SourceEntry


class Looked(NamedTuple):
    """A directory that the walk enters."""

    key: bytes
    """Its key below the target's prefix, with a slash at the end; empty: it is the source itself."""
    path: bytes
    """The same, below the source."""
    level: Level
    """The directory; open only until the walk has looked at all that is in it."""


Take = Callable[[SourceEntry, os.stat_result | None], object]
"""Called with what is in a directory, in no order, and its status, unless it is a directory or a link.

Also with what has no entry in the walk, but not with what is left out or left alone. What a followed link leads to has
a size, or a slash at the end of its key."""

OnLooked = Callable[[Looked], Take]
"""Called with each directory when the walk enters it; what it returns is called with all that is there."""


def nobodyLooks(looked: Looked) -> Take:
    """For a walk of which nobody wants to know more."""
    return _takeNothing


def _takeNothing(entry: SourceEntry, status: os.stat_result | None) -> None:
    pass
