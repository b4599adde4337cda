"""Finds the version of each key that stood at a moment, among all versions and delete markers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import groupby

from CedarBackup3.amazons3.aws.times import secondsOf
from CedarBackup3.amazons3.bucket.versions import NULL_VERSION, Version


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
    for key, listed in groupby(versions, lambda version: version.key):
        current, overwritten, isTied = _current(listed, moment)
        if isTied:
            current, overwritten, _ = _current(inOrder(key), moment)
        if overwritten is not None:
            onUnknown(overwritten)
        elif current is not None and current.size is not None:
            yield current


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
