"""The listing: every object of the target in key order, believed only when aws ended well."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Iterator

from CedarBackup3.amazons3.awscli import listArguments, requireSuccess, runAws
from CedarBackup3.amazons3.awslocale import AwsLocale
from CedarBackup3.amazons3.model import ObjectEntry, S3Location
from CedarBackup3.errors import CommandFailed
from CedarBackup3.util import displayPath


def listedObjects(location: S3Location, locale: AwsLocale) -> Iterator[ObjectEntry]:
    """The objects of the target in key order, without folder markers.

    What aws prints is kept in an unnamed temporary file until aws has ended with 0: a listing that failed on its second
    page looks like a short one.

    Raises:
        CommandFailed: aws failed, or printed no listing
    """
    with tempfile.TemporaryFile() as spool:
        requireSuccess(runAws(listArguments(location), locale, outputFile=spool))
        spool.seek(0)
        yield from parsedObjects(spool, location.prefix.encode())


def parsedObjects(pages: Iterable[bytes], prefix: bytes) -> Iterator[ObjectEntry]:
    """The objects on pages as `awscli.listArguments` has them printed.

    Folder markers, empty objects whose key ends with a slash, are left out, as aws does.

    Raises:
        CommandFailed: this is no listing, or not of this prefix, or not in key order
    """
    last = b""
    for page in pages:
        for key, size, lastModified in _parsedPage(page):
            if not key.startswith(prefix):
                raise CommandFailed(f"aws listed {displayPath(key)}, which is not below {displayPath(prefix)}")
            if key <= last:
                raise CommandFailed(
                    f"aws listed {displayPath(key)} after {displayPath(last)}: this server keeps no key order"
                )
            last = key
            if size or not key.endswith(b"/"):
                yield ObjectEntry(key[len(prefix) :], size, lastModified)


def _parsedPage(page: bytes) -> list[tuple[bytes, int, str]]:
    try:
        return [
            (key.encode("utf-8"), size + 0, lastModified + "")  # the sums fail on what is no number and no text
            for size, lastModified, key in json.loads(page) or ()
        ]
    except (ValueError, TypeError, AttributeError):
        raise CommandFailed(f"aws printed no listing but: {displayPath(page[:200])}") from None
