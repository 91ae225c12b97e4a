"""A question ends by a press or a typed order, for a reason."""

from __future__ import annotations

import pytest

from bot.cases.model import CaseId, CaseState, CloseReason
from bot.conversation.model import OutgoingKind, Verb
from tests.builders_store import ANA
from tests.builders_teams import GROUP, RASA, TOMAS, Office, said


@pytest.mark.parametrize("choice", range(4))
async def test_a_question_ends_for_each_reason_by_a_press(desk: Office, mine: CaseId, choice: int) -> None:
    await desk.pushes(RASA, Verb.CLOSE, mine)
    reasons = (await desk.buttons(GROUP, Verb.REASON, mine)).reasons

    await desk.pushes(RASA, Verb.REASON, mine, choice=choice)

    case = await desk.case(mine)
    assert (case.state, case.close_reason) == (CaseState.CLOSED, reasons[choice])
    (told,) = [one for one in await desk.told(ANA, kinds=[OutgoingKind.CASE]) if "Did this help?" in one.words]
    assert told.outgoing.buttons is not None


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("helped", CloseReason.HELPED),
        ("REFERRED", CloseReason.REFERRED),
        ("no_reply", CloseReason.NO_REPLY),
        ("duplicate", CloseReason.DUPLICATE),
        ("Answered", CloseReason.HELPED),
        ("another office helps", CloseReason.REFERRED),
        ("The family is silent", CloseReason.NO_REPLY),
        ("asked twice", CloseReason.DUPLICATE),
    ],
)
async def test_a_question_ends_for_each_reason_by_a_typed_order(
    desk: Office, mine: CaseId, words: str, reason: CloseReason
) -> None:
    await desk.says(RASA, f"/close {words}", mine)

    assert ((await desk.case(mine)).state, (await desk.case(mine)).close_reason) == (CaseState.CLOSED, reason)


@pytest.mark.parametrize("words", ["", "because", "solved", "withdrawn", "taken back"])
async def test_without_a_reason_of_a_specialists_nothing_ends(desk: Office, mine: CaseId, words: str) -> None:
    (asked,) = await desk.says(RASA, f"/close {words}", mine)

    assert asked.outgoing.buttons is not None
    assert len(asked.outgoing.buttons.reasons) == 4
    assert (await desk.case(mine)).state is CaseState.CLAIMED


async def test_nobody_ends_the_question_of_somebody_else(desk: Office, mine: CaseId) -> None:
    for told in (await desk.says(TOMAS, "/close helped", mine), await desk.pushes(TOMAS, Verb.CLOSE, mine)):
        assert "specialist 1" in said(told)
    assert (await desk.case(mine)).state is CaseState.CLAIMED
