"""The part of the pages about signs: what each makes Tiltas do, every word, and which pattern sees it."""

from __future__ import annotations

import re
from datetime import date
from html import unescape

import pytest

from bot.actions.danger_review import review as danger_of
from bot.actions.signs_review import ReviewedSigns, review
from bot.content.model import DangerWords, Language, Signs, StrainSigns, WordsReview, WriterSigns
from bot.web.danger_page import danger_page

AR, LT, RU = Language("ar"), Language("lt"), Language("ru")
NAMES = (
    "child",
    "interpreting",
    "strain",
    "adult taken for a child",
    "calm taken for strain",
    "strain with a card about danger",
    "strain with the line about danger",
)
SHARE = {"share": 0.4, "low": 0.25, "high": 0.58, "of": 30}
MEASURED = {"hybrid": {"signs": {"lt": dict.fromkeys(NAMES, SHARE)}}}
NASTY = "<script>alert('x')</script> & \"more\""


def signs(child: WriterSigns | None = None, strain: StrainSigns | None = None) -> Signs:
    return Signs(
        child=child
        or WriterSigns(patterns=("man 13|14 metu",), must_match=("man 13 metu",), must_not_match=("man 40",)),
        interpreting=WriterSigns(
            patterns=("mama nemoka", "rasau uz mama"),
            must_match=("sveiki, rasau uz mama",),
            must_not_match=("mama nemoka virti", NASTY),
        ),
        strain=strain or StrainSigns(prototypes=("nebeturiu jegu",), near_misses=("kiek trunka eile",)),
    )


def arabic() -> Signs:
    none = WriterSigns(patterns=(), must_match=(), must_not_match=())
    child = WriterSigns(patterns=("عمري 13",), must_match=("أنا عمري 13 سنة",), must_not_match=("عمر ابني 13",))
    return Signs(child=child, interpreting=none, strain=StrainSigns(prototypes=(), near_misses=()))


def part(page: str, language: str) -> str:
    found = re.search(rf'<section id="{language}-signs">.*?</section>', page, re.DOTALL)
    assert found
    return found[0]


def seen_by(page: str, text: str) -> str:
    """Return what stands beside a message, without markup."""
    found = re.search(rf"<td [^>]*>{re.escape(text)}</td><td>(.*?)</td>", page)
    assert found, text
    return re.sub(r"<[^>]+>", "", unescape(found[1])).replace("\N{NO-BREAK SPACE}", " ")


@pytest.fixture
def found() -> list[ReviewedSigns]:
    return review({LT: signs(), AR: arabic()}, MEASURED)


def test_every_word_of_the_signs_stands_on_the_page_with_the_digest(found: list[ReviewedSigns]) -> None:
    page = unescape(part(danger_page((), found), "lt").replace("<wbr>", ""))

    written = signs()
    for words in (written.child, written.interpreting):
        for text in (*words.patterns, *words.must_match, *words.must_not_match):
            assert f">{text}</td>" in page
    for text in (*written.strain.prototypes, *written.strain.near_misses):
        assert f">{text}</td>" in page
    assert f"digest <code>{written.digest}</code>" in page


def test_each_sign_has_its_counts_and_what_it_makes_tiltas_do(found: list[ReviewedSigns]) -> None:
    page = part(danger_page((), found), "lt")

    heads = re.findall(r'<h3>([^<]+)</h3>\n<p class="lead">(Tiltas|Where) [^<]+\.</p>', page)
    assert [head for head, _ in heads] == [
        "A child writes: 1 messages, 1 patterns",
        "A child writes for a parent: 1 messages, 2 patterns",
        "A family under strain: 1 messages, 0 patterns",
    ]
    assert re.findall(r"only in like words: (\d+)", page) == ["1", "2", "1"]


def test_beside_a_message_stand_the_patterns_that_see_it_or_that_a_detector_should(found: list[ReviewedSigns]) -> None:
    page = danger_page((), found)

    assert seen_by(page, "man 13 metu") == "child 1"
    assert seen_by(page, "sveiki, rasau uz mama") == "interpreting 2"
    assert seen_by(page, "nebeturiu jegu") == "detector"
    assert seen_by(page, "man 40") == "no pattern"
    assert seen_by(page, "mama nemoka virti") == "interpreting 1"


def test_a_message_of_strain_that_a_childs_pattern_takes_says_both() -> None:
    of_a_child = signs(strain=StrainSigns(prototypes=("man 14 metu, mama verkia",), near_misses=()))

    assert seen_by(danger_page((), review({LT: of_a_child}, {})), "man 14 metu, mama verkia") == "child 1, detector"


def test_a_pattern_of_another_language_is_named_with_it_and_leads_nowhere() -> None:
    quiet = WriterSigns(patterns=("ja",), must_match=("man 13 metu",), must_not_match=())

    page = danger_page((), [one for one in review({LT: signs(), RU: signs(quiet)}, {}) if one.language == RU])

    assert seen_by(page, "man 13 metu") == "child 1 in Lithuanian"


def test_each_link_leads_to_a_place_on_the_page(found: list[ReviewedSigns]) -> None:
    page = danger_page(danger_of({LT: DangerWords(kinds={})}, {}), found)

    places = re.findall(r'id="([^"]+)"', page)
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(places)
    assert {"lt", "lt-signs", "ar-signs", "lt-child-1", "lt-interpreting-2"} <= set(places)
    assert len(places) == len(set(places))


def test_signs_stand_behind_the_words_of_danger_of_their_language(found: list[ReviewedSigns]) -> None:
    page = danger_page(danger_of({LT: DangerWords(kinds={}), RU: DangerWords(kinds={})}, {}), found)

    assert re.findall(r'<section id="([^"]+)">', page) == ["ar-signs", "lt", "lt-signs", "ru"]


def test_each_message_and_pattern_has_its_language_and_its_direction(found: list[ReviewedSigns]) -> None:
    page = danger_page((), found)

    assert '<td lang="ar" dir="rtl">عمري 13</td>' in page
    assert '<td lang="ar" dir="rtl">أنا عمري 13 سنة</td><td><a href="#ar-child-1">' in page
    assert '<td lang="lt" dir="ltr">nebeturiu jegu</td>' in page


def test_no_word_of_a_sign_becomes_markup(found: list[ReviewedSigns]) -> None:
    assert "<script" not in danger_page((), found)


def test_what_was_measured_of_signs_stands_beside_them(found: list[ReviewedSigns]) -> None:
    page = danger_page((), found)

    assert part(page, "lt").count("0.40 (0.25–0.58) of 30") == len(NAMES)
    assert part(page, "ar").count("Nothing was measured.") == 1


def test_signs_are_signed_until_one_of_their_words_changes() -> None:
    words = signs()
    read = WordsReview(state="reviewed", by="social worker", on=date(2026, 12, 1), digest=words.digest)
    signed = words.model_copy(update={"review": read})
    changed = signed.model_copy(update={"strain": StrainSigns(prototypes=(), near_misses=())})

    pages = [part(danger_page((), review({LT: one}, {})), "lt") for one in (words, signed, changed)]

    told = ("not read yet", "read by social worker, 2026-12-01", "changed since it was read")
    assert all(state in page for state, page in zip(told, pages, strict=True))
