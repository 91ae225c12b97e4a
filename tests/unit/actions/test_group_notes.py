"""A note is for specialists and reaches nobody else."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.cases.model import CaseId
from bot.conversation.model import OutgoingKind
from bot.storage.tables import case_events, cases, inbox, notes, outbox
from tests.builders_store import all_rows
from tests.builders_teams import RASA, SECRET, TOMAS, Office, kinds


@pytest.mark.parametrize(
    "words",
    [
        f"/note {SECRET}",
        f"/NOTE {SECRET}",
        f"/note@tiltas_bot {SECRET}",
        f"/notes {SECRET}",
        f"/note{SECRET}",
        f"/ note {SECRET}",
        f"\\note {SECRET}",
        f"／note {SECRET}",
        f"\u200b/note {SECRET}",
        f"  /note\n{SECRET}",
    ],
)
async def test_a_note_is_kept_for_staff_and_reaches_nothing_else(desk: Office, mine: CaseId, words: str) -> None:
    told = await desk.says(RASA, words, mine)
    await desk.deliver()

    assert [SECRET in row["text"] for row in await all_rows(desk.store, notes)] == [True]
    assert kinds(told) == [OutgoingKind.DESK]
    assert SECRET not in await desk.everything()
    for table in (inbox, case_events, cases, outbox):
        assert SECRET not in repr(await all_rows(desk.store, table)), table.name


async def test_a_note_gives_whoever_has_the_question_more_time_and_nobody_else(desk: Office, mine: CaseId) -> None:
    before = (await desk.case(mine)).return_at
    desk.clock.forward(timedelta(hours=1))

    await desk.says(TOMAS, "/note I know them", mine)
    after_tomas = (await desk.case(mine)).return_at
    await desk.says(RASA, "/note I work on it", mine)
    after_rasa = (await desk.case(mine)).return_at

    assert before is not None
    assert after_rasa is not None
    assert after_tomas == before
    assert after_rasa > before


async def test_a_note_outside_of_any_question_is_no_note(desk: Office) -> None:
    told = await desk.says(RASA, f"/note {SECRET}")

    assert kinds(told) == [OutgoingKind.DESK]
    assert await all_rows(desk.store, notes) == []
    assert SECRET not in repr([await all_rows(desk.store, inbox), await desk.everything()])
