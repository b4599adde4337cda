"""The operations that list a bucket's objects and versions."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from dataclasses import replace

from testcase.s3.bucket import StoredObject
from testcase.s3.bucketoperations import owner
from testcase.s3.errors import S3Error
from testcase.s3.faults import TruncateListing
from testcase.s3.keys import afterKey
from testcase.s3.listing import Page, afterMarker, currentPage, versionPage
from testcase.s3.messages import Request, Response
from testcase.s3.service import Service
from testcase.s3.xmltext import document, element, escaped, group, urlEncoded

_UNKNOWN_VERSION = "-"  # of an id that no version has a key is listed from its beginning


def listObjectsV2(service: Service, request: Request) -> Response:
    manners = service.manners
    token, startAfter = request.text("continuation-token"), request.query.get("start-after", b"")
    afterStart = afterKey(startAfter) if startAfter else b""
    start = _tokenStart(service, token) if token else afterStart
    page = _currentPage(service, request, b"" if manners.ignoresMarkers else start)
    parts = [
        *_echo(service, request, "prefix", "delimiter"),
        *([] if token is None else [element("ContinuationToken", token)]),
        *(_echo(service, request, "start-after") if startAfter else []),
        *([_nextToken(service, page)] if page.isTruncated and manners.givesTokens else []),
        element("KeyCount", len(page.objects) + len(page.commonPrefixes)),
        *_frame(service, request, page),
        *_contents(service, request, page.objects, request.text("fetch-owner") == "true"),
        *_commonPrefixes(request, page),
    ]
    return Response(body=document("ListBucketResult", element("Name", request.bucket), *parts))


def listObjects(service: Service, request: Request) -> Response:
    delimiter = request.query.get("delimiter", b"")
    start = afterMarker(request.query.get("marker", b""), delimiter)
    page = _currentPage(service, request, start)
    parts = [
        *_echo(service, request, "prefix", "marker", "delimiter"),
        # Without a delimiter S3 leaves it to the client to take the last key.
        *([_marker(service, request, "NextMarker", page.lastKey)] if page.isTruncated and delimiter else []),
        *_frame(service, request, page),
        *_contents(service, request, page.objects, True),
        *_commonPrefixes(request, page),
    ]
    return Response(body=document("ListBucketResult", element("Name", request.bucket), *parts))


def listObjectVersions(service: Service, request: Request) -> Response:
    keyMarker = request.query.get("key-marker", b"")
    versionIdMarker = request.text("version-id-marker") or None
    if versionIdMarker and not keyMarker:
        raise S3Error("InvalidArgument", "A version-id marker cannot be specified without a key marker.")
    prefix, delimiter = request.query.get("prefix", b""), request.query.get("delimiter", b"")
    limit = _limit(service, request)
    if service.manners.ignoresMarkers:
        keyMarker, versionIdMarker = b"", None
    with service.store.lock:
        bucket = service.store.bucket(request.bucket)
        repeated = _UNKNOWN_VERSION if keyMarker and service.manners.repeatsKeys else None
        page = versionPage(
            bucket, prefix, delimiter, keyMarker, versionIdMarker or repeated, limit, service.manners.order
        )
        newest = {key: bucket.history[key][-1] for key in {v.key for v in page.objects}}
    page = _perhapsTruncated(request, page)
    parts = [
        *_echo(service, request, "prefix", "delimiter", "key-marker"),
        element("VersionIdMarker", versionIdMarker or ""),
        *(_nextMarkers(service, request, page) if page.isTruncated and service.manners.givesTokens else []),
        *_frame(service, request, page),
        *(_version(service, request, v, v is newest[v.key]) for v in page.objects),
        *_commonPrefixes(request, page),
    ]
    return Response(body=document("ListVersionsResult", element("Name", request.bucket), *parts))


def _currentPage(service: Service, request: Request, start: bytes) -> Page:
    prefix, delimiter = request.query.get("prefix", b""), request.query.get("delimiter", b"")
    limit = _limit(service, request)
    with service.store.lock:
        bucket = service.store.bucket(request.bucket)
        page = currentPage(bucket, prefix, delimiter, start, limit, service.manners.order)
    return _perhapsTruncated(request, page)


def _perhapsTruncated(request: Request, page: Page) -> Page:
    isHit = isinstance(request.effect, TruncateListing)
    return replace(page, isTruncated=False) if isHit else page


def _limit(service: Service, request: Request) -> int:
    return min(request.number("max-keys", service.pageSize), service.pageSize)


def _frame(service: Service, request: Request, page: Page) -> list[str]:
    encoding = request.text("encoding-type")
    if encoding not in (None, "", "url"):
        raise S3Error("InvalidArgument", "Invalid Encoding Method specified in Request")
    return [
        element("MaxKeys", _limit(service, request)),
        *([element("EncodingType", encoding)] if encoding else []),
        *([element("IsTruncated", page.isTruncated)] if service.manners.givesIsTruncated else []),
    ]


def _echo(service: Service, request: Request, *names: str) -> list[str]:
    """Parameters as S3 repeats them: `start-after` as StartAfter."""
    return [
        _marker(service, request, name.title().replace("-", ""), request.query.get(name, b""))
        for name in names
        if name != "delimiter" or request.query.get(name)
    ]


def _nextMarkers(service: Service, request: Request, page: Page) -> list[str]:
    markers = [_marker(service, request, "NextKeyMarker", page.lastKey)]
    if isinstance(page.last, StoredObject) and service.manners.givesVersionMarkers:
        markers.append(element("NextVersionIdMarker", page.last.versionId))
    return markers


def _commonPrefixes(request: Request, page: Page) -> list[str]:
    return [group("CommonPrefixes", _key(request, "Prefix", p)) for p in page.commonPrefixes]


def _contents(service: Service, request: Request, objects: Iterable[StoredObject], withOwner: bool) -> list[str]:
    ownerText = owner() if withOwner else ""
    return [
        f"<Contents>{_key(request, 'Key', each.key)}{_facts(service, each)}{ownerText}"
        f"<StorageClass>{each.storageClass}</StorageClass></Contents>"
        for each in objects
    ]


def _version(service: Service, request: Request, version: StoredObject, isLatest: bool) -> str:
    identity = (
        f"{_key(request, 'Key', version.key)}<VersionId>{version.versionId}</VersionId>{element('IsLatest', isLatest)}"
    )
    if version.isDeleteMarker:
        moment = element("LastModified", service.manners.time(version.lastModified))
        return group("DeleteMarker", identity, moment, owner())
    storageClass = element("StorageClass", version.storageClass)
    return group("Version", identity, _facts(service, version), storageClass, owner())


def _facts(service: Service, each: StoredObject) -> str:
    checksums = "".join(f"<ChecksumAlgorithm>{name.upper()}</ChecksumAlgorithm>" for name in each.checksums)
    if checksums:
        checksums += f"<ChecksumType>{each.checksumType}</ChecksumType>"
    etag = f"<ETag>&quot;{each.etag}&quot;</ETag>" if service.manners.givesEtags else ""
    modified = escaped(service.manners.time(each.lastModified))
    return f"<LastModified>{modified}</LastModified>{etag}{checksums}<Size>{each.size}</Size>"


def _marker(service: Service, request: Request, name: str, key: bytes) -> str:
    """A marker, or what is repeated of the request."""
    return _key(request, name, key) if service.manners.encodesMarkers else element(name, key.decode("utf-8", "replace"))


def _key(request: Request, name: str, key: bytes) -> str:
    isEncoded = request.query.get("encoding-type") == b"url"
    text = urlEncoded(key) if isEncoded else escaped(key.decode("utf-8", "replace"))
    return f"<{name}>{text}</{name}>"


def _nextToken(service: Service, page: Page) -> str:
    isKey = service.manners.usesKeysAsTokens
    token = page.lastKey.decode() if isKey else base64.b64encode(b"1" + page.next).decode()
    return element("NextContinuationToken", token)


def _tokenStart(service: Service, token: str) -> bytes:
    if service.manners.usesKeysAsTokens:
        return afterKey(token.encode())
    try:
        return base64.b64decode(token, validate=True)[1:]
    except (binascii.Error, ValueError):
        raise S3Error("InvalidArgument", "The continuation token provided is incorrect") from None
