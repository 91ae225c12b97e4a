"""What becomes of each message that we owe: a scripted channel, a clock that stands, a database in memory."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import Row, Table, select

from bot.actions.direct import DirectCards
from bot.cases.model import CaseId
from bot.conversation.model import Address, Channel, ConversationId, InboxId, Outgoing, OutgoingKind, Purpose
from bot.conversation.steps import Reason
from bot.errors import NotSent, OutcomeUnknown, Refused, SlowDown, StoreUnavailable
from bot.ports import CasePlace, Group, Lease, Owed, Transaction
from bot.storage.tables import addresses, buttons, cases, outbox
from bot.storage.unit_of_work import SqlStore
from bot.workers import delivery
from bot.workers.delivery import LEASE_TTL, Sender
from bot.workers.pacing import Pacer
from tests.builders_dialogue import NOW, SUPPORT, told, words_of, world
from tests.builders_store import ANA, BORYS, Watch, arrive, incoming, load, meet, open_case, opened, owe, owing
from tests.builders_time import until

SECOND = timedelta(seconds=1)

Script = Mapping[str, list[Exception | None]]
"""What happens to the messages of a chat, one after the other; when it is over, they arrive."""


class Scripted:
    """A channel on which everything happens as written down beforehand."""

    channel = Channel.TELEGRAM

    def __init__(self, script: Script | None = None, *, gate: asyncio.Event | None = None) -> None:
        self._script = {chat: list(events) for chat, events in (script or {}).items()}
        self._gate = gate
        self.calls: list[tuple[str, str]] = []
        self.places: list[CasePlace | None] = []
        self.made: list[tuple[str, str]] = []
        self.most_at_once = 0
        self._now = 0

    async def send(self, address: Address, outgoing: Outgoing, place: CasePlace | None = None) -> str | None:
        """See `ports.ChannelPort.send`."""
        self.places.append(place)
        self.calls.append((address.chat, words_of(outgoing)))
        number = len(self.calls)
        self._now += 1
        self.most_at_once = max(self.most_at_once, self._now)
        try:
            await (self._gate.wait() if self._gate else asyncio.sleep(0))
        finally:
            self._now -= 1
        events = self._script.get(address.chat, [])
        event = events.pop(0) if events else None
        if event is not None:
            raise event
        return f"{900 + number}"

    async def make_place(self, address: Address, place: CasePlace) -> str:
        """See `ports.ChannelPort.make_place`."""
        self.made.append((address.chat, place.title))
        return f"{len(self.made)}"

    def to(self, chat: Address | str) -> list[str]:
        """Return the words that were sent to a chat, whatever became of them."""
        name = chat if isinstance(chat, str) else chat.chat
        return [words for one, words in self.calls if one == name]


class Shaky:
    """A database that cannot be used while `down`; counts how often somebody wanted to."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store
        self.alone = store.alone
        self.down = False
        self.looks = 0

    def begin(self) -> AbstractAsyncContextManager[Transaction]:
        """See `ports.Store.begin`."""
        self.looks += 1
        if self.down:
            raise StoreUnavailable("disk full")
        return self._store.begin()


@pytest_asyncio.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqlStore]:
    # On disk: a stop in the middle of a transaction closes the connection, and memory would be gone with it.
    async with opened(f"sqlite:///{tmp_path / 'tiltas.db'}") as store:
        yield store


@pytest.fixture
def watch() -> Watch:
    return Watch()


@asynccontextmanager
async def sending(
    channel: Scripted,
    store: SqlStore | Shaky,
    watch: Watch,
    *,
    in_flight: int = 3,
    cards: DirectCards | None = None,
) -> AsyncIterator[Sender]:
    """Run a sender without any pace of its own, and end it as a stop of the program does."""
    sender = Sender(
        {channel.channel: channel},
        store=store,
        clock=watch,
        world=world,
        pacer=Pacer(lambda: watch().timestamp(), per_second=0, chat_pause=0),
        in_flight=in_flight,
        cards=cards,
    )
    task = asyncio.create_task(sender.run())
    try:
        yield sender
        assert not task.done(), task.exception()
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


# Looking at tables goes through the store: in memory there is one connection, and the sender may be in a transaction.
async def rows(store: SqlStore, table: Table = outbox) -> list[Row[Any]]:  # Any: columns
    async with store.begin() as tx:
        return list(await tx.connection.execute(select(table)))


