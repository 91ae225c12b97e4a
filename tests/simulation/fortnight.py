"""Two weeks of families and careless specialists on a clock of their own: real actions, a real store, no network.

Everybody comes in by the front door: what they write and press is received and answered as the program does it. Only the
postman is pretended: what is owed has arrived at once, unless its family has stopped the bot.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count
from random import Random
from typing import Protocol, cast

from sqlalchemy import String, and_, func, or_, select, update
from sqlalchemy import cast as cast_in_sql

from bot.actions import alerting, timekeeping
from bot.actions.answering import Mind, answer_ready
from bot.actions.invitations import invite
from bot.actions.receiving import receive
from bot.cases.model import CaseId, CaseState, Event, EventKind, SpecialistId
from bot.content.model import MAIN_LANGUAGES, Catalogue, TeamId
from bot.conversation.decide import Policy
from bot.conversation.model import (
    Address,
    Channel,
    ConversationId,
    Incoming,
    InGroup,
    Kind,
    OutgoingKind,
    Press,
    Verb,
)
from bot.conversation.replies import Calls, World
from bot.matching.find import Matcher
from bot.storage.codec import OUTGOING, load
from bot.storage.tables import addresses, alerts, case_places, cases, outbox, specialists, timers
from bot.storage.unit_of_work import SqlStore, SqlTransaction
from tests.builders_dialogue import SCHOOL, SUPPORT, messages, talking_catalogue, tokens
from tests.builders_store import Watch
from tests.simulation.calendar import LITHUANIA
from tests.simulation.calls import LOOK
from tests.simulation.ledger import Ledger
from tests.simulation.people import Family, Told, Worker
from tests.simulation.reader import TOPICS, Reader

ADMINISTRATOR = Address(Channel.TELEGRAM, "1")
START = datetime(2026, 12, 18, tzinfo=LITHUANIA)
"""A Friday; Christmas and New Year's Day fall into the fortnight."""
FORTNIGHT = timedelta(days=14)
WARNING = timedelta(minutes=30)

Step = Callable[[], Awaitable[None]]


class Reactions(Protocol):
    """What people make of what they see."""

    def react(self, case: CaseId, event: Event) -> None:
        """Something has happened to a case."""

    def read(self, told: Told) -> None:
        """A message has come to a family, a group or a specialist."""


HOUR, DAY = timedelta(hours=1), timedelta(days=1)


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
    hidden: int = 0
    barred_in_danger: int = 0
    hidden_in_danger: int = 0
    shown: int = 0
    taken_up: int = 0


