"""One written message in, everything that follows from it out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from bot.cases.model import CaseId, CaseState
from bot.content.model import MAIN_LANGUAGES, Command, DangerKind, Language, SmallTalkKind, TopicId
from bot.conversation import case_notices, notices
from bot.conversation.dialogue import SLASH, respond
from bot.conversation.model import (
    Addition,
    Conversation,
    InboxId,
    KeptMessage,
    Kind,
    Outgoing,
    OutgoingKind,
    Purpose,
    Reachability,
)
from bot.conversation.notices import Voice
from bot.conversation.numbers import case_number
from bot.conversation.replies import Received, World
from bot.conversation.steps import Reason
from bot.matching.evidence import Evidence, Level
from tests.builders import EN, LT, RU, UK
from tests.builders_dialogue import (
    AMBER,
    BENEFIT,
    COURSES,
    DOCTOR,
    FOSTER_CARE,
    KINDERGARTEN,
    PHOTO,
    QUESTION,
    RED,
    RENT,
    SUPPORT,
    conversation,
    messages,
    open_case,
    seen,
    untokened,
    words_of,
    world,
    wrote,
)

AMBER_WORDS = notices.danger_line(world().voice(EN)).text
SURE = seen((KINDERGARTEN, 0.95), (COURSES, 0.3), (RENT, 0.2))
UNSURE = seen((KINDERGARTEN, 0.35), (COURSES, 0.3))
LOST = seen((KINDERGARTEN, 0.05))


FOREIGN = [Language(tag) for tag in ("ar", "fa-AF", "ka", "zh", "xx", "tlh")]


@pytest.fixture
def w() -> World:
    return world()


# Questions ------------------------------------------------------------------------------------------------------------


def test_a_sure_question_gets_its_answer_with_neighbours(w: World) -> None:
    effects = respond(wrote("how to register for kindergarten", SURE), w)

    (answer,) = effects.outgoing
    assert effects.step == "answer"
    assert answer.kind is OutgoingKind.ANSWER
    assert answer.lines[0].text == "Short en: how to register my child for kindergarten."
    assert answer.buttons is not None
    assert answer.buttons.entries == (COURSES, RENT)
    assert (answer.buttons.question, answer.buttons.shown) == (QUESTION, (KINDERGARTEN,))
    assert effects.conversation.last_question == QUESTION
    assert effects.conversation.last_entries == (KINDERGARTEN, COURSES, RENT)
    assert [(c.language, c.topic, c.step) for c in effects.counts] == [("en", "education", "answer")]
    assert effects.case is None


def test_an_unsure_question_is_asked_back(w: World) -> None:
    effects = respond(wrote("children and courses", UNSURE), w)

    (asked,) = effects.outgoing
    assert effects.step == "clarify"
    assert asked.kind is OutgoingKind.CLARIFICATION
    assert asked.buttons is not None
    assert asked.buttons.purpose is Purpose.CLARIFY
    assert asked.buttons.entries == (KINDERGARTEN, COURSES)
    assert effects.conversation.clarified
    assert effects.conversation.last_question == QUESTION


def test_nobody_is_asked_back_twice_running(w: World) -> None:
    first = respond(wrote("children and courses", UNSURE), w)

    second = respond(wrote("well, courses or children", UNSURE, first.conversation, number=InboxId(48)), w)

    assert second.step == "hand_off"
    assert second.case is not None
    assert second.case.reason is Reason.CLARIFIED_ONCE
    assert not second.conversation.clarified


def test_after_an_answer_one_may_be_asked_back_again(w: World) -> None:
    person = conversation(clarified=True)

    answered = respond(wrote("how to register for kindergarten", SURE, person), w)
    effects = respond(wrote("children and courses", UNSURE, answered.conversation, number=InboxId(48)), w)

    assert effects.step == "clarify"


def test_small_talk_between_does_not_make_us_ask_back_twice(w: World) -> None:
    asked = respond(wrote("children and courses", UNSURE), w)

    thanked = respond(wrote("thanks", seen(small_talk=SmallTalkKind.THANKS), asked.conversation), w)

    assert thanked.step == "small_talk"
    assert respond(wrote("courses, children", UNSURE, thanked.conversation), w).step == "hand_off"


def test_what_no_entry_answers_goes_to_a_person(w: World) -> None:
    effects = respond(wrote("my neighbour's dog", LOST), w)

    assert effects.step == "hand_off"
    assert effects.case is not None
    assert effects.case.reason is Reason.NO_MATCH
    assert effects.case.text == "my neighbour's dog"
    assert effects.case.question == QUESTION
    assert effects.case.nearest == ((KINDERGARTEN, 0.05),)
    expected = notices.hand_over(w.voice(EN), case_number(QUESTION), None, asked=False, opened_by=QUESTION)
    assert untokened(*effects.outgoing) == untokened(expected)


@pytest.mark.parametrize(("p", "topic"), [(0.35, "education"), (0.15, None)])
def test_the_nearest_entry_names_the_team_only_if_it_is_near_enough(w: World, p: float, topic: str | None) -> None:
    effects = respond(wrote("a person please", seen((KINDERGARTEN, p), wants_human=True)), w)

    assert effects.case is not None
    assert effects.case.topic == topic
    assert ("school team" in words_of(effects.outgoing[0])) == (topic is not None)


def test_who_asks_for_a_person_gets_one_although_an_entry_fits(w: World) -> None:
    effects = respond(wrote("give me a specialist for kindergarten", replace(SURE, wants_human=True)), w)

    assert effects.case is not None
    assert effects.case.reason is Reason.PERSON_ASKED
    expected = notices.hand_over(
        w.voice(EN), case_number(QUESTION), TopicId("education"), asked=True, opened_by=QUESTION
    )
    assert untokened(*effects.outgoing) == untokened(expected)


@pytest.mark.parametrize("kind", [SmallTalkKind.GREETING, SmallTalkKind.INSULT, SmallTalkKind.OKAY])
def test_small_talk_gets_a_short_reply_and_no_case(w: World, kind: SmallTalkKind) -> None:
    effects = respond(wrote("hello", seen(small_talk=kind)), w)

    (told,) = effects.outgoing
    assert (effects.step, effects.case) == ("small_talk", None)
    assert len(told.lines) == 1


# Danger ---------------------------------------------------------------------------------------------------------------


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


def test_danger_in_the_caption_of_a_picture_is_carded(w: World) -> None:
    assert respond(wrote("he beats me", seen(**RED), kind=Kind.PHOTO), w).step == "danger"


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


# The first notice -----------------------------------------------------------------------------------------------------


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


# A person was asked for, and the question comes after ----------------------------------------------------------------


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


# Commands -------------------------------------------------------------------------------------------------------------


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


@pytest.mark.parametrize("said", ["/human my son has no school", "/human@TiltasBot my son has no school"])
def test_the_words_behind_the_wish_for_a_person_are_the_question(w: World, said: str) -> None:
    effects = respond(wrote(said, seen((KINDERGARTEN, 0.9))), w)

    assert effects.case is not None
    assert (effects.case.reason, effects.case.text) == (Reason.PERSON_ASKED, "my son has no school")
    assert not effects.awaits_detail


def test_the_words_in_the_next_line_are_the_question_too(w: World) -> None:
    effects = respond(wrote("/human\nmy son has no school", LOST), w)

    assert effects.case is not None
    assert (effects.case.reason, effects.case.text) == (Reason.PERSON_ASKED, "my son has no school")
    assert not effects.awaits_detail


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


# No words -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [Kind.PHOTO, Kind.FILE, Kind.VOICE])
def test_what_cannot_be_read_is_said_to_be_so_and_a_person_can_have_it(w: World, kind: Kind) -> None:
    effects = respond(wrote("", kind=kind, hint=EN, files=(PHOTO,)), w)

    (told,) = effects.outgoing
    assert untokened(told) == untokened(case_notices.file_warning(w.voice(EN), QUESTION))
    assert (effects.case, effects.moves) == (None, ())


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


# Languages ------------------------------------------------------------------------------------------------------------


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


def test_every_effect_of_the_same_message_is_the_same() -> None:
    received = wrote("x", replace(SURE, **AMBER), conversation(noticed=False))

    assert respond(received, world()) == respond(received, world())


def test_an_answer_in_the_language_of_the_message_ends_the_wait_for_a_choice(w: World) -> None:
    effects = respond(wrote("x", seen((DOCTOR, 0.9), (BENEFIT, 0.4))), w)

    assert effects.conversation.clarified is False


def test_the_danger_line_has_the_first_helpline_of_the_content(w: World) -> None:
    for language in messages().languages:
        assert "112" in notices.danger_line(w.voice(language)).text
