"""What matching found in one message. Values only; `conversation.decide` makes a step of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.content.model import Command, DangerKind, EntryId, Language, SmallTalkKind


class Level(StrEnum):
    """How sure we are of danger: amber adds a line to the normal reply, red sends the emergency card at once."""

    NONE = "none"
    AMBER = "amber"
    RED = "red"


class Writer(StrEnum):
    """Who seems to write, where it is not an adult for themself; a child that writes for a parent is spoken to as a child."""

    CHILD = "child"
    INTERPRETING = "interpreting"


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry and the calibrated probability, 0 to 1, that it answers the message.

    `signals` are what that was reckoned from (`signals.NAMES`); empty where nothing was reckoned.
    """

    entry_id: EntryId
    p: float
    signals: tuple[float, ...] = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that one message tells.

    `candidates` holds at most five, best first; where a message has two needs, the best of each comes first.
    `exact` says that the message is, but for spelling, a phrasing of the first candidate. `needs` is the best entry of
    each clause, where clauses have different ones, likeliest first. `writer` is set where the message tells that a child
    writes; `strain` where a family seems under strain. `alarm` is how alarming the learned detector found the message, what
    `calibration.Levels` are compared with; patterns have no part in it.
    """

    language: Language
    language_confident: bool
    danger: Level = Level.NONE
    danger_kind: DangerKind | None = None
    small_talk: SmallTalkKind | None = None
    wants_human: bool = False
    command: Command | None = None
    candidates: tuple[Candidate, ...] = ()
    exact: bool = False
    needs: tuple[Candidate, ...] = ()
    writer: Writer | None = None
    strain: bool = False
    alarm: float = field(default=0.0, compare=False, repr=False)
