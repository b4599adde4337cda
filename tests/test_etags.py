"""What an ETag says, and the part sizes that may stand behind it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from CedarBackup3.amazons3.content.etags import Etag, chunkSize, parseEtag, partSizes, usualPartSizes

MIB = 1 << 20
HEX = "d41d8cd98f00b204e9800998ecf8427e"


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (f'"{HEX}"', 0),
        (HEX, 0),
        (HEX.upper(), 0),
        (f'"{HEX}-1"', 1),
        (f'"{HEX}-10000"', 10_000),
        ("", None),
        ('""', None),
        (f'"{HEX}-0"', None),
        (f'"{HEX}-"', None),
        (f'"{HEX}-x"', None),
        (f'"{HEX}0"', None),
        (f'"{HEX[1:]}"', None),
        (f'W/"{HEX}"', None),
        (f'"{HEX}"\n', None),
        (f'"{"g" * 32}"', None),
        ('"0x8DB1A2B3C4D5E6F"', None),
    ],
)
def test_an_etag_is_a_digest_with_a_number_of_parts_or_nothing(text: str, parts: int | None) -> None:
    expected = None if parts is None else Etag(bytes.fromhex(HEX), parts)
    assert parseEtag(text) == expected


@pytest.mark.parametrize(
    ("size", "part", "writer"),
    [
        (8 * MIB, 8 * MIB, "aws, at its threshold"),
        (100 * MIB + 1, 8 * MIB, "aws"),
        (80_000 * MIB + 1, 16 * MIB, "aws, which doubles beyond 10,000 parts"),
        (500_000 * MIB, 64 * MIB, "aws, which doubles again and again"),
        (5 << 40, 1024 * MIB, "aws, the largest object"),
        (12 * MIB, 5 * MIB, "rclone, mc of old, the SDKs"),
        (31 * MIB, 15 * MIB, "s3cmd"),
        (700 * MIB, 50 * MIB, "s5cmd"),
        (3000 * MIB, 1024 * MIB, "somebody with large parts"),
        (997 * MIB, 7 * MIB, "somebody with an odd number of mebibytes"),
        (95_000_000, 10_000_000, "somebody who counts in tens"),
    ],
)
def test_the_part_size_of_each_known_writer_is_tried(size: int, part: int, writer: str) -> None:
    assert part in partSizes(size, -(-size // part)), writer


def test_aws_comes_first_and_the_configured_size_before_it() -> None:
    size = 64 * MIB
    assert partSizes(size, 8)[0] == 8 * MIB
    assert partSizes(size, 8, 8 * MIB + 1)[0] == 8 * MIB + 1
    assert usualPartSizes(size, 8, 8 * MIB + 1) == [8 * MIB + 1, 8 * MIB]
    assert usualPartSizes(size, 13, MIB) == [5 * MIB]  # aws takes no less
    assert usualPartSizes(size, 7) == []


@given(st.integers(0, 5 << 40), st.integers(1, 10_000), st.integers(0, 6 << 30))
def test_every_size_tried_makes_that_number_of_parts(size: int, parts: int, configured: int) -> None:
    tried = partSizes(size, parts, configured)
    assert len(tried) == len(set(tried)) <= 60
    if parts > 1:
        assert all(-(-size // part) == parts for part in tried)
    else:
        assert tried[0] >= size


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("8MB\n", 8 * MIB),
        ("8388608", 8 * MIB),
        ("16mib", 16 * MIB),
        ("1GB", 1 << 30),
        ("5120KB", 5 * MIB),
        ("7 MB", 7 * MIB),
        ("  7\t mb ", 7 * MIB),
        ("+1_0MiB", 10 * MIB),
        ("7 M B", 0),
        ("8M", 0),
        ("8m", 0),
        ("MB", 0),
        ("7__0MB", 0),
        ("0x7MB", 0),
        ("-7MB", 0),
        ("", 0),
        ("many", 0),
        ("-1", 0),
        ("1.5MB", 0),
    ],
)
def test_a_configured_size_is_read_as_aws_reads_it(text: str, size: int) -> None:
    assert chunkSize(text) == size
