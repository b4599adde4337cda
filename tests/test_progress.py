"""The progress line, the times of the phases, and the context of a run that has both."""

from __future__ import annotations

import io
import os
import pty
import re
import termios
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise

import pytest

from CedarBackup3.cli.context import RunContext
from CedarBackup3.cli.phasetimes import PhaseTimes
from CedarBackup3.cli.progress import ProgressLine, Shown, progressText
from testcase.terminal import Screen

MIB = 1 << 20
WHOLE = Shown("sync", 1234, 3 * MIB << 10, 0.405, 6.0, 2.0 * MIB, 71.2)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Clock:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(autouse=True)
def xterm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "80")


def drawn(terminal: Terminal) -> list[str]:
    """The texts of all drawings."""
    return [text for text in re.split(r"\r|\x1b\[J| +\r", terminal.getvalue()) if text]


@pytest.mark.parametrize(
    ("shown", "text"),
    [
        (Shown("walk"), "walk ..."),
        (Shown("walk", 12000, 3 << 30), "walk: 12,000 files, 3.0 GiB"),
        (Shown("walk", 1), "walk: 1 file"),
        (Shown("walk", 12000, 3 << 30, None, 6000.0, 5.0 * MIB), "walk: 12,000 files, 3.0 GiB, 6,000 files/s"),
        (Shown("listing", 400, 0, 0.25, 20.0, 0.0, 60.0), "listing: 400 files, 20 files/s, 25%, 1:00 left"),
        (WHOLE, "sync: 1,234 files, 3.0 GiB, 2.0 MiB/s, 40%, 1:12 left"),
        (Shown("sync", 0, 0, 0.0), "sync: 0%"),
        (Shown("sync", 0, 0, 0.5, 0, 0, 3725.0), "sync: 50%, 1:02:05 left"),
    ],
)
def test_the_text_says_what_is_known(shown: Shown, text: str) -> None:
    assert progressText(shown, 79) == text


@pytest.mark.parametrize(
    ("width", "text"),
    [
        (53, "sync: 1,234 files, 3.0 GiB, 2.0 MiB/s, 40%, 1:12 left"),
        (52, "sync: 1,234 files, 3.0 GiB, 40%, 1:12 left"),
        (39, "sync: 3.0 GiB, 40%, 1:12 left"),
        (25, "sync: 40%, 1:12 left"),
        (19, "40%, 1:12 left"),
        (13, "40%"),
        (2, "40"),
    ],
)
def test_a_narrow_line_keeps_the_percentage_and_the_time_left(width: int, text: str) -> None:
    assert progressText(WHOLE, width) == text


@pytest.mark.parametrize(
    ("width", "text"),
    [
        (44, "walk: 123,456 files, 3.0 GiB, 20 files/s"),
        (39, "walk: 123,456 files, 3.0 GiB"),
        (19, "walk: 123,456 files"),
        (18, "123,456 files"),
        (9, "123,456 f"),
    ],
)
def test_a_narrow_line_of_unknown_length_keeps_the_files(width: int, text: str) -> None:
    assert progressText(Shown("walk", 123456, 3 << 30, None, 20.0), width) == text


def test_no_line_is_wider_than_the_room_for_it() -> None:
    for width in range(1, 80):
        for shown in (WHOLE, WHOLE._replace(fraction=None), Shown("deletion"), Shown("content", 0, 5, 0.1)):
            assert len(progressText(shown, width)) <= width


@pytest.mark.parametrize("fraction", [0.99, 0.994, 0.996, 0.99999, 1.0, 1.2])
def test_the_end_is_not_told_before_it_has_come(fraction: float) -> None:
    assert progressText(Shown("sync", fraction=fraction), 79) == "sync: 99%"


def leftIn(text: str) -> int | None:
    found = re.search(r"(\d+):(\d\d) left", text)
    return 60 * int(found[1]) + int(found[2]) if found else None


def test_the_time_left_of_a_bursty_transfer_is_steady_and_near_the_truth() -> None:
    """100 units in 100 seconds, of which four come together, every four seconds."""
    clock, terminal = Clock(), Terminal()
    line = ProgressLine(terminal, clock=clock)
    told: list[tuple[float, int]] = []
    for eighth in range(800):
        done = eighth // 32 * 4
        line("sync", 0, done * MIB, done / 100)
        left = leftIn(drawn(terminal)[-1])
        if left is not None:
            told.append((eighth / 8, left))
        clock.now += 0.125
    assert told[0][0] == 8  # after the second burst
    late = [(now, left) for now, left in told if now > 20]
    assert all(abs(left - (100 - now)) <= 5 for now, left in late)
    assert all(-1 <= after - before <= 5 for (_, before), (_, after) in pairwise(late))


def test_there_is_always_time_left() -> None:
    clock, terminal = Clock(), Terminal()
    line = ProgressLine(terminal, clock=clock)
    for number in range(200):
        line("sync", 0, MIB, min(1.0, number / 100))
        clock.now += 0.125
    assert {"1%", "99%"} < set(re.findall(r"\d+%", terminal.getvalue()))
    assert "100%" not in terminal.getvalue()
    assert "0:01 left" in terminal.getvalue()
    assert "0:00 left" not in terminal.getvalue()


