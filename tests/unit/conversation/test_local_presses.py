"""A pressed town is told, kept in mind, and an old button where it leads nowhere any more."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.conversation.model import OutgoingKind, Verb
from tests.builders import UK
from tests.builders_dialogue import BENEFIT, KINDERGARTEN, labels_of, without_entry, words_of
from tests.builders_local import HERE, NOTHING_MORE, asked, is_asked_for_a_town, local_catalogue, new_words, said, sure


def test_a_pressed_town_is_told_below_and_marked_above() -> None:
    talk = asked()

    effects = talk.presses(Verb.TOWN, 1)

    marked, told = effects.outgoing
    assert (marked.kind, words_of(marked)) == (OutgoingKind.EDIT, "✓ Kaunas")
    assert words_of(told).startswith("In your town: Kaunas\nLaisvės en\nLaisvės g. 1")
    assert labels_of(told) == [["Talk to a person"]]
    assert [one.step for one in effects.counts] == ["town"]


def test_a_known_town_is_used_for_the_next_answer_and_nobody_asks() -> None:
    talk = asked()
    talk.presses(Verb.TOWN, 1)

    effects = talk.writes("and the kindergarten", sure(KINDERGARTEN))

    assert not is_asked_for_a_town(effects)
    assert f"{HERE}Kaunas\nOnly in kaunas en." in said(effects)


def test_a_town_of_which_content_knows_nothing_any_more_is_told_so() -> None:
    talk = asked()
    talk.catalogue = local_catalogue().model_copy(update={"services": {}})

    assert NOTHING_MORE in said(talk.presses(Verb.TOWN, 1))


@pytest.mark.parametrize(("verb", "choice"), [(Verb.TOWN, 0), (Verb.OTHER_TOWN, 0), (Verb.TOWN, 3), (Verb.TOWN, 99)])
def test_a_press_that_leads_nowhere_any_more_is_an_old_button(verb: Verb, choice: int) -> None:
    talk = asked()
    if choice == 0:
        talk.catalogue = without_entry(local_catalogue(), BENEFIT)

    effects = talk.presses(verb, choice)

    assert effects.step == "old_button"
    assert "does not work any more" in said(effects)


def test_a_town_pressed_after_the_language_has_changed_is_told_in_that_language() -> None:
    talk = asked()
    talk.person = replace(talk.person, language=UK, chosen=True)

    (told,) = new_words(talk.presses(Verb.TOWN, 0))

    assert "Gedimino uk" in words_of(told)
