"""Pages of versions as aws prints them, and what stood there by them."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import pytest

from CedarBackup3.amazons3.aws.session.client import VersionPage
from CedarBackup3.amazons3.bucket.pages import Next
from CedarBackup3.amazons3.bucket.versions import Version, answeredVersions, parseVersions
from CedarBackup3.amazons3.restore.snapshot import snapshotAt
from CedarBackup3.errors import CommandFailed


def time(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).isoformat()


def page(versions: Iterable[Any] | None, markers: Iterable[Any] | None, *told: Any) -> bytes:
    """Rows of `key, id, is latest, second`, as aws prints a page of them."""
    rows = versions and [[*row[:3], time(row[3]), 1, '"e"', "STANDARD"] for row in versions]
    marked = markers and [[*row[:3], time(row[3])] for row in markers]
    return json.dumps([rows, marked, *(told or (False, None, None))]).encode()


def answer(page: bytes) -> VersionPage:
    """What a session answers where the plain command prints a page, all versions before all markers."""
    versions, markers, *told = json.loads(page)
    rows = [*(versions or ()), *([*each, None, None, None] for each in markers or ())]
    return VersionPage([tuple(row) for row in rows], *told)


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


WRONG: dict[str, list[Any]] = {
    "another prefix": ["q/a", "1", True, time(1), 1, '"e"', None],
    "before the page before": ["p/0", "1", True, time(1), None, None, None],
    "no key": [None, "1", True, time(1), 1, '"e"', None],
    "no id": ["p/b", None, True, time(1), 1, '"e"', None],
    "an address": ["p/b", "file:///etc/passwd", True, time(1), 1, '"e"', None],
    "no time": ["p/b", "1", True, None, 1, '"e"', None],
    "a time that is none": ["p/b", "1", True, "never", None, None, None],
    "a size that is none": ["p/b", "1", True, time(1), "1", '"e"', None],
    "too little": ["p/b", "1", True],
}


@pytest.mark.parametrize("row", WRONG.values(), ids=WRONG)
def test_an_answer_that_is_no_such_page_is_a_failure(row: list[Any]) -> None:
    with pytest.raises(CommandFailed):
        answeredVersions(VersionPage([tuple(row)], False, None, None), b"p/", b"a")


def test_an_answer_has_to_keep_key_order() -> None:
    rows: list[Any] = [("p/b", "1", True, time(1), 1, "", None), ("p/a", "1", True, time(1), 1, "", None)]
    with pytest.raises(CommandFailed, match="does not list keys in order"):
        answeredVersions(VersionPage(rows, False, None, None), b"p/", b"a")


Row = tuple[str, str, bool, int, bool]
"""Key, id, is latest, second, is a marker."""


def answered(*rows: Row) -> list[Version]:
    listed: list[Any] = [(*row[:3], time(row[3]), None if row[4] else 1, '"e"', None) for row in rows]
    return answeredVersions(VersionPage(listed, False, None, None), b"", b"").versions


def test_the_order_of_the_server_tells_which_of_a_tie_is_newer() -> None:
    rows: list[Row] = [
        ("a", "4", True, 9, True),
        ("a", "3", False, 9, False),
        ("a", "2", False, 9, True),
        ("a", "1", False, 9, False),
        ("b", "5", False, 9, False),
        ("b", "4", False, 9, True),
        ("c", "6", False, 9, True),
        ("c", "7", False, 9, False),
    ]
    listed = answered(*rows)
    assert [(each.key.decode(), each.versionId) for each in listed] == [row[:2] for row in rows]
    assert not any(each.isTied for each in listed)


GROUPED: dict[str, list[Row]] = {
    "versions first, keys begin again": [
        ("a", "v", False, 9, False),
        ("b", "v", True, 9, False),
        ("a", "m", False, 9, True),
    ],
    "versions first, one key": [("a", "v", False, 9, False), ("a", "m", False, 9, True)],
    "markers first, one key": [("a", "m", False, 9, True), ("a", "v", False, 9, False)],
    "versions first within each key": [
        ("a", "v", False, 9, False),
        ("a", "m", False, 9, True),
        ("b", "v", False, 8, False),
        ("b", "m", True, 9, True),
    ],
}


@pytest.mark.parametrize("rows", GROUPED.values(), ids=GROUPED)
def test_the_order_of_a_server_that_lists_the_kinds_apart_tells_nothing(rows: list[Row]) -> None:
    tied = [each.key for each in answered(*rows) if each.isTied]
    assert tied == [b"a"]


@pytest.mark.parametrize("way", ["printed", "answered"])
@pytest.mark.parametrize(("key", "told", "follows"), FOLLOWS)
def test_a_page_tells_what_follows_it(key: str, told: tuple[Any, ...], follows: Next, way: str) -> None:
    printed = page([(key, "1", True, 1)], None, *told)
    found = parseVersions(printed, b"", b"") if way == "printed" else answeredVersions(answer(printed), b"", b"")
    assert found.follows is follows


def test_a_page_that_has_others_behind_it_must_say_where() -> None:
    printed = page([("a", "1", True, 1)], None, True, None, None)
    with pytest.raises(CommandFailed, match="not where the listing continues"):
        parseVersions(printed, b"", b"")
    with pytest.raises(CommandFailed, match="not where the listing continues"):
        answeredVersions(answer(printed), b"", b"")


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
    inSession: list[Version] = []
    for start in range(0, len(flat), length):
        rows = flat[start : start + length]
        versions = [
            (key, versionId, isLatest, second) for key, versionId, second, isMarker, isLatest in rows if not isMarker
        ]
        markers = [
            (key, versionId, isLatest, second) for key, versionId, second, isMarker, isLatest in rows if isMarker
        ]
        last = listed[-1].key if listed else b""
        listed += parseVersions(page(versions, markers), b"", last).versions
        answers: list[Any] = [
            (key, versionId, isLatest, time(second), None if isMarker else 1, '"e"', None)
            for key, versionId, second, isMarker, isLatest in rows
        ]
        inSession += answeredVersions(VersionPage(answers, False, None, None), b"", last).versions

    def inOrder(key: bytes) -> list[Version]:
        return [version(k, i, second, None if isMarker else 1) for k, i, second, isMarker in entries[key.decode()]]

    for second, state in states.items():
        for way in (listed, inSession):
            found = {each.key.decode(): each.versionId for each in snapshotAt(way, second, inOrder)}
            assert found == {key: versionId for key, versionId in state.items() if versionId}
