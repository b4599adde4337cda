"""What changed between two times, and which versions match a pattern, by histories that these tests make up."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import chain
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from CedarBackup3.amazons3.aws.locale import AwsLocale
from CedarBackup3.amazons3.aws.rules import Rule
from CedarBackup3.amazons3.aws.settings import AwsSettings
from CedarBackup3.amazons3.bucket.versions import NULL_VERSION, Version
from CedarBackup3.amazons3.model import S3Location
from CedarBackup3.amazons3.restore.between import ChangeKind, ChangeTally, changesBetween, listChanges
from CedarBackup3.amazons3.restore.found import FoundTally, listFound, matcher, openFound
from CedarBackup3.amazons3.restore.report import Tally
from CedarBackup3.amazons3.restore.selection import Selection
from CedarBackup3.amazons3.restore.snapshot import snapshotAt
from CedarBackup3.amazons3.restore.versiontable import changeJson, changeRow, foundRow
from CedarBackup3.amazons3.spool import Spool
from CedarBackup3.cli.findings import Findings
from CedarBackup3.errors import CedarBackupError, GuardRefused


def moment(second: float) -> datetime:
    return datetime.fromtimestamp(second, UTC)


def version(key: bytes, versionId: str, second: int, etag: str | None = "e", *, isTied: bool = False) -> Version:
    """A version whose size is that of its ETag; without one a delete marker."""
    size = None if etag is None else len(etag)
    return Version(key, versionId, False, moment(second).isoformat(), size, etag or "", "STANDARD", isTied)


class Event(NamedTuple):
    """What happens to a key of a bucket."""

    key: int
    etag: str | None
    """None: it is deleted."""
    pause: int = 1
    """Seconds after the event before."""
    isVersioned: bool = True
    head: int = 0
    """Seconds before it that the upload began."""


ETAGS = st.sampled_from(["a", "b", "aa", None])


def histories(*heads: int) -> st.SearchStrategy[list[Event]]:
    """Of some uploads so many seconds long."""
    event = st.builds(Event, st.integers(0, 2), ETAGS, st.integers(0, 2), st.booleans(), st.sampled_from(heads))
    return st.lists(event, max_size=25)


NAMES = [b"a", b"b/c", b"d"]


def happened(events: Iterable[Event]) -> tuple[list[Version], list[dict[bytes, str]]]:
    """The listing as S3 makes it, and the ETags that stood there after each second."""
    listed: dict[bytes, list[Version]] = {name: [] for name in NAMES}
    states: list[dict[bytes, str]] = [{}]
    for number, event in enumerate(events):
        states += [states[-1].copy() for _ in range(event.pause)]
        key = NAMES[event.key]
        states[-1].pop(key, None)
        if event.etag is not None:
            states[-1][key] = event.etag
        stored = version(
            *(key, str(number) if event.isVersioned else NULL_VERSION),
            *(len(states) - 1 - (event.head if event.etag else 0), event.etag),
        )
        kept = [each for each in listed[key] if event.isVersioned or each.versionId != NULL_VERSION]
        listed[key] = [stored, *kept]
    return list(chain.from_iterable(listed.values())), states


def noneTied(key: bytes) -> Iterator[Version]:
    raise AssertionError("none is tied")


def kindOf(before: str | None, after: str | None, *, isOtherVersion: bool) -> ChangeKind:
    if before is None:
        return ChangeKind.ADDED
    if after is None:
        return ChangeKind.DELETED
    if before != after:
        return ChangeKind.CHANGED
    return ChangeKind.REWRITTEN if isOtherVersion else ChangeKind.UNCHANGED


@given(histories(0), st.data())
def test_changes_are_the_difference_of_two_states(events: list[Event], data: st.DataObject) -> None:
    versions, states = happened(events)
    earlier = data.draw(st.integers(0, len(states) - 1))
    later = data.draw(st.integers(earlier, len(states) - 1))
    overwritten = {
        each.key
        for each in versions
        if each.versionId == NULL_VERSION and datetime.fromisoformat(each.lastModified) > moment(earlier)
    }
    found = {change.key: change for change in changesBetween(versions, earlier, later, noneTied)}
    assert list(found) == sorted(found)
    assert {key for key, change in found.items() if change.kind is ChangeKind.UNKNOWN} == overwritten
    for key in set(NAMES) - overwritten:
        before, after = states[earlier].get(key), states[later].get(key)
        if before is None and after is None:
            assert key not in found
            continue
        change = found[key]
        ids = {each.versionId for each in (change.before, change.after) if each}
        assert change.kind is kindOf(before, after, isOtherVersion=len(ids) == 2), change
        assert (change.before and change.before.etag, change.after and change.after.etag) == (before, after)
        assert earlier < datetime.fromisoformat(change.lastModified).timestamp() <= later or len(ids) == 1


@given(histories(0, 0, 1, 3))
def test_the_moment_of_a_version_brings_it_back_and_one_without_a_moment_never_comes(events: list[Event]) -> None:
    versions, states = happened(events)
    with Spool(Version._make) as spool:
        spool.extend(versions)
        with openFound(spool, lambda key: True, noneTied) as entries:
            found = list(entries)
    assert [each.version for each in found] == versions
    first: dict[tuple[object, ...], int] = {}
    for second in range(-4, len(states) + 1):
        for stood in snapshotAt(versions, second, noneTied):
            first.setdefault(stood[:2], second)
    assert [each.moment for each in found] == [first.get(each[:2]) for each in versions]


PATTERNS = {
    "*.docx": ({"a.docx", "b/c.docx"}, {"a.doc", "docx"}),
    "dir/*": ({"dir/a", "dir/b/c"}, {"other/dir/a", "dir", "direct/a"}),
    "notes.txt": ({"notes.txt", "a/notes.txt", "a/b/notes.txt"}, {"old-notes.txt", "notes.txt.bak", "notes.txt/x"}),
    "report*": ({"report", "a/report-1", "reports/x"}, {"a-report", "a/myreport"}),
    "2026/*.jpg": ({"2026/a.jpg", "2026/b/c.jpg"}, {"x/2026/a.jpg", "2026/a.png"}),
    "*/x": ({"a/x", "a/b/x"}, {"x", "ax"}),
    "[ab]?": ({"ax", "d/b1"}, {"cx", "axx"}),
    "Name": ({"Name"}, {"name", "NAME"}),
}


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_pattern_is_of_whole_keys_and_without_a_slash_of_names_at_any_depth(pattern: str) -> None:
    those, others = PATTERNS[pattern]
    assert {key for key in those | others if matcher(pattern)(key)} == those


# With what is left out, and what nothing tells

SELECTION = Selection(S3Location("bucket", "p/"), AwsSettings(AwsLocale("C.UTF-8", "utf-8", "")))


RESTORED = "1 added (1 byte), 0 changed (0 bytes), 0 deleted (0 bytes)"


class Listed(NamedTuple):
    """What a list of changes comes to."""

    changes: list[tuple[str, str]]
    totals: str
    classes: dict[str, int]
    """How many the report has of each class."""


def listed(versions: Iterable[Version], since: float, selection: Selection = SELECTION) -> Listed:
    findings = Findings()
    counted = ChangeTally(findings)
    with Spool(Version._make) as spool:
        spool.extend(versions)
        stream = listChanges(selection, moment(since), spool, Tally(findings), counted)
        changes = [(change.kind.value, change.key.decode()) for change in stream]
    return Listed(changes, counted.totals, {name: tally.files for name, tally in findings.tallies.items()})


def until(second: float) -> Selection:
    return replace(SELECTION, moment=moment(second))


def test_what_is_no_file_or_left_out_has_not_changed() -> None:
    keys = [b".cback-attributes.jsonl.gz", b"a.tmp", b"dir/", b"same"]
    versions = [version(key, str(second), second, "" if key == b"dir/" else "e") for key in keys for second in (9, 1)]
    versions = [*versions[:6], version(b"marker/", "1", 9, None), version(b"new", "1", 9), *versions[6:]]
    found = listed(versions, 5, replace(SELECTION, rules=(Rule("*.tmp"),)))
    assert found.changes == [("added", "new")]
    assert found.totals == f"{RESTORED}, 1 rewritten with the same content (1 byte)"
    assert found.classes == {"added": 1, "rewritten": 1}


def test_what_is_no_file_is_never_unknown() -> None:
    keys = [b".cback-attributes.jsonl.gz", b"a.tmp", b"dir/"]
    versions = [version(key, NULL_VERSION, 9, "" if key == b"dir/" else "e") for key in keys]
    versions.append(version(b"same", "1", 1))
    assert listed(versions, 5, replace(SELECTION, rules=(Rule("*.tmp"),))).classes == {"unchanged": 1}


def test_without_an_etag_nothing_shows_that_a_file_is_the_same() -> None:
    assert listed([version(b"a", "2", 9, ""), version(b"a", "1", 1, "")], 5).changes == [("changed", "a")]


def test_the_object_with_the_attributes_is_a_file_if_it_alone_is_asked_for() -> None:
    key = b".cback-attributes.jsonl.gz"
    assert listed([version(key, "1", 9)], 5, replace(SELECTION, only=key)).changes == [("added", key.decode())]


def test_a_folder_marker_that_got_data_was_added_and_one_that_lost_it_was_deleted() -> None:
    versions = [version(b"a/", "2", 9), version(b"a/", "1", 1, ""), version(b"b/", "2", 9, ""), version(b"b/", "1", 1)]
    assert listed(versions, 5).changes == [("added", "a/"), ("deleted", "b/")]


def test_a_bucket_that_never_kept_versions_is_refused_where_something_is_younger() -> None:
    versions = [version(b"a", NULL_VERSION, 1), version(b"b", NULL_VERSION, 9), version(b"c", NULL_VERSION, 2)]
    with pytest.raises(GuardRefused, match="nothing in s3://bucket/p/ was stored with versioning"):
        listed(versions, 5)
    assert listed(versions, 9).changes == []


UNTRACED = {
    "older than the first version": ([version(b"a", NULL_VERSION, 1), version(b"b", "1", 9)], 5, SELECTION, 1),
    "the later time is older, too": ([version(b"a", NULL_VERSION, 4), version(b"b", "1", 9)], 2, until(5), 1),
    "nothing is from before": ([version(b"b", "1", 9)], 5, SELECTION, 0),
    "versions had begun": (
        [version(b"a", NULL_VERSION, 1), version(b"b", "1", 2), version(b"c", "1", 9)],
        *(5, SELECTION, 0),
    ),
    "one key": ([version(b"a", NULL_VERSION, 1)], 5, replace(SELECTION, only=b"a"), 0),
}


@pytest.mark.parametrize("name", UNTRACED)
def test_a_time_from_before_versioning_is_reported(name: str, caplog: pytest.LogCaptureFixture) -> None:
    versions, since, selection, files = UNTRACED[name]
    found = listed(versions, since, selection)
    assert found.classes.get("unprovenSnapshot", 0) == files
    assert caplog.text.count("Unproven: files may be missing from the changes in s3://bucket/p/ from ") == files


def test_what_may_have_been_overwritten_without_versioning_is_unknown_and_no_addition() -> None:
    versions = [
        *(version(b"a", NULL_VERSION, 9), version(b"a", "1", 1)),
        *(version(b"b", NULL_VERSION, 9, None), version(b"c", "1", 1)),
    ]
    found = listed(versions, 5)
    assert found.changes == [("unknown", "a"), ("unknown", "b")]
    assert found.totals.endswith("1 unchanged (1 byte), 2 unknown (1 byte)")
    assert found.classes == {"unknown": 2, "unchanged": 1}
    assert listed(versions, 2, until(5)).changes == [("unknown", "a"), ("unknown", "b")]


def test_nothing_at_either_time_is_a_failure_and_nothing_left_is_none() -> None:
    versions = [version(b"a", "2", 9, None), version(b"a", "1", 7)]
    with pytest.raises(CedarBackupError, match="nothing in s3://bucket/p/ at either time"):
        listed(versions, 5)
    assert listed(versions, 8).changes == [("deleted", "a")]
    with pytest.raises(CedarBackupError, match="at either time"):
        listed(versions, 8, replace(SELECTION, rules=(Rule("*"),)))


def test_a_tie_is_looked_up_where_it_decides_one_of_the_times() -> None:
    tied = [version(b"a", "3", 9), version(b"a", "1", 1, isTied=True), version(b"a", "2", 1, None)]
    truth = [tied[0], tied[2], tied[1]._replace(isTied=False)]
    kinds = [change.kind for change in changesBetween(tied, 5, None, lambda key: iter(truth))]
    assert kinds == [ChangeKind.ADDED]
    with Spool(Version._make) as spool:
        spool.extend([*tied, version(b"b", "4", 1)])
        with openFound(spool, lambda key: True, lambda key: iter(truth)) as entries:
            found = [(each.version.versionId, each.moment) for each in entries]
    assert found == [("3", 9), ("2", None), ("1", None), ("4", 1)]


def found(pattern: str, versions: Iterable[Version], selection: Selection = SELECTION) -> tuple[list[str], str]:
    counted = FoundTally()
    with Spool(Version._make) as spool:
        spool.extend(versions)
        return [each.version.versionId for each in listFound(selection, pattern, spool, counted)], counted.totals


def test_what_is_found_is_counted_and_is_no_folder_and_nothing_left_out() -> None:
    versions = [
        *(version(b".cback-attributes.jsonl.gz", "0", 1), version(b"a", "1", 9, None), version(b"a", "2", 1)),
        *(version(b"b", "3", 1), version(b"c.tmp", "4", 1), version(b"d/", "5", 1, ""), version(b"d/", "6", 1, None)),
    ]
    selection = replace(SELECTION, rules=(Rule("*.tmp"),))
    ids, totals = found("*", versions, selection)
    assert ids == ["1", "2", "3"]
    assert totals.startswith("2 keys with 2 versions and 1 delete marker; restore one as ")
    _, totals = found("b", [version(b"b", NULL_VERSION, 1)])
    assert totals == "1 key with 1 version; stored without versioning, so what was replaced or deleted left no trace"


@pytest.mark.parametrize(
    ("pattern", "advice"), [("x", "check the pattern, the URL and --exclude"), ("a/", r"did you mean a/\*\?")]
)
def test_finding_nothing_is_a_failure_with_advice(pattern: str, advice: str) -> None:
    with pytest.raises(CedarBackupError, match=rf"No key in s3://bucket/p/ matches the pattern {pattern}; {advice}"):
        found(pattern, [version(b"a", "1", 1)])


def test_lines_for_people_have_columns_and_escapes() -> None:
    gone, old = version(b"\x1b", "2", 9, None)._replace(isLatest=True), version(b"\x1b", "1", 1)
    with Spool(Version._make) as spool:
        spool.extend([gone, old])
        found = listFound(SELECTION, "*", spool, FoundTally())
        assert [foundRow(SELECTION.location, each).split() for each in found] == [
            ["deleted", "1970-01-01T00:00:09Z", "current", "-", "-", "2", "p/\\x1b"],
            ["1", "1970-01-01T00:00:01Z", "-", "1970-01-01T00:00:01Z", "STANDARD", "1", "p/\\x1b"],
        ]
    (change,) = changesBetween([gone, old], 5, None, noneTied)
    assert changeRow(SELECTION.location, change).split() == ["deleted", "1", "-", "1970-01-01T00:00:09Z", "p/\\x1b"]


def test_what_is_not_known_is_no_absent_file() -> None:
    versions = [version(b"a", NULL_VERSION, 9)]
    rows = []
    for later in (6, None):
        (change,) = changesBetween(versions, 5, later, noneTied)
        facts = json.loads(changeJson(SELECTION.location, change))
        rows.append((changeRow(SELECTION.location, change).split()[1:3], "before" in facts, "after" in facts))
    assert rows == [(["?", "?"], False, False), (["?", "1"], False, True)]


def _peak(number: int) -> int:
    """The most bytes that so many versions of one key, and so many unknown keys, take."""
    findings = Findings()
    with Spool(Version._make) as spool:
        spool.extend(version(b"a", str(each), each // 100 + 9) for each in range(number, 0, -1))
        spool.extend(version(b"b%07d" % each, NULL_VERSION, 9) for each in range(number))
        tracemalloc.start()
        try:
            changes = listChanges(SELECTION, moment(5), spool, Tally(findings), ChangeTally(findings))
            assert sum(1 for _ in changes) == number + 1
            assert sum(1 for _ in listFound(SELECTION, "a", spool, FoundTally())) == number
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()


def test_many_versions_and_many_keys_take_no_more_memory_than_some() -> None:
    assert _peak(6_000) < _peak(2_000) * 1.5 + 100_000
