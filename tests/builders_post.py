"""A store and those who send what it owes, one turn after the other."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from bot.actions import delivering
from bot.actions.delivering import Outcome
from bot.conversation.model import Channel, Outgoing
from bot.conversation.replies import World
from bot.ports import Lease, NewOutgoing, Owed
from bot.storage.codec import OUTGOING
from bot.storage.codec import load as loaded
from bot.storage.tables import outbox
from bot.storage.unit_of_work import SqlStore
from tests.builders_dialogue import world
from tests.builders_store import TELEGRAM, Watch, all_rows, owe

TTL = timedelta(seconds=5)
ONE, OTHER = "one process", "another process"

Choice = Callable[[Sequence[Owed]], Sequence[Owed]]


def everything(due: Sequence[Owed]) -> Sequence[Owed]:
    """Choose all that may leave."""
    return due


def nothing(_: Sequence[Owed]) -> Sequence[Owed]:
    """Choose that nothing leaves."""
    return []


@dataclass
class Post:
    """A store and its senders."""

    store: SqlStore
    clock: Watch = field(default_factory=Watch)
    world: World = field(default_factory=world)

    async def lease(self, owner: str = ONE) -> Lease | None:
        """Take the right to send, if it is free."""
        return await delivering.take_lease(owner, TTL, store=self.store, clock=self.clock)

    async def held(self, owner: str = ONE) -> Lease:
        """Take the right to send, which is free."""
        lease = await self.lease(owner)
        assert lease is not None
        return lease

    async def turn(
        self,
        lease: Lease,
        *ended: tuple[Owed, Outcome],
        choose: Choice = everything,
        channels: Collection[Channel] = TELEGRAM,
    ) -> list[Owed]:
        """See `delivering.turn`."""
        return await delivering.turn(
            ended, lease, choose, channels=channels, world=self.world, store=self.store, clock=self.clock
        )

    async def recover(self, lease: Lease, channels: Collection[Channel] = TELEGRAM) -> int:
        """See `delivering.recover`."""
        return await delivering.recover(channels, lease, self.world, store=self.store, clock=self.clock)

    async def end(self, *rows: NewOutgoing, outcome: Outcome) -> list[Owed]:
        """Let rows leave and end in one way; return what was on its way."""
        lease = await self.held()
        await owe(self.store, *rows)
        sending = await self.turn(lease)
        await self.turn(lease, *((row, outcome) for row in sending), choose=nothing)
        return sending

    async def rows(self) -> dict[str, dict[str, Any]]:  # Any: columns
        """Return all rows of the outbox by their keys."""
        return {row["key"]: row for row in await all_rows(self.store, outbox)}

    async def owed(self) -> dict[str, Outgoing]:
        """Return what waits, by its key."""
        return {
            key: loaded(OUTGOING, row["payload"]) for key, row in (await self.rows()).items() if row["state"] == "new"
        }
