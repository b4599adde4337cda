"""The operations on single objects, and the deletion of many."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from email.utils import format_datetime
from urllib.parse import unquote_to_bytes

from testcase.s3 import customerkeys
from testcase.s3.archive import ARCHIVE_HEADERS, requireReadable
from testcase.s3.bucket import NULL_VERSION, StoredObject, Versioning
from testcase.s3.checksums import checksumHeaders, verifiedChecksums
from testcase.s3.configurations import requireDigest, requireUnlocked
from testcase.s3.errors import S3Error
from testcase.s3.faults import Effect, Forget, Refuse, RefuseBatch
from testcase.s3.messages import Request, Response
from testcase.s3.service import Service
from testcase.s3.store import checkedKey, now
from testcase.s3.xmltext import document, element, group, parsed, timestamp

_KEPT_HEADERS = frozenset(
    (
        "cache-control",
        "content-disposition",
        "content-language",
        "content-type",
        "expires",
        "x-amz-server-side-encryption",
        customerkeys.ALGORITHM,
        customerkeys.KEY_MD5,
        "x-amz-storage-class",
        "x-amz-website-redirect-location",
    )
)
_HOW_STORED = {
    *("x-amz-server-side-encryption", customerkeys.ALGORITHM, customerkeys.KEY_MD5, "x-amz-storage-class"),
    *ARCHIVE_HEADERS,
}
_RANGE = re.compile(r"bytes=(\d*)-(\d*)\Z")
_MAX_BATCH = 1000


def keptHeaders(request: Request) -> dict[str, str]:
    """The headers of an upload that belong to the object."""
    kept = {
        name: value
        for name, value in request.headers.items()
        if name in _KEPT_HEADERS or name.startswith("x-amz-meta-")
    }
    # aws-chunked tells of the way here, not of the object.
    encodings = [e.strip() for e in request.headers.get("content-encoding", "").split(",")]
    encoding = ",".join(e for e in encodings if e not in ("", "aws-chunked"))
    return {**kept, "content-encoding": encoding} if encoding else kept


def versionHeaders(service: Service, bucketName: str, version: StoredObject) -> dict[str, str]:
    """The header that names a version, in a bucket that has versions."""
    with service.store.lock:
        versioning = service.store.bucket(bucketName).versioning
    isNamed = versioning is not Versioning.NEVER or version.versionId != NULL_VERSION
    return {"x-amz-version-id": version.versionId} if isNamed else {}


def copySource(service: Service, request: Request) -> StoredObject:
    """The object that a copying request names as its source."""
    path, _, query = request.headers["x-amz-copy-source"].partition("?")
    source = unquote_to_bytes(path).removeprefix(b"/")
    bucketName, _, key = source.partition(b"/")
    versionId = query.removeprefix("versionId=") or None
    return service.store.find(bucketName.decode("utf-8", "replace"), key, versionId)


def putObject(service: Service, request: Request) -> Response:
    ifNoneMatch = request.headers.get("if-none-match")
    if ifNoneMatch not in (None, "*"):
        raise S3Error("NotImplemented")
    checkedKey(request.key)
    customerkeys.givenKey(request.headers)
    with service.store.lock:
        requireDigest(service.store.bucket(request.bucket), request.headers)
    if isinstance(request.effect, Forget) and not request.effect.damaged:
        return Response(headers={"ETag": f'"{hashlib.md5(request.body, usedforsecurity=False).hexdigest()}"'})
    version = service.store.putObject(
        request.bucket,
        request.key,
        bytes(len(request.body)) if isinstance(request.effect, Forget) else request.body,
        headers=keptHeaders(request),
        checksums=verifiedChecksums(request.headers, request.body),
        onlyIfAbsent=ifNoneMatch == "*",
    )
    return Response(
        headers={
            "ETag": f'"{version.etag}"',
            **checksumHeaders(version.checksums, version.checksumType),
            **versionHeaders(service, request.bucket, version),
        }
    )


def copyObject(service: Service, request: Request) -> Response:
    source = copySource(service, request)
    if request.headers.get("x-amz-copy-source-if-match", source.etag).strip('"') not in (source.etag, "*"):
        raise S3Error("PreconditionFailed")
    requireReadable(source)
    isReplaced = request.headers.get("x-amz-metadata-directive", "COPY").upper() == "REPLACE"
    asked = keptHeaders(request)
    # How it is stored is never taken from the source (API reference, "CopyObject").
    stored = {name: value for name, value in asked.items() if name in _HOW_STORED}
    metadata = {name: value for name, value in source.headers.items() if name not in _HOW_STORED}
    headers = asked if isReplaced else metadata | stored
    if isinstance(request.effect, Forget) and not request.effect.damaged:
        version = source
    else:
        body = bytes(source.size) if isinstance(request.effect, Forget) else source.body
        version = service.store.putObject(request.bucket, request.key, body, headers=headers)
    result = document(
        "CopyObjectResult",
        element("LastModified", timestamp(version.lastModified)),
        element("ETag", f'"{version.etag}"'),
    )
    return Response(headers=versionHeaders(service, request.bucket, version), body=result)


def getObject(service: Service, request: Request) -> Response:
    version, headers = _found(service, request)
    if request.method == "GET":
        requireReadable(version)
    if "partNumber" in request.query:
        return _part(version, headers, request.number("partNumber", 0))
    span = byteSpan(request.headers.get("range", ""), version.size)
    if span is None:
        checksums = _shownChecksums(request, version)
        return Response(200, {**headers, **checksums}, version.body)
    first, end = span
    headers["Content-Range"] = f"bytes {first}-{end - 1}/{version.size}"
    return Response(206, headers, version.body[first:end])


def _part(version: StoredObject, headers: dict[str, str], number: int) -> Response:
    """One part of a multipart upload; an object that was stored by one PUT is a part by itself, and not counted."""
    sizes = version.parts or (version.size,)
    if not 1 <= number <= len(sizes):
        raise S3Error("InvalidPartNumber")
    first = sum(sizes[: number - 1])
    end = first + sizes[number - 1]
    headers["Content-Range"] = f"bytes {first}-{end - 1}/{version.size}"
    if version.parts:
        headers["x-amz-mp-parts-count"] = str(len(sizes))
    return Response(206, headers, version.body[first:end])


def headObject(service: Service, request: Request) -> Response:
    # The handler sends no body with an answer to HEAD, but its length.
    return getObject(service, request)


def getObjectTagging(service: Service, request: Request) -> Response:
    # Asked for by aws when it copies a large object. Tags are not kept.
    service.store.find(request.bucket, request.key, request.text("versionId") or None)
    return Response(body=document("Tagging", group("TagSet")))


def deleteObject(service: Service, request: Request) -> Response:
    checkedKey(request.key)
    version = _deleted(service, request.bucket, request.key, request.text("versionId") or None)
    if version is None:
        return Response(204)
    headers = versionHeaders(service, request.bucket, version)
    if version.isDeleteMarker:
        headers["x-amz-delete-marker"] = "true"
    return Response(204, headers)


def deleteObjects(service: Service, request: Request) -> Response:
    checksums = verifiedChecksums(request.headers, request.body)
    if "content-md5" not in request.headers and not checksums:
        raise S3Error("InvalidRequest", "Missing required header for this request: Content-MD5")
    tree = parsed(request.body, "Delete")
    with service.store.lock:
        service.store.bucket(request.bucket)
    isQuiet = tree.findtext("Quiet", "").strip().lower() == "true"
    objects = tree.findall("Object")
    if not 0 < len(objects) <= _MAX_BATCH:
        raise S3Error("MalformedXML")
    keys = [each.findtext("Key", "") for each in objects]
    effects = [service.faults.effectOn("DeleteObjects", request.bucket, key.encode(), inBatch=True) for key in keys]
    for effect in effects:
        if isinstance(effect, RefuseBatch):
            raise effect.error()
    results = []
    for each, key, effect in zip(objects, keys, effects, strict=True):
        try:
            deleted = _deleteOfBatch(service, request, key, each.findtext("VersionId"), effect)
            results += [] if isQuiet else [deleted]
        except S3Error as error:
            code, message = element("Code", error.code), element("Message", error.message)
            results.append(group("Error", element("Key", key), code, message))
    return Response(body=document("DeleteResult", *results))


def _deleteOfBatch(service: Service, request: Request, name: str, versionId: str | None, effect: Effect | None) -> str:
    key = checkedKey(name.encode())
    if effect is not None:
        raise effect.error() if isinstance(effect, Refuse) else S3Error("InternalError")
    version = _deleted(service, request.bucket, key, versionId)
    facts = [element("Key", name)]
    if versionId:
        facts.append(element("VersionId", versionId))
    if version is not None and version.isDeleteMarker:
        facts.append(element("DeleteMarker", True))
        facts.append(element("DeleteMarkerVersionId", version.versionId))
    return group("Deleted", *facts)


def _deleted(service: Service, bucketName: str, key: bytes, versionId: str | None) -> StoredObject | None:
    """As the store deletes, but no version that is locked."""
    with service.store.lock:
        bucket = service.store.bucket(bucketName)
        version = bucket.version(key, versionId) if versionId else None
        if version:
            requireUnlocked(bucket, version, now())
        return service.store.deleteObject(bucketName, key, versionId)


def _found(service: Service, request: Request) -> tuple[StoredObject, dict[str, str]]:
    """The object asked for and its headers, if the request's conditions hold."""
    version = service.store.find(request.bucket, request.key, request.text("versionId") or None)
    etag = f'"{version.etag}"'
    headers = {
        "Content-Type": "binary/octet-stream",
        "Last-Modified": format_datetime(version.lastModified, usegmt=True),
        "ETag": etag,
        "Accept-Ranges": "bytes",
        **_titled(version.headers),
        **versionHeaders(service, request.bucket, version),
    }
    customerkeys.requireKey(version.headers, request.headers)
    if request.headers.get("if-match", etag) not in (etag, version.etag, "*"):
        raise S3Error("PreconditionFailed")
    if request.headers.get("if-none-match") in (etag, version.etag, "*"):
        raise S3Error("NotModified", "", 304, {"ETag": etag})
    return version, headers


def _titled(headers: Mapping[str, str]) -> dict[str, str]:
    """Standard headers as `Content-Type`, so that the object's own replaces the default."""
    return {k if k.startswith("x-amz-") else k.title(): v for k, v in headers.items()}


def _shownChecksums(request: Request, version: StoredObject) -> dict[str, str]:
    if request.headers.get("x-amz-checksum-mode", "").upper() != "ENABLED":
        return {}
    return checksumHeaders(version.checksums, version.checksumType)


def byteSpan(header: str, size: int) -> tuple[int, int] | None:
    """First byte and end of a range; None for the whole, and for what S3 ignores."""
    match = _RANGE.match(header)
    if match is None or match.group() == "bytes=-":
        return None
    if match[1]:
        first, end = int(match[1]), min(int(match[2] or size) + 1, size)
        if match[2] and int(match[2]) < first:
            return None
    else:
        first, end = max(size - int(match[2]), 0), size
    if first >= end:
        raise S3Error("InvalidRange")
    return first, end
