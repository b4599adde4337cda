"""The plan: what goes up, what goes, and what needs nothing, from the join alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from CedarBackup3.amazons3.mirror import Mirror, mirrorOf
from CedarBackup3.amazons3.model import (
    LEADS_NOWHERE,
    NOT_FOLLOWED,
    TOO_LARGE,
    Claim,
    ContentFinding,
    ObjectEntry,
    SourceEntry,
)
from CedarBackup3.amazons3.sync.plan import buildPlan

SECOND = 1_000_000_000
STORED = 1795415471 * SECOND
"""When the objects of these tests were stored, in nanoseconds since the epoch."""


def file(key: bytes, size: int | None = 1, mtimeNs: int = 0) -> SourceEntry:
    return SourceEntry(key, size, mtimeNs, key)


def stored(key: bytes, size: int = 1) -> ObjectEntry:
    return ObjectEntry(key, size, "2026-11-23T06:31:11.000Z")


@pytest.fixture
def mirror(tmp_path: Path) -> Mirror:
    return mirrorOf(tmp_path, "s3://bucket")


def test_the_plan_is_aws_s_own(mirror: Mirror) -> None:
    later = STORED + SECOND
    pairs = [
        (file(b"new", 5), None),
        (file(b"grown", 7), stored(b"grown", 6)),
        (file(b"touched", 2, later), stored(b"touched", 2)),
        (file(b"settled", 3), stored(b"settled", 3)),
        (file(b"unreadable", None), stored(b"unreadable")),
        (None, stored(b"gone", 4)),
    ]
    with buildPlan(mirror, pairs) as plan:
        steps = list(plan.steps)
    assert [(step.action, step.key, step.size) for step in steps] == [
        ("upload", b"new", 5),
        ("replace", b"grown", 7),
        ("replace", b"touched", 2),
        ("delete", b"gone", 4),
    ]
    assert (plan.upToDateFiles, plan.upToDateSize, plan.objects) == (1, 3, 5)
    assert plan.sizes == {"upload": 5, "replace": 9, "delete": 4}
    assert (plan.length, plan.uploads, plan.deletions) == (4, 3, 1)


def test_where_the_time_tells_nothing_the_content_decides_and_what_is_not_proven_goes_up(mirror: Mirror) -> None:
    names = (b"differs", b"matched", b"changed", b"unknown", b"unreadable")
    pairs = [(file(name, 3, STORED), stored(name, 3)) for name in names]
    asked: list[tuple[int, int]] = []

    def judge(claims: Iterable[Claim], files: int, size: int) -> Iterator[ContentFinding]:
        asked.append((files, size))
        return (ContentFinding(each.key.decode(), "", *each) for each in claims)  # type: ignore[arg-type]

    with buildPlan(mirror, [(file(b"a"), None), *pairs, (None, stored(b"x"))], judge) as plan:
        assert [(step.key, step.isOurs) for step in plan.steps] == [
            (b"a", False),
            *((name, True) for name in names if name != b"matched"),
            (b"x", False),
        ]
        assert [found.key for found in plan.matches] == [b"matched"]
    assert asked == [(5, 15)]
    assert (plan.upToDateFiles, plan.upToDateSize, plan.ours, plan.counts["replace"]) == (1, 3, 4, 4)


@pytest.mark.parametrize("uploadOnly", [False, True])
@pytest.mark.parametrize(
    ("entry", "found", "action"),
    [
        (file(b"a", 0), None, "upload"),
        (file(b"a", 2), stored(b"a", 1), "replace"),
        (file(b"a", 0), stored(b"a", 1), "replace"),
        (file(b"a", 1, STORED - 1), stored(b"a"), ""),
        (file(b"a", 1, STORED + 499), stored(b"a"), ""),  # aws rounds to microseconds
        (file(b"a", 1, STORED + 501), stored(b"a"), "replace"),
        (None, stored(b"a"), "delete"),
        (None, stored(b"d/", 0), "delete"),
        (file(b"a", None), None, ""),
        (file(b"a", None), stored(b"a"), ""),
        (file(b"d/", None), None, ""),
        (file(b"a", None, LEADS_NOWHERE), stored(b"a"), ""),
        (file(b"a", None, NOT_FOLLOWED), stored(b"a"), ""),
        (file(b"a", None, TOO_LARGE), stored(b"a"), ""),
    ],
)
def test_one_pair_is_one_step_at_most(
    entry: SourceEntry | None, found: ObjectEntry | None, action: str, uploadOnly: bool, mirror: Mirror
) -> None:
    expected = [] if not action or (uploadOnly and action == "delete") else [action]
    with buildPlan(replace(mirror, uploadOnly=uploadOnly), [(entry, found)]) as plan:
        assert [step.action for step in plan.steps] == expected
        assert plan.length == plan.uploads + plan.deletions == len(expected)
        assert plan.objects == (found is not None)
        needsNothing = entry is not None and entry.size is not None and not action
        assert (plan.upToDateFiles, plan.upToDateSize) == ((1, entry.size) if entry and needsNothing else (0, 0))


def test_a_step_has_what_is_needed_to_tell_later_whether_it_was_done(mirror: Mirror) -> None:
    entry = SourceEntry("ü".encode(), 2, 5, b"\xfc")
    with buildPlan(mirror, [(entry, ObjectEntry(entry.key, 1, "2026-11-23T06:31:11Z", '"etag"'))]) as plan:
        (step,) = plan.steps
    assert (step.key, step.path, step.size, step.mtimeNs) == (entry.key, b"\xfc", 2, 5)
    assert (step.etag, step.lastModified) == ('"etag"', "2026-11-23T06:31:11Z")


@pytest.mark.parametrize("unreadable", [file(b"d/", None), file(b"d", None), file(b"d", None, LEADS_NOWHERE)])
def test_nothing_that_an_unreadable_name_may_hide_is_deleted(unreadable: SourceEntry, mirror: Mirror) -> None:
    pairs = [(None, stored(b"a")), (unreadable, None), (None, stored(b"d/x")), (None, stored(b"d/y/z"))]
    with buildPlan(mirror, [*pairs, (None, stored(b"e"))]) as plan:
        assert [step.key for step in plan.steps] == [b"a", b"e"]


def test_what_no_time_tells_needs_nothing_where_nobody_judges(mirror: Mirror) -> None:
    with buildPlan(mirror, [(file(b"a", 3, STORED), stored(b"a", 3))]) as plan:
        assert (plan.length, plan.upToDateFiles, plan.ours) == (0, 1, 0)


def test_nobody_is_asked_where_every_time_tells(mirror: Mirror) -> None:
    def judge(claims: Iterable[Claim], files: int, size: int) -> Iterator[ContentFinding]:
        raise AssertionError("asked")

    with buildPlan(mirror, [(file(b"a"), stored(b"a")), (file(b"b"), None)], judge) as plan:
        assert plan.length == 1


def test_a_long_plan_keeps_all_its_steps_in_order(mirror: Mirror) -> None:
    with buildPlan(mirror, ((file(b"%06d" % number), None) for number in range(12_345))) as plan:
        assert [step.key for step in plan.steps] == [b"%06d" % number for number in range(12_345)]
        assert plan.length == 12_345
