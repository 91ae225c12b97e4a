"""Updates become messages that hold nothing personal; nothing is acknowledged that was not kept."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs
from telegram.error import RetryAfter

from bot.channels.telegram import receive
from bot.channels.telegram.receive import CONFLICTS, Poller, read_update, seconds_of
from bot.conversation.model import (
    Address,
    Attachment,
    AttachmentKind,
    Channel,
    Incoming,
    InGroup,
    Kind,
    Press,
    Token,
)
from bot.errors import ChannelRejected, ChannelTaken, StoreUnavailable
from tests.builders import UK
from tests.builders_logs import named
from tests.builders_time import until
from tests.unit.channels.scripted import BOT_ID, Json, Script, bot_with, granted, refused

BOT = bot_with(Script())
CHAT = {"id": 1001, "type": "private", "first_name": "Olena", "last_name": "Koval", "username": "olena_koval"}
OLENA = {
    "id": 1001,
    "is_bot": False,
    "first_name": "Olena",
    "last_name": "Koval",
    "username": "olena_koval",
    "language_code": "uk-UA",
}
RASA = {"id": 71, "is_bot": False, "first_name": "Rasa"}
ANONYMOUS = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
RIGHTS = (
    "can_be_edited", "is_anonymous", "can_manage_chat", "can_delete_messages", "can_manage_video_chats",
    "can_restrict_members", "can_promote_members", "can_change_info", "can_invite_users", "can_post_stories",
    "can_edit_stories", "can_delete_stories", "can_manage_topics",
)  # fmt: skip
GROUP = {"id": -1001, "type": "group", "title": "Parents of Koval"}
FORUM = {"id": -100500, "type": "supergroup", "title": "Support", "is_forum": True}
CHANNEL = {"id": -1001, "type": "channel", "title": "News of Koval"}
PERSONAL = ("Olena", "Koval", "olena_koval", "37060012345", "54.68", "25.27", "passport.pdf", "VCARD")
SENT_AT = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
ADDRESS = Address(Channel.TELEGRAM, "1001")


def written(**what: Any) -> Json:  # Any: fields of a Message
    """Return a message of Olena's."""
    return {"message_id": 5, "date": int(SENT_AT.timestamp()), "chat": CHAT, "from": OLENA} | what


def update(message: Json, name: str = "message") -> Json:
    return {"update_id": 77, name: message}


def file(file_id: str, **more: Any) -> Json:  # Any: fields of a file
    return {"file_id": file_id, "file_unique_id": f"u-{file_id}"} | more


def picture(file_id: str, width: int) -> Json:
    return file(file_id, width=width, height=width)


def pressed(data: str | None = "1.c.tok_en-1.2", chat: Json = CHAT, **message: Any) -> Json:  # Any: fields
    hangs_on = {"message_id": 900, "date": int(SENT_AT.timestamp()), "chat": chat} | message
    query = {"id": "q1", "from": OLENA, "chat_instance": "i", "message": hangs_on}
    return update(query if data is None else query | {"data": data}, "callback_query")


def membership(status: str, chat: Json = CHAT, **rights: bool) -> Json:
    """Return what became of the bot in a chat; as an administrator it has all rights but those said otherwise."""
    member: Json = {"user": {"id": BOT_ID, "is_bot": True, "first_name": "Tiltas"}, "status": status}
    if status == "kicked":
        member["until_date"] = 0
    before = {"user": member["user"], "status": "member"}
    if status == "administrator":
        member |= dict.fromkeys(RIGHTS, True) | rights
    change = {"chat": chat, "from": OLENA, "date": int(SENT_AT.timestamp())}
    return update(change | {"old_chat_member": before, "new_chat_member": member}, "my_chat_member")


