"""What people do in the fake arrives as updates that two independent client libraries read without loss."""

import json
from collections.abc import AsyncIterator

import pytest
from aiogram.types import Update as AiogramUpdate
from telegram import Bot, Update

from tests.fakes.bot_api import FakeTelegram, FakeTelegramError, Settings
from tests.fakes.bot_api.asking import ask
from tests.fakes.bot_api.jsontypes import JsonObject

FORUM = -1001234567890
CHANNEL = -1007777777777
SMALL = -55
OLENA = 5


@pytest.fixture
async def telegram() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram() as telegram:
        await telegram.person(OLENA, "Olena", last_name="K", username="olena", language_code="uk")
        await telegram.group(FORUM, "Team", forum=True, username="team", members=[OLENA])
        await telegram.group(SMALL, "Small")
        await telegram.channel(CHANNEL, "News")
        yield telegram


async def updates(telegram: FakeTelegram) -> list[JsonObject]:
    found: list[JsonObject] = (await ask(telegram, "getUpdates")).result
    return found


async def do_everything(telegram: FakeTelegram) -> list[JsonObject]:
    """Let people do all they can and return the updates."""
    await ask(telegram, "getUpdates", allowed_updates=["message", "edited_message", "channel_post",
                                                       "edited_channel_post", "callback_query", "my_chat_member",
                                                       "message_reaction"])  # fmt: skip
    question = await telegram.say(OLENA, "/start hello@example.org")
    await telegram.edit(OLENA, question, "/help 😀 https://lt.lt")
    await telegram.say(OLENA, "and this", reply_to=question)
    photo = await telegram.send_photo(OLENA, caption="see /this")
    await telegram.edit(OLENA, photo, "better caption")
    await telegram.send_document(OLENA, name="form.pdf", caption="form")
    await telegram.send_voice(OLENA)
    await telegram.send_sticker(OLENA)
    await telegram.send_location(OLENA)
    await telegram.send_contact(OLENA)
    keyboard = {"inline_keyboard": [[{"text": "A", "callback_data": "a"}, {"text": "B", "url": "https://lt.lt"}]]}
    await ask(telegram, "sendMessage", chat_id=OLENA, text="<b>x</b>", parse_mode="HTML", reply_markup=keyboard)
    await telegram.press(OLENA, "A")
    await telegram.press(OLENA, "A", inaccessible=True)
    await telegram.react(OLENA, question, "👍")
    await telegram.block(OLENA)
    await telegram.unblock(OLENA)
    thread = await telegram.open_topic(FORUM, "Housing", user_id=OLENA)
    await telegram.say(FORUM, "in a topic", user_id=OLENA, thread_id=thread)
    await telegram.rename_topic(FORUM, thread, "Rent", user_id=OLENA)
    await telegram.close_topic(FORUM, thread, user_id=OLENA)
    await telegram.reopen_topic(FORUM, thread, user_id=OLENA)
    await telegram.send(FORUM, {"new_chat_title": "Team 2"}, user_id=OLENA)
    await telegram.set_bot(FORUM, "administrator", user_id=OLENA, bot_rights=["can_manage_topics"])
    await telegram.set_bot(FORUM, "restricted", user_id=OLENA)
    await telegram.set_bot(FORUM, "member", user_id=OLENA)
    await telegram.migrate(SMALL, user_id=OLENA)
    post = await telegram.say(CHANNEL, "news")
    await telegram.edit(CHANNEL, post, "corrected news")
    return await updates(telegram)


async def test_python_telegram_bot_reads_every_update_without_loss(telegram: FakeTelegram) -> None:
    for raw in await do_everything(telegram):
        parsed = Update.de_json(raw, None)

        assert not parsed.api_kwargs
        assert drop_false(json.loads(parsed.to_json())) == drop_false(raw)


def drop_false(value: object) -> object:
    """Return JSON without fields that are false or empty lists: libraries add or drop those by themselves."""
    if isinstance(value, dict):
        return {key: drop_false(inner) for key, inner in value.items() if inner is not False and inner != []}
    return [drop_false(inner) for inner in value] if isinstance(value, list) else value


async def test_aiogram_reads_every_update_without_loss(telegram: FakeTelegram) -> None:
    for raw in await do_everything(telegram):
        parsed = AiogramUpdate.model_validate(raw)

        assert drop_false(json.loads(parsed.model_dump_json(exclude_none=True, by_alias=True))) == drop_false(raw)


