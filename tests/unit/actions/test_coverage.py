"""How far the content is: what each text counts as, how old facts are, and what is told of it in lines."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest

from bot.actions.coverage import SIGNS, Coverage, State, coverage, languages_of
from bot.actions.coverage_text import WIDTH, as_text
from bot.content.model import ENGLISH, LITHUANIAN, MAIN_LANGUAGES, RUSSIAN, UKRAINIAN, Language
from bot.content.read import Reading, read
from tests.builders_content import TODAY, Content, named, small_content, source, written

ONCE = {"state": "reviewed", "by": "lawyer", "on": "2026-11-10"}
TWICE = ONCE | {"second": {"by": "social worker", "on": "2026-11-12"}}
VIETNAMESE = Language("vi")


def reading_of(content: Content) -> Reading:
    reading = read(written(content))
    assert reading.findings == ()
    return reading


def covered(content: Content, languages: Sequence[Language] = MAIN_LANGUAGES, today: date = TODAY) -> Coverage:
    return coverage(reading_of(content), today=today, languages=languages)


def facts(content: Content) -> dict[str, Any]:  # Any: plain YAML
    found: dict[str, Any] = content["entries/housing.yaml"]["entries"]["deposit"]
    return found


def deposit_state(content: Content, language: Language) -> State:
    return covered(content).topics[1].entries[0].cells[language].state


def mixed_content() -> Content:
    """Return an entry that is in each state somewhere, and one of which nobody has read a word."""
    content = small_content()
    content["topics.yaml"]["topics"]["housing"]["sensitive"] = True
    facts(content)["untranslated"] = ["ru"]
    for language, review in (("lt", TWICE), ("en", ONCE)):
        content[f"{language}/housing.yaml"]["entries"]["deposit"]["review"] = review
    del content["ru/housing.yaml"]["entries"]["deposit"], content["uk/housing.yaml"]["entries"]["deposit"]
    return content


# States ---------------------------------------------------------------------------------------------------------------


def test_a_text_that_nobody_has_read_is_unreviewed() -> None:
    assert deposit_state(small_content(), RUSSIAN) is State.UNREVIEWED


def test_one_reader_is_enough_where_a_topic_is_not_sensitive() -> None:
    content = small_content()
    content["en/housing.yaml"]["entries"]["deposit"]["review"] = ONCE

    assert deposit_state(content, ENGLISH) is State.REVIEWED


def test_a_sensitive_topic_needs_two_readers() -> None:
    content = mixed_content()

    assert deposit_state(content, ENGLISH) is State.REVIEWED_ONCE
    assert deposit_state(content, LITHUANIAN) is State.REVIEWED


def test_a_text_that_is_not_there_is_missing_unless_it_was_left_out_on_purpose() -> None:
    content = mixed_content()

    assert deposit_state(content, UKRAINIAN) is State.MISSING
    assert deposit_state(content, RUSSIAN) is State.UNTRANSLATED


def test_a_text_counts_for_what_it_is_although_it_may_be_left_out() -> None:
    content = small_content()
    facts(content)["untranslated"] = ["ru"]

    assert deposit_state(content, RUSSIAN) is State.UNREVIEWED


def test_a_translation_whose_base_has_changed_is_stale_although_it_was_reviewed() -> None:
    from bot.actions.authoring import stamps  # noqa: PLC0415  beside its only use

    content = small_content()
    content["en/housing.yaml"]["entries"]["deposit"]["review"] = TWICE
    stamped = stamps(reading_of(content))
    content["lt/housing.yaml"]["entries"]["deposit"]["short"] = "Paklauskite nuomotojo raštu."

    found = coverage(read(written(content) | stamped), today=TODAY, languages=MAIN_LANGUAGES)

    cells = found.topics[1].entries[0].cells
    assert [cells[language].state for language in MAIN_LANGUAGES] == [State.UNREVIEWED, *[State.STALE] * 3]


def test_a_tally_counts_every_state_also_those_that_none_is_in() -> None:
    found = covered(mixed_content())

    assert found.topics[1].tally[UKRAINIAN] == {state: int(state is State.MISSING) for state in State}
    assert found.tally[UKRAINIAN] == {state: int(state in {State.MISSING, State.UNREVIEWED}) for state in State}


def test_languages_are_the_main_ones_and_those_with_a_text() -> None:
    content = small_content()
    content["vi/housing.yaml"] = {"entries": {"deposit": content["en/housing.yaml"]["entries"]["deposit"]}}

    assert languages_of(reading_of(small_content())) == [*MAIN_LANGUAGES]
    assert languages_of(reading_of(content)) == [*MAIN_LANGUAGES, VIETNAMESE]


# Age ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("review_by", "overdue", "due"),
    [(-12, 12, True), (-1, 1, True), (0, 0, True), (30, 0, True), (31, 0, False)],
)
def test_an_entry_is_overdue_from_the_day_after_its_review_date(review_by: int, overdue: int, *, due: bool) -> None:
    content = small_content()
    facts(content)["review_by"] = (TODAY + timedelta(review_by)).isoformat()

    found = covered(content)

    assert found.topics[1].entries[0].overdue == overdue
    assert [entry.id for entry in found.due()] == ["deposit"] * due


def test_a_draft_is_never_overdue() -> None:
    content = small_content()
    facts(content).update(status="draft", review_by="2026-01-01")

    found = covered(content)

    assert (found.topics[1].entries[0].published, found.topics[1].overdue, found.due()) == (False, 0, [])


@pytest.mark.parametrize(
    ("dates", "age"),
    [
        (["undated"], None),
        (["2026-02-31"], None),
        (["2026-11-11"], 10),
        (["2026-11-11", "2025", "undated"], 10),
        (["2026-11"], 20),
        (["2026"], 324),
        (["2030"], 0),
    ],
)
def test_the_age_of_the_newest_source_counts_from_the_first_day_that_its_date_can_mean(
    dates: list[str], age: int | None
) -> None:
    content = small_content()
    facts(content)["sources"] = [source(day) for day in dates]

    assert covered(content).topics[1].entries[0].source_age == age


def test_the_oldest_facts_of_a_topic_are_told_in_days() -> None:
    assert [topic.oldest for topic in covered(small_content()).topics] == [20, 20]


# What else is counted -------------------------------------------------------------------------------------------------


def test_totals_count_drafts_too() -> None:
    content = small_content()
    facts(content)["status"] = "draft"

    totals = covered(content).totals

    assert (totals.entries, totals.drafts, totals.phrasings, totals.values, totals.sources) == (2, 1, 64, 5, 2)


def test_topics_come_in_the_order_of_the_menu_and_unknown_ones_last() -> None:
    content = small_content()
    content["topics.yaml"]["topics"] = {"housing": content["topics.yaml"]["topics"]["housing"]}

    assert [topic.id for topic in covered(content).topics] == ["housing", "education"]


def test_the_whole_country_is_no_municipality() -> None:
    content = small_content()
    content["services/place-07.yaml"] = content["services/national.yaml"]
    content["services/place-08.yaml"] = {"services": {}}

    towns = covered(content).municipalities

    assert towns.served == ("place-07",)
    assert len(towns.unserved) == 59


def test_guide_cards_are_counted_by_what_their_review_still_needs() -> None:
    text = {"title": "t", "audience": "a", "points": ["p"], "do": ["d"], "dont": ["n"]}
    card = {
        "topics": [],
        "checked": "2026-11-01",
        "confidence": "high",
        "sources": [source()],
        "texts": dict.fromkeys(MAIN_LANGUAGES, text),
    }
    content = small_content()
    content["guide/plain.yaml"] = card
    content["guide/somewhere.yaml"] = card | {"culture": "Somewhere"}
    content["guide/elsewhere.yaml"] = card | {"culture": "Elsewhere", "reviewer": "elder", "reviewed": "2026-11-02"}

    cards = covered(content).cards

    assert (cards.reviewed, cards.unreviewed, cards.cultural) == (1, 1, 1)


def test_a_step_of_a_checklist_that_leads_to_a_draft_is_not_answered() -> None:
    content = small_content()
    facts(content)["status"] = "draft"
    content["checklists.yaml"]["checklists"]["first-week"]["name"] = named("savaitė")

    (checklist,) = covered(content).checklists

    assert (checklist.id, checklist.steps, checklist.answered) == ("first-week", 2, 1)


def test_all_fields_are_json() -> None:
    found = json.loads(json.dumps(covered(mixed_content()).as_json()))

    entry = found["topics"][1]["entries"][0]
    assert found["today"] == "2026-11-21"
    assert entry["review_by"] == "2027-05-01"
    assert entry["cells"]["en"] == {"state": "reviewed once", "phrasings": 8}
    assert found["tally"]["uk"]["missing"] == 1


# As text --------------------------------------------------------------------------------------------------------------


def test_each_topic_has_one_line_with_its_counts_by_language() -> None:
    lines = as_text(covered(mixed_content())).splitlines()

    (housing,) = (line for line in lines if line.startswith("housing"))
    assert housing.split()[:5] == ["housing", "1", "0", "20", "d"]
    assert housing.split()[-4:] == ["●1", "½1", "–1", "○1"]


def test_the_bar_of_a_topic_is_made_of_its_texts_without_those_left_out_on_purpose() -> None:
    lines = as_text(covered(mixed_content())).splitlines()

    (housing,) = (line for line in lines if line.startswith("housing"))
    assert "████▓▓▓▓····" in housing


def test_the_legend_names_every_sign() -> None:
    text = as_text(covered(small_content()))

    assert all(f"\n{sign} " in text for sign in SIGNS.values())


def test_what_is_late_stale_or_missing_is_listed() -> None:
    content = mixed_content()
    facts(content)["review_by"] = "2026-11-09"

    text = as_text(covered(content))

    assert "Overdue or due within 30 days: 1\n  housing/deposit: 12 days late" in text
    assert "Stale: 0" in text
    assert "Missing: 1\n  uk housing: deposit" in text


def test_each_entry_has_a_line_only_where_they_are_asked_for() -> None:
    found = covered(mixed_content())

    (line,) = (line for line in as_text(found, entries=True).splitlines() if line.startswith("  deposit"))

    assert line.split() == ["deposit", "●", "½", "–", "○", "16", "20", "d", "310", "d", "161", "d", "high"]
    assert "\n  deposit" not in as_text(found)


def test_a_draft_is_marked() -> None:
    content = small_content()
    facts(content)["status"] = "draft"

    assert "  deposit ✎" in as_text(covered(content), entries=True)


def test_many_languages_are_told_in_several_tables_that_fit() -> None:
    languages = [*MAIN_LANGUAGES, *map(Language, ("ar", "be", "fa", "hi", "ka", "pl", "tr", "uz", "vi", "zh"))]

    text = as_text(covered(small_content(), languages), entries=True)

    assert max(map(len, text.splitlines())) <= WIDTH
    assert text.count("\neducation ") > 1
    assert [tag for tag in languages if f" {tag}" not in text] == []


def test_nothing_at_all_is_told_too() -> None:
    found = coverage(read({}), today=TODAY, languages=MAIN_LANGUAGES)

    assert as_text(found, entries=True).startswith("0 published entries and 0 drafts")
