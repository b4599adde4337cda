"""Bodies that come in chunks: HTTP's own and those of aws-chunked."""

from __future__ import annotations

from dataclasses import dataclass, field
from io import BufferedIOBase

from testcase.s3.errors import S3Error


@dataclass(frozen=True, slots=True)
class DecodedBody:
    """The content, and the headers that followed it (names in lower case)."""

    content: bytes
    trailers: dict[str, str] = field(default_factory=dict)


def readHttpChunks(stream: BufferedIOBase) -> bytes:
    """Read a body with `Transfer-Encoding: chunked` to its end; its trailers are dropped."""
    pieces: list[bytes] = []
    while size := _chunkSize(stream.readline(1024)):
        pieces.append(stream.read(size))
        if len(pieces[-1]) < size:
            raise S3Error("IncompleteBody")
        stream.readline(3)
    while stream.readline(65536).strip():
        pass
    return b"".join(pieces)


def decodeAwsChunked(body: bytes) -> DecodedBody:
    """Take the frame off a body sent with `Content-Encoding: aws-chunked`, signed or not."""
    pieces: list[bytes] = []
    position = 0
    while True:
        end = body.find(b"\r\n", position)
        if end < 0:
            raise S3Error("IncompleteBody")
        size = _chunkSize(body[position:end])
        position = end + 2
        if size == 0:
            return DecodedBody(b"".join(pieces), _trailers(body[position:]))
        pieces.append(body[position : position + size])
        position += size
        if body[position : position + 2] != b"\r\n":
            raise S3Error("IncompleteBody")
        position += 2


def _chunkSize(line: bytes) -> int:
    # HEX, or HEX;chunk-signature=...
    try:
        return int(line.partition(b";")[0].strip(), 16)
    except ValueError:
        raise S3Error("IncompleteBody") from None


def _trailers(text: bytes) -> dict[str, str]:
    trailers = {}
    for line in text.decode("iso-8859-1").splitlines():
        name, colon, value = line.partition(":")
        if colon:
            trailers[name.strip().lower()] = value.strip()
    return trailers
