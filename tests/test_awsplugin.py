"""How the plugin reads lists: as any parser of XML would, however quickly, and nothing that is no list."""

from __future__ import annotations

import importlib.util
import os
import sys
from typing import Any
from unittest import mock
from urllib.parse import quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from CedarBackup3.amazons3.aws.datafiles import dataDirectory
from CedarBackup3.amazons3.aws.session.overlay import DIRECTORY, MODULE

# awscli sets AWS_DATA_PATH where it is imported, which every aws that a test of this process starts would inherit.
with mock.patch.dict(os.environ):
    pytest.importorskip("awscli")


def _plugin() -> Any:
    spec = importlib.util.spec_from_file_location(MODULE, f"{dataDirectory(DIRECTORY)}/{MODULE}.py")
    assert spec and spec.loader
    module = sys.modules[MODULE] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


PLUGIN = _plugin()
TIME, ETAG = "2026-01-01T00:00:00.000Z", "&quot;e&quot;"
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
FRAME = "<Name>b</Name><KeyCount>1</KeyCount><EncodingType>url</EncodingType><IsTruncated>false</IsTruncated>"


def entry(key: str = "a", size: str = "1", etag: str = ETAG, more: str = "", time: str = TIME) -> str:
    facts = f"<Key>{key}</Key><LastModified>{time}</LastModified><ETag>{etag}</ETag>{more}<Size>{size}</Size>"
    return f"<Contents>{facts}<StorageClass>STANDARD</StorageClass></Contents>"


def body(*entries: str, frame: str = FRAME, head: str = HEAD, end: str = "</ListBucketResult>") -> bytes:
    return f"{head}{frame}{''.join(entries)}{end}".encode()


def rows(page: dict[str, Any]) -> list[tuple[bytes, ...]]:
    if not page["count"]:
        assert page["columns"] == (b"",) * 4
        return []
    columns = [column.split(b"\n") for column in page["columns"]]
    assert {len(column) for column in columns} == {page["count"]}
    return list(zip(*columns, strict=True))


A, B = (b"a", b"1", TIME.encode(), b'"e"'), (b"b+%2F", b"22", TIME.encode(), b'"e"')
SUMS = "<ChecksumAlgorithm>CRC32</ChecksumAlgorithm><ChecksumType>FULL_OBJECT</ChecksumType>"
OWNER = "<Owner><ID>1</ID><DisplayName>a&amp;b</DisplayName></Owner>"
OTHER_ORDER = f"<Contents><Size>1</Size><ETag>{ETAG}</ETag><Key>a</Key><LastModified>{TIME}</LastModified></Contents>"
PAGES: dict[str, tuple[bytes, list[tuple[bytes, ...]]]] = {
    "as usual": (body(entry(), entry("b+%2F", "22")), [A, B]),
    "none": (body(), []),
    "with checksums of some": (body(entry(more=SUMS), entry("b+%2F", "22")), [A, B]),
    "with owners": (body(entry().replace("</Contents>", f"{OWNER}</Contents>")), [A]),
    "another order": (body(OTHER_ORDER, entry("b+%2F", "22")), [A, B]),
    "elements nobody knows": (body(entry(more="<New><Key>x</Key></New>")), [A]),
    "lines and blanks": (body(entry().replace("><", ">\n  <")), [A]),
    "no namespace": (body(entry(), head="<ListBucketResult>"), [A]),
    "a prefix for the namespace": (
        f'<s:ListBucketResult xmlns:s="x">{FRAME}{entry()}</s:ListBucketResult>'.replace("<s:", "<s:").encode(),
        [A],
    ),
    "a comment with an entry in it": (body(entry(), f"<!-- {entry('x')} -->"), [A]),
    "raw text": (body(entry("<![CDATA[a]]>")), [A]),
    "an ETag in plain quotes": (body(entry(etag='"e"')), [A]),
    "an ETag without quotes": (body(entry(etag="e")), [(b"a", b"1", TIME.encode(), b"e")]),
    "no ETag": (body(entry().replace(f"<ETag>{ETAG}</ETag>", "")), [(b"a", b"1", TIME.encode(), b"")]),
    "one without an ETag and one with two": (
        body(
            entry().replace(f"<ETag>{ETAG}</ETag>", ""),
            entry("b+%2F", "22").replace("<Size>", "<ETag>&quot;x&quot;</ETag><Size>"),
        ),
        [(b"a", b"1", TIME.encode(), b""), B],
    ),
    "keys that are not encoded": (
        body(entry("a &amp;+%41"), frame="<IsTruncated>false</IsTruncated>"),
        [(b"a%20%26%2B%2541", b"1", TIME.encode(), b'"e"')],
    ),
    "an empty key": (body(entry("")), [(b"", b"1", TIME.encode(), b'"e"')]),
    "a time with a line in it": (body(entry(time="a\nb")), [(b"a", b"1", b"a b", b'"e"')]),
}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_read_however_it_is_written(name: str) -> None:
    text, expected = PAGES[name]
    page = PLUGIN.readObjects(text)
    assert (rows(page), page["isTruncated"], page["token"]) == (expected, False, None)


