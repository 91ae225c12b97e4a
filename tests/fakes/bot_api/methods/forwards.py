"""Passing messages on: copies and forwards."""

from tests.fakes.bot_api.api import BotApi, method
from tests.fakes.bot_api.compose import Draft, send
from tests.fakes.bot_api.errors import bad_request
from tests.fakes.bot_api.jsontypes import JsonObject
from tests.fakes.bot_api.methods.messages import read_caption
from tests.fakes.bot_api.model import Chat, ChatKind, Message
from tests.fakes.bot_api.params import Params

# Fields that are about this message in this chat, not its content.
_OWN = frozenset({
    "message_id", "from", "sender_chat", "chat", "date", "edit_date", "message_thread_id", "is_topic_message",
    "reply_to_message", "reply_markup", "forward_origin", "has_protected_content",
})  # fmt: skip


def _original(api: BotApi, params: Params, doing: str) -> Message:
    source = api.find_chat(params, "from_chat_id")
    message = source.messages.get(params.integer("message_id"))
    if message is None:
        raise bad_request(f"message to {doing} not found")
    if message.service:
        raise bad_request(f"message can't be {'copied' if doing == 'copy' else 'forwarded'}")
    return message


def _content(message: Message) -> JsonObject:
    return {key: value for key, value in message.body.items() if key not in _OWN}


@method("copyMessage")
def copy_message(api: BotApi, params: Params) -> JsonObject:
    """Send the content of a message as one's own; returns only the new id."""
    chat = api.find_reachable_chat(params)
    content = _content(_original(api, params, "copy"))
    if "caption" in params.values and "text" not in content:
        content = {key: value for key, value in content.items() if key not in {"caption", "caption_entities"}}
        content.update(read_caption(params))
    return {"message_id": send(api, Draft.read(chat, params), "copyMessage", content)["message_id"]}


@method("forwardMessage")
def forward_message(api: BotApi, params: Params) -> JsonObject:
    """Pass a message on with a note who wrote it."""
    chat = api.find_reachable_chat(params)
    message = _original(api, params, "forward")
    content = {"forward_origin": _origin(api.world.chat(message.chat_id), message), **_content(message)}
    return send(api, Draft.read(chat, params), "forwardMessage", content)


def _origin(chat: Chat, message: Message) -> JsonObject:
    earlier: JsonObject | None = message.body.get("forward_origin")
    if earlier is not None:
        return earlier
    date = int(message.date)
    if chat.kind is ChatKind.CHANNEL:
        return {"type": "channel", "chat": chat.body, "message_id": message.id, "date": date}
    return {"type": "user", "sender_user": message.body["from"], "date": date}
