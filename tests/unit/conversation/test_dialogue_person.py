"""Somebody asks for a person: with a question, after one, or before it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.cases.model import CaseId, CaseState
from bot.content.model import Command, TopicId
from bot.conversation import case_notices, notices
from bot.conversation.dialogue import respond
from bot.conversation.model import Addition, InboxId, KeptMessage, OutgoingKind
from bot.conversation.numbers import case_number
from bot.conversation.replies import World
from bot.conversation.steps import Reason
from bot.matching.evidence import Evidence
from tests.builders import EN
from tests.builders_dialogue import (
    KINDERGARTEN,
    LOST,
    QUESTION,
    SUPPORT,
    SURE,
    UNSURE,
    conversation,
    open_case,
    seen,
    words_of,
    wrote,
)


def test_who_asks_for_a_person_first_is_asked_what_it_is_about(w: World) -> None:
    effects = respond(wrote("/human", seen()), w)

    (told,) = effects.outgoing
    assert effects.awaits_detail
    assert effects.case is not None
    assert effects.case.reason is Reason.PERSON_ASKED
    assert told == notices.ask_for_the_question(w.voice(EN), case_number(QUESTION), None)


@pytest.mark.parametrize("evidence", [LOST, UNSURE, replace(LOST, wants_human=True)])
def test_the_next_words_belong_to_that_case(w: World, evidence: Evidence) -> None:
    person = conversation(awaiting=CaseId(5), open_cases=(open_case("12M"),))

    effects = respond(wrote("my neighbour's dog", evidence, person), w)

    assert effects.step == "added"
    assert effects.outgoing == (case_notices.added(w.voice(EN), "12M"),)
    assert effects.moves == (Addition(CaseId(5), "my neighbour's dog"),)
    assert effects.conversation.awaiting is None
    assert effects.case is None


def test_where_the_next_words_have_an_answer_nobody_waits_for_it(w: World) -> None:
    person = conversation(awaiting=CaseId(5), open_cases=(open_case("12M"),))

    effects = respond(wrote("how to register for kindergarten", SURE, person), w)

    added, answer = effects.outgoing
    assert added == case_notices.added(w.voice(EN), "12M")
    assert answer.kind is OutgoingKind.ANSWER
    assert effects.moves == (Addition(CaseId(5), "how to register for kindergarten"),)
    assert effects.conversation.awaiting is None


def test_a_command_between_does_not_belong_to_that_case(w: World) -> None:
    person = conversation(awaiting=CaseId(5), open_cases=(open_case(),))

    effects = respond(wrote("/help", seen(), person), w)

    assert (effects.step, effects.moves) == ("command", ())
    assert effects.conversation.awaiting == CaseId(5)


def test_who_asks_for_a_person_again_is_told_of_the_question_that_is_kept(w: World) -> None:
    kept = open_case("12M", question=InboxId(7))
    person = conversation(last_question=InboxId(7), open_cases=(kept,))

    effects = respond(wrote("human", seen(command=Command.HUMAN), person, kept={InboxId(7): KeptMessage("where")}), w)

    assert effects.case is None
    assert "12M" in words_of(effects.outgoing[0])


def test_a_question_asked_for_again_is_told_with_the_team_that_has_it_and_no_time_that_nobody_keeps(w: World) -> None:
    kept = open_case(
        "12M", question=InboxId(7), topic=TopicId("education"), team=SUPPORT, state=CaseState.ANSWERED, due_at=None
    )
    person = conversation(last_question=InboxId(7), open_cases=(kept,))

    effects = respond(wrote("human", seen(command=Command.HUMAN), person, kept={InboxId(7): KeptMessage("where")}), w)

    text = words_of(effects.outgoing[0])
    assert "support team" in text
    assert "school team" not in text
    assert ":00" not in text


def test_a_question_that_went_to_people_is_the_last_one(w: World) -> None:
    effects = respond(wrote("where can I rent a tractor", LOST, conversation(last_question=InboxId(3))), w)

    assert effects.case is not None
    assert effects.conversation.last_question == QUESTION


def test_who_asks_for_a_person_after_an_answer_hands_over_that_question(w: World) -> None:
    person = conversation(last_question=InboxId(40), last_entries=(KINDERGARTEN,))

    effects = respond(wrote("/human", seen(), person, kept={InboxId(40): KeptMessage("a place for my son")}), w)

    assert effects.case is not None
    assert (effects.case.question, effects.case.text) == (InboxId(40), "a place for my son")
    assert effects.case.topic == "education"
    assert not effects.awaits_detail


def test_a_last_question_whose_words_are_gone_is_asked_for_again(w: World) -> None:
    person = conversation(last_question=InboxId(40), last_entries=(KINDERGARTEN,))

    effects = respond(wrote("/human", seen(), person, kept={}), w)

    assert effects.awaits_detail


@pytest.mark.parametrize(
    "said",
    ["/human my son has no school", "/human@TiltasBot my son has no school", "/human\nmy son has no school"],
)
def test_the_words_behind_the_wish_for_a_person_are_the_question(w: World, said: str) -> None:
    effects = respond(wrote(said, seen((KINDERGARTEN, 0.9))), w)

    assert effects.case is not None
    assert (effects.case.reason, effects.case.text) == (Reason.PERSON_ASKED, "my son has no school")
    assert not effects.awaits_detail
