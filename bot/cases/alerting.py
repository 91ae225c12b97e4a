"""Who is called when a case is about danger, one after the other, until somebody says "I have it".

on duty, one by one ── nobody left ──> leads ──> everybody in the team ──> the administrator ──> everybody, again and again
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

from bot.cases.model import CaseId, SpecialistId
from bot.content.opening import VILNIUS

WAIT = timedelta(minutes=5)
"""How long somebody who is called has to say "I have it" before the next is; the setting TILTAS_ALERT_MINUTES."""
AGAIN = timedelta(minutes=30)
"""How often everybody is called when all have been and nobody has it."""


class Rung(StrEnum):
    """Who was called last."""

    PERSON = "person"
    LEAD = "lead"
    ALL = "all"
    ADMINISTRATOR = "administrator"
    AGAIN = "again"


EVERYBODY_WAS_CALLED = frozenset({Rung.ADMINISTRATOR, Rung.AGAIN})
"""Rungs on which nobody is left who was not called."""


@dataclass(frozen=True, slots=True)
class Duty:
    """A specialist's place on the duty list of a team; the lowest `place` is called first.

    `hours` are local times from which until which the switch counts; over midnight if the second is not the later.
    """

    specialist: SpecialistId
    alias: str
    on: bool = False
    place: int = 0
    lead: bool = False
    hours: tuple[time, time] | None = None

    def is_on(self, at: datetime) -> bool:
        """Tell whether this person is on duty at an instant."""
        if not self.on or self.hours is None:
            return self.on
        begins, ends = self.hours
        now = at.astimezone(VILNIUS).time()
        return begins <= now < ends if begins < ends else now >= begins or now < ends


@dataclass(frozen=True, slots=True)
class Alert:
    """How far the calls for one case have come; `step` counts them over all rounds, so that each has a name of its own.

    `due_at` is when the next call is due, None when nobody has to be called any more. `told` are those called in this round.
    """

    case: CaseId
    step: int = 0
    rung: Rung | None = None
    told: tuple[SpecialistId, ...] = ()
    due_at: datetime | None = None

    @property
    def runs(self) -> bool:
        """Whether somebody still has to say that they have it."""
        return self.due_at is not None


def begin(alert: Alert, at: datetime) -> Alert:
    """Start a round of calls; one that runs goes on as it is."""
    return alert if alert.runs else Alert(alert.case, alert.step, due_at=at)


def climb(alert: Alert, duties: Sequence[Duty], at: datetime, wait: timedelta = WAIT) -> tuple[Alert, list[Duty]]:
    """Return the alert after its next call, and whom it calls; for the administrator that is nobody of the team.

    No rung is left out but one on which nobody stands: then the next follows at once, for a wait for nobody helps nobody.
    """
    rung, people = _next(alert, duties, at)
    pause = AGAIN if rung in EVERYBODY_WAS_CALLED else wait
    told = tuple(dict.fromkeys((*alert.told, *(one.specialist for one in people))))
    return Alert(alert.case, alert.step + 1, rung, told, at + pause), people


def _next(alert: Alert, duties: Sequence[Duty], at: datetime) -> tuple[Rung, list[Duty]]:
    in_order = sorted(duties, key=lambda one: (one.place, one.specialist))
    fresh = [one for one in in_order if one.specialist not in alert.told]
    if alert.rung in {None, Rung.PERSON}:
        if on_duty := [one for one in fresh if one.is_on(at)]:
            return Rung.PERSON, on_duty[:1]
        if leads := [one for one in fresh if one.lead]:
            return Rung.LEAD, leads
    if alert.rung in {None, Rung.PERSON, Rung.LEAD}:
        return Rung.ALL, in_order
    if alert.rung is Rung.ALL:
        return Rung.ADMINISTRATOR, []
    return Rung.AGAIN, in_order


def end(alert: Alert) -> Alert:
    """Call nobody any more."""
    return Alert(alert.case, alert.step, alert.rung, alert.told)


def somebody_is_on(duties: Iterable[Duty], at: datetime) -> bool:
    """Tell whether anybody on a list is on duty at an instant."""
    return any(one.is_on(at) for one in duties)
