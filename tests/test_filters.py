"""Filters in the walk: which directories are left out, and what of them is taken all the same."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from CedarBackup3.amazons3.aws.locale import AwsLocale
from CedarBackup3.amazons3.aws.rules import Rule
from CedarBackup3.amazons3.aws.settings import AwsSettings
from CedarBackup3.amazons3.compare import difference, knowablePairs, mergeJoin
from CedarBackup3.amazons3.local.filters import Filters
from CedarBackup3.amazons3.local.scan import rootReason, sourceEntries
from CedarBackup3.amazons3.mirror import mirrorOf
from CedarBackup3.amazons3.model import LeftAlone, ObjectEntry
from CedarBackup3.errors import GuardRefused
from testcase.trees import plantTree

URL = "s3://bucket"
TAG = b"Signature: 8a477f597d28d172789f06886806bc55"
MARKED = Filters(markers=(b".no", b"no\xff"))
CACHES = Filters(hasCaches=False)


def walked(root: Path, filters: Filters) -> tuple[list[bytes], dict[bytes, LeftAlone | None]]:
    """The files that are taken, and what has no size with the reason."""
    entries = list(sourceEntries(mirrorOf(root, URL, filters=filters).tree))
    assert [entry.key for entry in entries] == sorted({entry.key for entry in entries})
    taken = [entry.path for entry in entries if entry.size is not None]
    return taken, {entry.path: entry.leftAlone for entry in entries if entry.size is None}


def _bind(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))


MARKERS: dict[str, Callable[[Path], object]] = {
    "file": lambda path: path.write_bytes(b""),
    "directory": lambda path: plantTree(path, [b"x/y"]),
    "pipe": os.mkfifo,
    "socket": _bind,
    "dangling link": lambda path: path.symlink_to("nowhere"),
    "link to itself": lambda path: path.symlink_to(path),
    "link to a directory": lambda path: path.symlink_to("deep"),
    "link to a file": lambda path: path.symlink_to("file"),
}


@pytest.mark.parametrize("kind", MARKERS)
def test_whatever_has_the_name_leaves_its_directory_out(kind: str, tmp_path: Path) -> None:
    root = plantTree(tmp_path / "root", [b"d/deep/x", b"d/file", b"d!", b"e/f"])
    MARKERS[kind](root / "d" / ".no")
    taken, others = walked(root, MARKED)
    isFile = kind in {"file", "link to a file"}
    assert taken == [b"d!", *[b"d/.no"] * isFile, b"e/f"]
    assert others.pop(b"d/") == "marked"
    assert set(others) <= {b"d/.no"}


def test_a_marker_counts_where_rules_leave_it_out_and_in_what_a_link_leads_to(tmp_path: Path) -> None:
    root = plantTree(tmp_path / "root", [b"a/.no", b"a/x", b"b/no\xff", b"b/x", b"c/x"])
    plantTree(tmp_path / "outside", [b".no", b"x", b"d/y"])
    (root / "link").symlink_to(tmp_path / "outside")
    filters = Filters((Rule("*/.no"), Rule("b/x")), MARKED.markers)
    assert walked(root, filters) == ([b"b/no\xff", b"c/x"], {b"a/": "marked", b"b/": "marked", b"link/": "marked"})
    assert walked(root, MARKED)[0] == [b"a/.no", b"b/no\xff", b"c/x", b"link/.no"]


@pytest.mark.parametrize(
    ("make", "isTag"),
    [
        (lambda path: path.write_bytes(TAG), True),
        (lambda path: path.write_bytes(TAG + b"\n# more"), True),
        (lambda path: path.write_bytes(TAG[:-1]), False),
        (lambda path: path.write_bytes(b" " + TAG), False),
        (lambda path: path.write_bytes(b""), False),
        (lambda path: path.symlink_to("tag"), False),
        (lambda path: path.mkdir(), False),
        (os.mkfifo, False),
        (_bind, False),
        (lambda path: path.symlink_to("/dev/zero"), False),
    ],
)
def test_a_cache_is_tagged_by_a_file_with_the_signature(
    make: Callable[[Path], object], isTag: bool, tmp_path: Path
) -> None:
    root = plantTree(tmp_path / "root", {b"c/tag": TAG, b"c/d/x": b""})
    make(root / "c" / "CACHEDIR.TAG")
    taken, others = walked(root, CACHES)
    assert (others == {b"c/": "cache"}) is isTag
    assert (b"c/d/x" in taken) is not isTag
    assert rootReason(mirrorOf(root / "c", URL, filters=CACHES).tree) == ("cache" if isTag else None)


@pytest.mark.parametrize(
    ("rules", "kept"),
    [
        ([Rule("*"), Rule("l/*", isInclude=True)], True),
        ([Rule("l")], True),  # which is not what is below it
        ([Rule("l*")], False),
        ([Rule("*"), Rule("m/*", isInclude=True)], False),
        ([Rule("l/*"), Rule("l")], False),
    ],
)
@pytest.mark.parametrize("target", ["gone", "empty"])
def test_a_link_whose_disk_is_not_mounted_keeps_the_objects_that_rules_take(
    target: str, rules: list[Rule], kept: bool, tmp_path: Path
) -> None:
    root = plantTree(tmp_path / "root", [b"other"])
    (tmp_path / "empty").mkdir()
    (root / "l").symlink_to(tmp_path / target)
    entries = list(sourceEntries(mirrorOf(root, URL, filters=Filters(tuple(rules))).tree))
    below = [ObjectEntry(b"l/x", 1, "2026-01-01T00:00:00Z")]
    pairs = list(knowablePairs(mergeJoin(entries, below)))
    assert any(found is not None for _, found in pairs) is not kept
    # Nobody is bothered where the bucket has none of it.
    assert not [entry for entry, found in knowablePairs(mergeJoin(entries, [])) if entry and not entry.size]
    assert not kept or [difference(*pair) for pair in pairs if pair[0] and pair[0].leadsNowhere]


def test_a_loop_that_is_left_out_is_none(tmp_path: Path) -> None:
    root = plantTree(tmp_path / "root", [b"a/x"])
    (root / "a" / "loop").symlink_to("..")
    assert walked(root, Filters((Rule("a/loop/*"),))) == ([b"a/x"], {})
    with pytest.raises(GuardRefused):
        walked(root, Filters((Rule("a/loop"),)))


def test_rules_take_from_a_directory_that_is_left_out_otherwise(tmp_path: Path) -> None:
    root = plantTree(tmp_path / "root", [b"a/b/c.jpg", b"a/b/d", b"x.jpg", b"y", b"z/z"])
    rules = (Rule("*"), Rule("*.jpg", isInclude=True), Rule("x*"))
    assert walked(root, Filters(rules)) == ([b"a/b/c.jpg"], {})


def test_in_a_legacy_locale_patterns_are_text_and_markers_are_bytes(tmp_path: Path) -> None:
    aws = AwsSettings(AwsLocale("en_US.ISO-8859-1", "iso8859-1", ""))
    root = plantTree(tmp_path / "root", [b"caf\xe9/x", b"d/\xe9", b"d/x", b"e/\xe9.tmp", b"e/\xe9.txt"])
    filters = Filters((Rule("caf\u00e9/*"), Rule("*/\u00e9.tmp")), markers=(b"\xe9",))
    entries = list(sourceEntries(mirrorOf(root, URL, filters=filters, aws=aws).tree))
    assert [(entry.path, entry.leftAlone) for entry in entries] == [
        (b"d/", "marked"),
        (b"d/\xe9", None),
        (b"e/\xe9.txt", None),
    ]
