"""What is asked of a bucket, and what came back.

Which permission each operation takes is said in "Actions, resources, and condition keys for Amazon S3" of the Service
Authorization Reference, and which error means that there is no such configuration, in the Amazon S3 API Reference.
"""

from __future__ import annotations

import contextlib
import secrets
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from CedarBackup3.amazons3.aws.questions import askS3, isDenied, isUnknown
from CedarBackup3.amazons3.aws.session.client import sessionOf
from CedarBackup3.amazons3.aws.settings import AwsSettings
from CedarBackup3.amazons3.bucket.uploads import IncompleteUpload, listUploads, partsOf
from CedarBackup3.amazons3.bucket.versions import keysBehind
from CedarBackup3.amazons3.model import S3Location
from CedarBackup3.amazons3.workers import mapInOrder, processors
from CedarBackup3.errors import CommandFailed
from CedarBackup3.util import displayText

_AT_ONCE_IN_SESSION = 16
_NO_PARTS = {"Parts": [{"PartNumber": 1, "ETag": "none"}]}
_MEASURED = 100  # uploads whose parts are asked for, the oldest ones

PERMISSIONS: Mapping[str, str] = {
    "versioning": "GetBucketVersioning",
    "objectLock": "GetBucketObjectLockConfiguration",
    "lifecycle": "GetLifecycleConfiguration",
    "encryption": "GetEncryptionConfiguration",
    "publicAccess": "GetBucketPublicAccessBlock",
    "policyStatus": "GetBucketPolicyStatus",
    "incompleteUploads": "ListBucketMultipartUploads",
    "uploadSizes": "ListMultipartUploadParts",
    "mayList": "ListBucket",
    "mayGet": "GetObject",
    "mayPut": "PutObject",
    "mayEndUploads": "AbortMultipartUpload",
    "mayDelete": "DeleteObject",
    "mayDeleteVersions": "DeleteObjectVersion",
}
"""The permission that each question takes, or is about, without `s3:`."""

_CONFIGURATIONS = {
    "versioning": "GetBucketVersioning",
    "objectLock": "GetObjectLockConfiguration",
    "lifecycle": "GetBucketLifecycleConfiguration",
    "encryption": "GetBucketEncryption",
    "publicAccess": "GetPublicAccessBlock",
    "policyStatus": "GetBucketPolicyStatus",
}

State = Literal["answered", "none", "unsupported", "denied", "failed", "notAsked"]
"""How a question ended: `none` that there is no such configuration, `unsupported` that the server does not know it."""


class Answer(NamedTuple):
    """What came back."""

    state: State
    value: Mapping[str, Any]
    """By S3's own names; empty unless answered."""
    reported: str = ""
    """Why it failed, in one line, or was not asked."""


class UploadFound(NamedTuple):
    """An incomplete upload and what it holds."""

    upload: IncompleteUpload
    size: int | None
    """In bytes; None: not known."""


@dataclass(frozen=True, slots=True)
class BucketAnswers:
    """All that was asked of a bucket."""

    location: S3Location
    answers: Mapping[str, Answer]
    """By the names in `PERMISSIONS`."""
    uploads: tuple[UploadFound, ...]
    """Those below the prefix, the oldest first."""


