"""The digests that protect a body on its way, and those kept with an object."""

from __future__ import annotations

import base64
import hashlib
import zlib
from collections.abc import Callable, Mapping
from functools import cache

from testcase.s3.errors import S3Error

_HEADER = "x-amz-checksum-"
# A CRC in pure Python takes some 0.1 s a megabyte: larger bodies are believed.
_SLOW_LIMIT = 1 << 20


def verifiedChecksums(headers: Mapping[str, str], body: bytes) -> dict[str, str]:
    """Check the body by all digests among the headers; the result is the checksums to keep.

    CRC32C and CRC64NVME of more than 1 MiB are kept unverified.
    """
    _verifyMd5(headers.get("content-md5"), body)
    _verifySha256(headers.get("x-amz-content-sha256", ""), body)
    checksums = {}
    for name in _ALGORITHMS:
        value = headers.get(_HEADER + name)
        if value is None:
            continue
        expected = checksum(name, body)
        if expected is not None and expected != value:
            raise S3Error(
                "BadDigest",
                f"The {name.upper()} you specified did not match the calculated checksum.",
            )
        checksums[name] = value
    return checksums


def hasDigest(headers: Mapping[str, str]) -> bool:
    """Whether an upload brings an MD5 or a checksum of its body."""
    return "content-md5" in headers or any(_HEADER + name in headers for name in _ALGORITHMS)


def checksum(name: str, body: bytes) -> str | None:
    """A checksum as its header has it; None if it is unknown or would take too long."""
    digest = _ALGORITHMS.get(name)
    if digest is None or (digest in (_crc32c, _crc64nvme) and len(body) > _SLOW_LIMIT):
        return None
    return base64.b64encode(digest(body)).decode()


def compositeChecksum(name: str, parts: list[str]) -> str | None:
    """The checksum of the parts' checksums, with their number, as multipart uploads have it."""
    value = checksum(name, b"".join(base64.b64decode(part) for part in parts))
    return f"{value}-{len(parts)}"


def checksumHeaders(checksums: Mapping[str, str], checksumType: str) -> dict[str, str]:
    """The headers that tell a client of an object's checksums."""
    if not checksums:
        return {}
    headers = {_HEADER + name: value for name, value in checksums.items()}
    return {**headers, "x-amz-checksum-type": checksumType}


def _verifyMd5(header: str | None, body: bytes) -> None:
    if header is None:
        return
    try:
        expected = base64.b64decode(header, validate=True)
    except ValueError:
        raise S3Error("InvalidDigest") from None
    if len(expected) != 16:
        raise S3Error("InvalidDigest")
    if expected != hashlib.md5(body, usedforsecurity=False).digest():
        raise S3Error("BadDigest", "The Content-MD5 you specified did not match what we received.")


def _verifySha256(header: str, body: bytes) -> None:
    # UNSIGNED-PAYLOAD and the STREAMING forms promise nothing of the body.
    if len(header) == 64 and header != hashlib.sha256(body).hexdigest():
        raise S3Error("XAmzContentSHA256Mismatch")


def _crc32(body: bytes) -> bytes:
    return zlib.crc32(body).to_bytes(4, "big")


def _crc32c(body: bytes) -> bytes:
    return _reflectedCrc(body, 0x82F63B78, 32)


def _crc64nvme(body: bytes) -> bytes:
    return _reflectedCrc(body, 0x9A6C9329AC4BC9B5, 64)


def _sha1(body: bytes) -> bytes:
    return hashlib.sha1(body, usedforsecurity=False).digest()


def _sha256(body: bytes) -> bytes:
    return hashlib.sha256(body).digest()


_ALGORITHMS: dict[str, Callable[[bytes], bytes]] = {
    "crc32": _crc32,
    "crc32c": _crc32c,
    "crc64nvme": _crc64nvme,
    "sha1": _sha1,
    "sha256": _sha256,
}


def _reflectedCrc(body: bytes, polynomial: int, bits: int) -> bytes:
    table = _crcTable(polynomial)
    ones = (1 << bits) - 1
    value = ones
    for byte in body:
        value = table[(value ^ byte) & 0xFF] ^ (value >> 8)
    return (value ^ ones).to_bytes(bits // 8, "big")


@cache
def _crcTable(polynomial: int) -> tuple[int, ...]:
    table = []
    for byte in range(256):
        value = byte
        for _ in range(8):
            value = (value >> 1) ^ (polynomial if value & 1 else 0)
        table.append(value)
    return tuple(table)
