"""ETags as digests: the MD5 of the content, or for a multipart upload that of the parts' MD5s and their number.

(S3 API reference, "Object", ETag.) That of an object encrypted by KMS or a customer's key is no digest.
"""

from __future__ import annotations

import hashlib
import re
from typing import BinaryIO

_PIECE = 1 << 20  # bytes read at a time
_PART = 8 << 20  # of aws, unless configured (AWS CLI S3 configuration, "multipart_chunksize")
_MOST_PARTS = 10_000
_MD5 = re.compile(r"[0-9a-f]{32}", re.IGNORECASE)


def contentMatches(file: BinaryIO, size: int, etag: str) -> bool | None:
    """Whether a file of the right size has the content that an ETag stands for; None: the ETag does not tell.

    Args:
        file: read from its beginning to its end
        size: in bytes
        etag: without quotes. If it looks like the MD5 of the content it is taken for that
    """
    if _MD5.fullmatch(etag):
        return _md5Of(file, size).hexdigest() == etag.lower()
    digest, _, parts = etag.partition("-")
    length = _partLength(size)
    number = -(-size // length)
    if not (_MD5.fullmatch(digest) and parts == str(number)):
        return None
    whole = _md5()
    for _ in range(number):
        whole.update(_md5Of(file, length).digest())
    # Another part size may give the same number of parts, so only agreement means something.
    return whole.hexdigest() == digest.lower() or None


def _md5() -> hashlib._Hash:
    return hashlib.md5(usedforsecurity=False)


def _partLength(size: int) -> int:
    """aws doubles its part size while there would be too many parts."""
    length = _PART
    while size > length * _MOST_PARTS:
        length *= 2
    return length


def _md5Of(file: BinaryIO, length: int) -> hashlib._Hash:
    """That of so many of the bytes that come next."""
    digest = _md5()
    while length and (piece := file.read(min(_PIECE, length))):
        digest.update(piece)
        length -= len(piece)
    return digest
