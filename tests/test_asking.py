"""Questions to S3, side by side: which failures end the asking, and which are asked again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest

from CedarBackup3.amazons3.aws.locale import AwsLocale
from CedarBackup3.amazons3.aws.session.client import Session, SessionLost
from CedarBackup3.amazons3.aws.settings import AwsSettings
from CedarBackup3.amazons3.restore.asking import Asking
from CedarBackup3.errors import CommandFailed

SETTINGS = AwsSettings(AwsLocale("C.UTF-8", "utf-8", ""))
DENIED, GONE, KNOWN = (CommandFailed("no", code) for code in ("AccessDenied", "404", "RestoreAlreadyInProgress"))


def _answers(answers: Iterable[CommandFailed | None]) -> str:
    """What comes of questions that are answered so: `.` an answer, `x` a refusal, `-` it was not asked any more."""
    asking, told = Asking(SETTINGS), ""
    for answer in answers:
        asked: list[int] = []

        def ask(session: Session | None, answer: CommandFailed | None = answer, asked: list[int] = asked) -> None:
            asked.append(1)
            if answer:
                raise answer

        try:
            asking.answer(ask, {"RestoreAlreadyInProgress"})
            told += "."
        except CommandFailed:
            told += "x" if asked else "-"
    return told


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        ([DENIED] * 12, "x" * 10 + "--"),
        ([*[DENIED] * 9, None, *[DENIED] * 9, None], "x" * 9 + "." + "x" * 9 + "."),
        ([*[DENIED] * 10, None], "x" * 10 + "-"),
        ([GONE] * 12, "x" * 12),
        ([KNOWN] * 12, "x" * 12),
        ([*[DENIED] * 9, KNOWN, *[DENIED] * 9], "x" * 19),
    ],
    ids=["denied", "now and then", "for good", "gone", "expected", "expected is an answer"],
)
def test_after_ten_failures_in_a_row_nothing_more_is_asked(answers: list[CommandFailed | None], told: str) -> None:
    assert _answers(answers) == told


def test_a_busy_server_is_asked_again_and_a_lost_session_gives_way_to_the_plain_command() -> None:
    session = object()
    holder = SimpleNamespace(session=lambda isToStart: session)
    asking = Asking(replace(SETTINGS, session=cast("Any", holder)))
    busy = CommandFailed("busy", "SlowDown", "An error occurred (SlowDown) when calling it: reduce")
    asked: list[Any] = []

    def ask(given: Session | None) -> str:
        asked.append(given)
        if len(asked) == 1:
            raise busy
        if given is not None:
            raise SessionLost("gone")
        return "answer"

    assert asking.answer(ask) == "answer"
    assert asked == [session, session, None]


def test_results_come_in_the_order_of_the_items() -> None:
    asking = Asking(SETTINGS)
    with asking.each(range(50), lambda number: number * 2) as results:
        assert list(results) == [number * 2 for number in range(50)]
    assert not asking.shouldStop()
    with asking.each(range(50), lambda number: number) as results:
        assert next(results) == 0
    assert asking.shouldStop()
