"""A further question of somebody who has many with people already."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.cases.model import CaseId
from bot.conversation.dialogue import respond
from bot.conversation.limits import MOST_NEW, MOST_OPEN
from bot.conversation.model import Addition, Conversation, Effects, Reopening
from bot.matching.evidence import Evidence, Level
from tests.builders_dialogue import AMBER, NOW, closed_case, conversation, open_case, seen, words_of, world, wrote


def many(opened_at: datetime, count: int) -> Conversation:
    cases = tuple(open_case(f"{n}K", id=CaseId(n), question=None, opened_at=opened_at) for n in range(1, count + 1))
    return conversation(open_cases=cases)


def asks_for_a_person(person: Conversation, text: str = "/human please, my landlord", **evidence: Any) -> Effects:
    return respond(
        wrote(text, replace(Evidence(seen().language, language_confident=True), **evidence), person), world()
    )


@pytest.mark.parametrize(("opened_at", "count"), [(NOW, MOST_NEW), (NOW - timedelta(days=2), MOST_OPEN)])
def test_a_question_too_many_goes_to_the_newest_one_and_its_number_is_told(opened_at: datetime, count: int) -> None:
    effects = asks_for_a_person(many(opened_at, count))

    assert effects.case is None
    assert effects.moves == (Addition(CaseId(count), "please, my landlord"),)
    assert f"{count}K" in words_of(effects.outgoing[0])
    assert [one.step for one in effects.counts] == ["added"]


@pytest.mark.parametrize(("opened_at", "count"), [(NOW, MOST_NEW - 1), (NOW - timedelta(days=2), MOST_OPEN - 1)])
def test_a_question_within_limits_is_one_of_its_own(opened_at: datetime, count: int) -> None:
    assert asks_for_a_person(many(opened_at, count)).case is not None


def test_perhaps_danger_in_a_question_too_many_raises_the_newest_one_and_112_is_told() -> None:
    effects = asks_for_a_person(many(NOW, MOST_NEW), **AMBER)

    assert effects.moves == (Addition(CaseId(MOST_NEW), "please, my landlord", danger=Level.AMBER),)
    assert "112" in words_of(effects.outgoing[-1])


def test_whoever_asks_for_a_person_once_too_often_is_asked_for_the_words() -> None:
    effects = asks_for_a_person(many(NOW, MOST_NEW), "/human")

    assert (effects.case, effects.moves, effects.awaits_detail) == (None, (), False)
    assert effects.conversation.awaiting == CaseId(MOST_NEW)
    assert f"{MOST_NEW}K" in words_of(effects.outgoing[0])


def test_where_all_new_questions_were_taken_back_the_last_one_is_taken_up_again() -> None:
    taken_back = [closed_case(f"{n}K", id=CaseId(n), opened_at=NOW, close_reason="withdrawn") for n in (5, 4, 3, 2, 1)]

    effects = asks_for_a_person(conversation(closed_cases=tuple(taken_back)))

    assert effects.case is None
    assert effects.moves == (Reopening(CaseId(5), "please, my landlord"),)
