"""Lines that may be many."""

from __future__ import annotations

import logging

import pytest

from CedarBackup3.amazons3.cappedlines import KEPT, CappedLines
from CedarBackup3.amazons3.restore.report import KeyOutcome, Tally
from CedarBackup3.cli.findings import Findings


def said(caplog: pytest.LogCaptureFixture) -> list[tuple[int, str]]:
    return [(each.levelno, each.getMessage()) for each in caplog.records]


@pytest.mark.parametrize(
    ("number", "shown", "errors", "infos", "last"),
    [
        (0, KEPT, 0, 0, ""),
        (KEPT, KEPT, KEPT, 0, ""),
        (KEPT + 1, KEPT, KEPT, 0, "... and 1 more names, which are only counted"),
        (1_000_000, KEPT, KEPT, 0, "... and 999,000 more names, which are only counted"),
        (25, 25, 25, 0, ""),
        (26, 25, 25, 1, "... and 1 more names, all of them in the log file"),
        (KEPT, 25, 25, KEPT - 25, "... and 975 more names, all of them in the log file"),
        (3 * KEPT, 25, 25, KEPT - 25, "... and 2,975 more names, the first 975 of them in the log file"),
    ],
)
def test_the_first_lines_are_logged_and_the_others_counted(
    caplog: pytest.LogCaptureFixture, number: int, shown: int, errors: int, infos: int, last: str
) -> None:
    caplog.set_level(logging.INFO)
    lines = CappedLines("names", shown=shown)
    for each in range(number):
        lines.log(f"{each}")
    lines.finish()
    levels = [logging.ERROR] * errors + [logging.INFO] * infos
    expected = [(level, str(each)) for each, level in enumerate(levels)] + [(logging.ERROR, last)] * bool(last)
    assert said(caplog) == expected


def test_each_outcome_of_a_restore_is_capped_and_counted_by_itself(caplog: pytest.LogCaptureFixture) -> None:
    record = Findings()
    tally = Tally(record)
    for number in range(KEPT + 5):
        tally.wrong(KeyOutcome.MISSING, b"%d" % number, 1, f"Missing: {number}")
        tally.wrong(KeyOutcome.EXTRA, b"%d" % number, 1, f"Extra: {number}")
    report = tally.report()
    assert len(caplog.records) == 2 * KEPT + 2
    assert [line for _, line in said(caplog)[-2:]] == [
        "... and 5 more keys (missing), which are only counted",
        "... and 5 more keys (extra), which are only counted",
    ]
    assert report.counts == {KeyOutcome.MISSING: KEPT + 5, KeyOutcome.EXTRA: KEPT + 5}
    assert record.tallies["missing"].files == KEPT + 5
