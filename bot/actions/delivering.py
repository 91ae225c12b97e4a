"""What we owe leaves: claimed and marked before the call, ended after it, never repeated blindly."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from bot.actions import hiding, showing
from bot.actions.casework import family_of, open_case, tell_family
from bot.cases.model import CaseId
from bot.conversation import case_notices, desk_notices, notices
from bot.conversation.model import (
    TO_SPECIALISTS,
    Channel,
    ConversationId,
    InboxId,
    NewCase,
    OutboxId,
    Outgoing,
    OutgoingKind,
)
from bot.conversation.numbers import alias_of, case_number
from bot.conversation.replies import World
from bot.conversation.steps import Reason
from bot.errors import TiltasError
from bot.ports import Clock, Lease, NewOutgoing, Owed, Store, Transaction

log = structlog.get_logger()

SENDER_LEASE = "sender"
RETRY_AFTER = (timedelta(seconds=1), timedelta(seconds=5), timedelta(seconds=30))
"""Waits after a message that certainly did not leave; the last one repeats."""

_SAFE_TO_REPEAT = (
    frozenset({OutgoingKind.CARD, OutgoingKind.EDIT, OutgoingKind.DELETION, OutgoingKind.UNCERTAIN}) | TO_SPECIALISTS
)
"""A danger card twice is better than never; an edit or a deletion twice is the same; to be asked twice whether an answer has come
is better than to miss both the answer and the question; and specialists can tell that they have read a message before."""
KEPT_FOR_RETURN = frozenset({OutgoingKind.REPLY, OutgoingKind.CASE}) | TO_SPECIALISTS
"""What waits for somebody who has stopped the bot, or for a group that has put it out, until they are back."""
_DROPPED = frozenset(OutgoingKind) - KEPT_FOR_RETURN
_EDITS = frozenset({OutgoingKind.EDIT, OutgoingKind.CARD_EDIT, OutgoingKind.DELETION})
NO_RIGHT = timedelta(minutes=10)
"""Until a group that forbids us to write is tried again."""
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
class Placed:
    """The topic that the message belongs to was made; the message itself has not left."""

    thread: str


@dataclass(frozen=True, slots=True)
class Lost:
    """The channel refused the message for good. `gone` says that the whole chat is out of reach."""

    reason: str
    gone: bool = False
    moved_to: str | None = None


Outcome = Sent | Again | Unknown | Placed | Lost


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
    known: Collection[OutboxId] | None = None,
) -> list[Owed]:
    """Write down how sends ended and claim what leaves next, in one transaction (one commit for many sends).

    `choose` picks among what is ready; what it picks is marked as on its way, and only after that may the channel be
    called. `known` is given after a turn whose end is not known: all that is on its way or has just ended; whatever else
    was claimed then has not left. Raises LeaseLost, with nothing claimed, if another process sends by now.
    """
    async with store.begin() as tx:
        if not await tx.leases.holds(lease):
            raise LeaseLost
        if known is not None:
            await tx.outbox.forgotten(lease.epoch, known, clock())
        unknown = []
        for row, outcome in outcomes:
            if isinstance(outcome, Unknown) and row.outgoing.kind not in _SAFE_TO_REPEAT:
                unknown.append(row)
            else:
                await _write(tx, row, outcome, lease, world, clock())
        await _mark_unknown(tx, unknown, lease, world, clock())
        due = await tx.outbox.due(channels, clock(), LOOK_AHEAD)
        uncovered = {row.conversation_id for row in due if row.uncovered}
        if uncovered:
            await hiding.cover(tx, uncovered, world, clock())
            due = await tx.outbox.due(channels, clock(), LOOK_AHEAD)
        chosen = list(choose(due))
        if chosen:
            await tx.outbox.begin([row.id for row in chosen], lease.epoch, clock())
    return chosen


async def _write(  # noqa: C901  one line for each outcome
    tx: Transaction, row: Owed, outcome: Outcome, lease: Lease, world: World, now: datetime
) -> None:
    match outcome:
        case Sent(message=message):
            await tx.outbox.sent(row.id, lease.epoch, message, now)
            if row.outgoing.kind is OutgoingKind.CASE_CARD and row.case is not None:
                await tx.places.made(row.case, row.conversation_id, card=message)
        case Placed(thread=thread):
            if row.case is not None:
                await tx.places.made(row.case, row.conversation_id, thread=thread)
            await tx.outbox.retry(row.id, lease.epoch, now, now)
        case Again(after=after):
            await tx.outbox.retry(row.id, lease.epoch, now + after, now)
        case Unknown() if row.outgoing.kind in _EDITS and row.attempts + 1 >= EDIT_TRIES:
            await tx.outbox.end(row.id, lease.epoch, "uncertain", "outcome_unknown", now)
        case Unknown():
            urgent = row.outgoing.kind is OutgoingKind.CARD
            after = RETRY_AFTER[0] if urgent else wait_before_try(row.attempts)
            await tx.outbox.retry(row.id, lease.epoch, now + after, now)
        case Lost(moved_to=str() as chat) if await _moves(tx, row, chat, world):
            await tx.outbox.retry(row.id, lease.epoch, now, now)
        case Lost() if row.outgoing.kind in TO_SPECIALISTS:
            await _lost_in_group(tx, row, outcome, lease, world, now)
        case Lost(reason=reason, gone=gone):
            await _lost(tx, row, reason, lease, world, now, gone=gone)


async def _lost(
    tx: Transaction, row: Owed, reason: str, lease: Lease, world: World, now: datetime, *, gone: bool
) -> None:
    if gone and row.outgoing.kind in KEPT_FOR_RETURN:
        await tx.outbox.retry(row.id, lease.epoch, now, now)
    else:
        await tx.outbox.end(row.id, lease.epoch, "refused", reason, now)
    if gone:
        await tx.conversations.block(row.conversation_id)
        await tx.outbox.drop(row.conversation_id, reason, _DROPPED, now)
        await _tell_specialists(tx, row, desk_notices.unreachable, world, now)
    elif row.outgoing.kind is OutgoingKind.REPLY:
        await _tell_specialists(tx, row, desk_notices.not_delivered, world, now)
    elif row.source is not None and row.outgoing.kind in _CARRIES_AN_ANSWER:
        await _hand_over(tx, row, row.source, world, now)


async def _tell_specialists(
    tx: Transaction, row: Owed, word: Callable[..., Outgoing], world: World, now: datetime
) -> None:
    """Say in the topic of a case that what was meant for the family did not reach them."""
    if row.case is None:
        return
    kept = await tx.cases.load(row.case)
    v = await showing.voice_for(tx, kept, world)
    if v is None:
        return
    family = (alias_of(row.conversation_id),) if word is desk_notices.unreachable else ()
    told = word(v, kept.case.number, *family)
    await showing.tell(tx, row.case, [(f"lost:{row.id}", told)], replace(world, now=now))


async def _moves(tx: Transaction, row: Owed, chat: str, world: World) -> bool:
    """Follow a chat to its new address. A group gets its cases anew: the old ids of its messages mean nothing there."""
    if (await tx.conversations.address(row.conversation_id)).chat == chat:
        return True  # its own message about it came first
    if not await tx.conversations.move(row.conversation_id, chat):
        return False
    group = await tx.teams.group(row.conversation_id)
    if group is not None:
        await showing.show_all(tx, group, world, f"moved:{row.id}")
    return True


async def _lost_in_group(tx: Transaction, row: Owed, lost: Lost, lease: Lease, world: World, now: datetime) -> None:
    """Repair what somebody did to a group by hand, so that what was owed there still arrives."""
    group = await tx.teams.group(row.conversation_id)
    if lost.gone:
        await tx.conversations.block(row.conversation_id)
        await tx.outbox.retry(row.id, lease.epoch, now, now)
    elif lost.reason == "no_right_to_write":
        await tx.outbox.retry(row.id, lease.epoch, now + NO_RIGHT, now)
    elif lost.reason == "topic_gone" and row.case is not None and group is not None:
        await _show_anew(tx, row, lease, world, now)
    elif lost.reason == "message_gone" and row.case is not None and row.outgoing.kind is OutgoingKind.CARD_EDIT:
        await tx.outbox.end(row.id, lease.epoch, "refused", lost.reason, now)
        await showing.show_again(tx, row.case, row.conversation_id, world, f"lost:{row.id}")
    elif lost.reason in {"no_topics", "no_right_to_topics"} and group is not None:
        await tx.teams.change(replace(group, topics=False))
        await tx.outbox.retry(row.id, lease.epoch, now, now)
        v = await showing.voice_of(tx, row.conversation_id, world)
        key = f"rights:{row.conversation_id}:{now.date()}"
        told = desk_notices.no_right_to_topics(v)
        await tx.outbox.add([NewOutgoing(key, row.conversation_id, row.address.channel, told)], now)
    else:
        await tx.outbox.end(row.id, lease.epoch, "refused", lost.reason, now)
        if row.outgoing.file is not None and row.case is not None:
            await _file_lost(tx, row.case, row.id, replace(world, now=now))


async def _file_lost(tx: Transaction, case_id: CaseId, row: OutboxId, w: World) -> None:
    """Tell both sides that a family's attachment did not get through: they believe that it did."""
    kept = await tx.cases.load(case_id)
    family = await family_of(tx, kept)
    told = case_notices.file_not_passed_on(w.voice(family.language or kept.case.language), kept.case.number)
    await tell_family(tx, family, case_id, [told], f"file:{row}", w)
    v = await showing.voice_for(tx, kept, w)
    if v is not None:
        await showing.tell(tx, case_id, [(f"file-lost:{row}", desk_notices.file_lost(v, kept.case.number))], w)


