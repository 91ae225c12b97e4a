"""Presses of a family that are about one of its cases."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.cases.model import CaseId, CaseState, EventKind, Rating
from bot.content.model import MAIN_LANGUAGES, Language, TopicId
from bot.conversation import case_notices, notices
from bot.conversation.case_notices import Moved
from bot.conversation.dialogue import respond
from bot.conversation.model import (
    Addition,
    Attachment,
    AttachmentKind,
    Button,
    ButtonSet,
    Conversation,
    InboxId,
    KeptMessage,
    Kind,
    Outgoing,
    OutgoingKind,
    Purpose,
    RatingGiven,
    Reopening,
    Solution,
    Verb,
    Withdrawal,
)
from bot.conversation.numbers import case_number
from bot.conversation.replies import World
from bot.conversation.steps import Reason
from tests.builders import EN
from tests.builders_dialogue import (
    KINDERGARTEN,
    PHOTO,
    QUESTION,
    SUPPORT,
    THE_PRESS,
    closed_case,
    conversation,
    labels_of,
    open_case,
    pressed,
    seen,
    untokened,
    words_of,
    wrote,
)

CASE, OTHER = CaseId(5), CaseId(6)
NUMBER = case_number(QUESTION)
EDUCATION = TopicId("education")
OPENED = open_case(NUMBER, question=QUESTION, topic=EDUCATION)
IN_HAND = replace(OPENED, state=CaseState.CLAIMED)
OTHER_IN_HAND = replace(IN_HAND, id=OTHER, number="13N", question=InboxId(13))
CLOSED = closed_case(NUMBER, topic=EDUCATION)
WORDS = {QUESTION: KeptMessage("my son is four")}
PICTURES = {QUESTION: KeptMessage("", (PHOTO, Attachment("file-1", AttachmentKind.FILE, "application/pdf", 9)))}
FILES = PICTURES[QUESTION].files


def buttons_of(outgoing: Outgoing) -> ButtonSet:
    assert outgoing.buttons is not None
    return outgoing.buttons


def set_of(name: str, w: World) -> ButtonSet:
    """Return the buttons about the case under one of the messages that have them."""
    v = w.voice(EN)
    told = {
        "hand-over": notices.hand_over(v, NUMBER, EDUCATION, asked=True, opened_by=QUESTION),
        "my question": case_notices.my_question(v, OPENED),
        "reply": case_notices.reply(v, CASE, NUMBER, "Rasa", "Yes, he can.")[0],
        "closed": case_notices.moved(v, Moved(EventKind.CLOSED, CASE, NUMBER, SUPPORT)),
        "added": case_notices.added(v, "13N", question=QUESTION),
        "which case": case_notices.which_case(v, [OTHER_IN_HAND, IN_HAND], QUESTION),
        "my questions": case_notices.my_questions(v, [OTHER_IN_HAND, IN_HAND]),
        "file": case_notices.file_warning(v, QUESTION),
    }
    return buttons_of(told[name])


def person(**changes: object) -> Conversation:
    return replace(conversation(language=EN, open_cases=(OPENED,)), **changes)  # type: ignore[arg-type]  # fields by name


def marked(told: Outgoing) -> list[list[str]]:
    """Return the labels that a message's buttons have become."""
    assert (told.kind, told.edits, told.lines) == (OutgoingKind.EDIT, "900", ())
    return labels_of(told)


ENDED = person(open_cases=(), closed_cases=(CLOSED,))
STRANGER = person(open_cases=())
"""Somebody whose case is gone."""

# Add ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["hand-over", "my question", "reply"])
def test_add_asks_for_the_words_and_the_next_message_goes_to_the_case(w: World, name: str) -> None:
    asked = respond(pressed(set_of(name, w), Verb.ADD, person=person()), w)

    assert asked.outgoing == (case_notices.write_now(w.voice(EN), NUMBER),)
    assert (asked.moves, asked.conversation.awaiting) == ((), CASE)
    added = respond(wrote("he is four", seen(), asked.conversation, number=InboxId(50)), w)
    assert added.moves == (Addition(CASE, "he is four"),)
    assert added.conversation.awaiting is None


