"""Working hours as a second pair of eyes counts them: nothing here is the program's own."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone

LITHUANIA = timezone(timedelta(hours=2))
"""In December and January clocks there are two hours ahead."""
HOLIDAYS = frozenset({date(2026, 12, 24), date(2026, 12, 25), date(2026, 12, 26), date(2027, 1, 1)})
_OPENS, _CLOSES = time(9), time(17)
_FRIDAY = 4
_DAY = timedelta(days=1)


def doors(day: date) -> tuple[datetime, datetime] | None:
    """Return when people begin and end to work on a day; None for one on which nobody works."""
    if day.weekday() > _FRIDAY or day in HOLIDAYS:
        return None
    return datetime.combine(day, _OPENS, LITHUANIA), datetime.combine(day, _CLOSES, LITHUANIA)


def after_working(start: datetime, hours: float) -> datetime:
    """Return the instant at which so many working hours have passed."""
    left, day = timedelta(hours=hours), start.astimezone(LITHUANIA).date()
    while True:
        open_ = doors(day)
        if open_ is not None and start < open_[1]:
            begins = max(start, open_[0])
            if left <= open_[1] - begins:
                return begins + left
            left -= open_[1] - begins
        day += _DAY
