"""An aws that does nothing is stopped, whatever it was to do."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from testcase.runner import Outcome
from testcase.s3 import Fault, Hang, S3Server
from testcase.trees import plantTree

from .harness import Restore, Sync, awsStandIn, stored

IDLE = ("--awsIdleTimeout", "3")
SENTENCE = r"did nothing for \d+ s \(--awsIdleTimeout\); check for a file system"


def hangingAt(subcommand: str, tmp_path: Path, real: str) -> Path:
    """An aws that waits, with no end that a test would see, as soon as it is to do that."""
    hangs = f'case "$2" in {subcommand}) echo $$ >> {tmp_path}/pids; exec sleep 600;; esac'
    return awsStandIn(tmp_path / "commands", Path(real), before=hangs)


def requireStopped(run: Callable[..., Outcome], tmp_path: Path, *words: str | Path, awsDirectory: Path) -> Outcome:
    """Run the tool with such an aws, which has to be stopped when it hangs; returns how that ended."""
    # So long the server of a busy machine may need for an answer, for which aws waits.
    for seconds in ("3", "12", "48"):
        outcome = run(*words, "--awsIdleTimeout", seconds, awsDirectory=awsDirectory)
        assert outcome.status == 6
        assert re.search(SENTENCE, outcome.stderr)
        if (tmp_path / "pids").exists():
            break
    pids = (tmp_path / "pids").read_text().split()
    assert pids
    assert not [pid for pid in pids if Path("/proc", pid).exists()]
    return outcome


@pytest.mark.parametrize("subcommand", ["list-objects-v2", "cp", "delete-objects"])
def test_a_sync_stops_an_aws_that_does_nothing_and_fails(
    syncOnce: Sync, server: S3Server, tmp_path: Path, anyAws: str, subcommand: str
) -> None:
    source = plantTree(tmp_path / "source", [b"a"])
    server.putObject("bucket", b"old", b"1")
    commands = hangingAt(subcommand, tmp_path, anyAws)
    outcome = requireStopped(syncOnce, tmp_path, source, "s3://bucket", "--awsSession", "never", awsDirectory=commands)
    assert len(outcome.stderr.splitlines()) == 1
    assert b"old" in stored(server)


@pytest.mark.parametrize("subcommand", ["list-object-versions", "get-object", "sync"])
def test_a_restore_stops_an_aws_that_does_nothing_and_fails(
    restoreOnce: Restore, server: S3Server, tmp_path: Path, anyAws: str, subcommand: str
) -> None:
    for number in range(200 if subcommand == "sync" else 2):
        server.putObject("bucket", b"%d" % number, b"1")
    target = tmp_path / "target"
    words = ("--awsSession", "never", "s3://bucket", target)
    requireStopped(restoreOnce, tmp_path, *words, awsDirectory=hangingAt(subcommand, tmp_path, anyAws))
    assert restoreOnce(*words).status == 0


def test_a_program_that_makes_no_credentials_is_noticed(sync: Sync, tmp_path: Path) -> None:
    source = plantTree(tmp_path / "source", [b"a"])
    configuration = tmp_path / "config"
    configuration.write_text("[profile stuck]\nregion = eu-west-3\ncredential_process = /bin/sleep 600\n")
    outcome = sync(
        source, "s3://bucket", *IDLE, "--profile", "stuck", environment={"AWS_CONFIG_FILE": str(configuration)}
    )
    assert outcome.status == 6
    assert re.search(SENTENCE, outcome.stderr)


def test_a_server_that_says_nothing_for_longer_is_noticed(syncOnce: Sync, server: S3Server, tmp_path: Path) -> None:
    source = plantTree(tmp_path / "source", [b"a"])
    server.addFault(Fault("ListObjectsV2", Hang()))
    outcome = syncOnce(source, "s3://bucket", *IDLE)
    assert outcome.status == 6
    assert re.search(SENTENCE, outcome.stderr)


@pytest.mark.parametrize("switches", [(), ("--awsIdleTimeout", "0")], ids=["by default", "without a limit"])
def test_a_server_that_is_slow_is_waited_for(
    syncOnce: Sync, server: S3Server, tmp_path: Path, switches: tuple[str, ...]
) -> None:
    source = plantTree(tmp_path / "source", [b"a"])
    server.addFault(Fault("*", Hang(1), times=2))
    assert syncOnce(source, "s3://bucket", *switches).status == 0
