"""The AWS CLI as we call it, and what we make of how it ends."""

from __future__ import annotations

import errno
import json
from dataclasses import replace
from pathlib import Path

import pytest

from CedarBackup3.amazons3.aws.advice import adviceFor, notStartedSentence
from CedarBackup3.amazons3.aws.arguments import (
    Arguments,
    configureArguments,
    copyArguments,
    deleteArguments,
    deleteOneArguments,
    downloadArguments,
    getArguments,
    headArguments,
    headBucketArguments,
    listArguments,
    operationArguments,
    restoreArguments,
    syncArguments,
    versionArguments,
)
from CedarBackup3.amazons3.aws.command import AwsResult, awsEnvironment, endpointOf, openEndpoint, settingArguments
from CedarBackup3.amazons3.aws.configuration import profileSettings
from CedarBackup3.amazons3.aws.environment import absolutePaths
from CedarBackup3.amazons3.aws.locale import AwsLocale
from CedarBackup3.amazons3.aws.rules import Rule
from CedarBackup3.amazons3.aws.settings import AwsSettings
from CedarBackup3.amazons3.model import S3Location
from CedarBackup3.util import shortageSentence

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
        (AwsResult("s3 sync", -15, (), False, 30), ["was stopped", "within 30 s (--awsTimeout)"]),
        (AwsResult("s3 sync", 257, (), False), ["'aws s3 sync'", "is unknown", "SIGCHLD"]),
        (
            AwsResult("s3 sync", 253, ('Unable to locate credentials, run "aws configure".',), False),
            ['run "aws configure"; configure them for the user who runs this'],
        ),
    ],
)
def test_a_failure_says_what_happened_and_what_to_do(result: AwsResult, words: list[str]) -> None:
    assert all(word in str(result) for word in words)
    assert str(result).isprintable()


def _refused(code: str, message: str = "No.", operation: str = "PutObject") -> str:
    return (
        f"upload failed: ./a to s3://b/a An error occurred ({code}) when calling the {operation} operation: {message}"
    )


