"""Rows kept in a temporary file: what comes out is what went in, however often and by whomever it is read."""

from __future__ import annotations

import os
import resource
import tempfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from CedarBackup3.amazons3.spool import Spool, temporaryText
from CedarBackup3.errors import CedarBackupError


class Line(NamedTuple):
    key: bytes
    value: Any = None


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The directory for temporary files."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


@pytest.fixture
def smallFiles() -> Iterator[None]:
    """This process can write no file beyond 64 KiB."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 16, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


VALUES = [None, True, False, 0, -(1 << 63), 1 << 64, 0.1, "", "ü\udcff", b"", b"\0\xff\n", (1, (b"2", None))]


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_what_goes_in_comes_out_of_the_same_type(value: object) -> None:
    with Spool(Line._make) as spool:
        spool.append([Line(b"k", value)])
        (line,) = spool
    assert line == Line(b"k", value)
    assert type(line.value) is type(value)


@pytest.mark.parametrize("count", [0, 1, 999, 1000, 1001, 12_345])
def test_any_number_of_rows_comes_in_order_and_again(count: int) -> None:
    rows = [Line(b"%06d" % number, number) for number in range(count)]
    with Spool(Line._make) as streamed, Spool(Line._make) as taken:
        assert streamed.extend(iter(rows)) == count
        with taken.appending() as take:
            for row in rows:
                take(row)
        for spool in (streamed, taken):
            assert list(spool) == rows
            assert list(reversed(spool)) == rows[::-1]
            assert list(spool) == rows


def test_readers_do_not_disturb_each_other_nor_what_is_appended_later() -> None:
    with Spool(Line._make) as spool:
        spool.extend(Line(b"%04d" % number) for number in range(3000))
        first, second = iter(spool), iter(spool)
        assert [line.key for line in islice(first, 1500)][-1] == b"1499"
        assert next(second).key == b"0000"
        assert next(first).key == b"1500"
        spool.append([Line(b"new")])
        assert [line.key for line in spool][-1] == b"new"


def test_what_was_cleared_is_gone_and_room_for_more() -> None:
    with Spool(Line._make) as spool:
        spool.extend([Line(b"old")] * 2000)
        spool.clear()
        assert list(spool) == []
        spool.append([Line(b"new")])
        assert list(spool) == [Line(b"new")]


def test_a_spool_has_no_name_that_could_be_left_behind(room: Path) -> None:
    with Spool(Line._make) as spool:
        spool.append([Line(b"a")])
        assert os.listdir(room) == []


def test_rows_of_which_a_stream_breaks_are_kept_as_far_as_they_were_written() -> None:
    def broken() -> Iterator[Line]:
        yield from (Line(b"%04d" % number) for number in range(1500))
        raise ValueError("broken")

    with Spool(Line._make) as spool:
        with pytest.raises(ValueError, match="broken"):
            spool.extend(broken())
        assert [line.key for line in spool] in ([b"%04d" % number for number in range(size)] for size in (1000, 1500))


def test_a_file_that_takes_no_more_is_one_sentence_with_the_directory_and_the_rows_before_stay(
    room: Path, smallFiles: None
) -> None:
    with Spool(Line._make) as spool:
        spool.append([Line(b"a")])
        with pytest.raises(CedarBackupError, match=f"Cannot write a temporary file in {room}: .*set TMPDIR"):
            spool.append([Line(bytes(1 << 17))])
        assert next(iter(spool)) == Line(b"a")


@pytest.mark.parametrize("mode", [0o777, 0o757])
def test_a_directory_in_which_others_could_replace_files_is_refused(mode: int, room: Path) -> None:
    room.chmod(mode)
    with pytest.raises(CedarBackupError, match=f"Other users could replace the temporary files in {room}"):
        Spool(Line._make)
    with pytest.raises(CedarBackupError, match="Other users could replace"), temporaryText("secret"):
        pass
    assert os.listdir(room) == []


def test_a_directory_that_is_not_there_is_named(room: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(room / "none"))
    with pytest.raises(CedarBackupError, match=f"{room}/none"):
        Spool(Line._make)


@pytest.mark.parametrize("text", ["", "one\r\ntwo\n", "ü\u2028"])
def test_a_text_is_there_for_this_user_only_and_only_as_long_as_wanted(text: str, room: Path) -> None:
    with pytest.raises(KeyError), temporaryText(text) as path:
        assert Path(path).read_bytes() == text.encode()
        assert Path(path).stat().st_mode & 0o777 == 0o600
        assert Path(path).parent == room
        raise KeyError
    assert os.listdir(room) == []
