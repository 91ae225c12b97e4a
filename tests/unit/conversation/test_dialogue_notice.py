"""The first notice stands once, below the first answer."""

from __future__ import annotations

from dataclasses import replace

from bot.conversation import notices
from bot.conversation.dialogue import respond
from bot.conversation.model import OutgoingKind, Purpose
from bot.conversation.replies import World
from tests.builders import EN, UK
from tests.builders_dialogue import LOST, RED, SURE, conversation, seen, wrote


def test_the_first_answer_has_the_notice_below_it_and_the_second_has_not(w: World) -> None:
    first = respond(wrote("how to register for kindergarten", SURE, conversation(noticed=False)), w)

    second = respond(wrote("how to register for kindergarten", SURE, first.conversation), w)

    answer, notice = first.outgoing
    assert (answer.kind, notice.kind) == (OutgoingKind.ANSWER, OutgoingKind.NOTICE)
    assert notice.buttons is not None
    assert notice.buttons.purpose is Purpose.LANGUAGES
    assert notice.silent
    assert len(second.outgoing) == 1


def test_the_notice_never_stands_below_a_danger_card_but_comes_later(w: World) -> None:
    carded = respond(wrote("he beats me", seen(**RED), conversation(noticed=False)), w)

    after = respond(wrote("my neighbour's dog", LOST, carded.conversation), w)

    assert [one.kind for one in carded.outgoing] == [OutgoingKind.CARD]
    assert [one.kind for one in after.outgoing] == [OutgoingKind.HAND_OVER, OutgoingKind.NOTICE]


def test_the_notice_speaks_the_language_of_the_answer_above_it(w: World) -> None:
    effects = respond(wrote("x", replace(SURE, language=UK), conversation(noticed=False)), w)

    assert [one.language for one in effects.outgoing] == [UK, UK]


def test_start_welcomes_and_needs_no_notice_later(w: World) -> None:
    started = respond(wrote("/start", seen(), conversation(noticed=False)), w)

    after = respond(wrote("x", SURE, started.conversation), w)

    assert started.outgoing[0].lines == notices.welcome(w.voice(EN)).lines
    assert len(after.outgoing) == 1
