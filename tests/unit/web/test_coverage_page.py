"""The page on how far the content is: whole by itself, readable without colour, and the same in picture and table."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import pytest

from bot.actions.coverage import MEANINGS, Coverage, State, coverage, languages_of
from bot.content.model import MAIN_LANGUAGES, ChecklistId, EntryId, MunicipalityId, TopicId
from bot.content.read import read
from bot.web.coverage_page import coverage_page
from tests.builders_content import TODAY, small_content, written

_VOID = {"meta", "br"}


@pytest.fixture
def found() -> Coverage:
    content = small_content()
    del content["uk/housing.yaml"]["entries"]["deposit"]
    content["entries/housing.yaml"]["entries"]["deposit"]["review_by"] = "2026-11-09"
    content["entries/education.yaml"]["entries"]["kindergarten"]["status"] = "draft"
    reading = read(written(content))
    return coverage(reading, today=TODAY, languages=languages_of(reading))


class Page(HTMLParser):
    """What a page is made of; fails where an element is closed that is not open."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def pictures(page: str) -> list[ET.Element]:
    return [ET.fromstring(svg) for svg in re.findall(r'<svg role="img".*?</svg>', page, re.DOTALL)]  # noqa: S314  our own


def test_the_same_coverage_gives_the_same_page(found: Coverage) -> None:
    assert coverage_page(found) == coverage_page(found)


def test_every_element_is_closed_and_every_id_is_there_once(found: Coverage) -> None:
    page = Page(coverage_page(found))

    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert page.open == []
    assert len(ids) == len(set(ids))


def test_the_page_needs_nothing_from_elsewhere(found: Coverage) -> None:
    text = coverage_page(found)
    page = Page(text)

    links = [attributes.get("href") for _, attributes in page.elements if "href" in attributes]
    ids = {f"#{attributes['id']}" for _, attributes in page.elements if "id" in attributes}
    assert set(links) <= ids
    assert not {"script", "link", "img", "iframe"} & {tag for tag, _ in page.elements}
    assert "//" not in text
    assert "url(" not in text
    assert "@import" not in text


def test_text_from_files_is_escaped(found: Coverage) -> None:
    evil = '<b onclick="x">&'
    topic = found.topics[1]
    entry = replace(topic.entries[0], id=EntryId(evil), topic=TopicId(evil))
    spoiled = replace(
        found,
        topics=(replace(topic, id=TopicId(evil), name=evil, entries=(entry,)),),
        municipalities=replace(found.municipalities, served=(MunicipalityId(evil),)),
        checklists=tuple(replace(x, id=ChecklistId(evil)) for x in found.checklists),
    )

    page = coverage_page(spoiled)

    assert "<b" not in page.replace("<body", "")
    assert page.count("&lt;b onclick=&quot;x&quot;&gt;&amp;") > 5


def test_each_topic_has_a_picture_with_a_row_for_each_entry_and_a_cell_for_each_language(found: Coverage) -> None:
    education, housing = pictures(coverage_page(found))

    signs = [use.get("href") for use in housing.iter("use")]
    assert signs == [*["#sign-unreviewed"] * 3, "#sign-missing"]
    assert "".join(housing.itertext()).count("deposit") == 1
    assert "kindergarten ✎ draft" in "".join(education.itertext())
    assert "20 days, review 12 days late" in "".join(housing.itertext())


def test_a_picture_is_named_and_told_in_words(found: Coverage) -> None:
    _, housing = pictures(coverage_page(found))

    title, told = housing.findtext("title") or "", housing.findtext("desc") or ""
    assert housing.get("aria-labelledby") == "title-housing desc-housing"
    assert title.startswith("Būstas: ")
    assert told.startswith("1 entry. 0 of 4 texts reviewed; 3 unreviewed, 1 missing. ")
    assert "at most 20 days ago. 1 entry late." in told


def test_the_table_says_of_each_entry_what_the_picture_shows(found: Coverage) -> None:
    page = coverage_page(found)

    (row,) = re.findall(r'<tr><th scope="row">deposit</th>.*?</tr>', page)
    words = " ".join(re.sub("<[^>]+>", " ", row).split())
    assert words == (
        "deposit published ? unreviewed ? unreviewed ? unreviewed ○ missing "
        "high 9 November 2026, 12 days late 24 20 310"
    )


def test_every_table_has_a_caption_and_its_heads_say_what_they_head(found: Coverage) -> None:
    page = Page(coverage_page(found))

    assert len(page.named("caption")) == len(page.named("table")) == 3
    assert {attributes.get("scope") for attributes in page.named("th")} == {"col", "row"}


def test_every_state_has_a_sign_of_its_own_and_stands_in_the_legend(found: Coverage) -> None:
    page = coverage_page(found)

    legend = page.partition('<ul class="legend">')[2].partition("</ul>")[0]
    signs = re.findall(r'<g id="sign-[\w-]+">.*?>(.)</text></g>', page)
    assert len(set(signs)) == len(State)
    assert [meaning for meaning in MEANINGS.values() if meaning not in legend] == []


def test_colours_are_tokens_and_directions_are_logical(found: Coverage) -> None:
    style = coverage_page(found).partition("<style>")[2].partition("</style>")[0]

    rules = re.sub(r"--[\w-]+: [^;]+;", "", style)
    assert "prefers-color-scheme: dark" in style
    assert "#" not in rules
    assert re.search(r"\b(left|right|margin-top|padding-bottom)\b", rules) is None
    assert all(f"var({token})" in style for token in re.findall(r"(--[\w-]+): ", style))


def test_what_needs_a_hand_is_listed(found: Coverage) -> None:
    page = coverage_page(found)

    assert "<h3>Overdue, or due within 30 days: 1</h3>" in page
    assert '<a href="#housing">housing/deposit</a>: <span class="late">12 days late</span>' in page
    assert 'Ukrainian, <a href="#housing">housing</a>: deposit' in page
    assert "<h3>Stale: 0</h3>\n<p>Nothing.</p>" in page
    assert "<h3>Municipalities without: 60</h3>" in page


def test_nothing_at_all_is_a_page_too() -> None:
    page = coverage_page(coverage(read({}), today=TODAY, languages=MAIN_LANGUAGES))

    assert Page(page).open == []
    assert "0 of 0 texts reviewed." in page