async def row(store: SqlStore, key: str) -> Row[Any]:  # Any: columns
    return next(one for one in await rows(store) if one.key == key)


async def until_state(store: SqlStore, key: str, state: str) -> Row[Any]:  # Any: columns
    async def reached() -> bool:
        return bool((await row(store, key)).state == state)

    await until(reached)
    return await row(store, key)


async def until_tried(store: SqlStore, key: str, attempts: int) -> Row[Any]:  # Any: columns
    async def reached() -> bool:
        one = await row(store, key)
        return bool(one.state == "new" and one.attempts == attempts)

    await until(reached)
    return await row(store, key)


async def until_called(channel: Scripted, calls: int) -> None:
    async def reached() -> bool:
        return len(channel.calls) >= calls

    await until(reached)


async def a_while(sender: Sender) -> None:
    """Let the sender look several times."""
    for _ in range(5):
        sender.nudge()
        await asyncio.sleep(0.005)


# Sent ---------------------------------------------------------------------------------------------------------------


async def test_what_is_owed_is_sent_once_and_its_id_kept(store: SqlStore, watch: Watch) -> None:
    channel = Scripted()
    await owe(store, owing("a", await meet(store)))

    async with sending(channel, store, watch) as sender:
        sent = await until_state(store, "a", "sent")
        await a_while(sender)

    assert channel.calls == [("1001", "a")]
    assert (sent.message, sent.attempts) == ("901", 1)


async def test_a_call_is_answered_at_once(store: SqlStore, watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "IDLE_POLL", 60)
    channel, person = Scripted(), await meet(store)

    async with sending(channel, store, watch) as sender:
        await asyncio.sleep(0.02)
        await owe(store, owing("a", person))
        sender.nudge()
        await until_state(store, "a", "sent")

    assert channel.to(ANA) == ["a"]


async def test_what_nobody_called_for_is_found_too(
    store: SqlStore, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "IDLE_POLL", 0.01)
    channel, person = Scripted(), await meet(store)

    async with sending(channel, store, watch):
        await asyncio.sleep(0.02)
        await owe(store, owing("a", person))
        await until_state(store, "a", "sent")

    assert channel.to(ANA) == ["a"]


async def test_messages_of_a_conversation_leave_one_after_the_other(store: SqlStore, watch: Watch) -> None:
    channel, person = Scripted(), await meet(store)
    await owe(store, *(owing(f"a{n}", person) for n in range(5)))

    async with sending(channel, store, watch):
        await until_state(store, "a4", "sent")

    assert channel.to(ANA) == ["a0", "a1", "a2", "a3", "a4"]
    assert channel.most_at_once == 1


async def test_no_more_are_on_their_way_at_once_than_allowed(store: SqlStore, watch: Watch) -> None:
    gate = asyncio.Event()
    channel = Scripted(gate=gate)
    people = [await meet(store, Address(Channel.TELEGRAM, str(2000 + n))) for n in range(8)]
    await owe(store, *(owing(f"k{n}", person) for n, person in enumerate(people)))

    async with sending(channel, store, watch, in_flight=3) as sender:
        await until_called(channel, 3)
        await a_while(sender)
        on_their_way = len(channel.calls)
        gate.set()
        await until_called(channel, 8)

    assert on_their_way == 3
    assert channel.most_at_once == 3


# Not sent, told to wait ---------------------------------------------------------------------------------------------


async def test_what_did_not_leave_is_tried_again_after_longer_and_longer_waits(store: SqlStore, watch: Watch) -> None:
    channel = Scripted({ANA.chat: [NotSent("ConnectError")] * 4})
    await owe(store, owing("a", await meet(store)))
    waits = []

    async with sending(channel, store, watch) as sender:
        for attempts in range(1, 5):
            tried = await until_tried(store, "a", attempts)
            waits.append((tried.due_at - watch.at).total_seconds())
            await a_while(sender)
            assert len(channel.calls) == attempts
            watch.at = tried.due_at
            sender.nudge()
        await until_state(store, "a", "sent")

    assert waits == [1, 5, 30, 30]
    assert channel.to(ANA) == ["a"] * 5


