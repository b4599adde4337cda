"""A part of the files a day: damage is found on its day and not before, and nothing is claimed that was not proven."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from CedarBackup3.amazons3.mirror import Mirror, mirrorOf
from CedarBackup3.amazons3.model import Coverage, Kind, Part, VerifyReport
from CedarBackup3.amazons3.progress import SILENT
from CedarBackup3.amazons3.sync.coverage import coveredSince, isProven
from CedarBackup3.amazons3.sync.rotation import Rotation, hasKey
from CedarBackup3.amazons3.sync.run import RunOptions, runSync
from testcase.s3 import S3Server
from testcase.trees import plantTree

from .harness import Sync, changes, plantObjects, stored

_SCHEMA = Path(__file__).resolve().parents[2] / "docs/report.schema.json"
DAY = 20_001
NAMES = [b"%d.txt" % number for number in range(12)]


def inPart(number: int, parts: int, names: list[bytes] = NAMES) -> list[bytes]:
    return [name for name in names if hasKey(Part(number, parts, DAY), name)]


@pytest.fixture
def environment(server: S3Server, monkeypatch: pytest.MonkeyPatch, anyAws: str) -> None:
    for name, value in server.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PATH", anyAws, prepend=":")


def check(mirror: Mirror, day: int, rotation: Rotation, **how: Any) -> VerifyReport:
    options = RunOptions(checkContent=True, rotation=rotation, day=day, **how)
    report = runSync(mirror, options, SILENT)
    assert report
    return report


@pytest.mark.usefixtures("environment")
def test_a_damaged_object_is_found_on_its_day_and_repaired_on_no_other(server: S3Server, tmp_path: Path) -> None:
    source = plantTree(tmp_path / "source", NAMES)
    number = (DAY + 1) % 3
    bad = inPart(number, 3)[0]
    plantObjects(server, {name: name for name in NAMES} | {bad: bad[::-1]})
    mirror, thirds = mirrorOf(source, "s3://bucket"), Rotation(3)
    before = check(mirror, DAY, thirds, repairContent=True, coverage=Coverage())
    assert (before.isClean, before.part, before.uploads) == (True, Part(DAY % 3, 3, DAY), None)
    assert before.content
    assert before.content.files == {"matched": len(inPart(DAY % 3, 3))}
    assert before.matchedFiles == len(NAMES)
    assert before.coverage == Coverage(3, {DAY % 3: DAY})
    assert not changes(server)

    found = check(mirror, DAY + 1, thirds, verifyOnly=True, coverage=before.coverage)
    assert [(each.kind, each.key) for each in found.differences] == [(Kind.CONTENT, bad)]
    assert (found.coverage, isProven(found)) == (before.coverage, False)

    mended = check(mirror, DAY + 1, thirds, repairContent=True, coverage=before.coverage)
    assert changes(server) == [("PutObject", bad)]
    assert (mended.isClean, stored(server)[bad]) == (True, bad)
    assert mended.content
    assert mended.content.files == {"matched": len(inPart(number, 3))}
    last = check(mirror, DAY + 2, thirds, verifyOnly=True, coverage=mended.coverage)
    assert last.coverage
    assert coveredSince(last.coverage) == DAY


@pytest.mark.usefixtures("environment")
def test_uploads_outside_of_the_part_are_proven_as_ever_and_count_for_themselves(
    server: S3Server, tmp_path: Path
) -> None:
    names = [*NAMES, b"kms"]
    source = plantTree(tmp_path / "source", names)
    mine = inPart(DAY % 2, 2, names)
    others = sorted(set(names) - set(mine))
    old = [mine[0], others[0]]
    plantObjects(server, {name: name for name in old})
    mirror = mirrorOf(source, "s3://bucket")
    report = check(mirror, DAY, Rotation(2), coverage=Coverage())
    assert report.isClean
    assert report.content
    assert report.uploads
    assert report.content.files == {"matched": len(mine)}
    assert report.uploads.files == {"matched": len(others) - 1}
    assert report.coverage == Coverage(2, {DAY % 2: DAY})
    again = check(mirror, DAY, Rotation(2))
    assert (again.isClean, again.uploads, again.coverage) == (True, None, None)

    # Without the proof of uploads, nothing is read of those outside of the part.
    for name in (mine[0], others[0]):
        source.joinpath(name.decode()).write_bytes(b"new content")
    report = check(mirror, DAY, Rotation(2), proveUploads=False)
    assert report.isClean
    assert report.content
    assert (report.content.files, report.uploads) == ({"matched": len(mine)}, None)


@pytest.mark.usefixtures("environment")
def test_unproven_files_of_the_part_keep_it_from_counting_and_others_do_not(server: S3Server, tmp_path: Path) -> None:
    source = plantTree(tmp_path / "source", NAMES)
    plantObjects(server, {name: name for name in NAMES})
    unproven = inPart(DAY % 2, 2)[0]
    server.putObject("bucket", unproven, unproven, headers={"x-amz-server-side-encryption": "aws:kms"})
    mirror = mirrorOf(source, "s3://bucket")
    mirror = replace(mirror, aws=replace(mirror.aws, sessionWanted="never"))
    report = check(mirror, DAY, Rotation(2), verifyOnly=True, coverage=Coverage())
    assert (report.isClean, report.coverage) == (True, Coverage())
    assert report.content
    assert report.content.files["unknown"] == 1
    other = check(mirror, DAY + 1, Rotation(2), verifyOnly=True, coverage=Coverage())
    assert other.coverage == Coverage(2, {(DAY + 1) % 2: DAY + 1})

    # Of uploads outside of the part a few are asked for, as without the check, and their doubts are theirs.
    names = [b"new %d" % number for number in range(30)]
    added = [name for name in names if not hasKey(Part((DAY + 1) % 2, 2, DAY), name)]
    plantTree(source, added)
    keyed = replace(mirror, aws=replace(mirror.aws, sse="aws:kms", sessionWanted="always"))
    asked = len(server.requests)
    report = check(keyed, DAY + 1, Rotation(2), coverage=Coverage())
    assert report.content
    assert report.uploads
    assert (report.isClean, report.content.files) == (True, {"matched": len(inPart((DAY + 1) % 2, 2))})
    assert report.uploads.files == {"unknown": len(added)}
    assert report.coverage == Coverage(2, {(DAY + 1) % 2: DAY + 1})
    heads = [request for request in server.requests[asked:] if request.operation == "HeadObject"]
    assert 0 < len(heads) <= 5 < len(added)


def test_summary_report_metrics_and_state_directory_have_the_part_and_since_when_all_is_proven(
    syncOnce: Sync, server: S3Server, tmp_path: Path
) -> None:
    source = plantTree(tmp_path / "source", NAMES)
    state, metrics = tmp_path / "state", tmp_path / "x.prom"
    state.mkdir(mode=0o700)
    plantObjects(server, {name: name for name in NAMES})

    def run(part: str, *words: str, status: int = 0, **variables: str) -> tuple[dict[str, Any], str]:
        switches = (f"--checkContent{part}", "--report", "-", "--metricsFile", str(metrics), *words)
        outcome = syncOnce(source, "s3://bucket", "--verifyOnly", *switches, environment=variables)
        assert outcome.status == status, outcome
        log = tmp_path / "log"
        report = json.loads(outcome.stdout)
        jsonschema.Draft202012Validator(json.loads(_SCHEMA.read_text("utf-8"))).validate(report)
        return report, log.read_text()

    log = ("--logfile", str(tmp_path / "log"))
    report, text = run("=1/2", *log)
    number = report["figures"]["contentPart"]
    assert report["figures"] == {"contentPart": number, "contentParts": 2}
    assert report["options"]["checkContent"] == "1/2"
    assert report["classes"]["contentMatched"]["count"] == len(inPart(number - 1, 2))
    assert f"; content of part {number} of 2: {len(inPart(number - 1, 2))} matched (" in text.splitlines()[-2]
    assert not list(state.iterdir())

    digests = ("--digestCache", str(state / "digests"))
    report, text = run("=1/2", *log, *digests, STATE_DIRECTORY=str(state))
    number = report["figures"]["contentPart"]
    assert report["figures"]["contentPartsCovered"] == 1
    assert report["figures"]["contentCoveredTimestampSeconds"] == 0
    assert "; 1 of 2 parts proven so far" in text.splitlines()[-2]
    assert "cback_content_part{" in metrics.read_text()

    report, _ = run("", *log, *digests, STATE_DIRECTORY=str(state))
    covered = report["figures"]["contentCoveredTimestampSeconds"]
    assert covered % 86400 == 0
    assert covered > 1.7e9
    assert report["options"]["checkContent"] is True
    assert list(report["figures"]) == ["contentCoveredTimestampSeconds"]
    assert f'"s3://bucket"}} {covered}' in metrics.read_text()

    bad = NAMES[0]
    plantObjects(server, {bad: bad[::-1]})
    report, _ = run("", *log, STATE_DIRECTORY=str(state), status=7)
    assert report["figures"] == {"contentCoveredTimestampSeconds": covered}
    (kept,) = state.glob("coverage-*.json")
    kept.write_text("{}")
    report, text = run("=1/1", *log, STATE_DIRECTORY=str(state), status=7)
    assert report["figures"] == {"contentCoveredTimestampSeconds": 0}
    assert f"What was kept in {kept} is ignored" in text
