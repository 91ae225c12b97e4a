"""Which lines a message has, in which order, and which buttons: what to do first, why second, source last."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from bot.content.model import (
    MAIN_LANGUAGES,
    Catalogue,
    Confidence,
    DangerKind,
    Entry,
    EntryFacts,
    Language,
    SecondReview,
    SmallTalkKind,
    TopicId,
    WorkingTime,
)
from bot.content.opening import VILNIUS
from bot.content.render import direction, format_day, locale_of
from bot.conversation import case_notices, danger_notices, notices
from bot.conversation.model import OutboxId, Outgoing, OutgoingKind, Purpose, Verb
from bot.conversation.notices import Voice
from tests.builders import EN, LT, RU, UK
from tests.builders_dialogue import (
    COURSES,
    DOCTOR,
    FOSTER_CARE,
    KINDERGARTEN,
    QUESTION,
    RENT,
    labels_of,
    messages,
    reviewed,
    talking_catalogue,
    verbs_of,
    words_of,
    world,
)

EDUCATION = TopicId("education")


def with_facts(content: Catalogue, **changes: object) -> Catalogue:
    """Return a catalogue whose kindergarten entry has other facts."""
    one = content.entries[KINDERGARTEN]
    facts: EntryFacts = one.facts.model_copy(update=changes)
    return content.model_copy(
        update={"entries": {**content.entries, KINDERGARTEN: one.model_copy(update={"facts": facts})}}
    )


def in_order(outgoing: Outgoing, *marks: str) -> None:
    """Assert that each mark stands in a later line than the one before it."""
    at = -1
    for mark in marks:
        found = next((n for n, line in enumerate(outgoing.lines) if n > at and mark in line.text), None)
        assert found is not None, f"{mark!r} is not below line {at} of {words_of(outgoing)!r}"
        at = found


# Answers --------------------------------------------------------------------------------------------------------------


def test_an_answer_says_what_to_do_then_details_then_its_source(v: Voice) -> None:
    told = notices.answer(v, KINDERGARTEN, neighbours=[COURSES, RENT], question=QUESTION)

    first, details, *_ = told.lines
    assert (first.bold, first.quote, first.text.split()[:2]) == (True, False, ["Short", f"{v.language}:"])
    assert (details.bold, details.quote, details.text.split()[:2]) == (False, True, ["Details", f"{v.language}:"])
    body = v.catalogue.institutions[v.catalogue.entries[KINDERGARTEN].facts.body].name[v.language]
    in_order(
        told,
        first.text,
        details.text,
        "https://www.e-tar.lt/best",
        "2026",
        body,
        v.question(COURSES),
    )


def test_an_answer_tells_the_body_and_the_day_its_facts_were_checked(v: Voice) -> None:
    told = notices.answer(v, KINDERGARTEN)

    (line,) = [line.text for line in told.lines if format_day(date(2026, 11, 1), locale_of(v.language)) in line.text]
    assert line.startswith(v.catalogue.institutions[v.catalogue.entries[KINDERGARTEN].facts.body].name[v.language])


def test_an_answer_cites_the_source_that_editors_put_first(v: Voice) -> None:
    text = words_of(notices.answer(v, KINDERGARTEN))

    assert "https://www.e-tar.lt/best" in text
    assert "https://www.e-tar.lt/new" not in text
    assert "https://www.e-tar.lt/bare" not in text


def test_a_source_without_a_date_is_said_to_have_none(v: Voice) -> None:
    (bare,) = [x for x in v.catalogue.entries[KINDERGARTEN].facts.sources if x.date == "undated"]
    content = with_facts(v.catalogue, sources=(bare,))

    told = notices.answer(replace(v, catalogue=content), KINDERGARTEN)

    assert v.t.gettext("The source page has no date.") in words_of(told)


@pytest.mark.parametrize(
    ("newest", "confirms"), [("2024-11", True), ("2024", True), ("2024-10", False), ("2023", False)]
)
def test_what_no_page_of_the_last_two_years_says_is_said_to_be_unconfirmed_since(
    v: Voice, newest: str, *, confirms: bool
) -> None:
    source = v.catalogue.entries[KINDERGARTEN].facts.sources[0].model_copy(update={"date": newest})
    content = with_facts(v.catalogue, sources=(source,))
    at = datetime(2026, 11, 20, 12, tzinfo=VILNIUS)

    text = words_of(notices.answer(replace(v, catalogue=content, now=at), KINDERGARTEN))

    unconfirmed = v.t.gettext("Not confirmed since: {date}").partition("{")[0]
    assert (unconfirmed in text) is not confirms


def test_a_sensitive_text_counts_as_read_only_after_a_second_reader(v: Voice) -> None:
    entry = v.catalogue.entries[KINDERGARTEN]
    topic = v.catalogue.topics[entry.topic].model_copy(update={"sensitive": True})
    sensitive = {"topics": {**v.catalogue.topics, entry.topic: topic}}
    once = reviewed(entry, v.language)
    second = SecondReview(by="lawyer", on=date(2026, 11, 1))
    review = once.texts[v.language].review.model_copy(update={"second": second})
    text = once.texts[v.language].model_copy(update={"review": review})
    twice = once.model_copy(update={"texts": {**once.texts, v.language: text}})

    def told(entry: Entry) -> str:
        content = v.catalogue.model_copy(update={**sensitive, "entries": {**v.catalogue.entries, KINDERGARTEN: entry}})
        return words_of(notices.answer(replace(v, catalogue=content), KINDERGARTEN))

    unread = v.t.gettext("No specialist has read this wording yet.")
    assert [unread in told(one) for one in (entry, once, twice)] == [True, True, False]


def test_an_answer_without_review_is_said_to_be_so_and_a_reviewed_one_is_not(v: Voice) -> None:
    content = v.catalogue
    read = reviewed(content.entries[KINDERGARTEN], v.language)
    other = content.model_copy(update={"entries": {**content.entries, KINDERGARTEN: read}})

    fresh, seen = notices.answer(v, KINDERGARTEN), notices.answer(replace(v, catalogue=other), KINDERGARTEN)

    assert len(fresh.lines) == len(seen.lines) + 1
    assert set(seen.lines) < set(fresh.lines)


@pytest.mark.parametrize("confidence", [Confidence.LOW, Confidence.UNVERIFIED])
def test_an_answer_that_is_not_certain_says_so(v: Voice, confidence: Confidence) -> None:
    sure = notices.answer(v, KINDERGARTEN)

    unsure = notices.answer(replace(v, catalogue=with_facts(v.catalogue, confidence=confidence)), KINDERGARTEN)

    assert len(unsure.lines) == len(sure.lines) + 1


def test_an_answer_past_its_review_date_says_so_and_not_a_day_before(v: Voice) -> None:
    due = v.catalogue.entries[KINDERGARTEN].facts.review_by

    midnight = datetime.combine(due + timedelta(days=1), time(), VILNIUS)

    on_the_day = notices.answer(replace(v, now=midnight - timedelta(minutes=1)), KINDERGARTEN)
    after = notices.answer(replace(v, now=midnight), KINDERGARTEN)

    assert len(after.lines) == len(on_the_day.lines) + 1


def test_an_answer_offers_helped_not_this_two_neighbours_and_last_a_person(v: Voice) -> None:
    told = notices.answer(v, KINDERGARTEN, neighbours=[COURSES, RENT, DOCTOR, FOSTER_CARE])

    assert verbs_of(told) == [[Verb.HELPED, Verb.NOT_THIS], [Verb.CHOICE], [Verb.CHOICE], [Verb.PERSON]]
    assert labels_of(told)[1:3] == [[v.label(COURSES)], [v.label(RENT)]]
    assert told.buttons is not None
    assert told.buttons.entries == (COURSES, RENT, DOCTOR)


def test_neighbours_are_numbered_as_they_can_be_asked_for(v: Voice) -> None:
    told = notices.answer(v, KINDERGARTEN, neighbours=[COURSES, RENT, DOCTOR])

    listed = told.lines[-1].text.splitlines()[1:]
    assert listed == [f"{n}. {v.question(x)}" for n, x in enumerate([COURSES, RENT, DOCTOR], start=1)]


def test_a_neighbour_that_the_language_does_not_have_is_named_in_one_it_has() -> None:
    v = world().voice(EN)

    told = notices.answer(v, KINDERGARTEN, neighbours=[FOSTER_CARE])

    assert "как стать приёмным родителем" in told.lines[-1].text


# Asking back ----------------------------------------------------------------------------------------------------------


def test_a_clarification_is_one_question_with_its_choices_and_last_a_person(v: Voice) -> None:
    told = notices.clarification(v, [KINDERGARTEN, COURSES, RENT], QUESTION)

    assert len(told.lines) == 1
    assert verbs_of(told) == [[Verb.CHOICE], [Verb.CHOICE], [Verb.CHOICE], [Verb.SOMETHING_ELSE], [Verb.PERSON]]


def test_languages_are_offered_by_their_own_names_and_last_a_person() -> None:
    told = notices.other_language(world().voice(EN), FOSTER_CARE, QUESTION)

    assert labels_of(told)[:-1] == [["Русский"], ["Українська"]]
    assert verbs_of(told)[-1] == [Verb.PERSON]


# People ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("asked", [True, False])
def test_a_hand_over_tells_that_a_person_will_who_by_when_and_the_number(v: Voice, *, asked: bool) -> None:
    told = notices.hand_over(v, "47K", EDUCATION, asked=asked)

    first, who, within, by_when, number = told.lines
    assert first.bold
    assert v.catalogue.teams[v.catalogue.topics[EDUCATION].team].name[v.language] in who.text
    assert within.text == notices.target_in_words(v, WorkingTime(working_days=2))
    # Asked on a Saturday: two working days end on Tuesday evening.
    assert by_when == notices.by_when(v, datetime(2026, 11, 24, 17, tzinfo=VILNIUS))
    assert by_when.bold
    assert "47K" in number.text
    assert told.silent
    assert told.buttons is None


def test_a_promised_instant_is_told_with_weekday_day_and_hour_in_lithuania(v: Voice) -> None:
    told = notices.by_when(v, datetime(2026, 11, 24, 15, tzinfo=UTC)).text

    said = {
        EN: "Tuesday, 24 November, 17:00",
        LT: "antradienis, lapkričio 24 d., 17:00",
        RU: "вторник, 24 ноября, 17:00",
        UK: "вівторок, 24 листопада, 17:00",
    }
    assert said[v.language] in told


def test_a_question_that_is_kept_already_is_told_its_own_promise_not_a_new_one(v: Voice) -> None:
    due_at = datetime(2026, 12, 1, 11, tzinfo=VILNIUS)

    told = notices.hand_over(v, "47K", EDUCATION, asked=True, due_at=due_at)

    assert notices.by_when(v, due_at) in told.lines
    assert sum("24" in line.text for line in told.lines) == 0


def test_a_new_case_can_be_added_to_or_taken_back_at_once(v: Voice) -> None:
    told = notices.hand_over(v, "47K", None, asked=True, opened_by=QUESTION)

    assert verbs_of(told) == [[Verb.ADD], [Verb.WITHDRAW]]
    assert told.buttons is not None
    assert (told.buttons.purpose, told.buttons.question, told.buttons.case) == (Purpose.CASE, QUESTION, None)


def test_a_hand_over_says_that_there_is_no_answer_only_if_nobody_asked_for_a_person(v: Voice) -> None:
    asked, not_found = (notices.hand_over(v, "47K", None, asked=x) for x in (True, False))

    assert asked.lines[0] != not_found.lines[0]
    assert asked.lines[1:] == not_found.lines[1:]


def test_a_question_of_no_topic_is_promised_for_the_slowest(v: Voice) -> None:
    assert notices.target_of(v.catalogue, None) == WorkingTime(working_days=2)
    assert notices.team_of(v.catalogue, None) == v.catalogue.teams[v.catalogue.default_team]


@pytest.mark.parametrize(
    ("target", "said"),
    [
        (WorkingTime(working_days=1), {EN: "1 working day", LT: "1 darbo dieną", RU: "1 ", UK: "1 "}),
        (WorkingTime(working_days=2), {EN: "2 working days", LT: "2 ", RU: "2 ", UK: "2 "}),
        (WorkingTime(working_hours=1), {EN: "1 working hour", LT: "1 ", RU: "1 ", UK: "1 "}),
        (WorkingTime(working_hours=21), {EN: "21 working hours", LT: "21 ", RU: "21 ", UK: "21 "}),
    ],
)
def test_a_promise_is_said_in_working_days_or_hours(v: Voice, target: WorkingTime, said: dict[Language, str]) -> None:
    assert said[v.language] in notices.target_in_words(v, target)


@pytest.mark.parametrize("language", [LT, RU, UK])
def test_one_two_and_five_days_have_three_forms(language: Language) -> None:
    v = world().voice(language)

    said = [notices.target_in_words(v, WorkingTime(working_days=n)) for n in (1, 2, 11, 21, 22)]

    forms = [text.replace(str(n), "_") for text, n in zip(said, (1, 2, 11, 21, 22), strict=True)]
    assert forms[0] == forms[3]
    assert forms[1] == forms[4]
    assert len(set(forms)) >= 2


def test_who_asks_for_a_person_first_is_asked_last_what_it_is_about(v: Voice) -> None:
    told = notices.ask_for_the_question(v, "47K", None)

    assert told.lines[:-1] == notices.hand_over(v, "47K", None, asked=True).lines
    assert told.kind is OutgoingKind.HAND_OVER


def test_a_failure_is_admitted_first_promises_a_person_and_tells_whom_to_call_in_danger(v: Voice) -> None:
    told = notices.failed(v, "47K")

    assert told.lines[0].bold
    assert told.lines[1:-1] == notices.hand_over(v, "47K", None, asked=True).lines
    assert told.lines[-1] == notices.danger_line(v)
    assert "112" in told.lines[-1].text


# Danger ---------------------------------------------------------------------------------------------------------------


def test_a_card_begins_with_112_alone_and_lists_the_lines_for_this_danger(v: Voice) -> None:
    told = danger_notices.danger_card(v, DangerKind.VIOLENCE, "47K", TopicId("safety"), QUESTION)

    first, what, call, *_ = told.lines
    assert (first.text, first.bold) == ("112", True)
    assert what.text.startswith("Police, ambulance, fire.")
    assert call.bold
    in_order(told, "112", what.text, call.text, "+370 800 66366", "47K")
    assert "116 111" not in words_of(told)
    assert "1809" not in words_of(told)
    assert "None" not in words_of(told)
    assert told.silent
    assert told.kind is OutgoingKind.CARD


def test_a_card_tells_who_will_read_it_and_by_when(v: Voice) -> None:
    told = danger_notices.danger_card(v, DangerKind.VIOLENCE, "47K", TopicId("safety"), QUESTION)

    by_when = notices.by_when(v, datetime(2026, 11, 23, 13, tzinfo=VILNIUS))
    in_order(told, "47K", "support team", notices.target_in_words(v, WorkingTime(working_hours=4)), by_when.text)


def test_a_card_offers_what_to_do_without_a_call(v: Voice) -> None:
    told = danger_notices.danger_card(v, DangerKind.VIOLENCE, "47K", None, QUESTION)

    assert verbs_of(told) == [[Verb.CANNOT_CALL], [Verb.DANGER_OVER], [Verb.HIDE]]
    assert told.buttons is not None
    assert (told.buttons.purpose, told.buttons.question) == (Purpose.CARD, QUESTION)


def test_a_card_for_a_danger_without_lines_of_its_own_has_112(v: Voice) -> None:
    told = danger_notices.danger_card(v, None, "47K", None, QUESTION)

    assert told.lines[0].text == "112"
    assert "800 66366" not in words_of(told)


def test_a_card_past_the_database_promises_nothing_that_needs_it_and_tells_of_another_way_than_calls(v: Voice) -> None:
    kept = danger_notices.danger_card(v, DangerKind.VIOLENCE, "47K", TopicId("safety"), QUESTION)

    told = danger_notices.direct_card(v, DangerKind.VIOLENCE)

    assert told.lines[:4] == kept.lines[:4]
    assert told.lines[-1] == kept.lines[-1]
    in_order(told, v.t.gettext("I cannot alert a person at this moment. Please call."), "SMS")
    assert not set(told.lines[4:-1]) & set(kept.lines)
    assert (told.kind, told.buttons, told.silent) == (OutgoingKind.CARD, None, True)


def test_a_helpline_tells_number_name_hours_and_languages(v: Voice) -> None:
    lines = v.catalogue.helplines
    women, child, quiet = (notices.helpline_line(v, lines[x]) for x in list(lines)[1:5] if lines[x].number)

    assert "+370 800 66366" in women.splitlines()[0]
    assert women.splitlines()[1].startswith("Line")
    assert locale_of(v.language).languages["ru"] in women
    assert len({women.splitlines()[1].split(",")[0], child.splitlines()[1].split(",")[0]}) == 2
    assert v.t.gettext("languages not known") in child
    assert v.t.gettext("Hours not known") in quiet


def test_who_cannot_call_is_told_the_number_for_a_message(v: Voice) -> None:
    told = danger_notices.cannot_call(v)

    assert "112" in told.lines[0].text
    assert told.lines[0].bold
    assert told.silent


# Talk and notices -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", SmallTalkKind)
def test_small_talk_is_one_line_and_a_person(v: Voice, kind: SmallTalkKind) -> None:
    told = notices.small_talk(v, kind)

    assert len(told.lines) == 1
    assert verbs_of(told) == [[Verb.PERSON]]


def test_no_two_kinds_of_small_talk_get_the_same_reply(v: Voice) -> None:
    assert len({words_of(notices.small_talk(v, kind)) for kind in SmallTalkKind}) == len(SmallTalkKind)


def test_the_languages_stand_two_a_row_with_the_present_one_first_and_marked(v: Voice) -> None:
    told = notices.pick_language(v)

    rows = labels_of(told)
    assert [len(row) for row in rows] == [2, 2]
    assert rows[0][0].startswith("✓ ")
    assert sum(label.startswith("✓") for row in rows for label in row) == 1
    assert told.buttons is not None
    assert told.buttons.languages[0] == v.language
    assert set(told.buttons.languages) == set(MAIN_LANGUAGES)


def test_the_title_of_the_languages_is_in_all_of_them(v: Voice) -> None:
    (title,) = notices.pick_language(v).lines

    assert [messages().of(x).gettext("Language") in title.text for x in MAIN_LANGUAGES] == [True] * 4


def test_a_repicked_language_moves_the_mark_and_keeps_the_order(v: Voice) -> None:
    picker = notices.pick_language(world().voice(LT)).buttons
    assert picker is not None

    edit = notices.repicked(v, picker, "900")

    marked = [label for row in labels_of(edit) for label in row if label.startswith("✓")]
    assert len(marked) == 1
    assert (edit.edits, edit.lines) == ("900", ())
    assert [label.removeprefix("✓ ") for row in labels_of(edit) for label in row] == [
        "Lietuvių",
        "English",
        "Русский",
        "Українська",
    ]


def test_the_welcome_tells_how_to_ask_and_what_is_kept(v: Voice) -> None:
    told, notice = notices.welcome(v), notices.first_notice(v)

    assert told.lines[0].bold
    assert told.lines[1:] == notice.lines
    assert "/privacy" in words_of(notice)
    assert (told.silent, notice.silent) == (False, True)


def test_help_has_the_emergency_number_first_and_all_commands(v: Voice) -> None:
    told = notices.help_text(v)

    assert "112" in told.lines[0].text
    for command in ("/human", "/questions", "/topics", "/language", "/privacy"):
        assert command in words_of(told)


def test_the_menu_lists_topics_that_have_entries_and_last_a_person(v: Voice) -> None:
    told = notices.topics(v)

    assert told.buttons is not None
    assert told.buttons.topics == ("education", "daily-life", "health")
    assert verbs_of(told) == [[Verb.TOPIC]] * 3 + [[Verb.PERSON]]


def test_a_topic_lists_its_entries_in_the_language_and_last_a_person(v: Voice) -> None:
    told = notices.topic(v, TopicId("daily-life"))

    assert told.buttons is not None
    assert (FOSTER_CARE in told.buttons.entries) == (v.language in {RU, UK})
    assert verbs_of(told)[-1] == [Verb.PERSON]


def test_a_topic_that_exists_only_in_other_languages_lists_those() -> None:
    content = talking_catalogue()
    only = content.model_copy(update={"entries": {FOSTER_CARE: content.entries[FOSTER_CARE]}})

    told = notices.topic(world(only).voice(EN), TopicId("daily-life"))

    assert told.buttons is not None
    assert told.buttons.entries == (FOSTER_CARE,)


@pytest.mark.parametrize(
    "make",
    [
        lambda v: case_notices.file_refused(v, QUESTION),
        lambda v: notices.no_words(v, QUESTION),
        notices.in_other_words,
    ],
)
def test_a_person_is_in_reach_where_we_did_not_understand(v: Voice, make: Callable[[Voice], Outgoing]) -> None:
    assert verbs_of(make(v))[-1] == [Verb.PERSON]


def test_an_interruption_asks_and_offers_to_show_again(v: Voice) -> None:
    told = notices.interrupted(v, (OutboxId(7),))

    assert verbs_of(told) == [[Verb.SHOW]]
    assert told.buttons is not None
    assert told.buttons.owed == (7,)


def test_the_person_button_is_worded_alike_everywhere(v: Voice) -> None:
    made = [
        notices.answer(v, KINDERGARTEN),
        notices.clarification(v, [KINDERGARTEN], QUESTION),
        notices.topics(v),
        notices.small_talk(v, SmallTalkKind.GREETING),
    ]

    assert len({labels_of(one)[-1][0] for one in made}) == 1


def test_used_buttons_keep_their_token_and_what_they_belong_to(v: Voice) -> None:
    told = notices.answer(v, KINDERGARTEN, neighbours=[COURSES], question=QUESTION)
    assert told.buttons is not None

    edit = notices.used(v, told.buttons, "Helped", "900", keep=(notices.person_button(v),))

    assert edit.buttons is not None
    assert replace(edit.buttons, rows=told.buttons.rows) == told.buttons


@pytest.mark.parametrize("language", [Language("ar"), Language("fa")])
def test_a_message_says_the_language_it_is_really_in_so_that_its_direction_is_right(language: Language) -> None:
    v = world().voice(language)

    told = [notices.welcome(v), notices.hand_over(v, "47K", None, asked=True), notices.topics(v)]

    assert direction(language) == "rtl"
    assert {direction(one.language) for one in told} == {"ltr"}
