import pytest

from bot.content.findings import Severity
from bot.content.model import MAIN_LANGUAGES
from tests.builders_content import Content, assert_one_finding, findings, small_content


@pytest.fixture
def content() -> Content:
    return small_content()


def entry(content: Content, language: str) -> Content:
    found: Content = content[f"{language}/housing.yaml"]["entries"]["deposit"]
    return found


def give(content: Content, value: Content, words: str = "{fact}") -> None:
    """Give the entry a value, told in all languages."""
    content["entries/housing.yaml"]["entries"]["deposit"]["values"]["fact"] = value
    for language in MAIN_LANGUAGES:
        entry(content, language)["details"] += f"\n- {words}."


def test_a_term_typed_into_a_text_is_found(content: Content) -> None:
    give(content, {"term": "MIGRIS"})
    entry(content, "uk")["short"] = "Заява в MIGRIS."

    assert_one_finding(
        content,
        ("uk/housing.yaml", "short:"),
        'says "MIGRIS" in so many words, but that is the value "fact"',
        Severity.WARNING,
    )


def test_a_part_of_a_word_is_no_term(content: Content) -> None:
    give(content, {"term": "MIG"})
    entry(content, "uk")["short"] = "Заява в MIGRIS."

    assert findings(content) == []


def test_the_host_of_a_link_is_found_whatever_its_ending(content: Content) -> None:
    give(content, {"link": "https://www.renkuosi.city/lt/"})
    entry(content, "en")["short"] = "Look at renkuosi.city."

    assert_one_finding(content, ("en/housing.yaml", "short:"), 'says "renkuosi.city"', Severity.WARNING)


def test_a_helpline_that_is_named_without_a_way_to_reach_it_is_found(content: Content) -> None:
    content["helplines.yaml"]["helplines"]["hl-rent"]["name"] = dict.fromkeys(MAIN_LANGUAGES, "Nuomos linija")
    entry(content, "en")["short"] = "Call Nuomos linija."

    assert_one_finding(content, ("en/housing.yaml", "short:"), 'the value "line"', Severity.WARNING)


@pytest.mark.parametrize("words", ["Call Nuomos linija, {line}.", "Call {line.name}: {line}.", "Call Nuomos liniją."])
def test_the_name_of_a_helpline_beside_its_number_is_no_finding(content: Content, words: str) -> None:
    content["helplines.yaml"]["helplines"]["hl-rent"]["name"] = dict.fromkeys(MAIN_LANGUAGES, "Nuomos linija")
    entry(content, "en")["short"] = words

    assert findings(content) == []


def test_a_question_may_name_the_service_it_is_about(content: Content) -> None:
    content["helplines.yaml"]["helplines"]["hl-rent"]["name"] = dict.fromkeys(MAIN_LANGUAGES, "Nuomos linija")
    entry(content, "en")["question"] = "What is Nuomos linija?"

    assert findings(content) == []


@pytest.mark.parametrize(
    ("language", "words", "typed"),
    [
        ("en", "You have three months.", "three months"),
        ("en", "Three\n  months is the time.", "Three months"),
        ("lt", "Turite tris mėnesius.", "tris mėnesius"),
        ("lt", "Per trijų mėnesių laiką.", "trijų mėnesių"),
        ("ru", "Есть три месяца.", "три месяца"),
        ("ru", "В течение трёх месяцев.", "трёх месяцев"),
        ("uk", "Маєте три місяці.", "три місяці"),
        ("uk", "Протягом трьох місяців.", "трьох місяців"),
    ],
)
def test_a_length_of_time_in_words_is_found(content: Content, language: str, words: str, typed: str) -> None:
    give(content, {"duration": 3, "unit": "month"})
    entry(content, language)["short"] = words

    assert_one_finding(content, (f"{language}/housing.yaml", "short:"), f'"{typed}" in so many words', Severity.WARNING)


@pytest.mark.parametrize(
    ("value", "language", "words"),
    [
        ({"duration": 10, "unit": "day"}, "en", "Within ten working days."),
        ({"duration": 1, "unit": "year"}, "ru", "Через один год."),
        ({"duration": 2, "unit": "week"}, "uk", "За два тижні."),
        ({"percent": 40}, "lt", "Tai keturiasdešimt procentų."),
        ({"percent": 50}, "uk", "Це п’ятдесят відсотків."),
    ],
)
def test_other_units_are_found_too(content: Content, value: Content, language: str, words: str) -> None:
    give(content, value)
    entry(content, language)["short"] = words

    assert_one_finding(content, (f"{language}/housing.yaml", "short:"), "in so many words", Severity.WARNING)


@pytest.mark.parametrize(
    ("language", "told", "words"),
    [
        ("en", "With {fact} or more children", "Have you three or more children?"),
        ("en", "From age {fact} years", "At three years a child may come."),
        ("lt", "Auginantiems {fact} ar daugiau vaikų", "Auginate tris ar daugiau vaikų?"),
        ("uk", "Якщо {fact} або більше дітей", "Маєте троє або більше дітей?"),
    ],
)
def test_a_number_in_words_of_what_the_text_counts_is_found(
    content: Content, language: str, told: str, words: str
) -> None:
    give(content, {"number": 3})
    entry(content, language)["details"] += f"\n- {told}."
    entry(content, language)["question"] = words

    assert_one_finding(content, (f"{language}/housing.yaml", "question:"), "in so many words", Severity.WARNING)


@pytest.mark.parametrize(
    ("value", "language", "words"),
    [
        ({"number": 3}, "en", "There are three ways to ask."),
        ({"number": 1}, "en", "One of the parents asks."),
        ({"number": 7}, "ru", "Приходите с семью детьми."),
        ({"duration": 3, "unit": "month"}, "en", "There are three of them, and months pass."),
        ({"duration": 3, "unit": "month"}, "en", "Within three days."),
        ({"duration": 3, "unit": "month"}, "lt", "Trys metai ir keli mėnesiai."),
        ({"duration": 5, "unit": "day"}, "uk", "П'ятдесят днів."),
        ({"number": 3.5}, "en", "Three children."),
    ],
)
def test_a_number_of_something_else_is_no_finding(content: Content, value: Content, language: str, words: str) -> None:
    give(content, value, "{fact} children")
    entry(content, language)["short"] = words

    assert findings(content) == []


def test_a_number_in_words_is_no_finding_where_the_text_says_nothing_by_the_placeholder(content: Content) -> None:
    content["entries/housing.yaml"]["entries"]["deposit"]["values"]["fact"] = {"duration": 3, "unit": "month"}
    entry(content, "en")["short"] = "Within three months."

    assert [finding.fact for finding in findings(content)] == ['no text uses the value "fact".']


def test_the_name_of_a_placeholder_is_no_number(content: Content) -> None:
    content["entries/housing.yaml"]["entries"]["deposit"]["values"] |= {"two": {"number": 2}, "many": {"number": 4}}
    for language in MAIN_LANGUAGES:
        entry(content, language)["details"] += "\n- {two} days, {many} days."

    assert findings(content) == []


def test_what_is_said_of_a_town_is_looked_at_too(content: Content) -> None:
    give(content, {"duration": 3, "unit": "month"})
    for language in MAIN_LANGUAGES:
        entry(content, language)["towns"] = {"place-01": "Within three months."}

    assert_one_finding(content, ("en/housing.yaml", "place-01:"), '"towns.place-01" says', Severity.WARNING)
