"""What the bot can do next. A closed set: take it apart with `match`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.content.model import DangerKind, EntryId, SmallTalkKind
    from bot.matching.evidence import Candidate


class Reason(StrEnum):
    """Why a question goes to a person."""

    NO_MATCH = "no_match"
    PERSON_ASKED = "person_asked"
    NOT_HELPED = "not_helped"
    CLARIFIED_ONCE = "clarified_once"
    DANGER = "danger"
    ATTACHMENT = "attachment"
    FAILED = "failed"
    SHADOW = "shadow"
    APPROVAL = "approval"
    REVIEW = "review"
    LIMITED = "limited"


@dataclass(frozen=True, slots=True)
class Answer:
    """Send the answer of an entry; `neighbours` are the next candidates, to offer below it.

    Where a message has two needs, `also` are the further ones to answer, and `asked` those that are only offered.
    """

    entry_id: EntryId
    neighbours: tuple[Candidate, ...] = ()
    also: tuple[Candidate, ...] = ()
    asked: tuple[Candidate, ...] = ()


@dataclass(frozen=True, slots=True)
class Clarify:
    """Ask which of at most three was meant."""

    choices: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class HandOff:
    """Offer a person."""

    reason: Reason


@dataclass(frozen=True, slots=True)
class Danger:
    """Send the emergency card at once."""

    kind: DangerKind | None


@dataclass(frozen=True, slots=True)
class SmallTalk:
    """Say something short back."""

    kind: SmallTalkKind


Step = Answer | Clarify | HandOff | Danger | SmallTalk
