"""The least IAM policy under which a run succeeds.

Which permission an operation of S3 takes, and which resource and condition it is checked against, is said in "Actions,
resources, and condition keys for Amazon S3" of the Service Authorization Reference, for keys in "Protecting data with
SSE-KMS" of the S3 User Guide, and for access points in "Configuring IAM policies for using access points" there.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any

from CedarBackup3.amazons3.aws.settings import AwsSettings
from CedarBackup3.amazons3.model import S3Location
from CedarBackup3.errors import UsageError

# The partitions of AWS that are not plain `aws`, by how the names of their regions begin.
_PARTITIONS = {
    "cn-": "aws-cn",
    "us-gov-": "aws-us-gov",
    "us-iso-": "aws-iso",
    "us-isob-": "aws-iso-b",
    "eu-isoe-": "aws-iso-e",
    "us-isof-": "aws-iso-f",
    "eusc-": "aws-eusc",
}
# What means something in a policy, and how it is written to mean itself (IAM User Guide, "Policy variables").
_SPECIAL, _ESCAPE = r"[$*?]", r"${\g<0>}"
# What an object's permission takes of its key: a multipart upload reads back what it has encrypted.
_KEY_ACTIONS = {"PutObject": ("kms:GenerateDataKey", "kms:Decrypt"), "GetObject": ("kms:Decrypt",)}


def policyText(
    location: S3Location,
    aws: AwsSettings,
    *,
    bucketActions: Sequence[str] = ("ListBucket",),
    wholeBucketActions: Sequence[str] = (),
    objectActions: Sequence[str] = (),
    mayBeKey: bool = False,
    listsKeys: bool = False,
    besides: str = "",
) -> str:
    """The policy, in JSON.

    Args:
        location: where the user may do it
        aws: the region tells the partition, and `sseKmsKeyId` the key that objects are encrypted with
        bucketActions: what the user does to the bucket, without `s3:`; each has to be a kind of listing, as it is
            allowed below the prefix only
        wholeBucketActions: what the user asks of the bucket that no condition can bind to a prefix, without `s3:`
        objectActions: what the user does to objects, without `s3:`
        mayBeKey: the prefix without its slash may be the key of an object that is meant
        listsKeys: single keys below the prefix are listed, too
        besides: the key of an object elsewhere in the bucket that is listed and read, too; empty: there is none

    Raises:
        UsageError: the bucket is one that such a policy cannot name
    """
    statements = _statements(
        location, aws, bucketActions, wholeBucketActions, objectActions, mayBeKey and bool(location.prefix), listsKeys
    )
    if besides:
        there = S3Location(location.bucket, besides)
        statements = chain(statements, _besides(there, aws, bucketActions, objectActions))
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)}, indent=2) + "\n"


def _statements(
    location: S3Location,
    aws: AwsSettings,
    bucketActions: Sequence[str],
    wholeBucketActions: Sequence[str],
    objectActions: Sequence[str],
    mayBeKey: bool,
    listsKeys: bool,
) -> Iterator[dict[str, Any]]:
    service, bucket, objects = _resources(location, _partition(aws.region))
    listing = _allowed([f"{service}:{action}" for action in bucketActions], bucket)
    if location.prefix:  # both `aws s3 sync` and our own listing ask for just this prefix
        special, operator, end = (_SPECIAL, "StringLike", "*") if listsKeys else (r"\$", "StringEquals", "")
        prefix = re.sub(special, _ESCAPE, location.prefix)
        asked = prefix + end
        listing["Condition"] = {operator: {f"{service}:prefix": [prefix[:-1], asked] if mayBeKey else asked}}
    yield listing
    if wholeBucketActions:
        yield _allowed([f"{service}:{action}" for action in wholeBucketActions], bucket)
    if objectActions:
        resources = [objects.removesuffix("/*"), objects] if mayBeKey else objects
        yield _allowed([f"{service}:{action}" for action in objectActions], resources)
    keyActions = [each for action, needed in _KEY_ACTIONS.items() if action in objectActions for each in needed]
    if aws.sseKmsKeyId and keyActions:
        yield _keyStatement(list(dict.fromkeys(keyActions)), aws)


def _besides(
    key: S3Location, aws: AwsSettings, bucketActions: Sequence[str], objectActions: Sequence[str]
) -> Iterator[dict[str, Any]]:
    """That a single key, given as a location, is listed by its versions and read."""
    service, bucket, objects = _resources(key, _partition(aws.region))
    listing = _allowed([f"{service}:{action}" for action in bucketActions if action.endswith("Versions")], bucket)
    equals = {f"{service}:prefix": re.sub(r"\$", _ESCAPE, key.prefix)}
    yield listing | {"Condition": {"StringEquals": equals}}
    if objectActions:
        yield _allowed([f"{service}:{action}" for action in objectActions], objects.removesuffix("*"))


def _allowed(actions: list[str], resource: str | list[str]) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": actions, "Resource": resource}


def _partition(region: str) -> str:
    return next((partition for start, partition in _PARTITIONS.items() if region.startswith(start)), "aws")


def _resources(location: S3Location, partition: str) -> tuple[str, str, str]:
    """The service of the actions, the resource of the bucket, and that of the objects."""
    keys = re.sub(_SPECIAL, _ESCAPE, location.prefix) + "*"
    if location.bucket.startswith("arn:"):
        service = location.bucket.split(":")[2]
        return service, location.bucket, f"{location.bucket}/object/{keys}"
    if location.bucket.endswith("-s3alias"):
        raise UsageError(f"no policy can name the alias {location.bucket}; use the ARN of the access point instead")
    bucket = f"arn:{partition}:s3:::{location.bucket}"
    return "s3", bucket, f"{bucket}/{keys}"


def _keyStatement(actions: list[str], aws: AwsSettings) -> dict[str, Any]:
    match = re.fullmatch(r"(arn:[^:]+:kms:[^:]*:[^:]*)?:?(?:key/)?(.+)", aws.sseKmsKeyId)
    assert match, aws.sseKmsKeyId  # noqa: S101 - it matches whatever is not empty
    scope = match[1] or f"arn:{_partition(aws.region)}:kms:{aws.region or '*'}:*"
    if not match[2].startswith("alias/"):
        return _allowed(actions, f"{scope}:key/{match[2]}")
    condition = {"ForAnyValue:StringEquals": {"kms:ResourceAliases": match[2]}}
    return _allowed(actions, f"{scope}:key/*") | {"Condition": condition}
