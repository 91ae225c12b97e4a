"""A person hides their chat: what a channel lets us delete goes, and what is still on its way waits behind a curtain."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from bot.actions import showing
from bot.cases.model import Event, EventKind
from bot.conversation import desk_notices
from bot.conversation.hiding import DELETABLE, NOTICE_STAYS, folded
from bot.conversation.model import Conversation, ConversationId, InboxId, OutboxId, Outgoing, OutgoingKind
from bot.conversation.numbers import alias_of
from bot.conversation.replies import World
from bot.ports import NewOutgoing, Timer, Transaction

FADE = "fade"
"""The timer after which the words about hiding go too."""
AT_ONCE = 100
"""Messages that one call may delete (Bot API, deleteMessages)."""
BEFORE_OTHERS = 50
"""Outbox priority of a deletion: below danger, above everything else of this chat."""


async def hide(
    tx: Transaction, conversation: Conversation, source: InboxId, w: World, at: datetime, *, anew: bool
) -> None:
    """Empty a chat that has just been hidden; `at` is when its words about it were owed. Only `anew` are others told."""
    waiting = await tx.outbox.recall(conversation.id, "hidden", at)
    on_their_way = await tx.outbox.on_their_way(conversation.id)
    await _owe_as_hidden(tx, waiting, conversation, w, at)
    since = w.now - DELETABLE
    ours = await tx.outbox.messages(conversation.id, since, at)
    theirs = await tx.inbox.messages(conversation.id, since, at)
    await _delete(tx, conversation, f"hide:{source}", {*ours, *theirs}, w)
    payload = {
        "conversation": str(conversation.id),
        "source": str(source),
        "rows": " ".join(str(row) for row in on_their_way),
    }
    await tx.timers.set(Timer(f"{FADE}:{source}", FADE, at + NOTICE_STAYS, payload))
    if anew:
        await _tell_specialists(tx, conversation, source, w)


def as_hidden(rows: Sequence[NewOutgoing], conversation: Conversation, w: World) -> list[NewOutgoing]:
    """Return rows that are owed once more as their chat shows messages now."""
    return [replace(row, outgoing=one) for row in rows for one in folded(row.outgoing, conversation, w)]


async def cover(tx: Transaction, hidden: Collection[ConversationId], w: World, at: datetime) -> None:
    """Put behind a curtain what was on its way when a chat was hidden, and has not left after all."""
    for conversation in (await tx.conversations.load(hidden)).values():
        waiting = await tx.outbox.recall(conversation.id, "hidden", at, before=conversation.hidden_at)
        await _owe_as_hidden(tx, waiting, conversation, w, at)


async def _owe_as_hidden(
    tx: Transaction, waiting: Sequence[NewOutgoing], conversation: Conversation, w: World, at: datetime
) -> None:
    rows = as_hidden(waiting, conversation, w)
    buttons = [(row.conversation_id, row.outgoing.buttons) for row in rows if row.outgoing.buttons is not None]
    await tx.conversations.add_buttons(buttons, at)
    await tx.outbox.add(rows, at)


async def fade(tx: Transaction, timer: Timer, w: World) -> None:
    """Delete the words about hiding, with what was on its way when the chat was hidden."""
    conversation = ConversationId(int(timer.payload["conversation"]))
    found = (await tx.conversations.load({conversation})).get(conversation)
    if found is not None:
        on_their_way = [OutboxId(int(row)) for row in timer.payload["rows"].split()]
        arrived = await tx.outbox.arrived(conversation, on_their_way, InboxId(int(timer.payload["source"])))
        await _delete(tx, found, timer.key, arrived, w)
    await tx.timers.drop(timer.key)


async def _delete(tx: Transaction, conversation: Conversation, key: str, messages: Collection[str], w: World) -> None:
    language = conversation.language or w.messages.languages[0]
    rows = [
        NewOutgoing(
            f"{key}:{n}",
            conversation.id,
            conversation.channel,
            Outgoing(OutgoingKind.DELETION, language, deletes=tuple(some)),
            BEFORE_OTHERS,
        )
        for n, some in enumerate(_in_parts(sorted(messages)))
    ]
    await tx.outbox.add(rows, w.now)


def _in_parts(messages: Sequence[str]) -> list[Sequence[str]]:
    return [messages[first : first + AT_ONCE] for first in range(0, len(messages), AT_ONCE)]


async def _tell_specialists(tx: Transaction, conversation: Conversation, source: InboxId, w: World) -> None:
    for case in await tx.cases.open_of(conversation.id):
        kept = await tx.cases.load(case)
        await tx.cases.record(case, Event(EventKind.HIDDEN, w.now))
        v = await showing.voice_for(tx, kept, w)
        if v is not None:
            told = desk_notices.hides(v, kept.case.number, alias_of(conversation.id))
            await showing.tell(tx, case, [(f"hides:{source}:{case}", told)], w)
