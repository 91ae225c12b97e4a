"""Two needs in one message: two answers, or one answer and the other by name."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.cases.model import CaseState
from bot.content.model import EntryId, TopicId
from bot.conversation.dialogue import respond
from bot.conversation.model import Addition, ButtonSet, Effects, Outgoing, OutgoingKind, Purpose, Verb
from bot.conversation.steps import Reason
from bot.matching.evidence import Candidate, Evidence
from tests.builders import EN
from tests.builders_dialogue import (
    AMBER,
    BENEFIT,
    COURSES,
    DOCTOR,
    FOSTER_CARE,
    KINDERGARTEN,
    RENT,
    conversation,
    labels_of,
    open_case,
    seen,
    words_of,
    world,
    wrote,
)
from tests.builders_local import KAUNAS, Talk, local_catalogue, new_words

TOWNLESS = local_catalogue().model_copy(update={"services": {}})
TEXT = "How do I find a doctor? And is there a course?"


def needs(*pairs: tuple[EntryId, float], near: tuple[tuple[EntryId, float], ...] = ()) -> Evidence:
    """Return evidence of a message of several sentences, each with an entry of its own."""
    return replace(seen(*pairs, *near), needs=tuple(Candidate(entry, p) for entry, p in pairs))


BOTH = needs((DOCTOR, 0.9), (COURSES, 0.8), near=((RENT, 0.3), (BENEFIT, 0.2), (KINDERGARTEN, 0.15)))
ONE = needs((DOCTOR, 0.9), (COURSES, 0.3), near=((RENT, 0.3),))


@pytest.fixture
def talk() -> Talk:
    return Talk(TOWNLESS)


def buttons_of(outgoing: Outgoing) -> ButtonSet:
    assert outgoing.buttons is not None
    return outgoing.buttons


def shown(effects: Effects) -> list[EntryId]:
    return [buttons_of(one).shown[-1] for one in new_words(effects) if one.kind is OutgoingKind.ANSWER]


def steps(effects: Effects) -> list[tuple[str, str]]:
    return [(one.step, one.topic) for one in effects.counts]


# Two answers ----------------------------------------------------------------------------------------------------------


def test_two_needs_get_two_answers_and_both_are_counted(talk: Talk) -> None:
    effects = talk.writes(TEXT, BOTH)

    assert shown(effects) == [DOCTOR, COURSES]
    assert effects.step == "answer"
    assert steps(effects) == [("answer", "health"), ("answer", "education")]
    assert talk.person.last_entries[:2] == (DOCTOR, COURSES)
    assert talk.person.last_question == 1


def test_no_neighbour_stands_below_both_and_neither_below_the_other(talk: Talk) -> None:
    first, second = talk.writes(TEXT, BOTH).outgoing

    assert (buttons_of(first).entries, buttons_of(second).entries) == ((RENT, KINDERGARTEN), (BENEFIT,))


def test_not_this_at_either_takes_its_neighbours_and_then_one_person_for_the_whole(talk: Talk) -> None:
    first, second = talk.writes(TEXT, BOTH).outgoing

    instead = [shown(talk.presses(Verb.NOT_THIS, on=one)) for one in (first, second)]
    handed = talk.presses(Verb.NOT_THIS)

    assert instead == [[RENT], [BENEFIT]]
    assert handed.case is not None
    assert (handed.case.reason, handed.case.text) == (Reason.NOT_HELPED, TEXT)
    assert handed.case.tried == (COURSES, BENEFIT)


def test_a_person_asked_for_at_both_is_asked_once(talk: Talk) -> None:
    first, second = talk.writes(TEXT, needs((DOCTOR, 0.9), (COURSES, 0.8))).outgoing

    handed = talk.presses(Verb.NOT_THIS, on=first)
    assert handed.case is not None
    case = open_case("1X", question=handed.case.question)
    talk.person = replace(talk.person, open_cases=(case,))
    again = talk.presses(Verb.NOT_THIS, on=second)

    assert again.case is None
    assert again.step == "kept"


def test_a_third_need_is_named_below_the_second_answer(talk: Talk) -> None:
    effects = talk.writes(TEXT, needs((DOCTOR, 0.9), (COURSES, 0.8), (RENT, 0.7)))

    assert "You also asked about:\n1. do I need a rental contract" in words_of(effects.outgoing[-1])
    assert "You also asked about:" not in words_of(effects.outgoing[0])


def test_an_answer_that_the_language_does_not_have_is_offered_beside_the_other(talk: Talk) -> None:
    effects = talk.writes(TEXT, needs((FOSTER_CARE, 0.9), (COURSES, 0.8)))

    assert [one.kind for one in effects.outgoing] == [OutgoingKind.CLARIFICATION, OutgoingKind.ANSWER]
    assert effects.step == "answer"


def test_the_number_stands_once_below_both(talk: Talk) -> None:
    effects = talk.writes(TEXT, replace(BOTH, **AMBER))

    assert ["112" in words_of(one) for one in effects.outgoing] == [False, True]


def test_the_first_notice_stands_once_below_both() -> None:
    talk = Talk(TOWNLESS, conversation(noticed=False))

    kinds = [one.kind for one in talk.writes(TEXT, BOTH).outgoing]

    assert kinds == [OutgoingKind.ANSWER, OutgoingKind.ANSWER, OutgoingKind.NOTICE]


def test_in_shadow_mode_a_person_gets_the_whole(talk: Talk) -> None:
    effects = respond(wrote(TEXT, BOTH), replace(talk.world, shadow=True))

    assert effects.case is not None
    assert [one.kind for one in effects.outgoing] == [OutgoingKind.HAND_OVER]


# Their town -----------------------------------------------------------------------------------------------------------

LOCAL = needs((BENEFIT, 0.9), (KINDERGARTEN, 0.8))


def test_the_town_is_asked_for_once_and_told_for_both() -> None:
    talk = Talk()
    effects = talk.writes("Child benefit? A kindergarten?", LOCAL)

    told = talk.presses(Verb.TOWN, buttons_of(effects.outgoing[-1]).towns.index(KAUNAS))

    assert [buttons_of(one).purpose for one in effects.outgoing] == [Purpose.ANSWER, Purpose.ANSWER, Purpose.TOWN]
    assert "Laisvės en" in words_of(new_words(told)[0])
    assert "Only in kaunas en." in words_of(new_words(told)[1])
    assert steps(told) == [("town", "daily-life"), ("town", "education")]


@pytest.mark.parametrize("through_the_button", [True, False])
def test_the_town_in_words_is_told_for_both(*, through_the_button: bool) -> None:
    talk = Talk()
    talk.writes("Child benefit? A kindergarten?", LOCAL)
    if through_the_button:
        talk.presses(Verb.OTHER_TOWN)

    told = talk.writes("Kaunas", seen())

    assert [buttons_of(one).shown for one in new_words(told)] == [(BENEFIT,), (KINDERGARTEN,)]


def test_a_town_in_the_message_holds_for_both_and_nobody_asks() -> None:
    effects = Talk().writes("Child benefit in Kaunas? A kindergarten?", LOCAL)

    assert ["In your town: Kaunas" in words_of(one) for one in effects.outgoing] == [True, True]


def test_where_one_of_two_differs_by_town_the_town_is_asked_for_that() -> None:
    effects = Talk().writes(TEXT, needs((DOCTOR, 0.9), (BENEFIT, 0.8)))

    assert buttons_of(effects.outgoing[-1]).shown == (BENEFIT,)


# One answer and an offer ----------------------------------------------------------------------------------------------


def test_a_need_that_is_not_sure_is_named_first_below_the_answer(talk: Talk) -> None:
    effects = talk.writes(TEXT, ONE)

    (answer,) = effects.outgoing
    text = words_of(answer)
    assert shown(effects) == [DOCTOR]
    assert buttons_of(answer).entries == (COURSES, RENT)
    assert labels_of(answer)[1] == [talk.world.voice(EN).label(COURSES)]
    assert text.index("You also asked about:\n1. free Lith") < text.index("Similar questions:\n2. do I need")
    assert steps(effects) == [("answer", "health"), ("offered", "education")]


def test_the_named_need_can_be_pressed_and_not_this_takes_it_first(talk: Talk) -> None:
    (answer,) = talk.writes(TEXT, ONE).outgoing

    assert shown(talk.presses(Verb.CHOICE, 0, on=answer)) == [COURSES]
    assert shown(talk.presses(Verb.NOT_THIS, on=answer)) == [COURSES]


def test_an_unlikely_neighbour_is_left_out_but_no_need_is(talk: Talk) -> None:
    (answer,) = talk.writes(TEXT, needs((DOCTOR, 0.9), (COURSES, 0.05), near=((RENT, 0.05),))).outgoing

    assert buttons_of(answer).entries == (COURSES,)


# While people have the talk -------------------------------------------------------------------------------------------


def talking(topic: str) -> Talk:
    case = open_case(state=CaseState.CLAIMED, topic=TopicId(topic))
    return Talk(TOWNLESS, conversation(language=EN, talking=case.id, open_cases=(case,)))


def test_the_need_that_people_talk_about_is_theirs_and_the_other_is_answered() -> None:
    talk = talking("health")

    effects = talk.writes(TEXT, BOTH)

    assert shown(effects) == [COURSES]
    assert [move.text for move in effects.moves if isinstance(move, Addition)] == [TEXT]
    assert [step for step, _ in steps(effects)] == ["added", "answer"]


def test_two_needs_of_what_people_talk_about_are_theirs() -> None:
    talk = talking("education")

    effects = talk.writes(TEXT, needs((KINDERGARTEN, 0.9), (COURSES, 0.8)))

    assert effects.outgoing == ()
    assert len(effects.moves) == 1


def test_two_needs_of_other_matters_are_both_answered() -> None:
    talk = talking("safety")

    effects = talk.writes(TEXT, BOTH)

    assert shown(effects) == [DOCTOR, COURSES]
    assert effects.moves == ()


def test_in_shadow_mode_the_other_need_is_not_answered_while_people_talk() -> None:
    talk = talking("health")

    effects = respond(wrote(TEXT, BOTH, talk.person), replace(talk.world, shadow=True))

    assert effects.outgoing == ()
    assert len(effects.moves) == 1


def test_two_needs_are_answered_in_the_world_of_every_day() -> None:
    assert shown(respond(wrote(TEXT, BOTH), world())) == [DOCTOR, COURSES]
