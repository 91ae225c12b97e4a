"""What must hold for any text whatever."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from bot.matching.text import MAX_CHARS, clauses, clean, fold, skeleton

ANY_TEXT = st.text(max_size=600) | st.text(
    alphabet=st.characters(min_codepoint=0, max_codepoint=0x10FFFF, categories=None), max_size=60
)
CYRILLIC = st.text(alphabet="абвгґдеёєжзиіїйклмнопрстуфхцчшщъыьэюя '’-", max_size=60)


@given(ANY_TEXT | CYRILLIC)
def test_folding_twice_changes_nothing(text: str) -> None:
    once = fold(text)

    assert fold(once) == once


@given(ANY_TEXT)
def test_cleaning_twice_changes_nothing(text: str) -> None:
    once = clean(text)

    assert clean(once) == once


@given(ANY_TEXT)
def test_a_clean_text_is_short_and_can_be_stored_and_sent(text: str) -> None:
    cleaned = clean(text)

    assert len(cleaned) <= MAX_CHARS
    assert cleaned.encode("utf-8").decode("utf-8") == cleaned
    assert not any(unicodedata.category(char) in ("Cc", "Cf", "Cs") for char in cleaned.replace("\n", ""))


@given(ANY_TEXT | CYRILLIC)
def test_a_skeleton_has_only_latin_letters_digits_and_single_spaces(text: str) -> None:
    sound = skeleton(text)

    assert all(char in "abcdefghijklmnopqrstuvwxyz0123456789 " for char in sound)
    assert sound == " ".join(sound.split())


@given(CYRILLIC)
def test_capital_letters_never_matter(text: str) -> None:
    assert fold(text.upper()) == fold(text)
    assert skeleton(text.upper()) == skeleton(text)


@given(ANY_TEXT)
def test_clauses_add_nothing_and_change_no_order(text: str) -> None:
    cleaned = clean(text)
    left = iter(cleaned)

    assert all(character in left for clause in clauses(cleaned) for character in clause)
