"""What actions need of the world."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Protocol

from bot.cases.alerting import Alert, Duty
from bot.cases.model import Case, CaseId, Event, SpecialistId
from bot.content.model import EntryId, Language, TeamId
from bot.conversation.model import (
    Address,
    Attachment,
    ButtonSet,
    Channel,
    Conversation,
    ConversationId,
    Count,
    InboxId,
    Incoming,
    KeptMessage,
    NewCase,
    OutboxId,
    Outgoing,
    Token,
    VerdictSource,
)
from bot.matching.evidence import Writer

Clock = Callable[[], datetime]
"""Returns the present, aware."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """An incoming message whose turn it is; `attempts` counts the tries before this one."""

    id: InboxId
    conversation_id: ConversationId
    incoming: Incoming
    attempts: int


@dataclass(frozen=True, slots=True)
class CasePlace:
    """Where specialists see a case: a topic of their group, or the card they reply to where there are no topics.

    `uses_topics` tells whether the group has topics that we may make; `thread` and `card` are empty until they are there.
    """

    case: CaseId
    group: ConversationId
    title: str
    thread: str | None = None
    card: str | None = None
    uses_topics: bool = False

    @property
    def is_missing(self) -> bool:
        """Whether a topic has to be made before anything can be said in it."""
        return self.uses_topics and self.thread is None


@dataclass(frozen=True, slots=True)
class Owed:
    """An outgoing message that is ready to leave; `source` is the incoming one it answers, where it answers one.

    `case` is the case it is about; `place` is there if it goes to the group of its specialists. `uncovered` tells that its
    chat was hidden after it was owed, while it was on its way: it has no curtain.
    """

    id: OutboxId
    source: InboxId | None
    conversation_id: ConversationId
    address: Address
    outgoing: Outgoing
    attempts: int
    case: CaseId | None = None
    place: CasePlace | None = None
    priority: int = 0
    uncovered: bool = False


@dataclass(frozen=True, slots=True)
class NewOutgoing:
    """A row for the outbox. `key` is unique: adding it twice adds it once. Higher `priority` overtakes."""

    key: str
    conversation_id: ConversationId
    channel: Channel
    outgoing: Outgoing
    priority: int = 0
    source: InboxId | None = None
    case: CaseId | None = None


@dataclass(frozen=True, slots=True)
class KeptCase:
    """A case with what surrounds it: whose it is, and what a specialist has to see of it.

    `asked` and `files` are the family's first words; `nearest` are entries with probabilities, `tried` those that were
    shown before.
    """

    case: Case
    conversation_id: ConversationId
    reason: str
    danger: str
    danger_kind: str | None
    asked: str
    files: tuple[Attachment, ...] = ()
    nearest: tuple[tuple[EntryId, float], ...] = ()
    tried: tuple[EntryId, ...] = ()
    follows: CaseId | None = None
    writer: Writer | None = None


@dataclass(frozen=True, slots=True)
class Words:
    """What one event of a case says, with the specialist who wrote it, where one did."""

    case: CaseId
    by: SpecialistId | None
    text: str
    files: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """A team's group; `forum` tells whether it has topics, `topics` whether we may make them."""

    conversation_id: ConversationId
    team: TeamId
    forum: bool
    topics: bool
    digest_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Specialist:
    """Somebody who pressed "I work here" in a group; `alias` is the name that families see."""

    id: SpecialistId
    group: ConversationId
    alias: str


