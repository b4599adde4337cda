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

from .harness import LONG_AGO, Sync, below, changes, differencesOf, plantObjects, stored

MULTIPART = 8 * 1024 * 1024  # bytes: from this size on aws uploads in parts

# Names that repeat each other and the prefix `my`, in which text surgery would cut at the wrong place.
FILES = {
    b"my": b"a file with the prefix's name",
    b"deeper/my/my": b"1",
    b"mydata/x": b"22",
    b"s3:/bucket/my": b"333",
    b"zero": b"",
    b"data/my/deeper/my/x.txt": b"4444",
}

PREFIXES = {
    "s3://bucket": b"",
    "s3://bucket/": b"",
    "s3://bucket/my": b"my/",
    "s3://bucket/my/": b"my/",
    "s3://bucket/deeper/my/my": b"deeper/my/my/",
    "s3://bucket//": b"/",
    "s3://bucket/p//q//": b"p//q//",
    "s3://bucket/../up/./..": b"../up/./../",
    "s3://bucket/%41%2F+?#*[x]&=": b"%41%2F+?#*[x]&=/",
    "s3://bucket/file://x": b"file://x/",
    "s3://bucket/ \u65e5\u672c 'e\u0301\"\\\n": " \u65e5\u672c 'e\u0301\"\\\n/".encode(),
}


@pytest.mark.parametrize("url", PREFIXES, ids=ascii)
def test_what_is_below_the_prefix_mirrors_the_directory_and_a_sibling_prefix_is_never_touched(
    sync: Sync, server: S3Server, tmp_path: Path, url: str
) -> None:
    prefix = PREFIXES[url]
    source = plantTree(tmp_path / "source", FILES)
    bare = prefix.rstrip(b"/")
    siblings = {bare: b"own name", bare + b".txt": b"1", bare + b"data/my/x": b"2", b"A/other": b"3"} if bare else {}
    markers = {prefix + b"folder/": b"", prefix + b"data/": b"", **({prefix: b""} if prefix else {})}
    extra = {b"gone": b"x", b"my/gone": b"x", b"folder/not a marker/": b"x", b"mydata/x/y": b"x", b"../x": b"x", b"/x": b"x"}
    plantObjects(server, siblings | markers | below(prefix, extra))
    outcome = sync(source, url)
    assert (outcome.status, outcome.stdout, outcome.stderr) == (0, "", "")
    assert stored(server) == siblings | markers | below(prefix, FILES)


def test_every_awkward_name_arrives_byte_for_byte_and_a_second_run_changes_nothing(
    sync: Sync, server: S3Server, tmp_path: Path
) -> None:
    paths = [*AWKWARD_NAMES, *(b"below/" + name for name in AWKWARD_NAMES), *(name + b".d/x" for name in AWKWARD_NAMES[:-1])]
    source = plantTree(tmp_path / "source", paths, mtime=LONG_AGO)
    assert sync(source, "s3://bucket/p").status == 0
    assert stored(server) == below(b"p/", {path: path for path in paths})
    server.clearRequests()
    assert sync(source, "s3://bucket/p").status == 0
    assert not changes(server)


