from datetime import date

from bot.content.check import check
from bot.content.read import read
from tests.builders_content import TODAY, findings, small_content, written


def test_sound_content_has_no_findings() -> None:
    assert findings(small_content()) == []


def test_content_that_is_sound_today_has_only_warnings_later() -> None:
    later = findings(small_content(), today=date(2040, 1, 1))

    assert later
    assert {str(finding.severity) for finding in later} == {"warning"}


def test_all_problems_of_all_files_are_found_at_once_in_their_order() -> None:
    content = small_content()
    content["entries/education.yaml"]["entries"]["kindergarten"]["body"] = "smms"
    content["entries/housing.yaml"]["entries"]["deposit"]["sources"] = []
    content["uk/housing.yaml"]["entries"]["deposit"]["short"] += " 112"

    assert [finding.file for finding in findings(content)] == [
        "entries/education.yaml",
        "entries/housing.yaml",
        "uk/housing.yaml",
    ]


def test_a_broken_file_does_not_hide_the_problems_of_others() -> None:
    content = small_content()
    content["entries/housing.yaml"]["entries"]["deposit"]["sources"] = []
    files = written(content) | {"lt/education.yaml": "entries: [", "helplines.yaml": "helplines: ["}

    facts = [finding.fact for finding in check(read(files), today=TODAY)]

    assert facts == ["it has no source."]


def test_a_broken_entry_makes_nothing_else_look_wrong() -> None:
    content = small_content()
    del content["lt/housing.yaml"]["entries"]["deposit"]["short"]
    del content["institutions.yaml"]["institutions"]["smsm"]["name"]
    del content["helplines.yaml"]["helplines"]["hl-rent"]["cost"]
    del content["services/national.yaml"]["services"]["office"]["checked"]
    del content["topics.yaml"]["topics"]["housing"]["team"]
    reading = read(written(content))

    assert len(reading.findings) == 5
    assert check(reading, today=TODAY) == []


def test_a_finding_says_place_fact_consequence_and_remedy() -> None:
    content = small_content()
    del content["uk/housing.yaml"]["entries"]["deposit"]

    (finding,) = findings(content)

    assert str(finding) == (
        "entries/housing.yaml:2  deposit: no text in Ukrainian.\n"
        "    People who ask this in Ukrainian are handed to a specialist.\n"
        '    Add deposit to faq/uk/housing.yaml, or list "uk" under "untranslated" here.'
    )
