"""An edit or a reply finds its case, whatever it says."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.cases.model import CaseState
from bot.content.model import SmallTalkKind
from bot.conversation import case_notices
from bot.conversation.dialogue import respond
from bot.conversation.model import Addition, Kind, OutgoingKind, Reopening
from bot.conversation.replies import World
from bot.matching.evidence import Evidence, Level
from tests.builders import EN
from tests.builders_dialogue import LOST, RED, SURE, UNSURE, conversation, open_case, seen, wrote
from tests.unit.conversation.cases import CASE, CLOSED, IN_HAND, LONG_AGO, OTHER, RENT_IN_HAND, talking


@pytest.mark.parametrize("evidence", [LOST, UNSURE, seen(small_talk=SmallTalkKind.OKAY)])
@pytest.mark.parametrize("kind", [Kind.TEXT, Kind.EDITED])
def test_an_edit_or_a_reply_finds_its_case_whatever_it_says(w: World, evidence: Evidence, kind: Kind) -> None:
    person = conversation(language=EN, open_cases=(open_case("12M", opened_at=LONG_AGO), RENT_IN_HAND))

    effects = respond(wrote("he is five", evidence, person, kind=kind, about=CASE), w)

    assert effects.outgoing == (case_notices.added(w.voice(EN), "12M"),)
    assert effects.moves == (Addition(CASE, "he is five"),)
    assert effects.case is None


@pytest.mark.parametrize("kind", [Kind.TEXT, Kind.EDITED])
def test_an_edit_or_a_reply_that_entries_answer_goes_to_its_case_and_is_answered_too(w: World, kind: Kind) -> None:
    person = conversation(language=EN, open_cases=(open_case("12M", opened_at=LONG_AGO), RENT_IN_HAND))

    effects = respond(wrote("how to register for kindergarten", SURE, person, kind=kind, about=CASE), w)

    added, answer = effects.outgoing
    assert added == case_notices.added(w.voice(EN), "12M")
    assert answer.kind is OutgoingKind.ANSWER
    assert effects.moves == (Addition(CASE, "how to register for kindergarten"),)
    assert effects.case is None


@pytest.mark.parametrize("evidence", [LOST, SURE])
def test_a_reply_to_the_case_in_which_people_talk_is_silent(w: World, evidence: Evidence) -> None:
    effects = respond(wrote("he is five", evidence, talking(), about=CASE), w)

    assert (effects.outgoing, effects.moves) == ((), (Addition(CASE, "he is five"),))


def test_a_reply_to_a_case_that_nobody_has_any_more_is_confirmed(w: World) -> None:
    person = talking(open_cases=(replace(IN_HAND, state=CaseState.WAITING),))

    effects = respond(wrote("he is five", LOST, person, about=CASE), w)

    assert effects.outgoing == (case_notices.added(w.voice(EN), "12M"),)


def test_a_reply_to_another_case_than_the_one_in_which_people_talk_is_confirmed(w: World) -> None:
    person = talking(open_cases=(IN_HAND, RENT_IN_HAND))

    effects = respond(wrote("the rent is 400", LOST, person, about=OTHER), w)

    assert effects.outgoing == (case_notices.added(w.voice(EN), "13N"),)
    assert effects.moves == (Addition(OTHER, "the rent is 400"),)


def test_a_reply_to_a_case_that_ended_is_a_message_like_any(w: World) -> None:
    person = conversation(closed_cases=(CLOSED,))

    assert respond(wrote("still", LOST, person, about=CASE), w).moves == (Reopening(CASE, "still"),)
    assert respond(wrote("kindergarten", SURE, person, about=CASE), w).step == "answer"


def test_a_command_in_a_reply_is_a_command(w: World) -> None:
    effects = respond(wrote("/help", LOST, conversation(open_cases=(IN_HAND,)), about=CASE), w)

    assert (effects.step, effects.moves) == ("command", ())


def test_danger_in_an_edit_opens_a_case_of_its_own(w: World) -> None:
    effects = respond(wrote("he beats me", replace(LOST, **RED), conversation(open_cases=(IN_HAND,)), about=CASE), w)

    assert [one.kind for one in effects.outgoing] == [OutgoingKind.CARD]
    assert effects.case is not None


def test_an_edit_of_the_words_that_opened_an_urgent_case_opens_no_second_one(w: World) -> None:
    person = conversation(open_cases=(replace(IN_HAND, urgent=True),))

    effects = respond(wrote("he beats me again", replace(LOST, **RED), person, kind=Kind.EDITED, about=CASE), w)

    assert [one.kind for one in effects.outgoing] == [OutgoingKind.CARD]
    assert effects.case is None
    assert effects.moves == (Addition(CASE, "he beats me again", danger=Level.RED),)


def test_a_reply_to_one_case_does_not_use_up_the_wait_for_words_for_another(w: World) -> None:
    person = conversation(open_cases=(IN_HAND, RENT_IN_HAND), awaiting=OTHER)

    effects = respond(wrote("he is five", LOST, person, kind=Kind.EDITED, about=CASE), w)

    assert effects.conversation.awaiting == OTHER