class Fortnight:
    """The fortnight itself: what will happen, by its time, and the clock that follows."""

    def __init__(self, store: SqlStore, seed: int, opened: int) -> None:
        self.store = store
        self.random = Random(seed)
        self.opened = opened
        self.clock = Watch(START)
        self.content: Catalogue = talking_catalogue()
        calls = Calls(administrator=ADMINISTRATOR)
        self.world = World(self.content, messages(), Policy(), START, tokens(), calls=calls)
        self.mind = Mind(cast(Matcher, Reader()), self.world)  # its `find` is all that is used of it
        self.ledger = Ledger(lambda: self.world, self._staff, self._hides)
        self.tally = Tally()
        self.families: dict[str, Family] = {}
        self.family_at: dict[ConversationId, Family] = {}
        self.told: list[Told] = []
        """What was told in the last step that was seen."""
        self.wrote: dict[str, Worker] = {}
        """Who wrote which message of a group."""
        self.said: dict[CaseId, Incoming] = {}
        """The last words for the family, by case; sent or held."""
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

    def maybe(self, likely: float, typical: timedelta, step: Step) -> None:
        """Let something happen later, or not at all."""
        if self.random.random() < likely:
            self.after(self.about(typical), step)

    @property
    def curtains(self) -> int:
        """How many messages waited behind a line that tells nothing."""
        return sum(family.phone.curtains for family in self.families.values())

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
            await self.ledger.finish(tx, end)

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
            await timekeeping.ring(self.world, store=self.store, clock=self.clock)
            while await alerting.call_due(self.world, store=self.store, clock=self.clock):
                pass
            while await timekeeping.move_overdue(self.world, store=self.store, clock=self.clock):
                pass
            await self.see()

    async def _next_due(self) -> datetime | None:
        claimed, waiting = cases.c.state == CaseState.CLAIMED, cases.c.state == CaseState.WAITING
        first_back = select(func.min(cases.c.return_at)).where(claimed)
        first_due = select(func.min(cases.c.due_at)).where(or_(claimed, waiting))
        others = (select(func.min(alerts.c.due_at)), select(func.min(timers.c.due_at)))
        async with self.store.begin() as tx:
            back, due = await tx.connection.scalar(first_back), await tx.connection.scalar(first_due)
            rest = [await tx.connection.scalar(one) for one in others]
        return min((x for x in (back, due - WARNING if due else None, *rest) if x is not None), default=None)

    async def see(self) -> list[tuple[CaseId, Event]]:
        """Deliver what is owed, check all of it, and let people react; return what happened to cases."""
        async with self.store.begin() as tx:
            self.told = await self._deliver(tx)
            happened = await self.ledger.follow(tx, self.told, self.clock.at)
        for family in self.families.values():
            family.phone.show([one for one in self.told if one.chat == family.address.chat], self.world, self.clock.at)
        for case_id, event in happened:
            if self.people is not None:
                self.people.react(case_id, event)
        for one in self.told:
            if self.people is not None:
                self.people.read(one)
        return happened

    def whose(self, case: CaseId) -> Family:
        """Return the family whose case it is."""
        return self.family_at[self.ledger.cases[case].family]

    def who_is_there(self, case: CaseId) -> list[Worker]:
        """Return who of the team that has a case could do something about it now."""
        return [
            one for one in self._staff(self.ledger.cases[case].case.team).values() if not one.is_away(self.clock.at)
        ]

    def elsewhere(self, case: CaseId) -> str:
        """Return the order that sends a case to another team."""
        team = self.ledger.cases[case].case.team
        return "/transfer " + next(one for one in self.groups if one != team) + " not ours"

    def is_barred(self, family: Family) -> bool:
        """Tell whether a specialist has limited a family."""
        return self.ledger.bars.is_barred(family.conversation, self.clock.at)

    def _staff(self, team: TeamId) -> dict[SpecialistId, Worker]:
        return {
            one: worker for one, worker in self.workers.items() if worker.here and worker.group == self.groups[team]
        }

    def _hides(self, family: ConversationId) -> bool:
        return self.family_at[family].phone.hidden

    async def _deliver(self, tx: SqlTransaction) -> list[Told]:
        """Deliver everything; what is kept for a family that has stopped the bot counts as told, and arrives later."""
        wanted = select(outbox, addresses.c.chat).join(
            addresses, addresses.c.conversation_id == outbox.c.conversation_id
        )
        told = []
        for row in (await tx.connection.execute(wanted.where(outbox.c.state == "new").order_by(outbox.c.id))).all():
            case, to = CaseId(row.case_id) if row.case_id else None, ConversationId(row.conversation_id)
            told.append(Told(row.id, to, case, load(OUTGOING, row.payload), row.chat))
            if row.kind == OutgoingKind.CASE_CARD:
                here = and_(case_places.c.case_id == case, case_places.c.conversation_id == to)
                made = {"thread": f"t{row.id}", "card": str(row.id)}
                await tx.connection.execute(update(case_places).where(here).values(made))
            if row.chat in self.families:
                self.family_at[to] = family = self.families[row.chat]
                family.conversation = to
                family.mail.append(told[-1])
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

    async def writes(self, family: Family, text: str, reply_to: str = "") -> list[tuple[CaseId, Event]]:
        """Let a family write something; return what happened."""
        message = self.message(family.address, f"{text} {family.language}", reply_to=reply_to)
        family.phone.there[message.message] = self.clock.at
        await self.bring(message)
        happened = await self.see()
        cards = [one for one in self.told if one.outgoing.kind is OutgoingKind.CARD and one.to == family.conversation]
        open_ = [one for one in cards if one.meant is one.outgoing]
        assert len(cards) == len(open_) == ("danger" in text.split()), f"{text!r}: {len(open_)} of {len(cards)} cards"
        return happened

    async def write(self, family: Family, text: str, reply_to: str = "") -> None:
        """Let a family write; whatever it is, it opens one case, or is put to one, unless its writer is barred."""
        if family.stopped:
            return
        before, happened = len(family.mail), await self.writes(family, text, reply_to)
        if len(family.mail) > before and family.is_asked_which() and not happened:
            await self.look_behind(family, family.mail[-1])
            await self.press(family, family.mail[-1], Verb.CASE)
            happened = await self.see()
        kept = [event.kind for _, event in happened if event.kind in {EventKind.OPENED, EventKind.WRITTEN}]
        danger, barred = "danger" in text.split(), self.is_barred(family)
        self.tally.barred_in_danger += barred and danger
        self.tally.hidden_in_danger += family.phone.hidden and danger
        if barred and not danger:
            assert not kept or "perhaps" in text or kept == [EventKind.WRITTEN], f"{text!r} of somebody barred: {kept}"
        else:
            assert len(kept) == 1, f"{text!r} is in {len(kept)} cases"

    async def look_behind(self, family: Family, told: Told) -> None:
        """Let a family look behind a curtain."""
        if told.offers(Verb.SHOW) and told.message in family.phone.there:
            await self.press(family, told, Verb.SHOW)
            await self.see()

    async def press(self, family: Family, found: Told | None, verb: Verb, choice: int = 0) -> None:
        """Let a family press a button that it was offered."""
        if found is not None and found.outgoing.buttons is not None and not family.stopped:
            family.phone.act = verb
            press = Press(verb, found.outgoing.buttons.token, choice, found.message)
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
            self.said.update((case, one) for one in written if not one.text.startswith("/"))
            await self.bring(*written)

    def somebody_orders(self, case: CaseId, text: str) -> Step:
        """Return the step in which somebody of its team orders something in the topic of a case."""

        async def writes() -> None:
            staff = self.who_is_there(case)
            if staff:
                await self.say(case, (self.random.choice(staff), text))

        return writes

    async def corrects(self, case: CaseId, text: str) -> None:
        """Let whoever has written the last words in the topic of a case edit them."""
        written = self.said.get(case)
        if written is not None:
            await self.bring(
                replace(self.message(written.address, text, Kind.EDITED, group=written.group), message=written.message)
            )

    async def press_in_group(self, told: Told, verb: Verb, *workers: Worker) -> None:
        """Let specialists press a button, all at the same instant."""
        if told.outgoing.buttons is not None:
            press = Press(verb, told.outgoing.buttons.token, 0, str(told.row))
            facts = [InGroup(author=one.author, forum=True, query=f"q{told.row}{one.author}") for one in workers]
            what = zip(workers, facts, strict=True)
            await self.bring(*(self.message(one.group, "", Kind.PRESS, press=press, group=fact) for one, fact in what))

    async def alone(self, worker: Worker, text: str = "", told: Told | None = None) -> None:
        """Let a specialist write to the bot in their own chat, or say there that they have what they are called for."""
        address = Address(Channel.TELEGRAM, worker.author)
        if told is None or told.outgoing.buttons is None:
            await self.bring(self.message(address, text))
        else:
            press = Press(Verb.CLAIM, told.outgoing.buttons.token, 0, str(told.row))
            await self.bring(self.message(address, "", Kind.PRESS, press=press))

    async def order(self, worker: Worker, text: str) -> None:
        """Let a specialist write an order in their group, in no topic."""
        await self.bring(self.message(worker.group, text, group=InGroup(author=worker.author, forum=True)))

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
        await self.bring(self.message(ADMINISTRATOR, "/start"))

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
        """Let some family ask something new; one in twelve is about danger, one in ten has an answer."""
        family = self.random.choice(list(self.families.values()))
        await self.returns(family)
        roll = self.random.random()
        topic = self.random.choice([*TOPICS, "something"])
        if roll < 1 / 12:
            await self.write(family, "danger my neighbour")
        else:
            await self.write(family, f"/human {topic} {'perhaps' if roll < 1 / 6 else 'please'}")
        if self.random.random() < 1 / 10:
            self.after(self.about(DAY), lambda: self.asks_what_is_known(family))

    async def asks_what_is_known(self, family: Family) -> None:
        """Let a family ask what the bot can answer; if it may be about danger, somebody reads it all the same."""
        if family.stopped:
            return
        perhaps = self.random.random() < 2 / 3
        happened = await self.writes(family, f"money known {'perhaps' if perhaps else ''}")
        in_a_case = {EventKind.OPENED, EventKind.WRITTEN, EventKind.REOPENED} & {event.kind for _, event in happened}
        shown = [one for one in self.told if one.offers(Verb.MAKE_CASE)]
        self.tally.shown += len(shown)
        if perhaps and not in_a_case and not self.is_barred(family):
            assert len(shown) == 1, "it may be about danger, and nobody reads it"

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

    async def hides(self, family: Family, found: Told | None = None) -> None:
        """Let a family hide its chat, by the button of a card or by the command."""
        if not family.stopped:
            self.tally.hidden += 1
            if found is None:
                await self.bring(self.message(family.address, "/hide"))
            else:
                await self.press(family, found, Verb.HIDE)
            family.phone.hide(self.clock.at)

    async def unhides(self, family: Family) -> None:
        """Let a family end hiding."""
        if not family.stopped and family.phone.hidden:
            await self.bring(self.message(family.address, "/unhide"))
            family.phone.unhide()
