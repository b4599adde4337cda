"""What S3 stores with an object beside its ETag: encryption, checksum and part size; and how to make that checksum.

A listing has none of these, so each object has to be asked for: through a session, or by an aws of its own.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from CedarBackup3.amazons3.aws.arguments import ENCRYPTION, headArguments
from CedarBackup3.amazons3.aws.command import answerOf, requireSuccess
from CedarBackup3.amazons3.aws.session.client import Session
from CedarBackup3.amazons3.aws.settings import AwsSettings
from CedarBackup3.amazons3.content.crcs import ReflectedCrc
from CedarBackup3.amazons3.content.digests import Data, Hasher
from CedarBackup3.amazons3.content.etags import isDigestUnder
from CedarBackup3.amazons3.model import S3Location
from CedarBackup3.errors import CommandFailed
from CedarBackup3.util import displayPath

SLOW_LIMIT = 1 << 30
"""The largest file, in bytes, whose CRC32C or CRC64NVME is calculated: Python takes twenty seconds for it."""


ShouldStop = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Checksum:
    """A checksum that was stored with an object."""

    algorithm: str
    """As S3 spells it: `CRC64NVME`."""
    digest: bytes
    parts: int
    """0: of the whole content; otherwise the digest of the digests of so many parts."""

    @property
    def make(self) -> Callable[[], Hasher]:
        """Makes a hasher of its algorithm."""
        return _ALGORITHMS[self.algorithm]

    def isCalculable(self, size: int) -> bool:
        """Whether it can be calculated of that many bytes in a reasonable time."""
        return size <= SLOW_LIMIT or self.algorithm not in _SLOW


@dataclass(frozen=True, slots=True)
class StoredFacts:
    """What S3 reports of an object."""

    etag: str
    """Empty: the server gave none."""
    size: int
    isEncrypted: bool
    """By KMS or with a customer's key, so that the ETag is no digest of the content."""
    checksum: Checksum | None


def storedFacts(
    location: S3Location,
    aws: AwsSettings,
    key: bytes,
    shouldStop: ShouldStop,
    versionId: str = "",
    session: Session | None = None,
) -> StoredFacts:
    """What S3 reports of the object with that key below the target's prefix, or of a version of it.

    The question is given up once `shouldStop` says yes. A session answers it, if there is one.

    Raises:
        SessionLost: the session is lost
        CommandFailed: aws could not ask, or what it printed cannot be understood
    """
    names = [f"Checksum{name}" for name in _ALGORITHMS]
    fields = ("ETag", "ContentLength", *ENCRYPTION, *names)
    which = (location, aws, key, shouldStop, fields)
    etag, size, encryption, customer, *checksums = _asked(*which, versionId=versionId, session=session)
    stored = (_checksum(name, value) for name, value in zip(_ALGORITHMS, checksums, strict=True))
    hasDigest = isDigestUnder(encryption, customer)
    return StoredFacts(str(etag or ""), int(size or 0), not hasDigest, next(filter(None, stored), None))


def storedPartSize(
    location: S3Location,
    aws: AwsSettings,
    key: bytes,
    shouldStop: ShouldStop,
    number: int,
    versionId: str = "",
    session: Session | None = None,
) -> int:
    """The bytes in that part of an object; 0 if the server does not tell.

    Raises:
        SessionLost: the session is lost
        CommandFailed: aws could not ask
    """
    which = (location, aws, key, shouldStop, ("ContentLength", "PartsCount"))
    size, parts = _asked(*which, number, versionId, session)
    return int(size or 0) if parts else 0


def _asked(
    location: S3Location,
    aws: AwsSettings,
    key: bytes,
    shouldStop: ShouldStop,
    fields: tuple[str, ...],
    part: int = 0,
    versionId: str = "",
    session: Session | None = None,
) -> list[Any]:
    if session:
        name = location.prefix + key.decode()
        told = session.headObject(location.bucket, name, versionId, part, checksumMode=not part, shouldStop=shouldStop)
        return [told.get(field) for field in fields]
    arguments = headArguments(location, key.decode(), fields, part, versionId)
    result, printed = answerOf(arguments, aws, shouldStop)
    requireSuccess(result)
    try:
        values = json.loads(printed)
    except ValueError:
        values = None
    if not isinstance(values, list) or len(values) != len(fields):
        raise CommandFailed(f"The AWS CLI described no object, but printed: {displayPath(printed[:200])}")
    return values


def _checksum(algorithm: str, value: object) -> Checksum | None:
    text, _, parts = str(value or "").partition("-")
    try:
        digest = base64.b64decode(text, validate=True)
        return Checksum(algorithm, digest, int(parts or 0)) if digest else None
    except (binascii.Error, ValueError):
        return None


class _Crc32:
    """The CRC of zlib, which S3 calls CRC32."""

    def __init__(self) -> None:
        self._value = 0

    def update(self, data: Data, /) -> None:
        self._value = zlib.crc32(data, self._value)

    def digest(self) -> bytes:
        return self._value.to_bytes(4, "big")


# S3 User Guide, "Checking object integrity": their polynomials, reflected; the strongest first.
_ALGORITHMS: dict[str, Callable[[], Hasher]] = {
    "SHA256": hashlib.sha256,
    "SHA1": lambda: hashlib.sha1(usedforsecurity=False),
    "CRC64NVME": lambda: ReflectedCrc(0x9A6C9329AC4BC9B5, 8),
    "CRC32C": lambda: ReflectedCrc(0x82F63B78, 4),
    "CRC32": _Crc32,
}
_SLOW = {"CRC64NVME", "CRC32C"}
