"""The words in a group of specialists: they fit, they say what is possible, and they keep a family's words apart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cases.model import SPECIALISTS_REASONS, CaseId, CaseState, CloseReason, EventKind, Refusal
from bot.channels.telegram.wire import html, plain, write_press
from bot.content.model import MAIN_LANGUAGES, Catalogue, DangerKind, EntryId, Language, TeamId, TopicId
from bot.content.opening import VILNIUS
from bot.content.read import read
from bot.content.render import words
from bot.conversation import desk_notices, notices
from bot.conversation.desk import ALIAS
from bot.conversation.desk_notices import LOCK, RED, Seen
from bot.conversation.model import Attachment, AttachmentKind, Outgoing, OutgoingKind, Purpose, Token, Verb
from bot.conversation.notices import Voice
from bot.conversation.numbers import numbered
from bot.conversation.steps import Reason
from bot.matching.evidence import Level
from bot.settings import from_environment
from tests.builders import EN, LT
from tests.builders_dialogue import (
    COURSES,
    KINDERGARTEN,
    NOW,
    PHOTO,
    RASA,
    RENT,
    SCHOOL,
    SUPPORT,
    case,
    labels_of,
    messages,
    words_of,
    world,
)
from tests.fakes.bot_api.entities import utf16_length

TELEGRAMS_LONGEST, LONGEST_CAPTION, LONGEST_TOAST, LONGEST_TITLE = 4096, 1024, 200, 128
LONGEST_LABEL, LONGEST_BESIDE_ANOTHER, MOST_ROWS = 28, 14, 4
MENUS = {Verb.TEAM, Verb.ENTRY}
"""Lists to choose from have as many rows as there are teams with a group, or entries near the question."""
NUMBER, FAMILY = "123456789K", "F-123456789K"
NAME = "Aleksandra, psichologė, Šiaulių komanda."[:ALIAS]
DUE = datetime(2026, 11, 23, 17, tzinfo=VILNIUS)
SECRET = "Olena from the third floor"
"""Words that were not sent."""


def content() -> Catalogue:
    folder = from_environment().faq
    return read({x.relative_to(folder).as_posix(): x.read_text("utf-8") for x in folder.glob("**/*.yaml")}).catalogue()


PUBLISHED = content()


def longest_topic(language: Language) -> TopicId:
    return max(PUBLISHED.topics, key=lambda topic: len(PUBLISHED.topics[topic].name[language]))


@pytest.fixture(params=MAIN_LANGUAGES)
def v(request: pytest.FixtureRequest) -> Voice:
    return world().voice(Language(str(request.param)))


def real_voice(language: Language) -> Voice:
    """Return the voice of what is published."""
    return Voice(PUBLISHED, messages(), language, NOW, lambda: Token("a" * 16))


def seen(**changes: object) -> Seen:
    """Return a case as its specialists see it before anybody has it."""
    waiting = Seen(
        case(due_at=DUE), "F-7G", reason=Reason.NO_MATCH, danger=Level.NONE, danger_kind=None, asked="Where is it?"
    )
    return replace(waiting, **changes)  # type: ignore[arg-type]  # fields by name


CLAIMED = case(state=CaseState.CLAIMED, claimed_by=RASA, due_at=DUE)
ANSWERED = case(state=CaseState.ANSWERED, claimed_by=RASA, due_at=None)
CLOSED = case(state=CaseState.CLOSED, due_at=None, closed_at=NOW, close_reason=CloseReason.HELPED)
STATES = {"waiting": case(due_at=DUE), "claimed": CLAIMED, "answered": ANSWERED, "closed": CLOSED}


def verbs_of(outgoing: Outgoing) -> list[list[Verb]]:
    return [[button.verb for button in row] for row in outgoing.buttons.rows] if outgoing.buttons else []


# The card -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", STATES)
def test_a_card_has_number_topic_state_family_reason_and_words(v: Voice, state: str) -> None:
    told = desk_notices.card(v, seen(case=STATES[state], holder="Rasa"))

    first, family, *_ = told.lines
    assert first.text.startswith(f"12M · {v.catalogue.topics[TopicId('daily-life')].name[v.language]} · ")
    assert first.bold
    assert "F-7G" in family.text
    assert "Where is it?" in [line.text for line in told.lines]
    assert ("Rasa" in first.text) == (state in {"claimed", "answered"})
    assert (notices.by_when(v, DUE) in told.lines) == (STATES[state].due_at is not None)
    assert (told.kind, told.edits, told.closes_topic) == (OutgoingKind.CASE_CARD, None, None)


def test_every_state_is_told_in_words_of_its_own(v: Voice) -> None:
    told = [desk_notices.card(v, seen(case=one, holder="Rasa")).lines[0].text for one in STATES.values()]
    elsewhere = desk_notices.card(v, seen(elsewhere=SCHOOL)).lines[0].text

    assert len({*told, elsewhere}) == 5
    assert v.catalogue.teams[SCHOOL].name[v.language] in elsewhere


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_is_told_in_words(v: Voice, reason: Reason) -> None:
    told = {x: words_of(desk_notices.card(v, seen(reason=x))) for x in Reason}

    assert len(set(told.values())) == len(Reason)
    assert f"_{reason}" not in told[reason]
    assert "_" not in told[reason]


def test_what_can_be_done_with_a_case_depends_on_whether_somebody_has_it(v: Voice) -> None:
    verbs = {state: verbs_of(desk_notices.card(v, seen(case=one))) for state, one in STATES.items()}

    in_hand = [[Verb.RELEASE, Verb.TRANSFER], [Verb.INSERT], [Verb.GUIDE, Verb.CLOSE]]
    assert verbs == {
        "waiting": [[Verb.CLAIM], [Verb.TRANSFER]],
        "claimed": in_hand,
        "answered": in_hand,
        "closed": [],
    }


@pytest.mark.parametrize("state", STATES)
def test_a_case_of_another_team_has_no_buttons_left_here(v: Voice, state: str) -> None:
    told = desk_notices.card(v, seen(case=STATES[state], elsewhere=SCHOOL), edit=True)

    assert verbs_of(told) == []
    assert told.buttons is not None
    assert told.closes_topic is True


@pytest.mark.parametrize("state", STATES)
def test_an_edit_of_a_card_opens_the_topic_of_an_open_case_and_closes_that_of_a_closed_one(
    v: Voice, state: str
) -> None:
    told = desk_notices.card(v, seen(case=STATES[state]), edit=True)

    assert (told.kind, told.edits) == (OutgoingKind.CARD_EDIT, "card")
    assert told.closes_topic is (state == "closed")


def test_the_buttons_of_a_card_know_their_case(v: Voice) -> None:
    told = desk_notices.card(v, seen())

    assert told.buttons is not None
    assert (told.buttons.purpose, told.buttons.case, told.buttons.question) == (Purpose.DESK, CaseId(5), None)


@pytest.mark.parametrize("kind", [None, *DangerKind])
def test_danger_stands_first_and_is_told_in_words(v: Voice, kind: DangerKind | None) -> None:
    told = desk_notices.card(v, seen(danger=Level.RED, danger_kind=kind))

    first = told.lines[0]
    assert first.bold
    assert first.text.startswith(RED)
    assert v.language == EN or kind is None or str(kind) not in first.text


def test_what_may_be_danger_stands_first_too_without_the_mark_of_danger(v: Voice) -> None:
    amber, none = (
        desk_notices.card(v, seen(danger=level, danger_kind=DangerKind.VIOLENCE)) for level in (Level.AMBER, Level.NONE)
    )

    assert amber.lines[1:] == none.lines
    assert amber.lines[0].bold
    assert RED.strip() not in words_of(amber)


def test_a_card_tells_entries_shown_entries_near_earlier_case_and_attachments(v: Voice) -> None:
    near = ((KINDERGARTEN, 0.413), (COURSES, 0.3), (RENT, 0.2), (EntryId("gone"), 0.1))

    text = words_of(desk_notices.card(v, seen(tried=(RENT, EntryId("gone")), nearest=near, follows="9J", files=3)))

    assert f"{v.label(KINDERGARTEN)} 0.41, {v.label(COURSES)} 0.30, {v.label(RENT)} 0.20" in text
    assert "9J" in text
    assert "3" in text
    assert "gone" not in text


def test_a_card_without_these_has_no_line_for_them(v: Voice) -> None:
    bare, full = (
        desk_notices.card(v, x) for x in (seen(), seen(tried=(RENT,), nearest=((COURSES, 0.3),), follows="9J", files=1))
    )

    assert len(full.lines) == len(bare.lines) + 4


def test_a_card_tells_what_was_said_since_and_by_whom_and_nothing_that_was_held(v: Voice) -> None:
    said = (("opened", "x"), ("written", "He is four."), ("held", SECRET), ("replied", "Yes, he can."), ("claimed", ""))

    text = words_of(desk_notices.card(v, seen(said=said)))

    assert "F-7G: He is four." in text
    assert ": Yes, he can." in text
    assert SECRET not in text


@pytest.mark.parametrize("asked", ["", "x"])
def test_a_card_without_words_says_so(v: Voice, asked: str) -> None:
    assert (v.t.gettext("No words yet.") in words_of(desk_notices.card(v, seen(asked=asked)))) == (not asked)


def test_words_from_right_to_left_stay_in_their_order_on_a_card_in_another_language(v: Voice) -> None:
    told = desk_notices.card(v, seen(case=case(language=Language("ar")), asked="أين المدرسة؟ 12"))

    assert "\u2066أين المدرسة؟ 12\u2069" in [line.text for line in told.lines]


def test_a_card_tells_what_goes_to_the_family_and_what_does_not(v: Voice) -> None:
    assert "/note" in desk_notices.card(v, seen()).lines[-1].text


@given(
    asked=st.text(max_size=20) | st.integers(0, 6000).map(lambda n: "ж" * n),
    said=st.lists(
        st.tuples(st.sampled_from(["written", "replied", "reopened"]), st.integers(0, 6000).map(lambda n: "ш" * n)),
        max_size=6,
    ),
    language=st.sampled_from(MAIN_LANGUAGES),
    state=st.sampled_from(sorted(STATES)),
    edit=st.booleans(),
)
def test_a_card_fits_whatever_the_family_wrote(
    asked: str, said: list[tuple[str, str]], language: Language, state: str, *, edit: bool
) -> None:
    longest = sorted(PUBLISHED.entries, key=lambda x: len(real_voice(language).label(x)))[-6:]
    whole = seen(
        case=replace(STATES[state], number=NUMBER, topic=longest_topic(language), language=Language("be")),
        family=FAMILY,
        asked=asked,
        said=tuple(said),
        danger=Level.RED,
        danger_kind=DangerKind.TRAFFICKING,
        reason=Reason.CLARIFIED_ONCE,
        tried=tuple(longest),
        nearest=tuple((x, 0.1234) for x in longest),
        follows=NUMBER,
        files=100,
        holder=NAME,
    )

    assert len(plain(desk_notices.card(real_voice(language), whole, edit=edit).lines)) <= TELEGRAMS_LONGEST


def test_the_beginning_of_long_words_is_on_the_card_and_it_shows_that_there_is_more(v: Voice) -> None:
    text = words_of(desk_notices.card(v, seen(asked="a" * 4096, said=(("written", "b" * 4096),))))

    assert "a" * 1000 in text
    assert "b" * 200 in text
    assert text.count(" …") == 2


# Titles ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", MAIN_LANGUAGES)
def test_a_title_is_number_and_topic_and_so_has_no_words_of_the_family(language: Language) -> None:
    v = real_voice(language)
    names = {topic: words(one.name, language) for topic, one in PUBLISHED.topics.items()}
    unknown = v.t.gettext("Topic not known")

    for topic in (None, TopicId("gone"), *names):
        told = desk_notices.title(v, case(number=NUMBER, topic=topic))

        assert told == f"{NUMBER} · {names.get(topic, unknown) if topic else unknown}"
        assert len(told) <= LONGEST_TITLE


def test_an_endless_topic_name_is_cut(v: Voice) -> None:
    topic = v.catalogue.topics[TopicId("daily-life")].model_copy(
        update={"name": dict.fromkeys(MAIN_LANGUAGES, "x" * 300)}
    )
    other = v.catalogue.model_copy(update={"topics": {TopicId("daily-life"): topic}})

    assert len(desk_notices.title(replace(v, catalogue=other), case())) == LONGEST_TITLE


# What families write --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["He is four.", "<b>&amp;", "{family}", "x\ny"])
def test_a_familys_words_come_under_its_alias_and_number(v: Voice, text: str) -> None:
    (told,) = desk_notices.family_writes(v, "12M", "F-7G", text, ())

    head, said = told.lines
    assert head.bold
    assert "F-7G" in head.text
    assert "12M" in head.text
    assert said.text == text
    assert told.kind is OutgoingKind.DESK


def test_each_attachment_comes_with_whose_it_is(v: Voice) -> None:
    file = Attachment("file-1", AttachmentKind.FILE, "application/pdf", 9)

    words, *files = desk_notices.family_writes(v, "12M", "F-7G", "look", (PHOTO, file))

    assert [one.file for one in files] == [PHOTO, file]
    assert all(one.lines == (words.lines[0],) for one in files)
    assert [one.file for one in desk_notices.family_writes(v, "12M", "F-7G", "", (PHOTO,))] == [PHOTO]


@pytest.mark.parametrize("sign", ["ж", "😀"])
@pytest.mark.parametrize("length", [1, 2048, 2500, 4096, 6000])
def test_a_familys_words_fit_however_long_they_are(v: Voice, sign: str, length: int) -> None:
    for one in desk_notices.family_writes(v, NUMBER, FAMILY, sign * length, (PHOTO,)):
        assert utf16_length(plain(one.lines)) <= (LONGEST_CAPTION if one.file else TELEGRAMS_LONGEST)


def test_a_card_full_of_emoji_fits(v: Voice) -> None:
    whole = seen(asked="😀" * 2048, said=(("written", "😀" * 2048),) * 6)

    assert utf16_length(plain(desk_notices.card(v, whole).lines)) <= TELEGRAMS_LONGEST


def test_a_familys_words_are_marked_as_theirs_and_ours_are_not(v: Voice) -> None:
    told = desk_notices.family_writes(v, NUMBER, FAMILY, "/release", ())
    shown = desk_notices.card(v, seen(asked="/release", said=(("written", "/close"),)))

    assert {line.text for one in (*told, shown) for line in one.lines if line.theirs} == {
        "/release",
        "F-7G: /close",
    }


@pytest.mark.parametrize("length", [3500, 3600, 4096])
def test_a_specialist_can_read_all_that_a_family_wrote(v: Voice, length: int) -> None:
    text = "".join(chr(ord("a") + n % 26) for n in range(length))

    told = desk_notices.family_writes(v, NUMBER, FAMILY, text, ())

    assert "".join(line.text for one in told for line in one.lines if not line.bold) == text


# Everything else ------------------------------------------------------------------------------------------------------


def every_message(language: Language) -> Iterator[tuple[str, Outgoing]]:
    """Yield everything that can be said in a group, each in its longest form, with a name for the report."""
    v = real_voice(language)
    for state, one in STATES.items():
        whole = replace(one, number=NUMBER, topic=longest_topic(language))
        for edit in (False, True):
            told = desk_notices.card(v, seen(case=whole, family=FAMILY, holder=NAME, danger=Level.RED), edit=edit)
            yield f"card {state} {edit}", told
    yield "card elsewhere", desk_notices.card(v, seen(elsewhere=TeamId("legal")), edit=True)
    for refusal in Refusal:
        why = desk_notices.refused(v, refusal, NUMBER, NAME)
        for take_over in (False, True):
            yield f"held {refusal}", desk_notices.held(v, CaseId(5), "1:2", why, take_over=take_over)
    for entry_id, entry in PUBLISHED.entries.items():
        there = language if language in entry.texts else next(iter(entry.texts))
        near = [x for x in PUBLISHED.entries if x != entry_id][:3]
        text = "\n\n".join(line.text for line in notices.answer(real_voice(there), entry_id, neighbours=near).lines)
        yield f"preview {entry_id}", desk_notices.preview(v, case(language=there), text, "1:p2")
    yield "entries", desk_notices.entries_to_choose(v, case(), tuple(PUBLISHED.entries)[:5])
    yield "all teams", desk_notices.teams_to_choose(v, case(number=NUMBER), tuple(PUBLISHED.teams))
    for team in PUBLISHED.teams:
        for forum in (True, False):
            yield f"connected {team} {forum}", desk_notices.connected(v, team, forum=forum)
        yield f"not here {team}", desk_notices.not_here(v, NUMBER, team)
    yield from {
        "already sent": desk_notices.already_sent(v),
        "anonymous": desk_notices.anonymous(v),
        "code unknown": desk_notices.code_unknown(v),
        "digest": desk_notices.digest(v, [NUMBER] * 40, [NUMBER] * 40),
        "failed": desk_notices.failed(v),
        "family writes": desk_notices.family_writes(v, NUMBER, FAMILY, "x", ())[0],
        "file lost": desk_notices.file_lost(v, NUMBER),
        "help": desk_notices.help_text(v),
        "join first": desk_notices.join_first(v),
        "joined": desk_notices.joined(v, NAME),
        "no entries": desk_notices.entries_to_choose(v, case(), ()),
        "no right to topics": desk_notices.no_right_to_topics(v),
        "no teams": desk_notices.teams_to_choose(v, case(), ()),
        "not delivered": desk_notices.not_delivered(v, NUMBER),
        "noted": desk_notices.noted(v, NUMBER),
        "one waits": desk_notices.digest(v, [NUMBER], []),
        "overdue": desk_notices.overdue(v, EventKind.POSTPONED, case(number=NUMBER)),
        "returned": desk_notices.overdue(v, EventKind.RETURNED, case(number=NUMBER)),
        "reachable": desk_notices.reachable(v, NUMBER, FAMILY),
        "reasons": desk_notices.reasons_to_choose(v, case(number=NUMBER)),
        "uncertain": desk_notices.uncertain(v, NUMBER),
        "unknown order": desk_notices.unknown_order(v),
        "unreachable": desk_notices.unreachable(v, NUMBER, FAMILY),
    }.items()


@pytest.fixture(params=MAIN_LANGUAGES, scope="module")
def every(request: pytest.FixtureRequest) -> list[tuple[str, Outgoing]]:
    return list(every_message(Language(str(request.param))))


def test_every_message_fits_and_has_no_empty_line(every: list[tuple[str, Outgoing]]) -> None:
    assert [name for name, told in every if len(plain(told.lines)) > TELEGRAMS_LONGEST] == []
    assert [name for name, told in every if not told.lines or not all(line.text.strip() for line in told.lines)] == []
    assert [name for name, told in every if not html(told)] == []


def test_no_message_has_a_placeholder_left(every: list[tuple[str, Outgoing]]) -> None:
    assert [name for name, told in every if {"{", "}"} & set(plain(told.lines))] == []


def test_every_label_fits_its_button(every: list[tuple[str, Outgoing]]) -> None:
    rows = [row for _, told in every if told.buttons for row in told.buttons.rows]

    assert {b.label for row in rows for b in row if not 0 < len(b.label) <= LONGEST_LABEL} == set()
    assert {b.label for row in rows if len(row) > 1 for b in row if len(b.label) > LONGEST_BESIDE_ANOTHER} == set()
    assert max(map(len, rows)) == 2


def test_every_label_fits_also_when_it_is_marked(every: list[tuple[str, Outgoing]]) -> None:
    marked = {Verb.SEND, Verb.TAKE_OVER, Verb.NOTE, Verb.CANCEL, Verb.REASON}
    labels = {
        b.label for _, told in every if told.buttons for row in told.buttons.rows for b in row if b.verb in marked
    }

    assert {label for label in labels if len(f"✓ {label}") > LONGEST_LABEL} == set()


def test_no_message_but_a_list_to_choose_from_has_more_than_four_rows(every: list[tuple[str, Outgoing]]) -> None:
    tall = [
        name
        for name, told in every
        if told.buttons
        and len(told.buttons.rows) > MOST_ROWS
        and not {b.verb for row in told.buttons.rows for b in row} <= MENUS
    ]

    assert tall == []


def test_no_two_buttons_of_a_message_say_or_do_the_same(every: list[tuple[str, Outgoing]]) -> None:
    for name, told in every:
        buttons = [button for row in told.buttons.rows for button in row] if told.buttons else []
        assert len({button.label for button in buttons}) == len(buttons), name
        assert len({(button.verb, button.choice) for button in buttons}) == len(buttons), name


def test_every_button_fits_telegram_and_is_one_of_specialists(every: list[tuple[str, Outgoing]]) -> None:
    for name, told in every:
        for row in told.buttons.rows if told.buttons else ():
            assert all(told.buttons and len(write_press(button, told.buttons).encode()) <= 64 for button in row), name
            assert all(button.verb.value.isupper() for button in row), name


def test_every_message_is_in_the_language_of_the_group_and_for_specialists(every: list[tuple[str, Outgoing]]) -> None:
    kinds = {OutgoingKind.CASE_CARD, OutgoingKind.CARD_EDIT, OutgoingKind.DESK}

    assert len({told.language for _, told in every}) == 1
    assert {told.kind for _, told in every} == kinds


@pytest.mark.parametrize("language", [Language("ar"), Language("be")])
def test_a_group_whose_language_we_do_not_speak_reads_english(language: Language) -> None:
    v = world().voice(language)

    assert {told.language for told in (desk_notices.card(v, seen()), desk_notices.help_text(v))} == {EN}


# One by one -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("refusal", Refusal)
def test_a_refusal_names_the_case_and_who_has_it(v: Voice, refusal: Refusal) -> None:
    told = desk_notices.refused(v, refusal, "12M", "Rasa")

    assert "12M" in told
    assert ("Rasa" in told) == (refusal is Refusal.HAS_ANOTHER)
    assert len(told) <= LONGEST_TOAST


def test_every_refusal_has_words_of_its_own(v: Voice) -> None:
    assert len({desk_notices.refused(v, x, "12M", "Rasa") for x in Refusal}) == len(Refusal)


@pytest.mark.parametrize("text", ["", "x", "x" * 500])
def test_a_toast_is_short_and_answers_its_press(v: Voice, text: str) -> None:
    told = desk_notices.toast(v, "query-1", text)

    assert (told.kind, told.query, told.buttons) == (OutgoingKind.TOAST, "query-1", None)
    assert [line.text for line in told.lines] == ([text[:LONGEST_TOAST]] if text else [])


@pytest.mark.parametrize(("take_over", "verb"), [(True, Verb.TAKE_OVER), (False, Verb.SEND)])
def test_held_words_say_why_and_that_they_were_not_sent(v: Voice, verb: Verb, *, take_over: bool) -> None:
    told = desk_notices.held(v, CaseId(5), "1:2", "Rasa has 12M.", take_over=take_over)

    assert [line.text for line in told.lines] == ["Rasa has 12M.", v.t.gettext("It was not sent to the family.")]
    assert verbs_of(told) == [[verb], [Verb.NOTE], [Verb.CANCEL]]
    assert told.buttons is not None
    assert (told.buttons.case, told.buttons.held) == (CaseId(5), "1:2")


def test_teams_are_chosen_by_name_in_the_order_of_their_buttons(v: Voice) -> None:
    told = desk_notices.teams_to_choose(v, case(), [SCHOOL, SUPPORT])

    assert labels_of(told) == [[v.catalogue.teams[x].name[v.language]] for x in (SCHOOL, SUPPORT)]
    assert told.buttons is not None
    assert (told.buttons.teams, told.buttons.case) == ((SCHOOL, SUPPORT), CaseId(5))
    assert "12M" in words_of(told)


def test_without_another_team_that_has_a_group_nobody_is_asked(v: Voice) -> None:
    assert desk_notices.teams_to_choose(v, case(), []).buttons is None


def test_a_team_that_content_no_longer_has_is_named_by_its_id(v: Voice) -> None:
    assert desk_notices.team_name(v, TeamId("gone")) == "gone"


def test_the_reasons_of_specialists_can_be_chosen_and_no_others(v: Voice) -> None:
    told = desk_notices.reasons_to_choose(v, case())

    assert told.buttons is not None
    assert told.buttons.reasons == SPECIALISTS_REASONS
    assert labels_of(told) == [[desk_notices.reason_in_words(v, one)] for one in SPECIALISTS_REASONS]


def test_every_reason_for_an_end_has_words_of_its_own(v: Voice) -> None:
    assert len({desk_notices.reason_in_words(v, one) for one in CloseReason}) == len(CloseReason)


def test_entries_are_chosen_by_their_label(v: Voice) -> None:
    told = desk_notices.entries_to_choose(v, case(), [KINDERGARTEN, RENT])

    assert labels_of(told) == [[v.label(KINDERGARTEN)], [v.label(RENT)]]
    assert told.buttons is not None
    assert told.buttons.entries == (KINDERGARTEN, RENT)
    assert desk_notices.entries_to_choose(v, case(), []).buttons is None


def test_a_preview_shows_the_text_as_it_will_go(v: Voice) -> None:
    told = desk_notices.preview(v, case(), "Apply here.", "1:p2")

    assert told.lines[1].text == "Apply here."
    assert verbs_of(told) == [[Verb.SEND], [Verb.CANCEL]]
    assert told.buttons is not None
    assert told.buttons.held == "1:p2"


def test_a_note_is_confirmed_without_its_words(v: Voice) -> None:
    told = desk_notices.noted(v, "12M")

    assert told.lines[0].text.startswith(LOCK)
    assert "12M" in words_of(told)


@pytest.mark.parametrize(
    ("n", "said"), [(1, "1 question waits."), (2, "2 questions wait."), (11, "11 questions wait.")]
)
def test_a_digest_counts_and_names_all_and_those_of_danger_apart(n: int, said: str) -> None:
    numbers = [f"{x}A" for x in range(n)]

    first, danger, rest, _ = desk_notices.digest(world().voice(EN), numbers, ["0A"]).lines

    assert first.text == said
    assert danger.text.startswith(RED)
    assert danger.text.endswith("0A")
    assert rest.text == ", ".join(numbers)


def test_a_digest_of_very_many_questions_still_fits(v: Voice) -> None:
    numbers = [f"{n:05}A" for n in range(800)]

    assert len(plain(desk_notices.digest(v, numbers, numbers[:100]).lines)) <= TELEGRAMS_LONGEST


@pytest.mark.parametrize("forum", [True, False])
def test_a_welcome_tells_how_to_switch_topics_on_only_where_they_are_off(v: Voice, *, forum: bool) -> None:
    told = desk_notices.connected(v, SCHOOL, forum=forum)

    off = desk_notices.topics_are_off(v)
    assert v.catalogue.teams[SCHOOL].name[v.language] in told.lines[0].text
    assert verbs_of(told) == [[Verb.WORK_HERE]]
    assert [line.text in off for line in told.lines[2:]] == ([] if forum else [True] * len(off))


def test_help_lists_every_order_that_works_on_a_case(v: Voice) -> None:
    text = words_of(desk_notices.help_text(v))

    for order in ("claim", "release", "transfer", "close", "insert", "note", "name", "language"):
        assert f"/{order} " in text


def test_who_works_here_is_told_the_name_that_families_see(v: Voice) -> None:
    told = desk_notices.joined(v, "Rasa, social worker")

    assert "Rasa, social worker" in told.lines[0].text
    assert "/name" in words_of(told)


def test_a_group_that_chose_no_language_reads_lithuanian() -> None:
    assert desk_notices.help_text(world().voice(LT)).language == LT


@pytest.mark.parametrize("kind", [EventKind.RETURNED, EventKind.POSTPONED])
def test_time_that_ran_out_is_told_with_the_new_promise_and_the_mark_of_danger_where_it_is_one(
    v: Voice, kind: EventKind
) -> None:
    calm, urgent = (desk_notices.overdue(v, kind, case(urgent=x, due_at=DUE)) for x in (False, True))

    assert "12M" in calm.lines[0].text
    assert calm.lines[1].text == notices.by_when(v, DUE).text
    assert urgent.lines[0].text.startswith(RED)
    assert not calm.lines[0].text.startswith(RED)


def test_who_has_not_chosen_a_name_is_numbered_in_the_words_of_each_reader(v: Voice) -> None:
    told = [
        words_of(desk_notices.card(v, seen(case=CLAIMED, holder=numbered(3)))),
        desk_notices.refused(v, Refusal.HAS_ANOTHER, "12M", numbered(3)),
        words_of(desk_notices.joined(v, numbered(3))),
    ]

    assert all(v.t.gettext("specialist {n}").format(n=3) in text for text in told)
    assert not any("#" in text for text in told)
