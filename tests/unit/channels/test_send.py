"""What is sent looks right on the wire, and each error says what became of the message."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import httpx
import pytest

from bot.channels.telegram.send import TelegramChannel
from bot.conversation.model import Button, ButtonSet, Channel, Line, Outgoing, OutgoingKind, Purpose, Token, Verb
from bot.errors import ChannelError, NotSent, OutcomeUnknown, Refused, SlowDown
from tests.builders import EN
from tests.builders_dialogue import PERSON, told
from tests.unit.channels.scripted import TOKEN, Json, Script, bot_with, granted, refused

MESSAGE: Json = {"message_id": 901, "date": 1, "chat": {"id": 1001, "type": "private"}}
BUTTONS = ButtonSet(Token("token"), Purpose.ANSWER, ((Button("Helped", Verb.HELPED), Button("<No>", Verb.NOT_THIS)),))

# The library warns that the type of the wait will change; the program reads both.
pytestmark = pytest.mark.filterwarnings("ignore:.*`retry_after`")


async def send(outgoing: Outgoing, *answers: httpx.Response | Exception) -> tuple[str | None, Script]:
    script = Script(*answers)
    return await TelegramChannel(bot_with(script)).send(PERSON, outgoing), script


async def fault(answer: httpx.Response | Exception, outgoing: Outgoing | None = None) -> ChannelError:
    with pytest.raises(ChannelError) as raised:
        await send(outgoing or told(), answer)
    return raised.value


# On the wire --------------------------------------------------------------------------------------------------------


async def test_a_message_goes_out_as_markup_without_a_preview() -> None:
    message, script = await send(told("Fee < 5 & more"), granted(MESSAGE))

    (params,) = script.of("sendMessage")
    assert message == "901"
    assert (params["chat_id"], params["text"], params["parse_mode"]) == ("1001", "Fee &lt; 5 &amp; more", "HTML")
    assert params["link_preview_options"] == '{"is_disabled": true}'
    assert "reply_markup" not in params
    assert TelegramChannel(bot_with(Script())).channel is Channel.TELEGRAM


@pytest.mark.parametrize("silent", [True, False])
async def test_a_silent_message_makes_no_sound(silent: bool) -> None:  # noqa: FBT001  a case of the table
    _, script = await send(told(silent=silent), granted(MESSAGE))

    assert script.of("sendMessage")[0].get("disable_notification", "false") == str(silent).lower()


async def test_buttons_hang_below_a_message() -> None:
    _, script = await send(told(buttons=BUTTONS), granted(MESSAGE))

    shown = script.of("sendMessage")[0]["reply_markup"]
    assert '"callback_data": "1.h.token.0"' in shown
    assert '"text": "<No>"' in shown


async def test_a_changed_message_replaces_the_one_that_is_there() -> None:
    message, script = await send(
        told("New words", edits="900", buttons=BUTTONS), granted(MESSAGE | {"message_id": 900})
    )

    (params,) = script.of("editMessageText")
    assert message == "900"
    assert (params["chat_id"], params["message_id"], params["text"]) == ("1001", "900", "New words")
    assert "1.h.token.0" in params["reply_markup"]


async def test_a_change_without_words_changes_only_the_buttons() -> None:
    only_buttons = Outgoing(OutgoingKind.EDIT, EN, buttons=BUTTONS, edits="900")

    message, script = await send(only_buttons, granted(result=True))

    assert message == "900"
    assert [call.method for call in script.calls] == ["editMessageReplyMarkup"]


@pytest.mark.parametrize("lines", [(), (Line("Same words"),)])
async def test_a_message_that_is_already_so_counts_as_changed(lines: Sequence[Line]) -> None:
    same = Outgoing(OutgoingKind.EDIT, EN, tuple(lines), edits="900")

    message, _ = await send(same, refused(400, "Bad Request: message is not modified: specified new message content"))

    assert message == "900"


# What errors mean ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [429, 420])
async def test_a_wait_is_told_with_its_length(code: int) -> None:
    error = await fault(refused(code, "Too Many Requests: retry after 7", retry_after=7))

    assert isinstance(error, SlowDown)
    assert error.delay == timedelta(seconds=7)


async def test_a_chat_that_moved_is_told_with_its_new_id() -> None:
    error = await fault(refused(400, "Bad Request: group chat was upgraded", migrate_to_chat_id=-1005000))

    assert isinstance(error, Refused)
    assert (error.reason, error.moved_to) == ("migrated", "-1005000")


@pytest.mark.parametrize(
    ("code", "description", "reason"),
    [
        (403, "Forbidden: bot was blocked by the user", "blocked"),
        (403, "Forbidden: bot can't initiate conversation with a user", "blocked"),
        (403, "Forbidden: user is deactivated", "deactivated"),
        (400, "Bad Request: chat not found", "chat_not_found"),
        (400, "Bad Request: can't parse entities", "bad_request"),
        (400, "Bad Request: message is too long", "bad_request"),
        (400, "Bad Request: message is not modified", "bad_request"),
        (413, "Request Entity Too Large", None),
    ],
)
async def test_a_refusal_has_one_word_for_its_reason(code: int, description: str, reason: str | None) -> None:
    error = await fault(refused(code, description))

    if reason is None:
        assert isinstance(error, OutcomeUnknown)
    else:
        assert isinstance(error, Refused)
        assert (error.reason, error.moved_to) == (reason, None)


@pytest.mark.parametrize("code", [401, 404])
async def test_a_rejected_token_means_that_nothing_left(code: int) -> None:
    error = await fault(refused(code, "Unauthorized"))

    assert isinstance(error, NotSent)
    assert TOKEN not in str(error)


@pytest.mark.parametrize(
    "transport",
    [
        httpx.ConnectError("no route"),
        httpx.ConnectTimeout("slow"),
        httpx.PoolTimeout("all busy"),
        httpx.UnsupportedProtocol("ftp"),
    ],
)
async def test_a_transport_that_broke_before_the_first_byte_sent_nothing(transport: Exception) -> None:
    error = await fault(transport)

    assert isinstance(error, NotSent)
    assert str(error) == type(transport).__name__


@pytest.mark.parametrize(
    "answer",
    [
        httpx.ReadTimeout("slow"),
        httpx.WriteTimeout("slow"),
        httpx.ReadError("reset"),
        httpx.WriteError("reset"),
        httpx.RemoteProtocolError("closed"),
        httpx.ProxyError("closed"),
        OSError("reset"),
        refused(500, "Internal Server Error"),
        refused(502, "Bad Gateway"),
        refused(504, "Gateway Timeout"),
        refused(409, "Conflict"),
        httpx.Response(502, text="<html>"),
        httpx.Response(200, text='{"ok": true, "resu'),
    ],
)
async def test_whatever_breaks_later_leaves_the_outcome_unknown(answer: httpx.Response | Exception) -> None:
    assert isinstance(await fault(answer), OutcomeUnknown)


async def test_an_error_says_nothing_of_the_message() -> None:
    error = await fault(httpx.ReadTimeout("https://api.telegram.org/bot123456:not-a-real-token"), told("Olena Koval"))

    assert "Olena" not in str(error)
    assert TOKEN not in str(error)
