"""What holds for every message that the published content and the bot's own texts can make."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import cache

import pytest

from bot.cases.model import CHANGES_HANDS, SPECIALISTS_REASONS, CaseId, CaseState, EventKind
from bot.channels.telegram.wire import html, plain, write_press
from bot.content.model import MAIN_LANGUAGES, Catalogue, DangerKind, EntryId, Language, SmallTalkKind, TeamId, TopicId
from bot.content.read import read
from bot.conversation import case_notices, danger_notices, limit_notices, notices
from bot.conversation.case_notices import Moved
from bot.conversation.model import (
    Attachment,
    AttachmentKind,
    Channel,
    InboxId,
    OpenCase,
    OutboxId,
    Outgoing,
    OutgoingKind,
    Purpose,
    Token,
    Verb,
)
from bot.conversation.notices import Voice
from bot.matching.evidence import Writer
from bot.settings import from_environment
from tests.builders_dialogue import NOW, QUESTION, messages, open_case

LONGEST_MESSAGE = 3_500
LONGEST_LABEL = 28
LONGEST_BESIDE_ANOTHER = 14
MOST_ROWS = 4
MENUS = {Purpose.TOPICS, Purpose.TOPIC, Purpose.LANGUAGES, Purpose.CASES}
"""As many rows as there are things to choose from; each says so by its name."""
CHOICES = {Purpose.CLARIFY, Purpose.OFFER}
"""One row more: three choices or four languages, and a way out of them. Fewer choices would hide the right one."""
NO_ROOM_FOR_A_PERSON = {Purpose.CARD, Purpose.LANGUAGES, Purpose.UNCERTAIN}
WITH_A_PERSON_ALREADY = {Purpose.CASE, Purpose.CASES, Purpose.RATING, Purpose.FILE}
"""They are about a question that a person has, or lead to one."""
ALIAS = "Aleksandra, psichologė, Šiaulių komanda"
NUMBER = "123456789K"


@cache
def content() -> Catalogue:
    """Return what is published, sound or not: another test tells about its findings."""
    folder = from_environment().faq
    return read({x.relative_to(folder).as_posix(): x.read_text("utf-8") for x in folder.glob("**/*.yaml")}).catalogue()


def voice(language: Language) -> Voice:
    return Voice(content(), messages(), language, NOW, lambda: Token("a" * 16))


def neighbours_of(entry_id: EntryId, v: Voice) -> list[EntryId]:
    """Return the three entries whose questions are longest."""
    others = (x for x in content().entries if x != entry_id)
    return sorted(others, key=lambda x: len(v.question(x)), reverse=True)[:3]


def every_message(language: Language) -> Iterator[tuple[str, Outgoing]]:
    """Yield everything that can be said in a language, each in its longest form, with a name for the report."""
    v, number, question = voice(language), NUMBER, QUESTION
    for entry_id, entry in content().entries.items():
        near = neighbours_of(entry_id, v)
        if language in entry.texts:
            yield entry_id, notices.answer(v, entry_id, neighbours=near, question=question)
        yield f"choose {entry_id}", notices.clarification(v, [entry_id, *near[:2]], question)
        yield f"offer {entry_id}", notices.other_language(v, entry_id, question)
        yield f"chosen {entry_id}", notices.chosen(v, v.label(entry_id), "900")
    for topic in (None, *content().topics):
        yield (
            f"for approval {topic}",
            notices.hand_over(v, number, topic, asked=True, approval=True, opened_by=question),
        )
        yield f"hand-over {topic}", notices.hand_over(v, number, topic, asked=False, opened_by=question)
        yield f"ask for the question {topic}", notices.ask_for_the_question(v, number, topic)
        if topic is not None:
            yield f"topic {topic}", notices.topic(v, topic)
    for kind in (None, *DangerKind):
        yield f"card {kind}", danger_notices.danger_card(v, kind, number, TopicId("safety"), question)
        for writer in Writer:
            yield f"card {kind} {writer}", danger_notices.danger_card(v, kind, number, None, question, writer=writer)
        yield f"direct card {kind}", danger_notices.direct_card(v, kind)
    for talk in SmallTalkKind:
        yield f"small talk {talk}", notices.small_talk(v, talk)
    yield from {
        "cannot call": danger_notices.cannot_call(v),
        "a child cannot call": danger_notices.cannot_call(v, Writer.CHILD),
        "danger over": danger_notices.danger_over(v),
        "failed": notices.failed(v, number),
        "first notice": notices.first_notice(v),
        "glad": notices.glad(v),
        "added instead": limit_notices.added_instead(v, open_case(number, topic=None, due_at=NOW)),
        "barred": limit_notices.barred(v, NOW),
        "help": notices.help_text(v),
        "in other words": notices.in_other_words(v),
        "interrupted": notices.interrupted(v, (OutboxId(1),)),
        "language set": notices.language_set(v),
        "languages": notices.pick_language(v),
        "no words": notices.no_words(v, InboxId(1)),
        "old button": notices.old_button(v),
        "paused": limit_notices.paused(v, NOW),
        "still barred": limit_notices.still_barred(v, NOW),
        "unbarred": limit_notices.unbarred(v),
        "write it there": limit_notices.write_it_there(v, number),
        "privacy": notices.privacy(v),
        "topics": notices.topics(v),
        "welcome": notices.welcome(v),
    }.items()
    yield from every_message_about_cases(v)


def every_message_about_cases(v: Voice) -> Iterator[tuple[str, Outgoing]]:
    number, question, case_id = NUMBER, QUESTION, CaseId(5)
    for team in content().teams:
        for kind in (x for x in EventKind if case_notices_tell_of(x)):
            told = Moved(kind, case_id, number, team, ALIAS, NOW)
            yield f"{kind} {team}", case_notices.moved(v, told)
        for reason in SPECIALISTS_REASONS:
            told = Moved(EventKind.CLOSED, case_id, number, team, reason=reason)
            yield f"closed {reason} {team}", case_notices.moved(v, told)
    states = (CaseState.ANSWERED, CaseState.CLAIMED, CaseState.WAITING)
    cases: list[OpenCase] = [
        open_case(
            f"{n:09}K", id=CaseId(n), topic=topic, state=states[n % 3], due_at=NOW, team=content().topics[topic].team
        )
        for n, topic in enumerate(content().topics)
    ]
    for n, one in enumerate(cases):
        yield f"my question {n}", case_notices.my_question(v, one)
    files = [Attachment("ref", kind) for kind in AttachmentKind]
    replies = case_notices.reply(v, case_id, number, ALIAS, "a reply " * 100, files)
    yield from ((f"reply {n}", reply) for n, reply in enumerate(replies))
    yield from {
        "added": case_notices.added(v, number),
        "added, with a way out": case_notices.added(v, number, question=question),
        "correction": case_notices.correction(v, number, ALIAS, "a reply")[0],
        "file kept back": case_notices.file_kept_back(v),
        "file not passed on": case_notices.file_not_passed_on(v, number),
        "file refused": case_notices.file_refused(v, question),
        "file warning": case_notices.file_warning(v, question),
        "my questions": case_notices.my_questions(v, cases),
        "no question": case_notices.my_questions(v, []),
        "not open": case_notices.not_open(v, number),
        "what is missing": case_notices.what_is_missing(v, number),
        "which case": case_notices.which_case(v, cases, question),
        "write now": case_notices.write_now(v, number),
    }.items()


def case_notices_tell_of(kind: EventKind) -> bool:
    return kind in CHANGES_HANDS and kind is not EventKind.CLOSED


@pytest.fixture(params=MAIN_LANGUAGES, scope="module")
def every(request: pytest.FixtureRequest) -> list[tuple[str, Outgoing]]:
    return list(every_message(Language(str(request.param))))


def test_every_message_fits_one_telegram_message(every: list[tuple[str, Outgoing]]) -> None:
    too_long = [name for name, told in every if len(html(told)) > LONGEST_MESSAGE]

    assert too_long == []


def test_every_message_has_words_and_no_empty_line_of_its_own(every: list[tuple[str, Outgoing]]) -> None:
    empty = [name for name, told in every if not told.lines or any(not line.text.strip() for line in told.lines)]

    assert empty == []


def test_every_label_fits_a_button(every: list[tuple[str, Outgoing]]) -> None:
    labels = {
        button.label
        for _, told in every
        if told.buttons
        for row in told.buttons.rows
        for button in row
        if button.verb is not Verb.LANGUAGE
    }

    assert {label for label in labels if len(label) > LONGEST_LABEL} == set()
    assert "" not in labels


def test_buttons_beside_each_other_are_short(every: list[tuple[str, Outgoing]]) -> None:
    rows = [row for _, told in every if told.buttons for row in told.buttons.rows]

    assert max(map(len, rows)) == 2
    assert {b.label for row in rows if len(row) > 1 for b in row if len(b.label) > LONGEST_BESIDE_ANOTHER} == set()


def test_a_marked_label_still_fits_a_button(every: list[tuple[str, Outgoing]]) -> None:
    markable = {
        Verb.HELPED, Verb.NOT_THIS, Verb.SOMETHING_ELSE, Verb.SHOW, Verb.WITHDRAW, Verb.SOLVED, Verb.YES, Verb.PARTLY,
        Verb.NO, Verb.NEW_QUESTION, Verb.SEND_FILE, Verb.KEEP_FILE,
    }  # fmt: skip
    labels = {
        button.label
        for _, told in every
        if told.buttons
        for row in told.buttons.rows
        for button in row
        if button.verb in markable
    }

    assert {label for label in labels if len(f"✓ {label}") > LONGEST_LABEL} == set()


def test_no_message_but_a_menu_has_more_than_four_rows_and_a_choice_one_more(every: list[tuple[str, Outgoing]]) -> None:
    tall = [
        name
        for name, told in every
        if told.buttons
        and told.buttons.purpose not in MENUS
        and len(told.buttons.rows) > MOST_ROWS + (told.buttons.purpose in CHOICES)
    ]

    assert tall == []


def test_a_person_is_the_last_row_wherever_there_are_buttons_of_the_bot(every: list[tuple[str, Outgoing]]) -> None:
    without = [
        name
        for name, told in every
        if told.buttons
        and told.buttons.purpose not in NO_ROOM_FOR_A_PERSON | WITH_A_PERSON_ALREADY
        and [button.verb for button in told.buttons.rows[-1]] != [Verb.PERSON]
    ]

    assert without == []


def test_a_message_that_a_person_has_got_can_be_said_to_be_a_new_question(every: list[tuple[str, Outgoing]]) -> None:
    by_name = dict(every)
    for name in ("added, with a way out", "which case"):
        told = by_name[name]
        assert told.buttons is not None
        assert [button.verb for button in told.buttons.rows[-1]] == [Verb.NEW_QUESTION]


def test_no_two_buttons_of_a_message_say_or_do_the_same(every: list[tuple[str, Outgoing]]) -> None:
    for name, told in every:
        if told.buttons is None:
            continue
        buttons = [button for row in told.buttons.rows for button in row]
        assert len({button.label for button in buttons}) == len(buttons), name
        assert len({(button.verb, button.choice) for button in buttons}) == len(buttons), name


def test_the_data_of_every_button_fits_telegram(every: list[tuple[str, Outgoing]]) -> None:
    for _, told in every:
        for row in told.buttons.rows if told.buttons else ():
            assert all(told.buttons and len(write_press(button, told.buttons).encode()) <= 64 for button in row)


def test_no_message_has_a_placeholder_left(every: list[tuple[str, Outgoing]]) -> None:
    left = [name for name, told in every if any("{" in line.text or "}" in line.text for line in told.lines)]

    assert left == []


def test_no_message_has_marks_of_direction_that_are_not_closed(every: list[tuple[str, Outgoing]]) -> None:
    for name, told in every:
        for line in told.lines:
            opened = sum(line.text.count(mark) for mark in "\u2066\u2067\u2068")
            assert opened == line.text.count("\u2069"), name
            assert not set(line.text) & set("\u202a\u202b\u202c\u202d\u202e\u200e\u200f"), name


def test_no_message_has_characters_that_cannot_be_shown(every: list[tuple[str, Outgoing]]) -> None:
    for name, told in every:
        for line in told.lines:
            shown = line.text.replace("\n", "")
            assert not {unicodedata.category(char) for char in shown} & {"Cc", "Co", "Cn", "Cs"}, name


def test_every_message_is_labelled_with_the_language_it_is_in(every: list[tuple[str, Outgoing]]) -> None:
    assert len({told.language for _, told in every}) == 1


def test_danger_cards_and_hand_overs_make_no_sound(every: list[tuple[str, Outgoing]]) -> None:
    loud = [
        name
        for name, told in every
        if told.kind in {OutgoingKind.CARD, OutgoingKind.HAND_OVER} and not told.silent and name != "failed"
    ]

    assert loud == []


def test_every_card_has_112_first_and_a_line_of_its_own_for_every_helpline(every: list[tuple[str, Outgoing]]) -> None:
    for name, told in every:
        if told.kind is not OutgoingKind.CARD:
            continue
        assert told.lines[0].text == "112", name
        kind = told.buttons.danger if told.buttons else None
        child = name.split()[-1] in set(Writer)
        for line in content().helplines.values():
            shown = any(line.number and line.number in written.text for written in told.lines)
            others = {"adults", "women"} if child else set() if kind is DangerKind.CHILD_DANGER else {"children"}
            assert shown or kind not in line.danger or not line.number or line.audience in others, (name, line.number)
            assert not child or shown or line.audience != "children" or not line.number, name


def test_texts_of_one_channel_do_not_name_another(every: list[tuple[str, Outgoing]]) -> None:
    named = [name for name, told in every if any(Channel.TELEGRAM in line.text.lower() for line in told.lines)]

    assert [name for name in named if name not in content().entries] == []


@pytest.mark.parametrize("language", MAIN_LANGUAGES)
def test_a_family_with_very_many_questions_still_gets_their_list(language: Language) -> None:
    topic = max(content().topics, key=lambda x: len(content().topics[x].name[language]))
    cases = [open_case(f"{n:09}K", id=CaseId(n), topic=topic, team=TeamId("legal"), due_at=NOW) for n in range(60)]

    told = case_notices.my_questions(voice(language), cases)

    assert len(plain(told.lines)) <= 4096