NONE = {
    "nothing": b"",
    "an error": b"<?xml version='1.0'?><Error><Code>InternalError</Code></Error>",
    "another list": body(entry(), head="<ListVersionsResult>", end="</ListVersionsResult>"),
    "a page that is cut": body(entry(), end=""),
    "one that is cut within an entry": body(entry())[:-40],
    "no XML": b"\x00\xff",
    "a second document behind it": body(entry()) + b"<Error/></ListBucketResult>",
    "a page within something else": b"<Error>" + body(entry()) + b"</Error>",
    "HTML": b"<html><body>gateway</body></html>",
}


@pytest.mark.parametrize("name", NONE)
def test_what_is_no_page_is_left_to_aws(name: str) -> None:
    assert PLUGIN.readObjects(NONE[name]) is None
    assert PLUGIN.readVersions(NONE[name].replace(b"ListVersionsResult", b"X")) is None


TRUNCATED = {
    "<IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken>": (True, "t"),
    "<NextContinuationToken>a&amp;&#x1;&#10;b</NextContinuationToken>": (None, "a&\x01\nb"),
    "<IsTruncated>TRUE</IsTruncated>": (True, None),
    "<IsTruncated/>": (None, None),
    "<IsTruncated>perhaps</IsTruncated>": (None, None),
    "": (None, None),
}


@pytest.mark.parametrize("text", TRUNCATED)
def test_whether_more_follows_is_told_as_the_server_says(text: str) -> None:
    page = PLUGIN.readObjects(body(entry(), frame=f"<EncodingType>url</EncodingType>{text}"))
    assert (page["isTruncated"], page["token"]) == TRUNCATED[text]


@given(st.lists(st.tuples(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), st.integers(0, 2**60))))
def test_whatever_keys_hold_they_come_in_the_order_of_the_page(objects: list[tuple[str, int]]) -> None:
    page = PLUGIN.readObjects(body(*(entry(quote_plus(key), str(size)) for key, size in objects)))
    expected = [(quote_plus(key).encode(), str(size).encode()) for key, size in objects]
    assert [row[:2] for row in rows(page)] == expected


def test_versions_and_markers_stay_in_the_order_of_the_document() -> None:
    version = (
        f"<LastModified>{TIME}</LastModified><ETag>{ETAG}</ETag><Size>3</Size><StorageClass>GLACIER</StorageClass>"
    )
    parts = (
        f"<DeleteMarker><Key>a%20+</Key><VersionId>3</VersionId><IsLatest>true</IsLatest></DeleteMarker>"
        f"<Version><Key>a%20+</Key><VersionId>2</VersionId><IsLatest>false</IsLatest>{version}</Version>"
        f"<DeleteMarker><Key>a%20+</Key><VersionId>1</VersionId><LastModified>{TIME}</LastModified></DeleteMarker>"
    )
    frame = f"{FRAME}<NextKeyMarker>a%20+</NextKeyMarker><NextVersionIdMarker>1</NextVersionIdMarker>"
    page = PLUGIN.readVersions(f"<ListVersionsResult>{frame}{parts}</ListVersionsResult>".encode())
    assert page == {
        "rows": [
            ["a  ", "3", True, None, None, None, None],
            ["a  ", "2", False, TIME, 3, '"e"', "GLACIER"],
            ["a  ", "1", None, TIME, None, None, None],
        ],
        "isTruncated": False,
        "keyMarker": "a  ",
        "versionIdMarker": "1",
    }
