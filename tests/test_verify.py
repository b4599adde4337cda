"""The proof by names and sizes: each pair of the join is a match, a difference, or nothing that counts."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from CedarBackup3.amazons3.compare import Pair
from CedarBackup3.amazons3.mirror import Mirror, mirrorOf
from CedarBackup3.amazons3.model import LEADS_NOWHERE, NOT_FOLLOWED, TOO_LARGE, Difference, ObjectEntry, SourceEntry
from CedarBackup3.amazons3.sync.verify import KEPT, verifyPairs
from testcase.trees import plantTree

NEVER = 1 << 62
"""A start of the run behind everything that happens, so that nothing changes during the run."""
ALWAYS = 0
"""A start before everything, so that everything does."""


@pytest.fixture
def mirror(tmp_path: Path) -> Mirror:
    """Of a directory with the file `a` of one byte, in a run during which nothing changes."""
    return replace(mirrorOf(plantTree(tmp_path / "source", {b"a": b"1"}), "s3://bucket"), startNs=NEVER)


def file(mirror: Mirror, path: bytes = b"a", size: int | None = None) -> SourceEntry:
    """A file as it is, or with another size than it has."""
    status = os.stat(mirror.pathTo(path))
    return SourceEntry(path, status.st_size if size is None else size, status.st_mtime_ns, path)


def stored(key: bytes = b"a", size: int = 1, time: str = "2026-11-23T06:31:11Z") -> ObjectEntry:
    return ObjectEntry(key, size, time)


def kinds(mirror: Mirror, pairs: list[Pair], *, isTraced: bool = False) -> list[str]:
    """The differences, each of which has to be told, kept and counted."""
    told: list[Difference] = []
    report = verifyPairs(mirror, pairs, told.append, isTraced=isTraced)
    assert list(report.differences) == told
    assert sum(report.counts.values()) == len(told)
    assert report.isClean is not bool(told)
    return [found.kind.value for found in told]


@pytest.mark.parametrize(
    ("size", "found", "startNs", "expected"),
    [
        (1, stored(), NEVER, []),
        (1, None, NEVER, ["missing"]),
        (1, stored(size=2), NEVER, ["size"]),
        (1, stored(size=0), NEVER, ["size"]),
        (1, None, ALWAYS, ["changed"]),
        (1, stored(size=2), ALWAYS, ["changed"]),
        (1, stored(), ALWAYS, []),  # it agrees, and is older than its object
        (5, stored(), NEVER, ["changed"]),  # it has grown less since it was walked
        (5, None, NEVER, ["changed"]),
    ],
)
def test_a_file_agrees_is_wrong_or_did_not_hold_still(
    size: int, found: ObjectEntry | None, startNs: int, expected: list[str], mirror: Mirror
) -> None:
    assert kinds(replace(mirror, startNs=startNs), [(file(mirror, size=size), found)]) == expected


def test_a_file_that_is_gone_since_it_was_walked_is_not_missing_in_the_bucket(mirror: Mirror) -> None:
    entry = file(mirror)
    os.unlink(mirror.pathTo(b"a"))
    assert kinds(mirror, [(entry, None)]) == ["changed"]


@pytest.mark.parametrize(
    ("startNs", "uploadOnly", "expected"),
    [(NEVER, False, ["extra"]), (ALWAYS, False, ["changed"]), (NEVER, True, []), (ALWAYS, True, [])],
)
@pytest.mark.parametrize("key", [b"gone", b"no/such/directory", b"a/b"])
def test_an_object_without_a_file_is_extra_unless_it_may_have_gone_meanwhile(
    key: bytes, startNs: int, uploadOnly: bool, expected: list[str], mirror: Mirror
) -> None:
    assert kinds(replace(mirror, startNs=startNs, uploadOnly=uploadOnly), [(None, stored(key))]) == expected


@pytest.mark.parametrize("key", [b"../a", b"./a", b"a//b", b"a/", b"nul\0"])
def test_an_object_whose_key_no_file_can_have_is_extra_whatever_changes(key: bytes, mirror: Mirror) -> None:
    assert kinds(replace(mirror, startNs=ALWAYS), [(None, stored(key))]) == ["extra"]


@pytest.mark.parametrize("startNs", [NEVER, ALWAYS])
def test_what_cannot_be_read_is_a_difference_and_hides_the_objects_below_it(startNs: int, mirror: Mirror) -> None:
    pairs = [(SourceEntry(b"d/", None, 0, b"d/"), None), (None, stored(b"d/x")), (None, stored(b"d/y"))]
    assert kinds(replace(mirror, startNs=startNs), [*pairs]) == ["unreadable"]


def test_a_link_that_leads_nowhere_counts_only_where_there_are_objects_below_it(mirror: Mirror) -> None:
    link = SourceEntry(b"l", None, LEADS_NOWHERE, b"l")
    assert kinds(mirror, [(link, None)]) == []
    (found,) = verifyPairs(mirror, [(link, None), (None, stored(b"l/x"))]).differences
    assert (found.kind.value, found.key, found.leadsNowhere) == ("unreadable", b"l", True)


@pytest.mark.parametrize(("reason", "name"), [(NOT_FOLLOWED, "notFollowed"), (TOO_LARGE, "tooLarge")])
@pytest.mark.parametrize("found", [None, stored(), stored(size=7)])
def test_what_is_left_alone_is_counted_and_no_difference(
    reason: int, name: str, found: ObjectEntry | None, mirror: Mirror
) -> None:
    report = verifyPairs(mirror, [(SourceEntry(b"a", None, reason, b"a"), found)])
    assert (report.isClean, report.matchedFiles, dict(report.leftAlone)) == (True, 0, {name: 1})


@pytest.mark.parametrize(
    ("startNs", "isTraced", "expected"), [(NEVER, False, []), (ALWAYS, False, ["changed"]), (ALWAYS, True, [])]
)
def test_a_file_newer_than_its_object_matches_if_it_has_not_changed_during_the_run_or_that_is_told_elsewhere(
    startNs: int, isTraced: bool, expected: list[str], mirror: Mirror
) -> None:
    early = stored(time="1999-01-01T00:00:00Z")
    moved = replace(mirror, startNs=startNs)
    assert kinds(moved, [(file(mirror), early)], isTraced=isTraced) == expected
    assert verifyPairs(moved, [(file(mirror), early)], isTraced=isTraced).newerFiles == (not expected)


def test_every_match_is_told_with_both_sides_and_counted_with_its_bytes(mirror: Mirror) -> None:
    matched: list[tuple[bytes, bytes]] = []
    pairs: list[Pair] = [(SourceEntry(key, 10, 0, key), stored(key, 10)) for key in (b"x", b"y")]
    report = verifyPairs(
        mirror, [*pairs, (None, stored(b"z"))], onMatched=lambda entry, found: matched.append((entry.key, found.key))
    )
    assert (report.matchedFiles, report.matchedBytes) == (2, 20)
    assert matched == [(b"x", b"x"), (b"y", b"y")]


def test_of_very_many_differences_the_first_are_kept_and_all_are_counted_and_told(mirror: Mirror) -> None:
    told: list[Difference] = []
    report = verifyPairs(mirror, ((None, stored(b"%06d" % number)) for number in range(KEPT + 5)), told.append)
    assert (len(report.differences), sum(report.counts.values()), len(told)) == (KEPT, KEPT + 5, KEPT + 5)
    assert report.differences[0].key == b"000000"
