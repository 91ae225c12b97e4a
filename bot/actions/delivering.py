"""What we owe leaves: claimed and marked before the call, ended after it, never repeated blindly."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.conversation import notices
from bot.conversation.model import (
    Channel,
    ConversationId,
    InboxId,
    NewCase,
    OutboxId,
    Outgoing,
    OutgoingKind,
)
from bot.conversation.numbers import case_number
from bot.conversation.replies import World
from bot.conversation.steps import Reason
from bot.errors import TiltasError
from bot.ports import Clock, Lease, NewOutgoing, Owed, Store, Transaction

log = structlog.get_logger()

SENDER_LEASE = "sender"
RETRY_AFTER = (timedelta(seconds=1), timedelta(seconds=5), timedelta(seconds=30))
"""Waits after a message that certainly did not leave; the last one repeats."""

_SAFE_TO_REPEAT = frozenset({OutgoingKind.CARD, OutgoingKind.EDIT, OutgoingKind.UNCERTAIN})
"""A danger card twice is better than never; an edit twice is the same edit; to be asked twice whether an answer has come
is better than to miss both the answer and the question."""
_CARRIES_AN_ANSWER = frozenset({OutgoingKind.ANSWER, OutgoingKind.CLARIFICATION, OutgoingKind.CARD})
LOOK_AHEAD = 60
"""Rows looked at in one turn: enough to fill all places although some chats have to wait their second."""
EDIT_TRIES = 5
"""Tries at an edit whose outcome stays unknown; then what comes behind it in that chat matters more."""


class LeaseLost(TiltasError):
    """Another process has the right to send."""


@dataclass(frozen=True, slots=True)
class Sent:
    """The message arrived; `message` is the channel's id of it."""

    message: str | None


@dataclass(frozen=True, slots=True)
class Again:
    """The message certainly did not leave, or the channel asked for time."""

    after: timedelta


@dataclass(frozen=True, slots=True)
class Unknown:
    """The message may have arrived."""


@dataclass(frozen=True, slots=True)
class Lost:
    """The channel refused the message for good. `gone` says that the whole chat is out of reach."""

    reason: str
    gone: bool = False
    moved_to: str | None = None


Outcome = Sent | Again | Unknown | Lost


async def take_lease(owner: str, ttl: timedelta, *, store: Store, clock: Clock) -> Lease | None:
    """Take or prolong the right to send; None while another process has it."""
    async with store.begin() as tx:
        return await tx.leases.take(SENDER_LEASE, owner, ttl, clock(), alone=store.alone)


async def recover(channels: Collection[Channel], lease: Lease, world: World, *, store: Store, clock: Clock) -> int:
    """Take care of what a sender before us had on its way when it ended; return how many rows.

    Danger cards, edits and our own questions are owed again. For all others the outcome is unknown: each conversation is
    asked once.
    """
    async with store.begin() as tx:
        left = await tx.outbox.left_behind(channels, lease.epoch)
        unknown = [row for row in left if row.outgoing.kind not in _SAFE_TO_REPEAT]
        for row in left:
            if row.outgoing.kind in _SAFE_TO_REPEAT:
                await tx.outbox.retry(row.id, lease.epoch, clock(), clock())
        await _mark_unknown(tx, unknown, lease, world, clock())
    if left:
        log.warning("outbox.recovered", rows=len(left), uncertain=len(unknown))
    return len(left)


async def turn(
    outcomes: Sequence[tuple[Owed, Outcome]],
    lease: Lease,
    choose: Callable[[Sequence[Owed]], Sequence[Owed]],
    *,
    channels: Collection[Channel],
    world: World,
    store: Store,
    clock: Clock,
) -> list[Owed]:
    """Write down how sends ended and claim what leaves next, in one transaction (one commit for many sends).

    `choose` picks among what is ready; what it picks is marked as on its way, and only after that may the channel be
    called. Raises LeaseLost, with nothing claimed, if another process sends by now.
    """
    async with store.begin() as tx:
        if not await tx.leases.holds(lease):
            raise LeaseLost
        unknown = []
        for row, outcome in outcomes:
            if isinstance(outcome, Unknown) and row.outgoing.kind not in _SAFE_TO_REPEAT:
                unknown.append(row)
            else:
                await _write(tx, row, outcome, lease, world, clock())
        await _mark_unknown(tx, unknown, lease, world, clock())
        chosen = list(choose(await tx.outbox.due(channels, clock(), LOOK_AHEAD)))
        if chosen:
            await tx.outbox.begin([row.id for row in chosen], lease.epoch, clock())
    return chosen


