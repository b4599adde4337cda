"""Judges what a bucket has answered: is it a safe place for a mirror, and can a run do its work there?"""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator, Sequence
from typing import Any

from CedarBackup3.amazons3.aws.command import reachingSwitches
from CedarBackup3.amazons3.aws.settings import AwsSettings
from CedarBackup3.amazons3.bucket.uploads import DAY
from CedarBackup3.amazons3.bucket.versioning import ENABLED, turnedOnBy
from CedarBackup3.amazons3.inspect.findings import Finding
from CedarBackup3.amazons3.inspect.lifecycle import endsUploadsAfter, lifecycleFindings, rulesTouching
from CedarBackup3.amazons3.inspect.questions import PERMISSIONS, Answer, BucketAnswers, UploadFound
from CedarBackup3.amazons3.model import S3Location
from CedarBackup3.util import displayBytes, displayCount, displayPath

UPLOADS_SHOWN = 5

_BLOCKS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
_SAYS_NOTHING = "this server does not have it"


def judge(found: BucketAnswers, now: float, aws: AwsSettings, *, deletes: bool = True) -> list[Finding]:
    """Everything that is to be said of a bucket, by topics.

    Args:
        found: what it has answered
        now: seconds since the epoch
        aws: how the bucket is reached, for the commands
        deletes: whether runs are to delete objects
    """
    status = str(found.answers["versioning"].value.get("Status", ""))
    return [
        *_versioning(found, status, aws),
        *_objectLock(found.answers["objectLock"]),
        *_lifecycle(found, keepsVersions=bool(status)),
        *_encryption(found.answers["encryption"]),
        *_publicAccess(found, aws),
        *_uploads(found, now, aws),
        *_permissions(found, status, deletes=deletes),
    ]


def _unanswered(topic: str, answer: Answer) -> Finding | None:
    """Why there is no answer; None: there is one, if only that there is no such thing."""
    match answer.state:
        case "denied":
            return Finding(topic, "unknown", f"cannot be asked: these credentials lack s3:{PERMISSIONS[topic]}")
        case "failed":
            return Finding(topic, "unknown", f"cannot be asked: {answer.reported}")
        case "unsupported":
            return Finding(topic, "note", _SAYS_NOTHING)
    return None


def _versioning(found: BucketAnswers, status: str, aws: AwsSettings) -> Iterator[Finding]:
    answer = found.answers["versioning"]
    command = turnedOnBy(found.location, aws)
    if answer.state == "unsupported":
        yield Finding("versioning", "warning", f"{_SAYS_NOTHING}: what is replaced or deleted is gone for good")
        return
    if unanswered := _unanswered("versioning", answer):
        yield unanswered
        return
    if status == ENABLED:
        yield Finding("versioning", "good", "on: what is replaced or deleted can be restored")
    else:
        state = "suspended" if status else "off"
        yield Finding(
            "versioning", "warning", f"{state}: what is replaced or deleted is gone for good", "Turn it on.", command
        )
    if status and answer.value.get("MFADelete") == "Enabled":
        yield Finding("mfaDelete", "good", "on: versions can be deleted with the device of the root user only")
    elif status:
        yield Finding("mfaDelete", "note", "off")


def _objectLock(answer: Answer) -> Iterator[Finding]:
    if unanswered := _unanswered("objectLock", answer):
        yield unanswered
        return
    configuration = answer.value.get("ObjectLockConfiguration") or {}
    retention = (configuration.get("Rule") or {}).get("DefaultRetention") or {}
    if configuration.get("ObjectLockEnabled") != "Enabled":
        yield Finding("objectLock", "note", "off: whoever may delete versions can delete them all")
    elif retention:
        unit, number = ("year", retention["Years"]) if retention.get("Years") else ("day", retention.get("Days") or 0)
        mode = displayPath(str(retention.get("Mode", ""))).lower()
        text = f"on: nobody can delete a version for {displayCount(int(number), unit)} ({mode} mode)"
        if mode == "governance":
            text += ", but with s3:BypassGovernanceRetention"
        yield Finding("objectLock", "good", text)
    else:
        yield Finding("objectLock", "note", "on, but without a default retention, so that uploads are not locked")


