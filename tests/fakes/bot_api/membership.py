"""Chats come to be and change: groups, channels, topics; people block the bot, groups grow into supergroups."""

from collections.abc import Iterable

from tests.fakes.bot_api.api import BotApi
from tests.fakes.bot_api.errors import FakeTelegramError
from tests.fakes.bot_api.jsontypes import JsonObject
from tests.fakes.bot_api.members import member_json
from tests.fakes.bot_api.methods.topics import COLORS, delete_topic
from tests.fakes.bot_api.model import ALL_RIGHTS, GENERAL_TOPIC, Chat, ChatKind, Event, Topic
from tests.fakes.bot_api.people import People
from tests.fakes.bot_api.world import SUPERGROUP_BASE


class Membership:
    """Who is where, and what the bot may do there."""

    def __init__(self, api: BotApi, people: People) -> None:
        """Change the world of this server; service messages are sent by `people`."""
        self._api = api
        self._world = api.world
        self._people = people

    def group(
        self,
        chat_id: int,
        title: str = "Group",
        *,
        username: str | None = None,
        bot_status: str = "administrator",
        bot_rights: Iterable[str] | None = None,
        members: Iterable[int] = (),
        forum: bool = False,
    ) -> JsonObject:
        """Make a group with the bot in it: a supergroup if the id begins with -100, a basic group otherwise.

        `bot_rights` None means all. A forum gets its General topic.
        """
        supergroup = chat_id < SUPERGROUP_BASE
        if chat_id >= 0 or (forum and not supergroup):
            raise FakeTelegramError("Ids of groups are negative, those of supergroups and forums begin with -100.")
        body: JsonObject = {"id": chat_id, "title": title}
        if username:
            body["username"] = username
        body["type"] = ChatKind.SUPERGROUP.value if supergroup else ChatKind.GROUP.value
        if forum:
            body["is_forum"] = True
        chat = self._world.add_chat(body)
        chat.bot_status = bot_status
        chat.bot_rights = set(ALL_RIGHTS if bot_rights is None else bot_rights)
        chat.members = dict.fromkeys(members, "member")
        if forum:
            chat.topics[GENERAL_TOPIC] = Topic(GENERAL_TOPIC, "General", COLORS[0])
        return body

    def channel(self, chat_id: int, title: str = "Channel", username: str | None = None) -> JsonObject:
        """Make a channel whose administrator the bot is."""
        if chat_id >= SUPERGROUP_BASE:
            raise FakeTelegramError("Ids of channels begin with -100.")
        body: JsonObject = {"id": chat_id, "title": title}
        if username:
            body["username"] = username
        body["type"] = ChatKind.CHANNEL.value
        self._world.add_chat(body)
        return body

    def member(self, chat_id: int, user_id: int, status: str = "member") -> None:
        """Make somebody member, administrator, creator, restricted, left or kicked in a group, without a message."""
        self._world.person(user_id)
        self._world.chat(chat_id).members[user_id] = status

    def leave(self, chat_id: int, user_id: int, by: int | None = None) -> JsonObject:
        """Let somebody leave a group, or let `by` put them out.

        A bot there gets a service message, as a plain member too; chat_member comes only to an administrator that asked
        for it by name.
        """
        chat = self._world.chat(chat_id)
        if chat.kind is ChatKind.CHANNEL or chat.is_private:
            raise FakeTelegramError(f"Chat {chat_id} is no group.")
        before = chat.members.get(user_id, "left")
        if before in {"left", "kicked"}:
            raise FakeTelegramError(f"Person {user_id} is not in chat {chat_id}.")
        person, actor = self._world.person(user_id), self._world.person(user_id if by is None else by)
        chat.members[user_id] = "left" if by is None else "kicked"
        told = self._people.send(chat_id, {"left_chat_member": person}, user_id=actor["id"])
        body: JsonObject = {
            "chat": chat.body,
            "from": actor,
            "date": int(self._api.clock.now()),
            "old_chat_member": member_json(person, before, chat.kind),
            "new_chat_member": member_json(person, chat.members[user_id], chat.kind),
        }
        if chat.bot_status in {"administrator", "creator"}:
            self._api.queue.add({"chat_member": body}, lane=f"member {chat_id}")
        return told

    def switch_topics(self, chat_id: int, on: bool) -> None:  # noqa: FBT001 - what an order says
        """Let an administrator switch topics on or off in a supergroup.

        Telegram sends no update: the bot sees it by `is_forum` of the chat in whatever comes next. Off, the topics
        cannot be written to; on again, they are as they were.
        """
        chat = self._world.chat(chat_id)
        if chat.kind is not ChatKind.SUPERGROUP:
            raise FakeTelegramError(f"Chat {chat_id} is a {chat.kind}; only supergroups have topics.")
        if on:
            chat.body["is_forum"] = True
            chat.topics.setdefault(GENERAL_TOPIC, Topic(GENERAL_TOPIC, "General", COLORS[0]))
        else:
            chat.body.pop("is_forum", None)

    def block(self, chat_id: int) -> JsonObject:
        """Let a person block the bot."""
        chat = self._world.chat(chat_id)
        chat.blocked = True
        return self._bot_becomes(chat, "kicked", by=chat_id)

    def unblock(self, chat_id: int) -> JsonObject:
        """Let a person unblock the bot."""
        chat = self._world.chat(chat_id)
        chat.blocked = False
        return self._bot_becomes(chat, "member", by=chat_id)

    def deactivate(self, chat_id: int) -> None:
        """Let a person delete their account; Telegram does not tell the bot."""
        self._world.chat(chat_id).deactivated = True

    def set_bot(self, chat_id: int, status: str, user_id: int, bot_rights: Iterable[str] | None = None) -> JsonObject:
        """Let `user_id` change what the bot is in a group: administrator, member, restricted, left or kicked."""
        chat = self._world.chat(chat_id)
        rights = None if bot_rights is None else set(bot_rights)
        return self._bot_becomes(chat, status, by=user_id, rights=rights)

    def migrate(self, chat_id: int, user_id: int, new_id: int | None = None) -> JsonObject:
        """Let a basic group become a supergroup; both chats tell so. Returns the new chat's id."""
        old = self._world.chat(chat_id)
        if old.kind is not ChatKind.GROUP:
            raise FakeTelegramError(f"Chat {chat_id} is a {old.kind}; only basic groups migrate.")
        new_id = new_id if new_id is not None else SUPERGROUP_BASE + chat_id
        self.group(new_id, str(old.body["title"]), bot_status=old.bot_status, bot_rights=old.bot_rights)
        self._world.chat(new_id).members = dict(old.members)
        self._people.send(chat_id, {"migrate_to_chat_id": new_id}, user_id=user_id)
        self._people.send(new_id, {"migrate_from_chat_id": chat_id}, user_id=user_id)
        old.migrated_to = new_id
        return {"chat_id": new_id}

    def _bot_becomes(self, chat: Chat, status: str, *, by: int, rights: set[str] | None = None) -> JsonObject:
        old = member_json(self._world.bot, chat.bot_status, chat.kind, chat.bot_rights)
        chat.bot_status = status
        if rights is not None:
            chat.bot_rights = rights
        new = member_json(self._world.bot, status, chat.kind, chat.bot_rights)
        person = self._world.person(by)
        body: JsonObject = {
            "chat": chat.body,
            "from": person,
            "date": int(self._api.clock.now()),
            "old_chat_member": old,
            "new_chat_member": new,
        }
        self._world.note(chat, Event(self._api.clock.now(), "service", str(person["first_name"]), f"bot {status}"))
        return {"update_id": self._api.queue.add({"my_chat_member": body}, lane=f"member {chat.id}")}


