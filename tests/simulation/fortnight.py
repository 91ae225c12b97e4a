"""Two weeks of families and careless specialists on a clock of their own: real actions, a real store, no network.

Everybody comes in by the front door: what they write and press is received and answered as the program does it. Only the
postman is pretended: what is owed has arrived at once, unless its family has stopped the bot.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from random import Random
from typing import Protocol, cast

from sqlalchemy import String, and_, func, or_, select, update
from sqlalchemy import cast as cast_in_sql

from bot.actions import timekeeping
from bot.actions.answering import Mind, answer_ready
from bot.actions.invitations import invite
from bot.actions.receiving import receive
from bot.cases.model import CaseId, CaseState, Event, EventKind, SpecialistId
from bot.content.model import MAIN_LANGUAGES, Catalogue, DangerKind, Language, TeamId
from bot.conversation.decide import Policy
from bot.conversation.model import (
    Address,
    ButtonSet,
    Channel,
    ConversationId,
    Incoming,
    InGroup,
    Kind,
    OutgoingKind,
    Press,
    Purpose,
    Verb,
)
from bot.conversation.replies import World
from bot.matching.evidence import Candidate, Evidence, Level
from bot.matching.find import Matcher
from bot.storage.codec import OUTGOING, load
from bot.storage.tables import addresses, case_places, cases, outbox, specialists
from bot.storage.unit_of_work import SqlStore, SqlTransaction
from tests.builders_dialogue import BENEFIT, COURSES, DOCTOR, SCHOOL, SUPPORT, messages, talking_catalogue, tokens
from tests.builders_store import Watch
from tests.simulation.calendar import LITHUANIA
from tests.simulation.ledger import LOOK, Ledger, Told

START = datetime(2026, 12, 18, tzinfo=LITHUANIA)
"""A Friday; Christmas and New Year's Day fall into the fortnight."""
FORTNIGHT = timedelta(days=14)
WARNING = timedelta(minutes=30)

Step = Callable[[], Awaitable[None]]


class Reactions(Protocol):
    """What people make of what they see."""

    def react(self, case: CaseId, event: Event) -> None:
        """Something has happened to a case."""

    def asked(self, asked: Told) -> None:
        """Somebody's words were held back, and they are asked what becomes of them."""


_ENTRIES = {"school": COURSES, "money": BENEFIT, "doctor": DOCTOR}
HOUR = timedelta(hours=1)


class Reader:
    """Understands words that say themselves what they are: `danger`, `perhaps`, a topic, the code of a language."""

    encoder_id = ""

    def find(self, text: str, *, chosen: Language | None = None, hint: Language | None = None) -> Evidence:
        """Return what the words say; never an answer, so that everything goes to people."""
        words = text.split()
        level = Level.RED if "danger" in words else Level.AMBER if "perhaps" in words else Level.NONE
        near = [Candidate(_ENTRIES[word], 0.35) for word in words if word in _ENTRIES]
        language = next((one for one in MAIN_LANGUAGES if one in words), chosen or hint or MAIN_LANGUAGES[0])
        kind = DangerKind.VIOLENCE if level is not Level.NONE else None
        return Evidence(language, True, danger=level, danger_kind=kind, candidates=tuple(near))  # noqa: FBT003  how sure


@dataclass
class Family:
    """Somebody with questions; `mail` is what the bot has told them, newest last."""

    address: Address
    language: Language
    mail: list[Told] = field(default_factory=list)
    stopped: bool = False

    def button(self, purpose: Purpose, verb: Verb, case: CaseId | None = None) -> tuple[ButtonSet, str] | None:
        """Return the newest set of a purpose that has a verb, and the message it hangs on."""
        for told in reversed(self.mail):
            buttons = told.outgoing.buttons
            if buttons is None or buttons.purpose is not purpose or (case is not None and buttons.case != case):
                continue
            if any(button.verb is verb for row in buttons.rows for button in row):
                return buttons, str(told.row)
        return None

    def message_about(self, case: CaseId) -> str:
        """Return a message of the bot about a case, to reply to."""
        return next((str(told.row) for told in reversed(self.mail) if told.case == case), "")


