"""What is sent looks right on the wire, and each error says what became of the message."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import httpx
import pytest
from PIL import Image

from bot.cases.model import CaseId
from bot.channels.telegram.send import TelegramChannel
from bot.channels.telegram.wire import html
from bot.conversation.model import (
    Address,
    Attachment,
    AttachmentKind,
    Button,
    ButtonSet,
    Channel,
    ConversationId,
    Line,
    Outgoing,
    OutgoingKind,
    Purpose,
    Token,
    Verb,
)
from bot.errors import ChannelError, NotSent, OutcomeUnknown, Refused, SlowDown
from bot.ports import CasePlace
from bot.settings import ROOT
from tests.builders import EN
from tests.builders_dialogue import PERSON, told
from tests.unit.channels.scripted import TOKEN, Json, Script, bot_with, granted, refused

MESSAGE: Json = {"message_id": 901, "date": 1, "chat": {"id": 1001, "type": "private"}}
BUTTONS = ButtonSet(Token("token"), Purpose.ANSWER, ((Button("Helped", Verb.HELPED), Button("<No>", Verb.NOT_THIS)),))

# The library warns that the type of the wait will change; the program reads both.
pytestmark = pytest.mark.filterwarnings("ignore:.*`retry_after`")


async def send(
    outgoing: Outgoing, *answers: httpx.Response | Exception, place: CasePlace | None = None
) -> tuple[str | None, Script]:
    script = Script(*answers)
    return await TelegramChannel(bot_with(script)).send(PERSON, outgoing, place), script


async def fault(
    *answers: httpx.Response | Exception, outgoing: Outgoing | None = None, place: CasePlace | None = None
) -> ChannelError:
    with pytest.raises(ChannelError) as raised:
        await send(outgoing or told(), *answers, place=place)
    return raised.value


# One place ----------------------------------------------------------------------------------------------------------


def _uses(path: Path) -> set[tuple[str, str]]:
    """Return what a file uses of Telegram's markup: names, and texts that begin a tag."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) if name in {"escape", "ParseMode", "parse_mode"}:
                found.add((path.stem, name))
            case ast.keyword(arg="parse_mode" | "entities" | "caption_entities" as name):
                found.add((path.stem, name))
            case ast.Constant(value=str(text)) if re.search(r"</?(b|i|u|s|a|code|pre|blockquote|tg-)\b[^>]*>", text):
                found.add((path.stem, "a tag"))
    return found


def test_words_become_markup_in_one_place_only() -> None:
    of_telegram = [
        path for path in (ROOT / "bot").rglob("*.py") if path.parent.name in _SPEAKS and path.stem not in _FILES
    ]

    used = set().union(*map(_uses, of_telegram))

    assert {where for where, what in used if what in {"escape", "a tag"}} == {"wire"}
    assert {where for where, what in used if what not in {"escape", "a tag"}} == {"send"}


_SPEAKS = frozenset({"telegram", "channels", "conversation", "actions", "workers", "cases", "bot"})
"""Rooms whose words may reach Telegram; pages have templates of their own."""
_FILES = frozenset({"comparing_text", "measuring_plots"})
"""What writes Markdown and pictures into files for those who build Tiltas."""


@pytest.mark.parametrize("kind", sorted(set(OutgoingKind) - {OutgoingKind.DELETION}))
@pytest.mark.parametrize("file", [None, Attachment("f", AttachmentKind.FILE)])
async def test_every_text_on_the_wire_is_the_markup_of_that_place(kind: OutgoingKind, file: Attachment | None) -> None:
    outgoing = replace(told("<b>&</b> /x"), kind=kind, file=file, edits="5" if kind is OutgoingKind.EDIT else None)
    with_a_file = (
        granted({"file_id": "f", "file_unique_id": "f", "file_path": "f.pdf"}),
        httpx.Response(200, content=b"%PDF-"),
    )

    _, script = await send(outgoing, *(with_a_file if file else ()), granted(MESSAGE), granted(MESSAGE), place=CARD)

    (call,) = [call for call in script.calls if call.method not in {"getFile", "f.pdf"}]
    words = call.params.get("text", call.params.get("caption"))
    if kind is OutgoingKind.TOAST:  # a toast has no markup at all
        assert (words, call.params.get("parse_mode")) == ("<b>&</b> /x", None)
    else:
        assert (words, call.params["parse_mode"]) == (html(outgoing), "HTML")


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


