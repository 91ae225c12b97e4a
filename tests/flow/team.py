"""A team's group in Telegram, as its specialists use it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from bot.content.model import LITHUANIAN
from tests.fakes.bot_api import Event, FakeTelegram
from tests.flow.harness import ROOT, Person, Shown, Tiltas, environment, shown
from tests.flow.texts import Texts

_people = count(900_000)
_groups = count(1)

PICTURE_TEXT = "picture.jpg"


@dataclass
class Group:
    """A group of specialists; where it has topics each case is one, else people reply to its card."""

    telegram: FakeTelegram
    tiltas: Tiltas
    texts: Texts
    chat: int = field(default_factory=lambda: -1_002_000_000_000 - next(_groups))
    names: dict[int, str] = field(default_factory=dict)
    title: str = "group"
    former: list[int] = field(default_factory=list)
    """Chat ids that the group had before it became a supergroup."""

    async def opens(self, title: str, *, forum: bool = True, bot_status: str = "administrator") -> Group:
        """Make the group, with the bot in it."""
        self.title = title
        await self.telegram.group(self.chat, title, forum=forum, bot_status=bot_status)
        return self

    async def connects(self, team: str) -> list[Shown]:
        """Let an administrator make a code, and somebody write it in the group."""
        return await self.writes(await self.comes("Administrator"), f"/connect {invitation(self.tiltas, team)}")

    async def comes(self, name: str) -> int:
        """Let somebody new into the group; return who."""
        person = next(_people)
        await self.telegram.person(person, name)
        await self.telegram.member(self.chat, person)
        self.names[person] = name
        return person

    async def joins(self, name: str) -> int:
        """Let somebody new press "I work here"; return who."""
        person = await self.comes(name)
        await self.presses(person, self.says("I work here"))
        return person

    def says(self, text: str) -> str:
        """Return one of the bot's own texts as groups see it."""
        return self.texts.says(text, LITHUANIAN)

    async def migrates(self) -> None:
        """Become a supergroup, as when topics are switched on: the chat has another id from now on."""
        self.former.append(self.chat)
        self.chat = await self.telegram.migrate(self.chat, user_id=next(iter(self.names)))
        await self.tiltas.settles()

    # Where a case is ------------------------------------------------------------------------------------------------

    async def card(self, number: str) -> Mapping[str, Any]:  # Any: Message JSON
        """Return the newest card of a case; it begins with the case's number, perhaps below a line about danger."""
        cards = [
            body
            for body in await self.telegram.bot_messages(self.chat)
            if any(line.startswith(f"{number} · ") for line in str(body.get("text", "")).splitlines()[:2])
        ]
        assert cards, f"no card of {number}: {await self.telegram.sent_texts(self.chat)}"
        return cards[-1]

    async def place(self, number: str) -> dict[str, Any]:  # Any: one of two arguments, each with a number
        """Return where words about a case are written: in its topic, or in reply to its card."""
        card = await self.card(number)
        if "message_thread_id" in card:
            return {"thread_id": card["message_thread_id"]}
        return {"reply_to": card["message_id"]}

    # What people do ---------------------------------------------------------------------------------------------------

    async def writes(self, who: int, text: str, about: str | None = None) -> list[Shown]:
        """Write, and return what the bot says in the group."""
        place: dict[str, Any] = await self.place(about) if about else {}  # Any: as above
        before = await self._ids()
        self.last = await self.telegram.say(self.chat, text, user_id=who, **place)
        return await self._news(before)

    async def presses(self, who: int, label: str, about: str | None = None) -> list[Shown]:
        """Press the newest button of a label, or that of a case's card; return what the bot says besides edits."""
        card = (await self.card(about))["message_id"] if about else None
        before = await self._ids()
        await self.telegram.press(self.chat, label, user_id=who, message_id=card)
        return await self._news(before)

    async def sends_photo(self, who: int, about: str, content: bytes | None = None, caption: str = "") -> list[Shown]:
        """Send a picture into the topic of a case."""
        place = await self.place(about)
        before = await self._ids()
        if "thread_id" in place:
            await self.telegram.send_photo(self.chat, content, caption=caption or None, user_id=who, **place)
        else:
            await self.telegram.order("send_photo", chat_id=self.chat, caption=caption or None, user_id=who, **place)
        return await self._news(before)

    async def sees(self) -> list[Shown]:
        """Return all messages of the bot as they are now, oldest first."""
        return [shown(body) for body in await self.telegram.bot_messages(self.chat)]

    async def toasts(self) -> list[str]:
        """Return the short answers to presses, oldest first."""
        answers = await self.telegram.callback_answers(self.chat)
        return [str((one["answer"] or {}).get("text") or "") for one in answers]

    async def _ids(self) -> set[int]:
        return {body["message_id"] for body in await self.telegram.bot_messages(self.chat)}

    async def _news(self, before: set[int]) -> list[Shown]:
        await self.tiltas.settles()
        return [one for one in await self.sees() if one.id not in before]


def invitation(tiltas: Tiltas, team: str) -> str:
    """Return a code that connects a group, made by the command beside the running program."""
    made = subprocess.run(
        [sys.executable, "-m", "bot", "team", "invite", team],
        cwd=ROOT,
        env=environment(tiltas.options),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert made.returncode == 0, made.stderr
    return made.stdout.split()[0]


async def tell(parent: Person, *groups: Group) -> None:
    """Print what everybody saw, in the order of time."""
    seen = [("parent's chat", event) for event in await parent.telegram.transcript(parent.chat)]
    for group in groups:
        for chat in (*group.former, group.chat):
            seen += [(f"group {group.title}", event) for event in await group.telegram.transcript(chat)]
    where = ""
    for place, event in sorted(seen, key=lambda one: one[1].at):
        if place != where:
            print(f"\n--- {place} ---")
            where = place
        _tell(event)


def _tell(event: Event) -> None:
    who = "Tiltas" if event.who == "bot" else event.who
    topic = f"[{event.thread_id}] " if event.thread_id else ""
    text = (event.text or "").replace("\n", "\n" + " " * 26)
    mark = {"message": "", "press": "presses ", "edit": "(edited) "}.get(event.kind, f"({event.kind}) ")
    print(f"{event.message_id or '':>6}  {who:<14}  {topic}{mark}{text}")
    for row in event.buttons:
        print(" " * 26 + " ".join(f"[{label}]" for label in row))
