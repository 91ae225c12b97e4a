"""A specialist limits a person until a date: the person is told, danger goes on, and the date comes once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import delete

from bot.actions.bars import end
from bot.cases.model import CaseId
from bot.conversation.model import Conversation, OutgoingKind, Verb
from bot.storage.tables import alerts, case_events, conversations, timers
from tests.builders_store import ANA, BORYS, all_rows, load
from tests.builders_teams import (
    DANGER,
    GROUP,
    IEVA,
    OF_SCHOOL,
    OTHER_GROUP,
    PERHAPS_DANGER,
    QUESTION,
    RASA,
    STRANGER,
    TOMAS,
    Office,
    said,
)

DAY = timedelta(days=1)
BAR = "/bar 3 insults and threats"


async def ana(desk: Office) -> Conversation:
    return await load(desk.store, await desk.id_of(ANA))


async def notices(desk: Office, after: int = 0) -> list[str]:
    """Return what the family was told of its limit."""
    return [one.words for one in await desk.told(ANA, after=after, kinds=[OutgoingKind.NOTICE])]


async def bars(desk: Office, case_id: CaseId) -> list[str]:
    return [event for event in await desk.events(case_id) if event.endswith("barred")]


async def test_a_bar_is_told_to_the_family_once_and_to_the_topic_with_its_reason(desk: Office, mine: CaseId) -> None:
    before = await desk.latest()

    told = await desk.says(RASA, BAR, mine)

    (notice,) = await notices(desk, before)
    assert "Thursday, 26 November" in notice
    assert "112" in notice
    assert "threats" not in notice
    assert "Thursday, 26 November" in said(told)
    assert "insults and threats" in said(told)
    assert {one.case for one in told} == {mine}
    person = await ana(desk)
    assert (person.barred_until, person.barred_by) == (desk.clock() + 3 * DAY, (await desk.specialist(RASA)).id)
    row = (await all_rows(desk.store, case_events))[-1]
    assert (row["kind"], row["payload"]["text"]) == ("barred", "insults and threats")


@pytest.mark.parametrize("order", ["/bar", "/bar 7", "/bar 31 threats", "/bar 0 threats"])
async def test_a_bar_without_a_reason_or_of_too_many_days_changes_nothing(
    desk: Office, mine: CaseId, order: str
) -> None:
    before = await desk.latest()

    told = await desk.says(RASA, order, mine)

    assert "1 to 30" in said(told)
    assert (await ana(desk)).barred_until is None
    assert await desk.told(ANA, after=before) == []


@pytest.mark.parametrize("author", [STRANGER, IEVA])
async def test_nobody_is_barred_by_somebody_who_does_not_work_there(desk: Office, mine: CaseId, author: str) -> None:
    await desk.says(author, BAR, mine)

    assert (await ana(desk)).barred_until is None


async def test_whoever_has_another_question_of_the_person_is_told_without_the_reason(
    desk: Office, mine: CaseId
) -> None:
    other = await desk.asks(OF_SCHOOL)
    await desk.deliver()
    before = await desk.latest()

    await desk.says(RASA, BAR, mine)

    (told,) = [one for one in await desk.told(OTHER_GROUP, after=before) if one.kind is OutgoingKind.DESK]
    assert told.case == other
    assert "Thursday, 26 November" in told.words
    assert "threats" not in told.words


async def test_a_barred_person_is_silent_in_the_topic_and_not_answered(desk: Office, mine: CaseId) -> None:
    await desk.says(RASA, BAR, mine)
    before = await desk.latest()

    for words in ("you are all fools", "benefit", f"/human {QUESTION}"):
        assert await desk.writes(words) == []

    assert await desk.told(GROUP, after=before) == []
    assert (await ana(desk)).open_cases[-1].id == mine


async def test_danger_of_a_barred_person_is_called_about_and_then_all_their_words_come(
    desk: Office, mine: CaseId
) -> None:
    await desk.says(RASA, BAR, mine)

    (card,) = await desk.writes(DANGER)
    case_id = (await ana(desk)).open_cases[-1].id
    await desk.deliver()
    await desk.says(TOMAS, "/claim", case_id)
    before = await desk.latest()
    await desk.writes("we are at the neighbours")

    assert card.kind is OutgoingKind.CARD
    assert [row["case_id"] for row in await all_rows(desk.store, alerts)] == [case_id]
    assert "we are at the neighbours" in said(await desk.told(GROUP, after=before))


@pytest.mark.parametrize("words", [PERHAPS_DANGER, f"{PERHAPS_DANGER}, which benefit?"])
async def test_perhaps_danger_of_a_barred_person_is_read_by_people_also_when_their_question_is_closed(
    desk: Office, mine: CaseId, words: str
) -> None:
    await desk.says(RASA, BAR, mine)
    await desk.says(RASA, "/close helped", mine)
    await desk.deliver()
    before = await desk.latest()

    await desk.writes(words)

    assert any(words in one.words for one in await desk.told(GROUP, after=before))
    assert any("112" in one.words for one in await desk.told(ANA, after=before))


async def test_a_press_that_a_bar_held_back_works_when_the_bar_has_ended(desk: Office, mine: CaseId) -> None:
    await desk.writes("benefit")
    await desk.says(RASA, BAR, mine)
    held_back = await desk.presses(Verb.HELPED)
    desk.clock.forward(3 * DAY)

    told = await desk.presses(Verb.HELPED)

    assert held_back == []
    assert [one.kind for one in told] == [OutgoingKind.EDIT]


async def test_a_bar_is_ended_by_unbar_and_the_family_is_told(desk: Office, mine: CaseId) -> None:
    await desk.says(RASA, BAR, mine)
    before = await desk.latest()

    told = await desk.says(TOMAS, "/unbar", mine)
    again = await desk.says(TOMAS, "/unbar", mine)

    assert await notices(desk, before) == ["I answer your questions again."]
    assert "is not limited" in said(told)
    assert said(again) == said(told)
    assert await bars(desk, mine) == ["barred", "unbarred"]
    assert (await desk.writes("benefit"))[0].kind is OutgoingKind.ANSWER


# The date -------------------------------------------------------------------------------------------------------------


async def test_at_its_date_a_bar_ends_and_the_group_is_asked_to_look_again_once(desk: Office, mine: CaseId) -> None:
    await desk.says(RASA, BAR, mine)
    before = await desk.latest()
    desk.clock.forward(3 * DAY - timedelta(seconds=1))
    early = await desk.ring()
    desk.clock.forward(timedelta(seconds=1))

    rang = [await desk.ring(), await desk.ring()]

    assert (early, rang) == (0, [1, 0])
    told = await desk.told(GROUP, after=before)
    assert ["/bar" in one.words for one in told] == [True]
    assert told[0].case == mine
    assert await desk.told(ANA, after=before) == []
    assert (await ana(desk)).barred_until is None
    assert await bars(desk, mine) == ["barred", "unbarred"]


async def test_a_turn_that_breaks_before_its_commit_leaves_the_bar_to_the_next(desk: Office, mine: CaseId) -> None:
    await desk.says(RASA, BAR, mine)
    desk.clock.forward(3 * DAY)
    before = await desk.latest()

    async def breaks() -> None:
        async with desk.store.begin() as tx:
            (timer,) = await tx.timers.due(desk.clock(), 5)
            await end(tx, timer, desk.world)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await breaks()
    await desk.ring()

    assert len(await desk.told(GROUP, after=before)) == 1


async def test_a_newer_bar_is_not_ended_by_the_older_ones_date(desk: Office, mine: CaseId) -> None:
    await desk.says(RASA, BAR, mine)
    desk.clock.forward(DAY)
    await desk.says(TOMAS, "/bar 30 again", mine)
    before = await desk.latest()
    desk.clock.forward(2 * DAY)

    await desk.ring()

    assert (await ana(desk)).barred_until == desk.clock() + 28 * DAY
    assert await desk.told(GROUP, after=before) == []


async def test_a_bar_that_was_ended_early_asks_nobody_to_look_again(desk: Office, mine: CaseId) -> None:
    await desk.says(RASA, BAR, mine)
    await desk.says(RASA, "/unbar", mine)
    before = await desk.latest()
    desk.clock.forward(3 * DAY)

    await desk.ring()

    assert await desk.told(GROUP, after=before) == []
    assert await all_rows(desk.store, timers) == []


async def test_a_bar_of_somebody_whose_data_is_gone_ends_quietly(desk: Office, mine: CaseId) -> None:
    await desk.says(RASA, BAR, mine)
    gone = await desk.id_of(ANA)
    async with desk.store.engine.begin() as connection:
        await connection.execute(delete(conversations).where(conversations.c.id == gone))
    desk.clock.forward(3 * DAY)

    assert await desk.ring() == 1
    assert await all_rows(desk.store, timers) == []


async def test_a_bar_is_one_persons(desk: Office, mine: CaseId) -> None:
    await desk.says(RASA, BAR, mine)

    assert (await desk.writes("benefit", BORYS))[0].kind is OutgoingKind.ANSWER
