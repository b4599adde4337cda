"""What can be a file in the target, and what is there already."""

from __future__ import annotations

import hashlib
import os
import signal
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from CedarBackup3.amazons3.aws.locale import AwsLocale
from CedarBackup3.amazons3.aws.settings import AwsSettings
from CedarBackup3.amazons3.bucket.versions import Version
from CedarBackup3.amazons3.model import S3Location
from CedarBackup3.amazons3.progress import SILENT
from CedarBackup3.amazons3.restore.plan import planRestore, restorableVersions, targetTree
from CedarBackup3.amazons3.restore.proof import proveTarget
from CedarBackup3.amazons3.restore.report import KeyOutcome, Tally
from CedarBackup3.amazons3.restore.selection import Selection
from CedarBackup3.amazons3.spool import Spool
from CedarBackup3.cli.findings import Findings
from testcase.trees import plantTree

SELECTION = Selection(S3Location("bucket", "p/"), AwsSettings(AwsLocale("C.UTF-8", "utf-8", "")))


def version(key: bytes, content: bytes = b"x", etag: str = "") -> Version:
    """One that was stored when the clocks began."""
    digest = etag or hashlib.md5(content).hexdigest()
    return Version(key, "1", True, "1970-01-01T00:00:00Z", len(content), digest, "STANDARD")


def spooled(versions: Iterable[Version]) -> Spool[Version]:
    spool = Spool(Version._make)
    spool.extend(versions)
    return spool


@pytest.mark.parametrize(("isCaseInsensitive", "refused"), [(False, []), (True, [b"B2/c", b"b"])])
def test_names_that_differ_only_by_case_are_refused_where_case_is_ignored(
    tmp_path: Path, isCaseInsensitive: bool, refused: list[bytes]
) -> None:
    keys = [b"A", b"B", b"B2/C", b"B2/c", b"b", b"c"]
    tally, local = Tally(Findings()), targetTree(SELECTION, os.fsencode(tmp_path))
    with (
        spooled(version(key) for key in keys) as state,
        restorableVersions(SELECTION, local, state, tally, isCaseInsensitive=isCaseInsensitive) as kept,
    ):
        assert [found.key for found in kept] == [key for key in keys if key not in refused]
    assert [found.key for found in tally.report().findings] == refused


def test_only_what_is_missing_or_different_is_wanted(tmp_path: Path) -> None:
    target = plantTree(
        tmp_path, {b"content": b"same", b"different": b"diff", b"size": b"longer", b"mine": b"", b"unclear": b"x"}
    )
    plantTree(target, {b"time": b"????"}, mtime=0)
    state = [
        version(b"content", b"same"),
        version(b"different", b"same"),
        version(b"missing"),
        version(b"size", b"short"),
        version(b"time", b"same"),
        version(b"unclear", b"x", "no digest"),
    ]
    tally, local = Tally(Findings()), targetTree(SELECTION, os.fsencode(target))
    descriptor = os.open(target, os.O_RDONLY)
    with planRestore(SELECTION, local, state, tally, SILENT, root=descriptor, mayReplace=True) as lacking:
        assert [found.key for found in lacking.versions] == [b"different", b"missing", b"size", b"unclear"]
        assert (lacking.files, lacking.size, lacking.current) == (4, 11, 4)
        assert [found.key for found in lacking.untimely] == [b"content"]  # so that nobody has to read it again
    os.close(descriptor)
    assert tally.count(KeyOutcome.UP_TO_DATE) == 2
    assert (target / "content").stat().st_mtime != 0  # a plan changes nothing


def aPipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def aLink(path: Path) -> None:
    """To a file outside with the very content."""
    outside = path.parent.parent / "outside"
    outside.write_bytes(b"same")
    os.utime(outside, ns=(path.stat().st_mtime_ns,) * 2)
    path.unlink()
    path.symlink_to(outside)


def aLinkOnTheWay(path: Path) -> None:
    path.parent.rename(path.parent.parent / "moved")
    path.parent.symlink_to("moved")


@pytest.fixture
def alarm() -> Iterator[None]:
    """What hangs fails."""
    signal.alarm(60)
    yield
    signal.alarm(0)


@pytest.mark.usefixtures("alarm")
@pytest.mark.parametrize(
    ("step", "swap"),
    [
        ("wanted", aPipe),
        ("wanted", aLink),
        ("compared", aPipe),
        ("compared", aLink),
        ("compared", aLinkOnTheWay),
    ],
)
def test_what_takes_the_place_of_a_file_after_the_walk_is_neither_read_nor_waited_for(
    tmp_path: Path, step: str, swap: Callable[[Path], None]
) -> None:
    target = plantTree(tmp_path / "target", {b"d/a": b"same", b"d/b": b"same"})
    tally, local = Tally(Findings()), targetTree(SELECTION, os.fsencode(target))
    descriptor = os.open(target, os.O_RDONLY)

    def state() -> Iterator[Version]:
        yield version(b"d/a", b"same")
        swap(target / "d/b")  # all of the directory has been seen by now
        yield version(b"d/b", b"same")

    if step == "wanted":
        with planRestore(SELECTION, local, state(), tally, SILENT, root=descriptor, mayReplace=True) as lacking:
            assert [found.key for found in lacking.versions] == [b"d/b"]
    else:
        proveTarget(SELECTION, local, state(), tally, SILENT, root=descriptor, isRestore=False)
        assert {(found.outcome, found.key) for found in tally.report().findings} >= {(KeyOutcome.DIFFERENT, b"d/b")}
    os.close(descriptor)
