"""Somebody wrote to us: kept masked and once, or not at all."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from sqlalchemy import text

from bot.actions.receiving import receive
from bot.conversation.model import Attachment, AttachmentKind, Incoming, Kind
from bot.errors import StoreUnavailable
from bot.storage.tables import conversations, inbox
from bot.storage.unit_of_work import SqlStore
from tests.builders_dialogue import NOW
from tests.builders_store import ANA, BORYS, CONSOLE, Watch, all_rows, incoming, opened


@pytest_asyncio.fixture
async def store() -> AsyncIterator[SqlStore]:
    async with opened() as store:
        yield store


async def keep(store: SqlStore, *messages: Incoming) -> int:
    return await receive(messages, store=store, clock=Watch())


async def kept(store: SqlStore) -> list[str]:
    return [row["text"] for row in await all_rows(store, inbox)]


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("call me +370 612 34567", "call me [phone]"),
        ("ona@example.lt, 38501011234", "[e-mail], [personal code]"),
        ("двое детей, 250 000 и 112", "двое детей, 250 000 и 112"),
    ],
)
async def test_what_tells_who_somebody_is_never_reaches_the_store(store: SqlStore, written: str, stored: str) -> None:
    await keep(store, incoming("a", text=written))

    assert await kept(store) == [stored]


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("  a\x00b\x07c\nd  ", "a b c\nd"),
        ("half a face \ud83d", "half a face \ufffd"),
        ("\x00", ""),
        ("", ""),
    ],
)
async def test_what_a_database_chokes_on_is_cleaned_before(store: SqlStore, written: str, stored: str) -> None:
    assert await keep(store, incoming("a", text=written)) == 1

    assert await kept(store) == [stored]


async def test_everything_but_the_words_is_kept_as_it_came(store: SqlStore) -> None:
    message = incoming(
        "a", text="see here", kind=Kind.PHOTO, files=(Attachment("file-38501011234", AttachmentKind.PHOTO),)
    )

    await keep(store, message)

    async with store.begin() as tx:
        (waiting,) = await tx.inbox.ready(1)
    assert waiting.incoming == message
    assert (await all_rows(store, inbox))[0]["received_at"] == NOW


async def test_a_second_delivery_changes_nothing(store: SqlStore) -> None:
    first = await keep(store, incoming("a"))
    again = await keep(store, incoming("a", text="other words"), incoming("b", text="new"), incoming("b"))

    assert (first, again) == (1, 1)
    assert await kept(store) == ["hello", "new"]


async def test_each_address_has_one_conversation(store: SqlStore) -> None:
    added = await keep(store, incoming("a", ANA), incoming("b", BORYS), incoming("c", CONSOLE), incoming("d", ANA))
    await keep(store, incoming("e", BORYS))

    owners = {row["key"]: row["conversation_id"] for row in await all_rows(store, inbox)}
    assert added == 4
    assert len(await all_rows(store, conversations)) == 3
    assert owners["a"] == owners["d"]
    assert owners["b"] == owners["e"]


async def test_nothing_received_is_nothing_kept(store: SqlStore) -> None:
    assert await keep(store) == 0


async def test_nothing_is_kept_when_the_store_fails_at_one_of_many(store: SqlStore) -> None:
    async with store.engine.begin() as connection:
        await connection.execute(
            text(
                "CREATE TRIGGER full BEFORE INSERT ON inbox WHEN NEW.key = 'b' "
                "BEGIN SELECT RAISE(ABORT, 'the disk is full'); END"
            )
        )

    with pytest.raises(StoreUnavailable, match="the disk is full"):
        await keep(store, incoming("a", ANA, text="secret words"), incoming("b", BORYS))

    assert await kept(store) == []
    assert await all_rows(store, conversations) == []


async def test_the_error_of_a_failing_store_has_no_words_of_people(store: SqlStore) -> None:
    async with store.engine.begin() as connection:
        await connection.execute(text("DROP TABLE inbox"))

    with pytest.raises(StoreUnavailable) as failed:
        await keep(store, incoming("a", text="secret words"))

    assert "secret" not in str(failed.value)
