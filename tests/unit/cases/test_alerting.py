"""Who is called about danger: nobody is left out, and somebody is always next."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cases.alerting import AGAIN, WAIT, Alert, Duty, Rung, begin, climb, end
from bot.cases.model import CaseId, SpecialistId

NIGHT = datetime(2026, 12, 23, 20, 40, tzinfo=UTC)
"""22:40 in Vilnius, on the eve of a holiday's eve."""
CASE = CaseId(1)


def duty(number: int, *, on: bool = True, place: int = 0, lead: bool = False, **hours: time) -> Duty:
    between = (hours["begins"], hours["ends"]) if hours else None
    return Duty(SpecialistId(number), f"#{number}", on, place, lead, between)


def calls(duties: list[Duty], steps: int) -> list[tuple[Rung | None, list[int]]]:
    """Return who is called by and by, each when the call before is over."""
    alert, at, found = begin(Alert(CASE), NIGHT), NIGHT, []
    for _ in range(steps):
        alert, people = climb(alert, duties, at)
        found.append((alert.rung, [int(one.specialist) for one in people]))
        assert alert.due_at is not None
        at = alert.due_at
    return found


def test_people_on_duty_are_called_one_by_one_then_the_lead_then_all_then_the_administrator_then_all_again() -> None:
    duties = [duty(1, place=2), duty(2, place=1), duty(3, on=False), duty(4, on=False, lead=True)]

    assert calls(duties, 6) == [
        (Rung.PERSON, [2]),
        (Rung.PERSON, [1]),
        (Rung.LEAD, [4]),
        (Rung.ALL, [3, 4, 2, 1]),
        (Rung.ADMINISTRATOR, []),
        (Rung.AGAIN, [3, 4, 2, 1]),
    ]


def test_with_nobody_on_duty_all_are_called_at_once() -> None:
    assert calls([duty(1, on=False)], 2) == [(Rung.ALL, [1]), (Rung.ADMINISTRATOR, [])]


def test_a_lead_who_is_on_duty_is_called_in_their_place_and_not_twice() -> None:
    assert calls([duty(1, lead=True), duty(2, place=1)], 3)[:3] == [
        (Rung.PERSON, [1]),
        (Rung.PERSON, [2]),
        (Rung.ALL, [1, 2]),
    ]


@pytest.mark.parametrize(
    ("begins", "ends", "there"),
    [
        (time(8), time(17), False),
        (time(22), time(6), True),
        (time(22, 40), time(23), True),
        (time(6), time(22, 40), False),
    ],
)
def test_hours_are_local_and_may_go_over_midnight(begins: time, ends: time, *, there: bool) -> None:
    assert duty(1, begins=begins, ends=ends).is_on(NIGHT) is there
    assert not duty(1, on=False, begins=begins, ends=ends).is_on(NIGHT)


def test_a_call_waits_minutes_and_after_all_calls_half_an_hour() -> None:
    alert, _ = climb(begin(Alert(CASE), NIGHT), [duty(1)], NIGHT)
    assert alert.due_at == NIGHT + WAIT
    alert, _ = climb(Alert(CASE, 3, Rung.ALL, due_at=NIGHT), [duty(1)], NIGHT)
    assert alert.due_at == NIGHT + AGAIN


def test_a_round_that_runs_is_not_begun_anew_and_one_that_ended_begins_with_the_first_again() -> None:
    running, _ = climb(begin(Alert(CASE), NIGHT), [duty(1)], NIGHT)
    assert begin(running, NIGHT + timedelta(hours=1)) == running

    anew = begin(end(running), NIGHT)
    assert (anew.told, anew.rung, anew.step) == ((), None, running.step)
    assert climb(anew, [duty(1)], NIGHT)[1] == [duty(1)]


people = st.builds(duty, st.integers(1, 9), on=st.booleans(), place=st.integers(0, 3), lead=st.booleans())


@given(st.lists(st.lists(people, max_size=5, unique_by=lambda one: one.specialist), min_size=12, max_size=12))
def test_whoever_comes_and_goes_the_calls_climb_and_reach_the_administrator(rosters: list[list[Duty]]) -> None:
    order = list(Rung)
    alert, at = begin(Alert(CASE), NIGHT), NIGHT
    seen: list[Rung] = []
    for roster in rosters:
        before = alert
        alert, called = climb(alert, roster, at)
        assert alert.rung is not None
        assert alert.due_at is not None
        assert at < alert.due_at
        assert alert.step == before.step + 1
        if alert.rung in {Rung.PERSON, Rung.LEAD}:
            assert not {one.specialist for one in called} & set(before.told), "called twice, while others were not"
        seen.append(alert.rung)
        at = alert.due_at
    assert [order.index(rung) for rung in seen] == sorted(order.index(rung) for rung in seen)
    assert Rung.ADMINISTRATOR in seen
