"""Which line or office is open at an instant, from confirmed hours only.

What is not known is told as not known: a family at 3 a.m. must not be sent to a line that sleeps, nor kept from one that
is awake.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from zoneinfo import ZoneInfo

from bot.content.model import WEEKDAYS, Helpline, Hours, Language, OnHolidays, Weekday
from bot.content.render import words

VILNIUS = ZoneInfo("Europe/Vilnius")
_AHEAD = 29
"""Days in which the next opening is looked for. A line of one weekday may miss two weeks running: 25 December, 1 January."""
_MIDNIGHT = "24:00"


@cache
def _holidays(year: int) -> frozenset[date]:
    import holidays  # noqa: PLC0415  a tenth of a second, and not every process asks

    return frozenset(holidays.country_holidays("LT", years=year))


def is_public_holiday(day: date) -> bool:
    """Tell whether a day is a Lithuanian public holiday (Labour Code, article 123)."""
    return day in _holidays(day.year)


_Week = Mapping[Weekday, tuple[str, ...]]


class Door(StrEnum):
    """Whether somebody answers."""

    OPEN = "open"
    UNKNOWN = "unknown"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Opening:
    """How a door stands at an instant: open until `changes`, closed until `changes`; None where that is never or not known.

    `holiday` tells that nothing is known because the day is a public holiday.
    """

    door: Door
    changes: datetime | None = None
    holiday: bool = False


def opening_at(hours: Hours, on_holidays: OnHolidays, instant: datetime) -> Opening:
    """Return how a door with such hours stands at an aware instant; `changes` is in Vilnius."""
    if hours == "always":
        return Opening(Door.OPEN)
    if isinstance(hours, str):
        return Opening(Door.UNKNOWN)
    at = instant.astimezone(VILNIUS)
    spans = _spans(hours, on_holidays, at.date())
    if spans is None:
        return Opening(Door.UNKNOWN, holiday=True)
    for start, end in spans:
        if start <= at.strftime("%H:%M") < end:
            return Opening(Door.OPEN, _until(hours, on_holidays, at.date(), end))
    return Opening(Door.CLOSED, _next(hours, on_holidays, at))


def _spans(hours: _Week, on_holidays: OnHolidays, day: date) -> list[tuple[str, str]] | None:
    # None where nobody knows.
    if is_public_holiday(day) and on_holidays != "same":
        return [] if on_holidays == "closed" else None
    spans: list[tuple[str, str]] = []
    for start, end in sorted(opening.split("-") for opening in hours.get(WEEKDAYS[day.weekday()], ())):
        touches = bool(spans) and spans[-1][1] == start  # nobody hangs up between two such parts
        spans.append((spans.pop()[0] if touches else start, end))
    return spans


def _until(hours: _Week, on_holidays: OnHolidays, day: date, end: str) -> datetime | None:
    # A night is written as two parts; open until midnight and on from midnight is open without a break.
    for _ in range(_AHEAD):
        if end != _MIDNIGHT:
            return _at(day, end)
        day += timedelta(days=1)
        end = next((e for s, e in _spans(hours, on_holidays, day) or () if s == "00:00"), "00:00")
    return None


def _next(hours: _Week, on_holidays: OnHolidays, at: datetime) -> datetime | None:
    for later in range(_AHEAD):
        day = at.date() + timedelta(days=later)
        for start, _ in _spans(hours, on_holidays, day) or ():
            if _at(day, start) > at:
                return _at(day, start)
    return None


def _at(day: date, hour: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(hour), VILNIUS)


def answering(lines: Iterable[Helpline], language: Language, instant: datetime) -> list[Helpline]:
    """Return lines with those first that answer now in `language`; then open, unknown and closed ones.

    112 is no matter of order here: a card shows it before all others.
    """
    doors = list(Door)

    def rank(line: Helpline) -> tuple[int, bool]:
        door = opening_at(line.hours, line.holidays, instant).door
        return doors.index(door), language not in line.languages

    return sorted(lines, key=rank)


def as_table(lines: Sequence[Helpline], language: Language, instant: datetime) -> str:
    """Return how each line stands at an instant, for whoever keeps the content; the first one, 112, stays the first."""
    rows = [_row(line, language, instant) for line in [*lines[:1], *answering(lines[1:], language, instant)]]
    widths = [max(map(len, column)) for column in zip(_HEAD, *rows, strict=True)]
    padded = ([cell.ljust(width) for cell, width in zip(row, widths, strict=True)] for row in (_HEAD, *rows))
    at = instant.astimezone(VILNIUS)
    holiday = ", a public holiday" if is_public_holiday(at.date()) else ""
    return "\n".join([f"{_in_short(at)} in Vilnius{holiday}", "", *("  ".join(row).rstrip() for row in padded)])


_HEAD = ("line", "number", "door", "until / opens", "languages")
_NOT_KNOWN = "not known"


def _row(line: Helpline, language: Language, instant: datetime) -> tuple[str, ...]:
    found = opening_at(line.hours, line.holidays, instant)
    door = _NOT_KNOWN if found.door is Door.UNKNOWN else found.door.value
    changes = _in_short(found.changes) if found.changes else "always" if found.door is Door.OPEN else ""
    languages = ", ".join(line.languages) or _NOT_KNOWN
    return words(line.name, language), line.number or line.url or "", door, changes, languages


def _in_short(at: datetime) -> str:
    return f"{WEEKDAYS[at.weekday()]} {at:%Y-%m-%d %H:%M}"