# In a group of specialists ------------------------------------------------------------------------------------------

GROUP = Address(Channel.TELEGRAM, "-100500")
TOPIC = CasePlace(CaseId(5), ConversationId(9), "12M · Health", thread="40", card="41", uses_topics=True)
CARD = replace(TOPIC, thread=None, uses_topics=False)
NO_CARD = replace(CARD, card=None)


async def test_words_about_a_case_go_to_its_topic() -> None:
    _, script = await send(told(), granted(MESSAGE), place=TOPIC)

    (params,) = script.of("sendMessage")
    assert params["message_thread_id"] == "40"
    assert "reply_parameters" not in params


async def test_without_topics_words_about_a_case_reply_to_its_card_even_where_that_is_gone() -> None:
    _, script = await send(told(), granted(MESSAGE), place=CARD)

    (params,) = script.of("sendMessage")
    assert json.loads(params["reply_parameters"]) == {"message_id": 41, "allow_sending_without_reply": True}
    assert "message_thread_id" not in params


async def test_a_topic_of_the_days_when_there_were_topics_is_not_used() -> None:
    _, script = await send(told(), granted(MESSAGE), place=replace(CARD, thread="40"))

    assert "message_thread_id" not in script.of("sendMessage")[0]


async def test_the_card_itself_replies_to_nothing() -> None:
    _, script = await send(told(), granted(MESSAGE), place=NO_CARD)

    assert not {"message_thread_id", "reply_parameters"} & script.of("sendMessage")[0].keys()


async def test_a_topic_is_made_under_the_title_of_its_case() -> None:
    script = Script(granted({"message_thread_id": 40, "name": "12M · Health", "icon_color": 7322096}))

    thread = await TelegramChannel(bot_with(script)).make_place(GROUP, replace(TOPIC, thread=None))

    (params,) = script.of("createForumTopic")
    assert thread == "40"
    assert (params["chat_id"], params["name"]) == ("-100500", "12M · Health")


@pytest.mark.parametrize(
    ("answer", "meant"),
    [
        (refused(400, "Bad Request: the chat is not a forum"), "no_topics"),
        (refused(400, "Bad Request: not enough rights to create a topic"), "no_right_to_topics"),
        (refused(403, "Forbidden: bot was kicked from the supergroup chat"), "put_out"),
    ],
)
async def test_a_topic_that_cannot_be_made_says_why(answer: httpx.Response, meant: str) -> None:
    with pytest.raises(Refused) as raised:
        await TelegramChannel(bot_with(Script(answer))).make_place(GROUP, TOPIC)

    assert raised.value.reason == meant


async def test_a_closed_topic_is_opened_and_the_words_get_through() -> None:
    message, script = await send(
        told("Hello."), refused(400, "Bad Request: TOPIC_CLOSED"), granted(result=True), granted(MESSAGE), place=TOPIC
    )

    assert message == "901"
    assert script.methods() == ["sendMessage", "reopenForumTopic", "sendMessage"]
    assert script.of("reopenForumTopic")[0]["message_thread_id"] == "40"
    assert script.of("sendMessage")[0] == script.of("sendMessage")[1]


async def test_a_closed_topic_that_cannot_be_opened_refuses_the_words() -> None:
    error = await fault(
        refused(400, "Bad Request: TOPIC_CLOSED"), refused(400, "Bad Request: not enough rights"), place=TOPIC
    )

    assert isinstance(error, Refused)


async def test_words_that_were_lost_on_their_way_to_an_opened_topic_may_have_come() -> None:
    error = await fault(
        refused(400, "Bad Request: TOPIC_CLOSED"), granted(result=True), httpx.ReadTimeout("slow"), place=TOPIC
    )

    assert isinstance(error, OutcomeUnknown)


# Cards --------------------------------------------------------------------------------------------------------------


def card_edit(*, closes_topic: bool | None = None) -> Outgoing:
    return Outgoing(
        OutgoingKind.CARD_EDIT, EN, (Line("12M · claimed"),), BUTTONS, edits="card", closes_topic=closes_topic
    )


CARD_MESSAGE = MESSAGE | {"message_id": 41}
NOT_MODIFIED = "Bad Request: message is not modified: specified new message content"


async def test_a_card_is_brought_up_to_date_where_it_is() -> None:
    message, script = await send(card_edit(), granted(CARD_MESSAGE), place=TOPIC)

    (params,) = script.of("editMessageText")
    assert message == "41"
    assert (params["message_id"], params["text"]) == ("41", "12M · claimed")
    assert script.methods() == ["editMessageText"]


