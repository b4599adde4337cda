"""After a run the bucket holds what the directory holds, and nothing else has been touched."""

from __future__ import annotations

import os
import socket
import time
from datetime import timedelta
from pathlib import Path

import pytest

from testcase.s3 import S3Server
from testcase.trees import AWKWARD_NAMES, plantTree

from .harness import Sync, awsStandIn, below, changes, differencesOf, plantObjects, stored

MULTIPART = 8 * 1024 * 1024  # bytes: from this size on aws uploads in parts

# Names that repeat each other and the prefix `my`, in which text surgery would cut at the wrong place.
FILES = {
    b"my": b"a file with the prefix's name",
    b"deeper/my/my": b"1",
    b"mydata/x": b"22",
    b"s3:/bucket/my": b"333",
    b"deeper-first": b"in key order this is before what is in deeper/",
    b"zero": b"",
    b"data/my/deeper/my/x.txt": b"4444",
}

PREFIXES = {
    "s3://bucket": b"",
    "s3://bucket/my": b"my/",
    "s3://bucket/deeper/my/my/": b"deeper/my/my/",
    "s3://bucket/../up//./..": b"../up//./../",
    "s3://bucket/file://x%41%2F+?#*[x]&=": b"file://x%41%2F+?#*[x]&=/",
    "s3://bucket/ \u65e5\u672c 'e\u0301\"\\\n": " \u65e5\u672c 'e\u0301\"\\\n/".encode(),
}
FURTHER_PREFIXES = {"s3://bucket/": b"", "s3://bucket/my/": b"my/", "s3://bucket//": b"/", "s3://bucket/p//": b"p//"}


@pytest.mark.parametrize("url", PREFIXES, ids=ascii)
def test_what_is_below_the_prefix_mirrors_the_directory_and_a_sibling_prefix_is_never_touched(
    syncOnce: Sync, server: S3Server, tmp_path: Path, url: str
) -> None:
    _assertMirrored(syncOnce, server, tmp_path, url, PREFIXES[url])


@pytest.mark.parametrize("url", FURTHER_PREFIXES)
def test_a_slash_more_or_less_names_the_prefix_that_it_says(
    syncOnce: Sync, server: S3Server, tmp_path: Path, url: str
) -> None:
    _assertMirrored(syncOnce, server, tmp_path, url, FURTHER_PREFIXES[url])


def _assertMirrored(sync: Sync, server: S3Server, tmp_path: Path, url: str, prefix: bytes) -> None:
    source = plantTree(tmp_path / "source", FILES)
    bare = prefix.rstrip(b"/")
    siblings = {bare: b"own name", bare + b".txt": b"1", bare + b"data/my/x": b"2", b"A/other": b"3"} if bare else {}
    markers = {prefix + b"folder/": b"", prefix + b"data/": b"", **({prefix: b""} if prefix else {})}
    extra = {b"gone": b"x", b"my/gone": b"x", b"no marker/": b"x", b"mydata/x/y": b"x", b"../x": b"x", b"/x": b"x"}
    plantObjects(server, siblings | markers | below(prefix, extra))
    outcome = sync(source, url)
    assert (outcome.status, outcome.stdout, outcome.stderr) == (0, "", "")
    assert stored(server) == siblings | markers | below(prefix, FILES)


def test_every_awkward_name_arrives_byte_for_byte_and_a_second_run_changes_nothing(
    sync: Sync, server: S3Server, tmp_path: Path
) -> None:
    directories = [name + b".d" for name in AWKWARD_NAMES if len(name) < 250]
    paths = [*AWKWARD_NAMES, *(b"below/" + name for name in AWKWARD_NAMES), *(name + b"/x" for name in directories)]
    source = plantTree(tmp_path / "source", paths)
    assert sync(source, "s3://bucket/p").status == 0
    assert stored(server) == below(b"p/", {path: path for path in paths})
    server.clearRequests()
    assert sync(source, "s3://bucket/p").status == 0
    assert not changes(server)


@pytest.mark.parametrize("method", ["direct", "sync"])
def test_a_run_leaves_out_its_own_log_and_nothing_like_it(
    method: str, syncOnce: Sync, server: S3Server, tmp_path: Path
) -> None:
    source = plantTree(tmp_path / "home", {b"a": b"1", b"[l]*/x.log": b"2", b"[l]*/log": b"before\n", b"l/log": b"3"})
    plantObjects(server, {b"p/[l]*/log": b"of another machine"})
    for _ in range(2):
        outcome = syncOnce("--method", method, source, "s3://bucket/p", logfile=source / "[l]*" / "log")
        assert (outcome.status, outcome.stdout, outcome.stderr) == (0, "", "")
        assert f"Left out: {source}/[l]*/log, the log file of this run\n" in outcome.log
    files = {b"a": b"1", b"[l]*/x.log": b"2", b"[l]*/log": b"of another machine", b"l/log": b"3"}
    assert stored(server) == below(b"p/", files)