def member(status: str, chat: Json = FORUM) -> Json:
    """Return that Rasa came to a group, left it, was thrown out."""
    now: Json = {"user": RASA, "status": status}
    if status == "kicked":
        now["until_date"] = 0
    change = {"chat": chat, "from": OLENA, "date": int(SENT_AT.timestamp())}
    return update(
        change | {"old_chat_member": {"user": RASA, "status": "member"}, "new_chat_member": now}, "chat_member"
    )


def received(raw: Json) -> Incoming:
    incoming = read_update(raw, BOT)
    assert incoming is not None
    return incoming


# Written ------------------------------------------------------------------------------------------------------------


def test_a_text_is_kept_with_its_words_its_chat_and_the_language_of_the_app() -> None:
    incoming = received(update(written(text="Як записати дитину?")))

    assert incoming == Incoming(
        "tg:123456:77", ADDRESS, Kind.TEXT, text="Як записати дитину?", hint=UK, at=SENT_AT, message="5"
    )


def test_an_edited_text_is_told_as_such_with_the_time_of_the_edit() -> None:
    later = int(SENT_AT.timestamp()) + 60

    incoming = received(update(written(text="Better words", edit_date=later), "edited_message"))

    assert (incoming.kind, incoming.text) == (Kind.EDITED, "Better words")
    assert incoming.at == datetime.fromtimestamp(later, UTC)


@pytest.mark.parametrize(
    ("what", "kind", "attached"),
    [
        (
            {"photo": [picture("small", 90), picture("large", 900) | {"file_size": 7000}]},
            Kind.PHOTO,
            Attachment("large", AttachmentKind.PHOTO, "image/jpeg", 7000),
        ),
        ({"voice": file("voice", duration=3)}, Kind.VOICE, Attachment("voice", AttachmentKind.VOICE)),
        (
            {"voice": file("voice", duration=3, mime_type="audio/ogg", file_size=900)},
            Kind.VOICE,
            Attachment("voice", AttachmentKind.VOICE, "audio/ogg", 900),
        ),
        (
            {"audio": file("audio", duration=3, title="Koval", mime_type="audio/mpeg")},
            Kind.VOICE,
            Attachment("audio", AttachmentKind.FILE, "audio/mpeg"),
        ),
        ({"video_note": file("note", length=9, duration=3)}, Kind.VOICE, Attachment("note", AttachmentKind.FILE)),
        (
            {"document": file("document", file_name="passport.pdf", mime_type="application/pdf", file_size=12345)},
            Kind.FILE,
            Attachment("document", AttachmentKind.FILE, "application/pdf", 12345),
        ),
        (
            {"video": file("video", width=9, height=9, duration=3, mime_type="video/mp4")},
            Kind.FILE,
            Attachment("video", AttachmentKind.FILE, "video/mp4"),
        ),
    ],
)
def test_what_is_attached_is_kept_by_its_id_kind_and_size_with_the_words_below_it(
    what: Json, kind: Kind, attached: Attachment
) -> None:
    bare = received(update(written(**what)))
    described = received(update(written(**what, caption="Is this right?")))

    assert (bare.kind, bare.files, bare.text) == (kind, (attached,), "")
    assert (described.kind, described.files, described.text) == (kind, (attached,), "Is this right?")


def test_what_a_message_replies_to_is_known_by_its_id() -> None:
    earlier = written(message_id=900, text="Dear Olena")

    assert received(update(written(text="yes", reply_to_message=earlier))).reply_to == "900"
    assert received(update(written(text="yes"))).reply_to == ""


def test_an_edit_keeps_the_id_of_the_message_it_mends() -> None:
    assert received(update(written(text="Better", edit_date=1), "edited_message")).message == "5"


