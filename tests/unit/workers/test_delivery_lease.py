"""Who may send: one by lease, and who follows a dead one sees to what that one left."""

from __future__ import annotations

import asyncio

from bot.conversation.model import Channel, OutgoingKind
from bot.ports import Lease
from bot.storage.unit_of_work import SqlStore
from bot.workers.delivery import LEASE_TTL
from tests.builders_dialogue import told
from tests.builders_store import ANA, BORYS, Watch, meet, owe, owing
from tests.unit.workers.scripted import SECOND, Scripted, Shaky, a_while, row, sending, until_called, until_state


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
