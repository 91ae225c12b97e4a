"""A pressed button, or its twin in plain words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.cases.model import CaseId
from bot.content.model import MAIN_LANGUAGES, Command, Language, TopicId
from bot.conversation import danger_notices, notices
from bot.conversation.dialogue import respond
from bot.conversation.model import (
    ButtonSet,
    DangerOver,
    InboxId,
    KeptMessage,
    OutboxId,
    Outgoing,
    OutgoingKind,
    Purpose,
    Verb,
)
from bot.conversation.numbers import case_number
from bot.conversation.replies import World
from bot.conversation.steps import Reason
from bot.matching.evidence import Evidence
from tests.builders import EN, LT, RU, UK
from tests.builders_dialogue import (
    BENEFIT,
    COURSES,
    DOCTOR,
    FOSTER_CARE,
    KINDERGARTEN,
    QUESTION,
    RED,
    RENT,
    THE_PRESS,
    conversation,
    labels_of,
    open_case,
    pressed,
    seen,
    talking_catalogue,
    untokened,
    without_entry,
    words_of,
    world,
    wrote,
)

EDUCATION = TopicId("education")
WORDS = {QUESTION: KeptMessage("a place in a kindergarten")}


@pytest.fixture
def answer(w: World) -> ButtonSet:
    told = notices.answer(w.voice(EN), KINDERGARTEN, neighbours=[COURSES, RENT, DOCTOR], question=QUESTION)
    return buttons_of(told)


@pytest.fixture
def asked(w: World) -> ButtonSet:
    return buttons_of(notices.clarification(w.voice(EN), [KINDERGARTEN, COURSES], QUESTION))


def buttons_of(outgoing: Outgoing) -> ButtonSet:
    assert outgoing.buttons is not None
    return outgoing.buttons


def steps(counts: tuple[object, ...]) -> list[str]:
    return [str(getattr(one, "step", "")) for one in counts]


# Helped, not this -----------------------------------------------------------------------------------------------------


def test_helped_marks_the_button_and_leaves_a_person_in_reach(w: World, answer: ButtonSet) -> None:
    effects = respond(pressed(answer, Verb.HELPED), w)

    (edit,) = effects.outgoing
    assert (edit.kind, edit.edits, edit.lines) == (OutgoingKind.EDIT, "900", ())
    assert [[button.verb for button in row] for row in buttons_of(edit).rows] == [[Verb.DONE], [Verb.PERSON]]
    assert labels_of(edit)[0][0].startswith("✓ ")
    assert [(one.step, one.topic) for one in effects.counts] == [("helped", "education")]
    assert effects.case is None


def test_helped_in_words_is_confirmed_in_words(w: World, answer: ButtonSet) -> None:
    person = conversation(latest_buttons=answer)

    effects = respond(wrote("it helped", seen(command=Command.HELPED), person), w)

    assert effects.outgoing == (notices.glad(w.voice(EN)),)
    assert steps(effects.counts) == ["helped"]


def test_not_this_takes_the_next_neighbour(w: World, answer: ButtonSet) -> None:
    effects = respond(pressed(answer, Verb.NOT_THIS, kept=WORDS), w)

    edit, more = effects.outgoing
    assert edit.kind is OutgoingKind.EDIT
    assert more.lines[0].text.startswith("Short en: free Lithuanian")
    assert buttons_of(more).shown == (KINDERGARTEN, COURSES)
    assert buttons_of(more).entries == (RENT, DOCTOR)
    assert buttons_of(more).question == QUESTION
    assert effects.case is None
    assert steps(effects.counts) == ["not_this", "answer"]


def test_not_this_shows_nothing_twice_and_ends_with_a_person(w: World, answer: ButtonSet) -> None:
    shown, buttons = [KINDERGARTEN], answer
    while True:
        effects = respond(pressed(buttons, Verb.NOT_THIS, kept=WORDS), w)
        if effects.case is not None:
            break
        buttons = buttons_of(effects.outgoing[-1])
        shown.append(buttons.shown[-1])

    assert shown == [KINDERGARTEN, COURSES, RENT, DOCTOR]
    assert (effects.case.reason, effects.case.question) == (Reason.NOT_HELPED, QUESTION)
    assert effects.case.text == "a place in a kindergarten"
    assert effects.outgoing[-1].kind is OutgoingKind.HAND_OVER


def test_the_case_has_the_topic_of_what_was_shown_last(w: World) -> None:
    buttons = buttons_of(notices.answer(w.voice(EN), KINDERGARTEN, question=QUESTION, shown=(BENEFIT,)))

    effects = respond(pressed(buttons, Verb.NOT_THIS, kept=WORDS), w)

    assert effects.case is not None
    assert effects.case.topic == EDUCATION


def test_not_this_steps_over_a_neighbour_that_was_removed(answer: ButtonSet) -> None:
    w = world(without_entry(talking_catalogue(), COURSES))

    effects = respond(pressed(answer, Verb.NOT_THIS, kept=WORDS), w)

    assert buttons_of(effects.outgoing[-1]).shown == (KINDERGARTEN, RENT)


def test_not_this_after_a_choice_takes_the_other_choices_and_then_a_person(w: World, asked: ButtonSet) -> None:
    chosen = respond(pressed(asked, Verb.CHOICE, 1), w)
    other = respond(pressed(buttons_of(chosen.outgoing[-1]), Verb.NOT_THIS, kept=WORDS), w)
    last = respond(pressed(buttons_of(other.outgoing[-1]), Verb.NOT_THIS, kept=WORDS), w)

    assert buttons_of(other.outgoing[-1]).shown == (COURSES, KINDERGARTEN)
    assert last.case is not None
    assert (last.case.reason, last.case.tried) == (Reason.NOT_HELPED, (COURSES, KINDERGARTEN))


@pytest.mark.parametrize("kept", [{}, WORDS])
def test_not_this_below_an_answer_from_the_menu_asks_for_the_question(
    w: World, kept: dict[InboxId, KeptMessage]
) -> None:
    opened = respond(pressed(buttons_of(notices.topic(w.voice(EN), EDUCATION)), Verb.CHOICE, 0), w)

    effects = respond(pressed(buttons_of(opened.outgoing[-1]), Verb.NOT_THIS, kept=kept), w)

    assert effects.case is not None
    assert (effects.case.reason, effects.case.text) == (Reason.NOT_HELPED, "")
    assert (effects.case.topic, effects.case.tried) == (EDUCATION, (KINDERGARTEN,))
    assert effects.awaits_detail
    assert effects.outgoing[-1] == notices.ask_for_the_question(w.voice(EN), case_number(THE_PRESS), EDUCATION)


def test_a_question_whose_words_are_gone_is_asked_for_when_nothing_helped(w: World) -> None:
    buttons = buttons_of(notices.answer(w.voice(EN), KINDERGARTEN, question=QUESTION))

    effects = respond(pressed(buttons, Verb.NOT_THIS, kept={}), w)

    assert effects.awaits_detail
    assert effects.case is not None
    assert effects.case.question == QUESTION


def test_a_neighbour_in_other_languages_only_is_offered_in_those(w: World) -> None:
    buttons = buttons_of(
        notices.answer(w.voice(EN), KINDERGARTEN, neighbours=[FOSTER_CARE], question=QUESTION, shown=())
    )

    effects = respond(pressed(buttons, Verb.NOT_THIS, kept=WORDS), w)

    assert buttons_of(effects.outgoing[-1]).languages == (RU, UK)


# Choices --------------------------------------------------------------------------------------------------------------


def test_a_choice_becomes_the_clarification_and_its_answer_follows(w: World, asked: ButtonSet) -> None:
    effects = respond(pressed(asked, Verb.CHOICE, 1, conversation(language=EN, clarified=True)), w)

    edit, answer = effects.outgoing
    assert (edit.edits, edit.buttons) == ("900", None)
    assert words_of(edit) == f"✓ {w.voice(EN).label(COURSES)}"
    assert answer.kind is OutgoingKind.ANSWER
    assert buttons_of(answer).entries == (KINDERGARTEN,)
    assert buttons_of(answer).question == QUESTION
    assert not effects.conversation.clarified
    assert [(one.step, one.topic) for one in effects.counts] == [("chosen", "education"), ("answer", "education")]


def test_the_sibling_of_a_choice_that_was_left_out_is_its_first_neighbour(asked: ButtonSet) -> None:
    whole = talking_catalogue()
    facts = whole.entries[RENT].facts.model_copy(update={"siblings": (COURSES,)})
    entries = {**whole.entries, RENT: whole.entries[RENT].model_copy(update={"facts": facts})}
    w = world(whole.model_copy(update={"entries": entries}))

    chosen = respond(pressed(asked, Verb.CHOICE, 1), w)
    instead = respond(pressed(buttons_of(chosen.outgoing[-1]), Verb.NOT_THIS), w)

    assert buttons_of(chosen.outgoing[-1]).entries == (RENT, KINDERGARTEN)
    assert buttons_of(instead.outgoing[-1]).shown == (COURSES, RENT)


def test_a_neighbour_below_an_answer_can_be_pressed_and_the_answer_stays_as_it_was(w: World, answer: ButtonSet) -> None:
    effects = respond(pressed(answer, Verb.CHOICE, 1), w)

    (told,) = effects.outgoing
    assert told.edits is None
    assert buttons_of(told).shown == (KINDERGARTEN, RENT)
    assert buttons_of(told).entries == (COURSES, DOCTOR)


@pytest.mark.parametrize(("said", "entry"), [("1", COURSES), ("2", RENT), ("3", DOCTOR), (" 3. ", DOCTOR)])
def test_a_neighbour_can_be_asked_for_by_number_also_where_it_has_no_button(
    w: World, answer: ButtonSet, said: str, entry: str
) -> None:
    effects = respond(wrote(said, seen(), conversation(latest_buttons=answer)), w)

    assert buttons_of(effects.outgoing[0]).shown[-1] == entry


@pytest.mark.parametrize("said", ["0", "4", "00", "1 2"])
def test_a_number_that_is_not_in_the_list_is_no_press(w: World, answer: ButtonSet, said: str) -> None:
    effects = respond(wrote(said, seen(), conversation(latest_buttons=answer)), w)

    assert effects.step == "hand_off"


def test_a_choice_can_be_named_by_its_label(w: World, asked: ButtonSet) -> None:
    label = w.voice(EN).label(COURSES).upper()

    effects = respond(wrote(f"{label}!", seen(), conversation(latest_buttons=asked)), w)

    assert buttons_of(effects.outgoing[0]).shown == (COURSES,)


@pytest.mark.parametrize("number", ["2", "٢", "２"])
def test_a_number_counts_in_all_digits(w: World, asked: ButtonSet, number: str) -> None:
    effects = respond(wrote(number, seen(), conversation(latest_buttons=asked)), w)

    assert buttons_of(effects.outgoing[0]).shown == (COURSES,)


def test_a_choice_that_was_removed_is_an_old_button(asked: ButtonSet) -> None:
    w = world(without_entry(talking_catalogue(), COURSES))

    effects = respond(pressed(asked, Verb.CHOICE, 1), w)

    assert effects.outgoing == (notices.old_button(w.voice(EN)),)
    assert effects.step == "old_button"


def test_a_choice_beside_a_removed_one_still_works(asked: ButtonSet) -> None:
    w = world(without_entry(talking_catalogue(), COURSES))

    effects = respond(pressed(asked, Verb.CHOICE, 0), w)

    assert buttons_of(effects.outgoing[-1]).entries == ()


def test_something_else_asks_for_other_words(w: World, asked: ButtonSet) -> None:
    effects = respond(pressed(asked, Verb.SOMETHING_ELSE), w)

    edit, told = effects.outgoing
    assert labels_of(edit) == [[f"✓ {w.voice(EN).t.gettext('Something else')}"]]
    assert told.lines == notices.in_other_words(w.voice(EN)).lines
    assert steps(effects.counts) == ["something_else"]


def test_something_else_in_words_works_too(w: World, asked: ButtonSet) -> None:
    evidence = seen(command=Command.SOMETHING_ELSE)

    effects = respond(wrote("neither", evidence, conversation(latest_buttons=asked)), w)

    assert [one.lines for one in effects.outgoing] == [notices.in_other_words(w.voice(EN)).lines]


# A person -------------------------------------------------------------------------------------------------------------


def test_a_person_gets_the_question_that_the_button_belongs_to(w: World, answer: ButtonSet) -> None:
    person = conversation(language=EN, last_question=InboxId(99), last_entries=(BENEFIT,))

    effects = respond(pressed(answer, Verb.PERSON, person=person, kept=WORDS), w)

    assert effects.case is not None
    assert (effects.case.question, effects.case.text) == (QUESTION, "a place in a kindergarten")
    assert (effects.case.reason, effects.case.topic) == (Reason.PERSON_ASKED, EDUCATION)
    expected = notices.hand_over(w.voice(EN), case_number(THE_PRESS), EDUCATION, asked=True, opened_by=THE_PRESS)
    assert untokened(*effects.outgoing) == untokened(expected)


@pytest.mark.parametrize("kept", [{}, {QUESTION: KeptMessage("")}])
def test_a_person_without_a_question_is_told_to_write_it(
    w: World, answer: ButtonSet, kept: dict[InboxId, KeptMessage]
) -> None:
    effects = respond(pressed(answer, Verb.PERSON, kept=kept), w)

    assert effects.awaits_detail
    assert effects.case is not None
    assert effects.case.text == ""


def test_a_person_below_a_menu_gets_the_last_question(w: World) -> None:
    menu = buttons_of(notices.topics(w.voice(EN)))
    person = conversation(language=EN, last_question=QUESTION)

    effects = respond(pressed(menu, Verb.PERSON, person=person, kept=WORDS), w)

    assert effects.case is not None
    assert effects.case.text == "a place in a kindergarten"


def test_the_label_of_the_person_button_can_be_written(w: World, answer: ButtonSet) -> None:
    label = notices.person_button(w.voice(EN)).label

    effects = respond(wrote(label.lower(), seen(), conversation(latest_buttons=answer), kept=WORDS), w)

    assert effects.case is not None
    assert effects.case.text == "a place in a kindergarten"


# Languages ------------------------------------------------------------------------------------------------------------


def test_a_picked_language_is_kept_and_the_last_answer_said_again_in_it(w: World) -> None:
    picker = buttons_of(notices.pick_language(w.voice(EN)))
    person = conversation(language=EN, last_entries=(KINDERGARTEN, COURSES), last_question=QUESTION, noticed=False)

    effects = respond(pressed(picker, Verb.LANGUAGE, picker.languages.index(UK), person), w)

    edit, answer = effects.outgoing
    assert (effects.conversation.language, effects.conversation.chosen) == (UK, True)
    assert effects.conversation.noticed
    assert [label for row in labels_of(edit) for label in row if label.startswith("✓")] == ["✓ Українська"]
    assert answer.language == UK
    assert answer.lines[0].text.startswith("Short uk")
    assert buttons_of(answer).question == QUESTION
    assert [one.language for one in effects.counts] == ["uk"]


def test_a_picked_language_without_an_answer_is_confirmed_in_it(w: World) -> None:
    picker = buttons_of(notices.pick_language(w.voice(EN)))

    effects = respond(pressed(picker, Verb.LANGUAGE, picker.languages.index(RU)), w)

    assert effects.outgoing[-1] == notices.language_set(w.voice(RU))


@pytest.mark.parametrize("said", ["Українська", "українська", "4"])
def test_a_language_can_be_written(w: World, said: str) -> None:
    picker = buttons_of(notices.pick_language(w.voice(LT)))

    effects = respond(wrote(said, seen(), conversation(latest_buttons=picker)), w)

    assert effects.conversation.language == UK
    assert effects.outgoing == (notices.language_set(w.voice(UK)),)


def test_an_answer_offered_in_other_languages_comes_in_the_one_pressed(w: World) -> None:
    offer = buttons_of(notices.other_language(w.voice(EN), FOSTER_CARE, QUESTION))

    effects = respond(pressed(offer, Verb.LANGUAGE, offer.languages.index(RU)), w)

    (answer,) = effects.outgoing
    assert answer.lines[0].text.startswith("Short ru")
    assert buttons_of(answer).question == QUESTION
    assert effects.conversation.language == RU


def test_an_offered_answer_that_was_removed_still_sets_the_language(w: World) -> None:
    offer = buttons_of(notices.other_language(w.voice(EN), FOSTER_CARE, QUESTION))
    later = world(without_entry(talking_catalogue(), FOSTER_CARE))

    effects = respond(pressed(offer, Verb.LANGUAGE, 0), later)

    assert effects.conversation.language == RU
    assert effects.outgoing == (notices.language_set(later.voice(RU)),)


def test_a_last_answer_that_the_new_language_does_not_have_is_not_said_again(w: World) -> None:
    picker = buttons_of(notices.pick_language(w.voice(RU)))
    person = conversation(language=RU, last_entries=(FOSTER_CARE,))

    effects = respond(pressed(picker, Verb.LANGUAGE, picker.languages.index(LT), person), w)

    assert effects.outgoing[-1] == notices.language_set(w.voice(LT))


def test_a_neighbour_removed_meanwhile_is_left_out_when_an_answer_is_said_again() -> None:
    w = world(without_entry(talking_catalogue(), COURSES))
    picker = buttons_of(notices.pick_language(w.voice(EN)))
    person = conversation(language=EN, last_entries=(KINDERGARTEN, COURSES, RENT))

    effects = respond(pressed(picker, Verb.LANGUAGE, picker.languages.index(UK), person), w)

    assert buttons_of(effects.outgoing[-1]).entries == (RENT,)


# Topics ---------------------------------------------------------------------------------------------------------------


def test_a_topic_opens_in_the_place_of_the_menu(w: World) -> None:
    menu = buttons_of(notices.topics(w.voice(EN)))

    effects = respond(pressed(menu, Verb.TOPIC, menu.topics.index(EDUCATION)), w)

    (listed,) = effects.outgoing
    assert listed.edits == "900"
    assert buttons_of(listed).entries == (KINDERGARTEN, COURSES)


def test_a_topic_can_be_written(w: World) -> None:
    menu = buttons_of(notices.topics(w.voice(EN)))

    effects = respond(wrote("education", seen(), conversation(latest_buttons=menu)), w)

    assert effects.outgoing[0].edits is None
    assert buttons_of(effects.outgoing[0]).purpose is Purpose.TOPIC


def test_an_entry_of_a_topic_has_no_neighbours_of_the_menu(w: World) -> None:
    listed = buttons_of(notices.topic(w.voice(EN), EDUCATION))

    effects = respond(pressed(listed, Verb.CHOICE, 1), w)

    (answer,) = effects.outgoing
    assert buttons_of(answer).entries == ()
    assert effects.conversation.last_question is None


def test_a_topic_that_was_removed_is_an_old_button(w: World) -> None:
    menu = buttons_of(notices.topics(w.voice(EN)))
    topics = {name: topic for name, topic in w.catalogue.topics.items() if name != EDUCATION}
    entries = {x: one for x, one in w.catalogue.entries.items() if one.topic != EDUCATION}
    later = world(w.catalogue.model_copy(update={"topics": topics, "entries": entries}))

    effects = respond(pressed(menu, Verb.TOPIC, menu.topics.index(EDUCATION)), later)

    assert effects.outgoing == (notices.old_button(later.voice(EN)),)


# Danger, interruptions ------------------------------------------------------------------------------------------------


def test_who_cannot_call_is_told_what_else_helps(w: World) -> None:
    card = buttons_of(danger_notices.danger_card(w.voice(EN), RED["danger_kind"], "47B", None, QUESTION))

    effects = respond(pressed(card, Verb.CANNOT_CALL), w)

    assert effects.outgoing == (danger_notices.cannot_call(w.voice(EN)),)
    assert effects.outgoing[0].silent


def test_the_end_of_danger_is_written_to_its_case_and_changes_no_level(w: World) -> None:
    card = buttons_of(danger_notices.danger_card(w.voice(EN), RED["danger_kind"], "47B", None, QUESTION))
    cases = (open_case(id=CaseId(4), question=InboxId(3)), open_case(id=CaseId(5), question=QUESTION))

    effects = respond(pressed(card, Verb.DANGER_OVER, person=conversation(language=EN, open_cases=cases)), w)

    assert effects.moves == (DangerOver(CaseId(5)),)
    assert effects.outgoing == (danger_notices.danger_over(w.voice(EN)),)
    assert effects.case is None


def test_the_end_of_danger_is_heard_also_when_the_case_is_closed(w: World) -> None:
    card = buttons_of(danger_notices.danger_card(w.voice(EN), RED["danger_kind"], "47B", None, QUESTION))

    effects = respond(pressed(card, Verb.DANGER_OVER), w)

    assert effects.moves == ()
    assert effects.outgoing == (danger_notices.danger_over(w.voice(EN)),)


def test_what_may_not_have_arrived_is_owed_again(w: World) -> None:
    buttons = buttons_of(notices.interrupted(w.voice(EN), (OutboxId(7), OutboxId(8))))

    effects = respond(pressed(buttons, Verb.SHOW), w)

    assert effects.resend == (7, 8)
    assert [one.kind for one in effects.outgoing] == [OutgoingKind.EDIT]


def test_what_may_not_have_arrived_can_be_asked_for_in_words(w: World) -> None:
    buttons = buttons_of(notices.interrupted(w.voice(EN), (OutboxId(7),)))

    effects = respond(wrote("show", seen(command=Command.SHOW), conversation(latest_buttons=buttons)), w)

    assert effects.resend == (7,)


# Old, used, foreign ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", [*Verb, "", "zz"])
def test_a_button_of_nobody_known_is_an_old_button(w: World, verb: str) -> None:
    effects = respond(pressed(None, verb), w)

    assert effects.outgoing == (notices.old_button(w.voice(EN)),)
    assert effects.case is None


@pytest.mark.parametrize("verb", Verb)
def test_a_press_that_was_obeyed_already_does_nothing(w: World, answer: ButtonSet, verb: Verb) -> None:
    effects = respond(pressed(replace(answer, purpose=Purpose.USED), verb, kept=WORDS), w)

    assert (effects.outgoing, effects.case, effects.counts, effects.moves) == ((), None, (), ())


def test_a_button_that_is_marked_as_done_does_nothing(w: World, answer: ButtonSet) -> None:
    assert respond(pressed(answer, Verb.DONE), w).outgoing == ()


@pytest.mark.parametrize("verb", ["", "zz", "H", Verb.TOPIC, Verb.LANGUAGE])
def test_a_verb_that_the_message_does_not_have_is_an_old_button(w: World, answer: ButtonSet, verb: str) -> None:
    effects = respond(pressed(answer, verb), w)

    assert effects.step == "old_button"


@pytest.mark.parametrize("choice", [3, 999])
def test_a_choice_that_the_message_does_not_have_is_an_old_button(w: World, answer: ButtonSet, choice: int) -> None:
    assert respond(pressed(answer, Verb.CHOICE, choice), w).step == "old_button"


def test_a_used_button_is_no_word_any_more(w: World, answer: ButtonSet) -> None:
    left = buttons_of(respond(pressed(answer, Verb.HELPED), w).outgoing[0])

    effects = respond(wrote("helped", seen(command=Command.HELPED), conversation(latest_buttons=left)), w)

    assert effects.outgoing == (notices.old_button(w.voice(EN)),)


@pytest.mark.parametrize("language", MAIN_LANGUAGES)
def test_every_label_of_every_message_can_be_written_instead_of_pressed(w: World, language: Language) -> None:
    v = w.voice(language)
    messages = [
        notices.answer(v, KINDERGARTEN, neighbours=[COURSES, RENT], question=QUESTION),
        notices.clarification(v, [KINDERGARTEN, COURSES], QUESTION),
        notices.other_language(v, FOSTER_CARE, QUESTION),
        danger_notices.danger_card(v, RED["danger_kind"], "47B", None, QUESTION),
        notices.topics(v),
        notices.topic(v, EDUCATION),
        notices.pick_language(v),
        notices.interrupted(v, (OutboxId(7),)),
    ]
    for message in messages:
        buttons = buttons_of(message)
        person = conversation(language=language, chosen=True, latest_buttons=buttons)

        for row in buttons.rows:
            for button in row:
                evidence = Evidence(language, language_confident=True)

                spoken = respond(wrote(button.label, evidence, person, kept=WORDS), w)

                assert spoken.step not in {"old_button", "no_text"}, button.label
                assert spoken.outgoing or spoken.resend, button.label
