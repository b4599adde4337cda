"""URLs of buckets."""

from __future__ import annotations

import contextlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from CedarBackup3.amazons3.model import S3Location
from CedarBackup3.errors import UsageError

POINT = "arn:aws:s3:us-east-1:123456789012:accesspoint/point"
MANY = "arn:aws:s3::123456789012:accesspoint/mfzwi23gnjvgw.mrap"
OUTPOST = "arn:aws:s3-outposts:us-east-1:123456789012:outpost/op-1/accesspoint/point"


@pytest.mark.parametrize(
    ("url", "bucket", "prefix"),
    [
        ("s3://bucket", "bucket", ""),
        ("s3://bucket/", "bucket", ""),
        ("s3://bucket/p", "bucket", "p/"),
        ("s3://bucket/p/", "bucket", "p/"),
        ("s3://bucket/p//", "bucket", "p//"),
        ("s3://bucket//", "bucket", "/"),
        ("s3://bucket/a/b/../%41?#*", "bucket", "a/b/../%41?#*/"),
        ("s3://my.bucket-1/\u65e5\n", "my.bucket-1", "\u65e5\n/"),
        ("s3://My_Bucket/p", "My_Bucket", "p/"),
        ("s3://192.168.0.1", "192.168.0.1", ""),
        ("s3://b", "b", ""),
        ("s3://-.-_..a-s3alias/", "-.-_..a-s3alias", ""),
        (f"s3://{'x' * 255}/p", "x" * 255, "p/"),
        ("s3://mine--x-s3.example/p--x-s3", "mine--x-s3.example", "p--x-s3/"),
        (f"s3://{POINT}", POINT, ""),
        (f"s3://{POINT}/p/q", POINT, "p/q/"),
        (f"s3://{OUTPOST}/p", OUTPOST, "p/"),
        (f"s3://{POINT.replace('/', ':')}/p", POINT, "p/"),
        (f"s3://{OUTPOST.replace('/', ':')}/p:q", OUTPOST, "p:q/"),
        (f"s3://{MANY}/p", MANY, "p/"),
        (f"s3://{POINT.replace('aws', 'aws-cn')}", POINT.replace("aws", "aws-cn"), ""),
        (
            "s3://point-abcdefghijklmnopqrstuvwxyz123456-s3alias/p",
            "point-abcdefghijklmnopqrstuvwxyz123456-s3alias",
            "p/",
        ),
        ("s3://mine--ol-s3.example/p--ol-s3", "mine--ol-s3.example", "p--ol-s3/"),
    ],
)
def test_a_url_names_a_bucket_and_a_prefix_that_is_empty_or_ends_with_a_slash(
    url: str, bucket: str, prefix: str
) -> None:
    location = S3Location.parse(url)
    assert (location.bucket, location.prefix) == (bucket, prefix)
    assert location == S3Location.parse(location.url)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("bucket/p", "does not begin with s3://"),
        ("S3://bucket", "does not begin with s3://"),
        ("s3://", "names no bucket"),
        ("s3:///p", "names no bucket"),
        *(
            (f"s3://{bucket}/p", "a bucket that the AWS CLI does not accept")
            for bucket in ("..", ".", "a b", "b\u00fc", "a:b", "a?b", "a\n", "%41")
        ),
        (f"s3://{'x' * 256}", "a bucket that the AWS CLI does not accept"),
        (
            "s3://arn:aws:s3express:us-east-1:123456789012:accesspoint/x--use1-az4--xa-s3",
            "directory bucket, which lists",
        ),
        ("s3://arn:aws:s3-object-lambda:us-east-1:123456789012:accesspoint/point/p", "an Object Lambda access point"),
        ("s3://point-abc--ol-s3/p", "an Object Lambda access point"),
        ("s3://arn:aws:s3-outposts:us-east-1:123456789012:outpost/op-1/bucket/b/p", "a bucket of an Outpost"),
        ("s3://arn:aws:s3:::bucket/p", "a bucket by its ARN; use the name alone"),
        *(
            (f"s3://arn:aws:{rest}", "that of an access point is arn:aws:s3:REGION:ACCOUNT:accesspoint/NAME")
            for rest in (
                "s3:us-east-1:123456789012:accesspoint/",
                "s3:us-east-1:123456789012:bucket/b",
                "s3:us-east-1:12345678901:accesspoint/point",
                "s3:us-east-1::accesspoint/point",
                "iam::123456789012:user/point",
                "",
            )
        ),
        ("s3://mine--use1-az4--x-s3/p", "directory bucket, which lists its keys in no order"),
        ("s3://point--use1-az4--xa-s3", "directory bucket, which lists its keys in no order"),
        (f"s3://{POINT}x:y", "continues after the access point"),
    ],
)
def test_a_url_that_names_no_bucket_is_refused_with_the_reason(url: str, reason: str) -> None:
    with pytest.raises(UsageError, match=re.escape(reason)) as refusal:
        S3Location.parse(url)
    assert str(refusal.value).isprintable()


@given(st.text() | st.text().map("s3://".__add__) | st.text().map("s3://bucket/".__add__))
def test_any_text_is_a_location_or_one_clear_sentence(text: str) -> None:
    with contextlib.suppress(UsageError):
        location = S3Location.parse(text)
        assert location.prefix == "" or location.prefix.endswith("/")
        assert location.url.rstrip("/") == text.rstrip("/") or location.url == text + "/"
