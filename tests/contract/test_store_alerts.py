"""Duty lists, and how far the calls for a case have come."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta

import pytest_asyncio

from bot.cases.alerting import Alert, Duty, Rung
from bot.cases.model import CaseId, SpecialistId
from bot.conversation.model import Address, Channel, ConversationId
from bot.ports import OnList, Specialist
from bot.storage.tables import alerts
from bot.storage.unit_of_work import SqlStore
from tests.builders_dialogue import NOW
from tests.builders_store import BORYS, all_rows, meet, open_case
from tests.builders_teams import GROUP

RASA, TOMAS = "71", "72"
OWN_CHAT, OF_ANOTHER_CHANNEL = Address(Channel.TELEGRAM, RASA), Address(Channel.CONSOLE, RASA)


@pytest_asyncio.fixture
async def group(store: SqlStore) -> ConversationId:
    return await meet(store, GROUP)


@pytest_asyncio.fixture
async def rasa(store: SqlStore, group: ConversationId) -> Specialist:
    async with store.begin() as tx:
        return await tx.teams.join(group, RASA, "#1", NOW)


async def listed(store: SqlStore, group: ConversationId) -> list[OnList]:
    async with store.begin() as tx:
        return await tx.alerts.duties(group)


async def test_who_works_in_a_group_is_on_its_list_and_off_duty(
    store: SqlStore, group: ConversationId, rasa: Specialist
) -> None:
    assert await listed(store, group) == [OnList(Duty(rasa.id, "#1"))]


async def test_a_duty_is_kept_and_changed(store: SqlStore, group: ConversationId, rasa: Specialist) -> None:
    first = Duty(rasa.id, "#1", on=True, place=2, lead=True, hours=(time(22), time(6, 30)))
    for duty in (first, replace(first, on=False, hours=None)):
        async with store.begin() as tx:
            await tx.alerts.keep_duty(duty)

        assert await listed(store, group) == [OnList(duty)]


async def test_who_has_left_is_on_no_list(store: SqlStore, group: ConversationId, rasa: Specialist) -> None:
    async with store.begin() as tx:
        await tx.alerts.keep_duty(Duty(rasa.id, "#1", on=True))
        await tx.teams.leave(group, RASA, NOW)

    assert await listed(store, group) == []
    async with store.begin() as tx:
        assert await tx.alerts.working_as(OWN_CHAT) == []


async def test_calls_go_to_somebodys_own_chat_only_if_they_ask_for_it(
    store: SqlStore, group: ConversationId, rasa: Specialist
) -> None:
    own = await meet(store, OWN_CHAT)
    await meet(store, BORYS)
    assert (await listed(store, group))[0].private is None

    async with store.begin() as tx:
        assert await tx.alerts.link(OWN_CHAT, linked=True) == [rasa]
    assert (await listed(store, group))[0].private == own

    async with store.begin() as tx:
        await tx.alerts.keep_duty(Duty(rasa.id, "#1", on=True))
    assert (await listed(store, group))[0].private == own

    async with store.begin() as tx:
        await tx.alerts.link(OWN_CHAT, linked=False)
    assert (await listed(store, group))[0].private is None


async def test_the_same_number_on_another_channel_is_somebody_else(
    store: SqlStore, group: ConversationId, rasa: Specialist
) -> None:
    del group, rasa
    await meet(store, OF_ANOTHER_CHANNEL)

    async with store.begin() as tx:
        assert await tx.alerts.link(OF_ANOTHER_CHANNEL, linked=True) == []


async def test_an_alert_that_never_began_is_at_its_beginning(store: SqlStore) -> None:
    async with store.begin() as tx:
        assert await tx.alerts.of(CaseId(1)) == Alert(CaseId(1))


async def test_an_alert_is_kept_until_it_ends_and_tells_by_whom(store: SqlStore, rasa: Specialist) -> None:
    case = await open_case(store, await meet(store, BORYS))
    running = Alert(case, 2, Rung.PERSON, (rasa.id, SpecialistId(9)), NOW + timedelta(minutes=5))
    async with store.begin() as tx:
        await tx.alerts.save(running, NOW)
    async with store.begin() as tx:
        assert await tx.alerts.of(case) == running

    ended = replace(running, due_at=None)
    async with store.begin() as tx:
        await tx.alerts.save(ended, NOW, rasa.id)

    async with store.begin() as tx:
        assert await tx.alerts.of(case) == ended
    (row,) = await all_rows(store, alerts)
    assert (row["ended_by"], row["ended_at"], row["began_at"]) == (rasa.id, NOW, NOW)


async def test_a_call_is_due_at_its_time_and_never_after_its_end(store: SqlStore) -> None:
    case = await open_case(store, await meet(store, BORYS))
    other = await open_case(store, await meet(store, GROUP), by=48)
    async with store.begin() as tx:
        await tx.alerts.save(Alert(case, 1, Rung.PERSON, due_at=NOW), NOW)
        await tx.alerts.save(Alert(other, 1, Rung.PERSON), NOW)

    async with store.begin() as tx:
        early, due = await tx.alerts.due(NOW - timedelta(seconds=1), 9), await tx.alerts.due(NOW, 9)

    assert (early, due) == ([], [case])


async def test_the_state_counts_alerts_that_nobody_has_answered(store: SqlStore) -> None:
    case = await open_case(store, await meet(store, BORYS))
    counted = []
    for rung, due_at in ((Rung.ALL, NOW), (Rung.ADMINISTRATOR, NOW), (Rung.AGAIN, NOW), (Rung.AGAIN, None)):
        async with store.begin() as tx:
            await tx.alerts.save(Alert(case, 1, rung, due_at=due_at), NOW)
        async with store.begin() as tx:
            counted.append((await tx.state(NOW)).unanswered_alerts)

    assert counted == [0, 1, 1, 0]