def test_add_to_a_case_that_ended_opens_it_again_with_the_next_message(w: World) -> None:
    asked = respond(pressed(set_of("reply", w), Verb.ADD, person=ENDED), w)

    assert asked.outgoing == (case_notices.write_now(w.voice(EN), NUMBER),)
    assert respond(wrote("he is four", seen(), asked.conversation), w).moves == (Reopening(CASE, "he is four"),)


def test_add_finds_the_case_that_the_message_opened_by_its_number_and_no_other(w: World) -> None:
    both = person(open_cases=(OTHER_IN_HAND, OPENED))

    assert respond(pressed(set_of("hand-over", w), Verb.ADD, person=both), w).conversation.awaiting == CASE


# Take back, solved ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["hand-over", "my question"])
@pytest.mark.parametrize("case", [OPENED, IN_HAND, replace(OPENED, state=CaseState.ANSWERED)])
def test_a_question_can_be_taken_back_whoever_has_it(w: World, name: str, case: object) -> None:
    before = person(open_cases=(case, OTHER_IN_HAND), talking=CASE, awaiting=CASE)

    effects = respond(pressed(set_of(name, w), Verb.WITHDRAW, person=before), w)

    (edit,) = effects.outgoing
    assert marked(edit) == [[f"✓ {w.voice(EN).t.gettext('Take it back')}"]]
    assert effects.moves == (Withdrawal(CASE),)
    assert (effects.conversation.talking, effects.conversation.awaiting) == (None, None)
    assert [one.step for one in effects.counts] == ["withdrawn"]


def test_the_family_can_say_that_a_reply_solved_it(w: World) -> None:
    before = person(open_cases=(IN_HAND,), talking=CASE, awaiting=CASE)

    effects = respond(pressed(set_of("reply", w), Verb.SOLVED, person=before), w)

    (edit,) = effects.outgoing
    assert marked(edit) == [[f"✓ {w.voice(EN).t.gettext('This solved it')}"]]
    assert effects.moves == (Solution(CASE),)
    assert (effects.conversation.talking, effects.conversation.awaiting) == (None, None)
    assert [one.step for one in effects.counts] == ["solved"]


@pytest.mark.parametrize(("name", "verb"), [("my question", Verb.WITHDRAW), ("reply", Verb.SOLVED)])
def test_what_ends_one_case_leaves_the_talk_in_another_alone(w: World, name: str, verb: Verb) -> None:
    before = person(open_cases=(IN_HAND, OTHER_IN_HAND), talking=OTHER, awaiting=OTHER)

    effects = respond(pressed(set_of(name, w), verb, person=before), w)

    assert (effects.conversation.talking, effects.conversation.awaiting) == (OTHER, OTHER)


@pytest.mark.parametrize(("name", "verb"), [("hand-over", Verb.WITHDRAW), ("reply", Verb.SOLVED)])
def test_a_case_that_ended_cannot_end_again_and_its_family_is_told_so(w: World, name: str, verb: Verb) -> None:
    effects = respond(pressed(set_of(name, w), verb, person=ENDED), w)

    assert effects.outgoing == (case_notices.not_open(w.voice(EN), NUMBER),)
    assert (effects.moves, effects.step) == ((), "old_button")


@pytest.mark.parametrize(("name", "verb"), [("my question", Verb.WITHDRAW), ("reply", Verb.SOLVED)])
def test_the_words_of_the_button_do_what_it_does(w: World, name: str, verb: Verb) -> None:
    buttons = set_of(name, w)
    label = next(button.label for row in buttons.rows for button in row if button.verb is verb)

    effects = respond(wrote(label.lower(), seen(), person(latest_buttons=buttons)), w)

    assert [type(move) for move in effects.moves] == [Withdrawal if verb is Verb.WITHDRAW else Solution]
    assert effects.outgoing == ()


