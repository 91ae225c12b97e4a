"""A question kept for people: opened once, and loaded with everything they need."""

from __future__ import annotations

import pytest

from bot.cases.model import Case, CaseId, CaseState
from bot.content.model import DangerKind, EntryId, MunicipalityId
from bot.conversation.model import InboxId
from bot.conversation.steps import Reason
from bot.errors import CaseNotFound
from bot.matching.evidence import Level
from bot.ports import KeptCase
from bot.storage.tables import case_events, cases
from bot.storage.unit_of_work import SqlStore
from tests.builders_dialogue import NOW, PAPER, PHOTO, SCHOOL
from tests.builders_store import DUE, all_rows, kept_case, meet, new_case, open_case

UNKNOWN = CaseId(999)


async def test_a_case_keeps_everything_a_specialist_needs(store: SqlStore) -> None:
    ana = await meet(store)
    earlier = await open_case(store, ana, by=46)
    case = new_case(
        danger=Level.AMBER,
        danger_kind=DangerKind.CHILD_DANGER,
        nearest=((EntryId("kindergarten"), 0.25),),
        tried=(EntryId("rent"),),
        files=(PHOTO, PAPER),
        follows=earlier,
        town=MunicipalityId("akmene"),
    )

    case_id = await open_case(store, ana, case)

    _, row = await all_rows(store, cases)
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
        "claimed_by": None,
        "follows": earlier,
        "town": "akmene",
        "writer": None,
        "opened_at": NOW,
        "due_at": DUE,
        "return_at": None,
        "closed_at": None,
        "close_reason": None,
        "rating": None,
    }
    _, event = await all_rows(store, case_events)
    assert (event["case_id"], event["kind"], event["at"], event["by"]) == (case_id, "opened", NOW, None)
    assert event["payload"]["text"] == "words"
    assert event["payload"]["nearest"] == [["kindergarten", 0.25]]


async def test_a_case_is_loaded_with_everything_a_specialist_needs(store: SqlStore) -> None:
    ana = await meet(store)
    earlier = await open_case(store, ana, by=46)
    case = new_case(
        danger=Level.RED,
        danger_kind=DangerKind.VIOLENCE,
        nearest=((EntryId("kindergarten"), 0.25), (EntryId("rent"), 0.125)),
        tried=(EntryId("courses"),),
        files=(PHOTO, PAPER),
        follows=earlier,
        reason=Reason.DANGER,
    )

    case_id = await open_case(store, ana, case, team=SCHOOL)

    assert await kept_case(store, case_id) == KeptCase(
        Case(
            id=case_id,
            number="47K",
            team=SCHOOL,
            topic=case.topic,
            language=case.language,
            state=CaseState.WAITING,
            urgent=True,
            opened_at=NOW,
            due_at=DUE,
        ),
        ana,
        "danger",
        "red",
        "violence",
        asked="words",
        files=(PHOTO, PAPER),
        nearest=((EntryId("kindergarten"), 0.25), (EntryId("rent"), 0.125)),
        tried=(EntryId("courses"),),
        follows=earlier,
    )


async def test_a_case_without_question_and_topic_is_a_case(store: SqlStore) -> None:
    ana = await meet(store)

    case_id = await open_case(store, ana, new_case("", question=None, topic=None))

    (row,) = await all_rows(store, cases)
    kept = await kept_case(store, case_id)
    assert (row["question"], row["topic"], row["danger"], row["danger_kind"]) == (None, None, "none", None)
    assert (kept.case.topic, kept.case.urgent, kept.asked, kept.files, kept.follows) == (None, False, "", (), None)


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


async def test_the_case_that_a_message_opened_is_known(store: SqlStore) -> None:
    ana = await meet(store)
    case_id = await open_case(store, ana, by=47)

    async with store.begin() as tx:
        assert await tx.cases.opened_by(InboxId(47)) == case_id
        assert await tx.cases.opened_by(InboxId(48)) is None


async def test_a_case_that_is_not_there_is_told(store: SqlStore) -> None:
    with pytest.raises(CaseNotFound):
        await kept_case(store, UNKNOWN)
