"""Who writes to the bot in this run, and what Telegram makes of it: raw updates, good ones and broken ones."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from tests.fuzz.families import Families, Made
from tests.fuzz.shapes import AT, CHATS, JUNK, Json, is_readable, person, places, private
from tests.fuzz.telegram import Telegram
from tests.fuzz.texts import MARK, Texts

_SPECIALISTS = 4


@dataclass(frozen=True, slots=True)
class Team:
    """A group of specialists."""

    chat: int
    forum: bool
    people: Sequence[int]


class People(Families):
    """Everybody: families, specialists, and whatever else Telegram may bring."""

    def __init__(self, r: Random, texts: Texts, telegram: Telegram) -> None:
        super().__init__(r, texts, telegram)
        self._before: list[Made] = []
        self.talks: list[tuple[Team, int, int | None]] = []
        """Topics in which somebody of a team writes to a family."""
        ids = [int(f"{CHATS}{9000 + n}") for n in range(2 * _SPECIALISTS)]
        self.teams = (
            Team(int(f"-100{CHATS}1"), forum=True, people=ids[:_SPECIALISTS]),
            Team(int(f"-100{CHATS}2"), forum=False, people=ids[_SPECIALISTS:]),
        )

    def batch(self, size: int) -> Iterator[Made]:
        """Yield so many updates of everybody, some of them twice."""
        for _ in range(size):
            if self._before and self.r.random() < 0.03:
                yield replace(self.r.choice(self._before[-300:]), kept=False)
                continue
            made = self.r.choices(_KINDS, _WEIGHTS)[0](self)
            if self.r.random() < 0.1:
                made = self._mutated(made)
            self._before.append(made)
            yield made

    # A group ----------------------------------------------------------------------------------------------------------

    def in_group(self, team: Team, author: int, text: str, *, thread: int | None = None, **more: Any) -> Made:
        """Return a message of a group."""
        message = {"message_id": self._telegram.number(team.chat), "date": AT, "chat": self._group(team),
                   "from": person(author, self.r), "text": text, **more}  # fmt: skip
        if thread is not None:
            message |= {"message_thread_id": thread, "is_topic_message": True}
        return Made(self._update({"message": message}))

    def press_in_group(self, team: Team, author: int, data: str, message: int) -> Made:
        """Return a press in a group."""
        hangs_on = {"message_id": message, "date": AT, "chat": self._group(team)}
        query = {"id": f"{MARK}{message}", "from": person(author, self.r), "chat_instance": "1", "message": hangs_on}
        return Made(self._update({"callback_query": query | {"data": data}}))

    def _in_a_talk(self) -> Made:
        team, author, thread = self.r.choice(self.talks)
        return self.in_group(team, author, self._texts.any(self.r), thread=thread)

    def _any_in_group(self) -> Made:
        r = self.r
        if self.talks and r.random() < 0.2:
            return self._in_a_talk()
        team, mail = (team := r.choice(self.teams)), list(self._telegram.mail[team.chat])
        author = r.choice(team.people) if r.random() < 0.9 else int(f"{CHATS}{r.randint(1000, 9999)}")
        at = r.choice(mail) if mail else None
        if at is not None and r.random() < 0.5:
            data = r.choice(at.buttons) if at.buttons and r.random() < 0.95 else self._data(team.chat)
            return self.press_in_group(team, author, data, at.message)
        more: Json = {}
        if at is not None and (not team.forum or r.random() < 0.2):
            more["reply_to_message"] = {"message_id": at.message, "date": AT, "chat": self._group(team), "text": MARK}
        if r.random() < 0.03:
            more["sender_chat"] = self._group(team)
        made = self.in_group(
            team, author, self._texts.order(r), thread=at.thread if at and team.forum else None, **more
        )
        if r.random() < 0.15:
            kind = r.choice(("photo", "document", "voice"))
            made.raw["message"] |= {kind: self._file(kind), "caption": made.raw["message"].pop("text")}
        if r.random() < 0.1:
            made.raw["edited_message"] = made.raw.pop("message") | {"edit_date": AT + 9}
        return made

    def _of_the_group(self) -> Made:
        """Return what happens to a group: somebody leaves, is back, what the bot may do changes."""
        r, team = self.r, self.r.choice(self.teams)
        who = person(r.choice(team.people), r)
        if r.random() < 0.5:
            return self.in_group(team, int(who["id"]), "/work")
        change = {"chat": self._group(team), "from": who, "date": AT, "old_chat_member": {"user": who, "status": "member"},
                  "new_chat_member": {"user": who, "status": r.choice(("left", "member"))}}  # fmt: skip
        return Made(self._update({r.choice(("chat_member", "my_chat_member")): change}))

    def _group(self, team: Team) -> Json:
        chat: Json = {"id": team.chat, "type": "supergroup", "title": f"Team {MARK}"}
        return chat | ({"is_forum": True} if team.forum and self.r.random() < 0.998 else {})

    # Anything else ----------------------------------------------------------------------------------------------------

    def _unknown(self) -> Made:
        r = self.r
        channel = {
            "message_id": 1,
            "date": AT,
            "chat": {"id": -100777, "type": "channel", "title": MARK},
            "text": MARK,
        }
        content: Json = r.choice((
            {"hologram": {"of": MARK}}, {"channel_post": channel}, {"message": channel}, {"poll": {"id": MARK}}, {},
            {"inline_query": {"id": MARK, "from": person(1, r), "query": self._texts.any(r), "offset": ""}},
            {"message_reaction": {"chat": private(1), "message_id": 1}}, {"message": MARK}, {"message": None},
            {"message": []}, {"callback_query": MARK}, {"callback_query": {"id": 7}}, {"my_chat_member": {"chat": private(2)}},
            {"edited_message": {"chat": {"id": MARK, "type": "private"}, "text": MARK}}, {"message": {"message_id": 1}},
        ))  # fmt: skip
        return Made(self._update(content), broken=True)

    def _mutated(self, made: Made) -> Made:
        """Break something of an update. A private chat with a number and words in it must still be kept."""
        raw = copy.deepcopy(made.raw)
        for _ in range(self.r.choice((1, 1, 2, 5))):
            found = list(places(raw))
            if not found:
                break
            where, name = self.r.choice(found)
            if self.r.random() < 0.3:
                del where[name]
            else:
                where[name] = copy.deepcopy(self.r.choice(JUNK))
        return Made(raw, kept=is_readable(raw), broken=True)


_KINDS: Sequence[Callable[[People], Made]] = (
    People._any_text, People._any_file, People._wordless, People._any_edit, People._press, People._reachability,
    People._any_in_group, People._of_the_group, People._unknown,
)  # fmt: skip
_WEIGHTS = (40, 7, 3, 6, 18, 3, 18, 1, 4)
