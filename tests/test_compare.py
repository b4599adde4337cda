"""The merge join, and the differences that it shows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from CedarBackup3.amazons3.compare import difference, finder, isNewer, isProvenByTime, knowablePairs, mergeJoin
from CedarBackup3.amazons3.model import ATTRIBUTES_KEY, Kind, ObjectEntry, SourceEntry

SECOND = 1_000_000_000
KEYS = st.dictionaries(st.binary(min_size=1, max_size=2), st.integers(0, 3), max_size=20)


def file(key: bytes, size: int | None = 1, mtimeNs: int = 0) -> SourceEntry:
    return SourceEntry(key, size, mtimeNs, key)


def stored(key: bytes, size: int = 1, time: str = "2026-11-23T06:31:11.000Z") -> ObjectEntry:
    return ObjectEntry(key, size, time)


@given(KEYS, KEYS)
def test_the_join_has_every_key_once_in_order_with_what_each_side_has(
    left: dict[bytes, int], right: dict[bytes, int]
) -> None:
    entries = [file(key, size) for key, size in sorted(left.items())]
    objects = [stored(key, size) for key, size in sorted(right.items())]
    pairs = list(mergeJoin(entries, objects))
    assert [(entry or found).key for entry, found in pairs] == sorted(left | right)  # type: ignore[union-attr]
    for entry, found in pairs:
        key = (entry or found).key  # type: ignore[union-attr]
        assert (entry.size if entry else None, found.size if found else None) == (left.get(key), right.get(key))


@pytest.mark.parametrize(
    ("entry", "found", "kind"),
    [
        (file(b"a"), stored(b"a"), None),
        (file(b"a", 0), stored(b"a", 0), None),
        (file(b"a"), None, Kind.MISSING),
        (None, stored(b"a"), Kind.EXTRA),
        (file(b"a", 2), stored(b"a", 1), Kind.SIZE),
        (file(b"a", None), stored(b"a"), Kind.UNREADABLE),
        (file(b"a", None), None, Kind.UNREADABLE),
        (file(b"d/", None), None, Kind.UNREADABLE),
    ],
)
def test_a_pair_disagrees_in_one_way(entry: SourceEntry | None, found: ObjectEntry | None, kind: Kind | None) -> None:
    wrong = difference(entry, found)
    assert (wrong.kind if wrong else None) is kind


def test_nothing_is_said_of_objects_below_an_unreadable_directory() -> None:
    entries = [file(b"a"), file(b"d/", None), file(b"e")]
    objects = [stored(b"d"), stored(b"d/x"), stored(b"d/y/z"), stored(b"d0"), stored(b"e"), stored(b"f")]
    pairs = [((entry or found).key, entry is None) for entry, found in knowablePairs(mergeJoin(entries, objects))]  # type: ignore[union-attr]
    assert pairs == [(b"a", False), (b"d", True), (b"d/", False), (b"d0", True), (b"e", False), (b"f", True)]


@pytest.mark.parametrize("time", ["2026-11-23T06:31:11.000Z", "2026-11-23T06:31:11+00:00", "2026-11-23T06:31:11Z"])
@pytest.mark.parametrize(
    ("offsetNs", "newer"),
    [(-1, False), (0, False), (499, False), (501, True), (1000, True), (SECOND // 2, True), (SECOND, True)],
)
def test_a_file_is_newer_by_its_fraction_of_a_second_in_each_cli_s_time_format(
    time: str, offsetNs: int, newer: bool
) -> None:
    assert isNewer(file(b"a", 1, 1795415471 * SECOND + offsetNs), stored(b"a", 1, time)) is newer


@pytest.mark.parametrize(
    ("mtimeNs", "later", "isKnown"),
    [
        (10 * SECOND, "11.000", False),
        (10 * SECOND, "10.000", False),
        (10 * SECOND, "10.900", False),
        (10 * SECOND, "12.000", True),
        (11 * SECOND, "11.000", False),
        (11 * SECOND, "11.900", False),
        (11 * SECOND, "12.000", True),
        (10 * SECOND + 1, "10.500", True),
        (9 * SECOND, "11.000", True),
    ],
)
def test_a_time_of_whole_or_even_seconds_tells_nothing_of_a_change_within_them(
    mtimeNs: int, later: str, isKnown: bool
) -> None:
    assert isProvenByTime(file(b"a", 1, mtimeNs), stored(b"a", 1, f"1970-01-01T00:00:{later}Z")) is isKnown


def test_rows_are_found_by_ascending_keys() -> None:
    find = finder([file(b"a"), file(b"c"), file(b"e")])
    assert [bool(find(key)) for key in (b"", b"a", b"a", b"b", b"d", b"e", b"f")] == [
        *(False, True, True, False, False, True, False)
    ]


@pytest.mark.parametrize(
    ("unreadable", "objects", "extra"),
    [
        ([b"a"], [b"a", b"a!", b"a/b", b"ab"], [b"a!", b"ab"]),
        ([b"a", b"a!"], [b"a!/x", b"a/b", b"a0"], [b"a0"]),
        ([b"d/", b"e"], [b"d/x", b"e", b"e/x", b"f"], [b"f"]),
    ],
)
def test_what_may_lie_below_an_unreadable_name_is_never_extra(
    unreadable: list[bytes], objects: list[bytes], extra: list[bytes]
) -> None:
    pairs = knowablePairs(mergeJoin([file(key, None) for key in unreadable], map(stored, objects)))
    assert [found.key for entry, found in pairs if entry is None and found] == extra


def test_the_object_of_the_attributes_is_no_pair_unless_there_is_a_file_of_its_name() -> None:
    objects = sorted([stored(b"a"), stored(ATTRIBUTES_KEY), stored(b"d/" + ATTRIBUTES_KEY)])
    assert [found.key for _, found in knowablePairs(mergeJoin([], objects)) if found] == [b"a", b"d/" + ATTRIBUTES_KEY]
    (pair,) = knowablePairs(mergeJoin([file(ATTRIBUTES_KEY)], [stored(ATTRIBUTES_KEY)]))
    assert None not in pair
