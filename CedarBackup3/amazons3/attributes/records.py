"""What is recorded of a path, and as which line of JSON. What a line from a bucket says is believed by nobody.

`docs/attributes.schema.json` has the format for others.
"""

from __future__ import annotations

import base64
import json
import re
import stat
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from json.encoder import encode_basestring
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar

MOST_XATTR_BYTES = 512 << 10
"""Of all names and values of the extended attributes of a path: more are not recorded. The kernel allows 64 KiB for the
names and as much for each value (xattr(7), limits.h), but file systems for ACLs and labels have less than that for all.
"""

TYPES = MappingProxyType(
    {
        "file": stat.S_IFREG,
        "directory": stat.S_IFDIR,
        "link": stat.S_IFLNK,
        "socket": stat.S_IFSOCK,
        "fifo": stat.S_IFIFO,
        "characterDevice": stat.S_IFCHR,
        "blockDevice": stat.S_IFBLK,
    }
)
"""The types of paths, by the names that the records have for them."""

_TYPE_NAMES = {bits: name for name, bits in TYPES.items()}
_NANO = 1_000_000_000
_SECONDS = re.compile(r"(-?)([0-9]{1,19})\.([0-9]{9})")
_HEX = re.compile(r"[0-9a-f]{32}")
_OCTAL = re.compile(r"[0-7]{4}")
_MOST_SECONDS = 1 << 63
_MOST_IDS = (1 << 32) - 1  # which itself means to chown(2) that nothing is to change
_LONGEST_TARGET = 4095  # bytes: PATH_MAX, limits.h
_LONGEST_NAME = 1024  # bytes; of a user or a group, whom useradd(8) gives 32 and a directory of a company a few more
_LONGEST_NAMES = 1 << 16  # XATTR_LIST_MAX, limits.h

Value = TypeVar("Value")


class WrongRecord(ValueError):
    """A line is no record; the message says why, in words that continue `the record`."""


class AttributeRecord(NamedTuple):
    """What is recorded of a path. Of a link that was followed, mode, owner and times are those of what it led to."""

    key: bytes
    """Of its object, in UTF-8, if it had one. The records of an object are in byte order of `orderKey`."""
    path: bytes
    """Below the source, as the disk has it, without a slash at the end; empty: the source itself."""
    mode: int
    """With the type, as stat(2) has it."""
    uid: int
    gid: int
    user: str
    """Empty: the name is not known."""
    group: str
    """The same."""
    mtimeNs: int
    ctimeNs: int
    size: int | None = None
    """Of a file, or of that to which a followed link led, in bytes; None: it is neither."""
    target: bytes = b""
    """Of a link: its text."""
    isStored: bool = False
    """Whether it is a link that was followed, so that what it led to is stored under its name."""
    hardLink: bytes | None = None
    """The path of the first name of the same file; None: this is the first, or the only one."""
    xattrs: tuple[tuple[bytes, bytes], ...] = ()
    """Names and values, by name; the ACLs are among them (acl(5), `system.posix_acl_access`)."""
    md5: str = ""
    """Of the content, in hexadecimal; empty: not known."""

    @property
    def type(self) -> str:
        """One of `TYPES`; a followed link is one, too."""
        return "link" if self.target else _TYPE_NAMES.get(stat.S_IFMT(self.mode), "file")

    @property
    def permissions(self) -> int:
        """The mode without the type, with setuid, setgid and sticky bit."""
        return stat.S_IMODE(self.mode)

    @property
    def orderKey(self) -> bytes:
        """The key, with a slash behind that of a directory and of a link that was followed to one."""
        isDirectory = stat.S_ISDIR(self.mode) and self.path
        return self.key + b"/" if isDirectory else self.key


