"""The guards, asked about plans and sources that need no bucket."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from CedarBackup3.amazons3.compare import Pair
from CedarBackup3.amazons3.local.scan import Scan, openScan
from CedarBackup3.amazons3.mirror import Mirror, mirrorOf
from CedarBackup3.amazons3.model import ObjectEntry, SourceEntry
from CedarBackup3.amazons3.sync.guards import Guards, refuse, requireHarmless, requireSentinel, sourceChange
from CedarBackup3.amazons3.sync.plan import buildPlan
from CedarBackup3.errors import GuardRefused
from testcase.trees import plantTree


@pytest.fixture
def mirror(tmp_path: Path) -> Mirror:
    return mirrorOf(plantTree(tmp_path / "source", [b"a", b"d/b"]), "s3://bucket/p")


def reasons(mirror: Mirror, guards: Guards, *, uploads: int = 0, upToDate: int = 0, deletions: int = 0) -> str:
    """Why a plan of so many steps is refused; empty: it is not."""
    pairs: list[Pair] = [(SourceEntry(b"%04du" % number, 1, 0, b"u"), None) for number in range(uploads)]
    found = [ObjectEntry(b"%04dv" % number, 1, "2026-11-23T06:31:11Z") for number in range(upToDate)]
    pairs += [(SourceEntry(each.key, 1, 0, each.key), each) for each in found]
    pairs += [(None, ObjectEntry(b"%04dw" % number, 1, "2026-11-23T06:31:11Z")) for number in range(deletions)]
    with buildPlan(mirror, pairs) as plan:
        try:
            requireHarmless(mirror, guards, plan)
        except GuardRefused as refusal:
            return str(refusal)
    return ""


@pytest.mark.parametrize(
    ("uploads", "upToDate", "deletions", "isRefused"),
    [(0, 0, 0, False), (0, 0, 1, True), (1, 0, 9, False), (0, 1, 9, False), (9, 9, 0, False)],
)
def test_a_source_without_files_is_refused_where_objects_would_go(
    uploads: int, upToDate: int, deletions: int, isRefused: bool, mirror: Mirror
) -> None:
    said = reasons(mirror, Guards(), uploads=uploads, upToDate=upToDate, deletions=deletions)
    assert ("--allowEmptySource" in said) is isRefused
    allowed = Guards(allowEmptySource=True)
    assert reasons(mirror, allowed, uploads=uploads, upToDate=upToDate, deletions=deletions) == ""


@pytest.mark.parametrize(
    ("limit", "upToDate", "deletions", "isRefused"),
    [
        ("", 1, 99, False),
        ("0", 1, 0, False),
        ("0", 1, 1, True),
        ("5", 1, 5, False),
        ("5", 1, 6, True),
        ("0%", 1, 0, False),
        ("0%", 99, 1, True),
        ("10%", 90, 10, False),  # exactly the limit
        ("10%", 89, 10, True),
        ("50%", 1, 1, False),
        ("100%", 0, 3, False),
    ],
)
def test_the_limit_of_deletions_is_what_may_just_be_done(
    limit: str, upToDate: int, deletions: int, isRefused: bool, mirror: Mirror
) -> None:
    guards = Guards(maxDelete=limit, allowEmptySource=True)
    said = reasons(mirror, guards, upToDate=upToDate, deletions=deletions)
    assert bool(said) is isRefused
    assert not isRefused or f"{deletions} of {upToDate + deletions} objects would be deleted" in said


def test_of_many_deletions_the_first_five_are_named(mirror: Mirror) -> None:
    said = reasons(mirror, Guards(maxDelete="0"), upToDate=1, deletions=1234)
    assert "1,234 of 1,235 objects" in said
    assert [name for name in said.replace(",", "").replace(";", "").split() if name.endswith("w")] == [
        f"{number:04}w" for number in range(5)
    ]


@pytest.mark.parametrize(
    ("name", "isThere"),
    [("", True), ("a", True), ("d/b", True), ("d", True), ("none", False), ("d/none", False), ("dangling", False)],
)
def test_the_file_that_has_to_exist_does(name: str, isThere: bool, mirror: Mirror) -> None:
    os.symlink(b"nowhere", mirror.pathTo(b"dangling"))
    guards = Guards(requireFile=name)
    with contextlib.nullcontext() if isThere else pytest.raises(GuardRefused, match=f"{name} does not exist"):
        requireSentinel(mirror, guards)
    assert bool(reasons(mirror, guards, uploads=1)) is not isThere


def test_a_refusal_has_every_reason_once(mirror: Mirror) -> None:
    said = reasons(mirror, Guards(requireFile="none", maxDelete="1"), deletions=2)
    assert said.startswith("Refused: ")
    assert said.endswith("nothing was changed")
    assert [said.count(word) for word in ("--requireFile", "--allowEmptySource", "--maxDelete")] == [1, 1, 1]


def test_what_has_no_reason_is_not_refused() -> None:
    refuse([])
    refuse(["", ""])
    with pytest.raises(GuardRefused, match=r"^Refused: one; two; nothing was changed$"):
        refuse(["one", "", "two"])


@pytest.fixture
def scan(mirror: Mirror) -> Iterator[Scan]:
    """What the source held when it was read."""
    with openScan(mirror.tree, mirror.mounts, lambda *told: None, lambda *told: None, lambda *told: None) as kept:
        yield kept


def replaceDirectory(source: Path) -> None:
    source.rename(source.with_name("before"))
    shutil.copytree(source.with_name("before"), source)


def replaceWithLink(source: Path) -> None:
    source.rename(source.with_name("before"))
    source.symlink_to("before")


def replaceWithFile(source: Path) -> None:
    shutil.rmtree(source)
    source.touch()


def empty(source: Path) -> None:
    shutil.rmtree(source / "d")
    (source / "a").unlink()


@pytest.mark.parametrize(
    ("mishap", "words"),
    [
        (lambda source: None, ""),
        (lambda source: (source / "a").unlink(), ""),
        (lambda source: (source / "new").touch(), ""),
        (empty, "was emptied after it was read"),
        (shutil.rmtree, "can no longer be read"),
        (replaceWithFile, "can no longer be read"),
        (replaceDirectory, "is not the directory that was read: it was replaced during the run"),
        (replaceWithLink, "is not the directory that was read: it was replaced during the run"),
        (lambda source: (source / "d/b").unlink(), "d/b does not exist"),
    ],
    ids=["nothing", "a file gone", "a file new", "emptied", "gone", "a file", "replaced", "a link", "sentinel gone"],
)
def test_a_source_is_the_same_until_it_is_lost(
    mishap: Callable[[Path], object], words: str, mirror: Mirror, scan: Scan
) -> None:
    assert sourceChange(mirror, scan, Guards(requireFile="d/b")) == ""
    mishap(Path(os.fsdecode(mirror.source)))
    change = sourceChange(mirror, scan, Guards(requireFile="d/b"))
    assert words in change if words else not change


def test_a_disk_that_is_no_longer_mounted_is_named(mirror: Mirror, scan: Scan) -> None:
    lost = replace(scan, mounts=scan.mounts | {b"/no such/disk"})
    assert sourceChange(mirror, lost, Guards()).endswith("has lost what was mounted on /no such/disk")


def test_a_source_that_never_had_files_was_not_emptied(tmp_path: Path) -> None:
    mirror = mirrorOf(plantTree(tmp_path / "source", []), "s3://bucket")
    with openScan(mirror.tree, mirror.mounts, lambda *told: None, lambda *told: None, lambda *told: None) as scan:
        assert sourceChange(mirror, scan, Guards()) == ""
