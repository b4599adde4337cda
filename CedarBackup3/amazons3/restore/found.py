"""Every version of the keys that match a pattern, each with the moment that brings it back."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator
from itertools import accumulate, groupby
from operator import attrgetter
from typing import NamedTuple

from CedarBackup3.amazons3.aws.patterns import Matches, anyOf, likelyPattern
from CedarBackup3.amazons3.aws.times import secondsOf
from CedarBackup3.amazons3.bucket.versions import NULL_VERSION, Version
from CedarBackup3.amazons3.restore.history import exclusion, inOrder
from CedarBackup3.amazons3.restore.selection import Selection
from CedarBackup3.amazons3.spool import Spool
from CedarBackup3.errors import CedarBackupError
from CedarBackup3.util import displayCount, displayPath


class Found(NamedTuple):
    """A version or a delete marker of a key that matches."""

    version: Version
    moment: int | None
    """The first second since the epoch as of which a restore of the key brings this version; None: there is none.

    It is a delete marker, or something else took its place within that second, or was stored later without versioning,
    so that nothing tells what stood there before.
    """


def matcher(pattern: str) -> Matches:
    """Whether a key below the prefix matches a pattern of aws; without a slash in it, also whether its name does."""
    # Behind any slash will do: a star matches further ones.
    return anyOf([pattern] if "/" in pattern else [pattern, f"*/{pattern}"]) or (lambda key: False)


@contextlib.contextmanager
def openFound(
    versions: Spool[Version], matches: Callable[[bytes], bool], inOrder: Callable[[bytes], Iterable[Version]]
) -> Iterator[Iterator[Found]]:
    """Every version and delete marker of the keys that match, keys ascending and newest first within a key.

    Args:
        versions: all of them, in that order
        matches: whether a key is wanted
        inOrder: lists the versions of one key again, none of them tied
    """
    with Spool(Version._make) as kept, Spool(_Begin._make) as begins:
        kept.extend(_untied(versions, matches, inOrder))
        # When it began hangs on all that is older, of which one key may have more than fits in memory.
        begins.extend(_begins(reversed(kept)))
        yield _found(zip(kept, reversed(begins), strict=True))


class _Begin(NamedTuple):
    second: int
    """Since which a version could have been seen to stand there."""


def _untied(
    versions: Iterable[Version], matches: Callable[[bytes], bool], inOrder: Callable[[bytes], Iterable[Version]]
) -> Iterator[Version]:
    tied = (any(version.isTied for version in entries) for _, entries in groupby(versions, _keyOf))
    for (key, entries), isTied in zip(groupby(versions, _keyOf), tied, strict=True):
        if matches(key):
            yield from inOrder(key) if isTied else entries


def _begins(oldestFirst: Iterable[Version]) -> Iterator[_Begin]:
    """Of each version its own time or, if one that is older by the listing has a later one, that time.

    The time of an upload in parts is that of its beginning, while the order is that of the endings.
    """
    for _, entries in groupby(oldestFirst, _keyOf):
        yield from map(_Begin, accumulate((secondsOf(version.lastModified) for version in entries), max))


def _found(entries: Iterable[tuple[Version, _Begin]]) -> Iterator[Found]:
    for _, ofKey in groupby(entries, lambda entry: entry[0].key):
        end = hidden = None
        for version, (begin,) in ofKey:
            moment = begin if hidden is None else max(begin, hidden)
            stoodThere = version.size is not None and (end is None or moment < end)
            yield Found(version, moment if stoodThere else None)
            end = begin
            if version.versionId == NULL_VERSION:
                hidden = secondsOf(version.lastModified)


_keyOf = attrgetter("key")


class FoundTally:
    """Counts what is found, for a summary."""

    def __init__(self) -> None:
        self._keys = self._versions = self._markers = 0
        self._last: bytes | None = None
        self._isVersioned = False

    def count(self, found: Found) -> None:
        """One more, in key order."""
        version = found.version
        self._keys += version.key != self._last
        self._last = version.key
        self._versions += version.size is not None
        self._markers += version.size is None
        self._isVersioned = self._isVersioned or version.versionId != NULL_VERSION

    @property
    def totals(self) -> str:
        """How many there were, and what to do with them."""
        keys = f"{displayCount(self._keys, 'key')} with {displayCount(self._versions, 'version')}"
        markers = f" and {displayCount(self._markers, 'delete marker')}" if self._markers else ""
        if not self._isVersioned:
            return f"{keys}; stored without versioning, so what was replaced or deleted left no trace"
        return f"{keys}{markers}; restore one as s3://BUCKET/KEY with --atTime and the second of the times in its line"

    @property
    def isEmpty(self) -> bool:
        """Whether nothing was found."""
        return not self._keys


def listFound(selection: Selection, pattern: str, versions: Spool[Version], counted: FoundTally) -> Iterator[Found]:
    """Every version and delete marker of the keys in a selection that match a pattern, but of what is no file.

    Args:
        selection: its moment does not matter
        pattern: one of aws, as `matcher` takes it
        versions: all of them
        counted: counts them

    Raises:
        CedarBackupError: there is none
    """
    isExcluded, matches = exclusion(selection), matcher(pattern)
    with openFound(versions, lambda key: matches(key.decode()), inOrder(selection)) as entries:
        for found in entries:
            if not isExcluded(found.version):
                counted.count(found)
                yield found
    if counted.isEmpty:
        meant = likelyPattern(pattern)
        raise CedarBackupError(
            f"No key in {selection.url} matches the pattern {displayPath(pattern)}; "
            + (f"did you mean {displayPath(meant)}?" if meant else "check the pattern, the URL and --exclude")
        )
