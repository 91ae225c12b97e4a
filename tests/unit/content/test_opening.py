"""Which line is open: every shape of hours, every kind of day, and a year of real lines against a second model."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.content.model import Hours, OnHolidays
from bot.content.opening import VILNIUS, Door, Opening, answering, as_table, is_public_holiday, opening_at
from tests.builders import EN, LT, RU, UK
from tests.builders_dialogue import ROOT, helpline

OFFICE: Hours = {
    "mon": ("09:00-12:00", "13:00-17:00"),
    "tue": ("09:00-17:00",),
    "wed": ("09:00-17:00",),
    "thu": ("09:00-17:00",),
    "fri": ("09:00-15:45",),
    "sun": (),
}
NIGHTS: Hours = {
    "mon": ("20:00-24:00",),
    "tue": ("00:00-08:00", "20:00-24:00"),
    "wed": ("00:00-08:00",),
    "fri": ("20:00-24:00",),
    "sat": ("00:00-24:00",),
    "sun": ("00:00-08:00", "20:00-24:00"),
}
FRIDAYS: Hours = {"fri": ("10:00-12:00",)}
EVERY_MINUTE: Hours = {
    "mon": ("00:00-24:00",),
    "tue": ("00:00-12:00", "12:00-24:00"),
    "wed": ("00:00-24:00",),
    "thu": ("00:00-24:00",),
    "fri": ("00:00-24:00",),
    "sat": ("00:00-24:00",),
    "sun": ("00:00-24:00",),
}


def at(text: str) -> datetime:
    """Return an instant by the clock of Vilnius."""
    return datetime.fromisoformat(text).replace(tzinfo=VILNIUS)


def door(hours: Hours, when: str, on_holidays: OnHolidays = "same") -> tuple[str, str | None]:
    """Return how a door stands, and when that changes, by the clock of Vilnius."""
    found = opening_at(hours, on_holidays, at(when).astimezone(UTC))
    return str(found.door), found.changes.strftime("%Y-%m-%dT%H:%M") if found.changes else None


# Shapes of hours ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("when", ["2026-11-23T12:00", "2026-12-25T03:00", "2027-03-28T03:30"])
def test_a_line_that_is_always_open_is_open_and_never_closes(when: str) -> None:
    assert opening_at("always", "unknown", at(when)) == Opening(Door.OPEN)


@pytest.mark.parametrize("on_holidays", ["same", "closed", "unknown"])
def test_hours_that_nobody_knows_are_not_known_and_no_holiday_is_to_blame(on_holidays: OnHolidays) -> None:
    assert opening_at("unknown", on_holidays, at("2026-12-25T12:00")) == Opening(Door.UNKNOWN)


@pytest.mark.parametrize(
    ("when", "stands"),
    [
        ("2026-11-23T03:00", ("closed", "2026-11-23T09:00")),
        ("2026-11-23T08:59", ("closed", "2026-11-23T09:00")),
        ("2026-11-23T09:00", ("open", "2026-11-23T12:00")),
        ("2026-11-23T11:59", ("open", "2026-11-23T12:00")),
        ("2026-11-23T12:00", ("closed", "2026-11-23T13:00")),
        ("2026-11-23T13:00", ("open", "2026-11-23T17:00")),
        ("2026-11-23T17:00", ("closed", "2026-11-24T09:00")),
        ("2026-11-27T15:45", ("closed", "2026-11-30T09:00")),
        ("2026-11-28T12:00", ("closed", "2026-11-30T09:00")),
        ("2026-11-29T12:00", ("closed", "2026-11-30T09:00")),
    ],
)
def test_a_door_is_open_from_its_first_minute_until_before_its_last(when: str, stands: tuple[str, str]) -> None:
    assert door(OFFICE, when) == stands


@pytest.mark.parametrize(
    ("when", "stands"),
    [
        ("2026-11-23T03:00", ("closed", "2026-11-23T20:00")),
        ("2026-11-23T23:59", ("open", "2026-11-24T08:00")),
        ("2026-11-24T00:00", ("open", "2026-11-24T08:00")),
        ("2026-11-24T03:00", ("open", "2026-11-24T08:00")),
        ("2026-11-24T08:00", ("closed", "2026-11-24T20:00")),
        ("2026-11-25T08:00", ("closed", "2026-11-27T20:00")),
        ("2026-11-27T21:00", ("open", "2026-11-29T08:00")),
        ("2026-11-28T12:00", ("open", "2026-11-29T08:00")),
        ("2026-11-29T21:00", ("open", "2026-11-30T00:00")),
    ],
)
def test_a_night_in_two_parts_is_open_without_a_break(when: str, stands: tuple[str, str]) -> None:
    assert door(NIGHTS, when) == stands


def test_parts_that_touch_are_open_without_a_break() -> None:
    hours: Hours = {"mon": ("10:00-12:00", "08:00-10:00", "22:00-24:00"), "tue": ("00:00-08:00", "08:00-09:00")}

    assert door(hours, "2026-11-23T09:00") == ("open", "2026-11-23T12:00")
    assert door(hours, "2026-11-23T23:00") == ("open", "2026-11-24T09:00")


def test_a_line_whose_days_leave_no_gap_never_closes() -> None:
    assert door(EVERY_MINUTE, "2026-11-24T12:00") == ("open", None)


@pytest.mark.parametrize("hours", [{}, {"mon": ()}])
def test_a_line_without_any_hours_is_closed_and_never_opens(hours: Hours) -> None:
    assert door(hours, "2026-11-23T12:00") == ("closed", None)


def test_an_instant_counts_by_the_clock_of_vilnius_whatever_zone_it_comes_in() -> None:
    assert opening_at(OFFICE, "same", datetime(2026, 11, 23, 6, 59, tzinfo=UTC)).door is Door.CLOSED
    assert opening_at(OFFICE, "same", datetime(2026, 11, 23, 7, 0, tzinfo=UTC)).door is Door.OPEN
    assert opening_at(OFFICE, "same", datetime(2026, 7, 13, 6, 0, tzinfo=UTC)).door is Door.OPEN


# Public holidays ------------------------------------------------------------------------------------------------------


def holidays_of(year: int) -> set[date]:
    """Return the public holidays of a year by the list of the Labour Code, article 123, without any library."""
    a, b, c = year % 19, year // 100, year % 100
    h = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    k = (32 + 2 * (b % 4) + 2 * (c // 4) - h - c % 4) % 7
    m = (a + 11 * h + 22 * k) // 451
    easter = date(year, (h + k - 7 * m + 114) // 31, (h + k - 7 * m + 114) % 31 + 1)
    fixed = [(1, 1), (2, 16), (3, 11), (5, 1), (6, 24), (7, 6), (8, 15), (11, 1), (11, 2), (12, 24), (12, 25), (12, 26)]
    parents = [
        next(date(year, month, day) for day in range(1, 8) if date(year, month, day).weekday() == 6) for month in (5, 6)
    ]
    return {date(year, *day) for day in fixed} | {easter, easter + timedelta(days=1), *parents}


@pytest.mark.parametrize("year", [2026, 2027, 2028, 2029])
def test_the_public_holidays_are_those_of_the_labour_code(year: int) -> None:
    days = (date(year, 1, 1) + timedelta(days=n) for n in range(365))

    assert {day for day in days if is_public_holiday(day)} == holidays_of(year)


EASTER_2027 = ["2027-03-28", "2027-03-29"]
CHRISTMAS = ["2026-12-24", "2026-12-25", "2026-12-26", "2027-01-01"]
ALWAYS_BUSY: Hours = dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), ("00:00-24:00",))


@pytest.mark.parametrize("day", [*EASTER_2027, *CHRISTMAS, "2027-05-02", "2027-06-06", "2026-11-02"])
@pytest.mark.parametrize("hour", ["00:00", "03:00", "12:00", "23:59"])
def test_on_a_public_holiday_a_line_does_what_is_known_of_it(day: str, hour: str) -> None:
    when = at(f"{day}T{hour}")

    assert opening_at(ALWAYS_BUSY, "same", when).door is Door.OPEN
    assert opening_at(ALWAYS_BUSY, "closed", when).door is Door.CLOSED
    assert opening_at(ALWAYS_BUSY, "unknown", when) == Opening(Door.UNKNOWN, holiday=True)
    assert opening_at("always", "unknown", when).door is Door.OPEN


@pytest.mark.parametrize("day", ["2026-12-23", "2026-12-28", "2026-12-31", "2027-01-04", "2027-03-27", "2027-03-30"])
def test_the_days_around_holidays_are_like_any(day: str) -> None:
    assert opening_at(ALWAYS_BUSY, "unknown", at(f"{day}T03:00")).door is Door.OPEN


@pytest.mark.parametrize(
    ("hours", "when", "opens"),
    [
        (OFFICE, "2026-12-23T17:00", "2026-12-28T09:00"),
        (OFFICE, "2026-12-25T03:00", "2026-12-28T09:00"),
        (OFFICE, "2027-03-26T16:00", "2027-03-30T09:00"),
        (OFFICE, "2026-10-30T16:00", "2026-11-03T09:00"),
        ({"sat": ("10:00-12:00",)}, "2026-12-19T13:00", "2027-01-02T10:00"),
        (FRIDAYS, "2026-12-18T12:00", "2027-01-08T10:00"),
    ],
)
def test_the_next_opening_is_found_behind_a_row_of_holidays(hours: Hours, when: str, opens: str) -> None:
    assert door(hours, when, "closed") == ("closed", opens)


def test_a_holiday_of_which_nothing_is_known_is_no_next_opening() -> None:
    assert door(OFFICE, "2026-12-23T17:00", "unknown") == ("closed", "2026-12-28T09:00")


@pytest.mark.parametrize("on_holidays", ["closed", "unknown"])
def test_a_line_is_open_only_until_the_midnight_before_a_holiday(on_holidays: OnHolidays) -> None:
    assert door(ALWAYS_BUSY, "2026-12-23T12:00", on_holidays) == ("open", "2026-12-24T00:00")


# When clocks change ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("hour", [0, 1, 2, 3, 4, 5])
@pytest.mark.parametrize("day", [date(2027, 3, 27), date(2027, 10, 30)])
def test_a_night_in_which_clocks_change_is_open_from_end_to_end(day: date, hour: int) -> None:
    midnight = (
        datetime(day.year, day.month, day.day, 22, tzinfo=UTC)
        if day.month == 3
        else datetime(2027, 10, 30, 21, tzinfo=UTC)
    )
    hours: Hours = {"sat": ("20:00-24:00",), "sun": ("00:00-08:00",)}

    found = opening_at(hours, "same", midnight + timedelta(hours=hour))

    morning = day + timedelta(days=1)
    assert found == Opening(Door.OPEN, at(f"{morning}T08:00"))


@pytest.mark.parametrize(
    ("instant", "stands"),
    [
        (datetime(2027, 3, 28, 5, 59, tzinfo=UTC), Door.CLOSED),  # 8:59 in summer time
        (datetime(2027, 3, 28, 6, 0, tzinfo=UTC), Door.OPEN),
        (datetime(2027, 10, 31, 6, 59, tzinfo=UTC), Door.CLOSED),  # 8:59 in winter time
        (datetime(2027, 10, 31, 7, 0, tzinfo=UTC), Door.OPEN),
    ],
)
def test_after_clocks_have_changed_doors_open_by_the_new_time(instant: datetime, stands: Door) -> None:
    assert opening_at({"sun": ("09:00-17:00",)}, "same", instant).door is stands


# In which order -------------------------------------------------------------------------------------------------------


def test_lines_that_answer_now_in_the_language_come_first_and_closed_ones_last() -> None:
    lines = {
        "closed, mine": helpline("101", (), hours={"mon": ("09:00-10:00",)}, languages=(UK,)),
        "unknown, other": helpline("102", (), hours="unknown", languages=(LT,)),
        "unknown, mine": helpline("103", (), hours="unknown", languages=(LT, UK)),
        "open, other": helpline("104", (), languages=(LT, EN)),
        "open, nobody knows": helpline("105", ()),
        "open, mine": helpline("106", (), hours={"mon": ("10:00-17:00",)}, languages=(RU, UK)),
    }
    names = {id(line): name for name, line in lines.items()}

    found = [names[id(line)] for line in answering(lines.values(), UK, at("2026-11-23T12:00"))]

    assert found == [
        "open, mine",
        "open, other",
        "open, nobody knows",
        "unknown, mine",
        "unknown, other",
        "closed, mine",
    ]


def test_lines_that_are_alike_stay_in_the_order_of_the_editors() -> None:
    lines = [helpline(f"10{n}", (), languages=(LT,)) for n in range(5)]

    assert answering(lines, LT, at("2026-11-23T12:00")) == lines


# The table for whoever keeps the content ------------------------------------------------------------------------------


def test_the_table_shows_112_first_then_lines_in_the_order_of_answering() -> None:
    lines = [
        helpline("112", (), languages=(LT,)),
        helpline("101", (), hours={"mon": ("09:00-17:00",)}, languages=(UK, LT)),
        helpline("102", (), hours="unknown"),
        helpline("103", (), languages=(UK,)),
        helpline(None, (), hours={"tue": ("09:00-17:00",)}, languages=(LT,)),
    ]

    head, _, _, *rows = as_table(lines, UK, at("2026-11-23T16:00")).splitlines()

    assert head == "mon 2026-11-23 16:00 in Vilnius"
    assert [" ".join(row.split()[2:]) for row in rows] == [
        "112 open always lt",
        "101 open mon 2026-11-23 17:00 uk, lt",
        "103 open always uk",
        "102 not known not known",
        "https://www.pagalba.lt closed tue 2026-11-24 09:00 lt",
    ]


def test_the_table_says_that_the_day_is_a_public_holiday() -> None:
    line = helpline("101", (), hours={"fri": ("09:00-17:00",)})

    told = as_table([line], EN, at("2026-12-25T12:00"))

    assert told.startswith("fri 2026-12-25 12:00 in Vilnius, a public holiday\n")
    assert told.splitlines()[-1].split() == ["Line", "101", "not", "known", "not", "known"]


# The clock table: a year of lines, hour by hour, against a model that is written differently ------------------------------

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
FIRST, LAST = date(2026, 11, 21), date(2027, 11, 20)


def local(instant: datetime) -> datetime:
    """Return the clock of Vilnius by the rule of the European Union, without a table of zones."""
    changes = [_last_sunday(instant.year, month) for month in (3, 10)]
    summer = changes[0] <= instant.replace(tzinfo=None) < changes[1]
    return instant.replace(tzinfo=None) + timedelta(hours=3 if summer else 2)


def _last_sunday(year: int, month: int) -> datetime:
    return max(datetime(year, month, day, 1) for day in range(25, 32) if date(year, month, day).weekday() == 6)  # noqa: DTZ001  UTC


def table(line: Mapping[str, Any]) -> dict[date, set[int] | None]:  # Any: a helpline as YAML has it
    """Return the open minutes of each day of the year; None for days of which nobody knows."""
    free = holidays_of(2026) | holidays_of(2027)
    days = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 2)]
    return {day: _minutes(line, day, is_free=day in free) for day in days}


def _minutes(line: Mapping[str, Any], day: date, *, is_free: bool) -> set[int] | None:  # Any: as above
    if line["hours"] == "always":
        return set(range(24 * 60))
    if line["hours"] == "unknown" or (is_free and line.get("holidays", "unknown") == "unknown"):
        return None
    if is_free and line["holidays"] == "closed":
        return set()
    found: set[int] = set()
    for span in line["hours"].get(_DAYS[day.weekday()]) or ():
        (from_hour, from_minute), (to_hour, to_minute) = (map(int, clock.split(":")) for clock in span.split("-"))
        found |= set(range(60 * from_hour + from_minute, 60 * to_hour + to_minute))
    return found


def published() -> dict[str, dict[str, Any]]:  # Any: as above
    file = ROOT / "faq" / "helplines.yaml"
    lines = yaml.safe_load(file.read_text("utf-8"))["helplines"]
    return {key: line for key, line in lines.items() if line["publish"]}


MADE_UP: dict[str, dict[str, Any]] = {  # Any: as above
    "office, closed": {"hours": OFFICE, "holidays": "closed"},
    "office, unknown": {"hours": OFFICE, "holidays": "unknown"},
    "nights, closed": {"hours": NIGHTS, "holidays": "closed"},
    "fridays, same": {"hours": FRIDAYS, "holidays": "same"},
}


@pytest.mark.parametrize("lines", [published(), MADE_UP], ids=["published", "made up"])
def test_every_line_is_open_closed_and_unknown_at_the_hours_that_its_words_tell(
    lines: Mapping[str, Any],
) -> None:  # Any: as above
    begin = datetime(FIRST.year, FIRST.month, FIRST.day, tzinfo=UTC) - timedelta(hours=2)
    ticks = [(begin + timedelta(hours=n), local(begin + timedelta(hours=n))) for n in range(365 * 24)]
    wrong = []

    for key, line in lines.items():
        hours: Hours = line["hours"]
        minutes = table(line)
        for instant, clock in ticks:
            known = minutes[clock.date()]
            told = (
                Door.UNKNOWN if known is None else Door.OPEN if 60 * clock.hour + clock.minute in known else Door.CLOSED
            )
            if opening_at(hours, line.get("holidays", "unknown"), instant).door is not told:
                wrong.append((key, clock, told))

    assert wrong == []


def test_the_table_is_not_empty() -> None:
    lines = published()

    assert len(lines) > 10
    assert any(isinstance(line["hours"], dict) for line in lines.values())


# What is told of the next change --------------------------------------------------------------------------------------


@given(
    hours=st.sampled_from([OFFICE, NIGHTS, FRIDAYS, ALWAYS_BUSY]),
    on_holidays=st.sampled_from(["same", "closed", "unknown"]),
    minute=st.integers(0, 365 * 24 * 60),
)
def test_a_door_stands_as_told_until_it_changes_and_not_a_minute_longer(
    hours: Hours, on_holidays: OnHolidays, minute: int
) -> None:
    instant = datetime(2026, 11, 21, tzinfo=UTC) + timedelta(minutes=minute)
    found = opening_at(hours, on_holidays, instant)
    if found.changes is None:
        return

    before = opening_at(hours, on_holidays, found.changes - timedelta(minutes=1))
    then = opening_at(hours, on_holidays, found.changes)

    assert found.changes > instant
    assert then.door is not found.door
    assert before.door is found.door or before.holiday
