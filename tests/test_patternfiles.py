"""Files of patterns: what is read of them, and what root does not read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from CedarBackup3.amazons3.aws.locale import AwsLocale
from CedarBackup3.errors import ExitStatus, PatternsError
from CedarBackup3.tools.shared.patternfiles import LARGEST, readPatterns

UTF8 = AwsLocale("C.UTF-8", "utf-8", "")
LATIN1 = AwsLocale("en_US.ISO-8859-1", "iso8859-1", "")


@pytest.mark.parametrize(
    ("content", "patterns"),
    [
        (b"", []),
        (b"a\nb/*\n", [(1, "a"), (2, "b/*")]),
        (b"a\r\n\r\n#c\r\n  \r\nb", [(1, "a"), (5, "b")]),
        (b"\xef\xbb\xbfa\n\xef\xbb\xbfb", [(1, "a"), (2, "\ufeffb")]),
        (b"\xef\xbb\xbf# all of it\n", []),
        (b" a \n #b\n[#]c\n\ta", [(1, " a "), (2, " #b"), (3, "[#]c"), (4, "\ta")]),
        ("caf\u00e9\n".encode(), [(1, "caf\u00e9")]),
        (b"caf\xe9\n", [(1, "caf\udce9")]),
        (b"a\rb\x0bc\x0cd\x85\xe2\x80\xa8e\n", [(1, "a\rb\x0bc\x0cd\udc85\u2028e")]),
        (b"+ a\n!b\n- c\n", [(1, "+ a"), (2, "!b"), (3, "- c")]),
    ],
)
def test_a_pattern_is_a_line(content: bytes, patterns: list[tuple[int, str]], tmp_path: Path) -> None:
    file = tmp_path / "patterns"
    file.write_bytes(content)
    rules = readPatterns(str(file), UTF8, "source")
    assert [(rule.pattern, rule.origin) for rule in rules] == [
        (pattern, f"line {number} of {file}") for number, pattern in patterns
    ]
    assert not any(rule.isInclude for rule in rules)


def test_patterns_are_in_the_encoding_of_the_locale(tmp_path: Path) -> None:
    (tmp_path / "patterns").write_bytes(b"caf\xe9\n")
    assert [rule.pattern for rule in readPatterns(str(tmp_path / "patterns"), LATIN1, "source")] == ["caf\u00e9"]


def _missing(path: Path) -> None:
    pass


def _link(path: Path) -> None:
    """That of a stranger in a directory that everybody can write to."""
    path.parent.chmod(0o777)
    path.symlink_to("/etc/passwd")


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (_missing, "No such file or directory"),
        (Path.mkdir, "it is no regular file"),
        (os.mkfifo, "it is no regular file"),
        (lambda path: path.symlink_to("/dev/zero"), "it is no regular file"),
        (lambda path: path.write_bytes(b"a" * (LARGEST + 1)), "it has more than 1,048,576 bytes"),
        (lambda path: path.write_text("a\n", "utf-16"), "it holds a null byte"),
        (lambda path: path.write_bytes(b"a\n/etc/*\n"), "must be relative to the source directory"),
        (_link, "Too many levels of symbolic links"),
    ],
)
def test_what_is_no_file_of_patterns_is_one_sentence(make: object, reason: str, tmp_path: Path) -> None:
    assert callable(make)
    (tmp_path / "own").mkdir(0o700)
    file = tmp_path / "own" / "new\nline"
    make(file)
    with pytest.raises(PatternsError) as refusal:
        readPatterns(str(file), UTF8, "source")
    assert refusal.value.status == ExitStatus.LOGGING
    assert reason in str(refusal.value)
    assert str(refusal.value).endswith("; nothing was changed")
    assert "\n" not in str(refusal.value)
    assert "root:" not in str(refusal.value)


def test_as_much_as_is_allowed_is_read(tmp_path: Path) -> None:
    (tmp_path / "patterns").write_bytes(b"aaa\n" * (LARGEST // 4))
    assert len(readPatterns(str(tmp_path / "patterns"), UTF8, "source")) == LARGEST // 4
