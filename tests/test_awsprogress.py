"""The progress of a transfer, as aws prints it."""

from __future__ import annotations

import pytest

from CedarBackup3.amazons3.aws.progress import progressReader

MIB = 1 << 20
WHOLE = b"Completed 1.0 MiB/2.0 MiB (3.0 MiB/s) with 5 file(s) remaining"
LATER = b"Completed 1.5 MiB/~2.0 MiB (3.0 MiB/s) with ~4 file(s) remaining (calculating...)"
CUT = b"Completed 1.7 MiB/~2.0 MiB (3.0 MiB/s) wi"


@pytest.mark.parametrize(
    ("printed", "told"),
    [
        (WHOLE, [(MIB, 0.5)]),
        (b"\r".join([WHOLE, LATER]), [(3 * MIB // 2, 0.75)]),
        (b"\r".join([WHOLE, LATER, CUT]), [(3 * MIB // 2, 0.75)]),
        (b"\r".join([LATER, b"upload: ./a to s3://b/a\n", WHOLE, b""]), [(MIB, 0.5)]),
        (b"upload: ./a to s3://b/a\n", []),
        (CUT, []),
        (b"", []),
    ],
)
def test_the_last_whole_update_counts(printed: bytes, told: list[tuple[int, float]]) -> None:
    heard: list[tuple[int, float | None]] = []
    progressReader(lambda phase, files, size, fraction: heard.append((size, fraction)))(printed)
    assert heard == told


def test_updates_that_are_cut_are_not_sought_through_all_others() -> None:
    """As many as a pipe holds never take more than a moment; a search from each to the end would take minutes."""
    heard: list[object] = []
    progressReader(lambda *values: heard.append(values))(b"\r".join([WHOLE, *[CUT] * 100_000]))
    assert len(heard) == 1
