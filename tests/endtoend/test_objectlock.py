"""Buckets with Object Lock: what goes up, what can be deleted, and what is said of what cannot."""

from __future__ import annotations

from pathlib import Path

import pytest

from testcase.s3 import Fault, Refuse, S3Server, Versioning
from testcase.trees import plantTree

from .harness import Sync, plantObjects, stored

RETENTION = (
    b"<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule><DefaultRetention>"
    b"<Mode>COMPLIANCE</Mode><Days>30</Days></DefaultRetention></Rule></ObjectLockConfiguration>"
)
LOCKED = Refuse(403, "AccessDenied", "Access Denied because object protected by object lock.")


def _lock(server: S3Server) -> None:
    server.setVersioning("bucket", Versioning.ENABLED)
    server.configure("bucket", "object-lock", RETENTION)


def test_a_bucket_with_a_default_retention_is_mirrored_like_any_other(
    sync: Sync, server: S3Server, tmp_path: Path
) -> None:
    _lock(server)
    files = {b"small": b"1", b"large": b"b" * (9 << 20)}
    plantObjects(server, {b"gone": b"1", b"small": b"old!"})
    source = plantTree(tmp_path / "source", files)
    outcome = sync(source, "s3://bucket")
    assert (outcome.status, outcome.stderr) == (0, ""), outcome
    assert stored(server) == files
    assert [version.isDeleteMarker for version in server.versions("bucket")[b"gone"]] == [True, False]


def test_who_asks_for_no_checksums_is_told_why_nothing_goes_up(
    syncOnce: Sync, server: S3Server, tmp_path: Path
) -> None:
    _lock(server)
    words = (plantTree(tmp_path / "source", {b"a": b"1"}), "s3://bucket")
    chosen = {"AWS_REQUEST_CHECKSUM_CALCULATION": "when_required"}
    outcome = syncOnce(*words, environment=chosen)
    if outcome.status == 0:
        pytest.skip("this AWS CLI adds a digest in any case")
    assert outcome.status == 7
    assert "set AWS_REQUEST_CHECKSUM_CALCULATION to when_supported" in outcome.stderr


@pytest.mark.parametrize(("keys", "session"), [((b"gone",), "never"), ((b"gone\x01",), "always")])
def test_what_a_lock_keeps_is_not_called_a_permission(
    keys: tuple[bytes, ...], session: str, syncOnce: Sync, server: S3Server, tmp_path: Path
) -> None:
    plantObjects(server, dict.fromkeys(keys, b"1"))
    for operation in ("DeleteObject", "DeleteObjects"):
        server.addFault(Fault(operation, LOCKED, key=keys[0]))
    outcome = syncOnce(plantTree(tmp_path / "source", {b"a": b"1"}), "s3://bucket", "--awsSession", session)
    assert outcome.status == 7
    assert "Object Lock keeps it until its retention ends" in outcome.stderr
    assert "printPolicy" not in outcome.stderr
