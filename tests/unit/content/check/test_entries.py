import pytest

from bot.content.findings import Severity
from tests.builders_content import assert_one_finding, findings, small_content, topic


def test_an_entry_in_two_topics_is_found() -> None:
    content = small_content()
    content["entries/housing.yaml"]["entries"]["kindergarten"] = content["entries/education.yaml"]["entries"][
        "kindergarten"
    ]

    assert_one_finding(content, ("entries/housing.yaml", "  kindergarten:"), "in faq/entries/education.yaml too")


def test_a_text_without_facts_is_found_and_a_misspelt_id_is_guessed() -> None:
    content = small_content()
    content["lt/housing.yaml"]["entries"]["deposits"] = content["lt/housing.yaml"]["entries"]["deposit"]

    assert_one_finding(content, ("lt/housing.yaml", "  deposits:"), "(did you mean deposit?)")


def test_a_text_in_the_file_of_another_topic_is_found() -> None:
    content = small_content()
    content["lt/education.yaml"]["entries"]["deposit"] = content["lt/housing.yaml"]["entries"].pop("deposit")

    assert_one_finding(content, ("lt/education.yaml", "  deposit:"), "its facts stand in faq/entries/housing.yaml")


def test_a_missing_main_language_is_found_at_the_facts() -> None:
    content = small_content()
    content["ru/housing.yaml"]["entries"] = {}

    assert_one_finding(content, ("entries/housing.yaml", "  deposit:"), "no text in Russian")


def test_a_missing_file_is_one_finding_that_names_its_entries() -> None:
    content = small_content()
    del content["ru/housing.yaml"]

    assert_one_finding(content, ("ru/housing.yaml",), "there is no text in Russian of deposit")


def test_a_language_left_out_on_purpose_is_no_finding() -> None:
    content = small_content()
    content["ru/housing.yaml"]["entries"] = {}
    content["entries/housing.yaml"]["entries"]["deposit"]["untranslated"] = ["ru"]

    assert findings(content) == []


def test_a_draft_may_lack_languages() -> None:
    content = small_content()
    content["ru/housing.yaml"]["entries"] = {}
    content["entries/housing.yaml"]["entries"]["deposit"]["status"] = "draft"
    del content["checklists.yaml"]["checklists"]["first-week"]["steps"]["rent"]

    assert findings(content) == []


def test_a_language_said_to_be_left_out_but_written_is_found() -> None:
    content = small_content()
    content["entries/housing.yaml"]["entries"]["deposit"]["untranslated"] = ["ru"]

    assert_one_finding(
        content, ("entries/housing.yaml", "untranslated:", "- ru"), "there is a text in Russian", Severity.WARNING
    )


def test_an_unknown_language_to_leave_out_is_found() -> None:
    content = small_content()
    content["entries/housing.yaml"]["entries"]["deposit"]["untranslated"] = ["rus1"]

    assert_one_finding(content, ("entries/housing.yaml", "untranslated:", "- rus1"), '"rus1" is no language tag')


def test_another_language_needs_not_be_complete() -> None:
    content = small_content()
    content["fa-AF/housing.yaml"] = content["en/housing.yaml"]

    assert findings(content) == []


def test_a_folder_named_after_no_language_is_found() -> None:
    content = small_content()
    content["english/housing.yaml"] = content["en/housing.yaml"]

    assert_one_finding(content, ("english/housing.yaml",), 'the folder "english" is named after no language')


def test_files_of_an_unknown_topic_are_found() -> None:
    content = small_content()
    content["lt/houses.yaml"] = {"entries": {}}

    assert_one_finding(content, ("lt/houses.yaml",), 'there is no topic "houses" (did you mean housing?)')


def test_a_topic_without_entries_is_a_warning() -> None:
    content = small_content()
    content["topics.yaml"]["topics"]["work"] = topic("Darbas")

    assert_one_finding(content, ("topics.yaml", "work:"), "the topic has no entries", Severity.WARNING)


def test_an_alias_that_is_an_id_is_found() -> None:
    content = small_content()
    content["entries/housing.yaml"]["entries"]["deposit"]["aliases"] = ["kindergarten"]

    assert_one_finding(content, ("entries/housing.yaml", "aliases:", "- kindergarten"), "taken by the entry kinder")


@pytest.mark.parametrize(
    ("sibling", "fact"),
    [
        ("kindergartn", 'there is no entry "kindergartn" (did you mean kindergarten?)'),
        ("deposit", "it is its own sibling"),
    ],
)
def test_a_sibling_that_is_no_other_entry_is_found(sibling: str, fact: str) -> None:
    content = small_content()
    content["entries/housing.yaml"]["entries"]["deposit"]["siblings"] = [sibling]

    assert_one_finding(content, ("entries/housing.yaml", "siblings:", f"- {sibling}"), fact)


@pytest.mark.parametrize("entries", [("deposit",), ("deposit", "kindergarten")])
def test_siblings_may_be_told_at_one_entry_or_at_both(entries: tuple[str, ...]) -> None:
    content, other = small_content(), {"deposit": "kindergarten", "kindergarten": "deposit"}
    for file, entry in (("housing", "deposit"), ("education", "kindergarten")):
        if entry in entries:
            content[f"entries/{file}.yaml"]["entries"][entry]["siblings"] = [other[entry]]

    assert findings(content) == []


def test_an_alias_of_two_entries_is_found_at_the_second() -> None:
    content = small_content()
    content["entries/education.yaml"]["entries"]["kindergarten"]["aliases"] = ["old-id"]
    content["entries/housing.yaml"]["entries"]["deposit"]["aliases"] = ["old-id"]

    assert_one_finding(content, ("entries/housing.yaml", "aliases:", "- old-id"), "taken by the entry kindergarten")


@pytest.mark.parametrize("field", ["question", "label", "short", "details", "phrasings"])
def test_a_mark_of_what_is_to_be_replaced_is_found_in_a_published_text(field: str) -> None:
    content = small_content()
    words = content["uk/housing.yaml"]["entries"]["deposit"]
    words[field] = [*words[field], "✎ ще одне"] if field == "phrasings" else f"✎ {words[field]}"

    assert_one_finding(content, ("uk/housing.yaml", "deposit:"), 'it is published, but "✎" still stands in it')


def test_a_mark_of_what_is_to_be_replaced_is_found_in_published_facts() -> None:
    content = small_content()
    facts = content["entries/housing.yaml"]["entries"]["deposit"]
    facts["sources"][0]["url"] = "https://example.org/✎"

    assert_one_finding(content, ("entries/housing.yaml", "deposit:"), 'it is published, but "✎" still stands in it')


def test_a_draft_may_have_marks_of_what_is_to_be_replaced() -> None:
    content = small_content()
    content["entries/housing.yaml"]["entries"]["deposit"]["status"] = "draft"
    content["uk/housing.yaml"]["entries"]["deposit"]["short"] = "✎ …"

    assert [finding for finding in findings(content) if "✎" in finding.fact] == []