async def _show_anew(tx: Transaction, row: Owed, lease: Lease, world: World, now: datetime) -> None:
    """Make a deleted topic again: its card first, then the message that did not get through."""
    if row.outgoing.kind in {OutgoingKind.CASE_CARD, OutgoingKind.CARD_EDIT} or row.case is None:
        await tx.outbox.end(row.id, lease.epoch, "refused", "topic_gone", now)  # the new card says it all
    else:
        await tx.outbox.retry(row.id, lease.epoch, now, now)
    if row.case is not None:
        await showing.show_again(tx, row.case, row.conversation_id, world, f"gone:{row.id}")


async def _hand_over(tx: Transaction, row: Owed, source: InboxId, world: World, now: datetime) -> None:
    # The channel will never take this message: a fault of ours. The question goes to people instead of nowhere.
    # After a press the source has no words; the question stands with the buttons.
    question = (row.outgoing.buttons.question if row.outgoing.buttons else None) or source
    kept = (await tx.inbox.kept([question])).get(question)
    case = NewCase(question, kept.text if kept else "", Reason.FAILED, None, row.outgoing.language)
    opened = await open_case(tx, case, source, row.conversation_id, world)
    told = notices.failed(world.voice(row.outgoing.language), case_number(source))
    family = (await tx.conversations.load({row.conversation_id}))[row.conversation_id]
    await tell_family(tx, family, opened, [told], f"failed:{row.id}", replace(world, now=now))


