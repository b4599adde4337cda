"""charmaps.py: the encodings that Python lacks say what the C library says of them."""

from __future__ import annotations

import subprocess
import unicodedata

import pytest

from CedarBackup3.amazons3.names.charmaps import decodeText

OWN = ("armscii-8", "georgian-ps", "georgian-academy", "tcvn", "viscii", "euc-tw")
# Which ARMSCII-8 has twice, and nobody types so.
DOUBLED = set("(),-.")


def iconv(name: bytes, encoding: str) -> str | None:
    done = subprocess.run(["iconv", "-f", encoding, "-t", "UTF-8"], input=name, capture_output=True, check=False)
    return done.stdout.decode() if done.returncode == 0 else None


def isControl(text: str) -> bool:
    return "\x80" <= text[0] < "\xa0"


@pytest.mark.parametrize("encoding", OWN)
def test_every_byte_means_what_it_means_to_the_c_library(encoding: str) -> None:
    if iconv(b"a", encoding) is None:
        pytest.skip("an iconv without this encoding")
    found = {}
    for byte in range(1, 256):
        name = bytes([byte]) + b" "
        theirs = iconv(name, encoding)
        known = theirs is not None and not isControl(theirs) and (byte < 0x80 or theirs[0] not in DOUBLED)
        ours, expected = decodeText(name, encoding), unicodedata.normalize("NFC", theirs) if theirs and known else None
        if ours != expected:
            found[byte] = (ours, expected)
    assert not found


@pytest.mark.parametrize("text", ["會議記錄", "照片說明", "公司的報告", "龜龍鑫", "（一）、２００９", "a會b議"])
def test_chinese_of_taiwan_is_read_as_the_c_library_writes_it(text: str) -> None:
    done = subprocess.run(
        ["iconv", "-f", "UTF-8", "-t", "EUC-TW"], input=text.encode(), capture_output=True, check=False
    )
    if done.returncode:
        pytest.skip("an iconv without EUC-TW")
    assert decodeText(done.stdout, "euc-tw") == text


@pytest.mark.parametrize(
    "name", [b"\xc4", b"\xc4a", b"\x8e\xa2\xa1", b"\x8e\xa3\xa1\xa1", b"\x8e", b"\xff\xff", b"\xfe\xfe", b"a\x80"]
)
def test_what_is_no_chinese_of_taiwan_is_not_read(name: bytes) -> None:
    assert decodeText(name, "euc-tw") is None


@pytest.mark.parametrize(
    ("name", "encoding", "text"),
    [
        (b"Ti\xea\xecng", "cp1258", "Tiếng"),
        (b"\xd0\xf4\xf2ng", "cp1258", "Động"),
        (b"T\xa5\xb3", "tcvn", "TỚ"),
        (b"Ti\xaang", "viscii", "Tiếng"),
    ],
)
def test_vietnamese_comes_in_whole_characters(name: bytes, encoding: str, text: str) -> None:
    assert decodeText(name, encoding) == text