SILENT = "argument of type 'NoneType' is not iterable"
ADVICE = {
    _refused("NoSuchBucket", operation="ListObjectsV2"): "aws s3 mb",
    _refused("AccessDenied"): "what --printPolicy prints",
    _refused("AccessDenied", "not authorized to perform: kms:GenerateDataKey on resource"): "--kmsKey",
    "fatal error: An error occurred (403) when calling the HeadObject operation: Forbidden": "--printPolicy prints",
    _refused("InvalidAccessKeyId"): "check the credentials",
    _refused("SignatureDoesNotMatch"): "check the credentials",
    _refused("ExpiredToken", "The provided token has expired."): "aws sso login",
    _refused("RequestTimeTooSkewed"): "clock",
    _refused("PermanentRedirect"): "--region",
    _refused("AuthorizationHeaderMalformed", "the region 'us-east-1' is wrong"): "--region",
    _refused("SlowDown", "Please reduce your request rate."): "busy",
    "An error occurred (503) when calling the PutObject operation (reached max retries: 4): Slow Down": "busy",
    _refused("InternalError"): "run again",
    _refused("InvalidStorageClass", "The storage class you specified is not valid"): "--storageClass",
    _refused("InvalidArgument", "unknown StorageClass"): "--storageClass",
    _refused("InvalidArgument", "x-amz-server-side-encryption aws:kms not supported"): "--sse",
    _refused("InvalidEncryptionAlgorithmError"): "--sse",
    _refused("InvalidRequest", "Server Side Encryption with KMS is not configured"): "--sse",
    _refused("AccessDenied", operation="ListObjectsV2"): "use --requestPayer",
    _refused("AccessDenied", operation="GetObject"): "check that it holds the key with which",
    _refused("InvalidRequest", "The object was stored using a form of Server Side Encryption.", "GetObject"): (
        "name the file of that key with --sseCustomerKeyFile"
    ),
    _refused("InvalidArgument", "Server Side Encryption with Customer provided keys must be secure"): "CustomerKeyFile",
    _refused("NotImplemented", "A header you provided implies functionality that is not implemented"): "--storageClass",
    _refused("MethodNotAllowed", operation="ListObjectVersions"): "fetch the objects with 'aws s3 sync'",
    _refused("NotImplemented", operation="ListObjectVersions"): "fetch the objects with 'aws s3 sync'",
    _refused("MethodNotAllowed", operation="PutObject"): "",
    _refused("KMS.DisabledException"): "AWS KMS",
    _refused("KMS.NotFoundException"): "AWS KMS",
    _refused("MissingContentLength"): "when_required",
    _refused(
        "InvalidRequest", "Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object"
    ): "when_supported",
    _refused(
        "MissingUploadObjectWithObjectLockHeaders", "Content-MD5 or x header required to upload"
    ): "when_supported",
    _refused("MissingContentMD5", "Missing required header for this request: Content-Md5"): "when_supported",
    _refused(
        "AccessDenied", "Access Denied because object protected by object lock.", "DeleteObject"
    ): "Object Lock keeps",
    _refused("ObjectLocked", "Object is WORM protected and cannot be overwritten", "DeleteObject"): "Object Lock keeps",
    _refused(
        "AccessDenied", "not authorized on arn:aws:s3:::b/retention/a", "DeleteObject"
    ): "what --printPolicy prints",
    f"{_refused('AccessDenied')} / upload failed: ./legal hold to s3://b/legal hold": "what --printPolicy prints",
    "2 objects were not deleted: / [AccessDenied, locked] p/a: Access Denied by object lock": "Object Lock keeps",
    "1 objects were not deleted: / [AccessDenied] p/by object lock": "",
    _refused("EntityTooLarge"): "--exclude",
    _refused("QuotaExceeded"): "quota",
    _refused("InvalidObjectState", operation="GetObject"): "--thaw DAYS",
    _refused("GlacierExpeditedRetrievalNotAvailable"): "with Standard",
    "Unable to locate credentials": "configure them",
    "Error when retrieving credentials from custom-process: sh: 1: ./get: not found": "absolute",
    "Error loading SSO Token: Token has expired and refresh failed": "aws sso login",
    "Error loading SSO Token: Token for https://x.example/start does not exist": "aws sso login",
    "EOFError": "code",
    "Warning: Password input may be echoed. / Enter MFA code for arn:aws:iam::1:mfa/x:": "code",
    "The config profile (x) could not be found": "AWS_PROFILE",
    "Unable to parse config file: /root/.aws/config": "correct that file",
    "Unknown options: --x": "too old",
    "Missing Dependency: This operation requires an additional dependency. Use pip install botocore[crt]": "version 2",
    "SSL validation failed for https://h/ [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed": "AWS_CA_BUNDLE",
    "SSL validation failed for https://h/ EOF occurred in violation of protocol": "AWS_CA_BUNDLE",
    "Could not find a suitable TLS CA certificate bundle, invalid path: ca.pem": "AWS_CA_BUNDLE",
    'Failed to connect to proxy URL: "http://127.0.0.1:9"': "NO_PROXY",
    'Could not connect to the endpoint URL: "http://127.0.0.1:9/"': "network",
    'Read timeout on endpoint URL: "http://127.0.0.1:9/"': "network",
    "download failed: s3://b/a to ./a [Errno 28] No space left on device": "free space",
    "upload failed: ./a to s3://b/a can't start new thread": "limit",
    f"upload failed: ./a to s3://b/a {SILENT}": "--storageClass and --sse",
    SILENT: "the bucket exists, the permissions and the credentials",
    "upload failed: ./proxy to s3://b/proxy [Errno 2] No such file or directory": "",
    "no luck": "",
}


@pytest.mark.parametrize("said", ADVICE)
def test_the_advice_fits_what_aws_said(said: str) -> None:
    advice = adviceFor(said)
    assert ADVICE[said] in advice
    assert bool(advice) == bool(ADVICE[said])


def test_a_refused_option_is_never_taken_for_a_missing_bucket() -> None:
    options = [said for said, advice in ADVICE.items() if advice.startswith(("--storageClass", "--sse"))]
    assert len(options) > 5
    assert not any("bucket" in adviceFor(said) for said in options)