async def _mark_unknown(tx: Transaction, rows: Sequence[Owed], lease: Lease, world: World, now: datetime) -> None:
    if not rows:
        return
    owed: dict[ConversationId, list[Owed]] = defaultdict(list)
    conversations = await tx.conversations.load({row.conversation_id for row in rows})  # locked at once, in their order
    for row in rows:
        await tx.outbox.end(row.id, lease.epoch, "uncertain", "outcome_unknown", now)
        # Whoever missed the notice that nobody asked for misses nothing that they were waiting for.
        if not (row.outgoing.kind is OutgoingKind.NOTICE and row.outgoing.silent):
            owed[row.conversation_id].append(row)
        if row.outgoing.kind is OutgoingKind.REPLY:
            await _tell_specialists(tx, row, desk_notices.uncertain, world, now)
    for conversation, missing in owed.items():
        told = notices.interrupted(world.voice(missing[-1].outgoing.language), tuple(row.id for row in missing))
        key = f"uncertain:{missing[0].id}"
        await tell_family(tx, conversations[conversation], None, [told], key, replace(world, now=now))


def wait_before_try(attempts: int) -> timedelta:
    """Return how long to wait after the given number of tries."""
    return RETRY_AFTER[min(attempts, len(RETRY_AFTER) - 1)]
