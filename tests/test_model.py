"""URLs of buckets."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from CedarBackup3.amazons3.model import S3Location
from CedarBackup3.errors import UsageError

POINT = "arn:aws:s3:us-east-1:123456789012:accesspoint/point"
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
        (f"s3://{POINT}", POINT, ""),
        (f"s3://{POINT}/p/q", POINT, "p/q/"),
        (f"s3://{OUTPOST}/p", OUTPOST, "p/"),
    ],
)
def test_a_url_names_a_bucket_and_a_prefix_that_is_empty_or_ends_with_a_slash(
    url: str, bucket: str, prefix: str
) -> None:
    location = S3Location.parse(url)
    assert (location.bucket, location.prefix) == (bucket, prefix)
    assert location == S3Location.parse(location.url)


@given(st.text() | st.text().map("s3://".__add__) | st.text().map("s3://bucket/".__add__))
def test_any_text_is_a_location_or_one_clear_sentence(text: str) -> None:
    with contextlib.suppress(UsageError):
        location = S3Location.parse(text)
        assert location.prefix == "" or location.prefix.endswith("/")
        assert location.url.rstrip("/") == text.rstrip("/") or location.url == text + "/"