@dataclass(frozen=True, slots=True)
class OnList:
    """A specialist's duty, and their own chat with the bot where calls go too; None where they have not asked for it."""

    duty: Duty
    private: ConversationId | None = None


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to do something alone, until `expires_at`; a later holder has a higher `epoch`."""

    name: str
    owner: str
    epoch: int
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Timer:
    """Something that is due at an instant, whatever happens to the process until then."""

    key: str
    kind: str
    due_at: datetime
    payload: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class KeptVerdict:
    """A family's verdict on an entry, with what matching saw of the question when they pressed: nobody's, and no words.

    `p` and `signals` are missing where matching does not find the entry for the question, the latter also where nothing had
    to be reckoned. `question` is None as soon as the inbox no longer has the message.
    """

    question: InboxId | None
    language: Language
    entry_id: EntryId
    source: VerdictSource
    right: bool
    p: float | None
    signals: tuple[float, ...]
    encoder_id: str
    algorithm: str
    day: date


@dataclass(frozen=True, slots=True)
class Missed:
    """A kept question for which entries were wrong, `text` as masked; `right` is the one that a later press told."""

    question: InboxId
    language: Language
    text: str
    wrong: tuple[EntryId, ...]
    right: EntryId | None
    day: date


@dataclass(frozen=True, slots=True)
class StoreState:
    """How much of what the store holds. `oldest_*` are the instants of the oldest message that still waits."""

    conversations: int
    unhandled: int
    oldest_unhandled: datetime | None
    given_up: int
    owed: int
    oldest_owed: datetime | None
    uncertain: int
    refused: int
    waiting_cases: int
    claimed_cases: int
    answered_cases: int
    late_cases: int
    danger_cases: int
    unanswered_alerts: int
    groups: int
    specialists: int


class Inbox(Protocol):
    """What people wrote."""

    async def add(
        self, messages: Sequence[Incoming], at: datetime, urgency: Mapping[str, int] = MappingProxyType({})
    ) -> int:
        """Keep messages that are not there yet, making conversations for new addresses; return how many were new.

        Persons with a message of greater `urgency`, by its key, have their turn before others; from 2 on the message also
        overtakes earlier ones of the same person.
        """

    async def ready(self, limit: int) -> list[Waiting]:
        """Return the next message of each conversation: urgent ones first, then the oldest; another process may get others."""

    async def begin(self, ids: Sequence[InboxId]) -> None:
        """Count an attempt at each, so that a message that kills the process is known by it."""

    async def hold(self, ids: Sequence[InboxId]) -> frozenset[InboxId]:
        """Lock messages until the transaction ends; return those that nobody else has handled meanwhile."""

    async def finish(self, ids: Sequence[InboxId], at: datetime, *, forget: bool = False) -> None:
        """Mark messages as handled; with `forget` their words and attachments go at once."""

    async def fail(self, message: InboxId, at: datetime) -> None:
        """Mark a message as one that cannot be handled by a program."""

    async def unhandled(self, address: Address) -> int:
        """Count what one person wrote and nobody has handled yet."""

    async def late(self, channels: Collection[Channel], before: datetime, limit: int) -> list[Incoming]:
        """Return what people wrote in words before an instant and nobody has handled, most urgent first; then the oldest.

        Presses and groups are left out. It only reads.
        """

    async def are_more_than(self, many: int) -> bool:
        """Tell whether more messages wait than so many; it costs the same however many they are."""

    async def kept(self, ids: Collection[InboxId]) -> dict[InboxId, KeptMessage]:
        """Return what earlier messages said, as far as they are still there."""

    async def earlier(
        self, messages: Collection[tuple[ConversationId, str]]
    ) -> dict[tuple[ConversationId, str], InboxId]:
        """Return the first row of messages by the channel's own ids, so that an edit finds what it mends."""

    async def messages(self, conversation: ConversationId, since: datetime, until: datetime) -> list[str]:
        """Return the channel's ids of what somebody wrote between two instants."""

    async def prune(self, before: datetime) -> int:
        """Remove handled messages older than `before`; return how many."""


