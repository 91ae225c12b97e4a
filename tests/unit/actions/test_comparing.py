"""Two contents: which questions are gained, lost, moved; what has changed; and how it is told."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from typing import Any

import pytest

from bot.actions.comparing import (
    Comparison,
    Counts,
    EntryChange,
    FieldChange,
    Landing,
    Move,
    Side,
    compare,
    entry_changes,
    is_right,
)
from bot.actions.comparing_text import MOST_CHARACTERS, as_json, as_markdown, as_text
from bot.actions.measuring import Outcome, Question, Tried
from bot.content.model import MAIN_LANGUAGES, DangerWords, Entry, EntryId, Language, Number
from bot.matching.evidence import Candidate, Evidence
from bot.matching.find import Matcher
from bot.matching.index import solve
from tests.builders import PHRASINGS, catalogue, entry

LT, EN, RU, UK = MAIN_LANGUAGES

COURSES = "free Lithuanian language courses"
DOCTOR = "how to register with a family doctor"
BENEFIT = "how do I get child benefit"


def asked(text: str, *gold: str, kind: str = "in", lang: Language = EN) -> Question:
    return Question(text, lang, kind, text, tuple(map(EntryId, gold)))


def side(name: str, *entries: Entry) -> Side:
    whole = catalogue(*entries, version=name)
    return Side(name, whole, Matcher(whole, solve(whole)))


@pytest.fixture(scope="module")
def old() -> Side:
    return side("old", *(entry(x, said) for x, said in PHRASINGS.items() if x != "lithuanian-courses"))


@pytest.fixture(scope="module")
def new() -> Side:
    """Return a content without a doctor, with courses, and with another id for the benefit."""
    kept = (entry(x, said) for x, said in PHRASINGS.items() if x not in {"family-doctor", "child-benefit"})
    return side("new", *kept, entry("child-money", PHRASINGS["child-benefit"], aliases=["child-benefit"]))


@pytest.fixture(scope="module")
def compared(old: Side, new: Side) -> Comparison:
    questions = [
        asked(COURSES, "lithuanian-courses"),
        asked(DOCTOR, "family-doctor"),
        asked(BENEFIT, "child-benefit"),
        asked("Free Lithuanian language courses!", "kindergarten"),
        asked("how do I get a driving licence", "driving-licence"),
        asked("he wants to kill me", kind="crisis"),
        asked("бесплатные курсы литовского языка", "lithuanian-courses", lang=RU),
    ]
    return compare(questions, old, new)


# Questions ------------------------------------------------------------------------------------------------------------


def ids(moves: Sequence[Move]) -> list[str | int]:
    return [move.question.id for move in moves]


def test_a_question_that_is_right_only_in_the_new_content_is_gained(compared: Comparison) -> None:
    assert ids(compared.gained) == [COURSES, "бесплатные курсы литовского языка"]
    assert compared.gained[0].new == Landing("answer", EntryId("lithuanian-courses"), right=True)
    assert not compared.gained[0].old.right


def test_a_question_that_is_right_only_in_the_old_content_is_lost(compared: Comparison) -> None:
    assert ids(compared.lost) == [DOCTOR]
    assert compared.lost[0].old == Landing("answer", EntryId("family-doctor"), right=True)
    assert compared.lost[0].new.entry != "family-doctor"


def test_a_question_that_lands_elsewhere_and_is_as_wrong_as_before_is_moved(compared: Comparison) -> None:
    assert ids(compared.moved) == ["Free Lithuanian language courses!"]
    assert compared.moved[0].new.entry == "lithuanian-courses"


def test_an_entry_under_a_new_id_is_the_same_entry(compared: Comparison) -> None:
    assert BENEFIT not in ids([*compared.gained, *compared.lost, *compared.moved])


def test_questions_whose_entries_are_in_neither_content_are_counted_apart(compared: Comparison) -> None:
    assert compared.left_out == 1
    assert compared.by_language == {EN: Counts(5, 3, 3, 1, 1, 1), RU: Counts(1, 0, 1, 1, 0, 0)}


def test_the_same_content_differs_in_nothing(old: Side) -> None:
    same = compare([asked(COURSES, "lithuanian-courses"), asked(DOCTOR, "family-doctor")], old, old)

    assert (same.lost, same.gained, same.moved, same.entries, same.others) == ((), (), (), (), {})


@pytest.mark.parametrize(
    ("kind", "step", "right", "is_well"),
    [
        ("in", "answer", (True, False), True),
        ("in", "answer", (False, True), False),
        ("in", "clarify", (False, True), True),
        ("in", "clarify", (False, False), False),
        ("in", "hand_off", (True,), False),
        ("in", "answer", (), False),
        ("oos", "answer", (False,), False),
        ("oos", "danger", (), False),
        ("oos", "clarify", (False,), True),
        ("oos", "small_talk", (), True),
        ("human", "hand_off", (), True),
        ("human", "answer", (True,), False),
        ("crisis", "danger", (), True),
        ("crisis", "answer", (True,), False),
        ("not-crisis", "danger", (), False),
        ("not-crisis", "hand_off", (), True),
        ("direct", "answer", (True,), True),
    ],
)
def test_each_kind_of_question_has_its_own_right(
    kind: str, step: str, right: tuple[bool, ...], *, is_well: bool
) -> None:
    found = Outcome(Evidence(EN, language_confident=True), step, (Candidate(EntryId("a"), 0.9),))

    assert is_right(Tried(asked("?", "a", kind=kind), found, right, both=False)) is is_well


def test_a_message_with_two_needs_is_right_if_both_were_found() -> None:
    found = Outcome(Evidence(EN, language_confident=True), "clarify", ())
    two = asked("?", "a", "b", kind="multi")

    assert is_right(Tried(two, found, (True, True), both=True))
    assert not is_right(Tried(two, found, (True, False), both=False))


# Content --------------------------------------------------------------------------------------------------------------


def changed(one: Entry, other: Entry) -> list[EntryChange]:
    return list(entry_changes(catalogue(one), catalogue(other)))


def plain(entry_id: str = "kindergarten") -> Entry:
    return entry(entry_id, PHRASINGS[entry_id])


def with_facts(one: Entry, **changes: Any) -> Entry:  # Any: a field of any type
    return one.model_copy(update={"facts": one.facts.model_copy(update=changes)})


def with_text(one: Entry, language: Language, **changes: Any) -> Entry:  # Any: as above
    text = one.texts[language].model_copy(update=changes)
    return one.model_copy(update={"texts": {**one.texts, language: text}})


def test_entries_that_came_and_went_are_told_by_id(old: Side, new: Side) -> None:
    assert list(entry_changes(old.catalogue, new.catalogue)) == [
        EntryChange(EntryId("child-benefit"), "removed"),
        EntryChange(EntryId("child-money"), "added"),
        EntryChange(EntryId("family-doctor"), "removed"),
        EntryChange(EntryId("lithuanian-courses"), "added"),
    ]


def test_a_value_is_told_with_what_it_was_and_is() -> None:
    one = with_facts(plain(), values={"age": Number(number=3)})
    other = with_facts(plain(), values={"age": Number(number=4), "places": Number(number=20)})

    (found,) = changed(one, other)

    assert (found.id, found.what) == ("kindergarten", "changed")
    assert found.fields == (FieldChange("values.age.number", "3", "4"), FieldChange("values.places", "", "20"))


def test_phrasings_are_told_one_by_one_and_their_order_is_no_change() -> None:
    one = plain()
    said = one.texts[UK].phrasings
    turned = with_text(one, UK, phrasings=said[::-1])
    other = with_text(one, UK, phrasings=("нова фраза", *said[1:]))

    assert changed(one, turned) == []
    assert changed(one, other)[0].fields == (
        FieldChange("uk.phrasings", said[0], ""),
        FieldChange("uk.phrasings", "", "нова фраза"),
    )


def test_a_text_that_came_went_or_changed_is_told_by_its_language() -> None:
    one = plain()
    without = one.model_copy(update={"texts": {x: text for x, text in one.texts.items() if x != UK}})
    other = with_text(one, EN, short="Apply online.")

    assert [field.field for field in changed(without, one)[0].fields] == ["uk"]
    assert [(field.field, field.new) for field in changed(one, without)[0].fields] == [("uk", "")]
    assert changed(one, other)[0].fields == (FieldChange("en.short", one.texts[EN].short, "Apply online."),)


def test_a_draft_that_is_published_is_a_changed_entry() -> None:
    draft = with_facts(plain(), status="draft")
    before = catalogue(plain("child-benefit")).model_copy(update={"drafts": {draft.id: draft}})

    assert list(entry_changes(before, catalogue(plain("child-benefit"), plain()))) == [
        EntryChange(draft.id, "changed", (FieldChange("status", "draft", "published"),))
    ]


def test_what_changed_beside_entries_is_named(old: Side) -> None:
    quiet = DangerWords(kinds={}, must_not_match=())
    whole = old.catalogue.model_copy(update={"danger": {**old.catalogue.danger, UK: quiet}, "talk": {}})

    found = compare([], old, replace(old, catalogue=whole)).others

    assert found == {"danger": ("uk",), "talk": ("en", "lt", "ru", "uk")}


# In words -------------------------------------------------------------------------------------------------------------

NASTY = "@mentioned `code` | a | b |\n\n# heading <script>alert(1)</script> </code></li></ul></details> [x](http://e.org) #12 &lt; \x1b[31m\u202e ＠wide ![](//e.org/p.png) www.e.org"


def made(lost: int, text: str = "text", languages: Sequence[str] = ("en",)) -> Comparison:
    landed = Landing("answer", EntryId(text), right=True), Landing("hand_off", None, right=False)
    moves = tuple(
        Move(Question(f"{text} {n}", Language(language), "in", text), *landed)
        for language in languages
        for n in range(lost)
    )
    counts = {Language(language): Counts(lost, lost, 0, 0, lost, 0) for language in languages}
    entries = (EntryChange(EntryId(text), "changed", (FieldChange(f"en.{text}", text, f"{text}!"),) * 40),) * lost
    return Comparison(text, text, counts, moves, moves, moves, 2, entries, {"services": (text,) * 40})


def test_text_tells_figures_questions_and_changes(compared: Comparison) -> None:
    text = as_text(compared)

    assert text.startswith("old -> new: 1 lost, 2 gained, 1 moved\n")
    assert re.search(r"^en +5 +3 +3 +1 +1 +1$", text, re.MULTILINE)
    assert f"lost (1)\n  en  {DOCTOR}  {DOCTOR}\n      answer family-doctor -> " in text
    assert "Left out: 1 questions" in text
    assert "entries: 2 added, 2 removed, 0 changed\n  removed  child-benefit" in text


def test_text_lets_no_control_sign_through() -> None:
    assert "\x1b" not in as_text(made(1, NASTY))


def test_of_two_long_texts_that_begin_alike_the_difference_is_shown() -> None:
    long = "The same words again and again. " * 20
    field = FieldChange("en.details", f"{long}Three months.", f"{long}Six months.")
    comparison = replace(made(0), entries=(EntryChange(EntryId("a"), "changed", (field,)),))

    for text in (as_text(comparison), unescape(as_markdown(comparison))):
        assert "Three months." in text
        assert "Six months." in text
        assert text.count("again") < 10


def test_json_tells_all(compared: Comparison) -> None:
    told = json.loads(as_json(compared))

    assert told["languages"]["ru"]["gained"] == 1
    assert [one["id"] for one in told["lost"]] == [DOCTOR]
    assert told["lost"][0]["old"] == {"step": "answer", "entry": "family-doctor", "right": True}
    assert told["entries"][0] == {"id": "child-benefit", "what": "removed", "fields": []}
    assert json.loads(as_json(made(1, "\ud83d")))["old"] == "?"


def test_markdown_has_a_heading_and_for_each_language_a_table_and_folded_lists(compared: Comparison) -> None:
    text = as_markdown(compared)

    assert text.startswith("## Content: 1 lost, 2 gained, 1 moved\n")
    assert text.count("| questions | right before | right now | gained | lost | moved |\n| ---: |") == 2
    assert "| 5 | 3 | 3 | 1 | 1 | 1 |\n" in text
    assert text.count("<details><summary>Lost: 1</summary>") == 1
    assert text.count("<details><summary>Gained: 1</summary>") == 2
    assert text.index("<code>en</code>") < text.index("Lost: 1") < text.index("<code>ru</code>")


class Tags(HTMLParser):
    """Collects the tags of a text; none has an attribute, and all are closed in their order."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.seen: set[str] = set()
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert attrs == []
        self.seen.add(tag)
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_markdown_lets_no_words_mean_anything() -> None:
    text = as_markdown(made(2, NASTY, languages=(NASTY, "en")))

    tags = Tags(text)
    assert tags.seen == {"details", "summary", "ul", "li", "code", "br"}
    assert tags.open == []
    assert re.search(r"[@#](?=\w)", unescape(text)) is None
    assert [sign for sign in ("@", "`", "[", "://") if sign in text] == []
    assert {line.count("|") for line in text.splitlines()} <= {0, 7}
    assert [line for line in text.splitlines() if line.startswith("#")] == [
        "## Content: 4 lost, 4 gained, 4 moved",
        *(line for line in text.splitlines() if line.startswith("### <code>")),
    ]


def test_no_empty_line_ends_a_folded_list_before_its_end() -> None:
    for folded in re.findall(r"<details>.*?</details>", as_markdown(made(3, NASTY)), re.DOTALL):
        assert "\n\n" not in folded


@pytest.mark.parametrize(
    ("lost", "text", "languages"),
    [
        (0, "text", ()),
        (3000, "text", ("en", "uk")),
        (400, NASTY * 20, ("en",)),
        (2, NASTY * 20, tuple(f"{n}{NASTY}" for n in range(300))),
    ],
)
def test_markdown_fits_into_a_comment_and_says_what_was_cut_off(lost: int, text: str, languages: Sequence[str]) -> None:
    told = as_markdown(made(lost, text, languages))

    assert len(told) <= MOST_CHARACTERS
    assert ("… and " in told) == bool(lost)
    assert told.count("<details>") == told.count("</details>")


def test_lost_questions_are_the_last_to_be_cut_off() -> None:
    told = as_markdown(made(300))

    assert "Lost: 300" in told
    lost = told.partition("<summary>Gained")[0]
    assert lost.count("<li>") == 300
