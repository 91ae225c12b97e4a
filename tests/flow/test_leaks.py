"""No word of a note reaches a family, however it is written; what is meant for a family arrives once. `make leaks`.

Random people write in a group with topics and in one without: whoever has a case, others, strangers, administrators
nobody sees; notes in all spellings, chatter, pictures, edits, presses on whatever is offered. Each message has words of
its own. What every message may lead to is worked out here from who has which case; the fake Telegram, the database and
the log are then searched for every one of those words.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random, SystemRandom
from time import perf_counter
from typing import Any, TypedDict

import pytest

from bot.conversation.model import Verb
from tests.fakes.bot_api import FakeTelegram
from tests.flow.conftest import Start
from tests.flow.harness import Person, Tiltas
from tests.flow.team import Group
from tests.flow.texts import Texts

pytestmark = pytest.mark.asyncio(loop_scope="module")

SHORT, LONG = 150, 1000
"""Messages in the groups: as many as the default suite has time for, and of `make leaks`."""
AT_ONCE = 8
"""Messages that are written before anybody waits for what comes of them."""
SEED = 20261122

_FAMILIES, _OPEN = 5, 8

NOTES = (
    "/note {}",
    "/NOTE {}",
    "/Note: {}",
    "/note@tiltas_test_bot {}",
    "/ note {}",
    "  /note {}",
    "/note\n{}",
    "/notes {}",
    "\\note {}",
    "／note {}",
    "／ｎｏｔｅ {}",
    "∕note {}",
    "⁄note {}",
    "\u200b/note {}",
    "/\u200bnote {}",
    "/no\u2060te {}",
    "\ufeff/note {}",
    "\u2066/note\u2069 {}",
    "\u00ad/note {}",
)
"""Everything that is a note at once."""
FORGOTTEN = (
    "note: {}",
    "Note {}",
    "NOTE - {}",
    "notes: {}",
    "pastaba {}",
    "Pastaba: {}",
    "PASTABOS {}",
    "заметка: {}",
    "нотатка {}",
    "примечание: {}",
    "\u200bnote: {}",
    "note:{}",
    "note–{}",
    "note({})",
    "#note {}",
    "🔒 /note {}",
    "- /note {}",
    "> /note {}",
    "@tiltas_test_bot /note {}",
)
"""Notes whose slash was forgotten: whoever wrote them is asked."""
UNKNOWN = ("/nota {}", "/pastaba {}", "/заметка {}", "//note {}", "/ {}", "/reply {}", "/n {}", "／x {}")
"""Slashes that nobody knows: they go nowhere, and nobody keeps them."""
REPLIES = ("the office {} opens at nine", "bring {} with you", "{}", "1. {}", "yes, {}!", "“{}” & <b>so on</b>")
PRIVATE = ("who has time for {} today?", "{}", "lunch, {}?")

Row = Mapping[str, Any]  # Any: columns


class Where(TypedDict, total=False):
    """Where in a group a message stands."""

    thread_id: int
    reply_to: int


class Words:
    """Pairs of words that nobody has used before, and nobody uses by chance."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._used: set[str] = set()

    def fresh(self) -> str:
        """Return two new words."""
        return f"{self._one()} {self._one()}"

    def _one(self) -> str:
        while True:
            word = "".join(self._random.choice("bdfgklmnprstvz") + self._random.choice("aeiou") for _ in range(5))
            if word not in self._used:
                self._used.add(word)
                return word


@dataclass
class Said:
    """A message of a specialist about a case, and what has become of it."""

    place: Group
    message: int
    author: int
    case: str
    held: str = ""
    """Its words, if they wait for a press."""
    reached: bool = False


@dataclass
class Question:
    """A case as the database has it now."""

    number: str
    family: int
    group: Group
    holder: int | None
    is_open: bool


