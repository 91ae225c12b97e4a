"""Families that ask and specialists who answer in their groups, on a database in memory, without any network."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection, MutableMapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import count
from typing import Any

from sqlalchemy import func, select
from structlog.testing import capture_logs

from bot.actions import delivering
from bot.actions.answering import Mind, answer_ready
from bot.actions.delivering import Outcome, Placed, Sent
from bot.actions.invitations import invite
from bot.actions.receiving import receive
from bot.actions.timekeeping import move_overdue, ring
from bot.cases.model import Case, CaseId
from bot.content.model import DangerKind, Language, SmallTalkKind, TeamId
from bot.conversation.model import (
    Address,
    Attachment,
    AttachmentKind,
    ButtonSet,
    Channel,
    ConversationId,
    Incoming,
    InGroup,
    Kind,
    Outgoing,
    OutgoingKind,
    Press,
    Token,
    Verb,
)
from bot.conversation.replies import World
from bot.matching.danger import Hit
from bot.matching.evidence import Evidence, Level
from bot.matching.find import Matcher
from bot.ports import CasePlace, Group, Owed, Specialist
from bot.storage.codec import OUTGOING
from bot.storage.codec import load as loaded
from bot.storage.tables import case_events, cases, outbox
from bot.storage.unit_of_work import SqlStore
from tests.builders import EN, UK
from tests.builders_dialogue import BENEFIT, KINDERGARTEN, SCHOOL, SUPPORT, seen, words_of, world
from tests.builders_store import ANA, TELEGRAM, Watch, all_rows, incoming, kept_case, opened

MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
"""Ten in the morning in Vilnius: people work."""
GROUP, OTHER_GROUP = Address(Channel.TELEGRAM, "-100500"), Address(Channel.TELEGRAM, "-100600")
NEW_GROUP = Address(Channel.TELEGRAM, "-100501")
"""Where a team or a group moves to."""
TEAM_OF = {GROUP: SUPPORT, OTHER_GROUP: SCHOOL}
RASA, TOMAS, IEVA, STRANGER = "71", "72", "73", "79"
"""How Telegram names people of a group."""
ADMINISTRATOR = "70"

QUESTION = "what do I show my landlord"
OF_SCHOOL = "what does the school want"
"""A question for the other team."""
SECRET = "heron meadow lantern"
"""Words of a note; they are for nobody else."""
SHOWN = "A new message for you."
"""What a curtain says."""
DANGER, PERHAPS_DANGER, THANKS = "he beats me", "I am afraid of him", "thanks"

Fate = Callable[[Owed], Outcome | None]
"""What becomes of a message on its way; None lets it arrive."""


class Knowing(Matcher):
    """Knows the words above, and that Cyrillic letters are Ukrainian."""

    encoder_id = ""

    def __init__(self) -> None:
        pass

    def find(self, text: str, *, chosen: Language | None = None, hint: Language | None = None) -> Evidence:
        """See `Matcher.find`."""
        del hint
        language = chosen or (UK if any("\u0400" <= letter <= "\u04ff" for letter in text) else EN)
        if DANGER in text:
            return seen(language=language, danger=Level.RED, danger_kind=DangerKind.VIOLENCE)
        if PERHAPS_DANGER in text:
            known = ((BENEFIT, 0.95),) if "benefit" in text else ()
            return seen(*known, language=language, danger=Level.AMBER, danger_kind=DangerKind.VIOLENCE)
        if "benefit" in text:
            return seen((BENEFIT, 0.95), language=language)
        if "school" in text:
            return seen((KINDERGARTEN, 0.4), language=language)
        return seen(language=language, small_talk=SmallTalkKind.THANKS if text == THANKS else None)

    def gravest_pattern(self, text: str) -> Hit | None:
        """See `Matcher.gravest_pattern`."""
        return Hit(Level.RED, DangerKind.VIOLENCE, DANGER, EN) if DANGER in text else None


@dataclass(frozen=True)
class Told:
    """A message that we owe or owed somebody, and what became of it."""

    id: int
    key: str
    to: ConversationId
    case: CaseId | None
    state: str
    priority: int
    message: str | None
    outgoing: Outgoing

    @property
    def kind(self) -> OutgoingKind:
        """What it is."""
        return self.outgoing.kind

    @property
    def words(self) -> str:
        """Its words, line by line."""
        return words_of(self.outgoing)


@dataclass
class Office:
    """A store with families that write, groups of specialists, and everything that answers."""

    store: SqlStore
    logged: list[MutableMapping[str, Any]] = field(default_factory=list)  # Any: log fields are anything
    may_break: bool = False
    clock: Watch = field(default_factory=lambda: Watch(MONDAY))
    mind: Mind = field(default_factory=lambda: Mind(Knowing(), world(now=MONDAY)))
    forums: dict[str, bool] = field(default_factory=dict)
    """Whether a group has topics, as Telegram knows it."""
    _messages: Any = field(default_factory=lambda: count(100))  # Any: itertools.count has no other type
    _sent: Any = field(default_factory=lambda: count(9000))
    _threads: Any = field(default_factory=lambda: count(50))

    @property
    def world(self) -> World:
        """What replies are made of now."""
        return replace(self.mind.world, now=self.clock())

    # What comes in ----------------------------------------------------------------------------------------------------

    async def hear(self, *messages: Incoming) -> None:
        """Receive messages and let everything follow."""
        await receive(messages, store=self.store, clock=self.clock)
        await self.settle()

    async def settle(self) -> int:
        """Answer until nobody waits; return in how many rounds."""
        rounds = 0
        while await answer_ready(store=self.store, mind=self.mind, clock=self.clock):
            rounds += 1
        return rounds

    def message(self, address: Address, words: str = "", **changes: Any) -> Incoming:  # Any: its fields
        """Return a message with an id of its own."""
        number = next(self._messages)
        changes = {"message": f"{number}", "at": self.clock(), **changes}
        return incoming(f"written:{number}", address, words, **changes)

    async def writes(self, words: str, address: Address = ANA, **changes: Any) -> list[Told]:  # Any: as above
        """Let a family write; return what they are told at once."""
        return await self._told_at_once(address, self.message(address, words, **changes))

    async def asks(self, words: str = QUESTION, address: Address = ANA, **changes: Any) -> CaseId:  # Any: as above
        """Let a family ask for a person; return the case."""
        command = "" if DANGER in words else "/human "
        await self.writes(f"{command}{words}", address, **changes)
        return CaseId((await all_rows(self.store, cases))[-1]["id"])

    async def presses(
        self, verb: Verb, address: Address = ANA, *, choice: int = 0, buttons: ButtonSet | None = None
    ) -> list[Told]:
        """Let a family press its newest button of a kind; return what they are told at once."""
        chosen = buttons or await self.buttons(address, verb)
        press = Press(verb.value, chosen.token, choice, "900")
        return await self.writes("", address, kind=Kind.PRESS, press=press, message="")

    async def buttons(self, address: Address, verb: Verb, about: CaseId | None = None) -> ButtonSet:
        """Return the newest set with a kind of button, as it was under its message."""
        sets = [
            one.outgoing.buttons
            for one in await self.told(address)
            if one.outgoing.buttons and any(b.verb is verb for row in one.outgoing.buttons.rows for b in row)
        ]
        mine = [one for one in sets if about is None or one.case == about]
        assert mine, f"{address} has no button {verb.name}"
        return mine[-1]

    # Groups -----------------------------------------------------------------------------------------------------------

    async def connects(
        self, at: Address = GROUP, *, team: TeamId | None = None, forum: bool = True, language: Language = EN
    ) -> ConversationId:
        """Connect a group to a team; it reads English unless said otherwise."""
        self.forums[at.chat] = forum
        code = await invite(team or TEAM_OF[at], store=self.store, clock=self.clock)
        await self.says(ADMINISTRATOR, f"/connect {code}", at=at)
        where = await self.id_of(at)
        async with self.store.begin() as tx:
            conversation = (await tx.conversations.load({where}))[where]
            await tx.conversations.save([replace(conversation, language=language, chosen=True)])
        return where

    async def joins(self, author: str, at: Address = GROUP) -> Specialist:
        """Let somebody press "I work here"."""
        await self.pushes(author, Verb.WORK_HERE, at=at)
        return await self.specialist(author, at)

    async def says(
        self,
        author: str,
        words: str = "",
        about: CaseId | None = None,
        *,
        at: Address = GROUP,
        **changes: Any,  # Any: fields of the message
    ) -> list[Told]:
        """Let somebody write in a group, about a case where that is seen; return what the group is told at once."""
        facts = InGroup(author=author, forum=self.forums.get(at.chat, False))
        if about is not None:
            place = await self.place(about, at)
            facts = replace(facts, thread=place.thread or "") if place.uses_topics else facts
            if not place.uses_topics:
                changes.setdefault("reply_to", place.card or "")
        return await self._told_at_once(at, self.message(at, words, **{"group": facts, **changes}))

    async def pushes(
        self,
        author: str,
        verb: Verb,
        about: CaseId | None = None,
        *,
        at: Address = GROUP,
        choice: int = 0,
        buttons: ButtonSet | None = None,
    ) -> list[Told]:
        """Let somebody press the newest button of a kind in a group; return what the group is told at once."""
        chosen = buttons or await self.buttons(at, verb, about)
        facts = InGroup(author=author, forum=self.forums.get(at.chat, False), query=f"q{next(self._messages)}")
        press = Press(verb.value, chosen.token, choice, "901")
        pressed = self.message(at, kind=Kind.PRESS, press=press, message="", group=facts)
        return await self._told_at_once(at, pressed)

    async def tells(self, kind: Kind, at: Address = GROUP, **facts: Any) -> list[Told]:  # Any: fields of InGroup
        """Let Telegram tell something about a group; return what the group is told at once."""
        facts.setdefault("forum", self.forums.get(at.chat, False))
        return await self._told_at_once(at, self.message(at, kind=kind, message="", group=InGroup(**facts)))

    async def _told_at_once(self, address: Address, message: Incoming) -> list[Told]:
        before = await self.latest()
        await self.hear(message)
        return await self.told(address, after=before)

    # What goes out ----------------------------------------------------------------------------------------------------

    async def deliver(self, fate: Fate = lambda _: None) -> list[Owed]:
        """Let everything leave that may, topics made where they are missing; return what arrived, in order."""
        lease = await delivering.take_lease("sender", delivering.RETRY_AFTER[-1], store=self.store, clock=self.clock)
        assert lease is not None
        ended: list[tuple[Owed, Outcome]] = []
        arrived: list[Owed] = []
        while True:
            rows = await delivering.turn(
                ended,
                lease,
                lambda due: due,
                channels=TELEGRAM,
                world=self.world,
                store=self.store,
                clock=self.clock,
            )
            if not rows:
                return arrived
            ended = [(row, self._outcome(row, fate)) for row in rows]
            arrived += [row for row, outcome in ended if isinstance(outcome, Sent)]

    def _outcome(self, row: Owed, fate: Fate) -> Outcome:
        fated = fate(row)
        if fated is not None:
            return fated
        if row.place is not None and row.place.is_missing:
            return Placed(f"{next(self._threads)}")
        if row.outgoing.kind is OutgoingKind.CARD_EDIT and row.place is not None:
            return Sent(row.place.card)
        return Sent(f"{next(self._sent)}")

    async def overdue(self) -> int:
        """Let time do what it does to cases; return how many were moved."""
        moved = 0
        while some := await move_overdue(self.world, store=self.store, clock=self.clock):
            moved += some
        return moved

    async def ring(self) -> int:
        """Let what is due by the clock happen; return how many timers rang."""
        return await ring(self.world, store=self.store, clock=self.clock)

    # What is there ----------------------------------------------------------------------------------------------------

    async def latest(self) -> int:
        """Return the id of the newest outgoing message."""
        async with self.store.begin() as tx:
            return await tx.connection.scalar(select(func.max(outbox.c.id))) or 0

    async def told(
        self, address: Address, *, after: int = 0, kinds: Collection[OutgoingKind] = tuple(OutgoingKind)
    ) -> list[Told]:
        """Return what somebody is owed or was sent, in order."""
        where = await self.id_of(address)
        query = select(outbox).where(outbox.c.conversation_id == where, outbox.c.id > after).order_by(outbox.c.id)
        async with self.store.begin() as tx:
            rows = (await tx.connection.execute(query)).all()
        found = [
            Told(
                row.id,
                row.key,
                where,
                row.case_id,
                row.state,
                row.priority,
                row.message,
                loaded(OUTGOING, row.payload),
            )
            for row in rows
        ]
        return [one for one in found if one.kind in kinds]

    async def deleted(self, address: Address = ANA) -> list[str]:
        """Return the messages that somebody's chat was told to delete."""
        rows = await self.told(address, kinds=[OutgoingKind.DELETION])
        return [message for row in rows for message in row.outgoing.deletes]

    async def id_of(self, address: Address) -> ConversationId:
        """Return somebody's conversation; one that nobody has is nobody's."""
        async with self.store.begin() as tx:
            return (await tx.conversations.find([address])).get(address, ConversationId(0))

    async def specialist(self, author: str, group: Address = GROUP) -> Specialist:
        """Return who works in a group."""
        where = await self.id_of(group)
        async with self.store.begin() as tx:
            found = await tx.teams.specialist(where, author)
        assert found is not None
        return found

    async def group(self, group: Address = GROUP) -> Group:
        """Return a connected group."""
        where = await self.id_of(group)
        async with self.store.begin() as tx:
            found = await tx.teams.group(where)
        assert found is not None
        return found

    async def place(self, case: CaseId, group: Address = GROUP) -> CasePlace:
        """Return where a group sees a case."""
        where = await self.id_of(group)
        async with self.store.begin() as tx:
            found = await tx.places.of(case, where)
        assert found is not None
        return found

    async def case(self, case: CaseId) -> Case:
        """Return a case as it is now."""
        return (await kept_case(self.store, case)).case

    async def events(self, case: CaseId) -> list[str]:
        """Return what happened to a case, in order."""
        return [row["kind"] for row in await all_rows(self.store, case_events) if row["case_id"] == case]

    async def everything(self) -> str:
        """Return all that is owed or was ever sent, to whomever, as one text."""
        return "\n".join(str(row["payload"]) for row in await all_rows(self.store, outbox))


