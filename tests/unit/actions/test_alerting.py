"""Calls about danger: the next person, until one has it; in the group, in their own chat, to the administrator."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import time, timedelta
from typing import Any

import pytest
import pytest_asyncio

from bot.actions import alerting
from bot.actions.answering import Mind
from bot.actions.casework import family_move
from bot.cases.alerting import AGAIN, WAIT, Alert, Duty
from bot.cases.model import CaseId, CaseState, SpecialistId
from bot.cases.sla import UNTOUCHED_IN_DANGER
from bot.content.model import Language, TopicId
from bot.conversation.model import Address, Channel, InboxId, OutgoingKind, Verb, Withdrawal
from bot.conversation.replies import Calls
from bot.matching.evidence import Evidence, Writer
from bot.ports import KeptCase
from tests.builders_store import ANA
from tests.builders_teams import (
    DANGER,
    GROUP,
    IEVA,
    OTHER_GROUP,
    QUESTION,
    RASA,
    STRANGER,
    TEAM_OF,
    TOMAS,
    Knowing,
    Office,
    Told,
    office,
)

OF_RASA, OF_STRANGER = Address(Channel.TELEGRAM, RASA), Address(Channel.TELEGRAM, STRANGER)
CALL = "🔴 DANGER, "


@pytest_asyncio.fixture
async def desk() -> AsyncIterator[Office]:
    """Return an office whose group has three people; Rasa is on duty first, Tomas second, Ieva leads."""
    async with office(GROUP) as desk:
        await desk.joins(IEVA)
        for author, order in ((RASA, "1"), (TOMAS, "2"), (IEVA, "lead")):
            await desk.says(author, f"/duty {order}")
        for author in (RASA, TOMAS):
            await desk.says(author, "/duty on")
        yield desk


async def calls(desk: Office, address: Address = GROUP) -> list[str]:
    """Return whom each call so far was for."""
    told = await desk.told(address, kinds=[OutgoingKind.DESK])
    return [one.words.splitlines()[1] for one in told if one.words.startswith(CALL)]


async def alert_of(desk: Office, case: CaseId) -> Alert:
    async with desk.store.begin() as tx:
        return await tx.alerts.of(case)


async def kept(desk: Office, case: CaseId) -> KeptCase:
    async with desk.store.begin() as tx:
        return await tx.cases.load(case)


async def later(desk: Office, wait: timedelta = WAIT) -> int:
    """Let time pass and what is due be called; return how many calls that made."""
    desk.clock.forward(wait)
    made = 0
    while some := await alerting.call_due(desk.world, store=desk.store, clock=desk.clock):
        made += some
    return made


FIRST, SECOND = "On duty: specialist 1. Do you have it?", "On duty: specialist 2. Do you have it?"
LEAD = "Nobody on duty has it. Lead: specialist 3. Do you have it?"
ALL = "Nobody has it yet. Whoever reads this first: do you have it?"
LAST = "Nobody has it. The administrator is told."


async def test_the_first_on_duty_is_called_with_the_card_and_the_next_ones_in_their_turn(desk: Office) -> None:
    desk.may_break = True
    await desk.asks(DANGER)
    assert await calls(desk) == [FIRST]

    made = [await later(desk) for _ in range(4)]

    assert made == [1, 1, 1, 1]
    assert await calls(desk) == [FIRST, SECOND, LEAD, ALL, LAST]


async def test_before_its_time_nobody_else_is_called(desk: Office) -> None:
    await desk.asks(DANGER)

    assert await later(desk, WAIT - timedelta(seconds=1)) == 0
    assert await calls(desk) == [FIRST]


async def test_after_all_calls_everybody_is_called_every_half_hour(desk: Office) -> None:
    desk.may_break = True
    await desk.asks(DANGER)
    for _ in range(4):
        await later(desk)

    assert await later(desk, AGAIN) == 1
    assert await later(desk, AGAIN) == 1
    assert (await calls(desk))[-2:] == [ALL, ALL]


async def test_whoever_presses_has_the_case_the_family_is_told_and_nobody_else_is_called(desk: Office) -> None:
    case = await desk.asks(DANGER)
    await desk.pushes(TOMAS, Verb.CLAIM, case)

    assert await later(desk) == 0
    assert not (await alert_of(desk, case)).runs
    assert (await kept(desk, case)).case.claimed_by == (await desk.specialist(TOMAS)).id
    assert any("specialist 2" in one.words for one in await desk.told(ANA))


async def test_a_case_that_is_given_back_is_called_for_from_the_first_again(desk: Office) -> None:
    case = await desk.asks(DANGER)
    await desk.pushes(RASA, Verb.CLAIM, case)
    await desk.deliver()
    await desk.says(RASA, "/release", case)

    assert await calls(desk) == [FIRST, FIRST]


async def test_a_team_that_is_given_a_waiting_case_is_called_at_once_whoever_was_called_before(desk: Office) -> None:
    await desk.connects(OTHER_GROUP)
    await desk.joins(STRANGER, OTHER_GROUP)
    case = await desk.asks(DANGER)
    await desk.deliver()
    await later(desk)

    await desk.says(TOMAS, "/transfer school about a pupil", case)

    assert await calls(desk) == [FIRST, SECOND]
    assert await calls(desk, OTHER_GROUP) == [ALL]
    assert await later(desk, WAIT - timedelta(seconds=1)) == 0


async def test_a_case_that_nobody_touches_is_called_for_again(desk: Office) -> None:
    case = await desk.asks(DANGER)
    await desk.pushes(RASA, Verb.CLAIM, case)

    desk.clock.forward(UNTOUCHED_IN_DANGER)
    await desk.overdue()

    assert await calls(desk) == [FIRST, FIRST]
    assert (await alert_of(desk, case)).runs


async def test_a_question_without_danger_calls_nobody_until_its_words_become_red(desk: Office) -> None:
    case = await desk.asks(QUESTION)
    assert await calls(desk) == []
    await desk.deliver()

    await desk.says(RASA, "/level red the child is alone at home", case)

    assert await calls(desk) == [FIRST]


async def test_more_red_words_start_no_second_round(desk: Office) -> None:
    await desk.asks(DANGER)
    await desk.writes(f"{DANGER} again, please come")

    assert await calls(desk) in ([FIRST], [FIRST, FIRST])
    assert len({one.case for one in await desk.told(GROUP) if one.words.startswith(CALL)}) == len(await calls(desk))


# Levels ---------------------------------------------------------------------------------------------------------------


async def test_a_level_falls_only_by_a_specialist_with_a_reason_and_then_nobody_is_called(desk: Office) -> None:
    case = await desk.asks(DANGER)
    await desk.deliver()

    (asked,) = await desk.says(RASA, "/level amber", case)
    assert "Write the level and why" in asked.words
    assert (await kept(desk, case)).danger == "red"

    await desk.says(RASA, "/level amber the person is with a friend now", case)

    assert (await kept(desk, case)).danger == "amber"
    assert not (await kept(desk, case)).case.urgent
    assert await later(desk) == 0


async def test_whoever_has_a_case_is_not_called_away_from_it_when_its_level_rises(desk: Office) -> None:
    case = await desk.asks(QUESTION)
    await desk.pushes(RASA, Verb.CLAIM, case)
    await desk.deliver()

    await desk.says(RASA, "/level red he is at the door", case)

    assert (await kept(desk, case)).case.urgent
    assert await calls(desk) == []


async def test_whoever_has_a_case_whose_level_rises_and_leaves_it_lying_loses_it_after_half_an_hour(
    desk: Office,
) -> None:
    case = await desk.asks(QUESTION)
    await desk.pushes(RASA, Verb.CLAIM, case)
    await desk.deliver()
    await desk.says(TOMAS, "/level red he is at the door", case)

    desk.clock.forward(UNTOUCHED_IN_DANGER)
    await desk.overdue()

    assert (await kept(desk, case)).case.state is CaseState.WAITING
    assert await calls(desk) == [FIRST]


async def test_the_level_that_a_case_has_already_is_not_written_down_again(desk: Office) -> None:
    case = await desk.asks(DANGER)
    await desk.deliver()

    await desk.says(RASA, "/level red still the same", case)

    assert await desk.events(case) == ["opened"]
    assert await calls(desk) == [FIRST]


async def test_the_familys_word_that_danger_is_over_stops_no_call(desk: Office) -> None:
    case = await desk.asks(DANGER)
    await desk.presses(Verb.DANGER_OVER)

    assert (await kept(desk, case)).danger == "red"
    assert await later(desk) == 1


async def test_what_the_family_takes_back_is_called_for_no_longer(desk: Office) -> None:
    case = await desk.asks(DANGER)
    family = await desk.id_of(ANA)
    async with desk.store.begin() as tx:
        await family_move(tx, family, Withdrawal(case), InboxId(1), desk.world)

    assert await later(desk) == 0


# Their own chats ------------------------------------------------------------------------------------------------------


async def test_whoever_asked_for_it_is_called_in_their_own_chat_and_can_take_the_case_there(desk: Office) -> None:
    (state,) = await desk.writes("/duty on", OF_RASA)
    assert "specialist 1: on duty" in state.words
    case = await desk.asks(DANGER)

    private = [one for one in await desk.told(OF_RASA) if one.words.startswith(CALL)]
    assert len(private) == 1
    assert DANGER not in private[0].words

    told = await desk.presses(Verb.CLAIM, OF_RASA)

    number = (await kept(desk, case)).case.number
    assert any(number in one.words for one in told)
    assert (await kept(desk, case)).case.state is CaseState.CLAIMED
    assert await later(desk) == 0


async def test_who_is_too_late_in_their_own_chat_is_told_who_has_it(desk: Office) -> None:
    await desk.writes("/duty on", OF_RASA)
    case = await desk.asks(DANGER)
    await desk.pushes(TOMAS, Verb.CLAIM, case)

    told = await desk.presses(Verb.CLAIM, OF_RASA)

    assert any("2" in one.words for one in told)
    assert (await kept(desk, case)).case.claimed_by == (await desk.specialist(TOMAS)).id


async def test_a_stranger_can_be_on_no_duty(desk: Office) -> None:
    (told,) = await desk.writes("/duty on", OF_STRANGER)

    assert told.words.startswith("Only people who work in a team's group can be on duty.")


async def test_in_a_hidden_chat_what_duty_tells_waits_behind_a_curtain(desk: Office) -> None:
    await desk.writes("/hide", OF_STRANGER)

    (curtain,) = await desk.writes("/duty on", OF_STRANGER)
    (told,) = await desk.presses(Verb.SHOW, OF_STRANGER, buttons=curtain.outgoing.buttons)

    assert curtain.words == "A new message for you."
    assert told.words.startswith("Only people who work in a team's group can be on duty.")


async def test_off_duty_nobody_is_called_in_their_own_chat(desk: Office) -> None:
    await desk.writes("/duty on", OF_RASA)
    await desk.writes("/duty off", OF_RASA)
    await desk.asks(DANGER)

    assert [one for one in await desk.told(OF_RASA) if one.words.startswith(CALL)] == []
    assert await calls(desk) == [SECOND]


# Nobody is there ------------------------------------------------------------------------------------------------------


async def test_the_administrator_is_told_when_everybody_was_called(desk: Office) -> None:
    desk.may_break = True
    boss = Address(Channel.TELEGRAM, "555")
    await desk.writes("thanks", boss)
    desk.mind = replace(desk.mind, world=replace(desk.mind.world, calls=Calls(WAIT, boss)))
    await desk.asks(DANGER)

    for _ in range(4):
        await later(desk)

    (told,) = [one for one in await desk.told(boss) if "is about danger" in one.words]
    assert "Please reach a person by phone." in told.words


async def test_without_any_group_the_log_says_that_nobody_can_be_called() -> None:
    async with office() as desk:
        desk.may_break = True
        await desk.asks(DANGER)
        await later(desk)
        await later(desk)

        assert [one["event"] for one in desk.logged if one["event"] == "alert.unanswered"]


async def test_a_case_from_before_a_group_was_connected_is_called_for_in_it() -> None:
    async with office() as desk:
        desk.may_break = True
        await desk.asks(DANGER)
        await desk.connects()
        await desk.joins(RASA)

        await later(desk, AGAIN)

        assert len(await calls(desk)) == 1


# What the family is told ----------------------------------------------------------------------------------------------


def card_of(told: list[Told]) -> str:
    (card,) = [one for one in told if one.kind is OutgoingKind.CARD]
    return card.words


async def test_the_card_says_that_a_person_is_alerted_only_where_somebody_is_on_duty(desk: Office) -> None:
    assert "I have alerted a person. I will write when they answer." in card_of(await desk.writes(DANGER))

    for author in (RASA, TOMAS):
        await desk.says(author, "/duty off")

    assert "Nobody is on duty now. I call people all the same." in card_of(await desk.writes(DANGER, OF_STRANGER))


class KnowingChildren(Knowing):
    """Sees that a child writes."""

    def find(self, text: str, *, chosen: Language | None = None, hint: Language | None = None) -> Evidence:
        """See `Matcher.find`."""
        return replace(super().find(text, chosen=chosen, hint=hint), writer=Writer.CHILD if "13" in text else None)


@pytest.mark.parametrize("messages", [(f"i am 13, {DANGER}",), ("i am 13", DANGER)])
@pytest.mark.parametrize(("on_duty", "first"), [(IEVA, "I have alerted a person."), (RASA, "Nobody is on duty now.")])
async def test_the_card_of_a_child_tells_of_the_team_that_its_case_goes_to(
    messages: tuple[str, ...], on_duty: str, first: str
) -> None:
    async with office(GROUP, OTHER_GROUP) as desk:
        catalogue = desk.world.catalogue
        for_children = catalogue.topics[TopicId("safety")].model_copy(update={"team": TEAM_OF[OTHER_GROUP]})
        topics = {**catalogue.topics, TopicId("child-rights"): for_children}
        content = catalogue.model_copy(update={"topics": topics})
        desk.mind = Mind(KnowingChildren(), replace(desk.mind.world, catalogue=content))
        await desk.says(on_duty, "/duty on", at=OTHER_GROUP if on_duty == IEVA else GROUP)

        for words in messages:
            told = await desk.writes(words)

        assert first in card_of(told)


# The list -------------------------------------------------------------------------------------------------------------

PERSON = Duty(SpecialistId(1), "#1")


@pytest.mark.parametrize(
    ("order", "changes"),
    [
        ("on", {"on": True}),
        ("OFF", {"on": False}),
        ("3", {"place": 3}),
        ("lead", {"lead": True}),
        ("8-17", {"hours": (time(8), time(17))}),
        ("22:30 – 6", {"hours": (time(22, 30), time(6))}),
        ("0-24", {"hours": None}),
    ],
)
def test_an_order_changes_ones_own_line(order: str, changes: dict[str, Any]) -> None:  # Any: fields of a duty
    assert alerting.changed(PERSON, order) == replace(PERSON, **changes)


@pytest.mark.parametrize("order", ["", "often", "123", "25-26", "8:70-9", "8-", "-8"])
def test_what_is_no_order_changes_nothing(order: str) -> None:
    assert alerting.changed(PERSON, order) is None


async def test_the_list_is_shown_in_the_order_in_which_people_are_called(desk: Office) -> None:
    (told,) = await desk.says(RASA, "/duty")

    lines = told.words.splitlines()
    assert lines[1:4] == [
        "1. specialist 3: off duty, lead",
        "2. specialist 1: on duty",
        "3. specialist 2: on duty",
    ]