async def _write(tx: Transaction, row: Owed, outcome: Outcome, lease: Lease, world: World, now: datetime) -> None:
    match outcome:
        case Sent(message=message):
            await tx.outbox.sent(row.id, lease.epoch, message, now)
        case Again(after=after):
            await tx.outbox.retry(row.id, lease.epoch, now + after, now)
        case Unknown() if row.outgoing.kind is OutgoingKind.EDIT and row.attempts + 1 >= EDIT_TRIES:
            await tx.outbox.end(row.id, lease.epoch, "uncertain", "outcome_unknown", now)
        case Unknown():
            urgent = row.outgoing.kind is OutgoingKind.CARD
            after = RETRY_AFTER[0] if urgent else wait_before_try(row.attempts)
            await tx.outbox.retry(row.id, lease.epoch, now + after, now)
        case Lost(moved_to=str() as chat) if await tx.conversations.move(row.conversation_id, chat):
            await tx.outbox.retry(row.id, lease.epoch, now, now)
        case Lost(reason=reason, gone=gone):
            await tx.outbox.end(row.id, lease.epoch, "refused", reason, now)
            if gone:
                await tx.conversations.block(row.conversation_id)
                await tx.outbox.drop(row.conversation_id, reason, now)
            elif row.source is not None and row.outgoing.kind in _CARRIES_AN_ANSWER:
                await _hand_over(tx, row, row.source, world, now)


async def _hand_over(tx: Transaction, row: Owed, source: InboxId, world: World, now: datetime) -> None:
    # The channel will never take this message: a fault of ours. The question goes to people instead of nowhere.
    # After a press the source has no words; the question stands with the buttons.
    question = (row.outgoing.buttons.question if row.outgoing.buttons else None) or source
    text = (await tx.inbox.texts([question])).get(question, "")
    case = NewCase(question, text, Reason.FAILED, None, row.outgoing.language)
    number = case_number(source)
    await tx.cases.open(case, number, source, row.conversation_id, world.catalogue.default_team, now)
    told = notices.failed(world.voice(row.outgoing.language), number)
    await tx.outbox.add([NewOutgoing(f"failed:{row.id}", row.conversation_id, row.address.channel, told)], now)


async def _mark_unknown(tx: Transaction, rows: Sequence[Owed], lease: Lease, world: World, now: datetime) -> None:
    owed: dict[ConversationId, list[Owed]] = defaultdict(list)
    for row in rows:
        await tx.outbox.end(row.id, lease.epoch, "uncertain", "outcome_unknown", now)
        # Whoever missed the notice that nobody asked for misses nothing that they were waiting for.
        if not (row.outgoing.kind is OutgoingKind.NOTICE and row.outgoing.silent):
            owed[row.conversation_id].append(row)
    for conversation, missing in owed.items():
        told = notices.interrupted(world.voice(missing[-1].outgoing.language), tuple(row.id for row in missing))
        await _ask(tx, conversation, missing, told, now)


async def _ask(
    tx: Transaction, conversation: ConversationId, missing: Sequence[Owed], told: Outgoing, now: datetime
) -> None:
    first: OutboxId = missing[0].id
    row = NewOutgoing(f"uncertain:{first}", conversation, missing[0].address.channel, told)
    if told.buttons is not None:
        await tx.conversations.add_buttons([(conversation, told.buttons)], now)
    await tx.outbox.add([row], now)


def wait_before_try(attempts: int) -> timedelta:
    """Return how long to wait after the given number of tries."""
    return RETRY_AFTER[min(attempts, len(RETRY_AFTER) - 1)]
