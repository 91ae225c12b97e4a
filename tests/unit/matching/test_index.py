"""The index: learned from a catalogue, kept as bytes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from bot.matching import index as index_module
from bot.matching.encoder import Floats
from bot.matching.find import Matcher
from bot.matching.index import Index, IndexUnreadable, solve
from tests.builders import PHRASINGS, catalogue, entry


@pytest.fixture(scope="module")
def solved() -> Index:
    return solve(catalogue())


class Words:
    """An encoder for tests: a text's meaning is which of some words it has."""

    id, dim, max_chars = "words/1", 4, 400

    def encode(self, texts: Sequence[str]) -> Floats:
        clues = ("kinder", "money", "doctor", "rent")
        found = np.array([[clue in text.lower() for clue in clues] for text in texts], np.float32) + np.float32(0.1)
        unit: Floats = found / np.linalg.norm(found, axis=1, keepdims=True)
        return unit


def test_the_same_catalogue_gives_the_same_index(solved: Index) -> None:
    again = solve(catalogue())

    assert again.to_bytes() == solved.to_bytes()


def test_an_index_survives_being_kept_as_bytes(solved: Index) -> None:
    kept = Index.from_bytes(solved.to_bytes())

    found, expected = (Matcher(catalogue(), one).find("kaip gauti pinigus už vaiką") for one in (kept, solved))
    assert found == expected
    assert kept.catalogue_version == solved.catalogue_version


@pytest.mark.parametrize("damage", [b"", b"not an archive", b"PK\x03\x04"])
def test_other_bytes_are_refused(damage: bytes) -> None:
    with pytest.raises(IndexUnreadable):
        Index.from_bytes(damage)


def test_a_cut_off_index_is_refused(solved: Index) -> None:
    whole = solved.to_bytes()

    with pytest.raises(IndexUnreadable):
        Index.from_bytes(whole[: len(whole) // 2])


def test_an_index_of_another_algorithm_is_refused(solved: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    old = solved.to_bytes()
    monkeypatch.setattr(index_module, "ALGORITHM", "next")

    with pytest.raises(IndexUnreadable, match="algorithm"):
        Index.from_bytes(old)


def test_an_index_of_another_catalogue_is_refused(solved: Index) -> None:
    with pytest.raises(ValueError, match="version"):
        Matcher(catalogue(version="version 2"), solved)


def test_an_encoder_adds_what_spelling_cannot_know() -> None:
    whole, encoder = catalogue(), Words()
    unlike_any_phrasing = "kindertagesstätte"

    index = solve(whole, encoder)
    best = Matcher(whole, index, encoder).find(unlike_any_phrasing).candidates[0]

    assert best.entry_id == "kindergarten"
    assert Index.from_bytes(index.to_bytes()).encoder_id == "words/1"


def test_an_index_needs_the_encoder_it_was_solved_with(solved: Index) -> None:
    with pytest.raises(ValueError, match="words/1"):
        Matcher(catalogue(), solved, Words())


def test_one_entry_without_talk_is_enough() -> None:
    tiny = catalogue(entry("kindergarten", PHRASINGS["kindergarten"]), silent=True)

    found = Matcher(tiny, solve(tiny)).find("как записать ребёнка в детский сад")

    assert found.candidates[0].entry_id == "kindergarten"
    assert found.exact


def test_a_language_that_has_talk_but_no_entries_does_no_harm() -> None:
    said = {language: texts for language, texts in PHRASINGS["kindergarten"].items() if language != "uk"}
    partial = catalogue(entry("kindergarten", said))

    assert Matcher(partial, solve(partial)).find("дякую").small_talk == "thanks"
