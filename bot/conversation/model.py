"""What comes in, what goes out, and what we remember of one person on one channel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, NewType

from bot.cases.model import CaseId, CaseState, CloseReason, Rating, SpecialistId
from bot.content.model import (
    CardId,
    ChecklistId,
    DangerKind,
    EntryId,
    Language,
    MunicipalityId,
    StepId,
    TeamId,
    TopicId,
)
from bot.conversation.limits import Allowance
from bot.conversation.steps import Reason
from bot.matching.evidence import Level, Writer

ConversationId = NewType("ConversationId", int)
InboxId = NewType("InboxId", int)
OutboxId = NewType("OutboxId", int)
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
    MIGRATED = "migrated"
    """A group has a new address."""
    RIGHTS = "rights"
    """What we may do in a group has changed."""
    LEFT = "left"
    """Somebody is no longer in a group."""


class AttachmentKind(StrEnum):
    """How an attachment is shown."""

    PHOTO = "photo"
    FILE = "file"
    VOICE = "voice"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A picture, file or voice message; `ref` is the channel's name of it, `size` is in bytes. Its own name is not kept."""

    ref: str
    kind: AttachmentKind
    mime: str = ""
    size: int = 0


@dataclass(frozen=True, slots=True)
class InGroup:
    """What only messages of a group have. `author` is the channel's id of who wrote or pressed, empty for nobody known.

    `thread` is the group's topic it stands in; `forum` tells whether the group has topics, `topics` whether we may make
    them, None where the message does not tell; `query` is the press that waits for an answer; `moved_to` a new address.
    """

    author: str = ""
    thread: str = ""
    forum: bool = False
    topics: bool | None = None
    query: str = ""
    moved_to: str = ""


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
    `message` is the channel's id of the message itself, `reply_to` of the one it replies to; an edit keeps its `message`.
    `group` is there for messages of a group of specialists, and only for those.
    """

    key: str
    address: Address
    kind: Kind
    text: str = ""
    press: Press | None = None
    files: tuple[Attachment, ...] = ()
    hint: Language | None = None
    at: datetime | None = None
    message: str = ""
    reply_to: str = ""
    group: InGroup | None = None


@dataclass(frozen=True, slots=True)
class KeptMessage:
    """What is left of an earlier incoming message."""

    text: str
    files: tuple[Attachment, ...] = ()


class Verb(StrEnum):
    """What a button does; one sign on the wire: capital letters for specialists, small ones and digits for families."""

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
    ADD = "a"
    WITHDRAW = "v"
    YES = "y"
    PARTLY = "b"
    NO = "q"
    SOLVED = "f"
    NEW_QUESTION = "i"
    CASE = "k"
    SEND_FILE = "e"
    KEEP_FILE = "g"
    TOWN = "m"
    OTHER_TOWN = "j"
    SKIP = "z"
    CHECKLIST = "u"
    TICK = "r"
    HOW = "2"
    CLEAR = "1"
    HIDE = "3"
    UNHIDE = "4"
    FOLD = "5"
    CLAIM = "C"
    RELEASE = "R"
    TRANSFER = "T"
    TEAM = "M"
    CLOSE = "L"
    REASON = "N"
    INSERT = "I"
    ENTRY = "E"
    GUIDE = "G"
    GUIDE_CARD = "D"
    SEND = "S"
    NOTE = "P"
    CANCEL = "X"
    TAKE_OVER = "O"
    WORK_HERE = "W"
    MAKE_CASE = "V"
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
    CALL = "call"
    """Under a call about danger in a specialist's own chat."""
    UNCERTAIN = "uncertain"
    OFFER = "offer"
    ASIDE = "aside"
    """Under what stands below a reply without being asked for: words press the buttons of the reply."""
    CASE = "case"
    CASES = "cases"
    RATING = "rating"
    FILE = "file"
    TOWN = "town"
    CHECKLISTS = "checklists"
    CHECKLIST = "checklist"
    DESK = "desk"
    """Under a message in a group of specialists."""
    CURTAIN = "curtain"
    """Under a neutral line that stands before a message of a hidden chat, and under that message once it is shown."""
    HIDING = "hiding"
    USED = "used"
    """Pressed a second time: nothing more follows."""