async def test_a_chat_told_to_wait_waits_as_long_and_others_do_not(store: SqlStore, watch: Watch) -> None:
    channel = Scripted({ANA.chat: [SlowDown(7 * SECOND)]})
    ana, borys = await meet(store, ANA), await meet(store, BORYS)
    await owe(store, owing("a", ana), owing("b1", borys), owing("b2", borys))

    async with sending(channel, store, watch) as sender:
        waiting = await until_tried(store, "a", 1)
        await until_state(store, "b2", "sent")
        watch.forward(6.9 * SECOND)
        await a_while(sender)
        meanwhile = channel.to(ANA)
        watch.forward(0.1 * SECOND)
        sender.nudge()
        await until_state(store, "a", "sent")

    assert waiting.due_at == watch.at
    assert (meanwhile, channel.to(ANA)) == (["a"], ["a", "a"])


# Nobody knows -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("event", [OutcomeUnknown("ReadTimeout"), RuntimeError("a fault of ours")])
async def test_what_may_have_come_is_not_sent_again_but_asked_about_once(
    store: SqlStore, watch: Watch, event: Exception
) -> None:
    channel, person = Scripted({ANA.chat: [event]}), await meet(store)
    await owe(store, owing("a", person), owing("a2", person))

    async with sending(channel, store, watch) as sender:
        lost = await until_state(store, "a", "uncertain")
        await until_state(store, "a2", "sent")
        await until_state(store, f"uncertain:{lost.id}:0", "sent")
        await a_while(sender)

    assert channel.to(ANA).count("a") == 1
    assert len(channel.to(ANA)) == 3
    assert lost.reason == "outcome_unknown"
    (asked,) = await rows(store, buttons)
    assert (asked.payload["purpose"], asked.payload["owed"]) == (Purpose.UNCERTAIN, [lost.id])


async def test_what_nobody_waited_for_is_not_asked_about(store: SqlStore, watch: Watch) -> None:
    channel = Scripted({ANA.chat: [OutcomeUnknown("ReadTimeout")]})
    await owe(store, owing("a", await meet(store), told("a", OutgoingKind.NOTICE, silent=True)))

    async with sending(channel, store, watch) as sender:
        await until_state(store, "a", "uncertain")
        await a_while(sender)

    assert channel.to(ANA) == ["a"]
    assert len(await rows(store)) == 1


@pytest.mark.parametrize(
    "outgoing",
    [
        told("card", OutgoingKind.CARD),
        told("edit", OutgoingKind.EDIT, edits="900"),
        told("Did it come?", OutgoingKind.UNCERTAIN),
    ],
)
async def test_a_card_an_edit_and_a_question_that_may_have_come_are_sent_again(
    store: SqlStore, watch: Watch, outgoing: Outgoing
) -> None:
    channel = Scripted({ANA.chat: [OutcomeUnknown("ReadTimeout")]})
    await owe(store, owing("a", await meet(store), outgoing))

    async with sending(channel, store, watch) as sender:
        tried = await until_tried(store, "a", 1)
        watch.at = tried.due_at
        sender.nudge()
        await until_state(store, "a", "sent")

    assert channel.to(ANA) == [words_of(outgoing)] * 2
    assert len(await rows(store)) == 1


# Refused ------------------------------------------------------------------------------------------------------------


async def refused_answer(store: SqlStore, kind: OutgoingKind) -> tuple[ConversationId, InboxId]:
    (question,) = await arrive(store, incoming("q", text="Where is the office?"))
    person = question.conversation_id
    await owe(store, owing("a", person, told("a", kind), source=question.id), owing("a2", person))
    return person, question.id


@pytest.mark.parametrize("kind", [OutgoingKind.ANSWER, OutgoingKind.CLARIFICATION, OutgoingKind.CARD])
async def test_an_answer_that_the_channel_will_not_take_becomes_a_case_and_its_person_is_told(
    store: SqlStore, watch: Watch, kind: OutgoingKind
) -> None:
    channel = Scripted({ANA.chat: [Refused("bad_request")]})
    person, question = await refused_answer(store, kind)

    async with sending(channel, store, watch):
        lost = await until_state(store, "a", "refused")
        await until_state(store, f"failed:{lost.id}:0", "sent")
        await until_state(store, "a2", "sent")

    (case,) = await rows(store, cases)
    assert (case.conversation_id, case.question, case.reason, case.team) == (person, question, Reason.FAILED, "support")
    assert lost.reason == "bad_request"
    assert case.number in "\n".join(channel.to(ANA))


