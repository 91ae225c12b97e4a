"""A stop waits for what is on its way and leaves nothing unknown."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.conversation.model import Address, Channel
from bot.errors import OutcomeUnknown
from bot.ports import Owed
from bot.storage.unit_of_work import SqlStore
from bot.workers.delivery import Sender
from bot.workers.pacing import Pacer
from tests.builders_dialogue import world
from tests.builders_store import ANA, Watch, meet, owe, owing
from tests.unit.workers.scripted import Scripted, row, rows, sending, until_called


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
