"""The part of `FakeTelegram` about groups, channels, forums and who is in them."""

from collections.abc import Iterable

from tests.fakes.bot_api.client_people import PeopleClient
from tests.fakes.bot_api.jsontypes import JsonObject


class GroupsClient(PeopleClient):
    """Orders about chats of many people, and about people who turn away from the bot."""

    async def group(
        self,
        chat_id: int,
        title: str = "Group",
        *,
        username: str | None = None,
        forum: bool = False,
        bot_status: str = "administrator",
        bot_rights: Iterable[str] | None = None,
        members: Iterable[int] = (),
    ) -> JsonObject:
        """Make a group with the bot in it: a supergroup if the id begins with -100, a basic group otherwise.

        `bot_rights` None means all rights of an administrator; name them as the Bot API does (can_manage_topics).
        """
        made: JsonObject = await self.order(
            "group",
            chat_id=chat_id,
            title=title,
            username=username,
            forum=forum,
            bot_status=bot_status,
            bot_rights=None if bot_rights is None else sorted(bot_rights),
            members=list(members),
        )
        return made

    async def channel(self, chat_id: int, title: str = "Channel", *, username: str | None = None) -> JsonObject:
        """Make a channel whose administrator the bot is; `say` posts in it."""
        made: JsonObject = await self.order("channel", chat_id=chat_id, title=title, username=username)
        return made

    async def member(self, chat_id: int, user_id: int, status: str = "member") -> None:
        """Make somebody member, administrator, creator, restricted, left or kicked in a group, without a message."""
        await self.order("member", chat_id=chat_id, user_id=user_id, status=status)

    async def leave(self, chat_id: int, user_id: int, *, by: int | None = None) -> None:
        """Let somebody leave a group, or be put out by somebody: a service message and, if asked for, chat_member."""
        await self.order("leave", chat_id=chat_id, user_id=user_id, by=by)

    async def switch_topics(self, chat_id: int, *, on: bool) -> None:
        """Let an administrator switch the topics of a supergroup on or off; Telegram does not tell the bot."""
        await self.order("switch_topics", chat_id=chat_id, on=on)

    async def block(self, chat_id: int) -> None:
        """Let a person block the bot: my_chat_member comes, and every message to them is refused with 403."""
        await self.order("block", chat_id=chat_id)

    async def unblock(self, chat_id: int) -> None:
        """Let a person unblock the bot."""
        await self.order("unblock", chat_id=chat_id)

    async def deactivate(self, chat_id: int) -> None:
        """Let a person delete their account; the bot learns it only from a 403."""
        await self.order("deactivate", chat_id=chat_id)

    async def set_bot(
        self, chat_id: int, status: str, *, user_id: int, bot_rights: Iterable[str] | None = None
    ) -> None:
        """Let `user_id` change what the bot is in a group: administrator, member, restricted, left or kicked."""
        rights = None if bot_rights is None else sorted(bot_rights)
        await self.order("set_bot", chat_id=chat_id, status=status, user_id=user_id, bot_rights=rights)

    async def migrate(self, chat_id: int, *, user_id: int) -> int:
        """Let a basic group become a supergroup, and return the new chat id."""
        done = await self.order("migrate", chat_id=chat_id, user_id=user_id)
        new_id: int = done["chat_id"]
        return new_id

    async def open_topic(self, chat_id: int, name: str, *, user_id: int) -> int:
        """Let a person open a topic in a forum, and return its thread id."""
        done = await self.order("open_topic", chat_id=chat_id, name=name, user_id=user_id)
        thread_id: int = done["thread_id"]
        return thread_id

    async def rename_topic(self, chat_id: int, thread_id: int, name: str, *, user_id: int) -> None:
        """Let a person rename a topic."""
        await self.order("rename_topic", chat_id=chat_id, thread_id=thread_id, name=name, user_id=user_id)

    async def close_topic(self, chat_id: int, thread_id: int, *, user_id: int) -> None:
        """Let a person close a topic; thread id 1 is the General topic."""
        await self.order("close_topic", chat_id=chat_id, thread_id=thread_id, user_id=user_id)

    async def reopen_topic(self, chat_id: int, thread_id: int, *, user_id: int) -> None:
        """Let a person open a closed topic again."""
        await self.order("reopen_topic", chat_id=chat_id, thread_id=thread_id, user_id=user_id)

    async def delete_topic(self, chat_id: int, thread_id: int) -> None:
        """Delete a topic with everything in it; Telegram does not tell the bot."""
        await self.order("delete_topic", chat_id=chat_id, thread_id=thread_id)
