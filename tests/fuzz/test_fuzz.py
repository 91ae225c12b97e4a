"""Whatever Telegram brings, nothing breaks, nothing is lost, nothing becomes markup, and danger gets its card. `make fuzz`."""

from __future__ import annotations

import os
from pathlib import Path
from random import SystemRandom
from time import perf_counter

import pytest

from bot.app import mind_of
from bot.storage.faq_files import Content
from tests.fuzz.checks import Tally
from tests.fuzz.families import Made
from tests.fuzz.run import Fuzz
from tests.fuzz.shrink import smallest
from tests.fuzz.trials import all_trials

# The poller asks for raw updates on purpose; it says so when it is imported, and the test's own filters come later.
pytestmark = pytest.mark.filterwarnings("ignore:Please use 'Bot.getUpdates'")

SHORT = 2600
"""Updates that the default suite has time for."""
LONG = 200_000
_SEED = 20261119


def outside(name: str, otherwise: int) -> int:
    """Return a number that somebody wants, by the environment."""
    return int(os.environ.get(name) or otherwise)


async def test_no_update_breaks_anything_in_a_short_run(content: Content, tmp_path: Path) -> None:
    fuzz = Fuzz(mind_of(content), tmp_path, _SEED)

    await fuzz.run(SHORT)

    tally = fuzz.tally
    assert tally.updates >= SHORT
    assert len(tally.cards) >= 80
    assert min(tally.sent[kind] for kind in ("answer", "card", "case_card", "reply", "desk", "toast", "notice")) > 0
    assert min(tally.steps[step] for step in ("hide", "unhide", "curtain", "paused", "barred")) > 0
    assert tally.not_read > 0


async def test_what_is_told_of_a_fault_is_the_smallest_update_that_shows_it() -> None:
    sound = {
        "update_id": 1,
        "message": {"text": "before, fault, after", "chat": {"id": 5, "type": "private"}, "date": 1},
    }

    async def shows_it(made: Made) -> bool:
        return "fault" in made.raw.get("message", {}).get("text", "")

    assert await smallest(Made(sound, kept=True), shows_it) == {"update_id": 1, "message": {"text": "fault"}}


@pytest.mark.slow
@pytest.mark.timeout(7200)
async def test_no_update_breaks_anything(content: Content, tmp_path: Path) -> None:
    seed, updates = outside("SEED", SystemRandom().randrange(1_000_000)), outside("N", LONG)
    print(f"\n{updates} updates. To play them again: make fuzz SEED={seed} N={updates}", flush=True)
    fuzz, began = Fuzz(mind_of(content), tmp_path, seed), perf_counter()

    await fuzz.run(updates, lambda done: print(f"{done:>10} {perf_counter() - began:6.0f} s", flush=True))

    took = perf_counter() - began
    print(table(fuzz.tally, len(all_trials(content.catalogue, SystemRandom()))), f"\ntook {took:.0f} s")


def table(tally: Tally, trials: int) -> str:
    """Return what happened, line by line."""
    rows: list[tuple[str, object]] = [
        ("updates", tally.updates),
        ("  of a shape that the library cannot read", tally.not_read),
        ("messages kept, each handled once", tally.kept),
        ("  without a message of ours: words for a case that people have", tally.silent),
        ("  held back in a pause or by a bar, without danger", tally.held_back),
        ("danger: cards that had to come, and came", tally.cards.total()),
        (f"  examples in ways, of {trials}", len(tally.cards)),
        *((f"sent: {kind}", number) for kind, number in tally.sent.most_common()),
        *((f"handled: {step}", number) for step, number in tally.steps.most_common()),
    ]
    return "\n".join(f"{name:<64}{value!s:>10}" for name, value in rows)
