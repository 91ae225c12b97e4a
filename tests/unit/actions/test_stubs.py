"""What editors begin with: sound as it stands, clear about what is missing, and nothing that stood there touched."""

from datetime import date

import pytest
import yaml

from bot.actions.checking import check_everything
from bot.actions.stubs import files_of_entry, new_entry, new_language, new_municipality
from bot.content.check.entries import UNFINISHED
from bot.content.findings import Finding, Severity
from bot.content.model import MAIN_LANGUAGES, Command, DangerKind, EntryId, Language, SmallTalkKind
from bot.content.read import FactsFile, TextsFile, read
from bot.errors import StubRefused
from tests.builders_content import TODAY, Content, small_content, text, written

HOUSING = files_of_entry("housing")


def begun(files: dict[str, str], topic: str = "housing", entry_id: str = "balcony") -> dict[str, str]:
    present = {file: files[file] for file in files_of_entry(topic) if file in files}
    return new_entry(read(files), present, topic, entry_id, today=TODAY)


def errors(files: dict[str, str]) -> list[Finding]:
    return list(check_everything(files, today=TODAY).errors)


@pytest.fixture
def files() -> dict[str, str]:
    return written(small_content())


# An entry -------------------------------------------------------------------------------------------------------------


def test_a_new_entry_is_a_draft_in_the_main_languages_and_no_error(files: dict[str, str]) -> None:
    made = begun(files)

    report = check_everything(files | made, today=TODAY)
    assert set(made) == {"entries/housing.yaml", *(f"{language}/housing.yaml" for language in MAIN_LANGUAGES)}
    assert (report.errors, report.drafts, report.entries) == ((), 1, 2)
    assert {finding.fact for finding in report.warnings} == {"only 0 phrasings."}


def test_what_stood_in_the_files_stays_to_the_last_byte(files: dict[str, str]) -> None:
    for file, whole in begun(files).items():
        assert whole.startswith(files[file])
        assert whole.endswith("\n")


def test_the_new_entry_takes_over_what_its_topic_usually_has(files: dict[str, str]) -> None:
    facts = read(files | begun(files)).of_kind(FactsFile)["entries/housing.yaml"].entries[EntryId("balcony")]

    assert (facts.status, facts.owner, facts.body) == ("draft", "education-editor", "smsm")
    assert (facts.checked, facts.confidence, facts.values) == (TODAY, "unverified", {})
    assert facts.review_by > TODAY


def test_everything_that_an_editor_must_replace_is_marked(files: dict[str, str]) -> None:
    reading = read(files | begun(files))

    facts = reading.of_kind(FactsFile)["entries/housing.yaml"].entries[EntryId("balcony")]
    assert all(UNFINISHED in source.url for source in facts.sources)
    for language in MAIN_LANGUAGES:
        words = reading.of_kind(TextsFile)[f"{language}/housing.yaml"].entries[EntryId("balcony")]
        assert all(UNFINISHED in part for part in (words.question, words.label, words.short, words.details))
        assert words.review.state == "unreviewed"


def test_a_new_entry_that_is_published_as_it_stands_is_an_error(files: dict[str, str]) -> None:
    made = begun(files)
    made["entries/housing.yaml"] = made["entries/housing.yaml"].replace("status: draft", "status: published")

    facts = {finding.fact for finding in errors(files | made)}

    assert facts == {'it is published, but "✎" still stands in it.', "only 0 phrasings."}


def test_two_new_entries_do_not_get_in_each_others_way(files: dict[str, str]) -> None:
    files |= begun(files)
    files |= begun(files, entry_id="balconies")

    assert errors(files) == []


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("last", ["", "newline", "comment"])
def test_line_ends_are_kept_and_a_missing_one_is_added(files: dict[str, str], newline: str, last: str) -> None:
    exact = {}
    for file in HOUSING:
        ended = {"": "", "newline": "\n", "comment": "\n# The end.\n\n"}[last]
        exact[file] = (files[file].rstrip("\n") + ended).replace("\n", newline)

    made = new_entry(read(files), exact, "housing", "balcony", today=TODAY)

    for file, whole in made.items():
        assert whole.startswith(exact[file])
        assert whole.count("\n") == whole.count(newline) > files[file].count("\n")
    assert errors(files | made) == []


