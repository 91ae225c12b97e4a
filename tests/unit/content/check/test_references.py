import pytest

from tests.builders_content import Content, assert_one_finding, small_content


@pytest.fixture
def content() -> Content:
    return small_content()


def test_an_unknown_institution_is_found_and_guessed(content: Content) -> None:
    content["entries/housing.yaml"]["entries"]["deposit"]["body"] = "smms"

    assert_one_finding(content, ("entries/housing.yaml", "body:"), 'no institution "smms" (did you mean smsm?)')


def test_an_unknown_helpline_of_a_value_is_found(content: Content) -> None:
    content["entries/housing.yaml"]["entries"]["deposit"]["values"]["line"] = {"helpline": "hl-rents"}

    assert_one_finding(content, ("entries/housing.yaml", "line:"), 'no helpline "hl-rents"')


def test_an_unknown_service_of_a_value_is_found(content: Content) -> None:
    content["entries/education.yaml"]["entries"]["kindergarten"]["values"]["office"] = {"service": "officer"}

    assert_one_finding(content, ("entries/education.yaml", "office:"), 'no service "officer"')


def test_services_are_unknown_where_there_is_no_file_of_them(content: Content) -> None:
    del content["services/national.yaml"]

    assert_one_finding(content, ("entries/education.yaml", "office:"), 'no service "office"')


def test_an_unknown_phone_of_a_service_is_found(content: Content) -> None:
    content["services/national.yaml"]["services"]["office"]["helpline"] = "hl-office"

    assert_one_finding(content, ("services/national.yaml", "helpline:"), 'no helpline "hl-office"')


def test_services_of_an_unknown_municipality_are_found(content: Content) -> None:
    content["services/place-77.yaml"] = {"services": {}}
    content |= {f"services/place-{n:02}.yaml": {"services": {}} for n in range(60)}

    assert_one_finding(content, ("services/place-77.yaml",), 'no municipality "place-77"')


def test_an_unknown_team_of_a_topic_is_found(content: Content) -> None:
    content["topics.yaml"]["topics"]["housing"]["team"] = "suport"

    assert_one_finding(content, ("topics.yaml", "housing:", "team:"), 'no team "suport" (did you mean support?)')


def test_an_unknown_team_by_default_is_found(content: Content) -> None:
    content["routing.yaml"]["default"] = "suport"

    assert_one_finding(content, ("routing.yaml", "default:"), 'no team "suport"')


def test_a_helpline_that_must_not_be_shown_is_found_where_it_is_named(content: Content) -> None:
    content["helplines.yaml"]["helplines"]["hl-rent"]["publish"] = False
    content["services/national.yaml"]["services"]["office"]["helpline"] = None
    for language in ("lt", "en", "ru", "uk"):
        content[f"{language}/education.yaml"]["entries"]["kindergarten"]["details"] = "{from_age} {fee} {office}"

    assert_one_finding(content, ("entries/housing.yaml", "line:"), '"hl-rent" has "publish: false"')
