"""Looking at chats and small things done in them: typing, pins, reactions."""

from tests.fakes.bot_api.api import BotApi, method
from tests.fakes.bot_api.compose import store_service, without_reply
from tests.fakes.bot_api.errors import bad_request
from tests.fakes.bot_api.jsontypes import JsonObject
from tests.fakes.bot_api.members import member_json
from tests.fakes.bot_api.model import Chat, ChatKind, Event, Message
from tests.fakes.bot_api.params import Params

ACTIONS = frozenset({
    "typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice", "upload_document",
    "choose_sticker", "find_location", "record_video_note", "upload_video_note",
})  # fmt: skip
# One character each; Telegram takes them with and without a variation selector.
REACTIONS = frozenset(
    "👍👎❤🔥🥰👏😁🤔🤯😱🤬😢🎉🤩🤮💩🙏👌🕊🤡🥱🥴😍🐳🌚🌭💯🤣⚡🍌🏆💔🤨😐🍓🍾💋🖕😈😴"
    "😭🤓👻👀🎃🙈😇😨🤝✍🤗🫡🎅🎄☃💅🤪🗿🆒💘🙉🦄😘💊🙊😎👾🤷😡"
)


@method("sendChatAction")
def send_chat_action(api: BotApi, params: Params) -> bool:
    """Show that the bot is typing or uploading."""
    chat = api.find_reachable_chat(params)
    action = params.text("action").lower()
    if action not in ACTIONS:
        raise bad_request("wrong parameter action in request")
    api.world.note(chat, Event(api.clock.now(), "action", "bot", action))
    return True


@method("getChat")
def get_chat(api: BotApi, params: Params) -> JsonObject:
    """Return everything about a chat."""
    chat = api.find_chat(params)
    if not chat.is_private:
        api.world.require_reachable(chat)
    full: JsonObject = {
        **chat.body,
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": {
            "unlimited_gifts": False,
            "limited_gifts": False,
            "unique_gifts": False,
            "premium_subscription": False,
            "gifts_from_channels": False,
        },
    }
    if chat.kind in (ChatKind.GROUP, ChatKind.SUPERGROUP):
        full["permissions"] = {"can_send_messages": True, "can_send_other_messages": True, "can_pin_messages": False}
    pinned = [chat.messages[message_id] for message_id in chat.pinned if message_id in chat.messages]
    if pinned:
        full["pinned_message"] = without_reply(pinned[-1])
    return full


@method("getChatMember")
def get_chat_member(api: BotApi, params: Params) -> JsonObject:
    """Return what somebody is in a chat; people who never were there have "left"."""
    chat = api.find_reachable_chat(params)
    user_id = params.integer("user_id")
    if user_id == api.world.bot_id:
        return member_json(api.world.bot, chat.bot_status, chat.kind, chat.bot_rights)
    person = api.world.people.get(user_id)
    if person is None:
        raise bad_request("user not found" if user_id <= 0 else "PARTICIPANT_ID_INVALID")
    return member_json(person, chat.members.get(user_id, "left"), chat.kind)


@method("getChatAdministrators")
def get_chat_administrators(api: BotApi, params: Params) -> list[JsonObject]:
    """Return creator and administrators that are no bots, and this bot if it is one."""
    chat = api.find_reachable_chat(params)
    if chat.is_private:
        raise bad_request("there are no administrators in the private chat")
    heads = {"creator", "administrator"}
    found = [
        member_json(api.world.person(id_), status, chat.kind) for id_, status in chat.members.items() if status in heads
    ]
    if chat.bot_status in heads:
        found.append(member_json(api.world.bot, chat.bot_status, chat.kind, chat.bot_rights))
    return found


@method("getChatMemberCount")
def get_chat_member_count(api: BotApi, params: Params) -> int:
    """Return how many are in a chat, with the bot."""
    chat = api.find_reachable_chat(params)
    return 1 + sum(status not in {"left", "kicked"} for status in chat.members.values()) + chat.is_private


@method("leaveChat")
def leave_chat(api: BotApi, params: Params) -> bool:
    """Leave a group or channel."""
    chat = api.find_reachable_chat(params)
    if chat.is_private:
        raise bad_request("chat member status can't be changed in private chats")
    chat.bot_status = "left"
    api.world.note(chat, Event(api.clock.now(), "service", "bot", "left"))
    return True


def _message(chat: Chat, params: Params, doing: str) -> Message:
    message = chat.messages.get(params.integer("message_id"))
    if message is None:
        raise bad_request(f"message to {doing} not found")
    return message


def _require_pin_right(chat: Chat) -> None:
    if not chat.is_private and not chat.bot_may("can_pin_messages"):
        raise bad_request("not enough rights to manage pinned messages in the chat")


@method("pinChatMessage")
def pin_chat_message(api: BotApi, params: Params) -> bool:
    """Pin a message; the chat tells so unless it is done silently in a private chat."""
    chat = api.find_reachable_chat(params)
    message = _message(chat, params, "pin")
    _require_pin_right(chat)
    if message.id not in chat.pinned:
        chat.pinned.append(message.id)
        store_service(api, chat, {"pinned_message": without_reply(message)}, thread_id=message.thread_id)
    return True


@method("unpinChatMessage")
def unpin_chat_message(api: BotApi, params: Params) -> bool:
    """Unpin one message, the newest pinned one if none is named."""
    chat = api.find_reachable_chat(params)
    _require_pin_right(chat)
    message_id = params.integer("message_id") or (chat.pinned[-1] if chat.pinned else 0)
    if message_id not in chat.pinned:
        raise bad_request("message to unpin not found")
    chat.pinned.remove(message_id)
    return True


@method("setMessageReaction")
def set_message_reaction(api: BotApi, params: Params) -> bool:
    """Put one emoji on a message, or take it away with an empty list; a bot has one place per message."""
    chat = api.find_reachable_chat(params)
    message = _message(chat, params, "react")
    reactions = params.structure("reaction", "reaction types") or []
    if not isinstance(reactions, list):
        raise bad_request("expected an Array of reaction types")
    if len(reactions) > 1:
        raise bad_request("REACTIONS_TOO_MANY")
    emoji = ""
    for reaction in reactions:
        emoji = str(reaction.get("emoji", ""))
        if reaction.get("type") != "emoji" or emoji.replace("\ufe0f", "") not in REACTIONS:
            raise bad_request("REACTION_INVALID")
    api.world.note(chat, Event(api.clock.now(), "reaction", "bot", emoji, message.id))
    return True
