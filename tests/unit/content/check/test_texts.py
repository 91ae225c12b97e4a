import pytest

from bot.content.check.texts import sentences
from bot.content.findings import Severity
from tests.builders_content import Content, assert_one_finding, findings, small_content


@pytest.fixture
def content() -> Content:
    return small_content()


def entry(content: Content, language: str) -> Content:
    found: Content = content[f"{language}/housing.yaml"]["entries"]["deposit"]
    return found


@pytest.mark.parametrize("field", ["question", "label", "short", "details"])
def test_a_figure_typed_into_a_text_is_found(content: Content, field: str) -> None:
    entry(content, "en")[field] += " A1"

    assert_one_finding(content, ("en/housing.yaml", f" {field}:"), f'"{field}" has the figure "1" in it')


def test_figures_of_a_value_are_no_finding(content: Content) -> None:
    content["entries/housing.yaml"]["entries"]["deposit"]["values"]["line2"] = {"term": "A1"}
    for language in ("lt", "en", "ru", "uk"):
        entry(content, language)["short"] += " {line2}"

    assert findings(content) == []


@pytest.mark.parametrize("number", ["112", "+370 600 12345", "8 600 12345", "116 123", "(8-5) 236 0000", "1820"])
def test_a_phone_number_typed_into_a_text_is_found_as_such(content: Content, number: str) -> None:
    entry(content, "uk")["short"] = f"Телефонуйте {number}."
    kind = "the figure" if number == "1820" else "a phone number"  # four figures may be a year as well

    assert_one_finding(content, ("uk/housing.yaml", "short:"), f'"short" has {kind}')


@pytest.mark.parametrize(
    "address", ["https://spis.lt/x", "www.spis.lt", "spis.lt", "help@gmail.com", "www.gov.uk", "e-tar.lt/portal"]
)
def test_an_address_typed_into_a_text_is_found(content: Content, address: str) -> None:
    entry(content, "ru")["details"] += f"\n- {address}"

    assert_one_finding(content, ("ru/housing.yaml", "details:"), '"details" has an address')


@pytest.mark.parametrize("words", ["Ask here.They help.", "Ask e.g. the owner.", "Ask …me."])
def test_a_forgotten_space_is_no_address(content: Content, words: str) -> None:
    entry(content, "en")["short"] = words

    assert [finding for finding in findings(content) if "an address" in finding.fact] == []


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("lt", "Tai kainuoja penkiasdešimt eurų."),
        ("en", "It costs fifty euros."),
        ("ru", "Это стоит двадцать евро."),
        ("uk", "Це коштує п'ятдесят євро."),
    ],
)
def test_an_amount_in_words_is_a_warning(content: Content, language: str, words: str) -> None:
    entry(content, language)["short"] = words

    assert_one_finding(content, (f"{language}/housing.yaml", "short:"), "an amount in words", Severity.WARNING)


def test_a_label_too_long_for_a_button_is_found(content: Content) -> None:
    entry(content, "lt")["label"] = "a" * 29

    assert_one_finding(content, ("lt/housing.yaml", "label:"), '"label" has 29 characters, 1 too many')


def test_a_question_is_measured_with_its_values_filled_in(content: Content) -> None:
    entry(content, "lt")["question"] = "a" * 81 + " {term}?"

    assert_one_finding(content, ("lt/housing.yaml", "question:"), '"question" has 91 characters')


def test_an_answer_longer_than_a_screen_is_found(content: Content) -> None:
    entry(content, "lt")["details"] += "\n" + ("- Kreipkitės.\n" * 6) + "a" * 850

    assert_one_finding(content, ("lt/housing.yaml", "details:"), "characters once the values are filled in")


def test_a_short_answer_of_three_sentences_is_a_warning(content: Content) -> None:
    entry(content, "en")["short"] = "Ask. Wait. Ask again."

    assert_one_finding(content, ("en/housing.yaml", "short:"), "has 3 sentences", Severity.WARNING)


def test_many_lines_are_a_warning(content: Content) -> None:
    entry(content, "en")["details"] += "\n- Ask." * 9

    assert_one_finding(content, ("en/housing.yaml", "details:"), "the details have 11 lines", Severity.WARNING)


def test_a_sentence_of_more_than_25_words_is_a_warning(content: Content) -> None:
    entry(content, "en")["details"] += "\n- " + "word " * 25 + "end."

    assert_one_finding(content, ("en/housing.yaml", "details:"), "has 26 words", Severity.WARNING)


@pytest.mark.parametrize(
    ("language", "most", "short"),
    [("lt", 11, "Kreipkitės"), ("en", 14, "Ask"), ("ru", 14, "Спросите"), ("uk", 14, "Запитайте")],
)
def test_sentences_that_are_all_rather_long_are_a_warning(
    content: Content, language: str, most: int, short: str
) -> None:
    words = entry(content, language)
    words["short"] = f"{short} " * most + "galas."
    words["details"] = f"{words['details'].splitlines()[0].rstrip('.')} " + "žodis " * (most - 1) + "{line}."

    assert_one_finding(
        content, (f"{language}/housing.yaml", "details:"), f"its sentences have {most + 1}.", Severity.WARNING
    )


def test_one_rather_long_sentence_among_short_ones_is_no_finding(content: Content) -> None:
    entry(content, "lt")["details"] += "\n- " + "žodis " * 20 + "galas."

    assert findings(content) == []


def test_sentences_end_at_punctuation_and_bullets_but_not_where_a_line_is_wrapped() -> None:
    assert sentences('Bring this:\n- your\n  passport\n- a photo. Ask "who?" Wait\nfor them.') == [
        "Bring this:",
        "your passport",
        "a photo.",
        'Ask "who?',
        "Wait for them.",
    ]
