"""Promised times: working hours, Lithuanian public holidays, and what the clock alone decides."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.cases.model import CaseState
from bot.cases.sla import UNTOUCHED, UNTOUCHED_IN_DANGER, WARNING, is_working_day, promise_of, working_end
from bot.content.model import TopicId, WorkingTime
from bot.content.opening import VILNIUS
from tests.builders_dialogue import case, talking_catalogue

PROMISE = promise_of(talking_catalogue())
EDUCATION, DAILY_LIFE, SAFETY = map(TopicId, ("education", "daily-life", "safety"))
"""Promised for 2 working days, 1 working day, 4 working hours."""
HOUR = timedelta(hours=1)
DUE = datetime(2026, 11, 23, 17, tzinfo=VILNIUS)
"""A Monday."""


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=VILNIUS)


@pytest.mark.parametrize(
    ("asked", "hours", "due"),
    [
        # inside one day, and at its very ends
        ("2026-11-23 09:00", 4, "2026-11-23 13:00"),
        ("2026-11-23 10:30", 4, "2026-11-23 14:30"),
        ("2026-11-23 13:00", 4, "2026-11-23 17:00"),
        ("2026-11-23 13:01", 4, "2026-11-24 09:01"),
        ("2026-11-23 09:00", 8, "2026-11-23 17:00"),
        ("2026-11-23 11:00", 8, "2026-11-24 11:00"),
        ("2026-11-23 11:00", 16, "2026-11-25 11:00"),
        # nights: what is asked then begins when the doors open
        ("2026-11-23 17:00", 4, "2026-11-24 13:00"),
        ("2026-11-23 23:59", 4, "2026-11-24 13:00"),
        ("2026-11-24 00:00", 4, "2026-11-24 13:00"),
        ("2026-11-24 08:59", 4, "2026-11-24 13:00"),
        # weekends
        ("2026-11-20 16:00", 4, "2026-11-23 12:00"),
        ("2026-11-20 17:00", 4, "2026-11-23 13:00"),
        ("2026-11-21 12:00", 4, "2026-11-23 13:00"),
        ("2026-11-22 23:00", 8, "2026-11-23 17:00"),
        ("2026-11-20 16:00", 40, "2026-11-27 16:00"),
        # Easter Sunday and Monday, 5 and 6 April
        ("2026-04-03 16:00", 4, "2026-04-07 12:00"),
        ("2026-04-06 10:00", 4, "2026-04-07 13:00"),
        # Saint John's day
        ("2026-06-23 16:00", 4, "2026-06-25 12:00"),
        # All Saints' and All Souls', a Sunday and a Monday
        ("2026-10-30 16:00", 4, "2026-11-03 12:00"),
        ("2026-11-02 11:00", 8, "2026-11-03 17:00"),
        # Christmas Eve to the second day of Christmas, then a weekend
        ("2026-12-23 16:00", 4, "2026-12-28 12:00"),
        ("2026-12-24 10:00", 8, "2026-12-28 17:00"),
        # New Year, then a weekend: into a year whose holidays are its own
        ("2026-12-31 16:00", 4, "2027-01-04 12:00"),
        ("2026-12-23 09:00", 32, "2026-12-30 17:00"),
        ("2026-12-23 09:00", 48, "2027-01-04 17:00"),
    ],
)
def test_only_working_time_counts(asked: str, hours: int, due: str) -> None:
    assert working_end(at(asked), hours * HOUR) == at(due)


@pytest.mark.parametrize("day", ["2026-03-27", "2026-10-23"])
def test_a_change_of_clocks_at_the_weekend_moves_no_promise_on_the_wall(day: str) -> None:
    friday = at(f"{day} 16:00")

    monday = working_end(friday, 4 * HOUR)

    assert monday == at(f"{friday.date() + timedelta(days=3)} 12:00")
    assert monday.utcoffset() != friday.utcoffset()
    assert abs((monday - friday.astimezone(UTC)) - timedelta(hours=68)) == HOUR


def test_it_does_not_matter_in_which_zone_the_question_came() -> None:
    asked = at("2026-07-10 16:00")

    due = working_end(asked.astimezone(UTC), 4 * HOUR)

    assert due == at("2026-07-13 12:00")
    assert due.tzinfo is VILNIUS


@pytest.mark.parametrize(
    "day",
    [
        "2026-01-01", "2026-02-16", "2026-03-11", "2026-04-06", "2026-05-01", "2026-06-24", "2026-07-06", "2026-11-02",
        "2026-12-24", "2026-12-25", "2027-03-29", "2028-04-17", "2028-08-15", "2028-11-01", "2028-12-26",
    ],
)  # fmt: skip
def test_nobody_works_on_a_public_holiday(day: str) -> None:
    assert date.fromisoformat(day).weekday() < 5
    assert not is_working_day(date.fromisoformat(day))


@pytest.mark.parametrize("day", ["2026-11-21", "2026-11-22", "2026-12-26"])
def test_nobody_works_at_the_weekend(day: str) -> None:
    assert not is_working_day(date.fromisoformat(day))


@pytest.mark.parametrize("day", ["2026-01-02", "2026-04-03", "2026-04-07", "2026-12-23", "2026-12-31"])
def test_people_work_on_the_days_around_holidays(day: str) -> None:
    assert is_working_day(date.fromisoformat(day))


# What is promised -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("topic", "due"),
    [
        (SAFETY, "2026-11-24 15:00"),
        (DAILY_LIFE, "2026-11-25 11:00"),
        (EDUCATION, "2026-11-26 11:00"),
        (None, "2026-11-26 11:00"),
        (TopicId("gone"), "2026-11-26 11:00"),
    ],
)
def test_a_topic_promises_its_own_time_and_an_unknown_one_the_slowest(topic: TopicId | None, due: str) -> None:
    assert PROMISE.due_at(topic, at("2026-11-24 11:00")) == at(due)


def test_the_slowest_is_the_longest_working_time_in_whatever_unit() -> None:
    content = talking_catalogue()
    topics = {
        TopicId("a"): content.topics[SAFETY].model_copy(update={"target": WorkingTime(working_hours=20)}),
        TopicId("b"): content.topics[SAFETY].model_copy(update={"target": WorkingTime(working_days=2)}),
    }

    promise = promise_of(content.model_copy(update={"topics": topics}))

    assert promise.target(None) == WorkingTime(working_hours=20)


# A case that nobody touches -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("touched", "returns"),
    [("2026-11-23 11:00", "2026-11-24 11:00"), ("2026-11-20 16:00", "2026-11-23 16:00")],
)
def test_an_untouched_case_goes_back_after_one_working_day(touched: str, returns: str) -> None:
    assert timedelta(hours=8) == UNTOUCHED
    assert PROMISE.return_at(urgent=False, at=at(touched)) == at(returns)


@pytest.mark.parametrize("touched", ["2026-11-23 11:00", "2026-11-20 16:50", "2026-11-21 03:00", "2026-12-25 23:45"])
def test_danger_goes_back_after_half_an_hour_by_the_clock(touched: str) -> None:
    assert PROMISE.return_at(urgent=True, at=at(touched)) - at(touched) == UNTOUCHED_IN_DANGER


def test_half_an_hour_of_danger_is_half_an_hour_also_when_clocks_change() -> None:
    before = datetime(2026, 10, 25, 0, 45, tzinfo=UTC)  # 03:45 in summer time; at 04:00 it is 03:00 once more

    assert PROMISE.return_at(urgent=True, at=before) == before + timedelta(minutes=30)


# A promise about to slip ----------------------------------------------------------------------------------------------


def test_a_promise_is_about_to_slip_half_an_hour_before() -> None:
    assert PROMISE.warn_at(DUE) == at("2026-11-23 16:30")
    assert timedelta(minutes=30) == WARNING


def test_a_case_back_in_the_queue_keeps_a_promise_that_can_be_kept() -> None:
    claimed = case(state=CaseState.CLAIMED, due_at=DUE)

    assert PROMISE.anew(claimed, at("2026-11-23 16:29")) == DUE


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-11-23 16:30", "2026-11-24 16:30"),
        ("2026-11-23 17:00", "2026-11-24 17:00"),
        ("2026-11-25 10:00", "2026-11-26 10:00"),
    ],
)
def test_a_case_back_in_the_queue_gets_a_new_promise_where_the_old_one_slips(now: str, due: str) -> None:
    assert PROMISE.anew(case(due_at=DUE), at(now)) == at(due)


def test_an_answered_case_back_in_the_queue_gets_a_promise_although_it_had_none() -> None:
    answered = case(state=CaseState.ANSWERED, due_at=None)

    assert PROMISE.anew(answered, at("2026-11-24 11:00")) == at("2026-11-25 11:00")
