"""Commands, in signs and in words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from bot.content.model import Command
from bot.conversation import case_notices, notices
from bot.conversation.dialogue import SLASH, respond
from bot.conversation.model import Outgoing
from bot.conversation.notices import Voice
from bot.conversation.replies import World
from tests.builders import EN
from tests.builders_dialogue import LOST, SURE, conversation, open_case, seen, untokened, wrote


@pytest.mark.parametrize("name", SLASH)
@pytest.mark.parametrize("how", ["/{}", "/{}@TiltasBot", "/{} ", " /{}", "/{}\n"])
def test_every_command_is_obeyed_however_it_is_sent(w: World, name: str, how: str) -> None:
    effects = respond(wrote(how.format(name), LOST), w)

    assert effects.step == {"human": "hand_off", "hide": "hide", "unhide": "unhide"}.get(name, "command")
    assert len(effects.outgoing) == 1


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("/start p_vilnius", notices.welcome),
        ("/START", notices.welcome),
        ("/language", notices.pick_language),
        ("/topics", notices.topics),
        ("/privacy", notices.privacy),
        ("/help", notices.help_text),
        ("/unheard-of", notices.help_text),
        ("/", notices.help_text),
        ("/ help", notices.help_text),
    ],
)
def test_a_slash_command_says_its_words(w: World, said: str, told: Callable[[Voice], Outgoing]) -> None:
    effects = respond(wrote(said, LOST), w)

    assert [one.lines for one in effects.outgoing] == [told(w.voice(EN)).lines]


def test_a_command_in_plain_words_is_obeyed(w: World) -> None:
    assert respond(wrote("topics", replace(SURE, command=Command.TOPICS)), w).step == "command"


@pytest.mark.parametrize("command", [Command.HELPED, Command.NOT_THIS, Command.SOMETHING_ELSE, Command.SHOW])
def test_words_of_a_button_that_is_not_there_get_an_honest_reply(w: World, command: Command) -> None:
    effects = respond(wrote("helped", seen(command=command)), w)

    assert effects.outgoing[0].lines == notices.old_button(w.voice(EN)).lines


def test_my_questions_are_listed(w: World) -> None:
    cases = (open_case("12M", topic="education"), open_case("13N", topic="gone"), open_case("14P"))

    effects = respond(wrote("/questions", seen(), conversation(open_cases=cases)), w)

    (told,) = effects.outgoing
    assert untokened(told) == untokened(case_notices.my_questions(w.voice(EN), cases))
    assert [line.text.split(" · ")[0] for line in told.lines[1:]] == ["12M", "13N", "14P"]
