"""Language of a message."""

from __future__ import annotations

import pytest

from bot.content.model import MAIN_LANGUAGES, Language
from bot.matching.language import KNOWN, guess
from bot.matching.romanised import Heard

LT, EN, RU, UK = MAIN_LANGUAGES
NOTHING_LEARNED: dict[Language, float] = {}


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("kaip užregistruoti vaiką į darželį", "lt"),
        ("kaip uzregistruoti vaika i darzeli", "lt"),
        ("how do I register my child for kindergarten", "en"),
        ("как записать ребёнка в детский сад", "ru"),
        ("як записати дитину в дитячий садок", "uk"),
        ("як записаць дзіця ў садок", "be"),
        ("jak zapisać dziecko do przedszkola", "pl"),
        ("كيف أسجل طفلي في الروضة", "ar"),
        ("çocuğumu anaokuluna nasıl kaydederim", "tr"),
        ("როგორ ჩავწერო ბავშვი ბაღში", "ka"),
    ],
)
def test_a_sentence_tells_its_language(text: str, language: str) -> None:
    assert guess(text, NOTHING_LEARNED).language == language


def test_a_sentence_tells_its_language_against_what_the_person_chose() -> None:
    found = guess("Laba diena, kaip užregistruoti vaiką į darželį?", NOTHING_LEARNED, chosen=RU)

    assert found.language == LT
    assert found.confident


def test_few_words_trust_what_the_person_chose() -> None:
    assert guess("ok", NOTHING_LEARNED, chosen=UK).language == UK
    assert guess("внж", NOTHING_LEARNED, chosen=UK).language == UK
    assert guess("внж", NOTHING_LEARNED, chosen=RU).language == RU


def test_what_the_person_chose_counts_more_than_their_phone() -> None:
    assert guess("sodra", NOTHING_LEARNED, chosen=EN, hint=LT).language == EN


def test_a_region_in_the_phones_language_does_no_harm() -> None:
    assert guess("👍", NOTHING_LEARNED, hint=Language("uk-UA")).language == UK


def test_no_letters_tell_nothing() -> None:
    found = guess("112", NOTHING_LEARNED, chosen=EN)

    assert found.language == EN
    assert not found.confident


def test_without_any_sign_it_is_lithuanian_and_not_sure() -> None:
    found = guess("🙂", NOTHING_LEARNED)

    assert found.language == LT
    assert not found.confident


def test_russian_in_latin_letters_is_russian_if_it_sounds_so() -> None:
    found = guess("kak zapisat rebenka v sadik", {}, Heard(RU, 4.0, -6.5))

    assert found.language == RU
    assert found.romanised


def test_what_the_index_says_does_not_turn_cyrillic_around() -> None:
    assert guess("як записати дитину в дитячий садок", {RU: 0.9, UK: 0.0}).language == UK


def test_all_main_languages_are_known() -> None:
    assert set(MAIN_LANGUAGES) <= set(KNOWN)


def test_real_polish_is_not_taken_for_romanised_ukrainian() -> None:
    heard = Heard(UK, 3.0, -7.4)

    assert guess("jak zapisac dziecko do szkoly w wilnie", {}, heard).language == "pl"
    assert guess("jak zapisac dziecko do szkoly w wilnie", {}, heard, chosen=UK).language == UK


def test_what_only_leads_among_unlikely_languages_is_none_of_them() -> None:
    assert not guess("rogor chavwero bavshvi bagshi", {}, Heard(RU, 3.0, -8.5)).romanised


def test_who_chose_another_script_may_write_it_in_latin_letters() -> None:
    hindi, georgian = Language("hi"), Language("ka")

    assert guess("mujhe kisi se baat karni hai", {}, chosen=hindi).language == hindi
    assert guess("bavshvi bagshi rogor chavwero", {}, chosen=georgian).language == georgian
    assert guess("how do I register my child for kindergarten", {}, chosen=hindi).language == EN
