"""What is hidden before a message is stored, in the words people write."""

from __future__ import annotations

import time

import pytest

from bot.conversation.masking import keepable, keepable_of_staff, mask


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        # Lithuanian
        ("Mano numeris +370 600 12345, skambinkite", "Mano numeris [phone], skambinkite"),
        ("tel. 8 600 12345", "tel. [phone]"),
        ("tel.860012345", "tel.[phone]"),
        ("skambinkite 8-600-12345 arba 8 5 212 3456", "skambinkite [phone] arba [phone]"),
        ("(8 600) 12345", "[phone]"),
        ("8 - 600 - 12345", "[phone]"),
        ("mobilus 0 600 12345", "mobilus [phone]"),
        # Russian, Ukrainian
        ("позвоните мне +7 (912) 345-67-89", "позвоните мне [phone]"),
        ("тел.+380501234567", "тел.[phone]"),
        ("мій номер 380 50 123 45 67", "мій номер [phone]"),
        ("номер 89123456789 мужа", "номер [phone] мужа"),
        # English
        ("call 00370 600 12345 or +37060012346", "call [phone] or [phone]"),
        ("860012345,860012346", "[phone],[phone]"),
        ("+44 20 7946 0958 please", "[phone] please"),
        ("my number is +1-202-555-0134.", "my number is [phone]."),
        # The same number with the blanks, dashes and hidden marks that phones put into it
        ("+370\u00a0600\u00a012345", "[phone]"),
        ("+370\u202f600\u202f12345", "[phone]"),
        ("8\u2011600\u201112345", "[phone]"),
        ("\u202a+370 600 12345\u202c", "\u202a[phone]\u202c"),
        ("+370\t600\t12345", "[phone]"),
        # Other digits
        ("٠٦٠٠١٢٣٤٥٦", "[phone]"),
        ("۰۹۱۲۳۴۵۶۷۸۹", "[phone]"),
        ("०६००१२३४५६", "[phone]"),
        ("８６００１２３４５", "[phone]"),
    ],
)
def test_a_phone_is_hidden(text: str, kept: str) -> None:
    assert mask(text) == kept


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("mano asmens kodas 49001011234", "mano asmens kodas [personal code]"),
        ("a.k.39001011234", "a.k.[personal code]"),
        ("a. k. 390 0101 1234", "a. k. [personal code]"),
        ("ak39001011234", "ak[personal code]"),
        ("личный код 50101011234.", "личный код [personal code]."),
        ("мій код 60203041234", "мій код [personal code]"),
        ("call me 300001 00000", "call me [personal code]"),
        ("my code is 390-0101-1234", "my code is [personal code]"),
        ("٣٩٠٠١٠١١٢٣٤", "[personal code]"),
        ("дочке 2015, код 1,39001011234", "дочке 2015, код 1,[personal code]"),
        # Codes that begin like no Lithuanian one are hidden too
        ("ІПН 1234567890", "ІПН [number]"),
        ("kodas 99912345678", "kodas [number]"),
        ("1" * 30, "[number]"),
    ],
)
def test_a_personal_code_is_hidden(text: str, kept: str) -> None:
    assert mask(text) == kept


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("rašykit petras.petraitis@example.lt, ačiū", "rašykit [e-mail], ačiū"),
        ("пошта: Olena+Tiltas@пошта.укр", "пошта: [e-mail]"),
        ("напишите на ivan_99@mail.example.com!", "напишите на [e-mail]!"),
        ("a@b@c.de", "a@[e-mail]"),
        ("in Telegram I am @olena_k", "in Telegram I am [user]"),
        ("в телеграме @ivan99, пишите", "в телеграме [user], пишите"),
        ("sąskaita LT12 1000 0111 0100 1000", "sąskaita [account]"),
        ("рахунок UA213223130000026007233566001", "рахунок [account]"),
        ("lt121000011101001000", "[account]"),
        ("pasas AB1234567", "pasas [document]"),
        ("паспорт ЕЕ 123456", "паспорт [document]"),
        ("паспорт ее 123456", "паспорт [document]"),
        ("паспорт 4509 123456", "паспорт [number]"),
        ("mano leidimas LT-1234567", "mano leidimas [document]"),
    ],
)
def test_addresses_accounts_and_documents_are_hidden(text: str, kept: str) -> None:
    assert mask(text) == kept


