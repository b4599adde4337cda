"""What a person at a terminal sees of the progress, and what nobody else sees of it."""

from __future__ import annotations

import os
import pty
import re
import select
import subprocess
import termios
import threading
import time
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import pytest

from testcase.runner import toolCommand, toolEnvironment
from testcase.s3 import Await, Fault, Hang, S3Server
from testcase.terminal import Screen, readTerminal
from testcase.trees import plantTree

from .harness import Sync, filesIn, moment, put, stored

SYNC = "CedarBackup3.tools.amazons3sync"
RESTORE = "CedarBackup3.tools.amazons3restore"
MIB = 1 << 20
# With so few open files aws gets 16 files at a time.
SMALL_TREES = ("sh", "-c", 'ulimit -n 272; exec "$@"', "sh")


pytestmark = pytest.mark.versioned


def readWhileItGrows(leader: int, turn: threading.Semaphore) -> bytes:
    """All that a terminal gets, of a run whose requests wait for their turn: two go on with each new percentage.

    So that there are as many on a machine that is busy; a drawing that is left out since another was just before holds
    nobody up for long.
    """
    seen, shown = b"", list[bytes]()
    while True:
        turn.release(2)
        deadline = time.monotonic() + 5
        while (found := re.findall(rb"(\d+)%", seen)[-1:]) == shown and time.monotonic() < deadline:
            if select.select([leader], [], [], 0.1)[0]:
                try:
                    seen += os.read(leader, 1 << 16)
                except OSError:  # the other side is closed
                    return seen
        shown = found
        time.sleep(0.15)  # between two drawings are at least 0.1 s


def onTerminal(
    server: S3Server,
    anyAws: str,
    log: Path,
    *arguments: str | Path,
    tool: str = SYNC,
    columns: int = 80,
    term: str = "xterm",
    prefix: Sequence[str] = (),
    turn: threading.Semaphore | None = None,
) -> tuple[int, str, str]:
    """Run the tool with standard error on a terminal; returns status, standard output and what the terminal got.

    With a `turn`, for which the server has requests wait, they go on with the progress that is shown.
    """
    leader, follower = pty.openpty()
    termios.tcsetwinsize(follower, (24, columns))
    command = [*prefix, *toolCommand(tool), "--logfile", log, *arguments]
    environment = toolEnvironment(server.environment(), anyAws)
    environment["TERM"] = term
    if (config := log.with_name("config")).exists():
        environment["AWS_CONFIG_FILE"] = str(config)
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=follower) as running:
        os.close(follower)
        seen = readWhileItGrows(leader, turn) if turn else readTerminal(leader)
        assert running.stdout
        printed = running.stdout.read().decode()
    os.close(leader)
    return running.returncode, printed, seen.decode()


class Drawing(NamedTuple):
    """The line at a moment."""

    phase: str
    text: str

    @property
    def percentage(self) -> int | None:
        found = re.search(r"(\d+)%", self.text)
        return int(found[1]) if found else None


def drawings(seen: str) -> list[Drawing]:
    """All of them; where there is no room for the phase it is the one before."""
    found, phase = [], ""
    for text in re.split(r"[\r\n]", seen.replace("\x1b[J", "")):
        if text.strip():
            named = re.match(r"([a-z]+)(?:: | \.\.\.)", text)
            phase = named[1] if named else phase
            found.append(Drawing(phase, text.rstrip()))
    return found


def requireHonest(seen: str, columns: int, phase: str) -> list[Drawing]:
    """Hold all drawings to what a progress has to be; returns those of one phase."""
    found = drawings(seen)
    assert max(len(each.text) for each in found) < columns
    for before, after in pairwise(found):
        if before.phase == after.phase and not after.text.endswith("..."):  # as each of two listings begins
            assert (before.percentage or 0) <= (after.percentage or 0)
    assert "100%" not in seen
    assert "0:00 left" not in seen
    shown = [each for each in found if each.phase == phase]
    assert all(each.percentage is not None for each in shown)
    return shown


def requireSteps(shown: list[Drawing], size: int) -> None:
    """The percentages are those of the plan, whose files have so many bytes together and are all alike."""
    percentages = {each.percentage for each in shown}
    assert len(percentages) >= 5
    for each in shown:
        if each.percentage and (told := re.search(r"([\d.]+) MiB,", each.text)):
            assert abs(each.percentage - 100 * float(told[1]) * MIB / size) <= 7, each.text
    assert max(each.percentage or 0 for each in shown) >= 75


def test_a_terminal_shows_progress_that_is_gone_at_the_end(server: S3Server, anyAws: str, tmp_path: Path) -> None:
    files = {b"%d" % number: bytes(300_000) for number in range(40)}
    source = plantTree(tmp_path / "source", files)
    server.latency = 0.02
    status, printed, seen = onTerminal(server, anyAws, tmp_path / "log", source, "s3://bucket")
    assert (status, printed) == (0, "")
    requireHonest(seen, 80, "sync")
    for phase in ("walk", "listing", "sync"):
        assert f"\r{phase}: " in seen or f"\r{phase} ..." in seen
    screen = Screen(80)
    screen.write(seen)
    assert screen.text == ""
    assert "\n" not in seen
    log = (tmp_path / "log").read_text()
    assert "\x1b" not in log
    assert "Completed" not in log
    assert stored(server) == files


