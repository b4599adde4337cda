"""A rehearsed restore: a sample comes back as it would, each file is proven, and nothing of it is left anywhere."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from CedarBackup3.amazons3.aws.locale import awsLocale
from CedarBackup3.amazons3.aws.rules import Rule
from CedarBackup3.amazons3.aws.settings import AwsSettings
from CedarBackup3.amazons3.model import S3Location
from CedarBackup3.amazons3.progress import Silence
from CedarBackup3.amazons3.restore.draw import Share
from CedarBackup3.amazons3.restore.rehearsal import runRehearsal
from CedarBackup3.amazons3.restore.selection import Selection
from CedarBackup3.cli import runTool
from CedarBackup3.cli.findings import Findings
from CedarBackup3.errors import CommandFailed
from CedarBackup3.tools.amazons3restore import TOOL as TOOL_RECORD
from CedarBackup3.util import displayPath
from testcase.attributetrees import packed, recordsOf
from testcase.awscommands import awsCommands
from testcase.runner import Outcome, toolCommand, toolEnvironment
from testcase.s3 import DENY, Fault, Hang, Refuse, S3Server
from testcase.trees import LONG_AGO, plantTree

from .harness import START, Restore, at, awsStandIn, changes, moment, put

TOOL = "CedarBackup3.tools.amazons3restore"
FILES = {b"d%d/%02d \xc3\xa9" % (number // 4, number): b"content %d" % number for number in range(12)}


pytestmark = pytest.mark.versioned


class Rehearsals:
    """Rehearses, with the report of each, and with a place for temporary files that has to be empty afterwards."""

    def __init__(self, restore: Restore, directory: Path) -> None:
        self._restore = restore
        self.temporary = directory / "temporary"
        self.temporary.mkdir()
        self.report = directory / "report.json"
        self.metrics = directory / "r.prom"

    def __call__(self, share: str, *arguments: str | Path, prefix: str = "p") -> Outcome:
        """Rehearse; what is temporary has to be gone."""
        self.report.unlink(missing_ok=True)
        words = ("--report", self.report, "--metricsFile", self.metrics, "--rehearse", share, *arguments)
        outcome = self._restore(*words, f"s3://bucket/{prefix}", environment={"TMPDIR": str(self.temporary)})
        assert list(self.temporary.iterdir()) == []
        assert "Traceback" not in outcome.stderr + outcome.log
        return outcome

    def classes(self) -> dict[str, int]:
        """What the last one has found, without what it has not."""
        return {name: found["count"] for name, found in self._document()["classes"].items() if found["count"]}

    def paths(self, name: str) -> list[str]:
        """The keys of a class."""
        return [each["path"] for each in self._document()["classes"][name]["paths"]]

    def _document(self) -> dict[str, Any]:
        document = json.loads(self.report.read_text())
        assert isinstance(document, dict)
        return document


@pytest.fixture
def rehearse(restoreOnce: Restore, tmp_path: Path) -> Rehearsals:
    return Rehearsals(restoreOnce, tmp_path)


def test_all_that_is_drawn_comes_back_and_nothing_is_left(
    rehearse: Rehearsals, server: S3Server, tmp_path: Path, way: tuple[str, str]
) -> None:
    put(server, FILES | {b"folder/": b""}, 0)
    put(server, {b"large": os.urandom(1 << 20)}, 0)
    put(server, {b"sibling": b"x"}, 0, b"p")
    outcome = rehearse("4", *way, "--verbose")
    assert (outcome.status, outcome.stderr) == (0, ""), outcome
    assert rehearse.classes() == {"drawn": 4, "restored": 4}
    assert "large" in rehearse.paths("drawn")
    assert "Rehearsed: s3://bucket/p/ as of now: 4 files drawn (1.0 MiB); 4 proven" in outcome.stdout
    assert (changes(server), sorted(map(str, tmp_path.iterdir()))) == (
        [],
        sorted(f"{tmp_path}/{name}" for name in ("temporary", "report.json", "r.prom")),
    )


def test_what_is_wrong_is_a_line_each_and_costs_no_other_its_proof(
    rehearse: Rehearsals, server: S3Server, way: tuple[str, str]
) -> None:
    keys = sorted(FILES)[:5]
    put(server, {key: FILES[key] for key in keys if key != keys[3]}, 0)
    damaged, missing, denied, encrypted = (b"p/" + key for key in keys[:4])
    server.damageObject("bucket", damaged, keepChecksums=False)
    server.addFault(Fault("GetObject", Refuse(404, "NoSuchKey", "The specified key does not exist."), key=missing))
    server.addFault(Fault("GetObject", DENY, key=denied))
    server.putObject("bucket", encrypted, b"x", at(0), headers=KMS)

    outcome = rehearse("5", *way)

    assert outcome.status == 7, outcome
    different, *failed, summary = sorted(outcome.stderr.splitlines())
    shown = {b"p/" + key: displayPath(key) for key in keys}
    assert different.startswith(f"Different: s3://bucket/p/{shown[damaged]} cannot be restored: its content")
    assert len(failed) == 2
    for key, line in zip((missing, denied), failed, strict=True):
        assert line.startswith(f"Failed: s3://bucket/p/{shown[key]} cannot be restored: ")
    assert summary.startswith("Rehearsal failed: s3://bucket/p/ as of now: 5 files drawn (")
    assert summary.endswith("); 1 proven, 1 unproven, 1 different, 2 failed")
    assert rehearse.classes() == {"drawn": 5, "restored": 1, "unproven": 1, "different": 1, "failed": 2}


KMS = {"x-amz-server-side-encryption": "aws:kms"}


def test_files_of_the_source_that_have_not_changed_are_compared_byte_by_byte(
    rehearse: Rehearsals, server: S3Server, tmp_path: Path
) -> None:
    names = (b"equal", b"encrypted", b"other", b"larger", b"later", b"gone", b"pipe", b"dir", b"d/f", b"link")
    files = {name: b"as it was stored: " + name for name in names}
    source = plantTree(tmp_path / "source", files)
    outside = plantTree(tmp_path / "outside", {b"f": files[b"d/f"], b"link": files[b"link"]})
    for name, content in files.items():
        server.putObject("bucket", b"p/" + name, content, at(0), headers=KMS if name == b"encrypted" else {})
    plantTree(source, {b"other": b"as it was stored: OTHER", b"larger": b"as it was stored: larger and more"})
    (source / "later").write_bytes(b"as it was stored: LATER")
    os.utime(source / "later", (START.timestamp() + 3600, START.timestamp() + 3600))
    for missing in ("gone", "pipe", "dir", "link"):
        (source / missing).unlink()
    os.mkfifo(source / "pipe")
    (source / "dir").mkdir()
    (source / "link").symlink_to(outside / "link")
    (source / "d/f").unlink()
    (source / "d").rmdir()
    (source / "d").symlink_to(outside)
    before = sorted(source.rglob("*"))

    outcome = rehearse("50", "--against", source)

    assert outcome.status == 7
    line, summary = outcome.stderr.splitlines()
    assert line == (
        f"Different: s3://bucket/p/other differs from {source}/other, which has not changed since it was stored"
    )
    assert summary.endswith(f"; 9 proven, 1 different, 2 the same in {source}, 7 changed or gone in {source}")
    assert rehearse.classes() == {"drawn": 10, "restored": 9, "different": 1, "compared": 2, "notCompared": 7}
    assert sorted(source.rglob("*")) == before
    server.deleteObject("bucket", b"p/other", lastModified=at(1))
    assert rehearse("1MB", "--against", source, "--exclude", "encrypted").status == 0
    assert (rehearse.paths("notCompared"), rehearse.classes()["compared"]) == (
        ["d/f", "dir", "gone", "larger", "later", "link", "pipe"],
        1,
    )


def test_a_directory_that_has_none_of_the_files_is_no_source(
    monkeypatch: pytest.MonkeyPatch, anyAws: str, server: S3Server, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    put(server, {b"a": b"1", b"d/b": b"2", b"gone": b"3"}, 0)
    selection = _inProcess(server, monkeypatch, anyAws)
    empty, other = tmp_path / "not mounted", plantTree(tmp_path / "other", {b"a/d/b": b"2"})
    empty.mkdir()
    (other / "gone").symlink_to("a/d/b")
    changed = plantTree(tmp_path / "changed", {b"d/b": b"changed since"})
    for directory, isSource in ((empty, False), (other, False), (changed, True)):
        watcher = Watching()
        found = runRehearsal(selection, Share(files=3), watcher, day=1, against=os.fsencode(directory))
        assert (found, watcher.kept.tallies["restored"].files) == (isSource, 3)
        assert (f"none of the files in s3://bucket/p/ as of now is in {directory}; " in caplog.text) is not isSource


def test_old_versions_are_proven_as_what_they_were(rehearse: Rehearsals, server: S3Server, tmp_path: Path) -> None:
    put(server, {b"a": b"first", b"b": b"deleted since"}, 0)
    put(server, {b"a": b"second"}, 10)
    server.deleteObject("bucket", b"p/b", lastModified=at(20))
    put(server, {b"a": b"third"}, 30)
    source = plantTree(tmp_path / "source", {b"a": b"third"})

    assert rehearse("10", "--against", source).status == 0
    assert rehearse.classes() == {"drawn": 4, "oldDrawn": 3, "restored": 4, "compared": 1}
    assert rehearse("10", "--atTime", moment(15), "--against", source).status == 0
    assert rehearse.classes() == {"drawn": 3, "oldDrawn": 1, "restored": 3, "notCompared": 2}

    first = server.versions("bucket")[b"p/a"][-1].versionId
    server.damageObject("bucket", b"p/a", versionId=first, keepChecksums=False)
    outcome = rehearse("10")
    assert (outcome.status, rehearse.classes()["restored"]) == (7, 3)
    assert f"Different: s3://bucket/p/a (version {first}) cannot be restored: its content" in outcome.stderr


def test_archived_objects_are_left_out_unless_there_is_nothing_else(rehearse: Rehearsals, server: S3Server) -> None:
    cold = {"x-amz-storage-class": "GLACIER"}
    server.putObject("bucket", b"p/cold", b"cold", at(0), headers=cold)
    tier = {"x-amz-storage-class": "INTELLIGENT_TIERING", "x-amz-archive-status": "ARCHIVE_ACCESS"}
    server.putObject("bucket", b"p/tier", b"cold, too", at(0), headers=tier)
    put(server, {b"warm": b"1"}, 0)
    outcome = rehearse("5")
    assert (outcome.status, outcome.stderr) == (0, "")
    assert rehearse.classes() == {"drawn": 2, "restored": 1, "archived": 1, "archivedLeftOut": 1}
    assert "1 proven, 1 archived; left out: 1 archived (4 bytes)" in outcome.log

    outcome = rehearse("5", "--exclude", "warm", "--exclude", "tier")
    assert outcome.status == 7
    line, _summary = outcome.stderr.splitlines()
    assert line.startswith("Archived: s3://bucket/p/cold (4 bytes, GLACIER) can be read only once it is thawed; ")
    assert "--thaw DAYS" in line
    assert rehearse.classes() == {"drawn": 1, "archived": 1}

    server.putObject("bucket", b"q/cold", b"cold", at(0), headers={**cold, "x-amz-restore": 'ongoing-request="false"'})
    assert rehearse("5", prefix="q").status == 0, "what was brought back is drawn again"


def test_old_versions_that_can_be_read_hide_no_snapshot_that_cannot(
    monkeypatch: pytest.MonkeyPatch, anyAws: str, server: S3Server
) -> None:
    put(server, {b"a": b"old", b"b": b"old, too"}, 0)
    cold = {"x-amz-storage-class": "GLACIER"}
    tier = {"x-amz-storage-class": "INTELLIGENT_TIERING", "x-amz-archive-status": "ARCHIVE_ACCESS"}
    for key, headers in ((b"p/a", cold), (b"p/b", tier)):
        server.putObject("bucket", key, b"new", at(5), headers=headers)
    selection = _inProcess(server, monkeypatch, anyAws)
    for rules, restored in (((Rule("b"),), 1), ((Rule("a"),), 1), ((), 2)):
        watcher = Watching()
        assert not runRehearsal(replace(selection, rules=rules), Share(files=9), watcher, day=1)
        assert (watcher.keys("archived") != [], watcher.kept.tallies["restored"].files) == (True, restored)


@pytest.mark.parametrize(("arguments", "prefix"), [(("--exclude", "*"), "p"), ((), "empty")])
def test_where_there_is_nothing_to_draw_is_no_success(
    rehearse: Rehearsals, server: S3Server, arguments: tuple[str, ...], prefix: str
) -> None:
    put(server, {b"folder/": b"", b"a": b"1"}, 0)
    outcome = rehearse("5", *arguments, prefix=prefix)
    assert (outcome.status, outcome.stderr.count("\n")) == (6, 1), outcome


def test_where_nothing_can_be_proven_is_no_success_unless_the_source_proves_it(
    rehearse: Rehearsals, server: S3Server, tmp_path: Path
) -> None:
    server.putObject("bucket", b"p/a", b"encrypted", at(0), headers=KMS)
    outcome = rehearse("5")
    assert (outcome.status, rehearse.classes()) == (7, {"drawn": 1, "unproven": 1})
    line, summary = outcome.stderr.splitlines()
    assert line.startswith("Nothing proven: nothing shows whether what can be fetched from s3://bucket/p/ as of now")
    assert summary == "Rehearsal failed: s3://bucket/p/ as of now: 1 file drawn (9 bytes); 1 unproven"
    assert "--against DIR" in line
    assert rehearse("5", "--against", plantTree(tmp_path / "source", {b"a": b"encrypted"})).status == 0


def test_recorded_attributes_are_tried_and_recorded_digests_and_times_are_believed(
    rehearse: Rehearsals, server: S3Server, tmp_path: Path
) -> None:
    files = {b"a": b"encrypted", b"b": b"2", b"changed": b"3"}
    source = plantTree(tmp_path / "source", files, mtime=LONG_AGO)
    os.utime(source / "b", (START.timestamp() + 60, START.timestamp() + 60))  # a clock that was ahead
    (source / "a").chmod(0o440)
    put(server, {name: files[name] for name in (b"b", b"changed")}, 0)
    server.putObject("bucket", b"p/a", b"encrypted", at(0), headers=KMS)
    put(server, {b".cback-attributes.jsonl.gz": packed(recordsOf(source))}, 90)
    os.utime(source / "changed", (LONG_AGO + 1, LONG_AGO + 1))
    outcome = rehearse("5", "--against", source)
    assert (outcome.status, outcome.stderr) == (0, ""), outcome
    expected = {"drawn": 3, "restored": 3, "compared": 2, "notCompared": 1, "attributesAlike": 3}
    assert rehearse.classes() == expected
    if os.geteuid() == 0:
        unknown = [
            record._replace(user="no-user-here") if record.key == b"b" else record for record in recordsOf(source)
        ]
        put(server, {b".cback-attributes.jsonl.gz": packed(unknown)}, 95)
        outcome = rehearse("5", "--owners")
        assert outcome.status == 7
        assert "Attributes: s3://bucket/p/b has another owner, since user no-user-here is not known" in outcome.stderr
        assert rehearse.classes()["attributesDiffer"] == 1
    put(server, {b".cback-attributes.jsonl.gz": b"broken"}, 100)
    outcome = rehearse("5")
    assert (outcome.status, outcome.stderr.count("Attributes: ")) == (7, 1), outcome


def test_a_signal_leaves_nothing(server: S3Server, anyAws: str, tmp_path: Path, way: tuple[str, str]) -> None:
    put(server, FILES, 0)
    server.addFault(Fault("GetObject", Hang(), key=b"p/" + sorted(FILES)[5]))
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    variables = {**server.environment(), "TMPDIR": str(temporary)}
    words = ["--logfile", str(tmp_path / "log"), *way, "--rehearse", "12", "s3://bucket/p"]
    command = ["env", "--default-signal", *toolCommand(TOOL), *words]
    with subprocess.Popen(command, env=toolEnvironment(variables, anyAws), stderr=subprocess.PIPE) as process:
        while not (any(path.is_dir() for path in temporary.iterdir()) and _isAsked(server, "GetObject")):
            assert process.poll() is None
            time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        _, stderr = process.communicate(timeout=240)
    assert (process.returncode, b"SIGTERM" in stderr) == (5, True)
    assert list(temporary.iterdir()) == []


def _isAsked(server: S3Server, operation: str) -> bool:
    return any(request.operation == operation for request in server.requests)


def test_where_so_many_fail_that_no_more_are_tried_those_are_named(
    server: S3Server, monkeypatch: pytest.MonkeyPatch, anyAws: str
) -> None:
    put(server, {b"%03d" % number: b"1" for number in range(130)}, 0)
    server.addFault(Fault("GetObject", DENY))
    watcher = Watching()
    with pytest.raises(CommandFailed, match="Gave up after 100 files in a row"):
        runRehearsal(_inProcess(server, monkeypatch, anyAws), Share(files=130), watcher, day=1)
    assert watcher.kept.tallies["failed"].files >= 100


def _inProcess(server: S3Server, monkeypatch: pytest.MonkeyPatch, anyAws: str) -> Selection:
    for name, value in server.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PATH", anyAws, prepend=os.pathsep)
    return Selection(S3Location("bucket", "p/"), AwsSettings(awsLocale()))


class Watching(Silence):
    """Keeps what is found, and does something when a phase begins."""

    def __init__(self, phase: str = "", action: Callable[[], object] = lambda: None) -> None:
        self._phase, self._action = phase, action
        self.kept = Findings()

    @property
    def findings(self) -> Any:
        return self.kept

    def __call__(self, phase: str, files: int = 0, size: int = 0, fraction: float | None = None) -> None:
        if phase == self._phase:
            self._action()

    def keys(self, name: str) -> list[bytes]:
        return sorted(noted.path for noted in self.kept.tallies[name].first)


def test_a_day_draws_the_same_and_the_next_one_others(
    server: S3Server, monkeypatch: pytest.MonkeyPatch, anyAws: str
) -> None:
    put(server, {b"%02d" % number: b"%d" % number for number in range(60)}, 0)
    selection, drawn = _inProcess(server, monkeypatch, anyAws), []
    for day in (20_000, 20_000, 20_001):
        watcher = Watching()
        assert runRehearsal(selection, Share(files=6), watcher, day=day)
        drawn.append(watcher.keys("drawn"))
    assert drawn[0] == drawn[1] != drawn[2]
    assert {len(keys) for keys in drawn} == {6}


@pytest.mark.parametrize("isVersioned", [True, False])
def test_what_is_replaced_or_deleted_after_the_listing_is_no_fault(
    monkeypatch: pytest.MonkeyPatch, anyAws: str, isVersioned: bool
) -> None:
    with S3Server(buckets=("bucket",), versioning=isVersioned) as server:
        put(server, FILES, 0)
        replaced, deleted, *others = sorted(FILES)

        def sync() -> None:
            put(server, {replaced: b"other"}, 10)
            server.deleteObject("bucket", b"p/" + deleted, lastModified=at(10))

        watcher = Watching("draw", sync)
        assert runRehearsal(_inProcess(server, monkeypatch, anyAws), Share(files=12), watcher, day=1)
        counts = {name: tally.files for name, tally in watcher.kept.tallies.items() if tally.files}
        if isVersioned:
            assert counts == {"drawn": 12, "restored": 12}
        else:
            assert counts == {"drawn": 12, "restored": len(others), "replaced": 2}


def test_what_is_damaged_is_not_taken_for_replaced_where_the_session_is_lost_after_the_listing(
    monkeypatch: pytest.MonkeyPatch, anyAws: str, server: S3Server
) -> None:
    put(server, {b"a": b"1", b"b": b"2"}, 0)
    server.damageObject("bucket", b"p/b", keepChecksums=False)
    # The plain commands of version 2 write times otherwise than its session.
    aws = os.path.dirname(awsCommands().get("system", f"{anyAws}/aws"))
    selection = _inProcess(server, monkeypatch, aws)
    selection = replace(selection, aws=replace(selection.aws, sessionWanted="always"))
    before = _children()

    def loseSession() -> None:
        for child in _children() - before:
            os.kill(child, signal.SIGKILL)

    watcher = Watching("draw", loseSession)
    assert not runRehearsal(selection, Share(files=2), watcher, day=1)
    assert (watcher.kept.tallies["restored"].files, watcher.keys("different")) == (1, [b"b"])
    assert "replaced" not in watcher.kept.tallies


def _children() -> set[int]:
    """Those of this process, of all its threads (proc(5))."""
    lists = Path("/proc/self/task").glob("*/children")
    return {int(child) for each in lists for child in each.read_text().split()}


def test_what_grows_beyond_what_was_listed_is_given_up_before_it_fills_the_disk(
    monkeypatch: pytest.MonkeyPatch, anyAws: str, server: S3Server, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    put(server, {b"a": b"1", b"b": b"2"}, 0)
    endless = 'for n in $(seq 300); do echo 1234567 >>"$file"; sleep 0.1; done; exit 1'
    words = f'case "$*" in *--key=p/a*) for word; do case $word in /*) file=$word;; esac; done; {endless};; esac'
    aws = awsStandIn(tmp_path / "bin", Path(anyAws), before=words)
    selection = _inProcess(server, monkeypatch, str(aws))
    selection = replace(selection, aws=replace(selection.aws, sessionWanted="never"))
    watcher = Watching()
    assert not runRehearsal(selection, Share(files=2), watcher, day=1)
    assert "s3://bucket/p/a cannot be restored: more than 1 byte arrived" in caplog.text
    assert watcher.kept.tallies["restored"].files == 1


def test_attributes_that_are_stored_anew_after_the_listing_are_no_fault(
    monkeypatch: pytest.MonkeyPatch, anyAws: str, tmp_path: Path
) -> None:
    source = plantTree(tmp_path / "source", {b"a": b"1", b"b": b"2"})
    with S3Server(buckets=("bucket",)) as server:
        put(server, {b"a": b"1", b"b": b"2", b".cback-attributes.jsonl.gz": packed(recordsOf(source))}, 0)

        def sync() -> None:
            plantTree(source, {b"c": b"3"})
            put(server, {b"c": b"3", b".cback-attributes.jsonl.gz": packed(recordsOf(source))}, 10)

        for damage, isSuccess in ((sync, True), (lambda: put(server, {b".cback-attributes.jsonl.gz": b""}, 20), False)):
            watcher = Watching("draw", damage)
            found = runRehearsal(_inProcess(server, monkeypatch, anyAws), Share(files=12), watcher, day=1)
            counts = {name: tally.files for name, tally in watcher.kept.tallies.items() if tally.files}
            assert (found, counts.get("attributesAlike", 0) > 0) == (isSuccess, isSuccess), counts


def test_of_the_records_of_a_hostile_bucket_no_more_are_kept_than_memory_has_room_for(
    monkeypatch: pytest.MonkeyPatch, anyAws: str, server: S3Server, tmp_path: Path
) -> None:
    files = {b"%03d" % number: b"1" for number in range(100)}
    put(server, files, 0)
    large = ((b"user.large", bytes(400_000)),)
    records = recordsOf(plantTree(tmp_path / "source", files))
    put(server, {b".cback-attributes.jsonl.gz": packed(each._replace(xattrs=large) for each in records)}, 0)
    watcher = Watching()
    assert runRehearsal(_inProcess(server, monkeypatch, anyAws), Share(files=100), watcher, day=1)
    tallies = watcher.kept.tallies
    assert tallies["restored"].files == 100
    assert 0 < tallies["attributesUnknown"].files < 100, "some are tried, and the rest is counted"


def test_what_does_not_fit_into_the_temporary_space_is_named_and_the_rest_comes_in_portions(
    restoreOnce: Restore, server: S3Server, tmp_path: Path, tinyDisk: Path
) -> None:
    put(server, {b"%d" % number: b"%d" % number * 9000 for number in range(8)}, 0)
    put(server, {b"large": b"x" * 100_000}, 0)
    words = ("--rehearse", "9", "--verbose", "s3://bucket/p")
    outcome = restoreOnce(*words, environment={"TMPDIR": str(tinyDisk)})
    assert outcome.status == 7, outcome
    line, _summary = outcome.stderr.splitlines()
    assert line.startswith(f"Failed: s3://bucket/p/large cannot be restored: {tinyDisk} has no room for it")
    assert "8 proven, 1 failed" in outcome.stderr
    assert outcome.stdout.count("Fetching ") > 2
    assert list(tinyDisk.iterdir()) == []


USAGE = {
    ("--rehearse", "0"): "a number of files from 1 to 10,000, or a size",
    ("--rehearse", "10001"): "a number of files from 1 to 10,000, or a size",
    ("--rehearse", "many"): "a number of files from 1 to 10,000, or a size",
    ("--rehearse", "5", "--list"): "do not go together",
    ("--rehearse", "5", "--dryRun"): "do not go together",
    ("--rehearse", "5", "--overwrite"): "do not go together",
    ("--rehearse", "5", "/srv"): "takes no target directory",
    ("--against", "/srv", "/srv"): "--against needs --rehearse",
}


@pytest.mark.parametrize("words", USAGE)
def test_what_means_nothing_is_wrong_usage(
    words: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert runTool(TOOL_RECORD, ["--logfile", str(tmp_path / "log"), "s3://bucket/p", *words]) == 2
    assert USAGE[words] in capsys.readouterr().err


def test_a_directory_that_is_not_there_is_no_success(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--logfile", str(tmp_path / "log"), "--rehearse", "5", "--against", str(tmp_path / "absent")]
    assert runTool(TOOL_RECORD, [*words, "s3://bucket/p"]) == 6
    assert f"The directory {tmp_path}/absent does not exist" in capsys.readouterr().err