@pytest.mark.parametrize(
    "what",
    [
        {"sticker": file("s", width=9, height=9, is_animated=False, is_video=False, type="regular", emoji="🙂")},
        {"contact": {"phone_number": "+37060012345", "first_name": "Olena", "vcard": "BEGIN:VCARD"}},
        {"location": {"latitude": 54.68, "longitude": 25.27}},
        {
            "venue": {
                "location": {"latitude": 54.68, "longitude": 25.27},
                "title": "Koval",
                "address": "Koval g. 1",
            }
        },
        {"dice": {"emoji": "🎲", "value": 3}},
    ],
)
def test_what_has_no_words_and_no_use_is_kept_as_having_come_and_nothing_of_it(what: Json) -> None:
    incoming = received(update(written(**what)))

    assert (incoming.kind, incoming.text, incoming.files) == (Kind.OTHER, "", ())


def test_a_place_that_moves_is_told_once() -> None:
    place = {"latitude": 54.68, "longitude": 25.27, "live_period": 900}

    assert received(update(written(location=place))).kind is Kind.OTHER
    assert read_update(update(written(location=place, edit_date=1), "edited_message"), BOT) is None


@pytest.mark.parametrize(
    "raw",
    [
        update(written(text="hello")),
        update(written(text="hello", forward_origin={"type": "user", "sender_user": OLENA, "date": 1})),
        update(written(contact={"phone_number": "+37060012345", "first_name": "Olena", "vcard": "BEGIN:VCARD"})),
        update(written(location={"latitude": 54.68, "longitude": 25.27})),
        update(written(document=file("document", file_name="passport.pdf"), caption="this one")),
        update(written(text="hello", reply_to_message=written(text="I am Olena Koval"))),
        pressed(text="Dear Olena"),
        membership("kicked"),
        update(written(text="hello", date="Koval")),
    ],
)
def test_nothing_personal_beside_their_words_leaves(raw: Json) -> None:
    incoming = received(raw)

    shown = repr(incoming)
    assert [word for word in PERSONAL if word in shown] == []


@pytest.mark.parametrize(("code", "hint"), [("uk", "uk"), ("pt-BR", "pt"), ("ZH-hans", "zh"), (None, None), ("", None)])
def test_the_language_of_the_app_is_a_hint_without_its_region(code: str | None, hint: str | None) -> None:
    sender = {name: value for name, value in OLENA.items() if name != "language_code"}
    if code is not None:
        sender["language_code"] = code

    assert received(update(written(text="hello", **{"from": sender}))).hint == hint


@pytest.mark.parametrize("code", ["Olena", "37060012345", "<b>", "e", "олена", " ", "x" * 5000])
def test_what_is_no_language_is_no_hint_because_it_would_stand_in_logs_and_counts(code: str) -> None:
    sender = OLENA | {"language_code": code}

    assert received(update(written(text="hello", **{"from": sender}))).hint is None


# Pressed ------------------------------------------------------------------------------------------------------------


def test_a_pressed_button_is_read_with_the_message_it_hangs_on() -> None:
    incoming = received(pressed("1.c.tok_en-1.2"))

    assert incoming.kind is Kind.PRESS
    assert incoming.press == Press("c", Token("tok_en-1"), 2, "900")
    assert (incoming.address, incoming.hint, incoming.text) == (ADDRESS, UK, "")


@pytest.mark.parametrize(
    "data", ["", None, "2.c.token.2", "1.c.token", "1.c.token.2222", "{}", "1.ß.token.1", "1.cc.token.1", "🙂" * 16]
)
def test_button_data_that_is_not_ours_names_no_button(data: str | None) -> None:
    assert received(pressed(data)).press == Press("", Token(""), 0, "900")


def test_a_specialists_button_has_a_capital_letter() -> None:
    assert received(pressed("1.C.token.0")).press == Press("C", Token("token"), 0, "900")


def test_a_button_on_a_message_too_old_to_be_shown_still_counts() -> None:
    incoming = received(pressed("1.h.token.0", date=0))

    assert incoming.press == Press("h", Token("token"), 0, "900")


def test_a_press_without_a_message_is_nobodys() -> None:
    raw = pressed()
    del raw["callback_query"]["message"]

    assert read_update(raw, BOT) is None


# In a group of specialists ------------------------------------------------------------------------------------------


