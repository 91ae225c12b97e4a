"""Looks over the program's shoulder: after every step each case, each promise and each message about it must be right.

What is checked is written down here a second time, from what the families were told; the program's own words are only
taken for "what happened": the rows of `case_events`, `notes` and `outbox`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, func, select

from bot.cases import lifecycle
from bot.cases.model import CHANGES_HANDS, Case, CaseId, CaseState, Event, EventKind, SpecialistId
from bot.content.model import Catalogue, TeamId
from bot.conversation.model import ConversationId, OutgoingKind
from bot.conversation.notices import by_when
from bot.conversation.replies import World
from bot.ports import Transaction
from bot.storage.tables import case_events, cases, notes
from bot.storage.unit_of_work import SqlTransaction
from tests.simulation.bars import Bars
from tests.simulation.calendar import after_working
from tests.simulation.calls import LOOK, Calls, Staff
from tests.simulation.people import Told

DANGER, ORDINARY = timedelta(minutes=30), 8.0
"""How long a claimed case may lie untouched: of danger by the clock, others in working hours."""
_IN_TIME = timedelta(minutes=29)
"""A family that gets a new time gets it so long before the old one, or earlier."""

_ONLY_WRITTEN_DOWN = frozenset({
    EventKind.CORRECTED, EventKind.DANGER_OVER, EventKind.UNREACHABLE, EventKind.REACHABLE, EventKind.BARRED,
    EventKind.UNBARRED, EventKind.HIDDEN,
})  # fmt: skip
"""What happens around a case and changes nothing of it."""
_WANTS_A_REASON = frozenset({EventKind.LOWERED, EventKind.BARRED})
_LEVELS = ("none", "amber", "red")
_FULFILS = frozenset({EventKind.REPLIED, EventKind.CLOSED, EventKind.SOLVED, EventKind.WITHDRAWN})


@dataclass
class Followed:
    """A case as its events alone tell it, and what is promised of it."""

    case: Case
    family: ConversationId
    promise: datetime | None
    level: str
    touched: datetime | None = None
    """When its holder last did something with it, as long as it is the holder's turn."""

    @property
    def limit(self) -> datetime | None:
        """The instant at which it goes back unless somebody touches it."""
        if self.touched is None:
            return None
        return self.touched + DANGER if self.case.urgent else after_working(self.touched, ORDINARY)


@dataclass
class Numbers:
    """What happened in all, for the table in the end."""

    events: Counter[EventKind] = field(default_factory=Counter)
    notes: int = 0
    danger: int = 0
    amber: int = 0
    worst: timedelta = timedelta()
    worst_in_danger: timedelta = timedelta()
    closest: timedelta = timedelta(days=1)
    """The least time before its end at which a promise was replaced by a new one."""
    told: int = 0


