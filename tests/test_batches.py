"""How the files of a plan are dealt out to processes."""

from __future__ import annotations

import random

import pytest

from CedarBackup3.amazons3.progress import FILE_WORTH
from CedarBackup3.amazons3.sync.batches import File, batchesOf, processesFor

MANY = 10_000
GIB = 1 << 30


@pytest.mark.parametrize("seed", range(5))
def test_every_file_is_in_one_batch_and_no_batch_has_too_many(seed: int) -> None:
    chance = random.Random(seed)
    files = [File(b"%06d" % number, chance.choice((0, 3000, 10**9))) for number in range(chance.randrange(3000))]
    processes, most = chance.randrange(1, 9), chance.randrange(1, 500)
    batches = list(batchesOf(files, processes, most, chance.choice((FILE_WORTH, GIB, 10**15))))
    assert sorted(file for batch in batches for file in batch.files) == files
    assert all(list(batch.files) == sorted(batch.files) for batch in batches)
    assert max((len(batch.files) for batch in batches), default=0) <= most


@pytest.mark.parametrize(
    "sizes",
    [
        pytest.param([10_000] * 8000, id="small ones"),
        pytest.param([20 << 20] * 200, id="large ones"),
        pytest.param([1 << 30 if number < 8 else 1000 for number in range(4000)], id="the large ones first"),
        pytest.param(
            [1 << 30 if number % 500 == 499 else 1000 for number in range(4000)], id="large ones among others"
        ),
    ],
)
def test_all_batches_of_a_small_plan_have_about_the_same_to_do(sizes: list[int]) -> None:
    whole = sum(sizes) + FILE_WORTH * len(sizes)
    files = (File(b"%06d" % number, size) for number, size in enumerate(sizes))
    weights = [batch.size + FILE_WORTH * len(batch.files) for batch in batchesOf(files, 4, MANY, whole)]
    assert len(weights) == 4
    assert max(weights) - min(weights) <= max(sizes) + FILE_WORTH


def test_a_huge_file_is_begun_at_once_and_the_small_ones_go_to_the_others() -> None:
    sizes = [100 * GIB, *[1000] * 9000]
    whole = sum(sizes) + FILE_WORTH * len(sizes)
    files = (File(b"%06d" % number, size) for number, size in enumerate(sizes))
    first, *others = batchesOf(files, 4, MANY, whole // 4)
    assert [file.size for file in first.files] == [100 * GIB]
    assert [len(batch.files) for batch in others] == [3000] * 3


def test_the_batches_go_through_the_plan_side_by_side() -> None:
    """So that whoever reads the files behind the processes finds them in the order of the plan."""
    files = (File(b"%06d" % number, 1000) for number in range(4000))
    for batch in batchesOf(files, 4, 500, GIB):
        first, last = int(batch.files[0].path), int(batch.files[-1].path)
        assert last - first == 4 * 499


@pytest.mark.parametrize(
    ("bandwidth", "wanted", "expected"), [(1 << 20, 0, 1), (40 << 20, 0, 2), (1 << 30, 0, 4), (1 << 20, 3, 3)]
)
def test_a_bandwidth_that_one_process_uses_is_not_shared_unasked(bandwidth: int, wanted: int, expected: int) -> None:
    number = processesFor(10**6, 0, processors=2, links=MANY, wanted=wanted, bandwidth=bandwidth)
    assert number == expected


@pytest.mark.parametrize(
    ("files", "size", "wanted", "shared", "links", "expected"),
    [
        (1, 5, 0, 0, MANY, 1),
        (1, 5 << 40, 0, 0, MANY, 1),
        (399, 0, 0, 0, MANY, 1),
        (900, 0, 0, 0, MANY, 2),
        (7_400, 0, 0, 0, MANY, 2),
        (7_500, 0, 0, 0, MANY, 3),
        (10**6, 0, 0, 0, MANY, 4),
        (200, 200 * (20 << 20), 0, 0, MANY, 1),
        (200, 200 * (200 << 20), 0, 0, MANY, 2),
        (10**6, 0, 0, 0, 768, 1),
        (10**6, 0, 0, 0, 16, 1),
        (10**6, 0, 0, 3, MANY, 3),
        (10**6, 0, 16, 0, MANY, 16),
        (10**6, 0, 16, 2, MANY, 2),
        (10**6, 0, 32, 0, 16, 16),
        (5, 0, 16, 0, MANY, 5),
        (0, 0, 16, 0, MANY, 1),
    ],
)
def test_the_number_of_processes(files: int, size: int, wanted: int, shared: int, links: int, expected: int) -> None:
    assert processesFor(files, size, processors=2, links=links, wanted=wanted, shared=shared) == expected