GROUP_ADDRESS = Address(Channel.TELEGRAM, "-100500")
OPENING = {
    "message_id": 12,
    "date": 1,
    "chat": FORUM,
    "is_topic_message": True,
    "message_thread_id": 12,
    "forum_topic_created": {"name": "47K", "icon_color": 7322096},
}


def in_group(**what: Any) -> Json:  # Any: fields of a Message
    """Return a message of Rasa's in a group with topics."""
    return written(chat=FORUM, **{"from": RASA}) | what


def in_topic(**what: Any) -> Json:  # Any: as above
    """Return a message in a topic; it "replies" to the one that opened the topic, as Telegram tells it."""
    return in_group(message_thread_id=12, is_topic_message=True, reply_to_message=OPENING) | what


def test_a_message_in_a_topic_is_known_by_its_author_and_its_topic_and_nothing_else() -> None:
    incoming = received(update(in_topic(text="Ask the school.")))

    assert incoming == Incoming(
        "tg:123456:77",
        GROUP_ADDRESS,
        Kind.TEXT,
        text="Ask the school.",
        at=SENT_AT,
        message="5",
        group=InGroup(author="71", thread="12", forum=True),
    )


def test_the_opening_message_of_a_topic_is_not_what_is_replied_to_but_any_other_is() -> None:
    other = in_group(message_id=30, text="earlier", message_thread_id=12, is_topic_message=True)

    assert received(update(in_topic(text="words"))).reply_to == ""
    assert received(update(in_topic(text="words", reply_to_message=other))).reply_to == "30"


def test_a_group_without_topics_has_replies_and_no_threads() -> None:
    plain = GROUP | {"type": "supergroup"}
    card = written(message_id=30, chat=plain, text="card")

    # A supergroup numbers its chains of replies too; they are no topics.
    incoming = received(update(in_group(text="words", chat=plain, message_thread_id=30, reply_to_message=card)))

    assert incoming.group == InGroup(author="71")
    assert incoming.reply_to == "30"


def test_the_general_topic_is_no_topic_of_a_case() -> None:
    assert received(update(in_group(text="hello all"))).group == InGroup(author="71", forum=True)


def test_the_language_of_a_specialists_app_is_no_hint() -> None:
    speaks = RASA | {"language_code": "lt"}

    assert received(update(in_group(text="words", **{"from": speaks}))).hint is None


def test_an_edit_in_a_group_is_told_as_such() -> None:
    incoming = received(update(in_topic(text="Better", edit_date=int(SENT_AT.timestamp()) + 60), "edited_message"))

    assert (incoming.kind, incoming.message, incoming.text) == (Kind.EDITED, "5", "Better")
    assert incoming.group == InGroup(author="71", thread="12", forum=True)


@pytest.mark.parametrize(
    "sender",
    [
        {"from": ANONYMOUS, "sender_chat": FORUM},
        {"from": {"id": 136817688, "is_bot": True, "first_name": "Channel"}, "sender_chat": CHANNEL},
        {"sender_chat": FORUM},
    ],
)
def test_an_administrator_who_hides_is_nobody_known(sender: Json) -> None:
    message = in_topic(text="Ask the school.")
    del message["from"]

    incoming = received(update(message | sender))

    assert incoming.group == InGroup(author="", thread="12", forum=True)
    assert incoming.text == "Ask the school."


def test_other_bots_are_ignored() -> None:
    bot = {"id": 5, "is_bot": True, "first_name": "Helper"}

    assert read_update(update(in_topic(text="I can help!", **{"from": bot})), BOT) is None


