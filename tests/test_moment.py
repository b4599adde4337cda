"""Moments as the user writes them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC

import pytest

from CedarBackup3.amazons3.restore.moment import displayMoment, parsedMoment


@pytest.fixture(autouse=True)
def zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Local time is that of New York."""
    # New York, in the words of POSIX: a minimal Debian has no database of zones.
    monkeypatch.setenv("TZ", "EST5EDT,M3.2.0,M11.1.0")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-01-20", "2026-01-20T05:00:00+00:00"),
        ("2026-07-20", "2026-07-20T04:00:00+00:00"),  # summer time
        ("2026-01-20T18:30", "2026-01-20T23:30:00+00:00"),
        ("2026-01-20 18:30:05.5", "2026-01-20T23:30:05.500000+00:00"),
        ("2026-01-20T18:30Z", "2026-01-20T18:30:00+00:00"),
        ("2026-01-20T18:30+05:30", "2026-01-20T13:00:00+00:00"),
        ("20260120T183000-0500", "2026-01-20T23:30:00+00:00"),
    ],
)
def test_a_date_or_a_time_is_a_moment(text: str, expected: str) -> None:
    assert parsedMoment(text).astimezone(UTC).isoformat() == expected


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("yesterday", "2026-11-20"),
        ("2026-02-30", "2026-11-20"),
        ("1798761600", "2026-11-20"),
        ("0001-01-01", "2026-11-20"),
        ("9999-12-31T23:59:59-23:00", "2026-11-20"),
        ("2999-01-01", "future"),
    ],
)
def test_anything_else_is_refused_with_a_word_to_go_by(text: str, word: str) -> None:
    with pytest.raises(ValueError, match=word):
        parsedMoment(text)


def test_a_moment_is_said_in_utc_and_in_local_time() -> None:
    assert displayMoment(parsedMoment("2026-01-20T18:30")) == "2026-01-20 23:30:00 UTC (2026-01-20 18:30:00 EST)"
