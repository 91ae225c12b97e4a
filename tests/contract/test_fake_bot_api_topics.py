"""Forums in the fake: topics opened and closed by the bot and by people."""

from collections.abc import AsyncIterator

import pytest
from telegram import Bot

from tests.fakes.bot_api import FakeTelegram
from tests.fakes.bot_api.asking import ask
from tests.fakes.bot_api.model import ALL_RIGHTS

FORUM = -1001234567890
GENERAL = 1
AMINA = 5


@pytest.fixture
async def telegram() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram() as telegram:
        await telegram.person(AMINA, "Amina")
        await telegram.group(FORUM, "Team", forum=True, members=[AMINA])
        yield telegram


@pytest.fixture
async def bot(telegram: FakeTelegram) -> AsyncIterator[Bot]:
    async with Bot(telegram.token, base_url=telegram.base_url, base_file_url=telegram.base_file_url) as bot:
        yield bot


async def test_the_bot_opens_a_topic_and_writes_in_it(telegram: FakeTelegram, bot: Bot) -> None:
    topic = await bot.create_forum_topic(FORUM, "Housing")

    message = await bot.send_message(FORUM, "hello", message_thread_id=topic.message_thread_id)

    assert message.is_topic_message
    assert message.message_thread_id == topic.message_thread_id
    assert message.reply_to_message is not None, "a message in a topic answers the one that opened it"
    assert message.reply_to_message.forum_topic_created is not None
    assert message.reply_to_message.forum_topic_created.name == "Housing"
    assert (await telegram.transcript(FORUM))[-1].thread_id == topic.message_thread_id


async def test_the_bot_hears_of_topics_it_opens_itself(bot: Bot) -> None:
    topic = await bot.create_forum_topic(FORUM, "Housing")
    await bot.close_forum_topic(FORUM, topic.message_thread_id)

    messages = [update.message for update in await bot.get_updates() if update.message]

    assert [bool(message.forum_topic_created) for message in messages] == [True, False]
    assert messages[1].forum_topic_closed is not None
    assert {message.from_user for message in messages} == {bot.bot}


async def test_people_write_in_topics(telegram: FakeTelegram, bot: Bot) -> None:
    thread = await telegram.open_topic(FORUM, "Health", user_id=AMINA)
    await telegram.say(FORUM, "hello", user_id=AMINA, thread_id=thread)
    await telegram.rename_topic(FORUM, thread, "Doctors", user_id=AMINA)
    await telegram.close_topic(FORUM, thread, user_id=AMINA)
    await telegram.reopen_topic(FORUM, thread, user_id=AMINA)
    await telegram.say(FORUM, "in General", user_id=AMINA)

    created, text, renamed, closed, reopened, general = [update.message for update in await bot.get_updates()]

    assert created is not None
    assert created.forum_topic_created is not None
    assert created.message_thread_id == thread == created.message_id
    assert text is not None
    assert (text.message_thread_id, text.is_topic_message, text.text) == (thread, True, "hello")
    assert renamed is not None
    assert renamed.forum_topic_edited is not None
    assert renamed.forum_topic_edited.name == "Doctors"
    assert closed is not None
    assert closed.forum_topic_closed is not None
    assert reopened is not None
    assert reopened.forum_topic_reopened is not None
    assert general is not None
    assert (general.message_thread_id, general.is_topic_message) == (None, None)


async def test_an_administrator_of_topics_may_write_in_a_closed_one(telegram: FakeTelegram, bot: Bot) -> None:
    thread = await telegram.open_topic(FORUM, "Health", user_id=AMINA)
    await telegram.close_topic(FORUM, thread, user_id=AMINA)

    await bot.send_message(FORUM, "x", message_thread_id=thread)
    await telegram.set_bot(FORUM, "administrator", user_id=AMINA, bot_rights=ALL_RIGHTS - {"can_manage_topics"})

    reply = await ask(telegram, "sendMessage", chat_id=FORUM, text="x", message_thread_id=thread)
    assert reply.description == "Bad Request: TOPIC_CLOSED"


