"""What families are told about their cases: who, by when, under which number."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from bot.cases.model import CHANGES_HANDS, SPECIALISTS_REASONS, CaseId, CaseState, CloseReason, EventKind
from bot.content.model import TeamId, TopicId
from bot.content.opening import VILNIUS
from bot.conversation import case_notices, notices
from bot.conversation.case_notices import CAPTION, Moved
from bot.conversation.model import Attachment, AttachmentKind, OpenCase, Outgoing, OutgoingKind, Purpose, Verb
from bot.conversation.notices import Voice
from tests.builders import EN
from tests.builders_dialogue import PHOTO, QUESTION, SCHOOL, SUPPORT, labels_of, open_case, verbs_of, words_of
from tests.fakes.bot_api.entities import utf16_length

CASE = CaseId(5)
DUE = datetime(2026, 11, 24, 12, tzinfo=VILNIUS)
EDUCATION = TopicId("education")
PDF = Attachment("file-1", AttachmentKind.FILE, "application/pdf", 9)
TELEGRAMS_CAPTION, LONGEST = 1024, 4096
"""Characters that Telegram takes from anybody, and gives to anybody."""


def told_of(v: Voice, kind: EventKind, **changes: object) -> Outgoing:
    moved = Moved(kind, CASE, "12M", SCHOOL, "Rasa, social worker", DUE)
    return case_notices.moved(v, replace(moved, **changes))  # type: ignore[arg-type]  # fields by name


# Changes of hands -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", sorted(CHANGES_HANDS))
def test_every_change_of_hands_is_told_with_the_number_in_the_first_line(v: Voice, kind: EventKind) -> None:
    told = told_of(v, kind)

    assert (told.kind, told.language, told.edits, told.silent) == (OutgoingKind.CASE, v.language, None, False)
    assert "12M" in told.lines[0].text
    assert told.lines[0].bold


def test_no_two_changes_of_hands_are_told_alike_but_giving_back_and_going_back(v: Voice) -> None:
    first = {kind: told_of(v, kind).lines[0].text for kind in CHANGES_HANDS}

    assert first[EventKind.RELEASED] == first[EventKind.RETURNED]
    assert len(set(first.values())) == len(CHANGES_HANDS) - 1


def test_who_has_the_case_now_is_named_when_it_is_claimed(v: Voice) -> None:
    told = told_of(v, EventKind.CLAIMED)

    assert "Rasa, social worker" in told.lines[0].text
    assert notices.by_when(v, DUE) in told.lines


@pytest.mark.parametrize(
    "kind", [EventKind.RELEASED, EventKind.RETURNED, EventKind.TRANSFERRED, EventKind.REOPENED, EventKind.POSTPONED]
)
def test_a_case_that_waits_again_is_told_with_its_team_and_by_when(v: Voice, kind: EventKind) -> None:
    told = told_of(v, kind)

    _, who, by_when, *_ = told.lines
    assert v.catalogue.teams[SCHOOL].name[v.language] in who.text
    assert by_when == notices.by_when(v, DUE)
    assert told.buttons is None


@pytest.mark.parametrize("kind", [EventKind.CLAIMED, EventKind.RELEASED])
def test_without_a_promise_no_time_is_named(v: Voice, kind: EventKind) -> None:
    with_time, without = told_of(v, kind), told_of(v, kind, due_at=None)

    assert [line for line in with_time.lines if line not in without.lines] == [notices.by_when(v, DUE)]


def test_a_team_that_content_no_longer_has_is_told_as_the_default_one(v: Voice) -> None:
    told = told_of(v, EventKind.TRANSFERRED, team=TeamId("gone"))

    assert v.catalogue.teams[SUPPORT].name[v.language] in told.lines[1].text


@pytest.mark.parametrize("kind", [EventKind.TRANSFERRED, EventKind.POSTPONED])
def test_where_nothing_is_asked_of_the_family_they_are_told_so(v: Voice, kind: EventKind) -> None:
    assert v.t.gettext("You do not need to do anything.") in words_of(told_of(v, kind))


@pytest.mark.parametrize("kind", [EventKind.WITHDRAWN, EventKind.SOLVED])
def test_an_end_by_the_family_asks_nothing_back(v: Voice, kind: EventKind) -> None:
    told = told_of(v, kind, due_at=None)

    assert len(told.lines) == 1
    assert told.buttons is None


@pytest.mark.parametrize("reason", SPECIALISTS_REASONS)
def test_an_end_by_a_specialist_is_told_with_the_reason_and_asks_whether_it_helped(
    v: Voice, reason: CloseReason
) -> None:
    told = told_of(v, EventKind.CLOSED, due_at=None, reason=reason)

    assert verbs_of(told) == [[Verb.YES, Verb.PARTLY], [Verb.NO]]
    assert told.buttons is not None
    assert (told.buttons.purpose, told.buttons.case) == (Purpose.RATING, CASE)
    assert len(told.lines) == (2 if reason is CloseReason.HELPED else 3)


def test_every_reason_has_words_of_its_own(v: Voice) -> None:
    told = {words_of(told_of(v, EventKind.CLOSED, reason=reason)) for reason in SPECIALISTS_REASONS}

    assert len(told) == len(SPECIALISTS_REASONS)


# Replies --------------------------------------------------------------------------------------------------------------


def test_a_reply_says_first_who_speaks_about_which_question(v: Voice) -> None:
    (told,) = case_notices.reply(v, CASE, "12M", "Rasa, social worker", "Yes, he can.")

    head, text = told.lines
    assert head.bold
    assert "Rasa, social worker" in head.text
    assert "12M" in head.text
    assert (text.text, text.bold) == ("Yes, he can.", False)
    assert (told.kind, told.file, told.silent) == (OutgoingKind.REPLY, None, False)


def test_below_a_reply_the_family_can_say_that_it_is_solved_or_write_back(v: Voice) -> None:
    (told,) = case_notices.reply(v, CASE, "12M", "Rasa", "Yes, he can.")

    assert verbs_of(told) == [[Verb.SOLVED], [Verb.ADD]]
    assert told.buttons is not None
    assert (told.buttons.purpose, told.buttons.case) == (Purpose.CASE, CASE)


@pytest.mark.parametrize("text", ["", "Sign here."])
def test_one_file_goes_with_its_words(v: Voice, text: str) -> None:
    (told,) = case_notices.reply(v, CASE, "12M", "Rasa", text, [PDF])

    assert told.file == PDF
    assert [line.text for line in told.lines[1:]] == ([text] if text else [])
    assert verbs_of(told) == [[Verb.SOLVED], [Verb.ADD]]


def test_words_that_are_too_long_for_a_caption_go_before_their_file(v: Voice) -> None:
    text = "a" * CAPTION

    words, file = case_notices.reply(v, CASE, "12M", "Rasa", text, [PDF])

    assert (words.file, file.file) == (None, PDF)
    assert words.lines[1].text == text
    assert words.lines[0] in file.lines
    assert file.buttons is None


def test_several_files_go_one_by_one_each_with_who_sends_it(v: Voice) -> None:
    words, *files = case_notices.reply(v, CASE, "12M", "Rasa", "Both, please.", [PDF, PHOTO])

    assert words.file is None
    assert [one.file for one in files] == [PDF, PHOTO]
    assert all(one.lines == (words.lines[0],) for one in files)


@pytest.mark.parametrize("length", [3900, 4000, LONGEST])
@pytest.mark.parametrize("files", [[], [PDF]])
def test_a_reply_as_long_as_a_specialist_can_write_it_arrives_whole(
    v: Voice, length: int, files: list[Attachment]
) -> None:
    text = "".join(chr(ord("a") + n % 26) for n in range(length))

    told = case_notices.reply(v, CASE, "12M", "Rasa, social worker in Vilnius, Užupis", text, files)

    assert all(len(words_of(one)) <= LONGEST for one in told)
    assert "".join(line.text for one in told for line in one.lines if not line.bold) == text


@pytest.mark.parametrize("files", [[], [PDF]])
def test_a_reply_full_of_emoji_fits(v: Voice, files: list[Attachment]) -> None:
    for length in (CAPTION // 2, CAPTION, LONGEST // 2, LONGEST):
        for one in case_notices.reply(v, CASE, "12M", "Rasa", "😀" * length, files):
            assert utf16_length(words_of(one)) <= (TELEGRAMS_CAPTION if one.file else LONGEST)


@pytest.mark.parametrize("length", [3900, 4000, LONGEST])
def test_a_correction_as_long_as_a_specialist_can_write_it_fits(v: Voice, length: int) -> None:
    told = case_notices.correction(v, "12M", "Rasa, social worker in Vilnius, Užupis", "a" * length)

    assert all(len(words_of(one)) <= LONGEST for one in told)
    assert sum(len(line.text) for one in told for line in one.lines if not line.bold) == length


def test_a_correction_says_that_it_is_one_and_by_whom(v: Voice) -> None:
    (told,) = case_notices.correction(v, "12M", "Rasa", "On Tuesday, not on Monday.")

    (reply,) = case_notices.reply(v, CASE, "12M", "Rasa", "On Tuesday, not on Monday.")
    assert told.lines[0].text != reply.lines[0].text
    assert "Rasa" in told.lines[0].text
    assert "12M" in told.lines[0].text
    assert told.lines[1:] == reply.lines[1:]
    assert (told.kind, told.edits) == (OutgoingKind.REPLY, None)


@pytest.mark.parametrize("text", ["<b>x</b>", "{number}", "a\n\nb", "\u202eabc", "%s {0} {alias}"])
def test_a_specialists_words_are_sent_as_they_are(v: Voice, text: str) -> None:
    assert case_notices.reply(v, CASE, "12M", "Rasa", text)[0].lines[1].text == text
    assert case_notices.correction(v, "12M", "Rasa", text)[0].lines[1].text == text


@pytest.mark.parametrize("alias", ["{number}", "{", "Rasa {alias}"])
def test_a_name_with_braces_does_no_harm(v: Voice, alias: str) -> None:
    assert alias in words_of(case_notices.reply(v, CASE, "12M", alias, "x")[0])
    assert alias in words_of(told_of(v, EventKind.CLAIMED, alias=alias))


@pytest.mark.parametrize(("alias", "shown"), [("Rasa #1", "Rasa #1"), ("#x", "#x"), ("#", "#")])
def test_only_a_bare_number_is_put_into_words(v: Voice, alias: str, shown: str) -> None:
    assert f" {shown}." in case_notices.reply(v, CASE, "12M", alias, "x")[0].lines[0].text


def test_a_specialist_without_a_name_is_numbered_in_the_words_of_the_family(v: Voice) -> None:
    name = v.t.gettext("specialist {n}").format(n=3)

    told = [
        told_of(v, EventKind.CLAIMED, alias="#3"),
        *case_notices.reply(v, CASE, "12M", "#3", "x"),
        *case_notices.correction(v, "12M", "#3", "x"),
    ]

    assert all(name in one.lines[0].text for one in told)


# What the family does -------------------------------------------------------------------------------------------------


def test_an_addition_names_the_question_and_makes_no_sound(v: Voice) -> None:
    told = case_notices.added(v, "12M")

    assert "12M" in words_of(told)
    assert told.silent
    assert told.buttons is None


def test_an_addition_that_we_only_guessed_has_a_way_out(v: Voice) -> None:
    told = case_notices.added(v, "12M", question=QUESTION)

    assert verbs_of(told) == [[Verb.NEW_QUESTION]]
    assert told.buttons is not None
    assert told.buttons.question == QUESTION


def test_every_short_notice_names_its_question(v: Voice) -> None:
    for notice in (
        case_notices.write_now,
        case_notices.what_is_missing,
        case_notices.not_open,
        case_notices.file_not_passed_on,
    ):
        assert "12M" in words_of(notice(v, "12M"))


def test_which_case_lists_number_and_topic_and_last_a_new_question(v: Voice) -> None:
    cases = [open_case("12M", topic=EDUCATION), open_case("13N", id=CaseId(6))]

    told = case_notices.which_case(v, cases, QUESTION)

    education = v.catalogue.topics[EDUCATION].name[v.language]
    assert labels_of(told)[:2] == [[f"12M · {education}"], [f"13N · {v.t.gettext('Topic not known')}"[:28]]]
    assert verbs_of(told) == [[Verb.CASE], [Verb.CASE], [Verb.NEW_QUESTION]]
    assert told.buttons is not None
    assert (told.buttons.cases, told.buttons.question) == ((CASE, CaseId(6)), QUESTION)


# My questions ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [CaseState.WAITING, CaseState.CLAIMED, CaseState.ANSWERED])
def test_my_questions_are_listed_with_number_topic_state_who_and_by_when(v: Voice, state: CaseState) -> None:
    due_at = None if state is CaseState.ANSWERED else DUE
    cases = [open_case("12M", topic=EDUCATION, team=SCHOOL, state=state, due_at=due_at), open_case("13N", id=CaseId(6))]

    told = case_notices.my_questions(v, cases)

    title, first, second = told.lines
    topic = v.catalogue.topics[EDUCATION]
    expected = [
        "12M",
        topic.name[v.language],
        case_notices.state_in_words(v, state),
        v.catalogue.teams[SCHOOL].name[v.language],
    ]
    assert title.bold
    assert first.text.split(" · ") == [*expected, *([notices.by_when(v, DUE).text] if due_at else [])]
    assert second.text.startswith("13N · ")


def test_my_questions_name_the_team_that_has_a_case_now_not_that_of_its_topic(v: Voice) -> None:
    told = case_notices.my_questions(v, [open_case("12M", topic=EDUCATION, team=SUPPORT)])

    assert told.lines[1].text.split(" · ")[3] == v.catalogue.teams[SUPPORT].name[v.language]


@pytest.mark.parametrize(
    ("topic", "team", "shown"),
    [
        (EDUCATION, TeamId("gone"), SCHOOL),
        (None, TeamId("gone"), SUPPORT),
        (None, None, SUPPORT),
    ],
)
def test_a_case_whose_team_is_not_known_is_told_with_that_of_its_topic(
    v: Voice, topic: TopicId | None, team: TeamId | None, shown: TeamId
) -> None:
    told = case_notices.my_question(v, open_case("12M", topic=topic, team=team))

    assert v.catalogue.teams[shown].name[v.language] in told.lines[0].text


def test_each_of_my_questions_has_a_row_that_leads_to_it(v: Voice) -> None:
    cases = [open_case(f"{n}A", id=CaseId(n)) for n in range(3)]

    told = case_notices.my_questions(v, cases)

    assert told.buttons is not None
    assert (told.buttons.purpose, told.buttons.cases, told.buttons.question) == (Purpose.CASES, (0, 1, 2), None)
    assert [[(b.verb, b.choice) for b in row] for row in told.buttons.rows] == [[(Verb.CASE, n)] for n in range(3)]


def test_one_question_of_mine_can_be_added_to_or_taken_back(v: Voice) -> None:
    case = open_case("12M", topic=EDUCATION, team=SCHOOL, due_at=DUE)

    told = case_notices.my_question(v, case)

    assert told.lines == case_notices.my_questions(v, [case]).lines[1:]
    assert verbs_of(told) == [[Verb.ADD], [Verb.WITHDRAW]]
    assert told.buttons is not None
    assert told.buttons.case == CASE


def test_without_a_question_i_am_asked_for_one(v: Voice) -> None:
    told = case_notices.my_questions(v, [])

    assert len(told.lines) == 1
    assert told.buttons is None


def test_every_state_has_words_of_its_own_and_none_is_a_word_of_ours(v: Voice) -> None:
    said = {case_notices.state_in_words(v, state) for state in CaseState}

    assert len(said) == len(CaseState)
    assert v.language == EN or not said & {str(state) for state in CaseState}


# Files ----------------------------------------------------------------------------------------------------------------


def test_a_warning_says_that_nobody_has_it_yet_and_asks(v: Voice) -> None:
    told = case_notices.file_warning(v, QUESTION)

    assert told.lines[-1].text == v.t.gettext("Nobody has it yet.")
    assert verbs_of(told) == [[Verb.SEND_FILE], [Verb.KEEP_FILE]]
    assert told.buttons is not None
    assert (told.buttons.purpose, told.buttons.question) == (Purpose.FILE, QUESTION)


def test_a_refusal_says_what_can_be_passed_on_and_offers_a_person(v: Voice) -> None:
    told = case_notices.file_refused(v, QUESTION)

    assert "PDF" in words_of(told)
    assert "20" in words_of(told)
    assert verbs_of(told) == [[Verb.PERSON]]


def test_families_read_questions_never_cases(v: Voice) -> None:
    case: OpenCase = open_case("12M", topic=EDUCATION)
    told = [
        *(told_of(v, kind) for kind in CHANGES_HANDS),
        case_notices.my_questions(v, [case]),
        case_notices.my_question(v, case),
        case_notices.added(v, "12M"),
        case_notices.which_case(v, [case], QUESTION),
    ]

    assert not [one for one in told if v.language == EN and "case" in words_of(one).lower().split()]
