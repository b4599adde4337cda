"""The object that holds the records: lines of JSON in gzip, with a header, and a last line that tells a cut file.

The bytes depend on what is recorded and on nothing else, so attributes that have not changed give the same object.
"""

from __future__ import annotations

import hashlib
import json
import struct
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from CedarBackup3.amazons3.attributes.records import (
    AttributeRecord,
    WrongRecord,
    parseObject,
    parseRecord,
    recordLine,
    timeOf,
    timeText,
)
from CedarBackup3.errors import CedarBackupError
from CedarBackup3.util import displayText

FORMAT = "cback-attributes"
SCHEMA = 1
"""The newest schema of the format that this release reads; it rises when older releases would misread the format."""

LONGEST_LINE = 1 << 20
"""In bytes, with its end: `MOST_XATTR_BYTES` in Base64, the longest paths, and room."""
MOST_EXPANSION = 250
"""The most bytes that a byte of the object may stand for, on the whole: ten times what attributes usually come to."""
MOST_BYTES = 64 << 30
"""Of the lines together: 250 million paths."""

MOST_PACKED = 4 << 30
"""Of the object: what is larger is not worth fetching."""
MOST_WRONG = 1000
"""Lines that are no records, before the rest is refused."""

_SURELY_FITS = LONGEST_LINE // 4  # characters, which have at most four bytes each
_PIECE = 1 << 20  # bytes that are packed at a time
_READ = 1 << 16
_SLACK = 4 * _PIECE  # the bounds are kept by each piece that is packed, so in the middle of one they are not
_LEVEL = 1  # higher levels take several times as long and save a fifth
_GZIP_HEADER = b"\x1f\x8b\x08\0\0\0\0\0\0\xff"  # RFC 1952: deflate, no time, no name, no system
_LAST_BLOCK = zlib.compressobj(wbits=-15).flush()


class AttributesUnreadable(CedarBackupError):
    """An object does not hold attributes, or not all of them, or not in a way that this release can read."""


class Writable(Protocol):
    """What can be written to."""

    def write(self, data: bytes, /) -> object: ...


class Readable(Protocol):
    """What can be read from."""

    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Header:
    """What the first line says."""

    tool: str
    """Name and version of what has written it."""
    source: str
    """The directory, for people to read."""
    host: str
    """The name of the machine."""
    timeNs: int
    """The newest change that is recorded, so that it is the same as long as nothing has changed."""
    hasDigests: bool = False
    """Whether records may have digests of contents."""


@dataclass(frozen=True, slots=True)
class StoredAttributes:
    """What an object holds."""

    header: Header
    records: Iterator[AttributeRecord]
    """To be read once. Whether they are whole is known at the end, where `AttributesUnreadable` is raised if not."""


def writeAttributes(
    file: Writable,
    header: Header,
    records: Iterable[AttributeRecord],
    onOmitted: Callable[[AttributeRecord], object] = lambda record: None,
) -> int:
    """Write the object to a file; returns how many records it has.

    Args:
        file: is written to in large pieces
        header: the first line
        records: in byte order of their `orderKey`
        onOmitted: called with each record whose line would be longer than `LONGEST_LINE`
    """
    packer = _Packer(file)
    packer.add(_headerLine(header))
    count = 0
    for record in records:
        line = recordLine(record)
        if len(line) > _SURELY_FITS and len(line.encode()) > LONGEST_LINE:
            onOmitted(record)
            continue
        packer.add(line)
        count += 1
    packer.finish(count)
    return count


class _Packer:
    """Packs lines in pieces, each of which can be unpacked without those before it.

    So each can be stored as it is where packing it would give what looks like a trap.
    """

    def __init__(self, file: Writable) -> None:
        self._file = file
        self._file.write(_GZIP_HEADER)
        self._lines: list[str] = []
        self._length = 0
        self._crc = self._size = 0
        self._digest = hashlib.sha256()

    def add(self, line: str) -> None:
        self._lines.append(line)
        self._length += len(line)
        if self._length >= _PIECE:
            self._pack()

    def finish(self, count: int) -> None:
        self._pack()
        self._lines.append(f'{{"end":true,"records":{count},"sha256":"{self._digest.hexdigest()}"}}\n')
        self._pack()
        self._file.write(_LAST_BLOCK + struct.pack("<LL", self._crc, self._size & 0xFFFFFFFF))

    def _pack(self) -> None:
        piece = "".join(self._lines).encode()
        self._lines.clear()
        self._length = 0
        self._digest.update(piece)
        self._crc, self._size = zlib.crc32(piece, self._crc), self._size + len(piece)
        packed = _packed(piece, _LEVEL)
        self._file.write(packed if len(piece) <= len(packed) * MOST_EXPANSION else _packed(piece, 0))


def _packed(piece: bytes, level: int) -> bytes:
    packer = zlib.compressobj(level, wbits=-15)
    return packer.compress(piece) + packer.flush(zlib.Z_FULL_FLUSH)


def _headerLine(header: Header) -> str:
    fields = {
        "format": FORMAT,
        "schema": SCHEMA,
        "tool": header.tool,
        "source": header.source,
        "host": header.host,
        "time": timeText(header.timeNs),
    } | ({"digests": True} if header.hasDigests else {})
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":")) + "\n"


