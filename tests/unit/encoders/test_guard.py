"""What every encoder passes through: texts are cut and cleaned, vectors are looked at."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.encoders.guard import Guarded, clean, fault_of
from bot.matching.encoder import Floats
from tests.unit.encoders.words import Constant, Words


def test_the_encoder_gets_no_text_that_is_longer_than_it_reads() -> None:
    encoder = Words()

    Guarded(encoder).encode(["ą" * 100_000, "short"])

    assert encoder.given == ["ą" * 40, "short"]


def test_the_encoder_gets_no_nul_and_no_lone_surrogate() -> None:
    encoder = Words()

    Guarded(encoder).encode(["one\0two", "one\ud800two"])

    assert encoder.given == ["one two", "one?two"]


@given(st.text(alphabet=st.characters(exclude_categories=[])))
def test_any_text_becomes_one_that_can_be_handed_on(text: str) -> None:
    cleaned = clean(text, 40)

    assert len(cleaned.encode("utf-8").decode("utf-8")) <= 40
    assert "\0" not in cleaned


def test_no_texts_give_no_rows() -> None:
    assert Guarded(Words()).encode([]).shape == (0, 64)


def test_a_sound_encoder_has_no_fault() -> None:
    assert fault_of(Guarded(Words())) == ""
    assert fault_of(Words()) == ""


def with_nan(rows: Floats) -> Floats:
    rows[-1, 0] = np.nan
    return rows


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (with_nan, "no number"),
        (lambda rows: rows * 2, "length than 1"),
        (lambda rows: rows[:, :60], "rows of 64 numbers"),
        (lambda rows: rows[:-1], "rows of 64 numbers"),
        (lambda rows: rows.astype(np.float64), "single precision"),
    ],
)
def test_a_vector_that_would_spoil_an_index_is_refused_at_any_time(
    spoil: Callable[[Floats], Floats], said: str
) -> None:
    with pytest.raises(RuntimeError, match=said) as caught:
        Guarded(Words(spoil)).encode(["one", "two"])

    assert str(caught.value).startswith("words/1: ")
    assert said in fault_of(Words(spoil))


class Confused(Words):
    """Turns meaning round: the more alike, the farther off."""

    def encode(self, texts: Sequence[str]) -> Floats:
        rows = super().encode(texts)
        return np.roll(rows, 1, axis=0) if len(texts) > 1 else rows


def test_an_encoder_that_tells_nothing_or_mixes_texts_up_has_a_fault() -> None:
    assert "alone" in fault_of(Confused())
    assert "no nearer" in fault_of(Constant())
