"""Somebody wrote to us: keep it, before anybody is told that we have it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace

from bot.conversation.desk import Order, read
from bot.conversation.masking import keepable, keepable_of_staff
from bot.conversation.model import Incoming, Kind
from bot.ports import Clock, Store, Transaction


async def receive(
    messages: Sequence[Incoming], *, store: Store, clock: Clock, urgency: Callable[[str], int] = lambda _: 0
) -> int:
    """Keep `messages`, masked, in one transaction; return how many were not there yet.

    What has an `urgency` is handled first, however many wait. It is asked beside the event loop, before anything is kept, so
    it must be quick; it decides nothing else.

    Of groups only what is for us is kept: what stands in the topic of a case, replies to us, commands, presses.
    Only after it returns may a channel acknowledge them. Raises StoreUnavailable; then nothing is kept.
    """
    kept = [masked(message) for message in messages]
    urgent = await asyncio.to_thread(
        lambda: {one.key: urgency(one.text) for one in kept if one.group is None and one.text}
    )
    async with store.begin() as tx:
        return await tx.inbox.add([message for message in kept if await _is_for_us(message, tx)], clock(), urgent)


def masked(message: Incoming) -> Incoming:
    """Return a message with the words that may be kept, which are also those that are read."""
    # Families need the phones and addresses of offices that specialists write to them; personal codes they do not.
    text = keepable(message.text) if message.group is None else keepable_of_staff(message.text)
    return replace(message, text=text)


async def _is_for_us(message: Incoming, tx: Transaction) -> bool:
    if message.group is None:
        return True
    if message.press is not None or read(message.text).order is Order.CONNECT:
        return True
    here = (await tx.conversations.find([message.address])).get(message.address)
    if here is None or await tx.teams.group(here) is None:
        return False  # a group that nobody has connected
    if message.kind in _ABOUT_THE_GROUP or read(message.text).is_order:
        return True
    thread, reply_to = message.group.thread, message.reply_to
    if thread and await tx.places.at(here, thread=thread) is not None:
        return True
    return bool(reply_to) and (
        await tx.places.at(here, card=reply_to) is not None or await tx.outbox.case_of(here, reply_to) is not None
    )


_ABOUT_THE_GROUP = frozenset({Kind.MIGRATED, Kind.RIGHTS, Kind.LEFT, Kind.BLOCKED, Kind.UNBLOCKED})
