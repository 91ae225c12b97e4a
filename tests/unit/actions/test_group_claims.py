"""Two specialists and one question: who has it, and who is told so."""

from __future__ import annotations

from bot.cases.model import CaseId, CaseState
from bot.conversation.model import InGroup, Kind, OutgoingKind, Press, Verb
from tests.builders_store import ANA
from tests.builders_teams import GROUP, RASA, TOMAS, Office, said, toasts


async def test_of_two_who_claim_one_wins_and_the_other_is_told_who(desk: Office, case_id: CaseId) -> None:
    await desk.says(RASA, "/name Rasa, lawyer")
    card = await desk.buttons(GROUP, Verb.CLAIM, case_id)

    won = await desk.pushes(RASA, Verb.CLAIM, buttons=card)
    lost = await desk.pushes(TOMAS, Verb.CLAIM, buttons=card)

    number = (await desk.case(case_id)).number
    assert (await desk.case(case_id)).claimed_by == (await desk.specialist(RASA)).id
    assert toasts(won) == [f"{number} is yours now."]
    assert toasts(lost) == [f"Rasa, lawyer has {number}."]
    assert len(await desk.told(ANA, kinds=[OutgoingKind.CASE])) == 1


async def test_two_who_claim_before_either_is_answered_do_not_both_win(desk: Office, case_id: CaseId) -> None:
    card = await desk.buttons(GROUP, Verb.CLAIM, case_id)
    presses = [
        desk.message(
            GROUP,
            kind=Kind.PRESS,
            press=Press("C", card.token, 0, "901"),
            message="",
            group=InGroup(author, forum=True, query=author),
        )
        for author in (TOMAS, RASA)
    ]
    before = await desk.latest()

    await desk.hear(*presses)

    first, second = [one for one in await desk.told(GROUP, after=before) if one.kind is OutgoingKind.TOAST]
    assert (first.outgoing.query, second.outgoing.query) == (TOMAS, RASA)
    assert "yours now" in first.words
    assert "specialist 2" in second.words
    assert (await desk.events(case_id)).count("claimed") == 1


async def test_whoever_has_a_question_already_is_told_so(desk: Office, mine: CaseId) -> None:
    told = await desk.says(RASA, "/claim", mine)

    assert "You have" in said(told)
    assert (await desk.events(mine)).count("claimed") == 1


async def test_only_whoever_has_a_question_gives_it_back(desk: Office, mine: CaseId) -> None:
    refused = await desk.pushes(TOMAS, Verb.RELEASE, mine)
    still = (await desk.case(mine)).state
    await desk.pushes(RASA, Verb.RELEASE, mine)

    assert "specialist 1" in toasts(refused)[0]
    assert (still, (await desk.case(mine)).state) == (CaseState.CLAIMED, CaseState.WAITING)
