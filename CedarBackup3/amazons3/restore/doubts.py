"""Restored files whose ETag proves nothing: kept until all have arrived, then S3 is asked about some of them."""

from __future__ import annotations

import functools
import os
from collections.abc import Iterator
from dataclasses import replace

from CedarBackup3.amazons3.aws.settings import AwsSettings
from CedarBackup3.amazons3.bucket.versions import Version
from CedarBackup3.amazons3.content.followup import finalFindings
from CedarBackup3.amazons3.content.hashing import Reader, configuredPartSize
from CedarBackup3.amazons3.local.tree import LocalTree
from CedarBackup3.amazons3.model import Claim, ContentFinding
from CedarBackup3.amazons3.restore.fetch import Fetched, PartOf
from CedarBackup3.amazons3.restore.selection import Selection
from CedarBackup3.amazons3.restore.staging import Staging
from CedarBackup3.amazons3.spool import Spool


def partOf(aws: AwsSettings) -> PartOf:
    """Asks aws for the size at the first ETag of parts only."""
    known = functools.cache(lambda: configuredPartSize(aws))
    return lambda etag: known() if "-" in etag else 0


class Doubts:
    """Keeps what has arrived but is not proven."""

    def __init__(self, selection: Selection, local: LocalTree, staging: Staging, part: PartOf) -> None:
        self._selection, self._local = selection, replace(local, root=staging.path)
        self._root, self._part = staging.lock, part
        self._versions, self._findings = Spool(Version._make), Spool(ContentFinding._make)
        self._etag = ""

    def add(self, fetched: Fetched) -> None:
        """Keep one of them; its file stays where it is."""
        version, path = fetched.version, os.path.relpath(fetched.file, self._local.root)
        claim = claimOf(path, os.lstat(fetched.file).st_mtime_ns, version)
        self._versions.append([version])
        self._findings.append([ContentFinding(fetched.verdict, fetched.why, *claim)])
        self._etag = self._etag if "-" in self._etag else version.etag

    def outcomes(self) -> Iterator[Fetched]:
        """Each of them with what S3 has reported."""
        location, aws = self._selection.location, self._selection.aws
        reader = Reader(self._local, location, aws, root=self._root, configuredPart=self._part(self._etag))
        for version, found in zip(self._versions, finalFindings(reader, self._findings), strict=True):
            yield Fetched(version, self._local.pathTo(found.path), verdict=found.verdict, why=found.why)

    def close(self) -> None:
        """Give the space back."""
        self._versions.close()
        self._findings.close()


def claimOf(path: bytes, mtimeNs: int, version: Version) -> Claim:
    """What the ETag of a version claims of a file of its size."""
    return Claim(
        path, version.key, version.size or 0, mtimeNs, version.etag, version.lastModified, versionId=version.fetchId
    )
