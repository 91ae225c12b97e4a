"""Groups in the fake: people leave, topics are switched on and off, administrators stay unseen, files answer messages."""

from collections.abc import AsyncIterator

import pytest
from telegram import Bot, Update

from tests.fakes.bot_api import FakeTelegram, FakeTelegramError
from tests.fakes.bot_api.asking import ask
from tests.fakes.bot_api.jsontypes import JsonObject

GROUP = -1001234567890
SMALL = -55
AMINA, BORYS = 5, 6
WANTED = ["message", "my_chat_member", "chat_member"]


@pytest.fixture
async def telegram() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram() as telegram:
        await telegram.person(AMINA, "Amina")
        await telegram.person(BORYS, "Borys")
        await telegram.group(GROUP, "Team", members=[AMINA, BORYS])
        await telegram.group(SMALL, "Small", members=[AMINA, BORYS])
        yield telegram


@pytest.fixture
async def bot(telegram: FakeTelegram) -> AsyncIterator[Bot]:
    async with Bot(telegram.token, base_url=telegram.base_url, base_file_url=telegram.base_file_url) as bot:
        yield bot


async def updates(telegram: FakeTelegram, *wanted: str) -> list[JsonObject]:
    found: list[JsonObject] = (
        await ask(telegram, "getUpdates", **({"allowed_updates": wanted} if wanted else {}))
    ).result
    return found


async def test_whoever_leaves_is_told_of_twice_to_a_bot_that_asked(telegram: FakeTelegram) -> None:
    await updates(telegram, *WANTED)

    await telegram.leave(GROUP, AMINA)
    told, changed = [Update.de_json(raw, None) for raw in await updates(telegram, *WANTED)]

    assert told.message is not None
    assert told.message.left_chat_member is not None
    assert told.message.left_chat_member.id == AMINA
    assert changed.chat_member is not None
    assert changed.chat_member.new_chat_member.user.id == AMINA
    assert (changed.chat_member.old_chat_member.status, changed.chat_member.new_chat_member.status) == (
        "member",
        "left",
    )


async def test_whoever_is_put_out_is_told_of_with_who_did_it(telegram: FakeTelegram) -> None:
    await updates(telegram, *WANTED)

    await telegram.leave(GROUP, AMINA, by=BORYS)
    told, changed = [Update.de_json(raw, None) for raw in await updates(telegram, *WANTED)]

    assert told.message is not None
    assert told.message.from_user is not None
    assert told.message.from_user.id == BORYS
    assert changed.chat_member is not None
    assert changed.chat_member.from_user.id == BORYS
    assert changed.chat_member.new_chat_member.status == "kicked"


async def test_a_bot_that_did_not_ask_or_is_a_plain_member_gets_the_service_message_alone(
    telegram: FakeTelegram,
) -> None:
    await telegram.leave(GROUP, AMINA)
    unasked = await updates(telegram, *WANTED)
    await telegram.set_bot(SMALL, "member", user_id=BORYS)
    await telegram.leave(SMALL, AMINA)

    assert [[kind for kind in update if kind != "update_id"] for update in unasked] == [["message"]]
    assert all("chat_member" not in update for update in await updates(telegram, *WANTED))


async def test_nobody_leaves_where_they_are_not(telegram: FakeTelegram) -> None:
    await telegram.leave(GROUP, AMINA)

    with pytest.raises(FakeTelegramError, match="is not in chat"):
        await telegram.leave(GROUP, AMINA)
    with pytest.raises(FakeTelegramError, match="is no group"):
        await telegram.leave(AMINA, AMINA)


async def test_topics_switched_on_show_in_what_comes_next(telegram: FakeTelegram, bot: Bot) -> None:
    await telegram.switch_topics(GROUP, on=True)
    silent = await updates(telegram)
    await telegram.say(GROUP, "hello", user_id=AMINA)

    message = Update.de_json((await updates(telegram))[0], None).message
    assert silent == []
    assert message is not None
    assert message.chat.is_forum
    topic = await bot.create_forum_topic(GROUP, "Housing")
    assert (await bot.send_message(GROUP, "x", message_thread_id=topic.message_thread_id)).is_topic_message


async def test_topics_switched_off_cannot_be_written_to_until_they_are_on_again(
    telegram: FakeTelegram, bot: Bot
) -> None:
    await telegram.switch_topics(GROUP, on=True)
    thread = (await bot.create_forum_topic(GROUP, "Housing")).message_thread_id
    first = await bot.send_message(GROUP, "x", message_thread_id=thread)
    await telegram.switch_topics(GROUP, on=False)

    writing = await ask(telegram, "sendMessage", chat_id=GROUP, text="x", message_thread_id=thread)
    making = await ask(telegram, "createForumTopic", chat_id=GROUP, name="x")
    answering = await bot.send_message(GROUP, "x", reply_to_message_id=first.message_id)
    await telegram.switch_topics(GROUP, on=True)

    assert writing.description == "Bad Request: message thread not found"
    assert making.description == "Bad Request: the chat is not a forum"
    assert not answering.is_topic_message
    assert (await bot.send_message(GROUP, "x", message_thread_id=thread)).message_thread_id == thread


async def test_small_groups_have_no_topics_to_switch_on(telegram: FakeTelegram) -> None:
    with pytest.raises(FakeTelegramError, match="only supergroups have topics"):
        await telegram.switch_topics(SMALL, on=True)


async def test_an_unseen_administrator_writes_in_the_name_of_the_group(telegram: FakeTelegram) -> None:
    card = await telegram.say(GROUP, "a card", user_id=AMINA)
    await telegram.say_unseen(GROUP, "hello", reply_to=card)

    message = Update.de_json((await updates(telegram))[-1], None).message

    assert message is not None
    assert message.sender_chat is not None
    assert message.sender_chat.id == GROUP
    assert message.from_user is not None
    assert (message.from_user.username, message.from_user.is_bot) == ("GroupAnonymousBot", True)
    assert message.reply_to_message is not None
    with pytest.raises(FakeTelegramError, match="nobody can write in its name"):
        await telegram.say_unseen(AMINA, "hello")


async def test_files_answer_messages_and_stand_in_topics(telegram: FakeTelegram) -> None:
    card = await telegram.say(GROUP, "a card", user_id=AMINA)
    await telegram.send_photo(GROUP, user_id=BORYS, reply_to=card, caption="seen")
    await telegram.send_document(GROUP, user_id=BORYS, reply_to=card)
    await telegram.send_voice(GROUP, user_id=BORYS, reply_to=card)
    await telegram.switch_topics(GROUP, on=True)
    thread = await telegram.open_topic(GROUP, "Housing", user_id=AMINA)
    await telegram.send_voice(GROUP, user_id=BORYS, thread_id=thread)

    _, photo, file, voice, _, in_topic = [Update.de_json(raw, None).message for raw in await updates(telegram)]

    for message in (photo, file, voice):
        assert message is not None
        assert message.reply_to_message is not None
        assert message.reply_to_message.message_id == card
    assert in_topic is not None
    assert in_topic.message_thread_id == thread
