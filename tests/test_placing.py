"""Files are put in their places, and nowhere else."""

from __future__ import annotations

import contextlib
import os
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from CedarBackup3.amazons3.restore.placing import NoPlace, place
from CedarBackup3.amazons3.restore.privatestaging import openPrivateStaging
from CedarBackup3.amazons3.restore.staging import Staging, finish, ignoresCase, openStaging, requireRoom
from CedarBackup3.amazons3.restore.target import openTarget
from CedarBackup3.errors import CedarBackupError, GuardRefused, LockHeld


@pytest.fixture
def target(tmp_path: Path) -> Iterator[int]:
    """The descriptor of a target directory."""
    (tmp_path / "target").mkdir()
    descriptor = os.open(tmp_path / "target", os.O_RDONLY)
    yield descriptor
    os.close(descriptor)


@contextlib.contextmanager
def stagedIn(target: Path, restore: str) -> Iterator[Staging]:
    """The private directory of a restore."""
    with openTarget(os.fsencode(target)) as opened, openStaging(opened, restore) as made:
        yield made


def askForRoom(target: Path, restore: str) -> None:
    with openTarget(os.fsencode(target)) as opened:
        requireRoom(opened, restore, overwrite=False)


def looksCaseless(target: Path) -> bool:
    with openTarget(os.fsencode(target)) as opened:
        return ignoresCase(opened)


def arrived(tmp_path: Path) -> bytes:
    (tmp_path / "arrived").write_text("new")
    return os.fsencode(tmp_path / "arrived")


def test_directories_are_made_and_files_replaced(target: int, tmp_path: Path) -> None:
    for _ in range(2):
        place(target, b"a/b/c", arrived(tmp_path), 1000)
    assert (tmp_path / "target/a/b/c").read_text() == "new"
    assert (tmp_path / "target/a/b/c").stat().st_mtime == 1000
    assert os.listdir(tmp_path) == ["target"]


def test_a_link_in_its_place_is_replaced_and_not_followed(target: int, tmp_path: Path) -> None:
    (tmp_path / "victim").write_text("old")
    (tmp_path / "target/a").symlink_to(tmp_path / "victim")
    place(target, b"a", arrived(tmp_path), 1000)
    assert (tmp_path / "victim").read_text() == "old"
    assert not (tmp_path / "target/a").is_symlink()


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        (b"out/x", "out in the target is a link"),
        (b"in/x", "in in the target is a link"),
        (b"deep/out/x", "deep/out in the target is a link"),
        (b"dangling/x/y", "dangling in the target is a link"),
        (b"file/x", "file in the target is a file"),
        (b"dir", "a directory is in its place"),
    ],
)
def test_what_has_no_place_is_said_and_nothing_is_touched(
    target: int, tmp_path: Path, path: bytes, reason: str
) -> None:
    root = tmp_path / "target"
    (tmp_path / "outside").mkdir()
    (root / "deep").mkdir()
    (root / "dir").mkdir()
    (root / "file").touch()
    for link, to in (("out", tmp_path / "outside"), ("in", root / "dir"), ("dangling", "nowhere")):
        (root / link).symlink_to(to)
    (root / "deep/out").symlink_to(tmp_path / "outside")
    with pytest.raises(NoPlace, match=reason):
        place(target, path, arrived(tmp_path), 1000)
    assert os.listdir(tmp_path / "outside") == os.listdir(root / "dir") == []
    assert not (root / "nowhere").exists()


def test_a_file_system_below_the_target_gets_a_copy(target: int, tmp_path: Path) -> None:
    other = Path("/dev/shm")
    if not os.access(other, os.W_OK) or other.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("no second file system to write to")
    file = other / f"cback-test-{os.getpid()}"
    file.write_text("new")
    place(target, b"a/b", os.fsencode(file), 1000)
    assert not file.exists()
    assert (tmp_path / "target/a/b").read_text() == "new"
    status = (tmp_path / "target/a/b").stat()
    assert (status.st_mtime, stat.S_IMODE(status.st_mode)) == (1000, 0o600)
    assert os.listdir(tmp_path / "target/a") == ["b"]


