"""What families are told of lines that are open or closed now, and of who has read a text."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from bot.content.model import (
    MAIN_LANGUAGES,
    DangerKind,
    HelplineId,
    Hours,
    Language,
    OnHolidays,
    Review,
    SecondReview,
    TopicId,
    is_reviewed,
)
from bot.content.opening import VILNIUS
from bot.conversation import danger_notices, notices
from tests.builders import EN, LT, RU, UK
from tests.builders_dialogue import BENEFIT, QUESTION, helpline, talking_catalogue, words_of, world

OFFICE: Hours = {"mon": ("09:00-17:00",), "tue": ("09:00-17:00",), "fri": ("09:00-24:00",), "sat": ("00:00-08:00",)}
NO_GAP: Hours = dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), ("00:00-24:00",))


def said(hours: Hours, when: str, on_holidays: OnHolidays = "same", language: Language = EN) -> str:
    now = datetime.fromisoformat(when).replace(tzinfo=VILNIUS)
    return notices.hours_in_words(world(now=now).voice(language), hours, on_holidays)


@pytest.mark.parametrize(
    ("hours", "when", "on_holidays", "words"),
    [
        ("always", "2026-12-25T03:00", "unknown", "Day and night"),
        (NO_GAP, "2026-11-23T03:00", "same", "Day and night"),
        ("unknown", "2026-11-23T12:00", "same", "Hours not known"),
        ("unknown", "2026-12-25T12:00", "unknown", "Hours not known"),
        (OFFICE, "2026-11-23T12:00", "same", "Open now, until: Monday, 23 November, 17:00"),
        (OFFICE, "2026-11-27T23:30", "same", "Open now, until: Saturday, 28 November, 08:00"),
        (OFFICE, "2026-11-24T17:00", "same", "Closed now. Opens: Friday, 27 November, 09:00"),
        (OFFICE, "2026-12-25T12:00", "unknown", "Hours on a public holiday not known"),
        (OFFICE, "2026-12-25T12:00", "closed", "Closed now. Opens: Monday, 28 December, 09:00"),
        ({}, "2026-11-23T12:00", "same", "Closed now"),
    ],
)
def test_a_door_is_told_to_be_open_until_closed_until_or_not_known(
    hours: Hours, when: str, on_holidays: OnHolidays, words: str
) -> None:
    assert said(hours, when, on_holidays) == words


@pytest.mark.parametrize("language", [LT, RU, UK])
def test_hours_are_told_in_every_language(language: Language) -> None:
    shapes: list[tuple[Hours, str, OnHolidays]] = [
        ("always", "2026-11-23T12:00", "same"),
        ("unknown", "2026-11-23T12:00", "same"),
        (OFFICE, "2026-11-23T12:00", "same"),
        (OFFICE, "2026-11-23T18:00", "same"),
        (OFFICE, "2026-12-25T12:00", "unknown"),
        ({}, "2026-11-23T12:00", "same"),
    ]

    told = [said(*shape, language) for shape in shapes]

    assert len(set(told)) == len(told)
    assert not set(told) & {said(*shape) for shape in shapes}
    assert "{" not in "".join(told)


# The card ---------------------------------------------------------------------------------------------------------------


def numbers_on_a_card(now: datetime, language: Language) -> list[str]:
    violence = (DangerKind.VIOLENCE,)
    lines = {
        "hl-112": helpline("112", tuple(DangerKind)),
        "closed": helpline("101", violence, hours={"tue": ("09:00-10:00",)}, languages=(LT, UK)),
        "unknown": helpline("102", violence, hours="unknown", languages=(LT, UK)),
        "open": helpline("103", violence, languages=(LT,)),
        "open, mine": helpline("104", violence, languages=(LT, UK)),
        "by day": helpline("105", violence, hours={"mon": ("09:00-17:00",)}, languages=(UK,)),
        "of another danger": helpline("106", (DangerKind.MEDICAL,), languages=(UK,)),
        "of no danger": helpline("107", (), languages=(UK,)),
    }
    whole = talking_catalogue().model_copy(update={"helplines": {HelplineId(x): line for x, line in lines.items()}})
    v = world(whole, now=now).voice(language)
    card = danger_notices.danger_card(v, DangerKind.VIOLENCE, "47K", TopicId("safety"), QUESTION)
    return [line.text.partition("\n")[0] for line in card.lines if line.text[:3].isdecimal()]


@pytest.mark.parametrize(
    ("when", "language", "numbers"),
    [
        ("2026-11-23T12:00", UK, ["112", "104", "105", "103", "102", "101"]),
        ("2026-11-23T03:00", UK, ["112", "104", "103", "102", "101", "105"]),
        ("2026-11-23T12:00", LT, ["112", "103", "104", "105", "102", "101"]),
        ("2026-11-23T12:00", EN, ["112", "103", "104", "105", "102", "101"]),
    ],
)
def test_a_card_has_112_first_then_who_answers_now_in_the_language_and_closed_lines_last(
    when: str, language: Language, numbers: list[str]
) -> None:
    now = datetime.fromisoformat(when).replace(tzinfo=VILNIUS)

    assert numbers_on_a_card(now, language) == numbers


def test_a_card_tells_of_each_line_whether_it_is_open_now() -> None:
    whole = talking_catalogue()
    lines = dict(whole.helplines)
    lines[HelplineId("hl-women")] = helpline("101", (DangerKind.VIOLENCE,), hours=OFFICE)
    night = datetime(2026, 11, 23, 3, tzinfo=VILNIUS)
    v = world(whole.model_copy(update={"helplines": lines}), now=night).voice(EN)

    told = danger_notices.danger_card(v, DangerKind.VIOLENCE, "47K", TopicId("safety"), QUESTION)

    assert "Closed now. Opens: Monday, 23 November, 09:00" in words_of(told)


# Who has read it --------------------------------------------------------------------------------------------------------

LAWYER = Review(state="reviewed", by="lawyer", on=date(2026, 11, 1))
BOTH = LAWYER.model_copy(update={"second": SecondReview(by="mediator", on=date(2026, 11, 2))})


@pytest.mark.parametrize(
    ("review", "sensitive", "counts"),
    [
        (Review(state="unreviewed"), False, False),
        (Review(state="unreviewed"), True, False),
        (LAWYER, False, True),
        (LAWYER, True, False),
        (BOTH, False, True),
        (BOTH, True, True),
    ],
)
def test_on_law_and_violence_two_people_must_have_read_a_text(review: Review, *, sensitive: bool, counts: bool) -> None:
    assert is_reviewed(review, sensitive=sensitive) is counts


def test_a_second_reader_of_a_text_that_nobody_has_read_counts_for_nothing() -> None:
    alone = Review(state="unreviewed", second=SecondReview(by="mediator", on=date(2026, 11, 2)))

    assert not is_reviewed(alone, sensitive=True)


@pytest.mark.parametrize("language", MAIN_LANGUAGES)
def test_the_answer_says_that_nobody_has_read_it_until_enough_people_have(language: Language) -> None:
    whole = talking_catalogue()
    entry, topic = whole.entries[BENEFIT], whole.topics[TopicId("daily-life")]

    def says_so(review: Review, *, sensitive: bool) -> bool:
        text = entry.texts[language].model_copy(update={"review": review})
        changed = whole.model_copy(
            update={
                "entries": {BENEFIT: entry.model_copy(update={"texts": {**entry.texts, language: text}})},
                "topics": {**whole.topics, TopicId("daily-life"): topic.model_copy(update={"sensitive": sensitive})},
            }
        )
        v = world(changed).voice(language)
        return v.t.gettext("No specialist has read this wording yet.") in words_of(notices.answer(v, BENEFIT))

    assert says_so(LAWYER, sensitive=True)
    assert not says_so(LAWYER, sensitive=False)
    assert not says_so(BOTH, sensitive=True)
