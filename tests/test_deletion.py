"""Deleting through a session: the rules of the commands, and what is to be done once more when the session is lost."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from CedarBackup3.amazons3.aws.arguments import Arguments
from CedarBackup3.amazons3.aws.command import AwsResult
from CedarBackup3.amazons3.aws.session.client import NotDeleted, SessionLost
from CedarBackup3.amazons3.mirror import mirrorOf
from CedarBackup3.amazons3.model import Step
from CedarBackup3.amazons3.spool import Spool
from CedarBackup3.amazons3.sync import deletion
from CedarBackup3.amazons3.sync.plan import Plan
from CedarBackup3.errors import CedarBackupError, CommandFailed
from testcase.trees import plantTree

BAD_KEY = "p/\x01"


@dataclass
class DeletingAws:
    """Stands for a session and the place of it; deletes from a set of keys until it is lost."""

    objects: set[str]
    onRequest: Callable[[Sequence[str]], list[NotDeleted]] = lambda keys: []
    lasts: int = 1_000_000
    batches: list[int] = field(default_factory=list)
    singles: list[str] = field(default_factory=list)
    isLost: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)

    def session(self, isToStart: bool) -> DeletingAws | None:
        return None if self.isLost else self

    def deleteObjects(self, bucket: str, keys: Sequence[str]) -> list[NotDeleted]:
        self._count()
        self.batches.append(len(keys))
        failed = self.onRequest(keys)
        self.objects -= set(keys) - {each.key for each in failed}
        return failed

    def deleteObject(self, bucket: str, key: str, **more: object) -> None:
        self._count()
        self.singles.append(key)
        self.objects.discard(key)

    def _count(self) -> None:
        with self.lock:
            if len(self.batches) + len(self.singles) >= self.lasts:
                self.isLost = True
            if self.isLost:
                raise SessionLost("gone")


@pytest.fixture
def planOf() -> Iterator[Callable[[int], Plan]]:
    """Makes a plan that deletes `gone0000` to as many as are wanted, and one key that no XML can hold."""
    with Spool(Step._make) as steps:

        def made(count: int) -> Plan:
            keys = [b"\x01", *(b"gone%04d" % number for number in range(count))]
            steps.extend(Step("delete", key, key, 1) for key in keys)
            return Plan(steps, {"delete": len(keys)}, {"delete": len(keys)}, 1, 1, len(keys))

        yield made


def keysOf(count: int) -> set[str]:
    return {f"p/gone{number:04}" for number in range(count)} | {BAD_KEY}


class Looks:
    """Looks at a source that stays what it is."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> str:
        self.count += 1
        return ""


def deleteWith(
    path: Path, session: DeletingAws, plan: Plan, sourceChange: Callable[[], str] = lambda: ""
) -> list[AwsResult]:
    mirror = mirrorOf(plantTree(path / "source", {b"a": b"1"}), "s3://bucket/p")
    mirror = replace(mirror, aws=replace(mirror.aws, session=session))  # type: ignore[arg-type]
    return list(deletion.deleteObjects(mirror, plan, sourceChange, lambda *told: None))


def test_a_session_deletes_in_batches_and_by_itself_what_xml_cannot_hold(
    tmp_path: Path, planOf: Callable[[int], Plan]
) -> None:
    session, looks = DeletingAws(keysOf(2500) | {"p/other"}), Looks()
    results = deleteWith(tmp_path, session, planOf(2500), looks)
    assert [result.status for result in results] == [0] * 4
    assert session.objects == {"p/other"}
    assert (session.batches, session.singles) == ([1000, 1000, 500], [BAD_KEY])
    assert looks.count == 4


def test_what_s3_refuses_is_named_with_its_key(tmp_path: Path, planOf: Callable[[int], Plan]) -> None:
    def refused(keys: Sequence[str]) -> list[NotDeleted]:
        return [NotDeleted("p/gone0003", "AccessDenied", "no")]

    session = DeletingAws(keysOf(5), refused)
    results = deleteWith(tmp_path, session, planOf(5))
    assert [result.status for result in results] == [1, 0]
    assert "1 objects were not deleted: " in str(results[0])
    assert "[AccessDenied] p/gone0003" in str(results[0])
    assert session.objects == {"p/gone0003"}


