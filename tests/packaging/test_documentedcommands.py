"""What the documents have a user type for aws does what they say, with the server that the guide names."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from testcase.runner import toolEnvironment
from testcase.s3 import S3Server

_DOCS = Path(__file__).resolve().parent.parent.parent / "docs"


@pytest.fixture
def server() -> Iterator[S3Server]:
    """A server without any bucket."""
    with S3Server(buckets=()) as running:
        yield running


def _commands(document: str, *subcommands: str) -> list[list[str]]:
    """The words of a document's command lines for aws that have one of the subcommands."""
    lines = re.findall(r"^ {4}aws (.*)$", (_DOCS / document).read_text("utf-8"), re.MULTILINE)
    return [words for words in map(shlex.split, lines) if set(words[1:2]) & {*subcommands}]


def _run(server: S3Server, aws: Path, directory: Path, words: list[str]) -> Any:
    """Run aws as the documents say for another service than Amazon's; returns what it printed as JSON."""
    environment = toolEnvironment(server.environment(), aws)
    del environment["AWS_ENDPOINT_URL"]
    command = ["aws", *words, "--endpoint-url", server.endpointUrl]
    done = subprocess.run(command, env=environment, cwd=directory, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout) if done.stdout.startswith("{") else None


def test_the_first_commands_make_a_bucket_that_keeps_versions(
    server: S3Server, awsDirectory: Path, tmp_path: Path
) -> None:
    commands = _commands("first-backup.md", "mb", "put-bucket-versioning")
    assert len(commands) == 2
    for words in commands:
        _run(server, awsDirectory, tmp_path, words)
    shown = _run(server, awsDirectory, tmp_path, ["s3api", "get-bucket-versioning", "--bucket", "my-bucket"])
    assert shown == {"Status": "Enabled"}


def test_the_rules_for_old_versions_are_taken_as_they_are_written(
    server: S3Server, awsDirectory: Path, tmp_path: Path
) -> None:
    _run(server, awsDirectory, tmp_path, ["s3", "mb", "s3://my-bucket"])
    (rules,) = re.findall(
        r"^```json\n(.*?)^```", (_DOCS / "versioning.md").read_text("utf-8"), re.DOTALL | re.MULTILINE
    )
    (tmp_path / "lifecycle.json").write_text(rules)
    for words in _commands("versioning.md", "put-bucket-versioning", "put-bucket-lifecycle-configuration"):
        _run(server, awsDirectory, tmp_path, words)
    asking = ["s3api", "get-bucket-lifecycle-configuration", "--bucket", "my-bucket"]
    assert _run(server, awsDirectory, tmp_path, asking)["Rules"] == json.loads(rules)["Rules"]


def test_an_aws_of_debian_12_needs_the_endpoint_as_a_switch(
    server: S3Server, awsDirectory: Path, tmp_path: Path
) -> None:
    """Which is why the documents name `--endpoint-url` wherever they have another service's user type aws."""
    version = subprocess.run([awsDirectory / "aws", "--version"], capture_output=True, text=True, check=True).stdout
    if not version.startswith("aws-cli/2.9."):
        pytest.skip(f"{version.split()[0]} reads AWS_ENDPOINT_URL")
    # Without the switch it would go to Amazon; a proxy that is not there keeps it from leaving this machine.
    environment = {**toolEnvironment(server.environment(), awsDirectory), "HTTPS_PROXY": "http://127.0.0.1:9"}
    environment = {name: value for name, value in environment.items() if name.lower() != "no_proxy"}
    words = ["aws", "s3api", "list-buckets"]
    done = subprocess.run(words, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "127.0.0.1:9" in done.stderr
    assert not server.requests
