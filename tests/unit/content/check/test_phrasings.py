from bot.content.findings import Severity
from tests.builders_content import assert_one_finding, findings, small_content


def test_five_phrasings_are_too_few() -> None:
    content = small_content()
    del content["uk/housing.yaml"]["entries"]["deposit"]["phrasings"][5:]

    assert_one_finding(content, ("uk/housing.yaml", "phrasings:"), "only 5 phrasings")


def test_seven_phrasings_are_a_warning() -> None:
    content = small_content()
    del content["uk/housing.yaml"]["entries"]["deposit"]["phrasings"][7:]

    assert_one_finding(content, ("uk/housing.yaml", "phrasings:"), "only 7 phrasings", Severity.WARNING)


def test_a_placeholder_in_a_phrasing_is_found() -> None:
    content = small_content()
    content["uk/housing.yaml"]["entries"]["deposit"]["phrasings"][2] = "30 днів, тобто {term}"

    assert_one_finding(content, ("uk/housing.yaml", "тобто"), "has braces in it")


def test_a_draft_may_have_no_phrasings_yet() -> None:
    content = small_content()
    content["entries/housing.yaml"]["entries"]["deposit"]["status"] = "draft"
    content["uk/housing.yaml"]["entries"]["deposit"]["phrasings"] = []

    facts = [(finding.fact, finding.severity) for finding in findings(content) if finding.subject == "deposit"]
    assert facts == [("only 0 phrasings.", Severity.WARNING)]
