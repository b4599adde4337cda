"""What real runs tell: reports that the schema allows, with what the server and the disk really have."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from base64 import b64decode
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from CedarBackup3.amazons3.aws.locale import awsLocale
from CedarBackup3.amazons3.aws.settings import AwsSettings
from CedarBackup3.amazons3.model import Kind, S3Location
from CedarBackup3.amazons3.sync.lock import targetLock
from CedarBackup3.errors import ExitStatus
from testcase.runner import Outcome, toolCommand, toolEnvironment
from testcase.s3 import Fault, Hang, S3Server
from testcase.trees import plantTree

from .harness import Sync, plantObjects

MODULE = "CedarBackup3.tools.amazons3sync"
_MANY = 1_100
"""More than a log has lines of one kind."""

_SCHEMA = Path(__file__).resolve().parent.parent.parent / "docs/report.schema.json"


def reported(outcome: Outcome) -> dict[str, Any]:
    """The report that a run printed, which is valid and agrees with its status."""
    document = json.loads(outcome.stdout)
    jsonschema.Draft202012Validator(json.loads(_SCHEMA.read_text("utf-8"))).validate(document)
    assert isinstance(document, dict)
    assert document["status"]["number"] == outcome.status
    return document


def names(report: dict[str, Any], of: str) -> list[bytes]:
    paths = report["classes"][of]["paths"]
    return [b64decode(each["pathBase64"]) if "pathBase64" in each else each["path"].encode() for each in paths]


def counts(report: dict[str, Any]) -> dict[str, tuple[int, int]]:
    return {name: (found["count"], found["bytes"]) for name, found in report["classes"].items() if found["count"]}


def test_a_run_and_a_verification_tell_what_they_did_and_found(
    syncOnce: Sync, server: S3Server, tmp_path: Path
) -> None:
    source = plantTree(tmp_path / "source", {b"new": b"1", b"changed": b"four", b"same": b"666666"})
    (source / "link").symlink_to("nowhere")
    plantObjects(server, {b"p/changed": b"other", b"p/same": b"777777", b"p/gone \xc3\xa9": b"12"})

    outcome = syncOnce(source, "s3://bucket/p", "--verifyOnly", "--report", "-", "--quiet")
    report = reported(outcome)
    assert (outcome.status, outcome.stderr) == (ExitStatus.DIFFERENCES, "")
    assert counts(report) == {"skipped": (1, 0), "matched": (1, 6), "missing": (1, 1), "extra": (1, 2), "size": (1, 4)}
    assert names(report, "extra") == [b"gone \xc3\xa9"]
    assert names(report, "skipped") == [b"link"]
    assert {kind.value for kind in Kind} <= set(report["classes"])
    assert "upload" not in report["classes"]

    report = reported(syncOnce(source, "s3://bucket/p", "--verbose", "--report", "-"))
    assert report["status"]["name"] == "DONE"
    planned = {"upload": (1, 1), "replace": (1, 4), "delete": (1, 2), "upToDate": (1, 6)}
    assert counts(report) == {
        "skipped": (1, 0),
        **planned,
        "matched": (3, 11),
        "uploadMatched": (2, 5),
    }
    assert (names(report, "upload"), names(report, "delete")) == ([b"new"], [b"gone \xc3\xa9"])
    assert set(report["phaseSeconds"]) == {"check", "walk", "listing", "compare", "sync", "deletion"}
    assert report["programs"]["aws"]["version"].startswith("aws-cli/")
    assert report["arguments"] == {"sourceDir": str(source), "s3BucketUrl": "s3://bucket/p"}


def test_a_repair_is_told_with_what_there_is_in_the_end_and_nothing_twice(
    syncOnce: Sync, server: S3Server, tmp_path: Path
) -> None:
    source = plantTree(tmp_path / "source", {b"bad": b"22", b"good": b"1", b"kms": b"333"})
    plantObjects(server, {b"bad": b"XX", b"good": b"1"})
    server.putObject("bucket", b"kms", b"333", headers={"x-amz-server-side-encryption": "aws:kms"})
    metrics = tmp_path / "cback.prom"
    outcome = syncOnce(source, "s3://bucket", "--repairContent", "--report", "-", "--metricsFile", metrics)
    report = reported(outcome)
    assert outcome.status == ExitStatus.DONE
    proven = {"contentMatched": (2, 3), "unproven": (1, 3)}
    assert counts(report) == {"upToDate": (3, 6), "matched": (3, 6), **proven}
    assert report["classes"]["content"] == {"count": 0, "bytes": 0, "paths": []}
    assert names(report, "unproven") == [b"kms"]
    assert 'class="contentMatched"} 2\n' in metrics.read_text()


def test_refused_names_are_told_in_their_bytes(syncOnce: Sync, tmp_path: Path) -> None:
    bad = [b"caf\xe9", b"d\xff/a", b"d\xff/b"]
    source = plantTree(tmp_path / "source", dict.fromkeys([*bad, b"fine"], b"1"))
    report = reported(syncOnce(source, "s3://bucket", "--report", "-"))
    assert report["status"]["name"] == "NAMES_REFUSED"
    assert "3 of the file names" in report["message"]
    assert report["classes"]["badName"]["count"] == 3
    assert sorted(names(report, "badName")) == [b"caf\xe9", b"d\xff/"]


def test_a_failure_is_told(syncOnce: Sync, tmp_path: Path) -> None:
    source = plantTree(tmp_path / "source", {b"a": b"1"})
    report = reported(syncOnce(source, "s3://no-such-bucket", "--report", "-"))
    assert report["status"]["name"] == "FAILED"
    assert "NoSuchBucket" in report["message"]
    assert report["classes"] == {}


def test_a_run_beside_another_is_told(
    syncOnce: Sync, server: S3Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in server.environment().items():
        monkeypatch.setenv(name, value)
    source = plantTree(tmp_path / "source", {b"a": b"1"})
    metrics = tmp_path / "cback.prom"
    with targetLock(S3Location("bucket", ""), AwsSettings(awsLocale())):
        report = reported(syncOnce(source, "s3://bucket", "--report", "-", "--metricsFile", metrics))
    assert report["status"]["name"] == "LOCKED"
    assert "} 10\n" in metrics.read_text()


def test_an_interrupted_run_is_told(server: S3Server, tmp_path: Path, anyAws: str) -> None:
    server.addFault(Fault("ListObjectsV2", Hang()))
    source = plantTree(tmp_path / "source", {b"a": b"1"})
    command = [*toolCommand(MODULE), "--logfile", str(tmp_path / "log"), "--report", "-", str(source), "s3://bucket"]
    with subprocess.Popen(
        ["env", "--default-signal", *command],
        env=toolEnvironment(server.environment(), anyAws),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        while not server.requests:
            assert process.poll() is None, process.communicate()
            time.sleep(0.01)
        process.send_signal(signal.SIGTERM)
        stdout, stderr = process.communicate(timeout=240)
    report = reported(Outcome(process.returncode, stdout, stderr, ""))
    assert report["status"]["name"] == "INTERRUPTED"
    assert "SIGTERM" in report["message"]
    assert set(report["phaseSeconds"]) == {"check", "walk", "listing"}
    assert report["programs"] == {}


@pytest.mark.parametrize("switches", [("--metricsFile", "/tmp/cback.prom"), ("--pingUrl", "http://127.0.0.1:1/")])
def test_a_dry_run_may_not_tell_of_success(syncOnce: Sync, tmp_path: Path, switches: tuple[str, str]) -> None:
    source = plantTree(tmp_path / "source", {b"a": b"1"})
    outcome = syncOnce(source, "s3://bucket", "--dryRun", *switches)
    assert outcome.status == ExitStatus.USAGE
    assert "--dryRun saves nothing" in outcome.stderr


def test_a_log_has_the_first_lines_of_a_kind_and_the_numbers_are_exact(
    syncOnce: Sync, server: S3Server, tmp_path: Path
) -> None:
    """A million dangling links of control characters would be 14 GB a night."""
    source = plantTree(tmp_path / "source", [b"%d" % number for number in range(_MANY)])
    for number in range(_MANY):
        os.symlink("nowhere", source / f"\x01{number}")
        server.putObject("bucket", b"old %d" % number, b"1")
    outcome = syncOnce(source, "s3://bucket", "--verifyOnly", "--report", "-")
    assert outcome.status == 7
    for lines, more in (
        ("Skipped: ", "skipped paths"),
        ("Missing: ", "differences (missing)"),
        ("Extra: ", "differences (extra)"),
    ):
        assert outcome.log.count(lines) == 1000
        assert outcome.log.count(f"... and {_MANY - 1000} more {more}, which are only counted\n") == 1
    assert f"{2 * _MANY:,} differences" in outcome.stderr
    found = {name: number for name, (number, _) in counts(reported(outcome)).items()}
    assert found == {"skipped": _MANY, "missing": _MANY, "extra": _MANY}


def test_names_that_are_refused_are_capped_in_the_log_as_well(syncOnce: Sync, server: S3Server, tmp_path: Path) -> None:
    source = plantTree(tmp_path / "source", [b"caf\xe9 %04d" % number for number in range(_MANY)])
    outcome = syncOnce(source, "s3://bucket", environment={"LC_ALL": "C.UTF-8"})
    assert outcome.status == 8
    assert f"... and {_MANY - 25:,} more names, the first 975 of them in the log file" in outcome.stderr
    assert outcome.log.count(" Name: ") == 1000
    assert outcome.log.count(" mv --no-clobber ") == 1000
    assert f"{_MANY:,} of the file names" in outcome.stderr