class Conversations(Protocol):
    """Who we talk with."""

    async def load(self, ids: Collection[ConversationId]) -> dict[ConversationId, Conversation]:
        """Return conversations with their open cases and latest buttons."""

    async def save(self, conversations: Sequence[Conversation]) -> None:
        """Store what we remember of each."""

    async def block(self, conversation: ConversationId) -> None:
        """Remember that a person has stopped the bot, or a group has put it out."""

    async def unblock(self, conversation: ConversationId) -> None:
        """Remember that somebody can be reached again."""

    async def move(self, conversation: ConversationId, chat: str) -> bool:
        """Follow a chat that got a new id; False, and nothing changed, if another conversation is there already.

        What only a new group has said there so far, before it was known to be the old one, becomes the old one's. A group's
        old messages, cards and topics are forgotten: the new chat numbers its own from the beginning.
        """

    async def talk(self, conversation: ConversationId, case: CaseId | None, latest: ButtonSet | None) -> None:
        """Remember in which case a specialist has just written, and the buttons below; None when it has ended."""

    async def find(self, addresses: Collection[Address]) -> dict[Address, ConversationId]:
        """Return the conversations at some addresses, as far as there are any."""

    async def address(self, conversation: ConversationId) -> Address:
        """Return where a conversation is reached."""

    async def language(self, conversation: ConversationId) -> Language | None:
        """Return the language of a conversation, without locking it."""

    async def buttons(self, tokens: Collection[Token]) -> dict[Token, tuple[ConversationId, ButtonSet, frozenset[str]]]:
        """Return button sets with their conversation and the presses already obeyed."""

    async def add_buttons(self, sets: Sequence[tuple[ConversationId, ButtonSet]], at: datetime) -> None:
        """Keep button sets; one that this conversation has already gets the new rows, and its presses stay obeyed."""

    async def use(self, token: Token, presses: frozenset[str]) -> None:
        """Remember which presses of a set were obeyed."""

    async def prune_buttons(self, before: datetime) -> int:
        """Remove button sets older than `before`."""


class Outbox(Protocol):
    """What we owe people."""

    async def add(self, rows: Sequence[NewOutgoing], at: datetime) -> None:
        """Keep messages to send; a key that is there already changes nothing."""

    async def add_sent(self, row: NewOutgoing, message: str, at: datetime) -> None:
        """Keep a message that has left already, with the channel's id of it; a key that is there already changes nothing."""

    async def supersede(self, case: CaseId, group: ConversationId, kind: str, at: datetime) -> None:
        """Drop what waits of one kind about a case in a group, because newer words follow."""

    async def owes(self, case: CaseId, group: ConversationId, kind: str) -> bool:
        """Tell whether something of one kind about a case is still to leave for a group."""

    async def waiting(self, conversation: ConversationId, kind: str) -> int:
        """Count what waits of one kind for one conversation."""

    async def case_of(self, conversation: ConversationId, message: str) -> CaseId | None:
        """Return the case that a message of ours was about, by the channel's id of it."""

    async def again(self, ids: Sequence[OutboxId], conversation: ConversationId, key: str) -> list[NewOutgoing]:
        """Return earlier rows of a conversation under keys of their own, to be owed once more."""

    async def due(self, channels: Collection[Channel], at: datetime, limit: int) -> list[Owed]:
        """Return what may leave: urgent first, else the oldest of each conversation, with none of it on its way.

        What is owed to somebody who cannot be reached waits.
        """

    async def late_cards(
        self, channels: Collection[Channel], before: datetime, limit: int
    ) -> dict[str, tuple[Owed, Writer | None]]:
        """Return danger cards that are owed since before an instant, by the key of the message they answer, and for whom.

        It only reads. What is on its way since then counts too: nobody could write down how that ended.
        """

    async def begin(self, ids: Sequence[OutboxId], epoch: int, at: datetime) -> None:
        """Mark rows as on their way; committed before the channel is called."""

    async def sent(self, row: OutboxId, epoch: int, message: str | None, at: datetime) -> None:
        """Mark a row as delivered. A row that a later sender has taken over is left alone."""

    async def retry(self, row: OutboxId, epoch: int, due_at: datetime, at: datetime) -> None:
        """Put a row back that certainly did not arrive."""

    async def end(self, row: OutboxId, epoch: int, state: str, reason: str, at: datetime) -> None:
        """End a row as `uncertain`, `refused` or `dropped`."""

    async def forgotten(self, epoch: int, known: Collection[OutboxId], at: datetime) -> int:
        """Owe again what this sender has claimed without knowing it, because the answer to its commit was lost."""

    async def left_behind(self, channels: Collection[Channel], epoch: int) -> list[Owed]:
        """Return rows on their way since before `epoch`: their sender is gone."""

    async def recall(
        self, conversation: ConversationId, reason: str, at: datetime, *, before: datetime | None = None
    ) -> list[NewOutgoing]:
        """Drop what waits for somebody and return it under keys of its own, to be owed in another form.

        With `before`, only what was owed before that instant. Danger cards and deletions are left as they are.
        """

    async def messages(self, conversation: ConversationId, since: datetime, until: datetime) -> list[str]:
        """Return the channel's ids of what arrived, and was owed between two instants."""

    async def on_their_way(self, conversation: ConversationId) -> list[OutboxId]:
        """Return what is being sent to somebody just now; no danger cards."""

    async def arrived(self, conversation: ConversationId, rows: Collection[OutboxId], source: InboxId) -> list[str]:
        """Return the channel's ids of those of some rows, and of the replies to one message, that arrived."""

    async def drop(self, conversation: ConversationId, reason: str, kinds: Collection[str], at: datetime) -> int:
        """Drop what waits of some kinds for a conversation that cannot be reached."""

    async def unsent(self, address: Address) -> int:
        """Count what is still owed to one person."""

    async def prune(self, before: datetime) -> int:
        """Remove rows that ended before `before`."""