class Ledger:
    """Every case that was ever opened, followed event by event."""

    def __init__(self, world: Callable[[], World], staff: Staff, hides: Callable[[ConversationId], bool]) -> None:
        self._world, self._hides = world, hides
        self.calls, self.bars = Calls(staff), Bars()
        self._event = self._note = 0
        self.cases: dict[CaseId, Followed] = {}
        self.numbers = Numbers()

    async def follow(self, tx: SqlTransaction, told: Sequence[Told], now: datetime) -> list[tuple[CaseId, Event]]:
        """Check everything after one step; return what happened in it."""
        self._nothing_is_late(now)
        happened = await self._read_events(tx)
        for case_id, event in happened:
            if event.kind is EventKind.OPENED:
                await self._opened(tx, case_id, event, told)
            else:
                self._happened(self.cases[case_id], event)
        await self._read_notes(tx)
        self._told_once(happened, told)
        for case_id in {case_id for case_id, _ in happened}:
            await self._as_stored(tx, case_id)
        self.bars.follow([(self.cases[case_id].family, case_id, event) for case_id, event in happened], told, now)
        administrator = self._world().calls.administrator
        chat = administrator.chat if administrator is not None else ""
        await self.calls.follow(tx, [followed.case for followed in self.cases.values()], told, chat, now)
        return happened

    # What happened ----------------------------------------------------------------------------------------------------

    async def _read_events(self, tx: SqlTransaction) -> list[tuple[CaseId, Event]]:
        query = select(case_events).where(case_events.c.id > self._event).order_by(case_events.c.id)
        rows = (await tx.connection.execute(query)).all()
        self._event = max((row.id for row in rows), default=self._event)
        for row in rows:
            assert row.kind not in _WANTS_A_REASON or row.payload.get("text"), f"{row.kind} without a reason"
        return [(CaseId(row.case_id), event_of(row)) for row in rows]

    async def _opened(self, tx: Transaction, case_id: CaseId, event: Event, told: Sequence[Told]) -> None:
        assert case_id not in self.cases, "opened twice"
        kept = await tx.cases.load(case_id)
        first = replace(
            kept.case,
            state=CaseState.WAITING,
            team=team_of(self._world().catalogue, kept.case),
            due_at=event.due_at,
            claimed_by=None,
            return_at=None,
            version=1,
        )
        self.cases[case_id] = Followed(first, kept.conversation_id, event.due_at, kept.danger)
        self.numbers.events[event.kind] += 1
        self.numbers.danger += kept.danger == "red"
        self.numbers.amber += kept.danger == "amber"
        assert event.due_at is not None, "opened without a promise"
        kinds = {OutgoingKind.HAND_OVER, OutgoingKind.CARD}
        opening = [one for one in told if one.to == kept.conversation_id and one.outgoing.kind in kinds]
        assert len(opening) == 1, f"{kept.case.number}: the family is told {len(opening)} times that it was opened"
        self._tells(opening[0], event.due_at)

    def _happened(self, followed: Followed, event: Event) -> None:
        self.numbers.events[event.kind] += 1
        if event.kind in _ONLY_WRITTEN_DOWN:
            return
        before, case = followed.case, lifecycle.after(followed.case, event)
        if event.kind is EventKind.RETURNED:
            self._returned(followed, event)
        if event.kind in {EventKind.RAISED, EventKind.LOWERED}:
            self._levelled(followed, event)
        if followed.promise is not None and event.kind in _FULFILS | {EventKind.POSTPONED, EventKind.TRANSFERRED}:
            assert event.at <= followed.promise, f"{case.number}: {event.kind} after the promise had passed"
        if event.kind is EventKind.POSTPONED:
            assert followed.promise is not None
            early = followed.promise - event.at
            assert early >= _IN_TIME, f"{case.number}: told a new time only {early} before the old one"
            self.numbers.closest = min(self.numbers.closest, early)
        followed.case = case
        if event.kind in _FULFILS:
            followed.promise = None
        elif event.due_at is not None:
            assert event.due_at > event.at, f"{case.number}: promises a time that has passed"
            followed.promise = event.due_at
        if case.state is not CaseState.CLAIMED:
            followed.touched = None
        elif event.kind is EventKind.CLAIMED or before.state is CaseState.ANSWERED or before.urgent != case.urgent:
            followed.touched = event.at

    def _levelled(self, followed: Followed, event: Event) -> None:
        """Check that a level rises or falls as its event says, and falls only by a specialist."""
        before, after = _LEVELS.index(followed.level), _LEVELS.index(event.reason)
        rises = event.kind is EventKind.RAISED
        assert after > before if rises else after < before, f"{followed.case.number}: {event.kind} to {event.reason}"
        assert rises or event.by is not None, f"{followed.case.number}: lowered by nobody"
        followed.level = event.reason

    def _returned(self, followed: Followed, event: Event) -> None:
        limit, case = followed.limit, followed.case
        assert limit is not None, f"{case.number}: returned to the queue, and nobody had it"
        late = event.at - limit
        assert late >= timedelta(), f"{case.number}: returned {-late} too early"
        assert late <= LOOK, f"{case.number}: returned {late} too late"
        if case.urgent:
            self.numbers.worst_in_danger = max(self.numbers.worst_in_danger, late)
        self.numbers.worst = max(self.numbers.worst, late)

    async def _read_notes(self, tx: SqlTransaction) -> None:
        """Let each note of its holder give a case more time: it is no event, and stands in a table of its own."""
        query = select(notes.c.id, notes.c.case_id, notes.c.by, notes.c.at).where(
            notes.c.id > self._note, ~notes.c.held
        )
        for row in (await tx.connection.execute(query.order_by(notes.c.id))).all():
            self._note = row.id
            self.numbers.notes += 1
            followed = self.cases[CaseId(row.case_id)]
            by = SpecialistId(row.by)
            if followed.case.state is CaseState.CLAIMED and followed.case.claimed_by == by:
                followed.touched = row.at
            back = lifecycle.touch(followed.case, by, row.at, self._world().promise)
            followed.case = replace(followed.case, return_at=back)
            await self._as_stored(tx, followed.case.id)

    # What must hold ---------------------------------------------------------------------------------------------------

    def _nothing_is_late(self, now: datetime) -> None:
        for followed in self.cases.values():
            number = followed.case.number
            if followed.promise is not None:
                assert now < followed.promise, f"{number}: {followed.promise} has passed, with no word to the family"
            if followed.case.state is CaseState.CLAIMED:
                assert followed.limit is not None
                assert now <= followed.limit + LOOK, f"{number}: lies untouched since {followed.touched}"

    def _told_once(self, happened: Sequence[tuple[CaseId, Event]], told: Sequence[Told]) -> None:
        for case_id in {case_id for case_id, _ in happened}:
            followed = self.cases[case_id]
            hands = [event for one, event in happened if one == case_id and event.kind in CHANGES_HANDS]
            rows = [one for one in told if one.case == case_id and one.outgoing.kind is OutgoingKind.CASE]
            kinds = [event.kind.value for event in hands]
            if self._hides(followed.family):  # a notice that nobody asked for does not go to a hidden chat
                hands = []
            assert len(rows) == len(hands), f"{followed.case.number}: {kinds}, and {len(rows)} messages to the family"
            assert all(row.to == followed.family for row in rows), f"{followed.case.number}: told another family"
            for event, row in zip(hands, rows, strict=True):
                if event.due_at is not None:
                    self._tells(row, event.due_at)
            self.numbers.told += len(rows)
        others = [one for one in told if one.outgoing.kind is OutgoingKind.CASE and one.case not in dict(happened)]
        assert not others, "a family is told of a change, and nothing has changed"

    def _tells(self, told: Told, due_at: datetime) -> None:
        promised = by_when(self._world().voice(told.outgoing.language), due_at).text
        said = [line.text for line in told.meant.lines]
        assert promised in said, f"the family is told {said}, not {promised!r}"

    async def _as_stored(self, tx: Transaction, case_id: CaseId) -> None:
        kept = await tx.cases.load(case_id)
        followed = self.cases[case_id].case
        assert kept.case == followed, f"the events of {followed.number} make another case than the one that is kept"

    async def finish(self, tx: SqlTransaction, now: datetime) -> None:
        """Check that no case is lost: each is there, open or closed with a reason, and as its events tell it."""
        self.calls.finish(now)
        stored = await tx.connection.scalar(select(func.count()).select_from(cases))
        assert len(self.cases) == stored, f"{len(self.cases)} were opened, {stored} are there"
        for case_id, followed in self.cases.items():
            await self._as_stored(tx, case_id)
            if followed.case.state is CaseState.CLOSED:
                assert followed.case.close_reason, f"{followed.case.number} is closed without a reason"
                assert followed.case.closed_at is not None


def team_of(catalogue: Catalogue, case: Case) -> TeamId:
    """Return the team that a new case goes to."""
    known = catalogue.topics.get(case.topic) if case.topic else None
    return known.team if known else catalogue.default_team


def event_of(row: Row[Any]) -> Event:  # Any: columns
    """Return an event as the store keeps it."""
    said = row.payload
    return Event(
        kind=EventKind(row.kind),
        at=row.at,
        by=SpecialistId(row.by) if row.by else None,
        team=TeamId(said["team"]) if "team" in said else None,
        reason=said.get("reason", ""),
        due_at=datetime.fromisoformat(said["due_at"]) if "due_at" in said else None,
        return_at=datetime.fromisoformat(said["return_at"]) if "return_at" in said else None,
        until=datetime.fromisoformat(said["until"]) if "until" in said else None,
    )
