"""The queue of updates: kept until confirmed, expired or delivered."""

import asyncio
import json
import math
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

from tests.fakes.bot_api.clock import Clock
from tests.fakes.bot_api.errors import ApiError, conflict
from tests.fakes.bot_api.jsontypes import JsonObject

MESSAGE_LIFETIME = 24 * 60 * 60.0
MAX_LONG_POLL = 50
MAX_BATCH = 100
# Only sent to bots that ask for them by name.
NOT_BY_DEFAULT = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
ALL_KINDS = frozenset({
    "message", "edited_message", "channel_post", "edited_channel_post", "business_connection", "business_message",
    "edited_business_message", "deleted_business_messages", "message_reaction", "message_reaction_count",
    "inline_query", "chosen_inline_result", "callback_query", "shipping_query", "pre_checkout_query",
    "purchased_paid_media", "poll", "poll_answer", "my_chat_member", "chat_member", "chat_join_request",
    "chat_boost", "removed_chat_boost",
})  # fmt: skip
OTHER_POLLER = "terminated by other getUpdates request; make sure that only one bot instance is running"


@dataclass(slots=True)
class Pending:
    """An update that waits. `raw` is its JSON text, which may be broken on purpose; `lane` orders webhook posts.

    `serial` counts what was ever queued: tests may repeat an update id. `gone`: confirmed, delivered or expired.
    """

    serial: int
    id: int
    raw: str
    lane: str
    expires_at: float
    gone: bool = False


class UpdateQueue:
    """Updates of one bot, oldest first."""

    def __init__(self, clock: Clock, first_id: int) -> None:
        """Begin empty; the first update gets `first_id`."""
        self._clock = clock
        self._next_id = first_id
        self._pending: OrderedDict[int, Pending] = OrderedDict()
        self._earliest_expiry = math.inf
        self._poll: asyncio.Future[None] | None = None
        self.allowed: list[str] = []
        self.added: int = 0
        self.on_added: Callable[[Pending], None] = lambda _: None
        self.on_taken: Callable[[], None] = lambda: None

    @property
    def next_id(self) -> int:
        """Return the id the next update gets."""
        return self._next_id

    def __len__(self) -> int:
        """Return how many updates wait."""
        self._expire()
        return len(self._pending)

    def __iter__(self) -> Iterator[Pending]:
        """Go through the waiting updates."""
        self._expire()
        return iter(tuple(self._pending.values()))

    def add(self, content: JsonObject, *, lane: str, lifetime: float = MESSAGE_LIFETIME) -> int | None:
        """Queue an update and return its id; None if the bot did not ask for this kind."""
        if not self._wanted(content):
            return None
        update_id = content.get("update_id") or self._next_id
        raw = json.dumps({"update_id": update_id, **content}, ensure_ascii=False)
        self.add_raw(raw, update_id=update_id, lane=lane, lifetime=lifetime)
        return update_id

    def add_raw(self, raw: str, *, update_id: int | None = None, lane: str, lifetime: float = MESSAGE_LIFETIME) -> int:
        """Queue any text in the place of an update, also text that is no JSON."""
        number = self._next_id if update_id is None else update_id
        self._next_id = max(self._next_id, number) + 1
        self.added += 1
        update = Pending(self.added, number, raw, lane, self._clock.now() + lifetime)
        self._pending[update.serial] = update
        self._earliest_expiry = min(self._earliest_expiry, update.expires_at)
        if self._poll is not None and not self._poll.done():
            self._poll.set_result(None)
        self.on_added(update)
        return number

    def take(self, offset: int, limit: int) -> list[Pending]:
        """Forget what `offset` confirms and return up to `limit` of what is left.

        A positive offset confirms everything below it; -3 keeps only the last three; 0 confirms nothing.
        """
        self._expire()
        pending = self._pending
        while pending and (-len(pending) < offset < 0 or next(iter(pending.values())).id < offset):
            self._drop(next(iter(pending.values())))
        if not pending:
            self.on_taken()
        return list(islice(pending.values(), limit))

    def remove(self, update: Pending) -> None:
        """Forget one update: it was delivered."""
        if not update.gone:
            self._drop(update)
            self.on_taken()

    def clear(self) -> None:
        """Forget all waiting updates."""
        for update in tuple(self._pending.values()):
            self._drop(update)

    async def poll(self, offset: int, limit: int, seconds: float) -> list[Pending]:
        """Wait until there are updates, at most `seconds`; a poll that waits already is ended with 409."""
        self.interrupt(conflict(OTHER_POLLER))
        found = self.take(offset, limit)
        if found or seconds <= 0:
            return found
        waiting: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._poll = waiting
        try:
            async with asyncio.timeout(seconds):
                await waiting
        except TimeoutError:
            pass
        finally:
            if self._poll is waiting:
                self._poll = None
        return self.take(offset, limit)

    def interrupt(self, reason: ApiError) -> None:
        """End the poll that waits, if any, with `reason`."""
        if self._poll is not None and not self._poll.done():
            self._poll.set_exception(reason)
        self._poll = None

    @property
    def polled(self) -> bool:
        """Tell whether somebody waits for updates right now."""
        return self._poll is not None

    def _wanted(self, content: JsonObject) -> bool:
        kinds = [key for key in content if key != "update_id"]
        if not kinds or kinds[0] not in ALL_KINDS:
            return True  # kinds from the future, which tests send on purpose
        return kinds[0] in self.allowed if self.allowed else kinds[0] not in NOT_BY_DEFAULT

    def _drop(self, update: Pending) -> None:
        update.gone = True
        del self._pending[update.serial]

    def _expire(self) -> None:
        # Presses live shorter than the messages around them, so the head alone does not tell.
        now = self._clock.now()
        if now < self._earliest_expiry:
            return
        for update in tuple(self._pending.values()):
            if update.expires_at <= now:
                self._drop(update)
        self._earliest_expiry = min((update.expires_at for update in self._pending.values()), default=math.inf)
