"""Made content is as large as asked, always the same, and small sizes can be learned."""

from __future__ import annotations

import numpy as np
import pytest

from bot.content.model import MAIN_LANGUAGES
from bot.content.read import read
from bot.matching.corpus import texts_of
from tests.bench.encoders import RandomProjection
from tests.bench.growth import Size, measure
from tests.bench.made import LANGUAGES, PHRASINGS, Made
from tests.builders_content import small_content, written

OURS = read(written(small_content())).catalogue()


def test_there_are_as_many_texts_as_told() -> None:
    made = Made(OURS, 3).catalogue()

    entries = [text for text in texts_of(made) if text.label.startswith("entry:")]

    assert len(made.entries) == 3
    assert len(entries) == 3 * len(LANGUAGES) * (PHRASINGS + 1) == 468


def test_the_same_size_gives_the_same_content_and_messages() -> None:
    assert Made(OURS, 3).catalogue() == Made(OURS, 3).catalogue()
    assert Made(OURS, 3).messages(5) == Made(OURS, 3).messages(5)


def test_languages_that_are_made_have_words_of_their_own() -> None:
    (entry,) = Made(OURS, 1).catalogue().entries.values()
    words = {
        language: {word for phrasing in texts.phrasings for word in phrasing.lower().split() if len(word) > 5}
        for language, texts in entry.texts.items()
    }

    real = set.union(*(words[language] for language in MAIN_LANGUAGES))

    assert all(words[language] for language in LANGUAGES)
    assert all(not words[language] & real for language in LANGUAGES if language not in MAIN_LANGUAGES)


def test_messages_are_of_entries_that_are_there_and_are_none_of_their_phrasings() -> None:
    made = Made(OURS, 3)
    entries = made.catalogue().entries

    messages = made.messages(20)

    assert all(entry in entries for entry, _, _ in messages)
    assert sum(text in entries[entry].texts[language].phrasings for entry, language, text in messages) <= 2


def test_a_small_size_is_learned_and_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.bench.growth._ours", lambda: OURS)

    size = measure(4, "")

    assert isinstance(size, Size)
    assert (size.entries, size.encoder) == (4, "")
    assert size.peak_mb >= size.before_mb > 0
    assert size.found > 0.5


def test_the_stand_in_gives_unit_rows_in_which_shared_words_show() -> None:
    one, alike, other = RandomProjection().encode(["a bus to school", "The bus to school", "rent of flats"])

    assert np.linalg.norm(one) == pytest.approx(1, abs=1e-5)
    assert one @ alike > 0.5 > abs(one @ other)
    assert RandomProjection().encode([""]).shape == (1, 384)
