"""Buckets that keep versions, and those that do not: who is refused, who is warned, and what it costs nobody else."""

from __future__ import annotations

from pathlib import Path

import pytest

from testcase.s3 import DENY, Fault, Refuse, S3Server, Versioning
from testcase.trees import plantTree

from .harness import Sync, changes, plantObjects, stored

WARNING = "keeps no versions: what this run deletes is gone for good"
UNSUPPORTED = Refuse(501, "NotImplemented", "A header you provided implies functionality that is not implemented")


@pytest.mark.parametrize(
    ("state", "fault", "switches", "reason"),
    [
        (Versioning.NEVER, None, (), "it has no versioning; turn it on with 'aws s3api put-bucket-versioning"),
        (Versioning.SUSPENDED, None, ("--verifyOnly",), "its versioning is suspended"),
        (Versioning.ENABLED, DENY, ("--method", "sync"), "cannot be asked: An error occurred (AccessDenied)"),
        (Versioning.ENABLED, UNSUPPORTED, ("--dryRun",), "cannot be asked: An error occurred (NotImplemented)"),
    ],
)
def test_a_bucket_that_keeps_no_versions_is_refused_if_they_are_required(
    state: Versioning,
    fault: Refuse | None,
    switches: tuple[str, ...],
    reason: str,
    syncOnce: Sync,
    server: S3Server,
    tmp_path: Path,
) -> None:
    server.setVersioning("bucket", state)
    plantObjects(server, {b"gone": b"1"})
    if fault:
        server.addFault(Fault("GetBucketVersioning", fault))
    outcome = syncOnce(plantTree(tmp_path / "source", {b"a": b"1"}), "s3://bucket", "--requireVersioning", *switches)
    assert (outcome.status, outcome.stderr.count("\n")) == (9, 1), outcome
    assert reason in outcome.stderr
    assert ("s3:GetBucketVersioning" in outcome.stderr) == (fault is DENY)
    assert not changes(server)


def test_a_bucket_that_keeps_versions_is_all_right_and_nothing_is_warned_of(
    syncOnce: Sync, server: S3Server, tmp_path: Path
) -> None:
    server.setVersioning("bucket", Versioning.ENABLED)
    server.setMfaDelete("bucket", "Enabled")
    plantObjects(server, {b"gone": b"1"})
    source = plantTree(tmp_path / "source", {})
    outcome = syncOnce(source, "s3://bucket", "--requireVersioning", "--allowEmptySource", "--verbose")
    assert (outcome.status, outcome.stderr, stored(server)) == (0, "", {})


@pytest.mark.parametrize(("method", "session"), [("auto", "never"), ("sync", "always")])
def test_the_first_deletion_from_a_bucket_without_versions_is_warned_of_once(
    method: str, session: str, syncOnce: Sync, server: S3Server, tmp_path: Path
) -> None:
    source = plantTree(tmp_path / "source", {b"a": b"1"})
    plantObjects(server, {b"gone": b"1", b"gone too": b"1"})
    outcome = syncOnce(source, "s3://bucket", "--verbose", "--method", method, "--awsSession", session)
    assert (outcome.status, outcome.stderr.count(WARNING)) == (0, 1), outcome
    assert stored(server) == {b"a": b"1"}


def test_a_run_that_deletes_nothing_does_not_ask(syncOnce: Sync, server: S3Server, tmp_path: Path) -> None:
    plantObjects(server, {b"old": b"1"})
    source = plantTree(tmp_path / "source", {b"old": b"22", b"new": b"1"})
    assert syncOnce(source, "s3://bucket").status == 0
    assert "GetBucketVersioning" not in {asked.operation for asked in server.requests}


def test_a_question_about_versions_that_fails_costs_the_run_nothing(
    syncOnce: Sync, server: S3Server, tmp_path: Path
) -> None:
    server.addFault(Fault("GetBucketVersioning", DENY))
    plantObjects(server, {b"gone": b"1"})
    outcome = syncOnce(plantTree(tmp_path / "source", {b"a": b"1"}), "s3://bucket", "--verbose")
    assert (outcome.status, outcome.stderr, list(stored(server))) == (0, "", [b"a"])
    assert WARNING not in outcome.log
