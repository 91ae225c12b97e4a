"""Promised times: working hours, Lithuanian public holidays, and when an untouched case goes back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from bot.content.model import Catalogue, TopicId, WorkingTime, working_time
from bot.content.opening import VILNIUS, is_public_holiday

if TYPE_CHECKING:
    from bot.cases.model import Case

OPENS, CLOSES = time(9), time(17)
"""Eight hours, so that one working day later is the same hour (Labour Code, article 112: a working day is 8 hours)."""
_SATURDAY = 5

UNTOUCHED = timedelta(hours=8)
"""Working time after which a claimed case that nobody touches goes back to the queue: one working day."""
UNTOUCHED_IN_DANGER = timedelta(minutes=30)
"""The same for danger, by the clock: danger does not keep working hours."""
WARNING = timedelta(minutes=30)
"""So long before a promise would slip the family is told the new time."""


def is_working_day(day: date) -> bool:
    """Tell whether people work on a day: Monday to Friday, but for public holidays (Labour Code, article 123)."""
    return day.weekday() < _SATURDAY and not is_public_holiday(day)


def working_end(start: datetime, length: timedelta) -> datetime:
    """Return the instant at which `length` of working time after `start` is over; both aware, the result in Vilnius.

    Four hours from Friday 16:00 end on Monday 12:00. What begins at night begins when the doors open.
    """
    at, left = start.astimezone(VILNIUS), length
    while True:
        opens, closes = _on(at.date(), OPENS), _on(at.date(), CLOSES)
        if is_working_day(at.date()) and at < closes:
            at = max(at, opens)
            # Wall-clock arithmetic is right here: clocks change at night, and nobody works then.
            if at + left <= closes:
                return at + left
            left -= closes - at
        at = _on(at.date() + timedelta(days=1), OPENS)


def _on(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, VILNIUS)


@dataclass(frozen=True, slots=True)
class Promise:
    """What is promised, by topic; `slowest` where no topic is known, so that the promise can be kept."""

    targets: Mapping[TopicId, WorkingTime]
    slowest: WorkingTime

    def target(self, topic: TopicId | None) -> WorkingTime:
        """Return the promised working time to a reply."""
        return self.targets.get(topic, self.slowest) if topic else self.slowest

    def due_at(self, topic: TopicId | None, at: datetime) -> datetime:
        """Return the instant by which a question asked at `at` must have a reply."""
        return working_end(at, working_time(self.target(topic)))

    def return_at(self, urgent: bool, at: datetime) -> datetime:  # noqa: FBT001  the case's own field
        """Return when a case touched at `at` goes back to the queue if nobody touches it again."""
        return at + UNTOUCHED_IN_DANGER if urgent else working_end(at, UNTOUCHED)

    def anew(self, case: Case, at: datetime) -> datetime:
        """Return the promise of a case that goes back to the queue: the old one while it can be kept, else a new one."""
        if case.due_at is not None and at < self.warn_at(case.due_at):
            return case.due_at
        return self.due_at(case.topic, at)

    def warn_at(self, due_at: datetime) -> datetime:
        """Return when a promise counts as about to slip."""
        return due_at - WARNING


def promise_of(catalogue: Catalogue) -> Promise:
    """Return what the topics of a catalogue promise."""
    targets = {topic_id: topic.target for topic_id, topic in catalogue.topics.items()}
    return Promise(targets, max(targets.values(), key=working_time))