def test_a_refused_batch_is_said_in_the_words_of_aws_and_its_objects_go_one_by_one(
    tmp_path: Path, planOf: Callable[[int], Plan], caplog: pytest.LogCaptureFixture
) -> None:
    said = "An error occurred (MissingContentMD5) when calling the DeleteObjects operation: no"

    def refused(keys: Sequence[str]) -> list[NotDeleted]:
        raise CommandFailed(f"The AWS CLI reports: {said}; do this", "MissingContentMD5", said)

    session = DeletingAws(keysOf(300), refused)
    results = deleteWith(tmp_path, session, planOf(300))
    assert {result.status for result in results} == {0}
    assert not session.objects
    assert session.batches == [300, 1, 299, 1]
    assert len(session.singles) == 301
    assert f"'aws s3api delete-objects' ended with status 254: {said}" in caplog.text


@pytest.mark.parametrize("hasBatches", [True, False], ids=["batches", "one by one"])
@pytest.mark.parametrize("lasts", [0, 1, 2, 5])
def test_what_a_session_was_asked_for_when_it_was_lost_is_asked_of_commands_once_the_source_was_looked_at(
    tmp_path: Path, planOf: Callable[[int], Plan], monkeypatch: pytest.MonkeyPatch, lasts: int, hasBatches: bool
) -> None:
    def refused(keys: Sequence[str]) -> list[NotDeleted]:
        raise CommandFailed("no")

    session = DeletingAws(keysOf(2500), (lambda keys: []) if hasBatches else refused, lasts)
    looks, commands = Looks(), list[str]()

    def command(arguments: Arguments, *more: object) -> tuple[AwsResult, bytes]:
        commands.append(arguments.words[1])  # type: ignore[arg-type]
        isRefused = arguments.words[1] == "delete-objects" and not hasBatches
        return AwsResult(arguments.subcommand, 254 if isRefused else 0, (), False), b""

    monkeypatch.setattr(deletion, "answerOf", command)
    deleteWith(tmp_path, session, planOf(2500 if hasBatches else 60), looks)
    asked = len(session.batches) + len(session.singles)
    assert asked == min(lasts, 4 if hasBatches else 63)
    if hasBatches:
        assert commands.count("delete-objects") == 3 - len(session.batches)
    assert looks.count >= asked + len(commands)
    assert commands.count("delete-object") + len(session.singles) == (1 if hasBatches else 61)


def test_the_source_is_looked_at_before_each_request_of_a_session(
    tmp_path: Path, planOf: Callable[[int], Plan]
) -> None:
    session = DeletingAws(keysOf(2500))
    with pytest.raises(CedarBackupError, match=r"Nothing more was deleted, because it was emptied"):
        deleteWith(tmp_path, session, planOf(2500), lambda: "it was emptied" if session.batches else "")
    assert len(session.objects) == 1501


def test_a_file_that_has_come_back_keeps_its_object(tmp_path: Path, planOf: Callable[[int], Plan]) -> None:
    session = DeletingAws(keysOf(2500))

    def comesBack() -> str:
        plantTree(tmp_path / "source", {b"gone1500": b"1"})
        return ""

    deleteWith(tmp_path, session, planOf(2500), comesBack)
    assert session.objects == {"p/gone1500"}


def test_three_failures_in_a_row_end_it(tmp_path: Path, planOf: Callable[[int], Plan]) -> None:
    class Denied(DeletingAws):
        def deleteObject(self, bucket: str, key: str, **more: object) -> None:
            super().deleteObject(bucket, key)
            self.objects.add(key)
            raise CommandFailed("An error occurred (AccessDenied) when calling the DeleteObject operation: no")

    def refused(keys: Sequence[str]) -> list[NotDeleted]:
        raise CommandFailed("no")

    session = Denied(keysOf(900), refused)
    results = deleteWith(tmp_path, session, planOf(900))
    assert [result.status for result in results] == [254] * 3
    assert len(session.batches) + len(session.singles) < 60
    assert session.objects == keysOf(900)
