"""What a bucket holds: every version of every object in it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from testcase.s3.keys import SortedKeys

NULL_VERSION = "null"


class Versioning(Enum):
    """Whether a bucket keeps what is replaced or deleted. The values are those of S3's XML."""

    NEVER = ""
    ENABLED = "Enabled"
    SUSPENDED = "Suspended"


@dataclass(frozen=True, slots=True)
class StoredObject:
    """One version of an object, or the marker that it was deleted."""

    key: bytes
    body: bytes
    size: int
    etag: str
    lastModified: datetime
    versionId: str = NULL_VERSION
    isDeleteMarker: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)
    checksums: Mapping[str, str] = field(default_factory=dict)
    checksumType: str = "FULL_OBJECT"
    sequence: int = 0
    parts: tuple[int, ...] = ()
    """The sizes of the parts of a multipart upload, in bytes."""

    @property
    def storageClass(self) -> str:
        return self.headers.get("x-amz-storage-class", "STANDARD")


class Bucket:
    """The versions of a bucket's objects, oldest first, and its keys in order."""

    def __init__(
        self,
        name: str,
        created: datetime,
        versioning: Versioning = Versioning.NEVER,
    ) -> None:
        self.name = name
        self.created = created
        self.versioning = versioning
        self.lifecycle = b""
        """The rules for old versions as they came, in XML; they are kept and given back, and nothing follows them."""
        self.configurations: dict[str, bytes] = {}
        """Other documents about the bucket as they came, by the parameter that asks for them."""
        self.mfaDelete = ""
        """Enabled, Disabled, or nothing."""
        self.history: dict[bytes, list[StoredObject]] = {}
        self.allKeys = SortedKeys()
        self.currentKeys = SortedKeys()

    def current(self, key: bytes) -> StoredObject | None:
        """The newest version, or None if there is none or it is a delete marker."""
        history = self.history.get(key)
        return history[-1] if history and not history[-1].isDeleteMarker else None

    def version(self, key: bytes, versionId: str) -> StoredObject | None:
        return next((v for v in self.history.get(key, ()) if v.versionId == versionId), None)

    def newVersionId(self) -> str:
        return secrets.token_hex(16) if self.versioning is Versioning.ENABLED else NULL_VERSION

    def lastSequence(self) -> int:
        """The greatest number that a version here has; each is greater than those before it."""
        return max((history[-1].sequence for history in self.history.values()), default=0)

    def add(self, version: StoredObject) -> None:
        """Make this the newest version of its key. A key has at most one version "null"."""
        history = self.history.get(version.key, [])
        if version.versionId == NULL_VERSION:
            history = [v for v in history if v.versionId != NULL_VERSION]
        self._setHistory(version.key, [*history, version])

    def remove(self, version: StoredObject) -> None:
        """Forget this version."""
        history = [v for v in self.history[version.key] if v is not version]
        self._setHistory(version.key, history)

    def exchange(self, old: StoredObject, new: StoredObject) -> None:
        """Put `new` in the place of `old`, which has the same key."""
        self._setHistory(old.key, [new if v is old else v for v in self.history[old.key]])

    def _setHistory(self, key: bytes, history: list[StoredObject]) -> None:
        # The one place that changes versions, so that both orders of keys always agree with them.
        existed, wasCurrent = key in self.history, self.current(key) is not None
        if history:
            self.history[key] = history
        else:
            self.history.pop(key, None)
        self.allKeys.note(key, existed, bool(history))
        self.currentKeys.note(key, wasCurrent, self.current(key) is not None)
