"""When a translation counts as left behind by its base, and what is told of the difference."""

from __future__ import annotations

from typing import Any

import pytest

from bot.content.model import EntryFacts, EntryText
from bot.content.staleness import Stamp, base_of, difference, stamp, touched
from tests.builders import EN, LT, RU, UK
from tests.builders_content import facts, text

FACTS = EntryFacts.model_validate(facts({"from_age": {"number": 3}, "fee": {"amount": 129.5, "year": 2026}}))
BASE, OWN = (EntryText.model_validate(text("kindergarten", language)) for language in (LT, UK))
STAMP = stamp(FACTS, BASE, OWN)


def changed(one: EntryText, **changes: Any) -> EntryText:  # Any: fields of a text
    return one.model_copy(update=changes)


def with_values(**values: Any) -> EntryFacts:  # Any: values as YAML has them
    return EntryFacts.model_validate(
        facts({"from_age": {"number": 3}, "fee": {"amount": 129.5, "year": 2026}} | values)
    )


def told(base: EntryText = BASE, facts: EntryFacts = FACTS, own: EntryText = OWN) -> str:
    """Return what is told of the difference; nothing where there is none."""
    return str(difference(STAMP, facts, base, own) or "")


def test_a_translation_that_was_just_stamped_is_fresh() -> None:
    assert difference(STAMP, FACTS, BASE, OWN) is None
    assert not touched(STAMP, OWN)


def test_a_stamp_survives_being_written_and_read() -> None:
    assert Stamp.model_validate(STAMP.model_dump(mode="json")) == STAMP


def test_a_new_sentence_of_the_base_is_told_and_only_that_one() -> None:
    base = changed(BASE, details=BASE.details + "\nPrašymą teikite internetu.")

    assert told(base) == 'new: "Prašymą teikite internetu."'


@pytest.mark.parametrize("field", ["question", "short", "details"])
def test_a_sentence_that_was_reworded_is_told_as_new_and_the_old_one_as_gone(field: str) -> None:
    base = changed(BASE, **{field: "Visai kitaip."})
    gone = 3 if field == "details" else 1

    assert told(base).startswith('new: "Visai kitaip."; ')
    assert told(base).endswith(f"{gone} sentence{'s are' if gone > 1 else ' is'} gone")


def test_a_sentence_that_is_gone_is_told() -> None:
    base = changed(BASE, details=BASE.details.partition("\n")[0])

    assert told(base) == "2 sentences are gone"


def test_what_is_different_in_a_town_belongs_to_the_text() -> None:
    base = changed(BASE, towns={"kaunas": "Kaune eilė bendra."})

    assert told(base) == 'new: "Kaune eilė bendra."'
    assert touched(STAMP, changed(OWN, towns={"kaunas": "У Каунасі черга спільна."}))


def test_sentences_that_only_changed_places_lines_or_spaces_are_the_same() -> None:
    lines = BASE.details.split("\n")

    assert told(changed(BASE, details="\n".join(reversed(lines)))) == ""
    assert told(changed(BASE, details="\n\n  ".join(lines) + "  \n")) == ""
    assert told(changed(BASE, short=BASE.question, question=BASE.short)) == ""


def test_words_that_no_family_reads_in_an_answer_make_nothing_stale() -> None:
    base = changed(
        BASE, label="Darželis", phrasings=("kitas klausimas",), review=BASE.review.model_copy(update={"by": "x"})
    )

    assert told(base) == ""


@pytest.mark.parametrize(
    ("facts_now", "difference_told"),
    [
        (with_values(from_age={"number": 4}), "from_age was 3, is 4"),
        (with_values(fee={"amount": 140, "year": 2027}), "fee was 129.5 EUR 2026, is 140 EUR 2027"),
        (with_values(term={"duration": 30, "unit": "day"}), "term was not there, is 30 day"),
        (EntryFacts.model_validate(facts({"from_age": {"number": 3}})), "fee was 129.5 EUR 2026, is gone"),
    ],
)
def test_a_value_that_changed_came_or_went_is_told_with_what_it_was(
    facts_now: EntryFacts, difference_told: str
) -> None:
    assert told(facts=facts_now) == difference_told


def test_facts_that_stand_in_no_text_make_nothing_stale() -> None:
    later = FACTS.model_copy(update={"owner": "somebody else", "note": "looked at again"})

    assert told(facts=later) == ""


def test_everything_that_changed_is_told_at_once() -> None:
    base = changed(BASE, short="Visai kitaip.")

    assert (
        told(base, with_values(from_age={"number": 4}))
        == 'new: "Visai kitaip."; 1 sentence is gone; from_age was 3, is 4'
    )


@pytest.mark.parametrize("base", [BASE, changed(BASE, short="Visai kitaip.")])
def test_a_translation_that_was_touched_after_its_stamp_is_not_stale(base: EntryText) -> None:
    own = changed(OWN, short="Зовсім інакше.")

    assert touched(STAMP, own)
    assert told(base, own=own) == ""


def test_the_base_is_lithuanian_else_english_else_there_is_none() -> None:
    assert base_of({EN: OWN, LT: BASE, UK: OWN}) == LT
    assert base_of({UK: OWN, EN: BASE}) == EN
    assert base_of({UK: OWN, RU: BASE}) is None
