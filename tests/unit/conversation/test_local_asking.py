"""Where a family lives is asked only where it changes the answer, and not where the question tells it."""

from __future__ import annotations

import pytest

from bot.content.model import Command, EntryId
from bot.conversation import local
from bot.conversation.model import OutgoingKind
from tests.builders import EN
from tests.builders_dialogue import (
    AMBER,
    BENEFIT,
    DOCTOR,
    FOSTER_CARE,
    KINDERGARTEN,
    conversation,
    labels_of,
    seen,
    words_of,
)
from tests.builders_local import (
    HERE,
    JONAVA,
    KAUNAS,
    KAUNAS_DISTRICT,
    NOTHING_MORE,
    Talk,
    is_asked_for_a_town,
    local_catalogue,
    nothing,
    said,
    sure,
)

# When it is asked -----------------------------------------------------------------------------------------------------


def test_an_answer_that_is_alike_everywhere_asks_for_no_town() -> None:
    effects = Talk().writes("where is a doctor", sure(DOCTOR))

    assert [told.kind for told in effects.outgoing] == [OutgoingKind.ANSWER]


@pytest.mark.parametrize("entry", [BENEFIT, KINDERGARTEN])
def test_an_answer_that_differs_comes_whole_and_first_and_the_question_for_the_town_below_it(entry: EntryId) -> None:
    same = Talk(local_catalogue().model_copy(update={"services": {}})).writes("words", sure(DOCTOR)).outgoing[0]

    answer, ask = Talk().writes("words", sure(entry)).outgoing

    assert answer.kind is OutgoingKind.ANSWER
    assert len(answer.lines) == len(same.lines)
    assert labels_of(answer) == labels_of(same)
    assert (ask.silent, ask.lines[0].text) == (True, "Some of this differs from town to town. Where do you live?")


def test_the_towns_of_which_most_is_known_are_offered_then_any_other_then_a_way_out() -> None:
    _, ask = Talk().writes("words", sure(BENEFIT)).outgoing

    assert [label for row in labels_of(ask) for label in row] == [
        "Vilnius",
        "Kaunas",
        "Klaipėda",
        "Another town",
        "Skip",
    ]
    assert labels_of(ask)[-1] == ["Skip"]


def test_a_town_whose_office_is_of_another_kind_is_not_offered() -> None:
    assert JONAVA not in local.towns_of(local_catalogue(), BENEFIT, EN)
    assert local.towns_of(local_catalogue(), KINDERGARTEN, EN) == [KAUNAS, KAUNAS_DISTRICT]


def test_offices_for_the_whole_country_alone_are_no_reason_to_ask() -> None:
    only = {key: one for key, one in local_catalogue().services.items() if key == "all"}

    effects = Talk(local_catalogue().model_copy(update={"services": only})).writes("words", sure(BENEFIT))

    assert not is_asked_for_a_town(effects)


def test_an_answer_that_the_language_does_not_have_asks_for_the_language_not_for_the_town() -> None:
    effects = Talk().writes("foster care", sure(FOSTER_CARE))

    assert not is_asked_for_a_town(effects)


def test_words_that_may_be_about_danger_get_no_question_for_the_town_below_the_number() -> None:
    effects = Talk().writes("words", seen((BENEFIT, 0.95), **AMBER))

    assert [told.kind for told in effects.outgoing] == [OutgoingKind.ANSWER]
    assert "112" in effects.outgoing[-1].lines[-1].text


def test_the_first_notice_stands_below_the_question_for_the_town_and_does_not_take_its_words() -> None:
    talk = Talk(person=conversation(language=EN, noticed=False))

    effects = talk.writes("words", sure(BENEFIT))

    assert [told.kind for told in effects.outgoing] == [OutgoingKind.ANSWER, OutgoingKind.NOTICE, OutgoingKind.NOTICE]
    assert HERE + "Kaunas" in said(talk.writes("Kaunas", nothing()))


# A town in the question -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "town"),
    [
        ("child benefit in Vilnius", "Vilnius"),
        ("пособие на ребёнка в Каунасе, документы", "Kaunas"),
        ("vaiko pinigai Klaipėdoje", "Klaipėda"),
    ],
)
def test_a_town_in_the_question_is_answered_for_and_nobody_asks(words: str, town: str) -> None:
    effects = Talk().writes(words, sure(BENEFIT))

    (answer,) = effects.outgoing
    assert HERE + town in words_of(answer)
    assert NOTHING_MORE not in words_of(answer)


def test_the_local_part_stands_below_the_details_and_above_the_source() -> None:
    (answer,) = Talk().writes("child benefit in Kaunas", sure(BENEFIT)).outgoing

    texts = [line.text for line in answer.lines]
    details, source = texts.index("Details en: how do I get child benefit."), "Source: https://www.e-tar.lt/best"
    assert texts[details + 1] == "In your town: Kaunas"
    assert texts[details + 2].startswith("Laisvės en\nLaisvės g. 1\n+370 5 211 1111")
    assert texts[details + 3] == source


def test_a_town_in_the_question_of_which_nothing_is_known_is_not_asked_for_again_but_told_so() -> None:
    effects = Talk().writes("child benefit in Jonava", sure(BENEFIT))

    (answer,) = effects.outgoing
    assert HERE + "Jonava" in words_of(answer)
    assert NOTHING_MORE in words_of(answer)
    assert "Sodra en\n1883" in words_of(answer)
    assert "Gedimino" not in words_of(answer)


def test_a_question_with_two_towns_is_asked_for_the_town() -> None:
    effects = Talk().writes("we moved from Kaunas to Vilnius, child benefit", sure(BENEFIT))

    assert is_asked_for_a_town(effects)
    assert HERE not in said(effects)


def test_a_town_in_a_question_whose_answer_is_alike_everywhere_is_not_kept_in_mind() -> None:
    talk = Talk()
    talk.writes("a doctor in Kaunas", sure(DOCTOR))

    assert is_asked_for_a_town(talk.writes("child benefit", sure(BENEFIT)))


def test_a_town_named_later_replaces_the_one_in_mind() -> None:
    talk = Talk()
    talk.writes("child benefit in Kaunas", sure(BENEFIT))

    assert HERE + "Vilnius" in said(talk.writes("and in Vilnius?", sure(BENEFIT)))
    assert HERE + "Vilnius" in said(talk.writes("child benefit", sure(BENEFIT)))


def test_the_town_of_the_first_question_holds_for_what_is_shown_instead() -> None:
    talk = Talk()
    talk.writes("kindergarten in Kaunas", sure(DOCTOR, KINDERGARTEN))

    effects = talk.writes("not this", seen(command=Command.NOT_THIS))

    assert f"{HERE}Kaunas\nOnly in kaunas en." in said(effects)
