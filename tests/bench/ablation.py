"""What each part of matching brings: the golden questions' checking half, each time without one part.

Sure answers are counted at the loosest probability from which .95 of all answers were
right, found afterwards and for each row apart: it flatters all rows alike.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np

from bot.actions.measuring import Part, Tried, evaluate
from bot.actions.measuring_figures import first_right
from bot.app import content_folder, encoder_of, mind_of
from bot.content.model import MAIN_LANGUAGES, Catalogue
from bot.conversation.decide import DEFAULT_POLICY
from bot.matching import learning
from bot.matching.find import Matcher
from bot.matching.index import Index, solve
from bot.matching.logistic import Logistic
from bot.matching.romanised import NO_DETECTOR
from bot.matching.signals import NAMES
from bot.settings import from_environment
from bot.storage.vectors import Kept, Vectors
from tests.golden import runs

PRECISION = 0.95


class InOnePiece(Matcher):
    """Never looks at clauses apart."""

    def _needs(self, cleaned: str) -> tuple[()]:
        del cleaned
        return ()


def by_score_alone(index: Index) -> Index:
    """Let an entry's probability follow from its score only: the order of calibrated answers is lost, nothing else."""
    weights = np.zeros(len(NAMES) + 1)
    weights[0], weights[-1] = 8.0, -4.0
    families = {**index.calibration.families, "entry": Logistic(weights)}
    return replace(index, calibration=replace(index.calibration, families=families))


def without_background(catalogue: Catalogue) -> Catalogue:
    """Return the catalogue without themes that are not ours."""
    talk = {language: words.model_copy(update={"background": {}}) for language, words in catalogue.talk.items()}
    return catalogue.model_copy(update={"talk": talk})


@contextmanager
def plain_ridge() -> Iterator[None]:
    """Learn in one round, with targets of exactly 1 and 0."""
    rounds = learning.ROUNDS_WITH_MEANING
    learning.ROUNDS_WITH_MEANING = 0
    try:
        yield
    finally:
        learning.ROUNDS_WITH_MEANING = rounds


def sure(tried: Sequence[Tried]) -> float:
    """Return the share of `in` questions answered rightly at the loosest threshold that keeps the precision."""
    counted = [one for one in tried if one.question.kind in ("in", "oos", "human", "not-crisis")]
    found = [(one.outcome.entries[0].p, one.right[0]) for one in counted if one.outcome.entries]
    right = best = 0
    for answers, (_, is_right) in enumerate(sorted(found, key=lambda pair: -pair[0]), 1):
        right += is_right
        best = right if right >= PRECISION * answers else best
    return best / sum(one.question.kind == "in" for one in tried)


def variants() -> Iterator[tuple[str, Matcher, Catalogue]]:
    """Yield each variant. Raises RuntimeError without an encoder."""
    options = from_environment()
    encoder = encoder_of(options)
    if encoder is None:
        raise RuntimeError("There is no encoder: nothing to leave out.")
    kept = Kept(encoder, Vectors(options.data / "cache", options.faq / "vectors"))
    content = content_folder(options, encoder).load(datetime.now(UTC).date())
    catalogue, index = content.catalogue, content.index
    yield "everything", Matcher(catalogue, index, encoder), catalogue
    words = content_folder(options).load(datetime.now(UTC).date())
    yield "without the encoder", mind_of(words).matcher, catalogue
    yield "without calibration", Matcher(catalogue, by_score_alone(index), encoder), catalogue
    bare = without_background(catalogue)
    yield "without background", Matcher(bare, solve(bare, kept), encoder), bare
    yield "without the romanised gate", Matcher(catalogue, replace(index, detector=NO_DETECTOR), encoder), catalogue
    with plain_ridge():
        plain = solve(catalogue, kept)
    yield "without letting go", Matcher(catalogue, plain, encoder), catalogue
    yield "without clauses apart", InOnePiece(catalogue, index, encoder), catalogue


def share(tried: Sequence[Tried], test: Callable[[Tried], bool]) -> float:
    """Return the share of those that pass."""
    return sum(map(test, tried)) / len(tried)


def row(tried: Sequence[Tried]) -> Iterator[float]:
    """Yield the figures of one variant, in the order of the head."""
    inside = [one for one in tried if one.question.kind == "in"]
    outside = [one for one in tried if one.question.kind == "oos"]
    yield share(inside, first_right)
    yield share(inside, lambda one: any(one.right))
    yield sure(tried)
    yield share([one for one in inside if one.question.style == "translit"], first_right)
    yield share([one for one in inside if one.question.style == "long"], first_right)
    yield share([one for one in tried if one.question.kind == "multi"], lambda one: one.both)
    yield share(outside, lambda one: one.outcome.step == "answer")
    yield share(outside, lambda one: one.outcome.step == "clarify")
    yield share(outside, lambda one: one.outcome.step == "small_talk")


HEAD = (
    "", "top-1", "top-3", "sure at .95", "top-1 romanised", "top-1 long", "both needs", "oos answered", "oos asked back",
    "oos small talk",
)  # fmt: skip


def main() -> None:
    """Print a Markdown table: each figure over the four main languages together."""
    asked = [one for language in MAIN_LANGUAGES for one in runs.questions(language) if one.part is Part.CHECKING]
    print("| " + " | ".join(HEAD) + " |\n" + "| --- " * len(HEAD) + "|")
    for name, matcher, catalogue in variants():
        tried = evaluate(asked, matcher, DEFAULT_POLICY, catalogue, danger_ids=runs.DANGER).tried
        print(f"| {name} | " + " | ".join(f"{value:.3f}" for value in row(tried)) + " |", flush=True)
    print(f"\n{len(asked)} messages of lt en ru uk; load {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores")


if __name__ == "__main__":
    main()
