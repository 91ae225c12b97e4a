"""Figures by style, by confusion, by probability."""

from __future__ import annotations

import pytest

from bot.actions.measuring import Tried
from bot.actions.measuring_figures import Share
from bot.actions.measuring_views import calibration, calibration_error, confusions, coverage, present, styles
from tests.builders_measuring import tried

A, B, C = ("a", 0.9), ("b", 0.8), ("c", 0.7)


# Styles ---------------------------------------------------------------------------------------------------------------


def test_styles_are_told_commonest_first_and_only_of_what_an_entry_answers() -> None:
    found = styles(
        [
            tried([A], style="typo"),
            tried([B, A], "hand_off", style="plain"),
            tried([A], style="plain"),
            tried([A], kind="oos", style="typo"),
            tried([A], kind="oos", style="typo"),
            tried([A]),
        ]
    )

    assert list(found) == ["plain", "typo"]
    assert found["plain"] == {
        "top-1": Share(1, 2),
        "top-3": Share(2, 2),
        "answered rightly": Share(1, 2),
        "reach": Share(1, 2),
    }


# Confusions -----------------------------------------------------------------------------------------------------------


def test_a_confusion_is_counted_over_all_languages() -> None:
    (found,) = confusions(
        [
            tried([B, A], "answer", lang="lt", message_id="lt-1"),
            tried([B, A], "clarify", lang="uk", message_id="uk-1"),
            tried([B], "hand_off", lang="uk", message_id="uk-2"),
            tried([A], "answer", lang="lt"),
        ]
    )

    assert (found.gold, found.found, found.times, found.answered) == ("a", "b", 3, 1)
    assert found.ids == {"lt": ("lt-1",), "uk": ("uk-1", "uk-2")}


def test_the_most_frequent_confusion_comes_first_then_the_one_that_was_answered() -> None:
    found = confusions(
        [
            tried([B], "hand_off"),
            tried([C], "answer"),
            tried([A], "clarify", gold=("c",)),
            tried([A], "clarify", gold=("c",)),
        ]
    )

    assert [(one.gold, one.found) for one in found] == [("c", "a"), ("a", "c"), ("a", "b")]


def test_the_best_of_several_right_entries_is_the_one_that_is_robbed() -> None:
    (found,) = confusions([tried([C], "hand_off", gold=("a", "b"))])

    assert found.gold == "a"


def test_what_is_not_ours_is_confused_only_where_it_was_answered() -> None:
    answered = tried([A], "answer", kind="oos", gold=())
    asked_back = tried([B], "clarify", kind="oos", gold=())

    (found,) = confusions([answered, asked_back])

    assert (found.gold, found.found) == (None, "a")


@pytest.mark.parametrize(
    "one", [tried([], "hand_off"), tried([B], "hand_off", gold=())], ids=["nothing found", "no entry"]
)
def test_a_question_without_a_thief_or_a_robbed_one_is_no_confusion(one: Tried) -> None:
    assert confusions([one]) == ()


# Calibration ----------------------------------------------------------------------------------------------------------


def test_messages_are_binned_by_the_probability_of_their_first_candidate() -> None:
    bins = calibration(
        [tried([("a", 0.31)]), tried([("b", 0.39)]), tried([("a", 1.0)]), tried([("a", 0.0)]), tried([])]
    )

    assert [one.right.of for one in bins] == [1, 0, 0, 2, 0, 0, 0, 0, 0, 1]
    assert (bins[3].low, bins[3].high, bins[3].right) == (0.3, 0.4, Share(1, 2))
    assert bins[3].mean_p == pytest.approx(0.35)


def test_only_messages_that_an_entry_answers_or_none_does_tell_of_calibration() -> None:
    bins = calibration([tried([A], kind=kind) for kind in ("in", "oos", "human", "crisis", "not-crisis", "multi")])

    assert sum(one.right.of for one in bins) == 2


def test_the_error_of_calibration_is_the_gap_weighted_by_messages() -> None:
    bins = calibration([*(tried([("a", 0.75)]) for _ in range(3)), tried([("b", 0.25)])])

    assert calibration_error(bins) == pytest.approx(0.25)
    assert calibration_error(calibration([])) == 0


# Coverage -------------------------------------------------------------------------------------------------------------


def test_a_lower_threshold_answers_more_and_less_rightly() -> None:
    points = coverage(
        [tried([("a", 0.91)]), tried([("a", 0.5)]), tried([("b", 0.31)]), tried([("a", 0.11)], kind="oos", gold=())]
    )

    by_threshold = {point.threshold: (point.answered, point.precision) for point in points}
    assert by_threshold[0.9] == (Share(1, 3), Share(1, 1))
    assert by_threshold[0.5] == (Share(2, 3), Share(2, 2))
    assert by_threshold[0.3] == (Share(3, 3), Share(2, 3))
    assert by_threshold[0.0] == (Share(3, 3), Share(2, 4))


def test_a_threshold_that_answers_nothing_is_no_point() -> None:
    assert max(point.threshold for point in coverage([tried([("a", 0.55)])])) == 0.54
    assert coverage([]) == ()


def test_what_no_threshold_would_answer_stays_unanswered() -> None:
    points = coverage([tried([A], "danger", answerable=False), tried([A])])

    assert {point.answered for point in points} == {Share(1, 2)}


def test_the_present_point_is_what_was_really_answered() -> None:
    found = present(
        [tried([A], "answer"), tried([B], "answer"), tried([A], "clarify"), tried([A], kind="crisis")], 0.45
    )

    assert (found.threshold, found.answered, found.precision) == (0.45, Share(2, 3), Share(1, 2))
