"""A specialist sends the text of an entry into a question."""

from __future__ import annotations

from dataclasses import replace

import pytest_asyncio

from bot.cases.model import CaseId
from bot.conversation.model import OutgoingKind, Verb
from bot.storage.tables import notes
from tests.builders import UK
from tests.builders_dialogue import KINDERGARTEN, without_entry
from tests.builders_store import ANA, all_rows
from tests.builders_teams import IEVA, OF_SCHOOL, OTHER_GROUP, STRANGER, Office, said, to_family, toasts


@pytest_asyncio.fixture
async def schools(desk: Office) -> CaseId:
    """Return a question about school, in Ukrainian, that Ieva has."""
    case_id = await desk.asks(f"{OF_SCHOOL}, будь ласка")
    await desk.deliver()
    await desk.says(IEVA, "/claim", case_id, at=OTHER_GROUP)
    return case_id


async def test_an_entry_is_shown_in_the_familys_language_before_it_goes(desk: Office, schools: CaseId) -> None:
    await desk.pushes(IEVA, Verb.INSERT, schools, at=OTHER_GROUP)
    offered = (await desk.buttons(OTHER_GROUP, Verb.ENTRY, schools)).entries

    told = await desk.pushes(IEVA, Verb.ENTRY, schools, at=OTHER_GROUP)

    preview = next(one for one in told if one.kind is OutgoingKind.DESK)
    assert offered[0] == KINDERGARTEN
    assert "Short uk" in preview.words
    assert await to_family(desk) == []


async def test_an_entry_goes_to_the_family_by_the_press_of_whoever_asked_for_it(desk: Office, schools: CaseId) -> None:
    await desk.joins(STRANGER, OTHER_GROUP)
    await desk.says(IEVA, "/insert", schools, at=OTHER_GROUP)
    await desk.pushes(IEVA, Verb.ENTRY, schools, at=OTHER_GROUP)

    others = await desk.pushes(STRANGER, Verb.SEND, schools, at=OTHER_GROUP)
    before = await to_family(desk)
    await desk.pushes(IEVA, Verb.SEND, schools, at=OTHER_GROUP)

    assert "Only whoever wrote it" in said(others)
    assert before == []
    (reply,) = await desk.told(ANA, kinds=[OutgoingKind.REPLY])
    assert "Short uk" in reply.words
    assert reply.outgoing.language == UK


async def test_an_entry_that_is_not_sent_is_not_sent(desk: Office, schools: CaseId) -> None:
    await desk.says(IEVA, "/insert", schools, at=OTHER_GROUP)
    await desk.pushes(IEVA, Verb.ENTRY, schools, at=OTHER_GROUP)

    await desk.pushes(IEVA, Verb.CANCEL, schools, at=OTHER_GROUP)

    assert await to_family(desk) == []
    assert await all_rows(desk.store, notes) == []


async def test_an_entry_that_is_gone_by_now_is_told(desk: Office, schools: CaseId) -> None:
    await desk.says(IEVA, "/insert", schools, at=OTHER_GROUP)
    less = without_entry(desk.mind.world.catalogue, KINDERGARTEN)
    desk.mind = replace(desk.mind, world=replace(desk.mind.world, catalogue=less))

    told = await desk.pushes(IEVA, Verb.ENTRY, schools, at=OTHER_GROUP)

    assert toasts(told) == ["This button does not work any more."]


async def test_somebody_who_does_not_have_the_question_cannot_send_an_entry_into_it(
    desk: Office, schools: CaseId
) -> None:
    await desk.joins(STRANGER, OTHER_GROUP)
    await desk.says(STRANGER, "/insert", schools, at=OTHER_GROUP)
    await desk.pushes(STRANGER, Verb.ENTRY, schools, at=OTHER_GROUP)

    told = await desk.pushes(STRANGER, Verb.SEND, schools, at=OTHER_GROUP)

    assert "specialist 1" in said(told)
    assert await to_family(desk) == []
