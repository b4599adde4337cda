"""The verification finds everything that is wrong, nothing that is not, and changes nothing."""

from __future__ import annotations

import os
import time
from datetime import timedelta
from pathlib import Path

import pytest

from testcase.s3 import S3Server
from testcase.trees import AWKWARD_NAMES, LONG_AGO, plantTree

from .conftest import PlainUser
from .harness import Sync, awsStandIn, below, changes, differencesOf, errors, plantObjects, stored

NFC, NFD = "caf\u00e9".encode(), "cafe\u0301".encode()


def test_every_difference_is_one_line_and_nothing_is_changed(sync: Sync, server: S3Server, tmp_path: Path) -> None:
    good = {b"good": b"good", b"zero": b"", b"dir/good": b"x", b"p/good": b"the prefix again"}
    source = plantTree(
        tmp_path / "source",
        good
        | {b"missing": b"12", b"new\nline": b"1", b"\x1b[31mred": b"1", b"back\\nslash": b"1", b"dir/gone": b"1"}
        | {b"size": b"12345", b"now empty": b"", b"p/p/shrunk": b"1"}
        | {NFC: b"1", b"twins/" + NFC: b"1", b"twins/" + NFD: b"22", b"folder/file": b"1"},
        mtime=LONG_AGO,
    )
    objects = good | {b"size": b"1234", b"now empty": b"1", b"p/p/shrunk": b"22"}
    objects |= {NFD: b"1", b"twins/" + NFC: b"1", b"twins/" + NFD: b"22"}
    extra = {b"extra": b"1", b"extra\nline": b"1", b"dir/good/below": b"1"}
    extra |= {b"good/": b"not empty", b"/x": b"1", b"../y": b""}
    markers = {b"": b"", b"dir/": b"", b"folder/": b"", b"nothing/there/": b""}
    siblings = {b"p": b"1", b"p.txt": b"1", b"pp/x": b"1"}
    plantObjects(server, below(b"p/", objects | extra | markers) | siblings)
    before = stored(server)
    outcome = sync(source, "s3://bucket/p", "--verifyOnly", "--verbose")
    assert outcome.status == 7
    assert not changes(server)
    assert stored(server) == before
    expected = {
        *(f"Missing {name}" for name in ("missing", "new\\nline", "\\x1b[31mred", "back\\\\nslash", "dir/gone")),
        *(f"Missing {name}" for name in ("caf\u00e9", "folder/file")),
        *(f"Size {name}" for name in ("size", "now empty", "p/p/shrunk")),
        *(f"Extra {name}" for name in ("extra", "extra\\nline", "good/", "/x", "../y", "dir/good/below", "cafe\u0301")),
    }
    found = differencesOf(outcome, source, "s3://bucket/p/")
    assert set(found) == expected
    assert len(found) == len(expected)
    for words in ("17 differences", "7 missing", "7 extra", "3 size", "6 files"):
        assert words in outcome.stderr.splitlines()[-1]
    assert errors(outcome) == [
        line.partition(" ERROR ")[2].strip() for line in outcome.log.splitlines() if " ERROR " in line
    ]


AGREEING: dict[str, tuple[dict[bytes, bytes], dict[bytes, bytes]]] = {
    "s3://bucket": ({}, {}),
    "s3://bucket/p": ({}, {b"p": b"1", b"p.txt": b"1", b"pp/x": b"1", b"p/": b"", b"p/folder/": b""}),
    "s3://bucket/": ({name: name for name in AWKWARD_NAMES}, {name: name for name in AWKWARD_NAMES}),
}


@pytest.mark.parametrize("url", AGREEING)
def test_what_agrees_is_verified_and_nothing_is_asked_to_change(
    syncOnce: Sync, server: S3Server, tmp_path: Path, url: str
) -> None:
    files, objects = AGREEING[url]
    source = plantTree(tmp_path / "source", files)
    plantObjects(server, objects)
    outcome = syncOnce(source, url, "--verifyOnly", "--verbose")
    assert (outcome.status, errors(outcome)) == (0, [])
    assert f"\nVerified: {len(files)} files" in outcome.stdout
    assert not changes(server)


def test_an_empty_bucket_misses_every_file(syncOnce: Sync, server: S3Server, tmp_path: Path) -> None:
    source = plantTree(tmp_path / "source", AWKWARD_NAMES)
    outcome = syncOnce(source, "s3://bucket", "--verifyOnly")
    assert outcome.status == 7
    found = differencesOf(outcome, source, "s3://bucket/")
    assert len(found) == len(AWKWARD_NAMES)
    assert all(line.startswith("Missing ") for line in found)


