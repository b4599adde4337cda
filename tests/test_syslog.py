"""The log of the system, shown with a receiver of the tests' own."""

from __future__ import annotations

import contextlib
import logging
import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from CedarBackup3.cli import Tool, runTool
from CedarBackup3.errors import ExitStatus
from CedarBackup3.util import executeCommand
from testcase.runner import toolEnvironment

LOG = logging.getLogger("CedarBackup3.log")
HEAD = r"<(\d+)>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d cback-test\[(\d+)\]: "


class Receiver:
    """Listens as syslogd does."""

    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(path))
        self._socket.setblocking(False)

    def lines(self) -> list[bytes]:
        """What has come since the last call."""
        found = []
        while True:
            try:
                found.append(self._socket.recv(1 << 20))
            except BlockingIOError:
                return found

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the log of the system is looked for, in the place of /dev/log."""
    monkeypatch.setattr("CedarBackup3.cli.syslog.SOCKET", str(tmp_path / "log"))
    return tmp_path / "log"


@pytest.fixture
def receiver(path: Path) -> Iterator[Receiver]:
    made = Receiver(path)
    yield made
    made.close()


def ran(run: Callable[[], object], *switches: str) -> int:
    def done(*_: Any) -> int:
        run()
        return 0

    tool = Tool(
        name="cback-test",
        summary="A tool.",
        description="It logs.",
        arguments=(),
        switches=(),
        example="cback-test",
        buildOptions=dict,
        run=done,
    )
    return runTool(tool, ["--syslog", *switches])


def chatter() -> None:
    for level in (logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR, logging.CRITICAL):
        LOG.log(level, "said at %s", logging.getLevelName(level))
    executeCommand(["echo"], ["said by a child"])


def test_every_level_has_its_priority_and_every_line_its_tag(receiver: Receiver) -> None:
    assert ran(chatter, "--debug") == 0
    found = [re.fullmatch(HEAD + "(.*)", line.decode()) for line in receiver.lines()]
    assert [(int(match[1]), match[3]) for match in found if match and "echo" not in match[3]] == [
        (8 + 7, "said at DEBUG"),
        (8 + 6, "said at INFO"),
        (8 + 4, "said at WARNING"),
        (8 + 3, "said at ERROR"),
        (8 + 2, "said at CRITICAL"),
        (8 + 6, "| said by a child"),
    ]
    assert {match and match[2] for match in found} == {str(os.getpid())}


def test_the_switches_choose_what_is_sent_as_they_do_for_a_file(receiver: Receiver) -> None:
    assert ran(chatter) == 0
    assert [line.decode().rpartition(" ")[2] for line in receiver.lines()] == ["INFO", "WARNING", "ERROR", "CRITICAL"]


def openFiles() -> set[str]:
    """The paths of the files that this process has open; other descriptors have names that are no paths."""
    found = set()
    for number in os.listdir("/proc/self/fd"):
        with contextlib.suppress(OSError):  # that of the listing is closed by now
            found.add(os.readlink(f"/proc/self/fd/{number}"))
    return {name for name in found if name.startswith("/")}


def test_there_is_a_log_file_beside_it_only_if_one_is_named(receiver: Receiver, tmp_path: Path) -> None:
    before, during = openFiles(), []

    def run() -> None:
        chatter()
        during.append(openFiles() - before)

    assert ran(run) == 0
    assert ran(run, "--logfile", str(tmp_path / "cback.log")) == 0
    assert during == [set(), {str(tmp_path / "cback.log")}]
    assert (tmp_path / "cback.log").read_text().count("said at") == 4
    assert len(receiver.lines()) == 8


def test_whatever_a_message_quotes_is_one_line_of_printable_text_without_secrets(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "verysecretverysecret")
    ran(lambda: LOG.error("%s", "a\n<0>fake\x1b[31m\udcff\u202e é verysecretverysecret"))
    (line,) = receiver.lines()
    assert re.fullmatch(HEAD + re.escape("a\\n<0>fake\\x1b[31m\\xff\\u202e é ***"), line.decode())


@pytest.mark.parametrize("letter", ["x", "é", "\U0001f600"])
def test_a_long_line_is_cut_between_two_characters(letter: str, receiver: Receiver) -> None:
    ran(lambda: LOG.error("%s", letter * 10_000))
    (line,) = receiver.lines()
    assert 7990 < len(line) <= 8000
    assert re.fullmatch(f"{HEAD}{letter}+\\.\\.\\.", line.decode())


@pytest.mark.parametrize("quiet", [False, True])
def test_without_a_system_log_nothing_is_done(quiet: bool, path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def run() -> None:
        raise AssertionError("not reached")

    assert ran(run, *["--quiet"] * quiet) == ExitStatus.LOGGING
    said = (
        f"cback-test: cannot reach the system log at {path}: No such file or directory; "
        "leave out --syslog and name a log file with --logfile PATH\n"
    )
    assert capsys.readouterr() == ("", "" if quiet else said)


def test_a_receiver_that_is_started_anew_gets_the_lines_that_follow(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = Receiver(path)
    later: list[Receiver] = []

    def run() -> None:
        LOG.error("one")
        first.close()
        path.unlink()
        LOG.error("two")
        LOG.error("three")
        later.append(Receiver(path))
        LOG.error("four")

    assert ran(run) == 0
    assert [line[-4:] for line in later[0].lines()] == [b"four"]
    later[0].close()
    lost = f"The system log {path} cannot be written (No such file or directory); continuing without it\n"
    assert capsys.readouterr().err == f"one\ntwo\n{lost}three\nfour\n"


_OWN_DEV_LOG = """
import re, socket, subprocess, sys, syslog
receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
receiver.bind("/dev/log")
syslog.openlog("cback-amazons3-sync", syslog.LOG_PID)
syslog.syslog(syslog.LOG_ERR, sys.argv[2])
expected = receiver.recv(10000)
done = subprocess.run([sys.executable, "-m", "CedarBackup3.tools.amazons3sync", "--syslog", sys.argv[1], "s3://bucket"])
found = receiver.recv(10000)
volatile = rb" [ \\d]\\d \\d\\d:\\d\\d:\\d\\d |\\[\\d+\\]"
assert done.returncode == 6, done
assert re.sub(volatile, b"", found) == re.sub(volatile, b"", expected), (found, expected)
"""


def test_a_tool_sends_to_dev_log_just_what_syslog_3_would_send(tmp_path: Path) -> None:
    words = ["unshare", "--mount", "sh", "-c", "mount -t tmpfs none /dev && touch /dev/null"]
    if os.geteuid() or not shutil.which("unshare") or subprocess.run(words, check=False).returncode:
        pytest.skip("no /dev of its own can be made for this test")
    missing = tmp_path / "n\u00f6"
    said = f"The source directory {missing} cannot be read: No such file or directory; nothing was changed"
    run = f'{words[-1]} && exec "$0" "$@"'
    done = subprocess.run(
        [*words[:-1], run, sys.executable, "-c", _OWN_DEV_LOG, str(missing), said],
        env=toolEnvironment({"LC_ALL": "C.UTF-8"}),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
