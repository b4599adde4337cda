"""The scenario for any server: on one that does all, and on one that does not. It touches nothing but its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from testcase.runner import toolEnvironment
from testcase.s3 import S3Server

from .harness import stored

pytestmark = pytest.mark.timeout(1800)  # about forty starts of aws each, which a loaded machine takes ten minutes for

_SCRIPT = Path(__file__).resolve().parents[2] / "util/serverscenario.py"


def scenario(
    aws: str, environment: Mapping[str, str], *arguments: str
) -> tuple[subprocess.CompletedProcess[str], list[tuple[str, str]]]:
    """What has ended, and of each step how it was judged, and its name."""
    done = subprocess.run(
        [sys.executable, _SCRIPT, *arguments],
        env=toolEnvironment({"TMPDIR": os.environ.get("TMPDIR", "/tmp"), **environment}, aws),
        capture_output=True,
        text=True,
        check=False,
    )
    return done, re.findall(r"^(ok|NO)  (.*?) {2,}", done.stdout, re.MULTILINE)


def test_on_a_server_that_does_all_every_step_is_as_expected_and_nothing_remains(anyAws: str) -> None:
    with S3Server(buckets=("bucket",)) as server:
        server.putObject("bucket", b"mine", b"1")
        environment = server.environment()
        server.accessKey = environment["AWS_ACCESS_KEY_ID"]
        done, steps = scenario(anyAws, environment, server.endpointUrl, "--files", "12", "--markdown", "test")
        assert (done.returncode, done.stderr, {judged for judged, _ in steps}) == (0, "", {"ok"}), done
        assert re.search(
            rf"^\| test \| aws-cli/[\d.]+ \| {len(steps)} of {len(steps)} \| nothing \|$", done.stdout, re.M
        )
        assert "restore --atTime" in {name for _, name in steps}
        assert "not tried" not in done.stdout
        (made,) = {asked.bucket for asked in server.requests if asked.operation == "CreateBucket"}
        changing = {asked.bucket for asked in server.requests if asked.method not in {"GET", "HEAD"}}
        assert changing == {made}
        assert server.requests[-1].operation == "DeleteBucket"  # which is refused if anything is left in it
        assert stored(server) == {b"mine": b"1"}


@pytest.fixture
def moto() -> Iterator[str]:
    server = pytest.importorskip("moto.server", reason="no moto").ThreadedMotoServer(
        ip_address="127.0.0.1", port=0, verbose=False
    )
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


def test_what_a_server_cannot_do_is_said_and_a_bucket_of_others_keeps_what_it_had(anyAws: str, moto: str) -> None:
    import boto3

    with S3Server() as other:
        environment = {**other.environment(), "AWS_ENDPOINT_URL": moto}
    client = boto3.client(
        "s3", endpoint_url=moto, region_name="us-east-1", aws_access_key_id="any", aws_secret_access_key="any"
    )
    client.create_bucket(Bucket="others")
    client.put_object(Bucket="others", Key="mine", Body=b"1")
    done, steps = scenario(anyAws, environment, moto, "--files", "6", "--bucket", "others")
    assert (done.returncode, done.stderr) == (1, ""), done
    assert [name for judged, name in steps if judged == "NO"] == ["control characters in names", "wrong credentials"]
    assert "restore --atTime" in {name for judged, name in steps if judged == "ok"}
    assert "not tried: the bucket keeps no versions" in done.stdout
    assert [each["Key"] for each in client.list_objects_v2(Bucket="others")["Contents"]] == ["mine"]
    buckets = [each["Name"] for each in client.list_buckets()["Buckets"]]  # other tests have theirs on this server
    assert [name for name in buckets if name.startswith("cback-")] == []


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["s3.example.com"], "does not begin with http"),
        (["http://127.0.0.1:1", "--files", "5"], "--files must be 6 at least"),
    ],
)
def test_bad_arguments_are_refused_before_anything_is_asked(anyAws: str, arguments: list[str], reason: str) -> None:
    done, steps = scenario(anyAws, {}, *arguments)
    assert (done.returncode, reason in done.stderr, steps) == (2, True, []), done


@pytest.mark.parametrize("bucket", [[], ["--bucket", "bucket"]], ids=["own", "given"])
def test_a_server_that_refuses_everything_ends_it_without_a_traceback(anyAws: str, bucket: list[str]) -> None:
    with S3Server() as server:
        server.accessKey = "another"
        done, steps = scenario(anyAws, server.environment(), server.endpointUrl, "--files", "6", *bucket)
        assert done.returncode == 1
        assert "Traceback" not in done.stderr + done.stdout
        assert "InvalidAccessKeyId" in done.stderr
        assert bool(steps) == bool(bucket)
