"""The one sender: takes what is owed, paces it, calls the channel, writes down how it ended."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from uuid import uuid4

import structlog

from bot.actions import delivering
from bot.actions.delivering import Again, LeaseLost, Lost, Outcome, Placed, Sent, Unknown
from bot.actions.direct import DirectCards, card_key
from bot.conversation.model import Channel, OutboxId, OutgoingKind
from bot.conversation.replies import World
from bot.errors import NotSent, OutcomeUnknown, Refused, SlowDown, StoreUnavailable
from bot.ports import ChannelPort, Clock, Lease, Owed, Pulse, Store, Unfelt
from bot.workers.pacing import Pacer
from bot.workers.whole import whole

log = structlog.get_logger()

LEASE_TTL = timedelta(seconds=3)
IDLE_POLL = 1.0
"""Seconds after which the outbox is looked at although nobody called."""
IN_FLIGHT = 3
"""Messages on their way at once. 25 a second at 100 ms each need 2.5; each is one more "uncertain" at a crash."""
GONE = frozenset({"blocked", "chat_not_found", "deactivated", "put_out"})


class Sender:
    """Sends for all channels of this process; only one process of a deployment does, by lease."""

    def __init__(
        self,
        channels: Mapping[Channel, ChannelPort],
        *,
        store: Store,
        clock: Clock,
        world: Callable[[], World],
        pacer: Pacer,
        in_flight: int = IN_FLIGHT,
        cards: DirectCards | None = None,
        pulse: Pulse | None = None,
    ) -> None:
        self._channels = channels
        self._store = store
        self._clock = clock
        self._world = world
        self._pacer = pacer
        self._places = in_flight
        self._cards = cards or DirectCards()
        self._pulse = pulse or Unfelt()
        self._owner = uuid4().hex
        self._wake = asyncio.Event()
        self._on_their_way: dict[asyncio.Task[Outcome], Owed] = {}
        self._ended: list[tuple[Owed, Outcome]] = []
        self._lease: Lease | None = None
        self._wait: float | None = None
        self._unsure = False
        """Whether the last turn may have claimed what nobody here knows of: its commit was not answered."""

    def nudge(self) -> None:
        """Say that there may be something to send."""
        self._wake.set()

    async def run(self) -> None:
        """Send until cancelled; what is on its way by then is awaited and written down."""
        try:
            while True:
                await self._step()
        finally:
            await asyncio.shield(self._finish())

    async def _step(self) -> None:
        # Whatever comes of this step: a call that was left standing would wake us again at once, for ever.
        self._wake.clear()
        try:
            lease = await whole(self._hold_lease())
            if lease is not None:
                await self._turn(lease)
            self._pulse.turned()
        except LeaseLost:
            self._lease = None
        except StoreUnavailable as error:
            self._pulse.failed()
            log.error("outbox.unavailable", error=str(error))
            self._wait = IDLE_POLL
        except Exception:  # the loop must live; what is owed is kept
            self._pulse.failed()
            log.exception("outbox.failed")
            self._wait = IDLE_POLL
        await self._pause()

    async def _hold_lease(self) -> Lease | None:
        now = self._clock()
        if self._lease is not None and (self._store.alone or self._lease.expires_at - now > LEASE_TTL / 2):
            return self._lease
        lease = await delivering.take_lease(self._owner, LEASE_TTL, store=self._store, clock=self._clock)
        if lease is not None and (self._lease is None or self._lease.epoch != lease.epoch):
            channels = self._channels.keys()
            await delivering.recover(channels, lease, self._world(), store=self._store, clock=self._clock)
        # Held only now: what a dead sender left must be seen to first, also where that fails and is tried again.
        self._lease = lease
        self._wait = IDLE_POLL
        return self._lease

    async def _turn(self, lease: Lease) -> None:
        ended, self._ended = self._ended, []
        turn = asyncio.create_task(
            delivering.turn(
                ended,
                lease,
                self._choose,
                channels=self._channels.keys(),
                world=self._world(),
                store=self._store,
                clock=self._clock,
                known=self._known(ended) if self._unsure else None,
            )
        )
        try:
            claimed = await asyncio.shield(turn)
        except StoreUnavailable:
            self._unsure = True
            self._ended = ended + self._ended
            raise
        except BaseException:
            self._ended = ended + self._ended
            await self._put_back(turn)
            raise
        self._unsure = False
        for row in claimed:
            task = asyncio.create_task(self._send(row))
            task.add_done_callback(self._done)
            self._on_their_way[task] = row

    def _known(self, ended: Sequence[tuple[Owed, Outcome]]) -> list[OutboxId]:
        return [row.id for row in self._on_their_way.values()] + [row.id for row, _ in (*ended, *self._ended)]

    async def _put_back(self, turn: asyncio.Task[list[Owed]]) -> None:
        """Owe again what a turn claims that nobody waits for: a stop in its middle, and none of it has left."""
        with suppress(StoreUnavailable, LeaseLost):
            self._ended += [(row, Again(timedelta())) for row in await turn]

    def _choose(self, due: Sequence[Owed]) -> Sequence[Owed]:
        # What ended during this turn is not written down yet: until then a crash would leave it uncertain too.
        free = self._places - len(self._on_their_way) - len(self._ended)
        paced = [row for row in due if row.address.channel is Channel.TELEGRAM]
        chosen = [row for row in due if row.address.channel is not Channel.TELEGRAM][:free]
        may_leave, self._wait = self._pacer.choose(paced, free - len(chosen))
        return [*chosen, *may_leave]

    async def _send(self, row: Owed) -> Outcome:
        channel = self._channels[row.address.channel]
        try:
            if row.place is not None and row.place.is_missing:
                return Placed(await channel.make_place(row.address, row.place))
            return Sent(await channel.send(row.address, row.outgoing, row.place))
        except SlowDown as slow:
            self._pacer.slow_down(row.address.chat, slow.delay.total_seconds())
            log.warning("outbox.slow_down", seconds=slow.delay.total_seconds(), row=row.id)
            return Again(slow.delay)
        except NotSent as error:
            log.warning("outbox.not_sent", error=str(error), row=row.id)
            return Again(delivering.wait_before_try(row.attempts))
        except OutcomeUnknown as error:
            log.warning("outbox.uncertain", error=str(error), row=row.id)
            return Unknown()
        except Refused as refused:
            log.warning("outbox.refused", reason=refused.reason, row=row.id)
            return Lost(refused.reason, gone=refused.reason in GONE, moved_to=refused.moved_to)
        except Exception:  # a fault of ours: the message may or may not have left
            log.exception("outbox.failed", row=row.id)
            return Unknown()

    def _done(self, task: asyncio.Task[Outcome]) -> None:
        row = self._on_their_way.pop(task)
        outcome = Unknown() if task.cancelled() else task.result()
        if isinstance(outcome, Sent) and row.outgoing.kind is OutgoingKind.CARD:
            # Where this cannot be written down, nobody need send it past the database.
            self._cards.remember(card_key(row.id))
        self._ended.append((row, outcome))
        self._wake.set()

    async def _pause(self) -> None:
        timeout = IDLE_POLL if self._wait is None else min(self._wait, IDLE_POLL)
        # Not wait_for: in Python 3.11 it forgets a cancellation that comes together with the wake-up.
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                await self._wake.wait()

    async def _finish(self) -> None:
        if self._on_their_way:
            await asyncio.wait(self._on_their_way, timeout=10)
        if self._ended and self._lease is not None:
            with suppress(StoreUnavailable, LeaseLost):
                await delivering.turn(
                    self._ended,
                    self._lease,
                    lambda _: [],
                    channels=self._channels.keys(),
                    world=self._world(),
                    store=self._store,
                    clock=self._clock,
                )
