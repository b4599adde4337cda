"""With --trackRenames what was moved is copied in the bucket: no content goes up, and no object is lost for it."""

from __future__ import annotations

import json
import os
from datetime import timedelta
from pathlib import Path

from testcase.s3 import DENY, Fault, Forget, Refuse, Reset, S3Server
from testcase.s3.faults import Effect
from testcase.s3.uploads import multipartEtag
from testcase.trees import AWKWARD_NAMES, plantTree

from .harness import Sync, below, changes, errors, plantObjects, stored
from .test_report import counts, names, reported

MIB = 1 << 20
AGE = timedelta(days=1)


def operations(server: S3Server) -> list[str]:
    """What the requests so far were to change, each kind once, in alphabetical order."""
    return sorted({operation for operation, _ in changes(server)})


def uploaded(server: S3Server) -> list[bytes]:
    """The keys of what went up."""
    kinds = {"PutObject", "CompleteMultipartUpload"}
    return sorted(key for operation, key in changes(server) if operation in kinds)


def test_what_was_moved_does_not_go_up_whatever_its_name_and_the_next_run_has_nothing_to_do(
    sync: Sync, server: S3Server, tmp_path: Path
) -> None:
    before = {
        **{b"old/" + name: b"content of " + name for name in AWKWARD_NAMES},
        b"left/x": b"from the left",
        b"right/y": b"from the right",
        b"old/edited": b"before",
        b"one": b"once",
        b"old/empty": b"",
        b"over": b"to be replaced",
        b"stays": b"where it is",
        b"a": b"swapped 1",
        b"b": b"2nd",
    }
    after = {
        **{b"new [*]\n/" + name: b"content of " + name for name in AWKWARD_NAMES},
        b"right/x": b"from the left",
        b"left/y": b"from the right",
        b"new [*]\n/edited": b"after!",
        b"copy 1": b"once",
        b"copy 2": b"once",
        b"deep/er/empty": b"",
        b"over": b"content of " + b"n" * 255,
        b"stays": b"where it is",
        b"b": b"swapped 1",
        b"a": b"2nd",
    }
    source = plantTree(tmp_path / "source", after)
    for key, content in below(b"p/", before).items():
        server.putObject("bucket", key, content, headers={"content-type": "text/x-old", "x-amz-meta-who": "me"})
    how = ("--trackRenames", "--storageClass", "STANDARD_IA", "--sse", "AES256")
    outcome = sync(source, "s3://bucket/p", *how, "--report", "-", "--quiet")
    assert (outcome.status, errors(outcome)) == (0, [])
    assert stored(server) == below(b"p/", after)
    assert uploaded(server) == [b"p/a", b"p/b", b"p/new [*]\n/edited"]  # what both sides have is replaced by uploads
    assert operations(server) == ["CopyObject", "DeleteObject", "DeleteObjects", "PutObject"]
    copies = [asked for asked in server.requests if asked.operation == "CopyObject"]
    assert all(asked.headers["x-amz-copy-source-if-match"] for asked in copies)
    copied = server.objects("bucket")[b"p/right/x"]
    assert (copied.storageClass, copied.headers["x-amz-server-side-encryption"]) == ("STANDARD_IA", "AES256")
    assert (copied.headers["content-type"], copied.headers["x-amz-meta-who"]) == ("text/x-old", "me")
    found = counts(reported(outcome))
    moved = len(AWKWARD_NAMES) + 6
    assert (found["move"][0], found["moved"], found["uploadMatched"][0]) == (moved, found["move"], moved + 3)
    assert (found["upload"][0], found["replace"][0], found["delete"][0]) == (1, 2, len(AWKWARD_NAMES) + 5)
    server.clearRequests()
    assert sync(source, "s3://bucket/p", "--trackRenames").status == 0
    assert not changes(server)


FAULTS: dict[bytes, Effect] = {
    b"gone": Refuse(404, "NoSuchKey", "The specified key does not exist."),
    b"another by now": Refuse(412, "PreconditionFailed", "At least one of the pre-conditions did not hold"),
    b"too large": Refuse(400, "InvalidRequest", "The specified copy source is larger than the maximum allowable size"),
    b"no connection": Reset(),
    b"forgotten": Forget(),
    b"damaged": Forget(damaged=True),
}


