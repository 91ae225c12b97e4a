"""Topics on which a specialist reads an answer before a family gets it."""

from __future__ import annotations

import pytest

from bot.conversation.dialogue import respond
from bot.conversation.model import InboxId, KeptMessage, OutgoingKind, Verb
from bot.conversation.replies import World
from bot.conversation.steps import Reason
from tests.builders_dialogue import (
    KINDERGARTEN,
    QUESTION,
    RED,
    RENT,
    conversation,
    open_case,
    pressed,
    seen,
    words_of,
    world,
    wrote,
)


@pytest.fixture
def w() -> World:
    content = world().catalogue
    topic = content.entries[KINDERGARTEN].topic
    marked = {**content.topics, topic: content.topics[topic].model_copy(update={"approval": True})}
    return world(content.model_copy(update={"topics": marked}))


def test_an_answer_on_such_a_topic_waits_for_a_person_and_a_time_is_promised(w: World) -> None:
    effects = respond(wrote("kindergarten", seen((KINDERGARTEN, 0.95))), w)

    (told,) = effects.outgoing
    assert told.kind is OutgoingKind.HAND_OVER
    assert "A person reads it first" in words_of(told)
    assert "By: " in words_of(told)
    assert effects.case is not None
    assert (effects.case.reason, effects.case.topic) == (Reason.APPROVAL, w.catalogue.entries[KINDERGARTEN].topic)
    assert effects.case.nearest[0][0] == KINDERGARTEN


def test_an_answer_on_another_topic_goes_at_once(w: World) -> None:
    effects = respond(wrote("rent", seen((RENT, 0.95))), w)

    assert effects.outgoing[0].kind is OutgoingKind.ANSWER


def test_what_is_chosen_by_a_press_waits_too_with_the_words_of_the_question(w: World) -> None:
    asked = respond(wrote("school?", seen((KINDERGARTEN, 0.4), (RENT, 0.35))), w).outgoing[0]
    kept = {QUESTION: KeptMessage("school?")}

    effects = respond(pressed(asked.buttons, Verb.CHOICE, 0, kept=kept), w)

    assert effects.case is not None
    assert (effects.case.reason, effects.case.text) == (Reason.APPROVAL, "school?")
    assert all(one.kind is not OutgoingKind.ANSWER for one in effects.outgoing)


def test_the_same_question_opens_no_second_case(w: World) -> None:
    person = conversation(open_cases=(open_case(question=QUESTION),))

    effects = respond(wrote("kindergarten", seen((KINDERGARTEN, 0.95)), person, number=QUESTION), w)

    assert effects.case is None


def test_two_needs_of_which_one_waits_are_one_case(w: World) -> None:
    evidence = seen((RENT, 0.95), (KINDERGARTEN, 0.94), needs=seen((RENT, 0.95), (KINDERGARTEN, 0.94)).candidates)

    effects = respond(wrote("rent and kindergarten", evidence), w)

    assert all(KINDERGARTEN not in (one.buttons.shown if one.buttons else ()) for one in effects.outgoing)


def test_danger_never_waits(w: World) -> None:
    effects = respond(wrote("he is at the door", seen((KINDERGARTEN, 0.95), **RED), number=InboxId(9)), w)

    assert effects.outgoing[0].kind is OutgoingKind.CARD
