"""The policy that is printed allows what a run asks of the server, and nothing else."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from testcase.runner import runTool
from testcase.s3 import Fault, Refuse, RequestRecord, S3Server, Versioning
from testcase.trees import plantTree

from .harness import Restore, Sync, awsStandIn, plantObjects

ACTIONS = {
    "ListObjectsV2": "ListBucket",
    "PutObject": "PutObject",
    "CreateMultipartUpload": "PutObject",
    "UploadPart": "PutObject",
    "CompleteMultipartUpload": "PutObject",
    "AbortMultipartUpload": "AbortMultipartUpload",
    "DeleteObject": "DeleteObject",
    "DeleteObjects": "DeleteObject",
    "GetBucketVersioning": "GetBucketVersioning",
    "ListMultipartUploads": "ListBucketMultipartUploads",
    "ListParts": "ListMultipartUploadParts",
    "GetObject": "GetObject",
    "HeadObject": "GetObject",
    "ListObjectVersions": "ListBucketVersions",
    "RestoreObject": "RestoreObject",
}
"""The permission that each operation takes, by the Service Authorization Reference."""
UPLOADING = {"s3:ListBucket", "s3:PutObject", "s3:AbortMultipartUpload"}
CHANGING = {*UPLOADING, "s3:DeleteObject", "s3:GetBucketVersioning"}
ENDING = {"s3:ListBucketMultipartUploads", "s3:ListMultipartUploadParts"}


def _policy(*words: str | Path, tool: str = "amazons3sync") -> list[dict[str, object]]:
    outcome = runTool(f"CedarBackup3.tools.{tool}", ["--printPolicy", *words], awsDirectory="/nonexistent")
    assert (outcome.status, outcome.stderr, outcome.log) == (0, "", "")
    return list(json.loads(outcome.stdout)["Statement"])


def _allowing(policy: list[dict[str, object]], asked: RequestRecord) -> Iterator[str]:
    """The action of a policy that allows a request; none for one that it does not allow."""
    isOfVersion = "versionId" in asked.query and ACTIONS[asked.operation] == "GetObject"
    action = f"s3:{ACTIONS[asked.operation]}{'Version' * isOfVersion}"
    resource = f"arn:aws:s3:::{asked.bucket}" + (f"/{asked.key.decode()}" if asked.key else "")
    if asked.operation == "DeleteObjects":  # of which each key counts
        resource += "/p/"
    for statement in policy:
        pattern = re.escape(str(statement["Resource"])).replace(r"\*", ".*")
        ((operator, wanted),) = dict(statement.get("Condition", {"none": {}})).items()  # type: ignore[call-overload]
        prefix, allowed = asked.query.get("prefix", ""), str(wanted.get("s3:prefix", ""))
        isMet = fnmatchcase(prefix, allowed) if operator == "StringLike" else allowed in {"", prefix}
        if action in statement["Action"] and re.fullmatch(pattern, resource) and isMet:  # type: ignore[operator]
            yield action


@pytest.mark.parametrize(
    ("switches", "expected"),
    [
        ((), CHANGING),
        (("--method", "sync"), CHANGING),
        (("--uploadOnly",), UPLOADING),
        (("--verifyOnly",), {"s3:ListBucket"}),
        (("--dryRun", "--endIncompleteUploads", "1"), {"s3:ListBucket", *ENDING}),
        (("--dryRun",), {"s3:ListBucket"}),
    ],
)
def test_all_that_a_run_asks_is_allowed_and_all_that_is_allowed_is_asked(
    switches: tuple[str, ...], expected: set[str], sync: Sync, server: S3Server, tmp_path: Path
) -> None:
    source = plantTree(tmp_path / "source", {b"small": b"1", b"large": b"b" * (8 << 20)})
    plantObjects(server, {b"p/gone": b"x"})
    server.beginUpload("bucket", b"p/old", [b"1"], datetime.now(UTC) - timedelta(days=2))
    server.addFault(Fault("UploadPart", Refuse(400, "InvalidArgument", "no")))  # so that the upload is given up
    sync(source, "s3://bucket/p", *switches)
    policy = _policy("/no/such/directory", "s3://bucket/p", *switches)
    used = [list(_allowing(policy, asked)) for asked in server.requests]
    assert all(used), [asked for asked, by in zip(server.requests, used, strict=True) if not by]
    assert {action for by in used for action in by} == expected
    assert {action for statement in policy for action in statement["Action"]} == expected  # type: ignore[attr-defined]


def test_attributes_take_no_more_than_is_printed(syncOnce: Sync, server: S3Server, tmp_path: Path) -> None:
    source = plantTree(tmp_path / "source", [b"a"])
    plantObjects(server, {b"p/gone": b"x"})
    for switches, expected in (
        (("--attributes",), CHANGING - {"s3:AbortMultipartUpload"}),
        (("--attributes", "--verifyOnly"), {"s3:ListBucket", "s3:GetObject"}),
    ):
        server.clearRequests()
        assert syncOnce(source, "s3://bucket/p", *switches).status == 0
        policy = _policy("/no/such/directory", "s3://bucket/p", *switches)
        used = [list(_allowing(policy, asked)) for asked in server.requests]
        assert all(used)
        assert {action for actions in used for action in actions} == expected


@pytest.mark.parametrize(("switches", "more"), [(("--thaw", "1"), {"s3:RestoreObject"}), ((), set())])
def test_archived_objects_are_asked_for_by_who_may_do_that(
    switches: tuple[str, ...], more: set[str], restoreOnce: Restore, server: S3Server, tmp_path: Path
) -> None:
    server.setVersioning("bucket", Versioning.ENABLED)
    server.putObject("bucket", b"p/cold", b"cold", headers={"x-amz-storage-class": "GLACIER"})
    words: tuple[str | Path, ...] = (*switches, "s3://bucket/p/", tmp_path / "t")
    assert restoreOnce(*words).status == (0 if switches else 7)
    policy = _policy(*words, tool="amazons3restore")
    used = [list(_allowing(policy, asked)) for asked in server.requests]
    assert all(used), [asked for asked, by in zip(server.requests, used, strict=True) if not by]
    allowed = {action for statement in policy for action in statement["Action"]}  # type: ignore[attr-defined]
    assert allowed == {"s3:ListBucket", "s3:ListBucketVersions", "s3:GetObject", "s3:GetObjectVersion", *more}
    assert {action for by in used for action in by} >= {"s3:ListBucketVersions", "s3:GetObjectVersion", *more}


def test_the_policy_is_printed_without_a_source_an_aws_or_a_log(tmp_path: Path) -> None:
    aws = awsStandIn(tmp_path / "commands", before=f"touch {tmp_path / 'called'}")
    words = ["--printPolicy", "/no/such/directory", "s3://bucket", "--debug"]
    outcome = runTool("CedarBackup3.tools.amazons3sync", words, awsDirectory=aws)
    assert (outcome.status, outcome.stderr, outcome.log) == (0, "", "")
    assert json.loads(outcome.stdout)["Version"] == "2012-10-17"
    assert not (tmp_path / "called").exists()


def test_a_policy_that_cannot_be_given_is_a_sentence(tmp_path: Path) -> None:
    outcome = runTool("CedarBackup3.tools.amazons3sync", ["--printPolicy", "/x", "s3://point-abc-s3alias"])
    assert (outcome.status, outcome.stdout, outcome.log) == (2, "", "")
    assert "ARN of the access point" in outcome.stderr


KEY = "arn:aws:kms:eu-west-1:123456789012:key/k"


@pytest.mark.parametrize(
    ("tool", "words", "actions"),
    [
        ("amazons3sync", ["--kmsKey", KEY], ["kms:GenerateDataKey", "kms:Decrypt"]),
        ("amazons3sync", ["--sse", "aws:kms", "--sseKmsKeyId", KEY], ["kms:GenerateDataKey", "kms:Decrypt"]),
        ("amazons3sync", ["--kmsKey", KEY, "--verifyOnly"], None),
        ("amazons3sync", ["--kmsKey", KEY, "--verifyOnly", "--checkContent"], ["kms:Decrypt"]),
        ("amazons3sync", ["--kmsKey", KEY, "--verifyOnly", "--attributes"], ["kms:Decrypt"]),
        ("amazons3sync", [], None),
        ("amazons3restore", ["--kmsKey", KEY], ["kms:Decrypt"]),
        ("amazons3restore", ["--kmsKey", KEY, "--list"], None),
        ("amazons3restore", [], None),
    ],
)
def test_the_key_that_the_bucket_encrypts_with_may_be_used_as_the_run_uses_it(
    tool: str, words: list[str], actions: list[str] | None
) -> None:
    arguments = ["/x", "s3://bucket/p"] if tool == "amazons3sync" else ["s3://bucket/p", "/x"]
    using = [statement for statement in _policy(*arguments, *words, tool=tool) if statement["Resource"] == KEY]
    assert [statement["Action"] for statement in using] == ([actions] if actions else [])


@pytest.mark.parametrize("tool", ["amazons3sync", "amazons3restore"])
@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["--kmsKey", KEY], "--kmsKey needs --printPolicy"),
        (["--printPolicy", "--kmsKey", "a b"], "the ARN of a key"),
    ],
)
def test_a_key_for_the_policy_is_nothing_else(tool: str, words: list[str], reason: str) -> None:
    outcome = runTool(f"CedarBackup3.tools.{tool}", ["s3://bucket", "s3://bucket", *words])
    assert (outcome.status, outcome.stdout, outcome.log) == (2, "", "")
    assert reason in outcome.stderr