def askBucket(location: S3Location, aws: AwsSettings) -> BucketAnswers:
    """Ask all that can be asked without changing anything, several questions side by side.

    Raises:
        CommandFailed: the bucket cannot be reached, or there is none
    """
    cancelled = threading.Event()
    session = sessionOf(aws, pays=True)
    atOnce = _AT_ONCE_IN_SESSION if session else 2 * processors()

    def sideBySide(questions: Sequence[Callable[[], Any]]) -> list[Any]:
        asked = mapInOrder(lambda ask: ask(), questions, threads=atOnce, ahead=len(questions), cancel=cancelled.set)
        with contextlib.closing(asked):
            return list(asked)

    def asking(operation: str, **parameters: Any) -> Callable[[], Answer]:
        request = {"Bucket": location.bucket, **parameters}
        return lambda: _answer(lambda: askS3(operation, request, aws, shouldStop=cancelled.is_set))

    mayList, keys = _listed(location, aws)
    known = location.prefix + min(keys).decode() if keys else ""
    nobodys = f"{location.prefix}.cback-check-{secrets.token_hex(16)}"
    first = {topic: asking(operation) for topic, operation in _CONFIGURATIONS.items()}
    first |= {
        "mayGet": asking("HeadObject", Key=known or nobodys),
        "mayPut": asking("CompleteMultipartUpload", Key=nobodys, UploadId="none", MultipartUpload=_NO_PARTS),
        "mayEndUploads": asking("AbortMultipartUpload", Key=nobodys, UploadId="none"),
    }
    uploads: list[IncompleteUpload] = []

    def listed() -> Mapping[str, Any]:
        uploads.extend(listUploads(location, aws, cancelled.is_set))
        return {}

    first["incompleteUploads"] = lambda: _answer(listed)
    answers = {"mayList": mayList, **dict(zip(first, sideBySide(list(first.values())), strict=True))}
    if answers["mayGet"].state == "denied" and not known:  # who may not list is not told that there is nothing
        answers["mayGet"] = Answer("failed", {}, "there is no object to try it on")
    versioning = answers["versioning"]
    hasVersions = bool(versioning.value.get("Status")) or versioning.state in {"denied", "failed"}
    delete = asking("DeleteObject", Key=nobodys)
    deleteVersion = asking("DeleteObject", Key=nobodys, VersionId="null")
    skipped = Answer("notAsked", {})
    uploads.sort(key=lambda upload: upload.initiated)
    measuring = [lambda upload=upload: _sizeOf(upload, location, aws) for upload in uploads[:_MEASURED]]
    # A deletion without a version makes a delete marker where versions are kept, also of what is not there.
    asked = sideBySide(
        [
            (lambda: skipped) if hasVersions else delete,
            deleteVersion if hasVersions else (lambda: skipped),
            *measuring,
        ]
    )
    answers |= {"mayDelete": asked[0], "mayDeleteVersions": asked[1]}
    measured = asked[2:]
    answers["uploadSizes"] = next((each for each in measured if isinstance(each, Answer)), Answer("answered", {}))
    sizes = [None if isinstance(each, Answer) else each for each in measured]
    sizes += [None] * (len(uploads) - len(sizes))
    return BucketAnswers(location, answers, tuple(map(UploadFound, uploads, sizes)))


def _listed(location: S3Location, aws: AwsSettings) -> tuple[Answer, frozenset[bytes]]:
    """Whether the prefix may be listed, and some keys below it. What fails otherwise is no bucket to ask about."""
    try:
        return Answer("answered", {}), keysBehind(location, b"", aws)
    except CommandFailed as failure:
        if not isDenied(failure):
            raise
        return _failed(failure), frozenset()


def _answer(ask: Callable[[], Mapping[str, Any]]) -> Answer:
    try:
        return Answer("answered", ask())
    except CommandFailed as failure:
        return _failed(failure)


def _failed(failure: CommandFailed) -> Answer:
    state: State = "failed"
    if isDenied(failure):
        state = "denied"
    elif isUnknown(failure):
        state = "unsupported"
    elif failure.code == "404" or failure.code.startswith("NoSuch") or failure.code.endswith("NotFoundError"):
        state = "none"
    return Answer(state, {}, displayText(failure.reported) or str(failure))


def _sizeOf(upload: IncompleteUpload, location: S3Location, aws: AwsSettings) -> int | Answer | None:
    """The bytes of an upload, or the answer that there is none."""
    try:
        return partsOf(upload, location.bucket, aws).size
    except CommandFailed as failure:
        return _failed(failure)