async def test_a_closed_general_topic_refuses_messages_without_a_topic(telegram: FakeTelegram) -> None:
    await telegram.set_bot(FORUM, "administrator", user_id=AMINA, bot_rights=[])
    await telegram.close_topic(FORUM, GENERAL, user_id=AMINA)

    reply = await ask(telegram, "sendMessage", chat_id=FORUM, text="x")

    assert reply.description == "Bad Request: TOPIC_CLOSED"


async def test_a_deleted_topic_is_gone_with_its_messages(telegram: FakeTelegram, bot: Bot) -> None:
    topic = await bot.create_forum_topic(FORUM, "Housing")
    thread = topic.message_thread_id
    await bot.send_message(FORUM, "x", message_thread_id=thread)
    await bot.delete_forum_topic(FORUM, thread)

    writing = await ask(telegram, "sendMessage", chat_id=FORUM, text="x", message_thread_id=thread)
    closing = await ask(telegram, "closeForumTopic", chat_id=FORUM, message_thread_id=thread)

    assert await telegram.messages(FORUM) == []
    assert writing.description == "Bad Request: message thread not found"
    assert closing.description == "Bad Request: TOPIC_ID_INVALID"


async def test_general_cannot_be_named_by_its_number(telegram: FakeTelegram) -> None:
    reply = await ask(telegram, "sendMessage", chat_id=FORUM, text="x", message_thread_id=GENERAL)

    assert reply.description == "Bad Request: message thread not found"


async def test_a_change_that_changes_nothing_is_refused(telegram: FakeTelegram, bot: Bot) -> None:
    thread = (await bot.create_forum_topic(FORUM, "Housing")).message_thread_id
    await bot.edit_forum_topic(FORUM, thread, name="Rent")
    await bot.close_forum_topic(FORUM, thread)

    again = await ask(telegram, "closeForumTopic", chat_id=FORUM, message_thread_id=thread)
    same = await ask(telegram, "editForumTopic", chat_id=FORUM, message_thread_id=thread, name="Rent")

    assert again.description == same.description == "Bad Request: TOPIC_NOT_MODIFIED"
    assert await bot.reopen_forum_topic(FORUM, thread)


async def test_topics_need_a_forum_and_the_right(telegram: FakeTelegram) -> None:
    await telegram.group(-1009999999999, "Flat")
    no_forum = await ask(telegram, "createForumTopic", chat_id=-1009999999999, name="x")
    await telegram.set_bot(FORUM, "administrator", user_id=AMINA, bot_rights=["can_pin_messages"])
    no_right = await ask(telegram, "createForumTopic", chat_id=FORUM, name="x")

    assert no_forum.description == "Bad Request: the chat is not a forum"
    assert no_right.description == "Bad Request: not enough rights to create a topic"


async def test_the_message_that_opened_a_topic_cannot_be_deleted(telegram: FakeTelegram, bot: Bot) -> None:
    thread = (await bot.create_forum_topic(FORUM, "Housing")).message_thread_id

    reply = await ask(telegram, "deleteMessage", chat_id=FORUM, message_id=thread)

    assert reply.description == "Bad Request: message can't be deleted"


async def test_icons_of_topics_come_from_a_list(telegram: FakeTelegram, bot: Bot) -> None:
    icon = (await bot.get_forum_topic_icon_stickers())[0].custom_emoji_id

    assert icon is not None
    assert (await bot.create_forum_topic(FORUM, "Housing", icon_custom_emoji_id=icon)).icon_custom_emoji_id == icon
    bad = await ask(telegram, "createForumTopic", chat_id=FORUM, name="x", icon_custom_emoji_id="1")
    assert bad.description == "Bad Request: DOCUMENT_INVALID"


async def test_pins_need_the_right_and_are_told(telegram: FakeTelegram, bot: Bot) -> None:
    message = await bot.send_message(FORUM, "Rules")
    await message.pin()
    pinned = (await bot.get_updates())[-1].message
    await telegram.set_bot(FORUM, "administrator", user_id=AMINA, bot_rights=[])

    refused = await ask(telegram, "pinChatMessage", chat_id=FORUM, message_id=message.message_id)

    assert pinned is not None
    assert pinned.pinned_message is not None
    assert pinned.pinned_message.message_id == message.message_id
    assert refused.description == "Bad Request: not enough rights to manage pinned messages in the chat"