class Cases(Protocol):
    """Questions kept for people."""

    async def open(
        self,
        case: NewCase,
        number: str,
        opened_by: InboxId,
        conversation: ConversationId,
        team: TeamId,
        due_at: datetime,
        at: datetime,
    ) -> CaseId:
        """Open a case with its first event; a message that has opened one already opens no second."""

    async def opened_by(self, message: InboxId) -> CaseId | None:
        """Return the case that a message has opened."""

    async def load(self, case: CaseId) -> KeptCase:
        """Return a case, locked until the transaction ends. Raises CaseNotFound."""

    async def save(
        self, case: Case, event: Event, *, text: str = "", files: Sequence[Attachment] = (), ref: str | None = None
    ) -> None:
        """Store a case after an event. Raises CaseChanged if somebody else changed it meanwhile."""

    async def record(
        self, case: CaseId, event: Event, *, text: str = "", files: Sequence[Attachment] = (), ref: str | None = None
    ) -> None:
        """Add an event that changes nothing of the case itself."""

    async def touch(self, case: CaseId, return_at: datetime | None) -> None:
        """Give a claimed case more time because somebody works on it."""

    async def note(
        self, case: CaseId, by: SpecialistId, text: str, files: Sequence[Attachment], ref: str | None, at: datetime
    ) -> None:
        """Keep what only specialists may read."""

    async def hold(
        self, case: CaseId, by: SpecialistId, text: str, files: Sequence[Attachment], ref: str, at: datetime
    ) -> None:
        """Keep words that are not sent yet, beside the notes; newer ones of the same `ref` take their place."""

    async def held(self, ref: str) -> Words | None:
        """Return words that wait for their writer's decision."""

    async def let_go(self, ref: str, *, as_note: bool = False) -> None:
        """Forget held words, because they were sent or are not to be; or keep them as a note."""

    async def words(self, ref: str, kinds: Collection[str]) -> Words | None:
        """Return the latest event of some kinds that came from one message of a group."""

    async def story(self, case: CaseId) -> list[tuple[str, str]]:
        """Return kind and words of each event of a case, oldest first; no notes."""

    async def overdue(self, at: datetime, warn_at: datetime, limit: int) -> list[CaseId]:
        """Return cases that go back to the queue at `at`, or whose promise ends before `warn_at`."""

    async def of_team(self, teams: Collection[TeamId]) -> list[CaseId]:
        """Return the open cases of some teams: danger first, then children, then by promise."""

    async def claimed_by(self, specialist: SpecialistId) -> list[CaseId]:
        """Return the open cases that a specialist has."""

    async def open_of(self, conversation: ConversationId) -> list[CaseId]:
        """Return the open cases of a family."""


