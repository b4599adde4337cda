"""Filters: what of a directory is left out. What they cover is neither uploaded nor deleted, and is no difference."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass

from CedarBackup3.amazons3.aws.rules import Rule
from CedarBackup3.amazons3.model import CACHE, MARKED

CACHE_TAG = b"CACHEDIR.TAG"
_SIGNATURE = b"Signature: 8a477f597d28d172789f06886806bc55"  # (Cache Directory Tagging Specification)
_TAG = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC


@dataclass(frozen=True, slots=True)
class Filters:
    """What is left out."""

    rules: tuple[Rule, ...] = ()
    """By paths, on either side."""
    markers: tuple[bytes, ...] = ()
    """Names: of a directory in which something has one of them only that itself is taken."""
    hasCaches: bool = True
    """Whether directories are taken that are tagged as caches; else only their tags are."""
    isOneFileSystem: bool = False
    """Whether only directories are taken that are on the file system of the root."""
    maxSize: int = 0
    """In bytes: larger files are left out; 0: there is no limit."""


NO_FILTERS = Filters()


def heldReason(filters: Filters, directory: int) -> tuple[int, frozenset[bytes]] | None:
    """Why a directory is left out for what it holds, one of `LEFT_ALONE`, and the names that are taken all the same.

    Args:
        filters: what is left out
        directory: its descriptor
    """
    if found := frozenset(name for name in filters.markers if _isThere(directory, name)):
        return MARKED, found
    if not filters.hasCaches and _isCache(directory):
        return CACHE, frozenset({CACHE_TAG})
    return None


def _isThere(directory: int, name: bytes) -> bool:
    try:
        os.stat(name, dir_fd=directory, follow_symlinks=False)
    except OSError:  # also where the file system can have no such name
        return False
    return True


def _isCache(directory: int) -> bool:
    """Whether a directory has the tag: a file, no link, that begins with the signature."""
    try:
        descriptor = os.open(CACHE_TAG, _TAG, dir_fd=directory)
    except OSError:
        return False
    try:
        return stat.S_ISREG(os.fstat(descriptor).st_mode) and os.read(descriptor, len(_SIGNATURE)) == _SIGNATURE
    except OSError:
        return False
    finally:
        os.close(descriptor)