def test_an_empty_directory_leaves_every_object_extra(syncOnce: Sync, server: S3Server, tmp_path: Path) -> None:
    source = plantTree(tmp_path / "source", {})
    objects = {name: name for name in AWKWARD_NAMES}
    plantObjects(server, below(b"p/", objects) | {b"q": b"sibling"})
    outcome = syncOnce(source, "s3://bucket/p", "--verifyOnly")
    assert outcome.status == 7
    found = differencesOf(outcome, source, "s3://bucket/p/")
    assert len(found) == len(AWKWARD_NAMES)
    assert all(line.startswith("Extra ") for line in found)
    assert stored(server) == below(b"p/", objects) | {b"q": b"sibling"}


def test_old_files_and_directories_are_never_called_changed(syncOnce: Sync, server: S3Server, tmp_path: Path) -> None:
    files = {b"good": b"1", b"size": b"12", b"missing": b"1", b"dir/good": b"1"}
    source = plantTree(tmp_path / "source", files)
    tomorrow = time.time() + 86400
    plantTree(source, {b"future": b"1", b"future size": b"12", b"future missing": b"1"}, mtime=tomorrow)
    objects = {b"good": b"1", b"size": b"1", b"dir/good": b"1", b"future": b"1", b"future size": b"1"}
    objects |= {b"extra": b"1", b"dir/extra": b"1", b"no/such/directory": b"1", b"good/is no directory": b"1"}
    expected = [
        *("Extra dir/extra", "Extra extra", "Missing future missing", "Size future size", "Extra good/is no directory"),
        *("Missing missing", "Extra no/such/directory", "Size size"),
    ]
    for age in (timedelta(days=20000), timedelta(days=-20)):
        plantObjects(server, objects, age)
        outcome = syncOnce(source, "s3://bucket", "--verifyOnly")
        assert outcome.status == 7
        assert differencesOf(outcome, source, "s3://bucket/") == expected


CHANGE = """
    printf more >> "$SOURCE/grown"
    printf X > "$SOURCE/same size"
    rm "$SOURCE/deleted"; rm -r "$SOURCE/deleted directory"
    printf new > "$SOURCE/created"; mkdir "$SOURCE/new directory"; printf new > "$SOURCE/new directory/created"
"""
CHANGED = ["created", "deleted", "deleted directory/x", "grown", "new directory/created", "same size"]


def test_what_changes_behind_the_sync_is_called_changed_and_the_next_run_mends_it(
    syncOnce: Sync, server: S3Server, tmp_path: Path, anyAws: str
) -> None:
    files = {b"grown": b"1", b"same size": b"1", b"deleted": b"1", b"deleted directory/x": b"1"}
    source = plantTree(tmp_path / "source", files | {b"held still": b"1", b"dir/held still": b"1"})
    fickle = awsStandIn(tmp_path / "fickle", Path(anyAws), after=f'case "$2" in cp|sync){CHANGE};; esac')
    outcome = syncOnce(source, "s3://bucket/p", awsDirectory=fickle, environment={"SOURCE": str(source)})
    assert outcome.status == 7
    assert differencesOf(outcome, source, "s3://bucket/p/") == [f"Changed {name}" for name in CHANGED]
    assert "6 changed" in outcome.stderr.splitlines()[-1]
    outcome = syncOnce(source, "s3://bucket/p")
    assert (outcome.status, outcome.stderr) == (0, "")
    assert stored(server) == {
        b"p/created": b"new",
        b"p/dir/held still": b"1",
        b"p/grown": b"1more",
        b"p/held still": b"1",
        b"p/new directory/created": b"new",
        b"p/same size": b"X",
    }


def test_what_is_wrong_beside_a_change_keeps_its_own_name(
    syncOnce: Sync, server: S3Server, tmp_path: Path, anyAws: str
) -> None:
    """In --verifyOnly, with the change during the listing: what did not move is judged as ever."""
    source = plantTree(tmp_path / "source", {b"size": b"12", b"missing": b"1", b"grown": b"12", b"dir/good": b"1"})
    plantObjects(server, {b"size": b"1", b"grown": b"1", b"dir/good": b"1", b"dir/extra": b"1"}, timedelta(days=1))
    fickle = awsStandIn(tmp_path / "fickle", Path(anyAws), before='printf more >> "$SOURCE/grown"')
    environment = {"SOURCE": str(source)}
    outcome = syncOnce(source, "s3://bucket", "--verifyOnly", awsDirectory=fickle, environment=environment)
    assert outcome.status == 7
    assert differencesOf(outcome, source, "s3://bucket/") == [
        *("Extra dir/extra", "Changed grown", "Missing missing", "Size size"),
    ]


