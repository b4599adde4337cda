"""Which request is which operation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from testcase.s3 import archive, configurations
from testcase.s3 import bucketoperations as buckets
from testcase.s3 import listoperations as lists
from testcase.s3 import multipartoperations as multipart
from testcase.s3 import objectoperations as objects
from testcase.s3.messages import Request, Response
from testcase.s3.service import Service

Operation = Callable[[Service, Request], Response]


@dataclass(frozen=True, slots=True)
class Route:
    """An operation of S3, and the request that means it.

    level:    what the path names: "service", "bucket" or "object".
    requires: query parameters that must be there, separated by blanks; others make it another
              operation, except those it `allows`.
    header:   a header that must be there.
    """

    operation: str
    function: Operation
    method: str
    level: str
    requires: str = ""
    allows: str = ""
    header: str = ""

    def fits(self, request: Request) -> bool:
        required, allowed = set(self.requires.split()), set(self.allows.split())
        given = {name for name in request.query if not name.lower().startswith("x-")}
        return (
            (self.method, self.level) == (request.method, _level(request))
            and required <= given <= required | allowed
            and (not self.header or self.header in request.headers)
        )


_PAGING = "prefix delimiter max-keys encoding-type"

# The first that fits decides: an operation that needs a header stands before the one without.
_ROUTES = (
    Route("ListBuckets", buckets.listBuckets, "GET", "service"),
    Route("CreateBucket", buckets.createBucket, "PUT", "bucket"),
    Route("DeleteBucket", buckets.deleteBucket, "DELETE", "bucket"),
    Route("HeadBucket", buckets.headBucket, "HEAD", "bucket"),
    Route("GetBucketLocation", buckets.getBucketLocation, "GET", "bucket", "location"),
    Route("GetBucketVersioning", buckets.getBucketVersioning, "GET", "bucket", "versioning"),
    Route("PutBucketVersioning", buckets.putBucketVersioning, "PUT", "bucket", "versioning"),
    Route("GetBucketLifecycleConfiguration", buckets.getBucketLifecycleConfiguration, "GET", "bucket", "lifecycle"),
    Route("PutBucketLifecycleConfiguration", buckets.putBucketLifecycleConfiguration, "PUT", "bucket", "lifecycle"),
    Route("DeleteBucketLifecycle", buckets.deleteBucketLifecycle, "DELETE", "bucket", "lifecycle"),
    Route("GetObjectLockConfiguration", configurations.getConfiguration, "GET", "bucket", "object-lock"),
    Route("PutObjectLockConfiguration", configurations.putConfiguration, "PUT", "bucket", "object-lock"),
    Route("GetBucketEncryption", configurations.getConfiguration, "GET", "bucket", "encryption"),
    Route("PutBucketEncryption", configurations.putConfiguration, "PUT", "bucket", "encryption"),
    Route("DeleteBucketEncryption", configurations.deleteConfiguration, "DELETE", "bucket", "encryption"),
    Route("GetPublicAccessBlock", configurations.getConfiguration, "GET", "bucket", "publicAccessBlock"),
    Route("PutPublicAccessBlock", configurations.putConfiguration, "PUT", "bucket", "publicAccessBlock"),
    Route("DeletePublicAccessBlock", configurations.deleteConfiguration, "DELETE", "bucket", "publicAccessBlock"),
    Route("GetBucketPolicyStatus", configurations.getConfiguration, "GET", "bucket", "policyStatus"),
    Route(
        "ListObjectsV2",
        lists.listObjectsV2,
        "GET",
        "bucket",
        "list-type",
        _PAGING + " start-after continuation-token fetch-owner",
    ),
    Route("ListObjects", lists.listObjects, "GET", "bucket", "", _PAGING + " marker"),
    Route(
        "ListObjectVersions",
        lists.listObjectVersions,
        "GET",
        "bucket",
        "versions",
        _PAGING + " key-marker version-id-marker",
    ),
    Route("DeleteObjects", objects.deleteObjects, "POST", "bucket", "delete"),
    Route(
        "ListMultipartUploads",
        multipart.listMultipartUploads,
        "GET",
        "bucket",
        "uploads",
        "encoding-type prefix key-marker upload-id-marker max-uploads",
    ),
    Route("CreateMultipartUpload", multipart.createMultipartUpload, "POST", "object", "uploads"),
    Route(
        "UploadPartCopy",
        multipart.uploadPartCopy,
        "PUT",
        "object",
        "uploadId partNumber",
        header="x-amz-copy-source",
    ),
    Route("UploadPart", multipart.uploadPart, "PUT", "object", "uploadId partNumber"),
    Route("CompleteMultipartUpload", multipart.completeMultipartUpload, "POST", "object", "uploadId"),
    Route("AbortMultipartUpload", multipart.abortMultipartUpload, "DELETE", "object", "uploadId"),
    Route("ListParts", multipart.listParts, "GET", "object", "uploadId", "part-number-marker max-parts"),
    Route("RestoreObject", archive.restoreObject, "POST", "object", "restore", "versionId"),
    Route("CopyObject", objects.copyObject, "PUT", "object", header="x-amz-copy-source"),
    Route("PutObject", objects.putObject, "PUT", "object"),
    Route("GetObject", objects.getObject, "GET", "object", "", "versionId partNumber"),
    Route("GetObjectTagging", objects.getObjectTagging, "GET", "object", "tagging", "versionId"),
    Route("HeadObject", objects.headObject, "HEAD", "object", "", "versionId partNumber"),
    Route("DeleteObject", objects.deleteObject, "DELETE", "object", "", "versionId"),
)


def routeOf(request: Request) -> Route | None:
    """The operation that a request means; None if it is none of ours."""
    return next((route for route in _ROUTES if route.fits(request)), None)


def _level(request: Request) -> str:
    if request.key:
        return "object"
    return "bucket" if request.bucket else "service"
