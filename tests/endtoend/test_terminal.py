"""What a person at a terminal sees of the progress, and what nobody else sees of it."""

from __future__ import annotations

import os
import pty
import subprocess
from pathlib import Path

from testcase.runner import toolCommand, toolEnvironment
from testcase.s3 import S3Server
from testcase.trees import plantTree

from .harness import Sync, stored

SYNC = "CedarBackup3.tools.amazons3sync"


def onTerminal(server: S3Server, anyAws: str, log: Path, *arguments: str | Path) -> tuple[int, str, str]:
    """Run the tool with standard error on a terminal; returns status, standard output and what the terminal got."""
    leader, follower = pty.openpty()
    command = [*toolCommand(SYNC), "--logfile", log, *arguments]
    environment = toolEnvironment(server.environment(), anyAws)
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=follower) as running:
        os.close(follower)
        seen = b""
        while True:
            try:
                data = os.read(leader, 1 << 16)
            except OSError:  # the other side is closed
                break
            seen += data
        assert running.stdout
        printed = running.stdout.read().decode()
    os.close(leader)
    return running.returncode, printed, seen.decode()


def test_a_terminal_shows_progress_that_is_gone_at_the_end(server: S3Server, anyAws: str, tmp_path: Path) -> None:
    files = {b"%d" % number: bytes(300_000) for number in range(40)}
    source = plantTree(tmp_path / "source", files)
    server.latency = 0.02
    status, printed, seen = onTerminal(server, anyAws, tmp_path / "log", source, "s3://bucket")
    assert (status, printed) == (0, "")
    for phase in ("walk", "listing", "sync: "):
        assert f"\r\x1b[K{phase}" in seen
    assert seen.endswith("\r\x1b[K")
    assert "\n" not in seen
    log = (tmp_path / "log").read_text()
    assert "\x1b" not in log
    assert "Completed" not in log
    assert stored(server) == files


def test_lines_do_not_run_into_the_progress(server: S3Server, anyAws: str, tmp_path: Path) -> None:
    server.putObject("bucket", b"extra", b"")
    source = plantTree(tmp_path / "source", [b"a"])
    _, _, seen = onTerminal(server, anyAws, tmp_path / "log", "--verifyOnly", source, "s3://bucket")
    lines = [line.rpartition("\x1b[K")[2].split(":")[0] for line in seen.split("\r\n")]
    assert lines == ["Missing", "Extra", "Not verified", ""]


def test_a_quiet_terminal_stays_empty(server: S3Server, anyAws: str, tmp_path: Path) -> None:
    source = plantTree(tmp_path / "source", [b"a"])
    assert onTerminal(server, anyAws, tmp_path / "log", "--quiet", source, "s3://bucket") == (0, "", "")


def test_a_pipe_gets_no_progress(syncOnce: Sync, tmp_path: Path) -> None:
    source = plantTree(tmp_path / "source", [b"a"])
    outcome = syncOnce(source, "s3://bucket")
    assert (outcome.status, outcome.stdout, outcome.stderr) == (0, "", "")