# Did this help? -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("verb", "rating", "label"),
    [
        (Verb.YES, Rating.YES, "Yes"),
        (Verb.PARTLY, Rating.PARTLY, "Partly"),
        (Verb.NO, Rating.NO, "No"),
    ],
)
def test_a_rating_is_written_to_its_case_and_marked(w: World, verb: Verb, rating: Rating, label: str) -> None:
    effects = respond(pressed(set_of("closed", w), verb, person=ENDED), w)

    assert marked(effects.outgoing[0]) == [[f"✓ {w.voice(EN).t.gettext(label)}"]]
    assert effects.moves == (RatingGiven(CASE, rating),)
    assert [(one.step, one.topic) for one in effects.counts] == [(f"rated:{rating}", EDUCATION)]


def test_yes_is_thanked_for(w: World) -> None:
    effects = respond(pressed(set_of("closed", w), Verb.YES, person=ENDED), w)

    assert effects.outgoing[1:] == (notices.glad(w.voice(EN)),)


def test_partly_asks_what_is_missing_and_the_next_message_opens_the_case_again(w: World) -> None:
    effects = respond(pressed(set_of("closed", w), Verb.PARTLY, person=ENDED), w)

    assert effects.outgoing[1:] == (case_notices.what_is_missing(w.voice(EN), NUMBER),)
    assert respond(wrote("the address", seen(), effects.conversation), w).moves == (Reopening(CASE, "the address"),)


def test_no_says_nothing_itself_because_opening_again_does(w: World) -> None:
    effects = respond(pressed(set_of("closed", w), Verb.NO, person=ENDED), w)

    assert len(effects.outgoing) == 1
    assert effects.conversation.awaiting is None


@pytest.mark.parametrize("verb", [Verb.YES, Verb.PARTLY, Verb.NO])
def test_a_case_that_is_open_again_is_not_rated(w: World, verb: Verb) -> None:
    effects = respond(pressed(set_of("closed", w), verb, person=person()), w)

    assert effects.outgoing == (notices.old_button(w.voice(EN)),)
    assert effects.moves == ()


@pytest.mark.parametrize("language", MAIN_LANGUAGES)
@pytest.mark.parametrize(
    ("verb", "rating"), [(Verb.YES, Rating.YES), (Verb.PARTLY, Rating.PARTLY), (Verb.NO, Rating.NO)]
)
def test_a_rating_can_be_written(w: World, language: Language, verb: Verb, rating: Rating) -> None:
    told = case_notices.moved(w.voice(language), Moved(EventKind.CLOSED, CASE, NUMBER, SUPPORT))
    buttons = buttons_of(told)
    label = next(button.label for row in buttons.rows for button in row if button.verb is verb)

    effects = respond(wrote(label, seen(language=language), replace(ENDED, latest_buttons=buttons)), w)

    assert effects.moves == (RatingGiven(CASE, rating),)


# It is a new question -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["added", "which case"])
def test_words_that_went_to_a_case_can_be_made_a_question_of_their_own(w: World, name: str) -> None:
    before = person(open_cases=(OTHER_IN_HAND,), talking=OTHER)

    effects = respond(pressed(set_of(name, w), Verb.NEW_QUESTION, person=before, kept=WORDS), w)

    edit, told = effects.outgoing
    assert marked(edit) == [[f"✓ {w.voice(EN).t.gettext('It is a new question')}"]]
    assert effects.case is not None
    assert (effects.case.question, effects.case.text) == (QUESTION, "my son is four")
    assert effects.case.reason is Reason.NO_MATCH
    assert told.kind is OutgoingKind.HAND_OVER
    assert case_number(THE_PRESS) in words_of(told)
    assert effects.moves == ()
    assert effects.conversation.talking is None


# Which case -----------------------------------------------------------------------------------------------------------


def test_the_words_go_to_the_case_that_was_chosen_and_people_talk_there_now(w: World) -> None:
    before = person(open_cases=(OTHER_IN_HAND, IN_HAND))

    effects = respond(pressed(set_of("which case", w), Verb.CASE, 1, before, kept=WORDS), w)

    edit, told = effects.outgoing
    assert marked(edit) == [[f"✓ {NUMBER}"]]
    assert told == case_notices.added(w.voice(EN), NUMBER)
    assert effects.moves == (Addition(CASE, "my son is four"),)
    assert effects.conversation.talking == CASE


