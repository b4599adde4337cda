"""The progress of a transfer, as aws prints it."""

from __future__ import annotations

import pytest

from CedarBackup3.amazons3.aws.progress import progressReader

MIB = 1 << 20
WHOLE = b"Completed 1.0 MiB/2.0 MiB (3.0 MiB/s) with 5 file(s) remaining\r"
LATER = b"Completed 1.5 MiB/~2.0 MiB (3.0 MiB/s) with ~4 file(s) remaining (calculating...)\r"
CUT = b"Completed 1.7 MiB/~2.0 MiB (3.0 MiB/s) wi"
FILE = b"upload: ./a to s3://b/a                                          \n"


@pytest.mark.parametrize(
    ("printed", "told"),
    [
        ([WHOLE], [(0, MIB)]),
        ([WHOLE, LATER], [(0, MIB), (0, 3 * MIB // 2)]),
        ([WHOLE + LATER], [(0, 3 * MIB // 2)]),
        ([LATER, CUT], [(0, 3 * MIB // 2)]),
        ([LATER[:7], LATER[7:30], LATER[30:]], [(0, 3 * MIB // 2)]),
        ([LATER + FILE + WHOLE], [(1, MIB)]),
        ([FILE[:20], FILE[20:], FILE.replace(b"up", b"down")], [(1, 0), (2, 0)]),
        ([b"Completed 1 file(s) with ~2 file(s) remaining (calculating...)\r"], []),
        ([b"Completed 1 Byte/1 Byte (1 Bytes/s) with 1 file(s) remaining\r"], [(0, 1)]),
        ([b"Completed 17 Bytes/~2.0 GiB (0 Bytes/s) with ~3 file(s) remaining\r"], [(0, 17)]),
        ([b"Completed 2.5 GiB/~2.0 TiB (0 Bytes/s) with ~3 file(s) remaining\r"], [(0, 2560 * MIB)]),
        ([b"upload failed: ./a to s3://b/a An error occurred\n"], []),
        ([CUT], []),
        ([b""], []),
    ],
)
def test_files_and_bytes_are_told_whatever_the_pieces(printed: list[bytes], told: list[tuple[int, int]]) -> None:
    heard: list[tuple[int, int]] = []
    read = progressReader(lambda files, size: heard.append((files, size)))
    for piece in printed:
        read(piece)
    assert heard == told


def test_very_many_updates_take_a_moment() -> None:
    """As many as a pipe holds never take more than that; a search from each to the end would take minutes."""
    heard: list[tuple[int, int]] = []
    progressReader(lambda files, size: heard.append((files, size)))(b"\r".join([WHOLE, *[CUT] * 100_000]))
    assert len(heard) == 1


def test_a_line_without_an_end_takes_no_memory() -> None:
    heard: list[tuple[int, int]] = []
    read = progressReader(lambda files, size: heard.append((files, size)))
    for _ in range(2000):
        read(b"Completed " * 1000)
    read(b"\r" + WHOLE)
    assert heard == [(0, MIB)]
