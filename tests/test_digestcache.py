"""The cache of digests: it confirms only what it has seen, survives what happens to it, and is used by two at once."""

from __future__ import annotations

import contextlib
import logging
import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from CedarBackup3.amazons3.content.digestcache import openDigestCache
from CedarBackup3.amazons3.content.digests import FileState
from CedarBackup3.errors import CedarBackupError

LONG_AGO_NS = 10**18
STATE = FileState(1, 2, 3, LONG_AGO_NS, LONG_AGO_NS + 1)
DIGEST = bytes(range(16))


def test_what_was_kept_is_known_to_the_next_run_for_the_same_state_only(tmp_path: Path) -> None:
    file = str(tmp_path / "cache")
    with openDigestCache(file) as cache:
        assert cache.digests(b"/a\xff", STATE) == {}
        cache.keep(b"/a\xff", STATE, {0: DIGEST, 8 << 20: DIGEST[::-1]})
    with openDigestCache(file) as cache:
        assert cache.digests(b"/a\xff", STATE) == {0: DIGEST, 8 << 20: DIGEST[::-1]}
        assert cache.digests(b"/a", STATE) == {}
        for number in range(len(STATE)):
            other = FileState(*(value + (place == number) for place, value in enumerate(STATE)))
            assert cache.digests(b"/a\xff", other) == {}, other
    assert (tmp_path / "cache").stat().st_mode & 0o777 == 0o600


def test_what_a_file_system_counts_beyond_what_a_database_can_is_kept_all_the_same(tmp_path: Path) -> None:
    """Inodes that are hashes have 64 bits, as mergerfs makes them; a date in 2262 has as many in nanoseconds."""
    file = str(tmp_path / "cache")
    large = STATE._replace(device=(1 << 64) - 1, inode=(1 << 64) - 2)
    late = STATE._replace(mtimeNs=1 << 63)
    with openDigestCache(file) as cache:
        cache.keep(b"/large", large, {0: DIGEST})
        cache.keep(b"/late", late, {0: DIGEST})
    with openDigestCache(file) as cache:
        assert cache.digests(b"/large", large) == {0: DIGEST}
        assert cache.digests(b"/large", large._replace(inode=1)) == {}
        assert cache.digests(b"/late", late) == {}  # it may change at any time without a newer date


def test_a_file_that_was_changed_just_now_is_not_kept(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"1")
    status = path.stat()
    state = FileState(status.st_dev, status.st_ino, 1, LONG_AGO_NS, status.st_ctime_ns)
    with openDigestCache(str(tmp_path / "cache")) as cache:
        cache.keep(b"/a", state, {0: DIGEST})
    with openDigestCache(str(tmp_path / "cache")) as cache:
        assert cache.digests(b"/a", state) == {}


def test_files_that_are_gone_are_forgotten_and_only_below_the_directory(tmp_path: Path) -> None:
    here, gone = tmp_path / "source/here", tmp_path / "source/gone"
    here.parent.mkdir()
    here.touch()
    beside = os.fsencode(tmp_path) + b"/source.gone"
    with openDigestCache(str(tmp_path / "cache")) as cache:
        for path in (os.fsencode(here), os.fsencode(gone), beside, b"/elsewhere"):
            cache.keep(path, STATE, {0: DIGEST, 1: DIGEST})
    with openDigestCache(str(tmp_path / "cache")) as cache:
        cache.forgetGone(os.fsencode(here.parent))
        known = [bool(cache.digests(path, STATE)) for path in (os.fsencode(here), os.fsencode(gone), beside)]
    assert known == [True, False, True]