@pytest.mark.parametrize(
    ("obstacle", "found", "words"),
    [
        (OSError(errno.ENOENT, ""), None, ["not on the PATH", "apt install awscli"]),
        (OSError(errno.ENOENT, ""), "/b/aws", ["/b/aws", "interpreter", "missing", "reinstall the AWS CLI"]),
        (OSError(errno.ENOEXEC, ""), "/b/aws", ["/b/aws", "not a program", "reinstall the AWS CLI"]),
        (OSError(errno.EACCES, ""), None, ["not executable", "mode"]),
        (OSError(errno.EACCES, ""), "/b/aws", ["/b/aws", "not executable"]),
        (OSError(errno.EMFILE, ""), "/b/aws", ["no more files", "ulimit -n", "LimitNOFILE"]),
        (OSError(errno.ENFILE, ""), "/b/aws", ["no more files", "fs.file-max"]),
        (OSError(errno.EAGAIN, ""), "/b/aws", ["processes", "ulimit -u", "TasksMax"]),
        (OSError(errno.ENOMEM, ""), "/b/aws", ["too little memory"]),
        (OSError(errno.E2BIG, ""), "/b/aws", ["command line", "--exclude"]),
        (OSError(errno.ETXTBSY, ""), "/b/\naws", ["/b/\\naws", "Text file busy"]),
        (ValueError("embedded null byte"), "/b/aws", ["argument", "embedded null byte"]),
        (None, "/b/aws", ["/b/aws cannot be started; reinstall"]),
        (None, None, ["not on the PATH"]),
    ],
)
def test_what_stood_in_the_way_of_a_start_is_said_with_what_to_do(
    obstacle: OSError | ValueError | None, found: str | None, words: list[str]
) -> None:
    sentence = notStartedSentence(found, obstacle)
    assert all(word in sentence for word in words), sentence
    assert sentence.isprintable()
    if shortageSentence(obstacle):
        assert "install" not in sentence


def test_the_arguments_of_a_sync() -> None:
    assert list(syncArguments(b"/s", PLACE, delete=True).words) == [
        "s3",
        "sync",
        b"/s/",
        "s3://bucket/p/",
        "--delete",
        "--no-progress",
    ]
    assert list(
        syncArguments(b"/", PLACE, delete=False, rules=[Rule("-x*")], followLinks=False, progress=True).words
    ) == [
        *("s3", "sync", b"/", "s3://bucket/p/", "--exclude=-x*", "--no-follow-symlinks"),
    ]


@pytest.mark.parametrize("prefix", ["", "p/", "file://x/", "\u65e5\n'\"/"])
def test_names_go_to_a_listing_as_ascii_json(prefix: str) -> None:
    words = [str(word) for word in listArguments(S3Location("bucket", prefix), "a\u0301").words]
    assert all(word.isascii() for word in words)
    assert json.loads(words[words.index("--cli-input-json") + 1]) == {
        "Bucket": "bucket",
        "Prefix": prefix,
        "StartAfter": prefix + "a\u0301",
    }
    assert "StartAfter" not in str(listArguments(S3Location("bucket", prefix)))


def test_an_operation_is_asked_for_with_names_as_they_are() -> None:
    words = operationArguments("ListMultipartUploads", {"Bucket": "b", "Prefix": "file://x\x01"}).words
    assert words[:2] == ("s3api", "list-multipart-uploads")
    assert json.loads(words[words.index("--cli-input-json") + 1]) == {"Bucket": "b", "Prefix": "file://x\x01"}
    assert "--no-paginate" in words


def test_a_bucket_that_wants_checksums_gets_them_unless_the_user_has_decided() -> None:
    there = {"AWS_ENDPOINT_URL": "https://s3.example.com"}
    usual, adding = AwsSettings(UTF8), AwsSettings(UTF8, addsChecksums=True)
    name = "AWS_REQUEST_CHECKSUM_CALCULATION"
    assert (awsEnvironment(there, usual)[name], name in awsEnvironment(there, adding)) == ("when_required", False)
    assert awsEnvironment(there | {name: "when_required"}, adding)[name] == "when_required"


def test_a_batch_to_delete_comes_from_a_file() -> None:
    assert "file:///tmp/x" in deleteArguments("/tmp/x").words


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
    words = settingArguments(listArguments(PLACE), settings, environment)
    assert words == ([f"--endpoint-url={endpoint}"] if endpoint else [])
    assert endpointOf(AwsSettings(UTF8, endpointUrl="http://c"), environment) == "http://c"


