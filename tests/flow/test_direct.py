"""The database takes nothing: danger cards leave all the same, and everything else when it is back."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio

from bot.actions.answering import MAX_ATTEMPTS
from bot.content.model import DangerKind
from bot.conversation import danger_notices
from bot.conversation.model import InboxId
from bot.storage.codec import OUTGOING, dump
from tests.fakes.bot_api import FakeTelegram, FaultKind
from tests.flow.conftest import Start
from tests.flow.harness import PATIENCE, Person, Shown, Tiltas, limit_files, locked
from tests.flow.team import Group
from tests.flow.texts import BANK_ACCOUNT, Texts

pytestmark = pytest.mark.asyncio(loop_scope="module")

CALLED, ASKED = "🔴 PAVOJUS", "ar imatės?"
LITTLE = 20 * (4096 + 24)
"""Bytes of SQLite's log in which a message can be kept and tried, and not handled: 8 to 25 pages are (measured)."""
SEVERAL_POLLS = 4.0
"""Seconds in which a message that is not acknowledged is delivered more than once."""


@pytest_asyncio.fixture(loop_scope="module")
async def own() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram() as telegram:
        yield telegram


@pytest.fixture
def served(own: FakeTelegram, prepared: Start) -> Tiltas:
    return prepared(own)


@pytest_asyncio.fixture(loop_scope="module")
async def group(own: FakeTelegram, served: Tiltas, texts: Texts) -> Group:
    """Return the group of a running Tiltas with one specialist."""
    await served.serve()
    group = await Group(own, served, texts).opens("Support")
    await group.connects("support")
    await group.joins("Rasa")
    return group


@pytest.fixture
def parent(own: FakeTelegram, served: Tiltas) -> Person:
    return Person(own, served)


def directly(texts: Texts) -> str:
    return texts.says("I cannot alert a person at this moment. Please call.")


def cards(seen: list[Shown]) -> list[Shown]:
    return [one for one in seen if one.text.startswith("112")]


async def until_a_card(person: Person, telegram: FakeTelegram) -> None:
    await telegram.wait_for_call("sendMessage", chat_id=person.chat, timeout=timedelta(seconds=PATIENCE))


async def calls(group: Group) -> list[str]:
    return [one.text for one in await group.sees() if one.text.startswith(CALLED) and ASKED in one.text]


async def test_a_full_disk_lets_one_danger_card_out_and_the_rest_waits_for_space(
    own: FakeTelegram, served: Tiltas, group: Group, parent: Person, texts: Texts
) -> None:
    other = Person(own, served)

    limit_files(served, 0)
    polls = (await own.stats()).count("getUpdates")
    await own.say(parent.chat, texts.red())
    await own.say(other.chat, texts.question(BANK_ACCOUNT))
    await until_a_card(parent, own)
    await asyncio.sleep(SEVERAL_POLLS)
    meanwhile, pending = await parent.sees(), len(await own.pending())
    called, answered = await calls(group), await other.sees()
    polls = (await own.stats()).count("getUpdates") - polls
    limit_files(served)
    await served.settles()

    (card,) = meanwhile
    assert card.text.startswith("112")
    assert directly(texts) in card.text
    assert (card.rows, card.silent) == ((), True)
    assert (pending, called, answered) == (2, [], [])
    assert polls > 2  # it came again and again
    first, second = cards(await parent.sees())
    assert (first.id, first.text) == (card.id, card.text)
    assert directly(texts) not in second.text
    assert second.rows
    (case,) = parent.cases()
    assert case["number"] in second.text
    assert len(await calls(group)) == 1
    assert len(await other.sees()) == 2


async def test_where_little_space_is_left_the_direct_card_leaves_and_the_ordinary_one_follows(
    own: FakeTelegram, served: Tiltas, group: Group, parent: Person, texts: Texts
) -> None:
    log = served.database.with_name(f"{served.database.name}-wal")

    limit_files(served, log.stat().st_size + LITTLE)
    await own.say(parent.chat, texts.red())
    await until_a_card(parent, own)
    await served.logs("inbox.unavailable", 2 * MAX_ATTEMPTS)
    meanwhile, called = await parent.sees(), await calls(group)
    limit_files(served)
    await served.settles()

    (card,) = meanwhile
    assert (directly(texts) in card.text, called) == (True, [])
    first, second = cards(await parent.sees())
    (case,) = parent.cases()
    assert case["number"] in second.text
    assert (case["danger"], case["reason"], first.id) == ("red", "danger", card.id)
    assert len(await calls(group)) == 1
    assert served.logged("message.given_up") == []


async def test_a_locked_database_lets_one_danger_card_out_and_each_further_message_is_looked_at(
    own: FakeTelegram, served: Tiltas, group: Group, parent: Person, texts: Texts
) -> None:
    later = Person(own, served)

    with locked(served):
        await own.say(parent.chat, texts.red())
        await until_a_card(parent, own)
        await own.say(later.chat, texts.red())
        await until_a_card(later, own)
        await asyncio.sleep(SEVERAL_POLLS)
        meanwhile = [len(await who.sees()) for who in (parent, later)]
        logged = served.logged("card.direct")
    await served.settles()

    assert meanwhile == [1, 1]
    assert [event["outcome"] for event in logged] == ["sent", "sent"]
    assert [len(cards(await who.sees())) for who in (parent, later)] == [2, 2]
    assert [len(who.cases()) for who in (parent, later)] == [1, 1]
    assert len(await calls(group)) == 2


