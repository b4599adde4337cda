"""Opening what is below a directory: which links are followed, on whose behalf, and that else nothing leads out."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from CedarBackup3.amazons3.local.links import FollowLinks
from CedarBackup3.amazons3.local.opentree import DEEPEST, NotAFile, NotFollowed, OpenTree

USER, OTHER = 65534, 65533
asRoot = pytest.mark.skipif(os.geteuid() != 0, reason="only root can make links that belong to others")


@pytest.fixture
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A directory that everybody can come to, with `source` in it, which is a user's."""
    root = Path("/var/tmp") / f"cback-{os.getpid()}-{os.urandom(4).hex()}"
    root.mkdir(mode=0o755)
    root.chmod(0o755)
    (root / "source").mkdir()
    yield root
    import shutil

    shutil.rmtree(root)


def plant(path: Path, mode: int = 0o644, owner: int = 0) -> Path:
    """A file that holds its own name, in directories that everybody can read."""
    for above in reversed(path.parents):
        if not above.exists():
            above.mkdir()
            above.chmod(0o755)
    path.write_text(path.name)
    own(path, owner)
    path.chmod(mode)
    return path


def own(path: Path, owner: int) -> None:
    if os.geteuid() == 0:
        os.chown(path, owner, -1, follow_symlinks=False)


def link(path: Path, target: str | Path, owner: int = 0) -> None:
    path.symlink_to(target)
    own(path, owner)


def outcome(source: Path, path: str, follow: FollowLinks = "safe") -> str:
    """What reading a file below the source gives: its content, or why there is none."""
    root = os.open(source, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with OpenTree(root, follow) as tree:
            descriptor = tree.file(os.fsencode(path))
            with open(descriptor) as file:
                return file.read()
    except NotFollowed:
        return "not followed"
    except NotAFile:
        return "no file"
    except OSError as error:
        return type(error).__name__
    finally:
        os.close(root)


@asRoot
@pytest.mark.parametrize(
    ("mode", "owner", "linkOwner", "expected"),
    [
        (0o600, 0, USER, "not followed"),
        (0o640, 0, USER, "not followed"),
        (0o644, 0, USER, "target"),
        (0o600, USER, USER, "target"),
        (0o600, OTHER, USER, "not followed"),
        (0o604, OTHER, USER, "target"),
        (0o600, 0, 0, "target"),
        (0o600, OTHER, 0, "target"),
    ],
)
def test_a_link_is_followed_if_its_owner_could_read_what_it_leads_to(
    place: Path, mode: int, owner: int, linkOwner: int, expected: str
) -> None:
    plant(place / "elsewhere" / "target", mode, owner)
    link(place / "source" / "link", place / "elsewhere" / "target", linkOwner)
    assert outcome(place / "source", "link") == expected
    assert outcome(place / "source", "link", "all") == "target"
    assert outcome(place / "source", "link", "none") == "not followed"


@asRoot
@pytest.mark.parametrize("mode", [0o700, 0o750, 0o744])
def test_a_file_that_all_may_read_in_a_directory_that_not_all_may_enter_is_none_of_theirs(
    place: Path, mode: int
) -> None:
    plant(place / "private" / "below" / "target")
    (place / "private").chmod(mode)
    link(place / "source" / "link", "../private/below/target", USER)
    link(place / "source" / "directory", "../private/below", USER)
    assert outcome(place / "source", "link") == "not followed"
    assert outcome(place / "source", "directory/target") == "not followed"


@asRoot
def test_below_a_followed_link_each_file_is_judged_anew(place: Path) -> None:
    plant(place / "shared" / "open")
    plant(place / "shared" / "secret", 0o600)
    plant(place / "shared" / "own", 0o600, USER)
    plant(place / "shared" / "closed" / "open").parent.chmod(0o700)
    plant(place / "shared" / "deep" / "deeper" / "secret", 0o600)
    link(place / "source" / "link", place / "shared", USER)
    link(place / "source" / "of root", place / "shared")
    found = {path: outcome(place / "source", path) for path in ("link/open", "link/secret", "link/own")}
    assert found == {"link/open": "open", "link/secret": "not followed", "link/own": "own"}
    assert outcome(place / "source", "link/closed/open") == "not followed"
    assert outcome(place / "source", "link/deep/deeper/secret") == "not followed"
    assert outcome(place / "source", "of root/secret") == "secret"
    assert outcome(place / "source", "of root/closed/open") == "open"


@asRoot
@pytest.mark.parametrize("owners", [(0, USER), (USER, 0), (USER, OTHER), (OTHER, USER)])
def test_every_link_on_the_way_is_judged_and_not_the_first_alone(place: Path, owners: tuple[int, int]) -> None:
    plant(place / "secret", 0o600)
    plant(place / "theirs", 0o600, USER)
    for name in ("secret", "theirs"):
        link(place / f"second {name}", name, owners[1])
        link(place / "source" / name, f"../second {name}", owners[0])
    assert outcome(place / "source", "secret") == "not followed"
    assert outcome(place / "source", "theirs") == ("not followed" if OTHER in owners else "theirs")


@asRoot
def test_a_link_of_anothers_within_a_followed_directory_does_not_lift_the_restriction(place: Path) -> None:
    plant(place / "secret", 0o600)
    plant(place / "shared" / "file")
    link(place / "shared" / "of root", place / "secret")
    link(place / "source" / "link", place / "shared", USER)
    assert outcome(place / "source", "link/of root") == "not followed"


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("file", "file"),
        ("./file", "file"),
        ("../source//file", "file"),
        ("directory/../file", "file"),
        ("directory/up/file", "file"),
        ("nowhere", "FileNotFoundError"),
        ("file/x", "NotADirectoryError"),
        ("link", "OSError"),
        ("directory", "no file"),
        ("/dev/null", "no file"),
        ("fifo", "no file"),
    ],
)
def test_a_link_is_resolved_as_the_kernel_does(place: Path, target: str, expected: str) -> None:
    source = place / "source"
    plant(source / "file")
    (source / "directory").mkdir()
    (source / "directory" / "up").symlink_to("..")
    os.mkfifo(source / "fifo")
    link(source / "link", target, os.geteuid())
    assert outcome(source, "link") == expected


