"""What a walk records of a tree is what is there; and whatever differs from a record is named."""

from __future__ import annotations

import os
import socket
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from CedarBackup3.amazons3.attributes.compare import attributeDifferences, changedFields
from CedarBackup3.amazons3.attributes.earlier import wantedEarlier, withEarlier
from CedarBackup3.amazons3.attributes.reading import AttributeReader
from CedarBackup3.amazons3.attributes.records import AttributeRecord
from CedarBackup3.amazons3.attributes.storage import AttributesUnreadable
from CedarBackup3.amazons3.aws.locale import AwsLocale
from CedarBackup3.amazons3.aws.rules import Rule
from CedarBackup3.amazons3.aws.settings import AwsSettings
from CedarBackup3.amazons3.compare import finder
from CedarBackup3.amazons3.local.filters import Filters
from CedarBackup3.amazons3.local.links import FollowLinks
from CedarBackup3.amazons3.local.looked import Looked, Take
from CedarBackup3.amazons3.local.scan import sourceEntries
from CedarBackup3.amazons3.mirror import Mirror, mirrorOf
from CedarBackup3.amazons3.model import Kind, VerifyReport
from CedarBackup3.amazons3.progress import SILENT
from CedarBackup3.amazons3.spool import Spool
from CedarBackup3.amazons3.sync.attributes import openAttributes
from testcase.trees import plantTree

URL = "s3://bucket/p"
LATIN = AwsSettings(AwsLocale("de_DE.ISO-8859-1", "iso8859-1", "from LANG"))


class Walked:
    """The records of a walk."""

    def __init__(self, mirror: Mirror) -> None:
        self.omitted: list[tuple[bytes, str]] = []
        with Spool(AttributeRecord._make) as spool:
            reader = AttributeReader(mirror.tree.followLinks, spool, lambda path, why: self.omitted.append((path, why)))
            for _ in range(2):  # of two walks the last counts
                self.files = [entry.path for entry in sourceEntries(mirror.tree, onLooked=reader.look)]
            self.records = list(reader.finish())
            self.hidden, self.newestNs = [*reader.hidden], reader.newestNs
        assert [each.orderKey for each in self.records] == sorted({each.orderKey for each in self.records})
        self.byPath = {each.path: each for each in self.records}


def walked(source: Path, follow: FollowLinks = "safe", **more: object) -> Walked:
    return Walked(mirrorOf(source, URL, followLinks=follow, **more))  # type: ignore[arg-type]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A source with something of every type."""
    files = {
        b"d/file": b"1",
        b"d-e": b"22",
        b"d/e/f": b"",
        b"new\nline": b"3",
        b"z/a": b"",
        b"\xff": b"",
        b"n" * 255: b"",
    }
    source = plantTree(tmp_path / "source", files)
    (source / "empty/deep").mkdir(parents=True)
    (source / "empty").chmod(0o1777)
    (source / "d/file").chmod(0o4711)
    (source / "d-e").chmod(0o600)
    os.utime(source / "d-e", ns=(1, -1_000_000_001))
    os.utime(source / "empty/deep", ns=(1, 1_700_000_000_123_456_789))
    os.link(source / "d/file", source / "z/again")
    os.link(source / "d/file", source / "another")
    os.symlink("d-e", source / "to a file")
    os.symlink("d", source / "to d")
    os.symlink("empty", source / "to nothing")
    os.symlink(b"nowhere\xff", source / "dangling")
    os.symlink("itself", source / "itself")
    os.symlink("fifo", source / "to the fifo")
    os.mkfifo(source / "fifo", 0o640)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(os.path.relpath(source / "socket"))
    return source


def lookedAt(source: Path, follow: bool) -> Iterator[tuple[bytes, os.stat_result, bytes]]:
    """Each path below a source, through its links if so, what it leads to, and the text of its link."""
    root = os.fsencode(source)
    yield b"", source.stat(), b""
    for parent, directories, names in os.walk(root, followlinks=follow):
        for name in (*directories, *names):
            whole = os.path.join(parent, name)
            isFollowed = follow and (os.path.isfile(whole) or os.path.isdir(whole))
            target = os.readlink(whole) if os.path.islink(whole) else b""
            yield os.path.relpath(whole, root), os.stat(whole) if isFollowed else os.lstat(whole), target


