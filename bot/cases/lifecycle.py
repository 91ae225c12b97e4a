"""What may follow what in a case. Each move returns its event, or raises MoveRefused with the reason.

waiting ── claim ──> claimed ── reply ──> answered ── the family writes ──> claimed
   ^                    │                    │
   └── release, return, transfer ────────────┘      any of them ── close, withdraw ──> closed ── reopen ──> waiting
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import NoReturn

from bot.cases.model import (
    Case,
    CaseState,
    CloseReason,
    Event,
    EventKind,
    MoveRefused,
    Rating,
    Refusal,
    SpecialistId,
)
from bot.cases.sla import Promise
from bot.content.model import TeamId

RED = "red"
"""The level of danger at which a case is urgent; amber is read the same day."""
LEVELS = ("none", "amber", RED)
"""Levels of danger, the least first."""
_HELD = frozenset({CaseState.CLAIMED, CaseState.ANSWERED})


def claim(case: Case, by: SpecialistId, at: datetime, promise: Promise) -> Event:
    """Take a waiting case. Raises MoveRefused with its holder if somebody has it."""
    _must_be_open(case)
    if case.state in _HELD:
        _refuse(Refusal.YOURS_ALREADY if case.claimed_by == by else Refusal.HAS_ANOTHER, case.claimed_by)
    return Event(EventKind.CLAIMED, at, by, return_at=promise.return_at(case.urgent, at))


def take_over(case: Case, by: SpecialistId, at: datetime, promise: Promise) -> Event:
    """Take a case from whoever has it, or from the queue."""
    _must_be_open(case)
    if case.claimed_by == by:
        _refuse(Refusal.YOURS_ALREADY, by)
    return Event(EventKind.CLAIMED, at, by, return_at=promise.return_at(case.urgent, at))


def release(case: Case, by: SpecialistId, at: datetime, promise: Promise) -> Event:
    """Give one's own case back to the queue."""
    _must_be_mine(case, by)
    return Event(EventKind.RELEASED, at, by, due_at=promise.anew(case, at))


def reply(case: Case, by: SpecialistId, at: datetime) -> Event:
    """Answer the family; now it is their turn."""
    _must_be_mine(case, by)
    return Event(EventKind.REPLIED, at, by)


def correct(by: SpecialistId, at: datetime) -> Event:
    """Mend an earlier reply of one's own, also in a case that ended: the family must not keep the wrong words."""
    return Event(EventKind.CORRECTED, at, by)


def touch(case: Case, by: SpecialistId, at: datetime, promise: Promise) -> datetime | None:
    """Return the new `return_at` after `by` has worked on a case without replying, such as by a note."""
    mine = case.state is CaseState.CLAIMED and case.claimed_by == by
    return promise.return_at(case.urgent, at) if mine else case.return_at


def transfer(case: Case, to: TeamId, by: SpecialistId, at: datetime, promise: Promise, reason: str) -> Event:
    """Give a case to another team: a waiting one, or one's own."""
    _must_be_open(case)
    if case.state in _HELD:
        _must_be_mine(case, by)
    if to == case.team:
        _refuse(Refusal.SAME_TEAM)
    return Event(EventKind.TRANSFERRED, at, by, team=to, reason=reason, due_at=promise.due_at(case.topic, at))


def close(case: Case, by: SpecialistId, at: datetime, reason: CloseReason) -> Event:
    """End one's own case."""
    _must_be_mine(case, by)
    return Event(EventKind.CLOSED, at, by, reason=reason)


def solve(case: Case, at: datetime) -> Event:
    """End a case because the family says that it is solved."""
    _must_be_open(case)
    return Event(EventKind.SOLVED, at, reason=CloseReason.SOLVED)


def withdraw(case: Case, at: datetime) -> Event:
    """End a case because the family takes the question back."""
    _must_be_open(case)
    return Event(EventKind.WITHDRAWN, at, reason=CloseReason.WITHDRAWN)


def reopen(case: Case, at: datetime, promise: Promise, by: SpecialistId | None = None) -> Event:
    """Take a closed case up again; it waits for whoever is free."""
    if case.is_open:
        _refuse(Refusal.NOT_CLOSED)
    return Event(EventKind.REOPENED, at, by, due_at=promise.due_at(case.topic, at))


def rate(case: Case, at: datetime, rating: Rating) -> Event:
    """Write down whether a closed case helped."""
    if case.is_open:
        _refuse(Refusal.NOT_CLOSED)
    return Event(EventKind.RATED, at, reason=rating)