async def test_every_kind_of_update_is_made(telegram: FakeTelegram) -> None:
    kinds = [kind for update in await do_everything(telegram) for kind in update if kind != "update_id"]

    assert set(kinds) == {
        "message",
        "edited_message",
        "channel_post",
        "edited_channel_post",
        "callback_query",
        "my_chat_member",
        "message_reaction",
    }


async def test_dates_are_whole_seconds_and_may_lie_in_the_past(telegram: FakeTelegram) -> None:
    await telegram.say(OLENA, "now")
    now = (await updates(telegram))[0]["message"]["date"]

    await telegram.say(OLENA, "an hour ago", date=now - 3600)

    assert isinstance(now, int)
    assert (await updates(telegram))[1]["message"]["date"] == now - 3600


async def test_a_message_from_the_day_before_yesterday_is_not_delivered(telegram: FakeTelegram) -> None:
    await telegram.say(OLENA, "old", date=1_700_000_000)

    assert await updates(telegram) == []


async def test_blocking_tells_old_and_new_status(telegram: FakeTelegram) -> None:
    await telegram.block(OLENA)

    change = Update.de_json((await updates(telegram))[0], None).my_chat_member

    assert change is not None
    assert (change.old_chat_member.status, change.new_chat_member.status) == ("member", "kicked")
    with pytest.raises(FakeTelegramError, match="cannot write"):
        await telegram.say(OLENA, "hello?")


async def test_a_group_that_grows_tells_so_in_both_chats(telegram: FakeTelegram) -> None:
    new_id = await telegram.migrate(SMALL, user_id=OLENA)

    old, new = [update["message"] for update in await updates(telegram)]

    assert (old["chat"]["id"], old["migrate_to_chat_id"]) == (SMALL, new_id)
    assert (new["chat"]["id"], new["migrate_from_chat_id"]) == (new_id, SMALL)
    assert new["chat"]["type"] == "supergroup"


async def test_a_plain_member_of_a_group_sees_only_what_is_meant_for_it(telegram: FakeTelegram) -> None:
    await telegram.group(-56, "Talk", bot_status="member")
    mine = (await ask(telegram, "sendMessage", chat_id=-56, text="x")).result["message_id"]
    await telegram.say(-56, "among us", user_id=OLENA)
    await telegram.say(-56, "/help", user_id=OLENA)
    await telegram.say(-56, "hey @tiltas_test_bot", user_id=OLENA)
    await telegram.say(-56, "to you", user_id=OLENA, reply_to=mine)

    assert [update["message"]["text"] for update in await updates(telegram)] == [
        "/help",
        "hey @tiltas_test_bot",
        "to you",
    ]


async def test_privacy_mode_can_be_off() -> None:
    async with FakeTelegram(settings=Settings(privacy_mode=False)) as telegram:
        await telegram.group(-56, "Talk", bot_status="member")

        await telegram.say(-56, "among us", user_id=OLENA)

        assert len(await updates(telegram)) == 1


async def test_people_of_a_crowd_have_chats_at_once(telegram: FakeTelegram) -> None:
    ids = await telegram.crowd(50)

    assert (await ask(telegram, "sendMessage", chat_id=ids[-1], text="x")).status == 200


async def test_a_helper_that_makes_no_sense_fails_with_the_reason(telegram: FakeTelegram) -> None:
    with pytest.raises(FakeTelegramError, match="tell who acts"):
        await telegram.say(FORUM, "hello")
    with pytest.raises(FakeTelegramError, match="There is no chat -1"):
        await telegram.say(-1, "hello", user_id=OLENA)
    with pytest.raises(FakeTelegramError, match="tell who acts"):
        await telegram.react(FORUM, 1, "👍")
    with pytest.raises(FakeTelegramError, match="only basic groups migrate"):
        await telegram.migrate(FORUM, user_id=OLENA)
    with pytest.raises(FakeTelegramError, match="begin with -100"):
        await telegram.group(-77, forum=True)
    with pytest.raises(FakeTelegramError, match="no topic 99"):
        await telegram.close_topic(FORUM, 99, user_id=OLENA)


async def test_posts_of_a_channel_come_from_the_channel(telegram: FakeTelegram) -> None:
    await telegram.say(CHANNEL, "news")
    async with Bot(telegram.token, base_url=telegram.base_url) as bot:
        post = (await bot.get_updates())[0].channel_post
        own = await bot.send_message(CHANNEL, "more news")

    assert post is not None
    assert post.sender_chat == own.sender_chat
    assert own.from_user is None
