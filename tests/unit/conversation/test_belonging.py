"""Whether a message belongs to a case that people have, or opens one of its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.content.model import TopicId
from bot.conversation import case_notices
from bot.conversation.belonging import STILL_TOLD
from bot.conversation.dialogue import respond
from bot.conversation.model import Addition, InboxId, Reopening
from bot.conversation.replies import World
from bot.matching.evidence import Evidence
from tests.builders import EN
from tests.builders_dialogue import (
    DOCTOR,
    KINDERGARTEN,
    LOST,
    NOW,
    QUESTION,
    SURE,
    UNSURE,
    conversation,
    open_case,
    seen,
    untokened,
    wrote,
)
from tests.unit.conversation.cases import (
    ANSWERED,
    CASE,
    CLOSED,
    EDUCATION,
    HEALTH,
    IN_HAND,
    OTHER,
    RENT_IN_HAND,
    talking,
)

# A case in hand -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", [IN_HAND, ANSWERED], ids=lambda x: str(x.state))
@pytest.mark.parametrize(("evidence", "clarified"), [(LOST, False), (UNSURE, True)])
def test_what_no_entry_answers_goes_to_the_one_case_in_hand_with_a_way_out(
    w: World, case: object, evidence: Evidence, *, clarified: bool
) -> None:
    person = conversation(language=EN, open_cases=(case,), clarified=clarified)

    effects = respond(wrote("he is four", evidence, person), w)

    (told,) = effects.outgoing
    assert untokened(told) == untokened(case_notices.added(w.voice(EN), "12M", question=QUESTION))
    assert effects.moves == (Addition(CASE, "he is four"),)
    assert effects.case is None
    assert effects.conversation.talking == CASE


@pytest.mark.parametrize(("evidence", "step"), [(SURE, "answer"), (UNSURE, "clarify")])
def test_what_entries_answer_is_answered_although_a_case_is_in_hand(w: World, evidence: Evidence, step: str) -> None:
    effects = respond(wrote("kindergarten", evidence, conversation(open_cases=(IN_HAND,))), w)

    assert (effects.step, effects.moves) == (step, ())


def test_who_asks_for_a_person_gets_a_case_of_its_own_although_one_is_in_hand(w: World) -> None:
    effects = respond(wrote("a person please", replace(LOST, wants_human=True), conversation(open_cases=(IN_HAND,))), w)

    assert effects.case is not None
    assert effects.moves == ()


def test_words_that_are_clearly_about_another_topic_open_a_case_of_their_own(w: World) -> None:
    evidence = seen((DOCTOR, 0.35))
    person = conversation(open_cases=(IN_HAND,), clarified=True)

    effects = respond(wrote("a strange doctor", evidence, person), w)

    assert effects.case is not None
    assert effects.case.topic == HEALTH
    assert effects.moves == ()


@pytest.mark.parametrize("topic", [None, EDUCATION])
def test_words_and_cases_without_a_known_topic_fit_each_other(w: World, topic: TopicId | None) -> None:
    evidence = seen((KINDERGARTEN, 0.35)) if topic is None else LOST
    person = conversation(open_cases=(replace(IN_HAND, topic=topic),), clarified=True)

    assert respond(wrote("he is four", evidence, person), w).moves == (Addition(CASE, "he is four"),)


def test_of_two_cases_in_hand_the_one_of_the_same_topic_gets_the_words(w: World) -> None:
    person = conversation(open_cases=(RENT_IN_HAND, IN_HAND), clarified=True)

    assert respond(wrote("x", seen((KINDERGARTEN, 0.35)), person), w).moves == (Addition(CASE, "x"),)


def test_where_several_cases_fit_the_family_is_asked_which(w: World) -> None:
    person = conversation(language=EN, open_cases=(IN_HAND, RENT_IN_HAND))

    effects = respond(wrote("he is four", LOST, person), w)

    (told,) = effects.outgoing
    assert untokened(told) == untokened(case_notices.which_case(w.voice(EN), [IN_HAND, RENT_IN_HAND], QUESTION))
    assert told.buttons is not None
    assert (told.buttons.cases, told.buttons.question) == ((CASE, OTHER), QUESTION)
    assert (effects.moves, effects.case, effects.step) == ((), None, "which_case")
    assert effects.conversation.talking is None


# A case that was asked just now ---------------------------------------------------------------------------------------


def test_more_words_just_after_a_question_was_kept_belong_to_it(w: World) -> None:
    fresh = open_case("12M", opened_at=NOW - STILL_TOLD + timedelta(seconds=1))

    effects = respond(wrote("he is four", LOST, conversation(language=EN, open_cases=(fresh,))), w)

    assert untokened(*effects.outgoing) == untokened(case_notices.added(w.voice(EN), "12M", question=QUESTION))
    assert effects.moves == (Addition(CASE, "he is four"),)


def test_later_words_open_a_case_of_their_own_while_nobody_has_the_first(w: World) -> None:
    waiting = open_case("12M", opened_at=NOW - STILL_TOLD, question=InboxId(12))

    effects = respond(wrote("he is four", LOST, conversation(open_cases=(waiting,))), w)

    assert effects.case is not None
    assert effects.moves == ()


def test_a_case_that_nobody_has_yet_does_not_silence_the_bot(w: World) -> None:
    fresh = open_case("12M", topic=EDUCATION)
    added = respond(wrote("he is four", LOST, conversation(language=EN, open_cases=(fresh,))), w)

    effects = respond(wrote("how to register for kindergarten", SURE, added.conversation), w)

    assert effects.step == "answer"


# Words that we asked for ----------------------------------------------------------------------------------------------


def test_words_asked_for_by_a_closed_case_open_it_again(w: World) -> None:
    person = conversation(closed_cases=(replace(CLOSED, topic=HEALTH),), awaiting=CASE)

    effects = respond(wrote("he is four", LOST, person), w)

    assert effects.moves == (Reopening(CASE, "he is four"),)
    assert effects.conversation.awaiting is None


def test_words_asked_for_by_a_case_that_is_gone_are_not_lost(w: World) -> None:
    effects = respond(wrote("he is four", LOST, conversation(awaiting=CASE)), w)

    assert effects.case is not None or effects.moves
    assert effects.outgoing


def test_words_asked_for_while_people_talk_in_the_case_are_silent(w: World) -> None:
    effects = respond(wrote("how to register for kindergarten", SURE, talking(awaiting=CASE)), w)

    assert (effects.outgoing, effects.moves) == ((), (Addition(CASE, "how to register for kindergarten"),))
    assert effects.conversation.awaiting is None
