"""What a bucket is told of itself in XML, such as how it encrypts: kept and given back, and seldom followed.

Nothing is encrypted, nobody is kept out. But with a default retention of Object Lock an upload has to bring a checksum,
and a version cannot be deleted before its time, as in S3.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from testcase.s3.bucket import Bucket, StoredObject, Versioning
from testcase.s3.checksums import hasDigest
from testcase.s3.errors import S3Error
from testcase.s3.messages import Request, Response
from testcase.s3.service import Service
from testcase.s3.xmltext import parsed


class Configuration(NamedTuple):
    """One of them."""

    parameter: str
    """Of the query."""
    root: str
    """The name of its document."""
    missing: str
    """The code of the error where there is none."""


OBJECT_LOCK = Configuration("object-lock", "ObjectLockConfiguration", "ObjectLockConfigurationNotFoundError")
ENCRYPTION = Configuration(
    "encryption", "ServerSideEncryptionConfiguration", "ServerSideEncryptionConfigurationNotFoundError"
)
PUBLIC_ACCESS = Configuration(
    "publicAccessBlock", "PublicAccessBlockConfiguration", "NoSuchPublicAccessBlockConfiguration"
)
POLICY_STATUS = Configuration("policyStatus", "PolicyStatus", "NoSuchBucketPolicy")


def getConfiguration(service: Service, request: Request) -> Response:
    asked = _askedFor(request)
    with service.store.lock:
        document = service.store.bucket(request.bucket).configurations.get(asked.parameter)
    if document is None:
        raise S3Error(asked.missing)
    return Response(body=document)


def putConfiguration(service: Service, request: Request) -> Response:
    asked = _askedFor(request)
    tree = parsed(request.body, asked.root)
    with service.store.lock:
        versioning = service.store.bucket(request.bucket).versioning
    if asked is OBJECT_LOCK and versioning is not Versioning.ENABLED:
        raise S3Error("InvalidBucketState")
    if len(tree) == 0:
        raise S3Error("MalformedXML")
    service.store.setConfiguration(request.bucket, asked.parameter, request.body)
    return Response()


def deleteConfiguration(service: Service, request: Request) -> Response:
    service.store.setConfiguration(request.bucket, _askedFor(request).parameter, None)
    return Response(204)


def requireDigest(bucket: Bucket, headers: Mapping[str, str]) -> None:
    """Refuse an upload without a checksum to a bucket that locks what is stored ("PutObject", Content-MD5)."""
    if _retention(bucket) and not hasDigest(headers):
        headerNeeded = "Content-MD5 OR x-amz-checksum- HTTP header is required"
        raise S3Error("InvalidRequest", f"{headerNeeded} for Put Object requests with Object Lock parameters")


def requireUnlocked(bucket: Bucket, version: StoredObject, now: datetime) -> None:
    """Refuse to delete a version before its time. The time follows the retention that the bucket has now."""
    if not version.isDeleteMarker and version.lastModified + _retention(bucket) > now:
        raise S3Error("AccessDenied", "Access Denied because object protected by object lock.")


def _retention(bucket: Bucket) -> timedelta:
    document = bucket.configurations.get(OBJECT_LOCK.parameter)
    tree = None if document is None else parsed(document, OBJECT_LOCK.root).find("Rule/DefaultRetention")
    if tree is None:
        return timedelta()
    return timedelta(days=int(tree.findtext("Days", "0")) + 365 * int(tree.findtext("Years", "0")))


def _askedFor(request: Request) -> Configuration:
    known = (OBJECT_LOCK, ENCRYPTION, PUBLIC_ACCESS, POLICY_STATUS)
    return next(each for each in known if each.parameter in request.query)
