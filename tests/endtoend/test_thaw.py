"""Archived objects: what a restore needs of them is asked for, comes back, and is fetched then."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from xml.etree import ElementTree

import pytest

from CedarBackup3.amazons3.model import ATTRIBUTES_KEY
from testcase.s3 import DENY, SLOW_DOWN, Fault, Refuse, S3Server
from testcase.trees import plantTree

from .harness import Restore, Sync, at, filesIn, moment, put

GLACIER = {"x-amz-storage-class": "GLACIER"}
DEEP = {"x-amz-storage-class": "DEEP_ARCHIVE"}
TIERED = {"x-amz-storage-class": "INTELLIGENT_TIERING"}
TIER, DEEP_TIER = ({**TIERED, "x-amz-archive-status": f"{name}ARCHIVE_ACCESS"} for name in ("", "DEEP_"))
INSTANT = {"x-amz-storage-class": "GLACIER_IR"}
THAWING = {"x-amz-restore": 'ongoing-request="true"'}
MANY = 60
LARGE = 64 << 20  # bytes, of which `aws s3 sync` fetches an object with a session, too


FAULTS: dict[bytes, tuple[str, Refuse, int | None]] = {
    b"busy": ("RestoreObject", SLOW_DOWN, 2),  # as often as aws itself asks
    b"busy head": ("HeadObject", Refuse(503, "SlowDown", ""), 2),
    b"before": ("RestoreObject", Refuse(409, "RestoreAlreadyInProgress", "x"), None),
    b"active": ("RestoreObject", Refuse(403, "ObjectAlreadyInActiveTierError", "x"), None),
    b"refused": ("RestoreObject", DENY, None),
    b"hidden": ("HeadObject", DENY, None),
    b"gone": ("HeadObject", Refuse(404, "NoSuchVersion", ""), None),
}
"""By keys: what goes wrong with them, and how often."""


def there(days: float) -> dict[str, str]:
    """The header of an object that can be read for so many days more."""
    end = format_datetime(datetime.now(UTC) + timedelta(days=days), usegmt=True)
    return {"x-amz-restore": f'ongoing-request="false", expiry-date="{end}"'}


@pytest.fixture
def server() -> Iterator[S3Server]:
    """A server whose bucket keeps versions, and where nothing is back before the test lets it be."""
    with S3Server(buckets=("bucket",), versioning=True) as running:
        running.holdsRetrievals = True
        yield running


@pytest.fixture
def inSession(restoreOnce: Restore) -> Restore:
    """The tool with a session and one AWS CLI only."""
    return lambda *arguments, **more: restoreOnce("--awsSession", "always", *arguments, **more)


@pytest.fixture
def withoutSession(restoreOnce: Restore) -> Restore:
    """The tool that asks by plain commands of one AWS CLI."""
    return lambda *arguments, **more: restoreOnce("--awsSession", "never", *arguments, **more)


def cold(server: S3Server, objects: dict[bytes, dict[str, str]], seconds: float = 0) -> None:
    for key, headers in objects.items():
        server.putObject("bucket", b"p/" + key, b"cold", lastModified=at(seconds), headers=headers)


def wanted(server: S3Server) -> list[tuple[bytes, str, str]]:
    """Key, days and tier of every RestoreObject since the last time."""
    found = []
    for request in server.requests:
        if request.operation == "RestoreObject":
            tree = ElementTree.fromstring(re.sub(rb' xmlns="[^"]*"', b"", request.body))
            found.append((request.key, tree.findtext("Days", ""), tree.findtext("GlacierJobParameters/Tier", "")))
    server.clearRequests()
    return sorted(found)


def test_what_is_archived_is_asked_for_once_and_the_same_restore_fetches_it_when_it_is_back(
    inSession: Restore, server: S3Server, tmp_path: Path
) -> None:
    restore = inSession
    put(server, {b"warm%d" % number: b"x" for number in range(6)}, 0)
    archived = {
        b"glacier": GLACIER,
        b"deep": DEEP,
        b"tier": TIER,
        b"deep tier": DEEP_TIER,
        b"it's c\xc3\xb6ld\n": GLACIER,
    }
    cold(server, {**archived, b"instant": INSTANT, b"tiered": TIERED})
    everything, target = {*archived}, tmp_path / "t"
    before = restore("s3://bucket/p", target)
    assert (before.status, before.stderr.count("Archived: "), before.stderr.count("Thawing: ")) == (7, 5, 0)
    assert "8 restored (14 bytes), 5 archived (20 bytes)" in before.stderr

    outcome = restore("--thaw", "3:bulk", "s3://bucket/p", target)
    assert (outcome.status, outcome.stderr) == (0, "")
    assert "Asking for 5 objects (20 bytes) with Bulk for 3 days, by as many requests" in outcome.stdout
    assert "5 to 12 hours (GLACIER: 2)" in outcome.stdout
    assert "48 hours (DEEP_ARCHIVE: 1)" in outcome.stdout
    assert outcome.stdout.index("is billed") < outcome.stdout.index(", 5 asked for (20 bytes)")
    asked = wanted(server)
    assert {(key, tier) for key, _, tier in asked} == {(b"p/" + key, "Bulk") for key in everything}
    assert {key for key, days, _ in asked if days == ""} == {b"p/tier", b"p/deep tier"}
    assert {days for _, days, _ in asked} == {"", "3"}

    again = restore("--thaw", "3:Bulk", "s3://bucket/p", target)
    assert (again.status, again.stderr, wanted(server)) == (0, "", [])
    assert "8 up to date (14 bytes), 5 asked for before (20 bytes)" in again.stdout.replace("\n", " ")

    server.finishRetrievals("bucket", b"p/glacier", b"p/tier")
    partly = restore("s3://bucket/p", target)
    assert (partly.status, partly.stderr.count("Archived: "), partly.stderr.count("Thawing: ")) == (7, 0, 3)
    assert "2 restored (8 bytes), 8 up to date (14 bytes), 3 thawing (12 bytes)" in partly.stderr
    server.finishRetrievals("bucket")
    rest = restore("s3://bucket/p", target)
    assert (rest.status, rest.stderr, len(filesIn(target))) == (0, "", 13)
    assert {filesIn(target)[key] for key in everything} == {b"cold"}


def test_a_preview_names_what_would_be_asked_for_and_asks_for_nothing(
    inSession: Restore, server: S3Server, tmp_path: Path
) -> None:
    cold(server, {b"a": GLACIER, b"b": {**GLACIER, **THAWING}, b"c": {**DEEP, **there(9)}})
    outcome = inSession("--thaw", "2", "--dryRun", "s3://bucket/p", tmp_path / "t")
    assert (outcome.status, outcome.stderr, wanted(server)) == (0, "", [])
    assert "Would ask for 1 object (4 bytes) with Standard for 2 days" in outcome.stdout
    assert "Would ask for s3://bucket/p/a (4 bytes, GLACIER)" in outcome.stdout
    assert "is billed" in outcome.stdout
    outcome = inSession("--dryRun", "s3://bucket/p", tmp_path / "t")
    assert (outcome.status, outcome.stderr, wanted(server)) == (0, "", [])
    assert "In archives (GLACIER or DEEP_ARCHIVE): 3 files; --thaw DAYS --dryRun reports which" in outcome.stdout
    assert not (tmp_path / "t").exists()


def test_only_what_the_restore_needs_is_asked_for_and_by_its_version(
    inSession: Restore, server: S3Server, tmp_path: Path
) -> None:
    cold(server, {b"d/old": GLACIER, b"d/gone": DEEP, b"d/out": GLACIER, b"d/../up": GLACIER, b"d/same": GLACIER})
    old = {key: versions[0].versionId for key, versions in server.versions("bucket").items()}
    cold(server, {b"d/old": GLACIER}, 10)
    server.deleteObject("bucket", b"p/d/gone", lastModified=at(10))
    outcome = inSession(
        "--atTime", moment(5), "--thaw", "1", "--exclude", "d/out", "--exclude", "d/same", "s3://bucket/p"
    )
    assert (outcome.status, outcome.stderr) == (0, "")
    ids = {each.key: each.query["versionId"] for each in server.requests if each.operation == "RestoreObject"}
    assert ids == {key: old[key] for key in (b"p/d/old", b"p/d/gone")}
    server.clearRequests()
    # What the directory has is not needed.
    target = plantTree(tmp_path / "t", {b"d/same": b"cold", b"d/out": b"warm"})
    assert inSession("--thaw", "1", "s3://bucket/p", target).status == 9
    outcome = inSession("--thaw", "1", "--overwrite", "s3://bucket/p", target)
    assert "Refused: " in outcome.stderr  # as the restore will
    assert [key for key, _, _ in wanted(server)] == [b"p/d/old", b"p/d/out"]
    # Nor is what no restore can make a file of, whatever the directory.
    cold(server, {b"e": GLACIER, b"e/below": GLACIER})
    assert inSession("--thaw", "1", "--exclude", "d/*", "s3://bucket/p").status == 0
    assert [key for key, _, _ in wanted(server)] == [b"p/e/below"]


def test_a_copy_that_would_be_gone_too_early_is_kept_for_longer(inSession: Restore, server: S3Server) -> None:
    cold(server, {b"a": {**GLACIER, **there(1.5)}, b"b": {**DEEP, **there(6.5)}, b"c": {**GLACIER, **there(30)}})
    outcome = inSession("--thaw", "7", "s3://bucket/p")
    assert (outcome.status, [key for key, _, _ in wanted(server)]) == (0, [b"p/a"])
    assert "1 of them can be read already, but not for as long" in outcome.stdout
    outcome = inSession("--thaw", "7", "s3://bucket/p")
    assert (outcome.status, wanted(server)) == (0, [])
    assert "3 readable (12 bytes)" in outcome.stdout
    server.expireRetrievals("bucket", b"p/c")
    outcome = inSession("--thaw", "7", "s3://bucket/p")
    assert [key for key, _, _ in wanted(server)] == [b"p/c"]


def test_expedited_is_not_asked_of_deep_archives(inSession: Restore, server: S3Server) -> None:
    cold(server, {b"a": GLACIER, b"b": DEEP, b"c": DEEP_TIER, b"d": TIER})
    cold(server, {b"e": {**DEEP, **THAWING}, b"f": {**DEEP, **there(0.1)}})
    cold(server, {b"g": {**DEEP, **there(-0.1)}, b"h": {**GLACIER, **there(-0.1)}})  # not removed yet
    for switches in (["--dryRun"], []):
        outcome = inSession("--thaw", "1:EXPEDITED", *switches, "s3://bucket/p")
        assert outcome.status == 7
        assert outcome.stderr.count("nothing there comes back with Expedited; use Standard or Bulk") == 3
        assert "can be read already" not in outcome.stdout
    assert [key for key, _, _ in wanted(server)] == [b"p/a", b"p/d", b"p/h"]
    counts = "3 asked for (12 bytes), 1 asked for before (4 bytes), 1 readable (4 bytes), 3 not asked for (12 bytes)"
    assert counts in outcome.stderr


def test_one_object_that_fails_costs_the_others_nothing(inSession: Restore, server: S3Server) -> None:
    cold(server, dict.fromkeys((*FAULTS, b"fine"), GLACIER))
    for key, (operation, effect, times) in FAULTS.items():
        server.addFault(Fault(operation, effect, key=b"p/" + key, times=times))
    outcome = inSession("--thaw", "1", "s3://bucket/p")
    assert outcome.status == 7
    assert re.findall(r"^Not asked for: s3://bucket/p/(\w*) ", outcome.stderr, re.MULTILINE) == [
        "gone",
        "hidden",
        "refused",
    ]
    counts = "3 asked for (12 bytes), 1 asked for before (4 bytes), 1 readable (4 bytes), 3 not asked for (12 bytes)"
    assert counts in outcome.stderr


@pytest.mark.parametrize("operation", ["HeadObject", "RestoreObject"])
def test_where_nothing_may_be_asked_it_is_soon_given_up(
    operation: str, inSession: Restore, server: S3Server, tmp_path: Path
) -> None:
    cold(server, {b"%03d" % number: GLACIER for number in range(MANY * 3)})
    server.addFault(Fault(operation, DENY))
    report = tmp_path / "report.json"
    outcome = inSession("--thaw", "1", "--report", report, "s3://bucket/p")
    assert (outcome.status, f"{MANY * 3} not asked for" in outcome.stderr) == (7, True)
    assert "after 10 failures in a row nothing more was asked" in outcome.stderr
    count = Counter(request.operation for request in server.requests)
    assert 10 <= count[operation] <= MANY * 2  # those under way, and the current version once more without its id
    assert json.loads(report.read_text())["classes"]["notAskedFor"]["count"] == MANY * 3


def test_without_a_session_the_plain_commands_ask_and_tell(
    withoutSession: Restore, server: S3Server, tmp_path: Path
) -> None:
    prefix = "mail://joe:pass@home"
    for key, headers in ((b"a", GLACIER), (b"b", {**GLACIER, **THAWING}), (b"c", TIER)):
        server.putObject("bucket", prefix.encode() + b"/" + key, b"cold", lastModified=at(0), headers=headers)
    server.addFault(Fault("RestoreObject", DENY, key=prefix.encode() + b"/a"))
    outcome = withoutSession("--thaw", "1", f"s3://bucket/{prefix}")
    assert outcome.status == 7
    assert re.search(r"Not asked for: s3://bucket/mail://.*/a .*AccessDenied", outcome.stderr)
    assert "1 asked for (4 bytes), 1 asked for before (4 bytes), 1 not asked for (4 bytes)" in outcome.stderr
    assert (prefix.encode() + b"/c", "", "Standard") in wanted(server)
    outcome = withoutSession(f"s3://bucket/{prefix}", tmp_path / "t")
    assert (outcome.status, outcome.stderr.count("Thawing: "), outcome.stderr.count("Archived: ")) == (7, 2, 1)


def test_attributes_that_are_archived_are_asked_for_and_come_back_with_the_files(
    syncOnce: Sync, inSession: Restore, server: S3Server, tmp_path: Path
) -> None:
    source = plantTree(tmp_path / "source", {b"a": b"1", b"b": b"2"})
    (source / "a").chmod(0o640)
    assert syncOnce("--attributes", "--storageClass", "DEEP_ARCHIVE", source, "s3://bucket/p").status == 0
    kept = server.objects("bucket")[b"p/" + ATTRIBUTES_KEY]  # a lifecycle rule has moved it
    server.putObject("bucket", b"p/" + ATTRIBUTES_KEY, kept.body, lastModified=kept.lastModified, headers=DEEP)
    target = tmp_path / "t"
    outcome = inSession("--thaw", "5", "s3://bucket/p", target)
    assert (outcome.status, len(wanted(server))) == (0, 3)
    server.finishRetrievals("bucket", b"p/a", b"p/b")
    outcome = inSession("s3://bucket/p", target)
    assert outcome.status == 7
    assert "come back without their attributes" in outcome.stderr
    server.finishRetrievals("bucket")
    outcome = inSession("s3://bucket/p", target)
    assert (outcome.status, outcome.stderr) == (0, "")
    assert (target / "a").stat().st_mode & 0o777 == 0o640


def _thawed(server: S3Server, size: int) -> None:
    put(server, {b"%d" % number: b"x" for number in range(6)}, 0)
    cold(server, {b"not": GLACIER, b"soon": {**DEEP, **THAWING}})
    server.putObject("bucket", b"p/back", bytes(size), lastModified=at(0), headers={**GLACIER, **there(1)})


def test_objects_that_are_back_are_fetched_in_a_batch(restore: Restore, server: S3Server, tmp_path: Path) -> None:
    _thawed(server, 4)
    outcome = restore("--awsSession", "never", "s3://bucket/p", tmp_path / "t")
    assert outcome.status == 7
    assert "7 restored (10 bytes), 1 archived (4 bytes), 1 thawing (4 bytes)" in outcome.stderr
    assert {each.name for each in (tmp_path / "t").iterdir()} == {*"012345", "back", ".cback-restore"}


def test_large_objects_that_are_back_are_fetched_in_a_batch(
    inSession: Restore, server: S3Server, tmp_path: Path
) -> None:
    _thawed(server, LARGE)
    outcome = inSession("s3://bucket/p", tmp_path / "t")
    assert outcome.status == 7
    assert "7 restored (64.0 MiB), 1 archived (4 bytes), 1 thawing (4 bytes)" in outcome.stderr
    assert "ListObjectsV2" in {request.operation for request in server.requests}
    assert {each.name for each in (tmp_path / "t").iterdir()} == {*"012345", "back", ".cback-restore"}