def recordLine(record: AttributeRecord) -> str:
    """The line of a record, with its end; the same record has always the same line.

    It is put together from texts, which takes a third of the time that a general encoder does.
    """
    key, path, mode, uid, gid, user, group, mtime, ctime, size, target, isStored, hardLink, xattrs, md5 = record
    line = (
        f"{{{_bytesText('path', path)},{_ownerText('link' if target else '', mode, uid, gid, user, group)}"
        f'"mtime":"{timeText(mtime)}","ctime":"{timeText(ctime)}"'
    )
    if size is not None:
        line = f'{line},"size":{size}'
    if target:
        line = f"{line},{_bytesText('target', target)}{_STORED if isStored else ''}"
    if hardLink is not None:
        line = f"{line},{_bytesText('hardLink', hardLink)}"
    if xattrs:
        line = f"{line},{_xattrsText(xattrs)}"
    if md5:
        line = f'{line},"md5":"{md5}"'
    if key != path:
        line = f"{line},{_bytesText('key', key)}"
    return line + "}\n"


_STORED = ',"stored":true'


@lru_cache(1024)
def _ownerText(kind: str, mode: int, uid: int, gid: int, user: str, group: str) -> str:
    names = (f'"user":{encode_basestring(user)},' if user else "") + (
        f'"group":{encode_basestring(group)},' if group else ""
    )
    kind = kind or _TYPE_NAMES.get(stat.S_IFMT(mode), "file")
    return f'"type":"{kind}","mode":"{mode & 0o7777:04o}","uid":{uid},"gid":{gid},{names}'


def timeText(ns: int) -> str:
    """Nanoseconds since 1970 as text: seconds with nine decimals, since many programs round numbers of JSON."""
    digits = f"{ns:010d}" if ns >= 0 else f"-{-ns:010d}"
    return f"{digits[:-9]}.{digits[-9:]}"


def timeOfFile(ns: int) -> str:
    """Nanoseconds since 1970 for people: date and time in UTC with all nine decimals."""
    seconds, rest = divmod(ns, _NANO)
    try:
        return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{rest:09d}Z"
    except (OverflowError, ValueError, OSError):
        return f"{seconds}.{rest:09d}"


def timeOf(text: str) -> int:
    """The reverse of `timeText`; raises `WrongRecord`."""
    match = _SECONDS.fullmatch(text)
    if not match or int(match[2]) > _MOST_SECONDS:
        raise WrongRecord(f"has a time that is none, {_shown(text)}")
    ns = int(match[2]) * _NANO + int(match[3])
    return -ns if match[1] else ns


def _bytesText(name: str, value: bytes) -> str:
    try:
        return f'"{name}":{encode_basestring(value.decode())}'
    except UnicodeDecodeError:
        return f'"{name}Bytes":"{_base64(value)}"'


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode("ascii")


def _xattrsText(xattrs: tuple[tuple[bytes, bytes], ...]) -> str:
    named: dict[str, dict[str, str]] = {}
    for name, value in xattrs:
        try:
            named.setdefault("xattrs", {})[name.decode()] = _base64(value)
        except UnicodeDecodeError:
            named.setdefault("xattrsBytes", {})[_base64(name)] = _base64(value)
    return json.dumps(named, ensure_ascii=False, separators=(",", ":"))[1:-1]


def parseRecord(line: bytes) -> AttributeRecord:
    """The record that a line holds, whoever has written it; keys that are not known are passed over.

    Its paths lead nowhere else: they have neither empty parts nor `.`, `..` or NUL bytes.

    Raises:
        WrongRecord: it holds none
    """
    fields = parseObject(line)
    mode = _wanted(fields, "mode", str)
    if not _OCTAL.fullmatch(mode):
        raise WrongRecord(f"has a mode that is none, {_shown(mode)}")
    kind = _wanted(fields, "type", str)
    if kind not in TYPES:
        raise WrongRecord(f"has a type that is not known, {_shown(kind)}")
    path = _pathIn(fields, "path")
    if path is None:
        raise WrongRecord("has no path")
    key = _pathIn(fields, "key")
    if key is not None and bool(key) != bool(path):
        raise WrongRecord("has a key that is not that of its path")
    size = _optional(fields, "size", int)
    isStored = kind == "link" and bool(_optional(fields, "stored", bool))
    target = _targetIn(fields) if kind == "link" else b""
    bits = TYPES[kind] if not isStored else stat.S_IFDIR if size is None else stat.S_IFREG
    return AttributeRecord(
        path if key is None else key,
        path,
        bits | int(mode, 8),
        _limited("uid", _wanted(fields, "uid", int), _MOST_IDS),
        _limited("gid", _wanted(fields, "gid", int), _MOST_IDS),
        _nameIn(fields, "user"),
        _nameIn(fields, "group"),
        timeOf(_wanted(fields, "mtime", str)),
        timeOf(_wanted(fields, "ctime", str)),
        None if size is None else _limited("size", size, _MOST_SECONDS),
        target,
        isStored,
        _pathIn(fields, "hardLink") if kind == "file" else None,
        _xattrsIn(fields),
        _md5In(fields),
    )


