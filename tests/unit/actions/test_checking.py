from datetime import date
from itertools import combinations
from random import Random
from time import perf_counter

import pytest
from rapidfuzz.fuzz import ratio

from bot.actions.checking import Report, check_everything
from bot.actions.checking.likeness import alike
from bot.content.findings import Finding, Severity
from bot.content.model import MAIN_LANGUAGES, Language
from tests.builders_content import TODAY, Content, line_of, small_content, written


def report_on(content: Content) -> Report:
    return check_everything(written(content), today=TODAY)


def only_finding(content: Content, file: str, *marks: str) -> Finding:
    (found,) = report_on(content).findings
    assert (found.file, found.line) == (file, line_of(written(content), file, *marks))
    return found


def phrasings(content: Content, language: str, entry: str = "deposit") -> list[str]:
    topic = "housing" if entry == "deposit" else "education"
    found: list[str] = content[f"{language}/{topic}.yaml"]["entries"][entry]["phrasings"]
    return found


def test_sound_content_has_no_findings_and_is_counted() -> None:
    report = report_on(small_content())

    assert report == Report(
        findings=(),
        entries=2,
        drafts=0,
        overdue=0,
        phrasings=64,
        values=5,
        sources=2,
        languages=dict.fromkeys(MAIN_LANGUAGES, 2),
    )


def test_form_sense_and_matching_are_told_together_in_the_order_of_the_files() -> None:
    content = small_content()
    content["entries/housing.yaml"]["entries"]["deposit"]["body"] = "smms"
    content["uk/danger.yaml"]["kinds"]["violence"]["red"].append("* together")
    del content["uk/talk.yaml"]["human"]

    assert [finding.file for finding in report_on(content).findings] == [
        "entries/housing.yaml",
        "uk/danger.yaml",
        "uk/talk.yaml",
    ]


def test_no_files_at_all_are_findings_and_no_exception() -> None:
    assert check_everything({}, today=TODAY).errors


def test_errors_and_warnings_are_told_apart() -> None:
    content = small_content()
    content["entries/housing.yaml"]["entries"]["deposit"]["body"] = "smms"
    phrasings(content, "uk").pop()

    report = report_on(content)

    assert [finding.severity for finding in report.errors] == [Severity.ERROR]
    assert [finding.severity for finding in report.warnings] == [Severity.WARNING]


def test_overdue_entries_and_drafts_are_counted() -> None:
    content = small_content()
    content["entries/housing.yaml"]["entries"]["deposit"]["status"] = "draft"

    report = check_everything(written(content), today=date(2027, 6, 1))

    assert (report.entries, report.drafts, report.overdue) == (1, 1, 1)
    assert report.languages[Language("lt")] == 1


# Phrasings ------------------------------------------------------------------------------------------------------------


def test_two_phrasings_of_an_entry_that_differ_only_in_accents_are_a_warning() -> None:
    content = small_content()
    phrasings(content, "lt")[7] = "Šeimininkas neatiduoda pinigu!"

    finding = only_finding(content, "lt/housing.yaml", "- Šeimininkas neatiduoda")

    assert finding.fact == '"Šeimininkas neatiduoda pinigu!" is 100 % like "šeimininkas neatiduoda pinigų".'
    assert finding.severity is Severity.WARNING


def test_phrasings_of_two_entries_that_are_nearly_the_same_are_found_and_both_named() -> None:
    content = small_content()
    phrasings(content, "en")[7] = "what paper does the nursery want?"

    finding = only_finding(content, "en/housing.yaml", "- what paper")

    assert finding.subject == "deposit"
    line = line_of(written(content), "en/education.yaml", "what papers")
    assert (
        f'"what papers does the nursery want" of the entry "kindergarten" (faq/en/education.yaml:{line})'
        in finding.fact
    )
    assert finding.severity is Severity.ERROR


def test_the_same_phrasing_of_two_entries_in_two_languages_is_found() -> None:
    content = small_content()
    phrasings(content, "uk")[7] = "садик — запись"

    finding = only_finding(content, "uk/housing.yaml", "- садик")

    assert "is 100 % like" in finding.fact


def test_languages_of_one_entry_may_share_a_phrasing() -> None:
    content = small_content()
    phrasings(content, "uk")[7] = phrasings(content, "ru")[7]

    assert report_on(content).findings == ()


def test_a_phrasing_without_letters_is_found() -> None:
    content = small_content()
    phrasings(content, "uk")[7] = "?!"

    finding = only_finding(content, "uk/housing.yaml", "?!")

    assert "no letters or figures" in finding.fact


@pytest.mark.parametrize("cutoff", [80, 90])
def test_likeness_misses_no_pair(cutoff: int) -> None:
    random = Random(7)
    bases = [
        " ".join(random.choices(["садик", "ВНЖ", "darzelis", "vaikas", "дитина", "school"], k=4)) for _ in range(12)
    ]
    texts = [
        "".join(char for char in base if random.random() > 0.1) + random.choice(["", " ok", " да"])
        for base in bases
        for _ in range(6)
    ]

    found = {(first, second) for first, second, _ in alike(texts, cutoff)}

    assert found == {
        (first, second)
        for (first, one), (second, other) in combinations(enumerate(texts), 2)
        if ratio(one, other) >= cutoff
    }


# Talk -----------------------------------------------------------------------------------------------------------------


def test_a_word_of_two_commands_is_found_in_whatever_languages() -> None:
    content = small_content()
    content["uk/talk.yaml"]["commands"]["help"].append("LT command: start")

    finding = only_finding(content, "uk/talk.yaml", "LT command")

    assert 'is a phrase of the command "help", but also of the command "start" (faq/lt/talk.yaml:' in finding.fact
    assert finding.severity is Severity.ERROR


