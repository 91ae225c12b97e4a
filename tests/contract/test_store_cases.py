"""Questions kept for people, the numbers that never held one, and how much the store holds."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from bot.cases import lifecycle
from bot.cases.model import Case, CaseId, CaseState, Event, EventKind, Rating, SpecialistId
from bot.content.model import DangerKind, EntryId, MunicipalityId, TeamId
from bot.conversation.model import Attachment, AttachmentKind, Channel, Count, InboxId
from bot.conversation.steps import Reason
from bot.errors import CaseChanged, CaseNotFound
from bot.matching.evidence import Level
from bot.ports import Group, KeptCase, StoreState, Words
from bot.storage.tables import case_events, cases, counts, notes
from bot.storage.unit_of_work import SqlStore
from tests.builders import EN
from tests.builders_dialogue import NOW, PHOTO, RASA, SCHOOL, SUPPORT, TOMAS
from tests.builders_store import (
    ANA,
    BORYS,
    DUE,
    all_rows,
    arrive,
    claim,
    incoming,
    kept_case,
    meet,
    new_case,
    open_case,
    owe,
    owing,
)

TODAY, YESTERDAY = date(2026, 11, 21), date(2026, 11, 20)
PAPER = Attachment("paper", AttachmentKind.FILE, "application/pdf", 1000)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
UNKNOWN = CaseId(999)


def claimed(by: SpecialistId = RASA, return_at: datetime | None = None) -> Event:
    return Event(EventKind.CLAIMED, NOW, by, return_at=return_at or NOW + 8 * HOUR)


async def save(store: SqlStore, before: Case, *happened: Event) -> Case:
    """Let several things happen to a case, one after the other."""
    for event in happened:
        before = lifecycle.after(before, event)
        async with store.begin() as tx:
            await tx.cases.save(before, event)
    return before


async def happen(store: SqlStore, case_id: CaseId, *happened: Event) -> Case:
    return await save(store, (await kept_case(store, case_id)).case, *happened)


async def count(store: SqlStore, day: date, channel: Channel, *happened: Count) -> None:
    async with store.begin() as tx:
        await tx.counts.add(day, channel, happened)


async def state(store: SqlStore, at: datetime = NOW) -> StoreState:
    async with store.begin() as tx:
        return await tx.state(at)


# Opened ---------------------------------------------------------------------------------------------------------------


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


# Changed --------------------------------------------------------------------------------------------------------------


async def test_whatever_changes_of_a_case_comes_back(store: SqlStore) -> None:
    case_id = await open_case(store, await meet(store))
    opened = (await kept_case(store, case_id)).case

    taken = await save(store, opened, claimed())
    assert (await kept_case(store, case_id)).case == taken
    assert (taken.state, taken.claimed_by, taken.version) == (CaseState.CLAIMED, RASA, 2)

    moved = await save(store, taken, Event(EventKind.TRANSFERRED, NOW, RASA, team=SCHOOL, due_at=DUE + HOUR))
    assert (await kept_case(store, case_id)).case == moved
    assert (moved.team, moved.claimed_by, moved.due_at) == (SCHOOL, None, DUE + HOUR)

    closed = await save(store, moved, Event(EventKind.CLOSED, NOW + HOUR, TOMAS, reason="referred"))
    assert (await kept_case(store, case_id)).case == closed
    assert (closed.closed_at, closed.close_reason, closed.due_at) == (NOW + HOUR, "referred", None)

    rated = await save(store, closed, Event(EventKind.RATED, NOW + HOUR, reason=Rating.PARTLY))
    again = await save(store, rated, Event(EventKind.REOPENED, NOW + HOUR, due_at=DUE))
    assert (await kept_case(store, case_id)).case == again
    assert (again.state, again.closed_at, again.close_reason, again.rating) == (CaseState.WAITING, None, "", "partly")


async def test_the_second_of_two_who_change_the_same_case_is_told_and_changes_nothing(store: SqlStore) -> None:
    case_id = await open_case(store, await meet(store))
    seen_by_both = (await kept_case(store, case_id)).case
    rasas = await save(store, seen_by_both, claimed(RASA))

    with pytest.raises(CaseChanged):
        await save(store, seen_by_both, claimed(TOMAS))

    assert (await kept_case(store, case_id)).case == rasas
    assert [row["by"] for row in await all_rows(store, case_events)] == [None, RASA]


async def test_what_was_done_beside_a_change_that_came_too_late_is_undone(store: SqlStore) -> None:
    ana = await meet(store)
    case_id = await open_case(store, ana)
    before = (await kept_case(store, case_id)).case
    await save(store, before, claimed(RASA))

    async def come_too_late() -> None:
        async with store.begin() as tx:
            await tx.conversations.block(ana)
            await tx.cases.save(lifecycle.after(before, claimed(TOMAS)), claimed(TOMAS))

    with pytest.raises(CaseChanged):
        await come_too_late()

    async with store.begin() as tx:
        assert not (await tx.conversations.load({ana}))[ana].blocked


async def test_an_event_tells_who_when_and_what(store: SqlStore) -> None:
    case_id = await open_case(store, await meet(store))
    before = (await kept_case(store, case_id)).case
    event = Event(
        EventKind.TRANSFERRED, NOW + HOUR, RASA, team=SCHOOL, reason="theirs", due_at=DUE, return_at=DUE + HOUR
    )

    async with store.begin() as tx:
        await tx.cases.save(lifecycle.after(before, event), event, text="words", files=[PAPER], ref="7:12")

    *_, row = await all_rows(store, case_events)
    payload = row.pop("payload")
    del row["id"]
    assert row == {"case_id": case_id, "kind": "transferred", "at": NOW + HOUR, "by": RASA, "ref": "7:12"}
    assert (payload["team"], payload["reason"], payload["text"]) == ("school", "theirs", "words")
    assert datetime.fromisoformat(payload["due_at"]) == DUE
    assert datetime.fromisoformat(payload["return_at"]) == DUE + HOUR
    assert [file["ref"] for file in payload["files"]] == ["paper"]


async def test_a_bar_is_kept_with_who_until_when_and_why_and_changes_nothing_of_the_case(store: SqlStore) -> None:
    case_id = await open_case(store, await meet(store))
    before = await kept_case(store, case_id)

    async with store.begin() as tx:
        await tx.cases.record(case_id, Event(EventKind.BARRED, NOW, RASA, until=NOW + HOUR), text="threats")

    *_, row = await all_rows(store, case_events)
    assert (row["kind"], row["by"], row["payload"]["text"]) == ("barred", RASA, "threats")
    assert datetime.fromisoformat(row["payload"]["until"]) == NOW + HOUR
    assert await kept_case(store, case_id) == before


async def test_danger_seen_later_raises_a_case(store: SqlStore) -> None:
    case_id = await open_case(store, await meet(store))

    await happen(store, case_id, Event(EventKind.RAISED, NOW, reason=Level.RED))

    kept = await kept_case(store, case_id)
    assert (kept.case.urgent, kept.danger) == (True, "red")


async def test_what_is_recorded_changes_nothing_of_the_case(store: SqlStore) -> None:
    case_id = await open_case(store, await meet(store))
    before = await kept_case(store, case_id)

    async with store.begin() as tx:
        await tx.cases.record(case_id, Event(EventKind.DANGER_OVER, NOW + HOUR))
        await tx.cases.record(case_id, Event(EventKind.CORRECTED, NOW, RASA), text="better", ref="7:12")

    rows = await all_rows(store, case_events)
    assert await kept_case(store, case_id) == before
    assert [(row["kind"], row["at"], row["by"], row["ref"], row["payload"]) for row in rows[1:]] == [
        ("danger_over", NOW + HOUR, None, None, {}),
        ("corrected", NOW, RASA, "7:12", {"text": "better"}),
    ]


async def test_who_works_on_a_case_has_more_time_and_nothing_else_changes(store: SqlStore) -> None:
    ana = await meet(store)
    case_id, other = await open_case(store, ana, by=47), await open_case(store, ana, by=48)
    before = await happen(store, case_id, claimed())
    untouched = await kept_case(store, other)

    async with store.begin() as tx:
        await tx.cases.touch(case_id, NOW + 9 * HOUR)

    assert (await kept_case(store, case_id)).case == replace(before, return_at=NOW + 9 * HOUR)
    assert await kept_case(store, other) == untouched


# Said -----------------------------------------------------------------------------------------------------------------


async def test_a_case_tells_its_story_in_order(store: SqlStore) -> None:
    ana = await meet(store)
    case_id, other = await open_case(store, ana, by=47), await open_case(store, ana, new_case("others"), by=48)
    case = (await kept_case(store, case_id)).case
    for kind, text in ((EventKind.CLAIMED, ""), (EventKind.REPLIED, "our words"), (EventKind.WRITTEN, "their words")):
        event = Event(kind, NOW, RASA)
        case = lifecycle.after(case, event)
        async with store.begin() as tx:
            await tx.cases.save(case, event, text=text)

    async with store.begin() as tx:
        assert await tx.cases.story(case_id) == [
            ("opened", "words"),
            ("claimed", ""),
            ("replied", "our words"),
            ("written", "their words"),
        ]
        assert await tx.cases.story(other) == [("opened", "others")]


async def test_a_note_is_kept_in_a_table_of_its_own_and_no_story_tells_it(store: SqlStore) -> None:
    case_id = await open_case(store, await meet(store))

    async with store.begin() as tx:
        await tx.cases.note(case_id, RASA, "heron meadow", [PAPER], "7:12", NOW + HOUR)

    (row,) = await all_rows(store, notes)
    assert (row["case_id"], row["by"], row["at"], row["ref"], row["text"]) == (
        case_id,
        RASA,
        NOW + HOUR,
        "7:12",
        "heron meadow",
    )
    assert [file["ref"] for file in row["files"]] == ["paper"]
    async with store.begin() as tx:
        assert await tx.cases.story(case_id) == [("opened", "words")]
        assert await tx.cases.words("7:12", list(EventKind)) is None
        assert await tx.cases.held("7:12") is None
    assert "heron" not in repr([await all_rows(store, table) for table in (cases, case_events)])


async def test_the_latest_words_that_came_of_a_message_are_found(store: SqlStore) -> None:
    case_id = await open_case(store, await meet(store))
    async with store.begin() as tx:
        await tx.cases.record(case_id, Event(EventKind.REPLIED, NOW, RASA), text="first", files=[PHOTO], ref="7:12")
        await tx.cases.record(case_id, Event(EventKind.REPLIED, NOW, TOMAS), text="others", ref="7:13")
        await tx.cases.record(case_id, Event(EventKind.CORRECTED, NOW, RASA), text="second", ref="7:12")

        replied = await tx.cases.words("7:12", [EventKind.REPLIED])
        latest = await tx.cases.words("7:12", [EventKind.REPLIED, EventKind.CORRECTED])
        nothing = [await tx.cases.words("7:12", [EventKind.WRITTEN]), await tx.cases.words("7:1", list(EventKind))]

    assert replied == Words(case_id, RASA, "first", (PHOTO,))
    assert latest == Words(case_id, RASA, "second")
    assert nothing == [None, None]


async def test_words_of_nobody_known_are_found_too(store: SqlStore) -> None:
    case_id = await open_case(store, await meet(store))

    async with store.begin() as tx:
        await tx.cases.record(case_id, Event(EventKind.WRITTEN, NOW), text="theirs", ref="7:12")
        assert await tx.cases.words("7:12", [EventKind.WRITTEN]) == Words(case_id, None, "theirs")


# Held -----------------------------------------------------------------------------------------------------------------


async def test_held_words_wait_outside_of_every_story(store: SqlStore) -> None:
    case_id = await open_case(store, await meet(store))

    async with store.begin() as tx:
        await tx.cases.hold(case_id, RASA, "not yet", [PHOTO], "7:12", NOW)

    async with store.begin() as tx:
        assert await tx.cases.held("7:12") == Words(case_id, RASA, "not yet", (PHOTO,))
        assert await tx.cases.held("7:13") is None
        assert await tx.cases.story(case_id) == [("opened", "words")]
    assert "not yet" not in repr(await all_rows(store, case_events))


async def test_words_held_again_replace_those_before(store: SqlStore) -> None:
    case_id = await open_case(store, await meet(store))

    async with store.begin() as tx:
        await tx.cases.hold(case_id, RASA, "first", [PHOTO], "7:12", NOW)
        await tx.cases.hold(case_id, RASA, "second", [], "7:12", NOW)

    assert [row["text"] for row in await all_rows(store, notes)] == ["second"]


async def test_words_let_go_are_gone_and_nothing_else_is(store: SqlStore) -> None:
    case_id = await open_case(store, await meet(store))
    async with store.begin() as tx:
        await tx.cases.hold(case_id, RASA, "let go", [], "7:12", NOW)
        await tx.cases.hold(case_id, RASA, "others", [], "7:13", NOW)
        await tx.cases.note(case_id, RASA, "a note", [], "7:12", NOW)

    async with store.begin() as tx:
        await tx.cases.let_go("7:12")
        await tx.cases.let_go("7:99")

    assert sorted(row["text"] for row in await all_rows(store, notes)) == ["a note", "others"]
    async with store.begin() as tx:
        assert await tx.cases.held("7:12") is None
        assert await tx.cases.held("7:13") is not None


# Which cases ----------------------------------------------------------------------------------------------------------


async def test_cases_that_nobody_touches_and_promises_about_to_slip_are_overdue(store: SqlStore) -> None:
    ana, warn_at = await meet(store), NOW + 30 * MINUTE
    cases_by_name = {
        name: await open_case(store, ana, by=n, due_at=due_at)
        for n, (name, due_at) in enumerate(
            {
                "untouched": DUE,
                "touched": DUE,
                "slips": warn_at,
                "slips in hand": warn_at,
                "has time": warn_at + MINUTE,
                "answered": warn_at,
                "closed": warn_at,
            }.items(),
            start=50,
        )
    }
    await happen(store, cases_by_name["untouched"], claimed(return_at=NOW))
    await happen(store, cases_by_name["touched"], claimed(return_at=NOW + MINUTE))
    await happen(store, cases_by_name["slips in hand"], claimed())
    await happen(store, cases_by_name["answered"], claimed(return_at=NOW - HOUR), Event(EventKind.REPLIED, NOW, RASA))
    await happen(store, cases_by_name["closed"], claimed(return_at=NOW - HOUR), Event(EventKind.CLOSED, NOW, RASA))

    async with store.begin() as tx:
        found = await tx.cases.overdue(NOW, warn_at, 20)
        first = await tx.cases.overdue(NOW, warn_at, 1)

    assert found == [cases_by_name[name] for name in ("untouched", "slips", "slips in hand")]
    assert first == found[:1]


async def test_the_open_cases_of_teams_come_danger_first_then_by_promise(store: SqlStore) -> None:
    ana, borys = await meet(store, ANA), await meet(store, BORYS)
    later = await open_case(store, ana, by=50, due_at=DUE + HOUR)
    soon = await open_case(store, borys, by=51, due_at=DUE)
    same = await open_case(store, ana, by=52, due_at=DUE)
    danger = await open_case(store, ana, new_case(danger=Level.RED), by=53, due_at=DUE + 2 * HOUR)
    amber = await open_case(store, ana, new_case(danger=Level.AMBER), by=54, due_at=DUE + 3 * HOUR)
    schools = await open_case(store, ana, by=55, team=SCHOOL, due_at=DUE)
    closed = await open_case(store, ana, by=56)
    await happen(store, closed, claimed(), Event(EventKind.CLOSED, NOW, RASA))
    await happen(store, soon, claimed())

    async with store.begin() as tx:
        assert await tx.cases.of_team([SUPPORT]) == [danger, soon, same, later, amber]
        assert await tx.cases.of_team([SUPPORT, SCHOOL]) == [danger, soon, same, schools, later, amber]
        assert await tx.cases.of_team([TeamId("nobody")]) == []
        assert await tx.cases.of_team([]) == []


async def test_the_open_cases_of_a_family_and_of_a_specialist_are_known(store: SqlStore) -> None:
    ana, borys = await meet(store, ANA), await meet(store, BORYS)
    one, other, closed = [await open_case(store, ana, by=n) for n in (50, 51, 52)]
    theirs = await open_case(store, borys, by=53)
    await happen(store, other, claimed(RASA))
    await happen(store, theirs, claimed(RASA), Event(EventKind.REPLIED, NOW, RASA))
    await happen(store, one, claimed(TOMAS))
    await happen(store, closed, claimed(RASA), Event(EventKind.SOLVED, NOW))

    async with store.begin() as tx:
        assert await tx.cases.open_of(ana) == [one, other]
        assert await tx.cases.open_of(borys) == [theirs]
        assert await tx.cases.claimed_by(RASA) == [other, theirs]
        assert await tx.cases.claimed_by(SpecialistId(9)) == []


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
    assert await state(store) == StoreState(
        conversations=0,
        unhandled=0,
        oldest_unhandled=None,
        given_up=0,
        owed=0,
        oldest_owed=None,
        uncertain=0,
        refused=0,
        waiting_cases=0,
        claimed_cases=0,
        answered_cases=0,
        late_cases=0,
        danger_cases=0,
        unanswered_alerts=0,
        groups=0,
        specialists=0,
    )


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
        claimed_cases=0,
        answered_cases=0,
        late_cases=0,
        danger_cases=1,
        unanswered_alerts=0,
        groups=0,
        specialists=0,
    )


async def test_cases_are_counted_by_whose_turn_it_is_and_whether_their_promise_holds(store: SqlStore) -> None:
    ana, replied = await meet(store), Event(EventKind.REPLIED, NOW, RASA)
    _, _, taken, late, answered, closed, danger = [
        await open_case(store, ana, case, by=n, due_at=NOW + promised)
        for n, (case, promised) in enumerate(
            [
                (None, HOUR),
                (None, timedelta()),
                (None, HOUR),
                (None, -HOUR),
                (None, -HOUR),
                (None, -HOUR),
                (new_case(danger=Level.RED), HOUR),
            ],
            start=50,
        )
    ]
    for case_id in (taken, late, answered, closed, danger):
        await happen(store, case_id, claimed())
    await happen(store, answered, replied)
    await happen(store, closed, Event(EventKind.CLOSED, NOW, RASA))

    found = await state(store)

    assert (found.waiting_cases, found.claimed_cases, found.answered_cases) == (2, 3, 1)
    assert (found.late_cases, found.danger_cases) == (2, 0)
    assert (await state(store, NOW - MINUTE)).late_cases == 1


async def test_groups_and_whoever_works_there_now_are_counted(store: SqlStore) -> None:
    group, other = await meet(store, ANA), await meet(store, BORYS)
    async with store.begin() as tx:
        await tx.teams.connect(Group(group, SUPPORT, forum=True, topics=True), NOW)
        await tx.teams.connect(Group(other, SCHOOL, forum=False, topics=False), NOW)
        for author in ("71", "72", "73"):
            await tx.teams.join(group, author, f"#{author}", NOW)
        await tx.teams.leave(group, "72", NOW)

    found = await state(store)

    assert (found.groups, found.specialists) == (2, 2)


async def test_what_waits_for_somebody_out_of_reach_is_owed_but_makes_nothing_late(store: SqlStore) -> None:
    ana, borys = await meet(store, ANA), await meet(store, BORYS)
    await owe(store, owing("old", ana), at=NOW - 9 * HOUR)
    await owe(store, owing("young", borys), at=NOW)
    async with store.begin() as tx:
        await tx.conversations.block(ana)

    found = await state(store)

    assert (found.owed, found.oldest_owed) == (2, NOW)