EVERYTHING = AwsSettings(
    UTF8,
    profile="-x y",
    region="eu-central-1",
    endpointUrl="http://e",
    expectedBucketOwner="123456789012",
    isRequesterPaying=True,
    customerKey=bytes(32),
    storageClass="GLACIER_IR",
    sse="aws:kms",
    sseKmsKeyId="alias/mine",
)
KEY_FILE = "/proc/self/fd/9"
EVERYWHERE = ["--profile=-x y", "--region=eu-central-1", "--endpoint-url=http://e"]
UPLOADS = ["--storage-class=GLACIER_IR", "--sse=aws:kms", "--sse-kms-key-id=alias/mine"]
OWNED = ["--expected-bucket-owner=123456789012"]
PAID = ["--request-payer=requester"]
TRANSFERRED = [*PAID, "--sse-c=AES256", f"--sse-c-key=fileb://{KEY_FILE}"]
READ = [*OWNED, *PAID, "--sse-customer-algorithm=AES256", f"--sse-customer-key=fileb://{KEY_FILE}"]


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        (syncArguments(b"/s", PLACE, delete=True), EVERYWHERE + UPLOADS + TRANSFERRED),
        (copyArguments(b"/s", PLACE), EVERYWHERE + UPLOADS + TRANSFERRED),
        (downloadArguments(PLACE, b"/s3://a"), EVERYWHERE + TRANSFERRED),
        (headArguments(PLACE, "a", ("ETag",)), EVERYWHERE + READ),
        (headBucketArguments(PLACE), EVERYWHERE + OWNED + PAID),
        (versionArguments("bucket", "p/"), EVERYWHERE + OWNED + PAID),
        (getArguments("bucket", "p/a", "1", b"/s/a"), EVERYWHERE + READ),
        (restoreArguments("{}"), EVERYWHERE + OWNED + PAID),
        (listArguments(PLACE), EVERYWHERE + OWNED + PAID),
        (deleteArguments("/tmp/x"), EVERYWHERE + OWNED + PAID),
        (deleteOneArguments(PLACE, "a"), EVERYWHERE + OWNED + PAID),
        (operationArguments("GetBucketVersioning", {"Bucket": "b"}), EVERYWHERE + OWNED),
        (operationArguments("ListParts", {"Bucket": "b"}), EVERYWHERE + OWNED),
        (configureArguments("get", "region"), EVERYWHERE),
    ],
)
def test_each_setting_goes_to_the_commands_that_know_it_and_to_no_other(
    command: Arguments, expected: list[str]
) -> None:
    assert settingArguments(command, EVERYTHING, {"AWS_ENDPOINT_URL": "http://other"}, KEY_FILE) == expected
    assert settingArguments(command, AwsSettings(UTF8), {}) == []


PROFILES = """\
[default]
region = x
[profile ignoring]
ignore_configured_endpoint_urls = TRUE
s3 =
    max_bandwidth = 1MB/s
[profile 'my own']
Ignore_Configured_Endpoint_Urls: true
[profile not]
ignore_configured_endpoint_urls = false
[ignored]
ignore_configured_endpoint_urls = true
[services ignored]
ignore_configured_endpoint_urls = true
"""
CREDENTIALS = """\
[default]
aws_access_key_id = x
[secret]
ignore_configured_endpoint_urls = true
"""
IGNORING = "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"


@pytest.mark.parametrize(
    ("profile", "variables", "isIgnored"),
    [
        ("", {}, False),
        ("ignoring", {}, True),
        ("my own", {}, True),
        ("not", {}, False),
        ("ignored", {}, False),  # no profile of the configuration
        ("no such", {}, False),
        ("secret", {}, True),
        ("", {"AWS_PROFILE": "ignoring"}, True),
        ("", {"AWS_DEFAULT_PROFILE": "ignoring"}, True),
        ("", {"AWS_DEFAULT_PROFILE": "ignoring", "AWS_PROFILE": "not"}, True),  # which counts depends on the version
        ("not", {"AWS_PROFILE": "ignoring"}, False),
        ("ignoring", {IGNORING: "false"}, False),
        ("ignoring", {IGNORING: ""}, False),
        ("not", {IGNORING: "TRUE"}, True),
        ("ignoring", {"AWS_CONFIG_FILE": "/no/such"}, False),
        ("ignoring", {"AWS_CONFIG_FILE": "/"}, False),
    ],
)
def test_an_endpoint_of_the_environment_is_passed_on_unless_the_profile_forbids_it(
    profile: str, variables: dict[str, str], isIgnored: bool, tmp_path: Path
) -> None:
    (tmp_path / "config").write_text(PROFILES)
    (tmp_path / "credentials").write_text(CREDENTIALS)
    files = {"AWS_CONFIG_FILE": f"{tmp_path}/config", "AWS_SHARED_CREDENTIALS_FILE": f"{tmp_path}/credentials"}
    environment = files | {"AWS_ENDPOINT_URL": "http://a"} | variables
    settings = AwsSettings(UTF8, profile=profile)
    assert endpointOf(settings, environment) == ("" if isIgnored else "http://a")
    assert endpointOf(replace(settings, endpointUrl="http://b"), environment) == "http://b"


