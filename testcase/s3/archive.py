"""Objects in archives, which cannot be read before somebody has asked for them to be brought back."""

from __future__ import annotations

from dataclasses import replace

from testcase.s3.bucket import StoredObject
from testcase.s3.errors import S3Error
from testcase.s3.messages import Request, Response
from testcase.s3.service import Service

_ARCHIVES = ("GLACIER", "DEEP_ARCHIVE")
_STATUS = "x-amz-archive-status"  # of S3 Intelligent-Tiering
_RESTORE = "x-amz-restore"


def requireReadable(version: StoredObject) -> None:
    """An S3Error if the object is archived and was not brought back."""
    isArchived = version.storageClass in _ARCHIVES or _STATUS in version.headers
    if isArchived and _RESTORE not in version.headers:
        raise S3Error("InvalidObjectState")


def restoreObject(service: Service, request: Request) -> Response:
    """Bring an archived object back, here without the hours that it takes."""
    version = service.store.find(request.bucket, request.key, request.text("versionId") or None)
    if version.storageClass not in _ARCHIVES and _STATUS not in version.headers:
        raise S3Error("InvalidObjectState", "Restore is not allowed for the object's current storage class")
    back = 'ongoing-request="false", expiry-date="Fri, 01 Jan 2100 00:00:00 GMT"'
    service.store.exchange(request.bucket, version, replace(version, headers={**version.headers, _RESTORE: back}))
    return Response(202)
