"""Times as servers give them: read, or known to be none."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from CedarBackup3.amazons3.aws.times import nanosecondsOf, requireTime, secondsOf
from CedarBackup3.errors import CommandFailed

SECOND = 1_795_415_471


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-23T06:31:11.000Z",
        "2026-11-23T06:31:11Z",
        "2026-11-23T06:31:11+00:00",
        "2026-11-23T07:31:11+01:00",
        "2026-11-23T06:31:11",
        "2026-11-23t06:31:11z",
        "2026-11-23 06:31:11 UTC",
        " 2026-11-23T06:31:11Z\n",
        "20261123T063111Z",
        "Mon, 23 Nov 2026 06:31:11 GMT",
        "Mon, 23 Nov 2026 07:31:11 +0100",
        "Monday, 23-Nov-26 06:31:11 GMT",
        "Mon Nov 23 06:31:11 2026",
        "1795415471",
        "1795415471.25",
    ],
)
def test_every_way_of_writing_a_time_is_read_as_utc(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    assert secondsOf(text) == SECOND


TIMES = {
    "2026-11-23T06:31:11.123456Z": SECOND * 10**9 + 123_456_000,
    "2026-11-23T06:31:11.123456789+00:00": SECOND * 10**9 + 123_456_000,
    "1795415471.5": SECOND * 10**9 + 500_000_000,
    "2016-12-31T23:59:60Z": 1_483_228_800 * 10**9,
    "Sat, 31 Dec 2016 23:59:60 GMT": 1_483_228_800 * 10**9,
    "0001-01-01T00:00:00Z": -62_135_596_800 * 10**9,
    "9999-12-31T23:59:59Z": 253_402_300_799 * 10**9,
    "-5": -5 * 10**9,
}


@pytest.mark.parametrize("text", TIMES)
def test_the_borders_of_what_is_read(text: str) -> None:
    assert nanosecondsOf(text) == TIMES[text]


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "None", "soon", "nan", "inf", "1e5", "1795415471000", "999999999999", "0000-01-01T00:00:00Z"),
        *("10000-01-01T00:00:00Z", "9999-12-31T23:59:60Z", "0001-01-01T00:00:00+05:00", "2026-11-23T06:31:61Z"),
        *("Mon, 99 Nov 2026 06:31:11 GMT", "Mon, 23 Nov 99999 06:31:11 GMT", "Mon, 23 Nov 2026 06:31:11 +9999999999"),
    ],
)
def test_what_is_none_is_said_with_the_key(text: str) -> None:
    with pytest.raises(ValueError):
        nanosecondsOf(text)
    with pytest.raises(CommandFailed, match=r"was stored: the server reports") as failure:
        requireTime(text, b"a/\x1b[31mkey")
    assert "a/\\x1b[31mkey" in str(failure.value)
    assert str(failure.value).isprintable()


@given(st.text() | st.text("0123456789:-+., TZtzMonNvGMUWAP()", max_size=34))
def test_garbage_never_crashes_the_reader(text: str) -> None:
    with contextlib.suppress(CommandFailed):
        requireTime(text, b"key")
