"""The fake driven by aiogram, so that it is not shaped to one client library."""

from collections.abc import AsyncIterator

import pytest
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import TelegramBadRequest, TelegramConflictError, TelegramForbiddenError, TelegramRetryAfter
from aiogram.types import BotCommand, BufferedInputFile, InlineKeyboardButton, InlineKeyboardMarkup

from tests.fakes.bot_api import FakeTelegram, FaultKind


@pytest.fixture
async def telegram() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram() as telegram:
        await telegram.person(5, "Olena")
        yield telegram


@pytest.fixture
async def bot(telegram: FakeTelegram) -> AsyncIterator[Bot]:
    async with Bot(telegram.token, session=AiohttpSession(api=TelegramAPIServer.from_base(telegram.url))) as bot:
        yield bot


async def test_a_conversation_from_start_to_press(telegram: FakeTelegram, bot: Bot) -> None:
    assert (await bot.get_me()).id == telegram.bot["id"]
    await telegram.say(5, "/start")
    update = (await bot.get_updates())[0]
    assert update.message is not None
    keyboard = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="Yes", callback_data="y")]])

    sent = await bot.send_message(5, "<b>Sure?</b>", parse_mode="HTML", reply_markup=keyboard)
    await telegram.press(5, "Yes")
    press = (await bot.get_updates(offset=update.update_id + 1))[0].callback_query
    assert press is not None
    await bot.answer_callback_query(press.id, text="Thanks")
    await bot.edit_message_text("Done", chat_id=5, message_id=sent.message_id)

    assert [(event.kind, event.text) for event in await telegram.transcript(5)] == [
        ("message", "/start"),
        ("message", "Sure?"),
        ("press", "Yes"),
        ("toast", "Thanks"),
        ("edit", "Done"),
    ]


async def test_refusals_become_the_right_exceptions(telegram: FakeTelegram, bot: Bot) -> None:
    await telegram.person(6)
    await telegram.block(6)
    await telegram.fault(FaultKind.FLOOD, chat_id=5, retry_after=3)

    with pytest.raises(TelegramRetryAfter) as caught:
        await bot.send_message(5, "x")
    assert caught.value.retry_after == 3
    with pytest.raises(TelegramForbiddenError, match="bot was blocked by the user"):
        await bot.send_message(6, "x")
    with pytest.raises(TelegramBadRequest, match="can't parse entities"):
        await bot.send_message(5, "<b>x", parse_mode="HTML")
    await bot.set_webhook("http://127.0.0.1:9/hook")
    with pytest.raises(TelegramConflictError):
        await bot.get_updates()


async def test_files_go_both_ways(telegram: FakeTelegram, bot: Bot) -> None:
    sent = await bot.send_document(5, BufferedInputFile(b"content", "a.txt"), caption="file")
    assert sent.document is not None
    await telegram.send_voice(5, b"OggS")
    update = (await bot.get_updates())[0]
    assert update.message is not None
    assert update.message.voice is not None

    fetched = await bot.download(update.message.voice.file_id)

    assert sent.document.file_name == "a.txt"
    assert fetched is not None
    assert fetched.read() == b"OggS"


async def test_topics_commands_and_members(telegram: FakeTelegram, bot: Bot) -> None:
    await telegram.group(-1001234567890, "Team", forum=True, members=[5])

    topic = await bot.create_forum_topic(-1001234567890, "Housing")
    message = await bot.send_message(-1001234567890, "x", message_thread_id=topic.message_thread_id)
    await bot.close_forum_topic(-1001234567890, topic.message_thread_id)
    await bot.set_my_commands([BotCommand(command="start", description="Begin")])

    assert message.message_thread_id == topic.message_thread_id
    assert (await bot.get_my_commands())[0].command == "start"
    assert (await bot.get_chat(-1001234567890)).is_forum
    assert (await bot.get_chat_member(-1001234567890, 5)).status == "member"
    assert (await bot.get_chat_member(-1001234567890, bot.id)).status == "administrator"
