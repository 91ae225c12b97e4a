"""Guidance in a group of specialists: by a button, by an order, and never on the way to a family."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio

from bot.cases.model import CaseId
from bot.content.model import Catalogue, MunicipalityId
from bot.conversation.model import OutgoingKind, Verb
from tests.builders_dialogue import BENEFIT, labels_of
from tests.builders_local import FAR_AWAY, KAUNAS, MEETING, READ, local_catalogue
from tests.builders_store import ANA
from tests.builders_teams import GROUP, IEVA, OTHER_GROUP, RASA, STRANGER, TOMAS, Office, Told, office, toasts

HEAD = "Guidance for you, not for the family:"
OF_BENEFIT = "benefit, and nobody can tell me more"


@pytest_asyncio.fixture
async def desk() -> AsyncIterator[Office]:
    async with office(GROUP, OTHER_GROUP) as desk:
        know(desk, local_catalogue())
        yield desk


def know(desk: Office, catalogue: Catalogue) -> None:
    desk.mind = replace(desk.mind, world=replace(desk.mind.world, catalogue=catalogue))


@pytest_asyncio.fixture
async def mine(desk: Office) -> CaseId:
    """Return a case about benefits that Rasa has claimed."""
    case_id = await desk.asks(OF_BENEFIT)
    await desk.deliver()
    await desk.says(RASA, "/claim", case_id)
    await desk.deliver()
    return case_id


def cards(told: list[Told]) -> list[tuple[str, ...]]:
    """Return the cards that lists offer."""
    return [one.outgoing.buttons.cards for one in told if one.outgoing.buttons and one.outgoing.buttons.cards]


def words(told: list[Told]) -> str:
    return "\n".join(one.words for one in told if one.kind is OutgoingKind.DESK)


async def test_the_button_of_a_claimed_case_lists_the_cards_for_its_topic(desk: Office, mine: CaseId) -> None:
    told = await desk.pushes(RASA, Verb.GUIDE, mine)

    assert (await desk.case(mine)).topic == "daily-life"
    assert cards(told) == [(MEETING,)]
    assert words(told) == f"{HEAD}\n1. First meeting"
    assert toasts(told) == [""]
    assert all(one.case == mine for one in told if one.kind is OutgoingKind.DESK)


@pytest.mark.parametrize(("order", "listed"), [("/guide", (MEETING,)), ("/guide all", (MEETING, FAR_AWAY, READ))])
async def test_an_order_does_the_same_and_can_ask_for_all(
    desk: Office, mine: CaseId, order: str, listed: tuple[str, ...]
) -> None:
    told = await desk.says(TOMAS, order, mine)

    assert cards(told) == [listed]
    assert toasts(told) == []


async def test_a_card_about_a_culture_that_nobody_of_it_has_read_is_only_among_all_and_labelled(
    desk: Office, mine: CaseId
) -> None:
    first = await desk.pushes(RASA, Verb.GUIDE, mine)
    everything = await desk.pushes(RASA, Verb.GUIDE, mine, choice=1, buttons=first[0].outgoing.buttons)

    assert "not read by this community" not in words(first)
    assert "2. First meeting · not read by this community" in words(everything)

    (card, _) = await desk.pushes(RASA, Verb.GUIDE_CARD, mine, choice=1)
    assert "Nobody of this community has read it yet." in card.words


async def test_all_is_not_offered_once_more_in_the_list_of_all(desk: Office, mine: CaseId) -> None:
    (told,) = await desk.says(RASA, "/guide all", mine)

    assert labels_of(told.outgoing) == [["1", "2", "3"]]


async def test_a_topic_without_guidance_says_so(desk: Office, mine: CaseId) -> None:
    know(desk, local_catalogue().model_copy(update={"guide": {}}))

    told = await desk.pushes(RASA, Verb.GUIDE, mine)

    assert words(told) == "No guidance for this topic yet."


async def test_a_card_can_be_read_as_often_as_one_likes_and_by_whoever_works_there(desk: Office, mine: CaseId) -> None:
    await desk.pushes(RASA, Verb.GUIDE, mine)

    for author in (RASA, RASA, TOMAS):
        told = await desk.pushes(author, Verb.GUIDE_CARD, mine)

        assert [one.kind for one in told] == [OutgoingKind.DESK, OutgoingKind.TOAST]
        assert told[0].words.startswith("First meeting\nFor: Everyone")


async def test_a_stranger_gets_neither_list_nor_card(desk: Office, mine: CaseId) -> None:
    await desk.pushes(RASA, Verb.GUIDE, mine)

    for verb in (Verb.GUIDE, Verb.GUIDE_CARD):
        told = await desk.pushes(STRANGER, verb, mine)
        assert words(told) == ""
        assert "I work here" in toasts(told)[0]


@pytest.mark.parametrize("choice", [1, 99])
async def test_a_card_that_was_not_offered_is_an_old_button(desk: Office, mine: CaseId, choice: int) -> None:
    await desk.pushes(RASA, Verb.GUIDE, mine)

    told = await desk.pushes(RASA, Verb.GUIDE_CARD, mine, choice=choice)

    assert (words(told), toasts(told)) == ("", ["This button does not work any more."])


async def test_a_card_that_content_no_longer_has_is_an_old_button(desk: Office, mine: CaseId) -> None:
    await desk.pushes(RASA, Verb.GUIDE, mine)
    know(desk, local_catalogue().model_copy(update={"guide": {}}))

    told = await desk.pushes(RASA, Verb.GUIDE_CARD, mine)

    assert (words(told), toasts(told)) == ("", ["This button does not work any more."])


async def test_guidance_is_for_the_team_that_has_the_case(desk: Office, mine: CaseId) -> None:
    listed = (await desk.pushes(RASA, Verb.GUIDE, mine))[0].outgoing.buttons
    await desk.says(RASA, "/transfer school", mine)
    await desk.deliver()

    assert (await desk.case(mine)).team == "school"
    told = await desk.pushes(RASA, Verb.GUIDE, mine, choice=1, buttons=listed)
    assert words(told) == ""
    assert "another team" in toasts(told)[0]
    assert cards(await desk.says(IEVA, "/guide", mine, at=OTHER_GROUP)) == [(MEETING,)]


async def test_outside_a_case_the_order_explains_itself(desk: Office) -> None:
    told = await desk.says(RASA, "/guide")

    assert cards(told) == []
    assert told


async def test_nothing_of_the_guidance_goes_to_the_family_or_takes_the_case_on(desk: Office, mine: CaseId) -> None:
    before = await desk.told(ANA)
    events = await desk.events(mine)

    await desk.pushes(RASA, Verb.GUIDE, mine)
    await desk.pushes(RASA, Verb.GUIDE_CARD, mine)
    await desk.says(RASA, "/guide all", mine)

    assert await desk.told(ANA) == before
    assert await desk.events(mine) == events


# The town of a case ---------------------------------------------------------------------------------------------------


async def case_in(desk: Office, town: MunicipalityId) -> CaseId:
    """Return a case of a family that has said where it lives, claimed by Rasa."""
    await desk.writes(f"benefit in {town}")
    case_id = await desk.asks(OF_BENEFIT)
    await desk.deliver()
    await desk.says(RASA, "/claim", case_id)
    await desk.deliver()
    return case_id


async def test_the_town_of_a_family_stands_in_the_title_of_its_case(desk: Office) -> None:
    case_id = await case_in(desk, KAUNAS)

    assert (await desk.case(case_id)).town == KAUNAS
    assert (await desk.place(case_id)).title.endswith(" · Kaunas")


async def test_a_text_that_is_inserted_has_the_local_part_of_the_family_s_town(desk: Office) -> None:
    case_id = await case_in(desk, KAUNAS)

    entries = (await desk.pushes(RASA, Verb.INSERT, case_id))[0].outgoing.buttons
    assert entries is not None
    told = await desk.pushes(RASA, Verb.ENTRY, case_id, choice=entries.entries.index(BENEFIT), buttons=entries)

    assert "In your town: Kaunas\n" in words(told)
    assert "Laisvės en" in words(told)
    assert "Gedimino" not in words(told)
