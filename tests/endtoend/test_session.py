"""A session with the real AWS CLIs: every question, and what the user has configured."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import product
from pathlib import Path

import pytest

from CedarBackup3.amazons3.aws.locale import awsLocale
from CedarBackup3.amazons3.aws.session.client import Session, SessionLost, awsSession, sessionOf
from CedarBackup3.amazons3.aws.settings import AwsSettings
from CedarBackup3.errors import CommandFailed
from testcase.s3 import CEPH, DENY, CutBody, Fault, Manners, S3Server

from .harness import at, put

KEYS = (b"p/", b"p/ +%20", b"p/\x01\x1f\n", b"p/\xc3\xbc/a", b"p/a&b<c>\"'", b"p/None", b"p/z")

Start = Callable[..., contextlib.AbstractContextManager[Session]]


pytestmark = pytest.mark.versioned


@pytest.fixture
def start(server: S3Server, awsDirectory: Path, monkeypatch: pytest.MonkeyPatch) -> Start:
    """Starts a session with each AWS CLI: `with start() as session`."""

    @contextlib.contextmanager
    def started(**environment: str) -> Iterator[Session]:
        variables = {**server.environment(), "PATH": f"{awsDirectory}:{os.environ['PATH']}", **environment}
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        with awsSession(AwsSettings(awsLocale())) as settings:
            session = sessionOf(settings, pays=True)
            assert session is not None, settings.session and settings.session.whyNot
            yield session

    return started


def test_a_listing_has_every_object(server: S3Server, start: Start) -> None:
    put(server, dict.fromkeys(sorted(KEYS), b"123"), 0, b"")
    put(server, {b"p/": b""}, 1, b"")
    with start() as session:
        for manners, pageSize in product((Manners(), CEPH), (1, 3, 1000)):
            server.manners, server.pageSize = manners, pageSize
            requireEveryObject(session, pageSize)


def requireEveryObject(session: Session, pageSize: int) -> None:
    pages = list(session.listObjects("bucket", "p/"))
    assert [key for page in pages for key in page.keys] == sorted(KEYS)
    assert [size for page in pages for size in page.sizes] == [0] + [3] * (len(KEYS) - 1)
    assert {time for page in pages for time in page.times} == {
        "2026-01-01T00:00:00.000Z",
        "2026-01-01T00:00:01.000Z",
    }
    assert all(etag == f'"{etag[1:-1]}"' and len(etag) == 34 for page in pages for etag in page.etags)
    assert [page.isTruncated for page in pages] == [True] * (len(pages) - 1) + [False]
    assert [page.keys for page in session.listObjects("bucket", "nothing/")] == [[]]
    behind = [key for page in session.listObjects("bucket", "p/", startAfter="p/a&b<c>\"'") for key in page.keys]
    assert behind == [key for key in sorted(KEYS) if key > b"p/a&b<c>\"'"]
    upTo = [key for page in session.listObjects("bucket", "p/", endKey="p/ +%20") for key in page.keys]
    assert upTo == sorted(KEYS)[: min(-(-3 // pageSize) * pageSize, len(KEYS))]


def test_listings_side_by_side_do_not_hinder_each_other(server: S3Server, start: Start) -> None:
    put(server, {b"p/%03d" % number: b"" for number in range(100)}, 0, b"")
    server.pageSize = 3
    with start() as session:
        streams = [session.listObjects("bucket", "p/") for _ in range(20)]
        firsts = [next(stream) for stream in streams]  # none of them is read on, and yet all others answer
        assert session.headObject("bucket", "p/001")["ContentLength"] == 0
        rest = [[key for page in stream for key in page.keys] for stream in streams]
    assert all(len(first.keys) + len(others) == 100 for first, others in zip(firsts, rest, strict=True))


def test_ties_of_versions_and_markers_come_in_the_order_of_the_server(server: S3Server, start: Start) -> None:
    for _ in range(3):
        put(server, {b"p/ +%20\x01": b"x"}, 0, b"")
        server.deleteObject("bucket", b"p/ +%20\x01", lastModified=at(0))
    expected = [(key.decode(), each.versionId) for key, found in server.versions("bucket").items() for each in found]
    with start() as session:
        for pageSize in (0, 1, 2):
            listed: list[tuple[str, str | None]] = []
            kinds: list[bool] = []
            marker, versionId = "", ""
            while True:
                page = session.listVersions("bucket", "p/", marker, versionId, pageSize)
                listed += [(key, version) for key, version, *_ in page.rows]
                kinds += [row[4] is None for row in page.rows]
                if not page.isTruncated:
                    break
                marker, versionId = page.rows[-1][0], page.rows[-1][1] or ""
            assert (listed, kinds) == (expected, [True, False] * 3)


def test_a_version_is_fetched_into_a_new_file_only(server: S3Server, start: Start, tmp_path: Path) -> None:
    content = os.urandom(3_000_000)
    put(server, {b"p/\x01+": content}, 0, b"")
    put(server, {b"p/\x01+": b"new"}, 1, b"")
    old = server.versions("bucket")[b"p/\x01+"][-1].versionId
    file = os.fsencode(tmp_path) + b"/\xff\n"
    (tmp_path / "link").symlink_to(tmp_path / "beyond")
    with start() as session:
        received = session.getObject("bucket", "p/\x01+", old, file)
        assert (received.size, received.facts["ContentLength"]) == (3_000_000, 3_000_000)
        assert Path(os.fsdecode(file)).read_bytes() == content
        assert os.stat(file).st_mode & 0o777 == 0o600
        for there in (file, os.fsencode(tmp_path / "link"), os.fsencode(tmp_path / "no/such")):
            with pytest.raises(CommandFailed):
                session.getObject("bucket", "p/\x01+", "", there)
        server.addFault(Fault("GetObject", CutBody(1000)))
        with pytest.raises(CommandFailed):
            session.getObject("bucket", "p/\x01+", old, file + b"2")
    assert sorted(os.listdir(os.fsencode(tmp_path))) == [b"link", b"\xff\n"]


def test_objects_are_deleted_and_errors_are_told_by_key(server: S3Server, start: Start) -> None:
    put(server, {b"p/%d" % number: b"" for number in range(5)}, 0, b"")
    server.addFault(Fault("DeleteObjects", DENY, key=b"p/3"))
    with start() as session:
        failed = session.deleteObjects("bucket", [f"p/{number}" for number in range(5)])
        session.deleteObject("bucket", "p/3\x01")
        assert [(each.key, each.code) for each in failed] == [("p/3", "AccessDenied")]
    assert list(server.objects("bucket")) == [b"p/3"]


def test_what_s3_refuses_is_told_with_its_code(server: S3Server, start: Start, tmp_path: Path) -> None:
    with start() as session:
        questions: list[Callable[[], object]] = [
            lambda: list(session.listObjects("no-bucket", "")),
            lambda: session.listVersions("no-bucket", ""),
            lambda: session.deleteObjects("no-bucket", ["a"]),
            lambda: session.getObject("no-bucket", "a", "", os.fsencode(tmp_path / "a")),
        ]
        for question in questions:
            with pytest.raises(CommandFailed) as caught:
                question()
            assert (caught.value.code, isinstance(caught.value, SessionLost)) == ("NoSuchBucket", False)
        with pytest.raises(CommandFailed) as caught:
            session.headObject("bucket", "a")
        assert caught.value.code == "404"


def test_a_bucket_of_somebody_else_is_refused(
    server: S3Server, awsDirectory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {**server.environment(), "PATH": f"{awsDirectory}:{os.environ['PATH']}"}.items():
        monkeypatch.setenv(name, value)
    with awsSession(AwsSettings(awsLocale(), expectedBucketOwner="999999999999")) as settings:
        session = sessionOf(settings, pays=True)
        assert session
        with pytest.raises(CommandFailed) as caught:
            list(session.listObjects("bucket", ""))
    assert caught.value.code == "AccessDenied"


PLUGIN = """
import os
def awscli_initialize(events):
    open(os.environ["SEEN"], "a").write("seen ")
