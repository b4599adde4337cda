"""Listings of servers with manners of their own: whole and right, or a failure, never short with a 0."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from testcase.runner import Outcome
from testcase.s3 import CEPH, JAVASCRIPT, UNSORTED, Fault, Manners, S3Server, TruncateListing
from testcase.trees import plantTree

from .harness import Restore, Sync, at, awsStandIn, filesIn, moment, plantObjects, put, stored

NAMES = (b"a%20b", b"a+b", b"c", b"page%3Fid=1", b"page%3Fid=2", b"zz")


@pytest.fixture
def server() -> Iterator[S3Server]:
    """A server whose bucket keeps versions, four on a page."""
    with S3Server(buckets=("bucket",), versioning=True) as running:
        running.pageSize = 4
        yield running


@pytest.fixture
def sync(sync: Sync, way: tuple[str, str]) -> Sync:
    """The tool with either way."""
    return lambda *arguments, **more: sync(*arguments, *way, **more)


@pytest.fixture
def syncOnce(syncOnce: Sync, way: tuple[str, str]) -> Sync:
    """The same with one AWS CLI only."""
    return lambda *arguments, **more: syncOnce(*arguments, *way, **more)


@pytest.fixture
def restore(restore: Restore, way: tuple[str, str]) -> Restore:
    """The other tool with either way."""
    return lambda *arguments, **more: restore(*arguments, *way, **more)


@pytest.fixture
def restoreOnce(restoreOnce: Restore, way: tuple[str, str]) -> Restore:
    """The same with one AWS CLI only."""
    return lambda *arguments, **more: restoreOnce(*arguments, *way, **more)


def plantHistory(server: S3Server, prefix: bytes, names: Iterable[bytes] = NAMES) -> None:
    """Two versions of each name and three of `c`, which is deleted in the end."""
    for second in range(2):
        put(server, dict.fromkeys((*names, b"c"), b""), second, prefix)
    put(server, {b"c": b""}, 2, prefix)
    server.deleteObject("bucket", prefix + b"c", lastModified=at(3))


def versionsIn(server: S3Server) -> list[tuple[str, str]]:
    """The keys and ids of all versions, as the bucket has them."""
    return [(key.decode(), each.versionId) for key, found in server.versions("bucket").items() for each in found]


def versionsListed(outcome: Outcome) -> list[tuple[str, str]]:
    """The same as they were printed."""
    assert (outcome.status, outcome.stderr) == (0, ""), outcome
    return [(each["key"], each["versionId"]) for each in map(json.loads, outcome.stdout.splitlines())]


MANNERS = {
    "ceph": CEPH,
    "ceph, not saying whether more follows": Manners(
        encodesMarkers=False, usesKeysAsTokens=True, repeatsKeys=True, givesIsTruncated=False
    ),
    "not saying whether more follows": Manners(givesIsTruncated=False),
    "amazon": Manners(),
}


@pytest.mark.parametrize("name", MANNERS)
def test_a_listing_of_versions_misses_nothing(
    restoreOnce: Restore, server: S3Server, name: str, way: tuple[str, str]
) -> None:
    prefix = b"p+q%25/" if ("ceph" in name) == ("never" in way) else b""
    plantHistory(server, prefix)
    server.manners = MANNERS[name]
    outcome = restoreOnce(b"s3://bucket/" + prefix, "--versions", "--json")
    assert versionsListed(outcome) == versionsIn(server)


def test_a_restore_misses_nothing(restore: Restore, server: S3Server, tmp_path: Path) -> None:
    plantHistory(server, b"p+q%25/")
    server.manners = CEPH
    outcome = restore(b"s3://bucket/p+q%25/", tmp_path / "t")
    expected = dict.fromkeys(set(NAMES) - {b"c"}, b"")
    assert (outcome.status, outcome.stderr, filesIn(tmp_path / "t")) == (0, "", expected)
    listings = [asked for asked in server.requests if asked.operation == "ListObjectVersions"]
    assert len(listings) == -(-len(versionsIn(server)) // 4)


def test_a_listing_misses_nothing_with_an_aws_that_does_not_show_what_follows(
    restoreOnce: Restore, server: S3Server, anyAws: str, tmp_path: Path
) -> None:
    plantHistory(server, b"")
    server.manners = CEPH
    commands = awsStandIn(tmp_path / "commands", Path(anyAws), before="unset AWS_DATA_PATH")
    outcome = restoreOnce("s3://bucket", "--versions", "--json", awsDirectory=commands)
    assert versionsListed(outcome) == versionsIn(server)


@pytest.mark.parametrize("name", ["amazon", "ceph"])
def test_a_key_that_aws_takes_for_no_marker_may_end_pages(restore: Restore, server: S3Server, name: str) -> None:
    server.pageSize = 3
    for second in range(2):
        put(server, {b"None": b"", b"a": b""}, second, b"")
    for second in range(3):
        put(server, {b"None": b""}, second, b"")
    server.deleteObject("bucket", b"None", lastModified=at(9))
    server.manners = MANNERS[name]
    assert versionsListed(restore("s3://bucket", "--versions", "--json")) == versionsIn(server)


def test_an_object_that_aws_takes_for_no_token_may_end_pages(sync: Sync, server: S3Server, tmp_path: Path) -> None:
    files = dict.fromkeys((b"A", b"None", b"a", b"b"), b"")
    plantObjects(server, files)
    server.manners = CEPH
    assert sync(plantTree(tmp_path / "source", files), "s3://bucket", "--verifyOnly").status == 0


@pytest.mark.parametrize("name", MANNERS)
def test_a_verification_sees_every_object(syncOnce: Sync, server: S3Server, tmp_path: Path, name: str) -> None:
    source = plantTree(tmp_path / "source", dict.fromkeys(NAMES, b""))
    plantObjects(server, dict.fromkeys((*NAMES, b"zzz"), b""))
    server.manners = MANNERS[name]
    outcome = syncOnce(source, "s3://bucket", "--verifyOnly")
    assert (outcome.status, outcome.stderr.count("Extra"), outcome.stderr.count("\n")) == (7, 1, 2), outcome
    assert syncOnce(source, "s3://bucket", "--verifyOnly", "--uploadOnly", "--listings", "3").status == 0


WRONG: dict[str, tuple[Manners, str]] = {
    "more follows, but not where": (
        Manners(givesTokens=False),
        "more keys follow, but not where the listing continues",
    ),
    "every page is the first": (Manners(ignoresMarkers=True), "does not list keys in order"),
}


@pytest.mark.parametrize("listings", ["1", "3"])
@pytest.mark.parametrize("name", WRONG)
def test_a_verification_that_cannot_list_all_fails_at_once(
    syncOnce: Sync, server: S3Server, tmp_path: Path, name: str, listings: str
) -> None:
    source = plantTree(tmp_path / "source", dict.fromkeys(NAMES, b""))
    plantObjects(server, dict.fromkeys(NAMES, b""))
    server.manners, reason = WRONG[name]
    outcome = syncOnce(source, "s3://bucket", "--listings", listings)
    assert (outcome.status, reason in outcome.stderr, outcome.stderr.count("\n")) == (6, True, 1), outcome
    assert len(server.requests) < 20
    assert stored(server) == dict.fromkeys(NAMES, b"")


@pytest.mark.parametrize("name", WRONG)
def test_a_restore_that_cannot_list_all_fails_at_once(
    restoreOnce: Restore, server: S3Server, tmp_path: Path, name: str
) -> None:
    plantHistory(server, b"")
    server.manners, reason = WRONG[name]
    outcome = restoreOnce("s3://bucket", tmp_path / "t")
    assert (outcome.status, outcome.stderr.count("\n")) == (6, 1), outcome
    assert reason in outcome.stderr or "has no end" in outcome.stderr
    assert len(server.requests) < 20
    assert not (tmp_path / "t").exists()


FULLWIDTH = tuple(f"\uff08{letter}".encode() for letter in "abcdef")  # behind emoji in UTF-16 only
EMOJI = ("\U0001f984".encode(), "\U0001f984b".encode())
ORDERS: dict[str, tuple[Manners, tuple[bytes, ...], str]] = {
    "UTF-16": (JAVASCRIPT, (*FULLWIDTH, *EMOJI), "rename these, then run again"),
    "UTF-16, deep": (JAVASCRIPT, tuple(b"d/" + key for key in (*FULLWIDTH, *EMOJI)), "rename these, then run again"),
    "none": (UNSORTED, NAMES, "'aws s3 cp --recursive' works without"),
}


@pytest.mark.parametrize("listings", ["1", "3"])
@pytest.mark.parametrize("name", ORDERS)
def test_another_key_order_is_told_with_what_works_all_the_same(
    syncOnce: Sync, restoreOnce: Restore, server: S3Server, tmp_path: Path, name: str, listings: str
) -> None:
    server.manners, names, reason = ORDERS[name]
    source = plantTree(tmp_path / "source", dict.fromkeys(names, b""))
    plantObjects(server, dict.fromkeys(names, b""))
    outcomes = [syncOnce(source, "s3://bucket", "--listings", listings)]
    outcomes += [restoreOnce("s3://bucket", tmp_path / "t")] if listings == "1" else []  # it knows no such switch
    for outcome in outcomes:
        assert (outcome.status, reason in outcome.stderr, outcome.stderr.count("\n")) == (6, True, 1), outcome
    assert stored(server) == dict.fromkeys(names, b"")
    assert not (tmp_path / "t").exists()


@pytest.mark.parametrize("names", [(*NAMES, *FULLWIDTH), (*NAMES, *EMOJI)], ids=["fullwidth", "emoji"])
def test_the_order_of_utf16_does_no_harm_to_names_that_it_sorts_alike(
    syncOnce: Sync, restoreOnce: Restore, server: S3Server, tmp_path: Path, names: tuple[bytes, ...]
) -> None:
    server.manners = JAVASCRIPT
    source = plantTree(tmp_path / "source", names)
    plantObjects(server, {b"extra": b"", names[-1]: b"another"})
    for switches in ((), ("--verifyOnly", "--listings", "3")):
        outcome = syncOnce(source, "s3://bucket", *switches)
        assert (outcome.status, outcome.stderr) == (0, ""), outcome
    assert stored(server) == {name: name for name in names}
    assert restoreOnce("s3://bucket", tmp_path / "t").status == 0
    assert filesIn(tmp_path / "t") == {name: name for name in names}


def test_one_key_that_comes_again_and_again_is_a_failure(
    restoreOnce: Restore, server: S3Server, tmp_path: Path
) -> None:
    for second in range(5):
        put(server, {b"None": b""}, second, b"")
    server.manners = Manners(ignoresMarkers=True)
    outcome = restoreOnce("s3://bucket", tmp_path / "t")
    assert (outcome.status, "has no end" in outcome.stderr, outcome.stderr.count("\n")) == (6, True, 1), outcome


def test_what_is_stored_meanwhile_does_not_disturb_a_restore(
    restoreOnce: Restore, server: S3Server, tmp_path: Path
) -> None:
    put(server, {b"a": b"1", b"b": b"1"}, 0)
    put(server, {b"b": b"2"}, 10)
    server.pageSize = 1000
    ended = threading.Event()

    def write() -> None:
        number = 0
        while not ended.wait(0.2):
            number += 1
            server.putObject("bucket", b"p/z%09d" % number, b"new", lastModified=datetime.now(UTC))

    writer = threading.Thread(target=write)
    writer.start()
    try:
        past = restoreOnce("s3://bucket/p", tmp_path / "past", "--atTime", moment(5))
        present = restoreOnce("s3://bucket/p", tmp_path / "present", "--exclude", "z*")
    finally:
        ended.set()
        writer.join()
    assert (past.status, past.stderr, filesIn(tmp_path / "past")) == (0, "", {b"a": b"1", b"b": b"1"})
    assert (present.status, present.stderr) == (0, "")
    assert filesIn(tmp_path / "present") == {b"a": b"1", b"b": b"2"}


@pytest.mark.parametrize("when", [(), ("--atTime", moment(5))], ids=["now", "a moment"])
def test_a_server_that_cuts_the_listing_is_noticed_however_new_the_rest_is(
    restoreOnce: Restore, server: S3Server, tmp_path: Path, when: tuple[str, ...]
) -> None:
    put(server, dict.fromkeys(NAMES, b""), 0)
    server.putObject("bucket", b"p/zz", b"", lastModified=datetime.now(UTC))
    server.addFault(Fault("ListObjectVersions", TruncateListing()))
    outcome = restoreOnce("s3://bucket/p", tmp_path / "t", *when)
    assert (outcome.status, outcome.stderr.count("\n")) == (6, 1), outcome
    assert "only up to page%3Fid=1" in outcome.stderr
    assert not (tmp_path / "t").exists()


def written(text: str) -> Callable[[datetime], str]:
    return lambda moment: f"{moment:{text}}"


TIMES: dict[str, Callable[[datetime], str]] = {
    "RFC 1123": written("%a, %d %b %Y %H:%M:%S GMT"),
    "small letters": written("%Y-%m-%dt%H:%M:%Sz"),
    "no zone": written("%Y-%m-%dT%H:%M:%S"),
    "a number": lambda moment: str(moment.timestamp()),
}


def test_any_way_of_writing_a_time_is_read(syncOnce: Sync, restore: Restore, server: S3Server, tmp_path: Path) -> None:
    """One file for each way: the second in which it was stored has the time written so."""
    ways = list(TIMES.values())
    files = [b"%d" % number for number in range(len(ways))]
    for number, name in enumerate(files):
        put(server, {name: b"old"}, number)
        put(server, {name: b"new"}, 20 + number)
    server.manners = Manners(time=lambda moment: ways[moment.second % 20](moment))
    environment = {"TZ": "Asia/Tokyo"}
    outcome = restore("s3://bucket/p", tmp_path / "t", "--atTime", moment(10), environment=environment)
    assert (outcome.status, outcome.stderr, filesIn(tmp_path / "t")) == (0, "", dict.fromkeys(files, b"old"))
    for number in range(len(files)):
        assert (tmp_path / f"t/{number}").stat().st_mtime == at(number).timestamp()
    source = plantTree(tmp_path / "source", dict.fromkeys(files, b"NEW"), mtime=at(18).timestamp())
    outcome = syncOnce(source, "s3://bucket/p", "--verifyOnly", environment=environment)
    assert (outcome.status, "modified later" in outcome.log) == (0, False)


@pytest.mark.parametrize(
    ("text", "way"),
    [
        ("", "never"),
        ("soon", "always"),
        ("0000-01-01T00:00:00Z", "never"),
        ("10000-01-01T00:00:00Z", "always"),
        ("9" * 30, "never"),
        ("9" * 30, "always"),
    ],
    indirect=["way"],
)
def test_a_time_that_is_none_is_said(sync: Sync, restore: Restore, server: S3Server, tmp_path: Path, text: str) -> None:
    put(server, {b"a": b""}, 0)
    server.manners = Manners(time=lambda moment: text)
    source = plantTree(tmp_path / "source", {b"a": b""})
    for outcome in (sync(source, "s3://bucket/p"), restore("s3://bucket/p", tmp_path / "t")):
        assert (outcome.status, outcome.stderr.count("\n")) == (6, 1), outcome
        # Version 2 of aws reads times itself, and says no key.
        assert "Cannot read the time at which p/a was stored" in outcome.stderr or "'aws s3api" in outcome.stderr
        assert "unexpectedly" not in outcome.stderr


def test_content_is_proven_by_what_is_said_of_each_object_if_the_listing_has_no_etags(
    sync: Sync, server: S3Server, tmp_path: Path
) -> None:
    source = plantTree(tmp_path / "source", {b"a": b"1", b"bad": b"2"})
    plantObjects(server, {b"a": b"1", b"bad": b"X"})
    server.manners = Manners(givesEtags=False)
    outcome = sync(source, "s3://bucket", "--verifyOnly", "--checkContent")
    assert (outcome.status, outcome.stderr.count("Content: "), outcome.stderr.count("\n")) == (7, 1, 2), outcome
    assert "changed during the run" not in outcome.stderr
