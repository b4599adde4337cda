"""What a rehearsal draws: the same all day, of everything its share, and never more than was asked for."""

from __future__ import annotations

import tracemalloc
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from CedarBackup3.amazons3.aws.locale import AwsLocale
from CedarBackup3.amazons3.aws.rules import Rule
from CedarBackup3.amazons3.aws.settings import AwsSettings
from CedarBackup3.amazons3.bucket.versions import Version
from CedarBackup3.amazons3.model import ATTRIBUTES_KEY, S3Location
from CedarBackup3.amazons3.restore.draw import MOST_DRAWN, Draw, Share, drawVersions, oldVersions
from CedarBackup3.amazons3.restore.selection import Selection


def version(
    key: str, size: int | None = 1, versionId: str = "1", storageClass: str = "STANDARD", second: int = 0
) -> Version:
    moment = datetime.fromtimestamp(second, UTC).isoformat()
    return Version(key.encode(), versionId, True, moment, size, "", storageClass)


def keys(draw: Draw) -> list[str]:
    return [each.key.decode() for each in (*draw.current, *draw.old)]


SMALL = [version(f"{number:03}", 1000) for number in range(100)]
HUGE = version("huge", 10**9)
OLD = [version(f"{number:03}", 1000, "0") for number in range(100)]
DAYS = 400


def drawn(share: Share, old: list[Version] | None = None) -> Iterator[Draw]:
    """The draws of many days."""
    for day in range(DAYS):
        yield drawVersions([*SMALL, HUGE], old or [], share, b"%d" % day)


def test_a_day_draws_the_same_and_the_next_one_others() -> None:
    share = Share(files=10)
    today = drawVersions(SMALL, OLD, share, b"1")
    assert drawVersions(reversed(SMALL), reversed(OLD), share, b"1") == today
    assert len(keys(today)) == 10
    assert len({tuple(keys(draw)) for draw in drawn(share)}) > DAYS * 0.99


@pytest.mark.parametrize("files", [1, 4, 20])
def test_the_one_that_holds_most_of_the_bytes_and_all_small_ones_are_drawn(files: int) -> None:
    found: Counter[str] = Counter()
    for draw in drawn(Share(files=files)):
        assert len(set(keys(draw))) == files == draw.drawn.files
        found.update(keys(draw))
    isOnly = files == 1  # then it shares the days with the small ones
    assert DAYS * (0.4 if isOnly else 0.99) < found["huge"] < DAYS * (0.6 if isOnly else 1.01)
    mean = (DAYS * files - found["huge"]) / len(SMALL)
    each = [found[small.key.decode()] for small in SMALL]
    # This has one of chi-square's distributions, with 99 degrees of freedom: 185 is six deviations off.
    assert sum((count - mean) ** 2 for count in each) / mean < 185


def test_between_sizes_every_byte_has_its_chance() -> None:
    found: Counter[str] = Counter()
    sizes = [version("large", 300), version("medium", 100), *(version(f"{number}", 0) for number in range(50))]
    for day in range(2 * DAYS):
        found.update(keys(drawVersions(sizes, [], Share(files=1), b"%d" % day)))
    assert 2.0 < found["large"] / found["medium"] < 4.5
    assert sum(found.values()) - found["large"] - found["medium"] > DAYS * 0.7, "those without bytes have theirs, too"


def test_old_versions_have_a_third_of_the_turns() -> None:
    old = sum(len(draw.old) for draw in drawn(Share(files=6), OLD))
    assert old == DAYS * 2
    ones = sum(len(draw.old) for draw in drawn(Share(files=1), OLD))
    assert DAYS * 0.25 < ones < DAYS * 0.42


def test_a_size_takes_as_much_as_fits_and_what_is_larger_is_counted() -> None:
    for draw in drawn(Share(size=10_500)):
        assert draw.drawn == (10, 10_000)
        assert draw.tooLarge == (1, 10**9)
    mixed = drawVersions([version("a", 900), version("b", 90), version("c", 10)], [], Share(size=1000), b"")
    assert keys(mixed) == ["a", "b", "c"]


