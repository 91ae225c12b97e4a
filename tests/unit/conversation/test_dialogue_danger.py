"""Danger gets its card whatever else is there, and words that may be danger get the number."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.cases.model import CaseId
from bot.content.model import Command, DangerKind, SmallTalkKind
from bot.conversation import notices
from bot.conversation.dialogue import respond
from bot.conversation.model import OutgoingKind
from bot.conversation.replies import Received, World
from bot.conversation.steps import Reason
from bot.matching.evidence import Level
from tests.builders import EN
from tests.builders_dialogue import (
    AMBER,
    FOSTER_CARE,
    LOST,
    RED,
    SURE,
    UNSURE,
    conversation,
    messages,
    open_case,
    seen,
    world,
    wrote,
)

AMBER_WORDS = notices.danger_line(world().voice(EN)).text


def test_danger_gets_the_card_and_an_urgent_case_whatever_else_is_there(w: World) -> None:
    awaiting = conversation(awaiting=CaseId(5), open_cases=(open_case(),), clarified=True)
    evidence = replace(SURE, **RED, wants_human=True, command=Command.HELP, small_talk=SmallTalkKind.GREETING)

    effects = respond(wrote("/human he beats me", evidence, awaiting), w)

    (card,) = effects.outgoing
    assert effects.step == "danger"
    assert card.kind is OutgoingKind.CARD
    assert card.lines[0].text == "112"
    assert effects.case is not None
    assert (effects.case.reason, effects.case.danger) == (Reason.DANGER, Level.RED)
    assert effects.case.danger_kind is DangerKind.VIOLENCE
    assert effects.case.topic == "safety"
    assert effects.case.text == "/human he beats me"
    assert not effects.conversation.clarified
    assert {c.step for c in effects.counts} == {"danger", "danger:violence"}


def test_danger_is_carded_also_where_the_topic_of_safety_is_gone() -> None:
    content = world().catalogue
    topics = {name: topic for name, topic in content.topics.items() if name != "safety"}

    effects = respond(wrote("he beats me", seen(**RED)), world(content.model_copy(update={"topics": topics})))

    assert effects.step == "danger"
    assert effects.case is not None
    assert effects.case.topic is None


def test_words_that_may_be_danger_get_the_number_below_the_answer(w: World) -> None:
    effects = respond(wrote("kindergarten, and I fear my husband", replace(SURE, **AMBER)), w)

    (answer,) = effects.outgoing
    assert answer.lines[-1].text == AMBER_WORDS
    assert answer.lines[-1].bold
    assert [c.step for c in effects.counts] == ["answer", "amber"]


def amber_messages() -> dict[str, Received]:
    waiting = conversation(awaiting=CaseId(5), open_cases=(open_case(),))
    return {
        "clarification": wrote("x", replace(UNSURE, **AMBER)),
        "hand-over": wrote("x", replace(LOST, **AMBER)),
        "a person asked for": wrote("/human I fear him", replace(LOST, **AMBER)),
        "a detail for a person": wrote("I fear him", replace(LOST, **AMBER), waiting),
        "small talk": wrote("hi, I fear him", seen(small_talk=SmallTalkKind.GREETING, **AMBER)),
        "another language": wrote("foster care, I fear him", seen((FOSTER_CARE, 0.95), **AMBER)),
        "a command": wrote("help", seen(command=Command.HELP, **AMBER)),
        "a person asked for without a question": wrote("/human", seen(**AMBER)),
    }


@pytest.mark.parametrize("name", amber_messages())
def test_words_that_may_be_danger_get_the_number_whatever_the_reply(w: World, name: str) -> None:
    effects = respond(amber_messages()[name], w)

    assert [line.text for one in effects.outgoing for line in one.lines].count(AMBER_WORDS) == 1


def test_a_case_remembers_that_its_words_may_be_danger(w: World) -> None:
    effects = respond(wrote("x", replace(LOST, **AMBER)), w)

    assert effects.case is not None
    assert (effects.case.danger, effects.case.danger_kind) == (Level.AMBER, DangerKind.VIOLENCE)


def test_the_danger_line_has_the_first_helpline_of_the_content(w: World) -> None:
    for language in messages().languages:
        assert "112" in notices.danger_line(w.voice(language)).text
