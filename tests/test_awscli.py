"""The AWS CLI as we call it, and what we make of how it ends."""

from __future__ import annotations

import json

import pytest

from CedarBackup3.amazons3.awsarguments import copyArguments, deleteArguments, listArguments, syncArguments
from CedarBackup3.amazons3.awscli import AwsResult, awsEnvironment, endpointOf, settingArguments
from CedarBackup3.amazons3.awslocale import AwsLocale
from CedarBackup3.amazons3.awssettings import AwsSettings
from CedarBackup3.amazons3.model import S3Location

UTF8 = AwsLocale("C.UTF-8", "utf-8", "")
LATIN1 = AwsLocale("en_US.ISO-8859-1", "iso8859-1", "from LANG=en_US.ISO-8859-1")
PLACE = S3Location("bucket", "p/")


@pytest.mark.parametrize(
    ("status", "hasWarned", "isComplete"),
    [
        (0, False, True),
        (2, True, True),
        (2, False, False),
        (1, True, False),
        (1, False, False),
        (252, True, False),
        (254, False, False),
        (255, False, False),
        (256, False, False),
        (-9, True, False),
    ],
)
def test_only_0_and_2_with_warnings_mean_that_all_was_done(status: int, hasWarned: bool, isComplete: bool) -> None:
    assert AwsResult("s3 sync", status, (), hasWarned).isComplete is isComplete


@pytest.mark.parametrize(
    ("result", "words"),
    [
        (
            AwsResult("s3 sync", 1, ("one\n", " \n", "two\x1b\n"), False),
            ["'aws s3 sync' ended with status 1: one / two\\x1b"],
        ),
        (AwsResult("s3 sync", -9, (), False), ["was ended by signal 9: it printed no error"]),
        (AwsResult("s3 sync", -15, (), False, 30), ["was stopped", "after 30 s (--awsTimeout)"]),
        (
            AwsResult("s3 sync", 255, ("argument of type 'NoneType' is not iterable",), False),
            ["missing bucket", "denied"],
        ),
        (AwsResult("s3 sync", 1, ("An error occurred (NoSuchBucket)",), False), ["aws s3 mb"]),
        (
            AwsResult("s3 sync", 253, ('Unable to locate credentials, run "aws configure".',), False),
            ['run "aws configure"; configure them for the user who runs this'],
        ),
        (AwsResult("s3 sync", 1, ("An error occurred (AccessDenied)",), False), ["--printPolicy", "whose bucket"]),
        (AwsResult("s3 sync", 253, ("The config profile (x) could not be found",), False), ["AWS_PROFILE"]),
        (AwsResult("s3 sync", 252, ("Unknown options: --x",), False), ["too old"]),
    ],
)
def test_a_failure_says_what_happened_and_what_to_do(result: AwsResult, words: list[str]) -> None:
    assert all(word in str(result) for word in words)
    assert str(result).isprintable()


def test_the_arguments_of_a_sync() -> None:
    assert syncArguments(b"/s", PLACE, delete=True) == [
        "s3",
        "sync",
        b"/s/",
        "s3://bucket/p/",
        "--delete",
        "--no-progress",
    ]
    assert syncArguments(b"/", PLACE, delete=False, excludes=["-x*"], followLinks=False, progress=True) == [
        *("s3", "sync", b"/", "s3://bucket/p/", "--no-follow-symlinks", "--exclude=-x*"),
    ]


@pytest.mark.parametrize("prefix", ["", "p/", "file://x/", "\u65e5\n'\"/"])
def test_names_go_to_a_listing_as_ascii_json(prefix: str) -> None:
    words = [str(word) for word in listArguments(S3Location("bucket", prefix), "a\u0301")]
    assert all(word.isascii() for word in words)
    assert json.loads(words[words.index("--cli-input-json") + 1]) == {
        "Bucket": "bucket",
        "Prefix": prefix,
        "StartAfter": prefix + "a\u0301",
    }
    assert "StartAfter" not in str(listArguments(S3Location("bucket", prefix)))


def test_a_batch_to_delete_comes_from_a_file() -> None:
    assert "file:///tmp/x" in deleteArguments("/tmp/x")


def test_the_environment_of_aws_is_ours_in_its_locale_without_pager_and_prompts() -> None:
    mine = {"PATH": "/bin", "AWS_PROFILE": "x", "LANG": "de_DE", "LC_TIME": "C", "PYTHONUTF8": "0", "AWS_PAGER": "less"}
    assert awsEnvironment(mine, AwsSettings(UTF8)) == {
        "PATH": "/bin",
        "AWS_PROFILE": "x",
        "LC_ALL": "C.UTF-8",
        "AWS_PAGER": "",
        "AWS_CLI_AUTO_PROMPT": "off",
    }
    assert awsEnvironment(mine, AwsSettings(LATIN1))["LC_ALL"] == "en_US.ISO-8859-1"
    assert awsEnvironment(mine, AwsSettings(LATIN1))["PYTHONUTF8"] == "0"


