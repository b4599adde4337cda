"""The page about a bucket, asked of a server by each AWS CLI; nothing in the bucket changes."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from testcase.runner import runTool
from testcase.s3 import DENY, Fault, S3Server, Versioning

from .harness import Sync, awsStandIn, plantObjects

LIFECYCLE = (
    b"<LifecycleConfiguration><Rule><ID>photos</ID><Filter><Prefix>p/</Prefix></Filter><Status>Enabled</Status>"
    b"<Expiration><Days>9</Days></Expiration></Rule></LifecycleConfiguration>"
)
BLOCKED = b"".join(
    b"<%s>true</%s>" % (name, name)
    for name in (b"BlockPublicAcls", b"IgnorePublicAcls", b"BlockPublicPolicy", b"RestrictPublicBuckets")
)


def _levels(stdout: str) -> dict[str, list[str]]:
    levels: dict[str, list[str]] = {}
    for each in json.loads(stdout)["findings"]:
        levels.setdefault(each["topic"], []).append(each["level"])
    return levels


def test_a_bucket_is_seen_as_it_is_and_nothing_in_it_changes(sync: Sync, server: S3Server) -> None:
    server.setVersioning("bucket", Versioning.ENABLED)
    server.setMfaDelete("bucket", "Enabled")
    server.configure("bucket", "lifecycle", LIFECYCLE)
    server.configure("bucket", "publicAccessBlock", b"<PublicAccessBlockConfiguration>%s</PublicAccessBlockConfiguration>" % BLOCKED)  # fmt: skip  # noqa: E501
    plantObjects(server, {b"p/a": b"1"})
    server.beginUpload("bucket", "p/é\x01".encode(), [b"x"], datetime.now(UTC) - timedelta(days=3))
    server.beginUpload("bucket", b"other", [b"x"], datetime.now(UTC) - timedelta(days=3))
    before = server.versions("bucket"), server.uploads("bucket")
    outcome = sync("--checkBucket", "--json", "s3://bucket/p")
    assert (outcome.status, outcome.stderr) == (7, "")
    assert _levels(outcome.stdout) == {
        "versioning": ["good"],
        "mfaDelete": ["good"],
        "objectLock": ["note"],
        "lifecycle": ["warning", "note", "note"],
        "encryption": ["note"],
        "publicAccess": ["good"],
        "incompleteUploads": ["warning"],
        "mayList": ["good"],
        "mayPut": ["good"],
        "mayDelete": ["note"],
        "mayGet": ["good"],
        "mayEndUploads": ["good"],
        "mayDeleteVersions": ["warning"],
    }
    (upload,) = json.loads(outcome.stdout)["incompleteUploads"]
    assert (upload["key"], upload["size"]) == ("p/é\x01", None)
    assert (server.versions("bucket"), server.uploads("bucket")) == before


def test_a_bucket_without_versions_is_asked_whether_deleting_is_allowed(syncOnce: Sync, server: S3Server) -> None:
    plantObjects(server, {b"p/a": b"1"})
    server.addFault(Fault("DeleteObject", DENY))
    outcome = syncOnce("--checkBucket", "s3://bucket/p")
    assert outcome.status == 7
    assert "\nWARNING  May delete          no: s3:DeleteObject is missing" in outcome.stdout
    assert "May delete versions" not in outcome.stdout


def test_credentials_that_may_do_nothing_get_a_page_of_what_they_lack(syncOnce: Sync, server: S3Server) -> None:
    server.addFault(Fault("*", DENY))
    outcome = syncOnce("--checkBucket", "--json", "s3://bucket/p")
    levels = _levels(outcome.stdout)
    assert (outcome.status, outcome.stderr) == (7, "")
    assert levels.pop("mayDeleteVersions") == ["good"]
    assert levels.pop("mayList") == levels.pop("mayPut") == ["warning"]
    assert levels.pop("mayDelete") == levels.pop("mayEndUploads") == ["note"]
    assert {level for found in levels.values() for level in found} == {"unknown"}


def test_a_bucket_that_cannot_be_reached_fails_as_a_run_does(syncOnce: Sync) -> None:
    outcome = syncOnce("--checkBucket", "s3://no-such-bucket")
    assert (outcome.status, outcome.stdout, outcome.stderr.count("\n")) == (6, "", 1)
    assert "NoSuchBucket" in outcome.stderr


@pytest.mark.parametrize(
    "words",
    [
        ["--checkBucket"],
        ["--checkBucket", "/a", "s3://b", "c"],
        ["--checkBucket", "bucket"],
        ["--json", "/a", "s3://bucket"],
        *(["--checkBucket", "s3://bucket", *more] for more in (["-v"], ["-n"], ["-q"])),
        ["--checkBucket", "s3://bucket", "--endIncompleteUploads", "1"],
        ["--checkBucket", "s3://bucket", "--pingUrl", "http://127.0.0.1/"],
    ],
)
def test_what_does_not_go_with_the_page_is_a_wrong_command_line(words: list[str], tmp_path: Path) -> None:
    aws = awsStandIn(tmp_path / "commands", before=f"touch {tmp_path / 'called'}")
    outcome = runTool("CedarBackup3.tools.amazons3sync", words, awsDirectory=aws)
    assert (outcome.status, outcome.stdout) == (2, "")
    assert not (tmp_path / "called").exists()


def test_the_policy_for_the_page_lets_nothing_change() -> None:
    outcome = runTool("CedarBackup3.tools.amazons3sync", ["--printPolicy", "--checkBucket", "s3://bucket/p"])
    actions = {action for statement in json.loads(outcome.stdout)["Statement"] for action in statement["Action"]}
    assert outcome.status == 0
    assert all(action.startswith(("s3:Get", "s3:List")) for action in actions), actions
    assert "s3:GetBucketVersioning" in actions
