"""Somebody floods the bot: danger and other people never wait for it."""

from __future__ import annotations

import asyncio

import pytest

from bot.conversation.limits import AT_ONCE
from tests.fakes.bot_api import FakeTelegram
from tests.flow.harness import Person, Shown, Tiltas
from tests.flow.texts import BANK_ACCOUNT, MINIMUM_WAGE, Texts

pytestmark = pytest.mark.asyncio(loop_scope="module")

FLOOD = 60


async def send(telegram: FakeTelegram, person: Person, *texts: str) -> None:
    """Let somebody write many messages within a second, without waiting for any reply."""
    for text in texts:
        await telegram.say(person.chat, text)


def answers(messages: list[Shown], texts: Texts) -> int:
    return sum(one.text.startswith(texts.short(BANK_ACCOUNT)) for one in messages)


async def test_a_flood_is_answered_so_far_told_once_and_silent_but_danger_gets_its_card(
    telegram: FakeTelegram, tiltas: Tiltas, person: Person, other: Person, texts: Texts
) -> None:
    question, before = texts.question(BANK_ACCOUNT), len(tiltas.logged("message.handled"))
    flood = [question] * FLOOD

    writing = asyncio.create_task(send(telegram, person, *flood[: FLOOD // 2], texts.red(), *flood[FLOOD // 2 :]))
    answer, *_ = await other.says(texts.question(MINIMUM_WAGE))
    await writing
    await tiltas.settles()

    assert answer.text.startswith(texts.short(MINIMUM_WAGE))
    seen = await person.sees()
    told = texts.says("You write faster than I can answer.")
    assert sum(told in one.text for one in seen) == 1
    assert sum(one.text.startswith("112") for one in seen) == 1
    assert [case["danger"] for case in person.cases()] == ["red"]
    handled = tiltas.logged("message.handled")[before:]
    paused = sum(event["step"] == "paused" for event in handled)
    assert AT_ONCE <= answers(seen, texts) < FLOOD // 2  # a slow machine lets some more through while the flood comes
    assert answers(seen, texts) + paused == FLOOD
    assert tiltas.number("SELECT sum(n) FROM counts WHERE step = 'paused'") >= paused
