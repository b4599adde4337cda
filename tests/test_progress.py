"""The progress line."""

from __future__ import annotations

import io

import pytest

from CedarBackup3.cli.progress import ProgressLine, progressText


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("values", "text"),
    [
        (("walk", 0, 0, None, 0.0), "walk ..."),
        (("walk", 12000, 3 << 30, None, 0.5), "walk: 12,000 files, 3.0 GiB"),
        (("walk", 12000, 0, None, 2.0), "walk: 12,000 files, 6,000 files/s"),
        (("listing", 400, 0, 0.25, 20.0), "listing: 400 files, 20 files/s, 25%, 1:00 left"),
        (("sync", 0, 1 << 20, 0.5, 2.0), "sync: 1.0 MiB, 512.0 KiB/s, 50%, 0:02 left"),
        (("sync", 0, 0, 0.0, 5.0), "sync: 0 bytes/s, 0%"),
    ],
)
def test_the_text_says_what_is_known(values: tuple[str, int, int, float | None, float], text: str) -> None:
    assert progressText(*values) == text


def test_the_line_is_rewritten_and_gone_at_the_end() -> None:
    terminal = Terminal()
    progress = ProgressLine(terminal)
    progress("walk", 5)
    progress("listing", 7)
    progress.close()
    assert terminal.getvalue().split("\r\x1b[K") == ["", "walk: 5 files", "listing: 7 files", ""]


def test_the_line_is_rewritten_ten_times_a_second_at_most() -> None:
    terminal = Terminal()
    progress = ProgressLine(terminal)
    for number in range(1000):
        progress("walk", number + 1)
    assert terminal.getvalue().count("walk") < 100


def test_the_line_keeps_within_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "12")
    terminal = Terminal()
    ProgressLine(terminal)("listing", 123456789)
    assert terminal.getvalue() == "\r\x1b[Klisting: 12"


@pytest.mark.parametrize(("stream", "isQuiet"), [(io.StringIO(), False), (Terminal(), True)])
def test_nothing_is_written_into_a_pipe_or_when_quiet(stream: io.StringIO, isQuiet: bool) -> None:
    progress = ProgressLine(stream, isQuiet)
    progress("walk", 5)
    progress.close()
    assert stream.getvalue() == ""


def test_the_time_of_each_phase_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    now = iter([0.0, 0.0, 3.0, 3.0, 7.0, 9.0])
    monkeypatch.setattr("time.monotonic", lambda: next(now))
    progress = ProgressLine(io.StringIO())
    progress("walk")
    progress.charge("check", 1.0)
    progress("walk", 5)
    progress("listing")
    progress("sync")
    progress("")
    assert progress.seconds == {"walk": 2.0, "check": 1.0, "listing": 4.0, "sync": 2.0}


def test_a_terminal_that_has_gone_away_is_no_failure() -> None:
    terminal = Terminal()
    progress = ProgressLine(terminal)
    terminal.close()
    progress("walk", 5)
    progress.close()
