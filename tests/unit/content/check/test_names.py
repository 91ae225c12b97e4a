import pytest

from tests.builders_content import assert_one_finding, findings, small_content


@pytest.mark.parametrize(
    ("file", "keys"),
    [
        ("topics.yaml", ("topics", "housing", "name")),
        ("routing.yaml", ("teams", "support", "name")),
        ("institutions.yaml", ("institutions", "smsm", "name")),
        ("services/national.yaml", ("services", "office", "name")),
        ("helplines.yaml", ("helplines", "hl-rent", "name")),
        ("helplines.yaml", ("helplines", "hl-rent", "for")),
        ("municipalities.yaml", ("municipalities", "place-07", "town")),
    ],
)
def test_a_name_without_a_main_language_is_found(file: str, keys: tuple[str, str, str]) -> None:
    content = small_content()
    del content[file][keys[0]][keys[1]][keys[2]]["uk"]

    assert_one_finding(content, (file, f"{keys[1]}:", f"{keys[2]}:"), f'"{keys[2]}" has no words in Ukrainian')


def test_a_topic_too_long_for_a_button_is_found() -> None:
    content = small_content()
    content["topics.yaml"]["topics"]["housing"]["name"]["ru"] = "ж" * 29

    assert_one_finding(content, ("topics.yaml", "housing:", "ru:"), "the Russian name has 29 characters")


def test_a_phone_number_in_a_name_is_found() -> None:
    content = small_content()
    content["institutions.yaml"]["institutions"]["smsm"]["name"]["en"] = "Ministry, +370 5 219 1225"

    assert_one_finding(content, ("institutions.yaml", "en:"), 'a phone number in them: "+370 5 219 1225"')


def test_a_helpline_may_be_called_by_its_number_and_name_112() -> None:
    content = small_content()
    content["helplines.yaml"]["helplines"]["hl-rent"] |= {"number": "1820"}
    content["helplines.yaml"]["helplines"]["hl-rent"]["name"]["en"] = "Line 1820"
    content["helplines.yaml"]["helplines"]["hl-rent"]["for"]["en"] = "Not for danger: call 112."

    assert findings(content) == []


def test_a_missing_municipality_is_found() -> None:
    content = small_content()
    del content["municipalities.yaml"]["municipalities"]["place-07"]

    assert_one_finding(content, ("municipalities.yaml",), "it lists 59 municipalities; Lithuania has 60")