"""


def test_the_users_plugins_are_loaded_as_without_us(start: Start, tmp_path: Path, awsDirectory: Path) -> None:
    (tmp_path / "own_plugin.py").write_text(PLUGIN)
    isVersion2 = "/usr/bin" in os.readlink(awsDirectory / "aws")
    config = tmp_path / "config"
    path = f"cli_legacy_plugin_path = {tmp_path}\n" if isVersion2 else ""
    config.write_text(f"[plugins]\nown = own_plugin\n{path}[default]\nregion = eu-west-3\n")
    with start(AWS_CONFIG_FILE=str(config), PYTHONPATH=str(tmp_path), SEEN=str(tmp_path / "seen")) as session:
        assert list(session.listObjects("bucket", ""))
    assert (tmp_path / "seen").read_text() == "seen "


def test_programs_for_credentials_see_the_users_environment(server: S3Server, start: Start, tmp_path: Path) -> None:
    program = tmp_path / "program"
    program.write_text(
        f"#!/bin/sh\nenv > {tmp_path}/seen\n"
        'echo \'{"Version": 1, "AccessKeyId": "AKIAIOSFODNN7EXAMPLE", "SecretAccessKey": "secretsecret"}\'\n'
    )
    program.chmod(0o755)
    config = tmp_path / "config"
    config.write_text(f"[profile own]\ncredential_process = {program}\nregion = us-east-1\n")
    names = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
    with start(AWS_CONFIG_FILE=str(config), AWS_PROFILE="own", **dict.fromkeys(names, "")) as session:
        assert list(session.listObjects("bucket", ""))
    seen = dict(line.split("=", 1) for line in (tmp_path / "seen").read_text().splitlines() if "=" in line)
    assert seen["AWS_CONFIG_FILE"] == str(config)
    assert "aws/session/plugin" not in seen.get("PYTHONPATH", "")
    assert "CBACK_AWS_SESSION_RESTORED" not in seen


def test_a_server_that_is_slow_for_one_question_answers_the_others(server: S3Server, start: Start) -> None:
    put(server, {b"p/a": b"x"}, 0, b"")
    server.latency = timedelta(seconds=0.2).total_seconds()
    with start() as session:
        stream = session.listObjects("bucket", "p/")
        assert session.headObject("bucket", "p/a")["ContentLength"] == 1
        assert next(stream).took >= 0.2
