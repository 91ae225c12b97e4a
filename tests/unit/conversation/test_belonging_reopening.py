"""Words after a case has ended: they take it up again, or open one that is linked to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.cases.model import CaseId, CloseReason
from bot.content.model import SmallTalkKind
from bot.conversation import notices
from bot.conversation.dialogue import respond
from bot.conversation.model import Addition, Reopening
from bot.conversation.replies import REOPENS, World
from bot.matching.evidence import Evidence, Level
from tests.builders import EN
from tests.builders_dialogue import (
    AMBER,
    DOCTOR,
    KINDERGARTEN,
    LOST,
    NOW,
    SURE,
    UNSURE,
    closed_case,
    conversation,
    seen,
    wrote,
)
from tests.unit.conversation.cases import CASE, CLOSED, EDUCATION, HEALTH, OTHER, RENT_IN_HAND


@pytest.mark.parametrize("ago", [timedelta(0), timedelta(days=29), REOPENS])
def test_writing_again_within_thirty_days_takes_a_closed_case_up(w: World, ago: timedelta) -> None:
    assert timedelta(days=30) == REOPENS
    person = conversation(closed_cases=(replace(CLOSED, closed_at=NOW - ago),))

    effects = respond(wrote("it is still so", LOST, person), w)

    assert effects.moves == (Reopening(CASE, "it is still so"),)
    assert (effects.outgoing, effects.case, effects.step) == ((), None, "reopened")
    assert [one.step for one in effects.counts] == ["reopened"]


def test_writing_again_later_opens_a_case_that_is_linked_to_it(w: World) -> None:
    person = conversation(closed_cases=(replace(CLOSED, topic=None, closed_at=NOW - REOPENS - timedelta(seconds=1)),))

    effects = respond(wrote("it is still so", LOST, person), w)

    assert effects.moves == ()
    assert effects.case is not None
    assert effects.case.follows == CASE


def test_a_new_case_is_linked_to_the_newest_of_its_topic(w: World) -> None:
    long_ago = NOW - timedelta(days=90)
    older = closed_case("13N", id=OTHER, topic=EDUCATION, closed_at=long_ago)
    person = conversation(
        closed_cases=(closed_case(topic=HEALTH, closed_at=long_ago), older, replace(older, id=CaseId(7))),
        clarified=True,
    )

    effects = respond(wrote("x", seen((KINDERGARTEN, 0.35)), person), w)

    assert effects.case is not None
    assert effects.case.follows == OTHER


def test_a_first_case_is_linked_to_none(w: World) -> None:
    effects = respond(wrote("it is still so", LOST), w)

    assert effects.case is not None
    assert effects.case.follows is None


def test_a_question_that_was_taken_back_is_not_reopened(w: World) -> None:
    person = conversation(closed_cases=(replace(CLOSED, close_reason=CloseReason.WITHDRAWN),))

    effects = respond(wrote("my neighbour's dog", LOST, person), w)

    assert effects.moves == ()
    assert effects.case is not None


def test_a_question_taken_back_does_not_hide_an_older_one(w: World) -> None:
    taken_back = closed_case("13N", id=OTHER, close_reason=CloseReason.WITHDRAWN)

    effects = respond(wrote("still", LOST, conversation(closed_cases=(taken_back, CLOSED))), w)

    assert effects.moves == (Reopening(CASE, "still"),)


@pytest.mark.parametrize("reason", [x for x in CloseReason if x is not CloseReason.WITHDRAWN])
def test_every_other_end_can_be_followed_by_more(w: World, reason: CloseReason) -> None:
    person = conversation(closed_cases=(replace(CLOSED, close_reason=reason),))

    assert respond(wrote("still", LOST, person), w).step == "reopened"


def test_words_about_another_topic_do_not_reopen(w: World) -> None:
    person = conversation(closed_cases=(CLOSED,), clarified=True)

    effects = respond(wrote("a strange doctor", seen((DOCTOR, 0.35)), person), w)

    assert effects.moves == ()
    assert effects.case is not None


@pytest.mark.parametrize(
    ("evidence", "step"),
    [(SURE, "answer"), (UNSURE, "clarify"), (seen(small_talk=SmallTalkKind.THANKS), "small_talk")],
)
def test_what_the_bot_can_answer_reopens_nothing(w: World, evidence: Evidence, step: str) -> None:
    effects = respond(wrote("thanks", evidence, conversation(closed_cases=(CLOSED,))), w)

    assert (effects.step, effects.moves) == (step, ())


def test_a_case_in_hand_comes_before_one_that_ended(w: World) -> None:
    person = conversation(open_cases=(RENT_IN_HAND,), closed_cases=(CLOSED,))

    assert respond(wrote("he is four", LOST, person), w).moves == (Addition(OTHER, "he is four"),)


def test_words_that_may_be_danger_reopen_with_their_level(w: World) -> None:
    effects = respond(wrote("I fear him", replace(LOST, **AMBER), conversation(closed_cases=(CLOSED,))), w)

    assert effects.moves == (Reopening(CASE, "I fear him", danger=Level.AMBER),)


def test_words_that_may_be_danger_get_the_number_also_when_they_reopen(w: World) -> None:
    person = conversation(language=EN, closed_cases=(CLOSED,))

    effects = respond(wrote("I fear him", replace(LOST, **AMBER), person), w)

    assert [line for one in effects.outgoing for line in one.lines] == [notices.danger_line(w.voice(EN))]
