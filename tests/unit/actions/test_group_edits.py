"""What a specialist wrote and then wrote anew: a correction, a note, or nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.cases.model import CaseId, CaseState
from bot.conversation.model import Kind, OutgoingKind, Verb
from tests.builders_store import ANA
from tests.builders_teams import RASA, SECRET, TOMAS, Office, said, to_family


async def test_an_edited_reply_is_corrected_and_what_was_read_stays(desk: Office, mine: CaseId) -> None:
    await desk.says(RASA, "Open on Monday.", mine, message="30")
    (first,) = await desk.told(ANA, kinds=[OutgoingKind.REPLY])

    await desk.says(RASA, "Open on Tuesday.", mine, kind=Kind.EDITED, message="30")
    desk.clock.forward(timedelta(seconds=9))
    await desk.says(RASA, "Open on Wednesday.", mine, kind=Kind.EDITED, message="30")

    before, tuesday, wednesday = await desk.told(ANA, kinds=[OutgoingKind.REPLY])
    assert before == first
    assert "corrects" in tuesday.words
    assert (tuesday.words.endswith("Tuesday."), wednesday.words.endswith("Wednesday.")) == (True, True)
    assert (await desk.events(mine))[-2:] == ["corrected", "corrected"]


async def test_a_reply_is_corrected_also_after_its_question_has_ended(desk: Office, mine: CaseId) -> None:
    await desk.says(RASA, "Open on Monday.", mine, message="30")
    await desk.says(RASA, "/close helped", mine)

    await desk.says(RASA, "Open on Tuesday.", mine, kind=Kind.EDITED, message="30")

    assert len(await to_family(desk)) == 2


async def test_an_edit_that_changes_no_words_is_told_to_nobody(desk: Office, mine: CaseId) -> None:
    await desk.says(RASA, "Open on Monday.", mine, message="30")

    assert await desk.says(RASA, "Open on Monday. ", mine, kind=Kind.EDITED, message="30") == []
    assert len(await to_family(desk)) == 1


@pytest.mark.parametrize("words", [f"/note {SECRET}", f"Note: {SECRET}", "/close", f"\\note {SECRET}", "/"])
async def test_an_edit_that_turns_a_reply_into_a_note_changes_nothing_for_the_family(
    desk: Office, mine: CaseId, words: str
) -> None:
    await desk.says(RASA, "Open on Monday.", mine, message="30")

    told = await desk.says(RASA, words, mine, kind=Kind.EDITED, message="30")

    assert "has this reply already" in said(told)
    assert len(await to_family(desk)) == 1
    assert SECRET not in await desk.everything()
    assert (await desk.case(mine)).state is CaseState.ANSWERED


async def test_an_edited_note_never_reaches_the_family(desk: Office, mine: CaseId) -> None:
    await desk.says(RASA, f"/note {SECRET}", mine, message="30")

    for words in (SECRET, f"{SECRET} and more", f"/note {SECRET}", "/claim"):
        await desk.says(RASA, words, mine, kind=Kind.EDITED, message="30")

    assert await to_family(desk) == []
    assert SECRET not in await desk.everything()


async def test_an_edit_of_held_words_changes_what_may_be_sent_and_sends_nothing(desk: Office, mine: CaseId) -> None:
    await desk.says(TOMAS, "Show nothing.", mine, message="30")

    await desk.says(TOMAS, "Show the certificate.", mine, kind=Kind.EDITED, message="30")
    before = await to_family(desk)
    await desk.pushes(TOMAS, Verb.TAKE_OVER, mine)

    assert before == []
    assert [words.endswith("Show the certificate.") for words in await to_family(desk)] == [True]


async def test_an_edit_of_held_words_into_a_note_does_not_change_what_is_held(desk: Office, mine: CaseId) -> None:
    await desk.says(TOMAS, "Show nothing.", mine, message="30")

    await desk.says(TOMAS, f"/note {SECRET}", mine, kind=Kind.EDITED, message="30")
    await desk.pushes(TOMAS, Verb.TAKE_OVER, mine)

    assert SECRET not in await desk.everything()


async def test_an_edit_after_held_words_were_sent_is_a_correction(desk: Office, mine: CaseId) -> None:
    await desk.says(TOMAS, "Open on Monday.", mine, message="30")
    await desk.pushes(TOMAS, Verb.TAKE_OVER, mine)

    await desk.says(TOMAS, "Open on Tuesday.", mine, kind=Kind.EDITED, message="30")

    assert [words.endswith("Tuesday.") for words in await to_family(desk)] == [False, True]


async def test_an_edit_after_words_were_not_sent_sends_nothing(desk: Office, mine: CaseId) -> None:
    await desk.says(TOMAS, "Show nothing.", mine, message="30")
    await desk.pushes(TOMAS, Verb.CANCEL, mine)

    await desk.says(TOMAS, "Show the certificate.", mine, kind=Kind.EDITED, message="30")

    assert await to_family(desk) == []