@pytest.mark.parametrize("kind", [OutgoingKind.TALK, OutgoingKind.NOTICE, OutgoingKind.EDIT])
async def test_anything_else_that_is_refused_is_given_up(store: SqlStore, watch: Watch, kind: OutgoingKind) -> None:
    channel = Scripted({ANA.chat: [Refused("bad_request")]})
    await refused_answer(store, kind)

    async with sending(channel, store, watch) as sender:
        await until_state(store, "a2", "sent")
        await a_while(sender)

    assert (await row(store, "a")).state == "refused"
    assert channel.to(ANA) == ["a", "a2"]
    assert await rows(store, cases) == []


@pytest.mark.parametrize("reason", sorted(delivery.GONE))
async def test_to_who_is_gone_nothing_more_is_sent(store: SqlStore, watch: Watch, reason: str) -> None:
    channel = Scripted({ANA.chat: [Refused(reason)]})
    person, other = await meet(store, ANA), await meet(store, BORYS)
    await owe(store, *(owing(f"a{n}", person) for n in range(3)), owing("b", other))

    async with sending(channel, store, watch) as sender:
        await until_state(store, "a2", "dropped")
        await until_state(store, "b", "sent")
        await a_while(sender)

    assert channel.to(ANA) == ["a0"]
    assert {one.key: (one.state, one.reason) for one in await rows(store) if one.key != "b"} == {
        "a0": ("refused", reason),
        "a1": ("dropped", reason),
        "a2": ("dropped", reason),
    }
    assert (await load(store, person)).blocked
    assert not (await load(store, other)).blocked


async def test_a_chat_with_a_new_id_is_followed(store: SqlStore, watch: Watch) -> None:
    channel, person = Scripted({ANA.chat: [Refused("migrated", moved_to="5000")]}), await meet(store)
    await owe(store, owing("a", person), owing("a2", person))

    async with sending(channel, store, watch):
        await until_state(store, "a2", "sent")

    assert channel.calls == [("1001", "a"), ("5000", "a"), ("5000", "a2")]
    assert [one.chat for one in await rows(store, addresses)] == ["5000"]


async def test_a_chat_that_moves_to_where_another_is_already_stops_nobody(store: SqlStore, watch: Watch) -> None:
    channel = Scripted({ANA.chat: [Refused("migrated", moved_to=BORYS.chat)]})
    await meet(store, BORYS)
    await owe(store, owing("a", await meet(store, ANA)))

    async with sending(channel, store, watch):
        await until_state(store, "a", "refused")

    assert sorted(one.chat for one in await rows(store, addresses)) == [ANA.chat, BORYS.chat]


# In a group of specialists ------------------------------------------------------------------------------------------

GROUP = Address(Channel.TELEGRAM, "-100500")


async def case_in(store: SqlStore, *, forum: bool) -> tuple[ConversationId, CaseId]:
    """Return a group of specialists and a case that is to be shown there."""
    group = await meet(store, GROUP)
    case_id = await open_case(store, await meet(store))
    async with store.begin() as tx:
        await tx.teams.connect(Group(group, SUPPORT, forum=forum, topics=True), NOW)
        await tx.places.put(CasePlace(case_id, group, "47K · Health"))
    card, desk = told("card", OutgoingKind.CASE_CARD), told("words", OutgoingKind.DESK)
    await owe(store, owing("card", group, card, case=case_id), owing("words", group, desk, case=case_id))
    return group, case_id


async def test_the_topic_of_a_case_is_made_once_and_everything_about_it_goes_there(
    store: SqlStore, watch: Watch
) -> None:
    channel = Scripted()
    group, case_id = await case_in(store, forum=True)

    async with sending(channel, store, watch):
        await until_state(store, "words", "sent")

    async with store.begin() as tx:
        place = await tx.places.of(case_id, group)
    assert channel.made == [(GROUP.chat, "47K · Health")]
    assert channel.to(GROUP) == ["card", "words"]
    assert [one.thread for one in channel.places if one] == ["1", "1"]
    assert place == CasePlace(case_id, group, "47K · Health", "1", "901", uses_topics=True)


async def test_without_topics_words_know_the_card_that_they_reply_to(store: SqlStore, watch: Watch) -> None:
    channel = Scripted()
    await case_in(store, forum=False)

    async with sending(channel, store, watch):
        await until_state(store, "words", "sent")

    assert channel.made == []
    assert [(one.thread, one.card) for one in channel.places if one] == [(None, None), (None, "901")]


