"""Every version and delete marker below a prefix, in the server's order, believed only when aws ended well."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any, BinaryIO, NamedTuple, cast

from CedarBackup3.amazons3.awsarguments import isTakenLiterally, listArguments, versionArguments
from CedarBackup3.amazons3.awscli import answerOf, requireSuccess, runAws
from CedarBackup3.amazons3.awssettings import AwsSettings
from CedarBackup3.amazons3.awstimes import secondsOf
from CedarBackup3.amazons3.listing import parsedPage
from CedarBackup3.amazons3.model import S3Location
from CedarBackup3.amazons3.pages import Pages, requireInOrder
from CedarBackup3.amazons3.spool import Spool
from CedarBackup3.errors import CommandFailed
from CedarBackup3.util import displayPath


class Version(NamedTuple):
    """A version of an object, or the marker that it was deleted."""

    key: bytes
    """Below the prefix of the location, in UTF-8."""
    versionId: str
    """`null` for what was stored without versioning."""
    isLatest: bool
    lastModified: str
    """As aws printed it: ISO 8601 in UTC, with Z or +00:00."""
    size: int | None
    """In bytes; None: a delete marker."""
    etag: str
    """Without quotes; empty if there is none."""
    storageClass: str
    isTied: bool = False
    """Whether nothing tells which is the newer one of this version and a marker: their times are the same, or that of
    the marker is later but that of the version is the beginning of an upload in parts."""

    @property
    def fetchId(self) -> str:
        """The id to ask for; empty where the object as it is now will do, for which nobody needs more permissions."""
        return "" if self.isLatest and self.versionId == NULL_VERSION else self.versionId


NULL_VERSION = "null"
"""The id of what was stored without versioning (S3 User Guide, "How S3 Versioning works")."""


def listVersions(
    location: S3Location,
    only: bytes,
    aws: AwsSettings,
    versions: Spool[Version],
    onVersions: Callable[[int], object] = lambda number: None,
    *,
    pageSize: int = 0,
) -> bytes:
    """List what is below a location, keys ascending and newest first within a key.

    Args:
        location: bucket and prefix
        only: the one key below the prefix that is wanted; empty: all keys
        aws: how to run it
        versions: receives them
        onVersions: is told how many have come
        pageSize: the most that are asked for at a time; 0: as many as the server gives. With 1 none are tied

    Returns:
        The last key, empty if there is none.

    Raises:
        CommandFailed: aws failed, or what it printed is no listing
    """
    prefix, last = location.prefix.encode(), b""

    def take(page: bytes) -> bool:
        nonlocal last
        found = parsedVersions(page, prefix, last)
        if not found:
            return False
        last = found[-1].key
        if only:
            found = [version for version in found if version.key == only]
        onVersions(len(found))
        versions.append(found)
        return bool(only) and last > only

    pages = Pages(take)
    result = runAws(
        versionArguments(location.bucket, location.prefix + only.decode(), pageSize),
        aws,
        outputFile=cast(BinaryIO, pages),
        shouldStop=lambda: pages.isPast,
    )
    pages.requireComplete(result)
    return last


def requireWhole(location: S3Location, last: bytes, aws: AwsSettings) -> None:
    """Raise `CommandFailed` if the bucket has objects behind the last key of a listing of versions.

    OpenStack Swift ends that listing after its first page, as if there were no more.
    """
    result, printed = answerOf([*listArguments(location, last.decode()), "--no-paginate"], aws)
    requireSuccess(result)
    # Without a last key a folder marker of the prefix itself comes as well, which has been listed.
    if any(found.key > last for found in parsedPage(printed or b"null", location.prefix.encode(), b"")):
        raise CommandFailed(
            f"aws listed the versions in {displayPath(location.url)} only up to {displayPath(last)}, but there are "
            "objects behind it: either the bucket is being written to, and a later run will do, or this server does "
            "not list all versions, and 'aws s3 sync' can fetch only what is there now"
        )


def parsedVersions(page: bytes, prefix: bytes, last: bytes) -> list[Version]:
    """The versions and markers on a page as `awscli.versionArguments` has it printed, in one order.

    Args:
        page: a JSON array of two arrays or nulls
        prefix: of the location; the keys come without it
        last: the key below the prefix that the page before ended with; it may go on here

    Raises:
        CommandFailed: this is no page, or not of this prefix, or not in key order
    """
    try:
        versions, markers = json.loads(page)
        rows = (
            [_row(each, isMarker=False) for each in versions or ()],
            [_row(each, isMarker=True) for each in markers or ()],
        )
    except (ValueError, TypeError, AttributeError):
        raise CommandFailed(f"aws printed no listing of versions but: {displayPath(page[:200])}") from None
    for part in rows:
        requireInOrder((row.key for row in part), prefix, prefix + last, mayRepeat=True)
    start = len(prefix)
    return [version._replace(key=version.key[start:]) for version in _merged(*rows)]


def _row(facts: list[Any], *, isMarker: bool) -> Version:
    key, versionId, isLatest, modified, size, etag, kind = [*facts, None, "", ""] if isMarker else facts
    if isMarker != (size is None):
        raise ValueError("a version without a size")
    if not isTakenLiterally(versionId):
        raise ValueError("aws would read what it names, and send that to the server")
    secondsOf(modified)  # fails on what is no time, as the sum does on what is no number
    size = None if size is None else size + 0
    return Version(
        key.encode(), versionId, isLatest is True, modified, size, (etag or "").strip('"'), kind or "STANDARD"
    )


def _merged(versions: Sequence[Version], markers: Sequence[Version]) -> Iterator[Version]:
    """Both in one: keys ascending, newest first within a key; what the two lists have lost is `isTied`."""
    version, marker = 0, 0
    while version < len(versions) and marker < len(markers):
        one, other = versions[version], markers[marker]
        order = _order(one, other)
        if order <= 0:
            yield one._replace(isTied=not order)
            version += 1
        else:
            yield other
            marker += 1
    yield from versions[version:]
    yield from markers[marker:]


def _order(one: Version, other: Version) -> int:
    """Negative if the version comes before the marker, positive if behind it, 0 if nothing tells."""
    if one.key != other.key:
        return -1 if one.key < other.key else 1
    if one.isLatest or other.isLatest:
        return -1 if one.isLatest else 1
    later = secondsOf(other.lastModified) - secondsOf(one.lastModified)
    return 0 if later > 0 and "-" in one.etag else later
