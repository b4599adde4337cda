"""Finds the version of each key that stood at a moment, among all versions and delete markers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from typing import NamedTuple

from CedarBackup3.amazons3.aws.times import secondsOf
from CedarBackup3.amazons3.bucket.versions import NULL_VERSION, Version


class Standing(NamedTuple):
    """What is known of a key at a moment."""

    key: bytes
    entry: Version | None
    """The version that stood there, or the delete marker; None: nothing had been stored, or it is not known."""
    overwriting: Version | None
    """What was stored without versioning after the moment, so that what stood there may be gone; None: nothing."""


def snapshotAt(
    versions: Iterable[Version],
    moment: float | None,
    inOrder: Callable[[bytes], Iterable[Version]],
    onUnknown: Callable[[Version], object] = lambda version: None,
) -> Iterator[Version]:
    """The version of each key that stood at a moment, in key order; keys that had none then are left out.

    Args:
        versions: all of them, with the delete markers, keys ascending and newest first within a key
        moment: in seconds since the epoch, itself included; None: now, whatever clock the server has
        inOrder: lists the versions of one key again, none of them tied
        onUnknown: called with what was stored without versioning after the moment, so that what stood there at the
            moment may be gone; such a key is left out
    """
    for _, entry, overwriting in standingsAt(versions, moment, inOrder):
        if overwriting is not None:
            onUnknown(overwriting)
        elif entry is not None and entry.size is not None:
            yield entry


def standingsAt(
    versions: Iterable[Version], moment: float | None, inOrder: Callable[[bytes], Iterable[Version]]
) -> Iterator[Standing]:
    """The same of every key there is, with delete markers and with what is not known."""
    for key, listed in groupby(versions, lambda version: version.key):
        current, overwriting, isTied = _current(listed, moment)
        if isTied:
            current, overwriting, _ = _current(inOrder(key), moment)
        yield Standing(key, None if overwriting else current, overwriting)


def _current(versions: Iterable[Version], moment: float | None) -> tuple[Version | None, Version | None, bool]:
    """What stood at the moment, what may have overwritten it since, and whether that hangs on one that is tied.

    It is the newest not later than the moment and with no later one behind it. A later one may be behind it, since the
    time of a multipart upload is that of its beginning, while the order is that of the endings.
    """
    if moment is None:
        return next(iter(versions), None), None, False
    current = overwritten = None
    isTied = False
    for version in versions:
        if secondsOf(version.lastModified) <= moment:
            current = current or version
            isTied = isTied or current.isTied
            continue
        current = None
        if version.versionId == NULL_VERSION:
            overwritten = version
    return current, overwritten, isTied


class Traces(NamedTuple):
    """Which times the versions of a selection tell of."""

    firstVersioned: int | None
    """The second of the first that has an id, from which on what goes leaves a trace; None: none has one."""
    lastUnversioned: int | None
    """The second of the last that was stored without versioning; None: all have an id."""

    def reaches(self, moment: float) -> bool:
        """Whether versions were kept by a moment, so that what has gone since has left a trace."""
        return self.firstVersioned is not None and self.firstVersioned <= moment

    def hides(self, moment: float) -> bool:
        """Whether nothing tells what stood at a moment: there are no ids at all, and something is of later."""
        return self.firstVersioned is None and self.lastUnversioned is not None and self.lastUnversioned > moment


def tracesOf(versions: Iterable[Version]) -> Traces:
    """Which times some versions and delete markers tell of."""
    first = last = None
    for version in versions:
        second = secondsOf(version.lastModified)
        if version.versionId == NULL_VERSION:
            last = second if last is None else max(last, second)
        else:
            first = second if first is None else min(first, second)
    return Traces(first, last)
