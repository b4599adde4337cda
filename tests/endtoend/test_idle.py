"""An aws that does nothing is stopped, whatever it was to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from testcase.s3 import Fault, Hang, S3Server
from testcase.trees import plantTree

from .harness import Restore, Sync, awsStandIn, stored

IDLE = ("--awsIdleTimeout", "3")
SENTENCE = "did nothing for 3 s (--awsIdleTimeout); check for a file system"


def hangingAt(subcommand: str, tmp_path: Path, real: str) -> Path:
    """An aws that waits, with no end that a test would see, as soon as it is to do that."""
    hangs = f'case "$2" in {subcommand}) echo $$ >> {tmp_path}/pids; exec sleep 600;; esac'
    return awsStandIn(tmp_path / "commands", Path(real), before=hangs)


def requireNoneLeft(tmp_path: Path) -> None:
    pids = (tmp_path / "pids").read_text().split()
    assert pids
    assert not [pid for pid in pids if Path("/proc", pid).exists()]


@pytest.mark.parametrize("subcommand", ["list-objects-v2", "cp", "delete-objects"])
def test_a_sync_stops_an_aws_that_does_nothing_and_fails(
    syncOnce: Sync, server: S3Server, tmp_path: Path, anyAws: str, subcommand: str
) -> None:
    source = plantTree(tmp_path / "source", [b"a"])
    server.putObject("bucket", b"old", b"1")
    outcome = syncOnce(source, "s3://bucket", *IDLE, awsDirectory=hangingAt(subcommand, tmp_path, anyAws))
    assert outcome.status == 6
    assert SENTENCE in outcome.stderr
    assert len(outcome.stderr.splitlines()) == 1
    assert b"old" in stored(server)
    requireNoneLeft(tmp_path)


@pytest.mark.parametrize("subcommand", ["list-object-versions", "get-object", "sync"])
def test_a_restore_stops_an_aws_that_does_nothing_and_fails(
    restoreOnce: Restore, server: S3Server, tmp_path: Path, anyAws: str, subcommand: str
) -> None:
    for number in range(200 if subcommand == "sync" else 2):
        server.putObject("bucket", b"%d" % number, b"1")
    target = tmp_path / "target"
    words = ("--awsSession", "never", "s3://bucket", target)
    outcome = restoreOnce(*words, *IDLE, awsDirectory=hangingAt(subcommand, tmp_path, anyAws))
    assert outcome.status == 6
    assert SENTENCE in outcome.stderr
    requireNoneLeft(tmp_path)
    assert restoreOnce(*words).status == 0


def test_a_program_that_makes_no_credentials_is_noticed(sync: Sync, tmp_path: Path) -> None:
    source = plantTree(tmp_path / "source", [b"a"])
    configuration = tmp_path / "config"
    configuration.write_text("[profile stuck]\nregion = eu-west-3\ncredential_process = /bin/sleep 600\n")
    outcome = sync(
        source, "s3://bucket", *IDLE, "--profile", "stuck", environment={"AWS_CONFIG_FILE": str(configuration)}
    )
    assert outcome.status == 6
    assert SENTENCE in outcome.stderr


def test_a_server_that_says_nothing_for_longer_is_noticed(syncOnce: Sync, server: S3Server, tmp_path: Path) -> None:
    source = plantTree(tmp_path / "source", [b"a"])
    server.addFault(Fault("ListObjectsV2", Hang()))
    outcome = syncOnce(source, "s3://bucket", *IDLE)
    assert outcome.status == 6
    assert SENTENCE in outcome.stderr


@pytest.mark.parametrize("switches", [(), ("--awsIdleTimeout", "0")], ids=["by default", "without a limit"])
def test_a_server_that_is_slow_is_waited_for(
    syncOnce: Sync, server: S3Server, tmp_path: Path, switches: tuple[str, ...]
) -> None:
    source = plantTree(tmp_path / "source", [b"a"])
    server.addFault(Fault("*", Hang(1), times=2))
    assert syncOnce(source, "s3://bucket", *switches).status == 0