def test_what_cannot_be_copied_goes_up_and_then_what_was_there_goes(
    syncOnce: Sync, server: S3Server, tmp_path: Path
) -> None:
    files = {name: b"content of " + name for name in (*FAULTS, b"archived", b"done", b"done, unanswered")}
    source = plantTree(tmp_path / "source", below(b"new/", files))
    plantObjects(server, below(b"old/", files), AGE)
    cold = {"x-amz-storage-class": "GLACIER"}
    server.putObject("bucket", b"old/archived", files[b"archived"], headers=cold)
    for name, effect in FAULTS.items():
        server.addFault(Fault("CopyObject", effect, key=b"new/" + name))
    server.addFault(Fault("CopyObject", Reset(performed=True), key=b"new/done, unanswered"))
    outcome = syncOnce(source, "s3://bucket", "--trackRenames", "--verbose")
    assert outcome.status == 0, outcome
    assert stored(server) == below(b"new/", files)
    assert uploaded(server) == sorted(b"new/" + name for name in (*FAULTS, b"archived"))
    refused = {name for name in files if f"Not moved: s3://bucket/old/{name.decode()}, so " in outcome.stderr}
    assert refused == {*FAULTS, b"archived", b"done, unanswered"} - {b"forgotten"}, outcome.stderr
    deletion = max(number for number, (operation, _) in enumerate(changes(server)) if "Delete" in operation)
    assert deletion == len(changes(server)) - 1


def test_an_object_is_kept_until_its_content_is_elsewhere(syncOnce: Sync, server: S3Server, tmp_path: Path) -> None:
    source = plantTree(tmp_path / "source", {b"new/%02d" % number: b"%02d" % number for number in range(40)})
    plantObjects(server, {b"old/%02d" % number: b"%02d" % number for number in range(40)} | {b"extra": b"x"}, AGE)
    server.addFault(Fault("CopyObject", DENY))
    server.addFault(Fault("PutObject", DENY, key=b"new/07"))
    outcome = syncOnce(source, "s3://bucket", "--trackRenames")
    assert outcome.status == 7, outcome
    assert "Kept: s3://bucket/old/07 is not deleted, because " in outcome.log
    assert outcome.log.count("Kept: ") == 1
    assert "Moving stopped after 20 failures in a row; " in outcome.log
    assert sum(asked.operation == "CopyObject" for asked in server.requests) < 40 * 2  # aws asks twice
    expected = {b"new/%02d" % number: b"%02d" % number for number in range(40) if number != 7}
    assert stored(server) == expected | {b"old/07": b"07"}
    server.clearFaults()
    server.clearRequests()
    assert syncOnce(source, "s3://bucket", "--trackRenames").status == 0
    assert stored(server) == expected | {b"new/07": b"07"}
    assert operations(server) == ["CopyObject", "DeleteObjects"]


def test_the_guards_count_the_deletions_of_moves_and_a_dry_run_names_them(
    syncOnce: Sync, server: S3Server, tmp_path: Path
) -> None:
    source = plantTree(tmp_path / "source", {b"new/1": b"11", b"new/2": b"22", b"other": b"333"})
    plantObjects(server, {b"old/1": b"11", b"old/2": b"22"}, AGE)
    outcome = syncOnce(source, "s3://bucket", "--trackRenames", "--maxDelete", "1")
    assert outcome.status == 9
    assert "2 of 2 objects would be deleted" in outcome.stderr
    outcome = syncOnce(source, "s3://bucket", "--trackRenames", "--dryRun", "--report", "-", "--quiet")
    assert outcome.status == 0
    assert f"Would move s3://bucket/old/1 to s3://bucket/new/1 for {source}/new/1 (2 bytes)\n" in outcome.log
    assert "Would delete s3://bucket/old/1 (2 bytes)\n" in outcome.log
    assert names(reported(outcome), "move") == [b"new/1", b"new/2"]
    assert not changes(server)
    for switch in ("--verifyOnly", "--uploadOnly", "--method=sync"):
        assert syncOnce(source, "s3://bucket", "--trackRenames", switch).status == 2, switch


