"""How the fake limits a bot, and what it remembers of it."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from telegram import Bot
from telegram.error import RetryAfter

from tests.fakes.bot_api import FakeTelegram, LimitSettings, StillClock
from tests.fakes.bot_api.asking import Reply, ask

GROUP = -1001234567890


@pytest.fixture
async def telegram() -> AsyncIterator[FakeTelegram]:
    """A fake with Telegram's limits, whose clock stands still until a test moves it."""
    async with FakeTelegram(limits=LimitSettings(), clock=StillClock()) as telegram:
        await telegram.crowd(100)
        await telegram.group(GROUP, "Team")
        yield telegram


async def send(telegram: FakeTelegram, chat_id: int) -> Reply:
    return await ask(telegram, "sendMessage", chat_id=chat_id, text="x")


async def test_a_private_chat_takes_a_short_burst_and_then_one_a_second(telegram: FakeTelegram) -> None:
    burst = [(await send(telegram, 1000)).status for _ in range(4)]
    await telegram.advance(timedelta(seconds=1))
    later = [(await send(telegram, 1000)).status for _ in range(2)]

    assert burst == [200, 200, 200, 429]
    assert later == [200, 429]


async def test_a_refusal_tells_how_long_to_wait(telegram: FakeTelegram) -> None:
    for _ in range(3):
        await send(telegram, 1000)

    reply = await send(telegram, 1000)

    assert reply.headers["Retry-After"] == "1"
    assert reply.body == {
        "ok": False,
        "error_code": 429,
        "description": "Too Many Requests: retry after 1",
        "parameters": {"retry_after": 1},
    }


async def test_all_chats_together_take_thirty_a_second(telegram: FakeTelegram) -> None:
    statuses = [(await send(telegram, 1000 + number)).status for number in range(31)]

    assert statuses == [200] * 30 + [429]
    assert (await telegram.stats()).floods[0].scope == "bot"
    await telegram.advance(timedelta(seconds=1))
    assert (await send(telegram, 1050)).status == 200


async def test_a_group_takes_twenty_a_minute(telegram: FakeTelegram) -> None:
    for _ in range(20):
        assert (await send(telegram, GROUP)).status == 200

    refused = await send(telegram, GROUP)
    await telegram.advance(timedelta(seconds=59))
    early = await send(telegram, GROUP)
    await telegram.advance(timedelta(seconds=1))

    assert refused.body["parameters"]["retry_after"] == 60
    assert early.body["parameters"]["retry_after"] == 1
    assert (await send(telegram, GROUP)).status == 200


async def test_asking_while_forbidden_prolongs_nothing_but_is_counted(telegram: FakeTelegram) -> None:
    for _ in range(10):
        await send(telegram, 1000)

    floods = (await telegram.stats()).floods
    assert [flood.while_forbidden for flood in floods] == [False] + [True] * 6
    assert {flood.retry_after for flood in floods} == {1}
    assert {(flood.chat_id, flood.method, flood.scope) for flood in floods} == {(1000, "sendMessage", "private")}
    await telegram.advance(timedelta(seconds=1))
    assert (await send(telegram, 1000)).status == 200


async def test_one_full_chat_does_not_stop_the_others(telegram: FakeTelegram) -> None:
    for _ in range(5):
        await send(telegram, 1000)

    assert (await send(telegram, 1001)).status == 200


async def test_edits_count_and_typing_does_not(telegram: FakeTelegram) -> None:
    message_id = (await send(telegram, 1000)).result["message_id"]
    for _ in range(5):
        assert (await ask(telegram, "sendChatAction", chat_id=1000, action="typing")).status == 200

    edits = [
        (await ask(telegram, "editMessageText", chat_id=1000, message_id=message_id, text=f"{number}")).status
        for number in range(3)
    ]

    assert edits == [200, 200, 429]


async def test_refused_messages_are_not_there(telegram: FakeTelegram) -> None:
    for _ in range(5):
        await send(telegram, 1000)

    assert len(await telegram.sent_texts(1000)) == 3


async def test_the_highest_rate_within_a_second_is_remembered(telegram: FakeTelegram) -> None:
    for number in range(40):
        await send(telegram, 1000 + number)
    await telegram.advance(timedelta(seconds=0.9))
    await telegram.advance(timedelta(seconds=5))
    await send(telegram, 1000)

    stats = await telegram.stats()
    assert (stats.accepted, stats.peak_per_second, stats.peak_asked_per_second) == (31, 30, 40)
    assert (stats.count("sendMessage"), stats.count("sendMessage", 429)) == (31, 10)


async def test_limits_are_off_unless_wanted_and_can_be_switched() -> None:
    async with FakeTelegram() as telegram:
        await telegram.person(5)
        assert {(await send(telegram, 5)).status for _ in range(20)} == {200}

        await telegram.configure(enabled=True, private_burst=1)

        assert [(await send(telegram, 5)).status for _ in range(2)] == [200, 429]


async def test_the_client_library_understands_the_refusal(
    telegram: FakeTelegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "true")  # else it warns that plain seconds are deprecated
    async with Bot(telegram.token, base_url=telegram.base_url) as bot:
        with pytest.raises(RetryAfter):
            await asyncio.gather(*(bot.send_message(1000, "x") for _ in range(4)))


async def test_statistics_can_start_over(telegram: FakeTelegram) -> None:
    for _ in range(5):
        await send(telegram, 1000)

    await telegram.reset_stats()

    stats = await telegram.stats()
    assert (stats.floods, stats.accepted, stats.calls) == ([], 0, {})
    assert (await send(telegram, 1000)).status == 200


async def test_webhooks_are_set_at_most_once_a_second(telegram: FakeTelegram) -> None:
    first = await ask(telegram, "setWebhook", url="http://127.0.0.1:9/a")
    second = await ask(telegram, "setWebhook", url="http://127.0.0.1:9/b")

    assert (first.status, second.status) == (200, 429)
