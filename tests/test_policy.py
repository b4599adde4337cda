"""The IAM policy: what is allowed where, exactly."""

from __future__ import annotations

import json
from typing import Any

import pytest

from CedarBackup3.amazons3.aws.iampolicy import policyText
from CedarBackup3.amazons3.aws.locale import AwsLocale
from CedarBackup3.amazons3.aws.settings import AwsSettings
from CedarBackup3.amazons3.model import S3Location
from CedarBackup3.errors import UsageError

UTF8 = AwsLocale("C.UTF-8", "utf-8", "")
POINT = "arn:aws:s3:us-east-1:123456789012:accesspoint"
MANY = "arn:aws:s3::123456789012:accesspoint/mfzwi23gnjvgw.mrap"
OUTPOST = "arn:aws:s3-outposts:us-east-1:123456789012:outpost/op-1"


def _statements(url: str, objectActions: tuple[str, ...] = ("PutObject",), **settings: Any) -> list[dict[str, Any]]:
    text = policyText(S3Location.parse(url), AwsSettings(UTF8, **settings), objectActions=objectActions)
    policy = json.loads(text)
    assert policy.keys() == {"Version", "Statement"}
    assert policy["Version"] == "2012-10-17"
    assert all(statement["Effect"] == "Allow" for statement in policy["Statement"])
    return list(policy["Statement"])


@pytest.mark.parametrize(
    ("url", "region", "bucket", "objects", "condition"),
    [
        ("s3://bucket", "", "arn:aws:s3:::bucket", "arn:aws:s3:::bucket/*", None),
        ("s3://bucket/p", "eu-west-1", "arn:aws:s3:::bucket", "arn:aws:s3:::bucket/p/*", "p/"),
        ("s3://bucket/a/é", "", "arn:aws:s3:::bucket", "arn:aws:s3:::bucket/a/é/*", "a/é/"),
        ("s3://bucket/$*?", "", "arn:aws:s3:::bucket", "arn:aws:s3:::bucket/${$}${*}${?}/*", "${$}*?/"),
        ("s3://My_Bucket/p", "", "arn:aws:s3:::My_Bucket", "arn:aws:s3:::My_Bucket/p/*", "p/"),
        ("s3://bucket", "cn-north-1", "arn:aws-cn:s3:::bucket", "arn:aws-cn:s3:::bucket/*", None),
        ("s3://bucket", "us-gov-west-1", "arn:aws-us-gov:s3:::bucket", "arn:aws-us-gov:s3:::bucket/*", None),
        ("s3://bucket", "us-isob-east-1", "arn:aws-iso-b:s3:::bucket", "arn:aws-iso-b:s3:::bucket/*", None),
        (f"s3://{POINT}/name", "", f"{POINT}/name", f"{POINT}/name/object/*", None),
        (f"s3://{POINT}:name/p", "", f"{POINT}/name", f"{POINT}/name/object/p/*", "p/"),
        (f"s3://{MANY}/p", "", MANY, f"{MANY}/object/p/*", "p/"),
    ],
)
def test_only_this_bucket_and_what_is_below_the_prefix(
    url: str, region: str, bucket: str, objects: str, condition: str | None
) -> None:
    listing, writing = _statements(url, region=region)
    assert (listing["Action"], listing["Resource"]) == (["s3:ListBucket"], bucket)
    assert listing.get("Condition") == (condition and {"StringEquals": {"s3:prefix": condition}})
    assert (writing["Action"], writing["Resource"]) == (["s3:PutObject"], objects)
    assert "Condition" not in writing


def test_an_outpost_has_actions_of_its_own() -> None:
    listing, writing = _statements(f"s3://{OUTPOST}:accesspoint:name/p")
    assert (listing["Action"], listing["Resource"]) == (["s3-outposts:ListBucket"], f"{OUTPOST}/accesspoint/name")
    assert listing["Condition"] == {"StringEquals": {"s3-outposts:prefix": "p/"}}
    assert writing["Action"] == ["s3-outposts:PutObject"]
    assert writing["Resource"] == f"{OUTPOST}/accesspoint/name/object/p/*"


def test_who_only_looks_may_only_list() -> None:
    (listing,) = _statements("s3://bucket", (), sse="aws:kms", sseKmsKeyId="alias/mine")
    assert listing["Action"] == ["s3:ListBucket"]


@pytest.mark.parametrize(
    ("key", "region", "resource", "alias"),
    [
        ("arn:aws:kms:eu-west-1:123456789012:key/k", "", "arn:aws:kms:eu-west-1:123456789012:key/k", None),
        ("arn:aws:kms:eu-west-1:123456789012:alias/a", "", "arn:aws:kms:eu-west-1:123456789012:key/*", "alias/a"),
        ("mrk-12", "", "arn:aws:kms:*:*:key/mrk-12", None),
        ("key/12-34", "cn-north-1", "arn:aws-cn:kms:cn-north-1:*:key/12-34", None),
        ("alias/a/b", "eu-west-1", "arn:aws:kms:eu-west-1:*:key/*", "alias/a/b"),
    ],
)
def test_a_key_may_be_used_to_encrypt_and_for_large_files_to_decrypt(
    key: str, region: str, resource: str, alias: str | None
) -> None:
    *_, using = _statements("s3://bucket", region=region, sse="aws:kms", sseKmsKeyId=key)
    assert (using["Action"], using["Resource"]) == (["kms:GenerateDataKey", "kms:Decrypt"], resource)
    assert using.get("Condition") == (alias and {"ForAnyValue:StringEquals": {"kms:ResourceAliases": alias}})


def test_who_reads_objects_may_only_decrypt() -> None:
    *_, using = _statements("s3://bucket", ("GetObject",), sse="aws:kms", sseKmsKeyId="mrk-12")
    assert using["Action"] == ["kms:Decrypt"]


def test_the_key_of_amazon_takes_no_permission() -> None:
    assert len(_statements("s3://bucket", sse="aws:kms")) == 2


def test_who_pays_and_with_which_key_of_the_customer_takes_no_permission() -> None:
    assert _statements("s3://bucket", isRequesterPaying=True, customerKey=bytes(32)) == _statements("s3://bucket")


@pytest.mark.parametrize("bucket", ["point-metadata-s3alias", "lambda--ol-s3", "mine--use1-az4--x-s3"])
def test_what_no_policy_can_name_is_refused(bucket: str) -> None:
    with pytest.raises(UsageError, match=bucket):
        _statements(f"s3://{bucket}")


def test_an_object_elsewhere_may_be_listed_by_its_versions_and_read_and_nothing_beside_it() -> None:
    text = policyText(
        S3Location.parse("s3://bucket/$a/b"),
        AwsSettings(UTF8),
        bucketActions=("ListBucket", "ListBucketVersions"),
        objectActions=("GetObject",),
        besides="$a/.object",
    )
    *_, listing, reading = json.loads(text)["Statement"]
    assert (listing["Action"], listing["Resource"]) == (["s3:ListBucketVersions"], "arn:aws:s3:::bucket")
    assert listing["Condition"] == {"StringEquals": {"s3:prefix": "${$}a/.object"}}
    assert (reading["Action"], reading["Resource"]) == (["s3:GetObject"], "arn:aws:s3:::bucket/${$}a/.object")
