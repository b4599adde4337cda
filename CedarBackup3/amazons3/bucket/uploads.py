"""Multipart uploads that were begun and neither completed nor ended: their parts are stored, and paid for, unseen.

("ListMultipartUploads", "ListParts" and "AbortMultipartUpload" in the Amazon S3 API Reference.)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple
from urllib.parse import unquote_plus

from CedarBackup3.amazons3.aws.questions import askS3
from CedarBackup3.amazons3.aws.settings import AwsSettings
from CedarBackup3.amazons3.aws.times import requireTime, secondsOf
from CedarBackup3.amazons3.bucket.xmlnames import fitsXml
from CedarBackup3.amazons3.model import S3Location
from CedarBackup3.errors import CommandFailed
from CedarBackup3.util import displayPath

DAY = 86_400  # seconds
LARGEST_CLOCK_ERROR = 900
"""In seconds: S3 refuses requests whose clock differs by more ("RequestTimeTooSkewed")."""


class IncompleteUpload(NamedTuple):
    """An upload that is under way, or was abandoned."""

    key: str
    """The whole one."""
    uploadId: str
    initiated: int
    """When it was begun by the server's clock, in seconds since the epoch."""


class UploadParts(NamedTuple):
    """What has come of an upload."""

    size: int | None
    """In bytes; None: no answer can tell, since no XML can hold the key."""
    newest: int
    """When its last part came, in seconds since the epoch; 0: none has, or nobody knows."""


def listUploads(
    location: S3Location, aws: AwsSettings, shouldStop: Callable[[], bool] = lambda: False
) -> Iterator[IncompleteUpload]:
    """Every incomplete upload below a location, in the server's order, page by page.

    The next page is asked for behind the last upload that has come, whatever the server writes where it goes on.

    Raises:
        CommandFailed: S3 or aws refuses, or what it answers is no listing
    """
    markers: dict[str, str] = {}
    while True:
        request = {"Bucket": location.bucket, "Prefix": location.prefix, "EncodingType": "url", **markers}
        page = askS3("ListMultipartUploads", request, aws, shouldStop=shouldStop)
        found = [_parsed(row, isEncoded=page.get("EncodingType") == "url") for row in page.get("Uploads") or ()]
        yield from (upload for upload in found if upload.key.startswith(location.prefix))
        if page.get("IsTruncated") is not True:
            return
        before = markers
        markers = {"KeyMarker": found[-1].key, "UploadIdMarker": found[-1].uploadId} if found else {}
        if markers in ({}, before):
            raise CommandFailed(
                f"The listing of incomplete uploads in {displayPath(location.url)} has no end: the server repeats "
                "itself"
            )


def partsOf(
    upload: IncompleteUpload, bucket: str, aws: AwsSettings, shouldStop: Callable[[], bool] = lambda: False
) -> UploadParts:
    """What has come of an upload.

    Raises:
        CommandFailed: S3 or aws refuses; with the code NoSuchUpload the upload is over
    """
    if not fitsXml(upload.key):
        return UploadParts(None, 0)
    size = newest = marker = 0
    while True:
        behind = {"PartNumberMarker": marker} if marker else {}
        request = {"Bucket": bucket, "Key": upload.key, "UploadId": upload.uploadId, **behind}
        page = askS3("ListParts", request, aws, shouldStop=shouldStop)
        for part in page.get("Parts") or ():
            size += int(part.get("Size", 0))
            newest = max(newest, _seconds(part.get("LastModified"), upload.key))
            marker = max(marker, int(part["PartNumber"]))
        if page.get("IsTruncated") is not True or behind == {"PartNumberMarker": marker}:
            return UploadParts(size, newest)


def endUpload(
    upload: IncompleteUpload, bucket: str, aws: AwsSettings, shouldStop: Callable[[], bool] = lambda: False
) -> None:
    """End an upload, so that its parts go; one that is over already is fine.

    Raises:
        CommandFailed: S3 or aws refuses
    """
    try:
        request = {"Bucket": bucket, "Key": upload.key, "UploadId": upload.uploadId}
        askS3("AbortMultipartUpload", request, aws, shouldStop=shouldStop)
    except CommandFailed as failure:
        if failure.code != "NoSuchUpload":
            raise


def _parsed(row: dict[str, Any], *, isEncoded: bool) -> IncompleteUpload:
    key = str(row.get("Key", ""))
    key = unquote_plus(key) if isEncoded else key
    return IncompleteUpload(key, str(row.get("UploadId", "")), _seconds(row.get("Initiated"), key))


def _seconds(text: object, key: str) -> int:
    requireTime(str(text), key.encode())
    return secondsOf(str(text))
