"""A request and its answer, without the HTTP around them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote_to_bytes

from testcase.s3.errors import S3Error
from testcase.s3.faults import Effect


@dataclass(frozen=True, slots=True)
class Request:
    """What a client asked. Names of headers are lower case; the body is decoded."""

    method: str
    path: str
    bucket: str
    key: bytes
    query: Mapping[str, bytes]
    headers: Mapping[str, str]
    body: bytes = b""
    effect: Effect | None = None

    def text(self, name: str) -> str | None:
        """A parameter of the query that cannot be anything but text, None if it is absent."""
        value = self.query.get(name)
        return None if value is None else value.decode("utf-8", "replace")

    def number(self, name: str, default: int) -> int:
        """A parameter that must be a number from 0 on."""
        value = self.text(name)
        if not value:
            return default
        if not value.isdecimal():
            raise S3Error("InvalidArgument", f"Provided {name} not an integer or within integer range")
        return int(value)


@dataclass(frozen=True, slots=True)
class Response:
    """What the server answers. A body without a Content-Type header is XML."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class RequestRecord:
    """A request as the server's log keeps it. `operation` is S3's name, "" if not understood; names of headers are
    lower case.
    """

    method: str
    operation: str
    bucket: str
    key: bytes
    query: Mapping[str, str]
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    """Of a POST."""


def splitTarget(target: str) -> tuple[str, str, bytes, dict[str, bytes]]:
    """Path, bucket, key and query of a request line's target.

    Of a proxy the target is a whole address; if its host has three names or more, the first is the bucket.
    """
    if target.startswith("http://"):
        host, _, rest = target.removeprefix("http://").partition("/")
        bucket = host.partition(".")[0] if host.count(".") > 1 else ""
        return splitTarget(f"/{bucket}/{rest}" if bucket else f"/{rest}")
    path, _, queryText = target.partition("?")
    bucket, _, key = path.removeprefix("/").partition("/")
    return path, bucket, _unquoted(key), _parsedQuery(queryText)


def _parsedQuery(text: str) -> dict[str, bytes]:
    query = {}
    for pair in text.split("&"):
        name, _, value = pair.partition("=")
        if name:
            query[_unquoted(name).decode("utf-8", "replace")] = _unquoted(value.replace("+", " "))
    return query


def _unquoted(text: str) -> bytes:
    # The request line was read as ISO-8859-1, so that this gives back its very bytes.
    return unquote_to_bytes(text.encode("iso-8859-1"))
