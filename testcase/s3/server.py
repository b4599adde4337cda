"""The server as tests and the demo use it."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from os import PathLike
from pathlib import Path
from types import TracebackType

from testcase.s3.archive import expireCopy, finishRetrieval, isOngoing
from testcase.s3.bucket import StoredObject, Versioning
from testcase.s3.faults import Fault
from testcase.s3.handler import Listener
from testcase.s3.manners import Manners
from testcase.s3.messages import RequestRecord
from testcase.s3.service import Service
from testcase.s3.store import Store, now
from testcase.s3.uploads import Part


class S3Server:
    """An S3 server on loopback, running from its making until `stop` or the end of its `with`.

    It keeps objects in memory, or in `directory` if given. Buckets that are there already stay as
    they are. As the proxy of a client (`HTTP_PROXY`) it is every S3 server: `http://bucket.s3.test/key`.
    """

    def __init__(
        self,
        buckets: Iterable[str] = ("bucket",),
        directory: str | PathLike[str] | None = None,
        versioning: bool = False,
        port: int = 0,
    ) -> None:
        store = Store(Path(directory) if directory is not None else None)
        for name in buckets:
            if name not in store.buckets:
                store.createBucket(name, Versioning.ENABLED if versioning else Versioning.NEVER)
        self._service = Service(store)
        self._listener = Listener(port, self._service)
        self.port: int = self._listener.server_address[1]
        self._thread = threading.Thread(target=self._listener.serve_forever, name="S3Server", daemon=True)
        self._thread.start()

    def __enter__(self) -> S3Server:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Close the port and every connection, whatever they wait for. Stopping twice is fine."""
        if self._service.stopping.is_set():
            return
        self._service.stopping.set()
        self._listener.stop()
        self._thread.join()

    @property
    def endpointUrl(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def environment(self) -> dict[str, str]:
        """Variables that send a child's `aws` here, and keep it from looking anywhere else."""
        return {
            "AWS_ENDPOINT_URL": self.endpointUrl,
            "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
            "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            "AWS_REGION": "us-east-1",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": "/dev/null",
            "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
            "AWS_MAX_ATTEMPTS": "2",
            "AWS_PAGER": "",
            "NO_PROXY": "*",
            "no_proxy": "*",
        }

    def putObject(
        self,
        bucket: str,
        key: bytes,
        body: bytes,
        lastModified: datetime | None = None,
        etag: str | None = None,
        headers: Mapping[str, str] | None = None,
        checksums: Mapping[str, str] | None = None,
        parts: tuple[int, ...] = (),
    ) -> StoredObject:
        """Store an object without HTTP, as the newest version of its key.

        The time, which needs a time zone, is now unless given; the ETag is the body's MD5 unless it is given, or the
        headers, whose names are in small letters, say that the object is encrypted. With the `x-amz-storage-class` of
        an archive it cannot be read before it is brought back. Checksums are by algorithm, such as `crc32`, with a
        number of parts behind a dash if they are composite; `parts` are sizes.
        """
        isComposite = any("-" in value for value in (checksums or {}).values())
        return self._service.store.putObject(
            bucket,
            key,
            body,
            lastModified=lastModified,
            etag=etag,
            headers=headers or {},
            checksums=checksums or {},
            checksumType="COMPOSITE" if isComposite else "FULL_OBJECT",
            parts=parts,
        )

    def deleteObject(
        self,
        bucket: str,
        key: bytes,
        versionId: str | None = None,
        lastModified: datetime | None = None,
    ) -> StoredObject | None:
        """Delete without HTTP, as S3 does: with versioning this makes a delete marker."""
        return self._service.store.deleteObject(bucket, key, versionId, lastModified)

    def damageObject(
        self,
        bucket: str,
        key: bytes,
        offset: int | None = None,
        versionId: str | None = None,
        keepChecksums: bool = True,
    ) -> StoredObject:
        """Flip the bits of one byte (None: the middle one); size, ETag and date stay as they were.

        Stored checksums stay too, so that clients can notice, unless told not to.
        """
        old = self._service.store.find(bucket, key, versionId)
        if not old.body:
            raise ValueError("an empty object cannot be damaged")
        position = old.size // 2 if offset is None else offset
        body = bytearray(old.body)
        body[position] ^= 0xFF
        new = replace(old, body=bytes(body), checksums=old.checksums if keepChecksums else {})
        self._service.store.exchange(bucket, old, new)
        return new

    def objects(self, bucket: str) -> dict[bytes, StoredObject]:
        """The current objects in key order."""
        with self._service.store.lock:
            kept = self._service.store.bucket(bucket)
            return {key: kept.history[key][-1] for key in kept.currentKeys.inOrder()}

    def versions(self, bucket: str) -> dict[bytes, tuple[StoredObject, ...]]:
        """All versions and delete markers in key order, newest first within a key."""
        with self._service.store.lock:
            kept = self._service.store.bucket(bucket)
            return {key: tuple(kept.history[key][::-1]) for key in kept.allKeys.inOrder()}

    def uploads(self, bucket: str) -> tuple[bytes, ...]:
        """The keys of multipart uploads neither completed nor aborted."""
        return tuple(upload.key for upload in self._service.uploads.of(bucket))

    def beginUpload(
        self,
        bucket: str,
        key: bytes,
        parts: Iterable[bytes] = (),
        started: datetime | None = None,
        lastPart: datetime | None = None,
    ) -> str:
        """Begin a multipart upload without HTTP, and leave it with these parts; returns its id.

        It is of the time given, which needs a zone, or of now, and so are its parts, unless a later time is given.
        """
        moment = started or now()
        upload = self._service.uploads.begin(bucket, key, {}, "", "", moment)
        for number, body in enumerate(parts, 1):
            etag = hashlib.md5(body, usedforsecurity=False).hexdigest()
            self._service.uploads.addPart(upload, Part(number, body, etag, {}, lastPart or moment))
        return upload.uploadId

    def configure(self, bucket: str, parameter: str, document: bytes | None) -> None:
        """Keep a document about a bucket, such as `publicAccessBlock`, without HTTP and unjudged; None: forget it.

        Args:
            bucket: its name
            parameter: by which it is asked for; `lifecycle`, too
            document: in XML
        """
        if parameter == "lifecycle":
            self._service.store.setLifecycle(bucket, document or b"")
        else:
            self._service.store.setConfiguration(bucket, parameter, document)

    def setMfaDelete(self, bucket: str, state: str) -> None:
        """Report `Enabled` or `Disabled`; nobody is asked for a code."""
        with self._service.store.lock:
            self._service.store.bucket(bucket).mfaDelete = state

    def setVersioning(self, bucket: str, versioning: Versioning) -> None:
        self._service.store.setVersioning(bucket, versioning)

    @property
    def requests(self) -> tuple[RequestRecord, ...]:
        """All requests so far, in the order they came."""
        return tuple(self._service.requests)

    def clearRequests(self) -> None:
        self._service.requests.clear()

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Every fault added, whether or not it has had its times."""
        return self._service.faults.all()

    def addFault(self, fault: Fault) -> None:
        """From now on this goes wrong, unless an earlier fault hits the same request."""
        self._service.faults.add(fault)

    def clearFaults(self) -> None:
        self._service.faults.clear()

    @property
    def latency(self) -> float:
        """Seconds added to each response."""
        return self._service.latency

    @latency.setter
    def latency(self, seconds: float) -> None:
        self._service.latency = seconds

    @property
    def accessKey(self) -> str | None:
        """The only access key that the server knows; None: it believes every one."""
        return self._service.accessKey

    @accessKey.setter
    def accessKey(self, accessKey: str | None) -> None:
        self._service.accessKey = accessKey

    @property
    def requesterPays(self) -> bool:
        """Whether only requests are answered that agree to be charged, as of a bucket whose requester pays."""
        return self._service.requesterPays

    @requesterPays.setter
    def requesterPays(self, pays: bool) -> None:
        self._service.requesterPays = pays

    @property
    def clockAhead(self) -> timedelta:
        """By how much this server's clock is ahead of that of the machine."""
        return self._service.store.clockAhead

    @clockAhead.setter
    def clockAhead(self, difference: timedelta) -> None:
        self._service.store.clockAhead = difference

    @property
    def holdsRetrievals(self) -> bool:
        """Whether archived objects that are asked for come back only with `finishRetrievals`; else they do at once."""
        return self._service.holdsRetrievals

    @holdsRetrievals.setter
    def holdsRetrievals(self, holds: bool) -> None:
        self._service.holdsRetrievals = holds

    def finishRetrievals(self, bucket: str, *keys: bytes) -> None:
        """Let archived objects that were asked for be there, those of some keys or all."""
        for version in self._versionsOf(bucket, keys):
            if isOngoing(version):
                finishRetrieval(self._service, bucket, version)

    def expireRetrievals(self, bucket: str, *keys: bytes) -> None:
        """End the days for which archived objects are there, those of some keys or all."""
        for version in self._versionsOf(bucket, keys):
            expireCopy(self._service, bucket, version)

    def _versionsOf(self, bucket: str, keys: tuple[bytes, ...]) -> list[StoredObject]:
        return [each for key, versions in self.versions(bucket).items() if not keys or key in keys for each in versions]

    @property
    def pageSize(self) -> int:
        """The most entries that a page of a listing holds."""
        return self._service.pageSize

    @pageSize.setter
    def pageSize(self, size: int) -> None:
        self._service.pageSize = size

    @property
    def manners(self) -> Manners:
        """How its listings differ from Amazon's."""
        return self._service.manners

    @manners.setter
    def manners(self, manners: Manners) -> None:
        self._service.manners = manners
