"""What a deployment learns from its own presses, and when it refuses to."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import cast

import numpy as np
import numpy.typing as npt
import pytest

from bot.actions.calibrating import (
    FAMILY,
    LEVELS,
    PARTS,
    Learned,
    OwnCalibration,
    _parts,
    learned,
    missed,
    refit,
    with_own,
)
from bot.actions.calibrating_text import as_json, as_text, figures
from bot.content.model import EntryId, Language
from bot.conversation.decide import ENOUGH_VERDICTS, Policy, Thresholds
from bot.conversation.model import InboxId, VerdictSource
from bot.matching.calibration import Calibration, Levels
from bot.matching.index import ALGORITHM, Index
from bot.matching.logistic import Doubles, Logistic
from bot.matching.signals import NAMES
from bot.ports import KeptVerdict
from bot.storage.unit_of_work import SqlStore
from tests.builders import EN, UK
from tests.builders_store import arrive, incoming

TODAY = date(2026, 11, 21)
POLICY = Policy(Thresholds(answer=0.5, clarify=0.2))
Truth = Callable[[Doubles], float]

SHIPPED = Logistic(np.array([6.0, *([0.0] * (len(NAMES) - 1)), -3.0]))
"""Sees the first signal only, and is sure of what is above a half."""


@dataclass(frozen=True)
class Solved:
    """As much of an index as calibrating needs: a real one would have to learn first."""

    calibration: Calibration
    catalogue_version: str = "7"
    encoder_id: str = ""


@pytest.fixture
def index() -> Index:
    """Return an index with a calibration that a test can reckon with."""
    families = {FAMILY: SHIPPED, "human": SHIPPED, "talk": SHIPPED}
    return cast("Index", Solved(Calibration(families, Levels(0.5, 0.9), Levels(0.6, 0.95), {}, (0.5, 0.5, 0.5))))


def verdict(number: int, signals: Sequence[float], *, right: bool, language: Language = UK) -> KeptVerdict:
    return KeptVerdict(
        None,
        language,
        EntryId("rent"),
        VerdictSource.HELPED if right else VerdictSource.NOT_HELPED,
        right,
        0.5,
        tuple(signals),
        "",
        ALGORITHM,
        TODAY - timedelta(days=number % 30),
    )


def public(n: int, truth: Truth, seed: int = 7) -> list[KeptVerdict]:
    """Return verdicts of a public whose entries are right with the probability that `truth` tells of their signals."""
    random = np.random.default_rng(seed)
    rows = random.random((n, len(NAMES)))
    return [verdict(number, row, right=bool(random.random() < truth(row))) for number, row in enumerate(rows)]


def as_shipped(row: Doubles) -> float:
    return SHIPPED.p(row)


def half_as_often(row: Doubles) -> float:
    return SHIPPED.p(row) / 2


# Refitting ------------------------------------------------------------------------------------------------------------


def test_where_entries_are_right_less_often_than_promised_fewer_are_answered_and_more_of_these_rightly(
    index: Index,
) -> None:
    found = refit(public(400, half_as_often), index, POLICY, TODAY)

    (before, after) = (found.shipped.cuts[0], found.refitted.cuts[0])
    assert found.worse == ""
    assert found.refitted.loss < found.shipped.loss
    assert after.coverage.count < before.coverage.count
    assert before.precision.value is not None
    assert after.precision.value is None or after.precision.value > before.precision.value


def test_verdicts_of_the_public_that_was_expected_change_little(index: Index) -> None:
    found = refit(public(2_000, as_shipped), index, POLICY, TODAY)

    own = Logistic(np.array(found.own.weights))
    for first in (0.1, 0.5, 0.9):
        row = [first] + [0.5] * (len(NAMES) - 1)
        assert own.p(row) == pytest.approx(SHIPPED.p(row), abs=0.08)


def test_what_is_kept_is_learned_from_all_and_says_from_what(index: Index) -> None:
    presses = public(200, half_as_often)

    own = refit(presses, index, POLICY, TODAY).own

    assert own == OwnCalibration(
        own.weights, ALGORITHM, "", index.catalogue_version, TODAY, 200, sum(one.right for one in presses)
    )
    assert len(own.weights) == len(NAMES) + 1
    assert np.allclose(own.weights, refit(presses[::-1], index, POLICY, TODAY).own.weights)


def test_presses_that_only_chance_explains_do_not_make_it_better_on_others(index: Index) -> None:
    # The shipped weights know; what 150 verdicts of the same public add is noise, and unseen presses say so.
    worse = [refit(public(150, as_shipped, seed), index, POLICY, TODAY).worse for seed in range(8)]

    assert sum(map(bool, worse)) >= 4
    assert any("further from what is true" in why for why in worse)


def test_fewer_right_answers_beyond_chance_are_refused_even_if_the_rest_is_better(index: Index) -> None:
    good = refit(public(400, half_as_often), index, POLICY, TODAY)
    (first, *others) = good.refitted.cuts
    bad = replace(first, precision=replace(first.precision, count=100, of=400))

    found = replace(
        good,
        shipped=replace(good.shipped, cuts=(replace(first, precision=replace(first.precision, count=380, of=400)),)),
        refitted=replace(good.refitted, cuts=(bad, *others)),
    )

    assert found.worse == "fewer of its answers are right: 0.250, at most 0.295; shipped 0.950"


def test_a_threshold_of_a_language_counts_for_its_verdicts(index: Index) -> None:
    row = [0.6] + [0.5] * (len(NAMES) - 1)  # the shipped weights say .65
    presses = [verdict(n, row, right=n % 2 == 0, language=EN if n < 100 else UK) for n in range(150)]
    policy = replace(POLICY, by_language={EN: Thresholds(answer=0.7, clarify=0.2)})

    found = refit(presses, index, policy, TODAY)

    assert [one.name for one in found.shipped.cuts] == ["answer", *(f"{level:.2f}" for level in LEVELS)]
    assert [one.coverage.count for one in found.shipped.cuts] == [50, 150, 150, 150, 0]
    assert found.shipped.cuts[0].precision.of == 50
    assert found.shipped.cuts[-1].precision.value is None


@pytest.mark.parametrize("right", [True, False])
def test_verdicts_that_all_say_the_same_can_be_learned_from(index: Index, *, right: bool) -> None:
    found = refit([replace(one, right=right) for one in public(150, as_shipped)], index, POLICY, TODAY)

    assert np.isfinite(found.own.weights).all()
    assert (Logistic(np.array(found.own.weights)).p([0.5] * len(NAMES)) > 0.5) is right


# Parts ----------------------------------------------------------------------------------------------------------------


def sizes(parts: npt.NDArray[np.int_]) -> list[int]:
    return [int((parts == part).sum()) for part in range(PARTS)]


def test_presses_of_one_day_are_never_in_two_parts() -> None:
    presses = [replace(one, question=InboxId(number)) for number, one in enumerate(public(300, as_shipped))]

    parts = _parts(presses)

    assert sizes(parts) == [60] * PARTS
    assert len({(one.day, part) for one, part in zip(presses, parts, strict=True)}) == 30


def test_where_there_are_few_days_presses_about_one_question_stay_together() -> None:
    presses = [replace(one, day=TODAY, question=InboxId(n // 3)) for n, one in enumerate(public(300, as_shipped))]

    parts = _parts(presses)

    assert sizes(parts) == [60] * PARTS
    assert len({(one.question, part) for one, part in zip(presses, parts, strict=True)}) == 100


def test_where_nothing_tells_them_apart_each_verdict_is_alone() -> None:
    presses = [replace(one, day=TODAY) for one in public(151, as_shipped)]

    assert sizes(_parts(presses)) == [31, 30, 30, 30, 30]


# The store's verdicts -------------------------------------------------------------------------------------------------


async def keep(store: SqlStore, verdicts: Sequence[KeptVerdict]) -> None:
    async with store.begin() as tx:
        await tx.verdicts.add(verdicts)


async def test_too_few_verdicts_are_only_counted(store: SqlStore, index: Index) -> None:
    presses = public(ENOUGH_VERDICTS - 1, as_shipped)
    await keep(store, presses)

    found = await learned(store=store, index=index, policy=POLICY, today=TODAY)

    assert found == Learned(149, sum(one.right for one in presses), ALGORITHM, "")
    assert as_text(found).endswith("At least 150 are needed; nothing was refitted.")
    assert as_json(found) == {
        "verdicts": 149,
        "right": found.right,
        "needed": 150,
        "algorithm": ALGORITHM,
        "encoder": "",
    }


async def test_verdicts_of_another_way_of_matching_opened_neighbours_and_those_without_signals_do_not_count(
    store: SqlStore, index: Index
) -> None:
    (one,) = public(1, as_shipped)
    others = [
        replace(one, algorithm="an older one"),
        replace(one, encoder_id="a model"),
        replace(one, source=VerdictSource.NEIGHBOUR),
        replace(one, signals=(), p=0.99),
        replace(one, signals=(), p=None),
    ]
    await keep(store, [*public(ENOUGH_VERDICTS - 1, as_shipped), *others])

    assert (await learned(store=store, index=index, policy=POLICY, today=TODAY)).verdicts == ENOUGH_VERDICTS - 1


async def test_enough_verdicts_are_refitted(store: SqlStore, index: Index) -> None:
    presses = public(ENOUGH_VERDICTS, half_as_often)
    await keep(store, presses)

    found = await learned(store=store, index=index, policy=POLICY, today=TODAY)

    assert found.refit is not None
    assert np.allclose(found.refit.own.weights, refit(presses, index, POLICY, TODAY).own.weights)


async def test_a_store_without_verdicts_has_missed_nothing(store: SqlStore) -> None:
    assert await missed(store=store) == []

    (message,) = await arrive(store, incoming("a", text="my flat"))
    (one,) = public(1, lambda _: 0.0)
    await keep(store, [replace(one, question=message.id)])

    assert [found.text for found in await missed(store=store)] == ["my flat"]


# In words -------------------------------------------------------------------------------------------------------------


def test_both_are_told_side_by_side_with_intervals(index: Index) -> None:
    found = refit(public(400, half_as_often), index, POLICY, TODAY)

    lines = as_text(Learned(400, 120, ALGORITHM, "", found)).splitlines()

    assert (
        lines[0] == f"Verdicts of presses (algorithm {ALGORITHM}, encoder none): 400; entries right: 120, wrong: 280."
    )
    assert lines[3].split() == ["shipped", "refitted"]
    assert [line.split()[0] for line in lines[5:-1]] == ["answer", "0.20", "0.50", "0.60", "0.80"]
    share = found.shipped.cuts[0].precision
    assert share.value is not None
    assert share.interval is not None
    assert f"{share.value:.3f} ({share.interval[0]:.2f}-{share.interval[1]:.2f})" in lines[5]
    assert lines[-1].split() == ["log", "loss", f"{found.shipped.loss:.4f}", f"{found.refitted.loss:.4f}"]


def test_machines_get_the_same(index: Index) -> None:
    found = refit(public(400, half_as_often), index, POLICY, TODAY)

    told = json.loads(json.dumps(as_json(Learned(400, 120, ALGORITHM, "", found))))

    assert told["worse"] == ""
    assert told["figures"] == json.loads(json.dumps(figures(found)))
    assert told["figures"]["shipped"]["log_loss"] == round(found.shipped.loss, 4)
    assert told["figures"]["refitted"]["from"]["answer"]["coverage"]["of"] == 400


# In use ---------------------------------------------------------------------------------------------------------------


def own(index: Index, weights: Sequence[float]) -> OwnCalibration:
    return OwnCalibration(tuple(weights), ALGORITHM, index.encoder_id, "another catalogue", TODAY, 150, 100)


def test_an_index_takes_the_probabilities_of_entries_and_nothing_else_from_it(index: Index) -> None:
    weights = [0.0] * len(NAMES) + [-2.0]

    taken = with_own(index, own(index, weights)).calibration

    assert taken.families[FAMILY].weights.tolist() == weights
    assert {name: taken.families[name] for name in ("human", "talk")} == {"human": SHIPPED, "talk": SHIPPED}
    assert (taken.levels, taken.foreign) == (Levels(0.5, 0.9), Levels(0.6, 0.95))
    assert index.calibration.families[FAMILY] is SHIPPED


def test_it_fits_only_the_way_of_matching_that_it_was_learned_with(index: Index) -> None:
    fitting = own(index, [0.0] * (len(NAMES) + 1))

    assert fitting.fits(index)
    assert not replace(fitting, algorithm="older").fits(index)
    assert not replace(fitting, encoder_id="a model").fits(index)
    assert not replace(fitting, weights=fitting.weights[1:]).fits(index)