def test_links_are_followed_and_what_holds_no_data_is_skipped_and_said_once(
    syncOnce: Sync, server: S3Server, tmp_path: Path
) -> None:
    big = os.urandom(MULTIPART + 1)
    files = {b"zero": b"", b"big": big, b"just no multipart": big[2:], b"dir/file": b"in the tree"}
    source = plantTree(tmp_path / "source", files)
    plantTree(tmp_path / "outside", {b"file": b"out of the tree", b"deep/er": b"deeper"})
    (source / "empty/directory").mkdir(parents=True)
    for link, target in {
        "to file": "dir/file",
        "to dir": "dir",
        "to outside": "../outside",
        "to outside file": "../outside/file",
        "to link": "to outside",
        "dangling": "nowhere",
        "self": "self",
        "ping": "pong",
        "pong": "ping",
    }.items():
        (source / link).symlink_to(target)
    os.mkfifo(source / "fifo")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(source / "socket"))
        outcome = syncOnce(source, "s3://bucket/p")
    assert (outcome.status, outcome.stdout, outcome.stderr) == (0, "", "")
    outside = {b"file": b"out of the tree", b"deep/er": b"deeper"}
    assert stored(server) == below(
        b"p/",
        files
        | {b"to file": b"in the tree", b"to dir/file": b"in the tree", b"to outside file": b"out of the tree"}
        | below(b"to outside/", outside)
        | below(b"to link/", outside),
    )
    multipart = [asked.key for asked in server.requests if asked.operation == "CompleteMultipartUpload"]
    assert multipart == [b"p/big"]
    for name in ("dangling", "self", "ping", "pong", "fifo", "socket"):
        assert outcome.log.count(f"{source}/{name} ") == 1, (name, outcome.log)
    assert outcome.log.count("Skipped: ") == 6


def test_2500_objects_are_compared_page_by_page(sync: Sync, server: S3Server, tmp_path: Path) -> None:
    files = {b"%d/%04d" % (number % 7, number): b"x" * (number % 5) for number in range(2500)}
    source = plantTree(tmp_path / "source", files)
    planted = below(b"p/", files)
    last = max(planted)
    del planted[sorted(planted)[1000]], planted[last]
    plantObjects(server, planted | {b"p/3/extra": b"", b"p/zzz": b"", b"q": b"sibling"})
    assert sync(source, "s3://bucket/p").status == 0
    assert stored(server) == below(b"p/", files) | {b"q": b"sibling"}
    operations = sorted(operation for operation, key in changes(server))
    assert operations.count("PutObject") == 2, operations
    assert len(operations) <= 4, operations


def test_the_object_behind_a_full_page_counts(sync: Sync, server: S3Server, tmp_path: Path) -> None:
    files = {b"%04d" % number: b"x" for number in range(1001)}
    source = plantTree(tmp_path / "source", files)
    plantObjects(server, files | {b"1000": b"another size"})
    outcome = sync(source, "s3://bucket", "--verifyOnly")
    assert outcome.status == 7
    assert differencesOf(outcome, source, "s3://bucket/") == ["Size 1000"]
    assert "1,000 files" in outcome.stderr


def test_pages_that_end_anywhere_give_the_same_bucket(syncOnce: Sync, server: S3Server, tmp_path: Path) -> None:
    server.pageSize = 3
    paths = [*AWKWARD_NAMES, b"a", b"a-b", b"a.b", b"ab/c", b"ab-c", "ab\uffff".encode(), "ab\U00010000".encode()]
    source = plantTree(tmp_path / "source", paths)
    files = {path: path for path in paths}
    plantObjects(server, files | {b"extra%d" % number: b"" for number in range(5)})
    assert syncOnce(source, "s3://bucket").status == 0
    assert stored(server) == files
    assert not [key for operation, key in changes(server) if operation == "PutObject"]


def test_changed_files_replace_their_objects_and_the_others_stay(sync: Sync, server: S3Server, tmp_path: Path) -> None:
    source = plantTree(tmp_path / "source", {b"same": b"same", b"longer": b"longer now"})
    plantTree(source, {b"newer": b"NEW"}, mtime=None)
    plantTree(source, {b"future": b"NEW"}, mtime=time.time() + 1_000_000)
    objects = {b"same": b"same", b"longer": b"longer", b"newer": b"old", b"future": b"old"}
    plantObjects(server, below(b"p/", objects), age=timedelta(hours=1))
    assert sync(source, "s3://bucket/p").status == 0
    assert stored(server) == {b"p/same": b"same", b"p/longer": b"longer now", b"p/newer": b"NEW", b"p/future": b"NEW"}
    assert sorted(key for _, key in changes(server)) == [b"p/future", b"p/longer", b"p/newer"]


def test_a_directory_and_a_file_change_places(syncOnce: Sync, server: S3Server, tmp_path: Path) -> None:
    source = plantTree(tmp_path / "source", {b"was a directory": b"file", b"was a file/x": b"x"})
    plantObjects(server, {b"was a directory/x": b"x", b"was a file": b"file"})
    assert syncOnce(source, "s3://bucket").status == 0
    assert stored(server) == {b"was a directory": b"file", b"was a file/x": b"x"}


