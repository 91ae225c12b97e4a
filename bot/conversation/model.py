"""What comes in, what goes out, and what we remember of one person on one channel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal, NewType

from bot.content.model import DangerKind, EntryId, Language, TopicId
from bot.conversation.steps import Reason
from bot.matching.evidence import Level

ConversationId = NewType("ConversationId", int)
InboxId = NewType("InboxId", int)
OutboxId = NewType("OutboxId", int)
CaseId = NewType("CaseId", int)
Token = NewType("Token", str)
"""Names a set of buttons; random, so that nothing can be read from it or guessed."""


class Channel(StrEnum):
    """Where a person is reached."""

    TELEGRAM = "telegram"
    CONSOLE = "console"


@dataclass(frozen=True, slots=True)
class Address:
    """Where a person is reached; stored in one table only."""

    channel: Channel
    chat: str


class Kind(StrEnum):
    """What kind of message came in."""

    TEXT = "text"
    EDITED = "edited"
    PRESS = "press"
    PHOTO = "photo"
    FILE = "file"
    VOICE = "voice"
    OTHER = "other"
    BLOCKED = "blocked"
    UNBLOCKED = "unblocked"


@dataclass(frozen=True, slots=True)
class Press:
    """A pressed button: which verb, of which set, which choice; `message` is the message it hangs on."""

    verb: str
    token: Token
    choice: int
    message: str


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message, reduced to what we may keep: no name, no raw update, `text` masked.

    `key` is unique for what the channel delivers (`tg:<bot>:<update>`), so that a second delivery changes nothing.
    """

    key: str
    address: Address
    kind: Kind
    text: str = ""
    press: Press | None = None
    files: tuple[str, ...] = ()
    hint: Language | None = None
    at: datetime | None = None


class Verb(StrEnum):
    """What a button does; one letter on the wire."""

    HELPED = "h"
    NOT_THIS = "n"
    PERSON = "p"
    CHOICE = "c"
    SOMETHING_ELSE = "s"
    LANGUAGE = "l"
    TOPIC = "t"
    SHOW = "w"
    CANNOT_CALL = "x"
    DANGER_OVER = "o"
    DONE = "d"
    """A used button, shown as "✓ …"; pressing it again does nothing."""


@dataclass(frozen=True, slots=True)
class Button:
    """A label (≤ 28 characters) and what it does; `choice` counts within its set."""

    label: str
    verb: Verb
    choice: int = 0


class Purpose(StrEnum):
    """What a set of buttons belongs to."""

    ANSWER = "answer"
    CLARIFY = "clarify"
    LANGUAGES = "languages"
    TOPICS = "topics"
    TOPIC = "topic"
    CARD = "card"
    UNCERTAIN = "uncertain"
    OFFER = "offer"
    USED = "used"
    """Pressed a second time: nothing more follows."""


@dataclass(frozen=True, slots=True)
class ButtonSet:
    """The buttons under one message and what they need to know when pressed, also weeks later.

    `question` is the inbox row they answer; `entries`, `languages`, `topics`, `owed` are what choices count in.
    """

    token: Token
    purpose: Purpose
    rows: tuple[tuple[Button, ...], ...]
    question: InboxId | None = None
    entries: tuple[EntryId, ...] = ()
    shown: tuple[EntryId, ...] = ()
    languages: tuple[Language, ...] = ()
    topics: tuple[TopicId, ...] = ()
    owed: tuple[OutboxId, ...] = ()
    danger: DangerKind | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One paragraph of a message; `quote` ones fold together where a channel can fold."""

    text: str
    bold: bool = False
    quote: bool = False


class OutgoingKind(StrEnum):
    """What a message is, for order, recovery and counts; never its content."""

    CARD = "card"
    ANSWER = "answer"
    CLARIFICATION = "clarification"
    HAND_OVER = "hand_over"
    TALK = "talk"
    NOTICE = "notice"
    UNCERTAIN = "uncertain"
    EDIT = "edit"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A finished message in the words it will have, whatever changes before it leaves.

    With `edits` set it replaces that message; empty `lines` then mean that only its buttons change.
    """

    kind: OutgoingKind
    language: Language
    lines: tuple[Line, ...] = ()
    buttons: ButtonSet | None = None
    silent: bool = False
    edits: str | None = None


@dataclass(frozen=True, slots=True)
class OpenCase:
    """What `/questions` shows of a case."""

    id: CaseId
    number: str
    topic: TopicId | None
    state: str
    question: InboxId | None
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class Conversation:
    """One person on one channel.

    `language` is the last confident one, or the one chosen; `noticed` tells whether the privacy notice has been shown;
    `clarified` whether our last step was to ask back; `awaiting` the case whose question the person still has to write;
    `last_question` and `last_entries` are what they asked and got last.
    """

    id: ConversationId
    channel: Channel
    language: Language | None = None
    chosen: bool = False
    noticed: bool = False
    clarified: bool = False
    blocked: bool = False
    awaiting: CaseId | None = None
    last_question: InboxId | None = None
    last_entries: tuple[EntryId, ...] = ()
    open_cases: tuple[OpenCase, ...] = field(default=(), compare=False)
    latest_buttons: ButtonSet | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class NewCase:
    """A question to keep for people. `nearest` are entries with their probabilities, for the specialist."""

    question: InboxId | None
    text: str
    reason: Reason
    topic: TopicId | None
    language: Language
    danger: Level = Level.NONE
    danger_kind: DangerKind | None = None
    nearest: tuple[tuple[EntryId, float], ...] = ()
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Addition:
    """Something more for an open case: the family's `message`, or their word that the danger is over."""

    case: CaseId
    kind: Literal["message", "danger_over"]
    text: str = ""


@dataclass(frozen=True, slots=True)
class Count:
    """One thing that happened, without who: a row in the counts by day."""

    language: str
    topic: str
    step: str


@dataclass(frozen=True, slots=True)
class Effects:
    """All that handling one message changes, committed together.

    `addition` puts more words to an open case; `awaits_detail` says that the next message belongs to the new `case`.
    `resend` are outbox rows whose words are owed once more.
    """

    conversation: Conversation
    outgoing: tuple[Outgoing, ...] = ()
    case: NewCase | None = None
    addition: Addition | None = None
    awaits_detail: bool = False
    resend: tuple[OutboxId, ...] = ()
    counts: tuple[Count, ...] = ()
    step: str = ""


Json = Mapping[str, Any]
"""A JSON object; Any because JSON has no narrower type."""
