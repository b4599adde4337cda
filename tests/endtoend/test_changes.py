"""What changed between two times, and where the versions of a file are: listed by the real AWS CLI."""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from testcase.s3 import S3Server, Versioning

from .harness import Restore, at, filesIn, moment, put

_MANUAL = Path(__file__).resolve().parent.parent.parent / "docs/restoring.md"


pytestmark = pytest.mark.versioned


@pytest.fixture
def listed(restoreOnce: Restore) -> Restore:
    """The tool on a prefix, through a session."""
    return lambda *words, **more: restoreOnce("--awsSession", "always", "s3://bucket/p", *words, **more)


def rows(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def operations(server: S3Server) -> Counter[str]:
    return Counter(request.operation for request in server.requests)


def plantHistory(server: S3Server) -> None:
    """Replaced, repeated, deleted and returned objects, several in a second, and what is no file."""
    chance = random.Random(11)
    for event in range(240):
        second, key = event // 3, b"%s%d" % (chance.choice([b"", b"d/"]), chance.randrange(12))
        if chance.random() < 0.4:
            server.deleteObject("bucket", b"p/" + key, lastModified=at(second))
        else:
            put(server, {key: chance.choice([b"1", b"2", b"22"])}, second)
    put(server, {b"d/": b"", b".cback-attributes.jsonl.gz": b"x"}, 50)


def test_changes_are_what_two_listings_differ_in_and_take_one(listed: Restore, server: S3Server) -> None:
    plantHistory(server)
    server.pageSize = 7
    lists = [listed("--list", "--json", "--exclude", "d/1*", "--atTime", moment(second)) for second in (20, 60)]
    before, after = ({row["key"]: row for row in rows(outcome.stdout)} for outcome in lists)
    server.clearRequests()
    times = ("--since", moment(20), "--atTime", moment(60))
    outcome = listed("--list", "--json", "--exclude", "d/1*", *times)
    asked = operations(server)
    changes = {row["key"]: row for row in rows(outcome.stdout)}
    assert (outcome.status, list(changes)) == (0, sorted(changes))
    content = ("size", "etag")
    for key in before.keys() | after.keys():
        one, other = before.get(key), after.get(key)
        isSame = one and other and [one[name] for name in content] == [other[name] for name in content]
        assert (key in changes) is not bool(isSame), key
        if not isSame:
            kind = "added" if not one else "changed" if other else "deleted"
            assert (changes[key]["change"], changes[key]["before"], changes[key]["after"]) == (kind, one, other)
    kinds = Counter(row["change"] for row in changes.values())
    assert set(kinds) == {"added", "changed", "deleted"}
    totals = re.findall(r"(\d+) (added|changed|deleted|rewritten) ", outcome.stderr)
    rewritten = sum(
        key in after and row["versionId"] != after[key]["versionId"] and key not in changes
        for key, row in before.items()
    )
    assert {kind: int(number) for number, kind in totals} == kinds | {"rewritten": rewritten}
    assert asked == {
        "ListObjectVersions": -(-sum(map(len, server.versions("bucket").values())) // 7),
        "ListObjectsV2": 1,
    }


def test_a_found_version_comes_back_as_of_the_time_that_its_line_has(
    listed: Restore, restoreOnce: Restore, server: S3Server, tmp_path: Path
) -> None:
    plantHistory(server)
    outcome = listed("--find", "[17]", "--json")
    found = rows(outcome.stdout)
    assert (outcome.status, {row["key"] for row in found}) == (0, {"p/1", "p/7", "p/d/1", "p/d/7"})
    stored = {
        (key.decode(), each.versionId): each for key, those in server.versions("bucket").items() for each in those
    }
    assert {(row["key"], row["versionId"]) for row in found} == {
        each for each in stored if each[0][-1] in "17" and each[0][-2] == "/"
    }
    assert all(row["atTime"] is None for row in found if row["isDeleteMarker"])
    hidden = [row for row in found if not row["isDeleteMarker"] and row["atTime"] is None]
    assert hidden
    old = next(row for row in found if row["atTime"] and not row["isLatest"])
    assert restoreOnce("--atTime", old["atTime"], f"s3://bucket/{old['key']}", tmp_path / "t").status == 0
    assert filesIn(tmp_path / "t") == {
        old["key"].rpartition("/")[2].encode(): stored[old["key"], old["versionId"]].body
    }


def test_a_file_that_has_become_a_directory_and_a_directory_that_has_become_a_file_come_back_by_the_same_url(
    restoreOnce: Restore, listed: Restore, server: S3Server, tmp_path: Path
) -> None:
    url = "s3://bucket/p/config"
    put(server, {b"config": b"file"}, 0)
    server.deleteObject("bucket", b"p/config", lastModified=at(5))
    put(server, {b"config/": b"", b"config/x": b"below"}, 10)
    (_, found) = rows(listed("--find", "config", "--json").stdout)
    outcome = restoreOnce("--awsSession", "always", "--atTime", found["atTime"], url, tmp_path / "then")
    assert (outcome.status, filesIn(tmp_path / "then")) == (0, {b"config": b"file"}), outcome
    outcome = restoreOnce("--awsSession", "always", "--atTime", moment(7), url, tmp_path / "between")
    assert (outcome.status, outcome.stderr.count("There was nothing in s3://bucket/p/config/")) == (6, 1)
    server.deleteObject("bucket", b"p/config/x", lastModified=at(20))
    put(server, {b"config": b"again"}, 25)
    outcome = restoreOnce("--awsSession", "always", "--list", url)
    assert (outcome.status, outcome.stdout.splitlines()[0].split()[-1]) == (0, "p/config")
    outcome = restoreOnce("--awsSession", "always", "--find", "*", "--json", url)
    assert {row["key"] for row in rows(outcome.stdout)} == {"p/config/x"}, "all that is below has been there"


@pytest.mark.parametrize("way", ["never", "always"])
def test_what_versioning_did_not_keep_is_unknown_in_the_list_the_status_and_the_report(
    restoreOnce: Restore, server: S3Server, tmp_path: Path, way: str
) -> None:
    put(server, {b"gone\n\x1b": b"12", b"a": b"1"}, 0)
    server.setVersioning("bucket", Versioning.SUSPENDED)
    put(server, {b"a": b"333", b"new": b"1"}, 20)
    server.setVersioning("bucket", Versioning.ENABLED)
    server.deleteObject("bucket", b"p/gone\n\x1b", lastModified=at(30))
    words = ("s3://bucket/p", "--list", "--since", moment(10), "--report", tmp_path / "report", "--awsSession", way)
    outcome = restoreOnce(*words)
    assert (outcome.status, [line.split() for line in outcome.stdout.splitlines()]) == (
        7,
        [
            ["unknown", "?", "3", "2026-01-01T00:00:20Z", "p/a"],
            ["deleted", "2", "-", "2026-01-01T00:00:30Z", "p/gone\\n\\x1b"],
            ["unknown", "?", "1", "2026-01-01T00:00:20Z", "p/new"],
        ],
    )
    assert outcome.stderr.count("Unknown: s3://bucket/p/") == 2
    classes = json.loads((tmp_path / "report").read_text())["classes"]
    assert {name: found["count"] for name, found in classes.items()} == {"deleted": 1, "unknown": 2}


def test_programs_get_what_the_manual_has(restoreOnce: Restore, server: S3Server) -> None:
    """The members of each line of JSON there, and of the versions in it, are those that are printed."""
    put(server, {b"a": b"1", b"b": b"1"}, 0)
    put(server, {b"a": b"22"}, 10)
    server.deleteObject("bucket", b"p/b", lastModified=at(10))
    shown = [json.loads(line) for line in re.findall(r"^    (\{.*\})$", _MANUAL.read_text("utf-8"), re.MULTILINE)]
    changed, deleted = rows(restoreOnce("s3://bucket/p", "--list", "--since", moment(5), "--json").stdout)
    (example,) = (row for row in shown if "change" in row)
    assert (list(changed), list(deleted)) == (list(example), list(example))
    assert list(changed["before"]) == list(changed["after"]) == list(example["before"]) == list(example["after"])
    assert (changed["change"], deleted["change"], deleted["after"]) == ("changed", "deleted", None)
    found = rows(restoreOnce("s3://bucket/p", "--find", "a", "--json").stdout)
    (example,) = (row for row in shown if "atTime" in row)
    assert [list(row) for row in found] == [list(example)] * 2
