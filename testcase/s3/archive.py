"""Objects in archives, which cannot be read before somebody has asked for them to be brought back."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta
from email.utils import format_datetime

from testcase.s3.bucket import StoredObject
from testcase.s3.errors import S3Error
from testcase.s3.messages import Request, Response
from testcase.s3.service import Service
from testcase.s3.store import now
from testcase.s3.xmltext import parsed

_ARCHIVES = ("GLACIER", "DEEP_ARCHIVE")
_STATUS = "x-amz-archive-status"  # of S3 Intelligent-Tiering
_RESTORE = "x-amz-restore"
_ONGOING = 'ongoing-request="true"'
_TIERS = ("Standard", "Bulk", "Expedited")

ARCHIVE_HEADERS = frozenset((_STATUS, _RESTORE))
"""What tells of this object's place in an archive, and is no part of a copy."""


def requireReadable(version: StoredObject) -> None:
    """An S3Error if the object is archived and was not brought back."""
    isArchived = version.storageClass in _ARCHIVES or _STATUS in version.headers
    if isArchived and version.headers.get(_RESTORE, _ONGOING) == _ONGOING:
        raise S3Error("InvalidObjectState")


def restoreObject(service: Service, request: Request) -> Response:
    """Begin to bring an archived object back, and end it at once unless the service holds it."""
    version = service.store.find(request.bucket, request.key, request.text("versionId") or None)
    if version.storageClass not in _ARCHIVES and _STATUS not in version.headers:
        raise S3Error("InvalidObjectState", "Restore is not allowed for the object's current storage class")
    days = _days(version, request.body)
    before = version.headers.get(_RESTORE)
    if before == _ONGOING:
        raise S3Error("RestoreAlreadyInProgress")
    begun = replace(version, headers={**version.headers, _RESTORE: _ONGOING})
    service.retrievals[request.bucket, request.key, version.versionId] = days
    service.store.exchange(request.bucket, version, begun)
    if not service.holdsRetrievals or before:
        finishRetrieval(service, request.bucket, begun)
    return Response(200 if before else 202)


def _days(version: StoredObject, body: bytes) -> int:
    """The days that a request asks for, seen to be allowed; 0 where they come back for good."""
    tree = parsed(body, "RestoreRequest")
    tier = tree.findtext("GlacierJobParameters/Tier") or tree.findtext("Tier") or "Standard"
    days = tree.findtext("Days") or ""
    isDeep = version.storageClass == "DEEP_ARCHIVE" or version.headers.get(_STATUS) == "DEEP_ARCHIVE_ACCESS"
    if tier not in _TIERS:
        raise S3Error("MalformedXML")
    if isDeep and tier == "Expedited":
        raise S3Error("InvalidRequest", "Retrieval option is not supported by this storage class")
    if _STATUS in version.headers:
        if days:
            raise S3Error("InvalidArgument", "Days must not be given for S3 Intelligent-Tiering")
        return 0
    if not days.isdecimal() or int(days) < 1:
        raise S3Error("MalformedXML")
    return int(days)


def finishRetrieval(service: Service, bucket: str, version: StoredObject) -> None:
    """Let an object that was asked for be there: until the midnight behind its days, or for good."""
    headers = dict(version.headers)
    if headers.pop(_STATUS, None):
        del headers[_RESTORE]
    else:
        days = service.retrievals[bucket, version.key, version.versionId]
        end = now() + service.store.clockAhead + timedelta(days=days + 1)
        midnight = datetime.combine(end.date(), time.min, end.tzinfo)
        headers[_RESTORE] = f'ongoing-request="false", expiry-date="{format_datetime(midnight, usegmt=True)}"'
    service.store.exchange(bucket, version, replace(version, headers=headers))


def isOngoing(version: StoredObject) -> bool:
    """Whether it was asked for and is not there yet."""
    return version.headers.get(_RESTORE) == _ONGOING


def expireCopy(service: Service, bucket: str, version: StoredObject) -> None:
    """Remove the copy of an object that was brought back for some days, if there is one."""
    if version.storageClass in _ARCHIVES and _RESTORE in version.headers and not isOngoing(version):
        headers = {name: value for name, value in version.headers.items() if name != _RESTORE}
        service.store.exchange(bucket, version, replace(version, headers=headers))