class Places(Protocol):
    """Where specialists see cases: a case has one place in each group that ever saw it."""

    async def put(self, place: CasePlace) -> None:
        """Remember where a case is seen in a group; what was there before in that group is forgotten."""

    async def of(self, case: CaseId, group: ConversationId) -> CasePlace | None:
        """Return where a case is seen in a group."""

    async def groups(self, case: CaseId) -> list[ConversationId]:
        """Return the groups that have seen a case."""

    async def at(self, group: ConversationId, *, thread: str = "", card: str = "") -> CaseId | None:
        """Return the case that is seen in a topic, or on a card."""

    async def made(
        self, case: CaseId, group: ConversationId, *, thread: str | None = None, card: str | None = None
    ) -> None:
        """Write down the topic or the card that was made."""


class Teams(Protocol):
    """Teams' groups and who works there."""

    async def invite(self, code_hash: str, team: TeamId, expires_at: datetime) -> None:
        """Keep the hash of a code that connects a group."""

    async def accept(self, code_hash: str, at: datetime) -> TeamId | None:
        """Use a code once; None for one that is unknown, used or too old."""

    async def connect(self, group: Group, at: datetime) -> None:
        """Bind a group to a team; the team's earlier group, if another, is unbound."""

    async def change(self, group: Group) -> None:
        """Store what changed about a group."""

    async def group(self, conversation: ConversationId) -> Group | None:
        """Return a connected group."""

    async def group_of(self, team: TeamId) -> Group | None:
        """Return a team's group."""

    async def connected(self) -> frozenset[TeamId]:
        """Return the teams that have a group."""

    async def join(self, group: ConversationId, author: str, alias: str, at: datetime) -> Specialist:
        """Let somebody work in a group, also again."""

    async def leave(self, group: ConversationId, author: str, at: datetime) -> Specialist | None:
        """Let somebody work there no longer; None for somebody who did not."""

    async def rename(self, specialist: SpecialistId, alias: str) -> None:
        """Give a specialist another name for families."""

    async def specialist(self, group: ConversationId, author: str) -> Specialist | None:
        """Return who works in a group; None for all others."""

    async def aliases(self, ids: Collection[SpecialistId]) -> dict[SpecialistId, str]:
        """Return the names that families see, also of those who left."""

    async def joined(self, group: ConversationId) -> int:
        """Count everybody who ever worked in a group."""


class Alerts(Protocol):
    """Who is called about danger, and how far the calls have come."""

    async def duties(self, group: ConversationId) -> list[OnList]:
        """Return everybody who works in a group, on duty or not."""

    async def keep_duty(self, duty: Duty) -> None:
        """Store a specialist's place, hours and switch."""

    async def link(self, address: Address, *, linked: bool) -> list[Specialist]:
        """Send calls to somebody's own chat too, or no longer; return as whom they work, in any group."""

    async def working_as(self, address: Address) -> list[Specialist]:
        """Return as whom somebody works who writes from this address, in any group."""

    async def of(self, case: CaseId) -> Alert:
        """Return how far the calls for a case have come; an alert that never began where there were none."""

    async def save(self, alert: Alert, at: datetime, by: SpecialistId | None = None) -> None:
        """Store an alert; `by` is who ended it."""

    async def due(self, at: datetime, limit: int) -> list[CaseId]:
        """Return cases whose next call is due, locked until the transaction ends; another process may get others."""


class Counts(Protocol):
    """Numbers without people."""

    async def add(self, day: date, channel: Channel, counts: Sequence[Count]) -> None:
        """Add one for each."""