def test_where_nothing_fits_the_smallest_is_drawn() -> None:
    draw = drawVersions([HUGE, version("less", 10**6)], [version("old", 10**7)], Share(size=1000), b"")
    assert keys(draw) == ["less"]
    assert draw.tooLarge == (2, 10**9 + 10**7)


def test_all_is_drawn_where_there_is_no_more() -> None:
    draw = drawVersions(SMALL[:3], OLD[:2], Share(files=50), b"")
    assert [len(draw.current), len(draw.old)] == [3, 2]
    assert drawVersions([], [], Share(files=5), b"") == Draw()


def test_archived_ones_are_drawn_only_if_there_are_no_others() -> None:
    cold = [version(f"cold{number}", 10, storageClass="GLACIER") for number in range(5)]
    draw = drawVersions([*cold, SMALL[0]], cold, Share(files=3), b"")
    assert (keys(draw), draw.archived) == (["000"], (10, 100))
    only = drawVersions(cold, [], Share(files=3), b"")
    assert (len(only.current), only.archived) == (3, (2, 20))
    assert len(keys(drawVersions(cold, [], Share(size=5), b""))) == 1


COLD = [version(f"cold{number}", 10, storageClass="GLACIER") for number in range(5)]


@pytest.mark.parametrize(
    ("snapshot", "share", "old"),
    [
        (COLD, Share(files=1), 0),
        (COLD, Share(files=9), 2),
        (COLD, Share(size=5), 0),
        (COLD, Share(size=1 << 20), 2),
        ([HUGE], Share(size=1 << 20), 0),
        ([HUGE, *COLD], Share(size=1 << 20), 0),
    ],
)
def test_old_versions_do_not_stand_in_for_a_snapshot_that_is_too_large_or_archived(
    snapshot: list[Version], share: Share, old: int
) -> None:
    for day in range(12):
        draw = drawVersions(snapshot, [version("a", 1, "0"), version("b", 1, "0")], share, b"%d" % day)
        assert draw.current
        assert len(draw.old) == old
        assert draw.archived.files + draw.tooLarge.files + len(draw.current) == len(snapshot)


def test_of_many_keys_little_is_kept() -> None:
    def many() -> Iterator[Version]:
        return (version(f"{number:06}", number) for number in range(30_000))

    drawVersions(many(), [], Share(files=5), b"")
    tracemalloc.start()
    try:
        drawVersions(many(), [], Share(files=20), b"")
        assert tracemalloc.get_traced_memory()[1] < 200_000
    finally:
        tracemalloc.stop()
    assert len(keys(drawVersions(many(), [], Share(size=1 << 60), b""))) == MOST_DRAWN


SELECTION = Selection(S3Location("bucket", "p/"), AwsSettings(AwsLocale("C.UTF-8", "utf-8", "")), rules=(Rule("no*"),))


def test_old_are_those_that_could_have_been_restored_before_the_moment() -> None:
    listed = [
        version(ATTRIBUTES_KEY.decode(), 5, "old"),
        version("../out", 1, "old"),
        *(version("a", size, name, second=second) for name, size, second in (("3", 1, 30), ("2", None, 20))),
        version("a", 1, "1", second=10),
        version("b", 1, "2", second=9),
        version("b", 1, "1", second=5),
        version("folder/", 0, "old"),
        version("no", 1, "old"),
    ]
    standing = [version("b", 1, "2", second=9)]
    now = [(each.key, each.versionId) for each in oldVersions(SELECTION, listed, [listed[2], standing[0]])]
    assert now == [(b"a", "1"), (b"b", "1")]
    then = replace(SELECTION, rules=(), moment=datetime.fromtimestamp(15, UTC))
    before = [(each.key, each.versionId) for each in oldVersions(then, listed, standing)]
    assert before == [(b"a", "1"), (b"b", "1"), (b"no", "old")]
