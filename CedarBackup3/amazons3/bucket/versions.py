"""Lists every version and delete marker below a prefix, in the server's order; only a whole listing counts."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from itertools import pairwise
from typing import Any, NamedTuple
from urllib.parse import unquote_plus

from CedarBackup3.amazons3.aws.arguments import isTakenLiterally, listArguments, versionArguments
from CedarBackup3.amazons3.aws.command import answerOf, requireSuccess, runAws
from CedarBackup3.amazons3.aws.session.client import Session, SessionLost, VersionPage, sessionOf
from CedarBackup3.amazons3.aws.settings import AwsSettings
from CedarBackup3.amazons3.aws.times import requireTime, secondsOf
from CedarBackup3.amazons3.bucket.insession import asText
from CedarBackup3.amazons3.bucket.objects import parsePage
from CedarBackup3.amazons3.bucket.pages import Next, Pages, goesOnBehind, nextAfter, requireInOrder
from CedarBackup3.amazons3.model import S3Location
from CedarBackup3.amazons3.spool import Spool
from CedarBackup3.errors import CommandFailed
from CedarBackup3.util import displayPath

_log = logging.getLogger("CedarBackup3.log")


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
    mtimeNs: int | None = None
    """Of the file that was stored, if that is recorded beside it; None: nothing is known of the file."""
    md5: str = ""
    """Of its content, in hexadecimal, if that is recorded as well."""

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

    A session lists them where there can be one; otherwise, and where it is lost, the plain command does.

    Args:
        location: bucket and prefix
        only: the one key below the prefix that is wanted; empty: all keys
        aws: how to run it
        versions: receives them; what is in it may be forgotten
        onVersions: called with how many have come in all
        pageSize: the most that are asked for at a time; 0: as many as the server gives. With 1 none are tied

    Returns:
        The last key, empty if there is none.

    Raises:
        CommandFailed: aws failed, or what it printed is no listing
    """
    if session := sessionOf(aws, pays=True):
        try:
            with versions.appending() as keep:
                return _listInSession(session, _Listed(location, only, keep, onVersions), pageSize)
        except SessionLost as lost:
            _log.debug("The plain commands list %s again: %s", displayPath(location.url), lost)
            versions.clear()
    with versions.appending() as keep:  # pages may be as small as one version
        return _listPlainly(aws, _Listed(location, only, keep, onVersions), pageSize)


def _listInSession(session: Session, listed: _Listed, pageSize: int) -> bytes:
    """List by a session, page by page; returns the last key."""
    follows = Next.PAGE
    while follows not in {Next.NOTHING, Next.UNWANTED}:
        page = session.listVersions(listed.location.bucket, listed.prefix, *listed.goOnAfter, pageSize)
        follows = listed.take(answeredVersions(page, listed.location.prefix.encode(), listed.behind))
    return listed.last


def _listPlainly(aws: AwsSettings, listed: _Listed, pageSize: int) -> bytes:
    """List by the plain command, one aws for all pages as long as it goes on where it should; returns the last key."""
    prefix = listed.location.prefix.encode()
    after: tuple[str, str] | None = None
    isToGoOn = True
    while isToGoOn:
        pages = Pages(lambda page: listed.take(parseVersions(page, prefix, listed.behind)), isOnePage=after is not None)
        result = runAws(
            versionArguments(listed.location.bucket, listed.prefix, pageSize, after),
            aws,
            onOutputLine=pages.take,
            shouldStop=lambda pages=pages: pages.isDone,  # type: ignore[misc]
        )
        pages.requireComplete(result)
        isToGoOn, after = pages.isToGoOn, listed.goOnAfter
    return listed.last


