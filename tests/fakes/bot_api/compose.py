"""Puts a message of the bot together: where it goes, what it answers, which buttons it has."""

from dataclasses import dataclass

from tests.fakes.bot_api.api import BotApi
from tests.fakes.bot_api.errors import bad_request
from tests.fakes.bot_api.jsontypes import JsonObject
from tests.fakes.bot_api.keyboards import read_markup
from tests.fakes.bot_api.model import GENERAL_TOPIC, Chat, ChatKind, Event, Message
from tests.fakes.bot_api.params import Params


@dataclass(frozen=True, slots=True)
class Draft:
    """Everything about a message except its content."""

    chat: Chat
    thread_id: int | None
    reply_to: Message | None
    markup: JsonObject | None

    @classmethod
    def read(cls, chat: Chat, params: Params) -> "Draft":
        """Read the parameters that all sending methods share; raises ApiError where Telegram refuses them."""
        if chat.kind is ChatKind.CHANNEL and not chat.bot_may("can_post_messages"):
            raise bad_request("need administrator rights in the channel chat")
        if chat.bot_status == "restricted":
            raise bad_request("not enough rights to send text messages to the chat")
        markup = read_markup(params)
        reply_to = _reply_to(chat, params)
        return cls(chat, _thread(chat, params, reply_to), reply_to, markup)


def _thread(chat: Chat, params: Params, reply_to: Message | None) -> int | None:
    thread_id = params.integer("message_thread_id")
    if not thread_id:
        thread_id = (reply_to.thread_id or 0) if reply_to is not None and chat.is_forum else 0
    if not thread_id:
        general = chat.topics.get(GENERAL_TOPIC)
        if general is not None and general.closed and not chat.bot_may("can_manage_topics"):
            raise bad_request("TOPIC_CLOSED")
        return None
    topic = chat.topics.get(thread_id) if chat.is_forum else None
    # The General topic cannot be named by its number: a well-known oddity of the real server.
    if topic is None or topic.deleted or thread_id == GENERAL_TOPIC:
        raise bad_request("message thread not found")
    if topic.closed and not chat.bot_may("can_manage_topics"):
        raise bad_request("TOPIC_CLOSED")
    return thread_id


def _reply_to(chat: Chat, params: Params) -> Message | None:
    reply = params.structure("reply_parameters", "reply parameters") or {}
    if not isinstance(reply, dict):
        raise bad_request("object expected as reply parameters")
    message_id = int(reply.get("message_id") or params.integer("reply_to_message_id"))
    if not message_id:
        return None
    found = chat.messages.get(message_id)
    if found is None and not (reply.get("allow_sending_without_reply") or params.flag("allow_sending_without_reply")):
        raise bad_request("message to be replied not found")
    return found


def send(api: BotApi, draft: Draft, method: str, content: JsonObject) -> JsonObject:
    """Pace, store and tell a message with this content; return its JSON."""
    api.pace(method, draft.chat)
    return store(api, draft, content).body


def store(api: BotApi, draft: Draft, content: JsonObject) -> Message:
    """Store a message of the bot and add it to the story of the chat."""
    chat = draft.chat
    body: JsonObject = {"sender_chat": chat.body} if chat.kind is ChatKind.CHANNEL else {"from": api.world.bot}
    body.update(topic_fields(chat, draft.thread_id))
    if draft.reply_to is not None:
        body["reply_to_message"] = without_reply(draft.reply_to)
    body.update(content)
    if draft.markup is not None and "inline_keyboard" in draft.markup:
        body["reply_markup"] = draft.markup
    message = api.world.put(chat, body, outgoing=True)
    tell(api, chat, "message", message, draft.markup)
    return message


def topic_fields(chat: Chat, thread_id: int | None) -> JsonObject:
    """Return the fields of a message in a forum topic.

    As in the real API such a message answers the one that opened the topic, unless it answers another.
    """
    if thread_id is None:
        return {}
    fields: JsonObject = {"message_thread_id": thread_id, "is_topic_message": True}
    opening = chat.messages.get(thread_id)
    if opening is not None:
        fields["reply_to_message"] = without_reply(opening)
    return fields


def without_reply(message: Message) -> JsonObject:
    """Return a message as it appears inside another one: replies are not nested twice."""
    return {key: value for key, value in message.body.items() if key != "reply_to_message"}


def tell(api: BotApi, chat: Chat, kind: str, message: Message, markup: JsonObject | None) -> None:
    """Add something the bot did with a message to the story of the chat."""
    detail: JsonObject = {name: message.body[name] for name in ("photo", "document", "voice") if name in message.body}
    event = Event(
        at=api.clock.now(),
        kind=kind,
        who="bot",
        text=message.text,
        message_id=message.id,
        buttons=button_labels(markup),
        thread_id=message.thread_id,
        detail=detail,
    )
    api.world.note(chat, event)


def button_labels(markup: JsonObject | None) -> list[list[str]]:
    """Return what is written on the buttons, row by row; a reply keyboard shows its buttons in the same way."""
    if not markup:
        return []
    rows = markup.get("inline_keyboard") or markup.get("keyboard") or []
    return [[str(button["text"]) for button in row] for row in rows]


def store_service(
    api: BotApi, chat: Chat, content: JsonObject, *, thread_id: int | None = None, opens_topic: bool = False
) -> Message:
    """Store a service message about something the bot did; `opens_topic`: it is the first of its own topic.

    The bot itself hears of it: the real API hides a bot's own messages from it, but not pins and topic events.
    """
    sender = {"sender_chat": chat.body} if chat.kind is ChatKind.CHANNEL else {"from": api.world.bot}
    message = api.world.put(chat, {**sender, **topic_fields(chat, thread_id), **content}, outgoing=True, service=True)
    if opens_topic:
        message.body.update({"message_thread_id": message.id, "is_topic_message": True})
    detail = {key: value for key, value in content.items() if key != "pinned_message"}
    event = Event(
        api.clock.now(), "service", "bot", next(iter(content)), message.id, thread_id=message.thread_id, detail=detail
    )
    api.world.note(chat, event)
    kind = "channel_post" if chat.kind is ChatKind.CHANNEL else "message"
    api.queue.add({kind: message.body}, lane=f"chat {chat.id}")
    return message