class PeoplesTopics:
    """People open, rename, close and delete topics of a forum."""

    def __init__(self, api: BotApi, people: People) -> None:
        """Change the world of this server; service messages are sent by `people`."""
        self._world = api.world
        self._people = people

    def open_topic(self, chat_id: int, name: str, user_id: int) -> JsonObject:
        """Open a topic and return its thread id."""
        chat = self._world.chat(chat_id)
        if not chat.is_forum:
            raise FakeTelegramError(f"Chat {chat_id} is no forum.")
        sent = self._people.send(
            chat_id, {"forum_topic_created": {"name": name, "icon_color": COLORS[0]}}, user_id=user_id, opens_topic=True
        )
        thread_id = sent["message_id"]
        chat.topics[thread_id] = Topic(thread_id, name, COLORS[0])
        return {"thread_id": thread_id, "update_id": sent["update_id"]}

    def rename_topic(self, chat_id: int, thread_id: int, name: str, user_id: int) -> JsonObject:
        """Give a topic another name."""
        self._topic(chat_id, thread_id).name = name
        return self._tell(chat_id, thread_id, {"forum_topic_edited": {"name": name}}, user_id)

    def close_topic(self, chat_id: int, thread_id: int, user_id: int) -> JsonObject:
        """Close a topic; thread id 1 is the General topic."""
        self._topic(chat_id, thread_id).closed = True
        return self._tell(chat_id, thread_id, {"forum_topic_closed": {}}, user_id)

    def reopen_topic(self, chat_id: int, thread_id: int, user_id: int) -> JsonObject:
        """Open a closed topic again."""
        self._topic(chat_id, thread_id).closed = False
        return self._tell(chat_id, thread_id, {"forum_topic_reopened": {}}, user_id)

    def delete_topic(self, chat_id: int, thread_id: int) -> None:
        """Delete a topic with everything in it; Telegram does not tell the bot."""
        delete_topic(self._world.chat(chat_id), self._topic(chat_id, thread_id))

    def _topic(self, chat_id: int, thread_id: int) -> Topic:
        topic = self._world.chat(chat_id).topics.get(thread_id)
        if topic is None or topic.deleted:
            raise FakeTelegramError(f"There is no topic {thread_id} in chat {chat_id}.")
        return topic

    def _tell(self, chat_id: int, thread_id: int, content: JsonObject, user_id: int) -> JsonObject:
        thread = None if thread_id == GENERAL_TOPIC else thread_id
        return self._people.send(chat_id, content, user_id=user_id, thread_id=thread)