def set_level(case: Case, before: str, level: str, by: SpecialistId, at: datetime, promise: Promise) -> Event:
    """Change the level of danger of an open case, up or down: only a specialist may lower it, and says why.

    Where it becomes urgent, or is so no longer, whoever has the case has the time from now on that such a case gives.
    """
    _must_be_open(case)
    kind = EventKind.RAISED if LEVELS.index(level) > LEVELS.index(before) else EventKind.LOWERED
    urgent = level == RED
    anew = case.state is CaseState.CLAIMED and urgent != case.urgent
    return Event(kind, at, by, reason=level, return_at=promise.return_at(urgent, at) if anew else None)


def bar(by: SpecialistId, at: datetime, until: datetime) -> Event:
    """Limit the person whose case it is; also in a case that ended, and nothing of the case changes."""
    return Event(EventKind.BARRED, at, by, until=until)


def unbar(at: datetime, by: SpecialistId | None = None) -> Event:
    """End that limit, by a specialist or because its time has come."""
    return Event(EventKind.UNBARRED, at, by)


def write(case: Case, at: datetime, promise: Promise) -> Event:
    """Put the family's words to an open case; where it was their turn, it is the specialist's again."""
    _must_be_open(case)
    back = promise.return_at(case.urgent, at) if case.state is CaseState.ANSWERED else case.return_at
    return Event(EventKind.WRITTEN, at, return_at=back)


def give_back(case: Case, at: datetime, promise: Promise) -> Event:
    """Return a claimed case to the queue because nobody has touched it within its limit."""
    if case.state is not CaseState.CLAIMED or case.return_at is None or at < case.return_at:
        _refuse(Refusal.NOT_YET)
    return Event(EventKind.RETURNED, at, due_at=promise.anew(case, at))


def postpone(case: Case, at: datetime, promise: Promise) -> Event:
    """Promise a new time because the old one is about to slip."""
    if not case.is_open or case.due_at is None or at < promise.warn_at(case.due_at):
        _refuse(Refusal.NOT_YET)
    return Event(
        EventKind.POSTPONED, at, due_at=promise.due_at(case.topic, max(at, case.due_at)), return_at=case.return_at
    )


def after(case: Case, event: Event) -> Case:  # noqa: C901, PLR0911  one line for each event
    """Return a case as it is after an event."""
    changed = replace(case, version=case.version + 1)
    match event.kind:
        case EventKind.CLAIMED:
            return replace(changed, state=CaseState.CLAIMED, claimed_by=event.by, return_at=event.return_at)
        case EventKind.RELEASED | EventKind.RETURNED:
            return replace(_in_queue(changed), due_at=event.due_at)
        case EventKind.TRANSFERRED:
            return replace(_in_queue(changed), due_at=event.due_at, team=event.team or case.team)
        case EventKind.REOPENED:
            return replace(_in_queue(changed), due_at=event.due_at, closed_at=None, close_reason="")
        case EventKind.REPLIED:
            return replace(changed, state=CaseState.ANSWERED, due_at=None, return_at=None)
        case EventKind.WRITTEN:
            state = CaseState.CLAIMED if case.state is CaseState.ANSWERED else case.state
            return replace(changed, state=state, return_at=event.return_at)
        case EventKind.CLOSED | EventKind.SOLVED | EventKind.WITHDRAWN:
            ended = replace(_in_queue(changed), state=CaseState.CLOSED, due_at=None)
            rating = Rating.YES if event.kind is EventKind.SOLVED else ""
            return replace(ended, closed_at=event.at, close_reason=event.reason, rating=rating)
        case EventKind.POSTPONED:
            return replace(changed, due_at=event.due_at)
        case EventKind.RATED:
            return replace(changed, rating=event.reason)
        case EventKind.RAISED:
            urgent = case.urgent or event.reason == RED
            return replace(changed, urgent=urgent, return_at=event.return_at or case.return_at)
        case EventKind.LOWERED:
            return replace(changed, urgent=event.reason == RED, return_at=event.return_at or case.return_at)
    return changed


def _in_queue(case: Case) -> Case:
    return replace(case, state=CaseState.WAITING, claimed_by=None, return_at=None)


def _must_be_open(case: Case) -> None:
    if not case.is_open:
        _refuse(Refusal.CLOSED)


def _must_be_mine(case: Case, by: SpecialistId) -> None:
    _must_be_open(case)
    if case.claimed_by is None:
        _refuse(Refusal.NOT_CLAIMED)
    if case.claimed_by != by:
        _refuse(Refusal.HAS_ANOTHER, case.claimed_by)


def _refuse(refusal: Refusal, holder: SpecialistId | None = None) -> NoReturn:
    raise MoveRefused(refusal, holder)
