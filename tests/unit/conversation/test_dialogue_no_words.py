"""A message without words, and chats that are stopped and started."""

from __future__ import annotations

import pytest

from bot.content.model import SmallTalkKind
from bot.conversation import notices
from bot.conversation.dialogue import respond
from bot.conversation.model import Kind, Reachability
from bot.conversation.replies import World
from tests.builders import EN
from tests.builders_dialogue import LOST, QUESTION, SURE, conversation, seen, wrote


@pytest.mark.parametrize("kind", [Kind.TEXT, Kind.EDITED, Kind.OTHER])
def test_a_message_without_words_is_asked_for_some(w: World, kind: Kind) -> None:
    effects = respond(wrote("", kind=kind, hint=EN), w)

    assert effects.outgoing[0].lines == notices.no_words(w.voice(EN), QUESTION).lines


def test_words_that_nobody_has_looked_up_are_asked_for_again_not_guessed(w: World) -> None:
    effects = respond(wrote("words", None, conversation(language=EN)), w)

    assert (effects.step, effects.case) == ("no_text", None)


@pytest.mark.parametrize("text", ["???", "...", "🙂", "—"])
def test_a_message_of_signs_is_asked_for_words(w: World, text: str) -> None:
    effects = respond(wrote(text, LOST), w)

    assert effects.step == "no_text"
    assert effects.case is None


def test_a_thumb_up_can_be_small_talk(w: World) -> None:
    effects = respond(wrote("👍", seen(small_talk=SmallTalkKind.OKAY)), w)

    assert effects.step == "small_talk"


@pytest.mark.parametrize(("kind", "blocked"), [(Kind.BLOCKED, True), (Kind.UNBLOCKED, False)])
def test_who_stops_the_bot_gets_nothing_and_is_remembered(w: World, kind: Kind, *, blocked: bool) -> None:
    effects = respond(wrote("", kind=kind, person=conversation(blocked=not blocked)), w)

    assert effects.outgoing == ()
    assert effects.conversation.blocked is blocked
    assert effects.moves == (Reachability(not blocked),)


def test_who_writes_again_is_reached_again(w: World) -> None:
    assert not respond(wrote("x", SURE, conversation(blocked=True)), w).conversation.blocked
