"""Databases with the present schema, and small ways to fill them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Table, make_url, select, text
from sqlalchemy.schema import CreateIndex, CreateTable

from bot.cases import lifecycle
from bot.cases.model import Case, CaseId, Event, EventKind, SpecialistId
from bot.content.model import TeamId, TopicId
from bot.conversation.model import (
    Address,
    Channel,
    Conversation,
    ConversationId,
    InboxId,
    Incoming,
    Kind,
    NewCase,
    OutboxId,
    Outgoing,
    OutgoingKind,
)
from bot.conversation.steps import Reason
from bot.ports import KeptCase, NewOutgoing, Owed, StoreState, Waiting
from bot.storage.tables import metadata
from bot.storage.unit_of_work import SqlStore
from tests.builders import UK
from tests.builders_dialogue import NOW, RASA, SUPPORT, told

EARLIER = NOW - timedelta(days=40)
SOON = NOW + timedelta(seconds=30)
DUE = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
"""What is promised in these tests, where one says nothing else: a Monday's end, in Vilnius."""
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
TELEGRAM = (Channel.TELEGRAM,)

ANA, BORYS = Address(Channel.TELEGRAM, "1001"), Address(Channel.TELEGRAM, "1002")
CONSOLE = Address(Channel.CONSOLE, "1001")
"""The same chat id on another channel: somebody else."""

IN_MEMORY = "sqlite://"


@cache
def _schema(database: str) -> tuple[str, ...]:
    """Return the statements that make all tables, worded once for all tests; `database` is SQLAlchemy's name of it."""
    dialect = make_url(f"{database}://").get_dialect()()
    tables = metadata.sorted_tables
    made = [CreateTable(table).compile(dialect=dialect) for table in tables]
    indexes = [CreateIndex(index).compile(dialect=dialect) for table in tables for index in table.indexes]
    return tuple(map(str, [*made, *indexes]))


@asynccontextmanager
async def opened(url: str = IN_MEMORY) -> AsyncIterator[SqlStore]:
    """Open an empty database and give it the present schema; that migration makes the same is tested elsewhere."""
    store = SqlStore(url)
    try:
        store.take()
        async with store.engine.begin() as connection:
            for statement in _schema(connection.dialect.name):
                await connection.exec_driver_sql(statement)
        yield store
    finally:
        await store.close()


def incoming(key: str, address: Address = ANA, text: str = "hello", **changes: Any) -> Incoming:  # Any: its fields
    """Return a message of somebody."""
    return replace(Incoming(key, address, Kind.TEXT, text=text, at=NOW), **changes)


async def arrive(store: SqlStore, *messages: Incoming, at: datetime = NOW) -> list[Waiting]:
    """Keep messages and return what is ready after that."""
    async with store.begin() as tx:
        await tx.inbox.add(messages, at)
        return await tx.inbox.ready(100)


async def meet(store: SqlStore, address: Address = ANA) -> ConversationId:
    """Return the conversation of somebody who has written, and was answered, before."""
    async with store.begin() as tx:
        known = await tx.conversations.find([address])
    if address in known:
        return known[address]
    key = f"met:{address.channel}:{address.chat}"
    waiting = await arrive(store, incoming(key, address))
    (one,) = [x for x in waiting if x.incoming.key == key]
    async with store.begin() as tx:
        await tx.inbox.finish([one.id], NOW)
    return one.conversation_id


async def load(store: SqlStore, conversation: ConversationId) -> Conversation:
    """Return what is remembered of somebody."""
    async with store.begin() as tx:
        return (await tx.conversations.load({conversation}))[conversation]


def owing(
    key: str,
    conversation: ConversationId,
    outgoing: Outgoing | None = None,
    **changes: Any,  # Any: its fields
) -> NewOutgoing:
    """Return a row for the outbox; a danger card is urgent."""
    what = outgoing or told(key)
    urgent = 100 if what.kind is OutgoingKind.CARD else 0
    return replace(NewOutgoing(key, conversation, Channel.TELEGRAM, what, priority=urgent), **changes)


def card(key: str, conversation: ConversationId) -> NewOutgoing:
    """Return a danger card for the outbox."""
    return owing(key, conversation, told(key, OutgoingKind.CARD))


def about(
    key: str,
    conversation: ConversationId,
    case: CaseId | None,
    kind: OutgoingKind = OutgoingKind.DESK,
    *,
    priority: int = 0,
) -> NewOutgoing:
    """Return a message about a case for the outbox."""
    return owing(key, conversation, told(key, kind), case=case, priority=priority)