@pytest.mark.parametrize("follow", ["safe", "all", "none"])
def test_what_is_recorded_is_what_is_there(tree: Path, follow: FollowLinks) -> None:
    found = walked(tree, follow)
    seen = {path: (status, target) for path, status, target in lookedAt(tree, follow != "none")}
    assert set(found.byPath) == set(seen)
    for path, (status, target) in seen.items():
        record = found.byPath[path]
        assert (record.mode, record.uid, record.gid) == (status.st_mode, status.st_uid, status.st_gid), path
        assert (record.mtimeNs, record.ctimeNs) == (status.st_mtime_ns, status.st_ctime_ns), path
        assert record.size == (status.st_size if stat.S_ISREG(status.st_mode) else None), path
        assert (record.target, record.isStored) == (target, bool(target) and not stat.S_ISLNK(status.st_mode)), path
        isAgain = path in {b"d/file", b"to d/file", b"z/again"}
        assert record.hardLink == (b"another" if isAgain else None), path
    assert {found.byPath[path].type for path in (b"", b"d-e", b"to d", b"fifo", b"socket")} == {
        *("directory", "file", "link", "fifo", "socket")
    }
    assert found.newestNs == max(status.st_ctime_ns for status, _ in seen.values())
    assert found.omitted == []


def test_the_first_of_many_names_is_that_of_the_first_record(tmp_path: Path) -> None:
    source = plantTree(tmp_path / "source", [b"m/5"])
    paths = [f"m/{number}" for number in range(9)] + ["m!", "m0", "n", "o/1"]
    (source / "o").mkdir()
    for path in paths:
        if path != "m/5":
            os.link(source / "m/5", source / path)
    found = walked(source).byPath
    assert found[b"m!"].hardLink is None
    assert {found[path.encode()].hardLink for path in paths if path != "m!"} == {b"m!"}


def test_extended_attributes_are_recorded_by_name_and_through_no_link(tree: Path) -> None:
    try:
        for path in ("d-e", "d", ""):
            os.setxattr(tree / path, "user.b", b"\0\xff")
            os.setxattr(tree / path, b"user.\xff", b"x" * 1000)
    except OSError:
        pytest.skip("no extended attributes here")
    expected = ((b"user.b", b"\0\xff"), (b"user.\xff", b"x" * 1000))
    found = walked(tree).byPath
    assert {path for path, record in found.items() if record.xattrs} == {b"", b"d", b"d-e", b"to d", b"to a file"}
    assert {record.xattrs for record in found.values()} == {(), expected}
    assert {path for path, record in walked(tree, "none").byPath.items() if record.xattrs} == {b"", b"d", b"d-e"}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root reads what the owner of a link cannot")
def test_what_the_owner_of_a_followed_link_cannot_read_is_not_recorded(tmp_path: Path) -> None:
    source = plantTree(tmp_path / "source", {b"own": b""})
    theirs = plantTree(tmp_path / "theirs", {b"secret": b"", b"theirs": b""})
    for path in (theirs / "secret", theirs / "theirs", source / "own"):
        path.chmod(0o600)
        os.setxattr(path, "user.secret", b"1")
    (source / "link").symlink_to(theirs)
    for path in (theirs, theirs / "theirs", source / "link"):
        os.chown(path, 65534, 65534, follow_symlinks=False)
    found = {each.path: bool(each.xattrs) for each in walked(source).records}
    assert found == {b"": False, b"link": False, b"link/theirs": True, b"own": True}


def test_what_is_left_out_is_not_recorded(tmp_path: Path) -> None:
    source = plantTree(tmp_path / "source", {b"a": b"1", b"large": b"1" * 2000, b"cache/x": b"", b"d/y.tmp": b""})
    os.symlink("a", source / "l.tmp")
    os.symlink("nowhere", source / "m.tmp")
    plantTree(source / "marked", [b".no", b"x", b"deep/y"])
    filters = Filters((Rule("*.tmp"), Rule("cache/*")), markers=(b".no",), maxSize=1000)
    for follow in ("safe", "none"):
        found = walked(source, follow, filters=filters)
        assert found.byPath.keys() - {b"cache"} == {b"", b"a", b"d", b"marked", b"marked/.no"}


