"""Who works in a group and under which name, and who does not."""

from __future__ import annotations

import pytest

from bot.cases.model import CaseId, CaseState
from bot.conversation.model import InGroup, Kind, OutgoingKind, Press, Token, Verb
from bot.storage.tables import case_events, notes, specialists
from tests.builders import LT
from tests.builders_store import ANA, all_rows
from tests.builders_teams import GROUP, IEVA, OTHER_GROUP, RASA, SECRET, STRANGER, Office, kinds, said, to_family

ANONYMOUS = ""


# Who works here -------------------------------------------------------------------------------------------------------


async def test_whoever_presses_works_here_and_is_told_their_name(desk: Office) -> None:
    told = await desk.pushes(STRANGER, Verb.WORK_HERE)

    assert kinds(told) == [OutgoingKind.TOAST, OutgoingKind.DESK]
    assert "specialist 3" in said(told)
    assert (await desk.specialist(STRANGER)).alias == "#3"


@pytest.mark.parametrize("how", ["press", "order"])
async def test_whoever_says_it_twice_is_one_person_with_one_name(desk: Office, how: str) -> None:
    before = await desk.specialist(RASA)

    told = await desk.pushes(RASA, Verb.WORK_HERE) if how == "press" else await desk.says(RASA, "/work")

    assert await desk.specialist(RASA) == before
    assert len(await all_rows(desk.store, specialists)) == 3
    assert "specialist 1" in said(told)


async def test_a_name_is_what_families_see_from_then_on(desk: Office, case_id: CaseId) -> None:
    told = await desk.says(RASA, "/name  Rasa,   social worker")

    await desk.says(RASA, "/claim", case_id)

    assert "Rasa, social worker" in said(told)
    assert [one.words for one in await desk.told(ANA, kinds=[OutgoingKind.CASE]) if "Rasa, social worker" in one.words]


@pytest.mark.parametrize(("words", "alias"), [("/name", "#1"), ("/name " + 90 * "a", 40 * "a")])
async def test_a_name_is_neither_empty_nor_endless(desk: Office, words: str, alias: str) -> None:
    await desk.says(RASA, words)

    assert (await desk.specialist(RASA)).alias == alias


@pytest.mark.parametrize(
    ("chosen", "alias"),
    [
        ("@durov", "durov"),
        ("/human Ona", "human Ona"),
        ("Ona https://evil.example/x", "Ona https evil example x"),
        ("#2", "2"),
        ("Dr. Ona, A. B.", "Dr. Ona, A. B."),
        ("Ona\u202e anO", "Ona anO"),
        ("\u200b", "#1"),
    ],
)
async def test_an_app_makes_no_link_and_no_command_of_a_name(desk: Office, chosen: str, alias: str) -> None:
    await desk.says(RASA, f"/name {chosen}")

    assert (await desk.specialist(RASA)).alias == alias


async def test_a_group_may_choose_its_language(desk: Office, case_id: CaseId) -> None:
    await desk.says(RASA, "/language LT")
    lithuanian = await desk.says(RASA, "/help", case_id)
    unknown = await desk.says(RASA, "/language Klingon")

    assert [one.outgoing.language for one in lithuanian] == [LT]
    assert "/language en" in said(unknown)


async def test_whoever_leaves_gives_their_questions_back(desk: Office, mine: CaseId) -> None:
    await desk.tells(Kind.LEFT, author=RASA)

    assert (await desk.case(mine)).state is CaseState.WAITING
    assert len([one for one in await desk.told(ANA, kinds=[OutgoingKind.CASE]) if one.case == mine]) == 2
    told = await desk.says(RASA, "my words", mine)
    assert kinds(told) == [OutgoingKind.DESK]
    assert await to_family(desk) == []


async def test_that_somebody_left_who_did_not_work_here_changes_nothing(desk: Office, mine: CaseId) -> None:
    assert await desk.tells(Kind.LEFT, author=STRANGER) == []

    assert (await desk.case(mine)).state is CaseState.CLAIMED


# Strangers ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("author", [STRANGER, ANONYMOUS, IEVA])
@pytest.mark.parametrize("words", ["Show the certificate.", "/claim", f"/note {SECRET}", "/close helped", "/nonsense"])
async def test_words_of_somebody_unknown_are_refused_and_they_are_told(
    desk: Office, case_id: CaseId, author: str, words: str
) -> None:
    before = await all_rows(desk.store, case_events)

    told = await desk.says(author, words, case_id)

    assert [(one.kind, one.case) for one in told] == [(OutgoingKind.DESK, case_id)]
    assert (told[0].outgoing.buttons is None) == (author == ANONYMOUS)
    assert await all_rows(desk.store, case_events) == before
    assert await all_rows(desk.store, notes) == []
    assert await to_family(desk) == []


async def test_an_edit_of_somebody_unknown_is_refused_too(desk: Office, mine: CaseId) -> None:
    await desk.says(RASA, "Show the certificate.", mine, message="30")

    await desk.says(STRANGER, "Show nothing.", mine, kind=Kind.EDITED, message="30")

    assert len(await to_family(desk)) == 1


@pytest.mark.parametrize("verb", [Verb.CLAIM, Verb.TRANSFER])
async def test_a_press_of_somebody_unknown_is_refused_and_they_are_told(
    desk: Office, case_id: CaseId, verb: Verb
) -> None:
    told = await desk.pushes(STRANGER, verb, case_id)

    assert kinds(told) == [OutgoingKind.TOAST]
    assert "I work here" in said(told)
    assert (await desk.case(case_id)).state is CaseState.WAITING


async def test_the_buttons_of_another_group_are_no_buttons_here(desk: Office, case_id: CaseId) -> None:
    card = await desk.buttons(GROUP, Verb.CLAIM, case_id)

    told = await desk.pushes(IEVA, Verb.CLAIM, at=OTHER_GROUP, buttons=card)

    assert kinds(told) == [OutgoingKind.TOAST]
    assert (await desk.case(case_id)).state is CaseState.WAITING


async def test_a_button_that_nobody_made_is_answered(desk: Office) -> None:
    unknown = Press("C", Token("unknown"), 0, "901")

    told = await desk.says(RASA, kind=Kind.PRESS, press=unknown, group=InGroup(RASA, forum=True, query="q"))

    assert [(one.kind, one.outgoing.query) for one in told] == [(OutgoingKind.TOAST, "q")]