def keys(rows: Iterable[Owed]) -> list[str]:
    """Return the first words of rows, which are their keys where a test says nothing else."""
    return [row.outgoing.lines[0].text for row in rows]


async def owe(store: SqlStore, *rows: NewOutgoing, at: datetime = NOW) -> None:
    """Keep messages to send."""
    async with store.begin() as tx:
        await tx.outbox.add(rows, at)


async def due(store: SqlStore, at: datetime = SOON, limit: int = 100) -> list[Owed]:
    """Return what may leave."""
    async with store.begin() as tx:
        return await tx.outbox.due(TELEGRAM, at, limit)


async def claim(store: SqlStore, epoch: int = 1, at: datetime = SOON) -> list[Owed]:
    """Put all on their way that may leave."""
    async with store.begin() as tx:
        rows = await tx.outbox.due(TELEGRAM, at, 100)
        await tx.outbox.begin([row.id for row in rows], epoch, at)
        return rows


def new_case(text: str = "words", **changes: Any) -> NewCase:  # Any: its fields
    """Return a question to keep for people."""
    return replace(NewCase(InboxId(40), text, Reason.NO_MATCH, TopicId("health"), UK), **changes)


async def open_case(
    store: SqlStore,
    conversation: ConversationId,
    case: NewCase | None = None,
    *,
    by: int = 47,
    team: TeamId = SUPPORT,
    due_at: datetime = DUE,
    at: datetime = NOW,
) -> CaseId:
    """Keep a question for people; `by` is the message that opens it."""
    async with store.begin() as tx:
        return await tx.cases.open(case or new_case(), f"{by}K", InboxId(by), conversation, team, due_at, at)


async def kept_case(store: SqlStore, case: CaseId) -> KeptCase:
    """Return a case as it is now."""
    async with store.begin() as tx:
        return await tx.cases.load(case)


def claimed(by: SpecialistId = RASA, return_at: datetime = NOW + 8 * HOUR) -> Event:
    """Return that somebody has taken a case."""
    return Event(EventKind.CLAIMED, NOW, by, return_at=return_at)


async def happen(store: SqlStore, before: Case | CaseId, *happened: Event) -> Case:
    """Let several things happen to a case, one after the other; where it is given whole, that is what they know of it."""
    case = before if isinstance(before, Case) else (await kept_case(store, before)).case
    for event in happened:
        case = lifecycle.after(case, event)
        async with store.begin() as tx:
            await tx.cases.save(case, event)
    return case


async def all_rows(store: SqlStore, table: Table) -> list[dict[str, Any]]:  # Any: columns
    """Return a table as it lies in the database, in the order of its keys."""
    async with store.engine.begin() as connection:
        in_order = select(table).order_by(*table.primary_key.columns)
        return [dict(row._mapping) for row in await connection.execute(in_order)]


async def states(store: SqlStore, table: Table) -> dict[str, str]:
    """Return the state of each row by its key."""
    return {row["key"]: row["state"] for row in await all_rows(store, table)}


async def break_off(store: SqlStore, what: str) -> None:
    """Let a kind of statement fail, such as "INSERT ON counts"."""
    async with store.engine.begin() as connection:
        await connection.execute(
            text(f"CREATE TRIGGER broken BEFORE {what} BEGIN SELECT RAISE(ABORT, 'the disk is full'); END")
        )


async def mend(store: SqlStore) -> None:
    """Let it succeed again."""
    async with store.engine.begin() as connection:
        await connection.execute(text("DROP TRIGGER broken"))


@dataclass
class Watch:
    """A clock that stands until it is put forward."""

    at: datetime = NOW

    def __call__(self) -> datetime:
        return self.at

    def forward(self, by: timedelta) -> None:
        """Let time pass."""
        self.at += by


def row_id(number: int) -> OutboxId:
    """Return an id that no row has."""
    return OutboxId(number)


EMPTY = StoreState(
    conversations=0,
    unhandled=0,
    oldest_unhandled=None,
    given_up=0,
    owed=0,
    oldest_owed=None,
    uncertain=0,
    refused=0,
    waiting_cases=0,
    claimed_cases=0,
    answered_cases=0,
    late_cases=0,
    danger_cases=0,
    unanswered_alerts=0,
    groups=0,
    specialists=0,
)
"""What an empty store holds."""
NOBODY = ConversationId(999)
NOTHING = InboxId(999)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
