"""Objects in archives: whether one can be read by now, and the request that brings it back.

(Amazon S3 User Guide, "Working with archived objects"; API Reference, "RestoreObject" and "HeadObject".)
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from typing import Any, Literal, NamedTuple

from CedarBackup3.amazons3.aws.arguments import headArguments, restoreArguments
from CedarBackup3.amazons3.aws.command import answerOf
from CedarBackup3.amazons3.aws.session.client import Session, SessionLost
from CedarBackup3.amazons3.aws.settings import AwsSettings
from CedarBackup3.amazons3.bucket.versions import Version
from CedarBackup3.amazons3.content.etags import isSameEtag
from CedarBackup3.amazons3.model import ARCHIVES, S3Location
from CedarBackup3.errors import CommandFailed

TIERS = ("Expedited", "Standard", "Bulk")
"""How quickly an archived object comes back."""

_TIERING = "INTELLIGENT_TIERING"
_DAYS = re.compile("[1-9][0-9]{0,3}", re.ASCII)
_FIELDS = ("Restore", "ArchiveStatus", "StorageClass", "ETag")
_EXPIRY = re.compile(r'expiry-date="([^"]+)"')

State = Literal["readable", "thawing", "archived"]


class Retrieval(NamedTuple):
    """How archived objects are to come back."""

    days: int
    """For which their copies are kept; those of S3 Intelligent-Tiering come back for good."""
    tier: str
    """One of `TIERS`."""


class ArchiveFacts(NamedTuple):
    """What S3 reports of an object that may be archived."""

    state: State
    storageClass: str
    isDeep: bool = False
    """Whether it is where no Expedited exists: in DEEP_ARCHIVE, or the deepest tier of S3 Intelligent-Tiering."""
    expires: float | None = None
    """When its copy is removed, in seconds since the epoch; None: never, or there is none."""


def parseRetrieval(text: str) -> Retrieval:
    """What `DAYS` or `DAYS:TIER` means, the tier in any case, and Standard without one; raises `ValueError`."""
    days, colon, tier = text.partition(":")
    named = {each.lower(): each for each in TIERS}
    if not _DAYS.fullmatch(days):
        raise ValueError("must be DAYS or DAYS:TIER, and DAYS a number from 1 to 9999")
    if colon and tier.lower() not in named:
        raise ValueError(f"must be DAYS or DAYS:TIER, and TIER one of {', '.join(TIERS)}")
    return Retrieval(int(days), named[tier.lower()] if colon else "Standard")


def mayBeArchived(version: Version) -> bool:
    """Whether a version may have to be brought back, by the storage class of a listing."""
    return version.storageClass in {*ARCHIVES, _TIERING}


def archiveFacts(
    location: S3Location, aws: AwsSettings, version: Version, session: Session | None, shouldStop: Callable[[], bool]
) -> ArchiveFacts:
    """Ask S3 where a version is: by a session, or without one by the plain command.

    Raises:
        SessionLost: the session is lost
        CommandFailed: S3 or aws refuses, or another object has taken its place
    """
    versionId = version.fetchId
    try:
        told = _head(location, aws, version, versionId, session, shouldStop)
    except SessionLost:
        raise
    except CommandFailed as failure:
        if failure.code not in {"403", "AccessDenied"} or not (versionId and version.isLatest and version.etag):
            raise
        told, versionId = _head(location, aws, version, "", session, shouldStop), ""  # that needs fewer permissions
    if not versionId and version.etag and not isSameEtag(str(told["ETag"] or ""), version.etag):
        raise CommandFailed("another object has taken its place meanwhile; run again")
    return _facts(told, version)


def _facts(told: dict[str, Any], version: Version) -> ArchiveFacts:
    restore, tier = str(told["Restore"] or ""), str(told["ArchiveStatus"] or "")
    storageClass = str(told["StorageClass"] or version.storageClass or "STANDARD")
    isDeep = storageClass == "DEEP_ARCHIVE" or tier == "DEEP_ARCHIVE_ACCESS"
    if 'ongoing-request="true"' in restore:
        return ArchiveFacts("thawing", storageClass, isDeep)
    if storageClass in ARCHIVES:
        state: State = "readable" if 'ongoing-request="false"' in restore else "archived"
        return ArchiveFacts(state, storageClass, isDeep, _expiry(restore))
    return ArchiveFacts("archived" if tier else "readable", storageClass, isDeep)


def _expiry(restore: str) -> float | None:
    match = _EXPIRY.search(restore)
    try:
        return parsedate_to_datetime(match[1]).timestamp() if match else None
    except ValueError:
        return None


def _head(
    location: S3Location,
    aws: AwsSettings,
    version: Version,
    versionId: str,
    session: Session | None,
    shouldStop: Callable[[], bool],
) -> dict[str, Any]:
    """The `_FIELDS` as S3 reports them; None for what it does not."""
    key = version.key.decode()
    if session:
        told = session.headObject(location.bucket, location.prefix + key, versionId, shouldStop=shouldStop)
        return {field: told.get(field) for field in _FIELDS}
    result, printed = answerOf(headArguments(location, key, _FIELDS, versionId=versionId), aws, shouldStop)
    if result.status != 0:
        raise CommandFailed(str(result), result.errorCode, " / ".join(result.errorLines))
    try:
        return dict(zip(_FIELDS, json.loads(printed), strict=True))
    except (ValueError, TypeError):
        raise CommandFailed("The AWS CLI described no object; run again") from None


def askForRetrieval(
    location: S3Location,
    aws: AwsSettings,
    version: Version,
    storageClass: str,
    retrieval: Retrieval,
    session: Session | None,
    shouldStop: Callable[[], bool],
) -> None:
    """Ask S3 to bring a version back, or to keep for longer what is there; the storage class is that of its facts.

    Raises:
        SessionLost: the session is lost; whether it was asked for is not known
        CommandFailed: S3 or aws refuses; `code` has the error code of S3
    """
    days = {"Days": retrieval.days} if storageClass in ARCHIVES else {}
    request = {**days, "GlacierJobParameters": {"Tier": retrieval.tier}}
    key, versionId = location.prefix + version.key.decode(), version.fetchId
    if session:
        session.restoreObject(location.bucket, key, versionId, request, shouldStop=shouldStop)
        return
    named = {"VersionId": versionId} if versionId else {}
    names = {"Bucket": location.bucket, "Key": key, **named, "RestoreRequest": request}
    result, _ = answerOf(restoreArguments(json.dumps(names)), aws, shouldStop)
    if result.status != 0:
        raise CommandFailed(str(result), result.errorCode, " / ".join(result.errorLines))
