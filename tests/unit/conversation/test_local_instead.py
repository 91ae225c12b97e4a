"""What is written below the question for a town and names none: a new question, or words for the answer above."""

from __future__ import annotations

import pytest

from bot.content.model import Command
from bot.conversation.model import OutgoingKind, Verb
from bot.conversation.steps import Reason
from tests.builders_dialogue import BENEFIT, COURSES, DOCTOR, KINDERGARTEN, RED, RENT, seen
from tests.builders_local import Talk, asked, nothing, said, sure

# A new question instead -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("through_the_button", [True, False])
@pytest.mark.parametrize(
    "words", ["kindergarten in Kaunas", "Kaunas kindergarten", "register my child for kindergarten"]
)
def test_a_question_instead_of_a_town_is_answered(words: str, *, through_the_button: bool) -> None:
    talk = asked()
    if through_the_button:
        talk.presses(Verb.OTHER_TOWN)

    effects = talk.writes(words, sure(KINDERGARTEN))

    assert effects.outgoing[0].lines[0].text == "Short en: how to register my child for kindergarten."


@pytest.mark.parametrize("through_the_button", [True, False])
def test_a_question_that_is_not_clear_is_asked_back_even_where_it_names_a_town(*, through_the_button: bool) -> None:
    talk = asked()
    if through_the_button:
        talk.presses(Verb.OTHER_TOWN)

    effects = talk.writes("doctor or nursery Kaunas", seen((DOCTOR, 0.3), (KINDERGARTEN, 0.3)))

    assert effects.step == "clarify"


def test_a_question_that_nobody_answers_is_kept_for_a_person_whole() -> None:
    talk = asked()
    talk.presses(Verb.OTHER_TOWN)

    effects = talk.writes("my bicycle was stolen in Kaunas yesterday", nothing())

    assert effects.case is not None
    assert effects.case.text == "my bicycle was stolen in Kaunas yesterday"


def test_below_the_first_question_for_the_town_short_words_are_a_question_and_no_unknown_place() -> None:
    effects = asked().writes("lost bicycle", nothing())

    assert effects.case is not None


@pytest.mark.parametrize("words", ["a person please in Kaunas", "/human"])
def test_the_wish_for_a_person_is_no_town(words: str) -> None:
    talk = asked()
    talk.presses(Verb.OTHER_TOWN)

    effects = talk.writes(words, seen(wants_human=True, command=Command.HUMAN))

    assert effects.case is not None
    assert effects.case.reason is Reason.PERSON_ASKED
    assert effects.case.text == "how do I get child benefit"


def test_danger_is_seen_below_the_question_for_the_town_too() -> None:
    talk = asked()
    talk.presses(Verb.OTHER_TOWN)

    effects = talk.writes("Kaunas", seen(**RED))

    assert effects.outgoing[0].kind is OutgoingKind.CARD


# Words for the answer above -------------------------------------------------------------------------------------------


def below(talk: Talk, what: str) -> Talk:
    """Bring somebody from the question for the town to a message further below."""
    if what == "told":
        talk.presses(Verb.TOWN, 1)
    if what in {"another town", "not found"}:
        talk.presses(Verb.OTHER_TOWN)
    if what == "not found":
        talk.writes("Garliava", nothing())
    return talk


PLACES = ["asked", "another town", "not found", "told"]


@pytest.mark.parametrize("what", PLACES)
def test_not_this_in_words_shows_the_next_neighbour(what: str) -> None:
    talk = below(asked(RENT, COURSES), what)

    effects = talk.writes("not this", seen(command=Command.NOT_THIS))

    assert "Short en: do I need a rental contract for a flat." in said(effects)


@pytest.mark.parametrize("what", PLACES)
def test_not_this_in_words_without_neighbours_hands_the_first_words_over(what: str) -> None:
    talk = below(asked(), what)

    effects = talk.writes("not this", seen(command=Command.NOT_THIS))

    assert effects.case is not None
    assert (effects.case.text, effects.case.reason) == ("how do I get child benefit", Reason.NOT_HELPED)
    assert effects.case.tried == (BENEFIT,)


@pytest.mark.parametrize("what", PLACES)
def test_helped_in_words_is_counted_for_the_answer(what: str) -> None:
    talk = below(asked(), what)

    effects = talk.writes("helped", seen(command=Command.HELPED))

    assert [(one.step, one.topic) for one in effects.counts] == [("helped", "daily-life")]
    assert said(effects) == "Good. You can write your next question."


@pytest.mark.parametrize("what", ["another town", "not found", "told"])
def test_a_person_is_in_reach_below_the_question_for_the_town(what: str) -> None:
    talk = below(asked(), what)

    effects = talk.presses(Verb.PERSON)

    assert effects.case is not None
    assert effects.case.text == "how do I get child benefit"


@pytest.mark.parametrize("what", PLACES)
def test_a_number_asks_for_the_neighbour_that_was_listed_under_it(what: str) -> None:
    talk = below(asked(RENT, COURSES), what)

    effects = talk.writes("2", nothing())

    assert "Short en: free Lithuanian language courses." in said(effects)


def test_a_number_picks_a_town_where_no_neighbours_were_listed() -> None:
    assert said(asked().writes("2", nothing())).startswith("In your town: Kaunas")