def test_entries_are_indented_as_those_before(files: dict[str, str]) -> None:
    exact = {file: yaml.safe_dump(yaml.safe_load(files[file]), indent=4, allow_unicode=True) for file in HOUSING}

    made = new_entry(read(files | exact), exact, "housing", "balcony", today=TODAY)

    assert "\n    balcony:\n      status: draft\n" in made["entries/housing.yaml"]
    assert errors(files | made) == []


def test_a_block_of_text_at_the_end_of_a_file_stays_as_it_is(files: dict[str, str]) -> None:
    files["entries/housing.yaml"] += "    note: |\n      First line.\n\n      - second: line"

    made = begun(files)

    before = read(files).of_kind(FactsFile)["entries/housing.yaml"].entries
    after = read(files | made).of_kind(FactsFile)["entries/housing.yaml"].entries
    assert dict(before).items() <= dict(after).items()


def test_a_topic_without_files_gets_them() -> None:
    content = small_content()
    content["topics.yaml"]["topics"]["rights"] = content["topics.yaml"]["topics"]["housing"]
    files = written(content)

    made = begun(files, topic="rights")

    facts = read(files | made).of_kind(FactsFile)["entries/rights.yaml"].entries[EntryId("balcony")]
    assert (facts.owner, facts.body) == ("rights-editor", "smsm")
    assert errors(files | made) == []


def spoilt(content: Content) -> Content:
    content["entries/education.yaml"]["entries"]["kindergarten"]["aliases"] = ["nursery"]
    content["uk/housing.yaml"]["entries"]["forgotten"] = text("deposit", Language("uk"))
    return content


@pytest.mark.parametrize(
    ("topic", "entry_id", "why"),
    [
        ("housing", "deposit", '"deposit" stands in faq/entries/housing.yaml already'),
        ("housing", "kindergarten", '"kindergarten" stands in faq/entries/education.yaml already'),
        ("housing", "nursery", '"nursery" stands in faq/entries/education.yaml already'),
        ("housing", "forgotten", '"forgotten" stands in faq/uk/housing.yaml already'),
        ("housing", "Balcony", '"Balcony" is no id'),
        ("housing", "balcony_rules", "is no id"),
        ("housing", "balcony--rules", "is no id"),
        ("housing", "-balcony", "is no id"),
        ("housing", "balkonas-ė", "is no id"),
        ("housing", "2-rooms", "is no id"),
        ("housing", "", "is no id"),
        ("housng", "balcony", 'no topic "housng" (did you mean housing?)'),
        ("x", "balcony", 'no topic "x"; topics are: education, housing'),
    ],
)
def test_what_cannot_be_begun_is_refused_with_the_reason(topic: str, entry_id: str, why: str) -> None:
    files = written(spoilt(small_content()))

    with pytest.raises(StubRefused) as refused:
        begun(files, topic, entry_id)

    assert why in str(refused.value)


@pytest.mark.parametrize("whole", ["entries: {}\n", "{entries: {}}\n", "--- \nentries: {}\n...\n"])
def test_a_file_that_cannot_be_continued_is_refused(files: dict[str, str], whole: str) -> None:
    files["uk/housing.yaml"] = whole

    with pytest.raises(StubRefused, match=r"faq/uk/housing\.yaml cannot be continued at its end"):
        begun(files)


# A language -----------------------------------------------------------------------------------------------------------


def test_a_new_language_is_no_error_and_says_that_nothing_is_written(files: dict[str, str]) -> None:
    made = new_language(read(files), "be")

    report = check_everything(files | made, today=TODAY)
    assert set(made) == {"be/danger.yaml", "be/signs.yaml", "be/talk.yaml"}
    assert report.errors == ()
    assert [finding.fact for finding in report.warnings] == ["nothing is written in it yet for Belarusian."] * 3


