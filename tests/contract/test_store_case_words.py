"""What was said about a case: its story, notes that no story tells, and words that wait."""

from __future__ import annotations

from bot.cases import lifecycle
from bot.cases.model import Event, EventKind
from bot.ports import Words
from bot.storage.tables import case_events, cases, notes
from bot.storage.unit_of_work import SqlStore
from tests.builders_dialogue import NOW, PAPER, PHOTO, RASA, TOMAS
from tests.builders_store import HOUR, all_rows, kept_case, meet, new_case, open_case

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
