"""What the tests share: the AWS CLIs of this machine, and S3 servers for them on loopback."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from testcase.awscommands import awsCommands
from testcase.runner import Outcome, runTool
from testcase.s3 import S3Server

# A change is judged by the same examples each time; new ones come with `make quick`, while somebody looks.
settings.register_profile("busy machine", deadline=None, derandomize=True)
settings.register_profile("quick", deadline=None, max_examples=10)
settings.load_profile("busy machine")

SYNC = "CedarBackup3.tools.amazons3sync"
RESTORE = "CedarBackup3.tools.amazons3restore"

_WHOEVER = {
    *("test_cli.py", "test_digestcache.py", "test_guards.py", "test_keyfile.py", "test_lock.py"),
    *("test_monitoring.py", "test_placing.py"),
    *("test_safepaths.py", "test_scan.py", "test_spool.py", "test_syslog.py", "test_systemd.py"),
}
"""Modules about owners, modes, locks and links, whose tests depend on who runs them."""


_SLOW = {
    *("test_awsidle.py", "test_tools.py"),
    "test_a_key_of_very_many_versions_takes_no_more_memory_than_one_of_many",
    "test_a_page_of_a_large_bucket_takes_little_work",
    "test_aws_lists_pages_and_reads_an_old_version",
    "test_aws_mirrors_awkward_names_and_a_file_in_parts",
    "test_errors_that_cannot_be_written_change_no_status",
    "test_every_number_of_descriptors_starts_the_child_or_says_that_it_could_not",
    "test_names_that_nobody_here_wrote",
    "test_no_more_files_are_open_than_may_be_and_the_limit_is_what_it_was",
    "test_nobody_there_to_read_changes_no_status",
    "test_of_ten_thousand_random_files_none_is_judged_wrongly",
    "test_progress_in_one_line_takes_about_as_much_work_as_in_many",
    "test_what_cannot_be_printed_changes_a_status_only_if_it_was_asked_for",
}
"""Modules and tests that take their time, or start aws without a fixture for it."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what depends on who runs it, and what is too slow to be run after each change."""
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        if item.path.name in _WHOEVER or "plainUser" in fixtures:
            item.add_marker("whoever")
        if {item.path.name, getattr(item, "originalname", "")} & _SLOW or fixtures & {"anyAws", "awsDirectory"}:
            item.add_marker("slow")


@pytest.fixture(scope="session", params=awsCommands() or [pytest.param("", marks=pytest.mark.skip("no AWS CLI"))])
def awsDirectory(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory that holds one AWS CLI and nothing else; a test with it runs once for each."""
    directory = tmp_path_factory.mktemp(f"aws-{request.param}")
    (directory / "aws").symlink_to(awsCommands()[request.param])
    return directory


@pytest.fixture(scope="session")
def anyAws() -> str:
    """The directory of one AWS CLI, for tests of which one run is enough."""
    found = next(iter(awsCommands().values()), None) or shutil.which("aws")
    if found is None:
        pytest.skip("no AWS CLI")
    return str(Path(found).parent)


@pytest.fixture
def server(request: pytest.FixtureRequest) -> Iterator[S3Server]:
    """An empty S3 server that has the bucket `bucket`, which keeps versions for tests that are marked `versioned`."""
    with S3Server(buckets=("bucket",), versioning=request.node.get_closest_marker("versioned") is not None) as running:
        yield running


Sync = Callable[..., Outcome]
Restore = Callable[..., Outcome]


@pytest.fixture
def sync(server: S3Server, awsDirectory: Path) -> Sync:
    """Runs cback-amazons3-sync on the server, once with each AWS CLI: `sync(source, "s3://bucket", "--verifyOnly")`."""
    return _toolOn(SYNC, server, awsDirectory)


@pytest.fixture
def syncOnce(server: S3Server, anyAws: str) -> Sync:
    """As `sync`, with one AWS CLI only."""
    return _toolOn(SYNC, server, Path(anyAws))


@pytest.fixture
def restore(server: S3Server, awsDirectory: Path) -> Restore:
    """Runs cback-amazons3-restore on the server, once with each AWS CLI: `restore("s3://bucket", target, "--list")`."""
    return _toolOn(RESTORE, server, awsDirectory)


@pytest.fixture
def restoreOnce(server: S3Server, anyAws: str) -> Restore:
    """As `restore`, with one AWS CLI only."""
    return _toolOn(RESTORE, server, Path(anyAws))


def _toolOn(module: str, server: S3Server, usual: Path) -> Callable[..., Outcome]:
    def run(
        *arguments: str | bytes | Path,
        environment: Mapping[str, str] | None = None,
        awsDirectory: Path = usual,
        **more: Any,
    ) -> Outcome:
        chosen = {**server.environment(), **(environment or {})}
        return runTool(module, arguments, environment=chosen, awsDirectory=awsDirectory, **more)

    return run
