from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bot.content.model import ENGLISH, LITHUANIAN, RUSSIAN, UKRAINIAN, Catalogue, EntryId, Language
from bot.content.read import read
from bot.content.render import direction, format_instant, format_partial_date, own_name, render, words
from tests.builders_content import small_content, written


@pytest.fixture
def catalogue() -> Catalogue:
    content = small_content()
    content["entries/housing.yaml"]["entries"]["deposit"]["values"] |= {
        "fee": {"amount": 1036, "year": 2026},
        "since": {"date": "2026-01-01"},
        "share": {"percent": 40},
        "level": {"term": "A1"},
        "portal": {"link": "https://www.spis.lt"},
        "office": {"service": "office"},
    }
    return read(written(content)).catalogue()


def rendered(catalogue: Catalogue, text: str, language: Language = ENGLISH) -> str:
    return render(text, catalogue.entries[EntryId("deposit")], language, catalogue)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("{fee} in {fee.year}", "1,036 euros in 2026"),
        ("{term}, {term.number}", "30 days, 30"),
        ("{since}", "1 January 2026"),
        ("{share}", "40%"),
        ("{level}", "A1"),
        ("{portal}", "https://www.spis.lt"),
        ("{line} {line.name}", "+370 600 00000 linija"),
        ("{office}: {office.phone}, {office.url}", "biuras: +370 600 00000, https://www.renkuosilietuva.lt"),
    ],
)
def test_values_are_put_into_the_text(catalogue: Catalogue, text: str, shown: str) -> None:
    assert rendered(catalogue, text) == shown


@pytest.mark.parametrize(
    ("language", "shown"),
    [(LITHUANIAN, "1 036 eurai"), (ENGLISH, "1,036 euros"), (RUSSIAN, "1 036 евро"), (UKRAINIAN, "1 036 євро")],
)
def test_an_amount_is_written_as_its_language_writes_it(catalogue: Catalogue, language: Language, shown: str) -> None:
    assert rendered(catalogue, "{fee}", language).replace("\u00a0", " ") == shown


@pytest.mark.parametrize("text", ["{nothing}", "{fee.phone}", "{Fee}", "{}"])
def test_what_cannot_be_filled_in_is_an_error(catalogue: Catalogue, text: str) -> None:
    with pytest.raises(KeyError):
        rendered(catalogue, text)


@pytest.mark.parametrize(
    ("date", "language", "shown"),
    [
        ("2026-11-21", ENGLISH, "21 November 2026"),
        ("2026-11", ENGLISH, "November 2026"),
        ("2026", UKRAINIAN, "2026"),
        ("2026-11-21", LITHUANIAN, "2026 m. lapkričio 21 d."),
    ],
)
def test_a_date_is_as_exact_as_it_is_known(date: str, language: Language, shown: str) -> None:
    assert format_partial_date(date, language) == shown


@pytest.mark.parametrize(
    ("language", "shown"),
    [
        (ENGLISH, "Tuesday, 1 December, 09:30"),
        (LITHUANIAN, "antradienis, gruodžio 1 d., 09:30"),
        (RUSSIAN, "вторник, 1 декабря, 09:30"),
        (UKRAINIAN, "вівторок, 1 грудня, 09:30"),
    ],
)
def test_an_instant_is_a_weekday_a_day_and_an_hour_as_europeans_write_them(language: Language, shown: str) -> None:
    assert format_instant(datetime(2026, 12, 1, 9, 30, tzinfo=ZoneInfo("Europe/Vilnius")), language) == shown


def test_the_hour_of_an_instant_keeps_its_order_in_a_language_from_right_to_left() -> None:
    shown = format_instant(datetime(2026, 12, 1, 9, 30, tzinfo=ZoneInfo("Europe/Vilnius")), Language("fa"))

    assert shown.endswith("\u206609:30\u2069")


def test_words_of_a_missing_language_are_english_then_lithuanian() -> None:
    assert words({LITHUANIAN: "a", ENGLISH: "b"}, RUSSIAN) == "b"
    assert words({LITHUANIAN: "a", RUSSIAN: "c"}, UKRAINIAN) == "a"


def test_languages_are_named_in_themselves_and_have_a_direction() -> None:
    assert own_name(UKRAINIAN) == "Українська"
    assert direction(Language("fa-AF")) == "rtl"
