"""Three readings of a message."""

from __future__ import annotations

import pytest

from bot.conversation.masking import mask
from bot.matching.text import MAX_CHARS, clauses, clean, fold, skeleton, windows


def test_a_long_message_is_cut() -> None:
    assert len(clean("a" * 20_000)) == MAX_CHARS


@pytest.mark.parametrize("sign", ["…", "½", "㏂", "ﬁ", "a", "😀"])
def test_pieces_of_a_message_leave_nothing_out(sign: str) -> None:
    whole = " ".join(f"{sign} word{n}" for n in range(300))

    pieces = windows(whole)

    assert max(map(len, pieces)) <= MAX_CHARS
    assert all(any(f"word{n} " in f"{piece} " for piece in pieces) for n in range(300))


def test_a_sign_that_is_a_sentence_does_not_make_a_message_endless() -> None:
    assert len(windows("\ufdfa" * 4096)) == 1


def test_marks_that_nobody_sees_are_removed() -> None:
    assert clean("\u202eвнж\u200b \u2066срок\u2069\ufeff") == "внж срок"


def test_line_breaks_stay_and_other_spaces_become_one() -> None:
    assert clean("vienas \t du\r\n\n  trys") == "vienas du\ntrys"


def test_halves_of_an_emoji_are_joined_and_a_lone_half_is_replaced() -> None:
    assert clean("\ud83d\udc4d") == "\U0001f44d"
    assert clean("ok \ud83d") == "ok \ufffd"


def test_folding_forgives_accents_case_and_punctuation() -> None:
    assert fold("Kaip UŽREGISTRUOTI vaiką?!") == "kaip uzregistruoti vaika"
    assert fold("Ребёнок — в «садик»") == "ребенок в садик"


def test_an_apostrophe_may_be_left_out() -> None:
    assert fold("сім’я") == fold("сім'я") == fold("сімя") == "сімя"


def test_folding_keeps_vowel_signs_that_are_letters() -> None:
    assert fold("हिन्दी") == "हिन्दी"


def test_folding_keeps_a_message_of_symbols_only() -> None:
    assert fold("👍!") == "👍"
    assert fold("ok 👍") == "ok"


@pytest.mark.parametrize(
    ("cyrillic", "latin"),
    [
        ("садик", "sadik"),
        ("ребёнка", "rebenka"),
        ("школа", "shkola"),
        ("школа", "škola"),
        ("прописка", "propyska"),
        ("хочу", "hochu"),
        ("хочу", "khochu"),
        ("хочу", "ho4u"),
        ("семья", "semja"),
        ("вид на жительство", "vid na zhitelstvo"),
        ("жінка", "žinka"),
        ("центр", "centr"),
    ],
)
def test_a_word_has_one_skeleton_in_both_alphabets(cyrillic: str, latin: str) -> None:
    assert skeleton(cyrillic) == skeleton(latin)


def test_doubled_letters_are_one_in_a_skeleton_but_numbers_stay() -> None:
    assert skeleton("vaikkas 112") == "vaikas 112"


@pytest.mark.parametrize(
    "hidden", ["+370 612 34567", "ana@example.org", "LT12 1000 0111 0100 1000", "@ana_lt", "38001010000", "12345678"]
)
def test_what_was_hidden_is_no_word_of_the_message(hidden: str) -> None:
    masked = mask(f"call me: {hidden}")

    assert "[" in masked
    assert fold(masked) == "call me"


def test_clauses_end_at_punctuation_lines_and_words_for_and() -> None:
    assert clauses("Kur darželis? Kiek kainuoja!\nAčiū ...") == ("Kur darželis", "Kiek kainuoja", "Ačiū")
    assert clauses("как найти садик и сколько стоит, 12,5 евро?") == ("как найти садик", "сколько стоит", "12,5 евро")
