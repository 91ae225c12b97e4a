"""Two groups and some families, as they are now: who has which case, and where it is seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from random import Random
from typing import Any, TypedDict

from tests.flow.harness import Person
from tests.flow.leaks.ledger import Kept, Question, Said
from tests.flow.leaks.texts import Words
from tests.flow.team import Group

OPEN = 8
"""Cases that families begin with; below half of that they ask anew."""

Row = Mapping[str, Any]  # Any: columns


class Where(TypedDict, total=False):
    """Where in a group a message stands."""

    thread_id: int
    reply_to: int


class Office:
    """Two groups, three specialists, some families, and everything that any of them says."""

    def __init__(self, forum: Group, flat: Group, families: Sequence[Person], seed: int) -> None:
        self.telegram, self.tiltas = forum.telegram, forum.tiltas
        self.forum, self.flat = forum, flat
        self.families = {family.chat: family for family in families}
        self.random = Random(seed)
        self.words = Words(self.random)
        self.kept = Kept()
        self.said: list[Said] = []
        self.counts: Counter[str] = Counter()
        self.staff: list[int] = []
        self.strangers: list[int] = []
        self.other_topic = 0
        self.questions: dict[str, Question] = {}
        self.places: dict[tuple[int, str], Row] = {}
        self.about: dict[tuple[int, str], list[int]] = {}
        self.letters: dict[int, list[int]] = {}

    async def opens(self) -> None:
        """Let three specialists work in both groups, strangers be there, and families ask."""
        for name in ("Rasa", "Jonas", "Vaida"):
            person = await self.forum.comes(name)
            await self.telegram.member(self.flat.chat, person)
            self.staff.append(person)
            for group in (self.forum, self.flat):
                await self.telegram.say(group.chat, "/work", user_id=person)
        for name in ("Visitor", "Plumber"):
            person = await self.forum.comes(name)
            await self.telegram.member(self.flat.chat, person)
            self.strangers.append(person)
        self.other_topic = await self.telegram.open_topic(self.forum.chat, "Holidays", user_id=self.staff[0])
        for family in self.families.values():
            await self.telegram.person(family.chat, "Parent", language_code="en")
        await self.settles()
        for _ in range(OPEN):
            await self.family_asks()
        await self.settles()
        for n, number in enumerate(list(self.questions)):
            if n % 2:
                await self.in_place(self.questions[number], self.staff[0], "/transfer legal")
        await self.settles()
        for n, question in enumerate(list(self.questions.values())):
            if n % 4 < 3:
                await self.in_place(question, self.random.choice(self.staff), "/claim")
        await self.settles()
        assert len({question.group.chat for question in self.questions.values()}) == 2

    async def settles(self) -> None:
        """Wait until everything was carried out, and look who has what."""
        await self.tiltas.settles()
        groups = {group.chat: group for group in (self.forum, self.flat)}
        at = {row["team"]: groups[int(row["chat"])] for row in self.tiltas.rows(_GROUPS)}
        self.questions = {
            row["number"]: Question(
                row["number"],
                int(row["chat"]),
                at[row["team"]],
                int(row["author"]) if row["author"] else None,
                row["state"] != "closed",
            )
            for row in self.tiltas.rows(_CASES)
        }
        self.places = {(int(row["chat"]), row["number"]): dict(row) for row in self.tiltas.rows(_PLACES)}
        self.about = {}
        self.letters = {}
        for row in self.tiltas.rows(_MESSAGES):
            if row["number"] is not None and row["kind"] in {"desk", "case_card"}:
                self.about.setdefault((int(row["chat"]), row["number"]), []).append(int(row["message"]))
            elif int(row["chat"]) in self.families:
                self.letters.setdefault(int(row["chat"]), []).append(int(row["message"]))

    def question(self, *, held_by_somebody: bool = False) -> Question | None:
        """Return a case of which something can be said."""
        fitting = [
            one
            for one in self.questions.values()
            if (one.group.chat, one.number) in self.places
            and ((one.is_open and one.holder is not None) or not held_by_somebody)
        ]
        return self.random.choice(fitting) if fitting else None

    def place(self, group: Group, number: str) -> Where:
        """Return where something is said about a case: its topic, or an answer to any of our messages about it."""
        place = self.places[group.chat, number]
        if place["thread"]:
            return {"thread_id": int(place["thread"])}
        return {"reply_to": self.random.choice([int(place["card"]), *self.about.get((group.chat, number), [])])}

    async def in_place(self, question: Question, who: int, text: str) -> int:
        """Let somebody say something about a case, where its group sees it; return the id of the message."""
        return await self.telegram.say(
            question.group.chat, text, user_id=who, **self.place(question.group, question.number)
        )

    async def offered(self, chat: int) -> list[tuple[int, str]]:
        """Return every button that hangs in a chat: the id of its message, and what it sends."""
        return [
            (body["message_id"], button["callback_data"])
            for body in await self.telegram.bot_messages(chat)
            for row in body.get("reply_markup", {}).get("inline_keyboard", [])
            for button in row
        ]

    async def family_asks(self) -> None:
        """Let a family ask for a person."""
        family, words = self.random.choice(list(self.families)), self.words.fresh()
        self.kept.families[words] = family
        await self.telegram.say(family, f"/human what about {words}")


_GROUPS = "SELECT groups.team, chat FROM groups JOIN addresses USING (conversation_id)"
_CASES = """
    SELECT number, chat, cases.team, state, author FROM cases
    JOIN addresses ON addresses.conversation_id = cases.conversation_id
    LEFT JOIN specialists ON specialists.id = cases.claimed_by ORDER BY cases.id
"""
_PLACES = """
    SELECT number, chat, thread, card FROM case_places JOIN cases ON cases.id = case_id
    JOIN addresses ON addresses.conversation_id = case_places.conversation_id WHERE card IS NOT NULL ORDER BY case_id
"""
_MESSAGES = """
    SELECT number, kind, chat, message FROM outbox LEFT JOIN cases ON cases.id = case_id
    JOIN addresses ON addresses.conversation_id = outbox.conversation_id
    WHERE outbox.state = 'sent' AND message IS NOT NULL AND kind NOT IN ('edit', 'card_edit') ORDER BY outbox.id
"""
