"""How a store is kept in a directory.

A bucket is a directory with a record of itself and one file a version: a line of JSON, then the
body. The files are named by a digest, so that any key makes a good name. Every file appears whole
or not at all.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from testcase.s3.bucket import Bucket, StoredObject, Versioning

_BUCKET_RECORD = "bucket.json"
_SUFFIX = ".object"


class Disk:
    """The directory of a store. The store calls it with its lock held."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        directory.mkdir(parents=True, exist_ok=True)

    def load(self) -> Iterator[Bucket]:
        """The buckets that an earlier store left here."""
        for record in sorted(self._directory.glob(f"*/{_BUCKET_RECORD}")):
            facts = json.loads(record.read_bytes())
            bucket = Bucket(
                record.parent.name,
                datetime.fromisoformat(facts["created"]),
                Versioning(facts["versioning"]),
            )
            bucket.lifecycle = facts.get("lifecycle", "").encode()  # what the demo has kept may be older
            bucket.configurations = {name: text.encode() for name, text in facts.get("configurations", {}).items()}
            versions = [_decoded(path.read_bytes()) for path in record.parent.glob(f"*{_SUFFIX}")]
            for version in sorted(versions, key=lambda version: version.sequence):
                bucket.add(version)
            yield bucket

    def saveBucket(self, bucket: Bucket) -> None:
        facts = {
            "created": bucket.created.isoformat(),
            "versioning": bucket.versioning.value,
            "lifecycle": bucket.lifecycle.decode(),
            "configurations": {name: document.decode() for name, document in bucket.configurations.items()},
        }
        path = self._directory / bucket.name / _BUCKET_RECORD
        path.parent.mkdir(exist_ok=True)
        _write(path, json.dumps(facts).encode())

    def removeBucket(self, bucket: Bucket) -> None:
        shutil.rmtree(self._directory / bucket.name)

    def saveVersion(self, bucket: Bucket, version: StoredObject) -> None:
        _write(self._path(bucket, version), _encoded(version))

    def removeVersion(self, bucket: Bucket, version: StoredObject) -> None:
        self._path(bucket, version).unlink()

    def _path(self, bucket: Bucket, version: StoredObject) -> Path:
        digest = hashlib.sha256(version.versionId.encode() + b"/" + version.key).hexdigest()
        return self._directory / bucket.name / f"{digest}{_SUFFIX}"


def _encoded(version: StoredObject) -> bytes:
    facts = {
        "key": version.key.decode(),
        "etag": version.etag,
        "lastModified": version.lastModified.isoformat(),
        "versionId": version.versionId,
        "isDeleteMarker": version.isDeleteMarker,
        "headers": dict(version.headers),
        "checksums": dict(version.checksums),
        "checksumType": version.checksumType,
        "sequence": version.sequence,
        "parts": version.parts,
    }
    return json.dumps(facts).encode() + b"\n" + version.body


def _decoded(content: bytes) -> StoredObject:
    line, _, body = content.partition(b"\n")
    facts: dict[str, Any] = json.loads(line)
    facts["key"] = facts["key"].encode()
    facts["parts"] = tuple(facts.get("parts", ()))  # what the demo has kept may be older
    facts["lastModified"] = datetime.fromisoformat(facts["lastModified"])
    return StoredObject(body=body, size=len(body), **facts)


def _write(path: Path, content: bytes) -> None:
    temporary = path.with_name(f"{secrets.token_hex(8)}.temporary")
    temporary.write_bytes(content)
    os.replace(temporary, path)
