"""What we owe is sent once, in its order, and not too much at a time."""

from __future__ import annotations

import asyncio

import pytest

from bot.conversation.model import Address, Channel
from bot.storage.unit_of_work import SqlStore
from bot.workers import delivery
from tests.builders_store import ANA, Watch, meet, owe, owing
from tests.unit.workers.scripted import Scripted, a_while, sending, until_called, until_state


async def test_what_is_owed_is_sent_once_and_its_id_kept(store: SqlStore, watch: Watch) -> None:
    channel = Scripted()
    await owe(store, owing("a", await meet(store)))

    async with sending(channel, store, watch) as sender:
        sent = await until_state(store, "a", "sent")
        await a_while(sender)

    assert channel.calls == [("1001", "a")]
    assert (sent.message, sent.attempts) == ("901", 1)


async def test_a_call_is_answered_at_once(store: SqlStore, watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "IDLE_POLL", 60)
    channel, person = Scripted(), await meet(store)

    async with sending(channel, store, watch) as sender:
        await asyncio.sleep(0.02)
        await owe(store, owing("a", person))
        sender.nudge()
        await until_state(store, "a", "sent")

    assert channel.to(ANA) == ["a"]


async def test_what_nobody_called_for_is_found_too(
    store: SqlStore, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "IDLE_POLL", 0.01)
    channel, person = Scripted(), await meet(store)

    async with sending(channel, store, watch):
        await asyncio.sleep(0.02)
        await owe(store, owing("a", person))
        await until_state(store, "a", "sent")

    assert channel.to(ANA) == ["a"]


async def test_messages_of_a_conversation_leave_one_after_the_other(store: SqlStore, watch: Watch) -> None:
    channel, person = Scripted(), await meet(store)
    await owe(store, *(owing(f"a{n}", person) for n in range(5)))

    async with sending(channel, store, watch):
        await until_state(store, "a4", "sent")

    assert channel.to(ANA) == ["a0", "a1", "a2", "a3", "a4"]
    assert channel.most_at_once == 1


async def test_no_more_are_on_their_way_at_once_than_allowed(store: SqlStore, watch: Watch) -> None:
    gate = asyncio.Event()
    channel = Scripted(gate=gate)
    people = [await meet(store, Address(Channel.TELEGRAM, str(2000 + n))) for n in range(8)]
    await owe(store, *(owing(f"k{n}", person) for n, person in enumerate(people)))

    async with sending(channel, store, watch, in_flight=3) as sender:
        await until_called(channel, 3)
        await a_while(sender)
        on_their_way = len(channel.calls)
        gate.set()
        await until_called(channel, 8)

    assert on_their_way == 3
    assert channel.most_at_once == 3
