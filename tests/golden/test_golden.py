"""Real messages find the right entry, language by language.

`questions/<language>.jsonl` holds them as `tiltas evaluate` reads them. `misses/<language>.txt` lists the ids of those
that are known to miss. The lists may only shrink: a new miss fails here, and so does a listed one that passes.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.actions.comparing import is_right
from bot.actions.measuring import Question, Tried, evaluate, question
from bot.app import mind_of
from bot.content.model import EntryId
from bot.storage.faq_files import Content

HERE = Path(__file__).parent
LANGUAGES = sorted(path.stem for path in (HERE / "questions").glob("*.jsonl"))
DANGER = frozenset(EntryId(line) for line in (HERE / "danger-ids.txt").read_text("utf-8").split())
"""Entries about danger: the card, with the entry among what was found, is no mistake there."""


def questions(language: str) -> list[Question]:
    """Return the questions of a language."""
    lines = (HERE / "questions" / f"{language}.jsonl").read_text("utf-8").splitlines()
    return [question(line) for line in lines if line.strip()]


def known_misses(language: str) -> set[str]:
    """Return the ids of the questions that are known to miss."""
    return set((HERE / "misses" / f"{language}.txt").read_text("utf-8").split())


def passes(one: Tried) -> bool:
    """Tell whether a question got what it should, the card included where danger is what it asks about."""
    about_danger = one.question.kind == "in" and bool(DANGER & set(one.question.gold))
    return is_right(one) or (about_danger and one.outcome.step == "danger" and any(one.right))


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_question_is_missed_but_the_known_ones(language: str, content: Content) -> None:
    mind = mind_of(content)
    tried = evaluate(questions(language), mind.matcher, mind.world.policy, mind.world.catalogue).tried

    missed = {str(one.question.id) for one in tried if not passes(one)}

    assert missed - known_misses(language) == set(), "missed, and not known: mend the content or the matching"
    assert known_misses(language) - missed == set(), "found by now: take these out of the list"


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_known_miss_is_a_question(language: str) -> None:
    assert known_misses(language) <= {str(one.id) for one in questions(language)}
