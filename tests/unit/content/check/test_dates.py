from datetime import date

import pytest

from bot.content.check.dates import is_overdue
from bot.content.findings import Severity
from bot.content.read import FactsFile, read
from tests.builders_content import TODAY, Content, assert_one_finding, findings, small_content, source, written


@pytest.fixture
def content() -> Content:
    return small_content()


def test_an_entry_without_a_source_is_found(content: Content) -> None:
    content["entries/housing.yaml"]["entries"]["deposit"]["sources"] = []

    assert_one_finding(content, ("entries/housing.yaml", "sources:"), "it has no source")


def test_a_helpline_without_a_source_is_found_if_it_is_shown(content: Content) -> None:
    content["helplines.yaml"]["helplines"]["hl-rent"]["sources"] = []

    assert_one_finding(content, ("helplines.yaml", "hl-rent:", "sources:"), "it has no source")


def test_a_helpline_that_is_not_shown_needs_no_source(content: Content) -> None:
    content["helplines.yaml"]["helplines"]["hl-old"] = content["helplines.yaml"]["helplines"]["hl-rent"] | {
        "sources": [],
        "publish": False,
    }

    assert findings(content) == []


@pytest.mark.parametrize("day", ["2026-11-22", "2026-12", "2027"])
def test_a_source_of_a_day_to_come_is_found(content: Content, day: str) -> None:
    content["entries/housing.yaml"]["entries"]["deposit"]["sources"].append(source(day))

    assert_one_finding(content, ("entries/housing.yaml", "sources:", "date:", "date:"), "lies in the future")


@pytest.mark.parametrize("day", ["2026-11-21", "2026-11", "2026", "undated"])
def test_a_source_of_today_is_sound(content: Content, day: str) -> None:
    content["entries/housing.yaml"]["entries"]["deposit"]["sources"].append(source(day))

    assert findings(content) == []


@pytest.mark.parametrize("day", ["2026-02-30", "2026-13"])
def test_a_source_of_a_day_that_never_is_is_found(content: Content, day: str) -> None:
    content["services/national.yaml"]["services"]["office"]["sources"] = [source(day)]

    assert_one_finding(content, ("services/national.yaml", "date:"), "is not in the calendar")


def test_an_estimated_year_to_come_is_found(content: Content) -> None:
    content["helplines.yaml"]["helplines"]["hl-rent"]["sources"] = [source("undated") | {"about": "2027"}]

    assert_one_finding(content, ("helplines.yaml", "hl-rent:", "about:"), '"2027" lies in the future')


def test_a_check_of_a_day_to_come_is_found(content: Content) -> None:
    content["entries/housing.yaml"]["entries"]["deposit"]["checked"] = "2026-12-01"

    assert_one_finding(content, ("entries/housing.yaml", "checked:"), "2026-12-01")


def test_a_review_of_a_day_to_come_is_found(content: Content) -> None:
    review = {"state": "reviewed", "by": "ukrainian-editor", "on": "2026-12-01"}
    content["uk/housing.yaml"]["entries"]["deposit"]["review"] = review

    assert_one_finding(content, ("uk/housing.yaml", "'on':"), "2026-12-01, which lies in the future")


def test_a_review_date_before_the_check_is_found(content: Content) -> None:
    content["entries/housing.yaml"]["entries"]["deposit"]["review_by"] = "2026-11-01"

    assert_one_finding(content, ("entries/housing.yaml", "review_by:"), "not later than")


def test_an_overdue_entry_is_a_warning_since_families_still_need_it(content: Content) -> None:
    content["entries/housing.yaml"]["entries"]["deposit"]["review_by"] = "2026-11-20"

    assert_one_finding(content, ("entries/housing.yaml", "review_by:"), "by 2026-11-20", Severity.WARNING)


def test_a_review_date_is_announced_thirty_days_before(content: Content) -> None:
    entry = content["entries/housing.yaml"]["entries"]["deposit"]

    entry["review_by"] = "2026-12-22"
    assert findings(content) == []

    entry["review_by"] = "2026-12-21"
    assert_one_finding(content, ("entries/housing.yaml", "review_by:"), "in 30 days", Severity.WARNING)


def test_an_entry_is_overdue_after_its_review_date_only(content: Content) -> None:
    content["entries/housing.yaml"]["entries"]["deposit"]["review_by"] = TODAY.isoformat()
    (facts,) = read(written(content)).of_kind(FactsFile)["entries/housing.yaml"].entries.values()

    assert not is_overdue(facts, TODAY)
    assert is_overdue(facts, date(2026, 11, 22))
