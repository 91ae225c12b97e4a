"""What limits hold back, and what they never do."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.cases.model import CaseId, CaseState
from bot.conversation.dialogue import respond
from bot.conversation.limiting import BARRED, PAUSED
from bot.conversation.limits import AT_ONCE, MOST_OPEN, Allowance
from bot.conversation.model import (
    Acknowledgement,
    Addition,
    ButtonSet,
    Channel,
    ClosedCase,
    Conversation,
    DangerOver,
    Effects,
    KeptMessage,
    Kind,
    OutgoingKind,
    Purpose,
    Reachability,
    Reopening,
    Token,
    Verb,
)
from bot.conversation.replies import Received
from bot.matching.evidence import Level, Writer
from tests.builders_dialogue import (
    AMBER,
    BENEFIT,
    NOW,
    PHOTO,
    QUESTION,
    RED,
    closed_case,
    conversation,
    open_case,
    pressed,
    seen,
    words_of,
    world,
    wrote,
)

SOON, LATER = NOW + timedelta(minutes=1), NOW + timedelta(days=3)
ALL_USED = Allowance(left=0, counted_at=NOW)
IN_A_PAUSE = Allowance(left=0, counted_at=NOW, pauses=1, paused_until=SOON)
OLD = NOW - timedelta(hours=2)
CARD = ButtonSet(Token("card"), Purpose.CARD, (), question=QUESTION)


def paused(**changes: Any) -> Conversation:  # Any: fields of a conversation
    return conversation(allowance=IN_A_PAUSE, **changes)


def barred(**changes: Any) -> Conversation:  # Any: as above
    return conversation(allowance=Allowance(reminded_at=NOW), barred_until=LATER, **changes)


LIMITED = pytest.mark.parametrize("somebody", [paused, barred])


def asks(person: Conversation, text: str = "what about the benefit", **evidence: Any) -> Effects:  # Any: its fields
    return respond(wrote(text, seen((BENEFIT, 0.95), **evidence), person), world())


def strange(person: Conversation, **changes: Any) -> Received:  # Any: as for wrote
    """Return a question that no entry answers."""
    return wrote("where is the pizza", seen(), person, **changes)


# Pauses ---------------------------------------------------------------------------------------------------------------


def test_within_limits_nothing_is_held_back_but_each_message_is_counted() -> None:
    effects = asks(conversation())

    assert effects.step == "answer"
    assert effects.conversation.allowance.left == AT_ONCE - 1


def test_the_first_message_too_many_is_told_until_when_and_where_help_is() -> None:
    effects = asks(conversation(allowance=ALL_USED))

    (told,) = effects.outgoing
    assert (effects.step, [one.step for one in effects.counts]) == (PAUSED, [PAUSED])
    assert "Saturday, 21 November, 14:01" in words_of(told).replace("\u2066", "").replace("\u2069", "")
    assert "112" in words_of(told)
    assert told.silent


def test_in_a_pause_there_is_silence_and_each_message_is_counted() -> None:
    effects = asks(paused(blocked=True))

    assert (effects.outgoing, effects.moves, effects.case) == ((), (), None)
    assert (effects.step, [one.step for one in effects.counts]) == (PAUSED, [PAUSED])
    assert effects.conversation == paused(blocked=False)


def test_in_a_crowd_the_fourth_message_at_once_is_one_too_many() -> None:
    person, steps = conversation(), []
    for _ in range(4):
        effects = respond(wrote("benefit", seen((BENEFIT, 0.95)), person), replace(world(), crowded=True))
        person = effects.conversation
        steps.append(effects.step)

    assert steps == ["answer"] * 3 + [PAUSED]


def test_the_terminal_is_never_paused() -> None:
    assert asks(replace(conversation(allowance=ALL_USED), channel=Channel.CONSOLE)).step == "answer"


@pytest.mark.parametrize("kind", [Kind.PHOTO, Kind.VOICE, Kind.OTHER])
def test_attachments_are_limited_like_words(kind: Kind) -> None:
    effects = respond(wrote("", None, paused(), kind=kind, files=(PHOTO,)), world())

    assert (effects.outgoing, effects.step) == ((), PAUSED)


def test_a_press_in_a_pause_is_not_obeyed() -> None:
    languages = ButtonSet(Token("set"), Purpose.TOPICS, (), topics=())

    effects = respond(pressed(languages, Verb.PERSON, person=paused()), world())

    assert (effects.outgoing, effects.moves, effects.case, effects.step) == ((), (), None, PAUSED)


# Danger ---------------------------------------------------------------------------------------------------------------


@LIMITED
def test_words_of_danger_get_card_and_case_whatever_the_limit(somebody: Any) -> None:
    many = tuple(open_case(id=CaseId(n), question=None) for n in range(MOST_OPEN))

    effects = respond(wrote("he beats me", seen(**RED), somebody(open_cases=many)), world())

    assert [one.kind for one in effects.outgoing] == [OutgoingKind.CARD]
    assert effects.case is not None
    assert effects.case.danger is Level.RED
    assert effects.conversation.allowance == somebody().allowance


@LIMITED
def test_the_buttons_of_a_danger_card_always_work(somebody: Any) -> None:
    person = somebody(open_cases=(open_case(urgent=True),))

    cannot = respond(pressed(CARD, Verb.CANNOT_CALL, person=person), world())
    over = respond(pressed(CARD, Verb.DANGER_OVER, person=person), world())

    assert [len(one.outgoing) for one in (cannot, over)] == [1, 1]
    assert over.moves == (DangerOver(CaseId(5)),)


@LIMITED
def test_the_buttons_of_a_danger_card_work_in_words_too(somebody: Any) -> None:
    card = respond(wrote("he beats me", seen(**RED)), world()).outgoing[0].buttons
    assert card is not None

    effects = respond(wrote("I cannot call", seen(), somebody(latest_buttons=card)), world())

    assert "SMS" in words_of(effects.outgoing[0])


@LIMITED
def test_a_specialist_in_their_own_chat_can_always_say_that_they_have_it(somebody: Any) -> None:
    call = ButtonSet(Token("call"), Purpose.CALL, (), case=CaseId(9))

    assert respond(pressed(call, Verb.CLAIM, person=somebody()), world()).moves == (Acknowledgement(CaseId(9)),)


@LIMITED
def test_whoever_stops_the_bot_is_known_to_be_out_of_reach(somebody: Any) -> None:
    assert respond(wrote("", None, somebody(), kind=Kind.BLOCKED), world()).moves == (Reachability(reachable=False),)


@LIMITED
def test_a_word_that_keeps_somebody_safe_is_obeyed(somebody: Any) -> None:
    assert respond(wrote("/hide", seen(), somebody()), world()).outgoing


@LIMITED
def test_perhaps_danger_opens_a_question_where_there_is_none_for_a_person_to_read(somebody: Any) -> None:
    effects = respond(wrote("I am afraid of him", seen(**AMBER), somebody()), world())

    assert effects.case is not None
    assert effects.case.danger is Level.AMBER
    assert [one.kind for one in effects.outgoing] == [OutgoingKind.HAND_OVER]


@LIMITED
def test_perhaps_danger_takes_a_closed_question_up_for_a_person_to_read(somebody: Any) -> None:
    person = somebody(closed_cases=(closed_case(),))

    effects = respond(wrote("I am afraid of him", seen(**AMBER), person), world())

    assert effects.moves == (Reopening(CaseId(5), "I am afraid of him", danger=Level.AMBER),)
    assert ["112" in words_of(one) for one in effects.outgoing] == [True]


@LIMITED
@pytest.mark.parametrize("closed", [(), (closed_case(),)])
def test_perhaps_danger_opens_a_question_also_where_an_entry_would_answer(
    somebody: Any, closed: tuple[ClosedCase, ...]
) -> None:
    effects = asks(somebody(closed_cases=closed), writer=Writer.CHILD, **AMBER)

    assert effects.case is not None
    assert (effects.case.danger, effects.case.text) == (Level.AMBER, "what about the benefit")
    assert effects.case.writer is Writer.CHILD
    (told,) = effects.outgoing
    assert told.kind is OutgoingKind.HAND_OVER
    assert "112" in words_of(told)
    assert "amber" in [one.step for one in effects.counts]


@LIMITED
def test_perhaps_danger_goes_to_the_newest_question_without_a_reply(somebody: Any) -> None:
    person = somebody(open_cases=(open_case(opened_at=OLD), open_case(id=CaseId(6), opened_at=OLD)))

    effects = asks(person, **AMBER)

    assert effects.outgoing == ()
    assert effects.moves == (Addition(CaseId(6), "what about the benefit", danger=Level.AMBER),)
    assert "amber" in [one.step for one in effects.counts]


@LIMITED
def test_all_words_of_somebody_whose_danger_a_person_has_in_hand_go_to_that_person(somebody: Any) -> None:
    person = somebody(open_cases=(open_case(urgent=True, state=CaseState.CLAIMED), open_case(id=CaseId(6))))

    effects = asks(person)

    assert effects.outgoing == ()
    assert effects.moves == (Addition(CaseId(5), "what about the benefit"),)


@LIMITED
def test_pictures_of_somebody_whose_danger_a_person_has_in_hand_reach_that_person(somebody: Any) -> None:
    person = somebody(open_cases=(open_case(urgent=True, state=CaseState.CLAIMED),), talking=CaseId(5))
    kept = {QUESTION: KeptMessage("", (PHOTO,))}

    asked = respond(wrote("", None, person, kind=Kind.PHOTO, files=(PHOTO,)), world())
    sent = respond(pressed(asked.outgoing[0].buttons, Verb.SEND_FILE, person=person, kept=kept), world())

    assert sent.moves == (Addition(CaseId(5), files=(PHOTO,)),)


# Words for people -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "about"),
    [({"talking": CaseId(5)}, None), ({}, CaseId(5)), ({"awaiting": CaseId(5)}, None)],
)
@pytest.mark.parametrize("state", [CaseState.CLAIMED, CaseState.ANSWERED])
def test_in_a_pause_words_for_a_person_reach_them_without_a_reply(
    changes: dict[str, Any], about: CaseId | None, state: CaseState
) -> None:
    person = paused(open_cases=(open_case(state=state, opened_at=OLD),), **changes)

    effects = respond(strange(person, about=about), world())

    assert effects.outgoing == ()
    assert effects.moves == (Addition(CaseId(5), "where is the pizza"),)
    assert effects.conversation.awaiting is None


def test_in_a_pause_a_detail_that_was_asked_for_reaches_a_question_that_still_waits() -> None:
    person = paused(open_cases=(open_case(opened_at=OLD),), awaiting=CaseId(5))

    assert respond(strange(person), world()).moves == (Addition(CaseId(5), "where is the pizza"),)


def test_who_talks_with_a_person_uses_up_nothing_and_is_never_told_to_write_slower() -> None:
    person = conversation(open_cases=(open_case(state=CaseState.CLAIMED),), talking=CaseId(5))

    for _ in range(2 * AT_ONCE):
        effects = respond(strange(person), world())
        person = effects.conversation

        assert (effects.outgoing, effects.moves) == ((), (Addition(CaseId(5), "where is the pizza"),))


def test_a_flood_is_not_put_to_a_question_that_nobody_has_yet() -> None:
    assert respond(strange(paused(open_cases=(open_case(),))), world()).moves == ()


def test_words_of_somebody_barred_do_not_reach_the_question_in_which_they_were_barred() -> None:
    person = barred(open_cases=(open_case(state=CaseState.CLAIMED),), talking=CaseId(5))

    assert respond(strange(person), world()).moves == ()


# Bars -----------------------------------------------------------------------------------------------------------------


def test_somebody_barred_is_reminded_once_a_day() -> None:
    person, told = barred(), []
    for hours in (1, 23, 24, 25, 47, 48):
        now = NOW + timedelta(hours=hours)
        effects = respond(wrote("benefit", seen((BENEFIT, 0.95)), person), world(now=now))
        person = effects.conversation
        told.append(len(effects.outgoing))
        assert effects.step == BARRED

    assert told == [0, 0, 1, 0, 0, 1]


@pytest.mark.parametrize(("until", "step"), [(NOW + timedelta(seconds=1), BARRED), (NOW, "answer")])
def test_a_bar_ends_at_its_instant(until: datetime, step: str) -> None:
    assert asks(conversation(barred_until=until)).step == step
