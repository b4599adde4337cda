"""What the ETag of an object tells about its content, and which part sizes it may come from.

After one PUT it is the MD5 of the content; after a multipart upload it is the MD5 of the MD5s of the parts, with the
number of parts behind a dash (S3 API reference, "Object"; S3 User Guide, "Checking object integrity"). How large the
parts were it does not say. Of an object encrypted by KMS or with a customer's key it says nothing, nor that it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_MIB = 1 << 20
_MOST_PARTS = 10_000  # S3 User Guide, "Amazon S3 multipart upload limits"; so are the two sizes
_LEAST_PART = 5 * _MIB
_LARGEST_PART = 5 << 30
_AWS_PART = 8 * _MIB  # the AWS CLI's own ("AWS CLI S3 Configuration", multipart_chunksize)
# What other programs are known to take, in MiB.
_OTHERS = (16, 5, 15, 10, 25, 50, 64, 100, 128, 32, 20, 256, 512, 1024, 2048, 5120)


class Etag(NamedTuple):
    """An ETag that may be a digest."""

    digest: bytes
    parts: int
    """How many a multipart upload had; 0: it was one PUT."""


_ETAG = re.compile(r'"?([0-9a-fA-F]{32})(?:-([1-9][0-9]{0,4}))?"?')


def parseEtag(text: str) -> Etag | None:
    """What an ETag says; None if it is of another form, which some servers use."""
    match = _ETAG.fullmatch(text)
    return Etag(bytes.fromhex(match[1]), int(match[2] or 0)) if match else None


def isSameEtag(one: str, other: str) -> bool:
    """Whether two ETags are the same, however each is spelled: not every server quotes it in every answer."""
    return one.strip('"').lower() == other.strip('"').lower()


def isDigestUnder(encryption: object, customerAlgorithm: object) -> bool:
    """Whether the ETag of an object is a digest of its content, going by what S3 says that it is encrypted with.

    Args:
        encryption: by the server; nothing at all or `AES256` leave the ETag what it is
        customerAlgorithm: with a key of the customer's own, if it is
    """
    return (encryption or "AES256") == "AES256" and not customerAlgorithm


def ownPartSize(size: int, configured: int = 0) -> int:
    """The part size by which this user's aws uploads a file of that size, if it does so in parts.

    Args:
        size: of the file, in bytes
        configured: the user's `multipart_chunksize` in bytes; 0: none
    """
    return _grown(min(max(configured or _AWS_PART, _LEAST_PART), _LARGEST_PART), size)


def usualPartSizes(size: int, parts: int, configured: int = 0) -> list[int]:
    """The part sizes by which this user's aws would make so many parts of a file of that size.

    Args:
        size: of the file, in bytes
        parts: how many there are
        configured: the user's `multipart_chunksize` in bytes; 0: none
    """
    own = (ownPartSize(size, configured), ownPartSize(size))
    return [part for part in dict.fromkeys(own) if _fits(part, size, parts)]


def partSizes(size: int, parts: int, configured: int = 0) -> list[int]:
    """Every part size that is worth trying, the likeliest first; the arguments are those of `usualPartSizes`."""
    if parts == 1:
        return [max(size, 1)]
    sizes = [*usualPartSizes(size, parts, configured), *_otherPartSizes(size, parts)]
    return [part for part in dict.fromkeys(sizes) if _fits(part, size, parts)]


def possibleParts(size: int, etag: Etag, configured: int = 0) -> list[list[int]]:
    """Which part sizes to try, a reading of the file after the other; 0 is the undivided file.

    The likeliest size comes by itself: few files need another, and each costs as much as the first.
    """
    sizes = partSizes(size, etag.parts, configured) if etag.parts else [0]
    return [tried for tried in (sizes[:1], sizes[1:]) if tried]


def isConclusive(size: int, etag: Etag, configured: int = 0) -> bool:
    """Whether a file that matches by none of the sizes tried differs, unless the ETag is no digest at all.

    It does if the user's own aws would have made that number of parts; otherwise the parts may have had any size.
    """
    return etag.parts < 2 or bool(usualPartSizes(size, etag.parts, configured))


def _otherPartSizes(size: int, parts: int) -> Iterator[int]:
    for mebibytes in _OTHERS:
        yield mebibytes * _MIB
        yield _grown(mebibytes * _MIB, size)
    even = max(1, -(-size // parts))
    yield -(-even // _MIB) * _MIB
    yield even
    yield size // _MOST_PARTS + 1  # as the AWS SDK for Go has it
    yield from (mebibytes * 1_000_000 for mebibytes in _OTHERS)


def _grown(part: int, size: int) -> int:
    """A part size doubled until there are not too many parts, as the AWS CLI does."""
    while part * _MOST_PARTS < size:
        part *= 2
    return part


def _fits(part: int, size: int, parts: int) -> bool:
    return -(-size // part) == parts


def chunkSize(text: str) -> int:
    """The bytes that a `multipart_chunksize` such as `64MB` stands for, as aws reads it; 0 if aws would refuse it.

    (`human_readable_to_bytes` in awscli/customizations/s3/utils.py: what is before the unit goes to Python's `int`,
    which takes blanks on either side and single underscores.)
    """
    value = text.strip().lower()
    unit = value[-3:] if value.endswith("ib") else value[-2:]
    isUnit = unit in _UNITS
    try:
        return max(0, int(value.removesuffix(unit) if isUnit else value) * _UNITS.get(unit, 1))
    except ValueError:
        return 0


_UNITS = {prefix + end: 1 << 10 * power for power, prefix in enumerate("kmgt", 1) for end in ("b", "ib")}
