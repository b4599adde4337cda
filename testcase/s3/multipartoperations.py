"""The operations of multipart uploads."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping

from testcase.s3.checksums import (
    checksum,
    checksumHeaders,
    compositeChecksum,
    verifiedChecksums,
)
from testcase.s3.configurations import requireDigest
from testcase.s3.customerkeys import givenKey, requireKeyOfUpload
from testcase.s3.errors import S3Error
from testcase.s3.messages import Request, Response
from testcase.s3.objectoperations import byteSpan, copySource, keptHeaders, versionHeaders
from testcase.s3.service import Service
from testcase.s3.store import checkedKey, now
from testcase.s3.uploads import Part, Upload, etagOfParts
from testcase.s3.xmltext import document, element, escaped, group, parsed, timestamp, urlEncoded

_MAX_PART_NUMBER = 10000


def createMultipartUpload(service: Service, request: Request) -> Response:
    checkedKey(request.key)
    givenKey(request.headers)
    with service.store.lock:
        service.store.bucket(request.bucket)
    algorithm = request.headers.get("x-amz-checksum-algorithm", "").lower()
    checksumType = request.headers.get("x-amz-checksum-type", "").upper()
    if algorithm and not checksumType:
        checksumType = "FULL_OBJECT" if algorithm == "crc64nvme" else "COMPOSITE"
    upload = service.uploads.begin(request.bucket, request.key, keptHeaders(request), algorithm, checksumType, now())
    headers = {
        "x-amz-checksum-algorithm": algorithm.upper(),
        "x-amz-checksum-type": checksumType,
    }
    result = document("InitiateMultipartUploadResult", *_names(request), element("UploadId", upload.uploadId))
    return Response(headers=headers if algorithm else {}, body=result)


def uploadPart(service: Service, request: Request) -> Response:
    with service.store.lock:
        requireDigest(service.store.bucket(request.bucket), request.headers)
    checksums = verifiedChecksums(request.headers, request.body)
    part = _addedPart(service, request, request.body, checksums)
    return Response(headers={"ETag": f'"{part.etag}"', **checksumHeaders(checksums, "")})


def uploadPartCopy(service: Service, request: Request) -> Response:
    source = copySource(service, request)
    span = byteSpan(request.headers.get("x-amz-copy-source-range", ""), source.size)
    part = _addedPart(service, request, source.body[slice(*span)] if span else source.body, {})
    facts = [element("LastModified", timestamp(part.lastModified)), element("ETag", f'"{part.etag}"')]
    return Response(body=document("CopyPartResult", *facts))


def completeMultipartUpload(service: Service, request: Request) -> Response:
    upload = _upload(service, request)
    parts = _chosenParts(upload, request)
    body = b"".join(part.body for part in parts)
    etag = etagOfParts([part.etag for part in parts])
    version = service.store.putObject(
        request.bucket,
        request.key,
        body,
        etag=etag,
        headers=upload.headers,
        checksums=_checksumOfAll(upload, parts, body, request),
        checksumType=upload.checksumType,
        onlyIfAbsent=request.headers.get("if-none-match") == "*",
        parts=tuple(len(part.body) for part in parts),
    )
    service.uploads.end(upload)
    result = document(
        "CompleteMultipartUploadResult",
        f"<Location>{escaped('http://127.0.0.1' + request.path)}</Location>",
        *_names(request),
        element("ETag", f'"{version.etag}"'),
    )
    return Response(headers=versionHeaders(service, request.bucket, version), body=result)


def abortMultipartUpload(service: Service, request: Request) -> Response:
    service.uploads.end(_upload(service, request))
    return Response(204)


def listParts(service: Service, request: Request) -> Response:
    upload = _upload(service, request)
    behind, limit = request.number("part-number-marker", 0), min(request.number("max-parts", 1000), service.pageSize)
    rest = [part for number, part in sorted(upload.parts.items()) if number > behind]
    parts = [
        group(
            "Part",
            element("PartNumber", part.number),
            element("LastModified", timestamp(part.lastModified)),
            element("ETag", f'"{part.etag}"'),
            element("Size", len(part.body)),
        )
        for part in rest[:limit]
    ]
    isTruncated = len(rest) > limit
    marker = [element("NextPartNumberMarker", rest[limit - 1].number)] if isTruncated else []
    facts = [element("UploadId", upload.uploadId), element("IsTruncated", isTruncated), *marker]
    return Response(body=document("ListPartsResult", *_names(request), *facts, *parts))


def listMultipartUploads(service: Service, request: Request) -> Response:
    with service.store.lock:
        service.store.bucket(request.bucket)
    limit = min(request.number("max-uploads", 1000), service.pageSize)
    isUrl = request.text("encoding-type") == "url"
    rest = list(_uploadsBehind(service, request))

    def named(name: str, key: bytes) -> str:
        return element(name, urlEncoded(key) if isUrl else key.decode())

    uploads = [
        group(
            "Upload",
            named("Key", upload.key),
            element("UploadId", upload.uploadId),
            element("StorageClass", upload.headers.get("x-amz-storage-class", "STANDARD")),
            element("Initiated", timestamp(upload.started)),
        )
        for upload in rest[:limit]
    ]
    isTruncated = len(rest) > limit
    last = rest[limit - 1] if isTruncated else None
    markers = [named("NextKeyMarker", last.key), element("NextUploadIdMarker", last.uploadId)] if last else []
    encoding = [element("EncodingType", "url")] if isUrl else []
    facts = [element("Bucket", request.bucket), *encoding, *markers, element("IsTruncated", isTruncated)]
    return Response(body=document("ListMultipartUploadsResult", *facts, *uploads))


def _uploadsBehind(service: Service, request: Request) -> Iterator[Upload]:
    """Those below the prefix that come behind the markers: the upload that they name, or all of its key."""
    prefix, keyMarker = request.query.get("prefix", b""), request.query.get("key-marker", b"")
    idMarker = request.text("upload-id-marker") or ""
    isBehind = False
    for upload in service.uploads.of(request.bucket):
        if upload.key == keyMarker and idMarker and not isBehind:
            isBehind = upload.uploadId == idMarker
        elif upload.key.startswith(prefix) and (upload.key > keyMarker or (isBehind and upload.key == keyMarker)):
            yield upload


def _upload(service: Service, request: Request) -> Upload:
    return service.uploads.find(request.text("uploadId") or "", request.bucket, request.key)


def _addedPart(service: Service, request: Request, body: bytes, checksums: Mapping[str, str]) -> Part:
    upload = _upload(service, request)
    requireKeyOfUpload(upload.headers, request.headers)
    number = request.number("partNumber", 0)
    if not 1 <= number <= _MAX_PART_NUMBER:
        raise S3Error("InvalidArgument", "Part number must be an integer between 1 and 10000, inclusive")
    etag = hashlib.md5(body, usedforsecurity=False).hexdigest()
    part = Part(number, body, etag, checksums, now())
    service.uploads.addPart(upload, part)
    return part


def _names(request: Request) -> list[str]:
    return [element("Bucket", request.bucket), element("Key", request.key.decode())]


def _chosenParts(upload: Upload, request: Request) -> list[Part]:
    """The parts that the request lists, which are not always all that were uploaded."""
    chosen: list[Part] = []
    for node in parsed(request.body, "CompleteMultipartUpload").findall("Part"):
        text = node.findtext("PartNumber", "")
        part = upload.parts.get(int(text)) if text.isdecimal() else None
        if part is None or part.etag != node.findtext("ETag", "").strip('"'):
            raise S3Error("InvalidPart")
        if chosen and part.number <= chosen[-1].number:
            raise S3Error("InvalidPartOrder")
        chosen.append(part)
    if not chosen:
        raise S3Error("MalformedXML")
    return chosen


def _checksumOfAll(upload: Upload, parts: list[Part], body: bytes, request: Request) -> dict[str, str]:
    name = upload.checksumAlgorithm
    if upload.checksumType == "COMPOSITE":
        ofParts = [part.checksums[name] for part in parts if name in part.checksums]
        value = compositeChecksum(name, ofParts) if len(ofParts) == len(parts) else None
    else:
        value = checksum(name, body) or request.headers.get(f"x-amz-checksum-{name}")
    return {name: value} if value else {}
