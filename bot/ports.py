"""What actions need of the world."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from bot.content.model import TeamId
from bot.conversation.model import (
    Addition,
    Address,
    ButtonSet,
    CaseId,
    Channel,
    Conversation,
    ConversationId,
    Count,
    InboxId,
    Incoming,
    NewCase,
    OutboxId,
    Outgoing,
    Token,
)

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
class Owed:
    """An outgoing message that is ready to leave; `source` is the incoming one it answers, where it answers one."""

    id: OutboxId
    source: InboxId | None
    conversation_id: ConversationId
    address: Address
    outgoing: Outgoing
    attempts: int


@dataclass(frozen=True, slots=True)
class NewOutgoing:
    """A row for the outbox. `key` is unique: adding it twice adds it once. Higher `priority` overtakes."""

    key: str
    conversation_id: ConversationId
    channel: Channel
    outgoing: Outgoing
    priority: int = 0
    source: InboxId | None = None


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
    danger_cases: int


class Inbox(Protocol):
    """What people wrote."""

    async def add(self, messages: Sequence[Incoming], at: datetime) -> int:
        """Keep messages that are not there yet, making conversations for new addresses; return how many were new."""

    async def ready(self, limit: int) -> list[Waiting]:
        """Return the oldest unhandled message of each conversation, oldest first; another process may get others."""

    async def begin(self, ids: Sequence[InboxId]) -> None:
        """Count an attempt at each, so that a message that kills the process is known by it."""

    async def hold(self, ids: Sequence[InboxId]) -> frozenset[InboxId]:
        """Lock messages until the transaction ends; return those that nobody else has handled meanwhile."""

    async def finish(self, ids: Sequence[InboxId], at: datetime) -> None:
        """Mark messages as handled."""

    async def fail(self, message: InboxId, at: datetime) -> None:
        """Mark a message as one that cannot be handled by a program."""

    async def unhandled(self, address: Address) -> int:
        """Count what one person wrote and nobody has handled yet."""

    async def texts(self, ids: Collection[InboxId]) -> dict[InboxId, str]:
        """Return the words of earlier messages, as far as they are still there."""

    async def prune(self, before: datetime) -> int:
        """Remove handled messages older than `before`; return how many."""


class Conversations(Protocol):
    """Who we talk with."""

    async def load(self, ids: Collection[ConversationId]) -> dict[ConversationId, Conversation]:
        """Return conversations with their open cases and latest buttons."""

    async def save(self, conversations: Sequence[Conversation]) -> None:
        """Store what we remember of each."""

    async def block(self, conversation: ConversationId) -> None:
        """Remember that a person has stopped the bot."""

    async def move(self, conversation: ConversationId, chat: str) -> bool:
        """Follow a chat that got a new id; False, and nothing changed, if another conversation is there already."""

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

    async def again(self, ids: Sequence[OutboxId], conversation: ConversationId, key: str, at: datetime) -> None:
        """Owe the words of earlier rows of a conversation once more."""

    async def due(self, channels: Collection[Channel], at: datetime, limit: int) -> list[Owed]:
        """Return what may leave: urgent first, else the oldest of each conversation, with none of it on its way."""

    async def begin(self, ids: Sequence[OutboxId], epoch: int, at: datetime) -> None:
        """Mark rows as on their way; committed before the channel is called."""

    async def sent(self, row: OutboxId, epoch: int, message: str | None, at: datetime) -> None:
        """Mark a row as delivered. A row that a later sender has taken over is left alone."""

    async def retry(self, row: OutboxId, epoch: int, due_at: datetime, at: datetime) -> None:
        """Put a row back that certainly did not arrive."""

    async def end(self, row: OutboxId, epoch: int, state: str, reason: str, at: datetime) -> None:
        """End a row as `uncertain`, `refused` or `dropped`."""

    async def left_behind(self, channels: Collection[Channel], epoch: int) -> list[Owed]:
        """Return rows on their way since before `epoch`: their sender is gone."""

    async def drop(self, conversation: ConversationId, reason: str, at: datetime) -> int:
        """Drop what waits for a conversation that cannot be reached."""

    async def unsent(self, address: Address) -> int:
        """Count what is still owed to one person."""

    async def prune(self, before: datetime) -> int:
        """Remove rows that ended before `before`."""


class Cases(Protocol):
    """Questions kept for people."""

    async def open(
        self, case: NewCase, number: str, opened_by: InboxId, conversation: ConversationId, team: TeamId, at: datetime
    ) -> CaseId:
        """Open a case with its first event; a message that has opened one already opens no second."""

    async def add(self, addition: Addition, at: datetime) -> None:
        """Put an event to a case."""


class Counts(Protocol):
    """Numbers without people."""

    async def add(self, day: date, channel: Channel, counts: Sequence[Count]) -> None:
        """Add one for each."""


class Timers(Protocol):
    """What is due when."""

    async def set(self, timer: Timer) -> None:
        """Set a timer; a key that is set already keeps its time."""

    async def due(self, at: datetime, limit: int) -> list[Timer]:
        """Return timers that are due."""

    async def move(self, key: str, due_at: datetime) -> None:
        """Give a timer a new time."""


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
    def counts(self) -> Counts:
        """See `Counts`."""

    @property
    def timers(self) -> Timers:
        """See `Timers`."""

    @property
    def leases(self) -> Leases:
        """See `Leases`."""

    async def state(self) -> StoreState:
        """Count what the store holds."""


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

    async def send(self, address: Address, outgoing: Outgoing) -> str | None:
        """Hand one message over; return the channel's id of it.

        Raises NotSent, Refused, SlowDown or OutcomeUnknown, each with its meaning for the row.
        """