@dataclass
class Kept:
    """What each pair of words may lead to."""

    meant: dict[str, int] = field(default_factory=dict)
    """Words that must reach a family once, to its chat."""
    notes: set[str] = field(default_factory=set)
    """Words that must be in `notes` and nowhere else."""
    never: dict[str, str] = field(default_factory=dict)
    """Words that no family may ever see, to what they were."""
    unseen: set[str] = field(default_factory=set)
    """Words that are not for us at all, and stay in no table."""
    families: dict[str, int] = field(default_factory=dict)
    """What families write, to whose it is."""


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

    # Beginning --------------------------------------------------------------------------------------------------------

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
        for _ in range(_OPEN):
            await self.family_asks()
        await self.settles()
        for n, number in enumerate(list(self.questions)):
            if n % 2:
                await self._in_place(self.questions[number], self.staff[0], "/transfer legal")
        await self.settles()
        for n, question in enumerate(list(self.questions.values())):
            if n % 4 < 3:
                await self._in_place(question, self.random.choice(self.staff), "/claim")
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

    # Where and who ----------------------------------------------------------------------------------------------------

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

    async def _in_place(self, question: Question, who: int, text: str) -> int:
        return await self.telegram.say(
            question.group.chat, text, user_id=who, **self.place(question.group, question.number)
        )

    # What specialists write -------------------------------------------------------------------------------------------

    async def reply(self) -> None:
        """Let whoever has a case write to its family."""
        question = self.question(held_by_somebody=True)
        if question is None or question.holder is None:
            return
        words = self.words.fresh()
        message = await self._in_place(question, question.holder, self._as(REPLIES, words))
        self.kept.meant[words] = question.family
        self.said.append(Said(question.group, message, question.holder, question.number, reached=True))

    async def reply_of_another(self) -> None:
        """Let somebody write to a family whose case somebody else has, or nobody."""
        question = self.question()
        if question is None:
            return
        who = self.random.choice([one for one in self.staff if one != question.holder])
        words = self.words.fresh()
        message = await self._in_place(question, who, self._as(REPLIES, words))
        self.kept.never[words] = "somebody else's reply"
        self.said.append(Said(question.group, message, who, question.number, held=words))

    async def note(self) -> None:
        """Write a note."""
        question = self.question()
        if question is None:
            return
        words, who = self.words.fresh(), self.random.choice(self.staff)
        message = await self._in_place(question, who, self._as(NOTES, words))
        self._is_note(words)
        self.said.append(Said(question.group, message, who, question.number))

    async def note_without_slash(self) -> None:
        """Forget the slash of a note."""
        question = self.question()
        if question is None:
            return
        words, who = self.words.fresh(), self.random.choice([question.holder or self.staff[0], *self.staff])
        message = await self._in_place(question, who, self._as(FORGOTTEN, words))
        self.kept.never[words] = "a note without its slash"
        self.said.append(Said(question.group, message, who, question.number, held=words))

    async def unknown_order(self) -> None:
        """Write a slash that nobody knows."""
        question = self.question()
        if question is None:
            return
        words, who = self.words.fresh(), self.random.choice(self.staff)
        message = await self._in_place(question, who, self._as(UNKNOWN, words))
        self.kept.never[words] = "an unknown order"
        self.said.append(Said(question.group, message, who, question.number))

    async def chatter(self) -> None:
        """Talk among each other: in General, in another topic, to each other's messages; also notes out of place."""
        words, who = self.words.fresh(), self.random.choice(self.staff + self.strangers)
        group = self.random.choice([self.forum, self.flat])
        where: Where = {}
        if group is self.forum and self.random.random() < 0.5:
            where = {"thread_id": self.other_topic}
        elif group is self.flat and self.random.random() < 0.5:
            where = {"reply_to": await self.telegram.say(group.chat, self.words.fresh(), user_id=who)}
        is_note = self.random.random() < 0.3
        message = await self.telegram.say(
            group.chat, self._as(NOTES if is_note else PRIVATE, words), user_id=who, **where
        )
        self.kept.never[words] = "chatter"
        self.kept.unseen.add(words)
        if self.random.random() < 0.2:
            changed = self.words.fresh()
            await self.telegram.edit(group.chat, message, self._as(PRIVATE, changed))
            self.kept.never[changed] = "edited chatter"
            self.kept.unseen.add(changed)

    async def picture(self) -> None:
        """Send a picture or a voice message, with words for the family or a note below it."""
        question = self.question()
        if question is None:
            return
        words, who = self.words.fresh(), self.random.choice([question.holder or self.staff[0], *self.staff])
        where = self.place(question.group, question.number)
        if self.random.random() < 0.15:
            await self.telegram.send_voice(question.group.chat, user_id=who, **where)
            return
        is_note = self.random.random() < 0.5
        caption = self._as(NOTES if is_note else REPLIES, words)
        message = await self.telegram.send_photo(question.group.chat, caption=caption, user_id=who, **where)
        said = Said(question.group, message, who, question.number)
        if is_note:
            self._is_note(words)
        else:
            self.kept.never[words] = "a caption that nobody let go"
            said.held = words
        self.said.append(said)

    async def stranger(self) -> None:
        """Let somebody write who does not work here, or whom nobody sees."""
        question = self.question()
        if question is None:
            return
        words, group, where = self.words.fresh(), question.group, self.place(question.group, question.number)
        text = self._as(self.random.choice([REPLIES, NOTES, FORGOTTEN]), words)
        if self.random.random() < 0.5:
            await self.telegram.say_unseen(group.chat, text, **where)
        else:
            await self.telegram.say(group.chat, text, user_id=self.random.choice(self.strangers), **where)
        self.kept.never[words] = "a stranger's"
        self.kept.unseen.add(words)

    async def edit(self) -> None:
        """Change an earlier message or caption, also from a note to a reply and back."""
        if not self.said:
            return
        said, words = self.random.choice(self.said[-30:]), self.words.fresh()
        forms = self.random.choice([REPLIES, REPLIES, NOTES, FORGOTTEN, UNKNOWN])
        await self.telegram.edit(said.place.chat, said.message, self._as(forms, words))
        if said.reached and forms is REPLIES:
            self.kept.meant[words] = self.questions[said.case].family
            return
        self.kept.never[words] = "what an edit made of it"
        if said.held and forms in {REPLIES, FORGOTTEN}:
            said.held = words
        else:  # made a note or an order of: nothing is held any longer
            said.held = ""

    def _is_note(self, words: str) -> None:
        self.kept.notes.add(words)
        self.kept.never[words] = "a note"

    def _as(self, forms: Sequence[str], words: str) -> str:
        return self.random.choice(forms).format(words)

    # Orders and presses -----------------------------------------------------------------------------------------------

    async def order(self) -> None:
        """Claim, release, transfer or close by a slash."""
        question = self.question()
        if question is None:
            return
        await self.settles()
        forms = ["/claim"] * 5 + [
            "/release",
            "/transfer legal",
            "/transfer support",
            "/close helped",
            "/help",
            "/insert",
        ]
        who = self.random.choice([question.holder or self.staff[0], *self.staff])
        await self._in_place(self.questions[question.number], who, self.random.choice(forms))
        await self.settles()

    async def press(self) -> None:
        """Let anybody press anything that is offered in a group."""
        await self.settles()
        group = self.random.choice([self.forum, self.flat])
        offered = [
            (body["message_id"], button["callback_data"])
            for body in await self.telegram.bot_messages(group.chat)
            for row in body.get("reply_markup", {}).get("inline_keyboard", [])
            for button in row
        ]
        deciding = [one for one in offered if one[1].split(".")[1] in _DECIDES]
        message, data = self.random.choice(deciding if deciding and self.random.random() < 0.6 else offered)
        _, verb, token, _ = data.split(".")
        said = self._held_by(token)
        likely = [said.author] * 4 if said is not None else self.staff
        who = self.random.choice([*likely, *self.staff, *([] if verb == Verb.WORK_HERE else self.strangers)])
        if said is not None and who == said.author and verb in {Verb.SEND, Verb.TAKE_OVER}:
            self._is_let_go(said, verb)
        await self.telegram.press(group.chat, data=data, message_id=message, user_id=who)
        self.counts[f"press {verb}"] += 1
        await self.settles()

    def _held_by(self, token: str) -> Said | None:
        """Return the message whose words a set of buttons would let go."""
        (row,) = self.tiltas.rows("SELECT payload ->> 'held' AS held FROM buttons WHERE token = ?", (token,))
        message = str(row["held"] or "").partition(":")[2]
        group = self.tiltas.rows(_GROUP_OF_BUTTONS, (token,))[0]["chat"]
        return next((one for one in self.said if (str(one.message), str(one.place.chat)) == (message, group)), None)

    def _is_let_go(self, said: Said, verb: str) -> None:
        question = self.questions[said.case]
        mine = question.is_open and (question.holder == said.author or verb == Verb.TAKE_OVER)
        here = question.group is said.place
        if not said.held or not mine or not here:
            return
        del self.kept.never[said.held]
        self.kept.meant[said.held] = question.family
        said.held, said.reached = "", True

    # Families ---------------------------------------------------------------------------------------------------------

    async def family_asks(self) -> None:
        """Let a family ask for a person."""
        family, words = self.random.choice(list(self.families)), self.words.fresh()
        self.kept.families[words] = family
        await self.telegram.say(family, f"/human what about {words}")

    async def family_writes(self) -> None:
        """Let a family write, to a message of ours or just so; or send a picture, or press what it was offered."""
        chat = self.random.choice(list(self.families))
        words = self.words.fresh()
        self.kept.families[words] = chat
        roll = self.random.random()
        if roll < 0.4:
            await self.telegram.say(chat, f"and then {words}")
        elif roll < 0.7 and chat in self.letters:
            await self.telegram.say(chat, f"about {words}", reply_to=self.random.choice(self.letters[chat]))
        elif roll < 0.85:
            await self.telegram.send_photo(chat, caption=f"picture {words}")
        else:
            await self.settles()
            offered = [
                (body["message_id"], button["callback_data"])
                for body in await self.telegram.bot_messages(chat)
                for row in body.get("reply_markup", {}).get("inline_keyboard", [])
                for button in row
            ]
            message, data = self.random.choice(offered)
            await self.telegram.press(chat, data=data, message_id=message)
            await self.settles()

    # The whole --------------------------------------------------------------------------------------------------------

    async def works(self, messages: int) -> None:
        """Let so many things happen, some of them all at once, and look at everything now and then."""
        steps: dict[Callable[[], Awaitable[None]], int] = {
            self.reply: 16,
            self.reply_of_another: 7,
            self.note: 18,
            self.note_without_slash: 8,
            self.unknown_order: 4,
            self.chatter: 8,
            self.picture: 7,
            self.stranger: 6,
            self.edit: 14,
            self.order: 6,
            self.press: 16,
            self.family_writes: 7,
        }
        for n in range(messages):
            if sum(question.is_open for question in self.questions.values()) < _OPEN // 2:
                await self.family_asks()
                await self.settles()
            (step,) = self.random.choices(list(steps), list(steps.values()))
            self.counts[step.__name__] += 1
            await step()
            if n % AT_ONCE == self.random.randrange(AT_ONCE):
                await self.settles()
        await self.settles()


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
_GROUP_OF_BUTTONS = "SELECT chat FROM buttons JOIN addresses USING (conversation_id) WHERE token = ?"
_DECIDES = {Verb.SEND, Verb.TAKE_OVER, Verb.NOTE, Verb.CANCEL}