def _lifecycle(found: BucketAnswers, *, keepsVersions: bool) -> Iterator[Finding]:
    answer = found.answers["lifecycle"]
    if unanswered := _unanswered("lifecycle", answer):
        yield unanswered
    else:
        yield from lifecycleFindings(_rules(found), keepsVersions=keepsVersions)


def _rules(found: BucketAnswers) -> list[Any]:
    return list(rulesTouching(found.answers["lifecycle"].value, found.location.prefix))


def _encryption(answer: Answer) -> Iterator[Finding]:
    if unanswered := _unanswered("encryption", answer):
        yield unanswered
        return
    rules = (answer.value.get("ServerSideEncryptionConfiguration") or {}).get("Rules") or [{}]
    applied = rules[0].get("ApplyServerSideEncryptionByDefault") or {}
    kind, key = displayPath(str(applied.get("SSEAlgorithm", ""))), displayPath(str(applied.get("KMSMasterKeyID") or ""))
    if not kind:
        yield Finding("encryption", "note", "none by default", "Use --sse, or give the bucket a default.")
    elif key:
        advice = "The key takes permissions, too: --printPolicy prints them with --kmsKey."
        yield Finding("encryption", "good", f"{kind} with the key {key}", advice)
    else:
        yield Finding("encryption", "good", kind)


def _publicAccess(found: BucketAnswers, aws: AwsSettings) -> Iterator[Finding]:
    answer, policy = found.answers["publicAccess"], found.answers["policyStatus"]
    if (policy.value.get("PolicyStatus") or {}).get("IsPublic") is True:
        yield Finding(
            "publicAccess",
            "warning",
            "the bucket policy is public: strangers may reach what is in the bucket",
            "Correct the policy ('aws s3api get-bucket-policy' prints it), and block public access.",
            _blocking(found.location, aws),
        )
    elif policy.state in {"denied", "failed"} and (unanswered := _unanswered("policyStatus", policy)):
        yield unanswered._replace(topic="publicAccess", text=f"whether the policy is public {unanswered.text}")
    if unanswered := _unanswered("publicAccess", answer):
        yield unanswered
        return
    blocks = answer.value.get("PublicAccessBlockConfiguration") or {}
    if missing := [name for name in _BLOCKS if blocks.get(name) is not True]:
        yield Finding(
            "publicAccess",
            "warning",
            "not blocked" if len(missing) == len(_BLOCKS) else f"not all is blocked: {', '.join(missing)} missing",
            "Block it, unless a block of the whole account does, which cannot be asked here.",
            _blocking(found.location, aws),
        )
    else:
        yield Finding("publicAccess", "good", "blocked")


def _blocking(location: S3Location, aws: AwsSettings) -> tuple[str, ...]:
    blocks = ",".join(f"{name}=true" for name in _BLOCKS)
    return (
        *("aws", "s3api", "put-public-access-block", "--bucket", location.bucket),
        *("--public-access-block-configuration", blocks, *reachingSwitches(aws, os.environ)),
    )


def _uploads(found: BucketAnswers, now: float, aws: AwsSettings) -> Iterator[Finding]:
    topic = "incompleteUploads"
    if unanswered := _unanswered(topic, found.answers[topic]):
        yield unanswered
        return
    if not found.uploads:
        yield Finding(topic, "good", "none")
        return
    days = endsUploadsAfter(_rules(found)) + 1  # what a rule ends may be gone a day later
    old = [each for each in found.uploads if now - each.upload.initiated > days * DAY]
    shown = tuple(_uploadLine(found.location, each, now) for each in (old or found.uploads)[:UPLOADS_SHOWN])
    if more := len(old or found.uploads) - len(shown):
        shown += (f"and {more:,} more",)
    if not old:
        text = f"{len(found.uploads):,} under way, begun within {displayCount(days, 'day')}"
        yield Finding(topic, "note", text, details=shown)
    else:
        yield Finding(
            topic,
            "warning",
            f"{len(old):,} begun more than {displayCount(days, 'day')} ago hold {_total(old)}",
            "End them: after a clean run the tool does.",
            (
                *("cback-amazons3-sync", "--endIncompleteUploads", str(days)),
                *_ownSwitches(aws),
                *("SOURCEDIR", _word(found.location.url)),
            ),
            shown,
        )
    if unanswered := _unanswered("uploadSizes", found.answers["uploadSizes"]):
        yield unanswered._replace(topic=topic, text=f"their sizes: {unanswered.text}")