@pytest.mark.parametrize(
    "what",
    [
        {"forum_topic_created": {"name": "47K", "icon_color": 1}},
        {"forum_topic_closed": {}},
        {"new_chat_members": [{"id": 72, "is_bot": False, "first_name": "Olena"}]},
        {"new_chat_title": "Support of Koval"},
        {"pinned_message": written(text="hello")},
        {"sticker": file("s", width=9, height=9, is_animated=False, is_video=False, type="regular", emoji="🙂")},
        {"dice": {"emoji": "🎲", "value": 3}},
        {"location": {"latitude": 54.68, "longitude": 25.27}},
    ],
)
def test_what_happens_in_a_group_beside_words_and_files_is_ignored(what: Json) -> None:
    assert read_update(update(in_group(**what)), BOT) is None


def test_a_picture_in_a_topic_is_kept_with_its_words() -> None:
    incoming = received(update(in_topic(photo=[picture("large", 900)], caption="the form")))

    assert (incoming.kind, incoming.text, [one.ref for one in incoming.files]) == (Kind.PHOTO, "the form", ["large"])
    assert incoming.group == InGroup(author="71", thread="12", forum=True)


def test_a_press_in_a_group_is_known_by_who_pressed_and_waits_for_an_answer() -> None:
    incoming = received(pressed("1.C.token.0", chat=FORUM, message_thread_id=12, is_topic_message=True))

    assert incoming == Incoming(
        "tg:123456:77",
        GROUP_ADDRESS,
        Kind.PRESS,
        press=Press("C", Token("token"), 0, "900"),
        group=InGroup(author="1001", forum=True, query="q1"),
    )


def test_a_group_that_became_a_supergroup_tells_its_new_address() -> None:
    incoming = received(update(written(chat=GROUP, migrate_to_chat_id=-100500)))

    assert (incoming.kind, incoming.address.chat) == (Kind.MIGRATED, "-1001")
    assert incoming.group == InGroup(moved_to="-100500")


def test_the_other_side_of_a_migration_is_ignored() -> None:
    assert read_update(update(in_group(migrate_from_chat_id=-1001)), BOT) is None


def test_whoever_left_a_group_is_known_by_their_id_only() -> None:
    incoming = received(update(in_group(left_chat_member=RASA, **{"from": OLENA})))

    assert (incoming.kind, incoming.text) == (Kind.LEFT, "")
    assert incoming.group == InGroup(author="71", forum=True)


@pytest.mark.parametrize("status", ["left", "kicked"])
def test_whoever_is_no_longer_a_member_has_left(status: str) -> None:
    assert received(member(status)) == Incoming(
        "tg:123456:77", GROUP_ADDRESS, Kind.LEFT, at=SENT_AT, group=InGroup(author="71", forum=True)
    )


@pytest.mark.parametrize("status", ["member", "creator"])
def test_that_somebody_came_is_told_by_their_press(status: str) -> None:
    raw = member(status)
    raw["chat_member"]["new_chat_member"]["is_anonymous"] = False

    assert read_update(raw, BOT) is None


@pytest.mark.parametrize(
    ("status", "rights", "kind", "topics"),
    [
        ("administrator", {}, Kind.RIGHTS, True),
        ("administrator", {"can_manage_topics": False}, Kind.RIGHTS, False),
        ("member", {}, Kind.RIGHTS, False),
        ("left", {}, Kind.BLOCKED, False),
        ("kicked", {}, Kind.BLOCKED, False),
    ],
)
def test_what_the_bot_may_do_in_a_group_is_told(
    status: str, rights: dict[str, bool], kind: Kind, *, topics: bool
) -> None:
    assert received(membership(status, FORUM, **rights)) == Incoming(
        "tg:123456:77", GROUP_ADDRESS, kind, at=SENT_AT, group=InGroup(forum=True, topics=topics)
    )


@pytest.mark.parametrize(
    "raw",
    [
        update(in_topic(text="hello")),
        update(in_group(left_chat_member=OLENA)),
        update(written(text="hello", chat=GROUP)),
        pressed("1.C.token.0", chat=GROUP),
        membership("administrator", GROUP),
        member("left"),
    ],
)
def test_nothing_personal_leaves_a_group(raw: Json) -> None:
    shown = repr(received(raw))

    assert [word for word in (*PERSONAL, "Rasa", "Support") if word in shown] == []


