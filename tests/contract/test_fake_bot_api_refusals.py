"""What the fake refuses, in the words of the real Bot API."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from telegram import Bot
from telegram.error import ChatMigrated, Forbidden, InvalidToken

from tests.fakes.bot_api import FakeTelegram
from tests.fakes.bot_api.asking import Reply, ask, plain_client, read_reply
from tests.fakes.bot_api.jsontypes import JsonObject

GROUP = -1001234567890


@pytest.fixture
async def telegram() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram() as telegram:
        await telegram.person(5)
        await telegram.group(GROUP, "Team")
        yield telegram


async def post(url: str, content: bytes, content_type: str) -> Reply:
    async with plain_client() as client:
        return read_reply(await client.post(url, content=content, headers={"Content-Type": content_type}))


async def send(telegram: FakeTelegram, **params: object) -> str:
    """Send a message to person 5 and return the words of the refusal."""
    reply = await ask(telegram, "sendMessage", **{"chat_id": 5, "text": "x", **params})
    assert reply.status == reply.body["error_code"]
    assert reply.body["ok"] is False
    return reply.description


@pytest.mark.parametrize(
    ("token", "status", "description"),
    [
        ("4242:wrong", 401, "Unauthorized"),
        ("1:other", 401, "Unauthorized"),
        ("nonsense", 404, "Not Found"),
        ("0:zero", 404, "Not Found"),
        ("42:", 404, "Not Found"),
    ],
)
async def test_a_wrong_token_is_refused(telegram: FakeTelegram, token: str, status: int, description: str) -> None:
    reply = await post(f"{telegram.base_url}{token}/getMe", b"", "application/json")

    assert reply.status == status
    assert reply.body == {"ok": False, "error_code": status, "description": description}


async def test_the_client_library_reports_a_wrong_token(telegram: FakeTelegram) -> None:
    with pytest.raises(InvalidToken):
        async with Bot("4242:wrong", base_url=telegram.base_url):
            pass


async def test_an_unknown_method_is_not_found(telegram: FakeTelegram) -> None:
    reply = await ask(telegram, "sendTelepathy")

    assert reply.status == 404
    assert reply.body == {"ok": False, "error_code": 404, "description": "Not Found"}
    assert [call.method for call in await telegram.calls(code=404)] == ["sendTelepathy"]


async def test_methods_are_found_whatever_their_case_by_get_and_post(telegram: FakeTelegram) -> None:
    async with plain_client() as client:
        reply = read_reply(await client.get(f"{telegram.base_url}{telegram.token}/SENDMESSAGE?chat_id=5&text=a%20b"))

    assert reply.result["text"] == "a b"


@pytest.mark.parametrize(
    ("params", "description"),
    [
        ({"text": ""}, "message text is empty"),
        ({"text": None}, "message text is empty"),
        ({"text": " \n\u200b"}, "text must be non-empty"),
        ({"text": "<b></b>", "parse_mode": "HTML"}, "text must be non-empty"),
        ({"text": "x" * 4097}, "message is too long"),
        ({"text": "😀" * 2049}, "message is too long"),
        ({"chat_id": ""}, "chat_id is empty"),
        ({"chat_id": 77}, "chat not found"),
        ({"chat_id": "@nobody"}, "chat not found"),
        ({"chat_id": "nonsense"}, "chat not found"),
        ({"parse_mode": "BBCode"}, "unsupported parse_mode"),
        ({"message_thread_id": 9}, "message thread not found"),
        ({"reply_markup": "{"}, "can't parse reply keyboard markup JSON object"),
        ({"reply_markup": [1]}, "object expected as reply markup"),
        ({"reply_markup": {"inline_keyboard": [{}]}}, 'field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays'),
        (
            {"reply_markup": {"inline_keyboard": [[{"text": "A"}]]}},
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
        ),
        ({"reply_markup": {"inline_keyboard": [[{"text": "A", "callback_data": "я" * 33}]]}}, "BUTTON_DATA_INVALID"),
        (
            {"reply_markup": {"inline_keyboard": [[{"text": "A", "url": "nowhere"}]]}},
            "inline keyboard button URL 'nowhere' is invalid: Wrong HTTP URL",
        ),
        (
            {"reply_markup": {"inline_keyboard": [[{"text": "A", "callback_data": "a"}]] * 101}},
            "reply markup is too long",
        ),
    ],
)  # fmt: skip
async def test_a_bad_message_is_refused(telegram: FakeTelegram, params: JsonObject, description: str) -> None:
    assert await send(telegram, **params) == f"Bad Request: {description}"


async def test_texts_and_data_at_their_limits_are_taken(telegram: FakeTelegram) -> None:
    keyboard = {"inline_keyboard": [[{"text": "A", "callback_data": "я" * 32}]]}

    reply = await ask(telegram, "sendMessage", chat_id=5, text=f"<b>{'x' * 4096}</b>", parse_mode="HTML",
                      reply_markup=keyboard)  # fmt: skip

    assert reply.status == 200
    assert len(reply.result["text"]) == 4096


async def test_strings_that_are_no_utf8_are_refused(telegram: FakeTelegram) -> None:
    url = f"{telegram.base_url}{telegram.token}/sendMessage"

    form = await post(url, b"chat_id=5&text=%FF%FE", "application/x-www-form-urlencoded")
    json = await post(url, b'{"chat_id": 5, "text": "\\ud83d"}', "application/json")

    assert form.description == json.description == "Bad Request: strings must be encoded in UTF-8"


async def test_people_who_do_not_want_the_bot_are_out_of_reach(telegram: FakeTelegram) -> None:
    await telegram.person(6, started=False)
    await telegram.person(7)
    await telegram.block(7)
    await telegram.person(8)
    await telegram.deactivate(8)

    assert await send(telegram, chat_id=6) == "Forbidden: bot can't initiate conversation with a user"
    assert await send(telegram, chat_id=7) == "Forbidden: bot was blocked by the user"
    assert await send(telegram, chat_id=8) == "Forbidden: user is deactivated"
    async with Bot(telegram.token, base_url=telegram.base_url) as bot:
        with pytest.raises(Forbidden, match="bot was blocked by the user"):
            await bot.send_message(7, "x")


async def test_writing_first_makes_a_person_reachable(telegram: FakeTelegram) -> None:
    await telegram.person(6, started=False)
    await telegram.say(6, "hello")

    assert (await ask(telegram, "sendMessage", chat_id=6, text="x")).status == 200


@pytest.mark.parametrize(
    ("status", "description"),
    [("kicked", "bot was kicked from the supergroup chat"), ("left", "bot is not a member of the supergroup chat")],
)
async def test_a_group_without_the_bot_is_out_of_reach(telegram: FakeTelegram, status: str, description: str) -> None:
    await telegram.set_bot(GROUP, status, user_id=5)

    assert await send(telegram, chat_id=GROUP) == f"Forbidden: {description}"


async def test_a_group_that_grew_names_its_new_id(telegram: FakeTelegram) -> None:
    await telegram.group(-55, "Small")

    new_id = await telegram.migrate(-55, user_id=5)

    reply = await ask(telegram, "sendMessage", chat_id=-55, text="x")
    assert reply.body == {
        "ok": False,
        "error_code": 400,
        "description": "Bad Request: group chat was upgraded to a supergroup chat",
        "parameters": {"migrate_to_chat_id": new_id},
    }
    async with Bot(telegram.token, base_url=telegram.base_url) as bot:
        with pytest.raises(ChatMigrated) as caught:
            await bot.send_message(-55, "x")
        assert caught.value.new_chat_id == new_id
        await bot.send_message(new_id, "x")


async def edit(telegram: FakeTelegram, message_id: int, **params: object) -> str:
    reply = await ask(telegram, "editMessageText", **{"chat_id": 5, "message_id": message_id, "text": "y", **params})
    assert reply.status == 400
    return reply.description


async def test_edits_that_make_no_sense_are_refused(telegram: FakeTelegram) -> None:
    theirs = await telegram.say(5, "hello")
    mine = (await ask(telegram, "sendMessage", chat_id=5, text="x")).result["message_id"]

    assert await edit(telegram, 0) == "Bad Request: message identifier is not specified"
    assert await edit(telegram, 999) == "Bad Request: message to edit not found"
    assert await edit(telegram, theirs) == "Bad Request: message can't be edited"
    assert await edit(telegram, mine, text="") == "Bad Request: message text is empty"
    assert (await edit(telegram, mine, text="x")).startswith("Bad Request: message is not modified: ")
    keyboard = {"keyboard": [["A"]]}
    assert await edit(telegram, mine, reply_markup=keyboard) == "Bad Request: inline keyboard expected"


async def test_an_edit_with_other_buttons_only_is_an_edit(telegram: FakeTelegram) -> None:
    mine = (await ask(telegram, "sendMessage", chat_id=5, text="x")).result["message_id"]
    keyboard = {"inline_keyboard": [[{"text": "A", "callback_data": "a"}]]}

    reply = await ask(telegram, "editMessageText", chat_id=5, message_id=mine, text="x", reply_markup=keyboard)

    assert reply.status == 200


async def test_messages_older_than_two_days_stay_in_private_chats(telegram: FakeTelegram) -> None:
    mine = (await ask(telegram, "sendMessage", chat_id=5, text="x")).result["message_id"]
    await telegram.advance(timedelta(hours=48, seconds=1))

    reply = await ask(telegram, "deleteMessage", chat_id=5, message_id=mine)

    assert reply.description == "Bad Request: message can't be deleted"
    assert await telegram.sent_texts(5) == ["x"]


async def test_a_plain_member_deletes_only_its_own_messages(telegram: FakeTelegram) -> None:
    await telegram.group(-1009, "Other", bot_status="member")
    theirs = await telegram.say(-1009, "/hello", user_id=5)

    reply = await ask(telegram, "deleteMessage", chat_id=-1009, message_id=theirs)

    assert reply.description == "Bad Request: message can't be deleted for everyone"
    missing = await ask(telegram, "deleteMessage", chat_id=-1009, message_id=999)
    assert missing.description == "Bad Request: message to delete not found"


async def test_a_note_on_a_press_has_at_most_200_characters(telegram: FakeTelegram) -> None:
    keyboard = {"inline_keyboard": [[{"text": "A", "callback_data": "a"}]]}
    await ask(telegram, "sendMessage", chat_id=5, text="x", reply_markup=keyboard)
    query_id = await telegram.press(5, "A")

    refused = await ask(telegram, "answerCallbackQuery", callback_query_id=query_id, text="x" * 201)
    taken = await ask(telegram, "answerCallbackQuery", callback_query_id=query_id, text="x" * 200)

    assert refused.description == "Bad Request: MESSAGE_TOO_LONG"
    assert taken.status == 200


@pytest.mark.parametrize(
    ("method", "params", "description"),
    [
        ("setMyCommands", {"commands": [{"command": "Start!", "description": "x"}]}, "BOT_COMMAND_INVALID"),
        ("setMyName", {"name": "x" * 65}, "name is too long"),
        ("setMyDescription", {"description": "x", "language_code": "ukr"}, "invalid language code specified"),
        ("sendChatAction", {"chat_id": 5, "action": "dancing"}, "wrong parameter action in request"),
        ("setWebhook", {"url": "http://example.org"}, "bad webhook: An HTTPS URL must be provided for webhook"),
        (
            "setWebhook",
            {"url": "https://example.org", "secret_token": "a:b"},
            "secret token contains unallowed characters",
        ),
        ("getFile", {"file_id": "nonsense"}, "invalid file_id"),
        ("copyMessage", {"chat_id": 5, "from_chat_id": 5, "message_id": 9}, "message to copy not found"),
        ("forwardMessage", {"chat_id": 5, "from_chat_id": 5, "message_id": 9}, "message to forward not found"),
        ("pinChatMessage", {"chat_id": 5, "message_id": 9}, "message to pin not found"),
        ("setMessageReaction", {"chat_id": 5, "message_id": 9}, "message to react not found"),
    ],
)
async def test_other_methods_check_what_they_get(
    telegram: FakeTelegram, method: str, params: JsonObject, description: str
) -> None:
    reply = await ask(telegram, method, **params)

    assert (reply.status, reply.description) == (400, f"Bad Request: {description}")


async def test_a_body_that_cannot_be_read_is_refused(telegram: FakeTelegram) -> None:
    url = f"{telegram.base_url}{telegram.token}/sendMessage"

    assert (await post(url, b"{", "application/json")).status == 400
    assert (await post(url, b"[]", "application/json")).status == 400
    assert (await post(url, b"x", "text/plain")).status == 400


async def test_refused_calls_are_in_the_ledger(telegram: FakeTelegram) -> None:
    await send(telegram, chat_id=77)

    call = (await telegram.calls("sendMessage"))[0]
    assert (call.chat_id, call.code, call.description) == (77, 400, "Bad Request: chat not found")
    assert await telegram.sent_texts(5) == []
