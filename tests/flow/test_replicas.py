"""Two processes on one PostgreSQL: both handle messages, one sends, and the other one goes on when it is gone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from time import monotonic

import pytest
import pytest_asyncio

from bot.conversation.model import Verb
from tests.builders_postgres import Databases
from tests.fakes.bot_api import FakeTelegram
from tests.flow.harness import PATIENCE, SERVE, Tiltas, until, with_index
from tests.flow.texts import BANK_ACCOUNT, DOCTOR, MINIMUM_WAGE, RENT, SCHOOL, Texts

pytestmark = pytest.mark.asyncio(loop_scope="module")

IN_FLIGHT = 3
SOON = 5.0
"""Seconds within which another process must send: no family waits for longer because of us."""
EPOCH = "SELECT epoch FROM leases WHERE name = 'sender'"
DEAF = ("-m", "tests.flow.deaf_child")
QUESTIONS = (BANK_ACCOUNT, MINIMUM_WAGE, DOCTOR, RENT, SCHOOL)


@pytest_asyncio.fixture(loop_scope="module")
async def pair(
    telegram: FakeTelegram, solved: Path, tmp_path: Path, postgres: Databases
) -> AsyncIterator[tuple[Tiltas, Tiltas]]:
    """Return two running processes on one database: one that gets what people write, and one that only helps."""
    with postgres.one() as address:
        both = [
            Tiltas(with_index(tmp_path / name, solved), telegram, program=program, TILTAS_DATABASE_URL=address)
            for name, program in (("first", SERVE), ("second", DEAF))
        ]
        try:
            for tiltas in both:
                await tiltas.serve()
            yield both[0], both[1]
        finally:
            for tiltas in both:
                tiltas.clean_up()


async def write(telegram: FakeTelegram, chats: Sequence[int], texts: Texts) -> None:
    for entry in QUESTIONS:
        for chat in chats:
            await telegram.say(chat, texts.question(entry))


async def accepted(telegram: FakeTelegram, chats: Sequence[int]) -> int:
    """Count what people have got."""
    return sum([len(await telegram.calls("sendMessage", chat_id=chat, code=200)) for chat in chats])


async def come(telegram: FakeTelegram, chats: Sequence[int], number: int) -> None:
    """Wait until people have got so many messages."""
    async with asyncio.timeout(PATIENCE):
        while await accepted(telegram, chats) < number:  # noqa: ASYNC110  another process counts
            await asyncio.sleep(0.01)


async def answers(telegram: FakeTelegram, chat: int, texts: Texts) -> list[int]:
    """Return which of the questions the messages of a person answer, in the order in which they came."""
    words = [str(call.result["text"]) for call in await telegram.calls("sendMessage", chat_id=chat, code=200)]
    return [n for text in words for n, entry in enumerate(QUESTIONS) if text.startswith(texts.short(entry))]


async def everything_is_shown(telegram: FakeTelegram, chats: Sequence[int]) -> int:
    """Press the button below each "did you get my last message?"; return how many there were."""
    asked = 0
    for chat in chats:
        for body in await telegram.bot_messages(chat):
            for row in body.get("reply_markup", {}).get("inline_keyboard", []):
                if f".{Verb.SHOW}." in row[0]["callback_data"]:
                    await telegram.press(chat, data=row[0]["callback_data"])
                    asked += 1
    return asked


async def test_two_processes_answer_everybody_once_and_in_order(
    telegram: FakeTelegram, pair: tuple[Tiltas, Tiltas], texts: Texts
) -> None:
    first, second = pair
    chats = range(60_000, 60_012)

    await write(telegram, chats, texts)
    await first.settles()

    assert [await answers(telegram, chat, texts) for chat in chats] == [[0, 1, 2, 3, 4]] * len(chats)
    assert first.number("SELECT count(*) FROM outbox WHERE state != 'sent'") == 0
    assert first.number("SELECT count(*) FROM cases") == 0
    assert not first.logged("outbox.recovered")
    assert not second.logged("outbox.recovered")


@pytest.mark.parametrize("graceful", [False, True], ids=["killed", "stopped"])
async def test_when_the_sender_is_gone_the_other_process_sends_within_seconds(
    telegram: FakeTelegram, pair: tuple[Tiltas, Tiltas], texts: Texts, *, graceful: bool
) -> None:
    first, second = pair
    chats = range(61_000 + 100 * graceful, 61_012 + 100 * graceful)
    await telegram.configure(latency=0.2)

    await write(telegram, chats, texts)
    await come(telegram, chats, 5)
    epoch = first.number(EPOCH)
    await (first.stop() if graceful else first.kill())
    gone, before = monotonic(), await accepted(telegram, chats)
    await until(lambda: second.number(EPOCH) > epoch, "the other process has the right to send")
    took = monotonic() - gone
    # What was on its way may still arrive; anything beyond it is the other process's.
    await come(telegram, chats, before + IN_FLIGHT + 1)
    await telegram.configure(latency=0)
    await until(lambda: not second.owes(), "the other process has sent everything")
    interrupted = [await answers(telegram, chat, texts) for chat in chats]
    asked = await everything_is_shown(telegram, chats)
    await first.serve()
    await first.settles()

    assert took < SOON
    assert asked <= (0 if graceful else IN_FLIGHT)
    for chat, was in zip(chats, interrupted, strict=True):
        assert was == sorted(set(was)), "doubled or out of order"
        assert set(await answers(telegram, chat, texts)) == {0, 1, 2, 3, 4}