# Stopped and started again ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "kind"), [("kicked", Kind.BLOCKED), ("left", Kind.BLOCKED), ("member", Kind.UNBLOCKED)]
)
def test_stopping_and_starting_the_bot_is_told(status: str, kind: Kind) -> None:
    assert received(membership(status)) == Incoming("tg:123456:77", ADDRESS, kind, at=SENT_AT)


# Not for us ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "raw",
    [
        update(written(text="hello", chat=CHANNEL)),
        update(written(text="hello", chat=CHANNEL), "edited_message"),
        update(written(text="hello", chat=CHANNEL), "channel_post"),
        pressed(chat=CHANNEL),
        membership("left", CHANNEL),
        membership("member", CHANNEL),
        member("left", chat=CHANNEL),
        member("left", chat=CHAT),
    ],
)
def test_channels_are_ignored(raw: Json) -> None:
    assert read_update(raw, BOT) is None


@pytest.mark.parametrize(
    "what",
    [
        {"pinned_message": written(text="hello")},
        {"write_access_allowed": {}},
        {"chat_background_set": {"type": {"type": "chat_theme", "theme_name": "🙂"}}},
        {},
    ],
)
def test_service_messages_are_ignored(what: Json) -> None:
    assert read_update(update(written(**what)), BOT) is None


@pytest.mark.parametrize("name", ["poll_answer", "business_message", "kind_of_next_year"])
def test_kinds_that_we_did_not_ask_for_are_ignored(name: str) -> None:
    assert read_update({"update_id": 77, name: {"id": "1"}}, BOT) is None


# Not understood -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("spoilt", [{"date": "noon"}, {"from": "Olena"}, {"photo": 5}, {"entities": [{"type": 1}]}])
def test_the_words_of_a_private_message_that_cannot_be_parsed_are_kept(spoilt: Json) -> None:
    with capture_logs() as logs:
        incoming = received(update(written(text="Help, please") | spoilt))

    assert (incoming.key, incoming.address, incoming.kind) == ("tg:123456:77", ADDRESS, Kind.OTHER)
    assert (incoming.text, incoming.hint) == ("Help, please", None)
    (told,) = named(logs, "telegram.update_not_understood")
    assert "Help" not in repr(told)


@pytest.mark.parametrize(
    "spoilt",
    [
        {"message_id": "5"},
        {"message_id": []},
        {"reply_to_message": {"message_id": None, "date": 1, "chat": CHAT}},
        {"voice": file("voice-1", duration=3, file_size="9")},
        {"document": file("file-1", mime_type=["application/pdf"])},
        {"document": file("file-1", file_size="large")},
    ],
)
def test_a_message_is_kept_with_its_words_where_a_field_is_of_another_type(spoilt: Json) -> None:
    # The library hands it on as it is; in the database it would hold up whatever comes behind it.
    incoming = received(update(written(caption="Help, please") | spoilt))

    assert (incoming.kind, incoming.text, incoming.files) == (Kind.OTHER, "Help, please", ())


@pytest.mark.parametrize("number", [True, "1001", 5.0, None, [1001]])
def test_a_chat_whose_number_is_none_is_no_address(number: object) -> None:
    assert read_update(update(written(text="hello", chat=CHAT | {"id": number})), BOT) is None


@pytest.mark.parametrize("text", [5, None, ["a"], {"a": 1}])
def test_words_that_are_no_text_are_no_words(text: object) -> None:
    incoming = received(update(written(text=text, sticker="broken")))

    assert (incoming.kind, incoming.text) == (Kind.OTHER, "")


def test_a_text_of_another_type_is_no_text() -> None:
    incoming = received(update(written(text=5)))

    assert (incoming.kind, incoming.text) == (Kind.OTHER, "")


