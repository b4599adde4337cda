"""SIGINT, SIGTERM and SIGHUP during a run: the first one ends it, and none changes how it has ended."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator

from CedarBackup3.errors import Interrupted

_INTERRUPTS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextlib.contextmanager
def interruptions() -> Iterator[None]:
    """SIGINT, SIGTERM and SIGHUP raise `Interrupted`, once; one that was ignored, as under nohup, stays ignored."""

    def interrupt(number: int, _frame: object) -> None:
        for other in handled:  # a second one must not disturb the cleaning up after the first
            signal.signal(other, _pass)
        raise Interrupted(f"Interrupted by {signal.Signals(number).name}; the work is incomplete; run again")

    before = {number: signal.getsignal(number) for number in _INTERRUPTS}
    handled = {number: handler for number, handler in before.items() if handler is not signal.SIG_IGN}
    try:
        for number in handled:
            signal.signal(number, interrupt)
    except ValueError:  # not the main thread, where a caller's own handlers are in charge
        handled = {}
    try:
        yield
    finally:
        for number, handler in handled.items():
            signal.signal(number, handler)


def endInterruptions() -> None:
    """The run is over: a signal must not change any more how it ended, which is reported once."""
    with contextlib.suppress(ValueError):  # not the main thread
        for number in _INTERRUPTS:
            if signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, _pass)


def _pass(_number: int, _frame: object) -> None:
    """Nothing; unlike SIG_IGN no child inherits it, which could not be told to terminate then."""
