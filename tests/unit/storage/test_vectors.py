"""Vectors on disk: a text is encoded once, and what is kept equals what is fresh."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from structlog.testing import capture_logs

from bot.matching.encoder import Encoder, Floats
from bot.storage import vectors
from bot.storage.vectors import Vectors
from tests.builders_logs import named


class Numbers:
    """A vector for each text that only its letters decide; counts what it is asked."""

    def __init__(self, name: str = "numbers/1/query", dim: int = 24, max_chars: int = 30) -> None:
        self.id, self.dim, self.max_chars = name, dim, max_chars
        self.asked: list[list[str]] = []

    def encode(self, texts: Sequence[str]) -> Floats:
        self.asked.append(list(texts))
        seeds = [int.from_bytes(hashlib.sha256(text.encode()).digest()[:4]) for text in texts]
        rows = np.array([np.random.default_rng(seed).standard_normal(self.dim) for seed in seeds], np.float32)
        units: Floats = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        return units

    @property
    def encoded(self) -> list[str]:
        return sorted(text for batch in self.asked for text in batch)


@pytest.fixture
def store(tmp_path: Path) -> Vectors:
    return Vectors(tmp_path / "cache", tmp_path / "shipped")


def file_of(store: Vectors, encoder: Encoder) -> Path:
    return store._cache / vectors._name(encoder)


def held(path: Path) -> int:
    with np.load(path, allow_pickle=False) as file:
        return len(file["keys"])


# Once -----------------------------------------------------------------------------------------------------------------


def test_rows_come_in_the_order_of_the_texts_with_repeats_encoded_once(store: Vectors) -> None:
    encoder = Numbers()

    rows = store.of(encoder, ["b", "a", "b", "ccc"])

    assert encoder.asked == [["ccc", "b", "a"]]
    assert rows.shape == (4, 24)
    assert rows.dtype == np.float32
    assert (rows[0] == rows[2]).all()
    assert rows == pytest.approx(Numbers().encode(["b", "a", "b", "ccc"]), abs=1e-3)


def test_fresh_and_kept_vectors_are_equal_to_the_last_bit(store: Vectors) -> None:
    texts = [f"text {number}" for number in range(200)]

    fresh = store.of(Numbers(), texts)
    again = Numbers()

    assert (store.of(again, texts) == fresh).all()
    assert (fresh == fresh.astype(np.float16)).all()
    assert again.asked == []


def test_only_what_is_new_is_encoded(store: Vectors) -> None:
    store.of(Numbers(), ["old", "older"])
    encoder = Numbers()

    assert store.missing(encoder, ["old", "new", "newer", "new"]) == 2
    store.of(encoder, ["old", "new", "newer", "new"])

    assert encoder.encoded == ["new", "newer"]
    assert store.missing(encoder, ["old", "new", "newer"]) == 0


def test_a_text_is_known_by_what_the_encoder_reads_of_it(store: Vectors) -> None:
    encoder = Numbers(max_chars=5)

    rows = store.of(encoder, ["abcdef", "abcdeg", "abcd"])

    assert encoder.encoded == ["abcd", "abcde"]
    assert (rows[0] == rows[1]).all()


def test_no_texts_give_no_rows(store: Vectors) -> None:
    assert store.of(Numbers(), []).shape == (0, 24)
    assert store.missing(Numbers(), []) == 0


def test_a_text_with_half_a_sign_in_it_has_a_place_too(store: Vectors) -> None:
    class Deaf(Numbers):
        def encode(self, texts: Sequence[str]) -> Floats:
            return super().encode([text.encode("utf-8", "replace").decode() for text in texts])

    store.of(Deaf(), ["\ud800"])

    assert store.missing(Deaf(), ["\ud800", "?"]) == 1


def test_each_encoder_has_its_own_vectors(store: Vectors) -> None:
    one, other = Numbers("one/1"), Numbers("other/1", dim=8)
    store.of(one, ["a"])

    assert store.missing(other, ["a"]) == 1
    assert store.of(other, ["a"]).shape == (1, 8)
    assert store.missing(one, ["a"]) == 0


def test_two_encoders_whose_names_look_alike_in_a_file_system_never_share_vectors(store: Vectors) -> None:
    one, other = Numbers("one/1"), Numbers("one-1")
    store.of(one, ["a"])

    with capture_logs() as events:
        assert store.missing(other, ["a"]) == 1
    assert vectors._name(one) == vectors._name(other)
    assert len(named(events, "vectors.unreadable")) == 1


# How it goes on -------------------------------------------------------------------------------------------------------


def test_batches_are_of_alike_length_and_progress_is_told(store: Vectors) -> None:
    encoder, told = Numbers(), list[tuple[int, int]]()

    store.of(encoder, [f"{'x' * (number % 13)}{number}" for number in range(150)], lambda *pair: told.append(pair))

    lengths = [[len(text) for text in batch] for batch in encoder.asked]
    assert [len(batch) for batch in encoder.asked] == [64, 64, 22]
    assert all(min(one) >= max(other) for one, other in pairwise(lengths))
    assert told == [(64, 150), (128, 150), (150, 150)]


def test_what_is_known_needs_no_progress(store: Vectors) -> None:
    told = list[tuple[int, int]]()
    store.of(Numbers(), ["a"])

    store.of(Numbers(), ["a"], lambda *pair: told.append(pair))

    assert told == []


def test_work_that_is_stopped_goes_on_where_it_was_last_kept(store: Vectors) -> None:
    texts = [f"text {number}" for number in range(3_000)]

    def stop(done: int, total: int) -> None:
        assert total == 3_000
        if done >= 2_200:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        store.of(Numbers(), texts, stop)

    assert store.missing(Numbers(), texts) == 3_000 - 2_048
    assert store.of(Numbers(), texts) == pytest.approx(Numbers().encode(texts), abs=1e-3)


# What travels with the content ----------------------------------------------------------------------------------------


def test_what_is_shipped_is_not_encoded(store: Vectors, tmp_path: Path) -> None:
    path = store.ship(Numbers(), ["a", "b", "a"])
    elsewhere, encoder = Vectors(tmp_path / "other", tmp_path / "shipped"), Numbers()

    rows = elsewhere.of(encoder, ["b", "c", "a"])

    assert path == tmp_path / "shipped/numbers-1-query.npz"
    assert encoder.encoded == ["c"]
    assert (rows[[2, 0]] == store.of(Numbers(), ["a", "b"])).all()


def test_the_same_texts_are_shipped_as_the_same_bytes(store: Vectors, tmp_path: Path) -> None:
    first = store.ship(Numbers(), ["a", "b", "c"]).read_bytes()

    again = Vectors(tmp_path / "other", tmp_path / "elsewhere").ship(Numbers(), ["c", "a", "b", "c"]).read_bytes()

    assert first == again


def test_shipping_takes_what_is_there_and_drops_what_is_asked_for_no_more(store: Vectors) -> None:
    store.ship(Numbers(), ["old", "both"])
    encoder = Numbers()

    path = store.ship(encoder, ["both", "new"])

    assert encoder.encoded == ["new"]
    assert held(path) == 2
    assert store.missing(Numbers(), ["both", "new"]) == 0


def test_the_shipped_file_is_never_written_by_reading(store: Vectors) -> None:
    path = store.ship(Numbers(), ["a"])
    before = path.stat().st_mtime_ns

    store.of(Numbers(), ["a", "b"])

    assert path.stat().st_mtime_ns == before
    assert held(path) == 1


# What the cache lets go -----------------------------------------------------------------------------------------------


def test_the_cache_drops_what_is_shipped_meanwhile(store: Vectors) -> None:
    encoder = Numbers()
    store.of(encoder, ["a", "b", "c"])
    store.ship(encoder, ["a", "b"])

    store.of(encoder, ["a", "b"])

    assert held(file_of(store, encoder)) == 1
    assert store.missing(encoder, ["a", "b", "c"]) == 0


def test_the_cache_keeps_earlier_content_the_latest_first_and_not_without_end(
    monkeypatch: pytest.MonkeyPatch, store: Vectors
) -> None:
    monkeypatch.setattr(vectors, "OTHERS", 3)
    encoder = Numbers()

    for texts in (["a", "b"], ["c", "d"], ["e"]):
        store.of(encoder, texts)

    assert [store.missing(encoder, [text]) for text in "abcde"] == [0, 1, 0, 0, 0]


def test_a_file_that_says_what_it_should_is_not_written_again(store: Vectors) -> None:
    encoder = Numbers()
    store.of(encoder, ["a", "b"])
    before = file_of(store, encoder).stat().st_mtime_ns

    store.of(encoder, ["b", "a"])
    store.of(encoder, ["b"])

    assert file_of(store, encoder).stat().st_mtime_ns == before


# Files that cannot be used --------------------------------------------------------------------------------------------


def foreign(path: Path) -> None:
    np.savez(path, encoder=np.array("numbers/1/query"), keys=np.zeros((1, 16), np.uint8), rows=np.zeros((1, 7)))


def without_a_row(path: Path) -> None:
    keys, rows = np.zeros((2, 16), np.uint8), np.zeros((1, 24), np.float16)
    np.savez(path, encoder=np.array("numbers/1/query"), keys=keys, rows=rows)


def with_what_is_no_number(path: Path) -> None:
    keys, rows = np.zeros((1, 16), np.uint8), np.full((1, 24), np.nan, np.float16)
    np.savez(path, encoder=np.array("numbers/1/query"), keys=keys, rows=rows)


def with_objects(path: Path) -> None:
    np.savez(path, encoder=np.array("numbers/1/query"), keys=np.array([{}]), rows=np.array([{}]))


def torn(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-200])


def turned(path: Path) -> None:
    whole = bytearray(path.read_bytes())
    whole[len(whole) // 2] ^= 255
    path.write_bytes(whole)


def without_its_parts(path: Path) -> None:
    np.savez(path, something=np.zeros(3))


def an_array_alone(path: Path) -> None:
    with path.open("wb") as file:
        np.save(file, np.zeros(3))


@pytest.mark.parametrize(
    "spoil",
    [
        foreign,
        without_a_row,
        with_what_is_no_number,
        with_objects,
        torn,
        turned,
        without_its_parts,
        an_array_alone,
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(b"PK\x03\x04 and nothing else"),
        lambda path: path.write_text("encoder: numbers", "utf-8"),
    ],
)
def test_a_file_that_is_torn_or_of_something_else_is_made_anew(spoil: object, store: Vectors) -> None:
    assert callable(spoil)
    rows = store.of(Numbers(), ["a", "b"])
    path = file_of(store, Numbers())
    spoil(path)

    with capture_logs() as events:
        again = store.of(Numbers(), ["a", "b"])

    assert (again == rows).all()
    assert [event["file"] for event in named(events, "vectors.unreadable")] == [str(path)]
    assert held(path) == 2
    assert store.missing(Numbers(), ["a", "b"]) == 0


def test_a_shipped_file_that_is_torn_costs_the_encoding(store: Vectors) -> None:
    torn(store.ship(Numbers(), ["a", "b"]))
    file_of(store, Numbers()).unlink()
    encoder = Numbers()

    with capture_logs() as events:
        store.of(encoder, ["a", "b"])

    assert encoder.encoded == ["a", "b"]
    assert named(events, "vectors.unreadable")


def test_a_cache_that_cannot_be_written_costs_only_the_next_start(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    store = Vectors(tmp_path / "file", tmp_path / "shipped")

    with capture_logs() as events:
        rows = store.of(Numbers(), ["a"])

    assert rows == pytest.approx(Numbers().encode(["a"]), abs=1e-3)
    assert len(named(events, "vectors.not_written")) == 1


def test_nothing_but_the_file_is_left_behind(store: Vectors) -> None:
    store.of(Numbers(), ["a"])

    assert [path.name for path in store._cache.iterdir()] == ["numbers-1-query.npz"]


# Speed ----------------------------------------------------------------------------------------------------------------


def test_twenty_thousand_kept_vectors_are_there_in_a_moment(store: Vectors) -> None:
    class Quick(Numbers):
        def encode(self, texts: Sequence[str]) -> Floats:
            return np.full((len(texts), self.dim), self.dim**-0.5, np.float32)

    encoder = Quick(dim=384)
    texts = [f"How do I write text number {number}?" for number in range(20_000)]
    store.of(encoder, texts)
    took = []
    for _ in range(3):
        began = time.perf_counter()
        store.of(encoder, texts)
        took.append(time.perf_counter() - began)

    assert min(took) < 0.3
