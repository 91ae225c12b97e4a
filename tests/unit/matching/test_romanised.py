"""Russian and Ukrainian in Latin letters, read in Cyrillic."""

from __future__ import annotations

import pytest

from bot.content.model import ENGLISH, RUSSIAN, UKRAINIAN, Language
from bot.matching.corpus import texts_of
from bot.matching.romanised import NO_DETECTOR, Detector, detector_of, in_cyrillic
from bot.storage.faq_files import Content


@pytest.mark.parametrize(
    ("latin", "language", "cyrillic"),
    [
        ("kak zapisat rebenka v sadik", RUSSIAN, "как записат ребенка в садик"),
        ("moy muzh zabral pasport", RUSSIAN, "мой муж забрал паспорт"),
        ("4to delat, xozyain ne platit", RUSSIAN, "что делат, хозяин не платит"),
        ("skol'ko dney mozhno zhit'", RUSSIAN, "сколько дней можно жить"),
        ("yak zapysaty dytynu v shkolu", UKRAINIAN, "як записати дитину в школу"),
        ("chy mozhna yiyi vziaty z soboyu", UKRAINIAN, "чи можна її взяти з собою"),
    ],
)
def test_a_message_in_latin_letters_is_read_in_cyrillic(latin: str, language: Language, cyrillic: str) -> None:
    assert in_cyrillic(latin, language) == cyrillic


def test_numbers_and_signs_stay() -> None:
    assert in_cyrillic("u menya 4 rebenka, 300 evro?", RUSSIAN) == "у меня 4 ребенка, 300 евро?"


@pytest.fixture(scope="module")
def detector(content: Content) -> Detector:
    return content.index.detector


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("kak zapisat rebenka v sadik", RUSSIAN),
        ("hozyain ne otdaet depozit za kvartiru", RUSSIAN),
        ("yak zapysaty dytynu do shkoly", UKRAINIAN),
        ("de otrymaty dovidku pro mistse prozhyvannia", UKRAINIAN),
    ],
)
def test_the_detector_knows_both_languages(detector: Detector, text: str, language: Language) -> None:
    heard = detector.hear(text)

    assert heard is not None
    assert heard.language == language
    assert heard.lead > 2


@pytest.mark.parametrize(
    "text", ["kaip uzrasyti vaika i darzeli", "koks rytoj oras vilniuje", "how do I register my child", "boss no pay"]
)
def test_lithuanian_and_english_are_not_romanised(detector: Detector, text: str) -> None:
    heard = detector.hear(text)

    assert heard is not None
    assert heard.lead < 0


def test_the_chosen_language_decides_what_could_be_both(detector: Detector) -> None:
    heard = [detector.hear("adres banku", chosen) for chosen in (RUSSIAN, UKRAINIAN)]

    assert [one and one.language for one in heard] == [RUSSIAN, UKRAINIAN]


def test_without_letters_or_without_one_of_the_languages_nothing_is_heard(content: Content, detector: Detector) -> None:
    english = [text for text in texts_of(content.catalogue) if text.language == ENGLISH]

    assert detector.hear("?!") is None
    assert detector_of(english) is NO_DETECTOR
    assert NO_DETECTOR.hear("kak zapisat rebenka v sadik") is None
