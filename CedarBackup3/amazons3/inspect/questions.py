"""What is asked of a bucket, and what came back.

Which permission each operation takes is said in "Actions, resources, and condition keys for Amazon S3" of the Service
Authorization Reference, and which error means that there is no such configuration, in the Amazon S3 API Reference.
"""

from __future__ import annotations

import contextlib
import re
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

_NONE = re.compile("NoSuch(?!Bucket$).*")

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
    place = _Place(location, aws, threading.Event())
    mayList, keys = _listed(location, aws)
    known = location.prefix + min(keys).decode() if keys else ""
    nobodys = f"{location.prefix}.cback-check-{secrets.token_hex(16)}"
    answers = {"mayList": mayList, **_answers(place, _questions(place, known, nobodys))}
    if answers["mayGet"].state == "denied" and not known:  # who may not list is not told that there is nothing
        answers["mayGet"] = Answer("failed", {}, "there is no object to try it on")
    answers |= _answers(place, _deletions(place, answers["versioning"], nobodys))
    uploads = sorted(answers["incompleteUploads"].value.get("uploads", ()), key=lambda upload: upload.initiated)
    measured = _sideBySide(place, [_measuring(place, upload) for upload in uploads[:_MEASURED]])
    answers["uploadSizes"] = next((each for each in measured if each.state != "answered"), Answer("answered", {}))
    sizes = [each.value.get("size") for each in measured] + [None] * (len(uploads) - len(measured))
    return BucketAnswers(location, answers, tuple(map(UploadFound, uploads, sizes)))


class _Place(NamedTuple):
    """Where questions go, and what ends them."""

    location: S3Location
    aws: AwsSettings
    cancelled: threading.Event


_Question = Callable[[], Answer]


def _questions(place: _Place, known: str, nobodys: str) -> dict[str, _Question]:
    """All but the deletions; `known` is the key of an object, if there is one, and `nobodys` that of none."""
    found = {topic: _asking(place, operation) for topic, operation in _CONFIGURATIONS.items()}
    return found | {
        "mayGet": _asking(place, "HeadObject", Key=known or nobodys),
        "mayPut": _asking(place, "CompleteMultipartUpload", Key=nobodys, UploadId="none", MultipartUpload=_NO_PARTS),
        "mayEndUploads": _asking(place, "AbortMultipartUpload", Key=nobodys, UploadId="none"),
        "incompleteUploads": lambda: _answer(
            lambda: {"uploads": [*listUploads(place.location, place.aws, place.cancelled.is_set)]}
        ),
    }


def _deletions(place: _Place, versioning: Answer, nobodys: str) -> dict[str, _Question]:
    """What is asked by deleting what is not there.

    Without a version that makes a delete marker where versions are kept, so it is asked only where none ever were.
    With one it makes none, but where nothing keeps versions it shows nothing.
    """
    status = versioning.value.get("Status")
    mayHaveVersions = bool(status) or versioning.state in {"denied", "failed"}
    isPlain = versioning.state == "answered" and not status
    delete, deleteVersion = (
        _asking(place, "DeleteObject", Key=nobodys),
        _asking(place, "DeleteObject", Key=nobodys, VersionId="null"),
    )
    return {
        "mayDelete": delete if isPlain else _skipped,
        "mayDeleteVersions": deleteVersion if mayHaveVersions else _skipped,
    }


def _skipped() -> Answer:
    return Answer("notAsked", {})


def _measuring(place: _Place, upload: IncompleteUpload) -> _Question:
    bucket = place.location.bucket
    return lambda: _answer(lambda: {"size": partsOf(upload, bucket, place.aws, place.cancelled.is_set).size})


def _asking(place: _Place, operation: str, **parameters: Any) -> _Question:
    request = {"Bucket": place.location.bucket, **parameters}
    return lambda: _answer(lambda: askS3(operation, request, place.aws, shouldStop=place.cancelled.is_set))


def _answers(place: _Place, questions: Mapping[str, _Question]) -> dict[str, Answer]:
    return dict(zip(questions, _sideBySide(place, list(questions.values())), strict=True))


def _sideBySide(place: _Place, questions: Sequence[_Question]) -> list[Answer]:
    """The answers in order; through the session, if there can be one, many at a time."""
    atOnce = _AT_ONCE_IN_SESSION if sessionOf(place.aws, pays=True) else 2 * processors()
    asked = mapInOrder(lambda ask: ask(), questions, threads=atOnce, ahead=atOnce, cancel=place.cancelled.set)
    with contextlib.closing(asked):
        return list(asked)


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
    elif failure.code == "404" or failure.code.endswith("NotFoundError") or _NONE.fullmatch(failure.code):
        state = "none"
    return Answer(state, {}, displayText(failure.reported) or str(failure))