def test_links_are_followed_and_what_holds_no_data_is_skipped_and_said_once(
    sync: Sync, server: S3Server, tmp_path: Path
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
        outcome = sync(source, "s3://bucket/p")
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
    source = plantTree(tmp_path / "source", files, mtime=LONG_AGO)
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
    source = plantTree(tmp_path / "source", paths, mtime=LONG_AGO)
    files = {path: path for path in paths}
    plantObjects(server, files | {b"extra%d" % number: b"" for number in range(5)})
    assert syncOnce(source, "s3://bucket").status == 0
    assert stored(server) == files
    assert not [key for operation, key in changes(server) if operation == "PutObject"]


def test_changed_files_replace_their_objects_and_the_others_stay(sync: Sync, server: S3Server, tmp_path: Path) -> None:
    source = plantTree(tmp_path / "source", {b"same": b"same", b"longer": b"longer now"}, mtime=LONG_AGO)
    plantTree(source, {b"newer": b"NEW"})
    objects = {b"same": b"same", b"longer": b"longer", b"newer": b"old"}
    plantObjects(server, below(b"p/", objects), age=timedelta(hours=1))
    assert sync(source, "s3://bucket/p").status == 0
    assert stored(server) == {b"p/same": b"same", b"p/longer": b"longer now", b"p/newer": b"NEW"}
    assert sorted(key for _, key in changes(server)) == [b"p/longer", b"p/newer"]


def test_a_directory_and_a_file_change_places(sync: Sync, server: S3Server, tmp_path: Path) -> None:
    source = plantTree(tmp_path / "source", {b"was a directory": b"file", b"was a file/x": b"x"})
    plantObjects(server, {b"was a directory/x": b"x", b"was a file": b"file"})
    assert sync(source, "s3://bucket").status == 0
    assert stored(server) == {b"was a directory": b"file", b"was a file/x": b"x"}


def test_upload_only_removes_nothing_and_an_extra_object_is_no_difference(
    sync: Sync, server: S3Server, tmp_path: Path
) -> None:
    source = plantTree(tmp_path / "source", {b"new": b"new", b"changed": b"changed"})
    extra = {b"p/extra": b"x", b"p/new/": b"not a marker", b"p//x": b"x", b"p/": b""}
    plantObjects(server, extra | {b"p/changed": b"before"})
    outcome = sync(source, "s3://bucket/p", "--uploadOnly")
    assert (outcome.status, outcome.stderr) == (0, "")
    assert stored(server) == extra | {b"p/new": b"new", b"p/changed": b"changed"}
    assert {operation for operation, _ in changes(server)} == {"PutObject"}
    (source / "new").unlink()
    server.deleteObject("bucket", b"p/changed")
    server.clearRequests()
    outcome = sync(source, "s3://bucket/p", "--uploadOnly", "--verifyOnly")
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
    outcome = syncOnce(source, "s3://bucket/p")
    assert (outcome.status, outcome.stderr) == (0, "")
    assert stored(server) == kept


def test_an_empty_source_and_an_empty_bucket_agree(sync: Sync, server: S3Server, tmp_path: Path) -> None:
    (tmp_path / "source").mkdir()
    outcome = sync(tmp_path / "source", "s3://bucket/p", "--verbose")
    assert (outcome.status, outcome.stderr) == (0, "")
    assert "0 files" in outcome.stdout
    assert not changes(server)


def test_with_ignored_warnings_all_but_the_bad_names_arrive_and_these_are_missing(
    sync: Sync, server: S3Server, tmp_path: Path
) -> None:
    good = {b"a": b"a", b"z": b"z", "caf\u00e9".encode(): b"good", b"dir/x": b"x"}
    source = plantTree(tmp_path / "source", good | {b"caf\xe9": b"bad", b"dir/bad\xff": b"bad", b"\xfe/x": b"bad"})
    plantTree(source, {b"/".join([b"n" * 250] * 5): b"too long"})
    plantObjects(server, {b"p/extra": b"x"})
    outcome = sync(source, "s3://bucket/p", "--ignoreWarnings")
    assert outcome.status == 7
    assert stored(server) == below(b"p/", good)
    lines = outcome.stderr.splitlines()
    missing = [line.removeprefix(f"Missing: {source}/").split(" ")[0] for line in lines if line.startswith("Missing: ")]
    assert sorted(missing) == ["\\xfe/x", "caf\\xe9", "dir/bad\\xff", "/".join(["n" * 250] * 5)]
    assert lines[-1].startswith("Not verified: 4 differences")


def _here(tmp: bytes) -> tuple[bytes, ...]:
    return (tmp + b"/real/-x",)


# The directory in which the tool runs, below a temporary one, and the words that name the source `real/-x` from there.
FORMS: dict[str, tuple[bytes, tuple[bytes, ...]]] = {
    "relative": (b"", (b"real/-x",)),
    "one slash": (b"", (b"real/-x/",)),
    "slashes": (b"", (b".//real//-x//",)),
    "dot": (b"real/-x", (b".",)),
    "leading dash": (b"real", (b"./-x",)),
    "after two dashes": (b"real", (b"--", b"-x")),
    "link": (b"", (b"link",)),
    "link and slash": (b"", (b"link/",)),
    "dots through a link": (b"", (b"link/../-x",)),
    "bytes": (b"", (b"b\xff\n\x1b %41*/-x",)),
    "inside bytes": (b"b\xff\n\x1b %41*/-x", (b"../-x/",)),
}


@pytest.mark.parametrize("form", FORMS)
def test_however_the_source_is_spelled_its_keys_are_the_same(
    syncOnce: Sync, server: S3Server, tmp_path: Path, form: str
) -> None:
    _assertSameKeys(syncOnce, server, tmp_path, form)


@pytest.mark.parametrize("form", ["bytes", "after two dashes"])
def test_each_aws_copes_with_every_spelling_of_the_source(
    sync: Sync, server: S3Server, tmp_path: Path, form: str
) -> None:
    _assertSameKeys(sync, server, tmp_path, form)


def _assertSameKeys(sync: Sync, server: S3Server, tmp_path: Path, form: str) -> None:
    files = {b"a": b"1", b"-d/b": b"22"}
    plantTree(tmp_path / "real/-x", files)
    (tmp_path / "link").symlink_to("real/-x")
    os.rename(tmp_path / "real", os.fsencode(tmp_path) + b"/b\xff\n\x1b %41*")
    os.symlink(b"b\xff\n\x1b %41*", tmp_path / "real")
    directory, words = FORMS[form]
    url = "s3://bucket/p"
    outcome = sync(*words, url, directory=Path(os.fsdecode(os.path.join(os.fsencode(tmp_path), directory))))
    assert (outcome.status, outcome.stderr) == (0, "")
    assert stored(server) == below(b"p/", files)


def test_a_file_of_the_future_is_no_difference(syncOnce: Sync, server: S3Server, tmp_path: Path) -> None:
    source = plantTree(tmp_path / "source", {b"future": b"x"}, mtime=time.time() + 1_000_000)
    assert [syncOnce(source, "s3://bucket").status for _ in range(2)] == [0, 0]
    assert stored(server) == {b"future": b"x"}
