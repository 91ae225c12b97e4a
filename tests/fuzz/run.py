"""Day after day of random updates; each day has a seed of its own, so that one that went wrong is played again alone."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import product
from math import ceil
from pathlib import Path
from random import Random
from traceback import format_exception

from bot.actions.answering import Mind
from tests.fuzz.checks import Checks, Tally
from tests.fuzz.families import Made
from tests.fuzz.findings import Wrong, key_of
from tests.fuzz.intake import Intake, opened_day
from tests.fuzz.people import People
from tests.fuzz.shrink import smallest
from tests.fuzz.texts import texts_of
from tests.fuzz.trials import IN_TALK, Trial, all_trials, calm_of, updates_of

DAY = 2000
"""Updates of one day."""
TRIALS = 100
"""Messages of danger among them."""
GROUPS_EVERY, TRIALS_IN_TALK = 8, 35
"""On every eighth day specialists work in groups: there each case is a topic, a card, and words one after the other."""
_TALKERS = 5
_ALIKE = 30
"""Characters by which two faults are the same."""
_LATELY = 300
"""Updates that are tried one by one where nothing tells which is to blame."""


class FoundWrong(AssertionError):
    """Something that must not be."""


@dataclass
class Fuzz:
    """The days from a seed on."""

    mind: Mind
    folder: Path
    seed: int
    tally: Tally = field(default_factory=Tally)

    async def run(self, updates: int, after_day: Callable[[int], None] = lambda _: None) -> None:
        """Play days until so many updates have come in; tell after each how many that were. Raises FoundWrong."""
        trials = all_trials(self.mind.world.catalogue, Random(0))
        to_talk = [one for one in trials if one[1] == IN_TALK]
        others = [one for one in trials if one[1] != IN_TALK]
        for day in range(ceil(updates / DAY)):
            seed, size = self.seed + day, min(DAY, updates - day * DAY)
            with_groups = seed % GROUPS_EVERY == 0
            today = _share(others, seed, TRIALS * size // DAY)
            if with_groups:
                today += _share(to_talk, seed // GROUPS_EVERY, TRIALS_IN_TALK * size // DAY)
            made, wrong = await self._day(seed, size, today, with_groups=with_groups)
            if wrong:
                raise FoundWrong(await self._told(seed, made, wrong))
            after_day(self.tally.updates)

    async def _day(
        self, seed: int, updates: int, trials: list[Trial], *, with_groups: bool
    ) -> tuple[list[Made], list[Wrong]]:
        """Play one day; return what came in until something was wrong, and what was."""
        texts, calm = texts_of(self.mind.world.catalogue), calm_of(self.mind.world.catalogue)
        seen: list[Made] = []
        async with opened_day(self.mind, self.folder) as intake:
            people, checks = People(Random(seed), texts, intake.telegram), Checks(intake, self.tally)
            if with_groups:
                talkers = [*people.people[:2], *(people.somebody_new() for _ in range(_TALKERS))]
                await intake.open_doors(people, talkers, barred=[talkers[0], talkers[-1]])
            await checks.begin()
            while len(seen) < updates:
                size = min(updates - len(seen), people.r.randint(50, 250))
                share = ceil(len(trials) * size / (updates - len(seen)))
                talking = [chat for chat in await checks.talking() if chat not in people.people]
                made = _mixed(people, _next(trials, share), calm, talking, size)
                seen += made
                if wrong := await _wrong_after(made, intake, checks):
                    return seen, wrong
        return seen, []

    async def _told(self, seed: int, seen: Sequence[Made], wrong: Sequence[Wrong]) -> str:
        """Return how to play it again, and the smallest update that shows it."""
        first = next((one for one in wrong if one.key), wrong[0])
        blamed = [one for one in seen if key_of(one) == first.key] if first.key else seen[-_LATELY:]
        lines = [f"{len(wrong)} wrong; the first: {first.what}", f"to play it again: make fuzz SEED={seed} N={DAY}"]
        lines += [f"  also: {one.what}" for one in wrong if one is not first][:5]
        for one, with_groups in product(blamed, (False, True)):
            if first.key and one.danger is not None:
                return "\n".join([*lines, json.dumps(one.raw)])
            if small := await smallest(one, partial(self._shows_it, first.what[:_ALIKE], with_groups)):
                return "\n".join([*lines, "the smallest update that shows it:", json.dumps(small)])
        lines.append("no update shows it alone: what came before matters")
        lines += [json.dumps(one.raw) for one in blamed[:1] if first.key]
        return "\n".join(lines)

    async def _shows_it(self, what: str, with_groups: bool, made: Made) -> bool:  # noqa: FBT001  given beforehand
        async with opened_day(self.mind, self.folder) as intake:
            checks = Checks(intake, Tally())
            if with_groups:
                await intake.open_doors(People(Random(0), texts_of(self.mind.world.catalogue), intake.telegram), [], [])
                await checks.begin()
            wrong = await _wrong_after([made], intake, checks)
        return any(one.what.startswith(what) for one in wrong)


async def _wrong_after(made: Sequence[Made], intake: Intake, checks: Checks) -> list[Wrong]:
    try:
        logged, lines = await intake.take(made)
    except Exception as error:  # noqa: BLE001  whatever it is: it would have ended the program, or held up the inbox
        return [Wrong("".join(format_exception(error)))]
    return await checks.after(made, logged, lines)


def _share(trials: Sequence[Trial], number: int, size: int) -> list[Trial]:
    """Return the trials of one day: by its number alone, so that it can be played again without those before it."""
    return [trials[(number * size + n) % len(trials)] for n in range(size)]


def _next(trials: list[Trial], share: int) -> list[Trial]:
    taken, trials[:share] = trials[:share], []
    return taken


def _mixed(
    people: People, trials: Sequence[Trial], calm: Sequence[str], talking: Sequence[int], size: int
) -> list[Made]:
    """Return a batch: danger among all others, what belongs together in its order; sometimes in no order at all."""
    parts = [updates_of(one, people, calm, talking) for one in trials if talking or one[1] != IN_TALK]
    parts += [[one] for one in people.batch(max(size - sum(map(len, parts)), 10))]
    people.r.shuffle(parts)
    made = [one for part in parts for one in part]
    if people.r.random() < 0.1:
        people.r.shuffle(made)
    return made
