"""While a specialist and a family write to each other, the bot is silent, on that case only."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.cases.model import CaseState
from bot.content.model import Command, SmallTalkKind
from bot.conversation.dialogue import respond
from bot.conversation.model import Addition, InboxId, OutgoingKind
from bot.conversation.replies import World
from bot.conversation.steps import Reason
from bot.matching.evidence import Evidence, Level
from tests.builders_dialogue import AMBER, BENEFIT, DOCTOR, FOSTER_CARE, LOST, RED, RENT, SURE, UNSURE, seen, wrote
from tests.unit.conversation.cases import ABOUT_HEALTH, ANSWERED, CASE, CLOSED, IN_HAND, RENT_IN_HAND, talking


@pytest.mark.parametrize("case", [IN_HAND, ANSWERED], ids=lambda x: str(x.state))
@pytest.mark.parametrize(
    ("text", "evidence"),
    [
        ("thank you very much", seen(small_talk=SmallTalkKind.THANKS)),
        ("ok", seen(small_talk=SmallTalkKind.OKAY)),
        ("how to register for kindergarten", SURE),
        ("children and courses", UNSURE),
        ("he is four, and speaks Ukrainian", LOST),
        ("yes", seen()),
    ],
)
def test_the_bot_is_silent_and_the_words_go_to_the_case(w: World, case: object, text: str, evidence: Evidence) -> None:
    effects = respond(wrote(text, evidence, talking(open_cases=(case,))), w)

    assert effects.outgoing == ()
    assert effects.moves == (Addition(CASE, text),)
    assert (effects.step, effects.case) == ("added", None)
    assert effects.conversation.talking == CASE
    assert [one.step for one in effects.counts] == ["added"]


def test_what_was_asked_back_before_is_not_a_second_time(w: World) -> None:
    effects = respond(wrote("children and courses", UNSURE, talking(clarified=True)), w)

    assert effects.moves == (Addition(CASE, "children and courses"),)


@pytest.mark.parametrize("text", ["?", "???", "🙂", "👍", "..."])
def test_signs_without_words_are_the_specialists_too(w: World, text: str) -> None:
    effects = respond(wrote(text, seen(), talking()), w)

    assert effects.outgoing == ()
    assert effects.moves == (Addition(CASE, text),)


@pytest.mark.parametrize("command", [Command.HELPED, Command.NOT_THIS, Command.SOMETHING_ELSE, Command.SHOW])
def test_words_of_a_button_that_is_not_there_are_meant_for_the_specialist(w: World, command: Command) -> None:
    effects = respond(wrote("that helped", seen(command=command), talking()), w)

    assert effects.outgoing == ()
    assert effects.moves == (Addition(CASE, "that helped"),)


def test_an_answer_of_another_topic_comes_at_once_and_is_no_words_for_the_case(w: World) -> None:
    effects = respond(wrote("how to register with a doctor", ABOUT_HEALTH, talking()), w)

    (answer,) = effects.outgoing
    assert answer.kind is OutgoingKind.ANSWER
    assert answer.lines[0].text.startswith("Short en: how to register with a family doctor")
    assert effects.moves == ()
    assert effects.conversation.talking == CASE


def test_an_answer_of_another_topic_that_the_language_lacks_is_offered_in_others(w: World) -> None:
    effects = respond(wrote("foster care", seen((FOSTER_CARE, 0.95)), talking()), w)

    assert (effects.step, effects.moves) == ("other_language", ())


def test_a_choice_of_other_topics_is_not_asked_for(w: World) -> None:
    effects = respond(wrote("doctor or flat", seen((DOCTOR, 0.35), (RENT, 0.3)), talking()), w)

    assert (effects.outgoing, effects.moves) == ((), (Addition(CASE, "doctor or flat"),))


def test_danger_gets_its_card_at_once_and_a_case_of_its_own(w: World) -> None:
    effects = respond(wrote("he beats me", replace(LOST, **RED), talking()), w)

    assert [one.kind for one in effects.outgoing] == [OutgoingKind.CARD]
    assert effects.case is not None
    assert effects.case.danger is Level.RED
    assert effects.conversation.talking == CASE


def test_words_that_may_be_danger_go_to_the_case_with_their_level(w: World) -> None:
    effects = respond(wrote("I am afraid of him", replace(LOST, **AMBER), talking()), w)

    assert effects.moves == (Addition(CASE, "I am afraid of him", danger=Level.AMBER),)


def test_a_wish_for_a_person_is_heard_by_the_bot(w: World) -> None:
    effects = respond(wrote("another person please", replace(LOST, wants_human=True), talking()), w)

    assert effects.case is not None
    assert effects.case.reason is Reason.PERSON_ASKED


@pytest.mark.parametrize("said", ["/help", "/questions", "/topics", "/language", "/privacy", "/start"])
def test_a_command_is_the_bots(w: World, said: str) -> None:
    effects = respond(wrote(said, LOST, talking()), w)

    assert (effects.step, effects.moves) == ("command", ())
    assert len(effects.outgoing) == 1


def test_the_bot_is_silent_on_the_case_in_which_people_talk_whatever_else_is_in_hand(w: World) -> None:
    effects = respond(wrote("and my son?", LOST, talking(open_cases=(RENT_IN_HAND, IN_HAND))), w)

    assert (effects.outgoing, effects.moves) == ((), (Addition(CASE, "and my son?"),))


def test_the_bot_speaks_again_when_nobody_has_the_case(w: World) -> None:
    released = replace(IN_HAND, state=CaseState.WAITING)

    effects = respond(wrote("how to register for kindergarten", SURE, talking(open_cases=(released,))), w)

    assert (effects.step, effects.moves) == ("answer", ())


def test_the_bot_speaks_again_when_the_case_has_ended(w: World) -> None:
    effects = respond(
        wrote("how to register for kindergarten", SURE, talking(open_cases=(), closed_cases=(CLOSED,))), w
    )

    assert effects.step == "answer"


def test_a_case_that_is_talked_about_keeps_its_last_question(w: World) -> None:
    effects = respond(wrote("he is four", seen((BENEFIT, 0.1)), talking(last_question=InboxId(3))), w)

    assert effects.conversation.last_question == InboxId(3)