def test_in_a_legacy_locale_each_record_has_its_key(tmp_path: Path) -> None:
    source = plantTree(tmp_path / "source", [b"caf\xe9/\xe8", b"cafz", b"caf\xc3\xa9"])
    found = walked(source, aws=LATIN).byPath
    assert found[b"caf\xe9/\xe8"].key == "café/è".encode()
    assert found[b"caf\xc3\xa9"].key == "cafÃ©".encode()
    assert found[b"cafz"].key == b"cafz"


@settings(max_examples=25)
@given(
    st.sets(st.lists(st.sampled_from(["a", "a!", "a.b", "a0", "b"]), min_size=1, max_size=4).map("/".join), max_size=8)
)
def test_records_come_in_the_order_of_keys_whatever_the_tree(paths: set[str]) -> None:
    with tempfile.TemporaryDirectory() as source:
        for path in paths:  # what has something below it is a directory, every other one a file if it has a dot
            (Path(source, path).parent if "." in path else Path(source, path)).mkdir(parents=True, exist_ok=True)
        for path in paths:
            if not Path(source, path).exists():
                Path(source, path).touch()
        found = walked(Path(source))
        assert set(found.byPath) == {b"", *(path for path, *_ in lookedAt(Path(source), follow=False))}
        assert found.hidden == []


def test_a_source_that_has_changed_meanwhile_has_its_attributes_stay_as_they_are(tmp_path: Path) -> None:
    mirror = mirrorOf(plantTree(tmp_path / "source", [b"a"]), URL)
    with openAttributes(mirror, "store") as attributes:
        list(sourceEntries(mirror.tree, onLooked=attributes.look))
        attributes.sourceChange = lambda: "it has lost what was mounted there"
        report = attributes.settle(mirror, VerifyReport(1, 1, {}, ()), None, SILENT)
    assert report.counts == {Kind.ATTRIBUTES: 1}
    assert "because it has lost what was mounted there" in report.differences[0].detail


def test_what_goes_and_changes_its_type_meanwhile_costs_nothing(tree: Path) -> None:
    mirror = mirrorOf(tree, URL)
    with Spool(AttributeRecord._make) as spool:
        reader = AttributeReader("safe", spool, lambda path, why: None)

        def look(looked: Looked) -> Take:
            take = reader.look(looked)
            if looked.path == b"" and (tree / "z/a").exists():  # between the reading of the names and the look at them
                (tree / "z").rename(tree.parent / "gone")
                (tree / "empty").rename(tree.parent / "gone, too")
                os.symlink("d", tree / "empty")
                (tree / "to a file").unlink()
            return take

        list(sourceEntries(mirror.tree, onLooked=look))
        found = {record.path: record for record in reader.finish()}
    assert {b"z", b"to a file"}.isdisjoint(found)
    assert found[b"d-e"].permissions == 0o600


FILE = AttributeRecord(b"f", b"f", stat.S_IFREG | 0o644, 0, 0, "root", "", 1, 2, 3)
LINK = AttributeRecord(b"f", b"f", stat.S_IFLNK | 0o777, 0, 0, "", "", 1, 2, None, b"x")


