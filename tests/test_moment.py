"""Moments as the user writes them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC

import pytest

from CedarBackup3.amazons3.restore.moment import ambiguity, displayMoment, parseMoment

BERLIN = "CET-1CEST,M3.5.0,M10.5.0/3"
SAO_PAULO = "<-03>3<-02>,M10.3.0/0,M2.3.0/0"  # as it was: midnight did not exist


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
    assert parseMoment(text).astimezone(UTC).isoformat() == expected


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
        parseMoment(text)


@pytest.mark.parametrize(
    ("local", "text", "says"),
    [
        (BERLIN, "2026-03-29T02:30", "write it with its zone, as in 2026-03-29T02:30:00"),
        (BERLIN, "2026-03-29 02:00", "does not exist"),
        (BERLIN, "2026-03-29T02:59:59.9", "does not exist"),
        (SAO_PAULO, "2025-10-19T00:30", "does not exist"),
    ],
)
def test_a_time_over_which_the_clocks_were_set_forward_is_refused(
    monkeypatch: pytest.MonkeyPatch, local: str, text: str, says: str
) -> None:
    monkeypatch.setenv("TZ", local)
    time.tzset()
    with pytest.raises(ValueError, match=says):
        parseMoment(text)


@pytest.mark.parametrize(
    ("local", "text", "expected", "other"),
    [
        (BERLIN, "2026-03-29T01:59", "2026-03-29T00:59:00+00:00", ""),
        (BERLIN, "2026-03-29T03:00", "2026-03-29T01:00:00+00:00", ""),
        (BERLIN, "2026-03-29T02:30+01:00", "2026-03-29T01:30:00+00:00", ""),
        (BERLIN, "2026-03-29", "2026-03-28T23:00:00+00:00", ""),
        (BERLIN, "2025-10-26T02:00", "2025-10-26T00:00:00+00:00", "2025-10-26T02:00:00+01:00"),
        (BERLIN, "2025-10-26T02:30", "2025-10-26T00:30:00+00:00", "2025-10-26T02:30:00+01:00"),
        (BERLIN, "2025-10-26T02:30+02:00", "2025-10-26T00:30:00+00:00", ""),
        (BERLIN, "2025-10-26T03:00", "2025-10-26T02:00:00+00:00", ""),
        (SAO_PAULO, "2025-10-19", "2025-10-19T03:00:00+00:00", ""),  # a day that begins at one o'clock
    ],
)
def test_where_the_clocks_are_set_a_time_is_the_first_that_is_written_so(
    monkeypatch: pytest.MonkeyPatch, local: str, text: str, expected: str, other: str
) -> None:
    monkeypatch.setenv("TZ", local)
    time.tzset()
    assert parseMoment(text).astimezone(UTC).isoformat() == expected
    assert ambiguity(text).endswith(f"for the second write {other}" if other else "")
    assert bool(ambiguity(text)) == bool(other)


def test_a_moment_is_said_in_utc_and_in_local_time() -> None:
    assert displayMoment(parseMoment("2026-01-20T18:30")) == "2026-01-20 23:30:00 UTC (2026-01-20 18:30:00 EST)"
