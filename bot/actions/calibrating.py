"""What a deployment learns from its own presses: how far matching's probabilities hold for its own public.

Families' verdicts say which entries were right. They move the shipped weights of the entries' calibration as far as there
are verdicts for it, and only where presses that took no part in it say that this is no worse.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from bot.actions.measuring_figures import Share
from bot.conversation.decide import ENOUGH_VERDICTS
from bot.conversation.model import VerdictSource
from bot.matching.index import ALGORITHM
from bot.matching.logistic import Logistic, fit, log_loss
from bot.matching.signals import NAMES
from bot.ports import KeptVerdict, Missed, Store

if TYPE_CHECKING:
    from bot.conversation.decide import Policy
    from bot.matching.index import Index
    from bot.matching.logistic import Doubles

PARTS = 5
"""Each fifth of the presses is judged by weights that the other four have moved."""

PENALTY = 30.0
"""How firmly the shipped weights hold. Tried with made-up publics that ask like ours, answer otherwise, or differ in most
weights, and 150, 300 and 1,000 verdicts: below 10 a few verdicts do harm, above 100 a thousand cannot do enough."""

FAMILY = "entry"
LEVELS = (0.2, 0.5, 0.6, 0.8)


# What is in use -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OwnCalibration:
    """Weights of the entries' calibration that came of a deployment's own verdicts, for one way of matching.

    `day` is when they were put to use; `figures` are those that spoke for them, for people to read.
    """

    weights: tuple[float, ...]
    algorithm: str
    encoder_id: str
    catalogue_version: str
    day: date
    verdicts: int
    right: int
    figures: Mapping[str, object] = field(default_factory=dict)

    def fits(self, index: Index) -> bool:
        """Tell whether an index matches in the way that these weights were learned with."""
        here = (ALGORITHM, index.encoder_id, len(NAMES) + 1)
        return (self.algorithm, self.encoder_id, len(self.weights)) == here


def with_own(index: Index, own: OwnCalibration) -> Index:
    """Return an index that takes the probabilities of entries from `own`."""
    families = {**index.calibration.families, FAMILY: Logistic(np.array(own.weights))}
    return replace(index, calibration=replace(index.calibration, families=families))


# Refitting ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Cut:
    """Of all entries judged, those at a probability or above it; of these, those that were right."""

    name: str
    coverage: Share
    precision: Share


@dataclass(frozen=True, slots=True)
class Judged:
    """How well some weights do on verdicts: from the threshold for answers on, then from each of `LEVELS` on."""

    cuts: tuple[Cut, ...]
    loss: float


@dataclass(frozen=True, slots=True)
class Refit:
    """The weights that verdicts lead to, and how well the shipped ones and those do on presses that are new to them."""

    own: OwnCalibration
    shipped: Judged
    refitted: Judged

    @property
    def worse(self) -> str:
        """Why it must not be put to use; empty if nothing speaks against it."""
        if self.refitted.loss > self.shipped.loss:
            return f"its probabilities are further from what is true: log loss {self.refitted.loss:.4f}, shipped {self.shipped.loss:.4f}"
        before, after = self.shipped.cuts[0].precision, self.refitted.cuts[0].precision
        if before.value is not None and after.interval is not None and before.value > after.interval[1]:
            return f"fewer of its answers are right: {after.value:.3f}, at most {after.interval[1]:.3f}; shipped {before.value:.3f}"
        return ""


@dataclass(frozen=True, slots=True)
class Learned:
    """What the verdicts of one way of matching come to; no `refit` as long as they are fewer than needed."""

    verdicts: int
    right: int
    algorithm: str
    encoder_id: str
    refit: Refit | None = None
    needed: int = ENOUGH_VERDICTS


async def learned(*, store: Store, index: Index, policy: Policy, today: date) -> Learned:
    """Return what a deployment's verdicts would change of `index`, which has the shipped calibration."""
    async with store.begin() as tx:
        made = await tx.verdicts.made_by(ALGORITHM, index.encoder_id)
    usable = [one for one in made if one.source is not VerdictSource.NEIGHBOUR and len(one.signals) == len(NAMES)]
    found = Learned(len(usable), sum(one.right for one in usable), ALGORITHM, index.encoder_id)
    return found if found.verdicts < found.needed else replace(found, refit=refit(usable, index, policy, today))


async def missed(*, store: Store) -> list[Missed]:
    """Return the questions that entries were wrong for, newest first, as far as their words are still kept."""
    async with store.begin() as tx:
        return await tx.verdicts.missed()


def refit(verdicts: Sequence[KeptVerdict], index: Index, policy: Policy, today: date) -> Refit:
    """Move the shipped weights towards what verdicts say, and judge both on presses that neither has seen."""
    signals = np.array([one.signals for one in verdicts])
    truths = np.array([one.right for one in verdicts], dtype=np.float64)
    shipped, parts = index.calibration.families[FAMILY], _parts(verdicts)

    def moved(rows: npt.NDArray[np.bool_]) -> Logistic:
        return fit(signals[rows], truths[rows], np.ones(rows.sum()), PENALTY, shipped)

    unseen = np.zeros(len(verdicts))
    for part in range(PARTS):
        unseen[parts == part] = _probabilities(moved(parts != part), signals[parts == part])
    refitted = _judged(unseen, verdicts, policy)
    own = OwnCalibration(
        tuple(map(float, moved(np.ones(len(verdicts), dtype=bool)).weights)),
        ALGORITHM,
        index.encoder_id,
        index.catalogue_version,
        today,
        len(verdicts),
        int(truths.sum()),
    )
    return Refit(own, _judged(_probabilities(shipped, signals), verdicts, policy), refitted)


def _parts(verdicts: Sequence[KeptVerdict]) -> npt.NDArray[np.int_]:
    """Return a part for each verdict, all of nearly the same size.

    What was pressed on one day stays together, because one person's presses do; where there are few days, what was pressed
    about one question.
    """
    days, questions = [one.day.toordinal() for one in verdicts], [one.question or 0 for one in verdicts]
    groupings = (days, questions, list(range(len(verdicts))))
    groups = next(found for found in groupings if len(set(found)) >= 2 * PARTS)
    filled, part_of = [0] * PARTS, {}
    for group, size in sorted(Counter(groups).items(), key=lambda pair: (-pair[1], pair[0])):
        part_of[group] = filled.index(min(filled))
        filled[part_of[group]] += size
    return np.array([part_of[group] for group in groups])


def _probabilities(logistic: Logistic, signals: Doubles) -> Doubles:
    return np.array([logistic.p(row) for row in signals])


def _judged(probabilities: Doubles, verdicts: Sequence[KeptVerdict], policy: Policy) -> Judged:
    truths = np.array([one.right for one in verdicts])
    answered_from = np.array([policy.for_language(one.language).answer for one in verdicts])

    def cut(name: str, least: Doubles) -> Cut:
        above = probabilities >= least
        some = int(above.sum())
        return Cut(name, Share(some, len(verdicts)), Share(int((above & truths).sum()), some))

    levels = (cut(f"{level:.2f}", np.full(len(verdicts), level)) for level in LEVELS)
    return Judged((cut("answer", answered_from), *levels), log_loss(probabilities, truths))
