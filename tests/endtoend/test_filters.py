"""Filters: what they cover is neither uploaded nor deleted, and is no difference; and rules are aws's own."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from CedarBackup3.amazons3.aws.rules import Rule, RuleSet
from CedarBackup3.amazons3.local.filters import Filters
from CedarBackup3.amazons3.local.scan import sourceEntries
from CedarBackup3.amazons3.mirror import mirrorOf
from testcase.s3 import S3Server
from testcase.trees import plantTree

from .harness import Restore, Sync, changes, errors, filesIn, plantObjects, stored

TAG = b"Signature: 8a477f597d28d172789f06886806bc55\n# Made by a cache\n"


# The rules of the AWS CLI

BASENAMES = ("a", "b.tmp", "B.TMP", ".hidden", "keep.tmp", "a-1", "[x]", "f*", "q?", "{a,b}", "tmp")
ORACLE_NAMES = [f"{above}{name}" for above in ("", "d/", "d/e/", "de/", "cache/", "x/cache/") for name in BASENAMES]
ORACLE_RULES = [
    "-* +*.tmp -x/* +d/* -d/e/* +d/e/a",
    "-*/cache/* -cache +d[!b]* -? -*.tmp +*/keep.tmp",
    "-d* +de/* -*[[]x] -f[*] -*.[tT][mM]p",
    "+*.tmp -[a-c]/* -{a,b} -[x] -.* -*/ -./a -cache/*/a -a//b",
]


def oracleRules(text: str) -> list[Rule]:
    return [Rule(word[1:], word[0] == "+") for word in text.split()]


@pytest.mark.parametrize("rules", ORACLE_RULES)
def test_rules_choose_what_aws_chooses(rules: str, server: S3Server, anyAws: str, tmp_path: Path) -> None:
    source = plantTree(tmp_path / "source", [name.encode() for name in ORACLE_NAMES])
    gone = [f"{name}~" for name in ORACLE_NAMES] + ORACLE_NAMES[::5]
    plantObjects(server, {b"p/" + name.encode(): b"of quite another size" for name in gone})
    chosen = oracleRules(rules)
    words = [f"{rule.switch}={rule.pattern}" for rule in chosen]
    command = [f"{anyAws}/aws", "s3", "sync", f"{source}/", "s3://bucket/p/", "--delete", "--dryrun", *words]
    told = subprocess.run(
        [*command, "--endpoint-url", server.endpointUrl],
        env={**os.environ, **server.environment()},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    uploads = set(re.findall(r"^\(dryrun\) upload: .* to s3://bucket/p/(.*)$", told, re.MULTILINE))
    deletions = set(re.findall(r"^\(dryrun\) delete: s3://bucket/p/(.*)$", told, re.MULTILINE))
    isLeftOut = RuleSet(chosen).inOrder()
    walked = sourceEntries(mirrorOf(source, "s3://bucket/p", filters=Filters(tuple(chosen))).tree)
    assert {entry.key.decode() for entry in walked} == uploads
    assert {name for name in gone if name.endswith("~") and not isLeftOut(name)} == deletions
    assert uploads or deletions


# What each filter covers

FILTERS: dict[str, list[str]] = {
    "exclude": ["--exclude", "one/*", "-x", "*.tmp"],
    "include": ["--exclude", "some/*", "--include", "some/taken*", "--exclude", "*/taken.not"],
    "excludeFrom": ["--excludeFrom", "{directory}/patterns"],
    "excludeIfPresent": ["--excludeIfPresent", ".nobackup", "--excludeIfPresent", "none of this name"],
    "excludeCaches": ["--excludeCaches"],
}
COVERED = {
    "exclude": [b"one/a", b"one/deep/b", b"x.tmp", b"marked.tmp/c.tmp"],
    "include": [b"some/left", b"some/deep/left", b"some/taken.not"],
    "excludeFrom": [b"listed/a", b"listed name"],
    "excludeIfPresent": [b"marked/a", b"marked/deep/b", b"marked/[odd]*"],
    "excludeCaches": [b"tagged/a", b"deep/tagged/b", b"deep/tagged/c/d"],
}
TAKEN = {
    b"plain": b"1",
    b"some/taken": b"2",
    b"some/taken2/deep": b"3",
    b"marked/.nobackup": b"",
    b"marked!": b"beside it",
    b"tagged/CACHEDIR.TAG": TAG,
    b"deep/tagged/CACHEDIR.TAG": TAG,
    b"deep/no cache/CACHEDIR.TAG": b"Signature: of something else",
    b"deep/no cache/a": b"4",
}


@pytest.mark.parametrize("method", ["direct", "sync"])
def test_what_a_filter_covers_is_neither_uploaded_nor_deleted_nor_a_difference(
    method: str, syncOnce: Sync, server: S3Server, tmp_path: Path
) -> None:
    covered = {path: b"of today: " + path for paths in COVERED.values() for path in paths}
    source = plantTree(tmp_path / "so[u]rce", TAKEN | covered)
    (tmp_path / "patterns").write_bytes(b"\xef\xbb\xbf# These\r\n\r\nlisted/*\r\nlisted name\n \n#x\n[#]y")
    old = dict.fromkeys(covered, b"of an earlier and longer night") | {path + b"/gone": b"older" for path in covered}
    plantObjects(server, {b"p/" + path: content for path, content in old.items()})
    plantObjects(server, {b"p/gone": b"x", b"p/one": b"x", b"p/marked.tmp/gone": b"x"})
    switches = [word.format(directory=tmp_path) for words in FILTERS.values() for word in words]
    outcome = syncOnce(source, "s3://bucket/p", *switches, "--method", method, "--report", "-")
    assert (outcome.status, errors(outcome)) == (0, []), outcome
    # The name of a file covers nothing below it.
    exact = {path + b"/gone" for path in (b"x.tmp", b"marked.tmp/c.tmp", b"some/taken.not", b"listed name")}
    kept = {path: content for path, content in old.items() if path not in exact}
    assert stored(server) == {b"p/" + path: content for path, content in (kept | TAKEN).items()}
    assert "; 1 path with a marker; 2 paths tagged as a cache" in outcome.log
    assert f"Left out: {source}/marked/ holds what --excludeIfPresent names" in outcome.log
    assert '"marked":{"count":1' in re.sub(r"\s", "", outcome.stdout)
    warnings = [line for line in outcome.log.splitlines() if " WARNING " in line]
    assert all("keeps no versions" in line for line in warnings), warnings
    before = changes(server)
    assert syncOnce(source, "s3://bucket/p", *switches, "--verifyOnly", "--checkContent").status == 0
    assert changes(server) == before
    assert syncOnce(source, "s3://bucket/p", "--method", method).status == 0
    assert stored(server) == {b"p/" + path: content for path, content in (TAKEN | covered).items()}


# What is mounted


@pytest.mark.parametrize("method", ["direct", "sync"])
def test_other_file_systems_are_left_out_and_their_objects_alone(
    method: str, syncOnce: Sync, server: S3Server, tmp_path: Path, tinyDisk: Path
) -> None:
    source = plantTree(tmp_path, {b"plain": b"1", b"tiny/other": b"2", b"bound/a": b"", b"real/a": b"3"})
    (source / "link").symlink_to("tiny")
    (source / "link to file").symlink_to("tiny/other")
    subprocess.run(["mount", "--bind", source / "real", source / "bound"], check=True)
    try:
        kept = {b"tiny/other": b"old", b"tiny/gone": b"older", b"link/gone": b"old"}
        plantObjects(server, kept | {b"gone": b"x", b"tiny!": b"x"})
        outcome = syncOnce(source, "s3://bucket", "--oneFileSystem", "--method", method)
        assert (outcome.status, errors(outcome)) == (0, []), outcome
        taken = {b"plain": b"1", b"bound/a": b"3", b"real/a": b"3", b"link to file": b"2"}
        assert stored(server) == kept | taken
        assert "; 2 paths on another file system" in outcome.log
        before = changes(server)
        assert syncOnce(source, "s3://bucket", "--oneFileSystem", "--verifyOnly").status == 0
        assert changes(server) == before
    finally:
        subprocess.run(["umount", "--lazy", source / "bound"], check=True)


# What is reported


def test_a_dry_run_names_what_leaves_each_path_out_and_what_is_in_vain(
    syncOnce: Sync, server: S3Server, tmp_path: Path
) -> None:
    source = plantTree(
        tmp_path / "source", [b"a.tmp", b"cache/x", b"d/cache/y", b"d/keep.tmp", b"lost/z", b"new\nline.o"]
    )
    (tmp_path / "patterns").write_text("*.o\n*.no\nlost\n")
    plantObjects(server, {b"old.tmp": b"", b"only/in/bucket": b""})
    rules = ("-x", "*.tmp", "--excludeFrom", tmp_path / "patterns", "--include", "*/keep.tmp", "-x", "d/cache/*")
    vain = ("-x", "cache", "-x", "only/*", "--include", "gone/*", "-x", "z/")
    outcome = syncOnce("--dryRun", "--debug", source, "s3://bucket", *rules, *vain)
    assert outcome.status == 0, outcome
    file = f"of {tmp_path}/patterns"
    assert sorted(re.findall(r"Left out: (.*) below .*?, by (.*)", outcome.log)) == [
        ("a.tmp", "--exclude *.tmp"),
        ("d/cache/", "--exclude d/cache/*"),
        ("new\\nline.o", f"*.o in line 1 {file}"),
        ("old.tmp", "--exclude *.tmp"),
        ("only/in/bucket", "--exclude only/*"),
    ]
    assert re.findall(r"Nothing in \S+ or \S+ matches the pattern (.*)", outcome.log) == [
        f"lost in line 3 {file}; did you mean lost/*?",
        "of --exclude cache; did you mean cache/*?",
        "of --include gone/*",
    ]
    assert "No file's path can match the pattern of --exclude z/; did you mean z/*?" in outcome.stderr


def test_the_source_itself_is_never_left_out(syncOnce: Sync, server: S3Server, tmp_path: Path) -> None:
    source = plantTree(tmp_path / "source", {b"CACHEDIR.TAG": TAG, b"a": b"1"})
    outcome = syncOnce(source, "s3://bucket", "--excludeCaches")
    assert outcome.status == 0
    assert stored(server) == {b"CACHEDIR.TAG": TAG, b"a": b"1"}
    assert "is tagged as a cache, but is the source, which is never left out as a whole" in outcome.log


def test_patterns_that_cannot_be_handed_to_aws_are_refused_before_anything_is_changed(
    syncOnce: Sync, server: S3Server, tmp_path: Path
) -> None:
    source = plantTree(tmp_path / "source", [b"a", b"b.tmp"])
    objects = {b"p[1]/gone": b"x", b"p[1]/c.tmp": b"x"}
    plantObjects(server, objects)
    outcome = syncOnce(source, "s3://bucket/p[1]", "-x", "*.tmp", "--method", "sync")
    assert (outcome.status, stored(server)) == (6, objects)
    assert "cannot exclude anything in s3://bucket/p[1]/" in outcome.stderr
    assert syncOnce(source, "s3://bucket/p[1]", "-x", "*.tmp").status == 0
    assert set(stored(server)) == {b"p[1]/a", b"p[1]/c.tmp"}


def test_a_file_of_patterns_that_is_missing_stops_the_run(syncOnce: Sync, server: S3Server, tmp_path: Path) -> None:
    source = plantTree(tmp_path / "source", [b"a"])
    outcome = syncOnce(source, "s3://bucket", "--excludeFrom", tmp_path / "no such")
    assert (outcome.status, changes(server)) == (3, [])
    assert errors(outcome) == [
        f"The patterns in {tmp_path}/no such cannot be read: No such file or directory; nothing was changed"
    ]


def test_rules_choose_what_is_restored(syncOnce: Sync, restoreOnce: Restore, server: S3Server, tmp_path: Path) -> None:
    plantObjects(server, dict.fromkeys((b"a.jpg", b"b.txt", b"d/c.jpg", b"d/e.txt", b"x/f.jpg"), b"1"))
    (tmp_path / "patterns").write_text("x/*\n")
    rules = ("-x", "*", "--include", "*.jpg", "--excludeFrom", tmp_path / "patterns")
    assert restoreOnce("s3://bucket", tmp_path / "target", *rules).status == 0
    assert filesIn(tmp_path / "target") == {b"a.jpg": b"1", b"d/c.jpg": b"1"}
    (tmp_path / "target" / "own.txt").write_bytes(b"2")
    assert restoreOnce("s3://bucket", tmp_path / "target", *rules, "--verifyOnly").status == 0
    assert restoreOnce("s3://bucket", tmp_path / "target", "--verifyOnly").status == 7
