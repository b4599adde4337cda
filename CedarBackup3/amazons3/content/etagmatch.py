"""Whether a file that has arrived holds what the ETag of its object stands for."""

from __future__ import annotations

from typing import BinaryIO

from CedarBackup3.amazons3.content.digests import READ, PartedHasher, md5
from CedarBackup3.amazons3.content.etags import parsedEtag, usualPartSizes


def contentMatches(file: BinaryIO, size: int, etag: str) -> bool | None:
    """Whether a file of the right size has the content that an ETag stands for; None: the ETag does not tell.

    Args:
        file: read from its beginning to its end
        size: in bytes
        etag: if it looks like the MD5 of the content it is taken for that; of a multipart upload only agreement means
            something, since its parts may have had another size than those of aws
    """
    claimed = parsedEtag(etag)
    if claimed is None:
        return None
    if not claimed.parts:
        hasher = md5()
    else:
        # One part may be of any size, so it is the whole file.
        sizes = [max(size, 1)] if claimed.parts == 1 else usualPartSizes(size, claimed.parts)
        if not sizes:
            return None
        hasher = PartedHasher(md5, sizes[0])
    while piece := file.read(READ):
        hasher.update(piece)
    if hasher.digest() == claimed.digest:
        return True
    return None if claimed.parts else False
