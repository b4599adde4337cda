"""The keys are the same whatever the locale; only in a true legacy locale are names read in its encoding."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from testcase.s3 import S3Server
from testcase.trees import AWKWARD_NAMES, plantTree

from .harness import Sync, below, changes, differencesOf, errors, plantObjects, stored

_VARIABLES = ("LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE", "LC_MESSAGES", "LOCPATH", "PYTHONUTF8", "PYTHONCOERCECLOCALE")
WITHOUT_LOCALE = ("env", *(word for name in _VARIABLES for word in ("-u", name)))
ASCII = {"PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}  # with them Python itself takes the C locale for ASCII

LOCALES: dict[str, dict[str, str]] = {
    "none": {},
    "LANG=C": {"LANG": "C"},
    "LC_ALL=POSIX": {"LC_ALL": "POSIX"},
    "LANG=C.UTF-8": {"LANG": "C.UTF-8"},
    "LC_ALL=C, ASCII": {"LC_ALL": "C"} | ASCII,
    "none, ASCII": ASCII,
    "LANG of nowhere": {"LANG": "xx_YY.ISO-8859-1"},
}


@pytest.mark.parametrize("name", LOCALES)
def test_without_a_legacy_locale_every_name_goes_up_byte_for_byte(
    syncOnce: Sync, server: S3Server, tmp_path: Path, name: str
) -> None:
    _assertByteForByte(syncOnce, server, tmp_path, LOCALES[name])


def test_each_aws_stores_utf_8_although_this_process_is_ascii(sync: Sync, server: S3Server, tmp_path: Path) -> None:
    _assertByteForByte(sync, server, tmp_path, LOCALES["LC_ALL=C, ASCII"])


def _assertByteForByte(sync: Sync, server: S3Server, tmp_path: Path, variables: Mapping[str, str]) -> None:
    source = plantTree(tmp_path / "qu\u00eblle", AWKWARD_NAMES)
    prefix = "pr\u00e9fixe\u65e5/".encode()
    plantObjects(server, {prefix + "caf\u00c3\u00a9 composed".encode(): b"mojibake"})
    words = (*WITHOUT_LOCALE, *_assignments(variables))
    outcome = sync(source, b"s3://bucket/" + prefix, "--verbose", prefix=words)
    assert (outcome.status, errors(outcome)) == (0, [])
    assert stored(server) == below(prefix, {path: path for path in AWKWARD_NAMES})


@pytest.mark.parametrize("name", LOCALES)
def test_without_a_legacy_locale_a_latin_1_name_is_refused(
    syncOnce: Sync, server: S3Server, tmp_path: Path, name: str
) -> None:
    source = plantTree(tmp_path / "source", [b"caf\xe9", "caf\u00e9 good".encode()])
    outcome = syncOnce(source, "s3://bucket", prefix=(*WITHOUT_LOCALE, *_assignments(LOCALES[name])))
    assert outcome.status == 8
    assert f"{source}/caf\\xe9: expected encoding utf-8" in outcome.stderr
    assert "good" not in outcome.stderr
    assert not server.requests


def test_differences_in_awkward_names_are_printed_in_an_ascii_locale(
    syncOnce: Sync, server: S3Server, tmp_path: Path
) -> None:
    source = plantTree(tmp_path / "source", ["caf\u00e9".encode()])
    plantObjects(server, {"\u65e5\u672c".encode(): b"x"})
    words = (*WITHOUT_LOCALE, *_assignments(LOCALES["LC_ALL=C, ASCII"]))
    outcome = syncOnce(source, "s3://bucket", "--verifyOnly", prefix=words)
    assert outcome.status == 7
    assert differencesOf(outcome, source, "s3://bucket/") == ["Missing caf\\xe9", "Extra \\u65e5\\u672c"]
    assert "caf\u00e9" in outcome.log


def _assignments(variables: Mapping[str, str]) -> list[str]:
    return [f"{name}={value}" for name, value in variables.items()]


# In Latin-1: names as that locale's user gives them.
LATIN_1 = {b"caf\xe9": b"1", b"\xdcber/stra\xdfe": b"22", b"a\xa0b": b"", b"plain": b"x", b"\x85 control": b"x"}


def test_in_a_latin_1_locale_its_names_are_stored_as_proper_utf_8_and_verified(
    sync: Sync, server: S3Server, tmp_path: Path, legacyLocale: dict[str, str]
) -> None:
    source = plantTree(tmp_path / "source", LATIN_1)
    plantObjects(server, {"\u00e9t\u00e9/caf\u00c3\u00a9".encode(): b"x", b"\xc3\x83\xc2\xa9/sibling": b"x"})
    words = (*WITHOUT_LOCALE, *_assignments(legacyLocale))
    outcome = sync(source, b"s3://bucket/\xe9t\xe9", prefix=words)
    assert (outcome.status, outcome.stderr) == (0, "")
    expected = below("\u00e9t\u00e9/".encode(), {path.decode("latin-1").encode(): LATIN_1[path] for path in LATIN_1})
    assert stored(server) == expected | {b"\xc3\x83\xc2\xa9/sibling": b"x"}
    server.clearRequests()
    outcome = sync(source, b"s3://bucket/\xe9t\xe9", prefix=words)
    assert (outcome.status, outcome.stderr) == (0, "")
    assert not changes(server)


def test_in_a_latin_1_locale_differences_are_found_under_their_latin_1_names(
    syncOnce: Sync, server: S3Server, tmp_path: Path, legacyLocale: dict[str, str]
) -> None:
    source = plantTree(tmp_path / "source", {b"caf\xe9": b"1", b"\xfcber": b"1", b"\xdcber": b"12"})
    plantObjects(server, {"\u00dcber".encode(): b"1", "\u00e4xtra".encode(): b"1", "\u65e5\u672c".encode(): b"1"})
    words = (*WITHOUT_LOCALE, *_assignments(legacyLocale))
    outcome = syncOnce(source, "s3://bucket", "--verifyOnly", prefix=words)
    assert outcome.status == 7
    assert differencesOf(outcome, source, "s3://bucket/") == [
        *("Missing caf\\xe9", "Size \\xdcber", "Extra \\xe4xtra", "Missing \\xfcber", "Extra \\u65e5\\u672c"),
    ]
    assert not changes(server)


def test_in_a_latin_1_locale_a_utf_8_name_is_refused(
    syncOnce: Sync, server: S3Server, tmp_path: Path, legacyLocale: dict[str, str]
) -> None:
    source = plantTree(tmp_path / "source", ["caf\u00e9".encode(), b"stra\xdfe", b"dir/\xe6\x97\xa5", b"plain"])
    outcome = syncOnce(source, "s3://bucket", prefix=(*WITHOUT_LOCALE, *_assignments(legacyLocale)))
    assert outcome.status == 8
    *lines, refusal = outcome.stderr.splitlines()
    lines = [line for line in lines if line.startswith("Name: ")]
    assert "2 of the file names" in refusal
    assert len(lines) == 2
    assert all("expected encoding iso8859-1" in line and "LANG=en_US.ISO-8859-1" in line for line in lines)
    assert not server.requests
