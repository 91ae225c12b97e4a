"""All chats, people and files of the fake Telegram."""

import base64
import hashlib
import itertools
import random
from collections.abc import Callable

from tests.fakes.bot_api.clock import Clock
from tests.fakes.bot_api.errors import FakeTelegramError, bad_request, forbidden
from tests.fakes.bot_api.jsontypes import JsonObject
from tests.fakes.bot_api.model import CallbackQuery, Chat, ChatKind, Event, Message, StoredFile

SUPERGROUP_BASE = -1_000_000_000_000


class World:
    """The state both sides share: the bot through the Bot API, people through helpers."""

    def __init__(self, bot: JsonObject, clock: Clock) -> None:
        """Start without chats. `bot` is the bot's own User object."""
        self.bot = bot
        self.clock = clock
        self.chats: dict[int, Chat] = {}
        self.people: dict[int, JsonObject] = {}
        self.files: dict[str, StoredFile] = {}
        self.callbacks: dict[str, CallbackQuery] = {}
        self.profile: dict[str, dict[str, str]] = {"name": {}, "description": {}, "short_description": {}}
        self.commands: dict[tuple[str, str], list[JsonObject]] = {}
        self.on_event: Callable[[], None] = lambda: None
        # Private chats and basic groups of one account share their message ids; supergroups count by themselves.
        self._shared_ids = itertools.count(1)
        self._file_numbers = itertools.count(1)
        self._callback_ids = itertools.count(random.getrandbits(61) + (1 << 60))

    @property
    def bot_id(self) -> int:
        """Return the bot's user id."""
        bot_id: int = self.bot["id"]
        return bot_id

    def person(self, user_id: int) -> JsonObject:
        """Return the User object of a person, making one up for a new id."""
        found = self.people.get(user_id)
        if found is None:
            found = {"id": user_id, "is_bot": False, "first_name": f"Person {user_id}", "language_code": "en"}
            self.people[user_id] = found
        return found

    def private_chat(self, user_id: int, *, started: bool = True) -> Chat:
        """Return the chat with a person, opened if there is none yet."""
        chat = self.chats.get(user_id)
        if chat is None:
            person = self.person(user_id)
            body: JsonObject = {"id": user_id}
            body.update({key: person[key] for key in ("first_name", "last_name", "username") if key in person})
            chat = self.add_chat({**body, "type": ChatKind.PRIVATE.value})
            chat.started = started
            chat.bot_status = "member"
        return chat

    def add_chat(self, body: JsonObject) -> Chat:
        """Add a chat by its JSON."""
        chat = Chat(body)
        if chat.kind in (ChatKind.SUPERGROUP, ChatKind.CHANNEL):
            # The first message of such a chat tells that it was made; in a forum 1 is the General topic.
            chat.last_message_id = 1
        self.chats[chat.id] = chat
        return chat

    def chat(self, chat_id: int) -> Chat:
        """Return a chat for a helper of the tests; raises FakeTelegramError if there is none."""
        chat = self.chats.get(chat_id)
        if chat is None:
            raise FakeTelegramError(f"There is no chat {chat_id}; make it with person(), group() or channel().")
        return chat

    def chat_by_name(self, username: str) -> Chat | None:
        """Return the public group or channel "@username"; people cannot be addressed that way."""
        wanted = username.removeprefix("@").lower()
        for chat in self.chats.values():
            if not chat.is_private and str(chat.body.get("username", "")).lower() == wanted:
                return chat
        return None

    def next_message_id(self, chat: Chat) -> int:
        """Return a fresh message id for a chat."""
        if chat.kind in (ChatKind.PRIVATE, ChatKind.GROUP):
            chat.last_message_id = next(self._shared_ids)
        else:
            chat.last_message_id += 1
        return chat.last_message_id

    def next_callback_id(self) -> str:
        """Return a fresh id of a callback query: a long number as a string."""
        return str(next(self._callback_ids))

    def put(self, chat: Chat, body: JsonObject, *, outgoing: bool, service: bool = False) -> Message:
        """Store a message. Its id, chat and date are filled in, also into `body`, which comes first in the JSON."""
        now = self.clock.now()
        message_id = body.get("message_id") or self.next_message_id(chat)
        full: JsonObject = {"message_id": message_id, **body, "chat": chat.body, "date": int(body.get("date") or now)}
        message = Message(message_id, chat.id, full, outgoing, float(full["date"]), service)
        chat.messages[message_id] = message
        return message

    def note(self, chat: Chat, event: Event) -> None:
        """Add to the story of a chat and wake whoever waits for it."""
        chat.events.append(event)
        self.on_event()

    def require_reachable(self, chat: Chat) -> None:
        """Raise ApiError if the bot may not write to this chat at all."""
        if chat.migrated_to is not None:
            refusal = bad_request("group chat was upgraded to a supergroup chat")
            refusal.parameters = {"migrate_to_chat_id": chat.migrated_to}
            raise refusal
        if chat.is_private:
            self._require_willing_person(chat)
            return
        noun = {ChatKind.GROUP: "group", ChatKind.SUPERGROUP: "supergroup", ChatKind.CHANNEL: "channel"}[chat.kind]
        if chat.bot_status == "kicked":
            raise forbidden(f"bot was kicked from the {noun} chat")
        if chat.bot_status == "left":
            raise forbidden(f"bot is not a member of the {noun} chat")

    def _require_willing_person(self, chat: Chat) -> None:
        if chat.deactivated:
            raise forbidden("user is deactivated")
        if chat.blocked:
            raise forbidden("bot was blocked by the user")
        if not chat.started:
            raise forbidden("bot can't initiate conversation with a user")
        if self.people.get(chat.id, {}).get("is_bot"):
            raise forbidden("bot can't send messages to bots")

    def store_file(self, kind: str, content: bytes, name: str, mime_type: str) -> StoredFile:
        """Keep a file and give it ids like Telegram's; the same content always has the same unique id."""
        number = next(self._file_numbers)
        digest = hashlib.sha256(content + kind.encode()).digest()
        unique_id = base64.urlsafe_b64encode(digest[:11]).decode().rstrip("=")
        prefix = {"photo": "AgACAgIAAxk", "voice": "AwACAgIAAxk", "sticker": "CAACAgIAAxk"}.get(kind, "BQACAgIAAxk")
        tail = base64.urlsafe_b64encode(number.to_bytes(6, "big") + digest[:24]).decode().rstrip("=")
        suffix = name.rpartition(".")[2] if "." in name else "bin"
        path = f"{kind}s/file_{number}.{suffix}"
        stored = StoredFile(f"{prefix}{tail}", unique_id, kind, content, name, mime_type, path)
        self.files[stored.file_id] = stored
        return stored


def supergroup_id(number: int) -> int:
    """Return the chat id of supergroup or channel `number`: -100 in front of it."""
    return SUPERGROUP_BASE - number
