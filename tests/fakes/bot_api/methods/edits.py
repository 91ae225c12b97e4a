"""Changing and deleting what was sent, and answering presses."""

from tests.fakes.bot_api.api import BotApi, method
from tests.fakes.bot_api.compose import tell
from tests.fakes.bot_api.errors import ApiError, bad_request
from tests.fakes.bot_api.jsontypes import JsonObject
from tests.fakes.bot_api.keyboards import read_inline_markup
from tests.fakes.bot_api.methods.messages import read_caption, read_text
from tests.fakes.bot_api.model import Chat, ChatKind, Event, Message
from tests.fakes.bot_api.params import Params

DELETABLE_FOR = 48 * 60 * 60.0
MAX_DELETED_AT_ONCE = 100
MAX_TOAST = 200
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current "
    "content and reply markup of the message"
)
STALE_CALLBACK = "query is too old and response timeout expired or query ID is invalid"
MEDIA = ("photo", "document", "voice", "sticker", "location", "contact")


def _message_to_edit(api: BotApi, params: Params) -> tuple[Chat, Message]:
    chat = api.find_reachable_chat(params)
    message_id = params.integer("message_id")
    if message_id <= 0:
        raise bad_request("message identifier is not specified")
    message = chat.messages.get(message_id)
    if message is None:
        raise bad_request("message to edit not found")
    if not message.outgoing or message.service:
        raise bad_request("message can't be edited")
    return chat, message


def _edit(api: BotApi, params: Params, name: str, content: JsonObject | None) -> JsonObject:
    """Replace content (None keeps it) and buttons. An edit without buttons removes them, as in the real API."""
    chat, message = _message_to_edit(api, params)
    if content is not None and ("text" in content) != ("text" in message.body):
        raise bad_request(
            "there is no text in the message to edit"
            if "text" in content
            else "there is no caption in the message to edit"
        )
    markup = read_inline_markup(params)
    body = dict(message.body)
    if content is not None:
        for field in ("text", "entities", "caption", "caption_entities"):
            body.pop(field, None)
        body.update(content)
    body.pop("reply_markup", None)
    if markup is not None:
        body["reply_markup"] = markup
    if body == message.body:
        raise bad_request(NOT_MODIFIED)
    api.pace(name, chat, edit=True)
    body["edit_date"] = int(api.clock.now())
    message.body = body
    tell(api, chat, "edit", message, markup)
    return body


@method("editMessageText")
def edit_message_text(api: BotApi, params: Params) -> JsonObject:
    """Replace the text of a message of the bot."""
    _message_to_edit(api, params)
    return _edit(api, params, "editMessageText", read_text(params))


@method("editMessageCaption")
def edit_message_caption(api: BotApi, params: Params) -> JsonObject:
    """Replace the caption of a file the bot sent."""
    return _edit(api, params, "editMessageCaption", read_caption(params))


@method("editMessageReplyMarkup")
def edit_message_reply_markup(api: BotApi, params: Params) -> JsonObject:
    """Replace or remove the buttons of a message of the bot."""
    return _edit(api, params, "editMessageReplyMarkup", None)


def _why_undeletable(api: BotApi, chat: Chat, message: Message) -> str:
    """Return Telegram's reason not to delete a message; empty if it may go."""
    refused = "message can't be deleted"
    if message.body.get("forum_topic_created"):
        return refused
    too_old = api.clock.now() - message.date > DELETABLE_FOR
    if chat.kind is ChatKind.PRIVATE:
        return refused if too_old else ""
    if chat.bot_may("can_delete_messages"):
        # An administrator of a supergroup may delete anything of any age, of a basic group only the recent.
        return refused if too_old and chat.kind is ChatKind.GROUP else ""
    return "" if message.outgoing and not too_old else f"{refused} for everyone"


def _delete(api: BotApi, chat: Chat, message: Message) -> None:
    del chat.messages[message.id]
    event = Event(api.clock.now(), "delete", "bot", message.text, message.id, thread_id=message.thread_id)
    api.world.note(chat, event)


@method("deleteMessage")
def delete_message(api: BotApi, params: Params) -> bool:
    """Delete one message."""
    chat = api.find_reachable_chat(params)
    message_id = params.integer("message_id")
    if message_id <= 0:
        raise bad_request("message identifier is not specified")
    message = chat.messages.get(message_id)
    if message is None:
        raise bad_request("message to delete not found")
    reason = _why_undeletable(api, chat, message)
    if reason:
        raise bad_request(reason)
    _delete(api, chat, message)
    return True


@method("deleteMessages")
def delete_messages(api: BotApi, params: Params) -> bool:
    """Delete up to 100 messages; those that are gone or must stay are passed over in silence."""
    chat = api.find_reachable_chat(params)
    ids = params.structure("message_ids", "message identifiers")
    if not isinstance(ids, list) or not ids:
        raise bad_request("message identifiers are not specified")
    if len(ids) > MAX_DELETED_AT_ONCE:
        raise bad_request("too many message identifiers specified")
    for message_id in ids:
        message = chat.messages.get(int(message_id))
        if message is not None and not _why_undeletable(api, chat, message):
            _delete(api, chat, message)
    return True


@method("answerCallbackQuery")
def answer_callback_query(api: BotApi, params: Params) -> bool:
    """Answer a press, with or without a note to the person; possible for 150 s."""
    query = api.world.callbacks.get(params.text("callback_query_id"))
    if query is None or api.clock.now() - query.at > api.settings.callback_lifetime:
        raise bad_request(STALE_CALLBACK)
    text = params.text("text")
    if len(text) > MAX_TOAST:
        raise ApiError(400, "Bad Request: MESSAGE_TOO_LONG")
    answer: JsonObject = {"text": text, "show_alert": params.flag("show_alert")}
    first = query.answer is None
    if first:
        query.answer = answer
    if text and first:  # a second answer is accepted but nobody sees it
        chat = api.world.chat(query.chat_id)
        api.world.note(chat, Event(api.clock.now(), "toast", "bot", text, query.message_id, detail=answer))
    return True
