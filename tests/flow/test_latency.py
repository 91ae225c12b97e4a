"""How soon a danger card leaves although thousands of other messages wait; the numbers are printed."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest

from bot.conversation.model import Address, Channel
from bot.storage.unit_of_work import SqlStore
from tests.builders_dialogue import told
from tests.builders_store import incoming, owing
from tests.fakes.bot_api import FakeTelegram
from tests.flow.conftest import Start
from tests.flow.harness import PATIENCE, Person, Tiltas
from tests.flow.texts import BANK_ACCOUNT, Texts

pytestmark = pytest.mark.asyncio(loop_scope="module")

MESSAGES, CONVERSATIONS, FAMILIES = 5_000, 500, 5
SOON = 3.0
"""Seconds, on a machine with other work to do; on an idle one it is a fraction of one."""


@pytest.mark.timeout(240)
async def test_a_danger_card_leaves_at_once_although_five_thousand_messages_wait(prepared: Start, texts: Texts) -> None:
    async with FakeTelegram() as telegram:
        people = await telegram.crowd(CONVERSATIONS, first_id=30_000)
        tiltas = prepared(telegram, TILTAS_PACE="yes")
        await tiltas.serve()
        await owe_to(tiltas, [Address(Channel.TELEGRAM, str(chat)) for chat in people])
        await telegram.wait_for_call(count=10, timeout=timedelta(seconds=PATIENCE))

        took = [await until_the_card(telegram, Person(telegram, tiltas), texts) for _ in range(FAMILIES)]
        waiting = tiltas.number("SELECT count(*) FROM outbox WHERE state = 'new'")

    told_ms = ", ".join(f"{seconds * 1000:.0f}" for seconds in took)
    print(f"\nFrom a message to its danger card, with {waiting} others waiting: {told_ms} ms")
    assert waiting > MESSAGES * 0.9
    assert max(took) < SOON


@pytest.mark.timeout(240)
async def test_danger_is_read_first_although_five_thousand_messages_are_still_to_be_read(
    prepared: Start, texts: Texts
) -> None:
    async with FakeTelegram() as telegram:
        people = await telegram.crowd(CONVERSATIONS, first_id=40_000)
        tiltas = prepared(telegram, TILTAS_PACE="yes")
        await tiltas.serve()
        await write_as(tiltas, [Address(Channel.TELEGRAM, str(chat)) for chat in people], texts.question(BANK_ACCOUNT))

        took = [await until_the_card(telegram, Person(telegram, tiltas), texts) for _ in range(FAMILIES)]
        waiting = tiltas.number("SELECT count(*) FROM inbox WHERE state = 'new'")

    told_ms = ", ".join(f"{seconds * 1000:.0f}" for seconds in took)
    print(f"\nFrom a message to its danger card, with {waiting} others still to be read: {told_ms} ms")
    assert waiting > 0
    assert max(took) < SOON


async def write_as(tiltas: Tiltas, people: list[Address], words: str) -> None:
    """Let thousands of messages come at once, as after a long time in which nothing ran."""
    store, at = SqlStore(f"sqlite:///{tiltas.database}", beside=True), datetime.now(UTC)
    try:
        async with store.begin() as tx:
            await tx.inbox.add(
                [incoming(f"old:{n}", people[n % len(people)], words, at=at) for n in range(MESSAGES)], at
            )
    finally:
        await store.close()


async def owe_to(tiltas: Tiltas, people: list[Address]) -> None:
    """Let messages wait for people who have written before, as after a long time without a network."""
    store, at = SqlStore(f"sqlite:///{tiltas.database}", beside=True), datetime.now(UTC)
    try:
        async with store.begin() as tx:
            await tx.inbox.add([incoming(f"met:{person.chat}", person) for person in people], at)
            await tx.inbox.finish([one.id for one in await tx.inbox.ready(len(people))], at)
            known = list((await tx.conversations.find(people)).values())
            rows = [owing(f"old:{n}", known[n % len(known)], told("Hello.")) for n in range(MESSAGES)]
            await tx.outbox.add(rows, at)
    finally:
        await store.close()


async def until_the_card(telegram: FakeTelegram, parent: Person, texts: Texts) -> float:
    """Let a family write of danger; return the seconds until the card is accepted."""
    began = time.monotonic()
    await telegram.say(parent.chat, texts.red())
    (card, *_) = await telegram.wait_for_call(chat_id=parent.chat, timeout=timedelta(seconds=PATIENCE))
    took = time.monotonic() - began
    assert str(card.params["text"]).startswith("<b>112")
    return took
