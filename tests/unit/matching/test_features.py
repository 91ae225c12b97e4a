"""What of a text is compared."""

from __future__ import annotations

import numpy as np
import pytest

from bot.matching.features import beginnings, pieces, stack, vocabulary


def test_pieces_stay_within_words_and_mark_their_ends() -> None:
    found = set(pieces("as ir"))

    assert {" a", "as", "s ", " as", "as ", " as ", " i", "ir "} <= found
    assert not any("s i" in piece for piece in found)


def test_a_one_letter_word_has_a_piece() -> None:
    assert " a " in set(pieces("a"))


def test_endings_do_not_matter_for_beginnings() -> None:
    assert list(beginnings("darzelis darzelyje")) == ["^darze", "^darze"]


def test_what_occurs_once_is_left_out() -> None:
    terms = vocabulary(["sadik mesto", "sadik ocered"]).terms

    assert "^sadik" in terms
    assert "^mesto" not in terms


def test_a_rare_feature_weighs_more_than_a_common_one() -> None:
    known = vocabulary(["kur sadik", "kur sadik", "kur skola", "kur mesto"])
    rarity = dict(zip(known.terms, known.rarity, strict=True))

    assert rarity["^sadik"] > rarity["^kur"]


def test_each_channel_of_a_row_has_its_length() -> None:
    known = vocabulary(["kur sadik", "kur sadik"])

    row = known.row("kur sadik")

    assert float(row.values @ row.values) == pytest.approx(1.5)


def test_known_tells_how_much_of_a_text_the_vocabulary_has() -> None:
    known = vocabulary(["kur sadik", "kur sadik"])

    assert known.row("kur sadik").known == pytest.approx((1, 1))
    assert all(0 < share < 1 for share in known.row("kur hleb").known)
    assert known.row("").known == (0, 0)
    assert known.row("xyz").columns.size == 0


def test_what_would_be_known_without_some_terms_can_be_asked() -> None:
    known = vocabulary(["kur sadik", "kur sadik"])
    hidden = np.array(["sad" in term for term in known.terms])

    spelling, words = known.known_without("kur sadik", hidden)

    assert spelling < 1
    assert words == pytest.approx(0.5)
    assert known.known_without("kur sadik", np.zeros(len(known.terms), bool)) == pytest.approx((1, 1))


def test_no_rows_can_be_stacked() -> None:
    assert len(stack([], 3)) == 0


def test_rows_are_stacked_in_order() -> None:
    known = vocabulary(["kur sadik", "kur sadik"])
    first, second = known.row("kur"), known.row("sadik")

    rows = stack([first, second], len(known.terms))

    assert len(rows) == 2
    np.testing.assert_array_equal(rows.columns[rows.starts[1] :], second.columns)
