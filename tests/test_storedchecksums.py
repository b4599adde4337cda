"""The checksums that S3 stores: their values, and which of them can be calculated."""

from __future__ import annotations

import base64
import hashlib
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from CedarBackup3.amazons3.content.storedchecksums import SLOW_LIMIT, Checksum

# The check values of the catalogue of CRC algorithms; of the others what hashlib says.
CHECKED = {
    "CRC32": "cbf43926",
    "CRC32C": "e3069283",
    "CRC64NVME": "ae8b14860a799888",
    "SHA1": hashlib.sha1(b"123456789").hexdigest(),
    "SHA256": hashlib.sha256(b"123456789").hexdigest(),
}


@pytest.mark.parametrize("algorithm", CHECKED)
def test_each_algorithm_has_its_check_value(algorithm: str) -> None:
    hasher = Checksum(algorithm, b"", 0).make()
    hasher.update(b"123456789")
    assert hasher.digest().hex() == CHECKED[algorithm]


@given(st.sampled_from(sorted(CHECKED)), st.binary(max_size=99), st.integers(0, 99))
def test_the_pieces_that_come_do_not_matter(algorithm: str, content: bytes, cut: int) -> None:
    whole, pieces = Checksum(algorithm, b"", 0).make(), Checksum(algorithm, b"", 0).make()
    whole.update(content)
    pieces.update(memoryview(content)[:cut])
    pieces.update(memoryview(content)[cut:])
    assert whole.digest() == pieces.digest()
    assert len(base64.b64encode(whole.digest())) in {8, 12, 28, 44}


@pytest.mark.parametrize("algorithm", ["CRC32C", "CRC64NVME"])
def test_blocks_of_any_length_have_the_crc_that_bytes_have_one_by_one(algorithm: str) -> None:
    chance = random.Random(6)
    for size in (256, 257, 258, 300, 1023, 61_455, 61_456, 61_457, 61_800, 100_001):
        content = chance.randbytes(size)
        whole, pieces = Checksum(algorithm, b"", 0).make(), Checksum(algorithm, b"", 0).make()
        whole.update(content)
        for start in range(0, size, 200):
            pieces.update(content[start : start + 200])
        assert whole.digest() == pieces.digest(), size


@pytest.mark.parametrize(
    ("algorithm", "size", "isCalculable"),
    [
        ("SHA256", 1 << 40, True),
        ("CRC32", 1 << 40, True),
        ("CRC64NVME", SLOW_LIMIT, True),
        ("CRC64NVME", SLOW_LIMIT + 1, False),
        ("CRC32C", SLOW_LIMIT + 1, False),
    ],
)
def test_only_what_python_has_is_calculated_of_large_files(algorithm: str, size: int, isCalculable: bool) -> None:
    assert Checksum(algorithm, b"", 0).isCalculable(size) == isCalculable