def test_a_large_object_is_copied_once_and_its_old_version_stays(syncOnce: Sync, tmp_path: Path) -> None:
    content = os.urandom(9 * MIB)
    source = plantTree(tmp_path / "source", {b"new": content})
    etag = multipartEtag([content[: 8 * MIB], content[8 * MIB :]])
    with S3Server(versioning=True) as server:
        server.putObject("bucket", b"old", content, etag=etag, parts=(8 * MIB, MIB))
        outcome = syncOnce(source, "s3://bucket", "--trackRenames", "--verbose", environment=server.environment())
        assert outcome.status == 0, outcome
        assert changes(server) == [("CopyObject", b"new"), ("DeleteObjects", b"")]
        assert stored(server) == {b"new": content}
        assert [version.isDeleteMarker for version in server.versions("bucket")[b"old"]] == [True, False]
    assert outcome.stdout.count("; uploads: 1 matched (9.0 MiB); 1 of them moved\n") == 1


def test_without_a_session_a_copy_is_a_command_and_a_name_that_is_no_utf8_is_moved_by_its_key(
    syncOnce: Sync, server: S3Server, tmp_path: Path, legacyLocale: dict[str, str]
) -> None:
    source = plantTree(
        tmp_path / "source", {b"new/caf\xe9": b"content", b"new/denied": b"2", b"new/x?versionId=1": b"3"}
    )
    plantObjects(server, {"old/café +%41".encode(): b"content", b"old/denied": b"2", b"old/x?versionId=1": b"3"}, AGE)
    server.addFault(Fault("CopyObject", DENY, key=b"new/denied"))
    how = ("--trackRenames", "--awsSession", "never")
    outcome = syncOnce(source, "s3://bucket", *how, environment=legacyLocale)
    assert outcome.status == 0, outcome
    assert stored(server) == {"new/café".encode(): b"content", b"new/denied": b"2", b"new/x?versionId=1": b"3"}
    assert uploaded(server) == [b"new/denied", b"new/x?versionId=1"]
    assert outcome.log.count("Not moved: ") == 2


def test_a_copy_that_shows_nothing_lets_no_object_go_when_the_upload_fails_as_well(
    syncOnce: Sync, server: S3Server, tmp_path: Path
) -> None:
    source = plantTree(tmp_path / "source", {b"new": b"content"})
    plantObjects(server, {b"old": b"content"}, AGE)
    server.addFault(Fault("CopyObject", Forget(damaged=True)))
    server.addFault(Fault("PutObject", DENY))
    assert syncOnce(source, "s3://bucket", "--trackRenames").status == 7
    assert stored(server)[b"old"] == b"content"


def test_a_file_whose_name_is_no_text_keeps_no_other_from_being_moved(
    syncOnce: Sync, server: S3Server, tmp_path: Path
) -> None:
    source = plantTree(tmp_path / "source", {b"bad\xff": b"content", b"good": b"content 2"})
    plantObjects(server, {b"old": b"content", b"old 2": b"content 2"}, AGE)
    outcome = syncOnce(source, "s3://bucket", "--trackRenames", "--ignoreWarnings")
    assert outcome.status == 7
    assert "Missing: " in outcome.stderr
    assert "Moved 1 of 2 objects" in outcome.log
    assert stored(server) == {b"good": b"content 2", b"old": b"content"}


def test_the_policy_lets_objects_be_read_only_where_moves_need_it(syncOnce: Sync) -> None:
    def actions(*switches: str) -> set[str]:
        outcome = syncOnce("/no/such/directory", "s3://bucket/p", "--printPolicy", *switches)
        return {action for each in json.loads(outcome.stdout)["Statement"] for action in each["Action"]}

    assert actions("--trackRenames") - actions() == {"s3:GetObject"}
    assert actions("--trackRenames", "--dryRun") == actions("--dryRun")
