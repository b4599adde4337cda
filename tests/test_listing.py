"""Reading a listing: whole, in order, from this target, or not at all."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from CedarBackup3.amazons3.bucket.insession import sessionRangeCount
from CedarBackup3.amazons3.bucket.objects import parsePage, rangeCount
from CedarBackup3.amazons3.bucket.pages import Next
from CedarBackup3.amazons3.bucket.ranges import cutPoints
from CedarBackup3.errors import CommandFailed

TIME = "2026-11-23T06:31:11.000Z"
ETAG = '"d41d8cd98f00b204e9800998ecf8427e"'
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@pytest.mark.parametrize(
    ("took", "keys", "ranges"),
    [
        (0.0, 10**6, 1),
        (0.006, 10**6, 1),
        (0.02, 10**6, 3),
        (0.1, 10**6, 15),
        (9.0, 10**9, 16),
        (0.1, 10_000, 6),
        (0.1, 0, 1),
        (0.1, -5_000, 1),
    ],
)
def test_a_session_lists_as_many_ranges_as_latency_asks_for(took: float, keys: int, ranges: int) -> None:
    assert sessionRangeCount(took, keys) == ranges


def page(*keys: str) -> bytes:
    return pageOf([[len(key), TIME, ETAG, key] for key in keys])


def pageOf(rows: Any, isTruncated: Any = False, token: Any = None) -> bytes:
    return json.dumps([rows, isTruncated, token]).encode()


@given(st.sets(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), min_size=1))
def test_whatever_characters_a_key_has_it_comes_back(keys: set[str]) -> None:
    inOrder = sorted(keys, key=str.encode)
    found, _ = parsePage(page(*("p/" + key for key in inOrder)), b"p/", b"")
    assert [entry.key.decode() for entry in found] == inOrder


def test_a_server_may_give_no_etags() -> None:
    (found,), _ = parsePage(pageOf([[1, TIME, None, "a"]]), b"", b"")
    assert (found.key, found.etag) == (b"a", "")


@pytest.mark.parametrize(
    "nothing", [pageOf(None), pageOf([]), pageOf(None) + b"\n", pageOf(None, None), b"null", b"[]"]
)
def test_an_empty_page_has_no_objects_and_is_the_last(nothing: bytes) -> None:
    assert parsePage(nothing, b"", b"") == ([], Next.NOTHING)


FOLLOWS: list[tuple[Any, Any, Next]] = [
    (False, None, Next.NOTHING),
    (True, "token", Next.PAGE),
    (True, "None", Next.OURS),  # which aws takes for no token, so that it would begin again
    (None, None, Next.UNKNOWN),
    (None, "token", Next.UNKNOWN),
    (None, "None", Next.OURS),
    (False, "token", Next.UNKNOWN),
]


@pytest.mark.parametrize(("isTruncated", "token", "follows"), FOLLOWS)
def test_a_page_tells_what_follows_it(isTruncated: Any, token: Any, follows: Next) -> None:
    assert parsePage(pageOf([[1, TIME, ETAG, "a"]], isTruncated, token), b"", b"")[1] is follows


@pytest.mark.parametrize("rows", [None, [[1, TIME, ETAG, "a"]]])
@pytest.mark.parametrize("token", [None, ""])
def test_a_page_that_has_others_behind_it_must_say_where(rows: Any, token: Any) -> None:
    with pytest.raises(CommandFailed, match="not where the listing continues"):
        parsePage(pageOf(rows, True, token), b"", b"")


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        (b"", "no listing"),
        (b"None", "no listing"),
        (b"\xff\xfe\x1b[31m", "no listing"),
        (page("a")[:-1], "no listing"),  # cut short
        (pageOf([["1", TIME, "e", "a"]]), "no listing"),
        (pageOf([[1, TIME, 7, "a"]]), "no listing"),
        (pageOf([[1, TIME, "e", None]]), "no listing"),
        (pageOf([[1, TIME, "e", "\ud800"]]), "no listing"),
        (pageOf([[1, TIME, "a"]]), "no listing"),
        (b"7", "no listing"),
        (pageOf([[1, None, "e", "p/a"]]), "p/a was stored: the server reports"),
        (pageOf([[1, "soon", "e", "p/a"]]), "p/a was stored: the server reports 'soon'"),
        (b'{"Contents": []}', "no listing"),
        (page("p/b", "p/a"), "does not list keys in order"),
        (page("p/b", "p/b"), "does not list keys in order"),
        (page("p/\U0001f984", "p/\uff08"), "UTF-16 order"),
        (page("p/\uff08", "p/a"), "does not list keys in order"),
        (page("p/"), "does not list keys in order"),  # what the page before ended with
        (page("q/a"), "not below"),
    ],
)
def test_what_is_no_pageOf_this_listing_is_refused(line: bytes, complaint: str) -> None:
    with pytest.raises(CommandFailed, match=complaint) as failure:
        parsePage(line, b"p/", b"p/")
    assert str(failure.value).isprintable()


@given(st.binary() | JSON.map(lambda value: json.dumps(value).encode()))
def test_garbage_never_crashes_the_reader(line: bytes) -> None:
    with contextlib.suppress(CommandFailed):
        parsePage(line, b"", b"")


@pytest.mark.parametrize(("files", "ranges"), [(0, 1), (14_999, 1), (15_000, 2), (10**7, 4)])
def test_few_files_are_one_range_and_many_are_four(files: int, ranges: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    assert rangeCount(files) == ranges


@given(st.sets(st.binary(max_size=3)).map(sorted), st.integers(1, 8))
def test_cuts_are_ascending_keys_that_a_bucket_can_have(samples: list[bytes], ranges: int) -> None:
    cuts = cutPoints(samples, ranges)
    assert len(cuts) < ranges
    assert cuts == sorted(set(cuts))
    assert all(cut.decode() for cut in cuts)


@given(st.sets(st.text("a\ud7ff\uffff\U0001f984", max_size=3)), st.integers(1, 8))
def test_cuts_have_the_same_keys_before_them_in_utf16(samples: set[str], ranges: int) -> None:
    keys = sorted(text.encode() for text in samples)
    for cut in cutPoints(keys, ranges):
        wide = cut.decode().encode("utf-16-be")
        assert all((key < cut) == (key.decode().encode("utf-16-be") < wide) for key in keys)