def test_a_new_language_has_a_place_for_everything_and_no_word(files: dict[str, str]) -> None:
    made = {file: yaml.safe_load(whole) for file, whole in new_language(read(files), "fa-AF").items()}

    danger, signs, talk = (made[f"fa-AF/{name}.yaml"] for name in ("danger", "signs", "talk"))
    nothing = {"red": [], "amber": [], "must_match": [], "prototypes": {"red": [], "amber": []}}
    assert danger["kinds"] == {str(kind): nothing for kind in DangerKind}
    assert danger["must_not_match"] == danger["near_misses"] == talk["human"] == []
    writer: dict[str, list[str]] = {"patterns": [], "must_match": [], "must_not_match": []}
    assert signs == {"child": writer, "interpreting": writer, "strain": {"prototypes": [], "near_misses": []}}
    assert talk["small_talk"] == {str(kind): [] for kind in SmallTalkKind}
    assert talk["commands"] == {str(command): [] for command in Command}
    assert talk["background"] == {"weather": [], "pets": []}


def test_a_new_language_tells_what_to_write_with_english_examples_in_comments(files: dict[str, str]) -> None:
    made = new_language(read(files), "be")

    assert "    # In English: dangeren0 now, one\n" in made["be/danger.yaml"]
    assert "  # In English: childen here, 0\n" in made["be/signs.yaml"]
    assert "  # In English: strainen 1\n" in made["be/signs.yaml"]
    assert "at least 8 messages that a pattern must see" in made["be/signs.yaml"]
    assert "in English: en person 0, en person 1\n" in made["be/talk.yaml"]
    assert "at least 25" in made["be/talk.yaml"]


def test_a_line_break_in_an_example_does_not_leave_its_comment() -> None:
    content = small_content()
    content["en/danger.yaml"]["kinds"]["medical"]["must_match"][0]["text"] = "dangeren5 now:\nred: [x]"
    content["en/signs.yaml"]["child"]["must_match"][0] = "childen here:\npatterns: [x]"
    content["en/talk.yaml"]["human"][0] = "en person: [x\ny]"
    files = written(content)

    made = new_language(read(files), "be")

    assert errors(files | made) == errors(files)


def test_a_language_gets_only_the_files_that_it_lacks(files: dict[str, str]) -> None:
    files["be/talk.yaml"] = new_language(read(files), "be")["be/talk.yaml"]

    assert set(new_language(read(files), "be")) == {"be/danger.yaml", "be/signs.yaml"}
    assert new_language(read(files), "uk") == {}


@pytest.mark.parametrize("tag", ["", "xx", "BE", "fa_AF", "be-", "belarusian", "entries", "../be"])
def test_what_is_no_language_tag_is_refused(files: dict[str, str], tag: str) -> None:
    with pytest.raises(StubRefused, match="is no language tag"):
        new_language(read(files), tag)


# A municipality -------------------------------------------------------------------------------------------------------


def test_a_new_municipality_says_that_nothing_is_known_there(files: dict[str, str]) -> None:
    made = new_municipality(read(files), "place-07", today=TODAY)

    assert yaml.safe_load(made["services/place-07.yaml"]) == {"services": {}}
    assert "7 savivaldybė" in made["services/place-07.yaml"]
    assert [x for x in errors(files | made) if x.severity is Severity.ERROR] == []


def test_the_example_in_a_new_municipality_becomes_a_service_when_its_gaps_are_filled(files: dict[str, str]) -> None:
    whole = new_municipality(read(files), "place-07", today=TODAY)["services/place-07.yaml"]
    lines = [line.removeprefix("# ") for line in whole.splitlines() if line.startswith("#   ")]
    filled = "services:\n" + "\n".join(lines).replace("https://…", "https://a.lt").replace(
        '"+370 …"', '"+370 600 00000"'
    )

    assert errors(files | {"services/place-07.yaml": filled}) == []


def test_a_municipality_that_is_there_is_left_alone(files: dict[str, str]) -> None:
    files["services/place-07.yaml"] = "services: {}\n"

    assert new_municipality(read(files), "place-07", today=TODAY) == {}
    assert new_municipality(read(files), "national", today=date(2027, 1, 1)) == {}


def test_an_unknown_municipality_is_refused_and_near_ones_are_named(files: dict[str, str]) -> None:
    with pytest.raises(StubRefused, match=r'no municipality "place-7" \(did you mean place-'):
        new_municipality(read(files), "place-7", today=TODAY)
