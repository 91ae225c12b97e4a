"""Shadow mode: what the bot would do is counted, and people answer. All that is no question works as always."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.content.model import Command, EntryId, SmallTalkKind, TopicId
from bot.conversation import notices
from bot.conversation.dialogue import respond
from bot.conversation.model import Effects, InboxId, KeptMessage, OutgoingKind, Verb
from bot.conversation.numbers import case_number
from bot.conversation.replies import World
from bot.conversation.steps import Reason
from bot.matching.evidence import Evidence
from tests.builders import EN
from tests.builders_dialogue import (
    AMBER,
    BENEFIT,
    COURSES,
    DOCTOR,
    KINDERGARTEN,
    QUESTION,
    RED,
    RENT,
    conversation,
    open_case,
    pressed,
    seen,
    words_of,
    world,
    wrote,
)

KNOWN = seen((KINDERGARTEN, 0.95), (COURSES, 0.3))
UNSURE = seen((BENEFIT, 0.3), (RENT, 0.2))
UNKNOWN = seen((BENEFIT, 0.02))


@pytest.fixture
def w() -> World:
    return replace(world(), shadow=True)


def steps(effects: Effects) -> list[str]:
    return [one.step for one in effects.counts]


@pytest.mark.parametrize(
    ("evidence", "reason", "would", "entry", "topic"),
    [
        (KNOWN, Reason.SHADOW, "answer", KINDERGARTEN, "education"),
        (UNSURE, Reason.SHADOW, "clarify", BENEFIT, "daily-life"),
        (UNKNOWN, Reason.NO_MATCH, "hand_off", None, ""),
        (seen(command=Command.HUMAN), Reason.PERSON_ASKED, "hand_off", None, ""),
    ],
)
def test_a_person_answers_and_what_would_have_been_is_counted(
    w: World, evidence: Evidence, reason: Reason, would: str, entry: EntryId | None, topic: str
) -> None:
    if evidence.command is Command.HUMAN:  # as a wish in plain words, which is no command
        evidence = replace(evidence, command=None, wants_human=True)

    effects = respond(wrote("a place in a kindergarten", evidence), w)

    assert effects.case is not None
    assert (effects.case.reason, effects.case.text) == (reason, "a place in a kindergarten")
    assert (effects.step, effects.would, effects.would_show) == ("hand_off", would, entry)
    assert steps(effects) == ["hand_off", f"reason:{reason}", f"shadow:{would}"]
    assert effects.counts[-1].topic == topic
    assert [one.kind for one in effects.outgoing] == [OutgoingKind.HAND_OVER]


def test_the_case_holds_the_nearest_entries_and_their_topic(w: World) -> None:
    effects = respond(wrote("a place in a kindergarten", KNOWN), w)

    assert effects.case is not None
    assert effects.case.nearest == ((KINDERGARTEN, 0.95), (COURSES, 0.3))
    assert effects.case.topic == TopicId("education")


def test_the_family_is_told_of_a_person_and_not_that_there_is_no_answer(w: World) -> None:
    effects = respond(wrote("a place in a kindergarten", KNOWN), w)

    number = case_number(QUESTION)
    assert effects.outgoing[0].lines == (
        notices.hand_over(w.voice(EN), number, TopicId("education"), asked=True, opened_by=QUESTION).lines
    )
    assert "published answer" not in words_of(effects.outgoing[0])


@pytest.mark.parametrize("danger", [RED, {**RED, "candidates": KNOWN.candidates}])
def test_red_danger_is_never_held_back(w: World, danger: dict[str, object]) -> None:
    effects = respond(wrote("he beats me", replace(seen(), **danger)), w)  # type: ignore[arg-type]  # fields of evidence

    assert [one.kind for one in effects.outgoing] == [OutgoingKind.CARD]
    assert effects.case is not None
    assert effects.case.reason is Reason.DANGER
    assert effects.would == ""


def test_the_line_about_danger_stands_below_the_hand_over(w: World) -> None:
    effects = respond(wrote("I am afraid", replace(KNOWN, **AMBER)), w)

    assert "112" in words_of(effects.outgoing[0])
    assert "amber" in steps(effects)


@pytest.mark.parametrize(
    ("text", "evidence"),
    [
        ("thanks", seen(small_talk=SmallTalkKind.THANKS)),
        ("/start", seen()),
        ("/topics", seen()),
        ("topics", seen(command=Command.TOPICS)),
        ("?!", seen()),
    ],
)
def test_what_is_no_question_gets_what_it_always_gets(w: World, text: str, evidence: Evidence) -> None:
    plain = respond(wrote(text, evidence), replace(w, shadow=False))
    shadow = respond(wrote(text, evidence), w)

    assert [words_of(one) for one in shadow.outgoing] == [words_of(one) for one in plain.outgoing]
    assert (shadow.case, shadow.would, shadow.counts) == (None, "", plain.counts)


def test_the_menu_leads_to_answers_and_their_buttons_work(w: World) -> None:
    listed = notices.topic(w.voice(EN), TopicId("education"))

    opened = respond(pressed(listed.buttons, Verb.CHOICE), w)
    helped = respond(pressed(opened.outgoing[-1].buttons, Verb.HELPED), w)

    assert opened.outgoing[-1].kind is OutgoingKind.ANSWER
    assert (opened.case, steps(opened)[-1]) == (None, "answer")
    assert steps(helped) == ["helped"]


def test_buttons_from_before_shadow_mode_work(w: World) -> None:
    answer = notices.answer(w.voice(EN), DOCTOR, neighbours=[RENT], question=QUESTION)

    effects = respond(pressed(answer.buttons, Verb.NOT_THIS, kept={QUESTION: KeptMessage("a doctor")}), w)

    assert effects.outgoing[-1].kind is OutgoingKind.ANSWER


def test_what_a_case_waits_for_is_put_to_it_and_opens_no_other(w: World) -> None:
    case = open_case(question=None)
    person = conversation(language=EN, awaiting=case.id, open_cases=(case,))

    effects = respond(wrote("a place in a kindergarten", KNOWN, person, number=InboxId(60)), w)

    assert (effects.case, effects.step, len(effects.moves)) == (None, "added", 1)
    assert steps(effects) == ["added", "shadow:answer"]
    assert (effects.would, effects.would_show) == ("answer", KINDERGARTEN)


def test_outside_of_shadow_mode_nothing_is_said_of_it() -> None:
    effects = respond(wrote("a place in a kindergarten", KNOWN), world())

    assert (effects.step, effects.would, steps(effects)) == ("answer", "", ["answer"])
