"""How quickly something grows, and how long it will take."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from CedarBackup3.cli.pace import Pace, paceAfter, secondsLeft, speedAt


def paces(amounts: Callable[[float], float], seconds: float, step: float) -> list[Pace]:
    """The paces, at each step, of something that has grown to so much after so many seconds."""
    pace, found = Pace(0.0), []
    for number in range(1, round(seconds / step) + 1):
        pace = paceAfter(pace, number * step, amounts(number * step))
        found.append(pace)
    return found


def test_the_pace_of_something_steady_is_right_from_the_beginning() -> None:
    found = paces(lambda now: 3 * max(0, now - 4), 100, 0.5)  # after a start
    assert [pace.speed for pace in found[9:]] == [pytest.approx(3)] * 191
    assert [speedAt(pace, 0.5 * (number + 1)) for number, pace in enumerate(found[:12])] == [0] * 12
    assert speedAt(found[13], 7.0) == pytest.approx(3)


@pytest.mark.parametrize("step", [0.125, 1.0])
@pytest.mark.parametrize("burst", [4.0, 20.0])
def test_the_pace_of_bursts_is_their_mean(step: float, burst: float) -> None:
    found = paces(lambda now: 2 * burst * (now // burst), 200, step)
    for number, pace in enumerate(found):
        now = (number + 1) * step
        assert now < 2 * burst or speedAt(pace, now) == pytest.approx(2)


def test_the_pace_does_not_depend_on_how_often_it_is_asked() -> None:
    often, seldom = (paces(lambda now: now * now, 40, step)[-1].speed for step in (0.1, 0.2))
    assert often == pytest.approx(seldom, rel=0.02)


def test_the_pace_follows_a_lasting_change_within_two_minutes() -> None:
    found = paces(lambda now: 10 * min(now, 60) + 2 * max(0, now - 60), 180, 1)
    assert found[59].speed == pytest.approx(10)
    assert found[-1].speed < 2.5


def test_the_pace_of_a_moment_without_time_is_the_one_before() -> None:
    pace = paceAfter(Pace(0.0), 1.0, 5)
    assert paceAfter(pace, 1.0, 50) == pace == paceAfter(pace, 0.5, 50)


def test_what_begins_anew_has_no_pace_yet() -> None:
    assert secondsLeft(paceAfter(paces(lambda now: now, 10, 1)[-1], 11, 3), 12, 100) == 0


def test_in_a_pause_the_time_left_runs_and_in_a_standstill_it_grows() -> None:
    pace = paces(lambda now: now, 40, 0.5)[-1]
    left = [secondsLeft(pace, 40 + later, 100) for later in range(60)]
    assert left[:6] == [pytest.approx(60 - later) for later in range(6)]
    assert left[5:] == sorted(left[5:])
    assert left[-1] > 200


def test_of_a_long_standstill_no_time_is_told() -> None:
    pace = paces(lambda now: now, 40, 0.5)[-1]
    assert [secondsLeft(pace, 40 + later, 100) for later in (600, 20_000, 1_000_000)] == [0, 0, 0]


def test_what_has_grown_beyond_the_whole_has_a_moment_left() -> None:
    assert secondsLeft(paces(lambda now: now, 40, 0.5)[-1], 40, 20) == 1
    assert secondsLeft(Pace(0.0, 40), 1, 20) == 0  # how quickly is not known
