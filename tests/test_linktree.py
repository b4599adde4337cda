"""The trees of links to open files by which aws uploads."""

from __future__ import annotations

import contextlib
import os
import resource
from collections.abc import Iterator
from pathlib import Path

import pytest

from CedarBackup3.amazons3.mirror import mirrorOf
from CedarBackup3.amazons3.sync.linktree import MOST_LINKS, linkTrees
from CedarBackup3.errors import CedarBackupError
from testcase.trees import plantTree


@pytest.fixture
def fewDescriptors() -> Iterator[None]:
    """This process may have 300 open files, and cannot raise that by itself."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (300, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


def linked(tree: bytes) -> dict[bytes, bytes]:
    """What the links of a tree lead to."""
    paths = [os.path.join(parent, name) for parent, _, names in os.walk(tree) for name in names]
    return {os.path.relpath(path, tree): Path(os.fsdecode(path)).read_bytes() for path in paths}


def test_each_link_leads_to_the_file_that_was_opened_whatever_has_its_name_by_now(tmp_path: Path) -> None:
    files = {b"a": b"1", b"d/e/f": b"22", b"d/g": b"333", b"odd\xff\n": b""}
    source = plantTree(tmp_path / "source", files)
    with linkTrees(mirrorOf(source, "s3://bucket")) as trees, trees.holding(sorted(files)) as tree:
        assert tree
        (source / "a").rename(source / "b")
        (source / "a").symlink_to("/etc/passwd")
        assert linked(tree) == files
    assert not os.path.exists(tree)


def test_what_is_no_such_file_any_more_is_told_and_left_out(tmp_path: Path) -> None:
    source = plantTree(tmp_path / "source", {b"file": b"1", b"directory/x": b""})
    os.mkfifo(source / "pipe")
    unopened: list[bytes] = []
    paths = [b"directory", b"file", b"file/below", b"gone", b"pipe"]
    with linkTrees(mirrorOf(source, "s3://bucket"), unopened.append) as trees:
        with trees.holding(paths) as tree:
            assert tree
            assert linked(tree) == {b"file": b"1"}
        with trees.holding([b"gone"]) as nothing:
            assert nothing is None
    assert unopened[:-1] == [b"directory", b"file/below", b"gone", b"pipe"]


def test_no_more_files_are_open_than_may_be_and_the_limit_is_what_it_was(tmp_path: Path, fewDescriptors: None) -> None:
    names = [b"%05d" % number for number in range(MOST_LINKS + 5)]
    source = plantTree(tmp_path / "source", dict.fromkeys(names, b""))
    before, isOpen = resource.getrlimit(resource.RLIMIT_NOFILE), len(os.listdir("/proc/self/fd"))
    with linkTrees(mirrorOf(source, "s3://bucket")) as trees:
        assert trees.most <= MOST_LINKS
        with trees.holding(names[: trees.most]) as tree:
            assert tree
            assert len(os.listdir(tree)) == trees.most
    assert resource.getrlimit(resource.RLIMIT_NOFILE) == before
    assert len(os.listdir("/proc/self/fd")) == isOpen


def test_a_shortage_of_descriptors_is_a_failure_in_words_and_no_file_that_has_changed(
    tmp_path: Path, fewDescriptors: None
) -> None:
    source = plantTree(tmp_path / "source", {b"a": b"1"})
    unopened: list[bytes] = []
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    with contextlib.ExitStack() as stack:
        trees = stack.enter_context(linkTrees(mirrorOf(source, "s3://bucket"), unopened.append))
        resource.setrlimit(resource.RLIMIT_NOFILE, (200, hard))
        with contextlib.suppress(OSError):
            while True:
                stack.callback(os.close, os.dup(0))
        with pytest.raises(CedarBackupError, match="open no more files"):
            stack.enter_context(trees.holding([b"a"]))
    assert not unopened
