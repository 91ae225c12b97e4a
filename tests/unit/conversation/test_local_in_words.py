"""The name of a town, as people write it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.cases.model import CaseState
from bot.conversation.model import Addition, Verb
from tests.builders import LT, UK
from tests.builders_dialogue import BENEFIT, open_case
from tests.builders_local import HERE, Talk, asked, is_asked_for_a_town, nothing, said, sure


@pytest.mark.parametrize(
    ("words", "town"),
    [
        ("Kaunas", "Kaunas"),
        ("в Каунасе", "Kaunas"),
        ("ми живемо у Вільнюсі", "Vilnius"),
        ("gyvenu Kauno rajone", "Kaunas district"),
        ("Каунасский р-н", "Kaunas district"),
        ("Jonava", "Jonava"),
        ("I live in the city of Klaipeda, Lithuania", "Klaipėda"),
        ("Kaunass", "Kaunas"),
        ("Klapeda please", "Klaipėda"),
        ("klaipdea", "Klaipėda"),
    ],
)
@pytest.mark.parametrize("through_the_button", [True, False])
def test_the_name_of_a_town_is_taken_for_the_answer(words: str, town: str, *, through_the_button: bool) -> None:
    talk = asked()
    if through_the_button:
        assert "Write the name of your town" in said(talk.presses(Verb.OTHER_TOWN))

    effects = talk.writes(words, nothing())

    assert effects.step == "answer"
    assert said(effects).startswith(f"{HERE}{town}\n")
    assert not is_asked_for_a_town(talk.writes("child benefit", sure(BENEFIT)))


def test_the_label_of_a_button_in_words_presses_it() -> None:
    assert said(asked().writes("kaunas", nothing())).startswith("In your town: Kaunas")
    assert "Write the name of your town" in said(asked().writes("another town", nothing()))


@pytest.mark.parametrize("name", ["Jonava", "Каунас", "Kaunas"])
def test_a_town_is_told_in_the_language_of_the_talk_whatever_language_its_name_seems_to_be_in(name: str) -> None:
    talk = asked(language=UK)

    effects = talk.writes(name, nothing(LT, confident=True))

    assert effects.outgoing[0].language == UK
    assert "Sodra uk" in said(effects) or "Laisvės uk" in said(effects)
    assert talk.person.language == UK


def test_a_place_that_is_none_is_told_so_in_the_language_of_the_talk_and_may_be_written_once_more() -> None:
    talk = asked(language=UK)
    talk.presses(Verb.OTHER_TOWN)

    effects = talk.writes("Garliava", nothing(LT, confident=True))

    assert effects.step == "town_unknown"
    assert effects.outgoing[0].language == UK
    assert talk.person.language == UK
    assert "Sodra uk" in said(talk.writes("Jonava", nothing(LT, confident=True)))


def test_after_a_place_that_is_none_other_words_are_a_question_again() -> None:
    talk = asked()
    talk.presses(Verb.OTHER_TOWN)
    talk.writes("Garliava", nothing())

    effects = talk.writes("lost bicycle", nothing())

    assert effects.case is not None
    assert effects.case.text == "lost bicycle"


def test_small_talk_in_between_does_not_forget_that_a_town_was_asked_for() -> None:
    talk = asked()
    talk.presses(Verb.OTHER_TOWN)
    talk.presses(Verb.PERSON)  # the answer of a button that has nothing to do with it
    talk.person = replace(talk.person, open_cases=(), awaiting=None)

    assert said(talk.writes("Kaunas", nothing())).startswith("In your town: Kaunas")


def test_without_a_question_for_it_the_name_of_a_town_is_a_question() -> None:
    effects = Talk().writes("Kaunas", nothing())

    assert effects.case is not None


def test_the_name_of_a_town_goes_to_the_specialist_who_asked_for_it() -> None:
    talk = asked()
    talk.presses(Verb.OTHER_TOWN)
    case = open_case(state=CaseState.ANSWERED)
    talk.person = replace(talk.person, open_cases=(case,), talking=case.id, latest_buttons=None)

    effects = talk.writes("Kaunas", nothing())

    assert effects.moves == (Addition(case.id, "Kaunas"),)
    assert effects.outgoing == ()