class _Listed:
    """Takes the pages of a listing and keeps its versions."""

    def __init__(
        self,
        location: S3Location,
        only: bytes,
        keep: Callable[[Version], None],
        onVersions: Callable[[int], object],
    ) -> None:
        self.location = location
        self.prefix = location.prefix + only.decode()
        """Of the whole keys to ask for."""
        self.last = b""
        """The last key that has come, below the prefix."""
        self.goOnAfter = ("", "")
        """The whole key and the version id behind which to go on, if we have to; what has come is left out then."""
        self.behind = b""
        """The key, below the prefix, behind which the next page begins; it may come again."""
        self._only = only
        self._keep = keep
        self._count = 0
        self._onVersions = onVersions
        self._known: frozenset[tuple[bytes, str]] = frozenset()  # what may come again, of this page and the one before

    def take(self, page: _VersionPage) -> Next:
        """Take one page; returns what follows it."""
        prefix, asked = self.location.prefix, self.goOnAfter
        found, follows, marker, versionId = page
        fresh = [each for each in found if (each.key, each.versionId) not in self._known]
        if fresh:
            self.last = found[-1].key
            # Without a version id some servers go on behind all versions of a key, and some before the first of them.
            earlier = next((each.key for each in reversed(found) if each.key != self.last), self.behind)
            self.behind = self.last if versionId else earlier
            self.goOnAfter = prefix + self.behind.decode(), versionId
            before = set() if versionId else {each for each in self._known if each[0] == self.behind}
            self._known = frozenset((each.key, each.versionId) for each in found) | before
            wanted = [each for each in fresh if each.key == self._only] if self._only else fresh
            self._count += len(wanted)
            self._onVersions(self._count)
            for each in wanted:
                self._keep(each)
            return Next.UNWANTED if self._only and self.last > self._only else follows
        if follows is Next.NOTHING or (found and not marker):  # the server says neither that more follows nor where
            return Next.NOTHING
        self.goOnAfter = (prefix + found[-1].key.decode() if found else marker), versionId
        if (found and not versionId) or self.goOnAfter == asked:
            raise CommandFailed(
                f"The listing of the versions in {displayPath(self.location.url)} has no end: the server repeats itself"
            )
        return follows


def keysBehind(location: S3Location, last: bytes, aws: AwsSettings) -> frozenset[bytes]:
    """The first keys of objects behind the last key of a listing of versions; none if that was whole.

    OpenStack Swift ends that listing after its first page, as if there were no more.

    Raises:
        CommandFailed: aws failed, or what it printed is no listing
    """
    if session := sessionOf(aws, pays=True):
        try:
            return _keysBehindInSession(session, location, last)
        except SessionLost as lost:
            _log.debug("The plain commands list %s again: %s", displayPath(location.url), lost)
    result, printed = answerOf(listArguments(location, last.decode(), isOnePage=True), aws)
    requireSuccess(result)
    # Without a last key a folder marker of the prefix itself comes as well, which has been listed.
    found, _ = parsePage(printed, location.prefix.encode(), b"")
    return frozenset(each.key for each in found if each.key > last)


def _keysBehindInSession(session: Session, location: S3Location, last: bytes) -> frozenset[bytes]:
    prefix = location.prefix.encode()
    behind = (prefix + last).decode()
    # What comes lies beyond that key, so no second page is asked for.
    with closing(session.listObjects(location.bucket, location.prefix, behind, behind)) as pages:
        page = next(pages, None)
    if page is None:
        raise CommandFailed("The AWS CLI ended a listing before its last page had come; run again")
    keys = asText(page.keys)
    requireInOrder(keys, prefix, b"")
    for key, time in zip(keys, page.times, strict=True):
        requireTime(time, key)
    nextAfter(page.isTruncated, page.token, isEmpty=not keys, goesOnRight=goesOnBehind(page.token))
    return frozenset(key[len(prefix) :] for key in keys if key[len(prefix) :] > last)


class _VersionPage(NamedTuple):
    versions: list[Version]
    follows: Next
    marker: str
    """The whole key behind which the next page begins, as aws has read it; empty: there is none."""
    versionMarker: str
    """The id of the version of that key; empty: there is none."""


