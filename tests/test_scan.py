"""The walk of the source."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from CedarBackup3.amazons3.local.opentree import DEEPEST
from CedarBackup3.amazons3.local.scan import openScan, sourceEntries
from CedarBackup3.amazons3.mirror import mirrorOf
from CedarBackup3.errors import CedarBackupError, GuardRefused
from testcase.trees import AWKWARD_NAMES, plantTree

URL = "s3://bucket"
NAMES = st.binary(min_size=1, max_size=3).filter(lambda name: name not in {b".", b".."} and not {47, 0} & set(name))
TREES = st.sets(st.lists(NAMES, min_size=1, max_size=4).map(b"/".join), max_size=12)


def planted(root: Path, paths: set[bytes]) -> dict[bytes, int]:
    """Make as many of the files as can be beside each other; returns their sizes."""
    made = {}
    for path in sorted(paths):
        try:
            plantTree(root, {path: b"x" * (len(path) % 5)})
        except OSError:  # a file where another path has a directory
            continue
        made[path] = len(path) % 5
    return made


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TREES)
def test_every_file_comes_once_in_the_byte_order_of_its_key(
    tmp_path_factory: pytest.TempPathFactory, paths: set[bytes]
) -> None:
    root = tmp_path_factory.mktemp("tree")
    expected = planted(root, paths)
    found = [(entry.key, entry.size) for entry in sourceEntries(mirrorOf(root, URL).tree)]
    assert found == sorted(expected.items())


def test_awkward_names_come_as_they_are(tmp_path: Path) -> None:
    plantTree(tmp_path, AWKWARD_NAMES)
    entries = list(sourceEntries(mirrorOf(tmp_path, URL).tree))
    assert [entry.key for entry in entries] == sorted(AWKWARD_NAMES)
    assert all(entry.key == entry.path for entry in entries)


def test_size_and_modification_time_are_those_of_the_disk(tmp_path: Path) -> None:
    file = plantTree(tmp_path, {b"a": b"12345"}) / "a"
    os.utime(file, ns=(0, 1_234_567_890_123_456_789))
    (entry,) = sourceEntries(mirrorOf(tmp_path, URL).tree)
    assert (entry.size, entry.mtimeNs) == (5, 1_234_567_890_123_456_789)


def test_links_are_followed_and_what_holds_no_data_is_told(tmp_path: Path) -> None:
    plantTree(tmp_path / "outside", {b"file": b"123", b"directory/deep": b"1"})
    root = plantTree(tmp_path / "root", {b"plain": b""})
    (root / "to file").symlink_to(tmp_path / "outside" / "file")
    (root / "to directory").symlink_to(tmp_path / "outside" / "directory")
    (root / "dangling").symlink_to("nowhere")
    (root / "itself").symlink_to("itself")
    os.mkfifo(root / "pipe")
    (root / "null").symlink_to("/dev/null")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(root / "socket"))
        skipped: dict[bytes, str] = {}
        entries = {entry.key: entry.size for entry in sourceEntries(mirrorOf(root, URL).tree, skipped.__setitem__)}
    assert entries == {b"dangling": None, b"itself": None, b"plain": 0, b"to directory/deep": 1, b"to file": 3}
    assert skipped == {
        b"dangling": "a dangling link",
        b"itself": "a link that leads to itself",
        b"null": "a device",
        b"pipe": "a named pipe",
        b"socket": "a socket",
    }


@pytest.mark.parametrize(
    ("link", "target", "back"),
    [("a/b/loop", "..", "a"), ("loop", ".", ""), ("a/loop", "../..", None), ("a/b/loop", "../../a/b", "a/b")],
)
def test_a_loop_is_refused_with_both_ends_named(tmp_path: Path, link: str, target: str, back: str | None) -> None:
    root = plantTree(tmp_path / "root", {b"a/b/file": b""})
    (root / link).symlink_to(target)
    with pytest.raises(GuardRefused) as refusal:
        list(sourceEntries(mirrorOf(root, URL).tree))
    assert link in str(refusal.value)
    if back is not None:
        assert f"leads back to {root / back}" in str(refusal.value).replace("root/,", "root,")


def test_two_links_to_one_directory_are_no_loop(tmp_path: Path) -> None:
    root = plantTree(tmp_path / "root", {b"a/file": b""})
    (root / "b").symlink_to("a")
    (root / "c").symlink_to("a")
    assert [entry.key for entry in sourceEntries(mirrorOf(root, URL).tree)] == [b"a/file", b"b/file", b"c/file"]


def test_a_source_that_has_gone_is_an_error_and_not_an_empty_one(tmp_path: Path) -> None:
    mirror = mirrorOf(plantTree(tmp_path / "root", [b"a"]), URL)
    (tmp_path / "root").rename(tmp_path / "elsewhere")
    with pytest.raises(CedarBackupError, match="can no longer be read"):
        list(sourceEntries(mirror.tree))


def test_a_path_longer_than_the_system_opens_is_read_all_the_same(tmp_path: Path) -> None:
    opened = [os.open(tmp_path, os.O_RDONLY)]
    for _ in range(20):
        os.mkdir("d" * 250, dir_fd=opened[-1])
        opened.append(os.open("d" * 250, os.O_RDONLY, dir_fd=opened[-1]))
    os.write(os.open("file", os.O_WRONLY | os.O_CREAT, dir_fd=opened[-1]), b"12345")
    for descriptor in opened:
        os.close(descriptor)
    (entry,) = sourceEntries(mirrorOf(tmp_path, URL).tree)
    assert (entry.size, len(entry.path)) == (5, 20 * 251 + 4)


def test_deeper_than_any_key_can_be_a_directory_is_unreadable_and_not_lost(tmp_path: Path) -> None:
    here = os.open(tmp_path, os.O_RDONLY)
    for _ in range(DEEPEST + 2):
        os.mkdir("d", dir_fd=here)
        deeper = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = deeper
    os.close(here)
    (entry,) = sourceEntries(mirrorOf(tmp_path, URL).tree)
    assert (entry.size, entry.key) == (None, b"d/" * (DEEPEST + 1))


def test_a_scan_can_be_read_again_and_knows_its_sums(tmp_path: Path) -> None:
    names = [b"%04d" % number for number in range(2500)]
    plantTree(tmp_path, dict.fromkeys(names, b"12"))
    told: list[tuple[str, int]] = []
    directories: list[int] = []
    with openScan(
        mirrorOf(tmp_path, URL).tree,
        frozenset(),
        lambda path, why: None,
        lambda entries: directories.append(len(entries)),
        lambda phase, files, size, fraction: told.append((phase, files)),
    ) as scan:
        assert (scan.files, scan.size) == (2500, 5000)
        assert scan.samples == (b"0000", b"1000", b"2000")
        assert [entry.key for entry in scan.entries] == names
        assert [entry.key for entry in scan.entries] == names
    assert directories == [2500]
    assert told == [("walk", 1000), ("walk", 2000), ("walk", 2500)]
