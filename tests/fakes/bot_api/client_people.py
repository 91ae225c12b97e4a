"""The half of `FakeTelegram` that lets people act."""

import base64
from collections.abc import Iterable

from tests.fakes.bot_api.client_desk import DeskClient
from tests.fakes.bot_api.jsontypes import JsonObject


class PeopleClient(DeskClient):
    """Orders to people: they write, press, send files, block, open topics."""

    async def person(
        self,
        user_id: int,
        first_name: str | None = None,
        *,
        last_name: str | None = None,
        username: str | None = None,
        language_code: str | None = "en",
        started: bool = True,
    ) -> JsonObject:
        """Introduce a person and return their User JSON. Not `started`: the bot may not write first."""
        person: JsonObject = await self.order(
            "person",
            user_id=user_id,
            first_name=first_name,
            last_name=last_name,
            username=username,
            language_code=language_code or "",
            started=started,
        )
        return person

    async def crowd(self, count: int, *, first_id: int = 1000) -> list[int]:
        """Introduce many people at once and return their ids."""
        await self.order("crowd", first_id=first_id, count=count)
        return list(range(first_id, first_id + count))

    async def say(
        self,
        chat_id: int,
        text: str,
        *,
        user_id: int | None = None,
        thread_id: int | None = None,
        reply_to: int | None = None,
        date: int | None = None,
        language_code: str | None = None,
    ) -> int:
        """Let a person write, and return the message id. In groups `user_id` tells who; a private chat opens itself.

        Commands get their bot_command entity. `date` is in seconds since 1970, for messages from before.
        """
        done = await self.order(
            "say",
            chat_id=chat_id,
            text=text,
            user_id=user_id,
            thread_id=thread_id,
            reply_to=reply_to,
            date=date,
            language_code=language_code,
        )
        message_id: int = done["message_id"]
        return message_id

    async def say_unseen(
        self, chat_id: int, text: str, *, thread_id: int | None = None, reply_to: int | None = None
    ) -> int:
        """Let an administrator write in the name of the group: the bot sees no person; return the message id."""
        done = await self.order("say_unseen", chat_id=chat_id, text=text, thread_id=thread_id, reply_to=reply_to)
        message_id: int = done["message_id"]
        return message_id

    async def say_all(self, chat_ids: Iterable[int], text: str) -> None:
        """Let many people write the same."""
        for chat_id in chat_ids:
            await self.say(chat_id, text)

    async def edit(self, chat_id: int, message_id: int, text: str) -> None:
        """Let a person change what they wrote."""
        await self.order("edit", chat_id=chat_id, message_id=message_id, text=text)

    async def press(
        self,
        chat_id: int,
        text: str | None = None,
        *,
        data: str | None = None,
        message_id: int | None = None,
        user_id: int | None = None,
        inaccessible: bool = False,
    ) -> str:
        """Press a button by label or data on the newest message that has it; return the callback query id.

        A reply keyboard's button sends its label as a message; then the returned id is empty.
        Raises FakeTelegramError if nobody offered such a button.
        """
        done = await self.order(
            "press",
            chat_id=chat_id,
            text=text,
            data=data,
            message_id=message_id,
            user_id=user_id,
            inaccessible=inaccessible,
        )
        return str(done.get("callback_query_id", ""))

    async def react(self, chat_id: int, message_id: int, emoji: str, *, user_id: int | None = None) -> None:
        """Put an emoji on a message; the bot hears of it only if it asked for message_reaction."""
        await self.order("react", chat_id=chat_id, message_id=message_id, emoji=emoji, user_id=user_id)

    async def send(
        self,
        chat_id: int,
        content: JsonObject,
        *,
        user_id: int | None = None,
        thread_id: int | None = None,
        reply_to: int | None = None,
    ) -> int:
        """Let a person send any content, given as fields of a Message; return the message id."""
        done = await self.order(
            "send", chat_id=chat_id, content=content, user_id=user_id, thread_id=thread_id, reply_to=reply_to
        )
        message_id: int = done["message_id"]
        return message_id

    async def send_photo(
        self,
        chat_id: int,
        content: bytes | None = None,
        *,
        caption: str | None = None,
        user_id: int | None = None,
        thread_id: int | None = None,
        reply_to: int | None = None,
    ) -> int:
        """Let a person send a picture, a grey one unless given; return the message id."""
        return await self._attach(
            "send_photo",
            chat_id,
            content=_base64(content),
            caption=caption,
            user_id=user_id,
            thread_id=thread_id,
            reply_to=reply_to,
        )

    async def send_document(
        self,
        chat_id: int,
        content: bytes | None = None,
        *,
        name: str = "file.pdf",
        mime_type: str = "application/pdf",
        caption: str | None = None,
        user_id: int | None = None,
        thread_id: int | None = None,
        reply_to: int | None = None,
    ) -> int:
        """Let a person send a file; return the message id."""
        return await self._attach(
            "send_document",
            chat_id,
            content=_base64(content),
            name=name,
            mime_type=mime_type,
            caption=caption,
            user_id=user_id,
            thread_id=thread_id,
            reply_to=reply_to,
        )

    async def send_voice(
        self,
        chat_id: int,
        content: bytes | None = None,
        *,
        user_id: int | None = None,
        thread_id: int | None = None,
        reply_to: int | None = None,
    ) -> int:
        """Let a person send a voice message; return the message id."""
        return await self._attach(
            "send_voice",
            chat_id,
            content=_base64(content),
            user_id=user_id,
            thread_id=thread_id,
            reply_to=reply_to,
        )

    async def send_sticker(self, chat_id: int, emoji: str = "👍", *, user_id: int | None = None) -> int:
        """Let a person send a sticker; return the message id."""
        return await self._attach("send_sticker", chat_id, emoji=emoji, user_id=user_id)

    async def send_location(
        self, chat_id: int, latitude: float = 54.6872, longitude: float = 25.2797, *, user_id: int | None = None
    ) -> int:
        """Let a person send a place, Vilnius unless given; return the message id."""
        return await self._attach("send_location", chat_id, latitude=latitude, longitude=longitude, user_id=user_id)

    async def send_contact(
        self, chat_id: int, phone_number: str = "+37060000000", *, user_id: int | None = None
    ) -> int:
        """Let a person send a telephone number; return the message id."""
        return await self._attach("send_contact", chat_id, phone_number=phone_number, user_id=user_id)

    async def _attach(self, order: str, chat_id: int, **content: str | float | None) -> int:
        done = await self.order(order, chat_id=chat_id, **content)
        message_id: int = done["message_id"]
        return message_id


def _base64(content: bytes | None) -> str | None:
    return None if content is None else base64.b64encode(content).decode()
