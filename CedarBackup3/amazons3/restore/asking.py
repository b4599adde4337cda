"""Many questions to S3, side by side: a busy server is asked again, and after some failures in a row nothing is asked.

A session answers them as long as there is one; without one, each takes an aws.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Container, Generator, Iterable, Iterator
from typing import TypeVar

from CedarBackup3.amazons3.aws.questions import isBusy
from CedarBackup3.amazons3.aws.session.client import Session, SessionLost, sessionOf
from CedarBackup3.amazons3.aws.settings import AwsSettings
from CedarBackup3.amazons3.workers import mapInOrder, processors
from CedarBackup3.errors import CommandFailed

_AT_ONCE_IN_SESSION = 16
_MOST_AT_ONCE = 8  # each takes a process
_AHEAD = 8  # times as many are under way or answered, so that one that waits holds up none
_WAITS = (1.0, 4.0)  # seconds before a busy server is asked again; aws itself has waited and asked before
_TICK = 0.2  # seconds
_FAILURES = 10  # in a row: then the next ones would fail as well
_GONE = {"404", "NoSuchKey", "NoSuchVersion"}  # says nothing of the others

Item = TypeVar("Item")
Result = TypeVar("Result")
Answer = TypeVar("Answer")


class Asking:
    """Who is asked, and how that has gone so far."""

    def __init__(self, aws: AwsSettings) -> None:
        self._aws = aws
        self._processes = min(_MOST_AT_ONCE, 2 * processors())
        self._room = threading.Semaphore(self._processes)  # when a session is lost, not as many take its place
        self._cancelled = threading.Event()
        self._lock = threading.Lock()
        self._failures = 0

    def shouldStop(self) -> bool:
        """Whether a question that is under way is to be given up."""
        return self._cancelled.is_set()

    @contextlib.contextmanager
    def each(self, items: Iterable[Item], work: Callable[[Item], Result]) -> Iterator[Generator[Result, None, None]]:
        """What a function makes of each item, in their order, several at once; leaving it early stops the rest."""
        atOnce = _AT_ONCE_IN_SESSION if sessionOf(self._aws, pays=False) else self._processes
        results = mapInOrder(work, items, threads=atOnce, ahead=_AHEAD * atOnce, cancel=self._cancelled.set)
        with contextlib.closing(results):
            yield results

    def answer(self, ask: Callable[[Session | None], Answer], expected: Container[str] = ()) -> Answer:
        """What S3 answers to a question, which is given the session or, for the plain command, None.

        Args:
            ask: asks it
            expected: the codes of errors that are answers, too: they are raised, but are no failures

        Raises:
            CommandFailed: S3 or aws refuses, or has refused so many in a row that it is not asked
        """
        if self._failures >= _FAILURES:
            raise CommandFailed(f"after {_FAILURES} failures in a row nothing more was asked")
        try:
            answer = self._patiently(ask)
        except CommandFailed as failure:
            isFailure = failure.code not in _GONE and failure.code not in expected
            self._judge(isFailure=isFailure)
            raise
        self._judge(isFailure=False)
        return answer

    def _judge(self, *, isFailure: bool) -> None:
        with self._lock:
            if self._failures < _FAILURES:  # it is not taken back by an answer that was under way
                self._failures = self._failures + 1 if isFailure else 0

    def _patiently(self, ask: Callable[[Session | None], Answer]) -> Answer:
        for wait in _WAITS:
            try:
                return self._once(ask)
            except CommandFailed as failure:
                if not isBusy(failure.reported) or self._cancelled.wait(wait):
                    raise
        return self._once(ask)

    def _once(self, ask: Callable[[Session | None], Answer]) -> Answer:
        if session := sessionOf(self._aws, pays=False):
            with contextlib.suppress(SessionLost):
                return ask(session)
        while not self._room.acquire(timeout=_TICK):
            if self.shouldStop():
                raise CommandFailed("the run was interrupted")
        try:
            return ask(None)
        finally:
            self._room.release()