class Verdicts(Protocol):
    """What families' presses say of entries."""

    async def add(self, verdicts: Sequence[KeptVerdict]) -> None:
        """Keep verdicts; of several on one entry for one question the latest counts, but no opened neighbour."""

    async def are(self, enough: int) -> bool:
        """Tell whether there are so many verdicts; opened neighbours do not count."""

    async def made_by(self, algorithm: str, encoder_id: str) -> list[KeptVerdict]:
        """Return all verdicts whose signals come from one way of matching, oldest first."""

    async def missed(self) -> list[Missed]:
        """Return the questions whose answer did not help, or none of whose choices was right, newest first.

        Only those whose words are still kept.
        """


class Timers(Protocol):
    """What is due when."""

    async def set(self, timer: Timer) -> None:
        """Set a timer; a key that is set already keeps its time."""

    async def due(self, at: datetime, limit: int) -> list[Timer]:
        """Return timers that are due."""

    async def move(self, key: str, due_at: datetime) -> None:
        """Give a timer a new time."""

    async def drop(self, key: str) -> None:
        """Forget a timer that rings only once."""


class Leases(Protocol):
    """Who may do alone what only one may do."""

    async def take(self, name: str, owner: str, ttl: timedelta, at: datetime, *, alone: bool) -> Lease | None:
        """Take or prolong a lease; None while another owner holds it.

        With `alone` no other process can be there (SQLite under its lock), and what a dead one held is taken at once.
        """

    async def holds(self, lease: Lease) -> bool:
        """Tell whether nobody has taken a lease since."""


class Transaction(Protocol):
    """One transaction: all of it or nothing."""

    @property
    def inbox(self) -> Inbox:
        """See `Inbox`."""

    @property
    def conversations(self) -> Conversations:
        """See `Conversations`."""

    @property
    def outbox(self) -> Outbox:
        """See `Outbox`."""

    @property
    def cases(self) -> Cases:
        """See `Cases`."""

    @property
    def places(self) -> Places:
        """See `Places`."""

    @property
    def teams(self) -> Teams:
        """See `Teams`."""

    @property
    def alerts(self) -> Alerts:
        """See `Alerts`."""

    @property
    def counts(self) -> Counts:
        """See `Counts`."""

    @property
    def verdicts(self) -> Verdicts:
        """See `Verdicts`."""

    @property
    def timers(self) -> Timers:
        """See `Timers`."""

    @property
    def leases(self) -> Leases:
        """See `Leases`."""

    async def state(self, at: datetime) -> StoreState:
        """Count what the store holds at an instant."""


class Store(Protocol):
    """The database."""

    @property
    def alone(self) -> bool:
        """Whether no other process can use this database while we have it."""

    def begin(self) -> AbstractAsyncContextManager[Transaction]:
        """Start a transaction that commits when its block ends and rolls back when it raises.

        Raises StoreUnavailable when the database cannot be read or written.
        """


class ChannelPort(Protocol):
    """A way to reach people."""

    @property
    def channel(self) -> Channel:
        """Which one it is."""

    async def send(self, address: Address, outgoing: Outgoing, place: CasePlace | None = None) -> str | None:
        """Hand one message over; return the channel's id of it. With a `place` it goes to specialists, where they see it.

        Raises NotSent, Refused, SlowDown or OutcomeUnknown, each with its meaning for the row.
        """

    async def make_place(self, address: Address, place: CasePlace) -> str:
        """Make the topic of a case in a group; return the channel's id of it. Raises as `send`."""


class Pulse(Protocol):
    """What a loop tells of itself, so that somebody can see from outside that it lives."""

    def turned(self) -> None:
        """Say that a turn is completed."""

    def failed(self) -> None:
        """Say that a turn broke, and that another will be tried."""


class Unfelt:
    """The pulse of a loop at which nobody looks."""

    def turned(self) -> None:
        """See `Pulse.turned`."""

    def failed(self) -> None:
        """See `Pulse.failed`."""
