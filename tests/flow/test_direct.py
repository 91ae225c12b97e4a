"""The database takes nothing: danger cards leave all the same, and everything else when it is back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio

from tests.fakes.bot_api import FakeTelegram, FaultKind
from tests.flow.conftest import Start
from tests.flow.harness import PATIENCE, Person, Shown, Tiltas, limit_files, locked
from tests.flow.team import Group
from tests.flow.texts import BANK_ACCOUNT, Texts

pytestmark = pytest.mark.asyncio(loop_scope="module")

CALLED, ASKED = "🔴 PAVOJUS", "ar imatės?"
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
