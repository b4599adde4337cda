"""The object that holds attributes: what goes in comes out, and whatever else is in it ends in one clear failure."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import stat
import tracemalloc
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from CedarBackup3.amazons3.attributes import storage
from CedarBackup3.amazons3.attributes.records import (
    MOST_XATTR_BYTES,
    TYPES,
    AttributeRecord,
    WrongRecord,
    parseRecord,
    recordLine,
)
from CedarBackup3.amazons3.attributes.storage import AttributesUnreadable, Header, readAttributes, writeAttributes

HEADER = Header("cback-amazons3-sync 1", "/srv/photos", "host", 1_700_000_000_123_456_789)
FILE = AttributeRecord(b"a/b", b"a/b", stat.S_IFREG | 0o4755, 0, 7, "root", "lp", -1, 1_700_000_000_000_000_001, 12)


def written(*records: AttributeRecord, header: Header = HEADER) -> bytes:
    file = io.BytesIO()
    assert writeAttributes(file, header, records) == len(records)
    return file.getvalue()


def opened(data: bytes) -> tuple[list[AttributeRecord], list[str]]:
    wrong: list[str] = []
    return list(readAttributes(io.BytesIO(data), wrong.append).records), wrong


def packed(*lines: bytes, end: bytes | None = None) -> bytes:
    """Lines as an object with a right header and a right last line, unless another is given."""
    whole = gzip.decompress(written()).splitlines(keepends=True)[0] + b"".join(lines)
    digest = hashlib.sha256(whole).hexdigest()
    right = b'{"end":true,"records":%d,"sha256":"%s"}\n' % (len(lines), digest.encode())
    return gzip.compress(whole + (right if end is None else end), 1)


def line(**changes: object) -> bytes:
    """The line of a record with some fields changed; None: without it."""
    fields: dict[str, Any] = json.loads(recordLine(FILE)) | changes
    return json.dumps({name: value for name, value in fields.items() if value is not None}).encode() + b"\n"


PATH_PARTS = (
    st.binary(min_size=1, max_size=12)
    .filter(lambda part: part not in {b".", b".."})
    .map(lambda part: part.replace(b"/", b"_").replace(b"\0", b"_"))
)
PATHS = st.lists(PATH_PARTS, min_size=1, max_size=4).map(b"/".join)
TIMES = st.integers(-(1 << 63) * 10**9, ((1 << 63) - 1) * 10**9)
NAMES = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
XATTRS = st.dictionaries(
    st.binary(min_size=1, max_size=20).map(lambda name: name.replace(b"\0", b"_")), st.binary(max_size=50), max_size=4
).map(lambda named: tuple(sorted(named.items())))
IDS = st.integers(0, (1 << 32) - 2)


@st.composite
def records(draw: st.DrawFn) -> AttributeRecord:
    path = draw(PATHS)
    kind = draw(st.sampled_from([*TYPES.values()]))
    isStored = kind == stat.S_IFLNK and draw(st.booleans())
    bits = draw(st.sampled_from([stat.S_IFREG, stat.S_IFDIR])) if isStored else kind
    return AttributeRecord(
        path if draw(st.booleans()) else draw(PATHS),
        path,
        bits | draw(st.integers(0, 0o7777)),
        draw(IDS),
        draw(IDS),
        draw(NAMES),
        draw(NAMES),
        draw(TIMES),
        draw(TIMES),
        draw(st.integers(0, (1 << 63) - 1)) if bits == stat.S_IFREG else None,
        draw(PATH_PARTS) if kind == stat.S_IFLNK else b"",
        isStored,
        draw(st.none() | PATHS) if kind == stat.S_IFREG else None,
        draw(XATTRS),
        draw(st.sampled_from(["", "0123456789abcdef" * 2])),
    )


VALIDATOR = jsonschema.Draft202012Validator(
    json.loads((Path(__file__).resolve().parent.parent / "docs/attributes.schema.json").read_text("utf-8"))
)


def test_the_schema_is_one_and_takes_no_other_lines() -> None:
    VALIDATOR.check_schema(VALIDATOR.schema)
    right = json.loads(recordLine(FILE))
    assert VALIDATOR.is_valid(right)
    for wrong in ({"mode": 420}, {"type": "door"}, {"mtime": 1.5}, {"uid": -1}, {"more": 1}, {"pathBytes": "YQ=="}):
        assert not VALIDATOR.is_valid(right | wrong)


@settings(max_examples=40)
@given(st.lists(records(), min_size=1, max_size=5))
def test_what_is_recorded_comes_back_and_is_what_the_schema_says(given: list[AttributeRecord]) -> None:
    data = written(*given)
    for each in gzip.decompress(data).splitlines():
        VALIDATOR.validate(json.loads(each))
    found = readAttributes(io.BytesIO(data))
    assert (found.header, list(found.records)) == (HEADER, given)
    digested = replace(HEADER, hasDigests=True)
    assert readAttributes(io.BytesIO(written(header=digested))).header == digested
    assert data == written(*given)
    assert [json.loads(each) for each in gzip.decompress(data).splitlines()][-1]["records"] == len(given)


@settings(max_examples=40)
@given(st.lists(records(), max_size=3), st.data())
def test_whatever_befalls_an_object_is_noticed(given: list[AttributeRecord], data: st.DataObject) -> None:
    whole = bytearray(written(*given))
    way = data.draw(st.sampled_from(["cut", "flip", "insert"]))
    position = data.draw(st.integers(10, len(whole) - 1))  # the ten bytes of the gzip header say nothing
    if way == "cut":
        del whole[position:]
    elif way == "flip":
        whole[position] ^= data.draw(st.integers(1, 255))
    else:
        whole[position:position] = data.draw(st.binary(min_size=1))
    try:
        found = opened(bytes(whole))
    except AttributesUnreadable:
        return
    assert found == (given, [])


@settings(max_examples=40)
@given(st.recursive(st.none() | st.booleans() | st.floats() | st.integers() | st.text(), st.lists), st.data())
def test_a_value_of_any_other_type_is_passed_over_with_a_sentence(value: object, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from([*json.loads(recordLine(FILE)), "xattrs", "md5", "target", "hardLink", "key"]))
    fields = json.loads(recordLine(FILE)) | {name: value}
    try:
        parseRecord(json.dumps(fields).encode())
    except WrongRecord as wrong:
        assert str(wrong).isprintable()


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"path": None}, "no path"),
        ({"path": 1}, "path of the wrong type"),
        ({"path": "../etc/shadow"}, "leads elsewhere"),
        ({"path": "/etc/shadow"}, "leads elsewhere"),
        ({"path": "a//b"}, "leads elsewhere"),
        ({"path": "a/./b"}, "leads elsewhere"),
        ({"path": "a\0b"}, "leads elsewhere"),
        ({"path": "\ud800"}, "no text"),
        ({"path": None, "pathBytes": "*"}, "no Base64"),
        ({"path": None, "pathBytes": "Li4="}, "leads elsewhere"),
        ({"key": "a/../b"}, "leads elsewhere"),
        ({"hardLink": "../x"}, "leads elsewhere"),
        ({"type": "door"}, "type that is not known"),
        ({"mode": 420}, "mode of the wrong type"),
        ({"mode": "100644"}, "mode that is none"),
        ({"mode": "rwxr"}, "mode that is none"),
        ({"uid": True}, "uid of the wrong type"),
        ({"uid": 1.0}, "uid of the wrong type"),
        ({"uid": -1}, "uid that is none"),
        ({"gid": (1 << 32) - 1}, "gid that is none"),
        ({"size": -1}, "size that is none"),
        ({"mtime": 1700000000.5}, "mtime of the wrong type"),
        ({"mtime": "yesterday"}, "time that is none"),
        ({"mtime": "1" * 5000 + ".000000000"}, "time that is none"),
        ({"ctime": "9223372036854775809.000000000"}, "time that is none"),
        ({"ctime": "1.0"}, "time that is none"),
        ({"type": "link"}, "no target"),
        ({"type": "link", "target": "x" * 5000}, "no target"),
        ({"xattrs": []}, "xattrs of the wrong type"),
        ({"xattrs": {"user.a": 1}}, "no Base64"),
        ({"xattrs": {"": "AA=="}}, "name that is none"),
        ({"xattrs": {f"user.{number}": "" for number in range(9000)}}, "more extended attributes"),
        ({"xattrs": {"user.a": "A" * 800_000}}, "more extended attributes"),
        ({"md5": "A" * 32}, "md5 that is none"),
        ({"user": ["root"]}, "user of the wrong type"),
    ],
)
def test_a_wrong_record_is_passed_over_and_the_others_count(changes: dict[str, object], why: str) -> None:
    data = packed(line(), line(**changes), line(path="c"))
    found, wrong = opened(data)
    assert [each.path for each in found] == [b"a/b", b"c"]
    assert len(wrong) == 1
    assert wrong[0].startswith("Record 2 of the attributes is passed over: it ")
    assert why in wrong[0]


@pytest.mark.parametrize(
    "text",
    [b"[]\n", b"1\n", b"\n", b"\xff\n", b"{\n", b"[" * 100_000 + b"\n", b"1" * 9999 + b"\n"],
    ids=lambda text: repr(text[:8]),
)
def test_a_line_that_is_no_object_is_passed_over(text: bytes) -> None:
    found, wrong = opened(packed(line(), text))
    assert len(found) == len(wrong) == 1


def test_keys_that_are_not_known_are_passed_over() -> None:
    assert opened(packed(line(newest={"x": [1]})))[0] == [FILE]


END = b'{"end":true,"records":1,"sha256":"' + b"0" * 64 + b'"}\n'


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "cut off"),
        (b"PK\3\4 no gzip at all", "not sound gzip"),
        (gzip.compress(b""), "empty"),
        (gzip.compress(b"no newline"), "middle of a line"),
        (gzip.compress(b"hello\n"), "does not begin with their header"),
        (gzip.compress(b'{"format":"cback-attributes"}\n'), "no schema"),
        (gzip.compress(b'{"format":"cback-attributes","schema":true}\n'), "no schema"),
        (
            gzip.compress(b'{"format":"cback-attributes","schema":2,"tool":"T 9"}\n'),
            "schema 2.*up to 1; .*T 9",
        ),
        (written(FILE)[:-9], "cut off"),
        (written(FILE) + b"x", "something follows"),
        (written(FILE) + written(FILE), "something follows"),
        (packed(line(), end=b""), "cut off after 1 records: their last line is missing"),
        (packed(line(), end=END), "last line does not agree with the 1 records"),
        (packed(line(), end=b'{"end":true}\n'), "last line does not agree"),
        (gzip.compress(gzip.decompress(packed(line())) + line()), "more lines follow"),
        (packed(b'"' + b"x" * (1 << 20)), "line is longer than 1,048,576 bytes"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",  # bytes of gzip depend on the time
)
def test_an_object_that_is_not_whole_is_refused_with_a_sentence(data: bytes, why: str) -> None:
    with pytest.raises(AttributesUnreadable, match=why):
        opened(data)


class Bomb:
    """A gzip file that goes on with the same piece for as long as it is read."""

    def __init__(self, begin: bytes, piece: bytes) -> None:
        packer = zlib.compressobj(9, wbits=31)
        self._next = packer.compress(begin) + packer.flush(zlib.Z_FULL_FLUSH)
        raw = zlib.compressobj(9, wbits=-15)
        self._again = raw.compress(piece) + raw.flush(zlib.Z_FULL_FLUSH)
        self.given = 0

    def read(self, size: int, /) -> bytes:
        self._next += self._again if len(self._next) < size else b""
        result, self._next = self._next[:size], self._next[size:]
        self.given += len(result)
        assert self.given < 10_000_000
        return result


BEGIN = gzip.decompress(written()).splitlines(keepends=True)[0]


@pytest.mark.parametrize(
    ("bomb", "why"),
    [
        (Bomb(BEGIN, b" " * (1 << 22)), "longer than|expands"),
        (Bomb(b"", b" " * (1 << 22)), "longer than|expands"),
        (Bomb(BEGIN, b"\n" * (1 << 20)), "more than 1,000 of their first 1,001 records are none"),
        (Bomb(BEGIN, line(xattrs={"user.a": "A" * 80_000}) * 10), "expands"),
    ],
    ids=["a line without end", "a header without end", "lines without end", "records without end"],
)
def test_a_bomb_ends_soon_and_in_little_memory(bomb: Bomb, why: str) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(AttributesUnreadable, match=why):
            for _ in readAttributes(bomb).records:
                pass
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()


def test_what_packs_too_well_is_written_so_that_it_can_be_read() -> None:
    def alike() -> Iterator[AttributeRecord]:
        for number in range(150):
            yield FILE._replace(path=b"%d" % number, key=b"%d" % number, xattrs=((b"user.a", b"\0" * 65_000),))

    found, wrong = opened(written(*alike()))
    assert (len(found), wrong) == (150, [])


def test_the_largest_that_is_recorded_is_read_again_and_what_is_larger_is_omitted() -> None:
    largest = FILE._replace(xattrs=((b"user.a", b"x" * (MOST_XATTR_BYTES - 6)),))
    deep = FILE._replace(path=b"/".join([b"\1" * 255] * 700))
    omitted: list[AttributeRecord] = []
    file = io.BytesIO()
    assert writeAttributes(file, HEADER, [largest, deep, FILE], omitted.append) == 2
    assert omitted == [deep]
    assert opened(file.getvalue()) == ([largest, FILE], [])


def test_lines_are_json_that_other_programs_read() -> None:
    directory = AttributeRecord(b"", b"", stat.S_IFDIR | 0o755, 0, 0, "root", "root", 0, 1)
    link = AttributeRecord(b"l", b"l", stat.S_IFREG | 0o600, 1, 1, "", "", 2, 3, 4, b"\xff", isStored=True)
    header, *rows, end = map(json.loads, gzip.decompress(written(directory, link)).splitlines())
    assert header == {
        "format": "cback-attributes",
        "schema": storage.SCHEMA,
        "tool": "cback-amazons3-sync 1",
        "source": "/srv/photos",
        "host": "host",
        "time": "1700000000.123456789",
    }
    assert rows == [
        {
            "path": "",
            "type": "directory",
            "mode": "0755",
            "uid": 0,
            "gid": 0,
            "user": "root",
            "group": "root",
            "mtime": "0.000000000",
            "ctime": "0.000000001",
        },
        {
            "path": "l",
            "type": "link",
            "mode": "0600",
            "uid": 1,
            "gid": 1,
            "mtime": "0.000000002",
            "ctime": "0.000000003",
            "size": 4,
            "targetBytes": "/w==",
            "stored": True,
        },
    ]
    assert (end["end"], end["records"]) == (True, 2)
