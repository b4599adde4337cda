"""Reading files for their digests: right whatever the pieces, and nothing said of what does not hold still."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from CedarBackup3.amazons3.content.digests import READ, Data, PartedHasher, feedHashers, fileState, md5
from testcase.s3.uploads import multipartEtag


@given(st.binary(max_size=200), st.integers(1, 60), st.lists(st.integers(0, 50)))
def test_a_parted_digest_is_that_of_the_upload_whatever_pieces_come(content: bytes, part: int, cuts: list[int]) -> None:
    hasher, rest = PartedHasher(md5, part), memoryview(content)
    for cut in cuts:
        hasher.update(rest[:cut])
        rest = rest[cut:]
    hasher.update(rest)
    parts = [content[start : start + part] for start in range(0, len(content), part)] or [b""]
    assert f"{hasher.digest().hex()}-{len(parts)}" == multipartEtag(parts)


@pytest.mark.parametrize("size", [0, 1, READ - 1, READ, READ + 1, 9 * READ + 7])
def test_one_read_feeds_every_hasher_with_the_whole_file(tmp_path: Path, size: int) -> None:
    content = os.urandom(size)
    path = tmp_path / "file"
    path.write_bytes(content)
    one, other = md5(), hashlib.sha256()
    mtimeNs = path.stat().st_mtime_ns
    assert feedHashers(os.fsencode(path), size, mtimeNs, [one, other], bytearray(READ)) == fileState(path.stat())
    assert (one.digest(), other.digest()) == (hashlib.md5(content).digest(), hashlib.sha256(content).digest())


class _Meddler:
    """A hasher in the midst of whose work something happens to the file."""

    def __init__(self, meddle: Callable[[], object]) -> None:
        self._meddle = meddle

    def update(self, data: Data, /) -> None:
        self._meddle()
        self._meddle = lambda: None

    def digest(self) -> bytes:
        return b""


def _replaced(path: Path) -> None:
    other = path.with_name("other")
    other.write_bytes(path.read_bytes())
    os.utime(other, ns=(0, path.stat().st_mtime_ns))
    other.replace(path)


def _flippedSecretly(path: Path) -> None:
    before = path.stat()
    with path.open("r+b") as file:
        file.write(b"X")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def _grown(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"X")


@pytest.mark.parametrize(
    "meddle",
    [_grown, _replaced, _flippedSecretly, os.utime, Path.unlink, lambda path: os.truncate(path, 5)],
    ids=["grown", "replaced by its like", "changed and dated back", "touched", "removed", "shortened"],
)
def test_a_file_that_changes_while_it_is_read_has_no_digest(tmp_path: Path, meddle: Callable[[Path], object]) -> None:
    path = tmp_path / "file"
    path.write_bytes(bytes(2 * READ))
    mtimeNs = path.stat().st_mtime_ns
    try:
        assert not feedHashers(os.fsencode(path), 2 * READ, mtimeNs, [_Meddler(lambda: meddle(path))], bytearray(READ))
    except FileNotFoundError:
        assert not path.exists()


def test_a_file_that_is_another_than_expected_is_not_read(tmp_path: Path) -> None:
    path, pipe = tmp_path / "file", tmp_path / "pipe"
    path.write_bytes(b"1")
    mtimeNs = path.stat().st_mtime_ns
    assert not feedHashers(os.fsencode(path), 2, mtimeNs, [md5()], bytearray(2))
    assert not feedHashers(os.fsencode(path), 1, mtimeNs + 1, [md5()], bytearray(1))
    os.mkfifo(pipe)  # which nobody writes to: opening it must not wait
    assert not feedHashers(os.fsencode(pipe), 0, pipe.stat().st_mtime_ns, [md5()], bytearray(1))


def test_reading_stops_when_it_is_told_to(tmp_path: Path) -> None:
    path = tmp_path / "huge"
    with path.open("wb") as file:
        file.truncate(1 << 42)  # nobody waits for 4 TiB of zeros
    stopped = threading.Event()
    meddler = _Meddler(stopped.set)
    mtimeNs = path.stat().st_mtime_ns
    assert not feedHashers(os.fsencode(path), 1 << 42, mtimeNs, [meddler], bytearray(READ), stopped.is_set)


def _isInPageCache(path: Path) -> bool:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        return os.preadv(descriptor, [bytearray(1)], path.stat().st_size // 2, os.RWF_NOWAIT) == 1
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)


@pytest.mark.parametrize("wasCached", [False, True], ids=["on disk only", "in the page cache"])
def test_the_page_cache_holds_afterwards_what_it_held_before(tmp_path: Path, wasCached: bool) -> None:
    path = tmp_path / "file"
    path.write_bytes(os.urandom(20 * READ))
    descriptor = os.open(path, os.O_RDONLY)
    os.fsync(descriptor)  # what is not written yet cannot be given back
    if not wasCached:
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    os.close(descriptor)
    try:
        if _isInPageCache(path) != wasCached:
            pytest.skip("this file system keeps its files in memory")
    except OSError:
        pytest.skip("this file system does not tell")
    assert feedHashers(os.fsencode(path), 20 * READ, path.stat().st_mtime_ns, [md5()], bytearray(READ))
    assert _isInPageCache(path) == wasCached