@pytest.mark.parametrize("said", [NUMBER, NUMBER.lower(), f"{NUMBER} · Education"])
def test_a_case_can_be_chosen_by_writing_its_number(w: World, said: str) -> None:
    before = person(open_cases=(OTHER_IN_HAND, IN_HAND), latest_buttons=set_of("which case", w))

    effects = respond(wrote(said, seen(), before, kept=WORDS, number=InboxId(50)), w)

    assert effects.moves == (Addition(CASE, "my son is four"),)


def test_a_chosen_case_that_has_ended_is_an_old_button(w: World) -> None:
    effects = respond(pressed(set_of("which case", w), Verb.CASE, 1, ENDED, kept=WORDS), w)

    assert effects.outgoing == (notices.old_button(w.voice(EN)),)
    assert effects.moves == ()


def test_a_row_of_my_questions_shows_that_one_and_what_can_be_done(w: World) -> None:
    before = person(open_cases=(OTHER_IN_HAND, IN_HAND))

    effects = respond(pressed(set_of("my questions", w), Verb.CASE, 1, before), w)

    assert untokened(*effects.outgoing) == untokened(case_notices.my_question(w.voice(EN), IN_HAND))
    assert (effects.moves, effects.conversation.talking) == ((), None)


# Send, keep back ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "before",
    [
        person(open_cases=(OTHER_IN_HAND, IN_HAND), talking=CASE),
        person(open_cases=(OTHER_IN_HAND, OPENED), awaiting=CASE, talking=OTHER),
        person(open_cases=(IN_HAND, replace(OTHER_IN_HAND, state=CaseState.WAITING))),
        person(open_cases=(OTHER_IN_HAND, OPENED)),
    ],
    ids=["people talk there", "it was asked for there", "it is the only one in hand", "its words opened the case"],
)
def test_files_that_may_be_sent_go_to_the_case_they_belong_to(w: World, before: Conversation) -> None:
    effects = respond(pressed(set_of("file", w), Verb.SEND_FILE, person=before, kept=PICTURES), w)

    edit, told = effects.outgoing
    assert marked(edit) == [[f"✓ {w.voice(EN).t.gettext('Send it to a person')}"]]
    assert told == case_notices.added(w.voice(EN), NUMBER)
    assert effects.moves == (Addition(CASE, files=FILES),)
    assert effects.conversation.files_for == CASE
    assert effects.conversation.awaiting is None
    assert effects.case is None


@pytest.mark.parametrize(
    "before",
    [STRANGER, person(open_cases=(OTHER_IN_HAND, replace(IN_HAND, id=CaseId(7), number="14P", question=InboxId(14))))],
    ids=["no case", "several in hand"],
)
def test_files_that_belong_to_no_case_open_their_own(w: World, before: Conversation) -> None:
    kept = {QUESTION: KeptMessage("look at this", FILES)}

    effects = respond(pressed(set_of("file", w), Verb.SEND_FILE, person=before, kept=kept), w)

    assert effects.moves == ()
    assert effects.case is not None
    assert (effects.case.reason, effects.case.text, effects.case.files) == (Reason.ATTACHMENT, "look at this", FILES)
    assert effects.case.question == QUESTION
    assert [one.kind for one in effects.outgoing] == [OutgoingKind.EDIT, OutgoingKind.HAND_OVER]


def test_a_family_that_agreed_once_is_not_asked_again_while_people_talk(w: World) -> None:
    before = person(open_cases=(IN_HAND,), talking=CASE)
    agreed = respond(pressed(set_of("file", w), Verb.SEND_FILE, person=before, kept=PICTURES), w)

    more = respond(wrote("", kind=Kind.PHOTO, person=agreed.conversation, files=(PHOTO,)), w)

    assert (more.outgoing, more.moves) == ((), (Addition(CASE, files=(PHOTO,)),))