@pytest.mark.parametrize(("closes_topic", "method"), [(True, "closeForumTopic"), (False, "reopenForumTopic")])
async def test_the_topic_of_a_card_is_closed_and_opened_with_its_case(*, closes_topic: bool, method: str) -> None:
    message, script = await send(
        card_edit(closes_topic=closes_topic), granted(CARD_MESSAGE), granted(result=True), place=TOPIC
    )

    assert message == "41"
    assert script.methods() == ["editMessageText", method]
    assert script.of(method)[0]["message_thread_id"] == "40"


async def test_a_card_that_is_already_so_still_has_its_topic_closed() -> None:
    message, script = await send(
        card_edit(closes_topic=True), refused(400, NOT_MODIFIED), granted(result=True), place=TOPIC
    )

    assert message == "41"
    assert script.methods() == ["editMessageText", "closeForumTopic"]


@pytest.mark.parametrize("words", ["TOPIC_NOT_MODIFIED", "TOPIC_ID_INVALID", "not enough rights"])
async def test_a_topic_that_cannot_be_closed_spoils_nothing(words: str) -> None:
    message, _ = await send(
        card_edit(closes_topic=True), granted(CARD_MESSAGE), refused(400, f"Bad Request: {words}"), place=TOPIC
    )

    assert message == "41"


async def test_where_there_are_no_topics_only_the_card_changes() -> None:
    _, script = await send(card_edit(closes_topic=True), granted(CARD_MESSAGE), place=CARD)

    assert script.methods() == ["editMessageText"]


@pytest.mark.parametrize("place", [None, NO_CARD])
async def test_a_card_that_has_not_come_yet_needs_no_change(place: CasePlace | None) -> None:
    message, script = await send(card_edit(closes_topic=True), place=place)

    assert (message, script.methods()) == (None, [])


async def test_a_card_that_somebody_deleted_is_told() -> None:
    error = await fault(
        refused(400, "Bad Request: message to edit not found"), outgoing=card_edit(closes_topic=True), place=TOPIC
    )

    assert isinstance(error, Refused)
    assert error.reason == "message_gone"


# Answers to presses -------------------------------------------------------------------------------------------------


def toast(*lines: str) -> Outgoing:
    return Outgoing(OutgoingKind.TOAST, EN, tuple(Line(line) for line in lines), query="q1")


@pytest.mark.parametrize(("lines", "text"), [(("12M is yours now.",), "12M is yours now."), ((), None)])
async def test_a_press_is_answered_in_words_or_in_silence(lines: Sequence[str], text: str | None) -> None:
    message, script = await send(toast(*lines), granted(result=True))

    (params,) = script.of("answerCallbackQuery")
    assert message is None
    assert (params["callback_query_id"], params.get("text")) == ("q1", text)


async def test_an_answer_that_comes_too_late_is_no_fault() -> None:
    message, script = await send(
        toast("12M is yours now."),
        refused(400, "Bad Request: query is too old and response timeout expired or query ID is invalid"),
    )

    assert (message, script.methods()) == (None, ["answerCallbackQuery"])


async def test_an_answer_that_telegram_has_no_time_for_waits() -> None:
    error = await fault(refused(429, "Too Many Requests: retry after 3", retry_after=3), outgoing=toast("yours"))

    assert isinstance(error, SlowDown)


# Pictures, files, voice ---------------------------------------------------------------------------------------------

FOUND = granted({"file_id": "f", "file_unique_id": "u", "file_size": 9, "file_path": "documents/file_7.bin"})
PDF, OGG = b"%PDF-1.7 \x00\r\n\xff words", b"OggS\x00\xff\r\n"


def jpeg() -> bytes:
    drawn = BytesIO()
    Image.new("RGB", (8, 8), "red").save(drawn, "JPEG")
    return drawn.getvalue()


def with_file(kind: AttachmentKind, text: str = "See <here>") -> Outgoing:
    return told(text, kind=OutgoingKind.REPLY, file=Attachment("f", kind), buttons=BUTTONS)


