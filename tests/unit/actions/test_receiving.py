"""Somebody wrote to us: kept masked and once, or not at all."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import text

from bot.actions.receiving import receive
from bot.conversation.model import Address, Attachment, AttachmentKind, Channel, Incoming, InGroup, Kind, Press, Token
from bot.errors import StoreUnavailable
from bot.storage.tables import conversations, inbox
from bot.storage.unit_of_work import SqlStore
from tests.builders_dialogue import NOW, PHOTO
from tests.builders_store import ANA, BORYS, CONSOLE, Watch, all_rows, break_off, incoming
from tests.builders_teams import GROUP, QUESTION, RASA, STRANGER, Office, office


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
    await break_off(store, "INSERT ON inbox WHEN NEW.key = 'b'")

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


# Groups ---------------------------------------------------------------------------------------------------------------

STRAY = Address(Channel.TELEGRAM, "-100999")


@pytest_asyncio.fixture
async def desk() -> AsyncIterator[Office]:
    async with office(GROUP) as desk:
        yield desk


async def kept_of(desk: Office, message: Incoming) -> bool:
    """Tell whether a message is kept."""
    return await receive([message], store=desk.store, clock=desk.clock) == 1


def of(
    group: Address, words: str = "words", facts: InGroup | None = None, **changes: Any
) -> Incoming:  # Any: its fields
    """Return a message of Rasa's in a group."""
    return incoming("m", group, words, group=facts or InGroup(RASA, forum=True), **changes)


@pytest.mark.parametrize(
    "message",
    [
        of(STRAY),
        of(STRAY, "/claim"),
        of(STRAY, f"/note {QUESTION}"),
        of(STRAY, "words", InGroup(RASA, thread="50", forum=True)),
        of(STRAY, "words", reply_to="9000"),
        of(STRAY, "", kind=Kind.PHOTO, files=(PHOTO,)),
        of(STRAY, "", InGroup(moved_to="-100998"), kind=Kind.MIGRATED),
        of(STRAY, "", InGroup(topics=True), kind=Kind.RIGHTS),
        of(STRAY, "", InGroup(RASA), kind=Kind.LEFT),
        of(STRAY, "", kind=Kind.BLOCKED),
        of(STRAY, "connect ABCDE23456"),
    ],
)
async def test_nothing_is_kept_of_a_group_that_nobody_connected(desk: Office, message: Incoming) -> None:
    people = await all_rows(desk.store, conversations)

    assert not await kept_of(desk, message)
    assert await all_rows(desk.store, conversations) == people


async def test_the_code_that_connects_a_group_is_kept_of_one_that_nobody_has_connected_yet(desk: Office) -> None:
    assert await kept_of(desk, of(STRAY, "/connect ABCDE23456"))


@pytest.mark.parametrize(
    "message",
    [
        of(GROUP, "coffee?"),
        of(GROUP, "coffee?", InGroup(RASA, thread="777", forum=True)),
        of(GROUP, "yes", reply_to="777"),
        of(GROUP, "", kind=Kind.PHOTO, files=(PHOTO,)),
        of(GROUP, "better", kind=Kind.EDITED),
    ],
)
async def test_nothing_is_kept_of_what_a_team_says_to_each_other(desk: Office, message: Incoming) -> None:
    assert not await kept_of(desk, message)


async def test_what_stands_in_the_topic_of_a_question_is_kept_also_from_strangers(desk: Office) -> None:
    case_id = await desk.asks()
    await desk.deliver()
    thread = (await desk.place(case_id)).thread or ""

    for n, author in enumerate((RASA, STRANGER, "")):
        facts = InGroup(author, thread=thread, forum=True)
        assert await kept_of(desk, replace(of(GROUP, "words", facts), key=f"m{n}"))


async def test_a_reply_to_a_card_or_to_another_message_of_ours_about_a_question_is_kept(desk: Office) -> None:
    case_id = await desk.asks()
    await desk.deliver()
    await desk.writes("it is in Kaunas")
    await desk.deliver()
    shown = (await desk.told(GROUP))[-1]

    assert await kept_of(desk, of(GROUP, reply_to=(await desk.place(case_id)).card or ""))
    assert await kept_of(desk, replace(of(GROUP, reply_to=shown.message or ""), key="other"))


@pytest.mark.parametrize(
    "message",
    [
        of(GROUP, "/help"),
        of(GROUP, "/nonsense"),
        of(GROUP, "／claim"),
        of(GROUP, "", kind=Kind.PRESS, press=Press("C", Token("t"), 0, "1")),
        of(GROUP, "", InGroup(moved_to="-100501"), kind=Kind.MIGRATED),
        of(GROUP, "", InGroup(topics=True), kind=Kind.RIGHTS),
        of(GROUP, "", InGroup(RASA), kind=Kind.LEFT),
        of(GROUP, "", kind=Kind.BLOCKED),
    ],
)
async def test_orders_presses_and_what_happens_to_a_connected_group_are_kept(desk: Office, message: Incoming) -> None:
    assert await kept_of(desk, message)


async def test_of_several_messages_each_is_looked_at_for_itself(desk: Office) -> None:
    messages = [of(GROUP, "coffee?"), replace(of(GROUP, "/help"), key="order"), incoming("family", ANA)]

    assert await receive(messages, store=desk.store, clock=desk.clock) == 2
    assert {"m", "order", "family"} & {row["key"] for row in await all_rows(desk.store, inbox)} == {"order", "family"}


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("/note call +370 612 34567, Vilniaus g. 1", "/note call +370 612 34567, Vilniaus g. 1"),
        (
            "/note ask at info@school.lt, LT12 1000 0111 0100 1000",
            "/note ask at info@school.lt, LT12 1000 0111 0100 1000",
        ),
        ("/note her code is 48501011234", "/note her code is [personal code]"),
        ("/note 48501011234 and 8 600 12345", "/note [personal code] and 8 600 12345"),
    ],
)
async def test_words_of_staff_keep_phones_of_offices_and_lose_personal_codes(
    desk: Office, written: str, stored: str
) -> None:
    await kept_of(desk, of(GROUP, written))

    assert (await all_rows(desk.store, inbox))[-1]["text"] == stored


async def test_words_of_families_lose_both(desk: Office) -> None:
    await kept_of(desk, incoming("m", ANA, "call +370 612 34567, code 48501011234"))

    assert (await all_rows(desk.store, inbox))[-1]["text"] == "call [phone], code [personal code]"


async def test_what_sounds_urgent_is_handled_first_by_the_words_that_may_be_kept(store: SqlStore) -> None:
    asked: list[str] = []

    def urgency(words: str) -> int:
        asked.append(words)
        return int("help" in words)

    messages = [incoming("a", text="a question"), incoming("b", BORYS, "help, call +370 612 34567")]
    await receive(messages, store=store, clock=Watch(), urgency=urgency)

    async with store.begin() as tx:
        assert [one.incoming.key for one in await tx.inbox.ready(10)] == ["b", "a"]
    assert asked == ["a question", "help, call [phone]"]
