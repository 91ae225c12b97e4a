"""How the fake hands out updates: offsets, long polls, conflicts, ages."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from telegram import Bot

from tests.fakes.bot_api import FakeTelegram, Settings
from tests.fakes.bot_api.asking import ask


@pytest.fixture
async def telegram() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram() as telegram:
        yield telegram


@pytest.fixture
async def bot(telegram: FakeTelegram) -> AsyncIterator[Bot]:
    async with Bot(telegram.token, base_url=telegram.base_url, base_file_url=telegram.base_file_url) as bot:
        yield bot


async def texts(bot: Bot, offset: int | None = None, limit: int | None = None) -> list[str]:
    updates = await bot.get_updates(offset=offset, limit=limit, timeout=0)
    return [str(update.message.text) for update in updates if update.message]


async def test_updates_come_again_until_a_higher_offset_confirms_them(telegram: FakeTelegram, bot: Bot) -> None:
    for number in range(4):
        await telegram.say(5, f"m{number}")

    first = (await bot.get_updates())[0].update_id

    assert await texts(bot) == ["m0", "m1", "m2", "m3"]
    assert await texts(bot, offset=first) == ["m0", "m1", "m2", "m3"]
    assert await texts(bot, offset=first + 2) == ["m2", "m3"]
    assert await texts(bot) == ["m2", "m3"], "confirmed updates are gone for good"
    assert await texts(bot, offset=first + 4) == []


async def test_update_ids_are_consecutive_and_start_where_told() -> None:
    async with FakeTelegram(settings=Settings(first_update_id=50)) as telegram:
        await telegram.say(5, "a")
        await telegram.say(6, "b")

        reply = await ask(telegram, "getUpdates")

        assert [update["update_id"] for update in reply.result] == [50, 51]


async def test_a_negative_offset_keeps_only_the_last_updates(telegram: FakeTelegram, bot: Bot) -> None:
    for number in range(5):
        await telegram.say(5, f"m{number}")

    assert await texts(bot, offset=-2) == ["m3", "m4"]
    assert await texts(bot) == ["m3", "m4"]


async def test_a_limit_gives_the_oldest_ones(telegram: FakeTelegram, bot: Bot) -> None:
    for number in range(5):
        await telegram.say(5, f"m{number}")

    assert await texts(bot, limit=2) == ["m0", "m1"]


async def test_at_most_a_hundred_updates_come_at_once(telegram: FakeTelegram, bot: Bot) -> None:
    await telegram.say_all(range(1, 121), "hello")

    assert len(await bot.get_updates(limit=100)) == 100


async def test_a_long_poll_ends_with_the_first_update(telegram: FakeTelegram, bot: Bot) -> None:
    poll = asyncio.create_task(bot.get_updates(timeout=20))
    await asyncio.sleep(0.05)
    assert not poll.done()

    await telegram.say(5, "hello")

    assert [update.message.text for update in await poll if update.message] == ["hello"]


async def test_a_long_poll_without_updates_ends_empty_after_its_time(bot: Bot) -> None:
    started = asyncio.get_running_loop().time()

    assert await bot.get_updates(timeout=1) == ()

    assert 0.9 < asyncio.get_running_loop().time() - started < 5


async def test_the_older_of_two_pollers_is_sent_away_with_409(telegram: FakeTelegram) -> None:
    older = asyncio.create_task(ask(telegram, "getUpdates", timeout=20))
    await asyncio.sleep(0.05)
    newer = asyncio.create_task(ask(telegram, "getUpdates", timeout=20))

    refused = await older
    await telegram.say(5, "hello")
    accepted = await newer

    assert refused.status == 409
    assert refused.body == {
        "ok": False,
        "error_code": 409,
        "description": "Conflict: terminated by other getUpdates request; "
        "make sure that only one bot instance is running",
    }
    assert [update["message"]["text"] for update in accepted.result] == ["hello"]


async def test_polling_is_refused_while_a_webhook_is_set(telegram: FakeTelegram) -> None:
    await ask(telegram, "setWebhook", url="http://127.0.0.1:9/hook")

    reply = await ask(telegram, "getUpdates")

    assert reply.status == 409
    assert reply.description.startswith("Conflict: can't use getUpdates method while webhook is active")


async def test_setting_a_webhook_ends_a_poll_that_waits(telegram: FakeTelegram) -> None:
    poll = asyncio.create_task(ask(telegram, "getUpdates", timeout=20))
    await asyncio.sleep(0.05)

    await ask(telegram, "setWebhook", url="http://127.0.0.1:9/hook")

    assert (await poll).description == "Conflict: terminated by setWebhook request"


async def test_kinds_that_the_bot_did_not_ask_for_are_never_queued(telegram: FakeTelegram, bot: Bot) -> None:
    await telegram.say(5, "before")
    await bot.send_message(5, "hello")
    await bot.get_updates(allowed_updates=["callback_query"])

    await telegram.say(5, "after")

    assert await texts(bot) == ["before"], "only later updates are left out"


async def test_reactions_come_only_to_bots_that_ask_for_them(telegram: FakeTelegram, bot: Bot) -> None:
    message_id = await telegram.say(5, "hello")
    await telegram.react(5, message_id, "👍")
    assert len(await bot.get_updates()) == 1

    await bot.get_updates(allowed_updates=["message", "message_reaction"])
    await telegram.react(5, message_id, "👎")

    assert (await bot.get_updates())[-1].message_reaction is not None


async def test_messages_are_kept_for_a_day_and_presses_for_150_seconds(telegram: FakeTelegram) -> None:
    keyboard = {"inline_keyboard": [[{"text": "Yes", "callback_data": "y"}]]}
    await telegram.say(5, "hello")
    await ask(telegram, "sendMessage", chat_id=5, text="Sure?", reply_markup=keyboard)
    await telegram.press(5, "Yes")

    await telegram.advance(timedelta(seconds=149))
    assert len(await telegram.pending()) == 2
    await telegram.advance(timedelta(seconds=2))
    assert ["message" in update["raw"] for update in await telegram.pending()] == [True]
    await telegram.advance(timedelta(hours=24))
    assert await telegram.pending() == []


async def test_a_repeated_poll_waits_like_on_the_real_server_if_asked_to() -> None:
    async with FakeTelegram(settings=Settings(repeat_poll_guard=True)) as telegram:
        await ask(telegram, "getUpdates", offset=7)
        started = asyncio.get_running_loop().time()

        await ask(telegram, "getUpdates", offset=7)

        assert asyncio.get_running_loop().time() - started > 2.5


async def test_broken_json_and_unknown_kinds_reach_the_bot_as_they_are(telegram: FakeTelegram, bot: Bot) -> None:
    await telegram.add_update({"hologram": {"shape": "cube"}})
    assert (await bot.get_updates())[0].api_kwargs == {"hologram": {"shape": "cube"}}

    await telegram.add_raw_update('{"update_id": {id}, "message": {"message_id":')

    reply = await ask(telegram, "getUpdates")
    assert reply.status == 200
    assert reply.body == {}
    assert reply.text.endswith('"message": {"message_id":]}')


async def test_pending_updates_can_be_dropped(telegram: FakeTelegram, bot: Bot) -> None:
    await telegram.say(5, "hello")

    await bot.delete_webhook(drop_pending_updates=True)

    assert await bot.get_updates() == ()
