"""What the fake remembers of chats, messages, topics and files."""

from dataclasses import dataclass, field
from enum import StrEnum

from tests.fakes.bot_api.jsontypes import JsonObject, JsonValue

GENERAL_TOPIC = 1
ALL_RIGHTS = frozenset({
    "can_manage_chat", "can_delete_messages", "can_manage_video_chats", "can_restrict_members",
    "can_promote_members", "can_change_info", "can_invite_users", "can_post_stories", "can_edit_stories",
    "can_delete_stories", "can_send_welcome_messages", "can_pin_messages", "can_manage_topics", "can_manage_tags",
    "can_post_messages", "can_edit_messages", "can_manage_direct_messages",
})  # fmt: skip


class ChatKind(StrEnum):
    """Types of chats, spelled as in the Bot API."""

    PRIVATE = "private"
    GROUP = "group"
    SUPERGROUP = "supergroup"
    CHANNEL = "channel"


@dataclass(slots=True)
class Message:
    """A message as everybody in the chat sees it now; `body` is its JSON."""

    id: int
    chat_id: int
    body: JsonObject
    outgoing: bool
    date: float
    service: bool = False

    @property
    def text(self) -> str:
        """Return what a person reads: text or caption."""
        return str(self.body.get("text") or self.body.get("caption") or "")

    @property
    def thread_id(self) -> int | None:
        """Return the forum topic it belongs to."""
        thread_id: int | None = self.body.get("message_thread_id")
        return thread_id


@dataclass(slots=True)
class Topic:
    """A topic of a forum; its id is the id of the message that opened it."""

    id: int
    name: str
    icon_color: int
    icon_custom_emoji_id: str | None = None
    closed: bool = False
    deleted: bool = False
    hidden: bool = False


@dataclass(slots=True)
class Event:
    """One thing people in a chat could see, for telling the story of a chat.

    `kind`: message, edit, delete, press, toast (an answer to a press), action ("typing"), reaction, service.
    `who`: "bot" or the name of the person.
    """

    at: float
    kind: str
    who: str
    text: str = ""
    message_id: int | None = None
    buttons: list[list[str]] = field(default_factory=list)
    thread_id: int | None = None
    detail: JsonObject = field(default_factory=dict)


@dataclass(slots=True)
class Chat:
    """A chat with all that was written in it.

    `started`: the person once wrote to the bot, so the bot may write to them. `bot_status` is the bot's own
    ChatMember status in groups and channels, `bot_rights` what it may do there as an administrator.
    """

    body: JsonObject
    started: bool = True
    blocked: bool = False
    deactivated: bool = False
    migrated_to: int | None = None
    bot_status: str = "administrator"
    bot_rights: set[str] = field(default_factory=lambda: set(ALL_RIGHTS))
    members: dict[int, str] = field(default_factory=dict)
    messages: dict[int, Message] = field(default_factory=dict)
    topics: dict[int, Topic] = field(default_factory=dict)
    pinned: list[int] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    last_message_id: int = 0

    @property
    def id(self) -> int:
        """Return the chat id; negative for groups and channels."""
        chat_id: int = self.body["id"]
        return chat_id

    @property
    def kind(self) -> ChatKind:
        """Return the type of chat."""
        return ChatKind(self.body["type"])

    @property
    def is_private(self) -> bool:
        """Tell whether this is a chat with one person."""
        return self.kind is ChatKind.PRIVATE

    @property
    def is_forum(self) -> bool:
        """Tell whether it has topics."""
        return bool(self.body.get("is_forum"))

    def bot_may(self, right: str) -> bool:
        """Tell whether the bot has an administrator's `right` here; the creator of a chat has all."""
        return self.bot_status == "creator" or (self.bot_status == "administrator" and right in self.bot_rights)


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file known to the server; `kind` is the message field it came in, such as "photo"."""

    file_id: str
    unique_id: str
    kind: str
    content: bytes
    name: str
    mime_type: str
    path: str

    @property
    def fields(self) -> JsonObject:
        """Return what every kind of file has in its JSON."""
        return {"file_id": self.file_id, "file_unique_id": self.unique_id, "file_size": len(self.content)}


@dataclass(slots=True)
class CallbackQuery:
    """A pressed button and what the bot answered."""

    id: str
    chat_id: int
    user_id: int
    message_id: int
    data: str
    at: float
    answer: JsonObject | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """One request of the bot. `code` is 200, the refusal's code, or 0 if no answer was sent."""

    at: float
    method: str
    chat_id: int | None
    params: JsonObject
    code: int
    description: str = ""
    result: JsonValue = None
    fault: str | None = None
