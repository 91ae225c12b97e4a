"""Updates as Telegram sends them, with all that is personal in them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from bot.channels.telegram.receive import read_update
from bot.conversation.model import Address, Channel, Incoming
from tests.unit.channels.scripted import BOT_ID, Json, Script, bot_with

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
OPENING = {
    "message_id": 12,
    "date": 1,
    "chat": FORUM,
    "is_topic_message": True,
    "message_thread_id": 12,
    "forum_topic_created": {"name": "47K", "icon_color": 7322096},
}
"""The message that opened the topic 12."""
SENT_AT = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
ADDRESS, GROUP_ADDRESS = Address(Channel.TELEGRAM, "1001"), Address(Channel.TELEGRAM, "-100500")


def written(**what: Any) -> Json:  # Any: fields of a Message
    """Return a message of Olena's."""
    return {"message_id": 5, "date": int(SENT_AT.timestamp()), "chat": CHAT, "from": OLENA} | what


def update(message: Json, name: str = "message") -> Json:
    """Return an update that brings a message."""
    return {"update_id": 77, name: message}


def file(file_id: str, **more: Any) -> Json:  # Any: fields of a file
    """Return a file as a message names it."""
    return {"file_id": file_id, "file_unique_id": f"u-{file_id}"} | more


def picture(file_id: str, width: int) -> Json:
    """Return one size of a picture."""
    return file(file_id, width=width, height=width)


def pressed(data: str | None = "1.c.tok_en-1.2", chat: Json = CHAT, **message: Any) -> Json:  # Any: fields
    """Return a press of a button below a message of ours."""
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
    """Return what an update becomes."""
    incoming = read_update(raw, BOT)
    assert incoming is not None
    return incoming


def in_group(**what: Any) -> Json:  # Any: fields of a Message
    """Return a message of Rasa's in a group with topics."""
    return written(chat=FORUM, **{"from": RASA}) | what


def in_topic(**what: Any) -> Json:  # Any: as above
    """Return a message in a topic; it "replies" to the one that opened the topic, as Telegram tells it."""
    return in_group(message_thread_id=12, is_topic_message=True, reply_to_message=OPENING) | what
