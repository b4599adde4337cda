"""What the ETag of an object tells of a file that has arrived."""

from __future__ import annotations

import hashlib
import io

import pytest

from CedarBackup3.amazons3.content.etagmatch import contentMatches

PART = 8 << 20


def md5(data: bytes) -> bytes:
    return hashlib.md5(data).digest()


def inParts(data: bytes, length: int) -> str:
    parts = [data[start : start + length] for start in range(0, len(data), length)]
    return f"{md5(b''.join(map(md5, parts))).hex()}-{len(parts)}"


SMALL = b"content"
LARGE = bytes(range(256)) * (PART // 256 * 2 + 1)


@pytest.mark.parametrize(
    ("data", "etag", "expected"),
    [
        (SMALL, md5(SMALL).hex(), True),
        (SMALL, md5(SMALL).hex().upper(), True),
        (b"", md5(b"").hex(), True),
        (SMALL, md5(b"CONTENT").hex(), False),
        (LARGE, md5(LARGE).hex(), True),
        (LARGE, inParts(LARGE, PART), True),
        (LARGE[: 2 * PART], inParts(LARGE[: 2 * PART], PART), True),
        (SMALL, inParts(SMALL, PART), True),
        (LARGE, inParts(LARGE, 5 << 20), True),  # other programs' parts
        (LARGE, inParts(LARGE[:-1] + b"x", PART), False),  # aws makes as many
        (LARGE, inParts(LARGE[:-1] + b"x", 5 << 20), None),
        (LARGE, inParts(LARGE, 3_333_333), None),
        (SMALL, "", None),
        (SMALL, "no digest", None),
        (SMALL, md5(SMALL).hex() + "-", None),
    ],
    ids=range(15),
)
def test_an_etag_tells_what_it_can(data: bytes, etag: str, expected: bool | None) -> None:
    assert contentMatches(io.BytesIO(data), len(data), etag) is expected
