"""What is told of a transfer: by the plan, whatever each aws prints."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from CedarBackup3.amazons3.progress import Transfer
from CedarBackup3.cli.context import RunContext
from CedarBackup3.cli.progress import ProgressLine

MIB = 1 << 20
Told = list[tuple[int, int, float | None]]


def told(files: int, size: int, work: Callable[[Transfer], None]) -> Told:
    """What a watcher of a transfer of so much is told."""
    heard: Told = []

    class Line(ProgressLine):
        def __init__(self) -> None:
            self.isShown = True

        def __call__(self, phase: str, files: int = 0, size: int = 0, fraction: float | None = None) -> None:
            assert phase == "sync"
            heard.append((files, size, fraction))

    work(Transfer(RunContext(Line()), "sync", files, size))
    return heard


def fractions(heard: Told) -> list[float]:
    return [fraction for _, _, fraction in heard if fraction is not None]


def test_the_bytes_and_files_of_all_earlier_ones_are_added_up() -> None:
    def work(transfer: Transfer) -> None:
        transfer.begin()
        for _ in range(2):
            transfer.follow(3, 3 * MIB)
            transfer.follow(5, 5 * MIB)
            transfer.count(5, 5 * MIB)

    heard = told(10, 10 * MIB, work)
    assert [(files, size // MIB) for files, size, _ in heard] == [(n, n) for n in (0, 3, 5, 5, 8, 10, 10)]
    assert fractions(heard) == [pytest.approx(n / 10) for n in (0, 3, 5, 5, 8, 10, 10)]


@pytest.mark.parametrize(
    "updates",
    [
        pytest.param([(0, 5 * MIB), (0, 3 * MIB), (1, 4 * MIB)], id="aws takes bytes back when it tries again"),
        pytest.param([(2, 11 * MIB), (3, 12 * MIB), (9, 99 * MIB)], id="more than was planned"),
        pytest.param([(0, 10 * MIB), (0, 0), (10, 0)], id="nothing but files, after the bytes"),
    ],
)
def test_it_never_falls_and_is_never_more_than_the_plan(updates: list[tuple[int, int]]) -> None:
    def work(transfer: Transfer) -> None:
        for update in updates:
            transfer.follow(*update)
        transfer.count(4, 4 * MIB)
        transfer.count(4, 4 * MIB)
        transfer.begin()

    heard = told(10, 10 * MIB, work)
    assert heard == sorted(heard)
    assert all(files <= 10 and size <= 10 * MIB for files, size, _ in heard)
    assert all(0 <= fraction <= 1 for fraction in fractions(heard))


def test_what_aws_has_told_less_of_is_counted_in_the_end() -> None:
    def work(transfer: Transfer) -> None:
        transfer.follow(0, MIB - 50_000)  # rounded
        transfer.count(1, MIB)

    assert told(1, MIB, work)[-1] == (1, MIB, 1.0)


def test_files_without_bytes_come_further_file_by_file() -> None:
    def work(transfer: Transfer) -> None:
        for files in range(5):
            transfer.follow(files, 0)

    assert fractions(told(4, 0, work)) == [0, 0.25, 0.5, 0.75, 1]


def test_of_a_plan_without_uploads_no_fraction_is_told() -> None:
    assert told(0, 0, Transfer.begin) == [(0, 0, None)]