def test_a_command_may_have_the_same_word_in_two_languages() -> None:
    content = small_content()
    content["uk/talk.yaml"]["commands"]["help"].append("lt command help")

    assert report_on(content).findings == ()


def test_a_way_to_ask_for_a_person_may_be_the_command_for_it() -> None:
    content = small_content()
    content["uk/talk.yaml"]["commands"]["human"].append("lt person 3")

    assert report_on(content).findings == ()


def test_small_talk_that_is_a_phrasing_of_an_entry_is_found() -> None:
    content = small_content()
    content["uk/talk.yaml"]["small_talk"]["thanks"].append("Deposit return?")

    finding = only_finding(content, "uk/talk.yaml", "Deposit return")

    assert 'also of the entry "deposit"' in finding.fact
    assert finding.severity is Severity.ERROR


def test_small_talk_that_is_a_background_message_is_a_warning() -> None:
    content = small_content()
    content["uk/talk.yaml"]["background"]["pets"].append("uk thanks 3")

    finding = only_finding(content, "uk/talk.yaml", "pets:", "uk thanks 3")

    assert 'of the theme "pets", but also of the small talk "thanks"' in finding.fact
    assert finding.severity is Severity.WARNING


# Danger ---------------------------------------------------------------------------------------------------------------


def violence(content: Content) -> Content:
    found: Content = content["uk/danger.yaml"]["kinds"]["violence"]
    return found


def test_a_pattern_that_is_none_is_found() -> None:
    content = small_content()
    violence(content)["amber"].append("beat *")

    finding = only_finding(content, "uk/danger.yaml", "beat")

    assert "must begin and end with a word" in finding.fact


def test_an_example_that_no_pattern_sees_is_found() -> None:
    content = small_content()
    violence(content)["must_match"].append({"text": "тато замахнувся", "level": "red"})

    finding = only_finding(content, "uk/danger.yaml", "замахнувся")

    assert finding.fact == '"тато замахнувся" is red, but no pattern of this kind sees it.'
    assert finding.severity is Severity.ERROR


def test_a_red_example_that_only_an_amber_pattern_sees_is_found() -> None:
    content = small_content()
    violence(content)["must_match"].append({"text": "dangeruk0 more than once", "level": "red"})

    finding = only_finding(content, "uk/danger.yaml", "more than once")

    assert "only amber patterns see it" in finding.fact


def test_an_amber_example_that_no_pattern_sees_is_a_warning() -> None:
    content = small_content()
    violence(content)["must_match"].append({"text": "тато рахує кожен цент", "level": "amber"})

    finding = only_finding(content, "uk/danger.yaml", "рахує")

    assert finding.severity is Severity.WARNING


def test_an_example_left_to_the_detector_needs_no_pattern() -> None:
    content = small_content()
    violence(content)["must_match"].append({"text": "тато замахнувся", "level": "red", "by": "detector"})

    assert report_on(content).findings == ()


def test_an_example_must_be_seen_by_a_pattern_of_its_own_kind() -> None:
    content = small_content()
    violence(content)["must_match"].append({"text": "dangeruk1 now", "level": "red"})

    finding = only_finding(content, "uk/danger.yaml", "violence:", "text: dangeruk1 now")

    assert "no pattern of this kind sees it" in finding.fact


def test_a_false_alarm_in_another_language_is_found_at_the_pattern() -> None:
    content = small_content()
    content["lt/danger.yaml"]["must_not_match"].append("Dangeruk0, now!")

    finding = only_finding(content, "uk/danger.yaml", "violence:", "red:", "- dangeruk0 now")

    line = line_of(written(content), "lt/danger.yaml", "Dangeruk0")
    assert f'the red pattern "dangeruk0 now" fires on "Dangeruk0, now!" (faq/lt/danger.yaml:{line})' in finding.fact


def test_a_phrasing_that_would_get_the_emergency_card_is_a_warning() -> None:
    content = small_content()
    phrasings(content, "lt")[7] = "dangeruk0 now kiek laukti"

    finding = only_finding(content, "lt/housing.yaml", "- dangeruk0 now")

    assert finding.severity is Severity.WARNING


def test_an_entry_about_danger_may_be_asked_in_words_of_danger() -> None:
    content = small_content()
    phrasings(content, "lt")[7] = "dangeruk0 now kiek laukti"
    content["topics.yaml"]["topics"]["housing"]["sensitive"] = True

    assert report_on(content).findings == ()


# Speed ----------------------------------------------------------------------------------------------------------------


def test_two_hundred_entries_in_four_languages_are_checked_in_seconds() -> None:
    random = Random(3)
    letters = {"lt": "aąeėioustnrklm", "en": "aeioutsnrhldcm", "ru": "оеаинтсрвлкмдпя", "uk": "оеаинтсрвлкмдпї"}
    content = small_content()

    def sentence(language: str) -> str:
        return " ".join("".join(random.choices(letters[language], k=6)) for _ in range(6))

    for number in range(197):
        entry_id = f"entry-{number}"
        content["entries/education.yaml"]["entries"][entry_id] = content["entries/education.yaml"]["entries"][
            "kindergarten"
        ].copy()
        for language in MAIN_LANGUAGES:
            entries = content[f"{language}/education.yaml"]["entries"]
            entries[entry_id] = entries["kindergarten"] | {"phrasings": [sentence(language) for _ in range(12)]}
    files = written(content)

    start = perf_counter()
    report = check_everything(files, today=TODAY)

    assert report.findings == ()
    assert perf_counter() - start < 10  # 1.5 s on two idle cores; the rest is for a busy machine