@dataclass(frozen=True, slots=True)
class ButtonSet:
    """The buttons under one message and what they need to know when pressed, also weeks later.

    `question` is the inbox row they answer, `case` the case they act on, `held` the message of a specialist that they
    let go. `entries`, `languages`, `topics`, `owed`, `cases`, `teams`, `reasons`, `towns`, `checklists`, `steps`, `cards` are
    what choices count in. `follows` is the entry that a follow-up went on from: alone its words say little. `behind` is the
    message that a curtain stands before; `family` is whose words a group was shown.
    """

    token: Token
    purpose: Purpose
    rows: tuple[tuple[Button, ...], ...]
    question: InboxId | None = None
    entries: tuple[EntryId, ...] = ()
    shown: tuple[EntryId, ...] = ()
    follows: EntryId | None = None
    languages: tuple[Language, ...] = ()
    topics: tuple[TopicId, ...] = ()
    owed: tuple[OutboxId, ...] = ()
    danger: DangerKind | None = None
    case: CaseId | None = None
    cases: tuple[CaseId, ...] = ()
    teams: tuple[TeamId, ...] = ()
    reasons: tuple[CloseReason, ...] = ()
    held: str = ""
    towns: tuple[MunicipalityId, ...] = ()
    checklists: tuple[ChecklistId, ...] = ()
    steps: tuple[StepId, ...] = ()
    cards: tuple[CardId, ...] = ()
    behind: Outgoing | None = None
    family: ConversationId | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One paragraph of a message; `quote` ones fold together where a channel can fold.

    `theirs` are a family's words as specialists get them: nothing in them can be tapped.
    """

    text: str
    bold: bool = False
    quote: bool = False
    theirs: bool = False


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
    DELETION = "deletion"
    """Takes messages out of a chat; it has no words."""
    REPLY = "reply"
    """A specialist's words to the family."""
    CASE = "case"
    """What happened to a family's case: the one message at each change of hands."""
    CASE_CARD = "case_card"
    """A case as specialists see it, the first message of its topic."""
    CARD_EDIT = "card_edit"
    DESK = "desk"
    """Anything else in a group of specialists."""
    TOAST = "toast"
    """The short answer to a press in a group."""