@dataclass
class Worker:
    """A specialist, as careless as people are who have other work too."""

    author: str
    group: Address
    here: bool = True
    back_at: datetime = START
    """On holiday until then: nothing that was meant to be done is done."""


@dataclass
class Tally:
    """What people did, beside what the ledger counts."""

    steps: int = 0
    looks: int = 0
    at_once: int = 0
    holidays: int = 0
    forgotten: int = 0
    left: int = 0
    left_with_cases: int = 0
    stopped: int = 0
    held: int = 0


class Fortnight:
    """The fortnight itself: what will happen, by its time, and the clock that follows."""

    def __init__(self, store: SqlStore, seed: int, opened: int) -> None:
        self.store = store
        self.random = Random(seed)
        self.opened = opened
        self.clock = Watch(START)
        self.content: Catalogue = talking_catalogue()
        self.world = World(self.content, messages(), Policy(), START, tokens())
        self.mind = Mind(cast(Matcher, Reader()), self.world)  # its `find` is all that is used of it
        self.ledger = Ledger(lambda: self.world)
        self.tally = Tally()
        self.families: dict[str, Family] = {}
        self.family_at: dict[ConversationId, Family] = {}
        self.whose: dict[CaseId, Family] = {}
        self.wrote: dict[str, Worker] = {}
        """Who wrote which message of a group."""
        self.people: Reactions | None = None
        self.workers: dict[SpecialistId, Worker] = {}
        self.groups: dict[TeamId, Address] = {}
        self._agenda: list[tuple[datetime, int, Step]] = []
        self._numbers = count(1)

    # Time -------------------------------------------------------------------------------------------------------------

    def after(self, wait: timedelta, step: Step) -> None:
        """Let something happen later."""
        self.at(self.clock.at + wait, step)

    def at(self, when: datetime, step: Step) -> None:
        """Let something happen at an instant."""
        heapq.heappush(self._agenda, (when, next(self._numbers), step))

    def about(self, typical: timedelta) -> timedelta:
        """Return a wait that is mostly shorter than `typical`, and sometimes much longer."""
        return typical * self.random.expovariate(1) + timedelta(seconds=self.random.random())

    async def run(self) -> None:
        """Live through all of it."""
        await self._open_the_doors()
        self._plan()
        end = START + FORTNIGHT
        while self._agenda and self._agenda[0][0] <= end:
            when, _, step = heapq.heappop(self._agenda)
            await self._look_until(when)
            self.clock.at = max(when, self.clock.at)
            self.tally.steps += 1
            await step()
            await self.see()
        await self._look_until(end)
        self.clock.at = end
        async with self.store.begin() as tx:
            await self.ledger.finish(tx)

    async def _look_until(self, when: datetime) -> None:
        """Look at what is due as the program does, each half minute; looks at which nothing can be due are left out."""
        seen = None
        while (due := await self._next_due()) is not None:
            look = START + LOOK * math.ceil((max(due, self.clock.at) - START) / LOOK)
            if look > when:
                return
            assert look != seen, "something is due, and looking at it changes nothing"
            self.clock.at = seen = look
            self.tally.looks += 1
            while await timekeeping.move_overdue(self.world, store=self.store, clock=self.clock):
                pass
            await self.see()

    async def _next_due(self) -> datetime | None:
        claimed, waiting = cases.c.state == CaseState.CLAIMED, cases.c.state == CaseState.WAITING
        first_back = select(func.min(cases.c.return_at)).where(claimed)
        first_due = select(func.min(cases.c.due_at)).where(or_(claimed, waiting))
        async with self.store.begin() as tx:
            back, due = await tx.connection.scalar(first_back), await tx.connection.scalar(first_due)
        return min((x for x in (back, due - WARNING if due else None) if x is not None), default=None)

    async def see(self) -> list[tuple[CaseId, Event]]:
        """Deliver what is owed, check all of it, and let people react; return what happened to cases."""
        async with self.store.begin() as tx:
            told = await self._deliver(tx)
            happened = await self.ledger.follow(tx, told, self.clock.at)
        for case_id, event in happened:
            if event.kind is EventKind.OPENED:
                self.whose[case_id] = next(family for one in told if (family := self.family_at.get(one.to)))
            if self.people is not None:
                self.people.react(case_id, event)
        for one in told:
            if self.people is not None and one.held:
                self.people.asked(one)
        return happened

    async def _deliver(self, tx: SqlTransaction) -> list[Told]:
        """Deliver everything; what is kept for a family that has stopped the bot counts as told, and arrives later."""
        wanted = select(outbox, addresses.c.chat).join(
            addresses, addresses.c.conversation_id == outbox.c.conversation_id
        )
        told = []
        for row in (await tx.connection.execute(wanted.where(outbox.c.state == "new").order_by(outbox.c.id))).all():
            case, to = CaseId(row.case_id) if row.case_id else None, ConversationId(row.conversation_id)
            told.append(Told(row.id, to, case, load(OUTGOING, row.payload)))
            if row.kind == OutgoingKind.CASE_CARD:
                here = and_(case_places.c.case_id == case, case_places.c.conversation_id == to)
                made = {"thread": f"t{row.id}", "card": str(row.id)}
                await tx.connection.execute(update(case_places).where(here).values(made))
            if row.chat in self.families:
                self.family_at[to] = self.families[row.chat]
                self.families[row.chat].mail.append(told[-1])
        arrived = outbox.c.id.in_([one.row for one in told])
        if told:
            sent = {"state": "sent", "message": cast_in_sql(outbox.c.id, String)}
            await tx.connection.execute(update(outbox).where(arrived).values(sent))
        return told

    # What people do ---------------------------------------------------------------------------------------------------

    async def bring(self, *messages: Incoming) -> None:
        """Receive and answer, as if all came in one answer of Telegram."""
        await receive(messages, store=self.store, clock=self.clock)
        while await answer_ready(store=self.store, mind=self.mind, clock=self.clock):
            pass

    def message(self, address: Address, text: str, kind: Kind = Kind.TEXT, **more: object) -> Incoming:
        """Return a message of somebody."""
        number = next(self._numbers)
        return Incoming(f"m:{number}", address, kind, text=text, at=self.clock.at, message=f"m{number}", **more)  # type: ignore[arg-type]  # its other fields

    async def write(self, family: Family, text: str, reply_to: str = "") -> None:
        """Let a family write; whatever it is, it opens one case, or is put to one."""
        if family.stopped:
            return
        await self.bring(self.message(family.address, f"{text} {family.language}", reply_to=reply_to))
        happened = await self.see()
        found = family.mail[-1].outgoing.buttons if family.mail else None
        if found is not None and found.purpose is Purpose.CASES and found.question is not None and not happened:
            await self.press(family, (found, str(family.mail[-1].row)), Verb.CASE)
            happened = await self.see()
        kept = [event for _, event in happened if event.kind in {EventKind.OPENED, EventKind.WRITTEN}]
        assert len(kept) == 1, f"{text!r} is in {len(kept)} cases"

    async def press(self, family: Family, found: tuple[ButtonSet, str] | None, verb: Verb, choice: int = 0) -> None:
        """Let a family press a button that it was offered."""
        if found is not None and not family.stopped:
            buttons, message = found
            press = Press(verb, buttons.token, choice, message)
            await self.bring(self.message(family.address, "", Kind.PRESS, press=press))

    async def say(self, case: CaseId, *said: tuple[Worker, str]) -> None:
        """Let specialists write in the topic of a case, all at the same instant."""
        async with self.store.begin() as tx:
            group = await self._conversation(tx, said[0][0].group)
            place = await tx.places.of(case, group)
        if place is not None and place.thread is not None:
            facts = [InGroup(author=worker.author, thread=place.thread, forum=True) for worker, _ in said]
            what = zip(said, facts, strict=True)
            written = [self.message(worker.group, text, group=fact) for (worker, text), fact in what]
            self.wrote |= {one.message: worker for one, (worker, _) in zip(written, said, strict=True)}
            await self.bring(*written)

    async def press_in_group(self, worker: Worker, told: Told, verb: Verb) -> None:
        """Let a specialist press a button."""
        if told.outgoing.buttons is not None:
            press = Press(verb, told.outgoing.buttons.token, 0, str(told.row))
            facts = InGroup(author=worker.author, forum=True, query=f"q{told.row}")
            await self.bring(self.message(worker.group, "", Kind.PRESS, press=press, group=facts))

    async def _conversation(self, tx: SqlTransaction, address: Address) -> ConversationId:
        return (await tx.conversations.find([address]))[address]

    # The plan ---------------------------------------------------------------------------------------------------------

    async def _open_the_doors(self) -> None:
        for n, (team, people) in enumerate(((SUPPORT, 6), (SCHOOL, 4))):
            address = self.groups[team] = Address(Channel.TELEGRAM, f"-100{n}")
            code = await invite(team, store=self.store, clock=self.clock)
            await self.bring(self.message(address, f"/connect {code}", group=InGroup(author="admin", forum=True)))
            for _ in range(people):
                await self.comes_to_work(address)

    async def comes_to_work(self, group: Address) -> None:
        """Let somebody new work in a group."""
        author = f"a{next(self._numbers)}"
        await self.bring(self.message(group, "/work", group=InGroup(author=author, forum=True)))
        async with self.store.begin() as tx:
            found = await tx.connection.scalar(select(specialists.c.id).where(specialists.c.author == author))
        assert found is not None
        self.workers[SpecialistId(found)] = Worker(author, group)

    def _plan(self) -> None:
        most = max(1, self.opened * 2 // 5)
        for n in range(most):
            address = Address(Channel.TELEGRAM, f"{1000 + n}")
            self.families[address.chat] = Family(address, self.random.choice(MAIN_LANGUAGES))
        for _ in range(self.opened):
            self.at(START + FORTNIGHT * self.random.random(), self.asks)
        for _ in range(max(1, self.opened // 60)):
            self.at(START + FORTNIGHT * self.random.random(), self.leaves)

    async def asks(self) -> None:
        """Let some family ask something new; one in twelve is about danger."""
        family = self.random.choice(list(self.families.values()))
        await self.returns(family)
        roll = self.random.random()
        topic = self.random.choice([*_ENTRIES, "something"])
        if roll < 1 / 12:
            await self.write(family, "danger my neighbour")
        else:
            await self.write(family, f"/human {topic} {'perhaps' if roll < 1 / 6 else 'please'}")

    async def leaves(self) -> None:
        """Let somebody go for good, with whatever they have claimed; somebody new comes soon."""
        staff = [(one, worker) for one, worker in self.workers.items() if worker.here]
        async with self.store.begin() as tx:
            held = {one: len(await tx.cases.claimed_by(one)) for one, _ in staff}
        one, worker = max(staff, key=lambda x: (held[x[0]], x[0]))
        worker.here = False
        self.tally.left += 1
        self.tally.left_with_cases += held[one]
        await self.bring(self.message(worker.group, "", Kind.LEFT, group=InGroup(author=worker.author, forum=True)))
        self.after(self.about(HOUR), lambda: self.comes_to_work(worker.group))

    async def stops(self, family: Family) -> None:
        """Let a family stop the bot."""
        if not family.stopped:
            family.stopped = True
            self.tally.stopped += 1
            await self.bring(self.message(family.address, "", Kind.BLOCKED))

    async def returns(self, family: Family) -> None:
        """Let a family come back."""
        if family.stopped:
            family.stopped = False
            await self.bring(self.message(family.address, "", Kind.UNBLOCKED))
