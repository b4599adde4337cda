"""The commands that rename: right for any bytes, on any screen, and only where they do no harm."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from CedarBackup3.amazons3.names.renames import convmvCommand, moveCommand, newNameProblem, readsAsConvmv

NAMES = st.binary(min_size=1, max_size=20).filter(lambda name: b"\0" not in name)


@settings(max_examples=50, deadline=None)
@given(st.lists(NAMES, min_size=1, max_size=8), st.booleans())
def test_bash_understands_every_name_as_it_is(names: list[bytes], isScreenUtf8: bool) -> None:
    # `mv` itself is not run here: a function of that name prints what it was given.
    script = 'mv() { printf "%s\\0" "$@"; }\n' + "\n".join(moveCommand(name, name, isScreenUtf8) for name in names)
    done = subprocess.run(["bash", "-e"], input=script.encode(), capture_output=True, check=True)
    words = done.stdout.split(b"\0")[:-1]
    assert [words[start + 3 : start + 5] for start in range(0, len(words), 5)] == [[name, name] for name in names]


def test_a_command_for_another_screen_than_a_utf8_one_is_plain_ascii() -> None:
    old, new = b"caf\xe9", "caf\u00e9".encode()
    assert moveCommand(old, new, False).isascii()
    assert "caf\u00e9" in moveCommand(old, new, True)


def test_a_directory_is_not_moved_into_one_that_has_its_new_name(tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    (tmp_path / "new").mkdir()
    command = moveCommand(bytes(tmp_path / "old"), bytes(tmp_path / "new"), True)
    subprocess.run(["bash", "-c", command], capture_output=True, check=False)
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["new", "old"]


@pytest.mark.parametrize(
    ("new", "problem"),
    [
        (b"free", ""),
        (b"taken", "taken"),
        (b"linked", "taken"),
        (b"given", "another"),
        ("\u00e9".encode() * 128, "255 bytes"),
        ("\u00e9".encode() * 127 + b"x", ""),
    ],
)
def test_a_new_name_must_be_free_and_short_enough(new: bytes, problem: str, tmp_path: Path) -> None:
    (tmp_path / "taken").touch()
    (tmp_path / "linked").symlink_to("nowhere")
    found = newNameProblem(bytes(tmp_path), new, given={b"given"})
    assert problem in found
    assert bool(found) == bool(problem)


@pytest.mark.parametrize(
    ("name", "encoding", "isAlike"),
    [
        (b"caf\xe9", "cp1252", True),
        ("中文".encode("gb18030"), "gb18030", True),
        ("€".encode("gb18030"), "gb18030", False),  # two bytes that Perl takes for something private
        ("中文".encode("big5"), "cp950", False),
        ("日本語".encode("euc_jp"), "euc_jp", True),
        ("سلام".encode("cp1256"), "cp1256", True),
        ("ā".encode("iso8859_13"), "iso8859_13", True),
        (b"\xcc", "cp1258", False),  # a tone that convmv leaves beside its vowel
        (b"\xc0", "georgian-ps", False),  # no table in Perl
        ("ӯ".encode("koi8_t"), "koi8_t", False),
    ],
)
def test_convmv_is_offered_where_it_reads_a_name_as_we_do(name: bytes, encoding: str, isAlike: bool) -> None:
    assert readsAsConvmv(name, encoding) == isAlike


def test_the_convmv_command_names_the_encoding_as_perl_does() -> None:
    assert convmvCommand(b"/a b", "gb18030", True) == "convmv --notest -r -f gbk -t utf-8 '/a b'"
    assert " -f iso-8859-13 " in convmvCommand(b"/a", "iso8859_13", True)
    assert " -f MacCyrillic " in convmvCommand(b"/a", "mac_cyrillic", True)
    assert convmvCommand(b"/\xe9", "iso8859_2", True) == "convmv --notest -r -f iso-8859-2 -t utf-8 $'/\\351'"
