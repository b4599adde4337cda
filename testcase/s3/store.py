"""What the server keeps, in memory and perhaps on disk."""

from __future__ import annotations

import hashlib
import re
import secrets
import threading
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from testcase.s3.bucket import NULL_VERSION, Bucket, StoredObject, Versioning
from testcase.s3.customerkeys import ALGORITHM
from testcase.s3.disk import Disk
from testcase.s3.errors import S3Error

_MAX_KEY_LENGTH = 1024
_BUCKET_NAME = re.compile(r"(?!\.{1,2}\Z)[a-zA-Z0-9._-]{1,255}\Z")  # as many services have it, and Amazon had
_NOTHING: Mapping[str, str] = {}


class Store:
    """All buckets. Whoever reads a `Bucket` holds `lock`; a `StoredObject` never changes.

    With a directory every change is on disk when the call returns, and what an earlier store left
    there is loaded.
    """

    def __init__(self, directory: Path | None = None) -> None:
        self.lock = threading.RLock()
        self.clockAhead = timedelta()
        self._disk = Disk(directory) if directory else None
        self.buckets = {bucket.name: bucket for bucket in self._disk.load()} if self._disk else {}
        self._sequence = max((bucket.lastSequence() for bucket in self.buckets.values()), default=0)

    def bucket(self, name: str) -> Bucket:
        try:
            return self.buckets[name]
        except KeyError:
            raise S3Error("NoSuchBucket") from None

    def createBucket(self, name: str, versioning: Versioning = Versioning.NEVER) -> None:
        with self.lock:
            if name in self.buckets:
                raise S3Error("BucketAlreadyOwnedByYou")
            if not _BUCKET_NAME.match(name):
                raise S3Error("InvalidBucketName")
            self.buckets[name] = Bucket(name, now(), versioning)
            self._saveBucket(name)

    def deleteBucket(self, name: str) -> None:
        with self.lock:
            bucket = self.bucket(name)
            if bucket.history:
                raise S3Error("BucketNotEmpty")
            if self._disk:
                self._disk.removeBucket(bucket)
            del self.buckets[name]

    def setVersioning(self, name: str, versioning: Versioning) -> None:
        with self.lock:
            self.bucket(name).versioning = versioning
            self._saveBucket(name)

    def setLifecycle(self, name: str, rules: bytes) -> None:
        """Keep rules for old versions, in XML; none: an empty document."""
        with self.lock:
            self.bucket(name).lifecycle = rules
            self._saveBucket(name)

    def setConfiguration(self, name: str, parameter: str, document: bytes | None) -> None:
        """Keep another document about a bucket, or forget it."""
        with self.lock:
            configurations = self.bucket(name).configurations
            if document is None:
                configurations.pop(parameter, None)
            else:
                configurations[parameter] = document
            self._saveBucket(name)

    def putObject(
        self,
        bucketName: str,
        key: bytes,
        body: bytes,
        *,
        etag: str | None = None,
        headers: Mapping[str, str] = _NOTHING,
        checksums: Mapping[str, str] = _NOTHING,
        checksumType: str = "FULL_OBJECT",
        lastModified: datetime | None = None,
        onlyIfAbsent: bool = False,
        parts: tuple[int, ...] = (),
    ) -> StoredObject:
        """Store an object; its ETag is the MD5 of the body unless given; if it is said to be encrypted, no digest."""
        etag = etag or hashlib.md5(body, usedforsecurity=False).hexdigest()
        version = StoredObject(
            key=checkedKey(key),
            body=body,
            size=len(body),
            etag=secrets.token_hex(16) + etag[32:] if isKeyed(headers) else etag,
            lastModified=wholeSeconds(lastModified or now() + self.clockAhead),
            headers=headers,
            checksums=checksums,
            checksumType=checksumType,
            parts=parts,
        )
        with self.lock:
            bucket = self.bucket(bucketName)
            if onlyIfAbsent and bucket.current(key):
                raise S3Error("PreconditionFailed")
            return self._add(bucket, version)

    def deleteObject(
        self,
        bucketName: str,
        key: bytes,
        versionId: str | None = None,
        lastModified: datetime | None = None,
    ) -> StoredObject | None:
        """Delete as S3 does; the result is the marker made, or the version removed, if any.

        Without a version id a bucket with versioning gets a delete marker, also for a key that it
        never had. With one that version goes for good.
        """
        with self.lock:
            bucket = self.bucket(bucketName)
            if versionId is not None or bucket.versioning is Versioning.NEVER:
                version = bucket.version(key, versionId or NULL_VERSION)
                if version:
                    self._remove(bucket, version)
                return version
            marker = StoredObject(
                key=checkedKey(key),
                body=b"",
                size=0,
                etag="",
                lastModified=wholeSeconds(lastModified or now() + self.clockAhead),
                isDeleteMarker=True,
            )
            return self._add(bucket, marker)

    def exchange(self, bucketName: str, old: StoredObject, new: StoredObject) -> None:
        """Put `new` in the place of `old`; both have the same key and version id."""
        with self.lock:
            bucket = self.bucket(bucketName)
            bucket.exchange(old, new)
            if self._disk:
                self._disk.saveVersion(bucket, new)

    def find(self, bucketName: str, key: bytes, versionId: str | None = None) -> StoredObject:
        """The version asked for, or the current one; never a delete marker."""
        with self.lock:
            bucket = self.bucket(bucketName)
            history = bucket.history.get(key)
            if versionId is not None:
                version = bucket.version(key, versionId)
                if version is None:
                    raise S3Error("NoSuchVersion")
                if version.isDeleteMarker:
                    raise S3Error("MethodNotAllowed", headers=_markerHeaders(version))
                return version
            if not history:
                raise S3Error("NoSuchKey")
            if history[-1].isDeleteMarker:
                raise S3Error("NoSuchKey", headers=_markerHeaders(history[-1]))
            return history[-1]

    def _add(self, bucket: Bucket, version: StoredObject) -> StoredObject:
        self._sequence += 1
        version = replace(version, versionId=bucket.newVersionId(), sequence=self._sequence)
        if self._disk:
            self._disk.saveVersion(bucket, version)
        bucket.add(version)
        return version

    def _remove(self, bucket: Bucket, version: StoredObject) -> None:
        if self._disk:
            self._disk.removeVersion(bucket, version)
        bucket.remove(version)

    def _saveBucket(self, name: str) -> None:
        if self._disk:
            self._disk.saveBucket(self.buckets[name])


def isKeyed(headers: Mapping[str, str]) -> bool:
    """Whether an object with these headers is encrypted in a way under which its ETag is no digest of it."""
    kind = headers.get("x-amz-server-side-encryption", "")
    return kind.startswith("aws:kms") or ALGORITHM in headers


def now() -> datetime:
    return datetime.now(UTC)


def wholeSeconds(moment: datetime) -> datetime:
    """The moment in UTC without its fraction: S3 keeps no more."""
    if moment.tzinfo is None:
        raise ValueError("lastModified needs a time zone")
    return moment.astimezone(UTC).replace(microsecond=0)


def checkedKey(key: bytes) -> bytes:
    """The key itself; an S3Error if S3 would refuse it."""
    if not key or len(key) > _MAX_KEY_LENGTH:
        raise S3Error("KeyTooLongError" if key else "InvalidArgument")
    try:
        key.decode("utf-8")
    except UnicodeDecodeError:
        raise S3Error("InvalidURI") from None
    return key


def _markerHeaders(marker: StoredObject) -> dict[str, str]:
    return {"x-amz-delete-marker": "true", "x-amz-version-id": marker.versionId}
