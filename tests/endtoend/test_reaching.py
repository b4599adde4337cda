"""Reaching the bucket: what the switches say comes to every aws that knows it, and to the server."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from CedarBackup3.tools.shared.awsdiagnostics import configuredOrigins
from testcase.s3 import ACCOUNT, S3Server
from testcase.trees import plantTree

from .harness import Restore, Sync, awsStandIn, changes, plantObjects, stored

STRANGER = "999999999999"
KEY = "the key"
NOBODY_LISTENS = "http://127.0.0.1:9"


def _calls(record: Path) -> dict[str, set[str]]:
    """The switches that each subcommand of aws got, with what was set for it in the environment."""
    found: dict[str, set[str]] = {}
    for line in record.read_text().splitlines():
        _, subcommand, *words = line.split(" ")
        found.setdefault(subcommand, set()).update(word for word in words if "=" in word)
    return found


def _recording(directory: Path, real: Path, record: Path) -> Path:
    """An aws that writes down what it is given, then does it."""
    return awsStandIn(directory, real, before=f'echo "$@" "sums=$AWS_REQUEST_CHECKSUM_CALCULATION" >>{record}')


@pytest.mark.parametrize("method", ["direct", "sync"])
def test_every_aws_gets_the_switches_that_it_knows(
    method: str, sync: Sync, awsDirectory: Path, server: S3Server, tmp_path: Path
) -> None:
    source = plantTree(tmp_path / "source", [b"a"])
    plantObjects(server, {b"p/gone": b"x"})
    outcome = sync(
        *(source, "s3://bucket/p", "--method", method, "--awsSession", "never"),
        *("--region", "eu-west-1", "--endpointUrl", server.endpointUrl, "--expectedBucketOwner", ACCOUNT),
        *("--storageClass", "STANDARD_IA", "--sse", "aws:kms", "--sseKmsKeyId", "alias/mine"),
        environment={"AWS_ENDPOINT_URL": NOBODY_LISTENS},
        awsDirectory=_recording(tmp_path / "commands", awsDirectory, tmp_path / "record"),
    )
    assert (outcome.status, outcome.stderr) == (0, "")
    assert stored(server) == {b"p/a": b"a"}
    everywhere = {"--region=eu-west-1", f"--endpoint-url={server.endpointUrl}", "sums=when_required"}
    ofUploads = {"--storage-class=STANDARD_IA", "--sse=aws:kms", "--sse-kms-key-id=alias/mine"}
    owned = everywhere | {f"--expected-bucket-owner={ACCOUNT}"}
    uploads = {"sync": everywhere | ofUploads} if method == "sync" else {"cp": everywhere | ofUploads}
    deletions = {} if method == "sync" else {"delete-objects": owned}
    questions = {"list-objects-v2": owned, "get-bucket-versioning": owned}
    assert _calls(tmp_path / "record") == questions | uploads | deletions

    upload = next(asked.headers for asked in server.requests if asked.operation == "PutObject")
    assert upload["x-amz-storage-class"] == "STANDARD_IA"
    assert upload["x-amz-server-side-encryption"] == "aws:kms"
    assert upload["x-amz-server-side-encryption-aws-kms-key-id"] == "alias/mine"
    assert all("/eu-west-1/s3/" in asked.headers["authorization"] for asked in server.requests)
    assert "x-amz-expected-bucket-owner" in server.requests[0].headers


def test_without_the_switches_aws_gets_none_of_them(
    syncOnce: Sync, anyAws: str, server: S3Server, tmp_path: Path
) -> None:
    source = plantTree(tmp_path / "source", [b"a"])
    recording = _recording(tmp_path / "commands", Path(anyAws), tmp_path / "record")
    sums = {"AWS_REQUEST_CHECKSUM_CALCULATION": "when_supported"}
    words = (source, "s3://bucket", "--awsSession", "never")
    assert syncOnce(*words, environment=sums, awsDirectory=recording).status == 0
    given = {f"--endpoint-url={server.endpointUrl}", "sums=when_supported"}
    assert _calls(tmp_path / "record") == {"list-objects-v2": given, "cp": given}


def _profile(directory: Path, *lines: str) -> dict[str, str]:
    """Variables with which aws knows a profile `my backup`; a request to anywhere else than this machine fails."""
    config = directory / "config"
    own = ["region = ap-south-1", "aws_access_key_id = OFTHEPROFILE", "aws_secret_access_key = secretsecret", *lines]
    config.write_text("\n".join([f"[default]\nendpoint_url = {NOBODY_LISTENS}", "[profile 'my backup']", *own, ""]))
    proxies = {"HTTPS_PROXY": NOBODY_LISTENS, "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
    return {"AWS_CONFIG_FILE": str(config), **proxies}


def test_a_profile_brings_its_own_credentials_and_region(sync: Sync, server: S3Server, tmp_path: Path) -> None:
    source = plantTree(tmp_path / "source", [b"a"])
    unset = ("env", "-u", "AWS_REGION", "-u", "AWS_DEFAULT_REGION")
    outcome = sync(source, "s3://bucket/p", "--profile", "my backup", environment=_profile(tmp_path), prefix=unset)
    assert (outcome.status, outcome.stderr) == (0, "")
    for asked in server.requests:
        assert re.search("Credential=OFTHEPROFILE/[0-9]+/ap-south-1/", asked.headers["authorization"])


def test_a_profile_brings_its_own_endpoint(syncOnce: Sync, anyAws: str, server: S3Server, tmp_path: Path) -> None:
    version = subprocess.run([f"{anyAws}/aws", "--version"], capture_output=True, text=True, check=True).stdout
    if re.match(r"aws-cli/(1\.([01]|2[0-8])|2\.([0-9]|1[0-2]))\.", version):
        pytest.skip("this aws knows no endpoint in a profile")
    source = plantTree(tmp_path / "source", [b"a"])
    environment = _profile(tmp_path, f"endpoint_url = {server.endpointUrl}") | {"AWS_ENDPOINT_URL": ""}
    outcome = syncOnce(source, "s3://bucket/p", "--profile", "my backup", environment=environment)
    assert (outcome.status, outcome.stderr) == (0, "")
    assert stored(server) == {b"p/a": b"a"}


def test_a_target_has_one_lock_whichever_way_its_endpoint_is_given(
    syncOnce: Sync, anyAws: str, server: S3Server, tmp_path: Path
) -> None:
    source = plantTree(tmp_path / "source", [b"a"])
    environment = {"XDG_RUNTIME_DIR": str(tmp_path)}
    words = [source, "s3://bucket/p"]
    aws = awsStandIn(tmp_path / "commands", Path(anyAws), before=f"ls {tmp_path} >>{tmp_path / 'seen'}")
    assert syncOnce(*words, environment=environment, awsDirectory=aws).status == 0
    elsewhere = environment | {"AWS_ENDPOINT_URL": NOBODY_LISTENS}
    assert syncOnce(*words, "--endpointUrl", server.endpointUrl, environment=elsewhere, awsDirectory=aws).status == 0
    assert len({name for name in (tmp_path / "seen").read_text().split() if name.endswith(".lock")}) == 1


def test_a_strangers_bucket_is_left_alone(sync: Sync, server: S3Server, tmp_path: Path) -> None:
    source = plantTree(tmp_path / "source", [b"a"])
    plantObjects(server, {b"p/gone": b"x"})
    for method in ("direct", "sync"):
        outcome = sync(source, "s3://bucket/p", "--expectedBucketOwner", STRANGER, "--method", method)
        assert outcome.status == 6
        assert "AccessDenied" in outcome.stderr
    assert (changes(server), stored(server)) == ([], {b"p/gone": b"x"})


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["--profile", ""], "must not be empty"),
        (["--region", "eu_central_1"], "region"),
        (["--endpointUrl", "s3.example.com"], "https://s3.example.com"),
        (["--endpointUrl", "http://user:hunter2hunter2@host"], "without user"),
        (["--expectedBucketOwner", "me"], "twelve digits"),
        (["--storageClass", "glacier"], "STANDARD, REDUCED_REDUNDANCY, "),
        (["--sse", "aws"], "must be AES256 or aws:kms"),
        (["--sse", "aws:kms", "--sseKmsKeyId", "file:///etc/passwd"], "the id, the alias or the ARN"),
        (["--sse", "AES256", "--sseKmsKeyId", "alias/mine"], "--sse aws:kms"),
        (["--sseKmsKeyId", "alias/mine"], "--sse aws:kms"),
        (["--sseCustomerKeyFile", ""], "must not be empty"),
        (["--sseCustomerKeyFile", "/dev/null", "--sse", "AES256"], "encrypted with one key"),
    ],
)
def test_a_wrong_value_is_refused_in_one_sentence(
    words: list[str], reason: str, syncOnce: Sync, server: S3Server, tmp_path: Path
) -> None:
    outcome = syncOnce(plantTree(tmp_path / "source", [b"a"]), "s3://bucket", *words)
    assert (outcome.status, outcome.stdout, outcome.log) == (2, "", "")
    assert outcome.stderr.count("\n") == 1
    assert reason in outcome.stderr
    assert "hunter2" not in outcome.stderr
    assert not server.requests


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["--sseCustomerKeyFile", "/dev/null"], "the key file /dev/null is not a regular file"),
        (
            ["--sseCustomerKeyFile", KEY, "--endpointUrl", "http://nas.example:9000"],
            "http://nas.example:9000 unencrypted",
        ),
        (["--sseCustomerKeyFile", KEY, "--profile", "recorded"], "to the history of its requests"),
    ],
)
@pytest.mark.parametrize("isRestore", [False, True])
def test_a_key_that_is_none_or_would_be_seen_is_refused_before_aws_is_started(
    isRestore: bool, words: list[str], reason: str, syncOnce: Sync, restoreOnce: Restore, tmp_path: Path
) -> None:
    key = tmp_path / "key"
    key.write_bytes(bytes(32))
    key.chmod(0o600)
    arguments = [str(key) if word == KEY else word for word in words]
    aws = awsStandIn(tmp_path / "commands", before=f"touch {tmp_path / 'called'}")
    run, places = (restoreOnce, ("s3://b", tmp_path)) if isRestore else (syncOnce, (tmp_path, "s3://b"))
    configuration = tmp_path / "config"
    configuration.write_text("[profile recorded]\ncli_history = enabled\n")
    outcome = run(*places, *arguments, awsDirectory=aws, environment={"AWS_CONFIG_FILE": str(configuration)})
    assert (outcome.status, outcome.stderr.count("\n")) == (2, 1), outcome
    assert reason in outcome.stderr
    assert not (tmp_path / "called").exists()


@pytest.mark.parametrize(
    ("words", "environment", "expected"),
    [
        ([], {}, {"Profile": "<not set>", "Region": "us-east-1 (from env AWS_DEFAULT_REGION)"}),
        ([], {"AWS_ENDPOINT_URL": "http://u:hunter2hunter2@a"}, {"Endpoint": "http://***@a (AWS_ENDPOINT_URL)"}),
        ([], {"AWS_ENDPOINT_URL_S3": "http://b"}, {"Endpoint": "http://b (AWS_ENDPOINT_URL_S3)"}),
        (
            ["--profile", "my backup", "--region", "eu-west-1"],
            {"AWS_ENDPOINT_URL": ""},
            {
                "Profile": "my backup (--profile)",
                "Region": "eu-west-1 (--region)",
                "Endpoint": "http://c (the AWS configuration, which the AWS CLI before 1.29 or 2.13 does not read)",
                "Access key": "****************FILE (from config-file)",
            },
        ),
        (
            ["--endpointUrl", "http://d", "--sse", "AES256", "--requestPayer"],
            {},
            {"Endpoint": "http://d (--endpointUrl)", "--sse": "AES256", "--requestPayer": "yes"},
        ),
    ],
)
def test_diagnostics_tell_what_is_in_effect_and_why(
    words: list[str], environment: dict[str, str], expected: dict[str, str], syncOnce: Sync, tmp_path: Path
) -> None:
    if words[:1] == ["--profile"]:
        environment = environment | _profile(tmp_path, "endpoint_url = http://c")
    outcome = syncOnce("--diagnostics", *words, environment=environment)
    assert (outcome.status, outcome.stderr) == (0, "")
    told = dict(re.findall("^   ([^:]+): +(.+)$", outcome.stdout, re.MULTILINE))
    assert {label: told.get(label) for label in expected} == expected
    assert "secretsecret" not in outcome.stdout


@pytest.mark.parametrize(
    "listing",
    [
        "      Name   Value   Type   Location\n   profile   <not set>   None   None\n region   eu-west-3   env   X\n",
        "NAME : VALUE : TYPE : LOCATION\nprofile    : <not set> : None : None\nregion   : eu-west-3  : env  : X\n",
        "\nprofile    <not set>\nregion   eu-west-3   env   X   \n",
    ],
)
def test_the_table_of_aws_is_read_in_each_of_its_forms(listing: str) -> None:
    found = configuredOrigins(listing)
    assert (found["profile"], found["region"]) == ("<not set>", "eu-west-3 (from env X)")


@pytest.mark.parametrize("endpoint", ["http://nas.example:9000", "https://nas.example:9000", "http://127.0.0.1:9000"])
def test_an_endpoint_that_others_can_listen_to_is_warned_of_once(
    syncOnce: Sync, restoreOnce: Restore, server: S3Server, tmp_path: Path, endpoint: str
) -> None:
    source = plantTree(tmp_path / "source", [b"a"])
    commands = awsStandIn(tmp_path / "commands", before="exit 1")
    environment = {"AWS_ENDPOINT_URL": endpoint}
    warning = f"WARNING Not encrypted on the way: whoever can listen between here and {endpoint}"
    for outcome in (
        syncOnce(source, "s3://bucket", "--endpointUrl", endpoint, awsDirectory=commands),
        restoreOnce("s3://bucket", tmp_path / "target", awsDirectory=commands, environment=environment),
    ):
        assert outcome.status == 6
        assert outcome.log.count(warning) == (endpoint == "http://nas.example:9000")
        assert "Not encrypted" not in outcome.stderr
