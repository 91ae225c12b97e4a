"""No word of a note reaches a family, however it is written; what is meant for a family arrives once. `make leaks`.

Random people write in a group with topics and in one without: whoever has a case, others, strangers, administrators
nobody sees; notes in all spellings, chatter, pictures, edits, presses on whatever is offered. Each message has words of
its own. What every message may lead to is worked out here from who has which case; the fake Telegram, the database and
the log are then searched for every one of those words.
"""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from random import SystemRandom
from time import perf_counter

import pytest

from tests.fakes.bot_api import FakeTelegram
from tests.flow.conftest import Start
from tests.flow.harness import Person, Tiltas
from tests.flow.leaks import pressing, writing
from tests.flow.leaks.families import family_writes
from tests.flow.leaks.office import OPEN, Office
from tests.flow.leaks.search import Search
from tests.flow.team import Group
from tests.flow.texts import Texts

pytestmark = pytest.mark.asyncio(loop_scope="module")

SHORT, LONG = 150, 1000
"""Messages in the groups: as many as the default suite has time for, and of `make leaks`."""
AT_ONCE = 8
"""Messages that are written before anybody waits for what comes of them."""
SEED = 20261122
FAMILIES = 5


async def works(office: Office, messages: int) -> None:
    """Let so many things happen, some of them all at once, and look at everything now and then."""
    steps: dict[Callable[[Office], Awaitable[None]], int] = {
        writing.reply: 16,
        writing.reply_of_another: 7,
        writing.note: 18,
        writing.note_without_slash: 8,
        writing.unknown_order: 4,
        writing.chatter: 8,
        writing.picture: 7,
        writing.stranger: 6,
        writing.edit: 14,
        pressing.order: 6,
        pressing.press: 16,
        family_writes: 7,
    }
    for n in range(messages):
        if sum(question.is_open for question in office.questions.values()) < OPEN // 2:
            await office.family_asks()
            await office.settles()
        (step,) = office.random.choices(list(steps), list(steps.values()))
        office.counts[step.__name__] += 1
        await step(office)
        if n % AT_ONCE == office.random.randrange(AT_ONCE):
            await office.settles()
    await office.settles()


def table(office: Office) -> str:
    """Return what happened and what was looked for, line by line."""
    kept = office.kept
    rows = [
        *sorted(office.counts.items()),
        ("words meant for a family, each there once", len(kept.meant)),
        ("words of notes, each in `notes` alone", len(kept.notes)),
        ("other words that no family may see", len(kept.never) - len(kept.notes)),
        ("words that are in no table", len(kept.unseen)),
        ("words of families, in no other family's chat", len(kept.families)),
        ("leaks", 0),
    ]
    return "\n".join(f"{name:<48}{number:>8}" for name, number in rows)


@pytest.fixture
def office(telegram: FakeTelegram, prepared: Start, texts: Texts) -> Callable[[int], Awaitable[Office]]:
    async def make(seed: int) -> Office:
        tiltas: Tiltas = prepared(telegram)
        await tiltas.serve()
        forum = await Group(telegram, tiltas, texts).opens("Support")
        flat = await Group(telegram, tiltas, texts).opens("Legal", forum=False)
        await forum.connects("support")
        await flat.connects("legal")
        office = Office(forum, flat, [Person(telegram, tiltas) for _ in range(FAMILIES)], seed)
        await office.opens()
        return office

    return make


Make = Callable[[int], Awaitable[Office]]


async def look_for_leaks(make: Make, seed: int, messages: int) -> None:
    began = perf_counter()
    office = await make(seed)
    try:
        await works(office, messages)
        await Search(office).looks()
    except AssertionError as wrong:
        wrong.add_note(f"seed {seed}")
        raise
    print(f"\n{messages} things in two groups, seed {seed}, {perf_counter() - began:.0f} s\n{table(office)}")
    assert office.tiltas.log()
    assert not [event for event in office.tiltas.log() if event.get("level") == "error"], office.tiltas.words()


async def test_no_note_reaches_a_family(office: Make) -> None:
    await look_for_leaks(office, int(os.environ.get("SEED") or SEED), SHORT)


@pytest.mark.slow
@pytest.mark.timeout(1800)
async def test_no_note_reaches_a_family_in_a_thousand_messages(office: Make) -> None:
    await look_for_leaks(office, int(os.environ.get("SEED") or SystemRandom().randrange(1_000_000)), LONG)