@pytest.mark.parametrize("follow", ["safe", "all"])
def test_so_many_links_in_a_row_are_followed_as_the_kernel_follows(place: Path, follow: FollowLinks) -> None:
    plant(place / "source" / "0")
    for number in range(1, 42):
        (place / "source" / str(number)).symlink_to(str(number - 1))
    assert outcome(place / "source", "40", follow) == "0"
    assert (place / "source" / "40").read_text() == "0"
    assert outcome(place / "source", "41", follow) == "OSError"


@pytest.mark.parametrize("name", ["fifo", "directory", "socket"])
def test_what_is_no_file_is_never_waited_for(place: Path, name: str) -> None:
    import socket

    os.mkfifo(place / "source" / "fifo")
    (place / "source" / "directory").mkdir()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(place / "source" / "socket"))
    assert outcome(place / "source", name) == "no file"


def test_an_open_level_stays_where_it_is_whoever_puts_a_link_in_its_place(place: Path) -> None:
    plant(place / "secret" / "file").write_text("secret")
    plant(place / "source" / "a" / "b" / "file").write_text("right")
    root = os.open(place / "source", os.O_RDONLY)
    with OpenTree(root, "none") as tree:
        assert stat.S_ISDIR(os.fstat(tree.directory(b"a/b").descriptor).st_mode)
        (place / "source" / "a" / "b").rename(place / "source" / "a" / "c")
        (place / "source" / "a" / "b").symlink_to(place / "secret")
        with open(tree.file(b"a/b/file")) as file:
            assert file.read() == "right"
        tree.directory(b"")
        with pytest.raises(NotFollowed):
            tree.file(b"a/b/file")
    os.close(root)


def test_no_more_than_the_way_to_the_last_path_is_open(place: Path) -> None:
    for number in range(200):
        plant(place / "source" / str(number) / "a" / "file")
    root = os.open(place / "source", os.O_RDONLY)
    before = len(os.listdir("/proc/self/fd"))
    with OpenTree(root, "safe") as tree:
        for number in range(200):
            os.close(tree.file(b"%d/a/file" % number))
        assert len(os.listdir("/proc/self/fd")) == before + 2
    assert len(os.listdir("/proc/self/fd")) == before
    os.close(root)


def test_deeper_than_any_key_can_be_nothing_is_opened(place: Path) -> None:
    root = os.open(place / "source", os.O_RDONLY)
    with OpenTree(root, "safe") as tree, pytest.raises(OSError, match="too long"):
        tree.directory(b"/".join([b"d"] * (DEEPEST + 1)))
    os.close(root)