TO_SPECIALISTS = frozenset({
    OutgoingKind.CASE_CARD, OutgoingKind.CARD_EDIT, OutgoingKind.DESK, OutgoingKind.TOAST,
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A finished message in the words it will have, whatever changes before it leaves.

    With `edits` set it replaces that message; empty `lines` then mean that only its buttons change. A `file` goes with
    the lines as its caption. `query` is the press that a toast answers. `closes_topic` tells whether a card's edit closes
    the case's topic (True), opens it (False) or leaves it (None). `deletes` are messages that a deletion takes away, at most
    a hundred.
    """

    kind: OutgoingKind
    language: Language
    lines: tuple[Line, ...] = ()
    buttons: ButtonSet | None = None
    silent: bool = False
    edits: str | None = None
    file: Attachment | None = None
    query: str = ""
    closes_topic: bool | None = None
    deletes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OpenCase:
    """What a family sees of its case; `due_at` is the promised instant, None when it is the family's turn."""

    id: CaseId
    number: str
    topic: TopicId | None
    state: CaseState
    question: InboxId | None
    opened_at: datetime
    due_at: datetime | None = None
    team: TeamId | None = None
    urgent: bool = False

    @property
    def in_hand(self) -> bool:
        """Whether somebody has it."""
        return self.state in {CaseState.CLAIMED, CaseState.ANSWERED}


@dataclass(frozen=True, slots=True)
class ClosedCase:
    """A case that ended, as far as writing again may take it up."""

    id: CaseId
    number: str
    topic: TopicId | None
    closed_at: datetime
    close_reason: str = ""
    opened_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Conversation:
    """One person on one channel.

    `language` is the last confident one, or the one chosen; `noticed` tells whether the privacy notice has been shown;
    `clarified` whether our last step was to ask back; `awaiting` the case whose question the person still has to write;
    `last_question` and `last_entries` are what they asked and got last, at `answered_at`. `talking` is the case in which a
    specialist and the family write to each other now; `files_for` the case for which the warning about pictures was answered.
    `town` is where they said they live, at `town_at`; only the second is set if they skipped the question. `town_for` is
    the entry whose local part waits for a town to be written. `ticked` are steps of checklists, as "checklist/step".
    `hidden_at` is since when the chat is hidden; `phone_asked_at` when we last asked who else reads this phone,
    `early_help_at` when we last offered help to a family under strain. `writer` is a child, as a message at `writer_at` told.
    `allowance` counts their messages; until `barred_until` a specialist, `barred_by`, has limited them.
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
    answered_at: datetime | None = None
    talking: CaseId | None = None
    files_for: CaseId | None = None
    town: MunicipalityId | None = None
    town_at: datetime | None = None
    town_for: EntryId | None = None
    ticked: tuple[str, ...] = ()
    hidden_at: datetime | None = None
    phone_asked_at: datetime | None = None
    early_help_at: datetime | None = None
    writer: Writer | None = None
    writer_at: datetime | None = None
    allowance: Allowance = field(default_factory=Allowance)
    barred_until: datetime | None = None
    barred_by: SpecialistId | None = None
    open_cases: tuple[OpenCase, ...] = field(default=(), compare=False)
    closed_cases: tuple[ClosedCase, ...] = field(default=(), compare=False)
    """Newest first."""
    latest_buttons: ButtonSet | None = field(default=None, compare=False)

    def open_case(self, case: CaseId | None) -> OpenCase | None:
        """Return one of the open cases."""
        return next((one for one in self.open_cases if one.id == case), None)


@dataclass(frozen=True, slots=True)
class NewCase:
    """A question to keep for people.

    `nearest` are entries with their probabilities and `tried` those that were shown already, for the specialist;
    `follows` is an earlier case that it belongs to, `town` where the family lives if they said so today.
    """

    question: InboxId | None
    text: str
    reason: Reason
    topic: TopicId | None
    language: Language
    danger: Level = Level.NONE
    danger_kind: DangerKind | None = None
    nearest: tuple[tuple[EntryId, float], ...] = ()
    tried: tuple[EntryId, ...] = ()
    files: tuple[Attachment, ...] = ()
    follows: CaseId | None = None
    town: MunicipalityId | None = None
    writer: Writer | None = None


@dataclass(frozen=True, slots=True)
class Addition:
    """The family's words or files for an open case. `danger` is the level seen in them: a case only ever rises."""

    case: CaseId
    text: str = ""
    files: tuple[Attachment, ...] = ()
    danger: Level = Level.NONE


@dataclass(frozen=True, slots=True)
class DangerOver:
    """The family's word that the danger is over; the level stays."""

    case: CaseId


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """The family takes a question back."""

    case: CaseId


@dataclass(frozen=True, slots=True)
class Solution:
    """The family says that a question is solved."""

    case: CaseId


@dataclass(frozen=True, slots=True)
class Reopening:
    """The family takes a closed case up again, perhaps with new words."""

    case: CaseId
    text: str = ""
    files: tuple[Attachment, ...] = ()
    danger: Level = Level.NONE


@dataclass(frozen=True, slots=True)
class RatingGiven:
    """Whether a closed case helped; "no" takes it up again."""

    case: CaseId
    rating: Rating


@dataclass(frozen=True, slots=True)
class Reachability:
    """Whether the family can be reached; told to whoever has a case of theirs."""

    reachable: bool


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """A specialist says in their own chat that they have a case of danger."""

    case: CaseId


@dataclass(frozen=True, slots=True)
class DutyOrder:
    """A specialist says in their own chat whether they are on duty: "on", "off", or nothing to be told."""

    order: str


FamilyMove = Addition | DangerOver | Withdrawal | Solution | Reopening | RatingGiven | Reachability
"""What a family can do to cases of its own. A closed set: take it apart with `match`."""
StaffMove = Acknowledgement | DutyOrder
"""What a specialist can do in their own chat with the bot."""


@dataclass(frozen=True, slots=True)
class Count:
    """One thing that happened, without who: a row in the counts by day."""

    language: str
    topic: str
    step: str


class VerdictSource(StrEnum):
    """The press that says whether an entry was right."""

    CHOICE = "choice"
    NONE_OF_THESE = "none_of_these"
    HELPED = "helped"
    NOT_HELPED = "not_helped"
    NEIGHBOUR = "neighbour"
    """A similar question below an answer was opened: perhaps that one was meant, perhaps it was only looked at."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether an entry was right for a question, in the family's word."""

    question: InboxId
    entry_id: EntryId
    source: VerdictSource
    right: bool


@dataclass(frozen=True, slots=True)
class Effects:
    """All that handling one message changes, committed together.

    `moves` are done to cases of this family, each with the message to the family that belongs to it; `awaits_detail`
    says that the next message belongs to the new `case`. `resend` are outbox rows whose words are owed once more.
    `verdicts` are of one question. `would` is the step, and `would_show` the entry, that shadow mode has held back.
    `hides` empties the chat; `bare` shows the messages also where the chat is hidden.
    """

    conversation: Conversation
    outgoing: tuple[Outgoing, ...] = ()
    case: NewCase | None = None
    moves: tuple[FamilyMove | StaffMove, ...] = ()
    awaits_detail: bool = False
    resend: tuple[OutboxId, ...] = ()
    counts: tuple[Count, ...] = ()
    step: str = ""
    verdicts: tuple[Verdict, ...] = ()
    would: str = ""
    would_show: EntryId | None = None
    hides: bool = False
    bare: bool = False


Json = Mapping[str, Any]
"""A JSON object; Any because JSON has no narrower type."""
