"""A moment came due."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio
from sqlalchemy import update

from bot.actions import timekeeping
from bot.actions.timekeeping import KEEP, KEEP_BUTTONS, OVERDUE, PRUNE_EVERY, SOON
from bot.cases.model import CaseId, CaseState
from bot.cases.sla import WARNING
from bot.content.model import TeamId
from bot.conversation.model import Address, ButtonSet, Channel, NewCase, OutgoingKind, Purpose, Token
from bot.conversation.steps import Reason
from bot.errors import StoreUnavailable
from bot.storage.tables import buttons, case_events, cases, conversations, inbox, outbox, timers
from bot.storage.unit_of_work import SqlStore
from tests.builders import EN
from tests.builders_dialogue import NOW, world
from tests.builders_store import (
    ANA,
    BORYS,
    CONSOLE,
    Watch,
    all_rows,
    arrive,
    break_off,
    incoming,
    meet,
    mend,
    owe,
    owing,
    states,
)
from tests.builders_teams import DANGER, GROUP, QUESTION, RASA, Office, Told, kinds, office

DAY = timedelta(days=1)


@pytest.fixture
def clock() -> Watch:
    return Watch()


async def ring_when_due(store: SqlStore, clock: Watch) -> int:
    await timekeeping.set_standing_timers(store=store, clock=clock)
    clock.forward(SOON)
    return await timekeeping.ring(world(), store=store, clock=clock)


# Timers ---------------------------------------------------------------------------------------------------------------


async def test_standing_timers_are_set_once_and_keep_their_time(store: SqlStore, clock: Watch) -> None:
    await timekeeping.set_standing_timers(store=store, clock=clock)
    clock.forward(SOON / 2)
    await timekeeping.set_standing_timers(store=store, clock=clock)

    assert [row["due_at"] for row in await all_rows(store, timers)] == [NOW + SOON]


async def test_nothing_rings_before_it_is_due(store: SqlStore, clock: Watch) -> None:
    await timekeeping.set_standing_timers(store=store, clock=clock)
    clock.forward(SOON - timedelta(seconds=1))

    assert await timekeeping.ring(world(), store=store, clock=clock) == 0


async def test_what_rang_has_its_next_time(store: SqlStore, clock: Watch) -> None:
    first = await ring_when_due(store, clock)

    at_once = await timekeeping.ring(world(), store=store, clock=clock)
    assert [row["due_at"] for row in await all_rows(store, timers)] == [clock.at + PRUNE_EVERY]
    clock.forward(PRUNE_EVERY)
    next_day = await timekeeping.ring(world(), store=store, clock=clock)

    assert (first, at_once, next_day) == (1, 0, 1)


async def test_a_timer_missed_while_nobody_was_there_rings_once(store: SqlStore, clock: Watch) -> None:
    await timekeeping.set_standing_timers(store=store, clock=clock)
    clock.forward(10 * PRUNE_EVERY)

    rang = [await timekeeping.ring(world(), store=store, clock=clock) for _ in range(2)]

    assert rang == [1, 0]


async def test_a_timer_whose_work_fails_stays_due_and_removes_nothing(store: SqlStore, clock: Watch) -> None:
    (one,) = await arrive(store, incoming("old"), at=NOW - KEEP - DAY)
    async with store.begin() as tx:
        await tx.inbox.finish([one.id], NOW - KEEP - DAY)
    await break_off(store, "UPDATE ON timers")

    with pytest.raises(StoreUnavailable):
        await ring_when_due(store, clock)
    assert await states(store, inbox) == {"old": "done"}
    await mend(store)

    assert await timekeeping.ring(world(), store=store, clock=clock) == 1
    assert await states(store, inbox) == {}


# What is kept, and how long -------------------------------------------------------------------------------------------


async def test_handled_messages_stay_for_thirty_days_and_no_longer(store: SqlStore, clock: Watch) -> None:
    old, young, failed = await arrive(
        store, incoming("old", ANA), incoming("young", BORYS), incoming("given up", CONSOLE)
    )
    async with store.begin() as tx:
        await tx.inbox.finish([old.id], NOW + SOON - KEEP - timedelta(seconds=1))
        await tx.inbox.finish([young.id], NOW + SOON - KEEP + timedelta(seconds=1))
        await tx.inbox.fail(failed.id, NOW - 2 * KEEP)

    await ring_when_due(store, clock)

    assert await states(store, inbox) == {"young": "done"}


async def test_what_nobody_has_handled_stays_however_old(store: SqlStore, clock: Watch) -> None:
    await arrive(store, incoming("forgotten"), at=NOW - 10 * KEEP)

    await ring_when_due(store, clock)

    assert await states(store, inbox) == {"forgotten": "new"}


async def test_replies_stay_for_thirty_days_after_they_ended_and_owed_ones_until_they_leave(
    store: SqlStore, clock: Watch
) -> None:
    ended = {"sent", "uncertain", "refused", "dropped"}
    conversation = await meet(store)
    for state in ("new", "sending", *ended):
        await owe(store, owing(f"old {state}", conversation), at=NOW - 2 * KEEP)
        await owe(store, owing(f"young {state}", conversation), at=NOW - KEEP + DAY)
        async with store.engine.begin() as connection:
            await connection.execute(update(outbox).where(outbox.c.key.like(f"% {state}")).values(state=state))

    await ring_when_due(store, clock)

    left = set(await states(store, outbox))
    assert left == {"old new", "old sending", "young new", "young sending"} | {f"young {state}" for state in ended}


async def test_buttons_work_as_long_as_the_words_they_may_show_again(store: SqlStore, clock: Watch) -> None:
    conversation = await meet(store)
    async with store.begin() as tx:
        for name, age in (("old", KEEP_BUTTONS + DAY), ("young", KEEP_BUTTONS - DAY)):
            one = ButtonSet(Token(name), Purpose.OFFER, ())
            await tx.conversations.add_buttons([(conversation, one)], NOW - age)

    await ring_when_due(store, clock)

    assert [row["token"] for row in await all_rows(store, buttons)] == ["young"]


async def test_open_cases_and_whom_they_belong_to_stay_however_old(store: SqlStore, clock: Watch) -> None:
    long_ago = NOW - 10 * KEEP
    (one,) = await arrive(store, incoming("asked"), at=long_ago)
    async with store.begin() as tx:
        case = NewCase(one.id, "the question", Reason.NO_MATCH, None, EN)
        await tx.cases.open(case, "1B", one.id, one.conversation_id, TeamId("support"), long_ago, long_ago)
        await tx.inbox.finish([one.id], long_ago)

    await ring_when_due(store, clock)

    assert await all_rows(store, inbox) == []
    assert [row["state"] for row in await all_rows(store, cases)] == ["waiting"]
    assert [row["payload"]["text"] for row in await all_rows(store, case_events)] == ["the question"]
    assert len(await all_rows(store, conversations)) == 1


# Cases that are overdue -----------------------------------------------------------------------------------------------

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@pytest_asyncio.fixture
async def desk() -> AsyncIterator[Office]:
    async with office(GROUP) as desk:
        yield desk


async def claimed(desk: Office, words: str = QUESTION, address: Address = ANA) -> CaseId:
    """Return a case that Rasa has."""
    case_id = await desk.asks(words, address)
    await desk.deliver()
    await desk.says(RASA, "/claim", case_id)
    await desk.deliver()
    return case_id


async def changes(desk: Office, case_id: CaseId, address: Address = ANA) -> list[Told]:
    """Return what the family was told about changes of hands."""
    return [one for one in await desk.told(address, kinds=[OutgoingKind.CASE]) if one.case == case_id]


async def test_a_case_that_nobody_touches_for_a_working_day_goes_back_and_the_family_is_told_once(
    desk: Office,
) -> None:
    case_id = await claimed(desk)
    desk.clock.forward(DAY - timedelta(seconds=1))
    too_early = await desk.overdue()
    desk.clock.forward(timedelta(seconds=1))

    moved = await desk.overdue()

    case = await desk.case(case_id)
    assert (too_early, moved) == (0, 1)
    assert (case.state, case.claimed_by, case.return_at) == (CaseState.WAITING, None, None)
    assert (await desk.events(case_id))[-1] == "returned"
    assert len(await changes(desk, case_id)) == 2
    assert await desk.overdue() == 0
    assert len(await changes(desk, case_id)) == 2


async def test_the_group_hears_of_a_case_that_waits_again(desk: Office) -> None:
    case_id = await claimed(desk)
    desk.clock.forward(DAY)

    await desk.overdue()

    told = [one for one in await desk.told(GROUP) if one.case == case_id and one.state == "new"]
    assert sorted(kinds(told)) == sorted([OutgoingKind.CARD_EDIT, OutgoingKind.DESK])
    assert [one.outgoing.silent for one in told if one.kind is OutgoingKind.DESK] == [False]
    assert "waiting" in "".join(one.words for one in told if one.kind is OutgoingKind.CARD_EDIT)


async def test_a_case_of_danger_goes_back_after_half_an_hour_also_at_night(desk: Office) -> None:
    desk.clock.forward(12 * HOUR)
    case_id = await claimed(desk, DANGER)
    desk.clock.forward(29 * MINUTE)
    too_early = await desk.overdue()
    desk.clock.forward(MINUTE)

    moved = await desk.overdue()

    assert (too_early, moved) == (0, 1)
    assert (await desk.case(case_id)).state is CaseState.WAITING


async def test_nothing_goes_back_over_the_weekend(desk: Office) -> None:
    desk.clock.forward(4 * DAY)  # Friday, ten in the morning
    case_id = await claimed(desk)
    desk.clock.forward(2 * DAY + 23 * HOUR)
    moved = await desk.overdue()
    desk.clock.forward(HOUR)

    assert moved == 0
    assert await desk.overdue() == 1
    assert (await desk.case(case_id)).state is CaseState.WAITING


async def test_whoever_works_on_a_case_keeps_it(desk: Office) -> None:
    case_id = await claimed(desk)
    for _ in range(3):
        desk.clock.forward(7 * HOUR)
        await desk.says(RASA, "/note still on it", case_id)
        await desk.overdue()

    assert "returned" not in await desk.events(case_id)
    assert (await desk.case(case_id)).state is CaseState.CLAIMED


async def test_a_promise_about_to_slip_is_moved_in_time_with_one_message(desk: Office) -> None:
    case_id = await desk.asks()
    await desk.deliver()
    promised = (await desk.case(case_id)).due_at
    assert promised is not None
    desk.clock.at = promised - WARNING - timedelta(seconds=1)
    too_early = await desk.overdue()
    desk.clock.forward(timedelta(seconds=1))

    moved = await desk.overdue()

    case = await desk.case(case_id)
    (told,) = await changes(desk, case_id)
    assert (too_early, moved) == (0, 1)
    assert case.due_at is not None
    assert case.due_at > promised
    assert "more time" in told.words
    assert await desk.overdue() == 0


async def test_a_promise_is_moved_also_where_somebody_has_the_case_and_they_keep_it(desk: Office) -> None:
    case_id = await desk.asks()
    await desk.deliver()
    promised = (await desk.case(case_id)).due_at
    assert promised is not None
    desk.clock.at = promised - HOUR
    await desk.says(RASA, "/claim", case_id)
    before = await desk.case(case_id)
    desk.clock.at = promised

    assert await desk.overdue() == 1

    case = await desk.case(case_id)
    assert (case.state, case.claimed_by, case.return_at) == (CaseState.CLAIMED, before.claimed_by, before.return_at)
    assert (await desk.events(case_id))[-1] == "postponed"


@pytest.mark.parametrize("ends", ["answered", "closed"])
async def test_what_is_answered_or_closed_is_never_overdue(desk: Office, ends: str) -> None:
    case_id = await claimed(desk)
    await desk.says(RASA, "Show the certificate.", case_id)
    if ends == "closed":
        await desk.says(RASA, "/close helped", case_id)
    desk.clock.forward(30 * DAY)

    assert await desk.overdue() == 0


async def test_after_the_family_wrote_back_the_specialists_time_runs_again(desk: Office) -> None:
    case_id = await claimed(desk)
    await desk.says(RASA, "Which paper?", case_id)
    desk.clock.forward(7 * DAY)
    await desk.writes("the blue one")
    desk.clock.forward(DAY)

    assert await desk.overdue() == 1
    assert (await desk.case(case_id)).state is CaseState.WAITING


async def test_after_days_without_us_a_case_is_moved_once_to_a_time_that_can_be_kept(desk: Office) -> None:
    case_id = await desk.asks()
    desk.clock.forward(30 * DAY)

    moved = await desk.overdue()

    case = await desk.case(case_id)
    assert moved == 1
    assert case.due_at is not None
    assert case.due_at > desk.clock.at + WARNING
    assert len(await changes(desk, case_id)) == 1


async def test_many_are_moved_in_several_transactions_and_each_once(desk: Office) -> None:
    families = [Address(Channel.TELEGRAM, f"{5000 + n}") for n in range(OVERDUE + 5)]
    made = [await desk.asks(address=address) for address in families]
    desk.clock.forward(30 * DAY)
    w = desk.world

    moved = [await timekeeping.move_overdue(w, store=desk.store, clock=desk.clock) for _ in range(3)]

    assert moved == [OVERDUE, 5, 0]
    for case_id, address in zip(made, families, strict=True):
        assert len(await changes(desk, case_id, address)) == 1


async def test_without_a_group_families_are_told_all_the_same() -> None:
    async with office() as desk:
        case_id = await desk.asks()
        desk.clock.forward(30 * DAY)

        assert await desk.overdue() == 1
        assert len(await changes(desk, case_id)) == 1


async def test_the_log_tells_what_became_of_an_overdue_case_and_nothing_of_it(desk: Office) -> None:
    case_id = await claimed(desk)
    desk.clock.forward(DAY)
    await desk.overdue()

    (told,) = [event for event in desk.logged if event["event"] == "case.overdue"]
    number = (await desk.case(case_id)).number
    assert told == {
        "event": "case.overdue",
        "log_level": "info",
        "case": number,
        "became": "returned",
        "urgent": False,
    }