@pytest.mark.parametrize(
    "raw",
    [
        update(written(date="noon", chat=GROUP)),
        update(in_group(text="hello", message_thread_id="12", is_topic_message=True)),
        update(written(date="noon", chat="Koval")),
        update(written(date="noon", chat={"id": "Koval", "type": "private"})),
        {"update_id": 77, "message": "hello"},
        {"update_id": 77, "message": None},
        {"update_id": 77, "callback_query": "hello"},
        {"update_id": 77, "my_chat_member": {"chat": CHAT}},
        {"update_id": 77},
    ],
)
def test_whatever_else_cannot_be_parsed_stops_nothing(raw: Json) -> None:
    assert read_update(raw, BOT) is None


# Polling ------------------------------------------------------------------------------------------------------------

# The library warns at raw updates and at its own two kinds of waits; the program silences both where it imports it.
polling = pytest.mark.filterwarnings(
    "ignore:Please use 'Bot.getUpdates'", "ignore:.*`retry_after`:telegram.warnings.PTBDeprecationWarning"
)


class Kept:
    """Keeps messages in memory; fails first, if it is told to."""

    def __init__(self, *faults: Exception) -> None:
        self.batches: list[list[str]] = []
        self._faults = list(faults)

    async def __call__(self, messages: Sequence[Incoming]) -> None:
        if self._faults:
            raise self._faults.pop(0)
        self.batches.append([message.text for message in messages])


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no pause take time; those of a second and more are what the program waits after failures."""
    monkeypatch.setattr(receive, "_WAITS", (0,) * 5)


async def poll(script: Script, keep: Callable[[Sequence[Incoming]], Awaitable[None]], calls: int) -> None:
    """Poll until the script has been asked for updates `calls` times."""
    poller = asyncio.create_task(Poller(bot_with(script), keep).run())

    async def reached() -> bool:
        return len(script.of("getUpdates")) >= calls or poller.done()

    await until(reached)
    if poller.done():
        await poller
    poller.cancel()
    await asyncio.gather(poller, return_exceptions=True)


def numbered(number: int, text: str = "hello") -> Json:
    return update(written(text=text)) | {"update_id": number}


def nothing_more(_call: object) -> httpx.Response:
    return granted([])


@polling
async def test_updates_are_acknowledged_after_they_are_kept() -> None:
    kept = Kept()
    script = Script(granted([numbered(7, "a"), numbered(9, "b")]), otherwise=nothing_more)

    await poll(script, kept, calls=2)

    first, second = script.of("getUpdates")[:2]
    assert kept.batches == [["a", "b"]]
    assert "offset" not in first
    assert second["offset"] == "10"
    assert first["timeout"] == "30"


@polling
@pytest.mark.usefixtures("impatient")
async def test_updates_that_could_not_be_kept_are_asked_for_again() -> None:
    kept = Kept(StoreUnavailable("disk full"))
    script = Script(granted([numbered(7, "a")]), granted([numbered(7, "a")]), otherwise=nothing_more)

    await poll(script, kept, calls=3)

    assert kept.batches == [["a"]]
    assert ["offset" in params for params in script.of("getUpdates")[:3]] == [False, False, True]


@polling
async def test_while_only_the_database_is_away_updates_are_asked_for_as_often_as_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(receive, "_WAITS", (0, 60, 60, 60, 60))
    kept = Kept(*[StoreUnavailable("disk full")] * 5)
    script = Script(*[granted([numbered(7, "a")])] * 6, otherwise=nothing_more)

    await poll(script, kept, calls=7)

    assert kept.batches == [["a"]]


@polling
async def test_an_update_that_is_for_nobody_is_acknowledged_too() -> None:
    kept = Kept()
    script = Script(granted([update(written(text="hello", chat=CHANNEL))]), otherwise=nothing_more)

    await poll(script, kept, calls=2)

    assert kept.batches == [[]]
    assert script.of("getUpdates")[1]["offset"] == "78"


@polling
@pytest.mark.parametrize("answer", [granted(), refused(400, "query is too old"), httpx.ReadTimeout("slow")])
async def test_the_waiting_mark_of_a_press_is_ended_whether_or_not_telegram_listens(
    answer: httpx.Response | Exception,
) -> None:
    kept = Kept()
    script = Script(granted([pressed()]), answer, otherwise=nothing_more)

    await poll(script, kept, calls=2)

    assert kept.batches == [[""]]
    assert [params["callback_query_id"] for params in script.of("answerCallbackQuery")] == ["q1"]


@polling
@pytest.mark.parametrize("kind", [[], {}, None, 5])
async def test_a_press_in_a_chat_of_no_kind_does_not_end_the_polling(kind: object) -> None:
    kept = Kept()
    script = Script(granted([pressed(chat=CHAT | {"type": kind})]), granted(), otherwise=nothing_more)

    await poll(script, kept, calls=2)

    assert kept.batches == [[]]


@polling
async def test_a_press_in_a_group_is_answered_later_in_words() -> None:
    kept = Kept()
    script = Script(granted([pressed(chat=FORUM)]), otherwise=nothing_more)

    await poll(script, kept, calls=2)

    assert kept.batches == [[""]]
    assert script.of("answerCallbackQuery") == []


@polling
async def test_all_kinds_of_updates_that_we_read_are_asked_for() -> None:
    script = Script(otherwise=nothing_more)

    await poll(script, Kept(), calls=1)

    wanted = json.loads(script.of("getUpdates")[0]["allowed_updates"])
    assert set(wanted) == {"message", "edited_message", "callback_query", "my_chat_member", "chat_member"}


@polling
@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(
    "fault",
    [
        httpx.ConnectError("no route"),
        httpx.ReadTimeout("slow"),
        httpx.Response(200, text="<html>"),
        refused(502, "Bad Gateway"),
        refused(429, "Too Many Requests: retry after 0", retry_after=0),
    ],
)
async def test_a_network_that_fails_is_asked_again(fault: httpx.Response | Exception) -> None:
    kept = Kept()
    script = Script(fault, granted([numbered(7, "a")]), otherwise=nothing_more)

    await poll(script, kept, calls=3)

    assert kept.batches == [["a"]]


@polling
async def test_a_wait_that_telegram_asks_for_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receive, "seconds_of", lambda error: seconds_of(error) / 1000)
    script = Script(refused(429, "Too Many Requests: retry after 50", retry_after=50), otherwise=nothing_more)
    began = asyncio.get_running_loop().time()

    await poll(script, Kept(), calls=2)

    assert asyncio.get_running_loop().time() - began >= 0.05


@polling
@pytest.mark.usefixtures("impatient")
async def test_a_short_conflict_is_waited_for() -> None:
    kept = Kept()
    script = Script(*conflicts(CONFLICTS), granted([numbered(7, "a")]), *conflicts(CONFLICTS), otherwise=nothing_more)

    await poll(script, kept, calls=2 * CONFLICTS + 2)

    assert kept.batches == [["a"]]


@polling
@pytest.mark.usefixtures("impatient")
async def test_a_conflict_that_does_not_end_is_told() -> None:
    with pytest.raises(ChannelTaken, match="another process"):
        await poll(Script(*conflicts(CONFLICTS + 1)), Kept(), calls=99)


def conflicts(times: int) -> list[httpx.Response]:
    return [refused(409, "Conflict: terminated by other getUpdates request") for _ in range(times)]


@polling
async def test_a_token_that_is_not_known_any_more_is_told_without_showing_it() -> None:
    with pytest.raises(ChannelRejected, match="TILTAS_TELEGRAM_TOKEN") as told:
        await poll(Script(refused(401, "Unauthorized")), Kept(), calls=99)

    assert BOT.token not in str(told.value)


@pytest.mark.filterwarnings("ignore:.*`retry_after`")
def test_a_wait_is_read_in_seconds() -> None:
    assert seconds_of(RetryAfter(7)) == 7