async def test_a_topic_that_cannot_be_made_now_is_tried_again(store: SqlStore, watch: Watch) -> None:
    class Busy(Scripted):
        async def make_place(self, address: Address, place: CasePlace) -> str:
            thread = await super().make_place(address, place)
            if len(self.made) == 1:
                raise SlowDown(7 * SECOND)
            return thread

    channel = Busy()
    await case_in(store, forum=True)

    async with sending(channel, store, watch) as sender:
        await until_tried(store, "card", 1)
        watch.forward(7 * SECOND)
        sender.nudge()
        await until_state(store, "words", "sent")

    assert len(channel.made) == 2
    assert channel.to(GROUP) == ["card", "words"]


async def test_a_family_is_sent_to_without_any_place(store: SqlStore, watch: Watch) -> None:
    channel, person = Scripted(), await meet(store)
    case_id = await open_case(store, person)
    await owe(store, owing("a", person, told("a", OutgoingKind.REPLY), case=case_id))

    async with sending(channel, store, watch):
        await until_state(store, "a", "sent")

    assert channel.places == [None]


# Who may send -------------------------------------------------------------------------------------------------------


async def take_over(store: SqlStore, watch: Watch, *, alone: bool = True) -> Lease | None:
    async with store.begin() as tx:
        return await tx.leases.take("sender", "somebody else", LEASE_TTL, watch(), alone=alone)


async def test_a_sender_that_lost_its_lease_stops_and_goes_on_when_it_is_free(store: SqlStore, watch: Watch) -> None:
    store.alone = False
    channel, person = Scripted(), await meet(store)
    await owe(store, owing("a1", person))

    async with sending(channel, store, watch) as sender:
        await until_state(store, "a1", "sent")
        lease = await take_over(store, watch)
        await owe(store, owing("a2", person))
        await a_while(sender)
        meanwhile = channel.to(ANA)
        watch.forward(LEASE_TTL + SECOND)
        sender.nudge()
        sent = await until_state(store, "a2", "sent")

    assert lease is not None
    assert (meanwhile, channel.to(ANA)) == (["a1"], ["a1", "a2"])
    assert sent.epoch == lease.epoch + 1


async def test_what_ends_after_the_lease_was_lost_belongs_to_the_new_holder(store: SqlStore, watch: Watch) -> None:
    store.alone = False
    gate = asyncio.Event()
    channel = Scripted(gate=gate)
    await owe(store, owing("a", await meet(store)))

    async with sending(channel, store, watch) as sender:
        await until_called(channel, 1)
        lease = await take_over(store, watch)
        assert lease is not None
        async with store.begin() as tx:
            (left,) = await tx.outbox.left_behind([Channel.TELEGRAM], lease.epoch)
            await tx.outbox.end(left.id, lease.epoch, "uncertain", "outcome_unknown", watch())
        gate.set()
        await a_while(sender)

    assert (await row(store, "a")).state == "uncertain"


async def test_a_sender_without_the_lease_does_not_look_all_the_time(store: SqlStore, watch: Watch) -> None:
    await take_over(store, watch)
    store.alone = False
    shaky = Shaky(store)

    async with sending(Scripted(), shaky, watch) as sender:
        await asyncio.sleep(0.02)
        sender.nudge()
        await asyncio.sleep(0.1)

    assert 1 <= shaky.looks <= 4


async def test_what_a_dead_sender_left_is_asked_about_and_its_cards_are_sent(store: SqlStore, watch: Watch) -> None:
    person, other = await meet(store, ANA), await meet(store, BORYS)
    await owe(store, owing("a", person), owing("card", other, told("card", OutgoingKind.CARD)))
    async with store.begin() as tx:
        left = await tx.outbox.due([Channel.TELEGRAM], watch(), 10)
        await tx.outbox.begin([one.id for one in left], 0, watch())
    channel = Scripted()

    async with sending(channel, store, watch):
        lost = await until_state(store, "a", "uncertain")
        await until_state(store, "card", "sent")
        await until_state(store, f"uncertain:{lost.id}:0", "sent")

    assert "a" not in channel.to(ANA)
    assert channel.to(BORYS) == ["card"]


# A database that fails ----------------------------------------------------------------------------------------------


