"""Which keys become files; tests/endtoend/test_restore.py shows that the others do no harm."""

from __future__ import annotations

import pytest

from CedarBackup3.amazons3.aws.locale import AwsLocale
from CedarBackup3.amazons3.restore.safepaths import CaselessNames, alsoDirectories, folded, unsafeReason
from testcase.trees import AWKWARD_NAMES

UTF8 = AwsLocale("C.UTF-8", "utf-8", "")
LATIN = AwsLocale("de_DE.ISO-8859-1", "iso8859-1", "")
KOREAN = AwsLocale("ko_KR.EUC-KR", "euc_kr", "")


@pytest.mark.parametrize(
    "key", [*AWKWARD_NAMES, b"a/b/c", b"a/...", b"..a/b..", b"a.cback-restore", b"n" * 255 + b"/a"]
)
def test_any_name_that_a_disk_takes_is_fine(key: bytes) -> None:
    assert unsafeReason(key, UTF8) == ""


@pytest.mark.parametrize(
    "key", [b"", b"/", b"a//", b"a/./b", b".", b"a/.", b"..", b"\0", b".CBACK-restore", b"a/", b"n" * 256]
)
def test_any_other_is_not(key: bytes) -> None:
    assert unsafeReason(key, UTF8)


@pytest.mark.parametrize(
    "name", [".cback-re\u017ftore", ".cbac\u212a-restore", ".cback\u200d-restore", "\ufeff.cback-restore"]
)
def test_the_staging_directory_is_known_by_all_names_that_a_file_system_takes_for_its(name: str) -> None:
    assert "staging directory" in unsafeReason(f"{name}/x".encode(), UTF8)


def test_in_a_legacy_locale_a_key_needs_a_spelling_there() -> None:
    assert unsafeReason("caf\u00e9/\u00fc".encode(), LATIN) == ""
    assert "iso8859-1" in unsafeReason("\u65e5\u672c".encode(), LATIN)
    assert unsafeReason("\uac00".encode() * 120, KOREAN) == ""  # 360 bytes of UTF-8, 240 there


def test_keys_below_which_there_are_others_are_found() -> None:
    keys = sorted([b"a", b"a!", b"a!/x", b"a-b", b"a/b", b"a/b/c", b"ab", b"b/c", b"b0"])
    assert alsoDirectories(keys) == {b"a", b"a!", b"a/b"}


@pytest.mark.parametrize(
    ("keys", "refused"),
    [
        ([b"Photos/one", b"photos/two"], [b"photos/two"]),
        ([b"A/b/c", b"A/b/d", b"a/b/c", b"a/x"], [b"a/b/c", b"a/x"]),
        ([b"A", b"a/b"], [b"a/b"]),
        ([b"A/b", b"a"], [b"a"]),
        ([b"x/Y", b"x/y", b"x/z"], [b"x/y"]),
        (["Caf\u00c9/1".encode(), "cafe\u0301/2".encode()], ["cafe\u0301/2".encode()]),
        ([b"a/1", b"a/2", b"b/a/1", b"c"], []),
        ([b"Q/1", b"q/R/1", b"r/1", b"q"], [b"q/R/1", b"q"]),
    ],
)
def test_where_case_is_ignored_no_key_comes_into_the_place_of_another(keys: list[bytes], refused: list[bytes]) -> None:
    taken = CaselessNames()
    assert [key for key in keys if taken.clash(key)] == refused


def test_names_that_differ_by_case_or_form_are_the_same_where_case_is_ignored() -> None:
    assert folded("STRASSE/Caf\u00c9".encode()) == folded("stra\u00dfe/cafe\u0301".encode())
    assert folded(b"a") != folded(b"b")
