"""The client of a session with an aws that misbehaves: a failure with a reason, never a short answer, never a hang."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from CedarBackup3.amazons3.aws.locale import awsLocale
from CedarBackup3.amazons3.aws.session.client import Session, SessionLost, awsSession, sessionDiagnosis, sessionOf
from CedarBackup3.amazons3.aws.settings import AwsSettings
from CedarBackup3.errors import CedarBackupError, CommandFailed

SCRIPT = """#!{python} -I
import json, os, signal, sys, time

def say(line, *pieces):
    os.write(1, json.dumps(line).encode() + b"\\n" + b"".join(pieces))

def hello(): say({{"protocol": 1, "aws": "1.2.3"}})

def asked(): return json.loads(sys.stdin.readline())

def page(number, keys=b"a\\nb", **more):
    count = len(keys.split(b"\\n"))
    pieces = [keys, *(b"\\n".join([each] * count) for each in (b"1", b"2026-01-01T00:00:00Z", b'"e"'))]
    facts = {{"count": count, "isTruncated": False, "token": None, "took": 0.1, **more}}
    say({{"id": number, "answer": facts, "bytes": [len(each) for each in pieces]}}, *pieces)

{code}
"""

Start = Callable[..., contextlib.AbstractContextManager[AwsSettings]]


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Start:
    """Settings with a session whose aws is a script: `with start("hello(); ...", timeLimit=1) as settings`."""

    @contextlib.contextmanager
    def started(code: str, **more: float) -> Iterator[AwsSettings]:
        script = tmp_path / "aws"
        script.write_text(SCRIPT.format(python=sys.executable, code=code))
        script.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
        with awsSession(AwsSettings(awsLocale(), **more)) as settings:  # type: ignore[arg-type]
            yield settings

    return started


def running(settings: AwsSettings) -> Session:
    session = sessionOf(settings, pays=True)
    assert session is not None, settings.session and settings.session.whyNot
    return session


NO_SESSION = {
    "an aws without the plugin": ("sys.stderr.write('Invalid choice\\n'); sys.exit(252)", "Invalid choice"),
    "one that is quiet": ("sys.exit(0)", "printed no error"),
    "another protocol": ("say({'protocol': 2, 'aws': '9'}); time.sleep(99)", "no answer"),
    "something else printed": ("print('usage: aws', flush=True); time.sleep(99)", "usage: aws"),
    "an answer before the hello": ("say({'id': 1, 'end': {}}); time.sleep(99)", "no answer"),
    "bytes": ("os.write(1, b'\\xff\\x00\\n'); time.sleep(99)", "no answer"),
    "nothing": ("time.sleep(99)", "not begin to answer within 1 s"),
    "half a line": ("os.write(1, b'{\"protocol\"'); sys.exit(1)", "ended"),
    "what stands on its own errors": ("os.close(1); time.sleep(99)", ""),
}

SILENT = {"nothing", "what stands on its own errors"}


@pytest.mark.parametrize("name", NO_SESSION)
def test_without_a_hello_there_is_no_session(start: Start, name: str, caplog: pytest.LogCaptureFixture) -> None:
    code, reason = NO_SESSION[name]
    caplog.set_level("DEBUG", "CedarBackup3.log")
    limits = {"timeLimit": 1.0} if name in SILENT else {}  # the others answer, however long they take to start
    with start(code, **limits) as settings:
        assert sessionOf(settings, pays=True) is None
        assert sessionOf(settings, pays=True) is None
        assert settings.session and reason in settings.session.whyNot
    assert [record.levelname for record in caplog.records if "No session" in record.message] == ["DEBUG"]


def test_without_an_aws_there_is_no_session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "none: each question" in sessionDiagnosis(AwsSettings(awsLocale()))
    assert "--awsSession never" in sessionDiagnosis(AwsSettings(awsLocale(), sessionWanted="never"))


def test_nothing_is_started_unless_it_pays(start: Start, tmp_path: Path) -> None:
    with start(f"open({str(tmp_path / 'started')!r}, 'w'); hello(); sys.stdin.read()") as settings:
        assert sessionOf(settings, pays=False) is None
        assert not (tmp_path / "started").exists()
        assert sessionOf(settings, pays=True) is sessionOf(settings, pays=False) is not None
        with awsSession(settings) as inner:
            assert inner is settings


LOST = {
    "it dies": "sys.exit(1)",
    "it is killed": "os.kill(os.getpid(), 9)",
    "it dies behind a page": "page(n)",
    "it dies within a page": 'os.write(1, b\'{"id": 1, "answer": {}, "bytes": [9]}\\nabc\')',
    "it dies within a line": 'page(n); os.write(1, b\'{"id": 1, "en\')',
    "it answers no answer": "page(n); say({'id': n, 'what': 1}); time.sleep(99)",
    "it prints": "page(n); os.write(1, b'Enter MFA code:\\n'); time.sleep(99)",
    "columns are not equally long": "page(n, count=3); time.sleep(99)",
    "a time is no number": "page(n, took='x'); time.sleep(99)",
    "lengths are none": "say({'id': n, 'answer': {}, 'bytes': ['x']}); time.sleep(99)",
    "lengths are below nothing": "say({'id': n, 'answer': {}, 'bytes': [5, -5]}); time.sleep(99)",
    "its child holds the pipes": "page(n); os.fork() or time.sleep(20)",
}


@pytest.mark.parametrize("name", LOST)
def test_an_answer_that_ends_early_is_a_failure(start: Start, name: str) -> None:
    with start(f"hello(); n = asked()['id']; {LOST[name]}") as settings:
        session = running(settings)
        with pytest.raises(SessionLost):
            list(session.listObjects("bucket", ""))
        if "columns" not in name and "time" not in name:
            with pytest.raises(SessionLost):
                session.headObject("bucket", "a")
            assert sessionOf(settings, pays=True) is None


def test_every_question_under_way_fails_with_the_session(start: Start) -> None:
    failed: list[int] = []

    def ask() -> None:
        try:
            session.headObject("bucket", "a")
        except SessionLost:
            failed.append(1)

    with start("hello(); [asked() for _ in range(5)]; sys.exit(3)") as settings:
        session = running(settings)
        threads = [threading.Thread(target=ask) for _ in range(5)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(failed) == 5


@pytest.mark.parametrize(
    ("limit", "kind", "said"),
    [("timeLimit", CommandFailed, "(--awsTimeout)"), ("idleLimit", CedarBackupError, "(--awsIdleTimeout)")],
)
def test_an_aws_that_hangs_is_stopped(start: Start, limit: str, kind: type[CedarBackupError], said: str) -> None:
    for seconds in (1, 4, 16, 64):
        with start("hello(); asked(); time.sleep(999)", **{limit: seconds}) as settings:
            session = sessionOf(settings, pays=True)
            if session is None:  # a busy machine has taken longer to start it, to which the limit holds as well
                continue
            with pytest.raises(kind) as caught:
                session.headObject("bucket", "a")
        assert said in str(caught.value)
        assert not isinstance(caught.value, SessionLost)  # no other aws would fare better
        return
    pytest.fail("never started")


def test_what_s3_refuses_fails_with_its_code_and_what_to_do(start: Start) -> None:
    refusal = "An error occurred (NoSuchBucket) when calling the HeadObject operation: \\x1bgone"
    error = f"{{'code': 'NoSuchBucket', 'status': 404, 'message': '{refusal}'}}"
    code = f"hello(); say({{'id': asked()['id'], 'error': {error}}})"
    with start(f"{code}; sys.stdin.read()") as settings, pytest.raises(CommandFailed) as caught:
        running(settings).headObject("bucket", "a")
    assert (caught.value.code, isinstance(caught.value, SessionLost)) == ("NoSuchBucket", False)
    assert str(caught.value).isprintable()
    assert "aws s3 mb" in str(caught.value)


@pytest.mark.parametrize(
    ("code", "ask", "isLost"),
    [
        *((code, "headObject", True) for code in ("ExpiredToken", "InvalidAccessKeyId", "InvalidToken")),
        ("400", "headBucket", True),
        ("400", "headObject", False),  # so S3 answers for an object with a key of the customer's, too
        ("SignatureDoesNotMatch", "headObject", False),  # so some servers answer for odd keys
        ("AccessDenied", "headObject", False),
    ],
)
def test_credentials_that_are_replaced_under_way_are_left_to_another_aws(
    start: Start, code: str, ask: str, isLost: bool
) -> None:
    words = ("bucket", "key") if ask == "headObject" else ("bucket",)
    refusal = f"say({{'id': asked()['id'], 'error': {{'code': '{code}', 'status': 400, 'message': 'no'}}}})"
    answer = "say({'id': asked()['id'], 'end': {}})"
    with start(f"hello(); {refusal}; {answer}; {refusal}; sys.stdin.read()") as settings:
        session = running(settings)
        with pytest.raises(CommandFailed) as caught:  # wrong from the beginning: another aws would do no better
            getattr(session, ask)(*words)
        assert not isinstance(caught.value, SessionLost)
        getattr(session, ask)(*words)
        with pytest.raises(CommandFailed) as caught:
            getattr(session, ask)(*words)
        assert isinstance(caught.value, SessionLost) == isLost == (sessionOf(settings, pays=True) is None)


def test_a_listing_that_is_left_is_given_up(start: Start, tmp_path: Path) -> None:
    code = f"""
