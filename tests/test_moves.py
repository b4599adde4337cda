"""Which files are moved by copies on the server: by size and digest alone, and never without proof."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from CedarBackup3.amazons3.compare import mergeJoin
from CedarBackup3.amazons3.content.hashing import Reader
from CedarBackup3.amazons3.local.scan import sourceEntries
from CedarBackup3.amazons3.mirror import Mirror, mirrorOf
from CedarBackup3.amazons3.model import Move, ObjectEntry, Step
from CedarBackup3.amazons3.progress import SILENT
from CedarBackup3.amazons3.sync.guards import Guards
from CedarBackup3.amazons3.sync.moves import shownBy, stillNeeded, trackRenames
from CedarBackup3.amazons3.sync.plan import buildPlan
from CedarBackup3.amazons3.sync.steps import carryOut, checkedScan
from CedarBackup3.errors import CedarBackupError, GuardRefused
from testcase.s3.uploads import multipartEtag
from testcase.trees import plantTree

MIB = 1 << 20
LARGE = bytes(range(256)) * (17 * MIB // 256) + b"end"
LATER = "2026-11-23T06:31:11Z"


def md5(content: bytes) -> str:
    return hashlib.md5(content).hexdigest()


def inParts(content: bytes, size: int) -> str:
    """The ETag of an upload in parts of so many bytes."""
    return multipartEtag([content[first : first + size] for first in range(0, len(content), size)])


def movesOf(
    tmp_path: Path,
    files: Mapping[bytes, bytes],
    objects: Mapping[bytes, tuple[int, str]],
    *,
    configuredPart: int = 0,
    **encryption: Any,
) -> tuple[dict[bytes, bytes], list[tuple[str, bytes]], list[bytes]]:
    """The origins of what is moved, all steps, and the paths of the files that were read."""
    source = plantTree(tmp_path / "source", files)
    mirror = mirrorOf(source, "s3://bucket")
    mirror = replace(mirror, aws=replace(mirror.aws, **encryption))
    time.sleep(0.05)  # what changed a moment ago may change again unseen
    listed = [ObjectEntry(key, size, LATER, f'"{etag}"') for key, (size, etag) in sorted(objects.items())]
    read: list[bytes] = []
    with buildPlan(mirror, mergeJoin(sourceEntries(mirror.tree), listed)) as plan:
        reader = notingReader(mirror, configuredPart, read)
        with trackRenames(mirror, plan, lambda hasParts: reader, SILENT) as tracked:
            assert tracked.deletions == plan.deletions
            assert (tracked.length, tracked.uploads, tracked.uploadSize) == (
                plan.length,
                plan.uploads,
                plan.uploadSize,
            )
            moves = {move.key: move.origin for move in tracked.moves or ()}
            steps = list(tracked.steps)
    assert {step.key: step.origin for step in steps if step.action == "move"} == moves
    return moves, [(step.action, step.key) for step in steps], read


def notingReader(mirror: Mirror, configuredPart: int, read: list[bytes]) -> Reader:
    """A reader that notes what it reads."""

    class Cache:
        def keep(self, path: bytes, state: object, digests: object) -> None:
            read.append(path.removeprefix(mirror.pathTo(b"")))

    return Reader(mirror.tree, mirror.location, mirror.aws, Cache(), configuredPart)  # type: ignore[arg-type]


CASES: dict[str, tuple[dict[bytes, bytes], dict[bytes, tuple[int, str]], dict[bytes, bytes]]] = {
    "a renamed file": ({b"b": b"one"}, {b"a": (3, md5(b"one"))}, {b"b": b"a"}),
    "a moved directory": (
        {b"new/x": b"xx", b"new/y": b"yy"},
        {b"old/x": (2, md5(b"xx")), b"old/y": (2, md5(b"yy"))},
        {b"new/x": b"old/x", b"new/y": b"old/y"},
    ),
    "one of whose files was edited": (
        {b"new/x": b"xx", b"new/y": b"YY"},
        {b"old/x": (2, md5(b"xx")), b"old/y": (2, md5(b"yy"))},
        {b"new/x": b"old/x"},
    ),
    "empty files keep their names": (
        {b"new/x": b"", b"new/y": b""},
        {b"old/x": (0, md5(b"")), b"old/y": (0, md5(b""))},
        {b"new/x": b"old/x", b"new/y": b"old/y"},
    ),
    "many copies of one object": (
        {b"1": b"same", b"2": b"same", b"3": b"same"},
        {b"old": (4, md5(b"same"))},
        {b"1": b"old", b"2": b"old", b"3": b"old"},
    ),
    "two directories that have changed places": (
        {b"a/x": b"1", b"b/y": b"2"},
        {b"b/x": (1, md5(b"1")), b"a/y": (1, md5(b"2"))},
        {b"a/x": b"b/x", b"b/y": b"a/y"},
    ),
    "over another object": ({b"b": b"one"}, {b"a": (3, md5(b"one")), b"b": (1, md5(b"?"))}, {b"b": b"a"}),
    "nothing from an object that stays": ({b"a": b"one", b"b": b"one"}, {b"a": (3, md5(b"one"))}, {}),
    "another content of the same size": ({b"b": b"one"}, {b"a": (3, md5(b"two"))}, {}),
    "no digest": ({b"b": b"one"}, {b"a": (3, "of some server"), b"c": (3, "")}, {}),
    "a digest of something else": ({b"b": b"one"}, {b"a": (3, md5(b"one") + "-2")}, {}),
    "the content beside another size": ({b"b": b"one"}, {b"a": (4, md5(b"one"))}, {}),
    "a name of bytes that mean something": (
        {b"n\n*[x]?/y": b"one"},
        {b"a%2F/y": (3, md5(b"one"))},
        {b"n\n*[x]?/y": b"a%2F/y"},
    ),
    "parts as aws makes them": ({b"b": LARGE}, {b"a": (len(LARGE), inParts(LARGE, 8 * MIB))}, {b"b": b"a"}),
    "parts of the user's size": ({b"b": LARGE}, {b"a": (len(LARGE), inParts(LARGE, 6 * MIB))}, {b"b": b"a"}),
    "other usual parts": ({b"b": LARGE}, {b"a": (len(LARGE), inParts(LARGE, 5 * MIB))}, {b"b": b"a"}),
    "a large object at once": ({b"b": LARGE}, {b"a": (len(LARGE), md5(LARGE))}, {b"b": b"a"}),
    "other parts of another content": ({b"b": LARGE}, {b"a": (len(LARGE), inParts(LARGE[::-1], 8 * MIB))}, {}),
}


@pytest.mark.parametrize("case", CASES)
def test_a_file_is_moved_from_an_object_that_goes_and_has_its_content(case: str, tmp_path: Path) -> None:
    files, objects, expected = CASES[case]
    moves, steps, _ = movesOf(tmp_path, files, objects, configuredPart=6 * MIB)
    assert moves == expected
    assert [key for action, key in steps if action == "delete"] == sorted(objects.keys() - files.keys())


def test_only_files_of_the_size_of_an_object_that_goes_are_read_and_each_once(tmp_path: Path) -> None:
    files = {b"as large": b"123", b"larger": b"1234", b"stays": b"321", b"large": LARGE}
    objects = {b"gone": (3, md5(b"123")), b"parts": (len(LARGE), inParts(LARGE, 8 * MIB)), b"stays": (3, md5(b"321"))}
    moves, steps, read = movesOf(tmp_path, files, objects)
    assert sorted(read) == [b"as large", b"large"]
    assert moves == {b"as large": b"gone", b"large": b"parts"}
    assert ("upload", b"larger") in steps


@pytest.mark.parametrize("encryption", [{"sse": "aws:kms"}, {"customerKey": bytes(32)}], ids=["KMS", "customer's key"])
def test_nothing_is_read_or_moved_where_etags_are_no_digests(encryption: dict[str, Any], tmp_path: Path) -> None:
    encrypted = movesOf(tmp_path / "1", {b"b": b"one"}, {b"a": (3, md5(b"one"))}, **encryption)
    assert encrypted == ({}, [("delete", b"a"), ("upload", b"b")], [])


def test_nothing_is_read_or_moved_without_deletions(tmp_path: Path) -> None:
    assert movesOf(tmp_path / "2", {b"b": b"one"}, {}) == ({}, [("upload", b"b")], [])


def test_a_copy_of_more_than_one_request_is_not_asked_for(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    with open(source / "b", "wb") as file:
        file.truncate((5 << 30) + 1)
    assert movesOf(tmp_path, {}, {b"a": ((5 << 30) + 1, md5(b""))})[2] == []


def test_a_source_that_changes_after_the_moves_is_no_refusal_that_changed_nothing(tmp_path: Path) -> None:
    mirror = mirrorOf(plantTree(tmp_path / "source", {b"a": b"1"}), "s3://bucket")
    limits = Guards(requireFile="gone")
    with checkedScan(mirror, ignoreNames=True) as scan, buildPlan(mirror, []) as plan:
        with pytest.raises(GuardRefused, match=r"nothing was changed$"):
            carryOut(mirror, scan, plan, SILENT, "auto", limits)
        with pytest.raises(CedarBackupError, match=r"^Nothing was uploaded or deleted after the moves, because ") as e:
            carryOut(mirror, scan, plan, SILENT, "auto", limits, hasBegun=True)
    assert not isinstance(e.value, GuardRefused)


MOVE = Move(b"new", b"new", len(LARGE), 1, 2, 3, b"old", f'"{inParts(LARGE, 8 * MIB)}"', b"w" * 16, 8 * MIB, b"p" * 16)


@pytest.mark.parametrize(
    ("move", "etag", "digest"),
    [
        (MOVE, '"' + b"w".hex() * 16 + '"', b"w" * 16),
        (MOVE, b"w".hex() * 16, b"w" * 16),
        (MOVE._replace(etag='"' + b"p".hex() * 16 + '-3"'), b"p".hex() * 16 + "-3", b"p" * 16),
        (MOVE._replace(etag='"' + b"p".hex() * 16 + '-3"'), b"p".hex() * 16 + "-2", None),
        (MOVE._replace(etag='"' + b"p".hex() * 16 + '-3"'), b"p".hex() * 16, None),
        (MOVE._replace(partSize=0, parted=b""), b"p".hex() * 16 + "-3", None),
        (MOVE, '"' + "0" * 32 + '"', None),
        (MOVE, "", None),
        (MOVE, "None", None),
    ],
)
def test_a_copy_counts_if_its_own_etag_is_a_digest_of_the_file(move: Move, etag: str, digest: bytes | None) -> None:
    known = shownBy(move, etag)
    assert (known.digest if known else None) == digest
    if known:
        assert known[:5] == (move.key, move.size, move.mtimeNs, move.ctimeNs, move.inode)


@pytest.mark.parametrize(
    ("found", "isNeeded"),
    [
        (None, True),
        (ObjectEntry(b"new", 3, LATER, '"other"'), False),
        (ObjectEntry(b"new", 3, "2026-01-01T00:00:00Z", '"before"'), True),
        (ObjectEntry(b"new", 2, LATER, '"other"'), True),
    ],
)
def test_what_was_not_copied_is_needed_until_its_file_has_gone_up(found: ObjectEntry | None, isNeeded: bool) -> None:
    before = ('"before"', "2026-01-01T00:00:00Z")
    steps = [
        Step("upload", b"a", b"a", 3),
        Step("replace", b"new", b"new", 3, *before, origin=b"old"),
        Step("delete", b"old", b"old", 3),
    ]
    assert stillNeeded(steps, [found] if found else []) == ({b"old"} if isNeeded else set())


def test_a_file_that_changed_a_moment_ago_is_left_to_the_upload(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may change again without another time."""
    case = ({b"b": b"one"}, {b"a": (3, md5(b"one"))})
    monkeypatch.setattr(time, "time_ns", lambda: (tmp_path / "source/b").stat().st_ctime_ns)
    assert movesOf(tmp_path, *case)[0] == {}
    monkeypatch.undo()
    assert movesOf(tmp_path, *case)[0] == {b"b": b"a"}