def _ownSwitches(aws: AwsSettings) -> Iterator[str]:
    for switch, value in (("profile", aws.profile), ("region", aws.region), ("endpointUrl", aws.endpointUrl)):
        if value:
            yield f"--{switch}={_word(value)}"


def _word(name: str) -> str:
    """A name as a word of a command; one that cannot be shown as it is cannot be copied either."""
    return shlex.quote(name if name.isprintable() else displayPath(name))


def _total(uploads: Sequence[UploadFound]) -> str:
    isPartial = any(each.size is None for each in uploads)
    return "at least " * isPartial + displayBytes(sum(each.size or 0 for each in uploads))


def _uploadLine(location: S3Location, found: UploadFound, now: float) -> str:
    age = max(0, int(now - found.upload.initiated))
    old = displayCount(age // DAY, "day") if age >= DAY else displayCount(age // 3600, "hour")
    size = "size unknown" if found.size is None else displayBytes(found.size)
    return f"{old} old, {size}: {displayPath(f's3://{location.bucket}/{found.upload.key}')}"


def _permissions(found: BucketAnswers, status: str, *, deletes: bool) -> Iterator[Finding]:
    answers = found.answers
    yield _may("mayList", answers["mayList"], "warning", "no run can do without")
    yield _may("mayPut", answers["mayPut"], "warning", "a run cannot upload")
    if answers["mayDelete"].state != "notAsked":
        level, need = ("warning", "a run can delete nothing") if deletes else ("good", "--uploadOnly needs it not")
        yield _may("mayDelete", answers["mayDelete"], level, need)
    else:
        text = "cannot be asked: where versions are kept, asking would leave a delete marker"
        yield Finding("mayDelete", "note", text, "Compare the permissions with what --printPolicy prints.")
    yield _may("mayGet", answers["mayGet"], "note", "--checkContent and restores need it")
    yield _may("mayEndUploads", answers["mayEndUploads"], "note", "the parts of interrupted uploads stay")
    yield from _mayDeleteVersions(answers["mayDeleteVersions"], status)


def _may(topic: str, answer: Answer, level: Any, without: str) -> Finding:
    """Whether something is allowed: whatever S3 finds wrong behind the permission, the permission was there."""
    permission = f"s3:{PERMISSIONS[topic]}"
    if answer.state == "denied":
        advice = "--printPolicy prints the permissions that a run needs." if level == "warning" else ""
        return Finding(topic, level, f"no: {permission} is missing, and {without}", advice)
    if answer.state in {"failed", "unsupported"}:
        return Finding(topic, "unknown", f"cannot be asked: {answer.reported}")
    return Finding(topic, "good", "yes")


def _mayDeleteVersions(answer: Answer, status: str) -> Iterator[Finding]:
    topic = "mayDeleteVersions"
    match answer.state:
        case "denied":
            yield Finding(topic, "good", "no: whoever steals these credentials cannot destroy what was stored before")
        case "answered" | "none":
            yield Finding(
                topic,
                "warning",
                "yes: whoever steals these credentials can destroy what was stored before",
                f"Take s3:{PERMISSIONS[topic]} from them: no run needs it.",
            )
        case "failed" | "unsupported":
            yield Finding(topic, "unknown", f"cannot be asked: {answer.reported}")
