"""Whether a message belongs to a case that people have: then the bot is silent, on that case only."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.cases.model import CaseId, CaseState, CloseReason
from bot.content.model import MAIN_LANGUAGES, Command, Language, SmallTalkKind, TopicId
from bot.conversation import case_notices, notices
from bot.conversation.belonging import LARGEST_FILE, STILL_TOLD, may_be_passed_on
from bot.conversation.dialogue import respond
from bot.conversation.model import (
    Addition,
    Attachment,
    AttachmentKind,
    Conversation,
    InboxId,
    Kind,
    OutgoingKind,
    Reopening,
    Verb,
)
from bot.conversation.replies import REOPENS, World
from bot.conversation.steps import Reason
from bot.matching.evidence import Evidence, Level
from tests.builders import EN
from tests.builders_dialogue import (
    AMBER,
    BENEFIT,
    COURSES,
    DOCTOR,
    FOSTER_CARE,
    KINDERGARTEN,
    NOW,
    PHOTO,
    QUESTION,
    RED,
    RENT,
    closed_case,
    conversation,
    open_case,
    seen,
    untokened,
    world,
    wrote,
)

CASE, OTHER = CaseId(5), CaseId(6)
EDUCATION, DAILY_LIFE, HEALTH = map(TopicId, ("education", "daily-life", "health"))
LONG_AGO = NOW - timedelta(days=2)

SURE = seen((KINDERGARTEN, 0.95), (COURSES, 0.3))
UNSURE = seen((KINDERGARTEN, 0.35), (COURSES, 0.3))
LOST = seen((KINDERGARTEN, 0.05))
ABOUT_HEALTH = seen((DOCTOR, 0.95))

IN_HAND = open_case("12M", state=CaseState.CLAIMED, topic=EDUCATION, opened_at=LONG_AGO, question=InboxId(12))
ANSWERED = replace(IN_HAND, state=CaseState.ANSWERED)
RENT_IN_HAND = open_case(
    "13N", id=OTHER, state=CaseState.CLAIMED, topic=DAILY_LIFE, opened_at=LONG_AGO, question=InboxId(13)
)
CLOSED = closed_case("12M", topic=EDUCATION)


def talking(**changes: object) -> Conversation:
    """Return somebody to whom a specialist writes just now, about education."""
    person = conversation(language=EN, talking=CASE, open_cases=(IN_HAND,))
    return replace(person, **changes)  # type: ignore[arg-type]  # fields by name


@pytest.fixture
def w() -> World:
    return world()


# While a specialist and the family write to each other ----------------------------------------------------------------


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


# A case in hand -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", [IN_HAND, ANSWERED], ids=lambda x: str(x.state))
@pytest.mark.parametrize(("evidence", "clarified"), [(LOST, False), (UNSURE, True)])
def test_what_no_entry_answers_goes_to_the_one_case_in_hand_with_a_way_out(
    w: World, case: object, evidence: Evidence, *, clarified: bool
) -> None:
    person = conversation(language=EN, open_cases=(case,), clarified=clarified)

    effects = respond(wrote("he is four", evidence, person), w)

    (told,) = effects.outgoing
    assert untokened(told) == untokened(case_notices.added(w.voice(EN), "12M", question=QUESTION))
    assert effects.moves == (Addition(CASE, "he is four"),)
    assert effects.case is None
    assert effects.conversation.talking == CASE


@pytest.mark.parametrize(("evidence", "step"), [(SURE, "answer"), (UNSURE, "clarify")])
def test_what_entries_answer_is_answered_although_a_case_is_in_hand(w: World, evidence: Evidence, step: str) -> None:
    effects = respond(wrote("kindergarten", evidence, conversation(open_cases=(IN_HAND,))), w)

    assert (effects.step, effects.moves) == (step, ())


def test_who_asks_for_a_person_gets_a_case_of_its_own_although_one_is_in_hand(w: World) -> None:
    effects = respond(wrote("a person please", replace(LOST, wants_human=True), conversation(open_cases=(IN_HAND,))), w)

    assert effects.case is not None
    assert effects.moves == ()


def test_words_that_are_clearly_about_another_topic_open_a_case_of_their_own(w: World) -> None:
    evidence = seen((DOCTOR, 0.35))
    person = conversation(open_cases=(IN_HAND,), clarified=True)

    effects = respond(wrote("a strange doctor", evidence, person), w)

    assert effects.case is not None
    assert effects.case.topic == HEALTH
    assert effects.moves == ()


@pytest.mark.parametrize("topic", [None, EDUCATION])
def test_words_and_cases_without_a_known_topic_fit_each_other(w: World, topic: TopicId | None) -> None:
    evidence = seen((KINDERGARTEN, 0.35)) if topic is None else LOST
    person = conversation(open_cases=(replace(IN_HAND, topic=topic),), clarified=True)

    assert respond(wrote("he is four", evidence, person), w).moves == (Addition(CASE, "he is four"),)


def test_of_two_cases_in_hand_the_one_of_the_same_topic_gets_the_words(w: World) -> None:
    person = conversation(open_cases=(RENT_IN_HAND, IN_HAND), clarified=True)

    assert respond(wrote("x", seen((KINDERGARTEN, 0.35)), person), w).moves == (Addition(CASE, "x"),)


def test_where_several_cases_fit_the_family_is_asked_which(w: World) -> None:
    person = conversation(language=EN, open_cases=(IN_HAND, RENT_IN_HAND))

    effects = respond(wrote("he is four", LOST, person), w)

    (told,) = effects.outgoing
    assert untokened(told) == untokened(case_notices.which_case(w.voice(EN), [IN_HAND, RENT_IN_HAND], QUESTION))
    assert told.buttons is not None
    assert (told.buttons.cases, told.buttons.question) == ((CASE, OTHER), QUESTION)
    assert (effects.moves, effects.case, effects.step) == ((), None, "which_case")
    assert effects.conversation.talking is None


# A case that was asked just now ---------------------------------------------------------------------------------------


def test_more_words_just_after_a_question_was_kept_belong_to_it(w: World) -> None:
    fresh = open_case("12M", opened_at=NOW - STILL_TOLD + timedelta(seconds=1))

    effects = respond(wrote("he is four", LOST, conversation(language=EN, open_cases=(fresh,))), w)

    assert untokened(*effects.outgoing) == untokened(case_notices.added(w.voice(EN), "12M", question=QUESTION))
    assert effects.moves == (Addition(CASE, "he is four"),)


def test_later_words_open_a_case_of_their_own_while_nobody_has_the_first(w: World) -> None:
    waiting = open_case("12M", opened_at=NOW - STILL_TOLD, question=InboxId(12))

    effects = respond(wrote("he is four", LOST, conversation(open_cases=(waiting,))), w)

    assert effects.case is not None
    assert effects.moves == ()


def test_a_case_that_nobody_has_yet_does_not_silence_the_bot(w: World) -> None:
    fresh = open_case("12M", topic=EDUCATION)
    added = respond(wrote("he is four", LOST, conversation(language=EN, open_cases=(fresh,))), w)

    effects = respond(wrote("how to register for kindergarten", SURE, added.conversation), w)

    assert effects.step == "answer"


# A case that ended ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ago", [timedelta(0), timedelta(days=29), REOPENS])
def test_writing_again_within_thirty_days_takes_a_closed_case_up(w: World, ago: timedelta) -> None:
    assert timedelta(days=30) == REOPENS
    person = conversation(closed_cases=(replace(CLOSED, closed_at=NOW - ago),))

    effects = respond(wrote("it is still so", LOST, person), w)

    assert effects.moves == (Reopening(CASE, "it is still so"),)
    assert (effects.outgoing, effects.case, effects.step) == ((), None, "reopened")
    assert [one.step for one in effects.counts] == ["reopened"]


def test_writing_again_later_opens_a_case_that_is_linked_to_it(w: World) -> None:
    person = conversation(closed_cases=(replace(CLOSED, topic=None, closed_at=NOW - REOPENS - timedelta(seconds=1)),))

    effects = respond(wrote("it is still so", LOST, person), w)

    assert effects.moves == ()
    assert effects.case is not None
    assert effects.case.follows == CASE


def test_a_new_case_is_linked_to_the_newest_of_its_topic(w: World) -> None:
    long_ago = NOW - timedelta(days=90)
    older = closed_case("13N", id=OTHER, topic=EDUCATION, closed_at=long_ago)
    person = conversation(
        closed_cases=(closed_case(topic=HEALTH, closed_at=long_ago), older, replace(older, id=CaseId(7))),
        clarified=True,
    )

    effects = respond(wrote("x", seen((KINDERGARTEN, 0.35)), person), w)

    assert effects.case is not None
    assert effects.case.follows == OTHER


def test_a_first_case_is_linked_to_none(w: World) -> None:
    effects = respond(wrote("it is still so", LOST), w)

    assert effects.case is not None
    assert effects.case.follows is None


def test_a_question_that_was_taken_back_is_not_reopened(w: World) -> None:
    person = conversation(closed_cases=(replace(CLOSED, close_reason=CloseReason.WITHDRAWN),))

    effects = respond(wrote("my neighbour's dog", LOST, person), w)

    assert effects.moves == ()
    assert effects.case is not None


def test_a_question_taken_back_does_not_hide_an_older_one(w: World) -> None:
    taken_back = closed_case("13N", id=OTHER, close_reason=CloseReason.WITHDRAWN)

    effects = respond(wrote("still", LOST, conversation(closed_cases=(taken_back, CLOSED))), w)

    assert effects.moves == (Reopening(CASE, "still"),)


@pytest.mark.parametrize("reason", [x for x in CloseReason if x is not CloseReason.WITHDRAWN])
def test_every_other_end_can_be_followed_by_more(w: World, reason: CloseReason) -> None:
    person = conversation(closed_cases=(replace(CLOSED, close_reason=reason),))

    assert respond(wrote("still", LOST, person), w).step == "reopened"


def test_words_about_another_topic_do_not_reopen(w: World) -> None:
    person = conversation(closed_cases=(CLOSED,), clarified=True)

    effects = respond(wrote("a strange doctor", seen((DOCTOR, 0.35)), person), w)

    assert effects.moves == ()
    assert effects.case is not None


@pytest.mark.parametrize(
    ("evidence", "step"),
    [(SURE, "answer"), (UNSURE, "clarify"), (seen(small_talk=SmallTalkKind.THANKS), "small_talk")],
)
def test_what_the_bot_can_answer_reopens_nothing(w: World, evidence: Evidence, step: str) -> None:
    effects = respond(wrote("thanks", evidence, conversation(closed_cases=(CLOSED,))), w)

    assert (effects.step, effects.moves) == (step, ())


def test_a_case_in_hand_comes_before_one_that_ended(w: World) -> None:
    person = conversation(open_cases=(RENT_IN_HAND,), closed_cases=(CLOSED,))

    assert respond(wrote("he is four", LOST, person), w).moves == (Addition(OTHER, "he is four"),)


def test_words_that_may_be_danger_reopen_with_their_level(w: World) -> None:
    effects = respond(wrote("I fear him", replace(LOST, **AMBER), conversation(closed_cases=(CLOSED,))), w)

    assert effects.moves == (Reopening(CASE, "I fear him", danger=Level.AMBER),)


def test_words_that_may_be_danger_get_the_number_also_when_they_reopen(w: World) -> None:
    person = conversation(language=EN, closed_cases=(CLOSED,))

    effects = respond(wrote("I fear him", replace(LOST, **AMBER), person), w)

    assert [line for one in effects.outgoing for line in one.lines] == [notices.danger_line(w.voice(EN))]


# Edits and replies ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("evidence", [LOST, UNSURE, seen(small_talk=SmallTalkKind.OKAY)])
@pytest.mark.parametrize("kind", [Kind.TEXT, Kind.EDITED])
def test_an_edit_or_a_reply_finds_its_case_whatever_it_says(w: World, evidence: Evidence, kind: Kind) -> None:
    person = conversation(language=EN, open_cases=(open_case("12M", opened_at=LONG_AGO), RENT_IN_HAND))

    effects = respond(wrote("he is five", evidence, person, kind=kind, about=CASE), w)

    assert effects.outgoing == (case_notices.added(w.voice(EN), "12M"),)
    assert effects.moves == (Addition(CASE, "he is five"),)
    assert effects.case is None


@pytest.mark.parametrize("kind", [Kind.TEXT, Kind.EDITED])
def test_an_edit_or_a_reply_that_entries_answer_goes_to_its_case_and_is_answered_too(w: World, kind: Kind) -> None:
    person = conversation(language=EN, open_cases=(open_case("12M", opened_at=LONG_AGO), RENT_IN_HAND))

    effects = respond(wrote("how to register for kindergarten", SURE, person, kind=kind, about=CASE), w)

    added, answer = effects.outgoing
    assert added == case_notices.added(w.voice(EN), "12M")
    assert answer.kind is OutgoingKind.ANSWER
    assert effects.moves == (Addition(CASE, "how to register for kindergarten"),)
    assert effects.case is None


@pytest.mark.parametrize("evidence", [LOST, SURE])
def test_a_reply_to_the_case_in_which_people_talk_is_silent(w: World, evidence: Evidence) -> None:
    effects = respond(wrote("he is five", evidence, talking(), about=CASE), w)

    assert (effects.outgoing, effects.moves) == ((), (Addition(CASE, "he is five"),))


def test_a_reply_to_a_case_that_nobody_has_any_more_is_confirmed(w: World) -> None:
    person = talking(open_cases=(replace(IN_HAND, state=CaseState.WAITING),))

    effects = respond(wrote("he is five", LOST, person, about=CASE), w)

    assert effects.outgoing == (case_notices.added(w.voice(EN), "12M"),)


def test_a_reply_to_another_case_than_the_one_in_which_people_talk_is_confirmed(w: World) -> None:
    person = talking(open_cases=(IN_HAND, RENT_IN_HAND))

    effects = respond(wrote("the rent is 400", LOST, person, about=OTHER), w)

    assert effects.outgoing == (case_notices.added(w.voice(EN), "13N"),)
    assert effects.moves == (Addition(OTHER, "the rent is 400"),)


def test_a_reply_to_a_case_that_ended_is_a_message_like_any(w: World) -> None:
    person = conversation(closed_cases=(CLOSED,))

    assert respond(wrote("still", LOST, person, about=CASE), w).moves == (Reopening(CASE, "still"),)
    assert respond(wrote("kindergarten", SURE, person, about=CASE), w).step == "answer"


def test_a_command_in_a_reply_is_a_command(w: World) -> None:
    effects = respond(wrote("/help", LOST, conversation(open_cases=(IN_HAND,)), about=CASE), w)

    assert (effects.step, effects.moves) == ("command", ())


def test_danger_in_an_edit_opens_a_case_of_its_own(w: World) -> None:
    effects = respond(wrote("he beats me", replace(LOST, **RED), conversation(open_cases=(IN_HAND,)), about=CASE), w)

    assert [one.kind for one in effects.outgoing] == [OutgoingKind.CARD]
    assert effects.case is not None


def test_an_edit_of_the_words_that_opened_an_urgent_case_opens_no_second_one(w: World) -> None:
    person = conversation(open_cases=(replace(IN_HAND, urgent=True),))

    effects = respond(wrote("he beats me again", replace(LOST, **RED), person, kind=Kind.EDITED, about=CASE), w)

    assert [one.kind for one in effects.outgoing] == [OutgoingKind.CARD]
    assert effects.case is None
    assert effects.moves == (Addition(CASE, "he beats me again", danger=Level.RED),)


def test_a_reply_to_one_case_does_not_use_up_the_wait_for_words_for_another(w: World) -> None:
    person = conversation(open_cases=(IN_HAND, RENT_IN_HAND), awaiting=OTHER)

    effects = respond(wrote("he is five", LOST, person, kind=Kind.EDITED, about=CASE), w)

    assert effects.conversation.awaiting == OTHER


# Words that we asked for ----------------------------------------------------------------------------------------------


def test_words_asked_for_by_a_closed_case_open_it_again(w: World) -> None:
    person = conversation(closed_cases=(replace(CLOSED, topic=HEALTH),), awaiting=CASE)

    effects = respond(wrote("he is four", LOST, person), w)

    assert effects.moves == (Reopening(CASE, "he is four"),)
    assert effects.conversation.awaiting is None


def test_words_asked_for_by_a_case_that_is_gone_are_not_lost(w: World) -> None:
    effects = respond(wrote("he is four", LOST, conversation(awaiting=CASE)), w)

    assert effects.case is not None or effects.moves
    assert effects.outgoing


def test_words_asked_for_while_people_talk_in_the_case_are_silent(w: World) -> None:
    effects = respond(wrote("how to register for kindergarten", SURE, talking(awaiting=CASE)), w)

    assert (effects.outgoing, effects.moves) == ((), (Addition(CASE, "how to register for kindergarten"),))
    assert effects.conversation.awaiting is None


# Pictures, files, voice -----------------------------------------------------------------------------------------------

PDF = Attachment("file-1", AttachmentKind.FILE, "application/pdf", 1000)
VOICE = Attachment("voice-1", AttachmentKind.VOICE, "audio/ogg", 1000)
GIF = Attachment("file-2", AttachmentKind.FILE, "image/gif", 1000)


@pytest.mark.parametrize("person", [conversation(), conversation(open_cases=(IN_HAND,)), talking()])
@pytest.mark.parametrize(("file", "kind"), [(PHOTO, Kind.PHOTO), (PDF, Kind.FILE), (VOICE, Kind.VOICE)])
def test_an_attachment_is_warned_about_before_it_goes_anywhere(
    w: World, person: Conversation, file: Attachment, kind: Kind
) -> None:
    effects = respond(wrote("", kind=kind, person=person, hint=EN, files=(file,)), w)

    assert untokened(*effects.outgoing) == untokened(case_notices.file_warning(w.voice(EN), QUESTION))
    assert (effects.moves, effects.case) == ((), None)


@pytest.mark.parametrize("language", MAIN_LANGUAGES)
def test_the_warning_is_in_the_language_of_the_family(w: World, language: Language) -> None:
    effects = respond(wrote("", kind=Kind.PHOTO, person=conversation(language=language), files=(PHOTO,)), w)

    assert [one.language for one in effects.outgoing] == [language]


@pytest.mark.parametrize(
    "file",
    [
        replace(PHOTO, size=LARGEST_FILE + 1),
        replace(PDF, size=LARGEST_FILE + 1),
        GIF,
        replace(PDF, mime=""),
        replace(PDF, mime="application/zip"),
        replace(PDF, mime="image/svg+xml"),
        replace(PDF, mime="text/html"),
        replace(PDF, mime="application/pdf; x"),
    ],
)
def test_what_cannot_be_passed_on_is_refused_and_a_person_is_offered(w: World, file: Attachment) -> None:
    assert not may_be_passed_on(file)

    effects = respond(wrote("", kind=Kind.FILE, person=talking(files_for=CASE), files=(PHOTO, file)), w)

    assert untokened(*effects.outgoing) == untokened(case_notices.file_refused(w.voice(EN), QUESTION))
    assert (effects.moves, effects.case) == ((), None)


@pytest.mark.parametrize(
    "file",
    [
        replace(PHOTO, size=LARGEST_FILE),
        replace(PHOTO, size=0),
        PDF,
        VOICE,
        *(replace(PDF, mime=mime) for mime in ("image/jpeg", "image/png", "image/webp")),
    ],
)
def test_pictures_pdf_files_and_voice_of_up_to_twenty_megabytes_may_go_on(file: Attachment) -> None:
    assert LARGEST_FILE == 20 * 1024 * 1024
    assert may_be_passed_on(file)


@pytest.mark.parametrize(
    ("evidence", "kind"),
    [(SURE, OutgoingKind.ANSWER), (UNSURE, OutgoingKind.CLARIFICATION), (replace(LOST, **RED), OutgoingKind.CARD)],
)
def test_the_words_below_a_picture_are_handled_and_the_picture_is_warned_about_after(
    w: World, evidence: Evidence, kind: OutgoingKind
) -> None:
    effects = respond(wrote("kindergarten", evidence, kind=Kind.PHOTO, files=(PHOTO,)), w)

    handled, warning = effects.outgoing
    assert handled.kind is kind
    assert untokened(warning) == untokened(case_notices.file_warning(w.voice(EN), QUESTION))


@pytest.mark.parametrize("file", [PHOTO, GIF])
def test_a_case_opened_by_the_words_below_a_picture_does_not_have_the_picture(w: World, file: Attachment) -> None:
    effects = respond(wrote("my neighbour's dog", LOST, kind=Kind.PHOTO, files=(file,)), w)

    assert effects.case is not None
    assert (effects.case.text, effects.case.files) == ("my neighbour's dog", ())
    assert [one.kind for one in effects.outgoing] == [OutgoingKind.HAND_OVER, OutgoingKind.TALK]


def test_words_below_a_picture_that_belong_to_a_case_go_there_without_the_picture(w: World) -> None:
    effects = respond(wrote("he is four", LOST, talking(), kind=Kind.PHOTO, files=(PHOTO,)), w)

    assert effects.moves == (Addition(CASE, "he is four"),)
    assert untokened(*effects.outgoing) == untokened(case_notices.file_warning(w.voice(EN), QUESTION))


def test_who_was_warned_once_in_this_case_is_not_warned_again_while_people_talk(w: World) -> None:
    effects = respond(wrote("", kind=Kind.PHOTO, person=talking(files_for=CASE), files=(PHOTO, PDF)), w)

    assert effects.outgoing == ()
    assert effects.moves == (Addition(CASE, files=(PHOTO, PDF)),)


def test_words_and_picture_go_together_after_the_warning(w: World) -> None:
    person = talking(files_for=CASE)

    effects = respond(wrote("he is four", replace(LOST, **AMBER), person, kind=Kind.PHOTO, files=(PHOTO,)), w)

    assert effects.outgoing == ()
    assert effects.moves == (Addition(CASE, "he is four", (PHOTO,), danger=Level.AMBER),)


def test_a_picture_goes_to_the_case_although_the_bot_answers_the_words_below_it(w: World) -> None:
    effects = respond(wrote("a doctor", ABOUT_HEALTH, talking(files_for=CASE), kind=Kind.PHOTO, files=(PHOTO,)), w)

    assert [one.kind for one in effects.outgoing] == [OutgoingKind.ANSWER]
    assert effects.moves == (Addition(CASE, files=(PHOTO,)),)


@pytest.mark.parametrize(
    "person",
    [
        conversation(open_cases=(IN_HAND,), files_for=CASE),
        talking(files_for=OTHER, open_cases=(IN_HAND, RENT_IN_HAND)),
        talking(files_for=CASE, open_cases=(), closed_cases=(CLOSED,)),
        talking(files_for=CASE, open_cases=(replace(IN_HAND, state=CaseState.WAITING),)),
    ],
    ids=["nobody writes any more", "the warning was about another case", "the case has ended", "nobody has the case"],
)
def test_the_warning_comes_again_in_another_case_or_when_nobody_talks(w: World, person: Conversation) -> None:
    effects = respond(wrote("", kind=Kind.PHOTO, person=person, files=(PHOTO,)), w)

    assert effects.moves == ()
    assert [one.kind for one in effects.outgoing] == [OutgoingKind.TALK]
    assert effects.outgoing[0].buttons is not None
    assert [b.verb for row in effects.outgoing[0].buttons.rows for b in row] == [Verb.SEND_FILE, Verb.KEEP_FILE]


def test_the_first_notice_comes_with_the_first_warning(w: World) -> None:
    effects = respond(wrote("", kind=Kind.PHOTO, person=conversation(noticed=False), files=(PHOTO,)), w)

    assert OutgoingKind.NOTICE in [one.kind for one in effects.outgoing] or not effects.conversation.noticed


def test_a_case_that_is_talked_about_keeps_its_last_question(w: World) -> None:
    effects = respond(wrote("he is four", seen((BENEFIT, 0.1)), talking(last_question=InboxId(3))), w)

    assert effects.conversation.last_question == InboxId(3)
