"""Delivers updates to a webhook: one at a time per chat, again until the answer is 2xx."""

import asyncio
import contextlib
from collections import deque
from dataclasses import dataclass

import aiohttp

from tests.fakes.bot_api.clock import Clock
from tests.fakes.bot_api.errors import conflict
from tests.fakes.bot_api.jsontypes import JsonObject
from tests.fakes.bot_api.updates import Pending, UpdateQueue

LONGEST_RETRY_AFTER = 3600.0
ANSWER_TIMEOUT = 60.0
DEFAULT_CONNECTIONS = 40


@dataclass(slots=True)
class Delivery:
    """One attempt. `status` 0 means that no answer came."""

    at: float
    update_id: int
    lane: str
    status: int


@dataclass(slots=True)
class _Address:
    url: str
    secret_token: str
    max_connections: int
    last_error: tuple[int, str] | None = None


class Webhook:
    """Posts updates to the address that setWebhook gave. Each lane (a chat, or a person's presses) keeps its order."""

    def __init__(self, queue: UpdateQueue, clock: Clock, first_pause: float, longest_pause: float) -> None:
        """Double the pause after each failure, from `first_pause` up to `longest_pause` seconds."""
        self._queue = queue
        self._clock = clock
        self._first_pause = first_pause
        self._longest_pause = longest_pause
        self._address: _Address | None = None
        self._lanes: dict[str, asyncio.Task[None]] = {}
        self._waiting: dict[str, deque[Pending]] = {}
        self._session: aiohttp.ClientSession | None = None
        self._places = asyncio.Semaphore(DEFAULT_CONNECTIONS)
        self.deliveries: list[Delivery] = []
        self.next_set_at = 0.0
        self.in_flight = 0
        self.most_in_flight = 0
        queue.on_added = self._line_up

    @property
    def url(self) -> str:
        """Return where updates go; empty if they wait for getUpdates."""
        return self._address.url if self._address else ""

    async def set(self, url: str, secret_token: str, max_connections: int) -> bool:
        """Deliver to `url` from now on and end a poll that waits; False if that is what it does already."""
        now = self._address
        if now is not None and (now.url, now.secret_token, now.max_connections) == (url, secret_token, max_connections):
            return False
        await self.remove()
        self._address = _Address(url, secret_token, max_connections)
        self._places = asyncio.Semaphore(max_connections)
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=ANSWER_TIMEOUT))
        self._queue.interrupt(conflict("terminated by setWebhook request"))
        for update in self._queue:
            self._line_up(update)
        return True

    async def remove(self) -> None:
        """Stop delivering; what was not accepted stays in the queue."""
        self._address = None
        lanes = list(self._lanes.values())
        self._lanes.clear()
        self._waiting.clear()
        for lane in lanes:
            lane.cancel()
        for lane in lanes:
            with contextlib.suppress(asyncio.CancelledError):
                await lane
        if self._session is not None:
            await self._session.close()
            self._session = None

    def info(self) -> JsonObject:
        """Return a WebhookInfo."""
        address = self._address
        info: JsonObject = {
            "url": self.url,
            "has_custom_certificate": False,
            "pending_update_count": len(self._queue),
        }
        if address is not None:
            info["max_connections"] = address.max_connections
            info["ip_address"] = "127.0.0.1"
            if address.last_error is not None:
                info["last_error_date"], info["last_error_message"] = address.last_error
        if self._queue.allowed:
            info["allowed_updates"] = list(self._queue.allowed)
        return info

    def _line_up(self, update: Pending) -> None:
        if self._address is None:
            return
        self._waiting.setdefault(update.lane, deque()).append(update)
        if update.lane not in self._lanes:
            self._lanes[update.lane] = asyncio.create_task(self._run_lane(update.lane, self._address))

    async def _run_lane(self, lane: str, address: _Address) -> None:
        pause = self._first_pause
        try:
            while (update := self._first(lane)) is not None:
                status, retry_after = await self._post(update, address)
                if 200 <= status < 300:
                    self._queue.remove(update)
                    pause = self._first_pause
                    continue
                await asyncio.sleep(min(retry_after, LONGEST_RETRY_AFTER) if retry_after else pause)
                pause = min(pause * 2, self._longest_pause)
        finally:
            if self._lanes.get(lane) is asyncio.current_task():
                del self._lanes[lane]

    def _first(self, lane: str) -> Pending | None:
        waiting = self._waiting.get(lane)
        while waiting and (waiting[0].gone or waiting[0].expires_at <= self._clock.now()):
            waiting.popleft()
        return waiting[0] if waiting else None

    async def _post(self, update: Pending, address: _Address) -> tuple[int, float]:
        """Return the status, 0 for no answer, and the seconds the receiver asked us to wait."""
        headers = {"Content-Type": "application/json"}
        if address.secret_token:
            headers["X-Telegram-Bot-Api-Secret-Token"] = address.secret_token
        status, retry_after = 0, 0.0
        async with self._places:
            self.in_flight += 1
            self.most_in_flight = max(self.most_in_flight, self.in_flight)
            try:
                if self._session is None:
                    return 0, 0.0
                async with self._session.post(address.url, data=update.raw.encode(), headers=headers) as response:
                    status = response.status
                    retry_after = _seconds(response.headers.get("Retry-After", ""))
                    await response.read()
                problem = f"Wrong response from the webhook: {status} {response.reason}"
            except (aiohttp.ClientError, TimeoutError) as error:
                problem = (
                    "Connection refused" if isinstance(error, aiohttp.ClientConnectorError) else "Read timeout expired"
                )
            finally:
                self.in_flight -= 1
        self.deliveries.append(Delivery(self._clock.now(), update.id, update.lane, status))
        if not 200 <= status < 300:
            address.last_error = (int(self._clock.now()), problem)
        return status, retry_after


def _seconds(value: str) -> float:
    return float(value) if value.isdigit() else 0.0
