from collections.abc import Sequence

import pytest

from bot.actions.measuring import Question
from bot.content.model import EntryId, Language
from bot.content.read import read
from tests.bench.matching.score import Figures, figures, loosest, worst
from tests.bench.matching.task import NEVER, Reply
from tests.builders_content import small_content, written

CATALOGUE = read(written(small_content())).catalogue()


def measured(asked: Sequence[tuple[str, str, Reply]], language: str = "en") -> Figures:
    """Return the figures of questions, each a kind, its right entry and the reply."""
    questions = [
        Question(number, Language(language), kind, "a text", (EntryId(gold),) if gold else ())
        for number, (kind, gold, _) in enumerate(asked)
    ]
    return figures(questions, [reply for _, _, reply in asked], CATALOGUE)[language]


def test_the_loosest_threshold_keeps_the_precision_and_equal_scores_together() -> None:
    scored = [(0.9, True), (0.8, True), (0.5, True), (0.5, False), (0.4, True), (0.3, False)]

    assert loosest(scored, 0.95) == 0.8
    assert loosest(scored, 0.8) == 0.4
    assert loosest([(0.9, False)], 0.95) == float("inf")
    assert loosest([(NEVER, True)], 0.0) == float("inf")


def test_a_message_out_of_scope_that_is_answered_is_an_error() -> None:
    found = measured(
        [
            ("in", "deposit", Reply(("deposit",), 0.9, answers=True)),
            ("in", "deposit", Reply(("kindergarten", "deposit"), 0.2, answers=False)),
            ("oos", "", Reply(("deposit",), 0.5, answers=True)),
            ("oos", "", Reply(("deposit",), NEVER, answers=False)),
        ]
    )

    assert (found.top_1, found.top_3) == (0.5, 1)
    assert (found.hindsight.rightly, found.hindsight.precision, found.hindsight.oos) == (0.5, 1, 0)
    assert found.own is not None
    assert (found.own.rightly, found.own.precision, found.own.oos) == (0.5, 0.5, 0.5)


def test_crises_and_two_needs_do_not_count_as_answers() -> None:
    sure = Reply(("deposit",), 0.9, answers=True)

    found = measured([("in", "deposit", sure), ("crisis", "", sure), ("multi", "deposit", sure)])

    assert (found.hindsight.rightly, found.hindsight.precision) == (1, 1)


def test_the_worst_of_the_languages_counts_figure_by_figure() -> None:
    good = measured([("in", "deposit", Reply(("deposit",), 0.9)), ("oos", "", Reply(("deposit",), 0.1))])
    bad = measured([("in", "deposit", Reply(("kindergarten",), 0.9)), ("oos", "", Reply(("deposit",), 0.1))])

    found = worst({"lt": good, "en": bad})

    assert (found.top_1, found.hindsight.rightly, found.own) == (0, 0, None)
    assert found.hindsight.oos == pytest.approx(0)