def _plantUnreadable(plainUser: PlainUser) -> Path:
    """A tree with one of each that a user cannot read, beside what they can."""
    source = plantTree(
        plainUser.directory / "source",
        [
            *(b"readable", b"dir/readable", b"own file", b"link into secret, bad\xff", b"listed/x"),
            *(b"secret/x", b"secret/deep/y", b"secret-no", b"secret0"),
        ],
        mtime=LONG_AGO,
    )
    (source / "listed/sub").mkdir()
    (source / "link into secret").symlink_to("secret/deep")
    for path in (source, *source.rglob("*")):
        plainUser.give(path)
    plantTree(source, [b"other's file"])
    (source / "other's file").chmod(0o600)
    (source / "own file").chmod(0)
    os.chmod(os.fsencode(source) + b"/link into secret, bad\xff", 0)
    (source / "listed").chmod(0o444)
    (source / "secret").chmod(0)
    return source


def _readable(plainUser: PlainUser) -> list[bytes]:
    """What of that tree this user can read."""
    return [b"readable", b"dir/readable", b"secret-no", b"secret0"] + [b"other's file"] * (not plainUser.hasOthers)


def _unreadable(plainUser: PlainUser) -> set[str]:
    """The differences that the rest of it makes."""
    names = ["link into secret", "listed/sub/", "listed/x", "link into secret, bad\\xff", "own file", "secret/"]
    return {f"Unreadable {name}" for name in names + ["other's file"] * plainUser.hasOthers}


def test_what_cannot_be_read_is_a_difference_and_nothing_behind_it_is_called_extra(
    syncOnce: Sync, server: S3Server, plainUser: PlainUser
) -> None:
    source = _plantUnreadable(plainUser)
    objects = {path: path for path in _readable(plainUser)}
    plantObjects(
        server,
        dict.fromkeys((b"own file", b"other's file", b"listed/x", b"listed/sub/x"), b"1")
        | dict.fromkeys((b"secret/x", b"secret/deep/y", b"secret/gone", b"secrets/x", b"secret"), b"1")
        | objects,
    )
    log = plainUser.directory / "log"
    outcome = syncOnce(source, "s3://bucket", "--verifyOnly", prefix=plainUser.prefix, logfile=log)
    assert outcome.status == 7
    assert not changes(server)
    expected = _unreadable(plainUser) | {"Extra secret", "Extra secrets/x"}
    found = differencesOf(outcome, source, "s3://bucket/")
    assert sorted(found) == sorted(expected)


def test_objects_behind_a_link_into_an_unreadable_directory_are_not_called_extra(
    syncOnce: Sync, server: S3Server, plainUser: PlainUser
) -> None:
    source = _plantUnreadable(plainUser)
    plantObjects(server, dict.fromkeys((b"link into secret/y", b"link into secret-no", b"link into secret"), b"1"))
    log = plainUser.directory / "log"
    outcome = syncOnce(source, "s3://bucket", "--verifyOnly", prefix=plainUser.prefix, logfile=log)
    assert outcome.status == 7
    extra = [line for line in differencesOf(outcome, source, "s3://bucket/") if line.startswith("Extra ")]
    assert extra == ["Extra link into secret-no"]


def test_a_sync_uploads_all_that_can_be_read_and_names_what_cannot(
    syncOnce: Sync, server: S3Server, plainUser: PlainUser, anyAws: str
) -> None:
    source = _plantUnreadable(plainUser)
    mine = plainUser.directory / "aws"  # pytest's own directories are closed to others
    mine.mkdir()
    (mine / "aws").symlink_to(Path(anyAws, "aws"))
    log = plainUser.directory / "log"
    outcome = syncOnce(source, "s3://bucket", prefix=plainUser.prefix, logfile=log, awsDirectory=mine)
    assert outcome.status == 7
    assert sorted(differencesOf(outcome, source, "s3://bucket/")) == sorted(_unreadable(plainUser))
    assert stored(server) == {path: path for path in _readable(plainUser)}
