import pytest

from bot.content.findings import Severity
from bot.content.read import DangerFile, SignsFile
from tests.builders_content import Content, assert_one_finding, findings, small_content


@pytest.fixture
def content() -> Content:
    return small_content()


@pytest.mark.parametrize("name", ["danger", "signs", "talk"])
def test_a_main_language_without_its_file_is_found(content: Content, name: str) -> None:
    del content[f"uk/{name}.yaml"]

    assert_one_finding(content, (f"uk/{name}.yaml",), "missing for Ukrainian")


def test_another_language_may_have_no_words_of_danger(content: Content) -> None:
    content["fa-AF/housing.yaml"] = content["en/housing.yaml"]

    assert findings(content) == []


def test_a_missing_kind_of_danger_is_found(content: Content) -> None:
    del content["uk/danger.yaml"]["kinds"]["trafficking"]

    assert_one_finding(content, ("uk/danger.yaml", "kinds:"), 'the kind "trafficking" is missing')


def test_a_kind_of_danger_without_patterns_is_found(content: Content) -> None:
    content["uk/danger.yaml"]["kinds"]["trafficking"] |= {"red": [], "amber": []}

    assert_one_finding(content, ("uk/danger.yaml", "trafficking:"), "it has no patterns")


def test_few_examples_of_danger_are_a_warning(content: Content) -> None:
    del content["uk/danger.yaml"]["kinds"]["trafficking"]["must_match"][0]

    assert_one_finding(content, ("uk/danger.yaml", "trafficking:", "must_match:"), "only 7 examples", Severity.WARNING)


def test_few_harmless_examples_are_a_warning(content: Content) -> None:
    del content["uk/danger.yaml"]["must_not_match"][0]

    assert_one_finding(content, ("uk/danger.yaml", "must_not_match:"), "only 14 examples", Severity.WARNING)


@pytest.mark.parametrize(
    ("sign", "messages"),
    [("child", "must_match"), ("interpreting", "must_not_match"), ("strain", "prototypes"), ("strain", "near_misses")],
)
def test_few_messages_of_a_sign_are_a_warning(content: Content, sign: str, messages: str) -> None:
    del content["uk/signs.yaml"][sign][messages][0]

    assert_one_finding(content, ("uk/signs.yaml", f"{sign}:", f"{messages}:"), "only 7 messages", Severity.WARNING)


def test_a_missing_command_is_found(content: Content) -> None:
    del content["uk/talk.yaml"]["commands"]["privacy"]

    assert_one_finding(content, ("uk/talk.yaml", "commands:"), 'the command "privacy" has no words')


def test_small_talk_without_words_is_found_once(content: Content) -> None:
    content["uk/talk.yaml"]["small_talk"]["thanks"] = []

    assert_one_finding(content, ("uk/talk.yaml", "thanks:"), 'the small talk "thanks" has no words')


def test_few_ways_to_ask_for_a_person_are_a_warning(content: Content) -> None:
    del content["uk/talk.yaml"]["human"][0]

    assert_one_finding(content, ("uk/talk.yaml", "human:"), "only 24 phrases", Severity.WARNING)


def test_a_theme_that_one_language_lacks_is_found(content: Content) -> None:
    del content["uk/talk.yaml"]["background"]["pets"]

    assert_one_finding(content, ("uk/talk.yaml", "background:"), 'the theme "pets" is missing')


def empty(content: Content, language: str) -> None:
    """Give a language the files of one in which nothing is written yet."""
    danger, signs, talk = (small_content()[f"en/{name}.yaml"] for name in ("danger", "signs", "talk"))
    content[f"{language}/danger.yaml"] = {
        "kinds": {kind: {"red": [], "amber": [], "must_match": []} for kind in danger["kinds"]},
        "must_not_match": [],
    }
    content[f"{language}/signs.yaml"] = {sign: {key: [] for key in told} for sign, told in signs.items()}
    content[f"{language}/talk.yaml"] = {
        "human": [],
        **{part: {key: [] for key in talk[part]} for part in ("small_talk", "commands", "background")},
    }


def test_another_language_may_have_files_in_which_nothing_is_written_yet(content: Content) -> None:
    empty(content, "be")

    assert [(finding.file, finding.severity) for finding in findings(content)] == [
        ("be/danger.yaml", Severity.WARNING),
        ("be/signs.yaml", Severity.WARNING),
        ("be/talk.yaml", Severity.WARNING),
    ]


def test_the_files_of_a_main_language_may_not_be_empty(content: Content) -> None:
    empty(content, "uk")

    found = {finding.file for finding in findings(content) if finding.severity is Severity.ERROR}
    assert found == {"uk/danger.yaml", "uk/talk.yaml"}
    warned = [finding.file for finding in findings(content) if finding.fact == "only 0 messages."]
    assert warned == ["uk/signs.yaml"] * 6


def test_a_language_in_which_something_is_written_must_have_all_kinds_of_danger(content: Content) -> None:
    empty(content, "be")
    content["be/danger.yaml"]["kinds"]["medical"]["red"] = ["не дыхае"]

    errors = [finding.subject for finding in findings(content) if finding.severity is Severity.ERROR]
    assert sorted(errors) == ["child-danger", "sexual-violence", "suicide", "trafficking", "violence"]


def test_a_language_in_which_something_is_written_must_have_all_commands(content: Content) -> None:
    empty(content, "be")
    content["be/talk.yaml"]["human"] = ["чалавек"]

    errors = [finding for finding in findings(content) if finding.severity is Severity.ERROR]
    assert len(errors) == len(content["en/talk.yaml"]["commands"]) + len(content["en/talk.yaml"]["small_talk"])


@pytest.mark.parametrize("name", ["danger", "signs"])
def test_words_that_were_changed_since_they_were_read_are_told(content: Content, name: str) -> None:
    content[f"uk/{name}.yaml"]["review"] = {
        "state": "reviewed",
        "by": "social worker",
        "on": "2026-11-01",
        "digest": "0123456789abcdef",
    }

    (found,) = [one for one in findings(content) if one.file == f"uk/{name}.yaml"]
    assert (found.severity, found.fact) == (Severity.WARNING, "words were changed since they were read.")


@pytest.mark.parametrize(("name", "kind"), [("danger", DangerFile), ("signs", SignsFile)])
def test_words_that_are_as_they_were_read_are_no_finding(
    content: Content, name: str, kind: type[DangerFile] | type[SignsFile]
) -> None:
    digest = kind.model_validate(content[f"uk/{name}.yaml"]).digest
    content[f"uk/{name}.yaml"]["review"] = {
        "state": "reviewed",
        "by": "social worker",
        "on": "2026-11-01",
        "digest": digest,
    }

    assert findings(content) == []
