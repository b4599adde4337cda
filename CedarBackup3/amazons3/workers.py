"""Runs work on several threads, and yields the results in order with a bounded number in memory."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

_TICK = 0.2  # seconds


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0))


def mapInOrder(
    function: Callable[[Item], Result], items: Iterable[Item], *, threads: int, ahead: int, cancel: Callable[[], object]
) -> Generator[Result, None, None]:
    """What a function makes of each item, in their order.

    Args:
        function: is called by several threads at a time
        items: are taken by the caller's thread, and at most `ahead` of them before their results are
        threads: how many work
        ahead: the bound
        cancel: is called if the work is given up before its end, so that the function may end, too
    """
    pending: deque[Future[Result]] = deque()
    with ThreadPoolExecutor(threads) as executor:
        try:
            for item in items:
                pending.append(executor.submit(function, item))
                if len(pending) >= ahead:
                    yield _awaited(pending.popleft())
            while pending:
                yield _awaited(pending.popleft())
        except BaseException:
            cancel()
            executor.shutdown(wait=False, cancel_futures=True)
            raise


def _awaited(future: Future[Result]) -> Result:
    """Its result. A signal that comes just before a wait without end would not be noticed until its end."""
    while not wait([future], _TICK).done:
        pass
    return future.result()
