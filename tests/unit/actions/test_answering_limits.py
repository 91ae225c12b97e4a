"""Limits, message by message through the store: what is remembered of them, and when many people wait."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio

from bot.actions import answering
from bot.conversation.limits import AT_ONCE, AT_ONCE_IN_A_CROWD, PAUSES
from bot.conversation.model import Address, Channel, OutgoingKind, Verb
from bot.storage.tables import counts
from tests.builders_store import ANA, BORYS, all_rows, load
from tests.builders_teams import DANGER, Office, Told, office


@pytest_asyncio.fixture
async def desk() -> AsyncIterator[Office]:
    async with office() as desk:
        yield desk


async def floods(desk: Office, times: int, address: Address = ANA) -> list[Told]:
    """Let somebody write many messages before any is handled; return what they are told."""
    before = await desk.latest()
    await desk.hear(*(desk.message(address, "benefit") for _ in range(times)))
    return await desk.told(address, after=before)


def kinds(told: list[Told]) -> dict[str, int]:
    return {kind: sum(one.kind == kind for one in told) for kind in ("answer", "card")}


async def test_what_is_left_of_an_allowance_is_remembered_from_message_to_message(desk: Office) -> None:
    for _ in range(AT_ONCE):
        assert kinds(await floods(desk, 1)) == {"answer": 1, "card": 0}

    (told,) = await floods(desk, 1)
    assert "faster than I can answer" in told.words
    assert await floods(desk, 3) == []
    assert sum(row["n"] for row in await all_rows(desk.store, counts) if row["step"] == "paused") == 4
    assert [event["step"] for event in desk.logged if event["event"] == "message.handled"][-4:] == ["paused"] * 4


async def test_after_the_pause_the_bot_answers_again(desk: Office) -> None:
    await floods(desk, AT_ONCE + 1)
    desk.clock.forward(PAUSES[0])

    assert kinds(await floods(desk, 1)) == {"answer": 1, "card": 0}


async def test_a_press_that_a_pause_held_back_works_after_it(desk: Office) -> None:
    await floods(desk, AT_ONCE + 1)
    held_back = await desk.presses(Verb.HELPED)
    desk.clock.forward(PAUSES[0])

    told = await desk.presses(Verb.HELPED)

    assert held_back == []
    assert [one.kind for one in told] == [OutgoingKind.EDIT]


async def test_danger_in_a_flood_gets_its_card(desk: Office) -> None:
    messages = [desk.message(ANA, "benefit") for _ in range(3 * AT_ONCE)]
    messages.insert(2 * AT_ONCE, desk.message(ANA, DANGER))

    await desk.hear(*messages)

    assert kinds(await desk.told(ANA)) == {"answer": AT_ONCE, "card": 1}


async def test_one_persons_flood_leaves_others_their_answers(desk: Office) -> None:
    await desk.hear(*(desk.message(ANA, "benefit") for _ in range(3 * AT_ONCE)), desk.message(BORYS, "benefit"))

    assert kinds(await desk.told(BORYS)) == {"answer": 1, "card": 0}


async def test_while_many_people_wait_each_has_a_smaller_allowance(
    desk: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answering, "BATCH", 3)
    monkeypatch.setattr(answering, "CROWD", 3)
    people = [Address(Channel.TELEGRAM, f"{number}") for number in range(2001, 2004)]

    await desk.hear(*(desk.message(one, "benefit") for _ in range(AT_ONCE_IN_A_CROWD + 3) for one in people))

    told = [kinds(await desk.told(one))["answer"] for one in people]
    assert told == [AT_ONCE_IN_A_CROWD] * 3
    assert (await load(desk.store, await desk.id_of(people[0]))).allowance.pauses == 0


async def test_a_full_batch_with_little_behind_it_is_no_crowd(desk: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answering, "BATCH", 1)

    assert kinds(await floods(desk, AT_ONCE)) == {"answer": AT_ONCE, "card": 0}


async def test_who_writes_slowly_while_we_are_away_is_answered_in_full(desk: Office) -> None:
    messages = []
    for _ in range(2 * AT_ONCE):
        messages.append(desk.message(ANA, "benefit"))
        desk.clock.forward(timedelta(seconds=10))

    await desk.hear(*messages)

    assert kinds(await desk.told(ANA)) == {"answer": 2 * AT_ONCE, "card": 0}