def readAttributes(file: Readable, onWrong: Callable[[str], object] = lambda why: None) -> StoredAttributes:
    """What an object holds, whoever has written it: memory and the work for each byte of it are bounded.

    Args:
        file: the object, as it is stored; has to stay open as long as records are read
        onWrong: called with a sentence for each line that is passed over, since it is no record

    Raises:
        AttributesUnreadable: it holds no attributes, or is of a later schema; the stream of records raises it, too
    """
    lines = _Lines(file)
    first = next(iter(lines), None)
    if first is None:
        raise AttributesUnreadable("The attributes cannot be read: the object is empty")
    return StoredAttributes(_header(first), _records(lines, onWrong))


def _header(line: bytes) -> Header:
    try:
        fields = parseObject(line)
    except WrongRecord:
        fields = {}
    if fields.get("format") != FORMAT:
        raise AttributesUnreadable("The attributes cannot be read: the object does not begin with their header")
    schema = fields.get("schema")
    if type(schema) is not int or schema < 1:
        raise AttributesUnreadable("The attributes cannot be read: their header has no schema")
    if schema > SCHEMA:
        raise AttributesUnreadable(
            f"The attributes cannot be read: they have schema {schema % 1_000_000}, and this release reads up to "
            f"{SCHEMA}; use the release that wrote them, {_text(fields, 'tool') or 'or a later one'}"
        )
    try:
        timeNs = timeOf(_text(fields, "time"))
    except WrongRecord:
        timeNs = 0
    hasDigests = fields.get("digests") is True
    return Header(_text(fields, "tool"), _text(fields, "source"), _text(fields, "host"), timeNs, hasDigests)


def _text(fields: dict[str, object], name: str) -> str:
    value = fields.get(name)
    return displayText(value[:4096]) if isinstance(value, str) else ""


def _records(lines: _Lines, onWrong: Callable[[str], object]) -> Iterator[AttributeRecord]:
    number = wrongs = 0
    for line in lines:
        if line.startswith(_END):
            _requireEnd(lines, line, number)
            return
        number += 1
        try:
            yield parseRecord(line)
        except WrongRecord as wrong:
            wrongs += 1
            if wrongs > MOST_WRONG:
                raise AttributesUnreadable(
                    f"The attributes are damaged: more than {MOST_WRONG:,} of their first {number:,} records are none"
                ) from None
            onWrong(f"Record {number:,} of the attributes is passed over: it {wrong}")
    raise AttributesUnreadable(f"The attributes are cut off after {number:,} records: their last line is missing")


_END = b'{"end":'


def _requireEnd(lines: _Lines, line: bytes, number: int) -> None:
    expected = f'{{"end":true,"records":{number},"sha256":"{lines.digest}"}}\n'.encode()
    if line != expected:
        raise AttributesUnreadable(
            f"The attributes are damaged: their last line does not agree with the {number:,} records before it"
        )
    if next(iter(lines), None) is not None:
        raise AttributesUnreadable("The attributes are damaged: more lines follow their last line")


class _Lines:
    """The lines of a packed file, with their ends, one after the other."""

    def __init__(self, file: Readable) -> None:
        self._pieces = _unpacked(file)
        self._digest = hashlib.sha256()
        self._lines = self._all()

    @property
    def digest(self) -> str:
        """Of all bytes before the line that was given last."""
        return self._digest.hexdigest()

    def __iter__(self) -> Iterator[bytes]:
        return self._lines

    def _all(self) -> Iterator[bytes]:
        rest: list[bytes] = []
        length = 0
        for piece in self._pieces:
            for part in _parts(piece):
                rest.append(part)
                length += len(part)
                if length > LONGEST_LINE:
                    raise AttributesUnreadable(
                        f"The attributes are damaged: a line is longer than {LONGEST_LINE:,} bytes"
                    )
                if part.endswith(b"\n"):
                    line = b"".join(rest)
                    yield line
                    self._digest.update(line)
                    rest.clear()
                    length = 0
        if rest:
            raise AttributesUnreadable("The attributes are cut off in the middle of a line")


def _parts(piece: bytes) -> Iterator[bytes]:
    """The lines of a piece, which end at line feeds and nowhere else, with their ends."""
    *lines, last = piece.split(b"\n")
    yield from (line + b"\n" for line in lines)
    if last:
        yield last


def _unpacked(file: Readable) -> Iterator[bytes]:
    """What a gzip file of one member holds, piece by piece."""
    unpacker = zlib.decompressobj(wbits=31)
    taken = given = 0
    packed = b""
    while not unpacker.eof:
        if not packed and not (packed := file.read(_READ)):
            raise AttributesUnreadable("The attributes are cut off: the object ends too early")
        taken += len(packed)
        piece = b" "
        while piece and not unpacker.eof:
            try:
                piece = unpacker.decompress(packed, _READ)
            except zlib.error:
                raise AttributesUnreadable("The attributes are damaged: the object is not sound gzip") from None
            packed = unpacker.unconsumed_tail
            given += len(piece)
            if given > MOST_BYTES or given > (taken - len(packed)) * MOST_EXPANSION + _SLACK:
                raise AttributesUnreadable(
                    f"The attributes are refused: the object expands to more than {given:,} bytes, beyond what "
                    "attributes come to"
                )
            if piece:
                yield piece
    if unpacker.unused_data or file.read(1):
        raise AttributesUnreadable("The attributes are damaged: something follows their end")
