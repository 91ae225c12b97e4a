"""The pages on which native speakers read the words of danger: everything is on them, and nothing but words."""

from __future__ import annotations

import re
from datetime import date
from html import unescape
from typing import Any

import pytest

from bot.actions.danger_review import Reviewed, review
from bot.content.model import DangerExample, DangerKind, DangerList, DangerWords, Language, Prototypes, WordsReview
from bot.web.danger_page import danger_page

AR, LT = Language("ar"), Language("lt")
SHARE = {"share": 0.9, "low": 0.8, "high": 0.95, "of": 72}
MEASURED = {
    "hybrid": {
        "danger": {
            "languages": {
                "lt": dict.fromkeys(
                    ("any recall", "red recall", "false amber", "false red", "red on not-crisis"), SHARE
                )
            }
        }
    }
}
NASTY = "<script>alert('x')</script> & \"more\""


def words(**changes: Any) -> DangerWords:  # Any: fields of the words
    violence = DangerList(
        red=("muša|musa mane",),
        must_match=(DangerExample(text="vyras muša mane", level="red"),),
        prototypes=Prototypes(red=("jis užrakino duris",), amber=(NASTY,)),
    )
    fields: dict[str, Any] = {"kinds": {DangerKind.VIOLENCE: violence}, "near_misses": ("šita eilė mane užmuš",)}
    return DangerWords(**fields | changes)


def signed(of: DangerWords) -> DangerWords:
    review_of = WordsReview(state="reviewed", by="social worker", on=date(2026, 12, 1), digest=of.digest)
    return of.model_copy(update={"review": review_of})


@pytest.fixture
def found() -> list[Reviewed]:
    return review({LT: words(), AR: words(near_misses=("هذا الطابور يقتلني",))}, MEASURED)


def test_everything_that_is_learned_stands_on_the_page(found: list[Reviewed]) -> None:
    page = unescape(danger_page(found).replace("<wbr>", ""))

    for text in ("vyras muša mane", "jis užrakino duris", NASTY, "šita eilė mane užmuš", "muša|musa mane"):
        assert text in page
    assert found[0].words.digest in page


def test_no_word_becomes_markup_and_nothing_comes_from_elsewhere(found: list[Reviewed]) -> None:
    page = danger_page(found)

    assert "<script" not in page
    assert "default-src 'none'" in page
    assert not re.search(r"(?:src|href)=\"(?!#)", page)


def test_each_message_has_its_language_and_its_direction(found: list[Reviewed]) -> None:
    page = danger_page(found)

    assert '<td lang="ar" dir="rtl">هذا الطابور يقتلني</td>' in page
    assert '<td lang="lt" dir="ltr">jis užrakino duris</td>' in page


def test_what_was_measured_stands_beside_it_and_where_nothing_was_that_is_said(found: list[Reviewed]) -> None:
    page = danger_page(found)

    assert page.count("0.90 (0.80–0.95) of 72") == 5
    assert page.count("Nothing was measured.") == 1


def test_a_digest_is_that_of_all_words_and_of_no_review() -> None:
    assert signed(words()).digest == words().digest
    assert words(ordinary=("labas",)).digest != words().digest
    assert words(near_misses=()).digest != words().digest


def test_words_are_signed_until_one_of_them_changes() -> None:
    read = signed(words())
    changed = read.model_copy(update={"near_misses": ("kitas",)})

    assert (words().is_signed, read.is_signed, changed.is_signed) == (False, True, False)
    states = [
        re.search(r'</a> <span class="\w+">([^<]+)<', danger_page(review({LT: one}, {})))
        for one in (words(), read, changed)
    ]
    assert [one and one[1] for one in states] == [
        "not read yet",
        "read by social worker, 2026-12-01",
        "changed since it was read",
    ]


def test_a_review_without_the_digest_of_what_was_read_is_refused() -> None:
    with pytest.raises(ValueError, match="digest"):
        WordsReview(state="reviewed", by="social worker", on=date(2026, 12, 1))
