"""Pages of versions as aws prints them, and what stood there by them."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import pytest

from CedarBackup3.amazons3.bucket.pages import Next
from CedarBackup3.amazons3.bucket.versions import Version, parseVersions
from CedarBackup3.amazons3.restore.snapshot import snapshotAt
from CedarBackup3.errors import CommandFailed


def time(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).isoformat()


def page(versions: Iterable[Any] | None, markers: Iterable[Any] | None, *told: Any) -> bytes:
    """Rows of `key, id, is latest, second`, as aws prints a page of them."""
    rows = versions and [[*row[:3], time(row[3]), 1, '"e"', "STANDARD"] for row in versions]
    marked = markers and [[*row[:3], time(row[3])] for row in markers]
    return json.dumps([rows, marked, *(told or (False, None, None))]).encode()


def ids(versions: Iterable[Version]) -> list[str]:
    return [version.versionId for version in versions]


def test_versions_and_markers_come_in_one_order() -> None:
    listed = parseVersions(
        page(
            [("p/a", "1", False, 30), ("p/a", "3", False, 10), ("p/b", "4", False, 50), ("p/d", "6", True, 5)],
            [("p/a", "0", True, 30), ("p/a", "2", False, 20), ("p/c", "5", True, 1)],
        ),
        b"p/",
        b"",
    ).versions
    assert ids(listed) == ["0", "1", "2", "3", "4", "5", "6"]
    assert [version.key for version in listed] == [b"a", b"a", b"a", b"a", b"b", b"c", b"d"]
    assert [version.size for version in listed] == [None, 1, None, 1, 1, None, 1]
    assert not any(version.isTied for version in listed)


@pytest.mark.parametrize(("versions", "markers"), [(None, None), ([], None)])
def test_a_page_may_hold_nothing(versions: Any, markers: Any) -> None:
    assert parseVersions(page(versions, markers), b"", b"").versions == []


def test_a_page_may_hold_markers_only_and_go_on_with_the_last_key() -> None:
    assert ids(parseVersions(page(None, [("a", "1", False, 1)]), b"", b"a").versions) == ["1"]


@pytest.mark.parametrize(
    "bad",
    [
        b"null",
        b"{}",
        b"[1,2]",
        b'[[["a"]],null]',
        b"[null",
        b"[null, null]",
        b"[null, null, false, 7, null]",
        page([("q/a", "1", True, 1)], None),
        page([("p/b", "1", True, 1), ("p/a", "1", True, 1)], None),
        page(None, [("p/0", "1", True, 1)]),  # before the last key of the page before
        page([("p/b", "file:///etc/passwd", True, 1)], None),
        page([("p/b", None, True, 1)], None),
        page([("p/b", "1", True, 1)], None).replace(b"1970", b"never"),
        page([("p/b", "1", True, 1)], None).replace(b', 1, "', b', null, "'),
        page([("p/b", "1", True, 1)], None).replace(b', 1, "', b', "1", "'),
    ],
    ids=range(15),
)
def test_what_is_no_such_page_is_a_failure(bad: bytes) -> None:
    with pytest.raises(CommandFailed):
        parseVersions(bad, b"p/", b"a")


FOLLOWS: list[tuple[str, tuple[Any, ...], Next]] = [
    ("a", (False, None, None), Next.NOTHING),
    ("a", (True, "a", "1"), Next.PAGE),
    ("a%20b", (True, "a%20b", "1"), Next.PAGE),
    ("a%20b", (True, "a b", "1"), Next.PAGE),  # the key is encoded on the page and the marker is not, aws decodes both
    ("a+b", (True, "a b", "1"), Next.PAGE),
    ("a", (True, "b", "1"), Next.OURS),  # what the server means by that nobody knows
    ("None", (True, "None", "1"), Next.OURS),
    ("a", (None, None, None), Next.UNKNOWN),
    ("a%20b", (None, None, None), Next.OURS),  # as of an aws that does not show what follows
    ("None", (None, None, None), Next.OURS),
]


@pytest.mark.parametrize(("key", "told", "follows"), FOLLOWS)
def test_a_page_tells_what_follows_it(key: str, told: tuple[Any, ...], follows: Next) -> None:
    assert parseVersions(page([(key, "1", True, 1)], None, *told), b"", b"").follows is follows


def test_a_page_that_has_others_behind_it_must_say_where() -> None:
    with pytest.raises(CommandFailed, match="not where the listing continues"):
        parseVersions(page([("a", "1", True, 1)], None, True, None, None), b"", b"")


def version(key: str, versionId: str, second: int, size: int | None = 1, **more: Any) -> Version:
    return Version(key.encode(), versionId, False, time(second), size, "e", "STANDARD", **more)


HISTORIES: dict[str, tuple[list[Version], float | None, list[str]]] = {
    "the newest not later": ([version("a", "3", 30), version("a", "2", 20), version("a", "1", 10)], 20, ["2"]),
    "a fraction later": ([version("a", "2", 20), version("a", "1", 10)], 19.9, ["1"]),
    "nothing yet": ([version("a", "1", 10)], 9, []),
    "deleted then": ([version("a", "3", 30), version("a", "2", 20, None), version("a", "1", 10)], 25, []),
    "deleted and made again": ([version("a", "3", 30), version("a", "2", 20, None)], 30, ["3"]),
    "deleted later": ([version("a", "2", 20, None), version("a", "1", 10)], 19, ["1"]),
    "now": ([version("a", "2", 20), version("a", "1", 10), version("b", "3", 1, None)], None, ["2"]),
    "the order counts in a second": ([version("a", "2", 10), version("a", "1", 10)], 10, ["2"]),
    "an upload in parts that began early": ([version("a", "2", 10), version("a", "1", 15)], 12, []),
    "and was there when it had ended": ([version("a", "2", 10), version("a", "1", 15)], 15, ["2"]),
    "from before versioning": ([version("a", "2", 20), version("a", "null", 10)], 15, ["null"]),
    "overwritten without versioning": ([version("a", "null", 20), version("a", "1", 10)], 15, []),
}


@pytest.mark.parametrize("name", HISTORIES)
def test_what_stood_there(name: str) -> None:
    versions, moment, expected = HISTORIES[name]
    assert ids(snapshotAt(versions, moment, lambda key: [])) == expected


def test_what_was_overwritten_without_versioning_is_told() -> None:
    told: list[Version] = []
    versions = [version("a", "null", 20, None), version("b", "1", 10)]
    assert ids(snapshotAt(versions, 15, lambda key: [], told.append)) == ["1"]
    assert [found.key for found in told] == [b"a"]


def test_a_tie_is_looked_up_only_where_it_decides() -> None:
    asked: list[bytes] = []

    def inOrder(key: bytes) -> list[Version]:
        asked.append(key)
        return [version("b", "3", 30), version("b", "1", 10, None), version("b", "2", 10)]

    tied = [version("a", "5", 20), version("a", "4", 10, isTied=True), version("a", "6", 10, None)]
    deciding = [version("b", "3", 30), version("b", "2", 10, isTied=True), version("b", "1", 10, None)]
    assert ids(snapshotAt([*tied, *deciding], 25, inOrder)) == ["5"]
    assert asked == [b"b"]


@pytest.mark.parametrize("isMarkerLast", [False, True])
@pytest.mark.parametrize("moment", [12, 17, 25, 40])
def test_an_upload_in_parts_may_have_ended_behind_a_marker_of_a_later_time(moment: int, isMarkerLast: bool) -> None:
    inParts, marker = version("a", "parts", 10)._replace(etag="e-2"), version("a", "marker", 20, None)
    newest, oldest = version("a", "newest", 50), version("a", "oldest", 5)
    truth = [newest, *([marker, inParts] if isMarkerLast else [inParts, marker]), oldest]

    def rows(versions: Iterable[Version], width: int) -> list[Any]:
        times = [(*each[:2], False, each.lastModified, each.size, each.etag, "STANDARD") for each in versions]
        return [list(row[:width]) for row in times]

    listed = parseVersions(
        json.dumps(
            [rows([newest, inParts, oldest], 7), rows([marker], 4), False, None, None], default=bytes.decode
        ).encode(),
        b"",
        b"",
    ).versions
    expected = list(snapshotAt(truth, moment, lambda key: []))
    assert ids(snapshotAt(listed, moment, lambda key: truth)) == ids(expected)


@pytest.mark.parametrize("seed", range(20))
def test_pages_of_any_length_tell_the_state_at_every_second(seed: int) -> None:
    chance = random.Random(seed)
    entries: dict[str, list[tuple[str, str, int, bool]]] = {}
    states: dict[int, dict[str, str]] = {0: {}}
    for number in range(60):
        key, second = chance.choice("abc"), 1 + number // 4
        isMarker = chance.random() < 0.4
        entries.setdefault(key, []).insert(0, (key, str(number), second, isMarker))
        states[second] = {**states.get(second, states[second - 1]), key: "" if isMarker else str(number)}
    flat = [(*row[:3], row[3], row is entries[key][0]) for key in sorted(entries) for row in entries[key]]
    length = chance.randint(1, 9)
    listed: list[Version] = []
    for start in range(0, len(flat), length):
        rows = flat[start : start + length]
        versions = [
            (key, versionId, isLatest, second) for key, versionId, second, isMarker, isLatest in rows if not isMarker
        ]
        markers = [
            (key, versionId, isLatest, second) for key, versionId, second, isMarker, isLatest in rows if isMarker
        ]
        listed += parseVersions(page(versions, markers), b"", listed[-1].key if listed else b"").versions

    def inOrder(key: bytes) -> list[Version]:
        return [version(k, i, second, None if isMarker else 1) for k, i, second, isMarker in entries[key.decode()]]

    for second, state in states.items():
        found = {each.key.decode(): each.versionId for each in snapshotAt(listed, second, inOrder)}
        assert found == {key: versionId for key, versionId in state.items() if versionId}
