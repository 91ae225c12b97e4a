"""A specialist who works while the program keeps dying: claims what is shown, answers it, now and then closes it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from tests.fakes.bot_api import FakeTelegram, FakeTelegramError
from tests.flow.team import Group

_NUMBER = re.compile(r"^(?:.*\n)?(?P<number>\d+[A-Z]) · ")
REPLY = "The answer to {number} is here."


@dataclass
class Desk:
    """One specialist in one group. What they did stands here; what came of it is looked up in the families' chats."""

    group: Group
    person: int
    claimed: set[str] = field(default_factory=set)
    replied: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def telegram(self) -> FakeTelegram:
        """Where all this happens."""
        return self.group.telegram

    async def works(self, most: int = 2) -> None:
        """Claim at most so many new cases, and answer those that are claimed, whether or not the program lives."""
        cards = await self._cards()
        for number, card in cards.items():
            buttons = _verbs(card)
            if "C" in buttons and number not in self.claimed and most:
                most -= 1
                self.claimed.add(number)
                await self._press(buttons["C"], card)
            elif "R" in buttons and number in self.claimed and number not in self.replied:
                await self._reply(number, card)

    async def _reply(self, number: str, card: dict[str, object]) -> None:
        self.replied.append(number)
        self.notes.append(number)
        thread = int(str(card["message_thread_id"]))
        note = f"/note kestrel {number}"
        await self.telegram.say(self.group.chat, note, user_id=self.person, thread_id=thread)
        await self.telegram.say(self.group.chat, REPLY.format(number=number), user_id=self.person, thread_id=thread)

    async def _cards(self) -> dict[str, dict[str, object]]:
        found = {}
        for body in await self.telegram.bot_messages(self.group.chat):
            if (number := _NUMBER.match(str(body.get("text", "")))) and "message_thread_id" in body:
                found[number["number"]] = body
        return found

    async def _press(self, data: str, card: dict[str, object]) -> None:
        try:
            await self.telegram.press(
                self.group.chat, data=data, message_id=int(str(card["message_id"])), user_id=self.person
            )
        except FakeTelegramError:
            return  # the card has just changed


def _verbs(card: dict[str, object]) -> dict[str, str]:
    markup = card.get("reply_markup")
    rows = markup.get("inline_keyboard", []) if isinstance(markup, dict) else []
    return {button["callback_data"].split(".")[1]: button["callback_data"] for row in rows for button in row}