hello()
n = asked()["id"]
for _ in range(3): page(n)
with open({str(tmp_path / "told")!r}, "w") as file:
    for line in sys.stdin: print(line, end="", file=file, flush=True)
"""
    with start(code) as settings, contextlib.closing(running(settings).listObjects("bucket", "")) as pages:
        assert next(pages).keys == [b"a", b"b"]
    assert "cancel" in (tmp_path / "told").read_text()


def test_a_question_may_be_given_up(start: Start) -> None:
    with start("hello(); sys.stdin.read()") as settings:
        session = running(settings)
        assert list(session.listObjects("bucket", "", shouldStop=lambda: True)) == []
        with pytest.raises(CommandFailed, match="given up"):
            session.getObject("bucket", "a", "", b"/nowhere", shouldStop=lambda: True)


def test_it_ends_with_the_context_whatever_it_does(start: Start, tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    code = (
        f"signal.signal(15, signal.SIG_IGN); open({str(pid)!r}, 'w').write(str(os.getpid())); hello(); time.sleep(99)"
    )
    with start(code) as settings:
        session = running(settings)
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text()), 0)
    with pytest.raises(SessionLost, match="has been ended"):
        session.headObject("bucket", "a")


def test_a_request_larger_than_a_pipe_goes_out_while_answers_come(start: Start) -> None:
    code = "hello(); time.sleep(0.5); n = asked(); say({'id': n['id'], 'end': {'Errors': []}}); sys.stdin.read()"
    with start(code) as settings:
        assert running(settings).deleteObjects("bucket", ["x" * 1000] * 1000) == []


def test_secrets_are_not_in_the_reason(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "very-secret-indeed")
    with start("sys.stderr.write('bad: ' + os.environ['AWS_SECRET_ACCESS_KEY']); sys.exit(1)") as settings:
        assert sessionOf(settings, pays=True) is None
        assert settings.session and "bad: ***" in settings.session.whyNot