def test_two_runs_at_once_both_keep_what_they_have_read(tmp_path: Path) -> None:
    file, count = str(tmp_path / "cache"), 5000
    failures: list[BaseException] = []

    def run(name: bytes) -> None:
        try:
            with openDigestCache(file) as cache:
                for number in range(count):
                    cache.keep(b"/%s%d" % (name, number), STATE, {0: DIGEST})
        except BaseException as failure:
            failures.append(failure)

    threads = [threading.Thread(target=run, args=(name,)) for name in (b"a", b"b")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    with sqlite3.connect(file) as database:
        assert database.execute("SELECT count(*) FROM digest").fetchone() == (2 * count,)


def test_a_run_that_is_killed_leaves_a_cache_that_can_be_used(tmp_path: Path) -> None:
    file = str(tmp_path / "cache")
    with openDigestCache(file) as cache:
        cache.keep(b"/before", STATE, {0: DIGEST})
    script = (
        "import os, sqlite3, sys\n"
        "database = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "database.execute('PRAGMA cache_size = 1')\n"  # so that it writes before the end of the transaction
        "database.execute('BEGIN')\n"
        "row = (1, 1, 1, 1, 1, 1, bytes(16))\n"
        "insert = 'INSERT INTO digest VALUES (?,?,?,?,?,?,?,?)'\n"
        "database.executemany(insert, ((b'%d' % number, *row) for number in range(20000)))\n"
        "os.kill(os.getpid(), 9)\n"
    )
    assert subprocess.run([sys.executable, "-c", script, file], check=False).returncode == -9
    assert (tmp_path / "cache-journal").exists()
    with openDigestCache(file) as cache:
        assert cache.digests(b"/before", STATE) == {0: DIGEST}
        assert cache.digests(b"1", FileState(1, 1, 1, 1, 1)) == {}


def _foreignDatabase(path: Path) -> None:
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE letters (text TEXT)")


def _laterCache(path: Path) -> None:
    with openDigestCache(str(path)):
        pass
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA user_version = 99")


def _forAll(path: Path) -> None:
    path.touch()
    path.chmod(0o666)


@pytest.mark.parametrize(
    ("make", "complaint"),
    [
        (lambda path: path.write_bytes(b"no database, but text that goes on for a while" * 9), "not a database"),
        (lambda path: path.write_bytes(b"SQLite format 3\x00" + bytes(4096)), "cannot be used"),
        (_foreignDatabase, "not a digest cache of this version"),
        (_laterCache, "not a digest cache of this version"),
        (Path.mkdir, "Is a directory"),
        (lambda path: path.symlink_to("no/such/place"), "No such file"),
        (os.mkfifo, "must belong to this user"),
        (_forAll, "writable by nobody else"),
    ],
    ids=["text", "garbage", "foreign", "later", "directory", "nowhere", "pipe", "open to all"],
)
def test_what_is_no_cache_of_this_user_is_refused_in_a_sentence(
    tmp_path: Path, make: Callable[[Path], object], complaint: str
) -> None:
    path = tmp_path / "ca\nche"
    make(path)
    with pytest.raises(CedarBackupError, match=complaint) as failure, openDigestCache(str(path)):
        pass
    assert "ca\\nche" in str(failure.value)
    assert "nothing was changed" in str(failure.value)


STRANGER = 65534
POISON = bytes(16)


def _hotJournal(directory: Path) -> Path:
    """A journal that brings the digest POISON into whatever cache it lies beside, as anybody can make it at home."""
    file = directory / "poisoned"
    with openDigestCache(str(file)) as cache:
        cache.keep(b"/a", STATE, {0: POISON})
    script = (
        "import os, sqlite3, sys\n"
        "database = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "database.execute('PRAGMA cache_size = 1')\n"
        "database.execute('BEGIN')\n"
        "insert = 'INSERT INTO digest VALUES (?, 1, 1, 1, 1, 1, 1, ?)'\n"
        "database.executemany(insert, ((b'%d' % number, bytes(16)) for number in range(20000)))\n"
        "os.kill(os.getpid(), 9)\n"
    )
    assert subprocess.run([sys.executable, "-c", script, str(file)], check=False).returncode == -9
    return directory / "poisoned-journal"


def _shared(directory: Path) -> Path:
    directory.chmod(0o1777)
    return directory / "cache"


def _inAHome(directory: Path) -> Path:
    (directory / "below").mkdir()
    os.chown(directory, STRANGER, -1)
    return directory / "below/cache"


def _byALink(directory: Path) -> Path:
    """A link of root's own to a cache in a directory that others can write to."""
    _shared(directory)
    link = directory.parent / "link"
    link.symlink_to(directory / "cache")
    return link


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
@pytest.mark.parametrize("isRelative", [False, True])
@pytest.mark.parametrize("arrange", [_shared, _inAHome, _byALink])
def test_a_journal_that_a_stranger_can_put_beside_the_cache_proves_nothing(
    arrange: Callable[[Path], Path], isRelative: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = _hotJournal(tmp_path)
    (tmp_path / "there").mkdir()
    with openDigestCache(str(tmp_path / "there/new")):
        pass
    file = arrange(tmp_path / "there")
    (tmp_path / "there/new").rename(os.path.realpath(file))
    planted = Path(f"{os.path.realpath(file)}-journal")
    journal.rename(planted)
    os.chown(planted, STRANGER, -1)
    monkeypatch.chdir(file.parent)
    with (
        pytest.raises(CedarBackupError, match="no other user can put a file") as failure,
        openDigestCache(file.name if isRelative else str(file)) as cache,
    ):
        assert cache.digests(b"/a", STATE) == {}
    assert "nothing was changed" in str(failure.value)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
@pytest.mark.parametrize("suffix", ["", "-journal", "-wal", "-shm"])
@pytest.mark.parametrize("oddity", ["a stranger's", "for all", "a link", "a second name"])
def test_what_lies_beside_the_cache_must_be_this_users_too(suffix: str, oddity: str, tmp_path: Path) -> None:
    file = tmp_path / "cache"
    with openDigestCache(str(file)):
        pass
    beside, other = Path(f"{file}{suffix}"), tmp_path / "other"
    if suffix:
        beside.touch()
    match oddity:
        case "a stranger's":
            os.chown(beside, STRANGER, -1)
        case "for all":
            beside.chmod(0o666)
        case "a second name":
            os.link(beside, other)
        case _:
            beside.rename(other)
            beside.symlink_to(other)
    if (suffix, oddity) == ("", "a link"):  # it is followed, since only this user can have made it
        with openDigestCache(str(file)):
            return
    with pytest.raises(CedarBackupError, match=f"{beside} must belong to this user"), openDigestCache(str(file)):
        pass


def test_a_cache_in_use_by_another_program_is_not_to_be_removed(tmp_path: Path) -> None:
    path = str(tmp_path / "cache")
    with openDigestCache(path):
        pass
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        inUse = pytest.raises(CedarBackupError, match="another program is using it")
        with inUse as failure, openDigestCache(path, busySeconds=0):
            pass
    assert "remove" not in str(failure.value)


def test_a_cache_that_breaks_under_the_run_is_said_once_and_knows_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "cache"
    with openDigestCache(str(path)) as cache:
        for number in range(3000):
            cache.keep(b"/%d" % number, STATE, {0: DIGEST})
    content = bytearray(path.read_bytes())
    content[4096:] = os.urandom(len(content) - 4096)
    with openDigestCache(str(path)) as cache, caplog.at_level(logging.WARNING):
        path.write_bytes(content)
        known = [cache.digests(b"/%d" % number, STATE) for number in range(0, 3000, 10)]
        cache.keep(b"/new", STATE, {0: DIGEST})
    assert all(digests in ({}, {0: DIGEST}) for digests in known)
    assert {} in known
    assert len(caplog.messages) == 1
    assert "files are read again" in caplog.text
