"""Trouble on demand: what the bot sees and what the fake did in spite of it."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
from telegram import Bot
from telegram.error import NetworkError, RetryAfter, TimedOut

from tests.fakes.bot_api import FakeTelegram, FakeTelegramError, FaultKind
from tests.fakes.bot_api.asking import ask


@pytest.fixture
async def telegram() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram() as telegram:
        await telegram.crowd(3, first_id=5)
        yield telegram


@pytest.fixture
async def bot(telegram: FakeTelegram) -> AsyncIterator[Bot]:
    async with Bot(telegram.token, base_url=telegram.base_url, base_file_url=telegram.base_file_url) as bot:
        yield bot


async def test_a_flood_refusal_is_given_once_and_nothing_is_sent(
    telegram: FakeTelegram, bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "true")  # else it warns that plain seconds are deprecated
    await telegram.fault(FaultKind.FLOOD, "sendMessage", retry_after=7)

    with pytest.raises(RetryAfter, match="7"):
        await bot.send_message(5, "x")
    await bot.send_message(5, "y")

    assert await telegram.sent_texts(5) == ["y"]
    assert (await telegram.stats()).floods == [], "a scripted refusal is not one of the limits"


async def test_a_bad_gateway_answers_with_the_page_of_a_proxy(telegram: FakeTelegram, bot: Bot) -> None:
    await telegram.fault(FaultKind.BAD_GATEWAY, times=2)

    reply = await ask(telegram, "sendMessage", chat_id=5, text="x")
    with pytest.raises(NetworkError, match="Bad Gateway"):
        await bot.send_message(5, "x")

    assert reply.status == 502
    assert reply.headers["Content-Type"].startswith("text/html")
    assert "nginx" in reply.text
    assert await telegram.sent_texts(5) == []


async def test_an_internal_error_comes_as_json(telegram: FakeTelegram) -> None:
    await telegram.fault(FaultKind.INTERNAL)

    reply = await ask(telegram, "sendMessage", chat_id=5, text="x")

    assert reply.body == {"ok": False, "error_code": 500, "description": "Internal Server Error"}


async def test_any_refusal_can_be_scripted(telegram: FakeTelegram) -> None:
    await telegram.fault(FaultKind.REFUSE, code=400, description="Bad Request: TOPIC_DELETED")

    assert (await ask(telegram, "sendMessage", chat_id=5, text="x")).description == "Bad Request: TOPIC_DELETED"


async def test_a_dropped_call_was_not_handled(telegram: FakeTelegram, bot: Bot) -> None:
    await telegram.fault(FaultKind.DROP, "sendMessage")

    with pytest.raises(NetworkError):
        await bot.send_message(5, "x")

    assert await telegram.sent_texts(5) == []
    assert [(call.code, call.fault) for call in await telegram.calls("sendMessage")] == [(0, "drop")]


async def test_a_lost_answer_hides_that_the_message_arrived(telegram: FakeTelegram, bot: Bot) -> None:
    await telegram.fault(FaultKind.LOST_ANSWER, "sendMessage")

    with pytest.raises(NetworkError):
        await bot.send_message(5, "x")

    assert await telegram.sent_texts(5) == ["x"]
    assert [(call.code, call.fault) for call in await telegram.calls("sendMessage")] == [(200, "lost_answer")]


async def test_a_late_answer_lets_the_bot_give_up_on_a_message_that_arrived(telegram: FakeTelegram, bot: Bot) -> None:
    await telegram.fault(FaultKind.LATE_ANSWER, "sendMessage", seconds=1)

    with pytest.raises(TimedOut):
        await bot.send_message(5, "x", read_timeout=0.1)

    assert await telegram.sent_texts(5) == ["x"]


async def test_a_gateway_may_fail_after_the_message_arrived(telegram: FakeTelegram, bot: Bot) -> None:
    await telegram.fault(FaultKind.GATEWAY_AFTER, "sendMessage")

    with pytest.raises(NetworkError):
        await bot.send_message(5, "x")

    assert await telegram.sent_texts(5) == ["x"]


async def test_a_hanging_server_answers_nothing(telegram: FakeTelegram) -> None:
    await telegram.fault(FaultKind.HANG, seconds=0.2)
    started = asyncio.get_running_loop().time()

    with pytest.raises(httpx.RemoteProtocolError):
        await ask(telegram, "sendMessage", chat_id=5, text="x")

    assert asyncio.get_running_loop().time() - started >= 0.2
    assert await telegram.sent_texts(5) == []


async def test_half_an_answer_is_no_json(telegram: FakeTelegram) -> None:
    await telegram.fault(FaultKind.GARBLED)

    reply = await ask(telegram, "sendMessage", chat_id=5, text="x")

    assert (reply.status, reply.body) == (200, {})
    assert reply.text.startswith('{"ok"')


async def test_polling_can_fail_too(telegram: FakeTelegram, bot: Bot) -> None:
    await telegram.say(5, "hello")
    await telegram.fault(FaultKind.BAD_GATEWAY, "getUpdates")

    with pytest.raises(NetworkError):
        await bot.get_updates()

    assert len(await bot.get_updates()) == 1


async def test_a_fault_keeps_to_its_method_chat_turn_and_number(telegram: FakeTelegram) -> None:
    await telegram.fault(FaultKind.INTERNAL, "sendMessage", chat_id=6, after=1, every=2, times=2)

    async def status(chat_id: int) -> int:
        return (await ask(telegram, "sendMessage", chat_id=chat_id, text="x")).status

    assert [await status(5) for _ in range(3)] == [200, 200, 200]
    assert [await status(6) for _ in range(7)] == [200, 500, 200, 500, 200, 200, 200]


async def test_a_fault_lasts_until_it_is_cleared(telegram: FakeTelegram) -> None:
    await telegram.fault(FaultKind.INTERNAL, times=0)
    assert {(await ask(telegram, "getMe")).status for _ in range(5)} == {500}

    await telegram.clear_faults()

    assert (await ask(telegram, "getMe")).status == 200


async def test_latency_is_added_to_every_call_but_polling(telegram: FakeTelegram) -> None:
    await telegram.configure(latency=0.1)
    loop = asyncio.get_running_loop()

    started = loop.time()
    await ask(telegram, "sendMessage", chat_id=5, text="x")
    sent = loop.time()
    await ask(telegram, "getUpdates")
    polled = loop.time()

    assert sent - started >= 0.1
    assert polled - sent < sent - started


async def test_a_fault_or_setting_that_does_not_exist_is_reported(telegram: FakeTelegram) -> None:
    with pytest.raises(FakeTelegramError, match="earthquake"):
        await telegram.fault("earthquake")
    with pytest.raises(FakeTelegramError, match="no setting 'colour'"):
        await telegram.configure(colour=1)
    with pytest.raises(FakeTelegramError, match="Unknown order 'dance'"):
        await telegram.order("dance")
