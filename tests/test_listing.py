"""Reading a listing: whole, in order, from this target, or not at all."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from CedarBackup3.amazons3.listing import cutPoints, parsedPage, rangeCount
from CedarBackup3.errors import CommandFailed

TIME = "2026-11-23T06:31:11.000Z"
ETAG = '"d41d8cd98f00b204e9800998ecf8427e"'
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


def page(*keys: str) -> bytes:
    return json.dumps([[len(key), TIME, ETAG, key] for key in keys]).encode()


@given(st.sets(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), min_size=1))
def test_whatever_characters_a_key_has_it_comes_back(keys: set[str]) -> None:
    inOrder = sorted(keys, key=str.encode)
    found = parsedPage(page(*("p/" + key for key in inOrder)), b"p/", b"")
    assert [entry.key.decode() for entry in found] == inOrder


def test_a_server_may_give_no_etags() -> None:
    (found,) = parsedPage(b'[[1, "t", null, "a"]]', b"", b"")
    assert (found.key, found.etag) == (b"a", "")


@pytest.mark.parametrize("nothing", [b"null", b"[]", b"null\n"])
def test_an_empty_page_has_no_objects(nothing: bytes) -> None:
    assert parsedPage(nothing, b"", b"") == []


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        (b"", "no listing"),
        (b"None", "no listing"),
        (b"\xff\xfe\x1b[31m", "no listing"),
        (page("a")[:-1], "no listing"),  # cut short
        (b'[["1", "t", "e", "a"]]', "no listing"),
        (b'[[1, null, "e", "a"]]', "no listing"),
        (b'[[1, "t", 7, "a"]]', "no listing"),
        (b'[[1, "t", "e", null]]', "no listing"),
        (b'[[1, "t", "e", "\\ud800"]]', "no listing"),
        (b'[[1, "t", "a"]]', "no listing"),
        (b"7", "no listing"),
        (b'{"Contents": []}', "no listing"),
        (page("p/b", "p/a"), "no key order"),
        (page("p/b", "p/b"), "no key order"),
        (page("p/"), "no key order"),  # what the page before ended with
        (page("q/a"), "not below"),
    ],
)
def test_what_is_no_page_of_this_listing_is_refused(line: bytes, complaint: str) -> None:
    with pytest.raises(CommandFailed, match=complaint) as failure:
        parsedPage(line, b"p/", b"p/")
    assert str(failure.value).isprintable()


@given(st.binary() | JSON.map(lambda value: json.dumps(value).encode()))
def test_garbage_never_crashes_the_reader(line: bytes) -> None:
    with contextlib.suppress(CommandFailed):
        parsedPage(line, b"", b"")


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