def parseVersions(page: bytes, prefix: bytes, last: bytes) -> _VersionPage:
    """The versions and markers on a page as `awsarguments.versionArguments` has it printed, in one order.

    Args:
        page: a JSON array of two arrays or nulls, whether more follows, and where
        prefix: of the location; the keys come without it
        last: the key below the prefix that the page before ended with; it may go on here

    Raises:
        CommandFailed: this is no page, or not of this prefix, or not in key order, or it has a time that is none
    """
    try:
        versions, markers, isTruncated, marker, versionMarker = json.loads(page)
        rows = (
            [_row(each) for each in versions or ()],
            [_row([*each, None, "", ""]) for each in markers or ()],
        )
        marker, versionMarker = (marker or "") + "", (versionMarker or "") + ""
        if any(row.size is None for row in rows[0]):
            raise ValueError("a version without a size")
    except (ValueError, TypeError, AttributeError):
        raise CommandFailed(f"The AWS CLI printed no listing of versions, but: {displayPath(page[:200])}") from None
    return _page(*rows, list(_merged(*rows)), isTruncated, (marker, versionMarker), prefix, last)


def answeredVersions(page: VersionPage, prefix: bytes, last: bytes) -> _VersionPage:
    """The same of a page that a session has answered, which has the order of the server: there none are tied.

    Raises:
        CommandFailed: as there
    """
    try:
        listed = [_row(row) for row in page.rows]
        marker = (page.keyMarker or "") + "", (page.versionIdMarker or "") + ""
    except (ValueError, TypeError, AttributeError):
        raise CommandFailed(
            f"The AWS CLI answered with no listing of versions, but: {displayPath(str(page)[:200].encode())}"
        ) from None
    kinds = [row for row in listed if row.size is not None], [row for row in listed if row.size is None]
    ordered = listed if _isServersOrder(listed) else list(_merged(*kinds))
    return _page(*kinds, ordered, page.isTruncated, marker, prefix, last)


def _page(
    versions: Sequence[Version],
    markers: Sequence[Version],
    ordered: Sequence[Version],
    isTruncated: object,
    goOn: tuple[str, str],
    prefix: bytes,
    last: bytes,
) -> _VersionPage:
    """A page whose rows, with their whole keys, are right; both kinds have to be in key order."""
    for part in (versions, markers):
        requireInOrder((row.key for row in part), prefix, prefix + last, mayRepeat=True)
        for row in part:
            requireTime(row.lastModified, row.key)
    start = len(prefix)
    found = [version._replace(key=version.key[start:]) for version in ordered]
    marker, versionMarker = goOn
    goesOnRight = _goesOnRight(prefix.decode() + found[-1].key.decode() if found else "", marker)
    follows = nextAfter(isTruncated, marker, isEmpty=not found, goesOnRight=goesOnRight)
    return _VersionPage(found, follows, marker, versionMarker)


def _goesOnRight(last: str, marker: str) -> bool:
    """Whether aws goes on behind the last key of a page, given a marker as it has read that.

    aws decodes keys and markers, but Ceph encodes only the keys. `command` lets it go on behind the last key instead.
    Where it cannot, it shows no marker.
    """
    if not last:
        return goesOnBehind(marker)
    isRead = marker in {last, unquote_plus(last)} if marker else unquote_plus(last) == last
    return isRead and goesOnBehind(last)


def _row(facts: Sequence[Any]) -> Version:
    key, versionId, isLatest, modified, size, etag, kind = facts
    if not isTakenLiterally(versionId):
        raise ValueError("the AWS CLI would read the file or URL that it names")
    size = None if size is None else size + 0  # fails on what is no number
    return Version(
        key.encode(), versionId, isLatest is True, str(modified), size, (etag or "").strip('"'), kind or "STANDARD"
    )


def _isServersOrder(rows: Sequence[Version]) -> bool:
    """Whether rows of both kinds stand as they followed each other; some servers write all versions before all markers.

    Then the kind changes once at most, or a row stands where its key, its time, or its being the latest forbids it.
    """
    neighbours = [(one, other) for one, other in pairwise(rows) if (one.size is None) != (other.size is None)]
    return len(neighbours) > 1 and all(
        one.key <= other.key
        and (one.key != other.key or (_order(other, one) >= 0 if one.size is None else _order(one, other) <= 0))
        for one, other in neighbours
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
