"""How quickly something grows, and how long it will take: steady, though much of it comes in bursts."""

from __future__ import annotations

import math
from typing import NamedTuple

_SETTLING = 2.0  # seconds of growth, before which no speed is reported
_MEMORY = 30.0  # seconds, after which what the speed was counts for a third
_LEAST_LEFT = 1.0  # seconds, of a phase that has not ended
_MOST_LEFT = 360_000.0  # seconds; what takes longer is as good as unknown
_PATIENCE = 5.0  # seconds, in which nothing need happen


class Pace(NamedTuple):
    """How quickly something grows: a mean over time in which what was long ago counts less and less."""

    when: float
    """When it grew last, or began."""
    amount: float = 0
    speed: float = 0
    """Per second."""
    weight: float = 0
    """How much of a memory that mean has: 0 is none, 1 a whole one."""
    hasGrown: bool = False
    """Since its beginning; how long it took until then tells nothing, for aws has to start first."""
    gap: float = 0
    """How many seconds lay between the last two growths: something comes in bursts, and a pause is no standstill."""


def paceAfter(pace: Pace, now: float, amount: float) -> Pace:
    """The pace when the amount is that now; the same as long as it does not grow."""
    passed = now - pace.when
    if amount < pace.amount:
        return Pace(now, amount)  # it begins anew
    if amount == pace.amount or passed <= 0:
        return pace
    if not pace.hasGrown:
        return Pace(now, amount, hasGrown=True)
    kept = pace.weight * math.exp(-passed / _MEMORY)
    weight = kept + 1 - math.exp(-passed / _MEMORY)
    speed = (pace.speed * kept + (amount - pace.amount) / passed * (weight - kept)) / weight
    return Pace(now, amount, speed, weight, True, passed)


def paused(pace: Pace, now: float) -> float:
    """For how many seconds it has not grown, as far as that is usual."""
    return min(now - pace.when, max(_PATIENCE, 2 * pace.gap))


def speedAt(pace: Pace, now: float) -> float:
    """The speed per second, which falls when there is a standstill; 0: not known yet."""
    if pace.weight < 1 - math.exp(-_SETTLING / _MEMORY):
        return 0.0
    standstill = now - pace.when - paused(pace, now)
    return pace.speed * math.exp(-standstill / _MEMORY)


def secondsLeft(pace: Pace, now: float, whole: float) -> float:
    """How long it will take to grow to the whole amount, at least a moment; 0: nobody knows."""
    speed, growth = speedAt(pace, now), whole - pace.amount
    if speed <= 0 or growth >= speed * _MOST_LEFT:
        return 0.0
    return max(_LEAST_LEFT, growth / speed - paused(pace, now))
