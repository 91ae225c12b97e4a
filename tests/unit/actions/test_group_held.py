"""Words that wait until their writer decides."""

from __future__ import annotations

import pytest

from bot.cases.model import CaseId
from bot.conversation.model import Kind, OutgoingKind, Verb
from bot.storage.tables import case_events, inbox, notes, outbox
from tests.builders_dialogue import SCHOOL
from tests.builders_store import ANA, all_rows
from tests.builders_teams import GROUP, RASA, SECRET, TOMAS, Office, kinds, said, to_family, toasts


async def test_words_of_somebody_else_are_held_and_who_has_the_question_is_named(desk: Office, mine: CaseId) -> None:
    told = await desk.says(TOMAS, "Show nothing.", mine)

    assert "specialist 1" in said(told)
    assert await to_family(desk) == []
    assert (await desk.case(mine)).claimed_by == (await desk.specialist(RASA)).id


@pytest.mark.parametrize("verb", [Verb.TAKE_OVER, Verb.NOTE, Verb.CANCEL])
async def test_only_their_writer_decides_about_held_words(desk: Office, mine: CaseId, verb: Verb) -> None:
    await desk.says(TOMAS, "Show nothing.", mine)

    told = await desk.pushes(RASA, verb, mine)

    assert kinds(told) == [OutgoingKind.TOAST]
    assert "Only whoever wrote it" in said(told)
    assert await to_family(desk) == []
    assert [row["held"] for row in await all_rows(desk.store, notes)] == [True]
    # The writer still can.
    await desk.pushes(TOMAS, verb, mine)
    assert len(await to_family(desk)) == (verb is Verb.TAKE_OVER)


async def test_whoever_takes_over_sends_the_words_and_family_and_former_holder_are_told_once(
    desk: Office, mine: CaseId
) -> None:
    await desk.says(TOMAS, "/name Tomas, lawyer")
    await desk.says(TOMAS, "I know better.", mine)
    before = len(await desk.told(ANA))

    told = await desk.pushes(TOMAS, Verb.TAKE_OVER, mine)

    news = (await desk.told(ANA))[before:]
    number = (await desk.case(mine)).number
    assert kinds(news) == [OutgoingKind.CASE, OutgoingKind.REPLY]
    assert "Tomas, lawyer" in news[0].words
    assert [one.words for one in told if one.kind is OutgoingKind.DESK] == [f"Tomas, lawyer has {number} now."]
    assert toasts(told) == ["Sent to the family."]
    assert (await desk.case(mine)).claimed_by == (await desk.specialist(TOMAS)).id


async def test_words_in_a_question_that_nobody_has_are_held_and_taking_it_sends_them(
    desk: Office, case_id: CaseId
) -> None:
    held = await desk.says(RASA, "Show the certificate.", case_id)
    before = await to_family(desk)

    told = await desk.pushes(RASA, Verb.TAKE_OVER, case_id)

    assert "Nobody has" in said(held)
    assert before == []
    assert len(await to_family(desk)) == 1
    assert [one for one in told if one.kind is OutgoingKind.DESK] == []  # there was nobody before


@pytest.mark.parametrize("words", ["Note: she lies", "pastaba šeima meluoja", "Заметка, она врёт", "NOTE"])
async def test_words_that_may_be_a_note_are_held_also_from_whoever_has_the_question(
    desk: Office, mine: CaseId, words: str
) -> None:
    held = await desk.says(RASA, words, mine)
    before = await to_family(desk)

    await desk.pushes(RASA, Verb.SEND, mine)

    assert "note" in said(held)
    assert before == []
    assert [one.endswith(words) for one in await to_family(desk)] == [True]


async def test_held_words_that_become_a_note_never_leave(desk: Office, mine: CaseId) -> None:
    await desk.says(RASA, f"Note: {SECRET}", mine)

    await desk.pushes(RASA, Verb.NOTE, mine)

    assert [(row["text"], row["held"]) for row in await all_rows(desk.store, notes)] == [(f"Note: {SECRET}", False)]
    assert SECRET not in await desk.everything()
    assert SECRET not in repr(await all_rows(desk.store, case_events))


async def test_held_words_that_are_not_sent_are_forgotten(desk: Office, mine: CaseId) -> None:
    await desk.says(RASA, f"Note: {SECRET}", mine)

    await desk.pushes(RASA, Verb.CANCEL, mine)

    assert await all_rows(desk.store, notes) == []
    assert SECRET not in repr([await all_rows(desk.store, table) for table in (inbox, outbox, case_events)])


@pytest.mark.parametrize("first", [Verb.SEND, Verb.NOTE, Verb.CANCEL])
@pytest.mark.parametrize("second", [Verb.SEND, Verb.NOTE, Verb.CANCEL])
async def test_what_was_decided_is_decided(desk: Office, mine: CaseId, first: Verb, second: Verb) -> None:
    await desk.says(RASA, "Note: it rains", mine)
    buttons = await desk.buttons(GROUP, Verb.SEND, mine)
    await desk.pushes(RASA, first, buttons=buttons)
    before = (await to_family(desk), await all_rows(desk.store, notes))

    told = await desk.pushes(RASA, second, buttons=buttons)

    assert toasts(told) == ["This was decided already."]
    assert (await to_family(desk), await all_rows(desk.store, notes)) == before


async def test_what_was_decided_loses_its_buttons(desk: Office, mine: CaseId) -> None:
    await desk.says(RASA, "Note: it rains", mine)

    told = await desk.pushes(RASA, Verb.CANCEL, mine)

    (edit,) = [one.outgoing for one in told if one.kind is OutgoingKind.EDIT]
    assert edit.edits == "901"
    assert edit.buttons is not None
    assert {button.verb for row in edit.buttons.rows for button in row} == {Verb.DONE}


async def test_held_words_of_a_question_that_ended_meanwhile_are_not_sent(desk: Office, mine: CaseId) -> None:
    await desk.says(RASA, "Note: it rains", mine)
    await desk.writes("", kind=Kind.TEXT)
    await desk.presses(Verb.WITHDRAW)

    told = await desk.pushes(RASA, Verb.SEND, mine)

    assert "closed" in toasts(told)[0]
    assert await to_family(desk) == []


async def test_held_words_of_a_question_that_went_elsewhere_meanwhile_are_not_sent(desk: Office, mine: CaseId) -> None:
    await desk.says(TOMAS, "Show nothing.", mine)
    await desk.says(RASA, "/transfer school", mine)

    await desk.pushes(TOMAS, Verb.TAKE_OVER, mine)

    assert await to_family(desk) == []
    assert (await desk.case(mine)).team == SCHOOL
    assert (await desk.case(mine)).claimed_by is None
