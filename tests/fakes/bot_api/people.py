"""What people do: they write, press buttons, block the bot, and the bot hears of it as updates."""

from tests.fakes.bot_api.api import BotApi
from tests.fakes.bot_api.compose import button_labels, topic_fields, without_reply
from tests.fakes.bot_api.entities import FormattedText
from tests.fakes.bot_api.errors import FakeTelegramError
from tests.fakes.bot_api.jsontypes import JsonObject
from tests.fakes.bot_api.model import CallbackQuery, Chat, ChatKind, Event, Message
from tests.fakes.bot_api.updates import MESSAGE_LIFETIME


class People:
    """The human side of the chats. Every method returns JSON: ids of what came to be."""

    def __init__(self, api: BotApi) -> None:
        """Act in the world of this server."""
        self._api = api
        self._world = api.world

    def person(
        self,
        user_id: int,
        first_name: str | None = None,
        *,
        last_name: str | None = None,
        username: str | None = None,
        language_code: str | None = "en",
        started: bool = True,
    ) -> JsonObject:
        """Introduce a person with a private chat; not `started`: they never wrote to the bot."""
        body: JsonObject = {"id": user_id, "is_bot": False, "first_name": first_name or f"Person {user_id}"}
        given = {"last_name": last_name, "username": username, "language_code": language_code}
        body.update({key: value for key, value in given.items() if value})
        self._world.people[user_id] = body
        self._world.chats.pop(user_id, None)
        self._world.private_chat(user_id, started=started)
        return body

    def crowd(self, first_id: int, count: int) -> JsonObject:
        """Introduce many people at once: ids from `first_id` on."""
        for user_id in range(first_id, first_id + count):
            self._world.private_chat(user_id)
        return {"count": count}

    def say(
        self,
        chat_id: int,
        text: str,
        *,
        user_id: int | None = None,
        thread_id: int | None = None,
        reply_to: int | None = None,
        date: int | None = None,
        language_code: str | None = None,
    ) -> JsonObject:
        """Write a text. In a private chat the writer is the person; elsewhere `user_id` tells who writes."""
        return self.send(
            chat_id,
            text_fields(text),
            user_id=user_id,
            thread_id=thread_id,
            reply_to=reply_to,
            date=date,
            language_code=language_code,
        )

    def say_unseen(
        self, chat_id: int, text: str, *, thread_id: int | None = None, reply_to: int | None = None
    ) -> JsonObject:
        """Write as an anonymous administrator: in the name of the group, behind a bot that stands for all of them."""
        chat = self._open(chat_id)
        if chat.kind not in {ChatKind.GROUP, ChatKind.SUPERGROUP}:
            raise FakeTelegramError(f"Chat {chat_id} is no group: nobody can write in its name.")
        unseen = {"sender_chat": chat.body, "from": ANONYMOUS}
        # Whoever it is, `user_id` only fills a place that the content takes again.
        content = {**text_fields(text), **unseen}
        return self.send(chat_id, content, user_id=ANONYMOUS["id"], thread_id=thread_id, reply_to=reply_to)

    def send(
        self,
        chat_id: int,
        content: JsonObject,
        *,
        user_id: int | None = None,
        thread_id: int | None = None,
        reply_to: int | None = None,
        date: int | None = None,
        language_code: str | None = None,
        opens_topic: bool = False,
    ) -> JsonObject:
        """Send a message with any content: the fields of a Message besides id, date, chat and sender.

        `opens_topic`: the message is the first of its own forum topic.
        """
        chat = self._open(chat_id)
        sender = self._sender(chat, user_id)
        if language_code and "from" in sender:
            sender["from"]["language_code"] = language_code
        body: JsonObject = {**sender, **topic_fields(chat, thread_id)}
        if reply_to is not None:
            body["reply_to_message"] = without_reply(self._message(chat, reply_to))
        body.update(content)
        if date is not None:
            body["date"] = date
        message = self._world.put(chat, body, outgoing=False, service=is_service(content))
        if opens_topic:
            message.body.update({"message_thread_id": message.id, "is_topic_message": True})
        kind = "channel_post" if chat.kind is ChatKind.CHANNEL else "message"
        self._tell(chat, "service" if message.service else "message", message)
        return {"update_id": self._announce(kind, message), "message_id": message.id}

    def edit(self, chat_id: int, message_id: int, text: str) -> JsonObject:
        """Change the text (or caption) of a message a person wrote."""
        chat = self._world.chat(chat_id)
        message = self._message(chat, message_id)
        content = text_fields(text) if "text" in message.body else text_fields(text, "caption", "caption_entities")
        body = {key: value for key, value in message.body.items() if key not in {"entities", "caption_entities"}}
        message.body = {**body, **content, "edit_date": int(self._api.clock.now())}
        kind = "edited_channel_post" if chat.kind is ChatKind.CHANNEL else "edited_message"
        self._tell(chat, "edit", message)
        return {"update_id": self._announce(kind, message), "message_id": message.id}

    def press(
        self,
        chat_id: int,
        *,
        text: str | None = None,
        data: str | None = None,
        message_id: int | None = None,
        user_id: int | None = None,
        inaccessible: bool = False,
    ) -> JsonObject:
        """Press a button by its label or its data, on the newest message that has it or on `message_id`.

        A button of a reply keyboard sends its label as a message. `inaccessible`: the message is too old for the bot
        to see, so only its id comes along. Raises FakeTelegramError if there is no such button.
        """
        chat = self._world.chat(chat_id)
        found = _find_button(chat, text, data, message_id)
        if found is None:
            if text is not None and text in self._reply_keyboard(chat):
                return self.say(chat_id, text, user_id=user_id)
            raise FakeTelegramError(f"No button {text or data!r} in chat {chat_id}; there are {_all_labels(chat)}.")
        message, button = found
        presser = self._actor(chat, user_id)
        query = CallbackQuery(
            id=self._world.next_callback_id(),
            chat_id=chat_id,
            user_id=presser["id"],
            message_id=message.id,
            data=str(button["callback_data"]),
            at=self._api.clock.now(),
        )
        self._world.callbacks[query.id] = query
        shown: JsonObject = {"chat": chat.body, "message_id": message.id, "date": 0} if inaccessible else message.body
        body: JsonObject = {
            "id": query.id,
            "from": presser,
            "message": shown,
            "chat_instance": str(-abs(chat_id) * 7919),
            "data": query.data,
        }
        event = Event(query.at, "press", str(presser["first_name"]), str(button["text"]), message.id)
        self._world.note(chat, event)
        lane = f"callback {presser['id']}"
        update_id = self._api.queue.add(
            {"callback_query": body}, lane=lane, lifetime=self._api.settings.callback_lifetime
        )
        return {"update_id": update_id, "callback_query_id": query.id, "message_id": message.id, "data": query.data}

    def react(self, chat_id: int, message_id: int, emoji: str, user_id: int | None = None) -> JsonObject:
        """Put an emoji on a message; the bot hears of it only if it asked for message_reaction."""
        chat = self._world.chat(chat_id)
        person = self._actor(chat, user_id)
        body: JsonObject = {
            "chat": chat.body,
            "message_id": message_id,
            "user": person,
            "date": int(self._api.clock.now()),
            "old_reaction": [],
            "new_reaction": [{"type": "emoji", "emoji": emoji}],
        }
        update_id = self._api.queue.add({"message_reaction": body}, lane=f"reaction {chat_id}")
        return {"update_id": update_id}

    def _open(self, chat_id: int) -> Chat:
        if chat_id > 0:
            chat = self._world.private_chat(chat_id)
            if chat.blocked or chat.deactivated:
                raise FakeTelegramError(
                    f"Person {chat_id} cannot write: they blocked the bot or deleted their account."
                )
            chat.started = True
            return chat
        chat = self._world.chat(chat_id)
        if chat.migrated_to is not None:
            raise FakeTelegramError(f"Group {chat_id} became {chat.migrated_to}.")
        return chat

    def _sender(self, chat: Chat, user_id: int | None) -> JsonObject:
        if chat.kind is ChatKind.CHANNEL:
            return {"sender_chat": chat.body}
        return {"from": self._actor(chat, user_id)}

    def _actor(self, chat: Chat, user_id: int | None) -> JsonObject:
        if user_id is None and not chat.is_private:
            raise FakeTelegramError(f"Chat {chat.id} is no private chat: tell who acts with user_id.")
        return self._world.person(chat.id if user_id is None else user_id)

    def _message(self, chat: Chat, message_id: int) -> Message:
        message = chat.messages.get(message_id)
        if message is None:
            raise FakeTelegramError(f"There is no message {message_id} in chat {chat.id}.")
        return message

    def _reply_keyboard(self, chat: Chat) -> list[str]:
        for event in reversed(chat.events):
            if event.kind == "message" and event.who == "bot" and event.buttons:
                return [label for row in event.buttons for label in row]
        return []

    def _announce(self, kind: str, message: Message) -> int | None:
        chat = self._world.chat(message.chat_id)
        if chat.bot_status in {"left", "kicked"} or (
            self._api.settings.privacy_mode and self._is_private_talk(chat, message)
        ):
            return None
        lifetime = MESSAGE_LIFETIME - (self._api.clock.now() - message.date)
        return self._api.queue.add({kind: message.body}, lane=f"chat {message.chat_id}", lifetime=lifetime)

    def _is_private_talk(self, chat: Chat, message: Message) -> bool:
        """Tell whether privacy mode hides a message from a bot that is a plain member of a group."""
        if chat.kind not in (ChatKind.GROUP, ChatKind.SUPERGROUP) or chat.bot_status in {"administrator", "creator"}:
            return False
        answered = message.body.get("reply_to_message", {}).get("from", {}).get("id")
        named = f"@{self._world.bot['username']}".lower() in message.text.lower()
        return not (message.service or message.text.startswith("/") or named or answered == self._world.bot_id)

    def _tell(self, chat: Chat, kind: str, message: Message) -> None:
        sender = message.body.get("from") or message.body.get("sender_chat") or {}
        who = str(sender.get("first_name") or sender.get("title") or "")
        detail = {
            key: value
            for key, value in message.body.items()
            if key not in {"message_id", "chat", "date", "from", "sender_chat", "text", "reply_to_message", "entities"}
        }
        event = Event(
            self._api.clock.now(), kind, who, message.text, message.id, thread_id=message.thread_id, detail=detail
        )
        self._world.note(chat, event)


