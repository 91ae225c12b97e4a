"""Shares with intervals, the worst of them, times."""

from __future__ import annotations

import pytest

from bot.actions.measuring import Part, Tried
from bot.actions.measuring_figures import FIGURES, Share, Times, shares
from bot.content.model import MAIN_LANGUAGES
from bot.matching.evidence import Level
from tests.builders import LT
from tests.builders_measuring import figures, tried

A, B = ("a", 0.9), ("b", 0.8)


# Shares ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("count", "of", "low", "high"),
    [(8, 10, 0.4902, 0.9433), (50, 100, 0.4038, 0.5962), (1, 3, 0.0615, 0.7923)],
)
def test_an_interval_is_wilsons(count: int, of: int, low: float, high: float) -> None:
    assert Share(count, of).interval == pytest.approx((low, high), abs=1e-4)


@pytest.mark.parametrize(("count", "low", "high"), [(0, 0.0, 0.1611), (20, 0.8389, 1.0)])
def test_none_or_all_of_a_few_is_not_never_or_always(count: int, low: float, high: float) -> None:
    assert Share(count, 20).interval == pytest.approx((low, high), abs=1e-4)


def test_there_is_no_share_of_nothing() -> None:
    assert Share(0, 0).value is None
    assert Share(0, 0).interval is None


# What is counted ------------------------------------------------------------------------------------------------------


def value(name: str, *some: Tried) -> float | None:
    return shares(some, [name])[name].value


def test_a_right_entry_reaches_its_person_as_an_answer_or_among_the_choices() -> None:
    assert value("reach", tried([A], "answer")) == 1
    assert value("reach", tried([B, A], "clarify", choices=["b", "a"])) == 1
    assert value("reach", tried([B], "answer")) == 0
    assert value("reach", tried([A], "hand_off")) == 0


def test_what_is_found_but_not_offered_reaches_nobody() -> None:
    assert value("reach", tried([B, ("c", 0.3), A], "clarify", choices=["b", "c"])) == 0


def test_the_card_reaches_whoever_asks_about_danger_if_the_entry_was_found_beside_it() -> None:
    assert value("reach", tried([A], "danger", about_danger=True)) == 1
    assert value("reach", tried([A], "danger")) == 0
    assert value("reach", tried([B], "danger", about_danger=True)) == 0


def test_precision_counts_every_answer_but_those_to_danger_and_to_two_needs() -> None:
    right, wrong = tried([A], "answer"), tried([B], "answer")
    others = [tried([A], "answer", kind=kind, gold=()) for kind in ("oos", "human", "not-crisis")]
    uncounted = [tried([A], "answer", kind=kind) for kind in ("multi", "crisis")]

    assert shares([right, wrong, *others, *uncounted], ["precision"])["precision"] == Share(1, 5)


def test_the_kind_of_danger_counts_only_where_danger_is_seen() -> None:
    unseen = tried(kind="crisis", step="hand_off")

    assert value("danger kind right", unseen) is None


# The worst ------------------------------------------------------------------------------------------------------------


def in_each_language(right: dict[str, int], of: int = 4, *, kind: str = "in") -> list[Tried]:
    return [
        tried([A] if number < right[language] else [B], "answer", lang=language, kind=kind)
        for language in MAIN_LANGUAGES
        for number in range(of)
    ]


def test_the_worst_language_is_the_lowest_where_high_is_good_and_the_highest_where_low_is() -> None:
    right = in_each_language({"lt": 4, "en": 3, "ru": 1, "uk": 2})
    amber = [
        tried(
            step="hand_off", gold=(), kind="oos", lang=language, danger=Level.AMBER if language == "uk" else Level.NONE
        )
        for language in MAIN_LANGUAGES
    ]

    worst = figures(*right, *amber).worst

    assert worst["top-1"] == ("ru", Share(1, 4))
    assert worst["false amber"] == ("uk", Share(1, 5))


def test_there_is_no_worst_unless_all_main_languages_were_measured() -> None:
    some = [one for one in in_each_language(dict.fromkeys(MAIN_LANGUAGES, 1)) if one.question.lang != "uk"]

    assert figures(*some).worst == {}


def test_a_figure_that_a_main_language_lacks_has_no_worst() -> None:
    found = figures(
        *in_each_language(dict.fromkeys(MAIN_LANGUAGES, 1)), tried(kind="human", lang="lt", step="hand_off")
    )

    assert "top-1" in found.worst
    assert "person offered" not in found.worst


def test_nobody_can_say_which_share_of_red_on_entries_about_danger_would_be_bad() -> None:
    assert FIGURES["red on danger entries"].bad is None


# Parts and times ------------------------------------------------------------------------------------------------------


def test_one_half_has_the_figures_of_its_own_questions() -> None:
    found = figures(*(tried([A], lang="lt") for _ in range(40)), *(tried([B], lang="en") for _ in range(40)))

    checking, tuning = found.of_part(Part.CHECKING), found.of_part(Part.TUNING)

    assert checking.part is Part.CHECKING
    assert {one.question.part for one in checking.tried} == {Part.CHECKING}
    assert len(checking.tried) + len(tuning.tried) == 80
    assert checking.shares[LT]["top-1"] == Share(checking.counts[LT], checking.counts[LT])


def test_short_and_longer_messages_have_times_of_their_own() -> None:
    short = [tried(text="a" * 120, took_ms=number) for number in range(1, 101)]
    found = figures(*short, tried(text="a" * 121, took_ms=500))

    assert found.times(longer=False) == Times(100, 51, 96)
    assert found.times(longer=True) == Times(1, 500, 500)
    assert found.times().messages == 101


def test_no_messages_take_no_time() -> None:
    assert figures().times() == Times(0, 0, 0)
