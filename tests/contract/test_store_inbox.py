"""What people wrote is kept once, and handled in the order of each conversation."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from bot.content.model import Language
from bot.conversation.model import (
    Attachment,
    AttachmentKind,
    Channel,
    ConversationId,
    InboxId,
    Incoming,
    InGroup,
    KeptMessage,
    Kind,
    Press,
    Token,
)
from bot.ports import Waiting
from bot.storage.tables import inbox
from bot.storage.unit_of_work import SqlStore
from tests.builders_dialogue import NOW, PAPER
from tests.builders_store import ANA, BORYS, CONSOLE, EARLIER, NOBODY, NOTHING, all_rows, arrive, incoming, meet, states


async def ready(store: SqlStore, limit: int = 100) -> list[Waiting]:
    async with store.begin() as tx:
        return await tx.inbox.ready(limit)


async def finish(store: SqlStore, *ids: InboxId) -> None:
    async with store.begin() as tx:
        await tx.inbox.finish(ids, NOW)


def keys(waiting: list[Waiting]) -> list[str]:
    return [one.incoming.key for one in waiting]


# Kept once ------------------------------------------------------------------------------------------------------------


async def test_a_message_delivered_twice_is_kept_once(store: SqlStore) -> None:
    async with store.begin() as tx:
        first = await tx.inbox.add([incoming("a")], NOW)
        second = await tx.inbox.add([incoming("a", text="other words"), incoming("b")], NOW)

    assert (first, second) == (1, 1)
    assert [row["text"] for row in await all_rows(store, inbox)] == ["hello", "hello"]


async def test_a_message_twice_in_one_delivery_is_kept_once(store: SqlStore) -> None:
    async with store.begin() as tx:
        added = await tx.inbox.add([incoming("a"), incoming("a"), incoming("a")], NOW)

    assert added == 1


async def test_nothing_is_kept_of_nothing(store: SqlStore) -> None:
    async with store.begin() as tx:
        assert await tx.inbox.add([], NOW) == 0


async def test_a_handled_message_delivered_again_is_not_handled_again(store: SqlStore) -> None:
    (one,) = await arrive(store, incoming("a"))
    await finish(store, one.id)

    assert await arrive(store, incoming("a")) == []


@pytest.mark.parametrize(
    "message",
    [
        incoming("a", text="žodžiai, слова\nі 🙂"),
        incoming("a", text="", kind=Kind.PHOTO, files=(Attachment("one", AttachmentKind.PHOTO),)),
        incoming("a", text="", kind=Kind.FILE, files=(PAPER, Attachment("two", AttachmentKind.VOICE, "audio/ogg", 9))),
        incoming("a", message="17", reply_to="900"),
        incoming("a", group=InGroup()),
        incoming("a", group=InGroup("77", "5", forum=True, topics=False, query="q1", moved_to="-100777")),
        incoming("a", kind=Kind.RIGHTS, group=InGroup(topics=True)),
        incoming("a", text="", kind=Kind.PRESS, press=Press("c", Token("tok"), 2, "900")),
        incoming("a", hint=Language("fa-AF"), at=None),
        incoming("a", CONSOLE, kind=Kind.BLOCKED),
        incoming("a", text="x" * 100_000),
    ],
)
async def test_a_message_comes_back_as_it_was(store: SqlStore, message: Incoming) -> None:
    (one,) = await arrive(store, message)

    assert one.incoming == message
    assert one.attempts == 0


async def test_everybody_has_one_conversation_of_their_own(store: SqlStore) -> None:
    waiting = await arrive(store, incoming("a", ANA), incoming("b", BORYS), incoming("c", CONSOLE))
    await finish(store, *(one.id for one in waiting))

    again = await arrive(store, incoming("d", BORYS), incoming("e", CONSOLE), incoming("f", ANA))

    conversations = {one.incoming.address: one.conversation_id for one in waiting}
    assert len(set(conversations.values())) == 3
    assert {one.incoming.address: one.conversation_id for one in again} == conversations


async def test_many_people_may_write_at_once(store: SqlStore) -> None:
    people = [incoming(f"k{n}", type(ANA)(ANA.channel, f"{n}")) for n in range(300)]

    waiting = await arrive(store, *people)

    assert len(waiting) == 100
    async with store.begin() as tx:
        assert len(await tx.inbox.ready(1000)) == 300


# In order -------------------------------------------------------------------------------------------------------------


async def test_only_the_oldest_message_of_a_conversation_is_ready(store: SqlStore) -> None:
    waiting = await arrive(store, incoming("a1", ANA), incoming("a2", ANA), incoming("b1", BORYS), incoming("a3", ANA))

    assert keys(waiting) == ["a1", "b1"]


async def test_the_next_message_is_ready_when_the_one_before_is_handled_or_given_up(store: SqlStore) -> None:
    (first, *_) = await arrive(store, incoming("1"), incoming("2"), incoming("3"))

    await finish(store, first.id)
    (second,) = await ready(store)
    async with store.begin() as tx:
        await tx.inbox.fail(second.id, NOW)

    assert second.incoming.key == "2"
    assert keys(await ready(store)) == ["3"]


async def test_the_oldest_come_first_and_no_more_than_asked_for(store: SqlStore) -> None:
    await arrive(store, incoming("b", BORYS), incoming("a", ANA), incoming("c", CONSOLE))

    assert keys(await ready(store, 2)) == ["b", "a"]


async def test_what_is_most_urgent_overtakes_also_what_the_same_person_wrote_before(store: SqlStore) -> None:
    messages = [incoming("a1", ANA), incoming("b1", BORYS), incoming("a2", ANA), incoming("c1", CONSOLE)]
    async with store.begin() as tx:
        await tx.inbox.add(messages, NOW, {"a2": 2})

    first = await ready(store)
    await finish(store, *(one.id for one in first if one.incoming.key == "a2"))

    assert keys(first) == ["a2", "b1", "c1"]
    assert keys(await ready(store)) == ["a1", "b1", "c1"]


async def test_what_sounds_urgent_brings_its_person_forward_in_their_own_order(store: SqlStore) -> None:
    messages = [incoming("b1", BORYS), incoming("a1", ANA), incoming("c1", CONSOLE), incoming("a2", ANA)]
    async with store.begin() as tx:
        await tx.inbox.add(messages, NOW, {"a2": 1})

    first = await ready(store)
    await finish(store, *(one.id for one in first if one.incoming.key == "a1"))

    assert keys(first) == ["a1", "b1", "c1"]
    assert keys(await ready(store)) == ["a2", "b1", "c1"]


async def test_the_order_is_that_of_arrival_also_for_presses_and_edits(store: SqlStore) -> None:
    press = Press("h", Token("tok"), 0, "900")
    await arrive(store, incoming("1"), incoming("2", kind=Kind.PRESS, press=press), incoming("3", kind=Kind.EDITED))
    seen = []

    while waiting := await ready(store):
        seen += keys(waiting)
        await finish(store, *(one.id for one in waiting))

    assert seen == ["1", "2", "3"]


async def test_many_messages_in_one_delivery_keep_their_order(store: SqlStore) -> None:
    await arrive(store, *(incoming(f"{n:03}") for n in range(150)))

    rows = sorted(await all_rows(store, inbox), key=lambda row: int(row["id"]))

    assert [row["key"] for row in rows] == [f"{n:03}" for n in range(150)]


# Attempts, ends -------------------------------------------------------------------------------------------------------


async def test_attempts_are_counted(store: SqlStore) -> None:
    (one,) = await arrive(store, incoming("a"), incoming("a2"))

    for _ in range(2):
        async with store.begin() as tx:
            await tx.inbox.begin([one.id])

    (seen,) = await ready(store)
    assert (seen.incoming.key, seen.attempts) == ("a", 2)


async def test_only_what_nobody_has_handled_meanwhile_is_held(store: SqlStore) -> None:
    one, other = await arrive(store, incoming("a", ANA), incoming("b", BORYS))
    await finish(store, one.id)

    async with store.begin() as tx:
        assert await tx.inbox.hold([one.id, other.id, NOTHING]) == {other.id}
        assert await tx.inbox.hold([]) == frozenset()


async def test_handled_and_given_up_messages_are_told_apart(store: SqlStore) -> None:
    done, failed = await arrive(store, incoming("a", ANA), incoming("b", BORYS))

    async with store.begin() as tx:
        await tx.inbox.finish([done.id], NOW)
        await tx.inbox.fail(failed.id, NOW)

    assert await states(store, inbox) == {"a": "done", "b": "failed"}
    assert [row["done_at"] for row in await all_rows(store, inbox)] == [NOW, NOW]


async def test_what_nobody_has_handled_is_counted_for_one_person(store: SqlStore) -> None:
    await arrive(store, incoming("1"), incoming("2"), incoming("b", BORYS), incoming("c", CONSOLE))
    (first, *_) = await ready(store)

    await finish(store, first.id)

    async with store.begin() as tx:
        assert [await tx.inbox.unhandled(address) for address in (ANA, BORYS, CONSOLE)] == [1, 1, 1]


async def test_somebody_unknown_has_nothing_unhandled(store: SqlStore) -> None:
    async with store.begin() as tx:
        assert await tx.inbox.unhandled(ANA) == 0


async def test_it_is_known_whether_more_messages_wait_than_so_many(store: SqlStore) -> None:
    first, *_ = await arrive(store, incoming("a"), incoming("b"), incoming("c", BORYS))

    async with store.begin() as tx:
        assert [await tx.inbox.are_more_than(many) for many in (0, 2, 3)] == [True, True, False]
    await finish(store, first.id)

    async with store.begin() as tx:
        assert [await tx.inbox.are_more_than(many) for many in (0, 1, 2)] == [True, True, False]


async def test_words_and_files_are_found_again_as_far_as_they_are_there(store: SqlStore) -> None:
    one, other = await arrive(store, incoming("a", text="first"), incoming("b", BORYS, text="", files=(PAPER,)))

    async with store.begin() as tx:
        assert await tx.inbox.kept({one.id, other.id, NOTHING}) == {
            one.id: KeptMessage("first"),
            other.id: KeptMessage("", (PAPER,)),
        }
        assert await tx.inbox.kept(set()) == {}


async def test_files_that_the_first_schema_kept_by_their_names_alone_are_found_too(store: SqlStore) -> None:
    (one,) = await arrive(store, incoming("a", kind=Kind.PHOTO))
    async with store.engine.begin() as connection:
        await connection.execute(update(inbox).values(payload={"files": ["old-1", "old-2"]}))

    old = (Attachment("old-1", AttachmentKind.FILE), Attachment("old-2", AttachmentKind.FILE))
    async with store.begin() as tx:
        assert await tx.inbox.kept({one.id}) == {one.id: KeptMessage("hello", old)}
    assert [waiting.incoming.files for waiting in await ready(store)] == [old]


async def test_what_is_to_be_forgotten_leaves_nothing_but_that_it_came(store: SqlStore) -> None:
    secret = incoming("a", text="words", files=(PAPER,), reply_to="900", group=InGroup("77", "5"))
    one, other = await arrive(store, secret, incoming("b", BORYS, text="kept", files=(PAPER,)))

    async with store.begin() as tx:
        await tx.inbox.finish([one.id], NOW, forget=True)
        await tx.inbox.finish([other.id], NOW)

    gone, kept = await all_rows(store, inbox)
    assert (gone["key"], gone["state"], gone["text"], gone["payload"]) == ("a", "done", "", {})
    assert (kept["text"], len(kept["payload"]["files"])) == ("kept", 1)


async def test_what_is_forgotten_is_not_taken_for_new_when_it_comes_again(store: SqlStore) -> None:
    (one,) = await arrive(store, incoming("a", text="words"))
    async with store.begin() as tx:
        await tx.inbox.finish([one.id], NOW, forget=True)

    assert await arrive(store, incoming("a", text="words")) == []
    assert [row["text"] for row in await all_rows(store, inbox)] == [""]


async def test_an_edit_finds_the_first_row_of_the_message_it_mends(store: SqlStore) -> None:
    (one, other) = await arrive(store, incoming("a", message="17"), incoming("b", BORYS, message="17"))
    await finish(store, one.id, other.id)
    await arrive(store, incoming("a2", kind=Kind.EDITED, message="17"), incoming("a3", message="18"))

    async with store.begin() as tx:
        found = await tx.inbox.earlier([(one.conversation_id, "17"), (one.conversation_id, "99"), (NOBODY, "17")])
        nothing = await tx.inbox.earlier([])

    assert found == {(one.conversation_id, "17"): one.id}
    assert nothing == {}


async def test_only_handled_messages_are_pruned_and_only_old_ones(store: SqlStore) -> None:
    old, *_ = await arrive(store, incoming("old"), incoming("waits"), at=EARLIER)
    _, new, _ = await arrive(store, incoming("new", BORYS), incoming("waits too", CONSOLE))
    async with store.begin() as tx:
        await tx.inbox.finish([old.id], EARLIER)
        await tx.inbox.finish([new.id], NOW)

        gone = await tx.inbox.prune(NOW - timedelta(days=30))

    assert gone == 1
    assert await states(store, inbox) == {"waits": "new", "new": "done", "waits too": "new"}


async def test_given_up_messages_are_pruned_too(store: SqlStore) -> None:
    (one,) = await arrive(store, incoming("old"), at=EARLIER)

    async with store.begin() as tx:
        await tx.inbox.fail(one.id, EARLIER)
        assert await tx.inbox.prune(NOW - timedelta(days=30)) == 1


async def test_a_pruned_number_is_never_given_again(store: SqlStore) -> None:
    (one,) = await arrive(store, incoming("old"), at=EARLIER)
    async with store.begin() as tx:
        await tx.inbox.finish([one.id], EARLIER)
        await tx.inbox.prune(NOW)

    (other,) = await arrive(store, incoming("new"))

    assert other.id > one.id


async def test_conversations_stay_when_their_messages_are_pruned(store: SqlStore) -> None:
    conversation: ConversationId = await meet(store)
    async with store.begin() as tx:
        await tx.inbox.prune(NOW + timedelta(days=1))

    (one,) = await arrive(store, incoming("again"))

    assert one.conversation_id == conversation


# Late -----------------------------------------------------------------------------------------------------------------


async def test_words_that_nobody_has_handled_for_a_while_are_late_whatever_stands_before_them(store: SqlStore) -> None:
    ana, other = incoming("a", ANA, "first", hint=Language("uk")), incoming("a2", ANA, "second", kind=Kind.EDITED)
    press, elsewhere = incoming("p", BORYS, "", kind=Kind.PRESS), incoming("c", CONSOLE, "elsewhere")
    await arrive(store, ana, other, press, elsewhere, incoming("done", BORYS, "done"), at=EARLIER)
    await arrive(store, incoming("new", BORYS, "just now"))
    await finish(store, *[one.id for one in await ready(store) if one.incoming.key == "done"])
    async with store.begin() as tx:
        found = await tx.inbox.late([Channel.TELEGRAM], NOW, 10)
        first = await tx.inbox.late([Channel.TELEGRAM], NOW, 1)

    assert [one.key for one in found if one.key != "done"] == ["a", "a2"]
    assert first == [ana]


async def test_of_what_is_late_the_most_urgent_comes_first_and_only_what_people_wrote(store: SqlStore) -> None:
    press = Press("h", Token("tok"), 0, "900")
    messages = [
        incoming("press", ANA, "a label", kind=Kind.PRESS, press=press),
        incoming("group", type(ANA)(ANA.channel, "-100500"), "words", group=InGroup("77", "5")),
        incoming("bare group", type(ANA)(ANA.channel, "-100500"), "words", group=InGroup()),
        *(incoming(f"calm{n}", ANA) for n in range(3)),
        incoming("loud", BORYS),
        incoming("red", BORYS),
    ]
    async with store.begin() as tx:
        await tx.inbox.add(messages, EARLIER, {"loud": 1, "red": 2})

        found = await tx.inbox.late([Channel.TELEGRAM], NOW, 10)
        few = await tx.inbox.late([Channel.TELEGRAM], NOW, 2)

    assert [one.key for one in found] == ["red", "loud", "calm0", "calm1", "calm2"]
    assert [one.key for one in few] == ["red", "loud"]