def test_upload_only_removes_nothing_and_an_extra_object_is_no_difference(
    syncOnce: Sync, server: S3Server, tmp_path: Path
) -> None:
    source = plantTree(tmp_path / "source", {b"new": b"new", b"changed": b"changed"})
    extra = {b"p/extra": b"x", b"p/new/": b"not a marker", b"p//x": b"x", b"p/": b""}
    plantObjects(server, extra | {b"p/changed": b"before"})
    outcome = syncOnce(source, "s3://bucket/p", "--uploadOnly")
    assert (outcome.status, outcome.stderr) == (0, "")
    assert stored(server) == extra | {b"p/new": b"new", b"p/changed": b"changed"}
    assert {operation for operation, _ in changes(server)} == {"PutObject"}
    (source / "new").unlink()
    server.deleteObject("bucket", b"p/changed")
    server.clearRequests()
    outcome = syncOnce(source, "s3://bucket/p", "--uploadOnly", "--verifyOnly")
    assert outcome.status == 7  # what is missing is a difference all the same
    assert differencesOf(outcome, source, "s3://bucket/p/") == ["Missing changed"]
    assert not changes(server)


@pytest.mark.parametrize("folders", [(), ("empty", "also/empty")], ids=["empty", "empty directories only"])
def test_an_empty_source_empties_its_prefix_and_nothing_else(
    syncOnce: Sync, server: S3Server, tmp_path: Path, folders: tuple[str, ...]
) -> None:
    source = tmp_path / "source"
    source.mkdir()
    for folder in folders:
        (source / folder).mkdir(parents=True)
    kept = {b"p/": b"", b"p/folder/": b"", b"p.txt": b"sibling", b"pp/x": b"sibling"}
    plantObjects(server, kept | {b"p/x": b"x", b"p/folder/y": b"y"})
    outcome = syncOnce(source, "s3://bucket/p", "--allowEmptySource")
    assert (outcome.status, outcome.stderr) == (0, "")
    assert stored(server) == kept


def test_an_empty_source_and_an_empty_bucket_agree(syncOnce: Sync, server: S3Server, tmp_path: Path) -> None:
    (tmp_path / "source").mkdir()
    outcome = syncOnce(tmp_path / "source", "s3://bucket/p", "--verbose")
    assert (outcome.status, outcome.stderr) == (0, "")
    assert "0 files" in outcome.stdout
    assert not changes(server)


# The directory in which the tool runs, below a temporary one, and the words that name the source `real/-x` from there.
ODD_BYTES = b"b\xff\n\x1b %41*"
FORMS: dict[str, tuple[bytes, tuple[bytes, ...]]] = {
    "relative": (b"", (b"real/-x",)),
    "slashes": (b"", (b".//real//-x//",)),
    "leading dash": (b"real", (b"./-x",)),
    "after two dashes": (b"real", (b"--", b"-x")),
    "link": (b"", (b"link",)),
    "dots through a link": (b"", (b"link/../-x/",)),
    "inside odd bytes": (ODD_BYTES + b"/-x", (b".",)),
}


@pytest.mark.parametrize("form", FORMS)
def test_however_the_source_is_spelled_its_keys_are_the_same(
    syncOnce: Sync, server: S3Server, tmp_path: Path, form: str
) -> None:
    _assertSameKeys(syncOnce, server, tmp_path, *FORMS[form])


def test_the_path_of_the_source_may_hold_any_bytes(sync: Sync, server: S3Server, tmp_path: Path) -> None:
    _assertSameKeys(sync, server, tmp_path, b"", (ODD_BYTES + b"/-x",))


def _assertSameKeys(sync: Sync, server: S3Server, tmp_path: Path, directory: bytes, words: tuple[bytes, ...]) -> None:
    root, files = os.fsencode(tmp_path), {b"a": b"1", b"-d/b": b"22"}
    plantTree(tmp_path / "real/-x", files)
    os.rename(tmp_path / "real", os.path.join(root, ODD_BYTES))
    os.symlink(ODD_BYTES, os.path.join(root, b"real"))
    (tmp_path / "link").symlink_to("real/-x")
    outcome = sync(*words, "s3://bucket/p", directory=Path(os.fsdecode(os.path.join(root, directory))))
    assert (outcome.status, outcome.stderr) == (0, "")
    assert stored(server) == below(b"p/", files)


def test_an_access_point_goes_to_aws_as_it_is(syncOnce: Sync, tmp_path: Path) -> None:
    source, words = plantTree(tmp_path / "source", [b"a"]), tmp_path / "words"
    script = 'printf "%s\\n" "$@" >> "$WORDS"; case "$2" in list-objects-v2) echo null;; esac'
    commands = awsStandIn(tmp_path / "commands", before=script)
    point = "arn:aws:s3:us-east-1:123456789012:accesspoint/point"
    outcome = syncOnce(source, f"s3://{point}/p", awsDirectory=commands, environment={"WORDS": str(words)})
    assert outcome.status == 7  # nothing was really stored
    assert f"s3://{point}/p/" in words.read_text().splitlines()
    assert f'"{point}"' in words.read_text()