def test_what_a_phase_begins_with_does_not_count_for_its_speed() -> None:
    clock, terminal = Clock(), Terminal()
    line = ProgressLine(terminal, clock=clock)
    line("sync", 0, 50 * MIB, 0.5)
    line("listing", 5)
    for number in range(41):
        line("sync", 0, 50 * MIB + number * MIB // 8, 0.5 + number / 800)
        clock.now += 0.125
    assert drawn(terminal)[-1] == "sync: 55.0 MiB, 1.0 MiB/s, 55%, 0:45 left"


def test_the_line_is_rewritten_and_gone_at_the_end() -> None:
    terminal = Terminal()
    progress = ProgressLine(terminal)
    progress("walk", 5)
    progress("listing", 7)
    progress.close()
    assert terminal.getvalue() == "\rwalk: 5 files\x1b[J\r\rlisting: 7 files\x1b[J\r\r\x1b[J"


def test_the_line_is_rewritten_ten_times_a_second_at_most() -> None:
    clock, terminal = Clock(), Terminal()
    progress = ProgressLine(terminal, clock=clock)
    for number in range(1000):
        progress("walk", number + 1)
        clock.now += 0.001
    assert 9 <= len(drawn(terminal)) <= 10


@pytest.mark.parametrize("name", ["dumb", "", None])
def test_a_dumb_terminal_gets_blanks_and_no_escapes(name: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    if name is None:
        monkeypatch.delenv("TERM")
    else:
        monkeypatch.setenv("TERM", name)
    terminal, screen = Terminal(), Screen(80)
    progress = ProgressLine(terminal)
    progress("listing", 1234567)
    progress("walk", 5)
    screen.write(terminal.getvalue())
    assert screen.text == "walk: 5 files"
    progress.close()
    assert "\x1b" not in terminal.getvalue()
    screen.write(terminal.getvalue())
    assert screen.text == ""


@contextmanager
def pseudoTerminal(columns: int) -> Iterator[tuple[io.TextIOWrapper, Callable[[int], None], Callable[[], str]]]:
    """A terminal, what changes its width, and what reads all that it was sent since the last time."""
    leader, follower = pty.openpty()

    def resize(columns: int) -> None:
        termios.tcsetwinsize(follower, (24, columns))

    def sent() -> str:
        os.write(follower, b"\0")  # so that there is something to wait for
        data = b""
        while not data.endswith(b"\0"):
            data += os.read(leader, 1 << 16)
        return data[:-1].decode()

    try:
        resize(columns)
        with open(follower, "w", encoding="utf-8") as stream:
            yield stream, resize, sent
    finally:
        os.close(leader)


@pytest.mark.parametrize("columns", [20, 40, 80, 200])
def test_the_line_keeps_within_the_terminal_whatever_the_environment_says(columns: int) -> None:
    with pseudoTerminal(columns) as (stream, _, sent):
        clock = Clock()
        progress = ProgressLine(stream, clock=clock)
        for number in range(50):
            progress("content", 1_000_000 * number, 1 << 40, number / 50)
            clock.now += 0.1
        lines = [text for text in re.split(r"\r|\x1b\[J", sent()) if text]
    assert max(map(len, lines)) < columns
    assert all("%" in line for line in lines)
    assert all("left" in line for line in lines[25:])
    assert all(line.startswith("content: ") for line in lines) == (columns > 20)


def test_a_terminal_that_does_not_know_its_width_has_that_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "25")
    with pseudoTerminal(0) as (stream, _, sent):
        ProgressLine(stream)("content", 1_000_000, 1 << 40, 0.5)
        assert sent() == "\rcontent: 1.0 TiB, 50%\x1b[J\r"


@pytest.mark.parametrize("wrapsAnew", [True, False])
@pytest.mark.parametrize("widths", [(80, 40, 20), (80, 10), (20, 80, 30)])
def test_a_resized_terminal_keeps_no_remains(widths: tuple[int, ...], wrapsAnew: bool) -> None:
    clock, screen = Clock(), Screen(widths[0], wrapsAnew=wrapsAnew)
    screen.write("$ run\n")
    with pseudoTerminal(widths[0]) as (stream, resize, sent):
        progress = ProgressLine(stream, clock=clock)
        for width in widths:
            resize(width)
            screen.resize(width)
            clock.now += 1
            progress("content", 1_000_000, 1 << 40, 0.5)
            screen.write(sent())
            assert screen.text == "$ run\n" + progressText(Shown("content", 1_000_000, 1 << 40, 0.5), width - 1)
        resize(widths[0] // 2)
        screen.resize(widths[0] // 2)
        progress.close()
        screen.write(sent())
    assert screen.text == "$ run"


@pytest.mark.parametrize(("stream", "isQuiet"), [(io.StringIO(), False), (Terminal(), True)])
def test_nothing_is_written_into_a_pipe_or_when_quiet(stream: io.StringIO, isQuiet: bool) -> None:
    progress = ProgressLine(stream, isQuiet)
    progress("walk", 5)
    progress.close()
    assert stream.getvalue() == ""


def test_the_time_of_each_phase_is_counted() -> None:
    clock = Clock()
    context = RunContext(ProgressLine(io.StringIO()), PhaseTimes(clock))
    context("walk")
    clock.now += 3
    context.charge("check", 1.0)
    context("walk", 5)
    context("listing")
    clock.now += 4
    context("sync")
    clock.now += 2
    context.close()
    clock.now += 1
    assert context.seconds == {"walk": 2.0, "check": 1.0, "listing": 4.0, "sync": 2.0}


def test_a_terminal_that_has_gone_away_is_no_failure() -> None:
    terminal = Terminal()
    progress = ProgressLine(terminal)
    terminal.close()
    progress("walk", 5)
    progress.close()