@pytest.mark.parametrize(
    ("environment", "endpoint"),
    [
        ({}, None),
        ({"AWS_ENDPOINT_URL": "http://a"}, "http://a"),
        ({"AWS_ENDPOINT_URL": "http://a", "AWS_ENDPOINT_URL_S3": "http://b"}, "http://b"),
        ({"AWS_ENDPOINT_URL": "http://a", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "True"}, None),
        ({"AWS_ENDPOINT_URL": ""}, None),
    ],
)
def test_the_endpoint_of_the_environment_is_passed_on(environment: dict[str, str], endpoint: str | None) -> None:
    settings = AwsSettings(UTF8)
    assert endpointOf(settings, environment) == (endpoint or "")
    words = settingArguments(["s3api", "list-objects-v2"], settings, environment)
    assert words == ([f"--endpoint-url={endpoint}"] if endpoint else [])
    assert endpointOf(AwsSettings(UTF8, endpointUrl="http://c"), environment) == "http://c"


EVERYTHING = AwsSettings(
    UTF8,
    profile="-x y",
    region="eu-central-1",
    endpointUrl="http://e",
    expectedBucketOwner="123456789012",
    storageClass="GLACIER_IR",
    sse="aws:kms",
    sseKmsKeyId="alias/mine",
)
EVERYWHERE = ["--profile=-x y", "--region=eu-central-1", "--endpoint-url=http://e"]
UPLOADS = ["--storage-class=GLACIER_IR", "--sse=aws:kms", "--sse-kms-key-id=alias/mine"]
OWNED = ["--expected-bucket-owner=123456789012"]


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        (syncArguments(b"/s", PLACE, delete=True), EVERYWHERE + UPLOADS),
        (copyArguments(b"/s", PLACE), EVERYWHERE + UPLOADS),
        (["s3", "sync", "s3://bucket/p/", b"/s/"], EVERYWHERE),
        (["s3", "cp", "s3://bucket/p/a", b"/s3://a", "--no-progress"], EVERYWHERE),
        (["s3", "rm", "s3://bucket/p/a"], EVERYWHERE),
        (listArguments(PLACE), EVERYWHERE + OWNED),
        (deleteArguments("/tmp/x"), EVERYWHERE + OWNED),
        (["configure", "get", "region"], EVERYWHERE),
    ],
)
def test_each_setting_goes_to_the_commands_that_know_it_and_to_no_other(
    command: list[str | bytes], expected: list[str]
) -> None:
    assert settingArguments(command, EVERYTHING, {"AWS_ENDPOINT_URL": "http://other"}) == expected
    assert settingArguments(command, AwsSettings(UTF8), {}) == []


REQUEST, RESPONSE = "AWS_REQUEST_CHECKSUM_CALCULATION", "AWS_RESPONSE_CHECKSUM_VALIDATION"


@pytest.mark.parametrize(
    ("endpoint", "environment", "checksums"),
    [
        ("", {}, (None, None)),
        ("", {"AWS_ENDPOINT_URL": "http://a"}, ("when_required", "when_required")),
        ("", {"AWS_ENDPOINT_URL_S3": "http://a"}, ("when_required", "when_required")),
        ("", {"AWS_ENDPOINT_URL": "http://a", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"}, (None, None)),
        ("https://minio.example.com:9000", {}, ("when_required", "when_required")),
        ("https://amazonaws.com.example.com", {}, ("when_required", "when_required")),
        ("https://example.com/s3.amazonaws.com", {}, ("when_required", "when_required")),
        ("http://a", {REQUEST: "when_supported"}, ("when_supported", "when_required")),
        ("https://s3.eu-central-1.amazonaws.com", {}, (None, None)),
        ("https://bucket.vpce-1.s3.us-east-1.vpce.amazonaws.com/", {}, (None, None)),
        ("https://s3.dualstack.cn-north-1.amazonaws.com.cn:443", {}, (None, None)),
    ],
)
def test_only_at_a_foreign_endpoint_aws_is_told_to_spare_its_checksums(
    endpoint: str, environment: dict[str, str], checksums: tuple[str | None, str | None]
) -> None:
    made = awsEnvironment(environment, AwsSettings(UTF8, endpointUrl=endpoint))
    assert (made.get(REQUEST), made.get(RESPONSE)) == checksums