class Search:
    """Looks for words in everything that the program has said, kept and logged."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._kept, self._tiltas = office.kept, office.tiltas

    async def looks(self) -> None:
        """Fail where a word is that must not be there, or is not where it must be."""
        calls = {chat: await self._office.telegram.calls(chat_id=chat) for chat in self._office.families}
        shown = {chat: await self._office.telegram.bot_messages(chat) for chat in self._office.families}
        for chat in self._office.families:
            heard = _all_of([[call.method, call.params, call.result] for call in calls[chat]] + [shown[chat]])
            self._nothing_private(chat, heard)
        for words, chat in self._kept.meant.items():
            sent = [call for call in calls[chat] if call.code == 200 and call.method.startswith("send")]
            times = sum(words in _all_of(call.params) for call in sent)
            assert times == 1, f"{words!r} reached its family {times} times"
        self._nothing_in_tables()
        self._nothing_in_the_log()

    def _nothing_private(self, chat: int, heard: str) -> None:
        for words, what in self._kept.never.items():
            assert not _in(words, heard), f"a family sees {words!r}: {what}"
        for words, family in {**self._kept.meant, **self._kept.families}.items():
            assert family == chat or not _in(words, heard), f"{words!r} reached another family"

    def _nothing_in_tables(self) -> None:
        tables = {name: _all_of([tuple(row) for row in self._tiltas.rows(query)]) for name, query in _SEARCHED.items()}
        for words, what in self._kept.never.items():
            for name in ("outbox", "case_events", "buttons", "conversations"):
                assert not _in(words, tables[name]), f"{words!r} is in {name}: {what}"
        for words in self._kept.unseen:
            assert not _in(words, tables["inbox"]), f"{words!r} is in the inbox: {self._kept.never[words]}"
            assert not _in(words, tables["notes"]), f"{words!r} is a note: {self._kept.never[words]}"
        for words in self._kept.notes:
            assert tables["notes"].count(words) == 1, f"{words!r} is no note, or two"
            assert not _in(words, tables["inbox"]), f"{words!r}, a note, is still in the inbox"

    def _nothing_in_the_log(self) -> None:
        files = [path for path in self._tiltas.data.iterdir() if path.suffix in {".jsonl", ".txt"}]
        logged = "\n".join(path.read_text("utf-8", "replace") for path in files).casefold()
        kept = self._kept
        for words in (*kept.meant, *kept.never, *kept.families):
            assert not _in(words, logged), f"{words!r} is in the log"


_SEARCHED = {
    "outbox": "SELECT payload FROM outbox",
    "case_events": "SELECT payload FROM case_events",
    "buttons": "SELECT payload FROM buttons",
    "conversations": "SELECT * FROM conversations",
    "inbox": "SELECT text, payload FROM inbox",
    "notes": "SELECT text FROM notes WHERE NOT held",
}


def _all_of(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str).replace("\\n", " ").casefold()


def _in(words: str, text: str) -> bool:
    """Tell whether both words, or one of them, stand in a text."""
    return any(word in text for word in words.split())


def table(office: Office) -> str:
    """Return what happened and what was looked for, line by line."""
    kept = office.kept
    rows = [
        *sorted(office.counts.items()),
        ("words meant for a family, each there once", len(kept.meant)),
        ("words of notes, each in `notes` alone", len(kept.notes)),
        ("other words that no family may see", len(kept.never) - len(kept.notes)),
        ("words that are in no table", len(kept.unseen)),
        ("words of families, in no other family's chat", len(kept.families)),
        ("leaks", 0),
    ]
    return "\n".join(f"{name:<48}{number:>8}" for name, number in rows)


@pytest.fixture
def office(telegram: FakeTelegram, prepared: Start, texts: Texts) -> Callable[[int], Awaitable[Office]]:
    async def make(seed: int) -> Office:
        tiltas: Tiltas = prepared(telegram)
        await tiltas.serve()
        forum = await Group(telegram, tiltas, texts).opens("Support")
        flat = await Group(telegram, tiltas, texts).opens("Legal", forum=False)
        await forum.connects("support")
        await flat.connects("legal")
        office = Office(forum, flat, [Person(telegram, tiltas) for _ in range(_FAMILIES)], seed)
        await office.opens()
        return office

    return make


Make = Callable[[int], Awaitable[Office]]


async def look_for_leaks(make: Make, seed: int, messages: int) -> None:
    began = perf_counter()
    office = await make(seed)
    try:
        await office.works(messages)
        await Search(office).looks()
    except AssertionError as wrong:
        wrong.add_note(f"seed {seed}")
        raise
    print(f"\n{messages} things in two groups, seed {seed}, {perf_counter() - began:.0f} s\n{table(office)}")
    assert office.tiltas.log()
    assert not [event for event in office.tiltas.log() if event.get("level") == "error"], office.tiltas.words()


async def test_no_note_reaches_a_family(office: Make) -> None:
    await look_for_leaks(office, int(os.environ.get("SEED") or SEED), SHORT)


@pytest.mark.slow
@pytest.mark.timeout(1800)
async def test_no_note_reaches_a_family_in_a_thousand_messages(office: Make) -> None:
    await look_for_leaks(office, int(os.environ.get("SEED") or SystemRandom().randrange(1_000_000)), LONG)
