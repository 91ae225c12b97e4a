"""One day: the real way in and out, on a database of its own, with a clock that is put forward by hand.

Updates go through the poller, `receive`, `answer_ready` and the sender, as in `bot/app.py`; only the loops are turned by
hand, so that the same seed does the same things in the same order.
"""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, redirect_stderr
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from aiosqlite import Connection

from bot.actions import alerting, answering, timekeeping
from bot.actions.answering import Mind, answer_ready
from bot.actions.invitations import invite
from bot.actions.receiving import receive
from bot.channels.telegram.receive import Poller
from bot.content.model import TeamId
from bot.conversation.dialogue import respond
from bot.conversation.model import Channel as Name
from bot.conversation.model import Effects, InboxId, Incoming, Token
from bot.conversation.replies import Received, World
from bot.log import configure
from bot.storage import engine
from bot.storage.unit_of_work import SqlStore
from bot.workers.delivery import Sender
from bot.workers.pacing import Pacer
from tests.builders_logs import logging_as_before
from tests.builders_store import Watch, opened
from tests.fuzz.families import Made
from tests.fuzz.findings import Line
from tests.fuzz.people import People, Team
from tests.fuzz.shapes import AT
from tests.fuzz.telegram import Channel, Telegram, bot_on

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
AT_ONCE = 50
"""Messages on their way at once: nothing is waited for here."""


class Postman(Sender):
    """The real sender, turned by hand until nothing is left that may leave."""

    async def deliver(self) -> None:
        """Send all that is owed and due."""
        lease = await self._hold_lease()
        assert lease is not None
        while True:
            await self._turn(lease)
            if not self._on_their_way and not self._ended:
                return
            if self._on_their_way:
                await asyncio.wait(self._on_their_way)


@dataclass
class Intake:
    """The bot of one day."""

    store: SqlStore
    telegram: Telegram
    mind: Mind
    log: io.StringIO
    followed: dict[InboxId, Effects] = field(default_factory=dict)
    """What followed from each message of a person: the log names none."""
    clock: Watch = field(default_factory=lambda: Watch(MONDAY))

    def __post_init__(self) -> None:
        bot = bot_on(self.telegram)
        numbers = count(1)
        world = replace(self.mind.world, new_token=lambda: Token(f"t{next(numbers):07}"))
        self.mind = replace(self.mind, world=world)
        self._poller = Poller(bot, self._keep)
        self._postman = Postman(
            {Name.TELEGRAM: Channel(bot)}, store=self.store, clock=self.clock, world=lambda: self._present().world,
            pacer=Pacer(lambda: 0.0, per_second=0, chat_pause=0), in_flight=AT_ONCE,
        )  # fmt: skip

    def _present(self) -> Mind:
        return replace(self.mind, world=replace(self.mind.world, now=self.clock()))

    async def _keep(self, messages: Sequence[Incoming]) -> None:
        await receive(messages, store=self.store, clock=self.clock, urgency=self.mind.matcher.urgency)

    async def take(self, updates: Sequence[Made]) -> tuple[str, list[Line]]:
        """Let updates come in, answer them, do what is due, deliver; return what was logged, as text and as lines."""
        self.clock.forward(timedelta(minutes=3))
        for one in updates:
            _happens_at(one, int(self.clock().timestamp()))
        await self._come([one for one in updates if not one.later])
        await self._come([one for one in updates if one.later])
        while await alerting.call_due(self._present().world, store=self.store, clock=self.clock):
            pass
        while await timekeeping.move_overdue(self._present().world, store=self.store, clock=self.clock):
            pass
        while await timekeeping.ring(self._present().world, store=self.store, clock=self.clock):
            pass
        await self._postman.deliver()
        logged = self.log.getvalue()
        self.log.seek(0)
        self.log.truncate()
        return logged, [json.loads(line) for line in logged.split("\n") if line]

    async def _come(self, updates: Sequence[Made]) -> None:
        self.telegram.waiting = json.dumps([one.raw for one in updates]).encode()
        await self._poller._take(await self._poller._fetch())
        while await answer_ready(store=self.store, mind=self.mind, clock=self.clock):
            pass

    # The beginning of a day -------------------------------------------------------------------------------------------

    async def open_doors(self, people: People, talkers: Sequence[int], barred: Sequence[int]) -> None:
        """Connect the groups, let specialists come to work, begin to write with some families, and bar some of them."""
        for team, name in zip(people.teams, ("support", "legal"), strict=True):
            code = await invite(TeamId(name), store=self.store, clock=self.clock)
            await self.take([people.in_group(team, team.people[0], f"/connect {code}")])
            await self.take([people.in_group(team, one, "/work") for one in team.people])
            await self.take([people.in_group(team, team.people[0], "/duty on")])
        for chat in talkers:
            await self.take([people.text(f"/human please call me {chat}", chat)])
            said = ("We call you tomorrow.", *(("/bar 3 threats",) if chat in barred else ()))
            await self._begin_to_talk(people, people.teams[0], said)

    async def _begin_to_talk(self, people: People, team: Team, said: Sequence[str]) -> None:
        """Claim the newest case of a team and write in its topic."""
        who, mail = people.r.choice(team.people), self.telegram.mail[team.chat]
        card = next(one for one in reversed(mail) if any(data.startswith("1.C.") for data in one.buttons))
        await self.take([people.press_in_group(team, who, card.buttons[0], card.message)])
        people.talks.append((team, who, card.thread))
        for words in said:
            await self.take([people.in_group(team, who, words, thread=card.thread)])


def _happens_at(made: Made, now: int) -> None:
    """Let a message be written now, where nothing stranger stands in its date."""
    for message in (made.raw.get("message"), made.raw.get("edited_message")):
        if isinstance(message, dict) and message.get("date") == AT:
            message["date"] = now


@contextmanager
def on_this_thread() -> Iterator[None]:
    """Let SQLite work without a thread of its own, and not wait for the disk: both cost more than most statements."""

    async def execute(_: Connection, what: Callable[..., Any], *args: Any, **named: Any) -> Any:  # Any: whatever
        return what(*args, **named)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Connection, "_execute", execute)
        patch.setattr(engine, "_PRAGMAS", (*engine._PRAGMAS, "PRAGMA synchronous=OFF"))
        yield


@contextmanager
def listening() -> Iterator[dict[InboxId, Effects]]:
    """Remember what follows from each message."""
    followed = {}

    def remembering(r: Received, w: World) -> Effects:
        followed[r.id] = effects = respond(r, w)
        return effects

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(answering, "respond", remembering)
        yield followed


@asynccontextmanager
async def opened_day(mind: Mind, folder: Path, level: str = "debug") -> AsyncIterator[Intake]:
    """Open a day with an empty database on disk and a log of its own."""
    log = io.StringIO()
    with logging_as_before(), redirect_stderr(log), on_this_thread(), listening() as followed:
        configure(level)
        async with opened(f"sqlite:///{_fresh(folder)}?check_same_thread=false") as store:
            yield Intake(store, Telegram(), mind, log, followed)


def _fresh(folder: Path) -> Path:
    for old in folder.glob("fuzz.db*"):
        old.unlink()
    return folder / "fuzz.db"