@pytest.mark.parametrize(
    ("kind", "content", "method", "field", "name"),
    [
        (AttachmentKind.PHOTO, jpeg(), "sendPhoto", "photo", "picture.jpg"),
        (AttachmentKind.FILE, PDF, "sendDocument", "document", "file.pdf"),
        (AttachmentKind.FILE, jpeg(), "sendPhoto", "photo", "picture.jpg"),
        (AttachmentKind.VOICE, OGG, "sendVoice", "voice", "voice.ogg"),
    ],
)
async def test_an_attachment_goes_on_under_a_name_that_tells_nothing_with_its_words_below(
    kind: AttachmentKind, content: bytes, method: str, field: str, name: str
) -> None:
    message, script = await send(
        with_file(kind), FOUND, httpx.Response(200, content=content), granted(MESSAGE), place=TOPIC
    )

    (params,), ((uploads),) = script.of(method), script.files(method)
    (upload,) = uploads.values()
    assert message == "901"
    assert script.methods() == ["getFile", "file_7.bin", method]
    assert (params["chat_id"], params["caption"], params["parse_mode"]) == ("1001", "See &lt;here&gt;", "HTML")
    assert params["message_thread_id"] == "40"
    assert "1.h.token.0" in params["reply_markup"]
    assert upload.name == name
    assert field in {*params, *uploads}
    if method != "sendPhoto":
        assert upload.content == content


async def test_telegram_makes_nothing_else_of_a_document() -> None:
    _, script = await send(with_file(AttachmentKind.FILE), FOUND, httpx.Response(200, content=PDF), granted(MESSAGE))

    assert script.of("sendDocument")[0]["disable_content_type_detection"] == "true"


@pytest.mark.parametrize("content", [b"<html>", b"PK\x03\x04", b"", b"GIF89a"])
async def test_what_may_not_go_on_is_refused_before_anything_is_sent(content: bytes) -> None:
    error = await fault(FOUND, httpx.Response(200, content=content), outgoing=with_file(AttachmentKind.FILE))

    assert isinstance(error, Refused)
    assert error.reason == "file_not_passed_on"


@pytest.mark.parametrize(
    ("answers", "meant"),
    [
        ([refused(400, "Bad Request: wrong file_id")], Refused("file_gone")),
        ([refused(400, "Bad Request: file is too big")], Refused("file_gone")),
        ([refused(429, "Too Many Requests: retry after 3", retry_after=3)], SlowDown(timedelta(seconds=3))),
        ([httpx.ReadTimeout("slow")], NotSent("ReadTimeout")),
        ([refused(502, "Bad Gateway")], NotSent("NetworkError")),
        ([FOUND, httpx.ReadTimeout("slow")], NotSent("ReadTimeout")),
    ],
)
async def test_what_could_not_be_fetched_was_certainly_not_sent(
    answers: Sequence[httpx.Response | Exception], meant: ChannelError
) -> None:
    error = await fault(*answers, outgoing=with_file(AttachmentKind.PHOTO))

    assert type(error) is type(meant)
    assert str(error) == str(meant)


async def test_a_file_whose_sending_broke_may_have_come() -> None:
    error = await fault(
        FOUND,
        httpx.Response(200, content=PDF),
        httpx.ReadTimeout("slow"),
        outgoing=with_file(AttachmentKind.FILE),
    )

    assert isinstance(error, OutcomeUnknown)


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
        (403, "Forbidden: bot was kicked from the supergroup chat", "put_out"),
        (403, "Forbidden: bot was kicked from the group chat", "put_out"),
        (403, "Forbidden: bot is not a member of the supergroup chat", "put_out"),
        (400, "Bad Request: message thread not found", "topic_gone"),
        (400, "Bad Request: TOPIC_DELETED", "topic_gone"),
        (400, "Bad Request: TOPIC_ID_INVALID", "topic_gone"),
        (400, "Bad Request: message to edit not found", "message_gone"),
        (400, "Bad Request: MESSAGE_ID_INVALID", "message_gone"),
        (400, "Bad Request: message can't be edited", "message_gone"),
        (400, "Bad Request: the chat is not a forum", "no_topics"),
        (400, "Bad Request: not enough rights to create a topic", "no_right_to_topics"),
        (400, "Bad Request: not enough rights to send text messages to the chat", "no_right_to_write"),
        (400, "Bad Request: have no rights to send a message", "no_right_to_write"),
        (400, "Bad Request: CHAT_WRITE_FORBIDDEN", "no_right_to_write"),
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
    error = await fault(
        httpx.ReadTimeout("https://api.telegram.org/bot123456:not-a-real-token"), outgoing=told("Olena Koval")
    )

    assert "Olena" not in str(error)
    assert TOKEN not in str(error)