def parseObject(line: bytes) -> dict[str, Any]:
    """The object of JSON that a line holds; raises `WrongRecord`."""
    try:
        fields = json.loads(line)
    except (ValueError, RecursionError):
        raise WrongRecord("is no JSON") from None
    if not isinstance(fields, dict):
        raise WrongRecord("is no object of JSON")
    return fields


def _wanted(fields: dict[str, Any], name: str, kind: Callable[..., Value]) -> Value:
    value = _optional(fields, name, kind)
    if value is None:
        raise WrongRecord(f"has no {name}")
    return value


def _optional(fields: dict[str, Any], name: str, kind: Callable[..., Value]) -> Value | None:
    value: Value | None = fields.get(name)
    if value is not None and type(value) is not kind:  # not isinstance: to Python True is a number
        raise WrongRecord(f"has a {name} of the wrong type")
    return value


def _limited(name: str, number: int, end: int) -> int:
    if not 0 <= number < end:
        raise WrongRecord(f"has a {name} that is none")
    return number


def _bytesIn(fields: dict[str, Any], name: str) -> bytes | None:
    text = _optional(fields, name, str)
    if text is not None:
        return _utf8(name, text)
    packed = _optional(fields, f"{name}Bytes", str)
    return None if packed is None else _unpacked(name, packed)


def _utf8(name: str, text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise WrongRecord(f"has a {name} that is no text") from None


def _unpacked(name: str, packed: object) -> bytes:
    try:
        if isinstance(packed, str):
            return base64.b64decode(packed, validate=True)
        raise ValueError
    except ValueError:
        raise WrongRecord(f"has a {name} that is no Base64") from None


def _pathIn(fields: dict[str, Any], name: str) -> bytes | None:
    path = _bytesIn(fields, name)
    if path and (b"\0" in path or not {b"", b".", b".."}.isdisjoint(path.split(b"/"))):
        raise WrongRecord(f"has a {name} that leads elsewhere")
    return path


def _targetIn(fields: dict[str, Any]) -> bytes:
    target = _bytesIn(fields, "target")
    if not target or b"\0" in target or len(target) > _LONGEST_TARGET:
        raise WrongRecord("is of a link and has no target that a link can have")
    return target


def _nameIn(fields: dict[str, Any], name: str) -> str:
    text = _optional(fields, name, str) or ""
    if len(_utf8(name, text)) > _LONGEST_NAME:
        raise WrongRecord(f"has a {name} that is none")
    return text


def _xattrsIn(fields: dict[str, Any]) -> tuple[tuple[bytes, bytes], ...]:
    named: dict[str, object] = _optional(fields, "xattrs", dict) or {}
    packed: dict[str, object] = _optional(fields, "xattrsBytes", dict) or {}
    found = [
        *((_utf8("xattrs", name), _unpacked("xattrs", value)) for name, value in named.items()),
        *((_unpacked("xattrsBytes", name), _unpacked("xattrsBytes", value)) for name, value in packed.items()),
    ]
    names = sum(len(name) + 1 for name, _ in found)
    if names > _LONGEST_NAMES or names + sum(len(value) for _, value in found) > MOST_XATTR_BYTES + len(found):
        raise WrongRecord("has more extended attributes than a path can have")
    if any(not name or b"\0" in name for name, _ in found):
        raise WrongRecord("has an extended attribute with a name that is none")
    return tuple(sorted(found))


def _md5In(fields: dict[str, Any]) -> str:
    digest = _optional(fields, "md5", str) or ""
    if digest and not _HEX.fullmatch(digest):
        raise WrongRecord("has an md5 that is none")
    return digest


def _shown(text: str) -> str:
    return repr(text[:40]).encode("ascii", "backslashreplace").decode("ascii")
