"""Tells whether an open file has the content that the ETag of an object stands for."""

from __future__ import annotations

from typing import BinaryIO

from CedarBackup3.amazons3.content.digests import READ, PartedHasher, md5
from CedarBackup3.amazons3.content.etags import isConclusive, parseEtag, possibleParts


def contentMatches(file: BinaryIO, size: int, etag: str, configuredPart: int = 0) -> bool | None:
    """Whether a file of the right size has the content that an ETag stands for; None: the ETag does not tell.

    Args:
        file: read from its beginning to its end, twice if the parts are not those of the user's aws
        size: in bytes
        etag: if it looks like a digest of the content it is taken for that
        configuredPart: the user's `multipart_chunksize` in bytes; 0: none
    """
    claimed = parseEtag(etag)
    if claimed is None:
        return None
    for sizes in possibleParts(size, claimed, configuredPart):
        hashers = [PartedHasher(md5, part) if part else md5() for part in sizes]
        file.seek(0)
        left = size + 1  # of a file that grows no more than shows that it does
        while piece := file.read(min(READ, left)):
            left -= len(piece)
            for hasher in hashers:
                hasher.update(piece)
        if any(hasher.digest() == claimed.digest for hasher in hashers):
            return True
    return False if isConclusive(size, claimed, configuredPart) else None
