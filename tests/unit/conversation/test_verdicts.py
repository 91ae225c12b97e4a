"""What a press says of the entries that were shown."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.content.model import Command, EntryId, TopicId
from bot.conversation import notices
from bot.conversation.dialogue import respond
from bot.conversation.model import ButtonSet, Effects, KeptMessage, Outgoing, Purpose, Verb, VerdictSource
from bot.conversation.replies import World
from tests.builders import EN
from tests.builders_dialogue import (
    COURSES,
    DOCTOR,
    KINDERGARTEN,
    QUESTION,
    RENT,
    conversation,
    pressed,
    seen,
    talking_catalogue,
    without_entry,
    world,
    wrote,
)

CHOICE, NONE, HELPED, NOT_HELPED, NEIGHBOUR = VerdictSource
WORDS = {QUESTION: KeptMessage("a place in a kindergarten")}

Told = dict[EntryId, tuple[VerdictSource, bool]]


@pytest.fixture
def answer(w: World) -> ButtonSet:
    return buttons_of(notices.answer(w.voice(EN), KINDERGARTEN, neighbours=[COURSES, RENT], question=QUESTION))


@pytest.fixture
def asked(w: World) -> ButtonSet:
    return buttons_of(notices.clarification(w.voice(EN), [KINDERGARTEN, COURSES, RENT], QUESTION))


def buttons_of(outgoing: Outgoing) -> ButtonSet:
    assert outgoing.buttons is not None
    return outgoing.buttons


def verdicts(effects: Effects) -> Told:
    assert {one.question for one in effects.verdicts} <= {QUESTION}
    found = {one.entry_id: (one.source, one.right) for one in effects.verdicts}
    assert len(found) == len(effects.verdicts)
    return found


def test_a_choice_was_right_and_the_others_asked_about_were_not(w: World, asked: ButtonSet) -> None:
    told = verdicts(respond(pressed(asked, Verb.CHOICE, 1, kept=WORDS), w))

    assert told == {COURSES: (CHOICE, True), KINDERGARTEN: (CHOICE, False), RENT: (CHOICE, False)}


def test_none_of_these_says_that_all_were_wrong(w: World, asked: ButtonSet) -> None:
    told = verdicts(respond(pressed(asked, Verb.SOMETHING_ELSE, kept=WORDS), w))

    assert told == dict.fromkeys((KINDERGARTEN, COURSES, RENT), (NONE, False))


def test_helped_speaks_of_the_answer_above_only(w: World, answer: ButtonSet) -> None:
    assert verdicts(respond(pressed(answer, Verb.HELPED, kept=WORDS), w)) == {KINDERGARTEN: (HELPED, True)}


def test_not_this_speaks_of_each_answer_in_its_turn_also_when_a_person_follows(w: World, answer: ButtonSet) -> None:
    buttons, told = answer, []
    for _ in range(3):
        effects = respond(pressed(buttons, Verb.NOT_THIS, kept=WORDS), w)
        told.append(verdicts(effects))
        buttons = buttons_of(effects.outgoing[-1])

    assert effects.case is not None
    assert told == [{entry: (NOT_HELPED, False)} for entry in (KINDERGARTEN, COURSES, RENT)]


def test_a_neighbour_that_is_opened_says_nothing_of_the_answer_above(w: World, answer: ButtonSet) -> None:
    assert verdicts(respond(pressed(answer, Verb.CHOICE, 1, kept=WORDS), w)) == {RENT: (NEIGHBOUR, True)}


def test_presses_in_words_say_the_same(w: World, answer: ButtonSet, asked: ButtonSet) -> None:
    below_the_answer, below_the_choices = conversation(latest_buttons=answer), conversation(latest_buttons=asked)

    helped = respond(wrote("it helped", seen(command=Command.HELPED), below_the_answer, kept=WORDS), w)
    second = respond(wrote("2", seen(), below_the_choices, kept=WORDS), w)
    none = respond(wrote("something else", seen(command=Command.SOMETHING_ELSE), below_the_choices, kept=WORDS), w)

    assert verdicts(helped) == {KINDERGARTEN: (HELPED, True)}
    assert verdicts(second)[COURSES] == (CHOICE, True)
    assert set(verdicts(none).values()) == {(NONE, False)}


def test_helped_below_the_question_for_the_town_speaks_of_its_answer(w: World) -> None:
    town = ButtonSet(w.new_token(), Purpose.TOWN, (), question=QUESTION, entries=(RENT,), shown=(DOCTOR,))
    person = conversation(latest_buttons=town)

    effects = respond(wrote("it helped", seen(command=Command.HELPED), person, kept=WORDS), w)

    assert verdicts(effects) == {DOCTOR: (HELPED, True)}


@pytest.mark.parametrize("verb", [Verb.HELPED, Verb.NOT_THIS, Verb.CHOICE])
def test_what_was_opened_from_the_menu_answers_no_question(w: World, verb: Verb) -> None:
    listed = buttons_of(notices.topic(w.voice(EN), TopicId("education")))
    opened = buttons_of(respond(pressed(listed, Verb.CHOICE), w).outgoing[-1])

    assert verdicts(respond(pressed(listed, Verb.CHOICE), w)) == {}
    assert verdicts(respond(pressed(opened, verb), w)) == {}


@pytest.mark.parametrize("verb", [Verb.HELPED, Verb.NOT_THIS, Verb.CHOICE])
def test_a_message_that_goes_on_from_an_answer_cannot_be_judged_by_its_words_alone(
    w: World, answer: ButtonSet, verb: Verb
) -> None:
    assert verdicts(respond(pressed(replace(answer, follows=RENT), verb, kept=WORDS), w)) == {}


@pytest.mark.parametrize("verb", [Verb.PERSON, Verb.DONE, Verb.LANGUAGE])
def test_other_presses_say_nothing(w: World, answer: ButtonSet, verb: Verb) -> None:
    assert verdicts(respond(pressed(answer, verb, kept=WORDS), w)) == {}


def test_a_choice_that_the_content_no_longer_has_says_nothing(asked: ButtonSet) -> None:
    w = world(without_entry(talking_catalogue(), COURSES))

    assert verdicts(respond(pressed(asked, Verb.CHOICE, 1, kept=WORDS), w)) == {}


def test_somebody_elses_button_says_nothing(w: World) -> None:
    assert verdicts(respond(pressed(None, Verb.HELPED), w)) == {}