def test_a_time_that_cannot_be_kept_is_no_reason_not_to_place_a_file(target: int, tmp_path: Path) -> None:
    place(target, b"before", arrived(tmp_path), -62_135_596_800)
    place(target, b"after", arrived(tmp_path), 1 << 70)
    assert sorted(os.listdir(tmp_path / "target")) == ["after", "before"]


def test_the_directory_for_lost_files_leaves_a_fresh_disk_empty(tmp_path: Path) -> None:
    (tmp_path / "lost+found").mkdir(mode=0o700)
    askForRoom(tmp_path, "this one")
    (tmp_path / "lost+found/#12").touch()
    with pytest.raises(GuardRefused):
        askForRoom(tmp_path, "this one")
    (tmp_path / "lost+found/#12").unlink()
    (tmp_path / "mine").touch()
    with pytest.raises(GuardRefused):
        askForRoom(tmp_path, "this one")


def test_looking_tells_whether_case_is_ignored(tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    plain.mkdir()
    assert not looksCaseless(plain)
    assert not looksCaseless(plain / "to/be/made")
    (plain / "name").touch()
    (plain / "NAME").touch()
    assert not looksCaseless(plain)


def test_the_place_where_files_arrive_is_private_locked_and_removed(tmp_path: Path) -> None:
    target = tmp_path / "new/target"
    with stagedIn(target, "this one") as made:
        status = os.stat(made.path)
        assert stat.S_IMODE(status.st_mode) == 0o700
        assert (made.isCaseInsensitive, made.hasSparseFiles) == (False, True)
        with pytest.raises(LockHeld), stagedIn(target, "this one"):
            pass
        finish(made, isComplete=True)
    assert os.listdir(target) == []


def test_what_is_left_lets_the_same_restore_go_on_and_no_other(tmp_path: Path) -> None:
    target = tmp_path
    with stagedIn(target, "this one") as made:
        os.mkdir(made.tree)
        Path(os.fsdecode(made.file(0))).touch()
        (tmp_path / "restored").touch()
    askForRoom(tmp_path, "this one")
    with pytest.raises(GuardRefused, match="--overwrite"):
        askForRoom(tmp_path, "another")
    with stagedIn(target, "this one") as made:
        assert sorted(os.listdir(made.path)) == [b"restore", b"tree"]
    with stagedIn(target, "another") as made:
        assert os.listdir(made.path) == [b"restore"]
        finish(made, isComplete=False)
        assert os.listdir(made.path) == [b"restore"]


def test_a_marker_without_end_is_that_of_no_restore(tmp_path: Path) -> None:
    (tmp_path / ".cback-restore").mkdir(mode=0o700)
    (tmp_path / ".cback-restore/restore").write_text("this one")
    askForRoom(tmp_path, "this one")
    os.truncate(tmp_path / ".cback-restore/restore", 1 << 40)
    with pytest.raises(GuardRefused):
        askForRoom(tmp_path, "this one")


@pytest.mark.parametrize("isComplete", [False, True])
def test_a_link_put_in_its_place_meanwhile_leads_nowhere(tmp_path: Path, isComplete: bool) -> None:
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "tree").mkdir(parents=True)
    for name in ("restore", "file-0", "tree/file"):
        (elsewhere / name).write_text("precious")
    with stagedIn(tmp_path / "target", "this one") as made:
        (tmp_path / "target/.cback-restore").rename(tmp_path / "target/moved")
        (tmp_path / "target/.cback-restore").symlink_to(elsewhere)
        # aws is another process, which has the path only
        subprocess.run(["touch", os.path.join(made.path, b"file-1"), made.file(2)], check=True)
        assert sorted(os.listdir(tmp_path / "target/moved")) == ["file-1", "file-2", "restore"]
        finish(made, isComplete=isComplete)
    assert sorted(path.name for path in elsewhere.rglob("*")) == ["file", "file-0", "restore", "tree"]
    assert {path.read_text() for path in elsewhere.rglob("*") if path.is_file()} == {"precious"}


