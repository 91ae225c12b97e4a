"""One written message in, everything that follows from it out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.content.model import SmallTalkKind, TopicId
from bot.conversation import notices
from bot.conversation.dialogue import respond
from bot.conversation.model import InboxId, OutgoingKind, Purpose
from bot.conversation.numbers import case_number
from bot.conversation.replies import World
from bot.conversation.steps import Reason
from tests.builders import EN
from tests.builders_dialogue import (
    AMBER,
    COURSES,
    KINDERGARTEN,
    LOST,
    QUESTION,
    RENT,
    SURE,
    UNSURE,
    conversation,
    seen,
    untokened,
    words_of,
    world,
    wrote,
)


def test_a_sure_question_gets_its_answer_with_neighbours(w: World) -> None:
    effects = respond(wrote("how to register for kindergarten", SURE), w)

    (answer,) = effects.outgoing
    assert effects.step == "answer"
    assert answer.kind is OutgoingKind.ANSWER
    assert answer.lines[0].text == "Short en: how to register my child for kindergarten."
    assert answer.buttons is not None
    assert answer.buttons.entries == (COURSES, RENT)
    assert (answer.buttons.question, answer.buttons.shown) == (QUESTION, (KINDERGARTEN,))
    assert effects.conversation.last_question == QUESTION
    assert effects.conversation.last_entries == (KINDERGARTEN, COURSES, RENT)
    assert [(c.language, c.topic, c.step) for c in effects.counts] == [("en", "education", "answer")]
    assert effects.case is None


def test_an_unsure_question_is_asked_back(w: World) -> None:
    effects = respond(wrote("children and courses", UNSURE), w)

    (asked,) = effects.outgoing
    assert effects.step == "clarify"
    assert asked.kind is OutgoingKind.CLARIFICATION
    assert asked.buttons is not None
    assert asked.buttons.purpose is Purpose.CLARIFY
    assert asked.buttons.entries == (KINDERGARTEN, COURSES)
    assert effects.conversation.clarified
    assert effects.conversation.last_question == QUESTION


def test_nobody_is_asked_back_twice_running(w: World) -> None:
    first = respond(wrote("children and courses", UNSURE), w)

    second = respond(wrote("well, courses or children", UNSURE, first.conversation, number=InboxId(48)), w)

    assert second.step == "hand_off"
    assert second.case is not None
    assert second.case.reason is Reason.CLARIFIED_ONCE
    assert not second.conversation.clarified


def test_after_an_answer_one_may_be_asked_back_again(w: World) -> None:
    person = conversation(clarified=True)

    answered = respond(wrote("how to register for kindergarten", SURE, person), w)
    effects = respond(wrote("children and courses", UNSURE, answered.conversation, number=InboxId(48)), w)

    assert effects.step == "clarify"


def test_small_talk_between_does_not_make_us_ask_back_twice(w: World) -> None:
    asked = respond(wrote("children and courses", UNSURE), w)

    thanked = respond(wrote("thanks", seen(small_talk=SmallTalkKind.THANKS), asked.conversation), w)

    assert thanked.step == "small_talk"
    assert respond(wrote("courses, children", UNSURE, thanked.conversation), w).step == "hand_off"


def test_what_no_entry_answers_goes_to_a_person(w: World) -> None:
    effects = respond(wrote("my neighbour's dog", LOST), w)

    assert effects.step == "hand_off"
    assert effects.case is not None
    assert effects.case.reason is Reason.NO_MATCH
    assert effects.case.text == "my neighbour's dog"
    assert effects.case.question == QUESTION
    assert effects.case.nearest == ((KINDERGARTEN, 0.05),)
    expected = notices.hand_over(w.voice(EN), case_number(QUESTION), None, asked=False, opened_by=QUESTION)
    assert untokened(*effects.outgoing) == untokened(expected)


@pytest.mark.parametrize(("p", "topic"), [(0.35, "education"), (0.15, None)])
def test_the_nearest_entry_names_the_team_only_if_it_is_near_enough(w: World, p: float, topic: str | None) -> None:
    effects = respond(wrote("a person please", seen((KINDERGARTEN, p), wants_human=True)), w)

    assert effects.case is not None
    assert effects.case.topic == topic
    assert ("school team" in words_of(effects.outgoing[0])) == (topic is not None)


def test_who_asks_for_a_person_gets_one_although_an_entry_fits(w: World) -> None:
    effects = respond(wrote("give me a specialist for kindergarten", replace(SURE, wants_human=True)), w)

    assert effects.case is not None
    assert effects.case.reason is Reason.PERSON_ASKED
    expected = notices.hand_over(
        w.voice(EN), case_number(QUESTION), TopicId("education"), asked=True, opened_by=QUESTION
    )
    assert untokened(*effects.outgoing) == untokened(expected)


@pytest.mark.parametrize("kind", [SmallTalkKind.GREETING, SmallTalkKind.INSULT, SmallTalkKind.OKAY])
def test_small_talk_gets_a_short_reply_and_no_case(w: World, kind: SmallTalkKind) -> None:
    effects = respond(wrote("hello", seen(small_talk=kind)), w)

    (told,) = effects.outgoing
    assert (effects.step, effects.case) == ("small_talk", None)
    assert len(told.lines) == 1


def test_every_effect_of_the_same_message_is_the_same() -> None:
    received = wrote("x", replace(SURE, **AMBER), conversation(noticed=False))

    assert respond(received, world()) == respond(received, world())
