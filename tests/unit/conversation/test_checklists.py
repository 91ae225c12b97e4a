"""Checklists for events of life: opened, ticked, unticked, cleared; two apart; and what content no longer has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from bot.content.model import MAIN_LANGUAGES, Catalogue, Checklist, ChecklistId, Command, EntryId, Language, StepId
from bot.conversation import checklists
from bot.conversation.model import ButtonSet, Effects, Outgoing, OutgoingKind, Purpose, Token, Verb
from tests.builders import EN, LT, RU, UK
from tests.builders_dialogue import (
    BENEFIT,
    DOCTOR,
    KINDERGARTEN,
    conversation,
    labels_of,
    pressed,
    seen,
    without_entry,
    words_of,
    world,
)
from tests.builders_local import FIRST_WEEK, NEW_BABY, Talk, local_catalogue


def opened(choice: int = 0) -> Talk:
    """Return somebody who looks at a checklist."""
    talk = Talk()
    talk.writes("/checklists", seen())
    talk.presses(Verb.CHECKLIST, choice)
    return talk


def steps(effects: Effects) -> list[str]:
    """Return the steps as they are shown, each with its mark."""
    return effects.outgoing[-1].lines[1].text.splitlines()


def marks(effects: Effects) -> str:
    return "".join(step[0] for step in steps(effects))


def with_steps(catalogue: Catalogue, checklist: ChecklistId, *left: str) -> Catalogue:
    """Return a catalogue in which a checklist has only these steps."""
    known = catalogue.checklists[checklist].steps
    kept = {StepId(step): known[StepId(step)] for step in left}
    return _with_checklist(catalogue, checklist, {"steps": kept})


def _with_checklist(
    catalogue: Catalogue, checklist: ChecklistId, changes: Mapping[str, Any]
) -> Catalogue:  # Any: its fields
    changed = catalogue.checklists[checklist].model_copy(update=changes)
    return catalogue.model_copy(update={"checklists": {**catalogue.checklists, checklist: changed}})


# Opening --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("evidence", [seen(), seen(command=Command.CHECKLISTS)])
def test_the_menu_lists_all_checklists_and_last_a_person(evidence: Any) -> None:  # Any: evidence of a command
    text = "/checklists" if evidence.command is None else "checklists"

    (menu,) = Talk().writes(text, evidence).outgoing

    assert labels_of(menu) == [["First week en"], ["A new baby en"], ["Talk to a person"]]


def test_a_checklist_shows_its_steps_in_order_none_of_them_done() -> None:
    talk = Talk()
    talk.writes("/checklists", seen())

    effects = talk.presses(Verb.CHECKLIST, 0)

    (told,) = effects.outgoing
    assert told.lines[0].text == "First week en"
    assert steps(effects) == [f"☐ {n + 1}. First week {n} en" for n in range(5)]
    assert labels_of(told) == [["☐ 1", "☐ 2", "☐ 3", "☐ 4"], ["☐ 5"], ["How to do it"], ["Talk to a person"]]
    assert [one.step for one in effects.counts] == ["checklist"]


@pytest.mark.parametrize("words", ["A new baby en", "2"])
def test_a_checklist_can_be_chosen_in_words(words: str) -> None:
    talk = Talk()
    talk.writes("/checklists", seen())

    (told,) = talk.writes(words, seen()).outgoing

    assert told.lines[0].text == "A new baby en"


# Ticks ----------------------------------------------------------------------------------------------------------------


def test_a_tick_marks_its_step_in_the_same_message() -> None:
    effects = opened().presses(Verb.TICK, 1)

    (told,) = effects.outgoing
    assert (told.kind, told.edits) == (OutgoingKind.NOTICE, "900")
    assert marks(effects) == "☐☑☐☐☐"
    assert labels_of(told)[0] == ["☐ 1", "☑ 2", "☐ 3", "☐ 4"]


def test_ticks_add_up_and_a_second_press_takes_one_away() -> None:
    talk = opened()
    talk.presses(Verb.TICK, 1)
    talk.presses(Verb.TICK, 4)

    assert marks(talk.presses(Verb.TICK, 0)) == "☑☑☐☐☑"
    assert marks(talk.presses(Verb.TICK, 1)) == "☑☐☐☐☑"


@pytest.mark.parametrize("words", ["2", "☐ 2"])
def test_a_tick_in_words_shows_the_checklist_anew(words: str) -> None:
    effects = opened().writes(words, seen())

    (told,) = effects.outgoing
    assert told.edits is None
    assert marks(effects) == "☐☑☐☐☐"


def test_ticks_are_there_when_the_checklist_is_opened_again() -> None:
    talk = opened()
    talk.presses(Verb.TICK, 1)
    talk.writes("a question", seen((DOCTOR, 0.95)))

    talk.writes("/checklists", seen())

    assert marks(talk.presses(Verb.CHECKLIST, 0)) == "☐☑☐☐☐"


def test_two_checklists_are_ticked_apart() -> None:
    talk = opened(0)
    talk.presses(Verb.TICK, 1)
    talk.writes("/checklists", seen())

    effects = talk.presses(Verb.CHECKLIST, 1)
    assert marks(effects) == "☐☐"
    assert marks(talk.presses(Verb.TICK, 0)) == "☑☐"

    talk.writes("/checklists", seen())
    assert marks(talk.presses(Verb.CHECKLIST, 0)) == "☐☑☐☐☐"


def test_two_messages_of_one_checklist_tick_the_same_steps() -> None:
    talk = opened()
    first = talk.sets[next(reversed(talk.sets))]
    talk.writes("/checklists", seen())
    talk.presses(Verb.CHECKLIST, 0)
    talk.presses(Verb.TICK, 0)

    effects = talk.presses(Verb.TICK, 1, on=Outgoing(OutgoingKind.NOTICE, EN, (), first), message="800")

    assert effects.outgoing[0].edits == "800"
    assert marks(effects) == "☑☑☐☐☐"


# Clearing -------------------------------------------------------------------------------------------------------------


def test_ticks_can_be_cleared_as_soon_as_there_is_one() -> None:
    talk = opened()

    told = talk.presses(Verb.TICK, 0).outgoing[0]
    assert labels_of(told)[-2:] == [["Clear my ticks"], ["Talk to a person"]]

    effects = talk.presses(Verb.CLEAR)
    assert marks(effects) == "☐☐☐☐☐"
    assert ["Clear my ticks"] not in labels_of(effects.outgoing[0])
    assert talk.person.ticked == ()


def test_clearing_one_checklist_leaves_the_other() -> None:
    talk = opened(1)
    talk.presses(Verb.TICK, 1)
    talk.writes("/checklists", seen())
    talk.presses(Verb.CHECKLIST, 0)
    talk.presses(Verb.TICK, 0)

    talk.presses(Verb.CLEAR)

    assert talk.person.ticked == (f"{NEW_BABY}/step-1",)


def test_a_checklist_whose_id_begins_like_another_is_not_cleared_with_it() -> None:
    longer = ChecklistId(f"{FIRST_WEEK}-in-town")
    talk = opened()
    talk.person = replace(talk.person, ticked=(f"{longer}/step-0", f"{FIRST_WEEK}/step-0"))

    talk.presses(Verb.CLEAR)

    assert talk.person.ticked == (f"{longer}/step-0",)


# How to do it ---------------------------------------------------------------------------------------------------------


def test_how_to_do_it_offers_the_answers_of_what_is_left() -> None:
    talk = opened(1)
    talk.presses(Verb.TICK, 0)

    (told,) = talk.presses(Verb.HOW).outgoing

    assert told.buttons is not None
    assert told.buttons.entries == (BENEFIT,)
    assert labels_of(told) == [["how do I get child benefit"], ["Talk to a person"]]


def test_how_to_do_it_offers_all_answers_where_all_is_done() -> None:
    talk = opened(1)
    talk.presses(Verb.TICK, 0)
    talk.presses(Verb.TICK, 1)

    (told,) = talk.presses(Verb.HOW).outgoing

    assert told.buttons is not None
    assert told.buttons.entries == (DOCTOR, BENEFIT)


def test_an_answer_from_a_checklist_is_an_answer_like_any() -> None:
    talk = opened(1)
    talk.presses(Verb.HOW)

    effects = talk.presses(Verb.CHOICE, 1)

    assert effects.outgoing[0].lines[0].text == "Short en: how do I get child benefit."
    assert effects.outgoing[1].buttons is not None
    assert effects.outgoing[1].buttons.purpose is Purpose.TOWN


def test_one_entry_of_two_steps_is_offered_once() -> None:
    twice = local_catalogue().checklists[NEW_BABY].steps
    step = next(iter(twice.values()))
    whole = _with_checklist(local_catalogue(), NEW_BABY, {"steps": {**twice, StepId("again"): step}})

    told = checklists.how(world(whole).voice(EN), NEW_BABY, conversation())

    assert told.buttons is not None
    assert told.buttons.entries == (DOCTOR, BENEFIT)


def test_an_entry_that_is_gone_is_not_offered() -> None:
    whole = without_entry(local_catalogue(), DOCTOR)

    told = checklists.how(world(whole).voice(EN), NEW_BABY, conversation())

    assert labels_of(told) == [["how do I get child benefit"], ["Talk to a person"]]


# What content no longer has -------------------------------------------------------------------------------------------


def test_a_press_of_a_step_that_is_gone_is_an_old_button_and_the_others_tick_their_own() -> None:
    talk = opened()
    talk.catalogue = with_steps(local_catalogue(), FIRST_WEEK, "step-0", "step-2", "step-3")

    gone, there = talk.presses(Verb.TICK, 1), talk.presses(Verb.TICK, 2)

    assert gone.step == "old_button"
    assert steps(there) == ["☐ 1. First week 0 en", "☑ 2. First week 2 en", "☐ 3. First week 3 en"]


def test_steps_in_another_order_keep_their_ticks() -> None:
    talk = opened()
    talk.presses(Verb.TICK, 0)
    talk.catalogue = with_steps(local_catalogue(), FIRST_WEEK, "step-4", "step-0")

    talk.writes("/checklists", seen())

    assert steps(talk.presses(Verb.CHECKLIST, 0)) == ["☐ 1. First week 4 en", "☑ 2. First week 0 en"]


def test_a_tick_of_a_step_that_is_gone_counts_for_nothing() -> None:
    talk = opened()
    talk.presses(Verb.TICK, 1)
    talk.catalogue = with_steps(local_catalogue(), FIRST_WEEK, "step-0")
    talk.writes("/checklists", seen())

    (told,) = talk.presses(Verb.CHECKLIST, 0).outgoing

    assert labels_of(told) == [["☐ 1"], ["How to do it"], ["Talk to a person"]]


@pytest.mark.parametrize("verb", [Verb.TICK, Verb.HOW, Verb.CLEAR])
def test_a_press_of_a_checklist_that_is_gone_is_an_old_button(verb: Verb) -> None:
    talk = opened()
    talk.catalogue = local_catalogue().model_copy(update={"checklists": {}})

    effects = talk.presses(verb)

    assert effects.step == "old_button"
    assert "does not work any more" in words_of(effects.outgoing[0])


@pytest.mark.parametrize("choice", [0, 1, 2, 99])
@pytest.mark.parametrize("verb", [Verb.TICK, Verb.HOW, Verb.CLEAR, Verb.CHECKLIST])
def test_no_press_on_any_set_of_buttons_breaks(verb: Verb, choice: int) -> None:
    menu = ButtonSet(Token("m"), Purpose.CHECKLISTS, (), checklists=(FIRST_WEEK, NEW_BABY))
    one = ButtonSet(Token("o"), Purpose.CHECKLIST, (), checklists=(FIRST_WEEK,), steps=(StepId("step-0"),))
    empty = ButtonSet(Token("e"), Purpose.ANSWER, (), shown=(KINDERGARTEN,))
    w = world(local_catalogue())

    for buttons in (menu, one, empty):
        press = pressed(buttons, verb, choice)
        assert press.incoming.press is not None
        effects = checklists.press_of_checklist(press, w, press.incoming.press, buttons)
        assert effects is None or effects.outgoing


@pytest.mark.parametrize("verb", [Verb.TICK, Verb.HOW, Verb.CLEAR])
def test_a_verb_of_a_checklist_on_its_menu_is_none(verb: Verb) -> None:
    menu = ButtonSet(Token("m"), Purpose.CHECKLISTS, (), checklists=(FIRST_WEEK, NEW_BABY))
    press = pressed(menu, verb)

    assert press.incoming.press is not None
    assert checklists.press_of_checklist(press, world(local_catalogue()), press.incoming.press, menu) is None


# In every language ------------------------------------------------------------------------------------------------------


def every_message(language: Language, catalogue: Catalogue) -> list[Outgoing]:
    v = world(catalogue).voice(language)
    found = [checklists.menu(v)]
    for key, checklist in catalogue.checklists.items():
        done = conversation(ticked=tuple(f"{key}/{step}" for step in checklist.steps))
        found += [
            checklists.checklist(v, key, conversation()),
            checklists.checklist(v, key, done),
            checklists.how(v, key, conversation()),
        ]
    return found


@pytest.mark.parametrize("language", MAIN_LANGUAGES)
def test_everything_about_checklists_fits_its_buttons_and_messages(language: Language) -> None:
    for told in every_message(language, with_many_steps()):
        labels = [label for row in labels_of(told) for label in row]
        assert told.language == language
        assert max(map(len, labels)) <= 28
        assert len(set(labels)) == len(labels)
        assert len(words_of(told)) <= 3500
        assert max(map(len, labels_of(told))) <= checklists.TICKS_IN_A_ROW
        assert all(line.text.strip() for line in told.lines)
        assert told.buttons is not None
        assert [button.verb for button in told.buttons.rows[-1]] == [Verb.PERSON]


def with_many_steps() -> Catalogue:
    step = {"text": dict.fromkeys(MAIN_LANGUAGES, "ž" * 100), "entry": EntryId("family-doctor")}
    many = Checklist.model_validate(
        {"name": dict.fromkeys(MAIN_LANGUAGES, "ž" * 28), "steps": {f"step-{n}": step for n in range(15)}}
    )
    return local_catalogue().model_copy(
        update={"checklists": {**local_catalogue().checklists, ChecklistId("many"): many}}
    )


@pytest.mark.parametrize("language", [LT, RU, UK])
def test_nothing_about_checklists_is_left_in_english(language: Language) -> None:
    english = every_message(EN, local_catalogue())

    for told, other in zip(every_message(language, local_catalogue()), english, strict=True):
        assert not {line.text for line in told.lines} & {line.text for line in other.lines}
        mine, theirs = ({x for row in labels_of(one) for x in row if x[0] not in "☐☑"} for one in (told, other))
        assert not mine & theirs


def test_the_help_names_the_checklists() -> None:
    (told,) = Talk().writes("/help", seen()).outgoing

    assert "/checklists Checklists" in words_of(told)