@pytest.mark.parametrize(
    ("endpoint", "isOpen"),
    [
        ("http://s3.example.com", True),
        ("HTTP://nas:9000/path", True),
        ("http://192.168.1.2:9000", True),
        ("http://[fd00::1]:9000", True),
        ("http://localhost.example.com", True),
        ("http://128.0.0.1", True),
        ("https://s3.example.com", False),
        ("http://127.0.0.1:9000", False),
        ("http://127.255.255.254", False),
        ("http://[::1]:9000", False),
        ("http://localhost:9000", False),
        ("http://LOCALHOST", False),
        ("", False),
    ],
)
@pytest.mark.parametrize("place", ["a switch", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "a profile", "a service"])
def test_an_endpoint_that_others_can_listen_to_is_known_wherever_it_is_set(
    place: str, endpoint: str, isOpen: bool, tmp_path: Path
) -> None:
    elsewhere = "http://elsewhere" if endpoint else ""
    services = f"ec2 =\n  endpoint_url = http://ec2\ns3 =\n  a = b\n  endpoint_url = {endpoint}\n"
    files = {
        "a profile": f"[default]\nendpoint_url = {endpoint}\n",
        "a service": f"[profile mine]\nservices = my own\nendpoint_url = {elsewhere}\n[services 'my own']\n{services}",
    }
    (tmp_path / "config").write_text(files.get(place, ""))
    environment = {"AWS_CONFIG_FILE": str(tmp_path / "config"), "AWS_SHARED_CREDENTIALS_FILE": "/no/such"}
    environment |= {place: endpoint} if place.startswith("AWS") else {}
    settings = AwsSettings(UTF8, profile="mine" if place == "a service" else "")
    settings = replace(settings, endpointUrl=endpoint if place == "a switch" else "")
    assert openEndpoint(settings, environment) == (endpoint if isOpen else "")
    ignoring = {**environment, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"}
    assert openEndpoint(settings, ignoring) == (endpoint if isOpen and place == "a switch" else "")


@pytest.mark.parametrize(
    ("configuration", "credentials", "expected"),
    [
        ("[default]\na=1\n[profile default]\na=2", "", {"a": "2"}),
        ("[profile default]\na=2\n[default]\na=1", "", {"a": "1"}),
        ("[default]\na=1\nb=1", "[default]\na=2", {"a": "2", "b": "1"}),
        ("[DEFAULT]\nb=1\n[default]\na=1", "", {"a": "1", "b": "1"}),
        ("[profile 'default]\na=1", "", {}),
        ("[default]\na=1\n[default]\na=1", "", {}),
        ("no section", "", {}),
        ("", "", {}),
    ],
)
def test_a_profile_is_read_as_aws_reads_it(configuration: str, credentials: str, expected: dict[str, str]) -> None:
    assert profileSettings(configuration, credentials, "default") == expected


@pytest.mark.parametrize(
    ("given", "made"),
    [
        ({"AWS_CONFIG_FILE": "c"}, {"AWS_CONFIG_FILE": "/here/c"}),
        ({"AWS_CA_BUNDLE": "certs/ca.pem"}, {"AWS_CA_BUNDLE": "/here/certs/ca.pem"}),
        ({"AWS_SHARED_CREDENTIALS_FILE": "../c"}, {"AWS_SHARED_CREDENTIALS_FILE": "/here/../c"}),
        ({"AWS_CONFIG_FILE": "~/c"}, {"AWS_CONFIG_FILE": "~/c"}),
        ({"AWS_SHARED_CREDENTIALS_FILE": "$HOME/c"}, {"AWS_SHARED_CREDENTIALS_FILE": "$HOME/c"}),
        ({"AWS_WEB_IDENTITY_TOKEN_FILE": "token"}, {"AWS_WEB_IDENTITY_TOKEN_FILE": "/here/token"}),
        ({"AWS_CA_BUNDLE": "/c"}, {"AWS_CA_BUNDLE": "/c"}),
        ({"AWS_CA_BUNDLE": ""}, {}),
        ({"PATH": "bin::/usr/bin:."}, {"PATH": "/here/bin:/here/:/usr/bin:/here/."}),
        ({"HOME": ".", "OTHER": "x/y"}, {"HOME": "/here/."}),
    ],
)
def test_what_is_named_by_a_relative_path_stays_the_same_file_wherever_aws_is_started(
    given: dict[str, str], made: dict[str, str]
) -> None:
    assert absolutePaths(given, "/here") == made


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
