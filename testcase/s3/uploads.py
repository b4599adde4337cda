"""Multipart uploads that are under way; they live in memory only."""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from testcase.s3.errors import S3Error


@dataclass(frozen=True, slots=True)
class Part:
    """One part of an object to be."""

    number: int
    body: bytes
    etag: str
    checksums: Mapping[str, str]
    lastModified: datetime


@dataclass(frozen=True, slots=True)
class Upload:
    """An object to be: the headers it was begun with, and the parts that have come."""

    uploadId: str
    bucket: str
    key: bytes
    headers: Mapping[str, str]
    checksumAlgorithm: str
    checksumType: str
    started: datetime
    parts: dict[int, Part] = field(default_factory=dict)


class Uploads:
    """All uploads under way."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._uploads: dict[str, Upload] = {}

    def begin(
        self,
        bucket: str,
        key: bytes,
        headers: Mapping[str, str],
        checksumAlgorithm: str,
        checksumType: str,
        started: datetime,
    ) -> Upload:
        """A new one."""
        upload = Upload(secrets.token_hex(24), bucket, key, headers, checksumAlgorithm, checksumType, started)
        with self._lock:
            self._uploads[upload.uploadId] = upload
        return upload

    def find(self, uploadId: str, bucket: str, key: bytes) -> Upload:
        with self._lock:
            upload = self._uploads.get(uploadId)
        if upload is None or (upload.bucket, upload.key) != (bucket, key):
            raise S3Error("NoSuchUpload")
        return upload

    def of(self, bucket: str) -> tuple[Upload, ...]:
        """The uploads to a bucket, in key order, and within a key in the order of their beginning."""
        with self._lock:
            uploads = [upload for upload in self._uploads.values() if upload.bucket == bucket]
        return tuple(sorted(uploads, key=lambda upload: (upload.key, upload.started, upload.uploadId)))

    def addPart(self, upload: Upload, part: Part) -> None:
        with self._lock:
            upload.parts[part.number] = part

    def end(self, upload: Upload) -> None:
        """Forget an upload, completed or aborted."""
        with self._lock:
            self._uploads.pop(upload.uploadId, None)


def multipartEtag(bodies: list[bytes]) -> str:
    """The ETag of an object that was uploaded in these parts."""
    return etagOfParts([hashlib.md5(body, usedforsecurity=False).hexdigest() for body in bodies])


def etagOfParts(etags: list[str]) -> str:
    """The ETag of an object whose parts have these ETags."""
    digests = bytes.fromhex("".join(etags))
    return f"{hashlib.md5(digests, usedforsecurity=False).hexdigest()}-{len(etags)}"
