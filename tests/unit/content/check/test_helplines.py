import pytest

from tests.builders_content import Content, assert_one_finding, findings, small_content


@pytest.fixture
def content() -> Content:
    return small_content()


def test_content_without_112_is_found(content: Content) -> None:
    del content["helplines.yaml"]["helplines"]["hl-112"]

    assert_one_finding(content, ("helplines.yaml", "helplines:"), "there is no hl-112")


def test_112_that_is_not_published_is_found(content: Content) -> None:
    content["helplines.yaml"]["helplines"]["hl-112"]["publish"] = False

    assert_one_finding(content, ("helplines.yaml", "hl-112:", "publish:"), "it is not published")


def test_112_without_number_is_found(content: Content) -> None:
    content["helplines.yaml"]["helplines"]["hl-112"] |= {"number": None, "url": "https://112.lt"}

    assert_one_finding(content, ("helplines.yaml", "hl-112:"), "it has no number")


def test_112_that_is_not_listed_for_a_danger_is_found(content: Content) -> None:
    content["helplines.yaml"]["helplines"]["hl-112"]["danger"].remove("trafficking")

    assert_one_finding(content, ("helplines.yaml", "danger:"), '"danger" does not list trafficking')


def test_112_that_is_not_the_first_is_found(content: Content) -> None:
    lines = content["helplines.yaml"]["helplines"]
    lines["hl-112"] = lines.pop("hl-112")

    assert_one_finding(content, ("helplines.yaml", "hl-112:"), "it is not the first")


def test_a_published_helpline_that_cannot_be_reached_is_found(content: Content) -> None:
    lines = content["helplines.yaml"]["helplines"]
    lines["hl-new"] = lines["hl-rent"] | {"number": None}

    assert_one_finding(content, ("helplines.yaml", "hl-new:"), "published without a number or an address")


@pytest.mark.parametrize(
    ("openings", "fact"),
    [
        (["19:00-09:00"], '"tue" end before they begin: 19:00-09:00'),
        (["09:00-09:00"], "end before they begin"),
        (["12:00-17:00", "09:00-13:00"], '"tue" overlap'),
    ],
)
def test_hours_that_cannot_be_are_found(content: Content, openings: list[str], fact: str) -> None:
    content["helplines.yaml"]["helplines"]["hl-rent"]["hours"]["tue"] = openings

    assert_one_finding(content, ("helplines.yaml", "tue:"), fact)


def test_a_night_in_two_parts_is_sound(content: Content) -> None:
    hours = content["helplines.yaml"]["helplines"]["hl-rent"]["hours"]
    hours |= {"tue": ["20:00-24:00"], "wed": ["00:00-08:00", "08:00-10:00"]}

    assert findings(content) == []
