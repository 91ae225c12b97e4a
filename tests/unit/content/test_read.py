import pytest

from bot.content.model import EntryId
from bot.content.read import FactsFile, TextsFile, read
from tests.builders_content import line_of, small_content, written


def test_sound_files_have_no_findings_and_make_a_catalogue() -> None:
    reading = read(written(small_content()))

    assert reading.findings == ()
    assert set(reading.catalogue().entries) == {"kindergarten", "deposit"}


def test_the_same_files_have_the_same_version_and_others_another() -> None:
    content = small_content()
    before = read(written(content)).version

    content["lt/housing.yaml"]["entries"]["deposit"]["short"] = "Rašykite nuomotojui."

    assert read(written(small_content())).version == before
    assert read(written(content)).version != before


def test_a_missing_field_is_found_where_the_entry_stands() -> None:
    content = small_content()
    del content["uk/housing.yaml"]["entries"]["deposit"]["short"]
    files = written(content)

    (finding,) = read(files).findings

    assert (finding.file, finding.line) == ("uk/housing.yaml", line_of(files, "uk/housing.yaml", "deposit:"))
    assert finding.fact == '"short" is missing.'


def test_all_mistakes_of_all_files_are_found_at_once() -> None:
    content = small_content()
    content["helplines.yaml"]["helplines"]["hl-rent"]["cost"] = "cheap"
    content["entries/housing.yaml"]["entries"]["deposit"]["cheked"] = "2026-11-01"
    files = written(content) | {"lt/housing.yaml": "entries: [", "notes.yaml": "a: 1"}

    places = {(finding.file, finding.line) for finding in read(files).findings}

    assert places == {
        ("helplines.yaml", line_of(files, "helplines.yaml", "hl-rent:", "cost:")),
        ("entries/housing.yaml", line_of(files, "entries/housing.yaml", "cheked:")),
        ("lt/housing.yaml", 2),
        ("notes.yaml", 1),
    }


def test_the_sound_entries_of_a_broken_file_are_still_read() -> None:
    content = small_content()
    content["entries/housing.yaml"]["entries"]["rent"] = {"status": "published"}

    reading = read(written(content))

    assert reading.findings
    assert set(reading.of_kind(FactsFile)["entries/housing.yaml"].entries) == {"deposit"}


def test_a_file_without_its_one_heading_is_not_read_at_all() -> None:
    files = written(small_content()) | {"lt/housing.yaml": "deposit: {}\n"}

    assert "lt/housing.yaml" not in read(files).of_kind(TextsFile)


@pytest.mark.parametrize("name", ["topics", "routing", "institutions", "helplines", "municipalities"])
def test_a_single_file_that_is_missing_is_found(name: str) -> None:
    files = written(small_content())
    del files[f"{name}.yaml"]

    (finding,) = read(files).findings

    assert (finding.file, finding.fact) == (f"{name}.yaml", "it is missing.")


def test_drafts_are_not_among_the_published_entries() -> None:
    content = small_content()
    content["entries/housing.yaml"]["entries"]["deposit"]["status"] = "draft"

    catalogue = read(written(content)).catalogue()

    assert set(catalogue.entries) == {EntryId("kindergarten")}
    assert set(catalogue.drafts) == {EntryId("deposit")}


def test_a_bare_year_is_a_source_date() -> None:
    content = small_content()
    content["entries/housing.yaml"]["entries"]["deposit"]["sources"][0]["date"] = 2024

    assert read(written(content)).findings == ()
