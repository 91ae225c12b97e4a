"""Questions kept for people, the numbers that never held one, and how much the store holds."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from bot.content.model import DangerKind, EntryId, TeamId, TopicId
from bot.conversation.model import Addition, CaseId, Channel, ConversationId, Count, InboxId, NewCase
from bot.conversation.steps import Reason
from bot.matching.evidence import Level
from bot.ports import StoreState
from bot.storage.tables import case_events, cases, counts
from bot.storage.unit_of_work import SqlStore
from tests.builders import EN, UK
from tests.builders_dialogue import NOW
from tests.builders_store import ANA, BORYS, all_rows, arrive, claim, incoming, meet, owe, owing

TODAY, YESTERDAY = date(2026, 11, 21), date(2026, 11, 20)


def new_case(text: str = "words", **changes: Any) -> NewCase:  # Any: its fields
    fields: dict[str, Any] = {  # Any: as above
        "question": InboxId(40),
        "text": text,
        "reason": Reason.NO_MATCH,
        "topic": TopicId("health"),
        "language": UK,
    }
    return NewCase(**fields | changes)


async def open_case(
    store: SqlStore, conversation: ConversationId, case: NewCase | None = None, *, by: int = 47
) -> CaseId:
    async with store.begin() as tx:
        return await tx.cases.open(case or new_case(), f"{by}K", InboxId(by), conversation, TeamId("support"), NOW)


async def count(store: SqlStore, day: date, channel: Channel, *happened: Count) -> None:
    async with store.begin() as tx:
        await tx.counts.add(day, channel, happened)


async def state(store: SqlStore) -> StoreState:
    async with store.begin() as tx:
        return await tx.state()


# Cases ----------------------------------------------------------------------------------------------------------------


async def test_a_case_keeps_everything_a_specialist_needs(store: SqlStore) -> None:
    ana = await meet(store)
    case = new_case(
        danger=Level.AMBER,
        danger_kind=DangerKind.CHILD_DANGER,
        nearest=((EntryId("kindergarten"), 0.25),),
        files=("file-1",),
    )

    case_id = await open_case(store, ana, case)

    (row,) = await all_rows(store, cases)
    assert row == {
        "id": case_id,
        "number": "47K",
        "conversation_id": ana,
        "opened_by": 47,
        "question": 40,
        "state": "waiting",
        "reason": "no_match",
        "topic": "health",
        "team": "support",
        "language": "uk",
        "danger": "amber",
        "danger_kind": "child-danger",
        "version": 1,
        "opened_at": NOW,
    }
    (event,) = await all_rows(store, case_events)
    assert (event["case_id"], event["kind"], event["at"]) == (case_id, "opened", NOW)
    assert event["payload"] == {"text": "words", "files": ["file-1"], "nearest": [["kindergarten", 0.25]]}


async def test_a_message_that_has_opened_a_case_opens_no_second(store: SqlStore) -> None:
    ana = await meet(store)

    first = await open_case(store, ana)
    second = await open_case(store, ana, new_case("other words", reason=Reason.FAILED))

    assert second == first
    assert [row["reason"] for row in await all_rows(store, cases)] == ["no_match"]
    assert len(await all_rows(store, case_events)) == 1


async def test_two_messages_open_two_cases(store: SqlStore) -> None:
    ana = await meet(store)

    assert await open_case(store, ana, by=47) != await open_case(store, ana, by=48)


async def test_a_case_without_question_and_topic_is_a_case(store: SqlStore) -> None:
    ana = await meet(store)

    await open_case(store, ana, new_case(question=None, topic=None))

    (row,) = await all_rows(store, cases)
    assert (row["question"], row["topic"], row["danger"], row["danger_kind"]) == (None, None, "none", None)


@pytest.mark.parametrize(
    ("addition", "payload"),
    [
        (Addition(CaseId(1), "message", "more words"), {"text": "more words"}),
        (Addition(CaseId(1), "danger_over"), {}),
    ],
)
async def test_what_is_added_to_a_case_is_an_event_of_it(
    store: SqlStore, addition: Addition, payload: dict[str, str]
) -> None:
    ana = await meet(store)
    case_id = await open_case(store, ana)

    async with store.begin() as tx:
        await tx.cases.add(Addition(case_id, addition.kind, addition.text), NOW + timedelta(hours=1))

    *_, event = await all_rows(store, case_events)
    assert (event["case_id"], event["kind"], event["payload"]) == (case_id, addition.kind, payload)


# Counts ---------------------------------------------------------------------------------------------------------------


async def test_counts_add_up(store: SqlStore) -> None:
    answer, clarify = Count("uk", "health", "answer"), Count("uk", "", "clarify")

    await count(store, TODAY, Channel.TELEGRAM, answer, clarify, answer)
    await count(store, TODAY, Channel.TELEGRAM, answer)
    await count(store, TODAY, Channel.CONSOLE, answer)
    await count(store, YESTERDAY, Channel.TELEGRAM, answer)
    await count(store, TODAY, Channel.TELEGRAM)

    rows = [(row["day"], row["channel"], row["step"], row["n"]) for row in await all_rows(store, counts)]
    assert sorted(rows) == [
        (YESTERDAY, "telegram", "answer", 1),
        (TODAY, "console", "answer", 1),
        (TODAY, "telegram", "answer", 3),
        (TODAY, "telegram", "clarify", 1),
    ]


async def test_counts_are_apart_by_language_topic_and_step(store: SqlStore) -> None:
    await count(
        store,
        TODAY,
        Channel.TELEGRAM,
        Count("uk", "health", "answer"),
        Count("ru", "health", "answer"),
        Count("uk", "", "answer"),
        Count("uk", "health", "reason:no_match"),
    )

    assert [row["n"] for row in await all_rows(store, counts)] == [1, 1, 1, 1]


# How much the store holds ---------------------------------------------------------------------------------------------


async def test_an_empty_store_holds_nothing(store: SqlStore) -> None:
    assert await state(store) == StoreState(0, 0, None, 0, 0, None, 0, 0, 0, 0)


async def test_a_store_tells_how_much_it_holds(store: SqlStore) -> None:
    earlier = NOW - timedelta(minutes=7)
    ana, borys = await meet(store, ANA), await meet(store, BORYS)
    waiting = await arrive(store, incoming("a1", ANA), incoming("a2", ANA), at=earlier)
    (given_up,) = [one for one in await arrive(store, incoming("b1", BORYS)) if one.incoming.address == BORYS]
    await owe(store, owing("out1", ana), owing("out2", ana), at=earlier)
    await claim(store)
    await owe(store, *(owing(f"b{n}", borys) for n in range(4)))
    for end in ("uncertain", "refused", "dropped"):
        for row in await claim(store):
            async with store.begin() as tx:
                await tx.outbox.end(row.id, 1, end, "because", NOW)
    await open_case(store, ana, by=47)
    await open_case(store, borys, new_case(danger=Level.RED, language=EN), by=48)

    async with store.begin() as tx:
        await tx.inbox.fail(given_up.id, NOW)

    assert len(waiting) == 1
    assert await state(store) == StoreState(
        conversations=2,
        unhandled=2,
        oldest_unhandled=earlier,
        given_up=1,
        owed=3,
        oldest_owed=earlier,
        uncertain=1,
        refused=1,
        waiting_cases=2,
        danger_cases=1,
    )
