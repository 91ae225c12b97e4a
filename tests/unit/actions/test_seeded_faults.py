"""One fault of each kind that editors make, in the real content, all at once: each is found where it stands."""

from __future__ import annotations

import re
from datetime import date

import pytest

from bot.actions.checking import check_everything
from bot.content.findings import Severity
from bot.settings import from_environment
from bot.storage.faq_files import ContentFolder

TODAY = date(2026, 11, 22)


@pytest.fixture(scope="module")
def files() -> dict[str, str]:
    options = from_environment()
    return ContentFolder(options.faq, options.locales, options.data / "cache").files()


def spoiled(text: str, entry: str, old: str, new: str) -> str:
    """Return a file with the first `old` behind an entry's id replaced; a pattern."""
    start = text.index(f"\n  {entry}:\n")
    changed, times = re.subn(old, new, text[start:], count=1, flags=re.DOTALL)
    assert times == 1, f"{entry} has no {old!r}"
    return text[:start] + changed


def test_each_kind_of_fault_is_found_with_its_place_and_remedy(files: dict[str, str]) -> None:
    seeded = dict(files)

    def spoil(file: str, entry: str, old: str, new: str) -> None:
        seeded[file] = spoiled(seeded[file], entry, old, new)

    spoil("ru/safety.yaml", "domestic-violence-help", r"\{emergency\}", "8 800 12345")
    spoil("uk/benefits.yaml", "child-benefit", r"\{child_benefit\}", "135,50 євро")
    spoil("lt/work.yaml", "unpaid-wages", r"(short: (?:>-\n\s+)?)", r"\1Pirmiausia pasikalbėkite su kolegomis. ")
    phrasing = re.search(r"\n  school-enrolment:.*?phrasings:\n    - (.*?)\n", seeded["en/education.yaml"], re.DOTALL)
    assert phrasing is not None
    spoil("en/education.yaml", "kindergarten-cost", r"(phrasings:\n)", rf"\1    - {phrasing[1]}\n")
    seeded["lt/rights.yaml"] += "\n  : [not yaml\n"
    spoil(
        "entries/language.yaml",
        "lithuanian-exam",
        r"    sources:\n(?:    - .*?\n(?:       .*?\n)*)+",
        "    sources: []\n",
    )
    spoil(
        "entries/daily-life.yaml",
        "bank-account",
        r"checked: \S+\n    review_by: \S+",
        "checked: 2026-01-02\n    review_by: 2026-11-01",
    )

    before = set(check_everything(files, today=TODAY).findings)
    found = [one for one in check_everything(seeded, today=TODAY).findings if one not in before]
    print("\n\n" + "\n\n".join(map(str, found)))

    def told(file: str, words: str, severity: Severity = Severity.ERROR) -> bool:
        return any(one.file == file and words in one.fact and one.severity is severity for one in found)

    assert told("ru/safety.yaml", "has a phone number in it")
    assert told("uk/benefits.yaml", 'has the figure "135,50" in it')
    assert all(
        told(f"{language}/work.yaml", "has changed since this was last touched", Severity.WARNING)
        for language in ("en", "ru", "uk")
    )
    assert told("en/education.yaml", "100 % like")
    assert any(one.file == "lt/rights.yaml" and one.subject == "form" for one in found)
    assert told("entries/language.yaml", "it has no source")
    assert told("entries/daily-life.yaml", "it should have been looked at by 2026-11-01", Severity.WARNING)


def test_a_sound_content_has_no_finding(files: dict[str, str]) -> None:
    assert check_everything(files, today=TODAY).findings == ()
