"""Quick exit: what a hidden chat shows, and what it never holds back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.conversation import hiding
from bot.conversation.dialogue import respond
from bot.conversation.hiding import PHONE_ASKED_EVERY, behind_curtain
from bot.conversation.model import Kind, Outgoing, OutgoingKind, Purpose, Verb
from bot.conversation.replies import World
from tests.builders import EN
from tests.builders_dialogue import (
    BENEFIT,
    KINDERGARTEN,
    NOW,
    PHOTO,
    RED,
    conversation,
    labels_of,
    pressed,
    seen,
    told,
    words_of,
    world,
    wrote,
)

HIDDEN = conversation(language=EN, hidden_at=NOW)


@pytest.fixture
def sensitive() -> World:
    content = world().catalogue
    topic = content.entries[KINDERGARTEN].topic
    marked = {**content.topics, topic: content.topics[topic].model_copy(update={"sensitive": True})}
    return world(content.model_copy(update={"topics": marked}))


def curtain_of(one: Outgoing, w: World) -> Outgoing:
    (curtain,) = behind_curtain(one, HIDDEN, w)
    assert curtain.buttons is not None
    return curtain


def test_hiding_empties_the_chat_and_says_what_it_cannot_delete(w: World) -> None:
    effects = respond(wrote("/hide", seen()), w)

    assert effects.hides
    assert effects.conversation.hidden_at == NOW
    (said,) = effects.outgoing
    assert said.silent
    assert said.lines[0].text == "Done."
    assert "cannot delete what is older" in words_of(said)
    assert "another phone" in words_of(said)


def test_the_button_on_a_danger_card_hides_too(w: World) -> None:
    card = respond(wrote("he is at the door", seen(**RED)), w).outgoing[0]

    effects = respond(pressed(card.buttons, Verb.HIDE), w)

    assert effects.hides


def test_a_chat_that_is_not_hidden_has_no_curtain(w: World) -> None:
    assert behind_curtain(told(), conversation(), w) == (told(),)


def test_a_curtain_tells_nothing_and_makes_no_sound(w: World) -> None:
    curtain = curtain_of(told("About your asylum.", OutgoingKind.REPLY), w)

    assert words_of(curtain) == "A new message for you."
    assert labels_of(curtain) == [["Show"]]
    assert (curtain.silent, curtain.kind) == (True, OutgoingKind.REPLY)


def test_notices_stop_while_a_chat_is_hidden(w: World) -> None:
    assert behind_curtain(told(kind=OutgoingKind.CASE), HIDDEN, w) == ()


def test_a_danger_card_is_never_behind_a_curtain(w: World) -> None:
    card = told("112", OutgoingKind.CARD)

    assert behind_curtain(card, HIDDEN, w) == (card,)
    assert respond(wrote("he is at the door", seen(**RED), HIDDEN), w).outgoing[0].kind is OutgoingKind.CARD


def test_show_puts_the_words_in_the_place_of_the_curtain_with_their_own_buttons(w: World) -> None:
    answer = respond(wrote("kindergarten", seen((KINDERGARTEN, 0.95))), w).outgoing[0]
    curtain = curtain_of(answer, w)

    effects = respond(pressed(curtain.buttons, Verb.SHOW, person=HIDDEN, message="77"), w)

    (shown,) = effects.outgoing
    assert (shown.kind, shown.edits, shown.lines) == (OutgoingKind.EDIT, "77", answer.lines)
    assert labels_of(shown) == [*labels_of(answer), ["Hide"]]
    assert effects.bare


def test_hide_below_a_shown_message_folds_it_away_as_often_as_wanted(w: World) -> None:
    curtain = curtain_of(told("A secret."), w)
    shown = respond(pressed(curtain.buttons, Verb.SHOW, person=HIDDEN, message="77"), w).outgoing[0]

    folded = respond(pressed(shown.buttons, Verb.FOLD, person=HIDDEN, message="77"), w).outgoing[0]
    again = respond(pressed(folded.buttons, Verb.SHOW, person=HIDDEN, message="77"), w).outgoing[0]

    assert (words_of(folded), folded.edits) == ("A new message for you.", "77")
    assert words_of(again) == "A secret."
    assert len({one.buttons.token for one in (curtain, shown, folded, again) if one.buttons}) == 4


def test_a_picture_comes_as_a_message_of_its_own_and_is_deleted_when_it_is_folded_away(w: World) -> None:
    curtain = curtain_of(told("See this.", OutgoingKind.REPLY, file=PHOTO), w)

    shown = respond(pressed(curtain.buttons, Verb.SHOW, person=HIDDEN, message="77"), w).outgoing[0]
    gone = respond(pressed(shown.buttons, Verb.FOLD, person=HIDDEN, message="78"), w).outgoing[0]

    assert (shown.file, shown.edits) == (PHOTO, None)
    assert (gone.kind, gone.deletes) == (OutgoingKind.DELETION, ("78",))


def test_the_word_for_show_opens_the_latest_curtain(w: World) -> None:
    curtain = curtain_of(told("A secret."), w)
    person = replace(HIDDEN, latest_buttons=curtain.buttons)

    (shown,) = respond(wrote("Show", seen(), person), w).outgoing

    assert (words_of(shown), shown.edits) == ("A secret.", None)


@pytest.mark.parametrize("said", ["/hide", "Hide"])
def test_the_word_for_hide_below_a_shown_message_hides_the_whole_chat(w: World, said: str) -> None:
    curtain = curtain_of(told("A secret."), w)
    shown = respond(pressed(curtain.buttons, Verb.SHOW, person=HIDDEN, message="77"), w).outgoing[0]

    effects = respond(wrote(said, seen(), replace(HIDDEN, latest_buttons=shown.buttons)), w)

    assert effects.hides


def test_what_helps_somebody_who_cannot_call_is_shown_at_once(w: World) -> None:
    card = respond(wrote("he is at the door", seen(**RED), HIDDEN), w).outgoing[0]

    assert respond(pressed(card.buttons, Verb.CANNOT_CALL, person=HIDDEN), w).bare
    assert respond(pressed(card.buttons, Verb.DANGER_OVER, person=HIDDEN), w).bare


def test_hiding_ends_when_somebody_asks_for_it(w: World) -> None:
    notice = respond(wrote("/hide", seen()), w).outgoing[0]
    assert notice.buttons is not None
    assert notice.buttons.purpose is Purpose.HIDING

    by_press = respond(pressed(notice.buttons, Verb.UNHIDE, person=HIDDEN), w)
    by_word = respond(wrote("/unhide", seen(), HIDDEN), w)

    assert by_press.conversation.hidden_at is by_word.conversation.hidden_at is None
    assert by_press.bare


def test_other_buttons_below_a_message_that_is_there_already_are_no_new_message(w: World) -> None:
    edit = told(kind=OutgoingKind.EDIT, edits="77", lines=())

    assert behind_curtain(edit, HIDDEN, w) == (edit,)


def test_new_words_in_the_place_of_a_message_from_before_hiding_get_a_curtain_in_its_place(w: World) -> None:
    topics = respond(wrote("/topics", seen()), w).outgoing[0]
    (listed,) = respond(pressed(topics.buttons, Verb.TOPIC, person=HIDDEN, message="77"), w).outgoing

    curtain = curtain_of(listed, w)
    shown = respond(pressed(curtain.buttons, Verb.SHOW, person=HIDDEN, message="77"), w).outgoing[0]

    assert (words_of(curtain), curtain.kind, curtain.edits) == ("A new message for you.", OutgoingKind.EDIT, "77")
    assert (shown.lines, shown.edits) == (listed.lines, "77")


# After a press below a shown message ----------------------------------------------------------------------------------


def shown_of(one: Outgoing, w: World) -> Outgoing:
    return respond(pressed(curtain_of(one, w).buttons, Verb.SHOW, person=HIDDEN, message="77"), w).outgoing[0]


def test_a_shown_answer_that_helped_can_still_be_folded_away(w: World) -> None:
    answer = respond(wrote("kindergarten", seen((KINDERGARTEN, 0.95))), w).outgoing[0]
    shown = shown_of(answer, w)

    (helped,) = respond(pressed(shown.buttons, Verb.HELPED, person=HIDDEN, message="77"), w).outgoing
    folded = respond(pressed(helped.buttons, Verb.FOLD, person=HIDDEN, message="77"), w).outgoing[0]
    again = respond(pressed(folded.buttons, Verb.SHOW, person=HIDDEN, message="77"), w).outgoing[0]

    assert behind_curtain(helped, HIDDEN, w) == (helped,)
    assert labels_of(helped) == labels_of(again) == [["✓ Helped"], ["Talk to a person"], ["Hide"]]
    assert words_of(folded) == "A new message for you."
    assert again.lines == answer.lines


def test_what_was_chosen_can_be_folded_away(w: World) -> None:
    asked = respond(wrote("kindergarten", seen((KINDERGARTEN, 0.45), (BENEFIT, 0.42))), w).outgoing[0]
    shown = shown_of(asked, w)

    chosen = respond(pressed(shown.buttons, Verb.CHOICE, person=HIDDEN, message="77"), w).outgoing[0]
    folded = respond(pressed(chosen.buttons, Verb.FOLD, person=HIDDEN, message="77"), w).outgoing[0]
    again = respond(pressed(folded.buttons, Verb.SHOW, person=HIDDEN, message="77"), w).outgoing[0]

    assert behind_curtain(chosen, HIDDEN, w) == (chosen,)
    assert labels_of(chosen) == [["Hide"]]
    assert words_of(folded) == "A new message for you."
    assert words_of(again) == words_of(chosen)


def test_a_list_of_topics_that_was_shown_stays_open_while_somebody_looks_through_it(w: World) -> None:
    shown = shown_of(respond(wrote("/topics", seen()), w).outgoing[0], w)

    (listed,) = respond(pressed(shown.buttons, Verb.TOPIC, person=HIDDEN, message="77"), w).outgoing

    assert behind_curtain(listed, HIDDEN, w) == (listed,)
    assert labels_of(listed)[-1] == ["Hide"]
    folded = respond(pressed(listed.buttons, Verb.FOLD, person=HIDDEN, message="77"), w).outgoing[0]
    assert (words_of(folded), folded.edits) == ("A new message for you.", "77")


# Before a sensitive topic ---------------------------------------------------------------------------------------------


def test_the_first_answer_on_a_sensitive_topic_begins_with_a_question_about_the_phone(sensitive: World) -> None:
    effects = respond(wrote("kindergarten", seen((KINDERGARTEN, 0.95))), sensitive)

    assert effects.outgoing[0].lines[0].text == "Can somebody else read this phone? /hide empties this chat."
    assert effects.conversation.phone_asked_at == NOW


@pytest.mark.parametrize(("ago", "asked"), [(timedelta(hours=1), False), (PHONE_ASKED_EVERY, True)])
def test_it_is_asked_once_a_day(sensitive: World, ago: timedelta, *, asked: bool) -> None:
    person = conversation(phone_asked_at=NOW - ago)

    effects = respond(wrote("kindergarten", seen((KINDERGARTEN, 0.95)), person), sensitive)

    assert ("read this phone" in words_of(effects.outgoing[0])) is asked


def test_other_topics_and_hidden_chats_are_not_asked(w: World, sensitive: World) -> None:
    plain = respond(wrote("kindergarten", seen((KINDERGARTEN, 0.95))), w)
    hidden = respond(wrote("kindergarten", seen((KINDERGARTEN, 0.95)), HIDDEN), sensitive)

    assert "read this phone" not in words_of(plain.outgoing[0]) + words_of(hidden.outgoing[0])


def test_a_photo_alone_asks_nothing(sensitive: World) -> None:
    effects = respond(wrote("", kind=Kind.PHOTO, files=(PHOTO,)), sensitive)

    assert hiding.with_question_about_the_phone(effects, wrote(""), sensitive) == effects
