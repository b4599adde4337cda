"""The S3 server of testcase.s3: what it answers over HTTP, and what the real aws makes of it."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import quote, unquote_plus
from xml.etree import ElementTree

import pytest

from testcase.s3 import (
    DENY,
    Await,
    BreakXml,
    CutBody,
    Fault,
    Forget,
    Hang,
    Refuse,
    Reset,
    S3Error,
    S3Server,
    TruncateListing,
    Versioning,
)
from testcase.s3.checksums import checksum
from testcase.s3.faults import Effect

AWS = shutil.which("aws")
needsAws = pytest.mark.skipif(AWS is None, reason="there is no aws on PATH")

AWKWARD_KEYS = [
    b"plain",
    b"with space",
    b"new\nline",
    b"carriage\rreturn",
    b"tab\tand\x1bescape",
    b"control\x01\x7f",
    b"percent%2Fslash%",
    b"plus+plus",
    b"quotes\"'`",
    b"markup<&>]]>",
    b"query?and#fragment;=&",
    b"back\\slash",
    b"star*[a-z]~",
    "émoji 🦊".encode(),
    "caf\u00e9 NFC".encode(),
    "cafe\u0301 NFD".encode(),
    "\ufeffBOM \ufffe \uffff".encode(),
    b"/leading//double/./../dots/",
    b"k" * 1024,
]


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes

    def text(self, path: str) -> str:
        """The text at a path of the XML body."""
        return self.tree().findtext(path, "")

    def texts(self, path: str) -> list[str]:
        return [node.text or "" for node in self.tree().findall(path)]

    def tree(self) -> ElementTree.Element:
        tree = ElementTree.fromstring(self.body)
        for node in tree.iter():
            node.tag = node.tag.rpartition("}")[2]
        return tree


def connectionTo(address: str) -> http.client.HTTPConnection:
    return http.client.HTTPConnection(address, timeout=240)


class Client:
    """Asks a server over one kept-alive connection."""

    def __init__(self, server: S3Server) -> None:
        self._connection = connectionTo(f"127.0.0.1:{server.port}")

    def close(self) -> None:
        self._connection.close()

    def ask(self, method: str, path: str, body: bytes = b"", /, **headers: str) -> Reply:
        """Headers are given with `_` for `-`, "" for none; requests are signed, after a fashion."""
        signed = {"Authorization": "AWS4-HMAC-SHA256 unchecked"}
        given = signed | {name.replace("_", "-"): value for name, value in headers.items()}
        sent = {name: value for name, value in given.items() if value}
        self._connection.request(method, path, body or None, sent)
        with self._connection.getresponse() as response:
            names = {name.lower(): value for name, value in response.getheaders()}
            return Reply(response.status, names, response.read())

    def listed(self, **query: str) -> list[bytes]:
        """All keys, page by page."""
        keys: list[bytes] = []
        token = ""
        while True:
            page = self.ask("GET", listPath(token=token, **query))
            keys += [unquote_plus(key, errors="strict").encode() for key in page.texts("Contents/Key")]
            token = page.text("NextContinuationToken")
            assert page.text("IsTruncated") == ("true" if token else "false")
            if not token:
                return keys


def listPath(token: str = "", **query: str) -> str:
    query = {"list-type": "2", "encoding-type": "url"} | {k.replace("_", "-"): v for k, v in query.items()}
    if token:
        query["continuation-token"] = token
    return "/bucket?" + "&".join(f"{name}={quote(value, safe='')}" for name, value in query.items())


def objectPath(key: bytes) -> str:
    return "/bucket/" + quote(key, safe="/")


@pytest.fixture
def client(server: S3Server) -> Iterator[Client]:
    with contextlib.closing(Client(server)) as connected:
        yield connected


# Objects and their keys


@pytest.mark.parametrize("key", AWKWARD_KEYS, ids=lambda key: repr(key[:30]))
def test_any_key_is_kept_byte_for_byte(server: S3Server, client: Client, key: bytes) -> None:
    assert client.ask("PUT", objectPath(key), b"content").status == 200
    assert client.ask("GET", objectPath(key)).body == b"content"
    assert list(server.objects("bucket")) == [key]
    assert client.listed() == [key]
    assert client.ask("DELETE", objectPath(key)).status == 204
    assert server.objects("bucket") == {}


def test_a_listing_without_encoding_writes_control_characters_as_references(server: S3Server, client: Client) -> None:
    server.putObject("bucket", b"a\x01\r<&>\xef\xbf\xbe", b"")
    body = client.ask("GET", "/bucket?list-type=2").body
    assert b"<Key>a&#x1;&#xd;&lt;&amp;&gt;&#xfffe;</Key>" in body
    with pytest.raises(ElementTree.ParseError):
        ElementTree.fromstring(body)


def test_a_listing_says_all_that_s3_says(server: S3Server, client: Client) -> None:
    server.putObject("bucket", b"key", b"abc", datetime(2026, 11, 23, 6, 31, 11, 999, UTC))
    assert (
        b"<Contents><Key>key</Key><LastModified>2026-11-23T06:31:11.000Z</LastModified>"
        b"<ETag>&quot;900150983cd24fb0d6963f7d28e17f72&quot;</ETag><Size>3</Size>"
        b"<StorageClass>STANDARD</StorageClass></Contents>"
    ) in client.ask("GET", "/bucket?list-type=2").body


def test_headers_of_the_upload_come_back(client: Client) -> None:
    encoding = "aws-chunked,gzip"
    client.ask("PUT", "/bucket/a", b"x", Content_Type="text/x", x_amz_meta_who="me", Content_Encoding=encoding)
    reply = client.ask("HEAD", "/bucket/a")
    found = {name: reply.headers[name] for name in ("content-type", "x-amz-meta-who", "content-encoding")}
    assert found == {"content-type": "text/x", "x-amz-meta-who": "me", "content-encoding": "gzip"}
    assert (reply.headers["content-length"], reply.body) == ("1", b"")


@pytest.mark.parametrize(
    ("wanted", "status", "content", "contentRange"),
    [
        ("bytes=0-3", 206, b"0123", "bytes 0-3/10"),
        ("bytes=8-99", 206, b"89", "bytes 8-9/10"),
        ("bytes=4-", 206, b"456789", "bytes 4-9/10"),
        ("bytes=-3", 206, b"789", "bytes 7-9/10"),
        ("bytes=5-2", 200, b"0123456789", None),
        ("lines=1-2", 200, b"0123456789", None),
        ("bytes=10-", 416, None, None),
    ],
)
def test_a_range_is_served(
    server: S3Server, client: Client, wanted: str, status: int, content: bytes | None, contentRange: str | None
) -> None:
    server.putObject("bucket", b"a", b"0123456789")
    reply = client.ask("GET", "/bucket/a", Range=wanted)
    assert (reply.status, reply.headers.get("content-range")) == (status, contentRange)
    assert content is None or reply.body == content


@pytest.mark.parametrize(
    ("method", "header", "value", "status"),
    [
        ("GET", "If_None_Match", '"900150983cd24fb0d6963f7d28e17f72"', 304),
        ("GET", "If_None_Match", '"other"', 200),
        ("GET", "If_Match", '"other"', 412),
        ("PUT", "If_None_Match", "*", 412),
    ],
)
def test_conditions_are_honoured(
    server: S3Server, client: Client, method: str, header: str, value: str, status: int
) -> None:
    server.putObject("bucket", b"a", b"abc")
    assert client.ask(method, "/bucket/a", **{header: value}).status == status


def test_a_copy_has_the_content_of_its_source(server: S3Server, client: Client) -> None:
    server.putObject("bucket", "é+ b".encode(), b"abc")
    reply = client.ask("PUT", "/bucket/copy", x_amz_copy_source="bucket/%C3%A9%2B%20b")
    assert (reply.status, reply.text("ETag")) == (200, '"900150983cd24fb0d6963f7d28e17f72"')
    assert server.objects("bucket")[b"copy"].body == b"abc"


def test_a_copy_has_a_condition_keeps_metadata_and_is_stored_as_the_request_says(
    server: S3Server, client: Client
) -> None:
    kept = {"content-type": "text/x", "x-amz-meta-who": "me"}
    server.putObject("bucket", b"warm", b"abc", headers={**kept, "x-amz-storage-class": "STANDARD_IA"})
    server.putObject("bucket", b"cold", b"abc", headers={"x-amz-storage-class": "GLACIER"})
    for source, etag, status in (("warm", '"other"', 412), ("cold", "*", 403), ("warm", '"%s"', 200)):
        condition = etag.replace("%s", server.objects("bucket")[b"warm"].etag)
        asked = {"x_amz_copy_source": f"bucket/{source}", "x_amz_copy_source_if_match": condition}
        assert client.ask("PUT", "/bucket/copy", **asked).status == status
    assert server.objects("bucket")[b"copy"].headers == kept


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("GET", "/bucket/none", b"", 404, "NoSuchKey"),
        ("GET", "/bucket/none?versionId=1", b"", 404, "NoSuchVersion"),
        ("PUT", "/nowhere/key", b"x", 404, "NoSuchBucket"),
        ("GET", "/nowhere?list-type=2", b"", 404, "NoSuchBucket"),
        ("PUT", "/bucket/" + "k" * 1025, b"x", 400, "KeyTooLongError"),
        ("PUT", "/bucket/%FF", b"x", 400, "InvalidURI"),
        ("PUT", "/bucket/%ED%A0%80", b"x", 400, "InvalidURI"),
        ("PUT", "/bucket", b"", 409, "BucketAlreadyOwnedByYou"),
        ("PUT", "/..", b"", 400, "InvalidBucketName"),
        ("GET", "/bucket?list-type=2&max-keys=-1", b"", 400, "InvalidArgument"),
        ("GET", "/bucket?list-type=2&continuation-token=!", b"", 400, "InvalidArgument"),
        ("GET", "/bucket?list-type=2&encoding-type=rot13", b"", 400, "InvalidArgument"),
        ("GET", "/bucket?versions&version-id-marker=1", b"", 400, "InvalidArgument"),
        ("GET", "/bucket?policy", b"", 501, "NotImplemented"),
        ("PATCH", "/bucket/a", b"", 501, "NotImplemented"),
        ("POST", "/bucket?delete", b"<Delete/>", 400, "InvalidRequest"),
        ("PUT", "/bucket?versioning", b"<Versio", 400, "MalformedXML"),
        ("POST", "/bucket/a?uploadId=none", b"<a/>", 404, "NoSuchUpload"),
    ],
)
def test_what_cannot_be_done_is_refused_as_s3_refuses_it(
    client: Client, method: str, path: str, body: bytes, status: int, code: str
) -> None:
    reply = client.ask(method, path, body)
    assert (reply.status, reply.text("Code"), reply.text("Resource")) == (status, code, path.partition("?")[0])
    assert reply.text("Message")
    assert reply.text("RequestId") == reply.headers["x-amz-request-id"]


def test_head_says_without_a_body_that_a_key_is_missing(client: Client) -> None:
    assert (client.ask("HEAD", "/bucket/none").status, client.ask("HEAD", "/bucket/none").body) == (404, b"")


def test_a_request_that_is_not_signed_is_denied(client: Client) -> None:
    reply = client.ask("GET", "/bucket?list-type=2", Authorization="")
    assert (reply.status, reply.text("Code")) == (403, "AccessDenied")


# Bodies on their way


def test_known_check_values_of_the_checksums_are_met() -> None:
    expected = {"crc32": "cbf43926", "crc32c": "e3069283", "crc64nvme": "ae8b14860a799888"}
    found = {name: base64.b64decode(checksum(name, b"123456789") or "").hex() for name in expected}
    assert found == expected


@pytest.mark.parametrize("name", ["crc32", "crc32c", "crc64nvme", "sha1", "sha256"])
def test_a_checksum_is_verified_kept_and_told_when_asked(client: Client, name: str) -> None:
    header = f"x-amz-checksum-{name}"
    right, wrong = checksum(name, b"content") or "", checksum(name, b"other") or ""
    assert client.ask("PUT", "/bucket/a", b"content", **{header: wrong}).text("Code") == "BadDigest"
    assert client.ask("HEAD", "/bucket/a").status == 404
    assert client.ask("PUT", "/bucket/a", b"content", **{header: right}).status == 200
    assert header not in client.ask("HEAD", "/bucket/a").headers
    told = client.ask("HEAD", "/bucket/a", x_amz_checksum_mode="ENABLED").headers
    assert (told[header], told["x-amz-checksum-type"]) == (right, "FULL_OBJECT")


@pytest.mark.parametrize(
    ("header", "value", "code"),
    [
        ("Content_MD5", base64.b64encode(hashlib.md5(b"other").digest()).decode(), "BadDigest"),
        ("Content_MD5", "no base64!", "InvalidDigest"),
        ("x_amz_content_sha256", hashlib.sha256(b"other").hexdigest(), "XAmzContentSHA256Mismatch"),
    ],
)
def test_a_body_unlike_its_digest_is_refused(
    server: S3Server, client: Client, header: str, value: str, code: str
) -> None:
    assert client.ask("PUT", "/bucket/a", b"content", **{header: value}).text("Code") == code
    assert server.objects("bucket") == {}


CRC_OF_HELLO = base64.b64encode(zlib.crc32(b"hello world").to_bytes(4, "big")).decode()
CHUNKS = b"6\r\nhello \r\n5\r\nworld\r\n0\r\n"
SIGNED_CHUNKS = b"6;chunk-signature=00\r\nhello \r\n5;chunk-signature=11\r\nworld\r\n0;chunk-signature=22\r\n"


@pytest.mark.parametrize(
    ("form", "body", "length", "code"),
    [
        ("UNSIGNED-PAYLOAD-TRAILER", CHUNKS + b"x-amz-checksum-crc32:%s\r\n\r\n" % CRC_OF_HELLO.encode(), "11", ""),
        ("UNSIGNED-PAYLOAD-TRAILER", CHUNKS + b"x-amz-checksum-crc32:AAAAAA==\r\n\r\n", "11", "BadDigest"),
        ("UNSIGNED-PAYLOAD-TRAILER", CHUNKS + b"\r\n", "12", "IncompleteBody"),
        ("UNSIGNED-PAYLOAD-TRAILER", CHUNKS[:9], "11", "IncompleteBody"),
        ("UNSIGNED-PAYLOAD-TRAILER", b"xyz", "11", "IncompleteBody"),
        ("AWS4-HMAC-SHA256-PAYLOAD", SIGNED_CHUNKS + b"\r\n", "11", ""),
    ],
)
def test_a_streamed_body_is_decoded(
    server: S3Server, client: Client, form: str, body: bytes, length: str, code: str
) -> None:
    headers = {"x-amz-content-sha256": f"STREAMING-{form}", "x-amz-decoded-content-length": length}
    reply = client.ask("PUT", "/bucket/a", body, Content_Encoding="aws-chunked", **headers)
    if code:
        assert (reply.text("Code"), server.objects("bucket")) == (code, {})
    else:
        stored = server.objects("bucket")[b"a"]
        assert (stored.body, stored.headers) == (b"hello world", {})


def test_a_body_in_http_chunks_is_read_and_the_connection_lives_on(server: S3Server) -> None:
    with contextlib.closing(connectionTo(f"127.0.0.1:{server.port}")) as connection:
        for number in range(2):
            path, pieces = f"/bucket/{number}", iter([b"hello ", b"world"])
            connection.request("PUT", path, pieces, {"Authorization": "x"}, encode_chunked=True)
            with connection.getresponse() as response:
                assert (response.status, response.read()) == (200, b"")
    assert [stored.body for stored in server.objects("bucket").values()] == [b"hello world"] * 2


def test_a_client_that_expects_it_is_told_to_continue(server: S3Server) -> None:
    with socket.create_connection(("127.0.0.1", server.port), 240) as connection:
        headers = b"Authorization: x\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n"
        connection.sendall(b"PUT /bucket/a HTTP/1.1\r\n" + headers)
        assert connection.recv(1000) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(b"abc")
        assert connection.recv(1000).startswith(b"HTTP/1.1 200 OK\r\n")


# Listings

TREE = [b"a", b"a!", b"a/1", b"a/2/x", b"a/2/y", b"a0", b"b/", b"b/c", "é".encode(), "\uffff".encode(), "🦊".encode()]


@pytest.mark.parametrize("pageSize", [1, 2, 3, 1000])
def test_pages_of_any_size_hold_all_keys_in_byte_order(server: S3Server, client: Client, pageSize: int) -> None:
    for key in reversed(TREE):
        server.putObject("bucket", key, b"")
    server.pageSize = pageSize
    assert client.listed() == list(server.objects("bucket")) == TREE
    assert len(server.requests) == -(-len(TREE) // pageSize)


@pytest.mark.parametrize("maxKeys", ["1", "2", "1000"])
@pytest.mark.parametrize(
    ("prefix", "delimiter", "startAfter", "keys", "prefixes"),
    [
        ("", "/", "", ["a", "a!", "a0", "é", "\uffff", "🦊"], ["a/", "b/"]),
        ("a", "/", "", ["a", "a!", "a0"], ["a/"]),
        ("a/", "/", "", ["a/1"], ["a/2/"]),
        ("a/", "", "", ["a/1", "a/2/x", "a/2/y"], []),
        ("", "", "a/2/x", ["a/2/y", "a0", "b/", "b/c", "é", "\uffff", "🦊"], []),
        ("a/", "", "zzz", [], []),
        ("b/", "/", "", ["b/", "b/c"], []),
        ("none", "/", "", [], []),
    ],
)
def test_a_listing_is_narrowed(
    server: S3Server, client: Client, maxKeys: str, prefix: str, delimiter: str, startAfter: str,
    keys: list[str], prefixes: list[str],
) -> None:  # fmt: skip
    for key in TREE:
        server.putObject("bucket", key, b"")
    foundKeys, foundPrefixes, token = [], [], ""
    while True:
        page = client.ask(
            "GET", listPath(token, prefix=prefix, delimiter=delimiter, start_after=startAfter, max_keys=maxKeys)
        )
        foundKeys += [unquote_plus(key) for key in page.texts("Contents/Key")]
        foundPrefixes += [unquote_plus(key) for key in page.texts("CommonPrefixes/Prefix")]
        assert int(page.text("KeyCount")) <= int(maxKeys)
        if not (token := page.text("NextContinuationToken")):
            break
    assert (foundKeys, foundPrefixes) == (keys, prefixes)


def test_the_old_listing_goes_on_after_its_marker(server: S3Server, client: Client) -> None:
    for key in TREE:
        server.putObject("bucket", key, b"")
    found, marker = [], ""
    while True:
        page = client.ask("GET", f"/bucket?encoding-type=url&delimiter=/&max-keys=2&marker={quote(marker)}")
        found += page.texts("Contents/Key") + page.texts("CommonPrefixes/Prefix")
        if page.text("IsTruncated") == "false":
            break
        marker = unquote_plus(page.text("NextMarker"))
    assert sorted(map(unquote_plus, found)) == sorted(["a", "a!", "a0", "é", "\uffff", "🦊", "a/", "b/"])


def test_a_page_of_no_keys_is_complete(server: S3Server, client: Client) -> None:
    server.putObject("bucket", b"a", b"")
    page = client.ask("GET", listPath(max_keys="0"))
    assert (page.text("IsTruncated"), page.text("KeyCount")) == ("false", "0")


def test_a_listing_follows_puts_and_deletes_between_its_pages(server: S3Server, client: Client) -> None:
    for number in range(200):
        server.putObject("bucket", b"%03d" % number, b"")
    page = client.ask("GET", listPath(max_keys="100"))
    server.deleteObject("bucket", b"099")
    server.deleteObject("bucket", b"100")
    server.putObject("bucket", b"100a", b"")
    rest = client.ask("GET", listPath(page.text("NextContinuationToken"))).texts("Contents/Key")
    assert rest == ["100a", *(f"{number:03}" for number in range(101, 200))]


def test_a_page_of_a_large_bucket_takes_little_work(server: S3Server, client: Client) -> None:
    for number in range(30_000):
        server.putObject("bucket", b"%d" % number, b"")
    client.ask("GET", listPath())
    start = time.process_time()  # the server's as well, and no other program's
    client.ask("GET", listPath(start_after="5"))
    client.ask("GET", listPath(prefix="7"))
    assert time.process_time() - start < 1  # 0.01 s


# Buckets


def test_buckets_are_made_found_and_removed(client: Client) -> None:
    assert client.ask("PUT", "/another").status == 200
    assert client.ask("GET", "/").texts("Buckets/Bucket/Name") == ["another", "bucket"]
    assert client.ask("HEAD", "/another").status == 200
    assert client.ask("GET", "/another?location").status == 200
    client.ask("PUT", "/another/key", b"x")
    assert client.ask("DELETE", "/another").text("Code") == "BucketNotEmpty"
    client.ask("DELETE", "/another/key")
    assert client.ask("DELETE", "/another").status == 204
    assert client.ask("HEAD", "/another").status == 404


# Versions


def setVersioning(client: Client, status: str) -> None:
    body = f'<VersioningConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Status>{status}</Status>'
    assert client.ask("PUT", "/bucket?versioning", f"{body}</VersioningConfiguration>".encode()).status == 200
    assert client.ask("GET", "/bucket?versioning").text("Status") == status


def allVersions(client: Client, maxKeys: int, query: str = "") -> list[tuple[str, str, str, str]]:
    """(element, key, id, IsLatest) of all versions, page by page."""
    found: list[tuple[str, str, str, str]] = []
    markers = ""
    while True:
        page = client.ask("GET", f"/bucket?versions&max-keys={maxKeys}{query}{markers}")
        found += [
            (node.tag, node.findtext("Key", ""), node.findtext("VersionId", ""), node.findtext("IsLatest", ""))
            for node in page.tree()
            if node.tag in ("Version", "DeleteMarker")
        ]
        if page.text("IsTruncated") == "false":
            return found
        key, versionId = page.text("NextKeyMarker"), page.text("NextVersionIdMarker")
        markers = f"&key-marker={quote(key)}&version-id-marker={versionId}"


@pytest.mark.parametrize("maxKeys", [1, 2, 3, 1000])
def test_versions_come_newest_first_on_pages_of_any_size(client: Client, maxKeys: int) -> None:
    for key in "ac":
        client.ask("PUT", f"/bucket/{key}", b"old")
    setVersioning(client, "Enabled")
    second = client.ask("PUT", "/bucket/a", b"second").headers["x-amz-version-id"]
    marker = client.ask("DELETE", "/bucket/a").headers["x-amz-version-id"]
    unknown = client.ask("DELETE", "/bucket/b").headers["x-amz-version-id"]
    assert allVersions(client, maxKeys) == [
        ("DeleteMarker", "a", marker, "true"),
        ("Version", "a", second, "false"),
        ("Version", "a", "null", "false"),
        ("DeleteMarker", "b", unknown, "true"),
        ("Version", "c", "null", "true"),
    ]
    assert [entry[1] for entry in allVersions(client, maxKeys, "&prefix=a")] == ["a"] * 3
    assert client.listed() == [b"c"]


def test_versions_page_over_common_prefixes(server: S3Server, client: Client) -> None:
    for key in (b"a", b"d/1", b"d/2", b"e"):
        server.putObject("bucket", key, b"")
    first = client.ask("GET", "/bucket?versions&delimiter=/&max-keys=2")
    assert (first.texts("Version/Key"), first.texts("CommonPrefixes/Prefix")) == (["a"], ["d/"])
    rest = client.ask("GET", f"/bucket?versions&delimiter=/&key-marker={first.text('NextKeyMarker')}")
    assert (rest.texts("Version/Key"), rest.texts("CommonPrefixes/Prefix")) == (["e"], [])


def test_an_old_version_can_be_read_and_a_deletion_taken_back(client: Client) -> None:
    setVersioning(client, "Enabled")
    first = client.ask("PUT", "/bucket/a", b"first").headers["x-amz-version-id"]
    client.ask("PUT", "/bucket/a", b"second")
    deleted = client.ask("DELETE", "/bucket/a").headers
    assert deleted["x-amz-delete-marker"] == "true"
    gone = client.ask("GET", "/bucket/a")
    assert (gone.status, gone.headers["x-amz-delete-marker"]) == (404, "true")
    assert client.ask("GET", f"/bucket/a?versionId={deleted['x-amz-version-id']}").status == 405
    assert client.ask("GET", f"/bucket/a?versionId={first}").body == b"first"
    client.ask("DELETE", f"/bucket/a?versionId={deleted['x-amz-version-id']}")
    assert client.ask("GET", "/bucket/a").body == b"second"


def test_suspended_versioning_replaces_only_the_null_version(server: S3Server, client: Client) -> None:
    setVersioning(client, "Enabled")
    kept = client.ask("PUT", "/bucket/a", b"kept").headers["x-amz-version-id"]
    setVersioning(client, "Suspended")
    for body in (b"lost", b"last"):
        assert client.ask("PUT", "/bucket/a", body).headers["x-amz-version-id"] == "null"
    assert [(v.versionId, v.body) for v in server.versions("bucket")[b"a"]] == [("null", b"last"), (kept, b"kept")]
    client.ask("DELETE", "/bucket/a")
    ids = [(v.versionId, v.isDeleteMarker) for v in server.versions("bucket")[b"a"]]
    assert ids == [("null", True), (kept, False)]


def test_a_version_listing_misses_nothing_when_its_marker_is_deleted(client: Client) -> None:
    setVersioning(client, "Enabled")
    ids = [client.ask("PUT", "/bucket/a", b"x").headers["x-amz-version-id"] for _ in range(3)]
    client.ask("DELETE", f"/bucket/a?versionId={ids[2]}")
    page = client.ask("GET", f"/bucket?versions&key-marker=a&version-id-marker={ids[2]}")
    assert page.texts("Version/VersionId") == [ids[1], ids[0]]


# Deleting many


def test_rules_of_lifecycle_are_kept_until_others_come_and_change_no_object(client: Client, server: S3Server) -> None:
    def answered(method: str, body: bytes = b"") -> tuple[int, str]:
        reply = client.ask(method, "/bucket?lifecycle", body)
        return reply.status, reply.text("Code") if reply.status >= 400 else reply.text("Rule/ID") if reply.body else ""

    def rules(status: str) -> bytes:
        rule = f"<Rule><ID>{status}</ID><Status>{status}</Status><Expiration><Days>1</Days></Expiration></Rule>"
        return f"<LifecycleConfiguration>{rule}</LifecycleConfiguration>".encode()

    server.putObject("bucket", b"old", b"", lastModified=datetime(2001, 1, 1, tzinfo=UTC))
    assert answered("GET") == (404, "NoSuchLifecycleConfiguration")
    for status in ("Enabled", "Disabled"):
        assert answered("PUT", rules(status)) == (200, "")
        assert answered("GET") == (200, status)
    for wrong in (b"", b"<LifecycleConfiguration/>", rules("Perhaps")):
        assert answered("PUT", wrong) == (400, "MalformedXML")
    assert answered("GET") == (200, "Disabled")
    assert answered("DELETE") == (204, "")
    assert answered("GET") == (404, "NoSuchLifecycleConfiguration")
    assert list(server.objects("bucket")) == [b"old"]


def test_a_directory_keeps_the_rules_of_lifecycle(tmp_path: Path) -> None:
    rules = b"<LifecycleConfiguration><Rule><Status>Enabled</Status></Rule></LifecycleConfiguration>"
    for method, body in (("PUT", rules), ("GET", b"")):
        with S3Server(directory=tmp_path) as server:
            reply = Client(server).ask(method, "/bucket?lifecycle", body)
            assert reply.status == 200
    assert reply.body == rules


def deletion(*keys: str, quiet: bool = False) -> bytes:
    objects = "".join(f"<Object><Key>{key}</Key></Object>" for key in keys)
    return f"<Delete>{objects}<Quiet>{'true' if quiet else 'false'}</Quiet></Delete>".encode()


def deleteMany(client: Client, body: bytes) -> Reply:
    digest = base64.b64encode(hashlib.md5(body).digest()).decode()
    return client.ask("POST", "/bucket?delete", body, Content_MD5=digest)


def test_a_batch_deletes_and_reports_what_it_could_not(server: S3Server, client: Client) -> None:
    server.addFault(Fault("DeleteObjects", DENY, key=b"b"))
    for key in (b"a", b"b", b"c"):
        server.putObject("bucket", key, b"")
    reply = deleteMany(client, deletion("a", "b", "none"))
    assert (reply.texts("Deleted/Key"), reply.texts("Error/Key")) == (["a", "none"], ["b"])
    assert reply.texts("Error/Code") == ["AccessDenied"]
    assert list(server.objects("bucket")) == [b"b", b"c"]
    quiet = deleteMany(client, deletion("b", "c", quiet=True))
    assert (quiet.texts("Deleted/Key"), quiet.texts("Error/Key")) == ([], ["b"])


@pytest.mark.parametrize("body", [b"<Delete>", deletion("a&#x1;"), deletion(), deletion(*["a"] * 1001), b"<Other/>"])
def test_a_batch_that_is_no_good_xml_or_too_large_is_refused(server: S3Server, client: Client, body: bytes) -> None:
    server.putObject("bucket", b"a", b"")
    assert deleteMany(client, body).text("Code") == "MalformedXML"
    assert list(server.objects("bucket")) == [b"a"]


def test_a_batch_in_a_bucket_with_versions_makes_markers_and_removes_versions(server: S3Server, client: Client) -> None:
    setVersioning(client, "Enabled")
    stored = server.putObject("bucket", b"a", b"")
    reply = deleteMany(client, deletion("a"))
    marker = reply.text("Deleted/DeleteMarkerVersionId")
    assert marker == server.versions("bucket")[b"a"][0].versionId
    both = "".join(f"<Object><Key>a</Key><VersionId>{v}</VersionId></Object>" for v in (marker, stored.versionId))
    deleteMany(client, f"<Delete>{both}</Delete>".encode())
    assert server.versions("bucket") == {}


# Multipart


def beginUpload(client: Client, **headers: str) -> str:
    return client.ask("POST", "/bucket/a?uploads", **headers).text("UploadId")


def completion(etags: dict[int, str]) -> bytes:
    parts = "".join(f"<Part><PartNumber>{n}</PartNumber><ETag>{e}</ETag></Part>" for n, e in etags.items())
    return f"<CompleteMultipartUpload>{parts}</CompleteMultipartUpload>".encode()


def test_parts_of_any_size_and_order_make_one_object(server: S3Server, client: Client) -> None:
    upload = beginUpload(client, Content_Type="text/x", x_amz_checksum_algorithm="CRC32")
    parts = {7: b"last", 2: b"", 1: b"first and longest"}
    etags = {}
    for number, body in parts.items():
        crc = checksum("crc32", body) or ""
        reply = client.ask("PUT", f"/bucket/a?uploadId={upload}&partNumber={number}", body, x_amz_checksum_crc32=crc)
        etags[number] = reply.headers["etag"]
    listed = client.ask("GET", f"/bucket/a?uploadId={upload}")
    assert listed.texts("Part/PartNumber") == ["1", "2", "7"]
    assert (server.objects("bucket"), server.uploads("bucket")) == ({}, (b"a",))
    reply = client.ask("POST", f"/bucket/a?uploadId={upload}", completion(dict(sorted(etags.items()))))
    inOrder = [parts[1], parts[2], parts[7]]
    md5s = hashlib.md5(b"".join(hashlib.md5(body).digest() for body in inOrder)).hexdigest()
    assert reply.text("ETag") == f'"{md5s}-3"'
    stored = server.objects("bucket")[b"a"]
    assert (stored.body, stored.headers, server.uploads("bucket")) == (
        b"".join(inOrder), {"content-type": "text/x"}, (),
    )  # fmt: skip
    crcs = b"".join(zlib.crc32(body).to_bytes(4, "big") for body in inOrder)
    assert stored.checksums == {"crc32": f"{checksum('crc32', crcs)}-3"}
    assert stored.checksumType == "COMPOSITE"


def test_parts_are_copied_from_another_object(server: S3Server, client: Client) -> None:
    server.putObject("bucket", b"source", b"0123456789")
    upload = beginUpload(client)
    source = {"x-amz-copy-source": "/bucket/source"}
    etags = {}
    for number, wanted in {1: {"x-amz-copy-source-range": "bytes=5-6"}, 2: {}}.items():
        path = f"/bucket/a?uploadId={upload}&partNumber={number}"
        etags[number] = client.ask("PUT", path, **source, **wanted).text("ETag")
    client.ask("POST", f"/bucket/a?uploadId={upload}", completion(etags))
    assert server.objects("bucket")[b"a"].body == b"560123456789"


@pytest.mark.parametrize(
    ("listed", "code"),
    [
        ({1: "wrong"}, "InvalidPart"),
        ({3: "x"}, "InvalidPart"),
        ({2: "2", 1: "1"}, "InvalidPartOrder"),
        ({}, "MalformedXML"),
    ],
)
def test_a_completion_that_does_not_fit_the_parts_is_refused(
    server: S3Server, client: Client, listed: dict[int, str], code: str
) -> None:
    upload = beginUpload(client)
    etags = {
        str(number): client.ask("PUT", f"/bucket/a?uploadId={upload}&partNumber={number}", b"x").headers["etag"]
        for number in (1, 2)
    }
    body = completion({number: etags.get(etag, etag) for number, etag in listed.items()})
    assert client.ask("POST", f"/bucket/a?uploadId={upload}", body).text("Code") == code
    assert server.objects("bucket") == {}


def test_an_aborted_upload_leaves_nothing(server: S3Server, client: Client) -> None:
    upload = beginUpload(client)
    client.ask("PUT", f"/bucket/a?uploadId={upload}&partNumber=1", b"x")
    assert client.ask("GET", "/bucket?uploads").texts("Upload/Key") == ["a"]
    assert client.ask("DELETE", f"/bucket/a?uploadId={upload}").status == 204
    assert client.ask("PUT", f"/bucket/a?uploadId={upload}&partNumber=2", b"x").text("Code") == "NoSuchUpload"
    assert (server.uploads("bucket"), server.objects("bucket")) == ((), {})


def test_uploads_are_listed_below_a_prefix_page_by_page(server: S3Server, client: Client) -> None:
    keys = ["p/a", "p/a", "p/\x01 +", "p/z", "q"]
    ids = {server.beginUpload("bucket", key.encode(), [b"12", b"345"]): key for key in keys}
    server.pageSize = 1
    found: dict[str, str] = {}
    markers = ""
    while True:
        page = client.ask("GET", f"/bucket?uploads&prefix=p/&encoding-type=url{markers}")
        found[page.text("Upload/UploadId")] = unquote_plus(page.text("Upload/Key"))
        if page.text("IsTruncated") == "false":
            break
        markers = f"&key-marker={page.text('NextKeyMarker')}&upload-id-marker={page.text('NextUploadIdMarker')}"
    assert found == {upload: key for upload, key in ids.items() if key != "q"}
    upload = next(upload for upload, key in ids.items() if key == "p/z")
    first = client.ask("GET", f"/bucket/p/z?uploadId={upload}")
    second = client.ask("GET", f"/bucket/p/z?uploadId={upload}&part-number-marker={first.text('NextPartNumberMarker')}")
    assert (first.texts("Part/Size"), second.texts("Part/Size")) == (["2"], ["3"])
    assert (first.text("IsTruncated"), second.text("IsTruncated")) == ("true", "false")


def test_a_default_retention_wants_digests_and_keeps_versions_but_lets_markers_be_made(
    server: S3Server, client: Client
) -> None:
    rule = "<Rule><DefaultRetention><Mode>COMPLIANCE</Mode><Days>1</Days></DefaultRetention></Rule>"
    lock = f"<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled>{rule}</ObjectLockConfiguration>"
    assert client.ask("GET", "/bucket?object-lock").text("Code") == "ObjectLockConfigurationNotFoundError"
    assert client.ask("PUT", "/bucket?object-lock", lock.encode()).text("Code") == "InvalidBucketState"
    server.setVersioning("bucket", Versioning.ENABLED)
    assert client.ask("PUT", "/bucket?object-lock", lock.encode()).status == 200
    assert client.ask("GET", "/bucket?object-lock").body == lock.encode()
    assert client.ask("PUT", "/bucket/a", b"x").text("Code") == "InvalidRequest"
    digest = base64.b64encode(hashlib.md5(b"x").digest()).decode()
    version = client.ask("PUT", "/bucket/a", b"x", Content_MD5=digest).headers["x-amz-version-id"]
    old = server.putObject("bucket", b"old", b"", lastModified=datetime(2001, 1, 1, tzinfo=UTC)).versionId
    assert client.ask("DELETE", "/bucket/a").status == 204
    assert client.ask("DELETE", f"/bucket/a?versionId={version}").text("Code") == "AccessDenied"
    assert client.ask("DELETE", f"/bucket/old?versionId={old}").status == 204
    assert {key: len(versions) for key, versions in server.versions("bucket").items()} == {b"a": 2}


# Faults


@pytest.mark.parametrize(
    ("effect", "status", "body"),
    [
        (DENY, 403, b"<Code>AccessDenied</Code>"),
        (Refuse(), 500, b"<Code>InternalError</Code>"),
        (Refuse(503, "SlowDown", ""), 503, b"<Code>SlowDown</Code><Message></Message>"),
    ],
)
def test_a_fault_refuses_as_it_is_told(
    server: S3Server, client: Client, effect: Effect, status: int, body: bytes
) -> None:
    server.addFault(Fault("PutObject", effect))
    reply = client.ask("PUT", "/bucket/a", b"x")
    assert (reply.status, body in reply.body, server.objects("bucket")) == (status, True, {})


@pytest.mark.parametrize(("isDamaged", "stored"), [(False, b"old"), (True, bytes(3))])
def test_a_fault_forgets_what_it_says_to_have_stored(
    server: S3Server, client: Client, isDamaged: bool, stored: bytes
) -> None:
    server.putObject("bucket", b"a", b"old")
    server.addFault(Fault("PutObject", Forget(isDamaged)))
    assert client.ask("PUT", "/bucket/a", b"new").status == 200
    assert server.objects("bucket")[b"a"].body == stored


def test_the_clock_can_be_ahead(server: S3Server, client: Client) -> None:
    server.clockAhead = timedelta(hours=1)
    client.ask("PUT", "/bucket/a", b"x")
    ahead = server.objects("bucket")[b"a"].lastModified - datetime.now(UTC)
    assert timedelta(minutes=58) < ahead <= server.clockAhead


@pytest.mark.parametrize(("performed", "stored"), [(False, []), (True, [b"a"])])
def test_a_fault_resets_the_connection(server: S3Server, client: Client, performed: bool, stored: list[bytes]) -> None:
    server.addFault(Fault("PutObject", Reset(performed)))
    with pytest.raises(ConnectionResetError):
        client.ask("PUT", "/bucket/a", b"x")
    assert list(server.objects("bucket")) == stored


@pytest.mark.parametrize(("length", "received"), [(None, b"01234"), (1, b"0")])
def test_a_fault_cuts_the_body(server: S3Server, client: Client, length: int | None, received: bytes) -> None:
    server.putObject("bucket", b"a", b"0123456789")
    server.addFault(Fault("GetObject", CutBody(length)))
    with pytest.raises(http.client.IncompleteRead) as caught:
        client.ask("GET", "/bucket/a")
    assert caught.value.partial == received


def test_a_fault_breaks_the_xml_and_nothing_else(server: S3Server, client: Client) -> None:
    server.addFault(Fault("ListObjectsV2", BreakXml()))
    reply = client.ask("GET", listPath())
    assert reply.status == 200
    with pytest.raises(ElementTree.ParseError):
        reply.tree()


def test_a_fault_says_that_the_first_page_is_the_last(server: S3Server, client: Client) -> None:
    for key in (b"a", b"b", b"c"):
        server.putObject("bucket", key, b"")
    server.addFault(Fault("ListObjectsV2", TruncateListing()))
    server.addFault(Fault("ListObjectVersions", TruncateListing()))
    assert client.listed(max_keys="2") == [b"a", b"b"]
    assert len(allVersions(client, 2)) == 2


def test_a_fault_makes_an_answer_late(server: S3Server, client: Client) -> None:
    server.addFault(Fault("PutObject", Hang(0.2), times=1))
    start = time.perf_counter()
    assert client.ask("PUT", "/bucket/a", b"x").status == 200
    assert time.perf_counter() - start >= 0.2


def test_a_fault_makes_requests_wait_for_their_turn(server: S3Server, client: Client) -> None:
    server.addFault(Fault("PutObject", Await(turn := threading.Semaphore(1))))
    assert client.ask("PUT", "/bucket/a", b"x").status == 200
    release = threading.Timer(0.1, turn.release)
    release.start()
    assert client.ask("PUT", "/bucket/b", b"x").status == 200
    release.join()
    assert not turn.acquire(blocking=False)


def test_latency_delays_each_answer(server: S3Server, client: Client) -> None:
    server.latency = 0.1
    start = time.perf_counter()
    client.ask("HEAD", "/bucket")
    client.ask("HEAD", "/bucket")
    assert time.perf_counter() - start >= 0.2


@pytest.mark.parametrize(
    ("fault", "refused"),
    [
        (Fault("PutObject", DENY), "abc abc"),
        (Fault("*", DENY), "abc abc"),
        (Fault("GetObject", DENY), ""),
        (Fault("PutObject", DENY, key=b"b"), "b b"),
        (Fault("PutObject", DENY, bucket="other"), ""),
        (Fault("PutObject", DENY, skip=2, times=2), "c a"),
        (Fault("PutObject", DENY, key=b"b", skip=1), " b"),
        (Fault("PutObject", DENY, times=1), "a"),
    ],
)
def test_a_fault_hits_just_the_requests_it_names(server: S3Server, client: Client, fault: Fault, refused: str) -> None:
    server.addFault(fault)
    assert server.faults == (fault,)
    rounds = [
        "".join(key for key in "abc" if client.ask("PUT", f"/bucket/{key}", b"x").status == 403) for _ in range(2)
    ]
    assert " ".join(rounds).rstrip() == refused
    server.clearFaults()
    assert client.ask("PUT", "/bucket/b", b"x").status == 200


def test_the_first_fault_that_hits_decides(server: S3Server, client: Client) -> None:
    server.addFault(Fault("PutObject", DENY, times=1))
    server.addFault(Fault("*", Refuse(503, "SlowDown")))
    assert [client.ask("PUT", "/bucket/a", b"x").status for _ in range(2)] == [403, 503]


# The server itself


def test_every_request_is_noted(server: S3Server, client: Client) -> None:
    client.ask("PUT", "/bucket/new%0Aline", b"x")
    client.ask("GET", "/bucket?list-type=2&prefix=a%2Bb+c")
    client.ask("GET", "/bucket?policy")
    noted = [(r.method, r.operation, r.bucket, r.key, dict(r.query)) for r in server.requests]
    assert noted == [
        ("PUT", "PutObject", "bucket", b"new\nline", {}),
        ("GET", "ListObjectsV2", "bucket", b"", {"list-type": "2", "prefix": "a+b c"}),
        ("GET", "", "bucket", b"", {"policy": ""}),
    ]
    server.clearRequests()
    assert server.requests == ()


def test_a_damaged_object_looks_as_before(server: S3Server, client: Client) -> None:
    client.ask("PUT", "/bucket/a", b"content", x_amz_checksum_crc32=checksum("crc32", b"content") or "")
    before = client.ask("HEAD", "/bucket/a", x_amz_checksum_mode="ENABLED").headers
    server.damageObject("bucket", b"a", offset=0)
    after = client.ask("GET", "/bucket/a", x_amz_checksum_mode="ENABLED")
    same = ("etag", "last-modified", "content-length", "x-amz-checksum-crc32")
    assert [after.headers[name] for name in same] == [before[name] for name in same]
    assert after.body == bytes([ord("c") ^ 0xFF]) + b"ontent"
    server.damageObject("bucket", b"a", keepChecksums=False)
    assert server.objects("bucket")[b"a"].checksums == {}
    server.putObject("bucket", b"empty", b"")
    with pytest.raises(ValueError, match="empty"):
        server.damageObject("bucket", b"empty")


def test_objects_are_planted_with_the_date_and_etag_wanted(server: S3Server, client: Client) -> None:
    moment = datetime.now(UTC).replace(microsecond=0) - timedelta(days=400)
    server.putObject("bucket", b"a", b"x", lastModified=moment, etag="00-2")
    stored = server.objects("bucket")[b"a"]
    assert (stored.lastModified, stored.etag) == (moment, "00-2")
    assert client.ask("HEAD", "/bucket/a").headers["etag"] == '"00-2"'
    with pytest.raises(ValueError, match="time zone"):
        server.putObject("bucket", b"a", b"x", lastModified=datetime(2026, 1, 1))
    with pytest.raises(S3Error, match="KeyTooLong"):
        server.putObject("bucket", b"k" * 1025, b"x")


@pytest.mark.parametrize(
    ("headers", "asked"),
    [
        ({"x-amz-storage-class": "GLACIER"}, "<Days>2</Days>"),
        ({"x-amz-archive-status": "ARCHIVE_ACCESS"}, "<GlacierJobParameters><Tier>Bulk</Tier></GlacierJobParameters>"),
    ],
    ids=["class", "tier"],
)
def test_an_archived_object_is_read_only_once_it_is_brought_back(
    server: S3Server, client: Client, headers: dict[str, str], asked: str
) -> None:
    server.putObject("bucket", b"a", b"cold", headers=headers)
    assert (client.ask("GET", "/bucket/a").status, client.ask("GET", "/bucket/a").text("Code")) == (
        403,
        "InvalidObjectState",
    )
    assert client.ask("HEAD", "/bucket/a").headers["content-length"] == "4"
    body = f"<RestoreRequest>{asked}</RestoreRequest>".encode()
    assert client.ask("POST", "/bucket/a?restore", body).status == 202
    assert client.ask("GET", "/bucket/a").body == b"cold"
    server.putObject("bucket", b"b", b"warm")
    assert client.ask("POST", "/bucket/b?restore", body).status == 403


def test_a_retrieval_from_an_archive_is_held_ends_and_expires(server: S3Server, client: Client) -> None:
    server.putObject("bucket", b"a", b"cold", headers={"x-amz-storage-class": "GLACIER"})
    server.holdsRetrievals = True
    body = b"<RestoreRequest><Days>2</Days></RestoreRequest>"
    assert [client.ask("POST", "/bucket/a?restore", body).status for _ in range(2)] == [202, 409]
    assert client.ask("HEAD", "/bucket/a").headers["x-amz-restore"] == 'ongoing-request="true"'
    assert client.ask("GET", "/bucket/a").status == 403
    server.finishRetrievals("bucket")
    ends = client.ask("HEAD", "/bucket/a").headers["x-amz-restore"].partition(' expiry-date="')[2].rstrip('"')
    left = parsedate_to_datetime(ends) - datetime.now(UTC)
    assert timedelta(days=2) < left < timedelta(days=3, minutes=1)
    assert client.ask("GET", "/bucket/a").status == 200
    assert client.ask("POST", "/bucket/a?restore", body).status == 200
    server.expireRetrievals("bucket")
    assert client.ask("GET", "/bucket/a").status == 403


@pytest.mark.parametrize(
    ("headers", "asked"),
    [
        ({"x-amz-storage-class": "GLACIER"}, ""),
        ({"x-amz-storage-class": "GLACIER"}, "<Days>0</Days>"),
        ({"x-amz-storage-class": "GLACIER"}, "<Days>1</Days><Tier>Quick</Tier>"),
        ({"x-amz-storage-class": "DEEP_ARCHIVE"}, "<Days>1</Days><Tier>Expedited</Tier>"),
        ({"x-amz-archive-status": "ARCHIVE_ACCESS"}, "<Days>1</Days>"),
        ({"x-amz-archive-status": "DEEP_ARCHIVE_ACCESS"}, "<Tier>Expedited</Tier>"),
    ],
)
def test_a_retrieval_is_asked_for_as_amazon_wants_it(
    server: S3Server, client: Client, headers: dict[str, str], asked: str
) -> None:
    server.putObject("bucket", b"a", b"cold", headers=headers)
    body = f"<RestoreRequest>{asked}</RestoreRequest>".encode()
    assert client.ask("POST", "/bucket/a?restore", body).status == 400


def test_a_directory_keeps_everything_for_the_next_server(tmp_path: Path) -> None:
    with S3Server(("bucket", "other"), tmp_path / "new") as server:
        for key in AWKWARD_KEYS:
            server.putObject("bucket", key, b"line\n" + key)
        server.deleteObject("bucket", b"plain")
        server.damageObject("bucket", b"plus+plus")
        server.setVersioning("bucket", Versioning.ENABLED)
        server.putObject("bucket", b"with space", b"new")
        server.deleteObject("bucket", b"new\nline")
        with contextlib.closing(Client(server)) as client:
            client.ask("PUT", "/bucket/h", b"", Content_Type="text/x", x_amz_checksum_crc32="AAAAAA==")
            client.ask("DELETE", "/other")
        before = server.versions("bucket")
    with S3Server((), tmp_path / "new") as server:
        assert server.versions("bucket") == before
        with contextlib.closing(Client(server)) as client:
            assert client.ask("GET", "/").texts("Buckets/Bucket/Name") == ["bucket"]
            assert client.ask("GET", "/bucket?versioning").text("Status") == "Enabled"
        server.putObject("bucket", b"with space", b"newest")
        assert [v.body for v in server.versions("bucket")[b"with space"][:2]] == [b"newest", b"new"]
    assert not list(tmp_path.rglob("*.temporary"))


def test_it_ends_though_a_client_hangs() -> None:
    server = S3Server()
    server.addFault(Fault("PutObject", Hang()))
    with contextlib.closing(connectionTo(f"127.0.0.1:{server.port}")) as hanging:
        hanging.request("PUT", "/bucket/a", b"x", {"Authorization": "x"})
        while not server.requests:
            time.sleep(0.001)
        server.stop()
        # RemoteDisconnected is one of these.
        with pytest.raises(ConnectionResetError):
            hanging.getresponse()
    assert server.objects("bucket") == {}
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", server.port), 10)


def test_it_can_be_run_as_a_program(tmp_path: Path) -> None:
    # A shell's `&` has its commands ignore an interrupt, and these their children.
    command = ["env", "--default-signal", sys.executable, "-m", "testcase.s3"]
    command += ["--directory", str(tmp_path), "--bucket", "demo"]
    root = Path(__file__).parent.parent
    process = subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        address = process.stdout.readline().strip().removeprefix("http://")
        with contextlib.closing(connectionTo(address)) as connection:
            connection.request("PUT", "/demo/key", b"kept", {"Authorization": "x"})
            with connection.getresponse() as response:
                assert response.status == 200
    finally:
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=240)
    assert (process.returncode, errors) == (0, "")
    with S3Server((), tmp_path) as server:
        assert server.objects("demo")[b"key"].body == b"kept"


# The real aws


def runAws(server: S3Server, *arguments: str | Path) -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, **server.environment(), "LC_ALL": "C.UTF-8"}
    # Debian 12's aws does not know AWS_ENDPOINT_URL.
    command = [AWS or "aws", "--endpoint-url", server.endpointUrl, *arguments]
    return subprocess.run(command, env=environment, capture_output=True, check=False)


@needsAws
def test_aws_mirrors_awkward_names_and_a_file_in_parts(server: S3Server, tmp_path: Path) -> None:
    names = [key for key in AWKWARD_KEYS if b"/" not in key and len(key) < 255]
    for name in names:
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name)).write_bytes(name)
    (tmp_path / "zlarge").write_bytes(os.urandom(1 << 20) * 9)
    server.putObject("bucket", b"p/zextra", b"x")
    server.putObject("bucket", b"p/sub/extra +%\xc3\xa9", b"x")
    server.putObject("bucket", b"pother", b"x")
    server.pageSize = 3
    done = runAws(server, "s3", "sync", "--delete", "--only-show-errors", tmp_path, "s3://bucket/p/")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    stored = {key: value.body for key, value in server.objects("bucket").items()}
    large = stored.pop(b"p/zlarge")
    assert large == (tmp_path / "zlarge").read_bytes()
    assert server.objects("bucket")[b"p/zlarge"].etag.endswith("-2")
    assert stored == {b"pother": b"x"} | {b"p/" + name: name for name in names}


@needsAws
def test_aws_lists_pages_and_reads_an_old_version(server: S3Server, tmp_path: Path) -> None:
    server.setVersioning("bucket", Versioning.ENABLED)
    first = server.putObject("bucket", b"a", b"first")
    server.putObject("bucket", b"a", b"second")
    server.deleteObject("bucket", b"a")
    server.pageSize = 1
    query = "[Versions[].[Key,Size],DeleteMarkers[].[Key,IsLatest]]"
    listed = runAws(server, "s3api", "list-object-versions", "--bucket", "bucket", "--query", query, "--output", "json")
    assert (listed.returncode, b"".join(listed.stdout.split())) == (0, b'[[["a",6],["a",5]],[["a",true]]]')
    target = tmp_path / "old"
    runAws(server, "s3api", "get-object", "--bucket", "bucket", "--key", "a", "--version-id", first.versionId, target)
    assert target.read_bytes() == b"first"