@pytest.mark.parametrize(
    ("columns", "method", "uploads", "prefix"),
    [
        pytest.param(20, "sync", "auto", (), id="aws compares, 20 columns"),
        pytest.param(40, "auto", "3", (), id="three of aws side by side, 40 columns"),
        pytest.param(80, "auto", "1", SMALL_TREES, id="three of aws one after the other, 80 columns"),
    ],
)
def test_an_upload_goes_forward_by_the_plan(
    columns: int, method: str, uploads: str, prefix: tuple[str, ...], server: S3Server, anyAws: str, tmp_path: Path
) -> None:
    source = plantTree(tmp_path / "source", {b"%02d" % number: bytes(MIB) for number in range(40)})
    (tmp_path / "config").write_text("[default]\ns3 =\n  max_concurrent_requests = 10\n")
    server.putObject("bucket", b"extra", b"goes")
    server.addFault(Fault("PutObject", Await(turn := threading.Semaphore(0))))
    words = ("--uploads", uploads, "--method", method, source, "s3://bucket")
    status, _, seen = onTerminal(server, anyAws, tmp_path / "log", *words, columns=columns, prefix=prefix, turn=turn)
    assert status == 0
    shown = requireHonest(seen, columns, "sync")
    requireSteps(shown, 40 * MIB)
    assert any(re.fullmatch(r".*\d+%, \d+:\d\d left", each.text) for each in shown)
    assert columns == 40 or any("/s" in each.text for each in shown) == (columns == 80)


def test_files_without_content_come_further_too(server: S3Server, anyAws: str, tmp_path: Path) -> None:
    source = plantTree(tmp_path / "source", {b"%02d" % number: b"" for number in range(40)})
    server.addFault(Fault("PutObject", Await(turn := threading.Semaphore(0))))
    _, _, seen = onTerminal(server, anyAws, tmp_path / "log", source, "s3://bucket", prefix=SMALL_TREES, turn=turn)
    shown = requireHonest(seen, 80, "sync")
    assert len({each.percentage for each in shown}) >= 5


def test_a_restore_of_current_and_older_versions_goes_forward_by_one_plan(
    server: S3Server, anyAws: str, tmp_path: Path
) -> None:
    # Plain commands: a session fetches all of this in two steps.
    files = {b"%02d" % number: bytes(MIB) for number in range(30)}
    put(server, files, 0)
    put(server, {b"%02d" % number: b"other" for number in range(8)}, 10)
    server.addFault(Fault("GetObject", Await(turn := threading.Semaphore(0))))
    words = ("--awsSession", "never", "--atTime", moment(5), "s3://bucket/p", tmp_path / "target")
    status, _, seen = onTerminal(server, anyAws, tmp_path / "log", *words, tool=RESTORE, turn=turn)
    assert status == 0
    assert filesIn(tmp_path / "target") == files
    shown = requireHonest(seen, 80, "fetch")
    requireSteps(shown, 30 * MIB)
    assert any(re.fullmatch(r".*\d+%, \d+:\d\d left", each.text) for each in shown)


def test_a_dumb_terminal_gets_no_escapes(server: S3Server, anyAws: str, tmp_path: Path) -> None:
    source = plantTree(tmp_path / "source", {b"%02d" % number: bytes(MIB) for number in range(10)})
    server.addFault(Fault("PutObject", Hang(0.5)))
    status, _, seen = onTerminal(server, anyAws, tmp_path / "log", source, "s3://bucket", term="dumb")
    assert status == 0
    assert "\x1b" not in seen
    assert requireHonest(seen, 80, "sync")
    screen = Screen(80)
    screen.write(seen)
    assert screen.text == ""


def test_lines_do_not_run_into_the_progress(server: S3Server, anyAws: str, tmp_path: Path) -> None:
    server.putObject("bucket", b"extra", b"")
    source = plantTree(tmp_path / "source", [b"a"])
    _, _, seen = onTerminal(server, anyAws, tmp_path / "log", "--verifyOnly", source, "s3://bucket")
    screen = Screen(200)
    screen.write(seen)
    assert [line.split(":")[0] for line in screen.text.splitlines()] == ["Missing", "Extra", "Not verified"]


def test_a_quiet_terminal_stays_empty(server: S3Server, anyAws: str, tmp_path: Path) -> None:
    source = plantTree(tmp_path / "source", [b"a"])
    assert onTerminal(server, anyAws, tmp_path / "log", "--quiet", source, "s3://bucket") == (0, "", "")


def test_a_pipe_gets_no_progress(syncOnce: Sync, tmp_path: Path) -> None:
    source = plantTree(tmp_path / "source", [b"a"])
    outcome = syncOnce(source, "s3://bucket")
    assert (outcome.status, outcome.stdout, outcome.stderr) == (0, "", "")
