"""Pictures, files and voice: warned about, refused, or passed on with their words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.cases.model import CaseState
from bot.content.model import MAIN_LANGUAGES, Language
from bot.conversation import case_notices
from bot.conversation.belonging import LARGEST_FILE, may_be_passed_on
from bot.conversation.dialogue import respond
from bot.conversation.model import Addition, Attachment, AttachmentKind, Conversation, Kind, OutgoingKind, Verb
from bot.conversation.replies import World
from bot.matching.evidence import Evidence, Level
from tests.builders import EN
from tests.builders_dialogue import AMBER, LOST, PHOTO, QUESTION, RED, SURE, UNSURE, conversation, untokened, wrote
from tests.unit.conversation.cases import ABOUT_HEALTH, CASE, CLOSED, IN_HAND, OTHER, RENT_IN_HAND, talking

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
