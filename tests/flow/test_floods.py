"""Somebody floods the bot, and is barred: danger and other people never wait for it."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing

import pytest

from bot.conversation.limits import AT_ONCE
from tests.fakes.bot_api import FakeTelegram
from tests.flow.conftest import Start
from tests.flow.harness import Person, Shown, Tiltas, until
from tests.flow.team import Group
from tests.flow.texts import BANK_ACCOUNT, EN, MINIMUM_WAGE, Texts

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


async def a_case(telegram: FakeTelegram, tiltas: Tiltas, person: Person, texts: Texts) -> tuple[Group, int, str]:
    """Let somebody ask for a person; return the group, who works there, and the case's number."""
    group = await Group(telegram, tiltas, texts).opens("Support")
    await group.connects("support")
    rasa = await group.joins("Rasa")
    await person.says(f"/human {texts.unanswerable()}")
    return group, rasa, str(person.cases()[0]["number"])


async def test_a_barred_person_reads_until_when_and_only_danger_comes_through(
    telegram: FakeTelegram, tiltas: Tiltas, person: Person, texts: Texts
) -> None:
    group, rasa, number = await a_case(telegram, tiltas, person, texts)

    in_group = await group.writes(rasa, "/bar 2 insults", about=number)
    told = [
        one
        for one in await person.sees()
        if texts.says("I answer no questions from you until: {instant}.", EN)[:34] in one.text
    ]
    silence = await person.says(texts.question(BANK_ACCOUNT))
    card, *_ = await person.says(texts.red())
    await group.writes(rasa, "/unbar", about=number)
    answer, *_ = await person.says(texts.question(BANK_ACCOUNT))

    assert "insults" in "".join(one.text for one in in_group)
    assert len(told) == 1
    assert "insults" not in told[0].text
    assert silence == []
    assert card.text.startswith("112")
    assert answer.text.startswith(texts.short(BANK_ACCOUNT))


async def test_a_bar_whose_date_came_while_nobody_ran_ends_once_also_after_a_kill(
    prepared: Start, texts: Texts
) -> None:
    async with FakeTelegram() as telegram:
        tiltas = prepared(telegram)
        await tiltas.serve()
        person = Person(telegram, tiltas)
        group, rasa, number = await a_case(telegram, tiltas, person, texts)
        await group.writes(rasa, "/bar insults", about=number)
        ended = group.says("The bar of {family} ended today. If it must go on: /bar").partition("{family}")[2]

        await tiltas.kill()
        let_the_date_come(tiltas)
        for _ in range(3):
            await tiltas.serve()
            await until(lambda: not tiltas.number("SELECT count(*) FROM timers WHERE kind = 'bar'"), "the timer rings")
            await tiltas.kill()
        await tiltas.serve()
        await tiltas.settles()

        assert any(ended in one.text for one in await group.sees())  # a kill on its way may bring it twice
        assert tiltas.number("SELECT count(*) FROM outbox WHERE key LIKE 'bar:%' AND kind = 'desk'") == 1
        answer, *_ = await person.says(texts.question(BANK_ACCOUNT))
        assert answer.text.startswith(texts.short(BANK_ACCOUNT))


def let_the_date_come(tiltas: Tiltas) -> None:
    """Set the end of all bars into the past, while nothing runs."""
    with closing(sqlite3.connect(tiltas.database)) as connection, connection:
        connection.execute("UPDATE timers SET due_at = '2020-01-01 00:00:00.000000' WHERE kind = 'bar'")
        connection.execute("UPDATE conversations SET barred_until = '2020-01-01 00:00:00.000000' WHERE barred_by > 0")