@asynccontextmanager
async def office(*groups: Address, forum: bool = True) -> AsyncIterator[Office]:
    """Open an office with connected groups, where Rasa and Tomas work in the first and Ieva in the second.

    Nothing may break in it, unless a test says that something will.
    """
    async with opened() as store:
        with capture_logs() as events:
            made = Office(store, logged=events)
            for group in groups:
                await made.connects(group, forum=forum)
            for author, group in zip((RASA, TOMAS, IEVA), (*groups[:1], *groups), strict=False):
                await made.joins(author, group)
            if groups:
                await made.deliver()
            yield made
        broken = [event for event in events if event["log_level"] in {"error", "critical"}]
        assert made.may_break or not broken, broken


def breaking(mind: Mind) -> Mind:
    """Return a mind that breaks whenever a reply has buttons."""

    def no_token() -> Token:
        msg = "no more randomness"
        raise RuntimeError(msg)

    return replace(mind, world=replace(mind.world, new_token=no_token))


def for_kind(kind: OutgoingKind, outcome: Outcome) -> Fate:
    """Let all messages of a kind end in one way."""
    return lambda row: outcome if row.outgoing.kind is kind else None


def photo(ref: str = "photo-1", **changes: Any) -> dict[str, Any]:  # Any: fields of a message
    """Return what makes a message one with a picture."""
    return {"kind": Kind.PHOTO, "files": (Attachment(ref, AttachmentKind.PHOTO, "image/jpeg", 1000),)} | changes


def toasts(told: Collection[Told]) -> list[str]:
    """Return the short answers to presses."""
    return [one.words for one in told if one.kind is OutgoingKind.TOAST]


def kinds(told: Collection[Told | Outgoing]) -> list[OutgoingKind]:
    """Return what messages are."""
    return [one.kind for one in told]


def words(told: Collection[Told]) -> list[str]:
    """Return the words of those messages that have any."""
    return [one.words for one in told if one.words]


def said(told: Collection[Told]) -> str:
    """Return what a group was told besides cards."""
    return "\n".join(one.words for one in told if one.kind in {OutgoingKind.DESK, OutgoingKind.TOAST})


async def to_family(desk: Office, address: Address = ANA) -> list[str]:
    """Return the words of specialists that a family was sent, oldest first."""
    return [one.words for one in await desk.told(address, kinds=[OutgoingKind.REPLY])]