async def test_a_database_that_was_away_is_gone_on_with(
    store: SqlStore, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "IDLE_POLL", 0.01)
    channel, shaky = Scripted(), Shaky(store)
    await owe(store, owing("a", await meet(store)))
    shaky.down = True

    async with sending(channel, shaky, watch):
        await asyncio.sleep(0.05)
        meanwhile, looks = list(channel.calls), shaky.looks
        shaky.down = False
        await until_state(store, "a", "sent")

    assert (meanwhile, channel.to(ANA)) == ([], ["a"])
    assert 2 <= looks < 20


async def test_how_a_send_ended_is_written_down_as_soon_as_it_can_be_and_nothing_is_sent_twice(
    store: SqlStore, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "IDLE_POLL", 0.01)
    gate = asyncio.Event()
    channel, shaky, person = Scripted(gate=gate), Shaky(store), await meet(store)
    await owe(store, owing("a", person), owing("a2", person))

    async with sending(channel, shaky, watch):
        await until_called(channel, 1)
        shaky.down = True
        gate.set()
        await asyncio.sleep(0.05)
        still = (await row(store, "a")).state
        shaky.down = False
        await until_state(store, "a2", "sent")

    assert still == "sending"
    assert (await row(store, "a")).state == "sent"
    assert channel.to(ANA) == ["a", "a2"]


class Unanswered(Shaky):
    """A database that does what it is told, once without saying so."""

    silent_at = 0

    @asynccontextmanager
    async def _silent(self) -> AsyncIterator[Transaction]:
        async with self._store.begin() as tx:
            yield tx
        raise StoreUnavailable("connection lost")

    def begin(self) -> AbstractAsyncContextManager[Transaction]:
        """See `ports.Store.begin`."""
        self.looks += 1
        return self._silent() if self.looks == self.silent_at else self._store.begin()


@pytest.mark.parametrize("silent_at", range(1, 8))
async def test_a_commit_whose_answer_is_lost_loses_no_message_and_sends_none_twice(
    store: SqlStore, watch: Watch, monkeypatch: pytest.MonkeyPatch, silent_at: int
) -> None:
    monkeypatch.setattr(delivery, "IDLE_POLL", 0.01)
    channel, unanswered, person = Scripted(), Unanswered(store), await meet(store)
    unanswered.silent_at = silent_at
    await owe(store, *(owing(f"a{n}", person) for n in range(4)))

    async with sending(channel, unanswered, watch):
        await until_state(store, "a3", "sent")

    assert channel.to(ANA) == ["a0", "a1", "a2", "a3"]
    assert {one.state for one in await rows(store)} == {"sent"}


# The end ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("event", "state"), [(None, "sent"), (OutcomeUnknown("ReadTimeout"), "uncertain")])
async def test_a_stop_waits_for_what_is_on_its_way_and_writes_down_how_it_ended(
    store: SqlStore, watch: Watch, event: Exception | None, state: str
) -> None:
    gate = asyncio.Event()
    channel, person = Scripted({ANA.chat: [event]}, gate=gate), await meet(store)
    await owe(store, owing("a", person), owing("a2", person))

    async with sending(channel, store, watch):
        await until_called(channel, 1)
        asyncio.get_running_loop().call_later(0.05, gate.set)

    assert (await row(store, "a")).state == state
    assert (await row(store, "a2")).state == "new"
    assert channel.to(ANA) == ["a"]


async def test_a_stop_with_nothing_on_its_way_is_at_once(store: SqlStore, watch: Watch) -> None:
    channel = Scripted()

    async with asyncio.timeout(5):
        async with sending(channel, store, watch):
            await asyncio.sleep(0.01)

    assert channel.calls == []


async def test_a_stop_in_the_middle_of_a_claim_leaves_nothing_on_its_way(store: SqlStore, watch: Watch) -> None:
    channel = Scripted()
    await owe(store, *[owing(f"k{n}", await meet(store, Address(Channel.TELEGRAM, str(n)))) for n in range(1, 9)])
    claimed = asyncio.Event()

    class Slow(Pacer):
        def choose(self, rows: Any, places: int) -> tuple[list[Owed], float | None]:  # Any: as in Pacer
            claimed.set()
            return super().choose(rows, places)

    sender = Sender(
        {channel.channel: channel},
        store=store,
        clock=watch,
        world=world,
        pacer=Slow(lambda: 0.0, per_second=0, chat_pause=0),
    )
    task = asyncio.create_task(sender.run())
    await claimed.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)

    assert {one.state for one in await rows(store)} == {"new"}
    assert channel.calls == []
