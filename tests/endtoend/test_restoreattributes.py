"""What a sync has stored with `--attributes` comes back with a restore, as it was at the moment."""

from __future__ import annotations

import gzip
import json
import os
import re
import stat
from pathlib import Path

import pytest

from CedarBackup3.amazons3.model import ATTRIBUTES_KEY
from testcase.attributetrees import everyKind, packed, printed, recordsOf
from testcase.runner import Outcome
from testcase.s3 import S3Server
from testcase.trees import plantTree

from .conftest import PlainUser
from .harness import Restore, Sync, at, moment, put

IS_ROOT = os.geteuid() == 0
HEADER = b'{"format":"cback-attributes","schema":1,"tool":"t","source":"/","host":"h","time":"0.000000000"}\n'


pytestmark = pytest.mark.versioned


def putAttributes(server: S3Server, content: bytes, seconds: float) -> None:
    put(server, {ATTRIBUTES_KEY: content}, seconds)


def linesOf(outcome: Outcome, beginning: str) -> list[str]:
    return [line for line in outcome.stderr.splitlines() if line.startswith(beginning)]


@pytest.mark.whoever
def test_what_a_sync_has_stored_comes_back_and_compares_equal(
    syncOnce: Sync, restoreOnce: Restore, server: S3Server, tmp_path: Path
) -> None:
    source, files = everyKind(tmp_path / "source")
    assert syncOnce(source, "s3://bucket/p", "--attributes", "--noFollowLinks").status == 0
    words, target, report = ["--owners"] if IS_ROOT else [], tmp_path / "target", tmp_path / "report"
    outcome = restoreOnce(*words, "s3://bucket/p", target, "--report", report)
    assert (outcome.status, outcome.stderr) == (0, "")
    assert printed(target) == printed(source)
    classes = json.loads(report.read_text())["classes"]
    paths = len(printed(source))
    assert {name: found["count"] for name, found in classes.items()} == {
        "restored": len(files),
        "attributesAlike": paths,
    }
    (target / "empty/deeper").rmdir()
    (target / "d/run").chmod(0o600)
    outcome = restoreOnce(*words, "--verifyOnly", "s3://bucket/p", target)
    assert outcome.status == 7
    assert [re.sub(r" (time|as of|mode) .*| instead .*", "", line) for line in outcome.stderr.splitlines()[:-1]] == [
        f"Attributes: {target}/d/run has",
        f"Attributes: {target}/empty has",
        f"Missing: the directory {target}/empty/deeper does not exist, but is in s3://bucket/p/",
    ]


def test_a_moment_amid_a_run_has_the_attributes_of_before_and_names_each_file_that_is_newer(
    restoreOnce: Restore, server: S3Server, tmp_path: Path
) -> None:
    source = plantTree(tmp_path / "source", {b"a": b"old", b"b": b"1", b"c": b"2"})
    for name in "abc":
        (source / name).chmod(0o644)
    put(server, {b"a": b"old", b"b": b"1", b"c": b"2"}, 0)
    putAttributes(server, packed(recordsOf(source)), 1)
    put(server, {b"a": b"new", b"b": b"1"}, 10)  # a of the same size; b once more as it was
    (source / "a").chmod(0o600)
    putAttributes(server, packed(recordsOf(source)), 20)
    outcome = restoreOnce("--atTime", moment(15), "s3://bucket/p", tmp_path / "then")
    assert outcome.status == 0
    assert outcome.stderr.splitlines() == [
        "Unknown attributes: s3://bucket/p/a was stored at 2026-01-01T00:00:10Z, after the attributes "
        "(2026-01-01T00:00:01Z)"
    ]
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "then").iterdir()}
    assert modes == {"a": 0o600, "b": 0o644, "c": 0o644}
    outcome = restoreOnce("--atTime", moment(15), "--attributes", "never", "s3://bucket/p", tmp_path / "plain")
    assert (outcome.status, outcome.stderr) == (0, "")
    assert {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "plain").iterdir()} == {0o600}
    assert not (tmp_path / "plain" / os.fsdecode(ATTRIBUTES_KEY)).exists()


def test_one_directory_or_one_file_gets_the_attributes_of_the_whole_backup_that_is_named(
    restoreOnce: Restore, server: S3Server, tmp_path: Path
) -> None:
    files = {b"d/a": b"1", b"d/b": b"same", b"d/c": b"same", b"other": b"same"}
    source = plantTree(tmp_path / "source", files)
    (source / "d/e").mkdir()
    (source / "d/a").chmod(0o751)
    (source / "d").chmod(0o750)
    put(server, files, 0)
    putAttributes(server, packed(recordsOf(source)), 1)
    outcome = restoreOnce("--attributes", "s3://bucket/p", "s3://bucket/p/d", tmp_path / "directory")
    assert (outcome.status, outcome.stderr) == (0, "")
    words = r"%P %y %m %T@\n"
    assert printed(tmp_path / "directory", words) == printed(source / "d", words)
    outcome = restoreOnce("--attributes", "s3://bucket/p", "--list", "--long", "s3://bucket/p/d/a")
    assert outcome.status == 0
    assert [line.split()[0] for line in outcome.stdout.splitlines()] == ["-rwxr-x--x"]


def test_a_bomb_costs_the_files_nothing_but_their_attributes(
    restoreOnce: Restore, server: S3Server, tmp_path: Path
) -> None:
    put(server, {b"a": b"1", b"d/b": b"2"}, 0)
    putAttributes(server, gzip.compress(HEADER + b" " * (1 << 24), 9), 1)
    outcome = restoreOnce("s3://bucket/p", tmp_path / "target")
    assert outcome.status == 7
    assert (tmp_path / "target/d/b").read_bytes() == b"2"
    assert linesOf(outcome, "Attributes: ") == [
        "Attributes: s3://bucket/p/.cback-attributes.jsonl.gz cannot be used, so files come back without their "
        "attributes: The attributes are damaged: a line is longer than 1,048,576 bytes"
    ]


@pytest.mark.whoever
def test_a_restore_that_goes_on_can_write_in_directories_that_were_closed_and_closes_them(
    restoreOnce: Restore, server: S3Server, tmp_path: Path, plainUser: PlainUser
) -> None:
    source = plantTree(tmp_path / "source", {b"d/a": b"1", b"d/b": b"22"})
    (source / "d").chmod(0o555)
    put(server, {b"d/a": b"1"}, 0)
    server.putObject("bucket", b"p/d/b", b"22", lastModified=at(0), headers={"x-amz-storage-class": "GLACIER"})
    putAttributes(server, packed(recordsOf(source)), 1)
    (source / "d").chmod(0o755)
    target = plainUser.directory / "target"
    logfile = plainUser.directory / "log"
    words = ("--logfile", logfile, "s3://bucket/p", target)
    outcome = restoreOnce(*words, prefix=plainUser.prefix)
    assert (outcome.status, os.listdir(target / "d")) == (7, ["a"]), outcome
    server.putObject("bucket", b"p/d/b", b"22", lastModified=at(0))
    outcome = restoreOnce(*words, prefix=plainUser.prefix)
    assert (outcome.status, sorted(os.listdir(target / "d"))) == (0, ["a", "b"]), outcome
    assert stat.S_IMODE((target / "d").stat().st_mode) == 0o555
