"""Topics of forums: opening, renaming, closing, deleting."""

from tests.fakes.bot_api.api import BotApi, method
from tests.fakes.bot_api.compose import store_service
from tests.fakes.bot_api.errors import bad_request
from tests.fakes.bot_api.jsontypes import JsonObject
from tests.fakes.bot_api.model import GENERAL_TOPIC, Chat, Topic
from tests.fakes.bot_api.params import Params

MAX_NAME = 128
COLORS = (7322096, 16766590, 13338331, 9367192, 16749490, 16478047)
# A handful of custom emoji ids that may be icons of topics.
ICONS = {
    "5312241539987020022": "🔥",
    "5357315181649076022": "📰",
    "5377316857231450742": "❓",
    "5312016608254762256": "⚡",
}


def _forum(api: BotApi, params: Params, doing: str) -> Chat:
    chat = api.find_reachable_chat(params)
    if not chat.is_forum:
        raise bad_request("the chat is not a forum")
    if not chat.bot_may("can_manage_topics"):
        raise bad_request(f"not enough rights to {doing}")
    return chat


def _topic(chat: Chat, params: Params) -> Topic:
    topic = chat.topics.get(params.integer("message_thread_id"))
    if topic is None or topic.deleted or topic.id == GENERAL_TOPIC:
        raise bad_request("TOPIC_ID_INVALID")
    return topic


def _name(params: Params) -> str:
    name = params.text("name").strip()
    if len(name) > MAX_NAME:
        raise bad_request("TOPIC_TITLE_INVALID")
    return name


def _icon(params: Params) -> str:
    icon = params.text("icon_custom_emoji_id")
    if icon and icon not in ICONS:
        raise bad_request("DOCUMENT_INVALID")
    return icon


@method("createForumTopic")
def create_forum_topic(api: BotApi, params: Params) -> JsonObject:
    """Open a topic."""
    chat = _forum(api, params, "create a topic")
    name = _name(params)
    if not name:
        raise bad_request("topic name must be non-empty")
    color = params.integer("icon_color", COLORS[0])
    if color not in COLORS:
        raise bad_request("invalid icon color specified")
    icon = _icon(params)
    api.pace("createForumTopic", chat)
    created: JsonObject = {"name": name, "icon_color": color}
    if icon:
        created["icon_custom_emoji_id"] = icon
    message = store_service(api, chat, {"forum_topic_created": created}, opens_topic=True)
    chat.topics[message.id] = Topic(message.id, name, color, icon or None)
    return {"message_thread_id": message.id, **created}


@method("editForumTopic")
def edit_forum_topic(api: BotApi, params: Params) -> bool:
    """Change name or icon of a topic."""
    chat = _forum(api, params, "edit the topic")
    topic = _topic(chat, params)
    name, changed = _name(params), {}
    if name and name != topic.name:
        changed["name"] = topic.name = name
    if "icon_custom_emoji_id" in params.values:
        icon = _icon(params)
        if icon != (topic.icon_custom_emoji_id or ""):
            changed["icon_custom_emoji_id"] = icon
            topic.icon_custom_emoji_id = icon or None
    if not changed:
        raise bad_request("TOPIC_NOT_MODIFIED")
    store_service(api, chat, {"forum_topic_edited": changed}, thread_id=topic.id)
    return True


def _set_closed(api: BotApi, chat: Chat, topic: Topic, *, closed: bool) -> bool:
    if topic.closed == closed:
        raise bad_request("TOPIC_NOT_MODIFIED")
    topic.closed = closed
    field = "forum_topic_closed" if closed else "forum_topic_reopened"
    store_service(api, chat, {field: {}}, thread_id=None if topic.id == GENERAL_TOPIC else topic.id)
    return True


@method("closeForumTopic")
def close_forum_topic(api: BotApi, params: Params) -> bool:
    """Close a topic: only administrators of topics can write there from now on."""
    chat = _forum(api, params, "close the topic")
    return _set_closed(api, chat, _topic(chat, params), closed=True)


@method("reopenForumTopic")
def reopen_forum_topic(api: BotApi, params: Params) -> bool:
    """Open a closed topic again."""
    chat = _forum(api, params, "reopen the topic")
    return _set_closed(api, chat, _topic(chat, params), closed=False)


@method("closeGeneralForumTopic")
def close_general_forum_topic(api: BotApi, params: Params) -> bool:
    """Close the General topic."""
    chat = _forum(api, params, "close the topic")
    return _set_closed(api, chat, chat.topics[GENERAL_TOPIC], closed=True)


@method("reopenGeneralForumTopic")
def reopen_general_forum_topic(api: BotApi, params: Params) -> bool:
    """Open the General topic again."""
    chat = _forum(api, params, "reopen the topic")
    return _set_closed(api, chat, chat.topics[GENERAL_TOPIC], closed=False)


@method("deleteForumTopic")
def delete_forum_topic(api: BotApi, params: Params) -> bool:
    """Delete a topic with everything in it."""
    chat = api.find_reachable_chat(params)
    if not chat.is_forum:
        raise bad_request("the chat is not a forum")
    if not chat.bot_may("can_delete_messages"):
        raise bad_request("not enough rights to delete messages")
    delete_topic(chat, _topic(chat, params))
    return True


def delete_topic(chat: Chat, topic: Topic) -> None:
    """Remove a topic and its messages; it leaves no service message."""
    topic.deleted = True
    gone = [message.id for message in chat.messages.values() if topic.id in (message.thread_id, message.id)]
    for message_id in gone:
        del chat.messages[message_id]


@method("getForumTopicIconStickers")
def get_forum_topic_icon_stickers(api: BotApi, params: Params) -> list[JsonObject]:  # noqa: ARG001 - all handlers look alike
    """Return the stickers that may be icons of topics."""
    return [
        {
            "file_id": f"CAACAgIAAxkicon{emoji_id}",
            "file_unique_id": f"icon{emoji_id}",
            "type": "custom_emoji",
            "width": 100,
            "height": 100,
            "is_animated": True,
            "is_video": False,
            "emoji": emoji,
            "custom_emoji_id": emoji_id,
        }
        for emoji_id, emoji in ICONS.items()
    ]
