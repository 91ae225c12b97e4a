"""Messages in the fake: sending, editing, deleting, pressing, and the story of a chat."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from telegram import Bot as PtbBot
from telegram import (
    BotCommand,
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    ReactionTypeEmoji,
    ReplyKeyboardMarkup,
    ReplyParameters,
)

from tests.fakes.bot_api import Event, FakeTelegram, FakeTelegramError
from tests.fakes.bot_api.asking import ask

YES_NO = InlineKeyboardMarkup(
    [[InlineKeyboardButton("Yes", callback_data="y"), InlineKeyboardButton("No", callback_data="n")]]
)


@pytest.fixture
async def telegram() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram() as telegram:
        yield telegram


@pytest.fixture
async def bot(telegram: FakeTelegram) -> AsyncIterator[PtbBot]:
    async with PtbBot(telegram.token, base_url=telegram.base_url, base_file_url=telegram.base_file_url) as bot:
        yield bot


async def test_a_bot_learns_who_it_is(telegram: FakeTelegram, bot: PtbBot) -> None:
    assert bot.bot.id == telegram.bot["id"] == int(telegram.token.partition(":")[0])
    assert bot.bot.is_bot


async def test_a_sent_message_comes_back_with_everything_filled_in(telegram: FakeTelegram, bot: PtbBot) -> None:
    await telegram.person(5, "Olena", language_code="uk")

    message = await bot.send_message(5, "<b>Hello</b> 😀 <i>you</i>", parse_mode="HTML", reply_markup=YES_NO)

    assert message.text == "Hello 😀 you"
    assert message.text_html == "<b>Hello</b> 😀 <i>you</i>"
    assert message.from_user == bot.bot
    assert message.chat.first_name == "Olena"
    assert message.reply_markup == YES_NO
    assert [button["text"] for button in (await telegram.bot_messages(5))[0]["reply_markup"]["inline_keyboard"][0]] == [
        "Yes",
        "No",
    ]


async def test_message_ids_of_private_chats_come_from_one_sequence(telegram: FakeTelegram, bot: PtbBot) -> None:
    await telegram.crowd(2, first_id=5)
    await telegram.group(-1001, "Basic")

    ids = [(await bot.send_message(chat_id, "x")).message_id for chat_id in (5, 6, -1001, 5)]

    assert ids == [1, 2, 3, 4]


async def test_a_supergroup_counts_its_messages_by_itself(telegram: FakeTelegram, bot: PtbBot) -> None:
    await telegram.group(-1001234567890, "Team")
    await telegram.person(5)
    await bot.send_message(5, "x")

    assert (await bot.send_message(-1001234567890, "x")).message_id == 2, "1 told that the chat was made"


async def test_an_edit_changes_what_people_see_and_drops_buttons_not_given_again(
    telegram: FakeTelegram, bot: PtbBot
) -> None:
    await telegram.person(5)
    message = await bot.send_message(5, "Sure?", reply_markup=YES_NO)

    edited = await message.edit_text("Done")

    assert await telegram.sent_texts(5) == ["Done"]
    assert edited.reply_markup is None  # type: ignore[union-attr]  # an edit of a chat's message returns it
    assert edited.edit_date is not None  # type: ignore[union-attr]  # see above


async def test_only_the_buttons_can_be_edited(telegram: FakeTelegram, bot: PtbBot) -> None:
    await telegram.person(5)
    message = await bot.send_message(5, "Sure?", reply_markup=YES_NO)

    await message.edit_reply_markup(None)

    assert (await telegram.bot_messages(5))[0]["text"] == "Sure?"
    assert "reply_markup" not in (await telegram.bot_messages(5))[0]


async def test_a_deleted_message_is_gone(telegram: FakeTelegram, bot: PtbBot) -> None:
    theirs = await telegram.say(5, "secret")
    mine = await bot.send_message(5, "x")
    other = await bot.send_message(5, "y")

    assert await bot.delete_message(5, theirs)
    assert await bot.delete_messages(5, [mine.message_id, other.message_id, 999])

    assert await telegram.messages(5) == []


async def test_a_reply_carries_the_message_it_answers(telegram: FakeTelegram, bot: PtbBot) -> None:
    theirs = await telegram.say(5, "question")

    message = await bot.send_message(5, "answer", reply_parameters=ReplyParameters(theirs))

    assert message.reply_to_message is not None
    assert message.reply_to_message.text == "question"


async def test_a_reply_to_nothing_is_refused_unless_allowed(telegram: FakeTelegram) -> None:
    await telegram.person(5)

    refused = await ask(telegram, "sendMessage", chat_id=5, text="x", reply_parameters={"message_id": 99})
    allowed = await ask(
        telegram,
        "sendMessage",
        chat_id=5,
        text="x",
        reply_parameters={"message_id": 99, "allow_sending_without_reply": True},
    )

    assert refused.description == "Bad Request: message to be replied not found"
    assert allowed.status == 200


async def test_a_press_reaches_the_bot_and_can_be_answered(telegram: FakeTelegram, bot: PtbBot) -> None:
    await telegram.person(5, "Olena")
    message = await bot.send_message(5, "Sure?", reply_markup=YES_NO)

    query_id = await telegram.press(5, "No")
    update = (await bot.get_updates())[0]
    assert update.callback_query is not None
    await update.callback_query.answer("Noted", show_alert=True)

    assert (update.callback_query.id, update.callback_query.data) == (query_id, "n")
    assert update.callback_query.from_user.first_name == "Olena"
    assert update.callback_query.message == message
    assert (await telegram.callback_answers(5))[0]["answer"] == {"text": "Noted", "show_alert": True}


async def test_a_press_of_a_button_nobody_offered_fails_the_test(telegram: FakeTelegram, bot: PtbBot) -> None:
    await telegram.person(5)
    await bot.send_message(5, "Sure?", reply_markup=YES_NO)

    with pytest.raises(FakeTelegramError, match=r"No button 'Maybe' in chat 5; there are \['Yes', 'No'\]"):
        await telegram.press(5, "Maybe")


async def test_a_button_is_found_by_data_on_the_newest_message(telegram: FakeTelegram, bot: PtbBot) -> None:
    await telegram.person(5)
    await bot.send_message(5, "old", reply_markup=YES_NO)
    new = await bot.send_message(5, "new", reply_markup=YES_NO)

    await telegram.press(5, data="y")

    query = (await bot.get_updates())[0].callback_query
    assert query is not None
    assert query.message is not None
    assert query.message.message_id == new.message_id


async def test_a_press_on_a_message_out_of_reach_brings_only_its_id(telegram: FakeTelegram, bot: PtbBot) -> None:
    await telegram.person(5)
    await bot.send_message(5, "old", reply_markup=YES_NO)

    await telegram.press(5, "Yes", inaccessible=True)

    query = (await bot.get_updates())[0].callback_query
    assert query is not None
    assert query.message is not None
    assert not query.message.is_accessible


async def test_a_button_of_a_reply_keyboard_writes_its_label(telegram: FakeTelegram, bot: PtbBot) -> None:
    await telegram.person(5)
    await bot.send_message(5, "Menu", reply_markup=ReplyKeyboardMarkup([["Housing", "Health"]]))

    assert await telegram.press(5, "Health") == ""

    message = (await bot.get_updates())[0].message
    assert message is not None
    assert message.text == "Health"


async def test_answering_too_late_is_refused(telegram: FakeTelegram) -> None:
    keyboard = {"inline_keyboard": [[{"text": "Yes", "callback_data": "y"}]]}
    await telegram.person(5)
    await ask(telegram, "sendMessage", chat_id=5, text="Sure?", reply_markup=keyboard)
    query_id = await telegram.press(5, "Yes")
    await telegram.advance(timedelta(seconds=151))

    late = await ask(telegram, "answerCallbackQuery", callback_query_id=query_id)
    unknown = await ask(telegram, "answerCallbackQuery", callback_query_id="1")

    expected = "Bad Request: query is too old and response timeout expired or query ID is invalid"
    assert late.description == unknown.description == expected


async def test_the_transcript_tells_both_sides_in_order(telegram: FakeTelegram, bot: PtbBot) -> None:
    await telegram.person(5, "Olena")
    await telegram.say(5, "/start")
    await bot.send_chat_action(5, "typing")
    message = await bot.send_message(5, "Sure?", reply_markup=YES_NO)
    query_id = await telegram.press(5, "Yes")
    await bot.answer_callback_query(query_id, "Thanks")
    await message.edit_text("Done")
    await bot.set_message_reaction(5, 1, ReactionTypeEmoji("👍"))
    await message.delete()

    def line(event: Event) -> tuple[str, str, str, list[list[str]]]:
        return event.who, event.kind, event.text, event.buttons

    assert [line(event) for event in await telegram.transcript(5)] == [
        ("Olena", "message", "/start", []),
        ("bot", "action", "typing", []),
        ("bot", "message", "Sure?", [["Yes", "No"]]),
        ("Olena", "press", "Yes", []),
        ("bot", "toast", "Thanks", []),
        ("bot", "edit", "Done", []),
        ("bot", "reaction", "👍", []),
        ("bot", "delete", "Done", []),
    ]


async def test_copies_carry_the_content_and_forwards_say_who_wrote(telegram: FakeTelegram, bot: PtbBot) -> None:
    await telegram.person(5, "Olena")
    await telegram.person(6, "Amina")
    theirs = await telegram.say(5, "question")

    copy = await bot.copy_message(6, 5, theirs)
    forward = await bot.forward_message(6, 5, theirs)

    assert await telegram.sent_texts(6) == ["question", "question"]
    assert copy.message_id == forward.message_id - 1
    assert forward.forward_origin is not None
    assert forward.forward_origin.to_dict()["sender_user"]["first_name"] == "Olena"


async def test_commands_and_profile_are_kept_by_language(telegram: FakeTelegram, bot: PtbBot) -> None:
    await bot.set_my_commands([BotCommand("start", "Begin")])
    await bot.set_my_commands([BotCommand("start", "Почати")], language_code="uk")
    await bot.set_my_name("Tiltas")
    await bot.set_my_description("Answers questions")
    await bot.set_my_short_description("Відповіді", language_code="uk")

    assert (await bot.get_my_commands())[0].description == "Begin"
    assert (await bot.get_my_commands(language_code="uk"))[0].description == "Почати"
    assert await bot.get_my_commands(language_code="ru") == ()
    assert (await bot.get_my_short_description("uk")).short_description == "Відповіді"
    profile = await telegram.profile()
    assert profile["description"] == {"": "Answers questions"}


async def test_a_chat_and_its_members_can_be_looked_at(telegram: FakeTelegram, bot: PtbBot) -> None:
    await telegram.person(5, "Olena", username="olena")
    await telegram.group(-1001234567890, "Team", username="team", members=[5])
    pinned = await bot.send_message(-1001234567890, "Rules")
    await bot.pin_chat_message(-1001234567890, pinned.message_id)

    chat = await bot.get_chat("@team")

    assert chat.title == "Team"
    assert chat.pinned_message is not None
    assert chat.pinned_message.text == "Rules"
    assert (await bot.get_chat(5)).username == "olena"
    assert (await bot.get_chat_member(-1001234567890, 5)).status == "member"
    assert (await bot.get_chat_member(-1001234567890, bot.id)).status == "administrator"
    assert await bot.get_chat_member_count(-1001234567890) == 2


async def test_places_and_telephone_numbers_can_be_sent(telegram: FakeTelegram, bot: PtbBot) -> None:
    await telegram.person(5)

    place = await bot.send_location(5, 54.68, 25.28)
    venue = await bot.send_venue(5, 54.68, 25.28, "Migration office", "Vilnius")
    contact = await bot.send_contact(5, "112", "Emergency")
    refused = await ask(telegram, "sendLocation", chat_id=5, latitude=91, longitude=0)

    assert place.location is not None
    assert venue.venue is not None
    assert venue.venue.title == "Migration office"
    assert contact.contact is not None
    assert contact.contact.phone_number == "112"
    assert refused.status == 400


async def test_a_bot_can_leave_a_group(telegram: FakeTelegram, bot: PtbBot) -> None:
    await telegram.group(-1001234567890, "Strangers")

    await bot.leave_chat(-1001234567890)

    reply = await ask(telegram, "sendMessage", chat_id=-1001234567890, text="x")
    assert reply.description == "Forbidden: bot is not a member of the supergroup chat"


async def test_a_deleted_message_is_no_longer_pinned(telegram: FakeTelegram, bot: PtbBot) -> None:
    await telegram.person(5)
    message = await bot.send_message(5, "Rules")
    await message.pin()
    await message.delete()

    assert (await bot.get_chat(5)).pinned_message is None


async def test_a_request_for_a_reply_is_no_keyboard(telegram: FakeTelegram, bot: PtbBot) -> None:
    await telegram.person(5)

    message = await bot.send_message(5, "Your question?", reply_markup=ForceReply())

    assert message.reply_markup is None


async def test_waiting_for_a_call_tells_what_came_instead(telegram: FakeTelegram, bot: PtbBot) -> None:
    await telegram.person(5)
    await bot.send_message(5, "x")

    assert [call.params["text"] for call in await telegram.wait_for_call(chat_id=5)] == ["x"]
    with pytest.raises(FakeTelegramError, match=r"No 2 accepted sendMessage to chat 5 .*'sendMessage 200': 1"):
        await telegram.wait_for_call(chat_id=5, count=2, timeout=timedelta(seconds=0.05))
