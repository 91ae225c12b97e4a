"""Somebody wrote to us: keep it, before anybody is told that we have it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.conversation.masking import keepable
from bot.conversation.model import Incoming
from bot.ports import Clock, Store


async def receive(messages: Sequence[Incoming], *, store: Store, clock: Clock) -> int:
    """Keep `messages`, masked, in one transaction; return how many were not there yet.

    Only after it returns may a channel acknowledge them. Raises StoreUnavailable; then nothing is kept.
    """
    masked = [replace(message, text=keepable(message.text)) for message in messages]
    async with store.begin() as tx:
        return await tx.inbox.add(masked, clock())