def test_the_unfinished_restore_of_another_user_is_not_to_be_removed(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can make a directory of another user")
    (tmp_path / ".cback-restore").mkdir(mode=0o700)
    os.chown(tmp_path / ".cback-restore", 65534, -1)
    with (
        pytest.raises(CedarBackupError, match="user 65534, whose restore is not complete"),
        stagedIn(tmp_path, "this one"),
    ):
        pass
    assert os.listdir(tmp_path) == [".cback-restore"]


@pytest.mark.parametrize(
    ("above", "owner", "word"),
    [
        (0o755, None, "lets other users in"),
        (0o700, None, ""),  # nobody else comes so far
        (0o755, 65534, "no_root_squash"),
        (0o700, 65534, "uid="),
    ],
)
def test_a_file_system_that_decides_on_mode_and_owner(
    monkeypatch: pytest.MonkeyPatch, above: int, owner: int | None, word: str
) -> None:
    """As FAT does and NFS for root, of which not every machine can mount one: what makes a directory does it here."""
    mkdir = os.mkdir

    def dictating(path: bytes, mode: int = 0o777, *, dir_fd: int | None = None) -> None:
        mkdir(path, mode, dir_fd=dir_fd)
        os.chmod(path, 0o777, dir_fd=dir_fd)
        if owner is not None:
            os.chown(path, owner, -1, dir_fd=dir_fd)

    if owner is not None and os.geteuid() != 0:
        pytest.skip("only root can make a directory of another user")
    with tempfile.TemporaryDirectory() as parent:  # below that of pytest nobody else can go
        os.chmod(parent, above)
        target = Path(parent, "target")
        with monkeypatch.context() as patched:
            patched.setattr(os, "mkdir", dictating)
            if not word:
                with stagedIn(target, "this one") as made:
                    finish(made, isComplete=True)
            else:
                with pytest.raises(CedarBackupError, match=word), stagedIn(target, "this one"):
                    pass
        assert os.listdir(target) == []


@pytest.mark.parametrize(("above", "owner", "isRefused"), [(0o755, None, True), (0o700, None, False), (0o700, 1, True)])
def test_temporary_files_come_into_no_directory_that_others_can_enter(
    monkeypatch: pytest.MonkeyPatch, above: int, owner: int | None, isRefused: bool
) -> None:
    mkdir = os.mkdir

    def dictating(path: bytes, mode: int = 0o777) -> None:
        mkdir(path, mode)
        os.chmod(path, 0o755)
        if owner is not None:
            os.chown(path, owner, -1)

    if owner is not None and os.geteuid() != 0:
        pytest.skip("only root can make a directory of another user")
    with tempfile.TemporaryDirectory() as parent, monkeypatch.context() as patched:
        os.chmod(parent, above)
        patched.setattr(tempfile, "tempdir", parent)
        patched.setattr(os, "mkdir", dictating)
        if isRefused:
            with pytest.raises(CedarBackupError, match="set TMPDIR"), openPrivateStaging():
                pass
        else:
            with openPrivateStaging() as staging:
                assert os.path.dirname(staging.path) == os.fsencode(parent)
        assert os.listdir(parent) == []


@pytest.mark.parametrize("kind", ["link", "open", "file"])
def test_a_place_that_others_have_made_is_refused(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "target/.cback-restore"
    (tmp_path / "target").mkdir()
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    if kind == "link":
        path.symlink_to(tmp_path / "elsewhere")
    elif kind == "open":
        path.mkdir()
        path.chmod(0o777)
    else:
        path.touch()
    with pytest.raises(CedarBackupError), stagedIn(tmp_path / "target", ""):
        pass
    assert os.listdir(tmp_path / "elsewhere") == []
