"""Calls about danger: each case of danger that nobody has is called for, in the right order and at the right time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, select

from bot.cases.alerting import Rung
from bot.cases.model import Case, CaseId, CaseState, SpecialistId
from bot.content.model import TeamId
from bot.conversation.model import Purpose
from bot.storage.tables import alerts
from bot.storage.unit_of_work import SqlTransaction
from tests.simulation.people import Told, Worker

LOOK = timedelta(seconds=10)
"""Between two looks of the program at what is due."""
_WAIT, _AGAIN = timedelta(minutes=5), timedelta(minutes=30)
_ORDER = [Rung.PERSON, Rung.LEAD, Rung.ALL, Rung.ADMINISTRATOR, Rung.AGAIN]

Staff = Callable[[TeamId], Mapping[SpecialistId, Worker]]
"""Who works in the group of a team now."""


@dataclass
class Round:
    """The calls for one case, from when nobody had it until somebody has; for one team."""

    team: TeamId
    began: datetime
    last: datetime
    rungs: list[Rung] = field(default_factory=list)
    called: set[SpecialistId] = field(default_factory=set)
    newest: list[SpecialistId] = field(default_factory=list)
    """Whom the last call was for."""

    @property
    def until(self) -> datetime:
        """When the next call must have been made."""
        return self.last + (_AGAIN if Rung.ADMINISTRATOR in self.rungs else _WAIT) + LOOK


class Calls:
    """All rounds of calls, by case; a case that somebody has is in none."""

    def __init__(self, staff: Staff) -> None:
        self._staff = staff
        self._steps: Counter[CaseId] = Counter()
        self.rounds: dict[CaseId, Round] = {}
        self.rungs: Counter[Rung] = Counter()
        self.answered = self.unanswered = 0

    async def follow(
        self, tx: SqlTransaction, cases: Sequence[Case], told: Sequence[Told], administrator: str, now: datetime
    ) -> None:
        """Check the calls after one step."""
        rows = {CaseId(row.case_id): row for row in await tx.connection.execute(select(alerts))}
        calls = [one for one in told if one.is_call]
        for case in cases:
            row, mine = rows.get(case.id), [one for one in calls if one.case == case.id]
            made = (row.step if row is not None else 0) - self._steps[case.id]
            waits = case.urgent and case.state is CaseState.WAITING
            runs = row is not None and row.due_at is not None
            assert runs == waits, f"{case.number}, {case.state}: it is called for: {runs}"
            self._end(case, waits=waits)
            assert len([one for one in mine if not _is_private(one)]) == made, f"{case.number}: calls without words"
            if made and row is not None:
                self._steps[case.id] += made
                assert made == 1, f"{case.number}: {made} calls at once"
                self._called(case, row, mine, now)
                by_hand = [one for one in told if one.chat == administrator and one.case == case.id]
                assert len(by_hand) == (row.rung == Rung.ADMINISTRATOR), f"{case.number}: the administrator is told"
            if waits:
                late = self.rounds.get(case.id)
                assert late is not None, f"{case.number}: nobody is called at once"
                assert now <= late.until, f"{case.number}: nobody is called since {late.last}"

    def _end(self, case: Case, *, waits: bool) -> None:
        """End the round of a case that somebody has now, or that another team has."""
        found = self.rounds.get(case.id)
        if found is not None and (not waits or found.team != case.team):
            del self.rounds[case.id]
            self.answered += not waits
            self.unanswered += Rung.ADMINISTRATOR in found.rungs

    def _called(self, case: Case, row: Row[Any], mine: Sequence[Told], now: datetime) -> None:  # Any: columns
        rung, staff = Rung(row.rung), self._staff(case.team)
        found = self.rounds.get(case.id)
        if found is None:
            found = self.rounds[case.id] = Round(case.team, now, now)
        else:
            assert now >= found.until - LOOK, f"{case.number}: the next is called too early"
        before = found.rungs[-1] if found.rungs else rung
        assert _ORDER.index(rung) >= _ORDER.index(before), f"{case.number}: {rung} is called after {before}"
        expected = _whom(found, staff, now)
        assert (rung, mine_of(row, found)) == expected, f"{case.number}: {rung} is called, and not {expected}"
        found.newest = list(staff) if rung in {Rung.ALL, Rung.AGAIN} else expected[1]
        in_private = [one.chat for one in mine if _is_private(one)]
        asked_for = [staff[one].author for one in found.newest if staff[one].private]
        assert sorted(in_private) == sorted(asked_for), f"{case.number}: {in_private} are called in their own chats"
        found.called |= set(found.newest)
        found.rungs.append(rung)
        found.last = now
        self.rungs[rung] += 1

    def finish(self, now: datetime) -> None:
        """Check that each round was ended by somebody, or the administrator was told, or it has just begun."""
        for case, found in self.rounds.items():
            few = found.began + (_WAIT + LOOK) * (len(found.called) + 3)
            assert Rung.ADMINISTRATOR in found.rungs or now < few, f"{case}: called since {found.began}"


def mine_of(row: Row[Any], found: Round) -> list[SpecialistId]:  # Any: columns
    """Return whom a call was for by name: one on duty, or the leads; everybody, and the administrator, have none."""
    named = Rung(row.rung) in {Rung.PERSON, Rung.LEAD}
    return sorted(set(row.told) - found.called) if named else []


def _whom(found: Round, staff: Mapping[SpecialistId, Worker], now: datetime) -> tuple[Rung, list[SpecialistId]]:
    """Return who has to be called next, by what they have ordered."""
    last = found.rungs[-1] if found.rungs else Rung.PERSON
    fresh = {one: worker for one, worker in staff.items() if one not in found.called}
    on_duty = sorted((worker.place, one) for one, worker in fresh.items() if worker.is_on(now))
    leads = sorted(one for one, worker in fresh.items() if worker.lead)
    if last is Rung.PERSON and on_duty:
        return Rung.PERSON, [on_duty[0][1]]
    if last is Rung.PERSON and leads:
        return Rung.LEAD, leads
    if last in {Rung.PERSON, Rung.LEAD}:
        return Rung.ALL, []
    return (Rung.ADMINISTRATOR if last is Rung.ALL else Rung.AGAIN), []


def _is_private(told: Told) -> bool:
    return told.outgoing.buttons is not None and told.outgoing.buttons.purpose is Purpose.CALL