@pytest.mark.parametrize(
    "text",
    [
        # helplines
        "skambinau 112 ir 116 111",
        "звонила 112, потом 116 123",
        "I called 1809 and 1 8 0 9",
        # amounts
        "moka 129,50 euro per mėnesį",
        "зарплата 1 250,50 евро",
        "оренда 800 євро на місяць",
        "butas 250 000 eur",
        "they ask 1000 - 1500 euros",
        "600-800 eur",
        "за 250000 евро",
        "bauda iki 100000 eur",
        # dates
        "atvykau 2026-11-21",
        "приехали 21.11.2026",
        "приїхали 21. 11. 2026 року",
        "registracija 2026-11-21 10:30",
        "vizitas 21.11.2026 15.00 val.",
        "from 2026-11-21 - 2026-12-01",
        "с 01.09.2024-30.06.2025",
        "2026 m. lapkričio 21 d.",
        "11/21/2026",
        # years
        "2026-2027 mokslo metai",
        "2024–2026 m.",
        "дети 2015 2018 2020 года",
        "народилися у 2015, 2018",
        # others
        "vaikams 5, 7 ir 11 metų",
        "LT-01103 Vilnius",
        "Gedimino pr. 53-12",
        "A2 lygis, 48 puslapiai",
        "form 1.2.3, paragraph 12",
    ],
)
def test_helplines_amounts_dates_and_years_stay(text: str) -> None:
    assert mask(text) == text


@pytest.mark.parametrize("text", ["6123 45 67", "8612 34 56", "1234-56-78"])
def test_four_and_two_and_two_digits_are_a_date_only_if_they_can_be_one(text: str) -> None:
    assert mask(text) in {"[number]", "[phone]"}


def test_numbers_in_two_lines_are_two_numbers() -> None:
    assert mask("vaikai 3\n112\n5") == "vaikai 3\n112\n5"


def test_what_can_be_kept_has_no_control_characters_and_no_halves_of_characters() -> None:
    kept = keepable(" \x00first\x1b[31m\nsecond\r \ud83d and \ud83d\ude42 ")

    assert kept == "first [31m\nsecond  \ufffd and 🙂"
    kept.encode("utf-8")


def test_what_can_be_kept_is_masked() -> None:
    assert keepable("  +370 600 12345  ") == "[phone]"


@pytest.mark.parametrize("text", ["a" * 100_000, "1 " * 50_000, "a.b-" * 25_000, "LT12" * 25_000, "@a" * 50_000])
def test_a_long_message_is_masked_at_once(text: str) -> None:
    started = time.perf_counter()

    mask(text)

    assert time.perf_counter() - started < 2


# A specialist's words -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "Skambinkite 8 5 233 4324 arba +370 5 233 4324, rašykite info@vilnius.lt",
        "Call 00370 5 233 4324",
        "Телефон 370 600 12345",
        "Account LT12 1000 0111 0100 1000, code 188710823",
        "112, 116 111, 1808",
        "2026-11-21 10:30, 1 036 euros",
        "@vilniaussavivaldybe",
    ],
)
def test_what_a_specialist_tells_of_an_office_reaches_the_family_as_it_is(text: str) -> None:
    assert keepable_of_staff(text) == text


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Jūsų kodas 49001011234.", "Jūsų kodas [personal code]."),
        ("390 0101 1234", "[personal code]"),
        ("٣٩٠٠١٠١١٢٣٤", "[personal code]"),
        ("39001011234, 49001011234", "[personal code], [personal code]"),
        ("39001011234\n49001011234", "[personal code]\n[personal code]"),
        ("call 8 5 233 4324, code 49001011234", "call 8 5 233 4324, code [personal code]"),
    ],
)
def test_a_personal_code_in_a_specialists_words_is_hidden(text: str, kept: str) -> None:
    assert keepable_of_staff(text) == kept


@pytest.mark.parametrize("between", [" ", " / ", " - ", "/"])
def test_personal_codes_beside_each_other_are_hidden_too(between: str) -> None:
    assert "0101" not in keepable_of_staff(f"kodai 39001011234{between}49001011234")


def test_a_specialists_words_can_be_stored() -> None:
    assert keepable_of_staff(" a\x00b\ud800\n ") == "a b\ufffd"