ANONYMOUS: JsonObject = {
    "id": 1_087_968_824,
    "is_bot": True,
    "first_name": "Group",
    "username": "GroupAnonymousBot",
}
"""Stands in the place of administrators who do not want to be seen; the same for all groups of Telegram."""
SERVICE_FIELDS = frozenset({
    "new_chat_members", "left_chat_member", "new_chat_title", "group_chat_created", "supergroup_chat_created",
    "channel_chat_created", "migrate_to_chat_id", "migrate_from_chat_id", "pinned_message", "forum_topic_created",
    "forum_topic_edited", "forum_topic_closed", "forum_topic_reopened", "general_forum_topic_hidden",
    "general_forum_topic_unhidden", "message_auto_delete_timer_changed", "delete_chat_photo", "new_chat_photo",
})  # fmt: skip


def is_service(content: JsonObject) -> bool:
    """Tell whether a message reports an event instead of carrying what somebody wrote."""
    return not SERVICE_FIELDS.isdisjoint(content)


def text_fields(text: str, text_name: str = "text", entities_name: str = "entities") -> JsonObject:
    """Return a text as fields of a message, with the commands, links and mentions that Telegram finds in it."""
    content: JsonObject = {text_name: text}
    entities = FormattedText(text).with_found_entities().to_json()
    if entities:
        content[entities_name] = entities
    return content


def _find_button(
    chat: Chat, text: str | None, data: str | None, message_id: int | None
) -> tuple[Message, JsonObject] | None:
    for message in sorted(chat.messages.values(), key=lambda one: one.id, reverse=True):
        if message_id is not None and message.id != message_id:
            continue
        for row in message.body.get("reply_markup", {}).get("inline_keyboard", []):
            for button in row:
                if "callback_data" not in button:
                    continue
                if (text is None or button["text"] == text) and (data is None or button["callback_data"] == data):
                    return message, button
    return None


def _all_labels(chat: Chat) -> list[str]:
    return [
        label
        for message in chat.messages.values()
        for row in button_labels(message.body.get("reply_markup"))
        for label in row
    ]
