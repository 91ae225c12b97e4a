"""What specialists do with a case: each move as a function, with what it refuses."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
import pytest_asyncio

from bot.actions import handling
from bot.cases.model import CaseId, CaseState, CloseReason, EventKind, MoveRefused, Refusal, SpecialistId
from bot.conversation.model import Kind, OutgoingKind, Purpose, Verb
from bot.errors import CaseNotFound
from bot.ports import Specialist, Transaction
from bot.storage.tables import case_events, notes, outbox
from tests.builders_dialogue import PHOTO, SCHOOL, SUPPORT, words_of
from tests.builders_store import ANA, all_rows, load
from tests.builders_teams import GROUP, IEVA, OF_SCHOOL, OTHER_GROUP, RASA, TOMAS, Office, office

Move = Callable[[Transaction, CaseId, Specialist, Office], Awaitable[object]]
"""Something that a specialist does to a case."""


@pytest_asyncio.fixture
async def case_id(desk: Office) -> CaseId:
    """Return a case that waits."""
    return await desk.asks()


@pytest_asyncio.fixture
async def rasa(desk: Office) -> Specialist:
    return await desk.specialist(RASA)


@pytest_asyncio.fixture
async def tomas(desk: Office) -> Specialist:
    return await desk.specialist(TOMAS)


MOVES: dict[str, Move] = {
    "claim": lambda tx, case, by, desk: handling.claim(tx, case, by, desk.world),
    "take over": lambda tx, case, by, desk: handling.take_over(tx, case, by, desk.world),
    "release": lambda tx, case, by, desk: handling.release(tx, case, by, desk.world),
    "reply": lambda tx, case, by, desk: handling.reply(tx, case, by, "words", desk.world, ref=f"1:{by.id}"),
    "transfer": lambda tx, case, by, desk: handling.transfer(tx, case, by, SCHOOL, "", desk.world),
    "close": lambda tx, case, by, desk: handling.close(tx, case, by, CloseReason.HELPED, desk.world),
}


async def does(desk: Office, name: str, case_id: CaseId, by: Specialist) -> None:
    async with desk.store.begin() as tx:
        await MOVES[name](tx, case_id, by, desk)


async def refusal(desk: Office, name: str, case_id: CaseId, by: Specialist) -> tuple[Refusal, object]:
    with pytest.raises(MoveRefused) as refused:
        await does(desk, name, case_id, by)
    return refused.value.refusal, refused.value.holder


# What is refused ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["release", "reply", "close"])
async def test_nobody_does_with_a_case_what_only_its_holder_may(
    desk: Office, case_id: CaseId, rasa: Specialist, tomas: Specialist, name: str
) -> None:
    waiting = await refusal(desk, name, case_id, tomas)
    await does(desk, "claim", case_id, rasa)
    before = (await all_rows(desk.store, outbox), await all_rows(desk.store, case_events))

    held = await refusal(desk, name, case_id, tomas)

    assert waiting == (Refusal.NOT_CLAIMED, None)
    assert held == (Refusal.HAS_ANOTHER, rasa.id)
    assert (await all_rows(desk.store, outbox), await all_rows(desk.store, case_events)) == before


@pytest.mark.parametrize("name", ["claim", "transfer"])
async def test_a_case_that_somebody_has_is_not_claimed_or_sent_on_by_another(
    desk: Office, case_id: CaseId, rasa: Specialist, tomas: Specialist, name: str
) -> None:
    await does(desk, "claim", case_id, rasa)

    assert await refusal(desk, name, case_id, tomas) == (Refusal.HAS_ANOTHER, rasa.id)


@pytest.mark.parametrize("name", ["claim", "take over"])
async def test_what_one_has_already_is_not_taken_again(
    desk: Office, case_id: CaseId, rasa: Specialist, name: str
) -> None:
    await does(desk, "claim", case_id, rasa)

    assert await refusal(desk, name, case_id, rasa) == (Refusal.YOURS_ALREADY, rasa.id)


@pytest.mark.parametrize("name", MOVES)
async def test_nothing_is_done_with_a_case_that_has_ended(
    desk: Office, case_id: CaseId, rasa: Specialist, name: str
) -> None:
    await does(desk, "claim", case_id, rasa)
    await does(desk, "close", case_id, rasa)
    before = (await all_rows(desk.store, outbox), await all_rows(desk.store, case_events))

    assert await refusal(desk, name, case_id, rasa) == (Refusal.CLOSED, None)
    assert (await all_rows(desk.store, outbox), await all_rows(desk.store, case_events)) == before


async def test_a_case_does_not_go_to_the_team_that_has_it(desk: Office, case_id: CaseId, rasa: Specialist) -> None:
    with pytest.raises(MoveRefused) as refused:
        async with desk.store.begin() as tx:
            await handling.transfer(tx, case_id, rasa, SUPPORT, "", desk.world)

    assert refused.value.refusal is Refusal.SAME_TEAM


@pytest.mark.parametrize("name", MOVES)
async def test_a_case_that_is_not_there_is_told(desk: Office, rasa: Specialist, name: str) -> None:
    with pytest.raises(CaseNotFound):
        await does(desk, name, CaseId(999), rasa)


# What the family gets -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (["claim"], [OutgoingKind.CASE]),
        (["claim", "release"], [OutgoingKind.CASE] * 2),
        (["claim", "transfer"], [OutgoingKind.CASE] * 2),
        (["claim", "close"], [OutgoingKind.CASE] * 2),
        (["claim", "reply"], [OutgoingKind.CASE, OutgoingKind.REPLY]),
        (["take over"], [OutgoingKind.CASE]),
    ],
)
async def test_each_move_is_told_to_the_family_once(
    desk: Office, case_id: CaseId, rasa: Specialist, names: list[str], told: list[OutgoingKind]
) -> None:
    before = len(await desk.told(ANA))

    for name in names:
        await does(desk, name, case_id, rasa)

    news = (await desk.told(ANA))[before:]
    assert [one.kind for one in news] == told
    assert {one.case for one in news} == {case_id}


async def test_after_a_reply_the_family_may_write_back_and_say_that_it_is_solved(
    desk: Office, case_id: CaseId, rasa: Specialist
) -> None:
    await does(desk, "claim", case_id, rasa)
    await does(desk, "reply", case_id, rasa)

    (reply,) = await desk.told(ANA, kinds=[OutgoingKind.REPLY])
    family = await load(desk.store, await desk.id_of(ANA))
    assert reply.outgoing.buttons is not None
    assert reply.outgoing.buttons.purpose is Purpose.CASE
    assert reply.outgoing.buttons.case == case_id
    assert family.talking == case_id
    assert family.latest_buttons == reply.outgoing.buttons
    assert (await desk.case(case_id)).due_at is None


async def test_several_files_of_a_reply_all_leave(desk: Office, case_id: CaseId, rasa: Specialist) -> None:
    await does(desk, "claim", case_id, rasa)

    async with desk.store.begin() as tx:
        await handling.reply(tx, case_id, rasa, "two pages", desk.world, files=[PHOTO, PHOTO], ref="1:9")

    replies = await desk.told(ANA, kinds=[OutgoingKind.REPLY])
    assert [one.outgoing.file for one in replies if one.outgoing.file] == [PHOTO, PHOTO]
    assert len([one for one in replies if "two pages" in one.words]) == 1


async def test_a_long_reply_leaves_whole(desk: Office, case_id: CaseId, rasa: Specialist) -> None:
    await does(desk, "claim", case_id, rasa)
    long = " ".join(f"word{n}" for n in range(1500))

    async with desk.store.begin() as tx:
        await handling.reply(tx, case_id, rasa, long, desk.world, ref="1:9")

    replies = [one.outgoing for one in await desk.told(ANA, kinds=[OutgoingKind.REPLY])]
    assert len(replies) > 1
    assert all(len(words_of(one)) <= 4096 for one in replies)
    assert "".join(line.text for one in replies for line in one.lines if not line.bold) == long


async def test_the_buttons_below_a_long_reply_can_be_pressed_in_words(
    desk: Office, case_id: CaseId, rasa: Specialist
) -> None:
    await does(desk, "claim", case_id, rasa)

    async with desk.store.begin() as tx:
        await handling.reply(tx, case_id, rasa, 5000 * "a", desk.world, ref="1:9")

    last = (await desk.told(ANA, kinds=[OutgoingKind.REPLY]))[-1].outgoing
    assert last.buttons is not None
    assert (await load(desk.store, await desk.id_of(ANA))).latest_buttons == last.buttons


async def test_after_the_end_the_bot_answers_again(desk: Office, case_id: CaseId, rasa: Specialist) -> None:
    await does(desk, "claim", case_id, rasa)
    await does(desk, "reply", case_id, rasa)
    await does(desk, "close", case_id, rasa)

    told = await desk.writes("what about benefit")

    assert (await load(desk.store, await desk.id_of(ANA))).talking is None
    assert [one.kind for one in told] == [OutgoingKind.ANSWER]


# Corrections, notes ---------------------------------------------------------------------------------------------------


async def test_only_whoever_wrote_a_reply_corrects_it(
    desk: Office, case_id: CaseId, rasa: Specialist, tomas: Specialist
) -> None:
    await does(desk, "claim", case_id, rasa)
    await does(desk, "reply", case_id, rasa)
    async with desk.store.begin() as tx:
        sent = await tx.cases.words(f"1:{rasa.id}", [EventKind.REPLIED])
    assert sent is not None

    with pytest.raises(MoveRefused) as refused:
        async with desk.store.begin() as tx:
            await handling.correct(tx, sent, tomas, "others words", desk.world, ref="1:9")

    assert (refused.value.refusal, refused.value.holder) == (Refusal.HAS_ANOTHER, rasa.id)
    assert len(await desk.told(ANA, kinds=[OutgoingKind.REPLY])) == 1


async def test_a_note_tells_the_family_nothing_and_changes_no_card(
    desk: Office, case_id: CaseId, tomas: Specialist
) -> None:
    before = await all_rows(desk.store, outbox)

    async with desk.store.begin() as tx:
        await handling.note(tx, case_id, tomas, "they moved", desk.world, files=[PHOTO], ref="1:9")

    assert await all_rows(desk.store, outbox) == before
    assert [(row["text"], row["by"]) for row in await all_rows(desk.store, notes)] == [("they moved", tomas.id)]


async def test_a_note_on_a_case_that_has_ended_is_kept(desk: Office, case_id: CaseId, rasa: Specialist) -> None:
    await does(desk, "claim", case_id, rasa)
    await does(desk, "close", case_id, rasa)

    async with desk.store.begin() as tx:
        await handling.note(tx, case_id, rasa, "they called", desk.world, ref="1:9")

    assert len(await all_rows(desk.store, notes)) == 1
    assert (await desk.case(case_id)).state is CaseState.CLOSED
    assert (await desk.case(case_id)).return_at is None


# Promises -------------------------------------------------------------------------------------------------------------


async def test_a_case_given_back_keeps_a_promise_that_can_be_kept_and_gets_a_new_one_for_one_that_cannot(
    desk: Office, case_id: CaseId, rasa: Specialist
) -> None:
    promised = (await desk.case(case_id)).due_at
    await does(desk, "claim", case_id, rasa)
    await does(desk, "release", case_id, rasa)
    kept = (await desk.case(case_id)).due_at
    await does(desk, "claim", case_id, rasa)
    desk.clock.forward(timedelta(days=3))
    await does(desk, "release", case_id, rasa)
    renewed = (await desk.case(case_id)).due_at

    assert promised is not None
    assert renewed is not None
    assert kept == promised
    assert renewed > desk.clock.at > promised


async def test_a_case_that_was_answered_and_is_given_back_has_a_promise_again(
    desk: Office, case_id: CaseId, rasa: Specialist
) -> None:
    await does(desk, "claim", case_id, rasa)
    await does(desk, "reply", case_id, rasa)

    await does(desk, "release", case_id, rasa)

    assert (await desk.case(case_id)).due_at is not None


# Who may, and where to ------------------------------------------------------------------------------------------------


async def test_a_case_goes_to_other_teams_that_have_a_group(desk: Office, case_id: CaseId) -> None:
    schools = await desk.asks(OF_SCHOOL)

    async with desk.store.begin() as tx:
        ours, theirs = [(await tx.cases.load(x)).case for x in (case_id, schools)]
        assert await handling.teams_for(tx, ours, desk.world) == [SCHOOL]
        assert await handling.teams_for(tx, theirs, desk.world) == [SUPPORT]


async def test_only_the_group_that_has_a_case_answers_it(desk: Office, case_id: CaseId, rasa: Specialist) -> None:
    ieva = await desk.specialist(IEVA, OTHER_GROUP)

    async with desk.store.begin() as tx:
        case = (await tx.cases.load(case_id)).case
        assert await handling.can_answer(tx, case, rasa, desk.world)
        assert not await handling.can_answer(tx, case, ieva, desk.world)


async def test_the_default_teams_group_answers_for_a_team_that_has_none() -> None:
    async with office(GROUP) as desk:
        case_id = await desk.asks(OF_SCHOOL)
        rasa = await desk.specialist(RASA)

        async with desk.store.begin() as tx:
            case = (await tx.cases.load(case_id)).case
            assert case.team == SCHOOL
            assert await handling.can_answer(tx, case, rasa, desk.world)


async def test_without_any_group_nobody_answers() -> None:
    async with office() as desk:
        case_id = await desk.asks()
        somebody = Specialist(SpecialistId(1), await desk.id_of(ANA), "#1")

        async with desk.store.begin() as tx:
            case = (await tx.cases.load(case_id)).case
            assert not await handling.can_answer(tx, case, somebody, desk.world)


async def test_a_family_that_has_stopped_the_bot_can_be_answered_all_the_same(
    desk: Office, case_id: CaseId, rasa: Specialist
) -> None:
    await desk.writes("", kind=Kind.BLOCKED)

    await does(desk, "claim", case_id, rasa)
    await does(desk, "reply", case_id, rasa)

    kept = [one for one in await desk.told(ANA) if one.kind in {OutgoingKind.CASE, OutgoingKind.REPLY}]
    assert [one.state for one in kept] == ["new", "new"]
    assert await desk.buttons(ANA, Verb.SOLVED) is not None