async def test_a_tiltas_that_starts_on_a_locked_database_lets_danger_cards_out_until_it_is_free(
    own: FakeTelegram, served: Tiltas, group: Group, parent: Person, texts: Texts
) -> None:
    other = Person(own, served)
    await served.stop()

    with locked(served):
        await own.say(parent.chat, texts.red())
        await own.say(other.chat, texts.question(BANK_ACCOUNT))
        served.begin()
        await until_a_card(parent, own)
        meanwhile, called, answered = await parent.sees(), await calls(group), await other.sees()
        reasons = [event["reason"] for event in served.logged("store.away")]
    await served.settles()

    (card,) = meanwhile
    assert (directly(texts) in card.text, card.rows, called, answered) == (True, (), [], [])
    assert reasons == ["the database cannot be opened or written: database is locked"]
    assert len(served.logged("store.opened")) == 1
    assert [directly(texts) in one.text for one in cards(await parent.sees())] == [True, False]
    assert [len(parent.cases()), len(await calls(group)), len(await other.sees())] == [1, 1, 2]
    assert await served.stop() == 0


async def test_a_tiltas_that_starts_on_a_full_disk_lets_danger_cards_out_until_there_is_space(
    own: FakeTelegram, served: Tiltas, group: Group, parent: Person, texts: Texts
) -> None:
    await served.stop()
    served.program = ("-c", _ON_A_FULL_DISK)

    await own.say(parent.chat, texts.red())
    served.begin()
    await until_a_card(parent, own)
    meanwhile, called = await parent.sees(), await calls(group)
    limit_files(served)
    await served.settles()

    assert ([directly(texts) in one.text for one in meanwhile], called) == ([True], [])
    assert [directly(texts) in one.text for one in cards(await parent.sees())] == [True, False]
    assert [len(parent.cases()), len(await calls(group))] == [1, 1]


_ON_A_FULL_DISK = """
import os, resource, sys
_, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
os.execv(sys.executable, [sys.executable, "-m", "bot", "run"])
"""


async def test_whoever_hides_the_chat_afterwards_loses_the_direct_card_too(
    own: FakeTelegram, served: Tiltas, parent: Person, texts: Texts
) -> None:
    await served.serve()
    with locked(served):
        await own.say(parent.chat, texts.red())
        await until_a_card(parent, own)
        await own.say(parent.chat, "/hide")
    await served.settles()

    seen = await parent.sees()

    assert [one.text for one in seen if directly(texts) in one.text] == []
    assert seen


async def test_a_direct_card_that_did_not_leave_is_tried_until_it_does(
    own: FakeTelegram, served: Tiltas, parent: Person, texts: Texts
) -> None:
    await served.serve()
    limit_files(served, 0)
    await own.fault(FaultKind.FLOOD, "sendMessage", chat_id=parent.chat, times=2)

    await own.say(parent.chat, texts.red())
    await until_a_card(parent, own)
    await asyncio.sleep(SEVERAL_POLLS)
    meanwhile = await parent.sees()
    limit_files(served)
    await served.settles()

    assert len(meanwhile) == 1
    assert len(cards(await parent.sees())) == 2


async def test_kept_words_of_danger_and_owed_cards_do_not_wait_for_a_lock_either(
    own: FakeTelegram, served: Tiltas, texts: Texts
) -> None:
    await served.serve()
    kept, answered = Person(own, served), Person(own, served)
    for person in (kept, answered):
        await person.says(texts.question(BANK_ACCOUNT))
    await own.reset_stats()

    with closing(sqlite3.connect(served.database, timeout=30, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        came(other, kept, texts.red(), "new")
        owe(other, answered, came(other, answered, texts.red(), "done"), texts)
        other.execute("COMMIT")
        other.execute("BEGIN EXCLUSIVE")  # at once: nobody gets between the two
        for person in (kept, answered):
            await until_a_card(person, own)
        await asyncio.sleep(SEVERAL_POLLS)
        meanwhile = [cards(await person.sees()) for person in (kept, answered)]
    await served.settles()

    assert [[directly(texts) in one.text for one in seen] for seen in meanwhile] == [[True], [True]]
    after = [cards(await person.sees()) for person in (kept, answered)]
    assert [[directly(texts) in one.text for one in seen] for seen in after] == [[True, False], [True, False]]
    assert len(kept.cases()) == 1


def came(other: sqlite3.Connection, person: Person, words: str, state: str) -> int:
    """Put a message into the inbox, past the program; return its number."""
    row = other.execute(
        "INSERT INTO inbox (key, conversation_id, kind, text, payload, state, attempts, received_at)"
        " SELECT :key, conversation_id, 'text', :words, '{}', :state, 0, :at FROM addresses WHERE chat = :chat",
        {"key": f"past:{person.chat}", "words": words, "state": state, "at": at(), "chat": str(person.chat)},
    )
    return int(row.lastrowid or 0)


def owe(other: sqlite3.Connection, person: Person, source: int, texts: Texts) -> None:
    """Put a danger card into the outbox, past the program."""
    card = danger_notices.danger_card(texts.voice(), DangerKind.VIOLENCE, "47K", None, InboxId(source))
    other.execute(
        "INSERT INTO outbox (key, conversation_id, source, channel, kind, priority, payload, state, attempts,"
        " due_at, created_at, changed_at)"
        " SELECT 'past', conversation_id, :source, channel, 'card', 100, :payload, 'new', 0, :at, :at, :at"
        " FROM addresses WHERE chat = :chat",
        {"source": source, "payload": json.dumps(dump(OUTGOING, card)), "at": at(), "chat": str(person.chat)},
    )


def at() -> str:
    """Return the present as SQLite keeps it."""
    return datetime.now(UTC).replace(tzinfo=None).isoformat(sep=" ", timespec="microseconds")