def test_files_below_words_that_a_person_was_asked_to_answer_since_go_there_too(w: World) -> None:
    caption = {QUESTION: KeptMessage("a place in a kindergarten", FILES)}
    answer = buttons_of(notices.answer(w.voice(EN), KINDERGARTEN, question=QUESTION))
    asked = respond(pressed(answer, Verb.PERSON, person=STRANGER, kept=caption), w)
    assert asked.case is not None
    opened = open_case(case_number(THE_PRESS), question=asked.case.question, topic=EDUCATION)

    effects = respond(
        pressed(
            set_of("file", w), Verb.SEND_FILE, person=person(open_cases=(opened,)), kept=caption, number=InboxId(50)
        ),
        w,
    )

    assert effects.moves == (Addition(CASE, files=FILES),)


def test_files_whose_message_is_gone_are_an_old_button(w: World) -> None:
    effects = respond(pressed(set_of("file", w), Verb.SEND_FILE, person=person()), w)

    assert effects.outgoing == (notices.old_button(w.voice(EN)),)
    assert (effects.moves, effects.case) == ((), None)


def test_files_that_are_kept_back_go_to_nobody(w: World) -> None:
    before = person(open_cases=(IN_HAND,), talking=CASE)

    effects = respond(pressed(set_of("file", w), Verb.KEEP_FILE, person=before, kept=PICTURES), w)

    edit, told = effects.outgoing
    assert marked(edit) == [[f"✓ {w.voice(EN).t.gettext('Do not send')}"]]
    assert told == case_notices.file_kept_back(w.voice(EN))
    assert (effects.moves, effects.case, effects.conversation.files_for) == ((), None, None)


# Old, foreign ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "verb"),
    [
        ("hand-over", Verb.ADD),
        ("hand-over", Verb.WITHDRAW),
        ("reply", Verb.ADD),
        ("reply", Verb.SOLVED),
        ("closed", Verb.YES),
        ("closed", Verb.PARTLY),
        ("closed", Verb.NO),
    ],
)
def test_a_button_of_a_case_that_is_gone_is_an_old_button(w: World, name: str, verb: Verb) -> None:
    effects = respond(pressed(set_of(name, w), verb, person=STRANGER), w)

    assert effects.outgoing == (notices.old_button(w.voice(EN)),)
    assert (effects.moves, effects.case, effects.conversation.awaiting) == ((), None, None)


@pytest.mark.parametrize("choice", [2, 999])
@pytest.mark.parametrize("name", ["which case", "my questions"])
def test_a_row_that_the_list_does_not_have_is_an_old_button(w: World, name: str, choice: int) -> None:
    effects = respond(pressed(set_of(name, w), Verb.CASE, choice, person(), kept=WORDS), w)

    assert (effects.step, effects.moves) == ("old_button", ())


@pytest.mark.parametrize("verb", [x for x in Verb if x.value.isupper()])
def test_a_verb_of_specialists_does_nothing_for_a_family(w: World, verb: Verb) -> None:
    buttons = ButtonSet(set_of("reply", w).token, Purpose.DESK, ((Button("x", verb),),), case=CASE, held="1:2")

    effects = respond(pressed(buttons, verb, person=person(open_cases=(IN_HAND,)), kept=WORDS), w)

    assert effects.outgoing == (notices.old_button(w.voice(EN)),)
    assert (effects.moves, effects.case) == ((), None)


@pytest.mark.parametrize("verb", [Verb.YES, Verb.PARTLY, Verb.NO, Verb.CASE, Verb.SEND_FILE])
def test_a_verb_whose_case_or_message_the_set_does_not_name_is_an_old_button(w: World, verb: Verb) -> None:
    effects = respond(pressed(set_of("hand-over", w), verb, person=person()), w)

    assert effects.step == "old_button"
    assert effects.moves == ()


@pytest.mark.parametrize("case", [OPENED, CLOSED], ids=["open", "closed"])
def test_a_number_stands_for_a_case_only_where_the_set_names_none(w: World, case: object) -> None:
    of_another = replace(set_of("hand-over", w), case=CaseId(99))
    before = person(open_cases=(case,)) if case is OPENED else ENDED

    assert respond(pressed(of_another, Verb.WITHDRAW, person=before), w).step == "old_button"