@pytest.mark.parametrize(
    ("here", "recorded", "expected"),
    [
        (FILE, FILE, []),
        (FILE, FILE._replace(ctimeNs=9, md5="0" * 32), []),
        (FILE, FILE._replace(mode=stat.S_IFREG | 0o4644), ["mode 0644 (recorded: 4644)"]),
        (FILE, FILE._replace(uid=7, user=""), ["owner root (0) (recorded: 7)"]),
        (FILE, FILE._replace(gid=7, group="lp"), ["group 0 (recorded: lp (7))"]),
        (FILE, FILE._replace(mtimeNs=-1, size=1234), [
            "time 1970-01-01T00:00:00.000000001Z (recorded: 1969-12-31T23:59:59.999999999Z)",
            "size 3 (recorded: 1,234)",
        ]),
        (FILE, FILE._replace(hardLink=b"a\n"), [r"first name none (recorded: a\n)"]),
        (FILE, FILE._replace(xattrs=((b"user.a", b"\xff"),)), [
            r"extended attributes none (recorded: user.a=\xff)",
        ]),
        (FILE, LINK, [
            "type file (recorded: link)", "mode 0644 (recorded: 0777)", "owner root (0) (recorded: 0)",
            "size 3 (recorded: none)", "target none (recorded: x)",
        ]),
        (LINK, LINK._replace(target=b"y"), ["target x (recorded: y)"]),
        (LINK._replace(mode=stat.S_IFREG, size=1, isStored=True), LINK._replace(mode=stat.S_IFREG, size=1), [
            "type link, followed (recorded: link)",
        ]),
    ],
)  # fmt: skip
def test_all_that_differs_is_named(here: AttributeRecord, recorded: AttributeRecord, expected: list[str]) -> None:
    assert changedFields(here, recorded) == expected


def test_what_a_hostile_record_has_fits_in_a_line() -> None:
    recorded = FILE._replace(xattrs=tuple((b"user.%d" % number, b"x" * 20) for number in range(20_000)))
    ((_, detail),) = attributeDifferences([FILE], [recorded])
    assert len(detail) < 10_000


def test_long_values_that_begin_alike_differ() -> None:
    (line,) = changedFields(
        FILE._replace(xattrs=((b"user.a", b"x" * 5000 + b"1"),)),
        FILE._replace(xattrs=((b"user.a", b"x" * 5000 + b"2"),)),
    )
    assert len(line) < 300


def named(*paths: bytes) -> list[AttributeRecord]:
    return [FILE._replace(key=path, path=path) for path in paths]


def test_records_of_what_is_gone_or_new_differ_but_not_of_what_cannot_be_seen() -> None:
    found = attributeDifferences(named(b"a", b"c", b"x"), named(b"b", b"c", b"h/1", b"h2"), [b"h/"])
    assert [*found] == [
        (b"a", "is not recorded"),
        (b"b", "is not there, but recorded"),
        (b"h2", "is not there, but recorded"),
        (b"x", "is not recorded"),
    ]


class Known(NamedTuple):
    key: bytes
    size: int
    mtimeNs: int
    ctimeNs: int
    digest: bytes


def test_digests_are_those_that_are_known_or_were_recorded_of_the_same_state() -> None:
    new = named(b"a", b"b", b"c", b"d", b"e")
    known = finder([Known(b"a", 3, 1, 2, b"A" * 16), Known(b"b", 3, 1, 9, b"B" * 16)])
    earlier = [
        *(record._replace(md5="0" * 32) for record in named(b"a", b"b")),
        FILE._replace(key=b"c", path=b"c", md5="0" * 32, ctimeNs=1),
        FILE._replace(key=b"d", path=b"d"),
        FILE._replace(key=b"dd", path=b"dd", md5="0" * 32),
        FILE._replace(key=b"h/x", path=b"h/x"),
    ]
    found = list(withEarlier(new, earlier, [b"h/"], known))
    assert [each.path for each in found] == [b"a", b"b", b"c", b"d", b"e", b"h/x"]
    assert [each.md5 for each in found] == ["41" * 16, "0" * 32, "", "", "", ""]
    huge = [each._replace(xattrs=((b"user.x", b"x"),)) for each in earlier]
    kept = list(wantedEarlier(huge, [b"h/"]))
    assert [each.path for each in kept] == [b"a", b"b", b"c", b"dd", b"h/x"]
    assert [bool(each.xattrs) for each in kept] == [False] * 4 + [True]  # of the others only digests are of use


@pytest.mark.parametrize("paths", [(b"b", b"a"), (b"a", b"a")])
def test_records_in_another_order_are_damaged(paths: tuple[bytes, ...]) -> None:
    with pytest.raises(AttributesUnreadable, match="not in order"):
        list(attributeDifferences([], named(*paths)))
