"""Proves contents by the digests that were recorded beside the files, where the ETag of the object tells nothing."""

from __future__ import annotations

from typing import BinaryIO

from CedarBackup3.amazons3.bucket.versions import Version
from CedarBackup3.amazons3.content.digests import READ, md5


def hasDigest(file: BinaryIO, version: Version) -> bool:
    """Whether an open file has the digest that is recorded of a version's content; not if none is."""
    if not version.md5:
        return False
    hasher = md5()
    file.seek(0)
    while piece := file.read(READ):
        hasher.update(piece)
    return hasher.digest().hex() == version.md5
