"""The operations on buckets themselves."""

from __future__ import annotations

from testcase.s3.bucket import Versioning
from testcase.s3.errors import S3Error
from testcase.s3.messages import Request, Response
from testcase.s3.service import Service
from testcase.s3.xmltext import document, element, group, parsed, timestamp

OWNER_ID = "75aa57f09aa0c8caeab4f8c24e99d10f8e7faeebf76c078efc7c6caea54ba06a"
ACCOUNT = "123456789012"
"""The account that every bucket belongs to."""
REGION = "us-east-1"


def owner(name: str = "Owner") -> str:
    return group(name, element("ID", OWNER_ID), element("DisplayName", "testcase"))


def listBuckets(service: Service, request: Request) -> Response:
    with service.store.lock:
        buckets = [
            group(
                "Bucket",
                element("Name", bucket.name),
                element("CreationDate", timestamp(bucket.created)),
            )
            for _, bucket in sorted(service.store.buckets.items())
        ]
    return Response(body=document("ListAllMyBucketsResult", owner(), group("Buckets", *buckets)))


def createBucket(service: Service, request: Request) -> Response:
    service.store.createBucket(request.bucket)
    return Response(headers={"Location": f"/{request.bucket}"})


def deleteBucket(service: Service, request: Request) -> Response:
    service.store.deleteBucket(request.bucket)
    return Response(204)


def headBucket(service: Service, request: Request) -> Response:
    with service.store.lock:
        service.store.bucket(request.bucket)
    return Response(headers={"x-amz-bucket-region": REGION})


def getBucketLocation(service: Service, request: Request) -> Response:
    with service.store.lock:
        service.store.bucket(request.bucket)
    # The region that S3 began with has no name here.
    return Response(body=document("LocationConstraint"))


def getBucketVersioning(service: Service, request: Request) -> Response:
    with service.store.lock:
        bucket = service.store.bucket(request.bucket)
    status = [] if bucket.versioning is Versioning.NEVER else [element("Status", bucket.versioning.value)]
    mfa = [element("MfaDelete", bucket.mfaDelete)] if bucket.mfaDelete else []
    return Response(body=document("VersioningConfiguration", *status, *mfa))


def putBucketVersioning(service: Service, request: Request) -> Response:
    status = parsed(request.body, "VersioningConfiguration").findtext("Status")
    if status not in (Versioning.ENABLED.value, Versioning.SUSPENDED.value):
        raise S3Error("IllegalVersioningConfigurationException")
    service.store.setVersioning(request.bucket, Versioning(status))
    return Response()


def getBucketLifecycleConfiguration(service: Service, request: Request) -> Response:
    with service.store.lock:
        rules = service.store.bucket(request.bucket).lifecycle
    if not rules:
        raise S3Error("NoSuchLifecycleConfiguration")
    return Response(body=rules)


def putBucketLifecycleConfiguration(service: Service, request: Request) -> Response:
    rules = parsed(request.body, "LifecycleConfiguration").findall("Rule")
    if not rules or any(rule.findtext("Status") not in {"Enabled", "Disabled"} for rule in rules):
        raise S3Error("MalformedXML")
    service.store.setLifecycle(request.bucket, request.body)
    return Response()


def deleteBucketLifecycle(service: Service, request: Request) -> Response:
    service.store.setLifecycle(request.bucket, b"")
    return Response(204)
