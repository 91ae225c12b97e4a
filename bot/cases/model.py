"""What a case is, what can happen to it, and why a move can be refused."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from bot.content.model import Language, MunicipalityId, TeamId, TopicId
from bot.errors import TiltasError

CaseId = NewType("CaseId", int)
SpecialistId = NewType("SpecialistId", int)


class CaseState(StrEnum):
    """Whose turn it is."""

    WAITING = "waiting"
    CLAIMED = "claimed"
    ANSWERED = "answered"
    CLOSED = "closed"


class CloseReason(StrEnum):
    """Why a case ended: the first four are a specialist's, the others the family's own word."""

    HELPED = "helped"
    REFERRED = "referred"
    NO_REPLY = "no_reply"
    DUPLICATE = "duplicate"
    SOLVED = "solved"
    WITHDRAWN = "withdrawn"


SPECIALISTS_REASONS = (CloseReason.HELPED, CloseReason.REFERRED, CloseReason.NO_REPLY, CloseReason.DUPLICATE)


class Rating(StrEnum):
    """Whether it helped, in the family's word."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"


class EventKind(StrEnum):
    """What can happen to a case."""

    OPENED = "opened"
    CLAIMED = "claimed"
    RELEASED = "released"
    RETURNED = "returned"
    REPLIED = "replied"
    CORRECTED = "corrected"
    WRITTEN = "written"
    TRANSFERRED = "transferred"
    CLOSED = "closed"
    SOLVED = "solved"
    WITHDRAWN = "withdrawn"
    REOPENED = "reopened"
    POSTPONED = "postponed"
    RATED = "rated"
    RAISED = "raised"
    LOWERED = "lowered"
    DANGER_OVER = "danger_over"
    UNREACHABLE = "unreachable"
    REACHABLE = "reachable"
    HIDDEN = "hidden"
    """The family hides its chat: what is written to it waits behind a curtain."""
    BARRED = "barred"
    UNBARRED = "unbarred"


CHANGES_HANDS = frozenset({
    EventKind.CLAIMED, EventKind.RELEASED, EventKind.RETURNED, EventKind.TRANSFERRED, EventKind.CLOSED,
    EventKind.SOLVED, EventKind.WITHDRAWN, EventKind.REOPENED, EventKind.POSTPONED,
})  # fmt: skip
"""After these somebody else has to act, or by another time: the family gets exactly one message about each."""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened; all of them, in order, rebuild the case.

    `by` is the specialist who did it, None for the family or the clock. `due_at` and `return_at` are the new ones; what
    an event does not name stays as it was, but for what `lifecycle.after` clears. `until` is when a bar ends.
    """

    kind: EventKind
    at: datetime
    by: SpecialistId | None = None
    team: TeamId | None = None
    reason: str = ""
    due_at: datetime | None = None
    return_at: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """A question that a person must answer.

    `due_at` is the instant by which a reply is promised, None once it was given. `return_at` is the instant at which a
    claimed case that nobody touches goes back to the queue. `urgent` cases are about danger.
    """

    id: CaseId
    number: str
    team: TeamId
    topic: TopicId | None
    language: Language
    state: CaseState
    urgent: bool
    opened_at: datetime
    due_at: datetime | None
    town: MunicipalityId | None = None
    claimed_by: SpecialistId | None = None
    return_at: datetime | None = None
    closed_at: datetime | None = None
    close_reason: str = ""
    rating: str = ""
    version: int = 1

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to do something."""
        return self.state is not CaseState.CLOSED


class Refusal(StrEnum):
    """Why a move is not possible now."""

    CLOSED = "closed"
    NOT_CLOSED = "not_closed"
    NOT_CLAIMED = "not_claimed"
    HAS_ANOTHER = "has_another"
    YOURS_ALREADY = "yours_already"
    SAME_TEAM = "same_team"
    NOT_YET = "not_yet"


class MoveRefused(TiltasError):
    """A move that the present state does not allow; `holder` has the case, where that is the reason."""

    def __init__(self, refusal: Refusal, holder: SpecialistId | None = None) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal
        self.holder = holder
