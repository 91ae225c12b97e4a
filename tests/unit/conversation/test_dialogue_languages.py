"""In which language a reply is, and in which it is not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.content.model import MAIN_LANGUAGES, Command, Language, SmallTalkKind
from bot.conversation.dialogue import respond
from bot.conversation.model import Conversation, Kind
from bot.conversation.replies import World
from bot.matching.evidence import Evidence
from tests.builders import EN, LT, RU, UK
from tests.builders_dialogue import AMBER, FOSTER_CARE, LOST, RED, SURE, UNSURE, conversation, open_case, seen, wrote

FOREIGN = [Language(tag) for tag in ("ar", "fa-AF", "ka", "zh", "xx", "tlh")]


@pytest.mark.parametrize("language", MAIN_LANGUAGES)
def test_the_reply_is_in_the_language_of_the_message(w: World, language: Language) -> None:
    effects = respond(wrote("x", replace(SURE, language=language), conversation(language=EN)), w)

    assert effects.outgoing[0].language == language
    assert effects.outgoing[0].lines[0].text.startswith(f"Short {language}")
    assert effects.conversation.language == language


def test_a_chosen_language_stays_whatever_the_message_is_in(w: World) -> None:
    person = conversation(language=UK, chosen=True)

    effects = respond(wrote("x", replace(SURE, language=RU), person), w)

    assert effects.outgoing[0].language == UK
    assert effects.conversation.language == UK


def test_a_guess_is_not_remembered_over_a_language_we_were_sure_of(w: World) -> None:
    guessed = replace(SURE, language=RU, language_confident=False)

    assert respond(wrote("x", guessed, conversation(language=UK)), w).conversation.language == UK
    assert respond(wrote("x", guessed, conversation(language=None)), w).conversation.language == RU


@pytest.mark.parametrize(
    ("person", "hint", "language"),
    [
        (conversation(language=UK), RU, UK),
        (conversation(language=None), RU, RU),
        (conversation(language=None), None, LT),
    ],
)
def test_without_words_the_last_language_speaks_then_that_of_the_phone(
    w: World, person: Conversation, hint: Language | None, language: Language
) -> None:
    effects = respond(wrote("", kind=Kind.VOICE, person=person, hint=hint), w)

    assert effects.outgoing[0].language == language


def test_an_entry_that_is_missing_in_the_language_is_offered_in_those_it_has(w: World) -> None:
    effects = respond(wrote("foster care", seen((FOSTER_CARE, 0.95))), w)

    (told,) = effects.outgoing
    assert effects.step == "other_language"
    assert told.buttons is not None
    assert told.buttons.languages == (RU, UK)
    assert told.buttons.entries == (FOSTER_CARE,)


@pytest.mark.parametrize("language", FOREIGN)
@pytest.mark.parametrize(
    ("text", "evidence"),
    [
        ("x", SURE),
        ("x", UNSURE),
        ("x", LOST),
        ("x", replace(LOST, **RED)),
        ("x", replace(UNSURE, **AMBER)),
        ("/start", LOST),
        ("/topics", LOST),
        ("/language", LOST),
        ("/help", LOST),
        ("/questions", LOST),
        ("/privacy", LOST),
        ("/human", LOST),
        ("!!!", LOST),
        ("hi", seen(small_talk=SmallTalkKind.GREETING)),
    ],
)
def test_who_writes_a_language_that_we_do_not_speak_is_answered_in_english(
    w: World, language: Language, text: str, evidence: Evidence
) -> None:
    person = conversation(noticed=False, language=language, open_cases=(open_case(),))

    effects = respond(wrote(text, replace(evidence, language=language), person), w)

    assert {one.language for one in effects.outgoing} == {EN}
    assert effects.conversation.language == language


@pytest.mark.parametrize(("known", "language"), [(UK, UK), (None, LT)])
def test_a_slash_command_says_nothing_of_the_language(w: World, known: Language | None, language: Language) -> None:
    evidence = seen(language=LT, command=Command.START)

    effects = respond(wrote("/start", evidence, conversation(language=known)), w)

    assert effects.outgoing[0].language == language


def test_an_unknown_language_of_the_phone_does_no_harm(w: World) -> None:
    effects = respond(wrote("", kind=Kind.PHOTO, hint=Language("x-klingon")), w)

    assert effects.outgoing[0].language == EN
